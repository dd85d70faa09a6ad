//! The order in which people expect what stands in lists: by name, as [`heliograph_domain::order`] has it.

use super::layout::Desk;
use crate::state::KnownDisplay;
use heliograph_domain::order::{Place, place, place_of_person};
use heliograph_domain::{ChannelName, DepartmentId, DisplayId, LocalText, StaffId};
use std::sync::Arc;

/// Everyone by department, and there by name; whoever has left comes last.
pub(crate) fn people(desk: &Desk) -> Vec<&StaffId> {
    let mut people: Vec<&StaffId> = desk.state.staff.people.keys().collect();
    let has_left = |id: &StaffId| desk.state.staff.people[id].roles.is_empty();
    people.sort_by_cached_key(|id| {
        (
            has_left(id),
            place(&desk.department_of(id)),
            place_of_person(&desk.person(id)),
        )
    });
    people
}

/// The displays that hang somewhere, by name.
pub(crate) fn live_displays(desk: &Desk) -> Vec<&Arc<KnownDisplay>> {
    displays(desk, desk.state.live_displays())
}

/// Displays by name.
pub(crate) fn displays<'d>(
    desk: &Desk,
    displays: impl Iterator<Item = &'d Arc<KnownDisplay>>,
) -> Vec<&'d Arc<KnownDisplay>> {
    let mut displays: Vec<_> = displays.collect();
    displays.sort_by_cached_key(|known| place(known.display.setting.name.get(desk.lang)));
    displays
}

/// Where a display stands in a list of displays.
pub(crate) fn of_display(desk: &Desk, id: DisplayId) -> Place {
    let known = desk.state.displays.get(&id);
    place(known.map_or("", |known| known.display.setting.name.get(desk.lang)))
}

/// The channels by title.
pub(crate) fn channels(desk: &Desk) -> Vec<(&ChannelName, &LocalText)> {
    let mut channels: Vec<_> = desk.state.channels.titles.iter().collect();
    channels.sort_by_cached_key(|(_, title)| place(title.get(desk.lang)));
    channels
}

/// Departments by name.
pub(crate) fn departments<'d>(desk: &Desk, ids: impl Iterator<Item = &'d DepartmentId>) -> Vec<&'d DepartmentId> {
    let mut ids: Vec<_> = ids.collect();
    ids.sort_by_cached_key(|id| place(&desk.department(id)));
    ids
}
