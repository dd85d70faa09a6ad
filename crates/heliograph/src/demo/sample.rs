//! The sample office, compiled in: see `sample/README.md`.

use heliograph_domain::site::{SiteClock, SiteProfile};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;
use serde_json::Value;

/// China's one time zone, in seconds east of Greenwich.
const CHINA_S: i32 = 8 * 3600;

/// The office: its profile and its people.
#[derive(Debug, Deserialize)]
pub(crate) struct Office {
    pub(crate) site: String,
    pub(crate) profile: Value,
    pub(crate) staff: Vec<Person>,
}

/// The sample office as its displays know it.
///
/// # Errors
/// When the sample does not hold together, which a test would have noticed.
pub(crate) fn sample_site() -> Result<SiteProfile, serde_json::Error> {
    let mut profile = Sample::read()?.office.profile;
    profile["clock"] = serde_json::to_value(SiteClock::fixed(CHINA_S))?;
    serde_json::from_value(profile)
}

/// Someone who works there.
#[derive(Debug, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) department: String,
    pub(crate) roles: Vec<String>,
}

/// A display of the lobby.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct SampleDisplay {
    pub(crate) key: String,
    pub(crate) name: Value,
    pub(crate) location: Value,
    pub(crate) profile: String,
    pub(crate) language: String,
    pub(crate) channels: Vec<String>,
}

/// A publication of the past year, with the moments of its way to release.
#[derive(Debug, Deserialize)]
pub(crate) struct PastItem {
    #[serde(flatten)]
    pub(crate) item: SampleItem,
    pub(crate) submitted_at: Timestamp,
    pub(crate) reviewed_at: Timestamp,
    /// When the first of them signed; the others follow.
    pub(crate) countersigned_at: Option<Timestamp>,
    pub(crate) approved_at: Timestamp,
    pub(crate) released_at: Timestamp,
    pub(crate) until: Option<Timestamp>,
}

impl PastItem {
    /// Each signature of another department, twenty minutes after the one before.
    pub(crate) fn signatures(&self) -> impl Iterator<Item = (Timestamp, &str)> {
        let first = self.countersigned_at.into_iter();
        first.flat_map(|first| {
            let minutes = (0i64..).step_by(20).map(jiff::ToSpan::minutes);
            let at = minutes.map(move |later| first.checked_add(later).unwrap_or(first));
            at.zip(self.item.countersigners.iter().map(String::as_str))
        })
    }
}

/// What the year brought besides each publication's straight way: see `sample/README.md`.
#[derive(Debug, Deserialize)]
pub(crate) struct Turns {
    /// What stood in texts that were returned, when they were handed in first.
    pub(crate) written_first: Vec<Rewording>,
    pub(crate) turns: Vec<Turn>,
    pub(crate) leaves: Vec<Leave>,
}

/// Somebody was away, and a colleague signed in their stead.
#[derive(Debug, Deserialize)]
pub(crate) struct Leave {
    pub(crate) person: String,
    pub(crate) substitute: String,
    pub(crate) from: Date,
    pub(crate) until: Date,
    pub(crate) named_at: Timestamp,
}

/// Other words in the place of some.
#[derive(Debug, Deserialize)]
pub(crate) struct Rewording {
    pub(crate) key: String,
    pub(crate) find: String,
    pub(crate) instead: String,
}

/// One of them.
#[derive(Debug, Deserialize)]
pub(crate) struct Turn {
    /// Of which publication.
    pub(crate) key: String,
    pub(crate) at: Timestamp,
    pub(crate) by: String,
    #[serde(flatten)]
    pub(crate) step: TurnStep,
}

/// What somebody did.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub(crate) enum TurnStep {
    /// Returned it to its author.
    Return {
        reason: String,
    },
    /// Mended it and handed it in again.
    Resubmit,
    /// Let it through past the confidentiality gate; its author had asked for that instead of handing it in.
    LetThrough {
        reason: String,
    },
    Review,
    Countersign,
    Approve,
    /// Began a revision of what is released, and handed it in.
    Revise {
        find: String,
        instead: String,
    },
    /// Put the revision in its place.
    Amend,
    Withdraw {
        reason: String,
    },
}

impl Turns {
    /// What an author handed in first.
    pub(crate) fn first_text(&self, item: &SampleItem) -> Value {
        let worded = self.written_first.iter().find(|worded| worded.key == item.key);
        worded.map_or_else(
            || item.content.clone(),
            |worded| reworded(&item.content, &worded.find, &worded.instead),
        )
    }

