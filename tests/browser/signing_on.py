#!/usr/bin/env python3
"""What somebody sees who comes back from the office's own sign-on: let in, unknown, refused there, or too late; and who has
not shown since the hub was started that it is they, and is asked to.

    signing_on.py HELIOGRAPH_BINARY [--look FOLDER]

Every page that ends such a way is judged whole, as the others are by every_page.py.
"""

import argparse
import pathlib
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from chromium import WIDE, Browser, check, eventually
from every_page import Walk, report
from office import PASSWORD, Caller, Story, free_port
from pages import Page
from provider import NoFurther, Provider

ADMIN = "zz"
# The channel is refused for its name: it changes nothing.
CHANNEL = {"name": "Z Z", "title.zh-Hans": "甲乙"}
# The page that lets somebody in goes on by itself at once: it is looked at without that.
INSTEAD = """
const page = new DOMParser().parseFromString(arguments[0], 'text/html');
const refresh = page.querySelector('meta[http-equiv=refresh]');
if (!refresh) return false;
refresh.remove();
document.documentElement.lang = page.documentElement.lang;
document.head.replaceWith(document.adoptNode(page.head));
document.body.replaceWith(document.adoptNode(page.body));
return true;
"""


class Return(Page):
    """A way back from the provider: `comes` brings the browser there."""

    def __init__(self, name, comes, wrong=True):
        super().__init__(name, None)
        self.comes, self.wrong = comes, wrong


class Returns(Walk):
    """A walk through ways back."""

    def __init__(self, provider, *others):
        super().__init__(*others)
        self.provider = provider

    def open(self, page, lang):
        if not isinstance(page, Return):
            return super().open(page, lang)
        self.be(None, lang)
        self.resize(WIDE)
        page.comes(self)
        return True

    def news(self, page):
        """A way back is always one, wherever the browser then stands."""
        return self.open(page, self.langs[0]) if isinstance(page, Return) else super().news(page)

    def leaves(self):
        """To the provider; where it is asked, and the cookie that is carried there and back."""
        request = urllib.request.Request(f"{self.url}/admin/sign-on?next=/admin/account")
        try:
            with urllib.request.build_opener(NoFurther).open(request, timeout=30) as answer:
                raise AssertionError(f"nobody is sent to the provider: {answer.status}")
        except urllib.error.HTTPError as sent:
            return sent.headers["Location"], sent.headers["Set-Cookie"].split(";")[0]

    def carry(self, cookie):
        name, value = cookie.split("=", 1)
        self.browser.driver.add_cookie({"name": name, "value": value, "path": "/admin/sign-on"})


def unknown(walk):
    asked, cookie = walk.leaves()
    walk.carry(cookie)
    walk.browser.open(walk.provider.visited(asked))


def refused(walk):
    """Whoever says no there comes back with a reason and no code."""
    asked, cookie = walk.leaves()
    walk.carry(cookie)
    state = re.search(r"state=([^&]+)", asked)[1]
    walk.browser.open(f"{walk.url}/admin/sign-on/back?error=access_denied&state={state}")


def too_late(walk):
    asked, _ = walk.leaves()
    walk.browser.open(walk.provider.visited(asked))


def let_in(walk):
    asked, cookie = walk.leaves()
    language = walk.browser.driver.get_cookie("heliograph_lang")["value"]
    request = urllib.request.Request(walk.provider.visited(asked), headers={"Cookie": f"{cookie}; heliograph_lang={language}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        page = answer.read().decode()
    walk.browser.open(f"{walk.url}/admin/login")
    check(walk.browser.run(INSTEAD, page), f"nobody is let in:\n{page}")
    eventually("the page has its styles", lambda: walk.browser.run("return document.styleSheets.length > 0 && !!document.styleSheets[0].cssRules.length"))


def enters_their_id(walk, admin):
    """What the provider calls them is said on the page of whoever is unknown; an administrator enters it."""
    walk.open(Return("unknown", unknown), "en")
    said = walk.browser.one("[role=alert]").text
    named = re.search(r"under Staff: (\S+)", said)
    check(named, f"the sign-on id is not said: {said}")
    admin.must("POST", "/api/v1/staff", {"id": "zz-z", "name": {"zh-Hans": "甲乙", "en": "Zzz"}, "department": "office",
                                         "roles": ["author"], "office_id": named[1]})


def is_asked(caller):
    form = urllib.parse.urlencode(CHANNEL).encode()
    return b"confirm.password" in caller.send("POST", "/admin/channels", form, {"Content-Type": "application/x-www-form-urlencoded"})[2]


def asked_again(walk, story, early):
    """The page that asks as it comes first: nothing is wrong yet, and what was typed is in it. How long nobody is asked is
    told with a clock of its own in tests/tests/sign_in.rs; a hub that was started anew asks everybody."""
    story.hub_again()
    check(is_asked(early), "a hub that was started anew asks nobody")
    walk.try_visit(Page("/admin/channels", "early", ("/admin/channels", CHANNEL), wrong=False))
    check(walk.browser.all("input[name='confirm.password']"), f"nobody is asked:\n{walk.browser.text()}")
    check(not walk.browser.all(".alert, .fault"), "something is wrong before anybody answered")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--look", type=pathlib.Path)
    asked = parser.parse_args()
    if asked.look:
        asked.look.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with Story(asked.binary) as story, Browser() as browser:
        port = free_port()
        provider = Provider(story, f"http://127.0.0.1:{port}/admin/sign-on/back")
        word = story.hub(*provider.options(), port=port).split("word=")[1]
        Caller(story.url).must("POST", "/api/v1/setup", {
            "word": word, "id": ADMIN, "name": {"zh-Hans": "甲乙", "en": "Zzz"}, "password": PASSWORD})
        early = Caller(story.url)
        walk = Returns(provider, browser, story.url, ["zh", "en"], asked.look)
        walk.cookies["early"] = early.cookies(ADMIN)
        check(not is_asked(early), "somebody who has just signed in is asked")
        walk.try_visit(Page("/admin/login", None))
        for name, comes in (("unknown", unknown), ("refused", refused), ("too-late", too_late)):
            walk.try_visit(Return(name, comes))
        enters_their_id(walk, Caller(story.url, ADMIN))
        walk.try_visit(Return("let-in", let_in, wrong=False))
        asked_again(walk, story, early)
        check(walk.counts["pages"] == 6, f"{walk.counts['pages']} pages were judged instead of six")
        report(walk, began)
        faults = list(dict.fromkeys(walk.faults))
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
