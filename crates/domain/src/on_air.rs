//! What a display shows is a pure function of its programme, its panel and the instant.
//!
//! The place in the cycle is counted from the site's midnight, so that displays with one programme are in step and no
//! history is needed to know what was shown. One exception keeps the office's promise that a release is seen within a
//! moment: a fresh release *premieres*, that is, it takes the main zone for one turn from the instant it begins, until
//! the rotation's next page boundary. That, too, follows from the programme and the instant alone.

use crate::content::Kind;
use crate::head::{Item, Priority, Programme};
use crate::site::SiteClock;
use crate::time::Instant;

/// How long an item takes on a panel: so many pages of so many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Pages, at least 1.
    pub pages: u32,
    /// Time each page stands, in milliseconds, at least 1.
    pub dwell_ms: u32,
}

impl Turn {
    /// The whole turn.
    #[must_use]
    pub fn length_ms(self) -> u64 {
        u64::from(self.pages.max(1)) * u64::from(self.dwell_ms.max(1))
    }
}

/// One page of one item in the main zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnAir<'p> {
    /// The item.
    pub item: &'p Item,
    /// Which page, from 0.
    pub page: u32,
    /// Of how many.
    pub pages: u32,
    /// When this page appeared (tickers run from here).
    pub page_since: Instant,
}

/// What a display shows at an instant, zone by zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Airing<'p> {
    /// The main zone; `None` is the slate.
    pub main: Option<OnAir<'p>>,
    /// Commitments for the footer, in programme order.
    pub footer: Vec<&'p Item>,
    /// The first instant after `now` at which the airing may differ.
    pub until: Instant,
}

/// What a display shows at `now`: of the items whose windows cover it those of the highest priority, in turn by the
/// site's clock; the slate when there are none. `turn` says how long an item takes on the display's panel; `None`
/// when it cannot be drawn yet (its content is not there), and it is passed over.
pub fn on_air<'p>(
    programme: &'p Programme,
    turn: &dyn Fn(&Item) -> Option<Turn>,
    clock: &SiteClock,
    now: Instant,
) -> Airing<'p> {
    let current: Vec<(&Item, Turn)> = programme
        .items
        .iter()
        .filter(|item| item.window.covers(now) && item.released_at <= now)
        .filter_map(|item| turn(item).map(|turn| (item, turn)))
        .collect();
    let highest = current
        .iter()
        .map(|(item, _)| item.priority)
        .max()
        .unwrap_or(Priority::Filler);
    let rotation: Vec<(&Item, Turn)> = current
        .iter()
        .filter(|(item, _)| item.priority == highest)
        .copied()
        .collect();
    let boundary = next_boundary(programme, clock, now);
    let place = premiere(&rotation, clock, now).or_else(|| rotate(&rotation, clock, now));
    let footer = current
        .iter()
        .map(|(item, _)| *item)
        .filter(|item| item.kind == Kind::ServiceCommitment)
        .collect();
    match place {
        Some((on_air, until)) => Airing {
            main: Some(on_air),
            footer,
            until: until.min(boundary),
        },
        None => Airing {
            main: None,
            footer,
            until: boundary,
        },
    }
}

/// The next instant at which an item begins or ends, or the site's midnight.
fn next_boundary(programme: &Programme, clock: &SiteClock, now: Instant) -> Instant {
    let edges = programme
        .items
        .iter()
        .flat_map(|item| [Some(item.begins()), item.window.until])
        .flatten();
    edges
        .filter(|edge| *edge > now)
        .min()
        .unwrap_or(Instant(u64::MAX))
        .min(clock.next_midnight(now))
}

/// The page that the rotation shows at `now`, and until when.
fn rotate<'p>(rotation: &[(&'p Item, Turn)], clock: &SiteClock, now: Instant) -> Option<(OnAir<'p>, Instant)> {
    let cycle_ms: u64 = rotation.iter().map(|(_, turn)| turn.length_ms()).sum();
    let since_midnight = now.since(clock.midnight(now));
    let mut into = since_midnight.checked_rem(cycle_ms)?;
    for (item, turn) in rotation {
        if into < turn.length_ms() {
            let dwell_ms = u64::from(turn.dwell_ms.max(1));
            let into_page = into % dwell_ms;
            let page = u32::try_from(into / dwell_ms).unwrap_or(0);
            let page_since = Instant(now.0 - into_page);
            let on_air = OnAir {
                item,
                page,
                pages: turn.pages.max(1),
                page_since,
            };
            return Some((on_air, page_since.plus_ms(dwell_ms)));
        }
        into -= turn.length_ms();
    }
    None
}

/// The premiere at `now`, if an item that began a moment ago still has its first turn. The latest wins.
fn premiere<'p>(rotation: &[(&'p Item, Turn)], clock: &SiteClock, now: Instant) -> Option<(OnAir<'p>, Instant)> {
    let (item, turn) = rotation
        .iter()
        .filter(|(item, turn)| item.begins() <= now && now < premiere_end(item, *turn, rotation, clock))
        .max_by_key(|(item, _)| item.begins())?;
    let dwell_ms = u64::from(turn.dwell_ms.max(1));
    let last_page = u64::from(turn.pages.max(1)) - 1;
    // The last page stands until the rotation turns its own page, so that nothing flashes by.
    let page = (now.since(item.begins()) / dwell_ms).min(last_page);
    let page_since = item.begins().plus_ms(page * dwell_ms);
    let until = if page == last_page {
        premiere_end(item, *turn, rotation, clock)
    } else {
        page_since.plus_ms(dwell_ms)
    };
    let page = u32::try_from(page).unwrap_or(0);
    Some((
        OnAir {
            item,
            page,
            pages: turn.pages.max(1),
            page_since,
        },
        until,
    ))
}

fn premiere_end(item: &Item, turn: Turn, rotation: &[(&Item, Turn)], clock: &SiteClock) -> Instant {
    let end = item.begins().plus_ms(turn.length_ms());
    // Alone, it is already on air; no hold is needed and the rotation takes over in step.
    if rotation.len() < 2 {
        return end;
    }
    rotate(rotation, clock, end).map_or(end, |(_, until)| until)
}

#[cfg(test)]
mod tests;
