//! `/api/v1/displays`: the panels that hang in the lobby.

use super::call::{Call, Caller};
use super::fields::Fields;
use super::idempotency::{Answer, fresh_uuid};
use super::problem::Problem;
use super::shape;
use crate::credentials::Fresh;
use crate::keys::{from_hex, hex};
use crate::office::Office;
use crate::state::KnownDisplay;
use crate::transact::{Decision, blocking, transact};
use crate::{credentials, picture, sign_in};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use heliograph_domain::display::{Display, DisplayEvent, DisplayRefused, DisplaySetting, MAX_REASON_CHARS};
use heliograph_domain::panel::{ColourDepth, Panel};
use heliograph_domain::staff::Verb;
use heliograph_domain::{ChannelName, DisplayId, Event, Lang};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// `GET /api/v1/displays`
pub(crate) async fn list(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let state = office.state();
    let displays: Vec<Value> = state
        .displays
        .values()
        .map(|known| shape::display(&office, known))
        .collect();
    Ok(Answer::ok(json!({"displays": displays})))
}

/// `GET /api/v1/displays/{id}`
pub(crate) async fn one(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let known = find(&office, &id)?;
    Ok(Answer::ok(shape::display(&office, &known)).with_etag(known.position))
}

/// `POST /api/v1/displays`: enrols a display by an operator's hand. The answer holds the display's MQTT token; the hub keeps
/// only its hash, and in the answer that it keeps for a repetition there is no token.
pub(crate) async fn enrol(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::OperateDisplays)?;
    let mut fields = call.fields()?;
    let key = fields.text("key", 64);
    let key = from_hex(&key);
    if key.is_none() {
        fields.fault(
            "key",
            "invalid",
            "应为 64 位十六进制的设备公钥",
            "must be the device's public key, 64 hexadecimal digits",
        );
    }
    let setting = read_setting(&office.state().channel_names(), fields)?;
    let key = key.ok_or_else(|| Problem::internal("a display without faults lacks its key"))?;
    let id = DisplayId(fresh_uuid(office.now())?);
    let fresh = Fresh::of(sign_in::fresh_secret()?).map_err(Problem::internal)?;
    let recorded = record(&office, &call, Display::enrol(None, key, setting), (id, &fresh)).await?;
    let token = if recorded == id {
        credentials::admit(&office, id, &fresh);
        fresh.token
    } else {
        told_again(&office, recorded, key, fresh).await?
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    Ok(Answer::created(credential(&office, recorded, &token, host)))
}

/// Makes it a fact, or finds that it is one already, for a repeated request; the display that is recorded.
async fn record(
    office: &Arc<Office>,
    call: &Call,
    event: Result<Option<DisplayEvent>, DisplayRefused>,
    (id, fresh): (DisplayId, &Fresh),
) -> Result<DisplayId, Problem> {
    let keep = credentials::keep(id, fresh).map_err(Problem::internal)?;
    let stream = format!("display-{id}");
    let event = event.map_err(Problem::display_refused)?;
    // Before it is a fact: whoever repeats the request a moment later hears the same token.
    if call.repeatable.is_named() {
        credentials::tell(office, id, fresh);
    }
    let answer = transact(office, &call.caller.staff, &call.repeatable, stream, |_, _| {
        Ok(Decision {
            writes: keep.clone(),
            ..Decision::of(
                event.iter().map(|event| Event::Display(id, event.clone())).collect(),
                Answer::created(json!({"id": id})),
            )
        })
    })
    .await;
    let recorded =
        answer.and_then(|answer| serde_json::from_value(answer.body["id"].clone()).map_err(Problem::internal));
    if recorded.as_ref().ok() != Some(&id) {
        credentials::not_told(office, id);
    }
    recorded
}

