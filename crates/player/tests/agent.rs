//! What a display believes and shows, told as stories in virtual time. In every one of them the support checks that
//! whatever is shown would also be shown after a power cut at that very moment.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test's helpers fail like the test"
)]

mod support;

use heliograph_domain::{Instant, Panel};
use heliograph_player::agent::{Input, STALE_AFTER_MS};
use heliograph_player::replica::Replica;
use heliograph_wire::{Command, CommandVerb, ContentPayload, Erased, Reply, ShownState, Topic, pack_head};
use support::*;

#[test]
fn a_release_travels() {
    let (first, second) = (notice("停电通知"), notice("暴雨红色预警"));
    let mut lobby = Lobby::open();
    lobby.shows(&[]).releases(10, &[&first]).shows(&["停电通知"]);
    lobby
        .releases(11, &[&first, &second])
        .shows(&["停电通知", "暴雨红色预警"]);
    assert_eq!(lobby.status().heads, [(hall(), 11)]);
    assert_eq!(lobby.status().refusals, 0, "{:?}", lobby.status().last_refusal);
}

#[test]
fn the_hub_hears_at_once_when_a_release_is_first_seen() {
    let notice = notice("停电通知");
    let mut lobby = Lobby::open();
    lobby.done.clear();
    lobby.releases(10, &[&notice]);
    let status = lobby.status();
    assert_eq!(
        status.shown.iter().map(|first| first.content).collect::<Vec<_>>(),
        [notice.item.content]
    );
    assert_eq!(status.shown[0].at, TEN);
    assert_eq!(
        (status.state, status.on_air.unwrap().content),
        (ShownState::Shown, notice.item.content)
    );
    // Stored before it was shown, shown before it was reported, once; that it was shown is kept after all that.
    assert_eq!(lobby.done, ["store", "show", "publish", "store"]);
    lobby.after(1000);
    assert_eq!(
        lobby.done.iter().filter(|what| **what == "publish").count(),
        1,
        "that was told"
    );
    // It is not first seen again when it comes round again, nor after a restart.
    let mut lobby = lobby.reboot().connect();
    lobby.after(MINUTE);
    assert_eq!(lobby.status().shown[0].at, TEN);
}

#[test]
fn who_hears_of_a_release_late_is_one_of_many_and_tells_later_and_once() {
    let notice = notice("停电通知");
    let mut lobby = Lobby::open();
    // 40 ms after the release: twenty times that is 800.
    lobby.after(40);
    let before = lobby.statuses.len();
    lobby.releases(10, &[&notice]).shows(&["停电通知"]).after(750);
    assert_eq!(
        lobby.statuses.len(),
        before,
        "those who wait for the release come first"
    );
    lobby.after(250);
    assert_eq!(lobby.status().on_air.unwrap().content, notice.item.content);
    assert_eq!(
        lobby.status().shown[0].at,
        TEN.plus_ms(40),
        "when it was seen, not when it was told"
    );
    lobby.after(5_000);
    assert_eq!(lobby.statuses.len(), before + 1);
    // Who comes late for another reason waits no longer than a second.
    let other = notice_with("暴雨红色预警", "请勿外出。");
    lobby.after(MINUTE);
    let before = lobby.statuses.len();
    lobby.releases(11, &[&notice, &other]).after(1000);
    assert_eq!(lobby.statuses.len(), before + 1);
}

#[test]
fn a_status_comes_every_half_minute_and_counts_up() {
    let mut lobby = Lobby::open();
    let before = lobby.statuses.len();
    lobby.after(5 * MINUTE);
    assert_eq!(lobby.statuses.len() - before, 10);
    assert!(lobby.statuses.windows(2).all(|pair| pair[0].counter < pair[1].counter));
}

#[test]
fn content_may_come_after_the_head_or_before_it() {
    let (early, late) = (notice("early"), notice("late"));
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&early]);
    // The new head is in force at once; what is not here yet is passed over, and the rest goes on.
    lobby.sends(head(11, &[&early, &late])).shows(&["early"]);
    // Nothing new is on the panel, so the hub hears of it a moment later.
    lobby.after(1000);
    assert_eq!(lobby.status().heads, [(hall(), 11)]);
    lobby.sends(content(&late.payload)).shows(&["early", "late"]);
}

#[test]
fn content_that_no_head_names_is_neither_stored_nor_shown() {
    let stray = notice("stray");
    let mut lobby = Lobby::open();
    let stores = lobby.stores;
    lobby.sends(content(&stray.payload)).shows(&[]);
    assert_eq!(lobby.stores, stores);
    // The control: named, it is both.
    lobby.sends(head(10, &[&stray])).shows(&["stray"]);
    assert!(lobby.stores > stores);
}

