#!/usr/bin/env python3
"""Every page of the hub before its judges: in Chinese and English, at 1366×768 and 390×844, with content and errors in it.

    every_page.py HELIOGRAPH_BINARY [--lang zh|en] [--look FOLDER] [--only WORD]

Which pages there are is read from `docs/endpoints.md`. `--look` keeps a picture of each for one's own eyes.
"""

import argparse
import pathlib
import re
import sys
import time

import judges
import pages
import states
from chromium import NARROW, REFLOW, WIDE, Browser, StoryFailed, check
from office import Caller, Story
from world import ADMIN, World

SEND = """
const [action, fields] = arguments;
const form = [...document.forms].find((one) => one.getAttribute('action') === action || one.getAttribute('action').endsWith(action));
if (!form) return false;
for (const [name, value] of Object.entries(fields)) {
    const old = [...form.elements].filter((one) => one.name === name && one.type !== 'submit');
    if (value === null) { old.forEach((one) => { one.checked = false; one.disabled = true; }); continue; }
    if (value.file) {
        const chosen = new DataTransfer();
        chosen.items.add(new File([value.text], value.file));
        old[0].files = chosen.files;
        continue;
    }
    if (old.length) { old[0].value = value; continue; }
    const extra = document.createElement('input');
    [extra.type, extra.name, extra.value] = ['hidden', name, value];
    form.append(extra);
}
form.submit();
return true;
"""


class Walk:
    """One walk through a list of pages."""

    def __init__(self, browser, url, langs, look=None):
        self.browser, self.url, self.langs, self.look = browser, url, langs, look
        self.cookies, self.faults, self.counts = {}, [], {"pages": 0, "folds": 0, "looks": 0, "checks": 0}
        self.heaviest, self.seen, self.size = (0, ""), set(), None
        browser.open(f"{url}/admin/login")

    def be(self, who, lang):
        """Whoever looks, in their language."""
        if who not in self.cookies:
            self.cookies[who] = Caller(self.url).cookies(who) if who else {}
        theirs = {**self.cookies[who], "heliograph_lang": {"zh": "zh-Hans", "en": "en"}[lang]}
        driver = self.browser.driver
        driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        driver.execute_cdp_cmd("Network.setCookies", {"cookies": [{"name": name, "value": value, "url": self.url} for name, value in theirs.items()]})

    def resize(self, size):
        """The page's size; it stays from page to page."""
        if size != self.size:
            self.browser.resize(size)
            self.size = size

    def find(self, page, lang, what, found):
        for one in found:
            self.faults.append(f"{page} in {lang}: {what}: {one}")

    def open(self, page, lang):
        self.be(page.who, lang)
        self.resize(WIDE)
        self.browser.open(self.url + page.path)
        if page.ended:
            self.browser.driver.delete_cookie("heliograph_session")
        if page.sent:
            self.browser.leave(lambda: check(self.browser.run(SEND, *page.sent), f"{page}: there is no such form"))
        return self.browser.run("return document.contentType") == "text/html"

    def news(self, page):
        """Whether what an address led to is a page that was not looked at yet."""
        if not self.open(page, self.langs[0]):
            return False
        found = (self.browser.path, page.who, str(page.sent))
        if found in self.seen:
            return False
        self.seen.add(found)
        return True

    def try_visit(self, page):
        """One page that goes wrong hides nothing of the others."""
        try:
            self.visit(page)
        except StoryFailed as fault:
            self.faults.append(f"{page}: {fault}")

    def visit(self, page):
        """All of its looks."""
        if not self.news(page):
            return
        self.counts["pages"] += 1
        for lang in self.langs:
            if lang != self.langs[0]:
                self.open(page, lang)
            if page.wrong:
                said = self.browser.all(".alert, .fault, [role=alert]")
                self.find(page, lang, "a wrong form", [] if said else ["says nothing of it"])
                self.find(page, lang, "the alert", judges.led(self.browser))
            if page.says:
                self.find(page, lang, "what was done", [] if self.browser.all(".told") else ["is not said"])
            self.find(page, lang, "another language", judges.foreign(self.browser))
            # The audit trail tells instants as its exports do, for whoever compares the two.
            if not page.path.startswith("/admin/audit"):
                self.find(page, lang, "a day", judges.days(self.browser))
            heavy = judges.weight(self.browser)
            self.heaviest = max(self.heaviest, (heavy, str(page)))
            self.find(page, lang, "weight", [f"{heavy} bytes"] if heavy > judges.MOST_BYTES else [])
            for size in (WIDE, NARROW):
                self.resize(size)
                self.find(page, f"{lang} at {size[0]} px", "too wide with its folds closed", judges.too_wide(self.browser))
            self.counts["folds"] += judges.unfold(self.browser)
            # To change the size takes as long as to look: the one that is there is looked at first.
            for size in (NARROW, WIDE):
                self.resize(size)
                self.judge(page, lang, size)
            self.as_readers_set_it(page, lang)

    def as_readers_set_it(self, page, lang):
        """With letters and lines spaced by the reader, and in a window as narrow as a page at four times its size."""
        self.resize(WIDE)
        self.find(page, lang, "cut off by the reader's own spacing", judges.cut_when_spaced(self.browser))
        self.resize(REFLOW)
        self.find(page, lang, f"too wide at {REFLOW[0]} px", judges.too_wide(self.browser))

    def judge(self, page, lang, size):
        violations, checks = judges.axe(self.browser)
        self.counts["checks"] += checks
        self.counts["looks"] += 1
        at = f"{lang} at {size[0]} px"
        self.find(page, at, "axe-core", violations)
        self.find(page, at, "too wide", judges.too_wide(self.browser))
        if self.look:
            name = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", str(page))
            name = re.sub(r"[^\w=?&-]+", "_", name)[:110]
            self.keep(self.look / f"{self.counts['pages']:03}-{name}-{lang}-{size[0]}.png", size)

    def keep(self, file, size):
        tall = self.browser.run("return document.scrollingElement.scrollHeight")
        self.resize((size[0], min(max(tall, size[1]), 4000)))
        self.browser.driver.save_screenshot(str(file))
        self.resize(size)


