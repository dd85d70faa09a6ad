//! `/api/v1/drafts`: texts that their authors work on.

use super::call::{Call, Caller};
use super::fields::Fields;
use super::idempotency::{self, Answer, Repeatable, fresh_uuid};
use super::problem::{Fault, Problem, Told};
use super::shape;
use crate::admin::preview;
use crate::attachments::{self, Kept};
use crate::backups;
use crate::begun;
use crate::draft_versions;
use crate::drafts::{self, Draft, Note, Proposal};
use crate::gate;
use crate::office::Office;
use crate::papers::{self, KeptFile};
use crate::transact::blocking;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use heliograph_domain::staff::Verb;
use heliograph_domain::{CatalogueEntryId, ChannelName, ContentHash, Document, Instant, Kind, PublicationId, StaffId};
use heliograph_log::ContentObject;
use serde_json::{Value, json};
use std::sync::Arc;

/// The most bytes of a draft's row, so that it fits one write of the log with the answer beside it.
const MAX_DRAFT_BYTES: usize = 960 * 1024;

/// What a caller writes in a draft.
pub(crate) struct Wish {
    pub(crate) kind: Kind,
    /// A draft need not have one yet: what somebody types is kept before they have looked for its place.
    pub(crate) catalogue_entry: Option<CatalogueEntryId>,
    pub(crate) content: Value,
    pub(crate) proposal: Proposal,
}

/// `POST /api/v1/drafts`
pub(crate) async fn create(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Draft)?;
    let mut fields = call.fields()?;
    let revises: Option<PublicationId> = fields.optional_parsed("publication");
    let wish = read_wish(&office, fields)?;
    let id = match revises {
        Some(id) => revisable(&office, &call.caller.staff, id)?,
        None => PublicationId(fresh_uuid(office.now())?),
    };
    let beginning = Beginning {
        id,
        wish,
        attachments: inherited(&office, &call.caller.staff, id).await?,
        files: inherited_files(&office, &call.caller.staff, id).await?,
        notes: Vec::new(),
    };
    save_new(&office, &call.caller, &call.repeatable, beginning).await
}

/// What a draft begins with.
pub(crate) struct Beginning {
    pub(crate) id: PublicationId,
    pub(crate) wish: Wish,
    /// Pictures whose bytes are kept already.
    pub(crate) attachments: Vec<Kept>,
    /// Files for the public page whose bytes are kept already.
    pub(crate) files: Vec<KeptFile>,
    pub(crate) notes: Vec<Note>,
}

/// A new draft of the caller's.
pub(crate) async fn save_new(
    office: &Arc<Office>,
    caller: &Caller,
    repeatable: &Repeatable,
    beginning: Beginning,
) -> Result<Answer, Problem> {
    let actor = &caller.staff;
    if let Some(answer) = idempotency::answered(office, actor, repeatable)? {
        return Ok(answer);
    }
    if let Some(known) = drafts::find(&*office.log, beginning.id).map_err(Problem::internal)? {
        return Err(Problem::stale(shaped(&known)));
    }
    let draft = begun_by(actor, office.now(), beginning)?;
    let answer = Answer::created(told(office, &draft)).with_etag(draft.hash());
    keep(office, actor, repeatable, &draft, answer).await
}

/// Several new drafts of the caller's, in one step: every one or none.
pub(crate) async fn save_all(
    office: &Arc<Office>,
    caller: &Caller,
    repeatable: &Repeatable,
    beginnings: Vec<Beginning>,
) -> Result<Answer, Problem> {
    let actor = &caller.staff;
    if let Some(answer) = idempotency::answered(office, actor, repeatable)? {
        return Ok(answer);
    }
    // What was begun last stands first in a list: so the rows of a table keep their order in it.
    let now = office.now();
    let begun = (0..).zip(beginnings).map(|(row, beginning)| {
        let at = Instant(now.0.saturating_sub(row));
        begun_by(actor, at, beginning)
    });
    let drafts: Vec<Draft> = begun.collect::<Result<_, Problem>>()?;
    let mut writes = Vec::with_capacity(drafts.len() + 1);
    for draft in &drafts {
        writes.push(draft.keep().map_err(Problem::internal)?);
    }
    let bytes: usize = writes
        .iter()
        .filter_map(|write| Some(write.value.as_ref()?.len()))
        .sum();
    if bytes > MAX_DRAFT_BYTES {
        return Err(Problem::field(
            "file",
            "too_large",
            "表格的内容太多，一次存不下：请分几次导入",
            "the table has more than can be kept at once: import it in parts",
        ));
    }
    let kept = drafts.iter().map(|draft| json!({"id": draft.id, "hash": draft.hash()}));
    let answer = Answer::created(json!({"drafts": kept.collect::<Vec<_>>()}));
    writes.extend(repeatable.remember(actor, &answer, office.now()));
    let log = Arc::clone(&office.log);
    blocking(move || log.write(writes)).await?;
    Ok(answer)
}

