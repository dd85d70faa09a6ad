"""Content objects (section 6 of docs/wire-format.md)."""

import json

from .belief import sha256
from .refusal import need

PLAIN = {"title", "body", "department", "date"}


def open_content(payload):
    need(payload and payload[0] == 1, "unknown format")
    need(len(payload) >= 17, "cut short")
    salt, held = payload[1:17], payload[17:]
    return sha256(b"heliograph/content/v1\0" + salt + held), held


def local_text(value):
    return set(value) <= {"zh-Hans", "en", "ja", "ko", "ru"} and all(isinstance(told, str) for told in value.values())


def read_document(held):
    document = json.loads(held)
    need(document["format"] == 1, "a document of another format")
    need("zh-Hans" in document["texts"], "a document without Chinese")
    for fields in document["texts"].values():
        need(list(fields) == [document["kind"]], "a text of another kind")
        need(set(fields[document["kind"]]) == PLAIN, "other fields than described")
    return document


def read_profile(held):
    profile = json.loads(held)
    need(local_text(profile["name"]) and local_text(profile["hours"]), "no local text")
    need(all(local_text(line["label"]) and line["number"] for line in profile["hotlines"]), "no hotlines")
    need(all(map(local_text, profile.get("departments", {}).values())), "no departments")
    need(all(len(pair) == 2 for pair in profile["clock"]["offsets"]), "no clock")
    return profile
