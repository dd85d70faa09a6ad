//! What somebody else did to a person's account. They are told on every page, until they say that they know or choose a
//! password of their own: whoever acts under a colleague's name by way of their password cannot do it unseen.

use crate::http::problem::Problem;
use crate::office::Office;
use heliograph_domain::staff::StaffEvent;
use heliograph_domain::{Instant, StaffId};
use heliograph_log::{TableName, TableWrite};
use std::collections::BTreeMap;

/// What was done to an account by somebody who is not its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touched {
    /// They were given a password.
    Password,
    /// Their second factor was taken away.
    SecondFactor,
    /// The office's sign-on names them otherwise.
    SignOn,
}

/// That it was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intervention {
    /// By whom.
    pub by: StaffId,
    /// When.
    pub at: Instant,
    /// Position of the record.
    pub position: u64,
}

/// The newest of each kind, by account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interventions(BTreeMap<StaffId, BTreeMap<Touched, Intervention>>);

impl Interventions {
    /// Takes a fact.
    pub fn evolve(&mut self, position: u64, at: Instant, event: &StaffEvent) {
        let (id, by, touched) = match event {
            StaffEvent::PasswordSet { id, by } => (id, by, Touched::Password),
            StaffEvent::SecondFactorReset { id, by } => (id, by, Touched::SecondFactor),
            StaffEvent::SignOnSet { id, by } => (id, by, Touched::SignOn),
            StaffEvent::Appointed { id, roles, .. } if roles.is_empty() => return drop(self.0.remove(id)),
            StaffEvent::Left { id } => return drop(self.0.remove(id)),
            _ => return,
        };
        if id != by {
            let by = by.clone();
            let done = Intervention { by, at, position };
            self.0.entry(id.clone()).or_default().insert(touched, done);
        } else if touched == Touched::Password {
            // On the page where they chose it they saw all that had been done.
            self.0.remove(id);
        }
    }

    /// What was done to this account.
    pub fn of(&self, staff: &StaffId) -> impl Iterator<Item = (Touched, &Intervention)> {
        let done = self.0.get(staff).into_iter().flatten();
        done.map(|(touched, done)| (*touched, done))
    }
}

/// As far as which position a person knows what was done to their account.
fn table() -> Result<TableName, Problem> {
    TableName::new("account-seen").map_err(Problem::internal)
}

/// What was done to this account that its owner has not yet said they know.
pub(crate) fn unseen(office: &Office, staff: &StaffId) -> Result<Vec<(Touched, Intervention)>, Problem> {
    let state = office.state();
    let mut done: Vec<(Touched, Intervention)> = state
        .interventions
        .of(staff)
        .map(|(touched, done)| (touched, done.clone()))
        .collect();
    // Nearly everybody: nothing was done, and nothing is read.
    if done.is_empty() {
        return Ok(done);
    }
    let key = staff.as_str().as_bytes();
    let seen = office.log.get(&table()?, key).map_err(Problem::internal)?;
    let seen: u64 = seen.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or(0);
    done.retain(|(_, done)| done.position > seen);
    Ok(done)
}

/// The write that keeps as far as where they know.
pub(crate) fn seen(staff: &StaffId, position: u64) -> Result<TableWrite, Problem> {
    Ok(TableWrite {
        table: table()?,
        key: staff.as_str().as_bytes().to_vec().into(),
        value: Some(serde_json::to_vec(&position).map_err(Problem::internal)?.into()),
    })
}

/// The write that erases it.
pub(crate) fn erase(staff: &StaffId) -> Result<TableWrite, Problem> {
    Ok(TableWrite {
        value: None,
        ..seen(staff, 0)?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_did_stands_until_its_owner_has_a_password_of_their_own() {
        let (li, admin): (StaffId, StaffId) = ("li".parse().unwrap(), "admin".parse().unwrap());
        let mut known = Interventions::default();
        let (id, by) = (li.clone(), admin.clone());
        known.evolve(4, Instant(40), &StaffEvent::PasswordSet { id, by });
        let (id, by) = (li.clone(), admin.clone());
        known.evolve(5, Instant(50), &StaffEvent::SecondFactorReset { id, by });
        let (id, by) = (admin.clone(), admin.clone());
        known.evolve(6, Instant(60), &StaffEvent::SignOnSet { id, by });
        let told: Vec<(Touched, u64)> = known.of(&li).map(|(what, done)| (what, done.position)).collect();
        assert_eq!(told, [(Touched::Password, 4), (Touched::SecondFactor, 5)]);
        assert_eq!(known.of(&admin).count(), 0, "they did it themselves");
        let (id, by) = (li.clone(), li.clone());
        known.evolve(7, Instant(70), &StaffEvent::PasswordSet { id, by });
        assert_eq!(known.of(&li).count(), 0);
    }
}
