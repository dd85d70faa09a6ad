//! Who may try a password or a code now.
//!
//! Guessing is slowed down where it comes from, never at the account: whoever guesses from elsewhere must not be able to
//! keep its owner out. So there are budgets for an address, for an address with an account, and for a browser in which
//! that account was signed in before, which pays from its own alone.

use super::Row;
use heliograph_domain::{Instant, StaffId};
use std::collections::HashMap;
use std::net::IpAddr;

/// What pays for a try.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Budget {
    /// A browser that this account was signed in with before.
    Known(Row, StaffId),
    /// An address that tries this account.
    Stranger(Option<IpAddr>, StaffId),
    /// An address, whatever it tries.
    Address(Option<IpAddr>),
}

impl Budget {
    /// Tries that cost no waiting.
    fn free(&self) -> u32 {
        match self {
            Self::Known(..) => 10,
            Self::Stranger(..) => 5,
            // A whole office may share one address, and so may those behind another program that guards the connections.
            Self::Address(_) => 40,
        }
    }

    /// The longest wait, in milliseconds.
    fn longest_ms(&self) -> u64 {
        match self {
            Self::Known(..) | Self::Stranger(..) => LONGEST_MS,
            // Whoever shares the address with somebody who guesses must not wait for a quarter of an hour. What is guessed at
            // is guarded by the row of its account all the same.
            Self::Address(_) => LONGEST_SHARED_MS,
        }
    }
}

/// The longest wait.
const LONGEST_MS: u64 = 15 * 60_000;
/// The longest wait for what many share.
const LONGEST_SHARED_MS: u64 = 10_000;
/// Who has not tried for so long begins anew.
const FORGIVEN_MS: u64 = 60 * 60_000;
/// So many are counted: guessed names must not fill the memory.
const MOST: usize = 20_000;

#[derive(Debug, Clone, Copy)]
struct Tries {
    count: u32,
    last: Instant,
}

impl Tries {
    /// From when on the next is heard.
    fn heard_from(&self, budget: &Budget) -> Instant {
        match self.count.checked_sub(budget.free()) {
            None => Instant(0),
            Some(over) => self.last.plus_ms((1000 << over.min(20)).min(budget.longest_ms())),
        }
    }

    fn stale(&self, now: Instant) -> bool {
        now.since(self.last) >= FORGIVEN_MS
    }
}

/// Counts tries that have not succeeded.
#[derive(Debug, Default)]
pub(crate) struct Attempts(HashMap<Budget, Tries>);

/// The address as far as it names a caller: of IPv6 the first half, whose other half anybody can choose.
pub(crate) fn caller_address(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(long) => {
            let [a, b, c, d, ..] = long.segments();
            IpAddr::V6([a, b, c, d, 0, 0, 0, 0].into())
        }
        short => short,
    }
}

/// What pays for a try of this account.
pub(crate) fn budgets(staff: &StaffId, address: Option<IpAddr>, known: Option<Row>) -> Vec<Budget> {
    match known {
        Some(browser) => vec![Budget::Known(browser, staff.clone())],
        None => {
            let address = address.map(caller_address);
            vec![Budget::Address(address), Budget::Stranger(address, staff.clone())]
        }
    }
}

impl Attempts {
    /// Begins a try, which counts as failed until it succeeds: many at once are no way around.
    ///
    /// # Errors
    /// How many milliseconds there are to wait. Nothing is counted then.
    pub(crate) fn begin(&mut self, budgets: &[Budget], now: Instant) -> Result<(), u64> {
        let wait = |budget: &Budget| {
            let tries = self.0.get(budget).filter(|tries| !tries.stale(now));
            // A clock that was set back holds nobody up for longer than the longest wait.
            tries.map_or(0, |tries| tries.heard_from(budget).since(now).min(budget.longest_ms()))
        };
        let longest = budgets.iter().map(wait).max().unwrap_or(0);
        if longest > 0 {
            return Err(longest);
        }
        for budget in budgets {
            self.make_room(now);
            let tries = self.0.entry(budget.clone()).or_insert(Tries { count: 0, last: now });
            if tries.stale(now) {
                tries.count = 0;
            }
            *tries = Tries {
                count: tries.count.saturating_add(1),
                last: now,
            };
        }
        Ok(())
    }

    /// It succeeded. The address gets back this one try only: an account of one's own buys no guesses at others.
    pub(crate) fn succeeded(&mut self, budgets: &[Budget]) {
        for budget in budgets {
            match (budget, self.0.get_mut(budget)) {
                (Budget::Address(_), Some(tries)) => tries.count = tries.count.saturating_sub(1),
                _ => drop(self.0.remove(budget)),
            }
        }
    }

    /// Forgets who has not tried for long.
    pub(crate) fn forget_old(&mut self, now: Instant) {
        self.0.retain(|_, tries| !tries.stale(now));
    }

