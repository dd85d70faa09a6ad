//! Fills the demo's office by living its year again: every step goes through the public API, by the people who took it,
//! at the moment they took it.

use super::sample::{Leave, PastItem, Sample, SampleItem, TodaysItem, TurnStep, midnight, reworded};
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
/// What the administrator gives everyone to sign in with for the first time.
const FIRST_PASSWORD: &str = "heliograph-first";
/// The year begins here: the office is set up on the first working morning of 2015.
const FIRST_MORNING: &str = "2015-01-04T08:30:00+08:00";

/// The office's people, signed in.
pub(crate) struct People {
    base: Api,
    /// What a token of each may be used for.
    scopes: BTreeMap<String, Vec<&'static str>>,
    /// Who works where.
    departments: BTreeMap<String, String>,
    signed_in: BTreeMap<String, Api>,
}

/// Something that happens at a moment of the year.
struct Happening<'s> {
    at: Timestamp,
    /// Order of items that happen at one moment.
    order: usize,
    item: &'s PastItem,
    /// Where it stands in an item's way, for what happens at one moment.
    place: u8,
    by: &'s str,
    step: Step<'s>,
}

/// What happens to an item.
enum Step<'s> {
    /// It is handed in, or referred to a reviewer where the gate blocks it.
    Submit,
    Release,
    Turn(&'s TurnStep),
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
            departments: sample
                .office
                .staff
                .iter()
                .map(|person| (person.id.clone(), person.department.clone()))
                .collect(),
            signed_in: BTreeMap::new(),
        }
    }

    /// The departments of these people, or that none has to countersign.
    fn departments(&self, of: &[String]) -> Value {
        if of.is_empty() {
            return json!(false);
        }
        json!(of.iter().map(|who| self.departments.get(who)).collect::<Vec<_>>())
    }

    fn has_scope(&self, who: &str, verb: &str) -> bool {
        self.scopes
            .get(who)
            .is_none_or(|scopes| !Verb::ALL.iter().any(|known| known.slug() == verb) || scopes.contains(&verb))
    }

    /// A person who has just signed in: what a step asks for that goes to the public.
    fn present(&self, who: &str) -> Result<Api, ApiError> {
        let session = self
            .base
            .post("/api/v1/sessions", &json!({"staff": who, "password": PASSWORD}))?;
        Ok(self.base.with_token(session["token"].as_str().unwrap_or_default()))
    }

    /// Somebody new signs in with what they were told, and chooses their own.
    fn choose_password(&self, who: &str) -> Result<(), ApiError> {
        let told = json!({"staff": who, "password": FIRST_PASSWORD});
        let session = self.base.post("/api/v1/sessions", &told)?;
        let newcomer = self.base.with_token(session["token"].as_str().unwrap_or_default());
        newcomer.put("/api/v1/account/password", &json!({"password": PASSWORD}))?;
        Ok(())
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
    let mut year = happenings(sample);
    year.sort_by_key(|h| (h.at, h.order, h.place));
    let mut ids: BTreeMap<&str, String> = BTreeMap::new();
    let total = year.len();
    let mut leaves: Vec<&Leave> = sample.turns.leaves.iter().collect();
    leaves.sort_by_key(|leave| std::cmp::Reverse(leave.named_at));
    for (done, happening) in year.iter().enumerate() {
        while let Some(leave) = leaves.pop_if(|leave| leave.named_at <= happening.at) {
            move_to(clock, leave.named_at);
            go_on_leave(leave, people)?;
        }
        move_to(clock, happening.at);
        happen(sample, happening, people, &mut ids)?;
        told(done + 1, total);
    }
    Ok(())
}

/// Somebody names who signs in their stead.
fn go_on_leave(leave: &Leave, people: &People) -> Result<(), ApiError> {
    let wish = json!({"substitute": leave.substitute, "from": leave.from, "until": leave.until});
    let path = format!("/api/v1/staff/{}/substitute", leave.person);
    people.present(&leave.person)?.put(&path, &wish)?;
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
        let others = person.id != admin_id;
        let wish = json!({
            "id": person.id, "name": named(person), "department": person.department,
            "roles": person.roles, "password": others.then_some(FIRST_PASSWORD),
        });
        admin.post("/api/v1/staff", &wish)?;
        if others {
            people.choose_password(&person.id)?;
        }
    }
    let mut profile = sample.office.profile.clone();
    profile["public_url"] = json!(public_url);
    admin.put("/api/v1/site", &profile)?;
    for channel in &sample.channels {
        admin.post("/api/v1/channels", channel)?;
    }
    for entry in &sample.catalogue {
        admin.post("/api/v1/catalogue", entry)?;
    }
    Ok(())
}

