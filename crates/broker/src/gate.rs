//! Where the library's hooks meet the access rules.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rmqtt::codec::v5::SubscribeAckReason;
use rmqtt::context::ServerContext;
use rmqtt::hook::{Handler, HookResult, Parameter, ReturnType, Type};
use rmqtt::session::Session;
use rmqtt::types::{AuthResult, ConnectInfo, Id, LastWill, Publish, PublishAclResult, Subscribe, SubscribeAclResult};

use crate::access::{AccessRules, Client, Principal};
use crate::front::Peers;
use crate::guests::{Arrival, Guests};
use crate::topics;

/// The library's hooks that the gate takes.
const HOOKS: [Type; 5] = [
    Type::ClientAuthenticate,
    Type::ClientConnected,
    Type::ClientDisconnected,
    Type::ClientSubscribeCheckAcl,
    Type::MessagePublishCheckAcl,
];

/// Puts every connection, publication and subscription to the rules.
#[derive(Clone)]
pub(crate) struct Gate {
    rules: Arc<dyn AccessRules>,
    guests: Arc<Guests>,
    context: ServerContext,
    /// Who is behind connections with TLS.
    peers: Peers,
    /// Held while the rules are told who came or went, so that they hear it in the order it happened.
    telling: Arc<Mutex<()>>,
}

/// Why a client was not let in.
#[derive(Clone, Copy, Debug)]
enum Refused {
    /// The rules know no such client.
    Credential,
    /// It would leave a will on a topic it may not publish on.
    Will,
    /// It was kicked while it knocked.
    Kicked,
}

impl Gate {
    /// Sets the gate up before the first connection.
    pub(crate) async fn install(rules: Arc<dyn AccessRules>, context: &ServerContext) -> Self {
        let gate = Self {
            rules,
            guests: Arc::default(),
            context: context.clone(),
            peers: Peers::default(),
            telling: Arc::default(),
        };
        let register = context.extends.hook_mgr().register();
        for hook in HOOKS {
            register.add(hook, Box::new(gate.clone())).await;
        }
        register.start().await;
        gate
    }

    /// The connections it has let in.
    pub(crate) fn guests(&self) -> &Guests {
        &self.guests
    }

    /// Where those with TLS are announced.
    pub(crate) fn peers(&self) -> &Peers {
        &self.peers
    }

    /// Ends this connection, unless the client has made another since.
    async fn cut_connection(&self, id: &Id) {
        let same = self.context.extends.shared().await.entry(id.clone()).id_same();
        if same == Some(true) {
            self.cut(&id.client_id).await;
        }
    }

    /// Ends the connection and the session of this client, as an administrator would; whether there was one.
    pub(crate) async fn cut(&self, client_id: &str) -> bool {
        self.end(client_id, true).await
    }

    /// Ends the connection and the session of this client and keeps nothing for its return.
    async fn end(&self, client_id: &str, by_admin: bool) -> bool {
        let id = Id::from(self.context.node.id(), client_id.to_owned().into());
        let mut entry = self.context.extends.shared().await.entry(id);
        if !entry.exist() {
            return false;
        }
        if let Err(error) = entry.kick(true, true, by_admin).await {
            tracing::debug!(client_id, %error, "a session ended by itself as it was to be ended");
            // What the error of this would say has just been said.
            let _removed = entry.remove().await;
        }
        true
    }

    async fn authenticate(&self, info: &ConnectInfo) -> AuthResult {
        let id = info.id();
        self.guests.expect(id);
        match self.question(info).await {
            Ok(principal) => {
                self.settle_older_session(info, &principal).await;
                AuthResult::Allow(false, None)
            }
            Err(refused) => {
                self.guests.leave(id);
                let peer = id.remote_addr.map(|address| self.peers.behind(address));
                tracing::warn!(client_id = ?&*id.client_id, ?peer, ?refused, "a client was refused");
                match refused {
                    Refused::Credential => AuthResult::BadUsernameOrPassword,
                    Refused::Will | Refused::Kicked => AuthResult::NotAuthorized,
                }
            }
        }
    }

    /// Asks the rules, where they may block.
    async fn question(&self, info: &ConnectInfo) -> Result<Principal, Refused> {
        let peer = info.id().remote_addr.map(|address| self.peers.behind(address));
        let knock = Knock::new(info, peer);
        let rules = Arc::clone(&self.rules);
        // Rules that panic have not allowed anything.
        let answer = tokio::task::spawn_blocking(move || knock.put_to(&*rules)).await;
        let principal = answer.unwrap_or(Err(Refused::Credential))?;
        if self.guests.admit(info.id(), principal.clone()) {
            Ok(principal)
        } else {
            Err(Refused::Kicked)
        }
    }

    /// Ends what is left of an older session where the library would get it wrong as it takes over.
    async fn settle_older_session(&self, info: &ConnectInfo, principal: &Principal) {
        let id = info.id();
        let entry = self.context.extends.shared().await.entry(id.clone());
        let Some(older) = entry.session() else { return };
        if info.clean_start() {
            // The library refuses the newcomer when the older session ends by itself at this very moment.
            self.end(&id.client_id, false).await;
        } else if let Some(filter) = self.overreach(&older, principal).await {
            let client_id = &*id.client_id;
            tracing::info!(
                client_id,
                filter,
                "a kept session is dropped: one of its subscriptions was withdrawn"
            );
            self.end(client_id, true).await;
        }
    }