    fn make_room(&mut self, now: Instant) {
        if self.0.len() < MOST {
            return;
        }
        self.forget_old(now);
        let mut times: Vec<Instant> = self.0.values().map(|tries| tries.last).collect();
        times.sort_unstable();
        // The older half goes: who guesses on is counted anew within their free tries.
        if let Some(middle) = times.get(MOST / 2) {
            self.0.retain(|_, tries| tries.last > *middle);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner() -> StaffId {
        "wang-fang".parse().unwrap()
    }

    fn from(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([10, 0, 0, last]))
    }

    /// Guesses for a day as fast as it is let; how many guesses that were.
    fn guesses_in_a_day(attempts: &mut Attempts, budgets: &[Budget]) -> u32 {
        let (mut now, mut count) = (Instant(0), 0);
        while now.0 < 86_400_000 {
            match attempts.begin(budgets, now) {
                Ok(()) => count += 1,
                Err(wait) => now = now.plus_ms(wait),
            }
        }
        count
    }

    #[test]
    fn guessing_grows_slow_where_it_comes_from_and_keeps_nobody_else_out() {
        let mut attempts = Attempts::default();
        let guesses = guesses_in_a_day(&mut attempts, &budgets(&owner(), from(1), None));
        assert!((60..150).contains(&guesses), "{guesses}");
        let now = Instant(86_400_000);
        assert!(attempts.begin(&budgets(&owner(), from(1), None), now).is_err());
        // The owner, from another desk, from the attacker's own address in a known browser.
        assert!(attempts.begin(&budgets(&owner(), from(2), None), now).is_ok());
        assert!(attempts.begin(&budgets(&owner(), from(1), Some([7; 32])), now).is_ok());
    }

    #[test]
    fn whoever_shares_an_address_with_a_guesser_waits_for_seconds_and_one_account_stays_guarded() {
        let (mut attempts, mut now, mut at_one) = (Attempts::default(), Instant(0), 0u32);
        for number in 0..2000 {
            let name: StaffId = format!("name-{}", number % 500).parse().unwrap();
            let name = if number % 2 == 0 { name } else { owner() };
            let guess = budgets(&name, from(1), None);
            match attempts.begin(&guess, now) {
                Ok(()) => at_one += u32::from(number % 2 == 1),
                Err(_) => now = now.plus_ms(1000),
            }
        }
        let newcomer: StaffId = "newcomer".parse().unwrap();
        let wait = attempts.begin(&budgets(&newcomer, from(1), None), now);
        assert!(
            wait.is_ok() || wait.is_err_and(|wait| wait <= LONGEST_SHARED_MS),
            "{wait:?}"
        );
        assert!(
            at_one < 20,
            "{at_one} guesses at one account in {} minutes",
            now.0 / 60_000
        );
        // The control: that account itself is held up for longer.
        let (now, guess) = (now.plus_ms(LONGEST_MS), budgets(&owner(), from(1), None));
        assert!(attempts.begin(&guess, now).is_ok());
        assert!(attempts.begin(&guess, now).unwrap_err() > LONGEST_SHARED_MS);
    }

    #[test]
    fn a_known_browser_pays_for_its_own_guesses_too() {
        let guesses = guesses_in_a_day(&mut Attempts::default(), &budgets(&owner(), from(1), Some([7; 32])));
        assert!(guesses < 150, "{guesses}");
    }

    #[test]
    fn many_names_from_one_address_are_slowed_down_and_ones_own_success_buys_nothing() {
        let mut attempts = Attempts::default();
        let own = budgets(&"mallory".parse().unwrap(), from(1), None);
        let mut tried = 0;
        for number in 0..1000 {
            let name: StaffId = format!("name-{number}").parse().unwrap();
            tried += u32::from(attempts.begin(&budgets(&name, from(1), None), Instant(0)).is_ok());
            if attempts.begin(&own, Instant(0)).is_ok() {
                attempts.succeeded(&own);
            }
        }
        assert_eq!(tried, 40);
    }

    #[test]
    fn a_typing_mistake_is_free_and_success_forgives() {
        let (mut attempts, budgets) = (Attempts::default(), budgets(&owner(), from(1), None));
        for _ in 0..5 {
            assert!(attempts.begin(&budgets, Instant(0)).is_ok());
        }
        assert_eq!(attempts.begin(&budgets, Instant(0)), Err(1000));
        assert!(attempts.begin(&budgets, Instant(1000)).is_ok());
        assert_eq!(attempts.begin(&budgets, Instant(1000)), Err(2000));
        assert!(attempts.begin(&budgets, Instant(3000)).is_ok());
        attempts.succeeded(&budgets);
        assert!(attempts.begin(&budgets, Instant(3000)).is_ok());
    }

    #[test]
    fn made_up_names_from_everywhere_do_not_fill_the_memory() {
        let mut attempts = Attempts::default();
        for number in 0..60_000u32 {
            let address = Some(IpAddr::from(number.to_be_bytes()));
            let _ = attempts.begin(&budgets(&owner(), address, None), Instant(u64::from(number)));
        }
        assert!(attempts.0.len() <= MOST + 2);
    }

    #[test]
    fn an_ipv6_neighbourhood_is_one_caller() {
        let address = |text: &str| caller_address(text.parse().unwrap());
        assert_eq!(address("2001:db8:1:2::1"), address("2001:db8:1:2:ffff::9"));
        assert_ne!(address("2001:db8:1:2::1"), address("2001:db8:1:3::1"));
        assert_eq!(address("::ffff:10.0.0.1"), IpAddr::from([10, 0, 0, 1]));
    }
}
