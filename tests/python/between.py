#!/usr/bin/env python3
"""Somebody between the independent display and a real hub: he ends the display's TLS with a certificate of his own and
passes everything on. The two screens differ, and the display gets nothing.

    between.py HUB_BINARY

The control stands beside it: who passes on bytes without ending TLS changes nothing. Needs `openssl`, for a certificate.
It ends with 1 and says what went otherwise when something does.
"""

import pathlib
import select
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

from hub import Hub, Office, StoryFailed
from story import SETTING, STARTED_WITHIN_S, Witness


class Between:
    """Listens on loopback and passes on what it hears to the hub, and back; with `own`, it ends TLS on both sides."""

    def __init__(self, hub, own=None):
        self.hub, self.own, self.heard = hub, own, bytearray()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                near, _ = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self.join, args=(near,), daemon=True).start()

    def join(self, near):
        far = socket.create_connection(("127.0.0.1", self.hub.http))
        try:
            if self.own:
                near = self.own.wrap_socket(near, server_side=True)
                anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
                far = anybody.wrap_socket(far)
        except OSError:
            near.close()
            far.close()
            return
        try:
            self.pass_on(near, far)
        except OSError:
            pass
        near.close()
        far.close()

    def pass_on(self, near, far):
        """Both directions in this one thread: what ends TLS must not be read and written by two at once."""
        open_ends = [near, far]
        while open_ends:
            for source in select.select(open_ends, [], [])[0]:
                data = received(source)
                if data is None:
                    continue
                if source is near:
                    self.heard += data
                sink = near if source is far else far
                if data:
                    sink.sendall(data)
                else:
                    open_ends.remove(source)
                    sink.shutdown(socket.SHUT_WR)

    def close(self):
        self.door.close()


def received(source):
    """All that can be read without waiting: empty at the end, None when only TLS itself had something to say."""
    source.setblocking(False)
    data = bytearray()
    try:
        while more := source.recv(65536):
            data += more
    except (BlockingIOError, ssl.SSLWantReadError):
        return bytes(data) or None
    finally:
        source.setblocking(True)
    return bytes(data)


def certificate(folder):
    """A certificate of one's own, as anybody can make one."""
    key, pem = folder / "between.key", folder / "between.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                    "2", "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", pem], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    return context


def must(holds, what):
    if not holds:
        raise StoryFailed(what)


def caught(hub, office, witness, own):
    """He hears everything, and the characters differ: nobody is let in."""
    between = Between(hub, own)
    short, request = witness.asks(between.url)
    machine = office.waiting(request)
    must(b'"commitment"' in between.heard, "he has heard nothing: this proves nothing")
    must(machine["short_string"] != short, f"both screens show {short}, and somebody stands between")
    status, answer = office.decide(request, "admit", {**SETTING, "short_string": short})
    must(status == 422, f"what stands on the display's screen is answered {status}: {answer}")
    must(office.decide(request, "refuse", {})[0] == 200, "the machine cannot be refused")
    witness.lines.process.wait(STARTED_WITHIN_S)
    must(witness.lines.process.returncode != 0, "the display takes itself for enrolled")
    said = witness.errors.read_text(encoding="utf-8")
    must("the request is refused" in said, f"the display does not tell why: {said}")
    must(not office.admin.must("GET", "/api/v1/displays")["displays"], "a display was let in")
    between.close()
    print("between: somebody who ends TLS is caught", flush=True)


def control(hub, office, witness):
    """Who only passes on bytes is a cable."""
    cable = Between(hub)
    short, request = witness.asks(cable.url)
    must(office.waiting(request)["short_string"] == short, "a cable makes the screens differ")
    status, answer = office.decide(request, "admit", {**SETTING, "short_string": short})
    must(status == 201, f"the display is answered {status}: {answer}")
    must(witness.is_let_in() == answer["id"], "the display has another id than the hub says")
    cable.close()
    print("between: a cable changes nothing", flush=True)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory(prefix="heliograph-between-") as folder:
        folder = pathlib.Path(folder)
        hub, tapped, honest = Hub(sys.argv[1], folder), Witness(folder, "tapped"), Witness(folder, "honest")
        try:
            hub.start()
            office = Office(hub)
            caught(hub, office, tapped, certificate(folder))
            control(hub, office, honest)
        except StoryFailed as failure:
            print(f"failed: {failure}\n{hub.said()}")
            return 1
        finally:
            tapped.stop()
            honest.stop()
            hub.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
