//! Service guides: what it takes in large figures, the way through as a numbered path, then what to bring.

use super::flow::{self, Row};
use super::{Composition, Heads, paged, parts};
use crate::canvas::{Piece, Rect};
use crate::text::{self, Setting, TextLine};
use crate::theme::{DEEP, Desk, INK, LINE, PAPER};
use heliograph_domain::content::ServiceGuide;
use heliograph_domain::{Kind, Lang};

/// What stands in large figures, where it is short enough.
const FIGURES: [&str; 3] = ["committed_limit", "statutory_limit", "fee"];
/// More steps than this do not stand side by side.
const SIDE_BY_SIDE: usize = 5;

pub(crate) fn compose(desk: &Desk<'_>, guide: &ServiceGuide, lang: Lang) -> Composition {
    let area = desk.theme.section();
    let kind = Kind::ServiceGuide.label(desk.lang);
    let first = parts::heading(desk, kind, (&guide.title, lang), "", area.w, true);
    let later = parts::heading(desk, kind, (&guide.title, lang), "", area.w, false);
    let (cards, apart): (Vec<_>, Vec<_>) = FIGURES
        .into_iter()
        .zip([&guide.committed_limit, &guide.statutory_limit, &guide.fee])
        .partition(|(_, value)| parts::fits_card(desk, value, lang, area.w, FIGURES.len()));
    let mut rows = figures(desk, &cards, lang, area.w);
    rows.extend(path(
        desk,
        guide,
        lang,
        area.w,
        area.h - first.height - flow::height(&rows),
    ));
    rows.extend(materials(desk, guide, lang, area.w));
    rows.extend(particulars(desk, guide, &apart, lang, area.w));
    paged(desk, area, Heads { first, later }, rows)
}

