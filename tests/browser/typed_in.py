#!/usr/bin/env python3
"""Whatever is typed comes out as text, in a real Chromium: everything that people of the office can name, write, say of something or
upload carries a program, every page is opened and every form sent wrong with it, and nothing of it runs, is built into a page, or
is held back by the policy alone.

    typed_in.py HELIOGRAPH_BINARY
"""

import http.server
import json
import sys
import threading
import time
import urllib.parse
import zlib

from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions

import judges
import pages
import states
import world as office_world
from chromium import Browser, StoryFailed, check, eventually
from every_page import Walk
from office import PASSWORD, Caller, Story
from pages import Page
from world import ADMIN, APPROVER, AUTHOR, BLOCKED, COUNTERSIGNER, OPERATOR, REVIEWER, World

# Short enough for a name, and out of an attribute, a text, a title and a field alike.
EVIL = "'\"></title></textarea><img src=x onerror=alert(1)>"
SHORT = '"><img src=x onerror=alert(1)>'
# Noted in every page before anything of it runs.
LISTEN = """
window.ranHere = [];
window.alert = (said) => window.ranHere.push('alert ' + said);
document.addEventListener('securitypolicyviolation', (event) => window.ranHere.push('held back by the policy: ' + event.violatedDirective + ' ' + event.blockedURI));
"""
FOUND = """
const built = [...document.querySelectorAll('img[src="x"], [onerror], script:not([src]), a[href^="javascript:" i]')].map((one) => 'built: ' + one.outerHTML.slice(0, 120));
return [...window.ranHere, ...built];
"""
SHOWS = "return document.documentElement.outerHTML.includes('onerror=alert(1)')"


def arm(world_module):
    """From now on the office of the stories types the payload wherever it types anything."""
    world_module.both = lambda number: {"zh-Hans": SHORT, "en": SHORT}
    plain = world_module.veiled
    world_module.veiled = lambda text: text if len(text) < 6 and not text.isalpha() else f"{SHORT}{plain(text)}"


