//! `/api/v1/setup`, `/sessions`, `/tokens`, `/staff`, `/site`: who works here, and who the office is.

use super::call::{Call, Caller, SESSION_COOKIE, read_body, same_origin};
use super::fields::Fields;
use super::idempotency::{Answer, Repeatable};
use super::problem::{Problem, Told};
use super::shape;
use crate::directory::{self, Listing};
use crate::office::Office;
use crate::transact::{Decision, blocking, transact};
use crate::{library, sign_in};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use heliograph_domain::site::{Blank, Hotline, SiteEvent, SiteProfile};
use heliograph_domain::staff::{Role, Verb};
use heliograph_domain::time::DAY_MS;
use heliograph_domain::{DepartmentId, Event, LocalText, StaffId};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

/// The shortest password.
pub(crate) const PASSWORD_MIN: usize = 10;
/// The longest: hashing must stay bounded.
pub(crate) const PASSWORD_MAX: usize = 200;

/// Someone to be added.
pub(crate) struct Newcomer {
    pub(crate) id: StaffId,
    pub(crate) name: LocalText,
    pub(crate) department: DepartmentId,
    pub(crate) roles: BTreeSet<Role>,
    pub(crate) password: Option<String>,
}

/// `POST /api/v1/setup {word, id, name, password}`: makes the first administrator, once.
pub(crate) async fn setup(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Answer, Problem> {
    same_origin(&headers)?;
    let mut fields = Fields::of_body(&read_body(body).await?)?;
    let word = fields.secret("word", 1, 200);
    let id = fields.parsed("id");
    let name = fields.local_text("name", 60);
    let password = fields.secret("password", PASSWORD_MIN, PASSWORD_MAX);
    fields.finish()?;
    let id = id.ok_or_else(|| Problem::internal("a newcomer without faults lacks an id"))?;
    first_administrator(&office, &word, id, name, password).await
}

/// Makes the first administrator, if the one-time word is right.
pub(crate) async fn first_administrator(
    office: &Arc<Office>,
    word: &str,
    id: StaffId,
    name: LocalText,
    password: String,
) -> Result<Answer, Problem> {
    let gone = || {
        Problem::not_found(
            "这个一次性链接（可能已用过）",
            "The one-time link (it may have been used)",
        )
    };
    let right = office
        .setup_word
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .as_deref()
        == Some(word);
    if !right || !office.state().staff.people.is_empty() {
        return Err(gone());
    }
    let department = "office".parse().map_err(Problem::internal)?;
    let newcomer = Newcomer {
        id: id.clone(),
        name,
        department,
        roles: BTreeSet::from([Role::Administrator]),
        password: Some(password),
    };
    let answer = appoint(office, &id, &Repeatable::once(), newcomer, true).await?;
    office.setup_word.lock().unwrap_or_else(PoisonError::into_inner).take();
    Ok(answer)
}

/// `POST /api/v1/sessions {staff, password}`: signs in; the secret comes as a cookie.
pub(crate) async fn sign_in(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    same_origin(&headers)?;
    let mut fields = Fields::of_body(&read_body(body).await?)?;
    let staff = fields.parsed("staff");
    let password = fields.secret("password", 1, PASSWORD_MAX);
    fields.finish()?;
    let staff: StaffId = staff.ok_or_else(Problem::unauthorised)?;
    let secret = open_session(&office, &staff, password).await?;
    let answer = Answer::created(json!({"staff": staff, "token": secret}));
    Ok(([(header::SET_COOKIE, session_cookie(&secret))], answer).into_response())
}

/// The cookie that carries a session.
pub(crate) fn session_cookie(secret: &str) -> String {
    let seconds = sign_in::SESSION_MS / 1000;
    format!("{SESSION_COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}")
}

/// Signs someone in by password.
pub(crate) async fn open_session(office: &Arc<Office>, staff: &StaffId, password: String) -> Result<String, Problem> {
    let limiter = || office.limiter.lock().unwrap_or_else(PoisonError::into_inner);
    limiter().may_try(staff, office.now())?;
    let listing = directory::find(&*office.log, staff).map_err(Problem::internal)?;
    let fits = tokio::task::spawn_blocking(move || directory::password_fits(listing.as_ref(), &password))
        .await
        .map_err(Problem::internal)?;
    if !fits {
        limiter().failed(staff, office.now());
        return Err(wrong_password());
    }
    limiter().succeeded(staff);
    let (secret, write) = sign_in::open(staff.clone(), "", office.now().plus_ms(sign_in::SESSION_MS))?;
    let log = Arc::clone(&office.log);
    blocking(move || log.write(vec![write])).await?;
    Ok(secret)
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

/// `DELETE /api/v1/sessions/current`: signs out.
pub(crate) async fn sign_out(State(office): State<Arc<Office>>, caller: Caller) -> Result<Response, Problem> {
    let write = sign_in::close(&caller.secret)?;
    let log = Arc::clone(&office.log);
    blocking(move || log.write(vec![write])).await?;
    let gone = format!("{SESSION_COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    Ok(([(header::SET_COOKIE, gone)], Answer::ok(json!({"signed_out": true}))).into_response())
}

/// `POST /api/v1/tokens {label, days}`: a token for a machine, with the maker's roles.
pub(crate) async fn token(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Read)?;
    let mut fields = call.fields()?;
    let label = fields.text("label", 100);
    let days = fields.number("days", 1, sign_in::TOKEN_MAX_DAYS);
    fields.finish()?;
    let expires_at = office.now().plus_ms(days * DAY_MS);
    let (secret, write) = sign_in::open(call.caller.staff.clone(), &label, expires_at)?;
    let log = Arc::clone(&office.log);
    blocking(move || log.write(vec![write])).await?;
    Ok(Answer::created(
        json!({"token": secret, "expires_at": shape::time(expires_at)}),
    ))
}

/// `GET /api/v1/staff`
pub(crate) async fn staff(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let state = office.state();
    let mut people = Vec::new();
    for (id, person) in &state.staff.people {
        let listing = directory::find(&*office.log, id).map_err(Problem::internal)?;
        let name = listing.map(|listing| listing.name);
        people.push(json!({"id": id, "name": name, "department": person.department, "roles": person.roles}));
    }
    Ok(Answer::ok(json!({"staff": people})))
}

/// `POST /api/v1/staff {id, name, department, roles, password?}`
pub(crate) async fn add_staff(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Administer)?;
    let mut fields = call.fields()?;
    let id = fields.parsed("id");
    let name = fields.local_text("name", 60);
    let department = fields.parsed("department");
    let roles = fields
        .list::<RoleName>("roles", 16)
        .into_iter()
        .map(|role| role.0)
        .collect();
    let password = match fields.value("password") {
        None => None,
        Some(value) => {
            let mut inner = Fields::of_body(json!({"password": value}).to_string().as_bytes())?;
            let password = inner.secret("password", PASSWORD_MIN, PASSWORD_MAX);
            inner.finish()?;
            Some(password)
        }
    };
    fields.finish()?;
    let (Some(id), Some(department)) = (id, department) else {
        return Err(Problem::internal("a newcomer without faults lacks its fields"));
    };
    let newcomer = Newcomer {
        id,
        name,
        department,
        roles,
        password,
    };
    appoint(&office, &call.caller.staff, &call.repeatable, newcomer, false).await
}

struct RoleName(Role);

impl std::str::FromStr for RoleName {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let named = |role: &Role| json!(role).as_str() == Some(text);
        Role::ALL
            .into_iter()
            .find(named)
            .map(Self)
            .ok_or_else(|| format!("`{text}` is not a role"))
    }
}

