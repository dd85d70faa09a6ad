//! Packets: header, data, checksum; the commands, and what the card answers.

use crate::card::WallClock;
use thiserror::Error;

/// The computer's own address.
const US: u16 = 0x8000;
/// Whatever type of card it is.
const ANY_CARD: u8 = 0xFE;
const VERSION: u8 = 2;
const HEADER: usize = 14;
const ANSWER_WANTED: u8 = 1;

/// CRC-16/ARC: x¹⁶+x¹⁵+x²+1 reflected, from 0.
pub(super) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0xA001 } else { crc >> 1 }
        })
    })
}

/// What is asked of a card.
#[derive(Debug)]
pub(super) enum Command<'a> {
    Ping,
    SetClock(WallClock),
    Status,
    Power(bool),
    /// 0 to 15.
    Brightness(u8),
    Update(&'a Update<'a>),
    /// Removes everything, programmes too: never sent by the sink, but part of the protocol.
    #[cfg(test)]
    Clear,
}

/// A change of dynamic areas.
#[derive(Debug)]
pub(super) struct Update<'a> {
    /// Ids of areas to remove; `None`: all.
    pub(super) delete: Option<Vec<u8>>,
    pub(super) areas: &'a [Vec<u8>],
}

impl Command<'_> {
    /// For people.
    pub(super) fn asked(&self) -> &'static str {
        match self {
            Self::Ping => "whether it is there",
            Self::SetClock(_) => "to set its clock",
            Self::Status => "for its status",
            Self::Power(_) => "to switch its panel",
            Self::Brightness(_) => "to set its brightness",
            Self::Update(_) => "to show texts",
            #[cfg(test)]
            Self::Clear => "to clear itself",
        }
    }

    /// The packet, to a screen address.
    pub(super) fn packet(&self, to: u16) -> Vec<u8> {
        let data = self.data();
        // Texts come before the programmes that the card holds; for all else the mode says nothing.
        let mode = u8::from(matches!(self, Self::Update(_)));
        let mut packet = Vec::with_capacity(HEADER + data.len() + 2);
        packet.extend(to.to_le_bytes());
        packet.extend(US.to_le_bytes());
        packet.extend([0, 0, 0, 0, 0, mode, ANY_CARD, VERSION]);
        packet.extend(length(data.len()));
        packet.extend(data);
        let crc = crc16(&packet);
        packet.extend(crc.to_le_bytes());
        packet
    }

    fn data(&self) -> Vec<u8> {
        match self {
            Self::Ping => plain([0xA2, 0x00], &[]),
            Self::SetClock(clock) => plain([0xA2, 0x03], &clock_bytes(clock)),
            Self::Status => plain([0xA1, 0x02], &[]),
            Self::Power(on) => plain([0xA3, 0x00], &[if *on { 1 } else { 2 }]),
            Self::Brightness(level) => plain([0xA3, 0x02], &[1, (*level).min(15)]),
            Self::Update(update) => update.data(),
            #[cfg(test)]
            Self::Clear => plain([0xA3, 0x10], &[]),
        }
    }
}

impl Update<'_> {
    fn data(&self) -> Vec<u8> {
        // Process mode and a reserved byte stand where other commands have the length of their arguments.
        let mut data = vec![0xA3, 0x06, ANSWER_WANTED, 0, 0];
        match &self.delete {
            None => data.push(0xFF),
            Some(ids) => {
                data.push(u8::try_from(ids.len()).unwrap_or(0xFF));
                data.extend(ids);
            }
        }
        data.push(u8::try_from(self.areas.len()).unwrap_or(0xFF));
        for area in self.areas {
            data.extend(length(area.len()));
            data.extend(area);
        }
        data
    }
}

/// A command with the length of its arguments, as the maker's examples have it in the reserved bytes.
fn plain(command: [u8; 2], arguments: &[u8]) -> Vec<u8> {
    let mut data = vec![command[0], command[1], ANSWER_WANTED];
    data.extend(length(arguments.len()));
    data.extend(arguments);
    data
}

