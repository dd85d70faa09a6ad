//! What every sink promises, and the live picture as a browser hears it.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

#[cfg(feature = "window")]
#[allow(dead_code, unreachable_pub, clippy::expect_used, reason = "shared with other tests")]
mod support;

use futures_util::StreamExt;
use heliograph_domain::Instant;
use heliograph_scene::{Frame, Rgb};
use heliograph_sink::wiring::{Layout, Wiring};
use heliograph_sink::{BrowserSink, PngSink, Recorder, Rig, Sink, SinkError, SinkSpec, Tee, TerminalSink};
use std::net::UdpSocket;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};
use tokio_tungstenite::tungstenite::Message;

fn folder() -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("heliograph-sink-{}", std::process::id()));
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// Windows on servers of the test's own, which live as long as the windows.
#[cfg(feature = "window")]
fn windows() -> (Vec<Box<dyn Sink>>, impl Drop) {
    let server = support::Xvfb::start((320, 200), None, &[]);
    let spec = format!("window:128x64?display={}", server.display);
    let window = spec.parse::<SinkSpec>().unwrap().open("屏", &Rig::default()).unwrap();
    (vec![window], server)
}

#[cfg(not(feature = "window"))]
fn windows() -> (Vec<Box<dyn Sink>>, ()) {
    (Vec::new(), ())
}

fn loopback() -> std::net::SocketAddr {
    ([127, 0, 0, 1], 0).into()
}

/// A controller of the network that hears what is sent to it, and takes it as it comes.
fn controller() -> (UdpSocket, u16) {
    let socket = UdpSocket::bind(loopback()).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, port)
}

fn opened(spec: &str) -> Box<dyn Sink> {
    spec.parse::<SinkSpec>().unwrap().open("屏", &Rig::default()).unwrap()
}

/// The protocols of the network, each written for a port on loopback, and where its data begin in a packet.
const PROTOCOLS: [(&str, &str, usize); 3] = [
    ("ddp", "", 10),
    ("artnet", "?sync=yes", 18),
    ("sacn", "?sync=7000", 126),
];

/// Every sink takes frames of any size, returns soon, and has a name.
#[test]
fn every_sink_keeps_the_contract() {
    let controllers = PROTOCOLS.map(|(kind, options, _)| {
        let (socket, port) = controller();
        (socket, opened(&format!("{kind}:127.0.0.1:{port}{options}")))
    });
    let (_listening, network): (Vec<_>, Vec<_>) = controllers.into_iter().unzip();
    let (windows, _server) = windows();
    let mut sinks: Vec<Box<dyn Sink>> = vec![
        Box::new(PngSink::new(&folder().join("contract.png")).unwrap()),
        Box::new(TerminalSink::new(Vec::new(), 80)),
        Box::new(BrowserSink::start("屏", loopback()).unwrap()),
        Box::new(Recorder::new().0),
        Box::new(Tee::new(vec![
            Box::new(Recorder::new().0),
            Box::new(TerminalSink::new(Vec::new(), 8)),
        ])),
    ];
    sinks.extend(network);
    sinks.extend(windows);
    for mut sink in sinks {
        assert!(!sink.name().is_empty());
        let begun = Moment::now();
        for n in 0..50u64 {
            let sizes = [(1, 1), (256, 64), (64, 32), (640, 360), (10_000, 1)];
            let (width, height) = sizes[usize::try_from(n % 5).unwrap()];
            let frame = Arc::new(Frame::filled(width, height, Rgb(n as u8, 0, 0)));
            sink.show(&frame, Instant(n)).unwrap();
        }
        // Not a figure: it only tells a sink that encodes while the player waits from one that does not.
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "{} holds the player up",
            sink.name()
        );
    }
}

/// The data of the packets of `socket` until one is like `wanted`.
fn heard(socket: &UdpSocket, data_at: usize, wanted: &[u8]) -> bool {
    let mut packet = [0; 2048];
    loop {
        let Ok(length) = socket.recv(&mut packet) else {
            return false;
        };
        if packet[..length]
            .get(data_at..)
            .is_some_and(|data| data.starts_with(wanted))
        {
            return true;
        }
    }
}

