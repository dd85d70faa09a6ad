//! Where the hub is that a machine asks to be let in.

use std::fmt;
use std::net::IpAddr;
use thiserror::Error;

/// A hub's address, as a person gives it to a player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubAddress {
    /// Without a slash at its end.
    url: String,
    host: String,
    port: u16,
    tls: bool,
}

/// Why text is no hub's address.
#[derive(Debug, Error, PartialEq, Eq, Clone)]
pub enum HubAddressError {
    /// It is not one.
    #[error("`{0}` is not a hub's address: write https://host:port, as the hub prints it when it starts")]
    Form(String),
    /// Without TLS, and not on this machine.
    #[error(
        "`{0}` is an address without TLS: whoever listens on the way would read the display's credential. Write https:// \
         (docs/tls.md), or add --plain where the network is guarded otherwise"
    )]
    Plain(String),
}

impl HubAddress {
    /// Reads `https://host:port`; `http://host:port` only for this machine itself, or where `plain` allows it.
    ///
    /// # Errors
    /// [`HubAddressError`].
    pub fn parse(text: &str, plain: bool) -> Result<Self, HubAddressError> {
        let told = || text.chars().take(80).collect::<String>();
        let url = text.trim().trim_end_matches('/');
        let (tls, authority) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(authority), _) => (true, authority),
            (None, Some(authority)) => (false, authority),
            (None, None) => return Err(HubAddressError::Form(told())),
        };
        let usual = if tls { 443 } else { 80 };
        let (host, port) = parts_of(authority, usual).ok_or_else(|| HubAddressError::Form(told()))?;
        let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if !(tls || here || plain) {
            return Err(HubAddressError::Plain(told()));
        }
        Ok(Self {
            url: url.to_owned(),
            host: host.to_owned(),
            port,
            tls,
        })
    }

    /// The address, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The host's name or address, without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The TCP port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether it is called within TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// Where staff let machines in.
    #[must_use]
    pub fn page(&self) -> String {
        format!("{}/admin/displays", self.url)
    }
}

impl fmt::Display for HubAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

fn parts_of(authority: &str, usual: u16) -> Option<(&str, u16)> {
    if authority.contains(['/', '@', ' ', '?', '#']) {
        return None;
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            (
                host,
                if rest.is_empty() {
                    None
                } else {
                    Some(rest.strip_prefix(':')?)
                },
            )
        }
        None => match authority.rsplit_once(':') {
            // A bare IPv6 address has colons of its own and must stand in brackets.
            Some((host, _)) if host.contains(':') => return None,
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let port = port.map_or(Some(usual), |port| port.parse().ok())?;
    (!host.is_empty()).then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_plain_ones_only_where_nobody_listens_on_the_way() {
        for (text, host, port, tls) in [
            ("https://hub.office.example:8443/", "hub.office.example", 8443, true),
            ("https://hub", "hub", 443, true),
            ("https://[fe80::1]:8443", "fe80::1", 8443, true),
            ("https://[fe80::1]", "fe80::1", 443, true),
            ("https://10.0.0.7:8443", "10.0.0.7", 8443, true),
            ("http://127.0.0.1:8080", "127.0.0.1", 8080, false),
            ("http://[::1]", "::1", 80, false),
            ("http://localhost:8080", "localhost", 8080, false),
        ] {
            let read = HubAddress::parse(text, false).unwrap();
            assert_eq!((read.host(), read.port(), read.is_tls()), (host, port, tls), "{text}");
            assert_eq!(read.url(), text.trim_end_matches('/'));
        }
        for plain in ["http://10.0.0.7:8080", "http://hub:8080", "http://localhost.example"] {
            assert!(matches!(
                HubAddress::parse(plain, false),
                Err(HubAddressError::Plain(_))
            ));
            assert!(HubAddress::parse(plain, true).is_ok(), "{plain}");
        }
        for bad in [
            "",
            "hub:8443",
            "https://",
            "https://:8443",
            "https://a b",
            "https://hub:x",
            "https://hub/admin",
            "https://me@hub",
            "https://fe80::1:8443",
            "mqtts://hub",
        ] {
            assert!(
                matches!(HubAddress::parse(bad, true), Err(HubAddressError::Form(_))),
                "{bad}"
            );
        }
    }
}
