//! What somebody has begun to write: their own drafts and those that are shared with them, the newest first, and what each
//! waits for. The API lists them, and every page that shows somebody their own work.

use crate::drafts::{self, Draft, DraftError};
use crate::office::Office;
use crate::state::State;
use heliograph_domain::StaffId;
use heliograph_domain::publication::Stage;

/// A draft and what it waits for.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) draft: Draft,
    pub(crate) awaits: Awaits,
}

/// What a draft waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Awaits {
    /// Whoever writes it: it was not handed in yet.
    Writer,
    /// A confidentiality reviewer, who was asked to let it past the gate.
    Reviewer,
    /// Its author: a reviewer did not let it past the gate.
    Declined,
    /// Its author: it was handed in and returned.
    Mending,
    /// Its author: it was changed since it was handed in, and the change was not.
    Resubmission,
    /// It was handed in as it is: the workflow says who is next.
    Workflow,
}

impl Awaits {
    /// Its name in the API.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Writer => "writer",
            Self::Reviewer => "reviewer",
            Self::Declined => "declined",
            Self::Mending => "mending",
            Self::Resubmission => "resubmission",
            Self::Workflow => "workflow",
        }
    }

    pub(crate) const ALL: [Self; 6] = [
        Self::Writer,
        Self::Reviewer,
        Self::Declined,
        Self::Mending,
        Self::Resubmission,
        Self::Workflow,
    ];

    /// Whether nothing of it is in the log yet: what is, is listed among the publications.
    pub(crate) fn is_unsent(self) -> bool {
        matches!(self, Self::Writer | Self::Reviewer | Self::Declined)
    }

    fn of(draft: &Draft, state: &State) -> Self {
        let dossier = state.publications.get(&draft.id);
        if let Some(pending) = dossier.and_then(|dossier| dossier.publication.pending.as_ref()) {
            let same = draft.document().is_ok_and(|(_, content, _)| content == pending.content);
            return match (pending.stage, same) {
                (Stage::Returned, _) => Self::Mending,
                (_, true) => Self::Workflow,
                (_, false) => Self::Resubmission,
            };
        }
        let asked = draft.referral.as_ref().filter(|asked| asked.hash == draft.hash());
        match asked {
            None => Self::Writer,
            Some(asked) if asked.declined.is_some() => Self::Declined,
            Some(_) => Self::Reviewer,
        }
    }
}

/// All that is open to this person.
///
/// # Errors
/// When the drafts cannot be read.
pub(crate) fn of(office: &Office, person: &StaffId) -> Result<Vec<Begun>, DraftError> {
    let state = office.state();
    let begun = |draft: Draft| Begun {
        awaits: Awaits::of(&draft, &state),
        draft,
    };
    Ok(drafts::open_to(&*office.log, person)?.into_iter().map(begun).collect())
}
