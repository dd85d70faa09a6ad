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

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_sink::{CardFault, CardReport, SinkError};

    /// A card of which the test says how it stands.
    #[derive(Default)]
    struct Said(CardReport);

    impl CardSink for Said {
        fn name(&self) -> &str {
            "said"
        }

        fn show(&mut self, _: &Arc<TextPlan>, _: u8, _: Instant) -> Result<Told, SinkError> {
            Ok(Told(1))
        }

        fn report(&self) -> CardReport {
            self.0.clone()
        }
    }

    fn shown(at: u64) -> Shown {
        Shown {
            on_air: None,
            stale: false,
            at: Instant(at),
        }
    }

    #[test]
    fn on_air_is_told_when_the_card_has_acknowledged_and_not_before() {
        let (mut news, mut card) = (CardNews::default(), Said::default());
        news.told(Told(2), shown(1_000));
        assert!(news.hear(&card).is_empty(), "it was only told");
        card.0.acknowledged = Some(Told(1));
        assert!(news.hear(&card).is_empty(), "that was the text before");
        card.0.acknowledged = Some(Told(2));
        card.0.acknowledged_at = Some(Instant(1_250));
        let heard = news.hear(&card);
        assert!(
            matches!(heard.as_slice(), [Input::Shown(Shown { at: Instant(1_250), .. })]),
            "{heard:?}"
        );
        assert!(news.hear(&card).is_empty(), "once");
    }

    #[test]
    fn a_fault_is_told_once_and_again_when_it_comes_back() {
        let (mut news, mut card) = (CardNews::default(), Said::default());
        let fault = CardFault::Silent {
            asked: "ping",
            waited_ms: 2_000,
        };
        card.0.fault = Some(fault.clone());
        assert!(matches!(news.hear(&card).as_slice(), [Input::Dark(why)] if why.contains("ping")));
        assert!(news.hear(&card).is_empty());
        card.0.fault = None;
        assert!(news.hear(&card).is_empty());
        card.0.fault = Some(fault);
        assert_eq!(news.hear(&card).len(), 1);
    }
}
