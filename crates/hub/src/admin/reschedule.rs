//! Another time or other channels for what is on release, without another review: its text stays.

use super::actions::opening;
use super::airtime::End;
use super::form::Faults;
use super::layout::Desk;
use super::proposal::{Proposed, titles};
use super::publication::Failed;
use super::words::{self as w, airtime as aw};
use crate::drafts::Proposal;
use crate::state::Dossier;
use heliograph_domain::publication::PublicationEvent;
use heliograph_domain::{ChannelName, Instant, PublicationId, Window};
use maud::{Markup, html};

/// Where and when a step had it shown.
fn airing(event: &PublicationEvent) -> Option<(&[ChannelName], Window)> {
    match event {
        PublicationEvent::Released(release) => Some((&release.channels, release.window)),
        PublicationEvent::Rescheduled { channels, window, .. } => Some((channels, *window)),
        _ => None,
    }
}

/// What the step at this place of the history changed of where and when it is shown, a line for each; `moment` writes a
/// time, and whether it is an end. Nothing where the step is another one.
pub(crate) fn changes(
    desk: &Desk,
    dossier: &Dossier,
    at: usize,
    moment: impl Fn(Instant, End) -> String,
) -> Vec<String> {
    let step = dossier.history.get(at).map(|step| &step.event);
    let Some(event @ PublicationEvent::Rescheduled { .. }) = step else {
        return Vec::new();
    };
    let earlier = dossier.history.iter().take(at).rev();
    let before = earlier.map(|step| &step.event).find_map(airing);
    let Some(((were, was), (are, is))) = before.zip(airing(event)) else {
        return Vec::new();
    };
    let until = |window: Window| match window.until {
        Some(until) => moment(until, End::Until),
        None => desk.t(w::UNTIL_WITHDRAWN).to_owned(),
    };
    let all = [
        (w::CHANNELS, titles(desk, were), titles(desk, are)),
        (w::FROM, moment(was.from, End::From), moment(is.from, End::From)),
        (w::UNTIL, until(was), until(is)),
    ];
    let changed = all.into_iter().filter(|(_, before, now)| before != now);
    changed
        .map(|(label, before, now)| desk.f(aw::CHANGED, &[desk.t(label), &before, &now]))
        .collect()
}

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
