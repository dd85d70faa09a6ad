//! One's own account: where one is signed in, the authenticator, the password, and tokens for machines.

use super::done::done;
use super::form::Posted;
use super::layout::{Desk, Place, redirect, tag};
use super::parts::Shown;
use super::words as w;
use super::words::passwords as pw;
use super::{own_password, told};
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::{account as api, sessions};
use crate::keys::hex;
use crate::office::Office;
use crate::sign_in::origin::in_words;
use crate::sign_in::{self, Carried, factors, totp};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use heliograph_domain::staff::Verb;
use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};
use serde_json::{Value, json};
use std::sync::Arc;

/// The pages of the account.
pub(crate) fn router() -> Router<Arc<Office>> {
    Router::new()
        .route("/admin/account", get(page))
        .route("/admin/account/sessions/end-others", get(back).post(end_others))
        .route("/admin/account/sessions/{id}/end", get(back).post(end_session))
        .route("/admin/account/passkeys", get(back).post(add_passkey))
        .route("/admin/account/passkeys/{id}/remove", get(back).post(remove_passkey))
        .route("/admin/account/password", get(own_password::page).post(set_password))
        .route("/admin/account/changes", get(told::page).post(told::seen))
        .route("/admin/account/tokens", get(back).post(token))
        .route("/admin/account/authenticator", get(authenticator).post(begin))
        .route(
            "/admin/account/authenticator/confirm",
            get(authenticator).post(complete),
        )
        .route("/admin/account/authenticator/remove", get(back).post(remove))
        .route("/admin/account/recovery-codes", get(back).post(renew_recovery))
        .route("/admin/account/tokens/{id}/end", get(back).post(end_token))
}

/// A page that a refused form left behind, loaded anew.
async fn back() -> Response {
    redirect("/admin/account")
}

/// What the page says besides what it always says.
#[derive(Default)]
struct Outcome<'a> {
    failed: Option<(&'a str, &'a Posted, &'a Problem)>,
    token: Option<String>,
}

/// `GET /admin/account`
async fn page(desk: Desk) -> Result<Response, Problem> {
    show(&desk, &Outcome::default())
}

fn show(desk: &Desk, outcome: &Outcome<'_>) -> Result<Response, Problem> {
    desk.caller.person()?;
    let standing = sign_in::standing_of(&desk.office, desk.me())?;
    let (tokens, own): (Vec<_>, Vec<_>) = standing.iter().partition(|carried| carried.session.is_token());
    let factors = factors::find(&desk.office, desk.me())?;
    let shown = |form: &str| {
        let failed = outcome.failed.filter(|(which, _, _)| *which == form);
        Shown::new(desk, failed.map(|(_, typed, problem)| (typed, problem)))
    };
    let known = [
        ("password", w::NEW_PASSWORD),
        ("again", w::PASSWORD_AGAIN),
        ("label", w::TOKEN_LABEL),
        ("days", w::TOKEN_DAYS),
        ("scopes", w::SCOPES),
    ];
    let body = html! {
        div.top {
            div { h1 { (desk.t(w::ACCOUNT)) } p.muted { (desk.person(desk.me())) " · " (desk.me()) } }
            div.buttons {
                a.btn.quiet href="/admin/account/changes" { (desk.t(pw::CHANGES)) }
                a.btn.quiet href="/admin/substitutes" { (desk.t(w::review::SUBSTITUTES)) }
            }
        }
        @if let Some((_, _, problem)) = outcome.failed { (desk.alert(problem, &known)) }
        @if let Some(token) = &outcome.token { div.told role="status" { strong { (desk.t(w::TOKEN_MADE)) } pre { (token) } } }
        div.split {
            div.stack {
                section.card id="sessions" { h2 { (desk.t(w::SESSIONS)) } (session_rows(desk, &own)) }
                section.card id="tokens" { h2 { (desk.t(w::TOKENS)) } p.hint { (desk.t(w::TOKENS_WHAT)) } (token_rows(desk, &tokens)) (token_form(desk, &shown("token"))) }
            }
            div.stack { (second_factor(desk, &factors)) (passkeys(desk, &factors)) (password_form(desk, &shown("password"))) }
        }
    };
    let status = outcome.failed.map_or(StatusCode::OK, |(_, _, problem)| problem.status);
    Ok(desk.page_with(status, Place::Account, desk.t(w::ACCOUNT), body))
}

