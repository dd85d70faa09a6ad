"""The rows of hostile.py: what is sent, as what it is refused, and the honest neighbour."""

import hashlib
import json
from typing import NamedTuple

from golden import CHANNEL, DISPLAY, SEEDS, SITE, load
from heliograph_display import belief, bodies, documents, ed25519, envelope
from heliograph_display.clock import Moment
from heliograph_display.envelope import CONTENT_MAX, Refused
from heliograph_display.postcard import Malformed, varint

NOW = 1795485930000
FILES = load()
HEAD, CONFIG = f"channel/{CHANNEL}/head", f"display/{DISPLAY}/config"
COMMAND, TIME = f"display/{DISPLAY}/command", f"display/{DISPLAY}/time"
STRANGER = b"\x66" * 32
OTHER = "00000000-0000-0000-0000-000000000008"


def content(data, salt=b"\0" * 16):
    """A content object's payload and its hash."""
    payload = b"\1" + salt + data
    return payload, envelope.content_hash(payload)


def place(digest, channel=CHANNEL):
    return f"channel/{channel}/content/{digest.hex()}"


def key(role, seed, epoch=1):
    return {"role": role, "epoch": epoch, "key": ed25519.public_key(seed)}


KEYS = [key(role, SEEDS[role]) for role in ("release", "heartbeat", "command")]


def seal(path, body, version=100, by="release", epoch=1, site=SITE, issued=NOW):
    seed = SEEDS.get(by, by)
    return envelope.seal(seed, site, envelope.topic_of(path), epoch, version, issued, body)


def head(position=100, channel=CHANNEL, programme=("inline", [])):
    return bodies.encode(bodies.HEAD, {"channel": channel, "position": position, "as_of": NOW, "programme": programme})


def config(**other):
    value = bodies.decode(bodies.CONFIG, FILES["body-config"])
    return bodies.encode(bodies.CONFIG, {**value, "channels": [CHANNEL, "all"], **other})


def heartbeat(time=NOW):
    return bodies.encode(bodies.HEARTBEAT, {"position": 100, "time": time, "heads": []})


def trust(serial=2, root="root", keys=None, site=SITE, proof=None):
    """A trust document. `proof` is a seed and the serial that it proves the root for."""
    root = ed25519.public_key(SEEDS[root])
    proof = proof and ed25519.sign(proof[0], bodies.root_statement(SITE, proof[1], root))
    return bodies.encode_trust(
        {"site": site, "serial": serial, "root": root, "keys": KEYS if keys is None else keys, "proof": proof})


def command(expires=NOW + 60_000, verb="refresh"):
    return bodies.encode(bodies.COMMAND, {"nonce": b"\x07" * 16, "expires": expires, "verb": verb})


def answer(nonce, time=NOW):
    return seal(TIME, bodies.encode(bodies.TIME, {"nonce": nonce, "time": time}), time, "heartbeat")


class World:
    """A display that was admitted, and believes a hub of the golden keys."""

    def __init__(self):
        self.at = Moment(1_000_000, NOW)
        self.beliefs = belief.Beliefs(SITE, DISPLAY, FILES["key-root"], self.at)
        self.hear("trust", FILES["envelope-trust"])
        self.hear(CONFIG, seal(CONFIG, config(), 50))
        self.hear("site", seal("site", bodies.encode(bodies.SITE, {"blanked": False, "since": NOW}), 50))
        self.hear(HEAD, seal(HEAD, FILES["body-head-inline"], 42))
        self.hear("heartbeat", seal("heartbeat", heartbeat(), NOW, "heartbeat"))

    def hear(self, path, payload):
        return self.beliefs.hear(path, payload, self.at)

    def later(self, ms):
        self.at = Moment(self.at.mono + ms, self.at.wall + ms)


class Row(NamedTuple):
    kind: str
    reason: str
    hostile: object
    control: object
    verdict: str = "new"
    remembered: bool = False
    prepare: object = staticmethod(lambda world: None)
    lets_go: str = ""


