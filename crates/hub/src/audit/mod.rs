//! The audit trail: who did what, when, on what, from the log. Every line can be proved with `log prove`.

pub(crate) mod deed;
pub(crate) mod index;
pub(crate) mod sentence;
mod subject;

use crate::digest::Needle;
use crate::directory;
use crate::http::problem::{Fault, Problem};
use crate::office::Office;
use crate::search::could_be_id;
use crate::state::{State, event_of};
use deed::{Deed, Subject, WHATS};
use heliograph_domain::search::{folded, names};
use heliograph_domain::{Date, Event, Instant, StaffId};
use heliograph_log::{Position, Record};
use index::{Index, Line};
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::PoisonError;

/// Lines on a page.
pub(crate) const ROWS: usize = 50;

/// What somebody looks for in the trail. What is not said is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Who did it: an id of the staff, or `hub`, `retention`, `console`.
    pub(crate) who: Option<String>,
    /// The kind of thing that it was done to, one of [`WHATS`].
    pub(crate) what: Option<String>,
    /// Which deed.
    pub(crate) deed: Option<Deed>,
    /// The first day, by the office's calendar.
    pub(crate) from: Option<Date>,
    /// The last day.
    pub(crate) until: Option<Date>,
    /// A part of a title, a name, an id; or a position.
    pub(crate) words: String,
    /// The page, from 1; the newest is first.
    pub(crate) page: usize,
}

impl Wanted {
    /// Reads a query.
    ///
    /// # Errors
    /// Every field that is not what it should be.
    pub(crate) fn of(query: &HashMap<String, String>) -> Result<Self, Problem> {
        let mut faults = Vec::new();
        let wanted = Self {
            who: text(query, "who"),
            what: text(query, "what"),
            deed: text(query, "deed").and_then(|slug| {
                let deed = Deed::of_slug(&slug);
                if deed.is_none() {
                    faults.push(Fault::new(
                        "deed",
                        "not_a_choice",
                        "没有这种操作",
                        "deed is not a kind of deed",
                    ));
                }
                deed
            }),
            from: parsed(query, "from", &mut faults),
            until: parsed(query, "until", &mut faults),
            words: text(query, "q").unwrap_or_default().chars().take(200).collect(),
            page: text(query, "page")
                .and_then(|page| page.parse().ok())
                .unwrap_or(1)
                .max(1),
        };
        if wanted
            .what
            .as_ref()
            .is_some_and(|what| !WHATS.iter().any(|(name, ..)| name == what))
        {
            faults.push(Fault::new(
                "what",
                "not_a_choice",
                "没有这一类对象",
                "what is not a kind of thing",
            ));
        }
        if faults.is_empty() {
            Ok(wanted)
        } else {
            Err(Problem::invalid(faults))
        }
    }

    /// Whether anything is asked for.
    pub(crate) fn anything(&self) -> bool {
        *self
            != Self {
                page: self.page,
                ..Self::default()
            }
    }
}

pub(crate) fn text(query: &HashMap<String, String>, name: &str) -> Option<String> {
    query
        .get(name)
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

pub(crate) fn parsed(query: &HashMap<String, String>, name: &str, faults: &mut Vec<Fault>) -> Option<Date> {
    let date = Date::from_str(&text(query, name)?);
    if date.is_err() {
        let (zh, en) = (
            format!("{name}：不是日期，请按“年-月-日”填写，月和日各两位"),
            format!("{name} is not a date: write year, month and day as YYYY-MM-DD"),
        );
        faults.push(Fault::new(name, "not_a_date", zh, en));
    }
    date.ok()
}

/// A record of the log with what it says.
pub(crate) struct Entry {
    /// The record.
    pub(crate) record: Record,
    /// The fact in it.
    pub(crate) event: Event,
    /// What it is about.
    pub(crate) subject: Subject,
    /// Which deed it is.
    pub(crate) deed: Deed,
}

/// What was found: how many there are, and those of the page.
pub(crate) struct Found {
    /// All that fit.
    pub(crate) all: usize,
    /// The page, from 1, and how many there are.
    pub(crate) page: usize,
    pub(crate) pages: usize,
    /// The lines of the page, the newest first.
    pub(crate) entries: Vec<Entry>,
}

/// One page of what fits. Reads the log: call it where waiting is allowed.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn page(office: &Office, seen: &State, wanted: &Wanted) -> Result<Found, Problem> {
    let positions = fitting(office, seen, wanted)?;
    let pages = positions.len().div_ceil(ROWS).max(1);
    let page = wanted.page.clamp(1, pages);
    let shown = positions.iter().rev().skip((page - 1) * ROWS).take(ROWS);
    let entries = shown
        .map(|position| entry(office, *position))
        .collect::<Result<_, _>>()?;
    Ok(Found {
        all: positions.len(),
        page,
        pages,
        entries,
    })
}

