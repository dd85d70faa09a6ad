//! Where a publication stands, in the same words on every page: what the public sees of it, and what a text on its way
//! waits for, and for whom.

use super::duties::{self, Step, Verdict};
use super::layout::{Desk, tag};
use super::words::states as sw;
use super::words::{self as w, Word};
use heliograph_domain::publication::{Pending, Publication, Stage};
use heliograph_domain::{CatalogueEntryId, Instant, StaffId};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// One word about a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Waits for the confidentiality review.
    ToReview,
    /// Waits for a countersignature.
    ToCountersign,
    /// Waits for approval.
    ToApprove,
    /// Waits for its release.
    ToRelease,
    /// Waits to take the place of what is on release.
    ToAmend,
    /// With its author again.
    Returned,
    /// Released, and shown from this instant on.
    Scheduled(Instant),
    /// On release now.
    OnRelease,
    /// Its time is over.
    Expired,
    /// Taken from every display.
    Withdrawn,
    /// Its texts are gone.
    Erased,
}

/// What a list can be narrowed to, in the order of the workflow.
pub(crate) const CHOICES: [State; 10] = [
    State::ToReview,
    State::ToCountersign,
    State::ToApprove,
    State::ToRelease,
    State::Returned,
    State::Scheduled(Instant(0)),
    State::OnRelease,
    State::Expired,
    State::Withdrawn,
    State::Erased,
];

impl State {
    /// What the public sees of it first, then what a text on its way waits for.
    pub(crate) fn of(publication: &Publication, now: Instant) -> Vec<Self> {
        let pending = publication.pending.as_ref();
        let mut states = Vec::from_iter(Self::public(publication, now));
        states.extend(pending.map(|pending| Self::on_its_way(pending, publication.released.is_some())));
        if states.is_empty() {
            states.push(match publication.is_erased() {
                true => Self::Erased,
                false => Self::Withdrawn,
            });
        }
        states
    }

    fn public(publication: &Publication, now: Instant) -> Option<Self> {
        let window = publication.released.as_ref()?.release.window;
        Some(match window.ended(now) {
            true => Self::Expired,
            false if now < window.from => Self::Scheduled(window.from),
            false => Self::OnRelease,
        })
    }

    /// What a text on its way waits for; `released`: another is on release meanwhile.
    pub(crate) fn on_its_way(pending: &Pending, released: bool) -> Self {
        match pending.stage {
            Stage::Submitted => Self::ToReview,
            Stage::Reviewed if pending.countersign.is_asked() => Self::ToCountersign,
            Stage::Reviewed | Stage::Countersigned => Self::ToApprove,
            Stage::Approved if released => Self::ToAmend,
            Stage::Approved => Self::ToRelease,
            Stage::Returned => Self::Returned,
        }
    }

    /// Its name in the address of a list.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::ToReview => "submitted",
            Self::ToCountersign => "to-countersign",
            Self::ToApprove => "to-approve",
            Self::ToRelease | Self::ToAmend => "approved",
            Self::Returned => "returned",
            Self::Scheduled(_) => "scheduled",
            Self::OnRelease => "released",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
            Self::Erased => "erased",
        }
    }

    /// What it is called.
    pub(crate) fn word(self) -> Word {
        match self {
            Self::ToReview => w::WAITS_REVIEW,
            Self::ToCountersign => w::WAITS_COUNTERSIGN,
            Self::ToApprove => w::WAITS_APPROVAL,
            Self::ToRelease => w::WAITS_RELEASE,
            Self::ToAmend => w::WAITS_AMEND,
            Self::Returned => w::STATE_RETURNED,
            Self::Scheduled(_) => sw::SCHEDULED,
            Self::OnRelease => w::STATE_RELEASED,
            Self::Expired => w::STATE_EXPIRED,
            Self::Withdrawn => w::STATE_WITHDRAWN,
            Self::Erased => w::STATE_ERASED,
        }
    }

    /// The same, and from when, where that is still to come.
    pub(crate) fn words(self, desk: &Desk) -> String {
        match self {
            Self::Scheduled(from) => desk.f(sw::SCHEDULED_FROM, &[&desk.time(from)]),
            _ => desk.t(self.word()).to_owned(),
        }
    }

    fn colour(self) -> &'static str {
        match self {
            Self::ToReview | Self::ToCountersign | Self::ToApprove => "amber",
            Self::ToRelease | Self::ToAmend | Self::Scheduled(_) => "blue",
            Self::Returned => "red",
            Self::OnRelease => "green",
            Self::Expired | Self::Withdrawn | Self::Erased => "grey",
        }
    }

    /// The step that it waits for.
    pub(crate) fn step(self) -> Option<Step> {
        match self {
            Self::ToReview => Some(Step::Review),
            Self::ToCountersign => Some(Step::Countersign),
            Self::ToApprove => Some(Step::Approve),
            Self::ToRelease => Some(Step::Release),
            Self::ToAmend => Some(Step::Amend),
            _ => None,
        }
    }
}

