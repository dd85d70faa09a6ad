#!/usr/bin/env python3
"""What the independent display must refuse, each with its honest neighbour that it must believe.

    hostile.py

Built from the secrets of the golden files (docs/wire-format.md, section 8). Each row begins with a display that believes
an honest hub. The hostile messages must be refused for the reason in the table and must change nothing that the display
remembers; what was truly signed and is only malformed may count as the newest, and do no more. Then the control must be
believed. It ends with 1 when a row is otherwise.
"""

import sys

from hostile_rows import ROWS, World
from heliograph_display.envelope import Refused


class Otherwise(Exception):
    """A row that is not as it should be."""


def without_marks(world, row):
    """What is remembered but for what counts as the newest, and what the row says is let go."""
    saved = world.beliefs.dump()
    return {name: value for name, value in saved.items() if name not in ("marks", "bound", "heard", row.lets_go)}


def judge(row):
    """How many messages were sent and how many were refused, of one row. Hostile ones one after another, then the control."""
    world = World()
    row.prepare(world)
    sent = refused = 0
    for send in row.hostile(world):
        before = (world.beliefs.dump(), without_marks(world, row))
        sent += 1
        try:
            heard = send()
        except Refused as refusal:
            if row.reason not in str(refusal):
                raise Otherwise(f"refused as {refusal}, not as {row.reason}") from refusal
            refused += 1
        else:
            raise Otherwise(f"number {sent} was believed: {str(heard)[:100]}")
        if without_marks(world, row) != before[1] or not row.remembered and world.beliefs.dump() != before[0]:
            raise Otherwise(f"number {sent} was refused, but changed what is remembered")
    if not sent:
        raise Otherwise("nothing was sent")
    try:
        heard = row.control(world)
    except Refused as refusal:
        raise Otherwise(f"the control was refused: {refusal}") from refusal
    if heard is None or heard.verdict != row.verdict:
        raise Otherwise(f"the control is not {row.verdict}: {str(heard)[:100]}")
    return sent, refused


def main():
    width = max(len(row.kind) for row in ROWS)
    good = sent = 0
    print(f"{'kind':{width}} | sent | refused | as                 | control")
    for row in ROWS:
        try:
            count, refused = judge(row)
        except Otherwise as error:
            print(f"{row.kind:{width}} | WRONG: {error}")
            continue
        good, sent = good + 1, sent + count
        print(f"{row.kind:{width}} | {count:4} | {refused:7} | {row.reason:18} | {row.verdict}")
    print(f"{good} of {len(ROWS)} kinds as they should be, {sent} messages refused")
    return 0 if good == len(ROWS) else 1


if __name__ == "__main__":
    sys.exit(main())
