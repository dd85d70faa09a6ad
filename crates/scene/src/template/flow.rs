//! Rows one under another, cut into pages.

use crate::canvas::{Piece, Rect};
use std::sync::Arc;

/// A row: a line of text, or what must stand together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// Space before it, unless it is the first of a page.
    pub(crate) before: i32,
    pub(crate) height: i32,
    /// Whether the next row must be on the same page.
    pub(crate) with_next: bool,
    /// Where it may be divided when it does not fit a page, from its top; rising.
    pub(crate) cuts: Vec<i32>,
    /// What stands above it again where it begins a page: the head of its table.
    pub(crate) under: Option<Arc<Row>>,
    /// What is drawn, from the row's top left corner.
    pub(crate) pieces: Vec<Piece>,
}

impl Row {
    /// The row's part above `at` and the part below.
    fn divided(self, at: i32) -> (Self, Self) {
        let mut upper = Self {
            before: self.before,
            height: at,
            cuts: self.cuts.iter().copied().filter(|cut| *cut < at).collect(),
            under: self.under.clone(),
            ..Self::default()
        };
        let mut lower = Self {
            height: self.height - at,
            with_next: self.with_next,
            cuts: self.cuts.iter().map(|cut| cut - at).filter(|cut| *cut > 0).collect(),
            under: self.under,
            ..Self::default()
        };
        for piece in self.pieces {
            let (above, below) = parted(piece, at);
            upper.pieces.extend(above);
            lower.pieces.extend(below.map(|piece| piece.moved(0, -at)));
        }
        (upper, lower)
    }

    /// The last place to divide the row at or above `room`.
    fn last_cut(&self, room: i32) -> Option<i32> {
        self.cuts.iter().copied().rev().find(|cut| *cut <= room)
    }
}

/// A piece above a line and below it. Grounds are divided, text stands on one side.
fn parted(piece: Piece, at: i32) -> (Option<Piece>, Option<Piece>) {
    let halves = |rect: Rect| {
        let upper = Rect {
            h: (at - rect.y).min(rect.h),
            ..rect
        };
        let top = rect.y.max(at);
        let lower = Rect {
            y: top,
            h: rect.bottom() - top,
            ..rect
        };
        (Some(upper).filter(|r| r.h > 0), Some(lower).filter(|r| r.h > 0))
    };
    match piece {
        Piece::Fill(rect, colour) => {
            let (upper, lower) = halves(rect);
            (
                upper.map(|rect| Piece::Fill(rect, colour)),
                lower.map(|rect| Piece::Fill(rect, colour)),
            )
        }
        Piece::Round(rect, radius, colour) => {
            let (upper, lower) = halves(rect);
            let round = |rect| Piece::Round(rect, radius, colour);
            (upper.map(round), lower.map(round))
        }
        Piece::Text { y, .. } | Piece::Moving { y, .. } | Piece::Picture { y, .. } if y <= at => (Some(piece), None),
        Piece::Text { .. } | Piece::Moving { .. } | Piece::Picture { .. } => (None, Some(piece)),
    }
}

/// Height of rows under one another.
pub(crate) fn height(rows: &[Row]) -> i32 {
    let before: i32 = rows.iter().skip(1).map(|row| row.before).sum();
    before + rows.iter().map(|row| row.height).sum::<i32>()
}

/// How far down a row a page reaches before the row is divided rather than moved to the next page.
const DIVIDED_FROM_PERCENT: i32 = 60;

/// Cuts rows into pages: the first page `first` high, the others `rest`. A page has at least one row; a row that is
/// higher than a page is divided where it allows it.
pub(crate) fn paginate(rows: Vec<Row>, first: i32, rest: i32) -> Vec<Vec<Row>> {
    let mut pages: Vec<Vec<Row>> = Vec::new();
    let mut page: Vec<Row> = Vec::new();
    let mut waiting: std::collections::VecDeque<Row> = rows.into();
    // How many of the page's rows are a head that stands there again.
    let mut again = 0;
    while let Some(row) = waiting.pop_front() {
        let room = if pages.is_empty() { first } else { rest };
        if page.is_empty() {
            page.extend(headed(&row, room));
            again = page.len();
        }
        let used = if page.is_empty() { 0 } else { height(&page) + row.before };
        if used + row.height <= room {
            page.push(row);
            continue;
        }
        let fits_alone = row.height <= rest * DIVIDED_FROM_PERCENT / 100;
        if let Some(cut) = row.last_cut(room - used).filter(|_| !fits_alone) {
            let (upper, lower) = row.divided(cut);
            page.push(upper);
            waiting.push_front(lower);
        } else if page.len() == again {
            // Nothing can be done but to show as much of it as the page holds.
            page.push(row);
            continue;
        } else {
            waiting.push_front(row);
        }
        let moved = page.split_off(stay(&page));
        for row in moved.into_iter().rev() {
            waiting.push_front(row);
        }
        pages.push(std::mem::take(&mut page));
    }
    if !page.is_empty() {
        pages.push(page);
    }
    pages
}

