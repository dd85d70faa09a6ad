//! Rows one under another, cut into pages.

use crate::canvas::Piece;

/// A row: a line of text, or what must stand together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// Space before it, unless it is the first of a page.
    pub(crate) before: i32,
    pub(crate) height: i32,
    /// Whether the next row must be on the same page.
    pub(crate) with_next: bool,
    /// What is drawn, from the row's top left corner.
    pub(crate) pieces: Vec<Piece>,
}

/// Height of rows under one another.
pub(crate) fn height(rows: &[Row]) -> i32 {
    let before: i32 = rows.iter().skip(1).map(|row| row.before).sum();
    before + rows.iter().map(|row| row.height).sum::<i32>()
}

/// Cuts rows into pages: the first page `first` high, the others `rest`. A page has at least one row.
pub(crate) fn paginate(rows: Vec<Row>, first: i32, rest: i32) -> Vec<Vec<Row>> {
    let mut pages: Vec<Vec<Row>> = Vec::new();
    let mut page: Vec<Row> = Vec::new();
    for row in rows {
        let room = if pages.is_empty() { first } else { rest };
        let full = !page.is_empty() && height(&page) + row.before + row.height > room;
        if full {
            // A heading does not stay behind alone.
            let stay = page
                .iter()
                .rposition(|row| !row.with_next)
                .map_or(page.len(), |at| at + 1);
            let moved = page.split_off(stay);
            pages.push(std::mem::replace(&mut page, moved));
        }
        page.push(row);
    }
    if !page.is_empty() {
        pages.push(page);
    }
    pages
}

/// The pieces of a page's rows, from `(x, y)` down.
pub(crate) fn laid(rows: Vec<Row>, x: i32, y: i32) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut top = y;
    for (at, row) in rows.into_iter().enumerate() {
        top += if at == 0 { 0 } else { row.before };
        pieces.extend(row.pieces.into_iter().map(|piece| piece.moved(x, top)));
        top += row.height;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(height: i32, with_next: bool) -> Row {
        Row {
            before: 1,
            height,
            with_next,
            pieces: Vec::new(),
        }
    }

    #[test]
    fn pages_hold_what_fits_and_headings_go_with_their_text() {
        let rows = vec![row(4, false), row(4, true), row(4, false), row(90, false)];
        let pages: Vec<usize> = paginate(rows, 10, 20).iter().map(Vec::len).collect();
        assert_eq!(pages, [1, 2, 1]);
        assert!(paginate(Vec::new(), 10, 10).is_empty());
    }
}