fn label(desk: &Desk<'_>, name: &str) -> &'static str {
    parts::field_label(desk, ServiceGuide::FIELDS, name)
}

fn figures(desk: &Desk<'_>, figures: &[(&str, &String)], lang: Lang, width: i32) -> Vec<Row> {
    let cards: Vec<(&str, &str)> = figures
        .iter()
        .map(|(name, value)| (label(desk, name), value.as_str()))
        .collect();
    if cards.is_empty() {
        return Vec::new();
    }
    vec![parts::figure_cards(desk, &cards, lang, width)]
}

/// A heading inside the guide.
fn section(desk: &Desk<'_>, name: &str) -> Row {
    let line = text::single(desk.fonts, label(desk, name), desk.label(40, true));
    let height = line.em * 3 / 2 + desk.px(12);
    Row {
        before: desk.px(34),
        height,
        with_next: true,
        pieces: vec![Piece::text(0, 0, line.em * 3 / 2, &line, DEEP)],
        ..Row::default()
    }
}

/// The steps: side by side where they are few and the screen is wide, else one under another.
fn path(desk: &Desk<'_>, guide: &ServiceGuide, lang: Lang, width: i32, room: i32) -> Vec<Row> {
    if guide.steps.is_empty() {
        return Vec::new();
    }
    let heading = section(desk, "steps");
    if !desk.theme.portrait && guide.steps.len() <= SIDE_BY_SIDE {
        let row = side_by_side(desk, &guide.steps, lang, width);
        if heading.before + heading.height + row.height <= room {
            return vec![heading, row];
        }
    }
    let mut rows = vec![heading];
    let count = guide.steps.len();
    let step = |(at, text): (usize, &String)| down(desk, at + 1, text, lang, width, at + 1 == count);
    rows.extend(guide.steps.iter().enumerate().map(step));
    rows
}

/// A number in a disc of a diameter.
fn disc(desk: &Desk<'_>, number: usize, x: i32, y: i32, diameter: i32) -> Vec<Piece> {
    let line = text::single(desk.fonts, &number.to_string(), desk.label(34, true));
    vec![
        Piece::Round(Rect::new(x, y, diameter, diameter), diameter / 2, DEEP),
        Piece::text(x + (diameter - line.width) / 2, y, diameter, &line, PAPER),
    ]
}

fn side_by_side(desk: &Desk<'_>, steps: &[String], lang: Lang, width: i32) -> Row {
    let count = i32::try_from(steps.len()).unwrap_or(1).max(1);
    let column = width / count;
    let diameter = desk.theme.em(64);
    let style = desk.style(34, false, lang);
    let inner = (column - desk.px(28)).max(style.px * 2);
    let gap = desk.px(20);
    let mut row = Row::default();
    let rule = desk.px(4).max(1);
    let across = Rect::new(diameter / 2, (diameter - rule) / 2, column * (count - 1), rule);
    row.pieces.push(Piece::Fill(across, LINE));
    let mut deepest = 0;
    for (at, step) in steps.iter().enumerate() {
        let x = column * i32::try_from(at).unwrap_or(0);
        row.pieces.extend(disc(desk, at + 1, x, 0, diameter));
        let lines = text::lines(&text::shape_str(desk.fonts, step, style), Setting::plain(inner));
        let mut top = diameter + gap;
        for line in &lines {
            row.pieces.push(Piece::text(x, top, line.em * 145 / 100, line, INK));
            top += line.em * 145 / 100;
        }
        deepest = deepest.max(top);
    }
    row.height = deepest;
    row
}

fn down(desk: &Desk<'_>, number: usize, step: &str, lang: Lang, width: i32, last: bool) -> Row {
    let diameter = desk.theme.em(64);
    let style = desk.style(40, false, lang);
    let left = diameter + desk.px(32);
    let lines: Vec<TextLine> = text::lines(
        &text::shape_str(desk.fonts, step, style),
        Setting::plain((width - left).max(style.px * 2)),
    );
    let leading = style.px * 3 / 2;
    let text_height = i32::try_from(lines.len()).unwrap_or(0) * leading;
    let space = desk.px(26);
    let mut row = Row {
        height: text_height.max(diameter) + space,
        ..Row::default()
    };
    if !last {
        let rule = desk.px(4).max(1);
        row.pieces.push(Piece::Fill(
            Rect::new((diameter - rule) / 2, diameter, rule, row.height - diameter),
            LINE,
        ));
    }
    row.pieces.extend(disc(desk, number, 0, 0, diameter));
    let mut top = ((diameter - text_height) / 2).max(0);
    for line in &lines {
        row.pieces.push(Piece::text(left, top, leading, line, INK));
        top += leading;
        row.cuts.extend((top > diameter).then_some(top));
    }
    row.cuts.pop();
    row
}

fn materials(desk: &Desk<'_>, guide: &ServiceGuide, lang: Lang, width: i32) -> Vec<Row> {
    if guide.materials.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![section(desk, "materials")];
    for (at, material) in guide.materials.iter().enumerate() {
        let style = desk.style(40, false, lang);
        rows.extend(parts::numbered(desk, at + 1, material, style, width));
    }
    rows
}

/// The rest, label by label: first the figures that are too long to be large.
fn particulars<'g>(
    desk: &Desk<'_>,
    guide: &'g ServiceGuide,
    apart: &[(&'g str, &'g String)],
    lang: Lang,
    width: i32,
) -> Vec<Row> {
    let mut fields = apart.to_vec();
    fields.extend([
        ("applicants", &guide.applicants),
        ("place", &guide.place),
        ("hours", &guide.hours),
        ("phone", &guide.phone),
        ("result", &guide.result),
        ("fee_basis", &guide.fee_basis),
        ("legal_basis", &guide.legal_basis),
        ("complaint", &guide.complaint),
    ]);
    let rows = parts::entries(desk, ServiceGuide::FIELDS, &fields, lang, 36, width);
    parts::spaced(rows, desk.px(24))
}
