"""Topics, envelopes, content objects and mail: sections 2, 3 and 6 of docs/wire-format.md."""

import hashlib
import re
from typing import NamedTuple

from . import bodies, ed25519
from .postcard import Malformed, Reader

CONTENT_MAX = 65600
CONTENT_HEAD = 17
DOCUMENT_MAX = 1 << 20
PICTURE_MAX = 64 << 20
MAIL_MAX = 2 << 20
PREFIX = "heliograph/v1/"


class Refused(Exception):
    """A message that is not believed: why, in a word or two that the page uses."""


class Topic(NamedTuple):
    kind: str
    number: int
    subject: str
    most: int
    role: str
    argument: object = None


KINDS = {
    "trust": (1, 32768, "root"), "heartbeat": (2, 32768, "heartbeat"), "erased": (3, 65536, "release"),
    "head": (4, 32768, "release"), "config": (5, 32768, "release"), "command": (6, 32768, "command"),
    "ack": (7, 32768, "command"), "status": (8, 32768, "display"), "receipts": (9, 65600, "display"),
    "reply": (10, 65536, "display"), "site": (12, 32768, "release"), "time": (13, 32768, "heartbeat"),
}
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
CHANNEL_TOPIC = re.compile(r"channel/([a-z0-9-]{1,32})/(?:(head)|content/([0-9a-f]{64}))")
DISPLAY_TOPIC = re.compile(rf"display/({UUID})/(config|command|ack|status|receipts|reply|time)")
STEP_TOPIC = re.compile(r"trust/([1-9][0-9]{0,9})")


def topic_of(text):
    """The topic below the prefix, or None where there is none that is written so."""
    if text in ("trust", "heartbeat", "erased", "site"):
        return of_kind(text)
    if match := STEP_TOPIC.fullmatch(text):
        serial = int(match[1])
        return of_kind("trust", argument=serial) if serial < 2**32 else None
    if match := CHANNEL_TOPIC.fullmatch(text):
        if match[2]:
            return of_kind("head", match[1])
        return Topic("content", 0, match[1], CONTENT_MAX, "", bytes.fromhex(match[3]))
    if match := DISPLAY_TOPIC.fullmatch(text):
        return of_kind(match[2], match[1])
    return None


def of_kind(kind, subject="", argument=None):
    number, most, role = KINDS[kind]
    return Topic(kind, number, subject, most, role, argument)


class Envelope(NamedTuple):
    key_id: bytes
    epoch: int
    version: int
    issued_at: int
    body: bytes
    signature: bytes


def key_id(key):
    return hashlib.sha256(key).digest()[:8]


def open_envelope(payload):
    """The envelope of a payload: checks 3 to 5 of section 3."""
    if len(payload) < 1:
        raise Refused("malformed: empty")
    if payload[0] != 1:
        raise Refused("unknown format")
    if len(payload) < 2:
        raise Refused("malformed: it ends after the format")
    if payload[1] != 1:
        raise Refused("unknown algorithm")
    if len(payload) < 34 + 64 or int.from_bytes(payload[30:34], "big") != len(payload) - 34 - 64:
        raise Refused("malformed: the lengths do not fit")
    number = lambda start, end: int.from_bytes(payload[start:end], "big")
    return Envelope(payload[2:10], number(10, 14), number(14, 22), number(22, 30), payload[34:-64], payload[-64:])


def preimage(site, topic, envelope):
    """What is signed."""
    site, subject = site.encode(), topic.subject.encode()
    return b"".join((
        b"heliograph/envelope/v1\0", b"\1", envelope.key_id, bytes([len(site)]), site, bytes([topic.number]),
        bytes([len(subject)]), subject, envelope.epoch.to_bytes(4, "big"), envelope.version.to_bytes(8, "big"),
        envelope.issued_at.to_bytes(8, "big"), len(envelope.body).to_bytes(4, "big"), envelope.body))


def verified(site, topic, envelope, key):
    return ed25519.verify(key, preimage(site, topic, envelope), envelope.signature)


def seal(seed, site, topic, epoch, version, issued_at, body):
    """A payload, signed."""
    bare = Envelope(key_id(ed25519.public_key(seed)), epoch, version, issued_at, body, b"")
    signature = ed25519.sign(seed, preimage(site, topic, bare))
    return b"".join((
        b"\1\1", bare.key_id, epoch.to_bytes(4, "big"), version.to_bytes(8, "big"), issued_at.to_bytes(8, "big"),
        len(body).to_bytes(4, "big"), body, signature))


def content_hash(payload):
    """The hash of a content object, over salt and object."""
    return hashlib.sha256(b"heliograph/content/v1\0" + payload[1:]).digest()


def content_object(payload, expected, most=CONTENT_MAX):
    """The object in a payload that has the hash that is expected."""
    if len(payload) > most:
        raise Refused("too large")
    if len(payload) < CONTENT_HEAD:
        raise Refused("malformed: content without salt")
    if payload[0] != 1:
        raise Refused("unknown format")
    if content_hash(payload) != expected:
        raise Refused("wrong hash")
    return payload[CONTENT_HEAD:]


def letters(mail):
    """The letters of a mail, as (topic below the prefix, payload)."""
    if len(mail) > MAIL_MAX:
        raise Malformed("a mail of more than 2 MiB")
    reader = Reader(mail)
    if reader.take(1)[0] != 1:
        raise Malformed("a mail of another format")
    value = bodies.MAIL.read(reader)
    reader.end()
    return [(letter["topic"], letter["payload"]) for letter in value]
