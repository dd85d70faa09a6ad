//! A machine that asks to be let in, as `docs/wire-format.md` says in section 1.

use crate::http::{Http, Reply};
use crate::{hex, unhex};
use heliograph_wire::enrol::{Counterpart, Introduction};
use heliograph_wire::{KeyPair, PublicKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A machine that wants to be a display.
pub struct Machine {
    /// Its key pair.
    pub keys: KeyPair,
    /// What it says of itself.
    pub introduction: Introduction,
    secret: [u8; 32],
    hub: Option<(String, Counterpart)>,
}

impl Machine {
    /// A machine of its own for each number.
    #[must_use]
    pub fn new(number: u8) -> Self {
        Self::saying(number, &json!({"model": "N100 box", "addresses": ["10.0.0.9"]}))
    }

    /// The same, with these facts.
    #[must_use]
    pub fn saying(number: u8, facts: &Value) -> Self {
        let keys = KeyPair::from_secret([number; 32]);
        let secret = [number.wrapping_add(100); 32];
        let introduction = Introduction {
            key: keys.public(),
            nonce: [number.wrapping_add(50); 32],
            secret_hash: Sha256::digest(secret).into(),
            facts: facts.to_string(),
        };
        Self {
            keys,
            introduction,
            secret,
            hub: None,
        }
    }

    /// Commits, hears whose hub it is, and says who it is.
    #[must_use]
    pub fn knocks(mut self, http: &Http) -> Self {
        let commitment = json!({"commitment": hex(&self.introduction.commitment())});
        let told = http.post("/api/v1/enrolments", &commitment).expect_status(201).json;
        self.hears(&told);
        let _ = http
            .post(&format!("{}/reveal", self.path()), &self.says())
            .expect_status(200);
        self
    }

    /// Takes what a hub, or somebody who poses as one, answers to its commitment.
    pub fn hears(&mut self, told: &Value) {
        let bytes = |name: &str| unhex(told[name].as_str().unwrap());
        let counterpart = Counterpart {
            nonce: bytes("nonce"),
            root: PublicKey(bytes("root")),
            certificate: [0; 32],
            site: told["site"].as_str().unwrap().parse().unwrap(),
        };
        self.hub = Some((told["request"].as_str().unwrap().to_owned(), counterpart));
    }

    /// What it reveals.
    #[must_use]
    pub fn says(&self) -> Value {
        let own = &self.introduction;
        json!({
            "key": hex(&own.key.0), "nonce": hex(&own.nonce), "secret_hash": hex(&own.secret_hash), "facts": own.facts,
        })
    }

    /// The name of its request.
    #[must_use]
    pub fn request(&self) -> &str {
        &self.hub.as_ref().unwrap().0
    }

    /// Where its request is.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/api/v1/enrolments/{}", self.request())
    }

    /// What stands on its screen.
    #[must_use]
    pub fn code(&self) -> String {
        self.introduction.short_string(&self.hub.as_ref().unwrap().1)
    }

    /// Asks how things stand.
    #[must_use]
    pub fn asks(&self, http: &Http) -> Reply {
        http.with_token(&hex(&self.secret)).get(&self.path())
    }
}
