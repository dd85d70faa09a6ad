//! `/api/v1/publications`: the workflow, from submission to withdrawal.

use super::call::{Call, Caller};
use super::fields::Fields;
use super::idempotency::Answer;
use super::problem::Problem;
use super::shape;
use super::submission;
use crate::backups;
use crate::comments;
use crate::drafts;
use crate::gate;
use crate::library;
use crate::office::Office;
use crate::rules;
use crate::state;
use crate::stead;
use crate::transact::{Decision, transact};
use axum::extract::{Path, Query, State};
use heliograph_domain::catalogue::Cadence;
use heliograph_domain::head::Priority;
use heliograph_domain::publication::{
    Command, Facts, MAX_REASON_CHARS, Publication, PublicationEvent, Refused, decide, evolve,
};
use heliograph_domain::staff::Verb;
use heliograph_domain::{ChannelName, ContentHash, Event, Instant, Lang, PublicationId, StaffId};
use heliograph_log::{ContentObject, TableWrite};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// A command as a caller means it, with what travels beside it.
pub(crate) struct Meant {
    pub(crate) command: Command,
    pub(crate) verb: Verb,
    pub(crate) content: Vec<ContentObject>,
    /// The text that the caller saw, if they said.
    pub(crate) seen: Option<ContentHash>,
    /// Whose command it is, when another lets it through.
    pub(crate) author: Option<StaffId>,
    /// Erasable rows that change with it.
    pub(crate) writes: Vec<TableWrite>,
}

impl Meant {
    pub(crate) fn plain(command: Command, verb: Verb, seen: Option<ContentHash>) -> Self {
        Self {
            command,
            verb,
            content: Vec::new(),
            seen,
            author: None,
            writes: Vec::new(),
        }
    }
}

/// `POST /api/v1/publications/{id}/{verb}`
pub(crate) async fn act(
    State(office): State<Arc<Office>>,
    Path((id, verb)): Path<(String, String)>,
    call: Call,
) -> Result<Answer, Problem> {
    let id: PublicationId = id
        .parse()
        .map_err(|_| Problem::not_found("这条信息", "The publication"))?;
    let fields = call.fields()?;
    let meant = match verb.as_str() {
        "submit" => submission::of_call(&office, &call, id, fields)?,
        "review" => review(fields)?,
        "countersign" => Meant::plain(Command::Countersign, Verb::Countersign, seen(fields)?),
        "approve" => Meant::plain(Command::Approve, Verb::Approve, seen(fields)?),
        "amend" => Meant::plain(Command::Amend, Verb::Release, seen(fields)?),
        "release" => release(&office, id, fields)?,
        "reschedule" => reschedule(fields)?,
        "reject" => with_reason(fields, true)?,
        "withdraw" => with_reason(fields, false)?,
        "request-erasure" => erasure_request(fields)?,
        "decline-erasure" => plain_erasure(Command::DeclineErasure, fields)?,
        "erase" => plain_erasure(Command::Erase { contents: Vec::new() }, fields)?,
        _ => return Err(Problem::not_found("这个操作", "The step")),
    };
    perform(&office, &call, id, meant).await
}

/// Decides and appends what is meant.
pub(crate) async fn perform(
    office: &Arc<Office>,
    call: &Call,
    id: PublicationId,
    meant: Meant,
) -> Result<Answer, Problem> {
    let by = &call.caller.staff;
    call.caller.may_step(office, meant.verb)?;
    let _rules = office.rules_change.read().await;
    let expected = match meant.command {
        Command::Submit { .. } => None,
        _ => call.seen_revision()?,
    };
    let answer = transact(office, by, &call.repeatable, stream_of(id), |state, now| {
        let dossier = state.publications.get(&id);
        let known = dossier.map(|dossier| &dossier.publication);
        if let (Some(expected), Some(known)) = (expected, known)
            && expected != state.revision(&stream_of(id))
        {
            return Err(Problem::stale(shape::publication(id, known, now)));
        }
        if known.is_none() && !matches!(meant.command, Command::Submit { .. }) {
            return Err(Problem::not_found("这条信息", "The publication"));
        }
        let channels = state.channel_names();
        let facts = Facts {
            by: meant.author.as_ref().unwrap_or(by),
            now,
            stead: None,
            seen: meant.seen,
            channels: &channels,
            staff: &state.staff,
            rules: state.rules(),
        };
        let command = match (&meant.command, dossier) {
            (Command::Erase { .. }, Some(dossier)) => Command::Erase {
                contents: office.library.with_pictures(dossier.contents()),
            },
            (command, _) => command.clone(),
        };
        // A token stands for nobody: what it does is done in the name of whoever made it.
        let decided = match meant.author.is_some() || call.caller.is_token() {
            true => decide(known, &command, facts),
            false => stead::taken(state, known, &command, meant.verb, facts).1,
        };
        let events = decided.map_err(|refused| {
            refusal(office, &meant.command, &refused, || {
                known.map(|p| shape::publication(id, p, now))
            })
        })?;
        let mut writes = finished_draft(office, id, &events)?;
        writes.extend(meant.writes.iter().cloned());
        let erase = erased_by(&events);
        if !erase.is_empty() {
            writes.extend(drafts::discard(&*office.log, id).map_err(Problem::internal)?);
            writes.extend(comments::erase_all(&*office.log, id).map_err(Problem::internal)?);
        }
        let after = fold(known, now, &events);
        let revision = state.revision(&stream_of(id)) + events.len() as u64;
        let mut body = after.map_or(json!({"id": id}), |after| shape::publication(id, &after, now));
        body["revision"] = json!(revision);
        Ok(Decision {
            events: events.into_iter().map(|event| Event::Publication(id, event)).collect(),
            content: meant.content.clone(),
            writes,
            erase,
            answer: Answer::ok(body).with_etag(revision),
        })
    })
    .await?;
    if matches!(meant.command, Command::Erase { .. }) {
        backups::carry_erasures(office).await?;
    }
    Ok(answer)
}

