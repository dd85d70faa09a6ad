//! What comes out at the year's end: how many publications were released, by category.

use crate::catalogue::{Catalogue, Category};
use crate::content::{Body, Document};
use crate::publication::Publication;
use crate::site::SiteClock;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The numbers of a year. A publication counts in the year of its first release; amendments do not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnualReport {
    /// The year, by the site's calendar.
    pub year: u16,
    /// All publications first released in it.
    pub total: u32,
    /// By category, every category named.
    pub categories: BTreeMap<Category, u32>,
    /// Internal disclosure rules among them.
    pub internal_rules: u32,
    /// Distinct administrative subjects on the power lists among them.
    pub power_subjects: u32,
    /// Powers on those lists.
    pub powers: u32,
}

/// Counts a year. `document` finds a publication's text; one that was erased still counts, only what it listed
/// does not.
pub fn annual<'a>(
    year: u16,
    clock: &SiteClock,
    catalogue: &Catalogue,
    publications: impl IntoIterator<Item = &'a Publication>,
    document: impl Fn(&Publication) -> Option<Document>,
) -> AnnualReport {
    let mut report = AnnualReport {
        year,
        total: 0,
        categories: Category::ALL.into_iter().map(|category| (category, 0)).collect(),
        internal_rules: 0,
        power_subjects: 0,
        powers: 0,
    };
    let mut subjects = BTreeSet::new();
    let in_year = |p: &&Publication| p.first_released_at.is_some_and(|at| clock.date(at).0.year == year);
    for publication in publications.into_iter().filter(in_year) {
        report.total += 1;
        if let Some(entry) = catalogue.entries.get(&publication.catalogue_entry) {
            *report.categories.entry(entry.category).or_default() += 1;
        }
        match document(publication)
            .as_ref()
            .and_then(|d| d.body(crate::Lang::ZhHans))
            .map(|(_, body)| body)
        {
            Some(Body::Rule(rule)) if rule.form == "internal-rule" => report.internal_rules += 1,
            Some(Body::PowerList(list)) => {
                report.powers += u32::try_from(list.entries.len()).unwrap_or(u32::MAX);
                subjects.extend(list.entries.iter().map(|entry| entry.subject.clone()));
            }
            _ => {}
        }
    }
    report.power_subjects = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
    report
}
