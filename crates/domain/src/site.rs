//! A site: one office, with its name, its hotlines and its clock.

use crate::ids::{ContentHash, DepartmentId, SiteName};
use crate::lang::LocalText;
use crate::time::{DAY_MS, Date, Instant};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A fact about the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SiteEvent {
    /// The site's profile was set: a [`SiteProfile`] in the content store.
    ProfileSet {
        /// The site.
        site: SiteName,
        /// Its profile.
        profile: ContentHash,
    },
    /// Every display was put on its slate, whatever its programme: something wrong is on the screens, and nobody knows
    /// yet what.
    Blanked,
    /// The programmes came back.
    Unblanked,
}

/// Whether every display of a site is on its slate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Blank {
    /// Whether they are.
    pub on: bool,
}

impl Blank {
    /// Puts every display on its slate. Once is enough.
    #[must_use]
    pub fn blank(self) -> Option<SiteEvent> {
        (!self.on).then_some(SiteEvent::Blanked)
    }

    /// Lets the programmes come back.
    #[must_use]
    pub fn unblank(self) -> Option<SiteEvent> {
        self.on.then_some(SiteEvent::Unblanked)
    }

    /// Takes a fact.
    #[must_use]
    pub fn evolve(self, event: &SiteEvent) -> Self {
        match event {
            SiteEvent::Blanked => Self { on: true },
            SiteEvent::Unblanked => Self { on: false },
            SiteEvent::ProfileSet { .. } => self,
        }
    }
}

/// A telephone line that people may call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hotline {
    /// What it is for.
    pub label: LocalText,
    /// The number as people dial it.
    pub number: String,
}

/// What every display of a site knows of it. JSON in the content store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteProfile {
    /// The office's name.
    pub name: LocalText,
    /// Enquiry first, supervision second.
    pub hotlines: Vec<Hotline>,
    /// Opening hours.
    pub hours: LocalText,
    /// The office's departments, for people to read.
    #[serde(default)]
    pub departments: BTreeMap<DepartmentId, LocalText>,
    /// Where the public pages are, for QR codes. Empty: no code is drawn.
    #[serde(default)]
    pub public_url: String,
    /// IANA name of the time zone.
    pub time_zone: String,
    /// The clock of the time zone, so that no player needs its rules.
    pub clock: SiteClock,
}

impl SiteProfile {
    /// A site of which no more is known than a name, and China's one time zone.
    #[must_use]
    pub fn bare(name: LocalText) -> Self {
        Self {
            name,
            hotlines: Vec::new(),
            hours: LocalText::default(),
            departments: BTreeMap::new(),
            public_url: String::new(),
            time_zone: "Asia/Shanghai".to_owned(),
            clock: SiteClock::fixed(8 * 3600),
        }
    }
}

/// Offsets from UTC and when each begins: a time zone, expanded by the hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteClock {
    /// `(from, seconds east of Greenwich)`, earliest first; the first also holds before its time.
    pub offsets: Vec<(Instant, i32)>,
}

impl SiteClock {
    /// A clock that never changes its offset.
    #[must_use]
    pub fn fixed(offset_s: i32) -> Self {
        Self {
            offsets: vec![(Instant(0), offset_s)],
        }
    }

    /// Seconds east of Greenwich at `now`.
    #[must_use]
    pub fn offset_s(&self, now: Instant) -> i32 {
        let after = self.offsets.partition_point(|(from, _)| *from <= now);
        self.offsets
            .get(after.saturating_sub(1))
            .map_or(0, |(_, offset)| *offset)
    }

    /// The site's date and the milliseconds since its midnight.
    #[must_use]
    pub fn date(&self, now: Instant) -> (Date, u64) {
        Date::at(now, self.offset_s(now))
    }

    /// The site's last midnight.
    #[must_use]
    pub fn midnight(&self, now: Instant) -> Instant {
        Instant(now.0.saturating_sub(self.date(now).1))
    }

    /// The site's next midnight, by the offset of today.
    #[must_use]
    pub fn next_midnight(&self, now: Instant) -> Instant {
        self.midnight(now).plus_ms(DAY_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_blanked_once_and_comes_back_once() {
        let shown = Blank::default();
        assert_eq!((shown.blank(), shown.unblank()), (Some(SiteEvent::Blanked), None));
        let blanked = shown.evolve(&SiteEvent::Blanked);
        assert_eq!((blanked.blank(), blanked.unblank()), (None, Some(SiteEvent::Unblanked)));
        assert_eq!(blanked.evolve(&SiteEvent::Unblanked), shown);
    }
}
