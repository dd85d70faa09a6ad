//! What a broker, or whoever owns it, may say: everything that was not signed for this display, on this topic, now, is
//! refused, counted and told, and changes nothing that can be seen, now or after a power cut.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test's helpers fail like the test, and a table is printed"
)]

mod support;

use heliograph_domain::Instant;
use heliograph_player::replica::Replica;
use heliograph_wire::*;
use support::*;

/// A lobby that shows a notice, knows the time from the hub, and has the content of another notice at hand.
fn victim(good: &Notice, bad: &Notice) -> Lobby {
    let mut lobby = Lobby::open();
    lobby.sends(site_state(5, false));
    lobby.releases(10, &[good]).sends(content(&bad.payload));
    lobby.after(60_000);
    let beat = heartbeat(lobby.now, &[]);
    lobby.sends(beat);
    lobby
}

type Forge = Box<dyn Fn(&mut Lobby) -> Message>;

fn fixed(message: Message) -> Forge {
    Box::new(move |_| message.clone())
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn forged_heads(good: &Notice, bad: &Notice) -> Vec<(&'static str, Forge)> {
    let hall_head = || Topic::Head(hall());
    let body = pack_head(&channel_head(11, &[bad])).0.to_bytes();
    let by = |who: u8| signed(who, hall_head(), 11, TEN, &body);
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut message = by(RELEASE);
        change(&mut message.1);
        fixed(message)
    };
    let other_hall = Topic::Head("other".parse().unwrap());
    let other_site = seal(
        &key(RELEASE),
        &"elsewhere".parse().unwrap(),
        &hall_head(),
        Stamp {
            epoch: 1,
            version: 11,
            issued_at: TEN,
        },
        &body,
    );
    let huge = signed(RELEASE, hall_head(), 11, TEN, &vec![1; 40_000]);
    let nonsense = signed(RELEASE, hall_head(), 11, TEN, &[1, 2, 3]);
    vec![
        ("head: by a stranger", fixed(by(STRANGER))),
        ("head: by the heartbeat's key", fixed(by(BEAT))),
        ("head: by the command's key", fixed(by(COMMAND))),
        ("head: by the root", fixed(by(ROOT))),
        (
            "head: a bit of the signature",
            changed(&|bytes| *bytes.last_mut().unwrap() ^= 1),
        ),
        ("head: a bit of the body", changed(&|bytes| bytes[40] ^= 1)),
        (
            "head: a later version over the same body",
            changed(&|bytes| bytes[21] += 1),
        ),
        (
            "head: another time over the same body",
            changed(&|bytes| bytes[29] ^= 1),
        ),
        (
            "head: another epoch over the same body",
            changed(&|bytes| bytes[13] += 1),
        ),
        ("head: cut short", changed(&|bytes| bytes.truncate(60))),
        ("head: a byte too many", changed(&|bytes| bytes.push(0))),
        ("head: garbage", fixed((hall_head(), vec![1, 2, 3]))),
        ("head: a later format", changed(&|bytes| bytes[0] = 2)),
        ("head: another algorithm", changed(&|bytes| bytes[1] = 2)),
        ("head: too large", fixed(huge)),
        ("head: signed, and nonsense", fixed(nonsense)),
        (
            "head: another channel's",
            fixed((hall_head(), signed(RELEASE, other_hall.clone(), 11, TEN, &body).1)),
        ),
        (
            "head: of a channel not tuned to",
            fixed(signed(RELEASE, other_hall, 11, TEN, &body)),
        ),
        ("head: another site's", fixed((hall_head(), other_site))),
        ("head: an older one", fixed(head(9, &[bad]))),
        ("head: another of the same position", fixed(head(10, &[bad]))),
        (
            "head: as a configuration",
            fixed((Topic::Config(display()), by(RELEASE).1)),
        ),
        ("content: other bytes than the hash", {
            let unknown = notice("unknown");
            fixed((Topic::Content(hall(), unknown.item.content), bad.payload.to_bytes()))
        }),
        ("content: of a channel not tuned to", {
            let unknown = notice("unknown");
            let topic = Topic::Content("other".parse().unwrap(), unknown.item.content);
            fixed((topic, unknown.payload.to_bytes()))
        }),
        (
            "content: too large",
            fixed((Topic::Content(hall(), notice("large").item.content), vec![1; 70_000])),
        ),
        ("content: an erased one", {
            let gone = notice("gone");
            let erased = Erased {
                hashes: vec![gone.item.content],
            };
            Box::new(move |lobby| {
                lobby.sends(signed(RELEASE, Topic::Erased, 3, TEN, &erased.to_bytes()));
                content(&gone.payload)
            })
        }),
        ("head: by a key of an epoch that ended", {
            let good = good.clone();
            let bad = bad.clone();
            Box::new(move |lobby| {
                let next = trust_document(2, 2, ROOT);
                lobby.sends(signed(ROOT, Topic::Trust, 2, TEN, &next.to_bytes()));
                lobby.shows(&[title(&good).as_str()]);
                head(12, &[&bad])
            })
        }),
    ]
}

