"""Every page of the hub: each row of `docs/endpoints.md` that a browser may ask for, with something to show."""

import pathlib
import re

from world import ADMIN, APPROVER, AUTHOR, COUNTERSIGNER, NEWCOMER, OPERATOR, REVIEWER

TABLE = pathlib.Path(__file__).parents[2] / "docs" / "endpoints.md"
ROW = re.compile(r"^\| GET \| `([^`]+)` \| ([^|]+?) \|$", re.MULTILINE)
WHO = {
    "Everyone": None, "Person": AUTHOR, "Way back": ADMIN, "OperateDisplays": OPERATOR, "Administer": ADMIN, "Read": APPROVER,
    "Draft": AUTHOR, "Review": REVIEWER, "Catalogue": ADMIN, "Countersign": "zz-zzz", "Approve": APPROVER, "Blank": OPERATOR,
    "Audit": "zzz-zz", "WatchSignIns": "zzz-zz",
}
# Addresses that programs ask, streams, which never end, and what only leads back in another language.
NO_PAGES = ("/api/", "/assets/", "/wall/", "/content/", "/media/", "/log/", "/admin/preview/", "/admin/language/")
NO_PAGES_END = ("/files/{hash}", ".csv", ".png", ".json", ".jsonl", ".txt", "/live", "/ready")


class Page:
    """An address, and who looks at it: nobody in particular is `None`. `sent` is a form of it that is sent, its address and
    the fields that are changed; `wrong`, whether the page must then say what is wrong with it; `ended`, whether the session ends
    before it is sent; `says`, whether the page must say what was done."""

    def __init__(self, path, who, sent=None, wrong=True, ended=False, says=False):
        self.path, self.who, self.sent, self.wrong, self.ended, self.says = path, who, sent, wrong and sent is not None, ended, says

    def __str__(self):
        sent = f" → {'the door of ' if self.ended else ''}{self.sent[0]}" if self.sent else ""
        return f"{self.path}{sent} ({self.who or 'anybody'})"


def rows():
    """The addresses of the table that may answer a page, with who may ask."""
    found = ROW.findall(TABLE.read_text(encoding="utf-8"))
    return [(path, who.strip()) for path, who in found
            if not path.startswith(NO_PAGES) and not path.endswith(NO_PAGES_END)]


def filled(path, world):
    """An address of the table with all that stands for its blanks."""
    if "{" not in path:
        return [path]
    all_of = lambda *ends: [one for end in ends for one in world.publications.get(end, [])]
    some = all_of("submitted", "reviewed", "countersign", "approved", "returned", "revised", "withdrawn", "erase")
    blanks = {
        "/p/{id}": all_of("released"),
        "/admin/publications/{id}": [*some, *all_of("released")[:3]],
        "/admin/publications/{id}/reach": all_of("released")[:1],
        "/admin/publications/{id}/": all_of("released")[:1],
        "/admin/write/{id}": [world.draft, *all_of("returned")],
        "/admin/referrals/{id}": [world.referred],
        "/admin/displays/pair/{id}": [world.waiting],
        "/admin/displays/{id}": [world.display],
        "/admin/staff/{id}": [AUTHOR],
        "/admin/account/": ["1"],
        "/admin/templates/": ["1"],
        "/admin/catalogue/entries/": ["zz-1"],
    }
    known = [start for start in blanks if path.startswith(start)]
    if not known:
        raise AssertionError(f"{path} is new in docs/endpoints.md: say in tests/browser/pages.py what stands for its blanks")
    fill = blanks[max(known, key=len)]
    path = path.replace("{comment}", "1")
    return [re.sub(r"\{step\}", "approve", re.sub(r"\{(id|tag|display|token)\}", one, path, count=1)) for one in fill]


def of_table(world):
    """Every page of the table."""
    found = []
    for path, who in rows():
        if who in ("Machine", "Display", "Broker"):
            continue
        if who not in WHO:
            raise AssertionError(f"{who} is new in docs/endpoints.md: say in tests/browser/pages.py who looks at {path}")
        found += [Page(one, WHO[who]) for one in filled(path, world)]
    return found


