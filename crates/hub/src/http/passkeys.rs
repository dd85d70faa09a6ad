//! `/api/v1/passkeys`: registering one, signing in with it, and showing with it again that it is you.

use super::call::{Call, Caller, read_body, same_origin};
use super::fields::Fields;
use super::idempotency::Answer;
use super::problem::{Problem, Told};
use super::sessions::{admit, let_in_here, noted};
use crate::directory;
use crate::office::Office;
use crate::sign_in::factors::{self, Factors};
use crate::sign_in::origin::Origin;
use crate::sign_in::passkeys::challenge::{Challenges, Purpose};
use crate::sign_in::passkeys::{self, Asked, Assertion, Passkey, Unbelieved, decoded, encoded, name_of};
use crate::sign_in::register::{self, Kind};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use heliograph_domain::{Lang, StaffId};
use serde_json::{Value, json};
use std::sync::{Arc, MutexGuard, PoisonError};

/// Passkeys of one person.
const MOST: usize = 10;
/// The longest of what a browser hands over, in characters of base64.
const LONGEST: usize = 16 * 1024;
/// For so long a browser waits for a finger, in milliseconds.
const PATIENCE_MS: u32 = 120_000;

fn challenges(office: &Office) -> MutexGuard<'_, Challenges> {
    office.challenges.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How the browser called the hub. Browsers make passkeys for names, and none for bare addresses.
fn host(headers: &HeaderMap) -> Result<String, Problem> {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let name = name_of(host);
    if name.is_empty() || host.starts_with('[') || name.parse::<std::net::IpAddr>().is_ok() {
        return Err(Problem::conflict(
            "passkeys-need-a-name",
            Told::new(
                "通行密钥只能用于域名：请用名称（不是 IP 地址）打开本系统",
                "passkeys belong to names: open the hub by its name, not by an address",
            ),
            None,
        ));
    }
    Ok(host.to_owned())
}

fn unbelieved(why: Unbelieved) -> Problem {
    tracing::info!(%why, "a passkey was not believed");
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "passkey",
        Told::new("通行密钥没有通过验证", "The passkey was not accepted"),
        Told::new(
            "请重试；如仍不行，请用密码登录，并在“我的账户”中重新添加通行密钥。",
            format!("{why}. Try again; if it goes on, sign in by password and add the passkey anew."),
        ),
    )
}

/// The same for somebody who is signed in: no reason to sign them out.
fn refused(why: Unbelieved) -> Problem {
    Problem {
        status: StatusCode::FORBIDDEN,
        ..unbelieved(why)
    }
}

fn descriptors(passkeys: &[Passkey], host: &str) -> Vec<Value> {
    let here = passkeys.iter().filter(|passkey| passkey.host == name_of(host));
    here.map(|passkey| json!({"type": "public-key", "id": passkey.id}))
        .collect()
}

/// `POST /api/v1/passkeys/register/begin`: what a browser asks its owner for.
pub(crate) async fn begin_register(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.person()?;
    call.fields()?.finish()?;
    call.caller.present(&office)?;
    let host = host(&headers)?;
    let staff = &call.caller.staff;
    let factors = factors::change(&office, staff, |factors| {
        if factors.handle.is_empty() {
            let mut handle = [0u8; 16];
            getrandom::fill(&mut handle).map_err(Problem::internal)?;
            factors.handle = encoded(&handle);
        }
        Ok(factors.clone())
    })
    .await?;
    let asked = challenges(&office)
        .ask(Purpose::Register, &call.caller.row, office.now())
        .map_err(Problem::internal)?;
    let listing = directory::find(&*office.log, staff).map_err(Problem::internal)?;
    let name = listing
        .map(|listing| listing.name.get(Lang::ZhHans).to_owned())
        .unwrap_or_default();
    let kinds = [passkeys::ES256, passkeys::EDDSA, passkeys::RS256];
    Ok(Answer::ok(json!({"publicKey": {
        "challenge": encoded(&asked),
        "rp": {"id": name_of(&host), "name": super::account::issuer(&office)},
        "user": {"id": factors.handle, "name": staff, "displayName": name},
        "pubKeyCredParams": kinds.map(|kind| json!({"type": "public-key", "alg": kind})),
        "authenticatorSelection": {"residentKey": "required", "requireResidentKey": true, "userVerification": "required"},
        "excludeCredentials": descriptors(&factors.passkeys, &host),
        "attestation": "none", "timeout": PATIENCE_MS,
    }})))
}

