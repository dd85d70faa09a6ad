//! `/api/v1/enrolments`: how a machine becomes a display (`docs/wire-format.md`, section 1). Three calls for the machine,
//! which nobody knows yet, and three for the people who compare what stands on both screens.

use super::call::Call;
use super::call::Caller;
use super::displays;
use super::fields::Fields;
use super::idempotency::{self, Answer, fresh_uuid};
use super::problem::{Problem, Told};
use super::shape;
use crate::credentials::Fresh;
use crate::enrolment::{Book, Standing, Turned, Waiting};
use crate::feed::News;
use crate::keys::{from_hex, hex};
use crate::office::Office;
use crate::sign_in::origin::caller_at;
use crate::transact::{Decision, transact};
use crate::{credentials, sign_in};
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use heliograph_domain::display::Display;
use heliograph_domain::staff::Verb;
use heliograph_domain::{DisplayId, Event};
use heliograph_wire::PublicKey;
use heliograph_wire::enrol::{Counterpart, FACTS_LIMIT, Introduction};
use serde_json::{Map, Value, json};
use std::sync::{Arc, MutexGuard, PoisonError};
use uuid::Uuid;

/// The most bytes that a machine's request has: facts in which every byte is written as an escape, and the rest.
const MOST_BYTES: usize = 8 * FACTS_LIMIT;

/// `POST /api/v1/enrolments`: a machine commits to what it will reveal, and hears whose hub this is.
pub(crate) async fn open(State(office): State<Arc<Office>>, request: Request) -> Result<Answer, Problem> {
    let peer = caller_at(&office, request.extensions(), request.headers()).map(|at| at.to_canonical());
    let mut fields = read(request.into_body()).await?;
    let commitment = bytes(&mut fields, "commitment");
    known_alone(fields)?;
    let mut nonce = [0; 32];
    getrandom::fill(&mut nonce).map_err(Problem::internal)?;
    let hub = Counterpart {
        nonce,
        root: office.keys.root,
        certificate: certificate(&office),
        site: office.site.clone(),
    };
    let (id, now) = (fresh_uuid(office.now())?, office.now());
    let expires_at = book(&office).open(id, peer, commitment, hub, now).map_err(turned)?;
    Ok(Answer::created(json!({
        "request": id, "nonce": hex(&nonce), "site": office.site, "root": hex(&office.keys.root.0),
        "expires_at": expires_at.0,
    })))
}

/// `POST /api/v1/enrolments/{id}/reveal`: the machine says who it is. From now on people see it.
pub(crate) async fn reveal(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Answer, Problem> {
    let mut fields = read(body).await?;
    let introduction = Introduction {
        key: PublicKey(bytes(&mut fields, "key")),
        nonce: bytes(&mut fields, "nonce"),
        secret_hash: bytes(&mut fields, "secret_hash"),
        facts: facts(&mut fields),
    };
    known_alone(fields)?;
    book(&office)
        .reveal(named(&id)?, introduction, office.now())
        .map_err(turned)?;
    office.feed.tell(News::Enrolments);
    Ok(Answer::ok(json!({"state": "waiting"})))
}

/// `GET /api/v1/enrolments/{id}`: how things stand, for the machine with the secret. The credential is told once.
pub(crate) async fn ask(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Answer, Problem> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let carried = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let secret = carried.and_then(|digits| from_hex(digits.trim()));
    let secret = secret.ok_or_else(Problem::unauthorised)?;
    let standing = book(&office).ask(named(&id)?, &secret, office.now()).map_err(turned)?;
    Ok(Answer::ok(match standing {
        Standing::Waiting => json!({"state": "waiting"}),
        Standing::Refused => json!({"state": "refused"}),
        Standing::Admitted(display, token) => {
            let mut told = displays::credential(&office, display, &token, text(header::HOST));
            told["state"] = json!("admitted");
            told["trust"] = json!(hex(&office.keys.trust));
            told
        }
    }))
}

/// `GET /api/v1/enrolments`: the machines that wait for people.
pub(crate) async fn list(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::OperateDisplays)?;
    let all: Vec<Value> = waiting(&office).iter().map(shaped).collect();
    Ok(Answer::ok(json!({"enrolments": all})))
}

/// The machines that wait for people, oldest first.
pub(crate) fn waiting(office: &Office) -> Vec<Waiting> {
    book(office).waiting(office.now())
}

/// What a machine said of itself. It was an object when it came in.
pub(crate) fn facts_of(waiting: &Waiting) -> Map<String, Value> {
    serde_json::from_str(&waiting.introduction.facts).unwrap_or_default()
}

/// A key as people compare it: its SHA-256 in groups of four digits.
pub(crate) fn fingerprint(key: &[u8; 32]) -> String {
    use sha2::{Digest, Sha256};
    let digits = hex(&<[u8; 32]>::from(Sha256::digest(key)));
    let groups: Vec<&str> = (0..32).step_by(4).filter_map(|at| digits.get(at..at + 4)).collect();
    groups.join(" ")
}

