//! What opens the broker to a display: the hub keeps the SHA-256 of each display's token, and what other brokers know the
//! token by. These are in a table of their own, so that hashes of a token from before there were any can be added whenever
//! the token is seen, without ever bringing back one that was dropped meanwhile.

use crate::broker_access::{BrokerHashes, HashError};
use crate::office::Office;
use bytes::Bytes;
use heliograph_domain::DisplayId;
use heliograph_log::{EventLog, NameError, ReadError, TableName, TableWrite};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};
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
    /// The token cannot be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// A row cannot be written.
    #[error("a credential cannot be written: {0}")]
    Row(#[from] postcard::Error),
}

/// What is known of a display's token.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    /// Its SHA-256.
    pub(crate) sha256: [u8; 32],
    /// What other brokers know it by; `None` for one from before this was kept, until it is seen.
    pub(crate) hashes: Option<BrokerHashes>,
}

/// A token that was just made, for a display.
pub(crate) struct Fresh {
    /// What the display is told, once.
    pub(crate) token: String,
    hashes: BrokerHashes,
}

impl Fresh {
    /// A token and its hashes.
    pub(crate) fn of(token: String) -> Result<Self, HashError> {
        let hashes = BrokerHashes::of(token.as_bytes())?;
        Ok(Self { token, hashes })
    }
}

fn tokens() -> Result<TableName, NameError> {
    TableName::new("display-tokens")
}

fn broker_hashes() -> Result<TableName, NameError> {
    TableName::new("display-broker-hashes")
}

fn row(table: TableName, id: DisplayId, value: Option<Vec<u8>>) -> TableWrite {
    TableWrite {
        table,
        key: id.0.as_bytes().to_vec().into(),
        value: value.map(Bytes::from),
    }
}

/// The hash that is kept of a token.
pub(crate) fn hash(token: &[u8]) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// The writes that keep a display's token.
pub(crate) fn keep(id: DisplayId, fresh: &Fresh) -> Result<Vec<TableWrite>, CredentialError> {
    Ok(vec![
        row(tokens()?, id, Some(fresh.hashes.sha256.to_vec())),
        row(broker_hashes()?, id, Some(fresh.hashes.to_row()?)),
    ])
}

/// The writes that drop it.
pub(crate) fn drop_of(id: DisplayId) -> Result<Vec<TableWrite>, NameError> {
    Ok(vec![row(tokens()?, id, None), row(broker_hashes()?, id, None)])
}

/// Every display's, as kept.
pub(crate) fn all(log: &dyn EventLog) -> Result<HashMap<DisplayId, Credential>, CredentialError> {
    let named = |(key, value): (Bytes, Bytes)| Some((DisplayId(uuid::Uuid::from_slice(&key).ok()?), value));
    let rows = log.scan(&broker_hashes()?, &[])?.into_iter().filter_map(named);
    let mut hashes: HashMap<DisplayId, BrokerHashes> = rows
        .filter_map(|(id, value)| Some((id, BrokerHashes::from_row(&value)?)))
        .collect();
    let rows = log.scan(&tokens()?, &[])?.into_iter().filter_map(named);
    let credential = |(id, value): (DisplayId, Bytes)| {
        let sha256 = <[u8; 32]>::try_from(&value[..]).ok()?;
        let hashes = hashes.remove(&id).filter(|hashes| hashes.sha256 == sha256);
        Some((id, Credential { sha256, hashes }))
    };
    Ok(rows.filter_map(credential).collect())
}

/// From now on the token opens the broker.
pub(crate) fn admit(office: &Office, id: DisplayId, fresh: &Fresh) {
    let credential = Credential {
        sha256: fresh.hashes.sha256,
        hashes: Some(fresh.hashes.clone()),
    };
    let mut credentials = office.credentials.write().unwrap_or_else(PoisonError::into_inner);
    credentials.insert(id, credential);
    office.doors.notify_one();
    let mut told = told_tokens(office);
    if told.get(&id).is_some_and(|token| *token != fresh.token) {
        told.remove(&id);
    }
}

fn told_tokens(office: &Office) -> MutexGuard<'_, HashMap<DisplayId, String>> {
    office.told_tokens.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The token is about to be told in an answer that may be asked for again: until the hub stops, or the token opens nothing
/// any longer, it can be.
pub(crate) fn tell(office: &Office, id: DisplayId, fresh: &Fresh) {
    told_tokens(office).insert(id, fresh.token.clone());
}

/// The token that was told since this hub started.
pub(crate) fn told(office: &Office, id: DisplayId) -> Option<String> {
    told_tokens(office).get(&id).cloned()
}

/// It was not told after all.
pub(crate) fn not_told(office: &Office, id: DisplayId) {
    told_tokens(office).remove(&id);
}

/// From now on nothing does.
pub(crate) fn expel(office: &Office, id: DisplayId) {
    let mut credentials = office.credentials.write().unwrap_or_else(PoisonError::into_inner);
    credentials.remove(&id);
    office.doors.notify_one();
    told_tokens(office).remove(&id);
}

/// A display's true token was seen: if it has no hashes for other brokers yet they are made and kept. Blocks for some
/// milliseconds, once a token.
pub(crate) fn seen(office: &Office, id: DisplayId, token: &[u8]) {
    if !lacks_hashes(office, id) {
        return;
    }
    match made(office, id, token) {
        Ok(hashes) => add(office, id, hashes),
        Err(error) => tracing::warn!(%error, display = %id, "a token's hashes for other brokers were not kept"),
    }
}

/// Whether another broker could not let the display in yet.
pub(crate) fn lacks_hashes(office: &Office, id: DisplayId) -> bool {
    let credentials = office.credentials.read().unwrap_or_else(PoisonError::into_inner);
    credentials
        .get(&id)
        .is_some_and(|credential| credential.hashes.is_none())
}

fn made(office: &Office, id: DisplayId, token: &[u8]) -> Result<BrokerHashes, String> {
    let hashes = BrokerHashes::of(token).map_err(|error| error.to_string())?;
    let table = broker_hashes().map_err(|error| error.to_string())?;
    let value = hashes.to_row().map_err(|error| error.to_string())?;
    let written = office.log.write(vec![row(table, id, Some(value))]);
    written.map_err(|error| error.to_string())?;
    Ok(hashes)
}

fn add(office: &Office, id: DisplayId, hashes: BrokerHashes) {
    let mut credentials = office.credentials.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(credential) = credentials.get_mut(&id).filter(|known| known.sha256 == hashes.sha256) {
        credential.hashes = Some(hashes);
        office.doors.notify_one();
    }
}
