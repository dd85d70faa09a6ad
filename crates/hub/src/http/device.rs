//! `/api/v1/device`: what a display has from the hub itself, with its own token. The broker brings the same; this is
//! the way past one that loses or holds back.

use super::attachments::{display_of, token_of};
use super::problem::{Problem, Told};
use crate::credentials;
use crate::keys::from_hex;
use crate::mail::Desk;
use crate::office::Office;
use crate::transact::blocking;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use heliograph_domain::DisplayId;
use heliograph_wire::Mail;
use std::collections::HashMap;
use std::sync::Arc;

/// `GET /api/v1/device/mail?nonce=`: everything that is retained for the display, and the time when it asked for it.
pub(crate) async fn mail(
    State(office): State<Arc<Office>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let display = display_of(&office, &headers).ok_or_else(Problem::unauthorised)?;
    if !office.may_ask(display, office.now()) {
        return Err(too_often());
    }
    let nonce = match query.get("nonce") {
        Some(text) => Some(from_hex(text).ok_or_else(no_nonce)?),
        None => None,
    };
    let token = token_of(&headers).unwrap_or_default().to_owned();
    let mail = blocking(move || {
        credentials::seen(&office, display, token.as_bytes());
        Ok::<_, std::convert::Infallible>(office_mail(&office, display, nonce))
    })
    .await?;
    let kind = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((kind, mail.to_bytes()).into_response())
}

fn office_mail(office: &Office, display: DisplayId, nonce: Option<[u8; 16]>) -> Mail {
    let desk = Desk {
        site: &office.site,
        state: &office.state(),
        mailbox: &office.mailbox,
        seals: &office.seals,
        now: office.now(),
    };
    desk.mail(display, nonce)
}

fn no_nonce() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "bad-nonce",
        Told::new("nonce 不对", "The nonce is wrong"),
        Told::new("nonce 应为 32 位十六进制数字。", "nonce: write 32 hexadecimal digits."),
    )
}

fn too_often() -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-often",
        Told::new("请求过于频繁", "Asked too often"),
        Told::new("请在一分钟后再试。", "Ask again in a minute."),
    )
}
