//! The public ledger: what the office let the public see, changed and took back, one entry an act, in the log's order. No
//! entry names a person or a text: a content hash gives nothing away to who has not the text. Reviews and drafts are
//! not in it.

use crate::content::Kind;
use crate::ids::{ContentHash, PublicationId};
use crate::publication::PublicationEvent;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// A fact about the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LedgerEvent {
    /// The tree over the first entries had this root: what the public is told from now on is also in the office's own
    /// record.
    Sealed {
        /// How many entries.
        size: u64,
        /// The root over them (RFC 6962, section 2.1).
        root: [u8; 32],
    },
}

/// How an entry is written: JSON with the fields in this order, and no field that is none.
#[derive(Serialize)]
struct Entry<'a> {
    v: u8,
    at_ms: Instant,
    publication: PublicationId,
    act: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<ContentHash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_ms: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until_ms: Option<Instant>,
}

/// The ledger's entry for a fact; `None` when it is none of the public's.
#[must_use]
pub fn entry(publication: PublicationId, at: Instant, event: &PublicationEvent) -> Option<String> {
    let plain = |act, content| Entry {
        v: 1,
        at_ms: at,
        publication,
        act,
        content,
        kind: None,
        from_ms: None,
        until_ms: None,
    };
    let entry = match event {
        PublicationEvent::Released(release) => Entry {
            kind: Some(kind(release.kind)),
            from_ms: Some(release.window.from),
            until_ms: release.window.until,
            ..plain("released", Some(release.content))
        },
        PublicationEvent::Amended { content, .. } => plain("amended", Some(*content)),
        PublicationEvent::Rescheduled { content, window, .. } => Entry {
            from_ms: Some(window.from),
            until_ms: window.until,
            ..plain("rescheduled", Some(*content))
        },
        PublicationEvent::Withdrawn { .. } => plain("withdrawn", None),
        _ => return None,
    };
    serde_json::to_string(&entry).ok()
}

fn kind(kind: Kind) -> &'static str {
    kind.slug()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::Priority;
    use crate::publication::Release;
    use crate::time::Window;

    /// These bytes are leaves of a tree whose root was told to outsiders: they never change.
    #[test]
    fn entries_keep_their_bytes() {
        let id = PublicationId(uuid::Uuid::from_u128(7));
        let content = ContentHash([0xab; 32]);
        let by = || "wang".parse().unwrap();
        let released = PublicationEvent::Released(Release {
            content,
            kind: Kind::Notice,
            channels: vec!["back-office".parse().unwrap()],
            window: Window {
                from: Instant(5),
                until: None,
            },
            priority: Priority::Normal,
            standing: false,
            lease_ms: None,
            by: by(),
            under: None,
        });
        let ab = "ab".repeat(32);
        let named = r#""publication":"00000000-0000-0000-0000-000000000007","act":"#;
        assert_eq!(
            entry(id, Instant(3), &released).unwrap(),
            format!(r#"{{"v":1,"at_ms":3,{named}"released","content":"{ab}","kind":"notice","from_ms":5}}"#)
        );
        let moved = PublicationEvent::Rescheduled {
            content,
            channels: vec!["back-office".parse().unwrap()],
            window: Window {
                from: Instant(5),
                until: Some(Instant(9)),
            },
            by: by(),
            under: None,
        };
        assert_eq!(
            entry(id, Instant(4), &moved).unwrap(),
            format!(r#"{{"v":1,"at_ms":4,{named}"rescheduled","content":"{ab}","from_ms":5,"until_ms":9}}"#)
        );
        let withdrawn = PublicationEvent::Withdrawn {
            by: by(),
            reason: Some(content),
        };
        assert_eq!(
            entry(id, Instant(4), &withdrawn).unwrap(),
            format!(r#"{{"v":1,"at_ms":4,{named}"withdrawn"}}"#)
        );
        assert_eq!(
            entry(
                id,
                Instant(4),
                &PublicationEvent::Approved {
                    content,
                    by: by(),
                    under: None
                }
            ),
            None
        );
    }
}
