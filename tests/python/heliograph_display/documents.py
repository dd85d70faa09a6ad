"""What stands in content objects: documents and the site profile (section 6 of docs/wire-format.md)."""

import datetime
import json
import re

from .bodies import ITEMS, KINDS, decode
from .postcard import LANG, Malformed

LANGUAGES = LANG.names
TEXT, NUMBER, DATE, TEXTS = "text", "number", "date", "texts"
NOTICE = {"title": TEXT, "body": TEXT, "department": TEXT, "date": DATE}
BOARD = ("window", "title", "duties", "matters", "process", "phone", "working_rules", "responsibilities", "commitment",
         "fees", "discipline", "supervision")
GUIDE = ("legal_basis", "place", "hours", "phone", "statutory_limit", "committed_limit", "fee", "fee_basis", "result",
         "complaint")


def all_texts(*names):
    return dict.fromkeys(names, TEXT)


FIELDS = {
    **{kind: NOTICE for kind in ("notice", "personnel", "planning", "organisation", "enforcement", "interpretation")},
    "service-guide": {"title": TEXT, "applicants": TEXT, "materials": TEXTS, "steps": TEXTS, **all_texts(*GUIDE)},
    "service-commitment": all_texts("matter", "promise", "figure", "unit", "measure", "complaint"),
    "window-board": {**all_texts(*BOARD), "on_post?": TEXT},
    "power-list": {"title": TEXT, "department": TEXT, "date": DATE, "entries": [all_texts(
        "subject", "power_type", "name", "basis", "department", "process", "responsibility")]},
    "discretion-benchmark": {"power": TEXT, "entries": [all_texts("circumstance", "grade", "result")],
                             "department": TEXT, "date": DATE},
    "finance": {"title": TEXT, "year": NUMBER, "account": ("budget", "final-account"),
                "three_public": all_texts("abroad", "vehicles", "hospitality"), "body": TEXT, "department": TEXT,
                "date": DATE},
    "rule": {"title": TEXT, "form": ("internal-rule", "guide", "catalogue"), "body": TEXT, "department": TEXT,
             "date": DATE},
}
HEX = re.compile("[0-9a-f]{64}")
DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def unequal(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise Malformed("a field stands twice")
    return dict(pairs)


def read_json(data):
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=unequal)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"no JSON: {error}") from error


def is_number(value):
    return isinstance(value, int) and not isinstance(value, bool)


def check(value, form, where):
    """That a value is of a form: a text, a choice, a list of one form, or an object with fields."""
    if isinstance(form, dict):
        want = {name.rstrip("?"): part for name, part in form.items()}
        needed = {name for name in form if not name.endswith("?")}
        if not isinstance(value, dict) or not needed <= value.keys() <= want.keys():
            raise Malformed(f"{where}: not its fields")
        for name, part in value.items():
            if part is not None or name + "?" not in form:
                check(part, want[name], f"{where}.{name}")
    elif isinstance(form, list):
        if not isinstance(value, list):
            raise Malformed(f"{where}: no list")
        for part in value:
            check(part, form[0], where)
    elif form == TEXTS:
        check(value, [TEXT], where)
    elif isinstance(form, tuple):
        if value not in form:
            raise Malformed(f"{where}: none of {', '.join(form)}")
    elif form == NUMBER:
        if not is_number(value):
            raise Malformed(f"{where}: no number")
    elif not isinstance(value, str):
        raise Malformed(f"{where}: no text")
    elif form == DATE:
        check_date(value, where)


def check_date(value, where):
    if not DAY.fullmatch(value):
        raise Malformed(f"{where}: no date")
    try:
        datetime.date.fromisoformat(value)
    except ValueError as error:
        raise Malformed(f"{where}: {error}") from error


