"""An office that is set up, and what its people do by clicks."""

from chromium import check, eventually
from office import PASSWORD, Caller

AUTHOR, REVIEWER, APPROVER, OPERATOR = "li-nigao", "wang-shencha", "chen-shenpi", "zhang-pingmu"
NAMES = {AUTHOR: "李拟稿", REVIEWER: "王审查", APPROVER: "陈审批", OPERATOR: "张屏幕"}
ROLES = {AUTHOR: "author", REVIEWER: "confidentiality-reviewer", APPROVER: "approver", OPERATOR: "display-operator"}
TITLE = "关于国庆期间窗口值班安排的公告"
# It takes a minute to read, so that a slow machine still finds it on the panel after its release.
BODY = "\n\n".join(["国庆期间，一楼办事大厅3号窗口每天上午有人值班，受理因公护照领取和紧急签证代办，其他事项节后办理。"] * 8)
PANEL = {"width_px": 1920, "height_px": 1080, "colour": "full", "pixel_pitch_um": 630, "viewing_distance_mm": 3500, "refresh_hz": 60}


def zh(text):
    return {"zh-Hans": text}


def set_up(story):
    """An office with a channel, an entry and four people, by the API; its administrator."""
    word = story.hub().split("word=")[1]
    Caller(story.url).must("POST", "/api/v1/setup", {"word": word, "id": "admin", "name": zh("管理员"), "password": PASSWORD})
    admin = Caller(story.url, "admin")
    admin.must("PUT", "/api/v1/site", {
        "name": zh("滨河市外事服务中心"), "hours": zh("周一至周五 8:30–17:00"), "departments": {"general": zh("办公室")},
        "hotlines": [{"label": zh("咨询电话"), "number": "0000-1234567"}], "public_url": story.url, "time_zone": "Asia/Shanghai"})
    admin.must("POST", "/api/v1/channels", {"name": "hall", "title": zh("大厅")})
    for who, name in NAMES.items():
        admin.hire(who, name=zh(name), department="general", roles=[ROLES[who]])
    admin.must("POST", "/api/v1/catalogue", {
        "id": "notices", "index_number": "BH-01", "category": "government-information", "department": "general",
        "cadence": {"ad-hoc": {"within_working_days": 20}}, "responsible": AUTHOR, "name": zh("通知公告"),
        "summary": zh("面向公众的通知"), "channels": ["hall"]})
    return admin


def hang(story, admin):
    """A real player that the administrator lets in; the display's id, and the picture that the player shows."""
    machine, picture = story.player()
    code = machine.says(r"^pairing code\s+(\S+)")[1]
    asks = lambda: admin.must("GET", "/api/v1/enrolments")["enrolments"]
    request = eventually("a machine waits", asks)[0]["request"]
    admitted = admin.must("POST", f"/api/v1/enrolments/{request}/admit", {
        "short_string": code, "name": zh("大厅主屏"), "location": zh("一楼大厅"), "profile": "lobby-1080p", "panel": PANEL,
        "language": "zh-Hans", "channels": ["hall"]})
    standing = lambda: admin.must("GET", f"/api/v1/displays/{admitted['id']}").get("standing") == "online"
    eventually("the display is online", standing)
    return admitted["id"], picture


def sign_in(browser, story, who):
    """In the place of whoever sat there before."""
    if browser.driver.current_url.startswith(f"{story.url}/admin") and browser.all("form[action='/admin/logout']"):
        browser.follow("form[action='/admin/logout'] button")
    else:
        browser.open(f"{story.url}/admin")
    browser.fill(staff=who, password=PASSWORD)
    browser.follow("form[action='/admin/login'] button[type=submit]")
    browser.reads(f"，{NAMES[who]}")


def writes(browser, title=TITLE, body=BODY):
    """From the workbench to a submitted notice; its id."""
    browser.follow("#write")
    browser.follow("a[href='/admin/write?kind=notice']")
    browser.choose("catalogue_entry", "notices")
    browser.fill(content__zh_Hans__title=title, content__zh_Hans__body=body, content__zh_Hans__department="办公室")
    return submits(browser)


def submits(browser):
    browser.follow("button[name=then][value=submit]")
    check(browser.path.startswith("/admin/publications/"), f"it was not submitted:\n{browser.text()}")
    browser.reads("待保密审查")
    return browser.path.split("/")[-1].split("?")[0]


def finds(browser, title=TITLE):
    """From the workbench to what waits there."""
    browser.link(title)
    browser.reads(title)


def takes(browser, step, then):
    """Presses the button of a step, which ends with these words."""
    browser.follow(f"form[action$='/{step}'] button[type=submit]")
    browser.reads(then)