/// Why not, for people; what the gate blocks is told place by place.
fn refusal(office: &Office, command: &Command, refused: &Refused, current: impl FnOnce() -> Option<Value>) -> Problem {
    match (refused, command) {
        (Refused::Blocked, Command::Submit { findings, .. }) => gate::blocked(&rules::now(office).rules, findings),
        _ => Problem::refused(refused, current()),
    }
}

fn stream_of(id: PublicationId) -> String {
    format!("publication-{id}")
}

fn fold(known: Option<&Publication>, now: Instant, events: &[PublicationEvent]) -> Option<Publication> {
    events
        .iter()
        .fold(known.cloned(), |publication, event| evolve(publication, now, event))
}

/// A draft is dropped once its very text is released; one that was changed since is kept.
fn finished_draft(office: &Office, id: PublicationId, events: &[PublicationEvent]) -> Result<Vec<TableWrite>, Problem> {
    let released = events.iter().find_map(|event| match event {
        PublicationEvent::Released(release) => Some(release.content),
        PublicationEvent::Amended { content, .. } => Some(*content),
        _ => None,
    });
    let Some(released) = released else {
        return Ok(Vec::new());
    };
    let draft = drafts::find(&*office.log, id).map_err(Problem::internal)?;
    let same = draft
        .and_then(|draft| draft.document().ok())
        .is_some_and(|(_, hash, _)| hash == released);
    if same {
        drafts::discard(&*office.log, id).map_err(Problem::internal)
    } else {
        Ok(Vec::new())
    }
}

pub(crate) fn erased_by(events: &[PublicationEvent]) -> Vec<ContentHash> {
    let erased = |event: &PublicationEvent| match event {
        PublicationEvent::ContentErased { contents, .. } => contents.clone(),
        _ => Vec::new(),
    };
    events.iter().flat_map(erased).collect()
}

fn erasure_request(mut fields: Fields) -> Result<Meant, Problem> {
    let reason = fields.text("reason", MAX_REASON_CHARS);
    fields.finish()?;
    Ok(Meant::plain(Command::RequestErasure { reason }, Verb::Erase, None))
}

fn plain_erasure(command: Command, fields: Fields) -> Result<Meant, Problem> {
    fields.finish()?;
    Ok(Meant::plain(command, Verb::Erase, None))
}

fn review(mut fields: Fields) -> Result<Meant, Problem> {
    let findings_confirmed = fields.flag("findings_confirmed");
    let command = Command::Review { findings_confirmed };
    Ok(Meant::plain(command, Verb::Review, seen(fields)?))
}

fn seen(mut fields: Fields) -> Result<Option<ContentHash>, Problem> {
    let seen = fields.optional_parsed("content");
    fields.finish()?;
    Ok(seen)
}

fn release(office: &Office, id: PublicationId, mut fields: Fields) -> Result<Meant, Problem> {
    let channels: Vec<ChannelName> = fields.list("channels", 64);
    let (from, until) = (fields.instant("from"), fields.instant("until"));
    let priority = fields.optional_text("priority", 16);
    let priority = match priority.as_deref() {
        None | Some("normal") => Priority::Normal,
        Some("filler") => Priority::Filler,
        Some(_) => {
            fields.fault(
                "priority",
                "not_a_choice",
                "应为 normal 或 filler",
                "must be normal or filler",
            );
            Priority::Normal
        }
    };
    let seen = fields.optional_parsed("content");
    fields.finish()?;
    let standing = is_standing(&office.state(), id);
    let command = Command::Release {
        channels: without_repeats(channels),
        from,
        until,
        priority,
        standing,
    };
    Ok(Meant::plain(command, Verb::Release, seen))
}

