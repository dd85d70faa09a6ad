//! What people show besides their password: an authenticator's codes, recovery codes. In a table that erases.

use super::passkeys::Passkey;
use super::totp;
use crate::http::problem::Problem;
use crate::keys::hex;
use crate::office::Office;
use heliograph_domain::{Instant, StaffId};
use heliograph_log::{EventLog, TableName, TableWrite};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// So many recovery codes are made at once.
pub(crate) const RECOVERY_CODES: usize = 10;
/// An authenticator that was begun and not confirmed for so long is begun anew.
const BEGUN_MS: u64 = 15 * 60_000;

/// An authenticator app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Authenticator {
    /// What it shares with the hub.
    pub(crate) secret: Vec<u8>,
    /// The step of the code that was used last; 0: none was.
    pub(crate) last_step: u64,
    /// Since when.
    pub(crate) since: Instant,
}

/// All that one person can show besides a password.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Factors {
    /// The authenticator that counts.
    #[serde(default)]
    pub(crate) authenticator: Option<Authenticator>,
    /// One that is being set up: its owner has not yet typed a code of it.
    #[serde(default)]
    pub(crate) begun: Option<Authenticator>,
    /// SHA-256 of each recovery code that was not used, as hexadecimal digits.
    #[serde(default)]
    pub(crate) recovery: Vec<String>,
    /// Passkeys, the oldest first.
    #[serde(default)]
    pub(crate) passkeys: Vec<Passkey>,
    /// By what passkeys know their owner: random, base64url; empty before the first.
    #[serde(default)]
    pub(crate) handle: String,
}

impl Factors {
    /// Whether a password alone does not sign in.
    pub(crate) fn is_second(&self) -> bool {
        self.authenticator.is_some()
    }

    /// Whether there is anything to show besides a password.
    pub(crate) fn any(&self) -> bool {
        self.is_second() || !self.passkeys.is_empty()
    }

    /// Begins an authenticator.
    pub(crate) fn begin(&mut self, secret: Vec<u8>, now: Instant) {
        self.begun = Some(Authenticator {
            secret,
            last_step: 0,
            since: now,
        });
    }

    /// The one that is being set up, as long as that may take.
    pub(crate) fn begun(&self, now: Instant) -> Option<&Authenticator> {
        self.begun.as_ref().filter(|begun| now.since(begun.since) < BEGUN_MS)
    }

    /// Confirms it by one of its codes; it counts from now on.
    pub(crate) fn complete(&mut self, typed: &str, now: Instant) -> bool {
        let Some(mut begun) = self.begun(now).cloned() else {
            return false;
        };
        let Some(step) = totp::accepts(&begun.secret, typed, 0, now) else {
            return false;
        };
        (begun.last_step, begun.since) = (step, now);
        (self.authenticator, self.begun) = (Some(begun), None);
        true
    }

    /// Whether a code of the authenticator was typed, which is used up by that.
    pub(crate) fn take_code(&mut self, typed: &str, now: Instant) -> bool {
        let Some(authenticator) = &mut self.authenticator else {
            return false;
        };
        let step = totp::accepts(&authenticator.secret, typed, authenticator.last_step, now);
        if let Some(step) = step {
            authenticator.last_step = step;
        }
        step.is_some()
    }

    /// Whether a recovery code was typed, which is used up by that.
    pub(crate) fn take_recovery(&mut self, typed: &str) -> bool {
        let typed = recovery_hash(typed);
        let before = self.recovery.len();
        self.recovery.retain(|known| *known != typed);
        self.recovery.len() < before
    }

    /// Fresh recovery codes in the place of those before, to be shown once.
    pub(crate) fn renew_recovery(&mut self) -> Result<Vec<String>, Problem> {
        let mut codes = Vec::new();
        for _ in 0..RECOVERY_CODES {
            codes.push(totp::typed_secret().map_err(Problem::internal)?);
        }
        self.recovery = codes.iter().map(|code| recovery_hash(code)).collect();
        Ok(codes)
    }
}

/// A code of 80 random bits needs no slow hash. Hyphens, spaces and capitals are as people like.
fn recovery_hash(code: &str) -> String {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    hex(&Sha256::digest(letters.to_lowercase()))
}

