//! The desk that people give their commands at: it asks for roles as the hub's door does, decides, and writes facts down.

use crate::dice::Dice;
use crate::judge::{Fact, What};
use heliograph_domain::gate::{Class, Finding, RulesVersion};
use heliograph_domain::publication::{
    Command, Countersign, Duty, Facts, Publication, PublicationEvent, Refused, Stage, decide, evolve,
};
use heliograph_domain::staff::{Role, Staff, StaffEvent, Verb};
use heliograph_domain::time::Window;
use heliograph_domain::{ChannelName, ContentHash, Instant, Kind, Priority, StaffId};
use std::collections::BTreeSet;

const PEOPLE: [&str; 6] = ["chen", "li", "sun", "wang", "zhao", "zhou"];
const DEPARTMENTS: [&str; 3] = ["finance", "law", "office"];
const ROLES: [Role; 4] = [
    Role::Author,
    Role::ConfidentialityReviewer,
    Role::Countersigner,
    Role::Approver,
];

/// A check that is skipped on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Authors review and approve their own texts.
    AuthorReviews,
    /// Whoever wrote in a text beside its author reviews and approves it.
    ContributorReviews,
    /// Reviewers approve what they reviewed.
    ReviewerApproves,
    /// A text is approved that nobody reviewed.
    ReviewSkipped,
    /// A text is approved that was not countersigned.
    CountersignatureSkipped,
    /// A text is released that nobody approved.
    ApprovalSkipped,
    /// A text is released that was returned.
    ReturnForgotten,
    /// A new text takes over the reviews of the former one.
    EditKeepsReviews,
    /// What the gate blocks is handed in as if it were nothing.
    GateIgnored,
    /// A text that was looked through by older rules goes on as if nothing had changed.
    RulesIgnored,
    /// A text is released that was approved under older rules, and nobody looked through it again.
    ReleasedUnderOldRules,
    /// A text is looked through by new rules, and what had been looked at before holds on.
    NewRulesKeepReviews,
    /// Nobody is asked for their role.
    RolesIgnored,
    /// One of the departments that were asked is forgotten.
    DepartmentForgotten,
    /// Anybody signs for a department.
    AnyDepartmentSigns,
    /// One person signs for two departments.
    OneSignsTwice,
    /// Four eyes do not look at whoever is on leave.
    SteadForgotten,
    /// Substitutes go on when the leave is over.
    LeaveForever,
    /// What was withdrawn is still taken to be on release.
    WithdrawalForgotten,
}

impl Fault {
    pub(crate) const ALL: [Self; 19] = [
        Self::AuthorReviews,
        Self::ContributorReviews,
        Self::ReviewerApproves,
        Self::ReviewSkipped,
        Self::CountersignatureSkipped,
        Self::ApprovalSkipped,
        Self::ReturnForgotten,
        Self::EditKeepsReviews,
        Self::GateIgnored,
        Self::RulesIgnored,
        Self::ReleasedUnderOldRules,
        Self::NewRulesKeepReviews,
        Self::RolesIgnored,
        Self::DepartmentForgotten,
        Self::AnyDepartmentSigns,
        Self::OneSignsTwice,
        Self::SteadForgotten,
        Self::LeaveForever,
        Self::WithdrawalForgotten,
    ];
}

/// A small office with one publication.
pub(crate) struct Desk {
    dice: Dice,
    fault: Option<Fault>,
    staff: Staff,
    publication: Option<Publication>,
    channels: BTreeSet<ChannelName>,
    /// The rules in force.
    rules: RulesVersion,
    now: u64,
    /// Everything that happened.
    pub(crate) facts: Vec<Fact>,
}

fn hash(n: u64) -> ContentHash {
    ContentHash([u8::try_from(n).unwrap(); 32])
}

fn person(name: &str) -> StaffId {
    name.parse().unwrap()
}

impl Desk {
    pub(crate) fn new(dice: Dice, fault: Option<Fault>) -> Self {
        let mut desk = Self {
            dice,
            fault,
            staff: Staff::default(),
            publication: None,
            channels: BTreeSet::from(["hall".parse().unwrap()]),
            rules: RulesVersion::of_program(),
            now: 1000,
            facts: Vec::new(),
        };
        desk.write_rules();
        for name in PEOPLE {
            desk.appoint(name);
        }
        desk
    }

    /// Gives somebody roles at random, on their first day or later.
    fn appoint(&mut self, name: &str) {
        let roles = self.dice.some(&ROLES, 45);
        let department = self.dice.pick(&DEPARTMENTS).parse().unwrap();
        let event = self.staff.appoint(person(name), department, roles);
        self.write_staff(event);
    }

