#!/usr/bin/env python3
"""A notice from draft to release without a mouse: Tab, Enter, Space, an arrow key in a list, and what is typed.

    by_keyboard.py HELIOGRAPH_BINARY

At every step the focus must be where it can be seen. Around every page of the way the key comes once, past everything on it,
in the order of the eye; what is saved while somebody types is said without taking the focus.
"""

import sys

from selenium.webdriver.common.keys import Keys

from chromium import Browser, StoryFailed, check, eventually
from office import PASSWORD, Story
from people import APPROVER, AUTHOR, NAMES, OPERATOR, REVIEWER, TITLE, hang, set_up
from tabbing import tabs_through


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
    is_told_quietly(browser)
    types(browser, "content.zh-Hans.department", "办公室")
    tabs_through(browser)
    enters(browser, "button[name=then][value=submit]")
    browser.reads("待保密审查")


def is_told_quietly(browser):
    """What is typed is saved by itself: a polite word, and the focus stays where somebody types."""
    told = browser.one("#saved")
    check(told.get_attribute("role") == "status", "who does not see the page does not hear that it was saved")
    eventually("the draft saves itself", lambda: told.text.startswith("保存于"))
    focused = browser.driver.switch_to.active_element.get_attribute("name")
    check(focused == "content.zh-Hans.body", f"saving takes the focus to {focused}")


def skips(browser):
    """The first Tab reaches what leads past the navigation, and the next one is in the page."""
    browser.driver.refresh()
    browser.tab_to("a.skip", 1)
    browser.press(Keys.ENTER, Keys.TAB)
    check(browser.run("return document.activeElement.closest('main') !== null"), f"the way past the navigation on {browser.path} leads nowhere")


def goes_round(browser, place):
    """A page of the navigation, once round."""
    enters(browser, f"nav a[href='/admin/{place}']")
    tabs_through(browser)
    skips(browser)


def folds(browser):
    """What unfolds keeps the focus, and folds away again by the same key."""
    summary = "details.reject > summary"
    browser.tab_to(summary)
    unfolded = lambda: browser.run("return document.querySelector(arguments[0]).parentElement.open", summary)
    browser.press(Keys.ENTER)
    eventually("it unfolds", unfolded)
    browser.tab_to("details.reject textarea", 1)
    browser.hold(Keys.SHIFT, Keys.TAB)
    check(browser.run("return document.activeElement.matches(arguments[0])", summary), "the way back is another one")
    browser.press(Keys.ENTER)
    eventually("it folds", lambda: not unfolded())


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


# What is planted into a page, and what must then be said of it.
PLANTED = {
    "nothing shows": "field.style.outline = 'none'",
    "lies over the focus": "const over = document.createElement('div'); Object.assign(over.style, {position: 'fixed', inset: '0'}); document.body.append(over)",
    "not that of the eye": "field.form.style.display = 'flex'; field.form.style.flexDirection = 'column-reverse'",
    "misses": "field.addEventListener('keydown', (event) => { event.preventDefault(); document.body.tabIndex = -1; document.activeElement.blur() })",
    "does not come round": "field.addEventListener('keydown', (event) => event.preventDefault())",
}


def controls(browser):
    """Going round a page finds what it is there for."""
    tabs_through(browser)
    for said, planted in PLANTED.items():
        browser.driver.refresh()
        browser.run(f"const field = document.querySelector('[name=staff]'); {planted}")
        try:
            tabs_through(browser, 60)
        except StoryFailed as fault:
            check(said in str(fault), f"something else is found than “{said}”: {fault}")
        else:
            raise StoryFailed(f"it is not found that “{said}”")
    browser.driver.refresh()


def main(binary):
    with Story(binary) as story, Browser() as browser:
        hang(story, set_up(story))
        browser.open(f"{story.url}/admin")
        controls(browser)
        sign_in(browser, AUTHOR)
        writes(browser)
        sign_out(browser)
        sign_in(browser, REVIEWER)
        finds(browser)
        tabs_through(browser)
        folds(browser)
        takes(browser, "review", "通过保密审查")
        sign_out(browser)
        sign_in(browser, APPROVER)
        finds(browser)
        takes(browser, "approve", "审批同意")
        tabs_through(browser)
        skips(browser)
        releases(browser)
        withdraws(browser)
        goes_round(browser, "catalogue")
        sign_out(browser)
        sign_in(browser, OPERATOR)
        goes_round(browser, "displays")
    print("no mouse was needed")


if __name__ == "__main__":
    main(sys.argv[1])
