//! sACN, ANSI E1.31-2018: DMX universes in UDP packets, to each universe's multicast group or to one controller.
//!
//! A packet is layers that hold each other: root (ACN, who sends), framing (universe, priority, sequence), and DMP (the
//! slots) in a data packet. Numbers are big-endian; a layer's length is counted from its own flags, whose upper four
//! bits are 7. Section numbers below are the standard's.

use crate::network::{NetworkSink, Plan, Post, Protocol, SACN_PORT, Target};
use crate::options::{Host, Options};
use crate::universe::{RATE_HZ, SLOTS, Sequences, Universes};
use crate::{Rig, SinkError};
use sha2::{Digest, Sha256};
use std::io;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant as Moment};

/// How it is written.
pub(crate) const WRITE: &str =
    "sacn:multicast[?universe=1&priority=100&sync=7000&interface=ADDRESS&fps=44] or sacn:HOST[:5568][?…]";

/// Universes are 1 to 63999 (6.2.7).
const HIGHEST: u16 = 63_999;
/// The group of universe discovery (4.3, appendix A).
const DISCOVERY: u16 = 64_214;
const DISCOVERY_EVERY: Duration = Duration::from_secs(10);
const DISCOVERED_A_PAGE: usize = 512;

const ROOT_DATA: u32 = 0x4;
const ROOT_EXTENDED: u32 = 0x8;
const FRAMING_DATA: u32 = 0x2;
const EXTENDED_SYNCHRONIZATION: u32 = 0x1;
const EXTENDED_DISCOVERY: u32 = 0x2;
const UNIVERSE_LIST: u32 = 0x1;

/// The stream ends (6.2.6).
const STREAM_TERMINATED: u8 = 0x40;
/// Whoever loses the synchronization packets shows what comes rather than nothing new (6.2.6).
const FORCE_SYNCHRONIZATION: u8 = 0x20;
const NAME_BYTES: usize = 64;

/// Where sACN goes, as `sacn:multicast` or `sacn:HOST[:PORT]` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sacn {
    target: Target,
    universes: Universes,
    priority: u8,
    sync: Option<u16>,
    fps: u16,
}

impl Sacn {
    /// Reads what stands behind `sacn:`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (target, mut options) = Options::split(text)?;
        let target = if target == "multicast" {
            Target::Groups(interface(&mut options)?)
        } else {
            Target::Host(Host::parse(target, SACN_PORT)?)
        };
        let sacn = Self {
            target,
            universes: Universes {
                first: options.number("universe", 1..=HIGHEST)?.unwrap_or(1),
                highest: HIGHEST,
            },
            priority: options.number("priority", 0..=200)?.unwrap_or(100),
            sync: options.number("sync", 1..=HIGHEST)?,
            fps: options.number("fps", 1..=240)?.unwrap_or(RATE_HZ),
        };
        options.finish()?;
        Ok(sacn)
    }

    /// A sink that sends so; `title` names the source, and is what its identifier is made from: the same display is
    /// always the same source.
    ///
    /// # Errors
    /// When the machine refuses a thread.
    pub fn open(&self, title: &str, rig: &Rig) -> Result<NetworkSink, SinkError> {
        let whereto = match &self.target {
            Target::Host(host) => host.to_string(),
            Target::Groups(_) => "multicast".to_owned(),
        };
        let plan = Plan {
            name: format!("sacn:{whereto}"),
            target: self.target.clone(),
            protocol: Packets::new(self, title),
            room: self.universes.room(),
            rate_hz: Some(self.fps),
        };
        NetworkSink::start(plan, rig)
    }
}

fn interface(options: &mut Options<'_>) -> Result<Option<Ipv4Addr>, String> {
    let Some(text) = options.text("interface") else {
        return Ok(None);
    };
    let wrong = || format!("`interface={text}`: interface is the IPv4 address of one of this machine's interfaces");
    text.parse().map(Some).map_err(|_| wrong())
}

struct Packets {
    source: Source,
    universes: Universes,
    priority: u8,
    sync: Option<u16>,
    sequences: Sequences,
    sync_sequence: u8,
    /// When the universes are next announced; `None` for a source that sends to one controller.
    announce_at: Option<Moment>,
}

/// Who sends.
struct Source {
    cid: [u8; 16],
    name: [u8; NAME_BYTES],
}

impl Source {
    fn of(title: &str) -> Self {
        let name = format!("Heliograph {title}");
        let mut bytes = [0; NAME_BYTES];
        // Cut between characters, with a zero at the end (6.2.2).
        let end = name.floor_char_boundary(NAME_BYTES - 1);
        bytes[..end].copy_from_slice(&name.as_bytes()[..end]);
        Self {
            cid: component_id(title),
            name: bytes,
        }
    }
}

/// The component identifier: a UUID of version 8 (RFC 9562, 5.8) made from the title's hash.
fn component_id(title: &str) -> [u8; 16] {
    let hash = Sha256::digest(format!("heliograph sacn {title}"));
    let mut cid = [0; 16];
    cid.copy_from_slice(&hash[..16]);
    cid[6] = 0x80 | (cid[6] & 0x0F);
    cid[8] = 0x80 | (cid[8] & 0x3F);
    cid
}

impl Packets {
    fn new(sacn: &Sacn, title: &str) -> Self {
        Self {
            source: Source::of(title),
            universes: sacn.universes,
            priority: sacn.priority,
            sync: sacn.sync,
            sequences: Sequences::default(),
            sync_sequence: u8::MAX,
            announce_at: matches!(sacn.target, Target::Groups(_)).then(Moment::now),
        }
    }

