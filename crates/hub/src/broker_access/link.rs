//! The broker that a hub works with: its own, or another.

use super::{BrokerFilesError, BrokerRules, BrokerUrl, HubAccount, InStep};
use crate::addresses::BrokerAt;
use crate::keys::hex;
use crate::tls::Tls;
use heliograph_broker::{AccessRules, Broker, BrokerConfig, BrokerError};
use heliograph_domain::{DisplayId, SiteName};
use rumqttc::{MqttOptions, TlsConfiguration, Transport};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use thiserror::Error;

/// Messages that may wait for the broker's acknowledgement.
const INFLIGHT: u16 = 1000;
/// The largest MQTT packet that the hub sends or takes.
const MAX_PACKET: usize = 256 * 1024;
/// After so long without a word the hub asks whether the broker is there.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// A broker that the hub does not run itself.
#[derive(Debug, Clone)]
pub struct ExternalBroker {
    /// Where the hub finds it, and as whom it comes.
    pub url: BrokerUrl,
    /// Where displays find it; `None`: where the hub does.
    pub public: Option<BrokerUrl>,
    /// The certificates (PEM) of the authority that vouches for it: the hub trusts no other, and displays trust it, too.
    pub authority: Option<PathBuf>,
    /// How it is kept in step; `None`: another way, such as by its asking the hub.
    pub in_step: Option<InStep>,
}

/// Why the hub cannot work with a broker.
#[derive(Debug, Error)]
pub enum LinkError {
    /// The embedded one did not start.
    #[error("the embedded broker did not start: {0}")]
    Embedded(#[from] BrokerError),
    /// Its TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] crate::tls::TlsError),
    /// The hub's account at another.
    #[error(transparent)]
    Account(#[from] BrokerFilesError),
    /// The hub has no name there.
    #[error(
        "the hub's user name and password at the broker are missing: --broker mqtts://user@host:port and HELIOGRAPH_BROKER_PASSWORD"
    )]
    Nobody,
    /// Nobody to trust.
    #[error("{0} is an address with TLS: name its authority's certificate (PEM) with --broker-ca")]
    NoAuthority(String),
    /// The authority cannot be read.
    #[error("the certificate of --broker-ca, {path}: {why}")]
    Authority {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The machine gave no random numbers.
    #[error("the machine gave no random numbers: {0}")]
    Random(#[from] getrandom::Error),
}

/// The way to the broker.
pub(crate) struct Link {
    embedded: Arc<Mutex<Option<Broker>>>,
    rules: Option<Arc<BrokerRules>>,
    /// Where displays find it.
    pub(crate) at: BrokerAt,
    /// How the hub itself connects.
    pub(crate) options: MqttOptions,
    /// The hub's account, where the broker is not embedded.
    pub(crate) account: Option<HubAccount>,
    /// What displays trust there, beside the hub's own authority.
    pub(crate) authority: Option<String>,
    pub(crate) in_step: Option<InStep>,
}

impl Link {
    /// Starts the embedded broker. With TLS, plain text stays within the machine: the hub's own connection.
    pub(crate) fn embedded(site: &SiteName, listen: SocketAddr, tls: Option<&Arc<Tls>>) -> Result<Self, LinkError> {
        let (client_id, password) = (format!("hub-{site}"), random::<32>()?);
        let rules = Arc::new(BrokerRules::new(site.clone(), client_id.clone(), password.clone()));
        let inner = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let config = BrokerConfig {
            listen: if tls.is_some() { inner } else { listen },
            max_connections: 20_000,
        };
        let broker = Broker::start(config, rules.clone() as Arc<dyn AccessRules>)?;
        let reached_at = match tls {
            Some(tls) => broker.listen_tls(listen, tls.server(&["mqtt"])?)?,
            None => broker.local_addr(),
        };
        let inner = broker.local_addr();
        Ok(Self {
            options: options(client_id, &inner.ip().to_string(), inner.port(), ("hub", &password)),
            embedded: Arc::new(Mutex::new(Some(broker))),
            rules: Some(rules),
            at: BrokerAt::Here(reached_at),
            account: None,
            authority: None,
            in_step: None,
        })
    }

    /// The way to another. It need not be there yet.
    pub(crate) fn external(site: &SiteName, broker: &ExternalBroker) -> Result<Self, LinkError> {
        let url = &broker.url;
        let (Some(username), Some(password)) = (&url.username, &url.password) else {
            return Err(LinkError::Nobody);
        };
        let authority = broker.authority.as_deref().map(Authority::read).transpose()?;
        // A suffix that nobody knows: at a broker that binds no client id to an account, nobody ends this connection.
        let client_id = format!("hub-{site}-{}", random::<8>()?);
        let mut options = options(client_id, &url.host, url.port, (username, password));
        if url.tls {
            let trusted = authority
                .as_ref()
                .ok_or_else(|| LinkError::NoAuthority(url.to_string()))?;
            options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(trusted.client()?)));
        }
        Ok(Self {
            embedded: Arc::default(),
            rules: None,
            at: BrokerAt::Elsewhere(broker.public.as_ref().unwrap_or(url).to_string()),
            options,
            account: Some(HubAccount::new(username, password)?),
            authority: authority.map(|authority| authority.pem),
            in_step: broker.in_step.clone(),
        })
    }

