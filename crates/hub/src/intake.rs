//! Hears what displays say: each status, and each question for the time, is believed only with the display's own
//! signature.

use crate::broadcast::{Input, key_of};
use crate::feed::News;
use crate::mail::Desk;
use crate::office::Office;
use crate::state::{KnownDisplay, State};
use heliograph_domain::{DisplayId, SiteName};
use heliograph_wire::{ContentPayload, Refusal, Reply, Status, StatusVerifier, Topic, open};
use rumqttc::{AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, Packet, Publish, QoS};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Pause before the hub tries the broker again, at first; each time twice as long,
const FIRST_RETRY: Duration = Duration::from_millis(250);
/// up to this.
const LAST_RETRY: Duration = Duration::from_secs(10);

/// What each display's statuses are judged by, and the key that it was made for: another machine begins anew.
type Verifiers = HashMap<DisplayId, ([u8; 32], StatusVerifier)>;

/// Messages of displays that may wait to be verified. What is more is dropped: a status is said again.
const WAITING: usize = 65_536;

/// Keeps the hub's connection to the broker until the hub stops. What displays publish is verified elsewhere, so that a
/// release never waits behind ten thousand statuses.
pub(crate) async fn run(
    office: Arc<Office>,
    client: AsyncClient,
    mut connection: EventLoop,
    to_broadcaster: mpsc::UnboundedSender<Input>,
    to_listener: mpsc::Sender<Publish>,
) {
    let mut retry = FIRST_RETRY;
    let outlives_the_hub = office.hub_account.is_some();
    loop {
        match connection.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                retry = FIRST_RETRY;
                subscribe(&office, &client);
                if outlives_the_hub {
                    look_back(&office, &client);
                }
                // The broadcaster is gone only while the hub stops.
                let _ = to_broadcaster.send(Input::Connected);
            }
            Ok(Event::Incoming(Packet::Publish(message))) if outlives_the_hub && is_own(&message, &office.site) => {
                if let Some(found) = found(&message, &office.site) {
                    let _ = to_broadcaster.send(found);
                } else if is_live_heartbeat(&message, &office.site) {
                    heard_all(&office, &client);
                }
            }
            Ok(Event::Incoming(Packet::Publish(message))) => {
                if to_listener.try_send(message).is_err() {
                    tracing::warn!("displays say more than this hub can verify; some of it is dropped");
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = told(&error), "the hub has no broker and tries again");
                let _ = to_broadcaster.send(Input::Disconnected);
                tokio::time::sleep(retry).await;
                retry = (retry * 2).min(LAST_RETRY);
            }
        }
    }
}

/// What went wrong, and what to do where that is known.
fn told(error: &ConnectionError) -> String {
    let unknown = [ConnectReturnCode::BadUserNamePassword, ConnectReturnCode::NotAuthorized];
    match error {
        ConnectionError::ConnectionRefused(code) if unknown.contains(code) => {
            "it does not know the hub: give it the files of `heliograph hub broker-files`, and the hub the password that they \
             were made with"
                .to_owned()
        }
        other => other.to_string(),
    }
}

/// The way of what displays publish to whoever verifies it.
pub(crate) fn channel() -> (mpsc::Sender<Publish>, mpsc::Receiver<Publish>) {
    mpsc::channel(WAITING)
}

/// Verifies what displays publish, until the hub stops.
pub(crate) async fn listen(office: Arc<Office>, client: AsyncClient, mut inbox: mpsc::Receiver<Publish>) {
    let mut verifiers = HashMap::new();
    while let Some(message) = inbox.recv().await {
        heard(&office, &client, &mut verifiers, &message);
    }
}

/// Asked without waiting: the loop that would take the answer is the one that calls.
fn subscribe(office: &Office, client: &AsyncClient) {
    for kind in ["status", "reply"] {
        let filter = format!("heliograph/v1/{}/display/+/{kind}", office.site);
        if let Err(error) = client.try_subscribe(filter, QoS::AtLeastOnce) {
            tracing::error!(%error, kind, "the hub cannot hear its displays");
        }
    }
}

/// What the hub itself says, and what it may have said before it was started anew.
fn own(site: &SiteName) -> [String; 2] {
    let content = format!("heliograph/v1/{site}/channel/+/content/+");
    [content, Topic::Heartbeat.path(site)]
}

/// Asks a broker that outlives the hub which content it still retains. Its answers come before it passes on the first
/// heartbeat of this connection.
fn look_back(office: &Office, client: &AsyncClient) {
    for filter in own(&office.site) {
        if let Err(error) = client.try_subscribe(filter, QoS::AtMostOnce) {
            tracing::error!(%error, "the hub cannot hear what the broker retains");
        }
    }
}

/// All is heard; what comes now is the hub's own echo.
fn heard_all(office: &Office, client: &AsyncClient) {
    for filter in own(&office.site) {
        if let Err(error) = client.try_unsubscribe(filter) {
            tracing::warn!(%error, "the hub goes on hearing what it says itself");
        }
    }
}

