//! The register of sign-ins (登录记录): who was let in, how, when and from where, who was kept out, and what was made or ended
//! to sign in with. Those read it who answer for security.
//!
//! It is a table that ends and not the log: whoever guesses decides how much there is of it, and nothing of it is ever to be
//! proved. So it counts by person, kind and hour, and is bounded by the people who work here. Names that nobody has are
//! counted together and never kept: people type passwords into the wrong field.

use super::Session;
use super::origin::{Origin, in_words};
use crate::http::problem::Problem;
use crate::office::Office;
use crate::transact::blocking;
use heliograph_domain::time::DAY_MS;
use heliograph_domain::{Instant, Lang, StaffId};
use heliograph_log::{EventLog, TableName, TableWrite};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

const HOUR_MS: u64 = 3_600_000;
/// A little longer than the six months for which the Cybersecurity Law (网络安全法, article 21) has such records kept.
pub(crate) const KEPT_DAYS: u64 = 200;
/// Addresses and labels that are kept of one row.
const MOST: usize = 8;
/// A row of somebody who is kept out again and again is written this often: guessing must not keep the disk busy.
const PATIENCE_MS: u64 = 10_000;

/// What kinds of rows there are, as a search groups them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// They were let in.
    LetIn,
    /// They were kept out.
    KeptOut,
    /// What one signs in with was made or ended.
    Means,
}

impl Group {
    /// Every group, with its name in the API and for people.
    pub(crate) const ALL: [(Self, &str, &str, &str); 3] = [
        (Self::LetIn, "let-in", "登录成功", "Let in"),
        (Self::KeptOut, "kept-out", "登录未成功", "Kept out"),
        (Self::Means, "means", "令牌和验证方式", "Tokens and other means"),
    ];
}

macro_rules! kinds {
    ($( $name:ident $group:ident $slug:literal $zh:literal $en:literal; )*) => {
        /// What happened. The number is part of the row's key: append, never reorder.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub(crate) enum Kind { $( $name, )* }

        impl Kind {
            /// Every kind, in the order of its number.
            pub(crate) const ALL: &[Self] = &[ $( Self::$name, )* ];

            /// Its group.
            pub(crate) fn group(self) -> Group {
                match self { $( Self::$name => Group::$group, )* }
            }

            /// Its name in the API.
            pub(crate) fn slug(self) -> &'static str {
                match self { $( Self::$name => $slug, )* }
            }

            /// Its name for people.
            pub(crate) fn label(self, lang: Lang) -> &'static str {
                match self { $( Self::$name => if lang == Lang::ZhHans { $zh } else { $en }, )* }
            }
        }
    };
}

kinds! {
    Password LetIn "password" "用密码登录" "Signed in by password";
    Code LetIn "code" "用密码和验证码登录" "Signed in by password and code";
    Passkey LetIn "passkey" "用通行密钥登录" "Signed in by passkey";
    SignOn LetIn "sign-on" "用单位统一登录" "Signed in by the office's sign-on";
    WrongPassword KeptOut "wrong-password" "密码不对" "Wrong password";
    WrongCode KeptOut "wrong-code" "验证码不对" "Wrong code";
    WrongPasskey KeptOut "wrong-passkey" "通行密钥未通过" "Passkey not accepted";
    Disabled KeptOut "disabled" "账户已停用" "Account disabled";
    HeldUp KeptOut "held-up" "尝试过多，未予受理" "Held up after too many tries";
    TokenMade Means "token-made" "新建令牌" "Token made";
    TokenEnded Means "token-ended" "撤销令牌" "Token revoked";
    PasskeyAdded Means "passkey-added" "添加通行密钥" "Passkey added";
    PasskeyRemoved Means "passkey-removed" "删除通行密钥" "Passkey removed";
    AuthenticatorSet Means "authenticator-set" "设置验证器" "Authenticator set up";
    AuthenticatorRemoved Means "authenticator-removed" "停用两步验证" "Authenticator removed";
}

