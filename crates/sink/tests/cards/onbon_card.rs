//! A simulated Onbon card, from the maker's document. It shares nothing with the sink: it reads frames its own way, and
//! is strict where a real card may be lenient.

use crate::mishap::{Machine, Mishap, Mishaps};
use heliograph_scene::plan::Place;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// A dynamic area as the card holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub place: Place,
    pub run_mode: u8,
    pub time_out_s: u16,
    pub single_line: bool,
    pub mode: u8,
    pub speed: u8,
    pub stay_half_s: u8,
    pub colour: u8,
    /// Of the Chinese and the Latin font.
    pub fonts: (u8, u8),
    pub lines: Vec<String>,
    pub since: Instant,
}

#[derive(Debug, Default)]
pub struct State {
    areas: BTreeMap<u8, Held>,
    pub on: bool,
    pub level: Option<u8>,
    /// Year, month, day, hour, minute, second, weekday.
    pub clock: Option<[u16; 7]>,
    /// Group and command of every packet that was obeyed.
    pub obeyed: Vec<[u8; 2]>,
    /// Why packets were not.
    pub refusals: Vec<String>,
    pub mishaps: Mishaps,
    pub connections: usize,
}

impl State {
    /// What the card shows now: areas whose time is out are gone.
    pub fn areas(&mut self) -> BTreeMap<u8, Held> {
        let over =
            |held: &Held| held.run_mode == 2 && held.since.elapsed() > Duration::from_secs(u64::from(held.time_out_s));
        self.areas.retain(|_, held| !over(held));
        self.areas.clone()
    }

    pub fn count(&self, command: [u8; 2]) -> usize {
        self.obeyed.iter().filter(|obeyed| **obeyed == command).count()
    }
}

pub struct OnbonCard {
    pub machine: Machine,
    state: Arc<Mutex<State>>,
}

/// The card's memory and panel.
#[derive(Clone, Copy)]
pub struct Make {
    pub address: u16,
    pub areas: usize,
    pub area_bytes: usize,
    pub width_px: u16,
    pub height_px: u16,
}

pub const BX_6K: Make = Make {
    address: 1,
    areas: 5,
    area_bytes: 1024,
    width_px: 256,
    height_px: 64,
};

pub const UPDATE: [u8; 2] = [0xA3, 0x06];

impl OnbonCard {
    pub fn start(make: Make) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let theirs = Arc::clone(&state);
        let machine = Machine::start(move |stream| {
            theirs.lock().unwrap().connections += 1;
            serve(stream, make, &theirs);
        });
        Self { machine, state }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn mishap(&self, asked: [u8; 2], mishap: Mishap) {
        self.state().mishaps.add(&format!("{asked:02X?}"), mishap);
    }

    /// A power cut: memory is empty afterwards.
    pub fn power_cut(&mut self) {
        self.machine.unplug();
        self.state().areas.clear();
        self.state().level = None;
        self.machine.plug_in();
    }

    /// The texts, area by area, centring spaces taken off.
    pub fn texts(&self) -> Vec<Vec<String>> {
        let areas = self.state().areas();
        let trimmed = |held: Held| held.lines.iter().map(|line| line.trim().to_owned()).collect();
        areas.into_values().map(trimmed).collect()
    }
}

fn serve(mut stream: TcpStream, make: Make, state: &Mutex<State>) {
    while let Some(raw) = frame(&mut stream) {
        let packet = unescaped(&raw);
        let mut state = state.lock().unwrap();
        let Some(packet) = packet else {
            // A card cannot know what was meant; it stays silent.
            state.refusals.push(format!("bad escape in {raw:02X?}"));
            continue;
        };
        let asked = packet.get(14..16).map(|c| format!("{:02X?}", [c[0], c[1]]));
        let mishap = asked.and_then(|asked| state.mishaps.take(&asked));
        let answer = match mishap {
            Some(Mishap::Hush) => continue,
            Some(Mishap::HangUp) => {
                let _ = stream.shutdown(std::net::Shutdown::Both);
                return;
            }
            Some(Mishap::Refuse(code)) => no(code),
            _ => match obey(&packet, make, &mut state) {
                Ok(answer) => answer,
                Err((code, why)) => {
                    state.refusals.push(why);
                    no(code)
                }
            },
        };
        drop(state);
        let mut bytes = reply(&answer, make.address);
        if mishap == Some(Mishap::Garble) {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x40;
        }
        if stream.write_all(&bytes).is_err() {
            return;
        }
    }
}

