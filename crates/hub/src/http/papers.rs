//! Files for the public page: from the desk to whoever keeps them at home. Nothing of them is ever shown by the hub or by
//! a display: they leave as files, under their own name, byte for byte.

use super::call::Caller;
use super::drafts as api;
use super::idempotency::{Answer, Repeatable};
use super::problem::{Fault, Problem, Told};
use crate::drafts::{self, Draft};
use crate::office::Office;
use crate::papers::{self, FileError, FreshFile, MAX_FILE_BYTES, MAX_FILES_BYTES};
use crate::pdf::PdfError;
use crate::pdf_safety::{Active, SafetyError};
use crate::reading::Patience;
use crate::transact::blocking;
use axum::body::Bytes;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use heliograph_domain::PublicationId;
use heliograph_domain::content::{FieldError, MAX_FILE_PAGES, MAX_FILES, PublicFile, name_fault};
use serde_json::json;
use std::fmt::Write;
use std::sync::Arc;

/// What becomes of a file that is uploaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Use {
    /// It is shown: a picture, or a picture of each page.
    #[default]
    Pictures,
    /// The public page offers it; displays never hold it.
    File,
}

impl Use {
    /// What a caller wrote; nothing is pictures.
    pub(crate) fn read(asked: Option<&str>) -> Result<Self, Problem> {
        match asked {
            None | Some("" | "pictures") => Ok(Self::Pictures),
            Some("file") => Ok(Self::File),
            Some(_) => Err(Problem::field(
                "as",
                "not_a_choice",
                "请选择“显示为图片”（pictures）或“仅作为附件供公开页面下载”（file）",
                "choose `pictures` (shown on displays) or `file` (offered on the public page)",
            )),
        }
    }
}

/// Adds a PDF to the caller's draft as a file for the public page.
pub(super) async fn attach(
    office: &Arc<Office>,
    caller: &Caller,
    id: PublicationId,
    name: String,
    file: Bytes,
    repeatable: &Repeatable,
) -> Result<Answer, Problem> {
    if let Some(problem) = name_fault(&name) {
        return Err(Problem::invalid(vec![Fault::of_content(&FieldError {
            field: "name".to_owned(),
            label: ("附件名称".to_owned(), "The file's name".to_owned()),
            problem,
        })]));
    }
    let made = tokio::task::spawn_blocking(move || papers::read(file.to_vec(), name, &mut Patience::default()))
        .await
        .map_err(Problem::internal)?
        .map_err(|error| refused(&error))?;
    let _one_at_a_time = drafts::CHANGES.lock().await;
    let draft = api::open(office, caller, &id.to_string())?;
    let former = draft.clone();
    let mut draft = with(draft, &made)?;
    draft.changed_by(&caller.staff, office.now());
    api::put_aside(office, &former, &draft).await?;
    let added = made.kept.file.clone();
    let log = Arc::clone(&office.log);
    blocking(move || papers::keep(&*log, id, &made)).await?;
    let body = json!({"id": id, "hash": draft.hash(), "attachments": [], "files": [added]});
    let answer = Answer::created(body).with_etag(draft.hash());
    api::keep(office, &caller.staff, repeatable, &draft, answer).await
}

/// The draft with this file, if there are not too many.
fn with(mut draft: Draft, made: &FreshFile) -> Result<Draft, Problem> {
    draft.files.push(made.kept.clone());
    if draft.files.len() > MAX_FILES {
        return Err(Problem::field(
            "file",
            "too_many",
            format!("一条信息最多 {MAX_FILES} 个公开附件：请先删除一些"),
            format!("a publication has {MAX_FILES} files at most: remove some first"),
        ));
    }
    let bytes = draft.files.iter().map(|kept| kept.file.bytes as usize);
    if bytes.sum::<usize>() > MAX_FILES_BYTES {
        return Err(refused(&FileError::TooMuch));
    }
    Ok(draft)
}

