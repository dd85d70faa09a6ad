//! Signing in and out, the first administrator, and the language of the pages.

use super::assets::passkey_script;
use super::form::{Faults, Posted};
use super::layout::{Desk, bare_page, field_faults, in_query, redirect};
use super::words::{self as w, Word};
use crate::http::call::{LANG_COOKIE, lang_of};
use crate::http::people::{PASSWORD_MAX, PASSWORD_MIN, first_administrator};
use crate::http::problem::{Fault, Problem};
use crate::http::sessions::{Door, Entered, admit, knock, show_code, sign_out};
use crate::office::Office;
use crate::sign_in::origin::Origin;
use crate::sign_in::register::Kind;
use crate::sign_in::weak::weakness;
use crate::state::interface_lang;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use heliograph_domain::{Lang, LocalText, StaffId};
use maud::{Markup, html};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

type Asked = HashMap<String, String>;

/// `GET /admin/login`
pub(crate) async fn page(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    let next = asked.get("next").map_or("", String::as_str);
    show(&office, lang_of(&headers), next, "", None)
}

pub(super) fn show(office: &Office, lang: Lang, next: &str, typed: &str, problem: Option<&Problem>) -> Response {
    let profile = office
        .state()
        .site
        .as_ref()
        .and_then(|site| office.library.profile(&site.profile));
    let faults = problem.map(Faults::of).unwrap_or_default();
    let body = html! {
        form.card.door method="post" action="/admin/login" {
            h1 { (w::SIGN_IN.get(lang)) }
            @if let Some(profile) = &profile { p.muted { (profile.name.get(lang)) } }
            @if let Some(problem) = problem {
                p.alert role="alert" {
                    @if faults.is_empty() { strong { (problem.title.get(lang)) } " " (problem.detail.get(lang)) }
                    @else { @for (_, text) in faults.all(lang) { span { (text) } " " } }
                }
            }
            input type="hidden" name="next" value=(next);
            (plain_field(lang, w::STAFF_ID, "staff", typed, "text", "username", &Faults::default()))
            (plain_field(lang, w::PASSWORD, "password", "", "password", "current-password", &Faults::default()))
            button.btn.wide type="submit" { (w::SIGN_IN.get(lang)) }
            div data-passkey="sign-in" data-next=(local_path(next)) hidden {
                button.btn.quiet.wide type="button" { (w::PASSKEY_SIGN_IN.get(lang)) }
                output role="alert" {}
            }
            (passkey_script())
            @if office.sign_on.is_some() { a.btn.quiet.wide href=(format!("/admin/sign-on?next={}", in_query(local_path(next)))) { (w::SIGN_ON.get(lang)) } }
            @if office.state().staff.people.is_empty() { p.hint { (w::NO_ACCOUNTS_YET.get(lang)) } }
        }
    };
    let here = if next.is_empty() {
        "/admin/login".to_owned()
    } else {
        format!("/admin/login?next={}", in_query(next))
    };
    let mut response = bare_page(office, lang, w::SIGN_IN.get(lang), &here, body);
    if let Some(problem) = problem {
        *response.status_mut() = problem.status;
    }
    response
}

fn plain_field(
    lang: Lang,
    label: Word,
    name: &str,
    typed: &str,
    kind: &str,
    complete: &str,
    faults: &Faults,
) -> Markup {
    html! {
        label.field.bad[faults.place(name).is_some()] {
            span { (label.get(lang)) }
            input id=[faults.place(name)] type=(kind) name=(name) value=(typed) autocomplete=(complete) required;
            (field_faults(faults, name, lang))
        }
    }
}

/// `POST /admin/login`
pub(crate) async fn enter(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    from: Origin,
    posted: Posted,
) -> Response {
    let lang = lang_of(&headers);
    let (typed, next) = (posted.get("staff").trim(), posted.get("next"));
    match try_enter(&office, typed, posted.get("password"), &from).await {
        Ok(Door::Open(entered)) => (entered.headers(), redirect(local_path(next))).into_response(),
        Ok(Door::Code(ticket)) => show_code_form(&office, lang, next, &ticket, None),
        Err(problem) => show(&office, lang, next, typed, Some(&problem)),
    }
}

