//! `/api/v1/sessions`, `/tokens`: signing in and out, showing again that it is you, and tokens for machines.

use super::call::{Call, Caller, read_body, same_origin};
use super::fields::Fields;
use super::idempotency::Answer;
use super::people::PASSWORD_MAX;
use super::problem::{Problem, Told};
use super::shape;
use crate::directory;
use crate::keys::hex;
use crate::office::Office;
use crate::sign_in::attempts::{Attempts, Budget, budgets};
use crate::sign_in::origin::{CookieName, Origin, in_words};
use crate::sign_in::register::{self, Kind, Whence};
use crate::sign_in::{self, Carried, Row, Session, browsers, factors};
use crate::transact::blocking;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use heliograph_domain::StaffId;
use heliograph_domain::staff::Verb;
use heliograph_domain::time::DAY_MS;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, MutexGuard, PoisonError};

/// The longest code that anybody types.
pub(crate) const CODE_MAX: usize = 40;

/// Someone who is in.
pub(crate) struct Entered {
    /// What their session is carried by.
    pub(crate) secret: String,
    /// The cookies that their browser keeps.
    pub(crate) cookies: Vec<String>,
}

impl Entered {
    /// The headers that set the cookies.
    pub(crate) fn headers(&self) -> AppendHeaders<Vec<(HeaderName, String)>> {
        let set = |cookie: &String| (header::SET_COOKIE, cookie.clone());
        AppendHeaders(self.cookies.iter().map(set).collect())
    }
}

/// What a right password comes to.
pub(crate) enum Door {
    /// They are in.
    Open(Entered),
    /// They owe a code, with this ticket.
    Code(String),
}

fn attempts(office: &Office) -> MutexGuard<'_, Attempts> {
    office.attempts.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins a try to sign in; who pays for it.
async fn begin(office: &Office, staff: &StaffId, from: &Origin) -> Result<Vec<Budget>, Problem> {
    let known = browsers::knows(office, from.browser.as_deref(), staff)?;
    begin_with(office, staff, budgets(staff, from.address, known), &from.into()).await
}

async fn begin_with(
    office: &Office,
    staff: &StaffId,
    budgets: Vec<Budget>,
    whence: &Whence,
) -> Result<Vec<Budget>, Problem> {
    let begun = attempts(office).begin(&budgets, office.now());
    match begun {
        Ok(()) => Ok(budgets),
        Err(wait) => {
            register::note(office, Kind::HeldUp, staff, whence, None).await?;
            Err(Problem::too_many_attempts(wait))
        }
    }
}

/// Whether it is this person's password. Nobody's takes as long.
async fn password_fits(office: &Office, staff: &StaffId, password: String, known: bool) -> Result<bool, Problem> {
    let _turn = office.hashing[usize::from(known)]
        .acquire()
        .await
        .map_err(Problem::internal)?;
    let listing = directory::find(&*office.log, staff).map_err(Problem::internal)?;
    tokio::task::spawn_blocking(move || directory::password_fits(listing.as_ref(), &password))
        .await
        .map_err(Problem::internal)
}

/// Takes name and password at the door.
pub(crate) async fn knock(
    office: &Arc<Office>,
    staff: &StaffId,
    password: String,
    from: &Origin,
) -> Result<Door, Problem> {
    let paying = begin(office, staff, from).await?;
    let known = matches!(paying.first(), Some(Budget::Known(..)));
    if !password_fits(office, staff, password, known).await? {
        register::note(office, Kind::WrongPassword, staff, &from.into(), None).await?;
        return Err(wrong_password());
    }
    let_in_here(office, staff, from).await?;
    if factors::find(office, staff)?.is_second() {
        // The try stays counted until the code is right, too.
        let mut tickets = office.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        return Ok(Door::Code(tickets.issue(staff, office.now())?));
    }
    attempts(office).succeeded(&paying);
    Ok(Door::Open(admit(office, staff, from, Kind::Password).await?))
}

