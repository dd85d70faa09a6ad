//! Where pictures go: frames to a sink, or texts to a controller card that draws its own characters.

use crate::agent::{Input, Shown};
use heliograph_domain::Instant;
use heliograph_scene::{Frame, TextPlan};
use heliograph_sink::{CardSink, Sink, StandIn, Told};
use std::sync::Arc;

/// Where a display's pictures go.
pub enum Output {
    /// Pixels.
    Frames(Box<dyn Sink>),
    /// Texts: the card draws.
    Texts(Box<dyn CardSink>),
}

impl Output {
    /// What it is, for people and statuses.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Frames(sink) => sink.name(),
            Self::Texts(card) => card.name(),
        }
    }
}

impl From<Box<dyn Sink>> for Output {
    fn from(sink: Box<dyn Sink>) -> Self {
        Self::Frames(sink)
    }
}

/// What an output is handed.
#[derive(Debug, Clone)]
pub(crate) enum Image {
    /// For a sink.
    Frame(Arc<Frame>),
    /// For a card.
    Plan(Arc<TextPlan>),
}

/// What a card was told and has not acknowledged yet, and what people have heard of it.
#[derive(Default)]
pub(crate) struct CardNews {
    waiting: Option<(Told, Shown)>,
    fault: Option<String>,
    stand_ins: Vec<StandIn>,
}

impl CardNews {
    /// Notes that a card was told what is on air from now on.
    pub(crate) fn told(&mut self, told: Told, shown: Shown) {
        self.waiting = Some((told, shown));
    }

    /// What the card has to say since the last question: that it has acknowledged, or what is wrong. Characters that it
    /// does not have are logged.
    pub(crate) fn hear(&mut self, card: &dyn CardSink) -> Vec<Input> {
        let report = card.report();
        let mut news = Vec::new();
        if let Some((told, shown)) = &self.waiting
            && report.acknowledged >= Some(*told)
        {
            let at = report.acknowledged_at.unwrap_or(Instant(0)).max(shown.at);
            news.push(Input::Shown(Shown { at, ..*shown }));
            self.waiting = None;
        }
        let fault = report.fault.as_ref().map(ToString::to_string);
        if fault != self.fault {
            news.extend(fault.clone().map(Input::Dark));
            self.fault = fault;
        }
        if report.stand_ins != self.stand_ins {
            for stand_in in &report.stand_ins {
                tracing::warn!(character = %stand_in.character, shown = stand_in.shown, "the card has no such character");
            }
            self.stand_ins = report.stand_ins;
        }
        news
    }
}
