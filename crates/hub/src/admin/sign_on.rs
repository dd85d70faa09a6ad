//! By the office's own sign-on, there and back.

use super::layout::{bare_page, in_query};
use super::sign_in::{local_path, show, show_code_form};
use super::words as w;
use crate::directory;
use crate::http::call::{cookie, lang_of};
use crate::http::problem::{Problem, Told};
use crate::http::sessions::{Door, enter_by_provider};
use crate::office::Office;
use crate::sign_in::origin::Origin;
use crate::sso::{Errand, SignOn};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use heliograph_domain::StaffId;
use maud::html;
use std::collections::HashMap;
use std::sync::Arc;

/// What a browser carries there and back. It comes back from another site, so it is `Lax` and no session; it opens nothing.
const COOKIE: &str = "heliograph_sign_on";
/// A way there and back takes minutes.
const MINUTES: u64 = 10;

type Asked = HashMap<String, String>;

fn sign_on(office: &Office) -> Result<Arc<SignOn>, Problem> {
    let known = office.sign_on.clone();
    known.ok_or_else(|| Problem::not_found("单位统一登录（未设置）", "The office's sign-on (it is not set up)"))
}

fn redirect_of(office: &Office, sign_on: &SignOn, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let ours = || format!("{}/admin/sign-on/back", office.addresses.hub(host));
    sign_on.config.redirect.clone().unwrap_or_else(ours)
}

fn carried(office: &Office, value: &str, seconds: u64) -> (header::HeaderName, String) {
    let secure = if office.tls.is_some() { "; Secure" } else { "" };
    let set = format!("{COOKIE}={value}; Path=/admin/sign-on; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    (header::SET_COOKIE, set)
}

fn not_answered(error: &impl std::fmt::Display) -> Problem {
    tracing::warn!(%error, "somebody was not signed on by the office's provider");
    Problem::new(
        StatusCode::BAD_GATEWAY,
        "sign-on",
        Told::new("单位统一登录没有成功", "The office's sign-on did not work"),
        Told::new(
            "请重试；如仍不行，请用密码登录，并告知系统管理员查看日志。",
            "Try again; if it goes on, sign in by password and have the administrator look into the log.",
        ),
    )
}

/// `GET /admin/sign-on?next=`
pub(crate) async fn there(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let sign_on = sign_on(&office)?;
    let (now, asking) = (office.now(), Arc::clone(&sign_on));
    let published = tokio::task::spawn_blocking(move || asking.published(now, |_| false)).await;
    let (discovery, _) = published
        .map_err(Problem::internal)?
        .map_err(|error| not_answered(&error))?;
    let errand = Errand::fresh()?;
    let redirect = redirect_of(&office, &sign_on, &headers);
    let (state, nonce, challenge) = (errand.state(), errand.nonce(), errand.challenge());
    let question = [
        ("response_type", "code"),
        ("client_id", sign_on.config.client_id.as_str()),
        ("redirect_uri", redirect.as_str()),
        ("scope", "openid"),
        ("state", state.as_str()),
        ("nonce", nonce.as_str()),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let again = asked.contains_key("again").then_some(("prompt", "login"));
    let question: Vec<String> = question
        .iter()
        .chain(&again)
        .map(|(name, value)| format!("{name}={}", in_query(value)))
        .collect();
    let door = discovery.authorization_endpoint;
    let joint = if door.contains('?') { '&' } else { '?' };
    let next = local_path(asked.get("next").map_or("", String::as_str));
    let cookie = carried(
        &office,
        &format!("{}~{}", errand.secret(), in_query(next)),
        MINUTES * 60,
    );
    let to = (header::LOCATION, format!("{door}{joint}{}", question.join("&")));
    Ok((StatusCode::SEE_OTHER, AppendHeaders([cookie, to])).into_response())
}

/// `GET /admin/sign-on/back?code=&state=`
pub(crate) async fn back(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    from: Origin,
    Query(asked): Query<Asked>,
) -> Response {
    let lang = lang_of(&headers);
    let carried_here = cookie(&headers, COOKIE).unwrap_or_default();
    let (secret, next) = carried_here.split_once('~').unwrap_or_default();
    let next = decoded(next);
    let next = local_path(&next);
    let gone = AppendHeaders([carried(&office, "", 0)]);
    let door = match came_back(&office, &headers, secret, &asked).await {
        Ok(staff) => enter_by_provider(&office, &staff, &from).await,
        Err(problem) => Err(problem),
    };
    let page = match door {
        Ok(Door::Open(entered)) => {
            // Whoever comes from another site brings no strict cookie along, even by a redirect: the page itself goes on.
            let body = html! {
                meta http-equiv="refresh" content=(format!("0; url={next}"));
                div.card.door { h1 { (w::SIGNED_ON.get(lang)) } a.btn.wide href=(next) { (w::SIGN_ON_GO_ON.get(lang)) } }
            };
            (
                entered.headers(),
                bare_page(&office, lang, w::SIGNED_ON.get(lang), next, body),
            )
                .into_response()
        }
        Ok(Door::Code(ticket)) => show_code_form(&office, lang, next, &ticket, None),
        Err(problem) => show(&office, lang, next, "", Some(&problem)),
    };
    (gone, page).into_response()
}

/// The person who came back.
async fn came_back(office: &Arc<Office>, headers: &HeaderMap, secret: &str, asked: &Asked) -> Result<StaffId, Problem> {
    let sign_on = sign_on(office)?;
    let errand = Errand::carried(secret);
    let text = |name: &str| asked.get(name).map_or("", String::as_str);
    if secret.len() != 64 || text("state") != errand.state() {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "sign-on-state",
            Told::new("请重新登录", "Sign in again"),
            Told::new(
                "这次登录不是从本页开始的，或已超过十分钟。",
                "This sign-in did not begin on this page, or more than ten minutes ago.",
            ),
        ));
    }
    if text("code").is_empty() {
        return Err(not_answered(&format!(
            "{} {}",
            text("error"),
            text("error_description")
        )));
    }
    let (code, redirect, now) = (
        text("code").to_owned(),
        redirect_of(office, &sign_on, headers),
        office.now(),
    );
    let redeemed = tokio::task::spawn_blocking(move || sign_on.redeem(&code, &errand, &redirect, now)).await;
    let subject = redeemed
        .map_err(Problem::internal)?
        .map_err(|error| not_answered(&error))?;
    let known = directory::by_office_id(&*office.log, &subject).map_err(Problem::internal)?;
    known.ok_or_else(|| {
        Problem::new(
            StatusCode::FORBIDDEN,
            "sign-on-unknown",
            Told::new("没有对应的账户", "There is no account for you here"),
            Told::new(
                format!("请系统管理员在“人员”中为您填写统一登录编号：{subject}"),
                format!("Ask an administrator to enter this sign-on id on your page under Staff: {subject}"),
            ),
        )
    })
}

fn decoded(text: &str) -> String {
    let mut posted = super::form::Posted::of_body(format!("x={text}").as_bytes());
    posted
        .as_mut()
        .map_or_else(|_| String::new(), |posted| posted.get("x").to_owned())
}
