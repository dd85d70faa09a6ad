//! By which names and addresses a machine may be called.

use rustls::pki_types::ServerName;
use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr};

/// More addresses than these are no machine that displays call.
const MOST: usize = 64;

/// The machine's host name, alone and in `.local` (RFC 6762), and its addresses, loopback among them.
pub(super) fn of_machine() -> Vec<String> {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let host = read("/proc/sys/kernel/hostname").trim().to_ascii_lowercase();
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    if !host.is_empty() && host != "localhost" {
        names.push(host.clone());
        if !host.contains('.') {
            names.push(format!("{host}.local"));
        }
    }
    names.extend(ipv4(&read("/proc/net/fib_trie")).iter().map(Ipv4Addr::to_string));
    names.extend(ipv6(&read("/proc/net/if_inet6")).iter().map(Ipv6Addr::to_string));
    names.retain(|name| ServerName::try_from(name.as_str()).is_ok());
    names.truncate(MOST);
    names
}

/// One of the machine's addresses, for others to call; `None` when it has none but loopback.
pub(crate) fn for_others() -> Option<String> {
    let routes = fs::read_to_string("/proc/net/fib_trie").unwrap_or_default();
    ipv4(&routes).first().map(Ipv4Addr::to_string)
}

/// The machine's own addresses in Linux's table of routes: each is a leaf of 32 bits with the type `LOCAL`.
fn ipv4(fib_trie: &str) -> Vec<Ipv4Addr> {
    let mut leaf = None;
    let mut found = Vec::new();
    for line in fib_trie.lines().map(str::trim) {
        if let Some(address) = line.strip_prefix("|-- ") {
            leaf = address.parse::<Ipv4Addr>().ok();
        } else if line == "/32 host LOCAL"
            && let Some(address) = leaf
            && !address.is_loopback()
            && !found.contains(&address)
        {
            found.push(address);
        }
    }
    found.sort_unstable();
    found
}

/// The machine's own addresses in Linux's list; those that hold within one cable only are left out.
fn ipv6(if_inet6: &str) -> Vec<Ipv6Addr> {
    let parsed = if_inet6.lines().filter_map(|line| {
        let digits = line.split_whitespace().next()?;
        Some(Ipv6Addr::from(u128::from_str_radix(digits, 16).ok()?))
    });
    let mut found: Vec<Ipv6Addr> = parsed
        .filter(|address| !address.is_loopback() && !address.is_unicast_link_local())
        .collect();
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIB_TRIE: &str = "\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.0.0.0/24 2 0 2
        +-- 10.0.0.0/29 2 0 2
           |-- 10.0.0.0
              /24 link UNICAST
           |-- 10.0.0.7
              /32 host LOCAL
        |-- 10.0.0.255
           /32 link BROADCAST
Local:
     +-- 127.0.0.0/8 2 0 2
           |-- 127.0.0.1
              /32 host LOCAL
           |-- 10.0.0.7
              /32 host LOCAL
";

    #[test]
    fn the_addresses_of_a_machine_are_found() {
        assert_eq!(ipv4(FIB_TRIE), [Ipv4Addr::new(10, 0, 0, 7)]);
        let inet6 = "00000000000000000000000000000001 01 80 10 80       lo\n\
                     fe80000000000000021122fffe334455 02 40 20 80     eth0\n\
                     fd000000000000000000000000000007 02 40 00 80     eth0\n";
        assert_eq!(ipv6(inet6), ["fd00::7".parse::<Ipv6Addr>().unwrap()]);
        assert!(ipv4("").is_empty() && ipv6("x y\n\n").is_empty());
    }

    #[test]
    fn this_machine_has_names_and_all_can_stand_in_a_certificate() {
        let names = of_machine();
        assert!(names.contains(&"localhost".to_owned()) && names.contains(&"127.0.0.1".to_owned()));
        assert!(names.len() <= MOST && names.iter().all(|name| ServerName::try_from(name.as_str()).is_ok()));
    }
}
