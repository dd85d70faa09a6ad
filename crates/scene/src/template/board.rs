//! Window boards: the number large, the promise, and the ten elements.

use super::flow::{self, Row};
use super::overflow::{self, MOST_PAGES};
use super::{Composition, parts};
use crate::canvas::{Piece, Rect};
use crate::text::{self, Setting};
use crate::theme::{DEEP, Desk, INK, PALE, PAPER, TINT};
use crate::words::{labelled, say};
use heliograph_domain::Lang;
use heliograph_domain::content::WindowBoard;

pub(crate) fn compose(desk: &Desk<'_>, board: &WindowBoard, lang: Lang) -> Composition {
    let section = desk.theme.section();
    let banner = banner(desk, board, lang);
    let below = banner.1 + desk.px(if desk.theme.portrait { 40 } else { 28 });
    let area = Rect {
        y: below,
        h: section.bottom() - below,
        ..section
    };
    let promise = promise(desk, board, lang, area.w);
    let sizes: &[i32] = if desk.theme.portrait {
        &[42, 38, 36, 34, 31, 28]
    } else {
        &[40, 36, 34, 31]
    };
    let fitting = sizes
        .iter()
        .map(|size| entries(desk, board, lang, *size, area.w))
        .find(|rows| promise.height + flow::height(rows) <= area.h);
    let on_more_pages = 34;
    let mut rows = fitting.unwrap_or_else(|| entries(desk, board, lang, on_more_pages, area.w));
    rows.insert(0, promise);
    let (pages, cut) = flow::paginate_within(rows, area.h, area.h, MOST_PAGES, overflow::reserve(desk));
    let page = |rows: Vec<Row>| {
        let mut pieces = banner.0.clone();
        pieces.extend(flow::laid(rows, area.x, area.y));
        pieces
    };
    let composition = Composition::still(pages.into_iter().map(page).collect());
    if cut {
        overflow::marked(desk, area, composition)
    } else {
        composition
    }
}

/// The band with the number, the name and who is on post. On a portrait screen it continues the header; gives its
/// pieces and where it ends.
fn banner(desk: &Desk<'_>, board: &WindowBoard, lang: Lang) -> (Vec<Piece>, i32) {
    let theme = desk.theme;
    let portrait = theme.portrait;
    let section = theme.section();
    let height = theme.bar(if portrait { 250 } else { 196 });
    let (ground, pad) = if portrait {
        let rect = Rect::new(0, theme.header(), theme.width, height);
        (Piece::Fill(rect, DEEP), 0)
    } else {
        let rect = Rect::new(section.x, section.y, section.w, height);
        (Piece::Round(rect, desk.px(16), DEEP), desk.px(44))
    };
    let top = if portrait { theme.header() } else { section.y };
    let mut pieces = vec![ground];
    let left = section.x + pad;
    let number_sizes: Vec<i32> = [150, 120, 96, 72, 56].iter().map(|size| theme.em(*size)).collect();
    let number = text::fit(
        desk.fonts,
        &board.window,
        desk.style(150, true, lang),
        &number_sizes,
        section.w / 4,
        1,
    );
    let caption = text::single(desk.fonts, say(desk.lang, "号窗口", "Window"), desk.label(30, false));
    let column = number
        .iter()
        .map(|line| line.width)
        .max()
        .unwrap_or(0)
        .max(caption.width);
    let stack = number.first().map_or(0, |line| line.em) + caption.em * 3 / 2;
    let mut y = top + (height - stack) / 2 - desk.px(if portrait { 22 } else { 4 });
    if let Some(line) = number.first() {
        pieces.push(Piece::text(left + (column - line.width) / 2, y, line.em, line, PAPER));
        y += line.em;
    }
    pieces.push(Piece::text(
        left + (column - caption.width) / 2,
        y,
        caption.em * 3 / 2,
        &caption,
        PALE,
    ));
    pieces.extend(name(
        desk,
        board,
        lang,
        Rect::new(left + column + desk.px(48), top, section.w, height),
        section.right() - pad,
    ));
    (pieces, top + height)
}

/// The window's name and who is on post, in the middle of the band.
fn name(desk: &Desk<'_>, board: &WindowBoard, lang: Lang, band: Rect, right: i32) -> Vec<Piece> {
    let width = (right - band.x).max(1);
    let ways: &[(&[i32], usize)] = &[(&[64, 56], 1), (&[56, 48], 2), (&[38, 34], 3), (&[34, 30], 4)];
    let title = parts::in_one_way(desk, &board.title, desk.style(64, true, lang), width, ways);
    let on_post = board.on_post.as_deref().filter(|name| !name.trim().is_empty());
    let status = on_post.map(|name| {
        let told = labelled(desk.lang, say(desk.lang, "值守", "On post"), name);
        text::ellipsised(desk.fonts, &told, desk.label(36, false), width, 1)
    });
    let lift = desk.px(if desk.theme.portrait { 22 } else { 0 });
    let lines: Vec<_> = title
        .iter()
        .map(|line| (line, PAPER))
        .chain(status.iter().flatten().map(|line| (line, PALE)))
        .collect();
    let height: i32 = lines.iter().map(|(line, _)| line.em * 135 / 100).sum();
    let mut top = band.y + (band.h - height) / 2 - lift;
    let mut pieces = Vec::new();
    for (line, colour) in lines {
        pieces.push(Piece::text(band.x, top, line.em * 135 / 100, line, colour));
        top += line.em * 135 / 100;
    }
    pieces
}

fn label(desk: &Desk<'_>, name: &str) -> &'static str {
    parts::field_label(desk, WindowBoard::FIELDS, name)
}

/// The window's promise on a tinted ground.
fn promise(desk: &Desk<'_>, board: &WindowBoard, lang: Lang, width: i32) -> Row {
    let (pad_x, pad_y) = (desk.px(40), desk.px(24));
    let label = text::single(desk.fonts, label(desk, "commitment"), desk.label(34, true));
    let left = pad_x + label.width + desk.px(36);
    let inner = (width - left - pad_x).max(1);
    let mut lines = Vec::new();
    for part in board.commitment.lines().filter(|part| !part.trim().is_empty()) {
        let shaped = text::shape_str(desk.fonts, part.trim(), desk.style(38, true, lang));
        lines.extend(text::lines(&shaped, Setting::plain(inner)));
    }
    let leading = desk.theme.em(38) * 3 / 2;
    let height = 2 * pad_y + leading * i32::try_from(lines.len().max(1)).unwrap_or(1);
    let mut row = Row {
        height: height + desk.px(14),
        ..Row::default()
    };
    row.pieces
        .push(Piece::Round(Rect::new(0, 0, width, height), desk.px(16), TINT));
    row.pieces.push(Piece::text(pad_x, pad_y, leading, &label, DEEP));
    let mut top = pad_y;
    for line in &lines {
        row.pieces.push(Piece::text(left, top, leading, line, INK));
        top += leading;
        row.cuts.push(top);
    }
    row.cuts.pop();
    row
}

fn entries(desk: &Desk<'_>, board: &WindowBoard, lang: Lang, size: i32, width: i32) -> Vec<Row> {
    let fields = [
        ("duties", &board.duties),
        ("matters", &board.matters),
        ("process", &board.process),
        ("phone", &board.phone),
        ("working_rules", &board.working_rules),
        ("responsibilities", &board.responsibilities),
        ("fees", &board.fees),
        ("discipline", &board.discipline),
        ("supervision", &board.supervision),
    ];
    parts::entries(desk, WindowBoard::FIELDS, &fields, lang, size, width)
}
