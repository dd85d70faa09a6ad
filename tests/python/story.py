#!/usr/bin/env python3
"""The independent display at a real hub, over TLS: admitted after the characters on both screens were compared, shown a
notice by three people, through a restart of the hub, until the notice is withdrawn. A second one, whose key an operator
enters by hand, shows the same.

    story.py HUB_BINARY

The binary is `heliograph`. Everything happens on loopback and in a temporary folder. It ends with 1 and says what went
otherwise when something does.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

from hub import Hub, Lines, Office, StoryFailed

DISPLAY = pathlib.Path(__file__).with_name("independent_display.py")
# Long, because other stories run beside this one: who waits for a line gets it as soon as it is there.
ON_AIR_WITHIN_S = 90
STARTED_WITHIN_S = 90
PANEL = {"width_px": 1920, "height_px": 1080, "colour": "full", "pixel_pitch_um": 630, "viewing_distance_mm": 3500,
         "refresh_hz": 60}
SETTING = {"name": {"zh-Hans": "独立屏"}, "location": {"zh-Hans": "大厅"}, "profile": "lobby-1080p", "language": "zh-Hans",
           "channels": ["hall"], "panel": PANEL}


def tell(what):
    print(f"story: {what}", flush=True)


class Witness:
    """The Python display as a process of its own."""

    def __init__(self, folder, name):
        self.state, self.errors = folder / f"{name}.json", folder / f"{name}.log"
        self.lines = None

    def command(self, name, **flags):
        given = [part for flag, value in flags.items() for part in (f"--{flag}", value)]
        return [sys.executable, DISPLAY, name, "--state", self.state, *given]

    def run(self, name, **flags):
        done = subprocess.run(self.command(name, **flags), capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise StoryFailed(f"the display's {name} ends with {done.returncode}: {done.stderr}")
        return done.stdout.strip()

    def asks(self, hub):
        """Asks a hub to be let in, and goes on asking; what stands on its screen, and its request."""
        self.lines = Lines(self.command("enrol", hub=hub), self.errors)
        line, _ = self.lines.wait_for("the short string", lambda line: line["event"] == "short_string", STARTED_WITHIN_S)
        return line["short"], line["request"]

    def is_let_in(self):
        """Waits until it has its credential; its id."""
        line, _ = self.lines.wait_for("the credential", lambda line: line["event"] == "enrolled", STARTED_WITHIN_S)
        self.stop()
        return line["id"]

    def start(self):
        self.lines = Lines(self.command("run", **{"dwell-ms": "2000"}), self.errors)

    def stop(self):
        if self.lines:
            self.lines.stop()
            self.lines = None

    def sees(self, what, test, since=0, within=ON_AIR_WITHIN_S):
        """Waits for a line of what is on air; its number."""
        on_air = lambda line: line["event"] == "on_air" and test(line)
        return self.lines.wait_for(what, on_air, within, since)[1]


def shows(title):
    return lambda line: line["on_air"] is not None and line["on_air"]["texts"]["title"] == title


def is_slate(line):
    return line["on_air"] is None


def let_in(witness, hub, office):
    """Somebody reads what stands on the display's screen and types it at the hub."""
    short, request = witness.asks(hub.url)
    machine = office.waiting(request)
    if (machine["short_string"], machine["facts"]["model"]) != (short, "independent display"):
        raise StoryFailed(f"the display shows {short}, the hub tells of {machine}")
    status, answer = office.decide(request, "admit", {**SETTING, "short_string": "000-000"})
    if status != 422 or answer["errors"][0]["field"] != "short_string":
        raise StoryFailed(f"the characters of no screen are answered {status}: {answer}")
    status, answer = office.decide(request, "admit", {**SETTING, "short_string": short})
    if status != 201 or answer["id"] != witness.is_let_in():
        raise StoryFailed(f"the characters of the display's screen are answered {status}: {answer}")
    return answer["id"]


