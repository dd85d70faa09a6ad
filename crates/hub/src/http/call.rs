//! A caller's request to the API: who calls, in which language, with which key, and what is asked.

use super::fields::Fields;
use super::idempotency::{Answer, Repeatable};
use super::problem::Problem;
use crate::office::Office;
use crate::sign_in::origin::CookieName;
use crate::sign_in::register::Whence;
use crate::sign_in::{self, Row, factors};
use crate::state::interface_lang;
use crate::transact::blocking;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use heliograph_domain::staff::Verb;
use heliograph_domain::{ContentHash, Lang, StaffId};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The most bytes that a request's body may have.
pub(crate) const MAX_BODY: usize = 1024 * 1024;
/// All that is open to whoever has not yet chosen their own password in the place of one that somebody else knows: to
/// choose it, to show that it is they, to see who did what to their account, and to sign out.
const BEFORE_OWN_PASSWORD: [&str; 8] = [
    "/api/v1/account/password",
    "/api/v1/account/changes",
    "/api/v1/sessions/current",
    "/api/v1/sessions/current/confirm",
    "/api/v1/passkeys/confirm/begin",
    "/api/v1/passkeys/confirm",
    "/admin/account/password",
    "/admin/logout",
];
/// The cookie that holds the language someone chose.
pub(crate) const LANG_COOKIE: &str = "heliograph_lang";

/// Who calls: someone who signed in, or a machine with their token.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// Who.
    pub(crate) staff: StaffId,
    /// The row of their session or token.
    pub(crate) row: Row,
    /// What a token may be used for; nothing: a person calls.
    token: Option<BTreeSet<Verb>>,
    /// Whether the request changes nothing.
    safe: bool,
    asked: Option<AskedToConfirm>,
}

/// Set once a caller had to be asked to show that it is they; the admin's pages then ask, and keep what was typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct AskedToConfirm(Arc<AtomicBool>);

