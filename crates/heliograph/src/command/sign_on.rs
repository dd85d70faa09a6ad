//! The hub's way to the provider of the office's own sign-on.

use super::say;
use crate::Failure;
use heliograph_hub::{SignOnConfig, WebClient};
use heliograph_player::tls;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;

/// The longest wait for the provider.
const PATIENCE: Duration = Duration::from_secs(10);

/// The office's own sign-on (OpenID Connect). Without --oidc-issuer there is none.
#[derive(clap::Args)]
pub(crate) struct SignOnArgs {
    /// The provider's issuer: the address below which it publishes its .well-known/openid-configuration.
    #[arg(long, requires = "oidc_client_id")]
    oidc_issuer: Option<String>,
    /// How the provider knows this hub.
    #[arg(long, requires = "oidc_secret_file")]
    oidc_client_id: Option<String>,
    /// A file with the secret that both share.
    #[arg(long, requires = "oidc_issuer")]
    oidc_secret_file: Option<PathBuf>,
    /// The claim that names a person for good.
    #[arg(long, default_value = "sub", requires = "oidc_issuer")]
    oidc_claim: String,
    /// The certificate (PEM) of the authority that the provider's certificate comes from. Nothing else is trusted.
    #[arg(long, requires = "oidc_issuer")]
    oidc_ca: Option<PathBuf>,
    /// Where the provider sends people back, as it was registered. Without it: /admin/sign-on/back of this hub.
    #[arg(long, requires = "oidc_issuer")]
    oidc_redirect: Option<String>,
}

struct Web(Agent);

impl Web {
    fn body(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Vec<u8>, String> {
        let mut answer = answer.map_err(|error| error.to_string())?;
        let body = answer.body_mut().with_config().limit(1024 * 1024).read_to_vec();
        let body = body.map_err(|error| error.to_string())?;
        if answer.status().is_success() {
            return Ok(body);
        }
        let told: String = String::from_utf8_lossy(&body).chars().take(300).collect();
        Err(format!("{} {told}", answer.status()))
    }
}

impl WebClient for Web {
    fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        Self::body(self.0.get(url).call())
    }

    fn post_form(&self, url: &str, user: &str, password: &str, fields: &[(&str, &str)]) -> Result<Vec<u8>, String> {
        // RFC 6749, 2.3.1: both are escaped before they are joined.
        let both = format!("{}:{}", escaped(user), escaped(password));
        let form: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", escaped(value)))
            .collect();
        let request = self
            .0
            .post(url)
            .header("authorization", format!("Basic {}", base64(both.as_bytes())))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json");
        Self::body(request.send(form.join("&")))
    }
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let escape = |byte: u8| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(escape).collect()
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0u32, |bits, at| {
            bits << 8 | u32::from(group.get(at).copied().unwrap_or(0))
        });
        for at in 0..4u32 {
            let digit = bits >> (18 - 6 * at) & 63;
            let padding = usize::try_from(at).is_ok_and(|at| at > group.len());
            text.push(if padding {
                '='
            } else {
                char::from(DIGITS[digit as usize])
            });
        }
    }
    text
}

fn on_this_machine(issuer: &str) -> bool {
    let rest = issuer.strip_prefix("http://").unwrap_or_default();
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl SignOnArgs {
    /// The sign-on that was asked for.
    pub(crate) fn config(&self) -> Result<Option<SignOnConfig>, Failure> {
        let (Some(issuer), Some(client_id), Some(file)) =
            (&self.oidc_issuer, &self.oidc_client_id, &self.oidc_secret_file)
        else {
            return Ok(None);
        };
        let usage = |why: String| Failure::Usage(why);
        if !issuer.starts_with("https://") && !on_this_machine(issuer) {
            return Err(usage(
                "--oidc-issuer: a provider on another machine is asked by https:// only".to_owned(),
            ));
        }
        if issuer.starts_with("https://") && self.oidc_ca.is_none() {
            return Err(usage(
                "--oidc-ca is missing: say which authority the provider's certificate comes from".to_owned(),
            ));
        }
        let secret = std::fs::read_to_string(file)
            .map_err(|error| usage(format!("--oidc-secret-file {}: {error}", file.display())))?;
        let trust = match &self.oidc_ca {
            Some(file) => {
                let named = |why: String| usage(format!("--oidc-ca {}: {why}", file.display()));
                let pem = std::fs::read_to_string(file).map_err(|error| named(error.to_string()))?;
                Some(Arc::new(
                    tls::client_config(&pem).map_err(|error| named(error.to_string()))?,
                ))
            }
            None => None,
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .build();
        say(&format!("sign-on  by {issuer}"));
        Ok(Some(SignOnConfig {
            issuer: issuer.clone(),
            client_id: client_id.clone(),
            client_secret: secret.trim().to_owned(),
            claim: self.oidc_claim.clone(),
            redirect: self.oidc_redirect.clone(),
            web: Arc::new(Web(tls::http_agent(config, trust))),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, 10, and RFC 6749, 2.3.1.
    #[test]
    fn a_secret_is_written_as_the_rfcs_say() {
        for (plain, written) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), written);
        }
        assert_eq!(escaped("a secret:100%"), "a%20secret%3A100%25");
    }

    #[test]
    fn a_provider_in_plain_text_is_on_this_machine() {
        assert!(on_this_machine("http://127.0.0.1:4593/api/oidc") && on_this_machine("http://localhost/x"));
        assert!(!on_this_machine("http://login.example/") && !on_this_machine("http://127.0.0.1.evil.example/"));
    }
}
