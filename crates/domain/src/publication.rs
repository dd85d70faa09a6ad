//! A publication (公开信息): one aggregate, one workflow.
//!
//! draft → submitted → confidentiality reviewed → (countersigned) → approved → released → (amended …) → withdrawn; a
//! rejection at any step returns it to the author. Reviews bind to the content's hash and to the rules in force: a new
//! submission voids them, and so do new rules. While a publication is on release, its next revision takes the same road beside it, and
//! `Amend` puts it in the place of the former.

mod contributors;
mod countersign;
mod erasure;
mod event;
mod fold;
mod refused;
mod reschedule;
mod review;
mod rules;
mod stead;
mod submit;

use crate::content::Kind;
use crate::gate::{Finding, RulesVersion};
use crate::head::Priority;
use crate::ids::{CatalogueEntryId, ChannelName, ContentHash, StaffId};
use crate::staff::Staff;
use crate::time::{Instant, Window};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub use countersign::{Countersign, Countersignature};
pub use erasure::{Erasure, KeepFor, MAX_REASON_CHARS};
pub use event::{PublicationEvent, Release};
pub use fold::evolve;
pub use refused::{Part, Refused};
pub use stead::{Duty, Stead};
pub use submit::blocks;

/// Version of the rules that reviews are made under: mandatory elements, four eyes, the confidentiality gate.
pub const RULE_SET: u16 = 4;

/// A display that has heard nothing stops showing an item after this long, unless the item is standing: 30 days.
pub const OFFLINE_LEASE_MS: u64 = 30 * crate::time::DAY_MS;

/// What someone wants done with a publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Hand in a text.
    Submit {
        /// The text.
        content: ContentHash,
        /// Its kind.
        kind: Kind,
        /// Its place in the catalogue.
        catalogue_entry: CatalogueEntryId,
        /// Who must countersign it.
        countersign: Countersign,
        /// The rules that the confidentiality gate looked through it by.
        rules: RulesVersion,
        /// What it found.
        findings: Vec<Finding>,
        /// Who lets it through although the gate blocks it, and why: an object of the content store.
        overridden: Option<(StaffId, ContentHash)>,
        /// Who else wrote in it, besides the author.
        contributors: Vec<StaffId>,
    },
    /// Clear it for confidentiality.
    Review {
        /// Whether the reviewer looked at every finding that warns.
        findings_confirmed: bool,
    },
    /// Countersign it.
    Countersign,
    /// Approve it.
    Approve,
    /// Return it to the author.
    Reject {
        /// The reason, in the content store.
        reason: ContentHash,
    },
    /// Let it through.
    Release {
        /// Where to.
        channels: Vec<ChannelName>,
        /// From when; now if not said.
        from: Option<Instant>,
        /// Until when; until withdrawn if not said.
        until: Option<Instant>,
        /// What it may displace.
        priority: Priority,
        /// Whether its catalogue entry is standing.
        standing: bool,
    },
    /// Put the approved revision in the place of the released one.
    Amend,
    /// Show what is on release elsewhere, or for another time.
    Reschedule {
        /// Where from now on.
        channels: Vec<ChannelName>,
        /// From when, if that is to be another time; only what has not begun can begin at another.
        from: Option<Instant>,
        /// Until when; until withdrawn if not said.
        until: Option<Instant>,
    },
    /// Take it from every display.
    Withdraw {
        /// The reason, in the content store; it may follow later.
        reason: Option<ContentHash>,
    },
    /// Ask that all its texts be erased.
    RequestErasure {
        /// Why.
        reason: String,
    },
    /// Let it be.
    DeclineErasure,
    /// Erase them.
    Erase {
        /// Everything that its records name and that is there.
        contents: Vec<ContentHash>,
    },
    /// Erase them if they have rested for as long as they are kept.
    Expire {
        /// Everything that its records name and that is there.
        contents: Vec<ContentHash>,
        /// When something was last done with it.
        rested_since: Instant,
        /// How long such texts are kept.
        rule: KeepFor,
    },
}

/// Where a text stands on its way to release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Waits for the confidentiality review.
    Submitted,
    /// Waits for countersignature or approval.
    Reviewed,
    /// Waits for approval.
    Countersigned,
    /// Waits for release.
    Approved,
    /// With the author again.
    Returned,
}