impl AskedToConfirm {
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Caller {
    /// Whether they may do this: by the table of permissions, by their token's scopes, by what the office asks of their
    /// roles, and, where a change asks for it, because they have just shown that it is they.
    pub(crate) fn may(&self, office: &Office, verb: Verb) -> Result<(), Problem> {
        self.allowed(office, verb, office.state().staff.may(&self.staff, verb))
    }

    /// The same for a step of the workflow, which a person may also take in the stead of somebody on leave.
    pub(crate) fn may_step(&self, office: &Office, verb: Verb) -> Result<(), Problem> {
        let state = office.state();
        let stands_in = self.token.is_none() && state.staff.may_now(&self.staff, verb, office.now());
        self.allowed(office, verb, stands_in || state.staff.may(&self.staff, verb))
    }

    fn allowed(&self, office: &Office, verb: Verb, allowed: bool) -> Result<(), Problem> {
        if !allowed {
            return Err(Problem::forbidden());
        }
        if self.token.as_ref().is_some_and(|scopes| !scopes.contains(&verb)) {
            return Err(Problem::out_of_scope(verb));
        }
        if self.owes_factor(office)? {
            return Err(Problem::second_factor_required());
        }
        if verb.needs_presence() && !self.safe && self.token.is_none() {
            self.present(office)?;
        }
        Ok(())
    }

    /// Whether they look at something that their roles and scopes let them see, whatever else they owe.
    pub(crate) fn may_enter(&self, office: &Office) -> Result<(), Problem> {
        let scoped = self.token.as_ref().is_none_or(|scopes| scopes.contains(&Verb::Read));
        let may = scoped && office.state().staff.may(&self.staff, Verb::Read);
        if may { Ok(()) } else { Err(Problem::forbidden()) }
    }

    /// Whether the office asks a second factor of them that they have not set up.
    pub(crate) fn owes_factor(&self, office: &Office) -> Result<bool, Problem> {
        Ok(office.state().staff.needs_second_factor(&self.staff, office.now())
            && !factors::find(office, &self.staff)?.is_second())
    }

    /// From where they signed in.
    pub(crate) fn whence(&self, office: &Office) -> Result<Whence, Problem> {
        let session = sign_in::at(office, &self.row)?;
        Ok(session.as_ref().map(Whence::from).unwrap_or_default())
    }

    /// Whether a machine calls, with somebody's token.
    pub(crate) fn is_token(&self) -> bool {
        self.token.is_some()
    }

    /// Whether a person calls, and not a machine with their token.
    pub(crate) fn person(&self) -> Result<(), Problem> {
        if self.token.is_none() {
            Ok(())
        } else {
            Err(Problem::not_for_tokens())
        }
    }

    /// Whether this person has shown within minutes that it is they.
    pub(crate) fn present(&self, office: &Office) -> Result<(), Problem> {
        self.person()?;
        if office
            .session_rules
            .is_present(office.pulses().confirmed(&self.row), office.now())
        {
            return Ok(());
        }
        if let Some(asked) = &self.asked {
            asked.0.store(true, Ordering::Relaxed);
        }
        Err(Problem::confirm())
    }
}

impl FromRequestParts<Arc<Office>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Self, Problem> {
        let (secret, from_cookie) = carried_secret(office, &parts.headers).ok_or_else(Problem::unauthorised)?;
        let safe = parts.method.is_safe();
        if from_cookie && !safe {
            same_origin(&parts.headers)?;
        }
        let carried = sign_in::carried(office, &secret)?.ok_or_else(Problem::unauthorised)?;
        let owes = office.state().staff.owes_password(&carried.session.staff);
        if owes && !BEFORE_OWN_PASSWORD.contains(&parts.uri.path()) {
            return Err(Problem::own_password_first());
        }
        let beat = match safe && made_by_a_page(&parts.headers) {
            true => None,
            false => sign_in::beat(office, &carried)?,
        };
        if let Some(write) = beat {
            let log = Arc::clone(&office.log);
            blocking(move || log.write(vec![write])).await?;
        }
        let session = carried.session;
        Ok(Self {
            token: session.is_token().then(|| session.verbs()),
            staff: session.staff,
            row: carried.row,
            safe,
            asked: parts.extensions.get::<AskedToConfirm>().cloned(),
        })
    }
}

/// Whether a page asks by itself, for its pictures or for what is new: nobody need be sitting there.
pub(crate) fn made_by_a_page(headers: &HeaderMap) -> bool {
    let destination = headers.get("sec-fetch-dest").and_then(|value| value.to_str().ok());
    destination.is_some_and(|destination| destination != "document")
}

fn carried_secret(office: &Office, headers: &HeaderMap) -> Option<(String, bool)> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    match bearer {
        Some(secret) => Some((secret.trim().to_owned(), false)),
        None => CookieName::Session.of(office, headers).map(|secret| (secret, true)),
    }
}

/// A cookie's value.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Refuses a change that another site's page had a browser make.
pub(crate) fn same_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    // What a browser says of the page behind a request (Fetch Metadata), where it says so at all.
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(Problem::forbidden());
    }
    let ours = match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
        // Browsers send the origin with every unsafe request; what sends none is no browser.
        _ => true,
    };
    if ours { Ok(()) } else { Err(Problem::forbidden()) }
}

/// The reader's language: what they chose, else what their browser prefers, else Chinese.
pub(crate) fn lang_of(headers: &HeaderMap) -> Lang {
    let chosen = cookie(headers, LANG_COOKIE).and_then(|tag| interface_lang(&tag));
    let preferred = || {
        let accepted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        accepted.split(',').find_map(|tag| interface_lang(tag.trim()))
    };
    chosen.or_else(preferred).unwrap_or(Lang::ZhHans)
}

/// A request to change something: the caller, the body, and what makes it repeatable.
pub(crate) struct Call {
    /// Who calls.
    pub(crate) caller: Caller,
    /// What makes it repeatable.
    pub(crate) repeatable: Repeatable,
    /// `If-Match`, without quotes.
    pub(crate) if_match: Option<String>,
    body: Bytes,
}