/// Takes the code that follows.
pub(crate) async fn show_code(
    office: &Arc<Office>,
    ticket: &str,
    code: &str,
    from: &Origin,
) -> Result<Entered, Problem> {
    let tickets = || office.tickets.lock().unwrap_or_else(PoisonError::into_inner);
    let staff = tickets().present(ticket, office.now()).ok_or_else(ticket_over)?;
    let paying = begin(office, &staff, from).await?;
    let now = office.now();
    let fits = factors::change(office, &staff, |factors| {
        Ok(factors.take_code(code, now) || factors.take_recovery(code))
    });
    if !fits.await? {
        register::note(office, Kind::WrongCode, &staff, &from.into(), None).await?;
        return Err(wrong_code());
    }
    let_in_here(office, &staff, from).await?;
    tickets().spend(ticket);
    attempts(office).succeeded(&paying);
    admit(office, &staff, from, Kind::Code).await
}

/// Somebody whom the office's own sign-on has named. Who has an authenticator here shows its code as well.
pub(crate) async fn enter_by_provider(office: &Arc<Office>, staff: &StaffId, from: &Origin) -> Result<Door, Problem> {
    let_in_here(office, staff, from).await?;
    if factors::find(office, staff)?.is_second() {
        let mut tickets = office.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        return Ok(Door::Code(tickets.issue(staff, office.now())?));
    }
    Ok(Door::Open(admit(office, staff, from, Kind::SignOn).await?))
}

/// Opens a session. One that the browser carried before ends: nobody can have it sign in under a secret of theirs.
pub(crate) async fn admit(office: &Arc<Office>, staff: &StaffId, from: &Origin, by: Kind) -> Result<Entered, Problem> {
    register::note(office, by, staff, &from.into(), None).await?;
    let (secret, opened) = sign_in::open(&sign_in::of_browser(office, staff.clone(), from))?;
    let (browser, known) = browsers::remember(office, from.browser.as_deref(), staff)?;
    let mut writes = vec![opened, known];
    if let Some(former) = &from.session {
        writes.extend(sign_in::close(&sign_in::row(former))?);
    }
    let log = Arc::clone(&office.log);
    blocking(move || log.write(writes)).await?;
    office.pulses().confirm(sign_in::row(&secret), office.now());
    let cookies = vec![
        CookieName::Session.set(office, &secret, office.session_rules.longest_ms / 1000),
        CookieName::Browser.set(office, &browser, browsers::KNOWN_DAYS * DAY_MS / 1000),
    ];
    Ok(Entered { secret, cookies })
}

/// Whether they still work here; that somebody does not is noted.
pub(crate) async fn let_in_here(office: &Office, staff: &StaffId, from: &Origin) -> Result<(), Problem> {
    let works = still_works_here(office, staff);
    if works.is_err() {
        register::note(office, Kind::Disabled, staff, &from.into(), None).await?;
    }
    works
}

/// Only whoever has shown their password hears this.
fn still_works_here(office: &Office, staff: &StaffId) -> Result<(), Problem> {
    let state = office.state();
    if state.staff.people.get(staff).is_some_and(|person| person.active()) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "disabled",
        Told::new("这个账户已停用", "This account is disabled"),
        Told::new(
            "账户被停用或没有角色：请联系系统管理员。",
            "The account is disabled or has no role: ask an administrator.",
        ),
    ))
}

fn wrong_password() -> Problem {
    Problem {
        status: StatusCode::UNAUTHORIZED,
        kind: "wrong-password",
        ..Problem::field(
            "password",
            "wrong",
            "用户名或密码不对，请重新输入",
            "the name or the password is wrong: try again",
        )
    }
}

fn wrong_code() -> Problem {
    Problem {
        status: StatusCode::UNAUTHORIZED,
        kind: "wrong-code",
        ..Problem::field(
            "code",
            "wrong",
            "验证码不对或已用过，请输入新的验证码",
            "the code is wrong or was used: type the next one",
        )
    }
}

fn ticket_over() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "ticket-over",
        Told::new("请重新登录", "Sign in again"),
        Told::new(
            "输入验证码的时间或次数已用完，请从密码重新开始。",
            "The time or the tries for the code are used up: begin again with your password.",
        ),
    )
}

fn code_missing() -> Problem {
    Problem {
        status: StatusCode::UNAUTHORIZED,
        kind: "code-required",
        ..Problem::field(
            "code",
            "missing",
            "请同时提交验证码",
            "is missing: this account signs in with a code, too",
        )
    }
}

