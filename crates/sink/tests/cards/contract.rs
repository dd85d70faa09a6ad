//! What every card sink promises.

use crate::huidu_card::HuiduCard;
use crate::mishap::{Mishap, quick, report_with, until};
use crate::onbon_card::{BX_6K, OnbonCard, UPDATE};
use crate::plans::{NOW, told};
use heliograph_domain::Instant;
use heliograph_sink::{CardFault, CardSink, CardSpec, OnbonModel};
use std::time::Duration;

/// A simulated card, whichever it is.
trait Simulated {
    fn spec(&self) -> CardSpec;
    fn texts(&self) -> Vec<Vec<String>>;
    /// How often it was told texts.
    fn updates(&self) -> usize;
    /// Whether the panel is on, and how bright, as the card counts.
    fn light(&self) -> (bool, Option<u8>);
    /// Its clock, to the minute.
    fn clock(&self) -> Option<String>;
    fn unplug(&mut self);
    fn plug_in(&mut self);
    fn hush(&self);
}

impl Simulated for OnbonCard {
    fn spec(&self) -> CardSpec {
        CardSpec::Onbon {
            host: self.machine.address.to_string(),
            address: 1,
            model: OnbonModel::K6,
            speed: None,
        }
    }

    fn texts(&self) -> Vec<Vec<String>> {
        Self::texts(self)
    }

    fn updates(&self) -> usize {
        self.state().count(UPDATE)
    }

    fn light(&self) -> (bool, Option<u8>) {
        let state = self.state();
        (state.on, state.level)
    }

    fn clock(&self) -> Option<String> {
        let clock = self.state().clock;
        clock.map(|[year, month, day, hour, minute, ..]| format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}"))
    }

    fn unplug(&mut self) {
        self.machine.unplug();
    }

    fn plug_in(&mut self) {
        self.machine.plug_in();
    }

    fn hush(&self) {
        self.mishap(UPDATE, Mishap::Hush);
    }
}

impl Simulated for HuiduCard {
    fn spec(&self) -> CardSpec {
        CardSpec::Huidu {
            host: self.machine.address.to_string(),
            font: "宋体".to_owned(),
        }
    }

    fn texts(&self) -> Vec<Vec<String>> {
        Self::texts(self)
    }

    fn updates(&self) -> usize {
        self.state().count("AddProgram")
    }

    fn light(&self) -> (bool, Option<u8>) {
        let state = self.state();
        (state.on, state.percent)
    }

    fn clock(&self) -> Option<String> {
        self.state().clock.clone().map(|(_, time)| time[..16].to_owned())
    }

    fn unplug(&mut self) {
        self.machine.unplug();
    }

    fn plug_in(&mut self) {
        self.machine.plug_in();
    }

    fn hush(&self) {
        self.mishap("AddProgram", Mishap::Hush);
    }
}

fn cards() -> Vec<Box<dyn Simulated>> {
    vec![Box::new(OnbonCard::start(BX_6K)), Box::new(HuiduCard::start(256, 64))]
}

fn open(card: &dyn Simulated) -> Box<dyn CardSink> {
    card.spec().open_at(quick()).unwrap()
}

#[test]
fn a_plan_is_acknowledged_once_under_its_number() {
    for card in cards() {
        let mut sink = open(&*card);
        assert!(!sink.name().is_empty());
        assert_eq!(sink.report().acknowledged, None);
        let first = sink.show(&told("一"), 60, NOW).unwrap();
        let report = report_with(&*sink, "acknowledged", |report| report.acknowledged == Some(first));
        assert!(report.acknowledged_at.unwrap() >= NOW && report.connected);
        assert_eq!(card.texts(), [["一"]]);
        // The same again, as a player says it at every page of its own.
        for later in 1..20 {
            assert_eq!(sink.show(&told("一"), 60, NOW.plus_ms(later)).unwrap(), first);
        }
        let second = sink.show(&told("二"), 60, NOW).unwrap();
        assert!(second > first);
        report_with(&*sink, "acknowledged", |report| report.acknowledged == Some(second));
        assert_eq!((card.texts(), card.updates()), (vec![vec!["二".to_owned()]], 2));
    }
}

