//! `/api/v1/catalogue` and `/api/v1/channels`: what the office discloses, and the programmes it is shown in.

use super::call::{Call, Caller};
use super::fields::Fields;
use super::idempotency::Answer;
use super::problem::Problem;
use crate::library;
use crate::office::Office;
use crate::public_words::{self, CONFIRMED, LetThrough, Looked, PublicWords};
use crate::time_limits::{self, Today};
use crate::transact::{Decision, transact};
use axum::extract::State;
use heliograph_domain::catalogue::{Cadence, Catalogue, CatalogueEntry, CatalogueEvent, Category, EntryText};
use heliograph_domain::gate::PublicNoun;
use heliograph_domain::staff::Verb;
use heliograph_domain::{CatalogueEntryId, ChannelName, ContentHash, Event, LocalText, StaffId};
use heliograph_log::ContentObject;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most entries of one request.
const MOST_ENTRIES: usize = 2000;

/// `GET /api/v1/catalogue`: every entry, when it is due, and the texts of it that are on their way.
pub(crate) async fn list(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let state = office.state_for(&caller.staff);
    let mut dues = Today::new(&office, &state, office.now()).dues();
    dues.sort_by(|one, other| one.entry.id.cmp(&other.entry.id));
    let entries: Vec<Value> = dues.iter().map(|due| time_limits::shape(&office, due)).collect();
    Ok(Answer::ok(json!({"catalogue": entries})))
}

/// `POST /api/v1/catalogue`: opens an entry or changes it.
pub(crate) async fn define(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Catalogue)?;
    let mut fields = call.fields()?;
    let wish = read_entry(&office, &mut fields);
    fields.finish()?;
    let wish = wish.ok_or_else(|| Problem::internal("an entry without faults lacks its fields"))?;
    let answer = Answer::created(json!({"id": wish.entry.id}));
    let mut wishes = [wish];
    looked_at(&office, false, &mut wishes, |_| String::new())?;
    define_all(&office, &call, &wishes, answer).await
}

/// `POST /api/v1/catalogue/import {entries}`: opens and changes entries, all in one step or none.
pub(crate) async fn define_many(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Catalogue)?;
    define_read(&office, &call, Value::Object(Map::new())).await
}

/// The entries that a call names, all in one step or none; the answer says how many of them are new besides `told`.
pub(crate) async fn define_read(office: &Arc<Office>, call: &Call, mut told: Value) -> Result<Answer, Problem> {
    let wishes = read_entries(office, call.fields()?)?;
    count(&mut told, &plan(office, &wishes));
    define_all(office, call, &wishes, Answer::ok(told)).await
}

/// Says how many entries are new, changed and as they were.
pub(crate) fn count(told: &mut Value, plan: &[Change]) {
    for (name, wanted) in [
        ("new", Change::New),
        ("changed", Change::Changed),
        ("unchanged", Change::Unchanged),
    ] {
        told[name] = json!(plan.iter().filter(|change| **change == wanted).count());
    }
}

/// What defining an entry comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// There is none of this id yet.
    New,
    /// It says something else.
    Changed,
    /// It says this already.
    Unchanged,
}

impl Change {
    /// Its name in the API.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
        }
    }
}

/// What a request with several entries would change; nothing is written.
pub(crate) fn plan_of(office: &Office, wish: &Value) -> Result<Vec<Change>, Problem> {
    let wishes = read_entries(office, Fields::of_body(wish.to_string().as_bytes())?)?;
    Ok(plan(office, &wishes))
}

fn plan(office: &Office, wishes: &[Wish]) -> Vec<Change> {
    let state = office.state();
    let change = |wish: &Wish| {
        let known = state.catalogue.entries.contains_key(&wish.entry.id);
        let (entry, _) = wish.on(office, &state.catalogue);
        match (known, state.catalogue.define(entry, wish.channels.clone()).is_empty()) {
            (false, _) => Change::New,
            (true, false) => Change::Changed,
            (true, true) => Change::Unchanged,
        }
    };
    wishes.iter().map(change).collect()
}

/// Has the gate look at the words of entries, and notes with each what was let through in it. `path` is where the entry
/// of an index stands in the request; `all` says that the caller looked at everything.
fn looked_at(office: &Office, all: bool, wishes: &mut [Wish], path: impl Fn(usize) -> String) -> Result<(), Problem> {
    let (state, mut public) = (office.state(), PublicWords::default());
    for wish in wishes.iter() {
        let known = state.catalogue.entries.get(&wish.entry.id);
        if let Some((known, text)) = known.and_then(|known| Some((known, office.library.entry_text(&known.text)?))) {
            of_entry(&mut public, "", known, &text);
        }
    }
    let look = |(index, wish): (usize, &Wish)| {
        let mut words = PublicWords::confirmed(all || wish.confirmed);
        of_entry(&mut words, &path(index), &wish.entry, &wish.text);
        words.know(&public);
        words.look(office)
    };
    let looked: Vec<Looked> = wishes.iter().enumerate().map(look).collect();
    for (wish, let_through) in wishes.iter_mut().zip(public_words::let_through(&looked)?) {
        wish.let_through = let_through;
    }
    Ok(())
}

