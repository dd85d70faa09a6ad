//! Who may say and hear what at the broker: asked of the hub's live state, denied unless allowed.

use crate::credentials;
use crate::feed::News;
use crate::office::Office;
use heliograph_broker::{AccessRules, Client, Principal};
use heliograph_domain::{ChannelName, DisplayId};
use heliograph_wire::Topic;
use std::sync::{Arc, OnceLock, PoisonError, Weak};

/// The rules. The office is there a moment after the broker listens; until then nobody is let in. The broker may outlive
/// the office for a moment too, and must not hold its log open.
pub(crate) struct BrokerRules {
    office: OnceLock<Weak<Office>>,
    hub_client_id: String,
    hub_password: String,
}

impl BrokerRules {
    pub(crate) fn new(hub_client_id: String, hub_password: String) -> Self {
        Self {
            office: OnceLock::new(),
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
}

impl AccessRules for BrokerRules {
    fn authenticate(&self, client: &Client<'_>) -> Option<Principal> {
        let (username, password) = (client.username?, client.password?);
        if username == "hub" {
            let right = password == self.hub_password.as_bytes() && client.client_id == self.hub_client_id;
            return right.then_some(Principal::Hub);
        }
        let (office, id) = self.display(username)?;
        let kept = office
            .credentials
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .copied()?;
        let right = credentials::hash(password) == kept && client.client_id == format!("display-{id}");
        let known = office
            .state()
            .displays
            .get(&id)
            .is_some_and(|known| known.display.has_machine());
        (right && known).then(|| Principal::Display(id.to_string()))
    }

    fn may_publish(&self, principal: &Principal, topic: &str) -> bool {
        match principal {
            Principal::Hub => true,
            Principal::Display(id) => self.display(id).is_some_and(|(office, id)| {
                matches!(Topic::parse(&office.site, topic), Some(Topic::Status(of) | Topic::Receipts(of) | Topic::Reply(of)) if of == id)
            }),
        }
    }

    fn may_subscribe(&self, principal: &Principal, filter: &str) -> bool {
        match principal {
            Principal::Hub => true,
            Principal::Display(id) => self.display(id).is_some_and(|(office, id)| {
                channel_filter(&office, filter).map_or_else(
                    || own_topic(&office, id, filter),
                    |channel| hears(&office, id, &channel),
                )
            }),
        }
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

/// The channel of a filter `heliograph/v1/{site}/channel/{c}/#`.
fn channel_filter(office: &Office, filter: &str) -> Option<ChannelName> {
    let prefix = format!("heliograph/v1/{}/channel/", office.site);
    filter.strip_prefix(&prefix)?.strip_suffix("/#")?.parse().ok()
}

fn hears(office: &Office, id: DisplayId, channel: &ChannelName) -> bool {
    let state = office.state();
    state
        .displays
        .get(&id)
        .is_some_and(|known| known.display.setting.channels.contains(channel))
}

fn own_topic(office: &Office, id: DisplayId, filter: &str) -> bool {
    if filter == format!("{}/#", Topic::Trust.path(&office.site)) {
        return true;
    }
    match Topic::parse(&office.site, filter) {
        Some(Topic::Trust | Topic::TrustStep(_) | Topic::Site | Topic::Heartbeat | Topic::Erased) => true,
        Some(Topic::Config(of) | Topic::Command(of) | Topic::Ack(of) | Topic::Time(of)) => of == id,
        _ => false,
    }
}
