//! ID tokens (OpenID Connect Core, 3.1.3.7; RFC 7515, 7517, 7518): what a provider says, checked without sockets or clocks.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use heliograph_domain::Instant;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// Clocks of two machines differ by so much at most, in seconds.
const SKEW_S: u64 = 120;
/// A token was made for this very sign-in: not longer ago than this, in seconds.
const FRESH_S: u64 = 600;

/// Why a token is not believed.
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
pub(crate) enum Untrusted {
    #[error("the provider's token is none")]
    Malformed,
    #[error("the provider signs in a way that is not taken: RS256, ES256 and EdDSA are")]
    Algorithm,
    #[error("the provider publishes no key for this token")]
    Key,
    #[error("the token's signature is wrong")]
    Signature,
    #[error("the token is of another issuer")]
    Issuer,
    #[error("the token is for somebody else")]
    Audience,
    #[error("the token has expired, or the clocks of hub and provider differ")]
    Time,
    #[error("the token answers another question")]
    Nonce,
    #[error("the token lacks the claim that names a person")]
    Claim,
}

/// What a token has to say.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) nonce: &'a str,
    /// The claim that names a person.
    pub(crate) claim: &'a str,
    pub(crate) now: Instant,
}

/// The provider's keys.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Keys {
    keys: Vec<Key>,
}

#[derive(Debug, Clone, Deserialize)]
struct Key {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    exp: u64,
    iat: u64,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(flatten)]
    others: serde_json::Map<String, Value>,
}

fn decoded(text: &str) -> Result<Vec<u8>, Untrusted> {
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| Untrusted::Malformed)
}

fn part(text: &Option<String>) -> Result<Vec<u8>, Untrusted> {
    decoded(text.as_deref().ok_or(Untrusted::Key)?)
}

impl Key {
    /// Whether this key may have made a token with this header.
    fn fits(&self, header: &Header) -> bool {
        let kind = match header.alg.as_str() {
            "RS256" => "RSA",
            "ES256" => "EC",
            _ => "OKP",
        };
        let named = header.kid.is_none() || self.kid.is_none() || self.kid == header.kid;
        named && self.kty == kind && self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
    }

    fn verify(&self, header: &Header, signed: &[u8], signature: &[u8]) -> Result<(), Untrusted> {
        let right = match (header.alg.as_str(), self.crv.as_deref()) {
            ("RS256", _) => {
                let (n, e) = (part(&self.n)?, part(&self.e)?);
                RsaPublicKeyComponents { n, e }.verify(&signature::RSA_PKCS1_2048_8192_SHA256, signed, signature)
            }
            ("ES256", Some("P-256")) => {
                let point = [vec![4], part(&self.x)?, part(&self.y)?].concat();
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point).verify(signed, signature)
            }
            ("EdDSA", Some("Ed25519")) => {
                UnparsedPublicKey::new(&signature::ED25519, part(&self.x)?).verify(signed, signature)
            }
            _ => return Err(Untrusted::Algorithm),
        };
        right.map_err(|_| Untrusted::Signature)
    }
}

impl Keys {
    /// Whether one of them may have made this token: if none may, the provider has changed its keys.
    pub(crate) fn have(&self, token: &str) -> bool {
        let header = header_of(token);
        header.is_ok_and(|(header, _, _)| self.keys.iter().any(|key| key.fits(&header)))
    }

    /// By what the provider names the person whose token this is.
    pub(crate) fn subject_of(&self, token: &str, expected: &Expected<'_>) -> Result<String, Untrusted> {
        let (header, signed, signature) = header_of(token)?;
        let mut fitting = self.keys.iter().filter(|key| key.fits(&header)).peekable();
        fitting.peek().ok_or(Untrusted::Key)?;
        let verified = fitting.any(|key| key.verify(&header, signed.as_bytes(), &signature).is_ok());
        if !verified {
            return Err(Untrusted::Signature);
        }
        let claims = signed.split('.').nth(1).ok_or(Untrusted::Malformed)?;
        let claims: Claims = serde_json::from_slice(&decoded(claims)?).map_err(|_| Untrusted::Malformed)?;
        check(&claims, expected)?;
        let subject = claims.others.get(expected.claim).and_then(Value::as_str);
        let subject = subject.filter(|subject| !subject.is_empty() && subject.len() <= 255);
        subject.map(str::to_owned).ok_or(Untrusted::Claim)
    }
}

/// The header, what is signed, and the signature.
fn header_of(token: &str) -> Result<(Header, &str, Vec<u8>), Untrusted> {
    let (signed, signature) = token.rsplit_once('.').ok_or(Untrusted::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(Untrusted::Malformed)?;
    if claims.contains('.') {
        return Err(Untrusted::Malformed);
    }
    let header: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| Untrusted::Malformed)?;
    if !["RS256", "ES256", "EdDSA"].contains(&header.alg.as_str()) {
        return Err(Untrusted::Algorithm);
    }
    Ok((header, signed, decoded(signature)?))
}