fn length(bytes: usize) -> [u8; 2] {
    u16::try_from(bytes).unwrap_or(u16::MAX).to_le_bytes()
}

/// Binary-coded decimal: 26 is `26` in hexadecimal.
fn bcd(n: u16) -> u8 {
    u8::try_from(n % 100 / 10 * 16 + n % 10).unwrap_or(0)
}

fn clock_bytes(clock: &WallClock) -> [u8; 8] {
    let date = clock.date;
    // The card counts the week from Monday, 1, to Sunday, 7.
    let weekday = match date.weekday() {
        0 => 7,
        day => day,
    };
    [
        bcd(date.year % 100),
        bcd(date.year / 100),
        bcd(date.month.into()),
        bcd(date.day.into()),
        bcd(clock.hour.into()),
        bcd(clock.minute.into()),
        bcd(clock.second.into()),
        weekday,
    ]
}

/// What a card answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Yes, or what was asked for, as bytes.
    Ack(Vec<u8>),
    Nack(CardError),
}

/// Why an answer is none.
#[derive(Debug, Error, PartialEq, Eq)]
pub(super) enum AnswerError {
    #[error("it has {0} bytes")]
    Short(usize),
    #[error("its checksum is wrong")]
    Checksum,
    #[error("it says that {told} bytes of data follow, and {there} do")]
    Length { told: usize, there: usize },
    #[error("it is for {0:04X}, not for us")]
    Address(u16),
}

impl Answer {
    pub(super) fn read(packet: &[u8]) -> Result<Self, AnswerError> {
        let (body, crc) = packet.split_last_chunk::<2>().ok_or(AnswerError::Short(packet.len()))?;
        let (header, data) = body
            .split_first_chunk::<HEADER>()
            .ok_or(AnswerError::Short(packet.len()))?;
        if u16::from_le_bytes(*crc) != crc16(body) {
            return Err(AnswerError::Checksum);
        }
        let to = u16::from_le_bytes([header[0], header[1]]);
        if to != US {
            return Err(AnswerError::Address(to));
        }
        let told = usize::from(u16::from_le_bytes([header[12], header[13]]));
        if told != data.len() {
            return Err(AnswerError::Length {
                told,
                there: data.len(),
            });
        }
        match data {
            [0xA0, 1, error, ..] => Ok(Self::Nack(CardError::of(*error))),
            [_, _, ..] => Ok(Self::Ack(data.to_vec())),
            _ => Err(AnswerError::Short(packet.len())),
        }
    }
}

/// A card's errors.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
pub(super) enum CardError {
    #[error("it says no, and not why")]
    None,
    #[error("its firmware does not know the group of the command")]
    Group,
    #[error("its firmware does not know the command")]
    Command,
    #[error("it is busy")]
    Busy,
    #[error("its memory is too small; is it of the model that was set?")]
    Memory,
    #[error("it heard a wrong checksum, again and again; look at the cable")]
    Checksum,
    #[error("it has not the font of that size; load the 16, 24 and 32 dot fonts with the maker's tool")]
    Font,
    #[error("the time has not its form")]
    Time,
    #[error("error {0} of its flash or files")]
    File(u8),
    #[error("error {0}, which the protocol does not name")]
    Unknown(u8),
}

