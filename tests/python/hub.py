"""A hub of one's own for a story: its process, and people who call its API."""

import json
import pathlib
import re
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request

PASSWORD, FIRST_PASSWORD = "a-long-password", "told-by-the-office"
TIMEOUT_S = 60
ROLES = {"author": "author", "reviewer": "confidentiality-reviewer", "approver": "approver"}


class StoryFailed(Exception):
    """The story went otherwise than it should."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Hub:
    """A hub on loopback, with its data in a folder and TLS by an authority of its own. It can be ended and started again."""

    def __init__(self, binary, folder):
        self.binary, self.data, self.log = binary, pathlib.Path(folder) / "hub", pathlib.Path(folder) / "hub.log"
        self.http, self.mqtt = free_port(), free_port()
        self.url, self.broker = f"https://127.0.0.1:{self.http}", f"mqtts://127.0.0.1:{self.mqtt}"
        self.ca = self.data / "tls" / "ca.pem"
        self.process = None

    def start(self):
        arguments = ["hub", "--tls", "--data", self.data, "--listen", f"127.0.0.1:{self.http}", "--mqtt-listen",
                     f"127.0.0.1:{self.mqtt}", "--site", "binhe"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([self.binary, *arguments], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        end = time.monotonic() + TIMEOUT_S
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.http)) == 0:
                    return
            time.sleep(0.1)
        raise StoryFailed(f"the hub does not answer:\n{self.said()}")

    def stop(self):
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def said(self):
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:]

    def word(self):
        """The word of the link that makes the first administrator, which the hub prints once."""
        found = None
        end = time.monotonic() + TIMEOUT_S
        while not found and time.monotonic() < end:
            found = re.search(r"setup\?word=([^\s\"]+)", self.said())
            time.sleep(0.05)
        if not found:
            raise StoryFailed(f"the hub printed no link for the first administrator:\n{self.said()}")
        return found[1]


class Caller:
    """Somebody who calls the hub's API."""

    def __init__(self, url, trust, token=None):
        self.url, self.trust, self.token = url, trust, token

    def call(self, method, path, body=None):
        """Status and JSON of the answer."""
        request = urllib.request.Request(self.url + path, method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S, context=self.trust) as answer:
                status, data = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, data = error.code, error.read()
        try:
            return status, json.loads(data or b"null")
        except ValueError:
            return status, data.decode("utf-8", "replace")

    def must(self, method, path, body=None):
        """The answer of a call that has to work; whoever is asked shows again that it is they."""
        status, answer = self.call(method, path, body)
        if status == 403 and answer.get("type") == "urn:heliograph:problem:confirm-identity":
            self.call("POST", "/api/v1/sessions/current/confirm", {"password": PASSWORD})
            status, answer = self.call(method, path, body)
        if status not in (200, 201, 204):
            raise StoryFailed(f"{method} {path} is answered {status}: {answer}")
        return answer

    def sign_in(self, staff, password=PASSWORD):
        session = self.must("POST", "/api/v1/sessions", {"staff": staff, "password": password})
        return Caller(self.url, self.trust, session["token"])


