//! Sends the programme out: content first, then the head that names it, retained, so that a display that comes late
//! finds everything. What is said when is decided in `core`; here is only the way to the broker, and a clock.

mod clock_watch;
mod core;
mod mailbox;
#[cfg(test)]
mod tests;

pub(crate) use core::{Core, Effect, Input, View};
pub(crate) use mailbox::Mailbox;

use crate::feed::News;
use crate::office::Office;
use crate::state::KnownDisplay;
use rumqttc::{AsyncClient, QoS};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Time between two looks at the clock.
const LOOK: Duration = Duration::from_secs(1);

/// The broadcaster's hands: what its core wants said is given to the broker.
pub(crate) struct Broadcaster {
    office: Arc<Office>,
    client: AsyncClient,
    hubs: Vec<String>,
    core: Core,
}

impl Broadcaster {
    /// `hubs`: the addresses that displays may fetch from.
    pub(crate) fn new(office: Arc<Office>, client: AsyncClient, hubs: Vec<String>) -> Self {
        Self {
            core: Core::new(Arc::clone(&office.mailbox)),
            office,
            client,
            hubs,
        }
    }

    /// Runs until the hub stops and nobody can tell it anything any more.
    pub(crate) async fn run(mut self, mut inputs: mpsc::UnboundedReceiver<Input>) {
        let started = std::time::Instant::now();
        let mut look = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                input = inputs.recv() => match input {
                    Some(input) => self.core.handle(input),
                    None => return,
                },
                _ = look.tick() => {
                    let monotonic_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
                    self.core.handle(Input::Tick { now: self.office.now(), monotonic_ms });
                }
            }
            while let Some(effects) = self.next() {
                for effect in effects {
                    self.perform(effect).await;
                }
            }
        }
    }

    fn next(&mut self) -> Option<Vec<Effect>> {
        let office = &self.office;
        self.core.next(&View {
            state: &office.state(),
            library: &office.library,
            keys: &office.keys,
            seals: &office.seals,
            hubs: &self.hubs,
            now: office.now(),
        })
    }

    async fn perform(&self, effect: Effect) {
        match effect {
            Effect::Say { topic, payload } => {
                let (path, qos) = (topic.path(&self.office.site), QoS::AtLeastOnce);
                let said = self.client.publish_bytes(path, qos, topic.retained(), payload);
                if let Err(error) = said.await {
                    tracing::warn!(%error, ?topic, "a message could not be handed to the broker; it is sent again on reconnection");
                }
            }
            Effect::SetOut(journey) => {
                let publication = journey.publication;
                self.office.reach().set_out(journey);
                self.office.feed.tell(News::Reach { publication });
            }
            Effect::Sent { channel, position } => self.office.reach().sent(&channel, position, self.office.now()),
        }
    }
}

/// Whether the display's key is the one that signs its statuses.
pub(crate) fn key_of(known: &KnownDisplay) -> heliograph_wire::PublicKey {
    heliograph_wire::PublicKey(known.display.key)
}
