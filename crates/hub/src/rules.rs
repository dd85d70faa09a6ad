//! The rules in force: the program's own set and the office's own words beside it. When they change, what is on its way is
//! looked through again, and reviews that were made under the former rules are void.

use crate::drafts;
use crate::gate;
use crate::http::idempotency::{Answer, Repeatable};
use crate::http::problem::Problem;
use crate::library;
use crate::office::Office;
use crate::state::State;
use crate::transact::{Decision, transact};
use heliograph_domain::gate::{Finding, GateEvent, OwnCounts, OwnWords, Passage, RuleSet, RulesError, RulesVersion};
use heliograph_domain::publication::{Pending, RULE_SET};
use heliograph_domain::{ContentHash, Event, PublicationId, StaffId};
use heliograph_log::ContentObject;
use serde_json::json;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use thiserror::Error;

/// The file from which an office's own words are taken over, in the hub's data folder.
const OFFICE_FILE: &str = "gate-office.json";
/// The stream of the rules.
pub(crate) const STREAM: &str = "site-gate";
/// Who changes the rules when a newer program starts.
const ACTOR: &str = "hub";

/// Why the rules cannot be used.
#[derive(Debug, Error)]
pub enum GateError {
    /// The office's file cannot be read.
    #[error("the office's own words of the confidentiality gate cannot be read: {path}: {cause}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The office's file is no list of words.
    #[error(
        "{path}: {cause}. Correct the file, or take it away; its form is described in crates/domain/rules/README.md"
    )]
    Rules {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: RulesError,
    },
    /// A word of the office's file is none.
    #[error("{path}: word {number} is too short, too long, or there twice. Correct the file, or take it away")]
    Word {
        /// The file.
        path: PathBuf,
        /// Which, from 1.
        number: usize,
    },
    /// What follows from the rules could not be recorded.
    #[error("the rules of the confidentiality gate could not be recorded: {0}")]
    Record(String),
}

/// Rules, ready to look by.
pub(crate) struct InForce {
    /// Which they are.
    pub(crate) version: RulesVersion,
    /// They.
    pub(crate) rules: RuleSet,
}

/// The rules that were looked by last, kept at hand: they are made anew when the log says others.
pub(crate) struct AtHand(RwLock<Arc<InForce>>);

impl Default for AtHand {
    fn default() -> Self {
        Self(RwLock::new(Arc::new(InForce {
            version: RulesVersion::of_program(),
            rules: RuleSet::newest().clone(),
        })))
    }
}

/// The rules in force. When the office's words cannot be read the former rules are told, which the log does not call in
/// force: then nothing can be handed in or go on until the fault is mended.
pub(crate) fn now(office: &Office) -> Arc<InForce> {
    let wanted = RulesVersion {
        set: RULE_SET,
        ..office.state().rules()
    };
    let known = Arc::clone(&office.gate.0.read().unwrap_or_else(PoisonError::into_inner));
    if known.version == wanted {
        return known;
    }
    let Some(rules) = made(office, wanted) else {
        return known;
    };
    let made = Arc::new(InForce { version: wanted, rules });
    *office.gate.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&made);
    made
}

fn made(office: &Office, wanted: RulesVersion) -> Option<RuleSet> {
    let newest = RuleSet::newest().clone();
    let Some(hash) = wanted.own else {
        return Some(newest);
    };
    let words = words_at(office, &hash)?;
    newest
        .with_own(&words)
        .inspect_err(|error| tracing::error!(%error, %hash, "the office's own words are no rules"))
        .ok()
}

/// The office's own words, as the log says now; none when it has none.
///
/// # Errors
/// When they cannot be read: a list that is not there is not an empty one.
pub(crate) fn own_words(office: &Office, state: &State) -> Result<OwnWords, Problem> {
    match state.rules().own {
        None => Ok(OwnWords::default()),
        Some(hash) => words_at(office, &hash).ok_or_else(|| Problem::internal("the office's own words cannot be read")),
    }
}

fn words_at(office: &Office, hash: &ContentHash) -> Option<OwnWords> {
    let object = office.library.object(hash);
    let Some(object) = object else {
        tracing::error!(%hash, "the office's own words are not in the log");
        return None;
    };
    OwnWords::from_bytes(&object.bytes)
        .inspect_err(|error| tracing::error!(%error, %hash, "the office's own words cannot be read"))
        .ok()
}

/// How many texts on their way would wait for the confidentiality review again if the rules changed now.
pub(crate) fn in_review(state: &State) -> usize {
    let on_its_way = |pending: &Pending| pending.stage != heliograph_domain::publication::Stage::Returned;
    let pending = state
        .publications
        .values()
        .filter_map(|it| it.publication.pending.as_ref());
    pending.filter(|it| on_its_way(it)).count()
}

/// The object of a list, and its hash; nothing for an empty list.
fn object_of(words: &OwnWords) -> Result<Option<(ContentHash, ContentObject)>, Problem> {
    if words.words.is_empty() {
        return Ok(None);
    }
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(Problem::internal)?;
    Ok(Some(library::object(salt, words.to_bytes())))
}