fn happenings(sample: &Sample) -> Vec<Happening<'_>> {
    let mut happenings = Vec::new();
    for (order, item) in sample.year.iter().enumerate() {
        let who = &item.item;
        let mut add = |at, place, by, step| {
            happenings.push(Happening {
                at,
                order,
                item,
                place,
                by,
                step,
            });
        };
        add(item.submitted_at, 0, &who.author, Step::Submit);
        add(item.reviewed_at, 1, &who.reviewer, Step::Turn(&TurnStep::Review));
        for (at, by) in item.signatures() {
            add(at, 2, by, Step::Turn(&TurnStep::Countersign));
        }
        add(item.approved_at, 3, &who.approver, Step::Turn(&TurnStep::Approve));
        add(item.released_at, 4, &who.approver, Step::Release);
        for turn in sample.turns.turns.iter().filter(|turn| turn.key == who.key) {
            add(turn.at, 5, &turn.by, Step::Turn(&turn.step));
        }
    }
    happenings
}

fn happen<'s>(
    sample: &Sample,
    happening: &Happening<'s>,
    people: &mut People,
    ids: &mut BTreeMap<&'s str, String>,
) -> Result<(), Failure> {
    let (past, by) = (happening.item, happening.by);
    let item = &past.item;
    if let Step::Submit = happening.step {
        let referred = sample.turns.is_referred(&item.key);
        let id = hand_in(item, &sample.turns.first_text(item), referred, people)?;
        ids.insert(&item.key, id);
        return Ok(());
    }
    let id = ids.get(item.key.as_str()).map(String::as_str).unwrap_or_default();
    match &happening.step {
        Step::Submit => {}
        Step::Release => {
            let until = past.until.map(|at| at.to_string());
            let wish = json!({"channels": item.channels, "until": until});
            act(people, by, id, "release", &wish)?;
        }
        Step::Turn(turn) => take_turn(item, turn, (by, id), people)?,
    }
    Ok(())
}

fn take_turn(item: &SampleItem, turn: &TurnStep, (by, id): (&str, &str), people: &mut People) -> Result<(), Failure> {
    let nothing = json!({});
    match turn {
        TurnStep::Resubmit => return resubmit(item, (by, id), people),
        TurnStep::Revise { find, instead } => {
            let content = reworded(&item.content, find, instead);
            return revise(item, &content, (by, id), people);
        }
        TurnStep::LetThrough { reason } => return let_through((by, id), reason, people),
        TurnStep::Review => act(people, by, id, "review", &json!({"findings_confirmed": true}))?,
        TurnStep::Countersign => act(people, by, id, "countersign", &nothing)?,
        TurnStep::Approve => act(people, by, id, "approve", &nothing)?,
        TurnStep::Amend => act(people, by, id, "amend", &nothing)?,
        TurnStep::Return { reason } => act(people, by, id, "reject", &json!({"reason": reason}))?,
        TurnStep::Withdraw { reason } => act(people, by, id, "withdraw", &json!({"reason": reason}))?,
    };
    Ok(())
}

/// The author mends what was returned, and hands it in again.
fn resubmit(item: &SampleItem, (by, id): (&str, &str), people: &mut People) -> Result<(), Failure> {
    let author = people.api(by)?;
    let path = format!("/api/v1/drafts/{id}");
    let seen = author.get(&path)?;
    let mended = json!({"kind": item.kind, "catalogue_entry": item.catalogue_entry, "content": item.content});
    author.put_over(&path, &mended, seen["hash"].as_str().unwrap_or_default())?;
    let wish = json!({"countersign": people.departments(&item.countersigners)});
    author.post(&format!("/api/v1/publications/{id}/submit"), &wish)?;
    Ok(())
}

