//! `/api/v1/setup`, `/staff`, `/site`: who works here, and who the office is.

use super::call::{Call, Caller, read_body, same_origin};
use super::fields::Fields;
use super::idempotency::{Answer, Repeatable};
use super::problem::{Problem, Told};
use super::successors::handed_over;
use crate::directory::{self, Listing};
use crate::office::Office;
use crate::public_words::{LetThrough, PublicWords};
use crate::sign_in::{Row, factors};
use crate::transact::{Decision, blocking, transact};
use crate::{library, sign_in};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use heliograph_domain::gate::PublicNoun;
use heliograph_domain::site::{Blank, Hotline, SiteEvent, SiteProfile};
use heliograph_domain::staff::{Role, StaffEvent, Verb, may_be_a_person};
use heliograph_domain::{DepartmentId, Event, LocalText, StaffId};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

/// The department of the first administrator, who is there before any has a name.
pub(crate) const FIRST_DEPARTMENT: &str = "office";
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
    /// By what the office's own sign-on names them; nothing: as it was.
    pub(crate) office_id: Option<Option<String>>,
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
    let password = fields.new_password("password", id.as_ref());
    no_persons_name(&mut fields, id.as_ref());
    fields.finish()?;
    let id = id.ok_or_else(|| Problem::internal("a newcomer without faults lacks an id"))?;
    first_administrator(&office, &word, id, name, password).await
}

/// What a user name must not be that the record gives to what acts by itself.
fn no_persons_name(fields: &mut Fields, id: Option<&StaffId>) {
    if id.is_some_and(|id| !may_be_a_person(id)) {
        let (zh, en) = (
            "已由系统使用，请换一个用户名",
            "is what the record calls the hub itself: choose another",
        );
        fields.fault("id", "reserved", zh, en);
    }
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
    let department = FIRST_DEPARTMENT.parse().map_err(Problem::internal)?;
    let newcomer = Newcomer {
        id: id.clone(),
        name,
        department,
        roles: BTreeSet::from([Role::Administrator]),
        password: Some(password),
        office_id: None,
    };
    let answer = appoint(office, &id, &Repeatable::once(), newcomer, Appointing::First).await?;
    office.setup_word.lock().unwrap_or_else(PoisonError::into_inner).take();
    Ok(answer)
}

/// `GET /api/v1/staff`
pub(crate) async fn staff(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let state = office.state();
    let mut people = Vec::new();
    for (id, person) in &state.staff.people {
        let listing = directory::find(&*office.log, id).map_err(Problem::internal)?;
        let name = listing.map(|listing| listing.name);
        people.push(json!({
            "id": id, "name": name, "department": person.department, "roles": person.roles, "disabled": person.disabled,
            "own_password_first": person.password_known_to.is_some(),
        }));
    }
    Ok(Answer::ok(json!({"staff": people})))
}

/// `POST /api/v1/staff {id, name, department, roles, password?, office_id?}`
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
    // `null` is as if it were not there.
    let password = if fields.has("password") {
        Some(fields.new_password("password", id.as_ref()))
    } else {
        fields.value("password");
        None
    };
    no_persons_name(&mut fields, id.as_ref());
    let office_id = fields.has("office_id").then(|| fields.optional_text("office_id", 255));
    if let (Some(Some(named)), Some(id)) = (&office_id, &id) {
        let known = directory::by_office_id(&*office.log, named).map_err(Problem::internal)?;
        if known.is_some_and(|known: StaffId| known != *id) {
            fields.fault("office_id", "taken", "已用于另一位工作人员", "is somebody else's");
        }
    }
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
        office_id,
    };
    let own = (newcomer.id == call.caller.staff).then_some(call.caller.row);
    let (by, repeatable) = (&call.caller.staff, &call.repeatable);
    appoint(&office, by, repeatable, newcomer, Appointing::Anyone { own }).await
}

pub(super) struct RoleName(pub(super) Role);

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

/// How someone is appointed.
pub(crate) enum Appointing {
    /// Only while there is nobody else.
    First,
    /// By an administrator, who goes on in this session of theirs if it is they themselves.
    Anyone { own: Option<Row> },
}

/// Appoints someone: roles into the log, name and password into the directory. The log says as well that there is another
/// password, and from whom; never which.
pub(crate) async fn appoint(
    office: &Arc<Office>,
    by: &StaffId,
    repeatable: &Repeatable,
    newcomer: Newcomer,
    appointing: Appointing,
) -> Result<Answer, Problem> {
    let Newcomer {
        id,
        name,
        department,
        roles,
        password,
        office_id,
    } = newcomer;
    let fresh = match password {
        Some(password) => Some(blocking(move || directory::hash_password(&password)).await?),
        None => None,
    };
    let (whose, by_whom) = (|| id.clone(), || by.clone());
    transact(office, by, repeatable, "site-staff".to_owned(), |state, _| {
        // Read at each attempt: a password that its owner chose a moment ago stays theirs, a session that was opened a
        // moment ago ends, too.
        let known = directory::find(&*office.log, &id).map_err(Problem::internal)?;
        let (was, known_as) = known.map(|known| (known.password, known.office_id)).unwrap_or_default();
        let renamed = office_id.as_ref().is_some_and(|named| *named != known_as);
        let listing = Listing {
            name: name.clone(),
            password: fresh.clone().or(was),
            office_id: office_id.clone().unwrap_or(known_as),
        };
        let mut writes = vec![directory::keep(&id, &listing).map_err(Problem::internal)?];
        match &appointing {
            Appointing::First if !state.staff.people.is_empty() => return Err(Problem::forbidden()),
            // Whoever had the old password, or stood behind it, has nothing of it any longer.
            Appointing::Anyone { own } if fresh.is_some() || renamed => {
                writes.extend(sign_in::close_all_of(&*office.log, &id, own.as_ref())?);
            }
            _ => {}
        }
        let appointed = state.staff.appoint(whose(), department.clone(), roles.clone());
        let events = [
            appointed,
            fresh.is_some().then(|| StaffEvent::PasswordSet {
                id: whose(),
                by: by_whom(),
            }),
            renamed.then(|| StaffEvent::SignOnSet {
                id: whose(),
                by: by_whom(),
            }),
        ];
        let answer = Answer::created(json!({"id": id, "roles": roles}));
        Ok(Decision {
            writes,
            ..Decision::of(events.into_iter().flatten().map(Event::Staff).collect(), answer)
        })
    })
    .await
}

