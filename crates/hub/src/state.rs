//! What the log says now: plain structs folded from its records, read without locking.

use crate::interventions::Interventions;
use crate::readers;
use heliograph_domain::catalogue::Catalogue;
use heliograph_domain::channel::Channels;
use heliograph_domain::display::{Display, DisplayEvent};
use heliograph_domain::event::EventError;
use heliograph_domain::gate::{GateEvent, OwnCounts, RulesVersion};
use heliograph_domain::head::Heads;
use heliograph_domain::ledger::LedgerEvent;
use heliograph_domain::publication::{Publication, PublicationEvent};
use heliograph_domain::site::{Blank, SiteEvent};
use heliograph_domain::staff::Staff;
use heliograph_domain::working_days::WorkCalendar;
use heliograph_domain::{
    ChannelHead, ChannelName, ContentHash, DisplayId, Event, Instant, Lang, Programme, PublicationId, SiteName, StaffId,
};
use heliograph_log::{Record, TreeHead};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A publication with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    /// As its facts tell it.
    pub publication: Publication,
    /// Who did what when, oldest first.
    pub history: Vec<Step>,
    /// Position of its last record.
    pub position: u64,
    /// How many records its stream has.
    pub revision: u64,
    /// Whether it has a text that never was public: not everybody may read that.
    pub(crate) unreleased: bool,
}

impl Dossier {
    /// Everything in the content store that its records name and that is not erased: texts, and reasons given.
    #[must_use]
    pub fn contents(&self) -> Vec<ContentHash> {
        let mut contents = BTreeSet::new();
        for step in &self.history {
            match &step.event {
                PublicationEvent::Submitted { content, .. } => drop(contents.insert(*content)),
                PublicationEvent::Rejected { reason, .. }
                | PublicationEvent::WithdrawalExplained { reason, .. }
                | PublicationEvent::GateOverridden { reason, .. } => {
                    contents.insert(*reason);
                }
                PublicationEvent::Withdrawn { reason, .. } => contents.extend(*reason),
                PublicationEvent::ContentErased { contents: erased, .. } => {
                    contents.retain(|hash| !erased.contains(hash));
                }
                _ => {}
            }
        }
        contents.into_iter().collect()
    }

    /// Every text that was handed in, oldest first, erased or not.
    #[must_use]
    pub fn texts(&self) -> Vec<ContentHash> {
        let handed_in = self.history.iter().filter_map(|step| match &step.event {
            PublicationEvent::Submitted { content, .. } => Some(*content),
            _ => None,
        });
        handed_in.collect()
    }

    /// The text that was public last, or was handed in last if none was.
    #[must_use]
    pub fn last_text(&self) -> Option<ContentHash> {
        let public = self.history.iter().rev().find_map(|step| match &step.event {
            PublicationEvent::Released(release) => Some(release.content),
            PublicationEvent::Amended { content, .. } => Some(*content),
            _ => None,
        });
        public.or_else(|| {
            self.history.iter().rev().find_map(|step| match &step.event {
                PublicationEvent::Submitted { content, .. } => Some(*content),
                _ => None,
            })
        })
    }
}

/// One line of a publication's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: StaffId,
    /// What.
    pub event: PublicationEvent,
}

/// A display with the position of its last record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDisplay {
    /// As its facts tell it.
    pub display: Display,
    /// Position of its last record.
    pub position: u64,
    /// When that was.
    pub at: Instant,
    /// How its last machine was shut out; nothing while a machine may speak for it.
    pub revocation: Option<Arc<Revocation>>,
}

/// How the machine of a display was shut out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// When.
    pub at: Instant,
    /// Who did it, an id of the staff.
    pub by: String,
    /// Why, if they said.
    pub reason: Option<String>,
}

/// The site as its facts tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSite {
    /// Its name.
    pub site: SiteName,
    /// Its profile, in the content store.
    pub profile: ContentHash,
    /// Position of its last record.
    pub position: u64,
    /// When that was.
    pub at: Instant,
}

/// Whether every display is blanked, as the facts tell it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KnownBlank {
    /// Whether they are.
    pub blank: Blank,
    /// Position of the last record that changed it; 0: none did.
    pub position: u64,
    /// When that was.
    pub at: Instant,
}

/// The rules of the confidentiality gate as the facts tell them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRules {
    /// Which.
    pub rules: RulesVersion,
    /// How many words the office's own list has.
    pub own: OwnCounts,
    /// Since when.
    pub at: Instant,
}

/// An object of content that was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// The object.
    pub content: ContentHash,
    /// When.
    pub at: Instant,
    /// Position of the record.
    pub position: u64,
}

