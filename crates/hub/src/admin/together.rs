//! Several people at one draft: with whom it is shared, what others saved meanwhile, and what both changed in one place.

use super::compare::spans;
use super::done::done;
use super::fields;
use super::form::Posted;
use super::gate;
use super::layout::Desk;
use super::proposal;
use super::words::{self as w, airtime as aw, together as tw};
use super::write;
use crate::drafts::Draft;
use crate::http::draft_together as api;
use crate::http::problem::{Fault, Problem, Told};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::staff::Verb;
use heliograph_domain::{Kind, StaffId};
use maud::{Markup, html};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A place that both changed, and the form that is saved.
struct Clash {
    field: String,
    theirs: String,
    both: Option<String>,
}

/// All such places of a form.
#[derive(Default)]
pub(crate) struct Clashes {
    by: Option<StaffId>,
    list: Vec<Clash>,
}

impl Clashes {
    /// Those that a save was refused for.
    pub(crate) fn of(problem: &Problem) -> Self {
        let current = problem.current.as_ref().unwrap_or(&Value::Null);
        let clash = |it: &Value| {
            Some(Clash {
                field: it["field"].as_str()?.to_owned(),
                theirs: fields::text_of(&it["theirs"]),
                both: Some(&it["both"]).filter(|both| !both.is_null()).map(fields::text_of),
            })
        };
        Self {
            by: current["by"].as_str().and_then(|by| by.parse().ok()),
            list: current["conflicts"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(clash)
                .collect(),
        }
    }

    /// Puts what was chosen into the form; what was not is still to be chosen.
    pub(crate) fn chosen(posted: &mut Posted) -> Self {
        let mut open = Self {
            by: posted.get("clash-by").parse().ok(),
            list: Vec::new(),
        };
        let names: Vec<String> = posted.all("clash").into_iter().map(str::to_owned).collect();
        for field in names {
            let theirs = posted.get(&format!("theirs.{field}")).to_owned();
            let both = posted
                .has(&format!("both.{field}"))
                .then(|| posted.get(&format!("both.{field}")).to_owned());
            let choice = posted.get(&format!("choose.{field}")).to_owned();
            match (choice.as_str(), both) {
                ("mine", _) => {}
                ("theirs", _) => posted.set(&field, theirs),
                ("both", Some(both)) => posted.set(&field, both),
                (_, both) => open.list.push(Clash { field, theirs, both }),
            }
        }
        open
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// What somebody hears who saves before they chose.
    pub(crate) fn unchosen(&self) -> Problem {
        let told = || Told::new("请选择保留哪一种", "choose which form stays");
        let fault = |clash: &Clash| Fault {
            field: clash.field.clone(),
            code: "changed_by_both",
            message: told(),
        };
        Problem {
            kind: "both-changed",
            status: StatusCode::CONFLICT,
            title: Told::new("两人改了同一处", "Two people changed the same place"),
            ..Problem::invalid(self.list.iter().map(fault).collect())
        }
    }

    /// The choice at a field, if both changed it; `mine` stands in the field.
    pub(crate) fn at(&self, desk: &Desk, field: &str, mine: &str) -> Markup {
        let Some(clash) = self.list.iter().find(|clash| clash.field == field) else {
            return html! {};
        };
        let theirs = if field == "catalogue_entry" {
            let id = clash.theirs.parse();
            html! { (id.map_or_else(|_| clash.theirs.clone(), |id| desk.entry_name(&id))) }
        } else {
            marked(mine, &clash.theirs)
        };
        let both = clash.both.as_ref().map(|both| marked(mine, both));
        let option = |value: &str, word: w::Word, text: Option<&Markup>| {
            html! {
                label.form-of {
                    span { input type="radio" name=(format!("choose.{field}")) value=(value); " " (desk.t(word)) }
                    @if let Some(text) = text { span.said { (text) } }
                }
            }
        };
        html! {
            fieldset.clash {
                legend { (self.who(desk, tw::CLASH, tw::CLASH_YOU)) }
                input type="hidden" name="clash" value=(field);
                @if let Some(by) = &self.by { input type="hidden" name="clash-by" value=(by); }
                input type="hidden" name=(format!("theirs.{field}")) value=(clash.theirs);
                @if let Some(both) = &clash.both { input type="hidden" name=(format!("both.{field}")) value=(both); }
                div.forms {
                    (option("mine", tw::CHOOSE_MINE, None))
                    (option("theirs", tw::CHOOSE_THEIRS, Some(&theirs)))
                    @if let Some(both) = &both { (option("both", tw::CHOOSE_BOTH, Some(both))) }
                }
            }
        }
    }

    fn who(&self, desk: &Desk, other: w::Word, me: w::Word) -> String {
        match &self.by {
            Some(by) if by != desk.me() => desk.f(other, &[&desk.person(by)]),
            _ => desk.t(me).to_owned(),
        }
    }

    /// What the script says that saves as one types.
    pub(crate) fn quietly(&self, desk: &Desk) -> String {
        let by = self.by.as_ref().unwrap_or_else(|| desk.me());
        desk.f(tw::WAITS_TO_CHOOSE, &[&desk.person(by)])
    }
}

/// A form of a place with what mine does not have marked; where nothing is alike, marks would say nothing.
fn marked(mine: &str, theirs: &str) -> Markup {
    let (_, spans) = spans(mine, theirs);
    let alike = spans.iter().any(|span| !span.changed);
    html! { @for span in &spans { @if span.changed && alike { mark { (span.text) } } @else { (span.text) } } }
}

/// What others saved meanwhile and is in the text now: said once, after the save.
#[derive(Default)]
pub(crate) struct News {
    by: String,
    taken: Vec<String>,
    doubled: Vec<String>,
    /// The hash of what this window sent.
    pub(crate) sent: String,
}

impl News {
    /// From the answer to a save.
    pub(crate) fn of_answer(body: &Value) -> Self {
        let list = |name: &str| {
            let names = body[name].as_array().into_iter().flatten();
            names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
        };
        Self {
            by: body["by"].as_str().unwrap_or_default().to_owned(),
            taken: list("taken"),
            doubled: list("doubled"),
            sent: body["sent"].as_str().unwrap_or_default().to_owned(),
        }
    }

    /// From the address that a save led to.
    pub(crate) fn of_query(query: &HashMap<String, String>) -> Self {
        let list = |name: &str| {
            let names = query.get(name).map(String::as_str).unwrap_or_default();
            names
                .split(',')
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect()
        };
        Self {
            by: query.get("by").cloned().unwrap_or_default(),
            taken: list("taken"),
            doubled: list("doubled"),
            sent: String::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.taken.is_empty() && self.doubled.is_empty()
    }

    /// Whether this was taken from others.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.taken.iter().any(|taken| taken == field)
    }

    /// As part of an address. Names of fields need no escaping but for their brackets.
    pub(crate) fn query(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        let list = |names: &[String]| names.join(",").replace('[', "%5B").replace(']', "%5D");
        format!(
            "&by={}&taken={}&doubled={}",
            self.by,
            list(&self.taken),
            list(&self.doubled)
        )
    }

    /// In words.
    pub(crate) fn told(&self, desk: &Desk, kind: Kind) -> Vec<String> {
        let names = |fields: &[String]| {
            let labels = fields.iter().take(12).map(|field| match field.as_str() {
                proposal::FIELD => desk.t(aw::AIRTIME).to_owned(),
                field => gate::field_label(desk, Some(kind), field),
            });
            labels.collect::<Vec<_>>().join(desk.t(w::LIST_COMMA))
        };
        let mut told = Vec::new();
        if !self.taken.is_empty() {
            let who: Option<StaffId> = self.by.parse().ok();
            told.push(match who.filter(|who| who != desk.me()) {
                Some(who) => desk.f(tw::ALSO_CHANGED, &[&desk.person(&who), &names(&self.taken)]),
                None => desk.f(tw::YOU_ALSO_CHANGED, &[&names(&self.taken)]),
            });
        }
        if !self.doubled.is_empty() {
            told.push(desk.f(tw::DOUBLED, &[&names(&self.doubled)]));
        }
        told
    }
}

/// The fields of the form that read otherwise in the draft than in what was sent.
pub(crate) fn differing(kind: Kind, sent: &Value, saved: &Draft, entry: &str) -> Value {
    let entry_now = saved.catalogue_entry.as_ref().map_or("", |entry| entry.as_str());
    let sent = fields::flat(kind, sent);
    let saved = fields::flat(kind, &saved.content);
    let mut changed: Map<String, Value> = Map::new();
    let none = String::new();
    for name in sent.keys().chain(saved.keys()) {
        let (before, now) = (sent.get(name).unwrap_or(&none), saved.get(name).unwrap_or(&none));
        if before.trim() != now.trim() {
            // Rows may have come or gone: the script leaves them, and the next page shows them.
            let now = if name.contains('[') { Value::Null } else { json!(now) };
            changed.insert(name.clone(), now);
        }
    }
    if entry != entry_now {
        changed.insert("catalogue_entry".to_owned(), json!(entry_now));
    }
    Value::Object(changed)
}

/// `POST /admin/write/{id}/share`
pub(crate) async fn share(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Problem> {
    desk.must(Verb::Draft)?;
    let call = posted.call(&desk, "share", None, &json!({"editors": posted.all("editor")}));
    match api::share(State(Arc::clone(&desk.office)), Path(id.clone()), call).await {
        Ok(_) => Ok(done(&format!("/admin/write/{id}#together"), "share")),
        Err(problem) => {
            let draft = crate::http::drafts::open(&desk.office, &desk.caller, &id)?;
            write::again(&desk, &draft, &problem)
        }
    }
}

/// The part of the writing page: who writes together.
pub(crate) fn card(desk: &Desk, draft: &Draft) -> Markup {
    let people = super::order::people(desk).into_iter();
    let others: Vec<&StaffId> = people
        .filter(|id| **id != draft.author && desk.state.staff.may(id, Verb::Draft))
        .collect();
    let names = |people: &[StaffId]| -> String {
        let names = people.iter().map(|person| desk.person(person));
        names.collect::<Vec<_>>().join(desk.t(w::LIST_COMMA))
    };
    html! {
        section.card id="together" {
            h2 { (desk.t(tw::TOGETHER)) }
            @if draft.author != *desk.me() { p { (desk.f(tw::SHARED_WITH_YOU, &[&desk.person(&draft.author)])) } }
            @else if others.is_empty() { p.muted { (desk.t(tw::NOBODY_TO_SHARE)) } }
            @else {
                p.hint { (desk.t(tw::TOGETHER_HINT)) }
                form.stack method="post" action=(format!("/admin/write/{}/share", draft.id)) {
                    (desk.key())
                    div.checks { @for id in others {
                        label.check { input type="checkbox" name="editor" value=(id) checked[draft.editors.contains(id)]; (desk.person(id)) }
                    } }
                    div.buttons { button.btn.quiet type="submit" { (desk.t(tw::SHARE)) } }
                }
            }
            @if !draft.contributors.is_empty() { p.muted { (desk.f(tw::CONTRIBUTED, &[&names(&draft.contributors)])) } }
        }
    }
}

/// The text of every field of a form by its name.
pub(crate) type Flat = BTreeMap<String, String>;