/// `POST /api/v1/sessions {staff, password, code?}`: signs in; the secret comes as a cookie, too.
pub(crate) async fn sign_in(
    State(office): State<Arc<Office>>,
    from: Origin,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    same_origin(&headers)?;
    let mut fields = Fields::of_body(&read_body(body).await?)?;
    let staff = fields.parsed("staff");
    let password = fields.secret("password", 1, PASSWORD_MAX);
    let code = fields.optional_text("code", CODE_MAX);
    fields.finish()?;
    let staff: StaffId = staff.ok_or_else(Problem::unauthorised)?;
    let entered = match knock(&office, &staff, password, &from).await? {
        Door::Open(entered) => entered,
        Door::Code(ticket) => show_code(&office, &ticket, &code.ok_or_else(code_missing)?, &from).await?,
    };
    let answer = Answer::created(json!({
        "staff": staff, "token": entered.secret, "own_password_first": office.state().staff.owes_password(&staff),
    }));
    Ok((entered.headers(), answer).into_response())
}

/// `GET /api/v1/sessions`: one's own, and one's tokens.
pub(crate) async fn list(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.person()?;
    let standing = sign_in::standing_of(&office, &caller.staff)?;
    let shaped = |carried: &Carried| shaped(carried, &caller.row);
    let (tokens, sessions): (Vec<_>, Vec<_>) = standing.iter().partition(|carried| carried.session.is_token());
    Ok(Answer::ok(json!({
        "sessions": sessions.into_iter().map(shaped).collect::<Vec<_>>(),
        "tokens": tokens.into_iter().map(shaped).collect::<Vec<_>>(),
    })))
}

fn shaped(carried: &Carried, current: &Row) -> Value {
    let Session {
        label,
        scopes,
        address,
        agent,
        expires_at,
        opened_at,
        ..
    } = &carried.session;
    json!({
        "id": hex(&carried.row), "label": label, "scopes": scopes, "address": address, "browser": in_words(agent),
        "opened_at": opened_at.map(shape::time), "used_at": carried.seen_at.map(shape::time),
        "expires_at": shape::time(*expires_at), "current": carried.row == *current,
    })
}

/// `DELETE /api/v1/sessions/current`: signs out.
pub(crate) async fn sign_out(State(office): State<Arc<Office>>, caller: Caller) -> Result<Response, Problem> {
    caller.person()?;
    let writes = sign_in::close(&caller.row)?;
    let log = Arc::clone(&office.log);
    blocking(move || log.write(writes)).await?;
    office.pulses().end(&caller.row);
    let gone = CookieName::Session.set(&office, "", 0);
    Ok(([(header::SET_COOKIE, gone)], Answer::ok(json!({"signed_out": true}))).into_response())
}

/// `DELETE /api/v1/sessions`: signs out everywhere else, machines included; no browser is known any longer.
pub(crate) async fn sign_out_elsewhere(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.person()?;
    let own = sign_in::all_of(&office, &caller.staff)?;
    let writes = sign_in::close_all_of(&*office.log, &caller.staff, Some(&caller.row))?;
    let log = Arc::clone(&office.log);
    blocking(move || log.write(writes)).await?;
    for token in own.iter().filter(|carried| carried.session.is_token()) {
        noted(&office, &caller, Kind::TokenEnded, &token.session.label).await?;
    }
    Ok(Answer::ok(json!({"signed_out_elsewhere": true})))
}

/// `DELETE /api/v1/sessions/{id}`: ends one of one's own sessions or tokens.
pub(crate) async fn end(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.person()?;
    let own = sign_in::all_of(&office, &caller.staff)?;
    let one = own.iter().find(|carried| hex(&carried.row) == id);
    let one = one.ok_or_else(|| Problem::not_found("这个登录或令牌", "The session or token"))?;
    let writes = sign_in::close(&one.row)?;
    let log = Arc::clone(&office.log);
    blocking(move || log.write(writes)).await?;
    office.pulses().end(&one.row);
    if one.session.is_token() {
        noted(&office, &caller, Kind::TokenEnded, &one.session.label).await?;
    }
    Ok(Answer::ok(json!({"ended": id})))
}

/// Notes what somebody who is signed in did to what they sign in with.
pub(crate) async fn noted(office: &Office, caller: &Caller, kind: Kind, label: &str) -> Result<(), Problem> {
    let whence = caller.whence(office)?;
    register::note(
        office,
        kind,
        &caller.staff,
        &whence,
        Some(label).filter(|label| !label.is_empty()),
    )
    .await
}

