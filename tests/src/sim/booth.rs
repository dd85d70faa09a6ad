//! A display's machine: the real agent, a disk, two clocks, and an eye on the panel.

use super::Bug;
use super::belief::Belief;
use super::dice::Dice;
use super::disk::{Disk, Mood};
use super::office::{BEGINNING, HUB, HUB_ASTRAY_MS, PANEL, device_key, display, keys};
use super::record::Record;
use heliograph_domain::head::Item;
use heliograph_domain::{ContentHash, DisplayId, Document, Instant, SiteName, Turn};
use heliograph_player::agent::{Action, Agent, AgentConfig, Input, Showing, Shown};
use heliograph_player::replica::Change;
use heliograph_player::{Moment, Reckoning};
use heliograph_wire::{ContentPayload, KeyPair, OnAirReport, Reply, Topic};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// A machine's clock runs fast or slow by so much at most, in millionths.
const DRIFT_PPM: u64 = 40;
/// An answer to a question for the time counts for so long, in milliseconds.
const ANSWER_WITHIN_MS: u64 = 10_000;
/// A clock on the wall that is further behind what was signed was never set.
pub(super) const NEVER_SET_MS: u64 = 120_000;

/// What a machine wants of the world.
#[derive(Debug)]
pub(super) enum Wish {
    Subscribe(Vec<String>),
    Unsubscribe(Vec<String>),
    Publish(String, Vec<u8>),
    Fetch(ContentHash),
    Mail(Option<[u8; 16]>),
    /// The power went while something was being stored.
    PowerCut,
}

/// Between which times a display may think it is, and whether the hub has told it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) earliest: u64,
    pub(super) latest: u64,
    pub(super) told: bool,
    /// Whether its clock on the wall may be believed at all.
    pub(super) wall_may_be_right: bool,
}

/// A machine.
pub(super) struct Booth {
    pub(super) index: usize,
    pub(super) id: DisplayId,
    site: SiteName,
    agent: Option<Agent>,
    pub(super) disk: Disk,
    /// So many times it was turned on.
    pub(super) life: u32,
    booted_at: u64,
    /// How far its clock on the wall is from the right time.
    pub(super) astray_ms: i64,
    drift_ppm: i64,
    pub(super) showing: Option<Arc<Showing>>,
    on_air: Option<Option<ContentHash>>,
    /// The connection to the broker, by number.
    pub(super) session: Option<u64>,
    pub(super) filters: BTreeSet<String>,
    /// No network until then.
    pub(super) cut_off_until: u64,
    pub(super) belief: Belief,
    /// What is sure to be on the disk, unless the disk has failed since the start.
    durable: Belief,
    disk_failed: bool,
    pub(super) cut_power_at_next_store: bool,
    questions: VecDeque<([u8; 16], u64)>,
    /// The newest answer to a question, and when it came by the monotonic clock.
    answer: Option<(u64, u64)>,
    /// The bound that the disk kept.
    bound: u64,
    pub(super) positions: BTreeMap<String, u64>,
    bug: Option<Bug>,
    unasked: BTreeMap<ContentHash, Arc<Document>>,
    /// What was shown and is not on the disk, although the disk is sound.
    pub(super) hasty: Option<String>,
    pub(super) refused: bool,
    former: Option<Arc<Showing>>,
}

