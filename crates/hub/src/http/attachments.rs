//! `/api/v1/drafts/{id}/attachments`, `/media/{hash}`, `/api/v1/device/content/{hash}`: pictures, from the desk to those
//! who see them. Files for the public page come by the same addresses (`papers.rs`).

use super::call::Caller;
use super::drafts as api;
use super::idempotency::{self, Answer, Repeatable};
use super::papers::{self, Use};
use super::problem::{Fault, Problem, Told};
use crate::attachments::{self, Fresh, Kept, MAX_TOTAL_BYTES, MAX_UPLOAD_BYTES, UPLOADS, UploadError};
use crate::credentials;
use crate::drafts::{self, Draft};
use crate::media::{self, Publicity};
use crate::office::Office;
use crate::pdf::{MAX_PAGES, PdfError};
use crate::reading::Patience;
use crate::transact::blocking;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use heliograph_domain::content::{FieldError, MAX_ATTACHMENTS, MediaType, PublicFile, name_fault};
use heliograph_domain::staff::Verb;
use heliograph_domain::{ContentHash, DisplayId, Document, PublicationId, StaffId};
use heliograph_picture::PictureError;
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// An upload must have come by then.
pub(crate) const UPLOAD_TIME: Duration = Duration::from_secs(180);

/// `POST /api/v1/drafts/{id}/attachments?name=&as=`: the body is the file.
pub(crate) async fn add(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    request: Request,
) -> Result<Answer, Problem> {
    let (mut parts, body) = request.into_parts();
    let caller = <Caller as axum::extract::FromRequestParts<_>>::from_request_parts(&mut parts, &office).await?;
    caller.may(&office, Verb::Draft)?;
    let draft = api::open(&office, &caller, &id)?;
    let key = super::call::idempotency_key(&parts.headers)?;
    let name = query.get("name").map(|name| name.trim().to_owned()).unwrap_or_default();
    let becomes = Use::read(query.get("as").map(String::as_str))?;
    let announced = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|bytes: usize| bytes > MAX_UPLOAD_BYTES) {
        return Err(too_large());
    }
    let _one_of_few = UPLOADS.acquire().await.map_err(Problem::internal)?;
    let file = whole_body(body, MAX_UPLOAD_BYTES).await?;
    let repeatable = Repeatable::new(key, "POST", &format!("{}?{name}&{becomes:?}", parts.uri.path()), &file);
    attach(&office, &caller, draft.id, (name, becomes), file, &repeatable).await
}

/// A body of a file; too large a one, or one that takes too long, is an answer.
pub(crate) async fn whole_body(body: Body, most_bytes: usize) -> Result<Bytes, Problem> {
    let reading = axum::body::to_bytes(body, most_bytes);
    match tokio::time::timeout(UPLOAD_TIME, reading).await {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(error)) if is_length(&error) => Err(too_large()),
        Ok(Err(_)) => Err(Problem::malformed(
            "file",
            "cut_short",
            "文件没有传完，请重新上传",
            "the file was cut short: send it again",
        )),
        Err(_) => Err(Problem {
            status: StatusCode::REQUEST_TIMEOUT,
            ..Problem::malformed(
                "file",
                "too_slow",
                "上传时间过长，请检查网络后重试",
                "the upload took too long: check the network and try again",
            )
        }),
    }
}

fn is_length(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.to_string().contains("length limit"))
}

fn too_large() -> Problem {
    let most = MAX_UPLOAD_BYTES >> 20;
    Problem {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        ..Problem::field(
            "file",
            "too_large",
            format!("文件超过 {most} MiB：请压缩图片后再上传"),
            format!("the file is larger than {most} MiB: make the picture smaller and upload it again"),
        )
    }
}

