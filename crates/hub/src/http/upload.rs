//! A request whose whole body is a file: who sends it first, and its bytes once everything else about it is in order.

use super::attachments::whole_body;
use super::call::{Caller, idempotency_key};
use super::idempotency::Repeatable;
use super::problem::Problem;
use crate::attachments::UPLOADS;
use crate::office::Office;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Request};
use heliograph_domain::staff::Verb;
use std::sync::Arc;
use tokio::sync::SemaphorePermit;

/// A file on its way.
pub(super) struct Upload {
    caller: Caller,
    key: Option<String>,
    address: String,
    body: Body,
}

/// A file that is here.
pub(super) struct Uploaded {
    /// Who sent it.
    pub(super) caller: Caller,
    /// Its bytes.
    pub(super) file: Bytes,
    /// The request, should it come again.
    pub(super) repeatable: Repeatable,
    /// Held while the file is worked on: only a few are at a time.
    pub(super) one_of_few: SemaphorePermit<'static>,
}

impl Upload {
    /// From somebody who may.
    ///
    /// # Errors
    /// When they may not, or are nobody, or the key of the request is none.
    pub(super) async fn of(request: Request, office: &Arc<Office>, verb: Verb) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, office).await?;
        caller.may(office, verb)?;
        Ok(Self {
            caller,
            key: idempotency_key(&parts.headers)?,
            address: parts.uri.to_string(),
            body,
        })
    }

    /// Waits for its turn and for its bytes.
    ///
    /// # Errors
    /// When it is too large, cut short or too slow.
    pub(super) async fn read(self, most_bytes: usize) -> Result<Uploaded, Problem> {
        let one_of_few = UPLOADS.acquire().await.map_err(Problem::internal)?;
        let file = whole_body(self.body, most_bytes).await?;
        Ok(Uploaded {
            repeatable: Repeatable::new(self.key, "POST", &self.address, &file),
            caller: self.caller,
            file,
            one_of_few,
        })
    }
}
