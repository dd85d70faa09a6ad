//! Former states of drafts, each kept while somebody may still have it before their eyes: what they type is of that
//! state, and is put together with what others saved since. In an erasable table, and gone with the draft.

use crate::drafts::{Draft, DraftError, Proposal};
use heliograph_domain::{CatalogueEntryId, ContentHash, Instant, Kind, PublicationId, StaffId};
use heliograph_log::{EventLog, TableName, TableWrite};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// A draft has at most so many former states; the oldest go first.
const MOST: usize = 32;
/// So many states are remembered as shown. Who saves one that was forgotten sees their text beside the saved one.
const MOST_SHOWN: usize = 4096;

/// What a draft said once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Version {
    pub(crate) kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) catalogue_entry: Option<CatalogueEntryId>,
    pub(crate) content: Value,
    #[serde(default, skip_serializing_if = "Proposal::is_empty")]
    pub(crate) proposal: Proposal,
    /// When it was put aside.
    pub(crate) at: Instant,
    /// Whose words it was put together with then, if they were another's: whoever goes on from it hears of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) beside: Option<StaffId>,
}

/// The states that pages and answers showed.
static SHOWN: Mutex<VecDeque<(PublicationId, ContentHash)>> = Mutex::new(VecDeque::new());

/// Remembers that a draft was shown as it is.
pub(crate) fn shown(draft: &Draft) {
    let state = (draft.id, draft.hash());
    let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    shown.retain(|known| *known != state);
    shown.push_front(state);
    shown.truncate(MOST_SHOWN);
}

/// Whether a draft was shown as it is to somebody who has not saved it since.
pub(crate) fn is_shown(draft: &Draft) -> bool {
    let state = (draft.id, draft.hash());
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner).contains(&state)
}

fn table() -> Result<TableName, DraftError> {
    Ok(TableName::new("draft-versions")?)
}

fn key(draft: PublicationId, hash: &ContentHash) -> Vec<u8> {
    [&draft.0.as_bytes()[..], &hash.0].concat()
}

/// The writes that put a draft aside as it is, and drop what is too old.
pub(crate) fn put_aside(
    log: &dyn EventLog,
    draft: &Draft,
    beside: Option<StaffId>,
    now: Instant,
) -> Result<Vec<TableWrite>, DraftError> {
    let version = Version {
        kind: draft.kind,
        catalogue_entry: draft.catalogue_entry.clone(),
        content: draft.content.clone(),
        proposal: draft.proposal.clone(),
        at: now,
        beside,
    };
    let table = table()?;
    let mut known = Vec::new();
    for (key, row) in log.scan(&table, draft.id.0.as_bytes())? {
        known.push((serde_json::from_slice::<Version>(&row)?.at, key));
    }
    known.sort();
    let too_many = (known.len() + 1).saturating_sub(MOST);
    let drop = known.into_iter().take(too_many).map(|(_, key)| TableWrite {
        table,
        key,
        value: None,
    });
    let mut writes: Vec<TableWrite> = drop.collect();
    writes.push(TableWrite {
        table,
        key: key(draft.id, &draft.hash()).into(),
        value: Some(serde_json::to_vec(&version)?.into()),
    });
    Ok(writes)
}

/// A draft as it was under this hash.
pub(crate) fn find(
    log: &dyn EventLog,
    draft: PublicationId,
    hash: &ContentHash,
) -> Result<Option<Version>, DraftError> {
    let row = log.get(&table()?, &key(draft, hash))?;
    Ok(row.map(|bytes| serde_json::from_slice(&bytes)).transpose()?)
}

/// The writes that drop all former states of a draft.
pub(crate) fn drop_all(log: &dyn EventLog, draft: PublicationId) -> Result<Vec<TableWrite>, DraftError> {
    let table = table()?;
    let rows = log.scan(&table, draft.0.as_bytes())?.into_iter();
    let gone = rows.map(|(key, _)| TableWrite {
        table,
        key,
        value: None,
    });
    Ok(gone.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_keeps_its_bytes() {
        let version = Version {
            kind: Kind::Notice,
            catalogue_entry: Some("notices".parse().unwrap()),
            content: serde_json::json!({"zh-Hans": {"title": "甲"}}),
            proposal: Proposal::default(),
            at: Instant(7),
            beside: None,
        };
        let row = r#"{"kind":"notice","catalogue_entry":"notices","content":{"zh-Hans":{"title":"甲"}},"at":7}"#;
        assert_eq!(serde_json::to_string(&version).unwrap(), row);
        assert_eq!(serde_json::from_str::<Version>(row).unwrap(), version);
        let beside = Version {
            beside: Some("zhao".parse().unwrap()),
            ..version
        };
        let row = r#"{"kind":"notice","catalogue_entry":"notices","content":{"zh-Hans":{"title":"甲"}},"at":7,"beside":"zhao"}"#;
        assert_eq!(serde_json::to_string(&beside).unwrap(), row);
        assert_eq!(serde_json::from_str::<Version>(row).unwrap(), beside);
    }
}