/// `POST /api/v1/passkeys/register {label, client_data, attestation}`
pub(crate) async fn register(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.person()?;
    let mut fields = call.fields()?;
    let label = fields.text("label", 60);
    let client_data = fields.text("client_data", LONGEST);
    let attestation = fields.text("attestation", LONGEST);
    fields.finish()?;
    call.caller.present(&office)?;
    let (host, now) = (host(&headers)?, office.now());
    let made = || -> Result<_, Unbelieved> {
        let client_data = decoded(&client_data)?;
        let challenge = passkeys::challenge_in(&client_data)?;
        if !challenges(&office).take(&challenge, Purpose::Register, &call.caller.row, now) {
            return Err(Unbelieved::Challenge);
        }
        let asked = Asked {
            kind: "webauthn.create",
            challenge: &challenge,
            host: &host,
        };
        passkeys::registered(&client_data, &decoded(&attestation)?, &asked)
    };
    let (id, key, count) = made().map_err(refused)?;
    let called = label.clone();
    let passkey = Passkey {
        id: encoded(&id),
        key,
        count,
        host: name_of(&host).to_owned(),
        label,
        since: now,
        used: None,
    };
    let id = passkey.id.clone();
    if factors::owner_of(&office, &id)?.is_some() {
        return Err(refused(Unbelieved::Malformed));
    }
    factors::change(&office, &call.caller.staff, |factors| {
        if factors.passkeys.len() >= MOST {
            return Err(Problem::conflict(
                "too-many-passkeys",
                Told::new(
                    "通行密钥太多：请先删除不用的",
                    "there are too many passkeys: remove one first",
                ),
                None,
            ));
        }
        factors.passkeys.push(passkey);
        Ok(())
    })
    .await?;
    noted(&office, &call.caller, Kind::PasskeyAdded, &called).await?;
    Ok(Answer::created(json!({"id": id})))
}

/// `POST /api/v1/passkeys/{id}/remove`
pub(crate) async fn remove(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.person()?;
    call.fields()?.finish()?;
    call.caller.present(&office)?;
    let removed = factors::change(&office, &call.caller.staff, |factors| {
        let at = factors.passkeys.iter().position(|passkey| passkey.id == id);
        Ok(at.map(|at| factors.passkeys.remove(at).label))
    });
    let Some(called) = removed.await? else {
        return Err(Problem::not_found("这个通行密钥", "The passkey"));
    };
    noted(&office, &call.caller, Kind::PasskeyRemoved, &called).await?;
    Ok(Answer::ok(json!({"removed": id})))
}

fn question(challenge: &[u8], host: &str, allowed: &[Value]) -> Answer {
    Answer::ok(json!({"publicKey": {
        "challenge": encoded(challenge), "rpId": name_of(host), "userVerification": "required",
        "allowCredentials": allowed, "timeout": PATIENCE_MS,
    }}))
}

/// `POST /api/v1/passkeys/sign-in/begin`: a question to whoever stands at the door.
pub(crate) async fn begin_sign_in(State(office): State<Arc<Office>>, headers: HeaderMap) -> Result<Answer, Problem> {
    same_origin(&headers)?;
    let host = host(&headers)?;
    let asked = challenges(&office)
        .ask(Purpose::SignIn, b"", office.now())
        .map_err(Problem::internal)?;
    Ok(question(&asked, &host, &[]))
}

