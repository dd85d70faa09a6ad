//! The replicas of many displays of one process, in one file: what several of them store at about the same time is made
//! durable by one sync.

mod journal;

use super::form::{Row, read_rows, to_row};
use super::media::Shelf;
use super::{Change, Media, Remembered, Replica, ReplicaError};
use heliograph_domain::ids::DisplayId;
use journal::{Journal, entry};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

const FILE: &str = "replicas.journal";
const LOCK: &str = "replicas.lock";
/// So much is written between two syncs at most, in bytes, however much waits.
const AT_ONCE_BYTES: usize = 16 << 20;

/// Called once with how a store ended.
type Done = Box<dyn FnOnce(Result<(), String>) + Send>;

/// Changes that wait to be written.
struct Waiting {
    entries: Vec<Vec<u8>>,
    done: Done,
}

/// The file `replicas.journal` in a data directory. It closes when this and every replica of it are dropped.
pub struct SharedStore {
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    journal: Arc<Mutex<Journal>>,
    queue: Mutex<Option<Sender<Waiting>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// Held as long as the store is open.
    _lock: File,
}

impl SharedStore {
    /// Opens the store in `data`, or makes one.
    ///
    /// # Errors
    /// When another process has it open, the disk refuses, or the file is another one.
    pub fn open(data: &Path) -> Result<Self, ReplicaError> {
        let storage = |error: io::Error| ReplicaError::Storage(format!("{}: {error}", data.display()));
        fs::create_dir_all(data).map_err(storage)?;
        let lock = File::create(data.join(LOCK)).map_err(storage)?;
        if lock.try_lock().is_err() {
            return Err(ReplicaError::InUse);
        }
        let path = data.join(FILE);
        let journal = Journal::open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => ReplicaError::Damaged(format!("{}: {error}", path.display())),
            _ => storage(error),
        })?;
        let journal = Arc::new(Mutex::new(journal));
        let (queue, inbox) = channel();
        let written = Arc::clone(&journal);
        let thread = std::thread::Builder::new().name("replicas".to_owned());
        let writer = thread.spawn(move || write_all(&written, &inbox)).map_err(storage)?;
        Ok(Self {
            shared: Arc::new(Shared {
                folder: data.to_owned(),
                journal,
                queue: Mutex::new(Some(queue)),
                writer: Mutex::new(Some(writer)),
                _lock: lock,
            }),
        })
    }

    /// The replica of one display.
    #[must_use]
    pub fn replica(&self, display: DisplayId) -> SharedReplica {
        // Pictures are files, in a folder of the display's own.
        let shelf = Shelf::beside(&self.shared.folder.join(display.to_string()).join(FILE));
        SharedReplica {
            shared: Arc::clone(&self.shared),
            display,
            shelf,
        }
    }

    /// Makes the changes of many displays durable, each display's together or none of them, and then calls `done`.
    ///
    /// # Errors
    /// When a change cannot be written down; nothing was changed then and `done` is not called.
    pub fn store(
        &self,
        changes: &[(DisplayId, Arc<Vec<Change>>)],
        done: impl FnOnce(Result<(), String>) + Send + 'static,
    ) -> Result<(), ReplicaError> {
        let entries = changes.iter().map(|(display, changes)| {
            let replica = self.replica(*display);
            // Files first: a row never names one that is not whole on the disk.
            replica.shelf.write(changes)?;
            Ok::<_, ReplicaError>(entry(*display, &rows(changes)?))
        });
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        self.shared.push(entries, Box::new(done))
    }
}

impl Shared {
    fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    fn push(&self, entries: Vec<Vec<u8>>, done: Done) -> Result<(), ReplicaError> {
        let queue = lock(&self.queue);
        let sent = queue.as_ref().map(|queue| queue.send(Waiting { entries, done }));
        sent.and_then(Result::ok)
            .ok_or_else(|| ReplicaError::Storage("the thread that writes has ended".to_owned()))
    }
}

/// What waits is written before the file closes.
impl Drop for Shared {
    fn drop(&mut self) {
        lock(&self.queue).take();
        let writer = lock(&self.writer).take();
        // A callback may hold the last replica: then this is the writer's own thread, which ends by itself.
        if let Some(writer) = writer.filter(|writer| writer.thread().id() != std::thread::current().id())
            && writer.join().is_err()
        {
            tracing::error!("the thread that writes replicas had panicked");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics half-way through a change.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn rows(changes: &[Change]) -> Result<Vec<Row>, ReplicaError> {
    changes.iter().map(to_row).collect()
}

/// The writer: all that waits goes to the disk together.
fn write_all(journal: &Mutex<Journal>, inbox: &Receiver<Waiting>) {
    while let Ok(first) = inbox.recv() {
        let mut bytes: usize = first.entries.iter().map(Vec::len).sum();
        let (mut entries, mut done) = (first.entries, vec![first.done]);
        while bytes < AT_ONCE_BYTES
            && let Ok(next) = inbox.try_recv()
        {
            bytes += next.entries.iter().map(Vec::len).sum::<usize>();
            entries.extend(next.entries);
            done.push(next.done);
        }
        let result = lock(journal).append(&entries).map_err(|error| error.to_string());
        for done in done {
            done(result.clone());
        }
        if let Err(error) = lock(journal).tidy() {
            tracing::warn!(%error, "the replicas' file could not be tidied; it grows on");
        }
    }
}

/// One display's replica in a [`SharedStore`].
pub struct SharedReplica {
    shared: Arc<Shared>,
    display: DisplayId,
    shelf: Shelf,
}

impl Replica for SharedReplica {
    fn load(&mut self) -> Result<Remembered, ReplicaError> {
        let rows = self.shared.journal().rows(self.display);
        let rows = rows.map_err(|error| ReplicaError::Storage(error.to_string()))?;
        let remembered = read_rows(&rows, &|hash| self.shelf.length(hash))?;
        self.shelf.keep_only(&remembered.media);
        Ok(remembered)
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), ReplicaError> {
        self.shelf.write(changes)?;
        let (done, wait) = sync_channel(1);
        let tell = move |result| {
            // Whoever asked waits below.
            let _ = done.send(result);
        };
        self.shared
            .push(vec![entry(self.display, &rows(changes)?)], Box::new(tell))?;
        let result = wait.recv().map_err(|_| "the thread that writes has ended".to_owned());
        result.and_then(|result| result).map_err(ReplicaError::Storage)?;
        self.shelf.remove(changes);
        Ok(())
    }

    fn media(&self) -> Arc<dyn Media> {
        Arc::new(self.shelf.clone())
    }
}
