#!/usr/bin/env python3
"""Two people edit one draft.

    two_writers.py HELIOGRAPH_BINARY

The author shares a draft. Both change it at the same time: what they changed in different places is put together, what both
changed in the same place is shown in both forms, and nothing that anybody typed is lost. Whoever wrote in it cannot review it.
"""

import sys

import people
from chromium import Browser, check
from office import Story
from people import AUTHOR, TITLE, set_up, sign_in, submits, zh

COLLEAGUE = "zhao-hexie"
TITLE_FIELD, BODY_FIELD = "content.zh-Hans.title", "content.zh-Hans.body"
FIRST, SECOND = "国庆期间，3号窗口每天上午有人值班。", "其他事项节后办理。"
ADDED = "请带好身份证件。"


def saves(browser):
    browser.follow("button[name=then][value=save]:not(.away)")


def begins(browser):
    browser.follow("#write")
    browser.follow("a[href='/admin/write?kind=notice']")
    browser.choose("catalogue_entry", "notices")
    browser.fill(content__zh_Hans__title=TITLE, content__zh_Hans__body=f"{FIRST}\n\n{SECOND}", content__zh_Hans__department="办公室")
    saves(browser)


def shares(browser):
    """Typed just before another button is pressed, and there all the same."""
    browser.type(BODY_FIELD, f"{FIRST}\n\n{SECOND}\n\n{ADDED}")
    browser.one("#together input[name=editor]").click()
    browser.follow("#together button[type=submit]")
    check(ADDED in browser.value(BODY_FIELD), f"what was typed is lost:\n{browser.value(BODY_FIELD)}")


def both_are_kept(mine, theirs):
    theirs.type(BODY_FIELD, f"{FIRST}\n\n其他事项十月八日起办理。\n\n{ADDED}")
    saves(theirs)
    mine.type(BODY_FIELD, f"国庆期间，3号窗口每天都有人值班。\n\n{SECOND}\n\n{ADDED}")
    saves(mine)
    kept = mine.value(BODY_FIELD)
    check("每天都有人值班" in kept and "十月八日起办理" in kept, f"one of both is lost:\n{kept}")
    mine.reads("两人的修改都已保留")


def one_is_chosen(mine, theirs):
    theirs.open(theirs.driver.current_url)
    theirs.type(TITLE_FIELD, "关于国庆值班的通告")
    saves(theirs)
    mine.type(TITLE_FIELD, "关于国庆值班的通知")
    saves(mine)
    check(mine.all(".clash"), f"nobody is asked which title stays:\n{mine.text()}")
    shown = mine.one(".clash").text + mine.value(TITLE_FIELD)
    check("通告" in shown and "通知" in shown, f"one of the titles is lost:\n{shown}")
    mine.one(".clash input[type=radio][value=theirs]").click()
    saves(mine)
    check(mine.value(TITLE_FIELD) == "关于国庆值班的通告", f"another title stayed: {mine.value(TITLE_FIELD)}")


def main(binary):
    with Story(binary) as story:
        admin = set_up(story)
        people.NAMES[COLLEAGUE] = "赵合写"
        # The colleague would review, too, and may not review what they wrote in.
        admin.hire(COLLEAGUE, name=zh(people.NAMES[COLLEAGUE]), department="general",
                   roles=["author", "confidentiality-reviewer"])
        with Browser() as mine:
            sign_in(mine, story, AUTHOR)
            begins(mine)
            shares(mine)
        with Browser(script=False) as mine, Browser(script=False) as theirs:
            sign_in(theirs, story, COLLEAGUE)
            theirs.link(TITLE)
            sign_in(mine, story, AUTHOR)
            mine.link(TITLE)
            both_are_kept(mine, theirs)
            one_is_chosen(mine, theirs)
            publication = submits(mine)
            theirs.open(f"{story.url}/admin/publications/{publication}")
            check(not theirs.all("form[action$='/review'] button[type=submit]"), "a writer may review")
    print("both wrote, and nothing was lost")


if __name__ == "__main__":
    main(sys.argv[1])
