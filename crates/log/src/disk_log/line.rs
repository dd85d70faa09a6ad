//! The line of appends that wait. No thread of its own writes: whoever finds the pen free writes for all who stand in
//! line, so that a lone append costs no waking of another thread, and many share one sync.

use super::frame::Beside;
use super::writer::{Answer, Waiting, Writer};
use crate::error::AppendError;
use crate::event_log::MAX_BATCH_BYTES;
use crate::record::Record;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// Appends that may stand in line; more of them wait at the door.
const MOST: usize = 4096;
/// Appends that share one frame, at most.
const GROUP: usize = 1024;
/// How long a group waits for those who shared the last one to come back. A sync costs more than this, and a group that
/// is split in two pays for two.
const GATHER: Duration = Duration::from_micros(150);

/// The line, and the pen at its head.
#[derive(Debug)]
pub(crate) struct Line {
    queue: Mutex<VecDeque<InLine>>,
    door: Condvar,
    pen: Mutex<Writer>,
    /// How many shared the last frame.
    last_group: AtomicUsize,
}

#[derive(Debug)]
struct InLine {
    work: Waiting,
    ticket: Ticket,
}

/// Who waits, and for what. A ticket that is dropped without an answer says that the log is closed, so that nobody
/// waits for ever.
#[derive(Debug)]
struct Ticket(Arc<Slot>);

#[derive(Debug)]
struct Slot {
    answer: Mutex<Option<Answer>>,
    thread: Thread,
}

impl Slot {
    fn answer(&self) -> MutexGuard<'_, Option<Answer>> {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    fn give(&self, answer: Answer) {
        *self.0.answer() = Some(answer);
        if self.0.thread.id() != thread::current().id() {
            self.0.thread.unpark();
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        // Who waits holds the slot too, unless the answer was taken already.
        if Arc::strong_count(&self.0) > 1 && self.0.answer().is_none() {
            self.give(Err(AppendError::Closed));
        }
    }
}

impl Line {
    pub(crate) fn new(writer: Writer) -> Self {
        Self {
            queue: Mutex::default(),
            door: Condvar::new(),
            pen: Mutex::new(writer),
            last_group: AtomicUsize::new(1),
        }
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<InLine>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stands in line until the work is durable or refused.
    pub(crate) fn append(&self, work: Waiting) -> Answer {
        let slot = Arc::new(Slot {
            answer: Mutex::new(None),
            thread: thread::current(),
        });
        let ticket = Ticket(Arc::clone(&slot));
        {
            let full = |queue: &mut VecDeque<InLine>| queue.len() >= MOST;
            let queue = self.door.wait_while(self.queue(), full);
            queue
                .unwrap_or_else(PoisonError::into_inner)
                .push_back(InLine { work, ticket });
        }
        loop {
            if let Some(answer) = slot.answer().take() {
                return answer;
            }
            match self.pen.try_lock() {
                Ok(pen) => self.write_group(pen),
                Err(TryLockError::WouldBlock) => thread::park(),
                // A writer that panicked may have left anything: nobody writes any more.
                Err(TryLockError::Poisoned(_)) => return Err(AppendError::Closed),
            }
        }
    }

    /// Writes one group, passes the pen on, and only then wakes who was in the group: the next group is on its way to
    /// the disk meanwhile.
    fn write_group(&self, mut pen: MutexGuard<'_, Writer>) {
        self.gather();
        let group = self.next_group();
        if group.is_empty() {
            return;
        }
        self.last_group.store(group.len(), Ordering::Relaxed);
        let (work, tickets): (Vec<_>, Vec<_>) = group.into_iter().map(|one| (one.work, one.ticket)).unzip();
        let answers = pen.write(work);
        drop(pen);
        if let Some(next) = self.queue().front() {
            next.ticket.0.thread.unpark();
        }
        for (ticket, answer) in tickets.into_iter().zip(answers) {
            ticket.give(answer);
        }
    }

    fn gather(&self) {
        let last = self.last_group.load(Ordering::Relaxed);
        if last < 2 || self.queue().len() >= last {
            return;
        }
        let until = Instant::now() + GATHER;
        while self.queue().len() < last && Instant::now() < until {
            thread::yield_now();
        }
    }

    fn next_group(&self) -> Vec<InLine> {
        let mut queue = self.queue();
        let mut bytes = 0;
        let fits = |one: &InLine| {
            bytes += one.work.batch.bytes();
            bytes <= 2 * MAX_BATCH_BYTES
        };
        let count = queue.iter().take(GROUP).take_while({
            let mut fits = fits;
            move |one| fits(one)
        });
        let count = count.count();
        let group = queue.drain(..count).collect();
        drop(queue);
        self.door.notify_all();
        group
    }

    /// Records of another log, with their places, in one frame.
    pub(crate) fn import(&self, records: &[Record], beside: Vec<Beside>) -> Result<(), AppendError> {
        self.pen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .import(records, beside)
    }

    /// Several appends in one frame.
    #[cfg(test)]
    pub(crate) fn append_together(&self, work: Vec<Waiting>) -> Vec<Answer> {
        self.pen.lock().unwrap().write(work)
    }

    /// Nobody stands in line any more: the file is closed.
    pub(crate) fn close(&self) -> std::io::Result<()> {
        self.pen.lock().unwrap_or_else(PoisonError::into_inner).close()
    }
}
