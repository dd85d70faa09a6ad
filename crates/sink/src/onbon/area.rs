//! From a plan to the bytes of dynamic areas.

use super::{Model, gb2312};
use crate::card::Losses;
use heliograph_scene::TextPlan;
use heliograph_scene::plan::{Align, CharSize, ClockArea, Lamp, Motion, Place, TextArea};

/// Bytes of an area before its text.
const HEAD: usize = 27;
/// In x and width: dots, not bytes of dots.
const IN_DOTS: u16 = 0x8000;
/// Plays in a loop and is removed when nothing has come for its time-out.
const LOOP_UNTIL_TIME_OUT: u8 = 2;
const ONE_LINE: u8 = 1;
const SEVERAL_LINES: u8 = 2;
/// Lines end where `\n` says.
const MANUAL: u8 = 1;
/// The slowest level.
const SLOWEST: u8 = 24;
/// What one level is taken to add to the time of a dot: the document does not say, and nobody measured it.
const LEVEL_MS: u32 = 4;
const ELLIPSIS: [u8; 2] = [0xA1, 0xAD];

/// Areas as the card takes them, and what did not go in.
pub(super) struct Encoded {
    pub(super) areas: Vec<Vec<u8>>,
    pub(super) losses: Losses,
}

/// The areas of a plan, numbered from 0; the clock is the last.
pub(super) fn areas(plan: &TextPlan, model: Model, speed: Option<u8>, time_out_s: u16) -> Encoded {
    let mut losses = Losses::default();
    let room = model.areas() - usize::from(plan.clock.is_some());
    let left_out = plan.areas.iter().skip(room).flat_map(|area| &area.lines);
    losses.cut_chars += left_out.map(|line| line.chars().count()).sum::<usize>();
    let texts = plan.areas.iter().take(room);
    let mut areas: Vec<Vec<u8>> = texts
        .zip(0..)
        .map(|(area, id)| {
            let text = text(area, model.area_bytes() - HEAD, &mut losses);
            bytes(id, time_out_s, &Look::of(area, speed), &text)
        })
        .collect();
    if let Some(clock) = plan.clock {
        let id = u8::try_from(areas.len()).unwrap_or(u8::MAX);
        let mut text = opening(clock.lamp, clock.size);
        text.extend(b"\\DH:\\DM");
        areas.push(bytes(id, time_out_s, &Look::clock(&clock), &text));
    }
    Encoded { areas, losses }
}

/// How an area's text is shown.
struct Look {
    place: Place,
    lines: u8,
    mode: u8,
    speed: u8,
    stay_half_s: u8,
}

impl Look {
    fn of(area: &TextArea, speed: Option<u8>) -> Self {
        let mode = match area.motion {
            Motion::Still => 1,
            Motion::AtOnce => 2,
            Motion::Left => 3,
        };
        Self {
            place: area.place,
            lines: if area.motion == Motion::Left {
                ONE_LINE
            } else {
                SEVERAL_LINES
            },
            mode,
            speed: speed.unwrap_or_else(|| level(area.speed_px_per_s)).min(SLOWEST),
            stay_half_s: u8::try_from(area.dwell_ms.div_ceil(500)).unwrap_or(u8::MAX),
        }
    }

    fn clock(clock: &ClockArea) -> Self {
        Self {
            place: clock.place,
            lines: SEVERAL_LINES,
            mode: 1,
            speed: 0,
            stay_half_s: 10,
        }
    }
}

/// The level for a speed.
fn level(px_per_s: u16) -> u8 {
    let ms_per_px = 1000 / u32::from(px_per_s).max(1);
    u8::try_from((ms_per_px + LEVEL_MS / 2) / LEVEL_MS).map_or(SLOWEST, |level| level.min(SLOWEST))
}

fn bytes(id: u8, time_out_s: u16, look: &Look, text: &[u8]) -> Vec<u8> {
    let place = look.place;
    let mut area = Vec::with_capacity(HEAD + text.len());
    area.push(0);
    area.extend((place.x_px | IN_DOTS).to_le_bytes());
    area.extend(place.y_px.to_le_bytes());
    area.extend((place.width_px | IN_DOTS).to_le_bytes());
    area.extend(place.height_px.to_le_bytes());
    // The id, and no dots between lines.
    area.extend([id, 0, LOOP_UNTIL_TIME_OUT]);
    area.extend(time_out_s.to_le_bytes());
    // No voice, no extension, from the upper left.
    area.extend([0, 0, 0]);
    area.extend([look.lines, MANUAL, look.mode]);
    // Exit mode 0.
    area.extend([0, look.speed, look.stay_half_s]);
    area.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    area.extend(text);
    area
}

/// Colour and fonts: `\C1`, then Chinese and Latin of a size.
fn opening(lamp: Lamp, size: CharSize) -> Vec<u8> {
    let colour = match lamp {
        Lamp::Red => 1,
        Lamp::Green => 2,
        Lamp::Yellow => 3,
        Lamp::Blue => 4,
        Lamp::Cyan => 5,
        Lamp::Magenta => 6,
        Lamp::White => 7,
    };
    let font = match size {
        CharSize::Dots16 => 0,
        CharSize::Dots24 => 1,
        CharSize::Dots32 => 2,
    };
    format!("\\C{colour}\\FO00{font}\\FE00{font}").into_bytes()
}