    /// Somebody goes on leave for a while, or comes back.
    fn leave(&mut self) {
        let absent = person(self.dice.pick(&PEOPLE));
        let event = if self.dice.chance(25) {
            self.staff.end_leave(&absent)
        } else {
            let substitute = person(self.dice.pick(&PEOPLE));
            let window = Window {
                from: Instant(self.now),
                until: Some(Instant(self.now + 1000 * self.dice.roll(20))),
            };
            let named = self
                .staff
                .name_substitute(&absent, &substitute, window, Instant(self.now));
            named.ok().flatten()
        };
        self.write_staff(event);
    }

    fn write_staff(&mut self, event: Option<StaffEvent>) {
        if let Some(event) = event {
            self.staff.evolve(&event);
            let (at, what) = (self.now, What::Staff(event));
            self.facts.push(Fact { at, what });
        }
    }

    /// Somebody gives a command, is given other roles, or the rules of the gate change.
    pub(crate) fn something_happens(&mut self) {
        self.now += 1000;
        // What was left over when the hub stopped in the middle is made up for sooner or later.
        if self.dice.chance(25) {
            self.look_again();
        }
        match self.dice.roll(100) {
            0..4 => {
                let name = self.dice.pick(&PEOPLE);
                self.appoint(name);
            }
            4..7 => self.rules_change(),
            7..11 => self.leave(),
            _ => {
                let command = self.some_command();
                // Whoever may not is followed by others who try.
                for _ in 0..4 {
                    let by = person(self.dice.pick(&PEOPLE));
                    let events = self.decided(&by, &command).unwrap_or_default();
                    if !events.is_empty() {
                        self.write(events);
                        break;
                    }
                }
            }
        }
    }

    fn write(&mut self, events: Vec<PublicationEvent>) {
        for event in events {
            let before = self.publication.clone();
            let out = before.as_ref().and_then(|before| before.released.clone());
            self.publication = evolve(self.publication.take(), Instant(self.now), &event);
            if let (Some(Fault::WithdrawalForgotten), PublicationEvent::Withdrawn { .. }) = (self.fault, &event)
                && let Some(known) = &mut self.publication
            {
                known.released = out;
            }
            match self.fault {
                Some(Fault::EditKeepsReviews) => self.keeps_reviews(before.as_ref(), &event),
                Some(Fault::NewRulesKeepReviews) => self.keeps_on(before.as_ref(), &event),
                _ => {}
            }
            let (at, what) = (self.now, What::Publication(event));
            self.facts.push(Fact { at, what });
        }
    }

    /// The fault: the new text goes on where the former one was.
    fn keeps_reviews(&mut self, before: Option<&Publication>, event: &PublicationEvent) {
        let former = before.and_then(|before| before.pending.clone());
        let pending = self.publication.as_mut().and_then(|known| known.pending.as_mut());
        if let (PublicationEvent::Submitted { .. }, Some(former), Some(pending)) = (event, former, pending)
            && former.stage != Stage::Returned
        {
            let (content, author) = (pending.content, pending.author.clone());
            *pending = former;
            (pending.content, pending.author) = (content, author);
        }
    }

    /// The fault: what was looked at under the former rules still stands.
    fn keeps_on(&mut self, before: Option<&Publication>, event: &PublicationEvent) {
        let former = before.and_then(|before| before.pending.clone());
        let pending = self.publication.as_mut().and_then(|known| known.pending.as_mut());
        if let (PublicationEvent::ReviewsVoided { rules, .. }, Some(former), Some(pending)) = (event, former, pending) {
            *pending = former;
            pending.rules = *rules;
        }
    }

    /// The office changes its own words, or the program is replaced by one with newer rules. The hub may stop before the
    /// gate has looked through what is on its way.
    fn rules_change(&mut self) {
        match self.dice.roll(4) {
            0 => self.rules.set += 1,
            n => self.rules.own = (n > 1).then(|| hash(0x40 + n)),
        }
        self.write_rules();
        if self.dice.chance(60) {
            self.look_again();
        }
    }

    fn write_rules(&mut self) {
        let (at, what) = (self.now, What::Rules(self.rules));
        self.facts.push(Fact { at, what });
    }

    /// The gate looks through what is on its way by the rules in force.
    fn look_again(&mut self) {
        let findings = self.some_findings();
        let event = self
            .publication
            .as_ref()
            .and_then(|known| known.void_reviews(self.rules, findings, &person("hub")));
        self.write(event.into_iter().collect());
    }

