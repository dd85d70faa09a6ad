//! “Confirm that it is you”: before a step that asks for presence, in the place of the form that asked for it.
//!
//! Every form of the admin goes through here. When its step was refused because its owner had not shown for some minutes
//! that it is they, the page that comes back asks for the password or a code, holds all that was typed, and sends it to
//! where it was going.

use super::afterwards;
use super::assets::passkey_script;
use super::form::{Faults, Posted};
use super::layout::{Desk, Place, field_faults};
use super::words as w;
use crate::http::call::{AskedToConfirm, read_body, same_origin};
use crate::http::problem::Problem;
use crate::http::sessions::{Shown, confirm_by};
use crate::office::Office;
use crate::sign_in::factors;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::html;
use std::sync::Arc;

const PASSWORD: &str = "confirm.password";
const CODE: &str = "confirm.code";

/// Asks where that is needed, and lets everything else through untouched.
pub(crate) async fn ask(State(office): State<Arc<Office>>, request: Request, next: Next) -> Response {
    let form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    if *request.method() != Method::POST || !form {
        return next.run(request).await;
    }
    match asked(&office, request, next).await {
        Ok(response) => response,
        Err(response) => *response,
    }
}

async fn asked(office: &Arc<Office>, request: Request, next: Next) -> Result<Response, Box<Response>> {
    let refused = |problem: Problem| Box::new(problem.into_response());
    let (mut parts, body) = request.into_parts();
    let body = read_body(body).await.map_err(refused)?;
    let posted = Posted::of_body(&body).map_err(refused)?;
    if posted.has(PASSWORD) || posted.has(CODE) {
        same_origin(&parts.headers).map_err(refused)?;
        let desk = Desk::from_request_parts(&mut parts, office).await.map_err(Box::new)?;
        if let Err(problem) = confirmed(&desk, &posted).await {
            return Ok(page(&desk, &parts, &posted, &problem));
        }
    }
    let asked = AskedToConfirm::default();
    parts.extensions.insert(asked.clone());
    let mut again = parts.clone();
    let response = next
        .run(Request::from_parts(parts, Body::from(without_confirmation(&body))))
        .await;
    if !asked.is_set() {
        return Ok(response);
    }
    let desk = Desk::from_request_parts(&mut again, office).await.map_err(Box::new)?;
    Ok(page(&desk, &again, &posted, &Problem::confirm()))
}

async fn confirmed(desk: &Desk, posted: &Posted) -> Result<(), Problem> {
    let nothing = posted.get(CODE).trim().is_empty() && posted.get(PASSWORD).is_empty();
    if nothing && desk.caller.present(&desk.office).is_ok() {
        // A passkey, or the office's sign-on in another window, has shown it meanwhile.
        return Ok(());
    }
    let shown = match posted.get(CODE).trim() {
        "" => Shown::Password(
            posted
                .get(PASSWORD)
                .chars()
                .take(crate::http::people::PASSWORD_MAX)
                .collect(),
        ),
        code => Shown::Code(code.to_owned()),
    };
    confirm_by(&desk.office, &desk.caller, shown).await
}

/// The form as it was before it was asked, byte for byte: a repeated one is still known as the same.
fn without_confirmation(body: &Bytes) -> Bytes {
    let ours = |pair: &&[u8]| !(pair.starts_with(b"confirm.password=") || pair.starts_with(b"confirm.code="));
    let pairs: Vec<&[u8]> = body.split(|byte| *byte == b'&').filter(ours).collect();
    pairs.join(&b'&').into()
}

fn page(desk: &Desk, parts: &Parts, posted: &Posted, problem: &Problem) -> Response {
    let factors = factors::find(&desk.office, desk.me()).unwrap_or_default();
    let (has_codes, has_passkeys) = (factors.is_second(), !factors.passkeys.is_empty());
    let signs_on = desk.office.sign_on.is_some();
    let action = parts.uri.path_and_query().map_or("/admin", |at| at.as_str());
    let faults = Faults::of(problem);
    let failed = problem.kind != "confirm-identity";
    let body = html! {
        form.card.door.confirm method="post" action=(action) {
            h1 { (desk.t(w::CONFIRM_TITLE)) }
            p.after id="after" { strong { (desk.t(afterwards::word(parts.uri.path()))) } }
            p.muted { (desk.t(w::CONFIRM_WHY)) }
            @if failed && faults.is_empty() { p.alert role="alert" { strong { (problem.title.get(desk.lang)) } " " (problem.detail.get(desk.lang)) } }
            @for (name, value) in posted.pairs().filter(|(name, _)| ![PASSWORD, CODE].contains(name)) {
                input type="hidden" name=(name) value=(value);
            }
            // For programs that keep passwords: whose it is.
            label.field { span { (desk.t(w::STAFF_ID)) } input type="text" value=(desk.me()) autocomplete="username" readonly; }
            label.field.bad[!faults.at("password", desk.lang).is_empty()] {
                span { (desk.t(w::PASSWORD)) }
                input type="password" name=(PASSWORD) autocomplete="current-password" required[!has_codes && !signs_on] autofocus;
                (field_faults(&faults, "password", desk.lang))
            }
            @if has_codes {
                label.field.bad[!faults.at("code", desk.lang).is_empty()] {
                    span { (desk.t(w::OR_CODE)) }
                    input type="text" name=(CODE) inputmode="numeric" autocomplete="one-time-code";
                    (field_faults(&faults, "code", desk.lang))
                }
            }
            button.btn.wide type="submit" aria-describedby="after" { (desk.t(w::CONFIRM_GO_ON)) }
            @if has_passkeys {
                div data-passkey="confirm" hidden {
                    button.btn.quiet.wide type="button" { (desk.t(w::PASSKEY_CONFIRM)) }
                    output role="alert" {}
                }
                (passkey_script())
            }
            p.hint { (desk.t(w::CONFIRM_KEPT)) }
            @if signs_on { p.hint { a href="/admin/sign-on?again=1&next=/admin/account" target="_blank" rel="noopener" { (desk.t(w::SIGN_ON_AGAIN)) } } }
            a.muted href="/admin" { (desk.t(w::CONFIRM_NOT_NOW)) }
        }
    };
    desk.page_with(problem.status, Place::Account, desk.t(w::CONFIRM_TITLE), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_goes_on_as_it_was() {
        let sent = Bytes::from("key=1&confirm.password=x%26y&channels=a&channels=b&confirm.code=");
        assert_eq!(without_confirmation(&sent), "key=1&channels=a&channels=b");
    }
}
