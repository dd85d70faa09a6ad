//! Peers that are servers, where they are installed: PostgreSQL, one INSERT a transaction, and NATS JetStream's file store.
//! Each is started for the run in a folder of its own, on loopback, and spoken to in its own protocol.
//!
//! PostgreSQL answers when its log is synced (its group commit at work). Debian's NATS (2.9) answers when the message is
//! written and syncs every two minutes: its figure is of a weaker promise.

use crate::contender::{Contender, PAYLOAD};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Where Debian has PostgreSQL 15.
const POSTGRES: &str = "/usr/lib/postgresql/15/bin";
/// Connections that a server takes.
const MOST: usize = 600;

/// A server that ends with this.
struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

impl Server {
    fn start(mut command: Command, port: u16) -> Outcome<Self> {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let server = Self { child, port };
        let begun = Instant::now();
        while server.dial().is_err() {
            if begun.elapsed() > Duration::from_secs(20) {
                return Err("a server did not start".into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    fn dial(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// Connections that appenders of one round leave for those of the next.
struct Pool<C>(Mutex<Vec<C>>);

impl<C> Pool<C> {
    fn take(&self, open: impl FnOnce() -> io::Result<C>) -> io::Result<Lent<'_, C>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = kept.map_or_else(open, Ok)?;
        Ok(Lent(self, Some(connection)))
    }
}

struct Lent<'p, C>(&'p Pool<C>, Option<C>);

impl<C> Drop for Lent<'_, C> {
    fn drop(&mut self) {
        let mut kept = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(self.1.take());
    }
}

impl<C> Lent<'_, C> {
    fn with<T>(&mut self, work: impl FnOnce(&mut C) -> io::Result<T>) -> io::Result<T> {
        match &mut self.1 {
            Some(connection) => work(connection),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

/// PostgreSQL.
pub(crate) struct Postgres {
    server: Server,
    pool: Pool<TcpStream>,
}

impl Postgres {
    /// Starts one; `None` where it is not installed.
    pub(crate) fn open(dir: &Path) -> Outcome<Option<Self>> {
        let bin = PathBuf::from(POSTGRES);
        if !bin.join("postgres").exists() {
            return Ok(None);
        }
        let data = dir.join("data");
        // It refuses to run as root: Debian's package made a user for it.
        let root = std::fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0);
        let command = |program: &str| {
            let program = bin.join(program);
            if !root {
                return Command::new(program);
            }
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
                .arg(program);
            command
        };
        std::fs::create_dir(&data)?;
        if root {
            let owned = Command::new("chown")
                .arg("-R")
                .arg("postgres:postgres")
                .arg(dir)
                .status()?;
            if !owned.success() {
                return Err("chown".into());
            }
        }
        let made = command("initdb")
            .args(["-A", "trust", "-U", "bench", "-D"])
            .arg(&data)
            .output()?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into_owned().into());
        }
        let port = free_port()?;
        let mut run = command("postgres");
        run.arg("-D")
            .arg(&data)
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
        run.args(["-c", &format!("port={port}"), "-c", &format!("max_connections={MOST}")]);
        run.args(["-c", "synchronous_commit=on", "-c", "fsync=on"]);
        let server = Server::start(run, port)?;
        let begun = Instant::now();
        let mut first = loop {
            match said_hello(server.dial()?) {
                Ok(first) => break first,
                Err(error) if begun.elapsed() > Duration::from_secs(20) => return Err(error.into()),
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        };
        asked(
            &mut first,
            "CREATE TABLE events (position bigserial PRIMARY KEY, body bytea NOT NULL)",
        )?;
        let pool = Pool(Mutex::default());
        Ok(Some(Self { server, pool }))
    }

    fn connection(&self) -> io::Result<TcpStream> {
        let mut stream = said_hello(self.server.dial()?)?;
        let body: String = PAYLOAD.iter().map(|byte| format!("{byte:02x}")).collect();
        let insert = format!("PREPARE append AS INSERT INTO events (body) VALUES ('\\x{body}')");
        asked(&mut stream, &insert)?;
        Ok(stream)
    }
}

/// The start of a session (protocol 3.0), as far as the server being ready.
fn said_hello(mut stream: TcpStream) -> io::Result<TcpStream> {
    let body = b"\x00\x03\x00\x00user\0bench\0database\0postgres\0\0";
    stream.write_all(&(body.len() as u32 + 4).to_be_bytes())?;
    stream.write_all(body)?;
    until_ready(&mut stream)?;
    Ok(stream)
}

fn asked(stream: &mut TcpStream, query: &str) -> io::Result<()> {
    let mut message = vec![b'Q'];
    message.extend((query.len() as u32 + 5).to_be_bytes());
    message.extend(query.as_bytes());
    message.push(0);
    stream.write_all(&message)?;
    until_ready(stream)
}

fn until_ready(stream: &mut TcpStream) -> io::Result<()> {
    loop {
        let mut head = [0; 5];
        stream.read_exact(&mut head)?;
        let [kind, length @ ..] = head;
        let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
        stream.read_exact(&mut body)?;
        match kind {
            b'Z' => return Ok(()),
            b'E' => return Err(io::Error::other(String::from_utf8_lossy(&body).into_owned())),
            _ => {}
        }
    }
}

#[allow(clippy::expect_used, reason = "an append that failed must not be counted as one")]
impl Contender for Postgres {
    fn appender(&self, _number: usize) -> Box<dyn FnMut() + '_> {
        let mut lent = self
            .pool
            .take(|| self.connection())
            .expect("a connection to PostgreSQL");
        Box::new(move || lent.with(|stream| asked(stream, "EXECUTE append")).expect("an insert"))
    }
}

/// NATS JetStream.
pub(crate) struct Nats {
    server: Server,
    pool: Pool<Talk>,
}

/// A connection and the subject that its answers come on.
struct Talk {
    stream: BufReader<TcpStream>,
    inbox: String,
}

impl Nats {
    /// Starts one; `None` where it is not installed.
    pub(crate) fn open(dir: &Path) -> Outcome<Option<Self>> {
        let version = Command::new("nats-server").arg("--version").output();
        if !version.is_ok_and(|it| it.status.success()) {
            return Ok(None);
        }
        let port = free_port()?;
        let mut run = Command::new("nats-server");
        run.args(["-a", "127.0.0.1", "-p", &port.to_string(), "-js", "-sd"])
            .arg(dir);
        let server = Server::start(run, port)?;
        let pool = Pool(Mutex::default());
        let nats = Self { server, pool };
        let mut first = nats.connection()?;
        let stream =
            r#"{"name":"EVENTS","subjects":["events"],"storage":"file","retention":"limits","num_replicas":1}"#;
        published(&mut first, "$JS.API.STREAM.CREATE.EVENTS", stream.as_bytes())?;
        Ok(Some(nats))
    }

    fn connection(&self) -> io::Result<Talk> {
        static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let inbox = format!("_INBOX.{number}");
        let mut stream = BufReader::new(self.server.dial()?);
        let mut info = String::new();
        stream.read_line(&mut info)?;
        let hello = format!("CONNECT {{\"verbose\":false}}\r\nSUB {inbox} 1\r\nPING\r\n");
        stream.get_mut().write_all(hello.as_bytes())?;
        let mut line = String::new();
        while !line.starts_with("PONG") {
            line.clear();
            stream.read_line(&mut line)?;
        }
        Ok(Talk { stream, inbox })
    }
}

/// Publishes, and waits for JetStream's word.
fn published(connection: &mut Talk, subject: &str, body: &[u8]) -> io::Result<()> {
    let mut message = format!("PUB {subject} {} {}\r\n", connection.inbox, body.len()).into_bytes();
    message.extend(body);
    message.extend(b"\r\n");
    connection.stream.get_mut().write_all(&message)?;
    answered(&mut connection.stream)
}

#[allow(clippy::expect_used, reason = "an append that failed must not be counted as one")]
impl Contender for Nats {
    fn appender(&self, _number: usize) -> Box<dyn FnMut() + '_> {
        let mut lent = self.pool.take(|| self.connection()).expect("a connection to NATS");
        Box::new(move || {
            lent.with(|talk| published(talk, "events", &PAYLOAD))
                .expect("a message")
        })
    }
}

/// The next message's body, which must not tell of an error.
fn answered(stream: &mut BufReader<TcpStream>) -> io::Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.starts_with("PING") {
            stream.get_mut().write_all(b"PONG\r\n")?;
        } else if line.starts_with("MSG") {
            let length = line.split_whitespace().last().and_then(|it| it.parse::<usize>().ok());
            let mut body = vec![0; length.unwrap_or(0) + 2];
            stream.read_exact(&mut body)?;
            let text = String::from_utf8_lossy(&body);
            return if text.contains("\"error\"") {
                Err(io::Error::other(text.into_owned()))
            } else {
                Ok(())
            };
        } else if line.starts_with("-ERR") {
            return Err(io::Error::other(line));
        }
    }
}
