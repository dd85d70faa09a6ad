//! `/api/v1/gate-words`: the office's own words of the confidentiality gate. Only administrators see them.

use super::call::{Call, Caller};
use super::fields::Fields;
use super::idempotency::Answer;
use super::problem::Problem;
use crate::office::Office;
use crate::rules;
use axum::extract::State;
use axum::http::StatusCode;
use heliograph_domain::gate::{Class, MOST_NOTE_CHARS, MOST_OWN_WORDS, MOST_WORD_CHARS, OwnWord, OwnWords, WordFault};
use heliograph_domain::staff::Verb;
use serde_json::json;
use std::sync::Arc;

/// The most expressions that are said to be harmless, of one word.
const MOST_UNLESS: usize = 20;

/// `GET /api/v1/gate-words`
pub(crate) async fn list(State(office): State<Arc<Office>>, caller: Caller) -> Result<Answer, Problem> {
    caller.may(&office, Verb::Administer)?;
    let state = office.state();
    let words = rules::own_words(&office, &state)?;
    let revision = state.revision(rules::STREAM);
    let body = json!({
        "revision": revision,
        "rules": state.rules().to_string(),
        "words": words.words,
        "in_review": rules::in_review(&state),
    });
    Ok(Answer::ok(body).with_etag(revision))
}

/// `PUT /api/v1/gate-words {words}`: the whole list. It holds at once; what is on its way is looked through again, and its
/// reviews are void.
pub(crate) async fn set(State(office): State<Arc<Office>>, call: Call) -> Result<Answer, Problem> {
    call.caller.may(&office, Verb::Administer)?;
    let words = read(call.fields()?)?;
    let seen = call.seen_revision()?.ok_or_else(unseen)?;
    rules::set_words(&office, &call.caller.staff, &call.repeatable, Some(seen), &words).await
}

fn unseen() -> Problem {
    Problem {
        status: StatusCode::PRECONDITION_REQUIRED,
        ..Problem::malformed(
            "If-Match",
            "missing",
            "请在 If-Match 中写明您所看到的修订号（ETag）",
            "say in If-Match which revision you saw (ETag)",
        )
    }
}

fn read(mut fields: Fields) -> Result<OwnWords, Problem> {
    if !fields.has("words") {
        let _ = fields.required_value("words");
    }
    let words = fields.objects("words", MOST_OWN_WORDS, read_word);
    let words = OwnWords {
        words: words.into_iter().flatten().collect(),
    };
    // Once a word was unreadable the places of the others are not those of the request.
    if fields.faults() == 0 {
        for (index, fault) in words.faults() {
            let (field, code, zh, en) = told(fault);
            fields.fault(&format!("words[{index}].{field}"), code, &zh, &en);
        }
    }
    fields.finish()?;
    Ok(words)
}

fn read_word(fields: &mut Fields) -> Option<OwnWord> {
    let text = fields.text("text", MOST_WORD_CHARS);
    let class = fields.choice("class", class_of);
    let instead = fields.optional_text("instead", MOST_WORD_CHARS);
    let unless = fields.list::<String>("unless", MOST_UNLESS);
    let note = fields.optional_text("note", MOST_NOTE_CHARS).unwrap_or_default();
    Some(OwnWord {
        text: text.trim().to_owned(),
        class: class?,
        instead,
        unless,
        note,
    })
}

/// The class of a name.
pub(crate) fn class_of(name: &str) -> Option<Class> {
    [Class::Block, Class::Warn, Class::Slip]
        .into_iter()
        .find(|class| class.name() == name)
}

/// What is wrong with a word: its field, a code, and the sentence in both languages.
pub(crate) fn told(fault: WordFault) -> (&'static str, &'static str, String, String) {
    let of = |field, code, zh: String, en: String| (field, code, zh, en);
    match fault {
        WordFault::TooShort => of(
            "text",
            "too_short",
            "至少要有两个字：一个字会处处命中".to_owned(),
            "needs two characters at least: one would be found everywhere".to_owned(),
        ),
        WordFault::TooLong => of(
            "text",
            "too_long",
            format!("词和应写作最多 {MOST_WORD_CHARS} 个字"),
            format!("and its right form have at most {MOST_WORD_CHARS} characters"),
        ),
        WordFault::Twice => of(
            "text",
            "repeated",
            "已在词表里（写法不同也算同一个词）".to_owned(),
            "is in the list already, perhaps written otherwise".to_owned(),
        ),
        WordFault::NoteTooLong => of(
            "note",
            "too_long",
            format!("最多 {MOST_NOTE_CHARS} 个字"),
            format!("has at most {MOST_NOTE_CHARS} characters"),
        ),
        WordFault::Unless => of(
            "unless",
            "not_longer",
            format!("例外的说法必须包含这个词，且最多 {MOST_WORD_CHARS} 个字"),
            format!("must contain the word, in at most {MOST_WORD_CHARS} characters"),
        ),
    }
}
