//! How each display of a release's channels stands towards it: whether it shows it, and if not, why, and what to do.

use super::layout::Desk;
use super::words as w;
use super::words::{Word, leaving as lw, on_show as ow, reach as rw};
use crate::presence::{Seen, Standing};
use crate::reach::{Arrival, Journey};
use crate::state::{Dossier, KnownDisplay};
use heliograph_domain::publication::OnRelease;
use heliograph_domain::{ChannelHead, ChannelName, ContentHash, DisplayId, Instant};
use heliograph_wire::{ShownState, Status};
use std::collections::{BTreeMap, BTreeSet};

/// What has not arrived this long after its release is worth a look at the machine.
const LATE_MS: u64 = 60_000;

/// What one display has to do with a release, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    /// It does not show it, though it should.
    Lacks,
    /// It shows it, or did, and nothing is known of now.
    Unsure,
    /// It is on its way.
    Sent,
    /// It has it and waits for its turn.
    Coming,
    /// It has it and waits for its start.
    Ready,
    /// It has shown it.
    Shown,
    /// It is not to show it any more.
    Over,
}

/// One display, and the release on it.
pub(crate) struct Carried {
    pub(crate) display: DisplayId,
    pub(crate) sort: Sort,
    /// In a word.
    pub(crate) state: Word,
    /// Why, and what to do; nothing where the word says it all.
    pub(crate) why: String,
    /// Whether the display has it, as far as it said so.
    pub(crate) received: bool,
    /// When the hub heard that the display has it, by the hub's clock.
    pub(crate) received_at: Option<Instant>,
    /// When its first frame was handed to the panel, by the display's own clock.
    pub(crate) on_air_at: Option<Instant>,
}

impl Carried {
    pub(crate) fn colour(&self) -> &'static str {
        match self.sort {
            Sort::Lacks => "red",
            Sort::Unsure | Sort::Sent | Sort::Coming => "amber",
            Sort::Ready => "blue",
            Sort::Shown => "green",
            Sort::Over => "grey",
        }
    }
}

/// What is known of the release that is asked about.
pub(crate) struct Asked<'d> {
    desk: &'d Desk,
    /// What is on release; nothing once it is withdrawn.
    on: Option<&'d OnRelease>,
    journey: Option<&'d Journey>,
    /// The channels' programmes, where something may stand before it.
    heads: BTreeMap<ChannelName, ChannelHead>,
}

impl<'d> Asked<'d> {
    pub(crate) fn of(desk: &'d Desk, dossier: &'d Dossier, journey: Option<&'d Journey>) -> Self {
        let heads = desk.state.heads().map(|head| (head.channel.clone(), head));
        Self {
            desk,
            on: dossier.publication.released.as_ref(),
            journey,
            heads: heads.collect(),
        }
    }

    /// Every display of its channels, and every one that it set out to: what lacks it first.
    pub(crate) fn displays(&self) -> Vec<Carried> {
        let set_out = self
            .journey
            .iter()
            .flat_map(|journey| journey.displays().map(|(id, _)| id));
        let all: BTreeSet<DisplayId> = self.tuned().chain(set_out).collect();
        let mut rows: Vec<Carried> = all.into_iter().filter_map(|id| self.one(id)).collect();
        rows.sort_by_cached_key(|row| (row.sort, super::order::of_display(self.desk, row.display)));
        rows
    }

    /// The displays of its channels, those without a machine too: people stand before them all the same.
    fn tuned(&self) -> impl Iterator<Item = DisplayId> {
        let all = self.desk.state.displays.values();
        all.filter(|known| !known.display.retired && self.tunes(known))
            .map(|known| known.display.id)
    }

    fn channels(&self) -> &[ChannelName] {
        let released = self.on.map(|on| on.release.channels.as_slice());
        let travelled = self.journey.map(|journey| journey.channels.as_slice());
        released.or(travelled).unwrap_or_default()
    }

