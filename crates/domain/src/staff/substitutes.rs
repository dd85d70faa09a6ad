//! Substitutes (代理): who does somebody's part of the workflow while they are on leave.
//!
//! A substitute may take the steps that the person's roles allow, and each step is recorded as theirs, in the stead of
//! that person. Nothing is handed on: a substitute's substitute stands in for the substitute alone.

use super::{Person, Role, Staff, StaffEvent, Verb, may};
use crate::ids::StaffId;
use crate::time::{DAY_MS, Instant, Window};
use std::collections::BTreeSet;
use thiserror::Error;

/// The longest leave that a substitute is named for.
const LONGEST_MS: u64 = 366 * DAY_MS;

/// Somebody's leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// Who stands in.
    pub substitute: StaffId,
    /// From when until when.
    pub window: Window,
}

/// Why a substitute cannot be named.
#[derive(Debug, Error, PartialEq, Eq, Clone)]
pub enum SubstituteRefused {
    /// Nobody stands in for themselves.
    #[error("nobody stands in for themselves: choose somebody else")]
    Oneself,
    /// The facts do not know them, or they work here no longer.
    #[error("{0} does not work here")]
    Unknown(StaffId),
    /// The last day comes before the first.
    #[error("the last day comes before the first")]
    Backwards,
    /// It is over already.
    #[error("these days are over already")]
    Over,
    /// It would last for more than a year.
    #[error("a substitute is named for a year at most")]
    TooLong,
}

impl Verb {
    /// Whether a substitute may do it in somebody's stead: the steps with texts that others handed in. Nobody writes,
    /// erases or looks after accounts in another's name.
    #[must_use]
    pub fn by_a_substitute(self) -> bool {
        matches!(
            self,
            Self::Review | Self::Countersign | Self::Approve | Self::Reject | Self::Release | Self::Withdraw
        )
    }
}

impl Staff {
    /// Names who stands in for somebody, in the place of whoever was named before. What stands already decides nothing.
    ///
    /// # Errors
    /// Why not.
    pub fn name_substitute(
        &self,
        id: &StaffId,
        substitute: &StaffId,
        window: Window,
        now: Instant,
    ) -> Result<Option<StaffEvent>, SubstituteRefused> {
        if id == substitute {
            return Err(SubstituteRefused::Oneself);
        }
        if let Some(unknown) = [id, substitute].into_iter().find(|id| !self.works_here(id)) {
            return Err(SubstituteRefused::Unknown(unknown.clone()));
        }
        let until = window.until.ok_or(SubstituteRefused::TooLong)?;
        if until <= window.from {
            return Err(SubstituteRefused::Backwards);
        }
        if until.since(window.from) > LONGEST_MS {
            return Err(SubstituteRefused::TooLong);
        }
        if window.ended(now) {
            return Err(SubstituteRefused::Over);
        }
        let leave = Leave {
            substitute: substitute.clone(),
            window,
        };
        let named = StaffEvent::SubstituteNamed {
            id: id.clone(),
            substitute: substitute.clone(),
            window,
        };
        Ok((self.leaves.get(id) != Some(&leave)).then_some(named))
    }

    /// Ends somebody's leave, or the plan of one.
    #[must_use]
    pub fn end_leave(&self, id: &StaffId) -> Option<StaffEvent> {
        let ended = StaffEvent::SubstituteEnded { id: id.clone() };
        self.leaves.contains_key(id).then_some(ended)
    }

    /// Whether `by` stands in for this person now. Both must work here.
    #[must_use]
    pub fn stands_in(&self, by: &StaffId, person: &StaffId, now: Instant) -> bool {
        self.leaves
            .get(person)
            .is_some_and(|leave| leave.substitute == *by && leave.window.covers(now))
            && [by, person].iter().all(|id| self.works_here(id))
    }

