//! Handing in: an author's draft as it is saved, with its pictures, what the confidentiality gate finds in it, and who must
//! countersign it.

use super::call::Call;
use super::drafts::complete;
use super::fields::Fields;
use super::problem::Problem;
use super::publications::Meant;
use crate::attachments;
use crate::drafts;
use crate::gate;
use crate::office::Office;
use crate::papers;
use crate::rules;
use heliograph_domain::publication::{Command, Countersign};
use heliograph_domain::staff::Verb;
use heliograph_domain::{ContentHash, DepartmentId, PublicationId, StaffId};
use heliograph_log::ContentObject;

/// The most bytes of a text with all its languages. What is larger than a message of the broker, displays fetch.
const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;
/// The most bytes of small pictures together: they lie among the log's records, in one write with them.
const MAX_INLINE_BYTES: usize = 900 * 1024;

/// Submission takes the author's draft as it is saved.
pub(crate) fn of_call(office: &Office, call: &Call, id: PublicationId, mut fields: Fields) -> Result<Meant, Problem> {
    let countersign = countersign_of(&mut fields);
    fields.finish()?;
    call.caller.may(office, Verb::Draft)?;
    let draft = drafts::find(&*office.log, id).map_err(Problem::internal)?;
    if draft
        .as_ref()
        .is_some_and(|draft| draft.editors.contains(&call.caller.staff))
    {
        return Err(super::drafts::not_the_author());
    }
    let Some(draft) = draft.filter(|draft| draft.author == call.caller.staff) else {
        return repeated_submission(office, call, id, countersign);
    };
    if let Some(seen) = call.seen_hash()?
        && seen != draft.hash()
    {
        return Err(Problem::stale(super::drafts::shaped(&draft)));
    }
    of_draft(office, &draft, countersign, None)
}

/// `countersign`: whether anybody must, or the departments that must, all of them.
pub(crate) fn countersign_of(fields: &mut Fields) -> Countersign {
    if fields.is_list("countersign") {
        let named: Vec<DepartmentId> = fields.list("countersign", 32);
        return Countersign::by(named.into_iter().collect());
    }
    match fields.flag("countersign") {
        true => Countersign::Anybody,
        false => Countersign::Nobody,
    }
}

/// The submission of a draft, with what the confidentiality gate finds in it and who lets that through.
pub(crate) fn of_draft(
    office: &Office,
    draft: &drafts::Draft,
    countersign: Countersign,
    overridden: Option<(StaffId, ContentHash)>,
) -> Result<Meant, Problem> {
    let (document, content, object, catalogue_entry) = complete(draft)?;
    travels_whole(object.bytes.len())?;
    let mut objects = pictures(office, draft)?;
    objects.push(object);
    let mut passages = gate::of_document(&document);
    passages.extend(gate::beside(office, draft)?);
    let in_force = rules::now(office);
    let command = Command::Submit {
        content,
        kind: draft.kind,
        catalogue_entry,
        countersign,
        rules: in_force.version,
        findings: gate::look_by(office, &in_force, &passages),
        overridden,
        contributors: draft.contributors.clone(),
    };
    Ok(Meant {
        content: objects,
        author: Some(draft.author.clone()),
        ..Meant::plain(command, Verb::Draft, None)
    })
}

/// The draft's pictures and files as objects of the content store.
fn pictures(office: &Office, draft: &drafts::Draft) -> Result<Vec<ContentObject>, Problem> {
    let pictures = attachments::objects(&*office.log, draft).map_err(Problem::internal)?;
    let files = papers::objects(&*office.log, draft).map_err(Problem::internal)?;
    let objects = pictures.zip(files).map(|(pictures, files)| [pictures, files].concat());
    let objects = objects.ok_or_else(|| {
        Problem::field(
            "attachments",
            "missing",
            "有图片或公开附件没有完整保存：请删除后重新上传",
            "a picture or a file was not kept whole: remove it and upload it again",
        )
    })?;
    let small = objects.iter().filter(|object| !object.is_media());
    if small.map(|object| object.bytes.len()).sum::<usize>() > MAX_INLINE_BYTES {
        return Err(Problem::field(
            "attachments",
            "too_long",
            "小图片和小附件太多：请合并成较少的几个",
            "these are too many small pictures and files: put them together into fewer",
        ));
    }
    Ok(objects)
}

/// A text reaches displays as one object: one that is too large for that is refused here, at the desk, and not later
/// by every display.
fn travels_whole(bytes: usize) -> Result<(), Problem> {
    if bytes <= MAX_DOCUMENT_BYTES {
        return Ok(());
    }
    let (is, most) = (bytes.div_ceil(1024), MAX_DOCUMENT_BYTES / 1024);
    Err(Problem::field(
        "content",
        "too_long",
        format!("全文（含各语种）共 {is} KiB，屏幕最多接收 {most} KiB：请精简正文，或分成几条发布"),
        format!(
            "the text in all its languages takes {is} KiB, and displays take {most} KiB: shorten it, or publish it in parts"
        ),
    ))
}

/// The draft is gone because its text was released since: the repeated submission still gets its first answer.
fn repeated_submission(
    office: &Office,
    call: &Call,
    id: PublicationId,
    countersign: Countersign,
) -> Result<Meant, Problem> {
    let missing = || Problem::not_found("这份草稿", "The draft");
    let state = office.state();
    let dossier = state.publications.get(&id).ok_or_else(missing)?;
    let answered = super::idempotency::answered(office, &call.caller.staff, &call.repeatable)?;
    let on = dossier
        .publication
        .released
        .as_ref()
        .filter(|_| answered.is_some())
        .ok_or_else(missing)?;
    let command = Command::Submit {
        content: on.release.content,
        kind: dossier.publication.kind,
        catalogue_entry: dossier.publication.catalogue_entry.clone(),
        countersign,
        rules: state.rules(),
        findings: Vec::new(),
        overridden: None,
        contributors: Vec::new(),
    };
    Ok(Meant::plain(command, Verb::Draft, None))
}
