//! Who knows whose password. A password that somebody else set opens nothing but the choice of another one, so that nobody
//! can act under a colleague's name by setting their password.

use super::Staff;
use crate::ids::StaffId;

/// Names under which the record holds what no person did. Nobody may have them as a user name: what they did would read
/// as if it had been done by itself.
pub const NOT_A_PERSON: [&str; 3] = ["hub", "retention", "console"];

/// Whether a person may have this user name.
#[must_use]
pub fn may_be_a_person(id: &StaffId) -> bool {
    !NOT_A_PERSON.contains(&id.as_str())
}

impl Staff {
    /// Whether this person has to choose their own password before they do anything else.
    #[must_use]
    pub fn owes_password(&self, id: &StaffId) -> bool {
        self.people
            .get(id)
            .is_some_and(|person| person.password_known_to.is_some())
    }

    pub(super) fn password_set(&mut self, id: &StaffId, by: &StaffId) {
        if let Some(person) = self.people.get_mut(id) {
            person.password_known_to = (id != by).then(|| by.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Role, Staff, StaffEvent};
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_password_that_somebody_else_set_is_owed_until_its_owner_has_chosen_their_own() {
        let (li, admin): (StaffId, StaffId) = ("li".parse().unwrap(), "admin".parse().unwrap());
        let mut staff = Staff::default();
        let set = |by: &StaffId| StaffEvent::PasswordSet {
            id: li.clone(),
            by: by.clone(),
        };
        staff.evolve(&set(&admin));
        assert!(!staff.owes_password(&li), "nobody knows them yet");
        let appoint = |role| (li.clone(), "office".parse().unwrap(), BTreeSet::from([role]));
        let (id, department, roles) = appoint(Role::Author);
        staff.evolve(&staff.appoint(id, department, roles).unwrap());
        assert!(!staff.owes_password(&li), "nobody gave them a password");
        staff.evolve(&set(&admin));
        // New roles meanwhile change nothing about who knows it.
        let (id, department, roles) = appoint(Role::Approver);
        staff.evolve(&staff.appoint(id, department, roles).unwrap());
        assert!(staff.owes_password(&li));
        assert_eq!(staff.people[&li].password_known_to.as_ref(), Some(&admin));
        staff.evolve(&set(&li));
        assert!(!staff.owes_password(&li));
    }

    #[test]
    fn nobody_is_called_like_what_acts_by_itself() {
        assert!(NOT_A_PERSON.iter().all(|id| !may_be_a_person(&id.parse().unwrap())));
        assert!(may_be_a_person(&"consoles".parse().unwrap()));
    }
}