    /// Whether the gate blocks it, so that its author asks a reviewer to let it through.
    pub(crate) fn is_referred(&self, key: &str) -> bool {
        let mut of_it = self.turns.iter().filter(|turn| turn.key == key);
        of_it.any(|turn| matches!(turn.step, TurnStep::LetThrough { .. }))
    }
}

/// A text with other words in the place of some.
pub(crate) fn reworded(content: &Value, find: &str, instead: &str) -> Value {
    match content {
        Value::String(text) => Value::String(text.replace(find, instead)),
        Value::Array(items) => items.iter().map(|item| reworded(item, find, instead)).collect(),
        Value::Object(fields) => {
            let each = fields
                .iter()
                .map(|(name, value)| (name.clone(), reworded(value, find, instead)));
            Value::Object(each.collect())
        }
        other => other.clone(),
    }
}

/// A publication of today's programme; its dates are told from today.
#[derive(Debug, Deserialize)]
pub(crate) struct TodaysItem {
    #[serde(flatten)]
    pub(crate) item: SampleItem,
    pub(crate) days_ago: i64,
    pub(crate) from: Option<String>,
    pub(crate) until: Option<String>,
}

/// What both have.
#[derive(Debug, Deserialize)]
pub(crate) struct SampleItem {
    pub(crate) key: String,
    pub(crate) kind: String,
    pub(crate) catalogue_entry: String,
    pub(crate) author: String,
    /// Who countersigns it: each for their department.
    #[serde(default)]
    pub(crate) countersigners: Vec<String>,
    pub(crate) reviewer: String,
    pub(crate) approver: String,
    pub(crate) channels: Vec<String>,
    pub(crate) content: Value,
}

/// Everything.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) office: Office,
    pub(crate) catalogue: Vec<Value>,
    pub(crate) channels: Vec<Value>,
    pub(crate) displays: Vec<SampleDisplay>,
    pub(crate) year: Vec<PastItem>,
    pub(crate) turns: Turns,
}

impl Sample {
    /// Reads what is compiled in.
    ///
    /// # Errors
    /// When a file does not have its form; a test sees to it that it has.
    pub(crate) fn read() -> Result<Self, serde_json::Error> {
        Ok(Self {
            office: serde_json::from_str(include_str!("../../sample/office.json"))?,
            catalogue: serde_json::from_str(include_str!("../../sample/catalogue.json"))?,
            channels: serde_json::from_str(include_str!("../../sample/channels.json"))?,
            displays: serde_json::from_str(include_str!("../../sample/displays.json"))?,
            year: serde_json::from_str(include_str!("../../sample/year-2015.json"))?,
            turns: serde_json::from_str(include_str!("../../sample/turns-2015.json"))?,
        })
    }

    /// Today's programme, with its dates told from `today`.
    ///
    /// # Errors
    /// As [`Sample::read`].
    pub(crate) fn today(today: Date) -> Result<Vec<TodaysItem>, serde_json::Error> {
        serde_json::from_str(&dated(include_str!("../../sample/today.json"), today))
    }
}

/// Replaces `{{today+7}}`, `{{today-3:zh}}` and the like by dates.
pub(crate) fn dated(text: &str, today: Date) -> String {
    let mut parts = text.split("{{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once("}}") {
            Some((token, rest)) => {
                out.push_str(&date_of(token, today).unwrap_or_else(|| format!("{{{{{token}}}}}")));
                out.push_str(rest);
            }
            None => {
                out.push_str("{{");
                out.push_str(part);
            }
        }
    }
    out
}

fn date_of(token: &str, today: Date) -> Option<String> {
    let (day, form) = token.split_once(':').unwrap_or((token, ""));
    let offset = day.strip_prefix("today")?;
    let days: i64 = if offset.is_empty() { 0 } else { offset.parse().ok()? };
    let date = today.checked_add(days.days()).ok()?;
    Some(match form {
        "" => date.to_string(),
        "zh" => format!("{}月{}日", date.month(), date.day()),
        "en" => date.strftime("%-d %B").to_string(),
        _ => return None,
    })
}