/// Appoints someone: roles into the log, name and password into the directory. `only_first` refuses when somebody was
/// faster.
pub(crate) async fn appoint(
    office: &Arc<Office>,
    by: &StaffId,
    repeatable: &Repeatable,
    newcomer: Newcomer,
    only_first: bool,
) -> Result<Answer, Problem> {
    let known = directory::find(&*office.log, &newcomer.id).map_err(Problem::internal)?;
    let password = match newcomer.password {
        Some(password) => Some(blocking(move || directory::hash_password(&password)).await?),
        None => known.and_then(|known| known.password),
    };
    let listing = Listing {
        name: newcomer.name,
        password,
    };
    let write = directory::keep(&newcomer.id, &listing).map_err(Problem::internal)?;
    let (id, department, roles) = (newcomer.id, newcomer.department, newcomer.roles);
    transact(office, by, repeatable, "site-staff".to_owned(), |state, _| {
        if only_first && !state.staff.people.is_empty() {
            return Err(Problem::forbidden());
        }
        let event = state.staff.appoint(id.clone(), department.clone(), roles.clone());
        let answer = Answer::created(json!({"id": id, "roles": roles}));
        Ok(Decision {
            writes: vec![write.clone()],
            ..Decision::of(event.map(Event::Staff).into_iter().collect(), answer)
        })
    })
    .await
}