def controls(walk):
    """Each judge finds what it is there for, planted into a page that has nothing of it."""
    browser = walk.browser
    walk.open(pages.Page("/admin/login", None), "en")
    clean = (judges.axe(browser)[0], judges.foreign(browser), judges.days(browser), judges.too_wide(browser))
    check(clean == ([], [], [], []), f"the page for the controls is not clean: {clean}")
    browser.run("""
        document.querySelector('main').insertAdjacentHTML('beforeend',
            '<p>尚未翻译</p><p>due 2026-11-27</p><img src="/assets/icon.svg"><input name="unnamed"><i id="wide">x</i>');
        Object.assign(document.getElementById('wide').style, {display: 'block', width: '3000px'});
    """)
    found = "\n".join(judges.axe(browser)[0])
    check("image-alt" in found and "label" in found, f"axe-core misses what was planted: {found}")
    check(judges.foreign(browser) == ["尚未翻译"], "a Chinese word on an English page is not found")
    check(judges.days(browser) == ["due 2026-11-27"], "a day as machines write it is not found")
    check(judges.too_wide(browser), "what sticks out is not found")
    in_a_fold(walk)
    ways_of_alerts(walk)
    styles = (pages.TABLE.parents[1] / "crates/hub/src/admin/assets/app.css").stat().st_size
    check(judges.weight(browser) > styles, "a page is weighed without its styles")
    walk.open(pages.Page("/admin/login", None), "zh")
    browser.run("document.querySelector('main').append('Not translated')")
    check(judges.foreign(browser) == ["Not translated"], "an English word on a Chinese page is not found")
    check(judges.cut_when_spaced(browser) == [], "a clean page is said to cut its texts")
    browser.run("""
        document.querySelector('main').insertAdjacentHTML('beforeend', '<p id="cut">一行字</p>');
        Object.assign(document.getElementById('cut').style, {height: '22px', width: '100px', overflow: 'hidden', font: '20px/1 serif'});
    """)
    check(judges.cut_when_spaced(browser), "a text that is cut off when it grows is not found")


