//! A machine that asks to be let in, without sockets, files or clocks: what happened and the time go into
//! [`Candidate::handle`], what is to be done comes out of [`Candidate::poll`].

use super::admission::Admission;
use super::answer::Answer;
use super::{HubAddress, Kept, Opened};
use crate::agent::chance::Chance;
use heliograph_domain::DisplayId;
use heliograph_wire::enrol::{Counterpart, Introduction};
use std::collections::VecDeque;

/// A request lives ten minutes at the hub.
pub const LIFE_MS: u64 = 10 * 60_000;
/// How often it asks how things stand.
const ASK_MS: u64 = 3_000;
/// After a failure it waits this long, then twice as long each time, up to the longest.
const FIRST_WAIT_MS: u64 = 1_000;
const LONGEST_WAIT_MS: u64 = 30_000;
/// After a refusal, likewise.
const FIRST_REST_MS: u64 = 60_000;
const LONGEST_REST_MS: u64 = 15 * 60_000;

/// What happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// Time passed.
    Tick,
    /// The call has ended.
    Answered(Answer),
    /// [`Action::Keep`] is done, or why not.
    Kept(Result<(), String>),
    /// [`Action::Store`] is done, or why not.
    Stored(Result<(), String>),
}

/// What is to be done. There is at most one call, one keeping or one storing at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Make this durable; then [`Input::Kept`].
    Keep(Kept),
    /// Call the hub; then [`Input::Answered`].
    Call(Call),
    /// Make this durable, so that it is who the machine is; then [`Input::Stored`].
    Store(Box<Admission>),
    /// Show this on the panel.
    Show(Face),
    /// Tell people.
    Report(Report),
}

/// A call to the hub.
#[derive(Clone, PartialEq, Eq)]
pub enum Call {
    /// Commit. The server may have any certificate.
    Open {
        /// See [`Introduction::commitment`].
        commitment: [u8; 32],
    },
    /// Say who it is.
    Reveal {
        /// The request's name.
        request: String,
        /// What was committed to.
        introduction: Introduction,
        /// SHA-256 of the only certificate that the server may have.
        certificate: [u8; 32],
    },
    /// Ask how things stand.
    Ask {
        /// The request's name.
        request: String,
        /// Proves whose it is.
        secret: [u8; 32],
        /// SHA-256 of the only certificate that the server may have.
        certificate: [u8; 32],
    },
}

/// Secrets stay out of logs.
impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Open { .. } => "Open",
            Self::Reveal { .. } => "Reveal",
            Self::Ask { .. } => "Ask",
        })
    }
}

/// What is on the panel meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Face {
    /// The hub has not been reached.
    Calling,
    /// The six characters.
    Code(String),
    /// Somebody said no.
    Refused,
    /// The disk does not keep what must be kept.
    Disk,
}

/// What people should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// These characters are to be compared at the hub.
    Compare(String),
    /// Somebody said no; it asks again.
    Refused {
        /// After so long.
        again_ms: u64,
    },
    /// The request ended undecided, or its answer was lost; it begins anew.
    Over,
    /// Another server answers at the hub's address; it begins anew.
    AnotherCertificate,
    /// A call failed; it tries again.
    Failed(String),
    /// The disk refuses; it tries again.
    NotKept(String),
    /// A credential was told that is none; it begins anew.
    Unbelievable(String),
    /// It is this display from now on, and will be after a power cut.
    Admitted(DisplayId),
}

enum Stage {
    /// Key, or key and request, are being made durable; then the next step follows.
    Keeping { again_ms: Option<u64> },
    /// Waits before it begins anew.
    Resting { until_ms: u64 },
    /// Has committed and waits for the answer.
    Opening { nonce: [u8; 32], secret: [u8; 32] },
    /// Says who it is; `None` while the call lasts.
    Revealing { again_ms: Option<u64> },
    /// Waits for people; `None` while a call lasts.
    Waiting { ask_ms: Option<u64> },
    /// Was let in; `None` while it is being stored.
    Storing {
        admission: Box<Admission>,
        again_ms: Option<u64>,
    },
    /// Is a display.
    Done(Box<Admission>),
}

