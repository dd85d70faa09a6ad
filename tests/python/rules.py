#!/usr/bin/env python3
"""The rules of time (docs/wire-format.md, section 5), of what is on air (section 7) and of waiting, each as a small story.

    rules.py

It ends with 1 when a rule does not hold.
"""

import sys
import traceback

from golden import CHANNEL, DISPLAY, SEEDS, SITE
from heliograph_display import agent, belief, bodies, clock, documents, ed25519, onair, waiting
from heliograph_display.clock import Moment
from heliograph_display.envelope import content_hash, open_envelope
from hostile_rows import CONFIG, FILES, HEAD, NOW, answer, asked, config, content, head, heartbeat, place, seal, trust
from hostile_rows import World

MINUTE, DAY = 60_000, 86_400_000
MIDNIGHT = NOW - (NOW + 8 * 3_600_000) % DAY


def item(name, **other):
    return {"publication": name, "content": name.encode().ljust(32), "kind": "notice", "priority": "normal", "start": 0,
            "until": None, "released_at": 0, "standing": False, "lease_ms": None, "assets": [], **other}


def view(now, pages=(10_000,), **other):
    return onair.View(**{"now": now, "known": True, "heard": NOW, "blanked": False, "offset_s": lambda at: 28_800,
                         "here": lambda item: True, "pages": lambda item: list(pages), **other})


def shown(now, *items, **other):
    main, footer = onair.on_air([({"position": 1}, list(items))], view(now, **other))
    return (main.item["publication"], main.page) if main else None, [entry["publication"] for entry in footer]


def main_of(now, *items, **other):
    return shown(now, *items, **other)[0]


def windows():
    one = item("a", start=NOW, until=NOW + 10)
    assert [main_of(NOW + at, one) is not None for at in (-1, 0, 9, 10)] == [False, True, True, False]
    late = item("a", released_at=NOW)
    assert main_of(NOW - 1, late) is None and main_of(NOW, late) == ("a", 0)
    assert main_of(NOW, item("a"), here=lambda item: False) is None


def leases():
    one = item("a", lease_ms=1000)
    assert main_of(NOW + 999, one) and main_of(NOW + 1000, one) is None
    assert main_of(NOW, one, heard=None) is None and main_of(NOW, item("a"), heard=None)


def unknown_time():
    assert main_of(NOW, item("a"), item("b", standing=True), known=False) == ("b", 0)


def priorities():
    low, high = item("a"), item("b", priority="campaign", until=NOW + 5)
    assert main_of(NOW, low, high) == ("b", 0) and main_of(NOW + 5, low, high) == ("a", 0)


def footers():
    promise = item("p", kind="service-commitment", priority="filler")
    assert shown(NOW, item("a", priority="emergency"), promise) == (("a", 0), ["p"])
    assert shown(NOW, item("a"), promise, blanked=True) == (None, [])


def rotations():
    two = item("a"), item("b")
    seen = [main_of(MIDNIGHT + at, *two, pages=(10_000, 5_000)) for at in (0, 9_999, 10_000, 14_999, 15_000, 30_000)]
    assert seen == [("a", 0), ("a", 0), ("a", 1), ("a", 1), ("b", 0), ("a", 0)], seen
    assert main_of(MIDNIGHT - 1, *two, pages=(25_000,)) != main_of(MIDNIGHT, *two, pages=(25_000,))


def premieres():
    start = MIDNIGHT + 23_000
    two = item("a"), item("b", start=start)
    seen = [main_of(start + at, *two) for at in (-1, 0, 9_999, 16_999, 17_000)]
    # Its turn ends at 33 s, in the rotation's second turn of b (30 s to 40 s); until 40 s its last page stands, then comes a.
    assert seen == [("a", 0), ("b", 0), ("b", 0), ("b", 0), ("a", 0)], seen
    both = item("a", start=start), item("b", released_at=start)
    assert main_of(start, *both) == ("b", 0) and main_of(start, *reversed(both)) == ("a", 0)
    pages = [main_of(start + at, *two, pages=(10_000, 2_000))[1] for at in (0, 9_999, 10_000, 11_999, 12_000)]
    assert pages == [0, 0, 1, 1, 1], pages


def merges():
    old, new = item("a", start=1), item("a", start=2)
    merged = onair.merge([({"position": 5}, [item("b"), old]), ({"position": 9}, [item("c"), new])])
    assert [(entry["publication"], entry["start"]) for entry in merged] == [("b", 0), ("a", 2), ("c", 0)]


