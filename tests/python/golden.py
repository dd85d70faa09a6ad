#!/usr/bin/env python3
"""Decodes every golden file that docs/wire-format.md names, writes it anew, and verifies every signature and hash.

    golden.py [FOLDER]

The folder is crates/wire/tests/golden when it is not said. It ends with 1 when something is otherwise than the page says.
"""

import hashlib
import json
import pathlib
import sys

from heliograph_display import bodies, documents, ed25519, enrol, envelope
from heliograph_display.postcard import Malformed

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "crates/wire/tests/golden"
SITE, DISPLAY, CHANNEL = "binhe", "00000000-0000-0000-0000-000000000007", "hall"
SEEDS = {"root": b"\x01", "release": b"\x02", "heartbeat": b"\x03", "command": b"\x04", "display": b"\x05",
         "second-root": b"\x0b"}
SEEDS = {name: byte * 32 for name, byte in SEEDS.items()}
BODIES = {
    "heartbeat": bodies.HEARTBEAT, "erased": bodies.ERASED, "head-inline": bodies.HEAD, "head-pages": bodies.HEAD,
    "config": bodies.CONFIG, "command": bodies.COMMAND, "ack": bodies.ACK, "status": bodies.STATUS,
    "status-slate": bodies.STATUS, "receipts": bodies.RECEIPTS, "reply-done": bodies.REPLY, "reply-failed": bodies.REPLY,
    "reply-ask-time": bodies.REPLY, "site": bodies.SITE, "time": bodies.TIME,
}
# Envelope: (topic, the body's file, who signs).
ENVELOPES = {
    "trust": ("trust", "trust", "root"), "trust-new-root": ("trust", "trust-new-root", "root"),
    "heartbeat": ("heartbeat", "heartbeat", "heartbeat"),
    "heartbeat-2": ("heartbeat", "heartbeat-2", "heartbeat"), "erased": ("erased", "erased", "release"),
    "head": (f"channel/{CHANNEL}/head", "head-inline", "release"),
    "config": (f"display/{DISPLAY}/config", "config", "release"),
    "command": (f"display/{DISPLAY}/command", "command", "command"), "ack": (f"display/{DISPLAY}/ack", "ack", "command"),
    "status": (f"display/{DISPLAY}/status", "status", "display"),
    "receipts": (f"display/{DISPLAY}/receipts", "receipts", "display"),
    "reply": (f"display/{DISPLAY}/reply", "reply-done", "display"), "site": ("site", "site", "release"),
    "time": (f"display/{DISPLAY}/time", "time", "heartbeat"),
}


def load(folder=GOLDEN):
    """Every golden file's bytes by its name without `.hex`."""
    return {path.stem: bytes.fromhex(path.read_text()) for path in sorted(pathlib.Path(folder).glob("*.hex"))}


class Check:
    """What was looked at and what was wrong."""

    def __init__(self):
        self.done, self.wrong, self.used = 0, [], set()

    def that(self, holds, what):
        self.done += 1
        if not holds:
            self.wrong.append(what)

    def refused(self, action, what):
        try:
            action()
        except (Malformed, envelope.Refused):
            self.done += 1
        else:
            self.that(False, f"{what} was taken")