/// Channels and end are as they are told; the beginning stays if it is not.
fn reschedule(mut fields: Fields) -> Result<Meant, Problem> {
    let channels: Vec<ChannelName> = fields.list("channels", 64);
    let (from, until) = (fields.instant("from"), fields.instant("until"));
    let seen = fields.optional_parsed("content");
    fields.finish()?;
    let command = Command::Reschedule {
        channels: without_repeats(channels),
        from,
        until,
    };
    Ok(Meant::plain(command, Verb::Release, seen))
}

/// Channels in the caller's order, each once.
pub(crate) fn without_repeats(channels: Vec<ChannelName>) -> Vec<ChannelName> {
    let mut once: Vec<ChannelName> = Vec::new();
    for channel in channels {
        if !once.contains(&channel) {
            once.push(channel);
        }
    }
    once
}

/// Whether a publication's catalogue entry stays disclosed for long.
pub(crate) fn is_standing(state: &state::State, id: PublicationId) -> bool {
    let entry = state
        .publications
        .get(&id)
        .map(|dossier| &dossier.publication.catalogue_entry);
    entry
        .and_then(|entry| state.catalogue.entries.get(entry))
        .is_some_and(|entry| entry.cadence == Cadence::Standing)
}

fn with_reason(mut fields: Fields, reject: bool) -> Result<Meant, Problem> {
    let reason = if reject {
        Some(fields.text("reason", 2000))
    } else {
        fields.optional_text("reason", 2000)
    };
    let seen = fields.optional_parsed("content");
    fields.finish()?;
    reasoned(reason, reject, seen)
}

/// Rejection or withdrawal, with the reason as an object of content.
pub(crate) fn reasoned(reason: Option<String>, reject: bool, seen: Option<ContentHash>) -> Result<Meant, Problem> {
    let object = reason.map(reason_object).transpose()?;
    let (command, verb) = match (reject, &object) {
        (true, Some((hash, _))) => (Command::Reject { reason: *hash }, Verb::Reject),
        (_, object) => (
            Command::Withdraw {
                reason: object.as_ref().map(|(hash, _)| *hash),
            },
            Verb::Withdraw,
        ),
    };
    let content = object.map(|(_, object)| object).into_iter().collect();
    Ok(Meant {
        content,
        ..Meant::plain(command, verb, seen)
    })
}

pub(crate) fn reason_object(reason: String) -> Result<(ContentHash, ContentObject), Problem> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(Problem::internal)?;
    Ok(library::object(salt, reason.into_bytes()))
}

/// `GET /api/v1/publications?state=&kind=&q=`
pub(crate) async fn list(
    State(office): State<Arc<Office>>,
    Query(query): Query<HashMap<String, String>>,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let (state, now) = (office.state_for(&caller.staff), office.now());
    let wanted = |name: &str| {
        query
            .get(name)
            .map(|text| text.trim().to_lowercase())
            .filter(|text| !text.is_empty())
    };
    let (stage, kind, words) = (wanted("state"), wanted("kind"), wanted("q"));
    let limit = query
        .get("limit")
        .and_then(|text| text.parse().ok())
        .unwrap_or(100)
        .clamp(1, 1000);
    let mut found = Vec::new();
    for (id, dossier) in state.publications.iter().rev() {
        let publication = &dossier.publication;
        let title = shape::title(&office, publication, Lang::ZhHans);
        let fits = stage
            .as_deref()
            .is_none_or(|stage| stage == shape::state_of(publication, now))
            && kind.as_deref().is_none_or(|kind| kind == publication.kind.slug())
            && words
                .as_deref()
                .is_none_or(|words| title.to_lowercase().contains(words));
        if fits {
            let mut shaped = shape::publication(*id, publication, now);
            shaped["title"] = json!(title);
            found.push(shaped);
        }
        if found.len() == limit {
            break;
        }
    }
    Ok(Answer::ok(json!({"publications": found})))
}

/// `GET /api/v1/publications/{id}`
pub(crate) async fn one(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let missing = || Problem::not_found("这条信息", "The publication");
    let id: PublicationId = id.parse().map_err(|_| missing())?;
    let state = office.state_for(&caller.staff);
    let dossier = state.publications.get(&id).ok_or_else(missing)?;
    let mut body = shape::dossier(&office, id, dossier, office.now());
    let revision = state.revision(&stream_of(id));
    body["revision"] = json!(revision);
    Ok(Answer::ok(body).with_etag(revision))
}

/// `GET /api/v1/publications/{id}/reach`
pub(crate) async fn reach(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let missing = || Problem::not_found("这次发布", "The release");
    let id: PublicationId = id.parse().map_err(|_| missing())?;
    shape::reach(&office, &office.state_for(&caller.staff), id)
        .map(Answer::ok)
        .ok_or_else(missing)
}
