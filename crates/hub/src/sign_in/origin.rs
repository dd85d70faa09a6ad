//! Where a sign-in comes from.

use crate::http::call::cookie;
use crate::office::Office;
use crate::tls::Peer;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The most of what a browser calls itself that is kept.
const AGENT_CHARS: usize = 200;

/// The names of the cookies. Where TLS guards the connection, browsers take the prefixed ones from this host alone, whole
/// and by TLS (RFC 6265bis, 4.1.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CookieName {
    /// A browser's session.
    Session,
    /// That a browser is known.
    Browser,
}

impl CookieName {
    pub(crate) fn get(self, office: &Office) -> &'static str {
        match (self, office.tls.is_some()) {
            (Self::Session, true) => "__Host-heliograph_session",
            (Self::Session, false) => "heliograph_session",
            (Self::Browser, true) => "__Host-heliograph_browser",
            (Self::Browser, false) => "heliograph_browser",
        }
    }

    /// The value that a request carries.
    pub(crate) fn of(self, office: &Office, headers: &HeaderMap) -> Option<String> {
        cookie(headers, self.get(office))
    }

    /// The header that sets it for so many seconds; 0 removes it.
    pub(crate) fn set(self, office: &Office, value: &str, seconds: u64) -> String {
        let secure = if office.tls.is_some() { "; Secure" } else { "" };
        let name = self.get(office);
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}")
    }
}

/// Where a sign-in comes from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin {
    /// The caller's address.
    pub(crate) address: Option<IpAddr>,
    /// What the browser calls itself.
    pub(crate) agent: String,
    /// What a known browser carries.
    pub(crate) browser: Option<String>,
    /// The session that it carries already.
    pub(crate) session: Option<String>,
}

/// From which address a request comes: the other end of the connection, or, where that is a proxy that the office trusts,
/// whom the proxy names in `X-Forwarded-For`. What others write there is not read.
pub(crate) fn caller_at(office: &Office, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<Peer>>()?.0.0.ip();
    let named = headers.get_all("x-forwarded-for").iter();
    let named: Vec<&str> = named
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    Some(behind_proxies(peer, &named, &office.trusted_proxies))
}

/// The last address in the chain that no trusted proxy vouches for. Each proxy adds to the end whom it heard; what stands
/// before that, the caller may have made up.
fn behind_proxies(peer: IpAddr, named: &[&str], trusted: &[IpAddr]) -> IpAddr {
    let mut caller = peer.to_canonical();
    for name in named.iter().rev() {
        let Some(next) = address_of(name.trim()).filter(|_| trusted.contains(&caller)) else {
            break;
        };
        caller = next;
    }
    caller
}

/// An address as proxies write it: some with the port, of IPv6 then in brackets.
fn address_of(name: &str) -> Option<IpAddr> {
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let parsed = bare.parse().or_else(|_| name.parse::<SocketAddr>().map(|at| at.ip()));
    parsed.ok().map(|address: IpAddr| address.to_canonical())
}

impl FromRequestParts<Arc<Office>> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Self, Infallible> {
        let agent = parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok());
        Ok(Self {
            address: caller_at(office, &parts.extensions, &parts.headers),
            agent: agent.unwrap_or_default().chars().take(AGENT_CHARS).collect(),
            browser: CookieName::Browser.of(office, &parts.headers),
            session: CookieName::Session.of(office, &parts.headers),
        })
    }
}

/// A browser's name in words that people know it by, such as “Firefox · Windows”.
pub(crate) fn in_words(agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(mark, _)| agent.contains(mark));
        found.map(|(_, name)| *name)
    };
    // Each names those before it in the list, too.
    let browser = first(&[
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = first(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trusted_proxy_is_believed_and_nobody_else() {
        let at = |text: &str| text.parse::<IpAddr>().unwrap();
        let (proxy, inner) = (at("10.0.0.1"), at("10.0.0.2"));
        let caller = |peer, named: &[&str]| behind_proxies(peer, named, &[proxy, inner]);
        assert_eq!(caller(proxy, &["192.0.2.7"]), at("192.0.2.7"));
        assert_eq!(
            caller(at("192.0.2.9"), &["192.0.2.7"]),
            at("192.0.2.9"),
            "anybody can write that"
        );
        // What the caller made up stands before what the proxy heard.
        assert_eq!(caller(proxy, &["1.1.1.1", " 192.0.2.7"]), at("192.0.2.7"));
        assert_eq!(
            caller(proxy, &["192.0.2.7", "10.0.0.2"]),
            at("192.0.2.7"),
            "through two"
        );
        assert_eq!(caller(proxy, &[]), proxy);
        assert_eq!(caller(proxy, &["unknown"]), proxy);
        assert_eq!(caller(at("::ffff:10.0.0.1"), &["192.0.2.7:4711"]), at("192.0.2.7"));
        assert_eq!(caller(proxy, &["[2001:db8::7]:4711"]), at("2001:db8::7"));
        assert_eq!(caller(proxy, &["2001:db8::7"]), at("2001:db8::7"));
        assert_eq!(
            behind_proxies(proxy, &["192.0.2.7"], &[]),
            proxy,
            "none is trusted unasked"
        );
    }

    #[test]
    fn browsers_are_named_as_people_know_them() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0";
        assert_eq!(in_words(edge), "Edge · Windows");
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
        assert_eq!(in_words(firefox), "Firefox · Linux");
        assert_eq!(in_words("curl/8.5"), "curl/8.5");
    }
}
