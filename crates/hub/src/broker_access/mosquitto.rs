//! The accounts as Mosquitto 2 reads them: `password_file` and `acl_file` (mosquitto.conf(5)).

use super::Act;
use super::accounts::Accounts;
use std::fmt::Write;

/// The password file. Mosquitto allows no remarks in it.
pub(super) fn passwords(accounts: &Accounts) -> String {
    accounts.all.iter().fold(String::new(), |mut text, account| {
        // Writing into a text cannot fail.
        let _ = writeln!(text, "{}:{}", account.username, account.hashes.mosquitto);
        text
    })
}

/// The access rules. Whoever is not named in them may do nothing.
pub(super) fn rules(accounts: &Accounts) -> String {
    let mut text = "# Written by Heliograph: changes are lost.\n".to_owned();
    for account in &accounts.all {
        let _ = writeln!(text, "\nuser {}", account.username);
        for (verb, act) in [("write", Act::Publish), ("read", Act::Subscribe)] {
            for filter in account.rights.filters(act) {
                let _ = writeln!(text, "topic {verb} {filter}");
            }
        }
    }
    text
}