def sends(*messages):
    """The hostile messages of a row: (path, payload) each."""
    return lambda world: [lambda p=path, m=payload: world.hear(p, m) for path, payload in messages]


def hears(path, payload):
    return lambda world: world.hear(path, payload)


def after(*messages):
    def prepare(world):
        for path, payload in messages:
            world.hear(path, payload)
    return prepare


HONEST = seal(HEAD, head())
GOOD = hears(HEAD, HONEST)


def flipped(payload):
    """The payload with one bit turned, for every bit."""
    return [payload[:at] + bytes([payload[at] ^ 1 << bit]) + payload[at + 1:]
            for at in range(len(payload)) for bit in range(8)]


def bits(world):
    """Turned bits in what is judged first (format, algorithm), and in all the rest."""
    return [lambda p=payload: renamed(world, p) for payload in flipped(HONEST)]


def renamed(world, payload):
    """A refusal of any kind is `any` here: which one it is depends on the bit."""
    try:
        return world.hear(HEAD, payload)
    except Refused as refusal:
        raise Refused(f"any: {refusal}") from refusal


def renumbered(payload, **parts):
    places = {"format": 0, "algorithm": 1}
    data = bytearray(payload)
    for name, value in parts.items():
        data[places[name]] = value
    return bytes(data)


def by_key_id(payload, role):
    """The payload with the key id of another."""
    return payload[:2] + envelope.key_id(FILES[f"key-{role}"]) + payload[10:]


SIGNATURES = [
    Row("a stranger's key", "unknown key", sends((HEAD, seal(HEAD, head(), by=STRANGER)),
        (CONFIG, seal(CONFIG, config(), by=STRANGER)), ("trust", seal("trust", trust(), 2, STRANGER))), GOOD),
    Row("a stranger under the right key id", "bad signature", sends(
        (HEAD, by_key_id(seal(HEAD, head(), by=STRANGER), "release")),
        ("trust", by_key_id(seal("trust", trust(), 2, STRANGER), "root"))), GOOD),
    Row("no signature", "bad signature", sends((HEAD, HONEST[:-64] + bytes(64))), GOOD),
    Row("signed for another site", "bad signature", sends((HEAD, seal(HEAD, head(), site="binhf"))), GOOD),
    Row("signed for another topic", "bad signature", sends(
        ("erased", seal("site", FILES["body-site"])), ("site", seal("erased", FILES["body-erased"])),
        (TIME, seal("heartbeat", heartbeat(), NOW + 1, "heartbeat"))), GOOD),
    Row("signed for another channel", "bad signature", sends((HEAD, seal("channel/all/head", head(channel="all")))), GOOD),
    Row("signed for another display", "bad signature", sends(
        (CONFIG, seal(f"display/{OTHER}/config", config(display=OTHER)))), hears(CONFIG, seal(CONFIG, config()))),
    Row("one bit turned, each bit", "any", bits, GOOD),
    Row("epoch that no key is of", "unknown key", sends((HEAD, seal(HEAD, head(), epoch=9)),
        (HEAD, seal(HEAD, head(), epoch=0))), GOOD),
]


def misused(path, body, version, right):
    """Every other key of the site, on a topic that is not its own."""
    return [(path, seal(path, body, version, by)) for by in SEEDS if by != right and by != "second-root"]


ROLES = [
    Row("role: signs a head", "unknown key", sends(*misused(HEAD, head(), 100, "release")), GOOD),
    Row("role: signs a configuration", "unknown key", sends(*misused(CONFIG, config(), 100, "release")),
        hears(CONFIG, seal(CONFIG, config()))),
    Row("role: signs the erased list", "unknown key", sends(*misused("erased", FILES["body-erased"], 100, "release")),
        hears("erased", seal("erased", FILES["body-erased"]))),
    Row("role: blanks the site", "unknown key", sends(*misused("site", FILES["body-site"], 100, "release")),
        hears("site", seal("site", FILES["body-site"]))),
    Row("role: signs a heartbeat", "unknown key", sends(*misused("heartbeat", heartbeat(), NOW + 1, "heartbeat")),
        hears("heartbeat", seal("heartbeat", heartbeat(), NOW + 1, "heartbeat"))),
    Row("role: signs a command", "unknown key", sends(*misused(COMMAND, command(), 1, "command")),
        hears(COMMAND, seal(COMMAND, command(), 1, "command"))),
    Row("role: signs a trust document", "unknown key", sends(*misused("trust", trust(), 2, "root")),
        hears("trust", seal("trust", trust(), 2, "root"))),
]

