//! A browser, driven by the WebDriver protocol (W3C WebDriver, Level 2).

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The key that an element's reference has in the protocol.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A headless Chromium of its own.
pub struct Browser {
    driver: Child,
    session: String,
    agent: ureq::Agent,
}

impl Browser {
    /// Starts Debian's `chromium-driver` and a Chromium that prefers Chinese; profile and all else in a folder.
    pub fn start(folder: &std::path::Path) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is missing: apt-get install chromium chromium-driver, or run scripts/test");
        let lines = BufReader::new(driver.stdout.take().unwrap())
            .lines()
            .map(Result::unwrap);
        let port: u16 = lines
            .filter_map(|line| {
                line.split_once("successfully on port ")
                    .map(|(_, port)| port.to_owned())
            })
            .next()
            .and_then(|port| port.trim_end_matches('.').parse().ok())
            .expect("chromedriver says its port");
        let agent = ureq::Agent::new_with_config(
            ureq::Agent::config_builder()
                .http_status_as_error(false)
                .timeout_global(Some(Duration::from_secs(60)))
                .build(),
        );
        let mut browser = Self {
            driver,
            session: format!("http://127.0.0.1:{port}/session"),
            agent,
        };
        let flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--force-device-scale-factor=1",
            "--window-size=1720,1440",
            "--lang=zh-CN",
        ];
        let mut flags: Vec<String> = flags.map(str::to_owned).to_vec();
        flags.push(format!("--user-data-dir={}", folder.join("chromium").display()));
        let wish = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": flags, "prefs": {"intl.accept_languages": "zh-CN,zh"}},
        }}});
        let answer = browser.call("", &wish);
        let id = answer["sessionId"]
            .as_str()
            .unwrap_or_else(|| panic!("no session: {answer}"))
            .to_owned();
        browser.session = format!("{}/{id}", browser.session);
        browser
    }

    /// One command; its value, or the error that the protocol tells.
    fn call(&self, path: &str, body: &Value) -> Value {
        let mut answer = self
            .agent
            .post(format!("{}{path}", self.session))
            .send_json(body)
            .unwrap();
        let answer: Value = answer.body_mut().read_json().unwrap();
        answer["value"].clone()
    }

    pub fn open(&self, url: &str) {
        let _ = self.call("/url", &json!({"url": url}));
    }

    /// Gives the browser a passkey holder of its own (W3C Web Authentication, 11.2), whose owner is always there; its id.
    #[allow(dead_code, reason = "not every story has one")]
    pub fn passkey_holder(&self) -> String {
        let holder = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserVerified": true,
        });
        let id = self.call("/webauthn/authenticator", &holder);
        id.as_str()
            .unwrap_or_else(|| panic!("no passkey holder: {id}"))
            .to_owned()
    }

    /// Whether the holder recognises its owner from now on.
    #[allow(dead_code, reason = "not every story has one")]
    pub fn recognises(&self, holder: &str, owner: bool) {
        let answer = self.call(
            &format!("/webauthn/authenticator/{holder}/uv"),
            &json!({"isUserVerified": owner}),
        );
        assert!(answer["error"].is_null(), "{answer}");
    }

    /// What a script answers; it may wait.
    pub fn run(&self, script: &str) -> Value {
        let script =
            format!("const done = arguments[0]; (async () => {{ {script} }})().then(done, e => done('error: ' + e));");
        self.call("/execute/async", &json!({"script": script, "args": []}))
    }

    fn find(&self, css: &str) -> Option<String> {
        let found = self.call("/element", &json!({"using": "css selector", "value": css}));
        found[ELEMENT].as_str().map(str::to_owned)
    }

    fn element(&self, css: &str) -> String {
        let mut found = None;
        self.eventually(css, || {
            found = self.find(css);
            found.is_some()
        });
        found.unwrap()
    }

    /// Clicks on what leads to another page, and waits until that one is there.
    pub fn follow(&self, css: &str) {
        let _ = self.run("window.left = false");
        self.click(css);
        self.eventually("another page", || {
            self.run("return window.left === undefined && document.readyState === 'complete'") == true
        });
    }

    pub fn click(&self, css: &str) {
        let element = self.element(css);
        let answer = self.call(&format!("/element/{element}/click"), &json!({}));
        assert!(answer.is_null(), "cannot click {css}: {answer}\n{}", self.text());
    }

    pub fn type_into(&self, css: &str, text: &str) {
        let element = self.element(css);
        let _ = self.call(&format!("/element/{element}/clear"), &json!({}));
        let answer = self.call(&format!("/element/{element}/value"), &json!({"text": text}));
        assert!(answer.is_null(), "cannot type into {css}: {answer}");
    }

    /// The page's visible text.
    pub fn text(&self) -> String {
        self.run("return document.body.innerText")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    pub fn address(&self) -> String {
        self.run("return location.pathname")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Waits until the page says this.
    pub fn reads(&self, text: &str) {
        self.eventually(text, || self.text().contains(text));
    }

    /// Waits until something holds, for as long as a loaded machine may need.
    pub fn eventually(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !holds() {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "never: {what}\n{}\n{}",
                self.address(),
                self.text()
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Writes a picture of the page.
    pub fn screenshot(&self, file: &std::path::Path) {
        let mut answer = self.agent.get(format!("{}/screenshot", self.session)).call().unwrap();
        let answer: Value = answer.body_mut().read_json().unwrap();
        std::fs::write(file, from_base64(answer["value"].as_str().unwrap_or_default())).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// RFC 4648, section 4.
fn from_base64(text: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u8> = text.bytes().filter(|c| *c != b'=').map(digit).collect();
    let mut bytes = Vec::new();
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0u32, |bits, digit| bits << 6 | u32::from(*digit)) << (6 * (4 - group.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    bytes
}
