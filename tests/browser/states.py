"""States of pages that a plain visit does not show: what is said once after something was done, and what two people, a file or a
year gone by brought into a draft."""

import base64
import hashlib
import hmac
import html
import io
import json
import re
import struct
import time
import zipfile

import pages
from chromium import check
from office import PASSWORD, Caller
from pages import Page
from world import AUTHOR, COUNTERSIGNER, STEMS

ADMIN_SOURCES = pages.TABLE.parents[1] / "crates" / "hub" / "src" / "admin"
# Where a source leads with a word of what was done: `done(&format!("/admin/displays/{id}"), "revoked")`, or written out in an address.
DONE = re.compile(r'\bdone\(\s*(?:&format!\()?"(/admin[\w/{}.?=#-]*)"[^"]*?,\s*(?:"([\w-]+)"|&?\w+)\s*\)')
WRITTEN = re.compile(r'"(/admin/[\w/{}.-]*)\?(?:[^"#]*&)?done=([\w-]+)')
# Steps of the workflow, where a source names none.
STEPS = ["submit", "review", "countersign", "approve", "reject", "amend", "withdraw", "request-erasure", "erase", "decline-erasure"]
TABLE = f"{STEMS[:3]},{STEMS[3:5]}\n{STEMS[:4]},{STEMS[4:8]}\n{STEMS[2:6]},{STEMS[6:9]}\n"


def deeds():
    """Every deed that has a word of success."""
    source = (ADMIN_SOURCES / "done.rs").read_text(encoding="utf-8")
    return set(re.findall(r'\("([\w-]+)", [\w:]*[A-Z_]+\)', source.split("const TOLD")[1].split("];")[0]))


def told(world):
    """Every address to which a source leads with a word of what was done."""
    table, known, found = dict(pages.rows()), deeds(), {}
    for source in sorted([*ADMIN_SOURCES.rglob("*.rs"), *ADMIN_SOURCES.rglob("*.js")]):
        text = source.read_text(encoding="utf-8").split("#[cfg(test)]")[0]
        # Where the deed is worked out, it is one of those that the source names.
        named = sorted(known & set(re.findall(r'(?<!type=)"([a-z-]+)"', text)))
        leads = [(to, deed or "") for to, deed in DONE.findall(text)] + WRITTEN.findall(text)
        for to, deed in leads:
            path = re.sub(r"\{\w*\}", "{id}", to.split("#")[0].split("?")[0])
            if path not in table:
                raise AssertionError(f"{source.name} leads to {path}, which is not in docs/endpoints.md")
            for one in [deed] if deed else named or STEPS:
                found[path, one] = pages.WHO[table[path]]
    check(len(found) > 40, f"too few addresses say what was done: {sorted(found)}")
    return [Page(f"{pages.filled(path, world)[0]}?done={deed}", who, says=True) for (path, deed), who in found.items()]


def code(secret):
    """What an authenticator shows now (RFC 6238)."""
    padded = secret + "=" * (-len(secret) % 8)
    digest = hmac.new(base64.b32decode(padded), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1_000_000:06}"