def ways_of_alerts(walk):
    """An alert that leads nowhere, and a field that it does not lead to."""
    browser = walk.browser
    walk.open(pages.Page("/admin/login", None), "en")
    check(judges.led(browser) == [], "a page without an alert is said to have a wrong one")
    browser.run("""
        document.querySelector('main').insertAdjacentHTML('beforeend',
            '<div class="alert"><a href="#at-nowhere">Zz</a></div><label class="bad"><input><em class="fault">Zz</em></label>');
    """)
    found = judges.led(browser)
    check(len(found) == 2 and "nowhere" in found[0] and "not led to" in found[1], f"ways of an alert that are wrong are not found: {found}")


def in_a_fold(walk):
    """What is folded away is judged like the rest; closed, nobody would see it."""
    browser = walk.browser
    walk.open(pages.Page("/admin/login", None), "en")
    browser.run("""
        document.querySelector('main').insertAdjacentHTML('beforeend',
            '<details><summary>More</summary><p><img src="/assets/icon.svg"><i id="wide">x</i></p></details>');
        Object.assign(document.getElementById('wide').style, {display: 'block', width: '3000px'});
    """)
    check(not judges.axe(browser)[0] and not judges.too_wide(browser), "what is folded away is seen without opening it")
    check(judges.unfold(browser) == 1, "the fold is not opened")
    check("image-alt" in "\n".join(judges.axe(browser)[0]), "axe-core misses what was planted in a fold")
    check(judges.too_wide(browser), "what sticks out of a fold is not found")


def report(walk, began):
    heavy, where = walk.heaviest
    print(f"{walk.counts['pages']} pages with {walk.counts['folds']} folds, {walk.counts['looks']} looks by axe-core, {walk.counts['checks']} checks; the heaviest has "
          f"{heavy} bytes before pictures: {where}; {time.monotonic() - began:.0f} s")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--lang", choices=["zh", "en"])
    parser.add_argument("--look", type=pathlib.Path)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    if asked.look:
        asked.look.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    faults = []
    with Story(asked.binary) as story, Browser() as browser:
        world = World(story)
        made = states.Made(world)
        walk = Walk(browser, story.url, langs(asked), asked.look)
        walk.cookies.update(made.cookies)
        controls(walk)
        for page in states.everything(world, made):
            if asked.only in str(page):
                walk.try_visit(page)
        report(walk, began)
        faults += walk.faults
    faults += empty(asked, began)
    print("\n".join(dict.fromkeys(faults)))
    return 1 if faults else 0


def langs(asked):
    return [asked.lang] if asked.lang else ["zh", "en"]


def empty(asked, began):
    """An office in which there is nothing yet."""
    with Story(asked.binary) as story, Browser() as browser:
        link = story.hub()
        walk = Walk(browser, story.url, langs(asked), asked.look and asked.look / "empty")
        if walk.look:
            walk.look.mkdir(exist_ok=True)
        door = link.removeprefix(story.url)
        for page in [pages.Page(door, None), pages.Page("/admin/setup", None), pages.Page("/admin/login", None),
                     pages.Page(door, None, ("/admin/setup", {"id": "Z Z", "password": "z"}))]:
            walk.try_visit(page)
        word = link.split("word=")[1]
        Caller(story.url).must("POST", "/api/v1/setup", {
            "word": word, "id": ADMIN, "name": {"zh-Hans": "甲乙", "en": "Zzz"}, "password": "a-long-password"})
        for path in pages.EMPTY:
            if asked.only in path:
                walk.try_visit(pages.Page(path, ADMIN))
        report(walk, began)
        return walk.faults


if __name__ == "__main__":
    sys.exit(main())
