#!/usr/bin/env python3
"""What the pages do with script while somebody writes.

    as_one_types.py HELIOGRAPH_BINARY

The picture follows what is typed. A draft saves itself, before anybody has chosen its place in the catalogue, and is there again
when its window was closed. What a colleague saves meanwhile comes into the window; what both changed in one place is said,
and chosen. Nothing is lost when the server is away for a while, or when the session has ended.
"""

import sys

from selenium.webdriver.common.keys import Keys

import people
from chromium import WIDE, Browser, check, eventually
from office import PASSWORD, Caller, Story
from people import AUTHOR, TITLE, set_up, sign_in, zh

COLLEAGUE = "zhao-hexie"
TITLE_FIELD, BODY_FIELD = "content.zh-Hans.title", "content.zh-Hans.body"
FIRST, SECOND, THIRD = "国庆期间，3号窗口每天上午有人值班。", "其他事项节后办理。", "请带好身份证件。"
# The first picture beside the form: where it is from, and what it shows once it is loaded.
PICTURE = """
const img = document.querySelector('#panels .glass img');
if (!img || !img.complete || !img.naturalWidth) return null;
const canvas = document.createElement('canvas');
[canvas.width, canvas.height] = [img.naturalWidth, img.naturalHeight];
canvas.getContext('2d').drawImage(img, 0, 0);
return [img.getAttribute('src'), canvas.toDataURL()];
"""
# Whether leaving now would be asked about.
ASKS = "return !window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"


def types_on(browser, name, text):
    """Goes to the end of a field and types there, as hands do."""
    field = browser.one(f"[name='{name}']")
    browser.run("arguments[0].focus(); arguments[0].setSelectionRange(1e6, 1e6)", field)
    browser.press(text)


def said(browser):
    return browser.one("#saved").text


def is_said(browser, words):
    eventually(f"“{words}” at the form", lambda: words in said(browser), said=lambda: said(browser))


def is_saved(story, title_or_body, draft):
    """What the hub has of a draft says this."""
    author = Caller(story.url, AUTHOR)
    has = lambda: title_or_body in str(author.must("GET", f"/api/v1/drafts/{draft}")["content"])
    eventually(f"{title_or_body} is saved", has)


def picture_follows(browser):
    before = eventually("a picture beside the form", lambda: browser.run(PICTURE))
    types_on(browser, TITLE_FIELD, TITLE)
    after = eventually("another picture", lambda: (now := browser.run(PICTURE)) and now[0] != before[0] and now)
    check(after[1] != before[1], "the address of the picture changed, and the picture is the same")
    types_on(browser, BODY_FIELD, FIRST)
    eventually("the picture follows what is typed on", lambda: (now := browser.run(PICTURE)) and now[1] != after[1])


def saves_itself(browser):
    """Before a place in the catalogue is chosen; the draft's id."""
    check(browser.value("catalogue_entry") == "", "an entry is chosen already")
    is_said(browser, "保存于")
    eventually("the window has the draft's address", lambda: browser.path.startswith("/admin/write/"))
    return browser.path.split("/")[-1]


def is_there_again(browser, story, draft):
    is_saved(story, FIRST, draft)
    former = browser.driver.current_window_handle
    browser.driver.switch_to.new_window("tab")
    fresh = browser.driver.current_window_handle
    browser.driver.switch_to.window(former)
    browser.driver.close()
    browser.driver.switch_to.window(fresh)
    browser.resize(WIDE)
    browser.open(f"{story.url}/admin")
    browser.link(TITLE)
    check(browser.value(TITLE_FIELD) == TITLE and browser.value(BODY_FIELD) == FIRST, "not all is there again")


def place_is_asked_for(browser, story, draft):
    """Handing in demands the entry, says so at its field, and loses nothing."""
    browser.follow("button[name=then][value=submit]")
    check(browser.all(".bad select[name=catalogue_entry]"), f"no entry, and nobody says so:\n{browser.text()}")
    check(browser.value(TITLE_FIELD) == TITLE, "what was typed is lost")
    browser.run("arguments[0].focus()", browser.one("[name=catalogue_entry]"))
    browser.press(Keys.ARROW_DOWN)
    author = Caller(story.url, AUTHOR)
    eventually("the entry is saved", lambda: author.must("GET", f"/api/v1/drafts/{draft}")["catalogue_entry"] == "notices")
    check(not browser.all(".bad") and not browser.all(".alert"), "what was wrong is mended, and the page still says so")


