"""An office with something of everything in it, whose words nobody could take for the interface's.

All that its people typed in Chinese is in the ten heavenly stems, all that they typed in English is a Z with more of them
behind it. Whatever else of either language stands on a page was written by the program.
"""

import datetime
import json
import pathlib
import re

from chromium import check, eventually
from office import PASSWORD, Caller
from people import PANEL

SAMPLE = pathlib.Path(__file__).parents[2] / "crates" / "heliograph" / "sample"
STEMS = "甲乙丙丁戊己庚辛壬癸"
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
WORD = re.compile(r"[A-Za-z]{2,}")
CHOICE = re.compile(r"[a-z]+(-[a-z0-9]+)*|\d{4}-\d{2}-\d{2}|#[0-9a-f]{6}")
ADMIN, AUTHOR, REVIEWER, COUNTERSIGNER, APPROVER, OPERATOR = "zz", "zz-z", "zz-zz", "zz-zzz", "zzz", "zzz-z"
NEWCOMER = "zzz-zzz"
ROLES = {
    AUTHOR: ["author"], REVIEWER: ["confidentiality-reviewer"], COUNTERSIGNER: ["countersigner"], APPROVER: ["approver"],
    OPERATOR: ["display-operator"], "zzz-zz": ["inspector", "enquiry-operator"],
}
# The catalogue's entries, and notices beside the samples: more than fit on a page.
ENTRIES, MANY = 40, 60
# A text that the gate blocks: a number of an identity card, which is nobody's.
BLOCKED = "甲乙 11010519491231002X"
# What every body ends with, in each language: a table, so that pages with one are judged.
TABLES = {"zh-Hans": "\n\n| 甲乙 | 丙丁 |\n|---|---|\n| 戊己 | 50 |", "en": "\n\n| Zz | Zzz |\n|---|---|\n| Zzzz | 50 |"}


def veiled(text):
    """The same text in the office's words."""
    text = HAN.sub(lambda match: STEMS[ord(match[0]) % 10], text)
    return WORD.sub(lambda match: "Z" + "z" * (len(match[0]) - 1), text)


def veil(value):
    """The same for everything in a document that people wrote; what they chose or counted stays."""
    if isinstance(value, dict):
        return {key: veil(part) for key, part in value.items()}
    if isinstance(value, list):
        return [veil(part) for part in value]
    if isinstance(value, str) and not CHOICE.fullmatch(value):
        return veiled(value)
    return value


def both(number):
    """A short text in both languages, of a length that names have."""
    return {"zh-Hans": "".join(STEMS[(number + at * 3) % 10] for at in range(3 + number % 6)), "en": "Zz" + "z" * (number % 7) + " Zzzz"}


def dated(text):
    """The sample's blanks for days filled in."""
    def day(match):
        date = datetime.date.today() + datetime.timedelta(days=int(match[1] or 0))
        # In the middle of a text it stands as people write it.
        return f"{date.year}.{date.month}.{date.day}" if match[2] else date.isoformat()
    return re.sub(r"\{\{today([+-]\d+)?(:\w+)?\}\}", day, text)


def samples():
    """One text of each kind, several of the commonest: kind and content."""
    found, seen = [], {}
    for name in ("today.json", "year-2015.json"):
        for item in json.loads(dated((SAMPLE / name).read_text(encoding="utf-8"))):
            seen[item["kind"]] = seen.get(item["kind"], 0) + 1
            if seen[item["kind"]] <= (8 if item["kind"] == "notice" else 1):
                content = veil(item["content"])
                for lang, text in content.items():
                    if "body" in text:
                        text["body"] += TABLES[lang]
                found.append((item["kind"], content))
    return found


