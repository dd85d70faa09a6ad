//! Stories of Onbon cards.

use crate::mishap::{Machine, Mishap, quick, report_with, until};
use crate::onbon_card::{BX_6K, Held, Make, OnbonCard, UPDATE, crc};
use crate::plans::{NOW, area, clock, of_all_documents, place, plan, told};
use heliograph_scene::TextPlan;
use heliograph_scene::plan::{CharSize, Lamp, Motion};
use heliograph_sink::{CardFault, CardSink, CardSpec, OnbonModel, Pace};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

fn spec(card: &OnbonCard, model: OnbonModel) -> CardSpec {
    CardSpec::Onbon {
        host: card.machine.address.to_string(),
        address: 1,
        model,
        speed: None,
    }
}

fn open(card: &OnbonCard, pace: Pace) -> Box<dyn CardSink> {
    spec(card, OnbonModel::K6).open_at(pace).unwrap()
}

/// Shows a plan and waits until the card has acknowledged it.
#[track_caller]
fn show(sink: &mut dyn CardSink, plan: &Arc<TextPlan>) {
    let told = sink.show(plan, 60, NOW).unwrap();
    report_with(sink, "the card acknowledges", |report| {
        report.acknowledged == Some(told)
    });
}

#[test]
fn the_card_holds_what_the_plan_says() {
    let card = OnbonCard::start(BX_6K);
    let mut sink = open(&card, quick());
    let headline = heliograph_scene::plan::TextArea {
        size: CharSize::Dots32,
        lamp: Lamp::Red,
        dwell_ms: 7500,
        ..area(place(0, 8, 256, 32), Motion::Still, &["停电通知"])
    };
    let detail = area(
        place(8, 48, 200, 16),
        Motion::Left,
        &["今晚8:00起，[4楼]停电{两}小时；Z、¥5"],
    );
    show(&mut *sink, &Arc::new(plan(vec![headline, detail], Some(clock()))));
    let areas = card.state().areas();
    assert_eq!(areas.keys().copied().collect::<Vec<_>>(), [0, 1, 2]);
    let expected = Held {
        place: place(0, 8, 256, 32),
        run_mode: 2,
        time_out_s: 1800,
        single_line: false,
        mode: 1,
        speed: 4,
        stay_half_s: 15,
        colour: 1,
        fonts: (2, 2),
        // 16 half cells, 8 of text.
        lines: vec!["    停电通知".to_owned()],
        since: areas[&0].since,
    };
    assert_eq!(areas[&0], expected);
    assert_eq!((areas[&1].single_line, areas[&1].mode, areas[&1].speed), (true, 3, 4));
    assert_eq!(areas[&1].lines, ["今晚8:00起，[4楼]停电{两}小时；Z、￥5"]);
    assert_eq!(
        (areas[&2].colour, areas[&2].lines.as_slice()),
        (2, ["<DH>:<DM>".to_owned()].as_slice())
    );
    until("clock, light and power are set", || card.state().clock.is_some());
    let state = card.state();
    // A little later than the instant it was shown at: the clock runs.
    let [year, month, day, hour, minute, second, weekday] = state.clock.unwrap();
    assert_eq!([year, month, day, hour, minute, weekday], [2026, 11, 24, 10, 5, 2]);
    assert!((30..45).contains(&second));
    assert_eq!((state.on, state.level), (true, Some(9)));
    assert_eq!(state.refusals, Vec::<String>::new());
}

