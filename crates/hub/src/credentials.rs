//! What opens the broker to a display: the hub keeps the SHA-256 of each display's token.

use crate::office::Office;
use heliograph_domain::DisplayId;
use heliograph_log::{EventLog, NameError, ReadError, TableName, TableWrite};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::PoisonError;
use thiserror::Error;

/// Why credentials could not be read or kept.
#[derive(Debug, Error)]
pub enum CredentialError {
    /// The table cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The table's name is not one.
    #[error(transparent)]
    Name(#[from] NameError),
}

fn table() -> Result<TableName, NameError> {
    TableName::new("display-tokens")
}

/// The hash that is kept of a token.
pub(crate) fn hash(token: &[u8]) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// The write that keeps a display's token.
pub(crate) fn keep(id: DisplayId, token: &str) -> Result<TableWrite, NameError> {
    let value = hash(token.as_bytes()).to_vec();
    Ok(TableWrite {
        table: table()?,
        key: id.0.as_bytes().to_vec().into(),
        value: Some(value.into()),
    })
}

/// The write that drops it.
pub(crate) fn drop_of(id: DisplayId) -> Result<TableWrite, NameError> {
    Ok(TableWrite {
        table: table()?,
        key: id.0.as_bytes().to_vec().into(),
        value: None,
    })
}

/// Every display's, as kept.
pub(crate) fn all(log: &dyn EventLog) -> Result<HashMap<DisplayId, [u8; 32]>, CredentialError> {
    let rows = log.scan(&table()?, &[])?;
    let read = |(key, value): (bytes::Bytes, bytes::Bytes)| {
        let id = uuid::Uuid::from_slice(&key).ok()?;
        Some((DisplayId(id), <[u8; 32]>::try_from(&value[..]).ok()?))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// From now on the token opens the broker.
pub(crate) fn admit(office: &Office, id: DisplayId, token: &str) {
    let mut credentials = office.credentials.write().unwrap_or_else(PoisonError::into_inner);
    credentials.insert(id, hash(token.as_bytes()));
}

/// From now on nothing does.
pub(crate) fn expel(office: &Office, id: DisplayId) {
    office
        .credentials
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&id);
}
