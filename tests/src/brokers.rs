//! Brokers that are not ours, as processes with the configurations of `firmware-config/broker`.

use crate::{TempDir, eventually};
use heliograph_hub::BrokerFiles;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Which broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brand {
    /// Eclipse Mosquitto.
    Mosquitto,
    /// NATS with its MQTT listener.
    Nats,
}

/// A running broker; it ends when this is dropped.
pub struct ForeignBroker {
    brand: Brand,
    dir: TempDir,
    child: Option<Child>,
    plain: SocketAddr,
    secure: SocketAddr,
}

impl ForeignBroker {
    /// Starts one with these accounts.
    ///
    /// # Panics
    /// When it does not listen soon.
    #[must_use]
    pub fn start(brand: Brand, files: &BrokerFiles) -> Self {
        let mut broker = Self::new(brand);
        files.write_into(&broker.accounts()).unwrap();
        broker.comes();
        broker
    }

    /// One that does not run yet, on ports of its own.
    #[must_use]
    pub fn new(brand: Brand) -> Self {
        let broker = Self {
            brand,
            dir: TempDir::new(),
            child: None,
            plain: free_port(),
            secure: free_port(),
        };
        std::fs::create_dir_all(broker.accounts()).unwrap();
        broker.certify();
        std::fs::write(broker.config(), broker.configuration()).unwrap();
        broker
    }

    /// The folder whose files it reads.
    #[must_use]
    pub fn accounts(&self) -> PathBuf {
        self.dir.path().join("accounts")
    }

    /// The certificate that displays trust.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.dir.path().join("broker.crt")
    }

    /// Where it listens without TLS. NATS does so only in tests.
    #[must_use]
    pub fn plain(&self) -> SocketAddr {
        self.plain
    }

    /// Where it listens with TLS.
    #[must_use]
    pub fn secure(&self) -> SocketAddr {
        self.secure
    }

    /// The command by which it reads its files again. It runs in a shell.
    #[must_use]
    pub fn reload_command(&self) -> String {
        format!("kill -HUP $(cat {})", self.dir.path().join("pid").display())
    }

    /// Starts it, or starts it again.
    ///
    /// # Panics
    /// When it does not listen soon.
    pub fn comes(&mut self) {
        let mut command = match self.brand {
            Brand::Mosquitto => Command::new("mosquitto"),
            Brand::Nats => Command::new("nats-server"),
        };
        let log = std::fs::File::create(self.dir.path().join("log")).unwrap();
        let child = command
            .arg("-c")
            .arg(self.config())
            // Debian has servers where users do not look for programs.
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("the broker is not installed: scripts/test installs it");
        std::fs::write(self.dir.path().join("pid"), child.id().to_string()).unwrap();
        self.child = Some(child);
        let listens = [self.plain, self.secure];
        eventually(&format!("{:?} listens", self.brand), || {
            listens.iter().all(|address| TcpStream::connect(address).is_ok())
        });
    }

    /// Stops it, without a word to its clients.
    pub fn goes(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// What it said.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    fn config(&self) -> PathBuf {
        // Two folders below the accounts' one, as in /etc.
        self.dir.path().join("broker.conf")
    }

    fn certify(&self) {
        let path = |name: &str| self.dir.path().join(name);
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
            ])
            .args([
                "-subj",
                "/CN=broker",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-addext",
                "basicConstraints=critical,CA:FALSE",
            ])
            .arg("-keyout")
            .arg(path("broker.key"))
            .arg("-out")
            .arg(path("broker.crt"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    /// The configuration of the repository, with other places and ports.
    fn configuration(&self) -> String {
        let name = match self.brand {
            Brand::Mosquitto => "mosquitto/heliograph.conf",
            Brand::Nats => "nats/nats-server.conf",
        };
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../firmware-config/broker")
            .join(name);
        let here = self.dir.path().display().to_string();
        let mut text = std::fs::read_to_string(file).unwrap();
        let mut replace = |from: &str, to: &str| {
            assert!(text.contains(from), "{name} has no `{from}`");
            text = text.replace(from, to);
        };
        replace("/etc/heliograph/", &format!("{here}/"));
        match self.brand {
            Brand::Mosquitto => {
                replace("/var/lib/heliograph-broker/", &format!("{here}/accounts/"));
                replace(
                    "listener 1883 127.0.0.1",
                    &format!("listener {} 127.0.0.1", self.plain.port()),
                );
                replace("listener 8883", &format!("listener {} 127.0.0.1", self.secure.port()));
                // As root it would become a user who cannot read the test's folder.
                text + "user root\n"
            }
            Brand::Nats => {
                replace("../var/lib/heliograph-broker/", "accounts/");
                replace("/var/lib/nats", &format!("{here}/jetstream"));
                replace("127.0.0.1:4222", &self.plain.to_string());
                replace("0.0.0.0:8883", &self.secure.to_string());
                text
            }
        }
    }
}

impl Drop for ForeignBroker {
    fn drop(&mut self) {
        self.goes();
        if std::thread::panicking() {
            eprintln!("what {:?} said:\n{}", self.brand, self.log());
        }
    }
}

/// A port that was free a moment ago.
fn free_port() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap()
}
