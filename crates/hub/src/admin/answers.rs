//! What rests on somebody: the entries that they answer for and the colleagues for whom they stand in. It is told before
//! they leave or are shut out, and asked for afterwards until somebody else has it.

use super::layout::{Desk, tag};
use super::substitutes::{colleagues, days};
use super::words as w;
use super::words::people as pw;
use crate::http::substitutes::standing;
use heliograph_domain::StaffId;
use heliograph_domain::staff::Verb;
use maud::{Markup, html};

/// So many entries are named; the rest is counted.
const MOST_NAMED: usize = 6;

/// What rests on somebody who is about to go, and who is to have it: fields of the form that lets them go.
pub(super) fn resting_on(desk: &Desk, id: &StaffId) -> Markup {
    let entries: Vec<_> = desk.state.catalogue.answered_for(id).collect();
    html! {
        @if !entries.is_empty() {
            p {
                (desk.f(pw::ANSWERS_FOR, &[&entries.len().to_string()]))
                @for (at, entry) in entries.iter().take(MOST_NAMED).enumerate() {
                    @if at > 0 { (desk.t(w::LIST_COMMA)) }
                    a href=(format!("/admin/catalogue/entries/{}", entry.id)) { (desk.entry_name(&entry.id)) }
                }
                @if entries.len() > MOST_NAMED { (desk.t(pw::AND_MORE)) }
            }
            label.field {
                span { (desk.t(pw::SUCCESSOR)) }
                select name="successor" {
                    option value="" { (desk.t(pw::NAMED_LATER)) }
                    @for (slug, text) in colleagues(desk, Some(id)) { option value=(slug) { (text) } }
                }
            }
        }
        @for (person, leave) in desk.state.staff.named_for(id, desk.now) {
            p.notice {
                (desk.f(pw::IS_TO_STAND_IN, &[&days(desk, leave), &desk.person(person)])) " "
                a href=(format!("/admin/substitutes?of={person}#form")) { (desk.t(pw::NAME_ANOTHER)) }
            }
        }
    }
}

/// That somebody has left or is shut out, beside their name; nothing while they work here.
pub(super) fn gone(desk: &Desk, id: &StaffId) -> Markup {
    let has_left = desk
        .state
        .staff
        .people
        .get(id)
        .is_none_or(|person| person.roles.is_empty());
    let word = if has_left { pw::HAS_LEFT } else { w::DISABLED };
    html! { @if !desk.state.staff.works_here(id) { " " (tag("red", desk.t(word))) } }
}

fn count(desk: &Desk) -> usize {
    let entries = desk.state.catalogue.entries.values();
    entries
        .filter(|entry| !desk.state.staff.works_here(&entry.responsible))
        .count()
}

/// Whether nobody answers for some entries.
pub(super) fn any_unanswered(desk: &Desk) -> bool {
    count(desk) > 0
}

/// That nobody answers for some entries, to those who can name somebody.
pub(super) fn unanswered(desk: &Desk) -> Markup {
    let count = count(desk);
    html! {
        @if count > 0 && desk.may(Verb::Catalogue) {
            p.notice id="unanswered" {
                (desk.f(pw::N_UNANSWERED, &[&count.to_string()])) " "
                a href="/admin/catalogue?due=gone" { (desk.t(pw::SEE_THEM)) }
            }
        }
    }
}

/// That nobody stands in for somebody on leave although somebody was named: to themselves and to administrators.
pub(super) fn nobody_stands_in(desk: &Desk) -> Markup {
    let staff = &desk.state.staff;
    let mine = |person: &StaffId| person == desk.me() || desk.may(Verb::Administer);
    let left = standing(&desk.state, desk.now)
        .filter(|(person, leave)| staff.works_here(person) && !staff.works_here(&leave.substitute) && mine(person));
    html! {
        @for (person, leave) in left {
            p.notice {
                (desk.f(pw::NOBODY_STANDS_IN, &[&desk.person(person), &days(desk, leave), &desk.person(&leave.substitute)])) " "
                a href=(format!("/admin/substitutes?of={person}#form")) { (desk.t(pw::NAME_ANOTHER)) }
            }
        }
    }
}
