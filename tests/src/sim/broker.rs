//! The broker: it keeps what is retained and passes on what is said, or does not.

use std::collections::{BTreeMap, BTreeSet};

/// A payload, shared by those who get it.
pub(super) type Payload = std::sync::Arc<[u8]>;

/// The broker.
#[derive(Debug, Default)]
pub(super) struct Broker {
    pub(super) up: bool,
    /// Whether the hub is connected.
    pub(super) hub_is_here: bool,
    pub(super) retained: BTreeMap<String, Payload>,
    /// Topics that it holds back from a display.
    pub(super) frozen: BTreeSet<(usize, String)>,
}

impl Broker {
    /// What is retained under a filter.
    pub(super) fn kept(&self, filter: &str) -> Vec<(String, Payload)> {
        let kept = self.retained.iter().filter(|(path, _)| matches(filter, path));
        kept.map(|(path, payload)| (path.clone(), payload.clone())).collect()
    }

    /// Keeps a message; an empty one clears its topic.
    pub(super) fn keeps(&mut self, path: &str, payload: &Payload) {
        if payload.is_empty() {
            self.retained.remove(path);
        } else {
            self.retained.insert(path.to_owned(), payload.clone());
        }
    }
}

/// Whether a filter fits a topic: whole, or with `#` at its end.
pub(super) fn matches(filter: &str, path: &str) -> bool {
    match filter.strip_suffix('#') {
        // `trust/#` means `trust`, too.
        Some(start) => path.starts_with(start) || start.strip_suffix('/') == Some(path),
        None => filter == path,
    }
}
