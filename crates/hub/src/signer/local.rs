//! A signer within the hub. It folds the log by itself.

use super::sealer::{OwnLog, Sealer};
use super::{Ask, Signer, Unsigned};
use crate::keys::RoleKeys;
use crate::state::State;
use heliograph_domain::SiteName;
use heliograph_log::EventLog;
use std::sync::{Arc, Mutex, PoisonError};

/// Keys and fold in the hub's own process.
pub(crate) struct Local(Mutex<Sealer>);

impl Local {
    /// `state`: what was folded of the log already.
    pub(crate) fn new(site: SiteName, roles: RoleKeys, log: Arc<dyn EventLog>, state: State) -> Self {
        // It has the hub's clock, and no other to compare it with.
        Self(Mutex::new(Sealer::new(site, roles, Box::new(OwnLog(log)), state, None)))
    }
}

impl Signer for Local {
    fn sign(&self, ask: &Ask) -> Result<Vec<u8>, Unsigned> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).answer(ask)
    }

    fn waits(&self) -> bool {
        false
    }
}
