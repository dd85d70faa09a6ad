//! What every sink promises, and the live picture as a browser hears it.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

#[cfg(feature = "window")]
#[allow(dead_code, unreachable_pub, clippy::expect_used, reason = "shared with other tests")]
mod support;

use futures_util::StreamExt;
use heliograph_domain::Instant;
use heliograph_scene::{Frame, Rgb};
#[cfg(feature = "window")]
use heliograph_sink::SinkSpec;
use heliograph_sink::{BrowserSink, PngSink, Recorder, Sink, SinkError, Tee, TerminalSink};
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
    let window = spec.parse::<SinkSpec>().unwrap().open("屏").unwrap();
    (vec![window], server)
}

#[cfg(not(feature = "window"))]
fn windows() -> (Vec<Box<dyn Sink>>, ()) {
    (Vec::new(), ())
}

fn loopback() -> std::net::SocketAddr {
    ([127, 0, 0, 1], 0).into()
}

/// Every sink takes frames of any size, returns soon, and has a name.
#[test]
fn every_sink_keeps_the_contract() {
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
    sinks.extend(windows);
    for mut sink in sinks {
        assert!(!sink.name().is_empty());
        let begun = Moment::now();
        for n in 0..50u64 {
            let (width, height) = [(1, 1), (256, 64), (64, 32), (640, 360)][usize::try_from(n % 4).unwrap()];
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