    fn tunes(&self, known: &KnownDisplay) -> bool {
        let channels = self.channels();
        known
            .display
            .setting
            .channels
            .iter()
            .any(|name| channels.contains(name))
    }

    fn content(&self) -> Option<ContentHash> {
        let released = self.on.map(|on| on.release.content);
        released.or_else(|| self.journey.map(|journey| journey.content))
    }

    fn one(&self, id: DisplayId) -> Option<Carried> {
        let known = self.desk.state.displays.get(&id)?;
        let (seen, standing) = {
            let presence = self.desk.office.presence();
            (presence.of(id), presence.standing(id, self.desk.now))
        };
        let arrival = self.arrival(id, &seen);
        let (sort, state, why) = self.told(known, &seen, standing, arrival);
        Some(Carried {
            display: id,
            sort,
            state,
            why,
            received: self.received(known, &seen, arrival),
            received_at: arrival.received_at,
            on_air_at: arrival.on_air_at,
        })
    }

    /// How far it came: as it was followed, else as the display's last report has it.
    fn arrival(&self, id: DisplayId, seen: &Seen) -> Arrival {
        let followed = self.journey.filter(|journey| Some(journey.content) == self.content());
        let followed = followed.and_then(|journey| journey.arrival(id));
        let mut arrival = followed.unwrap_or_default();
        let shown = seen.status.iter().flat_map(|status| &status.shown);
        let first = shown
            .filter(|shown| Some(shown.content) == self.content())
            .map(|shown| shown.at);
        arrival.on_air_at = arrival.on_air_at.or(first.min());
        arrival
    }

    fn told(&self, known: &KnownDisplay, seen: &Seen, standing: Standing, arrival: Arrival) -> (Sort, Word, String) {
        let away = matches!(standing, Standing::Unknown | Standing::Offline | Standing::Stale);
        if known.display.retired {
            return (Sort::Over, w::DISPLAY_RETIRED, String::new());
        }
        let Some(on) = self.on else {
            return self.after_withdrawal(known, seen, away);
        };
        if !self.tunes(known) {
            return (Sort::Over, rw::NOT_TUNED, String::new());
        }
        if known.display.revoked {
            return (Sort::Lacks, w::DISPLAY_REVOKED, self.t(rw::REVOKED_WHY));
        }
        if on.release.window.ended(self.desk.now) {
            return (Sort::Over, w::STATE_EXPIRED, String::new());
        }
        match arrival.on_air_at {
            Some(_) => self.having_shown(seen, standing),
            None if away => self.unreachable(on, seen, standing, arrival),
            None if self.received(known, seen, arrival) => self.having_received(on, known, seen),
            None => self.on_its_way(on),
        }
    }

    fn t(&self, word: Word) -> String {
        self.desk.t(word).to_owned()
    }

    /// What is withdrawn is gone from every display that heard of it.
    fn after_withdrawal(&self, known: &KnownDisplay, seen: &Seen, away: bool) -> (Sort, Word, String) {
        let told = |journey: &Journey| self.desk.office.reach().off_at(journey.publication, known.display.id);
        if let Some(at) = self.journey.and_then(told) {
            let told = self.desk.f(lw::HEARD_OF_IT, &[&self.desk.moment_with_day(at, true)]);
            return (Sort::Over, rw::TAKEN_OFF, told);
        }
        let on_air = seen.status.as_ref().and_then(|status| status.on_air);
        let there = on_air.is_some_and(|on| Some(on.content) == self.content());
        match (away, there) {
            (true, _) if known.display.revoked => (Sort::Unsure, w::DISPLAY_REVOKED, self.t(rw::MAY_STILL_SHOW)),
            (true, _) => (Sort::Unsure, w::DISPLAY_OFFLINE, self.t(rw::MAY_STILL_SHOW)),
            (false, true) => (Sort::Lacks, rw::STILL_ON, String::new()),
            (false, false) if self.is_up_to_date(known, seen) => (Sort::Over, rw::TAKEN_OFF, String::new()),
            (false, false) => (Sort::Lacks, lw::TAKING_OFF, self.t(lw::TAKING_OFF_WHY)),
        }
    }