    fn some_findings(&mut self) -> Vec<Finding> {
        let class = match self.dice.roll(6) {
            0 => Some(Class::Block),
            1 => Some(Class::Warn),
            _ => None,
        };
        let finding = |class| Finding {
            class,
            rule: "secret-mark".to_owned(),
            field: "body".to_owned(),
            offset: 0,
            length: 2,
        };
        class.map(finding).into_iter().collect()
    }

    /// Mostly the step that follows, else any.
    fn some_command(&mut self) -> Command {
        let known = self.publication.as_ref();
        let on_release = known.is_some_and(|known| known.released.is_some());
        let stage = known
            .and_then(|known| known.pending.as_ref())
            .map(|pending| pending.stage);
        let follows = match stage {
            None | Some(Stage::Returned) => 0,
            Some(Stage::Submitted) => 2,
            Some(Stage::Reviewed) => self.dice.pick(&[4, 6]),
            Some(Stage::Countersigned) => 6,
            Some(Stage::Approved) if on_release => 12,
            Some(Stage::Approved) => 10,
        };
        let any = self.dice.roll(15);
        match if self.dice.chance(70) { follows } else { any } {
            0 | 1 => self.some_submission(),
            2 | 3 => Command::Review {
                findings_confirmed: self.dice.chance(80),
            },
            4 | 5 => Command::Countersign,
            6..9 => Command::Approve,
            9 => Command::Reject { reason: hash(9) },
            10 | 11 => Command::Release {
                channels: self.channels.iter().cloned().collect(),
                from: None,
                until: None,
                priority: Priority::Normal,
                standing: false,
            },
            12 => Command::Amend,
            13 => Command::Reschedule {
                channels: self.channels.iter().cloned().collect(),
                from: None,
                until: Some(Instant(self.now + 1000 * self.dice.roll(50))),
            },
            _ => Command::Withdraw { reason: None },
        }
    }

    fn some_submission(&mut self) -> Command {
        let findings = self.some_findings();
        let departments = DEPARTMENTS.map(|name| name.parse().unwrap());
        let by = person(self.dice.pick(&PEOPLE));
        let asked = self.staff.may(&by, Verb::Review) || self.fault == Some(Fault::RolesIgnored);
        Command::Submit {
            content: hash(self.dice.roll(4)),
            kind: Kind::Notice,
            catalogue_entry: "notices".parse().unwrap(),
            countersign: match self.dice.roll(5) {
                0 => Countersign::Anybody,
                1 | 2 => Countersign::by(self.dice.some(&departments, 60)),
                _ => Countersign::Nobody,
            },
            // Sometimes the rules change between the looking and the handing in.
            rules: match self.dice.roll(10) {
                0 => RulesVersion::of_program(),
                _ => self.rules,
            },
            findings,
            overridden: (asked && self.dice.chance(70)).then(|| (by, hash(8))),
            contributors: self.dice.some(&PEOPLE.map(person), 8).into_iter().collect(),
        }
    }

    /// Decides a command in the first name in which it does something, as the hub's door does.
    fn decided(&self, by: &StaffId, command: &Command) -> Result<Vec<PublicationEvent>, Refused> {
        let (known, staff) = match self.fault {
            Some(fault) => (
                without_check(fault, self.publication.clone(), command, self.rules),
                with_other_staff(fault, self.staff.clone(), by, self.publication.as_ref()),
            ),
            None => (self.publication.clone(), self.staff.clone()),
        };
        let mut names = staff.in_whose_name(by, verb(command), Instant(self.now));
        if self.fault == Some(Fault::RolesIgnored) {
            names.insert(0, None);
        }
        let mut outcome = Err(Refused::NotSubmitted);
        for stead in names {
            let facts = Facts {
                by,
                stead,
                now: Instant(self.now),
                seen: None,
                channels: &self.channels,
                staff: &staff,
                rules: self.rules,
            };
            outcome = match (self.fault, command) {
                (Some(Fault::GateIgnored), Command::Submit { .. }) => self.handed_in_unseen(by, command, facts),
                (Some(Fault::SteadForgotten), _) => blind_to_the_absent(known.as_ref(), command, facts),
                _ => decide(known.as_ref(), command, facts),
            };
            if outcome.as_ref().is_ok_and(|events| !events.is_empty()) {
                break;
            }
        }
        outcome
    }