fn session_rows(desk: &Desk, own: &[&Carried]) -> Markup {
    html! {
        @for carried in own {
            @let session = &carried.session;
            @let current = carried.row == desk.caller.row;
            div.row {
                span {
                    @if session.agent.is_empty() { (desk.t(w::A_PROGRAM)) } @else { (in_words(&session.agent)) }
                    small { @if !session.address.is_empty() { (session.address) " · " } @if let Some(at) = carried.seen_at.or(session.opened_at) { (desk.f(w::USED_AT, &[&desk.time(at)])) } }
                }
                @if current { (tag("green", desk.t(w::THIS_ONE))) }
                @else { (end_form(desk, &format!("/admin/account/sessions/{}/end", hex(&carried.row)), w::END_SESSION)) }
            }
        }
        p.hint { (desk.f(w::SESSIONS_END, &[&(desk.office.session_rules.idle_ms / 60_000).to_string(), &(desk.office.session_rules.longest_ms / 3_600_000).to_string()])) }
        form method="post" action="/admin/account/sessions/end-others" { (desk.key()) button.btn.quiet type="submit" { (desk.t(w::END_OTHERS)) } }
    }
}

fn end_form(desk: &Desk, action: &str, word: w::Word) -> Markup {
    html! { form method="post" action=(action) { (desk.key()) button.btn.small.quiet type="submit" { (desk.t(word)) } } }
}

fn token_rows(desk: &Desk, tokens: &[&Carried]) -> Markup {
    html! {
        @for carried in tokens {
            @let scopes: Vec<&str> = carried.session.verbs().into_iter().map(|verb| verb.label(desk.lang)).collect();
            div.row {
                span {
                    (carried.session.label)
                    small {
                        (scopes.join(desk.t(w::LIST_COMMA))) " · " (desk.f(w::UNTIL_TIME, &[&desk.time(carried.session.expires_at)])) " · "
                        @match carried.seen_at { Some(at) => (desk.f(w::USED_AT, &[&desk.time(at)])), None => (desk.t(w::NEVER_USED)) }
                    }
                }
                (end_form(desk, &format!("/admin/account/tokens/{}/end", hex(&carried.row)), w::REVOKE_TOKEN))
            }
        }
        @if tokens.is_empty() { p.muted { (desk.t(w::NO_TOKENS)) } }
    }
}

fn token_form(desk: &Desk, shown: &Shown<'_>) -> Markup {
    let mine: Vec<(String, String)> = Verb::ALL
        .into_iter()
        .filter(|verb| verb.fits_a_token() && desk.state.staff.may(desk.me(), *verb))
        .map(|verb| (verb.slug().to_owned(), verb.label(desk.lang).to_owned()))
        .collect();
    html! {
        details.fold open[shown.typed.is_some()] {
            summary.btn.quiet { (desk.t(w::MAKE_TOKEN)) }
            form.form method="post" action="/admin/account/tokens" {
                (desk.key())
                div.pair { (shown.line(w::TOKEN_LABEL, "label", "", None)) (shown.line(w::TOKEN_DAYS, "days", "90", None)) }
                (shown.boxes(w::SCOPES, "scopes", &["read".to_owned()], &mine))
                p.hint { (desk.t(w::SCOPES_WHAT)) }
                div.buttons { button.btn type="submit" { (desk.t(w::MAKE_TOKEN)) } }
            }
        }
    }
}