def more(world):
    """The same pages in other states: a form filled with what is there, a filter, another role, nothing found."""
    kinds = ["notice", "service-guide", "service-commitment", "window-board", "power-list", "discretion-benchmark", "finance",
             "personnel", "planning", "organisation", "enforcement", "interpretation", "rule"]
    approved = world.publications["approved"][0]
    table = world.table().replace("ZZ-001", "ZZ-901", 1)
    return [
        Page("/admin/catalogue/import", ADMIN, ("/admin/catalogue/import", {"table": table}), wrong=False),
        # A row that says something else than the entry does: what stood there stands beside it.
        Page("/admin/catalogue/import", ADMIN, ("/admin/catalogue/import", {"table": world.table().replace("ZZ-001,", "ZZ-001,zz ", 1)}), wrong=False),
        Page("/admin/catalogue?due=gone", ADMIN),
        *(Page(f"/admin/write?kind={kind}", AUTHOR) for kind in kinds),
        Page("/admin/channels?edit=zz", ADMIN), Page(f"/admin/staff?edit={AUTHOR}", ADMIN),
        Page("/admin/catalogue?edit=zz-1", ADMIN), Page("/admin/catalogue", AUTHOR), Page("/admin/calendar", ADMIN),
        Page("/admin/catalogue?due=overdue", AUTHOR), Page("/admin/catalogue?due=soon&department=nowhere", AUTHOR),
        Page("/admin/catalogue/entries/zz-1", AUTHOR),
        Page("/admin/reminders", ADMIN), Page("/admin/account/authenticator", ADMIN), Page("/admin/publications?q=%E7%94%B2", AUTHOR),
        Page("/admin/publications?q=nothing-has-this", AUTHOR), Page("/?q=%E7%94%B2", None), Page("/?q=nothing-has-this", None), Page("/?page=2", None),
        Page("/admin/publications?page=2", AUTHOR),
        Page("/admin/search?q=%E7%94%B2", APPROVER), Page("/admin/search?q=" + "z" * 30, AUTHOR),
        Page("/admin/audit?words=nothing-has-this", "zzz-zz"), Page("/admin", AUTHOR), Page("/admin", REVIEWER), Page("/admin", ADMIN), Page("/admin", OPERATOR),
        Page(f"/admin/publications/{approved}", AUTHOR), Page(f"/admin/publications/{world.publications['submitted'][0]}", REVIEWER),
        Page(f"/admin/displays/pair/{world.waiting}?replaces={world.display}", OPERATOR), Page("/admin/displays", ADMIN),
        Page("/admin/displays", APPROVER), Page("/nothing-is-here", None), Page("/admin/nothing-is-here", AUTHOR),
        Page("/admin/sign-ins?group=kept-out", ADMIN), Page("/admin/sign-ins?from=z", ADMIN),
        Page("/admin", NEWCOMER), Page("/admin/account/changes", COUNTERSIGNER),
        Page("/p/nothing-is-here", None), Page("/admin/site", AUTHOR), Page(f"/admin/displays/{world.display}", APPROVER),
    ]


def wrong(world):
    """Forms sent wrong: what a page says then, in its place. Form's address, and the fields that are changed."""
    one = lambda end: world.publications[end][0]
    sent = lambda path, who, action, **fields: Page(path, who, (action, fields))
    return [
        sent("/admin/login", None, "/admin/login", staff="zz", password="wrong-password"),
        sent("/admin/login", None, "/admin/login", staff="Z Z", password=""),
        sent("/admin/site", ADMIN, "/admin/site", **{"name.zh-Hans": "", "time_zone": "Z", "public_url": "zz", "hotlines[0].number": ""}),
        sent("/admin/channels", ADMIN, "/admin/channels", name="Z Z", **{"title.zh-Hans": ""}),
        sent("/admin/staff", ADMIN, "/admin/staff", id="Z Z", password="z", **{"name.zh-Hans": ""}),
        sent("/admin/catalogue", ADMIN, "/admin/catalogue", id="Z Z", index_number=""),
        sent("/admin/catalogue/import", ADMIN, "/admin/catalogue/import", table="zz\n"),
        sent("/admin/calendar", ADMIN, "/admin/calendar", off="Zz", worked="2026-02-30"),
        sent("/admin/gate-words", ADMIN, "/admin/gate-words", **{"text": "Z", "class": "block"}),
        sent("/admin/reminders", ADMIN, "/admin/reminders", address="zz"),
        sent("/admin/write?kind=notice", AUTHOR, "/admin/write", then="submit"),
        sent("/admin/write?kind=window-board", AUTHOR, "/admin/write", then="submit", catalogue_entry="zz-1"),
        sent(f"/admin/publications/{one('approved')}", APPROVER, "/release", channels=None, **{"from": "", "until": "2020-01-01T00:00"}),
        sent(f"/admin/publications/{one('reviewed')}", APPROVER, "/reject", reason=""),
        sent(f"/admin/displays/{world.display}", OPERATOR, f"/admin/displays/{world.display}", **{"name.zh-Hans": ""}),
        sent(f"/admin/displays/{world.display}", OPERATOR, "/revoke", reason=""),
        sent(f"/admin/displays/pair/{world.waiting}", OPERATOR, f"/admin/displays/pair/{world.waiting}", short_string="AAA-AAA"),
        sent("/admin/account", AUTHOR, "/admin/account/password"),
        sent("/admin", NEWCOMER, "/admin/account/password", password="zzz", again="zz"),
        sent("/admin/account", AUTHOR, "/admin/account/tokens", label="", days="0"),
        sent("/admin/account/authenticator", AUTHOR, "/confirm", code="000000"),
        # Whoever is asked to show that it is they, and cannot.
        sent("/admin/channels", ADMIN, "/admin/channels", **{"confirm.password": "wrong-password"}),
    ]


EMPTY = ["/", "/admin", "/admin/publications", "/admin/catalogue", "/admin/calendar", "/admin/reminders", "/admin/displays",
         "/admin/channels", "/admin/staff", "/admin/site", "/admin/gate-words", "/admin/account", "/admin/catalogue/import", "/wall"]