impl Call {
    /// The body's fields.
    pub(crate) fn fields(&self) -> Result<Fields, Problem> {
        Fields::of_body(&self.body)
    }

    /// `If-Match` as a content hash.
    pub(crate) fn seen_hash(&self) -> Result<Option<ContentHash>, Problem> {
        let Some(text) = self.if_match.as_deref().filter(|text| *text != "*") else {
            return Ok(None);
        };
        let parsed = text.parse().map_err(|_| {
            Problem::malformed(
                "If-Match",
                "invalid",
                "If-Match 应为内容的哈希值",
                "If-Match must be the hash of the content",
            )
        })?;
        Ok(Some(parsed))
    }
}

impl Call {
    /// The call that a form of the admin makes: its fields as the API's JSON, its key from a hidden field.
    pub(crate) fn of_form(
        caller: Caller,
        key: Option<String>,
        if_match: Option<String>,
        path: &str,
        fields: &serde_json::Value,
    ) -> Self {
        let body = Bytes::from(fields.to_string());
        Self {
            caller,
            repeatable: Repeatable::of_json(key, "POST", path, &body),
            if_match,
            body,
        }
    }

    /// The call that a file makes of the API: what was read of it as JSON, repeatable as the file itself.
    pub(crate) fn of_file(caller: Caller, repeatable: Repeatable, fields: &serde_json::Value) -> Self {
        Self {
            caller,
            repeatable,
            if_match: None,
            body: Bytes::from(fields.to_string()),
        }
    }

    /// `If-Match` as a revision.
    pub(crate) fn seen_revision(&self) -> Result<Option<u64>, Problem> {
        let Some(text) = self.if_match.as_deref().filter(|text| *text != "*") else {
            return Ok(None);
        };
        let parsed = text.parse().map_err(|_| {
            Problem::malformed(
                "If-Match",
                "invalid",
                "If-Match 应为修订号",
                "If-Match must be the revision, a number",
            )
        })?;
        Ok(Some(parsed))
    }
}

impl FromRequest<Arc<Office>> for Call {
    type Rejection = Problem;

    async fn from_request(request: Request, office: &Arc<Office>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, office).await?;
        let key = idempotency_key(&parts.headers)?;
        let if_match = parts
            .headers
            .get(header::IF_MATCH)
            .and_then(|value| value.to_str().ok())
            .map(unquoted);
        let body = read_body(body).await?;
        let method = if parts.method == Method::PUT { "PUT" } else { "POST" };
        let repeatable = Repeatable::of_json(key, method, parts.uri.path(), &body);
        Ok(Self {
            caller,
            repeatable,
            if_match,
            body,
        })
    }
}

/// A body that is not too large.
pub(crate) async fn read_body(body: axum::body::Body) -> Result<Bytes, Problem> {
    axum::body::to_bytes(body, MAX_BODY).await.map_err(|_| Problem {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        ..Problem::malformed(
            "body",
            "too_long",
            "请求正文超过 1 MiB",
            "the body is larger than 1 MiB",
        )
    })
}

fn unquoted(text: &str) -> String {
    text.trim().trim_start_matches("W/").trim_matches('"').to_owned()
}

/// The caller's `Idempotency-Key`, if it is one.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    if (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(Some(text.to_owned()));
    }
    Err(Problem::malformed(
        "Idempotency-Key",
        "invalid",
        "Idempotency-Key 应为 1 至 128 个可见的 ASCII 字符",
        "Idempotency-Key must be 1 to 128 visible ASCII characters",
    ))
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let headers = [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        let mut response = (status, headers, self.body.to_string()).into_response();
        if let Some(etag) = self.etag.and_then(|etag| format!("\"{etag}\"").parse().ok()) {
            response.headers_mut().insert(header::ETAG, etag);
        }
        response
    }
}
