//! Templates: from a document to pages of pieces, one template for each kind and form of panel.

pub(crate) mod alert;
pub(crate) mod alert_lamps;
pub(crate) mod board;
pub(crate) mod chrome;
pub(crate) mod commitment;
pub(crate) mod flow;
pub(crate) mod guide;
pub(crate) mod lamps;
pub(crate) mod list;
pub(crate) mod notice;
pub(crate) mod overflow;
pub(crate) mod pairing;
pub(crate) mod pairing_lamps;
pub(crate) mod parts;
pub(crate) mod poster;
pub(crate) mod sign;
pub(crate) mod slate;
pub(crate) mod strip;
pub(crate) mod table;
pub(crate) mod test_card;
pub(crate) mod ticker;
pub(crate) mod unpaired;

use crate::canvas::{Piece, Rect};
use crate::text::markdown::blocks;
use crate::theme::Desk;
use crate::words::{self, say};
use flow::Row;
use heliograph_domain::{Body, Document, Kind, Lang, Turn};
use ticker::Ticker;

/// A page: what stands still on it, and what moves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) ticker: Option<Ticker>,
    /// Where the time of day stands, on lamps.
    pub(crate) clock: Option<(Rect, crate::frame::Rgb)>,
    /// Where it says that there is more to read than the pages hold, on screens.
    pub(crate) more: Option<Rect>,
    /// The picture that it shows.
    pub(crate) poster: Option<poster::Poster>,
}

/// A document laid out on a panel.
#[derive(Debug, Clone)]
pub(crate) struct Composition {
    /// At least one.
    pub(crate) pages: Vec<Page>,
    pub(crate) dwell_ms: u32,
    /// How large its type is, in percent of the design's.
    pub(crate) type_percent: i32,
}

/// No page stands for less.
const MIN_DWELL_MS: u32 = 5_000;
/// Nor for longer than this, however much is on it.
const MAX_DWELL_MS: u32 = 120_000;

impl Composition {
    /// Pages that stand as long as the fullest of them takes to read.
    pub(crate) fn of(mut pages: Vec<Page>) -> Self {
        if pages.is_empty() {
            pages.push(Page::default());
        }
        let longest = pages.iter().map(Page::read_ms).max().unwrap_or(0);
        let rounded = longest.div_ceil(500).saturating_mul(500);
        // A ticker is always let to its end.
        let ticker = pages
            .iter()
            .filter_map(|page| page.ticker.as_ref())
            .map(Ticker::cycle_ms)
            .max()
            .unwrap_or(0);
        Self {
            pages,
            dwell_ms: rounded.clamp(MIN_DWELL_MS, MAX_DWELL_MS).max(ticker),
            type_percent: 100,
        }
    }

    pub(crate) fn still(pages: Vec<Vec<Piece>>) -> Self {
        Self::of(
            pages
                .into_iter()
                .map(|pieces| Page {
                    pieces,
                    ..Page::default()
                })
                .collect(),
        )
    }

    pub(crate) fn turn(&self) -> Turn {
        Turn {
            pages: u32::try_from(self.pages.len()).unwrap_or(u32::MAX),
            dwell_ms: self.dwell_ms,
        }
    }

    /// A page by its number; the last one when there are fewer.
    pub(crate) fn page(&self, page: u32) -> Option<&Page> {
        self.pages.get(page as usize).or(self.pages.last())
    }
}

impl Page {
    fn read_ms(&self) -> u32 {
        let of = |piece: &Piece| match piece {
            Piece::Text { line, .. } => line.read_ms,
            _ => 0,
        };
        self.pieces.iter().map(of).sum()
    }
}

/// Lays a document out on a screen.
pub(crate) fn compose(desk: &Desk<'_>, document: &Document) -> Composition {
    let Some((lang, body)) = document.body(desk.lang) else {
        return Composition::of(Vec::new());
    };
    overflow::fitted(desk, |desk, detail| match body {
        Body::ServiceGuide(guide) => guide::compose(desk, guide, lang),
        Body::ServiceCommitment(commitment) => commitment::compose(desk, commitment, lang),
        Body::WindowBoard(board) => board::compose(desk, board, lang),
        Body::PowerList(list) => list::powers(desk, list, lang, detail),
        Body::DiscretionBenchmark(benchmark) => list::discretion(desk, benchmark, lang),
        other => notice::compose(desk, other, lang),
    })
}

/// What stands above the rows of a document's pages.
pub(crate) struct Heads {
    pub(crate) first: Row,
    pub(crate) later: Row,
}

/// A first and further pages under their headings, from rows.
pub(crate) fn paged(desk: &Desk<'_>, area: Rect, heads: Heads, rows: Vec<Row>) -> Composition {
    let Heads { first, later } = heads;
    let reserve = overflow::reserve(desk);
    let rest = area.h - later.height;
    let (pages, cut) = flow::paginate_within(rows, area.h - first.height, rest, overflow::MOST_PAGES, reserve);
    if pages.is_empty() {
        return Composition::still(vec![flow::laid(vec![first], area.x, area.y)]);
    }
    let page = |(at, rows): (usize, Vec<Row>)| {
        let head = if at == 0 { first.clone() } else { later.clone() };
        let top = area.y + head.height;
        let mut pieces = flow::laid(vec![head], area.x, area.y);
        pieces.extend(flow::laid(rows, area.x, top));
        pieces
    };
    let composition = Composition::still(pages.into_iter().enumerate().map(page).collect());
    if cut {
        overflow::marked(desk, area, composition)
    } else {
        composition
    }
}

/// The parts of the kinds that are texts: title, what stands under it, and the body.
pub(crate) struct Prose<'b> {
    pub(crate) kind: Kind,
    pub(crate) title: &'b str,
    pub(crate) department: &'b str,
    pub(crate) date: Option<heliograph_domain::Date>,
    pub(crate) body: &'b str,
}

impl<'b> Prose<'b> {
    /// The prose of a body; an empty one for kinds that are not prose.
    pub(crate) fn of(body: &'b Body) -> Self {
        macro_rules! prose {
            ($x:expr) => {
                (
                    $x.title.as_str(),
                    $x.department.as_str(),
                    Some($x.date),
                    $x.body.as_str(),
                )
            };
        }
        let (title, department, date, text) = match body {
            Body::Notice(x) => prose!(x),
            Body::Finance(x) => prose!(x),
            Body::Personnel(x) => prose!(x),
            Body::Planning(x) => prose!(x),
            Body::Organisation(x) => prose!(x),
            Body::Enforcement(x) => prose!(x),
            Body::Interpretation(x) => prose!(x),
            Body::Rule(x) => prose!(x),
            _ => ("", "", None, ""),
        };
        Self {
            kind: body.kind(),
            title,
            department,
            date,
            body: text,
        }
    }

    /// Department and date.
    pub(crate) fn meta(&self, lang: Lang) -> String {
        let issued = self.date.map(|date| words::issued(lang, date));
        let parts = [Some(self.department.to_owned()), issued];
        let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        parts.join(say(lang, "\u{3000}", "   "))
    }
}

/// The blocks of a body, without a first heading that says the title again.
pub(crate) fn body_blocks(prose: &Prose<'_>) -> Vec<crate::text::markdown::Block> {
    let mut blocks = blocks(prose.body);
    if blocks
        .first()
        .is_some_and(|block| block.text().trim() == prose.title.trim())
    {
        blocks.remove(0);
    }
    blocks
}