def check_bodies(check, files):
    for name, kind in BODIES.items():
        data = files[f"body-{name}"]
        check.used.add(f"body-{name}")
        check.that(bodies.encode(kind, bodies.decode(kind, data)) == data, f"body-{name} written anew is another")
        for end in range(len(data)):
            check.refused(lambda: bodies.decode(kind, data[:end]), f"body-{name} cut at {end}")
        check.refused(lambda: bodies.decode(kind, data + b"\0"), f"body-{name} with a byte too many")
    for name in ("trust", "trust-new-root"):
        data = files[f"body-{name}"]
        check.used.add(f"body-{name}")
        check.that(bodies.encode_trust(bodies.decode_trust(data)) == data, f"body-{name} written anew is another")
    data, first = files["body-heartbeat-2"], files["body-heartbeat"]
    check.used.add("body-heartbeat-2")
    check.that(bodies.encode_heartbeat(bodies.decode_heartbeat(data)) == data, "body-heartbeat-2 written anew is another")
    newest = {"trust": 1, "site": 40, "erased": 300}
    check.that(bodies.decode_heartbeat(data) == {**bodies.decode_heartbeat(first), **newest}, "body-heartbeat-2 as described")
    for end in range(len(data)):
        check.refused(lambda: bodies.decode_heartbeat(data[:end]), f"body-heartbeat-2 cut at {end}")
    check.refused(lambda: bodies.decode_heartbeat(data + b"\0"), "body-heartbeat-2 with a byte too many")
    new = bodies.decode_trust(files["body-trust-new-root"])
    check.that(new["root"] == files["key-second-root"], "the new root is the second")
    statement = bodies.root_statement(SITE, new["serial"], new["root"])
    check.that(ed25519.verify(new["root"], statement, new["proof"]), "the new root's proof")
    check.that(ed25519.sign(SEEDS["second-root"], statement) == new["proof"], "the proof made anew")
    slate = {**bodies.decode(bodies.STATUS, files["body-status"]), "state": "slate", "heads": [], "on_air": None,
             "shown": [], "refusals": 0, "last_refusal": None, "live": None}
    check.that(bodies.encode(bodies.STATUS, slate) == files["body-status-slate"], "the slate's status as it is described")
    failed = ("failed", {"nonce": b"\x09" * 16, "reason": "not supported"})
    check.that(bodies.decode(bodies.REPLY, files["body-reply-failed"]) == failed, "the failed reply as described")
    check.that(bodies.decode(bodies.REPLY, files["body-reply-ask-time"]) == ("ask_time", b"\x06" * 16), "the question")


def check_envelopes(check, files):
    for name, (path, body, signer) in ENVELOPES.items():
        payload, topic = files[f"envelope-{name}"], envelope.topic_of(path)
        check.used.add(f"envelope-{name}")
        opened, key = envelope.open_envelope(payload), files[f"key-{signer}"]
        check.that(opened.body == files[f"body-{body}"], f"envelope-{name} holds another body")
        check.that(opened.key_id == envelope.key_id(key), f"envelope-{name} names another key")
        check.that(envelope.verified(SITE, topic, opened, key), f"envelope-{name}: the signature")
        said = envelope.preimage(SITE, topic, opened)
        check.that(ed25519.equation_holds(key, said, opened.signature), f"envelope-{name}: the equation by hand")
        anew = envelope.seal(SEEDS[signer], SITE, topic, opened.epoch, opened.version, opened.issued_at, opened.body)
        check.that(anew == payload, f"envelope-{name} signed anew is another")
        for other in (s for s in SEEDS if s != signer):
            check.that(not envelope.verified(SITE, topic, opened, files[f"key-{other}"]), f"envelope-{name} by {other}")


def check_contents(check, files):
    check.used |= {"content", "content-hash", "content-document", "content-profile", "content-head-page", "mail"}
    content = files["content"]
    check.that(envelope.content_object(content, files["content-hash"]) == b'{"format":1}', "content")
    check.that(content[1:17] == b"0123456789abcdef", "content's salt")
    page = pathlib.Path(__file__).resolve().parents[2] / "docs/wire-format.md"
    said = "".join(page.read_text(encoding="utf-8").split("have these hashes:")[1].split()).replace("```", "")
    document, profile = (bytes.fromhex(said[start:start + 64]) for start in (0, 64))
    read = documents.document(envelope.content_object(files["content-document"], document))
    check.that(documents.text_for(read, "ja")["title"] == "节后办公时间", "a document's text for a reader of Japanese")
    check.that(documents.text_for(read, "en")["title"] == "Hours after the holiday", "a document's text in English")
    read = documents.site_profile(envelope.content_object(files["content-profile"], profile))
    check.that(documents.offset_s(read, 1795485930000) == 28800, "the site's offset")
    check.that(envelope.letters(files["mail"]) == [("trust", b"\1\1"), ("channel/hall/head", b"\1\1\xff")], "mail")
    for end in range(len(files["mail"])):
        check.refused(lambda: envelope.letters(files["mail"][:end]), f"mail cut at {end}")


