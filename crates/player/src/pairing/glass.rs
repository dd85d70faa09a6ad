//! What a machine shows on its own panel until it is a display.

use super::{Face, HubAddress};
use crate::clock::Clock;
use crate::fonts::FontSource;
use crate::play::{Image, Output, dimmed};
use crate::profile::BrightnessPlan;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Instant, Lang, LocalText, Panel};
use heliograph_scene::{Card, FontSet, Scene, Unpaired};
use std::sync::Arc;
use std::time::Duration;

/// The panel is looked at at least this often.
const LONGEST_NAP: Duration = Duration::from_millis(250);
/// A sink that refused is tried again after this.
const AGAIN_MS: u64 = 1_000;

/// The panel, and the card that is on it.
pub(super) struct Glass {
    output: Output,
    scene: Scene,
    site: SiteProfile,
    brightness: BrightnessPlan,
    clock: Arc<dyn Clock>,
    hub: HubAddress,
    card: Card,
    /// When it is drawn next, by the monotonic clock.
    next_ms: u64,
    dark: bool,
}

impl Glass {
    pub(super) fn new(
        output: Output,
        panel: Panel,
        fonts: FontSource,
        brightness: BrightnessPlan,
        hub: HubAddress,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let fonts = match &output {
            Output::Frames(_) => fonts.for_panel(&panel),
            // A card's characters are its own.
            Output::Texts(_) => Arc::new(FontSet::built_in()),
        };
        Self {
            output,
            scene: Scene::new(fonts, panel, Lang::ZhHans),
            site: SiteProfile::bare(LocalText::default()),
            brightness,
            clock,
            card: card(&Face::Calling, &hub),
            hub,
            next_ms: 0,
            dark: false,
        }
    }

    /// Shows this from now on.
    pub(super) fn show(&mut self, face: &Face) {
        self.card = card(face, &self.hub);
        self.next_ms = 0;
    }

    /// Draws what is due, and answers how long there is nothing to do.
    pub(super) fn look(&mut self) -> Duration {
        let moment = self.clock.moment();
        if moment.monotonic_ms >= self.next_ms {
            let now = moment.wall;
            let until = match self.put_up(now) {
                Ok(until) => until,
                Err(error) => {
                    if !self.dark {
                        tracing::error!(%error, "the panel takes no picture; trying again");
                    }
                    self.dark = true;
                    now.plus_ms(AGAIN_MS)
                }
            };
            self.next_ms = moment.monotonic_ms.saturating_add(until.since(now).max(1));
        }
        self.clock.until(self.next_ms).min(LONGEST_NAP)
    }

    fn put_up(&mut self, now: Instant) -> Result<Instant, heliograph_sink::SinkError> {
        let (_, of_day_ms) = self.site.clock.date(now);
        let percent = self.brightness.at(of_day_ms);
        let until = match &mut self.output {
            Output::Frames(sink) => {
                let drawn = Image::Frame(Arc::new(self.scene.card(&self.card, &self.site, now)));
                if let Image::Frame(frame) = dimmed(drawn, self.scene.panel().colour, percent) {
                    sink.show(&frame, now)?;
                }
                self.scene.card_until(&self.card, &self.site, now)
            }
            Output::Texts(card) => {
                let plan = self.scene.plan_card(&self.card, &self.site, now);
                let until = plan.until;
                card.show(&Arc::new(plan), percent, now)?;
                until
            }
        };
        self.dark = false;
        Ok(until)
    }

    /// The panel, for whoever shows something on it next.
    pub(super) fn into_output(self) -> Output {
        self.output
    }
}

fn card(face: &Face, hub: &HubAddress) -> Card {
    let without = |why| Card::Unpaired {
        why,
        url: hub.url().to_owned(),
    };
    match face {
        Face::Calling => without(Unpaired::Calling),
        Face::Refused => without(Unpaired::Refused),
        Face::Disk => without(Unpaired::Disk),
        Face::Code(code) => Card::Pairing {
            code: code.clone(),
            url: hub.page(),
        },
    }
}