    /// A data packet (table 4-1) of a universe; no slots end its stream.
    fn data(&mut self, nth: usize, universe: u16, slots: &[u8]) -> Vec<u8> {
        let options = match (slots.is_empty(), self.sync) {
            (true, _) => STREAM_TERMINATED,
            (false, Some(_)) => FORCE_SYNCHRONIZATION,
            (false, None) => 0,
        };
        let mut packet = Layers::new(ROOT_DATA, &self.source);
        packet.layer(|framing| {
            framing.number(FRAMING_DATA);
            framing.0.extend(self.source.name);
            framing.0.push(self.priority);
            framing.0.extend(self.sync.unwrap_or(0).to_be_bytes());
            framing.0.extend([self.sequences.next(nth, 0), options]);
            framing.0.extend(universe.to_be_bytes());
            framing.layer(|dmp| {
                // Set property; addresses of two bytes, one after another from 0; a start code and the slots (7).
                dmp.0.extend([0x02, 0xA1, 0, 0, 0, 1]);
                // At most 513.
                dmp.0.extend((slots.len() as u16 + 1).to_be_bytes());
                dmp.0.push(0);
                dmp.0.extend(slots);
            });
        });
        packet.finish()
    }

    /// A synchronization packet (table 4-2): all that was sent with this address is shown now.
    fn synchronization(&mut self, address: u16) -> Vec<u8> {
        self.sync_sequence = self.sync_sequence.wrapping_add(1);
        let mut packet = Layers::new(ROOT_EXTENDED, &self.source);
        packet.layer(|framing| {
            framing.number(EXTENDED_SYNCHRONIZATION);
            framing.0.push(self.sync_sequence);
            framing.0.extend(address.to_be_bytes());
            framing.0.extend([0, 0]);
        });
        packet.finish()
    }

    /// A page of the list of universes (table 4-3), for whoever wants to know who sends what.
    fn discovery(&self, page: u8, last: u8, universes: &[u16]) -> Vec<u8> {
        let mut packet = Layers::new(ROOT_EXTENDED, &self.source);
        packet.layer(|framing| {
            framing.number(EXTENDED_DISCOVERY);
            framing.0.extend(self.source.name);
            framing.0.extend([0; 4]);
            framing.layer(|list| {
                list.number(UNIVERSE_LIST);
                list.0.extend([page, last]);
                list.0
                    .extend(universes.iter().flat_map(|universe| universe.to_be_bytes()));
            });
        });
        packet.finish()
    }

    fn announce(&mut self, post: &mut Post<'_>) -> io::Result<()> {
        if self.announce_at.is_none_or(|at| Moment::now() < at) {
            return Ok(());
        }
        self.announce_at = Some(Moment::now() + DISCOVERY_EVERY);
        let universes: Vec<u16> = self.in_use().collect();
        // 63,999 universes are 125 pages.
        let last = universes.len().div_ceil(DISCOVERED_A_PAGE).saturating_sub(1) as u8;
        for (page, universes) in (0..=last).zip(universes.chunks(DISCOVERED_A_PAGE)) {
            post(DISCOVERY, &self.discovery(page, last, universes))?;
        }
        Ok(())
    }

    fn in_use(&self) -> impl Iterator<Item = u16> + use<> {
        (self.universes.first..=self.universes.highest).take(self.sequences.len())
    }
}

impl Protocol for Packets {
    fn send(&mut self, lamps: &[u8], post: &mut Post<'_>) -> io::Result<()> {
        for (nth, (universe, slots)) in self.universes.cut(lamps).enumerate() {
            post(universe, &self.data(nth, universe, slots))?;
        }
        if let Some(address) = self.sync {
            post(address, &self.synchronization(address))?;
        }
        self.announce(post)
    }

    /// Three packets that end each stream (6.2.6).
    fn farewell(&mut self, post: &mut Post<'_>) -> io::Result<()> {
        for _ in 0..3 {
            for (nth, universe) in self.in_use().enumerate() {
                post(universe, &self.data(nth, universe, &[]))?;
            }
        }
        Ok(())
    }
}

/// A packet being written, layer in layer.
struct Layers(Vec<u8>);

impl Layers {
    /// The preamble (5.1–5.3); the root layer (5.4–5.6) is open until the end.
    fn new(vector: u32, source: &Source) -> Self {
        let mut packet = Self(Vec::with_capacity(126 + SLOTS));
        packet.0.extend([0x00, 0x10, 0x00, 0x00]);
        packet.0.extend(b"ASC-E1.17\0\0\0");
        packet.0.extend([0, 0]);
        packet.number(vector);
        packet.0.extend(source.cid);
        packet
    }

    fn number(&mut self, number: u32) {
        self.0.extend(number.to_be_bytes());
    }

    /// A layer, whose flags and length are written when it is whole.
    fn layer(&mut self, write: impl FnOnce(&mut Self)) {
        let from = self.0.len();
        self.0.extend([0, 0]);
        write(self);
        self.close(from);
    }

    fn close(&mut self, from: usize) {
        // No packet is longer than a universe list's 1,144 bytes.
        let length = (self.0.len() - from) as u16;
        self.0[from..from + 2].copy_from_slice(&(0x7000 | length).to_be_bytes());
    }

    fn finish(mut self) -> Vec<u8> {
        self.close(16);
        self.0
    }
}

#[cfg(test)]
mod tests;
