"""Enrolment: section 1 of docs/wire-format.md."""

import hashlib
import os
import re
import time

from . import ed25519, hubhttp
from .envelope import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CALLS = "/api/v1/enrolments"
FACTS_MAX = 4096
POLL_S = 2


class NotEnrolled(Exception):
    """Why there is no enrolment; whoever wants one begins again."""


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


class Candidate:
    """A display that wants to be admitted."""

    def __init__(self, key, nonce, secret, facts):
        self.key, self.nonce, self.secret, self.facts = key, nonce, secret, facts
        if len(facts.encode()) > FACTS_MAX:
            raise NotEnrolled(f"the facts take more than {FACTS_MAX} bytes")

    def tail(self):
        return sha(self.secret), sha(self.facts.encode())

    def commitment(self):
        return sha(b"heliograph/enrol/commit/v1\0", self.key, self.nonce, *self.tail())

    def short_string(self, hub_nonce, root, certificate, site):
        name = site.encode()
        digest = sha(b"heliograph/enrol/short/v1\0", self.commitment(), hub_nonce, root, certificate, bytes([len(name)]),
                     name, self.key, self.nonce, *self.tail())
        number = int.from_bytes(digest[:4], "big") >> 2
        six = "".join(ALPHABET[number >> shift & 31] for shift in range(25, -1, -5))
        return f"{six[:3]}-{six[3:]}"


def bytes_of(answer, name, length=32):
    """A byte string of an answer: lower-case hexadecimal digits."""
    value = answer.get(name)
    if not isinstance(value, str) or not re.fullmatch(f"[0-9a-f]{{{2 * length}}}", value):
        raise NotEnrolled(f"the hub's {name} is not {length} bytes in hexadecimal")
    return bytes.fromhex(value)


def text_of(answer, name, form=".+"):
    value = answer.get(name)
    if not isinstance(value, str) or not re.fullmatch(form, value):
        raise NotEnrolled(f"the hub's {name} is none: {value!r}")
    return value


class Enrolment:
    """One request at one hub. Each call must meet the certificate that the first one met."""

    def __init__(self, hub, facts, seed=None):
        self.hub, self.seed = hub, seed or os.urandom(32)
        self.me = Candidate(ed25519.public_key(self.seed), os.urandom(32), os.urandom(32), facts)
        self.certificate = None

    def call(self, method, path, expected, **more):
        answer = hubhttp.call(self.hub, method, CALLS + path, **more)
        if self.certificate not in (None, answer.certificate):
            raise NotEnrolled("another certificate than in the first call: somebody may stand between")
        self.certificate = answer.certificate
        if answer.status not in expected:
            wait = answer.headers.get("Retry-After")
            more = f"; try again after {wait} s" if wait else ""
            raise NotEnrolled(f"{method} {CALLS}{path} was answered {answer.status}{more}: {answer.body[:300]!r}")
        return answer

    def begin(self):
        """Steps 2 to 4; the short string."""
        said = self.call("POST", "", (201,), body={"commitment": self.me.commitment().hex()}).json()
        self.request = text_of(said, "request", UUID)
        self.site = text_of(said, "site", "[a-z0-9-]{1,32}")
        nonce, self.root = bytes_of(said, "nonce"), bytes_of(said, "root")
        key, drawn, secret_hash = self.me.key.hex(), self.me.nonce.hex(), sha(self.me.secret).hex()
        self.call("POST", f"/{self.request}/reveal", (200,), body={
            "key": key, "nonce": drawn, "secret_hash": secret_hash, "facts": self.me.facts})
        return self.me.short_string(nonce, self.root, self.certificate, self.site)

    def ask(self):
        """Step 5, once: what the display is from now on, or None while somebody still has to look."""
        said = self.call("GET", f"/{self.request}", (200,), token=self.me.secret.hex(), most=1 << 20).json()
        state = said.get("state")
        if state == "waiting":
            return None
        if state != "admitted":
            raise NotEnrolled(f"the request is {state}")
        if bytes_of(said, "root") != self.root or text_of(said, "site") != self.site:
            raise NotEnrolled("the hub names another root or site than when it was asked first")
        host = hubhttp.host_of(self.hub)
        return {
            "site": self.site, "id": text_of(said, "id", UUID), "root": self.root.hex(), "seed": self.seed.hex(),
            "token": text_of(said, "mqtt_token"), "ca": said.get("ca"), "trust": text_of(said, "trust", "[0-9a-f]+"),
            "broker": hubhttp.with_host(text_of(said, "broker", "mqtts?://.+"), host),
            "hub": hubhttp.with_host(text_of(said, "hub", "https?://.+"), host)}

    def wait(self):
        """Asks until it is admitted. A call that fails is made again; the hub ends the request after ten minutes."""
        end = time.monotonic() + 600
        while time.monotonic() < end:
            try:
                if admitted := self.ask():
                    return admitted
            except hubhttp.Unreachable:
                pass
            time.sleep(POLL_S)
        raise NotEnrolled("nobody admitted this display in ten minutes")