NEW_ROOT = FILES["envelope-trust-new-root"]
TWO_EPOCHS = seal("trust", trust(keys=KEYS + [key("release", b"\x21" * 32, 2)]), 2, "root", 2)
SECOND = {"root": "second-root", "serial": 3}


def root_signed(body, version=2, path="trust", by="root"):
    return path, seal(path, body, version, by)


TRUST = [
    Row("a new root without proof", "unproven root", sends(root_signed(trust(root="second-root"))),
        hears("trust", NEW_ROOT)),
    Row("a new root proven by another", "unproven root", sends(
        root_signed(trust(root="second-root", proof=(SEEDS["root"], 2))),
        root_signed(trust(root="second-root", proof=(STRANGER, 2)))), hears("trust", NEW_ROOT)),
    Row("a new root proven for another serial", "unproven root", sends(
        root_signed(trust(root="second-root", proof=(SEEDS["second-root"], 3)))), hears("trust", NEW_ROOT)),
    Row("a root whose step was missed", "unknown key", sends(root_signed(trust(**SECOND), 3, by="second-root")),
        hears("trust/2", NEW_ROOT)),
    Row("the former root after the step", "unknown key", sends(root_signed(trust(3), 3)),
        hears("trust", seal("trust", trust(**SECOND), 3, "second-root")), prepare=after(("trust/2", NEW_ROOT))),
    Row("a trust document for another site", "another site's", sends(root_signed(trust(site="binhf"))),
        hears("trust", seal("trust", trust(), 2, "root"))),
    Row("a serial that is not the version", "malformed", sends(root_signed(trust(3)), root_signed(trust(2), 3)),
        hears("trust", seal("trust", trust(), 2, "root"))),
    Row("a serial that is not the topic's", "malformed", sends(("trust/3", NEW_ROOT)), hears("trust/2", NEW_ROOT)),
    Row("an older trust document", "older", sends(("trust", FILES["envelope-trust"]), root_signed(trust(0x7fffffff), 1)),
        hears("trust", seal("trust", trust(3), 3, "root")), prepare=after(root_signed(trust()))),
    Row("a key that is trusted no longer", "unknown key", sends((HEAD, HONEST)),
        hears("heartbeat", seal("heartbeat", heartbeat(), NOW + 1, "heartbeat")),
        prepare=after(root_signed(trust(keys=KEYS[1:])))),
    Row("a trust document that is none", "malformed", sends(*[root_signed(trust()[:end]) for end in range(len(trust()))],
        root_signed(trust() + b"\0"), root_signed(b"\3" + trust()[1:])), hears("trust", seal("trust", trust(), 2, "root"))),
]

FRESHNESS = [
    Row("an older head", "older", sends((HEAD, seal(HEAD, head(41), 41)), (HEAD, seal(HEAD, head(41), 0))), GOOD),
    Row("an older heartbeat", "older", sends(("heartbeat", seal("heartbeat", heartbeat(), NOW - 1, "heartbeat"))),
        hears("heartbeat", seal("heartbeat", heartbeat(), NOW + 1, "heartbeat"))),
    Row("another head at the same position", "conflict", sends((HEAD, seal(HEAD, head(42), 42))),
        hears(HEAD, seal(HEAD, FILES["body-head-inline"], 42)), "repeated"),
    Row("the same body issued at another time", "conflict", sends(
        (HEAD, seal(HEAD, FILES["body-head-inline"], 42, issued=NOW + 1))),
        hears(HEAD, seal(HEAD, FILES["body-head-inline"], 42)), "repeated"),
    Row("an epoch that was left, however new", "older", sends((HEAD, seal(HEAD, head(10**9), 10**9))),
        hears(HEAD, seal(HEAD, head(8), 8, b"\x21" * 32, 2)),
        prepare=after(("trust", TWO_EPOCHS), (HEAD, seal(HEAD, head(7), 7, b"\x21" * 32, 2)))),
]

