"""A provider of sign-on that is not ours: Glewlwyd, of Debian, with a person and the hub in it."""

import json
import pathlib
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from chromium import check, eventually
from office import Process, free_port

SCHEMA = pathlib.Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
LIB = "/usr/lib/glewlwyd"
CLIENT, SECRET = "heliograph", "a-secret-of-the-office-0123456789"
WHO, THEIR_PASSWORD = "zz.zz", "password-of-zz"


class NoFurther(urllib.request.HTTPRedirectHandler):
    """Where it is sent is the answer."""

    def redirect_request(self, *_):
        return None


class Provider:
    """Runs in a folder of the story, and ends with it. `redirect` is where it sends people back to."""

    def __init__(self, story, redirect):
        self.folder = story.folder / "provider"
        (self.folder / "modules").mkdir(parents=True)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.issuer = f"{self.url}/api/oidc"
        self.opener = urllib.request.build_opener(NoFurther)
        db = self.folder / "glewlwyd.db"
        subprocess.run(["sqlite3", db], input=SCHEMA.read_text(encoding="utf-8"), text=True, check=True)
        config = self.folder / "glewlwyd.conf"
        config.write_text(self._config(port, db), encoding="utf-8")
        story.processes.append(Process(["glewlwyd", "-c", config]))
        eventually("the provider answers", self._answers)
        self._set_up(redirect)

    def options(self):
        """What the hub is told of it."""
        secret = self.folder / "secret"
        secret.write_text(SECRET + "\n", encoding="utf-8")
        return ["--oidc-issuer", self.issuer, "--oidc-client-id", CLIENT, "--oidc-secret-file", secret]

    def visited(self, asked):
        """Somebody's browser at the provider: signs in there, agrees, and is sent back; to where."""
        cookie = self._session(WHO, THEIR_PASSWORD)
        self._call("PUT", f"/api/auth/grant/{CLIENT}", cookie, {"scope": "openid"})
        status, headers, text = self._send("GET", asked.removeprefix(self.url) + "&g_continue", cookie)
        check(status == 302, f"the provider answers {status}: {text}")
        return headers["Location"]

    def _config(self, port, db):
        texts = {
            "bind_address": "127.0.0.1", "external_url": self.url, "login_url": "login.html", "url_prefix": "api",
            "static_files_path": "/usr/share/glewlwyd/webapp", "log_mode": "console", "log_level": "ERROR",
            "cookie_domain": "127.0.0.1", "cookie_same_site": "lax", "session_key": "GLEWLWYD2_SESSION_ID",
            "hash_algorithm": "SHA512", "user_module_path": f"{LIB}/user", "client_module_path": f"{LIB}/client",
            "user_middleware_module_path": self.folder / "modules", "user_auth_scheme_module_path": f"{LIB}/scheme",
            "plugin_module_path": f"{LIB}/plugin",
        }
        lines = [f'{name}="{text}"' for name, text in texts.items()]
        return "\n".join([f"port={port}", "cookie_secure=false", *lines, f'database={{type="sqlite3" path="{db}"}}', ""])

    def _send(self, method, path, cookie=None, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, method=method, data=data, headers={"Content-Type": "application/json"})
        if cookie:
            request.add_header("Cookie", cookie)
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def _answers(self):
        try:
            return self._send("GET", "/config")[0] == 200
        except OSError:
            return False

    def _call(self, method, path, cookie, body):
        status, _, text = self._send(method, path, cookie, body)
        check(status == 200, f"the provider answers {method} {path} with {status}: {text}")

    def _session(self, who, password):
        status, headers, text = self._send("POST", "/api/auth/", body={"username": who, "password": password})
        check(status == 200, f"the provider does not know {who}: {text}")
        return headers["Set-Cookie"].split(";")[0]

    def _set_up(self, redirect):
        key = subprocess.run(["openssl", "genrsa", "-traditional", "2048"], check=True, capture_output=True, text=True).stdout
        public = subprocess.run(["openssl", "rsa", "-pubout"], input=key, check=True, capture_output=True, text=True).stdout
        admin = self._session("admin", "password")
        on, off = dict.fromkeys(["refresh-token-rolling", "auth-type-code-enabled", "auth-type-id-token-enabled",
                                 "auth-type-refresh-enabled", "jwks-show", "pkce-allowed"], True), dict.fromkeys(
            ["allow-non-oidc", "auth-type-token-enabled", "auth-type-none-enabled", "auth-type-password-enabled",
             "auth-type-client-enabled", "auth-type-device-enabled", "pkce-method-plain-allowed"], False)
        parameters = {
            "iss": self.issuer, "jwt-type": "rsa", "jwt-key-size": "256", "key": key, "cert": public, "access-token-duration": 3600,
            "refresh-token-duration": 1209600, "code-duration": 600, "scope": [], "additional-parameters": [], "claims": [],
            "service-documentation": "", "op-policy-uri": "", "op-tos-uri": "", "jwks-x5c": [], "pkce-scopes": [],
            "subject-type": "public", "default-amr": "", "name-claim": "no", "email-claim": "no", "scope-claim": "no",
            "address-claim": {"type": "no"}, **on, **off,
        }
        self._call("POST", "/api/mod/plugin/", admin, {"module": "oidc", "name": "oidc", "display_name": "OIDC", "parameters": parameters})
        self._call("POST", "/api/user/", admin, {
            "username": WHO, "name": "Zz", "password": THEIR_PASSWORD, "scope": ["openid"], "enabled": True})
        self._call("POST", "/api/client/", admin, {
            "client_id": CLIENT, "name": "Heliograph", "enabled": True, "confidential": True, "client_secret": SECRET,
            "redirect_uri": [redirect], "authorization_type": ["code"], "scope": ["openid"],
            "token_endpoint_auth_method": ["client_secret_basic"]})
