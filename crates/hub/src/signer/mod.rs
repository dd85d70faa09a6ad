//! Who signs what displays believe: a small part of its own, which goes by the log alone, whatever the rest of the hub
//! decided. It runs within the hub ([`Local`]), or as a process and user of its own that alone holds the keys ([`Remote`]
//! and [`serve`]).

mod frame;
mod local;
mod remote;
mod sealer;
mod serve;
#[cfg(test)]
mod tests;

pub(crate) use local::Local;
pub(crate) use remote::Remote;
pub use remote::SignerGone;
pub(crate) use sealer::config_version;
pub use serve::{SignerConfig, SignerError, SignerServer};

use heliograph_domain::{ChannelName, DisplayId, Instant, PublicationId};
use heliograph_wire::{Command, Newest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use thiserror::Error;

/// What a signer is asked for. Positions are those of the log; what is signed is what the signer's own fold says there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Ask {
    /// A channel's head.
    Head {
        /// The channel.
        channel: ChannelName,
        /// Its position.
        position: u64,
        /// SHA-256 of the body that the hub made of it.
        body: [u8; 32],
    },
    /// A display's configuration.
    Config {
        /// The display.
        display: DisplayId,
        /// The last record that it depends on.
        position: u64,
        /// The addresses that it may fetch from.
        hubs: Vec<String>,
    },
    /// What displays must drop.
    Erased {
        /// The last erasure.
        position: u64,
    },
    /// What holds for every display.
    Site {
        /// The last record that changed it.
        position: u64,
    },
    /// That the hub lives.
    Heartbeat {
        /// How far the hub has read.
        position: u64,
        /// The hub's time.
        time: Instant,
        /// Position and digest of each head that was signed.
        marks: Vec<(ChannelName, u64, [u8; 32])>,
        /// Versions of what every display should have.
        newest: Newest,
    },
    /// The time, for a display that asked.
    Time {
        /// The display.
        display: DisplayId,
        /// Its number.
        nonce: [u8; 16],
        /// The hub's time.
        time: Instant,
    },
    /// A command to a display.
    Command {
        /// The display.
        display: DisplayId,
        /// The command.
        command: Command,
        /// The hub's time.
        time: Instant,
    },
    /// That runs up to one were kept.
    Ack {
        /// The display.
        display: DisplayId,
        /// The last of them.
        sequence: u64,
        /// The hub's time.
        time: Instant,
    },
}

impl Ask {
    /// What it is about, for people.
    fn subject(&self) -> String {
        match self {
            Self::Head { channel, .. } => format!("channel/{channel}/head"),
            Self::Config { display, .. } => format!("display/{display}/config"),
            Self::Erased { .. } => "erased".to_owned(),
            Self::Site { .. } => "site".to_owned(),
            Self::Heartbeat { .. } => "heartbeat".to_owned(),
            Self::Time { display, .. } => format!("display/{display}/time"),
            Self::Command { display, .. } => format!("display/{display}/command"),
            Self::Ack { display, .. } => format!("display/{display}/ack"),
        }
    }
}

/// Why something was not signed.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub(crate) enum Unsigned {
    #[error("the signer does not answer ({0}): displays keep what they have")]
    Gone(String),
    #[error("the signer's log ends before record {0}: does it read the same data folder?")]
    Behind(u64),
    #[error("the log has gone on meanwhile")]
    MovedOn,
    #[error("what the hub wants signed is not what the log says")]
    Differs,
    #[error("publication {0} is in the head and not on release")]
    NotReleased(PublicationId),
    #[error("publication {0} is in the head with another content than was released")]
    ForeignContent(PublicationId),
    #[error("publication {0} did not pass three different people")]
    FourEyes(PublicationId),
    #[error("no display of the log is {0}")]
    UnknownDisplay(DisplayId),
    #[error("the hub's clock is {0} ms from the signer's: set both by the same time server")]
    Clock(u64),
    #[error("it is larger than displays take")]
    TooLarge,
    #[error("the log cannot be read: {0}")]
    Log(String),
}

