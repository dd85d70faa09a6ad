"""The bodies, type by type, in the order of section 4 of docs/wire-format.md."""

from .postcard import BOOL, BYTES, HASH, ID, INSTANT, NAME, TEXT, U8, U16, U32, U64, array, enum, list_of, optional, struct

LANG = enum("zh-Hans", "en", "ja", "ko", "ru")
ENTRY = list_of(struct(lang=LANG, text=TEXT))
LOCAL_TEXT = (
    lambda source: {entry["lang"]: entry["text"] for entry in ENTRY[0](source)},
    lambda value: ENTRY[1]([{"lang": lang, "text": told} for lang, told in value.items()]),
)
STATE = enum("shown", "slate", "stale", "dark", "error")
ROLE = enum("root", "release", "heartbeat", "command", "display")
ITEM = struct(
    publication=ID,
    content=HASH,
    kind=enum(
        *("notice", "service-guide", "service-commitment", "window-board", "power-list", "discretion-benchmark"),
        *("finance", "personnel", "planning", "organisation", "enforcement", "interpretation", "rule"),
    ),
    priority=enum("filler", "normal", "campaign", "emergency"),
    window=struct(begin=INSTANT, until=optional(INSTANT)),
    released_at=INSTANT,
    standing=BOOL,
    lease_ms=optional(U64),
    assets=list_of(HASH),
)
PAGE = list_of(ITEM)
MARK = struct(channel=NAME, position=U64)
HEADS = list_of(struct(channel=NAME, position=U64, sha256=array(32)))
SHOWN = struct(publication=ID, content=HASH, at=INSTANT)
NONCE = struct(nonce=array(16))

BODIES = {
    "trust": struct(
        site=NAME, serial=U32, root=array(32), keys=list_of(struct(role=ROLE, epoch=U32, key=array(32)))
    ),
    "head": struct(
        channel=NAME, position=U64, as_of=INSTANT, programme=enum(("inline", PAGE), ("pages", list_of(HASH)))
    ),
    "heartbeat": struct(position=U64, time=INSTANT, heads=HEADS),
    "heartbeat-2": struct(position=U64, time=INSTANT, heads=HEADS, trust=U32, site=U64, erased=U64),
    "config": struct(
        display=ID,
        name=LOCAL_TEXT,
        location=LOCAL_TEXT,
        profile=TEXT,
        panel=struct(
            width=U16, height=U16, colour=enum("mono", "tri", "full"), pitch_um=U32, distance_mm=U32, refresh_hz=U8
        ),
        language=LANG,
        channels=list_of(NAME),
        brightness=U8,
        drill=BOOL,
        hubs=list_of(TEXT),
        font_set=optional(array(32)),
        site_profile=HASH,
    ),
    "erased": list_of(HASH),
    "command": struct(nonce=array(16), expires=INSTANT, verb=enum("identify", "screenshot", "restart", "refresh")),
    "ack": struct(sequence=U64),
    "site": struct(blanked=BOOL, since=INSTANT),
    "time": struct(nonce=array(16), time=INSTANT),
    "status": struct(
        boot_id=array(16),
        counter=U64,
        version=TEXT,
        uptime_ms=U64,
        at=INSTANT,
        state=STATE,
        heads=list_of(MARK),
        on_air=optional(struct(publication=ID, content=HASH, page=U32, pages=U32, since=INSTANT)),
        shown=list_of(SHOWN),
        refusals=U64,
        last_refusal=optional(TEXT),
        sink=TEXT,
        live=optional(TEXT),
    ),
    "receipts": list_of(
        struct(
            sequence=U64,
            previous=array(32),
            content=optional(HASH),
            head=optional(array(32)),
            config=array(32),
            scene_version=U16,
            font_set=optional(array(32)),
            begin=INSTANT,
            to=INSTANT,
            monotonic_ms=U64,
            sampled_at=INSTANT,
            frame=array(32),
            state=STATE,
        )
    ),
    "reply": enum(("done", NONCE), ("failed", struct(nonce=array(16), reason=TEXT)), ("ask-time", NONCE)),
}

MAIL = list_of(struct(topic=TEXT, payload=BYTES))
