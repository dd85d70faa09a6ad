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
use heliograph_wire::{Letter, Mail, SiteState, Trust, pack_head};
use std::io::{Read, Write};
use std::net::TcpListener;
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
        Change::Trust(Box::new(Trust::new(site(), key(ROOT).public()))),
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
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Player::start(configuration(data, sink, clock, None))
}

fn configuration(data: &Path, sink: Box<dyn Sink>, clock: Arc<dyn Clock>, hub: Option<String>) -> PlayerConfig {
    PlayerConfig {
        identity: Identity {
            site: site(),
            display: display(),
            secret: [5; 32],
            mqtt_token: "token".to_owned(),
            root: key(ROOT).public(),
            ca: None,
            hub,
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
        clock,
        panel: Some(STRIP),
    }
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

#[test]
fn a_blanked_display_shows_what_one_without_a_programme_shows() {
    let mut commitment = notice("三日内答复");
    commitment.item.kind = heliograph_domain::Kind::ServiceCommitment;
    let frame = |name: &str, notices: &[&Notice], blanked: bool| {
        let data = folder(name);
        has_shown(&data, notices);
        let body = SiteState { blanked, since: TEN }.to_bytes();
        let (mut replica, _) = FileReplica::open(&data, TEN).unwrap();
        replica.apply(&[Change::Site(body)]).unwrap();
        drop(replica);
        let (recorder, recording) = Recorder::new();
        let player = start(&data, Box::new(recorder), &Arc::new(Hand(AtomicU64::new(TEN.0)))).unwrap();
        let frame = wait_for(&recording, |_| true);
        player.stop();
        std::fs::remove_dir_all(data).unwrap();
        frame
    };
    let programme = [&notice("停电通知"), &commitment];
    let slate = frame("without", &[], false);
    assert_eq!(frame("blanked", &programme, true).rgb(), slate.rgb());
    assert_ne!(frame("unblanked", &programme, false).rgb(), slate.rgb(), "the control");
}

/// Whatever stands in the file, there is a picture at once, and the file is kept aside.
#[test]
fn a_replica_of_garbage_keeps_no_display_dark() {
    let notice = notice("停电通知");
    let data = folder("garbage");
    has_shown(&data, &[&notice]);
    let good = std::fs::read(data.join("replica.redb")).unwrap();
    let half = good[..good.len() / 2].to_vec();
    for damage in [half, vec![0x5a; good.len()], Vec::new(), b"{}".to_vec()] {
        std::fs::write(data.join("replica.redb"), damage).unwrap();
        let (recorder, recording) = Recorder::new();
        let player = start(&data, Box::new(recorder), &Arc::new(Hand(AtomicU64::new(TEN.0)))).unwrap();
        wait_for(&recording, |_| true);
        player.stop();
        let names = std::fs::read_dir(&data).unwrap();
        let aside = names.filter(|name| name.as_ref().unwrap().file_name().to_string_lossy().contains("damaged"));
        assert!(aside.count() <= 1);
    }
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

/// A hub that answers over plain HTTP what it has; nothing else.
fn hub(answers: impl Fn(&str) -> Option<Vec<u8>> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = Vec::new();
            let mut piece = [0; 1024];
            while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
                match stream.read(&mut piece).unwrap() {
                    0 => break,
                    got => asked.extend_from_slice(&piece[..got]),
                }
            }
            let asked = String::from_utf8(asked).unwrap();
            let path = asked.split(' ').nth(1).unwrap_or_default();
            let allowed = asked.to_ascii_lowercase().contains("authorization: bearer token\r\n");
            let (status, body) = match answers(path).filter(|_| allowed) {
                Some(body) => ("200 OK", body),
                None => ("404 Not Found", Vec::new()),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            // A player that stops does not wait for its answer.
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    });
    address
}

/// No broker, no clock battery, an empty disk: what is on release comes with the mail, and by its hash.
#[test]
fn a_display_that_finds_no_broker_lives_on_its_mail() {
    let notice = notice("停电通知");
    let objects = [profile(), notice.payload.clone()];
    let now = TEN.plus_ms(HOUR);
    let mut setting = config();
    setting.panel = STRIP;
    let letters = [
        trust(),
        heartbeat(now, &[]),
        configured(1, &setting),
        head(10, &[&notice]),
    ];
    let address = hub(move |path| {
        if let Some(hash) = path.strip_prefix("/api/v1/device/content/") {
            let object = objects.iter().find(|object| object.hash().to_string() == hash)?;
            return Some(object.to_bytes());
        }
        let digits = path.strip_prefix("/api/v1/device/mail?nonce=")?;
        let mut nonce = [0; 16];
        for (byte, pair) in nonce.iter_mut().zip(digits.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        }
        let all = letters.iter().cloned().chain([answer(nonce, now)]);
        let letters = all.map(|(topic, payload)| Letter {
            topic: topic
                .path(&site())
                .strip_prefix("heliograph/v1/binhe/")
                .unwrap()
                .to_owned(),
            payload,
        });
        Some(
            Mail {
                letters: letters.collect(),
            }
            .to_bytes(),
        )
    });
    let data = folder("mail");
    let (recorder, recording) = Recorder::new();
    // The clock on the wall was never set, and the one that ticks goes on.
    let player = Player::start(configuration(
        &data,
        Box::new(recorder),
        Arc::new(NeverSet),
        Some(address),
    ));
    let player = player.unwrap();
    let slate = wait_for(&recording, |_| true);
    wait_for(&recording, |frame| frame.rgb() != slate.rgb());
    let kept = || {
        let file = std::fs::read(data.join("replica.redb")).unwrap();
        let text = "停电通知".as_bytes();
        file.windows(text.len()).any(|piece| piece == text)
    };
    for _ in 0..200 {
        if kept() {
            break;
        }
        let _ = recording.wait_for(|_| false, Duration::from_millis(100));
    }
    player.stop();
    // It was kept, under the keys that came with it.
    let (_, kept) = FileReplica::open(&data, TEN).unwrap();
    assert!(kept.content.contains_key(&notice.item.content) && kept.trust.unwrap().has_keys());
    std::fs::remove_dir_all(data).unwrap();
}

struct NeverSet;

impl Clock for NeverSet {
    fn now(&self) -> Instant {
        Instant(0).plus_ms(u64::try_from(self.monotonic().as_millis()).unwrap())
    }

    fn monotonic(&self) -> Duration {
        heliograph_player::SystemClock.monotonic()
    }
}