# How long the address of a hub may be for a configuration's payload of exactly the most bytes there may be.
FULL = 32768 - len(seal(CONFIG, config(hubs=["h" * 20_000]))) + 20_000

FORMS = [
    Row("cut short, at each byte", "malformed", sends(*[(COMMAND, seal(COMMAND, command(), 1, "command")[:end])
        for end in range(len(seal(COMMAND, command(), 1, "command")))]), hears(COMMAND, seal(COMMAND, command(), 1, "command"))),
    Row("bytes after the end", "malformed", sends((HEAD, HONEST + b"\0"), (HEAD, HONEST + HONEST)), GOOD),
    Row("an unknown format", "unknown format", sends(*[(HEAD, renumbered(HONEST, format=n)) for n in (0, 2, 255)]), GOOD),
    Row("an unknown algorithm", "unknown algorithm", sends(
        *[(HEAD, renumbered(HONEST, algorithm=n)) for n in (0, 2, 3, 255)]), GOOD),
    Row("a byte more than the topic allows", "too large", sends(
        (CONFIG, seal(CONFIG, config(hubs=["h" * (FULL + 1)]))), ("trust", bytes(32769)), ("erased", bytes(65537))),
        hears(CONFIG, seal(CONFIG, config(hubs=["h" * FULL])))),
    Row("an empty payload of what is not retained", "malformed", sends((COMMAND, b""), (TIME, b"")),
        hears(COMMAND, seal(COMMAND, command(), 1, "command"))),
    Row("content with another hash", "wrong hash", sends((place(bytes(32)), FILES["content-document"]),
        *[(place(content(b"{}")[1]), payload) for payload in flipped(content(b"{}")[0])[8:]]),
        hears(place(content(b"{}")[1]), content(b"{}")[0])),
    Row("content of another format", "unknown format", sends((place(FILES["content-hash"]), b"\2" + FILES["content"][1:])),
        hears(place(FILES["content-hash"]), FILES["content"])),
    Row("content without its salt", "malformed", sends((place(FILES["content-hash"]), FILES["content"][:16])),
        hears(place(FILES["content-hash"]), FILES["content"])),
    Row("content too large for the broker", "too large", sends(
        (place(content(bytes(CONTENT_MAX - 16))[1]), content(bytes(CONTENT_MAX - 16))[0])),
        hears(place(content(bytes(CONTENT_MAX - 17))[1]), content(bytes(CONTENT_MAX - 17))[0])),
    Row("content that was erased", "erased", sends((place(FILES["content-hash"]), FILES["content"])),
        hears(place(content(b"{}")[1]), content(b"{}")[0]), prepare=lambda world: (
            world.hear(place(FILES["content-hash"]), FILES["content"]),
            world.hear("erased", seal("erased", bodies.encode(bodies.ERASED, [FILES["content-hash"]]))))),
]

NO_TOPICS = ("trust/0", "trust/01", "trust/4294967296", "trust/-1", "trust/", "trust/1/1", "heartbeat/", "Heartbeat", "",
             "channel/HALL/head", "channel/hall/head/", "channel//head", f"channel/{'a' * 33}/head", "channel/hall/config",
             f"display/{DISPLAY.replace('-', '')}/config", f"display/{{{DISPLAY}}}/config", "display/config", "site\n",
             f"channel/hall/content/{'A' * 64}", f"channel/hall/content/{'a' * 63}", "channel/h\u0430ll/head")

