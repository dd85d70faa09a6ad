//! The desk that people give their commands at: it asks for roles as the hub's door does, decides, and writes facts down.

use crate::dice::Dice;
use heliograph_domain::gate::{Class, Finding};
use heliograph_domain::publication::{
    Command, Facts, Publication, PublicationEvent, RULE_SET, Refused, Stage, decide, evolve,
};
use heliograph_domain::staff::{Role, Staff, StaffEvent, Verb};
use heliograph_domain::{ChannelName, ContentHash, Instant, Kind, Priority, StaffId};
use std::collections::BTreeSet;

const PEOPLE: [&str; 6] = ["chen", "li", "sun", "wang", "zhao", "zhou"];
const ROLES: [Role; 4] = [
    Role::Author,
    Role::ConfidentialityReviewer,
    Role::Countersigner,
    Role::Approver,
];

/// A fact, in the order in which it was written.
#[derive(Debug, Clone)]
pub(crate) enum Fact {
    Staff(StaffEvent),
    Publication(PublicationEvent),
}

/// A check that is skipped on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Authors review and approve their own texts.
    AuthorReviews,
    /// Colleagues who wrote in a text review and approve it.
    WriterReviews,
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
    /// A text of older rules is approved.
    RulesIgnored,
    /// Nobody is asked for their role.
    RolesIgnored,
}

impl Fault {
    pub(crate) const ALL: [Self; 11] = [
        Self::AuthorReviews,
        Self::WriterReviews,
        Self::ReviewerApproves,
        Self::ReviewSkipped,
        Self::CountersignatureSkipped,
        Self::ApprovalSkipped,
        Self::ReturnForgotten,
        Self::EditKeepsReviews,
        Self::GateIgnored,
        Self::RulesIgnored,
        Self::RolesIgnored,
    ];
}

/// A small office with one publication.
pub(crate) struct Desk {
    dice: Dice,
    fault: Option<Fault>,
    staff: Staff,
    publication: Option<Publication>,
    channels: BTreeSet<ChannelName>,
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
            now: 1000,
            facts: Vec::new(),
        };
        for name in PEOPLE {
            desk.appoint(name);
        }
        desk
    }

    /// Gives somebody roles at random, on their first day or later.
    fn appoint(&mut self, name: &str) {
        let roles = self.dice.some(&ROLES, 45);
        let department = self.dice.pick(&["law", "office"]).parse().unwrap();
        if let Some(event) = self.staff.appoint(person(name), department, roles) {
            self.staff.evolve(&event);
            self.facts.push(Fact::Staff(event));
        }
    }

    /// Somebody gives a command, is given other roles, or the program is replaced by a newer one with newer rules.
    pub(crate) fn something_happens(&mut self) {
        self.now += 1000;
        match self.dice.roll(100) {
            0..4 => {
                let name = self.dice.pick(&PEOPLE);
                self.appoint(name);
            }
            4 => self.rules_change(),
            _ => {
                let command = self.some_command();
                let by = person(self.dice.pick(&PEOPLE));
                if let Ok(events) = self.decided(&by, &command) {
                    self.write(events);
                }
            }
        }
    }

    fn write(&mut self, events: Vec<PublicationEvent>) {
        for event in events {
            let before = self.publication.clone();
            self.publication = evolve(self.publication.take(), Instant(self.now), &event);
            if self.fault == Some(Fault::EditKeepsReviews) {
                self.keeps_reviews(before.as_ref(), &event);
            }
            self.facts.push(Fact::Publication(event));
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

    /// From now on the rules of what was handed in are old.
    fn rules_change(&mut self) {
        let former = self.facts.iter_mut().rev().find_map(|fact| match fact {
            Fact::Publication(PublicationEvent::Submitted { rule_set, .. }) => Some(rule_set),
            _ => None,
        });
        let pending = self.publication.as_mut().and_then(|known| known.pending.as_mut());
        // Only while nobody reviewed it: what was reviewed by the older program keeps the older program's facts.
        if let (Some(rule_set), Some(pending)) = (former, pending.filter(|it| it.stage == Stage::Submitted)) {
            (*rule_set, pending.rule_set) = (RULE_SET - 1, RULE_SET - 1);
        }
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
        let any = self.dice.roll(14);
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
            _ => Command::Withdraw { reason: None },
        }
    }

    fn some_submission(&mut self) -> Command {
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
        let by = person(self.dice.pick(&PEOPLE));
        let asked = self.staff.may(&by, Verb::Review) || self.fault == Some(Fault::RolesIgnored);
        Command::Submit {
            content: hash(self.dice.roll(4)),
            kind: Kind::Notice,
            catalogue_entry: "notices".parse().unwrap(),
            countersign: self.dice.chance(40),
            findings: class.map(finding).into_iter().collect(),
            overridden: (asked && self.dice.chance(70)).then(|| (by, hash(8))),
            contributors: self
                .dice
                .chance(30)
                .then(|| person(self.dice.pick(&PEOPLE)))
                .into_iter()
                .collect(),
        }
    }

    fn decided(&self, by: &StaffId, command: &Command) -> Result<Vec<PublicationEvent>, Refused> {
        let may = self.staff.may(by, verb(command)) || self.fault == Some(Fault::RolesIgnored);
        if !may {
            return Err(Refused::NotSubmitted);
        }
        let facts = Facts {
            by,
            now: Instant(self.now),
            seen: None,
            channels: &self.channels,
        };
        let known = self.fault.map_or_else(
            || self.publication.clone(),
            |fault| without_check(fault, self.publication.clone(), command),
        );
        match (self.fault, command) {
            (Some(Fault::GateIgnored), Command::Submit { .. }) => self.handed_in_unseen(by, command, facts),
            _ => decide(known.as_ref(), command, facts),
        }
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
        if let Some(PublicationEvent::Submitted { content, rule_set, .. }) = events.first() {
            events.push(PublicationEvent::GateScanned {
                content: *content,
                by: by.clone(),
                rule_set: *rule_set,
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
fn without_check(fault: Fault, known: Option<Publication>, command: &Command) -> Option<Publication> {
    let mut known = known?;
    let pending = known.pending.as_mut()?;
    let at = |stage: Stage| pending.stage == stage;
    match (fault, command) {
        (Fault::AuthorReviews, Command::Review { .. } | Command::Approve) => pending.author = person("nobody"),
        (Fault::WriterReviews, Command::Review { .. } | Command::Approve) => pending.contributors.clear(),
        (Fault::ReviewerApproves, Command::Approve) => pending.reviewer = None,
        (Fault::ReviewSkipped, Command::Approve) if at(Stage::Submitted) => pending.stage = Stage::Reviewed,
        (Fault::CountersignatureSkipped, Command::Approve) => pending.countersign = false,
        (Fault::ApprovalSkipped, Command::Release { .. } | Command::Amend) if !at(Stage::Returned) => {
            pending.stage = Stage::Approved;
        }
        (Fault::ReturnForgotten, Command::Release { .. } | Command::Amend) if at(Stage::Returned) => {
            pending.stage = Stage::Approved;
        }
        (Fault::RulesIgnored, Command::Review { .. } | Command::Approve) => pending.rule_set = RULE_SET,
        (Fault::GateIgnored, _) => pending.findings.clear(),
        _ => {}
    }
    Some(known)
}