#[test]
fn the_newest_plan_wins() {
    for card in cards() {
        let mut sink = open(&*card);
        let mut last = None;
        for n in 0..200 {
            last = Some(sink.show(&told(&format!("第{n}条")), 60, NOW).unwrap());
        }
        report_with(&*sink, "acknowledged", |report| report.acknowledged == last);
        assert_eq!(card.texts(), [["第199条"]]);
        assert!(card.updates() < 200, "none was passed over");
    }
}

#[test]
fn brightness_is_sent_alone_and_dark_is_dark() {
    for card in cards() {
        let mut sink = open(&*card);
        let number = sink.show(&told("一"), 100, NOW).unwrap();
        report_with(&*sink, "acknowledged", |report| report.acknowledged == Some(number));
        let (on, bright) = card.light();
        assert!(on);
        assert_eq!(sink.show(&told("一"), 20, NOW).unwrap(), number);
        until("it is dimmed", || card.light().1 < bright);
        sink.show(&told("一"), 0, NOW).unwrap();
        until("it is dark", || !card.light().0);
        sink.show(&told("一"), 250, NOW).unwrap();
        until("it is bright again", || card.light() == (true, bright));
        assert_eq!(card.updates(), 1);
    }
}

#[test]
fn the_cards_clock_is_set_by_the_sites_time() {
    for card in cards() {
        let mut sink = open(&*card);
        // A machine without the time must not set a card's clock by it.
        let number = sink.show(&told("一"), 60, Instant(5_000)).unwrap();
        report_with(&*sink, "acknowledged", |report| report.acknowledged == Some(number));
        assert_eq!(card.clock(), None);
        sink.show(&told("二"), 60, NOW).unwrap();
        until("the clock is set", || card.clock().is_some());
        assert_eq!(card.clock().unwrap(), "2026-11-24 10:05");
    }
}

#[test]
fn a_card_that_was_away_is_told_again() {
    for mut card in cards() {
        let mut sink = open(&*card);
        let number = sink.show(&told("一"), 60, NOW).unwrap();
        report_with(&*sink, "acknowledged", |report| report.acknowledged == Some(number));
        card.unplug();
        let report = report_with(&*sink, "the loss is noticed without any change", |report| {
            matches!(report.fault, Some(CardFault::Unreachable { .. }))
        });
        assert!(!report.connected);
        let updates = card.updates();
        card.plug_in();
        report_with(&*sink, "it is connected again", |report| {
            report.connected && report.fault.is_none()
        });
        until("it is told again", || card.updates() > updates);
        assert_eq!(sink.report().acknowledged, Some(number));
    }
}

#[test]
fn a_card_that_comes_late_is_waited_for() {
    for mut card in cards() {
        card.unplug();
        let mut sink = open(&*card);
        let number = sink.show(&told("一"), 60, NOW).unwrap();
        let report = report_with(&*sink, "the fault is told", |report| report.fault.is_some());
        let fault = report.fault.unwrap().to_string();
        assert!(fault.contains("127.0.0.1") && fault.contains("cable"), "{fault}");
        card.plug_in();
        report_with(&*sink, "acknowledged", |report| {
            report.acknowledged == Some(number) && report.fault.is_none()
        });
        assert_eq!(card.texts(), [["一"]]);
    }
}

#[test]
fn showing_and_stopping_do_not_wait_for_a_card_that_says_nothing() {
    for card in cards() {
        let mut pace = quick();
        pace.answer = Duration::from_secs(3600);
        let mut sink = card.spec().open_at(pace).unwrap();
        let number = sink.show(&told("一"), 60, NOW).unwrap();
        report_with(&*sink, "acknowledged", |report| report.acknowledged == Some(number));
        card.hush();
        // Were either to wait for the answer, the test would run for an hour.
        for n in 0..50 {
            sink.show(&told(&format!("{n}")), 60, NOW).unwrap();
        }
        drop(sink);
    }
}
