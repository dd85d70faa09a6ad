//! Packets: length, command, payload, all little-endian; long XML in parts.

const VERSION_ASK: u16 = 0x2001;
const VERSION_ANSWER: u16 = 0x2002;
const SDK_ASK: u16 = 0x2003;
const SDK_ANSWER: u16 = 0x2004;
const ERROR: u16 = 0x2000;
/// Heartbeats as the implementation sends them, and as another document of it says.
const HEARTBEATS: [(u16, u16); 2] = [(0x005F, 0x0060), (0x2005, 0x2006)];
/// The version of the transport that we speak.
const VERSION: u32 = 0x0100_0005;
/// Bytes of XML in one packet.
const PART: usize = 8000;
/// Length and command.
const HEAD: usize = 4;
/// No answer of those we ask for is longer.
const LONGEST: usize = 256 * 1024;

fn packet(command: u16, payload: &[u8]) -> Vec<u8> {
    // Payloads are at most a part and its two numbers.
    let length = u16::try_from(HEAD + payload.len()).unwrap_or(u16::MAX);
    [&length.to_le_bytes(), &command.to_le_bytes(), payload].concat()
}

pub(super) fn version_ask() -> Vec<u8> {
    packet(VERSION_ASK, &VERSION.to_le_bytes())
}

pub(super) fn heartbeat() -> Vec<u8> {
    packet(HEARTBEATS[0].0, &[])
}

pub(super) fn heartbeat_answer(command: u16) -> Vec<u8> {
    packet(command, &[])
}

/// A command's XML in packets: each has the whole length and where its part begins.
pub(super) fn command(xml: &str) -> Vec<Vec<u8>> {
    let long = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
    let whole = long(xml.len());
    let parts = xml.as_bytes().chunks(PART).enumerate();
    parts
        .map(|(at, part)| packet(SDK_ASK, &[&whole, &long(at * PART), part].concat()))
        .collect()
}

/// What comes from a card.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Packet {
    Version,
    /// A part of an answer: whole length, where it begins, bytes.
    Part(Part),
    /// The card asks whether we are there; the command to answer with.
    Heartbeat(u16),
    HeartbeatAnswer,
    Error(u16),
    /// Nothing that was asked for.
    Other(u16),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    whole: u32,
    offset: u32,
    bytes: Vec<u8>,
}

/// Finds packets in what comes in.
#[derive(Debug, Default)]
pub(super) struct Packets {
    bytes: Vec<u8>,
}

impl Packets {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend(bytes);
    }

    /// The next whole packet, if there is one. The length has 16 bits, so no more than that is ever kept.
    pub(super) fn take(&mut self) -> Result<Option<Packet>, String> {
        let Some((head, _)) = self.bytes.split_first_chunk::<HEAD>() else {
            return Ok(None);
        };
        let length = usize::from(u16::from_le_bytes([head[0], head[1]]));
        let command = u16::from_le_bytes([head[2], head[3]]);
        if length < HEAD {
            return Err(format!("a packet says that it has {length} bytes"));
        }
        if self.bytes.len() < length {
            return Ok(None);
        }
        let packet: Vec<u8> = self.bytes.drain(..length).collect();
        read(command, &packet[HEAD..]).map(Some)
    }
}

fn read(command: u16, payload: &[u8]) -> Result<Packet, String> {
    Ok(match command {
        VERSION_ANSWER => Packet::Version,
        SDK_ANSWER => {
            let (numbers, bytes) = payload
                .split_first_chunk::<8>()
                .ok_or_else(|| "a part of it has no length".to_owned())?;
            let [a, b, c, d, e, f, g, h] = *numbers;
            Packet::Part(Part {
                whole: u32::from_le_bytes([a, b, c, d]),
                offset: u32::from_le_bytes([e, f, g, h]),
                bytes: bytes.to_vec(),
            })
        }
        ERROR => match payload {
            [low, high, ..] => Packet::Error(u16::from_le_bytes([*low, *high])),
            _ => return Err("an error has no number".to_owned()),
        },
        other => HEARTBEATS
            .iter()
            .find_map(|(ask, answer)| match other {
                command if command == *ask => Some(Packet::Heartbeat(*answer)),
                command if command == *answer => Some(Packet::HeartbeatAnswer),
                _ => None,
            })
            .unwrap_or(Packet::Other(other)),
    })
}

