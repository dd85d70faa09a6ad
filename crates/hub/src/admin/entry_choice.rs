//! The catalogue's entries to choose from while writing: those of the kind that is written come first, and among them what
//! presses, with how much it does.

use super::due;
use super::entry_kinds::EntryKinds;
use super::form::Faults;
use super::layout::{Desk, field_faults};
use super::words::{self as w, lists as ow};
use crate::time_limits::{Due, Pressure};
use heliograph_domain::Kind;
use maud::{Markup, html};

/// The field, for a text of this kind.
pub(crate) fn field(desk: &Desk, kind: Kind, chosen: &str, faults: &Faults) -> Markup {
    let groups = groups(&EntryKinds::of(desk), kind, due::all(desk));
    let option = |due: &Due| {
        let entry = &due.entry;
        html! {
            option value=(entry.id) selected[entry.id.as_str() == chosen] {
                (entry.index_number) " " (desk.entry_name(&entry.id))
                @if presses(due) { " · " (due::tag_of(desk, due).1) }
            }
        }
    };
    let words = [ow::FITTING_ENTRIES, ow::OTHERS_DUE, ow::OTHERS];
    html! {
        label.field.bad[faults.place("catalogue_entry").is_some()] {
            span { (desk.t(w::ENTRY)) span.must { "*" } " " small { (desk.t(w::ENTRY_HINT)) } }
            select id=[faults.place("catalogue_entry")] name="catalogue_entry" {
                option value="" { (desk.t(w::CHOOSE)) }
                @for (word, group) in words.into_iter().zip(&groups) {
                    @if !group.is_empty() { optgroup label=(desk.t(word)) { @for due in group { (option(due)) } } }
                }
            }
            (field_faults(faults, "catalogue_entry", desk.lang))
        }
    }
}

fn presses(due: &Due) -> bool {
    matches!(due.pressure, Pressure::Overdue | Pressure::ThisWeek)
}

/// What fits, what is due besides, and the rest: what presses comes first in each, then the order of index numbers.
fn groups(kinds: &EntryKinds<'_>, kind: Kind, dues: Vec<Due>) -> [Vec<Due>; 3] {
    let (fitting, others): (Vec<Due>, Vec<Due>) = dues.into_iter().partition(|due| kinds.fit(&due.entry, kind));
    let (due, rest) = others.into_iter().partition(presses);
    let mut groups = [fitting, due, rest];
    for group in &mut groups {
        // The sort is stable: what presses stays in the order of its pressing.
        group.sort_by_cached_key(|due| {
            let resting = !presses(due);
            (
                resting,
                resting.then(|| heliograph_domain::order::place(&due.entry.index_number)),
            )
        });
    }
    groups
}