/// Takes a file out of the caller's draft; `None` when the draft has no such file.
pub(super) async fn remove(
    office: &Arc<Office>,
    caller: &Caller,
    draft: &Draft,
    hash: &str,
) -> Result<Option<Answer>, Problem> {
    let Some(kept) = draft.files.iter().find(|kept| kept.file.hash.to_string() == hash) else {
        return Ok(None);
    };
    let mut next = draft.clone();
    next.files.retain(|known| known.file.hash != kept.file.hash);
    next.changed_by(&caller.staff, office.now());
    api::put_aside(office, draft, &next).await?;
    let answer = Answer::ok(json!({"id": next.id, "hash": next.hash()})).with_etag(next.hash());
    let answer = api::keep(office, &caller.staff, &Repeatable::once(), &next, answer).await?;
    let (log, kept) = (Arc::clone(&office.log), kept.clone());
    blocking(move || {
        let writes = papers::drop_one(&*log, next.id, &kept)?;
        log.write(writes).map_err(drafts::DraftError::from)
    })
    .await?;
    Ok(Some(answer))
}

/// A file of a draft; `None` when the draft has no such file.
pub(super) async fn of_draft(office: &Arc<Office>, draft: &Draft, hash: &str) -> Result<Option<Response>, Problem> {
    let Some(kept) = draft
        .files
        .iter()
        .find(|kept| kept.file.hash.to_string() == hash)
        .cloned()
    else {
        return Ok(None);
    };
    let (log, id, file) = (Arc::clone(&office.log), draft.id, kept.file.clone());
    let bytes = blocking(move || papers::bytes_of(&*log, id, &kept)).await?;
    let bytes = bytes.ok_or_else(|| Problem::not_found("这个附件", "The file"))?;
    Ok(Some(answer(&file, "private, max-age=600", bytes.into())))
}

/// The file as it leaves the hub: to be kept, and not to be opened in the hub's own name.
pub(crate) fn answer(file: &PublicFile, cache: &'static str, bytes: Bytes) -> Response {
    let headers: [(HeaderName, String); 5] = [
        (header::CONTENT_TYPE, file.media_type.name().to_owned()),
        (header::CONTENT_DISPOSITION, disposition(&file.file_name())),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; sandbox".to_owned(),
        ),
        (header::CACHE_CONTROL, cache.to_owned()),
    ];
    (headers, bytes).into_response()
}

/// RFC 6266, with the name as RFC 8187 writes it; old programs keep a plain one.
fn disposition(name: &str) -> String {
    let mut written = String::from("attachment; filename=\"attachment.pdf\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            written.push(char::from(byte));
        } else {
            // A text takes whatever is written to it.
            let _ = write!(written, "%{byte:02X}");
        }
    }
    written
}