#[test]
fn content_that_no_head_names_any_more_leaves_the_disk() {
    let (old, new) = (notice("old"), notice("new"));
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&old]);
    assert!(lobby.replica.load().unwrap().content.contains_key(&old.item.content));
    lobby.releases(11, &[&new]).shows(&["new"]);
    let kept = lobby.replica.load().unwrap();
    assert!(!kept.content.contains_key(&old.item.content) && kept.content.contains_key(&new.item.content));
    assert_eq!(
        kept.shown.len(),
        1,
        "nor does it remember when the old one was first seen"
    );
}

#[test]
fn an_old_head_is_refused_after_a_restart_too() {
    let (old, new) = (notice("old"), notice("new"));
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&old]).releases(11, &[&new]);
    let mut lobby = lobby.reboot().connect();
    lobby.gets(head(10, &[&old])).shows(&["new"]);
    assert_eq!(lobby.refusals().0, 1);
}

#[test]
fn a_channel_that_the_display_is_not_tuned_to_is_not_heard() {
    let (mine, other) = (notice("mine"), notice("other"));
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&mine]);
    lobby.feels(Input::Message {
        topic: Topic::Content("other".parse().unwrap(), other.item.content).path(&site()),
        payload: other.payload.to_bytes(),
    });
    assert_eq!(lobby.refusals().0, 1);
}

#[test]
fn a_broker_that_clears_what_it_retained_changes_nothing() {
    let notice = notice("notice");
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&notice]);
    for topic in [
        Topic::Head(hall()),
        Topic::Config(display()),
        Topic::Content(hall(), notice.item.content),
    ] {
        lobby.gets((topic, Vec::new()));
    }
    lobby.shows(&["notice"]);
    assert_eq!(lobby.refusals().0, 0);
}

#[test]
fn after_lost_messages_one_head_puts_it_right() {
    let all: Vec<_> = ["a", "b", "c", "d"].into_iter().map(notice).collect();
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&all[0]]);
    lobby
        .broker_keeps(head(11, &[&all[1]]))
        .broker_keeps(head(12, &[&all[2]]));
    lobby.broker_keeps(content(&all[3].payload));
    // The content was lost, so it is asked for again, and the broker has it.
    lobby.sends(head(13, &[&all[3]])).shows(&[]).after(2000).shows(&["d"]);
}

#[test]
fn a_heartbeat_tells_that_a_head_was_lost() {
    let (old, new) = (notice("old"), notice("new"));
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&old]);
    let lost = head(11, &[&new]);
    lobby.broker_keeps(content(&new.payload)).broker_keeps(lost.clone());
    lobby.after(5000).shows(&["old"]);
    let beat = heartbeat(lobby.now, &[(11, &lost)]);
    lobby.sends(beat).after(2000).shows(&["new"]);
}

#[test]
fn a_head_in_pages_waits_for_them_while_the_former_one_goes_on() {
    let (old, new) = (notice("old"), notice("new"));
    let mut many: Vec<Notice> = (0..900).map(|n| notice(&format!("notice {n}"))).collect();
    many.push(new);
    let (message, pages) = pack_head(&channel_head(11, &many.iter().collect::<Vec<_>>()));
    assert!(!pages.is_empty(), "a long head travels in pages");
    let long = signed(RELEASE, Topic::Head(hall()), 11, TEN, &message.to_bytes());
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&old]).sends(content(&many[900].payload));
    lobby.sends(long).shows(&["old"]);
    assert_eq!(lobby.status().heads, [(hall(), 10)]);
    // A power cut meanwhile loses nothing.
    let mut lobby = lobby.reboot().connect();
    lobby.shows(&["old"]);
    lobby.sends(content(&many[900].payload));
    for (_, page) in &pages {
        lobby.sends(content(page));
    }
    lobby.shows(&["new"]);
    lobby.reboot().shows(&["new"]);
}

