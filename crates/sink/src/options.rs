//! What the network sinks have in common when they are written down: `HOST[:PORT][?KEY=VALUE&…]`.

use std::fmt;
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A machine and a port, not yet looked up: the name server may not answer yet when a player starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its name or address.
    pub name: String,
    /// The UDP port.
    pub port: u16,
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.contains(':') {
            write!(f, "[{}]:{}", self.name, self.port)
        } else {
            write!(f, "{}:{}", self.name, self.port)
        }
    }
}

impl Host {
    /// Reads `HOST`, `HOST:PORT`, `[IPv6]` or `[IPv6]:PORT`.
    pub(crate) fn parse(text: &str, port: u16) -> Result<Self, String> {
        let (name, written) = match text.strip_prefix('[') {
            Some(rest) => {
                let (name, after) = rest.split_once(']').ok_or("a `[` without its `]`")?;
                let port = after.strip_prefix(':');
                if port.is_none() && !after.is_empty() {
                    return Err("after `]` comes `:PORT` or nothing".to_owned());
                }
                (name, port)
            }
            None => text
                .split_once(':')
                .map_or((text, None), |(name, port)| (name, Some(port))),
        };
        if name.is_empty() {
            return Err("the controller's name or address is missing".to_owned());
        }
        if !name.chars().all(|c| c.is_alphanumeric() || ".:-_%".contains(c)) {
            return Err(format!("`{name}` is no name or address"));
        }
        if let Ok(address) = name.parse::<Ipv4Addr>()
            && (address.is_broadcast() || address.is_multicast() || address.is_unspecified())
        {
            return Err(format!("{address} is not the address of one controller"));
        }
        let port = match written {
            None => port,
            Some(port) => (port.parse().ok().filter(|port| *port != 0))
                .ok_or_else(|| format!("`{port}` is no port: write 1 to 65535"))?,
        };
        Ok(Self {
            name: name.to_owned(),
            port,
        })
    }
}

/// What stands after the `?`, taken key by key.
pub(crate) struct Options<'a> {
    left: Vec<(&'a str, &'a str)>,
}

impl<'a> Options<'a> {
    /// Splits what stands before the `?` from the options.
    pub(crate) fn split(text: &'a str) -> Result<(&'a str, Self), String> {
        let (before, query) = text.split_once('?').unwrap_or((text, ""));
        let mut left: Vec<(&str, &str)> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair
                .split_once('=')
                .ok_or_else(|| format!("`{pair}` is not KEY=VALUE"))?;
            if left.iter().any(|(known, _)| *known == key) {
                return Err(format!("`{key}` is there twice"));
            }
            left.push((key, value));
        }
        Ok((before, Self { left }))
    }

    /// The text of a key.
    pub(crate) fn text(&mut self, key: &str) -> Option<&'a str> {
        let at = self.left.iter().position(|(known, _)| *known == key)?;
        Some(self.left.swap_remove(at).1)
    }

    /// The number of a key, when it is there.
    pub(crate) fn number<T>(&mut self, key: &str, range: RangeInclusive<T>) -> Result<Option<T>, String>
    where
        T: FromStr + PartialOrd + fmt::Display,
    {
        let Some(text) = self.text(key) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| range.contains(number));
        number
            .map(Some)
            .ok_or_else(|| format!("`{key}={text}`: {key} is {} to {}", range.start(), range.end()))
    }

    /// The yes or no of a key; no when it is not there.
    pub(crate) fn yes(&mut self, key: &str) -> Result<bool, String> {
        match self.text(key) {
            None | Some("no") => Ok(false),
            Some("yes") => Ok(true),
            Some(other) => Err(format!("`{key}={other}`: {key} is yes or no")),
        }
    }

    /// Refuses what nobody took.
    pub(crate) fn finish(self) -> Result<(), String> {
        self.left
            .first()
            .map_or(Ok(()), |(key, _)| Err(format!("there is no option `{key}`")))
    }
}
