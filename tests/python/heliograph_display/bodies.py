"""The bodies of section 4 of docs/wire-format.md."""

from .postcard import (BOOL, BYTES, HASH, ID, INSTANT, LANG, NAME, NONCE, TEXT, U8, U16, U32, U64, Enum, Fixed, List,
                       LocalText, Malformed, Maybe, Number, Reader, Struct, Tagged)

STATE = Enum("shown", "slate", "stale", "dark", "error")
KINDS = ("notice", "service-guide", "service-commitment", "window-board", "power-list", "discretion-benchmark", "finance",
         "personnel", "planning", "organisation", "enforcement", "interpretation", "rule")
PRIORITIES = ("filler", "normal", "campaign", "emergency")

TRUST = Struct(
    site=NAME, serial=Number(32, low=1), root=HASH,
    keys=List(Struct(role=Enum("root", "release", "heartbeat", "command", "display"), epoch=U32, key=HASH)))

ITEM = Struct(
    publication=ID, content=HASH, kind=Enum(*KINDS), priority=Enum(*PRIORITIES), start=INSTANT, until=Maybe(INSTANT),
    released_at=INSTANT, standing=BOOL, lease_ms=Maybe(U64), assets=List(HASH))

HEAD = Struct(channel=NAME, position=U64, as_of=INSTANT, programme=Tagged(inline=List(ITEM), pages=List(HASH)))

MARKS = List(Struct(channel=NAME, position=U64, sha=HASH))
HEARTBEAT = Struct(position=U64, time=INSTANT, heads=MARKS)
HEARTBEAT_2 = Struct(position=U64, time=INSTANT, heads=MARKS, trust=U32, site=U64, erased=U64)

SIDE = Number(16, low=8, high=7680)
CONFIG = Struct(
    display=ID, name=LocalText(), location=LocalText(), profile=TEXT,
    panel=Struct(width_px=SIDE, height_px=SIDE, colour=Enum("mono", "tri", "full"), pixel_pitch_um=U32,
                 viewing_distance_mm=U32, refresh_hz=U8),
    language=LANG, channels=List(NAME), brightness=U8, drill=BOOL, hubs=List(TEXT), font_set=Maybe(HASH),
    site_profile=HASH)

SITE = Struct(blanked=BOOL, since=INSTANT)
TIME = Struct(nonce=NONCE, time=INSTANT)
ERASED = List(HASH)
COMMAND = Struct(nonce=NONCE, expires=INSTANT, verb=Enum("identify", "screenshot", "restart", "refresh"))
ACK = U64

STATUS = Struct(
    boot=NONCE, counter=U64, version=TEXT, uptime_ms=U64, at=INSTANT, state=STATE,
    heads=List(Struct(channel=NAME, position=U64)),
    on_air=Maybe(Struct(publication=ID, content=HASH, page=U32, pages=U32, since=INSTANT)),
    shown=List(Struct(publication=ID, content=HASH, at=INSTANT)),
    refusals=U64, last_refusal=Maybe(TEXT), sink=TEXT, live=Maybe(TEXT))

RECEIPTS = List(Struct(
    sequence=U64, previous=HASH, content=Maybe(HASH), head=Maybe(HASH), config=HASH, scene_version=U16,
    font_set=Maybe(HASH), start=INSTANT, to=INSTANT, monotonic_ms=U64, sampled_at=INSTANT, frame=HASH, state=STATE))

REPLY = Tagged(done=NONCE, failed=Struct(nonce=NONCE, reason=TEXT), ask_time=NONCE)

ITEMS = List(ITEM)
MAIL = List(Struct(topic=TEXT, payload=BYTES))
PROOF = Fixed(64)


def decode(kind, data):
    """What a body says: one format byte, 1, then the type, and nothing after it."""
    reader = Reader(data)
    form = reader.take(1)[0]
    if form != 1:
        raise Malformed(f"a body of format {form}")
    value = kind.read(reader)
    reader.end()
    return value


def encode(kind, value):
    return b"\1" + kind.write(value)


def decode_heartbeat(data):
    """A heartbeat of format 2, or of format 1, which does not tell what holds for every display."""
    if data[:1] != b"\2":
        return {**decode(HEARTBEAT, data), "trust": 0, "site": 0, "erased": 0}
    return decode(HEARTBEAT_2, b"\1" + data[1:])


def encode_heartbeat(beat):
    return b"\2" + HEARTBEAT_2.write({"trust": 0, "site": 0, "erased": 0, **beat})


def decode_trust(data):
    """A trust document; format byte 2 when it carries the proof of a new root, which then is under `proof`."""
    reader = Reader(data)
    form = reader.take(1)[0]
    if form not in (1, 2):
        raise Malformed(f"a trust document of format {form}")
    trust = TRUST.read(reader)
    trust["proof"] = PROOF.read(reader) if form == 2 else None
    reader.end()
    return trust


def encode_trust(trust):
    proof = trust.get("proof")
    return (b"\1" if proof is None else b"\2") + TRUST.write(trust) + (proof or b"")


def root_statement(site, serial, root):
    """What a new root signs to prove that its secret is known."""
    name = site.encode()
    return b"heliograph/root/v1\0" + bytes([len(name)]) + name + serial.to_bytes(4, "big") + root