/// See the module.
pub struct Candidate {
    hub: HubAddress,
    facts: String,
    chance: Chance,
    kept: Kept,
    stage: Stage,
    /// When the open request is over, by this machine's clock.
    ends_ms: u64,
    failures: u32,
    refusals: u32,
    face: Option<Face>,
    /// The failure that was told last: the same again says nothing new.
    told: Option<String>,
    actions: VecDeque<Action>,
}

impl Candidate {
    /// A machine that says these facts of itself to this hub, and goes on with what it `kept`. The seed is random and
    /// secret: keys and secrets are drawn from it.
    #[must_use]
    pub fn new(hub: HubAddress, facts: String, kept: Option<Kept>, seed: [u8; 32], now_ms: u64) -> Self {
        let mut chance = Chance::new(seed);
        let fresh = kept.is_none();
        let mut kept = kept.unwrap_or_else(|| Kept {
            key: chance.draw(),
            opened: None,
        });
        // What another hub opened is of no use here.
        kept.opened = kept.opened.filter(|opened| opened.hub == hub.url());
        let mut candidate = Self {
            hub,
            facts,
            chance,
            kept,
            stage: Stage::Resting { until_ms: now_ms },
            ends_ms: now_ms.saturating_add(LIFE_MS),
            failures: 0,
            refusals: 0,
            face: None,
            told: None,
            actions: VecDeque::new(),
        };
        candidate.show(Face::Calling);
        if fresh {
            candidate.keep();
        } else if candidate.kept.opened.is_some() {
            candidate.ask();
        } else {
            candidate.open();
        }
        candidate
    }

