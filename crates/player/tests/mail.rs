//! Mail: what a broker loses, delays or holds back is had from the hub itself.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test's helpers fail like the test"
)]

mod support;

use heliograph_domain::Instant;
use heliograph_player::agent::Input;
use heliograph_wire::*;
use support::*;

/// A lobby whose config names hubs, with heartbeats from now on.
fn lobby() -> Lobby {
    let mut lobby = Lobby::open();
    let mut config = config();
    config.hubs = vec![
        "https://192.0.2.1:8443/".to_owned(),
        "https://192.0.2.2:8443".to_owned(),
    ];
    lobby.sends(configured(2, &config));
    lobby.mails = true;
    lobby
}

/// The broker passes on heartbeats and nothing else, for so many quarters of a minute.
fn beats(lobby: &mut Lobby, times: u32, marks: &[(u64, &Message)]) {
    for _ in 0..times {
        let beat = heartbeat(lobby.now, marks);
        lobby.hears(beat).after(15_000);
    }
}

#[test]
fn whatever_the_broker_says_mail_is_fetched_every_ten_minutes() {
    let mut lobby = lobby();
    beats(&mut lobby, 4 * 60, &[]);
    let times = lobby.mail_asked.len();
    assert!((6..=8).contains(&times), "{times} in an hour");
    assert!(
        lobby.mail_asked.iter().all(|(_, nonce)| nonce.is_none()),
        "the time is known"
    );
    // A frozen topic of which no heartbeat tells is found out.
    let mut lobby = self::lobby();
    let notice = notice("notice");
    lobby.releases(10, &[&notice]).shows(&["notice"]);
    lobby.broker_holds_back(site_state(20, true));
    beats(&mut lobby, 41, &[]);
    lobby.shows(&[]);
    assert_eq!(lobby.refusals().0, 0);
}

#[test]
fn a_broker_that_freezes_a_channel_is_got_round_within_seconds() {
    let (old, new) = (notice("old"), notice("new"));
    let mut lobby = lobby();
    lobby.releases(10, &[&old]);
    let held = head(11, &[&new]);
    lobby.broker_holds_back(held.clone());
    lobby.hub_holds.insert(new.item.content, new.payload.to_bytes());
    lobby.after(5000);
    let beat = heartbeat(lobby.now, &[(11, &held)]);
    lobby.hears(beat).after(500).shows(&["old"]);
    assert!(lobby.mail_asked.is_empty(), "the broker is asked first");
    lobby.after(9000).shows(&["new"]);
    assert_eq!(lobby.mail_asked.len(), 1);
}

#[test]
fn a_broker_that_holds_back_a_blank_is_got_round_within_seconds() {
    let notice = notice("notice");
    let told = |site| Newest {
        site,
        ..Newest::default()
    };
    // The first heartbeat tells of nothing newer than what is here: the control.
    for (version, mails) in [(20, 0), (21, 1)] {
        let mut lobby = lobby();
        lobby.releases(10, &[&notice]).sends(site_state(20, false));
        lobby.broker_holds_back(site_state(21, true));
        lobby.after(5000);
        let beat = heartbeat_with(lobby.now, &[], told(version));
        lobby.hears(beat).after(500).shows(&["notice"]);
        assert!(lobby.mail_asked.is_empty(), "the broker is asked first");
        lobby.after(9000).shows(if mails == 1 { &[] } else { &["notice"] });
        assert_eq!(lobby.mail_asked.len(), mails);
        // What has come is asked for no more.
        lobby.after(20_000);
        assert_eq!(lobby.mail_asked.len(), mails);
    }
}

#[test]
fn a_broker_that_holds_back_an_erasure_or_a_trust_document_is_got_round() {
    let notice = notice("notice");
    let erased = Newest {
        erased: 30,
        ..Newest::default()
    };
    let mut lobby = self::lobby();
    lobby.releases(10, &[&notice]);
    let gone = Erased {
        hashes: vec![notice.item.content],
    };
    lobby.broker_holds_back(signed(RELEASE, Topic::Erased, 30, TEN, &gone.to_bytes()));
    lobby.after(5000);
    let beat = heartbeat_with(lobby.now, &[], erased);
    lobby.hears(beat).after(9000);
    lobby.shows(&[]);
    let mut lobby = self::lobby();
    let (_, step) = new_root(2, ROOT, NEXT_ROOT);
    lobby.broker_holds_back(step);
    lobby.after(5000);
    let trust = Newest {
        trust: 2,
        ..Newest::default()
    };
    let beat = heartbeat_with(lobby.now, &[], trust);
    lobby.hears(beat).after(9000);
    let kept = heliograph_player::replica::Replica::load(&mut lobby.replica).unwrap();
    assert_eq!(kept.trust.unwrap().version_of(&Topic::Trust), 2);
}

#[test]
fn a_broker_that_falls_silent_is_got_round_within_a_minute() {
    let (old, new) = (notice("old"), notice("new"));
    let mut lobby = lobby();
    lobby.releases(10, &[&old]);
    lobby.hub_holds.insert(new.item.content, new.payload.to_bytes());
    lobby.broker_holds_back(head(11, &[&new]));
    lobby.after(30_000).shows(&["old"]);
    lobby.after(25_000).shows(&["new"]);
    // As long as it is silent, the mail is the sign of life.
    lobby.after(HOUR).stale(false).shows(&["new"]);
    let times = lobby.mail_asked.len();
    assert!((80..=110).contains(&times), "{times} in an hour");
}