fn begun_by(actor: &StaffId, now: Instant, beginning: Beginning) -> Result<Draft, Problem> {
    let Beginning {
        id,
        wish,
        attachments,
        files,
        notes,
    } = beginning;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(Problem::internal)?;
    Ok(Draft {
        id,
        kind: wish.kind,
        catalogue_entry: wish.catalogue_entry,
        content: wish.content,
        salt,
        author: actor.clone(),
        updated_at: now,
        attachments,
        files,
        referral: None,
        editors: Vec::new(),
        contributors: Vec::new(),
        saved_by: None,
        proposal: wish.proposal,
        notes,
    })
}

/// `PUT /api/v1/drafts/{id}` with `If-Match`
pub(crate) async fn update(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Draft)?;
    let wish = read_wish(&office, call.fields()?)?;
    let _one_at_a_time = drafts::CHANGES.lock().await;
    let known = open(&office, &call.caller, &id)?;
    let seen = seen(&call)?;
    if let Some(answer) = idempotency::answered(&office, &call.caller.staff, &call.repeatable)? {
        return Ok(answer);
    }
    if seen != known.hash() {
        return Err(Problem::stale(shaped(&known)));
    }
    let draft = rewritten(&known, wish, &call.caller.staff, office.now());
    put_aside(&office, &known, &draft).await?;
    let answer = Answer::ok(told(&office, &draft)).with_etag(draft.hash());
    keep(&office, &call.caller.staff, &call.repeatable, &draft, answer).await
}

/// The hash that a caller saw; a change of a draft needs it.
pub(crate) fn seen(call: &Call) -> Result<ContentHash, Problem> {
    call.seen_hash()?.ok_or_else(|| Problem {
        status: StatusCode::PRECONDITION_REQUIRED,
        ..Problem::malformed(
            "If-Match",
            "missing",
            "请带上 If-Match：您看到的草稿的哈希值",
            "send If-Match: the hash of the draft that you saw",
        )
    })
}

/// The draft with what this person wrote.
pub(crate) fn rewritten(known: &Draft, wish: Wish, by: &StaffId, now: Instant) -> Draft {
    let mut draft = Draft {
        kind: wish.kind,
        catalogue_entry: wish.catalogue_entry,
        content: wish.content,
        proposal: wish.proposal,
        ..known.clone()
    };
    if draft.hash() == known.hash() {
        draft.updated_at = now;
    } else {
        draft.changed_by(by, now);
    }
    draft
}

/// Puts a draft aside that another form takes the place of, if somebody may have it before their eyes.
pub(crate) async fn put_aside(office: &Arc<Office>, former: &Draft, next: &Draft) -> Result<(), Problem> {
    if draft_versions::is_shown(former) && former.hash() != next.hash() {
        put_aside_anyway(office, former, None).await?;
    }
    Ok(())
}

/// Puts a draft aside; `beside`: whose words it is put together with.
pub(crate) async fn put_aside_anyway(
    office: &Arc<Office>,
    former: &Draft,
    beside: Option<StaffId>,
) -> Result<(), Problem> {
    let writes = draft_versions::put_aside(&*office.log, former, beside, office.now()).map_err(Problem::internal)?;
    let log = Arc::clone(&office.log);
    blocking(move || log.write(writes)).await
}

/// `GET /api/v1/drafts`: one's own, and those that are shared with one.
pub(crate) async fn list(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Draft)?;
    let all = begun::of(&office, &caller.staff).map_err(Problem::internal)?;
    let listed = all.iter().map(|begun| {
        let mut listed = shaped(&begun.draft);
        listed["waits_for"] = json!(begun.awaits.slug());
        listed
    });
    Ok(Answer::ok(json!({"drafts": listed.collect::<Vec<_>>()})))
}

/// `GET /api/v1/drafts/{id}`
pub(crate) async fn one(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Draft)?;
    let draft = open(&office, &caller, &id)?;
    draft_versions::shown(&draft);
    let mut body = shaped(&draft);
    body["findings"] = told(&office, &draft)["findings"].take();
    Ok(Answer::ok(body).with_etag(draft.hash()))
}

