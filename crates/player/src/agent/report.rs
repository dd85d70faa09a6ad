//! What a display says of itself.

use super::{Shown, timer::Timer};
use heliograph_domain::ContentHash;
use heliograph_wire::{FirstShown, OnAirReport, ShownState};
use std::collections::BTreeMap;

/// A status is published at least this often, in milliseconds.
pub(super) const STATUS_EVERY_MS: u64 = 30_000;

/// A new head is told after so long, in milliseconds, unless the panel has shown something new by then: a release would
/// make two statuses of every display else.
pub(super) const STATUS_SOON_MS: u64 = 500;

/// Whose head comes this soon after its release tells of the picture at once, in milliseconds.
const AT_ONCE_MS: u64 = 10;

/// Else a new picture is told so many times later than the head that brought it came after its release, and
const PAUSE_PER_LATENESS: u64 = 20;
/// at the latest after so long, in milliseconds.
const LONGEST_PAUSE_MS: u64 = 1_000;

/// How long a new picture waits to be told, when its head came `late_ms` after its release. Who hears late is one of
/// many, and their statuses would stand in the way of the release to those who have not heard yet; where there are few,
/// staff who look on are told at once.
pub(super) fn pause_ms(late_ms: u64) -> u64 {
    if late_ms < AT_ONCE_MS {
        return 0;
    }
    late_ms.saturating_mul(PAUSE_PER_LATENESS).min(LONGEST_PAUSE_MS)
}

/// So many first frames are told in a status, the newest.
const SHOWN_TOLD: usize = 16;

/// A refusal's text is cut to so many characters.
const REFUSAL_CHARS: usize = 200;

/// A refusal that repeats itself is logged again after so long, in milliseconds: whoever floods a display with
/// forgeries must not fill its disk.
const SAY_AGAIN_MS: u64 = 60_000;

/// A display's own account of what it shows and what it refused.
#[derive(Debug, Default)]
pub(super) struct Account {
    counter: u64,
    refusals: u64,
    last_refusal: Option<String>,
    said: Option<Timer>,
    on_air: Option<OnAirReport>,
    stale: bool,
    dark: bool,
    undrawable: BTreeMap<Option<ContentHash>, String>,
    first_shown: BTreeMap<ContentHash, FirstShown>,
}

/// What followed from a frame.
pub(super) struct Noted {
    /// It was the first frame of a content.
    pub(super) first: Option<FirstShown>,
    /// Another item is on air, or the state is another.
    pub(super) changed: bool,
}

impl Account {
    pub(super) fn new(first_shown: Vec<FirstShown>) -> Self {
        Self {
            first_shown: first_shown.into_iter().map(|first| (first.content, first)).collect(),
            ..Self::default()
        }
    }

    /// A message was refused. True when it is worth a line in the log.
    pub(super) fn refuse(&mut self, why: &str, now_ms: u64) -> bool {
        self.refusals += 1;
        self.fault(why, now_ms)
    }

    /// Something else went wrong; the status has one place for both. True when it is worth a line in the log.
    pub(super) fn fault(&mut self, why: &str, now_ms: u64) -> bool {
        let why: String = why.chars().take(REFUSAL_CHARS).collect();
        let fresh = self.last_refusal.as_ref() != Some(&why) || self.said.is_none_or(|said| said.is_due(now_ms));
        self.last_refusal = Some(why);
        if fresh {
            self.said = Some(Timer::new(now_ms, SAY_AGAIN_MS));
        }
        fresh
    }

    /// A frame was shown.
    pub(super) fn shown(&mut self, shown: Shown) -> Noted {
        let what = |on_air: &Option<OnAirReport>| on_air.as_ref().map(|on| (on.publication, on.content));
        let before = (what(&self.on_air), self.state());
        self.on_air = shown.on_air;
        self.stale = shown.stale;
        self.dark = false;
        self.undrawable.remove(&None);
        let changed = before != (what(&self.on_air), self.state());
        let first = self.on_air.as_ref().and_then(|on| {
            let first = FirstShown {
                publication: on.publication,
                content: on.content,
                at: shown.at,
            };
            (!self.first_shown.contains_key(&on.content)).then_some(first)
        });
        if let Some(first) = &first {
            self.first_shown.insert(first.content, *first);
        }
        Noted { first, changed }
    }

    /// Something could not be drawn; `None` is the slate.
    pub(super) fn undrawable(&mut self, content: Option<ContentHash>, why: String) {
        self.undrawable.insert(content, why);
    }

    /// The sink took no frame.
    pub(super) fn dark(&mut self) {
        self.dark = true;
    }

    /// Forgets what concerns content that is gone; answers whose first frame was known.
    pub(super) fn forget(&mut self, gone: impl Fn(&ContentHash) -> bool) -> Vec<ContentHash> {
        self.undrawable
            .retain(|content, _| !content.as_ref().is_some_and(&gone));
        let forgotten: Vec<_> = self.first_shown.keys().filter(|hash| gone(hash)).copied().collect();
        for hash in &forgotten {
            self.first_shown.remove(hash);
        }
        forgotten
    }

    pub(super) fn state(&self) -> ShownState {
        if self.dark {
            ShownState::Dark
        } else if !self.undrawable.is_empty() {
            ShownState::Error
        } else if self.on_air.is_none() {
            ShownState::Slate
        } else if self.stale {
            ShownState::Stale
        } else {
            ShownState::Shown
        }
    }

    pub(super) fn on_air(&self) -> Option<OnAirReport> {
        self.on_air
    }

    pub(super) fn refusals(&self) -> (u64, Option<String>) {
        (self.refusals, self.last_refusal.clone())
    }

    /// The newest first frames, newest last.
    pub(super) fn newest_shown(&self) -> Vec<FirstShown> {
        let mut all: Vec<_> = self.first_shown.values().copied().collect();
        all.sort_by_key(|first| first.at);
        all.split_off(all.len().saturating_sub(SHOWN_TOLD))
    }

    /// The next status's number.
    pub(super) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }
}
