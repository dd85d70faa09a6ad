//! Who somebody at the broker is, and what they may do now: asked of the hub's live state.

use super::{Act, Rights};
use crate::credentials;
use crate::office::Office;
use heliograph_domain::DisplayId;
use std::sync::PoisonError;

/// The display that comes with this client id and token, if it has a machine.
pub(super) fn display(office: &Office, username: &str, client_id: &str, token: &[u8]) -> Option<DisplayId> {
    let id: DisplayId = username.parse().ok()?;
    let credentials = office.credentials.read().unwrap_or_else(PoisonError::into_inner);
    let kept = credentials.get(&id).map(|credential| credential.sha256)?;
    drop(credentials);
    let right = credentials::hash(token) == kept && client_id == format!("display-{id}");
    if !right || !has_machine(office, id) {
        return None;
    }
    credentials::seen(office, id, token);
    Some(id)
}

/// Whether a display may do this now: channels may have been given or taken a moment ago, and a machine revoked.
pub(super) fn may(office: &Office, id: DisplayId, act: Act, filter: &str) -> bool {
    let state = office.state();
    state.displays.get(&id).is_some_and(|known| {
        let channels = &known.display.setting.channels;
        known.display.has_machine() && Rights::display_may(&office.site, id, channels, act, filter)
    })
}

fn has_machine(office: &Office, id: DisplayId) -> bool {
    let state = office.state();
    state.displays.get(&id).is_some_and(|known| known.display.has_machine())
}

/// What another broker says of a client that wants to come in or to do something.
pub(crate) struct Guest<'a> {
    /// The user name.
    pub(crate) username: &'a str,
    /// The client id.
    pub(crate) client_id: &'a str,
}

impl Guest<'_> {
    /// Whether this password opens the broker to it. `None`: no other broker is used.
    pub(crate) fn may_enter(&self, office: &Office, password: &str) -> bool {
        match &office.hub_account {
            Some(hub) if hub.is_named(self.username) => {
                hub.is_password(password) && self.client_id.starts_with(&format!("hub-{}", office.site))
            }
            Some(_) => display(office, self.username, self.client_id, password.as_bytes()).is_some(),
            None => false,
        }
    }

    /// Whether it may do this. It was let in before, under this name.
    pub(crate) fn may(&self, office: &Office, act: Act, filter: &str) -> bool {
        // A name holds no wildcard (MQTT 3.1.1, 3.3.2.1).
        let sound = act == Act::Subscribe || !filter.contains(['#', '+']);
        sound
            && match &office.hub_account {
                Some(hub) if hub.is_named(self.username) => Rights::of_hub(&office.site).allow(act, filter),
                Some(_) => self.username.parse().is_ok_and(|id| may(office, id, act, filter)),
                None => false,
            }
    }
}
