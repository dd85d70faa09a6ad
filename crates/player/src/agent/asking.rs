//! What a display asks of its hub: the time, and the mail that the broker should have brought.

use super::chance::Chance;
use super::post::{BEHIND_MS, Post, REGULAR_MS, SILENCE_MS, TIME_MS};
use super::question::Questions;
use super::timer::Timer;
use super::{Action, Agent, Report};
use crate::clock::Moment;
use heliograph_wire::{Mail, Reply, TimeAnswer, Topic, hex};

/// When to ask, and for what.
#[derive(Debug)]
pub(super) struct Asking {
    chance: Chance,
    questions: Questions,
    post: Post,
    /// From then on the time should have been told.
    early: Timer,
    /// From then on a heartbeat should have come.
    silence: Timer,
    /// From then on what is behind should have caught up.
    behind: Option<Timer>,
}

impl Asking {
    pub(super) fn new(seed: [u8; 32], now_ms: u64) -> Self {
        let mut chance = Chance::new(seed);
        let regular_ms = chance.cut(REGULAR_MS);
        Self {
            questions: Questions::new(now_ms),
            post: Post::new(now_ms, regular_ms),
            early: Timer::new(now_ms, chance.cut(TIME_MS)),
            silence: Timer::new(now_ms, chance.cut(SILENCE_MS)),
            behind: None,
            chance,
        }
    }

    /// The time may be wrong: a clock was set, or a connection was made.
    pub(super) fn want_time(&mut self, now_ms: u64) {
        self.questions.want(now_ms);
    }

    /// A new heartbeat came.
    pub(super) fn alive(&mut self, now_ms: u64) {
        self.silence = Timer::new(now_ms, self.chance.cut(SILENCE_MS));
    }

    /// The broker was asked once more for what is missing; `behind` says whether something signed is.
    pub(super) fn asked_again(&mut self, behind: bool, now_ms: u64) {
        if behind && self.behind.is_none() {
            self.behind = Some(Timer::new(now_ms, self.chance.cut(BEHIND_MS)));
        }
    }

    /// Nothing is behind.
    pub(super) fn caught_up(&mut self) {
        self.behind = None;
    }
}

impl Agent {
    /// Asks for what is due.
    pub(super) fn ask(&mut self, now: Moment) {
        let now_ms = now.monotonic_ms;
        // Before there are keys no answer could be believed.
        if self.connected && self.trust.has_keys() && self.asking.questions.is_due(now_ms) {
            let asking = &mut self.asking;
            let nonce = asking.chance.nonce();
            let wait_ms = asking.chance.cut(asking.questions.patience_ms());
            asking.questions.asked(nonce, now_ms, wait_ms);
            let question = Reply::AskTime { nonce };
            self.say(&Topic::Reply(self.me.display), &question.to_bytes(), now);
        }
        if self.asking.behind.is_some() && !self.is_behind() {
            self.asking.caught_up();
        }
        let untold = !self.time.is_signed() && self.asking.early.is_due(now_ms);
        let behind = self.asking.behind.is_some_and(|since| since.is_due(now_ms));
        let urgent = untold || behind || self.asking.silence.is_due(now_ms);
        if self.asking.post.is_due(urgent, now_ms) {
            self.ask_for_mail(now_ms);
        }
    }

    /// Whether a heartbeat told of something signed that is not here.
    pub(super) fn is_behind(&self) -> bool {
        !self.behind.is_empty() || !self.lacking().is_empty()
    }

    fn ask_for_mail(&mut self, now_ms: u64) {
        let turn = self.asking.post.turn();
        let Some(hub) = self.hub(turn) else { return };
        let mut url = format!("{hub}/api/v1/device/mail");
        let wanted = !self.time.is_signed() || self.asking.questions.wanted();
        let nonce = wanted.then(|| self.asking.chance.nonce());
        if let Some(nonce) = nonce {
            self.asking.questions.draw(nonce, now_ms);
            url.push_str("?nonce=");
            url.push_str(&hex::encode(&nonce));
        }
        self.asking.post.begun(now_ms);
        self.outbox.push(Action::Mail {
            url,
            nonce,
            most_bytes: Mail::LIMIT,
        });
    }

    /// Takes the mail: each letter is judged as if the broker had brought it.
    pub(super) fn mail(&mut self, result: Result<Vec<u8>, String>, now: Moment) {
        let read = |bytes: Vec<u8>| match bytes.len() {
            0..=Mail::LIMIT => Mail::from_bytes(&bytes).map_err(|refusal| refusal.to_string()),
            bytes => Err(format!("{bytes} bytes are more than the {} of a mail", Mail::LIMIT)),
        };
        let mail = result.and_then(read);
        let asking = &mut self.asking;
        let wait_ms = asking.chance.cut(asking.post.patience_ms());
        let regular_ms = asking.chance.cut(REGULAR_MS);
        let news = asking.post.ended(mail.is_ok(), now.monotonic_ms, wait_ms, regular_ms);
        match mail {
            Ok(mail) => {
                for letter in mail.letters {
                    let path = format!("heliograph/v1/{}/{}", self.me.site, letter.topic);
                    if let Err(why) = self.message(&path, &letter.payload, now) {
                        self.refuse(path, why, now);
                    }
                }
            }
            Err(why) if news => {
                let why = format!("the mail cannot be fetched: {why}");
                self.fault(Report::NotFetched { why }, now);
            }
            // A hub that is away for weeks is told of once.
            Err(_) => {}
        }
    }

    /// The answer to a question for the time: the number that was drawn for it is what makes it new.
    pub(super) fn time_answer(&mut self, topic: &Topic, payload: &[u8], now: Moment) -> Result<(), String> {
        let (opened, _) = self.admit(topic, payload)?;
        let answer = TimeAnswer::from_bytes(&opened.body).map_err(|error| error.to_string())?;
        let Asking { questions, chance, .. } = &mut self.asking;
        questions.answered(&answer.nonce, now.monotonic_ms, |hour_ms| chance.cut(hour_ms))?;
        self.time.answered(answer.time, now);
        (self.todo.heard, self.todo.show) = (true, true);
        Ok(())
    }
}
