//! How long a session lasts.

use super::Session;
use heliograph_domain::Instant;

const MINUTE_MS: u64 = 60_000;

/// How long people stay signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionRules {
    /// A browser's session that nobody used for so long is over, in milliseconds.
    pub idle_ms: u64,
    /// A browser's session is over after so long in any case, in milliseconds.
    pub longest_ms: u64,
    /// For so long after they have shown that it is they, people are not asked again, in milliseconds.
    pub presence_ms: u64,
}

impl Default for SessionRules {
    /// Half an hour, a working day, five minutes.
    fn default() -> Self {
        Self {
            idle_ms: 30 * MINUTE_MS,
            longest_ms: 12 * 60 * MINUTE_MS,
            presence_ms: 5 * MINUTE_MS,
        }
    }
}

impl SessionRules {
    /// Whether a session still opens anything. Tokens know no idleness.
    pub(crate) fn stands(&self, session: &Session, seen_at: Option<Instant>, now: Instant) -> bool {
        if session.expires_at <= now {
            return false;
        }
        if session.is_token() {
            return true;
        }
        // A row of an older version: it was opened a working day before its end.
        let opened = session
            .opened_at
            .unwrap_or(Instant(session.expires_at.0.saturating_sub(self.longest_ms)));
        let used = seen_at.map_or(opened, |seen| seen.max(opened));
        now.since(used) < self.idle_ms && now.since(opened) < self.longest_ms
    }

    /// Whether somebody who showed at `confirmed_at` that it is they need not do so again.
    pub(crate) fn is_present(&self, confirmed_at: Option<Instant>, now: Instant) -> bool {
        confirmed_at.is_some_and(|at| now.since(at) < self.presence_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(label: &str, opened_at: Option<u64>, expires_at: u64) -> Session {
        Session {
            staff: "wang-fang".parse().unwrap(),
            expires_at: Instant(expires_at),
            label: label.to_owned(),
            opened_at: opened_at.map(Instant),
            scopes: None,
            address: String::new(),
            agent: String::new(),
        }
    }

    #[test]
    fn a_session_ends_when_nobody_uses_it_and_after_a_working_day() {
        let rules = SessionRules::default();
        let day = rules.longest_ms;
        let own = session("", Some(0), day);
        let stands = |seen: Option<u64>, now| rules.stands(&own, seen.map(Instant), Instant(now));
        assert!(stands(None, rules.idle_ms - 1) && !stands(None, rules.idle_ms));
        assert!(stands(Some(60_000), rules.idle_ms), "it was used in between");
        assert!(stands(Some(day - 2), day - 1) && !stands(Some(day - 1), day));
        // Stricter rules hold for sessions that are open already.
        let strict = SessionRules {
            longest_ms: 1000,
            ..rules
        };
        assert!(!strict.stands(&own, Some(Instant(999)), Instant(1000)));
    }

    #[test]
    fn a_token_lasts_to_its_end_and_rows_of_older_versions_are_understood() {
        let rules = SessionRules::default();
        let token = session("backup", Some(0), 400 * 86_400_000);
        assert!(rules.stands(&token, None, Instant(399 * 86_400_000)));
        assert!(!rules.stands(&token, None, Instant(400 * 86_400_000)));
        let old: Session = serde_json::from_str(r#"{"staff":"wang-fang","expires_at":43200000,"label":""}"#).unwrap();
        assert_eq!(old, session("", None, 43_200_000));
        assert!(rules.stands(&old, None, Instant(60_000)) && !rules.stands(&old, None, Instant(rules.idle_ms)));
    }

    #[test]
    fn presence_is_a_matter_of_minutes() {
        let rules = SessionRules::default();
        assert!(!rules.is_present(None, Instant(0)));
        assert!(rules.is_present(Some(Instant(0)), Instant(rules.presence_ms - 1)));
        assert!(!rules.is_present(Some(Instant(0)), Instant(rules.presence_ms)));
    }
}
