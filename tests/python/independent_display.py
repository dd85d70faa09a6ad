#!/usr/bin/env python3
"""A display that says what it would show, a JSON line each time that changes. Written from docs/wire-format.md alone.

    independent_display.py enrol --state FILE --hub https://HUB:PORT [--facts JSON]
    independent_display.py key   --state FILE
    independent_display.py adopt --state FILE --site NAME --id UUID --token TEXT --root HEX --broker URL --hub URL [--ca FILE]
    independent_display.py run   --state FILE [--dwell-ms N] [--seconds N]

`enrol` prints the short string and waits until somebody at the hub admits the display. `key` and `adopt` are for a display
whose key an operator enters at the hub: the first prints it, the second takes what the hub answered.
Needs Debian's python3-paho-mqtt and python3-nacl.
"""

import argparse
import json
import os
import pathlib
import queue
import sys
import time
from concurrent.futures import ThreadPoolExecutor

try:
    from heliograph_display import agent, belief, ed25519, enrol, hubhttp, store
    from heliograph_display.clock import Moment
    from heliograph_display.envelope import MAIL_MAX
    from heliograph_display.link import Link
except ModuleNotFoundError as error:
    sys.exit(f"{error}: install Debian's python3-paho-mqtt and python3-nacl, and run this with Debian's own python3")

FACTS = {"model": "independent display", "version": agent.VERSION, "panel": {
    "width_px": 1920, "height_px": 1080, "colour": "full", "pixel_pitch_um": 630, "viewing_distance_mm": 3500,
    "refresh_hz": 60}, "language": "zh-Hans"}


def say(event, **more):
    print(json.dumps({"event": event, **more}, ensure_ascii=False), flush=True)


