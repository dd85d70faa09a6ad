//! DDP, the Distributed Display Protocol (3waylabs, <http://www.3waylabs.com/ddp/>): a line of lamps in UDP packets.
//!
//! ```text
//! byte 0      flags: version 1 (01......), push (.......1) on a frame's last packet
//! byte 1      sequence number 1–15, one more with each packet; 0 would mean that it is not used
//! byte 2      data type: RGB (..001...), 8 bits a colour (.....011)
//! byte 3      destination: 1 is the default output
//! bytes 4–7   offset of the data in the line, in bytes, big-endian
//! bytes 8–9   length of the data, big-endian
//! bytes 10–   data, at most 1,440 bytes: 480 pixels
//! ```

use crate::network::{NetworkSink, Plan, Post, Protocol, Target};
use crate::options::{Host, Options};
use crate::{Rig, SinkError};
use std::io;

/// How it is written.
pub(crate) const WRITE: &str = "ddp:HOST[:4048][?destination=1&fps=60]";

const PORT: u16 = 4048;
const HEADER: usize = 10;
/// Whole pixels that fit an Ethernet frame.
const MOST_DATA: usize = 1440;
const VERSION_1: u8 = 0x40;
const PUSH: u8 = 0x01;
const RGB_8: u8 = 0b0000_1011;

/// A controller that speaks DDP, as `ddp:HOST[:PORT]` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ddp {
    host: Host,
    destination: u8,
    fps: Option<u16>,
}

impl Ddp {
    /// Reads what stands behind `ddp:`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (host, mut options) = Options::split(text)?;
        let ddp = Self {
            host: Host::parse(host, PORT)?,
            // 250 and above are for settings, status and DMX.
            destination: options.number("destination", 1..=249)?.unwrap_or(1),
            fps: options.number("fps", 1..=240)?,
        };
        options.finish()?;
        Ok(ddp)
    }

    /// A sink that sends to the controller, which is looked up when the first frame comes.
    ///
    /// # Errors
    /// When the machine refuses a thread.
    pub fn open(&self, rig: &Rig) -> Result<NetworkSink, SinkError> {
        let plan = Plan {
            name: format!("ddp:{}", self.host),
            target: Target::Host(self.host.clone()),
            protocol: Packets {
                destination: self.destination,
                sequence: 0,
            },
            room: u32::MAX as usize,
            rate_hz: self.fps,
        };
        NetworkSink::start(plan, rig)
    }
}

struct Packets {
    destination: u8,
    sequence: u8,
}

impl Protocol for Packets {
    fn send(&mut self, lamps: &[u8], post: &mut Post<'_>) -> io::Result<()> {
        let last = lamps.len().div_ceil(MOST_DATA).saturating_sub(1);
        let mut packet = Vec::with_capacity(HEADER + MOST_DATA);
        let mut offset: u32 = 0;
        for (nth, data) in lamps.chunks(MOST_DATA).enumerate() {
            self.sequence = self.sequence % 15 + 1;
            // At most 1,440.
            let length = data.len() as u16;
            let push = if nth == last { PUSH } else { 0 };
            packet.clear();
            packet.extend([VERSION_1 | push, self.sequence, RGB_8, self.destination]);
            packet.extend(offset.to_be_bytes());
            packet.extend(length.to_be_bytes());
            packet.extend(data);
            post(0, &packet)?;
            // The sink takes no line longer than an offset can say.
            offset = offset.saturating_add(u32::from(length));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packets(protocol: &mut Packets, lamps: &[u8]) -> Vec<Vec<u8>> {
        let mut packets = Vec::new();
        protocol
            .send(lamps, &mut |_, packet| {
                packets.push(packet.to_vec());
                Ok(())
            })
            .unwrap();
        packets
    }

    #[test]
    fn a_small_panel_is_one_packet() {
        let mut protocol = Packets {
            destination: 1,
            sequence: 0,
        };
        let golden = [0x41, 1, 0x0B, 1, 0, 0, 0, 0, 0, 6, 10, 20, 30, 40, 50, 60];
        assert_eq!(packets(&mut protocol, &[10, 20, 30, 40, 50, 60]), [golden]);
        assert_eq!(packets(&mut protocol, &[9, 9, 9])[0][..4], [0x41, 2, 0x0B, 1]);
        assert!(packets(&mut protocol, &[]).is_empty());
    }

    #[test]
    fn only_the_last_of_many_packets_is_pushed() {
        let lamps: Vec<u8> = (0..=255).cycle().take(1440 * 16 + 3).collect();
        let mut protocol = Packets {
            destination: 7,
            sequence: 0,
        };
        let packets = packets(&mut protocol, &lamps);
        assert_eq!(packets.len(), 17);
        assert_eq!(packets[1][..10], [0x40, 2, 0x0B, 7, 0, 0, 0x05, 0xA0, 0x05, 0xA0]);
        assert_eq!(packets[14][..2], [0x40, 15]);
        assert_eq!(packets[15][..2], [0x40, 1], "1 follows 15");
        assert_eq!(packets[16][..10], [0x41, 2, 0x0B, 7, 0, 0, 0x5A, 0, 0, 3]);
        assert_eq!(packets.iter().map(|p| &p[10..]).collect::<Vec<_>>().concat(), lamps);
        assert!(packets.iter().all(|packet| packet.len() <= 1450));
    }
}
