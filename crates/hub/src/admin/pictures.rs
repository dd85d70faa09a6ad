//! Pictures of a draft: chosen as a file, seen as they will be kept, removed; complete without script.

use super::done::done;
use super::layout::Desk;
use super::papers;
use super::words as w;
use super::write;
use crate::attachments::{MAX_UPLOAD_BYTES, UPLOADS};
use crate::http::attachments as api;
use crate::http::call::same_origin;
use crate::http::drafts;
use crate::http::idempotency::Repeatable;
use crate::http::papers::Use;
use crate::http::problem::Problem;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::response::Response;
use heliograph_domain::content::{Attachment, MAX_ATTACHMENTS, MAX_FILES, MAX_NAME_CHARS, PublicFile};
use heliograph_domain::staff::Verb;
use maud::{Markup, html};
use std::sync::Arc;

/// Bytes of a form around its file.
const FORM_BYTES: usize = 64 * 1024;

/// `POST /admin/write/{id}/pictures`: a form with a name and a file.
pub(crate) async fn add(desk: Desk, Path(id): Path<String>, request: Request) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    same_origin(request.headers())?;
    let draft = drafts::open(&desk.office, &desk.caller, &id)?;
    match taken(&desk, draft.id, request).await {
        Ok(()) => Ok(done(&format!("/admin/write/{id}#pictures"), "picture")),
        Err(problem) => write::again(&desk, &draft, &problem),
    }
}

async fn taken(desk: &Desk, id: heliograph_domain::PublicationId, request: Request) -> Result<(), Problem> {
    let boundary = boundary_of(&request).ok_or_else(unreadable)?;
    let _one_of_few = UPLOADS.acquire().await.map_err(Problem::internal)?;
    let body = api::whole_body(request.into_body(), MAX_UPLOAD_BYTES + FORM_BYTES).await?;
    let name = part(&body, &boundary, "name").ok_or_else(unreadable)?;
    let name = String::from_utf8(name.to_vec())
        .map_err(|_| unreadable())?
        .trim()
        .to_owned();
    let file = part(&body, &boundary, "file").ok_or_else(unreadable)?;
    let becomes = part(&body, &boundary, "as").and_then(|chosen| String::from_utf8(chosen.to_vec()).ok());
    let becomes = Use::read(becomes.as_deref())?;
    // The same form twice is harmless: the second picture is seen and removed.
    let once = Repeatable::once();
    api::attach(&desk.office, &desk.caller, id, (name, becomes), file, &once).await?;
    Ok(())
}

/// `POST /admin/write/{id}/pictures/{hash}/remove`
pub(crate) async fn remove(
    desk: Desk,
    Path((id, hash)): Path<(String, String)>,
    _: super::form::Posted,
) -> Result<Response, Problem> {
    let office = State(Arc::clone(&desk.office));
    api::remove(office, Path((id.clone(), hash)), desk.caller.clone()).await?;
    Ok(done(&format!("/admin/write/{id}#pictures"), "picture-removed"))
}

fn unreadable() -> Problem {
    Problem::malformed(
        "file",
        "invalid",
        "表单无法读取，请重新选择文件",
        "the form cannot be read: choose the file again",
    )
}

/// The boundary between the parts of a form (RFC 7578, 4.1).
pub(super) fn boundary_of(request: &Request) -> Option<String> {
    let kind = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    let rest = kind.strip_prefix("multipart/form-data")?;
    let boundary = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?;
    let boundary = boundary.trim_matches('"');
    (1..=70).contains(&boundary.len()).then(|| format!("--{boundary}"))
}

/// The content of a form's part by its name.
pub(super) fn part(body: &Bytes, boundary: &str, name: &str) -> Option<Bytes> {
    let boundary = boundary.as_bytes();
    let mut at = find(body, boundary, 0)? + boundary.len();
    loop {
        let head_end = find(body, b"\r\n\r\n", at)?;
        let end = find(body, &[b"\r\n", boundary].concat(), head_end + 2)?;
        let head = String::from_utf8_lossy(&body[at..head_end]);
        let disposition = head
            .lines()
            .find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"));
        let named = disposition.and_then(|line| line.split("; name=\"").nth(1)?.split('"').next());
        if named == Some(name) {
            return Some(body.slice((head_end + 4).min(end)..end));
        }
        at = end + 2 + boundary.len();
    }
}