    /// What is to be done next.
    pub fn poll(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// Who the machine is, once it was let in and that is stored.
    #[must_use]
    pub fn admitted(&self) -> Option<&Admission> {
        match &self.stage {
            Stage::Done(admission) => Some(admission),
            _ => None,
        }
    }

    /// Something happened.
    pub fn handle(&mut self, now_ms: u64, input: Input) {
        match input {
            Input::Tick => self.tick(now_ms),
            Input::Answered(answer) => self.answered(answer, now_ms),
            Input::Kept(result) => self.has_kept(result, now_ms),
            Input::Stored(result) => self.has_stored(result, now_ms),
        }
    }

    fn tick(&mut self, now_ms: u64) {
        let due = |at_ms: &Option<u64>| at_ms.is_some_and(|at_ms| at_ms <= now_ms);
        match &mut self.stage {
            Stage::Resting { until_ms } if *until_ms <= now_ms => self.open(),
            Stage::Keeping { again_ms } if due(again_ms) => self.keep(),
            Stage::Revealing { again_ms } if due(again_ms) => self.reveal(),
            Stage::Waiting { ask_ms } if due(ask_ms) => {
                if self.ends_ms <= now_ms {
                    self.begins_anew(Report::Over, now_ms);
                } else {
                    self.ask();
                }
            }
            Stage::Storing { admission, again_ms } if due(again_ms) => {
                *again_ms = None;
                self.actions.push_back(Action::Store(admission.clone()));
            }
            _ => {}
        }
    }

    fn answered(&mut self, answer: Answer, now_ms: u64) {
        match (&self.stage, answer) {
            (Stage::Opening { nonce, secret }, Answer::Opened { request, counterpart }) => {
                let (nonce, secret) = (*nonce, *secret);
                self.has_opened(request, nonce, secret, counterpart, now_ms);
            }
            (Stage::Revealing { .. } | Stage::Waiting { .. }, Answer::Waiting) => self.waits(now_ms),
            (Stage::Waiting { .. }, Answer::Refused) if self.has_shown_its_code() => self.was_refused(now_ms),
            // That was before it was switched off and on: whoever did that wants it to ask.
            (Stage::Waiting { .. }, Answer::Refused) => self.begins_anew(Report::Over, now_ms),
            (Stage::Waiting { .. }, Answer::Admitted(told)) => match Admission::read(&told, &self.kept, &self.hub) {
                Ok(admission) => self.store(Box::new(admission)),
                Err(why) => self.begins_anew(Report::Unbelievable(why.to_string()), now_ms),
            },
            (Stage::Opening { .. }, Answer::Later { after_ms }) => {
                let wait_ms = self.patience().max(after_ms);
                self.rests(wait_ms, now_ms);
            }
            (Stage::Opening { .. } | Stage::Revealing { .. } | Stage::Waiting { .. }, Answer::Over) => {
                self.begins_anew(Report::Over, now_ms);
            }
            (_, Answer::AnotherCertificate) => self.begins_anew(Report::AnotherCertificate, now_ms),
            (_, Answer::Failed(why)) => self.failed(why, now_ms),
            (_, other) => self.failed(format!("its answer fits no question: {other:?}"), now_ms),
        }
    }

    fn has_shown_its_code(&self) -> bool {
        matches!(self.face, Some(Face::Code(_)))
    }

    fn has_opened(
        &mut self,
        request: String,
        nonce: [u8; 32],
        secret: [u8; 32],
        counterpart: Counterpart,
        now_ms: u64,
    ) {
        self.kept.opened = Some(Opened {
            hub: self.hub.url().to_owned(),
            request,
            nonce,
            secret,
            facts: self.facts.clone(),
            counterpart,
        });
        self.ends_ms = now_ms.saturating_add(LIFE_MS);
        self.keep();
    }

    fn has_kept(&mut self, result: Result<(), String>, now_ms: u64) {
        if !matches!(self.stage, Stage::Keeping { .. }) {
            return;
        }
        match result {
            Ok(()) if self.kept.opened.is_some() => {
                self.failures = 0;
                self.reveal();
            }
            Ok(()) => self.open(),
            Err(why) => {
                let again_ms = Some(now_ms.saturating_add(self.patience()));
                self.stage = Stage::Keeping { again_ms };
                self.disk_refuses(why);
            }
        }
    }

    fn has_stored(&mut self, result: Result<(), String>, now_ms: u64) {
        let Stage::Storing { admission, .. } = &self.stage else {
            return;
        };
        let admission = admission.clone();
        match result {
            Ok(()) => {
                let display = admission.identity.display;
                self.stage = Stage::Done(admission);
                self.report(Report::Admitted(display));
            }
            Err(why) => {
                // It is told once: it stays in memory until the disk takes it.
                let again_ms = Some(now_ms.saturating_add(self.patience()));
                self.stage = Stage::Storing { admission, again_ms };
                self.disk_refuses(why);
            }
        }
    }

    /// A fresh request. The signing key stays: whoever looks at the hub sees that it is the same machine.
    fn open(&mut self) {
        self.kept.opened = None;
        let (nonce, secret) = (self.chance.draw(), self.chance.draw());
        let commitment = self.kept.introduction(nonce, &secret, &self.facts).commitment();
        self.stage = Stage::Opening { nonce, secret };
        if self.face != Some(Face::Refused) {
            self.show(Face::Calling);
        }
        self.actions.push_back(Action::Call(Call::Open { commitment }));
    }

    fn keep(&mut self) {
        self.stage = Stage::Keeping { again_ms: None };
        self.actions.push_back(Action::Keep(self.kept.clone()));
    }

    fn reveal(&mut self) {
        let Some(opened) = &self.kept.opened else {
            return;
        };
        let introduction = self.kept.introduction(opened.nonce, &opened.secret, &opened.facts);
        let call = Call::Reveal {
            request: opened.request.clone(),
            introduction,
            certificate: opened.counterpart.certificate,
        };
        self.stage = Stage::Revealing { again_ms: None };
        self.actions.push_back(Action::Call(call));
    }

    fn ask(&mut self) {
        let Some(opened) = &self.kept.opened else {
            return;
        };
        let call = Call::Ask {
            request: opened.request.clone(),
            secret: opened.secret,
            certificate: opened.counterpart.certificate,
        };
        self.stage = Stage::Waiting { ask_ms: None };
        self.actions.push_back(Action::Call(call));
    }

    fn waits(&mut self, now_ms: u64) {
        self.failures = 0;
        self.told = None;
        let wait_ms = self.chance.cut(ASK_MS);
        self.stage = Stage::Waiting {
            ask_ms: Some(now_ms.saturating_add(wait_ms)),
        };
        if let Some(code) = self.kept.short_string()
            && self.show(Face::Code(code.clone()))
        {
            self.report(Report::Compare(code));
        }
    }

    fn was_refused(&mut self, now_ms: u64) {
        let rest_ms = doubled(FIRST_REST_MS, self.refusals, LONGEST_REST_MS);
        self.refusals = self.refusals.saturating_add(1);
        let again_ms = self.chance.cut(rest_ms);
        self.show(Face::Refused);
        self.report(Report::Refused { again_ms });
        self.rests(again_ms, now_ms);
    }

    fn store(&mut self, admission: Box<Admission>) {
        self.actions.push_back(Action::Store(admission.clone()));
        self.stage = Stage::Storing {
            admission,
            again_ms: None,
        };
    }

    /// A failed call is made again where the request can still be good.
    fn failed(&mut self, why: String, now_ms: u64) {
        let again_ms = now_ms.saturating_add(self.patience());
        self.stage = match std::mem::replace(&mut self.stage, Stage::Resting { until_ms: again_ms }) {
            Stage::Opening { .. } | Stage::Resting { .. } => Stage::Resting { until_ms: again_ms },
            Stage::Revealing { .. } => Stage::Revealing {
                again_ms: Some(again_ms),
            },
            Stage::Waiting { .. } => Stage::Waiting { ask_ms: Some(again_ms) },
            other => other,
        };
        if self.told.as_ref() != Some(&why) {
            self.told = Some(why.clone());
            self.report(Report::Failed(why));
        }
    }

    fn begins_anew(&mut self, because: Report, now_ms: u64) {
        // A code that nobody can let in any more must not stand there.
        self.show(Face::Calling);
        self.report(because);
        let wait_ms = self.patience();
        self.rests(wait_ms, now_ms);
    }

    fn rests(&mut self, wait_ms: u64, now_ms: u64) {
        self.stage = Stage::Resting {
            until_ms: now_ms.saturating_add(wait_ms),
        };
    }

    /// How long to wait after one failure more.
    fn patience(&mut self) -> u64 {
        let wait_ms = doubled(FIRST_WAIT_MS, self.failures, LONGEST_WAIT_MS);
        self.failures = self.failures.saturating_add(1);
        self.chance.cut(wait_ms)
    }

    fn disk_refuses(&mut self, why: String) {
        self.show(Face::Disk);
        if self.told.as_ref() != Some(&why) {
            self.told = Some(why.clone());
            self.report(Report::NotKept(why));
        }
    }

    /// Whether that is new.
    fn show(&mut self, face: Face) -> bool {
        let new = self.face.as_ref() != Some(&face);
        if new {
            self.face = Some(face.clone());
            self.actions.push_back(Action::Show(face));
        }
        new
    }

    fn report(&mut self, report: Report) {
        self.actions.push_back(Action::Report(report));
    }
}

/// A wait that doubles with each time, up to the longest.
fn doubled(first_ms: u64, times: u32, longest_ms: u64) -> u64 {
    first_ms.saturating_mul(1 << times.min(20)).min(longest_ms)
}

#[cfg(test)]
mod tests;
