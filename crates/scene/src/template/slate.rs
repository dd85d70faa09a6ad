//! The slate: what a display shows when there is nothing to show.

use super::Page;
use super::lamps::{Bulbs, Gist};
use super::{sign, strip};
use crate::canvas::{Piece, Rect};
use crate::text::{self, TextLine, bitmap::CELL};
use crate::theme::{DEEP, DEEP_2, Desk, Layout, PALE, PAPER};
use crate::words;
use heliograph_domain::Instant;
use heliograph_domain::site::SiteProfile;

/// The office's name, the time, its hours and its hotlines on a calm ground.
pub(crate) fn screen(desk: &Desk<'_>, site: &SiteProfile, now: Instant) -> Vec<Piece> {
    let theme = desk.theme;
    let (date, of_day_ms) = site.clock.date(now);
    let width = theme.width - 2 * theme.margin();
    let name_sizes: Vec<i32> = [88, 76, 64, 54].iter().map(|size| theme.em(*size)).collect();
    let name = text::fit(
        desk.fonts,
        site.name.get(desk.lang),
        desk.label(88, true),
        &name_sizes,
        width,
        3,
    );
    let clock = text::single(
        desk.fonts,
        &words::clock(of_day_ms),
        desk.label(if theme.portrait { 240 } else { 260 }, true),
    );
    let day = words::day(desk.lang, date);
    let day = text::single(desk.fonts, &day, desk.label(46, false));
    let lines = foot_lines(desk, site, width);
    let tall = |lines: &[TextLine], percent: i32| lines.iter().map(|line| line.em * percent / 100).sum::<i32>();
    let foot_height = tall(&lines, 170) + desk.px(72);
    let middle = theme.height - foot_height;
    let stack = tall(&name, 130) + clock.em * 5 / 4 + day.em * 3 / 2 + desk.px(60);
    let mut pieces = vec![Piece::Fill(Rect::new(0, 0, theme.width, theme.height), DEEP)];
    let mut top = (middle - stack) / 2;
    let mut centred = |pieces: &mut Vec<Piece>, line: &TextLine, height: i32, colour| {
        pieces.push(Piece::text((theme.width - line.width) / 2, top, height, line, colour));
        top += height;
    };
    for line in &name {
        centred(&mut pieces, line, line.em * 130 / 100, PAPER);
    }
    let blank = TextLine {
        width: 0,
        glyphs: std::sync::Arc::default(),
        em: 1,
        ascent: 0,
        read_ms: 0,
    };
    centred(&mut pieces, &blank, desk.px(60), PAPER);
    centred(&mut pieces, &clock, clock.em * 5 / 4, PAPER);
    centred(&mut pieces, &day, day.em * 3 / 2, PALE);
    pieces.push(Piece::Fill(
        Rect::new(theme.margin(), middle, width, desk.px(2).max(1)),
        DEEP_2,
    ));
    let mut top = middle + desk.px(36);
    for line in &lines {
        let height = line.em * 170 / 100;
        pieces.push(Piece::text((theme.width - line.width) / 2, top, height, line, PALE));
        top += height;
    }
    pieces
}

/// Hours and hotlines, each on a line of its own where they do not stand side by side.
fn foot_lines(desk: &Desk<'_>, site: &SiteProfile, width: i32) -> Vec<TextLine> {
    let hotlines = site
        .hotlines
        .iter()
        .map(|line| words::labelled(desk.lang, line.label.get(desk.lang), &line.number));
    let told: Vec<String> = std::iter::once(site.hours.get(desk.lang).to_owned())
        .chain(hotlines)
        .filter(|part| !part.trim().is_empty())
        .collect();
    let joined = text::single(desk.fonts, &told.join("　　"), desk.label(36, false));
    if joined.width <= width {
        return vec![joined];
    }
    told.iter()
        .flat_map(|part| text::ellipsised(desk.fonts, part, desk.label(36, false), width, 1))
        .collect()
}

/// The slate of strips and signs.
pub(crate) fn lamps(bulbs: &Bulbs<'_>, site: &SiteProfile, layout: Layout, now: Instant) -> Page {
    let hotline = site.hotlines.first();
    let call = hotline.map(|line| words::labelled(bulbs.lang, line.label.get(bulbs.lang), &line.number));
    let gist = Gist {
        headline: site.name.get(bulbs.lang).to_owned(),
        detail: call.unwrap_or_default(),
        ..Gist::default()
    };
    if layout == Layout::Strip {
        return strip::page(bulbs, &gist);
    }
    let (date, of_day_ms) = site.clock.date(now);
    let step = (bulbs.width() / (CELL * 5 / 2)).clamp(1, (bulbs.height() / CELL - 1).max(1));
    let clock = bulbs.line(&words::clock(of_day_ms), step);
    let day = bulbs.line(date.weekday_in_words(bulbs.lang), 1);
    let both = clock.em + CELL <= bulbs.height();
    if clock.width > bulbs.width() {
        return sign::full(bulbs, "", site.name.get(bulbs.lang))
            .into_iter()
            .next()
            .unwrap_or_default();
    }
    let top = if both {
        (bulbs.height() - clock.em - CELL) / 2
    } else {
        (bulbs.height() - clock.em) / 2
    };
    let mut pieces = vec![Piece::text(
        (bulbs.width() - clock.width) / 2,
        top,
        clock.em,
        &clock,
        bulbs.lights.text,
    )];
    if both && day.width <= bulbs.width() {
        let x = (bulbs.width() - day.width) / 2;
        pieces.push(Piece::text(x, top + clock.em, CELL, &day, bulbs.lights.dim));
    }
    Page {
        pieces,
        ..Page::default()
    }
}