    /// Whether the display has its channels as they are now.
    fn is_up_to_date(&self, known: &KnownDisplay, seen: &Seen) -> bool {
        let tuned = &known.display.setting.channels;
        let heads = self.channels().iter().filter(|name| tuned.contains(name));
        let mut heads = heads.filter_map(|name| self.heads.get(name));
        let told = seen.status.iter().flat_map(|status| &status.heads);
        heads.all(|head| {
            told.clone()
                .any(|(name, position)| *name == head.channel && *position >= head.position)
        })
    }

    fn having_shown(&self, seen: &Seen, standing: Standing) -> (Sort, Word, String) {
        match standing {
            Standing::Offline | Standing::Unknown => {
                (Sort::Unsure, w::ON_AIR, self.since(seen, rw::AWAY_SINCE, rw::AWAY))
            }
            Standing::Stale => (Sort::Unsure, w::ON_AIR, self.since(seen, rw::SILENT_SINCE, rw::AWAY)),
            Standing::Online if self.desk.state.blank.blank.on => (Sort::Shown, w::ON_AIR, self.t(rw::BLANKED_NOW)),
            Standing::Online => (Sort::Shown, w::ON_AIR, String::new()),
        }
    }

    /// It has not shown it, and cannot be asked. What it has it shows at its time all the same.
    fn unreachable(&self, on: &OnRelease, seen: &Seen, standing: Standing, arrival: Arrival) -> (Sort, Word, String) {
        let since = match standing {
            Standing::Stale => self.since(seen, rw::SILENT_SINCE, ow::NEVER_HEARD),
            _ => self.since(seen, rw::OFFLINE_SINCE, ow::NEVER_HEARD),
        };
        let word = match standing {
            Standing::Stale => w::DISPLAY_STALE,
            _ => w::DISPLAY_OFFLINE,
        };
        let then = match (arrival.received_at, self.desk.now < on.release.window.from) {
            (Some(_), true) => rw::HAS_IT_AND_SHOWS,
            (Some(_), false) => rw::HAS_IT_UNHEARD,
            (None, _) => rw::ARRIVES_LATER,
        };
        (Sort::Lacks, word, self.desk.f(rw::BOTH, &[&since, self.desk.t(then)]))
    }

    fn since(&self, seen: &Seen, known: Word, unknown: Word) -> String {
        match seen.last_seen {
            Some(at) => self.desk.f(known, &[&self.desk.time(at)]),
            None => self.t(unknown),
        }
    }

    /// Whether the display said that it has the programme with the release in it.
    fn received(&self, known: &KnownDisplay, seen: &Seen, arrival: Arrival) -> bool {
        let Some(status) = &seen.status else {
            return arrival.received_at.is_some();
        };
        let channels = self.channels();
        let has = |(name, position): &(ChannelName, u64)| {
            let needed = match self.journey {
                Some(journey) => Some(journey.position),
                None => self.heads.get(name).map(|head| head.position),
            };
            channels.contains(name)
                && known.display.setting.channels.contains(name)
                && needed.is_some_and(|needed| *position >= needed)
        };
        arrival.received_at.is_some() || status.heads.iter().any(has)
    }

    fn having_received(&self, on: &OnRelease, known: &KnownDisplay, seen: &Seen) -> (Sort, Word, String) {
        if self.desk.now < on.release.window.from {
            return (Sort::Ready, rw::READY, String::new());
        }
        if self.desk.state.blank.blank.on {
            return (Sort::Lacks, rw::BLANKED, self.t(rw::BLANKED_WHY));
        }
        if let Some(title) = self.before_it(on, known) {
            return (Sort::Coming, rw::DISPLACED, self.desk.f(rw::DISPLACED_BY, &[&title]));
        }
        match &seen.status {
            Some(status) if undrawable(status) => (Sort::Lacks, ow::CANNOT_DRAW, self.t(rw::CANNOT_DRAW_WHY)),
            Some(status) if status.state == ShownState::Dark => (Sort::Lacks, rw::DARK, self.t(rw::DARK_WHY)),
            _ => (Sort::Coming, rw::ITS_TURN, self.t(rw::ITS_TURN_WHY)),
        }
    }

