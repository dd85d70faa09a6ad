//! Onbon (仰邦) BX-5K, 5MK and 6K: cards with fonts of their own, told texts in GB2312 over TCP.
//!
//! Written from the maker's protocol document, user version 1.4 of February 2021. Only dynamic areas are written: they
//! live in the card's memory and may be rewritten without end, while programmes live in flash, which wears out.

mod area;
mod frame;
mod gb2312;
mod packet;

use crate::card::{Card, CardFault, Line, Losses, Pace, WallClock};
use frame::{Unframer, framed};
use heliograph_domain::Instant;
use heliograph_scene::TextPlan;
use heliograph_scene::plan::{Motion, TextArea};
use packet::{Answer, CardError, Command, Update};
use std::net::TcpStream;
use std::time::{Duration, Instant as Moment};

/// A packet is sent again so often when the card is busy or heard it wrongly.
const ATTEMPTS: u32 = 4;
/// What has come in before a question is asked is late answers; more bytes than this are not.
const MOST_LATE: usize = 16 * 1024;
/// A card drops its texts after so many refreshes that did not come.
const MISSED: u32 = 3;

/// The families of cards, which differ in their memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Model {
    /// BX-5K and 5MK: 8 areas of 512 bytes.
    K5,
    /// BX-6K: 5 areas of 1,024 bytes.
    K6,
}

impl Model {
    /// Dynamic areas that it has.
    #[must_use]
    pub fn areas(self) -> usize {
        match self {
            Self::K5 => 8,
            Self::K6 => 5,
        }
    }

    /// Bytes that an area takes.
    #[must_use]
    pub fn area_bytes(self) -> usize {
        match self {
            Self::K5 => 512,
            Self::K6 => 1024,
        }
    }
}

/// One card.
#[derive(Debug)]
pub(crate) struct Onbon {
    host: String,
    address: u16,
    model: Model,
    speed: Option<u8>,
    pace: Pace,
    line: Option<Line>,
    /// Areas that the card holds; `None`: whatever an earlier player left.
    held: Option<usize>,
    lit: Option<bool>,
}

impl Clone for Onbon {
    /// The same card without the connection.
    fn clone(&self) -> Self {
        Self::new(self.host.clone(), self.address, self.model, self.speed, self.pace)
    }
}

impl Onbon {
    pub(crate) fn new(host: String, address: u16, model: Model, speed: Option<u8>, pace: Pace) -> Self {
        Self {
            host,
            address,
            model,
            speed,
            pace,
            line: None,
            held: None,
            lit: None,
        }
    }

    fn time_out_s(&self, plan: &TextPlan) -> u16 {
        let limit = self.refresh(plan).saturating_mul(MISSED);
        u16::try_from(limit.as_millis().div_ceil(1000))
            .unwrap_or(u16::MAX)
            .max(1)
    }

    /// Sending an area again begins its movement anew, so what moves is let through three times first.
    fn refresh(&self, plan: &TextPlan) -> Duration {
        let moving = plan.areas.iter().filter(|area| area.motion != Motion::Still);
        let longest = moving.map(TextArea::cycle_ms).max().unwrap_or(0);
        let three = Duration::from_millis(u64::from(longest) * 3);
        self.pace.refresh.max(three)
    }

    /// Asks until there is an answer that settles it.
    fn ask(&mut self, command: &Command<'_>) -> Result<(), CardFault> {
        let asked = command.asked();
        let packet = framed(&command.packet(self.address));
        let mut last = None;
        for attempt in 0..ATTEMPTS {
            match self.once(&packet, asked) {
                Ok(Answer::Ack(told)) => {
                    tracing::debug!(asked, ?told, "the card said yes");
                    return Ok(());
                }
                Ok(Answer::Nack(error @ (CardError::Busy | CardError::Checksum))) => {
                    if error == CardError::Busy && attempt + 1 < ATTEMPTS {
                        std::thread::sleep(self.pace.busy);
                    }
                    last = Some(CardFault::Refused {
                        asked,
                        answer: error.to_string(),
                    });
                }
                Ok(Answer::Nack(error)) => {
                    return Err(CardFault::Refused {
                        asked,
                        answer: error.to_string(),
                    });
                }
                // The same packet does no harm twice.
                Err(fault @ CardFault::Garbled { .. }) => last = Some(fault),
                Err(fault) => return Err(fault),
            }
        }
        Err(last.unwrap_or_else(|| self.unconnected()))
    }

    fn once(&mut self, packet: &[u8], asked: &'static str) -> Result<Answer, CardFault> {
        let wait = self.pace.answer;
        let unconnected = self.unconnected();
        let line = self.line.as_mut().ok_or(unconnected)?;
        let garbled = |cause: String| CardFault::Garbled { asked, cause };
        let mut buffer = [0; 1024];
        // What came late, for an earlier question, is not the answer to this one.
        let mut late = 0;
        while let Some(read) = line.arrived(&mut buffer)? {
            late += read;
            if late > MOST_LATE {
                return Err(garbled("it talks without end and without being asked".to_owned()));
            }
        }
        line.send(packet)?;
        let (since, mut unframer) = (Moment::now(), Unframer::default());
        loop {
            let read = line.receive(&mut buffer, since, wait, asked)?;
            for byte in &buffer[..read] {
                if let Some(packet) = unframer.push(*byte) {
                    let packet = packet.map_err(|error| garbled(error.to_string()))?;
                    return Answer::read(&packet).map_err(|error| garbled(error.to_string()));
                }
            }
        }
    }

