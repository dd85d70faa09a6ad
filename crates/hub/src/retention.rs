//! What is kept for a time is erased by itself when that is over: drafts that nobody touched, texts that are no longer
//! public, texts that never were.

use crate::backups;
use crate::comments;
use crate::drafts;
use crate::http::idempotency::{Answer, Repeatable};
use crate::http::problem::Problem;
use crate::http::publications::erased_by;
use crate::office::Office;
use crate::state::{Dossier, State};
use crate::transact::{Decision, blocking, transact};
use heliograph_domain::publication::{Command, Facts, KeepFor, PublicationEvent, decide};
use heliograph_domain::time::DAY_MS;
use heliograph_domain::{ContentHash, Event, Instant, PublicationId, StaffId};
use serde_json::json;
use std::sync::Arc;

/// Who erases.
const ACTOR: &str = "retention";

/// How long things are kept.
#[derive(Debug, Clone, Copy, Default)]
pub struct Retention {
    /// Days that a draft is kept after it was last saved; `None`: for good.
    pub drafts_days: Option<u16>,
    /// How long texts are kept.
    pub texts: KeepFor,
}

/// Erases what is over. What goes wrong is logged, and tried again the next time.
pub(crate) async fn tend(office: &Arc<Office>) {
    let erased = async {
        old_drafts(office).await?;
        let count = old_texts(office).await?;
        if count > 0 {
            tracing::info!(count, "texts were kept as long as they are kept, and are erased");
            backups::carry_erasures(office).await?;
        }
        Ok::<(), Problem>(())
    };
    match erased.await {
        Ok(()) => {}
        Err(problem) => tracing::error!(?problem, "what is over could not be erased"),
    }
}

async fn old_drafts(office: &Arc<Office>) -> Result<(), Problem> {
    let Some(days) = office.retention.drafts_days else {
        return Ok(());
    };
    let (office, now) = (Arc::clone(office), office.now());
    let old = move |draft: &drafts::Draft| now.since(draft.updated_at) >= u64::from(days) * DAY_MS;
    blocking(move || {
        let all = drafts::all(&*office.log).map_err(|error| error.to_string())?;
        let writes = all
            .iter()
            .filter(|draft| old(draft))
            .map(|draft| drafts::discard(&*office.log, draft.id));
        // One after another: each may have many pictures.
        for writes in writes {
            let writes = writes.map_err(|error| error.to_string())?;
            office.log.write(writes).map_err(|error| error.to_string())?;
        }
        Ok::<_, String>(())
    })
    .await
}

async fn old_texts(office: &Arc<Office>) -> Result<usize, Problem> {
    let rule = office.retention.texts;
    if rule == KeepFor::default() {
        return Ok(0);
    }
    let by: StaffId = ACTOR.parse().map_err(Problem::internal)?;
    let (state, now) = (office.state(), office.now());
    let mut count = 0;
    for (id, dossier) in &state.publications {
        if !expired(&state, dossier, &by, now, rule, Vec::new()).is_empty() {
            erase(office, *id, &by, rule).await?;
            count += 1;
        }
    }
    Ok(count)
}

/// The facts that erase `contents`, if their time has come.
fn expired(
    state: &State,
    dossier: &Dossier,
    by: &StaffId,
    now: Instant,
    rule: KeepFor,
    contents: Vec<ContentHash>,
) -> Vec<PublicationEvent> {
    let Some(last) = dossier.history.last() else {
        return Vec::new();
    };
    let command = Command::Expire {
        contents,
        rested_since: last.at,
        rule,
    };
    let channels = state.channel_names();
    let facts = Facts {
        by,
        now,
        seen: None,
        channels: &channels,
        stead: None,
        staff: &state.staff,
        rules: state.rules(),
    };
    // Nothing of it is refused: what is not over decides no events.
    decide(Some(&dossier.publication), &command, facts).unwrap_or_default()
}

async fn erase(office: &Arc<Office>, id: PublicationId, by: &StaffId, rule: KeepFor) -> Result<(), Problem> {
    let stream = format!("publication-{id}");
    let once = Repeatable::once();
    let done = transact(office, by, &once, stream, |state, now| {
        let dossier = state.publications.get(&id);
        let events = dossier.map_or_else(Vec::new, |dossier| {
            let contents = office.library.with_pictures(dossier.contents());
            expired(state, dossier, by, now, rule, contents)
        });
        let erase = erased_by(&events);
        let writes = if erase.is_empty() {
            Vec::new()
        } else {
            let mut writes = drafts::discard(&*office.log, id).map_err(Problem::internal)?;
            writes.extend(comments::erase_all(&*office.log, id).map_err(Problem::internal)?);
            writes
        };
        Ok(Decision {
            events: events.into_iter().map(|event| Event::Publication(id, event)).collect(),
            content: Vec::new(),
            writes,
            erase,
            answer: Answer::ok(json!({})),
        })
    });
    done.await.map(drop)
}