def described_item(number):
    """The item of this number in body-head-pages, as section 8 describes it."""
    m = number % 250
    even = m % 2 == 0
    return {"publication": f"00000000-0000-0000-0000-{number:012x}", "content": bytes([m]) * 32,
            "kind": "service-commitment", "priority": "normal", "start": 1795485929000,
            "until": 1795572330000 if even else None, "released_at": 1795485930000, "standing": not even,
            "lease_ms": 604800000 if even else None, "assets": [b"\xee" * 32] if even else []}


def check_pages(check, files):
    """Makes both pages of body-head-pages from their description, and finds them to be the ones that it names."""
    pages, size = [[]], 0
    for number in range(900):
        item = described_item(number)
        length = len(bodies.ITEM.write(item))
        if size + length > 49152:
            pages.append([])
            size = 0
        pages[-1].append(item)
        size += length
    payloads = [b"\1" + bytes(16) + bodies.encode(bodies.ITEMS, page) for page in pages]
    head = bodies.decode(bodies.HEAD, files["body-head-pages"])
    check.that(head["programme"] == ("pages", [envelope.content_hash(p) for p in payloads]), "the pages as described")
    check.that(payloads[-1] == files["content-head-page"], "the last page")
    inline = bodies.decode(bodies.HEAD, files["body-head-inline"])
    same = all(head[field] == inline[field] for field in ("channel", "position", "as_of"))
    check.that(same, "channel, position and as of of both heads")
    items = documents.page_items(envelope.content_object(payloads[0], head["programme"][1][0]))
    check.that(items == pages[0], "the first page's items")


def check_enrolment(check):
    """Commitment and short string for given values, made here a second time from the page's formula byte by byte."""
    key, nonce, secret, root = b"\x05" * 32, b"\x11" * 32, b"\x22" * 32, b"\x33" * 32
    hub, certificate, facts = b"\x44" * 32, bytes(32), '{"model":"x"}'
    sha = lambda *parts: hashlib.sha256(b"".join(parts)).digest()
    commitment = sha(b"heliograph/enrol/commit/v1\0", key, nonce, sha(secret), sha(facts.encode()))
    digest = sha(b"heliograph/enrol/short/v1\0", commitment, hub, root, certificate, b"\5binhe", key, nonce, sha(secret),
                 sha(facts.encode()))
    bits = "".join(f"{byte:08b}" for byte in digest)[:30]
    six = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[int(bits[at:at + 5], 2)] for at in range(0, 30, 5))
    mine = enrol.Candidate(key, nonce, secret, facts)
    check.that(mine.commitment() == commitment, "the commitment")
    short = mine.short_string(hub, root, certificate, "binhe")
    check.that(short == six[:3] + "-" + six[3:], "the short string")
    for other in ((nonce, root, certificate, "binhe"), (hub, nonce, certificate, "binhe"), (hub, root, nonce, "binhe"),
                  (hub, root, certificate, "binhf")):
        check.that(mine.short_string(*other) != short, "another hub has the same short string")
    return short


def check_enrolment_files(check, files):
    """The enrolment of section 8: `key-display` at this site, over TLS and over plain HTTP."""
    facts = files["enrol-facts"].decode()
    mine = enrol.Candidate(files["key-display"], b"\x21" * 32, b"\x22" * 32, facts)
    check.that(mine.commitment() == files["enrol-commitment"], "enrol-commitment")
    for name, certificate in (("enrol-short", b"\x24" * 32), ("enrol-short-plain", bytes(32))):
        short = mine.short_string(b"\x23" * 32, files["key-root"], certificate, "binhe")
        check.that(short.encode() == files[name], name)
    check.used.update(("enrol-facts", "enrol-commitment", "enrol-short", "enrol-short-plain"))


def main():
    files, check = load(*sys.argv[1:2]), Check()
    for name, seed in SEEDS.items():
        check.used.add(f"key-{name}")
        check.that(ed25519.public_key(seed) == files[f"key-{name}"], f"key-{name} of its seed")
    check_bodies(check, files)
    check_envelopes(check, files)
    check_contents(check, files)
    check_pages(check, files)
    short = check_enrolment(check)
    check_enrolment_files(check, files)
    for name in files.keys() - check.used:
        check.that(False, f"{name}.hex is a golden file that was not looked at")
    for what in check.wrong:
        print(f"wrong: {what}")
    print(json.dumps({"files": len(files), "checks": check.done, "wrong": len(check.wrong), "short_string": short}))
    return 1 if check.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
