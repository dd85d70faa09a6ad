"""Waits and tries: when mail is fetched, the time asked, what is missing asked for (sections 2 and 5)."""

from .envelope import CONTENT_HEAD, DOCUMENT_MAX


class Retry:
    """A wait that doubles each time, from `first` up to `most`."""

    def __init__(self, first, most):
        self.first, self.most, self.next = first, most, first

    def wait(self):
        wait, self.next = self.next, min(self.most, 2 * self.next)
        return wait

    def reset(self):
        self.next = self.first


class Question:
    """When to ask for the time: after each connection, after an hour, after a jump, and again until it is answered."""

    def __init__(self, moment):
        self.retry, self.wanted, self.at, self.answered_at = Retry(5_000, 120_000), True, moment.mono, None

    def want(self, moment):
        self.wanted, self.at = True, moment.mono
        self.retry.reset()

    def due(self, moment):
        if not self.wanted and self.answered_at is not None and moment.mono - self.answered_at >= 3_600_000:
            self.want(moment)
        if not self.wanted or moment.mono < self.at:
            return False
        self.at = moment.mono + self.retry.wait()
        return True

    def answered(self, moment):
        self.wanted, self.answered_at = False, moment.mono


class Mail:
    """When to fetch mail. Each wait is cut at random to between three quarters and the whole."""

    def __init__(self, moment, draw):
        self.cut = lambda wait: wait * draw(0.75, 1)
        self.retry, self.under_way, self.attempt = Retry(5_000, 120_000), False, 0
        self.not_before, self.just_started = moment.mono, True
        self.on_heartbeat(moment)
        self.in_any_case = moment.mono + self.cut(600_000)

    def on_connected(self, moment):
        self.not_before = moment.mono

    def on_heartbeat(self, moment):
        self.silent = moment.mono + self.cut(45_000)

    def needed(self, knows_time, connected, behind, moment):
        if not knows_time and (connected or self.just_started):
            return True
        return behind or moment.mono >= self.silent or moment.mono >= self.in_any_case

    def may_go(self, moment):
        return not self.under_way and moment.mono >= self.not_before

    def goes(self):
        self.under_way, self.attempt = True, self.attempt + 1

    def over(self, worked, still_needed, moment):
        """A mail came or failed. When it came and did not help, it waits as if it had failed."""
        self.under_way = False
        if worked:
            self.just_started = False
            self.in_any_case = moment.mono + self.cut(600_000)
        if worked and not still_needed:
            self.retry.reset()
        else:
            self.not_before = moment.mono + self.cut(self.retry.wait())


class Missing:
    """When to subscribe again to the filters under which something is missing."""

    def __init__(self):
        self.retries, self.behind = {}, {}

    def due(self, filters, moment):
        for name in self.retries.keys() - filters:
            del self.retries[name]
        again = set()
        for name in filters:
            if name not in self.retries:
                retry = Retry(1_000, 60_000)
                self.retries[name] = (retry, moment.mono + retry.wait())
            retry, at = self.retries[name]
            if moment.mono >= at:
                again.add(name)
                self.retries[name] = (retry, moment.mono + retry.wait())
                self.behind.setdefault(name, moment.mono)
        return again

    def long_behind(self, filters, moment):
        """Whether one of these is behind still, 5 s after it was subscribed to anew for that."""
        for name in self.behind.keys() - filters:
            del self.behind[name]
        return any(moment.mono - at >= 5_000 for at in self.behind.values())


class Fetching:
    """What is fetched from a hub: pictures at once, documents that have not come within 1.5 s; two at a time."""

    def __init__(self):
        self.wanted, self.under_way = {}, set()

    def due(self, documents, pictures, moment):
        want = {**{digest: CONTENT_HEAD + DOCUMENT_MAX for digest in documents}, **pictures}
        for digest in self.wanted.keys() - want.keys() - self.under_way:
            del self.wanted[digest]
        for digest in want.keys() - self.wanted.keys():
            first = moment.mono if digest in pictures else moment.mono + 1_500
            self.wanted[digest] = {"at": first, "retry": Retry(1_000, 300_000), "attempt": 0}
        go = []
        for digest, state in self.wanted.items():
            if len(self.under_way) >= 2:
                break
            if digest in want and digest not in self.under_way and moment.mono >= state["at"]:
                self.under_way.add(digest)
                go.append((digest, want[digest], state["attempt"]))
                state["attempt"] += 1
        return go

    def over(self, digest, taken, moment):
        self.under_way.discard(digest)
        if taken:
            self.wanted.pop(digest, None)
        elif digest in self.wanted:
            state = self.wanted[digest]
            state["at"] = moment.mono + state["retry"].wait()

    def at_once(self):
        for state in self.wanted.values():
            if state["attempt"]:
                state["at"] = 0