/// An area's text in at most `room` bytes: what is too long ends with “…” after a whole character.
fn text(area: &TextArea, room: usize, losses: &mut Losses) -> Vec<u8> {
    let mut text = opening(area.lamp, area.size);
    let mut full = false;
    for (number, line) in area.lines.iter().enumerate() {
        let chars: Vec<Vec<u8>> = line.chars().map(|c| gb2312::encoded(c, losses)).collect();
        let mut units = Vec::new();
        if number > 0 {
            units.push(b"\\n".to_vec());
        }
        units.push(indent(area, chars.iter().map(Vec::len).sum()));
        let before = units.len();
        units.extend(chars);
        for (at, unit) in units.into_iter().enumerate() {
            if !full && text.len() + unit.len() + ELLIPSIS.len() > room {
                text.extend(ELLIPSIS);
                full = true;
            }
            if !full {
                text.extend(unit);
            } else if at >= before {
                losses.cut_chars += 1;
            }
        }
    }
    text
}

/// Spaces that put a line in the middle. A byte is half a cell: one of two for Chinese, the one of a Latin character.
fn indent(area: &TextArea, bytes: usize) -> Vec<u8> {
    if area.align == Align::Start || area.motion == Motion::Left {
        return Vec::new();
    }
    let cells = usize::from(area.place.width_px / (area.size.px() / 2));
    vec![b' '; cells.saturating_sub(bytes) / 2]
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_domain::Instant;

    fn area(lines: &[&str], motion: Motion) -> TextArea {
        TextArea {
            place: Place {
                x_px: 0,
                y_px: 0,
                width_px: 128,
                height_px: 32,
            },
            lines: lines.iter().map(ToString::to_string).collect(),
            lamp: Lamp::Red,
            size: CharSize::Dots16,
            align: Align::Start,
            motion,
            dwell_ms: 5000,
            speed_px_per_s: 64,
        }
    }

    fn plan(areas: Vec<TextArea>, clock: Option<ClockArea>) -> TextPlan {
        TextPlan {
            width_px: 128,
            height_px: 32,
            areas,
            clock,
            utc_offset_s: 28_800,
            until: Instant(0),
        }
    }

    #[test]
    fn the_makers_area_byte_for_byte() {
        // The document's own has no opening and stays on its last page: run mode 0, time-out 10 s, speed 2.
        let look = Look {
            speed: 2,
            ..Look::of(&area(&["欢迎光临"], Motion::Still), None)
        };
        let mut ours = bytes(0, 10, &look, &[0xBB, 0xB6, 0xD3, 0xAD, 0xB9, 0xE2, 0xC1, 0xD9]);
        ours[11] = 0;
        let update = super::super::packet::Update {
            delete: Some(Vec::new()),
            areas: &[ours],
        };
        let mut packet = super::super::packet::Command::Update(&update).packet(0xFFFE);
        // Display mode 0 instead of 1, and so another checksum.
        packet[9] = 0;
        let end = packet.len() - 2;
        let crc = super::super::packet::crc16(&packet[..end]);
        packet[end..].copy_from_slice(&crc.to_le_bytes());
        let maker = "FE FF 00 80 00 00 00 00 00 00 FE 02 2C 00 A3 06 01 00 00 00 01 23 00 00 00 80 00 00 80 80 20 00 \
                     00 00 00 0A 00 00 00 00 02 01 01 00 02 0A 08 00 00 00 BB B6 D3 AD B9 E2 C1 D9 3C 49";
        let maker: Vec<u8> = maker
            .split_whitespace()
            .map(|byte| u8::from_str_radix(byte, 16).unwrap())
            .collect();
        assert_eq!(packet, maker);
    }

    #[test]
    fn what_is_too_long_ends_at_a_whole_character_and_is_counted() {
        let long = "办".repeat(600);
        for (model, whole) in [(Model::K5, 512), (Model::K6, 1024)] {
            let told = areas(&plan(vec![area(&[&long], Motion::Left)], None), model, None, 90);
            let bytes = &told.areas[0];
            assert!(bytes.len() <= whole && bytes.len() > whole - 2, "{}", bytes.len());
            assert_eq!(bytes[bytes.len() - 2..], ELLIPSIS);
            let kept = (bytes.len() - HEAD - 15 - 2) / 2;
            assert_eq!(told.losses.cut_chars, 600 - kept);
        }
        let fits = areas(&plan(vec![area(&["办"], Motion::Left)], None), Model::K5, None, 90);
        assert_eq!(fits.losses, Losses::default());
    }

    #[test]
    fn more_areas_than_a_card_has_are_counted_as_lost() {
        let clock = ClockArea {
            place: area(&[], Motion::Still).place,
            lamp: Lamp::Green,
            size: CharSize::Dots16,
        };
        let many = plan(vec![area(&["一二"], Motion::Still); 7], Some(clock));
        let told = areas(&many, Model::K6, None, 90);
        assert_eq!((told.areas.len(), told.losses.cut_chars), (5, 6));
        assert_eq!(areas(&many, Model::K5, None, 90).areas.len(), 8);
    }

    #[test]
    fn lines_stand_in_the_middle_by_spaces() {
        let middle = TextArea {
            align: Align::Middle,
            ..area(&["公告", "ab"], Motion::Still)
        };
        let text = text(&middle, 400, &mut Losses::default());
        // 16 half cells: four for two Han characters, two for two Latin ones.
        let expected = [b"\\C1\\FO000\\FE000      \xB9\xAB\xB8\xE6\\n".as_slice(), b"       ab"].concat();
        assert_eq!(text, expected);
    }

    #[test]
    fn four_characters_a_second_are_a_level_of_four_of_the_small_ones() {
        assert_eq!([64, 96, 128, 1, 0, 60_000].map(level), [4, 3, 2, 24, 24, 0]);
    }
}