def offsets():
    profile = {"clock": {"offsets": [[100, 3600], [200, -7200]]}}
    assert [documents.offset_s(profile, at) for at in (0, 99, 100, 199, 200)] == [3600, 3600, 3600, 3600, -7200]
    assert documents.offset_s(None, 0) == 0 == documents.offset_s({"clock": {"offsets": []}}, 5)


def bounds():
    time = clock.Clock(Moment(0, NOW - 10 * MINUTE))
    assert time.now(Moment(0, NOW - 10 * MINUTE)) == (NOW - 10 * MINUTE, True)
    time.believe(NOW, Moment(0, NOW - MINUTE))
    assert time.now(Moment(5, NOW - MINUTE)) == (NOW + 5, True), "it follows where it is behind a little"
    assert time.now(Moment(5, NOW - 3 * MINUTE)) == (NOW + 5, False), "it was never set"
    time.believe(NOW - 1, Moment(10, NOW))
    assert time.lower_bound(Moment(10, NOW)) == NOW + 10, "what is older moves nothing back"


def answers():
    time = clock.Clock(Moment(0, 0))
    time.believe(NOW, Moment(0, 0))
    assert not time.known(Moment(0, 0))
    time.set(NOW + 50, Moment(100, 0))
    for wall in (0, NOW + DAY):
        assert time.now(Moment(1_100, wall)) == (NOW + 1_050, True), "the machine's own clock no longer matters"


def staleness():
    time = clock.Clock(Moment(0, NOW))
    assert time.stale(Moment(0, NOW))
    time.believe(NOW, Moment(0, NOW))
    assert not time.stale(Moment(599_999, NOW + 599_999)) and time.stale(Moment(600_000, NOW + 600_000))
    time.believe(NOW + DAY, Moment(0, NOW + DAY + MINUTE))
    assert time.heard == NOW + DAY
    ahead = clock.Clock(Moment(0, NOW))
    ahead.set(NOW, Moment(0, NOW))
    ahead.believe(NOW + DAY, Moment(0, NOW))
    assert ahead.heard == NOW, "a sign of life is not later than the display's own time"


def jumps():
    time = clock.Clock(Moment(0, NOW))
    seen = [time.jumped(Moment(mono, NOW + wall)) for mono, wall in ((1000, 1000), (2000, 32_000), (3000, 33_000), (4000, 64_001))]
    assert seen == [False, False, False, True], "by more than 30 s"


def restarts():
    """What is remembered is whole again, from JSON and kept objects alone."""
    world, store = World(), {}
    world.beliefs = belief.Beliefs(SITE, DISPLAY, FILES["key-root"], world.at, None, store)
    document = FILES["content-document"]
    digest = document_hash()
    entry = {**item("a"), "publication": DISPLAY, "content": digest}
    for path, payload in (("trust", FILES["envelope-trust"]), (CONFIG, seal(CONFIG, config())), (place(digest), document),
                          (HEAD, seal(HEAD, head(programme=("inline", [entry]))))):
        world.hear(path, payload)
    assert list(store) == [digest], "what a head in force names is kept"
    again = belief.Beliefs(SITE, DISPLAY, FILES["key-root"], world.at, world.beliefs.dump(), store)
    assert again.dump() == world.beliefs.dump() and again.heads[CHANNEL]["items"] == [entry]
    world.beliefs = again
    world.hear(HEAD, seal(HEAD, head(101), 101))
    assert not store, "what is named no longer is deleted"


def document_hash():
    return content_hash(FILES["content-document"])


def loose_objects():
    world = World()
    first = None
    for number in range(70):
        payload, digest = content(bytes([number]) * 1000)
        first = first or digest
        world.hear(place(digest), payload)
    assert len(world.beliefs.contents.loose) == 64 and first not in world.beliefs.contents
    for number in range(70):
        payload, digest = content(number.to_bytes(1, "big") * 65_000)
        world.hear(place(digest), payload)
    assert sum(map(len, world.beliefs.contents.loose.values())) <= 4 << 20


def paged_heads():
    """A head in pages takes effect when all its pages are here; until then the former one stays."""
    world = World()
    pages = [content(bodies.encode(bodies.ITEMS, [{**item("x"), "publication": DISPLAY}] * count)) for count in (1, 2)]
    world.hear(HEAD, seal(HEAD, head(programme=("pages", [digest for _, digest in pages]))))
    assert world.beliefs.heads[CHANNEL]["position"] == 42 and f"channel/{CHANNEL}/#" in world.beliefs.missing()
    world.hear(place(pages[1][1]), pages[1][0])
    assert world.beliefs.heads[CHANNEL]["position"] == 42
    world.hear(place(pages[0][1]), pages[0][0])
    assert world.beliefs.heads[CHANNEL]["position"] == 100 and len(world.beliefs.heads[CHANNEL]["items"]) == 3


