//! A stage whose artist cannot draw everything.

use super::*;
use heliograph_domain::head::{Priority, Programme};
use heliograph_domain::{Document, Kind, Window};
use heliograph_scene::Rgb;

const NOON: Instant = Instant(1_795_492_800_000);

const PANEL: Panel = Panel {
    width_px: 64,
    height_px: 32,
    colour: ColourDepth::Full,
    pixel_pitch_um: 5000,
    viewing_distance_mm: 4000,
    refresh_hz: 30,
};

/// Paints an item's number; cannot lay out number 13, nor draw number 14, nor, without its talent, the slate.
struct Clumsy {
    slate: bool,
}

impl Artist for Clumsy {
    fn turn(&self, _content: &ContentHash, document: &Document) -> Turn {
        assert_ne!(document.title(Lang::ZhHans), "13", "thirteen");
        Turn {
            pages: 1,
            dwell_ms: 1000,
        }
    }

    fn draw(&mut self, stage: &Stage<'_>, now: Instant) -> (Image, Instant) {
        let number = stage.airing.main.map_or(0, |on| on.item.content.0[0]);
        assert_ne!(number, 14, "fourteen");
        assert!(number > 0 || self.slate, "no slate");
        (
            Image::Frame(Arc::new(Frame::filled(64, 32, Rgb(number, 0, 200)))),
            now.plus_ms(400),
        )
    }
}

fn document(n: u8) -> Document {
    let body = serde_json::json!({"title": n.to_string(), "body": "", "department": "", "date": "2026-11-24"});
    let document = serde_json::json!({"format": 1, "kind": "notice", "texts": {"zh-Hans": {"notice": body}}});
    serde_json::from_value(document).unwrap()
}

fn item(n: u8) -> Item {
    Item {
        publication: format!("019a0000-0000-7000-8000-0000000000{n:02x}").parse().unwrap(),
        content: ContentHash([n; 32]),
        kind: Kind::Notice,
        priority: Priority::Normal,
        window: Window {
            from: Instant(0),
            until: None,
        },
        released_at: Instant(0),
        standing: false,
        lease_ms: None,
        assets: Vec::new(),
    }
}

fn showing(numbers: &[u8]) -> Arc<Showing> {
    Arc::new(programme(numbers))
}

fn programme(numbers: &[u8]) -> Showing {
    let mut showing = Showing::nothing(PANEL);
    showing.programme = Arc::new(Programme {
        items: numbers.iter().copied().map(item).collect(),
    });
    let documents = numbers.iter().map(|n| (ContentHash([*n; 32]), Arc::new(document(*n))));
    showing.documents = Arc::new(documents.collect());
    showing
}

fn pixel(drawn: &Drawn) -> Rgb {
    match &drawn.image {
        Image::Frame(frame) => frame.pixel(0, 0),
        Image::Plan(_) => panic!("this artist paints"),
    }
}

fn theatre(slate: bool) -> Theatre {
    Theatre::new(Box::new(move |_, _| Box::new(Clumsy { slate })))
}

/// The numbers seen in ten seconds, in order of appearance, `0` for the slate.
fn seen(theatre: &mut Theatre, showing: &Arc<Showing>) -> Vec<u8> {
    let mut numbers = Vec::new();
    for ms in (0..10_000).step_by(100) {
        let drawn = theatre.draw(showing, NOON.plus_ms(ms));
        let number = drawn.map(|drawn| pixel(&drawn).0);
        if let Some(number) = number.filter(|number| !numbers.contains(number)) {
            numbers.push(number);
        }
    }
    numbers
}

#[test]
fn a_blanked_site_shows_the_slate_and_no_footer() {
    let mut blanked = programme(&[1, 2]);
    let commitments = Arc::make_mut(&mut blanked.programme).items.iter_mut().skip(1);
    commitments.for_each(|item| item.kind = Kind::ServiceCommitment);
    let turn = |_: &Item| {
        Some(Turn {
            pages: 1,
            dwell_ms: 1000,
        })
    };
    assert_eq!(blanked.airing(&turn, NOON).footer.len(), 1, "the control");
    blanked.blanked = true;
    let airing = blanked.airing(&turn, NOON);
    assert!(airing.main.is_none() && airing.footer.is_empty());
    let mut theatre = theatre(true);
    assert_eq!(seen(&mut theatre, &showing(&[1, 2])), [1, 2]);
    assert_eq!(seen(&mut theatre, &Arc::new(blanked)), [0]);
}

