//! Waiting for the log to grow.

use crate::name::Position;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// The log's end of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Growth(Arc<(Mutex<Position>, Condvar)>);

impl Growth {
    pub(crate) fn at(position: Position) -> Self {
        Self(Arc::new((Mutex::new(position), Condvar::new())))
    }

    pub(crate) fn reached(&self, position: Position) {
        let (now, grown) = &*self.0;
        *now.lock().unwrap_or_else(PoisonError::into_inner) = position;
        grown.notify_all();
    }

    pub(crate) fn position(&self) -> Position {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn watch(&self) -> Watch {
        let seen = self.position();
        Watch {
            growth: self.clone(),
            seen,
        }
    }
}

/// Wakes when the log has grown since it was last asked.
#[derive(Debug)]
pub struct Watch {
    growth: Growth,
    seen: Position,
}

impl Watch {
    /// Waits until the log has grown, at most for `timeout`; the new end, or `None` when it did not grow.
    pub fn wait(&mut self, timeout: Duration) -> Option<Position> {
        let (now, grown) = &*self.growth.0;
        let guard = now.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = grown.wait_timeout_while(guard, timeout, |now| *now == self.seen);
        let position = *waited.unwrap_or_else(PoisonError::into_inner).0;
        let grew = position != self.seen;
        self.seen = position;
        grew.then_some(position)
    }
}
