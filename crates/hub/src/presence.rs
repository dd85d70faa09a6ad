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
#[derive(Debug)]
pub(crate) struct Presence {
    /// Whether the broker tells who is connected. One that is not embedded does not: what displays sign is all there is.
    connections_known: bool,
    seen: HashMap<DisplayId, Seen>,
}

impl Presence {
    /// By who is connected and what they say.
    pub(crate) fn of_connections() -> Self {
        Self {
            connections_known: true,
            seen: HashMap::new(),
        }
    }

    /// By what they say alone.
    pub(crate) fn of_statuses() -> Self {
        Self {
            connections_known: false,
            ..Self::of_connections()
        }
    }

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

    /// What the broker kept of a display from before the hub came: it was there when it said so, by its own time.
    pub(crate) fn said_before(&mut self, display: DisplayId, status: Status, now: Instant) {
        let at = status.at.min(now);
        self.said(display, status, at);
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
            Some(seen) if !self.connections_known => match seen.last_seen {
                None => Standing::Unknown,
                Some(at) if now.since(at) > STALE_MS => Standing::Offline,
                Some(_) => Standing::Online,
            },
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
        let mut presence = Presence::of_connections();
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

    fn status(at: Instant) -> Status {
        Status {
            boot_id: [1; 16],
            counter: 1,
            version: String::new(),
            uptime_ms: 0,
            at,
            state: heliograph_wire::ShownState::Slate,
            heads: Vec::new(),
            on_air: None,
            shown: Vec::new(),
            refusals: 0,
            last_refusal: None,
            sink: String::new(),
            live: None,
        }
    }

    #[test]
    fn where_the_broker_does_not_tell_who_is_connected_what_is_said_counts() {
        let display = DisplayId(uuid::Uuid::from_u128(1));
        let mut presence = Presence::of_statuses();
        let late = Instant(1_000_000);
        presence.said_before(display, status(Instant(5)), late);
        assert_eq!(
            presence.standing(display, late),
            Standing::Offline,
            "kept by the broker for long"
        );
        presence.said_before(display, status(Instant(2_000_000)), late);
        assert_eq!(presence.of(display).last_seen, Some(late), "its clock runs ahead");
        presence.said(display, status(Instant(0)), late);
        assert_eq!(presence.standing(display, late.plus_ms(STALE_MS)), Standing::Online);
        assert_eq!(
            presence.standing(display, late.plus_ms(STALE_MS + 1)),
            Standing::Offline
        );
    }
}