/// Everything the log says, as of a position.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Position of the last record folded.
    pub position: u64,
    /// When it was recorded.
    pub at: Instant,
    /// Publications.
    pub publications: BTreeMap<PublicationId, Arc<Dossier>>,
    /// The catalogue.
    pub catalogue: Arc<Catalogue>,
    /// The days that the office works.
    pub calendar: Arc<WorkCalendar>,
    /// The rules of the confidentiality gate, once the log says something of them.
    pub rules: Option<KnownRules>,
    /// Channels.
    pub channels: Arc<Channels>,
    /// Displays. Shared, since a site has thousands and every release makes a new state.
    pub displays: Arc<BTreeMap<DisplayId, Arc<KnownDisplay>>>,
    /// Staff.
    pub staff: Arc<Staff>,
    /// What others did to whose account, until its owner has chosen a password of their own.
    pub interventions: Arc<Interventions>,
    /// The site, once it has a profile.
    pub site: Option<KnownSite>,
    /// Whether every display is blanked.
    pub blank: KnownBlank,
    /// What was erased, oldest first.
    pub erased: Arc<Vec<Erased>>,
    /// How far the public ledger is sealed.
    pub ledger: Option<TreeHead>,
    heads: Arc<Heads>,
    /// Of streams that are not a publication's.
    revisions: Arc<HashMap<String, u64>>,
}

/// The event that a record of the log is.
///
/// # Errors
/// When the record is not an event that this program knows.
pub fn event_of(record: &Record) -> Result<Event, EventError> {
    let (stream, kind) = (record.stream.as_str(), record.kind.as_str());
    Event::from_record(stream, kind, record.version, &record.body)
}

/// What a record changed, for those who must act on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Channels whose heads changed.
    pub channels: BTreeSet<ChannelName>,
    /// Displays whose configuration changed.
    pub displays: BTreeSet<DisplayId>,
    /// Whether the site's profile changed.
    pub site: bool,
    /// Whether every display was blanked, or came back.
    pub blank: bool,
    /// What was erased.
    pub erased: Vec<ContentHash>,
}

impl State {
    /// Takes one record.
    ///
    /// # Errors
    /// When the record is not an event that this program knows.
    pub fn apply(&mut self, record: &Record) -> Result<Changed, EventError> {
        let event = event_of(record)?;
        let (position, at) = (record.position.0, Instant(record.recorded_at.0));
        self.position = position;
        self.at = at;
        if !matches!(event, Event::Publication(..)) {
            self.at_revision(record.stream.as_str(), record.revision.0);
        }
        let mut changed = Changed {
            channels: Arc::make_mut(&mut self.heads)
                .apply(position, at, &event)
                .into_iter()
                .collect(),
            ..Changed::default()
        };
        match event {
            Event::Publication(id, event) => {
                if let PublicationEvent::ContentErased { contents, .. } = &event {
                    self.erase(contents);
                    changed.erased.clone_from(contents);
                }
                self.publication(id, event, record);
            }
            Event::Catalogue(event) => Arc::make_mut(&mut self.catalogue).evolve(at, &event),
            Event::Calendar(event) => Arc::make_mut(&mut self.calendar).evolve(&event),
            Event::Gate(GateEvent::RulesSet { rules, own }) => self.rules = Some(KnownRules { rules, own, at }),
            // It follows the fact that it is about, and changes nothing.
            Event::Gate(GateEvent::WordsConfirmed { .. }) => {}
            Event::Channel(event) => Arc::make_mut(&mut self.channels).evolve(&event),
            Event::Staff(event) => {
                Arc::make_mut(&mut self.interventions).evolve(position, at, &event);
                Arc::make_mut(&mut self.staff).evolve(&event);
            }
            Event::Display(id, event) => {
                self.display(id, &event, record);
                changed.displays.insert(id);
            }
            Event::Ledger(LedgerEvent::Sealed { size, root }) => self.ledger = Some(TreeHead { size, root }),
            Event::Site(SiteEvent::ProfileSet { site, profile }) => {
                self.site = Some(KnownSite {
                    site,
                    profile,
                    position,
                    at,
                });
                changed.site = true;
            }
            Event::Site(event @ (SiteEvent::Blanked | SiteEvent::Unblanked)) => {
                let blank = self.blank.blank.evolve(&event);
                self.blank = KnownBlank { blank, position, at };
                changed.blank = true;
            }
        }
        Ok(changed)
    }

    fn erase(&mut self, contents: &[ContentHash]) {
        let (at, position) = (self.at, self.position);
        let erased = contents.iter().map(|content| Erased {
            content: *content,
            at,
            position,
        });
        Arc::make_mut(&mut self.erased).extend(erased);
    }

    fn display(&mut self, id: DisplayId, event: &DisplayEvent, record: &Record) {
        let (position, at) = (record.position.0, self.at);
        let displays = Arc::make_mut(&mut self.displays);
        let known = displays.remove(&id);
        let before = known.as_ref().and_then(|known| known.revocation.clone());
        let Some(display) = Display::evolve(known.map(|known| known.display.clone()), id, event) else {
            return;
        };
        let shut_out = |reason: Option<&String>| {
            let (by, reason) = (record.actor.as_str().to_owned(), reason.cloned());
            Some(Arc::new(Revocation { at, by, reason }))
        };
        let revocation = match event {
            DisplayEvent::CredentialRevoked => shut_out(None),
            DisplayEvent::CredentialRevokedFor { reason } => shut_out(Some(reason)),
            _ if display.revoked => before,
            _ => None,
        };
        let known = KnownDisplay {
            display,
            position,
            at,
            revocation,
        };
        displays.insert(id, Arc::new(known));
    }