pub(super) async fn try_enter(
    office: &Arc<Office>,
    staff: &str,
    password: &str,
    from: &Origin,
) -> Result<Door, Problem> {
    let wrong = || {
        Problem::field(
            "staff",
            "wrong",
            "请输入用户名和密码",
            "enter your user name and password",
        )
    };
    let longest = crate::http::people::PASSWORD_MAX;
    if password.is_empty() || password.chars().count() > longest {
        return Err(wrong());
    }
    let staff: StaffId = staff.parse().map_err(|_| wrong())?;
    knock(office, &staff, password.to_owned(), from).await
}

pub(super) fn show_code_form(
    office: &Office,
    lang: Lang,
    next: &str,
    ticket: &str,
    problem: Option<&Problem>,
) -> Response {
    let faults = problem.map(Faults::of).unwrap_or_default();
    let body = html! {
        form.card.door method="post" action="/admin/login/code" {
            h1 { (w::CODE_TITLE.get(lang)) }
            p.muted { (w::CODE_WHAT.get(lang)) }
            @if let Some(problem) = problem.filter(|problem| problem.faults.is_empty()) {
                p.alert role="alert" { strong { (problem.title.get(lang)) } " " (problem.detail.get(lang)) }
            }
            input type="hidden" name="next" value=(next);
            input type="hidden" name="ticket" value=(ticket);
            (plain_field(lang, w::CODE, "code", "", "text", "one-time-code", &faults))
            button.btn.wide type="submit" { (w::SIGN_IN.get(lang)) }
            a.muted href="/admin/login" { (w::BEGIN_AGAIN.get(lang)) }
        }
    };
    let mut response = bare_page(office, lang, w::CODE_TITLE.get(lang), "/admin/login", body);
    if let Some(problem) = problem {
        *response.status_mut() = problem.status;
    }
    response
}

/// `POST /admin/login/code`
pub(crate) async fn code(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    from: Origin,
    posted: Posted,
) -> Response {
    let lang = lang_of(&headers);
    let (ticket, next) = (posted.get("ticket"), posted.get("next"));
    match show_code(&office, ticket, posted.get("code"), &from).await {
        Ok(entered) => (entered.headers(), redirect(local_path(next))).into_response(),
        Err(problem) if problem.kind == "ticket-over" => show(&office, lang, next, "", Some(&problem)),
        Err(problem) => show_code_form(&office, lang, next, ticket, Some(&problem)),
    }
}

