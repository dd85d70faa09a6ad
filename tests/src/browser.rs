//! A browser without script: forms, cookies and redirects only.

use crate::World;
use crate::http::{Http, Reply};
use crate::people::PASSWORD;
use std::collections::BTreeMap;

/// Someone's browser: it keeps cookies, follows nothing by itself, and runs no script.
pub struct Browser {
    http: Http,
    cookies: BTreeMap<String, String>,
    /// With what its owner shows again that it is they, when a page asks for it; nothing: the page stays.
    pub password: Option<String>,
}

impl Browser {
    /// Someone who is not signed in.
    #[must_use]
    pub fn of(http: Http) -> Self {
        Self {
            http,
            cookies: BTreeMap::new(),
            password: Some(PASSWORD.to_owned()),
        }
    }

    fn cookie(&self) -> String {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// The names of its cookies.
    #[must_use]
    pub fn cookie_names(&self) -> Vec<&str> {
        self.cookies.keys().map(String::as_str).collect()
    }

    /// Somebody clears one of them.
    pub fn forgets(&mut self, cookie: &str) {
        self.cookies.remove(cookie);
    }

    /// Someone who signed in through the door.
    #[must_use]
    pub fn signed_in(world: &World, who: &str) -> Self {
        let mut browser = Self::of(world.http());
        let reply = browser.post("/admin/login", &[("staff", who), ("password", PASSWORD)]);
        assert_eq!(
            (reply.status, reply.header("location")),
            (303, Some("/admin")),
            "{}",
            reply.text
        );
        browser
    }

    /// A page, in Chinese.
    #[must_use]
    pub fn get(&self, path: &str) -> Reply {
        self.http.send("GET", path, &[("cookie", &self.cookie())], b"")
    }

    /// The same, keeping the cookies that come with it.
    pub fn fetch(&mut self, path: &str) -> Reply {
        let reply = self.get(path);
        self.keep_cookies(&reply);
        reply
    }

    /// A page, in English.
    #[must_use]
    pub fn in_english(&self, path: &str) -> Reply {
        let cookie = format!("{}; heliograph_lang=en", self.cookie());
        self.http.send("GET", path, &[("cookie", &cookie)], b"")
    }

    /// Sends a form with these fields. Where a page asks first whether it is they, its owner says so.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let reply = self.post_once(path, fields);
        match self.password.clone() {
            Some(password) if reply.status == 403 && reply.text.contains("name=\"confirm.password\"") => {
                self.post_once(path, &[fields, &[("confirm.password", &password)]].concat())
            }
            _ => reply,
        }
    }

    /// Sends a form with a file in it; its parts are between `--edge`.
    pub fn post_file(&mut self, path: &str, body: &[u8]) -> Reply {
        let cookie = self.cookie();
        let headers = [
            ("cookie", cookie.as_str()),
            ("content-type", "multipart/form-data; boundary=edge"),
        ];
        let reply = self.http.send("POST", path, &headers, body);
        self.keep_cookies(&reply);
        reply
    }

    fn post_once(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let cookie = self.cookie();
        let headers = [
            ("cookie", cookie.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let reply = self.http.send("POST", path, &headers, form(fields).as_bytes());
        self.keep_cookies(&reply);
        reply
    }

    fn keep_cookies(&mut self, reply: &Reply) {
        for set in reply.headers.get_all("set-cookie") {
            let set = set.to_str().unwrap();
            let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
            if set.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Opens a page in both languages: it is there, complete, under the strict policy and without anything inline.
    pub fn reads_both_languages(&self, path: &str) {
        let (zh, en) = (
            self.get(path).expect_status(200),
            self.in_english(path).expect_status(200),
        );
        assert!(
            zh.text.contains("<html lang=\"zh-Hans\">") && zh.text.contains("工作台"),
            "{path}"
        );
        assert!(
            en.text.contains("<html lang=\"en\">") && en.text.contains("Workbench") && !en.text.contains("工作台"),
            "{path}"
        );
        for page in [&zh, &en] {
            let policy = page.header("content-security-policy").unwrap();
            assert!(
                policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
                "{policy}"
            );
            for inline in ["<style", " style=", " onclick=", "javascript:", "{}"] {
                assert!(!page.text.contains(inline), "{path} has {inline}");
            }
            assert!(
                page.text.matches("<script").count() == page.text.matches("<script defer src=\"/assets/").count(),
                "{path}"
            );
        }
    }

    /// Presses the button of a step on a publication's page, with what its form holds.
    pub fn step(&mut self, id: &str, step: &str, fields: &[(&str, &str)]) -> Reply {
        let page = self.get(&format!("/admin/publications/{id}")).expect_status(200).text;
        let action = format!("action=\"/admin/publications/{id}/{step}\"");
        let at = page
            .find(&action)
            .unwrap_or_else(|| panic!("no form for {step}: {page}"));
        let (key, content) = (hidden(&page[at..], "key"), hidden(&page[at..], "content"));
        let mut all = vec![("key", key.as_str()), ("content", content.as_str())];
        all.extend_from_slice(fields);
        self.post(&format!("/admin/publications/{id}/{step}"), &all)
    }
}

/// Fields as a browser sends them.
#[must_use]
pub fn form(fields: &[(&str, &str)]) -> String {
    let escaped = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
        .collect();
    pairs.join("&")
}

/// The value of the first field of this name in a page.
#[must_use]
pub fn hidden(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let rest = page.split_once(&mark).map_or("", |(_, rest)| rest);
    rest.split('"').next().unwrap_or_default().to_owned()
}