fn second_factor(desk: &Desk, factors: &factors::Factors) -> Markup {
    let required = desk.state.staff.needs_second_factor(desk.me(), desk.now);
    html! {
        section.card id="second-factor" {
            h2 { (desk.t(w::SECOND_FACTOR)) " " @if factors.is_second() { (tag("green", desk.t(w::FACTOR_ON))) } @else { (tag("grey", desk.t(w::FACTOR_OFF))) } }
            p.hint { (desk.t(w::SECOND_FACTOR_WHAT)) }
            @if required { p { (desk.t(w::SECOND_FACTOR_REQUIRED)) } }
            @if factors.is_second() { p { (desk.f(w::RECOVERY_LEFT, &[&factors.recovery.len().to_string()])) } }
            form method="post" action="/admin/account/authenticator" {
                (desk.key())
                button.btn.wide.quiet[factors.is_second()] type="submit" { (desk.t(if factors.is_second() { w::OTHER_AUTHENTICATOR } else { w::SET_UP_AUTHENTICATOR })) }
            }
            @if factors.is_second() {
                form method="post" action="/admin/account/recovery-codes" { (desk.key()) button.btn.quiet.wide type="submit" { (desk.t(w::NEW_RECOVERY)) } }
                @if !required {
                    details.fold {
                        summary.btn.danger.wide { (desk.t(w::REMOVE_AUTHENTICATOR)) }
                        form method="post" action="/admin/account/authenticator/remove" {
                            (desk.key())
                            p.hint { (desk.t(w::REMOVE_AUTHENTICATOR_WHAT)) }
                            button.btn.danger type="submit" { (desk.t(w::CONFIRM)) }
                        }
                    }
                }
            }
        }
    }
}

fn passkeys(desk: &Desk, factors: &factors::Factors) -> Markup {
    html! {
        section.card id="passkeys" {
            h2 { (desk.t(w::PASSKEYS)) }
            p.hint { (desk.t(w::PASSKEYS_WHAT)) }
            @for passkey in &factors.passkeys {
                div.row {
                    span {
                        (passkey.label)
                        small { (passkey.host) " · " @match passkey.used { Some(at) => (desk.f(w::USED_AT, &[&desk.time(at)])), None => (desk.t(w::NEVER_USED)) } }
                    }
                    (end_form(desk, &format!("/admin/account/passkeys/{}/remove", passkey.id), w::REMOVE_PASSKEY))
                }
            }
            form method="post" action="/admin/account/passkeys" { (desk.key()) button.btn.quiet.wide type="submit" { (desk.t(w::ADD_PASSKEY)) } }
        }
    }
}

/// `POST /admin/account/passkeys`: the page on which a browser makes one, for who has shown that it is they.
async fn add_passkey(desk: Desk, _: Posted) -> Result<Response, Problem> {
    desk.caller.present(&desk.office)?;
    let body = html! {
        div.top { div { a.crumb href="/admin/account" { (desk.t(w::ACCOUNT)) } h1 { (desk.t(w::ADD_PASSKEY)) } } }
        section.card.narrow {
            p { (desk.t(w::PASSKEYS_WHAT)) }
            div.form data-passkey="register" hidden {
                label.field { span { (desk.t(w::PASSKEY_LABEL)) } input type="text" maxlength="60" value=(desk.t(w::PASSKEY_DEFAULT)); }
                button.btn type="button" { (desk.t(w::ADD_PASSKEY)) }
                output role="alert" {}
            }
            noscript { p.notice { (desk.t(w::PASSKEY_NEEDS_SCRIPT)) } }
            (super::assets::passkey_script())
        }
    };
    Ok(desk.page(Place::Account, desk.t(w::ADD_PASSKEY), body))
}

/// `POST /admin/account/passkeys/{id}/remove`
async fn remove_passkey(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let call = nothing(&desk, &posted, "remove-passkey");
    match crate::http::passkeys::remove(State(Arc::clone(&desk.office)), Path(id), call).await {
        Ok(_) => Ok(done("/admin/account#passkeys", "passkey-removed")),
        Err(problem) => failed(&desk, "passkeys", &posted, &problem),
    }
}

fn password_form(desk: &Desk, shown: &Shown<'_>) -> Markup {
    html! {
        section.card id="password" {
            h2 { (desk.t(w::CHANGE_PASSWORD)) }
            form.form method="post" action="/admin/account/password" {
                (desk.key())
                (shown.password(w::NEW_PASSWORD, "password", w::PASSWORD_MIN))
                (shown.password(w::PASSWORD_AGAIN, "again", w::PASSWORD_ENDS))
                div.buttons { button.btn type="submit" { (desk.t(w::CHANGE_PASSWORD)) } }
            }
        }
    }
}

