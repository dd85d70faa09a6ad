//! The machine behind a display: shutting it out, and letting another take its place.

use super::form::Posted;
use super::layout::Desk;
use super::parts::Shown;
use super::waiting;
use super::words as w;
use crate::http::problem::Problem;
use crate::state::KnownDisplay;
use heliograph_domain::display::MAX_REASON_CHARS;
use heliograph_domain::staff::Verb;
use maud::{Markup, html};

/// That its machine was shut out, when, by whom and why.
pub(crate) fn shut_out(desk: &Desk, known: &KnownDisplay) -> Markup {
    let Some(revocation) = known.revocation.as_ref().filter(|_| !known.display.retired) else {
        return html! {};
    };
    let by = match revocation.by.parse() {
        Ok(id) => desk.person(&id),
        Err(_) => revocation.by.clone(),
    };
    html! {
        div.alert id="revoked" {
            strong { (desk.f(w::REVOKED_AT_BY, &[&desk.time(revocation.at), &by])) }
            @if let Some(reason) = &revocation.reason { p { (desk.f(w::REVOKED_REASON, &[reason])) } }
            p {
                (desk.t(w::REVOKED_MEANS)) " "
                @if desk.may(Verb::OperateDisplays) { a href="#machine" { (desk.t(w::ANOTHER_MACHINE)) } }
            }
        }
    }
}

/// The machines that could take this place; open when it has none.
pub(crate) fn replacement(desk: &Desk, known: &KnownDisplay) -> Markup {
    html! {
        section.card id="machine" {
            details.another open[known.display.revoked] {
                summary { strong { (desk.t(w::ANOTHER_MACHINE)) } }
                p.hint { (desk.t(w::ANOTHER_MACHINE_WHAT)) }
                (waiting::rows(desk, "waiting-machines", Some(known.display.id)))
                (waiting::how(desk))
            }
        }
    }
}

/// The form that shuts its machine out.
pub(crate) fn revocation(desk: &Desk, known: &KnownDisplay, failed: Option<(&Posted, &Problem)>) -> Markup {
    let shown = Shown::new(desk, failed);
    let bad = shown.place("reason").is_some();
    html! {
        @if !known.display.revoked {
            section.card {
                details.fold.revoke open[failed.is_some()] {
                    summary.btn.danger.wide { (desk.t(w::REVOKE)) }
                    form.form method="post" action=(format!("/admin/displays/{}/revoke", known.display.id)) {
                        (desk.key())
                        p.hint { (desk.t(w::REVOKE_WHAT)) }
                        label.field.bad[bad] {
                            span { (desk.t(w::REASON)) span.must { "*" } }
                            small.hint { (desk.t(w::REVOKE_REASON_HINT)) }
                            textarea id=[shown.place("reason")] name="reason" rows="2" maxlength=(MAX_REASON_CHARS) required { (shown.value("reason", "")) }
                            (shown.said("reason"))
                        }
                        button.btn.danger type="submit" { (desk.t(w::REVOKE_NOW)) }
                    }
                }
            }
        }
    }
}
