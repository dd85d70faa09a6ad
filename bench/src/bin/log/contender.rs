//! Who appends: our log, and a plain file with the same group commit.

use heliograph_log::{
    ActorId, Batch, CommandId, DiskLog, EventKind, EventLog, NewEvent, Revision, StreamId, TimestampMs,
};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

/// The payload of every append.
pub(crate) const PAYLOAD: [u8; 200] = [7; 200];

/// Something that appends durably.
pub(crate) trait Contender: Sync {
    /// One appender's own hand: each call returns when its payload is durable.
    fn appender(&self, number: usize) -> Box<dyn FnMut() + '_>;
}

/// A fresh stream for each appender of each round.
static STREAMS: AtomicU64 = AtomicU64::new(0);

/// Heliograph's log.
pub(crate) struct Ours(DiskLog);

impl Ours {
    pub(crate) fn open(dir: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        Ok(Self(DiskLog::open(dir)?))
    }
}

impl Contender for Ours {
    #[allow(
        clippy::expect_used,
        reason = "a benchmark that cannot append has no figure to print"
    )]
    fn appender(&self, _number: usize) -> Box<dyn FnMut() + '_> {
        let number = STREAMS.fetch_add(1, Ordering::Relaxed);
        let stream = StreamId::new(&format!("bench-{number}")).expect("a stream's name");
        let actor = ActorId::new("bench").expect("an actor's name");
        let kind = EventKind::new("bench").expect("a type");
        let mut revision = Revision(0);
        Box::new(move || {
            // Who appends names the command; drawing a random name is not the log's work.
            let mut command = [0; 16];
            command[..8].copy_from_slice(&number.to_be_bytes());
            command[8..].copy_from_slice(&revision.0.to_be_bytes());
            let batch = Batch {
                command_id: CommandId(command),
                actor,
                recorded_at: TimestampMs(1),
                events: vec![NewEvent {
                    kind,
                    version: 1,
                    body: PAYLOAD.to_vec().into(),
                }],
                content: Vec::new(),
                table_writes: Vec::new(),
                erase: Vec::new(),
            };
            revision = self.0.append(&stream, revision, batch).expect("append").revision;
        })
    }
}

/// A committer of its own: gathers what is waiting, makes it durable, and tells everyone.
pub(crate) struct Group {
    requests: mpsc::Sender<mpsc::SyncSender<()>>,
}

impl Group {
    /// `commit` makes so many payloads durable.
    pub(crate) fn start(mut commit: impl FnMut(usize) + Send + 'static) -> Self {
        let (requests, inbox) = mpsc::channel::<mpsc::SyncSender<()>>();
        std::thread::spawn(move || {
            while let Ok(first) = inbox.recv() {
                let mut waiting = vec![first];
                waiting.extend(inbox.try_iter());
                commit(waiting.len());
                for one in waiting {
                    // An appender that has gone needs no answer.
                    let _ = one.send(());
                }
            }
        });
        Self { requests }
    }

    #[allow(
        clippy::expect_used,
        reason = "an append that was not made durable must not be counted as one"
    )]
    pub(crate) fn appender(&self) -> Box<dyn FnMut() + '_> {
        Box::new(move || {
            let (answer, done) = mpsc::sync_channel(1);
            self.requests.send(answer).expect("the yardstick's committer has ended");
            done.recv().expect("the yardstick's committer has ended");
        })
    }
}

/// Appending and `fdatasync`: what the disk allows.
pub(crate) struct Raw(Group);

impl Raw {
    pub(crate) fn open(dir: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let mut file = File::create(dir.join("raw"))?;
        let commit = move |count: usize| {
            let bytes = PAYLOAD.repeat(count);
            if let Err(error) = file.write_all(&bytes).and_then(|()| file.sync_data()) {
                panic!("the yardstick's file: {error}");
            }
        };
        Ok(Self(Group::start(commit)))
    }
}

impl Contender for Raw {
    fn appender(&self, _number: usize) -> Box<dyn FnMut() + '_> {
        self.0.appender()
    }
}