#[test]
fn every_document_on_every_panel_is_taken() {
    let card = OnbonCard::start(Make { width_px: 320, ..BX_6K });
    let mut sink = open(&card, quick());
    for (name, plan) in of_all_documents() {
        show(&mut *sink, &Arc::new(plan.clone()));
        let report = sink.report();
        let stand_in = |c: char| {
            let known = report.stand_ins.iter().find(|known| known.character == c);
            known.map_or_else(|| c.to_string(), |known| known.shown.clone())
        };
        let lines = |lines: &[String]| -> Vec<String> {
            let shown = |line: &String| line.chars().map(stand_in).collect::<String>().trim().to_owned();
            lines.iter().map(shown).collect()
        };
        let mut expected: Vec<Vec<String>> = plan.areas.iter().map(|area| lines(&area.lines)).collect();
        expected.extend(plan.clock.map(|_| vec!["<DH>:<DM>".to_owned()]));
        assert_eq!(card.texts(), expected, "{name}");
        assert_eq!((report.cut_chars, report.fault), (0, None), "{name}");
        assert_eq!(card.state().refusals, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn what_talks_without_end_is_told_and_does_not_hold_the_sink() {
    // Each of its frames is the yes that the sink waits for.
    let yes = hex("A5 A5 00 80 FE FF 00 00 00 00 00 00 FE 02 05 00 A0 00 00 00 00 14 AC 5A").repeat(4000);
    let machine = Machine::start(move |mut stream| while stream.write_all(&yes).is_ok() {});
    let spec = CardSpec::Onbon {
        host: machine.address.to_string(),
        address: 1,
        model: OnbonModel::K6,
        speed: None,
    };
    let mut sink = spec.open_at(quick()).unwrap();
    let words = area(place(0, 0, 256, 16), Motion::Still, &["公告"]);
    sink.show(&Arc::new(plan(vec![words], None)), 60, NOW).unwrap();
    report_with(&*sink, "the flood is told", |report| {
        let told = report.fault.as_ref().map(ToString::to_string);
        told.is_some_and(|told| told.contains("without being asked"))
    });
}

#[test]
fn names_that_the_font_lacks_are_told_to_people() {
    let card = OnbonCard::start(BX_6K);
    let mut sink = open(&card, quick());
    show(&mut *sink, &told("值守：王喆、李镕、孙垚、犇犇"));
    let report = sink.report();
    let told_of: String = report.stand_ins.iter().map(|it| it.character).collect();
    assert_eq!(told_of, "喆镕垚犇");
    assert!(report.stand_ins.iter().all(|it| it.shown == "？"));
    assert_eq!(card.texts(), [["值守：王？、李？、孙？、？？"]]);
    // The control: with characters of the font nothing is told.
    show(&mut *sink, &told("值守：王哲"));
    assert_eq!(sink.report().stand_ins, []);
}

#[test]
fn a_clerks_backslash_is_a_character_and_no_command() {
    let card = OnbonCard::start(BX_6K);
    let mut sink = open(&card, quick());
    show(&mut *sink, &told(r"路径C:\DY\n\C1，A5Z[ ]"));
    assert_eq!(card.texts(), [["路径C:＼DY＼n＼C1，A5Z[ ]"]]);
    assert_eq!(sink.report().stand_ins[0].character, '\\');
}

#[test]
fn a_text_longer_than_the_cards_memory_is_cut_and_told() {
    let make = Make {
        areas: 8,
        area_bytes: 512,
        ..BX_6K
    };
    let card = OnbonCard::start(make);
    let mut sink = spec(&card, OnbonModel::K5).open_at(quick()).unwrap();
    let long = "长".repeat(400);
    show(
        &mut *sink,
        &Arc::new(plan(vec![area(place(0, 0, 256, 16), Motion::Left, &[&long])], None)),
    );
    let shown = card.texts()[0][0].clone();
    assert!(shown.ends_with("长…"), "{shown}");
    assert_eq!(sink.report().cut_chars, 400 - (shown.chars().count() - 1));
    // The control: the larger card's areas are too long for this one, which says so.
    let mut wrong = spec(&card, OnbonModel::K6).open_at(quick()).unwrap();
    wrong
        .show(
            &Arc::new(plan(vec![area(place(0, 0, 256, 16), Motion::Left, &[&long])], None)),
            60,
            NOW,
        )
        .unwrap();
    let report = report_with(&*wrong, "the card refuses", |report| report.fault.is_some());
    assert!(
        report.fault.unwrap().to_string().contains("memory"),
        "{:?}",
        wrong.report()
    );
    assert_eq!(report.acknowledged, None);
}

#[test]
fn a_busy_card_and_a_misheard_packet_are_asked_again() {
    let card = OnbonCard::start(BX_6K);
    for code in [3, 3, 5] {
        card.mishap(UPDATE, Mishap::Refuse(code));
    }
    let mut sink = open(&card, quick());
    show(&mut *sink, &told("一"));
    card.mishap(UPDATE, Mishap::Garble);
    card.mishap([0xA3, 0x02], Mishap::Refuse(3));
    let number = sink.show(&told("二"), 30, NOW).unwrap();
    report_with(&*sink, "acknowledged", |report| report.acknowledged == Some(number));
    until("all mishaps happened", || card.state().mishaps.none_left());
    let report = report_with(&*sink, "all is well again", |report| report.fault.is_none());
    assert!(report.connected);
    assert_eq!(card.texts(), [["二"]]);
    assert_eq!(card.state().connections, 1);
}

#[test]
fn a_refusal_is_told_left_alone_and_tried_again_later() {
    let card = OnbonCard::start(BX_6K);
    card.mishap(UPDATE, Mishap::Refuse(12));
    let mut sink = open(&card, quick());
    let number = sink.show(&told("一"), 60, NOW).unwrap();
    let report = report_with(&*sink, "the refusal is told", |report| report.fault.is_some());
    let Some(CardFault::Refused { answer, .. }) = &report.fault else {
        panic!("{report:?}")
    };
    assert!(answer.contains("font"), "{answer}");
    assert!(report.connected && report.acknowledged.is_none());
    // The rest of the card's duties went on, on the same connection.
    let report = report_with(&*sink, "it is tried again", |report| {
        report.acknowledged == Some(number)
    });
    assert!(report.acknowledged_at.unwrap() >= NOW);
    until("the fault is over", || sink.report().fault.is_none());
    assert_eq!(card.state().connections, 1);
}

#[test]
fn a_card_that_is_silent_or_hangs_up_is_called_again() {
    for mishap in [Mishap::Hush, Mishap::HangUp] {
        let card = OnbonCard::start(BX_6K);
        let mut sink = open(&card, quick());
        show(&mut *sink, &told("一"));
        card.mishap(UPDATE, mishap);
        let number = sink.show(&told("二"), 60, NOW).unwrap();
        let report = report_with(&*sink, "the fault is told", |report| report.fault.is_some());
        match (mishap, report.fault.unwrap()) {
            (Mishap::Hush, CardFault::Silent { asked, .. }) => assert_eq!(asked, "to show texts"),
            (Mishap::HangUp, CardFault::Broken { .. }) => {}
            (_, fault) => panic!("{fault}"),
        }
        report_with(&*sink, "the card is called again", |report| {
            report.acknowledged == Some(number) && report.fault.is_none() && report.connected
        });
        assert_eq!(card.texts(), [["二"]]);
        assert_eq!(card.state().connections, 2);
    }
}

#[test]
fn the_card_drops_the_texts_of_a_player_that_is_gone() {
    let card = OnbonCard::start(BX_6K);
    let pace = Pace {
        refresh: Duration::from_millis(700),
        ..quick()
    };
    let mut sink = open(&card, pace);
    show(&mut *sink, &told("一"));
    assert_eq!(card.state().areas()[&0].time_out_s, 3);
    // The control: while the player lives, the time-out passes again and again and the text stays.
    let first = card.state().areas()[&0].since;
    until("a time-out and more has passed", || {
        let areas = card.state().areas();
        assert_eq!(areas.len(), 1, "the text was dropped while the player lived");
        areas[&0].since.duration_since(first) > Duration::from_secs(5)
    });
    drop(sink);
    until("the text is dropped", || card.state().areas().is_empty());
}

#[test]
fn after_a_power_cut_the_card_is_told_anew() {
    let mut card = OnbonCard::start(BX_6K);
    let mut sink = open(&card, quick());
    show(&mut *sink, &told("一"));
    let first = card.state().areas()[&0].since;
    card.power_cut();
    until("the text is back", || {
        let areas = card.state().areas();
        areas
            .get(&0)
            .is_some_and(|held| held.since > first && held.lines[0].trim() == "一")
    });
    until("and the brightness", || card.state().level == Some(9));
}

#[test]
fn moving_text_is_let_through_before_it_begins_anew() {
    let card = OnbonCard::start(BX_6K);
    let pace = Pace {
        refresh: Duration::from_millis(50),
        ..quick()
    };
    let mut sink = open(&card, pace);
    let moving = area(
        place(0, 0, 256, 16),
        Motion::Left,
        &["一二三四五六七八九十一二三四五六七八九十"],
    );
    // 320 dots of text through 256, at 64 a second, and 5 s of rest: thrice that is 42 s, and the time-out thrice again.
    let cycle_s = u16::try_from(moving.cycle_ms() / 1000).unwrap();
    assert_eq!(cycle_s, 14);
    show(&mut *sink, &Arc::new(plan(vec![moving], None)));
    assert_eq!(card.state().areas()[&0].time_out_s, 9 * cycle_s);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(card.state().count(UPDATE), 1);
}

#[test]
fn areas_that_are_no_longer_used_are_removed() {
    let card = OnbonCard::start(BX_6K);
    let mut sink = open(&card, quick());
    let two = vec![
        area(place(0, 0, 256, 16), Motion::Still, &["一"]),
        area(place(0, 16, 256, 16), Motion::Still, &["二"]),
    ];
    show(&mut *sink, &Arc::new(plan(two, Some(clock()))));
    assert_eq!(card.texts().len(), 3);
    show(&mut *sink, &told("三"));
    assert_eq!(card.texts(), [["三"]]);
    show(&mut *sink, &Arc::new(plan(Vec::new(), None)));
    assert!(card.texts().is_empty());
}

/// Sends bytes to a card and answers what it says, if it says anything soon.
fn raw(card: &OnbonCard, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(card.machine.address).unwrap();
    stream.write_all(bytes).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

/// A packet's header and data with its checksum, in a frame.
fn framed(body: &str) -> Vec<u8> {
    let mut packet = hex(body);
    packet.extend(crc(&packet).to_le_bytes());
    let escaped = packet.iter().flat_map(|byte| match byte {
        0xA5 => vec![0xA6, 2],
        0xA6 => vec![0xA6, 1],
        0x5A => vec![0x5B, 2],
        0x5B => vec![0x5B, 1],
        byte => vec![*byte],
    });
    [vec![0xA5; 8], escaped.collect(), vec![0x5A]].concat()
}

#[test]
fn the_simulator_takes_the_makers_packets_and_refuses_what_is_wrong() {
    let card = OnbonCard::start(BX_6K);
    let starts = |bytes: &str| [vec![0xA5; 8], hex(bytes)].concat();
    let yes = "A5 A5 A5 A5 A5 A5 A5 A5 A5 00 80 01 00 00 00 00 00 00 00 FE 02 05 00 A0 00 00 00 00";
    let ping = starts("01 00 00 80 00 00 00 00 00 00 FE 02 05 00 A2 00 01 00 00 68 F8 5A");
    let clock = starts("01 00 00 80 00 00 00 00 00 00 FE 02 0D 00 A2 03 01 08 00 13 20 01 25 11 17 26 05 B0 3F 5A");
    let welcome = starts(
        "FE FF 00 80 00 00 00 00 00 00 FE 02 2C 00 A3 06 01 00 00 00 01 23 00 00 00 80 00 00 80 80 20 00 00 00 \
         00 0A 00 00 00 00 02 01 01 00 02 0A 08 00 00 00 BB B6 D3 AD B9 E2 C1 D9 3C 49 5A",
    );
    for good in [&ping, &clock, &welcome] {
        let answer = raw(&card, good);
        assert_eq!(answer[..answer.len() - 3], hex(yes));
    }
    assert_eq!(card.texts(), [["欢迎光临"]]);
    assert_eq!(card.state().clock, Some([2013, 1, 25, 11, 17, 26, 5]));
    assert_eq!(card.state().refusals, Vec::<String>::new());

    // Any bit turned over on the wire is noticed: a wrong checksum, a wrong escape, or no frame at all.
    for bit in (64..ping.len() * 8 - 8).step_by(7) {
        let mut spoilt = ping.clone();
        spoilt[bit / 8] ^= 1 << (bit % 8);
        let answer = raw(&card, &spoilt);
        assert!(
            answer.is_empty() || answer[23..26] == [0xA0, 1, 5],
            "bit {bit}: {answer:02X?}"
        );
    }
    let head = "01 00 00 80 00 00 00 00 00 00 FE 02";
    for (body, code) in [
        (format!("{head} 05 00 B0 00 01 00 00"), 1),
        (format!("{head} 05 00 A2 77 01 00 00"), 2),
        (format!("{head} 06 00 A2 00 01 00 00"), 5),
        (format!("{head} 06 00 A3 02 01 01 00 01"), 2),
        (format!("{head} 0D 00 A2 03 01 08 00 13 20 13 25 11 17 26 05"), 14),
        (format!("02 00 {} 05 00 A2 00 01 00 00", &head[6..]), 2),
    ] {
        let answer = raw(&card, &framed(&body));
        assert!(answer.len() > 25, "{body}: {answer:02X?}");
        assert_eq!(answer[23..26], [0xA0, 1, code], "{body}");
    }
    let long = format!("{head} FF FF A3 06 01 00 00 00 01 01 04 00");
    assert_eq!(
        raw(&card, &framed(&long))[25],
        5,
        "the length is checked before it is believed"
    );
    let long = format!("{head} 09 04 A3 06 01 00 00 00 01 01 04{}", " 00".repeat(1024));
    assert_eq!(raw(&card, &framed(&long))[25], 4);
}
