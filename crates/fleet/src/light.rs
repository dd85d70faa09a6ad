//! One display of the fleet: a player's agent, and instead of the panel a note of what would be on it.

use heliograph_domain::on_air::OnAir;
use heliograph_domain::{ContentHash, PublicationId, Turn};
use heliograph_player::Moment;
use heliograph_player::agent::{Action, Agent, Input, Report, Showing, Shown};
use heliograph_player::replica::Change;
use heliograph_wire::OnAirReport;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Every item takes one page of so many milliseconds: this display lays nothing out.
const DWELL_MS: u32 = 12_000;

/// A display without a panel.
pub(crate) struct Light {
    agent: Agent,
    showing: Option<Arc<Showing>>,
    /// When the picture may differ next, by the monotonic clock, in milliseconds.
    until_ms: u64,
    picture: Option<Picture>,
    /// What of the programme was on air once since the start.
    aired: BTreeSet<(PublicationId, ContentHash)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Picture {
    on_air: Option<OnAirReport>,
    stale: bool,
}

/// What a display wants done by the thread that carries it.
pub(crate) enum Deed {
    Subscribe(Vec<String>),
    Unsubscribe(Vec<String>),
    Publish {
        topic: String,
        payload: Vec<u8>,
        retain: bool,
    },
    Store(Arc<Vec<Change>>),
    Fetch {
        hash: ContentHash,
        url: String,
        most_bytes: usize,
    },
    Mail {
        url: String,
        most_bytes: usize,
    },
    /// A content is on air for the first time.
    Aired {
        publication: PublicationId,
        /// How long ago it was released, by the site's time, in milliseconds.
        after_release_ms: u64,
    },
    Report(Report),
}

impl Light {
    pub(crate) fn new(agent: Agent) -> Self {
        Self {
            agent,
            showing: None,
            until_ms: 0,
            picture: None,
            aired: BTreeSet::new(),
        }
    }

    /// Takes what happened and says what is to be done.
    pub(crate) fn handle(&mut self, now: Moment, input: Input, deeds: &mut Vec<Deed>) {
        self.agent.handle(now, input);
        self.work(now, deeds);
    }

    /// Looks whether the picture has changed by itself.
    pub(crate) fn tick(&mut self, now: Moment, deeds: &mut Vec<Deed>) {
        self.agent.handle(now, Input::Tick);
        if now.monotonic_ms >= self.until_ms {
            self.look(now, deeds);
        }
        self.work(now, deeds);
    }

    pub(crate) fn work(&mut self, now: Moment, deeds: &mut Vec<Deed>) {
        while let Some(action) = self.agent.poll() {
            deeds.push(match action {
                Action::Show(showing) => {
                    self.showing = Some(showing);
                    self.look(now, deeds);
                    continue;
                }
                Action::Subscribe(filters) => Deed::Subscribe(filters),
                Action::Unsubscribe(filters) => Deed::Unsubscribe(filters),
                Action::Publish { topic, payload, retain } => Deed::Publish { topic, payload, retain },
                Action::Store(changes) => Deed::Store(changes),
                Action::Fetch { hash, url, most_bytes } => Deed::Fetch { hash, url, most_bytes },
                Action::Mail { url, most_bytes, .. } => Deed::Mail { url, most_bytes },
                Action::Report(report) => Deed::Report(report),
            });
        }
    }

    /// What a panel would show now; the agent hears of it when it is another page than before, as from a panel.
    fn look(&mut self, clock: Moment, deeds: &mut Vec<Deed>) {
        let Some(showing) = self.showing.clone() else { return };
        let now = showing.site_time(clock.monotonic_ms);
        let turn = |item: &heliograph_domain::Item| {
            let one = Turn {
                pages: 1,
                dwell_ms: DWELL_MS,
            };
            showing.documents.contains_key(&item.content).then_some(one)
        };
        let airing = showing.airing(&turn, now);
        self.until_ms = showing.time.monotonic_ms(airing.until);
        let picture = Picture {
            on_air: airing.main.map(|on| self.report(on)),
            stale: showing.stale(now),
        };
        if let Some(on) = airing.main
            && self.aired.insert((on.item.publication, on.item.content))
        {
            let named = |(_, content): &(PublicationId, ContentHash)| {
                showing.programme.items.iter().any(|item| item.content == *content)
            };
            self.aired.retain(named);
            deeds.push(Deed::Aired {
                publication: on.item.publication,
                after_release_ms: now.since(on.item.released_at),
            });
        }
        if self.picture != Some(picture) {
            self.picture = Some(picture);
            let shown = Shown {
                on_air: picture.on_air,
                stale: picture.stale,
                at: now,
            };
            self.agent.handle(clock, Input::Shown(shown));
        }
    }

    fn report(&self, on: OnAir<'_>) -> OnAirReport {
        let before = self.picture.and_then(|picture| picture.on_air);
        let same =
            before.filter(|before| (before.publication, before.content) == (on.item.publication, on.item.content));
        OnAirReport {
            publication: on.item.publication,
            content: on.item.content,
            page: on.page,
            pages: on.pages,
            since: same.map_or(on.page_since, |before| before.since),
        }
    }

    /// What is on air.
    pub(crate) fn on_air(&self) -> Option<PublicationId> {
        Some(self.picture?.on_air?.publication)
    }
}
