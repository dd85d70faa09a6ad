//! One promise, its figure large.

use super::{Composition, Heads, paged, parts};
use crate::canvas::{Piece, Rect};
use crate::text::{self, TextLine};
use crate::theme::{DEEP, Desk, INK, INK_2, LINE, TINT};
use crate::words;
use heliograph_domain::content::ServiceCommitment;
use heliograph_domain::{Kind, Lang};

pub(crate) fn compose(desk: &Desk<'_>, commitment: &ServiceCommitment, lang: Lang) -> Composition {
    if fits_poster(desk, commitment, lang) {
        poster(desk, commitment, lang)
    } else {
        in_pages(desk, commitment, lang)
    }
}

/// Sizes of a poster's promise.
const PROMISE_SIZES: [i32; 5] = [54, 48, 44, 40, 36];

fn most_promise_lines(desk: &Desk<'_>) -> usize {
    if desk.theme.portrait { 6 } else { 3 }
}

/// Whether every text is short enough for one picture.
fn fits_poster(desk: &Desk<'_>, it: &ServiceCommitment, lang: Lang) -> bool {
    let width = desk.theme.section().w;
    let lines = |told: &str, size, bold| parts::lines_of(desk, told, desk.style(size, bold, lang), width);
    let figure = figure_at(desk, it, lang, 88);
    lines(&it.matter, 60, true) <= 2
        && lines(&it.promise, 36, false) <= most_promise_lines(desk)
        && foot_lines(desk, it).iter().all(|told| lines(told, 32, false) <= 2)
        && figure.iter().map(|line| line.width).sum::<i32>() + desk.px(36) <= width
}

/// The same as a text: the figure in a card, then the promise in full and the rest label by label.
fn in_pages(desk: &Desk<'_>, it: &ServiceCommitment, lang: Lang) -> Composition {
    let area = desk.theme.section();
    let kind = Kind::ServiceCommitment.label(desk.lang);
    let heads = Heads {
        first: parts::heading(desk, kind, (&it.matter, lang), "", area.w, true),
        later: parts::heading(desk, kind, (&it.matter, lang), "", area.w, false),
    };
    let told = words::figure(&it.figure, &it.unit);
    let label = parts::field_label(desk, ServiceCommitment::FIELDS, "figure");
    let mut rows = Vec::new();
    if parts::fits_card(desk, &told, lang, area.w, 1) {
        rows.push(parts::figure_cards(desk, &[(label, &told)], lang, area.w));
    } else {
        let fields = [("figure", &told)];
        rows.extend(parts::entries(
            desk,
            ServiceCommitment::FIELDS,
            &fields,
            lang,
            40,
            area.w,
        ));
    }
    let fields = [
        ("promise", &it.promise),
        ("measure", &it.measure),
        ("complaint", &it.complaint),
    ];
    let entries = parts::entries(desk, ServiceCommitment::FIELDS, &fields, lang, 40, area.w);
    rows.extend(parts::spaced(entries, desk.px(16)));
    paged(desk, area, heads, rows)
}

