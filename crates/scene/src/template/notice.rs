//! Notices, and all the kinds that are a title with a text.

use super::flow::{self, Row};
use super::{Composition, Prose, body_blocks, paged, parts};
use crate::theme::{BODY, Desk};
use heliograph_domain::content::ThreePublic;
use heliograph_domain::{Body, Lang};

/// Sizes of the body, largest first: the largest in which it fits one page, else the ordinary one.
const SIZES: [i32; 3] = [56, 50, BODY];

pub(crate) fn compose(desk: &Desk<'_>, body: &Body, lang: Lang) -> Composition {
    let prose = Prose::of(body);
    let area = desk.theme.section();
    let kind = prose.kind.label(desk.lang);
    let first = parts::heading(desk, kind, (prose.title, lang), &prose.meta(lang), area.w, true);
    let later = parts::heading(desk, kind, (prose.title, lang), "", area.w, false);
    let blocks = body_blocks(&prose);
    let rows = |size: i32| {
        let mut rows = figures(desk, body, area.w);
        rows.extend(parts::body(desk, &blocks, size, lang, area.w));
        rows
    };
    let room = area.h - first.height;
    let fits = SIZES.into_iter().map(&rows).find(|rows| flow::height(rows) <= room);
    let rows = fits.unwrap_or_else(|| rows(BODY));
    Composition::still(paged(area, first, &later, rows))
}

/// The three public expenses of a finance publication, large.
fn figures(desk: &Desk<'_>, body: &Body, width: i32) -> Vec<Row> {
    let Body::Finance(finance) = body else {
        return Vec::new();
    };
    let three = &finance.three_public;
    let values = [&three.abroad, &three.vehicles, &three.hospitality];
    let fields = ThreePublic::FIELDS;
    let cards: Vec<(&str, &str)> = fields
        .iter()
        .zip(values)
        .map(|(field, value)| (field.label(desk.lang), value.as_str()))
        .collect();
    let mut row = parts::figure_cards(desk, &cards, desk.lang, width);
    row.height += desk.px(24);
    vec![row]
}
