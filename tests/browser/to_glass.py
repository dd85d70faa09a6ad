#!/usr/bin/env python3
"""A notice from draft to glass by four people: author, confidentiality reviewer, approver, and the operator who looks.

    to_glass.py HELIOGRAPH_BINARY

At its end a real player's own picture is what the hub draws from its log at that moment, and is no longer the slate.
"""

import base64
import sys

from chromium import Browser, check, eventually
from people import APPROVER, AUTHOR, OPERATOR, REVIEWER, TITLE, Caller, finds, hang, set_up, sign_in, takes, writes
from office import Story

# Pixel by pixel; the pictures may be packed in different ways.
SAME = """
const [one, other, done] = arguments;
const pixels = async (data) => {
    const image = new Image();
    image.src = 'data:image/png;base64,' + data;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
};
Promise.all([pixels(one), pixels(other)])
    .then(([a, b]) => done(a.length === b.length && a.every((byte, at) => byte === b[at])), () => done(false));
"""


def same(browser, one, other):
    browser.driver.set_script_timeout(30)
    return browser.driver.execute_async_script(SAME, *(base64.b64encode(picture).decode() for picture in (one, other)))


def main(binary):
    with Story(binary) as story, Browser() as browser:
        admin = set_up(story)
        display, picture = hang(story, admin)
        slate = eventually("the player shows its slate", lambda: picture.exists() and picture.read_bytes())

        sign_in(browser, story, AUTHOR)
        publication = writes(browser)
        sign_in(browser, story, REVIEWER)
        finds(browser)
        takes(browser, "review", "通过保密审查")
        sign_in(browser, story, APPROVER)
        finds(browser)
        takes(browser, "approve", "审批同意")
        takes(browser, "release", "大厅主屏")
        # The page of arrivals follows by itself: nobody loads it anew.
        browser.reads("全部 1 块屏都已播出", 120)

        sign_in(browser, story, OPERATOR)
        browser.link("大厅主屏")
        browser.reads(TITLE)
        looks(browser, Caller(story.url, OPERATOR), display, publication, picture, slate)
    print("the notice is on the glass")


def looks(browser, operator, display, publication, picture, slate):
    """What the display says, and what its player shows."""
    shown = operator.must("GET", f"/api/v1/displays/{display}")["status"]["on_air"]["publication"]
    check(shown == publication, f"the display says that it shows {shown}")
    browser.open("about:blank")

    def as_the_log_says():
        _, _, drawn = operator.send("GET", f"/api/v1/displays/{display}/frame.png?width=4000")
        return same(browser, picture.read_bytes(), drawn)
    eventually("the player's picture is the log's", as_the_log_says)
    check(not same(browser, picture.read_bytes(), slate), "the player still shows its slate")


if __name__ == "__main__":
    main(sys.argv[1])
