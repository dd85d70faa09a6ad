//! When something was shown the last time, for a text that begins with it: as far as that lies ahead in another year it is
//! proposed, and either way its author is told, so that nothing stays on the displays for want of an end.

use crate::calendar;
use crate::drafts::{Note, Proposal};
use crate::state::Dossier;
use heliograph_domain::publication::PublicationEvent;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Date, Instant, Lang, Window};

const MINUTE_MS: u64 = 60_000;
const MONTHS: u16 = 12;

/// Moves moments by whole years of the office's calendar.
pub(super) struct Later<'a> {
    pub(super) profile: Option<&'a SiteProfile>,
    pub(super) years: u16,
    pub(super) now: Instant,
}

/// The window of its last release, as it was changed last, and when it was released.
fn last_window(dossier: &Dossier) -> Option<(Window, Instant)> {
    let steps = || dossier.history.iter().rev();
    let window = steps().find_map(|step| match &step.event {
        PublicationEvent::Released(release) => Some(release.window),
        PublicationEvent::Rescheduled { window, .. } => Some(*window),
        _ => None,
    })?;
    let released = steps().find(|step| matches!(step.event, PublicationEvent::Released(_)))?;
    Some((window, released.at))
}

/// What is proposed for this time, and what to say of it.
pub(super) fn proposed(dossier: &Dossier, later: &Later<'_>) -> (Proposal, Vec<Note>) {
    let Some((window, released_at)) = last_window(dossier) else {
        return Default::default();
    };
    let scheduled = Some(window.from).filter(|from| from.since(released_at) >= MINUTE_MS);
    let (until, end) = later.end(window.until);
    let (from, start) = later.start(scheduled, until);
    let proposal = Proposal {
        from,
        until,
        ..Proposal::default()
    };
    (proposal, [start, end].into_iter().flatten().collect())
}

impl Later<'_> {
    /// A beginning that was set counts again where it lies ahead; else it begins when it is released, as most do.
    fn start(&self, was: Option<Instant>, until: Option<Instant>) -> (Option<Instant>, Option<Note>) {
        let moved = was.and_then(|was| Some((was, self.moved(was, false)?)));
        let ahead = moved.filter(|(_, to)| *to > self.now && until.is_none_or(|until| *to < until));
        let told = ahead.map(|(was, to)| self.told("from", was, to, false));
        (ahead.map(|(_, to)| to), told)
    }

    /// An end that has passed is not proposed, and its author has to choose one.
    fn end(&self, was: Option<Instant>) -> (Option<Instant>, Option<Note>) {
        let Some(was) = was else {
            return (None, None);
        };
        match self.moved(was, true).filter(|to| *to > self.now) {
            Some(to) => (Some(to), Some(self.told("until", was, to, true))),
            None => (None, Some(self.left_behind(was))),
        }
    }

    /// The same moment in the other year. A midnight that ends a day stays the end of that day of the calendar.
    fn moved(&self, at: Instant, is_end: bool) -> Option<Instant> {
        let (day, of_day_ms) = calendar::civil(self.profile, at);
        let months = self.years.checked_mul(MONTHS)?;
        let day = if is_end && of_day_ms == 0 {
            before(day).plus_months(months)?.tomorrow()?
        } else {
            day.plus_months(months)?
        };
        Some(calendar::midnight(self.profile, day)?.plus_ms(of_day_ms))
    }

    /// A moment as a text names it; of a whole day only the day.
    fn words(&self, at: Instant, is_end: bool, lang: Lang) -> String {
        let (day, of_day_ms) = calendar::civil(self.profile, at);
        match of_day_ms {
            0 if is_end => before(day).in_words(lang),
            0 => day.in_words(lang),
            _ => {
                let minutes = of_day_ms / MINUTE_MS;
                format!("{} {:02}:{:02}", day.in_words(lang), minutes / 60, minutes % 60)
            }
        }
    }

    fn told(&self, field: &str, was: Instant, to: Instant, is_end: bool) -> Note {
        let words = |at, lang| self.words(at, is_end, lang);
        Note {
            field: Some(field.to_owned()),
            zh: format!("“{}”已改为“{}”", words(was, Lang::ZhHans), words(to, Lang::ZhHans)),
            en: format!("“{}” became “{}”", words(was, Lang::En), words(to, Lang::En)),
        }
    }

    fn left_behind(&self, was: Instant) -> Note {
        Note {
            field: Some("until".to_owned()),
            zh: format!(
                "上次播到“{}”，按年顺延后已过，没有带过来；现在是“直到撤回”，请选定结束",
                self.words(was, true, Lang::ZhHans)
            ),
            en: format!(
                "it was shown until “{}”; that has passed this year and was left behind, so that it would be shown until it is \
                 withdrawn: choose its end",
                self.words(was, true, Lang::En)
            ),
        }
    }
}

fn before(day: Date) -> Date {
    Date::of_day_number(day.day_number() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        let at = format!("{text}+08:00").parse::<jiff::Timestamp>().unwrap();
        Instant(u64::try_from(at.as_millisecond()).unwrap())
    }

    fn later(years: u16, now: &str) -> Later<'static> {
        Later {
            profile: None,
            years,
            now: at(now),
        }
    }

    #[test]
    fn the_day_that_ends_stays_the_day_that_ends() {
        let one = later(1, "2027-01-05T09:00:00");
        for (was, to) in [
            // The whole of 7 October, the whole of 28 February, and a time within a day.
            ("2026-10-08T00:00:00", "2027-10-08T00:00:00"),
            ("2027-03-01T00:00:00", "2028-02-29T00:00:00"),
            ("2026-10-07T17:30:00", "2027-10-07T17:30:00"),
        ] {
            assert_eq!(one.moved(at(was), true), Some(at(to)), "{was}");
        }
        let (until, note) = one.end(Some(at("2026-10-08T00:00:00")));
        assert_eq!(until, Some(at("2027-10-08T00:00:00")));
        assert_eq!(note.unwrap().zh, "“2026年10月7日”已改为“2027年10月7日”");
    }

    #[test]
    fn an_end_that_has_passed_is_told_and_not_proposed() {
        let (until, note) = later(11, "2026-11-28T07:15:00").end(Some(at("2015-10-08T00:00:00")));
        let note = note.unwrap();
        assert!(until.is_none() && note.zh.contains("2015年10月7日") && note.en.contains("7 October 2015"));
        assert_eq!(note.field.as_deref(), Some("until"));
        // The control: what had no end has none to tell of.
        assert!(later(11, "2026-11-28T07:15:00").end(None).1.is_none());
    }

    #[test]
    fn a_beginning_counts_again_only_where_it_lies_ahead_and_before_the_end() {
        let (it, was) = (later(1, "2026-12-01T09:00:00"), Some(at("2026-05-01T08:00:00")));
        assert_eq!(it.start(was, None).0, Some(at("2027-05-01T08:00:00")));
        assert_eq!(it.start(was, Some(at("2027-05-01T08:00:00"))).0, None);
        assert_eq!(it.start(Some(at("2025-05-01T08:00:00")), None).0, None);
        assert!(it.start(None, None).1.is_none());
    }
}
