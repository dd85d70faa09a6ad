//! What does not travel through the broker is fetched from the hub, kept before it is shown, and dropped when nothing
//! names it any longer.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test's helpers fail like the test"
)]

mod support;

use heliograph_domain::Document;
use heliograph_domain::content::{Attachment, FileType, MediaType, PublicFile};
use heliograph_player::agent::Input;
use heliograph_player::replica::{Change, Replica};
use heliograph_wire::ContentPayload;
use support::*;

fn picture(n: u8) -> ContentPayload {
    ContentPayload {
        salt: [n; 16],
        bytes: vec![n; 200_000],
    }
}

/// A notice with these pictures.
fn poster(title: &str, pictures: &[&ContentPayload]) -> Notice {
    let mut notice = notice(title);
    let attachments = pictures.iter().map(|picture| Attachment {
        name: title.to_owned(),
        media_type: MediaType::Png,
        hash: picture.hash(),
        bytes: u32::try_from(picture.bytes.len()).unwrap(),
        width_px: 10,
        height_px: 10,
    });
    let document = Document {
        attachments: attachments.collect(),
        ..Document::from_bytes(&notice.payload.bytes).unwrap()
    };
    notice.payload.bytes = document.to_bytes();
    notice.item.content = notice.payload.hash();
    notice
}

/// A lobby whose config names the hub.
fn lobby() -> Lobby {
    let mut lobby = Lobby::open();
    let mut config = config();
    config.hubs = vec!["http://192.0.2.1:8080/".to_owned()];
    lobby.sends(configured(2, &config));
    lobby
}

#[test]
fn pictures_are_fetched_kept_and_dropped_with_their_notice() {
    let (one, two) = (picture(1), picture(2));
    let notice = poster("海报", &[&one, &two]);
    let mut lobby = lobby();
    lobby.hub_holds.insert(one.hash(), one.to_bytes());
    lobby.hub_holds.insert(two.hash(), two.to_bytes());
    lobby.sends(content(&notice.payload)).sends(head(1, &[&notice]));
    lobby.after(1_000).shows(&["海报"]);
    assert_eq!(*lobby.showing().media, [one.hash(), two.hash()].into());
    assert!(lobby.fetched.iter().all(|(_, most)| *most == 200_017));
    assert_eq!(lobby.fetched.len(), 2, "each once");
    // After a power cut without any network, they are still there.
    let mut lobby = lobby.disconnect().reboot();
    assert_eq!(*lobby.showing().media, [one.hash(), two.hash()].into());
    lobby.after(60_000);
    assert!(lobby.fetched.is_empty());
    let mut lobby = lobby.connect();
    lobby.sends(head(2, &[]));
    assert!(lobby.showing().media.is_empty());
    assert_eq!(lobby.replica.media().read(&one.hash()), None, "its file is gone");
}

#[test]
fn a_text_too_large_for_the_broker_is_fetched_and_one_that_comes_is_not() {
    let (large, small) = (notice("长文"), notice("短文"));
    let mut lobby = lobby();
    lobby.hub_holds.insert(large.payload.hash(), large.payload.to_bytes());
    lobby.sends(head(1, &[&large, &small])).sends(content(&small.payload));
    lobby.after(1_000).shows(&["短文"]);
    lobby.after(2_000).shows(&["长文", "短文"]);
    assert_eq!(lobby.fetched.len(), 1);
}

#[test]
fn what_is_not_what_its_hash_says_is_never_kept_and_asked_for_ever_more_seldom() {
    let (true_one, false_one) = (picture(1), picture(2));
    let notice = poster("海报", &[&true_one]);
    let mut lobby = lobby();
    lobby.hub_holds.insert(true_one.hash(), false_one.to_bytes());
    lobby.sends(content(&notice.payload)).sends(head(1, &[&notice]));
    lobby.after(120_000);
    assert!(lobby.showing().media.is_empty());
    let tries = lobby.fetched.len();
    assert!((5..9).contains(&tries), "{tries}");
    let (refusals, why) = lobby.refusals();
    assert!(refusals == 0 && why.contains("do not match their hash"), "{why}");
    // The control: the right bytes are taken with the next try.
    lobby.hub_holds.insert(true_one.hash(), true_one.to_bytes());
    lobby.after(300_000);
    assert_eq!(*lobby.showing().media, [true_one.hash()].into());
}