impl Booth {
    pub(super) fn new(index: usize, site: SiteName, dice: &mut Dice, bug: Option<Bug>) -> Self {
        let drift = dice.roll(2 * DRIFT_PPM + 1) as i64;
        Self {
            index,
            id: display(index),
            site,
            agent: None,
            disk: Disk::new(bug),
            life: 0,
            booted_at: 0,
            astray_ms: 0,
            drift_ppm: drift - DRIFT_PPM as i64,
            showing: None,
            on_air: None,
            session: None,
            filters: BTreeSet::new(),
            cut_off_until: 0,
            belief: Belief::default(),
            durable: Belief::default(),
            disk_failed: false,
            cut_power_at_next_store: false,
            questions: VecDeque::new(),
            answer: None,
            bound: 0,
            positions: BTreeMap::new(),
            bug,
            unasked: BTreeMap::new(),
            hasty: None,
            refused: false,
            former: None,
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.agent.is_some()
    }

    pub(super) fn moment(&self, t: u64) -> Moment {
        let passed = t - self.booted_at;
        let drift = i64::try_from(passed).unwrap_or(0) * self.drift_ppm / 1_000_000;
        Moment {
            wall: Instant((BEGINNING + t).saturating_add_signed(self.astray_ms)),
            monotonic_ms: passed.saturating_add_signed(drift),
        }
    }

    /// Turns it on. An error says what on its disk should not be there, or is not there any more.
    pub(super) fn boots(&mut self, t: u64, record: &Record, dice: &mut Dice) -> Result<Vec<Wish>, String> {
        let remembered = self.disk.load()?;
        let site = self.site.clone();
        let path = |topic: &Topic| topic.path(&site);
        let recalled = Belief::recalled(record, self.id, &remembered, &path)?;
        if self.life > 0 && !self.disk_failed {
            self.compares(record, &recalled)?;
        }
        self.bound = remembered.heard.trusted.0;
        (self.belief, self.durable) = (recalled.clone(), recalled);
        self.life += 1;
        self.booted_at = t;
        self.disk_failed = self.disk.mood != Mood::Honest;
        (self.on_air, self.session, self.answer) = (None, None, None);
        self.questions.clear();
        self.filters.clear();
        self.positions.clear();
        let me = AgentConfig {
            site: self.site.clone(),
            display: self.id,
            key: device_key(self.index),
            root: KeyPair::from_secret(keys(1).root).public(),
            hub: Some(HUB.to_owned()),
            boot_id: dice.bytes(),
            seed: dice.bytes(),
            panel: PANEL,
            sink: "simulated".to_owned(),
            live: None,
        };
        self.agent = Some(Agent::new(me, remembered, self.moment(t)));
        Ok(self.works(t))
    }

    /// Whether the disk kept what it took.
    fn compares(&self, record: &Record, recalled: &Belief) -> Result<(), String> {
        let own = &self.durable;
        let tuned = *own.tuning(record, self.id) == *recalled.tuning(record, self.id);
        if !tuned
            || (&own.heads, own.site, own.erased, own.epoch)
                != (&recalled.heads, recalled.site, recalled.erased, recalled.epoch)
        {
            let (own, found) = (own.brief(), recalled.brief());
            return Err(format!(
                "what was believed and stored is not on the disk: {own} became {found}"
            ));
        }
        let lower = |(path, kept): (&String, &(u32, u64))| recalled.kept.get(path).is_none_or(|found| found < kept);
        match own.kept.iter().find(|entry| lower(*entry)) {
            Some((path, kept)) => Err(format!(
                "{path}: {kept:?} was believed, and the disk knows {:?}",
                recalled.kept.get(path)
            )),
            None => Ok(()),
        }
    }

    /// Turns it off, in good order or not.
    pub(super) fn ends(&mut self, in_order: bool, dice: &mut Dice) -> Result<(), String> {
        self.agent = None;
        self.session = None;
        self.showing = None;
        if self.bug == Some(Bug::ShowsBeforeItStores) {
            return self.disk.lose_power(dice);
        }
        if in_order {
            self.disk.shut_down()
        } else {
            self.disk.lose_power(dice)
        }
    }

    pub(super) fn disk_becomes(&mut self, mood: Mood) {
        self.disk.mood = mood;
        self.disk_failed |= mood != Mood::Honest;
    }

    /// Something happens to it.
    pub(super) fn feels(&mut self, t: u64, input: Input) -> Vec<Wish> {
        let now = self.moment(t);
        if let Some(agent) = &mut self.agent {
            agent.handle(now, input);
        }
        self.works(t)
    }

    /// Content came that the broker brought.
    pub(super) fn notes(&mut self, hash: ContentHash, payload: &[u8]) {
        let object = ContentPayload::from_bytes(payload);
        if self.bug == Some(Bug::ShowsWhatCameUnasked)
            && let Ok(document) = object
                .map_err(drop)
                .and_then(|it| Document::from_bytes(&it.bytes).map_err(drop))
        {
            self.unasked.insert(hash, Arc::new(document));
        }
    }

    /// Does what the agent wants, until it wants nothing.
    fn works(&mut self, t: u64) -> Vec<Wish> {
        let mut wishes = Vec::new();
        loop {
            while let Some(action) = self.agent.as_mut().and_then(Agent::poll) {
                if let Err(cut) = self.performs(t, action, &mut wishes) {
                    wishes.push(cut);
                    return wishes;
                }
            }
            if !self.looks(t) {
                return wishes;
            }
        }
    }

    fn performs(&mut self, t: u64, action: Action, wishes: &mut Vec<Wish>) -> Result<(), Wish> {
        match action {
            Action::Store(changes) => {
                if std::mem::take(&mut self.cut_power_at_next_store) {
                    // All of it is there or nothing: the beginning of its number decides which.
                    if t.is_multiple_of(2) {
                        let _ = self.stores(&changes);
                    }
                    return Err(Wish::PowerCut);
                }
                let result = self.stores(&changes);
                let now = self.moment(t);
                if let Some(agent) = &mut self.agent {
                    agent.handle(now, Input::Stored(result));
                }
            }
            Action::Show(showing) => {
                if !self.disk_failed && !self.has_stored() {
                    let (own, stored) = (self.belief.brief(), self.durable.brief());
                    self.hasty = Some(format!("it shows {own} and has stored {stored}"));
                }
                self.showing = Some(self.wrapped(showing, t));
            }
            Action::Publish { topic, payload, .. } => {
                if let Some(nonce) = question(&payload, &topic) {
                    self.asks(nonce, t);
                }
                wishes.push(Wish::Publish(topic, payload));
            }
            Action::Subscribe(filters) => wishes.push(Wish::Subscribe(filters)),
            Action::Unsubscribe(filters) => wishes.push(Wish::Unsubscribe(filters)),
            Action::Fetch { hash, .. } => wishes.push(Wish::Fetch(hash)),
            Action::Mail { nonce, .. } => {
                if let Some(nonce) = nonce {
                    self.asks(nonce, t);
                }
                wishes.push(Wish::Mail(nonce));
            }
            Action::Report(_) => self.refused = true,
        }
        Ok(())
    }

    /// What is on a disk that takes things again is all that is believed: what it refused before is stored with the rest.
    fn stores(&mut self, changes: &[Change]) -> Result<(), String> {
        self.disk.apply(changes)?;
        self.durable = self.belief.clone();
        self.disk_failed &= self.disk.mood != Mood::Honest;
        Ok(())
    }

    /// Whether everything that is believed is on the disk.
    pub(super) fn has_stored(&self) -> bool {
        self.belief.is_in(&self.durable)
    }

    /// A display with a bug, for the controls: the agent says what to show, and something else is shown.
    fn wrapped(&mut self, showing: Arc<Showing>, t: u64) -> Arc<Showing> {
        let mut shown = Showing::clone(&showing);
        match self.bug {
            Some(Bug::ShowsWhatCameUnasked) => {
                let mut programme = (*shown.programme).clone();
                let documents = Arc::make_mut(&mut shown.documents);
                for (n, (hash, document)) in self.unasked.iter().enumerate() {
                    documents.insert(*hash, Arc::clone(document));
                    let id = format!("019a0000-0000-7000-a000-{n:012x}").parse().unwrap();
                    programme
                        .items
                        .push(Item::alone(id, *hash, heliograph_domain::Kind::Notice));
                }
                shown.programme = Arc::new(programme);
            }
            Some(Bug::TrustsItsClock) => {
                let now = self.moment(t);
                shown.time = Reckoning {
                    at: now.wall,
                    monotonic_ms: now.monotonic_ms,
                };
                shown.time_known = true;
            }
            Some(Bug::GoesDarkWhenAttacked) => shown.blanked |= self.refused,
            Some(Bug::IgnoresTheBlank) => shown.blanked = false,
            Some(Bug::KeepsWhatWasErased) => {
                if let Some(former) = &self.former {
                    let mut programme = (*shown.programme).clone();
                    let known: BTreeSet<_> = programme.items.iter().map(|item| item.publication).collect();
                    let more = former
                        .programme
                        .items
                        .iter()
                        .filter(|item| !known.contains(&item.publication));
                    programme.items.extend(more.cloned());
                    shown.programme = Arc::new(programme);
                    let mut documents = (*former.documents).clone();
                    documents.extend(
                        shown
                            .documents
                            .iter()
                            .map(|(hash, document)| (*hash, Arc::clone(document))),
                    );
                    shown.documents = Arc::new(documents);
                }
                self.former = Some(Arc::new(shown.clone()));
            }
            _ => return showing,
        }
        Arc::new(shown)
    }

    /// The play loop's part: tells the agent what came on air. True when that was news.
    fn looks(&mut self, t: u64) -> bool {
        let Some(showing) = self.showing.clone() else {
            return false;
        };
        let now = self.moment(t);
        let at = showing.site_time(now.monotonic_ms);
        let main = showing.airing(&|item| turn(&showing, item), at).main;
        let content = main.map(|on| on.item.content);
        if self.on_air == Some(content) {
            return false;
        }
        self.on_air = Some(content);
        let on_air = main.map(|on| OnAirReport {
            publication: on.item.publication,
            content: on.item.content,
            page: on.page,
            pages: on.pages,
            since: on.page_since,
        });
        let stale = showing.stale(at);
        if let Some(agent) = &mut self.agent {
            agent.handle(now, Input::Shown(Shown { on_air, stale, at }));
        }
        true
    }

    fn asks(&mut self, nonce: [u8; 16], t: u64) {
        let now_ms = self.moment(t).monotonic_ms;
        self.questions.retain(|(_, asked)| now_ms - asked <= ANSWER_WITHIN_MS);
        self.questions.push_back((nonce, now_ms));
        // No display has more open than this.
        if self.questions.len() > 8 {
            self.questions.pop_front();
        }
    }

    /// An answer of the hub came: whether it counts.
    pub(super) fn is_answered(&self, nonce: &[u8; 16], t: u64) -> bool {
        let now_ms = self.moment(t).monotonic_ms;
        let open = |(known, asked): &([u8; 16], u64)| known == nonce && now_ms - asked <= ANSWER_WITHIN_MS;
        self.questions.iter().any(open)
    }

    pub(super) fn answered(&mut self, nonce: &[u8; 16], time: u64, t: u64) {
        if self.is_answered(nonce, t) {
            self.questions.retain(|(known, _)| known != nonce);
            self.answer = Some((time, self.moment(t).monotonic_ms));
            self.belief.heard = time;
        }
    }

    /// Between which times it may think it is now.
    pub(super) fn span(&self, t: u64) -> Span {
        let (right, now) = (BEGINNING + t, self.moment(t));
        if let Some((time, at_ms)) = self.answer {
            let here = time + (now.monotonic_ms - at_ms);
            return Span {
                earliest: here.min(right),
                latest: here.max(right) + 2 * HUB_ASTRAY_MS,
                told: true,
                wall_may_be_right: true,
            };
        }
        // What the disk kept has moved on since, by a clock that may be slow.
        let bound = self.bound + now.monotonic_ms / 50 * 49;
        let here = now.wall.0.max(bound);
        Span {
            earliest: here.min(right),
            latest: here.max(right) + 2 * HUB_ASTRAY_MS,
            told: false,
            wall_may_be_right: self.bound == 0 || now.wall.0 + NEVER_SET_MS >= bound,
        }
    }
}

/// How long each text takes; nothing when it is not here.
pub(super) fn turn(showing: &Showing, item: &Item) -> Option<Turn> {
    let here = showing.documents.contains_key(&item.content);
    here.then_some(Turn {
        pages: 1,
        dwell_ms: 10_000,
    })
}

fn question(payload: &[u8], path: &str) -> Option<[u8; 16]> {
    let reply = path
        .ends_with("/reply")
        .then(|| Reply::from_bytes(super::record::body_of(payload)))?;
    match reply {
        Ok(Reply::AskTime { nonce }) => Some(nonce),
        _ => None,
    }
}