/// Decodes a file and adds its pictures to the caller's draft, or adds it as a file for the public page.
pub(crate) async fn attach(
    office: &Arc<Office>,
    caller: &Caller,
    id: PublicationId,
    (name, becomes): (String, Use),
    file: Bytes,
    repeatable: &Repeatable,
) -> Result<Answer, Problem> {
    if let Some(answer) = idempotency::answered(office, &caller.staff, repeatable)? {
        return Ok(answer);
    }
    if becomes == Use::File && !file.is_empty() {
        return papers::attach(office, caller, id, name, file, repeatable).await;
    }
    if let Some(problem) = name_fault(&name) {
        return Err(Problem::invalid(vec![Fault::of_content(&FieldError {
            field: "name".to_owned(),
            label: ("图片说明".to_owned(), "The picture's name".to_owned()),
            problem,
        })]));
    }
    if file.is_empty() {
        return Err(Problem::field(
            "file",
            "missing",
            "请选择一个图片或 PDF 文件",
            "choose a picture or a PDF",
        ));
    }
    let made = tokio::task::spawn_blocking(move || attachments::read(file.to_vec(), &name, &mut Patience::default()))
        .await
        .map_err(Problem::internal)?
        .map_err(|error| refused(&error))?;
    let _one_at_a_time = drafts::CHANGES.lock().await;
    let draft = api::open(office, caller, &id.to_string())?;
    let former = draft.clone();
    let draft = with(draft, &made, &caller.staff, office)?;
    api::put_aside(office, &former, &draft).await?;
    let log = Arc::clone(&office.log);
    let added: Vec<_> = made.iter().map(|fresh| fresh.kept.attachment.clone()).collect();
    blocking(move || {
        made.iter()
            .try_for_each(|fresh| attachments::store(&*log, id, &fresh.kept.attachment.hash, &fresh.bytes))
    })
    .await?;
    let body = json!({"id": id, "hash": draft.hash(), "attachments": added, "files": []});
    let answer = Answer::created(body).with_etag(draft.hash());
    api::keep(office, &caller.staff, repeatable, &draft, answer).await
}

/// The draft with these pictures, if they are not too many.
fn with(mut draft: Draft, made: &[Fresh], by: &StaffId, office: &Office) -> Result<Draft, Problem> {
    draft.attachments.extend(made.iter().map(|fresh| fresh.kept.clone()));
    draft.changed_by(by, office.now());
    if draft.attachments.len() > MAX_ATTACHMENTS {
        let (zh, en) = (
            format!("一条信息最多 {MAX_ATTACHMENTS} 张图片：请先删除一些"),
            format!("a publication has {MAX_ATTACHMENTS} pictures at most: remove some first"),
        );
        return Err(Problem::field("file", "too_many", zh, en));
    }
    let bytes = |kept: &Kept| kept.attachment.bytes as usize;
    if draft.attachments.iter().map(bytes).sum::<usize>() > MAX_TOTAL_BYTES {
        return Err(refused(&UploadError::TooMuch));
    }
    Ok(draft)
}

/// `DELETE /api/v1/drafts/{id}/attachments/{hash}`
pub(crate) async fn remove(
    State(office): State<Arc<Office>>,
    Path((id, hash)): Path<(String, String)>,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Draft)?;
    let _one_at_a_time = drafts::CHANGES.lock().await;
    let mut draft = api::open(&office, &caller, &id)?;
    if let Some(answer) = papers::remove(&office, &caller, &draft, &hash).await? {
        return Ok(answer);
    }
    let kept = of_draft(&draft, &hash)?;
    let former = draft.clone();
    draft
        .attachments
        .retain(|known| known.attachment.hash != kept.attachment.hash);
    draft.changed_by(&caller.staff, office.now());
    api::put_aside(&office, &former, &draft).await?;
    let answer = Answer::ok(json!({"id": draft.id, "hash": draft.hash()})).with_etag(draft.hash());
    let answer = api::keep(&office, &caller.staff, &Repeatable::once(), &draft, answer).await?;
    let log = Arc::clone(&office.log);
    blocking(move || {
        let writes = attachments::drop_one(&*log, draft.id, &kept.attachment.hash)?;
        log.write(writes).map_err(drafts::DraftError::from)
    })
    .await?;
    Ok(answer)
}

/// `GET /api/v1/drafts/{id}/attachments/{hash}`: a picture of a draft that is open to one, or of one that was referred.
pub(crate) async fn of_own(
    State(office): State<Arc<Office>>,
    Path((id, hash)): Path<(String, String)>,
    caller: Caller,
) -> Result<Response, Problem> {
    let own = caller
        .may(&office, Verb::Draft)
        .and_then(|()| api::open(&office, &caller, &id));
    let draft = own.or_else(|refused| super::referrals::referred(&office, &caller, &id).map_err(|_| refused))?;
    if let Some(file) = papers::of_draft(&office, &draft, &hash).await? {
        return Ok(file);
    }
    let kept = of_draft(&draft, &hash)?;
    let (log, media_type) = (Arc::clone(&office.log), kept.attachment.media_type);
    let bytes = blocking(move || attachments::bytes_of(&*log, draft.id, &kept)).await?;
    Ok(private(media_type, bytes.ok_or_else(missing)?.into()))
}

fn of_draft(draft: &Draft, hash: &str) -> Result<Kept, Problem> {
    let hash: ContentHash = hash.parse().map_err(|_| missing())?;
    let found = draft.attachments.iter().find(|kept| kept.attachment.hash == hash);
    found.cloned().ok_or_else(missing)
}

