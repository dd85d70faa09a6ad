"""When a display does what: sections 2, 4 (status), 5 and 6 of docs/wire-format.md. No sockets and no clock in here: the
shell brings what happens, and carries out what stands in `outbox`."""

import os
import random

from . import bodies, documents, onair, waiting
from .belief import Refused
from .envelope import CONTENT_HEAD, PREFIX, letters, of_kind, seal
from .postcard import Malformed

VERSION = "python-witness 1"
STATUS_EVERY = 30_000
PICTURE_DWELL = 12_000
SHOWN_MAX = 16
REFUSAL_MAX = 200


class Agent:
    def __init__(self, identity, beliefs, moment, dwell_ms=10_000, draw=random.uniform):
        self.identity, self.beliefs, self.dwell_ms = identity, beliefs, dwell_ms
        self.seed = bytes.fromhex(identity["seed"])
        self.outbox, self.connected, self.filters = [], False, set()
        self.boot, self.counter, self.version, self.started = os.urandom(16), 0, 0, moment.mono
        self.refusals, self.last_refusal, self.shown, self.problem = 0, None, [], None
        self.air, self.state, self.since, self.on_screen = None, None, 0, None
        self.status_at, self.status_due = moment.mono, False
        self.mail = waiting.Mail(moment, draw)
        self.time = waiting.Question(moment)
        self.missing = waiting.Missing()
        self.fetching = waiting.Fetching()
        self.heartbeat_stored_at = moment.mono

    # What happens.

    def on_connected(self, moment):
        self.connected, self.filters = True, set()
        self.subscribe()
        self.status_due = True
        self.time.want(moment)
        self.mail.on_connected(moment)
        self.fetching.at_once()

    def on_disconnected(self):
        self.connected = False

    def on_message(self, topic, payload, moment):
        if not topic.startswith(self.prefix()):
            return self.refuse(Refused("not for displays: another site's topic"), topic)
        return self.judge(topic[len(self.prefix()):], payload, moment)

    def on_mail(self, body, moment):
        """A mail's bytes, or None when there was none."""
        read = None
        try:
            read = None if body is None else letters(body)
        except Malformed as error:
            self.refuse(Refused(f"malformed mail: {error}"), "mail")
        for topic, payload in read or []:
            self.judge(topic, payload, moment)
        self.mail.over(read is not None, self.needs_mail(moment), moment)

    def on_fetched(self, digest, payload, most, moment):
        """A content object's payload, or None when it was not to be had."""
        taken = False
        if payload is not None:
            try:
                self.beliefs.take_content(digest, payload, most)
                taken = True
                self.save()
            except Refused as refusal:
                self.refuse(refusal, "content")
        self.fetching.over(digest, taken, moment)

    def judge(self, topic, payload, moment):
        """Judges one message, and does what follows from it. The refusal, or None."""
        beliefs = self.beliefs
        before = (beliefs.config, dict(beliefs.heads), beliefs.clock.answer)
        try:
            heard = beliefs.hear(topic, payload, moment)
        except Refused as refusal:
            self.save()
            return self.refuse(refusal, topic)
        if heard.verdict != "new":
            return None
        if heard.kind == "heartbeat":
            self.mail.on_heartbeat(moment)
        else:
            self.save()
        if heard.kind == "trust":
            self.filters = set()
        if heard.kind in ("trust", "config"):
            self.subscribe()
        if heard.kind == "time":
            self.time.answered(moment)
        if heard.kind == "command":
            self.obey(heard.value, moment)
        changed = (beliefs.config, dict(beliefs.heads), beliefs.clock.answer) != before
        self.status_due = self.status_due or changed
        return None

    def refuse(self, refusal, topic):
        self.refusals += 1
        self.last_refusal = f"{refusal} ({topic})"[:REFUSAL_MAX]
        self.outbox.append(("refused", topic, str(refusal)))
        return refusal

    def obey(self, command, moment):
        if command["verb"] == "refresh":
            self.filters = set()
            self.subscribe()
            self.status_due = True
            self.say("reply", bodies.REPLY, ("done", command["nonce"]), moment)
        else:
            reason = "this display draws nothing and restarts nothing"
            self.say("reply", bodies.REPLY, ("failed", {"nonce": command["nonce"], "reason": reason}), moment)

    # What it does.

    def prefix(self):
        return f"{PREFIX}{self.identity['site']}/"

    def own(self, kind):
        return f"display/{self.identity['id']}/{kind}"

    def wanted_filters(self):
        """`trust/#` first."""
        wanted = ["trust/#"]
        if self.beliefs.trust:
            wanted += ["site", self.own("config"), "erased", "heartbeat", self.own("command"), self.own("ack"),
                       self.own("time")]
            wanted += [f"channel/{channel}/#" for channel in self.beliefs.channels()]
        return wanted

    def subscribe(self):
        """Subscribes to what is wanted and not subscribed to, and lets go what is wanted no longer."""
        if not self.connected:
            return
        wanted = self.wanted_filters()
        if gone := [self.prefix() + name for name in self.filters - set(wanted)]:
            self.outbox.append(("unsubscribe", gone))
        if new := [self.prefix() + name for name in wanted if name not in self.filters]:
            self.outbox.append(("subscribe", new))
        self.filters = set(wanted)

    def say(self, kind, form, value, moment, retain=False):
        """Signs something of the display's own and sends it."""
        now = self.beliefs.clock.now(moment)[0]
        self.version = max(now, self.version + 1)
        topic = of_kind(kind, self.identity["id"])
        body = bodies.encode(form, value)
        payload = seal(self.seed, self.identity["site"], topic, 0, self.version, now, body)
        self.outbox.append(("publish", self.prefix() + self.own(kind), payload, retain))

    def save(self):
        """Before anything of it is shown: the shell stores when it comes to this in the outbox."""
        self.outbox.append(("store",))

    def ask_time(self, moment):
        nonce = os.urandom(16)
        self.beliefs.ask(nonce, moment)
        return nonce

    def needs_mail(self, moment):
        knows = self.beliefs.clock.answer is not None
        return self.mail.needed(knows, self.connected, self.missing.long_behind(self.beliefs.behind(), moment), moment)

    def tick(self, moment):
        """What is due at this moment. To be called a few times a second, and after everything that happens."""
        beliefs = self.beliefs
        if beliefs.clock.jumped(moment):
            self.time.want(moment)
        if self.connected and beliefs.trust and self.time.due(moment):
            self.say("reply", bodies.REPLY, ("ask_time", self.ask_time(moment)), moment)
        if self.mail.may_go(moment) and self.needs_mail(moment):
            self.mail.goes()
            self.outbox.append(("mail", self.ask_time(moment) if self.time.wanted else None, self.mail.attempt))
        if self.connected:
            again = self.missing.due(beliefs.missing(), moment)
            if again:
                self.outbox.append(("subscribe", [self.prefix() + name for name in sorted(again)]))
        for digest, most, attempt in self.fetching.due(beliefs.missing_documents(), self.missing_pictures(), moment):
            self.outbox.append(("fetch", digest, most, attempt))
        if moment.mono - self.heartbeat_stored_at >= 60_000:
            self.heartbeat_stored_at = moment.mono
            self.save()
        self.look(moment)
        self.report(moment)

    def missing_pictures(self):
        """By hash, the most bytes of a payload: the pictures of the documents in force that are not here."""
        missing = {}
        for head in self.beliefs.heads.values():
            for item in head["items"]:
                for picture in self.beliefs.contents.pictures(item["content"]):
                    digest = bytes.fromhex(picture["hash"])
                    if digest not in self.beliefs.contents and digest not in self.beliefs.contents.erased:
                        missing[digest] = CONTENT_HEAD + picture["bytes"]
        return missing

    # What is on air.

    def pages_of(self, item):
        pictures = self.beliefs.contents.pictures(item["content"])
        return [self.dwell_ms] + [max(PICTURE_DWELL, self.dwell_ms)] * len(pictures)

    def programme(self):
        heads = self.beliefs.heads
        return [(heads[name], heads[name]["items"]) for name in self.beliefs.channels() if name in heads]

    def view(self, moment):
        beliefs = self.beliefs
        now, known = beliefs.clock.now(moment)
        profile = beliefs.contents.site_profile()
        return onair.View(
            now=now, known=known, heard=beliefs.clock.heard,
            blanked=bool(beliefs.site_state and beliefs.site_state["blanked"]),
            offset_s=lambda at: documents.offset_s(profile, at),
            here=lambda item: isinstance(beliefs.contents.document(item["content"]), dict), pages=self.pages_of)

    def look(self, moment):
        """What is on air now; says it when it is something else than before."""
        view = self.view(moment)
        main, footer = onair.on_air(self.programme(), view)
        broken = any(isinstance(self.beliefs.contents.document(item["content"]), Malformed)
                     for _, items in self.programme() for item in items)
        stale = self.beliefs.clock.stale(moment)
        state = "error" if broken or self.problem else "slate" if main is None else "stale" if stale else "shown"
        name = lambda item: item and (item["publication"], item["content"])
        former = self.air.item if self.air else None
        if name(main and main.item) != name(former):
            self.since, self.status_due = view.now, True
        if state != self.state:
            self.status_due = True
        self.air, self.state = main, state
        if main and name(main.item) not in [(entry["publication"], entry["content"]) for entry in self.shown]:
            entry = {"publication": main.item["publication"], "content": main.item["content"], "at": view.now}
            self.shown, self.status_due = [*self.shown, entry][-SHOWN_MAX:], True
        picture = self.described(main, footer, state, view)
        if picture != self.on_screen:
            self.on_screen = picture
            self.outbox.append(("show", view.now, picture))

    def described(self, main, footer, state, view):
        """What would be drawn, in words."""
        lang = self.beliefs.config["language"] if self.beliefs.config else "zh-Hans"
        told = lambda item: documents.text_for(self.beliefs.contents.document(item["content"]), lang)
        profile = self.beliefs.contents.site_profile() or {"name": {}}
        on_air = main and {
            "publication": main.item["publication"], "content": main.item["content"].hex(), "kind": main.item["kind"],
            "page": main.page, "pages": main.pages, "texts": told(main.item)}
        return {"state": state, "on_air": on_air, "footer": [told(item) for item in footer], "blanked": view.blanked,
                "site": profile["name"].get(lang) or profile["name"].get("zh-Hans"), "time_known": view.known}

    def report(self, moment):
        """The status, when something is to be told or the last one is old."""
        if not self.connected or not self.status_due and moment.mono - self.status_at < STATUS_EVERY:
            return
        self.status_due, self.status_at = False, moment.mono
        self.counter += 1
        heads = self.beliefs.heads
        on_air = self.air and {
            "publication": self.air.item["publication"], "content": self.air.item["content"], "page": self.air.page,
            "pages": self.air.pages, "since": self.since}
        self.say("status", bodies.STATUS, {
            "boot": self.boot, "counter": self.counter, "version": VERSION, "uptime_ms": moment.mono - self.started,
            "at": self.beliefs.clock.now(moment)[0], "state": self.state,
            "heads": [{"channel": name, "position": heads[name]["position"]} for name in sorted(heads)],
            "on_air": on_air, "shown": self.shown, "refusals": self.refusals, "last_refusal": self.last_refusal,
            "sink": "text", "live": None}, moment, retain=True)