fn title(notice: &Notice) -> String {
    let document = heliograph_domain::Document::from_bytes(&notice.payload.bytes).unwrap();
    document.title(heliograph_domain::Lang::ZhHans)
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn forged_settings() -> Vec<(&'static str, Forge)> {
    let other: heliograph_domain::DisplayId = "019a0000-0000-7000-8000-000000000002".parse().unwrap();
    let mut foreign = config();
    foreign.display = other;
    let mut dark = config();
    dark.channels = Vec::new();
    let mut impossible = config();
    impossible.panel.width_px = 0;
    let blank = SiteState {
        blanked: true,
        since: TEN,
    }
    .to_bytes();
    let erased = Erased {
        hashes: vec![notice("good").item.content],
    }
    .to_bytes();
    let mut other_site = site_state(6, true);
    other_site.1 = seal(
        &key(RELEASE),
        &"elsewhere".parse().unwrap(),
        &Topic::Site,
        Stamp {
            epoch: 1,
            version: 6,
            issued_at: TEN,
        },
        &blank,
    );
    let config_of =
        |by, topic, version, config: &DisplayConfig| fixed(signed(by, topic, version, TEN, &config.to_bytes()));
    vec![
        (
            "config: by the command's key",
            config_of(COMMAND, Topic::Config(display()), 2, &dark),
        ),
        (
            "config: the same version, other channels",
            config_of(RELEASE, Topic::Config(display()), 1, &dark),
        ),
        (
            "config: another display's, on its topic",
            config_of(RELEASE, Topic::Config(other), 2, &foreign),
        ),
        ("config: another display's, on this topic", {
            let theirs = signed(RELEASE, Topic::Config(other), 2, TEN, &foreign.to_bytes());
            fixed((Topic::Config(display()), theirs.1))
        }),
        (
            "config: of another display, signed for this one",
            config_of(RELEASE, Topic::Config(display()), 2, &foreign),
        ),
        (
            "config: an impossible panel",
            config_of(RELEASE, Topic::Config(display()), 2, &impossible),
        ),
        (
            "site: blanked by a stranger",
            fixed(signed(STRANGER, Topic::Site, 6, TEN, &blank)),
        ),
        (
            "site: blanked by the heartbeat's key",
            fixed(signed(BEAT, Topic::Site, 6, TEN, &blank)),
        ),
        (
            "site: blanked by the command's key",
            fixed(signed(COMMAND, Topic::Site, 6, TEN, &blank)),
        ),
        ("site: blanked, an older one", fixed(site_state(4, true))),
        ("site: blanked, of the same version", fixed(site_state(5, true))),
        ("site: blanked, another site's", fixed(other_site)),
        (
            "site: signed, and nonsense",
            fixed(signed(RELEASE, Topic::Site, 6, TEN, &[1, 2])),
        ),
        (
            "erased: by a stranger",
            fixed(signed(STRANGER, Topic::Erased, 1, TEN, &erased)),
        ),
        (
            "erased: by the heartbeat's key",
            fixed(signed(BEAT, Topic::Erased, 1, TEN, &erased)),
        ),
        (
            "erased: said as the site's state",
            fixed((Topic::Erased, site_state(6, true).1)),
        ),
    ]
}

fn forged_times() -> Vec<(&'static str, Forge)> {
    let later = TEN.plus_ms(DAY);
    let body = |position, time| Heartbeat {
        position,
        time,
        heads: Vec::new(),
        newest: Newest::default(),
    };
    let beat = |by| {
        let body = body(1, later);
        fixed(signed(by, Topic::Heartbeat, later.0, later, &body.to_bytes()))
    };
    let asked = |lobby: &Lobby| *lobby.asked.last().expect("a question");
    // A question that stays open: the broker loses it.
    let open_question = move |lobby: &mut Lobby| {
        lobby.answers = false;
        let wall = lobby.now.plus_ms(HOUR);
        lobby.clock_says(wall);
        asked(lobby)
    };
    let told = |by: u8, nonce, at: Instant| {
        let body = TimeAnswer { nonce, time: at };
        signed(by, Topic::Time(display()), at.0, at, &body.to_bytes())
    };
    let other: heliograph_domain::DisplayId = "019a0000-0000-7000-8000-000000000002".parse().unwrap();
    vec![
        ("heartbeat: by a stranger", beat(STRANGER)),
        ("heartbeat: by the release key", beat(RELEASE)),
        ("heartbeat: an old one", fixed(heartbeat(TEN.plus_ms(1000), &[]))),
        (
            "heartbeat: two of the same time",
            Box::new(move |lobby| {
                let body = body(2, lobby.now);
                signed(BEAT, Topic::Heartbeat, lobby.now.0, lobby.now, &body.to_bytes())
            }),
        ),
        ("time: no question", Box::new(move |_| told(BEAT, [9; 16], later))),
        (
            "time: a question that was answered",
            Box::new(move |lobby| told(BEAT, asked(lobby), later)),
        ),
        (
            "time: by a stranger",
            Box::new(move |lobby| told(STRANGER, open_question(lobby), later)),
        ),
        (
            "time: by the release key",
            Box::new(move |lobby| told(RELEASE, open_question(lobby), later)),
        ),
        (
            "time: another display's",
            Box::new(move |lobby| {
                let body = TimeAnswer {
                    nonce: open_question(lobby),
                    time: later,
                };
                let theirs = signed(BEAT, Topic::Time(other), later.0, later, &body.to_bytes());
                (Topic::Time(display()), theirs.1)
            }),
        ),
        (
            "time: more than ten seconds later",
            Box::new(move |lobby| {
                let nonce = open_question(lobby);
                lobby.after(10_250);
                told(BEAT, nonce, later)
            }),
        ),
    ]
}

fn forged_trust() -> Vec<(&'static str, Forge)> {
    let document = |serial| trust_document(serial, 1, ROOT);
    let mut foreign = document(2);
    foreign.site = "elsewhere".parse().unwrap();
    let unproven = trust_document(2, 1, NEXT_ROOT);
    let mut by_another = trust_document(2, 1, NEXT_ROOT);
    by_another.prove(&key(STRANGER));
    let mut for_another_number = trust_document(3, 1, NEXT_ROOT);
    for_another_number.prove(&key(NEXT_ROOT));
    for_another_number.serial = 2;
    let on = |topic: Topic, by, version, document: &TrustDocument| {
        fixed(signed(by, topic, version, TEN, &document.to_bytes()))
    };
    vec![
        (
            "trust: by a stranger",
            on(Topic::Trust, STRANGER, 2, &trust_document(2, 1, STRANGER)),
        ),
        ("trust: by the release key", on(Topic::Trust, RELEASE, 2, &document(2))),
        ("trust: an older one", on(Topic::Trust, ROOT, 0, &document(0))),
        (
            "trust: another of the same number",
            on(Topic::Trust, ROOT, 1, &trust_document(1, 2, ROOT)),
        ),
        (
            "trust: its number is not its version",
            on(Topic::Trust, ROOT, 2, &document(3)),
        ),
        ("trust: another site's", on(Topic::Trust, ROOT, 2, &foreign)),
        ("trust: a new root, unproven", on(Topic::Trust, ROOT, 2, &unproven)),
        (
            "trust: a new root, proven by another",
            on(Topic::Trust, ROOT, 2, &by_another),
        ),
        (
            "trust: a new root, proven for another document",
            on(Topic::Trust, ROOT, 2, &for_another_number),
        ),
        (
            "trust: a new root, signed by itself alone",
            fixed(new_root(2, NEXT_ROOT, NEXT_ROOT).0),
        ),
        ("step: by a stranger", fixed(new_root(2, STRANGER, STRANGER).1)),
        (
            "step: on another number",
            fixed((Topic::TrustStep(3), new_root(2, ROOT, NEXT_ROOT).1.1)),
        ),
        ("step: unproven", on(Topic::TrustStep(2), ROOT, 2, &unproven)),
    ]
}

fn forged_orders() -> Vec<(&'static str, Forge)> {
    let command = |by, version, expires| {
        let body = Command {
            nonce: [3; 16],
            expires,
            verb: CommandVerb::Refresh,
        };
        signed(by, Topic::Command(display()), version, TEN, &body.to_bytes())
    };
    let ack = Ack { sequence: 7 }.to_bytes();
    let status = (Topic::Status(display()), vec![1; 200]);
    vec![
        (
            "command: by the release key",
            fixed(command(RELEASE, 2, TEN.plus_ms(DAY))),
        ),
        ("command: too late", fixed(command(COMMAND, 2, TEN.plus_ms(MINUTE)))),
        (
            "command: said again by an older version",
            Box::new(move |lobby| {
                lobby.sends(command(COMMAND, 5, TEN.plus_ms(DAY)));
                lobby.replies.clear();
                command(COMMAND, 4, TEN.plus_ms(DAY))
            }),
        ),
        (
            "ack: by the release key",
            fixed(signed(RELEASE, Topic::Ack(display()), 1, TEN, &ack)),
        ),
        (
            "ack: said as a command",
            fixed((
                Topic::Command(display()),
                signed(COMMAND, Topic::Ack(display()), 1, TEN, &ack).1,
            )),
        ),
        ("status: nothing for displays", fixed(status)),
    ]
}

/// Each forgery is refused and counted, and everything goes on as before, also after a power cut.
#[test]
fn every_hostile_message_is_refused() {
    let (good, bad) = (notice("good"), notice("bad"));
    let tables = [
        forged_heads(&good, &bad),
        forged_settings(),
        forged_times(),
        forged_trust(),
        forged_orders(),
    ];
    let mut refused = std::collections::BTreeMap::<String, usize>::new();
    for (what, forge) in tables.into_iter().flatten() {
        let mut lobby = victim(&good, &bad);
        let forgery = forge(&mut lobby);
        lobby.answers = true;
        let before = lobby.refusals().0;
        lobby.hears(forgery).shows(&["good"]);
        let (refusals, why) = lobby.refusals();
        assert!(refusals == before + 1 && !why.is_empty(), "{what}: {refusals} {why}");
        assert!(lobby.replies.is_empty() && !lobby.showing().blanked, "{what}");
        assert_eq!(lobby.site_time(), lobby.now, "{what}: the time");
        let mut lobby = lobby.reboot();
        lobby.shows(&["good"]);
        assert!(
            lobby.replica.load().unwrap().site.is_some() && !lobby.showing().blanked,
            "{what}"
        );
        let kind = what.split(':').next().unwrap();
        *refused.entry(kind.to_owned()).or_default() += 1;
    }
    for (kind, number) in &refused {
        println!("{kind:>10}: {number} of {number} refused");
    }
    assert!(refused.values().sum::<usize>() >= 70, "{refused:?}");
}

/// The control of the table: the same messages, rightly signed and in time, do what they say.
#[test]
fn the_same_messages_signed_rightly_are_believed() {
    let (good, bad) = (notice("good"), notice("bad"));
    let lobby = || victim(&good, &bad);
    lobby().hears(head(11, &[&bad])).shows(&["bad"]);
    lobby().hears(site_state(6, true)).shows(&[]);
    let mut none = config();
    none.channels = Vec::new();
    lobby().hears(configured(2, &none)).shows(&[]);
    let erased = Erased {
        hashes: vec![good.item.content],
    };
    lobby()
        .hears(signed(RELEASE, Topic::Erased, 1, TEN, &erased.to_bytes()))
        .shows(&[]);
    let mut asked = lobby();
    asked.answers = false;
    let wall = asked.now.plus_ms(HOUR);
    asked.clock_says(wall);
    let nonce = *asked.asked.last().unwrap();
    asked.hears(answer(nonce, TEN.plus_ms(DAY)));
    assert_eq!(asked.site_time(), TEN.plus_ms(DAY));
    let mut commanded = lobby();
    let refresh = Command {
        nonce: [3; 16],
        expires: TEN.plus_ms(DAY),
        verb: CommandVerb::Refresh,
    };
    commanded.hears(signed(COMMAND, Topic::Command(display()), 2, TEN, &refresh.to_bytes()));
    assert_eq!(commanded.replies, [Reply::Done { nonce: [3; 16] }]);
    let mut acked = lobby();
    acked.hears(signed(
        COMMAND,
        Topic::Ack(display()),
        1,
        TEN,
        &Ack { sequence: 7 }.to_bytes(),
    ));
    assert_eq!(acked.refusals().0, 0);
    let mut opened = lobby();
    opened.sends(signed(
        ROOT,
        Topic::Trust,
        2,
        TEN,
        &trust_document(2, 2, ROOT).to_bytes(),
    ));
    // A key of the former epoch has nothing to say, whatever the broker says again.
    let stamp = Stamp {
        epoch: 2,
        version: 12,
        issued_at: TEN,
    };
    let body = pack_head(&channel_head(12, &[&bad])).0.to_bytes();
    opened.hears(head(12, &[&bad])).shows(&["good"]);
    let head = seal(&key(RELEASE), &site(), &Topic::Head(hall()), stamp, &body);
    opened.hears((Topic::Head(hall()), head)).shows(&["bad"]);
}

#[test]
fn a_root_is_followed_and_the_former_one_says_nothing_any_more() {
    let (good, bad) = (notice("good"), notice("bad"));
    let mut lobby = victim(&good, &bad);
    let (document, step) = new_root(2, ROOT, NEXT_ROOT);
    lobby
        .broker_keeps(step.clone())
        .sends(document.clone())
        .shows(&["good"]);
    // The broker says all of it again after each connection: no refusal, though a root signed it that is none any more.
    let mut lobby = lobby.disconnect().connect();
    lobby.hears(document).hears(step);
    assert_eq!(lobby.refusals().0, 0);
    // The former root cannot take it back, not even with a higher number.
    let back = trust_document(9, 1, ROOT);
    lobby.hears(signed(ROOT, Topic::Trust, 9, TEN, &back.to_bytes()));
    assert_eq!(lobby.refusals().0, 1);
    let mut lobby = lobby.reboot().connect();
    lobby.hears(signed(ROOT, Topic::Trust, 10, TEN, &back.to_bytes()));
    assert_eq!(lobby.refusals().0, 1);
    // The control: the new one says what holds.
    let next = trust_document(3, 2, NEXT_ROOT);
    lobby.sends(signed(NEXT_ROOT, Topic::Trust, 3, TEN, &next.to_bytes()));
    assert_eq!(
        lobby.replica.load().unwrap().trust.unwrap().version_of(&Topic::Trust),
        3
    );
    lobby.hears(head(12, &[&bad])).shows(&["good"]);
}

#[test]
fn a_display_that_missed_two_new_roots_takes_the_steps_one_after_the_other() {
    let good = notice("good");
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&good]);
    let mut lobby = lobby.disconnect();
    let (_, first) = new_root(2, ROOT, NEXT_ROOT);
    let (_, second) = new_root(4, NEXT_ROOT, LAST_ROOT);
    let now = signed(
        LAST_ROOT,
        Topic::Trust,
        5,
        TEN,
        &trust_document(5, 2, LAST_ROOT).to_bytes(),
    );
    let mut release = channel_head(11, &[]);
    release.position = 11;
    let body = pack_head(&release).0.to_bytes();
    let stamp = Stamp {
        epoch: 2,
        version: 11,
        issued_at: TEN,
    };
    let empty = (
        Topic::Head(hall()),
        seal(&key(RELEASE), &site(), &Topic::Head(hall()), stamp, &body),
    );
    lobby
        .broker_keeps(second)
        .broker_keeps(first)
        .broker_keeps(now)
        .broker_keeps(empty);
    let mut lobby = lobby.connect();
    lobby.after(1000).shows(&[]);
    // It was all kept: the next start goes on from there.
    let mut lobby = lobby.reboot().connect();
    lobby.shows(&[]);
    assert_eq!(
        lobby.replica.load().unwrap().trust.unwrap().version_of(&Topic::Trust),
        5
    );
}