/// `GET /api/v1/publications/{id}/attachments/{hash}`: a picture or file of a text on its way or released, for staff.
pub(crate) async fn of_publication(
    State(office): State<Arc<Office>>,
    Path((id, hash)): Path<(String, String)>,
    caller: Caller,
) -> Result<Response, Problem> {
    caller.may(&office, Verb::Read)?;
    let id: PublicationId = id.parse().map_err(|_| missing())?;
    let hash: ContentHash = hash.parse().map_err(|_| missing())?;
    let state = office.state_for(&caller.staff);
    let dossier = state.publications.get(&id).cloned().ok_or_else(missing)?;
    let found = blocking(move || -> Result<_, std::convert::Infallible> {
        let contents = dossier.contents();
        let mut texts = contents.iter().filter_map(|content| office.library.document(content));
        let found = texts.find_map(|text| Found::of(&text, &hash));
        Ok(found.and_then(|found| Some((found, office.library.object(&hash)?.bytes))))
    })
    .await?;
    Ok(match found.ok_or_else(missing)? {
        (Found::Picture(media_type), bytes) => private(media_type, bytes),
        (Found::File(file), bytes) => papers::answer(&file, "private, max-age=600", bytes),
    })
}

/// What a document names by a hash.
enum Found {
    Picture(MediaType),
    File(PublicFile),
}

impl Found {
    fn of(text: &Document, hash: &ContentHash) -> Option<Self> {
        let picture = text.attachments.iter().find(|attachment| attachment.hash == *hash);
        let file = || text.files.iter().find(|file| file.hash == *hash);
        picture
            .map(|attachment| Self::Picture(attachment.media_type))
            .or_else(|| file().cloned().map(Self::File))
    }
}

fn private(media_type: MediaType, bytes: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type.name()),
        (header::CACHE_CONTROL, "private, max-age=600"),
    ];
    (headers, bytes).into_response()
}

/// `GET /media/{sha256}`: a picture of a text that is public now.
pub(crate) async fn public(
    State(office): State<Arc<Office>>,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let hash: ContentHash = hash.parse().map_err(|_| missing())?;
    let gone = || Problem {
        status: StatusCode::GONE,
        ..missing()
    };
    let now = office.now();
    let asked = Arc::clone(&office);
    let standing = blocking(move || Ok::<_, std::convert::Infallible>(media::publicity(&asked, &hash, now))).await?;
    match standing {
        Publicity::Never => return Err(missing()),
        Publicity::Over => return Err(gone()),
        Publicity::Now => {}
    }
    let etag = format!("\"{hash}\"");
    let answer_headers = [
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    if crate::admin::assets::is_known(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, answer_headers).into_response());
    }
    let object = blocking(move || Ok::<_, std::convert::Infallible>(office.library.object(&hash))).await?;
    let bytes = object.ok_or_else(gone)?.bytes;
    let media_type = match heliograph_picture::format_of(&bytes) {
        Some(heliograph_picture::Format::Jpeg) => MediaType::Jpeg,
        _ => MediaType::Png,
    };
    Ok((answer_headers, [(header::CONTENT_TYPE, media_type.name())], bytes).into_response())
}

/// `GET /api/v1/device/content/{hash}`: an object of its programme, for a display with its own token. The body is the
/// object as it would travel through the broker: format, salt, bytes.
pub(crate) async fn for_display(
    State(office): State<Arc<Office>>,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let display = display_of(&office, &headers).ok_or_else(Problem::unauthorised)?;
    let hash: ContentHash = hash.parse().map_err(|_| missing())?;
    let payload = blocking(move || {
        Ok::<_, std::convert::Infallible>(media::for_display(&office.state(), &office.library, display, &hash))
    })
    .await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, payload.ok_or_else(missing)?).into_response())
}

/// The token that a request carries.
pub(crate) fn token_of(headers: &HeaderMap) -> Option<&str> {
    let carried = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    carried.strip_prefix("Bearer ").map(str::trim)
}

/// The display whose token the request carries.
pub(crate) fn display_of(office: &Office, headers: &HeaderMap) -> Option<DisplayId> {
    let hash = credentials::hash(token_of(headers)?.as_bytes());
    let kept = office.credentials.read().unwrap_or_else(PoisonError::into_inner);
    kept.iter().find(|(_, known)| known.sha256 == hash).map(|(id, _)| *id)
}

fn missing() -> Problem {
    Problem::not_found("这张图片", "The picture")
}