/// `POST /api/v1/passkeys/confirm/begin`: a question to who is signed in.
pub(crate) async fn begin_confirm(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.person()?;
    call.fields()?.finish()?;
    let host = host(&headers)?;
    let factors = factors::find(&office, &call.caller.staff)?;
    let asked = challenges(&office)
        .ask(Purpose::Confirm, &call.caller.row, office.now())
        .map_err(Problem::internal)?;
    Ok(question(&asked, &host, &descriptors(&factors.passkeys, &host)))
}

/// What a browser says, as scripts hand it over.
struct Heard {
    id: String,
    client_data: String,
    authenticator_data: String,
    signature: String,
}

impl Heard {
    fn of(mut fields: Fields) -> Result<Self, Problem> {
        let mut text = |name: &str| fields.text(name, LONGEST);
        let heard = Self {
            id: text("id"),
            client_data: text("client_data"),
            authenticator_data: text("authenticator_data"),
            signature: text("signature"),
        };
        fields.finish()?;
        Ok(heard)
    }
}

/// Whether it answers this question with one of these passkeys, whose counter it moves on.
fn believed(
    office: &Office,
    factors: &mut Factors,
    heard: &Heard,
    host: &str,
    purpose: Purpose,
    of: &[u8],
) -> Result<(), Unbelieved> {
    let now = office.now();
    let answer = Assertion {
        client_data: decoded(&heard.client_data)?,
        authenticator_data: decoded(&heard.authenticator_data)?,
        signature: decoded(&heard.signature)?,
    };
    let challenge = passkeys::challenge_in(&answer.client_data)?;
    if !challenges(office).take(&challenge, purpose, of, now) {
        return Err(Unbelieved::Challenge);
    }
    let passkey = factors.passkeys.iter_mut().find(|passkey| passkey.id == heard.id);
    let passkey = passkey.ok_or(Unbelieved::Malformed)?;
    let asked = Asked {
        kind: "webauthn.get",
        challenge: &challenge,
        host,
    };
    passkey.count = passkeys::asserted(passkey, &answer, &asked)?;
    passkey.used = Some(now);
    Ok(())
}

/// `POST /api/v1/passkeys/sign-in {id, client_data, authenticator_data, signature}`: a finger or a PIN on something that
/// its owner has is enough, whatever the office asks of their role.
pub(crate) async fn sign_in(
    State(office): State<Arc<Office>>,
    from: Origin,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    same_origin(&headers)?;
    let host = host(&headers)?;
    let heard = Heard::of(Fields::of_body(&read_body(body).await?)?)?;
    let staff: StaffId = factors::owner_of(&office, &heard.id)?.ok_or_else(|| unbelieved(Unbelieved::Malformed))?;
    let shown = factors::change(&office, &staff, |factors| {
        believed(&office, factors, &heard, &host, Purpose::SignIn, b"").map_err(unbelieved)
    });
    if let Err(problem) = shown.await {
        register::note(&office, Kind::WrongPasskey, &staff, &(&from).into(), None).await?;
        return Err(problem);
    }
    let_in_here(&office, &staff, &from).await?;
    let entered = admit(&office, &staff, &from, Kind::Passkey).await?;
    let answer = Answer::created(json!({"staff": staff}));
    Ok((entered.headers(), answer).into_response())
}

/// `POST /api/v1/passkeys/confirm {id, client_data, authenticator_data, signature}`
pub(crate) async fn confirm(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    call: Call,
) -> Result<Answer, Problem> {
    let Caller { staff, row, .. } = &call.caller;
    call.caller.person()?;
    let host = host(&headers)?;
    let heard = Heard::of(call.fields()?)?;
    factors::change(&office, staff, |factors| {
        believed(&office, factors, &heard, &host, Purpose::Confirm, row).map_err(refused)
    })
    .await?;
    office.pulses().confirm(*row, office.now());
    Ok(Answer::ok(
        json!({"confirmed_for_s": office.session_rules.presence_ms / 1000}),
    ))
}
