//! Huidu (灰度) full-colour cards that speak SDK 2.0: XML over TCP.
//!
//! Written from what others who drive such cards have published (an implementation under the MIT licence that was tried
//! on an HD-WF2). The card draws with outline fonts of its own, so that there is no character set to keep to; which
//! characters its fonts have, it does not tell.

mod packet;
mod program;
mod xml;

use crate::card::{Card, CardFault, Line, Losses, Pace, WallClock, quoted};
use heliograph_domain::Instant;
use heliograph_scene::TextPlan;
use packet::{Packet, Packets, Whole};
use std::net::TcpStream;
use std::time::{Duration, Instant as Moment};
use xml::Answer;

/// What stands for the session's name before the card has given it.
const NO_SESSION: &str = "##GUID";

/// One card.
#[derive(Debug)]
pub(crate) struct Huidu {
    host: String,
    font: String,
    pace: Pace,
    link: Option<Link>,
    lit: Option<bool>,
}

#[derive(Debug)]
struct Link {
    line: Line,
    packets: Packets,
    session: String,
    /// Dots across and down, if the card says.
    size: Option<(u32, u32)>,
    beaten: Moment,
}

impl Clone for Huidu {
    /// The same card without the connection.
    fn clone(&self) -> Self {
        Self::new(self.host.clone(), self.font.clone(), self.pace)
    }
}

impl Huidu {
    pub(crate) fn new(host: String, font: String, pace: Pace) -> Self {
        Self {
            host,
            font,
            pace,
            link: None,
            lit: None,
        }
    }

    fn link(&mut self) -> Result<&mut Link, CardFault> {
        self.link.as_mut().ok_or_else(|| CardFault::Unreachable {
            address: self.host.clone(),
            cause: "there is no connection".to_owned(),
        })
    }

    /// Has a method done; a card that does not say `kSuccess` has refused it.
    fn call(&mut self, asked: &'static str, method: &str, body: &str) -> Result<Answer, CardFault> {
        let wait = self.pace.answer;
        let link = self.link()?;
        let request = xml::request(&link.session, method, body);
        link.send_all(&packet::command(&request))?;
        let answer = link.answer(asked, wait)?;
        let answer = Answer::read(&answer, method).map_err(|cause| CardFault::Garbled { asked, cause })?;
        match answer.result.as_deref() {
            None | Some("kSuccess") => Ok(answer),
            Some(result) => Err(CardFault::Refused {
                asked,
                answer: format!("it answered {}", quoted(result)),
            }),
        }
    }

    fn greet(&mut self) -> Result<(), CardFault> {
        let (asked, wait) = ("for its version", self.pace.answer);
        let link = self.link()?;
        link.send_all(&[packet::version_ask()])?;
        let since = Moment::now();
        while !matches!(link.next(asked, since, wait)?, Packet::Version) {}
        let greeting = self.call("to begin a session", "GetIFVersion", "<version value=\"1000000\"/>")?;
        let link = self.link()?;
        if greeting.session != NO_SESSION && !greeting.session.is_empty() {
            link.session = greeting.session;
        }
        let device = self.call("for its size", "GetDeviceInfo", "")?;
        self.link()?.size = device.size;
        Ok(())
    }
}

impl Link {
    fn send_all(&mut self, packets: &[Vec<u8>]) -> Result<(), CardFault> {
        packets.iter().try_for_each(|packet| self.line.send(packet))
    }

    /// The next packet that is not a heartbeat; the card's own heartbeats are answered.
    fn next(&mut self, asked: &'static str, since: Moment, wait: Duration) -> Result<Packet, CardFault> {
        let garbled = |cause: String| CardFault::Garbled { asked, cause };
        loop {
            match self.packets.take().map_err(garbled)? {
                Some(Packet::Heartbeat(answer)) => self.line.send(&packet::heartbeat_answer(answer))?,
                Some(Packet::HeartbeatAnswer | Packet::Other(_)) => {}
                Some(Packet::Error(code)) => {
                    return Err(CardFault::Refused {
                        asked,
                        answer: format!("error {code}"),
                    });
                }
                Some(packet) => return Ok(packet),
                None => {
                    let mut buffer = [0; 4096];
                    let read = self.line.receive(&mut buffer, since, wait, asked)?;
                    self.packets.push(&buffer[..read]);
                }
            }
        }
    }