#[test]
fn what_cannot_be_drawn_is_passed_over_and_the_rest_goes_on() {
    for bad in [13, 14] {
        let mut theatre = theatre(true);
        assert_eq!(seen(&mut theatre, &showing(&[1, bad, 2])), [1, 2]);
        let failures = theatre.failures();
        assert_eq!(failures.len(), 1, "told once: {failures:?}");
        assert_eq!(failures[0].0, Some(ContentHash([bad; 32])));
        assert!(failures[0].1.contains("teen"), "{failures:?}");
        assert_eq!(seen(&mut theatre, &showing(&[bad])), [0], "alone it leaves the slate");
    }
}

#[test]
fn even_without_a_slate_the_loop_lives() {
    let mut theatre = theatre(false);
    assert!(theatre.draw(&showing(&[]), NOON).is_none());
    assert_eq!(theatre.failures()[0].0, None);
    // It rests, and tries again a second later.
    assert!(theatre.draw(&showing(&[]), NOON.plus_ms(500)).is_none() && theatre.failures().is_empty());
    assert_eq!(seen(&mut theatre, &showing(&[7])), [7]);
}

#[test]
fn frames_are_drawn_when_something_changes_and_pages_are_told_when_they_turn() {
    let (mut theatre, showing) = (theatre(true), showing(&[1, 2]));
    let drawn: Vec<_> = [0, 100, 400, 999, 1000]
        .map(|ms| theatre.draw(&showing, NOON.plus_ms(ms)).map(|drawn| drawn.turned))
        .into();
    assert_eq!(drawn, [Some(true), None, Some(false), Some(false), Some(true)]);
}

#[test]
fn an_item_is_on_air_since_its_first_page_even_when_it_follows_itself() {
    let (mut theatre, showing) = (theatre(true), showing(&[1]));
    let since: Vec<_> = [0, 1000, 2000]
        .map(|ms| theatre.draw(&showing, NOON.plus_ms(ms)).unwrap().on_air.unwrap().since)
        .into();
    assert_eq!(since, [NOON; 3]);
}

#[test]
fn brightness_dims_full_colour_and_leaves_lamps_that_are_on_or_off() {
    let mut showing = programme(&[100]);
    showing.brightness_percent = 50;
    let dim = Arc::new(showing.clone());
    assert_eq!(pixel(&theatre(true).draw(&dim, NOON).unwrap()), Rgb(50, 0, 100));
    showing.panel.colour = ColourDepth::Mono;
    let lamps = Arc::new(showing);
    assert_eq!(pixel(&theatre(true).draw(&lamps, NOON).unwrap()), Rgb(100, 0, 200));
}

#[test]
fn a_clock_that_is_set_back_is_followed_at_once() {
    let (mut theatre, showing) = (theatre(true), showing(&[1, 2]));
    assert!(theatre.draw(&showing, NOON.plus_ms(3_600_000)).is_some());
    assert!(theatre.draw(&showing, NOON).is_some());
}

#[test]
fn by_night_the_panel_is_darker_from_the_minute_on() {
    let step = |hour: u16, percent| crate::profile::BrightnessStep {
        from_minute: hour * 60,
        percent,
    };
    // It is noon at the site.
    let plan = BrightnessPlan::new(vec![step(7, 80), step(13, 10)]).unwrap();
    let mut theatre = theatre(true).with_brightness(plan);
    let mut showing = programme(&[100]);
    showing.brightness_percent = 50;
    let showing = Arc::new(showing);
    let hour = 3_600_000;
    let lit = |theatre: &mut Theatre, ms: u64| {
        let drawn = theatre.draw(&showing, NOON.plus_ms(ms)).unwrap();
        (drawn.brightness_percent, pixel(&drawn))
    };
    assert_eq!(lit(&mut theatre, 0), (40, Rgb(40, 0, 80)));
    assert_eq!(lit(&mut theatre, hour - 1), (40, Rgb(40, 0, 80)));
    assert_eq!(lit(&mut theatre, hour), (5, Rgb(5, 0, 10)));
}