/// Puts other words in force, at once, and has what is on its way looked through again. `seen`: the revision that the
/// caller saw.
pub(crate) async fn set_words(
    office: &Arc<Office>,
    by: &StaffId,
    repeatable: &Repeatable,
    seen: Option<u64>,
    words: &OwnWords,
) -> Result<Answer, Problem> {
    // Nobody takes a step between the change and the looking again.
    let _alone = office.rules_change.write().await;
    let object = object_of(words)?;
    let answer = transact(office, by, repeatable, STREAM.to_owned(), |state, _| {
        let revision = state.revision(STREAM);
        let known = own_words(office, state)?;
        if seen.is_some_and(|seen| seen != revision) {
            return Err(Problem::stale(json!({"revision": revision})));
        }
        let counts = words.counts();
        let told = |revision: u64, voided: usize| {
            let body = json!({"revision": revision, "counts": counts, "voided": voided});
            Answer::ok(body).with_etag(revision)
        };
        if known == *words {
            return Ok(Decision::of(Vec::new(), told(revision, 0)));
        }
        let rules = RulesVersion {
            set: RULE_SET,
            own: object.as_ref().map(|(hash, _)| *hash),
        };
        let event = Event::Gate(GateEvent::RulesSet { rules, own: counts });
        Ok(Decision {
            content: object.iter().map(|(_, object)| object.clone()).collect(),
            ..Decision::of(vec![event], told(revision + 1, in_review(state)))
        })
    })
    .await?;
    look_again(office, by).await?;
    Ok(answer)
}

/// At the start: takes over the words of the office's file (`file`), if the log says nothing of the rules yet, says so when the program has newer rules, and
/// makes up for what was left over when the hub stopped in the middle.
///
/// # Errors
/// When the log cannot be written.
pub(crate) async fn settle(office: &Arc<Office>, file: Option<OwnWords>) -> Result<(), GateError> {
    let record = |problem: Problem| GateError::Record(format!("{problem:?}"));
    let by: StaffId = ACTOR.parse().map_err(|error| GateError::Record(format!("{error:?}")))?;
    let known = office.state().rules.clone();
    match known {
        None => {
            if let Some(words) = file {
                let taken = set_words(office, &by, &Repeatable::once(), None, &words).await;
                taken.map_err(record)?;
            }
        }
        Some(known) if known.rules.set != RULE_SET => {
            newer_program(office, &by, known.rules, known.own)
                .await
                .map_err(record)?;
        }
        Some(_) => {}
    }
    look_again(office, &by).await.map_err(record)
}

async fn newer_program(
    office: &Arc<Office>,
    by: &StaffId,
    former: RulesVersion,
    own: OwnCounts,
) -> Result<(), Problem> {
    let rules = RulesVersion {
        set: RULE_SET,
        ..former
    };
    transact(office, by, &Repeatable::once(), STREAM.to_owned(), |_, _| {
        let event = Event::Gate(GateEvent::RulesSet { rules, own });
        Ok(Decision::of(vec![event], Answer::ok(json!({}))))
    })
    .await
    .map(drop)
}

/// The words of the office's file, as long as the log says nothing of the rules; later they are kept at the desk.
///
/// # Errors
/// When the file is none.
pub(crate) fn of_file(data: &Path, state: &State) -> Result<Option<OwnWords>, GateError> {
    if state.rules.is_some() {
        return Ok(None);
    }
    let path = data.join(OFFICE_FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(GateError::Io { path, cause }),
    };
    let words = OwnWords::from_file(&text).map_err(|cause| GateError::Rules {
        path: path.clone(),
        cause,
    })?;
    match words.faults().first() {
        Some((index, _)) => Err(GateError::Word {
            path,
            number: index + 1,
        }),
        None => Ok(Some(words)),
    }
}

/// Looks through everything on its way that was looked through by other rules than those in force.
async fn look_again(office: &Arc<Office>, by: &StaffId) -> Result<(), Problem> {
    let state = office.state();
    let outdated = state.publications.iter().filter(|(_, dossier)| {
        let pending = dossier.publication.pending.as_ref();
        pending.is_some_and(|pending| pending.is_outdated(state.rules()))
    });
    let ids: Vec<PublicationId> = outdated.map(|(id, _)| *id).collect();
    for id in ids {
        void_reviews(office, by, id).await?;
    }
    Ok(())
}

async fn void_reviews(office: &Arc<Office>, by: &StaffId, id: PublicationId) -> Result<(), Problem> {
    transact(
        office,
        by,
        &Repeatable::once(),
        format!("publication-{id}"),
        |state, _| {
            let known = state.publications.get(&id).map(|dossier| &dossier.publication);
            let pending = known.and_then(|known| known.pending.as_ref());
            let found = pending.map(|pending| find(office, id, pending)).transpose()?.flatten();
            let event = match (known, found) {
                (Some(known), Some(found)) => known.void_reviews(state.rules(), found, by),
                _ => None,
            };
            let events = event.into_iter().map(|event| Event::Publication(id, event)).collect();
            Ok(Decision::of(events, Answer::ok(json!({}))))
        },
    )
    .await
    .map(drop)
}

/// What the rules in force find in a text on its way. Nothing when it cannot be looked through now: then it stays as it is,
/// and cannot go on.
fn find(office: &Office, id: PublicationId, pending: &Pending) -> Result<Option<Vec<Finding>>, Problem> {
    let in_force = now(office);
    let Some(document) = office.library.document(&pending.content) else {
        tracing::error!(%id, "a text on its way cannot be read: it was not looked through by the new rules");
        return Ok(None);
    };
    if in_force.version != office.state().rules() {
        return Ok(None);
    }
    let mut passages: Vec<Passage> = gate::of_document(&document);
    // What came with its pictures is in the draft, as long as that is what was handed in.
    let draft = drafts::find(&*office.log, id).map_err(Problem::internal)?;
    if let Some(draft) = draft
        && draft.document().is_ok_and(|(_, hash, _)| hash == pending.content)
    {
        passages.extend(gate::beside_pictures(&draft.attachments));
    }
    Ok(Some(gate::look_by(office, &in_force, &passages)))
}
