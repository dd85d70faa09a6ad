//! How much the broker takes from a client. The library's defaults suit neither 64 KiB contents nor 10,000 displays.

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::time::Duration;

use rmqtt::net::Builder;

/// The largest packet, in bytes: a content object is at most 64 KiB and a head page less, so this leaves room. It
/// also bounds what a stranger can make the broker hold before it has been let in.
pub(crate) const MAX_PACKET_BYTES: u32 = 512 * 1024;

/// Messages sent to a client and not yet acknowledged.
const IN_FLIGHT: NonZeroU16 = NonZeroU16::MIN.saturating_add(127);

/// Messages that may wait for one client. The hub, as it subscribes, is given the retained status of every display
/// at once; what does not fit is dropped.
const QUEUE_MESSAGES: usize = 65_536;

/// Connections that may be in their handshake at once: after a power cut all displays return in the same second.
const HANDSHAKES: usize = 10_000;

/// From connecting to the CONNECT packet.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

/// A retained message stays until it is replaced or deleted. The library wants an end, and takes zero for “at once”.
pub(crate) const RETAINED_FOR: Duration = Duration::from_secs(20 * 365 * 24 * 3600);

/// How long the session of a client that has gone is kept, with what it has missed: at most a day (MQTT 5 clients
/// say themselves); two hours for those that do not say.
const SESSION_KEPT: Duration = Duration::from_secs(2 * 3600);
const SESSION_KEPT_AT_MOST: Duration = Duration::from_secs(24 * 3600);

/// The listener's settings.
pub(crate) fn listener(address: SocketAddr, max_connections: usize) -> Builder {
    Builder::new()
        .name("heliograph")
        .laddr(address)
        // Without it a restart waits a minute for the connections of the run before.
        .reuseaddr(Some(true))
        .backlog(4096)
        .nodelay(true)
        .allow_anonymous(false)
        .max_connections(max_connections)
        .max_handshaking_limit(HANDSHAKES)
        .handshake_timeout(HANDSHAKE_TIME)
        .max_packet_size(MAX_PACKET_BYTES)
        .max_clientid_len(128)
        .max_inflight(IN_FLIGHT)
        .max_mqueue_len(QUEUE_MESSAGES)
        .max_subscriptions(256)
        .max_topic_levels(32)
        .message_expiry_interval(RETAINED_FOR)
        .session_expiry_interval(SESSION_KEPT)
        .max_session_expiry_interval(SESSION_KEPT_AT_MOST)
}