TOPICS = [
    Row("a topic that is not written exactly so", "not for displays", sends(*[(name, HONEST) for name in NO_TOPICS]), GOOD),
    Row("what displays say themselves", "not for displays", sends(*[
        (f"display/{DISPLAY}/{kind}", FILES[f"envelope-{kind}"]) for kind in ("status", "receipts", "reply")]), GOOD),
    Row("another display's topics", "not for displays", sends(*[
        (f"display/{OTHER}/{kind}", seal(f"display/{OTHER}/{kind}", config(display=OTHER)))
        for kind in ("config", "command", "ack", "time")]), hears(CONFIG, seal(CONFIG, config()))),
    Row("another channel's topics", "not for displays", sends(
        ("channel/back/head", seal("channel/back/head", head(channel="back"))),
        (place(FILES["content-hash"], "back"), FILES["content"])), hears(place(FILES["content-hash"]), FILES["content"])),
]


def numbered(path, forms, by="release", first=100):
    """Bodies that are none, each truly signed and newer than the one before."""
    return sends(*[(path, seal(path, body, first + number, by)) for number, body in enumerate(forms)])


NAME_FORMS = [b"\1" + varint(len(name)) + name + head()[6:] for name in (b"HALL", b"", b"h\xc3\xa4ll", b"a" * 33, b"\xff")]
LIE = b"\xff" * 9 + b"\1"
HUGE = [head()[:-1] + LIE, head()[:-1] + b"\xff\xff\xff\x7f" + bytes(64), head()[:-2] + b"\1" + LIE]
ITEM = bodies.decode(bodies.HEAD, FILES["body-head-inline"])["programme"][1][0]
ITEM_FORM = bodies.ITEM.write(ITEM)
BAD_ITEMS = [b"\x0f" + ITEM_FORM[1:], ITEM_FORM[:49] + b"\x0d" + ITEM_FORM[50:], ITEM_FORM[:50] + b"\x04" + ITEM_FORM[51:],
             ITEM_FORM[:-3] + b"\2" + ITEM_FORM[-2:], ITEM_FORM[:-2] + b"\2" + ITEM_FORM[-1:]]
LANGUAGES = FILES["body-config"][:18]

BODIES = [
    Row("a head that is none", "malformed", numbered(HEAD, [b"", b"\1", b"\2" + head()[1:], head() + b"\0", head()[:-1],
        *NAME_FORMS, *(head()[:-1] + b"\1" + item for item in BAD_ITEMS), head()[:-2] + b"\2\0"]),
        hears(HEAD, seal(HEAD, head(), 200)), remembered=True),
    Row("a head about another channel", "malformed", numbered(HEAD, [head(channel="all")]),
        hears(HEAD, seal(HEAD, head(), 200)), remembered=True),
    Row("counts beyond the bytes there are", "malformed", numbered(HEAD, HUGE), hears(HEAD, seal(HEAD, head(), 200)),
        remembered=True),
    Row("numbers that do not fit their type", "malformed", numbered(HEAD, [
        head()[:6] + b"\xff" * 9 + b"\2" + head()[7:], head()[:6] + b"\x80" * 10 + b"\0" + head()[7:]]),
        hears(HEAD, seal(HEAD, head()[:6] + b"\xe4\x80\x00" + head()[7:], 200)), remembered=True),
    Row("a configuration about another display", "malformed", numbered(CONFIG, [config(display=OTHER)]),
        hears(CONFIG, seal(CONFIG, config(), 200)), remembered=True),
    Row("a configuration that is none", "malformed", numbered(CONFIG, [
        config()[:-1], config() + b"\0", config()[:1] + b"\x0f" + config()[2:], LANGUAGES + LIE, LANGUAGES + b"\1\5\0",
        LANGUAGES + b"\2\0\0\0\0" + config()[19:], config(panel={"width_px": 7680, "height_px": 7681, "colour": "full",
            "pixel_pitch_um": 1, "viewing_distance_mm": 1, "refresh_hz": 1})]),
        hears(CONFIG, seal(CONFIG, config(), 200)), remembered=True),
    Row("site, erased, heartbeat that are none", "malformed", lambda world: [
        lambda: world.hear("site", seal("site", b"\1\2" + FILES["body-site"][2:])),
        lambda: world.hear("erased", seal("erased", b"\1" + LIE)),
        lambda: world.hear("erased", seal("erased", FILES["body-erased"][:-1], 101)),
        lambda: world.hear("heartbeat", seal("heartbeat", heartbeat() + b"\0", NOW + 1, "heartbeat"))],
        hears("site", seal("site", FILES["body-site"], 200)), remembered=True),
    Row("a head whose page is none", "malformed", lambda world: [
        lambda: world.hear(place(content(b"\1\5")[1]), content(b"\1\5")[0])],
        hears(HEAD, seal(HEAD, head(), 200)), remembered=True, lets_go="waiting", prepare=lambda world: world.hear(
            HEAD, seal(HEAD, head(programme=("pages", [content(b"\1\5")[1]]))))),
]