fn is_own(message: &Publish, site: &SiteName) -> bool {
    matches!(
        Topic::parse(site, &message.topic),
        Some(Topic::Content(..) | Topic::Heartbeat)
    )
}

fn is_live_heartbeat(message: &Publish, site: &SiteName) -> bool {
    !message.retain && Topic::parse(site, &message.topic) == Some(Topic::Heartbeat)
}

/// Content that was retained, and is what its topic says.
fn found(message: &Publish, site: &SiteName) -> Option<Input> {
    let Some(Topic::Content(channel, hash)) = Topic::parse(site, &message.topic) else {
        return None;
    };
    let payload = ContentPayload::from_bytes(&message.payload).ok()?;
    (message.retain && payload.hash() == hash).then_some(Input::Found(channel, hash))
}

fn heard(office: &Office, client: &AsyncClient, verifiers: &mut Verifiers, message: &Publish) {
    let payload = &message.payload[..];
    let (id, outcome) = match Topic::parse(&office.site, &message.topic) {
        Some(Topic::Status(id)) => (id, status(office, verifiers, id, message)),
        Some(Topic::Reply(id)) => (id, reply(office, client, id, payload)),
        _ => return,
    };
    if let Err(refusal) = outcome {
        tracing::warn!(%refusal, display = %id, "what a display said was refused");
    }
}

fn status(office: &Office, verifiers: &mut Verifiers, id: DisplayId, message: &Publish) -> Result<(), Refusal> {
    if let Some(status) = verified(office, verifiers, id, &message.payload)? {
        take(office, id, status, message.retain);
    }
    Ok(())
}

fn reply(office: &Office, client: &AsyncClient, id: DisplayId, payload: &[u8]) -> Result<(), Refusal> {
    if let Some(Reply::AskTime { nonce }) = replied(office, id, payload)? {
        tell_time(office, client, id, nonce);
    }
    Ok(())
}

/// A display with a machine that may speak for it, when what is said is not nothing.
pub(crate) fn speaker(state: &State, id: DisplayId, payload: &[u8]) -> Option<Arc<KnownDisplay>> {
    let known = state.displays.get(&id)?;
    (known.display.has_machine() && !payload.is_empty()).then(|| Arc::clone(known))
}

/// A reply with the display's own signature. An old one that is brought again does no harm: it only asks for the time.
fn replied(office: &Office, id: DisplayId, payload: &[u8]) -> Result<Option<Reply>, Refusal> {
    let Some(known) = speaker(&office.state(), id, payload) else {
        return Ok(None);
    };
    reply_of(&known, &office.site, payload).map(Some)
}

/// What a display replied, if it signed it.
pub(crate) fn reply_of(known: &KnownDisplay, site: &SiteName, payload: &[u8]) -> Result<Reply, Refusal> {
    let own = |named, _| Some(key_of(known)).filter(|key| key.key_id() == named);
    let opened = open(payload, site, &Topic::Reply(known.display.id), &own)?;
    Reply::from_bytes(&opened.body)
}

/// Tells the time to a display that asks for it. Without waiting, as above; what is not answered is asked again.
fn tell_time(office: &Office, client: &AsyncClient, id: DisplayId, nonce: [u8; 16]) {
    let now = office.now();
    if !office.may_ask(id, now) {
        return;
    }
    let desk = Desk {
        site: &office.site,
        state: &office.state(),
        mailbox: &office.mailbox,
        seals: &office.seals,
        now,
    };
    let Some((topic, payload)) = desk.time(id, nonce) else {
        return;
    };
    if let Err(error) = client.try_publish(topic.path(&office.site), QoS::AtLeastOnce, topic.retained(), payload) {
        tracing::debug!(%error, display = %id, "the time was not told: the way to the broker is full");
    }
}

/// The status, if it is the display's own and newer than the last; an empty payload only clears what was retained.
fn verified(
    office: &Office,
    verifiers: &mut Verifiers,
    id: DisplayId,
    payload: &[u8],
) -> Result<Option<Status>, Refusal> {
    let Some(known) = speaker(&office.state(), id, payload) else {
        return Ok(None);
    };
    let fresh = || {
        (
            known.display.key,
            StatusVerifier::new(office.site.clone(), id, key_of(&known)),
        )
    };
    let verifier = verifiers.entry(id).or_insert_with(fresh);
    if verifier.0 != known.display.key {
        *verifier = fresh();
    }
    verifier.1.admit(payload)
}

/// `retained`: the broker kept it from before the hub came.
fn take(office: &Office, id: DisplayId, status: Status, retained: bool) {
    let now = office.now();
    let moved = {
        let (state, mut reach) = (office.state(), office.reach());
        reach.note_withdrawals(&state);
        reach.heard(id, &status, now)
    };
    if retained {
        office.presence().said_before(id, status, now);
    } else {
        office.presence().said(id, status, now);
    }
    office.feed.tell(News::Display { id });
    for publication in moved {
        office.feed.tell(News::Reach { publication });
    }
}