impl Unsigned {
    /// The same in Chinese.
    pub(crate) fn zh(&self) -> String {
        match self {
            Self::Gone(why) => format!("签名服务没有应答（{why}）：各屏幕继续播出已有内容"),
            Self::Behind(position) => format!("签名服务读到的日志不到第 {position} 条：请检查是否同一数据目录"),
            Self::MovedOn => "日志已有更新".to_owned(),
            Self::Differs => "请求签名的内容与日志不符".to_owned(),
            Self::NotReleased(id) => format!("节目单中的 {id} 并未发布"),
            Self::ForeignContent(id) => format!("节目单中 {id} 的内容与发布的不同"),
            Self::FourEyes(id) => format!("{id} 未经三位不同人员办理"),
            Self::UnknownDisplay(id) => format!("日志中没有屏幕 {id}"),
            Self::Clock(ms) => format!("本机时钟与签名服务相差 {ms} 毫秒：请对时"),
            Self::TooLarge => "内容超出屏幕可接收的大小".to_owned(),
            Self::Log(why) => format!("签名服务无法读取日志：{why}"),
        }
    }
}

/// Signs what the log says, and nothing else. All implementations pass one contract test.
pub(crate) trait Signer: Send + Sync {
    /// The payload of the topic that was asked for.
    ///
    /// # Errors
    /// Why it is not signed.
    fn sign(&self, ask: &Ask) -> Result<Vec<u8>, Unsigned>;

    /// Whether it may keep its caller waiting for more than the time of a signature: another process is asked.
    fn waits(&self) -> bool;
}

/// Something that was refused, as staff are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What it was about.
    pub(crate) subject: String,
    /// Since when.
    pub(crate) since: Instant,
    /// Why.
    pub(crate) why: Unsigned,
}

/// The way to the signer, and what went wrong on it.
pub(crate) struct Seals {
    signer: Box<dyn Signer>,
    faults: Mutex<BTreeMap<String, (Instant, Unsigned)>>,
}

/// The fault of a signer that is not there; it has no subject.
const GONE: &str = "";
/// Faults that are remembered.
const MOST_FAULTS: usize = 100;

impl Seals {
    pub(crate) fn new(signer: Box<dyn Signer>) -> Self {
        Self {
            signer,
            faults: Mutex::default(),
        }
    }

    /// Has something signed. A refusal is logged and shown until the same is signed; who asked goes on without.
    pub(crate) fn seal(&self, ask: &Ask, now: Instant) -> Option<Vec<u8>> {
        let (outcome, subject) = (self.sign(ask), ask.subject());
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(outcome, Err(Unsigned::Gone(_))) && faults.remove(GONE).is_some() {
            tracing::info!("the signer answers again");
        }
        match outcome {
            Ok(payload) => {
                faults.remove(&subject);
                Some(payload)
            }
            // What came meanwhile is asked for by itself.
            Err(Unsigned::MovedOn) => None,
            Err(why) => {
                let gone = matches!(why, Unsigned::Gone(_));
                let subject = if gone { GONE.to_owned() } else { subject };
                // While it is gone, the first reason says more than the waiting that follows.
                let known = faults.get(&subject).is_some_and(|(_, known)| gone || *known == why);
                if !known {
                    tracing::error!(error = %why, %subject, "not signed; displays keep what they have");
                    if faults.len() < MOST_FAULTS || gone {
                        faults.insert(subject, (now, why));
                    }
                }
                None
            }
        }
    }

    /// While another process is waited for, the rest of the hub goes on: the worker of the runtime gives its other tasks
    /// away first. A runtime of one thread has nobody to give them to.
    fn sign(&self, ask: &Ask) -> Result<Vec<u8>, Unsigned> {
        use tokio::runtime::{Handle, RuntimeFlavor};
        let workers = Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread);
        if workers && self.signer.waits() {
            tokio::task::block_in_place(|| self.signer.sign(ask))
        } else {
            self.signer.sign(ask)
        }
    }

    /// Whether the signer did not answer last time.
    pub(crate) fn gone(&self) -> bool {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.contains_key(GONE)
    }

    /// What is refused now.
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let all = faults.iter();
        all.map(|(subject, (since, why))| Fault {
            subject: subject.clone(),
            since: *since,
            why: why.clone(),
        })
        .collect()
    }
}
