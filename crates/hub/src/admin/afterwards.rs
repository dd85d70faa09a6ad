//! What happens as soon as somebody has shown that it is they: said where they are asked, so that nobody confirms what
//! they took for something else.

use super::words::{Word, afterwards as aw};

/// The step that a form's address takes, in words.
pub(crate) fn word(path: &str) -> Word {
    let parts: Vec<&str> = path.trim_start_matches("/admin/").split('/').collect();
    match parts.as_slice() {
        ["publications", _, step] => of_publication(step),
        ["referrals", _, "override"] => aw::OVERRIDE,
        ["displays", "blank"] => aw::BLANK,
        ["displays", "unblank"] => aw::UNBLANK,
        ["displays", "pair", _] => aw::PAIR,
        ["displays", _, "revoke"] => aw::REVOKE,
        ["displays", _, "retire"] => aw::RETIRE,
        ["displays", "token"] | ["account", "tokens"] => aw::TOKEN,
        ["staff"] => aw::PERSON,
        ["staff", "second-factor"] => aw::POLICY,
        ["staff", _, "disable"] => aw::DISABLE,
        ["staff", _, "leave"] => aw::LEAVE,
        ["staff", _, "reset-second-factor"] => aw::RESET,
        ["account", "password"] => aw::PASSWORD,
        ["site"] => aw::SITE,
        _ => aw::ANYTHING,
    }
}

fn of_publication(step: &str) -> Word {
    match step {
        "review" => aw::REVIEW,
        "countersign" => aw::COUNTERSIGN,
        "approve" => aw::APPROVE,
        "release" => aw::RELEASE,
        "amend" => aw::AMEND,
        "reschedule" => aw::RESCHEDULE,
        "withdraw" => aw::WITHDRAW,
        "erase" => aw::ERASE,
        "request-erasure" => aw::REQUEST_ERASURE,
        "reject" => aw::REJECT,
        _ => aw::ANYTHING,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_named_and_what_has_no_name_is_still_said_to_happen() {
        for (path, expected) in [
            ("/admin/publications/0190/release", aw::RELEASE),
            ("/admin/publications/0190/withdraw", aw::WITHDRAW),
            ("/admin/displays/blank", aw::BLANK),
            ("/admin/displays/0190/revoke", aw::REVOKE),
            ("/admin/staff", aw::PERSON),
            ("/admin/staff/second-factor", aw::POLICY),
            ("/admin/channels", aw::ANYTHING),
        ] {
            assert_eq!(word(path), expected, "{path}");
        }
    }
}
