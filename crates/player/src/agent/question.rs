//! Asking the hub for the time: when, and which answers count.

use super::timer::Timer;
use std::collections::VecDeque;

/// An answer counts for so long after its question, in milliseconds.
const ANSWER_WITHIN_MS: u64 = 10_000;
/// What is not answered is asked again so much later, then ever more seldom.
const FIRST_MS: u64 = 5_000;
const LONGEST_MS: u64 = 120_000;
/// What was answered is asked again after an hour: the monotonic clock is no better than its crystal.
const HOUR_MS: u64 = 3_600_000;
/// So many questions are open at once at most.
const MOST_OPEN: usize = 8;

/// The questions for the time.
#[derive(Debug)]
pub(super) struct Questions {
    wanted: bool,
    due: Timer,
    tries: u32,
    open: VecDeque<([u8; 16], u64)>,
}

impl Questions {
    pub(super) fn new(now_ms: u64) -> Self {
        Self {
            wanted: true,
            due: Timer::new(now_ms, 0),
            tries: 0,
            open: VecDeque::new(),
        }
    }

    /// The time is wanted now: after a connection was made, or a clock was set.
    pub(super) fn want(&mut self, now_ms: u64) {
        (self.wanted, self.tries) = (true, 0);
        self.due = Timer::new(now_ms, 0);
    }

    /// Whether an answer is wanted.
    pub(super) fn wanted(&self) -> bool {
        self.wanted
    }

    pub(super) fn is_due(&self, now_ms: u64) -> bool {
        self.due.is_due(now_ms)
    }

    /// How long an answer to the next question is waited for before it is asked again.
    pub(super) fn patience_ms(&self) -> u64 {
        (FIRST_MS << self.tries.min(16)).min(LONGEST_MS)
    }

    /// A question was sent; the next one comes after `wait_ms` unless an answer does.
    pub(super) fn asked(&mut self, nonce: [u8; 16], now_ms: u64, wait_ms: u64) {
        self.draw(nonce, now_ms);
        (self.wanted, self.tries) = (true, self.tries.saturating_add(1));
        self.due = Timer::new(now_ms, wait_ms);
    }

    /// A number goes out with a mail's request.
    pub(super) fn draw(&mut self, nonce: [u8; 16], now_ms: u64) {
        self.open
            .retain(|(_, at)| now_ms.saturating_sub(*at) <= ANSWER_WITHIN_MS);
        self.open.push_back((nonce, now_ms));
        if self.open.len() > MOST_OPEN {
            self.open.pop_front();
        }
    }

    /// Whether an answer with this number counts, and then never again; `next_ms` is an hour, cut at random.
    pub(super) fn answered(
        &mut self,
        nonce: &[u8; 16],
        now_ms: u64,
        cut: impl FnOnce(u64) -> u64,
    ) -> Result<(), String> {
        let place = self.open.iter().position(|(known, _)| known == nonce);
        let asked = place.and_then(|place| self.open.remove(place));
        let (_, asked_ms) = asked.ok_or("it answers no question that this display has open")?;
        if now_ms.saturating_sub(asked_ms) > ANSWER_WITHIN_MS {
            return Err("it answers a question of more than ten seconds ago".to_owned());
        }
        (self.wanted, self.tries) = (false, 0);
        self.due = Timer::new(now_ms, cut(HOUR_MS));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_answered_is_asked_ever_more_seldom_and_what_is_an_hour_later() {
        let mut questions = Questions::new(0);
        let mut asked = Vec::new();
        for second in 0..600 {
            if questions.is_due(second * 1000) {
                asked.push(second);
                let wait_ms = questions.patience_ms();
                questions.asked([asked.len() as u8; 16], second * 1000, wait_ms);
            }
        }
        assert_eq!(asked, [0, 5, 15, 35, 75, 155, 275, 395, 515]);
        assert!(questions.answered(&[9; 16], 520_000, |hour| hour).is_ok());
        assert!(!questions.wanted() && !questions.is_due(520_000 + HOUR_MS - 1));
        assert!(questions.is_due(520_000 + HOUR_MS));
        questions.want(530_000);
        assert!(questions.is_due(530_000));
    }

    #[test]
    fn an_answer_counts_once_in_time_and_for_its_own_question() {
        let mut questions = Questions::new(0);
        questions.draw([1; 16], 0);
        questions.draw([2; 16], 1000);
        assert!(questions.answered(&[3; 16], 1000, |ms| ms).is_err());
        assert!(questions.answered(&[1; 16], 10_001, |ms| ms).is_err(), "too late");
        assert!(questions.answered(&[2; 16], 11_000, |ms| ms).is_ok());
        assert!(questions.answered(&[2; 16], 11_000, |ms| ms).is_err(), "again");
    }

    #[test]
    fn open_questions_are_few() {
        let mut questions = Questions::new(0);
        (0..100).for_each(|n| questions.draw([n; 16], 0));
        assert_eq!(questions.open.len(), MOST_OPEN);
    }
}
