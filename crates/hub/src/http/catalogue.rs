//! `/api/v1/catalogue` and `/api/v1/channels`: what the office discloses, and the programmes it is shown in.

use super::call::{Call, Caller};
use super::fields::Fields;
use super::idempotency::Answer;
use super::problem::Problem;
use super::shape;
use crate::library;
use crate::office::Office;
use crate::transact::{Decision, transact};
use axum::extract::State;
use heliograph_domain::catalogue::{Cadence, CatalogueEntry, Category, EntryText};
use heliograph_domain::staff::Verb;
use heliograph_domain::{ChannelName, Event, LocalText};
use serde_json::{Value, json};
use std::sync::Arc;

/// `GET /api/v1/catalogue`
pub(crate) async fn list(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Read)?;
    let state = office.state();
    let entries: Vec<Value> = state
        .catalogue
        .entries
        .values()
        .map(|entry| shape::entry(&office, entry))
        .collect();
    Ok(Answer::ok(json!({"catalogue": entries})))
}

/// `POST /api/v1/catalogue`: opens an entry or changes it.
pub(crate) async fn define(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Catalogue)?;
    let (entry, text) = read_entry(&office, call.fields()?)?;
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(Problem::internal)?;
    let bytes = serde_json::to_vec(&text).map_err(Problem::internal)?;
    let (hash, object) = library::object(salt, bytes);
    transact(
        &office,
        &call.caller.staff,
        &call.repeatable,
        "site-catalogue".to_owned(),
        |state, _| {
            let known = state.catalogue.entries.get(&entry.id);
            let same_words = known.is_some_and(|known| office.library.entry_text(&known.text).as_ref() == Some(&text));
            let words = known.filter(|_| same_words).map_or(hash, |known| known.text);
            let entry = CatalogueEntry {
                text: words,
                ..entry.clone()
            };
            let answer = Answer::created(json!({"id": entry.id}));
            let event = state.catalogue.define(entry);
            Ok(Decision {
                content: if event.is_some() && !same_words {
                    vec![object.clone()]
                } else {
                    Vec::new()
                },
                ..Decision::of(event.map(Event::Catalogue).into_iter().collect(), answer)
            })
        },
    )
    .await
}

fn read_entry(office: &Office, mut fields: Fields) -> Result<(CatalogueEntry, EntryText), Problem> {
    let id = fields.parsed("id");
    let index_number = fields.text("index_number", 64);
    let category = fields.choice("category", |slug| Category::ALL.into_iter().find(|c| c.slug() == slug));
    let cadence = read_cadence(&mut fields);
    let department = fields.parsed("department");
    let responsible = fields.parsed("responsible");
    if let Some(person) = &responsible
        && !office.state().staff.people.contains_key(person)
    {
        fields.fault("responsible", "unknown", "没有这位工作人员", "is not a member of staff");
    }
    let text = EntryText {
        name: fields.local_text("name", 200),
        summary: fields.local_text("summary", 2000),
    };
    fields.finish()?;
    match (id, category, cadence, department, responsible) {
        (Some(id), Some(category), Some(cadence), Some(department), Some(responsible)) => {
            let placeholder = heliograph_domain::ContentHash([0; 32]);
            Ok((
                CatalogueEntry {
                    id,
                    index_number,
                    category,
                    cadence,
                    department,
                    responsible,
                    text: placeholder,
                },
                text,
            ))
        }
        _ => Err(Problem::internal("an entry without faults lacks its fields")),
    }
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
    fields.finish()?;
    let name = name.ok_or_else(|| Problem::internal("a channel without faults lacks its name"))?;
    define_channel(&office, &call, name, title).await
}

/// Opens a channel or changes its title.
pub(crate) async fn define_channel(
    office: &Arc<Office>,
    call: &Call,
    name: ChannelName,
    title: LocalText,
) -> Result<Answer, Problem> {
    transact(
        office,
        &call.caller.staff,
        &call.repeatable,
        "site-channels".to_owned(),
        |state, _| {
            let event = state.channels.define(name.clone(), title.clone());
            let answer = Answer::created(json!({"name": name, "title": title}));
            Ok(Decision::of(event.map(Event::Channel).into_iter().collect(), answer))
        },
    )
    .await
}