/// A controller that loses its power is told of, and lit again when it is back, whatever the protocol.
#[test]
fn a_vanished_controller_is_told_of_and_found_again() {
    let stories = PROTOCOLS.map(|(kind, options, data_at)| {
        std::thread::spawn(move || {
            let (socket, port) = controller();
            let mut sink = opened(&format!("{kind}:127.0.0.1:{port}{options}"));
            let shows = |sink: &mut Box<dyn Sink>, grey: u8| {
                sink.show(&Arc::new(Frame::filled(2, 1, Rgb(grey, grey, grey))), Instant(0))
            };
            shows(&mut sink, 1).unwrap();
            assert!(heard(&socket, data_at, &[1; 6]), "{kind}");
            drop(socket);
            let patiently = |wanted: &mut dyn FnMut() -> bool| {
                (0..2000).any(|_| {
                    std::thread::sleep(Duration::from_millis(10));
                    wanted()
                })
            };
            let told = patiently(&mut || match shows(&mut sink, 2) {
                Err(error) => {
                    assert!(matches!(error, SinkError::Unreachable { .. }), "{error:?}");
                    error
                        .to_string()
                        .contains(&format!("{kind}:127.0.0.1:{port} cannot be reached"))
                }
                Ok(()) => false,
            });
            assert!(told, "{kind}");
            let socket = UdpSocket::bind(("127.0.0.1", port)).unwrap();
            socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            assert!(heard(&socket, data_at, &[2; 6]), "{kind} comes back by itself");
            assert!(patiently(&mut || shows(&mut sink, 3).is_ok()), "{kind}");
            assert!(heard(&socket, data_at, &[3; 6]), "{kind}");
        })
    });
    stories.into_iter().for_each(|story| story.join().unwrap());
}

/// A picture that stands still is sent again and again, and the last one before the end is sent still.
#[test]
fn a_still_picture_is_kept_alive() {
    for (kind, options, data_at) in PROTOCOLS {
        let (socket, port) = controller();
        let mut sink = opened(&format!("{kind}:127.0.0.1:{port}{options}"));
        sink.show(&Arc::new(Frame::filled(2, 1, Rgb(1, 1, 1))), Instant(0))
            .unwrap();
        assert!((0..5).all(|_| heard(&socket, data_at, &[1; 6])), "{kind}");
        for grey in 2..=99 {
            sink.show(&Arc::new(Frame::filled(2, 1, Rgb(grey, grey, grey))), Instant(0))
                .unwrap();
        }
        drop(sink);
        assert!(heard(&socket, data_at, &[99; 6]), "{kind}");
        socket.set_nonblocking(true).unwrap();
        let mut packet = [0; 256];
        let after: Vec<Vec<u8>> =
            std::iter::from_fn(|| socket.recv(&mut packet).ok().map(|n| packet[..n].to_vec())).collect();
        if kind == "sacn" {
            assert_eq!(after.iter().filter(|packet| packet.get(112) == Some(&0x40)).count(), 3);
        }
    }
}

#[test]
fn a_frame_that_the_protocol_or_the_panel_cannot_take_is_refused() {
    let (_listening, port) = controller();
    let mut sink = opened(&format!("artnet:127.0.0.1:{port}?universe=32767"));
    let show =
        |sink: &mut dyn Sink, width: u32| sink.show(&Arc::new(Frame::filled(width, 1, Rgb(0, 0, 0))), Instant(0));
    show(&mut *sink, 170).unwrap();
    let error = show(&mut *sink, 171).unwrap_err().to_string();
    assert!(error.contains("at most 170 pixels, the frame has 171"), "{error}");
    let rig = Rig {
        wiring: Some(Wiring::new(Layout::single(64, 32)).unwrap()),
        ..Rig::default()
    };
    let spec: SinkSpec = format!("ddp:127.0.0.1:{port}").parse().unwrap();
    let error = show(&mut *spec.open("屏", &rig).unwrap(), 64).unwrap_err().to_string();
    assert!(error.contains("64×1") && error.contains("64×32"), "{error}");
}