/// Every line that fits, oldest first, given to `take` one by one.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn each(
    office: &Office,
    seen: &State,
    wanted: &Wanted,
    mut take: impl FnMut(&Entry),
) -> Result<(), Problem> {
    for position in fitting(office, seen, wanted)? {
        take(&entry(office, position)?);
    }
    Ok(())
}

/// The record at a position.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn entry(office: &Office, position: u64) -> Result<Entry, Problem> {
    let records = office
        .log
        .read(Position(position.saturating_sub(1)), 1)
        .map_err(Problem::internal)?;
    let record = records
        .into_iter()
        .next()
        .ok_or_else(|| Problem::not_found("这条记录", "The record"))?;
    let event = event_of(&record).map_err(Problem::internal)?;
    let (subject, deed) = deed::deed_of(&event);
    Ok(Entry {
        record,
        event,
        subject,
        deed,
    })
}

/// The positions of the records that fit, oldest first. `seen`: the state as whoever looks may see it.
fn fitting(office: &Office, seen: &State, wanted: &Wanted) -> Result<Vec<u64>, Problem> {
    caught_up(office)?;
    let index = office.audit.read().unwrap_or_else(PoisonError::into_inner);
    let named = Named::of(office, seen, &index, &wanted.words);
    let profile = office
        .state()
        .site
        .as_ref()
        .and_then(|site| office.library.profile(&site.profile));
    let day = |at: Instant| crate::calendar::civil(profile.as_deref(), at).0;
    // Records never go back in time: the days that are asked for lie together.
    let lines = index.lines();
    let first = wanted
        .from
        .map_or(0, |from| lines.partition_point(|line| day(line.at) < from));
    let last = wanted
        .until
        .map_or(lines.len(), |until| lines.partition_point(|line| day(line.at) <= until));
    let who = wanted
        .who
        .as_ref()
        .map(|who| index.actors().iter().position(|actor| actor == who));
    let fits = |line: &&Line| {
        let of = |what: &String| index.subjects()[line.subject as usize].what() == what;
        wanted.deed.is_none_or(|deed| deed == line.deed)
            && who.is_none_or(|who| who == Some(line.actor as usize))
            && wanted.what.as_ref().is_none_or(of)
            && named.fits(line)
    };
    let asked = lines.get(first..last).unwrap_or_default();
    Ok(asked.iter().filter(fits).map(|line| line.position).collect())
}

/// Everybody who ever did something.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn actors(office: &Office) -> Result<Vec<String>, Problem> {
    caught_up(office)?;
    let index = office.audit.read().unwrap_or_else(PoisonError::into_inner);
    let mut actors = index.actors().to_vec();
    actors.sort();
    Ok(actors)
}

/// The newest records about how this person is let in, the newest first, at most `most`.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn of_account(office: &Office, staff: &StaffId, most: usize) -> Result<Vec<Entry>, Problem> {
    caught_up(office)?;
    let positions: Vec<u64> = {
        let index = office.audit.read().unwrap_or_else(PoisonError::into_inner);
        let wanted = Subject::Account(staff.clone());
        let about = |line: &&Line| index.subjects()[line.subject as usize] == wanted;
        let newest = index.lines().iter().rev().filter(about);
        newest.take(most).map(|line| line.position).collect()
    };
    positions.into_iter().map(|position| entry(office, position)).collect()
}

