//! Fills the demo's office by living its year again: every step goes through the public API, by the people who took it,
//! at the moment they took it.

use super::sample::{PastItem, Sample, SampleItem, TodaysItem, midnight};
use crate::Failure;
use crate::api::{Api, ApiError};
use heliograph_domain::Instant;
use heliograph_domain::staff::{Role, Verb, may};
use heliograph_hub::MovableClock;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The password of everyone in the demo: it never leaves loopback, and it is printed at every start.
pub(crate) const PASSWORD: &str = "heliograph-demo";
/// The year begins here: the office is set up on the first working morning of 2015.
const FIRST_MORNING: &str = "2015-01-04T08:30:00+08:00";

/// The office's people, signed in.
pub(crate) struct People {
    base: Api,
    /// What a token of each may be used for.
    scopes: BTreeMap<String, Vec<&'static str>>,
    signed_in: BTreeMap<String, Api>,
}

/// Something that happens at a moment of the year.
struct Happening<'s> {
    at: Timestamp,
    /// Order of items that happen at one moment.
    order: usize,
    item: &'s PastItem,
    step: Step,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Submit,
    Review,
    Countersign,
    Approve,
    Release,
}

impl People {
    pub(crate) fn new(base: Api, sample: &Sample) -> Self {
        let scopes = |person: &super::sample::Person| {
            let roles = person.roles.iter();
            let roles: BTreeSet<Role> = roles
                .filter_map(|role| serde_json::from_value(json!(role)).ok())
                .collect();
            let fits = |verb: &Verb| verb.fits_a_token() && may(&roles, *verb);
            (
                person.id.clone(),
                Verb::ALL.into_iter().filter(fits).map(Verb::slug).collect(),
            )
        };
        Self {
            base,
            scopes: sample.office.staff.iter().map(scopes).collect(),
            signed_in: BTreeMap::new(),
        }
    }

    /// A person who has just signed in: what a step asks for that goes to the public.
    fn present(&self, who: &str) -> Result<Api, ApiError> {
        let session = self
            .base
            .post("/api/v1/sessions", &json!({"staff": who, "password": PASSWORD}))?;
        Ok(self.base.with_token(session["token"].as_str().unwrap_or_default()))
    }

    /// A person's access to the API, by a token that lasts the year.
    pub(crate) fn api(&mut self, who: &str) -> Result<Api, ApiError> {
        if let Some(api) = self.signed_in.get(who) {
            return Ok(api.clone());
        }
        let wish = json!({"label": "replay", "days": 400, "scopes": self.scopes.get(who)});
        let token = self.present(who)?.post("/api/v1/tokens", &wish)?;
        let api = self.base.with_token(token["token"].as_str().unwrap_or_default());
        self.signed_in.insert(who.to_owned(), api.clone());
        Ok(api)
    }

    /// Tokens of another year do not open this one.
    pub(crate) fn sign_in_anew(&mut self) {
        self.signed_in.clear();
    }
}

/// The person who looks after accounts and the catalogue.
pub(crate) fn administrator(sample: &Sample) -> Result<&str, Failure> {
    let found = sample
        .office
        .staff
        .iter()
        .find(|person| person.roles.iter().any(|role| role == "administrator"));
    found
        .map(|person| person.id.as_str())
        .ok_or_else(|| Failure::Problem("the sample office has no administrator".to_owned()))
}

/// Sets the office up and lives through its year. `told` hears how far it is.
pub(crate) fn live_the_year(
    sample: &Sample,
    people: &mut People,
    clock: &MovableClock,
    setup_word: &str,
    public_url: &str,
    told: &mut dyn FnMut(usize, usize),
) -> Result<(), Failure> {
    move_to(clock, FIRST_MORNING.parse()?);
    set_up(sample, people, setup_word, public_url)?;
    let mut year = happenings(&sample.year);
    year.sort_by_key(|h| (h.at, h.order, h.step));
    let mut ids: BTreeMap<&str, String> = BTreeMap::new();
    let total = year.len();
    for (done, happening) in year.iter().enumerate() {
        move_to(clock, happening.at);
        happen(happening, people, &mut ids)?;
        told(done + 1, total);
    }
    Ok(())
}

