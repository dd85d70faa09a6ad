//! Window boards: the number large, the promise, and the ten elements.

use super::flow::{self, Row};
use super::overflow::{self, MOST_PAGES};
use super::{Composition, parts};
use crate::canvas::{Piece, Rect};
use crate::frame::Rgb;
use crate::text::{self, Setting, TextLine};
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
    let (top, pad) = if portrait {
        (theme.header(), 0)
    } else {
        (section.y, desk.px(44))
    };
    let left = section.x + pad;
    let number = number(desk, board, lang, section.w / 4);
    let column = number.iter().map(|(line, ..)| line.width).max().unwrap_or(0);
    let names = left + column + desk.px(48);
    let said = said(desk, board, lang, (section.right() - pad - names).max(1));
    // Under a portrait screen's header the words stand a little higher, since the two are one ground.
    let lift = desk.px(if portrait { 22 } else { 4 });
    let tall = |lines: &[(TextLine, i32, Rgb)]| lines.iter().map(|(_, height, _)| *height).sum::<i32>();
    let height = theme.bar(if portrait { 250 } else { 196 });
    let height = height.max(tall(&said).max(tall(&number)) + 2 * lift + desk.px(20));
    let ground = if portrait {
        Piece::Fill(Rect::new(0, top, theme.width, height), DEEP)
    } else {
        Piece::Round(Rect::new(section.x, top, section.w, height), desk.px(16), DEEP)
    };
    let mut pieces = vec![ground];
    for (lines, x, centred) in [(&number, left, true), (&said, names, false)] {
        let mut y = top + (height - tall(lines)) / 2 - lift;
        for (line, tall, colour) in lines {
            let x = if centred { x + (column - line.width) / 2 } else { x };
            pieces.push(Piece::text(x, y, *tall, line, *colour));
            y += tall;
        }
    }
    (pieces, top + height)
}

/// The number with its caption: lines with their heights.
fn number(desk: &Desk<'_>, board: &WindowBoard, lang: Lang, width: i32) -> Vec<(TextLine, i32, Rgb)> {
    let sizes = [150, 120, 96, 72, 56].map(|size| desk.theme.em(size));
    let number = text::fit(desk.fonts, &board.window, desk.style(150, true, lang), &sizes, width, 1);
    let caption = text::single(desk.fonts, say(desk.lang, "号窗口", "Window"), desk.label(30, false));
    let number = number.into_iter().take(1).map(|line| (line.em, line));
    let mut lines: Vec<_> = number.map(|(em, line)| (line, em, PAPER)).collect();
    lines.push((caption.clone(), caption.em * 3 / 2, PALE));
    lines
}

/// The window's name and who is on post: lines with their heights.
fn said(desk: &Desk<'_>, board: &WindowBoard, lang: Lang, width: i32) -> Vec<(TextLine, i32, Rgb)> {
    let ways: &[(&[i32], usize)] = &[(&[64, 56], 1), (&[56, 48], 2), (&[38, 34], 3), (&[34, 30], 4)];
    let title = parts::in_one_way(desk, &board.title, desk.style(64, true, lang), width, ways);
    let on_post = board.on_post.as_deref().filter(|name| !name.trim().is_empty());
    let status = on_post.map(|name| {
        let told = labelled(desk.lang, say(desk.lang, "值守", "On post"), name);
        let ways: &[(&[i32], usize)] = &[(&[36, 32, 28], 1), (&[28, 24], 2), (&[22, 20], 3)];
        parts::in_one_way(desk, &told, desk.label(36, false), width, ways)
    });
    let set = |line: TextLine, colour| {
        let height = line.em * 135 / 100;
        (line, height, colour)
    };
    let titles = title.into_iter().map(|line| set(line, PAPER));
    let status = status.into_iter().flatten().map(|line| set(line, PALE));
    titles.chain(status).collect()
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
