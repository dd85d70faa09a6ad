//! A text that was withdrawn: when, by whom and why, and where it was shown until then, in place of the panels that no
//! longer show it.

use super::document::reason;
use super::layout::Desk;
use super::words::{self as w, withdrawn as ww};
use crate::state::{Dossier, Step};
use heliograph_domain::publication::{PublicationEvent, Release};
use heliograph_domain::{ContentHash, PublicationId, StaffId};
use maud::{Markup, html};

/// How a text came off the displays.
pub(crate) struct Withdrawal<'d> {
    step: &'d Step,
    /// Who was stood in for.
    stead: Option<&'d StaffId>,
    /// The reason, given with it or afterwards.
    why: Option<&'d ContentHash>,
    /// The release that it ended.
    release: Option<&'d Release>,
}

impl<'d> Withdrawal<'d> {
    /// The last withdrawal, where nothing is on release or on its way since.
    pub(crate) fn of(dossier: &'d Dossier) -> Option<Self> {
        let publication = &dossier.publication;
        if publication.pending.is_some() || publication.released.is_some() {
            return None;
        }
        let is_one = |step: &Step| matches!(step.event, PublicationEvent::Withdrawn { .. });
        let at = dossier.history.iter().rposition(is_one)?;
        let (before, since) = (&dossier.history[..at], &dossier.history[at..]);
        let why = since.iter().rev().find_map(|step| match &step.event {
            PublicationEvent::Withdrawn { reason, .. } => reason.as_ref(),
            PublicationEvent::WithdrawalExplained { reason, .. } => Some(reason),
            _ => None,
        });
        let release = before.iter().rev().find_map(|step| match &step.event {
            PublicationEvent::Released(release) => Some(release),
            _ => None,
        });
        let stead = before.last().and_then(|step| match &step.event {
            PublicationEvent::StoodIn { person, .. } => Some(person),
            _ => None,
        });
        Some(Self {
            step: &dossier.history[at],
            stead,
            why,
            release,
        })
    }

    /// The card.
    pub(crate) fn card(&self, desk: &Desk, id: PublicationId) -> Markup {
        let why = self
            .why
            .map(|why| reason(desk, why).unwrap_or_else(|| desk.t(w::TEXT_GONE).to_owned()));
        html! {
            section.card id="withdrawn" {
                h2 { (desk.t(ww::WITHDRAWN)) a href=(format!("/admin/publications/{id}/reach")) { (desk.t(ww::WHERE_IT_WAS)) } }
                p.hint { (desk.t(ww::NOT_ANY_MORE)) }
                dl.facts {
                    div { dt { (desk.t(ww::WITHDRAWN_AT)) } dd { (desk.time(self.step.at)) } }
                    div { dt { (desk.t(ww::WITHDRAWN_BY)) } dd { (desk.department_of(&self.step.by)) " " (desk.in_stead(&self.step.by, self.stead)) } }
                    div { dt { (desk.t(w::REASON)) } dd { @if let Some(why) = why { (why) } @else { span.muted { (desk.t(ww::NO_REASON_YET)) } } } }
                    @if let Some(release) = self.release { (self.was_on(desk, release)) }
                }
            }
        }
    }

    fn was_on(&self, desk: &Desk, release: &Release) -> Markup {
        let titles = &desk.state.channels.titles;
        let title = |name: &heliograph_domain::ChannelName| {
            titles
                .get(name)
                .map_or(name.to_string(), |title| title.get(desk.lang).to_owned())
        };
        let channels: Vec<String> = release.channels.iter().map(title).collect();
        let (from, end) = (release.window.from, self.step.at);
        let end = release.window.until.map_or(end, |until| until.min(end));
        html! {
            div { dt { (desk.t(ww::WAS_ON)) } dd { (channels.join(desk.t(w::LIST_COMMA))) } }
            div { dt { (desk.t(ww::WAS_ON_FROM)) } dd { @if from < end { (desk.f(ww::SPAN, &[&desk.time(from), &desk.time(end)])) } @else { (desk.t(ww::NEVER_BEGAN)) } } }
        }
    }
}
