//! An office with a hub and two displays, and its rules.

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use heliograph_broker::{AccessRules, Broker, BrokerConfig, Client, Principal};

use crate::peer::Peer;

/// No test waits this long unless it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What the rules were told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Connected(Principal),
    Disconnected(Principal),
}

/// Every display's password is its name backwards; it hears the channels it has been given and speaks for itself.
pub(crate) struct Rules {
    revoked: Mutex<HashSet<String>>,
    channels: Mutex<HashSet<String>>,
    told: Mutex<Sender<Told>>,
}

impl Rules {
    pub(crate) fn revoke(&self, display: &str) {
        self.revoked.lock().unwrap().insert(display.to_owned());
    }

    pub(crate) fn withdraw_channel(&self, channel: &str) {
        self.channels.lock().unwrap().remove(channel);
    }

    fn tell(&self, told: Told) {
        // The test may not listen.
        let _deaf = self.told.lock().unwrap().send(told);
    }
}

impl AccessRules for Rules {
    fn authenticate(&self, client: &Client) -> Option<Principal> {
        match (client.username?, client.password?) {
            ("hub", b"bub") if client.client_id == "hub-office" => Some(Principal::Hub),
            (name @ ("lobby" | "hall"), password) => {
                let right = password == name.chars().rev().collect::<String>().as_bytes()
                    && client.client_id == format!("display-{name}")
                    && !self.revoked.lock().unwrap().contains(name);
                right.then(|| Principal::Display(name.to_owned()))
            }
            _ => None,
        }
    }

    fn may_publish(&self, principal: &Principal, topic: &str) -> bool {
        match principal {
            Principal::Hub => true,
            Principal::Display(name) => ["status", "receipts", "reply"]
                .iter()
                .any(|last| topic == format!("display/{name}/{last}")),
        }
    }

    fn may_subscribe(&self, principal: &Principal, filter: &str) -> bool {
        match principal {
            Principal::Hub => !filter.starts_with("$SYS"),
            Principal::Display(name) => {
                let own = filter == "trust" || filter == format!("display/{name}/config");
                own || self
                    .channels
                    .lock()
                    .unwrap()
                    .iter()
                    .any(|channel| filter == format!("channel/{channel}/#"))
            }
        }
    }

    fn connected(&self, principal: &Principal) {
        self.tell(Told::Connected(principal.clone()));
    }

    fn disconnected(&self, principal: &Principal) {
        self.tell(Told::Disconnected(principal.clone()));
    }
}

/// The office: a broker on a free port of loopback.
pub(crate) struct House {
    pub(crate) broker: Broker,
    pub(crate) rules: Arc<Rules>,
    told: Receiver<Told>,
}

impl House {
    pub(crate) fn open() -> Self {
        let (sender, told) = channel();
        let rules = Arc::new(Rules {
            revoked: Mutex::default(),
            channels: Mutex::new(["notices".to_owned()].into()),
            told: Mutex::new(sender),
        });
        let broker = Broker::start(any_port(), rules.clone()).unwrap();
        Self { broker, rules, told }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.broker.local_addr()
    }

    pub(crate) fn hub(&self) -> Peer {
        Peer::connect(self.address(), "hub-office", "hub", "bub").unwrap()
    }

    pub(crate) fn display(&self, name: &str) -> Peer {
        let password: String = name.chars().rev().collect();
        Peer::connect(self.address(), &format!("display-{name}"), name, &password).unwrap()
    }

    /// The next thing the rules were told.
    pub(crate) fn told(&self) -> Told {
        self.told.recv_timeout(PATIENCE).expect("the rules should be told")
    }
}

pub(crate) fn any_port() -> BrokerConfig {
    BrokerConfig {
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        max_connections: 1000,
    }
}

pub(crate) fn display(name: &str) -> Principal {
    Principal::Display(name.to_owned())
}
