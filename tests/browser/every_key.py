#!/usr/bin/env python3
"""Every control of every page by the Tab key alone, with its folds open: each is reached, each shows that it has the focus, and
none keeps it.

    every_key.py HELIOGRAPH_BINARY [--only WORD]
"""

import argparse
import sys
import time

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

import judges
import pages
import states
from chromium import WIDE, Browser, StoryFailed, check
from every_page import Walk
from office import Story
from world import World

# So many keys are pressed at once, and so many more than there are controls before one is given up: a day has several stops.
KEYS, MORE = 40, 60

# Notes every control of the page as it looks without the focus, then what has the focus as it comes and how it looks then.
WATCH = """
const look = (one) => { const s = getComputedStyle(one); return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor, s.textDecorationLine, s.left].join(' '); };
const name = (one) => `<${one.tagName.toLowerCase()}${one.id ? '#' + one.id : ''} ${one.name || one.getAttribute('href') || one.className || ''}> ${(one.textContent || one.value || '').trim().replace(/\\s+/g, ' ').slice(0, 40)}`;
const shown = (one) => one.checkVisibility({visibilityProperty: true}) && (one.getClientRects().length > 0) && !one.closest('[aria-hidden=true], [inert]');
// A page that says what is wrong has the focus at its first fault.
if (document.activeElement !== document.body) document.activeElement.blur();
const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable]')]
    .filter((one) => !one.disabled && shown(one));
// Of radio buttons that belong together one is reached by Tab, the others by arrow keys.
const key = (one) => one.type === 'radio' ? 'radio ' + one.name + [...document.forms].indexOf(one.form) : one;
const before = new Map(all.map((one) => [one, look(one)]));
const watch = window.watchOfKeys = {left: new Set(all.map(key)), faults: [], stops: 0, wrapped: false, first: null};
document.addEventListener('focusin', (event) => {
    const one = event.target;
    watch.stops += 1;
    if (watch.first === one && watch.stops > 1) watch.wrapped = true;
    watch.first = watch.first || one;
    if (!watch.left.delete(key(one))) return;
    if (before.get(one) === look(one)) watch.faults.push('nothing shows the focus: ' + name(one));
    const rect = one.getClientRects()[0] || one.getBoundingClientRect();
    if (rect.width < 1 || rect.height < 1 || rect.bottom <= 0 || rect.right <= 0 || rect.top >= innerHeight || rect.left >= innerWidth) {
        watch.faults.push('the focus is where nobody sees it: ' + name(one));
    } else {
        const points = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].map(([x, y]) => document.elementFromPoint(rect.left + rect.width * x, rect.top + rect.height * y));
        if (!points.some((seen) => seen && (one.contains(seen) || seen.contains(one) || one.labels && [...one.labels].some((label) => label.contains(seen)))))
            watch.faults.push('something lies over what has the focus: ' + name(one));
    }
});
watch.names = () => [...watch.left].map((one) => typeof one === 'string' ? one : name(one));
getSelection().removeAllRanges();
return before.size;
"""
TELL = "const w = window.watchOfKeys; return {left: w.left.size, faults: w.faults, names: w.names(), stops: w.stops, wrapped: w.wrapped}"


def pressed(browser, most):
    """Presses Tab until every control had the focus, or so often that none can still come."""
    told = browser.run(TELL)
    keys = 0
    while told["left"] and keys < most and not told["wrapped"]:
        ActionChains(browser.driver, duration=0).send_keys(*[Keys.TAB] * KEYS).perform()
        keys += KEYS
        told = browser.run(TELL)
    return told


def walked(browser):
    """What is wrong with the keys of this page, and how many controls it has."""
    judges.unfold(browser)
    count = browser.run(WATCH)
    told = pressed(browser, 3 * count + MORE)
    return [*told["faults"], *(f"the Tab key does not reach {name}" for name in told["names"])], count


def controls(walk):
    """A control without a ring, one that no key reaches and one that keeps the focus are found."""
    browser = walk.browser
    plant = lambda html, script="": browser.run(f"document.querySelector('main').insertAdjacentHTML('beforeend', arguments[0]); {script}", html)
    fresh = lambda: walk.open(pages.Page("/admin/login", None), "zh")
    fresh()
    check(walked(browser)[0] == [], "the page for the controls is not clean")
    fresh()
    plant("<button id=bare>x</button>", "document.getElementById('bare').style.outline = 'none'")
    check(any("nothing shows the focus: <button#bare" in one for one in walked(browser)[0]), "a control without a ring is not found")
    fresh()
    plant("<details><summary>x</summary><button id=never tabindex=-1>x</button></details>")
    check(any("does not reach <button#never" in one for one in walked(browser)[0]), "a control that no key reaches is not found")
    fresh()
    plant("<input id=trap><button id=after>x</button>",
          "document.getElementById('trap').addEventListener('keydown', (event) => event.preventDefault())")
    check(any("does not reach <button#after" in one for one in walked(browser)[0]), "a trap is not found")
    fresh()
    plant("<button id=under>x</button><div id=over></div>",
          "Object.assign(document.getElementById('over').style, {position: 'fixed', inset: 0, zIndex: 9})")
    check(any("something lies over" in one for one in walked(browser)[0]), "a control under something else is not found")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    began, faults, counts = time.monotonic(), {}, [0, 0]
    with Story(asked.binary) as story, Browser(size=WIDE) as browser:
        world = World(story)
        made = states.Made(world)
        walk = Walk(browser, story.url, ["zh"])
        walk.cookies.update(made.cookies)
        controls(walk)
        for page in states.everything(world, made):
            if asked.only not in str(page) or not walk.news(page):
                continue
            try:
                found, count = walked(browser)
            except StoryFailed as fault:
                found, count = [str(fault)], 0
            counts = [counts[0] + 1, counts[1] + count]
            for one in found:
                faults.setdefault(one, str(page))
    print(f"{counts[0]} pages, {counts[1]} controls by the Tab key alone; {time.monotonic() - began:.0f} s")
    print("\n".join(f"{page}: {fault}" for fault, page in faults.items()))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
