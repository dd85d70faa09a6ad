//! Where displays find this hub.

use std::net::SocketAddr;

/// Where displays find the broker.
#[derive(Debug, Clone)]
pub(crate) enum BrokerAt {
    /// It is embedded and listens here.
    Here(SocketAddr),
    /// It is another; this is its address.
    Elsewhere(String),
}

/// The addresses that the hub tells displays.
#[derive(Debug, Clone)]
pub(crate) struct Addresses {
    /// Where HTTP listens.
    pub(crate) http: SocketAddr,
    /// Where the broker is.
    pub(crate) broker: BrokerAt,
    /// Whether within TLS.
    pub(crate) tls: bool,
    /// The name that the office gave.
    pub(crate) name: Option<String>,
}

impl Addresses {
    /// The hub's address. A hub that listens everywhere and was given no name is called as the caller's `Host` header has
    /// it, when there is a caller.
    pub(crate) fn hub(&self, host: Option<&str>) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://{}", self.at(self.http, host))
    }

    /// The broker's address.
    pub(crate) fn broker(&self, host: Option<&str>) -> String {
        match &self.broker {
            BrokerAt::Elsewhere(address) => address.clone(),
            BrokerAt::Here(listens) => {
                let scheme = if self.tls { "mqtts" } else { "mqtt" };
                format!("{scheme}://{}", self.at(*listens, host))
            }
        }
    }

    fn at(&self, listens: SocketAddr, host: Option<&str>) -> String {
        let called = host.map(without_port).filter(|host| !host.is_empty());
        match (&self.name, called) {
            (Some(name), _) => format!("{}:{}", in_brackets(name), listens.port()),
            (None, Some(host)) if listens.ip().is_unspecified() => format!("{host}:{}", listens.port()),
            (None, _) => listens.to_string(),
        }
    }
}

/// An IPv6 address stands in brackets before a port (RFC 3986).
fn in_brackets(name: &str) -> String {
    if name.contains(':') {
        format!("[{name}]")
    } else {
        name.to_owned()
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(http: &str, name: Option<&str>, host: Option<&str>) -> (String, String) {
        let http: SocketAddr = http.parse().unwrap();
        let addresses = Addresses {
            http,
            broker: BrokerAt::Here(SocketAddr::new(http.ip(), 8883)),
            tls: true,
            name: name.map(str::to_owned),
        };
        (addresses.hub(host), addresses.broker(host))
    }

    #[test]
    fn a_hub_is_called_by_its_name_else_where_it_listens_else_as_the_caller_did() {
        let both = |host: &str| (format!("https://{host}:8443"), format!("mqtts://{host}:8883"));
        assert_eq!(told("10.0.0.7:8443", None, Some("evil:1")), both("10.0.0.7"));
        assert_eq!(told("0.0.0.0:8443", Some("hub.lan"), Some("x:1")), both("hub.lan"));
        assert_eq!(told("0.0.0.0:8443", None, Some("10.0.0.9:8443")), both("10.0.0.9"));
        assert_eq!(told("[::]:8443", None, Some("[fd00::7]:8443")), both("[fd00::7]"));
        assert_eq!(told("[::]:8443", None, Some("[fd00::7]")), both("[fd00::7]"));
        assert_eq!(told("0.0.0.0:8443", None, None), both("0.0.0.0"));
        assert_eq!(told("0.0.0.0:8443", Some("fd00::7"), None), both("[fd00::7]"));
    }
}