    fn unconnected(&self) -> CardFault {
        CardFault::Unreachable {
            address: self.host.clone(),
            cause: "there is no connection".to_owned(),
        }
    }
}

impl Card for Onbon {
    fn losses(&self, plan: &TextPlan) -> Losses {
        area::areas(plan, self.model, self.speed, self.time_out_s(plan)).losses
    }

    fn open(&mut self) -> Result<Option<TcpStream>, CardFault> {
        let line = Line::connect(&self.host, &self.pace)?;
        let handle = line.handle();
        (self.line, self.held, self.lit) = (Some(line), None, None);
        self.ask(&Command::Ping)?;
        // What the status says is written to the log alone: the document does not draw its fields.
        match self.ask(&Command::Status) {
            Err(fault) if !fault.is_refusal() => Err(fault),
            _ => Ok(handle),
        }
    }

    fn close(&mut self) {
        self.line = None;
    }

    fn set_clock(&mut self, clock: WallClock, _utc_offset_s: i32) -> Result<(), CardFault> {
        self.ask(&Command::SetClock(clock))
    }

    fn set_light(&mut self, percent: u8) -> Result<(), CardFault> {
        let on = percent > 0;
        if self.lit != Some(on) {
            self.ask(&Command::Power(on))?;
            self.lit = Some(on);
        }
        if on {
            self.ask(&Command::Brightness(level(percent)))
        } else {
            Ok(())
        }
    }

    fn show(&mut self, plan: &TextPlan, _at: Instant) -> Result<(), CardFault> {
        let areas = area::areas(plan, self.model, self.speed, self.time_out_s(plan)).areas;
        let count = areas.len();
        let gone: Option<Vec<u8>> = self
            .held
            .map(|held| (count..held).filter_map(|id| u8::try_from(id).ok()).collect());
        // Until all is acknowledged, nothing is known of what the card holds.
        self.held = None;
        let mut delete = Some(gone);
        for batch in batches(&areas, self.model.area_bytes()) {
            let update = Update {
                delete: delete.take().unwrap_or(Some(Vec::new())),
                areas: batch,
            };
            self.ask(&Command::Update(&update))?;
        }
        if let Some(delete) = delete {
            self.ask(&Command::Update(&Update { delete, areas: &[] }))?;
        }
        self.held = Some(count);
        Ok(())
    }

    fn keep_alive(&mut self) -> Result<(), CardFault> {
        match self.ask(&Command::Ping) {
            Err(fault) if !fault.is_refusal() => Err(fault),
            _ => Ok(()),
        }
    }

    fn refresh_after(&self, plan: &TextPlan) -> Option<Duration> {
        Some(self.refresh(plan))
    }

    fn warning(&self, _plan: &TextPlan) -> Option<CardFault> {
        None
    }
}

/// Reads bytes as a card's answers, as [`Onbon::once`] does.
#[cfg(fuzzing)]
pub fn fuzzed(bytes: &[u8]) {
    let mut unframer = Unframer::default();
    for packet in bytes.iter().filter_map(|byte| unframer.push(*byte)).flatten() {
        let _ = Answer::read(&packet);
    }
    // A checksum is not guessed: the bytes as a packet that has a right one.
    let _ = Answer::read(&[bytes, &packet::crc16(bytes).to_le_bytes()].concat());
}

/// Areas that go together as long as they fit one area's memory: so they change together, and no card is asked to take
/// a packet much longer than its areas.
fn batches(areas: &[Vec<u8>], most: usize) -> Vec<&[Vec<u8>]> {
    let (mut batches, mut from, mut bytes) = (Vec::new(), 0, 0);
    for (at, area) in areas.iter().enumerate() {
        if at > from && bytes + area.len() > most {
            batches.push(&areas[from..at]);
            (from, bytes) = (at, 0);
        }
        bytes += area.len();
    }
    if from < areas.len() {
        batches.push(&areas[from..]);
    }
    batches
}

/// The card's level, 0 to 15, for a brightness above 0.
fn level(percent: u8) -> u8 {
    let level = (u16::from(percent.min(100)) * 15 + 50) / 100;
    u8::try_from(level).unwrap_or(15).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brightness_has_fifteen_levels_that_are_lit() {
        assert_eq!([1, 3, 50, 99, 100, 200].map(level), [1, 1, 8, 15, 15, 15]);
    }

    #[test]
    fn areas_go_together_while_they_fit() {
        let areas: Vec<Vec<u8>> = [300, 300, 300, 1000, 100].map(|bytes| vec![0; bytes]).into();
        let counts = |most| {
            batches(&areas, most)
                .iter()
                .map(|batch| batch.len())
                .collect::<Vec<_>>()
        };
        assert_eq!(counts(1024), [3, 1, 1]);
        assert_eq!(counts(512), [1, 1, 1, 1, 1]);
        assert_eq!(batches(&[], 512).len(), 0);
    }
}