fn move_to(clock: &MovableClock, at: Timestamp) {
    clock.set(Instant(u64::try_from(at.as_millisecond()).unwrap_or(0)));
}

fn set_up(sample: &Sample, people: &mut People, setup_word: &str, public_url: &str) -> Result<(), Failure> {
    let admin_id = administrator(sample)?;
    let named = |person: &super::sample::Person| json!({"zh-Hans": person.name, "en": person.name_en});
    for person in sample.office.staff.iter().filter(|person| person.id == admin_id) {
        let first = json!({"word": setup_word, "id": person.id, "name": named(person), "password": PASSWORD});
        people.base.post("/api/v1/setup", &first)?;
    }
    let admin = people.present(admin_id)?;
    for person in &sample.office.staff {
        let wish = json!({
            "id": person.id, "name": named(person), "department": person.department,
            "roles": person.roles, "password": PASSWORD,
        });
        admin.post("/api/v1/staff", &wish)?;
    }
    let mut profile = sample.office.profile.clone();
    profile["public_url"] = json!(public_url);
    admin.put("/api/v1/site", &profile)?;
    for entry in &sample.catalogue {
        admin.post("/api/v1/catalogue", entry)?;
    }
    for channel in &sample.channels {
        admin.post("/api/v1/channels", channel)?;
    }
    Ok(())
}

fn happenings(year: &[PastItem]) -> Vec<Happening<'_>> {
    let mut happenings = Vec::new();
    for (order, item) in year.iter().enumerate() {
        let mut add = |at, step| happenings.push(Happening { at, order, item, step });
        add(item.submitted_at, Step::Submit);
        add(item.reviewed_at, Step::Review);
        if let Some(at) = item.countersigned_at {
            add(at, Step::Countersign);
        }
        add(item.approved_at, Step::Approve);
        add(item.released_at, Step::Release);
    }
    happenings
}

fn happen<'s>(
    happening: &Happening<'s>,
    people: &mut People,
    ids: &mut BTreeMap<&'s str, String>,
) -> Result<(), Failure> {
    let item = &happening.item.item;
    if happening.step == Step::Submit {
        ids.insert(&item.key, submit(item, people)?);
        return Ok(());
    }
    let id = ids.get(item.key.as_str()).map(String::as_str).unwrap_or_default();
    match happening.step {
        Step::Submit | Step::Review => act(
            people,
            &item.reviewer,
            id,
            "review",
            &json!({"findings_confirmed": true}),
        )?,
        Step::Countersign => act(
            people,
            item.countersigner.as_deref().unwrap_or_default(),
            id,
            "countersign",
            &json!({}),
        )?,
        Step::Approve => act(people, &item.approver, id, "approve", &json!({}))?,
        Step::Release => {
            let until = happening.item.until.map(|at| at.to_string());
            act(
                people,
                &item.approver,
                id,
                "release",
                &json!({"channels": item.channels, "until": until}),
            )?
        }
    };
    Ok(())
}

/// Writes the draft and hands it in; the publication's id.
fn submit(item: &SampleItem, people: &mut People) -> Result<String, Failure> {
    let author = people.api(&item.author)?;
    let draft = json!({"kind": item.kind, "catalogue_entry": item.catalogue_entry, "content": item.content});
    let answer = author
        .post("/api/v1/drafts", &draft)
        .map_err(|error| Failure::Problem(format!("{}: {error}", item.key)))?;
    let id = answer["id"].as_str().unwrap_or_default().to_owned();
    author
        .post(
            &format!("/api/v1/publications/{id}/submit"),
            &json!({"countersign": item.countersigner.is_some()}),
        )
        .map_err(|error| Failure::Problem(format!("{}: {error}", item.key)))?;
    Ok(id)
}

fn act(people: &mut People, who: &str, id: &str, verb: &str, body: &Value) -> Result<Value, ApiError> {
    let person = match verb {
        "release" => people.present(who)?,
        _ => people.api(who)?,
    };
    person.post(&format!("/api/v1/publications/{id}/{verb}"), body)
}

