//! The door that keeps what was typed: somebody sends a form after their session has ended.
//!
//! Every form of the admin goes through here. When nobody is signed in any longer, the page that comes back asks who is there
//! and holds all that was typed; whoever signs in sends it to where it was going. It goes on for the person for whom the form
//! was made, and for nobody else. A page of another site has nothing carried and signs nobody in. A file
//! is not carried either: whoever sent one is told which to choose again.

use super::assets::passkey_script;
use super::form::{Faults, Posted};
use super::layout::{Langs, SessionOver, bare, field_faults, redirect};
use super::sign_in::try_enter;
use super::words::door as dw;
use super::words::{self as w};
use crate::attachments::MAX_UPLOAD_BYTES;
use crate::http::attachments::UPLOAD_TIME;
use crate::http::call::{Caller, MAX_BODY, lang_of, made_by_a_page, read_body, same_origin};
use crate::http::problem::{Problem, Told};
use crate::http::sessions::{Door, Entered, show_code};
use crate::office::Office;
use crate::sign_in::origin::{CookieName, Origin};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use heliograph_domain::Lang;
use maud::{Markup, html};
use serde_json::json;
use std::sync::Arc;

/// The person for whom a form was made: a field of every form, beside its key.
pub(crate) const MADE_FOR: &str = "as";
const STAFF: &str = "door.staff";
const PASSWORD: &str = "door.password";
const CODE: &str = "door.code";
const TICKET: &str = "door.ticket";
const OURS: [&str; 4] = [STAFF, PASSWORD, CODE, TICKET];
/// A form of more bytes is not carried: with what the door adds to it, it would be too long to be sent again.
const MOST_CARRIED_BYTES: usize = MAX_BODY - 8 * 1024;
/// Of a form with a file so much is kept, to tell the file's name.
const HEAD_BYTES: usize = 16 * 1024;
/// The name of a file is told to so many characters.
const NAME_CHARS: usize = 120;

/// Keeps the forms of those whose session has ended, and lets everything else through untouched.
pub(crate) async fn keep(State(office): State<Arc<Office>>, request: Request, next: Next) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let is = |wanted: &str| kind.is_some_and(|kind| kind.as_bytes().starts_with(wanted.as_bytes()));
    let (form, file) = (is("application/x-www-form-urlencoded"), is("multipart/form-data"));
    let ours = *request.method() == Method::POST && same_origin(request.headers()).is_ok();
    if !(form || file) || !ours || request.uri().path() == "/admin/logout" {
        return next.run(request).await;
    }
    if file {
        return with_a_file(&office, request, next).await;
    }
    kept(&office, request, next)
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

/// A form with a file goes on when somebody is signed in. Else its sender hears which file was not uploaded.
async fn with_a_file(office: &Arc<Office>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match Caller::from_request_parts(&mut parts, office).await {
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED => {
            let name = file_name(&beginning(body).await);
            let lang = lang_of(&parts.headers);
            let told = name.map_or_else(
                || dw::FORM_NOT_SENT.get(lang).to_owned(),
                |name| dw::FILE_NOT_SENT.filled(lang, &[&name]),
            );
            not_carried(office, lang, &told)
        }
        _ => next.run(Request::from_parts(parts, body)).await,
    }
}

/// The first bytes of a form. The rest is read and dropped: browsers that are still sending hear no answer.
async fn beginning(body: Body) -> Vec<u8> {
    let (mut head, mut bytes, mut stream) = (Vec::new(), 0, body.into_data_stream());
    let reading = async {
        while let Some(Ok(piece)) = stream.next().await {
            bytes += piece.len();
            head.extend_from_slice(&piece[..piece.len().min(HEAD_BYTES - head.len())]);
            if bytes > MAX_UPLOAD_BYTES + HEAD_BYTES {
                break;
            }
        }
    };
    // Too slow is as if it had ended: nothing of it is needed.
    let _ = tokio::time::timeout(UPLOAD_TIME, reading).await;
    head
}

/// The name of the first file that was chosen, as browsers write it (RFC 7578, 4.2).
fn file_name(head: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let after = text.split("; filename=\"").skip(1);
    let mut names = after.filter_map(|rest| rest.split(['"', '\r', '\n']).next());
    let name = names.find(|name| !name.is_empty())?.replace("%22", "\"");
    Some(name.chars().take(NAME_CHARS).collect())
}