/// `POST /api/v1/staff/{id}/leave {successor?}`: somebody works here no longer. Their roles end, their name and password
/// are erased, their sessions close; what they did stays, under their id.
pub(crate) async fn leave(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    let id = handed_over(&office, &call, &id).await?;
    transact(
        &office,
        &call.caller.staff,
        &call.repeatable,
        "site-staff".to_owned(),
        |state, _| {
            let person = state.staff.people.get(&id).ok_or_else(missing)?;
            // Whoever has lost their roles before is erased on record, too; done again it finds nothing to do.
            let is_known = directory::find(&*office.log, &id).map_err(Problem::internal)?.is_some();
            let leaves = is_known || !person.roles.is_empty();
            let event = leaves.then(|| StaffEvent::Left { id: id.clone() });
            // Read at each attempt: a session that was opened a moment ago ends, too.
            let mut writes = sign_in::close_all_of(&*office.log, &id, None)?;
            writes.push(directory::erase(&id).map_err(Problem::internal)?);
            writes.push(crate::reminders::erase_address(&id).map_err(Problem::internal)?);
            writes.push(factors::erase(&id)?);
            writes.push(crate::interventions::erase(&id)?);
            Ok(Decision {
                writes,
                ..Decision::of(
                    event.map(Event::Staff).into_iter().collect(),
                    Answer::ok(json!({"id": id})),
                )
            })
        },
    )
    .await
}

pub(super) fn missing() -> Problem {
    Problem::not_found("这位工作人员", "The person")
}

/// Whom an administrator's call without fields is about: somebody else.
pub(super) fn another(office: &Office, call: &Call, id: &str) -> Result<StaffId, Problem> {
    call.caller.may(office, Verb::Administer)?;
    call.fields()?.finish()?;
    not_oneself(call, id)
}

/// The id of somebody else than whoever calls.
pub(super) fn not_oneself(call: &Call, id: &str) -> Result<StaffId, Problem> {
    let id: StaffId = id.parse().map_err(|_| missing())?;
    if id != call.caller.staff {
        return Ok(id);
    }
    Err(Problem::conflict(
        "oneself",
        Told::new(
            "不能为自己办理：请另一位系统管理员办理",
            "nobody does this for themselves: ask another administrator",
        ),
        None,
    ))
}

/// `POST /api/v1/staff/{id}/disable {successor?}`: somebody may do nothing until they are enabled; their sessions and
/// tokens end now.
pub(crate) async fn disable(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    let id = handed_over(&office, &call, &id).await?;
    set_disabled(&office, id, call, true).await
}

/// `POST /api/v1/staff/{id}/enable`: they may sign in again, with what they had.
pub(crate) async fn enable(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    let id = another(&office, &call, &id)?;
    set_disabled(&office, id, call, false).await
}

async fn set_disabled(office: &Arc<Office>, id: StaffId, call: Call, disabled: bool) -> Result<Answer, Problem> {
    let (by, repeatable) = (&call.caller.staff, &call.repeatable);
    transact(office, by, repeatable, "site-staff".to_owned(), |state, _| {
        if !state.staff.people.contains_key(&id) {
            return Err(missing());
        }
        let event = state.staff.set_disabled(&id, disabled).map(Event::Staff);
        let answer = Answer::ok(json!({"id": id, "disabled": disabled}));
        Ok(Decision {
            // Read at each attempt: a session that was opened a moment ago ends, too.
            writes: if disabled {
                sign_in::close_all_of(&*office.log, &id, None)?
            } else {
                Vec::new()
            },
            ..Decision::of(event.into_iter().collect(), answer)
        })
    })
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
    let (profile, let_through) = read_profile(&office, call.fields()?)?;
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
            let confirmed = let_through.event(PublicNoun::Profile);
            Ok(Decision {
                content: vec![object.clone()],
                ..Decision::of([event].into_iter().chain(confirmed).collect(), Answer::ok(body.clone()))
            })
        },
    )
    .await
}

fn read_profile(office: &Office, mut fields: Fields) -> Result<(SiteProfile, LetThrough), Problem> {
    let name = fields.local_text("name", 60);
    let hotlines = fields.objects("hotlines", 8, |line| Hotline {
        label: line.local_text("label", 30),
        number: line.text("number", 40),
    });
    let hours = fields.local_text("hours", 200);
    let departments = fields.local_texts("departments", 60);
    let public_url = fields.optional_text("public_url", 200).unwrap_or_default();
    let time_zone = fields.text("time_zone", 64);
    let mut words = PublicWords::of_request(&mut fields);
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
    let profile = SiteProfile {
        name,
        hotlines,
        hours,
        departments,
        public_url,
        time_zone,
        clock,
    };
    words.profile(&profile);
    let site = office.state().site.as_ref().map(|site| site.profile);
    if let Some(known) = site.and_then(|site| office.library.profile(&site)) {
        let mut public = PublicWords::default();
        public.profile(&known);
        words.know(&public);
    }
    let let_through = words.check(office)?;
    Ok((profile, let_through))
}