/// Puts parts together, in their order.
#[derive(Debug, Default)]
pub(super) struct Whole {
    bytes: Vec<u8>,
}

impl Whole {
    /// Takes a part; answers the whole when it was the last.
    pub(super) fn add(&mut self, part: &Part) -> Result<Option<Vec<u8>>, String> {
        let (whole, offset) = (part.whole as usize, part.offset as usize);
        if whole > LONGEST {
            return Err(format!("it says that it has {whole} bytes"));
        }
        if offset != self.bytes.len() || offset + part.bytes.len() > whole {
            return Err(format!(
                "a part begins at {offset} and {} bytes are there",
                self.bytes.len()
            ));
        }
        if part.bytes.is_empty() && whole > 0 {
            return Err("a part of it is empty".to_owned());
        }
        self.bytes.extend(&part.bytes);
        Ok((self.bytes.len() == whole).then(|| std::mem::take(&mut self.bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_have_their_bytes() {
        assert_eq!(version_ask(), [8, 0, 0x01, 0x20, 0x05, 0, 0, 1]);
        assert_eq!(heartbeat(), [4, 0, 0x5F, 0]);
        let short = command("<sdk/>");
        let expected = [&[18, 0, 0x03, 0x20, 6, 0, 0, 0, 0, 0, 0, 0], b"<sdk/>".as_slice()].concat();
        assert_eq!(short, [expected]);
    }

    #[test]
    fn long_commands_go_in_parts() {
        let xml = "x".repeat(2 * PART + 5);
        let packets = command(&xml);
        let lengths: Vec<usize> = packets.iter().map(Vec::len).collect();
        assert_eq!(lengths, [PART + 12, PART + 12, 17]);
        // They are put together as a card's answer would be.
        let (mut inbox, mut whole) = (Packets::default(), Whole::default());
        let mut together = None;
        for mut packet in packets {
            packet[2..4].copy_from_slice(&SDK_ANSWER.to_le_bytes());
            for byte in packet {
                inbox.push(&[byte]);
                if let Some(Packet::Part(part)) = inbox.take().unwrap() {
                    together = whole.add(&part).unwrap();
                }
            }
        }
        assert_eq!(together, Some(xml.into_bytes()));
    }

    #[test]
    fn parts_out_of_order_or_too_long_are_told() {
        let part = |whole, offset, bytes: &[u8]| Part {
            whole,
            offset,
            bytes: bytes.to_vec(),
        };
        for bad in [
            part(9, 3, b"abc"),
            part(2, 0, b"abc"),
            part(u32::MAX, 0, b"abc"),
            part(9, 0, b""),
        ] {
            assert!(Whole::default().add(&bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn whatever_comes_in_is_a_packet_or_an_error_and_little_is_kept() {
        let mut seed = 0x2545_F491_4F6C_DD1D_u64;
        let mut noise = move || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        for _ in 0..2000 {
            let (mut inbox, mut whole) = (Packets::default(), Whole::default());
            for _ in 0..noise() % 20 {
                let mut bytes: Vec<u8> = (0..noise() % 40).map(|_| noise().to_le_bytes()[0]).collect();
                if bytes.len() > 4 && noise().is_multiple_of(2) {
                    bytes[..4].copy_from_slice(&[12, 0, 4, 0x20]);
                }
                inbox.push(&bytes);
                while let Ok(Some(packet)) = inbox.take() {
                    if let Packet::Part(part) = packet {
                        let _ = whole.add(&part);
                    }
                }
            }
            assert!(inbox.bytes.len() <= 20 * 40 && whole.bytes.len() <= LONGEST);
        }
    }
}
