//! One's own drafts and those that colleagues share, as rows: on the first page, where one writes, and among publications.

use super::layout::{Desk, tag};
use super::states;
use super::words::{self as w, lists as ow, together};
use crate::begun::{self, Awaits, Begun};
use crate::drafts::Draft;
use crate::http::problem::Problem;
use maud::{Markup, html};

/// So many drafts are shown at once where one writes; the rest is folded away.
const SHOWN: usize = 12;

/// What whoever sits at the desk has begun, the newest first.
pub(crate) fn all(desk: &Desk) -> Result<Vec<Begun>, Problem> {
    begun::of(&desk.office, desk.me()).map_err(Problem::internal)
}

/// Those of them that were not handed in.
pub(crate) fn unsent(desk: &Desk) -> Result<Vec<Begun>, Problem> {
    let mut all = all(desk)?;
    all.retain(|begun| begun.awaits.is_unsent());
    Ok(all)
}

/// The title of what is written so far.
pub(crate) fn title(desk: &Desk, draft: &Draft) -> String {
    draft
        .title(desk.lang)
        .map_or_else(|| desk.t(w::UNTITLED).to_owned(), str::to_owned)
}

/// What is known of a draft besides its title.
fn details(desk: &Desk, draft: &Draft) -> String {
    let at = desk.time(draft.updated_at);
    let alone = draft.author == *desk.me() && draft.editors.is_empty();
    let saved = if alone {
        desk.f(w::SAVED_AT, &[&at])
    } else {
        desk.f(ow::SAVED_BY_AT, &[&desk.person(draft.last_writer()), &at])
    };
    let mut parts = vec![draft.kind.label(desk.lang).to_owned(), saved];
    if draft.author != *desk.me() {
        parts.push(desk.f(together::SHARED_BY, &[&desk.person(&draft.author)]));
    }
    parts.join(" · ")
}

/// A draft in a list that leads to it.
pub(crate) fn row(desk: &Desk, draft: &Draft) -> Markup {
    html! {
        a.row href=(format!("/admin/write/{}", draft.id)) {
            span { (title(desk, draft)) small { (details(desk, draft)) } }
            (tag("grey", desk.t(w::DRAFT)))
        }
    }
}

/// What a draft waits for.
fn awaits(desk: &Desk, begun: &Begun) -> Markup {
    let (colour, word) = match begun.awaits {
        Awaits::Writer => ("grey", ow::AWAITS_WRITER),
        Awaits::Reviewer => ("amber", ow::AWAITS_REVIEWER),
        Awaits::Declined => ("red", ow::AWAITS_DECLINED),
        Awaits::Mending => ("red", w::STATE_RETURNED),
        Awaits::Resubmission => ("amber", ow::AWAITS_RESUBMISSION),
        Awaits::Workflow => {
            let known = desk.state.publications.get(&begun.draft.id);
            return html! { @if let Some(known) = known { (states::tags(desk, &known.publication)) } };
        }
    };
    tag(colour, desk.t(word))
}

/// A draft with what can be done about it.
fn row_with_steps(desk: &Desk, begun: &Begun) -> Markup {
    let draft = &begun.draft;
    let (word, address) = match begun.awaits {
        Awaits::Workflow => (ow::LOOK, format!("/admin/publications/{}", draft.id)),
        _ => (ow::GO_ON, format!("/admin/write/{}", draft.id)),
    };
    let droppable = begun.awaits.is_unsent() && draft.author == *desk.me();
    html! {
        div.row.begun {
            span { a href=(address) { (title(desk, draft)) } small { (details(desk, draft)) } }
            span.tags {
                (awaits(desk, begun))
                a.btn.quiet.small href=(address) { (desk.t(word)) }
                @if droppable {
                    details.fold {
                        summary.btn.danger.small { (desk.t(ow::DROP)) }
                        form method="post" action=(format!("/admin/write/{}/discard", draft.id)) { p.hint { (desk.t(w::DISCARD_WHAT)) } button.btn.danger.small type="submit" { (desk.f(w::CONFIRM_STEP, &[desk.t(w::DISCARD)])) } }
                    }
                }
            }
        }
    }
}

/// One's drafts where one writes: first of all what was begun.
pub(crate) fn card(desk: &Desk) -> Result<Markup, Problem> {
    let all = all(desk)?;
    let (shown, more) = all.split_at(all.len().min(SHOWN));
    Ok(html! {
        @if !all.is_empty() {
            section.card id="mine" {
                h2 { (desk.t(w::MY_DRAFTS)) " " span.muted { (all.len()) } }
                @for begun in shown { (row_with_steps(desk, begun)) }
                @if !more.is_empty() {
                    details.another {
                        summary { (desk.f(ow::N_MORE_DRAFTS, &[&more.len().to_string()])) }
                        @for begun in more { (row_with_steps(desk, begun)) }
                    }
                }
            }
        }
    })
}