    /// The title of what has the display's main zone to itself now, as of a higher priority.
    fn before_it(&self, on: &OnRelease, known: &KnownDisplay) -> Option<String> {
        let heads = known
            .display
            .setting
            .channels
            .iter()
            .filter_map(|name| self.heads.get(name));
        let items = heads.flat_map(|head| &head.items);
        let now = self.desk.now;
        let above = items.filter(|item| item.window.covers(now) && item.priority > on.release.priority);
        let first = above.max_by_key(|item| item.priority)?;
        let digest = self.desk.office.library.digest(&first.content);
        Some(
            digest
                .map(|digest| digest.title(self.desk.lang).to_owned())
                .unwrap_or_default(),
        )
    }

    fn on_its_way(&self, on: &OnRelease) -> (Sort, Word, String) {
        let since = self.journey.map_or(on.at, |journey| journey.released_at);
        match self.desk.now.since(since) > LATE_MS {
            true => (Sort::Lacks, rw::NOT_RECEIVED, self.t(ow::BEHIND_DO)),
            false => (Sort::Sent, w::ON_ITS_WAY, String::new()),
        }
    }
}

fn undrawable(status: &Status) -> bool {
    status.state == ShownState::Error
}

/// The answer to “does every screen show it”, in one sentence.
pub(crate) fn summary(desk: &Desk, rows: &[Carried]) -> String {
    let of = |sort: Sort| rows.iter().filter(|row| row.sort == sort).count();
    let all = rows.len() - of(Sort::Over);
    let number = |count: usize| count.to_string();
    let whole = |word: Word| desk.f(word, &[&number(all)]);
    match all {
        0 if rows.is_empty() => return desk.t(w::NOBODY_TUNED).to_owned(),
        0 => return desk.t(rw::ALL_OVER).to_owned(),
        _ if of(Sort::Shown) == all => return whole(rw::ALL_SHOWN),
        _ if of(Sort::Ready) == all => return whole(rw::ALL_READY),
        _ => {}
    }
    let parts = [
        (Sort::Shown, rw::N_SHOWN),
        (Sort::Unsure, rw::N_UNSURE),
        (Sort::Ready, rw::N_READY),
        (Sort::Sent, rw::N_SENT),
        (Sort::Coming, rw::N_COMING),
        (Sort::Lacks, rw::N_LACK),
    ];
    let said = parts.into_iter().filter(|(sort, _)| of(*sort) > 0);
    let said: Vec<String> = said.map(|(sort, word)| desk.f(word, &[&number(of(sort))])).collect();
    desk.f(rw::SUMMARY, &[&number(all), &said.join(desk.t(rw::CLAUSE))])
}

/// The same after a withdrawal: whether it is off every screen.
pub(crate) fn summary_of_leaving(desk: &Desk, rows: &[Carried]) -> String {
    let of = |sort: Sort| rows.iter().filter(|row| row.sort == sort).count();
    if of(Sort::Over) == rows.len() {
        return desk.f(lw::ALL_OFF, &[&rows.len().to_string()]);
    }
    let parts = [
        (Sort::Over, lw::N_OFF),
        (Sort::Unsure, lw::N_AWAY),
        (Sort::Lacks, lw::N_STILL),
    ];
    let said = parts.into_iter().filter(|(sort, _)| of(*sort) > 0);
    let said: Vec<String> = said
        .map(|(sort, word)| desk.f(word, &[&of(sort).to_string()]))
        .collect();
    desk.f(rw::SUMMARY, &[&rows.len().to_string(), &said.join(desk.t(rw::CLAUSE))])
}
