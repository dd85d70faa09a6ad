//! The confidentiality gate at work: what is looked through, by which rules, and what callers hear of it. Nothing here
//! writes a found text anywhere: findings are rules and places.

use crate::attachments::Kept;
use crate::drafts::Draft;
use crate::http::problem::{Fault, Problem, Told};
use crate::office::Office;
use crate::papers;
use crate::reading::Reading;
use crate::rules::{self, InForce};
use axum::http::StatusCode;
use heliograph_domain::Document;
use heliograph_domain::gate::{Class, Finding, Kind, Origin, Passage, RuleSet, of_attachments, of_content, of_files};
use serde_json::{Map, Value, json};

/// The texts of a document that is complete: the very characters that are hashed and shown.
pub(crate) fn of_document(document: &Document) -> Vec<Passage> {
    let texts: Map<String, Value> = document
        .texts
        .iter()
        .map(|(lang, body)| (lang.tag().to_owned(), body.to_value()))
        .collect();
    let mut passages = of_content(document.kind, &Value::Object(texts));
    passages.extend(of_attachments(&document.attachments));
    passages.extend(of_files(&document.files));
    passages
}

/// What came with a draft's pictures and does not become public with them: metadata, and the text of PDF pages.
pub(crate) fn beside_pictures(pictures: &[Kept]) -> Vec<Passage> {
    let mut passages = Vec::new();
    for (index, kept) in pictures.iter().enumerate() {
        for (name, text) in [("metadata", &kept.metadata), ("text", &kept.text)] {
            if !text.is_empty() {
                passages.push(Passage::written(format!("attachments[{index}].{name}"), text));
            }
        }
        passages.extend(in_picture(index, kept.reading.as_ref()));
    }
    passages
}

/// What came with a draft's pictures and files and is not written in its document: also the words of the files.
pub(crate) fn beside(office: &Office, draft: &Draft) -> Result<Vec<Passage>, Problem> {
    let mut passages = beside_pictures(&draft.attachments);
    passages.extend(papers::passages(&*office.log, draft).map_err(Problem::internal)?);
    Ok(passages)
}

/// What a machine read in a picture, or that none did.
fn in_picture(index: usize, reading: Option<&Reading>) -> Option<Passage> {
    match reading {
        Some(Reading::Written | Reading::Passed) => None,
        Some(Reading::Text(text)) if text.is_empty() => None,
        Some(Reading::Text(text)) => Some(Passage {
            field: format!("attachments[{index}].reading"),
            text: text.clone(),
            origin: Origin::Recognised,
        }),
        Some(Reading::Unread) | None => Some(unread(format!("attachments[{index}]"))),
    }
}

/// The place of a picture that no machine read.
pub(crate) fn unread(field: String) -> Passage {
    Passage {
        field,
        text: String::new(),
        origin: Origin::Unread,
    }
}

/// Everything of a draft as far as it is written, with the words of its files.
pub(crate) fn of_whole_draft(office: &Office, draft: &Draft) -> Vec<Passage> {
    let mut passages = of_draft(draft);
    passages.extend(words_of_files(office, draft));
    passages
}

/// The names and words of a draft's files.
pub(crate) fn of_files_of(office: &Office, draft: &Draft) -> Vec<Passage> {
    let mut passages = of_files(draft.files.iter().map(|kept| &kept.file));
    passages.extend(words_of_files(office, draft));
    passages
}

/// The words of a draft's files, for whoever only looks: the submission, which decides, fails where they cannot be read.
fn words_of_files(office: &Office, draft: &Draft) -> Vec<Passage> {
    papers::passages(&*office.log, draft).unwrap_or_else(|error| {
        tracing::error!(%error, draft = %draft.id, "the words of a draft's files cannot be read");
        Vec::new()
    })
}

/// Everything of a draft as far as it is written, without the words of its files.
pub(crate) fn of_draft(draft: &Draft) -> Vec<Passage> {
    let mut passages = of_content(draft.kind, &draft.content);
    passages.extend(of_attachments(draft.attachments.iter().map(|kept| &kept.attachment)));
    passages.extend(of_files(draft.files.iter().map(|kept| &kept.file)));
    passages.extend(beside_pictures(&draft.attachments));
    passages
}

/// What the gate finds in these texts.
pub(crate) fn look(office: &Office, passages: &[Passage]) -> Vec<Finding> {
    look_by(office, &rules::now(office), passages)
}

/// What these rules find in these texts.
pub(crate) fn look_by(office: &Office, in_force: &InForce, passages: &[Passage]) -> Vec<Finding> {
    let state = office.state();
    let profile = state
        .site
        .as_ref()
        .and_then(|site| office.library.profile(&site.profile));
    let hotlines: Vec<String> = profile
        .iter()
        .flat_map(|profile| profile.hotlines.iter().map(|hotline| hotline.number.clone()))
        .collect();
    in_force.rules.scan(passages, &hotlines)
}

/// Findings as the API tells them.
pub(crate) fn shaped(findings: &[Finding]) -> Value {
    json!(findings)
}

/// The answer to a submission that the gate blocks: every place, and no text.
pub(crate) fn blocked(rules: &RuleSet, findings: &[Finding]) -> Problem {
    let blocking = findings.iter().filter(|finding| finding.class == Class::Block);
    Problem {
        kind: "gate-blocked",
        status: StatusCode::UNPROCESSABLE_ENTITY,
        title: Told::new(
            "保密审查关口拦截，未送审",
            "The confidentiality gate blocks this; it was not submitted",
        ),
        ..Problem::invalid(blocking.map(|finding| fault(rules, finding)).collect())
    }
}

/// A finding as a field's fault.
fn fault(rules: &RuleSet, finding: &Finding) -> Fault {
    let rule = rules.rule(&finding.rule);
    let (zh, en) = rule.map_or(("", ""), |rule| (rule.zh.as_str(), rule.en.as_str()));
    if finding.field.ends_with(".reading") {
        return Fault::new(
            finding.field.clone(),
            rule.map_or("found", |rule| code(rule.kind)),
            format!("图中文字疑似有{zh}：请更换图片，或提请保密审查人放行"),
            format!(
                "the picture seems to show a {en}: take another picture, or ask a confidentiality reviewer to let it through"
            ),
        );
    }
    let (first, last) = (finding.offset + 1, finding.offset + finding.length);
    Fault::new(
        finding.field.clone(),
        rule.map_or("found", |rule| code(rule.kind)),
        format!("第 {first} 至 {last} 字疑似{zh}：请删除，或提请保密审查人放行"),
        format!(
            "characters {first} to {last} look like a {en}: remove them, or ask a confidentiality reviewer to let them through"
        ),
    )
}

/// A stable name for programs.
pub(crate) fn code(kind: Kind) -> &'static str {
    match kind {
        Kind::ClassificationMark => "classification-mark",
        Kind::ResidentId => "resident-id",
        Kind::InternalWord => "internal-word",
        Kind::Phone => "phone",
        Kind::Passport => "passport",
        Kind::BankCard => "bank-card",
        Kind::Address => "address",
        Kind::Email => "email",
        Kind::Slip => "slip",
    }
}
