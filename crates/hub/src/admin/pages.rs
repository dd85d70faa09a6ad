//! Long lists, a page at a time.

use super::layout::Desk;
use super::words as w;
use maud::{Markup, html};
use std::collections::HashMap;

/// Rows of a table on one page.
pub(crate) const ROWS: usize = 100;

/// The page of a list that is shown.
pub(crate) struct Part {
    /// From 1.
    page: usize,
    pages: usize,
}

impl Part {
    /// The page that a query asks for, of a list of so many; the last when it asks for one behind it.
    pub(crate) fn asked(query: &HashMap<String, String>, all: usize) -> Self {
        let pages = all.div_ceil(ROWS).max(1);
        let page = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
        Self {
            page: usize::clamp(page, 1, pages),
            pages,
        }
    }

    /// The first page of a list of so many.
    pub(crate) fn first(all: usize) -> Self {
        Self::asked(&HashMap::new(), all)
    }

    /// The page with the row of this index.
    pub(crate) fn with(index: usize, all: usize) -> Self {
        let pages = all.div_ceil(ROWS).max(1);
        Self {
            page: usize::clamp(index / ROWS + 1, 1, pages),
            pages,
        }
    }

    /// Its rows.
    pub(crate) fn of<T>(&self, list: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        list.into_iter().skip((self.page - 1) * ROWS).take(ROWS)
    }

    /// The way to the other pages of the list at `path`.
    pub(crate) fn pager(&self, desk: &Desk, path: &str) -> Markup {
        let (page, pages) = (self.page, self.pages);
        let joint = if path.contains('?') { '&' } else { '?' };
        let address = |page: usize| format!("{path}{joint}page={page}");
        html! {
            @if pages > 1 {
                nav.pager aria-label=(desk.t(w::PAGES)) {
                    @if page > 1 { a.btn.quiet.small href=(address(page - 1)) { (desk.t(w::PAGE_BEFORE)) } }
                    span.muted { (page) " / " (pages) }
                    @if page < pages { a.btn.quiet.small href=(address(page + 1)) { (desk.t(w::PAGE_AFTER)) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_on_one_page_and_no_page_is_beyond_the_last() {
        let part = |page: &str, all| Part::asked(&HashMap::from([("page".to_owned(), page.to_owned())]), all);
        let rows = |page: &str, all: usize| part(page, all).of(0..all).collect::<Vec<_>>();
        assert_eq!(
            [rows("1", 250), rows("2", 250), rows("3", 250)].concat(),
            (0..250).collect::<Vec<_>>()
        );
        assert_eq!(rows("99", 250), rows("3", 250));
        assert_eq!(rows("0", 250), rows("1", 250));
        assert_eq!(rows("x", 100).len(), 100);
        for index in [0, 99, 100, 249] {
            assert!(Part::with(index, 250).of(0..250).any(|row| row == index), "{index}");
        }
        assert!(rows("1", 0).is_empty() && part("1", 0).pages == 1);
    }
}
