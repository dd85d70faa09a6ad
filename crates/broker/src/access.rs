//! The questions the broker asks before it lets anyone in, publish or subscribe.

use std::net::SocketAddr;

/// What a client says of itself when it connects, before it is believed.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    /// The client id; the rules refuse one that does not belong to the credential. An MQTT 3.1.1 client that sent
    /// none appears with a random one.
    pub client_id: &'a str,
    /// The user name, if one was sent.
    pub username: Option<&'a str>,
    /// The password, if one was sent; any bytes.
    pub password: Option<&'a [u8]>,
    /// The topic of the will, if one was left. The broker itself puts it to [`AccessRules::may_publish`].
    pub will_topic: Option<&'a str>,
    /// Where the connection comes from.
    pub peer: Option<SocketAddr>,
}

/// Written by hand so that a password never reaches a log.
impl std::fmt::Debug for Client<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("client_id", &self.client_id)
            .field("username", &self.username)
            .field("password", &self.password.map(|_| "…"))
            .field("will_topic", &self.will_topic)
            .field("peer", &self.peer)
            .finish()
    }
}

/// Who a client has been found to be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    /// The hub itself.
    Hub,
    /// A display, by its id.
    Display(String),
}

/// Who may do what: asked at every connection, publication and subscription, so that an answer may change while
/// clients are connected.
///
/// The broker asks on its own threads. `authenticate` may take its time (it runs where blocking is allowed, four at
/// a time); the others are asked for every message and must answer from memory. None may call
/// [`Broker::kick`](crate::Broker::kick): it waits for those very threads.
pub trait AccessRules: Send + Sync + 'static {
    /// Who this client is, or `None` to refuse it. A client id must be bound to its credential: the broker ends an
    /// older connection with the same client id when a new one is let in.
    fn authenticate(&self, client: &Client) -> Option<Principal>;

    /// Whether the principal may publish on this topic; also asked of the topic of its will as it connects. Never
    /// asked of a name that holds a wildcard, which is refused at once.
    fn may_publish(&self, principal: &Principal, topic: &str) -> bool;

    /// Whether the principal may subscribe to this filter, given as the client wrote it (wildcards, `$SYS/…`).
    /// Never asked of a shared subscription (`$share/…`), which this broker does not serve.
    ///
    /// It is asked again of every filter of a kept session when its client returns; if one is no longer allowed the
    /// client starts with a new session. A client that is connected keeps what it has until it is kicked.
    fn may_subscribe(&self, principal: &Principal, filter: &str) -> bool;

    /// The principal has come online. Not repeated when a client takes over its own older connection. Calls of
    /// `connected` and `disconnected` come one after the other, never at once.
    fn connected(&self, _principal: &Principal) {}

    /// The principal has gone offline, however that came about.
    fn disconnected(&self, _principal: &Principal) {}
}
