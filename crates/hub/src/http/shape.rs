//! How things look in the API's JSON.

use crate::office::Office;
use crate::presence::Standing;
use crate::state::{Dossier, KnownDisplay, State};
use heliograph_domain::catalogue::{Cadence, CatalogueEntry};
use heliograph_domain::display::DisplaySetting;
use heliograph_domain::publication::{OnRelease, Pending, Publication, Stage, Stead};
use heliograph_domain::{ContentHash, Instant, Kind, Lang, PublicationId};
use serde_json::{Value, json};

/// An instant as RFC 3339 with milliseconds, in UTC.
pub(crate) fn time(at: Instant) -> String {
    let ms = i64::try_from(at.0).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| String::new(), |at| format!("{at:.3}"))
}

/// Where a publication stands, in one word: a text on its way first, then what the public sees.
pub(crate) fn state_of(publication: &Publication, now: Instant) -> &'static str {
    match (&publication.pending, &publication.released) {
        (Some(pending), _) => stage_name(pending.stage),
        (None, Some(on)) if on.release.window.ended(now) => "expired",
        (None, Some(_)) => "released",
        (None, None) if publication.is_erased() => "erased",
        (None, None) => "withdrawn",
    }
}

pub(crate) fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Submitted => "submitted",
        Stage::Reviewed => "reviewed",
        Stage::Countersigned => "countersigned",
        Stage::Approved => "approved",
        Stage::Returned => "returned",
    }
}

/// A publication.
pub(crate) fn publication(id: PublicationId, publication: &Publication, now: Instant) -> Value {
    json!({
        "id": id,
        "state": state_of(publication, now),
        "kind": publication.kind.slug(),
        "catalogue_entry": publication.catalogue_entry,
        "pending": publication.pending.as_ref().map(pending),
        "released": publication.released.as_ref().map(released),
        "first_released_at": publication.first_released_at.map(time),
        "withdrawn_at": publication.withdrawn_at.map(time),
        "erasure": publication.erasure.as_ref().map(|it| json!({
            "by": it.by, "at": time(it.at), "reason": it.reason, "done": it.done,
        })),
    })
}

fn pending(pending: &Pending) -> Value {
    json!({
        "content": pending.content,
        "stage": stage_name(pending.stage),
        "author": pending.author,
        "submitted_at": time(pending.submitted_at),
        "countersign": pending.countersign.is_asked(),
        "countersign_departments": pending.countersign.departments().collect::<Vec<_>>(),
        "reviewer": pending.reviewer,
        "countersigner": pending.countersignatures.last().map(|it| &it.by),
        "countersignatures": pending.countersignatures.iter().map(|it| json!({"by": it.by, "department": it.department})).collect::<Vec<_>>(),
        "awaited": pending.awaited().collect::<Vec<_>>(),
        "in_stead": in_stead(&pending.steads),
        "approver": pending.approver,
        "rule_set": pending.rules.set,
        "rules": pending.rules.to_string(),
        "findings": pending.findings,
        "overridden_by": pending.overridden.as_ref().map(|(by, _)| by),
    })
}

fn released(on: &OnRelease) -> Value {
    json!({
        "content": on.release.content,
        "channels": on.release.channels,
        "from": time(on.release.window.from),
        "until": on.release.window.until.map(time),
        "priority": on.release.priority,
        "by": on.release.by,
        "rules": on.release.under.map(|rules| rules.to_string()),
        "at": time(on.at),
        "author": on.hands.author,
        "reviewer": on.hands.reviewer,
        "approver": on.hands.approver,
        "in_stead": in_stead(&on.hands.steads),
    })
}

/// Which steps were taken in somebody's stead.
fn in_stead(steads: &[Stead]) -> Vec<Value> {
    let shaped = |it: &Stead| json!({"duty": it.duty, "by": it.by, "for": it.person});
    steads.iter().map(shaped).collect()
}

/// A publication with its texts and history.
pub(crate) fn dossier(office: &Office, id: PublicationId, dossier: &Dossier, now: Instant) -> Value {
    let mut shaped = publication(id, &dossier.publication, now);
    let document = |hash: &ContentHash| office.library.document(hash).map(|d| json!(*d));
    if let Some(on) = &dossier.publication.released {
        shaped["released"]["document"] = document(&on.release.content).unwrap_or(Value::Null);
    }
    if let Some(on) = &dossier.publication.pending {
        shaped["pending"]["document"] = document(&on.content).unwrap_or(Value::Null);
        shaped["pending"]["proposed"] = proposed(office, id, &dossier.publication);
        shaped["pending"]["notes"] = unlooked(office, id);
    }
    let steps = dossier
        .history
        .iter()
        .map(|step| json!({"at": time(step.at), "by": step.by, "event": step.event, "rules": step.event.under()}));
    shaped["history"] = steps.collect();
    shaped["position"] = json!(dossier.position);
    shaped
}

/// Where and when its author thinks that it should be shown; null once it is released, and when nothing is proposed.
fn proposed(office: &Office, id: PublicationId, publication: &Publication) -> Value {
    let proposal = crate::drafts::proposal_of(&*office.log, id, publication);
    let proposal = proposal.inspect_err(|error| tracing::error!(%error, "a draft cannot be read"));
    match proposal.unwrap_or_default() {
        proposal if proposal.is_empty() => Value::Null,
        proposal => json!({
            "channels": proposal.channels, "from": proposal.from.map(time), "until": proposal.until.map(time),
        }),
    }
}