/// `POST /admin/logout`
pub(crate) async fn leave(desk: Desk, _: Posted) -> Result<Response, Problem> {
    let signed_out = sign_out(State(Arc::clone(&desk.office)), desk.caller.clone()).await?;
    let mut response = redirect("/admin/login");
    if let Some(cookie) = signed_out.headers().get(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    Ok(response)
}

/// `GET /admin/language/{tag}?back=`
pub(crate) async fn language(Path(tag): Path<String>, Query(asked): Query<Asked>) -> Response {
    let back = redirect(local_path(asked.get("back").map_or("", String::as_str)));
    match interface_lang(&tag) {
        Some(lang) => with_cookie(
            back,
            &format!("{LANG_COOKIE}={}; Path=/; SameSite=Lax; Max-Age=31536000", lang.tag()),
        ),
        None => back,
    }
}

/// Only a path of this hub is gone back to.
pub(super) fn local_path(next: &str) -> &str {
    let ours =
        next.starts_with('/') && !next.starts_with("//") && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if ours { next } else { "/admin" }
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// `GET /admin/setup?word=`: where the first start's one-time link leads.
pub(crate) async fn setup_page(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    if !office.state().staff.people.is_empty() {
        return redirect("/admin/login");
    }
    let word = asked.get("word").map_or("", String::as_str);
    show_setup(&office, lang_of(&headers), word, &Posted::empty(), None)
}

fn show_setup(office: &Office, lang: Lang, word: &str, typed: &Posted, problem: Option<&Problem>) -> Response {
    let faults = problem.map(Faults::of).unwrap_or_default();
    let fields = [
        (w::STAFF_ID, "id", "text", "username"),
        (w::NAME_ZH, "name.zh-Hans", "text", "name"),
        (w::PASSWORD_NEW, "password", "password", "new-password"),
        (w::PASSWORD_AGAIN, "again", "password", "new-password"),
    ];
    let body = html! {
        form.card.door method="post" action="/admin/setup" {
            h1 { (w::SETUP_TITLE.get(lang)) }
            p.muted { (w::SETUP_WHY.get(lang)) }
            @if let Some(problem) = problem {
                div.alert role="alert" {
                    strong { (problem.title.get(lang)) }
                    @if faults.is_empty() { (problem.detail.get(lang)) }
                    @else { ul.led { @for (label, name, ..) in fields { @if let Some(place) = faults.place(name) { li { a href=(format!("#{place}")) { (label.get(lang)) } } } } } }
                }
            }
            @if word.is_empty() { (plain_field(lang, w::SETUP_WORD, "word", typed.get("word"), "text", "one-time-code", &faults)) }
            @else { input type="hidden" name="word" value=(word); }
            @for (label, name, kind, complete) in fields {
                (plain_field(lang, label, name, if kind == "text" { typed.get(name) } else { "" }, kind, complete, &faults))
            }
            button.btn.wide type="submit" { (w::SETUP_GO.get(lang)) }
        }
    };
    let mut response = bare_page(office, lang, w::SETUP_TITLE.get(lang), "/admin/setup", body);
    if let Some(problem) = problem {
        *response.status_mut() = problem.status;
    }
    response
}

/// `POST /admin/setup`
pub(crate) async fn set_up(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    from: Origin,
    posted: Posted,
) -> Response {
    match try_set_up(&office, &posted, &from).await {
        Ok(entered) => (entered.headers(), redirect("/admin")).into_response(),
        Err(problem) => show_setup(&office, lang_of(&headers), posted.get("word"), &posted, Some(&problem)),
    }
}

async fn try_set_up(office: &Arc<Office>, posted: &Posted, from: &Origin) -> Result<Entered, Problem> {
    let (name, password) = (posted.get("name.zh-Hans").trim(), posted.get("password"));
    let id = posted.get("id").trim().parse::<StaffId>();
    let mut faults = Vec::new();
    if id.is_err() {
        faults.push(Fault::new(
            "id",
            "invalid",
            "请用 1 至 32 个小写字母、数字或“-”",
            "Use 1 to 32 lower-case letters, digits or hyphens",
        ));
    }
    if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
        faults.push(Fault::new(
            "name.zh-Hans",
            "missing",
            "请填写姓名，最多 60 个字",
            "Enter a name of at most 60 characters",
        ));
    }
    faults.extend(password_fault(password, posted.get("again"), id.as_ref().ok()));
    let id = match id {
        Ok(id) if faults.is_empty() => id,
        _ => return Err(Problem::invalid(faults)),
    };
    let names = LocalText(BTreeMap::from([(Lang::ZhHans, name.to_owned())]));
    first_administrator(office, posted.get("word"), id.clone(), names, password.to_owned()).await?;
    admit(office, &id, from, Kind::Password).await
}

fn password_fault(password: &str, again: &str, id: Option<&StaffId>) -> Option<Fault> {
    if !(PASSWORD_MIN..=PASSWORD_MAX).contains(&password.chars().count()) || password.chars().any(char::is_control) {
        return Some(Fault::new(
            "password",
            "too_short",
            format!("密码至少 {PASSWORD_MIN} 个字符"),
            format!("A password has at least {PASSWORD_MIN} characters"),
        ));
    }
    if let Some(weakness) = weakness(password, id) {
        let (zh, en) = weakness.told();
        let (zh, en) = (format!("密码{zh}"), format!("The password {en}"));
        return Some(Fault::new("password", weakness.code(), zh, en));
    }
    (password != again).then(|| Fault::new("again", "differs", "两次输入的密码不一样", "The two passwords differ"))
}
