//! Who is told that an entry is due: whoever answers for it, or who acts for them, or who has to name somebody.

use crate::state::State;
use heliograph_domain::staff::Role;
use heliograph_domain::{Instant, StaffId};

/// Why somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Because<'a> {
    /// They answer for it.
    Theirs,
    /// They stand in for whoever answers for it.
    InStead(&'a StaffId),
    /// Nobody who works here answers for it, and administrators can name somebody.
    Nobodys,
}

/// Whether `person`, who works here, is told of what `responsible` answers for, and why.
pub(super) fn told<'a>(state: &State, person: &StaffId, responsible: &'a StaffId, now: Instant) -> Option<Because<'a>> {
    let staff = &state.staff;
    if person == responsible {
        return Some(Because::Theirs);
    }
    if !staff.people.get(responsible).is_some_and(|known| known.active()) {
        let administers = staff.people.get(person)?.roles.contains(&Role::Administrator);
        return administers.then_some(Because::Nobodys);
    }
    staff
        .stands_in(person, responsible, now)
        .then_some(Because::InStead(responsible))
}
