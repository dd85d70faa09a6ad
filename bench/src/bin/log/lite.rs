//! SQLite as a yardstick: write-ahead log, `synchronous=FULL`, and the same group commit before it.

use crate::contender::{Contender, Group, PAYLOAD};
use rusqlite::Connection;
use std::path::Path;

/// A table of payloads.
pub(crate) struct Lite(Group);

impl Lite {
    pub(crate) fn open(dir: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let mut db = Connection::open(dir.join("events.sqlite"))?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        // A setting that SQLite did not take would make it another yardstick than the one that is named.
        let journal: String = db.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
        let synchronous: i64 = db.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
        if (journal.as_str(), synchronous) != ("wal", 2) {
            return Err(format!("SQLite is at journal_mode={journal}, synchronous={synchronous}").into());
        }
        db.execute(
            "CREATE TABLE events (position INTEGER PRIMARY KEY, body BLOB NOT NULL)",
            [],
        )?;
        let mut write = move |count: usize| -> rusqlite::Result<()> {
            let transaction = db.transaction()?;
            {
                let mut insert = transaction.prepare_cached("INSERT INTO events (body) VALUES (?1)")?;
                for _ in 0..count {
                    insert.execute([&PAYLOAD[..]])?;
                }
            }
            transaction.commit()
        };
        let commit = move |count: usize| {
            if let Err(error) = write(count) {
                panic!("the yardstick's database: {error}");
            }
        };
        Ok(Self(Group::start(commit)))
    }
}

impl Contender for Lite {
    fn appender(&self, _number: usize) -> Box<dyn FnMut() + '_> {
        self.0.appender()
    }
}
