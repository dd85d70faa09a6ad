//! Drafts that begin from something: `POST /api/v1/publications/{id}/again` from a text of an earlier year,
//! `POST /api/v1/imports?kind=&catalogue_entry=` from a file. What somebody has to look at stands in the draft's notes,
//! until they say that they did (`DELETE /api/v1/drafts/{id}/notes`).

use super::call::{Call, Caller};
use super::drafts::{self as api, Beginning, Wish};
use super::idempotency::{self, Answer, Repeatable, fresh_uuid};
use super::last_time::{self, Later};
use super::problem::{Fault, Problem};
use super::templates::content_of;
use super::upload::{Upload, Uploaded};
use crate::attachments::{self, Fresh, Kept, MAX_TOTAL_BYTES};
use crate::calendar;
use crate::drafts::Proposal;
use crate::drafts::{self, Draft, Note};
use crate::office::Office;
use crate::office_files::word::{self, Embedded};
use crate::office_files::{FileError, FileKind, MOST_BYTES, fill};
use crate::reading::Patience;
use crate::transact::blocking;
use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use heliograph_domain::content::{MAX_ATTACHMENTS, MAX_NAME_CHARS, Moved, name_fault, next_year};
use heliograph_domain::site::SiteProfile;
use heliograph_domain::staff::Verb;
use heliograph_domain::{CatalogueEntryId, Date, Kind, Lang, PublicationId};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// What the office says of itself, and with it which day it is.
fn profile(office: &Office) -> Option<Arc<SiteProfile>> {
    let state = office.state();
    let site = state.site.as_ref()?;
    office.library.profile(&site.profile)
}

/// `POST /api/v1/publications/{id}/again`: a new draft of what was public once, its dates in another year.
pub(crate) async fn again(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Draft)?;
    call.fields()?.finish()?;
    if let Some(answer) = idempotency::answered(&office, &call.caller.staff, &call.repeatable)? {
        return Ok(answer);
    }
    let missing = || Problem::not_found("这条信息的内容", "The publication's text");
    let former: PublicationId = id.parse().map_err(|_| missing())?;
    let state = office.state_for(&call.caller.staff);
    let dossier = state.publications.get(&former).ok_or_else(missing)?;
    let first = dossier.publication.first_released_at.ok_or_else(missing)?;
    let text = dossier
        .last_text()
        .and_then(|hash| office.library.document(&hash))
        .ok_or_else(missing)?;
    let (profile, now) = (profile(&office), office.now());
    let today = Date::at(now, calendar::offset_s(profile.as_deref(), now)).0;
    let year = text.dated().map_or_else(|| Date::at(first, 0).0.year, |date| date.year);
    let next = next_year(text.kind, &content_of(&text), year, today);
    let later = Later {
        profile: profile.as_deref(),
        years: next.later,
        now,
    };
    let (proposal, of_airtime) = last_time::proposed(dossier, &later);
    let id = PublicationId(fresh_uuid(now)?);
    let log = Arc::clone(&office.log);
    let pictures = Arc::clone(&text);
    let attachments = blocking(move || attachments::inherit(&*log, id, &pictures)).await?;
    let mut notes = noted_all(text.kind, next.moved);
    notes.extend(of_airtime);
    if !text.files.is_empty() {
        notes.push(Note::of(
            "公开附件没有带过来：请上传今年的文件",
            "the files for the public page were left behind: upload those of this year",
        ));
    }
    let beginning = Beginning {
        id,
        wish: Wish {
            proposal,
            kind: text.kind,
            catalogue_entry: Some(dossier.publication.catalogue_entry.clone()),
            content: next.content,
        },
        attachments,
        files: Vec::new(),
        notes,
    };
    api::save_new(&office, &call.caller, &call.repeatable, beginning).await
}

/// So many dates of a text are named one by one: a draft has room for no more.
const MOST_NAMED: usize = 400;

/// Every date of the text, in its order: those that moved, and those that stayed.
fn noted_all(kind: Kind, moved: Vec<Moved>) -> Vec<Note> {
    let left = moved.len().saturating_sub(MOST_NAMED);
    let mut notes: Vec<Note> = moved.into_iter().take(MOST_NAMED).map(|it| noted(kind, it)).collect();
    if left > 0 {
        notes.push(Note::of(
            format!("还有 {left} 处日期没有逐一列出，请通读全文核对"),
            format!("{left} more dates are not listed one by one: read the whole text"),
        ));
    }
    notes
}

fn noted(kind: Kind, moved: Moved) -> Note {
    let (often_zh, often_en) = match moved.times {
        1 => (String::new(), String::new()),
        times => (format!("（{times} 处）"), format!(" ({times} places)")),
    };
    // A field that is a day holds it as machines write it.
    let words = |text: &str, lang| match text.parse::<Date>() {
        Ok(day) => day.in_words(lang),
        Err(_) => text.to_owned(),
    };
    let (zh, en) = (words(&moved.from, Lang::ZhHans), words(&moved.from, Lang::En));
    let note = match &moved.to {
        Some(to) => Note::of(
            format!("“{zh}”已改为“{}”{often_zh}", words(to, Lang::ZhHans)),
            format!("“{en}” became “{}”{often_en}", words(to, Lang::En)),
        ),
        None => Note::of(
            format!("“{zh}”没有改，请核对{often_zh}"),
            format!("“{en}” stays as it was: look at it{often_en}"),
        ),
    };
    let known = kind.fields().iter().any(|spec| moved.field.contains(spec.name));
    Note {
        field: known.then_some(moved.field),
        ..note
    }
}

