//! The window as the display server shows it: every pixel of a screenshot is compared with the frame.

#![cfg(feature = "window")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

mod support;

use heliograph_domain::Instant;
use heliograph_scene::{Frame, Rgb};
use heliograph_sink::{Sink, SinkError, SinkSpec, WindowError};
use std::sync::Arc;
use support::{Cage, Xvfb, eventually, pattern};

const SCREEN: (u32, u32) = (320, 200);

fn window(spec: &str) -> Box<dyn Sink> {
    spec.parse::<SinkSpec>()
        .unwrap()
        .open("大厅屏 Lobby", &heliograph_sink::Rig::default())
        .unwrap()
}

fn show(sink: &mut dyn Sink, frame: &Frame) {
    sink.show(&Arc::new(frame.clone()), Instant(0)).unwrap();
}

fn on(server: &Xvfb, options: &str) -> Box<dyn Sink> {
    window(&format!("window:full?display={}{options}", server.display))
}

#[test]
fn the_screen_shows_the_frame_pixel_for_pixel() {
    // With memory that the server shares, and with one that does not.
    for options in [&[][..], &["-extension", "MIT-SHM"]] {
        let server = Xvfb::start(SCREEN, None, options);
        let mut sink = on(&server, "");
        let first = pattern(SCREEN.0, SCREEN.1, 1);
        show(&mut *sink, &first);
        eventually("the first frame", || server.screenshot() == first);
        // The control: a frame that differs in one pixel is another picture.
        let mut second = first.clone();
        second.set_pixel(319, 199, Rgb(255, 255, 255));
        assert_ne!(server.screenshot(), second);
        show(&mut *sink, &second);
        eventually("the second frame", || server.screenshot() == second);
    }
}

#[test]
fn a_ticker_leaves_no_trace() {
    let server = Xvfb::start(SCREEN, None, &[]);
    let mut sink = on(&server, "");
    let ground = pattern(SCREEN.0, SCREEN.1, 9);
    let mut last = ground.clone();
    for step in 0..150 {
        last = ground.clone();
        for (x, y) in (0..12).flat_map(|x| (180..192).map(move |y| (x, y))) {
            last.set_pixel(step * 2 + x, y, Rgb(250, 200, 0));
            last.set_pixel(300 + x, 4 + (step + y) % 16, Rgb(0, 200, 250));
        }
        show(&mut *sink, &last);
    }
    eventually("the last frame", || server.screenshot() == last);
}

#[test]
fn a_strip_stands_enlarged_in_the_middle() {
    let server = Xvfb::start(SCREEN, None, &[]);
    let mut sink = on(&server, "");
    let strip = pattern(128, 32, 3);
    show(&mut *sink, &strip);
    let mut expected = Frame::filled(SCREEN.0, SCREEN.1, Rgb(0, 0, 0));
    for (x, y) in (0..256).flat_map(|x| (0..64).map(move |y| (x, y))) {
        expected.set_pixel(32 + x, 68 + y, strip.pixel(x / 2, y / 2));
    }
    eventually("the strip", || server.screenshot() == expected);
}

#[test]
fn a_screen_on_its_side_is_told_so() {
    let server = Xvfb::start(SCREEN, None, &[]);
    let mut sink = on(&server, "&rotate=90");
    let portrait = pattern(SCREEN.1, SCREEN.0, 4);
    show(&mut *sink, &portrait);
    let mut expected = Frame::filled(SCREEN.0, SCREEN.1, Rgb(0, 0, 0));
    for (x, y) in (0..SCREEN.1).flat_map(|x| (0..SCREEN.0).map(move |y| (x, y))) {
        expected.set_pixel(SCREEN.0 - 1 - y, x, portrait.pixel(x, y));
    }
    eventually("the turned picture", || server.screenshot() == expected);
}

#[test]
fn a_server_that_vanishes_is_an_error_and_comes_back() {
    let server = Xvfb::start(SCREEN, None, &[]);
    let mut sink = on(&server, "");
    let frame = pattern(SCREEN.0, SCREEN.1, 5);
    show(&mut *sink, &frame);
    eventually("the frame", || server.screenshot() == frame);
    let display = server.kill();
    eventually("the loss is told", || {
        matches!(
            sink.show(&Arc::new(frame.clone()), Instant(0)),
            Err(SinkError::Window(WindowError::Gone { .. }))
        )
    });
    eventually("that nobody is there is told", || {
        let shown = sink.show(&Arc::new(frame.clone()), Instant(0));
        matches!(shown, Err(SinkError::Window(WindowError::Unreachable { .. })))
    });
    // Back on the same display; nothing more is shown, and the newest frame still appears.
    let server = Xvfb::start(SCREEN, Some(&display), &[]);
    eventually("the frame is back", || server.screenshot() == frame);
    eventually("the sink is well", || {
        sink.show(&Arc::new(frame.clone()), Instant(0)).is_ok()
    });
}

#[test]
fn a_closed_window_opens_again() {
    let server = Xvfb::start(SCREEN, None, &[]);
    let mut sink = on(&server, "");
    let frame = pattern(SCREEN.0, SCREEN.1, 6);
    show(&mut *sink, &frame);
    eventually("the frame", || server.screenshot() == frame);
    server.close_window();
    eventually("it is told", || {
        let shown = sink.show(&Arc::new(frame.clone()), Instant(0));
        matches!(shown, Err(SinkError::Window(WindowError::Closed)))
    });
    eventually("the frame is back", || server.screenshot() == frame);
}

#[test]
fn no_display_is_told_with_what_to_do() {
    let told = |spec: &str| {
        let refused = spec
            .parse::<SinkSpec>()
            .unwrap()
            .open("屏", &heliograph_sink::Rig::default())
            .err()
            .unwrap();
        assert!(matches!(refused, SinkError::Window(WindowError::Unreachable { .. })));
        refused.to_string()
    };
    assert!(told("window:full?display=:4093").contains("display :4093 cannot be reached"));
    assert!(told("window:full?display=/nowhere/wayland-7").contains("Is it running"));
}

#[test]
fn a_compositor_shows_the_frame_pixel_for_pixel() {
    let cage = Cage::start();
    let (width, height) = {
        let dark = cage.screenshot();
        (dark.width_px(), dark.height_px())
    };
    let mut sink = window(&format!("window:full?display={}", cage.socket().display()));
    let mut last = pattern(width, height, 7);
    show(&mut *sink, &last);
    eventually("the first frame", || cage.screenshot() == last);
    for step in 0..40 {
        last.set_pixel(step, 3, Rgb(255, 0, 0));
        last.set_pixel(width - 1 - step, height - 1, Rgb(0, 255, 0));
        show(&mut *sink, &last);
    }
    eventually("the last frame", || cage.screenshot() == last);
    let other = pattern(width, height, 8);
    assert_ne!(cage.screenshot(), other);
    drop(cage);
    eventually("the loss is told", || {
        let shown = sink.show(&Arc::new(last.clone()), Instant(0));
        matches!(
            shown,
            Err(SinkError::Window(
                WindowError::Gone { .. } | WindowError::Unreachable { .. }
            ))
        )
    });
}
