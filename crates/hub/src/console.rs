//! Accounts from the console of the hub's machine, while the hub is stopped: for an office whose administrators have all
//! lost their passwords. Whoever can read and write the data folder could do anything to it in any case; here it is done
//! rightly, and stands in the log.

use crate::directory::{self, DirectoryError, Listing};
use crate::projector::{ProjectError, replay};
use crate::sign_in::{self, factors, totp};
use crate::state::State;
use crate::transact::recorded_form;
use heliograph_domain::staff::{Role, StaffEvent, may_be_a_person};
use heliograph_domain::{DepartmentId, Event, Instant, Lang, LocalText, StaffId};
use heliograph_log::{
    ActorId, AppendError, Batch, CommandId, DiskLog, EventLog, NameError, OpenError, Revision, StreamId, TableWrite,
    TimestampMs,
};
use std::collections::BTreeSet;
use std::path::Path;
use thiserror::Error;

/// Who acts, in the log.
const ACTOR: &str = "console";
const STREAM: &str = "site-staff";

/// Why the accounts could not be read or changed.
#[derive(Debug, Error)]
pub enum ConsoleError {
    /// The log cannot be opened; a running hub has it.
    #[error(transparent)]
    Log(#[from] OpenError),
    /// The log cannot be folded.
    #[error("the log cannot be read back: {0}")]
    Project(#[from] ProjectError),
    /// The directory cannot be read or written.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The tables of sessions cannot be read.
    #[error("the sessions in the data folder cannot be read: {0}")]
    Sessions(String),
    /// The fact could not be recorded.
    #[error("the change could not be recorded: {0}")]
    Append(#[from] AppendError),
    /// Names of this program are no names of the log.
    #[error(transparent)]
    Name(#[from] NameError),
    /// What the record calls the console is no user name.
    #[error("the console has no name in the record: {0}")]
    Actor(heliograph_domain::ids::NameError),
    /// The record gives this name to what acts by itself.
    #[error("`{0}` is what the record calls the hub itself: choose another user name")]
    Reserved(StaffId),
    /// Somebody has this user name.
    #[error("there is a `{0}` already: `heliograph user reset` gives them a new password")]
    Taken(StaffId),
    /// Nobody has it.
    #[error("there is no `{0}`: `heliograph user list` says who there is")]
    Nobody(StaffId),
    /// Somebody who left has no role that a password would open.
    #[error("`{0}` has no role any longer: `heliograph user add` under another name")]
    Left(StaffId),
    /// The machine gave no random numbers.
    #[error("the machine gave no random numbers: {0}")]
    Random(getrandom::Error),
}

/// An account, as the console tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// User name.
    pub id: StaffId,
    /// Name; empty once the directory has forgotten it.
    pub name: String,
    /// Roles; none for who has left.
    pub roles: BTreeSet<Role>,
    /// Whether they are shut out.
    pub disabled: bool,
    /// Whether they sign in with a second factor.
    pub second_factor: bool,
}

/// Somebody new.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// User name.
    pub id: StaffId,
    /// Name, in Chinese.
    pub name: String,
    /// Department.
    pub department: DepartmentId,
    /// Roles.
    pub roles: BTreeSet<Role>,
}

/// Everyone of the office whose data lies here.
///
/// # Errors
/// When the hub runs, or its folder cannot be read.
pub fn accounts(data: &Path) -> Result<Vec<Account>, ConsoleError> {
    let log = DiskLog::open(data)?;
    let state = replay(&log)?;
    let mut accounts = Vec::new();
    for (id, person) in &state.staff.people {
        let name = directory::find(&log, id)?.map(|listing| listing.name.get(Lang::ZhHans).to_owned());
        let factors = factors::of_log(&log, id).map_err(told)?;
        accounts.push(Account {
            id: id.clone(),
            name: name.unwrap_or_default(),
            roles: person.roles.clone(),
            disabled: person.disabled,
            second_factor: factors.is_second(),
        });
    }
    Ok(accounts)
}

/// Adds somebody; their first password, to be told to them and changed by them.
///
/// # Errors
/// When the hub runs, the name is taken, or the folder cannot be written.
pub fn add_account(data: &Path, account: &NewAccount, now: Instant) -> Result<String, ConsoleError> {
    let log = DiskLog::open(data)?;
    let state = replay(&log)?;
    if state.staff.people.contains_key(&account.id) {
        return Err(ConsoleError::Taken(account.id.clone()));
    }
    if !may_be_a_person(&account.id) {
        return Err(ConsoleError::Reserved(account.id.clone()));
    }
    let (department, roles) = (account.department.clone(), account.roles.clone());
    let event = state.staff.appoint(account.id.clone(), department, roles);
    let name = LocalText([(Lang::ZhHans, account.name.clone())].into());
    let (password, listed) = listed(&account.id, name, None)?;
    let events = [event, Some(password_set(&account.id)?)];
    record(&log, &state, events.into_iter().flatten(), vec![listed], now)?;
    Ok(password)
}

/// Gives somebody a new password, without a second factor, and lets them in again if they were shut out. Everything that
/// was signed in as them ends.
///
/// # Errors
/// When the hub runs, nobody has that name, or the folder cannot be written.
pub fn reset_account(data: &Path, id: &StaffId, now: Instant) -> Result<String, ConsoleError> {
    let log = DiskLog::open(data)?;
    let state = replay(&log)?;
    let person = state
        .staff
        .people
        .get(id)
        .ok_or_else(|| ConsoleError::Nobody(id.clone()))?;
    if person.roles.is_empty() {
        return Err(ConsoleError::Left(id.clone()));
    }
    let known = directory::find(&log, id)?;
    let (name, office_id) = known.map(|known| (known.name, known.office_id)).unwrap_or_default();
    let (password, listed) = listed(id, name, office_id)?;
    let mut writes = sign_in::close_all_of(&log, id, None).map_err(told)?;
    writes.push(listed);
    writes.push(factors::erase(id).map_err(told)?);
    let had = factors::of_log(&log, id).map_err(told)?.any();
    let events = [
        state.staff.set_disabled(id, false),
        Some(password_set(id)?),
        had.then_some(StaffEvent::SecondFactorReset {
            id: id.clone(),
            by: console()?,
        }),
    ];
    record(&log, &state, events.into_iter().flatten(), writes, now)?;
    Ok(password)
}

/// As whom the facts name the console.
fn console() -> Result<StaffId, ConsoleError> {
    ACTOR.parse().map_err(ConsoleError::Actor)
}

/// That the console gave somebody a password, which they have to change at their first sign-in.
fn password_set(id: &StaffId) -> Result<StaffEvent, ConsoleError> {
    Ok(StaffEvent::PasswordSet {
        id: id.clone(),
        by: console()?,
    })
}

/// What a request would have been told; at the console the language of programs is English.
#[allow(clippy::needless_pass_by_value, reason = "maps an error")]
fn told(problem: crate::http::problem::Problem) -> ConsoleError {
    ConsoleError::Sessions(problem.detail.en)
}

/// A fresh password of 80 bits, and the row of the directory with it.
fn listed(id: &StaffId, name: LocalText, office_id: Option<String>) -> Result<(String, TableWrite), ConsoleError> {
    let password = totp::typed_secret().map_err(ConsoleError::Random)?;
    let listing = Listing {
        name,
        password: Some(directory::hash_password(&password)?),
        office_id,
    };
    Ok((password, directory::keep(id, &listing)?))
}

fn record(
    log: &DiskLog,
    state: &State,
    events: impl Iterator<Item = StaffEvent>,
    writes: Vec<TableWrite>,
    now: Instant,
) -> Result<(), ConsoleError> {
    let events = events.map(|event| recorded_form(&Event::Staff(event)));
    let mut id = [0u8; 16];
    getrandom::fill(&mut id).map_err(ConsoleError::Random)?;
    let batch = Batch {
        command_id: CommandId(id),
        actor: ActorId::new(ACTOR)?,
        recorded_at: TimestampMs(now.max(state.at).0),
        events: events.collect::<Result<_, _>>()?,
        content: Vec::new(),
        table_writes: writes,
        erase: Vec::new(),
    };
    log.append(&StreamId::new(STREAM)?, Revision(state.revision(STREAM)), batch)?;
    Ok(())
}