class World:
    """The office: who works there, and what there is to be looked at."""

    def __init__(self, story):
        self.story = story
        word = story.hub().split("word=")[1]
        Caller(story.url).must("POST", "/api/v1/setup", {"word": word, "id": ADMIN, "name": both(3), "password": PASSWORD})
        self.admin = Caller(story.url, ADMIN)
        self._set_up()
        self.people = {who: Caller(story.url, who) for who in ROLES}
        self.publications = {}
        self._write()
        self._fill_pages()
        self._leave_drafts()
        self._hang()

    def _set_up(self):
        must = self.admin.must
        must("PUT", "/api/v1/site", {
            "name": both(5), "hours": both(6), "departments": {"zz": both(2), "zz-z": both(4)}, "public_url": self.story.url,
            "hotlines": [{"label": both(1), "number": "0000-1234567"}, {"label": both(8), "number": "0000-7654321"}],
            "time_zone": "Asia/Shanghai"})
        for number, name in enumerate(["zz", "zz-zz"]):
            must("POST", "/api/v1/channels", {"name": name, "title": both(number + 2)})
        for number, (who, roles) in enumerate(ROLES.items()):
            self.admin.hire(who, name=both(number), department="zz", roles=roles)
        # Somebody who is told what others did to their account.
        must("POST", "/api/v1/staff", {
            "id": COUNTERSIGNER, "name": both(2), "department": "zz", "roles": ROLES[COUNTERSIGNER], "office_id": "zz"})
        # Somebody who has not yet chosen their own password.
        must("POST", "/api/v1/staff", {
            "id": NEWCOMER, "name": both(len(ROLES)), "department": "zz", "roles": ["author"], "password": PASSWORD})
        cadences = ["standing", {"ad-hoc": {"within_working_days": 20}}, {"regular": {"period_months": 1}}, {"regular": {"period_months": 12}}]
        categories = ["government-information", "finance", "personnel", "planning", "organisation", "enforcement", "interpretation", "rules"]
        for number in range(ENTRIES):
            must("POST", "/api/v1/catalogue", {
                "id": f"zz-{number}", "index_number": f"ZZ-{number:03}", "category": categories[number % 8],
                "cadence": cadences[number % 4], "department": "zz", "responsible": AUTHOR, "name": both(number),
                "summary": both(number + 5), "channels": ["zz"]})

    def _act(self, who, publication, step, **fields):
        return self.people[who].must("POST", f"/api/v1/publications/{publication}/{step}", fields)

    def _write(self):
        """Something of every kind, and a notice at every place of its way."""
        ends = ["submitted", "reviewed", "countersign", "approved", "returned", "withdrawn", "erase", "filler"]
        for kind, content in samples():
            draft = {"kind": kind, "catalogue_entry": "zz-1", "content": content}
            status, answer = self.people[AUTHOR].call("POST", "/api/v1/drafts", draft)
            check(status == 201, f"{kind}: {json.dumps(answer, ensure_ascii=False)}")
            end = ends.pop(0) if kind == "notice" and ends else "released"
            self._take(answer["id"], end)
            self.publications.setdefault(end, []).append(answer["id"])

    def _fill_pages(self):
        """So many notices that no list has them on one page."""
        for number in range(MANY):
            content = {lang: {"title": text, "body": text, "department": text, "date": "2026-11-24"} for lang, text in both(number).items()}
            draft = {"kind": "notice", "catalogue_entry": "zz-1", "content": content}
            self._take(self.people[AUTHOR].must("POST", "/api/v1/drafts", draft)["id"], "released")

    def _take(self, one, end):
        self._act(AUTHOR, one, "submit", countersign=end == "countersign")
        if end == "submitted":
            return
        self._act(REVIEWER, one, "review", findings_confirmed=True)
        if end in ("reviewed", "countersign"):
            return
        if end == "returned":
            self._act(APPROVER, one, "reject", reason="甲乙丙丁戊己庚辛。")
            return
        self._act(APPROVER, one, "approve")
        if end == "approved":
            return
        self._act(APPROVER, one, "release", channels=["zz"], priority="filler" if end == "filler" else "normal")
        if end in ("withdrawn", "erase"):
            self._act(APPROVER, one, "withdraw", reason="壬癸甲乙。")
        if end == "erase":
            self._act(APPROVER, one, "request-erasure", reason="庚辛壬癸。")

    def _leave_drafts(self):
        author = self.people[AUTHOR]
        content = {"zh-Hans": {"title": "甲乙丙丁戊己", "body": "甲乙丙丁。", "department": "甲乙", "date": "2026-11-24"}}
        draft = {"kind": "notice", "catalogue_entry": "zz-1", "content": content}
        self.draft = author.must("POST", "/api/v1/drafts", draft)["id"]
        content["zh-Hans"]["body"] = BLOCKED
        self.referred = author.must("POST", "/api/v1/drafts", draft)["id"]
        author.must("POST", f"/api/v1/drafts/{self.referred}/refer", {})
        author.must("POST", "/api/v1/account/authenticator", {})
        self._revise(self.publications["released"][0])

    def _revise(self, one):
        """A text that is out, with its next revision on the way to review."""
        kind, content = samples()[next(at for at, (kind, _) in enumerate(samples()) if kind == "notice")]
        content["zh-Hans"]["body"] = content["zh-Hans"]["body"].replace("| 50 |", "| 60 |") + "\n\n甲乙丙丁戊己。"
        draft = {"kind": kind, "catalogue_entry": "zz-1", "content": content, "publication": one}
        self._act(AUTHOR, self.people[AUTHOR].must("POST", "/api/v1/drafts", draft)["id"], "submit")
        self.publications["revised"] = [one]

    def table(self):
        """The catalogue as the office takes it out, and can take it in again."""
        browser = Caller(self.story.url)
        browser.cookies(ADMIN)
        table = browser.send("GET", "/admin/catalogue.csv")[2].decode("utf-8-sig")
        # Columns that the program works out by itself: here they are the office's own.
        for column in ("上次公开", "下次到期", "剩余天数"):
            check(column in table, f"the table has no column {column}")
            table = table.replace(column, veiled(column))
        return table

    def _hang(self):
        """A display that plays, and a machine that waits to be let in."""
        machine, self.picture = self.story.player("player")
        code = machine.says(r"^pairing code\s+(\S+)")[1]
        asks = lambda: self.admin.must("GET", "/api/v1/enrolments")["enrolments"]
        request = eventually("a machine waits", asks)[0]["request"]
        self.display = self.admin.must("POST", f"/api/v1/enrolments/{request}/admit", {
            "short_string": code, "name": both(6), "location": both(9), "profile": "lobby-1080p", "panel": PANEL,
            "language": "zh-Hans", "channels": ["zz"]})["id"]
        waiting, _ = self.story.player("waiting", "led-256x64")
        self.code = waiting.says(r"^pairing code\s+(\S+)")[1]
        self.waiting = eventually("another machine waits", asks)[0]["request"]
