//! Hears what displays say: each status is believed only with the display's own signature.

use crate::broadcast::{Input, key_of};
use crate::feed::News;
use crate::office::Office;
use heliograph_domain::DisplayId;
use heliograph_wire::{Refusal, Status, StatusVerifier, Topic};
use rumqttc::{AsyncClient, Event, EventLoop, Packet, QoS};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Pause before the hub tries the broker again.
const RETRY: Duration = Duration::from_millis(500);

/// Keeps the hub's connection to the broker and takes what displays publish, until the hub stops.
pub(crate) async fn run(
    office: Arc<Office>,
    client: AsyncClient,
    mut connection: EventLoop,
    to_broadcaster: mpsc::UnboundedSender<Input>,
) {
    let mut verifiers = HashMap::new();
    loop {
        match connection.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                subscribe(&office, &client);
                // The broadcaster is gone only while the hub stops.
                let _ = to_broadcaster.send(Input::Connected);
            }
            Ok(Event::Incoming(Packet::Publish(message))) => {
                heard(&office, &mut verifiers, &message.topic, &message.payload)
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "the hub has lost the broker and tries again");
                let _ = to_broadcaster.send(Input::Disconnected);
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

/// Asked without waiting: the loop that would take the answer is the one that calls.
fn subscribe(office: &Office, client: &AsyncClient) {
    let filter = format!("heliograph/v1/{}/display/+/status", office.site);
    if let Err(error) = client.try_subscribe(filter, QoS::AtLeastOnce) {
        tracing::error!(%error, "the hub cannot hear its displays");
    }
}

fn heard(office: &Office, verifiers: &mut HashMap<DisplayId, StatusVerifier>, topic: &str, payload: &[u8]) {
    let Some(Topic::Status(id)) = Topic::parse(&office.site, topic) else {
        return;
    };
    match verified(office, verifiers, id, payload) {
        Ok(Some(status)) => take(office, id, status),
        Ok(None) => {}
        Err(refusal) => tracing::warn!(%refusal, display = %id, "a display's status was refused"),
    }
}

/// The status, if it is the display's own and newer than the last; an empty payload only clears what was retained.
fn verified(
    office: &Office,
    verifiers: &mut HashMap<DisplayId, StatusVerifier>,
    id: DisplayId,
    payload: &[u8],
) -> Result<Option<Status>, Refusal> {
    let state = office.state();
    let Some(known) = state
        .displays
        .get(&id)
        .filter(|known| !known.display.retired && !payload.is_empty())
    else {
        return Ok(None);
    };
    let fresh = || StatusVerifier::new(office.site.clone(), id, key_of(known));
    verifiers.entry(id).or_insert_with(fresh).admit(payload)
}

fn take(office: &Office, id: DisplayId, status: Status) {
    let now = office.now();
    let moved = office.reach().heard(id, &status, now);
    office.presence().said(id, status, now);
    office.feed.tell(News::Display { id });
    for publication in moved {
        office.feed.tell(News::Reach { publication });
    }
}