def asked(world, nonce=b"\x06" * 16):
    world.beliefs.ask(nonce, world.at)


def stale_answer(world):
    asked(world, b"\x07" * 16)
    world.later(10_001)


def answered(world):
    asked(world)
    asked(world, b"\x08" * 16)
    world.hear(TIME, answer(b"\x06" * 16))


def never_set(world):
    """The display's own clock says 1970."""
    world.at = Moment(world.at.mono, 0)


CLOCK = [
    Row("the time by a foreign nonce", "older", sends((TIME, answer(b"\x09" * 16)), (TIME, answer(bytes(16)))),
        hears(TIME, answer(b"\x06" * 16)), prepare=asked),
    Row("the time 10 s after it was asked", "older", sends((TIME, answer(b"\x07" * 16))),
        lambda world: (asked(world, b"\x08" * 16), world.hear(TIME, answer(b"\x08" * 16)))[-1], prepare=stale_answer),
    Row("the time twice by one nonce", "older", sends((TIME, answer(b"\x06" * 16)), (TIME, answer(b"\x06" * 16, NOW + 1))),
        hears(TIME, answer(b"\x08" * 16)), prepare=answered),
    Row("the time by another key", "unknown key", sends(*misused(
        TIME, bodies.encode(bodies.TIME, {"nonce": b"\x06" * 16, "time": NOW}), NOW, "heartbeat")),
        hears(TIME, FILES["envelope-time"]), prepare=asked),
    Row("a command that has expired", "expired", sends((COMMAND, seal(COMMAND, command(NOW), 1, "command"))),
        hears(COMMAND, seal(COMMAND, command(NOW + 1), 2, "command")), remembered=True),
    Row("a command before the time is known", "the time is not", sends((COMMAND, seal(COMMAND, command(), 1, "command"))),
        lambda world: (asked(world), world.hear(TIME, answer(b"\x06" * 16)),
                       world.hear(COMMAND, seal(COMMAND, command(), 2, "command")))[-1],
        remembered=True, prepare=never_set),
]


def scalar_of(seed):
    digest = bytearray(hashlib.sha512(seed).digest()[:32])
    digest[0] &= 248
    digest[31] = digest[31] & 127 | 64
    return int.from_bytes(digest, "little")


def torsion():
    """A point of order 8: some point of the curve, multiplied by the prime part of the order."""
    for number in range(2, 100):
        point = ed25519.decode_point(number.to_bytes(32, "little"))
        if point is not None:
            point = ed25519.times(ed25519.L, point)
            if ed25519.encode_point(ed25519.times(4, point)) != ed25519.encode_point(ed25519.NEUTRAL):
                return point
    raise AssertionError("there are points of order 8")


MIXED = ed25519.encode_point(ed25519.add(ed25519.decode_point(FILES["key-release"]), torsion()))
SMALL = ed25519.encode_point(torsion())