/// What a clerk hears about a file that is not offered.
fn refused(error: &FileError) -> Problem {
    let (code, told) = match error {
        FileError::NotPdf => (
            "not_a_pdf",
            Told::new(
                "公开附件只能是 PDF 文件（以内容为准）：请先转换为 PDF",
                "a file for the public page is a PDF, by its content: convert it first",
            ),
        ),
        FileError::TooLarge => return too_large(),
        FileError::TooMuch => {
            let most = MAX_FILES_BYTES >> 20;
            (
                "too_large",
                Told::new(
                    format!("公开附件合计超过 {most} MiB：请减少附件"),
                    format!("the files together are larger than {most} MiB: use fewer"),
                ),
            )
        }
        FileError::TooManyPages => (
            "too_many",
            Told::new(
                format!("PDF 超过 {MAX_FILE_PAGES} 页：请拆成几个附件"),
                format!("the PDF has more than {MAX_FILE_PAGES} pages: make several files of it"),
            ),
        ),
        FileError::TooMuchText
        | FileError::Safety(SafetyError::TooMuchText)
        | FileError::Pdf(PdfError::TooMuchText) => (
            "too_long",
            Told::new(
                "PDF 文字过多，无法审查：请拆成几个附件",
                "the PDF has too much text to be looked through: make several files of it",
            ),
        ),
        FileError::Safety(SafetyError::Encrypted) | FileError::Pdf(PdfError::Locked) => (
            "locked",
            Told::new(
                "PDF 已加密或有密码、权限保护：请去掉保护后重新导出",
                "the PDF is encrypted, or guarded by a password or permissions: save it without protection",
            ),
        ),
        FileError::Safety(SafetyError::Former) => (
            "earlier_version",
            Told::new(
                "此 PDF 含有以前保存的版本，内容与现在不同，别人可以把它恢复出来：请用“打印为 PDF”或“另存为”生成新文件后再上传",
                "this PDF holds an earlier saved version that shows something else, and anybody can bring it back: print it to a \
                 new PDF, or save it as a new file, and upload that",
            ),
        ),
        FileError::Safety(SafetyError::Active(active)) => ("active_content", of_active(*active)),
        FileError::Safety(SafetyError::Damaged) | FileError::Pdf(PdfError::Unreadable(_) | PdfError::TooManyPages) => (
            "unreadable",
            Told::new(
                "PDF 结构有误，不同阅读器可能显示不同内容：请用办公软件重新导出后再上传",
                "the PDF is damaged, and readers may show different things: save it anew and upload it again",
            ),
        ),
        FileError::Safety(SafetyError::NoTool) => return no_tool("qpdf"),
        FileError::Pdf(PdfError::NoTool) => return no_tool("poppler-utils"),
        FileError::Safety(SafetyError::Io(_))
        | FileError::Pdf(PdfError::Io(_))
        | FileError::Words(_)
        | FileError::Random(_) => return Problem::internal(error),
    };
    Problem::field("file", code, told.zh, told.en)
}

fn too_large() -> Problem {
    let most = MAX_FILE_BYTES >> 20;
    let problem = Problem::field(
        "file",
        "too_large",
        format!("公开附件超过 {most} MiB：请压缩后再上传"),
        format!("the file is larger than {most} MiB: make it smaller and upload it again"),
    );
    Problem {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        ..problem
    }
}

/// What a PDF has that only a program would want.
fn of_active(active: Active) -> Told {
    let (zh, en) = match active {
        Active::Script => ("含有 JavaScript 脚本", "has a script (JavaScript) in it"),
        Active::Launch => (
            "含有打开程序或其他文件的动作",
            "has an action that opens a program or another file",
        ),
        Active::Embedded => ("内嵌了其他文件", "has another file embedded in it"),
        Active::Sends => (
            "含有提交表单或音频、视频等活动内容",
            "has a form that sends, or film, sound or the like",
        ),
    };
    Told::new(
        format!("PDF {zh}，不能公开：请用“打印为 PDF”重新生成后再上传"),
        format!("the PDF {en}, and is not offered to the public: print it to a new PDF and upload that"),
    )
}

/// The machine lacks what looks through PDF: nobody could say what the file does.
fn no_tool(package: &str) -> Problem {
    tracing::warn!(
        package,
        "a PDF was uploaded for the public page, and a package is not installed"
    );
    Problem::field(
        "file",
        "no_pdf",
        format!("本机未安装检查 PDF 的工具，暂不能上传公开附件：请管理员安装 {package}"),
        format!("this hub has nothing that looks through PDF, so no file can be offered: have {package} installed"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_name_reaches_the_readers_computer() {
        assert_eq!(
            disposition("2026年 预算(草).pdf"),
            "attachment; filename=\"attachment.pdf\"; filename*=UTF-8''2026%E5%B9%B4%20%E9%A2%84%E7%AE%97%28%E8%8D%89%29.pdf"
        );
        assert!(disposition("a\r\nb\"").ends_with("''a%0D%0Ab%22"));
    }
}
