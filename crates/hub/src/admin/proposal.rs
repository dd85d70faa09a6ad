//! Where and when a text is to be shown: proposed by its author, decided by whoever releases it.

use super::actions;
use super::airtime::{self, End, Moment};
use super::duties::{self, Step, Verdict};
use super::form::{Faults, Posted};
use super::layout::{Desk, field_faults};
use super::publication::Shown;
use super::words::{self as w, airtime as aw};
use crate::drafts::{self, Proposal};
use crate::http::problem::Problem;
use crate::state::Dossier;
use heliograph_domain::{ChannelName, Instant, PublicationId};
use maud::{Markup, html};
use serde_json::{Value, json};

/// What it is called among the fields that others changed.
pub(crate) const FIELD: &str = crate::http::draft_together::PROPOSAL;

/// What a form says of it, as it was typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proposed {
    channels: Vec<String>,
    from: Moment,
    until: Moment,
}

impl Proposed {
    pub(crate) fn of(proposal: &Proposal) -> Self {
        let moment = |at: Option<Instant>| at.map_or(Moment::Open, Moment::At);
        Self {
            channels: proposal.channels.iter().map(ToString::to_string).collect(),
            from: moment(proposal.from),
            until: moment(proposal.until),
        }
    }

    pub(crate) fn of_form(posted: &Posted) -> Self {
        Self {
            channels: posted.all("channels").into_iter().map(str::to_owned).collect(),
            from: Moment::of_form(posted, End::From),
            until: Moment::of_form(posted, End::Until),
        }
    }

    /// The channels; what is no name of a channel is not one.
    pub(crate) fn channels(&self) -> Vec<ChannelName> {
        self.channels.iter().filter_map(|name| name.parse().ok()).collect()
    }

    /// As the API reads it, among other fields.
    pub(crate) fn write(&self, desk: &Desk, wish: &mut Value) {
        wish["channels"] = json!(self.channels);
        wish["from"] = self.from.value(desk);
        wish["until"] = self.until.value(desk);
    }

    /// Whether a day is still to be chosen somewhere: that is no fault of a draft, and one of a release.
    pub(crate) fn whole(&self, desk: &Desk) -> Result<(), Problem> {
        self.from.whole(desk, End::From)?;
        self.until.whole(desk, End::Until)?;
        Ok(())
    }

    pub(super) fn inputs(&self, desk: &Desk, faults: &Faults) -> Markup {
        html! {
            (airtime::inputs(desk, End::From, &self.from, faults))
            (airtime::inputs(desk, End::Until, &self.until, faults))
        }
    }

    /// The end alone, where the beginning is past.
    pub(super) fn end(&self, desk: &Desk, faults: &Faults) -> Markup {
        airtime::inputs(desk, End::Until, &self.until, faults)
    }

    pub(super) fn boxes(&self, desk: &Desk, faults: &Faults, must: bool) -> Markup {
        html! {
            fieldset.bad[faults.place("channels").is_some()] id=[faults.place("channels")] {
                legend { (desk.t(w::CHANNELS)) @if must { span.must { "*" } } @else { " " small { (desk.t(aw::CHANNELS_NONE)) } } }
                div.checks {
                    @for (name, title) in super::order::channels(desk) {
                        @let on = self.channels.iter().any(|ticked| ticked == name.as_str());
                        label.check { input type="checkbox" name="channels" value=(name) checked[on]; (title.get(desk.lang)) }
                    }
                }
                @if desk.state.channels.titles.is_empty() { p.hint { (desk.t(w::NO_CHANNELS)) } }
                (field_faults(faults, "channels", desk.lang))
            }
        }
    }
}

/// The card on the sheet.
pub(crate) fn card(desk: &Desk, proposed: &Proposed, faults: &Faults) -> Markup {
    html! {
        section.card.form id="airtime" {
            h2 { (desk.t(aw::AIRTIME)) span.hint { (desk.t(aw::AIRTIME_WHAT)) } }
            (proposed.boxes(desk, faults, false))
            (proposed.inputs(desk, faults))
        }
    }
}

/// What the author of the text on its way proposes; nothing once it is released.
pub(crate) fn of_publication(desk: &Desk, id: PublicationId, dossier: &Dossier) -> Proposal {
    let proposal = drafts::proposal_of(&*desk.office.log, id, &dossier.publication);
    let proposal = proposal.inspect_err(|error| tracing::error!(%error, "a draft cannot be read"));
    proposal.unwrap_or_default()
}

