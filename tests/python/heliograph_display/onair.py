"""What is on air: section 7 of docs/wire-format.md. Pure: everything comes in as an argument."""

from typing import NamedTuple

from .bodies import PRIORITIES

DAY = 86_400_000


class View(NamedTuple):
    """All that decides, but the programme."""

    now: int
    known: bool
    heard: object
    blanked: bool
    offset_s: object
    here: object
    pages: object


class Main(NamedTuple):
    item: dict
    page: int
    pages: int


def merge(heads):
    """One programme of several heads, in the order of the display's channels."""
    first, newest = {}, {}
    for head, items in heads:
        for item in items:
            publication = item["publication"]
            first.setdefault(publication, len(first))
            if publication not in newest or head["position"] > newest[publication][0]:
                newest[publication] = (head["position"], item)
    return [newest[publication][1] for publication in sorted(first, key=first.get)]


def is_current(item, view):
    if view.now < item["start"] or item["until"] is not None and view.now >= item["until"]:
        return False
    if item["released_at"] > view.now or not view.here(item):
        return False
    if item["lease_ms"] is not None and (view.heard is None or view.now >= view.heard + item["lease_ms"]):
        return False
    return view.known or item["standing"]


def midnight(now, offset_s):
    """The instant at which the site's day began, by the offset that is in force then."""
    local = now + 1000 * offset_s(now)
    begun = local - local % DAY
    return begun - 1000 * offset_s(begun - 1000 * offset_s(now))


def page_at(pages, elapsed):
    """The page that stands so long after a turn began, and when in the turn it ends."""
    end = 0
    for number, dwell in enumerate(pages):
        end += dwell
        if elapsed < end:
            return number, end
    raise ValueError("the turn is over")


def rotation(items, pages, now, view):
    """Item and page of the rotation, and the instant at which that page ends."""
    turns = [sum(dwells) for dwells in pages]
    elapsed = (now - midnight(now, view.offset_s)) % sum(turns)
    for item, dwells, turn in zip(items, pages, turns):
        if elapsed < turn:
            number, end = page_at(dwells, elapsed)
            return Main(item, number, len(dwells)), now + end - elapsed
        elapsed -= turn
    raise ValueError("a rotation has no end")


def began(item):
    return max(item["start"], item["released_at"])


def main_zone(items, view):
    if not items:
        return None
    highest = max(PRIORITIES.index(item["priority"]) for item in items)
    items = [item for item in items if PRIORITIES.index(item["priority"]) == highest]
    pages = [view.pages(item) for item in items]
    if len(items) > 1:
        # max takes the first of equals; of equals the last in programme order is wanted.
        last = max(reversed(range(len(items))), key=lambda number: began(items[number]))
        since, turn = view.now - began(items[last]), sum(pages[last])
        if since < turn:
            return Main(items[last], page_at(pages[last], since)[0], len(pages[last]))
        if view.now < first_boundary(items, pages, began(items[last]) + turn, view):
            return Main(items[last], len(pages[last]) - 1, len(pages[last]))
    return rotation(items, pages, view.now, view)[0]


def first_boundary(items, pages, end, view):
    """The first page boundary of the rotation that is not before `end`."""
    return rotation(items, pages, end - 1, view)[1]


def on_air(heads, view):
    """What is in the main zone (None: the slate) and the footer's items."""
    if view.blanked:
        return None, []
    current = [item for item in merge(heads) if is_current(item, view)]
    footer = [item for item in current if item["kind"] == "service-commitment"]
    return main_zone([item for item in current if item["kind"] != "service-commitment"], view), footer