def crafted(public, seed, lucky):
    """A head signed under `public`, which is the seed's key plus a point of small order. It passes a verifier that
    multiplies by the cofactor; strictly only when k happens to be a multiple of 8, which is `lucky`."""
    topic, body = envelope.topic_of(HEAD), head(200 if lucky else 100)
    bare = envelope.Envelope(envelope.key_id(public), 1, 200 if lucky else 100, NOW, body, b"")
    said = envelope.preimage(SITE, topic, bare)
    for r in range(1, 1000):
        point = ed25519.encode_point(ed25519.times(r, ed25519.BASE))
        k = int.from_bytes(hashlib.sha512(point + public + said).digest(), "little") % ed25519.L
        if (k % 8 == 0) == lucky:
            s = (r + k * scalar_of(seed)) % ed25519.L
            head_bytes = seal(HEAD, body, bare.version)[:-64]
            return b"\1\1" + bare.key_id + head_bytes[10:] + point + s.to_bytes(32, "little")
    raise AssertionError("one in eight is lucky")


def scalar_plus_order(payload):
    s = int.from_bytes(payload[-32:], "little") + ed25519.L
    return payload[:-32] + s.to_bytes(32, "little")


def forged_small(public):
    """Under a key of small order S = 0 and R = the key's multiple pass a careless verifier for some messages."""
    topic = envelope.topic_of(HEAD)
    out = []
    for number in range(64):
        body = head(100 + number)
        bare = envelope.Envelope(envelope.key_id(public), 1, 100 + number, NOW, body, b"")
        said = envelope.preimage(SITE, topic, bare)
        for multiple in range(8):
            point = ed25519.encode_point(ed25519.times(multiple, ed25519.decode_point(public)))
            if ed25519.equation_holds(public, said, point + bytes(32)):
                out.append(b"\1\1" + bare.key_id + seal(HEAD, body, bare.version)[10:-64] + point + bytes(32))
    return out


def trusting(*publics):
    """A display that trusts these as release keys too."""
    keys = KEYS + [{"role": "release", "epoch": 1, "key": public} for public in publics]
    return after(("trust", seal("trust", trust(keys=keys), 2, "root")))


STRICT = [
    Row("S not below the order", "bad signature", sends((HEAD, scalar_plus_order(HONEST))), GOOD),
    Row("a key with a part of small order", "bad signature", sends((HEAD, crafted(MIXED, SEEDS["release"], False))),
        hears(HEAD, crafted(MIXED, SEEDS["release"], True)), prepare=trusting(MIXED)),
    Row("a key of small order", "bad signature", sends(*[(HEAD, payload) for payload in forged_small(SMALL)]), GOOD,
        prepare=trusting(SMALL)),
    Row("R no point, or of small order", "bad signature", sends(*[
        (HEAD, HONEST[:-64] + r + HONEST[-32:]) for r in (SMALL, b"\2" + bytes(31), b"\xff" * 32, b"\1" + bytes(31))]), GOOD),
]


def reads(reading, forms):
    """Objects that are to be read by `reading`; what cannot be read is refused."""
    def one(data):
        try:
            return reading(data)
        except Malformed as error:
            raise Refused(f"malformed: {error}") from error
    return lambda world: [lambda d=data: one(d) for data in forms]


def read_well(reading, data):
    def control(world):
        reading(data)
        return belief.Heard("new", "content")
    return control


DOCUMENT, PROFILE = FILES["content-document"][17:], FILES["content-profile"][17:]


def changed(data, where, value=None):
    """JSON with one field changed, or without it."""
    whole = json.loads(data)
    part = whole
    for name in where[:-1]:
        part = part[name]
    if value is None:
        del part[where[-1]]
    else:
        part[where[-1]] = value
    return json.dumps(whole).encode()


