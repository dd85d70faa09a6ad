//! Where a broker that is not embedded is, as it is written on the command line.

use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Why an address is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is no broker's address: write mqtts://user@host:port, or mqtt://user@host:port where nobody else listens"
)]
pub struct NotABroker(String);

/// `mqtt[s]://[user[:password]@]host[:port]`.
#[derive(Clone, PartialEq, Eq)]
pub struct BrokerUrl {
    /// Whether within TLS.
    pub tls: bool,
    /// The host; an IPv6 address without its brackets.
    pub host: String,
    /// The port: 1883, or 8883 with TLS, when none is said.
    pub port: u16,
    /// The user name.
    pub username: Option<String>,
    /// The password. Better not on the command line, where everyone on the machine can read it.
    pub password: Option<String>,
}

/// As displays are told it: without who the hub is.
impl fmt::Display for BrokerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "mqtts" } else { "mqtt" };
        if self.host.contains(':') {
            write!(f, "{scheme}://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{scheme}://{}:{}", self.host, self.port)
        }
    }
}

/// Written by hand so that a password never reaches a log.
impl fmt::Debug for BrokerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for BrokerUrl {
    type Err = NotABroker;

    fn from_str(text: &str) -> Result<Self, NotABroker> {
        // What is told back holds no password.
        let wrong = || NotABroker(text.rsplit_once('@').map_or(text, |(_, after)| after).to_owned());
        let (tls, rest) = match (text.strip_prefix("mqtts://"), text.strip_prefix("mqtt://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(wrong()),
        };
        let (who, place) = match rest.rsplit_once('@') {
            Some((who, place)) => (Some(who), place),
            None => (None, rest),
        };
        let (host, port) = split(place).ok_or_else(wrong)?;
        let (username, password) = match who.map(|who| who.split_once(':').unwrap_or((who, ""))) {
            Some((name, word)) => (Some(name), Some(word).filter(|word| !word.is_empty())),
            None => (None, None),
        };
        let sound = |name: &str| !name.is_empty();
        let usual = if tls { 8883 } else { 1883 };
        Ok(Self {
            tls,
            host: Some(host).filter(|host| is_host(host)).ok_or_else(wrong)?.to_owned(),
            port: match port {
                Some(digits) => digits.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?,
                None => usual,
            },
            username: match username {
                Some(name) if sound(name) => Some(name.to_owned()),
                Some(_) => return Err(wrong()),
                None => None,
            },
            password: password.map(str::to_owned),
        })
    }
}

impl BrokerUrl {
    /// Whether what is said there stays on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let address: Result<std::net::IpAddr, _> = self.host.parse();
        address.map_or(self.host == "localhost", |address| address.to_canonical().is_loopback())
    }
}

/// Host and port; an IPv6 address stands in brackets (RFC 3986).
fn split(place: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = place.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        return match rest.strip_prefix(':') {
            Some(port) => Some((host, Some(port))),
            None => rest.is_empty().then_some((host, None)),
        };
    }
    match place.split_once(':') {
        Some((host, port)) => Some((host, Some(port))),
        None => Some((place, None)),
    }
}

fn is_host(host: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b".-:_".contains(&byte);
    !host.is_empty() && host.bytes().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_displays_are_told_it_without_its_secret() {
        for (text, told, username, password) in [
            ("mqtt://127.0.0.1", "mqtt://127.0.0.1:1883", None, None),
            ("mqtts://hub@b.lan", "mqtts://b.lan:8883", Some("hub"), None),
            ("mqtts://hub:p:w@b.lan:1", "mqtts://b.lan:1", Some("hub"), Some("p:w")),
            ("mqtt://u:p@w@[::1]:18", "mqtt://[::1]:18", Some("u"), Some("p@w")),
            ("mqtt://[::1]", "mqtt://[::1]:1883", None, None),
        ] {
            let url: BrokerUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), told);
            assert_eq!((url.username.as_deref(), url.password.as_deref()), (username, password));
            assert!(!format!("{url:?}").contains("p:w"));
        }
        for text in [
            "",
            "b.lan",
            "http://b",
            "mqtt://",
            "mqtt://:1883",
            "mqtt://b:0",
            "mqtt://b:x",
            "mqtt://@b",
            "mqtt://b/x",
            "mqtt://[::1",
            "mqtt://[::1]1883",
            "mqtt://hub:secret@b:99999",
        ] {
            let refused = text.parse::<BrokerUrl>().unwrap_err().to_string();
            assert!(!refused.contains("secret"), "{refused}");
        }
    }

    #[test]
    fn loopback_is_known() {
        let is = |text: &str| text.parse::<BrokerUrl>().unwrap().is_loopback();
        assert!(is("mqtt://localhost") && is("mqtt://127.0.0.9") && is("mqtt://[::1]"));
        assert!(!is("mqtt://b.lan") && !is("mqtt://10.0.0.1"));
    }
}
