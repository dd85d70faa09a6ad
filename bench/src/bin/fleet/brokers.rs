//! The broker's part alone: the embedded broker beside Mosquitto, with the fleet's own MQTT client and no displays.

use heliograph_broker::{AccessRules, Broker, BrokerConfig, Client, Principal};
use heliograph_fleet::{Heard, Login, Swarm};
use heliograph_tests::TempDir;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A release is two messages, content and head, of about these sizes, in bytes.
const CONTENT_BYTES: usize = 420;
const HEAD_BYTES: usize = 290;
const THREADS: usize = 2;
const TOPIC: &str = "heliograph/v1/binhe/channel/hall";
const PATIENCE: Duration = Duration::from_secs(60);

/// Everyone may do everything: this measures carrying.
struct Open;

impl AccessRules for Open {
    fn authenticate(&self, client: &Client<'_>) -> Option<Principal> {
        Some(Principal::Display(client.client_id.to_owned()))
    }
    fn may_publish(&self, _: &Principal, _: &str) -> bool {
        true
    }
    fn may_subscribe(&self, _: &Principal, _: &str) -> bool {
        true
    }
    fn connected(&self, _: &Principal) {}
    fn disconnected(&self, _: &Principal) {}
}

/// Runs the embedded broker in this process until its standard input closes.
pub(crate) fn serve() {
    let config = BrokerConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        max_connections: 20_000,
    };
    let broker = Broker::start(config, Arc::new(Open)).unwrap();
    let mut out = std::io::stdout();
    writeln!(out, "{}", broker.local_addr()).unwrap();
    let _ = std::io::stdin().lines().count();
}

/// A broker in a process of its own.
pub(crate) struct Carrier {
    child: Child,
    address: SocketAddr,
    _folder: Option<TempDir>,
}

impl Carrier {
    pub(crate) fn embedded() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("broker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self {
            child,
            address: line.trim().parse().unwrap(),
            _folder: None,
        }
    }

    pub(crate) fn mosquitto() -> Self {
        let folder = TempDir::new();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = folder.path().join("mosquitto.conf");
        let text = format!(
            "listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n\
             max_inflight_messages 128\nmax_queued_messages 65536\nlog_type error\n"
        );
        std::fs::write(&config, text).unwrap();
        let child = Command::new("mosquitto")
            .arg("-c")
            .arg(&config)
            .spawn()
            .expect("mosquitto is installed");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(begun.elapsed() < PATIENCE, "mosquitto does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self {
            child,
            address,
            _folder: Some(folder),
        }
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Subscribers without displays, on as many threads as a fleet has.
pub(crate) struct Crowd {
    stop: Arc<AtomicBool>,
    ready: Arc<AtomicUsize>,
    heads: Receiver<Instant>,
    threads: Vec<JoinHandle<()>>,
    size: usize,
    publisher: Swarm,
}

impl Crowd {
    pub(crate) fn gather(carrier: &Carrier, size: usize) -> Self {
        let (stop, ready, (tell, heads)) = (Arc::default(), Arc::default(), channel());
        let threads = (0..THREADS).map(|number| {
            let numbers = (number..size).step_by(THREADS);
            let swarm = swarm(carrier.address, numbers, Duration::from_millis(size as u64 / 4));
            let (stop, ready, tell) = (Arc::clone(&stop), Arc::clone(&ready), tell.clone());
            std::thread::spawn(move || listen(swarm, &stop, &ready, &tell))
        });
        let threads = threads.collect();
        let mut crowd = Self {
            stop,
            ready,
            heads,
            threads,
            size,
            publisher: swarm(carrier.address, std::iter::once(usize::MAX), Duration::ZERO),
        };
        crowd.publisher_turns_until(|heard| matches!(heard, Heard::Connected));
        let begun = Instant::now();
        while crowd.ready.load(Ordering::Relaxed) < size {
            assert!(
                begun.elapsed() < PATIENCE,
                "{} of {size} subscribed",
                crowd.ready.load(Ordering::Relaxed)
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        crowd
    }

    fn publisher_turns_until(&mut self, mut holds: impl FnMut(&Heard) -> bool) {
        let (begun, mut heard) = (Instant::now(), Vec::new());
        loop {
            assert!(begun.elapsed() < PATIENCE, "the publisher hears nothing");
            self.publisher.turn(Duration::from_millis(50), &mut heard).unwrap();
            if heard.drain(..).any(|(_, what)| holds(&what)) {
                return;
            }
        }
    }

    /// Publishes content and head; until the last subscriber has both.
    pub(crate) fn release(&mut self, number: usize) -> Duration {
        let begun = Instant::now();
        let payload = |bytes: usize| vec![u8::try_from(number % 251).unwrap(); bytes];
        let content = format!("{TOPIC}/content/{number:064x}");
        self.publisher.publish(0, content, payload(CONTENT_BYTES), true);
        self.publisher
            .publish(0, format!("{TOPIC}/head"), payload(HEAD_BYTES), true);
        let mut taken = 0;
        self.publisher_turns_until(|heard| {
            taken += usize::from(matches!(heard, Heard::Taken));
            taken == 2
        });
        let mut last = begun;
        for _ in 0..self.size {
            last = last.max(self.heads.recv_timeout(PATIENCE).unwrap());
        }
        last - begun
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().unwrap();
        }
    }
}

fn swarm(broker: SocketAddr, numbers: impl Iterator<Item = usize>, spread: Duration) -> Swarm {
    let mut swarm = Swarm::new(broker).unwrap();
    let logins = numbers.map(|number| Login {
        client_id: format!("crowd-{number}"),
        credential: Some((format!("crowd-{number}"), "password".to_owned())),
    });
    let logins: Vec<_> = logins.collect();
    let share = 1.0 / logins.len() as f64;
    for (at, login) in logins.into_iter().enumerate() {
        swarm.add(login, spread.mul_f64(at as f64 * share));
    }
    swarm
}

/// A thread of the crowd: it subscribes as displays do, and tells when each has a head.
fn listen(mut swarm: Swarm, stop: &AtomicBool, ready: &AtomicUsize, tell: &Sender<Instant>) {
    let mut heard = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        swarm.turn(Duration::from_millis(100), &mut heard).unwrap();
        for (at, what) in heard.drain(..) {
            match what {
                Heard::Connected => swarm.subscribe(at, vec![format!("{TOPIC}/#")]),
                Heard::Subscribed { refused } => {
                    assert!(!refused);
                    ready.fetch_add(1, Ordering::Relaxed);
                }
                Heard::Message { topic, payload } if topic.ends_with("/head") => {
                    assert_eq!(payload.len(), HEAD_BYTES);
                    // Nobody listens any more as the crowd disperses.
                    let _ = tell.send(Instant::now());
                }
                Heard::Lost => panic!("a connection was lost: {:?}", swarm.take_last_lost()),
                Heard::Message { .. } | Heard::Taken => {}
            }
        }
    }
}