/// More retained content than the buffer for nameless content holds, all of it before the head.
#[test]
fn a_display_that_comes_late_gets_everything_however_the_broker_orders_it() {
    let many: Vec<Notice> = (0..90).map(|n| notice(&format!("notice {n:02}"))).collect();
    let mut lobby = Lobby::bare();
    for message in [
        configured(1, &config()),
        content(&profile()),
        heartbeat(TEN, &[]),
        trust(),
    ] {
        lobby.broker_keeps(message);
    }
    for notice in &many {
        lobby.broker_keeps(content(&notice.payload));
    }
    lobby.broker_keeps(head(10, &many.iter().collect::<Vec<_>>()));
    let mut lobby = lobby.connect();
    lobby.after(3000);
    let titles: Vec<String> = (0..90).map(|n| format!("notice {n:02}")).collect();
    lobby.shows(&titles.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(lobby.refusals().0, 0);
}

#[test]
fn a_week_without_the_hub() {
    let (mut standing, mut leased) = (notice("standing"), notice("leased"));
    standing.item.standing = true;
    leased.item.lease_ms = Some(DAY);
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&standing, &leased]);
    lobby = lobby.disconnect();
    lobby.after(STALE_AFTER_MS - 1000).stale(false).after(2000).stale(true);
    lobby.shows(&["standing", "leased"]);
    lobby
        .after(DAY - STALE_AFTER_MS - 2000)
        .shows(&["standing", "leased"])
        .after(2000)
        .shows(&["standing"]);
    lobby.after(6 * DAY).shows(&["standing"]).stale(true);
    // Off and on again changes nothing.
    let mut lobby = lobby.reboot();
    lobby.shows(&["standing"]).stale(true);
    // The hub comes back, and so does what was leased.
    let beat = heartbeat(lobby.now, &[]);
    lobby.broker_keeps(beat);
    lobby.connect().shows(&["standing", "leased"]).stale(false);
}

#[test]
fn heartbeats_renew_a_lease() {
    let mut leased = notice("leased");
    leased.item.lease_ms = Some(HOUR);
    let mut lobby = Lobby::open();
    // An answer would be one more sign of life.
    lobby.answers = false;
    lobby.releases(10, &[&leased]);
    for _ in 0..12 {
        lobby.after(30 * MINUTE).shows(&["leased"]);
        let beat = heartbeat(lobby.now, &[]);
        lobby.sends(beat);
    }
    // A heartbeat from before is no sign of life.
    let old = heartbeat(TEN, &[]);
    lobby.after(30 * MINUTE).gets(old).after(30 * MINUTE).shows(&[]);
}

#[test]
fn a_restart_shows_the_same_programme_before_any_connection() {
    let (a, b) = (notice("a"), notice("b"));
    let mut lobby = Lobby::open();
    let mut setting = config();
    (setting.brightness_percent, setting.drill) = (40, true);
    lobby.sends(configured(2, &setting)).releases(10, &[&a, &b]);
    let mut lobby = lobby.reboot();
    lobby.shows(&["a", "b"]);
    assert_eq!((lobby.showing().brightness_percent, lobby.showing().drill), (40, true));
    assert_eq!(lobby.done, ["show"], "nothing else was needed");
}

#[test]
fn without_a_battery_clock_only_standing_items_until_the_time_is_known() {
    let (mut standing, dated) = (notice("standing"), notice("dated"));
    standing.item.standing = true;
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&standing, &dated]).shows(&["standing", "dated"]);
    let mut lobby = lobby.reboot_at(Instant(0));
    lobby.shows(&["standing"]);
    // A heartbeat is no answer: the broker may have kept it.
    lobby.answers = false;
    lobby.broker_keeps(heartbeat(TEN.plus_ms(HOUR), &[]));
    let mut lobby = lobby.connect();
    lobby.shows(&["standing"]);
    assert_eq!(lobby.site_time(), TEN.plus_ms(HOUR), "though it moves the bound");
    lobby.answers = true;
    lobby.after(3 * MINUTE).shows(&["standing", "dated"]);
    assert_eq!(lobby.site_time(), lobby.now);
}

#[test]
fn erased_content_disappears_and_does_not_come_back() {
    let (kept, gone) = (notice("kept"), notice("gone"));
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&kept, &gone]).shows(&["kept", "gone"]);
    let erased = Erased {
        hashes: vec![gone.item.content],
    };
    lobby
        .sends(signed(RELEASE, Topic::Erased, 1, TEN, &erased.to_bytes()))
        .shows(&["kept"]);
    assert!(!lobby.replica.load().unwrap().content.contains_key(&gone.item.content));
    lobby.gets(content(&gone.payload)).shows(&["kept"]);
    let mut lobby = lobby.reboot().connect();
    lobby.gets(content(&gone.payload)).shows(&["kept"]);
}

#[test]
fn a_new_config_changes_panel_channels_and_brightness_and_a_bad_one_nothing() {
    let notice = notice("notice");
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&notice]);
    let mut impossible = config();
    impossible.panel.width_px = 0;
    lobby.sends(configured(2, &impossible)).shows(&["notice"]);
    assert_eq!((lobby.showing().panel, lobby.refusals().0), (PANEL, 1));
    let mut small = config();
    small.panel = Panel {
        width_px: 256,
        height_px: 64,
        ..PANEL
    };
    lobby.sends(configured(3, &small)).shows(&["notice"]);
    assert_eq!(lobby.showing().panel, small.panel);
    small.channels = vec!["elsewhere".parse().unwrap()];
    lobby.sends(configured(4, &small)).shows(&[]);
    assert!(lobby.replica.load().unwrap().heads.is_empty());
}