/// The bytes between the last start and the end.
fn frame(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let (mut started, mut raw) = (false, Vec::new());
    loop {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        match byte[0] {
            0xA5 => (started, raw) = (true, Vec::new()),
            0x5A if started => return Some(raw),
            byte if started => raw.push(byte),
            _ => {}
        }
    }
}

fn unescaped(raw: &[u8]) -> Option<Vec<u8>> {
    let mut rest = raw;
    let mut packet = Vec::new();
    loop {
        rest = match rest {
            [] => return Some(packet),
            [0xA6, code @ 1..=2, rest @ ..] => {
                packet.push(if *code == 2 { 0xA5 } else { 0xA6 });
                rest
            }
            [0x5B, code @ 1..=2, rest @ ..] => {
                packet.push(if *code == 2 { 0x5A } else { 0x5B });
                rest
            }
            [0xA6 | 0x5B, ..] => return None,
            [byte, rest @ ..] => {
                packet.push(*byte);
                rest
            }
        };
    }
}

/// CRC-16/ARC by its polynomial, bit by bit from the message's end of each byte: not as the sink does it.
pub fn crc(bytes: &[u8]) -> u16 {
    let mut register: u16 = 0;
    for bit in bytes.iter().flat_map(|byte| (0..8).map(move |n| byte >> n & 1)) {
        let out = register >> 15;
        register <<= 1;
        if out != u16::from(bit) {
            register ^= 0x8005;
        }
    }
    register.reverse_bits()
}

type Refusal = (u8, String);

fn no(code: u8) -> Vec<u8> {
    vec![0xA0, 1, code, 0, 0]
}

fn obey(packet: &[u8], make: Make, state: &mut State) -> Result<Vec<u8>, Refusal> {
    let refused = |code, why: &str| Err((code, format!("{why}: {packet:02X?}")));
    if packet.len() < 14 + 5 + 2 {
        return refused(5, "too short");
    }
    let (body, sum) = packet.split_at(packet.len() - 2);
    if sum != crc(body).to_le_bytes() {
        return refused(5, "checksum");
    }
    let (head, data) = body.split_at(14);
    let to = u16::from_le_bytes([head[0], head[1]]);
    let sane = (to == make.address || to == 0xFFFE)
        && head[2..4] == [0x00, 0x80]
        && head[4..9] == [0; 5]
        && head[9] <= 1
        && head[10] == 0xFE
        && head[11] == 2;
    if !sane {
        return refused(2, "header");
    }
    if usize::from(u16::from_le_bytes([head[12], head[13]])) != data.len() {
        return refused(5, "data length");
    }
    let command = [data[0], data[1]];
    if data[2] != 1 {
        return refused(2, "no answer wanted");
    }
    let arguments = &data[5..];
    if command != UPDATE && usize::from(u16::from_le_bytes([data[3], data[4]])) != arguments.len() {
        return refused(2, "argument length");
    }
    let mut answer = vec![0xA0, 0, 0, 0, 0];
    match (command, arguments) {
        ([0xA2, 0x00], []) => {}
        ([0xA2, 0x03], bytes) => state.clock = Some(clock(bytes).ok_or((14, format!("clock {bytes:02X?}")))?),
        ([0xA1, 0x02], []) => answer = vec![0xA1, 0x82, 0, 0, 0, u8::from(state.on), state.level.unwrap_or(15)],
        ([0xA3, 0x00], [power @ 1..=2]) => state.on = *power == 1,
        ([0xA3, 0x02], [1, level @ 0..=15]) => state.level = Some(*level),
        ([0xA3, 0x10], []) => state.areas.clear(),
        ([0xA3, 0x06], arguments) if data[3] <= 1 && data[4] == 0 => update(arguments, make, state)?,
        ([0xA1..=0xA3, _], _) => return refused(2, "command"),
        _ => return refused(1, "group"),
    }
    state.obeyed.push(command);
    Ok(answer)
}