def picture():
    """The smallest picture that is one: a white point."""
    chunk = lambda kind, data: len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
    head = (16).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    rows = (b"\0" + b"\xff" * 48) * 16
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Typed:
    """What else people say: comments, templates, reasons, pictures, labels, and what a browser calls itself."""

    def __init__(self, world):
        people, one = world.people, world.publications
        self.world = world
        act = lambda who, id, step, **fields: people[who].must("POST", f"/api/v1/publications/{id}/{step}", fields)
        people[REVIEWER].must("POST", f"/api/v1/publications/{one['submitted'][0]}/comments",
                              {"text": EVIL, "field": "content.zh-Hans.body", "quote": SHORT})
        people[AUTHOR].must("POST", "/api/v1/templates", {"name": EVIL, "draft": world.draft})
        act(APPROVER, one["countersign"][0], "reject", reason=EVIL)
        act(APPROVER, one["released"][1], "withdraw", reason=EVIL)
        act(APPROVER, one["released"][1], "request-erasure", reason=EVIL)
        self.declined = self._declined(people[AUTHOR], people[REVIEWER])
        self.imported = self._imported(people[AUTHOR])
        self._address(world.admin)
        self._browser_with_a_name()
        self._token(people[AUTHOR])
        self._picture(people[AUTHOR])

    def _declined(self, author, reviewer):
        """A draft that the gate blocks and a reviewer does not let through."""
        content = {"zh-Hans": {"title": EVIL, "body": f"{EVIL} {BLOCKED}", "department": SHORT, "date": "2026-11-24"}}
        draft = author.must("POST", "/api/v1/drafts", {"kind": "notice", "catalogue_entry": "zz-1", "content": content})["id"]
        author.must("POST", f"/api/v1/drafts/{draft}/refer", {})
        reviewer.must("POST", f"/api/v1/referrals/{draft}/decline", {"reason": EVIL})
        return draft

    def _imported(self, author):
        """A document with lines that belong to no field of its kind: they stand in the draft's notes."""
        status, _, text = author.send("POST", "/api/v1/imports?kind=service-guide&catalogue_entry=zz-1", states.document(EVIL),
                                      {"Content-Type": "application/octet-stream"})
        check(status == 201, f"the document is answered {status}: {text.decode()}")
        draft = json.loads(text)["id"]
        notes = json.dumps(author.must("GET", f"/api/v1/drafts/{draft}")["notes"])
        check("onerror" in notes, f"what belongs to no field is not in the notes: {notes}")
        return draft

    def _address(self, admin):
        """As much of it as an address may hold."""
        status, said = admin.call("PUT", f"/api/v1/staff/{AUTHOR}/address", {"address": "a<img/src=x/onerror=alert(1)>@example.cn"})
        check(status in (200, 422), f"the address is answered {status}: {said}")

    def _browser_with_a_name(self):
        strange = Caller(self.world.story.url)
        strange.agent = SHORT
        strange.cookies(AUTHOR)

    def _token(self, author):
        author.must("POST", "/api/v1/sessions/current/confirm", {"password": PASSWORD})
        author.must("POST", "/api/v1/tokens", {"label": EVIL, "days": 1, "scopes": ["read"]})

    def _picture(self, author):
        status, _, said = author.send("POST", f"/api/v1/drafts/{self.world.draft}/attachments?name={urllib.parse.quote(SHORT)}", picture(),
                                      {"Content-Type": "image/png"})
        check(status == 201, f"the picture is answered {status}: {said.decode()}")

    def pages(self):
        """Every query that a page reads, and the forms of `wrong` filled with it."""
        asked = urllib.parse.quote(EVIL)
        query = lambda path, who, *names: [Page(f"{path}?{name}={asked}", who) for name in names]
        draft, one = f"/admin/write/{self.world.draft}", self.world.publications
        found = [
            *query("/admin/login", None, "next"), *query("/", None, "q", "page", "category"), *query("/admin/search", AUTHOR, "q"),
            *query("/admin/audit", "zzz-zz", "q", "words", "from", "until", "who", "kind"), *query("/admin/publications", AUTHOR, "q", "state", "kind", "page"),
            *query("/admin/staff", ADMIN, "edit", "done"), *query("/admin/channels", ADMIN, "edit"), *query("/admin/catalogue", ADMIN, "edit"),
            *query("/admin/calendar", ADMIN, "year", "done"), *query("/admin/reminders", ADMIN, "edit", "done"), *query("/admin/substitutes", ADMIN, "of", "done"),
            *query("/admin/departments", ADMIN, "edit"), *query("/admin/catalogue/import", ADMIN, "new", "changed"), *query("/admin/write", AUTHOR, "kind", "publication", "template"),
            *query(draft, AUTHOR, "done", "by", "taken", "doubled"), *query(f"/admin/publications/{one['approved'][0]}", APPROVER, "done", "against"),
            *query(f"/admin/displays/{self.world.display}", OPERATOR, "done"), *query(f"/admin/displays/pair/{self.world.waiting}", OPERATOR, "replaces"),
            Page(f"/admin/write/{self.declined}", AUTHOR), Page(f"/admin/write/{self.imported}", AUTHOR), Page("/admin/account", APPROVER), Page(f"/admin/write?kind=notice&entry={asked}", AUTHOR), Page(f"/{asked}", None), Page(f"/p/{asked}", None), Page(f"/admin/{asked}", AUTHOR),
            Page(f"/admin/write?kind=notice&x={asked}", AUTHOR, ("/admin/write", {"content.zh-Hans.title": EVIL, "content.zh-Hans.body": f"# {EVIL}\n\n[x](javascript:alert(1)) ![x](x)", "then": "preview"})),
            Page("/admin/write/import", AUTHOR, ("/admin/write/import", {"kind": "notice", "catalogue_entry": "zz-1", "file": {"file": f"{SHORT}.csv", "text": f"{SHORT},标题\n{SHORT},{SHORT}\n"}})),
            Page("/admin/catalogue/import", ADMIN, ("/admin/catalogue/import", {"table": f"{SHORT},{SHORT}\n{SHORT},{SHORT}\n"})),
            Page("/admin/account", COUNTERSIGNER, ("/admin/account/tokens", {"label": EVIL, "scopes": "read", "confirm.password": PASSWORD})),
        ]
        for page in pages.wrong(self.world):
            action, fields = page.sent
            filled = {name: value if name in ("confirm.password", "then", "password") or value is None else EVIL for name, value in fields.items()}
            found.append(Page(page.path, page.who, (action, {**filled, "key": EVIL, "as": EVIL})))
        return found