/// `POST /admin/account/sessions/{id}/end`
async fn end_session(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    end(desk, id, &posted, "session-ended").await
}

/// `POST /admin/account/tokens/{id}/end`
async fn end_token(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    end(desk, id, &posted, "token-ended").await
}

async fn end(desk: Desk, id: String, posted: &Posted, deed: &str) -> Result<Response, Problem> {
    match sessions::end(State(Arc::clone(&desk.office)), Path(id), desk.caller.clone()).await {
        Ok(_) => Ok(done("/admin/account", deed)),
        Err(problem) => failed(&desk, "end", posted, &problem),
    }
}

/// `POST /admin/account/sessions/end-others`
async fn end_others(desk: Desk, _: Posted) -> Result<Response, Problem> {
    sessions::sign_out_elsewhere(State(Arc::clone(&desk.office)), desk.caller.clone()).await?;
    Ok(done("/admin/account", "others"))
}

fn failed(desk: &Desk, form: &str, posted: &Posted, problem: &Problem) -> Result<Response, Problem> {
    let outcome = Outcome {
        failed: Some((form, posted, problem)),
        ..Outcome::default()
    };
    show(desk, &outcome)
}

/// `POST /admin/account/password`
async fn set_password(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let first = desk.state.staff.owes_password(desk.me());
    match try_set_password(&desk, &posted).await {
        Ok(()) if first => Ok(own_password::go_on(&posted)),
        Ok(()) => Ok(done("/admin/account", "password")),
        Err(problem) if first => own_password::show(&desk, posted.get("next"), Some((&posted, &problem))).await,
        Err(problem) => failed(&desk, "password", &posted, &problem),
    }
}

async fn try_set_password(desk: &Desk, posted: &Posted) -> Result<(), Problem> {
    if posted.get("password") != posted.get("again") {
        let (zh, en) = ("两次输入的密码不一样", "The two passwords differ");
        return Err(Problem::field("again", "differs", zh, en));
    }
    let call = posted.call(desk, "password", None, &json!({"password": posted.get("password")}));
    api::set_password(State(Arc::clone(&desk.office)), call).await?;
    Ok(())
}

/// `POST /admin/account/tokens`
async fn token(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let days = posted.get("days").trim();
    let days = days.parse::<u64>().map_or_else(|_| json!(days), |days| json!(days));
    let wish = json!({"label": posted.value("label"), "days": days, "scopes": posted.all("scopes")});
    match sessions::token(
        State(Arc::clone(&desk.office)),
        posted.call(&desk, "token", None, &wish),
    )
    .await
    {
        Ok(answer) => {
            let outcome = Outcome {
                token: answer.body["token"].as_str().map(str::to_owned),
                ..Outcome::default()
            };
            show(&desk, &outcome)
        }
        Err(problem) => failed(&desk, "token", &posted, &problem),
    }
}

fn nothing(desk: &Desk, posted: &Posted, purpose: &str) -> Call {
    posted.call(desk, purpose, None, &json!({}))
}

/// `POST /admin/account/authenticator`
async fn begin(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let call = nothing(&desk, &posted, "authenticator");
    api::begin(State(Arc::clone(&desk.office)), call).await?;
    Ok(redirect("/admin/account/authenticator"))
}

/// `GET /admin/account/authenticator`
async fn authenticator(desk: Desk) -> Result<Response, Problem> {
    show_authenticator(&desk, None)
}

