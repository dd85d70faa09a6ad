//! What a form has done, said on the page that follows it: one way for every form, and without script.
//!
//! The address names the deed, and only deeds of this list are said: nobody can have a page say anything else by a link.

use super::layout::{Desk, redirect};
use super::words::{self as w, Word, done as dw};
use axum::response::Response;
use maud::{Markup, html};

/// Every word of success, by the name of its deed in an address.
#[rustfmt::skip]
const TOLD: &[(&str, Word)] = &[
    ("set", w::DONE_SAVED),
    // A text on its way.
    ("save", dw::DRAFT), ("share", dw::SHARED), ("picture", dw::PICTURE), ("picture-removed", dw::PICTURE_REMOVED),
    ("notes", dw::NOTES), ("again", dw::AGAIN), ("import", dw::IMPORTED), ("discard", dw::DISCARDED),
    ("comment", dw::COMMENT), ("comment-marked", dw::COMMENT_MARKED), ("comment-removed", dw::COMMENT_REMOVED),
    ("submit", w::DONE_SUBMIT), ("refer", dw::REFERRED), ("override", w::DONE_OVERRIDE), ("decline", dw::DECLINED),
    ("review", w::DONE_REVIEW), ("countersign", w::DONE_COUNTERSIGN), ("approve", w::DONE_APPROVE),
    ("reject", w::DONE_REJECT), ("release", dw::RELEASED), ("amend", w::DONE_AMEND), ("reschedule", w::airtime::DONE_RESCHEDULE), ("withdraw", w::DONE_WITHDRAW),
    ("request-erasure", w::DONE_REQUEST_ERASURE), ("erase", w::DONE_ERASE), ("decline-erasure", w::DONE_DECLINE_ERASURE),
    ("template", dw::TEMPLATE), ("template-renamed", dw::TEMPLATE_RENAMED), ("template-deleted", dw::TEMPLATE_DELETED),
    // Displays.
    ("paired", w::DONE_PAIRED), ("refused", w::DONE_REFUSED), ("display", dw::DISPLAY), ("revoked", w::DONE_REVOKED),
    ("retired", dw::RETIRED), ("blanked", dw::BLANKED), ("unblanked", dw::UNBLANKED), ("channel", dw::CHANNEL),
    // The office and its people.
    ("entry", dw::ENTRY), ("calendar", w::limits::CALENDAR_SAVED), ("reminders", dw::REMINDERS), ("department", dw::DEPARTMENT),
    ("person-added", dw::PERSON_ADDED), ("person", dw::PERSON), ("person-password", dw::PERSON_PASSWORD), ("disable", dw::DISABLED),
    ("enable", dw::ENABLED), ("reset-second-factor", dw::FACTOR_RESET), ("leave", dw::LEFT), ("policy", dw::POLICY),
    ("substitute", dw::SUBSTITUTE), ("substitute-ended", dw::SUBSTITUTE_ENDED), ("substitute-cancelled", dw::SUBSTITUTE_CANCELLED), ("site", dw::SITE), ("backup", w::DONE_BACKUP),
    // One's own account.
    ("password", w::DONE_PASSWORD), ("session-ended", dw::SESSION_ENDED), ("token-ended", dw::TOKEN_ENDED), ("others", w::DONE_OTHERS),
    ("changes-seen", dw::CHANGES_SEEN), ("passkey", w::DONE_PASSKEY), ("passkey-removed", dw::PASSKEY_REMOVED), ("removed", w::DONE_REMOVED),
];

fn word(deed: &str) -> Option<Word> {
    TOLD.iter().find(|(name, _)| *name == deed).map(|(_, word)| *word)
}

/// See other, and say there what was done.
pub(crate) fn done(to: &str, deed: &str) -> Response {
    debug_assert!(word(deed).is_some(), "{deed} has no word of success");
    redirect(&address(to, deed))
}

/// The address with the deed in it, before its fragment.
fn address(to: &str, deed: &str) -> String {
    let (page, fragment) = to.split_at(to.find('#').unwrap_or(to.len()));
    let join = if page.contains('?') { '&' } else { '?' };
    format!("{page}{join}done={deed}{fragment}")
}

/// The word of success for what led to this page, if something did.
pub(crate) fn told(desk: &Desk) -> Markup {
    let pairs = desk.query().split('&').filter_map(|pair| pair.strip_prefix("done="));
    let word = pairs.filter_map(word).next();
    html! { @if let Some(word) = word { p.told.done role="status" { (desk.t(word)) } } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_deed_stands_in_the_query_whatever_else_does() {
        for (to, address_with_it) in [
            ("/admin/staff", "/admin/staff?done=person"),
            ("/admin/staff?edit=a", "/admin/staff?edit=a&done=person"),
            ("/admin/staff?edit=a#form", "/admin/staff?edit=a&done=person#form"),
        ] {
            assert_eq!(address(to, "person"), address_with_it);
        }
    }

    #[test]
    fn a_deed_has_one_word_and_what_is_no_deed_has_none() {
        let names: BTreeSet<&str> = TOLD.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), TOLD.len());
        assert_eq!(word("<script>"), None);
        assert!(word("save").is_some());
    }
}