class Office:
    """A set-up office: an administrator, and the three people that a text goes through."""

    def __init__(self, hub):
        # As a browser does: the authority is trusted, and the name compared.
        nobody = Caller(hub.url, ssl.create_default_context(cafile=hub.ca))
        nobody.must("POST", "/api/v1/setup", {
            "word": hub.word(), "id": "admin", "name": {"zh-Hans": "管理员"}, "password": PASSWORD})
        self.admin = nobody.sign_in("admin")
        for staff, role in ROLES.items():
            self.admin.must("POST", "/api/v1/staff", {
                "id": staff, "name": {"zh-Hans": staff}, "department": "office", "roles": [role], "password": FIRST_PASSWORD})
            # Whom the administrator told a password chooses their own.
            nobody.sign_in(staff, FIRST_PASSWORD).must("PUT", "/api/v1/account/password", {"password": PASSWORD})
        self.admin.must("PUT", "/api/v1/site", {
            "name": {"zh-Hans": "滨河市外事服务中心"}, "hours": {"zh-Hans": "周一至周五 8:30–17:00"},
            "hotlines": [{"label": {"zh-Hans": "咨询电话"}, "number": "0000-1234567"}],
            "departments": {"office": {"zh-Hans": "办公室"}}, "public_url": "", "time_zone": "Asia/Shanghai"})
        self.admin.must("POST", "/api/v1/channels", {"name": "hall", "title": {"zh-Hans": "大厅"}})
        self.admin.must("POST", "/api/v1/catalogue", {
            "id": "notices", "index_number": "BH-notices", "category": "government-information",
            "cadence": {"ad-hoc": {"within_working_days": 20}}, "department": "office", "responsible": "author",
            "name": {"zh-Hans": "通知公告"}, "summary": {"zh-Hans": "面向公众的通知"}})
        self.author, self.reviewer, self.approver = (nobody.sign_in(staff) for staff in ROLES)

    def publish(self, title, kind="notice", text=None):
        """A text by three people, from draft to release; its id."""
        text = text or {"title": title, "body": f"{title}，请相互转告。", "department": "办公室", "date": "2026-11-24"}
        draft = {"kind": kind, "catalogue_entry": "notices", "content": {"zh-Hans": text}}
        publication = self.author.must("POST", "/api/v1/drafts", draft)["id"]
        steps = ((self.author, "submit", {}), (self.reviewer, "review", {"findings_confirmed": True}), (self.approver, "approve", {}),
                 (self.approver, "release", {"channels": ["hall"]}))
        for who, verb, body in steps:
            who.must("POST", f"/api/v1/publications/{publication}/{verb}", body)
        return publication

    def waiting(self, request):
        """The machine of this request, as staff see it."""
        for machine in self.admin.must("GET", "/api/v1/enrolments")["enrolments"]:
            if machine["request"] == request:
                return machine
        raise StoryFailed(f"the hub tells of no machine with the request {request}")

    def decide(self, request, verb, body):
        """Status and answer of `admit` or `refuse`."""
        return self.admin.call("POST", f"/api/v1/enrolments/{request}/{verb}", body)

    def withdraw(self, publication):
        self.approver.must("POST", f"/api/v1/publications/{publication}/withdraw", {"reason": "时间有变"})


class Lines:
    """A program that prints JSON lines, and what it has printed."""

    def __init__(self, arguments, errors):
        self.errors = pathlib.Path(errors)
        with self.errors.open("ab") as log:
            self.process = subprocess.Popen([str(a) for a in arguments], stdout=subprocess.PIPE, stderr=log,
                                            stdin=subprocess.DEVNULL)
        self.lines, self.news = [], threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.news:
                self.lines.append(json.loads(line))
                self.news.notify_all()
        with self.news:
            self.news.notify_all()

    def wait_for(self, what, test, timeout_s, since=0):
        """The first line from number `since` on for which `test` holds, and its number."""
        end, number = time.monotonic() + timeout_s, since
        with self.news:
            while True:
                while number < len(self.lines):
                    if test(self.lines[number]):
                        return self.lines[number], number
                    number += 1
                left = end - time.monotonic()
                if left <= 0 or self.process.poll() is not None and number == len(self.lines) and not self.news.wait(0.5):
                    raise StoryFailed(f"not within {timeout_s} s: {what}\n{self.tail()}")
                self.news.wait(left)

    def tail(self):
        errors = self.errors.read_text(encoding="utf-8", errors="replace")[-2000:]
        return "\n".join(json.dumps(line, ensure_ascii=False) for line in self.lines[-12:]) + "\n" + errors

    def stop(self):
        self.process.terminate()
        self.process.wait(TIMEOUT_S)
