#!/usr/bin/env python3
"""What comes out of the printer: the review sheet of a publication, and its public page.

    on_paper.py HELIOGRAPH_BINARY [--look FOLDER]
"""

import argparse
import base64
import pathlib
import re
import subprocess
import tempfile

from chromium import Browser, check
from office import Caller, Story
from people import APPROVER, AUTHOR, BODY, NAMES, REVIEWER, TITLE, set_up

# A4, as offices print.
PAPER = {"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": True}
IN_FULL = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日 \d\d:\d\d")


def printed(browser, look):
    """The words of the page on paper, and how many sheets it takes."""
    paper = base64.b64decode(browser.driver.execute_cdp_cmd("Page.printToPDF", PAPER)["data"])
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(look or folder) / f"{re.sub(r'[^a-z]+', '-', browser.path)}.pdf"
        file.write_bytes(paper)
        words = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True).stdout
    return words, words.count("\f")


def publishes(story):
    """A notice that its author had to mend once, on release; its id."""
    author, reviewer, approver = (Caller(story.url, who) for who in (AUTHOR, REVIEWER, APPROVER))
    content = {"zh-Hans": {"title": TITLE, "body": BODY.split("\n\n")[0] + "\n\n| 事项 | 窗口 |\n| --- | --- |\n| 领证 | 3号 |", "department": "办公室", "date": "2026-11-24"}}
    draft = author.must("POST", "/api/v1/drafts", {"kind": "notice", "catalogue_entry": "notices", "content": content})["id"]
    act = lambda who, step, **fields: who.must("POST", f"/api/v1/publications/{draft}/{step}", fields)
    act(author, "submit")
    act(reviewer, "reject", reason="请写明值班电话。")
    act(author, "submit")
    act(reviewer, "review", findings_confirmed=True)
    act(approver, "approve")
    act(approver, "release", channels=["hall"])
    return draft


def the_review_sheet(browser, look):
    on_screen = browser.text()
    words, sheets = printed(browser, look)
    check("信息公开审批单" in words and "信息公开审批单" not in on_screen, "the sheet is not on paper, or not there alone")
    for said in ("滨河市外事服务中心", TITLE, "BH-01", *(NAMES[who] for who in (AUTHOR, REVIEWER, APPROVER)), "请写明值班电话。", "审批同意", "受理因公护照领取"):
        check(said in words, f"the sheet does not say {said}:\n{words}")
    check(len(IN_FULL.findall(words)) >= 7, f"the steps have no days of their own:\n{words}")
    for furniture in ("今天", "工作台", "退出登录", "提意见", "屏幕上的样子"):
        check(furniture not in words, f"“{furniture}” is of use on the screen alone:\n{words}")
    check(sheets <= 2, f"a notice takes {sheets} sheets")


def the_public_page(browser, look):
    words, sheets = printed(browser, look)
    for said in ("滨河市外事服务中心", TITLE, "BH-01", "0000-1234567", "领证"):
        check(said in words, f"the paper does not say {said}:\n{words}")
    for furniture in ("English", "工作人员入口", "下载公开凭证", "跳到正文", NAMES[AUTHOR]):
        check(furniture not in words, f"“{furniture}” is on paper:\n{words}")
    check(sheets == 1, f"a notice takes {sheets} sheets")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--look", type=pathlib.Path)
    asked = parser.parse_args()
    with Story(asked.binary) as story, Browser() as browser:
        set_up(story)
        draft = publishes(story)
        browser.open(f"{story.url}/admin/login")
        for name, value in Caller(story.url).cookies(APPROVER).items():
            browser.driver.add_cookie({"name": name, "value": value, "path": "/"})
        browser.open(f"{story.url}/admin/publications/{draft}")
        the_review_sheet(browser, asked.look)
        browser.open(f"{story.url}/p/{draft}")
        the_public_page(browser, asked.look)
    print("both are as an office files them")


if __name__ == "__main__":
    main()