def enter_key(witness, office):
    """An operator enters the display's key at the hub, and carries the answer to the display."""
    answer = office.admin.must("POST", "/api/v1/displays", {**SETTING, "key": witness.run("key")})
    ca = witness.state.with_suffix(".pem")
    ca.write_text(answer["ca"], encoding="ascii")
    witness.run("adopt", site=answer["site"], id=answer["id"], token=answer["mqtt_token"], root=answer["root"],
                broker=answer["broker"], hub=answer["hub"], ca=ca)
    return answer["id"]


def believed_status(office, display, test, what):
    """Waits until the hub tells of a status of this display for which `test` holds: it verified the signature."""
    for _ in range(60):
        status, told = office.admin.call("GET", f"/api/v1/displays/{display}")
        if status == 200 and test(told):
            return told
        time.sleep(0.5)
    raise StoryFailed(f"the hub does not tell that {what}: {json.dumps(told, ensure_ascii=False)[:1500]}")


def story(hub, witness, by_hand):
    hub.start()
    office = Office(hub)
    display = let_in(witness, hub, office)
    tell(f"both screens show the same, and the display {display} is let in")
    witness.start()
    at = witness.sees("the slate with the office's name", lambda l: is_slate(l) and l["site"] == "滨河市外事服务中心")
    tell("it shows the slate")
    first = office.publish("节后办公时间")
    at = witness.sees("the notice", shows("节后办公时间"), at)
    tell("a notice by three people is on air")
    believed_status(office, display, lambda told: first in json.dumps(told), "the notice is on air")
    tell("the hub believes the display's signed status")
    hub.stop()
    witness.lines.wait_for("the loss of the broker", lambda line: line["event"] == "disconnected", 60, at)
    hub.start()
    number = witness.lines.wait_for("a connection after the restart", lambda l: l["event"] == "connected", 60, at + 1)[1]
    tell("the hub was restarted, and the display is back")
    second = office.publish("窗口调整")
    at = witness.sees("the second notice", shows("窗口调整"), number)
    tell("another notice is on air")
    office.withdraw(second)
    at = witness.sees("the first notice alone", shows("节后办公时间"), at + 1)
    witness.stop()
    witness.start()
    witness.sees("the notice after the display's restart", shows("节后办公时间"), 0, 5)
    tell("the display was restarted, and shows what it showed")
    enter_key(by_hand, office)
    by_hand.start()
    by_hand.sees("the notice on the display whose key was entered", shows("节后办公时间"))
    by_hand.stop()
    tell("a display whose key was entered by hand shows it, too")
    office.withdraw(first)
    at = witness.sees("the slate after the withdrawal", is_slate)
    tell("both notices were withdrawn and are gone")
    closed = [line for line in witness.lines.lines if line.get("what") == "the broker refuses a subscription"]
    tell(f"the broker refused {len(closed)} subscriptions since")
    # A mail's heartbeat was made just now, so the one that the broker retains is older: refused, and no harm in it. The
    # steps of the root are older too, once they were taken.
    harmless = lambda line: line["why"] == "older" and line["topic"].startswith(("heartbeat", "trust/"))
    refused = [line for line in witness.lines.lines if line["event"] == "refused" and not harmless(line)]
    if refused:
        raise StoryFailed(f"the display refused what this hub said: {refused}")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory(prefix="heliograph-story-") as folder:
        folder = pathlib.Path(folder)
        hub = Hub(sys.argv[1], folder)
        witness, by_hand = Witness(folder, "display"), Witness(folder, "by-hand")
        try:
            story(hub, witness, by_hand)
        except StoryFailed as failure:
            print(f"failed: {failure}")
            for display in (witness, by_hand):
                if display.lines:
                    print(display.lines.tail())
            print(hub.said())
            return 1
        finally:
            witness.stop()
            by_hand.stop()
            hub.stop()
    tell("all of it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
