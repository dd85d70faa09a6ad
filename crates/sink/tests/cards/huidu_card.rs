//! A simulated Huidu card that speaks SDK 2.0, from what is published of it. It checks every packet's length, the order
//! of parts, the session's name and the form of each method's XML.

use crate::mishap::{Machine, Mishap, Mishaps};
use heliograph_scene::plan::Place;
use roxmltree::{Document, Node};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard};

/// A text or clock as the card holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub place: Place,
    /// The pages; a clock is `<clock +8:00>`.
    pub pages: Vec<String>,
    pub colour: String,
    pub size: u32,
    pub moving: bool,
    pub tenths: u32,
}

#[derive(Debug, Default)]
pub struct State {
    pub areas: Vec<Shown>,
    pub on: bool,
    pub percent: Option<u8>,
    pub clock: Option<(String, String)>,
    pub obeyed: Vec<String>,
    pub refusals: Vec<String>,
    pub mishaps: Mishaps,
    pub connections: usize,
    pub heartbeats: usize,
    pub longest_packet: usize,
    /// Whether the client answered the card's own heartbeat.
    pub answered_heartbeat: bool,
    pub font: String,
}

impl State {
    pub fn count(&self, method: &str) -> usize {
        self.obeyed.iter().filter(|obeyed| *obeyed == method).count()
    }
}

pub struct HuiduCard {
    pub machine: Machine,
    state: Arc<Mutex<State>>,
}

impl HuiduCard {
    pub fn start(width_px: u16, height_px: u16) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let theirs = Arc::clone(&state);
        let machine = Machine::start(move |stream| {
            let connection = {
                let mut state = theirs.lock().unwrap();
                state.connections += 1;
                state.connections
            };
            let session = Session {
                stream,
                state: Arc::clone(&theirs),
                size: (width_px, height_px),
                guid: format!("5a7e-{connection}"),
                versions: false,
                greeted: false,
                xml: Vec::new(),
            };
            session.serve();
        });
        Self { machine, state }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn mishap(&self, asked: &str, mishap: Mishap) {
        self.state().mishaps.add(asked, mishap);
    }

    pub fn texts(&self) -> Vec<Vec<String>> {
        self.state().areas.iter().map(|shown| shown.pages.clone()).collect()
    }
}

struct Session {
    stream: TcpStream,
    state: Arc<Mutex<State>>,
    size: (u16, u16),
    guid: String,
    versions: bool,
    greeted: bool,
    xml: Vec<u8>,
}

/// What the card does after a packet.
enum Then {
    Nothing,
    Say(Vec<Vec<u8>>),
    HangUp,
}

