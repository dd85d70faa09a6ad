//! Parts that several templates share.

use super::flow::Row;
use crate::canvas::{Piece, Rect};
use crate::frame::Rgb;
use crate::text::markdown::{Block, BlockKind};
use crate::text::{self, Setting, Span, Style, TextLine};
use crate::theme::{DEEP, Desk, INK, INK_2, LINE, TINT};
use heliograph_domain::Lang;
use heliograph_domain::content::FieldSpec;

/// A small label on a tinted ground. Gives its pieces and its size.
pub(crate) fn chip(desk: &Desk<'_>, label: &str, style: Style, ground: Rgb, ink: Rgb) -> (Vec<Piece>, i32, i32) {
    let line = text::single(desk.fonts, label, style);
    let height = line.em * 18 / 11;
    let pad = line.em * 2 / 3;
    let ground = Piece::Round(Rect::new(0, 0, line.width + 2 * pad, height), desk.px(8), ground);
    let width = line.width + 2 * pad;
    (vec![ground, Piece::text(pad, 0, height, &line, ink)], width, height)
}

/// Lines as rows.
pub(crate) fn rows(lines: &[TextLine], x: i32, line_percent: i32, colour: Rgb) -> Vec<Row> {
    let row = |line: &TextLine| {
        let height = line.em * line_percent / 100;
        Row {
            height,
            pieces: vec![Piece::text(x, 0, height, line, colour)],
            ..Row::default()
        }
    };
    lines.iter().map(row).collect()
}

/// The kind, the title and what stands under it, at the top of a page. On later pages it is smaller.
pub(crate) fn heading(desk: &Desk<'_>, kind: &str, title: (&str, Lang), meta: &str, width: i32, first: bool) -> Row {
    let mut row = Row::default();
    let (chip, _, chip_height) = chip(desk, kind, desk.label(32, true), TINT, DEEP);
    row.pieces.extend(chip);
    row.height = chip_height + desk.px(if first { 24 } else { 18 });
    let lines = title_lines(desk, title, width, first);
    for line in rows(&lines, 0, 128, INK) {
        row.pieces
            .extend(line.pieces.into_iter().map(|piece| piece.moved(0, row.height)));
        row.height += line.height;
    }
    if first && !meta.is_empty() {
        row.height += desk.px(10);
        for line in text::ellipsised(desk.fonts, meta, desk.style(32, false, title.1), width, 2) {
            row.pieces
                .push(Piece::text(0, row.height, line.em * 3 / 2, &line, INK_2));
            row.height += line.em * 3 / 2;
        }
    }
    row.height += desk.px(if first { 30 } else { 20 });
    row
}

/// A title's lines: one of a smaller size is calmer than two of a larger; a long title takes more lines of a smaller
/// size still. Where it is said again on later pages it takes less room.
fn title_lines(desk: &Desk<'_>, title: (&str, Lang), width: i32, first: bool) -> Vec<TextLine> {
    let ways: &[(&[i32], usize)] = match (first, desk.theme.portrait) {
        (false, _) => &[(&[54, 50, 46], 1), (&[44, 40], 2), (&[36, 32], 5)],
        (true, false) => &[(&[76, 68, 60], 1), (&[76, 68, 60, 54], 2), (&[50, 44, 40], 6)],
        (true, true) => &[(&[76, 68, 60, 54], 1), (&[76, 68, 60, 54], 3), (&[50, 44, 40], 8)],
    };
    in_one_way(desk, title.0, desk.style(76, true, title.1), width, ways)
}

/// A text in the first of several ways (sizes and the most lines) that hold it whole; cut in the last when none does.
pub(crate) fn in_one_way(
    desk: &Desk<'_>,
    told: &str,
    style: Style,
    width: i32,
    ways: &[(&[i32], usize)],
) -> Vec<TextLine> {
    let set = |(sizes, most): &(&[i32], usize)| {
        let sizes: Vec<i32> = sizes.iter().map(|size| desk.theme.em(*size)).collect();
        let smallest = sizes.last().copied().unwrap_or(style.px);
        let fits = lines_of(desk, told, Style { px: smallest, ..style }, width) <= *most;
        (fits, sizes, *most)
    };
    let ways: Vec<_> = ways.iter().map(set).collect();
    let way = ways.iter().find(|(fits, ..)| *fits).or(ways.last());
    way.map_or_else(Vec::new, |(_, sizes, most)| {
        text::fit(desk.fonts, told, style, sizes, width, *most)
    })
}

/// How many lines a text takes.
pub(crate) fn lines_of(desk: &Desk<'_>, told: &str, style: Style, width: i32) -> usize {
    text::lines(&text::shape_str(desk.fonts, told, style), Setting::plain(width)).len()
}

/// A body's blocks as rows.
pub(crate) fn body(desk: &Desk<'_>, blocks: &[Block], size: i32, lang: Lang, width: i32) -> Vec<Row> {
    blocks
        .iter()
        .flat_map(|block| block_rows(desk, block, size, lang, width))
        .collect()
}

