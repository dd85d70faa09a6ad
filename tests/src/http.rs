//! A plain caller of the hub: sends anything, hears everything.

use heliograph_player::tls;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use ureq::Agent;
use ureq::http::{HeaderMap, Method, Request};

/// Someone who calls the hub.
#[derive(Clone)]
pub struct Http {
    agent: Agent,
    base: String,
    token: Option<String>,
    /// With what they show again that it is they, when a step asks for it.
    password: Option<String>,
}

/// What the hub answered.
#[derive(Debug)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, if it is JSON.
    pub json: Value,
    /// Body as text.
    pub text: String,
    /// Body.
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The reply, which must have this status.
    #[must_use]
    pub fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The fields that a problem names.
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        let field = |error: &Value| error["field"].as_str().unwrap_or_default().to_owned();
        self.json["errors"]
            .as_array()
            .map(|errors| errors.iter().map(field).collect())
            .unwrap_or_default()
    }
}

impl Http {
    /// Nobody yet.
    #[must_use]
    pub fn new(hub: SocketAddr) -> Self {
        Self::to(&format!("http://{hub}"), None)
    }

    /// Nobody yet, who trusts this authority.
    #[must_use]
    pub fn to(base: &str, ca_pem: Option<&str>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .build();
        let trust = ca_pem.map(|pem| Arc::new(tls::client_config(pem).unwrap()));
        Self {
            agent: tls::http_agent(config, trust),
            base: base.to_owned(),
            token: None,
            password: None,
        }
    }

    /// The same, who shows again that it is they whenever a step asks for it.
    #[must_use]
    pub fn with_password(&self, password: &str) -> Self {
        Self {
            password: Some(password.to_owned()),
            ..self.clone()
        }
    }

    /// The same, with a token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The same way to the hub, with nobody signed in.
    #[must_use]
    pub fn signed_out(&self) -> Self {
        Self {
            token: None,
            password: None,
            ..self.clone()
        }
    }

    /// The token it calls with.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Where the hub is, `http://host:port`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Sends a request of any kind; `None` when the hub cannot be reached.
    #[must_use]
    pub fn try_send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<Reply> {
        let reply = self.send_once(method, path, headers, body)?;
        match &self.password {
            Some(password) if reply.json["type"] == "urn:heliograph:problem:confirm-identity" => {
                let shown = serde_json::json!({"password": password}).to_string();
                let confirmed = self.send_once("POST", "/api/v1/sessions/current/confirm", &[], shown.as_bytes())?;
                assert_eq!(confirmed.status, 200, "{}", confirmed.text);
                self.send_once(method, path, headers, body)
            }
            _ => Some(reply),
        }
    }

    fn send_once(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Option<Reply> {
        let method: Method = method.parse().ok()?;
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).ok()?;
        let mut response = self.agent.run(request).ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.body_mut().read_to_vec().ok()?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Some(Reply {
            status,
            headers,
            json,
            text,
            bytes,
        })
    }

    /// Sends a request of any kind.
    #[must_use]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        self.try_send(method, path, headers, body).expect("the hub answers")
    }

    /// `GET`; once more where the hub had just ended the connection that was kept for it, as browsers do.
    #[must_use]
    pub fn get(&self, path: &str) -> Reply {
        let once = || self.try_send("GET", path, &[], b"");
        once().or_else(once).expect("the hub answers")
    }

    /// `POST` of JSON.
    #[must_use]
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(
            "POST",
            path,
            &[("content-type", "application/json")],
            body.to_string().as_bytes(),
        )
    }

    /// `PUT` of JSON.
    #[must_use]
    pub fn put(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        self.send("PUT", path, headers, body.to_string().as_bytes())
    }
}