/// The author begins a revision of what is released, and hands it in.
fn revise(item: &SampleItem, content: &Value, (by, id): (&str, &str), people: &mut People) -> Result<(), Failure> {
    let author = people.api(by)?;
    let draft =
        json!({"publication": id, "kind": item.kind, "catalogue_entry": item.catalogue_entry, "content": content});
    author.post("/api/v1/drafts", &draft)?;
    let wish = json!({"countersign": people.departments(&item.countersigners)});
    author.post(&format!("/api/v1/publications/{id}/submit"), &wish)?;
    Ok(())
}

/// A confidentiality reviewer lets through what the gate blocks.
fn let_through((by, id): (&str, &str), reason: &str, people: &mut People) -> Result<(), Failure> {
    let reviewer = people.api(by)?;
    let path = format!("/api/v1/referrals/{id}");
    let hash = reviewer.get(&path)?["hash"].take();
    reviewer.post(&format!("{path}/override"), &json!({"hash": hash, "reason": reason}))?;
    Ok(())
}

/// Writes the draft and hands it in; the publication's id.
fn submit(item: &SampleItem, people: &mut People) -> Result<String, Failure> {
    hand_in(item, &item.content, false, people)
}

/// The same with another text; what the gate blocks is referred to a reviewer instead.
fn hand_in(item: &SampleItem, content: &Value, referred: bool, people: &mut People) -> Result<String, Failure> {
    let named = |error: ApiError| Failure::Problem(format!("{}: {error}", item.key));
    let author = people.api(&item.author)?;
    let draft = json!({"kind": item.kind, "catalogue_entry": item.catalogue_entry, "content": content});
    let answer = author.post("/api/v1/drafts", &draft).map_err(named)?;
    let id = answer["id"].as_str().unwrap_or_default().to_owned();
    let path = if referred {
        format!("/api/v1/drafts/{id}/refer")
    } else {
        format!("/api/v1/publications/{id}/submit")
    };
    let wish = json!({"countersign": people.departments(&item.countersigners)});
    author.post(&path, &wish).map_err(named)?;
    Ok(id)
}

