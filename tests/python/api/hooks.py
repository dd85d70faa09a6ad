"""What Schemathesis is told about the office that it judges: ids that exist, and how to stay signed in.

HELIOGRAPH_IDS is JSON: for a noun and a parameter of its paths, what exists. HELIOGRAPH_STAFF and HELIOGRAPH_PASSWORD sign in, and again
once a request has ended the session: signing out and setting another password are among the requests that are tried.
HELIOGRAPH_BEARER is a secret to call with instead. None of them: nobody calls.
"""

import atexit
import json
import os
import zlib

import requests
import schemathesis

BASE = os.environ["HELIOGRAPH_BASE"]
IDS = json.loads(os.environ.get("HELIOGRAPH_IDS", "{}"))
STAFF = os.environ.get("HELIOGRAPH_STAFF")
# Doors that take a secret of their own: being turned away there says nothing about the session.
OTHER_DOORS = ("/api/v1/device", "/api/v1/broker/", "/api/v1/enrolments", "/api/v1/passkeys/sign-in", "/api/v1/sessions")


class Caller:
    """Whoever calls. The cookies make the browser a known one, whom wrong guesses by others do not hold up."""

    def __init__(self):
        self.bearer = os.environ.get("HELIOGRAPH_BEARER")
        self.password = os.environ.get("HELIOGRAPH_PASSWORD")
        self.door = requests.Session()
        if STAFF:
            self.sign_in()

    def sign_in(self):
        wish = {"staff": STAFF, "password": self.password}
        answer = self.door.post(f"{BASE}/api/v1/sessions", json=wish, timeout=60)
        if answer.status_code == 201:
            self.bearer = answer.json()["token"]


CALLER = Caller()
# For each address the statuses that were answered: a run that never got past the door says nothing.
ANSWERED = {}


@atexit.register
def tell():
    with open("answered.json", "w", encoding="utf-8") as file:
        json.dump({address: sorted(statuses) for address, statuses in ANSWERED.items()}, file)


def lot(value, of):
    """A number below `of`, the same for the same value in every run."""
    return zlib.crc32(json.dumps(value, sort_keys=True, default=str).encode()) % of


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Three times in four something that exists, else what was generated."""
    path = context.operation.path
    noun = path.split("/")[3]
    for name, value in (path_parameters or {}).items():
        known = IDS.get(f"{noun}/{name}", [])
        if known and lot([path, value], 4):
            path_parameters[name] = known[lot([value, path], len(known))]
    return path_parameters


@schemathesis.hook
def before_call(context, case, kwargs):
    # What was generated in the place of the secret would only try the door, again and again.
    for name in [name for name in case.headers if name.lower() == "authorization"]:
        del case.headers[name]
    case.cookies = {}
    if CALLER.bearer:
        case.headers["Authorization"] = f"Bearer {CALLER.bearer}"


@schemathesis.hook
def after_call(context, case, response):
    path = case.operation.path
    ANSWERED.setdefault(f"{case.method} {path}", set()).add(response.status_code)
    if not STAFF:
        return
    if path == "/api/v1/account/password" and response.status_code == 200 and isinstance(case.body, dict):
        CALLER.password = case.body["password"]
    signed_out = case.method == "DELETE" and path.startswith("/api/v1/sessions")
    if signed_out or (response.status_code == 401 and not path.startswith(OTHER_DOORS)):
        CALLER.sign_in()
