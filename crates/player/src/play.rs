//! The play loop: from what the agent says is to be shown, and the time, to frames on the sink or texts for a card.

mod artist;
mod gallery;
mod output;
mod theatre;

pub(crate) use artist::artists;
pub(crate) use gallery::Gallery;
pub use output::Output;
pub(crate) use output::{CardNews, Image};
pub(crate) use theatre::{Theatre, dimmed};

use crate::agent::{Input, Showing, Shown};
use crate::clock::Clock;
use heliograph_domain::Instant;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use theatre::Drawn;

/// The loop looks at the clock at least this often.
const LONGEST_NAP: Duration = Duration::from_millis(100);

/// Where the shell leaves what is to be shown, and the loop finds it.
#[derive(Default)]
pub(crate) struct Stand {
    place: Mutex<Place>,
    changed: Condvar,
}

#[derive(Default)]
struct Place {
    showing: Option<Arc<Showing>>,
    generation: u64,
    stopped: bool,
}

impl Stand {
    /// Shows this from now on; the loop wakes at once.
    pub(crate) fn show(&self, showing: Arc<Showing>) {
        self.change(|place| place.showing = Some(showing));
    }

    /// Has the loop look again: a picture is ready.
    pub(crate) fn wake(&self) {
        self.change(|_| {});
    }

    pub(crate) fn stop(&self) {
        self.change(|place| place.stopped = true);
    }

    fn change(&self, change: impl FnOnce(&mut Place)) {
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut place);
        place.generation += 1;
        drop(place);
        self.changed.notify_all();
    }

    /// Waits until there is something newer than `seen`, at most for `nap`. `None` when the player stops.
    fn wait(&self, seen: u64, nap: Duration) -> Option<(Option<Arc<Showing>>, u64)> {
        let place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        let (place, _) = self
            .changed
            .wait_timeout_while(place, nap, |place| place.generation == seen && !place.stopped)
            .unwrap_or_else(PoisonError::into_inner);
        (!place.stopped).then(|| (place.showing.clone(), place.generation))
    }
}

/// Draws and shows, until the stand is stopped.
pub(crate) struct Projectionist {
    pub(crate) stand: Arc<Stand>,
    pub(crate) output: Output,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) tell: Box<dyn Fn(Input) + Send>,
    pub(crate) theatre: Theatre,
    pub(crate) news: CardNews,
}

impl Projectionist {
    pub(crate) fn run(mut self) {
        let mut seen = 0;
        let mut nap = LONGEST_NAP;
        while let Some((showing, generation)) = self.stand.wait(seen, nap) {
            seen = generation;
            nap = showing.map_or(LONGEST_NAP, |showing| self.step(&showing));
        }
    }

    /// Shows what is due, and answers how long there is nothing to do.
    fn step(&mut self, showing: &Arc<Showing>) -> Duration {
        let now = showing.site_time(self.clock.moment().monotonic_ms);
        let drawn = self.theatre.draw(showing, now);
        for (content, why) in self.theatre.failures() {
            (self.tell)(Input::Undrawable { content, why });
        }
        if let Some(drawn) = drawn {
            self.put_up(&drawn, showing, now);
        }
        if let Output::Texts(card) = &self.output {
            self.news.hear(card.as_ref()).into_iter().for_each(&self.tell);
        }
        self.clock
            .until(showing.time.monotonic_ms(self.theatre.next()))
            .min(LONGEST_NAP)
    }

    fn put_up(&mut self, drawn: &Drawn, showing: &Showing, now: Instant) {
        let handed = match (&mut self.output, &drawn.image) {
            (Output::Frames(sink), Image::Frame(frame)) => sink.show(frame, now).map(|()| None),
            (Output::Texts(card), Image::Plan(plan)) => card.show(plan, drawn.brightness_percent, now).map(Some),
            // The theatre's artists are chosen by the output when the player starts.
            (Output::Frames(_), Image::Plan(_)) | (Output::Texts(_), Image::Frame(_)) => Ok(None),
        };
        let shown = Shown {
            on_air: drawn.on_air,
            stale: drawn.stale,
            at: showing.site_time(self.clock.moment().monotonic_ms),
        };
        match handed {
            // A card says itself when it has a text.
            Ok(Some(told)) if drawn.turned => self.news.told(told, shown),
            Ok(None) if drawn.turned => (self.tell)(Input::Shown(shown)),
            Ok(_) => {}
            Err(error) => {
                (self.tell)(Input::Dark(error.to_string()));
                self.theatre.try_again(now);
            }
        }
    }
}
