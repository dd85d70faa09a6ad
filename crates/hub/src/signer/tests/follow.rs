//! A signer's fold has no holes, whatever happens while it reads.

use super::*;
use crate::signer::sealer::{FollowedLog, OwnLog, Records, Sealer};
use heliograph_log::Record;

/// A log that leaves a record out.
struct Holed(OwnLog, u64);

impl Records for Holed {
    fn after(&mut self, position: u64) -> Result<Vec<Record>, String> {
        let mut records = self.0.after(position)?;
        records.retain(|record| record.position.0 != self.1);
        Ok(records)
    }
}

#[test]
fn what_was_read_and_not_folded_is_read_again() {
    let mut bench = Bench::new();
    bench.released("wang", "li", "zhao");
    let mut log = FollowedLog::new(bench.folder.clone());
    let read = |log: &mut FollowedLog, after: u64| -> Vec<u64> {
        let records = log.after(after).unwrap();
        records.iter().map(|record| record.position.0).collect()
    };
    let all: Vec<u64> = (1..=bench.state.position).collect();
    assert_eq!(read(&mut log, 0), all);
    assert_eq!(read(&mut log, 0), all, "nobody folded them");
    assert_eq!(read(&mut log, 2), all[2..], "nor all of them");
    let next = bench.record(Event::Site(SiteEvent::Blanked));
    assert_eq!(read(&mut log, next - 1), [next]);
}

#[test]
fn over_a_hole_nothing_is_signed() {
    let mut bench = Bench::new();
    bench.released("wang", "li", "zhao");
    let first = bench.record(Event::Site(SiteEvent::Blanked));
    let position = bench.record(Event::Site(SiteEvent::Unblanked));
    let ask = Ask::Site { position };
    let sealer = |without: u64| {
        let (_, roles) = Keys::open(&bench.folder, &site(), NOON).unwrap();
        let log = OwnLog(Arc::clone(&bench.log) as Arc<dyn EventLog>);
        Sealer::new(site(), roles, Box::new(Holed(log, without)), State::default(), None)
    };
    let refused = sealer(first).answer(&ask);
    assert_eq!(refused, Err(Unsigned::Log(format!("record {first} is missing"))));
    assert!(sealer(0).answer(&ask).is_ok(), "the control");
}
