//! Alerts: what takes over a panel whole.

use crate::canvas::Piece;
use crate::frame::Frame;
use crate::scene::Scene;
use crate::template::{Composition, alert, alert_lamps};
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Instant, LocalText, Turn};
use serde::{Deserialize, Serialize};

/// Whether an alert is meant. The names are those of CAP 1.2 (`alert.status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AlertStatus {
    /// It is.
    Actual,
    /// A drill: people act as told, but nothing has happened.
    Exercise,
    /// A test of the displays: nobody needs to act.
    Test,
}

/// How bad it is. The names are those of CAP 1.2 (`info.severity`); China's public warnings map to them by colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Ⅰ级, 红色预警.
    Extreme,
    /// Ⅱ级, 橙色预警.
    Severe,
    /// Ⅲ级, 黄色预警.
    Moderate,
    /// Ⅳ级, 蓝色预警.
    Minor,
    /// Not told.
    Unknown,
}

/// How soon people must act. The names are those of CAP 1.2 (`info.urgency`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Urgency {
    /// At once.
    Immediate,
    /// Within the next hour.
    Expected,
    /// In the near future.
    Future,
    /// No longer.
    Past,
    /// Not told.
    Unknown,
}

/// An alert as people are to see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Whether it is meant.
    pub status: AlertStatus,
    /// How bad it is.
    pub severity: Severity,
    /// How soon people must act.
    pub urgency: Urgency,
    /// What happens, in one line.
    pub headline: LocalText,
    /// What to do.
    pub instruction: LocalText,
    /// Where.
    pub area: LocalText,
    /// Who says so.
    pub sender: LocalText,
    /// From when on.
    pub effective: Instant,
    /// Until when.
    pub expires: Instant,
}

/// A minute, after which the clock shows another time.
const MINUTE_MS: u64 = 60_000;

impl Scene {
    /// An alert's pages on this panel, and how long each must stand to be read. They follow one another without end.
    #[must_use]
    pub fn alert_turn(&self, alert: &Alert, site: &SiteProfile) -> Turn {
        self.alert_pages(alert, site).turn()
    }

    /// The picture of an alert at `now`, which the panel shows since `since`.
    #[must_use]
    pub fn alert(&self, alert: &Alert, site: &SiteProfile, since: Instant, now: Instant) -> Frame {
        self.paint(&self.alert_pieces(alert, site, since, now))
    }

    /// The first instant after `now` at which the picture may differ.
    #[must_use]
    pub fn alert_changes(&self, alert: &Alert, site: &SiteProfile, since: Instant, now: Instant) -> Instant {
        let pages = self.alert_pages(alert, site);
        let (page, stood_ms) = shown(&pages, since, now);
        let begun = Instant(now.0.saturating_sub(stood_ms));
        let (_, of_day_ms) = site.clock.date(now);
        let minute = now.plus_ms(MINUTE_MS - of_day_ms % MINUTE_MS);
        let turned = begun.plus_ms(u64::from(pages.dwell_ms));
        let ticker = pages.page(page).and_then(|page| page.ticker.as_ref());
        let step = ticker.and_then(|ticker| ticker.next_step_ms(stood_ms));
        let next = step.map_or(turned, |step| turned.min(begun.plus_ms(step)));
        next.min(minute).max(now.plus_ms(1))
    }

    /// What the picture is made of.
    pub(crate) fn alert_pieces(&self, alert: &Alert, site: &SiteProfile, since: Instant, now: Instant) -> Vec<Piece> {
        let pages = self.alert_pages(alert, site);
        let (number, stood_ms) = shown(&pages, since, now);
        let Some(page) = pages.page(number) else {
            return Vec::new();
        };
        let mut pieces = page.pieces.clone();
        pieces.extend(page.ticker.as_ref().map(|ticker| ticker.at(stood_ms)));
        if self.is_screen() {
            pieces.extend(alert::clock(&self.desk(), alert, site, now));
        }
        pieces
    }

    fn alert_pages(&self, alert: &Alert, site: &SiteProfile) -> Composition {
        if self.is_screen() {
            alert::screen(&self.desk(), alert, site)
        } else {
            alert_lamps::lamps(&self.bulbs(), alert, site)
        }
    }
}

/// The page that stands, and for how long, in milliseconds.
fn shown(pages: &Composition, since: Instant, now: Instant) -> (u32, u64) {
    let turn = pages.turn();
    let dwell_ms = u64::from(turn.dwell_ms.max(1));
    let stood_ms = now.since(since) % (dwell_ms * u64::from(turn.pages.max(1)));
    (u32::try_from(stood_ms / dwell_ms).unwrap_or(0), stood_ms % dwell_ms)
}
