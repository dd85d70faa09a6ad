//! Time limits: when the catalogue asks for a release.
//!
//! What is formed or changed is disclosed within 20 working days (政府信息公开条例: article 18 of 2007, article 26 of
//! 2019; the number has stayed the same, so no date is asked here). An entry may promise less for work that comes up.

use crate::catalogue::Cadence;
use crate::time::Date;
use crate::working_days::{Deadline, WorkCalendar};

/// Working days from formation or change to release, unless an entry promises fewer.
pub const GENERAL_WORKING_DAYS: u8 = 20;

/// When an entry itself asks for a release, whatever is being written: regular work so many months after the last
/// release (or after the entry was opened), what stays true 20 working days after the entry was opened and then never
/// again, work that comes up only when there is some.
#[must_use]
pub fn entry_due(cadence: Cadence, last: Option<Date>, opened: Date, calendar: &WorkCalendar) -> Option<Deadline> {
    match (cadence, last) {
        (Cadence::Regular { period_months }, last) => {
            let day = last.unwrap_or(opened).plus_months(u16::from(period_months))?;
            Some(calendar.ends(day))
        }
        (Cadence::Standing, None) => Some(calendar.after(opened, u32::from(GENERAL_WORKING_DAYS))),
        (Cadence::Standing, Some(_)) | (Cadence::AdHoc { .. }, _) => None,
    }
}

/// When a text of an entry has to be released, by the day on which it was formed. Regular work has its own days.
#[must_use]
pub fn text_due(cadence: Cadence, formed: Date, calendar: &WorkCalendar) -> Option<Deadline> {
    let working_days = match cadence {
        Cadence::Regular { .. } => return None,
        Cadence::AdHoc { within_working_days } => within_working_days,
        Cadence::Standing => GENERAL_WORKING_DAYS,
    };
    Some(calendar.after(formed, u32::from(working_days)))
}

/// The day on which a text was formed or changed: the date that it bears, else the day on which it was first handed
/// in. A date after that day is one to come, and a date before the last release is that of the text which was
/// changed; neither is the day of the forming.
#[must_use]
pub fn formed_on(dated: Option<Date>, handed_in: Date, released: Option<Date>) -> Date {
    let bears = |date: &Date| *date <= handed_in && released.is_none_or(|released| *date > released);
    dated.filter(bears).unwrap_or(handed_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn due(cadence: Cadence, last: Option<&str>) -> Option<String> {
        let calendar = WorkCalendar::default();
        let due = entry_due(cadence, last.map(date), date("2026-09-15"), &calendar);
        due.map(|due| due.on.to_string())
    }

    #[test]
    fn an_entry_asks_by_its_cadence() {
        let quarterly = Cadence::Regular { period_months: 3 };
        assert_eq!(due(quarterly, Some("2026-08-27")).as_deref(), Some("2026-11-27"));
        assert_eq!(
            due(quarterly, Some("2026-07-01")).as_deref(),
            Some("2026-10-08"),
            "moved behind the National Day"
        );
        assert_eq!(
            due(quarterly, None).as_deref(),
            Some("2026-12-15"),
            "a period from its opening"
        );
        // 16 to 18, 20 (made up), 21 to 24, 28 to 30 September, 8 to 10 (made up), 12 to 16, 19 October.
        assert_eq!(due(Cadence::Standing, None).as_deref(), Some("2026-10-19"));
        assert_eq!(due(Cadence::Standing, Some("2020-01-01")), None);
        assert_eq!(due(Cadence::AdHoc { within_working_days: 5 }, None), None);
    }

    #[test]
    fn a_text_has_the_days_that_its_entry_promises() {
        let calendar = WorkCalendar::default();
        let on = |cadence| text_due(cadence, date("2026-11-20"), &calendar).map(|due| due.on.to_string());
        let promised = Cadence::AdHoc { within_working_days: 5 };
        assert_eq!(on(promised).as_deref(), Some("2026-11-27"));
        assert_eq!(on(Cadence::Standing).as_deref(), Some("2026-12-18"));
        assert_eq!(on(Cadence::Regular { period_months: 1 }), None);
    }

    #[test]
    fn a_text_was_formed_when_it_says_unless_that_cannot_be() {
        let formed = |dated: Option<&str>, released: Option<&str>| {
            formed_on(dated.map(date), date("2026-11-20"), released.map(date)).to_string()
        };
        assert_eq!(formed(Some("2026-11-10"), None), "2026-11-10");
        assert_eq!(formed(None, None), "2026-11-20");
        assert_eq!(formed(Some("2026-12-01"), None), "2026-11-20", "a date to come");
        assert_eq!(
            formed(Some("2026-03-01"), Some("2026-03-02")),
            "2026-11-20",
            "a change of what was released"
        );
        assert_eq!(formed(Some("2026-11-10"), Some("2026-03-02")), "2026-11-10");
    }
}
