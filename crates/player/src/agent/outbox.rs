//! What the agent wants done, in order; nothing after a store goes out before the store is known to have ended.

use super::timer::Timer;
use super::{Action, Report};
use crate::replica::Change;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// After a failed store it is tried again so much later, in milliseconds.
const STORE_AGAIN_MS: u64 = 10_000;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    actions: VecDeque<Action>,
    storing: Option<Arc<Vec<Change>>>,
    unstored: Vec<Change>,
    again: Option<Timer>,
}

impl Outbox {
    pub(super) fn push(&mut self, action: Action) {
        // A newer snapshot makes an older one that nobody took needless, but must not overtake a store before it.
        if matches!(action, Action::Show(_)) && matches!(self.actions.back(), Some(Action::Show(_))) {
            self.actions.pop_back();
        }
        self.actions.push_back(action);
    }

    /// Has changes stored, with those that an earlier store could not make durable.
    pub(super) fn store(&mut self, changes: Vec<Change>) {
        let mut all = std::mem::take(&mut self.unstored);
        all.extend(changes);
        self.again = None;
        self.actions.push_back(Action::Store(Arc::new(compact(all))));
    }

    /// Whether a failed store should be tried again now.
    pub(super) fn store_again(&self, now_ms: u64) -> bool {
        self.again.is_some_and(|timer| timer.is_due(now_ms))
    }

    /// Whether something is in memory that the disk has not taken yet, or would not.
    pub(super) fn holds_back(&self) -> bool {
        let to_store = |action: &Action| matches!(action, Action::Store(_));
        !self.unstored.is_empty() || self.storing.is_some() || self.actions.iter().any(to_store)
    }

    /// The next action, unless a store is under way.
    pub(super) fn pop(&mut self) -> Option<Action> {
        if self.storing.is_some() {
            return None;
        }
        let action = self.actions.pop_front();
        if let Some(Action::Store(changes)) = &action {
            self.storing = Some(Arc::clone(changes));
        }
        action
    }

    /// The store ended. What failed is kept for the next attempt, and what waited for it goes on: a display whose
    /// disk has failed shows the right programme until its next start, and says so.
    pub(super) fn stored(&mut self, result: Result<(), String>, now_ms: u64) -> Option<Report> {
        let changes = self.storing.take()?;
        let Err(why) = result else {
            // What is durable now is newer than what an earlier store failed to write.
            let durable: BTreeSet<_> = changes.iter().map(Change::place).collect();
            self.unstored.retain(|change| !durable.contains(&change.place()));
            return None;
        };
        let mut unstored = changes.as_ref().clone();
        unstored.append(&mut self.unstored);
        self.unstored = compact(unstored);
        self.again = Some(Timer::new(now_ms, STORE_AGAIN_MS));
        Some(Report::NotStored { why })
    }
}

/// Of several changes of one row only the last counts; so what cannot be stored stays bounded by what is held.
fn compact(changes: Vec<Change>) -> Vec<Change> {
    let mut last = BTreeMap::new();
    for change in changes {
        last.insert(change.place(), change);
    }
    last.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(n: u8) -> Vec<Change> {
        vec![Change::Config(vec![n])]
    }

    fn written(action: Option<Action>) -> Vec<u8> {
        match action {
            Some(Action::Store(changes)) => match &changes[..] {
                [Change::Config(body)] => body.clone(),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_retry_never_overwrites_what_was_stored_since() {
        let mut outbox = Outbox::default();
        outbox.store(config(1));
        outbox.store(config(2));
        assert_eq!(written(outbox.pop()), [1]);
        assert!(outbox.pop().is_none(), "one at a time");
        assert!(outbox.stored(Err("full".to_owned()), 0).is_some());
        assert_eq!(written(outbox.pop()), [2]);
        assert!(outbox.stored(Ok(()), 1).is_none());
        outbox.store(Vec::new());
        assert!(matches!(outbox.pop(), Some(Action::Store(changes)) if changes.is_empty()));
    }

    #[test]
    fn what_failed_is_stored_later_in_its_newest_form() {
        let mut outbox = Outbox::default();
        outbox.store(config(1));
        outbox.pop();
        outbox.stored(Err("full".to_owned()), 0);
        assert!(!outbox.store_again(STORE_AGAIN_MS - 1) && outbox.store_again(STORE_AGAIN_MS));
        outbox.store(config(3));
        assert_eq!(written(outbox.pop()), [3]);
    }
}