fn poster(desk: &Desk<'_>, commitment: &ServiceCommitment, lang: Lang) -> Composition {
    let area = desk.theme.section();
    let mut pieces = Vec::new();
    let (chip, _, chip_height) = parts::chip(
        desk,
        Kind::ServiceCommitment.label(desk.lang),
        desk.label(32, true),
        TINT,
        DEEP,
    );
    pieces.extend(chip.into_iter().map(|piece| piece.moved(area.x, area.y)));
    let mut top = area.y + chip_height + desk.px(24);
    let sizes: Vec<i32> = [76, 68, 60].iter().map(|size| desk.theme.em(*size)).collect();
    let matter = text::fit(
        desk.fonts,
        &commitment.matter,
        desk.style(76, true, lang),
        &sizes,
        area.w,
        2,
    );
    top = stacked(&mut pieces, &matter, area.x, top, 128, INK);
    let foot = foot(desk, commitment, lang, area);
    let bottom = area.bottom() - foot.1;
    pieces.extend(foot.0);
    // The figure and the promise share what is left, the figure above.
    let promise_sizes: Vec<i32> = PROMISE_SIZES.iter().map(|size| desk.theme.em(*size)).collect();
    let promise = text::fit(
        desk.fonts,
        &commitment.promise,
        desk.style(54, false, lang),
        &promise_sizes,
        area.w,
        most_promise_lines(desk),
    );
    let promise_height: i32 = promise.iter().map(|line| line.em * 3 / 2).sum();
    let room = bottom - top - promise_height;
    let figure = figure(desk, commitment, lang, area.w, room);
    let figure_height = figure.iter().map(|line| line.em).max().unwrap_or(0);
    let gap = ((room - figure_height) / 3).max(0);
    let baseline = top + gap + figure_height * 88 / 100;
    let mut x = area.x;
    for line in &figure {
        pieces.push(Piece::Text {
            x,
            y: baseline,
            line: line.clone(),
            colour: DEEP,
        });
        x += line.width + desk.px(36);
    }
    stacked(&mut pieces, &promise, area.x, top + gap + figure_height + gap, 150, INK);
    Composition::still(vec![pieces])
}

/// Lines under one another; answers where the next would stand.
fn stacked(
    pieces: &mut Vec<Piece>,
    lines: &[TextLine],
    x: i32,
    mut top: i32,
    percent: i32,
    colour: crate::frame::Rgb,
) -> i32 {
    for line in lines {
        pieces.push(Piece::text(x, top, line.em * percent / 100, line, colour));
        top += line.em * percent / 100;
    }
    top
}

/// The figure and its unit, as large as the room allows.
fn figure(desk: &Desk<'_>, commitment: &ServiceCommitment, lang: Lang, width: i32, room: i32) -> Vec<TextLine> {
    let sizes = [400, 340, 300, 260, 220, 180, 140, 110, 88, 72, 60, 48];
    let set = |size: i32| figure_at(desk, commitment, lang, size);
    let fits = |lines: &Vec<TextLine>| {
        let wide: i32 = lines.iter().map(|line| line.width).sum();
        wide + desk.px(36) <= width && lines[0].em <= room.max(1)
    };
    sizes.into_iter().map(set).find(fits).unwrap_or_else(|| {
        let both = words::figure(&commitment.figure, &commitment.unit);
        text::ellipsised(desk.fonts, &both, desk.style(48, true, lang), width, 1)
    })
}

/// The figure and its unit, the figure in a size.
fn figure_at(desk: &Desk<'_>, commitment: &ServiceCommitment, lang: Lang, size: i32) -> Vec<TextLine> {
    let unit = desk.style((size / 3).max(48), true, lang);
    vec![
        text::single(desk.fonts, &commitment.figure, desk.style(size, true, lang)),
        text::single(desk.fonts, &commitment.unit, unit),
    ]
}

/// How it is measured and where to complain.
fn foot_lines(desk: &Desk<'_>, commitment: &ServiceCommitment) -> [String; 2] {
    let of = |name: &str, told: &str| {
        let label = parts::field_label(desk, ServiceCommitment::FIELDS, name);
        words::labelled(desk.lang, label, told)
    };
    [
        of("measure", &commitment.measure),
        of("complaint", &commitment.complaint),
    ]
}

/// How it is measured and where to complain, under a rule at the bottom. Gives the pieces and their height.
fn foot(desk: &Desk<'_>, commitment: &ServiceCommitment, lang: Lang, area: Rect) -> (Vec<Piece>, i32) {
    let mut lines = Vec::new();
    for told in foot_lines(desk, commitment) {
        lines.extend(text::ellipsised(
            desk.fonts,
            &told,
            desk.style(32, false, lang),
            area.w,
            2,
        ));
    }
    let height: i32 = lines.iter().map(|line| line.em * 3 / 2).sum::<i32>() + desk.px(30);
    let top = area.bottom() - height;
    let mut pieces = vec![Piece::Fill(Rect::new(area.x, top, area.w, desk.px(2).max(1)), LINE)];
    stacked(&mut pieces, &lines, area.x, top + desk.px(30), 150, INK_2);
    (pieces, height + desk.px(20))
}
