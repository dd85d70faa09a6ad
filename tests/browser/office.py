"""The processes of a story: a hub on an empty folder or the demo, and players. All on loopback, all ended with it."""

import http.cookiejar
import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request

from chromium import StoryFailed, check, eventually

PASSWORD = "a-long-password"
# What an administrator gives somebody to sign in with for the first time.
FIRST_PASSWORD = "told-by-the-office"
START_S = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A program whose words are kept, and which ends with the story."""

    def __init__(self, arguments, cwd=None):
        self.lines = []
        self.child = subprocess.Popen([str(argument) for argument in arguments], cwd=cwd, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.child.stdout:
            self.lines.append(line.rstrip("\n"))

    def said(self):
        return "\n".join(self.lines[-60:])

    def says(self, pattern, seconds=START_S):
        """Waits until it says something like this; the match."""
        def found():
            match = next((match for line in list(self.lines) if (match := re.search(pattern, line))), None)
            if match is None and self.child.poll() is not None:
                raise StoryFailed(f"it ended with {self.child.returncode}:\n{self.said()}")
            return match
        return eventually(f"a line like {pattern}", found, seconds, self.said)

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(10)
            except subprocess.TimeoutExpired:
                self.child.kill()
        self.child.wait()
        self.child.stdout.close()


class Story:
    """A temporary folder with processes in it."""

    def __init__(self, binary):
        self.binary = binary
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="heliograph-story-"))
        self.processes = []
        self.url = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            for process in reversed(self.processes):
                process.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *arguments, cwd=None):
        process = Process([self.binary, *arguments], cwd)
        self.processes.append(process)
        return process

    def hub(self, *options, port=None):
        """A hub on an empty folder; the one-time link that it prints."""
        port = port or free_port()
        self.hub_arguments = ["hub", "--data", self.folder / "hub", "--listen", f"127.0.0.1:{port}", "--mqtt-listen",
                              f"127.0.0.1:{free_port()}", "--site", "binhe", *options]
        self.hub_process = process = self.start(*self.hub_arguments)
        self.url = f"http://127.0.0.1:{port}"
        link = process.says(r"(http://\S+/admin/setup\?word=[^\s\"]+)")[1]
        check(link.startswith(self.url + "/"), f"the link leads elsewhere: {link}")
        return link

    def hub_again(self):
        """The same hub, ended and started anew. Sessions are kept; that somebody showed that it is they is not."""
        self.hub_process.stop()
        self.hub_process = self.start(*self.hub_arguments)
        eventually("the hub is there again", self._answers, START_S, self.hub_process.said)

    def _answers(self):
        try:
            with urllib.request.urlopen(f"{self.url}/ready", timeout=10) as answer:
                return answer.status == 200
        except OSError:
            return False

    def demo(self):
        """The demo: the sample office after a year, with its lobby."""
        port = free_port()
        process = self.start("demo", "--port", port, "--fresh", cwd=self.folder)
        process.says(r"/wall")
        self.url = f"http://127.0.0.1:{port}"

    def player(self, name="player", profile="lobby-1080p"):
        """A player that knows nothing but where the hub is; its process, and the picture that it shows."""
        folder = self.folder / name
        folder.mkdir()
        picture = folder / "panel.png"
        process = self.start("player", "--profile", profile, "--hub", self.url, "--sink", f"png:{picture}", "--data", folder)
        return process, picture


class Caller:
    """Somebody who calls the hub without a browser: by its API, or by its forms with a browser's cookie."""

    def __init__(self, url, staff=None, password=PASSWORD):
        self.url, self.token, self.password = url, None, password
        self.jar = http.cookiejar.CookieJar()
        self.agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        if staff:
            self.token = self.must("POST", "/api/v1/sessions", {"staff": staff, "password": password})["token"]

    def send(self, method, path, body=None, headers=None):
        """Status, headers and bytes of an answer; redirections are followed."""
        request = urllib.request.Request(self.url + path, method=method, data=body, headers=headers or {})
        request.add_header("User-Agent", self.agent)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        status, _, text = self.send(method, path, data, {"Content-Type": "application/json"})
        return status, json.loads(text or b"null")

    def must(self, method, path, body=None):
        """The JSON of a call that has to work; whoever is asked shows again that it is they."""
        status, answer = self.call(method, path, body)
        if status == 403 and answer.get("type") == "urn:heliograph:problem:confirm-identity":
            self.call("POST", "/api/v1/sessions/current/confirm", {"password": self.password})
            status, answer = self.call(method, path, body)
        check(status in (200, 201, 204), f"{method} {path} is answered {status}: {answer}")
        return answer

    def hire(self, staff, **wish):
        """Somebody more works here: this administrator tells them a password, and they choose their own."""
        self.must("POST", "/api/v1/staff", {"id": staff, "password": FIRST_PASSWORD, **wish})
        Caller(self.url, staff, FIRST_PASSWORD).must("PUT", "/api/v1/account/password", {"password": PASSWORD})

    def cookies(self, staff):
        """Signs in at the door as a browser does; the cookies that it is given."""
        form = urllib.parse.urlencode({"staff": staff, "password": self.password}).encode()
        status, _, text = self.send("POST", "/admin/login", form, {"Content-Type": "application/x-www-form-urlencoded"})
        check(status == 200 and b"action=\"/admin/login\"" not in text, f"{staff} is not let in: {status}")
        return {cookie.name: cookie.value for cookie in self.jar}
