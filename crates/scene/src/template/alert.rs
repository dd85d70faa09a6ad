//! Alerts: the whole panel, severity in words and colour, what to do, where and until when.

use super::flow::{self, Row};
use super::overflow::MOST_PAGES;
use super::{Composition, parts};
use crate::alert::{Alert, AlertStatus, Severity, Urgency};
use crate::canvas::{Piece, Rect};
use crate::frame::Rgb;
use crate::text::{self, TextLine};
use crate::theme::{Desk, INK, INK_2, LINE, PAPER};
use crate::words::{self, say};
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Instant, Lang};

/// Grounds of the severities on screens, and the ink that is read on each.
fn colours(severity: Severity) -> (Rgb, Rgb) {
    match severity {
        Severity::Extreme => (Rgb(0xb3, 0x1b, 0x1b), PAPER),
        Severity::Severe => (Rgb(0xf2, 0x8a, 0x1e), INK),
        Severity::Moderate => (Rgb(0xf6, 0xca, 0x1a), INK),
        Severity::Minor => (Rgb(0x1b, 0x5f, 0xb5), PAPER),
        Severity::Unknown => (Rgb(0x3c, 0x46, 0x54), PAPER),
    }
}

/// The severity in words: the colour by which people know it, then what it means.
pub(super) fn severity(lang: Lang, severity: Severity) -> (&'static str, &'static str) {
    let (zh, zh_level, en, en_level) = match severity {
        Severity::Extreme => ("红色预警", "Ⅰ级　特别严重", "Red alert", "Level I · extreme"),
        Severity::Severe => ("橙色预警", "Ⅱ级　严重", "Orange alert", "Level II · severe"),
        Severity::Moderate => ("黄色预警", "Ⅲ级　较重", "Yellow alert", "Level III · moderate"),
        Severity::Minor => ("蓝色预警", "Ⅳ级　一般", "Blue alert", "Level IV · minor"),
        Severity::Unknown => ("预警", "级别未定", "Alert", "Severity not known"),
    };
    (say(lang, zh, en), say(lang, zh_level, en_level))
}

fn urgency(lang: Lang, urgency: Urgency) -> Option<&'static str> {
    let (zh, en) = match urgency {
        Urgency::Immediate => ("立即行动", "Act at once"),
        Urgency::Expected => ("尽快行动", "Act within the hour"),
        Urgency::Future => ("做好准备", "Prepare"),
        Urgency::Past => ("已经过去", "It has passed"),
        Urgency::Unknown => return None,
    };
    Some(say(lang, zh, en))
}

/// What an alert that is not meant says of itself; on large plates in both languages at once.
pub(super) fn not_meant(status: AlertStatus) -> Option<(&'static str, &'static str, &'static str)> {
    match status {
        AlertStatus::Actual => None,
        AlertStatus::Exercise => Some(("演练", "DRILL", "演练 EXERCISE　仅为演练 This is only an exercise")),
        AlertStatus::Test => Some(("测试", "TEST", "测试 TEST　无需行动 No action is needed")),
    }
}

/// “11月24日 18:00”.
pub(super) fn moment(lang: Lang, site: &SiteProfile, at: Instant) -> String {
    let (date, of_day_ms) = site.clock.date(at);
    let time = words::clock(of_day_ms);
    if lang == Lang::ZhHans {
        format!("{}月{}日 {time}", date.month, date.day)
    } else {
        // Nobody needs the year of something that is over in hours.
        let day = date.in_words(lang);
        let day = day.rsplit_once(' ').map_or(day.as_str(), |(day, _)| day);
        format!("{day}, {time}")
    }
}

/// The languages an alert is told in: the panel's first, then Chinese or English if it has them.
fn languages(desk: &Desk<'_>, alert: &Alert) -> Vec<Lang> {
    let mut languages = vec![desk.lang];
    for lang in [Lang::ZhHans, Lang::En] {
        if lang != desk.lang && alert.headline.0.contains_key(&lang) {
            languages.push(lang);
        }
    }
    languages
}

/// An alert on a screen: its pages in the panel's language, then in the other one.
pub(crate) fn screen(desk: &Desk<'_>, alert: &Alert, site: &SiteProfile) -> Composition {
    let mut pages = Vec::new();
    for lang in languages(desk, alert) {
        let desk = Desk { lang, ..*desk };
        pages.extend(told(&desk, alert, site));
    }
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    if count > 1 {
        for (page, number) in pages.iter_mut().zip(0..) {
            page.extend(numbered(desk, zones(desk, alert).foot, number, count));
        }
    }
    Composition::still(pages)
}

