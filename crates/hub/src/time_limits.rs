//! What the catalogue asks for, and when: each entry with its last release and its next due date, and the texts that
//! are on their way with the working days that they have left.

use crate::calendar;
use crate::http::shape;
use crate::office::Office;
use crate::state::{Dossier, State};
use heliograph_domain::catalogue::CatalogueEntry;
use heliograph_domain::publication::PublicationEvent;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::time_limit::{entry_due, formed_on, text_due};
use heliograph_domain::working_days::Deadline;
use heliograph_domain::{CatalogueEntryId, Date, Document, Instant, PublicationId};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// What is due within so many days is worth knowing of now.
const SOON_DAYS: i32 = 30;

/// A text on its way to release, and how long it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextDue {
    /// The publication that it belongs to.
    pub(crate) publication: PublicationId,
    /// When it has to be released.
    pub(crate) deadline: Deadline,
    /// Working days left, today not counted; negative when it is overdue.
    pub(crate) working_days_left: i32,
}

/// How much an entry presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pressure {
    /// The day has passed.
    Overdue,
    /// It is due by the end of this week, Sunday.
    ThisWeek,
    /// It is due within thirty days.
    Soon,
    /// Later, or never.
    Calm,
}

/// An entry and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub(crate) entry: CatalogueEntry,
    /// When something of it was last released.
    pub(crate) last: Option<Date>,
    /// How many publications of it were ever released.
    pub(crate) released: usize,
    /// The first day that it asks for, of its own or for a text.
    pub(crate) deadline: Option<Deadline>,
    /// Days left, of the calendar; negative when it is overdue.
    pub(crate) days_left: Option<i32>,
    /// Its texts on their way, the most pressing first.
    pub(crate) texts: Vec<TextDue>,
    /// How much it presses.
    pub(crate) pressure: Pressure,
}

impl Due {
    /// The text that is due first, when a text is what is due.
    pub(crate) fn text(&self) -> Option<&TextDue> {
        self.texts.first().filter(|text| Some(text.deadline) == self.deadline)
    }
}

/// Where things stand on one day.
pub(crate) struct Today<'a> {
    office: &'a Office,
    state: &'a State,
    profile: Option<Arc<SiteProfile>>,
    /// The office's date.
    pub(crate) date: Date,
}

impl<'a> Today<'a> {
    pub(crate) fn new(office: &'a Office, state: &'a State, now: Instant) -> Self {
        let site = state.site.as_ref();
        let profile = site.and_then(|site| office.library.profile(&site.profile));
        let (date, _) = calendar::civil(profile.as_deref(), now);
        Self {
            office,
            state,
            profile,
            date,
        }
    }

    fn date_of(&self, at: Instant) -> Date {
        calendar::civil(self.profile.as_deref(), at).0
    }

    /// Every entry: the overdue first and the most overdue of them before the others, then what is due next, then what
    /// has no date.
    pub(crate) fn dues(&self) -> Vec<Due> {
        let mut known: HashMap<&CatalogueEntryId, Known> = HashMap::new();
        for (id, dossier) in &self.state.publications {
            let publication = &dossier.publication;
            let released = publication.released.as_ref().map(|on| on.at);
            let newest = released.max(publication.first_released_at);
            if newest.is_none() && publication.pending.is_none() {
                continue;
            }
            let of_entry = known.entry(&publication.catalogue_entry).or_default();
            of_entry.released += usize::from(newest.is_some());
            of_entry.last = of_entry.last.max(newest);
            of_entry.texts.extend(self.text(*id, dossier));
        }
        let entries = self.state.catalogue.entries.values();
        let mut dues: Vec<Due> = entries
            .map(|entry| self.due(entry, known.remove(&entry.id).unwrap_or_default()))
            .collect();
        dues.sort_by_cached_key(|due| (due.days_left.unwrap_or(i32::MAX), due.entry.index_number.clone()));
        dues
    }

