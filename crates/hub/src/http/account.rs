//! `/api/v1/account`: one's own password and authenticator.

use super::call::Call;
use super::idempotency::{Answer, Repeatable};
use super::problem::{Problem, Told};
use super::sessions::{CODE_MAX, noted};
use crate::directory::{self, Listing};
use crate::office::Office;
use crate::sign_in::register::Kind;
use crate::sign_in::{self, factors, totp};
use crate::transact::{Decision, blocking, transact};
use axum::extract::State;
use heliograph_domain::Event;
use heliograph_domain::staff::StaffEvent;
use serde_json::json;
use std::sync::Arc;

/// `PUT /api/v1/account/password {password}`: another password, which nobody else knows; everything else that was signed
/// in ends. It is not repeatable by a key: what would be kept for that could be tried against guessed passwords.
pub(crate) async fn set_password(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.person()?;
    let mut fields = call.fields()?;
    let password = fields.new_password("password", Some(&call.caller.staff));
    fields.finish()?;
    call.caller.present(&office)?;
    let staff = &call.caller.staff;
    let listing = directory::find(&*office.log, staff).map_err(Problem::internal)?;
    let mut listing = listing.ok_or_else(Problem::unauthorised)?;
    if office.state().staff.owes_password(staff) {
        let (known, typed) = (listing.clone(), password.clone());
        let same = tokio::task::spawn_blocking(move || directory::password_fits(Some(&known), &typed)).await;
        if same.map_err(Problem::internal)? {
            return Err(not_that_one());
        }
    }
    listing.password = Some(blocking(move || directory::hash_password(&password)).await?);
    keep_password(&office, &call, &listing).await
}

fn not_that_one() -> Problem {
    Problem::field(
        "password",
        "same",
        "这个密码别人也知道，请换一个",
        "somebody else knows this one: choose another",
    )
}

async fn keep_password(office: &Arc<Office>, call: &Call, listing: &Listing) -> Result<Answer, Problem> {
    let (staff, row) = (&call.caller.staff, &call.caller.row);
    let kept = directory::keep(staff, listing).map_err(Problem::internal)?;
    transact(office, staff, &Repeatable::once(), "site-staff".to_owned(), |_, _| {
        // An administrator who set another one meanwhile has ended this session.
        if !sign_in::is_open(office, row) {
            return Err(Problem::unauthorised());
        }
        let mut writes = sign_in::close_all_of(&*office.log, staff, Some(row))?;
        writes.push(kept.clone());
        let (id, by) = (staff.clone(), staff.clone());
        let events = vec![Event::Staff(StaffEvent::PasswordSet { id, by })];
        Ok(Decision {
            writes,
            ..Decision::of(events, Answer::ok(json!({"changed": true})))
        })
    })
    .await
}

/// `POST /api/v1/account/authenticator`: begins one; what an app needs, to be shown to its owner alone.
pub(crate) async fn begin(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.person()?;
    call.fields()?.finish()?;
    call.caller.present(&office)?;
    let mut secret = [0u8; totp::SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(Problem::internal)?;
    let now = office.now();
    factors::change(&office, &call.caller.staff, |factors| {
        factors.begin(secret.to_vec(), now);
        Ok(())
    })
    .await?;
    let uri = totp::uri(&issuer(&office), call.caller.staff.as_str(), &secret);
    Ok(Answer::created(json!({"secret": totp::base32(&secret), "uri": uri})))
}

/// By what an authenticator app names the office.
pub(crate) fn issuer(office: &Office) -> String {
    format!("Heliograph {}", office.site)
}

/// `POST /api/v1/account/authenticator/confirm {code}`: it counts from now on. The recovery codes are told once.
pub(crate) async fn complete(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.person()?;
    let mut fields = call.fields()?;
    let code = fields.text("code", CODE_MAX);
    fields.finish()?;
    call.caller.present(&office)?;
    let now = office.now();
    let codes = factors::change(&office, &call.caller.staff, |factors| {
        if factors.begun(now).is_none() {
            return Err(Problem::conflict(
                "not-begun",
                Told::new("请重新开始设置验证器", "begin to set the authenticator up again"),
                None,
            ));
        }
        if !factors.complete(&code, now) {
            return Err(Problem::field(
                "code",
                "wrong",
                "验证码不对：请核对手机时间，输入当前显示的六位数字",
                "is not what the app shows now: check the telephone's time, and type its six digits",
            ));
        }
        factors.renew_recovery()
    });
    let codes = codes.await?;
    noted(&office, &call.caller, Kind::AuthenticatorSet, "").await?;
    Ok(Answer::ok(json!({"recovery_codes": codes})))
}

/// `POST /api/v1/account/recovery-codes`: fresh ones in the place of all before.
pub(crate) async fn renew_recovery(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.person()?;
    call.fields()?.finish()?;
    call.caller.present(&office)?;
    let codes = factors::change(&office, &call.caller.staff, |factors| {
        if !factors.is_second() {
            return Err(Problem::conflict(
                "no-second-factor",
                Told::new("请先设置验证器", "set up an authenticator first"),
                None,
            ));
        }
        factors.renew_recovery()
    });
    Ok(Answer::ok(json!({"recovery_codes": codes.await?})))
}

/// `POST /api/v1/account/authenticator/remove`: a password alone signs in again, unless the office asks for more.
pub(crate) async fn remove(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.person()?;
    call.fields()?.finish()?;
    if office
        .state()
        .staff
        .needs_second_factor(&call.caller.staff, office.now())
    {
        return Err(Problem::conflict(
            "required",
            Told::new(
                "您的角色须使用两步验证：可以换一个验证器，不能取消",
                "your role needs a second factor: you may set up another, not go without",
            ),
            None,
        ));
    }
    call.caller.present(&office)?;
    factors::change(&office, &call.caller.staff, |factors| {
        (factors.authenticator, factors.begun) = (None, None);
        factors.recovery.clear();
        Ok(())
    })
    .await?;
    noted(&office, &call.caller, Kind::AuthenticatorRemoved, "").await?;
    Ok(Answer::ok(json!({"removed": true})))
}