fn of_entry(words: &mut PublicWords, path: &str, entry: &CatalogueEntry, text: &EntryText) {
    words.text(&format!("{path}index_number"), &entry.index_number);
    words.local(&format!("{path}name"), &text.name);
    words.local(&format!("{path}summary"), &text.summary);
}

fn read_entries(office: &Office, mut fields: Fields) -> Result<Vec<Wish>, Problem> {
    if !fields.has("entries") {
        let _ = fields.required_value("entries");
    }
    let wishes = fields.objects("entries", MOST_ENTRIES, |inner| read_entry(office, inner));
    let mut seen = BTreeSet::new();
    for (index, wish) in wishes.iter().enumerate() {
        let Some(wish) = wish else { continue };
        if !seen.insert(wish.entry.id.clone()) {
            let place = format!("entries[{index}].id");
            fields.fault(
                &place,
                "repeated",
                "与前面的目录项重复",
                "is the id of an entry before it",
            );
        }
    }
    let words = PublicWords::of_request(&mut fields);
    fields.finish()?;
    let mut wishes: Vec<Wish> = wishes.into_iter().flatten().collect();
    looked_at(office, words.are_confirmed(), &mut wishes, |index| {
        format!("entries[{index}].")
    })?;
    Ok(wishes)
}

/// An entry as someone wants it, with its words and the object that would hold them.
struct Wish {
    entry: CatalogueEntry,
    text: EntryText,
    object: ContentObject,
    /// Where it usually goes; nothing: as before.
    channels: Option<BTreeSet<ChannelName>>,
    /// Whether the caller looked at what the gate found in its words.
    confirmed: bool,
    /// What it found that they let through.
    let_through: LetThrough,
}

impl Wish {
    /// The entry on what the catalogue says now, and whether its words are new.
    fn on(&self, office: &Office, catalogue: &Catalogue) -> (CatalogueEntry, bool) {
        let known = catalogue.entries.get(&self.entry.id);
        let same_words = known.filter(|known| office.library.entry_text(&known.text).as_ref() == Some(&self.text));
        let entry = CatalogueEntry {
            text: same_words.map_or(self.entry.text, |known| known.text),
            ..self.entry.clone()
        };
        (entry, same_words.is_none())
    }
}

async fn define_all(office: &Arc<Office>, call: &Call, wishes: &[Wish], answer: Answer) -> Result<Answer, Problem> {
    transact(
        office,
        &call.caller.staff,
        &call.repeatable,
        "site-catalogue".to_owned(),
        |state, _| {
            let mut decision = Decision::of(Vec::new(), answer.clone());
            for wish in wishes {
                let (entry, new_words) = wish.on(office, &state.catalogue);
                let noun = PublicNoun::Entry(entry.id.clone());
                let events = state.catalogue.define(entry, wish.channels.clone());
                let defined = |event: &CatalogueEvent| matches!(event, CatalogueEvent::Defined(_));
                let let_through = events.iter().any(defined).then(|| wish.let_through.event(noun));
                if new_words && let_through.is_some() {
                    decision.content.push(wish.object.clone());
                }
                decision.events.extend(events.into_iter().map(Event::Catalogue));
                decision.events.extend(let_through.flatten());
            }
            Ok(decision)
        },
    )
    .await
}

fn read_entry(office: &Office, fields: &mut Fields) -> Option<Wish> {
    let id: Option<CatalogueEntryId> = fields.parsed("id");
    let index_number = fields.text("index_number", 64);
    let category = fields.choice("category", |slug| Category::ALL.into_iter().find(|c| c.slug() == slug));
    let cadence = read_cadence(fields);
    let department = fields.parsed("department");
    let responsible = fields.parsed("responsible");
    check_responsible(office, fields, id.as_ref(), responsible.as_ref());
    let text = EntryText {
        name: fields.local_text("name", 200),
        summary: fields.local_text("summary", 2000),
    };
    let channels = read_channels(office, fields);
    let confirmed = fields.flag(CONFIRMED);
    let (hash, object) = content_of(&text)?;
    let entry = CatalogueEntry {
        id: id?,
        index_number,
        category: category?,
        cadence: cadence?,
        department: department?,
        responsible: responsible?,
        text: hash,
    };
    Some(Wish {
        entry,
        text,
        object,
        channels,
        confirmed,
        let_through: LetThrough::default(),
    })
}