fn clock(bytes: &[u8]) -> Option<[u16; 7]> {
    let bcd = |byte: u8| (byte >> 4 < 10 && byte & 15 < 10).then_some(u16::from(byte >> 4) * 10 + u16::from(byte & 15));
    let [low, high, month, day, hour, minute, second, weekday] = bytes else {
        return None;
    };
    let told = [
        bcd(*high)? * 100 + bcd(*low)?,
        bcd(*month)?,
        bcd(*day)?,
        bcd(*hour)?,
        bcd(*minute)?,
        bcd(*second)?,
        bcd(*weekday)?,
    ];
    let ranges = [(1, 12), (1, 31), (0, 23), (0, 59), (0, 59), (1, 7)];
    let fits = told[1..]
        .iter()
        .zip(ranges)
        .all(|(n, (least, most))| (least..=most).contains(n));
    fits.then_some(told)
}

/// Takes bytes off the front.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn take(&mut self, n: usize) -> Result<&'b [u8], Refusal> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or((2, "bytes are missing".to_owned()))?;
        self.0 = rest;
        Ok(taken)
    }

    fn one(&mut self) -> Result<u8, Refusal> {
        Ok(self.take(1)?[0])
    }

    fn two(&mut self) -> Result<u16, Refusal> {
        let two = self.take(2)?;
        Ok(u16::from_le_bytes([two[0], two[1]]))
    }
}

fn update(arguments: &[u8], make: Make, state: &mut State) -> Result<(), Refusal> {
    let mut bytes = Bytes(arguments);
    let mut areas = state.areas();
    match bytes.one()? {
        0xFF => areas.clear(),
        count => {
            for id in bytes.take(usize::from(count))? {
                areas.remove(id);
            }
        }
    }
    let mut fresh: Vec<u8> = Vec::new();
    for _ in 0..bytes.one()? {
        let length = usize::from(bytes.two()?);
        if length > make.area_bytes {
            return Err((4, format!("an area of {length} bytes")));
        }
        let (id, held) = area(bytes.take(length)?, make)?;
        let overlap = |other: &Place| {
            let place = &held.place;
            place.x_px < other.x_px + other.width_px
                && other.x_px < place.x_px + place.width_px
                && place.y_px < other.y_px + other.height_px
                && other.y_px < place.y_px + place.height_px
        };
        areas.insert(id, held.clone());
        if areas.len() > make.areas || usize::from(id) >= make.areas {
            return Err((4, format!("{} areas, id {id}", areas.len())));
        }
        // While areas are replaced one after another, old ones lie under new ones; those of one packet may not.
        if fresh.iter().any(|other| overlap(&areas[other].place)) {
            return Err((2, format!("area {id} overlaps another")));
        }
        fresh.push(id);
    }
    if !bytes.0.is_empty() {
        return Err((2, format!("{} bytes too many", bytes.0.len())));
    }
    state.areas = areas;
    Ok(())
}