/// The head under which a row stands that begins a page, where it leaves room for the row.
fn headed(row: &Row, room: i32) -> Option<Row> {
    let head = row.under.as_deref()?;
    (head.height <= room / 2).then(|| Row {
        before: 0,
        ..head.clone()
    })
}

/// How many of a page's rows stay: a heading does not stay behind alone.
fn stay(page: &[Row]) -> usize {
    let last = page.iter().rposition(|row| !row.with_next);
    last.map_or(page.len(), |at| at + 1)
}

/// The same in at most `most` pages: what does not fit them is left out, and `reserve` is kept free at the last page's
/// foot. Answers whether something was left out.
pub(crate) fn paginate_within(
    rows: Vec<Row>,
    first: i32,
    rest: i32,
    most: usize,
    reserve: i32,
) -> (Vec<Vec<Row>>, bool) {
    let mut pages = paginate(rows, first, rest);
    if pages.len() <= most {
        return (pages, false);
    }
    let left: Vec<Row> = pages.split_off(most.saturating_sub(1)).into_iter().flatten().collect();
    let room = if pages.is_empty() { first } else { rest } - reserve;
    let last = paginate(left, room.max(1), room.max(1)).into_iter().next();
    pages.extend(last);
    (pages, true)
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
    use crate::frame::Rgb;

    fn row(height: i32, with_next: bool) -> Row {
        Row {
            before: 1,
            height,
            with_next,
            ..Row::default()
        }
    }

    fn heights(pages: &[Vec<Row>]) -> Vec<Vec<i32>> {
        let of = |page: &Vec<Row>| page.iter().map(|row| row.height).collect();
        pages.iter().map(of).collect()
    }

    #[test]
    fn pages_hold_what_fits_and_headings_go_with_their_text() {
        let rows = vec![row(4, false), row(4, true), row(4, false), row(90, false)];
        let pages: Vec<usize> = paginate(rows, 10, 20).iter().map(Vec::len).collect();
        assert_eq!(pages, [1, 2, 1]);
        assert!(paginate(Vec::new(), 10, 10).is_empty());
    }

    #[test]
    fn a_row_higher_than_a_page_is_divided_between_its_lines() {
        let ground = Piece::Fill(Rect::new(0, 0, 5, 50), Rgb(1, 2, 3));
        let long = Row {
            cuts: vec![10, 20, 30, 40],
            pieces: vec![ground],
            ..row(50, false)
        };
        let pages = paginate(vec![row(4, false), long, row(4, false)], 28, 28);
        assert_eq!(heights(&pages), [vec![4, 20], vec![20], vec![10, 4]]);
        let Piece::Fill(rect, _) = &pages[2][0].pieces[0] else {
            panic!("a ground")
        };
        assert_eq!((rect.y, rect.h), (0, 10));
    }

    #[test]
    fn the_head_of_a_table_stands_again_on_every_page() {
        let head = row(3, true);
        let table = |rows: &[i32]| {
            let under = |height: &i32| Row {
                under: Some(Arc::new(head.clone())),
                ..row(*height, false)
            };
            std::iter::once(head.clone())
                .chain(rows.iter().map(under))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            heights(&paginate(table(&[5; 4]), 20, 20)),
            [vec![3, 5, 5], vec![3, 5, 5]]
        );
        // A head does not stay behind alone, and does not come twice where it moves.
        let mut behind = vec![row(12, false)];
        behind.extend(table(&[5; 2]));
        assert_eq!(heights(&paginate(behind, 18, 18)), [vec![12], vec![3, 5, 5]]);
        // A row as high as a page ends the page, and what cannot be divided does not go on for ever.
        assert_eq!(
            heights(&paginate(table(&[5, 40, 5]), 20, 20)),
            [vec![3, 5], vec![3, 40], vec![3, 5]]
        );
        let mut long = table(&[30]);
        long[1].cuts = vec![10, 20];
        assert_eq!(
            heights(&paginate(long, 16, 16)),
            [vec![3, 10], vec![3, 10], vec![3, 10]]
        );
        // The pages that are kept have their heads, the last above the room that is kept free.
        let (pages, cut) = paginate_within(table(&[5; 9]), 20, 20, 2, 6);
        assert_eq!((heights(&pages), cut), (vec![vec![3, 5, 5], vec![3, 5]], true));
    }

    #[test]
    fn what_is_too_much_ends_above_the_room_kept_free() {
        let rows = || (0..10).map(|_| row(4, false)).collect::<Vec<_>>();
        let (pages, cut) = paginate_within(rows(), 10, 20, 2, 8);
        assert_eq!((heights(&pages), cut), (vec![vec![4, 4], vec![4, 4]], true));
        let (pages, cut) = paginate_within(rows(), 10, 20, 3, 8);
        assert_eq!((pages.len(), cut), (3, false));
    }
}
