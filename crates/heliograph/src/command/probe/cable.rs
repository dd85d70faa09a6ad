//! Which network a controller hangs on. DDP, Art-Net, sACN and the cards' protocols carry no authentication: whoever
//! can send to the controller can draw on the panel, whatever the player believes. So it belongs on an interface of its
//! own, and a machine that reaches it from where it reaches the office is told so.

use super::{Finding, State};
use heliograph_player::BrokerAddress;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};

/// The sinks that send to another machine.
const CABLED: [&str; 5] = ["ddp", "artnet", "sacn", "onbon", "huidu"];
/// An address that no machine has (RFC 5737), for asking where the way out of the building begins.
const OUTSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const TODO: &str = "put the controller on an interface or VLAN of its own: whoever is on its network can draw on the panel \
                    (docs/threat-model.md)";

/// What there is to say about the sink as it was written; nothing where no cable leaves the machine.
pub(super) fn cable(sink: &str, broker: Option<&BrokerAddress>) -> Option<Finding> {
    let (kind, rest) = sink.split_once(':')?;
    if !CABLED.contains(&kind) {
        return None;
    }
    let (target, options) = rest.split_once('?').unwrap_or((rest, ""));
    if target == "multicast" {
        return Some(groups(options, office(broker)));
    }
    let controller = host(target);
    // What has no way to it is the sink's own fault to tell.
    Some(judge(controller, way(controller)?, office(broker)))
}

fn groups(options: &str, office: Option<IpAddr>) -> Finding {
    let from = options.split('&').find_map(|option| option.strip_prefix("interface="));
    match from.and_then(|address| address.parse().ok()) {
        Some(from) => judge("multicast", from, office),
        None => Finding::new(
            "cable",
            State::Warn,
            "the packets go to whatever network the system chooses",
            "write the address of the controller's own interface: sacn:multicast?interface=ADDRESS",
        ),
    }
}

fn judge(controller: &str, from: IpAddr, office: Option<IpAddr>) -> Finding {
    if from.is_loopback() {
        let found = format!("{controller} is on this machine: nothing leaves it");
        return Finding::new("cable", State::Ok, found, "");
    }
    if Some(from) == office {
        let found =
            format!("{controller} and the office are both reached from {from}, and its protocol has no password");
        return Finding::new("cable", State::Warn, found, TODO);
    }
    let found = format!("{controller} is reached from {from}, on a network of its own");
    Finding::new("cable", State::Ok, found, "")
}

/// Where this machine reaches the office from: by way of its hub's broker, or out of the building.
fn office(broker: Option<&BrokerAddress>) -> Option<IpAddr> {
    let hub = broker
        .and_then(|broker| way(&broker.host))
        .filter(|from| !from.is_loopback());
    hub.or_else(|| way(&OUTSIDE.to_string()))
}

/// The address from which this machine would send to a host. Nothing is sent: the system only looks up its routes.
fn way(host: &str) -> Option<IpAddr> {
    let target = |socket: &UdpSocket| socket.connect((host, 9)).and_then(|()| socket.local_addr());
    let v4 = UdpSocket::bind("0.0.0.0:0").and_then(|socket| target(&socket));
    let found = v4.or_else(|_| UdpSocket::bind("[::]:0").and_then(|socket| target(&socket)));
    found.ok().map(|address| address.ip())
}

/// The host of `HOST`, `HOST:PORT` or `[IPv6]:PORT`.
fn host(target: &str) -> &str {
    if let Some(rest) = target.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    match target.split_once(':') {
        Some((host, port)) if !port.contains(':') => host,
        _ => target,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 5));
    const OWN: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 50, 1));

    #[test]
    fn a_controller_on_the_offices_network_is_warned_of_and_one_on_its_own_is_not() {
        let shared = judge("10.0.0.60", OFFICE, Some(OFFICE));
        assert!(
            shared.state == State::Warn && shared.todo.contains("VLAN"),
            "{shared:?}"
        );
        assert_eq!(judge("192.168.50.20", OWN, Some(OFFICE)).state, State::Ok);
        assert_eq!(judge("192.168.50.20", OWN, None).state, State::Ok);
    }

    #[test]
    fn groups_are_warned_of_until_their_interface_is_written() {
        assert_eq!(groups("universe=1", Some(OFFICE)).state, State::Warn);
        assert_eq!(groups("universe=1&interface=10.0.0.5", Some(OFFICE)).state, State::Warn);
        assert_eq!(groups("interface=192.168.50.1", Some(OFFICE)).state, State::Ok);
    }

    #[test]
    fn only_sinks_with_a_cable_are_looked_at() {
        assert_eq!(cable("png:out.png", None), None);
        assert_eq!(cable("window:full", None), None);
        let own = cable("ddp:127.0.0.1:4048?fps=30", None);
        assert!(own.is_some_and(|finding| finding.state == State::Ok && finding.found.contains("this machine")));
    }

    #[test]
    fn hosts_are_read_from_what_people_write() {
        for (written, expected) in [
            ("10.0.0.9", "10.0.0.9"),
            ("wled.local:4048", "wled.local"),
            ("[fe80::1]:4048", "fe80::1"),
            ("fe80::1", "fe80::1"),
        ] {
            assert_eq!(host(written), expected);
        }
    }
}
