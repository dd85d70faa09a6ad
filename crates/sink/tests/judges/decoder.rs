//! DDP against a decoder in Python.

use super::{Running, noise, open, packets, start};
use heliograph_domain::Instant;
use heliograph_sink::Rig;
use heliograph_sink::wiring::{Course, Layout, Wiring};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::net::UdpSocket;
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};

struct Decoder {
    port: u16,
    lines: BufReader<ChildStdout>,
    _running: Running,
}

impl Decoder {
    fn start(arguments: &[&str]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ddp_decoder.py");
        let mut command = Command::new("python3");
        command.arg(script).args(arguments).stdout(Stdio::piped());
        let mut running = start(&mut command, "python3");
        let mut decoder = Self {
            port: 0,
            lines: BufReader::new(running.0.stdout.take().unwrap()),
            _running: running,
        };
        let line = decoder.line();
        decoder.port = line.strip_prefix("port ").unwrap().parse().unwrap();
        decoder
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// 256×64 in eight modules of 64×32, to and fro: what the decoder puts together is the picture that was shown, frame
/// after frame, though sequence numbers begin anew.
#[test]
fn a_decoder_written_from_the_specification_sees_the_picture() {
    let mut decoder = Decoder::start(&["--modules", "64x32", "4x2"]);
    let modules = Course {
        serpentine: true,
        ..Course::default()
    };
    let rig = Rig {
        wiring: Some(
            Wiring::new(Layout {
                columns: 4,
                rows: 2,
                modules,
                ..Layout::single(64, 32)
            })
            .unwrap(),
        ),
        ..Rig::default()
    };
    let mut sink = open(&format!("ddp:127.0.0.1:{}", decoder.port), "屏", &rig);
    for seed in 1..=3 {
        let frame = noise(256, 64, seed);
        let wanted = format!("frame 35 {}", hex(frame.rgb()));
        sink.show(&frame, Instant(0)).unwrap();
        // The former frame may have been sent once more before.
        let seen = (0..4).map(|_| decoder.line()).find(|line| *line == wanted);
        assert!(seen.is_some(), "frame {seed}");
    }
}

#[test]
fn frames_of_one_pixel_and_of_a_long_line_arrive_too() {
    for (width, packets) in [(1, 1), (480, 1), (481, 2), (10_000, 21)] {
        let mut decoder = Decoder::start(&[]);
        let frame = noise(width, 1, 9);
        let mut sink = open(&format!("ddp:127.0.0.1:{}", decoder.port), "屏", &Rig::default());
        sink.show(&frame, Instant(0)).unwrap();
        assert_eq!(decoder.line(), format!("frame {packets} {}", hex(frame.rgb())));
    }
}

/// The decoder is no yes-man: each of these packets is ours with one thing spoilt.
#[test]
fn the_decoder_notices_what_is_wrong() {
    let packets = packets("ddp", "", "屏", &noise(500, 1, 4), 2);
    type Spoil = fn(&mut Vec<Vec<u8>>);
    let spoilt: [(&str, Spoil); 7] = [
        ("version", |p| p[0][0] = 0x80),
        ("sequence 3 follows 1", |p| p[1][1] = 3),
        ("sequence 0", |p| p[0][1] = 0),
        ("is not what an RGB panel takes", |p| p[0][2] = 0x1B),
        ("not the default output", |p| p[0][3] = 2),
        ("bytes came before", |p| p[1][7] ^= 1),
        ("the header says", |p| p[0].truncate(100)),
    ];
    for (said, spoil) in spoilt {
        let mut decoder = Decoder::start(&[]);
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut packets = packets.clone();
        spoil(&mut packets);
        for packet in &packets {
            socket.send_to(packet, ("127.0.0.1", decoder.port)).unwrap();
        }
        let line = decoder.line();
        assert!(line.starts_with("error") && line.contains(said), "{said}: {line}");
    }
}
