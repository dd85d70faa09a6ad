//! One search over everything that somebody may see: publications in every text, drafts, the catalogue, displays, channels, staff
//! and the record. A substring scan over what is at hand: an office has thousands of texts, not millions, and an index
//! would only be more to keep right. Who may not see a thing is not told of it, and it is not counted.

use crate::digest::{self, Needle};
use crate::drafts;
use crate::http::call::Caller;
use crate::http::problem::Problem;
use crate::http::shape;
use crate::library::Library;
use crate::office::Office;
use crate::state::{Dossier, State};
use crate::{audit, directory};
use heliograph_domain::order::{place, place_of_person};
use heliograph_domain::search::{folded, names};
use heliograph_domain::staff::Verb;
use heliograph_domain::{CatalogueEntryId, DisplayId, Lang, LocalText, PublicationId, StaffId};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// So many of each kind are shown.
pub(crate) const SHOWN: usize = 20;
/// The longest search, in characters.
const LONGEST: usize = 100;
/// So much of an id or hash must be typed before it is one.
const ID_CHARS: usize = 6;

/// A thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Where it is in the admin.
    pub(crate) href: String,
    /// Its name for ever.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) title: String,
    /// What stands around the words, where it is not the title.
    pub(crate) around: Option<String>,
    /// Whether the words are in a text that another took the place of.
    pub(crate) older: bool,
}

/// Things of one kind: the best first, and how many there are.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) all: usize,
    pub(crate) hits: Vec<Hit>,
}

impl Group {
    fn take(&mut self, hit: impl FnOnce() -> Hit) {
        self.all += 1;
        if self.hits.len() < SHOWN {
            self.hits.push(hit());
        }
    }
}

/// What was found, kind by kind.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) publications: Group,
    pub(crate) drafts: Group,
    pub(crate) entries: Group,
    pub(crate) displays: Group,
    pub(crate) channels: Group,
    pub(crate) staff: Group,
    pub(crate) records: Group,
}

impl Found {
    /// Every group with its name in the API.
    pub(crate) fn groups(&self) -> [(&'static str, &Group); 7] {
        [
            ("publications", &self.publications),
            ("drafts", &self.drafts),
            ("catalogue", &self.entries),
            ("displays", &self.displays),
            ("channels", &self.channels),
            ("staff", &self.staff),
            ("audit", &self.records),
        ]
    }

    /// How many things there are.
    pub(crate) fn all(&self) -> usize {
        self.groups().iter().map(|(_, group)| group.all).sum()
    }
}

/// A search, and who asks.
struct Search<'s> {
    office: &'s Office,
    caller: &'s Caller,
    state: Arc<State>,
    lang: Lang,
    words: String,
    /// Catalogue entries whose index number the words are.
    numbered: BTreeSet<CatalogueEntryId>,
}

/// Finds. Reads the disk for what is not at hand: call it where waiting is allowed.
///
/// # Errors
/// When the caller may not read, or the log cannot be read.
pub(crate) fn find(office: &Office, caller: &Caller, words: &str, lang: Lang) -> Result<Found, Problem> {
    caller.may(office, Verb::Read)?;
    let words = folded(&words.chars().take(LONGEST).collect::<String>());
    if words.is_empty() {
        return Ok(Found::default());
    }
    let state = office.state_for(&caller.staff);
    let entries = state.catalogue.entries.values();
    let numbered = entries
        .filter(|entry| folded(&entry.index_number) == words)
        .map(|entry| entry.id.clone());
    let search = Search {
        office,
        caller,
        numbered: numbered.collect(),
        state: Arc::clone(&state),
        lang,
        words,
    };
    Ok(Found {
        publications: search.publications(),
        drafts: search.drafts()?,
        entries: search.entries(),
        displays: search.displays(),
        channels: search.channels(),
        staff: search.staff()?,
        records: search.records()?,
    })
}

