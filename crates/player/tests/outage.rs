//! A month without any hub: what is valid is shown, what is not is not, through power cuts, and at the end the slate.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test's helpers fail like the test"
)]

mod support;

use heliograph_domain::{Instant, Window};
use heliograph_player::agent::STALE_AFTER_MS;
use heliograph_wire::ShownState;
use support::*;

/// A notice with this window, in days after ten, this lease and whether it stands.
fn dated(title: &str, from: u64, until: u64, lease_days: Option<u64>, standing: bool) -> Notice {
    let mut notice = notice(title);
    notice.item.window = Window {
        from: TEN.plus_ms(from * DAY),
        until: Some(TEN.plus_ms(until * DAY)),
    };
    notice.item.lease_ms = lease_days.map(|days| days * DAY);
    notice.item.standing = standing;
    notice
}

fn programme() -> Vec<Notice> {
    vec![
        dated("all year", 0, 365, None, false),
        dated("until the twelfth day", 0, 12, None, false),
        dated("from the twentieth day", 20, 365, None, false),
        dated("the twentieth day alone", 20, 21, None, false),
        dated("leased for a week", 0, 365, Some(7), false),
        dated("leased for a week, and gone before", 0, 3, Some(7), false),
        dated("standing", 0, 365, None, true),
        dated("standing, leased for two weeks", 0, 365, Some(14), true),
    ]
}

/// What may be seen at `now` when the hub's last sign of life was at ten: written anew, from the rules alone.
fn expected(notices: &[Notice], now: Instant) -> Vec<String> {
    let valid = notices.iter().filter(|notice| {
        let window = notice.item.window;
        let leased = notice.item.lease_ms.is_none_or(|lease| now.0 < TEN.0 + lease);
        window.from <= now && window.until.is_none_or(|until| now < until) && leased
    });
    valid.map(title).collect()
}

fn title(notice: &Notice) -> String {
    let document = heliograph_domain::Document::from_bytes(&notice.payload.bytes).unwrap();
    document.title(heliograph_domain::Lang::ZhHans)
}

#[test]
fn thirty_days_without_a_hub_play_what_is_valid_and_nothing_else() {
    let notices = programme();
    let mut lobby = Lobby::open();
    lobby.releases(10, &notices.iter().collect::<Vec<_>>());
    let mut lobby = lobby.disconnect();
    let mut seen = std::collections::BTreeSet::new();
    for check in 1..=30 * 12 {
        lobby.after(2 * HOUR);
        let titles = expected(&notices, lobby.now);
        lobby
            .shows(&titles.iter().map(String::as_str).collect::<Vec<_>>())
            .stale(true);
        seen.extend(titles);
        // The power goes now and then; the machine has a battery clock.
        if check % 31 == 0 {
            lobby = lobby.reboot();
            lobby.shows(
                &expected(&notices, lobby.now)
                    .iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>(),
            );
        }
    }
    assert_eq!(seen.len(), notices.len(), "each had its time");
    assert!(
        expected(&notices, lobby.now).len() < notices.len(),
        "and some have gone"
    );
    // A heartbeat, and all that is leased is back at once.
    let mut lobby = lobby.connect();
    lobby.shows(&[
        "all year",
        "from the twentieth day",
        "leased for a week",
        "standing",
        "standing, leased for two weeks",
    ]);
    lobby.stale(false);
}

#[test]
fn at_the_end_of_its_leases_a_display_shows_the_slate_and_stays_there() {
    let leased: Vec<Notice> = (0..3)
        .map(|n| dated(&format!("notice {n}"), 0, 365, Some(7), false))
        .collect();
    let mut lobby = Lobby::open();
    lobby.releases(10, &leased.iter().collect::<Vec<_>>());
    let mut lobby = lobby.disconnect();
    lobby
        .after(7 * DAY - MINUTE)
        .shows(&["notice 0", "notice 1", "notice 2"]);
    lobby.after(2 * MINUTE).shows(&[]);
    for _ in 0..23 {
        lobby.after(DAY).shows(&[]);
        lobby = lobby.reboot();
        lobby.shows(&[]);
    }
    // The hub is there again, with a heartbeat.
    let beat = heartbeat(lobby.now, &[]);
    lobby.broker_keeps(beat);
    let mut lobby = lobby.connect();
    lobby.shows(&["notice 0", "notice 1", "notice 2"]);
    assert_eq!(lobby.status().state, ShownState::Shown);
}

#[test]
fn what_changed_during_the_outage_is_whole_with_the_first_messages_after_it() {
    let notices = programme();
    let mut lobby = Lobby::open();
    lobby.releases(10, &notices.iter().collect::<Vec<_>>());
    let mut lobby = lobby.disconnect();
    lobby.after(10 * DAY);
    // The office goes on: the broker keeps the whole state, not the way to it.
    let news = notice("news");
    for position in 11..200 {
        lobby.broker_keeps(head(position, &[&notices[0]]));
    }
    lobby
        .broker_keeps(content(&news.payload))
        .broker_keeps(head(200, &[&notices[0], &news]));
    let beat = heartbeat(lobby.now, &[]);
    lobby.broker_keeps(beat);
    let mut lobby = lobby.connect();
    lobby.shows(&["all year", "news"]).stale(false).after(1000);
    assert_eq!((lobby.status().heads[0].1, lobby.refusals().0), (200, 0));
}

#[test]
fn the_staleness_mark_comes_and_goes() {
    let mut lobby = Lobby::open();
    lobby.after(STALE_AFTER_MS - 1000).stale(false).after(1500).stale(true);
    let beat = heartbeat(lobby.now, &[]);
    lobby.sends(beat).stale(false);
}
