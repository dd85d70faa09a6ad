//! What the catalogue asks for: when each entry was last released and when it is due again.

use super::layout::Desk;
use super::times::{days_between, months_later};
use super::words as w;
use heliograph_domain::catalogue::{Cadence, CatalogueEntry};
use heliograph_domain::{CatalogueEntryId, Date, Instant};
use std::collections::HashMap;

/// An entry and where it stands.
pub(crate) struct Due {
    pub(crate) entry: CatalogueEntry,
    /// When something of it was last released.
    pub(crate) last: Option<Date>,
    /// How many publications of it were ever released.
    pub(crate) released: usize,
    /// When it is due, if its cadence says so.
    pub(crate) on: Option<Date>,
    /// Days left; negative when it is overdue.
    pub(crate) days_left: Option<i32>,
}

/// Every entry: the most overdue first, then what is due next, then what has no date.
pub(crate) fn all(desk: &Desk) -> Vec<Due> {
    let mut releases: HashMap<&CatalogueEntryId, (Instant, usize)> = HashMap::new();
    for dossier in desk.state.publications.values() {
        let publication = &dossier.publication;
        let newest = publication
            .released
            .as_ref()
            .map(|on| on.at)
            .max(publication.first_released_at);
        if let Some(at) = newest {
            let known = releases.entry(&publication.catalogue_entry).or_insert((at, 0));
            *known = (known.0.max(at), known.1 + 1);
        }
    }
    let mut dues: Vec<Due> = desk
        .state
        .catalogue
        .entries
        .values()
        .map(|entry| due(desk, entry, releases.get(&entry.id).copied()))
        .collect();
    dues.sort_by_cached_key(|due| {
        let never = due.released == 0;
        (
            due.days_left.unwrap_or(i32::MAX),
            !never,
            due.entry.index_number.clone(),
        )
    });
    dues
}

fn due(desk: &Desk, entry: &CatalogueEntry, releases: Option<(Instant, usize)>) -> Due {
    let last = releases.map(|(at, _)| desk.civil(at).0);
    let on = match (entry.cadence, last) {
        (Cadence::Regular { period_months }, Some(last)) => months_later(last, period_months),
        _ => None,
    };
    Due {
        entry: entry.clone(),
        last,
        released: releases.map_or(0, |(_, count)| count),
        on,
        days_left: on.map(|on| days_between(desk.today(), on)),
    }
}

impl Due {
    /// Whether someone should do something about it soon.
    pub(crate) fn pressing(&self) -> bool {
        self.days_left.is_some_and(|days| days <= 30) || self.released == 0
    }

    /// Colour and words of its tag.
    pub(crate) fn tag(&self, desk: &Desk) -> (&'static str, String) {
        match self.days_left {
            Some(days) if days <= -730 => ("red", desk.f(w::OVERDUE_YEARS, &[&(-days / 365).to_string()])),
            Some(days) if days < 0 => ("red", desk.f(w::OVERDUE_DAYS, &[&(-days).to_string()])),
            Some(0) => ("amber", desk.t(w::DUE_TODAY).to_owned()),
            Some(days) if days <= 30 => ("amber", desk.f(w::DUE_IN_DAYS, &[&days.to_string()])),
            Some(days) => ("green", desk.f(w::DUE_IN_DAYS, &[&days.to_string()])),
            None if self.released == 0 => ("amber", desk.t(w::NEVER_RELEASED).to_owned()),
            None => ("green", desk.t(w::ON_RECORD).to_owned()),
        }
    }
}

/// How often an entry is due, in words.
pub(crate) fn cadence(desk: &Desk, cadence: Cadence) -> String {
    match cadence {
        Cadence::Regular { period_months: 1 } => desk.t(w::MONTHLY).to_owned(),
        Cadence::Regular { period_months: 3 } => desk.t(w::QUARTERLY).to_owned(),
        Cadence::Regular { period_months: 6 } => desk.t(w::HALF_YEARLY).to_owned(),
        Cadence::Regular { period_months: 12 } => desk.t(w::YEARLY).to_owned(),
        Cadence::Regular { period_months } => desk.f(w::EVERY_MONTHS, &[&period_months.to_string()]),
        Cadence::AdHoc { within_working_days } => desk.f(w::AD_HOC_DAYS, &[&within_working_days.to_string()]),
        Cadence::Standing => desk.t(w::STANDING).to_owned(),
    }
}