#[test]
fn before_there_is_a_trust_document_nothing_is_believed() {
    let notice = notice("notice");
    let mut lobby = Lobby::bare().connect();
    for message in [
        configured(1, &config()),
        content(&profile()),
        content(&notice.payload),
        head(10, &[&notice]),
    ] {
        lobby.sends(message);
    }
    lobby.shows(&[]);
    assert_eq!(lobby.stores, 0);
    lobby.sends(trust()).shows(&["notice"]);
}

#[test]
fn a_failed_disk_keeps_no_release_from_the_panel_and_is_told() {
    let (a, b) = (notice("a"), notice("b"));
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&a]).disk_fails(true);
    lobby.releases(11, &[&a, &b]).shows(&["a", "b"]);
    assert!(lobby.status().last_refusal.as_ref().unwrap().contains("disk is full"));
    // When the disk works again, what it missed is stored without another message.
    lobby.disk_fails(false);
    lobby.after(15_000).shows(&["a", "b"]);
    lobby.reboot().shows(&["a", "b"]);
}

#[test]
fn heartbeats_do_not_wear_out_the_disk() {
    let mut lobby = Lobby::open();
    let before = lobby.stores;
    for _ in 0..240 {
        lobby.after(15_000);
        let beat = heartbeat(lobby.now, &[]);
        lobby.sends(beat);
    }
    assert!(
        (55..=61).contains(&(lobby.stores - before)),
        "{} in an hour",
        lobby.stores - before
    );
}

#[test]
fn what_cannot_be_drawn_is_an_error_until_it_is_gone() {
    let (a, b) = (notice("a"), notice("b"));
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&a, &b]);
    lobby.feels(Input::Undrawable {
        content: Some(a.item.content),
        why: "no glyphs".to_owned(),
    });
    assert_eq!(lobby.status().state, ShownState::Error);
    lobby.releases(11, &[&b]).after(1000);
    assert_eq!(lobby.status().state, ShownState::Shown);
}

#[test]
fn a_command_is_done_once_and_in_time() {
    let command = |version, expires, verb| {
        let body = Command {
            nonce: [version as u8; 16],
            expires,
            verb,
        };
        signed(COMMAND, Topic::Command(display()), version, TEN, &body.to_bytes())
    };
    let mut lobby = Lobby::open();
    let refresh = command(1, TEN.plus_ms(MINUTE), CommandVerb::Refresh);
    lobby.gets(refresh.clone()).gets(refresh);
    lobby.gets(command(2, TEN, CommandVerb::Refresh));
    assert_eq!(lobby.replies, [Reply::Done { nonce: [1; 16] }]);
    lobby.gets(command(3, TEN.plus_ms(MINUTE), CommandVerb::Screenshot));
    assert!(matches!(&lobby.replies[1], Reply::Failed { nonce, .. } if *nonce == [3; 16]));
}

/// A profile that the config names anew takes effect when it is here; until then the office keeps its name.
#[test]
fn a_new_site_profile_takes_over_when_it_is_here() {
    let mut lobby = Lobby::open();
    assert!(lobby.showing().site.public_url.is_empty());
    let mut renamed: serde_json::Value = serde_json::from_slice(&profile().bytes).unwrap();
    renamed["public_url"] = "http://binhe.example".into();
    let renamed = ContentPayload {
        salt: [3; 16],
        bytes: serde_json::to_vec(&renamed).unwrap(),
    };
    let mut setting = config();
    setting.site_profile = renamed.hash();
    lobby.sends(configured(2, &setting));
    assert_eq!(lobby.showing().site.name.get(heliograph_domain::Lang::En), "Binhe");
    lobby.sends(content(&renamed));
    assert_eq!(lobby.showing().site.public_url, "http://binhe.example");
    assert!(!lobby.replica.load().unwrap().content.contains_key(&profile().hash()));
}

#[test]
fn a_version_that_says_the_same_again_is_remembered_over_a_power_cut() {
    let notice = notice("notice");
    let mut elsewhere = config();
    elsewhere.channels = vec!["window-3".parse().unwrap()];
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&notice]);
    // The second configuration was lost on its way; the third says what the first said.
    lobby.sends(configured(3, &config()));
    let mut lobby = lobby.reboot();
    lobby.hears(configured(2, &elsewhere)).shows(&["notice"]);
    // The control: a newer one is believed.
    lobby.hears(configured(4, &elsewhere)).shows(&[]);
}
