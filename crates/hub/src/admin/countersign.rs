//! Countersignature (会审) on the pages: the author names departments; who has signed, and who is awaited.

use super::form::Posted;
use super::layout::{Desk, tag};
use super::words::review as w;
use heliograph_domain::publication::{Countersign, Pending, Stage};
use heliograph_domain::staff::Verb;
use heliograph_domain::{DepartmentId, PublicationId};
use maud::{Markup, html};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The field of the form that names departments.
const DEPARTMENTS: &str = "countersign_department";

/// What a form asks for, as the API reads it.
pub(crate) fn of_form(posted: &Posted) -> Value {
    let departments: Vec<&str> = posted
        .all(DEPARTMENTS)
        .into_iter()
        .filter(|it| !it.is_empty())
        .collect();
    if departments.is_empty() {
        json!(posted.has("countersign"))
    } else {
        json!(departments)
    }
}

/// What was asked for when a text was handed in last, as the API reads it.
pub(crate) fn asked_before(desk: &Desk, id: PublicationId) -> Value {
    let pending = desk
        .state
        .publications
        .get(&id)
        .and_then(|it| it.publication.pending.as_ref());
    pending.map_or(json!(false), |pending| shaped(&pending.countersign))
}

/// As the API tells it.
fn shaped(countersign: &Countersign) -> Value {
    match countersign {
        Countersign::Departments(departments) => json!(departments),
        other => json!(other.is_asked()),
    }
}

/// The departments that whoever writes can ask: others than their own, in which somebody may countersign.
fn askable(desk: &Desk) -> BTreeSet<DepartmentId> {
    let own = desk.state.staff.people.get(desk.me()).map(|person| &person.department);
    let people = desk.state.staff.people.iter();
    let may = people.filter(|(id, _)| desk.state.staff.may(id, Verb::Countersign));
    may.map(|(_, person)| person.department.clone())
        .filter(|it| Some(it) != own)
        .collect()
}

/// The choice on the writing page.
pub(crate) fn choice(desk: &Desk, asked: &Value) -> Markup {
    let named = |department: &DepartmentId| {
        let named = asked.as_array().into_iter().flatten();
        named.filter_map(Value::as_str).any(|it| it == department.as_str())
    };
    let departments = askable(desk);
    html! {
        fieldset.countersign {
            legend { (desk.t(w::COUNTERSIGNED_BY)) " " small { (desk.t(w::COUNTERSIGNED_BY_HINT)) } }
            div.checks {
                @for department in super::order::departments(desk, departments.iter()) {
                    label.check { input type="checkbox" name=(DEPARTMENTS) value=(department) checked[named(department)]; (desk.department(department)) }
                }
                label.check { input type="checkbox" name="countersign" value="yes" checked[*asked == json!(true)]; (desk.t(if departments.is_empty() { super::words::NEEDS_COUNTERSIGN } else { w::ANY_COUNTERSIGNER })) }
            }
        }
    }
}

/// Who has signed, and who is awaited; nothing when it is not asked.
pub(crate) fn standing(desk: &Desk, pending: &Pending) -> Markup {
    if !pending.countersign.is_asked() || pending.stage == Stage::Returned {
        return html! {};
    }
    html! {
        section id="countersignatures" {
            h3 { (desk.t(w::COUNTERSIGNATURES)) }
            ul.signatures {
                @for department in pending.countersign.departments() {
                    li {
                        (desk.department(department)) " "
                        @match pending.signed_for(department) {
                            Some(by) => { (tag("green", desk.t(w::SIGNED))) " " span.muted { (desk.person(by)) } },
                            None => { (tag("amber", desk.t(w::AWAITED))) " " span.muted { (signers(desk, department)) } },
                        }
                    }
                }
                @if pending.countersign == Countersign::Anybody {
                    @for signature in &pending.countersignatures { li { (desk.department_of(&signature.by)) " " (desk.person(&signature.by)) " " (tag("green", desk.t(w::SIGNED))) } }
                    @if pending.countersignatures.is_empty() { li { (desk.t(w::ANY_COUNTERSIGNER)) " " (tag("amber", desk.t(w::AWAITED))) } }
                }
            }
        }
    }
}

/// Who could sign for a department.
fn signers(desk: &Desk, department: &DepartmentId) -> String {
    let people = desk.state.staff.people.iter();
    let there =
        people.filter(|(id, person)| person.department == *department && desk.state.staff.may(id, Verb::Countersign));
    let names: Vec<String> = there.map(|(id, _)| desk.person(id)).collect();
    names.join(desk.t(super::words::LIST_COMMA))
}