/// From where.
#[derive(Debug, Clone, Default)]
pub(crate) struct Whence {
    address: String,
    browser: String,
}

impl From<&Origin> for Whence {
    fn from(origin: &Origin) -> Self {
        Self {
            address: origin.address.map(|address| address.to_string()).unwrap_or_default(),
            browser: in_words(&origin.agent),
        }
    }
}

impl From<&Session> for Whence {
    fn from(session: &Session) -> Self {
        Self {
            address: session.address.clone(),
            browser: in_words(&session.agent),
        }
    }
}

/// What is kept of a person, a kind and an hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Noted {
    /// How often.
    pub(crate) count: u32,
    /// When the first time.
    pub(crate) first: Instant,
    /// When the last time.
    pub(crate) last: Instant,
    /// From which addresses, as far as there is room.
    pub(crate) addresses: Vec<String>,
    /// Whether there were more addresses than are kept.
    pub(crate) more: bool,
    /// What the browser of the last time is called.
    pub(crate) browser: String,
    /// What the tokens and passkeys are called by their owner.
    pub(crate) labels: Vec<String>,
}

impl Noted {
    fn new(now: Instant) -> Self {
        Self {
            count: 0,
            first: now,
            last: now,
            addresses: Vec::new(),
            more: false,
            browser: String::new(),
            labels: Vec::new(),
        }
    }

    fn add(&mut self, whence: &Whence, label: Option<&str>, now: Instant) {
        self.count = self.count.saturating_add(1);
        self.last = self.last.max(now);
        if !whence.address.is_empty() && !self.addresses.contains(&whence.address) {
            match self.addresses.len() < MOST {
                true => self.addresses.push(whence.address.clone()),
                false => self.more = true,
            }
        }
        self.browser.clone_from(&whence.browser);
        self.labels
            .extend(label.filter(|_| self.labels.len() < MOST).map(str::to_owned));
    }
}

/// Hour, kind, person: ordered by time. Nobody's name is empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    hour: u64,
    kind: Kind,
    who: Option<StaffId>,
}

impl Key {
    fn bytes(&self) -> Vec<u8> {
        let who = self.who.as_ref().map_or("", StaffId::as_str);
        [&self.hour.to_be_bytes()[..], &[self.kind as u8], who.as_bytes()].concat()
    }

    fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (hour, rest) = bytes.split_first_chunk::<8>()?;
        let (kind, who) = rest.split_first()?;
        let who = std::str::from_utf8(who).ok()?;
        Some(Self {
            hour: u64::from_be_bytes(*hour),
            kind: *Kind::ALL.get(usize::from(*kind))?,
            who: if who.is_empty() { None } else { Some(who.parse().ok()?) },
        })
    }
}

#[derive(Debug)]
struct Held {
    noted: Noted,
    written_at: Option<Instant>,
    dirty: bool,
}

/// The rows of this hour.
#[derive(Debug, Default)]
pub(crate) struct Register {
    hour: u64,
    rows: HashMap<Key, Held>,
}

type Rows = Vec<(Key, Noted)>;

impl Register {
    /// Counts one; what is to be written now. `known` is what the table has of the row already.
    fn take(
        &mut self,
        (kind, who): (Kind, Option<&StaffId>),
        (whence, label): (&Whence, Option<&str>),
        now: Instant,
        known: impl FnOnce(&Key) -> Option<Noted>,
    ) -> Rows {
        let hour = now.0 / HOUR_MS;
        let mut writes = Rows::new();
        if hour != self.hour {
            writes = self.unwritten();
            self.rows.clear();
            self.hour = hour;
        }
        let who = who.cloned();
        let key = Key { hour, kind, who };
        let held = self.rows.entry(key.clone()).or_insert_with(|| Held {
            noted: known(&key).unwrap_or_else(|| Noted::new(now)),
            written_at: None,
            dirty: false,
        });
        held.noted.add(whence, label, now);
        let soon = held.written_at.is_some_and(|at| now.since(at) < PATIENCE_MS);
        held.dirty = soon && kind.group() == Group::KeptOut;
        if !held.dirty {
            held.written_at = Some(now);
            writes.push((key, held.noted.clone()));
        }
        writes
    }