/// `DELETE /api/v1/drafts/{id}`: with its pictures and its former states, here and in the copies that the hub made.
pub(crate) async fn delete(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Draft)?;
    // A save under way must not bring back what is dropped now.
    let _one_at_a_time = drafts::CHANGES.lock().await;
    let draft = own(&office, &caller, &id)?;
    let log = Arc::clone(&office.log);
    let writes = drafts::discard(&*log, draft.id).map_err(Problem::internal)?;
    blocking(move || log.write(writes)).await?;
    preview::forget(draft.id, &draft.author);
    backups::carry_erasures(&office).await?;
    Ok(Answer::ok(json!({"id": draft.id, "discarded": true})))
}

/// What a writer hears at once: the draft's hash, and what the confidentiality gate finds so far.
pub(crate) fn told(office: &Office, draft: &Draft) -> Value {
    let findings = gate::look(office, &gate::of_whole_draft(office, draft));
    json!({"id": draft.id, "hash": draft.hash(), "findings": gate::shaped(&findings)})
}

/// A draft as JSON.
pub(crate) fn shaped(draft: &Draft) -> Value {
    json!({
        "id": draft.id,
        "hash": draft.hash(),
        "kind": draft.kind.slug(),
        "catalogue_entry": draft.catalogue_entry,
        "content": draft.content,
        "attachments": draft.attachments.iter().map(|kept| &kept.attachment).collect::<Vec<_>>(),
        "files": draft.files.iter().map(|kept| &kept.file).collect::<Vec<_>>(),
        "author": draft.author,
        "editors": draft.editors,
        "contributors": draft.contributors,
        "saved_by": draft.last_writer(),
        "notes": draft.notes,
        "referred": draft.is_referred(),
        "channels": draft.proposal.channels,
        "from": draft.proposal.from.map(shape::time),
        "until": draft.proposal.until.map(shape::time),
        "updated_at": shape::time(draft.updated_at),
    })
}

/// A draft whose author the caller is: they alone share it, hand it in and drop it.
pub(crate) fn own(office: &Office, caller: &Caller, id: &str) -> Result<Draft, Problem> {
    let draft = open(office, caller, id)?;
    if draft.author == caller.staff {
        Ok(draft)
    } else {
        Err(not_the_author())
    }
}

/// What a co-editor hears who would do what is the author's.
pub(crate) fn not_the_author() -> Problem {
    Problem {
        status: StatusCode::FORBIDDEN,
        ..Problem::conflict(
            "not-the-author",
            Told::new(
                "这份草稿由拟稿人共享给您：送审、共享和删除由拟稿人办理",
                "its author shares this draft with you: the author hands it in, shares it and drops it",
            ),
            None,
        )
    }
}

/// A draft that is the caller's or shared with them: nobody else reads it before it is submitted.
pub(crate) fn open(office: &Office, caller: &Caller, id: &str) -> Result<Draft, Problem> {
    let missing = || Problem::not_found("这份草稿", "The draft");
    let id: PublicationId = id.parse().map_err(|_| missing())?;
    let draft = drafts::find(&*office.log, id)
        .map_err(Problem::internal)?
        .ok_or_else(missing)?;
    if draft.is_open_to(&caller.staff) {
        Ok(draft)
    } else {
        Err(missing())
    }
}

pub(crate) fn read_wish(office: &Office, mut fields: Fields) -> Result<Wish, Problem> {
    let kind = fields.choice("kind", |slug| {
        Kind::ALL.iter().copied().find(|kind| kind.slug() == slug)
    });
    let catalogue_entry: Option<CatalogueEntryId> = fields.optional_parsed("catalogue_entry");
    let content = fields.required_value("content");
    let proposal = read_proposal(office, &mut fields);
    if let Some(kind) = kind
        && !content.is_null()
    {
        fields.extend(Draft::faults(kind, &content).iter().map(Fault::of_content));
    }
    if let Some(entry) = &catalogue_entry
        && !office.state().catalogue.entries.contains_key(entry)
    {
        fields.fault(
            "catalogue_entry",
            "unknown",
            "公开目录中没有这一项",
            "is not an entry of the catalogue",
        );
    }
    fields.finish()?;
    Ok(Wish {
        kind: kind.ok_or_else(|| Problem::internal("a wish without faults lacks its kind"))?,
        catalogue_entry,
        content,
        proposal,
    })
}

