//! Long texts: more pages, then smaller type, then fewer details, and at last a word where the whole is to be read.

use super::Composition;
use super::flow::Row;
use crate::canvas::Rect;
use crate::theme::Desk;

/// More pages than this nobody waits for, and whatever else is to be shown waits as long.
pub(crate) const MOST_PAGES: usize = 8;

/// How much a template tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// All of it.
    Whole,
    /// What there is, and where the rest is to be read.
    Brief,
}

/// Lays a document out in as many pages as people wait for: in ordinary type, else in smaller type down to what is still
/// read from where they stand, else in brief, else cut in the smallest type.
pub(crate) fn fitted(desk: &Desk<'_>, lay: impl Fn(&Desk<'_>, Detail) -> Composition) -> Composition {
    let lay = |desk: &Desk<'_>, detail| Composition {
        type_percent: desk.theme.tight_percent(),
        ..lay(desk, detail)
    };
    let mut tried = lay(desk, Detail::Whole);
    let a_little = desk.theme.a_little_tighter().filter(|_| tried.pages.len() > 1);
    if let Some(theme) = a_little {
        let closer = lay(&Desk { theme: &theme, ..*desk }, Detail::Whole);
        // A last page with a line or two on it is not worth a turn.
        if closer.pages.len() < tried.pages.len() && !tells_of_more(&closer) {
            return closer;
        }
    }
    for theme in desk.theme.tighter() {
        if !tells_of_more(&tried) {
            return tried;
        }
        tried = lay(&Desk { theme: &theme, ..*desk }, Detail::Whole);
    }
    if !tells_of_more(&tried) {
        return tried;
    }
    let mut brief = lay(desk, Detail::Brief);
    for theme in desk.theme.tighter() {
        if brief.pages.len() < MOST_PAGES {
            return brief;
        }
        brief = lay(&Desk { theme: &theme, ..*desk }, Detail::Brief);
    }
    brief
}

fn tells_of_more(composition: &Composition) -> bool {
    composition.pages.iter().any(|page| page.more.is_some())
}

/// How high the word about the rest is, with the space above it.
pub(crate) fn reserve(desk: &Desk<'_>) -> i32 {
    desk.theme.bar(150)
}

/// A row that keeps room for the word on a last page.
pub(crate) fn room(desk: &Desk<'_>) -> Row {
    Row {
        height: reserve(desk),
        ..Row::default()
    }
}

/// The same pages, the last of which says at its foot that there is more. What stands there is known when it is drawn.
pub(crate) fn marked(desk: &Desk<'_>, area: Rect, mut composition: Composition) -> Composition {
    let height = reserve(desk) - desk.px(24);
    if let Some(last) = composition.pages.last_mut() {
        last.more = Some(Rect::new(area.x, area.bottom() - height, area.w, height));
    }
    composition
}