impl Search<'_> {
    fn library(&self) -> &Library {
        &self.office.library
    }

    fn has(&self, text: &str) -> bool {
        folded(text).contains(&self.words)
    }

    /// Whether a name has the words, or they are its first letters.
    fn any(&self, text: &LocalText) -> bool {
        text.0.values().any(|text| names(text, &self.words))
    }

    /// What is said beneath a name: the name in another language first, where that has the words and the one that is
    /// shown has not.
    fn beneath(&self, name: &LocalText, said: &str) -> Option<String> {
        let shown = self.has(name.get(self.lang));
        let other = name.0.values().find(|other| !shown && self.has(other));
        Some(other.map_or_else(|| said.to_owned(), |other| format!("{other} · {said}")))
    }

    /// Whether the words are the beginning of an id or a hash.
    fn begins(&self, id: &str) -> bool {
        could_be_id(&self.words) && id.starts_with(&self.words)
    }

    /// Those whose title has the words come before those whose text does; each the newest first.
    fn publications(&self) -> Group {
        let (mut group, mut texts, needle) = (Group::default(), Vec::new(), Needle::new(&self.words));
        for (id, dossier) in self.state.publications.iter().rev() {
            match self.in_dossier(&needle, *id, dossier) {
                Some(Place::Title { other }) => group.take(|| self.publication(*id, dossier, other, false)),
                Some(Place::Text { around, older }) => texts.push((*id, dossier, around, older)),
                None => {}
            }
        }
        for (id, dossier, around, older) in texts {
            group.take(|| self.publication(id, dossier, around, older));
        }
        group
    }

    fn in_dossier(&self, needle: &Needle<'_>, id: PublicationId, dossier: &Dossier) -> Option<Place> {
        let publication = &dossier.publication;
        let pending = publication.pending.as_ref().map(|pending| pending.content);
        let released = publication.released.as_ref().map(|on| on.release.content);
        let texts = dossier.texts();
        let last = texts.last().copied();
        let stand = [pending, released, last.filter(|_| pending.or(released).is_none())];
        for hash in stand.iter().flatten() {
            let Some(digest) = self.library().digest(hash) else {
                continue;
            };
            if digest.titled(needle) {
                let other = digest.other_title(&self.words, self.lang);
                return Some(Place::Title { other });
            }
            if digest.has(needle) {
                return Some(Place::Text {
                    around: digest.around(&self.words),
                    older: false,
                });
            }
        }
        if self.numbered.contains(&publication.catalogue_entry) {
            return Some(Place::Title { other: None });
        }
        if could_be_id(&self.words) {
            let hashes = texts.iter().any(|hash| hash.to_string().starts_with(&self.words));
            if hashes || id.to_string().starts_with(&self.words) {
                return Some(Place::Title { other: None });
            }
        }
        let older = texts.iter().rev().filter(|hash| !stand.contains(&Some(**hash)));
        older
            .filter_map(|hash| self.library().digest(hash))
            .find(|digest| digest.has(needle))
            .map(|digest| Place::Text {
                around: digest.around(&self.words),
                older: true,
            })
    }

    fn publication(&self, id: PublicationId, dossier: &Dossier, around: Option<String>, older: bool) -> Hit {
        let publication = &dossier.publication;
        let known = publication.pending.is_some() || publication.released.is_some();
        let last = dossier
            .last_text()
            .filter(|_| !known)
            .and_then(|hash| self.library().digest(&hash));
        let title = match last {
            Some(digest) => digest.title(self.lang).to_owned(),
            None => shape::title(self.office, publication, self.lang),
        };
        Hit {
            href: format!("/admin/publications/{id}"),
            id: id.to_string(),
            title,
            around,
            older,
        }
    }

    /// One's own drafts, those that are shared with one, and those that wait for the caller to let them past the gate.
    fn drafts(&self) -> Result<Group, Problem> {
        let mut group = Group::default();
        let (writes, reviews) = (self.may(Verb::Draft), self.may(Verb::Review));
        if !writes && !reviews {
            return Ok(group);
        }
        let mut all = drafts::all(&*self.office.log).map_err(Problem::internal)?;
        all.sort_by_key(|draft| std::cmp::Reverse(draft.updated_at));
        for draft in all {
            let own = writes && draft.is_open_to(&self.caller.staff);
            let referred = reviews && draft.is_referred() && !draft.is_open_to(&self.caller.staff);
            if !(own || referred) {
                continue;
            }
            let found = crate::gate::of_draft(&draft).into_iter().find(|it| self.has(&it.text));
            if found.is_none() && !self.begins(&draft.id.to_string()) {
                continue;
            }
            let title = title_of(&draft, self.lang);
            let place = if own { "write" } else { "referrals" };
            let around = found.filter(|_| !self.has(&title));
            group.take(|| Hit {
                around: around.and_then(|it| digest::around(&folded(&it.text), &self.words)),
                ..plain(format!("/admin/{place}/{}", draft.id), draft.id.to_string(), title)
            });
        }
        Ok(group)
    }

    fn may(&self, verb: Verb) -> bool {
        self.caller.may(self.office, verb).is_ok()
    }

    fn entries(&self) -> Group {
        let mut group = Group::default();
        for (id, entry) in &self.state.catalogue.entries {
            let text = self.library().entry_text(&entry.text);
            let named = text
                .as_ref()
                .is_some_and(|text| self.any(&text.name) || self.any(&text.summary));
            if named || self.has(&entry.index_number) || id.as_str().contains(&self.words) {
                let name = text
                    .as_ref()
                    .map(|text| text.name.get(self.lang).to_owned())
                    .unwrap_or_default();
                let beneath = text.and_then(|text| self.beneath(&text.name, &entry.index_number));
                group.take(|| Hit {
                    around: beneath.or_else(|| Some(entry.index_number.clone())),
                    ..plain(entry_place(id), id.to_string(), name)
                });
            }
        }
        group
    }

    fn displays(&self) -> Group {
        let mut group = Group::default();
        let mut displays: Vec<_> = self.state.displays.iter().collect();
        displays.sort_by_cached_key(|(_, known)| place(known.display.setting.name.get(self.lang)));
        for (id, known) in displays {
            let setting = &known.display.setting;
            if self.any(&setting.name) || self.any(&setting.location) || self.begins(&id.to_string()) {
                group.take(|| Hit {
                    around: self.beneath(&setting.name, setting.location.get(self.lang)),
                    ..plain(
                        display_place(*id),
                        id.to_string(),
                        setting.name.get(self.lang).to_owned(),
                    )
                });
            }
        }
        group
    }

    fn channels(&self) -> Group {
        let mut group = Group::default();
        let mut channels: Vec<_> = self.state.channels.titles.iter().collect();
        channels.sort_by_cached_key(|(_, title)| place(title.get(self.lang)));
        for (name, title) in channels {
            if self.any(title) || name.as_str().contains(&self.words) {
                group.take(|| Hit {
                    around: self.beneath(title, name.as_str()),
                    ..plain(
                        "/admin/channels".to_owned(),
                        name.to_string(),
                        title.get(self.lang).to_owned(),
                    )
                });
            }
        }
        group
    }

    fn staff(&self) -> Result<Group, Problem> {
        let mut found = Vec::new();
        for id in self.state.staff.people.keys() {
            let listing = directory::find(&*self.office.log, id).map_err(Problem::internal)?;
            let named = listing.as_ref().is_some_and(|listing| self.any(&listing.name));
            if named || id.as_str().contains(&self.words) {
                let name = listing.as_ref().map(|listing| listing.name.get(self.lang).to_owned());
                let beneath = listing.and_then(|listing| self.beneath(&listing.name, id.as_str()));
                found.push((id, name.filter(|name| !name.is_empty()), beneath));
            }
        }
        found.sort_by_cached_key(|(_, name, _)| name.as_deref().map(place_of_person));
        let mut group = Group::default();
        for (id, name, beneath) in found {
            group.take(|| Hit {
                around: beneath.or_else(|| Some(id.to_string())),
                ..person(id, name)
            });
        }
        Ok(group)
    }

    /// A record by its position, for whoever may read the trail.
    fn records(&self) -> Result<Group, Problem> {
        let mut group = Group::default();
        let position = self.words.trim_start_matches('#').parse::<u64>().ok();
        if let Some(position) = position.filter(|_| self.may(Verb::Audit))
            && audit::has(self.office, position)?
        {
            let entry = audit::entry(self.office, position)?;
            let said =
                audit::sentence::Voice::for_reader(self.office, &self.caller.staff, self.lang).sentence(&entry.event);
            group.take(|| plain(format!("/admin/audit?q=%23{position}"), position.to_string(), said));
        }
        Ok(group)
    }
}

