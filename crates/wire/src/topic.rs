//! Topics: where a message is said, and so what it may be.

use heliograph_domain::{ChannelName, ContentHash, DisplayId, SiteName};
use serde::{Deserialize, Serialize};

/// What a key may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Trust documents. Kept offline.
    Root,
    /// Heads, configurations, erasures and what holds for the whole site.
    Release,
    /// Heartbeats and the time.
    Heartbeat,
    /// Commands and acknowledgements to displays.
    Command,
    /// What a display says of itself: the key it was enrolled with.
    Display,
}

/// A topic under `heliograph/v1/{site}/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Topic {
    /// `trust`: which key has which role.
    Trust,
    /// `heartbeat`: the hub lives, and which heads are the newest.
    Heartbeat,
    /// `erased`: what displays must drop.
    Erased,
    /// `channel/{c}/head`: a channel's whole programme.
    Head(ChannelName),
    /// `channel/{c}/content/{hash}`: one object; its hash is its proof.
    Content(ChannelName, ContentHash),
    /// `display/{id}/config`
    Config(DisplayId),
    /// `display/{id}/command`
    Command(DisplayId),
    /// `display/{id}/ack`: receipts accepted.
    Ack(DisplayId),
    /// `display/{id}/status`
    Status(DisplayId),
    /// `display/{id}/receipts`
    Receipts(DisplayId),
    /// `display/{id}/reply`
    Reply(DisplayId),
    /// `trust/{serial}`: a trust document that changed the root, for displays that missed it.
    TrustStep(u32),
    /// `site`: what holds for every display, such as that all are blanked.
    Site,
    /// `display/{id}/time`: the hub's time, told to one display that asked.
    Time(DisplayId),
}

impl Topic {
    /// The full MQTT topic.
    #[must_use]
    pub fn path(&self, site: &SiteName) -> String {
        let rest = match self {
            Self::Trust => "trust".to_owned(),
            Self::Heartbeat => "heartbeat".to_owned(),
            Self::Erased => "erased".to_owned(),
            Self::Head(channel) => format!("channel/{channel}/head"),
            Self::Content(channel, hash) => format!("channel/{channel}/content/{hash}"),
            Self::Config(id) => format!("display/{id}/config"),
            Self::Command(id) => format!("display/{id}/command"),
            Self::Ack(id) => format!("display/{id}/ack"),
            Self::Status(id) => format!("display/{id}/status"),
            Self::Receipts(id) => format!("display/{id}/receipts"),
            Self::Reply(id) => format!("display/{id}/reply"),
            Self::TrustStep(serial) => format!("trust/{serial}"),
            Self::Site => "site".to_owned(),
            Self::Time(id) => format!("display/{id}/time"),
        };
        format!("heliograph/v1/{site}/{rest}")
    }

    /// The topic of a path of this site; `None` when it is none, or written in another than the canonical way.
    #[must_use]
    pub fn parse(site: &SiteName, path: &str) -> Option<Self> {
        let rest = path
            .strip_prefix("heliograph/v1/")?
            .strip_prefix(site.as_str())?
            .strip_prefix('/')?;
        let parts: Vec<&str> = rest.split('/').collect();
        let topic = match parts[..] {
            ["trust"] => Self::Trust,
            ["trust", serial] => Self::TrustStep(serial.parse().ok()?),
            ["site"] => Self::Site,
            ["heartbeat"] => Self::Heartbeat,
            ["erased"] => Self::Erased,
            ["channel", channel, "head"] => Self::Head(channel.parse().ok()?),
            ["channel", channel, "content", hash] => Self::Content(channel.parse().ok()?, hash.parse().ok()?),
            ["display", id, kind] => Self::of_display(id.parse().ok()?, kind)?,
            _ => return None,
        };
        // Upper-case digits, or zeros before a number, would name the same thing twice.
        (topic.path(site) == path).then_some(topic)
    }

    fn of_display(id: DisplayId, kind: &str) -> Option<Self> {
        Some(match kind {
            "config" => Self::Config(id),
            "command" => Self::Command(id),
            "ack" => Self::Ack(id),
            "status" => Self::Status(id),
            "receipts" => Self::Receipts(id),
            "reply" => Self::Reply(id),
            "time" => Self::Time(id),
            _ => return None,
        })
    }

