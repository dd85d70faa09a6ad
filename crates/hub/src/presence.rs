//! Which displays are there, and what they last said: in memory, from their signed statuses.

use heliograph_domain::{DisplayId, Instant};
use heliograph_wire::Status;
use std::collections::HashMap;

/// A display that has said nothing for this long counts as stale, though its connection stands.
const STALE_MS: u64 = 75_000;

/// How a display stands towards the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Never heard of since the hub started.
    Unknown,
    /// Connected and talking.
    Online,
    /// Connected, but silent for too long.
    Stale,
    /// Gone.
    Offline,
}

/// What is known of a display.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// How many connections it has.
    pub(crate) connections: u32,
    /// When it was last heard.
    pub(crate) last_seen: Option<Instant>,
    /// Its last status.
    pub(crate) status: Option<Status>,
}

/// All displays.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    seen: HashMap<DisplayId, Seen>,
}

impl Presence {
    pub(crate) fn connected(&mut self, display: DisplayId, now: Instant) {
        let seen = self.seen.entry(display).or_default();
        seen.connections += 1;
        seen.last_seen = Some(now);
    }

    pub(crate) fn disconnected(&mut self, display: DisplayId) {
        let seen = self.seen.entry(display).or_default();
        seen.connections = seen.connections.saturating_sub(1);
    }

    pub(crate) fn said(&mut self, display: DisplayId, status: Status, now: Instant) {
        let seen = self.seen.entry(display).or_default();
        seen.last_seen = Some(now);
        seen.status = Some(status);
    }

    /// What the display's former machine said counts no more.
    pub(crate) fn forget(&mut self, display: DisplayId) {
        if let Some(seen) = self.seen.get_mut(&display) {
            seen.status = None;
        }
    }

    /// What is known of a display.
    pub(crate) fn of(&self, display: DisplayId) -> Seen {
        self.seen.get(&display).cloned().unwrap_or_default()
    }

    /// How it stands.
    pub(crate) fn standing(&self, display: DisplayId, now: Instant) -> Standing {
        match self.seen.get(&display) {
            None => Standing::Unknown,
            Some(seen) if seen.connections == 0 => Standing::Offline,
            Some(seen) if seen.last_seen.is_none_or(|at| now.since(at) > STALE_MS) => Standing::Stale,
            Some(_) => Standing::Online,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_comes_falls_silent_and_goes() {
        let display = DisplayId(uuid::Uuid::from_u128(1));
        let mut presence = Presence::default();
        assert_eq!(presence.standing(display, Instant(0)), Standing::Unknown);
        presence.connected(display, Instant(0));
        assert_eq!(presence.standing(display, Instant(1)), Standing::Online);
        assert_eq!(presence.standing(display, Instant(STALE_MS + 1)), Standing::Stale);
        // A new connection replaces the old one before the broker has noticed that the old one is gone.
        presence.connected(display, Instant(5));
        presence.disconnected(display);
        assert_eq!(presence.standing(display, Instant(6)), Standing::Online);
        presence.disconnected(display);
        assert_eq!(presence.standing(display, Instant(7)), Standing::Offline);
    }
}
