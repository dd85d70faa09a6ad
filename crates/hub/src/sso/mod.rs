//! The office's own sign-on: OpenID Connect, authorisation code flow with PKCE, state and nonce.
//!
//! The provider says who somebody is, and nothing else: an administrator enters the provider's id for a person on that
//! person's page. Nobody makes an account by signing on, and roles stay here.

mod provider;
mod token;

pub(crate) use provider::SignOn;

use crate::http::problem::Problem;
use crate::keys::hex;
use crate::sign_in::fresh_secret;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Sends the few requests that the hub makes of the provider. The program that starts the hub brings it, and with it whom
/// to trust.
pub trait WebClient: Send + Sync {
    /// `GET`; the body of a good answer.
    ///
    /// # Errors
    /// Why there is none.
    fn get(&self, url: &str) -> Result<Vec<u8>, String>;

    /// `POST` of a form, with HTTP Basic authentication; the body of a good answer.
    ///
    /// # Errors
    /// Why there is none.
    fn post_form(&self, url: &str, user: &str, password: &str, fields: &[(&str, &str)]) -> Result<Vec<u8>, String>;
}

/// The provider, as the office's administrator of machines registered this hub with it.
#[derive(Clone)]
pub struct SignOnConfig {
    /// The provider's issuer, such as `https://login.office.example`.
    pub issuer: String,
    /// How the provider knows this hub.
    pub client_id: String,
    /// What they share.
    pub client_secret: String,
    /// The claim of its tokens that names a person for good.
    pub claim: String,
    /// Where the provider sends people back: the registered address. Nothing: as browsers call the hub.
    pub redirect: Option<String>,
    /// Asks the provider.
    pub web: Arc<dyn WebClient>,
}

impl std::fmt::Debug for SignOnConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignOnConfig")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// What a browser carries to the provider and back: one secret, of which all else is made, so that nothing is kept here.
pub(crate) struct Errand(String);

impl Errand {
    pub(crate) fn fresh() -> Result<Self, Problem> {
        Ok(Self(fresh_secret()?))
    }

    pub(crate) fn carried(secret: &str) -> Self {
        Self(secret.to_owned())
    }

    pub(crate) fn secret(&self) -> &str {
        &self.0
    }

    fn part(&self, name: &str) -> [u8; 32] {
        Sha256::new()
            .chain_update(name)
            .chain_update([0])
            .chain_update(&self.0)
            .finalize()
            .into()
    }

    /// Comes back in the address: whoever lacks the cookie cannot make it.
    pub(crate) fn state(&self) -> String {
        hex(&self.part("state"))
    }

    /// Comes back in the token.
    pub(crate) fn nonce(&self) -> String {
        hex(&self.part("nonce"))
    }

    /// Shown to the provider with the code (RFC 7636).
    pub(crate) fn verifier(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.part("verifier"))
    }

    /// Its hash, shown before.
    pub(crate) fn challenge(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier()))
    }
}