/// Releases the programme of today; answers the publications' ids, so that another day can take them down.
pub(crate) fn release_today(
    items: &[TodaysItem],
    people: &mut People,
    clock: &MovableClock,
    zone: &TimeZone,
) -> Result<Vec<(String, String)>, Failure> {
    let now = Timestamp::now();
    let mut ordered: Vec<&TodaysItem> = items.iter().collect();
    ordered.sort_by_key(|today| std::cmp::Reverse(today.days_ago));
    let mut released = Vec::new();
    for (order, today) in ordered.into_iter().enumerate() {
        // The way to release took place on the days before; the minutes keep the order of the list.
        let day = now
            .checked_sub((today.days_ago.max(1) * 24).hours())?
            .checked_add(i64::try_from(order).unwrap_or(0).minutes())?;
        move_to(clock, day);
        let item = &today.item;
        let id = submit(item, people)?;
        act(
            people,
            &item.reviewer,
            &id,
            "review",
            &json!({"findings_confirmed": true}),
        )?;
        if let Some(countersigner) = &item.countersigner {
            act(people, countersigner, &id, "countersign", &json!({}))?;
        }
        act(people, &item.approver, &id, "approve", &json!({}))?;
        let at = |text: &Option<String>| {
            text.as_deref()
                .and_then(|text| midnight(text, zone))
                .map(|at| at.to_string())
        };
        let release = json!({"channels": item.channels, "from": at(&today.from), "until": at(&today.until)});
        act(people, &item.approver, &id, "release", &release)?;
        released.push((item.approver.clone(), id));
    }
    clock.let_go();
    Ok(released)
}

/// Takes down what another day's start released.
pub(crate) fn withdraw(released: &[(String, String)], people: &mut People) -> Result<(), Failure> {
    for (approver, id) in released {
        act(
            people,
            approver,
            id,
            "withdraw",
            &json!({"reason": "演示：换上今天的节目 Demo: today's programme takes its place"}),
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_domain::report::AnnualReport;
    use heliograph_hub::{Hub, HubConfig};
    use heliograph_log::{DiskLog, EventLog};
    use heliograph_tests::TempDir;
    use std::net::SocketAddr;
    use std::sync::Arc;

    /// Lives a sample's year in a hub of its own and gives what the annual report then says.
    fn report_of(sample: &Sample) -> AnnualReport {
        let (dir, clock) = (TempDir::new(), Arc::new(MovableClock::default()));
        let local = SocketAddr::from(([127, 0, 0, 1], 0));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let config = HubConfig {
            data: dir.path().to_owned(),
            listen: local,
            mqtt_listen: local,
            broker: None,
            tls: heliograph_hub::TlsMode::Plain,
            names: Vec::new(),
            site: sample.office.site.parse().unwrap(),
            clock: Arc::clone(&clock) as _,
            backups: None,
            mail: None,
            retention: heliograph_hub::retention::Retention::default(),
            signer: None,
            sessions: heliograph_hub::SessionRules::default(),
            sign_on: None,
            wall: None,
        };
        let hub = runtime.block_on(Hub::start(config)).unwrap();
        let base = format!("http://{}", hub.http_addr());
        let mut people = People::new(Api::new(&base), sample);
        let word = hub.setup_word().unwrap();
        live_the_year(sample, &mut people, &clock, &word, &base, &mut |_, _| {}).unwrap();
        runtime.block_on(hub.stop());
        let log: Arc<dyn EventLog> = Arc::new(DiskLog::open(dir.path()).unwrap());
        heliograph_hub::report::of_log(&log, 2015).unwrap().unwrap()
    }

    #[test]
    fn the_year_lived_is_the_year_reported_and_one_item_less_is_one_less() {
        let whole = Sample::read().unwrap();
        let report = report_of(&whole);
        assert_eq!(
            (
                report.total,
                report.internal_rules,
                report.power_subjects,
                report.powers
            ),
            (92, 22, 3, 5)
        );
        let mut less = Sample::read().unwrap();
        let removed = less.year.iter().rposition(|past| past.item.kind == "notice").unwrap();
        less.year.remove(removed);
        assert_eq!(report_of(&less).total, 91);
    }
}