/// `POST /api/v1/imports?kind=&catalogue_entry=`: the body is a Word document.
pub(crate) async fn import(
    State(office): State<Arc<Office>>,
    Query(query): Query<HashMap<String, String>>,
    request: Request,
) -> Result<Answer, Problem> {
    let upload = Upload::of(request, &office, Verb::Draft).await?;
    let asked = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let place = place(&office, asked("kind"), asked("catalogue_entry"))?;
    let Uploaded {
        caller,
        file,
        repeatable,
        one_of_few: _one_of_few,
    } = upload.read(MOST_BYTES).await?;
    of_document(&office, &caller, place, file, &Map::new(), &repeatable).await
}

/// The kind and the catalogue entry that somebody named.
pub(crate) fn place(office: &Office, kind: &str, entry: &str) -> Result<(Kind, CatalogueEntryId), Problem> {
    let (known, id) = (kind.parse().ok(), entry.parse::<CatalogueEntryId>().ok());
    let entry = id.filter(|id| office.state().catalogue.entries.contains_key(id));
    match (known, entry) {
        (Some(kind), Some(entry)) => Ok((kind, entry)),
        (None, _) => Err(Problem::field("kind", "not_a_choice", "请选择类型", "choose a kind")),
        (_, None) => Err(Problem::field(
            "catalogue_entry",
            "unknown",
            "请选择公开目录项",
            "choose an entry of the catalogue",
        )),
    }
}

/// A draft of a document: its words in the fields of the kind, its pictures as attachments. `others` fill what it does not.
pub(crate) async fn of_document(
    office: &Arc<Office>,
    caller: &Caller,
    (kind, catalogue_entry): (Kind, CatalogueEntryId),
    file: Bytes,
    others: &Map<String, Value>,
    repeatable: &Repeatable,
) -> Result<Answer, Problem> {
    if let Some(answer) = idempotency::answered(office, &caller.staff, repeatable)? {
        return Ok(answer);
    }
    let read = tokio::task::spawn_blocking(move || read(kind, &file))
        .await
        .map_err(Problem::internal)?;
    let Read {
        mut fields,
        pictures,
        notes,
    } = read.map_err(|error| error.problem())?;
    for (name, value) in others {
        fields.entry(name).or_insert_with(|| value.clone());
    }
    let content = json!({Lang::ZhHans.tag(): fields});
    let faults = Draft::faults(kind, &content);
    if !faults.is_empty() {
        return Err(Problem::invalid(faults.iter().map(Fault::of_content).collect()));
    }
    let id = PublicationId(fresh_uuid(office.now())?);
    let kept: Vec<Kept> = pictures.iter().map(|fresh| fresh.kept.clone()).collect();
    let log = Arc::clone(&office.log);
    blocking(move || {
        pictures
            .iter()
            .try_for_each(|fresh| attachments::store(&*log, id, &fresh.kept.attachment.hash, &fresh.bytes))
    })
    .await?;
    let beginning = Beginning {
        id,
        wish: Wish {
            proposal: Proposal::default(),
            kind,
            catalogue_entry: Some(catalogue_entry),
            content,
        },
        attachments: kept,
        files: Vec::new(),
        notes,
    };
    api::save_new(office, caller, repeatable, beginning).await
}

struct Read {
    fields: Map<String, Value>,
    pictures: Vec<Fresh>,
    notes: Vec<Note>,
}

fn read(kind: Kind, file: &[u8]) -> Result<Read, FileError> {
    if FileKind::of(file)? != FileKind::Word {
        return Err(FileError::Unknown);
    }
    let mut word = word::read(file)?;
    let (fields, mut notes) = fill::fill(kind, &word);
    let embedded = std::mem::take(&mut word.pictures);
    notes.extend(word.notes);
    let pictures = pictures(embedded, &mut notes);
    Ok(Read {
        fields,
        pictures,
        notes,
    })
}

/// The pictures that pass the checks of any upload; the others are told.
fn pictures(embedded: Vec<Embedded>, notes: &mut Vec<Note>) -> Vec<Fresh> {
    let (mut all, mut bytes, mut patience) = (Vec::new(), 0, Patience::default());
    let told = embedded.len();
    for (number, picture) in (1..).zip(embedded) {
        let said: String = picture.name.trim().chars().take(MAX_NAME_CHARS).collect();
        let name = if name_fault(&said).is_none() {
            said
        } else {
            format!("图片{number}")
        };
        let is_pdf = heliograph_picture::format_of(&picture.bytes) == Some(heliograph_picture::Format::Pdf);
        let made = if is_pdf {
            None
        } else {
            attachments::read(picture.bytes, &name, &mut patience).ok()
        };
        for fresh in made.into_iter().flatten() {
            bytes += fresh.bytes.len();
            if bytes <= MAX_TOTAL_BYTES && all.len() < MAX_ATTACHMENTS {
                all.push(fresh);
            }
        }
    }
    if !all.is_empty() {
        notes.push(Note::of(
            format!("{} 张图片已作为附件放在文后，说明请核对", all.len()),
            format!("{} pictures stand after the text: look at their words", all.len()),
        ));
    }
    let left = told - all.len();
    if left > 0 {
        notes.push(Note::of(
            format!("有 {left} 张图片读不出或太大，没有导入：请另存为 PNG 或 JPEG 后上传"),
            format!("{left} pictures could not be read or are too large: save them as PNG or JPEG and upload them"),
        ));
    }
    all
}

/// `DELETE /api/v1/drafts/{id}/notes`: somebody looked at them.
pub(crate) async fn looked_at(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Draft)?;
    let _one_at_a_time = drafts::CHANGES.lock().await;
    let mut draft = api::open(&office, &caller, &id)?;
    draft.notes.clear();
    let answer = Answer::ok(json!({"id": draft.id, "hash": draft.hash()})).with_etag(draft.hash());
    api::keep(&office, &caller.staff, &Repeatable::once(), &draft, answer).await
}