/// Where and when it should be shown. Times that have passed are no fault here: they are when it is released.
fn read_proposal(office: &Office, fields: &mut Fields) -> Proposal {
    let channels: Vec<ChannelName> = fields.list("channels", 64);
    let known = office.state().channel_names();
    if channels.iter().any(|channel| !known.contains(channel)) {
        fields.fault("channels", "unknown", "没有这个频道", "there is no such channel");
    }
    Proposal {
        channels: super::publications::without_repeats(channels),
        from: fields.instant("from"),
        until: fields.instant("until"),
    }
}

/// Only something that was submitted once can be revised.
fn revisable(office: &Office, person: &StaffId, id: PublicationId) -> Result<PublicationId, Problem> {
    if office.state_for(person).publications.contains_key(&id) {
        return Ok(id);
    }
    Err(Problem::field(
        "publication",
        "unknown",
        "没有这条信息",
        "there is no such publication",
    ))
}

/// A revision begins with the pictures of the text that it revises.
async fn inherited(office: &Arc<Office>, person: &StaffId, id: PublicationId) -> Result<Vec<Kept>, Problem> {
    let Some(former) = office
        .state_for(person)
        .publications
        .get(&id)
        .and_then(|dossier| dossier.last_text())
    else {
        return Ok(Vec::new());
    };
    let Some(former) = office.library.document(&former) else {
        return Ok(Vec::new());
    };
    let log = Arc::clone(&office.log);
    blocking(move || attachments::inherit(&*log, id, &former)).await
}

/// And with its files for the public page.
async fn inherited_files(office: &Arc<Office>, person: &StaffId, id: PublicationId) -> Result<Vec<KeptFile>, Problem> {
    let state = office.state_for(person);
    let former = state.publications.get(&id).and_then(|dossier| dossier.last_text());
    let Some(former) = former.and_then(|former| office.library.document(&former)) else {
        return Ok(Vec::new());
    };
    let log = Arc::clone(&office.log);
    blocking(move || papers::inherit(&*log, id, &former)).await
}

/// Keeps a draft, and the answer with it.
pub(crate) async fn keep(
    office: &Arc<Office>,
    by: &StaffId,
    repeatable: &Repeatable,
    draft: &Draft,
    answer: Answer,
) -> Result<Answer, Problem> {
    let kept = draft.keep().map_err(Problem::internal)?;
    if kept.value.as_ref().is_some_and(|row| row.len() > MAX_DRAFT_BYTES) {
        return Err(Problem::field(
            "content",
            "too_long",
            format!(
                "全文（含各语种）超过 {} KiB：请精简正文，或分成几条发布",
                MAX_DRAFT_BYTES / 1024
            ),
            format!(
                "the text in all its languages is longer than {} KiB: shorten it, or publish it in parts",
                MAX_DRAFT_BYTES / 1024
            ),
        ));
    }
    let mut writes = vec![kept];
    writes.extend(repeatable.remember(by, &answer, office.now()));
    let log = Arc::clone(&office.log);
    blocking(move || log.write(writes)).await?;
    Ok(answer)
}

/// What a clerk hears who has not chosen where in the catalogue a text belongs.
pub(crate) fn without_entry() -> Problem {
    Problem::field(
        "catalogue_entry",
        "missing",
        "请选择公开目录项",
        "choose an entry of the catalogue",
    )
}

/// What a draft is handed in as, with its place in the catalogue.
pub(crate) type Complete = (Document, ContentHash, ContentObject, CatalogueEntryId);

/// The draft as it is handed in, or all that is still missing.
pub(crate) fn complete(draft: &Draft) -> Result<Complete, Problem> {
    match (draft.document(), &draft.catalogue_entry) {
        (Ok((document, hash, object)), Some(entry)) => Ok((document, hash, object, entry.clone())),
        (document, entry) => {
            let mut problem = incomplete(&document.err().unwrap_or_default());
            if entry.is_none() {
                problem.faults.splice(0..0, without_entry().faults);
            }
            Err(problem)
        }
    }
}

/// What a clerk hears who submits something unfinished.
pub(crate) fn incomplete(errors: &[heliograph_domain::content::FieldError]) -> Problem {
    Problem {
        title: Told::new(
            "还有必填内容没有完成，未送审",
            "Some mandatory elements are missing; it was not submitted",
        ),
        ..Problem::invalid(errors.iter().map(Fault::of_content).collect())
    }
}