    fn publication(&mut self, id: PublicationId, event: PublicationEvent, record: &Record) {
        let (position, revision, at) = (record.position.0, record.revision.0, self.at);
        let step = |event: PublicationEvent| Step {
            at,
            by: event.by().clone(),
            event,
        };
        if let Some(known) = self.publications.get_mut(&id) {
            let dossier = Arc::make_mut(known);
            dossier.publication.evolve(at, &event);
            dossier.history.push(step(event));
            (dossier.position, dossier.revision) = (position, revision);
            dossier.unreleased = readers::has_unreleased(&dossier.history);
        } else if let Some(publication) = heliograph_domain::publication::evolve(None, at, &event) {
            // Most lives are submitted, reviewed, approved, released, and little more.
            let mut history = Vec::with_capacity(5);
            history.push(step(event));
            let dossier = Dossier {
                publication,
                history,
                position,
                revision,
                unreleased: true,
            };
            self.publications.insert(id, Arc::new(dossier));
        }
    }

    fn at_revision(&mut self, stream: &str, revision: u64) {
        let revisions = Arc::make_mut(&mut self.revisions);
        match revisions.get_mut(stream) {
            Some(known) => *known = revision,
            None => drop(revisions.insert(stream.to_owned(), revision)),
        }
    }

    /// The rules of the confidentiality gate that are in force: the program's own until the log says something of them.
    #[must_use]
    pub fn rules(&self) -> RulesVersion {
        self.rules
            .as_ref()
            .map_or_else(RulesVersion::of_program, |known| known.rules)
    }

    /// The revision of a stream: how many records it has.
    #[must_use]
    pub fn revision(&self, stream: &str) -> u64 {
        // Most streams are publications', and their dossiers know; no second map of a hundred thousand names is kept.
        let publication = stream.strip_prefix("publication-").and_then(|id| id.parse().ok());
        match publication.map(|id| self.publications.get(&id)) {
            Some(dossier) => dossier.map_or(0, |dossier| dossier.revision),
            None => self.revisions.get(stream).copied().unwrap_or(0),
        }
    }

    /// The names of all channels.
    #[must_use]
    pub fn channel_names(&self) -> BTreeSet<ChannelName> {
        self.channels.titles.keys().cloned().collect()
    }

    /// The head of a channel.
    #[must_use]
    pub fn head(&self, channel: &ChannelName) -> Option<ChannelHead> {
        self.heads.head(channel)
    }

    /// The heads of all channels.
    pub fn heads(&self) -> impl Iterator<Item = ChannelHead> + '_ {
        self.heads.channels().filter_map(|channel| self.heads.head(channel))
    }

    /// What a display plays.
    #[must_use]
    pub fn programme(&self, display: &Display) -> Programme {
        let heads: Vec<ChannelHead> = display.setting.channels.iter().filter_map(|c| self.head(c)).collect();
        Programme::merge(&heads)
    }

    /// Displays that hang somewhere.
    pub fn live_displays(&self) -> impl Iterator<Item = &Arc<KnownDisplay>> {
        self.displays.values().filter(|known| !known.display.retired)
    }

    /// A hash over everything folded: replaying twice gives the same.
    #[must_use]
    pub fn digest(&self) -> String {
        use sha2::{Digest, Sha256};
        let revisions: BTreeMap<_, _> = self.revisions.iter().collect();
        let heads: Vec<ChannelHead> = self.heads().collect();
        let everything = format!(
            "{} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            self.position,
            self.publications,
            self.catalogue,
            self.calendar,
            self.rules,
            self.channels,
            self.displays,
            self.staff,
            self.interventions,
            self.site,
            self.blank,
            self.erased,
            self.ledger,
            heads,
            revisions
        );
        heliograph_log::hex::encode(&Sha256::digest(everything.as_bytes()))
    }
}

/// Whether a display hangs somewhere, and hears one of these channels.
pub(crate) fn hangs_and_hears(known: &KnownDisplay, channels: &[ChannelName]) -> bool {
    !known.display.retired && known.display.setting.channels.iter().any(|c| channels.contains(c))
}

/// The language a person reads: Chinese unless they chose English.
#[must_use]
pub(crate) fn interface_lang(tag: &str) -> Option<Lang> {
    Lang::from_tag(tag.split(['-', ',', ';']).next().unwrap_or(tag))
        .filter(|lang| matches!(lang, Lang::ZhHans | Lang::En))
}