async fn kept(office: &Arc<Office>, request: Request, next: Next) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let body = read_body(body).await?;
    let posted = Posted::of_body(&body)?;
    let mut entered = None;
    if posted.has(STAFF) || posted.has(TICKET) {
        match at_the_door(office, &mut parts, &posted).await {
            Ok(Some(Door::Open(open))) => entered = Some(open),
            Ok(Some(Door::Code(ticket))) => return Ok(page(office, &parts, &posted, Asks::Code(&ticket), None)),
            Ok(None) => {}
            Err(problem) => return Ok(page(office, &parts, &posted, asks(&posted, &problem), Some(&problem))),
        }
    }
    if let Some(entered) = &entered {
        carry_session(office, &mut parts, entered)?;
    }
    let looked = parts.clone();
    let response = next
        .run(Request::from_parts(parts, Body::from(without_the_door(&body))))
        .await;
    if response.extensions().get::<SessionOver>().is_some() {
        return Ok(over(office, &looked, &posted, body.len()));
    }
    Ok(match entered {
        Some(entered) => (entered.headers(), response).into_response(),
        None => response,
    })
}

/// What the door asks for.
#[derive(Clone, Copy)]
enum Asks<'a> {
    Password,
    /// The code to this ticket.
    Code(&'a str),
}

/// A wrong code is asked for again; a ticket that is over begins anew.
fn asks<'a>(posted: &'a Posted, problem: &Problem) -> Asks<'a> {
    match posted.get(TICKET) {
        "" => Asks::Password,
        _ if problem.kind == "ticket-over" => Asks::Password,
        ticket => Asks::Code(ticket),
    }
}

/// Lets somebody in who shows who they are; nothing: they came in already, by a passkey or in another window.
async fn at_the_door(office: &Arc<Office>, parts: &mut Parts, posted: &Posted) -> Result<Option<Door>, Problem> {
    let made_for = posted.get(MADE_FOR);
    if let Ok(caller) = Caller::from_request_parts(parts, office).await {
        return for_them(made_for, caller.staff.as_str()).map(|()| None);
    }
    let Ok(from) = Origin::from_request_parts(parts, office).await;
    if posted.has(TICKET) {
        let entered = show_code(office, posted.get(TICKET), posted.get(CODE), &from).await?;
        return Ok(Some(Door::Open(entered)));
    }
    let staff = posted.get(STAFF).trim();
    for_them(made_for, staff)?;
    Ok(Some(try_enter(office, staff, posted.get(PASSWORD), &from).await?))
}

/// A form goes on for the person for whom it was made.
fn for_them(made_for: &str, staff: &str) -> Result<(), Problem> {
    if made_for.is_empty() || made_for == staff {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "not-their-form",
        Told::new("这份表单是另一个人填写的", "Somebody else filled in this form"),
        Told::new(
            format!("请由“{made_for}”登录后提交；或放弃这份表单，另行登录。"),
            format!("“{made_for}” can sign in and send it; or give it up and sign in anew."),
        ),
    ))
}

/// The session that was just opened takes the place of what the browser sent.
fn carry_session(office: &Office, parts: &mut Parts, entered: &Entered) -> Result<(), Problem> {
    let known = parts
        .headers
        .get(header::COOKIE)
        .and_then(|cookie| cookie.to_str().ok());
    let cookie = format!(
        "{}={}; {}",
        CookieName::Session.get(office),
        entered.secret,
        known.unwrap_or_default()
    );
    let cookie = HeaderValue::from_str(&cookie).map_err(Problem::internal)?;
    parts.headers.insert(header::COOKIE, cookie);
    Ok(())
}

/// The form as it was before the door, byte for byte: a repeated one is still known as the same.
fn without_the_door(body: &Bytes) -> Bytes {
    let ours = |pair: &&[u8]| !pair.starts_with(b"door.");
    let pairs: Vec<&[u8]> = body.split(|byte| *byte == b'&').filter(ours).collect();
    pairs.join(&b'&').into()
}

