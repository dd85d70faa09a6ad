//! A fleet of displays without panels believes, stores and shows as players do.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::PublicationId;
use heliograph_fleet::{Fleet, FleetConfig, Member, Wish, muster};
use heliograph_tests::{TempDir, World, eventually, on_air_rows};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

const DISPLAYS: usize = 50;
const NOWHERE: &str = "127.0.0.1:9";

fn wish(world: &World, channel: &str) -> Wish {
    Wish {
        hub: world.people.admin.base().to_owned(),
        token: world.people.admin.token().unwrap().to_owned(),
        name_prefix: "fleet".to_owned(),
        channels: vec![channel.to_owned()],
    }
}

fn set_sail(members: &[Member], broker: SocketAddr, data: &Path) -> Fleet {
    Fleet::start(FleetConfig {
        members: members.to_vec(),
        broker: format!("mqtt://{broker}").parse().unwrap(),
        data: data.to_owned(),
        spread: Duration::from_millis(100),
        threads: 2,
    })
    .unwrap()
}

fn everywhere(fleet: &Fleet, publication: &str) {
    let id: PublicationId = publication.parse().unwrap();
    eventually("the release on every display", || fleet.sightings(id).len() == DISPLAYS);
}

#[test]
fn a_fleet_agrees_on_a_release_before_and_after_the_hub_was_away() {
    let mut world = World::new();
    let data = TempDir::new();
    let members = muster(data.path(), DISPLAYS, &wish(&world, "hall")).unwrap();
    let ids: BTreeSet<_> = members.iter().map(|member| member.display).collect();
    assert_eq!(ids.len(), DISPLAYS);
    let fleet = set_sail(&members, world.mqtt(), data.path());
    eventually("all are there", || fleet.tally().connected == DISPLAYS);
    let first = world.people.publish_notice("全体显示", &["hall"]);
    let _elsewhere = world.people.publish_notice("别处的通知", &["strips"]);
    everywhere(&fleet, &first);
    let reach = format!("/api/v1/publications/{first}/reach");
    eventually("the hub knows it", || {
        on_air_rows(&world.people.admin.get(&reach).json) == DISPLAYS
    });

    world.hub_goes_away();
    eventually("nobody is connected", || fleet.tally().connected == 0);
    assert_eq!(fleet.tally().on_air, DISPLAYS, "and nobody goes dark");
    world.hub_comes_back();
    let second = world.people.publish_notice("恢复之后", &["hall"]);
    everywhere(&fleet, &second);
    let tally = fleet.tally();
    assert_eq!((tally.refusals, tally.last_refusal), (0, None));
    fleet.stop().unwrap();

    // What was shown was stored before: without any network it is there again.
    let again = muster(data.path(), DISPLAYS, &wish(&world, "hall")).unwrap();
    assert_eq!(again.iter().map(|member| member.display).collect::<BTreeSet<_>>(), ids);
    let fleet = set_sail(&again, NOWHERE.parse().unwrap(), data.path());
    eventually("all show what they kept", || fleet.tally().on_air == DISPLAYS);
    assert_eq!(fleet.tally().connected, 0);
    fleet.stop().unwrap();
}

#[test]
fn a_display_that_is_unplugged_catches_up() {
    let world = World::new();
    let data = TempDir::new();
    let members = muster(data.path(), 3, &wish(&world, "hall")).unwrap();
    let fleet = set_sail(&members, world.mqtt(), data.path());
    eventually("all are there", || fleet.tally().connected == 3);
    fleet.unplug(1);
    eventually("one is not", || fleet.tally().connected == 2);
    let missed: PublicationId = world.people.publish_notice("错过的通知", &["hall"]).parse().unwrap();
    eventually("the two have it", || fleet.sightings(missed).len() == 2);
    fleet.plug(1);
    eventually("the third has it too", || fleet.sightings(missed).len() == 3);
    assert_eq!(fleet.tally().refusals, 0);
}

/// The control: displays that trust another root believe nothing of this hub, and say so.
#[test]
fn a_fleet_of_another_root_shows_nothing_and_counts_what_it_refuses() {
    let world = World::new();
    let data = TempDir::new();
    let mut members = muster(data.path(), 5, &wish(&world, "hall")).unwrap();
    for member in &mut members {
        member.root = heliograph_wire::KeyPair::generate().unwrap().public();
    }
    let fleet = set_sail(&members, world.mqtt(), data.path());
    let id: PublicationId = world.people.publish_notice("不可信", &["hall"]).parse().unwrap();
    eventually("each refuses the trust document", || fleet.tally().refusals >= 5);
    assert!(fleet.sightings(id).is_empty());
    assert_eq!(fleet.tally().on_air, 0);
}
