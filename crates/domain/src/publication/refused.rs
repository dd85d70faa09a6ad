//! Why a command on a publication is refused.

use super::Stage;
use crate::gate::RulesVersion;
use crate::ids::{ChannelName, ContentHash, DepartmentId, StaffId};
use thiserror::Error;

/// Why a command was refused.
#[derive(Debug, Error, PartialEq, Eq, Clone)]
pub enum Refused {
    /// Nothing was submitted.
    #[error("nothing has been submitted yet")]
    NotSubmitted,
    /// The step does not follow from where the text stands.
    #[error("the text is at {at:?}: this step does not follow")]
    WrongStage {
        /// Where it stands.
        at: Stage,
    },
    /// Four eyes: the same person may not take both parts.
    #[error("four eyes: {person} was already the {part:?} of this text")]
    FourEyes {
        /// The person.
        person: StaffId,
        /// The part they had.
        part: Part,
    },
    /// Four eyes: whoever is on leave had the other part already.
    #[error("four eyes: {person}, for whom you stand in, was already the {part:?} of this text")]
    FourEyesInStead {
        /// Who is on leave.
        person: StaffId,
        /// The part they had.
        part: Part,
    },
    /// They do not stand in for this person, or nobody does this for another.
    #[error("you do not stand in for {person} in this now")]
    NotSubstitute {
        /// Who is on leave.
        person: StaffId,
    },
    /// The author's own department was asked to countersign.
    #[error("`{0}` is the author's own department: other departments countersign")]
    OwnDepartment(DepartmentId),
    /// A department was asked to countersign in which nobody may.
    #[error("nobody in `{0}` may countersign: ask an administrator to give somebody there the role")]
    NoCountersigner(DepartmentId),
    /// Their department was not asked to countersign.
    #[error("your department was not asked to countersign this text")]
    DepartmentNotAsked,
    /// Somebody else signed for this department.
    #[error("`{0}` has countersigned already")]
    AlreadyCountersigned(DepartmentId),
    /// It must be countersigned first.
    #[error("the text must be countersigned before it is approved")]
    CountersignatureMissing,
    /// The confidentiality gate found what must not be published.
    #[error(
        "the confidentiality gate blocks the text: remove what it found, or ask a confidentiality reviewer to let it through"
    )]
    Blocked,
    /// The reviewer has not said that they looked at what the gate found.
    #[error("the gate found something: look at every finding and confirm it")]
    FindingsNotConfirmed,
    /// The rules have changed since the review.
    #[error("the rules of the check have changed (from {reviewed} to {now}): the text has to be reviewed again")]
    RulesChanged {
        /// Those that the text was looked through by.
        reviewed: RulesVersion,
        /// Those in force.
        now: RulesVersion,
    },
    /// The reviewed text is not the one that the caller saw.
    #[error("the text has changed since you saw it: look again")]
    ContentChanged {
        /// The text now.
        now: ContentHash,
    },
    /// A release needs a channel.
    #[error("a release needs at least one channel")]
    NoChannels,
    /// A channel that nobody opened.
    #[error("there is no channel `{0}`")]
    UnknownChannel(ChannelName),
    /// It would end before it begins.
    #[error("the window ends before it begins")]
    WindowBackwards,
    /// It would be over already.
    #[error("the window is already over")]
    WindowOver,
    /// What has begun cannot begin at another time.
    #[error("its time has begun already: only its end can be moved")]
    WindowBegun,
    /// Nothing is on release.
    #[error("nothing of this publication is on release")]
    NotReleased,
    /// Use `Amend`: it is on release.
    #[error("a text is on release already: amend it, or withdraw it first")]
    AlreadyReleased,
    /// What is on release or on its way there is not erased.
    #[error("a text is on release or on its way: withdraw it or return it to its author first")]
    StillInUse,
    /// Nobody asked.
    #[error("nobody has asked for this to be erased: one person asks, another erases")]
    ErasureNotAsked,
    /// Somebody asked already.
    #[error("its erasure was asked for already: confirm it or decline it")]
    ErasureAsked,
}

/// A part in the four eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Author.
    Author,
    /// Confidentiality reviewer.
    Reviewer,
    /// Approver.
    Approver,
    /// Somebody who countersigned for another department.
    Countersigner,
    /// Who asked for the erasure.
    Requester,
    /// Who wrote in it beside its author.
    Contributor,
}
