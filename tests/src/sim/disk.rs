//! A display's disk: it takes what it is told, refuses it, or says that it took it and forgets it with the power.

use super::Bug;
use super::dice::Dice;
use heliograph_player::replica::{Change, MemoryReplica, Remembered, Replica};

/// How a disk behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// What it takes is durable.
    Honest,
    /// It takes nothing: it is full, or broken.
    Failing,
    /// It takes everything, and what is not flushed goes with the power.
    Lying,
}

/// A disk.
pub(crate) struct Disk {
    kept: MemoryReplica,
    unflushed: Vec<Vec<Change>>,
    pub(crate) mood: Mood,
    bug: Option<Bug>,
}

impl Disk {
    pub(crate) fn new(bug: Option<Bug>) -> Self {
        Self {
            kept: MemoryReplica::new(),
            unflushed: Vec::new(),
            mood: Mood::Honest,
            bug,
        }
    }

    /// Makes changes durable together, or none of them.
    pub(crate) fn apply(&mut self, changes: &[Change]) -> Result<(), String> {
        let changes: Vec<Change> = changes.iter().filter(|change| !self.forgets(change)).cloned().collect();
        match self.mood {
            Mood::Failing => return Err("the disk is full".to_owned()),
            Mood::Lying => self.unflushed.push(changes),
            Mood::Honest if self.bug == Some(Bug::ShowsBeforeItStores) => self.unflushed.push(changes),
            Mood::Honest => {
                self.flush(usize::MAX)?;
                self.kept.apply(&changes).map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }

    fn forgets(&self, change: &Change) -> bool {
        self.bug == Some(Bug::ForgetsWhatItBelieved) && matches!(change, Change::Trust(_))
    }

    fn flush(&mut self, most: usize) -> Result<(), String> {
        let most = most.min(self.unflushed.len());
        for changes in self.unflushed.drain(..most) {
            self.kept.apply(&changes).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// The machine is turned off in good order.
    pub(crate) fn shut_down(&mut self) -> Result<(), String> {
        self.flush(usize::MAX)
    }

    /// The power goes: of what was not flushed a part may be there, the first first.
    pub(crate) fn lose_power(&mut self, dice: &mut Dice) -> Result<(), String> {
        let survive = dice.index(self.unflushed.len() + 1);
        self.flush(survive)?;
        self.unflushed.clear();
        Ok(())
    }

    /// What is on it.
    pub(crate) fn load(&mut self) -> Result<Remembered, String> {
        self.kept.load().map_err(|error| error.to_string())
    }
}