    /// Whether the broker keeps the last message for those who come later.
    #[must_use]
    pub fn retained(&self) -> bool {
        !matches!(
            self,
            Self::Command(_) | Self::Ack(_) | Self::Receipts(_) | Self::Reply(_) | Self::Time(_)
        )
    }

    /// Who may sign what is said here; `None` where nothing is signed.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        match self {
            Self::Trust | Self::TrustStep(_) => Some(Role::Root),
            Self::Heartbeat | Self::Time(_) => Some(Role::Heartbeat),
            Self::Erased | Self::Head(_) | Self::Config(_) | Self::Site => Some(Role::Release),
            Self::Content(..) => None,
            Self::Command(_) | Self::Ack(_) => Some(Role::Command),
            Self::Status(_) | Self::Receipts(_) | Self::Reply(_) => Some(Role::Display),
        }
    }

    /// The most bytes that a payload may have here.
    #[must_use]
    pub fn limit(&self) -> usize {
        match self {
            Self::Content(..) | Self::Receipts(_) => 64 * 1024 + 64,
            Self::Erased | Self::Reply(_) => 64 * 1024,
            _ => 32 * 1024,
        }
    }

    /// The number of the topic's kind in what is signed, and whom it concerns: a channel, a display or nobody.
    pub(crate) fn signed_as(&self) -> (u8, String) {
        match self {
            Self::Trust | Self::TrustStep(_) => (1, String::new()),
            Self::Heartbeat => (2, String::new()),
            Self::Erased => (3, String::new()),
            Self::Head(channel) => (4, channel.to_string()),
            Self::Config(id) => (5, id.to_string()),
            Self::Command(id) => (6, id.to_string()),
            Self::Ack(id) => (7, id.to_string()),
            Self::Status(id) => (8, id.to_string()),
            Self::Receipts(id) => (9, id.to_string()),
            Self::Reply(id) => (10, id.to_string()),
            Self::Content(channel, hash) => (11, format!("{channel}/{hash}")),
            Self::Site => (12, String::new()),
            Self::Time(id) => (13, id.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_is_written_and_read_back() {
        let site: SiteName = "binhe".parse().unwrap();
        let id = DisplayId(uuid::Uuid::from_u128(7));
        let channel: ChannelName = "hall".parse().unwrap();
        let topics = [
            Topic::Trust,
            Topic::Heartbeat,
            Topic::Erased,
            Topic::Head(channel.clone()),
            Topic::Content(channel, ContentHash([0xab; 32])),
            Topic::Config(id),
            Topic::Command(id),
            Topic::Ack(id),
            Topic::Status(id),
            Topic::Receipts(id),
            Topic::Reply(id),
            Topic::TrustStep(12),
            Topic::Site,
            Topic::Time(id),
        ];
        for topic in topics {
            assert_eq!(Topic::parse(&site, &topic.path(&site)), Some(topic));
        }
    }

    #[test]
    fn what_is_no_topic_is_none() {
        let site: SiteName = "binhe".parse().unwrap();
        let hash = "AB".repeat(32);
        for path in [
            "",
            "heliograph/v1/binhe",
            "heliograph/v1/binhe/",
            "heliograph/v1/other/trust",
            "heliograph/v1/binhe2/trust",
            "heliograph/v2/binhe/trust",
            "heliograph/v1/binhe/trust/x",
            "heliograph/v1/binhe/trust/01",
            "heliograph/v1/binhe/trust/+1",
            "heliograph/v1/binhe/trust/4294967296",
            "heliograph/v1/binhe/site/x",
            "heliograph/v1/binhe/channel/Hall/head",
            "heliograph/v1/binhe/channel/hall/#",
            "heliograph/v1/binhe/channel/+/head",
            "heliograph/v1/binhe/display/7/status",
            "$SYS/brokers",
            &format!("heliograph/v1/binhe/channel/hall/content/{hash}"),
        ] {
            assert_eq!(Topic::parse(&site, path), None, "{path}");
        }
    }
}