/// Nobody is signed in any longer: a script hears so, a person is asked who they are.
fn over(office: &Office, parts: &Parts, posted: &Posted, bytes: usize) -> Response {
    if made_by_a_page(&parts.headers) || posted.get("then") == "autosave" {
        let headers = [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        let told = json!({"kind": "not-signed-in", "note": dw::OVER.get(lang_of(&parts.headers))});
        return (StatusCode::UNAUTHORIZED, headers, told.to_string()).into_response();
    }
    if bytes > MOST_CARRIED_BYTES {
        let lang = lang_of(&parts.headers);
        return not_carried(office, lang, dw::TOO_LONG.get(lang));
    }
    page(office, parts, posted, Asks::Password, None)
}

/// The door of somebody whose form cannot be kept here: it is still in their browser.
fn not_carried(office: &Office, lang: Lang, told: &str) -> Response {
    let body = html! {
        div.card.door {
            h1 { (dw::OVER.get(lang)) }
            p { (told) }
            a.btn.wide href="/admin/login?next=/admin/account" target="_blank" rel="noopener" { (w::SIGN_IN.get(lang)) }
        }
    };
    let mut response = bare(office, lang, dw::OVER.get(lang), Langs::None, body);
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}

fn page(office: &Office, parts: &Parts, posted: &Posted, asks: Asks<'_>, problem: Option<&Problem>) -> Response {
    let lang = lang_of(&parts.headers);
    let action = parts.uri.path_and_query().map_or("/admin", |at| at.as_str());
    let faults = problem.map(Faults::of).unwrap_or_default();
    let body = html! {
        form.card.door method="post" action=(action) {
            h1 { (dw::OVER.get(lang)) }
            p { (dw::KEPT.get(lang)) }
            @if let Some(problem) = problem {
                p.alert role="alert" {
                    @if faults.is_empty() { strong { (problem.title.get(lang)) } " " (problem.detail.get(lang)) }
                    @else { @for (_, text) in faults.all(lang) { span { (text) } " " } }
                }
            }
            @for (name, value) in posted.pairs().filter(|(name, _)| !OURS.contains(name)) {
                input type="hidden" name=(name) value=(value);
            }
            @match asks {
                Asks::Password => (password(office, lang, posted)),
                Asks::Code(ticket) => (code(lang, ticket, &faults)),
            }
            a.muted href="/admin/login" { (dw::GIVE_UP.get(lang)) }
        }
    };
    let mut response = bare(office, lang, dw::OVER.get(lang), Langs::None, body);
    *response.status_mut() = problem.map_or(StatusCode::UNAUTHORIZED, |problem| problem.status);
    response
}

fn password(office: &Office, lang: Lang, posted: &Posted) -> Markup {
    let (made_for, typed) = (posted.get(MADE_FOR), posted.get(STAFF));
    html! {
        label.field {
            span { (w::STAFF_ID.get(lang)) }
            input type="text" name=(STAFF) value=(if made_for.is_empty() { typed } else { made_for }) autocomplete="username" readonly[!made_for.is_empty()] required;
        }
        label.field {
            span { (w::PASSWORD.get(lang)) }
            input type="password" name=(PASSWORD) autocomplete="current-password" required autofocus;
        }
        button.btn.wide type="submit" { (dw::GO_ON.get(lang)) }
        div data-passkey="sign-in" hidden {
            button.btn.quiet.wide type="button" { (w::PASSKEY_SIGN_IN.get(lang)) }
            output role="alert" {}
        }
        (passkey_script())
        @if office.sign_on.is_some() {
            p.hint { a href="/admin/sign-on?next=/admin/account" target="_blank" rel="noopener" { (dw::SIGN_ON_ELSEWHERE.get(lang)) } }
            button.btn.quiet.wide type="submit" formnovalidate { (dw::CAME_IN_ELSEWHERE.get(lang)) }
        }
    }
}

fn code(lang: Lang, ticket: &str, faults: &Faults) -> Markup {
    html! {
        input type="hidden" name=(TICKET) value=(ticket);
        p.muted { (w::CODE_WHAT.get(lang)) }
        label.field {
            span { (w::CODE.get(lang)) }
            input type="text" name=(CODE) inputmode="numeric" autocomplete="one-time-code" required autofocus;
            (field_faults(faults, "code", lang))
        }
        button.btn.wide type="submit" { (dw::GO_ON.get(lang)) }
    }
}

/// Where a form leads that nobody may send now: to the door, marked as such.
pub(crate) fn refused() -> Response {
    let mut response = redirect("/admin/login");
    response.extensions_mut().insert(SessionOver);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_goes_on_as_it_was() {
        let sent = Bytes::from("key=1&as=wang&door.staff=wang&door.password=x%26y&channels=a&channels=b&door.code=");
        assert_eq!(without_the_door(&sent), "key=1&as=wang&channels=a&channels=b");
    }

    #[test]
    fn the_file_is_told_by_its_name() {
        let part = |more: &str| format!("--edge\r\nContent-Disposition: form-data; name=\"file\"{more}\r\n\r\nbytes");
        let named = |more: &str| file_name(part(more).as_bytes());
        assert_eq!(
            named("; filename=\"预算 %22草%22.pdf\"").as_deref(),
            Some("预算 \"草\".pdf")
        );
        assert_eq!(named("; filename=\"\""), None);
        assert_eq!(named(""), None);
        assert_eq!(
            named(&format!("; filename=\"{}\"", "长".repeat(300)))
                .unwrap()
                .chars()
                .count(),
            NAME_CHARS
        );
    }

    #[test]
    fn a_form_goes_on_for_nobody_else() {
        assert!(for_them("wang", "wang").is_ok() && for_them("", "li").is_ok());
        assert_eq!(for_them("wang", "li").unwrap_err().kind, "not-their-form");
    }
}
