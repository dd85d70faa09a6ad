//! Who has an account at the broker: the hub, and every display with a machine.

use super::{BrokerHashes, Rights};
use crate::credentials::Credential;
use crate::state::State;
use heliograph_domain::{DisplayId, SiteName};
use std::collections::HashMap;

/// An account.
pub(super) struct Account {
    pub(super) username: String,
    /// The client id that it connects with, for brokers that can be told so.
    pub(super) client_id: String,
    pub(super) hashes: BrokerHashes,
    pub(super) rights: Rights,
}

/// All accounts.
pub(super) struct Accounts {
    /// In the order of their ids, so that the same office gives the same files.
    pub(super) all: Vec<Account>,
    /// Displays whose token was made before the hub kept hashes for other brokers, and was not seen since.
    pub(super) without_hashes: Vec<DisplayId>,
}

impl Accounts {
    /// The displays' accounts as the log has them, after the hub's.
    pub(super) fn of(
        site: &SiteName,
        hub: Option<(&str, &BrokerHashes)>,
        state: &State,
        credentials: &HashMap<DisplayId, Credential>,
    ) -> Self {
        let hub = hub.map(|(username, hashes)| Account {
            username: username.to_owned(),
            client_id: format!("hub-{site}"),
            hashes: hashes.clone(),
            rights: Rights::of_hub(site),
        });
        let mut accounts = Self {
            all: hub.into_iter().collect(),
            without_hashes: Vec::new(),
        };
        for known in state.displays.values().filter(|known| known.display.has_machine()) {
            let id = known.display.id;
            match credentials.get(&id).map(|credential| credential.hashes.as_ref()) {
                Some(Some(hashes)) => accounts.all.push(Account {
                    username: id.to_string(),
                    client_id: format!("display-{id}"),
                    hashes: hashes.clone(),
                    rights: Rights::of_display(site, id, &known.display.setting.channels),
                }),
                Some(None) => accounts.without_hashes.push(id),
                // Nothing opens the broker to it.
                None => {}
            }
        }
        accounts
    }
}
