//! The office's own sign-on, by a provider that is not ours: Glewlwyd, of Debian.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{Browser, Http, PASSWORD, TempDir, eventually};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const SECRET: &str = "a-secret-of-the-office-0123456789";
const SCHEMA: &str = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3";

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn run(program: &str, arguments: &[&str], input: &str) -> Vec<u8> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("{program}: {error}; apt-get install glewlwyd sqlite3 openssl, or run scripts/test")
        });
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}");
    output.stdout
}

/// Something that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The provider, with a person and this hub in it.
struct Provider {
    http: Http,
    issuer: String,
    _process: Running,
}

impl Provider {
    fn start(folder: &Path, redirect: &str) -> Self {
        let (port, db) = (free_port(), folder.join("glewlwyd.db"));
        run("sqlite3", &[db.to_str().unwrap()], &fs::read_to_string(SCHEMA).unwrap());
        let (modules, config) = (folder.join("modules"), folder.join("glewlwyd.conf"));
        fs::create_dir_all(&modules).unwrap();
        let at = format!("http://127.0.0.1:{port}");
        let lib = "/usr/lib/glewlwyd";
        let text = format!(
            "port={port}\nbind_address=\"127.0.0.1\"\nexternal_url=\"{at}\"\nlogin_url=\"login.html\"\nurl_prefix=\"api\"\n\
             static_files_path=\"/usr/share/glewlwyd/webapp\"\nstatic_files_mime_types=({{extension=\".html\" mime_type=\"text/html\" compress=0}})\n\
             log_mode=\"console\"\nlog_level=\"ERROR\"\ncookie_domain=\"127.0.0.1\"\ncookie_secure=false\ncookie_same_site=\"lax\"\n\
             session_key=\"GLEWLWYD2_SESSION_ID\"\nhash_algorithm=\"SHA512\"\nuser_module_path=\"{lib}/user\"\n\
             user_middleware_module_path=\"{}\"\nclient_module_path=\"{lib}/client\"\nuser_auth_scheme_module_path=\"{lib}/scheme\"\n\
             plugin_module_path=\"{lib}/plugin\"\ndatabase={{type=\"sqlite3\" path=\"{}\"}}\n",
            modules.display(),
            db.display()
        );
        fs::write(&config, text).unwrap();
        let process = Command::new("glewlwyd")
            .arg("-c")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let http = Http::to(&at, None);
        eventually("the provider answers", || {
            http.try_send("GET", "/config", &[], b"").is_some()
        });
        let provider = Self {
            http,
            issuer: format!("{at}/api/oidc"),
            _process: Running(process),
        };
        provider.is_set_up(folder, redirect);
        provider
    }

    /// Somebody's session with it.
    fn session(&self, who: &str, password: &str) -> String {
        let body = json!({"username": who, "password": password}).to_string();
        let reply = self.http.send(
            "POST",
            "/api/auth/",
            &[("content-type", "application/json")],
            body.as_bytes(),
        );
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply
            .header("set-cookie")
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned()
    }

    fn call(&self, method: &str, path: &str, cookie: &str, body: &Value) {
        let headers = [("content-type", "application/json"), ("cookie", cookie)];
        let reply = self.http.send(method, path, &headers, body.to_string().as_bytes());
        assert_eq!(reply.status, 200, "{method} {path}: {}", reply.text);
    }

    fn is_set_up(&self, folder: &Path, redirect: &str) {
        let key = folder.join("key.pem");
        run(
            "openssl",
            &["genrsa", "-traditional", "-out", key.to_str().unwrap(), "2048"],
            "",
        );
        let public = run("openssl", &["rsa", "-in", key.to_str().unwrap(), "-pubout"], "");
        let admin = self.session("admin", "password");
        let parameters = json!({
            "iss": self.issuer, "jwt-type": "rsa", "jwt-key-size": "256", "key": fs::read_to_string(&key).unwrap(),
            "cert": String::from_utf8(public).unwrap(), "access-token-duration": 3600, "refresh-token-duration": 1_209_600,
            "code-duration": 600, "refresh-token-rolling": true, "allow-non-oidc": false, "auth-type-code-enabled": true,
            "auth-type-token-enabled": false, "auth-type-id-token-enabled": true, "auth-type-none-enabled": false,
            "auth-type-password-enabled": false, "auth-type-client-enabled": false, "auth-type-refresh-enabled": true,
            "auth-type-device-enabled": false, "scope": [], "additional-parameters": [], "claims": [],
            "service-documentation": "", "op-policy-uri": "", "op-tos-uri": "", "jwks-show": true, "jwks-x5c": [],
            "pkce-allowed": true, "pkce-method-plain-allowed": false, "pkce-scopes": [], "subject-type": "public",
            "default-amr": "", "name-claim": "no", "email-claim": "no", "scope-claim": "no", "address-claim": {"type": "no"},
        });
        let plugin = json!({"module": "oidc", "name": "oidc", "display_name": "OIDC", "parameters": parameters});
        self.call("POST", "/api/mod/plugin/", &admin, &plugin);
        let person = json!({"username": "zhou.wei", "name": "周伟", "password": "password-of-zhou", "scope": ["openid"], "enabled": true});
        self.call("POST", "/api/user/", &admin, &person);
        let client = json!({
            "client_id": "heliograph", "name": "Heliograph", "enabled": true, "confidential": true, "client_secret": SECRET,
            "redirect_uri": [redirect], "authorization_type": ["code"], "scope": ["openid"],
            "token_endpoint_auth_method": ["client_secret_basic"],
        });
        self.call("POST", "/api/client/", &admin, &client);
    }

