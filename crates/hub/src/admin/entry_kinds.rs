//! Which kinds of text an entry of the catalogue has: those that were published under it, else those that its category means.

use super::layout::Desk;
use heliograph_domain::catalogue::{CatalogueEntry, Category};
use heliograph_domain::{CatalogueEntryId, Kind};
use std::collections::{BTreeSet, HashMap};

/// The kinds that were handed in under each entry.
pub(crate) struct EntryKinds<'d> {
    known: HashMap<&'d CatalogueEntryId, Handed>,
}

#[derive(Default)]
struct Handed {
    all: BTreeSet<Kind>,
    last: Option<Kind>,
}

impl<'d> EntryKinds<'d> {
    pub(crate) fn of(desk: &'d Desk) -> Self {
        let mut known: HashMap<&CatalogueEntryId, Handed> = HashMap::new();
        // Ids are in the order of time.
        for dossier in desk.state.publications.values() {
            let publication = &dossier.publication;
            let of_entry = known.entry(&publication.catalogue_entry).or_default();
            of_entry.all.insert(publication.kind);
            of_entry.last = Some(publication.kind);
        }
        Self { known }
    }

    /// Whether a text of this kind belongs there.
    pub(crate) fn fit(&self, entry: &CatalogueEntry, kind: Kind) -> bool {
        let own = meant(entry.category);
        match self.known.get(&entry.id) {
            // Nearly everything is government information: what was published says more.
            Some(handed) if entry.category == Category::GovernmentInformation => handed.all.contains(&kind),
            Some(handed) => handed.all.contains(&kind) || own.contains(&kind),
            None => own.contains(&kind),
        }
    }

    /// The kind with which somebody begins.
    pub(crate) fn usual(&self, entry: &CatalogueEntry) -> Kind {
        let last = self.known.get(&entry.id).and_then(|handed| handed.last);
        last.unwrap_or(meant(entry.category)[0])
    }
}

/// The kinds that a category means, the commonest first.
fn meant(category: Category) -> &'static [Kind] {
    match category {
        Category::GovernmentInformation => &[
            Kind::Notice,
            Kind::ServiceGuide,
            Kind::ServiceCommitment,
            Kind::WindowBoard,
            Kind::PowerList,
            Kind::DiscretionBenchmark,
        ],
        Category::Finance => &[Kind::Finance],
        Category::Personnel => &[Kind::Personnel],
        Category::Planning => &[Kind::Planning],
        Category::Organisation => &[Kind::Organisation, Kind::PowerList],
        Category::Enforcement => &[Kind::Enforcement, Kind::DiscretionBenchmark],
        Category::Interpretation => &[Kind::Interpretation],
        Category::Rules => &[Kind::Rule],
    }
}