/// What a clerk hears about a file that became no picture.
fn refused(error: &UploadError) -> Problem {
    let (code, told) = match error {
        UploadError::Picture(error) => of_picture(error),
        UploadError::Pdf(PdfError::NoTool) => return no_tool(),
        UploadError::Pdf(PdfError::TooManyPages) => (
            "too_many",
            Told::new(
                format!("PDF 超过 {MAX_PAGES} 页：请只上传需要展示的页"),
                format!("the PDF has more than {MAX_PAGES} pages: upload only those to be shown"),
            ),
        ),
        UploadError::Pdf(PdfError::TooMuchText) => (
            "too_long",
            Told::new(
                "PDF 某页文字过多，无法审查：请只上传需要展示的内容",
                "a page of the PDF has too much text to be looked through: upload only what is to be shown",
            ),
        ),
        UploadError::Pdf(PdfError::Locked) => (
            "locked",
            Told::new(
                "PDF 有密码保护：请去掉密码后再上传",
                "the PDF is locked with a password: remove it and upload it again",
            ),
        ),
        UploadError::Pdf(PdfError::Unreadable(_)) => (
            "unreadable",
            Told::new(
                "PDF 无法读取（文件损坏或过于复杂）：请另存为图片后再上传",
                "the PDF cannot be read (it is damaged, or too much): save its pages as pictures and upload those",
            ),
        ),
        UploadError::TooMuch => {
            let most = MAX_TOTAL_BYTES >> 20;
            (
                "too_large",
                Told::new(
                    format!("图片合计超过 {most} MiB：请减少图片"),
                    format!("the pictures together are larger than {most} MiB: use fewer"),
                ),
            )
        }
        UploadError::Pdf(PdfError::Io(_)) | UploadError::Encode(_) | UploadError::Random(_) => {
            return Problem::internal(error);
        }
    };
    Problem::field("file", code, told.zh, told.en)
}

/// The machine lacks what draws PDF: a clerk can still send pictures, and hears so.
fn no_tool() -> Problem {
    tracing::warn!("a PDF was uploaded, and pdftoppm is not installed: apt-get install poppler-utils");
    Problem::field(
        "file",
        "no_pdf",
        "本机未安装 PDF 工具：请把页面另存为图片后上传，或请管理员安装 poppler-utils",
        "this hub has nothing that draws PDF: save the pages as pictures, or have poppler-utils installed",
    )
}

#[expect(clippy::too_many_lines, reason = "a table: one entry an error, in two languages")]
fn of_picture(error: &PictureError) -> (&'static str, Told) {
    match error {
        PictureError::Unknown => (
            "not_a_picture",
            Told::new(
                "这不是 PNG、JPEG、WebP 图片或 PDF 文件（以内容为准，与文件名无关）",
                "it is no PNG, JPEG or WebP picture and no PDF, by its content and not by its name",
            ),
        ),
        PictureError::TooManyBytes { .. } => {
            let most = MAX_UPLOAD_BYTES >> 20;
            (
                "too_large",
                Told::new(
                    format!("文件超过 {most} MiB"),
                    format!("the file is larger than {most} MiB"),
                ),
            )
        }
        PictureError::TooManyPixels {
            width_px,
            height_px,
            most,
        } => (
            "too_many_pixels",
            Told::new(
                format!(
                    "图片太大（{width_px}×{height_px} 像素，最多 {} 万像素）：请缩小后再上传",
                    most / 10_000
                ),
                format!(
                    "the picture has {width_px} × {height_px} pixels, and {most} together at most: make it smaller"
                ),
            ),
        ),
        PictureError::TooLong {
            width_px,
            height_px,
            most,
        } => (
            "too_many_pixels",
            Told::new(
                format!("图片太长（{width_px}×{height_px} 像素，每边最多 {most}）：请裁成几张后再上传"),
                format!("the picture has {width_px} × {height_px} pixels, and {most} a side at most: cut it in pieces"),
            ),
        ),
        PictureError::TooMuchMemory { .. } => (
            "too_many_pixels",
            Told::new(
                "图片太大：请缩小，或另存为普通（非渐进式）JPEG",
                "the picture takes too much memory: make it smaller, or save it as a plain JPEG",
            ),
        ),
        PictureError::Truncated => (
            "cut_short",
            Told::new(
                "图片文件不完整：请重新导出或重新上传",
                "the picture is cut short: save it or send it again",
            ),
        ),
        PictureError::Animated => (
            "animated",
            Told::new(
                "不支持动态图片：请另存其中一帧",
                "animated pictures are not shown: save one frame of it",
            ),
        ),
        PictureError::Damaged(_) => (
            "unreadable",
            Told::new(
                "图片无法读取：请另存为 PNG 或 JPEG 后再上传",
                "the picture cannot be read: save it anew as PNG or JPEG",
            ),
        ),
    }
}
