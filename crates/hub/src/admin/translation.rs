//! That one language of a text was changed and another was not: a mild hint to whoever writes and whoever reviews.

use super::document::language_name;
use super::gate::field_label;
use super::layout::{Desk, tag};
use super::words::{self as w, translation as tw};
use crate::state::Dossier;
use crate::translation::{self, Lag};
use heliograph_domain::publication::{Pending, PublicationEvent};
use heliograph_domain::{ContentHash, Document, Kind, Lang, PublicationId};
use maud::{Markup, html};
use serde_json::Value;
use std::sync::Arc;

/// What lags in a sheet, compared with what was public last, or was handed in last where nothing was public yet. `of`: the
/// publication that it is of.
pub(crate) fn of_sheet(desk: &Desk, of: &str, kind: Kind, content: &Value) -> Vec<Lag> {
    let id = of.parse::<PublicationId>().ok();
    let dossier = id.and_then(|id| desk.state.publications.get(&id));
    let before = dossier.and_then(|dossier| document(desk, dossier.last_text()));
    // As the check would keep it, where it is whole: so that only what reads otherwise counts.
    let now = Document::check(kind, content).map_or_else(|_| content.clone(), |whole| translation::texts(&whole));
    before.map_or_else(Vec::new, |before| {
        translation::lags(kind, &translation::texts(&before), &now)
    })
}

fn document(desk: &Desk, hash: Option<ContentHash>) -> Option<Arc<Document>> {
    desk.office.library.document(&hash?)
}

/// What a text on its way is compared with: what was public last, else what was handed in before it.
fn before(dossier: &Dossier, pending: &Pending) -> Option<ContentHash> {
    let public = dossier.history.iter().rev().find_map(|step| match &step.event {
        PublicationEvent::Released(release) => Some(release.content),
        PublicationEvent::Amended { content, .. } => Some(*content),
        _ => None,
    });
    public.or_else(|| {
        let texts = dossier.texts().into_iter().rev();
        texts.into_iter().find(|text| *text != pending.content)
    })
}

/// The card beside a text on its way.
pub(crate) fn of_pending(desk: &Desk, dossier: &Dossier, pending: &Pending, text: &Document) -> Markup {
    let before = document(desk, before(dossier, pending));
    let lags = before.map_or_else(Vec::new, |before| {
        translation::lags(text.kind, &translation::texts(&before), &translation::texts(text))
    });
    html! {
        @if !lags.is_empty() {
            section.card id="translation" { h2 { (desk.t(tw::TRANSLATION)) } (lines(desk, text.kind, &lags, false)) }
        }
    }
}

/// Each as a sentence, and that it holds nothing up; marked, among other things to look at.
pub(crate) fn list(desk: &Desk, kind: Kind, lags: &[Lag]) -> Markup {
    lines(desk, kind, lags, true)
}

fn lines(desk: &Desk, kind: Kind, lags: &[Lag], marked: bool) -> Markup {
    let comma = desk.t(w::LIST_COMMA);
    let languages = |langs: &[Lang]| {
        let names: Vec<&str> = langs.iter().map(|lang| language_name(desk, *lang)).collect();
        names.join(comma)
    };
    let fields = |lag: &Lag| {
        let labels = lag.fields.iter().map(|field| field_label(desk, Some(kind), field));
        labels.collect::<Vec<_>>().join(comma)
    };
    html! {
        @if !lags.is_empty() {
            ul.findings.lagging {
                @for lag in lags {
                    li { @if marked { (tag("blue", desk.t(tw::TRANSLATION))) " " } (desk.f(tw::LAG, &[&languages(&[lag.changed]), &fields(lag), &languages(&lag.left)])) }
                }
            }
            p.hint { (desk.t(tw::LAG_WHAT)) }
        }
    }
}