impl Session {
    fn serve(mut self) {
        while let Some((command, payload)) = self.packet() {
            let then = match self.heard(command, &payload) {
                Ok(then) => then,
                Err((code, why)) => {
                    self.state.lock().unwrap().refusals.push(why);
                    Then::Say(vec![packet(0x2000, &u16::to_le_bytes(code))])
                }
            };
            match then {
                Then::Nothing => {}
                Then::HangUp => {
                    let _ = self.stream.shutdown(std::net::Shutdown::Both);
                    return;
                }
                Then::Say(packets) => {
                    // Byte by byte would be fair, too; in halves is enough to show that packets have no borders.
                    let bytes = packets.concat();
                    let (first, second) = bytes.split_at(bytes.len() / 2);
                    if self.stream.write_all(first).is_err() || self.stream.write_all(second).is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn packet(&mut self) -> Option<(u16, Vec<u8>)> {
        let mut head = [0; 4];
        self.stream.read_exact(&mut head).ok()?;
        let length = usize::from(u16::from_le_bytes([head[0], head[1]]));
        let mut payload = vec![0; length.checked_sub(4)?];
        self.stream.read_exact(&mut payload).ok()?;
        let mut state = self.state.lock().unwrap();
        state.longest_packet = state.longest_packet.max(length);
        Some((u16::from_le_bytes([head[2], head[3]]), payload))
    }

    fn heard(&mut self, command: u16, payload: &[u8]) -> Result<Then, (u16, String)> {
        let refused = |code, why: String| Err((code, why));
        match (command, payload) {
            (0x2001, [5, 0, 0, 1]) => {
                self.versions = true;
                Ok(Then::Say(vec![packet(0x2002, payload)]))
            }
            (0x2001, _) => refused(1, format!("version {payload:02X?}")),
            _ if !self.versions => refused(2, format!("{command:04X} before the version")),
            (0x005F | 0x2005, []) => {
                self.state.lock().unwrap().heartbeats += 1;
                match self.state.lock().unwrap().mishaps.take("heartbeat") {
                    Some(Mishap::Hush) => Ok(Then::Nothing),
                    Some(Mishap::HangUp) => Ok(Then::HangUp),
                    _ => Ok(Then::Say(vec![packet(command + 1, &[])])),
                }
            }
            (0x2006, []) => {
                self.state.lock().unwrap().answered_heartbeat = true;
                Ok(Then::Nothing)
            }
            (0x2003, [a, b, c, d, e, f, g, h, part @ ..]) => {
                let (whole, offset) = (
                    u32::from_le_bytes([*a, *b, *c, *d]),
                    u32::from_le_bytes([*e, *f, *g, *h]),
                );
                self.part(whole as usize, offset as usize, part)
            }
            _ => refused(3, format!("command {command:04X} with {} bytes", payload.len())),
        }
    }

    fn part(&mut self, whole: usize, offset: usize, part: &[u8]) -> Result<Then, (u16, String)> {
        if part.len() > 8000 || part.is_empty() || offset != self.xml.len() || offset + part.len() > whole {
            self.xml.clear();
            return Err((4, format!("{} bytes at {offset} of {whole}", part.len())));
        }
        self.xml.extend(part);
        if self.xml.len() < whole {
            return Ok(Then::Nothing);
        }
        let xml = String::from_utf8(std::mem::take(&mut self.xml)).map_err(|_| (5, "not UTF-8".to_owned()))?;
        let document = Document::parse(&xml).map_err(|error| (5, format!("{error}: {xml}")))?;
        self.asked(document.root_element())
            .map_err(|why| (6, format!("{why}: {xml}")))
    }

    fn asked(&mut self, sdk: Node<'_, '_>) -> Result<Then, String> {
        let inside: Vec<_> = sdk.children().filter(Node::is_element).collect();
        let [ask] = inside.as_slice() else {
            return Err("one <in> is wanted".to_owned());
        };
        let method = ask.attribute("method").unwrap_or_default().to_owned();
        let guid = sdk.attribute("guid").unwrap_or_default();
        if !sdk.has_tag_name("sdk") || !ask.has_tag_name("in") {
            return Err("not a request".to_owned());
        }
        if method == "GetIFVersion" && guid == "##GUID" {
            self.greeted = true;
        } else if !self.greeted || guid != self.guid {
            return Err(format!("session {guid}"));
        }
        let state = Arc::clone(&self.state);
        let mut state = state.lock().unwrap();
        let result = match state.mishaps.take(&method) {
            Some(Mishap::Hush) => return Ok(Then::Nothing),
            Some(Mishap::HangUp) => return Ok(Then::HangUp),
            Some(Mishap::Garble) => return Ok(Then::Say(self.answer("<sdk"))),
            Some(Mishap::Refuse(255)) => return Ok(Then::Say(vec![packet(0x2000, &[9, 0])])),
            Some(Mishap::Refuse(_)) => "kBusy",
            None => {
                obey(&method, *ask, self.size, &mut state)?;
                "kSuccess"
            }
        };
        state.obeyed.push(method.clone());
        let (width, height) = self.size;
        let body = match method.as_str() {
            "GetDeviceInfo" => format!("<device cpu=\"sim\"/><screen width=\"{width}\" height=\"{height}\"/>"),
            _ => String::new(),
        };
        let guid = &self.guid;
        Ok(Then::Say(self.answer(&format!(
            "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<sdk guid=\"{guid}\">\n  \
             <out method=\"{method}\" result=\"{result}\">{body}</out>\n</sdk>\n"
        ))))
    }

    /// An answer in two parts, with the card's own heartbeat between them.
    fn answer(&self, xml: &str) -> Vec<Vec<u8>> {
        let whole = u32::try_from(xml.len()).unwrap();
        let (first, second) = xml.as_bytes().split_at(xml.len() / 3);
        let part = |offset: usize, bytes: &[u8]| {
            let offset = u32::try_from(offset).unwrap();
            packet(0x2004, &[&whole.to_le_bytes(), &offset.to_le_bytes(), bytes].concat())
        };
        vec![part(0, first), packet(0x2005, &[]), part(first.len(), second)]
    }
}

fn packet(command: u16, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 4).unwrap();
    [&length.to_le_bytes(), &command.to_le_bytes(), payload].concat()
}

fn obey(method: &str, ask: Node<'_, '_>, size: (u16, u16), state: &mut State) -> Result<(), String> {
    let child = |name: &str| {
        ask.children()
            .find(|node| node.has_tag_name(name))
            .ok_or_else(|| format!("<{name}> is missing"))
    };
    let value = |name: &str| child(name).map(|node| node.attribute("value").unwrap_or_default().to_owned());
    match method {
        "GetIFVersion" if value("version")? == "1000000" => {}
        "GetDeviceInfo" => {}
        "OpenScreen" => state.on = true,
        "CloseScreen" => state.on = false,
        "SetLuminancePloy" => {
            let percent: u8 = value("default")?.parse().map_err(|_| "the default is no number")?;
            child("ploy")?;
            child("sensor")?;
            if value("mode")? != "default" || !(1..=100).contains(&percent) {
                return Err("mode or brightness".to_owned());
            }
            state.percent = Some(percent);
        }
        "SetTimeInfo" => {
            child("summer")?;
            if value("sync")? != "none" {
                return Err("sync".to_owned());
            }
            state.clock = Some((value("timezone")?, value("time")?));
        }
        "AddProgram" => {
            let (areas, font) = screen(child("screen")?, size)?;
            (state.areas, state.font) = (areas, font);
        }
        other => return Err(format!("method {other}")),
    }
    Ok(())
}

fn elements<'d, 'i>(node: Node<'d, 'i>, name: &'static str) -> impl Iterator<Item = Node<'d, 'i>> {
    node.children().filter(move |node| node.has_tag_name(name))
}

fn number(node: Node<'_, '_>, name: &str) -> Result<u32, String> {
    let told = node.attribute(name).unwrap_or_default();
    told.parse().map_err(|_| format!("{name}=\"{told}\""))
}

fn screen(screen: Node<'_, '_>, size: (u16, u16)) -> Result<(Vec<Shown>, String), String> {
    screen
        .attribute("timeStamps")
        .and_then(|told| told.parse::<u64>().ok())
        .ok_or("timeStamps")?;
    let programs: Vec<_> = elements(screen, "program").collect();
    let [program] = programs.as_slice() else {
        return Err(format!("{} programmes", programs.len()));
    };
    elements(*program, "playControl").next().ok_or("playControl")?;
    let (mut areas, mut font, mut guids) = (Vec::new(), String::new(), Vec::new());
    for area in elements(*program, "area") {
        areas.push(shown(area, size, &mut font)?);
    }
    for node in program.descendants().filter(|node| node.has_attribute("guid")) {
        let guid = node.attribute("guid").unwrap();
        if guid.len() != 36 || guids.contains(&guid) {
            return Err(format!("guid {guid}"));
        }
        guids.push(guid);
    }
    Ok((areas, font))
}

fn shown(area: Node<'_, '_>, size: (u16, u16), font: &mut String) -> Result<Shown, String> {
    let rectangle = elements(area, "rectangle").next().ok_or("rectangle")?;
    let short = |name| number(rectangle, name).and_then(|n| u16::try_from(n).map_err(|_| format!("{name} {n}")));
    let place = Place {
        x_px: short("x")?,
        y_px: short("y")?,
        width_px: short("width")?,
        height_px: short("height")?,
    };
    if place.x_px + place.width_px > size.0 || place.y_px + place.height_px > size.1 {
        return Err(format!("{place:?} is outside"));
    }
    let resources = elements(area, "resources").next().ok_or("resources")?;
    let mut shown = Shown {
        place,
        pages: Vec::new(),
        colour: String::new(),
        size: 0,
        moving: false,
        tenths: 0,
    };
    for clock in elements(resources, "clock") {
        let time = elements(clock, "time").next().ok_or("time")?;
        for part in ["title", "date", "week", "lunarCalendar"] {
            let part = elements(clock, part).next().ok_or(part)?;
            if part.attribute("display") != Some("false") {
                return Err("only the time is wanted".to_owned());
            }
        }
        shown.colour = time.attribute("color").unwrap_or_default().to_owned();
        shown
            .pages
            .push(format!("<clock {}>", clock.attribute("timezone").unwrap_or_default()));
    }
    for text in elements(resources, "text") {
        let part = |name| elements(text, name).next().ok_or(name);
        let (style, string, face, effect) = (part("style")?, part("string")?, part("font")?, part("effect")?);
        shown.pages.push(string.text().unwrap_or_default().to_owned());
        shown.colour = face.attribute("color").unwrap_or_default().to_owned();
        shown.size = number(face, "size")?;
        shown.moving = number(effect, "in")? == 21;
        shown.tenths = number(effect, "duration")?;
        *font = face.attribute("name").unwrap_or_default().to_owned();
        let single = text.attribute("singleLine") == Some("true");
        if style.attribute("align").is_none() || single != shown.moving || number(effect, "inSpeed")? > 10 {
            return Err("style or effect".to_owned());
        }
    }
    if shown.pages.is_empty() {
        return Err("an empty area".to_owned());
    }
    Ok(shown)
}
