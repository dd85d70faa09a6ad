//! From a plan to a programme in XML; and the card's clock and brightness.

use super::xml::escaped;
use crate::card::WallClock;
use heliograph_domain::Instant;
use heliograph_scene::TextPlan;
use heliograph_scene::plan::{Align, CharSize, ClockArea, Lamp, Motion, Place, TextArea};
use std::fmt::Write as _;

/// Effects of the SDK: a text stands there at once, or moves left without a pause.
const AT_ONCE: u8 = 0;
const LEFT_WITHOUT_PAUSE: u8 = 21;
/// The speed of effects in the implementation's examples; the documents do not say what a level is.
const SPEED: u8 = 4;
/// Hours and minutes.
const HOURS_MINUTES: u8 = 2;

/// The `<screen>` of a plan: one programme, in place of whatever the card had.
pub(super) fn screen(plan: &TextPlan, font: &str, at: Instant) -> String {
    let mut areas = String::new();
    for (number, area) in plan.areas.iter().enumerate() {
        areas.push_str(&placed(number, area.place, &texts(number, area, font)));
    }
    if let Some(clock) = &plan.clock {
        let number = plan.areas.len();
        areas.push_str(&placed(number, clock.place, &digital(number, clock, plan.utc_offset_s)));
    }
    format!(
        "<screen timeStamps=\"{}\"><program type=\"normal\" id=\"0\" guid=\"{}\" name=\"heliograph\">\
         <playControl count=\"1\" disabled=\"false\"/>{areas}</program></screen>",
        at.0,
        guid(0, 0)
    )
}

/// Names within a programme: the same plan has the same.
fn guid(area: usize, item: usize) -> String {
    format!("68656c69-6f67-4000-8{:03x}-{:012x}", area & 0xFFF, item)
}

fn placed(number: usize, place: Place, resources: &str) -> String {
    format!(
        "<area guid=\"{}\" name=\"\" alpha=\"255\"><rectangle x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\
         <resources>{resources}</resources></area>",
        guid(number + 1, 0),
        place.x_px,
        place.y_px,
        place.width_px,
        place.height_px
    )
}

/// The pages of an area, one text each.
fn texts(number: usize, area: &TextArea, font: &str) -> String {
    let mut texts = String::new();
    for (page, lines) in area.lines.chunks(area.rows()).enumerate() {
        let moving = area.motion == Motion::Left;
        // Writing to a string does not fail.
        let _ = write!(
            texts,
            "<text guid=\"{guid}\" name=\"\" singleLine=\"{moving}\"><style align=\"{align}\" valign=\"middle\"/>\
             <string>{told}</string><font name=\"{font}\" size=\"{size}\" color=\"{colour}\" bold=\"false\" \
             italic=\"false\" underline=\"false\"/><effect in=\"{effect}\" inSpeed=\"{SPEED}\" out=\"{AT_ONCE}\" \
             outSpeed=\"{SPEED}\" duration=\"{tenths}\"/></text>",
            guid = guid(number + 1, page + 1),
            align = match area.align {
                Align::Start => "left",
                Align::Middle => "center",
            },
            told = escaped(&lines.join("\n")),
            font = escaped(font),
            size = points(area.size),
            colour = colour(area.lamp),
            effect = if moving { LEFT_WITHOUT_PAUSE } else { AT_ONCE },
            tenths = area.dwell_ms.div_ceil(100),
        );
    }
    texts
}

/// The card's own clock.
fn digital(number: usize, clock: &ClockArea, utc_offset_s: i32) -> String {
    let lit = colour(clock.lamp);
    let part = |name: &str, format: u8, shown: bool| {
        format!("<{name} format=\"{format}\" color=\"{lit}\" display=\"{shown}\"/>")
    };
    let minutes = utc_offset_s.unsigned_abs() / 60;
    let sign = if utc_offset_s < 0 { '-' } else { '+' };
    format!(
        "<clock guid=\"{}\" name=\"\" type=\"digital\" timezone=\"{sign}{}:{:02}\" adjust=\"00:00:00\">\
         <title value=\"\" color=\"{lit}\" display=\"false\"/>{}{}{}<lunarCalendar color=\"{lit}\" display=\"false\"/>\
         </clock>",
        guid(number + 1, 1),
        minutes / 60,
        minutes % 60,
        part("date", 1, false),
        part("week", 1, false),
        part("time", HOURS_MINUTES, true)
    )
}

/// A size in points, as the SDK has them: 96 dots an inch, 72 points.
fn points(size: CharSize) -> u16 {
    size.px() * 72 / 96
}

fn colour(lamp: Lamp) -> &'static str {
    match lamp {
        Lamp::Red => "#ff0000",
        Lamp::Green => "#00ff00",
        Lamp::Yellow => "#ffff00",
        Lamp::Blue => "#0000ff",
        Lamp::Cyan => "#00ffff",
        Lamp::Magenta => "#ff00ff",
        Lamp::White => "#ffffff",
    }
}

/// A fixed brightness. All four parts must be there, or the card takes none of it.
pub(super) fn luminance(percent: u8) -> String {
    let percent = percent.clamp(1, 100);
    format!("<mode value=\"default\"/><default value=\"{percent}\"/><ploy/><sensor min=\"1\" max=\"100\" time=\"10\"/>")
}

/// The time, by hand: the card asks no server.
pub(super) fn time(clock: WallClock, utc_offset_s: i32) -> String {
    let minutes = utc_offset_s.unsigned_abs() / 60;
    let sign = if utc_offset_s < 0 { '-' } else { '+' };
    format!(
        "<timezone value=\"(UTC{sign}{:02}:{:02})\"/><summer enable=\"false\"/><sync value=\"none\"/>\
         <time value=\"{} {:02}:{:02}:{:02}\"/>",
        minutes / 60,
        minutes % 60,
        clock.date,
        clock.hour,
        clock.minute,
        clock.second
    )
}
