//! A release on 1, 1,000 and 10,000 displays: from the HTTP request to the moment the last display's agent shows it.
//! The hub is a process of its own; the displays verify, store and report as players do, and share this process. Beside
//! it the broker's part alone, the embedded one and Mosquitto.
//!
//! `fleet quick` does a little of it: 1, 100 and 1,000 displays. `fleet most` does the ten thousand alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a benchmark that cannot go on has nothing better to do than to stop"
)]

mod brokers;
mod hub;

use brokers::{Carrier, Crowd};
use heliograph_bench::{figure, median, ms, quantile, raw_append_ms};
use heliograph_domain::PublicationId;
use heliograph_fleet::{Fleet, FleetConfig, Member, Wish, muster, room_for_files};
use hub::Office;
use std::path::Path;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);
/// A fleet that has said nothing for so long has said all: one of many waits up to a second before it tells what it
/// shows, and is told the time once a second.
const QUIET: Duration = Duration::from_millis(2_500);
/// A display alone tells at once.
const QUIET_ALONE: Duration = Duration::from_millis(400);

fn main() {
    let mode = std::env::args().nth(1).unwrap_or_default();
    if mode == "broker" {
        return brokers::serve();
    }
    let (many, most) = if mode == "quick" { (100, 1000) } else { (1000, 10_000) };
    room_for_files(most as u64 + 500).unwrap();
    let mut office = Office::open();
    let data = office.folder.path().join("fleet");
    let mut raw = raw_append_ms(office.folder.path(), 400).unwrap();
    let raw = (median(&mut raw), quantile(&mut raw, 0.99));
    // An office with one display; the others come afterwards.
    let first = muster(&data, 1, &wish(&office)).unwrap();
    one(&mut office, &first, raw);
    let begun = Instant::now();
    let members = muster(&data, most, &wish(&office)).unwrap();
    figure(
        &format!("enrol_{most}"),
        begun.elapsed().as_secs_f64(),
        "s",
        None,
        false,
        1,
    );
    if mode == "most" {
        all(&mut office, &members);
        return;
    }
    let ours = several(&mut office, &members[..many]);
    let ours_most = all(&mut office, &members);
    drop(office);
    for (size, ours) in [(many, ours), (most, ours_most)] {
        broker_part(size, ours);
    }
}

fn wish(office: &Office) -> Wish {
    Wish {
        hub: office.people.admin.base().to_owned(),
        token: office.people.admin.token().unwrap().to_owned(),
        name_prefix: "fleet".to_owned(),
        channels: vec!["hall".to_owned()],
    }
}

fn set_sail(office: &Office, members: &[Member], data: &Path) -> Fleet {
    let fleet = Fleet::start(FleetConfig {
        members: members.to_vec(),
        broker: format!("mqtt://{}", office.hub().mqtt).parse().unwrap(),
        data: data.to_owned(),
        spread: Duration::from_millis(members.len() as u64 / 2),
        threads: 2,
    });
    let fleet = fleet.unwrap();
    wait("all connect", || fleet.tally().connected == members.len());
    quiet(&fleet, members.len());
    fleet
}