/// Whether words could be the beginning of an id or a hash.
pub(crate) fn could_be_id(words: &str) -> bool {
    let digit = |byte: u8| byte == b'-' || (byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase());
    words.len() >= ID_CHARS && words.bytes().all(digit)
}

/// Where in a publication the words stand.
enum Place {
    /// In a title; in which other one, where it is not the title that the reader sees.
    Title {
        other: Option<String>,
    },
    Text {
        around: Option<String>,
        older: bool,
    },
}

fn plain(href: String, id: String, title: String) -> Hit {
    Hit {
        href,
        id,
        title,
        around: None,
        older: false,
    }
}

fn entry_place(id: &CatalogueEntryId) -> String {
    format!("/admin/catalogue/entries/{id}")
}

fn display_place(id: DisplayId) -> String {
    format!("/admin/displays/{id}")
}

fn person(id: &StaffId, name: Option<String>) -> Hit {
    plain(
        "/admin/staff".to_owned(),
        id.to_string(),
        name.unwrap_or_else(|| id.to_string()),
    )
}

/// What a draft is called so far.
fn title_of(draft: &drafts::Draft, lang: Lang) -> String {
    let of = |lang: Lang| draft.content[lang.tag()]["title"].as_str().map(str::to_owned);
    of(lang)
        .or_else(|| of(Lang::ZhHans))
        .unwrap_or_else(|| draft.kind.label(lang).to_owned())
}

/// Makes the texts of every publication and the record in brief, before somebody asks; until told to stop.
pub(crate) fn warm(office: &Office, stopping: &AtomicBool) {
    let state = office.state();
    for dossier in state.publications.values() {
        if stopping.load(Ordering::Relaxed) {
            return;
        }
        for hash in dossier.texts() {
            let _ = office.library.digest(&hash);
        }
    }
    if let Err(problem) = audit::actors(office) {
        tracing::warn!(
            problem = problem.title.en,
            "the record could not be read in brief before somebody asks"
        );
    }
}