/// What whoever repeats the request hears: the token again; after a restart of the hub, which has forgotten it, a fresh one
/// in its place. A lost answer costs no second display.
async fn told_again(office: &Arc<Office>, id: DisplayId, key: [u8; 32], fresh: Fresh) -> Result<String, Problem> {
    if let Some(token) = credentials::told(office, id) {
        return Ok(token);
    }
    let state = office.state();
    let display = &state.displays.get(&id).ok_or_else(missing)?.display;
    let refused = match (display.retired, display.revoked || display.key != key) {
        (true, _) => Some(DisplayRefused::Retired),
        (_, true) => Some(DisplayRefused::AlreadyEnrolled),
        _ => None,
    };
    if let Some(refused) = refused {
        return Err(Problem::display_refused(refused));
    }
    let keep = credentials::keep(id, &fresh).map_err(Problem::internal)?;
    let log = Arc::clone(&office.log);
    blocking(move || log.write(keep)).await?;
    credentials::tell(office, id, &fresh);
    credentials::admit(office, id, &fresh);
    (office.kick)(id);
    tracing::info!(display = %id, "a repeated enrolment got a fresh token in the place of the one that was not heard");
    Ok(fresh.token)
}

/// What a machine that was let in is told, once; `host` is the one that it called.
pub(crate) fn credential(office: &Office, id: DisplayId, token: &str, host: Option<&str>) -> Value {
    json!({
        "id": id, "site": office.site, "mqtt_token": token, "root": hex(&office.keys.root.0),
        "hub": office.addresses.hub(host), "broker": office.addresses.broker(host),
        "ca": office.authorities(),
    })
}

/// `PUT /api/v1/displays/{id}`: what the office decides about it.
pub(crate) async fn set(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::OperateDisplays)?;
    let setting = read_setting(&office.state().channel_names(), call.fields()?)?;
    let known = find(&office, &id)?;
    let id = known.display.id;
    let expected = call.seen_revision()?;
    let answer = transact(
        &office,
        &call.caller.staff,
        &call.repeatable,
        format!("display-{id}"),
        |state, _| {
            let known = state.displays.get(&id).ok_or_else(missing)?;
            if expected.is_some_and(|expected| expected != known.position) {
                return Err(Problem::stale(shape::display(&office, known)));
            }
            let event = known.display.set(setting.clone()).map_err(Problem::display_refused)?;
            let answer = Answer::ok(shape::setting(&setting));
            Ok(Decision::of(
                event.map(|event| Event::Display(id, event)).into_iter().collect(),
                answer,
            ))
        },
    )
    .await?;
    // It may be subscribed to a channel that it no longer has: it comes back with what it may have now.
    if known
        .display
        .setting
        .channels
        .iter()
        .any(|channel| !setting.channels.contains(channel))
    {
        (office.kick)(id);
    }
    Ok(answer)
}

/// `POST /api/v1/displays/{id}/retire`
pub(crate) async fn retire(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::OperateDisplays)?;
    call.fields()?.finish()?;
    let id = find(&office, &id)?.display.id;
    let answer = transact(
        &office,
        &call.caller.staff,
        &call.repeatable,
        format!("display-{id}"),
        |state, _| {
            let known = state.displays.get(&id).ok_or_else(missing)?;
            let event = known.display.retire();
            let answer = Answer::ok(json!({"id": id, "retired": true}));
            Ok(Decision {
                writes: credentials::drop_of(id).map_err(Problem::internal)?,
                ..Decision::of(
                    event.map(|event| Event::Display(id, event)).into_iter().collect(),
                    answer,
                )
            })
        },
    )
    .await?;
    credentials::expel(&office, id);
    (office.kick)(id);
    Ok(answer)
}

/// `POST /api/v1/displays/{id}/revoke`: the machine is out at once, the place stays for another. The body may have a
/// `reason`; an empty one is none and is refused.
pub(crate) async fn revoke(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::OperateDisplays)?;
    let mut fields = call.fields()?;
    let reason = fields.has("reason").then(|| fields.text("reason", MAX_REASON_CHARS));
    fields.finish()?;
    let id = find(&office, &id)?.display.id;
    let stream = format!("display-{id}");
    let answer = transact(&office, &call.caller.staff, &call.repeatable, stream, |state, _| {
        let known = state.displays.get(&id).ok_or_else(missing)?;
        let event = known.display.revoke(reason.clone()).map_err(Problem::display_refused)?;
        Ok(Decision {
            writes: credentials::drop_of(id).map_err(Problem::internal)?,
            ..Decision::of(
                event.map(|event| Event::Display(id, event)).into_iter().collect(),
                Answer::ok(json!({"id": id, "revoked": true})),
            )
        })
    })
    .await?;
    // A repeated request may come after another machine was admitted.
    if office
        .state()
        .displays
        .get(&id)
        .is_none_or(|known| !known.display.has_machine())
    {
        credentials::expel(&office, id);
        office.presence().forget(id);
        (office.kick)(id);
    }
    Ok(answer)
}

