//! What a new office still has to do before its first notice can be on glass, step by step.

use super::layout::{Desk, tag};
use super::words::Word;
use super::words::first_steps as fw;
use crate::state::State;
use heliograph_domain::staff::Verb;
use maud::{Markup, html};

/// One step: what to do, where, and whether it is done.
struct Step {
    what: Word,
    href: &'static str,
    done: bool,
}

/// The list, while anything of it is missing. Who cannot do the steps is told whom to ask, until the office has a name.
pub(crate) fn card(desk: &Desk) -> Markup {
    if !desk.may(Verb::Administer) {
        return html! { @if desk.profile.is_none() { div.card.steps { h2 { (desk.t(fw::FIRST_STEPS)) } p { (desk.t(fw::STEP_ASK)) } } } };
    }
    let steps = steps(desk);
    let Some(next) = steps.iter().position(|step| !step.done) else {
        return html! {};
    };
    html! {
        section.card.steps id="first-steps" {
            h2 { (desk.t(fw::FIRST_STEPS)) }
            p.muted { (desk.t(fw::STEPS_WHY)) }
            ol {
                @for (index, step) in steps.iter().enumerate() {
                    li {
                        a href=(step.href) { (desk.t(step.what)) }
                        @if step.done { " " (tag("green", desk.t(fw::STEP_DONE))) }
                        @else if index == next { " " (tag("amber", desk.t(fw::STEP_NEXT))) }
                    }
                }
            }
        }
    }
}

/// The order is that in which one step needs another: an entry names who answers for it, a display its channels.
fn steps(desk: &Desk) -> [Step; 5] {
    let state = &desk.state;
    let step = |what, href, done| Step { what, href, done };
    [
        step(fw::STEP_SITE, "/admin/site", desk.profile.is_some()),
        step(fw::STEP_CHANNELS, "/admin/channels", !state.channels.titles.is_empty()),
        step(fw::STEP_STAFF, "/admin/staff", has_four_eyes(state)),
        step(
            fw::STEP_CATALOGUE,
            "/admin/catalogue",
            !state.catalogue.entries.is_empty(),
        ),
        step(
            fw::STEP_DISPLAY,
            "/admin/displays",
            state.live_displays().next().is_some(),
        ),
    ]
}

/// Whether three different people can take a text from draft to release.
fn has_four_eyes(state: &State) -> bool {
    let staff = &state.staff;
    let able = |verb: Verb| staff.people.keys().filter(move |id| staff.may(id, verb));
    able(Verb::Draft).any(|author| {
        able(Verb::Review)
            .filter(|reviewer| *reviewer != author)
            .any(|reviewer| able(Verb::Approve).any(|approver| approver != author && approver != reviewer))
    })
}
