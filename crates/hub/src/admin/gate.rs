//! What the confidentiality gate found, at the place where it is: the marked passage is drawn from the text that the
//! page shows anyway.

use super::comments::Remarks;
use super::document::language_name;
use super::layout::{Desk, tag};
use super::words::{self as w, Word, papers as pw};
use crate::gate;
use crate::rules;
use heliograph_domain::content::{FieldSpec, Shape};
use heliograph_domain::gate::{Class, Finding, NOT_READ, Passage};
use heliograph_domain::publication::{Pending, blocks};
use heliograph_domain::{Document, Kind, Lang};
use maud::{Markup, html};
use std::collections::HashMap;

/// So many characters of the text stand before and after a marked passage.
const AROUND: usize = 14;
/// And so many of the passage itself.
const MARKED: usize = 60;

/// What was found in the texts of a page.
#[derive(Default)]
pub(crate) struct Notes {
    kind: Option<Kind>,
    texts: HashMap<String, String>,
    pub(crate) findings: Vec<Finding>,
    /// What people said of it.
    pub(crate) remarks: Remarks,
}

impl Notes {
    /// Looks through texts as they are now.
    pub(crate) fn look(desk: &Desk, kind: Kind, passages: Vec<Passage>) -> Self {
        let findings = gate::look(&desk.office, &passages);
        Self::of(kind, passages, findings)
    }

    /// What was found in a text when it was handed in.
    pub(crate) fn of_pending(document: &Document, pending: &Pending) -> Self {
        Self::of(document.kind, gate::of_document(document), pending.findings.clone())
    }

    fn of(kind: Kind, passages: Vec<Passage>, findings: Vec<Finding>) -> Self {
        let texts = passages.into_iter().map(|passage| (passage.field, passage.text));
        Self {
            kind: Some(kind),
            texts: texts.collect(),
            findings,
            remarks: Remarks::default(),
        }
    }

    /// Whether nobody has written anything yet that could be looked through: a department and a day are there beforehand.
    fn is_unwritten(&self) -> bool {
        let beforehand = |field: &str| field.ends_with(".department") || field.ends_with(".date");
        self.texts
            .iter()
            .all(|(field, text)| text.trim().is_empty() || beforehand(field))
    }

    /// Whether anything blocks.
    pub(crate) fn block(&self) -> bool {
        blocks(&self.findings)
    }

    /// What stands under a field: its own findings and those of its lines.
    pub(crate) fn at(&self, desk: &Desk, field: &str) -> Markup {
        let mine = self.findings.iter().filter(|finding| {
            finding
                .field
                .strip_prefix(field)
                .is_some_and(|rest| rest.is_empty() || (rest.starts_with('[') && !rest.contains('.')))
        });
        html! {
            @for finding in mine { span.found { (self.line(desk, finding)) } }
            (self.remarks.at(desk, field))
        }
    }

    /// All of them, each with its field.
    pub(crate) fn list(&self, desk: &Desk) -> Markup {
        html! {
            ul.findings {
                @for finding in &self.findings {
                    li { span.muted { (self.label(desk, &finding.field)) } (self.line(desk, finding)) }
                }
            }
        }
    }

    fn line(&self, desk: &Desk, finding: &Finding) -> Markup {
        let in_force = rules::now(&desk.office);
        let rule = in_force.rules.rule(&finding.rule);
        let name = rule.map_or(finding.rule.as_str(), |rule| {
            if desk.lang == Lang::ZhHans { &rule.zh } else { &rule.en }
        });
        let unread = finding.rule == NOT_READ;
        let name = if unread { desk.t(pw::NOT_READ) } else { name };
        let text = self.texts.get(&finding.field).filter(|_| !unread);
        let cut = text.map(|text| Cut::of(text, finding));
        let instead = cut
            .as_ref()
            .and_then(|cut| rule?.instead_of(&cut.found, &in_force.rules));
        let (colour, word) = told(finding.class);
        html! {
            (tag(colour, desk.t(word))) " " (name)
            @if let Some(cut) = &cut { q.passage { (cut.before) mark { (cut.found) } (cut.after) } }
            @else if !unread && !finding.field.ends_with(".reading") { small { (desk.f(w::FOUND_AT, &[&(finding.offset + 1).to_string(), &(finding.offset + finding.length).to_string()])) } }
            @if let Some(right) = instead { small { (desk.f(w::FOUND_INSTEAD, &[&right])) } }
        }
    }

    fn label(&self, desk: &Desk, field: &str) -> String {
        let label = field_label(desk, self.kind, field);
        // A picture or file is called by its name, too.
        let named = field.split('.').next().map(|thing| format!("{thing}.name"));
        match named
            .filter(|named| named != field)
            .and_then(|named| self.texts.get(&named))
        {
            Some(name) => desk.f(pw::NAMED, &[&label, name]),
            None => label,
        }
    }
}

