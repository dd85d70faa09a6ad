//! Words that become public without the workflow: names of the catalogue, channels and departments, the office's name, hours
//! and hotlines. The gate looks at them, too. Whoever sets them answers for them: what it finds is shown, and saved once
//! they confirm that they looked at it, which is recorded with what was found.

use crate::gate;
use crate::http::fields::Fields;
use crate::http::problem::{Fault, Problem, Told};
use crate::office::Office;
use crate::rules::{self, InForce};
use heliograph_domain::gate::{Finding, GateEvent, MAX_FINDINGS, Passage, PublicNoun, RuleSet, RulesVersion};
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Event, LocalText};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The field by which a caller says that they looked at what was found.
pub(crate) const CONFIRMED: &str = "findings_confirmed";

/// Words that are to become public.
#[derive(Default)]
pub(crate) struct PublicWords {
    passages: Vec<Passage>,
    /// Words that are public already: they are not asked about again.
    known: BTreeSet<String>,
    confirmed: bool,
}

impl PublicWords {
    /// Takes from a request whether its caller looked at what was found.
    pub(crate) fn of_request(fields: &mut Fields) -> Self {
        Self {
            confirmed: fields.flag(CONFIRMED),
            ..Self::default()
        }
    }

    /// Whether somebody looked at what was found.
    pub(crate) fn are_confirmed(&self) -> bool {
        self.confirmed
    }

    /// Words whose caller looked, or did not.
    pub(crate) fn confirmed(confirmed: bool) -> Self {
        Self {
            confirmed,
            ..Self::default()
        }
    }

    /// One more text, at its field.
    pub(crate) fn text(&mut self, field: &str, text: &str) {
        self.passages.push(Passage::written(field, text));
    }

    /// One in several languages.
    pub(crate) fn local(&mut self, field: &str, text: &LocalText) {
        for (lang, text) in &text.0 {
            self.text(&format!("{field}.{}", lang.tag()), text);
        }
    }

    /// Everything of the office's profile that people read.
    pub(crate) fn profile(&mut self, profile: &SiteProfile) {
        self.local("name", &profile.name);
        self.local("hours", &profile.hours);
        for (index, hotline) in profile.hotlines.iter().enumerate() {
            self.local(&format!("hotlines[{index}].label"), &hotline.label);
        }
        for (id, name) in &profile.departments {
            self.local(&format!("departments.{id}"), name);
        }
    }

    /// These are public already.
    pub(crate) fn know(&mut self, other: &Self) {
        self.known
            .extend(other.passages.iter().map(|passage| passage.text.clone()));
    }

    /// What the gate finds in the words that are new.
    pub(crate) fn look(&self, office: &Office) -> Looked {
        let new = self
            .passages
            .iter()
            .filter(|passage| !self.known.contains(&passage.text));
        let new: Vec<Passage> = new.cloned().collect();
        let in_force = rules::now(office);
        Looked {
            findings: gate::look_by(office, &in_force, &new),
            in_force,
            confirmed: self.confirmed,
        }
    }

    /// Refuses what the gate finds, until its caller has confirmed that they looked at it.
    pub(crate) fn check(&self, office: &Office) -> Result<LetThrough, Problem> {
        let_through(&[self.look(office)]).map(|all| all.into_iter().next().unwrap_or_default())
    }
}

/// Words that the gate looked through, and whether their caller did.
pub(crate) struct Looked {
    in_force: Arc<InForce>,
    findings: Vec<Finding>,
    confirmed: bool,
}

/// What the gate found and somebody let become public.
#[derive(Debug, Clone, Default)]
pub(crate) struct LetThrough(Option<(RulesVersion, Vec<Finding>)>);

impl LetThrough {
    /// The fact that is recorded behind the one that sets the words; nothing where nothing was found.
    pub(crate) fn event(&self, noun: PublicNoun) -> Option<Event> {
        let (rules, findings) = self.0.clone()?;
        Some(Event::Gate(GateEvent::WordsConfirmed { noun, rules, findings }))
    }
}

/// What was let through of each; all are refused as long as anything was found that its caller did not look at.
pub(crate) fn let_through(looked: &[Looked]) -> Result<Vec<LetThrough>, Problem> {
    let open = looked.iter().filter(|it| !it.confirmed);
    let found = open.flat_map(|it| it.findings.iter().map(|finding| fault(&it.in_force.rules, finding)));
    let mut faults: Vec<Fault> = found.take(MAX_FINDINGS).collect();
    if faults.is_empty() {
        let of = |it: &Looked| (!it.findings.is_empty()).then(|| (it.in_force.version, it.findings.clone()));
        return Ok(looked.iter().map(|it| LetThrough(of(it))).collect());
    }
    faults.push(Fault::new(
        CONFIRMED,
        "missing",
        "请逐项核对关口的提示；确认可以公开的，勾选后再保存",
        "look at every finding; if it may be public, confirm that you looked, and save again",
    ));
    Err(Problem {
        kind: "gate-found",
        title: Told::new(
            "这些文字会直接公开，保密审查关口有提示，尚未保存",
            "These words become public at once, and the confidentiality gate found something: nothing was saved",
        ),
        ..Problem::invalid(faults)
    })
}

fn fault(rules: &RuleSet, finding: &Finding) -> Fault {
    let rule = rules.rule(&finding.rule);
    let (zh, en) = rule.map_or(("", ""), |rule| (rule.zh.as_str(), rule.en.as_str()));
    let (first, last) = (finding.offset + 1, finding.offset + finding.length);
    Fault::new(
        finding.field.clone(),
        rule.map_or("found", |rule| gate::code(rule.kind)),
        format!("第 {first} 至 {last} 字疑似{zh}：请核对"),
        format!("characters {first} to {last} look like a {en}: look at it"),
    )
}