def passkey(story, browser):
    """A passkey with such a name: browsers make them for names alone, not for addresses."""
    at_name = story.url.replace("127.0.0.1", "localhost")
    holder = VirtualAuthenticatorOptions()
    holder.protocol, holder.transport = "ctap2", "internal"
    holder.has_resident_key = holder.has_user_verification = holder.is_user_verified = True
    browser.driver.add_virtual_authenticator(holder)
    browser.open(f"{at_name}/admin/login")
    browser.fill(staff=APPROVER, password=PASSWORD)
    browser.follow("form[action='/admin/login'] button[type=submit]")
    browser.open(f"{at_name}/admin/account")
    browser.follow("form[action='/admin/account/passkeys'] button")
    label = browser.one("[data-passkey=register] input")
    label.clear()
    label.send_keys(EVIL)
    browser.leave(lambda: browser.click("[data-passkey=register] button"))
    check("onerror" in browser.text(), f"the passkey was not added:\n{browser.text()}")


def looks(walk, page):
    """What ran, or would have; and whether the page shows what was typed at all."""
    if not walk.open(page, "zh"):
        return [], False
    judges.unfold(walk.browser)
    return walk.browser.run(FOUND), walk.browser.run(SHOWS)


class Careless(http.server.BaseHTTPRequestHandler):
    """A page that writes out what it is told: with a policy in `/held`, without one elsewhere."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if self.path == "/held":
            self.send_header("Content-Security-Policy", "default-src 'none'")
        self.end_headers()
        self.wfile.write(f"<!doctype html><title>x</title><p title='{EVIL}'>x</p>".encode())

    def log_message(self, *_):
        pass


def controls(browser):
    """What would run is heard, and what only a policy holds back is heard, too."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for path, words in (("/", "alert 1"), ("/held", "held back by the policy")):
            browser.open(f"http://127.0.0.1:{server.server_port}{path}")
            heard = lambda: any(one.startswith(words) for one in browser.run(FOUND))
            eventually(f"a careless page is found out: {words}", heard)
            found = browser.run(FOUND)
            check(any(one.startswith("built") for one in found), f"what was built is not seen: {found}")
    finally:
        server.shutdown()
        server.server_close()


def main(binary):
    arm(office_world)
    began, faults, opened, shown = time.monotonic(), {}, 0, set()
    with Story(binary) as story, Browser() as browser:
        browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": LISTEN})
        controls(browser)
        world = World(story)
        made, typed = states.Made(world), Typed(world)
        passkey(story, browser)
        walk = Walk(browser, story.url, ["zh"])
        walk.cookies.update(made.cookies)
        for page in [*states.everything(world, made), *typed.pages()]:
            try:
                found, shows = looks(walk, page)
            except StoryFailed as fault:
                found, shows = [f"it does not open: {fault}"], False
            opened += 1
            if shows:
                shown.add(page.path.split("?")[0])
            for one in found:
                faults.setdefault(one, str(page))
    print(f"{opened} pages opened, {len(shown)} show what was typed; {time.monotonic() - began:.0f} s")
    print("\n".join(f"{page}: {fault}" for fault, page in faults.items()))
    # What shows nothing of it says nothing.
    check(len(shown) > 40, f"too few pages show what was typed: {json.dumps(sorted(shown))}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