#[test]
fn while_the_disk_refuses_nothing_more_is_fetched() {
    let pictures: Vec<_> = (1..9).map(picture).collect();
    let notice = poster("海报", &pictures.iter().collect::<Vec<_>>());
    let mut lobby = lobby();
    let held = pictures.iter().map(|picture| (picture.hash(), picture.to_bytes()));
    lobby.hub_holds = held.collect();
    lobby.disk_fails(true);
    lobby.sends(content(&notice.payload)).sends(head(1, &[&notice]));
    lobby.after(60_000);
    assert!(lobby.fetched.len() <= 2, "{}", lobby.fetched.len());
    lobby.disk_fails(false);
    lobby.after(60_000);
    assert_eq!((lobby.fetched.len(), lobby.showing().media.len()), (8, 8));
}

#[test]
fn a_file_for_the_public_page_is_neither_asked_for_nor_held() {
    let (file, seen) = (picture(1), picture(2));
    let mut notice = poster("预算", &[&seen]);
    let document = Document {
        files: vec![PublicFile {
            name: "部门预算".to_owned(),
            media_type: FileType::Pdf,
            hash: file.hash(),
            bytes: 200_000,
            pages: 3,
        }],
        ..Document::from_bytes(&notice.payload.bytes).unwrap()
    };
    notice.payload.bytes = document.to_bytes();
    notice.item.content = notice.payload.hash();
    let mut lobby = lobby();
    lobby.hub_holds.insert(file.hash(), file.to_bytes());
    lobby.hub_holds.insert(seen.hash(), seen.to_bytes());
    lobby.sends(content(&notice.payload)).sends(head(1, &[&notice]));
    lobby.after(60_000).shows(&["预算"]);
    assert_eq!(
        *lobby.showing().media,
        [seen.hash()].into(),
        "the control: its picture is here"
    );
    assert_eq!(lobby.fetched.len(), 1);
    assert_eq!(lobby.replica.media().read(&file.hash()), None);
}

#[test]
fn lamps_fetch_no_pictures() {
    let picture = picture(1);
    let notice = poster("海报", &[&picture]);
    let mut lobby = Lobby::open();
    let mut config = config();
    config.hubs = vec!["http://192.0.2.1:8080".to_owned()];
    (config.panel.width_px, config.panel.height_px) = (256, 64);
    lobby.sends(configured(2, &config));
    lobby.sends(content(&notice.payload)).sends(head(1, &[&notice]));
    lobby.after(60_000).shows(&["海报"]);
    assert!(lobby.fetched.is_empty());
}

#[test]
fn a_hub_that_was_away_is_asked_at_once_when_it_is_back() {
    let picture = picture(1);
    let notice = poster("海报", &[&picture]);
    let mut lobby = lobby();
    lobby.sends(content(&notice.payload)).sends(head(1, &[&notice]));
    lobby.after(200_000).shows(&["海报"]);
    lobby.hub_holds.insert(picture.hash(), picture.to_bytes());
    let before = lobby.fetched.len();
    let mut lobby = lobby.disconnect().connect();
    lobby.after(250);
    assert_eq!(lobby.fetched.len(), before + 1);
    assert_eq!(*lobby.showing().media, [picture.hash()].into());
}

#[test]
fn a_picture_that_the_disk_lost_is_fetched_anew_and_an_erased_one_never() {
    let picture = picture(1);
    let notice = poster("海报", &[&picture]);
    let mut lobby = lobby();
    lobby.hub_holds.insert(picture.hash(), picture.to_bytes());
    lobby.sends(content(&notice.payload)).sends(head(1, &[&notice]));
    lobby.after(1_000);
    lobby.feels(Input::MediaLost(picture.hash()));
    lobby.after(1_000);
    assert_eq!((lobby.fetched.len(), lobby.showing().media.len()), (2, 1));
    let erased = heliograph_wire::Erased {
        hashes: vec![picture.hash()],
    };
    lobby.sends(signed(
        RELEASE,
        heliograph_wire::Topic::Erased,
        9,
        TEN,
        &erased.to_bytes(),
    ));
    lobby.after(600_000);
    assert_eq!((lobby.fetched.len(), lobby.showing().media.len()), (2, 0));
    assert_eq!(lobby.replica.media().read(&picture.hash()), None);
}

#[test]
fn what_a_replica_holds_and_nothing_names_is_dropped_at_the_start() {
    let mut lobby = lobby();
    let stray = picture(7);
    let change = Change::Media(stray.hash(), Some(stray.to_bytes().into()));
    lobby.replica.apply(&[change]).unwrap();
    let lobby = lobby.reboot();
    assert!(lobby.showing().media.is_empty());
    let kept: Option<Vec<u8>> = lobby.replica.media().read(&stray.hash());
    assert_eq!(kept, None);
}