fn wait(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Waits until nothing more is said because of what was done last.
fn quiet(fleet: &Fleet, displays: usize) {
    let enough = if displays == 1 { QUIET_ALONE } else { QUIET };
    let (mut before, mut since) = (fleet.tally(), Instant::now());
    let begun = Instant::now();
    while since.elapsed() < enough {
        assert!(begun.elapsed() < PATIENCE, "never quiet");
        std::thread::sleep(Duration::from_millis(20));
        let now = fleet.tally();
        if now != before {
            (before, since) = (now, Instant::now());
        }
    }
    // Mail brings a heartbeat that was made just now, so the one that the broker retains is older for whoever fetched it.
    // Where ten thousand ask for the time at once, an answer may come too late to be believed; they ask again.
    let late =
        |why: &String| why.contains("/heartbeat: version") || why.contains("/time: it answers a question of more");
    let none = before.refusals == 0 || before.last_refusal.as_ref().is_some_and(late);
    assert!(none, "{:?}", before.last_refusal);
}

fn id_of(text: &str) -> PublicationId {
    text.parse().unwrap()
}

/// Until a publication is on air on the last of so many displays.
fn last_shown(fleet: &Fleet, publication: &str, displays: usize) -> Instant {
    let id = id_of(publication);
    wait("on every display", || fleet.sightings(id).len() == displays);
    fleet.sightings(id)[displays - 1]
}

/// Releases on all displays, one after the other: until it is shown on the last, in milliseconds. Prints how long it
/// takes until the hub knows that, too: what a clerk who looks on waits for.
fn releases(office: &mut Office, fleet: &Fleet, displays: usize, runs: usize, warm_up: usize) -> Vec<f64> {
    let (mut taken, mut known) = (Vec::new(), Vec::new());
    let mut former: Option<String> = None;
    for run in 0..warm_up + runs {
        if let Some(former) = former.take() {
            office.withdraw(&former);
        }
        let id = office.approved();
        quiet(fleet, displays);
        let (hub_before, own_before) = (
            office.hub().cpu_ms(),
            heliograph_bench::process::cpu_ms(&[std::process::id()]),
        );
        let begun = office.release(&id);
        let last = ms(last_shown(fleet, &id, displays) - begun);
        let seen = fleet.sightings(id_of(&id));
        if displays > 1 {
            eprintln!(
                "  {displays} displays: first {:.1}, half {:.1}, last {last:.1} ms; processor: hub {:.0}, fleet {:.0} ms",
                ms(seen[0] - begun),
                ms(seen[displays / 2] - begun),
                office.hub().cpu_ms() - hub_before,
                heliograph_bench::process::cpu_ms(&[std::process::id()]) - own_before,
            );
        }
        wait("the hub knows", || {
            std::thread::sleep(Duration::from_millis(displays as u64 / 50));
            office.known_on(&id) == displays
        });
        if run >= warm_up {
            taken.push(last);
            known.push(ms(begun.elapsed()));
        }
        former = Some(id);
    }
    let n = known.len();
    figure(
        &format!("publish_to_known_{displays}_p50"),
        median(&mut known),
        "ms",
        None,
        false,
        n,
    );
    if let Some(former) = former {
        office.withdraw(&former);
    }
    quiet(fleet, displays);
    taken
}

/// One display: as soon as a player could show it.
fn one(office: &mut Office, members: &[Member], raw: (f64, f64)) {
    let data = office.folder.path().join("one");
    let fleet = set_sail(office, &members[..1], &data);
    let mut taken = releases(office, &fleet, 1, 100, 8);
    let n = taken.len();
    figure(
        "publish_to_agent_p50",
        median(&mut taken),
        "ms",
        Some(("raw_append", raw.0)),
        false,
        n,
    );
    let p99 = quantile(&mut taken, 0.99);
    figure(
        "publish_to_agent_p99",
        p99,
        "ms",
        Some(("raw_append_p99", raw.1)),
        false,
        n,
    );
    fleet.stop().unwrap();
}

/// Prints how long releases took to the last of so many displays; their median.
fn to_last(size: usize, mut taken: Vec<f64>) -> f64 {
    let n = taken.len();
    let p50 = median(&mut taken);
    figure(&format!("publish_to_last_{size}_p50"), p50, "ms", None, false, n);
    figure(
        &format!("publish_to_last_{size}_p99"),
        quantile(&mut taken, 0.99),
        "ms",
        None,
        false,
        n,
    );
    p50
}

/// A thousand displays: releases, one that was away, and all that come back at once. The median of the releases.
fn several(office: &mut Office, members: &[Member]) -> f64 {
    let (size, data) = (members.len(), office.folder.path().join("several"));
    let fleet = set_sail(office, members, &data);
    let p50 = to_last(size, releases(office, &fleet, size, 40, 4));
    let mut back = Vec::new();
    for _ in 0..10 {
        fleet.unplug(0);
        let id = office.approved();
        let _ = office.release(&id);
        let _ = last_shown(&fleet, &id, size - 1);
        quiet(&fleet, size);
        let begun = Instant::now();
        fleet.plug(0);
        back.push(ms(last_shown(&fleet, &id, size) - begun));
        office.withdraw(&id);
    }
    figure(
        "converged_after_reconnect_p50",
        median(&mut back),
        "ms",
        None,
        false,
        back.len(),
    );
    figure(
        "converged_after_reconnect_worst",
        quantile(&mut back, 1.0),
        "ms",
        None,
        false,
        back.len(),
    );
    let mut returned = Vec::new();
    for _ in 0..3 {
        let id = office.approved();
        quiet(&fleet, size);
        let listens = office.power_cut(Duration::from_secs(2));
        let _ = office.release(&id);
        // Connected, subscribed, and in agreement: each shows what was released after the cut.
        returned.push((last_shown(&fleet, &id, size) - listens).as_secs_f64());
        wait("all are there", || fleet.tally().connected == size);
        office.withdraw(&id);
        quiet(&fleet, size);
    }
    figure(
        &format!("reconnect_{size}"),
        quantile(&mut returned, 1.0),
        "s",
        None,
        false,
        returned.len(),
    );
    fleet.stop().unwrap();
    p50
}

/// Ten thousand displays: releases, and the hub's memory. The median of the releases.
fn all(office: &mut Office, members: &[Member]) -> f64 {
    let (size, data) = (members.len(), office.folder.path().join("all"));
    let begun = Instant::now();
    let fleet = set_sail(office, members, &data);
    figure(
        &format!("connect_{size}"),
        begun.elapsed().as_secs_f64(),
        "s",
        None,
        false,
        1,
    );
    let p50 = to_last(size, releases(office, &fleet, size, 12, 1));
    let (rss, pss) = office.hub().memory_mib();
    figure(&format!("hub_memory_{size}_rss"), rss, "MiB", None, false, 1);
    figure(&format!("hub_memory_{size}_pss"), pss, "MiB", None, false, 1);
    fleet.stop().unwrap();
    p50
}

/// The broker's part alone: both brokers by turns, so that what else the machine does meets both.
fn broker_part(size: usize, whole_path_ms: f64) {
    let runs = if size > 2000 { 12 } else { 40 };
    let mut taken = [Vec::new(), Vec::new()];
    for _ in 0..2 {
        for (carrier, taken) in [Carrier::embedded(), Carrier::mosquitto()].into_iter().zip(&mut taken) {
            let mut crowd = Crowd::gather(&carrier, size);
            for run in 0..runs / 2 + 2 {
                std::thread::sleep(Duration::from_millis(100));
                let last = ms(crowd.release(run));
                if run >= 2 {
                    taken.push(last);
                }
            }
        }
    }
    let [ours, theirs] = &mut taken;
    let (ours, theirs) = (median(ours), median(theirs));
    figure(
        &format!("broker_to_last_{size}_p50"),
        ours,
        "ms",
        Some(("mosquitto", theirs)),
        false,
        runs,
    );
    figure(
        &format!("broker_share_of_{size}"),
        100.0 * ours / whole_path_ms,
        "%",
        None,
        false,
        runs,
    );
}
