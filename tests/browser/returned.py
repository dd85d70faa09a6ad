#!/usr/bin/env python3
"""A return and a resubmission with a void review, with script switched off in the browser.

    returned.py HELIOGRAPH_BINARY

The approver returns what was reviewed; the author changes it and submits it again. The review was of another text: it is
void, and so is the page that an approver still has open.
"""

import sys

from chromium import Browser, check
from office import Story
from people import APPROVER, AUTHOR, BODY, REVIEWER, TITLE, finds, set_up, sign_in, submits, takes, writes

WHY = "请写明节后哪天恢复办理。"
MENDED = f"{BODY}\n\n十月八日恢复办理。"


def scriptless(browser):
    """The pages' script did not run: it would have hidden this button."""
    check(browser.one("button[name=then][value=preview]"), "the button is hidden")


def is_returned(browser, story):
    sign_in(browser, story, APPROVER)
    finds(browser)
    browser.click("details.reject summary")
    browser.type("reason", WHY)
    takes(browser, "reject", "已退回")


def mends(browser, story):
    sign_in(browser, story, AUTHOR)
    browser.reads(WHY)
    browser.link(TITLE)
    scriptless(browser)
    check(browser.value("content.zh-Hans.title") == TITLE, "the text is as it was")
    browser.type("content.zh-Hans.body", MENDED)
    submits(browser)


def main(binary):
    with Story(binary) as story, Browser(script=False) as browser:
        set_up(story)
        sign_in(browser, story, AUTHOR)
        publication = writes(browser)
        sign_in(browser, story, REVIEWER)
        finds(browser)
        takes(browser, "review", "通过保密审查")
        is_returned(browser, story)
        mends(browser, story)

        # The review is void: the approver is offered nothing but to return it.
        sign_in(browser, story, APPROVER)
        browser.open(f"{story.url}/admin/publications/{publication}")
        browser.reads("待保密审查")
        check(not browser.all("form[action$='/approve']"), "what nobody reviewed can be approved")
        sign_in(browser, story, REVIEWER)
        finds(browser)
        browser.reads("十月八日恢复办理")
        takes(browser, "review", "通过保密审查")

        # A page that was opened before the text changed once more decides nothing about what it does not show.
        with Browser(script=False) as other:
            sign_in(other, story, APPROVER)
            finds(other)
            sign_in(browser, story, AUTHOR)
            browser.open(f"{story.url}/admin/write/{publication}")
            browser.type("content.zh-Hans.body", f"{MENDED}\n\n敬请谅解。")
            submits(browser)
            other.follow("form[action$='/approve'] button[type=submit]")
            check(other.all(".alert"), f"a text that the approver never saw was approved:\n{other.text()}")
        sign_in(browser, story, REVIEWER)
        finds(browser)
        takes(browser, "review", "通过保密审查")
        sign_in(browser, story, APPROVER)
        finds(browser)
        takes(browser, "approve", "审批同意")
    print("the void review counted for nothing")


if __name__ == "__main__":
    main(sys.argv[1])
