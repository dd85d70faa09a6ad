//! What a machine is told when it is let in, and why that may not be believed.

use super::{HubAddress, Kept};
use crate::fetch::reachable;
use crate::identity::Identity;
use crate::link::BrokerAddress;
use crate::tls;
use heliograph_domain::ids::{DisplayId, SiteName};
use heliograph_wire::{PublicKey, Topic, Trust, hex};
use serde::Deserialize;
use std::fmt;
use thiserror::Error;

/// The credential as the hub tells it, once.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Credential {
    /// The site's name.
    pub site: SiteName,
    /// The display's id.
    pub id: String,
    /// Its password at the broker and for fetching.
    pub mqtt_token: String,
    /// The site's root key, in hexadecimal digits.
    pub root: String,
    /// The newest trust document, in hexadecimal digits.
    pub trust: String,
    /// Where the broker is.
    pub broker: String,
    /// Where the hub is.
    pub hub: String,
    /// The certificates to trust from now on, in PEM.
    pub ca: Option<String>,
}

/// The token stays out of logs.
impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({} at {})", self.id, self.site)
    }
}

/// A machine that was let in: all that it stores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// Who it is from now on.
    pub identity: Identity,
    /// The keys that the site's root has named.
    pub trust: Trust,
}

/// Why a credential is none.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum Unbelievable {
    /// It is not the site or the root whose characters were compared.
    #[error("its {0} is not the one whose characters were compared")]
    Another(&'static str),
    /// A part of it makes no sense.
    #[error("its `{part}` makes no sense: {why}")]
    Form {
        /// Which part.
        part: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The trust document is not the root's.
    #[error("its trust document was refused: {0}")]
    Trust(String),
    /// Over TLS, and nobody to trust from now on.
    #[error("it names no authority to trust at {0}")]
    NoAuthority(String),
}

impl Admission {
    /// Reads a credential that came for the open request of `kept` from the hub at `hub`.
    ///
    /// # Errors
    /// [`Unbelievable`].
    pub fn read(told: &Credential, kept: &Kept, hub: &HubAddress) -> Result<Self, Unbelievable> {
        let Some(opened) = &kept.opened else {
            return Err(Unbelievable::Another("request"));
        };
        let root = hex::decode(&told.root).map(PublicKey);
        if root != Some(opened.counterpart.root) {
            return Err(Unbelievable::Another("root"));
        }
        if told.site != opened.counterpart.site {
            return Err(Unbelievable::Another("site"));
        }
        let trust = trusted(told, opened.counterpart.root)?;
        let display: DisplayId = told.id.parse().map_err(|error| form("id", error))?;
        let broker: BrokerAddress = reachable(&told.broker, hub.host())
            .parse()
            .map_err(|error| form("broker", error))?;
        let its_hub = HubAddress::parse(&reachable(&told.hub, hub.host()), true).map_err(|error| form("hub", error))?;
        match &told.ca {
            Some(ca) => drop(tls::client_config(ca).map_err(|error| form("ca", error))?),
            None if broker.tls => return Err(Unbelievable::NoAuthority(broker.to_string())),
            None if its_hub.is_tls() => return Err(Unbelievable::NoAuthority(its_hub.to_string())),
            None => {}
        }
        if told.mqtt_token.is_empty() {
            return Err(form("mqtt_token", "it is empty"));
        }
        let identity = Identity {
            site: told.site.clone(),
            display,
            secret: kept.key,
            mqtt_token: told.mqtt_token.clone(),
            root: opened.counterpart.root,
            ca: told.ca.clone(),
            hub: Some(its_hub.url().to_owned()),
            broker: Some(broker),
        };
        Ok(Self { identity, trust })
    }
}

fn trusted(told: &Credential, root: PublicKey) -> Result<Trust, Unbelievable> {
    let payload = bytes(&told.trust).ok_or_else(|| form("trust", "it is not hexadecimal digits"))?;
    let mut trust = Trust::new(told.site.clone(), root);
    trust
        .admit(&Topic::Trust, &payload)
        .map_err(|error| Unbelievable::Trust(error.to_string()))?;
    Ok(trust)
}

/// However many bytes that these digits are.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| hex::decode::<1>(std::str::from_utf8(pair).ok()?).map(|[byte]| byte))
        .collect()
}

fn form(part: &'static str, why: impl ToString) -> Unbelievable {
    Unbelievable::Form {
        part,
        why: why.to_string(),
    }
}