    /// For whom somebody was named to stand in, now or later, whether or not they work here.
    pub fn named_for<'a>(
        &'a self,
        substitute: &'a StaffId,
        now: Instant,
    ) -> impl Iterator<Item = (&'a StaffId, &'a Leave)> {
        let leaves = self.leaves.iter();
        leaves.filter(move |(_, leave)| leave.substitute == *substitute && !leave.window.ended(now))
    }

    /// Whether this person works here now: they have a role and are not shut out.
    #[must_use]
    pub fn works_here(&self, id: &StaffId) -> bool {
        self.people.get(id).is_some_and(Person::active)
    }

    /// For whom somebody stands in now.
    pub fn absent<'a>(&'a self, by: &'a StaffId, now: Instant) -> impl Iterator<Item = &'a StaffId> {
        self.leaves.keys().filter(move |person| self.stands_in(by, person, now))
    }

    /// In whose name somebody may do this now: in their own first (`None`), then in the stead of everyone for whom they
    /// stand in and whose roles allow it.
    #[must_use]
    pub fn in_whose_name<'a>(&'a self, by: &'a StaffId, verb: Verb, now: Instant) -> Vec<Option<&'a StaffId>> {
        let own = self.may(by, verb).then_some(None);
        let absent = self
            .absent(by, now)
            .filter(|person| verb.by_a_substitute() && self.may(person, verb))
            .map(Some);
        own.into_iter().chain(absent).collect()
    }

    /// The roles that somebody's steps can rest on now: their own, and those of people for whom they stand in.
    pub(super) fn roles_at_hand(&self, id: &StaffId, now: Instant) -> BTreeSet<Role> {
        let people = std::iter::once(id).chain(self.absent(id, now));
        let roles = people.filter_map(|id| self.people.get(id));
        roles.flat_map(|person| person.roles.iter().copied()).collect()
    }

    /// Who may do this now, and in whose name.
    #[must_use]
    pub fn may_now(&self, by: &StaffId, verb: Verb, now: Instant) -> bool {
        !self.in_whose_name(by, verb, now).is_empty()
    }

    /// Whether somebody but `not` of this department could countersign.
    #[must_use]
    pub fn has_countersigner(&self, department: &crate::ids::DepartmentId, not: &StaffId) -> bool {
        self.people.iter().any(|(id, person)| {
            id != not && person.department == *department && person.active() && may(&person.roles, Verb::Countersign)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> StaffId {
        name.parse().unwrap()
    }

    fn days(from: u64, until: u64) -> Window {
        Window {
            from: Instant(from * DAY_MS),
            until: Some(Instant(until * DAY_MS)),
        }
    }

    fn office() -> Staff {
        let mut staff = Staff::default();
        for (name, role) in [("li", Role::Approver), ("wang", Role::Author), ("sun", Role::Inspector)] {
            let event = staff.appoint(id(name), "office".parse().unwrap(), BTreeSet::from([role]));
            staff.evolve(&event.unwrap());
        }
        staff
    }

    #[test]
    fn a_substitute_may_what_the_person_may_within_these_days_and_no_longer() {
        let mut staff = office();
        let (li, wang) = (id("li"), id("wang"));
        let named = staff
            .name_substitute(&li, &wang, days(10, 12), Instant(0))
            .unwrap()
            .unwrap();
        staff.evolve(&named);
        let may = |staff: &Staff, verb, day: u64| staff.in_whose_name(&wang, verb, Instant(day * DAY_MS)).len();
        assert_eq!([9, 10, 11, 12].map(|day| may(&staff, Verb::Approve, day)), [0, 1, 1, 0]);
        assert_eq!(may(&staff, Verb::Draft, 11), 1, "what is theirs stays theirs");
        assert_eq!(may(&staff, Verb::Erase, 11), 0, "nobody erases in another's stead");
        assert!(staff.may(&li, Verb::Approve), "nothing is taken from the person");
        assert_eq!(staff.name_substitute(&li, &wang, days(10, 12), Instant(0)), Ok(None));
        staff.evolve(&StaffEvent::Disabled { id: li.clone() });
        assert_eq!(may(&staff, Verb::Approve, 11), 0, "who is shut out gives nothing");
        staff.evolve(&StaffEvent::Enabled { id: li.clone() });
        let ended = staff.end_leave(&li).unwrap();
        staff.evolve(&ended);
        assert_eq!((may(&staff, Verb::Approve, 11), staff.end_leave(&li)), (0, None));
    }

    #[test]
    fn nothing_is_handed_on_and_what_the_office_asks_of_a_role_is_asked_of_its_substitute() {
        let mut staff = office();
        let (li, wang, sun) = (id("li"), id("wang"), id("sun"));
        for (person, substitute) in [(&li, &wang), (&wang, &sun)] {
            let named = staff
                .name_substitute(person, substitute, days(10, 12), Instant(0))
                .unwrap();
            staff.evolve(&named.unwrap());
        }
        let at = Instant(11 * DAY_MS);
        assert!(!staff.may_now(&sun, Verb::Approve, at) && staff.may_now(&wang, Verb::Approve, at));
        let required = staff.require_second_factor(BTreeSet::from([Role::Approver])).unwrap();
        staff.evolve(&required);
        assert!(staff.needs_second_factor(&wang, at) && !staff.needs_second_factor(&wang, Instant(0)));
    }

    #[test]
    fn a_substitute_that_makes_no_sense_is_refused() {
        let (staff, li) = (office(), id("li"));
        let named = |who: &str, window, now: u64| {
            staff
                .name_substitute(&li, &id(who), window, Instant(now * DAY_MS))
                .unwrap_err()
        };
        assert_eq!(named("li", days(1, 2), 0), SubstituteRefused::Oneself);
        assert_eq!(named("qian", days(1, 2), 0), SubstituteRefused::Unknown(id("qian")));
        assert_eq!(named("wang", days(2, 2), 0), SubstituteRefused::Backwards);
        assert_eq!(named("wang", days(1, 2), 2), SubstituteRefused::Over);
        assert_eq!(named("wang", days(1, 400), 0), SubstituteRefused::TooLong);
    }
}
