//! Fetching one answer over HTTP, with a time and a size that it may take.

use crate::tls::http_agent;
use rustls::ClientConfig;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;

/// A hub answers within this, or is not there.
const CONNECT: Duration = Duration::from_secs(10);
/// A whole object takes at most this long.
pub const OBJECT: Duration = Duration::from_secs(300);
/// Mail takes at most this long: it answers a question for the time, and an answer that comes later does not count.
pub const MAIL: Duration = Duration::from_secs(10);

/// The bytes that `url` answers within this time to a display that carries `token`: over https only when it has someone
/// to trust, and in plain text only when it has not, since the token would be seen.
///
/// # Errors
/// Why there are none, in words.
pub fn fetch(
    url: &str,
    token: &str,
    trust: Option<Arc<ClientConfig>>,
    most_bytes: usize,
    within: Duration,
) -> Result<Vec<u8>, String> {
    if trust.is_some() && !url.starts_with("https:") {
        return Err(format!("{url} is plain text, and this display was enrolled over TLS"));
    }
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_connect(Some(CONNECT))
        .timeout_global(Some(within))
        .build();
    let agent = http_agent(config, trust);
    let request = agent.get(url).header("authorization", format!("Bearer {token}"));
    let mut response = request.call().map_err(|error| format!("{url}: {error}"))?;
    if response.status().as_u16() != 200 {
        return Err(format!("{url} answered {}", response.status().as_u16()));
    }
    let body = response.body_mut().with_config().limit(most_bytes as u64);
    body.read_to_vec().map_err(|error| format!("{url}: {error}"))
}

/// The address with the broker's host, when it names none: a hub that listens everywhere does not know its own name, and
/// the broker it embeds is on the same machine.
#[must_use]
pub fn reachable(url: &str, broker_host: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = authority
        .rsplit_once(':')
        .unwrap_or((authority, if scheme == "https" { "443" } else { "80" }));
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let nowhere = bare.parse::<IpAddr>().is_ok_and(|address| address.is_unspecified());
    if !nowhere {
        return url.to_owned();
    }
    let host = if broker_host.contains(':') {
        format!("[{broker_host}]")
    } else {
        broker_host.to_owned()
    };
    format!("{scheme}://{host}:{port}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_that_listens_everywhere_is_found_where_its_broker_is() {
        let cases = [
            ("http://0.0.0.0:8080/a", "10.0.0.7", "http://10.0.0.7:8080/a"),
            ("http://[::]:8080/a", "fe80::1", "http://[fe80::1]:8080/a"),
            ("http://192.0.2.1:80/a", "10.0.0.7", "http://192.0.2.1:80/a"),
            ("http://hub.example/a", "10.0.0.7", "http://hub.example/a"),
        ];
        for (url, broker, expected) in cases {
            assert_eq!(reachable(url, broker), expected);
        }
    }
}
