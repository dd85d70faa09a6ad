//! Stories of Huidu cards.

use crate::huidu_card::HuiduCard;
use crate::mishap::{Mishap, quick, report_with, until};
use crate::plans::{NOW, area, clock, of_all_documents, place, plan, told};
use heliograph_scene::TextPlan;
use heliograph_scene::plan::{CharSize, Motion};
use heliograph_sink::{CardFault, CardSink, CardSpec};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

fn open(card: &HuiduCard) -> Box<dyn CardSink> {
    let spec = CardSpec::Huidu {
        host: card.machine.address.to_string(),
        font: "文泉驿 & <正黑>".to_owned(),
    };
    spec.open_at(quick()).unwrap()
}

#[track_caller]
fn show(sink: &mut dyn CardSink, plan: &Arc<TextPlan>) {
    let told = sink.show(plan, 60, NOW).unwrap();
    report_with(sink, "the card acknowledges", |report| {
        report.acknowledged == Some(told)
    });
}

#[test]
fn the_card_holds_what_the_plan_says() {
    let card = HuiduCard::start(256, 64);
    let mut sink = open(&card);
    let headline = heliograph_scene::plan::TextArea {
        size: CharSize::Dots32,
        ..area(place(0, 8, 256, 32), Motion::AtOnce, &["<停电> & “通知”", "第二页😀喆"])
    };
    let detail = area(place(8, 48, 200, 16), Motion::Left, &["今晚8:00起停电"]);
    show(&mut *sink, &Arc::new(plan(vec![headline, detail], Some(clock()))));
    until("the clock is set", || card.state().clock.is_some());
    let state = card.state();
    let [headline, detail, clock] = state.areas.as_slice() else {
        panic!("{:?}", state.areas)
    };
    assert_eq!(headline.pages, ["<停电> & “通知”", "第二页😀喆"]);
    assert_eq!((headline.size, headline.tenths, headline.moving), (24, 50, false));
    assert_eq!(
        (detail.pages.as_slice(), detail.moving),
        (["今晚8:00起停电".to_owned()].as_slice(), true)
    );
    assert_eq!(
        (clock.pages[0].as_str(), clock.colour.as_str()),
        ("<clock +8:00>", "#00ff00")
    );
    assert_eq!(
        (headline.place, clock.place),
        (place(0, 8, 256, 32), place(216, 48, 40, 16))
    );
    assert_eq!(state.font, "文泉驿 & <正黑>");
    assert_eq!((state.on, state.percent), (true, Some(60)));
    let (zone, time) = state.clock.clone().unwrap();
    assert_eq!(zone, "(UTC+08:00)");
    assert!(time.starts_with("2026-11-24 10:05:"), "{time}");
    assert!(state.answered_heartbeat);
    assert_eq!(state.refusals, Vec::<String>::new());
    drop(state);
    assert_eq!(sink.report().stand_ins, []);
}

#[test]
fn every_document_on_every_panel_is_taken() {
    let card = HuiduCard::start(320, 64);
    let mut sink = open(&card);
    for (name, plan) in of_all_documents() {
        show(&mut *sink, &Arc::new(plan.clone()));
        let pages = plan.areas.iter().map(|area| {
            let pages = area.lines.chunks(area.rows());
            pages.map(|lines| lines.join("\n")).collect::<Vec<_>>()
        });
        let mut expected: Vec<Vec<String>> = pages.collect();
        expected.extend(plan.clock.map(|_| vec!["<clock +8:00>".to_owned()]));
        assert_eq!(card.texts(), expected, "{name}");
        assert_eq!(card.state().refusals, Vec::<String>::new(), "{name}");
        assert_eq!(sink.report().fault, None, "{name}");
    }
}