NOTICE = ("texts", "en", "notice")
PICTURE = {"name": "x", "media_type": "image/png", "hash": "0" * 64, "bytes": 9, "width_px": 3, "height_px": 3}
FILE = {"name": "x", "media_type": "application/pdf", "hash": "0" * 64, "bytes": 9, "pages": 3}
BAD_DOCUMENTS = [
    b"", b"{", b"[]", b"null", b"[" * 100_000, b'{"a":' * 50_000, DOCUMENT[:-1], DOCUMENT + b"x", b"\xff" + DOCUMENT,
    DOCUMENT.replace(b'"format":1', b'"format":1,"format":1'), changed(DOCUMENT, ("format",), 2),
    changed(DOCUMENT, ("format",), True), changed(DOCUMENT, ("kind",), "poem"), changed(DOCUMENT, ("kind",), "rule"),
    changed(DOCUMENT, ("kind",), ["notice"]), changed(DOCUMENT, ("texts",), {}), changed(DOCUMENT, ("texts",)),
    changed(DOCUMENT, ("texts", "xx"), {}), changed(DOCUMENT, (*NOTICE, "body")), changed(DOCUMENT, (*NOTICE, "more"), "x"),
    changed(DOCUMENT, (*NOTICE, "title"), 7), changed(DOCUMENT, (*NOTICE, "date"), "2026-13-01"),
    changed(DOCUMENT, ("attachments",), [PICTURE] * 21), changed(DOCUMENT, ("attachments",), [{**PICTURE, "hash": "0" * 63}]),
    changed(DOCUMENT, ("attachments",), [{**PICTURE, "media_type": "image/svg+xml"}]),
    changed(DOCUMENT, ("attachments",), [{**PICTURE, "width_px": 3841}]), changed(DOCUMENT, ("more",), 1),
    changed(DOCUMENT, ("files",), [FILE] * 6), changed(DOCUMENT, ("files",), [{**FILE, "pages": 0}]),
    changed(DOCUMENT, ("files",), [{**FILE, "media_type": "text/html"}]), changed(DOCUMENT, ("files",), {})]
BAD_PROFILES = [
    b"", b"[]", changed(PROFILE, ("name",)), changed(PROFILE, ("name",), "x"), changed(PROFILE, ("clock",), {"offsets": [[1]]}),
    changed(PROFILE, ("clock", "offsets"), [[0, "x"]]), changed(PROFILE, ("clock", "offsets"), [[0, 10**30]]),
    changed(PROFILE, ("hotlines",), [{}]), changed(PROFILE, ("time_zone",), 8), changed(PROFILE, ("departments",), ["x"])]
MAIL = FILES["mail"]


def mail_size(world):
    return [lambda: mail_read(b"\1\1\4site" + varint(2 << 20) + bytes(2 << 20))]


def mail_read(data):
    try:
        return envelope.letters(data)
    except Malformed as error:
        raise Refused(f"malformed: {error}") from error


CONTENTS = [
    Row("a document that is none", "malformed", reads(documents.document, BAD_DOCUMENTS),
        read_well(documents.document, changed(changed(DOCUMENT, ("attachments",), [PICTURE] * 20), ("files",), [FILE] * 5))),
    Row("a site profile that is none", "malformed", reads(documents.site_profile, BAD_PROFILES),
        read_well(documents.site_profile, PROFILE)),
    Row("a mail that is none", "malformed", reads(envelope.letters, [MAIL[:end] for end in range(len(MAIL))] + [
        MAIL + b"\0", b"\2" + MAIL[1:], b"\1" + LIE, b"\1\1\1t" + LIE, b"\1\1\1\xff\0"]), read_well(envelope.letters, MAIL)),
    Row("a mail of more than 2 MiB", "malformed", mail_size, read_well(envelope.letters, MAIL)),
    Row("forged letters in a mail", "unknown key", lambda world: [
        lambda p=path, m=payload: world.hear(p, m) for path, payload in envelope.letters(bodies.encode(bodies.MAIL, [
            {"topic": HEAD, "payload": seal(HEAD, head(), by=STRANGER)},
            {"topic": "trust", "payload": seal("trust", trust(), 2, STRANGER)}]))], GOOD),
]

ROWS = [*SIGNATURES, *ROLES, *TRUST, *FRESHNESS, *FORMS, *TOPICS, *BODIES, *CLOCK, *STRICT, *CONTENTS]
