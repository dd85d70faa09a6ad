//! What a display is to show, as the play loop gets it: a snapshot from which every instant follows.

use crate::clock::Reckoning;
use heliograph_domain::on_air::on_air;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Airing, ContentHash, Document, Instant, Item, Lang, LocalText, Panel, Programme, Turn};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// A display that has heard nothing from its hub for so long, in milliseconds, shows the staleness mark. Ten minutes:
/// forty heartbeats lost, which is no hiccup of the network, and soon enough that staff see it the same morning.
pub const STALE_AFTER_MS: u64 = 10 * 60_000;

/// Programme, content and settings. Nothing in it depends on when it is looked at, so that leases, windows and the
/// staleness mark come and go at their instants without a new snapshot.
#[derive(Debug, Clone)]
pub struct Showing {
    /// The panel to draw for.
    pub panel: Panel,
    /// The language it speaks.
    pub language: Lang,
    /// Brightness, 0 to 100.
    pub brightness_percent: u8,
    /// Whether the display takes part in exercises, which is marked on its picture.
    pub drill: bool,
    /// The office.
    pub site: Arc<SiteProfile>,
    /// The merged programme of its channels.
    pub programme: Arc<Programme>,
    /// The content that is here.
    pub documents: Arc<HashMap<ContentHash, Arc<Document>>>,
    /// The pictures whose files are here.
    pub media: Arc<BTreeSet<ContentHash>>,
    /// The hub's newest sign of life.
    pub heard_at: Option<Instant>,
    /// The site's time, as the monotonic clock carries it.
    pub time: Reckoning,
    /// Whether the time is known; until it is, only standing items may be seen.
    pub time_known: bool,
    /// Whether the site is blanked: the slate, and nothing else.
    pub blanked: bool,
}

impl Showing {
    /// A display that knows nothing yet: the slate.
    #[must_use]
    pub fn nothing(panel: Panel) -> Self {
        Self {
            panel,
            language: Lang::ZhHans,
            brightness_percent: 100,
            drill: false,
            site: Arc::new(SiteProfile::bare(LocalText::default())),
            programme: Arc::default(),
            documents: Arc::default(),
            media: Arc::default(),
            heard_at: None,
            time: Reckoning {
                at: Instant(0),
                monotonic_ms: 0,
            },
            time_known: true,
            blanked: false,
        }
    }

    /// The site's time, when the monotonic clock says `monotonic_ms`.
    #[must_use]
    pub fn site_time(&self, monotonic_ms: u64) -> Instant {
        self.time.time(monotonic_ms)
    }

    /// Whether the hub has been silent for too long at `now`.
    #[must_use]
    pub fn stale(&self, now: Instant) -> bool {
        self.heard_at.is_some_and(|heard| heard.plus_ms(STALE_AFTER_MS) <= now)
    }

    /// What is on air at `now`: `on_air` of the items that this display may show, none of them past its offline
    /// lease, and none while the site is blanked. `turn` says how long an item takes; `None` when it cannot be drawn.
    #[must_use]
    pub fn airing<'s>(&'s self, turn: &dyn Fn(&Item) -> Option<Turn>, now: Instant) -> Airing<'s> {
        let allowed = |item: &Item| if self.may_show(item, now) { turn(item) } else { None };
        let mut airing = on_air(&self.programme, &allowed, &self.site.clock, now);
        let edges = self.programme.items.iter().filter_map(|item| self.lease_end(item));
        let stale_from = self.heard_at.map(|heard| heard.plus_ms(STALE_AFTER_MS));
        let next = edges.chain(stale_from).filter(|edge| *edge > now).min();
        airing.until = next.map_or(airing.until, |next| next.min(airing.until));
        airing
    }

    fn may_show(&self, item: &Item, now: Instant) -> bool {
        let leased = item.lease_ms.is_none() || self.lease_end(item).is_some_and(|end| now < end);
        leased && !self.blanked && (self.time_known || item.standing)
    }

    fn lease_end(&self, item: &Item) -> Option<Instant> {
        Some(self.heard_at?.plus_ms(item.lease_ms?))
    }
}
