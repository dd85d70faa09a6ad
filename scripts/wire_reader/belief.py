"""Topics, envelopes and what a display believes (sections 2, 3 and 5 of docs/wire-format.md)."""

import hashlib

from .ed25519 import verifies
from .forms import BODIES
from .postcard import read_body
from .refusal import need

SITE, CHANNEL = "binhe", "hall"
DISPLAY = "00000000-0000-0000-0000-000000000007"


def sha256(data):
    return hashlib.sha256(data).digest()


# name: number of the kind, subject, role, most bytes
TOPICS = {
    "trust": (1, "", "root", 32768),
    "heartbeat": (2, "", "heartbeat", 32768),
    "erased": (3, "", "release", 65536),
    "head": (4, CHANNEL, "release", 32768),
    "config": (5, DISPLAY, "release", 32768),
    "command": (6, DISPLAY, "command", 32768),
    "ack": (7, DISPLAY, "command", 32768),
    "status": (8, DISPLAY, "display", 32768),
    "receipts": (9, DISPLAY, "display", 65600),
    "reply": (10, DISPLAY, "display", 65536),
    "site": (12, "", "release", 32768),
    "time": (13, DISPLAY, "heartbeat", 32768),
}


def read_trust(body):
    """A trust document of format 1, or of format 2 with the proof of its root."""
    if body[:1] != b"\2":
        return read_body(BODIES["trust"], body)
    need(len(body) > 64, "malformed")
    return read_body(BODIES["trust"], b"\1" + body[1:-64]) | {"proof": body[-64:]}


def root_claim(document):
    name = document["site"].encode("ascii")
    serial = document["serial"].to_bytes(4, "big")
    return b"heliograph/root/v1\0" + bytes([len(name)]) + name + serial + bytes.fromhex(document["root"])


def key_id(key):
    return sha256(key)[:8]


def preimage(site, kind, subject, envelope):
    def short(name):
        return bytes([len(name)]) + name.encode("ascii")

    # Algorithm and key id stand together in the envelope, and so do epoch, version, time, length and body.
    return (
        b"heliograph/envelope/v1\0" + envelope[1:10] + short(site) + bytes([kind]) + short(subject) + envelope[10:-64]
    )


def open_envelope(payload, site, topic, find_key):
    """Checks 2 to 7: the epoch, version, time and body of a payload that is truly signed for this topic."""
    kind, subject, role, limit = TOPICS[topic]
    need(len(payload) <= limit, "too large")
    need(payload, "malformed")
    need(payload[0] == 1, "unknown format")
    need(len(payload) > 1, "malformed")
    need(payload[1] == 1, "unknown algorithm")
    need(len(payload) >= 34 + 64 and 34 + int.from_bytes(payload[30:34], "big") + 64 == len(payload), "malformed")
    epoch, version, issued_at = (int.from_bytes(payload[a:b], "big") for a, b in ((10, 14), (14, 22), (22, 30)))
    key = find_key(role, payload[2:10], epoch)
    need(key is not None, "unknown key")
    need(verifies(key, preimage(site, kind, subject, payload), payload[-64:]), "bad signature")
    return epoch, version, issued_at, payload[34:-64]


class Display:
    """What a display believes."""

    def __init__(self, site, root):
        self.site, self.root, self.keys, self.newest = site, root, [], {}

    def find_key(self, role, named, epoch):
        if role == "root":
            return self.root if key_id(self.root) == named else None
        fits = (k for k in self.keys if (k["role"], k["epoch"]) == (role, epoch))
        return next((key for key in (bytes.fromhex(k["key"]) for k in fits) if key_id(key) == named), None)

    def admit(self, topic, payload):
        """Checks 1 to 9: `new` or `repeated`."""
        need(TOPICS[topic][2] != "display", "not for displays")
        epoch, version, _, body = open_envelope(payload, self.site, topic, self.find_key)
        if topic == "time":
            return "new"
        place, digest = (epoch, version), sha256(payload)
        if topic in self.newest:
            known, known_digest = self.newest[topic]
            need(place >= known, "older")
            if place == known:
                need(digest == known_digest, "conflict")
                return "repeated"
        if topic == "trust":
            self.take_trust(body, version)
        self.newest[topic] = (place, digest)
        return "new"

    def take_trust(self, body, version):
        document = read_trust(body)
        need(document["site"] == self.site, "another site's")
        need(document["serial"] == version, "malformed")
        root, proof = bytes.fromhex(document["root"]), document.get("proof")
        if root != self.root:
            need(proof is not None and verifies(root, root_claim(document), proof), "unproven root")
        self.root, self.keys = root, document["keys"]
