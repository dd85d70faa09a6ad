//! What a hub answers to a machine that asks to be let in.

use super::admission::Credential;
use heliograph_domain::ids::SiteName;
use heliograph_wire::enrol::Counterpart;
use heliograph_wire::{PublicKey, hex};
use serde::Deserialize;
use uuid::Uuid;

/// No hub needs to send a machine away for longer than a request lives, in seconds.
const LONGEST_S: u64 = 600;

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The request is open.
    Opened {
        /// Its name, a UUID.
        request: String,
        /// Whose hub it is.
        counterpart: Counterpart,
    },
    /// Nobody has decided.
    Waiting,
    /// Somebody said no.
    Refused,
    /// Somebody said yes.
    Admitted(Box<Credential>),
    /// The request is over, or the hub knows of none.
    Over,
    /// Too many ask.
    Later {
        /// When there is room again.
        after_ms: u64,
    },
    /// The server showed another certificate than before.
    AnotherCertificate,
    /// There was no answer, or none that makes sense.
    Failed(String),
}

#[derive(Deserialize)]
struct OpenedForm {
    request: Uuid,
    nonce: String,
    root: String,
    site: SiteName,
}

#[derive(Deserialize)]
struct StateForm {
    state: String,
}

impl Answer {
    /// Reads an answer: status, the header `Retry-After`, body; `certificate` is the SHA-256 of what the server presented.
    #[must_use]
    pub fn read(status: u16, retry_after: Option<&str>, body: &str, certificate: [u8; 32]) -> Self {
        match status {
            200 => standing(body),
            201 => opened(body, certificate),
            // 400: what was revealed is not what it has; 401: the secret is another's. Neither gets better.
            400 | 401 | 410 => Self::Over,
            429 => {
                let wait_s = retry_after.and_then(|told| told.trim().parse().ok()).unwrap_or(60);
                Self::Later {
                    after_ms: LONGEST_S.min(wait_s) * 1000,
                }
            }
            other => Self::Failed(format!("it answered {other}: is it a Heliograph hub, and up to date?")),
        }
    }
}

fn opened(body: &str, certificate: [u8; 32]) -> Answer {
    let read = || -> Option<Answer> {
        let form: OpenedForm = serde_json::from_str(body).ok()?;
        Some(Answer::Opened {
            request: form.request.to_string(),
            counterpart: Counterpart {
                nonce: hex::decode(&form.nonce)?,
                root: PublicKey(hex::decode(&form.root)?),
                certificate,
                site: form.site,
            },
        })
    };
    read().unwrap_or_else(nonsense)
}

fn standing(body: &str) -> Answer {
    let Ok(form) = serde_json::from_str::<StateForm>(body) else {
        return nonsense();
    };
    match form.state.as_str() {
        "waiting" => Answer::Waiting,
        "refused" => Answer::Refused,
        "admitted" => serde_json::from_str(body).map_or_else(|_| nonsense(), |told| Answer::Admitted(Box::new(told))),
        _ => nonsense(),
    }
}

fn nonsense() -> Answer {
    Answer::Failed("its answer makes no sense: is it a Heliograph hub, and up to date?".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_and_nonsense_is_told_apart() {
        let digits = "05".repeat(32);
        let told = format!(
            "{{\"request\":\"019A0000-0000-7000-8000-000000000001\",\"nonce\":\"{digits}\",\"root\":\"{digits}\",\
             \"site\":\"hall\",\"expires_at\":5}}"
        );
        let Answer::Opened { request, counterpart } = Answer::read(201, None, &told, [7; 32]) else {
            panic!("not opened");
        };
        assert_eq!(request, "019a0000-0000-7000-8000-000000000001");
        assert_eq!((counterpart.nonce, counterpart.certificate), ([5; 32], [7; 32]));
        for broken in [
            told.replace("019A", "../x"),
            told.replace("hall", "HALL!"),
            told.replace("0505", "05"),
            String::new(),
        ] {
            assert!(
                matches!(Answer::read(201, None, &broken, [0; 32]), Answer::Failed(_)),
                "{broken}"
            );
        }
        let standing = |body: &str| Answer::read(200, None, body, [0; 32]);
        assert_eq!(standing("{\"state\":\"waiting\"}"), Answer::Waiting);
        assert_eq!(standing("{\"state\":\"refused\"}"), Answer::Refused);
        for broken in ["{\"state\":\"admitted\"}", "{\"state\":\"else\"}", "{}", "<html>"] {
            assert!(matches!(standing(broken), Answer::Failed(_)), "{broken}");
        }
        for over in [400, 401, 410] {
            assert_eq!(Answer::read(over, None, "", [0; 32]), Answer::Over);
        }
        for (told, after_ms) in [
            (Some("7"), 7000),
            (None, 60_000),
            (Some("x"), 60_000),
            (Some("9999999"), 600_000),
        ] {
            assert_eq!(Answer::read(429, told, "", [0; 32]), Answer::Later { after_ms });
        }
        for other in [302, 404, 500, 503] {
            assert!(matches!(Answer::read(other, None, "", [0; 32]), Answer::Failed(_)));
        }
    }
}
