//! Load, decide, append: the one way in which a command becomes facts.

use crate::http::idempotency::{self, Answer, Repeatable};
use crate::http::problem::Problem;
use crate::office::Office;
use crate::state::State;
use heliograph_domain::{ContentHash, Event, Instant, StaffId};
use heliograph_log::{
    ActorId, AppendError, Appended, Batch, CommandId, ContentObject, EventKind, NameError, NewEvent, Revision,
    StreamId, TableWrite, TimestampMs,
};
use std::sync::Arc;

/// How often a command is decided anew when another was faster.
const ATTEMPTS: usize = 8;

/// What a command comes to.
pub(crate) struct Decision {
    /// The facts; none when their effect already stands.
    pub(crate) events: Vec<Event>,
    /// Content that the facts name.
    pub(crate) content: Vec<ContentObject>,
    /// Erasable tables that change with them.
    pub(crate) writes: Vec<TableWrite>,
    /// Content that the facts erase.
    pub(crate) erase: Vec<ContentHash>,
    /// What the caller is told.
    pub(crate) answer: Answer,
}

impl Decision {
    /// Facts alone.
    pub(crate) fn of(events: Vec<Event>, answer: Answer) -> Self {
        Self {
            events,
            content: Vec::new(),
            writes: Vec::new(),
            erase: Vec::new(),
            answer,
        }
    }
}

/// Decides a command on what the log says now and appends the outcome to `stream`; when another command was faster,
/// decides again on what it left. The answer becomes durable with the facts, so that a repeat hears the same.
pub(crate) async fn transact(
    office: &Arc<Office>,
    actor: &StaffId,
    repeatable: &Repeatable,
    stream: String,
    decide: impl Fn(&State, Instant) -> Result<Decision, Problem>,
) -> Result<Answer, Problem> {
    for _ in 0..ATTEMPTS {
        if let Some(answer) = idempotency::answered(office, actor, repeatable)? {
            return Ok(answer);
        }
        let state = office.state();
        let now = office.now().max(state.at);
        let mut decision = decide(&state, now)?;
        decision
            .writes
            .extend(repeatable.remember(actor, &decision.answer, now));
        let answer = decision.answer.clone();
        match append(
            office,
            actor,
            repeatable.command_id(actor, now)?,
            &stream,
            state.revision(&stream),
            decision,
            now,
        )
        .await?
        {
            Outcome::Done => return Ok(answer),
            Outcome::Overtaken(position) => office.caught_up(position).await,
        }
    }
    Err(Problem::busy())
}

enum Outcome {
    Done,
    /// Another batch came first; its records end here.
    Overtaken(u64),
}

async fn append(
    office: &Arc<Office>,
    actor: &StaffId,
    command_id: CommandId,
    stream: &str,
    expected: u64,
    decision: Decision,
    now: Instant,
) -> Result<Outcome, Problem> {
    let Decision {
        events,
        content,
        writes,
        erase,
        ..
    } = decision;
    if events.is_empty() {
        if !writes.is_empty() {
            let log = Arc::clone(&office.log);
            blocking(move || log.write(writes)).await?;
        }
        return Ok(Outcome::Done);
    }
    let batch = Batch {
        command_id,
        actor: ActorId::new(actor.as_str()).map_err(Problem::internal)?,
        recorded_at: TimestampMs(now.0),
        events: events
            .iter()
            .map(recorded_form)
            .collect::<Result<_, _>>()
            .map_err(Problem::internal)?,
        content,
        table_writes: writes,
        erase: erase.iter().map(|hash| heliograph_log::ContentHash(hash.0)).collect(),
    };
    let stream = StreamId::new(stream).map_err(Problem::internal)?;
    let log = Arc::clone(&office.log);
    let appended = tokio::task::spawn_blocking(move || log.append(&stream, Revision(expected), batch))
        .await
        .map_err(Problem::internal)?;
    match appended {
        // The same command was decided twice at once and the other was first: its answer is found on the next turn.
        Ok(Appended {
            repeated: true, last, ..
        }) => Ok(Outcome::Overtaken(last.0)),
        Ok(appended) => {
            office.caught_up(appended.last.0).await;
            Ok(Outcome::Done)
        }
        Err(AppendError::Conflict { .. }) => Ok(Outcome::Overtaken(
            office.log.head().map_err(Problem::internal)?.position.0,
        )),
        Err(error) => Err(Problem::internal(error)),
    }
}

/// An event as the log takes it.
pub(crate) fn recorded_form(event: &Event) -> Result<NewEvent, NameError> {
    let (kind, version) = event.kind();
    Ok(NewEvent {
        kind: EventKind::new(kind)?,
        version,
        body: event.to_bytes().into(),
    })
}

/// Runs something that waits for the disk.
pub(crate) async fn blocking<T: Send + 'static, E: std::fmt::Display + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Problem::internal)?
        .map_err(Problem::internal)
}