fn table() -> Result<TableName, Problem> {
    TableName::new("factors").map_err(Problem::internal)
}

/// What a person can show.
pub(crate) fn find(office: &Office, staff: &StaffId) -> Result<Factors, Problem> {
    of_log(&*office.log, staff)
}

/// The same, of a log that no hub runs on.
pub(crate) fn of_log(log: &dyn EventLog, staff: &StaffId) -> Result<Factors, Problem> {
    let bytes = log
        .get(&table()?, staff.as_str().as_bytes())
        .map_err(Problem::internal)?;
    match bytes {
        Some(bytes) => serde_json::from_slice(&bytes).map_err(Problem::internal),
        None => Ok(Factors::default()),
    }
}

/// Whose passkey this is.
pub(crate) fn owner_of(office: &Office, passkey: &str) -> Result<Option<StaffId>, Problem> {
    let rows = office.log.scan(&table()?, &[]).map_err(Problem::internal)?;
    let owns = |value: &[u8]| {
        let factors = serde_json::from_slice::<Factors>(value);
        factors.is_ok_and(|factors| factors.passkeys.iter().any(|known| known.id == passkey))
    };
    let owner = rows.into_iter().find(|(_, value)| owns(value));
    Ok(owner.and_then(|(key, _)| std::str::from_utf8(&key).ok()?.parse().ok()))
}

/// The write that keeps it.
pub(crate) fn keep(staff: &StaffId, factors: &Factors) -> Result<TableWrite, Problem> {
    Ok(TableWrite {
        table: table()?,
        key: staff.as_str().as_bytes().to_vec().into(),
        value: Some(serde_json::to_vec(factors).map_err(Problem::internal)?.into()),
    })
}

/// The write that erases it.
pub(crate) fn erase(staff: &StaffId) -> Result<TableWrite, Problem> {
    Ok(TableWrite {
        table: table()?,
        key: staff.as_str().as_bytes().to_vec().into(),
        value: None,
    })
}

/// Changes what a person can show. Nobody else changes it meanwhile: of two callers with one code, one is refused.
pub(crate) async fn change<R>(
    office: &Office,
    staff: &StaffId,
    change: impl FnOnce(&mut Factors) -> Result<R, Problem>,
) -> Result<R, Problem> {
    let _alone = office.factors_gate.lock().await;
    let mut factors = find(office, staff)?;
    let before = factors.clone();
    let outcome = change(&mut factors)?;
    if factors != before {
        let (write, log) = (keep(staff, &factors)?, std::sync::Arc::clone(&office.log));
        crate::transact::blocking(move || log.write(vec![write])).await?;
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authenticator_counts_once_a_code_of_it_was_typed() {
        let (now, mut factors) = (Instant(1_111_111_111_000), Factors::default());
        factors.begin(b"12345678901234567890".to_vec(), now);
        assert!(!factors.is_second() && !factors.complete("000000", now) && !factors.take_code("050471", now));
        assert!(factors.complete("050471", now) && factors.is_second());
        assert!(!factors.take_code("050471", now), "that code was used");
        factors.begin(b"another secret of it".to_vec(), now);
        assert!(factors.begun(now.plus_ms(BEGUN_MS)).is_none() && factors.is_second());
    }

    #[test]
    fn a_recovery_code_works_once_however_it_is_typed() {
        let mut factors = Factors::default();
        let codes = factors.renew_recovery().unwrap();
        assert!(codes.len() == RECOVERY_CODES && codes.iter().all(|code| code.len() == 19));
        let kept = serde_json::to_string(&factors).unwrap();
        assert!(codes.iter().all(|code| !kept.contains(code)), "only hashes are kept");
        let typed = codes[3].replace('-', " ").to_uppercase();
        assert!(factors.take_recovery(&typed) && !factors.take_recovery(&typed));
        assert!(!factors.take_recovery("") && factors.take_recovery(&codes[4]));
        assert_eq!(serde_json::from_str::<Factors>("{}").unwrap(), Factors::default());
    }
}
