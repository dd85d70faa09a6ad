//! Channels (频道): named programmes that displays tune in to.

use crate::ids::ChannelName;
use crate::lang::LocalText;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A fact about a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChannelEvent {
    /// The channel was opened, or its title changed.
    Defined {
        /// Its name, for ever.
        name: ChannelName,
        /// Its title for people.
        title: LocalText,
    },
}

impl ChannelEvent {
    /// The channel that the fact is about.
    #[must_use]
    pub fn name(&self) -> &ChannelName {
        match self {
            Self::Defined { name, .. } => name,
        }
    }
}

/// The channels of a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Channels {
    /// Titles by name.
    pub titles: BTreeMap<ChannelName, LocalText>,
}

impl Channels {
    /// Opens a channel or changes its title. What it already is decides nothing.
    #[must_use]
    pub fn define(&self, name: ChannelName, title: LocalText) -> Option<ChannelEvent> {
        (self.titles.get(&name) != Some(&title)).then_some(ChannelEvent::Defined { name, title })
    }

    /// Takes a fact.
    pub fn evolve(&mut self, event: &ChannelEvent) {
        let ChannelEvent::Defined { name, title } = event;
        self.titles.insert(name.clone(), title.clone());
    }
}
