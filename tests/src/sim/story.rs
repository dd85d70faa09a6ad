//! What happened, for whoever must find out why.

/// A line: when, at which display (nothing: at the office), what.
type Line = (u64, Option<usize>, String);

/// The story of a world. It is told only when asked for: the same seed tells it again.
#[derive(Debug, Default)]
pub(super) struct Story {
    told: bool,
    lines: Vec<Line>,
}

impl Story {
    pub(super) fn new(told: bool) -> Self {
        Self {
            told,
            lines: Vec::new(),
        }
    }

    pub(super) fn is_told(&self) -> bool {
        self.told
    }

    pub(super) fn tell(&mut self, t: u64, display: Option<usize>, what: impl FnOnce() -> String) {
        if self.told {
            self.lines.push((t, display, what()));
        }
    }

    /// How the world is, and the last lines that concern a display.
    pub(super) fn of(&self, display: usize, most: usize) -> Vec<String> {
        let concerns = |line: &&Line| line.1.is_none_or(|concerned| concerned == display);
        let all: Vec<&Line> = self.lines.iter().filter(concerns).collect();
        let (first, rest) = all.split_at(usize::from(!all.is_empty()));
        let last = &rest[rest.len().saturating_sub(most)..];
        first.iter().chain(last).map(|line| written(line)).collect()
    }
}

fn written((t, display, what): &Line) -> String {
    let (seconds, ms) = (t / 1000, t % 1000);
    match display {
        Some(index) => format!("{seconds:>8}.{ms:03} display {index} {what}"),
        None => format!("{seconds:>8}.{ms:03} {what}"),
    }
}