fn block_rows(desk: &Desk<'_>, block: &Block, size: i32, lang: Lang, width: i32) -> Vec<Row> {
    let style = desk.style(size, false, lang);
    let chinese = matches!(lang, Lang::ZhHans | Lang::Ja);
    match &block.kind {
        BlockKind::Heading => {
            let shaped = text::shape(desk.fonts, &block.spans, desk.style(size + 4, true, lang));
            let mut rows = rows(&text::lines(&shaped, Setting::plain(width)), 0, 150, DEEP);
            rows.iter_mut().for_each(|row| row.with_next = true);
            if let Some(first) = rows.first_mut() {
                first.before = style.px * 3 / 5;
            }
            rows
        }
        BlockKind::Paragraph => {
            let shaped = text::shape(desk.fonts, &block.spans, style);
            let numbered = block.text().chars().nth(1).is_some_and(|c| c == '、');
            let indent = if chinese && !numbered { 2 * shaped.em } else { 0 };
            let lines = text::lines(
                &shaped,
                Setting {
                    width,
                    indent,
                    justify: chinese,
                },
            );
            let mut rows = together(spaced(rows(&lines, 0, 168, INK), style.px * 2 / 5));
            // A paragraph in bold is a heading in all but name: a question before its answer.
            if block.spans.iter().all(|span| span.bold || span.text.trim().is_empty()) {
                rows.iter_mut().for_each(|row| row.with_next = true);
            }
            rows
        }
        BlockKind::Item { marker, depth } => {
            let left = style.px * i32::try_from(*depth).unwrap_or(0).min(4);
            item(desk, marker, &block.spans, style, left, width)
        }
        BlockKind::Table(table) => super::table::rows(desk, table, size, lang, width),
    }
}

/// An item of a list: its marker hangs before the text.
fn item(desk: &Desk<'_>, marker: &str, spans: &[Span], style: Style, left: i32, width: i32) -> Vec<Row> {
    let marker = text::single(desk.fonts, marker, Style { bold: true, ..style });
    let indent = left + (marker.width + style.px / 2).max(style.px * 5 / 4);
    let shaped = text::shape(desk.fonts, spans, style);
    let chinese = matches!(style.lang, Lang::ZhHans | Lang::Ja);
    let setting = Setting {
        width: (width - indent).max(style.px * 2),
        indent: 0,
        justify: chinese,
    };
    let mut rows = rows(&text::lines(&shaped, setting), indent, 160, INK);
    if let Some(first) = rows.first_mut() {
        first.pieces.push(Piece::text(left, 0, first.height, &marker, DEEP));
    }
    together(spaced(rows, style.px / 4))
}

/// Neither the first nor the last line of a paragraph stands alone on a page.
fn together(mut rows: Vec<Row>) -> Vec<Row> {
    let count = rows.len();
    if count > 1 {
        rows[0].with_next = true;
        rows[count - 2].with_next = true;
    }
    rows
}

/// Space before the first row.
pub(crate) fn spaced(mut rows: Vec<Row>, before: i32) -> Vec<Row> {
    if let Some(first) = rows.first_mut() {
        first.before = before;
    }
    rows
}

/// A label with its text beside it and a rule beneath: one row.
pub(crate) fn entry(desk: &Desk<'_>, label: &str, value: (&str, Lang), size: i32, label_width: i32, width: i32) -> Row {
    // Smaller type stands closer.
    let pad = desk.px(17) * size.min(38) / 38;
    let style = desk.style(size, false, value.1);
    let gap = desk.px(28);
    let labels = text::ellipsised(desk.fonts, label, desk.label(size, true), label_width, 3);
    let label_bottom = pad + labels.iter().map(|line| line.em * 150 / 100).sum::<i32>();
    let mut values = Vec::new();
    for part in value.0.lines().filter(|part| !part.trim().is_empty()) {
        let shaped = text::shape_str(desk.fonts, part.trim(), style);
        values.extend(text::lines(
            &shaped,
            Setting::plain((width - label_width - gap).max(style.px * 2)),
        ));
    }
    let mut row = Row::default();
    let mut deepest = 0;
    for (lines, x, colour) in [(labels, 0, DEEP), (values, label_width + gap, INK)] {
        let mut top = pad;
        for line in rows(&lines, x, 150, colour) {
            row.pieces
                .extend(line.pieces.into_iter().map(|piece| piece.moved(0, top)));
            top += line.height;
            if x > 0 {
                row.cuts.push(top);
            }
        }
        deepest = deepest.max(top);
    }
    row.height = deepest + pad;
    // The label's own lines stay together, and the last line with the rule beneath it.
    row.cuts.pop();
    row.cuts.retain(|cut| *cut >= label_bottom);
    row.pieces.push(Piece::Fill(
        Rect::new(0, row.height - desk.px(2).max(1), width, desk.px(2).max(1)),
        LINE,
    ));
    row
}

