"""The objects that a display keeps, and those that it only happens to have: section 5 of docs/wire-format.md."""

from collections import OrderedDict

from . import documents
from .envelope import CONTENT_HEAD
from .postcard import Malformed

LOOSE_COUNT = 64
LOOSE_BYTES = 4 << 20


class Contents:
    """Payloads by hash. `store` outlives a restart; the loose ones are those that nothing names yet."""

    def __init__(self, store):
        self.store, self.loose, self.erased = store, OrderedDict(), set()
        self.read, self.named, self.profile = {}, set(), None

    def __contains__(self, digest):
        return digest in self.store or digest in self.loose

    def get(self, digest):
        """The object, without format and salt."""
        payload = self.store[digest] if digest in self.store else self.loose.get(digest)
        return None if payload is None else payload[CONTENT_HEAD:]

    def take(self, digest, payload):
        """Whether it was not here yet. What nothing names is loose, and the oldest of it goes first."""
        if digest in self:
            return False
        if digest in self.named:
            self.store[digest] = payload
            return True
        self.loose[digest] = payload
        while len(self.loose) > LOOSE_COUNT or sum(map(len, self.loose.values())) > LOOSE_BYTES:
            self.loose.popitem(last=False)
        return True

    def erase(self, digests):
        self.erased = set(digests)
        for digest in self.erased:
            self.loose.pop(digest, None)
            self.read.pop(digest, None)
            if digest in self.store:
                del self.store[digest]

    def parsed(self, digest, reading):
        """What an object says; None when it is not here, `Malformed` when it says nothing that can be understood."""
        data = None if digest in self.read else self.get(digest)
        if data is not None:
            try:
                self.read[digest] = reading(data)
            except Malformed as error:
                self.read[digest] = error
        return self.read.get(digest)

    def document(self, digest):
        return self.parsed(digest, documents.document)

    def site_profile(self):
        """The one that serves: the configuration's, or the former one until that is here and can be read."""
        value = self.parsed(self.profile, documents.site_profile) if self.profile else None
        return None if isinstance(value, Malformed) else value

    def pictures(self, digest):
        value = self.document(digest)
        return value["attachments"] if isinstance(value, dict) and "attachments" in value else []

    def keep_only(self, config, heads, waiting):
        """Keeps what these name and deletes the rest."""
        named = set()
        if config:
            named.add(config["site_profile"])
            if config["site_profile"] in self:
                self.profile = config["site_profile"]
            named.add(self.profile)
        for head in (*heads, *waiting):
            if head["programme"][0] == "pages":
                named.update(head["programme"][1])
        for head in heads:
            for item in head["items"]:
                named.update((item["content"], *item["assets"]))
        self.adopt(named)
        for head in heads:
            for item in head["items"]:
                named.update(bytes.fromhex(picture["hash"]) for picture in self.pictures(item["content"]))
        self.adopt(named)
        self.named = named - {None}
        for digest in [digest for digest in self.store if digest not in named]:
            del self.store[digest]
        for digest in [digest for digest in self.read if digest not in self]:
            del self.read[digest]

    def adopt(self, named):
        for digest in named & self.loose.keys():
            self.store[digest] = self.loose.pop(digest)
