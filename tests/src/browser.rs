//! A browser without script: forms, cookies and redirects only.

use crate::World;
use crate::http::{Http, Reply};
use crate::people::PASSWORD;

/// Someone's browser: it keeps cookies, follows nothing by itself, and runs no script.
pub struct Browser {
    http: Http,
    cookie: String,
}

impl Browser {
    /// Someone who is not signed in.
    #[must_use]
    pub fn of(http: Http) -> Self {
        Self {
            http,
            cookie: String::new(),
        }
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
        self.http.send("GET", path, &[("cookie", &self.cookie)], b"")
    }

    /// A page, in English.
    #[must_use]
    pub fn in_english(&self, path: &str) -> Reply {
        let cookie = format!("{}; heliograph_lang=en", self.cookie);
        self.http.send("GET", path, &[("cookie", &cookie)], b"")
    }

    /// Sends a form with these fields.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let reply = self.http.send("POST", path, &headers, form(fields).as_bytes());
        if let Some(cookie) = reply.header("set-cookie") {
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        reply
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
