"""What time it is: section 5 of docs/wire-format.md, "Time" and "Stale". All times are milliseconds."""

from typing import NamedTuple

BEHIND_MAX = 120_000
STALE_AFTER = 600_000
JUMP = 30_000
ASK_AGAIN_AFTER = 3_600_000
ANSWER_WITHIN = 10_000


class Moment(NamedTuple):
    """The machine's two clocks at one instant: the monotonic one, and the one that somebody may set."""

    mono: int
    wall: int


class Clock:
    """The display's time, what it knows it from, and the lower bound of it."""

    def __init__(self, moment, bound=0, heard=None):
        self.bound, self.bound_at = bound, moment.mono
        self.heard = heard
        self.answer = None
        self.drift = moment.wall - moment.mono

    def lower_bound(self, moment):
        return self.bound + moment.mono - self.bound_at

    def now(self, moment):
        """The time, and whether it is known."""
        if self.answer:
            time, at = self.answer
            return time + moment.mono - at, True
        bound = self.lower_bound(moment)
        if moment.wall >= bound - BEHIND_MAX:
            return max(moment.wall, bound), True
        return bound, False

    def known(self, moment):
        return self.now(moment)[1]

    def believe(self, issued_at, moment):
        """Something signed was issued at this time: the bound, and the hub's sign of life."""
        if issued_at > self.lower_bound(moment):
            self.bound, self.bound_at = issued_at, moment.mono
        sign_of_life = min(issued_at, self.now(moment)[0])
        if self.heard is None or sign_of_life > self.heard:
            self.heard = sign_of_life

    def set(self, time, moment):
        """The hub answered: from here the monotonic clock carries the time."""
        self.answer = (time, moment.mono)

    def stale(self, moment):
        return self.heard is None or self.now(moment)[0] - self.heard >= STALE_AFTER

    def jumped(self, moment):
        """Whether the machine's clock was set by more than 30 s since this was last asked."""
        drift = moment.wall - moment.mono
        jumped, self.drift = abs(drift - self.drift) > JUMP, drift
        return jumped