/// Where `needle` is, from `from` on.
fn find(hay: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let (first, rest) = needle.split_first()?;
    let mut at = from;
    loop {
        at += hay.get(at..)?.iter().position(|byte| byte == first)?;
        if hay.get(at + 1..)?.starts_with(rest) {
            return Some(at);
        }
        at += 1;
    }
}

/// The pictures of a text in a row, each with its words.
pub(crate) fn row(desk: &Desk, address: &str, attachments: &[Attachment]) -> Markup {
    html! {
        @if !attachments.is_empty() {
            section.card {
                h2 { (desk.t(w::PICTURES)) }
                div.pictures { @for it in attachments { (figure(address, it, &html! {})) } }
            }
        }
    }
}

pub(crate) fn figure(address: &str, it: &Attachment, more: &Markup) -> Markup {
    html! {
        figure {
            a href=(format!("{address}/{}", it.hash)) { img src=(format!("{address}/{}", it.hash)) alt=(it.name) loading="lazy" width=(it.width_px) height=(it.height_px); }
            figcaption { span { (it.name) } small { (it.width_px) "×" (it.height_px) " · " (it.bytes.div_ceil(1024)) " KiB" } }
            (more)
        }
    }
}

/// The part of the writing page: the pictures so far, and a form for another.
pub(crate) fn card(desk: &Desk, id: Option<&str>, attachments: &[Attachment], files: &[PublicFile]) -> Markup {
    html! {
        section.card id="pictures" {
            h2 { (desk.t(w::papers::PICTURES_AND_FILES)) }
            p.hint { (desk.t(w::PICTURES_HINT)) }
            @if let Some(id) = id {
                @let address = format!("/api/v1/drafts/{id}/attachments");
                @if !attachments.is_empty() {
                    div.pictures {
                        @for it in attachments {
                            (figure(&address, it, &html! {
                                form method="post" action=(format!("/admin/write/{id}/pictures/{}/remove", it.hash)) {
                                    button.btn.danger.small type="submit" { (desk.t(w::REMOVE_PICTURE)) span.away { " " (it.name) } }
                                }
                            }))
                        }
                    }
                }
                (papers::of_draft(desk, id, files))
                @if attachments.len() < MAX_ATTACHMENTS || files.len() < MAX_FILES {
                    form.stack method="post" enctype="multipart/form-data" action=(format!("/admin/write/{id}/pictures")) {
                        label.field { span { (desk.t(w::PICTURE_NAME)) span.must { "*" } " " small { (desk.t(w::PICTURE_NAME_HINT)) } } input type="text" name="name" required maxlength=(MAX_NAME_CHARS); }
                        label.field { span { (desk.t(w::PICTURE_FILE)) span.must { "*" } } input type="file" name="file" required accept="image/png,image/jpeg,image/webp,application/pdf"; }
                        (papers::choice(desk))
                        div.buttons { button.btn.quiet type="submit" { (desk.t(w::ADD_PICTURE)) } }
                    }
                }
            } @else { p.muted { (desk.t(w::PICTURES_AFTER_SAVE)) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_form_are_found_by_name_and_nonsense_is_none() {
        let form = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n海报\r\n--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a\r.png\"\r\nContent-Type: image/png\r\n\r\n\u{89}--x\n\r\n--x--\r\n";
        let body = Bytes::from(form);
        assert_eq!(part(&body, "--x", "name").unwrap(), "海报".as_bytes());
        assert_eq!(part(&body, "--x", "file").unwrap(), "\u{89}--x\n".as_bytes());
        assert_eq!(part(&body, "--x", "other"), None);
        for bad in ["", "--x", "--x\r\n\r\n", "--x\r\nname\r\n\r\n--x", "x--x--x"] {
            assert_eq!(part(&Bytes::from(bad), "--x", "name"), None, "{bad:?}");
        }
        let empty = Bytes::from("--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n\r\n--x--");
        assert_eq!(part(&empty, "--x", "file").unwrap(), Bytes::new());
    }
}
