//! Which of the catalogue's entries are shown: by when they are due, whose they are and of which department. Each is an
//! address of its own, so that every count can lead to what it counts.

use super::layout::{Desk, in_query};
use super::words::{self as w, Word, lists as ow, people as pw};
use crate::time_limits::{Due, Pressure};
use heliograph_domain::DepartmentId;
use maud::{Markup, html};
use std::collections::{BTreeSet, HashMap};

/// By when entries are due, or whose they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    All,
    Overdue,
    ThisWeek,
    Soon,
    Mine,
    /// Whoever answers for it has left or is shut out.
    Gone,
}

impl By {
    const ALL: [Self; 6] = [
        Self::All,
        Self::Overdue,
        Self::ThisWeek,
        Self::Soon,
        Self::Mine,
        Self::Gone,
    ];

    fn slug(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Overdue => "overdue",
            Self::ThisWeek => "week",
            Self::Soon => "soon",
            Self::Mine => "mine",
            Self::Gone => "gone",
        }
    }

    /// Whether it is offered also when it has nothing: that nothing is overdue is worth reading.
    fn always_stands(self) -> bool {
        matches!(self, Self::All | Self::Overdue | Self::ThisWeek)
    }

    fn word(self) -> Word {
        match self {
            Self::All => ow::ALL_ENTRIES,
            Self::Overdue => ow::FILTER_OVERDUE,
            Self::ThisWeek => ow::FILTER_WEEK,
            Self::Soon => ow::FILTER_SOON,
            Self::Mine => ow::FILTER_MINE,
            Self::Gone => pw::FILTER_GONE,
        }
    }

    fn has(self, desk: &Desk, due: &Due) -> bool {
        match self {
            Self::All => true,
            Self::Overdue => due.pressure == Pressure::Overdue,
            Self::ThisWeek => due.pressure == Pressure::ThisWeek,
            Self::Soon => due.pressure == Pressure::Soon,
            Self::Mine => desk.is_mine(due),
            Self::Gone => !desk.state.staff.works_here(&due.entry.responsible),
        }
    }
}

/// Where the entries are that press so much.
pub(crate) fn address_of(pressure: Pressure) -> String {
    let by = match pressure {
        Pressure::Overdue => By::Overdue,
        Pressure::ThisWeek => By::ThisWeek,
        Pressure::Soon => By::Soon,
        Pressure::Calm => By::All,
    };
    address(by, "")
}

fn address(by: By, department: &str) -> String {
    match (by.slug(), department) {
        ("", "") => "/admin/catalogue".to_owned(),
        ("", department) => format!("/admin/catalogue?department={}", in_query(department)),
        (due, "") => format!("/admin/catalogue?due={due}"),
        (due, department) => format!("/admin/catalogue?due={due}&department={}", in_query(department)),
    }
}

/// What somebody wants to see.
pub(crate) struct Wanted {
    by: By,
    department: String,
}

impl Wanted {
    pub(crate) fn of(query: &HashMap<String, String>) -> Self {
        let asked = query.get("due").map_or("", String::as_str);
        let by = By::ALL.into_iter().find(|by| by.slug() == asked);
        Self {
            by: by.unwrap_or(By::All),
            department: query.get("department").cloned().unwrap_or_default(),
        }
    }

    /// Everything.
    pub(crate) fn all() -> Self {
        Self::of(&HashMap::new())
    }

    /// Its own address.
    pub(crate) fn address(&self) -> String {
        address(self.by, &self.department)
    }

    fn of_department(&self, due: &Due) -> bool {
        self.department.is_empty() || due.entry.department.as_str() == self.department
    }

    /// The entries that are wanted, in their order.
    pub(crate) fn of_all(&self, desk: &Desk, dues: &[Due]) -> Vec<Due> {
        let wanted = dues
            .iter()
            .filter(|due| self.of_department(due) && self.by.has(desk, due));
        wanted.cloned().collect()
    }

    /// The ways to the other views, each with its count, and the departments.
    pub(crate) fn choices(&self, desk: &Desk, dues: &[Due]) -> Markup {
        let count = |by: By| {
            dues.iter()
                .filter(|due| self.of_department(due) && by.has(desk, due))
                .count()
        };
        let departments: BTreeSet<&DepartmentId> = dues.iter().map(|due| &due.entry.department).collect();
        let mut departments: Vec<(&DepartmentId, String)> =
            departments.into_iter().map(|id| (id, desk.department(id))).collect();
        departments.sort_by_cached_key(|(_, name)| heliograph_domain::order::place(name));
        html! {
            div.views {
                nav.pills aria-label=(desk.t(ow::DUE_STATE)) {
                    @for by in By::ALL {
                        @let n = count(by);
                        @if n > 0 || by.always_stands() || by == self.by {
                            a href=(address(by, &self.department)) aria-current=[(by == self.by).then_some("true")] { (desk.f(by.word(), &[&n.to_string()])) }
                        }
                    }
                }
                @if departments.len() > 1 {
                    form.inline method="get" action="/admin/catalogue" {
                        @if self.by != By::All { input type="hidden" name="due" value=(self.by.slug()); }
                        select name="department" aria-label=(desk.t(w::DEPARTMENT)) {
                            option value="" { (desk.t(ow::ALL_DEPARTMENTS)) }
                            @for (id, name) in &departments { option value=(id) selected[id.as_str() == self.department] { (name) } }
                        }
                        button.btn.quiet type="submit" { (desk.t(ow::NARROW)) }
                    }
                }
            }
        }
    }
}
