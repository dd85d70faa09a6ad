//! What the hub asks the provider: where its doors are, its keys, and a token for a code.

use super::token::{Expected, Keys, Untrusted};
use super::{Errand, SignOnConfig};
use heliograph_domain::Instant;
use serde::Deserialize;
use std::sync::{Mutex, PoisonError};
use thiserror::Error;

/// What the provider published is read again after so long.
const KEPT_MS: u64 = 60 * 60_000;
/// And not more often than this, whoever brings tokens of keys that nobody knows.
const AT_MOST_EVERY_MS: u64 = 60_000;

/// Why somebody was not signed on.
#[derive(Debug, Error)]
pub(crate) enum SignOnError {
    #[error("the provider did not answer: {0}")]
    Unreachable(String),
    #[error("what the provider answered cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error("the provider calls itself {theirs}, and not {ours}: correct --oidc-issuer")]
    OtherIssuer { ours: String, theirs: String },
    #[error(transparent)]
    Untrusted(#[from] Untrusted),
}

/// Where the provider's doors are.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Discovery {
    issuer: String,
    pub(crate) authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

/// The office's sign-on, with what its provider published.
pub(crate) struct SignOn {
    pub(crate) config: SignOnConfig,
    published: Mutex<Option<(Instant, Discovery, Keys)>>,
}

impl SignOn {
    pub(crate) fn new(config: SignOnConfig) -> Self {
        Self {
            config,
            published: Mutex::default(),
        }
    }

    /// What the provider published, as of `now`. Waits for the network.
    pub(crate) fn published(
        &self,
        now: Instant,
        stale: impl Fn(&Keys) -> bool,
    ) -> Result<(Discovery, Keys), SignOnError> {
        let known = self.published.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, discovery, keys)) = known {
            let age = now.since(at);
            if age < AT_MOST_EVERY_MS || age < KEPT_MS && !stale(&keys) {
                return Ok((discovery, keys));
            }
        }
        let ours = self.config.issuer.trim_end_matches('/');
        let get = |url: &str| self.config.web.get(url).map_err(SignOnError::Unreachable);
        let discovery: Discovery = serde_json::from_slice(&get(&format!("{ours}/.well-known/openid-configuration"))?)?;
        if discovery.issuer != self.config.issuer {
            return Err(SignOnError::OtherIssuer {
                ours: self.config.issuer.clone(),
                theirs: discovery.issuer,
            });
        }
        let keys: Keys = serde_json::from_slice(&get(&discovery.jwks_uri)?)?;
        let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
        *published = Some((now, discovery.clone(), keys.clone()));
        Ok((discovery, keys))
    }

    /// By what the provider names the person who brought this code back. Waits for the network.
    pub(crate) fn redeem(
        &self,
        code: &str,
        errand: &Errand,
        redirect: &str,
        now: Instant,
    ) -> Result<String, SignOnError> {
        let (discovery, _) = self.published(now, |_| false)?;
        let verifier = errand.verifier();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", &verifier),
        ];
        let SignOnConfig {
            client_id,
            client_secret,
            web,
            ..
        } = &self.config;
        let answer = web.post_form(&discovery.token_endpoint, client_id, client_secret, &fields);
        let tokens: Tokens = serde_json::from_slice(&answer.map_err(SignOnError::Unreachable)?)?;
        let (_, keys) = self.published(now, |keys| !keys.have(&tokens.id_token))?;
        let expected = Expected {
            issuer: &self.config.issuer,
            client_id,
            nonce: &errand.nonce(),
            claim: &self.config.claim,
            now,
        };
        Ok(keys.subject_of(&tokens.id_token, &expected)?)
    }
}