/// The picture's parts from top to bottom.
struct Zones {
    plate: Rect,
    band: Rect,
    body: Rect,
    foot: Rect,
}

fn zones(desk: &Desk<'_>, alert: &Alert) -> Zones {
    let theme = desk.theme;
    let plate = if not_meant(alert.status).is_some() {
        theme.bar(88)
    } else {
        0
    };
    let band = theme.bar(if theme.portrait { 300 } else { 216 });
    let foot = theme.bar(if theme.portrait { 440 } else { 190 });
    let (margin, width) = (theme.margin(), theme.width);
    let top = plate + band + desk.px(56);
    let bottom = theme.height - plate - foot;
    // Above the foot the page's number stands.
    let number = theme.em(28) * 3 / 2 + desk.px(4);
    Zones {
        plate: Rect::new(0, 0, width, plate),
        band: Rect::new(0, plate, width, band),
        body: Rect::new(margin, top, width - 2 * margin, (bottom - number - top).max(1)),
        foot: Rect::new(margin, bottom, width - 2 * margin, foot),
    }
}

/// The pages in one language.
fn told(desk: &Desk<'_>, alert: &Alert, site: &SiteProfile) -> Vec<Vec<Piece>> {
    let zones = zones(desk, alert);
    let mut frame = vec![Piece::Fill(Rect::new(0, 0, desk.theme.width, desk.theme.height), PAPER)];
    frame.extend(plates(desk, alert, zones.plate));
    frame.extend(band(desk, alert, zones.band));
    frame.extend(foot(desk, alert, site, zones.foot));
    let body = zones.body;
    let sized = |size| headline(desk, alert, body.w, size);
    let later = sized(HeadlineSize::Again);
    // What to do is worth more than a large headline, and both are worth more together than on two pages.
    let on_one = [HeadlineSize::Large, HeadlineSize::Middle]
        .into_iter()
        .find_map(|size| {
            let headline = sized(size);
            let sizes: &[i32] = if size == HeadlineSize::Large {
                &[72, 64, 56, 48]
            } else {
                &[56, 48, 42]
            };
            let mut set = sizes.iter().map(|size| instruction(desk, alert, *size, body.w));
            let rows = set.find(|rows| headline.height + flow::height(rows) <= body.h)?;
            Some((headline, rows))
        });
    let (headline, rows) =
        on_one.unwrap_or_else(|| (sized(HeadlineSize::Middle), instruction(desk, alert, 46, body.w)));
    let room = body.h - headline.height;
    let (pages, _) = flow::paginate_within(rows, room, body.h - later.height, MOST_PAGES, 0);
    let pages = if pages.is_empty() { vec![Vec::new()] } else { pages };
    let page = |(at, rows): (usize, Vec<Row>)| {
        let head = if at == 0 { &headline } else { &later };
        let mut pieces = frame.clone();
        pieces.extend(flow::laid(vec![head.clone()], body.x, body.y));
        pieces.extend(flow::laid(rows, body.x, body.y + head.height));
        pieces
    };
    pages.into_iter().enumerate().map(page).collect()
}

/// At the top and at the bottom, that nothing has happened.
fn plates(desk: &Desk<'_>, alert: &Alert, plate: Rect) -> Vec<Piece> {
    let Some((.., told)) = not_meant(alert.status) else {
        return Vec::new();
    };
    let ways: &[(&[i32], usize)] = &[(&[44, 40, 36, 30, 26, 22], 1)];
    let width = plate.w - 2 * desk.theme.margin();
    let lines = parts::in_one_way(desk, told, desk.label(44, true), width, ways);
    let mut pieces = Vec::new();
    for y in [0, desk.theme.height - plate.h] {
        pieces.push(Piece::Fill(Rect { y, ..plate }, INK));
        let x = |line: &TextLine| (plate.w - line.width) / 2;
        pieces.extend(lines.iter().map(|line| Piece::text(x(line), y, plate.h, line, PAPER)));
    }
    pieces
}

