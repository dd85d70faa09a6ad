//! The catalogue's entries to choose from while writing: what presses comes first, and says how much.

use super::due;
use super::form::Faults;
use super::layout::{Desk, field_faults};
use super::words::{self as w, on_show as ow};
use crate::time_limits::{Due, Pressure};
use maud::{Markup, html};

/// The field.
pub(crate) fn field(desk: &Desk, chosen: &str, faults: &Faults) -> Markup {
    let (pressing, mut others): (Vec<Due>, Vec<Due>) = due::all(desk)
        .into_iter()
        .partition(|due| matches!(due.pressure, Pressure::Overdue | Pressure::ThisWeek));
    others.sort_by_cached_key(|due| heliograph_domain::order::place(&due.entry.index_number));
    let option = |due: &Due, pressing: bool| {
        let entry = &due.entry;
        html! {
            option value=(entry.id) selected[entry.id.as_str() == chosen] {
                (entry.index_number) " " (desk.entry_name(&entry.id))
                @if pressing { " · " (due::tag_of(desk, due).1) }
            }
        }
    };
    html! {
        label.field.bad[!faults.at("catalogue_entry", desk.lang).is_empty()] {
            span { (desk.t(w::ENTRY)) span.must { "*" } " " small { (desk.t(w::ENTRY_HINT)) } }
            select name="catalogue_entry" {
                option value="" { (desk.t(w::CHOOSE)) }
                @if pressing.is_empty() { @for due in &others { (option(due, false)) } }
                @else {
                    optgroup label=(desk.t(ow::DUE_ENTRIES)) { @for due in &pressing { (option(due, true)) } }
                    optgroup label=(desk.t(ow::OTHER_ENTRIES)) { @for due in &others { (option(due, false)) } }
                }
            }
            (field_faults(faults, "catalogue_entry", desk.lang))
        }
    }
}
