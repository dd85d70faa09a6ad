//! Between password and code: who has shown the first and not yet the second. In memory: a restart asks for both again.

use super::{Row, fresh_secret, row};
use crate::http::problem::Problem;
use heliograph_domain::{Instant, StaffId};
use std::collections::HashMap;

/// A ticket is good for so long.
const GOOD_MS: u64 = 5 * 60_000;
/// And for so many codes.
const TRIES: u32 = 5;
/// So many people are at the door at once.
const MOST: usize = 1000;

#[derive(Debug, Clone)]
struct Ticket {
    staff: StaffId,
    since: Instant,
    tries: u32,
}

/// The tickets that are out.
#[derive(Debug, Default)]
pub(crate) struct Tickets(HashMap<Row, Ticket>);

impl Tickets {
    /// A ticket for someone whose password fits.
    pub(crate) fn issue(&mut self, staff: &StaffId, now: Instant) -> Result<String, Problem> {
        self.0.retain(|_, ticket| now.since(ticket.since) < GOOD_MS);
        if self.0.len() >= MOST {
            return Err(Problem::busy());
        }
        let secret = fresh_secret()?;
        let ticket = Ticket {
            staff: staff.clone(),
            since: now,
            tries: 0,
        };
        self.0.insert(row(&secret), ticket);
        Ok(secret)
    }

    /// Whose it is, for one more code.
    pub(crate) fn present(&mut self, secret: &str, now: Instant) -> Option<StaffId> {
        let ticket = self.0.get_mut(&row(secret))?;
        ticket.tries += 1;
        (ticket.tries <= TRIES && now.since(ticket.since) < GOOD_MS).then(|| ticket.staff.clone())
    }

    /// It has served.
    pub(crate) fn spend(&mut self, secret: &str) {
        self.0.remove(&row(secret));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_for_a_few_codes_and_minutes() {
        let (who, mut tickets): (StaffId, _) = ("wang-fang".parse().unwrap(), Tickets::default());
        let ticket = tickets.issue(&who, Instant(0)).unwrap();
        for _ in 0..TRIES {
            assert_eq!(tickets.present(&ticket, Instant(1)), Some(who.clone()));
        }
        assert_eq!(tickets.present(&ticket, Instant(1)), None);
        let ticket = tickets.issue(&who, Instant(0)).unwrap();
        assert_eq!(tickets.present(&ticket, Instant(GOOD_MS)), None);
        let ticket = tickets.issue(&who, Instant(0)).unwrap();
        tickets.spend(&ticket);
        assert_eq!(tickets.present(&ticket, Instant(1)), None);
        assert_eq!(tickets.present("guess", Instant(1)), None);
    }
}