/// A text on its way to release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The text.
    pub content: ContentHash,
    /// How far it has come.
    pub stage: Stage,
    /// The author.
    pub author: StaffId,
    /// When it was handed in.
    pub submitted_at: Instant,
    /// Who must countersign it.
    pub countersign: Countersign,
    /// The confidentiality reviewer.
    pub reviewer: Option<StaffId>,
    /// Who did, in their order.
    pub countersignatures: Vec<Countersignature>,
    /// The approver.
    pub approver: Option<StaffId>,
    /// Who returned it, and why.
    pub returned: Option<(StaffId, ContentHash)>,
    /// The rules that it was looked through by last.
    pub rules: RulesVersion,
    /// What the confidentiality gate found then.
    pub findings: Vec<Finding>,
    /// Who let it through although the gate blocks it, and why.
    pub overridden: Option<(StaffId, ContentHash)>,
    /// What they let through: what the gate finds later is not among it.
    pub let_through: Vec<Finding>,
    /// Who else wrote in it: to four eyes they are authors, too.
    pub contributors: Vec<StaffId>,
    /// Which of the steps were taken in somebody's stead.
    pub steads: Vec<Stead>,
}

/// What the public may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnRelease {
    /// The release, with the content as last amended.
    pub release: Release,
    /// When this content was released or amended.
    pub at: Instant,
    /// Who wrote, reviewed and approved this content.
    pub hands: Hands,
}

/// The people whose hands a text went through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hands {
    /// Author.
    pub author: StaffId,
    /// Confidentiality reviewer.
    pub reviewer: StaffId,
    /// Approver.
    pub approver: StaffId,
    /// Who else wrote in it.
    pub contributors: Vec<StaffId>,
    /// Which of their steps were taken in somebody's stead.
    pub steads: Vec<Stead>,
}

/// A publication as its facts tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Its kind, as last submitted.
    pub kind: Kind,
    /// Its place in the catalogue.
    pub catalogue_entry: CatalogueEntryId,
    /// A text on its way.
    pub pending: Option<Pending>,
    /// What is released.
    pub released: Option<OnRelease>,
    /// When it was released for the very first time: the year that the report counts it in.
    pub first_released_at: Option<Instant>,
    /// When it was withdrawn, if it is.
    pub withdrawn_at: Option<Instant>,
    /// The erasure of its texts, asked for or done. A new text is a new beginning.
    pub erasure: Option<Box<Erasure>>,
}

/// What a decision may lean on besides the publication itself.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Who commands.
    pub by: &'a StaffId,
    /// In whose stead they do, if not in their own name.
    pub stead: Option<&'a StaffId>,
    /// When.
    pub now: Instant,
    /// The text that the commander saw, if they said: a review of another text is refused.
    pub seen: Option<ContentHash>,
    /// The channels there are.
    pub channels: &'a BTreeSet<ChannelName>,
    /// Who works here, where, and who stands in for whom.
    pub staff: &'a Staff,
    /// The rules in force.
    pub rules: RulesVersion,
}

/// Decides a command on a publication (`None`: nothing was ever submitted). A command whose effect already stands
/// decides no events.
///
/// # Errors
/// Why it is refused.
pub fn decide(
    known: Option<&Publication>,
    command: &Command,
    facts: Facts<'_>,
) -> Result<Vec<PublicationEvent>, Refused> {
    let events = decided(known, command, facts)?;
    stead::recorded(known, command, facts, events)
}

fn decided(known: Option<&Publication>, command: &Command, facts: Facts<'_>) -> Result<Vec<PublicationEvent>, Refused> {
    match command {
        Command::Submit { .. } => submit::submit(known, command, facts),
        Command::Withdraw { reason } => known.ok_or(Refused::NotReleased)?.withdraw(*reason, facts),
        Command::Release {
            channels,
            from,
            until,
            priority,
            standing,
        } => {
            let wish = ReleaseWish {
                channels,
                from: *from,
                until: *until,
                priority: *priority,
                standing: *standing,
            };
            known.ok_or(Refused::NotSubmitted)?.release(&wish, facts)
        }
        Command::Amend => known.ok_or(Refused::NotSubmitted)?.amend(facts),
        Command::Reschedule { channels, from, until } => {
            known
                .ok_or(Refused::NotReleased)?
                .reschedule(channels, (*from, *until), facts)
        }
        Command::RequestErasure { reason } => known.ok_or(Refused::NotSubmitted)?.request_erasure(reason, facts),
        Command::DeclineErasure => known.ok_or(Refused::NotSubmitted)?.decline_erasure(facts),
        Command::Erase { contents } => known.ok_or(Refused::NotSubmitted)?.erase(contents, facts),
        Command::Expire {
            contents,
            rested_since,
            rule,
        } => Ok(known
            .ok_or(Refused::NotSubmitted)?
            .expire(contents, *rested_since, *rule, facts)),
        step => known.ok_or(Refused::NotSubmitted)?.step(step, facts),
    }
}

struct ReleaseWish<'a> {
    channels: &'a [ChannelName],
    from: Option<Instant>,
    until: Option<Instant>,
    priority: Priority,
    standing: bool,
}