def moment():
    return Moment(time.monotonic_ns() // 1_000_000, time.time_ns() // 1_000_000)


class Display:
    """The shell around the agent: its sockets, its clock, its threads for HTTP."""

    def __init__(self, file, dwell_ms):
        self.file, saved = file, file.load()
        if "identity" not in saved:
            sys.exit(f"{file.path} holds no enrolled display: enrol it first")
        self.identity = saved["identity"]
        now = moment()
        beliefs = belief.Beliefs(self.identity["site"], self.identity["id"], bytes.fromhex(self.identity["root"]), now,
                                 saved.get("beliefs"), file.contents())
        self.agent = agent.Agent(self.identity, beliefs, now, dwell_ms)
        if not beliefs.trust and self.identity.get("trust"):
            self.agent.judge("trust", bytes.fromhex(self.identity["trust"]), now)
        self.pool, self.done = ThreadPoolExecutor(3), queue.SimpleQueue()
        self.tls = hubhttp.vouched_by(self.identity["ca"]) if self.identity.get("ca") else None
        self.link = Link(self.identity, self.connected, self.disconnected, self.message,
                         lambda what: say("trouble", what=what))

    def connected(self):
        say("connected")
        self.agent.on_connected(moment())

    def disconnected(self):
        say("disconnected")
        self.agent.on_disconnected()

    def message(self, topic, payload):
        self.agent.on_message(topic, payload, moment())
        self.drain()

    def hubs(self):
        """The addresses of hubs: the configuration's, else the one that the display was enrolled at."""
        config = self.agent.beliefs.config
        host = hubhttp.host_of(self.identity["broker"])
        return [hubhttp.with_host(hub, host) for hub in config["hubs"]] if config and config["hubs"] else []

    def fetch(self, path, attempt, most, back):
        """Asks one hub in a thread of its own; `back` is called in this one, with the answer's bytes or None."""
        hubs = [*self.hubs(), self.identity["hub"]] if "mail" in path else self.hubs()
        hub = hubs[attempt % len(hubs)] if hubs else self.identity["hub"]

        def work():
            try:
                # Who was enrolled over TLS takes no hub without it: the token would be told to anybody.
                if self.tls and not hub.startswith("https:"):
                    raise hubhttp.Unreachable(f"{hub} is not HTTPS")
                answer = hubhttp.call(hub, "GET", path, context=self.tls, token=self.identity["token"], most=most)
                trouble = None if answer.status == 200 else f"{hub}{path.split('?')[0]} answers {answer.status}"
                self.done.put((back, None if trouble else answer.body, trouble))
            except hubhttp.Unreachable as error:
                self.done.put((back, None, str(error)))

        self.pool.submit(work)

    def drain(self):
        """Carries out what the agent wants: storing first, so that nothing is shown that a restart would forget."""
        acts, self.agent.outbox = self.agent.outbox, []
        if ("store",) in acts:
            self.store()
        for act, *about in acts:
            if act == "show":
                say("on_air", at=about[0], **about[1])
            elif act == "refused":
                say("refused", topic=about[0], why=about[1])
            elif act == "mail":
                nonce = f"?nonce={about[0].hex()}" if about[0] else ""
                self.fetch(f"/api/v1/device/mail{nonce}", about[1] - 1, MAIL_MAX, self.agent.on_mail)
            elif act == "fetch":
                digest, most, attempt = about
                back = lambda payload, now, d=digest, m=most: self.agent.on_fetched(d, payload, m, now)
                self.fetch(f"/api/v1/device/content/{digest.hex()}", attempt, most, back)
            elif self.link.client and self.link.up:
                self.speak(act, about)

    def speak(self, act, about):
        if act == "subscribe":
            self.link.client.subscribe([(name, 1) for name in about[0]])
        elif act == "unsubscribe":
            self.link.client.unsubscribe(about[0])
        elif act == "publish":
            self.link.client.publish(about[0], about[1], qos=1, retain=about[2])

    def store(self):
        try:
            self.file.save({"identity": self.identity, "beliefs": self.agent.beliefs.dump()})
            self.agent.problem = None
        except OSError as error:
            self.agent.problem = str(error)
            say("trouble", what=f"cannot store: {error}")

    def run(self, seconds):
        end = time.monotonic() + seconds if seconds else None
        while end is None or time.monotonic() < end:
            if not self.link.turn(moment(), 0.1):
                time.sleep(0.05)
            while not self.done.empty():
                back, body, trouble = self.done.get()
                if trouble:
                    say("trouble", what=trouble)
                back(body, moment())
            self.agent.tick(moment())
            self.drain()
        self.link.close()


def make_key(file):
    """The display's secret, drawn once."""
    saved = file.load()
    saved.setdefault("seed", os.urandom(32).hex())
    file.save(saved)
    return saved["seed"]


def do_enrol(args, file):
    request = enrol.Enrolment(args.hub, args.facts or json.dumps(FACTS), bytes.fromhex(make_key(file)))
    short = request.begin()
    say("short_string", short=short, site=request.site, request=request.request)
    identity = request.wait()
    file.save({"identity": identity})
    say("enrolled", site=identity["site"], id=identity["id"])


def do_adopt(args, file):
    ca = pathlib.Path(args.ca).read_text(encoding="ascii") if args.ca else None
    identity = {name: getattr(args, name) for name in ("site", "id", "token", "root", "broker", "hub")}
    file.save({"identity": {**identity, "seed": make_key(file), "ca": ca}})
    say("enrolled", site=args.site, id=args.id)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    wanted = {"enrol": ["hub"], "key": [], "adopt": ["site", "id", "token", "root", "broker", "hub"], "run": []}
    for name, needed in wanted.items():
        command = commands.add_parser(name)
        command.add_argument("--state", required=True)
        for flag in needed:
            command.add_argument(f"--{flag}", required=True)
        for flag in {"enrol": ["facts"], "adopt": ["ca"]}.get(name, []):
            command.add_argument(f"--{flag}")
        if name == "run":
            command.add_argument("--dwell-ms", type=int, default=10_000)
            command.add_argument("--seconds", type=float)
    return parser.parse_args()


def main():
    args = arguments()
    file = store.StateFile(args.state)
    try:
        if args.command == "enrol":
            do_enrol(args, file)
        elif args.command == "key":
            print(ed25519.public_key(bytes.fromhex(make_key(file))).hex())
        elif args.command == "adopt":
            do_adopt(args, file)
        else:
            Display(file, args.dwell_ms).run(args.seconds)
    except (enrol.NotEnrolled, hubhttp.Unreachable) as error:
        sys.exit(f"not enrolled: {error}")
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
