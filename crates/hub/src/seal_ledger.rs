//! Records the public ledger's root in the log before anyone outside is told of it.

use crate::http::idempotency::fresh_uuid;
use crate::office::Office;
use crate::transact::recorded_form;
use heliograph_domain::Event;
use heliograph_domain::ledger::LedgerEvent;
use heliograph_log::{ActorId, AppendError, Batch, CommandId, NameError, Revision, StreamId, TimestampMs};
use thiserror::Error;

/// Who seals.
const ACTOR: &str = "hub";

/// Why the ledger was not sealed.
#[derive(Debug, Error)]
pub(crate) enum SealError {
    #[error(transparent)]
    Ledger(#[from] crate::transparency::LedgerError),
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error(transparent)]
    Name(#[from] NameError),
    #[error("the machine gave no random numbers")]
    Random,
}

/// Seals what is new. When somebody else sealed meanwhile, nothing is written; the next time looks again.
pub(crate) fn seal(office: &Office) -> Result<(), SealError> {
    let state = office.state();
    let known = state.ledger.map_or(0, |head| head.size);
    let head = {
        let mut ledger = office.ledger();
        ledger.catch_up(&*office.log)?;
        ledger.head(ledger.size())
    };
    if head.size <= known {
        return Ok(());
    }
    let event = Event::Ledger(LedgerEvent::Sealed {
        size: head.size,
        root: head.root,
    });
    let now = office.now().max(state.at);
    let command = fresh_uuid(now).map_err(|_| SealError::Random)?;
    let stream = event.stream();
    let batch = Batch {
        command_id: CommandId(command.into_bytes()),
        actor: ActorId::new(ACTOR)?,
        recorded_at: TimestampMs(now.0),
        events: vec![recorded_form(&event)?],
        content: Vec::new(),
        table_writes: Vec::new(),
        erase: Vec::new(),
    };
    let expected = Revision(state.revision(&stream));
    match office.log.append(&StreamId::new(&stream)?, expected, batch) {
        Ok(_) | Err(AppendError::Conflict { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