/// `POST /api/v1/staff/{id}/leave`: somebody works here no longer. Their roles end, their name and password are erased, their
/// sessions close; what they did stays, under their id.
pub(crate) async fn leave(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Administer)?;
    call.fields()?.finish()?;
    let missing = || Problem::not_found("这位工作人员", "The person");
    let id: StaffId = id.parse().map_err(|_| missing())?;
    if id == call.caller.staff {
        return Err(Problem::conflict(
            "oneself",
            Told::new(
                "不能为自己办理离任：请另一位系统管理员办理",
                "nobody does this for themselves: ask another administrator",
            ),
            None,
        ));
    }
    let mut writes = sign_in::close_all_of(&office, &id)?;
    writes.push(directory::erase(&id).map_err(Problem::internal)?);
    transact(
        &office,
        &call.caller.staff,
        &call.repeatable,
        "site-staff".to_owned(),
        |state, _| {
            let person = state.staff.people.get(&id).ok_or_else(missing)?;
            let event = state
                .staff
                .appoint(id.clone(), person.department.clone(), BTreeSet::new());
            Ok(Decision {
                writes: writes.clone(),
                ..Decision::of(
                    event.map(Event::Staff).into_iter().collect(),
                    Answer::ok(json!({"id": id})),
                )
            })
        },
    )
    .await
}

/// `GET /api/v1/site`
pub(crate) async fn site(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let state = office.state();
    let profile = state
        .site
        .as_ref()
        .and_then(|site| office.library.profile(&site.profile));
    let blanked = state.blank.blank.on;
    Ok(Answer::ok(
        json!({"site": office.site, "profile": profile.as_deref(), "blanked": blanked}),
    ))
}

/// `POST /api/v1/site/blank`: every display shows its slate and nothing else, from now until it is undone.
pub(crate) async fn blank(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    set_blank(&office, call, Blank::blank, true).await
}

/// `POST /api/v1/site/unblank`: the programmes come back.
pub(crate) async fn unblank(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    set_blank(&office, call, Blank::unblank, false).await
}

async fn set_blank(
    office: &Arc<Office>,
    call: Call,
    decide: impl Fn(Blank) -> Option<SiteEvent>,
    on: bool,
) -> Result<Answer, Problem> {
    call.caller.may(office, Verb::Blank)?;
    let (staff, repeatable) = (call.caller.staff.clone(), call.repeatable.clone());
    call.fields()?.finish()?;
    transact(office, &staff, &repeatable, "site-profile".to_owned(), |state, _| {
        let event = decide(state.blank.blank).map(Event::Site);
        let answer = Answer::ok(json!({"site": office.site, "blanked": on}));
        Ok(Decision::of(event.into_iter().collect(), answer))
    })
    .await
}

/// `PUT /api/v1/site {name, hotlines, hours, departments, public_url, time_zone}`
pub(crate) async fn set_site(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Administer)?;
    let profile = read_profile(&office, call.fields()?)?;
    let bytes = serde_json::to_vec(&profile).map_err(Problem::internal)?;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(Problem::internal)?;
    let (hash, object) = library::object(salt, bytes);
    let body: Value = json!({"site": office.site, "profile": profile});
    transact(
        &office,
        &call.caller.staff,
        &call.repeatable,
        "site-profile".to_owned(),
        |state, _| {
            let known = state
                .site
                .as_ref()
                .and_then(|site| office.library.profile(&site.profile));
            if known.as_deref() == Some(&profile) {
                return Ok(Decision::of(Vec::new(), Answer::ok(body.clone())));
            }
            let event = Event::Site(SiteEvent::ProfileSet {
                site: office.site.clone(),
                profile: hash,
            });
            Ok(Decision {
                content: vec![object.clone()],
                ..Decision::of(vec![event], Answer::ok(body.clone()))
            })
        },
    )
    .await
}

fn read_profile(office: &Office, mut fields: Fields) -> Result<SiteProfile, Problem> {
    let name = fields.local_text("name", 60);
    let hotlines = fields.objects("hotlines", 8, |line| Hotline {
        label: line.local_text("label", 30),
        number: line.text("number", 40),
    });
    let hours = fields.local_text("hours", 200);
    let departments = fields.local_texts("departments", 60);
    let public_url = fields.optional_text("public_url", 200).unwrap_or_default();
    let time_zone = fields.text("time_zone", 64);
    let clock = crate::calendar::site_clock(&time_zone, office.now());
    if clock.is_none() && !time_zone.is_empty() {
        fields.fault(
            "time_zone",
            "unknown",
            "没有这个时区，例如 Asia/Shanghai",
            "is not a time zone: write it like Asia/Shanghai",
        );
    }
    fields.finish()?;
    let clock = clock.ok_or_else(|| Problem::internal("a profile without faults lacks its clock"))?;
    Ok(SiteProfile {
        name,
        hotlines,
        hours,
        departments,
        public_url,
        time_zone,
        clock,
    })
}