    /// The fault: the gate's findings are written down, and nobody is asked about them.
    fn handed_in_unseen(
        &self,
        by: &StaffId,
        command: &Command,
        facts: Facts<'_>,
    ) -> Result<Vec<PublicationEvent>, Refused> {
        let mut unseen = command.clone();
        let mut found = Vec::new();
        if let Command::Submit { findings, .. } = &mut unseen {
            found = std::mem::take(findings);
        }
        let mut events = decide(self.publication.as_ref(), &unseen, facts)?;
        if let Some(PublicationEvent::Submitted {
            content,
            rule_set,
            under,
            ..
        }) = events.first()
        {
            events.push(PublicationEvent::GateScanned {
                content: *content,
                by: by.clone(),
                rule_set: *rule_set,
                under: *under,
                findings: found,
            });
        }
        Ok(events)
    }
}

fn verb(command: &Command) -> Verb {
    match command {
        Command::Submit { .. } => Verb::Draft,
        Command::Review { .. } => Verb::Review,
        Command::Countersign => Verb::Countersign,
        Command::Approve => Verb::Approve,
        Command::Reject { .. } => Verb::Reject,
        Command::Withdraw { .. } => Verb::Withdraw,
        _ => Verb::Release,
    }
}

/// What a decider sees that skips one check: a publication in which what the check looks at is not as it is.
fn without_check(
    fault: Fault,
    known: Option<Publication>,
    command: &Command,
    rules: RulesVersion,
) -> Option<Publication> {
    let mut known = known?;
    let pending = known.pending.as_mut()?;
    let at = |stage: Stage| pending.stage == stage;
    match (fault, command) {
        (Fault::AuthorReviews, Command::Review { .. } | Command::Approve) => pending.author = person("nobody"),
        (Fault::ContributorReviews, Command::Review { .. } | Command::Approve) => pending.contributors.clear(),
        (Fault::ReviewerApproves, Command::Approve) => pending.reviewer = None,
        (Fault::ReviewSkipped, Command::Approve) if at(Stage::Submitted) => pending.stage = Stage::Reviewed,
        (Fault::CountersignatureSkipped, Command::Approve) => pending.countersign = Countersign::Nobody,
        (Fault::DepartmentForgotten, Command::Approve) => {
            let asked = pending.countersign.departments().skip(1).cloned();
            pending.countersign = Countersign::by(asked.collect());
        }
        (Fault::OneSignsTwice, Command::Countersign) => {
            for signature in &mut pending.countersignatures {
                signature.by = person("nobody");
            }
        }
        (Fault::ApprovalSkipped, Command::Release { .. } | Command::Amend) if !at(Stage::Returned) => {
            pending.stage = Stage::Approved;
        }
        (Fault::ReturnForgotten, Command::Release { .. } | Command::Amend) if at(Stage::Returned) => {
            pending.stage = Stage::Approved;
        }
        (Fault::RulesIgnored, _) => pending.rules = rules,
        (Fault::ReleasedUnderOldRules, Command::Release { .. } | Command::Amend) => pending.rules = rules,
        (Fault::GateIgnored, _) => pending.findings.clear(),
        _ => {}
    }
    Some(known)
}

/// What a decider sees of the staff that skips one check.
fn with_other_staff(fault: Fault, mut staff: Staff, by: &StaffId, known: Option<&Publication>) -> Staff {
    let pending = known.and_then(|known| known.pending.as_ref());
    match fault {
        Fault::AnyDepartmentSigns => {
            let awaited = pending.and_then(|pending| pending.awaited().next().cloned());
            if let (Some(awaited), Some(person)) = (awaited, staff.people.get_mut(by)) {
                person.department = awaited;
            }
        }
        Fault::LeaveForever => {
            for leave in staff.leaves.values_mut() {
                leave.window.until = None;
            }
        }
        _ => {}
    }
    staff
}

/// The fault: it is decided as if in one's own name, and then recorded as in another's.
fn blind_to_the_absent(
    known: Option<&Publication>,
    command: &Command,
    facts: Facts<'_>,
) -> Result<Vec<PublicationEvent>, Refused> {
    let mut blind = known.cloned();
    if let Some(pending) = blind.as_mut().and_then(|known| known.pending.as_mut()) {
        pending.steads.clear();
    }
    let own = Facts { stead: None, ..facts };
    let mut events = decide(blind.as_ref(), command, own)?;
    let duty = match command {
        Command::Review { .. } => Duty::Review,
        Command::Countersign => Duty::Countersign,
        _ => Duty::Approve,
    };
    if let Some(absent) = facts.stead.filter(|_| !events.is_empty()) {
        let stood_in = PublicationEvent::StoodIn {
            content: None,
            by: facts.by.clone(),
            person: absent.clone(),
            duty,
        };
        events.insert(0, stood_in);
    }
    Ok(events)
}