fn check(claims: &Claims, expected: &Expected<'_>) -> Result<(), Untrusted> {
    if claims.iss != expected.issuer {
        return Err(Untrusted::Issuer);
    }
    let (ours, alone) = match &claims.aud {
        Audience::One(one) => (one == expected.client_id, true),
        Audience::Several(all) => (all.iter().any(|one| one == expected.client_id), all.len() == 1),
    };
    let authorised = match &claims.azp {
        Some(azp) => azp == expected.client_id,
        None => alone,
    };
    if !ours || !authorised {
        return Err(Untrusted::Audience);
    }
    let now = expected.now.0 / 1000;
    let timely = now < claims.exp.saturating_add(SKEW_S)
        && claims.iat <= now + SKEW_S
        && now <= claims.iat.saturating_add(FRESH_S);
    if !timely {
        return Err(Untrusted::Time);
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(Untrusted::Nonce);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
    use serde_json::json;

    const NOW: Instant = Instant(1_900_000_000_000);

    fn encoded(bytes: &[u8]) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    fn pair() -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[5; 32]).unwrap()
    }

    fn keys() -> Keys {
        let x = encoded(pair().public_key().as_ref());
        serde_json::from_value(json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x, "kid": "one", "use": "sig"}]}))
            .unwrap()
    }

    fn claims() -> Value {
        json!({"iss": "https://op", "aud": "hub", "exp": 1_900_000_300u64, "iat": 1_900_000_000u64, "nonce": "n", "sub": "zhou"})
    }

    fn token(header: &Value, claims: &Value) -> String {
        let signed = format!(
            "{}.{}",
            encoded(header.to_string().as_bytes()),
            encoded(claims.to_string().as_bytes())
        );
        format!("{signed}.{}", encoded(pair().sign(signed.as_bytes()).as_ref()))
    }

    fn said(token: &str) -> Result<String, Untrusted> {
        let expected = Expected {
            issuer: "https://op",
            client_id: "hub",
            nonce: "n",
            claim: "sub",
            now: NOW,
        };
        keys().subject_of(token, &expected)
    }

    #[test]
    fn a_sound_token_names_a_person_and_everything_else_is_named() {
        let header = json!({"alg": "EdDSA", "kid": "one"});
        assert_eq!(said(&token(&header, &claims())), Ok("zhou".to_owned()));
        let with = |name: &str, value: Value| {
            let mut claims = claims();
            claims[name] = value;
            said(&token(&header, &claims))
        };
        assert_eq!(with("iss", json!("https://evil")), Err(Untrusted::Issuer));
        assert_eq!(with("aud", json!("another")), Err(Untrusted::Audience));
        assert_eq!(with("aud", json!(["hub", "another"])), Err(Untrusted::Audience));
        assert_eq!(with("aud", json!(["hub"])), Ok("zhou".to_owned()));
        assert_eq!(with("azp", json!("another")), Err(Untrusted::Audience));
        assert_eq!(with("exp", json!(1_899_999_000u64)), Err(Untrusted::Time));
        assert_eq!(with("iat", json!(1_899_990_000u64)), Err(Untrusted::Time));
        assert_eq!(with("iat", json!(1_900_001_000u64)), Err(Untrusted::Time));
        assert_eq!(with("nonce", json!("another")), Err(Untrusted::Nonce));
        assert_eq!(with("nonce", Value::Null), Err(Untrusted::Nonce));
        assert_eq!(with("sub", json!(7)), Err(Untrusted::Claim));
        assert_eq!(with("sub", json!("")), Err(Untrusted::Claim));
    }

    #[test]
    fn nobody_says_how_they_want_to_be_checked() {
        let sound = token(&json!({"alg": "EdDSA", "kid": "one"}), &claims());
        let parts: Vec<&str> = sound.split('.').collect();
        let none = encoded(b"{\"alg\":\"none\"}");
        assert_eq!(said(&format!("{none}.{}.", parts[1])), Err(Untrusted::Algorithm));
        assert_eq!(
            said(&token(&json!({"alg": "HS256"}), &claims())),
            Err(Untrusted::Algorithm)
        );
        assert_eq!(
            said(&token(&json!({"alg": "RS256"}), &claims())),
            Err(Untrusted::Key),
            "of another kind"
        );
        assert_eq!(
            said(&token(&json!({"alg": "EdDSA", "kid": "two"}), &claims())),
            Err(Untrusted::Key)
        );
        assert!(!keys().have(&token(&json!({"alg": "EdDSA", "kid": "two"}), &claims())));
        let other = claims().to_string().replace("zhou", "wang");
        assert_eq!(
            said(&format!("{}.{}.{}", parts[0], encoded(other.as_bytes()), parts[2])),
            Err(Untrusted::Signature)
        );
        for broken in ["", ".", "..", "a.b.c", "a.b", &format!("{sound}.x")] {
            assert_eq!(said(broken), Err(Untrusted::Malformed), "{broken}");
        }
    }

    #[test]
    fn keys_of_the_curve_that_many_providers_use_are_taken() {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let jwks = json!({"keys": [{"kty": "EC", "crv": "P-256", "x": encoded(x), "y": encoded(y)}]});
        let keys: Keys = serde_json::from_value(jwks).unwrap();
        let signed = format!(
            "{}.{}",
            encoded(b"{\"alg\":\"ES256\"}"),
            encoded(claims().to_string().as_bytes())
        );
        let signature = pair.sign(&random, signed.as_bytes()).unwrap();
        let expected = Expected {
            issuer: "https://op",
            client_id: "hub",
            nonce: "n",
            claim: "sub",
            now: NOW,
        };
        let token = format!("{signed}.{}", encoded(signature.as_ref()));
        assert_eq!(keys.subject_of(&token, &expected), Ok("zhou".to_owned()));
    }
}