/// With a step missing nothing of the new root is believed, and the programme goes on.
#[test]
fn a_step_that_is_held_back_stops_a_display_where_it_is() {
    let good = notice("good");
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&good]);
    let (document, _) = new_root(4, NEXT_ROOT, LAST_ROOT);
    lobby.sends(document).shows(&["good"]);
    assert_eq!(lobby.refusals().0, 1);
}

#[test]
fn a_blanked_site_shows_the_slate_whatever_its_programme_and_after_every_power_cut() {
    let (mut standing, mut commitment, notice_) = (notice("standing"), notice("commitment"), notice("notice"));
    standing.item.standing = true;
    commitment.item.kind = heliograph_domain::Kind::ServiceCommitment;
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&standing, &commitment, &notice_]);
    assert!(!lobby.showing().blanked && lobby.footer() == 1);
    lobby.sends(site_state(20, true)).shows(&[]);
    assert_eq!((lobby.footer(), lobby.status().state), (0, ShownState::Slate));
    let mut lobby = lobby.reboot();
    lobby.shows(&[]);
    assert_eq!(lobby.footer(), 0);
    let mut lobby = lobby.connect();
    let alarm = notice("alarm");
    lobby.releases(11, &[&alarm]).shows(&[]);
    // Somebody who kept an old word of the office cannot lift it.
    lobby.hears(site_state(19, false)).shows(&[]);
    lobby.sends(site_state(21, false)).shows(&["alarm"]);
    lobby.reboot().shows(&["alarm"]);
}

#[test]
fn a_machine_that_is_enrolled_anew_forgets_its_former_place() {
    let good = notice("good");
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&good]).shows(&["good"]);
    lobby.reboot_as("019a0000-0000-7000-8000-000000000002").shows(&[]);
    // Nor does it come back when the machine does.
    let mut lobby = Lobby::open();
    lobby.releases(10, &[&good]);
    let lobby = lobby.reboot_as("019a0000-0000-7000-8000-000000000002");
    let kept = lobby.replica.clone().load().unwrap();
    assert!(kept.heads.is_empty() && kept.content.is_empty() && kept.shown.is_empty());
    lobby.reboot().shows(&[]);
}