/// A warning triangle: the shape says “alert” to those who do not see the colour.
fn triangle(desk: &Desk<'_>, x: i32, y: i32, side: i32, ink: Rgb, ground: Rgb) -> Vec<Piece> {
    let row = |down: i32| {
        let half = down * side / 2 / side.max(1);
        Piece::Fill(Rect::new(x + side / 2 - half, y + down, 2 * half + 1, 1), ink)
    };
    let mut pieces: Vec<Piece> = (0..side).map(row).collect();
    let bar = (side / 10).max(2);
    let stroke = Rect::new(x + (side - bar) / 2 + 1, y + side * 38 / 100, bar, side * 32 / 100);
    let dot = Rect {
        y: y + side * 78 / 100,
        h: bar,
        ..stroke
    };
    pieces.push(Piece::Round(stroke, desk.px(3), ground));
    pieces.push(Piece::Round(dot, desk.px(3), ground));
    pieces
}

/// How much of the band's right the clock takes.
fn clock_width(desk: &Desk<'_>) -> i32 {
    desk.theme.em(64) * 3 + desk.px(48)
}

/// Severity in words on its colour.
fn band(desk: &Desk<'_>, alert: &Alert, band: Rect) -> Vec<Piece> {
    let (ground, ink) = colours(alert.severity);
    let (word, level) = severity(desk.lang, alert.severity);
    let margin = desk.theme.margin();
    let side = band.h * 60 / 100;
    let mut pieces = vec![Piece::Fill(band, ground)];
    pieces.extend(triangle(desk, margin, band.y + (band.h - side) / 2, side, ink, ground));
    let x = margin + side + desk.px(44);
    let width = (band.w - x - margin - clock_width(desk)).max(1);
    let ways: &[(&[i32], usize)] = &[(&[104, 92, 80, 68, 56], 1)];
    let mut lines = parts::in_one_way(desk, word, desk.label(104, true), width, ways);
    let gap = say(desk.lang, "　", "   ");
    let under = [Some(level), urgency(desk.lang, alert.urgency)];
    let under: Vec<&str> = under.into_iter().flatten().collect();
    let most = if desk.theme.portrait { 2 } else { 1 };
    lines.extend(parts::in_one_way(
        desk,
        &under.join(gap),
        desk.label(40, true),
        width,
        &[(&[40, 36, 32], most)],
    ));
    let tall = |line: &TextLine| line.em * 128 / 100;
    let mut top = band.y + (band.h - lines.iter().map(tall).sum::<i32>()) / 2;
    for line in &lines {
        pieces.push(Piece::text(x, top, tall(line), line, ink));
        top += tall(line);
    }
    pieces
}

/// The time of day, in the band.
pub(crate) fn clock(desk: &Desk<'_>, alert: &Alert, site: &SiteProfile, now: Instant) -> Vec<Piece> {
    let band = zones(desk, alert).band;
    let (_, ink) = colours(alert.severity);
    let (_, of_day_ms) = site.clock.date(now);
    let line = text::single(desk.fonts, &words::clock(of_day_ms), desk.label(64, true));
    let x = band.w - desk.theme.margin() - line.width;
    vec![Piece::text(x, band.y, band.h, &line, ink)]
}

/// How large a headline is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HeadlineSize {
    Large,
    Middle,
    /// On the pages after the first.
    Again,
}

fn headline(desk: &Desk<'_>, alert: &Alert, width: i32, size: HeadlineSize) -> Row {
    let told = alert.headline.get(desk.lang);
    let ways: &[(&[i32], usize)] = match (size, desk.theme.portrait) {
        (HeadlineSize::Large, false) => &[(&[128, 112, 96], 1), (&[104, 92, 80, 68], 2), (&[60, 52, 46], 4)],
        (HeadlineSize::Large, true) => &[(&[120, 104, 92], 2), (&[92, 80, 68], 3), (&[60, 52, 46], 6)],
        (HeadlineSize::Middle, false) => &[(&[96, 84, 72, 64], 1), (&[64, 56], 2), (&[52, 46], 4)],
        (HeadlineSize::Middle, true) => &[(&[80, 72, 64], 2), (&[60, 52, 46], 6)],
        (HeadlineSize::Again, _) => &[(&[64, 56], 1), (&[48, 42], 3)],
    };
    let lines = parts::in_one_way(desk, told, desk.label(128, true), width, ways);
    let mut row = Row::default();
    for line in &lines {
        let height = line.em * 128 / 100;
        row.pieces.push(Piece::text(0, row.height, height, line, INK));
        row.height += height;
    }
    row.height += desk.px(36);
    row
}