#[test]
fn a_display_without_a_broker_gets_the_time_and_its_programme_from_the_hub() {
    let notice = notice("notice");
    let mut lobby = lobby();
    lobby.releases(10, &[&notice]);
    let mut lobby = lobby.disconnect().reboot_at(Instant(0));
    lobby.mails = true;
    lobby.shows(&[]).after(6000).shows(&["notice"]);
    assert_eq!(lobby.site_time(), lobby.now);
    assert!(lobby.mail_asked[0].1.is_some(), "it asked for the time");
    lobby.after(5 * HOUR).shows(&["notice"]).stale(false);
}

#[test]
fn a_new_root_comes_with_the_mail_in_the_order_of_its_steps() {
    let mut lobby = lobby();
    let (_, first) = new_root(2, ROOT, NEXT_ROOT);
    let (second, step) = new_root(3, NEXT_ROOT, LAST_ROOT);
    lobby
        .broker_holds_back(first)
        .broker_holds_back(step)
        .broker_holds_back(second);
    lobby.after(50_000);
    let kept = heliograph_player::replica::Replica::load(&mut lobby.replica).unwrap();
    assert_eq!(kept.trust.unwrap().version_of(&Topic::Trust), 3);
    // The next mail has the same steps, and nothing in it is refused but what the silent broker kept.
    let before = lobby.refusals().0;
    lobby.after(10 * MINUTE);
    assert!(lobby.mail_asked.len() > 10 && lobby.refusals().0 == before);
}

#[test]
fn letters_are_judged_like_messages() {
    let (good, bad) = (notice("good"), notice("bad"));
    let mut lobby = lobby();
    lobby.releases(10, &[&good]);
    let body = pack_head(&channel_head(11, &[&bad])).0.to_bytes();
    let letter = |topic: &str, payload: Vec<u8>| Letter {
        topic: topic.to_owned(),
        payload,
    };
    let letters = vec![
        letter(
            "channel/hall/head",
            signed(STRANGER, Topic::Head(hall()), 11, TEN, &body).1,
        ),
        letter("channel/hall/head", head(9, &[&bad]).1),
        letter(
            "site",
            signed(
                BEAT,
                Topic::Site,
                9,
                TEN,
                &SiteState {
                    blanked: true,
                    since: TEN,
                }
                .to_bytes(),
            )
            .1,
        ),
        letter("../../elsewhere", vec![1]),
        letter(
            "display/019a0000-0000-7000-8000-000000000002/config",
            configured(9, &config()).1,
        ),
        letter("", vec![1]),
    ];
    let hostile = Mail {
        letters: letters.clone(),
    };
    lobby.feels(Input::Mail(Ok(hostile.to_bytes())));
    lobby.shows(&["good"]);
    assert_eq!(lobby.refusals().0, letters.len() as u64);
    // The control: among letters that are refused, one that is right is believed.
    let mut mixed = letters;
    mixed.insert(2, letter("site", site_state(3, true).1));
    lobby.feels(Input::Mail(Ok(Mail { letters: mixed }.to_bytes())));
    lobby.shows(&[]);
}

#[test]
fn what_is_no_mail_changes_nothing_and_is_told_once() {
    let good = notice("good");
    let mut lobby = lobby();
    lobby.releases(10, &[&good]);
    let mut long = Mail { letters: Vec::new() }.to_bytes();
    long.resize(Mail::LIMIT + 1, 0);
    let whole = Mail {
        letters: vec![Letter {
            topic: "site".to_owned(),
            payload: site_state(3, true).1,
        }],
    };
    let mut cut = whole.to_bytes();
    cut.pop();
    let mut later = whole.to_bytes();
    later[0] = 2;
    // A count of letters that no memory holds.
    let many = vec![1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    for bad in [Vec::new(), vec![1], long, cut, later, many] {
        lobby.feels(Input::Mail(Ok(bad)));
        lobby.shows(&["good"]);
    }
    let (refusals, why) = lobby.refusals();
    assert!(
        refusals == 0 && why.contains("the mail cannot be fetched"),
        "{refusals} {why}"
    );
    lobby.feels(Input::Mail(Ok(whole.to_bytes())));
    lobby.shows(&[]);
}

#[test]
fn a_hub_that_does_not_answer_is_asked_ever_more_seldom_and_the_other_in_turn() {
    let mut lobby = lobby();
    lobby.mails = false;
    lobby.after(HOUR);
    let times = lobby.mail_asked.len();
    assert!((30..=45).contains(&times), "{times} in an hour");
    let hubs: Vec<&str> = lobby.mail_urls.iter().map(|url| &url[..17]).collect();
    assert!(hubs.windows(2).all(|pair| pair[0] != pair[1]), "in turn: {hubs:?}");
}

#[test]
fn a_display_that_knows_no_hub_asks_none() {
    let mut lobby = Lobby::open();
    lobby.after(HOUR);
    assert!(lobby.mail_asked.is_empty());
}