/// What is proposed, for whoever looks at the text before it is released. Whoever may release it now has it in their form.
pub(crate) fn standing(desk: &Desk, id: PublicationId, dossier: &Dossier) -> Markup {
    let publication = &dossier.publication;
    let before = publication.pending.is_some() && publication.released.is_none();
    if !before || duties::verdict(desk, publication, Step::Release) == Verdict::May {
        return html! {};
    }
    let proposal = of_publication(desk, id, dossier);
    let named = !proposal.channels.is_empty();
    let channels: Vec<ChannelName> = if named {
        proposal.channels.clone()
    } else {
        let usual = desk.state.catalogue.usual_channels(&publication.catalogue_entry);
        usual.into_iter().collect()
    };
    html! {
        section.card id="proposed" {
            h2 { (desk.t(aw::AIRTIME)) }
            p.hint { (desk.t(aw::AIRTIME_WHAT)) }
            @if proposal.until.is_some_and(|until| until <= desk.now) { p.notice { (desk.t(aw::PROPOSED_ENDED)) } }
            dl.facts {
                div { dt { (desk.t(w::CHANNELS)) } dd {
                    @if channels.is_empty() { (desk.t(aw::NO_CHANNELS_YET)) } @else { (titles(desk, &channels)) @if !named { " " small.muted { (desk.t(aw::USUAL)) } } }
                } }
                div { dt { (desk.t(w::FROM)) } dd { @match proposal.from { Some(from) => (desk.time(from)), None => (desk.t(aw::AT_RELEASE)) } } }
                div { dt { (desk.t(w::UNTIL)) } dd { @match proposal.until { Some(until) => (desk.end(until)), None => (desk.t(w::UNTIL_WITHDRAWN)) } } }
            }
        }
    }
}

/// The form of a release: what is usual and what the author proposes is chosen beforehand. `opening` has its hidden
/// fields.
pub(crate) fn release(
    desk: &Desk,
    (id, dossier): (PublicationId, &Dossier),
    opening: &Markup,
    asked: &Shown<'_>,
) -> Markup {
    let failed = asked.failed.as_ref().filter(|failed| failed.step == "release");
    let typed = asked.release_form();
    let faults = failed.map(|failed| Faults::of(failed.problem)).unwrap_or_default();
    let proposal = of_publication(desk, id, dossier);
    let shown = typed.map_or_else(|| beforehand(desk, dossier, &proposal), Proposed::of_form);
    let filler = typed.is_some_and(|typed| typed.get("priority") == "filler");
    let late = proposal.until.is_some_and(|until| until <= desk.now);
    html! {
        form.form.release method="post" action=(format!("/admin/publications/{id}/release")) {
            (opening)
            @if late { p.notice { (desk.t(aw::PROPOSED_PAST)) } }
            @else if !proposal.is_empty() { p.hint { (desk.f(aw::PROPOSED, &[&told(desk, &proposal)])) } }
            (shown.boxes(desk, &faults, true))
            (shown.inputs(desk, &faults))
            label.field {
                span { (desk.t(w::PRIORITY)) }
                select name="priority" {
                    option value="normal" { (desk.t(w::PRIORITY_NORMAL)) }
                    option value="filler" selected[filler] { (desk.t(w::PRIORITY_FILLER)) }
                }
            }
            div.buttons.stick { button.btn.wide type="submit" { (desk.t(w::DO_RELEASE)) } }
            button.btn.quiet.wide type="submit" name="then" value=(actions::LOOK) formnovalidate { (desk.t(aw::LOOK_FIRST)) }
        }
    }
}

/// What is chosen before anybody chose: times that have passed are not.
fn beforehand(desk: &Desk, dossier: &Dossier, proposal: &Proposal) -> Proposed {
    let ahead = |at: Option<Instant>| at.filter(|at| *at > desk.now);
    let usual = desk
        .state
        .catalogue
        .usual_channels(&dossier.publication.catalogue_entry);
    let channels = if proposal.channels.is_empty() {
        usual.into_iter().collect()
    } else {
        proposal.channels.clone()
    };
    Proposed::of(&Proposal {
        channels,
        from: ahead(proposal.from),
        until: ahead(proposal.until),
    })
}

/// A proposal in a line.
fn told(desk: &Desk, proposal: &Proposal) -> String {
    let from = proposal.from.map(|from| desk.f(aw::PROPOSED_FROM, &[&desk.time(from)]));
    let until = proposal
        .until
        .map(|until| desk.f(aw::PROPOSED_UNTIL, &[&desk.end(until)]));
    let channels = Some(titles(desk, &proposal.channels)).filter(|channels| !channels.is_empty());
    let parts: Vec<String> = [channels, from, until].into_iter().flatten().collect();
    parts.join(" · ")
}

/// The titles of channels in a line.
pub(super) fn titles(desk: &Desk, channels: &[ChannelName]) -> String {
    let titles = &desk.state.channels.titles;
    let title = |name: &ChannelName| {
        titles
            .get(name)
            .map_or(name.to_string(), |title| title.get(desk.lang).to_owned())
    };
    let channels: Vec<String> = channels.iter().map(title).collect();
    channels.join(desk.t(w::LIST_COMMA))
}
