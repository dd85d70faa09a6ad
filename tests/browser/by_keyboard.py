#!/usr/bin/env python3
"""A notice from draft to release without a mouse: Tab, Enter, Space, an arrow key in a list, and what is typed.

    by_keyboard.py HELIOGRAPH_BINARY

At every step the focus must be where it can be seen.
"""

import sys

from selenium.webdriver.common.keys import Keys

from chromium import Browser, check, eventually
from office import PASSWORD, Story
from people import APPROVER, AUTHOR, NAMES, REVIEWER, TITLE, set_up


def enters(browser, css):
    """To what leads to another page, and there."""
    browser.tab_to(css)
    browser.leave(lambda: browser.press(Keys.ENTER))


def types(browser, name, text):
    browser.tab_to(f"[name='{name}']")
    browser.press(text)


def sign_in(browser, who):
    types(browser, "staff", who)
    types(browser, "password", PASSWORD)
    browser.leave(lambda: browser.press(Keys.ENTER))
    browser.reads(f"，{NAMES[who]}")


def sign_out(browser):
    enters(browser, "form[action='/admin/logout'] button")


def writes(browser):
    enters(browser, "#write")
    enters(browser, "a[href='/admin/write?kind=notice']")
    # The first Tab reaches what leads past the navigation, and it leads there.
    browser.tab_to("a.skip", 1)
    browser.press(Keys.ENTER)
    check(browser.tab_to("[name=catalogue_entry]") <= 3, "the way into the text is long")
    browser.press(Keys.ARROW_DOWN)
    check(browser.value("catalogue_entry") == "notices", "the arrow chooses the entry")
    types(browser, "content.zh-Hans.title", TITLE)
    types(browser, "content.zh-Hans.body", "国庆期间，3号窗口每天上午有人值班。")
    types(browser, "content.zh-Hans.department", "办公室")
    enters(browser, "button[name=then][value=submit]")
    browser.reads("待保密审查")


def takes(browser, step, then):
    enters(browser, f"form[action$='/{step}'] button[type=submit]")
    browser.reads(then)


def finds(browser):
    enters(browser, "#waiting a.row")
    browser.reads(TITLE)


def releases(browser):
    box = "input[name=channels][value=hall]"
    browser.tab_to(box)
    ticked = lambda: browser.run("return document.querySelector(arguments[0]).checked", box)
    before = ticked()
    browser.press(Keys.SPACE)
    eventually("Space changes the box", lambda: ticked() != before)
    if not ticked():
        browser.press(Keys.SPACE)
    enters(browser, "form.release button[type=submit]")
    check("/reach?" in browser.path, f"it was not released:\n{browser.text()}")


def withdraws(browser):
    """What is folded away opens by key, too."""
    enters(browser, "main a[href^='/admin/publications/']")
    browser.tab_to("details.withdraw summary")
    browser.press(Keys.ENTER)
    types(browser, "reason", "值班安排有变。")
    enters(browser, "details.withdraw button[type=submit]")
    browser.reads("已撤回")


def main(binary):
    with Story(binary) as story, Browser() as browser:
        set_up(story)
        browser.open(f"{story.url}/admin")
        sign_in(browser, AUTHOR)
        writes(browser)
        sign_out(browser)
        sign_in(browser, REVIEWER)
        finds(browser)
        takes(browser, "review", "通过保密审查")
        sign_out(browser)
        sign_in(browser, APPROVER)
        finds(browser)
        takes(browser, "approve", "审批同意")
        releases(browser)
        withdraws(browser)
    print("no mouse was needed")


if __name__ == "__main__":
    main(sys.argv[1])
