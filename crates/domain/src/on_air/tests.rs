//! What a display shows, told by the clock on the wall.

use super::*;
use crate::head::Programme;
use crate::ids::{ContentHash, PublicationId};
use crate::time::Window;

const MIN: u64 = 60_000;
const SHANGHAI: i32 = 8 * 3600;

/// 2026-11-24 at a time of the site's day.
fn at(clock: &str) -> Instant {
    let parts: Vec<u64> = clock.split(':').map(|part| part.parse().unwrap()).collect();
    let seconds = parts[0] * 3600 + parts[1] * 60 + parts.get(2).unwrap_or(&0);
    // Midnight of 2026-11-24 in Shanghai.
    Instant(1_795_449_600_000 + seconds * 1000)
}

fn item(n: u8, from: &str, until: &str) -> Item {
    Item {
        publication: PublicationId(uuid::Uuid::from_u128(n.into())),
        content: ContentHash([n; 32]),
        kind: Kind::Notice,
        priority: Priority::Normal,
        window: Window {
            from: at(from),
            until: Some(at(until)),
        },
        released_at: at("0:00"),
        standing: false,
        lease_ms: None,
        assets: Vec::new(),
    }
}

struct Lobby(Vec<Item>);

impl Lobby {
    /// What the main zone shows: the item's number and its page, or the slate. Every item has two pages of 10 s.
    fn shows(&self, clock: &str) -> String {
        let programme = Programme { items: self.0.clone() };
        let airing = on_air(
            &programme,
            &|_| {
                Some(Turn {
                    pages: 2,
                    dwell_ms: 10_000,
                })
            },
            &SiteClock::fixed(SHANGHAI),
            at(clock),
        );
        assert!(airing.until > at(clock));
        airing.main.map_or("slate".to_owned(), |on| {
            format!("{}/{}", on.item.content.0[0], on.page + 1)
        })
    }
}

#[test]
fn an_empty_programme_is_the_slate() {
    assert_eq!(Lobby(vec![]).shows("10:00"), "slate");
}

#[test]
fn items_take_turns_counted_from_the_sites_midnight() {
    let lobby = Lobby(vec![item(1, "0:00", "23:00"), item(2, "0:00", "23:00")]);
    // 40 s a cycle; 10:00 is 900 whole cycles after midnight.
    let seen = ["10:00:00", "10:00:09", "10:00:10", "10:00:20", "10:00:30", "10:00:40"].map(|t| lobby.shows(t));
    assert_eq!(seen, ["1/1", "1/1", "1/2", "2/1", "2/2", "1/1"]);
}

#[test]
fn windows_open_and_close_by_themselves() {
    let lobby = Lobby(vec![item(1, "9:00", "10:00")]);
    let seen = ["8:59:59", "9:00:00", "9:59:59", "10:00:00"].map(|t| lobby.shows(t));
    assert_eq!(seen.map(|s| s != "slate"), [false, true, true, false]);
}

#[test]
fn the_highest_priority_takes_over_and_gives_back() {
    let mut alert = item(9, "10:00", "10:30");
    alert.priority = Priority::Emergency;
    let lobby = Lobby(vec![item(1, "0:00", "23:00"), alert]);
    let who = ["9:59:59", "10:00:00", "10:29:59", "10:30:00"].map(|t| lobby.shows(t)[..1].to_owned());
    assert_eq!(who, ["1", "9", "9", "1"]);
}

#[test]
fn a_release_premieres_at_once_and_then_takes_its_turn() {
    let mut fresh = item(3, "0:00", "23:00");
    fresh.released_at = at("10:00:25");
    let lobby = Lobby(vec![item(1, "0:00", "23:00"), item(2, "0:00", "23:00"), fresh]);
    // Three items, 60 s a cycle. The premiere runs 20 s from 10:00:25 and on to the next page boundary, 10:00:50.
    let seen = [
        "10:00:24", "10:00:25", "10:00:34", "10:00:35", "10:00:49", "10:00:50", "10:01:00",
    ]
    .map(|t| lobby.shows(t));
    assert_eq!(seen, ["2/1", "3/1", "3/1", "3/2", "3/2", "3/2", "1/1"]);
}

