//! The line of appends that wait. No thread of its own writes: whoever comes to an empty line writes for all who stand in it, so that a lone append costs no waking of another thread, and many share one sync.

use super::frame::Beside;
use super::writer::{Answer, Waiting, Writer};
use crate::error::AppendError;
use crate::event_log::MAX_BATCH_BYTES;
use crate::record::Record;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
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
    queue: Mutex<Queue>,
    door: Condvar,
    pen: Mutex<Writer>,
    /// How many shared the last frame.
    last_group: AtomicUsize,
    /// Changed when a group is answered: one word for groups of even number, one for those of odd. All of a group sleep on
    /// one word, so that one call of the kernel wakes them, and the next group sleeps on.
    answered: [AtomicU32; 2],
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<InLine>,
    /// Number of the group that stands in line.
    group: usize,
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

#[derive(Debug, Default)]
struct Slot(Mutex<Option<Answer>>);

impl Slot {
    fn answer(&self) -> MutexGuard<'_, Option<Answer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        // Who waits holds the slot too, unless the answer was taken already.
        if Arc::strong_count(&self.0) > 1 {
            self.0.answer().get_or_insert(Err(AppendError::Closed));
        }
    }
}

/// Wakes a group when it is answered, or when its writer panicked.
struct Wakes<'l> {
    line: &'l Line,
    group: usize,
    /// Some who stood in line were left for the next group: they sleep on this one's word.
    both: bool,
    alone: bool,
}

impl Drop for Wakes<'_> {
    fn drop(&mut self) {
        let panicked = thread::panicking();
        if panicked {
            // Nobody writes any more: who was left for the next group is refused, too.
            self.line.queue().waiting.clear();
        }
        for (at, word) in self.line.answered.iter().enumerate() {
            if self.both || panicked || at == self.group % 2 {
                word.fetch_add(1, Ordering::Release);
                if !self.alone {
                    atomic_wait::wake_all(word);
                }
            }
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
            answered: Default::default(),
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stands in line until the work is durable or refused. Who comes to an empty line writes for all who come after,
    /// until the pen is free.
    pub(crate) fn append(&self, work: Waiting) -> Answer {
        let slot = Arc::new(Slot::default());
        let ticket = Ticket(Arc::clone(&slot));
        let full = |queue: &mut Queue| queue.waiting.len() >= MOST;
        let queue = self.door.wait_while(self.queue(), full);
        let mut queue = queue.unwrap_or_else(PoisonError::into_inner);
        let leads = queue.waiting.is_empty();
        let word = &self.answered[queue.group % 2];
        let mut seen = word.load(Ordering::Acquire);
        queue.waiting.push_back(InLine { work, ticket });
        drop(queue);
        if leads {
            self.write_groups();
        }
        loop {
            if let Some(answer) = slot.answer().take() {
                return answer;
            }
            atomic_wait::wait(word, seen);
            seen = word.load(Ordering::Acquire);
        }
    }

    /// Writes the group that stands in line; when that was more than a frame takes, the rest as well.
    fn write_groups(&self) {
        let mut rest = false;
        loop {
            let Ok(mut pen) = self.pen.lock() else {
                return self.refuse_all();
            };
            self.gather();
            let (group, number, left) = self.next_group();
            self.last_group.store(group.len(), Ordering::Relaxed);
            // Declared before the tickets, so that it wakes after they have their answers, even in a panic.
            let wakes = Wakes {
                line: self,
                group: number,
                both: rest || left,
                alone: group.len() == 1 && !rest && !left,
            };
            let (work, tickets): (Vec<_>, Vec<_>) = group.into_iter().map(|one| (one.work, one.ticket)).unzip();
            let answers = pen.write(work);
            // The next group is on its way to the disk while this one wakes.
            drop(pen);
            for (ticket, answer) in tickets.into_iter().zip(answers) {
                *ticket.0.answer() = Some(answer);
            }
            drop(wakes);
            rest = left;
            if !left {
                return;
            }
        }
    }

    /// A writer that panicked may have left anything: nobody writes any more.
    fn refuse_all(&self) {
        let group = {
            let mut queue = self.queue();
            queue.waiting.clear();
            queue.group
        };
        self.door.notify_all();
        drop(Wakes {
            line: self,
            group,
            both: true,
            alone: false,
        });
    }

    fn gather(&self) {
        let last = self.last_group.load(Ordering::Relaxed);
        if last < 2 || self.queue().waiting.len() >= last {
            return;
        }
        let until = Instant::now() + GATHER;
        while self.queue().waiting.len() < last && Instant::now() < until {
            thread::yield_now();
        }
    }

    /// Who shares the next frame, the group's number, and whether somebody is left.
    fn next_group(&self) -> (Vec<InLine>, usize, bool) {
        let mut queue = self.queue();
        let mut bytes = 0;
        let fits = queue.waiting.iter().take(GROUP).take_while(|one| {
            bytes += one.work.batch.bytes();
            bytes <= 2 * MAX_BATCH_BYTES
        });
        let count = fits.count();
        let group = queue.waiting.drain(..count).collect();
        let (number, left) = (queue.group, !queue.waiting.is_empty());
        queue.group = queue.group.wrapping_add(1);
        drop(queue);
        self.door.notify_all();
        (group, number, left)
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