fn act(people: &mut People, who: &str, id: &str, verb: &str, body: &Value) -> Result<Value, ApiError> {
    // A token stands in for nobody.
    let person = if matches!(verb, "release" | "amend") || !people.has_scope(who, verb) {
        people.present(who)?
    } else {
        people.api(who)?
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
        for countersigner in &item.countersigners {
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
    use heliograph_domain::catalogue::Category;
    use heliograph_domain::publication::PublicationEvent;
    use heliograph_domain::report::AnnualReport;
    use heliograph_domain::{Event, PublicationId};
    use heliograph_hub::{Hub, HubConfig};
    use heliograph_log::{DiskLog, EventLog, Position};
    use heliograph_tests::TempDir;
    use std::net::SocketAddr;
    use std::sync::Arc;

    /// Lives a sample's year in a hub of its own; its log.
    fn log_of(sample: &Sample) -> (TempDir, Arc<dyn EventLog>) {
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
            trusted_proxies: Vec::new(),
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
        (dir, log)
    }

    fn report_of(log: &Arc<dyn EventLog>) -> AnnualReport {
        heliograph_hub::report::of_log(log, 2015).unwrap().unwrap()
    }

    /// What the log says of every publication, oldest first.
    fn lives(log: &Arc<dyn EventLog>) -> BTreeMap<PublicationId, Vec<PublicationEvent>> {
        let mut lives: BTreeMap<PublicationId, Vec<PublicationEvent>> = BTreeMap::new();
        for record in log.read(Position(0), usize::MAX).unwrap() {
            let (stream, kind) = (record.stream.as_str(), record.kind.as_str());
            let event = Event::from_record(stream, kind, record.version, &record.body).unwrap();
            if let Event::Publication(id, event) = event {
                lives.entry(id).or_default().push(event);
            }
        }
        lives
    }

    #[test]
    fn the_year_lived_is_the_year_reported_and_one_item_less_is_one_less() {
        let whole = Sample::read().unwrap();
        let (_dir, log) = log_of(&whole);
        let report = report_of(&log);
        assert_eq!(
            (
                report.total,
                report.internal_rules,
                report.power_subjects,
                report.powers
            ),
            (92, 22, 3, 5)
        );
        use Category::*;
        let categories = [
            (GovernmentInformation, 52),
            (Finance, 4),
            (Personnel, 1),
            (Planning, 1),
            (Organisation, 1),
            (Enforcement, 8),
            (Interpretation, 1),
            (Rules, 24),
        ];
        assert_eq!(report.categories, BTreeMap::from(categories));
        all_went_through_many_hands(&lives(&log));
        let mut less = Sample::read().unwrap();
        let removed = less.year.iter().rposition(|past| past.item.kind == "notice").unwrap();
        let removed = less.year.remove(removed).item.key;
        less.turns.turns.retain(|turn| turn.key != removed);
        let (_dir, log) = log_of(&less);
        assert_eq!(report_of(&log).total, 91);
    }

    /// Every publication of the year was handed in, reviewed, approved and released by different people; some were
    /// returned and mended, countersigned, amended, withdrawn, and one let through past the gate.
    fn all_went_through_many_hands(lives: &BTreeMap<PublicationId, Vec<PublicationEvent>>) {
        use PublicationEvent as E;
        for (id, life) in lives {
            let last = |wanted: fn(&E) -> bool| life.iter().rev().find(|event| wanted(event)).map(E::by);
            let released = life.iter().position(|event| matches!(event, E::Released(_)));
            assert!(released.is_some(), "{id} was released");
            let hands = [
                last(|event| matches!(event, E::Submitted { .. })),
                last(|event| matches!(event, E::ConfidentialityReviewed { .. })),
                last(|event| matches!(event, E::Approved { .. })),
            ];
            let hands: BTreeSet<_> = hands.into_iter().flatten().collect();
            assert_eq!(hands.len(), 3, "{id} passed three people");
            // Whatever was returned was handed in again.
            let at = |wanted: fn(&E) -> bool| life.iter().rposition(wanted);
            let (returned, handed_in) = (
                at(|event| matches!(event, E::Rejected { .. })),
                at(|event| matches!(event, E::Submitted { .. })),
            );
            assert!(returned < handed_in, "{id} was mended");
        }
        let all = || lives.values().flatten();
        let count = |wanted: fn(&&E) -> bool| all().filter(wanted).count();
        let lives_with = |wanted: fn(&E) -> bool| lives.values().filter(|life| life.iter().any(wanted)).count();
        assert_eq!(lives.len(), 92);
        assert_eq!(count(|event| matches!(event, E::Released(_))), 92);
        assert_eq!(lives_with(|event| matches!(event, E::Rejected { .. })), 9, "returned");
        assert_eq!(
            lives_with(|event| matches!(event, E::DepartmentCountersigned { .. })),
            22,
            "countersigned by the departments that were asked"
        );
        let departments = |life: &Vec<E>| {
            let signed = life.iter().filter_map(|event| match event {
                E::DepartmentCountersigned { department, .. } => Some(department.clone()),
                _ => None,
            });
            signed.collect::<BTreeSet<_>>().len()
        };
        assert_eq!(
            lives.values().filter(|life| departments(life) == 2).count(),
            5,
            "by two"
        );
        assert_eq!(
            lives_with(|event| matches!(event, E::StoodIn { .. })),
            2,
            "signed in somebody's stead"
        );
        assert_eq!(lives_with(|event| matches!(event, E::Amended { .. })), 4, "amended");
        assert_eq!(lives_with(|event| matches!(event, E::Withdrawn { .. })), 3, "withdrawn");
        assert_eq!(
            lives_with(|event| matches!(event, E::GateOverridden { .. })),
            1,
            "let through"
        );
        // First texts, what was returned, and revisions.
        assert_eq!(count(|event| matches!(event, E::Submitted { .. })), 92 + 9 + 4);
        let second_person = all().filter_map(|event| match event {
            E::GateOverridden { by, .. } => Some(by.as_str()),
            _ => None,
        });
        assert_eq!(second_person.collect::<Vec<_>>(), ["xu-zhiyuan"], "not its author");
    }
}