#[test]
fn of_two_premieres_the_latest_wins() {
    let (mut a, mut b) = (item(3, "0:00", "23:00"), item(4, "0:00", "23:00"));
    a.released_at = at("10:00:00");
    b.released_at = at("10:00:05");
    let lobby = Lobby(vec![item(1, "0:00", "23:00"), a, b]);
    assert_eq!(["10:00:04", "10:00:05"].map(|t| lobby.shows(t)), ["3/1", "4/1"]);
}

#[test]
fn an_item_whose_content_is_missing_is_passed_over() {
    let programme = Programme {
        items: vec![item(1, "0:00", "23:00"), item(2, "0:00", "23:00")],
    };
    let turn = |item: &Item| {
        (item.content.0[0] == 2).then_some(Turn {
            pages: 1,
            dwell_ms: 5000,
        })
    };
    let airing = on_air(&programme, &turn, &SiteClock::fixed(SHANGHAI), at("10:00"));
    assert_eq!(airing.main.unwrap().item.content.0[0], 2);
}

#[test]
fn commitments_run_in_the_footer_whatever_has_the_main_zone() {
    let mut promise = item(5, "0:00", "23:00");
    promise.kind = Kind::ServiceCommitment;
    promise.priority = Priority::Filler;
    let programme = Programme {
        items: vec![item(1, "0:00", "23:00"), promise],
    };
    let airing = on_air(
        &programme,
        &|_| {
            Some(Turn {
                pages: 1,
                dwell_ms: 5000,
            })
        },
        &SiteClock::fixed(SHANGHAI),
        at("10:00"),
    );
    assert_eq!(airing.footer.len(), 1);
    assert_eq!(airing.main.unwrap().item.content.0[0], 1);
}

/// The answer holds until `until`: asking at every second in between gives the same page.
#[test]
fn until_is_never_too_late() {
    let mut fresh = item(3, "0:00", "23:00");
    fresh.released_at = at("10:00:25");
    let programme = Programme {
        items: vec![item(1, "0:00", "10:02"), item(2, "10:01", "23:00"), fresh],
    };
    let turn = |item: &Item| {
        Some(Turn {
            pages: 1 + u32::from(item.content.0[0] % 2),
            dwell_ms: 7000,
        })
    };
    let clock = SiteClock::fixed(SHANGHAI);
    let look = |now: Instant| {
        let airing = on_air(&programme, &turn, &clock, now);
        (
            airing.main.map(|on| (on.item.content, on.page, on.page_since)),
            airing.until,
        )
    };
    let mut now = at("10:00");
    while now < Instant(at("10:00").0 + 5 * MIN) {
        let (shown, until) = look(now);
        let mut between = now;
        while between < until.min(Instant(now.0 + 20_000)) {
            assert_eq!(
                look(between).0,
                shown,
                "{} s after ten",
                between.since(at("10:00")) / 1000
            );
            between = between.plus_ms(500);
        }
        now = until;
    }
}

#[test]
fn a_publication_on_two_channels_plays_once_as_the_newer_head_tells_it() {
    use crate::head::ChannelHead;
    let head = |name: &str, position, items| ChannelHead {
        channel: name.parse().unwrap(),
        position,
        as_of: at("9:00"),
        items,
    };
    let mut amended = item(1, "0:00", "23:00");
    amended.content = ContentHash([7; 32]);
    let merged = Programme::merge([
        &head("hall", 5, vec![item(1, "0:00", "23:00"), item(2, "0:00", "23:00")]),
        &head("all", 9, vec![amended]),
    ]);
    assert_eq!(merged.items.iter().map(|i| i.content.0[0]).collect::<Vec<_>>(), [7, 2]);
}
