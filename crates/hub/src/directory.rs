//! The directory: names and passwords of staff, in an erasable table. The log knows people by id alone.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use heliograph_domain::{LocalText, StaffId};
use heliograph_log::{EventLog, ReadError, TableName, TableWrite};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What is kept of a person besides their roles.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Listing {
    /// Their name.
    pub(crate) name: LocalText,
    /// PHC string of their password (Argon2id); `None`: they cannot sign in with one.
    pub(crate) password: Option<String>,
}

/// Why the directory failed.
#[derive(Debug, Error)]
pub enum DirectoryError {
    /// The table cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A row is none.
    #[error("a row of the directory cannot be read: {0}")]
    Row(#[from] serde_json::Error),
    /// A password could not be hashed.
    #[error("a password could not be hashed: {0}")]
    Hash(argon2::password_hash::Error),
    /// The table's name is none.
    #[error(transparent)]
    Name(#[from] heliograph_log::NameError),
}

fn table() -> Result<TableName, DirectoryError> {
    Ok(TableName::new("directory")?)
}

/// The listing of a person.
pub(crate) fn find(log: &dyn EventLog, id: &StaffId) -> Result<Option<Listing>, DirectoryError> {
    let row = log.get(&table()?, id.as_str().as_bytes())?;
    Ok(row.map(|bytes| serde_json::from_slice(&bytes)).transpose()?)
}

/// The write that keeps a listing.
pub(crate) fn keep(id: &StaffId, listing: &Listing) -> Result<TableWrite, DirectoryError> {
    Ok(TableWrite {
        table: table()?,
        key: id.as_str().as_bytes().to_vec().into(),
        value: Some(serde_json::to_vec(listing)?.into()),
    })
}

/// The write that erases a listing.
pub(crate) fn erase(id: &StaffId) -> Result<TableWrite, DirectoryError> {
    Ok(TableWrite {
        table: table()?,
        key: id.as_str().as_bytes().to_vec().into(),
        value: None,
    })
}

/// Hashes a password; takes tens of milliseconds on purpose.
pub(crate) fn hash_password(password: &str) -> Result<String, DirectoryError> {
    let hash: argon2::password_hash::phc::PasswordHash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(DirectoryError::Hash)?;
    Ok(hash.to_string())
}

/// Whether it is this person's password. Someone who is not listed costs as much time as someone who is.
pub(crate) fn password_fits(listing: Option<&Listing>, password: &str) -> bool {
    let Some(phc) = listing.and_then(|listing| listing.password.as_deref()) else {
        let _ = hash_password(password);
        return false;
    };
    PasswordHash::new(phc).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_fits() {
        let listing = Listing {
            name: LocalText::new("王芳", "Wang Fang"),
            password: Some(hash_password("correct horse").unwrap()),
        };
        assert!(password_fits(Some(&listing), "correct horse"));
        assert!(!password_fits(Some(&listing), "wrong horse"));
        assert!(!password_fits(None, "correct horse"));
    }
}
