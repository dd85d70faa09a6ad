//! The accounts as NATS reads them: the `authorization` block of its configuration. Within NATS an MQTT topic is a subject:
//! `/` becomes `.`, and `#` becomes `>`, which does not match the level above it.

use super::Act;
use super::accounts::{Account, Accounts};
use std::fmt::Write;

/// Where NATS delivers what an MQTT client subscribed to with QoS 1. It lets nobody subscribe there over MQTT by hand.
const DELIVERY: &str = "$MQTT.sub.>";

/// The block.
pub(super) fn users(accounts: &Accounts) -> String {
    let mut text = "# Written by Heliograph: changes are lost.\nauthorization {\n  users = [\n".to_owned();
    for account in &accounts.all {
        user(&mut text, account);
    }
    text.push_str("  ]\n}\n");
    text
}

fn user(text: &mut String, account: &Account) {
    let subjects = |act| account.rights.filters(act).flat_map(subjects).collect::<Vec<_>>();
    let mut hears = subjects(Act::Subscribe);
    hears.push(DELIVERY.to_owned());
    // Writing into a text cannot fail.
    let _ = writeln!(
        text,
        "    {{\n      # client id {}\n      user: \"{}\", password: \"{}\", allowed_connection_types: [\"MQTT\"]\n      \
         permissions: {{\n        publish: {{ allow: [{}] }}\n        subscribe: {{ allow: [{}] }}\n      }}\n    }}",
        account.client_id,
        account.username,
        account.hashes.nats,
        quoted(&subjects(Act::Publish)),
        quoted(&hears),
    );
}

fn quoted(subjects: &[String]) -> String {
    let quoted: Vec<String> = subjects.iter().map(|subject| format!("\"{subject}\"")).collect();
    quoted.join(", ")
}

/// The subjects of an MQTT filter.
fn subjects(filter: &str) -> Vec<String> {
    let subject = |text: &str| text.replace('/', ".");
    match filter.strip_suffix("/#") {
        Some(above) => vec![subject(above), format!("{}.>", subject(above))],
        None => vec![subject(filter)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_become_subjects() {
        assert_eq!(subjects("a/v1/b-c/config"), ["a.v1.b-c.config"]);
        assert_eq!(subjects("a/trust/#"), ["a.trust", "a.trust.>"]);
    }
}
