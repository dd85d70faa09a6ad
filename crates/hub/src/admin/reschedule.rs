//! Another time or other channels for what is on release, without another review: its text stays.

use super::actions::opening;
use super::form::Faults;
use super::layout::Desk;
use super::proposal::Proposed;
use super::publication::Failed;
use super::words::airtime as aw;
use crate::drafts::Proposal;
use crate::state::Dossier;
use heliograph_domain::PublicationId;
use maud::{Markup, html};

/// The form, folded away, with what holds now.
pub(crate) fn form(desk: &Desk, id: PublicationId, dossier: &Dossier, failed: Option<&Failed<'_>>) -> Markup {
    let Some(on) = &dossier.publication.released else {
        return html! {};
    };
    let failed = failed.filter(|failed| failed.step == "reschedule");
    let faults = failed.map(|failed| Faults::of(failed.problem)).unwrap_or_default();
    let window = on.release.window;
    let now = Proposal {
        channels: on.release.channels.clone(),
        from: Some(window.from),
        until: window.until,
    };
    let shown = failed.map_or_else(|| Proposed::of(&now), |failed| Proposed::of_form(failed.typed));
    html! {
        details.fold.reschedule open[failed.is_some()] {
            summary.btn.quiet.wide { (desk.t(aw::DO_RESCHEDULE)) }
            form.form.release method="post" action=(format!("/admin/publications/{id}/reschedule")) {
                (opening(desk, Some(on.release.content)))
                p.hint { (desk.t(aw::RESCHEDULE_WHAT)) }
                (shown.boxes(desk, &faults, true))
                @if window.from <= desk.now {
                    p.hint { (desk.f(aw::SHOWN_SINCE, &[&desk.time(window.from)])) }
                    (shown.end(desk, &faults))
                } @else {
                    (shown.inputs(desk, &faults))
                }
                button.btn.wide type="submit" { (desk.t(aw::RESCHEDULE)) }
            }
        }
    }
}
