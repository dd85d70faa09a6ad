//! What a display takes for the time, whatever its clock on the wall does and whoever repeats what was said before.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test's helpers fail like the test"
)]

mod support;

use heliograph_domain::Instant;
use heliograph_player::agent::Input;
use support::*;

const YEAR: u64 = 365 * DAY;
const LONG: u64 = 200 * DAY;

/// A lobby with a standing notice, one that ends in a month, and one that is leased for a week.
fn lobby() -> Lobby {
    let (mut standing, mut month, mut leased) = (notice("standing"), notice("month"), notice("leased"));
    standing.item.standing = true;
    month.item.window.until = Some(TEN.plus_ms(30 * DAY));
    leased.item.lease_ms = Some(7 * DAY);
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&standing, &month, &leased]);
    lobby
}

const ALL: [&str; 3] = ["standing", "month", "leased"];

#[test]
fn once_the_hub_has_told_the_time_a_clock_that_is_set_changes_nothing_and_is_asked_about() {
    let mut lobby = lobby();
    lobby.shows(&ALL);
    let before = lobby.asked.len();
    for clock in [TEN.plus_ms(YEAR), Instant(0), TEN.plus_ms(3 * HOUR), Instant(u64::MAX)] {
        lobby.clock_says(clock).shows(&ALL).stale(false);
        assert_eq!(lobby.site_time(), lobby.now, "{clock:?}");
        lobby.after(5000);
    }
    assert_eq!(lobby.asked.len(), before + 4, "once for each time that it was set");
    // The control: a clock that is trimmed by less than half a minute is nobody's business.
    let little = lobby.now.plus_ms(20_000);
    lobby.clock_says(lobby.now);
    let before = lobby.asked.len();
    lobby.clock_says(little).after(1000);
    assert_eq!(lobby.asked.len(), before);
}

#[test]
fn before_the_hub_has_told_the_time_the_clock_on_the_wall_is_followed_within_the_bound() {
    let mut lobby = lobby().disconnect().reboot();
    lobby.shows(&ALL);
    // Half a year ahead: what would have expired is gone, and comes back with the right time.
    lobby.clock_says(TEN.plus_ms(LONG)).shows(&["standing"]).stale(true);
    let now = lobby.now;
    lobby.clock_says(now).shows(&ALL);
    // Never set: the time is not known.
    lobby.clock_says(Instant(0)).shows(&["standing"]);
    lobby.after(HOUR).shows(&["standing"]);
    assert_eq!(lobby.site_time(), lobby.now, "the bound moves on");
    // The hub puts it right.
    let mut lobby = lobby.connect();
    lobby.shows(&ALL);
    assert_eq!(lobby.site_time(), lobby.now);
}

#[test]
fn without_a_battery_a_display_that_finds_no_hub_shows_what_stands_and_the_slate() {
    let mut lobby = lobby().disconnect().reboot_at(Instant(0));
    lobby.shows(&["standing"]).after(DAY).shows(&["standing"]);
    let mut dated = notice("dated");
    dated.item.lease_ms = None;
    let mut other = Lobby::open();
    other.releases(10, &[&dated]).shows(&["dated"]);
    other.disconnect().reboot_at(Instant(0)).shows(&[]);
}

#[test]
fn a_clock_that_a_long_outage_left_behind_brings_back_nothing_that_has_expired() {
    let expired = || {
        let mut lobby = lobby().disconnect();
        lobby.after(40 * DAY).shows(&["standing"]);
        lobby
    };
    // Someone sets the clock of the machine to a day on which the notice was valid, and turns it off and on.
    let mut lobby = expired().reboot_at(TEN.plus_ms(20 * DAY));
    lobby.shows(&["standing"]);
    assert!(!lobby.showing().time_known);
    // The control: a clock that is right is believed.
    let lobby = expired().reboot();
    assert!(lobby.showing().time_known);
}

#[test]
fn a_broker_that_repeats_old_heartbeats_cannot_hold_the_time_still() {
    let mut lobby = lobby();
    lobby.answers = false;
    let old = heartbeat(TEN, &[]);
    for _ in 0..100 {
        lobby.after(15_000).hears(old.clone());
    }
    assert_eq!(lobby.site_time(), lobby.now);
    let beats = |lobby: &mut Lobby| {
        let beat = heartbeat(lobby.now, &[]);
        lobby.hears(beat);
    };
    lobby.stale(true);
    beats(&mut lobby);
    lobby.stale(false);
    // Without a battery, old heartbeats move the bound and nothing else.
    let mut lobby = lobby.reboot_at(Instant(0));
    lobby.answers = false;
    lobby = lobby.connect();
    lobby.hears(old).shows(&["standing"]);
    beats(&mut lobby);
    lobby.shows(&["standing"]);
}

#[test]
fn an_answer_that_was_recorded_is_worth_nothing_to_the_next_question() {
    let lobby = lobby();
    let recorded = answer(*lobby.asked.last().unwrap(), TEN);
    let mut lobby = lobby.disconnect();
    lobby.after(HOUR);
    lobby.answers = false;
    let mut lobby = lobby.connect();
    lobby.hears(recorded);
    assert_eq!(lobby.site_time(), lobby.now);
    let (refusals, why) = lobby.refusals();
    assert!(refusals > 0 && why.contains("no question"), "{why}");
}

#[test]
fn the_time_is_asked_for_after_each_connection_every_hour_and_ever_more_seldom() {
    let lobby = lobby();
    assert_eq!(lobby.asked.len(), 1);
    let mut lobby = lobby.disconnect().connect();
    assert_eq!(lobby.asked.len(), 2);
    for n in 3..9 {
        // Between three quarters of an hour and the whole.
        lobby.after(44 * MINUTE);
        assert_eq!(lobby.asked.len(), n - 1);
        lobby.after(17 * MINUTE);
        assert!(lobby.asked.len() >= n, "{n}");
        lobby = lobby.disconnect().connect();
        lobby.asked.truncate(n);
    }
    lobby.answers = false;
    lobby = lobby.disconnect().connect();
    lobby.asked.clear();
    lobby.after(10 * MINUTE);
    assert!((7..=11).contains(&lobby.asked.len()), "{}", lobby.asked.len());
    let mut numbers = lobby.asked.clone();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), lobby.asked.len(), "each with a number of its own");
}

#[test]
fn while_it_has_no_connection_nothing_is_asked_over_the_broker() {
    let mut lobby = lobby().disconnect();
    let before = lobby.asked.len();
    lobby.after(5 * HOUR);
    lobby.feels(Input::Tick);
    assert_eq!(lobby.asked.len(), before);
}