    /// What was counted and not yet written.
    fn unwritten(&mut self) -> Rows {
        let dirty = self.rows.iter_mut().filter(|(_, held)| held.dirty);
        let rows = dirty.map(|(key, held)| {
            held.dirty = false;
            (key.clone(), held.noted.clone())
        });
        rows.collect()
    }
}

fn table() -> Result<TableName, Problem> {
    TableName::new("sign-ins").map_err(Problem::internal)
}

fn written(rows: &Rows) -> Result<Vec<TableWrite>, Problem> {
    let write = |(key, noted): &(Key, Noted)| {
        Ok(TableWrite {
            table: table()?,
            key: key.bytes().into(),
            value: Some(serde_json::to_vec(noted).map_err(Problem::internal)?.into()),
        })
    };
    rows.iter().map(write).collect()
}

/// Notes something that somebody did; nobody's name is noted as nobody.
pub(crate) async fn note(
    office: &Office,
    kind: Kind,
    who: &StaffId,
    whence: &Whence,
    label: Option<&str>,
) -> Result<(), Problem> {
    let who = Some(who).filter(|who| office.state().staff.people.contains_key(*who));
    let table = table()?;
    // Held until it is written, so that an older count never comes after a newer one.
    let mut register = office.register.lock().await;
    let known = |key: &Key| {
        let row = office.log.get(&table, &key.bytes()).ok().flatten()?;
        serde_json::from_slice(&row).ok()
    };
    let rows = register.take((kind, who), (whence, label), office.now(), known);
    write(office, &rows).await
}

async fn write(office: &Office, rows: &Rows) -> Result<(), Problem> {
    if rows.is_empty() {
        return Ok(());
    }
    let (writes, log) = (written(rows)?, Arc::clone(&office.log));
    blocking(move || log.write(writes)).await
}

/// Writes what was counted and not yet written.
pub(crate) async fn flush(office: &Office) -> Result<(), Problem> {
    let mut register = office.register.lock().await;
    let rows = register.unwritten();
    write(office, &rows).await
}

/// One row, to be read.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// What happened.
    pub(crate) kind: Kind,
    /// To whom; nobody: names that nobody has.
    pub(crate) who: Option<StaffId>,
    /// How often, when, and from where.
    pub(crate) noted: Noted,
}

/// Everything that is kept, the newest first.
pub(crate) async fn all(office: &Arc<Office>) -> Result<Vec<Row>, Problem> {
    flush(office).await?;
    let office = Arc::clone(office);
    let read = tokio::task::spawn_blocking(move || {
        let rows = office.log.scan(&table()?, &[]).map_err(Problem::internal)?;
        let row = |key: &[u8], value: &[u8]| {
            let Key { kind, who, .. } = Key::of_bytes(key)?;
            let noted = serde_json::from_slice(value).ok()?;
            Some(Row { kind, who, noted })
        };
        let mut rows: Vec<Row> = rows.iter().filter_map(|(key, value)| row(key, value)).collect();
        rows.sort_by_key(|row| std::cmp::Reverse((row.noted.last, row.kind as u8)));
        Ok(rows)
    });
    read.await.map_err(Problem::internal)?
}

