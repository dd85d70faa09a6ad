//! In whose name a step is taken: in one's own where that is allowed, else in the stead of somebody on leave.

use crate::state::State;
use heliograph_domain::StaffId;
use heliograph_domain::publication::{Command, Facts, Publication, PublicationEvent, Refused, decide};
use heliograph_domain::staff::Verb;

/// A step as it comes out, and in whose stead it is taken.
pub(crate) type Outcome = (Option<StaffId>, Result<Vec<PublicationEvent>, Refused>);

/// Decides a step in the first name in which it does something; when there is none, as the first name has it.
/// `facts.by` may take it at all, in some name.
pub(crate) fn taken(
    state: &State,
    known: Option<&Publication>,
    command: &Command,
    verb: Verb,
    facts: Facts<'_>,
) -> Outcome {
    let mut first = None;
    for stead in state.staff.in_whose_name(facts.by, verb, facts.now) {
        let outcome = decide(known, command, Facts { stead, ..facts });
        match &outcome {
            Ok(events) if !events.is_empty() => return (stead.cloned(), outcome),
            // Where it goes is asked next: the name is right.
            Err(Refused::NoChannels) => return (stead.cloned(), outcome),
            _ => first = first.or(Some((stead.cloned(), outcome))),
        }
    }
    first.unwrap_or_else(|| (None, decide(known, command, facts)))
}