/// How wide the labels of entries are: the widest, within a third of the width.
pub(crate) fn label_width(desk: &Desk<'_>, labels: &[&str], size: i32, width: i32) -> i32 {
    let widest = labels
        .iter()
        .map(|label| text::single(desk.fonts, label, desk.label(size, true)).width)
        .max();
    widest.unwrap_or(0).min(width / 3)
}

/// Sizes of a card's figure, largest first.
const CARD_SIZES: [i32; 5] = [64, 56, 48, 42, 36];
/// Between cards, and inside them left and right.
const CARD_GAP: i32 = 24;
const CARD_PAD: i32 = 30;

/// The width of one of `count` cards.
fn card_width(desk: &Desk<'_>, count: usize, width: i32) -> i32 {
    let count = i32::try_from(count.max(1)).unwrap_or(1);
    (width - desk.px(CARD_GAP) * (count - 1)) / count
}

/// Whether a figure is short enough for one of `count` cards.
pub(crate) fn fits_card(desk: &Desk<'_>, value: &str, lang: Lang, width: i32, count: usize) -> bool {
    let inner = (card_width(desk, count, width) - 2 * desk.px(CARD_PAD)).max(1);
    lines_of(desk, value, desk.style(36, true, lang), inner) <= 2
}

/// A card with a large figure under its label.
pub(crate) fn figure_cards(desk: &Desk<'_>, cards: &[(&str, &str)], lang: Lang, width: i32) -> Row {
    let gap = desk.px(CARD_GAP);
    let card_width = card_width(desk, cards.len(), width);
    let pad = desk.px(CARD_PAD);
    let inner = (card_width - 2 * pad).max(1);
    let sizes: Vec<i32> = CARD_SIZES.iter().map(|size| desk.theme.em(*size)).collect();
    let label_style = desk.label(30, false);
    let set = |(label, value): &(&str, &str)| {
        let lines = |px: &[i32], most| text::fit(desk.fonts, value, desk.style(64, true, lang), px, inner, most);
        let mut value_lines = lines(&sizes[..4], 1);
        if value_lines.first().is_none_or(|line| line.em != sizes[0]) {
            let one_line = sizes[..4].iter().any(|px| {
                text::single(
                    desk.fonts,
                    value,
                    Style {
                        px: *px,
                        bold: true,
                        lang,
                    },
                )
                .width
                    <= inner
            });
            if !one_line {
                value_lines = lines(&sizes[2..], 2);
            }
        }
        let labels = text::fit(desk.fonts, label, label_style, &[label_style.px], inner, 3);
        (labels, value_lines)
    };
    let set: Vec<_> = cards.iter().map(set).collect();
    let labels = set.iter().map(|(labels, _)| labels.len()).max().unwrap_or(1);
    let label_height = i32::try_from(labels).unwrap_or(1) * label_style.px * 3 / 2;
    let tall = |lines: &Vec<TextLine>| lines.iter().map(|line| line.em * 13 / 10).sum::<i32>();
    let value_height = set.iter().map(|(_, values)| tall(values)).max().unwrap_or(0);
    let mut row = Row {
        height: 2 * desk.px(22) + label_height + value_height,
        ..Row::default()
    };
    for (at, (labels, values)) in (0..).zip(&set) {
        let x = at * (card_width + gap);
        row.pieces
            .push(Piece::Round(Rect::new(x, 0, card_width, row.height), desk.px(16), TINT));
        let mut top = desk.px(22);
        for line in labels {
            row.pieces
                .push(Piece::text(x + pad, top, label_style.px * 3 / 2, line, INK_2));
            top += label_style.px * 3 / 2;
        }
        top = desk.px(22) + label_height + (value_height - tall(values)) / 2;
        for line in values {
            row.pieces
                .push(Piece::text(x + pad, top, line.em * 13 / 10, line, DEEP));
            top += line.em * 13 / 10;
        }
    }
    row
}

/// A numbered line of a list.
pub(crate) fn numbered(desk: &Desk<'_>, number: usize, text: &str, style: Style, width: i32) -> Vec<Row> {
    let spans = [Span {
        text: text.trim().to_owned(),
        bold: false,
    }];
    item(desk, &format!("{number}."), &spans, style, 0, width)
}

/// What a kind's field is called on a display.
pub(crate) fn field_label(desk: &Desk<'_>, fields: &[FieldSpec], name: &str) -> &'static str {
    let spec = fields.iter().find(|spec| spec.name == name);
    spec.map_or("", |spec| spec.label(desk.lang))
}

/// Fields as entries under one another, their labels in one column.
pub(crate) fn entries(
    desk: &Desk<'_>,
    specs: &[FieldSpec],
    fields: &[(&str, &String)],
    lang: Lang,
    size: i32,
    width: i32,
) -> Vec<Row> {
    let labels: Vec<&str> = fields.iter().map(|(name, _)| field_label(desk, specs, name)).collect();
    let label_width = label_width(desk, &labels, size, width);
    let entry = |((_, value), label): (&(&str, &String), &&str)| {
        entry(desk, label, (value.as_str(), lang), size, label_width, width)
    };
    fields.iter().zip(&labels).map(entry).collect()
}