fn show_authenticator(desk: &Desk, failed: Option<(&Posted, &Problem)>) -> Result<Response, Problem> {
    desk.caller.person()?;
    let factors = factors::find(&desk.office, desk.me())?;
    let shown = Shown::new(desk, failed);
    let body = html! {
        div.top { div { a.crumb href="/admin/account" { (desk.t(w::ACCOUNT)) } h1 { (desk.t(w::SET_UP_AUTHENTICATOR)) } } }
        @if let Some((_, problem)) = failed { (desk.alert(problem, &[("code", w::AUTHENTICATOR_CODE)])) }
        @if desk.caller.owes_factor(&desk.office)? { div.notice role="status" { p { (desk.t(w::SECOND_FACTOR_REQUIRED)) } } }
        section.card.narrow {
            @match factors.begun(desk.now) {
                Some(begun) => {
                    @let uri = totp::uri(&api::issuer(&desk.office), desk.me().as_str(), &begun.secret);
                    ol.steps {
                        li { (desk.t(w::AUTHENTICATOR_SCAN)) (qr(&uri, desk.t(w::AUTHENTICATOR_QR))) details { summary { (desk.t(w::AUTHENTICATOR_TYPE)) } p { code { (grouped(&totp::base32(&begun.secret))) } } } }
                        li {
                            form.form method="post" action="/admin/account/authenticator/confirm" {
                                (desk.key())
                                label.field.bad[failed.is_some()] {
                                    span { (desk.t(w::AUTHENTICATOR_CODE)) }
                                    input id=[shown.place("code")] type="text" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required;
                                    (shown.said("code"))
                                }
                                div.buttons { button.btn type="submit" { (desk.t(w::CONFIRM)) } }
                            }
                        }
                    }
                }
                None => {
                    p { (desk.t(w::SECOND_FACTOR_WHAT)) }
                    form method="post" action="/admin/account/authenticator" { (desk.key()) button.btn type="submit" { (desk.t(w::BEGIN)) } }
                }
            }
        }
    };
    let status = failed.map_or(StatusCode::OK, |(_, problem)| problem.status);
    Ok(desk.page_with(status, Place::Account, desk.t(w::SET_UP_AUTHENTICATOR), body))
}

fn grouped(text: &str) -> String {
    let groups: Vec<&str> = text
        .as_bytes()
        .chunks(4)
        .filter_map(|four| std::str::from_utf8(four).ok())
        .collect();
    groups.join(" ")
}

/// A QR code as a picture within the page, with the white that ISO/IEC 18004 asks for around it.
fn qr(text: &str, label: &str) -> Markup {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        return html! {};
    };
    let width = code.width();
    let dark = code
        .into_colors()
        .into_iter()
        .enumerate()
        .filter(|(_, colour)| *colour == Color::Dark);
    let path: String = dark
        .map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + 4, at / width + 4))
        .collect();
    let side = width + 8;
    html! {
        svg.qr role="img" aria-label=(label) viewBox=(format!("0 0 {side} {side}")) shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}

/// `POST /admin/account/authenticator/confirm`
async fn complete(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let call = posted.call(
        &desk,
        "confirm-authenticator",
        None,
        &json!({"code": posted.value("code")}),
    );
    match api::complete(State(Arc::clone(&desk.office)), call).await {
        Ok(answer) => Ok(show_recovery(&desk, &answer.body["recovery_codes"])),
        Err(problem) => show_authenticator(&desk, Some((&posted, &problem))),
    }
}

/// `POST /admin/account/recovery-codes`
async fn renew_recovery(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    let call = nothing(&desk, &posted, "recovery");
    let answer = api::renew_recovery(State(Arc::clone(&desk.office)), call).await?;
    Ok(show_recovery(&desk, &answer.body["recovery_codes"]))
}

/// The recovery codes, this once.
fn show_recovery(desk: &Desk, codes: &Value) -> Response {
    let codes: Vec<&str> = codes
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let body = html! {
        div.top { div { a.crumb href="/admin/account" { (desk.t(w::ACCOUNT)) } h1 { (desk.t(w::RECOVERY_CODES)) } } }
        section.card.narrow {
            p.told role="status" { (desk.t(w::FACTOR_ON)) }
            p { (desk.t(w::RECOVERY_WHAT)) }
            pre.codes { @for code in codes { (code) "\n" } }
            div.buttons {
                a.btn href="/admin/account" { (desk.t(w::RECOVERY_KEPT)) }
                button.btn.quiet type="button" data-print hidden { (desk.t(w::PRINT)) }
            }
        }
    };
    desk.page(Place::Account, desk.t(w::RECOVERY_CODES), body)
}

/// `POST /admin/account/authenticator/remove`
async fn remove(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    match api::remove(
        State(Arc::clone(&desk.office)),
        nothing(&desk, &posted, "remove-authenticator"),
    )
    .await
    {
        Ok(_) => Ok(done("/admin/account", "removed")),
        Err(problem) => failed(&desk, "remove", &posted, &problem),
    }
}
