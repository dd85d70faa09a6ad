//! `heliograph log tail`

use super::exists;
use super::proof::described;
use crate::Failure;
use crate::command::say;
use heliograph_log::Follower;
use std::path::Path;
use std::time::Duration;

/// How often a log that is followed is looked at.
const PAUSE: Duration = Duration::from_millis(200);

pub(crate) fn run(data: &Path, count: u64, follow: bool) -> Result<(), Failure> {
    exists(data)?;
    let mut follower = Follower::near_end(data, count)?;
    let mut last = std::collections::VecDeque::new();
    while let Some(record) = follower.next()? {
        last.push_back(record);
        if last.len() as u64 > count {
            last.pop_front();
        }
    }
    last.iter().for_each(|record| say(&described(record)));
    if !follow {
        return Ok(());
    }
    loop {
        match follower.next()? {
            Some(record) => say(&described(&record)),
            None => std::thread::sleep(PAUSE),
        }
    }
}