/// The midnight that begins a date of the site, as RFC 3339; what has a time already stays as it is.
pub(crate) fn midnight(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    match text.parse::<Date>() {
        Ok(date) if text.len() == 10 => date.to_zoned_datetime(zone.clone()).ok().map(|at| at.timestamp()),
        _ => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn dates_are_told_from_today() {
        let today = date(2026, 11, 28);
        let told = dated(
            "a {{today}} b {{today+7}} c {{today+7:zh}} d {{today-3:en}} {{x}}",
            today,
        );
        assert_eq!(told, "a 2026-11-28 b 2026-12-05 c 12月5日 d 25 November {{x}}");
    }

    #[test]
    fn the_year_is_the_one_of_the_report() {
        let sample = Sample::read().unwrap();
        let category: BTreeMap<&str, &str> = sample
            .catalogue
            .iter()
            .map(|e| (e["id"].as_str().unwrap(), e["category"].as_str().unwrap()))
            .collect();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for past in &sample.year {
            *counts.entry(category[past.item.catalogue_entry.as_str()]).or_default() += 1;
        }
        let expected = [
            ("enforcement", 8),
            ("finance", 4),
            ("government-information", 52),
            ("interpretation", 1),
            ("organisation", 1),
            ("personnel", 1),
            ("planning", 1),
            ("rules", 24),
        ];
        assert_eq!(counts, BTreeMap::from(expected));
        let texts: BTreeSet<String> = sample
            .year
            .iter()
            .map(|past| past.item.content["zh-Hans"].to_string())
            .collect();
        assert_eq!(texts.len(), 92, "92 different texts");
    }

    #[test]
    fn every_text_is_complete_and_passes_three_people() {
        let sample = Sample::read().unwrap();
        let today = Sample::today(date(2026, 2, 28)).unwrap();
        for item in sample
            .year
            .iter()
            .map(|past| &past.item)
            .chain(today.iter().map(|today| &today.item))
        {
            let kind = heliograph_domain::Kind::ALL
                .iter()
                .copied()
                .find(|kind| kind.slug() == item.kind)
                .unwrap();
            let faults = heliograph_domain::Document::check(kind, &item.content)
                .err()
                .unwrap_or_default();
            assert!(faults.is_empty(), "{}: {faults:?}", item.key);
            let hands = BTreeSet::from([&item.author, &item.reviewer, &item.approver]);
            assert_eq!(hands.len(), 3, "{}", item.key);
        }
        assert!(today.len() >= 10);
    }

    #[test]
    fn the_turns_of_the_year_fall_between_the_steps_that_they_follow() {
        let sample = Sample::read().unwrap();
        let year: BTreeMap<&str, &PastItem> = sample.year.iter().map(|past| (past.item.key.as_str(), past)).collect();
        let changes = |past: &PastItem, find: &str| {
            let text = past.item.content.to_string();
            assert_eq!(text.matches(find).count(), 1, "{}: {find}", past.item.key);
        };
        for worded in &sample.turns.written_first {
            changes(year[worded.key.as_str()], &worded.find);
            let returned = |turn: &Turn| turn.key == worded.key && matches!(turn.step, TurnStep::Return { .. });
            assert!(sample.turns.turns.iter().any(returned), "{} is returned", worded.key);
        }
        for turn in &sample.turns.turns {
            let past = year[turn.key.as_str()];
            let released = turn.at > past.released_at && past.until.is_none_or(|until| turn.at < until);
            match &turn.step {
                TurnStep::Return { .. } | TurnStep::Resubmit | TurnStep::LetThrough { .. } => {
                    assert!(past.submitted_at < turn.at && turn.at < past.approved_at, "{turn:?}");
                }
                TurnStep::Revise { find, .. } => {
                    changes(past, find);
                    assert!(released, "{turn:?}");
                }
                TurnStep::Amend | TurnStep::Withdraw { .. } => assert!(released, "{turn:?}"),
                TurnStep::Review | TurnStep::Countersign | TurnStep::Approve => {}
            }
        }
    }

    #[test]
    fn the_way_to_release_runs_forward_through_the_year() {
        let sample = Sample::read().unwrap();
        for past in &sample.year {
            let way: Vec<Timestamp> = [
                Some(past.submitted_at),
                Some(past.reviewed_at),
                past.countersigned_at,
                Some(past.approved_at),
                Some(past.released_at),
            ]
            .into_iter()
            .flatten()
            .collect();
            assert!(way.is_sorted(), "{}", past.item.key);
        }
    }
}
