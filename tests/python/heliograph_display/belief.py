"""What a display believes: sections 3 (order of the checks) and 5 of docs/wire-format.md. No sockets and no clock in here."""

import hashlib
from typing import NamedTuple

from . import bodies, ed25519, envelope
from .clock import ANSWER_WITHIN, Clock
from .content import Contents
from .envelope import Refused
from .postcard import Malformed

FORMS = {"erased": bodies.ERASED, "head": bodies.HEAD, "config": bodies.CONFIG,
         "command": bodies.COMMAND, "ack": bodies.ACK, "site": bodies.SITE, "time": bodies.TIME}
TO_THE_HUB = ("status", "receipts", "reply")
HELD = ("config", "erased", "site", "heartbeat")


class Heard(NamedTuple):
    """A message that was not refused: `new`, `repeated`, or `nothing` (the broker forgot something)."""

    verdict: str
    kind: str
    value: object = None


def read(kind, body):
    return bodies.decode_heartbeat(body) if kind == "heartbeat" else bodies.decode(FORMS[kind], body)


def sha(data):
    return hashlib.sha256(data).digest()


class Beliefs:
    """All that is remembered over a restart, and the rules by which it changes."""

    def __init__(self, site, display, root, moment, saved=None, store=None):
        self.site, self.display, self.root = site, display, root
        self.trust, self.marks, self.bodies, self.questions = None, {}, {}, {}
        self.heads, self.waiting = {}, {}
        self.config = self.site_state = self.heartbeat = None
        self.contents = Contents({} if store is None else store)
        self.clock = Clock(moment)
        if saved:
            self.restore(saved, moment)

    # What is remembered.

    def dump(self):
        """As JSON can hold it. Bodies stand as they came, so that reading them back is the reading that judged them."""
        plain = lambda heads: {channel: head["body"].hex() for channel, head in heads.items()}
        return {
            "root": self.root.hex(), "trust": self.trust["body"].hex() if self.trust else None,
            "marks": {topic: [epoch, version, digest.hex()] for topic, (epoch, version, digest) in self.marks.items()},
            "bodies": {kind: body.hex() for kind, body in self.bodies.items()},
            "heads": plain(self.heads), "waiting": plain(self.waiting), "profile": (self.contents.profile or b"").hex(),
            "bound": self.clock.bound, "heard": self.clock.heard}

    def restore(self, saved, moment):
        self.root = bytes.fromhex(saved["root"])
        self.clock = Clock(moment, saved["bound"], saved["heard"])
        if saved["trust"]:
            self.hold_trust(bytes.fromhex(saved["trust"]))
        for topic, (epoch, version, digest) in saved["marks"].items():
            self.marks[topic] = (epoch, version, bytes.fromhex(digest))
        self.contents.profile = bytes.fromhex(saved["profile"]) or None
        for kind, body in saved["bodies"].items():
            self.hold(kind, bytes.fromhex(body))
        for name in ("heads", "waiting"):
            for channel, body in saved[name].items():
                getattr(self, name)[channel] = self.read_head(bytes.fromhex(body))
        for head in self.heads.values():
            head["items"] = self.items_of(head) or []
        self.settle()

    def hold(self, kind, body):
        value = read(kind, body)
        self.bodies[kind] = body
        if kind == "config":
            self.config = {**value, "channels": list(dict.fromkeys(value["channels"]))}
            for heads in (self.heads, self.waiting):
                for channel in heads.keys() - set(value["channels"]):
                    del heads[channel]
        elif kind == "site":
            self.site_state = value
        elif kind == "erased":
            self.contents.erase(value)
        elif kind == "heartbeat":
            self.heartbeat = value
        return value

    def hold_trust(self, body):
        self.trust = {**bodies.decode_trust(body), "body": body}
        self.root = self.trust["root"]

    # What is heard.

    def channels(self):
        return self.config["channels"] if self.config else []

    def hear(self, text, payload, moment):
        """Judges a message on a topic (below the prefix). Raises `Refused`, and then nothing has changed but, where the
        page says so, what counts as the newest."""
        topic = envelope.topic_of(text)
        if topic is None or topic.kind in TO_THE_HUB:
            raise Refused("not for displays")
        if topic.kind in ("config", "command", "ack", "time") and topic.subject != self.display:
            raise Refused("not for displays: another display's")
        if topic.kind in ("head", "content") and topic.subject not in self.channels():
            raise Refused("not for displays: not a channel of this display")
        if not payload and topic.kind not in ("command", "ack", "time"):
            return Heard("nothing", topic.kind)
        if len(payload) > topic.most:
            raise Refused("too large")
        if topic.kind == "content":
            return self.take_content(topic.argument, payload)
        opened = envelope.open_envelope(payload)
        self.verify(topic, opened)
        if topic.kind == "time":
            return self.hear_time(opened, moment)
        if self.is_repetition("trust" if topic.kind == "trust" else text, opened, payload):
            self.clock.believe(opened.issued_at, moment)
            return self.again(topic, opened)
        if topic.kind == "trust":
            self.judge_trust(topic, opened)
            mark = "trust"
        else:
            mark = text
        self.marks[mark] = (opened.epoch, opened.version, sha(payload))
        self.clock.believe(opened.issued_at, moment)
        return self.take(topic, opened.body, moment)

    def verify(self, topic, opened):
        """Checks 6 and 7."""
        if topic.kind == "trust":
            keys = [self.root]
        else:
            keys = [key["key"] for key in (self.trust or {"keys": []})["keys"]
                    if key["role"] == topic.role and key["epoch"] == opened.epoch]
        keys = [key for key in keys if envelope.key_id(key) == opened.key_id]
        if not keys:
            raise Refused("unknown key")
        if not any(envelope.verified(self.site, topic, opened, key) for key in keys):
            raise Refused("bad signature")

    def is_repetition(self, mark, opened, payload):
        """Check 8."""
        if mark not in self.marks:
            return False
        epoch, version, digest = self.marks[mark]
        if (opened.epoch, opened.version) < (epoch, version):
            raise Refused("older")
        if (opened.epoch, opened.version) == (epoch, version):
            if sha(payload) != digest:
                raise Refused("conflict")
            return True
        return False

    def again(self, topic, opened):
        """A repetition does nothing, but a head that was let go with its channel comes back by one."""
        if topic.kind == "head" and topic.subject not in self.heads and topic.subject not in self.waiting:
            try:
                self.take_head(topic, opened.body)
                return Heard("new", "head", topic.subject)
            except Refused:
                pass
        return Heard("repeated", topic.kind)

    def judge_trust(self, topic, opened):
        """Check 9; the trust document is in force after it."""
        try:
            trust = bodies.decode_trust(opened.body)
        except Malformed as error:
            raise Refused(f"malformed: {error}") from error
        if trust["site"] != self.site:
            raise Refused("another site's")
        if trust["serial"] != opened.version or topic.argument not in (None, trust["serial"]):
            raise Refused("malformed: not this serial")
        if trust["root"] != self.root or trust["proof"] is not None:
            said = bodies.root_statement(self.site, trust["serial"], trust["root"])
            if trust["proof"] is None or not ed25519.verify(trust["root"], said, trust["proof"]):
                raise Refused("unproven root")
        self.hold_trust(opened.body)

    def hear_time(self, opened, moment):
        """An answer to a question for the time. Its freshness is its nonce."""
        try:
            value = bodies.decode(bodies.TIME, opened.body)
        except Malformed as error:
            raise Refused(f"malformed: {error}") from error
        asked = self.questions.get(value["nonce"])
        if asked is None or moment.mono - asked > ANSWER_WITHIN:
            raise Refused("older: no question that is still open")
        del self.questions[value["nonce"]]
        self.clock.set(value["time"], moment)
        self.clock.believe(opened.issued_at, moment)
        return Heard("new", "time", value)

    def ask(self, nonce, moment):
        """Remembers a nonce that was drawn; those that are too old to be answered are let go."""
        self.questions = {n: at for n, at in self.questions.items() if moment.mono - at <= ANSWER_WITHIN}
        self.questions[nonce] = moment.mono

    def take(self, topic, body, moment):
        """Check 10: what was truly signed and is new does what it says."""
        if topic.kind == "trust":
            return Heard("new", "trust", self.trust)
        if topic.kind == "head":
            self.take_head(topic, body)
            return Heard("new", "head", topic.subject)
        try:
            value = read(topic.kind, body)
            if topic.kind == "config" and value["display"] != self.display:
                raise Malformed("the configuration is another display's")
        except Malformed as error:
            raise Refused(f"malformed: {error}") from error
        if topic.kind == "command":
            now, known = self.clock.now(moment)
            if not known or now >= value["expires"]:
                raise Refused("expired" if known else "the time is not known")
        if topic.kind in HELD:
            self.hold(topic.kind, body)
            self.settle()
        return Heard("new", topic.kind, value)

    # Heads and content.

    def read_head(self, body):
        return {**bodies.decode(bodies.HEAD, body), "body": body, "items": None}

    def take_head(self, topic, body):
        try:
            head = self.read_head(body)
            if head["channel"] != topic.subject:
                raise Malformed("the head is another channel's")
        except Malformed as error:
            raise Refused(f"malformed: {error}") from error
        self.waiting[head["channel"]] = head
        self.settle()

    def items_of(self, head):
        """A head's items; None while a page is missing."""
        form, value = head["programme"]
        if form == "inline":
            return value
        pages = [self.contents.get(digest) for digest in value]
        if None in pages:
            return None
        return [item for page in pages for item in bodies.decode(bodies.ITEMS, page)]

    def settle(self):
        """Heads that are whole take effect, what is named is kept, and the rest goes."""
        broken = None
        for channel, head in list(self.waiting.items()):
            try:
                head["items"] = self.items_of(head)
            except Malformed as error:
                del self.waiting[channel]
                broken = error
                continue
            if head["items"] is not None:
                self.heads[channel] = self.waiting.pop(channel)
        self.contents.keep_only(self.config, self.heads.values(), self.waiting.values())
        if broken:
            raise Refused(f"malformed: a page of a head is none: {broken}") from broken

    def take_content(self, digest, payload, most=envelope.CONTENT_MAX):
        """An object that came over the broker or was fetched."""
        if digest in self.contents.erased:
            raise Refused("erased")
        envelope.content_object(payload, digest, most)
        if not self.contents.take(digest, payload):
            return Heard("repeated", "content", digest)
        self.settle()
        return Heard("new", "content", digest)

    # What is missing.

    def newest(self, channel):
        return self.waiting.get(channel) or self.heads.get(channel)

    def behind(self):
        """The filters under which a heartbeat promised something else than what is here."""
        if not self.heartbeat:
            return set()
        behind = self.lacking()
        for mark in self.heartbeat["heads"]:
            head = self.newest(mark["channel"])
            if mark["channel"] not in self.channels():
                continue
            if head is None or mark["position"] > head["position"] or (
                    mark["position"] == head["position"] and mark["sha"] != sha(head["body"])):
                behind.add(f"channel/{mark['channel']}/#")
        return behind

    def lacking(self):
        """Of what holds for every display, the filters of what is older than the heartbeat says."""
        lacking, (epoch, _, _) = set(), self.marks.get("heartbeat", (0, 0, b""))
        for name in ("site", "erased"):
            here = self.marks.get(name, (0, 0, b""))[:2]
            if self.heartbeat[name] and (epoch, self.heartbeat[name]) > here:
                lacking.add(name)
        if self.heartbeat["trust"] > self.marks.get("trust", (0, 0, b""))[1]:
            lacking.add("trust/#")
        return lacking

    def missing_documents(self):
        """By hash: the documents of heads in force that are not here and were not erased."""
        return {item["content"] for head in self.heads.values() for item in head["items"]
                if item["content"] not in self.contents and item["content"] not in self.contents.erased}

    def missing(self):
        """The filters that should be subscribed to again."""
        channels = set()
        for channel, head in self.waiting.items():
            if any(digest not in self.contents for digest in head["programme"][1]):
                channels.add(channel)
        absent = self.missing_documents()
        for channel, head in self.heads.items():
            if any(item["content"] in absent for item in head["items"]):
                channels.add(channel)
        if self.config and self.config["site_profile"] not in self.contents:
            channels.update(self.channels())
        return self.behind() | {f"channel/{channel}/#" for channel in channels}