fn shaped(waiting: &Waiting) -> Value {
    let key = &waiting.introduction.key.0;
    json!({
        "request": waiting.id, "opened_at": shape::time(waiting.opened_at),
        "expires_at": shape::time(waiting.expires_at()), "peer": waiting.peer, "key": hex(key),
        "fingerprint": fingerprint(key), "short_string": waiting.short_string, "facts": facts_of(waiting),
    })
}

/// `POST /api/v1/enrolments/{id}/admit`: somebody compared the strings. The body has the one that stands on the machine's
/// screen, and either a new display's setting, or in `replaces` the display whose place the machine takes over.
pub(crate) async fn admit(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::OperateDisplays)?;
    if let Some(answer) = idempotency::answered(&office, &call.caller.staff, &call.repeatable)? {
        return Ok(answer);
    }
    let id = named(&id)?;
    let waiting = book(&office).claim(id, office.now()).map_err(turned)?;
    // On a task of its own: a caller who hangs up must not leave the machine half decided.
    let task = tokio::spawn(async move {
        let outcome = decide(&office, &call, &waiting).await;
        match &outcome {
            Ok((_, display, token)) => book(&office).admitted(id, *display, token.clone()),
            Err(_) => book(&office).give_back(id),
        }
        office.feed.tell(News::Enrolments);
        outcome.map(|(answer, ..)| answer)
    });
    task.await.map_err(Problem::internal)?
}

async fn decide(office: &Arc<Office>, call: &Call, waiting: &Waiting) -> Result<(Answer, DisplayId, String), Problem> {
    let mut fields = call.fields()?;
    compared(&mut fields, &waiting.short_string);
    let fresh = Fresh::of(sign_in::fresh_secret()?).map_err(Problem::internal)?;
    let replaces: Option<DisplayId> = fields.optional_parsed("replaces");
    let (answer, id) = match replaces {
        Some(display) => {
            fields.finish()?;
            (take_over(office, call, waiting, display, &fresh).await?, display)
        }
        None => add(office, call, waiting, fields, &fresh).await?,
    };
    credentials::admit(office, id, &fresh);
    if replaces.is_some() {
        office.presence().forget(id);
        (office.kick)(id);
    }
    office.feed.tell(News::Display { id });
    tracing::info!(
        display = %id, by = %call.caller.staff, short_string = waiting.short_string,
        "a machine was admitted after the strings were compared"
    );
    Ok((answer, id, fresh.token))
}

/// The string that the caller read on the machine must be ours.
fn compared(fields: &mut Fields, ours: &str) {
    let theirs = fields.text("short_string", 16);
    if !theirs.is_empty() && !same_code(&theirs, ours) {
        fields.fault(
            "short_string",
            "differs",
            "与这台设备的配对码不一致：请看着设备屏幕再输一次；仍不一致时，请拒绝这台设备并检查网络，可能有人在中间",
            "is not this machine's code: look at its screen and type it again; if it still differs, refuse the machine and \
             look at the network, for somebody may stand between",
        );
    }
}

/// Whether a code as people type it is `ours`: small or wide letters, spaces and dashes make no difference, and letters
/// that no code has are the digits that they look like.
pub(crate) fn same_code(typed: &str, ours: &str) -> bool {
    let narrow = |c: char| match u32::from(c) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
        _ => c,
    };
    let alike = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let dash = |c: &char| !(c.is_whitespace() || matches!(c, '-' | '–' | '—' | '－' | '·'));
    typed
        .chars()
        .filter(dash)
        .map(narrow)
        .map(alike)
        .eq(ours.chars().filter(dash))
}

/// A new display for the machine.
async fn add(
    office: &Arc<Office>,
    call: &Call,
    waiting: &Waiting,
    fields: Fields,
    fresh: &Fresh,
) -> Result<(Answer, DisplayId), Problem> {
    let setting = displays::read_setting(&office.state().channel_names(), fields)?;
    let id = DisplayId(fresh_uuid(office.now())?);
    let (key, stream) = (waiting.introduction.key.0, format!("display-{id}"));
    let keep = credentials::keep(id, fresh).map_err(Problem::internal)?;
    let answer = transact(office, &call.caller.staff, &call.repeatable, stream, |_, _| {
        let event = Display::enrol(None, key, setting.clone()).map_err(Problem::display_refused)?;
        Ok(Decision {
            writes: keep.clone(),
            ..Decision::of(
                event.map(|event| Event::Display(id, event)).into_iter().collect(),
                Answer::created(json!({"id": id})),
            )
        })
    })
    .await?;
    Ok((answer, id))
}

