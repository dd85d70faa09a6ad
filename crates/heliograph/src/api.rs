//! A small client of the hub's API: what the demo fills an office with, and an operator enrols a display by.

use crate::Failure;
use heliograph_player::tls;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use thiserror::Error;
use ureq::Agent;
use ureq::http::Method;

/// Why the hub did not do what it was asked.
#[derive(Debug, Error)]
pub(crate) enum ApiError {
    /// It could not be reached.
    #[error("the hub at {url} cannot be reached: {cause}")]
    Unreachable { url: String, cause: Box<ureq::Error> },
    /// It refused.
    #[error("{method} {path} was refused ({status}): {detail}")]
    Refused {
        method: String,
        path: String,
        status: u16,
        detail: String,
    },
    /// The request could not be made.
    #[error("the request cannot be made: {0}")]
    Request(#[from] ureq::http::Error),
}

/// Whom a call to a hub with TLS trusts. Nothing is trusted unasked, not even what the system trusts.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct HubTrust {
    /// The certificate (PEM) of the authority that the hub's certificate comes from; a hub that made its own has it in
    /// tls/ca.pem of its data folder.
    #[arg(long, conflicts_with = "hub_fingerprint")]
    ca: Option<PathBuf>,
    /// Instead of --ca: the SHA-256 fingerprint of that certificate, as the hub prints it when it starts.
    #[arg(long)]
    hub_fingerprint: Option<tls::Fingerprint>,
}

impl HubTrust {
    /// The client that trusts just this, when there is something to trust.
    fn client(&self) -> Result<Option<Arc<rustls::ClientConfig>>, Failure> {
        let config = match (&self.ca, self.hub_fingerprint) {
            (Some(file), _) => {
                let named = |why: String| Failure::Usage(format!("--ca {}: {why}", file.display()));
                let pem = std::fs::read_to_string(file).map_err(|error| named(error.to_string()))?;
                tls::client_config(&pem).map_err(|error| named(error.to_string()))?
            }
            (None, Some(fingerprint)) => {
                tls::pinned(fingerprint).map_err(|error| Failure::Problem(error.to_string()))?
            }
            (None, None) => return Ok(None),
        };
        Ok(Some(Arc::new(config)))
    }
}

/// The hub's API, as one person.
#[derive(Clone)]
pub(crate) struct Api {
    agent: Agent,
    base: String,
    token: Option<String>,
}

impl Api {
    /// Nobody yet, at `base` (`http://127.0.0.1:8080`).
    pub(crate) fn new(base: &str) -> Self {
        Self::through(base, None)
    }

    /// The same for a hub with TLS as well.
    pub(crate) fn trusting(base: &str, trust: &HubTrust) -> Result<Self, Failure> {
        let client = trust.client()?;
        if client.is_none() && base.starts_with("https://") {
            return Err(Failure::Usage(format!(
                "{base} is an address with TLS: say whom to trust, --ca FILE or --hub-fingerprint DIGITS; the hub prints \
                 both when it starts"
            )));
        }
        Ok(Self::through(base, client))
    }

    fn through(base: &str, trust: Option<Arc<rustls::ClientConfig>>) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).build();
        Self {
            agent: tls::http_agent(config, trust),
            base: base.trim_end_matches('/').to_owned(),
            token: None,
        }
    }

    /// The same hub, as whoever has this token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, ApiError> {
        self.send(Method::POST, path, Some(body), &[])
    }

    /// A `POST` that does no harm when it is sent again.
    pub(crate) fn post_once(&self, path: &str, body: &Value, key: &str) -> Result<Value, ApiError> {
        self.send(Method::POST, path, Some(body), &[("idempotency-key", key)])
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Result<Value, ApiError> {
        self.send(Method::PUT, path, Some(body), &[])
    }

    /// A `PUT` over what was seen, named by its hash.
    pub(crate) fn put_over(&self, path: &str, body: &Value, seen: &str) -> Result<Value, ApiError> {
        self.send(Method::PUT, path, Some(body), &[("if-match", seen)])
    }

    pub(crate) fn get(&self, path: &str) -> Result<Value, ApiError> {
        self.send(Method::GET, path, None, &[])
    }

    fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Result<Value, ApiError> {
        let url = format!("{}{path}", self.base);
        let mut request = ureq::http::Request::builder()
            .method(method.clone())
            .uri(&url)
            .header("accept-language", "en");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .header("content-type", "application/json")
            .body(body.map(Value::to_string).unwrap_or_default())?;
        let unreachable = |cause| ApiError::Unreachable {
            url: self.base.clone(),
            cause: Box::new(cause),
        };
        let mut response = self.agent.run(request).map_err(unreachable)?;
        let status = response.status();
        let text = response.body_mut().read_to_string().unwrap_or_default();
        let answer: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if status.is_success() {
            return Ok(answer);
        }
        let detail = match &answer {
            // No answer of the API, but perhaps of what stands in its place.
            Value::Null => text.chars().take(300).collect(),
            _ => format!(
                "{} {} {}",
                answer["title"].as_str().unwrap_or_default(),
                answer["detail"].as_str().unwrap_or_default(),
                answer["errors"]
            ),
        };
        Err(ApiError::Refused {
            method: method.to_string(),
            path: path.to_owned(),
            status: status.as_u16(),
            detail,
        })
    }
}