/// What its author did not say that they looked at when they handed it in.
fn unlooked(office: &Office, id: PublicationId) -> Value {
    let draft = crate::drafts::find(&*office.log, id);
    let draft = draft.inspect_err(|error| tracing::error!(%error, "a draft cannot be read"));
    json!(draft.ok().flatten().map(|draft| draft.notes).unwrap_or_default())
}

/// The title of what the public sees, or of what is on its way.
pub(crate) fn title(office: &Office, publication: &Publication, lang: Lang) -> String {
    titled(office, here(publication), publication.kind, lang)
}

/// The same, by which what was withdrawn can still be known until its text is erased.
pub(crate) fn title_of(office: &Office, dossier: &Dossier, lang: Lang) -> String {
    titled(office, text_of(dossier), dossier.publication.kind, lang)
}

/// A text's title; its kind when there is none, or it is gone.
fn titled(office: &Office, text: Option<ContentHash>, kind: Kind, lang: Lang) -> String {
    let digest = text.and_then(|hash| office.library.digest(&hash));
    digest.map_or_else(|| kind.label(lang).to_owned(), |digest| digest.title(lang).to_owned())
}

/// What is on its way, else what the public sees.
fn here(publication: &Publication) -> Option<ContentHash> {
    let pending = publication.pending.as_ref().map(|pending| pending.content);
    pending.or_else(|| Some(publication.released.as_ref()?.release.content))
}

/// The text that it is known by: what is on its way, else what the public sees, else what it saw last.
pub(crate) fn text_of(dossier: &Dossier) -> Option<ContentHash> {
    here(&dossier.publication).or_else(|| dossier.last_text())
}

/// A catalogue entry, with its words.
pub(crate) fn entry(office: &Office, entry: &CatalogueEntry) -> Value {
    let text = office.library.entry_text(&entry.text);
    json!({
        "id": entry.id,
        "index_number": entry.index_number,
        "category": entry.category,
        "cadence": cadence(entry.cadence),
        "department": entry.department,
        "responsible": entry.responsible,
        "name": text.as_ref().map(|text| &text.name),
        "summary": text.as_ref().map(|text| &text.summary),
        "channels": office.state().catalogue.usual_channels(&entry.id),
    })
}

fn cadence(cadence: Cadence) -> Value {
    json!(cadence)
}

/// A display, with how it stands.
pub(crate) fn display(office: &Office, known: &KnownDisplay) -> Value {
    let display = &known.display;
    let (standing, seen) = {
        let presence = office.presence();
        (presence.standing(display.id, office.now()), presence.of(display.id))
    };
    let mut shaped = setting(&display.setting);
    shaped["id"] = json!(display.id);
    shaped["key"] = json!(crate::keys::hex(&display.key));
    shaped["retired"] = json!(display.retired);
    shaped["revoked"] = json!(display.revoked);
    shaped["revocation"] = json!(
        known
            .revocation
            .as_ref()
            .map(|known| json!({"at": time(known.at), "by": known.by, "reason": known.reason}))
    );
    shaped["standing"] = json!(standing_name(standing));
    shaped["last_seen"] = json!(seen.last_seen.map(time));
    shaped["status"] = seen.status.map_or(Value::Null, |status| {
        json!({
            "version": status.version,
            "uptime_ms": status.uptime_ms,
            "at": time(status.at),
            "sink": status.sink,
            "refusals": status.refusals,
            "last_refusal": status.last_refusal,
            "heads": status.heads.iter().map(|(channel, position)| (channel.to_string(), json!(position))).collect::<serde_json::Map<_, _>>(),
            "on_air": status.on_air.as_ref().map(|on| json!({
                "publication": on.publication, "content": on.content, "page": on.page, "pages": on.pages, "since": time(on.since),
            })),
        })
    });
    shaped
}

pub(crate) fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Unknown | Standing::Offline => "offline",
        Standing::Online => "online",
        Standing::Stale => "stale",
    }
}

/// What the office decided about a display.
pub(crate) fn setting(setting: &DisplaySetting) -> Value {
    json!({
        "name": setting.name,
        "location": setting.location,
        "profile": setting.profile,
        "panel": setting.panel,
        "language": setting.language,
        "channels": setting.channels,
    })
}

/// How far a release has come, display by display.
pub(crate) fn reach(office: &Office, state: &State, id: PublicationId) -> Option<Value> {
    let journey = office.reach().of(id)?.clone();
    let rows = journey.displays().map(|(display, arrival)| {
        let name = state
            .displays
            .get(&display)
            .map(|known| json!(known.display.setting.name));
        let after = |at: Option<Instant>| at.map(|at| at.since(journey.released_at));
        json!({
            "display": display,
            "name": name,
            "sent_at": journey.sent_at.map(time),
            "received_at": arrival.received_at.map(time),
            "on_air_at": arrival.on_air_at.map(time),
            "on_air_after_ms": after(arrival.on_air_at),
        })
    });
    Some(json!({
        "publication": id,
        "content": journey.content,
        "released_at": time(journey.released_at),
        "displays": rows.collect::<Vec<_>>(),
    }))
}