    fn due(&self, entry: &CatalogueEntry, known: Known) -> Due {
        let opened = self.state.catalogue.defined_at.get(&entry.id);
        let opened = opened.map_or(self.date, |at| self.date_of(*at));
        let last = known.last.map(|at| self.date_of(at));
        let own = entry_due(entry.cadence, last, opened, &self.state.calendar);
        let mut texts = known.texts;
        texts.sort_by_key(|text| text.deadline);
        let deadline = own.into_iter().chain(texts.first().map(|text| text.deadline)).min();
        let days_left = deadline.map(|deadline| self.date.days_until(deadline.on));
        Due {
            entry: entry.clone(),
            last,
            released: known.released,
            deadline,
            days_left,
            texts,
            pressure: pressure(self.date, days_left),
        }
    }

    /// How long the text of a publication has that is on its way; nothing when none is, or when its entry has days of
    /// its own.
    pub(crate) fn text(&self, id: PublicationId, dossier: &Dossier) -> Option<TextDue> {
        let pending = dossier.publication.pending.as_ref()?;
        let entry = self.state.catalogue.entries.get(&dossier.publication.catalogue_entry)?;
        let (handed_in, released) = way_of(dossier);
        let document = self.office.library.document(&pending.content);
        let formed = formed_on(
            document.as_deref().and_then(Document::dated),
            self.date_of(handed_in.unwrap_or(pending.submitted_at)),
            released.map(|at| self.date_of(at)),
        );
        let deadline = text_due(entry.cadence, formed, &self.state.calendar)?;
        Some(TextDue {
            publication: id,
            deadline,
            working_days_left: self.state.calendar.left(self.date, deadline.on),
        })
    }

    /// The year whose days somebody has to enter.
    pub(crate) fn missing_year(&self) -> Option<u16> {
        self.state.calendar.missing_year(self.date)
    }
}

#[derive(Default)]
struct Known {
    last: Option<Instant>,
    released: usize,
    texts: Vec<TextDue>,
}

/// When the text that is on its way was first handed in, and when the one before it was released.
fn way_of(dossier: &Dossier) -> (Option<Instant>, Option<Instant>) {
    let (mut handed_in, mut released) = (None, None);
    for step in &dossier.history {
        match &step.event {
            PublicationEvent::Submitted { .. } => handed_in = handed_in.or(Some(step.at)),
            PublicationEvent::Released(_) | PublicationEvent::Amended { .. } => {
                (handed_in, released) = (None, Some(step.at));
            }
            _ => {}
        }
    }
    (handed_in, released)
}

fn pressure(today: Date, days_left: Option<i32>) -> Pressure {
    let to_sunday = (7 - i32::from(today.weekday())) % 7;
    match days_left {
        Some(days) if days < 0 => Pressure::Overdue,
        Some(days) if days <= to_sunday => Pressure::ThisWeek,
        Some(days) if days <= SOON_DAYS => Pressure::Soon,
        _ => Pressure::Calm,
    }
}

/// A due date as the API tells it.
pub(crate) fn shape(office: &Office, due: &Due) -> Value {
    let mut shaped = shape::entry(office, &due.entry);
    shaped["last_released"] = json!(due.last);
    shaped["due"] = json!(due.deadline.map(|deadline| json!({
        "on": deadline.on, "certain": deadline.certain, "days_left": due.days_left,
    })));
    let texts = due.texts.iter().map(|text| {
        json!({
            "publication": text.publication, "on": text.deadline.on, "certain": text.deadline.certain,
            "working_days_left": text.working_days_left,
        })
    });
    shaped["on_their_way"] = texts.collect();
    shaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_week_ends_on_sunday() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        let friday = |days| pressure(date("2026-11-27"), Some(days));
        assert_eq!(
            [-1, 0, 2].map(friday),
            [Pressure::Overdue, Pressure::ThisWeek, Pressure::ThisWeek]
        );
        assert_eq!(
            [3, 30, 31].map(friday),
            [Pressure::Soon, Pressure::Soon, Pressure::Calm]
        );
        assert_eq!(
            pressure(date("2026-11-29"), Some(1)),
            Pressure::Soon,
            "Monday is next week's"
        );
        assert_eq!(pressure(date("2026-11-23"), Some(6)), Pressure::ThisWeek);
        assert_eq!(pressure(date("2026-11-23"), None), Pressure::Calm);
    }
}