/// `GET /api/v1/displays/{id}/frame.png?width=`: what it shows now, drawn by the hub from the log.
pub(crate) async fn frame(
    State(office): State<Arc<Office>>,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    caller: Caller,
) -> Result<Response, Problem> {
    caller.may(&office, Verb::Read)?;
    let known = find(&office, &id)?;
    let width = query
        .get("width")
        .and_then(|text| text.parse().ok())
        .unwrap_or(u32::MAX);
    let png = tokio::task::spawn_blocking(move || picture::of_display(&office, &known.display, office.now(), width))
        .await
        .map_err(Problem::internal)?
        .ok_or_else(|| Problem::not_found("画面（尚未设置单位信息）", "A picture (the site has no profile yet)"))?;
    Ok((
        [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "no-store")],
        png,
    )
        .into_response())
}

fn missing() -> Problem {
    Problem::not_found("这块屏幕", "The display")
}

/// The display of an id in a path.
pub(crate) fn find(office: &Office, id: &str) -> Result<Arc<KnownDisplay>, Problem> {
    let id: DisplayId = id.parse().map_err(|_| missing())?;
    office.state().displays.get(&id).cloned().ok_or_else(missing)
}

/// What the office decides about a display, read from a request.
pub(crate) fn read_setting(
    known_channels: &BTreeSet<ChannelName>,
    mut fields: Fields,
) -> Result<DisplaySetting, Problem> {
    let name = fields.local_text("name", 60);
    let location = fields.local_text("location", 120);
    let profile = fields.text("profile", 64);
    let language = fields.choice("language", |tag| Lang::ALL.into_iter().find(|lang| lang.tag() == tag));
    let before = fields.faults();
    let channels: Vec<ChannelName> = fields.list("channels", 32);
    if channels.is_empty() && fields.faults() == before {
        // Said here, so that whoever fills in a form hears of everything at once.
        fields.fault(
            "channels",
            "missing",
            "请至少选择一个频道",
            "needs at least one channel",
        );
    }
    for channel in &channels {
        if !known_channels.contains(channel) {
            fields.fault(
                "channels",
                "unknown_channel",
                &format!("没有名为“{channel}”的频道"),
                &format!("there is no channel `{channel}`"),
            );
        }
    }
    let panel = fields.object("panel", read_panel).flatten();
    fields.finish()?;
    let (Some(language), Some(panel)) = (language, panel) else {
        return Err(Problem::internal("a setting without faults lacks its fields"));
    };
    let setting = DisplaySetting {
        name,
        location,
        profile,
        panel,
        language,
        channels,
    };
    setting.check().map_err(Problem::display_refused)?;
    Ok(setting)
}

fn read_panel(fields: &mut Fields) -> Option<Panel> {
    let colour = fields.choice("colour", |name| match name {
        "mono" => Some(ColourDepth::Mono),
        "tri" => Some(ColourDepth::Tri),
        "full" => Some(ColourDepth::Full),
        _ => None,
    });
    let px = |n: u64| u16::try_from(n).unwrap_or(u16::MAX);
    let wide = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Some(Panel {
        width_px: px(fields.number("width_px", 8, 7680)),
        height_px: px(fields.number("height_px", 8, 7680)),
        pixel_pitch_um: wide(fields.number("pixel_pitch_um", 50, 50_000)),
        viewing_distance_mm: wide(fields.number("viewing_distance_mm", 200, 100_000)),
        refresh_hz: u8::try_from(fields.number("refresh_hz", 1, 240)).unwrap_or(u8::MAX),
        colour: colour?,
    })
}