/// The writes that drop what was kept long enough.
pub(crate) fn forget_old(log: &dyn EventLog, now: Instant) -> Result<Vec<TableWrite>, Problem> {
    let first = now.0.saturating_sub(KEPT_DAYS * DAY_MS) / HOUR_MS;
    let old = |key: &[u8]| Key::of_bytes(key).is_none_or(|key| key.hour < first);
    let rows = log.scan(&table()?, &[]).map_err(Problem::internal)?;
    let table = table()?;
    let gone = rows.into_iter().filter(|(key, _)| old(key));
    let gone = gone.map(|(key, _)| TableWrite {
        table,
        key,
        value: None,
    });
    Ok(gone.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn li() -> StaffId {
        "li".parse().unwrap()
    }

    fn from(address: &str) -> Whence {
        Whence {
            address: address.to_owned(),
            browser: "Firefox · Linux".to_owned(),
        }
    }

    #[test]
    fn whoever_guesses_for_an_hour_makes_one_row_and_a_write_now_and_then() {
        let (mut register, mut writes, mut last) = (Register::default(), 0, None);
        for second in 0..3600u64 {
            let address = from(&format!("10.0.0.{}", second % 200));
            let now = Instant(second * 1000);
            let rows = register.take((Kind::WrongPassword, Some(&li())), (&address, None), now, |_| None);
            writes += rows.len();
            last = rows.into_iter().last().or(last);
        }
        assert_eq!(writes, 360);
        assert_eq!(
            register.unwritten().len(),
            1,
            "the last seconds are written when somebody looks"
        );
        let (_, noted) = last.unwrap();
        assert!(
            noted.count > 3500 && noted.addresses.len() == MOST && noted.more,
            "{noted:?}"
        );
        // The control: what lets somebody in, or makes a token, is written at once.
        for second in 0..5 {
            let now = Instant(second * 1000);
            let rows = register.take((Kind::TokenMade, Some(&li())), (&from(""), Some("import")), now, |_| {
                None
            });
            assert_eq!(rows.len(), 1);
        }
    }

    #[test]
    fn a_restarted_hub_counts_on_and_a_new_hour_has_a_new_row() {
        let mut register = Register::default();
        let rows = register.take((Kind::WrongCode, None), (&from("10.0.0.1"), None), Instant(5), |_| None);
        let known = rows[0].1.clone();
        let mut register = Register::default();
        let again = |register: &mut Register, now| {
            let known = known.clone();
            let known = |key: &Key| (key.hour == 0).then_some(known);
            register.take((Kind::WrongCode, None), (&from("10.0.0.1"), None), Instant(now), known)
        };
        assert_eq!(again(&mut register, 6)[0].1.count, 2);
        assert!(again(&mut register, 7).is_empty());
        // What the last hour did not write yet is written with the first of the next.
        let counts: Vec<u32> = again(&mut register, HOUR_MS)
            .iter()
            .map(|(_, noted)| noted.count)
            .collect();
        assert_eq!(counts, [3, 1]);
    }

    #[test]
    fn rows_are_written_as_ever() {
        let key = Key {
            hour: 0x0102,
            kind: Kind::TokenMade,
            who: Some(li()),
        };
        assert_eq!(key.bytes(), *b"\0\0\0\0\0\0\x01\x02\x09li");
        assert_eq!(Key::of_bytes(&key.bytes()), Some(key));
        let mut noted = Noted::new(Instant(1));
        noted.add(&from("10.0.0.1"), Some("import"), Instant(2));
        let golden = r#"{"count":1,"first":1,"last":2,"addresses":["10.0.0.1"],"more":false,"browser":"Firefox · Linux","labels":["import"]}"#;
        assert_eq!(serde_json::to_string(&noted).unwrap(), golden);
        let nobody = Key {
            hour: 1,
            kind: Kind::WrongPassword,
            who: None,
        };
        assert_eq!(Key::of_bytes(&nobody.bytes()), Some(nobody));
        assert_eq!(Key::of_bytes(b"short"), None);
        assert_eq!(
            Kind::ALL.iter().position(|kind| *kind == Kind::AuthenticatorRemoved),
            Some(14)
        );
    }
}
