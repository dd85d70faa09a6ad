//! A controller card is asked to show the test characters, and whether it has them.

use super::{Args, Finding, State, nowhere};
use crate::command::say;
use heliograph_domain::Lang;
use heliograph_player::profile::Profile;
use heliograph_player::{Clock, SystemClock};
use heliograph_scene::{Card, FontSet, Scene};
use heliograph_sink::{CardSink, CardSpec};
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

/// How often the card's report is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// A card that is there has answered by then.
const PATIENCE: Duration = Duration::from_secs(8);

/// Has the card show the test characters for as long as was asked for.
pub(super) fn light(args: &Args, profile: &Profile, spec: CardSpec) -> Finding {
    let fail = |found: String, todo: &str| Finding::new("sink", State::Fail, found, todo);
    let mut card = match spec.open() {
        Ok(card) => card,
        Err(error) => return fail(error.to_string(), ""),
    };
    let scene = Scene::new(Arc::new(FontSet::built_in()), profile.panel, Lang::ZhHans);
    let now = SystemClock.now();
    let test = Card::TestCard {
        profile: profile.name.clone(),
    };
    let plan = Arc::new(scene.plan_card(&test, &nowhere(), now));
    let told = match card.show(&plan, 100, now) {
        Ok(told) => told,
        Err(error) => return fail(error.to_string(), ""),
    };
    let acknowledged = wait(card.as_ref(), PATIENCE, |card| card.report().acknowledged >= Some(told));
    let report = card.report();
    if !acknowledged {
        let why = report.fault.map_or("no answer".to_owned(), |fault| fault.to_string());
        return fail(format!("{}: {why}", card.name()), "docs/cards.md");
    }
    if !args.json {
        say(&format!(
            "      sink     the test characters are on {} for {} s",
            card.name(),
            args.seconds
        ));
    }
    wait(card.as_ref(), Duration::from_secs(args.seconds), |card| {
        card.report().fault.is_some()
    });
    let report = card.report();
    let found = format!("{} acknowledged the test characters", card.name());
    match report.fault.or(report.warning) {
        Some(fault) => Finding::new("sink", State::Warn, format!("{found}, but: {fault}"), "docs/cards.md"),
        None => Finding::new("sink", State::Ok, found, ""),
    }
}

/// Waits until something holds of the card, at most for so long; answers whether it does.
fn wait(card: &dyn CardSink, at_most: Duration, holds: impl Fn(&dyn CardSink) -> bool) -> bool {
    let until = Moment::now() + at_most;
    while !holds(card) {
        if Moment::now() >= until {
            return false;
        }
        std::thread::sleep(LOOK);
    }
    true
}