impl CardError {
    fn of(code: u8) -> Self {
        match code {
            0 => Self::None,
            1 => Self::Group,
            2 => Self::Command,
            3 => Self::Busy,
            4 => Self::Memory,
            5 => Self::Checksum,
            12 => Self::Font,
            14 => Self::Time,
            6..=11 | 13 | 15 | 16 => Self::File(code),
            _ => Self::Unknown(code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::{Unframer, framed};
    use super::*;
    use heliograph_domain::Date;

    /// Bytes as documents write them.
    fn hex(text: &str) -> Vec<u8> {
        text.split_whitespace()
            .map(|byte| u8::from_str_radix(byte, 16).unwrap())
            .collect()
    }

    fn starts(n: usize, rest: &str) -> Vec<u8> {
        [vec![0xA5; n], hex(rest)].concat()
    }

    #[test]
    fn the_makers_packets_byte_for_byte() {
        let ping = starts(8, "01 00 00 80 00 00 00 00 00 00 FE 02 05 00 A2 00 01 00 00 68 F8 5A");
        assert_eq!(framed(&Command::Ping.packet(1)), ping);
        let clock = starts(
            8,
            "01 00 00 80 00 00 00 00 00 00 FE 02 0D 00 A2 03 01 08 00 13 20 01 25 11 17 26 05 B0 3F 5A",
        );
        let set = Command::SetClock(WallClock {
            date: Date::new(2013, 1, 25).unwrap(),
            hour: 11,
            minute: 17,
            second: 26,
        });
        assert_eq!(framed(&set.packet(1)), clock);
    }

    #[test]
    fn the_makers_acknowledgement_is_one() {
        let frame = starts(9, "00 80 FE FF 00 00 00 00 00 00 FE 02 05 00 A0 00 00 00 00 14 AC 5A");
        let mut unframer = Unframer::default();
        let packets: Vec<_> = frame.iter().filter_map(|byte| unframer.push(*byte)).collect();
        let [Ok(packet)] = packets.as_slice() else {
            panic!("one packet: {packets:?}")
        };
        assert_eq!(Answer::read(packet), Ok(Answer::Ack(vec![0xA0, 0, 0, 0, 0])));
        // The control: with any bit turned over it is not.
        for at in 0..packet.len() * 8 {
            let mut spoilt = packet.clone();
            spoilt[at / 8] ^= 1 << (at % 8);
            assert!(Answer::read(&spoilt).is_err(), "bit {at}");
        }
    }

    #[test]
    fn the_other_commands_have_their_bytes() {
        let data = |command: Command<'_>| command.data();
        assert_eq!(data(Command::Status), hex("A1 02 01 00 00"));
        assert_eq!(data(Command::Power(true)), hex("A3 00 01 01 00 01"));
        assert_eq!(data(Command::Power(false)), hex("A3 00 01 01 00 02"));
        assert_eq!(data(Command::Brightness(9)), hex("A3 02 01 02 00 01 09"));
        assert_eq!(data(Command::Clear), hex("A3 10 01 00 00"));
        let all = Update {
            delete: None,
            areas: &[],
        };
        assert_eq!(all.data(), hex("A3 06 01 00 00 FF 00"));
        let two = Update {
            delete: Some(vec![3, 4]),
            areas: &[vec![9; 3]],
        };
        assert_eq!(two.data(), hex("A3 06 01 00 00 02 03 04 01 03 00 09 09 09"));
    }

    #[test]
    fn whatever_comes_in_is_an_answer_or_an_error() {
        // A small generator of noise (xorshift), seeded, so that a failure comes again.
        let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
        let mut noise = move || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        let good = framed(&hex("00 80 FE FF 00 00 00 00 00 00 FE 02 05 00 A0 01 03 00 00"));
        let mut answers = 0;
        for round in 0..4000 {
            let mut bytes: Vec<u8> = (0..noise() % 200).map(|_| noise().to_le_bytes()[0]).collect();
            if round % 2 == 0 {
                bytes = good.clone();
                let length = u64::try_from(bytes.len()).unwrap();
                let at = usize::try_from(noise() % length).unwrap();
                bytes[at] = noise().to_le_bytes()[1];
            }
            let mut unframer = Unframer::default();
            for packet in bytes.iter().filter_map(|byte| unframer.push(*byte)).flatten() {
                answers += usize::from(Answer::read(&packet).is_ok());
            }
        }
        // Two bytes of checksum let one in 65,536 pass; none of these did.
        assert_eq!(answers, 0);
    }
}
