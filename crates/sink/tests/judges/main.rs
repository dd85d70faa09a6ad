//! Programs that others wrote judge what the network sinks send: OLA receives it, Wireshark's dissectors read it, and
//! a decoder in another language, written from the specification, takes DDP apart. A judge that is missing is a failure
//! which says how to install it.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod decoder;
mod dissector;
mod ola;

use heliograph_domain::Instant;
use heliograph_scene::{Frame, Rgb};
use heliograph_sink::{Rig, Sink, SinkSpec};
use std::net::UdpSocket;
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::Duration;

/// A picture in which neighbours differ, and universes too; `seed` makes others.
pub(crate) fn noise(width: u32, height: u32, seed: u32) -> Arc<Frame> {
    let mut frame = Frame::filled(width, height, Rgb(0, 0, 0));
    let mut state = seed;
    for byte in frame.rgb_mut() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (state >> 24) as u8;
    }
    Arc::new(frame)
}

pub(crate) fn open(spec: &str, title: &str, rig: &Rig) -> Box<dyn Sink> {
    spec.parse::<SinkSpec>().unwrap().open(title, rig).unwrap()
}

/// The first `count` packets that a sink of `kind` sends for a frame.
pub(crate) fn packets(kind: &str, options: &str, title: &str, frame: &Arc<Frame>, count: usize) -> Vec<Vec<u8>> {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let port = socket.local_addr().unwrap().port();
    let mut sink = open(&format!("{kind}:127.0.0.1:{port}{options}"), title, &Rig::default());
    sink.show(frame, Instant(0)).unwrap();
    let mut packet = [0; 2048];
    let mut next = |_| {
        let length = socket.recv(&mut packet).unwrap();
        packet[..length].to_vec()
    };
    (0..count).map(&mut next).collect()
}

/// Starts a judge, or says which package has it.
pub(crate) fn start(command: &mut Command, package: &str) -> Running {
    let started = command.spawn();
    let name = command.get_program().to_string_lossy().into_owned();
    Running(started.unwrap_or_else(|error| panic!("{name}: {error}; install it: apt-get install {package}")))
}

/// A judge that is ended with the test.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