def marks():
    world = World()
    assert not world.beliefs.behind()
    for position, sha, behind in ((42, belief.sha(FILES["body-head-inline"]), False), (42, bytes(32), True),
                                  (41, bytes(32), False), (43, bytes(32), True)):
        marks = [{"channel": CHANNEL, "position": position, "sha": sha}]
        world.beliefs.heartbeat = {"heads": marks, "trust": 0, "site": 0, "erased": 0}
        assert (f"channel/{CHANNEL}/#" in world.beliefs.behind()) == behind, position


def what_holds_for_all():
    """A heartbeat tells of a blank, an erasure and a trust document that the broker holds back."""
    world, now = World(), NOW + 1
    here = {name: world.beliefs.marks.get(name, (0, 0))[1] for name in ("trust", "site", "erased")}
    for ahead, filters in ((0, set()), (1, {"trust/#", "site", "erased"})):
        beat = {"position": 100, "time": now, "heads": [], **{name: version + ahead for name, version in here.items()}}
        world.hear("heartbeat", seal("heartbeat", bodies.encode_heartbeat(beat), now, "heartbeat"))
        assert world.beliefs.behind() == filters <= world.beliefs.missing(), ahead
        now += 1
    site = bodies.encode(bodies.SITE, {"blanked": True, "since": NOW})
    world.hear("site", seal("site", site, here["site"] + 1, "release"))
    assert world.beliefs.behind() == {"trust/#", "erased"}


def forgotten():
    """An empty payload on a retained topic says nothing, and is no refusal."""
    world = World()
    before = world.beliefs.dump()
    for topic in ("trust", "trust/7", "site", "erased", "heartbeat", CONFIG, HEAD, place(bytes(32))):
        assert world.hear(topic, b"").verdict == "nothing"
    assert world.beliefs.dump() == before


def root_steps():
    """A display that missed two steps takes them one after the other."""
    world, third = World(), b"\x0c" * 32
    steps = [("trust/2", FILES["envelope-trust-new-root"])]
    public = ed25519.public_key(third)
    proof = ed25519.sign(third, bodies.root_statement(SITE, 3, public))
    body = bodies.encode_trust({"site": SITE, "serial": 3, "root": public, "keys": [], "proof": proof})
    steps.append(("trust/3", seal("trust", body, 3, "second-root")))
    body = bodies.encode_trust({"site": SITE, "serial": 4, "root": public, "keys": [], "proof": None})
    newest = ("trust", seal("trust", body, 4, third))
    for path, payload in (newest, steps[1]):
        try:
            world.hear(path, payload)
        except belief.Refused as refusal:
            assert str(refusal) == "unknown key"
        else:
            raise AssertionError("a root that is not known was believed")
    for path, payload in (*steps, newest):
        assert world.hear(path, payload).verdict == "new"
    assert world.beliefs.root == public


class Shell:
    """The agent with a clock that is moved by hand and random waits that are whole."""

    def __init__(self):
        self.world = World()
        identity = {"site": SITE, "id": DISPLAY, "seed": SEEDS["display"].hex(), "root": FILES["key-root"].hex()}
        self.agent = agent.Agent(identity, self.world.beliefs, self.world.at, draw=lambda low, high: high)

    def acts(self, name):
        """What the agent wants of this name at this moment; the rest is let go."""
        self.agent.tick(self.world.at)
        acts, self.agent.outbox = self.agent.outbox, []
        return [about for act, *about in acts if act == name]

    def statuses(self):
        said = [payload for topic, payload, _ in self.acts("publish") if topic.endswith("/status")]
        return [bodies.decode(bodies.STATUS, open_envelope(payload).body) for payload in said]


def questions_by_mail():
    shell = Shell()
    assert len(shell.acts("mail")) == 1, "just started, and the time is known from the own clock only"
    assert not shell.acts("mail"), "one at a time"
    shell.agent.on_mail(None, shell.world.at)
    for wait in (5_000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000):
        shell.world.later(wait - 1)
        assert not shell.acts("mail"), wait
        shell.world.later(1)
        nonce, _ = shell.acts("mail")[0]
        shell.agent.on_mail(None, shell.world.at)
    shell.world.later(120_000)
    nonce, _ = shell.acts("mail")[0]
    time = ("display/" + DISPLAY + "/time", answer(nonce, NOW + 7))
    letters = [{"topic": topic, "payload": payload} for topic, payload in (
        ("heartbeat", seal("heartbeat", heartbeat(NOW + 5), NOW + 5, "heartbeat")), time)]
    shell.agent.on_mail(bodies.encode(bodies.MAIL, letters), shell.world.at)
    assert shell.world.beliefs.clock.now(shell.world.at) == (NOW + 7, True)
    shell.world.later(44_999)
    assert not shell.acts("mail")
    shell.world.later(1)
    assert shell.acts("mail"), "no new heartbeat came for 45 s"


