#!/usr/bin/env python3
"""What the pages weigh in an office that has been at work for years: 200 entries of the catalogue, 120 people, a thousand texts.

    heavy.py HELIOGRAPH_BINARY

Each page must be light enough for an old computer behind a slow line, however much there is to list or to choose from.
"""

import sys
import time

import judges
import states
import world as office_world
from chromium import Browser, StoryFailed, check
from every_page import Walk
from office import PASSWORD, Story
from world import World, both

PEOPLE = 120


class Office(World):
    """The office of the other stories, grown."""

    def _set_up(self):
        super()._set_up()
        for number in range(PEOPLE):
            roles = [["author"], ["author", "confidentiality-reviewer"], ["approver"], ["countersigner", "author"]][number % 4]
            self.admin.must("POST", "/api/v1/staff", {
                "id": f"z{number}", "name": both(number), "department": "zz", "roles": roles, "password": PASSWORD})


def weighed(walk, page):
    """The bytes of a page; nothing where an address answers no page, or one that was weighed."""
    return judges.weight(walk.browser) if walk.news(page) else 0


def main(binary):
    office_world.ENTRIES, office_world.MANY = 200, 1000
    began, weights, faults = time.monotonic(), [], []
    with Story(binary) as story, Browser() as browser:
        world = Office(story)
        made = states.Made(world)
        filled_s = time.monotonic() - began
        walk = Walk(browser, story.url, ["zh"])
        walk.cookies.update(made.cookies)
        for page in states.everything(world, made):
            try:
                weights.append((weighed(walk, page), str(page)))
            except StoryFailed as fault:
                faults.append(f"{page}: {fault}")
    weights.sort(reverse=True)
    check(weights[0][0] > 60_000, f"pages of such an office cannot be that light: {weights[0]}")
    faults += [f"{page} weighs {weight} bytes" for weight, page in weights if weight > judges.MOST_BYTES]
    print(f"filled in {filled_s:.0f} s, weighed in {time.monotonic() - began - filled_s:.0f} s; the heaviest:")
    print("\n".join(f"{weight:>8} {page}" for weight, page in weights[:8]))
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