/// Whether there is a record at this position.
///
/// # Errors
/// When the log cannot be read.
pub(crate) fn has(office: &Office, position: u64) -> Result<bool, Problem> {
    caught_up(office)?;
    let index = office.audit.read().unwrap_or_else(PoisonError::into_inner);
    Ok(index.at(position).is_some())
}

/// The index follows the log as far as the log goes now.
fn caught_up(office: &Office) -> Result<(), Problem> {
    let head = office.log.head().map_err(Problem::internal)?.position.0;
    let known = office
        .audit
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .lines()
        .last()
        .map_or(0, |line| line.position);
    if known >= head {
        return Ok(());
    }
    let mut index = office.audit.write().unwrap_or_else(PoisonError::into_inner);
    index.catch_up(&*office.log).map_err(Problem::internal)
}

/// What the words of a search name: positions, people, things.
struct Named {
    anything: bool,
    position: Option<u64>,
    actors: Vec<bool>,
    subjects: Vec<bool>,
}

impl Named {
    fn of(office: &Office, state: &State, index: &Index, words: &str) -> Self {
        let words = folded(words);
        if words.is_empty() {
            return Self {
                anything: true,
                position: None,
                actors: Vec::new(),
                subjects: Vec::new(),
            };
        }
        let needle = Needle::new(&words);
        let name_of = |id: &str| {
            let listing = id
                .parse::<StaffId>()
                .ok()
                .and_then(|id| directory::find(&*office.log, &id).ok().flatten());
            listing
                .map(|listing| listing.name.0.into_values().collect::<Vec<_>>().join(" "))
                .unwrap_or_default()
        };
        let has = |text: &str| names(text, &words);
        let person = |id: &str| id.contains(&words) || has(&name_of(id));
        let thing = |subject: &Subject| match subject {
            Subject::Publication(id) => {
                (could_be_id(&words) && id.to_string().starts_with(&words))
                    || state.publications.get(id).is_some_and(|dossier| {
                        let texts = dossier.texts();
                        texts
                            .iter()
                            .filter_map(|hash| office.library.digest(hash))
                            .any(|digest| digest.titled(&needle))
                    })
            }
            Subject::Display(id) => {
                let setting = state.displays.get(id).map(|known| &known.display.setting);
                let texts = setting
                    .into_iter()
                    .flat_map(|it| it.name.0.values().chain(it.location.0.values()));
                (could_be_id(&words) && id.to_string().starts_with(&words)) || texts.into_iter().any(|text| has(text))
            }
            Subject::Staff(id) | Subject::Account(id) => person(id.as_str()),
            Subject::Entry(id) => {
                let entry = state.catalogue.entries.get(id);
                let text = entry.and_then(|entry| office.library.entry_text(&entry.text));
                let named = text.is_some_and(|text| text.name.0.values().any(|name| has(name)));
                named || id.as_str().contains(&words) || entry.is_some_and(|entry| has(&entry.index_number))
            }
            Subject::Channel(name) => {
                let title = state.channels.titles.get(name);
                name.as_str().contains(&words) || title.is_some_and(|title| title.0.values().any(|text| has(text)))
            }
            Subject::Calendar(year) => year.to_string() == words,
            Subject::Policy | Subject::Site | Subject::Gate | Subject::Ledger => subject.id().contains(&words),
        };
        Self {
            anything: false,
            position: words.trim_start_matches('#').parse().ok(),
            actors: index.actors().iter().map(|id| person(id)).collect(),
            subjects: index.subjects().iter().map(thing).collect(),
        }
    }

    fn fits(&self, line: &Line) -> bool {
        self.anything
            || self.position == Some(line.position)
            || self.actors[line.actor as usize]
            || self.subjects[line.subject as usize]
    }
}
