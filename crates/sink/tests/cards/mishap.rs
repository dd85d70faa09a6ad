//! What goes wrong with cards, and waiting for things to come right.

use heliograph_sink::{CardReport, CardSink, Pace};
use std::collections::VecDeque;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What a simulated card does wrong once, when it is next asked a certain thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// Says no, with a number.
    Refuse(u8),
    /// Says nothing.
    Hush,
    /// Hangs up without an answer.
    HangUp,
    /// Answers with spoilt bytes.
    Garble,
}

/// Mishaps in order, each for one kind of question.
#[derive(Debug, Default)]
pub struct Mishaps(VecDeque<(String, Mishap)>);

impl Mishaps {
    pub fn add(&mut self, asked: &str, mishap: Mishap) {
        self.0.push_back((asked.to_owned(), mishap));
    }

    pub fn take(&mut self, asked: &str) -> Option<Mishap> {
        let at = self.0.iter().position(|(wanted, _)| wanted == asked)?;
        self.0.remove(at).map(|(_, mishap)| mishap)
    }

    pub fn none_left(&self) -> bool {
        self.0.is_empty()
    }
}

/// Waits that make a test quick.
pub fn quick() -> Pace {
    Pace {
        connect: Duration::from_millis(500),
        answer: Duration::from_millis(300),
        busy: Duration::from_millis(10),
        first_retry: Duration::from_millis(300),
        longest_retry: Duration::from_millis(300),
        refused_rest: Duration::from_millis(400),
        keep_alive: Duration::from_millis(100),
        refresh: Duration::from_secs(600),
    }
}

/// Waits until something holds; a test that waits in vain says for what.
#[track_caller]
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until a sink's report is as wanted, and answers it.
#[track_caller]
pub fn report_with(sink: &dyn CardSink, what: &str, wanted: impl Fn(&CardReport) -> bool) -> CardReport {
    let mut report = sink.report();
    until(&format!("{what}; the last report was {report:?}"), || {
        report = sink.report();
        wanted(&report)
    });
    report
}

/// A machine on loopback that can be unplugged and plugged in again, at the same address.
pub struct Machine {
    pub address: SocketAddr,
    plug: Option<Plug>,
    serve: Arc<dyn Fn(TcpStream) + Send + Sync>,
}

struct Plug {
    out: Arc<AtomicBool>,
    cables: Arc<Mutex<Vec<TcpStream>>>,
    thread: JoinHandle<()>,
}

impl Machine {
    pub fn start(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let mut machine = Self {
            address: listener.local_addr().unwrap(),
            plug: None,
            serve: Arc::new(serve),
        };
        machine.listen(listener);
        machine
    }

    fn listen(&mut self, listener: TcpListener) {
        let (out, cables) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (serve, pulled, kept) = (Arc::clone(&self.serve), Arc::clone(&out), Arc::clone(&cables));
        let thread = std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                if pulled.load(Ordering::SeqCst) {
                    return;
                }
                kept.lock().unwrap().push(stream.try_clone().unwrap());
                let serve = Arc::clone(&serve);
                std::thread::spawn(move || serve(stream));
            }
        });
        self.plug = Some(Plug { out, cables, thread });
    }

    pub fn unplug(&mut self) {
        let Some(plug) = self.plug.take() else { return };
        plug.out.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        plug.thread.join().unwrap();
        for cable in plug.cables.lock().unwrap().drain(..) {
            let _ = cable.shutdown(std::net::Shutdown::Both);
        }
    }

    pub fn plug_in(&mut self) {
        let mut listener = None;
        until("the port is free again", || {
            listener = TcpListener::bind(self.address).ok();
            listener.is_some()
        });
        self.listen(listener.unwrap());
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.unplug();
    }
}