impl Publication {
    fn pending(&self, facts: Facts<'_>) -> Result<&Pending, Refused> {
        let pending = self.pending.as_ref().ok_or(Refused::NotSubmitted)?;
        match facts.seen {
            Some(seen) if seen != pending.content => Err(Refused::ContentChanged { now: pending.content }),
            _ => Ok(pending),
        }
    }

    /// The reviewing steps: each binds to the pending text.
    fn step(&self, command: &Command, facts: Facts<'_>) -> Result<Vec<PublicationEvent>, Refused> {
        let pending = self.pending(facts)?;
        match command {
            Command::Review { findings_confirmed } => pending.review(facts, *findings_confirmed),
            Command::Countersign => pending.countersign(facts),
            Command::Approve => pending.approve(facts),
            Command::Reject { reason } => pending.reject(facts.by, *reason),
            _ => Err(Refused::WrongStage { at: pending.stage }),
        }
    }

    fn release(&self, wish: &ReleaseWish<'_>, facts: Facts<'_>) -> Result<Vec<PublicationEvent>, Refused> {
        let Some(pending) = self.pending.as_ref().filter(|p| p.stage == Stage::Approved) else {
            return self.release_again(wish, facts);
        };
        self.pending(facts)?.of_these_rules(facts)?;
        if self.released.is_some() {
            return Err(Refused::AlreadyReleased);
        }
        let window = checked_window(wish.channels, wish.from.unwrap_or(facts.now), wish.until, facts)?;
        Ok(vec![PublicationEvent::Released(Release {
            content: pending.content,
            kind: self.kind,
            channels: wish.channels.to_vec(),
            window,
            priority: wish.priority,
            standing: wish.standing,
            lease_ms: (!wish.standing).then_some(OFFLINE_LEASE_MS),
            by: facts.by.clone(),
            under: Some(facts.rules),
        })])
    }

    /// A release when nothing approved is waiting: the same wish again decides nothing, anything else is refused.
    fn release_again(&self, wish: &ReleaseWish<'_>, facts: Facts<'_>) -> Result<Vec<PublicationEvent>, Refused> {
        let stage = self.pending.as_ref().map(|p| p.stage);
        let Some(released) = &self.released else {
            return Err(stage.map_or(Refused::NotSubmitted, |at| Refused::WrongStage { at }));
        };
        let r = &released.release;
        let same = r.by == *facts.by
            && r.channels == wish.channels
            && wish.from.is_none_or(|from| from == r.window.from)
            && (wish.until, wish.priority) == (r.window.until, r.priority);
        if same {
            Ok(Vec::new())
        } else {
            Err(stage.map_or(Refused::AlreadyReleased, |at| Refused::WrongStage { at }))
        }
    }

    fn amend(&self, facts: Facts<'_>) -> Result<Vec<PublicationEvent>, Refused> {
        if self.released.is_none() {
            return Err(Refused::NotReleased);
        }
        let Some(pending) = self.pending.as_ref() else {
            return Ok(Vec::new());
        };
        self.pending(facts)?;
        if pending.stage != Stage::Approved {
            return Err(Refused::WrongStage { at: pending.stage });
        }
        pending.of_these_rules(facts)?;
        Ok(vec![PublicationEvent::Amended {
            content: pending.content,
            by: facts.by.clone(),
            under: Some(facts.rules),
        }])
    }

    fn withdraw(&self, reason: Option<ContentHash>, facts: Facts<'_>) -> Result<Vec<PublicationEvent>, Refused> {
        match (&self.released, self.withdrawn_at, reason) {
            (Some(_), _, reason) => Ok(vec![PublicationEvent::Withdrawn {
                by: facts.by.clone(),
                reason,
            }]),
            (None, Some(_), Some(reason)) => Ok(vec![PublicationEvent::WithdrawalExplained {
                by: facts.by.clone(),
                reason,
            }]),
            (None, Some(_), None) => Ok(Vec::new()),
            (None, None, _) => Err(Refused::NotReleased),
        }
    }
}

fn checked_window(
    channels: &[ChannelName],
    from: Instant,
    until: Option<Instant>,
    facts: Facts<'_>,
) -> Result<Window, Refused> {
    if channels.is_empty() {
        return Err(Refused::NoChannels);
    }
    if let Some(unknown) = channels.iter().find(|channel| !facts.channels.contains(channel)) {
        return Err(Refused::UnknownChannel(unknown.clone()));
    }
    let window = Window { from, until };
    if window.until.is_some_and(|until| until <= window.from) {
        return Err(Refused::WindowBackwards);
    }
    if window.ended(facts.now) {
        Err(Refused::WindowOver)
    } else {
        Ok(window)
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod together;