    /// The XML of an answer, from its parts.
    fn answer(&mut self, asked: &'static str, wait: Duration) -> Result<String, CardFault> {
        let garbled = |cause: String| CardFault::Garbled { asked, cause };
        let (since, mut whole) = (Moment::now(), Whole::default());
        loop {
            if let Packet::Part(part) = self.next(asked, since, wait)?
                && let Some(bytes) = whole.add(&part).map_err(garbled)?
            {
                return String::from_utf8(bytes).map_err(|_| garbled("it is not UTF-8".to_owned()));
            }
        }
    }
}

/// Reads bytes as a card's answers, as [`Link::answer`] does.
#[cfg(fuzzing)]
pub fn fuzzed(bytes: &[u8]) {
    let (mut packets, mut whole) = (Packets::default(), Whole::default());
    for piece in bytes.chunks(61) {
        packets.push(piece);
        while let Ok(Some(packet)) = packets.take() {
            if let Packet::Part(part) = packet
                && let Ok(Some(xml)) = whole.add(&part)
            {
                let _ = Answer::read(&String::from_utf8_lossy(&xml), "GetDeviceInfo");
            }
        }
    }
    let _ = Answer::read(&String::from_utf8_lossy(bytes), "GetDeviceInfo");
}

impl Card for Huidu {
    fn losses(&self, _plan: &TextPlan) -> Losses {
        Losses::default()
    }

    fn open(&mut self) -> Result<Option<TcpStream>, CardFault> {
        let line = Line::connect(&self.host, &self.pace)?;
        let handle = line.handle();
        self.lit = None;
        self.link = Some(Link {
            line,
            packets: Packets::default(),
            session: NO_SESSION.to_owned(),
            size: None,
            beaten: Moment::now(),
        });
        self.greet()?;
        Ok(handle)
    }

    fn close(&mut self) {
        self.link = None;
    }

    fn set_clock(&mut self, clock: WallClock, utc_offset_s: i32) -> Result<(), CardFault> {
        self.call("to set its clock", "SetTimeInfo", &program::time(clock, utc_offset_s))?;
        Ok(())
    }

    fn set_light(&mut self, percent: u8) -> Result<(), CardFault> {
        let on = percent > 0;
        if self.lit != Some(on) {
            let method = if on { "OpenScreen" } else { "CloseScreen" };
            self.call("to switch its panel", method, "")?;
            self.lit = Some(on);
        }
        if on {
            self.call(
                "to set its brightness",
                "SetLuminancePloy",
                &program::luminance(percent),
            )?;
        }
        Ok(())
    }

    fn show(&mut self, plan: &TextPlan, at: Instant) -> Result<(), CardFault> {
        let screen = program::screen(plan, &self.font, at);
        self.call("to show texts", "AddProgram", &screen)?;
        Ok(())
    }

    fn keep_alive(&mut self) -> Result<(), CardFault> {
        let (asked, wait) = ("whether it is there", self.pace.answer);
        let link = self.link()?;
        link.send_all(&[packet::heartbeat()])?;
        link.beaten = Moment::now();
        loop {
            let garbled = |cause: String| CardFault::Garbled { asked, cause };
            match link.packets.take().map_err(garbled)? {
                Some(Packet::HeartbeatAnswer) => return Ok(()),
                Some(Packet::Heartbeat(answer)) => link.line.send(&packet::heartbeat_answer(answer))?,
                Some(_) => {}
                None => {
                    let mut buffer = [0; 4096];
                    let read = link.line.receive(&mut buffer, link.beaten, wait, asked)?;
                    link.packets.push(&buffer[..read]);
                }
            }
        }
    }

    fn refresh_after(&self, _plan: &TextPlan) -> Option<Duration> {
        None
    }

    fn warning(&self, plan: &TextPlan) -> Option<CardFault> {
        let (card_width_px, card_height_px) = self.link.as_ref()?.size?;
        let same = (card_width_px, card_height_px) == (plan.width_px.into(), plan.height_px.into());
        (!same).then_some(CardFault::WrongSize {
            card_width_px,
            card_height_px,
            width_px: plan.width_px,
            height_px: plan.height_px,
        })
    }
}