def document(more=""):
    """A small Word document with what an import leaves out: hidden text, a tracked deletion and a footnote; `more` is one more line."""
    run = lambda text, more="": f"<w:r>{more}<w:t>{text}</w:t></w:r>"
    body = "".join([
        f"<w:p>{run(STEMS[:6])}</w:p>", f"<w:p>{run(STEMS[2:8])}{run(STEMS[:3], '<w:rPr><w:vanish/></w:rPr>')}</w:p>",
        f'<w:p>{run(STEMS[3:7])}<w:del w:id="1" w:author="Z"><w:r><w:delText>{STEMS[:2]}</w:delText></w:r></w:del>'
        '<w:r><w:footnoteReference w:id="2"/></w:r></w:p>', f"<w:p>{run(html.escape(more))}</w:p>" if more else ""])
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("[Content_Types].xml", (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'))
        archive.writestr("_rels/.rels", (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Target="word/document.xml" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'))
        archive.writestr("word/document.xml", (
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            f"<w:body>{body}</w:body></w:document>"))
    return kept.getvalue()


class Made:
    """What has to be made first; who must be signed in already has their cookies here."""

    def __init__(self, world):
        self.world, self.author, self.cookies = world, world.people[AUTHOR], {}
        self.again = self._next_year()
        self.imported = self._imported()
        self.clash, self.before = self._behind()
        self._second_factor()

    def _next_year(self):
        """A draft of a text from a year before, with something to look at."""
        for one in self.world.publications["released"]:
            draft = self.author.must("POST", f"/api/v1/publications/{one}/again", {})["id"]
            if self.author.must("GET", f"/api/v1/drafts/{draft}")["notes"]:
                return draft
        raise AssertionError("no text that begins again has anything to look at")

    def _imported(self):
        status, _, text = self.author.send("POST", "/api/v1/imports?kind=notice&catalogue_entry=zz-1", document(),
                                           {"Content-Type": "application/octet-stream"})
        check(status == 201, f"the document is answered {status}: {text.decode()}")
        draft = json.loads(text)["id"]
        check(self.author.must("GET", f"/api/v1/drafts/{draft}")["notes"], "the import left nothing to look at")
        return draft

    def _behind(self):
        """A draft that was saved since somebody opened it: where it is, and what they had before their eyes."""
        content = {"zh-Hans": {"title": STEMS[:5], "body": STEMS[:4], "department": STEMS[:2], "date": "2026-11-24"}}
        draft = {"kind": "notice", "catalogue_entry": "zz-1", "content": content}
        made = self.author.must("POST", "/api/v1/drafts", draft)
        self.author.must("GET", f"/api/v1/drafts/{made['id']}")
        content["zh-Hans"].update(title=STEMS[3:9], body=STEMS[5:9])
        status, _, text = self.author.send("PUT", f"/api/v1/drafts/{made['id']}", json.dumps(draft).encode(), {
            "Content-Type": "application/json", "If-Match": f'"{made["hash"]}"'})
        check(status == 200, f"the draft is not saved again: {text.decode()}")
        return made["id"], made["hash"]

    def _second_factor(self):
        """Somebody with a second factor, who signed in before they had it."""
        keeper = Caller(self.world.story.url)
        self.cookies[COUNTERSIGNER] = keeper.cookies(COUNTERSIGNER)
        secret = keeper.must("POST", "/api/v1/account/authenticator", {})["secret"]
        keeper.must("POST", "/api/v1/account/authenticator/confirm", {"code": code(secret)})

    def pages(self):
        draft, shows = f"/admin/write/{self.clash}", {"confirm.password": PASSWORD}
        merged = "by=zz&taken=content.zh-Hans.title,catalogue_entry,proposal&doubled=content.zh-Hans.body"
        typed = {"hash": self.before, "content.zh-Hans.title": STEMS[6:], "content.zh-Hans.body": STEMS[7:], "catalogue_entry": "zz-2"}
        sent = lambda path, who, action, wrong=False, **fields: Page(path, who, (action, fields), wrong)
        return [
            Page(f"/admin/write/{self.again}", AUTHOR), Page(f"/admin/write/{self.imported}", AUTHOR),
            Page(f"{draft}?done=save&{merged}", AUTHOR), Page(f"{draft}?done=not-sent&{merged}", AUTHOR),
            sent(draft, AUTHOR, draft, wrong=True, then="save", **typed),
            sent("/admin/write/import", AUTHOR, "/admin/write/import", kind="notice", catalogue_entry="zz-1", file={"file": "zz.csv", "text": TABLE}),
            sent("/admin/write/import", AUTHOR, "/admin/write/import", wrong=True, kind="notice", catalogue_entry="zz-1", file={"file": "zz.csv", "text": "\x01"}),
            sent("/admin/account", COUNTERSIGNER, "/admin/account/recovery-codes", **shows),
            sent("/admin/account", COUNTERSIGNER, "/admin/account/tokens", label=STEMS[:4], scopes="read", **shows),
            sent("/admin/account", COUNTERSIGNER, "/admin/account/passkeys", **shows),
            Page("/admin/write?kind=notice", AUTHOR, ("/admin/write", {"then": "save"}), wrong=False, ended=True),
            Page("/admin/write?kind=notice", AUTHOR, ("/admin/write", {"door.staff": AUTHOR, "door.password": "wrong-password"}), ended=True),
        ]


def everything(world, made):
    """Every page in every state."""
    return [*pages.of_table(world), *pages.more(world), *pages.wrong(world), *told(world), *made.pages()]