/// A publication's states in tags.
pub(crate) fn tags(desk: &Desk, publication: &Publication) -> Markup {
    html! {
        @for state in State::of(publication, desk.now) { (tag(state.colour(), &state.words(desk))) " " }
    }
}

/// The same as a cell of a table.
pub(crate) fn cell(desk: &Desk, publication: &Publication) -> String {
    let states = State::of(publication, desk.now).into_iter();
    let words: Vec<String> = states.map(|state| state.words(desk)).collect();
    words.join(desk.t(w::LIST_COMMA))
}

/// Who can take a step with it now.
pub(crate) fn hands(desk: &Desk, publication: &Publication, step: Step) -> Vec<String> {
    let people = desk.state.staff.people.keys();
    let can = people.filter(|person| duties::verdict_for(desk, person, publication, step) == Verdict::May);
    let mut names: Vec<String> = can.map(|person: &StaffId| desk.person(person)).collect();
    names.sort_by_cached_key(|name| heliograph_domain::order::place_of_person(name));
    names
}

/// For whom a text on its way waits.
pub(crate) fn waits_for(desk: &Desk, publication: &Publication) -> Option<String> {
    let pending = publication.pending.as_ref()?;
    let state = State::on_its_way(pending, publication.released.is_some());
    let word = desk.t(state.word());
    if state == State::Returned {
        return Some(desk.f(sw::WAITS_FOR_AUTHOR, &[&desk.person(&pending.author)]));
    }
    let people = hands(desk, publication, state.step()?);
    Some(match people.is_empty() {
        true => desk.f(sw::WAITS_FOR_NOBODY, &[word]),
        false => desk.f(sw::WAITS_FOR, &[word, &people.join(desk.t(w::LIST_COMMA))]),
    })
}

/// What is released and still to begin, by its entry: the first moment of it, and how many there are.
pub(crate) type ToBegin = BTreeMap<CatalogueEntryId, (Instant, usize)>;

/// What an entry has that is released and still to begin. A list asks for each of its entries; the publications are gone
/// through once.
pub(crate) fn scheduled(desk: &Desk, entry: &CatalogueEntryId) -> Option<(Instant, usize)> {
    desk.to_begin.get_or_init(|| to_begin(desk)).get(entry).copied()
}

fn to_begin(desk: &Desk) -> ToBegin {
    let mut all = ToBegin::new();
    for publication in desk.state.publications.values().map(|dossier| &dossier.publication) {
        let Some(window) = publication.released.as_ref().map(|on| on.release.window) else {
            continue;
        };
        if desk.now < window.from && !window.ended(desk.now) {
            let known = all.entry(publication.catalogue_entry.clone());
            let (first, count) = known.or_insert((window.from, 0));
            (*first, *count) = ((*first).min(window.from), *count + 1);
        }
    }
    all
}