def document(data):
    """A document, with every field that its kind has and no other."""
    value = read_json(data)
    check_object(value, {"format", "kind", "texts"}, {"attachments", "files"}, "document")
    if value["format"] != 1 or not is_number(value["format"]):
        raise Malformed("a document of another format")
    if not isinstance(value["kind"], str) or value["kind"] not in KINDS:
        raise Malformed("a document of an unknown kind")
    if not isinstance(value["texts"], dict) or not value["texts"] or not value["texts"].keys() <= set(LANGUAGES):
        raise Malformed("texts in no language there is")
    for lang, text in value["texts"].items():
        check(text, {value["kind"]: FIELDS[value["kind"]]}, lang)
    attachments = value.setdefault("attachments", [])
    if not isinstance(attachments, list) or len(attachments) > 20:
        raise Malformed("more than 20 attachments")
    for picture in attachments:
        check_picture(picture)
    files = value.setdefault("files", [])
    if not isinstance(files, list) or len(files) > 5:
        raise Malformed("more than 5 files")
    for file in files:
        check_file(file)
    return value


def check_file(file):
    """A file for the public page: no display fetches it."""
    check(file, {"name": TEXT, "media_type": ("application/pdf",), "hash": TEXT, "bytes": NUMBER, "pages": NUMBER}, "file")
    if len(file["name"]) > 200 or not HEX.fullmatch(file["hash"]):
        raise Malformed("a file's name or hash")
    if not 1 <= file["pages"] <= 100 or not 0 <= file["bytes"] <= 64 << 20:
        raise Malformed("a file's size")


def check_picture(picture):
    check(picture, {"name": TEXT, "media_type": ("image/png", "image/jpeg"), "hash": TEXT, "bytes": NUMBER,
                    "width_px": NUMBER, "height_px": NUMBER}, "attachment")
    sides = (picture["width_px"], picture["height_px"])
    if len(picture["name"]) > 200 or not HEX.fullmatch(picture["hash"]):
        raise Malformed("an attachment's name or hash")
    if not all(1 <= side <= 3840 for side in sides) or not 0 <= picture["bytes"] <= 64 << 20:
        raise Malformed("an attachment's size")


def check_object(value, needed, allowed, where):
    if not isinstance(value, dict) or not needed <= value.keys() <= needed | allowed:
        raise Malformed(f"{where}: not its fields")


def text_for(document, lang):
    """The text for a reader: in his language, else in Chinese, else in the first there is in the order of the languages."""
    texts = document["texts"]
    for tag in (lang, *LANGUAGES):
        if tag in texts:
            return texts[tag][document["kind"]]
    raise Malformed("a document without a text")


def local_text(value, where):
    if not isinstance(value, dict) or not value.keys() <= set(LANGUAGES):
        raise Malformed(f"{where}: no local text")
    if not all(isinstance(text, str) for text in value.values()):
        raise Malformed(f"{where}: no local text")


def site_profile(data):
    """A site profile."""
    value = read_json(data)
    check_object(value, {"name", "hours", "hotlines", "time_zone", "clock"}, {"departments", "public_url"}, "site profile")
    local_text(value["name"], "name")
    local_text(value["hours"], "hours")
    check(value["time_zone"], TEXT, "time_zone")
    check(value.get("public_url", ""), TEXT, "public_url")
    if not isinstance(value["hotlines"], list) or not isinstance(value.get("departments", {}), dict):
        raise Malformed("site profile: hotlines or departments")
    for hotline in value["hotlines"]:
        check_object(hotline, {"label", "number"}, set(), "hotline")
        local_text(hotline["label"], "hotline")
        check(hotline["number"], TEXT, "hotline")
    for name in value.get("departments", {}).values():
        local_text(name, "department")
    check_object(value["clock"], {"offsets"}, set(), "clock")
    check(value["clock"]["offsets"], [[NUMBER]], "clock")
    if not all(len(pair) == 2 and abs(pair[1]) <= 86400 for pair in value["clock"]["offsets"]):
        raise Malformed("clock: an offset is two numbers")
    return value


def offset_s(profile, now_ms):
    """Seconds east of UTC at an instant: the last that begins at or before it, else the first, else 0."""
    offsets = profile["clock"]["offsets"] if profile else []
    begun = [seconds for start, seconds in offsets if start <= now_ms]
    return begun[-1] if begun else offsets[0][1] if offsets else 0


def page_items(data):
    """The items of a head's page."""
    return decode(ITEMS, data)