/// The place of a display for the machine, with its setting and history.
async fn take_over(
    office: &Arc<Office>,
    call: &Call,
    waiting: &Waiting,
    id: DisplayId,
    fresh: &Fresh,
) -> Result<Answer, Problem> {
    let (key, stream) = (waiting.introduction.key.0, format!("display-{id}"));
    let keep = credentials::keep(id, fresh).map_err(Problem::internal)?;
    let unknown = || {
        Problem::field(
            "replaces",
            "unknown_display",
            "没有这块屏幕",
            "there is no such display",
        )
    };
    transact(office, &call.caller.staff, &call.repeatable, stream, |state, _| {
        let known = state.displays.get(&id).ok_or_else(unknown)?;
        let event = known.display.replace_machine(key).map_err(Problem::display_refused)?;
        Ok(Decision {
            writes: keep.clone(),
            ..Decision::of(
                event.map(|event| Event::Display(id, event)).into_iter().collect(),
                Answer::ok(json!({"id": id})),
            )
        })
    })
    .await
}

/// `POST /api/v1/enrolments/{id}/refuse`
pub(crate) async fn refuse(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::OperateDisplays)?;
    call.fields()?.finish()?;
    let id = named(&id)?;
    let waiting = {
        let mut book = book(&office);
        let waiting = book.claim(id, office.now()).map_err(turned)?;
        book.refused(id);
        waiting
    };
    office.feed.tell(News::Enrolments);
    tracing::info!(peer = ?waiting.peer, by = %call.caller.staff, "a machine that wanted to be a display was refused");
    Ok(Answer::ok(json!({"state": "refused"})))
}

fn book(office: &Office) -> MutexGuard<'_, Book> {
    office.enrolments.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn read(body: Body) -> Result<Fields, Problem> {
    let body = axum::body::to_bytes(body, MOST_BYTES).await.map_err(|_| Problem {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        ..Problem::malformed("body", "too_long", "请求正文太大", "the body is too large")
    })?;
    Fields::of_body(&body)
}

/// A machine is told of faults as of a request that cannot be read: there is no form to correct.
fn known_alone(fields: Fields) -> Result<(), Problem> {
    fields.finish().map_err(|problem| Problem {
        status: StatusCode::BAD_REQUEST,
        kind: "malformed-request",
        title: Told::new("请求无法读取", "The request cannot be read"),
        ..problem
    })
}

fn bytes(fields: &mut Fields, name: &str) -> [u8; 32] {
    let digits = fields.text(name, 64);
    let read = from_hex(&digits);
    if read.is_none() && !digits.is_empty() {
        fields.fault(
            name,
            "invalid",
            "应为 64 位十六进制数字",
            "must be 64 hexadecimal digits",
        );
    }
    read.unwrap_or_default()
}

/// The text as it came, to the byte: it was hashed.
fn facts(fields: &mut Fields) -> String {
    let text = match fields.value("facts") {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    let object = serde_json::from_str::<Map<String, Value>>(&text).is_ok();
    if text.len() > FACTS_LIMIT || !object {
        fields.fault(
            "facts",
            "invalid",
            "应为不超过 4096 字节的 JSON 对象文本",
            "must be the text of a JSON object, at most 4096 bytes",
        );
    }
    text
}

fn named(id: &str) -> Result<Uuid, Problem> {
    id.parse().map_err(|_| turned(Turned::Over))
}

fn turned(turned: Turned) -> Problem {
    match turned {
        Turned::TooMany { retry_after_s } => Problem {
            retry_after_s: Some(retry_after_s),
            ..Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-requests",
                Told::new("等待接入的设备太多", "Too many machines ask to be let in"),
                Told::new(
                    format!("请 {retry_after_s} 秒后再试；也可在管理页面拒绝不认识的设备。"),
                    format!(
                        "Try again in {retry_after_s} seconds, or have those refused in the admin that nobody knows."
                    ),
                ),
            )
        },
        Turned::Over => Problem::new(
            StatusCode::GONE,
            "enrolment-over",
            Told::new("这次配对已经结束", "This pairing is over"),
            Told::new(
                "设备会自动重新开始，并显示新的配对码。",
                "The machine begins again by itself, with a new code.",
            ),
        ),
        Turned::Broken => Problem::malformed(
            "commitment",
            "broken",
            "所述与先前的承诺不符",
            "what was revealed is not what was committed to",
        ),
        Turned::Stranger => Problem::unauthorised(),
        Turned::Decided => Problem::conflict(
            "already-decided",
            Told::new(
                "这台设备已由其他人处理",
                "Somebody else has decided about this machine already",
            ),
            None,
        ),
    }
}

/// SHA-256 of the certificate that the hub presents; zeros where it speaks plain text.
fn certificate(office: &Office) -> [u8; 32] {
    office.tls_facts().map_or([0; 32], |facts| facts.leaf_sha256)
}

#[cfg(test)]
mod tests {
    use super::same_code;

    #[test]
    fn a_code_is_the_same_however_a_hand_writes_it_and_no_other_is() {
        for typed in [
            "K70-1MX",
            "k701mx",
            " k70 – 1mx ",
            "Ｋ７０－１ＭＸ",
            "K7O-IMX",
            "k7o·lmx",
        ] {
            assert!(same_code(typed, "K70-1MX"), "{typed}");
        }
        for typed in ["K70-1MY", "K70-1M", "K70-1MXX", "", "-", "70K-1MX"] {
            assert!(!same_code(typed, "K70-1MX"), "{typed}");
        }
    }
}
