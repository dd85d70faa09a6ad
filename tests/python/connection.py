#!/usr/bin/env python3
"""The connection with a broker (docs/wire-format.md, section 2) against a broker of this file's own that says what it likes.

    connection.py
"""

import socket
import sys
import threading
import traceback

from golden import DISPLAY
from heliograph_display import link
from heliograph_display.clock import Moment
from heliograph_display.postcard import varint

CONNACK, PINGRESP = b"\x20\x02\0\0", b"\xd0\0"


def publish(payload, announced=None):
    """A PUBLISH at QoS 0 (MQTT 3.1.1, section 3.3); its length as announced, else as it is."""
    rest = b"\0\1t" + payload
    return b"\x30" + varint(len(rest) if announced is None else announced) + rest


class Broker:
    """Takes one connection after another and says the same to each."""

    def __init__(self, *words):
        self.server, self.words, self.first = socket.create_server(("127.0.0.1", 0)), words, []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            self.first.append(connection.recv(4096))
            for word in self.words:
                connection.sendall(word)


class Seen:
    """A link to such a broker and what it reported."""

    def __init__(self, *words):
        self.broker, self.events, self.mono = Broker(*words), [], 0
        port = self.broker.server.getsockname()[1]
        self.link = link.Link(
            {"id": DISPLAY, "token": "secret", "broker": f"mqtt://127.0.0.1:{port}", "ca": None},
            lambda: self.events.append("up"), lambda: self.events.append("down"),
            lambda topic, payload: self.events.append((topic, len(payload))), lambda what: None)

    def turns(self, count):
        for _ in range(count):
            self.link.turn(Moment(self.mono, 0), 0.05)


def who_it_is():
    seen = Seen(CONNACK)
    seen.turns(5)
    connect = seen.broker.first[0]
    # MQTT 3.1.1, section 3.1: level 4, flags user name, password and clean session, keep-alive 15 s.
    assert connect[2:12] == b"\0\4MQTT\4\xc2\0\x0f", connect
    expected = b"".join(len(text).to_bytes(2, "big") + text for text in (
        b"display-" + DISPLAY.encode(), DISPLAY.encode(), b"secret"))
    assert connect[12:] == expected and seen.events == ["up"]


def largest_packet():
    fits = Seen(CONNACK, publish(bytes(200_000)))
    fits.turns(40)
    assert fits.events == ["up", ("t", 200_000)], fits.events
    for announced in (link.PACKET_MAX + 1, 268_435_455):
        more = Seen(CONNACK, publish(bytes(1000), announced))
        more.turns(10)
        assert more.events == ["up", "down"], more.events


def refused():
    seen = Seen(b"\x20\x02\0\4")
    seen.turns(5)
    assert seen.events == [] and not seen.link.up


def waits():
    """After 250 ms, then after twice as long each time up to 10 s, each wait cut to between a half and the whole."""
    seen = Seen()
    seen.broker.server.close()
    seen.link.identity["broker"] = "mqtt://127.0.0.1:1"
    whole = 250
    for _ in range(9):
        seen.turns(1)
        wait = seen.link.not_before - seen.mono
        assert whole / 2 <= wait <= whole, (wait, whole)
        tried = seen.link.wait
        seen.mono += int(wait) - 1
        seen.turns(1)
        assert seen.link.wait == tried, "it does not try before"
        seen.mono += 2
        whole = min(10_000, 2 * whole)


def ping_resets():
    seen = Seen(CONNACK, PINGRESP)
    seen.link.wait = 8_000
    seen.turns(1)
    assert seen.link.wait == 8_000
    seen.turns(5)
    assert seen.link.wait == link.FIRST_WAIT


CASES = [who_it_is, largest_packet, refused, waits, ping_resets]


def main():
    held = 0
    for case in CASES:
        try:
            case()
            held += 1
        except Exception:
            print(f"{case.__name__} goes otherwise:")
            traceback.print_exc(file=sys.stdout)
    print(f"{held} of {len(CASES)} cases hold")
    return 0 if held == len(CASES) else 1


if __name__ == "__main__":
    sys.exit(main())
