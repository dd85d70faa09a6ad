//! What a machine says of itself when it asks to be let in.

use super::HubAddress;
use heliograph_domain::Panel;
use heliograph_wire::enrol::FACTS_LIMIT;
use serde_json::json;
use std::fs;
use std::net::{ToSocketAddrs, UdpSocket};

/// Where a machine's maker has written what it is: a computer's firmware, or a board's device tree.
const MODELS: [&[&str]; 2] = [
    &["/sys/class/dmi/id/sys_vendor", "/sys/class/dmi/id/product_name"],
    &["/proc/device-tree/model"],
];
/// More of a model's name says nothing more.
const MODEL_CHARS: usize = 100;

/// The facts as a JSON text, within their limit.
pub(super) fn facts(profile: &str, panel: &Panel, hub: &HubAddress) -> String {
    let profile: String = profile.chars().take(MODEL_CHARS).collect();
    let all = json!({
        "model": model(), "version": env!("CARGO_PKG_VERSION"), "profile": profile, "panel": panel,
        "addresses": address_towards(hub).into_iter().collect::<Vec<_>>(), "language": "zh-Hans",
    });
    let text = all.to_string();
    if text.len() <= FACTS_LIMIT {
        text
    } else {
        "{}".to_owned()
    }
}

fn model() -> String {
    let read = |files: &&[&str]| -> Option<String> {
        let parts: Vec<String> = files.iter().filter_map(|file| fs::read_to_string(file).ok()).collect();
        let told = parts.join(" ").replace('\0', " ");
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        (!told.is_empty()).then(|| told.chars().take(MODEL_CHARS).collect())
    };
    MODELS
        .iter()
        .find_map(read)
        .unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

/// The address by which this machine is seen from the hub. Nothing is sent for it.
fn address_towards(hub: &HubAddress) -> Option<String> {
    let target = (hub.host(), 9).to_socket_addrs().ok()?.next()?;
    let any = if target.is_ipv6() { "[::]:0" } else { "0.0.0.0:0" };
    let socket = UdpSocket::bind(any).ok()?;
    socket.connect(target).ok()?;
    Some(socket.local_addr().ok()?.ip().to_string())
}
