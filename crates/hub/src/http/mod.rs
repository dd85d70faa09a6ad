//! The hub's HTTP: one file per noun.

pub(crate) mod account;
pub(crate) mod account_changes;
pub(crate) mod attachments;
pub(crate) mod audit;
pub(crate) mod backups;
pub(crate) mod beginnings;
pub(crate) mod broker;
pub(crate) mod calendar;
pub(crate) mod call;
pub(crate) mod catalogue;
pub(crate) mod catalogue_table;
pub(crate) mod comments;
pub(crate) mod device;
pub(crate) mod displays;
pub(crate) mod draft_together;
pub(crate) mod drafts;
pub(crate) mod enrolments;
pub(crate) mod events;
pub(crate) mod fields;
pub(crate) mod gate_words;
pub(crate) mod idempotency;
mod last_time;
pub(crate) mod openapi;
pub(crate) mod papers;
pub(crate) mod passkeys;
pub(crate) mod people;
pub(crate) mod problem;
pub(crate) mod publications;
pub(crate) mod referrals;
pub(crate) mod reminders;
pub(crate) mod reports;
pub(crate) mod rows;
pub(crate) mod search;
pub(crate) mod second_factor;
pub(crate) mod sessions;
pub(crate) mod shape;
pub(crate) mod sign_ins;
pub(crate) mod submission;
pub(crate) mod substitutes;
mod successors;
pub(crate) mod templates;
mod together;
mod upload;
pub(crate) mod wall;

use crate::admin;
use crate::office::Office;
use crate::sign_in::origin::caller_at;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use problem::{Problem, Told};
use std::sync::Arc;

/// Everything that the hub answers.
pub(crate) fn router(office: &Arc<Office>) -> Router {
    Router::new()
        .merge(api())
        .merge(admin::router(office))
        .merge(crate::public::router())
        .route("/live", get(reports::live))
        .route("/ready", get(reports::ready))
        .route("/content/{hash}", get(reports::content))
        .route("/media/{hash}", get(attachments::public))
        .route("/wall", get(crate::wall::page))
        .route("/wall/wall.css", get(crate::wall::style))
        .route("/wall/wall.js", get(crate::wall::script))
        .route("/wall/{display}/live", get(wall::live))
        .route("/wall/{display}/start", post(wall::start))
        .route("/wall/{display}/stop", post(wall::stop))
        .fallback(|| async { Problem::not_found("这个页面", "The page") })
        .method_not_allowed_fallback(|| async { wrong_method() })
        .layer(middleware::from_fn_with_state(Arc::clone(office), outermost))
        .with_state(Arc::clone(office))
}