fn instruction(desk: &Desk<'_>, alert: &Alert, size: i32, width: i32) -> Vec<Row> {
    let blocks = text::markdown::blocks(alert.instruction.get(desk.lang));
    parts::body(desk, &blocks, size, desk.lang, width)
}

/// Where, from when and until when: side by side, on a portrait screen one under another.
fn foot(desk: &Desk<'_>, alert: &Alert, site: &SiteProfile, foot: Rect) -> Vec<Piece> {
    let lang = desk.lang;
    let call = site.hotlines.first();
    let call = call.map_or_else(String::new, |line| line.number.clone());
    let office = Some(alert.sender.get(lang)).filter(|name| !name.trim().is_empty());
    let office = office.unwrap_or_else(|| site.name.get(lang));
    let cells = [
        (say(lang, "影响区域", "Area"), alert.area.get(lang).to_owned()),
        (
            say(lang, "生效时间", "In force from"),
            moment(lang, site, alert.effective),
        ),
        (say(lang, "失效时间", "Until"), moment(lang, site, alert.expires)),
        (say(lang, "发布单位", "Issued by"), office.to_owned()),
        (say(lang, "咨询电话", "Enquiries"), call),
    ];
    let cells: Vec<_> = cells.into_iter().filter(|(_, told)| !told.trim().is_empty()).collect();
    let rule = Rect::new(foot.x, foot.y, foot.w, desk.px(3).max(1));
    let mut pieces = vec![Piece::Fill(rule, LINE)];
    let count = i32::try_from(cells.len()).unwrap_or(1).max(1);
    let inner = foot.h - desk.px(56);
    for ((label, told), at) in cells.iter().zip(0..) {
        let place = if desk.theme.portrait {
            let height = inner / count;
            Rect::new(foot.x, foot.y + desk.px(16) + at * height, foot.w, height)
        } else {
            let width = foot.w / count;
            Rect::new(foot.x + at * width, foot.y + desk.px(16), width - desk.px(32), inner)
        };
        pieces.extend(cell(desk, label, told, place));
    }
    pieces
}

fn cell(desk: &Desk<'_>, label: &str, told: &str, place: Rect) -> Vec<Piece> {
    let label = text::single(desk.fonts, label, desk.label(30, false));
    let (x, width) = if desk.theme.portrait {
        (desk.px(230), place.w - desk.px(230))
    } else {
        (0, place.w)
    };
    let ways: &[(&[i32], usize)] = &[(&[44, 40, 36], 1), (&[34, 30, 26], 2), (&[26, 22], 3)];
    let lines = parts::in_one_way(desk, told, desk.label(44, true), width.max(1), ways);
    let tall = |line: &TextLine| line.em * 130 / 100;
    let height: i32 = lines.iter().map(tall).sum();
    let mut pieces = Vec::new();
    let mut top = if desk.theme.portrait {
        pieces.push(Piece::text(place.x, place.y, place.h, &label, INK_2));
        place.y + (place.h - height) / 2
    } else {
        pieces.push(Piece::text(place.x, place.y, label.em * 3 / 2, &label, INK_2));
        place.y + label.em * 3 / 2
    };
    for line in &lines {
        pieces.push(Piece::text(place.x + x, top, tall(line), line, INK));
        top += tall(line);
    }
    pieces
}

/// The page's number, at the foot's right end above its edge.
fn numbered(desk: &Desk<'_>, foot: Rect, number: u32, count: u32) -> Vec<Piece> {
    let told = format!("{} / {count}", number + 1);
    let line = text::single(desk.fonts, &told, desk.label(28, false));
    let height = line.em * 3 / 2;
    vec![Piece::text(
        foot.right() - line.width,
        foot.y - height,
        height,
        &line,
        INK_2,
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::contrast_tenths;

    const SEVERITIES: [Severity; 5] = [
        Severity::Extreme,
        Severity::Severe,
        Severity::Moderate,
        Severity::Minor,
        Severity::Unknown,
    ];

    #[test]
    fn words_are_readable_on_the_colour_of_every_severity() {
        for severity in SEVERITIES {
            let (ground, ink) = colours(severity);
            assert!(contrast_tenths(ground, ink) >= 45, "{severity:?}");
        }
        // The control: white on the orange ground would not be.
        assert!(contrast_tenths(colours(Severity::Severe).0, PAPER) < 45);
    }
}
