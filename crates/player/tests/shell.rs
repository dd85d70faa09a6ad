//! A whole player without any network: it shows its last good programme from its replica.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test's helpers fail like the test"
)]

mod support;

use heliograph_domain::{Instant, Item, Panel};
use heliograph_player::profile::BrightnessPlan;
use heliograph_player::replica::{Change, FileReplica, Replica};
use heliograph_player::{BrokerAddress, Clock, FontSource, Identity, Output, Player, PlayerConfig, PlayerError};
use heliograph_scene::Frame;
use heliograph_sink::{Recorder, Recording, Sink};
use heliograph_wire::{PublicKey, Trust, pack_head};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use support::*;

/// A clock that the test moves.
struct Hand(AtomicU64);

impl Clock for Hand {
    fn now(&self) -> Instant {
        Instant(self.0.load(Ordering::Relaxed))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.now().since(TEN))
    }
}

const STRIP: Panel = Panel {
    width_px: 256,
    height_px: 64,
    ..PANEL
};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("heliograph-shell-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// A data directory as a display leaves it that has shown these notices.
fn has_shown(data: &Path, notices: &[&Notice]) {
    let (mut replica, _) = FileReplica::open(data, TEN).unwrap();
    let mut setting = config();
    setting.panel = STRIP;
    let mut changes = vec![
        Change::Trust(Box::new(Trust::new(site(), PublicKey([1; 32])))),
        Change::Config(setting.to_bytes()),
        Change::Head(hall(), Some(pack_head(&channel_head(10, notices)).0.to_bytes())),
        Change::Content(profile().hash(), Some(profile().to_bytes())),
    ];
    let content = notices
        .iter()
        .map(|notice| Change::Content(notice.item.content, Some(notice.payload.to_bytes())));
    changes.extend(content);
    replica.apply(&changes).unwrap();
}

fn start(data: &Path, sink: Box<dyn Sink>, clock: &Arc<Hand>) -> Result<Player, PlayerError> {
    Player::start(PlayerConfig {
        identity: Identity {
            site: site(),
            display: display(),
            secret: [5; 32],
            mqtt_token: "token".to_owned(),
            root: PublicKey([1; 32]),
            ca: None,
            hub: None,
            broker: None,
        },
        // Nobody listens there.
        broker: BrokerAddress {
            host: "127.0.0.1".to_owned(),
            port: 1,
            tls: false,
        },
        data: data.to_owned(),
        output: Output::Frames(sink),
        brightness: BrightnessPlan::default(),
        live: None,
        fonts: FontSource::BuiltIn,
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        panel: Some(STRIP),
    })
}

fn wait_for(recording: &Recording, fits: impl Fn(&Frame) -> bool) -> Arc<Frame> {
    let found = recording.wait_for(|recorded| fits(&recorded.frame), Duration::from_secs(20));
    found.expect("such a frame").frame
}

/// What a player without a replica of its own shows: the slate.
fn first_frame(name: &str, notices: &[&Notice], now: Instant) -> Arc<Frame> {
    let data = folder(name);
    if !notices.is_empty() {
        has_shown(&data, notices);
    }
    let (recorder, recording) = Recorder::new();
    let player = start(&data, Box::new(recorder), &Arc::new(Hand(AtomicU64::new(now.0)))).unwrap();
    let frame = wait_for(&recording, |_| true);
    player.stop();
    std::fs::remove_dir_all(data).unwrap();
    frame
}

#[test]
fn the_first_frame_is_the_last_good_programme() {
    let notice = notice("停电通知");
    let (programme, slate) = (first_frame("first", &[&notice], TEN), first_frame("slate", &[], TEN));
    assert_eq!((programme.width_px(), programme.height_px()), (256, 64));
    assert_ne!(programme.rgb(), slate.rgb(), "the slate is the control");
    // The same replica and the same instant make the same picture.
    assert_eq!(programme.rgb(), first_frame("again", &[&notice], TEN).rgb());
}

#[test]
fn windows_close_without_anybody_saying_so() {
    let mut short = notice("停电通知");
    short.item = Item {
        window: heliograph_domain::Window {
            from: Instant(0),
            until: Some(TEN.plus_ms(MINUTE)),
        },
        ..short.item
    };
    let data = folder("window");
    has_shown(&data, &[&short]);
    let (recorder, recording) = Recorder::new();
    let clock = Arc::new(Hand(AtomicU64::new(TEN.0)));
    let player = start(&data, Box::new(recorder), &clock).unwrap();
    let open = wait_for(&recording, |_| true);
    clock.0.store(TEN.plus_ms(MINUTE).0, Ordering::Relaxed);
    let closed = wait_for(&recording, |frame| frame.rgb() != open.rgb());
    player.stop();
    // After the window's end a display that never knew the notice shows the same.
    has_shown_nothing_is_the_same(&closed);
    std::fs::remove_dir_all(data).unwrap();
}

fn has_shown_nothing_is_the_same(closed: &Frame) {
    let mut never = notice("never");
    never.item.window.until = Some(Instant(1));
    assert_eq!(closed.rgb(), first_frame("never", &[&never], TEN.plus_ms(MINUTE)).rgb());
}

#[test]
fn two_players_cannot_share_a_replica_and_stopping_lets_go_of_it() {
    let data = folder("shared");
    let clock = Arc::new(Hand(AtomicU64::new(TEN.0)));
    let player = start(&data, Box::new(Recorder::new().0), &clock).unwrap();
    assert!(matches!(
        start(&data, Box::new(Recorder::new().0), &clock),
        Err(PlayerError::Replica(_))
    ));
    player.stop();
    let again = start(&data, Box::new(Recorder::new().0), &clock).unwrap();
    drop(again);
    start(&data, Box::new(Recorder::new().0), &clock).unwrap().stop();
    std::fs::remove_dir_all(data).unwrap();
}

#[test]
fn a_data_directory_that_cannot_be_written_keeps_no_display_dark() {
    let data = folder("file");
    std::fs::write(&data, "a file where the directory should be").unwrap();
    let (recorder, recording) = Recorder::new();
    let player = start(&data, Box::new(recorder), &Arc::new(Hand(AtomicU64::new(TEN.0)))).unwrap();
    wait_for(&recording, |_| true);
    player.stop();
    std::fs::remove_file(data).unwrap();
}
