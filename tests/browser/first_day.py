#!/usr/bin/env python3
"""The first day of a new office: from an empty folder to a display that hangs in the lobby, by clicks alone.

    first_day.py HELIOGRAPH_BINARY

The only address that is typed is the one-time link that the hub prints. Everything else is led to by the first steps.
"""

import sys

from chromium import Browser, check, eventually
from office import FIRST_PASSWORD, PASSWORD, Story

PEOPLE = [("li-nigao", "李拟稿", "author"), ("wang-shencha", "王审查", "confidentiality-reviewer"), ("chen-shenpi", "陈审批", "approver")]


def step(browser, words, next_one):
    """From the workbench to the next step, which is marked as such."""
    browser.link("工作台")
    marked = [item.text for item in browser.all("#first-steps li") if "下一步" in item.text]
    check(len(marked) == 1 and next_one in marked[0], f"the next step is {marked}, not {next_one}")
    browser.link(words)


def administrator(browser, link):
    browser.open(link)
    browser.fill(id="admin", name__zh_Hans="管理员", password=PASSWORD, again="something else")
    browser.link("设立并登录")
    browser.reads("两次输入的密码不一样")
    check(browser.value("name.zh-Hans") == "管理员", "what was typed is kept")
    browser.fill(password=PASSWORD, again=PASSWORD)
    browser.link("设立并登录")
    browser.reads("开始使用")


def site(browser):
    step(browser, "填写单位信息", "填写单位信息")
    browser.link("保存")
    check(browser.all(".bad input[name='name.zh-Hans']"), "an empty name is named where it is")
    browser.fill(name__zh_Hans="滨河市外事服务中心", hours__zh_Hans="周一至周五 8:30–17:00")
    browser.type("hotlines[0].label.zh-Hans", "咨询电话")
    browser.type("hotlines[0].number", "0000-1234567")
    browser.type("department[0].id", "general")
    browser.type("department[0].zh-Hans", "办公室")
    browser.link("保存")
    browser.reads("已保存")


def channel(browser):
    step(browser, "开设频道", "开设频道")
    browser.fill(name="hall", title__zh_Hans="大厅")
    browser.link("保存")
    browser.reads("hall")


def staff(browser):
    step(browser, "添加工作人员", "添加工作人员")
    for who, name, role in PEOPLE:
        browser.fill(id=who, name__zh_Hans=name, password=FIRST_PASSWORD)
        browser.choose("department", "general")
        browser.tick("roles", role)
        browser.link("保存")
        browser.reads(name)


def catalogue(browser):
    step(browser, "建立公开目录", "建立公开目录")
    browser.fill(id="notices", index_number="BH-01", name__zh_Hans="通知公告", summary__zh_Hans="面向公众的通知")
    browser.choose("category", "government-information")
    browser.choose("cadence", "ad-hoc-20")
    browser.choose("department", "general")
    browser.choose("responsible", PEOPLE[0][0])
    browser.tick("channels", "hall")
    browser.link("保存")
    browser.reads("BH-01")


def display(browser, story):
    step(browser, "接入第一块屏幕", "接入第一块屏幕")
    # The page says what to type at the machine; the technician does so, and reads the code on its panel.
    command = next(line for line in browser.text().splitlines() if line.startswith("heliograph player --hub "))
    check(command.split("--hub ")[1].startswith(story.url), f"the page tells of another hub: {command}")
    machine, picture = story.player()
    code = machine.says(r"^pairing code\s+(\S+)")[1]
    eventually("the code is on the panel", picture.exists)
    browser.reads("1920×1080")
    browser.follow("#waiting-machines a")
    browser.fill(short_string="AAA-AAA", name__zh_Hans="大厅主屏", location__zh_Hans="一楼大厅")
    browser.tick("channels", "hall")
    browser.link("核对并接入")
    check(browser.all(".bad input[name=short_string]"), "a wrong code is refused at its field")
    check(browser.value("location.zh-Hans") == "一楼大厅", "what was typed is kept")
    browser.type("short_string", code)
    browser.link("核对并接入")
    browser.reads("大厅主屏")
    browser.link("工作台")
    browser.reads("1 块正常")


def chooses_password(browser, name):
    """The administrator knows their password: before anything else they choose another."""
    browser.reads("由 管理员 设置")
    browser.fill(password=FIRST_PASSWORD, again=FIRST_PASSWORD)
    browser.link("保存并继续")
    browser.reads("这个密码别人也知道")
    browser.fill(password=PASSWORD, again=PASSWORD)
    browser.link("保存并继续")
    browser.reads(f"好，{name}")


def main(binary):
    with Story(binary) as story, Browser() as browser:
        administrator(browser, story.hub())
        site(browser)
        channel(browser)
        staff(browser)
        catalogue(browser)
        display(browser, story)
        browser.link("工作台")
        check(not browser.all("#first-steps"), "the first steps are still there when all of them are done")
        browser.link("退出登录")
        for who, name, _ in PEOPLE:
            browser.fill(staff=who, password=FIRST_PASSWORD)
            browser.link("登录")
            chooses_password(browser, name)
            browser.link("退出登录")
            browser.fill(staff=who, password=PASSWORD)
            browser.link("登录")
            browser.reads(f"，{name}")
            browser.link("退出登录")
    print("the first day went well")


if __name__ == "__main__":
    main(sys.argv[1])
