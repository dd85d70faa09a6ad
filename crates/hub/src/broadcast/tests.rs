use super::clock_watch::ClockWatch;
use heliograph_domain::Instant;

#[test]
fn a_clock_that_is_set_is_noticed_and_one_that_runs_is_not() {
    let watch = ClockWatch {
        said: Instant(1_000_000),
        at_ms: 500,
    };
    assert!(!watch.was_set(Instant(1_000_900), 1_400));
    assert!(watch.was_set(Instant(50_000_000), 1_400));
    assert!(watch.was_set(Instant(900_000), 1_400), "set back, too");
}

use crate::sim::{Said, SimHub, SimKeys};
use heliograph_domain::channel::ChannelEvent;
use heliograph_domain::time::DAY_MS;
use heliograph_domain::{ChannelName, ContentHash, Event, LocalText, StaffId};
use heliograph_wire::Topic;

const NOON: Instant = Instant(1_795_492_800_000);

fn hub() -> SimHub {
    let keys = SimKeys {
        root: [1; 32],
        release: [2; 32],
        heartbeat: [3; 32],
        command: [4; 32],
        epoch: 1,
        serial: 1,
    };
    SimHub::new("binhe".parse().unwrap(), &keys, Vec::new(), NOON).unwrap()
}

fn opens(hub: &mut SimHub, channel: &str) -> ChannelName {
    let (name, by): (ChannelName, StaffId) = (channel.parse().unwrap(), "wang".parse().unwrap());
    let title = LocalText::new("大厅", channel);
    let defined = ChannelEvent::Defined {
        name: name.clone(),
        title,
    };
    hub.record(&by, vec![Event::Channel(defined)], Vec::new(), NOON)
        .unwrap();
    name
}

fn topics(said: &[Said]) -> Vec<&Topic> {
    said.iter().map(|said| &said.topic).collect()
}

#[test]
fn without_a_broker_nothing_is_said_and_everything_signed_lies_in_the_mailbox() {
    let mut hub = hub();
    let hall = Topic::Head(opens(&mut hub, "hall"));
    assert!(hub.says(NOON).is_empty());
    let early = [Topic::Trust, Topic::Heartbeat, hall.clone()].map(|topic| hub.letter(&topic));
    assert!(early.iter().all(Option::is_some));
    hub.connected();
    let said = hub.says(NOON);
    assert_eq!(topics(&said), [&Topic::Trust, &hall, &Topic::Heartbeat]);
    let last = said.iter().map(|said| Some(said.payload.clone()));
    assert!(last.eq([&Topic::Trust, &hall, &Topic::Heartbeat].map(|topic| hub.letter(topic))));
    // The broker goes again, and a new channel with it; the mailbox has its head all the same.
    hub.disconnected();
    let later = Topic::Head(opens(&mut hub, "window-3"));
    assert!(hub.says(NOON).is_empty() && hub.letter(&later).is_some());
}

#[test]
fn a_heartbeat_every_fifteen_seconds_and_at_once_when_the_clock_is_set() {
    let mut hub = hub();
    hub.connected();
    hub.says(NOON);
    let mut beats = Vec::new();
    for second in 1..=40 {
        let set = if second >= 20 { 3_600_000 } else { 0 };
        let now = NOON.plus_ms(second * 1000 + set);
        hub.tick(now, second * 1000);
        beats.extend(hub.says(now).iter().map(|said| (second, said.topic.clone())));
    }
    let expected = [1, 16, 20, 31].map(|second| (second, Topic::Heartbeat));
    assert_eq!(beats, expected);
}

#[test]
fn a_hub_that_starts_again_says_the_same_bytes() {
    let mut hub = hub();
    opens(&mut hub, "hall");
    hub.connected();
    let before: Vec<_> = hub.says(NOON).into_iter().map(|said| said.payload).collect();
    hub.restart().unwrap();
    hub.connected();
    let after = hub.says(NOON);
    assert!(after.into_iter().map(|said| said.payload).eq(before));
}

/// An external broker outlives the hub, and holds what no hub remembers.
#[test]
fn content_that_the_broker_still_holds_is_cleared_in_its_time() {
    let mut hub = hub();
    let hall = opens(&mut hub, "hall");
    let (old, foreign) = (ContentHash([7; 32]), "nowhere".parse::<ChannelName>().unwrap());
    hub.connected();
    hub.says(NOON);
    hub.found(hall.clone(), old);
    hub.found(foreign.clone(), old);
    let said = hub.says(NOON);
    assert_eq!(
        topics(&said),
        [&Topic::Content(foreign, old)],
        "a channel that there is not"
    );
    let is_cleared = |said: &[Said]| {
        let cleared = Topic::Content(hall.clone(), old);
        said.iter().any(|said| said.topic == cleared && said.payload.is_empty())
    };
    hub.tick(NOON.plus_ms(1000), 1000);
    assert!(
        !is_cleared(&hub.says(NOON.plus_ms(1000))),
        "a display that lags may want it"
    );
    hub.tick(NOON.plus_ms(DAY_MS + 1000), DAY_MS + 1000);
    assert!(is_cleared(&hub.says(NOON.plus_ms(DAY_MS + 1000))));
}