def comes_in(mine, theirs, story, draft):
    """What one saves comes into the other's window with their next save."""
    types_on(theirs, BODY_FIELD, f"\n\n{SECOND}")
    is_saved(story, SECOND, draft)
    types_on(mine, TITLE_FIELD, "（一）")
    is_said(mine, "赵合写 同时改了")
    eventually("the other's words are in the window", lambda: SECOND in mine.value(BODY_FIELD))
    check(mine.value(TITLE_FIELD) == f"{TITLE}（一）", "what was typed is gone")


def clashes(mine, theirs, story, draft):
    theirs.open(theirs.driver.current_url)
    types_on(theirs, TITLE_FIELD, "（赵）")
    is_saved(story, "（赵）", draft)
    types_on(mine, TITLE_FIELD, "（李）")
    is_said(mine, "赵合写 也改了同一处")
    check("（李）" in mine.value(TITLE_FIELD), "what was typed is gone")
    check(mine.run(ASKS), "a window with something unsaved closes without a word")
    mine.follow("button[name=then][value=save]:not(.away)")
    shown = mine.one(".clash").text + mine.value(TITLE_FIELD)
    check("（赵）" in shown and "（李）" in shown, f"one of the titles is lost:\n{shown}")
    choice = mine.one(".clash input[type=radio][value=theirs]")
    mine.run("arguments[0].scrollIntoView({block: 'center'})", choice)
    choice.click()
    mine.follow("button[name=then][value=save]:not(.away)")
    check(mine.value(TITLE_FIELD) == f"{TITLE}（一）（赵）", f"another title stayed: {mine.value(TITLE_FIELD)}")


def server_is_away(browser, story, draft):
    offline = lambda on: browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", {
        "offline": on, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
    browser.driver.execute_cdp_cmd("Network.enable", {})
    offline(True)
    types_on(browser, BODY_FIELD, f"\n\n{THIRD}")
    is_said(browser, "连不上服务器")
    check(browser.run(ASKS), "a window with something unsaved closes without a word")
    offline(False)
    is_said(browser, "保存于")
    is_saved(story, THIRD, draft)
    check(not browser.run(ASKS), "a window in which all is saved asks before it closes")


def session_ends(browser, story, draft):
    """On the server, while somebody writes: the way in loses nothing."""
    Caller(story.url, AUTHOR).must("DELETE", "/api/v1/sessions")
    types_on(browser, BODY_FIELD, "（登录过期以后写的）")
    is_said(browser, "登录已过期")
    check(browser.run(ASKS), "a window with something unsaved closes without a word")
    browser.follow("#saved button")
    check(browser.value("door.staff") == AUTHOR, "the door does not know whose form it is")
    browser.type("door.password", "not-my-password")
    browser.follow("form.door button[type=submit]")
    browser.type("door.password", PASSWORD)
    browser.follow("form.door button[type=submit]")
    check(browser.path.startswith(f"/admin/write/{draft}"), f"it does not go on where it was: {browser.path}")
    check("（登录过期以后写的）" in browser.value(BODY_FIELD), f"it is lost: {browser.value(BODY_FIELD)}")
    is_saved(story, "登录过期以后写的", draft)


def main(binary):
    with Story(binary) as story:
        admin = set_up(story)
        people.NAMES[COLLEAGUE] = "赵合写"
        admin.hire(COLLEAGUE, name=zh("赵合写"), department="general", roles=["author"])
        with Browser() as mine, Browser() as theirs:
            sign_in(mine, story, AUTHOR)
            mine.open(f"{story.url}/admin/write?kind=notice")
            picture_follows(mine)
            draft = saves_itself(mine)
            is_there_again(mine, story, draft)
            place_is_asked_for(mine, story, draft)
            mine.open(f"{story.url}/admin/write/{draft}")
            mine.one(f"#together input[value='{COLLEAGUE}']").click()
            mine.follow("#together button[type=submit]")
            sign_in(theirs, story, COLLEAGUE)
            theirs.link(TITLE)
            comes_in(mine, theirs, story, draft)
            clashes(mine, theirs, story, draft)
            server_is_away(mine, story, draft)
            session_ends(mine, story, draft)
    print("nothing that anybody typed was lost")


if __name__ == "__main__":
    main(sys.argv[1])
