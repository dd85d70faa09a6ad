//! Art-Net 4 (Artistic Licence): DMX universes in UDP packets, to one controller.
//!
//! ```text
//! ArtDmx                                        ArtSync
//! 0–7    "Art-Net" and a zero                   0–7    "Art-Net" and a zero
//! 8–9    OpCode 0x5000, low byte first          8–9    OpCode 0x5200, low byte first
//! 10–11  protocol version 14, high byte first   10–11  protocol version 14, high byte first
//! 12     sequence 1–255                         12–13  zero
//! 13     physical input: 0
//! 14     SubUni: low byte of the Port-Address
//! 15     Net: its upper 7 bits
//! 16–17  length, even, high byte first
//! 18–    slots
//! ```
//!
//! ArtDmx goes to one address only, as version 4 demands; ArtSync, which the controller accepts from whoever sent it
//! ArtDmx last, goes to the same address.

use crate::network::{NetworkSink, Plan, Post, Protocol, Target};
use crate::options::{Host, Options};
use crate::universe::{RATE_HZ, SLOTS, Sequences, Universes};
use crate::{Rig, SinkError};
use std::io;

/// How it is written.
pub(crate) const WRITE: &str = "artnet:HOST[:6454][?universe=0&sync=yes&fps=44]";

const PORT: u16 = 6454;
/// A Port-Address has 15 bits.
const HIGHEST: u16 = 0x7FFF;
const ID: &[u8; 8] = b"Art-Net\0";
const OP_DMX: u16 = 0x5000;
const OP_SYNC: u16 = 0x5200;
const VERSION: u16 = 14;

/// A controller that speaks Art-Net, as `artnet:HOST[:PORT]` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtNet {
    host: Host,
    universes: Universes,
    sync: bool,
    fps: u16,
}

impl ArtNet {
    /// Reads what stands behind `artnet:`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (host, mut options) = Options::split(text)?;
        let art_net = Self {
            host: Host::parse(host, PORT)?,
            universes: Universes {
                first: options.number("universe", 0..=HIGHEST)?.unwrap_or(0),
                highest: HIGHEST,
            },
            sync: options.yes("sync")?,
            fps: options.number("fps", 1..=240)?.unwrap_or(RATE_HZ),
        };
        options.finish()?;
        Ok(art_net)
    }

    /// A sink that sends to the controller, which is looked up when the first frame comes.
    ///
    /// # Errors
    /// When the machine refuses a thread.
    pub fn open(&self, rig: &Rig) -> Result<NetworkSink, SinkError> {
        let plan = Plan {
            name: format!("artnet:{}", self.host),
            target: Target::Host(self.host.clone()),
            protocol: Packets {
                universes: self.universes,
                sync: self.sync,
                sequences: Sequences::default(),
            },
            room: self.universes.room(),
            rate_hz: Some(self.fps),
        };
        NetworkSink::start(plan, rig)
    }
}

struct Packets {
    universes: Universes,
    sync: bool,
    sequences: Sequences,
}

impl Protocol for Packets {
    fn send(&mut self, lamps: &[u8], post: &mut Post<'_>) -> io::Result<()> {
        let mut packet = Vec::with_capacity(18 + SLOTS + 1);
        for (nth, (universe, slots)) in self.universes.cut(lamps).enumerate() {
            let [net, sub_uni] = universe.to_be_bytes();
            let odd = slots.len() % 2;
            // At most 512.
            let length = (slots.len() + odd) as u16;
            head(&mut packet, OP_DMX);
            packet.extend([self.sequences.next(nth, 1), 0, sub_uni, net]);
            packet.extend(length.to_be_bytes());
            packet.extend(slots);
            packet.extend(&[0][..odd]);
            post(universe, &packet)?;
        }
        if self.sync {
            head(&mut packet, OP_SYNC);
            packet.extend([0, 0]);
            post(self.universes.first, &packet)?;
        }
        Ok(())
    }
}

fn head(packet: &mut Vec<u8>, op_code: u16) {
    packet.clear();
    packet.extend(ID);
    packet.extend(op_code.to_le_bytes());
    packet.extend(VERSION.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packets(text: &str, lamps: &[u8]) -> Vec<Vec<u8>> {
        let plan = ArtNet::parse(text).unwrap();
        let mut protocol = Packets {
            universes: plan.universes,
            sync: plan.sync,
            sequences: Sequences::default(),
        };
        let mut packets = Vec::new();
        let mut post = |_: u16, packet: &[u8]| {
            packets.push(packet.to_vec());
            Ok(())
        };
        protocol.send(lamps, &mut post).unwrap();
        packets
    }

    #[test]
    fn golden_packets() {
        let sent = packets("10.0.0.9?universe=291&sync=yes", &[1, 2, 3]);
        let dmx = b"Art-Net\0\x00\x50\x00\x0e\x01\x00\x23\x01\x00\x04\x01\x02\x03\x00";
        let sync = b"Art-Net\0\x00\x52\x00\x0e\x00\x00";
        assert_eq!(sent, [dmx.to_vec(), sync.to_vec()]);
    }

    #[test]
    fn a_frame_runs_on_in_the_next_universe() {
        let lamps: Vec<u8> = (0..=255).cycle().take(510 * 2 + 6).collect();
        let sent = packets("10.0.0.9?universe=255", &lamps);
        let addresses: Vec<(u8, u8)> = sent.iter().map(|p| (p[15], p[14])).collect();
        assert_eq!(addresses, [(0, 255), (1, 0), (1, 1)]);
        let lengths: Vec<[u8; 2]> = sent.iter().map(|p| [p[16], p[17]]).collect();
        assert_eq!(lengths, [[0x01, 0xFE], [0x01, 0xFE], [0, 6]]);
        assert_eq!(sent.iter().map(|p| &p[18..]).collect::<Vec<_>>().concat(), lamps);
    }
}