fn area(bytes: &[u8], make: Make) -> Result<(u8, Held), Refusal> {
    let mut bytes = Bytes(bytes);
    let wrong = |what: &str, n: u32| Err((2, format!("{what} {n}")));
    let dots = |n: u16| if n & 0x8000 == 0 { n * 8 } else { n & 0x7FFF };
    let kind = bytes.one()?;
    let (x, y, width, height) = (bytes.two()?, bytes.two()?, bytes.two()?, bytes.two()?);
    let place = Place {
        x_px: dots(x),
        y_px: y,
        width_px: dots(width),
        height_px: height,
    };
    let inside = place.x_px + place.width_px <= make.width_px && place.y_px + place.height_px <= make.height_px;
    if kind != 0 || !inside || place.width_px == 0 || place.height_px == 0 {
        return Err((2, format!("area of kind {kind} at {place:?}")));
    }
    let (id, spacing, run_mode, time_out_s) = (bytes.one()?, bytes.one()?, bytes.one()?, bytes.two()?);
    let (voice, extension, alignment) = (bytes.one()?, bytes.one()?, bytes.one()?);
    if run_mode > 2 || (voice, extension, alignment, spacing) != (0, 0, 0, 0) {
        return wrong("run mode, voice, extension, alignment or spacing", u32::from(run_mode));
    }
    let (lines, wrap, mode, exit) = (bytes.one()?, bytes.one()?, bytes.one()?, bytes.one()?);
    let (speed, stay_half_s) = (bytes.one()?, bytes.one()?);
    let sane = (1..=2).contains(&lines) && (1..=2).contains(&wrap) && (1..=6).contains(&mode) && exit == 0;
    if !sane || speed > 0x18 {
        return wrong("lines, wrap, mode, exit or speed", u32::from(speed));
    }
    let length = u32::from(bytes.two()?) + (u32::from(bytes.two()?) << 16);
    if length as usize != bytes.0.len() {
        return wrong("data length", length);
    }
    let (colour, fonts, lines_told) = text(bytes.0)?;
    let held = Held {
        place,
        run_mode,
        time_out_s,
        single_line: lines == 1,
        mode,
        speed,
        stay_half_s,
        colour,
        fonts,
        lines: lines_told,
        since: Instant::now(),
    };
    Ok((id, held))
}

type Told = (u8, (u8, u8), Vec<String>);

/// Colour, fonts and lines of a text; a clock is told as `<DH>`.
fn text(mut rest: &[u8]) -> Result<Told, Refusal> {
    let (mut colour, mut fonts, mut lines) = (1, (0, 0), vec![String::new()]);
    loop {
        let line = lines.last_mut().unwrap();
        rest = match rest {
            [] => return Ok((colour, fonts, lines)),
            [b'\\', b'F', b'O', b'0', b'0', n @ b'0'..=b'2', rest @ ..] => {
                fonts.0 = n - b'0';
                rest
            }
            [b'\\', b'F', b'E', b'0', b'0', n @ b'0'..=b'2', rest @ ..] => {
                fonts.1 = n - b'0';
                rest
            }
            [b'\\', b'C', n @ b'1'..=b'7', rest @ ..] => {
                colour = n - b'0';
                rest
            }
            [b'\\', b'n', rest @ ..] => {
                lines.push(String::new());
                rest
            }
            [
                b'\\',
                b'D',
                part @ (b'Y' | b'L' | b'D' | b'H' | b'M' | b'S' | b'W'),
                rest @ ..,
            ] => {
                line.push_str(&format!("<D{}>", char::from(*part)));
                rest
            }
            [b'\\', ..] => return Err((2, format!("escape {rest:02X?}"))),
            [ascii @ 0x20..=0x7E, rest @ ..] => {
                line.push(char::from(*ascii));
                rest
            }
            [high @ 0xA1..=0xF7, low @ 0xA1..=0xFE, rest @ ..] => {
                let pair = [*high, *low];
                let (told, _, wrong) = encoding_rs::GBK.decode(&pair);
                if wrong {
                    return Err((2, format!("character {pair:02X?}")));
                }
                line.push_str(&told);
                rest
            }
            _ => return Err((2, format!("text {rest:02X?}"))),
        };
    }
}

/// A reply in its frame.
fn reply(data: &[u8], from: u16) -> Vec<u8> {
    let mut packet = vec![0x00, 0x80];
    packet.extend(from.to_le_bytes());
    packet.extend([0, 0, 0, 0, 0, 0, 0xFE, 2, u8::try_from(data.len()).unwrap(), 0]);
    packet.extend(data);
    packet.extend(crc(&packet).to_le_bytes());
    let mut frame = vec![0xA5; 9];
    for byte in packet {
        match byte {
            0xA5 => frame.extend([0xA6, 2]),
            0xA6 => frame.extend([0xA6, 1]),
            0x5A => frame.extend([0x5B, 2]),
            0x5B => frame.extend([0x5B, 1]),
            byte => frame.push(byte),
        }
    }
    frame.push(0x5A);
    frame
}
