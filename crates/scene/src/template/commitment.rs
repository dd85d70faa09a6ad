//! One promise, its figure large.

use super::{Composition, parts};
use crate::canvas::{Piece, Rect};
use crate::text::{self, TextLine};
use crate::theme::{DEEP, Desk, INK, INK_2, LINE, TINT};
use crate::words;
use heliograph_domain::content::ServiceCommitment;
use heliograph_domain::{Kind, Lang};

pub(crate) fn compose(desk: &Desk<'_>, commitment: &ServiceCommitment, lang: Lang) -> Composition {
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
    let promise_sizes: Vec<i32> = [54, 48, 44, 40, 36].iter().map(|size| desk.theme.em(*size)).collect();
    let most = if desk.theme.portrait { 6 } else { 3 };
    let promise = text::fit(
        desk.fonts,
        &commitment.promise,
        desk.style(54, false, lang),
        &promise_sizes,
        area.w,
        most,
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
    let set = |size: i32| {
        let unit = desk.style((size / 3).max(48), true, lang);
        vec![
            text::single(desk.fonts, &commitment.figure, desk.style(size, true, lang)),
            text::single(desk.fonts, &commitment.unit, unit),
        ]
    };
    let fits = |lines: &Vec<TextLine>| {
        let wide: i32 = lines.iter().map(|line| line.width).sum();
        wide + desk.px(36) <= width && lines[0].em <= room.max(1)
    };
    sizes.into_iter().map(set).find(fits).unwrap_or_else(|| {
        let both = words::figure(&commitment.figure, &commitment.unit);
        text::ellipsised(desk.fonts, &both, desk.style(48, true, lang), width, 1)
    })
}

/// How it is measured and where to complain, under a rule at the bottom. Gives the pieces and their height.
fn foot(desk: &Desk<'_>, commitment: &ServiceCommitment, lang: Lang, area: Rect) -> (Vec<Piece>, i32) {
    let labels = ["measure", "complaint"].map(|name| parts::field_label(desk, ServiceCommitment::FIELDS, name));
    let mut lines = Vec::new();
    for (label, value) in labels.iter().zip([&commitment.measure, &commitment.complaint]) {
        let told = words::labelled(desk.lang, label, value);
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