/// Whoever is to answer for an entry works here; an entry whose person has left meanwhile may be changed otherwise.
fn check_responsible(office: &Office, fields: &mut Fields, id: Option<&CatalogueEntryId>, person: Option<&StaffId>) {
    let (Some(person), state) = (person, office.state()) else {
        return;
    };
    let known = id.and_then(|id| state.catalogue.entries.get(id));
    if state.staff.works_here(person) || known.is_some_and(|known| known.responsible == *person) {
        return;
    }
    if state.staff.people.contains_key(person) {
        let (zh, en) = (
            "已离任或停用，请换一位",
            "does not work here any more, or is shut out: choose somebody else",
        );
        fields.fault("responsible", "gone", zh, en);
    } else {
        fields.fault("responsible", "unknown", "没有这位工作人员", "is not a member of staff");
    }
}

/// The words as an object of the content store; nothing when the machine has no random numbers left.
fn content_of(text: &EntryText) -> Option<(ContentHash, ContentObject)> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).ok()?;
    Some(library::object(salt, serde_json::to_vec(text).ok()?))
}

/// The channels that an entry usually goes to; nothing when the field is not there.
fn read_channels(office: &Office, fields: &mut Fields) -> Option<BTreeSet<ChannelName>> {
    if !fields.has("channels") {
        return None;
    }
    let channels: Vec<ChannelName> = fields.list("channels", 64);
    let state = office.state();
    for (index, channel) in channels.iter().enumerate() {
        if !state.channels.titles.contains_key(channel) {
            let place = format!("channels[{index}]");
            fields.fault(&place, "unknown", "没有这个频道", "is not a channel");
        }
    }
    Some(channels.into_iter().collect())
}

/// `"standing"`, `{"regular": {"period_months": 1}}` or `{"ad-hoc": {"within_working_days": 20}}`.
fn read_cadence(fields: &mut Fields) -> Option<Cadence> {
    let value = fields.required_value("cadence");
    if value.is_null() {
        return None;
    }
    let cadence: Option<Cadence> = serde_json::from_value(value).ok();
    let sound = |cadence: &Cadence| match cadence {
        Cadence::Regular { period_months } => (1..=60).contains(period_months),
        Cadence::AdHoc { within_working_days } => (1..=20).contains(within_working_days),
        Cadence::Standing => true,
    };
    let cadence = cadence.filter(sound);
    if cadence.is_none() {
        fields.fault(
            "cadence",
            "invalid",
            "应为 \"standing\"、{\"regular\": {\"period_months\": 1–60}} 或 {\"ad-hoc\": {\"within_working_days\": 1–20}}",
            "must be \"standing\", {\"regular\": {\"period_months\": 1 to 60}} or {\"ad-hoc\": {\"within_working_days\": 1 to 20}}",
        );
    }
    cadence
}

/// `GET /api/v1/channels`
pub(crate) async fn channels(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let state = office.state();
    let channels: Vec<Value> = state
        .channels
        .titles
        .iter()
        .map(|(name, title)| {
            let head = state.head(name);
            json!({"name": name, "title": title, "items": head.as_ref().map_or(0, |h| h.items.len()), "position": head.map(|h| h.position)})
        })
        .collect();
    Ok(Answer::ok(json!({"channels": channels})))
}

/// `POST /api/v1/channels`: opens a channel or changes its title.
pub(crate) async fn open_channel(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::OperateDisplays)?;
    let mut fields = call.fields()?;
    let name: Option<ChannelName> = fields.parsed("name");
    let title = fields.local_text("title", 100);
    let mut words = PublicWords::of_request(&mut fields);
    fields.finish()?;
    words.local("title", &title);
    let state = office.state();
    let known = name.as_ref().and_then(|name| state.channels.titles.get(name));
    if let Some(known) = known {
        let mut public = PublicWords::default();
        public.local("title", known);
        words.know(&public);
    }
    let let_through = words.check(&office)?;
    let name = name.ok_or_else(|| Problem::internal("a channel without faults lacks its name"))?;
    define_channel(&office, &call, (name, title), let_through).await
}

async fn define_channel(
    office: &Arc<Office>,
    call: &Call,
    (name, title): (ChannelName, LocalText),
    let_through: LetThrough,
) -> Result<Answer, Problem> {
    transact(
        office,
        &call.caller.staff,
        &call.repeatable,
        "site-channels".to_owned(),
        |state, _| {
            let event = state.channels.define(name.clone(), title.clone());
            let answer = Answer::created(json!({"name": name, "title": title}));
            let confirmed = event
                .is_some()
                .then(|| let_through.event(PublicNoun::Channel(name.clone())));
            let events = event.map(Event::Channel).into_iter().chain(confirmed.flatten());
            Ok(Decision::of(events.collect(), answer))
        },
    )
    .await
}
