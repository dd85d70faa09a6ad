//! Who is connected, and as whom.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rmqtt::types::Id;

use crate::access::Principal;

/// The connections that have been let in or are about to be, by client id.
///
/// A client id has more than one for a moment when a client takes over its own older connection; each keeps the
/// principal it was given.
#[derive(Default)]
pub(crate) struct Guests(Mutex<HashMap<String, Vec<Guest>>>);

/// One connection.
struct Guest {
    id: Id,
    since: Instant,
    /// `None` until the rules have said who it is.
    principal: Option<Principal>,
    /// The rules have been told that this client is online and, as long as this connection lasts, not otherwise. At
    /// most one connection of a client carries this; a connection that takes over inherits it.
    announced: bool,
    /// Kicked: it has no more rights, though its connection may take a moment to end.
    expelled: bool,
}

/// What follows from the end of a handshake.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// The first connection of this client.
    Online(Principal),
    /// It has taken over from an older one.
    TakenOver,
    /// It was kicked during its handshake (its credential may have been revoked after it was checked).
    Expelled,
}

impl Guests {
    /// Notes that the rules are about to be asked, so that a kick from now on also meets this connection.
    pub(crate) fn expect(&self, id: &Id) {
        let guest = Guest {
            id: id.clone(),
            since: Instant::now(),
            principal: None,
            announced: false,
            expelled: false,
        };
        self.lock().entry(id.client_id.to_string()).or_default().push(guest);
    }

    /// The rules have said who it is; false if it has been kicked meanwhile.
    pub(crate) fn admit(&self, id: &Id, principal: Principal) -> bool {
        let mut guests = self.lock();
        let guest = find(&mut guests, id).filter(|guest| !guest.expelled);
        guest.map(|guest| guest.principal = Some(principal)).is_some()
    }

    /// Who this connection is; `None` also for one that has been kicked.
    pub(crate) fn principal(&self, id: &Id) -> Option<Principal> {
        find(&mut self.lock(), id)
            .filter(|guest| !guest.expelled)?
            .principal
            .clone()
    }

    /// The handshake is over.
    pub(crate) fn arrive(&self, id: &Id) -> Arrival {
        let mut guests = self.lock();
        let known = guests
            .get(&*id.client_id)
            .is_some_and(|all| all.iter().any(|guest| guest.announced));
        match find(&mut guests, id) {
            Some(Guest {
                principal: Some(_),
                expelled: false,
                ..
            }) if known => Arrival::TakenOver,
            Some(Guest {
                principal: Some(principal),
                announced,
                expelled: false,
                ..
            }) => {
                *announced = true;
                Arrival::Online(principal.clone())
            }
            _ => Arrival::Expelled,
        }
    }

    /// The connection is no more. Says who has gone offline by that.
    pub(crate) fn leave(&self, id: &Id) -> Option<Principal> {
        let mut guests = self.lock();
        let all = guests.get_mut(&*id.client_id)?;
        let gone = all.swap_remove(all.iter().position(|guest| guest.id == *id)?);
        let heir = all
            .iter_mut()
            .find(|guest| !guest.expelled && guest.principal == gone.principal);
        let offline = gone.principal.filter(|_| gone.announced && heir.is_none());
        if let Some(heir) = heir {
            // The library ends the older connection before the newer one has finished its handshake.
            heir.announced |= gone.announced;
        }
        if all.is_empty() {
            guests.remove(&*id.client_id);
        }
        offline
    }

    /// Takes their rights from all connections of this client; whether there were any.
    pub(crate) fn expel(&self, client_id: &str) -> bool {
        self.lock().get_mut(client_id).is_some_and(|all| {
            all.iter_mut().for_each(|guest| guest.expelled = true);
            !all.is_empty()
        })
    }

    /// The connections that began at least this long ago.
    pub(crate) fn older_than(&self, age: Duration) -> Vec<Id> {
        self.lock()
            .values()
            .flatten()
            .filter(|guest| guest.since.elapsed() >= age)
            .map(|g| g.id.clone())
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Vec<Guest>>> {
        // No method leaves the map half changed, so one that panicked has done no harm to it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn find<'g>(guests: &'g mut HashMap<String, Vec<Guest>>, id: &Id) -> Option<&'g mut Guest> {
    guests.get_mut(&*id.client_id)?.iter_mut().find(|guest| guest.id == *id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(client_id: &str, port: u16) -> Id {
        Id::new(
            1,
            1,
            None,
            Some(([127, 0, 0, 1], port).into()),
            client_id.to_owned().into(),
            None,
        )
    }

    fn lobby() -> Principal {
        Principal::Display("lobby".into())
    }

    #[test]
    fn a_guest_comes_and_goes() {
        let guests = Guests::default();
        let id = connection("display-lobby", 1);
        guests.expect(&id);
        assert_eq!(guests.principal(&id), None, "nobody has said who it is");
        assert!(guests.admit(&id, lobby()));
        assert_eq!(guests.arrive(&id), Arrival::Online(lobby()));
        assert_eq!(guests.principal(&id), Some(lobby()));
        assert_eq!(guests.leave(&id), Some(lobby()));
        assert_eq!(guests.leave(&id), None, "only once");
        assert_eq!(guests.principal(&id), None);
        assert!(guests.lock().is_empty());
    }

    #[test]
    fn a_takeover_is_neither_an_arrival_nor_a_departure() {
        let guests = Guests::default();
        let (old, new) = (connection("display-lobby", 1), connection("display-lobby", 2));
        for id in [&old, &new] {
            guests.expect(id);
            assert!(guests.admit(id, lobby()));
        }
        assert_eq!(guests.arrive(&old), Arrival::Online(lobby()));
        assert_eq!(guests.leave(&old), None);
        assert_eq!(guests.arrive(&new), Arrival::TakenOver);
        assert_eq!(guests.leave(&new), Some(lobby()));

        // The other way round; and one that breaks in its handshake is still called off.
        let (third, fourth) = (connection("display-lobby", 3), connection("display-lobby", 4));
        for id in [&third, &fourth] {
            guests.expect(id);
            assert!(guests.admit(id, lobby()));
        }
        assert_eq!(guests.arrive(&third), Arrival::Online(lobby()));
        assert_eq!(guests.arrive(&fourth), Arrival::TakenOver);
        assert_eq!(guests.leave(&third), None);
        assert_eq!(guests.leave(&fourth), Some(lobby()));
    }

    #[test]
    fn a_stranger_who_only_knocks_inherits_nothing() {
        let guests = Guests::default();
        let (lobby_id, stranger) = (connection("display-lobby", 1), connection("display-lobby", 2));
        guests.expect(&lobby_id);
        assert!(guests.admit(&lobby_id, lobby()));
        assert_eq!(guests.arrive(&lobby_id), Arrival::Online(lobby()));
        guests.expect(&stranger);
        assert_eq!(guests.leave(&lobby_id), Some(lobby()));
        assert_eq!(guests.leave(&stranger), None);
    }

    #[test]
    fn a_kick_meets_a_client_in_any_stage_of_its_handshake() {
        let guests = Guests::default();
        let (asked, admitted) = (connection("a", 1), connection("a", 2));
        guests.expect(&asked);
        guests.expect(&admitted);
        assert!(guests.admit(&admitted, lobby()));
        assert!(guests.expel("a") && !guests.expel("b"));
        assert!(!guests.admit(&asked, lobby()));
        assert_eq!(guests.principal(&admitted), None);
        assert_eq!(guests.arrive(&admitted), Arrival::Expelled);
        assert_eq!(guests.leave(&admitted), None, "it was never announced");
    }
}
