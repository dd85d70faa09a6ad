//! Notices, and all the kinds that are a title with a text.

use super::flow::Row;
use super::{Composition, Heads, Prose, body_blocks, paged, parts};
use crate::theme::{BODY, Desk};
use heliograph_domain::content::ThreePublic;
use heliograph_domain::{Body, Lang};

/// Sizes of the body, largest first: the largest that takes no more pages than the ordinary one, the last.
const SIZES: [i32; 3] = [56, 50, BODY];

pub(crate) fn compose(desk: &Desk<'_>, body: &Body, lang: Lang) -> Composition {
    let prose = Prose::of(body);
    let area = desk.theme.section();
    let kind = prose.kind.label(desk.lang);
    let blocks = body_blocks(&prose);
    let laid = |size: i32| {
        let heads = Heads {
            first: parts::heading(desk, kind, (prose.title, lang), &prose.meta(lang), area.w, true),
            later: parts::heading(desk, kind, (prose.title, lang), "", area.w, false),
        };
        let mut rows = figures(desk, body, area.w);
        rows.extend(parts::body(desk, &blocks, size, lang, area.w));
        paged(desk, area, heads, rows)
    };
    let ordinary = laid(BODY);
    // A long text is long in any size; on more pages than one the largest would outdo the title.
    let sizes = match ordinary.pages.len() {
        1 => &SIZES[..],
        2 | 3 => &SIZES[1..],
        _ => &[],
    };
    let mut larger = sizes.iter().copied().filter(|size| *size != BODY).map(laid);
    larger
        .find(|it| it.pages.len() <= ordinary.pages.len())
        .unwrap_or(ordinary)
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