#[test]
fn the_newest_frame_is_the_one_in_the_file() {
    let path = folder().join("newest.png");
    let mut sink = PngSink::new(&path).unwrap();
    for n in 0..200u8 {
        sink.show(&Arc::new(Frame::filled(64, 64, Rgb(n, n, n))), Instant(u64::from(n)))
            .unwrap();
    }
    drop(sink);
    let newest = heliograph_sink::encode::png(&Frame::filled(64, 64, Rgb(199, 199, 199)));
    assert_eq!(std::fs::read(&path).unwrap(), newest);
}

#[test]
fn a_file_that_cannot_be_written_is_told() {
    let mut sink = PngSink::new(std::path::Path::new("/nowhere/at/all.png")).unwrap();
    let frame = Arc::new(Frame::filled(1, 1, Rgb(0, 0, 0)));
    let told = (0..500).any(|n| {
        std::thread::sleep(Duration::from_millis(5));
        matches!(sink.show(&frame, Instant(n)), Err(SinkError::File { .. }))
    });
    assert!(told);
}

#[test]
fn a_viewer_gets_the_newest_frame_at_once_and_then_each_change() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut sink = BrowserSink::start("屏", loopback()).unwrap();
    sink.show(&Arc::new(Frame::filled(4, 4, Rgb(1, 1, 1))), Instant(10))
        .unwrap();
    sink.show(&Arc::new(Frame::filled(4, 4, Rgb(2, 2, 2))), Instant(20))
        .unwrap();
    let url = sink.url();
    runtime.block_on(async {
        let (mut socket, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
        assert_eq!(
            next_picture(&mut socket).await,
            (20, heliograph_sink::encode::png(&Frame::filled(4, 4, Rgb(2, 2, 2))))
        );
        sink.show(&Arc::new(Frame::filled(4, 4, Rgb(3, 3, 3))), Instant(30))
            .unwrap();
        assert_eq!(next_picture(&mut socket).await.0, 30);
        drop(sink);
        let closed = tokio::time::timeout(Duration::from_secs(10), async {
            while let Some(Ok(_)) = socket.next().await {}
        });
        assert!(closed.await.is_ok(), "a stopped player's viewers are cut off");
    });
}

async fn next_picture<S>(socket: &mut S) -> (u64, Vec<u8>)
where
    S: StreamExt<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin,
{
    loop {
        if let Message::Binary(bytes) = socket.next().await.unwrap().unwrap() {
            return (u64::from_be_bytes(bytes[..8].try_into().unwrap()), bytes[8..].to_vec());
        }
    }
}

#[test]
fn pages_of_other_sites_see_nothing() {
    use std::io::{Read, Write};
    let mut sink = BrowserSink::start("屏", loopback()).unwrap();
    sink.show(&Arc::new(Frame::filled(4, 4, Rgb(1, 1, 1))), Instant(10))
        .unwrap();
    let address = sink
        .url()
        .trim_start_matches("ws://")
        .trim_end_matches("/live")
        .to_owned();
    let status = |headers: String| {
        let mut stream = std::net::TcpStream::connect(&address).unwrap();
        write!(stream, "GET /frame.png HTTP/1.1\r\n{headers}connection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[9..12]).into_owned()
    };
    assert_eq!(status(format!("host: {address}\r\n")), "200");
    assert_eq!(status("host: evil.example\r\n".to_owned()), "403");
    assert_eq!(
        status(format!("host: {address}\r\norigin: http://evil.example\r\n")),
        "403"
    );
    assert!(matches!(
        BrowserSink::start("屏", ([0, 0, 0, 0], 0).into()),
        Err(SinkError::NotLoopback(_))
    ));
}