    /// The person's browser at the provider: signs in there, agrees, and is sent back; to where.
    fn visited(&self, asked: &str) -> String {
        let cookie = self.session("zhou.wei", "password-of-zhou");
        self.call(
            "PUT",
            "/api/auth/grant/heliograph",
            &cookie,
            &json!({"scope": "openid"}),
        );
        let path = asked.strip_prefix(self.http.base()).unwrap();
        let back = self
            .http
            .send("GET", &format!("{path}&g_continue"), &[("cookie", &cookie)], b"");
        assert_eq!(back.status, 302, "{}", back.text);
        back.header("location").unwrap().to_owned()
    }
}

/// The hub's program, which knows the provider.
fn start_hub(folder: &Path, listen: &str, issuer: &str) -> (Running, String) {
    let secret = folder.join("secret");
    fs::write(&secret, format!("{SECRET}\n")).unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_heliograph"))
        .args([
            "hub",
            "--listen",
            listen,
            "--mqtt-listen",
            "127.0.0.1:0",
            "--site",
            "binhe",
            "--oidc-issuer",
            issuer,
        ])
        .args(["--oidc-client-id", "heliograph", "--oidc-secret-file"])
        .arg(&secret)
        .arg("--data")
        .arg(folder.join("hub"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let word = lines
        .find_map(|line| line.split_once("word=").map(|(_, word)| word.to_owned()))
        .unwrap();
    // What it prints later must find a reader.
    std::thread::spawn(move || lines.for_each(drop));
    (Running(process), word)
}

/// The hub's answer to a browser that came back.
fn comes_back(browser: &Browser, hub: &str, to: &str) -> heliograph_tests::Reply {
    browser.get(to.strip_prefix(hub).unwrap())
}

#[test]
fn whoever_the_offices_provider_names_is_let_in_as_whom_an_administrator_said() {
    let (folder, listen) = (TempDir::new(), format!("127.0.0.1:{}", free_port()));
    let hub = format!("http://{listen}");
    let provider = Provider::start(folder.path(), &format!("{hub}/admin/sign-on/back"));
    let (_running, word) = start_hub(folder.path(), &listen, &provider.issuer);
    let http = Http::to(&hub, None);
    let first = json!({"word": word, "id": "chief", "name": {"zh-Hans": "周主任"}, "password": PASSWORD});
    let _ = http.post("/api/v1/setup", &first).expect_status(201);

    let mut browser = Browser::of(Http::to(&hub, None));
    assert!(browser.get("/admin/login").text.contains("用单位统一登录"));
    let leaves = |browser: &mut Browser| {
        let sent = browser.fetch("/admin/sign-on?next=/admin/staff").expect_status(303);
        sent.header("location").unwrap().to_owned()
    };
    let asked = leaves(&mut browser);
    assert!(asked.contains("code_challenge_method=S256") && asked.contains("nonce=") && asked.contains("state="));
    let back = provider.visited(&asked);
    // Nobody makes an account by signing on.
    let stranger = comes_back(&browser, &hub, &back).expect_status(403).text;
    assert!(stranger.contains("没有对应的账户"), "{stranger}");
    // What the provider calls them is said, so that an administrator can enter it.
    let named = stranger.split_once("填写统一登录编号：").unwrap().1;
    let named: String = named.chars().take_while(|c| !c.is_whitespace() && *c != '<').collect();
    // A code works once.
    let _ = comes_back(&browser, &hub, &back).expect_status(502);

    let mut chief = Browser::of(Http::to(&hub, None));
    let _ = chief
        .post("/admin/login", &[("staff", "chief"), ("password", PASSWORD)])
        .expect_status(303);
    let page = chief.get("/admin/staff").text;
    assert!(page.contains("name=\"office_id\""));
    let person = [
        ("id", "zhou"),
        ("name.zh-Hans", "周伟"),
        ("department", "office"),
        ("roles", "author"),
        ("office_id", named.as_str()),
    ];
    let _ = chief.post("/admin/staff", &person).expect_status(303);
    let other = [&[("id", "other")], &person[1..]].concat();
    assert!(
        chief
            .post("/admin/staff", &other)
            .expect_status(422)
            .text
            .contains("已用于另一位工作人员")
    );

    let asked = leaves(&mut browser);
    let back = provider.visited(&asked);
    // Somebody else's browser brings it: the state is not theirs.
    let thief = Browser::of(Http::to(&hub, None));
    assert!(
        comes_back(&thief, &hub, &back)
            .expect_status(400)
            .text
            .contains("不是从本页开始的")
    );
    let entered = browser.fetch(back.strip_prefix(&hub).unwrap()).expect_status(200);
    assert!(
        entered.text.contains("content=\"0; url=/admin/staff\""),
        "{}",
        entered.text
    );
    assert!(browser.get("/admin").expect_status(200).text.contains("周伟"));
    assert!(!browser.cookie_names().contains(&"heliograph_sign_on"));
    // Roles stay here, and so does the end of an account.
    let _ = browser.get("/admin/site").expect_status(403);
    let _ = chief.post("/admin/staff/zhou/disable", &[]).expect_status(303);
    let _ = browser.get("/admin").expect_status(303);
    let asked = leaves(&mut browser);
    let back = provider.visited(&asked);
    let shut_out = comes_back(&browser, &hub, &back).expect_status(403).text;
    assert!(shut_out.contains("这个账户已停用"));
}
