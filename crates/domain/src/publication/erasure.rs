//! Erasing: the texts of a publication are destroyed, its record stays. Two people take part: one asks and says why,
//! another does it.

use super::{Facts, Part, Publication, PublicationEvent, Refused, Stage};
use crate::ids::{ContentHash, StaffId};
use crate::time::Instant;

/// Letters of a reason for an erasure, at most. It is part of the record for good, so it must not repeat what it is about.
pub const MAX_REASON_CHARS: usize = 200;

/// An erasure, asked for or done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Who asked, or who did it.
    pub by: StaffId,
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: String,
    /// Whether it is done.
    pub done: bool,
}

impl Publication {
    fn asked(&self) -> Option<&Erasure> {
        self.erasure.as_deref().filter(|erasure| !erasure.done)
    }

    /// Whether its texts are erased, and none was handed in since.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.erasure.as_ref().is_some_and(|erasure| erasure.done)
    }

    /// What is on release or on its way there is not erased under people's hands.
    fn at_rest(&self) -> Result<(), Refused> {
        let on_its_way = self.pending.as_ref().is_some_and(|it| it.stage != Stage::Returned);
        if self.released.is_some() || on_its_way {
            return Err(Refused::StillInUse);
        }
        Ok(())
    }

    pub(super) fn request_erasure(&self, reason: &str, facts: Facts<'_>) -> Result<Vec<PublicationEvent>, Refused> {
        if self.is_erased() {
            return Ok(Vec::new());
        }
        self.at_rest()?;
        match self.asked() {
            Some(asked) if asked.by == *facts.by && asked.reason == reason => Ok(Vec::new()),
            Some(_) => Err(Refused::ErasureAsked),
            None => Ok(vec![PublicationEvent::ErasureRequested {
                by: facts.by.clone(),
                reason: reason.to_owned(),
            }]),
        }
    }

    pub(super) fn decline_erasure(&self, facts: Facts<'_>) -> Result<Vec<PublicationEvent>, Refused> {
        let declined = |_| PublicationEvent::ErasureDeclined { by: facts.by.clone() };
        Ok(self.asked().map(declined).into_iter().collect())
    }

    pub(super) fn erase(&self, contents: &[ContentHash], facts: Facts<'_>) -> Result<Vec<PublicationEvent>, Refused> {
        if self.is_erased() {
            return Ok(Vec::new());
        }
        let asked = self.asked().ok_or(Refused::ErasureNotAsked)?;
        self.at_rest()?;
        if asked.by == *facts.by {
            return Err(Refused::FourEyes {
                person: facts.by.clone(),
                part: Part::Requester,
            });
        }
        Ok(vec![PublicationEvent::ContentErased {
            by: facts.by.clone(),
            requested_by: asked.by.clone(),
            contents: contents.to_vec(),
            reason: asked.reason.clone(),
        }])
    }

    /// Takes a fact about erasing.
    pub(super) fn take_erasure(&mut self, at: Instant, by: &StaffId, reason: &str, done: bool) {
        if done {
            (self.pending, self.released) = (None, None);
        }
        self.erasure = Some(Box::new(Erasure {
            by: by.clone(),
            at,
            reason: reason.to_owned(),
            done,
        }));
    }
}
