//! Decoding and folding: the year of an office, many times over.

use heliograph_bench::{figure, median};
use heliograph_domain::publication::{PublicationEvent, Release};
use heliograph_domain::{
    CatalogueEntryId, ContentHash, Event, Instant, Kind, Priority, PublicationId, StaffId, Window,
};
use heliograph_hub::State;
use heliograph_log::{ActorId, CommandId, EventId, EventKind, Position, Record, Revision, StreamId, TimestampMs};

/// Publications, each with five events: submitted, reviewed, approved, released, withdrawn.
const PUBLICATIONS: u128 = 60_000;
const RUNS: usize = 5;

pub(crate) fn run() -> Result<(), Box<dyn std::error::Error>> {
    let records = records()?;
    let mut rates = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let begun = std::time::Instant::now();
        let mut state = State::default();
        for bytes in &records {
            let record = Record::from_bytes(bytes).ok_or("a record does not decode")?;
            state.apply(&record)?;
        }
        rates.push(records.len() as f64 / begun.elapsed().as_secs_f64());
        if state.position != records.len() as u64 {
            return Err("not everything was folded".into());
        }
    }
    figure("replay_events", median(&mut rates), "events/s", None, true, RUNS);
    Ok(())
}

/// The log's records as they lie on disk.
fn records() -> Result<Vec<bytes::Bytes>, Box<dyn std::error::Error>> {
    let mut records = Vec::new();
    for number in 0..PUBLICATIONS {
        let id: PublicationId = dashed(number).parse()?;
        for (revision, event) in (1..).zip(life(number)?) {
            let event = Event::Publication(id, event);
            let (kind, version) = event.kind();
            let position = records.len() as u64 + 1;
            let record = Record {
                position: Position(position),
                event_id: EventId(u128::from(position).to_be_bytes()),
                command_id: CommandId(u128::from(position).to_be_bytes()),
                actor: ActorId::new("wang-lei")?,
                recorded_at: TimestampMs(1_430_000_000_000 + position),
                stream: StreamId::new(&event.stream())?,
                revision: Revision(revision),
                kind: EventKind::new(kind)?,
                version,
                body: event.to_bytes().into(),
            };
            records.push(record.to_bytes().into());
        }
    }
    Ok(records)
}

fn dashed(number: u128) -> String {
    let digits = format!("{number:032x}");
    format!(
        "{}-{}-{}-{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..]
    )
}

fn life(number: u128) -> Result<[PublicationEvent; 5], Box<dyn std::error::Error>> {
    let who = |name: &str| name.parse::<StaffId>();
    let mut hash = [0; 32];
    hash[..16].copy_from_slice(&number.to_be_bytes());
    let content = ContentHash(hash);
    Ok([
        PublicationEvent::Submitted {
            content,
            kind: Kind::Notice,
            catalogue_entry: "notice-outbound".parse::<CatalogueEntryId>()?,
            by: who("wang-lei")?,
            countersign: false,
            rule_set: 1,
            under: None,
        },
        PublicationEvent::ConfidentialityReviewed {
            content,
            by: who("xu-zhiyuan")?,
            rule_set: 1,
            under: None,
        },
        PublicationEvent::Approved {
            content,
            by: who("fang-hui")?,
            under: None,
        },
        PublicationEvent::Released(Release {
            content,
            kind: Kind::Notice,
            channels: vec!["hall".parse()?],
            window: Window {
                from: Instant(1),
                until: None,
            },
            priority: Priority::Normal,
            standing: false,
            lease_ms: None,
            by: who("fang-hui")?,
            under: None,
        }),
        PublicationEvent::Withdrawn {
            by: who("fang-hui")?,
            reason: None,
        },
    ])
}
