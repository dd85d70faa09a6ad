//! The calls of a machine that asks to be let in, over HTTP.

use super::{Answer, Call, HubAddress};
use crate::tls::{self, Seen};
use heliograph_wire::hex;
use rustls::ClientConfig;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::http::{Method, Request};

/// A call takes at most this long.
const WITHIN: Duration = Duration::from_secs(15);
/// The longest answer: a credential with a trust document, in bytes.
const MOST_BYTES: u64 = 256 * 1024;
/// What stands for a certificate where there is none.
const PLAIN: [u8; 32] = [0; 32];

/// Makes a call and waits for its answer.
pub(super) fn make(hub: &HubAddress, call: &Call) -> Answer {
    let held = match call {
        Call::Open { .. } => None,
        Call::Reveal { certificate, .. } | Call::Ask { certificate, .. } => Some(*certificate),
    };
    let line = if hub.is_tls() {
        tls::holding(held).map(Some)
    } else {
        Ok(None)
    };
    let (trust, seen) = match line {
        Ok(line) => line.unzip(),
        Err(error) => return Answer::Failed(error.to_string()),
    };
    match send(hub, call, trust) {
        Ok((status, retry_after, body)) => {
            let certificate = seen.as_ref().and_then(Seen::leaf_sha256).unwrap_or(PLAIN);
            Answer::read(status, retry_after.as_deref(), &body, certificate)
        }
        Err(_) if seen.is_some_and(|seen| seen.met_another()) => Answer::AnotherCertificate,
        Err(error) => Answer::Failed(error.to_string()),
    }
}

type Told = (u16, Option<String>, String);

fn send(hub: &HubAddress, call: &Call, trust: Option<ClientConfig>) -> Result<Told, ureq::Error> {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(WITHIN))
        .build();
    let agent = tls::http_agent(config, trust.map(Arc::new));
    let (method, path, body) = in_http(call);
    let mut request = Request::builder()
        .method(method)
        .uri(format!("{}/api/v1/enrolments{path}", hub.url()))
        .header("content-type", "application/json");
    if let Call::Ask { secret, .. } = call {
        request = request.header("authorization", format!("Bearer {}", hex::encode(secret)));
    }
    let mut response = agent.run(request.body(body)?)?;
    let retry_after = response.headers().get("retry-after");
    let retry_after = retry_after.and_then(|told| told.to_str().ok()).map(str::to_owned);
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(MOST_BYTES).read_to_string()?;
    Ok((status, retry_after, body))
}

fn in_http(call: &Call) -> (Method, String, String) {
    match call {
        Call::Open { commitment } => {
            let body = json!({"commitment": hex::encode(commitment)});
            (Method::POST, String::new(), body.to_string())
        }
        Call::Reveal {
            request, introduction, ..
        } => {
            let body = json!({
                "key": hex::encode(&introduction.key.0), "nonce": hex::encode(&introduction.nonce),
                "secret_hash": hex::encode(&introduction.secret_hash), "facts": introduction.facts,
            });
            (Method::POST, format!("/{request}/reveal"), body.to_string())
        }
        Call::Ask { request, .. } => (Method::GET, format!("/{request}"), String::new()),
    }
}
