//! Reminders by e-mail: once a working day, in the morning, everyone for whom a text waits, or who answers for something
//! that is overdue or due within a week, is told so, in one letter. What was sent is a row, so nobody hears the same day
//! twice.

mod digest;
mod post;
mod recipients;
mod rows;

pub(crate) use post::address_of;
pub use post::{MailPlan, MailPlanError};
pub(crate) use rows::{Outcome, Reminder, address, erase_address, keep_address, sent};

use crate::admin::duties;
use crate::calendar;
use crate::directory;
use crate::office::Office;
use crate::state::State;
use crate::time_limits::{Due, Today};
use crate::transact::blocking;
use heliograph_domain::{Date, Instant, Lang, StaffId};
use post::PostError;
use rows::RowError;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Something that is due, and why somebody is told.
type Told<'a> = (&'a Due, recipients::Because<'a>);

/// Letters go out from half past eight on, by the office's clock.
const FROM_MS: u64 = (8 * 60 + 30) * 60_000;
/// What is due within so many days is told.
const AHEAD_DAYS: i32 = 7;
/// A letter that the server did not take is offered again after this long, the same day.
const AGAIN_MS: u64 = 15 * 60_000;
/// Days that rows are kept.
const KEPT_DAYS: i32 = 90;

/// Why the reminders of a moment were not sent.
#[derive(Debug, thiserror::Error)]
enum TendError {
    #[error(transparent)]
    Row(#[from] RowError),
    #[error(transparent)]
    Directory(#[from] directory::DirectoryError),
}

/// Whether letters have to go out is looked at this often.
const LOOK: Duration = Duration::from_secs(60);

/// Reminds for as long as the hub runs.
pub(crate) async fn run(office: Arc<Office>) {
    let mut minute = tokio::time::interval(LOOK);
    loop {
        minute.tick().await;
        tend(&office).await;
    }
}

/// Sends what is to be sent now. What goes wrong is logged, kept for the admin and tried again later.
pub(crate) async fn tend(office: &Arc<Office>) {
    if office.mail.is_none() {
        return;
    }
    let office = Arc::clone(office);
    let tended = blocking(move || tend_now(&office)).await;
    if let Err(problem) = tended {
        tracing::error!(?problem, "reminders were not sent");
    }
}

fn tend_now(office: &Office) -> Result<(), TendError> {
    let _one_at_a_time = office.reminding.lock().unwrap_or_else(PoisonError::into_inner);
    let (now, state) = (office.now(), office.state());
    let Some(date) = morning(office, &state, now) else {
        return Ok(());
    };
    let Some(plan) = &office.mail else { return Ok(()) };
    rows::forget_before(&*office.log, Date::of_day_number(date.day_number() - KEPT_DAYS))?;
    let dues = Today::new(office, &state, now).dues();
    for (person, known) in &state.staff.people {
        let address = rows::address(&*office.log, person)?.filter(|_| known.active());
        let Some(address) = address else { continue };
        if !rows::find(&*office.log, date, person)?.is_none_or(|row| row.may_try_again(now)) {
            continue;
        }
        let letter = letter(office, &state, (person, now), &dues)?;
        let outcome = match letter {
            None => Outcome::Nothing,
            Some(letter) => {
                // Written before: a hub that stops in the middle must not send it a second time.
                rows::keep(&*office.log, date, person, now, Outcome::Sending)?;
                outcome(plan.send(&address, &letter, &format!("{date}.{person}.{}", office.site), now))
            }
        };
        rows::keep(&*office.log, date, person, now, outcome)?;
    }
    Ok(())
}

/// The date, when it is a working day and late enough.
fn morning(office: &Office, state: &State, now: Instant) -> Option<Date> {
    let site = state.site.as_ref();
    let profile = site.and_then(|site| office.library.profile(&site.profile));
    let (date, ms) = calendar::civil(profile.as_deref(), now);
    (ms >= FROM_MS && state.calendar.is_working(date)).then_some(date)
}

fn outcome(sent: Result<(), PostError>) -> Outcome {
    match sent {
        Ok(()) => Outcome::Sent,
        Err(error) => {
            tracing::warn!(%error, "a reminder was not sent");
            let why = error.to_string();
            // Nobody knows whether a server that fell silent has it: rather once too few than twice.
            if error.is_uncertain() {
                Outcome::Uncertain { why }
            } else {
                Outcome::Failed { why }
            }
        }
    }
}

/// What someone is told; nothing when nothing waits for them and nothing of theirs is due.
fn letter(
    office: &Office,
    state: &State,
    (person, now): (&StaffId, Instant),
    dues: &[Due],
) -> Result<Option<digest::Letter>, directory::DirectoryError> {
    let pressing = dues
        .iter()
        .filter(|due| due.days_left.is_some_and(|days| days <= AHEAD_DAYS));
    let theirs: Vec<Told<'_>> = pressing
        .filter_map(|due| {
            let because = recipients::told(state, person, &due.entry.responsible, now)?;
            Some((due, because))
        })
        .collect();
    let tasks = duties::of(duties::Asker { state, now, person });
    if theirs.is_empty() && tasks.is_empty() {
        return Ok(None);
    }
    let listing = directory::find(&*office.log, person)?;
    let site = state.site.as_ref();
    let profile = site.and_then(|site| office.library.profile(&site.profile));
    let heading = |lang: Lang| digest::Heading {
        name: listing
            .as_ref()
            .map(|listing| listing.name.get(lang).to_owned())
            .unwrap_or_default(),
        office: profile
            .as_ref()
            .map(|profile| profile.name.get(lang).to_owned())
            .unwrap_or_default(),
        hub: office.addresses.hub(None),
    };
    Ok(Some(digest::letter(office, &theirs, &tasks, heading)))
}
