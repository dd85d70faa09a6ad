//! Who the displays of a fleet are: enrolled at the hub by an operator's token, and kept for the next start.

use heliograph_domain::ids::{DisplayId, SiteName};
use heliograph_wire::{KeyPair, PublicKey, hex};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use thiserror::Error;
use ureq::Agent;

const FILE: &str = "fleet.jsonl";
/// So many displays are enrolled at once: the hub makes what comes together durable together.
const AT_ONCE: usize = 16;
/// A hub that is busy is asked again so often, each time after a longer wait.
const TRIES: u32 = 6;

/// One display of the fleet.
#[derive(Debug, Clone)]
pub struct Member {
    /// The site.
    pub site: SiteName,
    /// The display.
    pub display: DisplayId,
    /// Secret half of its key.
    pub secret: [u8; 32],
    /// Its password at the broker.
    pub mqtt_token: String,
    /// The site's root key.
    pub root: PublicKey,
}

/// How a member stands in the file, one to a line.
#[derive(Serialize, Deserialize)]
struct Line {
    site: SiteName,
    display: String,
    secret: String,
    mqtt_token: String,
    root: String,
}

/// What new displays are enrolled with.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The hub, `http://host:port`.
    pub hub: String,
    /// An operator's token.
    pub token: String,
    /// What their names begin with; a number follows.
    pub name_prefix: String,
    /// The channels that they are tuned to.
    pub channels: Vec<String>,
}

/// Why there is no roster.
#[derive(Debug, Error)]
pub enum RosterError {
    /// The file cannot be used.
    #[error("cannot access {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("{path}, line {line} is no display of a fleet: move the file away, the displays are then enrolled anew")]
    Form {
        /// The file.
        path: PathBuf,
        /// Where.
        line: usize,
    },
    /// The hub did not enrol a display.
    #[error("the hub did not enrol a display: {0}")]
    Refused(String),
    /// The machine gives no random numbers.
    #[error("no key can be made: {0}")]
    Key(String),
}

/// The first `count` displays of the fleet that is kept in `data`; those that are missing are enrolled. None is retired.
///
/// # Errors
/// When the file cannot be used, or the hub refuses. Those that were enrolled before that are kept.
pub fn muster(data: &Path, count: usize, wish: &Wish) -> Result<Vec<Member>, RosterError> {
    let path = data.join(FILE);
    let failed = |source| RosterError::Io {
        path: path.clone(),
        source,
    };
    std::fs::create_dir_all(data).map_err(failed)?;
    let mut options = OpenOptions::new();
    let file = options.read(true).append(true).create(true).mode(0o600).open(&path);
    let mut file = file.map_err(failed)?;
    let mut members = read(&file, &path)?;
    if members.len() < count {
        let enrolled = enrol(members.len()..count, wish, &mut file);
        file.sync_all().map_err(failed)?;
        members.extend(enrolled?);
    }
    members.truncate(count);
    Ok(members)
}

fn read(file: &File, path: &Path) -> Result<Vec<Member>, RosterError> {
    let mut members = Vec::new();
    for (at, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(|source| RosterError::Io {
            path: path.to_owned(),
            source,
        })?;
        let member = serde_json::from_str(&line).ok().and_then(Line::read);
        members.push(member.ok_or_else(|| RosterError::Form {
            path: path.to_owned(),
            line: at + 1,
        })?);
    }
    Ok(members)
}

impl Line {
    fn of(member: &Member) -> Self {
        Self {
            site: member.site.clone(),
            display: member.display.to_string(),
            secret: hex::encode(&member.secret),
            mqtt_token: member.mqtt_token.clone(),
            root: hex::encode(&member.root.0),
        }
    }

    fn read(self) -> Option<Member> {
        Some(Member {
            site: self.site,
            display: self.display.parse().ok()?,
            secret: hex::decode(&self.secret)?,
            mqtt_token: self.mqtt_token,
            root: PublicKey(hex::decode(&self.root)?),
        })
    }
}

/// Enrols the displays of these numbers, several at once; each is written down as soon as the hub has it.
fn enrol(numbers: std::ops::Range<usize>, wish: &Wish, file: &mut File) -> Result<Vec<Member>, RosterError> {
    let agent = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .max_idle_connections_per_host(AT_ONCE)
        .build()
        .new_agent();
    let next = AtomicUsize::new(numbers.start);
    let enrolled = Mutex::new((Vec::with_capacity(numbers.len()), file));
    let work = || -> Result<(), RosterError> {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= numbers.end {
                return Ok(());
            }
            let member = enrol_one(&agent, number, wish).inspect_err(|_| {
                // The others stop too.
                next.store(numbers.end, Ordering::Relaxed);
            })?;
            let line =
                serde_json::to_string(&Line::of(&member)).map_err(|error| RosterError::Refused(error.to_string()))?;
            // Nothing panics while it is held.
            let mut kept = enrolled.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            writeln!(kept.1, "{line}").map_err(|error| RosterError::Refused(error.to_string()))?;
            kept.0.push(member);
        }
    };
    let outcome: Result<Vec<()>, _> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let ended = threads.into_iter().map(|thread| {
            let gone = || RosterError::Refused("a thread of the enrolment panicked".to_owned());
            thread.join().unwrap_or_else(|_| Err(gone()))
        });
        ended.collect()
    });
    outcome?;
    let (members, _) = enrolled.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(members)
}

fn enrol_one(agent: &Agent, number: usize, wish: &Wish) -> Result<Member, RosterError> {
    let keys = KeyPair::generate().map_err(|error| RosterError::Key(error.to_string()))?;
    let name = format!("{} {:05}", wish.name_prefix, number + 1);
    let body = json!({
        "key": hex::encode(&keys.public().0), "name": {"zh-Hans": name, "en": name},
        "location": {"zh-Hans": "模拟", "en": "simulated"}, "profile": "fleet",
        "panel": {
            "width_px": 1920, "height_px": 1080, "colour": "full", "pixel_pitch_um": 630, "viewing_distance_mm": 3000,
            "refresh_hz": 30,
        },
        "language": "zh-Hans", "channels": wish.channels,
    });
    let answer = post(agent, wish, &body)?;
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    let line = Line {
        site: text("site").parse().map_err(|_| no_hub())?,
        display: text("id"),
        secret: hex::encode(&keys.secret()),
        mqtt_token: text("mqtt_token"),
        root: text("root"),
    };
    line.read().ok_or_else(no_hub)
}

fn no_hub() -> RosterError {
    RosterError::Refused("its answer makes no sense: is it a Heliograph hub?".to_owned())
}

/// Posts, again and again as long as the hub is only busy.
fn post(agent: &Agent, wish: &Wish, body: &Value) -> Result<Value, RosterError> {
    let url = format!("{}/api/v1/displays", wish.hub.trim_end_matches('/'));
    let bearer = format!("Bearer {}", wish.token);
    for attempt in 0..TRIES {
        let request = agent
            .post(&url)
            .header("authorization", &bearer)
            .header("accept-language", "en");
        let mut response = request
            .send_json(body)
            .map_err(|error| RosterError::Refused(format!("{url}: {error}")))?;
        let status = response.status().as_u16();
        let answer: Value = response.body_mut().read_json().unwrap_or(Value::Null);
        match status {
            200 | 201 => return Ok(answer),
            429 | 503 => std::thread::sleep(Duration::from_millis(100 << attempt)),
            _ => return Err(RosterError::Refused(format!("{url} answered {status}: {answer}"))),
        }
    }
    Err(RosterError::Refused(format!("{url} was busy {TRIES} times")))
}