def subscriptions():
    shell = Shell()
    shell.agent.on_connected(shell.world.at)
    prefix = f"heliograph/v1/{SITE}/"
    wanted = shell.acts("subscribe")[0][0]
    assert wanted[0] == prefix + "trust/#" and {prefix + "channel/hall/#", prefix + "channel/all/#", prefix + "site"} < set(wanted)
    shell.agent.on_message(prefix + CONFIG, seal(CONFIG, config(channels=["all", "back"])), shell.world.at)
    acts = {act: about for act, *about in shell.agent.outbox if "subscribe" in act}
    assert acts == {"unsubscribe": [[prefix + "channel/hall/#"]], "subscribe": [[prefix + "channel/back/#"]]}, acts
    shell.agent.outbox = []
    shell.agent.on_message(prefix + "trust", seal("trust", trust(), 2, "root"), shell.world.at)
    assert len([act for act in shell.agent.outbox if act[0] == "subscribe"][0][1]) > 5, "all of it, at a new trust document"


def statuses():
    shell = Shell()
    assert not shell.statuses(), "nothing is said without a connection"
    shell.agent.on_connected(shell.world.at)
    first = shell.statuses()
    assert len(first) == 1 and first[0]["state"] == "slate" and first[0]["heads"] == [{"channel": CHANNEL, "position": 42}]
    assert not shell.statuses()
    shell.world.later(29_999)
    assert not shell.statuses()
    shell.world.later(1)
    second = shell.statuses()
    assert len(second) == 1 and second[0]["counter"] == first[0]["counter"] + 1 and second[0]["boot"] == first[0]["boot"]
    forged = seal(HEAD, head(), by=b"\x66" * 32)
    shell.agent.on_message(f"heliograph/v1/{SITE}/{HEAD}", forged, shell.world.at)
    shell.world.later(30_000)
    told = shell.statuses()[0]
    assert told["refusals"] == 1 and told["last_refusal"].startswith("unknown key")


def fetches():
    shell = Shell()
    world, digest = shell.world, document_hash()
    entry = {**item("a"), "publication": DISPLAY, "content": digest}
    other = {**entry, "publication": "00000000-0000-0000-0000-000000000009", "content": b"\x07" * 32}
    world.hear(HEAD, seal(HEAD, head(programme=("inline", [entry, other, {**other, "content": b"\x08" * 32}]))))
    assert not shell.acts("fetch")
    world.later(1_499)
    assert not shell.acts("fetch"), "it may still come over the broker"
    world.later(1)
    assert len(shell.acts("fetch")) == 2, "two at a time"
    for gone in list(shell.agent.fetching.under_way):
        shell.agent.on_fetched(gone, None, 100, world.at)
    assert len(shell.acts("fetch")) == 1, "what failed waits, the third goes"
    shell.agent.on_fetched(digest, FILES["content-document"], 1 << 20, world.at)
    assert digest in world.beliefs.contents.store


def retries():
    retry = waiting.Retry(1_000, 60_000)
    assert [retry.wait() for _ in range(8)] == [1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000]
    question = waiting.Question(Moment(0, 0))
    due = [at for at in range(0, 400_000, 1000) if question.due(Moment(at, 0))]
    assert due == [0, 5000, 15000, 35000, 75000, 155000, 275000, 395000], due
    question.answered(Moment(400_000, 0))
    assert not question.due(Moment(3_999_999, 0)) and question.due(Moment(4_000_000, 0))


def time_answers():
    world = World()
    asked(world)
    world.later(10_000)
    assert world.hear(f"display/{DISPLAY}/time", answer(b"\x06" * 16, NOW + DAY)).verdict == "new"
    assert world.beliefs.clock.now(world.at) == (NOW + DAY, True)


RULES = [windows, leases, unknown_time, priorities, footers, rotations, premieres, merges, offsets, bounds, answers, staleness,
         jumps, restarts, loose_objects, paged_heads, marks, what_holds_for_all, forgotten, root_steps, questions_by_mail, subscriptions, statuses, fetches,
         retries, time_answers]


def main():
    held = 0
    for rule in RULES:
        try:
            rule()
            held += 1
        except Exception:
            print(f"{rule.__name__} does not hold:")
            traceback.print_exc(file=sys.stdout)
    print(f"{held} of {len(RULES)} rules hold")
    return 0 if held == len(RULES) else 1


if __name__ == "__main__":
    sys.exit(main())