/// `POST /api/v1/sessions/current/confirm {password}` or `{code}`: shows again that it is you.
pub(crate) async fn confirm(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.person()?;
    let mut fields = call.fields()?;
    let code = fields.optional_text("code", CODE_MAX);
    let shown = match code {
        Some(code) => Shown::Code(code),
        None => Shown::Password(fields.secret("password", 1, PASSWORD_MAX)),
    };
    fields.finish()?;
    confirm_by(&office, &call.caller, shown).await?;
    Ok(Answer::ok(
        json!({"confirmed_for_s": office.session_rules.presence_ms / 1000}),
    ))
}

/// What somebody shows who is signed in already.
pub(crate) enum Shown {
    Password(String),
    Code(String),
}

/// Whether it is they; for some minutes they are not asked again. Guessing is slowed down for this session alone.
pub(crate) async fn confirm_by(office: &Arc<Office>, caller: &Caller, shown: Shown) -> Result<(), Problem> {
    caller.person()?;
    let (staff, whence) = (&caller.staff, caller.whence(office)?);
    let own = vec![Budget::Known(caller.row, staff.clone())];
    let paying = begin_with(office, staff, own, &whence).await?;
    let now = office.now();
    match shown {
        Shown::Password(password) => {
            if !password_fits(office, staff, password, true).await? {
                register::note(office, Kind::WrongPassword, staff, &whence, None).await?;
                return Err(Problem {
                    status: StatusCode::FORBIDDEN,
                    kind: "wrong-password",
                    ..Problem::field(
                        "password",
                        "wrong",
                        "密码不对，请重新输入",
                        "the password is wrong: try again",
                    )
                });
            }
        }
        Shown::Code(code) => {
            let fits = factors::change(office, staff, |factors| Ok(factors.take_code(&code, now)));
            if !fits.await? {
                register::note(office, Kind::WrongCode, staff, &whence, None).await?;
                return Err(Problem {
                    status: StatusCode::FORBIDDEN,
                    ..wrong_code()
                });
            }
        }
    }
    attempts(office).succeeded(&paying);
    office.pulses().confirm(caller.row, now);
    Ok(())
}

struct Scope(Verb);

impl std::str::FromStr for Scope {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let verb = Verb::of_slug(text).filter(|verb| verb.fits_a_token());
        verb.map(Self)
            .ok_or_else(|| format!("`{text}` is not a scope of tokens"))
    }
}

/// `POST /api/v1/tokens {label, days, scopes}`: a token for a machine, with some of what its maker may.
pub(crate) async fn token(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.person()?;
    call.caller.may(&office, Verb::Read)?;
    let mut fields = call.fields()?;
    let label = fields.text("label", 100);
    let days = fields.number("days", 1, sign_in::TOKEN_MAX_DAYS);
    let scopes: BTreeSet<Verb> = fields
        .list::<Scope>("scopes", 16)
        .into_iter()
        .map(|scope| scope.0)
        .collect();
    let staff = &call.caller.staff;
    let state = office.state();
    if scopes.is_empty() && !fields.faulty("scopes") {
        fields.fault(
            "scopes",
            "missing",
            "请至少选择一种用途",
            "needs at least one scope, such as read",
        );
    }
    if let Some(beyond) = scopes.iter().find(|verb| !state.staff.may(staff, **verb)) {
        let (zh, en) = (beyond.label(heliograph_domain::Lang::ZhHans), beyond.slug());
        fields.fault(
            "scopes",
            "beyond_roles",
            &format!("您的角色不能“{zh}”，令牌也不能"),
            &format!("may not have `{en}`: your roles do not"),
        );
    }
    fields.finish()?;
    call.caller.present(&office)?;
    let now = office.now();
    let session = Session {
        staff: staff.clone(),
        expires_at: now.plus_ms(days * DAY_MS),
        label,
        opened_at: Some(now),
        scopes: Some(scopes.iter().map(|verb| verb.slug().to_owned()).collect()),
        address: String::new(),
        agent: String::new(),
    };
    let (secret, write) = sign_in::open(&session)?;
    let log = Arc::clone(&office.log);
    blocking(move || log.write(vec![write])).await?;
    noted(&office, &call.caller, Kind::TokenMade, &session.label).await?;
    Ok(Answer::created(json!({
        "token": secret, "id": hex(&sign_in::row(&secret)), "scopes": session.scopes,
        "expires_at": shape::time(session.expires_at),
    })))
}