    /// The rules to be opened, where the broker asks the hub.
    pub(crate) fn rules(&self) -> Option<&BrokerRules> {
        self.rules.as_deref()
    }

    /// The hub's client id and password at the embedded broker.
    pub(crate) fn own_credential(&self) -> Option<(String, String)> {
        self.rules.as_ref()?;
        let (_, password) = self
            .options
            .credentials()
            .map(|login| (login.username, login.password))?;
        Some((self.options.client_id(), password))
    }

    /// What ends a display's connection at once. Another broker does it by itself when it reads its files again.
    pub(crate) fn kick(&self) -> impl Fn(DisplayId) + Send + Sync + 'static {
        let broker = Arc::clone(&self.embedded);
        move |id: DisplayId| {
            if let Some(broker) = broker.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
                broker.kick(&format!("display-{id}"));
            }
        }
    }

    /// Stops the embedded broker, and waits for it.
    pub(crate) fn stopper(&self) -> impl FnOnce() + Send + 'static {
        let broker = Arc::clone(&self.embedded);
        move || {
            if let Some(broker) = broker.lock().unwrap_or_else(PoisonError::into_inner).take() {
                broker.stop();
            }
        }
    }
}

fn options(client_id: String, host: &str, port: u16, (username, password): (&str, &str)) -> MqttOptions {
    let mut options = MqttOptions::new(client_id, host, port);
    options.set_credentials(username, password);
    options.set_max_packet_size(MAX_PACKET, MAX_PACKET);
    options.set_keep_alive(KEEP_ALIVE);
    options.set_inflight(INFLIGHT);
    options
}

/// Random bytes as hexadecimal digits.
fn random<const N: usize>() -> Result<String, LinkError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// Whoever vouches for another broker.
struct Authority {
    path: PathBuf,
    pem: String,
}

impl Authority {
    fn read(path: &Path) -> Result<Self, LinkError> {
        let pem = fs::read_to_string(path).map_err(|error| Self::unfit(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            pem,
        })
    }

    fn unfit(path: &Path, why: impl ToString) -> LinkError {
        LinkError::Authority {
            path: path.to_owned(),
            why: why.to_string(),
        }
    }

    /// A TLS client that trusts it alone.
    fn client(&self) -> Result<Arc<ClientConfig>, LinkError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(self.pem.as_bytes()) {
            let certificate = certificate.map_err(|error| Self::unfit(&self.path, error))?;
            roots.add(certificate).map_err(|error| Self::unfit(&self.path, error))?;
        }
        if roots.is_empty() {
            return Err(Self::unfit(&self.path, "it holds no certificate: it must be PEM"));
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| Self::unfit(&self.path, error))?;
        Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
    }
}
