//! The site's time zone, expanded so that no display needs its rules.

use heliograph_domain::site::{SiteClock, SiteProfile};
use heliograph_domain::{Date, Instant};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

/// Changes of offset are expanded this many years ahead.
const YEARS_AHEAD: i64 = 10;
/// And never more of them than this.
const MOST: usize = 160;

/// The clock of an IANA time zone: its offset from the beginning of the records to some years from now. `None` when
/// there is no such zone.
pub(crate) fn site_clock(time_zone: &str, now: Instant) -> Option<SiteClock> {
    let zone = TimeZone::get(time_zone).ok()?;
    // Records before this are nobody's: the clock begins with the year 2000.
    let begin = Timestamp::from_second(946_684_800).ok()?;
    let end = i64::try_from(now.0 / 1000).ok()? + YEARS_AHEAD * 366 * 86_400;
    let mut offsets = vec![(Instant(946_684_800_000), zone.to_offset(begin).seconds())];
    for change in zone.following(begin).take(MOST) {
        if change.timestamp().as_second() > end {
            break;
        }
        let at = u64::try_from(change.timestamp().as_millisecond()).ok()?;
        offsets.push((Instant(at), change.offset().seconds()));
    }
    Some(SiteClock { offsets })
}

/// Where nobody has set the office's clock yet.
const SHANGHAI_S: i32 = 8 * 3600;

/// Seconds that the office's clock is ahead of Greenwich.
pub(crate) fn offset_s(profile: Option<&SiteProfile>, at: Instant) -> i32 {
    profile.map_or(SHANGHAI_S, |profile| profile.clock.offset_s(at))
}

/// The office's date of an instant, and the milliseconds since its midnight.
pub(crate) fn civil(profile: Option<&SiteProfile>, at: Instant) -> (Date, u64) {
    Date::at(at, offset_s(profile, at))
}

/// The first moment of a date by the office's clock.
pub(crate) fn midnight(profile: Option<&SiteProfile>, date: Date) -> Option<Instant> {
    let zone = profile.and_then(|profile| TimeZone::get(&profile.time_zone).ok());
    let zone = zone.or_else(|| Offset::from_seconds(SHANGHAI_S).ok().map(TimeZone::fixed))?;
    let narrow = |n: u8| i8::try_from(n).ok();
    let date = jiff::civil::Date::new(i16::try_from(date.year).ok()?, narrow(date.month)?, narrow(date.day)?).ok()?;
    let midnight = date.to_datetime(jiff::civil::Time::midnight());
    let at = zone.to_timestamp(midnight).ok()?.as_millisecond();
    u64::try_from(at).ok().map(Instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_its_own_midnight() {
        let day = "2026-12-01".parse().unwrap();
        // Nobody set a clock: eight hours before Greenwich's midnight.
        assert_eq!(midnight(None, day), Some(Instant(1_796_054_400_000)));
        assert_eq!(civil(None, Instant(1_796_054_400_000)), (day, 0));
    }

    #[test]
    fn shanghai_never_changes_and_berlin_does() {
        let now = Instant(1_790_000_000_000);
        assert_eq!(
            site_clock("Asia/Shanghai", now).unwrap().offsets,
            [(Instant(946_684_800_000), 8 * 3600)]
        );
        let berlin = site_clock("Europe/Berlin", now).unwrap();
        assert!(berlin.offsets.len() > 20);
        assert_eq!(berlin.offset_s(Instant(1_782_900_000_000)), 7200);
        assert!(site_clock("Nowhere/Place", now).is_none());
    }
}