    /// A subscription of this session that would not be allowed today. The library would hand it over unasked.
    async fn overreach(&self, session: &Session, principal: &Principal) -> Option<String> {
        let filters = session.subscriptions().await.ok()?.to_topic_filters().await;
        let overreaching = filters.iter().find(|filter| !self.may_subscribe(principal, filter));
        overreaching.map(ToString::to_string)
    }

    fn arrive(&self, id: &Id) {
        let _telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        match self.guests.arrive(id) {
            Arrival::Online(principal) => self.rules.connected(&principal),
            Arrival::TakenOver => {}
            Arrival::Expelled => {
                let gate = self.clone();
                let id = id.clone();
                // Not awaited: the kick is only taken once the handshake, which waits for this hook, is over.
                tokio::spawn(async move { gate.cut_connection(&id).await });
            }
        }
    }

    /// The connection is no more.
    pub(crate) fn leave(&self, id: &Id) {
        let _telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(principal) = self.guests.leave(id) {
            self.rules.disconnected(&principal);
        }
    }

    /// Parts with connections that ended without the library saying so: one that breaks between the end of its
    /// handshake and the first byte of the answer is announced but never called off.
    pub(crate) async fn sweep(&self, age: Duration) {
        for id in self.guests.older_than(age) {
            let mut entry = self.context.extends.shared().await.entry(id.clone());
            let lives = entry.id_same() == Some(true) && entry.tx().is_some_and(|tx| !tx.is_closed());
            if !lives {
                let _removed = entry.remove_with(&id).await;
                self.leave(&id);
            }
        }
    }

    fn may_subscribe(&self, principal: &Principal, filter: &str) -> bool {
        !topics::is_shared(filter) && self.rules.may_subscribe(principal, filter)
    }

    fn subscribe(&self, session: &Session, subscribe: &Subscribe) -> SubscribeAclResult {
        let filter: &str = &subscribe.topic_filter;
        if self
            .guests
            .principal(&session.id)
            .is_some_and(|principal| self.may_subscribe(&principal, filter))
        {
            return SubscribeAclResult::new_success(subscribe.opts.qos(), None);
        }
        tracing::warn!(client_id = ?&*session.id.client_id, filter, "a subscription was refused");
        SubscribeAclResult::new_failure(SubscribeAckReason::NotAuthorized)
    }

    fn publish(&self, session: &Session, publish: &Publish) -> PublishAclResult {
        let topic: &str = &publish.topic;
        let allowed = |principal: Principal| topics::is_name(topic) && self.rules.may_publish(&principal, topic);
        if self.guests.principal(&session.id).is_some_and(allowed) {
            return PublishAclResult::allow();
        }
        tracing::warn!(client_id = ?&*session.id.client_id, topic, "a publication was refused");
        // The connection is kept: a client would only come back and send the same message again.
        PublishAclResult::rejected(false, None)
    }

    async fn answer(&self, question: &Parameter<'_>) -> Option<HookResult> {
        match question {
            Parameter::ClientAuthenticate(info) => Some(HookResult::AuthResult(self.authenticate(info).await)),
            Parameter::ClientConnected(session) => {
                self.arrive(&session.id);
                None
            }
            Parameter::ClientDisconnected(session, _) => {
                self.leave(&session.id);
                None
            }
            Parameter::ClientSubscribeCheckAcl(session, subscribe) => {
                Some(HookResult::SubscribeAclResult(self.subscribe(session, subscribe)))
            }
            Parameter::MessagePublishCheckAcl(session, publish) => {
                Some(HookResult::PublishAclResult(self.publish(session, publish)))
            }
            _ => None,
        }
    }
}

#[async_trait]
impl Handler for Gate {
    async fn hook(&self, param: &Parameter, _acc: Option<HookResult>) -> ReturnType {
        // No other handler is asked after this one: it is the only one, and none may overrule it.
        (false, self.answer(param).await)
    }
}

/// What a client says of itself, kept for as long as the rules think about it.
struct Knock {
    id: Id,
    peer: Option<SocketAddr>,
    password: Option<Vec<u8>>,
    username: Option<String>,
    will_topic: Option<String>,
}

impl Knock {
    fn new(info: &ConnectInfo, peer: Option<SocketAddr>) -> Self {
        let will_topic = info.last_will().map(|will| match will {
            LastWill::V3(will) => will.topic.to_string(),
            LastWill::V5(will) => will.topic.to_string(),
        });
        Self {
            id: info.id().clone(),
            peer,
            password: info.password().map(|password| password.to_vec()),
            username: info.username().map(ToString::to_string),
            will_topic,
        }
    }

    /// The library puts no will to the publish rule, so it is put to it here, before it can be left.
    fn put_to(&self, rules: &dyn AccessRules) -> Result<Principal, Refused> {
        let will_topic = self.will_topic.as_deref();
        let client = Client {
            client_id: &self.id.client_id,
            username: self.username.as_deref(),
            password: self.password.as_deref(),
            will_topic,
            peer: self.peer,
        };
        let principal = rules.authenticate(&client).ok_or(Refused::Credential)?;
        let may_leave = |topic| topics::is_name(topic) && rules.may_publish(&principal, topic);
        if will_topic.is_none_or(may_leave) {
            Ok(principal)
        } else {
            Err(Refused::Will)
        }
    }
}
