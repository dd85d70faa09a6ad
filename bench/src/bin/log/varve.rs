//! VarveDB as a peer: an embedded event store from crates.io, on LMDB, with the same group commit before it.

use crate::contender::{Contender, Group, PAYLOAD};
use rkyv::{Archive, Deserialize, Serialize};
use std::path::Path;
use varvedb::{StreamId, Varve, VarveConfig};

/// The largest event, in bytes.
const MOST: usize = 1024;

#[derive(Archive, Serialize, Deserialize, Clone)]
struct Event {
    body: [u8; 200],
}

/// A stream of events.
pub(crate) struct VarveDb(Group);

impl VarveDb {
    pub(crate) fn open(dir: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let config = VarveConfig {
            map_size: 8 << 30,
            ..VarveConfig::default()
        };
        let path = dir.to_owned();
        // The store is the committer's own: it is opened in the first commit, on the thread that keeps it.
        let mut varve = Varve::with_config(path, config)?;
        let mut stream = varve.stream::<Event, MOST>("events")?;
        let commit = move |count: usize| {
            // The store lives as long as its stream.
            let _whole = &varve;
            let events = vec![Event { body: PAYLOAD }; count];
            if let Err(error) = stream.append_batch(StreamId(1), &events) {
                panic!("the peer's store: {error}");
            }
        };
        Ok(Self(Group::start(commit)))
    }
}

impl Contender for VarveDb {
    fn appender(&self, _number: usize) -> Box<dyn FnMut() + '_> {
        self.0.appender()
    }
}
