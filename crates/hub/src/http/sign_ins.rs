//! `/api/v1/sign-ins`: who was let in and who was kept out, for those who answer for security.

use super::call::{Caller, lang_of};
use super::idempotency::Answer;
use super::problem::{Fault, Problem};
use super::shape;
use crate::audit;
use crate::audit::sentence::Voice;
use crate::office::Office;
use crate::sign_in::register::{self, Group, Row};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use heliograph_domain::staff::Verb;
use heliograph_domain::{Date, Instant};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// Rows on a page.
pub(crate) const ROWS: usize = 100;

/// What somebody looks for in the register. What is not said is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// An id of the staff.
    pub(crate) who: Option<String>,
    /// Which kinds.
    pub(crate) group: Option<Group>,
    /// The first day, by the office's calendar.
    pub(crate) from: Option<Date>,
    /// The last day.
    pub(crate) until: Option<Date>,
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
        let named = audit::text(query, "group");
        let group = named
            .as_ref()
            .and_then(|named| Group::ALL.iter().find(|(_, slug, ..)| slug == named));
        if named.is_some() && group.is_none() {
            let (zh, en) = ("没有这一类记录", "group is not a kind of row");
            faults.push(Fault::new("group", "not_a_choice", zh, en));
        }
        let page = audit::text(query, "page").and_then(|page| page.parse().ok());
        let wanted = Self {
            who: audit::text(query, "who"),
            group: group.map(|(group, ..)| *group),
            from: audit::parsed(query, "from", &mut faults),
            until: audit::parsed(query, "until", &mut faults),
            page: page.unwrap_or(1),
        };
        if faults.is_empty() {
            Ok(wanted)
        } else {
            Err(Problem::invalid(faults))
        }
    }

    fn fits(&self, office: &Office, row: &Row) -> bool {
        let profile = office
            .state()
            .site
            .as_ref()
            .and_then(|site| office.library.profile(&site.profile));
        let day = |at: Instant| crate::calendar::civil(profile.as_deref(), at).0;
        let who = row.who.as_ref().map(heliograph_domain::StaffId::as_str);
        self.who.as_ref().is_none_or(|wanted| Some(wanted.as_str()) == who)
            && self.group.is_none_or(|group| group == row.kind.group())
            && self.from.is_none_or(|from| day(row.noted.last) >= from)
            && self.until.is_none_or(|until| day(row.noted.first) <= until)
    }
}

/// What fits, the newest first.
pub(crate) async fn fitting(office: &Arc<Office>, wanted: &Wanted) -> Result<Vec<Row>, Problem> {
    let mut rows = register::all(office).await?;
    rows.retain(|row| wanted.fits(office, row));
    Ok(rows)
}

/// `GET /api/v1/sign-ins?who=&group=&from=&until=&page=`
pub(crate) async fn list(
    State(office): State<Arc<Office>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    caller: Caller,
) -> Result<Answer, Problem> {
    caller.may(&office, Verb::WatchSignIns)?;
    let wanted = Wanted::of(&query)?;
    let rows = fitting(&office, &wanted).await?;
    let pages = rows.len().div_ceil(ROWS).max(1);
    let page = wanted.page.clamp(1, pages);
    let voice = Voice::for_reader(&office, &caller.staff, lang_of(&headers));
    let shown = rows.iter().skip((page - 1) * ROWS).take(ROWS);
    let shown: Vec<Value> = shown.map(|row| shaped(&voice, row, lang_of(&headers))).collect();
    Ok(Answer::ok(
        json!({"found": rows.len(), "page": page, "pages": pages, "sign_ins": shown}),
    ))
}

/// A row as programs have it.
pub(crate) fn shaped(voice: &Voice<'_>, row: &Row, lang: heliograph_domain::Lang) -> Value {
    let noted = &row.noted;
    let name = row.who.as_ref().map(|who| voice.person(who.as_str()));
    json!({
        "who": row.who, "name": name, "kind": row.kind.slug(), "told": row.kind.label(lang), "count": noted.count,
        "first": shape::time(noted.first), "last": shape::time(noted.last), "addresses": noted.addresses,
        "more_addresses": noted.more, "browser": noted.browser, "labels": noted.labels,
    })
}
