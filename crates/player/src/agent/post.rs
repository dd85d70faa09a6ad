//! When to fetch mail: what the broker should have brought, from the hub itself.

use super::timer::Timer;

/// Whatever the broker says, mail is fetched so often: it may hold back one topic and pass on the rest. Milliseconds.
pub(super) const REGULAR_MS: u64 = 600_000;
/// A display that has started, or was connected, waits so long for the broker to tell the time.
pub(super) const TIME_MS: u64 = 5_000;
/// Heartbeats come every 15 s; after so long without one something is amiss.
pub(super) const SILENCE_MS: u64 = 45_000;
/// What is behind is given so long after its filter was subscribed anew.
pub(super) const BEHIND_MS: u64 = 5_000;
/// After a mail that failed, or changed nothing, the next comes so much later, then ever more seldom.
const FIRST_MS: u64 = 5_000;
const LONGEST_MS: u64 = 120_000;
/// A fetch that says nothing for so long has failed.
const LOST_MS: u64 = 120_000;

/// The state of the mail.
#[derive(Debug)]
pub(super) struct Post {
    under_way: Option<Timer>,
    regular: Timer,
    again: Option<Timer>,
    tries: u32,
    came: bool,
    failures: usize,
}

impl Post {
    pub(super) fn new(now_ms: u64, regular_ms: u64) -> Self {
        Self {
            under_way: None,
            regular: Timer::new(now_ms, regular_ms),
            again: None,
            tries: 0,
            came: true,
            failures: 0,
        }
    }

    /// Whether to fetch now; `urgent` says whether there is a reason besides habit.
    pub(super) fn is_due(&mut self, urgent: bool, now_ms: u64) -> bool {
        if self.under_way.is_some_and(|lost| !lost.is_due(now_ms)) {
            return false;
        }
        if !urgent && self.came {
            (self.tries, self.again) = (0, None);
        }
        let urgent = urgent && self.again.is_none_or(|again| again.is_due(now_ms));
        urgent || self.regular.is_due(now_ms)
    }

    /// Which hub to ask: another one after each failure.
    pub(super) fn turn(&self) -> usize {
        self.failures
    }

    /// A fetch began.
    pub(super) fn begun(&mut self, now_ms: u64) {
        self.under_way = Some(Timer::new(now_ms, LOST_MS));
    }

    /// How long to wait after the fetch that ends now, before it is cut.
    pub(super) fn patience_ms(&self) -> u64 {
        (FIRST_MS << self.tries.min(16)).min(LONGEST_MS)
    }

    /// A fetch ended. True when its failure is the first of several.
    pub(super) fn ended(&mut self, came: bool, now_ms: u64, wait_ms: u64, regular_ms: u64) -> bool {
        let first = self.came && !came;
        self.under_way = None;
        (self.came, self.tries) = (came, self.tries.saturating_add(1));
        self.again = Some(Timer::new(now_ms, wait_ms));
        self.regular = Timer::new(now_ms, if came { regular_ms } else { wait_ms });
        if !came {
            self.failures = self.failures.wrapping_add(1);
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seconds at which mail is fetched in twenty minutes.
    fn fetched(urgent: impl Fn(u64) -> bool, comes: impl Fn(u64) -> bool) -> Vec<u64> {
        let mut post = Post::new(0, REGULAR_MS);
        let mut fetched = Vec::new();
        for second in 0..1300 {
            if post.is_due(urgent(second), second * 1000) {
                fetched.push(second);
                post.begun(second * 1000);
                let wait_ms = post.patience_ms();
                post.ended(comes(second), second * 1000, wait_ms, REGULAR_MS);
            }
        }
        fetched
    }

    #[test]
    fn mail_comes_every_ten_minutes_and_sooner_when_there_is_a_reason() {
        assert_eq!(fetched(|_| false, |_| true), [600, 1200]);
        assert_eq!(fetched(|second| second == 100, |_| true), [100, 700]);
    }

    #[test]
    fn what_fails_or_changes_nothing_is_tried_ever_more_seldom() {
        let seldom = [0, 5, 15, 35, 75, 155, 275, 395, 515, 635, 755, 875, 995, 1115, 1235];
        assert_eq!(fetched(|_| true, |_| true), seldom);
        assert_eq!(fetched(|_| true, |_| false), seldom);
        assert_eq!(
            fetched(|_| false, |second| second >= 650),
            [600, 605, 615, 635, 675, 1275]
        );
    }

    #[test]
    fn one_at_a_time_and_the_hubs_in_turn() {
        let mut post = Post::new(0, REGULAR_MS);
        assert!(post.is_due(true, 0));
        post.begun(0);
        assert!(!post.is_due(true, LOST_MS - 1));
        assert!(post.ended(false, 1000, 5000, REGULAR_MS), "the first failure is told");
        assert!(!post.is_due(true, 5999) && post.is_due(true, 6000));
        assert_eq!(post.turn(), 1);
        post.begun(6000);
        // One that never ends blocks nothing.
        assert!(post.is_due(true, 6000 + LOST_MS));
    }
}
