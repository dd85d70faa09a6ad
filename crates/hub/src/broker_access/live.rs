//! Who may say and hear what at the broker: asked of the hub's live state, denied unless allowed.

use super::{Act, Rights, asked};
use crate::feed::News;
use crate::office::Office;
use heliograph_broker::{AccessRules, Client, Principal};
use heliograph_domain::{DisplayId, SiteName};
use std::sync::{Arc, OnceLock, Weak};

/// The rules. The office is there a moment after the broker listens; until then nobody is let in. The broker may outlive
/// the office for a moment too, and must not hold its log open.
pub(crate) struct BrokerRules {
    office: OnceLock<Weak<Office>>,
    site: SiteName,
    hub_client_id: String,
    hub_password: String,
}

impl BrokerRules {
    pub(crate) fn new(site: SiteName, hub_client_id: String, hub_password: String) -> Self {
        Self {
            office: OnceLock::new(),
            site,
            hub_client_id,
            hub_password,
        }
    }

    /// The office opens its doors.
    pub(crate) fn open(&self, office: &Arc<Office>) {
        // Called once, by the hub's start.
        let _ = self.office.set(Arc::downgrade(office));
    }

    fn display(&self, principal: &str) -> Option<(Arc<Office>, DisplayId)> {
        Some((self.office.get()?.upgrade()?, principal.parse().ok()?))
    }

    fn allow(&self, principal: &Principal, act: Act, filter: &str) -> bool {
        match principal {
            Principal::Hub => Rights::of_hub(&self.site).allow(act, filter),
            Principal::Display(id) => self
                .display(id)
                .is_some_and(|(office, id)| asked::may(&office, id, act, filter)),
        }
    }
}

impl AccessRules for BrokerRules {
    fn authenticate(&self, client: &Client<'_>) -> Option<Principal> {
        let (username, password) = (client.username?, client.password?);
        if username == "hub" {
            // The hub's name, or the name and a suffix.
            let suffix = client.client_id.strip_prefix(&self.hub_client_id);
            let named = suffix.is_some_and(|suffix| suffix.is_empty() || suffix.starts_with('-'));
            let right = named && password == self.hub_password.as_bytes();
            return right.then_some(Principal::Hub);
        }
        let (office, _) = self.display(username)?;
        asked::display(&office, username, client.client_id, password).map(|id| Principal::Display(id.to_string()))
    }

    fn may_publish(&self, principal: &Principal, topic: &str) -> bool {
        self.allow(principal, Act::Publish, topic)
    }

    fn may_subscribe(&self, principal: &Principal, filter: &str) -> bool {
        self.allow(principal, Act::Subscribe, filter)
    }

    fn connected(&self, principal: &Principal) {
        if let Principal::Display(id) = principal
            && let Some((office, id)) = self.display(id)
        {
            let now = office.now();
            office.presence().connected(id, now);
            office.feed.tell(News::Display { id });
        }
    }

    fn disconnected(&self, principal: &Principal) {
        if let Principal::Display(id) = principal
            && let Some((office, id)) = self.display(id)
        {
            office.presence().disconnected(id);
            office.feed.tell(News::Display { id });
        }
    }
}