fn api() -> Router<Arc<Office>> {
    Router::new()
        .merge(people_and_sign_in())
        .merge(texts_in_the_making())
        .route("/api/v1/openapi.json", get(openapi::document))
        .route("/api/v1/site", get(people::site).put(people::set_site))
        .route("/api/v1/site/blank", post(people::blank))
        .route("/api/v1/site/unblank", post(people::unblank))
        .route("/api/v1/catalogue", get(catalogue::list).post(catalogue::define))
        .route("/api/v1/catalogue/import", post(catalogue::define_many))
        .route("/api/v1/catalogue/table", post(catalogue_table::take))
        .route("/api/v1/gate-words", get(gate_words::list).put(gate_words::set))
        .route("/api/v1/calendar", get(calendar::list))
        .route("/api/v1/calendar/{year}", get(calendar::one).put(calendar::set))
        .route(
            "/api/v1/channels",
            get(catalogue::channels).post(catalogue::open_channel),
        )
        .route("/api/v1/displays", get(displays::list).post(displays::enrol))
        .route("/api/v1/displays/{id}", get(displays::one).put(displays::set))
        .route("/api/v1/displays/{id}/retire", post(displays::retire))
        .route("/api/v1/displays/{id}/revoke", post(displays::revoke))
        .route("/api/v1/displays/{id}/frame.png", get(displays::frame))
        .route("/api/v1/enrolments", get(enrolments::list).post(enrolments::open))
        .route("/api/v1/enrolments/{id}", get(enrolments::ask))
        .route("/api/v1/enrolments/{id}/reveal", post(enrolments::reveal))
        .route("/api/v1/enrolments/{id}/admit", post(enrolments::admit))
        .route("/api/v1/enrolments/{id}/refuse", post(enrolments::refuse))
        .route("/api/v1/device/mail", get(device::mail))
        .route("/api/v1/device/content/{hash}", get(attachments::for_display))
        .route("/api/v1/publications", get(publications::list))
        .route("/api/v1/publications/{id}", get(publications::one))
        .route("/api/v1/publications/{id}/reach", get(publications::reach))
        .route(
            "/api/v1/publications/{id}/attachments/{hash}",
            get(attachments::of_publication),
        )
        .route(
            "/api/v1/publications/{id}/comments",
            get(comments::list).post(comments::add),
        )
        .route(
            "/api/v1/publications/{id}/comments/{comment}",
            put(comments::mark).delete(comments::remove),
        )
        .route("/api/v1/publications/{id}/{verb}", post(publications::act))
        .route("/api/v1/reports/annual", get(reports::annual))
        .route("/api/v1/backups", get(backups::list).post(backups::make))
        .route("/api/v1/broker-files", get(broker::files))
        .route("/api/v1/broker/auth", post(broker::auth))
        .route("/api/v1/broker/acl", post(broker::acl))
        .route("/api/v1/audit", get(audit::list))
        .route("/api/v1/sign-ins", get(sign_ins::list))
        .route("/api/v1/search", get(search::find))
        .route("/api/v1/events", get(events::events))
}

/// Drafts, what they begin from, and what the gate refers.
fn texts_in_the_making() -> Router<Arc<Office>> {
    Router::new()
        .route("/api/v1/drafts", get(drafts::list).post(drafts::create))
        .route(
            "/api/v1/drafts/{id}",
            get(drafts::one).put(drafts::update).delete(drafts::delete),
        )
        .route("/api/v1/drafts/{id}/attachments", post(attachments::add))
        .route(
            "/api/v1/drafts/{id}/attachments/{hash}",
            get(attachments::of_own).delete(attachments::remove),
        )
        .route("/api/v1/drafts/{id}/notes", delete(beginnings::looked_at))
        .route("/api/v1/imports", post(beginnings::import))
        .route("/api/v1/imports/rows", post(rows::take))
        .route("/api/v1/templates", get(templates::list).post(templates::make))
        .route(
            "/api/v1/templates/{id}",
            get(templates::one).put(templates::rename).delete(templates::delete),
        )
        .route("/api/v1/publications/{id}/again", post(beginnings::again))
        .route("/api/v1/drafts/{id}/editors", put(draft_together::share))
        .route("/api/v1/drafts/{id}/merge", post(draft_together::merge))
        .route("/api/v1/drafts/{id}/refer", post(referrals::refer))
        .route("/api/v1/referrals", get(referrals::list))
        .route("/api/v1/referrals/{id}", get(referrals::one))
        .route("/api/v1/referrals/{id}/override", post(referrals::let_through))
        .route("/api/v1/referrals/{id}/decline", post(referrals::decline))
}

