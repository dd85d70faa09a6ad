//! A hub in a process of its own, its people, and releases made through its API.

use heliograph_bench::process::{program, pss_mib, rss_mib};
use heliograph_tests::{Http, NOTICE_ENTRY, People, TempDir, act, notice};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The hub, killed when dropped.
pub(crate) struct HubProcess {
    child: Child,
    pub(crate) http: SocketAddr,
    pub(crate) mqtt: SocketAddr,
    /// When it said that it listens.
    pub(crate) listens_since: Instant,
    word: Option<String>,
}

impl HubProcess {
    pub(crate) fn start(data: &Path, http: &str, mqtt: &str) -> Self {
        let mut child = Command::new(program())
            .args([
                "hub",
                "--site",
                "binhe",
                "--listen",
                http,
                "--mqtt-listen",
                mqtt,
                "--data",
            ])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut next = |begins: &str| {
            let line = lines.next().unwrap().unwrap();
            let rest = line.strip_prefix(begins).unwrap_or_else(|| panic!("{line}"));
            rest.trim().split_once("//").unwrap().1.to_owned()
        };
        let (http, mqtt) = (next("hub"), next("broker"));
        let listens_since = Instant::now();
        // Only the first start tells the word; a later one says nothing more.
        let first = !data.join("people-set-up").exists();
        let word = first.then(|| {
            lines
                .next()
                .unwrap()
                .unwrap()
                .rsplit_once("word=")
                .unwrap()
                .1
                .to_owned()
        });
        Self {
            child,
            http: http.parse().unwrap(),
            mqtt: mqtt.parse().unwrap(),
            listens_since,
            word,
        }
    }

    pub(crate) fn people(&self, data: &Path) -> People {
        let people = People::set_up(&Http::new(self.http), self.word.as_ref().unwrap());
        std::fs::write(data.join("people-set-up"), b"").unwrap();
        people
    }

    pub(crate) fn memory_mib(&self) -> (f64, f64) {
        let pid = [self.child.id()];
        (rss_mib(&pid), pss_mib(&pid))
    }

    pub(crate) fn cpu_ms(&self) -> f64 {
        heliograph_bench::process::cpu_ms(&[self.child.id()])
    }

    /// Kills it, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        let _ = self.child.wait().unwrap();
    }
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The office: its hub and who releases.
pub(crate) struct Office {
    pub(crate) hub: Option<HubProcess>,
    pub(crate) people: People,
    pub(crate) folder: TempDir,
    releases: usize,
}

impl Office {
    pub(crate) fn open() -> Self {
        let folder = TempDir::new();
        let data = folder.path().join("hub");
        let hub = HubProcess::start(&data, "127.0.0.1:0", "127.0.0.1:0");
        let people = hub.people(&data);
        Self {
            hub: Some(hub),
            people,
            folder,
            releases: 0,
        }
    }

    pub(crate) fn hub(&self) -> &HubProcess {
        self.hub.as_ref().unwrap()
    }

    /// Kills the hub and starts it again on the same ports; when it listened again.
    pub(crate) fn power_cut(&mut self, dark: Duration) -> Instant {
        let hub = self.hub.take().unwrap();
        let (http, mqtt) = (hub.http.to_string(), hub.mqtt.to_string());
        hub.kill();
        std::thread::sleep(dark);
        let hub = HubProcess::start(&self.folder.path().join("hub"), &http, &mqtt);
        let since = hub.listens_since;
        self.hub = Some(hub);
        since
    }

    /// A notice that waits to be released.
    pub(crate) fn approved(&mut self) -> String {
        self.releases += 1;
        let title = format!("关于调整服务窗口开放时间的通知（{}）", self.releases);
        self.people.approved("notice", NOTICE_ENTRY, &notice(&title))
    }

    /// Releases it; when the request was made.
    pub(crate) fn release(&self, id: &str) -> Instant {
        let begun = Instant::now();
        let _ = act(&self.people.approver, id, "release", &json!({"channels": ["hall"]})).expect_status(200);
        begun
    }

    /// On how many displays the hub knows it to be.
    pub(crate) fn known_on(&self, id: &str) -> usize {
        let reach = self.people.approver.get(&format!("/api/v1/publications/{id}/reach"));
        let reach = reach.expect_status(200).json;
        let rows = reach["displays"].as_array().unwrap();
        rows.iter().filter(|row| !row["on_air_at"].is_null()).count()
    }

    pub(crate) fn withdraw(&self, id: &str) {
        let _ = act(&self.people.approver, id, "withdraw", &json!({})).expect_status(200);
    }
}
