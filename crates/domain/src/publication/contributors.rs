//! Those who write in a text beside its author. Four eyes would see little if one of them reviewed it.

use super::{Hands, Pending};
use crate::ids::StaffId;

impl Pending {
    /// Whether this person wrote in the text: its author, or one who contributed.
    #[must_use]
    pub fn was_written_by(&self, person: &StaffId) -> bool {
        self.author == *person || self.contributors.contains(person)
    }
}

impl Hands {
    /// Whether three different people took the three parts, and neither of the two who checked the text wrote in it.
    #[must_use]
    pub fn are_apart(&self) -> bool {
        let wrote = |person: &StaffId| self.author == *person || self.contributors.contains(person);
        self.reviewer != self.approver && !wrote(&self.reviewer) && !wrote(&self.approver)
    }
}

/// Those beside the author, each once and in order: the same people are the same fact.
pub(super) fn others(author: &StaffId, contributors: &[StaffId]) -> Vec<StaffId> {
    let mut others: Vec<StaffId> = contributors
        .iter()
        .filter(|person| *person != author)
        .cloned()
        .collect();
    others.sort();
    others.dedup();
    others
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hands_are_apart_only_when_no_writer_checked() {
        let who = |name: &str| -> StaffId { name.parse().unwrap() };
        let hands = |reviewer: &str, approver: &str| Hands {
            author: who("wang"),
            reviewer: who(reviewer),
            approver: who(approver),
            contributors: vec![who("sun")],
        };
        assert!(hands("li", "zhao").are_apart());
        for (reviewer, approver) in [
            ("wang", "zhao"),
            ("li", "wang"),
            ("li", "li"),
            ("sun", "zhao"),
            ("li", "sun"),
        ] {
            assert!(!hands(reviewer, approver).are_apart(), "{reviewer} {approver}");
        }
    }

    #[test]
    fn the_author_is_no_contributor_and_nobody_is_named_twice() {
        let who = |name: &str| -> StaffId { name.parse().unwrap() };
        let named = [who("sun"), who("wang"), who("li"), who("sun")];
        assert_eq!(others(&who("wang"), &named), [who("li"), who("sun")]);
    }
}