#[test]
fn long_programmes_go_in_parts() {
    let card = HuiduCard::start(256, 64);
    let mut sink = open(&card);
    let lines: Vec<String> = (0..2000).map(|n| format!("第{n}行")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    show(
        &mut *sink,
        &Arc::new(plan(vec![area(place(0, 0, 256, 64), Motion::AtOnce, &lines)], None)),
    );
    assert_eq!(card.texts()[0].len(), 500);
    assert_eq!(card.state().longest_packet, 8012);
}

#[test]
fn a_card_that_is_set_to_another_panel_is_told_of() {
    let card = HuiduCard::start(512, 128);
    let mut sink = open(&card);
    show(&mut *sink, &told("一"));
    let report = report_with(&*sink, "the warning", |report| report.warning.is_some());
    let warning = report.warning.unwrap().to_string();
    assert!(warning.contains("512×128") && warning.contains("256×64"), "{warning}");
    // The control: a card of the panel's size gives none.
    let right = HuiduCard::start(256, 64);
    let mut sink = open(&right);
    show(&mut *sink, &told("一"));
    assert_eq!(sink.report().warning, None);
}

#[test]
fn refusals_are_told_and_tried_again() {
    for (mishap, answer) in [(Mishap::Refuse(1), "kBusy"), (Mishap::Refuse(255), "error 9")] {
        let card = HuiduCard::start(256, 64);
        card.mishap("AddProgram", mishap);
        let mut sink = open(&card);
        let number = sink.show(&told("一"), 60, NOW).unwrap();
        let report = report_with(&*sink, "the refusal is told", |report| report.fault.is_some());
        assert!(
            report.fault.as_ref().unwrap().to_string().contains(answer),
            "{report:?}"
        );
        assert!(report.connected && report.acknowledged.is_none());
        report_with(&*sink, "it is tried again", |report| {
            report.acknowledged == Some(number) && report.fault.is_none()
        });
        assert_eq!(card.state().connections, 1);
    }
}

#[test]
fn a_card_that_is_silent_hangs_up_or_talks_nonsense_is_called_again() {
    for mishap in [Mishap::Hush, Mishap::HangUp, Mishap::Garble] {
        for asked in ["AddProgram", "GetDeviceInfo", "GetIFVersion", "heartbeat"] {
            if (asked, mishap) == ("heartbeat", Mishap::Garble) {
                continue;
            }
            let card = HuiduCard::start(256, 64);
            card.mishap(asked, mishap);
            let mut sink = open(&card);
            let number = sink.show(&told("一"), 60, NOW).unwrap();
            until("the mishap", || card.state().mishaps.none_left());
            report_with(&*sink, &format!("called again after {mishap:?} of {asked}"), |report| {
                report.acknowledged == Some(number) && report.fault.is_none() && report.connected
            });
            until("a second call", || card.state().connections == 2);
            assert_eq!(card.texts(), [["一"]]);
        }
    }
}

#[test]
fn a_silent_card_is_named_by_what_it_was_asked() {
    let card = HuiduCard::start(256, 64);
    let mut sink = open(&card);
    show(&mut *sink, &told("一"));
    card.mishap("AddProgram", Mishap::Hush);
    sink.show(&told("二"), 60, NOW).unwrap();
    let report = report_with(&*sink, "the fault", |report| report.fault.is_some());
    assert!(
        matches!(
            report.fault,
            Some(CardFault::Silent {
                asked: "to show texts",
                ..
            })
        ),
        "{report:?}"
    );
}

#[test]
fn heartbeats_keep_the_connection() {
    let card = HuiduCard::start(256, 64);
    let mut sink = open(&card);
    show(&mut *sink, &told("一"));
    until("five heartbeats", || card.state().heartbeats >= 5);
    assert_eq!(card.state().connections, 1);
    assert_eq!(card.state().count("AddProgram"), 1);
}

/// Sends packets to a card and answers what it says last.
fn raw(card: &HuiduCard, packets: &[&[u8]]) -> Vec<u8> {
    let mut stream = TcpStream::connect(card.machine.address).unwrap();
    stream.write_all(&packets.concat()).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

#[test]
fn the_simulator_refuses_what_is_wrong() {
    let card = HuiduCard::start(256, 64);
    let version: &[u8] = &[8, 0, 0x01, 0x20, 5, 0, 0, 1];
    assert_eq!(raw(&card, &[version])[..4], [8, 0, 0x02, 0x20]);
    let xml = |text: &str| {
        let length = u32::try_from(text.len()).unwrap().to_le_bytes();
        let whole = u16::try_from(text.len() + 12).unwrap().to_le_bytes();
        [&whole, &[0x03, 0x20], length.as_slice(), &[0; 4], text.as_bytes()].concat()
    };
    let good = xml("<sdk guid=\"##GUID\"><in method=\"GetIFVersion\"><version value=\"1000000\"/></in></sdk>");
    let answer = raw(&card, &[version, &good]);
    assert!(String::from_utf8_lossy(&answer).contains("kSuccess"));
    let stranger = xml("<sdk guid=\"other\"><in method=\"OpenScreen\"/></sdk>");
    let half = xml("<sdk guid=\"##GUID\"><in method=\"GetIFVersion\">");
    let mut offset = good.clone();
    offset[8] = 7;
    for (what, packets) in [
        ("no version", vec![good.as_slice()]),
        ("a stranger", vec![version, &stranger]),
        ("half an XML", vec![version, &half]),
        ("a wrong offset", vec![version, &offset]),
        ("an unknown command", vec![version, &[4, 0, 0x77, 0x77][..]]),
        ("another version", vec![&[8, 0, 0x01, 0x20, 6, 0, 0, 1][..]]),
    ] {
        let answer = raw(&card, &packets);
        let last = answer.len() - 6;
        assert_eq!(answer[last..last + 4], [6, 0, 0x00, 0x20], "{what}");
    }
    assert_eq!(card.state().refusals.len(), 6);
}
