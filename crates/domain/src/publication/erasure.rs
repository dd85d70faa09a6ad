//! Erasing: the texts of a publication are destroyed, its record stays. Two people take part: one asks and says why,
//! another does it.

use super::{Facts, Part, Publication, PublicationEvent, Refused, Stage};
use crate::ids::{ContentHash, StaffId};
use crate::time::{DAY_MS, Instant};

/// Letters of a reason for an erasure, at most. It is part of the record for good, so it must not repeat what it is about.
pub const MAX_REASON_CHARS: usize = 200;

/// How long texts are kept that are neither on release nor on their way there; `None`: for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeepFor {
    /// Days after a text that was public ceased to be.
    pub withdrawn_days: Option<u16>,
    /// Days after a text that was never public was returned to its author.
    pub unreleased_days: Option<u16>,
}

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

    /// What has rested for as long as the office's rules keep it is erased by itself: the rule was made by people, and
    /// needs no four eyes each time.
    pub(super) fn expire(
        &self,
        contents: &[ContentHash],
        rested_since: Instant,
        rule: KeepFor,
        facts: Facts<'_>,
    ) -> Vec<PublicationEvent> {
        let was_public = self.first_released_at.is_some();
        let days = if was_public {
            rule.withdrawn_days
        } else {
            rule.unreleased_days
        };
        let over = |days: u16| facts.now.since(rested_since) >= u64::from(days) * DAY_MS;
        let Some(days) = days.filter(|days| over(*days) && !self.is_erased() && self.at_rest().is_ok()) else {
            return Vec::new();
        };
        let what = if was_public {
            "no longer public"
        } else {
            "never released"
        };
        vec![PublicationEvent::ContentErased {
            by: facts.by.clone(),
            requested_by: facts.by.clone(),
            contents: contents.to_vec(),
            reason: format!("kept for {days} days after it was {what}, as the office's rule says"),
        }]
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
