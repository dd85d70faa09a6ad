#!/usr/bin/env python3
"""Enrolment (docs/wire-format.md, section 1) against a hub of this file's own, honest and not, over TLS and without.

    enrolment.py

It ends with 1 when a case goes otherwise. Needs `openssl`, for certificates.
"""

import hashlib
import http.server
import json
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading
import traceback

from golden import SITE, load
from heliograph_display import enrol, hubhttp

REQUEST = "00000000-0000-0000-0000-0000000000aa"
ROOT = load()["key-root"]
TRUST = "0101"


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


class FakeHub:
    """A hub that follows the page's steps, but for what `lies` changes in its answers."""

    def __init__(self, folder=None, name=None, **lies):
        self.lies, self.nonce, self.said, self.short, self.asked = lies, os.urandom(32), {}, None, 0
        hub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.answer(*(hub.begin(body) if self.path == enrol.CALLS else hub.reveal(self.path, body)))

            def do_GET(self):
                self.answer(*hub.tell(self.path, self.headers["Authorization"]))

            def answer(self, status, body):
                data = json.dumps(body).encode()
                self.send_response(status)
                if status == 429:
                    self.send_header("Retry-After", "7")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.certificate = bytes(32)
        if folder:
            self.present(folder, name)
        scheme = "https" if folder else "http"
        self.url = f"{scheme}://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def present(self, folder, name):
        """Serves TLS with this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        text = (folder / f"{name}.pem").read_text()
        self.certificate, self.pem = sha(ssl.PEM_cert_to_DER_cert(text)), text

    def begin(self, body):
        if self.lies.get("full"):
            return 429, {}
        self.said["commitment"] = bytes.fromhex(body["commitment"])
        return 201, {"request": REQUEST, "nonce": self.nonce.hex(), "site": SITE, "root": ROOT.hex(),
                     "expires_at": 0, **self.lies.get("begin", {})}

    def reveal(self, path, body):
        assert path == f"{enrol.CALLS}/{REQUEST}/reveal"
        key, nonce, secret = (bytes.fromhex(body[name]) for name in ("key", "nonce", "secret_hash"))
        facts = sha(body["facts"].encode())
        if sha(b"heliograph/enrol/commit/v1\0", key, nonce, secret, facts) != self.said["commitment"]:
            return 400, {}
        self.said.update(key=key, secret=secret)
        digest = sha(b"heliograph/enrol/short/v1\0", self.said["commitment"], self.nonce, ROOT, self.certificate,
                     bytes([len(SITE)]), SITE.encode(), key, nonce, secret, facts)
        number = int.from_bytes(digest, "big") >> 226
        six = ""
        while len(six) < 6:
            six = enrol.ALPHABET[number % 32] + six
            number //= 32
        self.short = f"{six[:3]}-{six[3:]}"
        return 200, {}

    def tell(self, path, bearer):
        assert path == f"{enrol.CALLS}/{REQUEST}"
        if sha(bytes.fromhex(bearer.removeprefix("Bearer "))) != self.said["secret"]:
            return 401, {}
        self.asked += 1
        if self.asked < 3:
            return 200, {"state": "waiting"}
        if self.asked > 3:
            return 410, {}
        return 200, {"state": "admitted", "site": SITE, "id": REQUEST, "mqtt_token": "token", "root": ROOT.hex(),
                     "trust": TRUST, "broker": "mqtts://0.0.0.0:8883", "hub": "https://[::]:8443", "ca": None,
                     **self.lies.get("tell", {})}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def certificate(folder, name, host="IP:127.0.0.1"):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                    "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName={host}", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"],
                   check=True, capture_output=True)


def fails(action, words):
    try:
        action()
    except enrol.NotEnrolled as error:
        assert words in str(error), f"{error}: not {words}"
    else:
        raise AssertionError(f"it did not fail: {words}")


def goes_well(hub):
    request = enrol.Enrolment(hub.url, "{}")
    assert request.begin() == hub.short, "both screens show the same"
    admitted = request.wait()
    assert (admitted["id"], admitted["token"], admitted["root"]) == (REQUEST, "token", ROOT.hex())
    assert (admitted["broker"], admitted["hub"]) == ("mqtts://127.0.0.1:8883", "https://127.0.0.1:8443")
    assert hub.said["key"] == request.me.key
    fails(request.ask, "410")


def over_http(_):
    with FakeHub() as hub:
        goes_well(hub)


def over_tls(folder):
    with FakeHub(folder, "one") as hub:
        goes_well(hub)


def somebody_between(folder):
    """Who stands between shows another certificate, so the two screens differ."""
    with FakeHub(folder, "one") as hub:
        hub.certificate = sha(b"what the hub itself presents")
        request = enrol.Enrolment(hub.url, "{}")
        assert request.begin() != hub.short


def another_certificate(folder):
    with FakeHub(folder, "one") as hub, FakeHub(folder, "two") as other:
        request = enrol.Enrolment(hub.url, "{}")
        request.begin()
        request.hub, other.said = other.url, hub.said
        fails(request.ask, "another certificate")


def lies(_):
    for lie, words in (({"tell": {"root": "00" * 32}}, "another root"), ({"tell": {"site": "binhf"}}, "another root"),
                       ({"tell": {"state": "refused"}}, "refused"), ({"tell": {"state": "maybe"}}, "maybe"),
                       ({"tell": {"broker": "nowhere"}}, "broker"), ({"tell": {"id": "x"}}, "id"),
                       ({"tell": {"mqtt_token": 5}}, "mqtt_token"), ({"tell": {"trust": "AB"}}, "trust")):
        with FakeHub(**lie) as hub:
            request = enrol.Enrolment(hub.url, "{}")
            request.begin()
            assert request.ask() is None and request.ask() is None
            fails(request.ask, words)
    for lie, words in (({"begin": {"nonce": "00" * 31}}, "nonce"), ({"begin": {"site": "BINHE"}}, "site"),
                       ({"begin": {"request": "../x"}}, "request"), ({"begin": {"root": None}}, "root"),
                       ({"full": True}, "try again after 7 s")):
        with FakeHub(**lie) as hub:
            fails(enrol.Enrolment(hub.url, "{}").begin, words)


def another_reveal(_):
    """What is revealed must be what was committed to."""
    with FakeHub() as hub:
        request = enrol.Enrolment(hub.url, "{}")
        call = request.call
        def changed(method, path, expected, **more):
            if path.endswith("/reveal"):
                more["body"]["key"] = "00" * 32
            return call(method, path, expected, **more)
        request.call = changed
        fails(request.begin, "400")


def vouched(folder):
    """From enrolment on, only servers are taken that one of the certificates vouches for, at the host that it is for."""
    path = f"{enrol.CALLS}/{REQUEST}"

    def refused(hub, pem):
        try:
            hubhttp.call(hub.url, "GET", path, context=hubhttp.vouched_by(pem), token="01")
        except hubhttp.Unreachable as error:
            assert "CERTIFICATE_VERIFY_FAILED" in str(error), error
        else:
            raise AssertionError("a certificate was taken that is not for this")

    with FakeHub(folder, "one") as one, FakeHub(folder, "two") as two, FakeHub(folder, "moved") as moved:
        one.said = two.said = moved.said = {"secret": sha(b"\1")}
        assert hubhttp.call(one.url, "GET", path, context=hubhttp.vouched_by(one.pem), token="01").status == 200
        refused(two, one.pem)
        refused(moved, moved.pem)


def facts(_):
    enrol.Enrolment("http://x", "x" * 4096)
    fails(lambda: enrol.Enrolment("http://x", "x" * 4097), "4096")


CASES = [over_http, over_tls, somebody_between, another_certificate, lies, another_reveal, vouched, facts]


def main():
    enrol.POLL_S = 0.01
    held = 0
    with tempfile.TemporaryDirectory(prefix="heliograph-enrolment-") as folder:
        folder = pathlib.Path(folder)
        for name in ("one", "two"):
            certificate(folder, name)
        certificate(folder, "moved", "DNS:elsewhere.example")
        for case in CASES:
            try:
                case(folder)
                held += 1
            except Exception:
                print(f"{case.__name__} goes otherwise:")
                traceback.print_exc(file=sys.stdout)
    print(f"{held} of {len(CASES)} cases hold")
    return 0 if held == len(CASES) else 1


if __name__ == "__main__":
    sys.exit(main())