/// A field's name in words: `中文 · 正文`.
pub(crate) fn field_label(desk: &Desk, kind: Option<Kind>, field: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut specs: &[FieldSpec] = kind.map_or(&[], Kind::fields);
    for part in field.split('.') {
        let (name, index) = part
            .split_once('[')
            .map_or((part, None), |(name, rest)| (name, rest.strip_suffix(']')));
        let spec = specs.iter().find(|spec| spec.name == name);
        let word = match (name, Lang::from_tag(name), spec) {
            ("content", ..) => continue,
            ("catalogue_entry", ..) => desk.t(w::ENTRY),
            ("attachments", ..) => desk.t(w::PICTURES),
            ("files", ..) => desk.t(super::words::papers::FILES),
            ("pages", _, None) => desk.t(super::words::papers::PAGE_WORDS),
            ("reading", _, None) => desk.t(super::words::papers::READING),
            ("from", _, None) => desk.t(w::FROM),
            ("until", _, None) => desk.t(w::UNTIL),
            ("metadata", ..) => desk.t(w::FOUND_METADATA),
            ("text", _, None) => desk.t(w::FOUND_PAGE_TEXT),
            (_, Some(lang), None) => language_name(desk, lang),
            (_, _, Some(spec)) => spec.label(desk.lang),
            (other, ..) => other,
        };
        let number = index
            .and_then(|index| index.parse::<usize>().ok())
            .map(|index| index + 1);
        parts.push(number.map_or_else(|| word.to_owned(), |number| format!("{word} {number}")));
        if let Some(Shape::Rows(inner) | Shape::Group(inner)) = spec.map(|spec| spec.shape) {
            specs = inner;
        }
    }
    parts.join(" · ")
}

fn told(class: Class) -> (&'static str, Word) {
    match class {
        Class::Block => ("red", w::FOUND_BLOCK),
        Class::Warn => ("amber", w::FOUND_WARN),
        Class::Slip => ("blue", w::FOUND_SLIP),
    }
}

/// A passage with a little of what stands around it.
struct Cut {
    before: String,
    found: String,
    after: String,
}

impl Cut {
    fn of(text: &str, finding: &Finding) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let start = (finding.offset as usize).min(chars.len());
        let end = start.saturating_add(finding.length as usize).min(chars.len());
        let (first, last) = (start.saturating_sub(AROUND), (end + AROUND).min(chars.len()));
        let whole = |range: &[char]| range.iter().collect::<String>();
        let dots = |cut: bool| if cut { "…" } else { "" };
        Self {
            before: format!("{}{}", dots(first > 0), whole(&chars[first..start])),
            found: format!(
                "{}{}",
                whole(&chars[start..end.min(start + MARKED)]),
                dots(end - start > MARKED)
            ),
            after: format!("{}{}", whole(&chars[end..last]), dots(last < chars.len())),
        }
    }
}

/// The card beside the form: what was found so far, what follows from it, and which translation lags behind. It renews
/// itself as one types.
pub(crate) fn card(desk: &Desk, notes: &Notes, lagging: &Markup, referral: &Markup) -> Markup {
    html! {
        section.card id="gate" data-found=(notes.findings.len()) {
            h2 { (desk.t(w::GATE)) }
            @if notes.findings.is_empty() { p.muted { (desk.t(if notes.is_unwritten() { w::GATE_UNWRITTEN } else { w::GATE_NOTHING })) } }
            @else {
                (notes.list(desk))
                p.hint { @if notes.block() { (desk.t(w::GATE_BLOCKS)) } @else { (desk.t(w::GATE_REFERS)) } }
            }
            (lagging)
            (referral)
        }
    }
}

/// The card on a publication's page: what was found when it was handed in, and who let it through.
pub(crate) fn of_pending(desk: &Desk, document: &Document, pending: &Pending) -> Markup {
    if pending.findings.is_empty() {
        return html! {};
    }
    html! {
        section.card id="gate" {
            h2 { (desk.t(w::GATE)) }
            (Notes::of_pending(document, pending).list(desk))
            @if let Some((by, reason)) = &pending.overridden {
                p.notice { (desk.f(w::GATE_LET_THROUGH_BY, &[&desk.person(by)])) @if let Some(reason) = super::document::reason(desk, reason) { ": " (reason) } }
            }
            p.hint { (desk.f(w::GATE_RULES, &[&pending.rules.to_string()])) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_beforehand_is_nothing_to_look_through() {
        let of = |title: &str| {
            let beforehand = Passage::written("content.zh-Hans.department", "办公室");
            let written = Passage::written("content.zh-Hans.title", title);
            Notes::of(Kind::Notice, vec![beforehand, written], Vec::new()).is_unwritten()
        };
        assert!(of("") && of(" \n"));
        assert!(!of("甲"));
    }
}