/// Who works here, and how they are let in.
fn people_and_sign_in() -> Router<Arc<Office>> {
    Router::new()
        .route("/api/v1/setup", post(people::setup))
        .route(
            "/api/v1/sessions",
            get(sessions::list)
                .post(sessions::sign_in)
                .delete(sessions::sign_out_elsewhere),
        )
        .route("/api/v1/sessions/current", delete(sessions::sign_out))
        .route("/api/v1/sessions/current/confirm", post(sessions::confirm))
        .route("/api/v1/sessions/{id}", delete(sessions::end))
        .route("/api/v1/tokens", post(sessions::token))
        .route("/api/v1/account/password", put(account::set_password))
        .route("/api/v1/account/changes", get(account_changes::list))
        .route("/api/v1/account/changes/seen", post(account_changes::seen))
        .route("/api/v1/account/authenticator", post(account::begin))
        .route("/api/v1/account/authenticator/confirm", post(account::complete))
        .route("/api/v1/account/authenticator/remove", post(account::remove))
        .route("/api/v1/account/recovery-codes", post(account::renew_recovery))
        .route("/api/v1/passkeys/register/begin", post(passkeys::begin_register))
        .route("/api/v1/passkeys/register", post(passkeys::register))
        .route("/api/v1/passkeys/sign-in/begin", post(passkeys::begin_sign_in))
        .route("/api/v1/passkeys/sign-in", post(passkeys::sign_in))
        .route("/api/v1/passkeys/confirm/begin", post(passkeys::begin_confirm))
        .route("/api/v1/passkeys/confirm", post(passkeys::confirm))
        .route("/api/v1/passkeys/{id}/remove", post(passkeys::remove))
        .route("/api/v1/staff", get(people::staff).post(people::add_staff))
        .route("/api/v1/staff/{id}/leave", post(people::leave))
        .route(
            "/api/v1/staff/{id}/address",
            get(reminders::address).put(reminders::set_address),
        )
        .route("/api/v1/substitutes", get(substitutes::list))
        .route(
            "/api/v1/staff/{id}/substitute",
            put(substitutes::name).delete(substitutes::end),
        )
        .route("/api/v1/reminders", get(reminders::list))
        .route("/api/v1/staff/{id}/disable", post(people::disable))
        .route("/api/v1/staff/{id}/enable", post(people::enable))
        .route(
            "/api/v1/staff/{id}/reset-second-factor",
            post(second_factor::reset_factor),
        )
        .route("/api/v1/second-factor", put(second_factor::require_factor))
}

fn wrong_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        Told::new("这个地址不支持这种操作", "This address does not take this method"),
        Told::new("请查看接口说明。", "See the description of the interface."),
    )
}

/// Puts problems into the reader's language and form, and the headers that every answer carries.
async fn outermost(State(office): State<Arc<Office>>, request: Request, next: Next) -> Response {
    let lang = call::lang_of(request.headers());
    let uri = request.uri().clone();
    let path = uri.path();
    let caller = caller_at(&office, request.extensions(), request.headers());
    let mut response = next.run(request).await;
    if KEPT_OUT.contains(&response.status()) {
        tracing::info!(
            ?caller,
            path,
            status = response.status().as_u16(),
            "a caller was kept out"
        );
    }
    if let Some(problem) = problem_of(&mut response, path) {
        response = if is_page(path) {
            admin::problem_page(&office, &problem, lang, &uri)
        } else {
            problem::as_json(&problem, lang)
        };
    }
    let headers = response.headers_mut();
    if office.tls.is_some() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(A_YEAR));
    }
    for (name, value) in SAFE_HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// For so long a browser that once trusted the hub's certificate calls it by `https` only (RFC 6797).
const A_YEAR: &str = "max-age=31536000";

/// Answers that the log tells of, with the caller's address: who guesses passwords shows in them.
const KEPT_OUT: [StatusCode; 3] = [
    StatusCode::UNAUTHORIZED,
    StatusCode::FORBIDDEN,
    StatusCode::TOO_MANY_REQUESTS,
];

/// Scripts, styles and pictures come from the hub alone; nothing frames it.
const SAFE_HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

fn is_page(path: &str) -> bool {
    !(path.starts_with("/api/")
        || path.starts_with("/content/")
        || path.starts_with("/media/")
        || path.ends_with("/live")
        || path == "/ready")
}

/// The problem that a response carries; what the framework itself refused becomes one too.
fn problem_of(response: &mut Response, path: &str) -> Option<Problem> {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        return Some(problem);
    }
    let status = response.status();
    let told = response.headers().contains_key(header::LOCATION) || !path.starts_with("/api/");
    (status.is_client_error() && !told).then(|| Problem {
        status,
        ..Problem::malformed(
            "request",
            "invalid",
            "请求的地址或参数无法读取",
            "the request's address or query cannot be read",
        )
    })
}
