//! What a hostile broker does, and whether it changed anything.

use super::{Event, World};
use crate::sim::belief::Worth;
use crate::sim::forge::Forger;
use crate::sim::judge::Invariant;
use crate::sim::tally::Attack;
use heliograph_player::agent::{Input, Showing};
use heliograph_wire::Topic;
use std::sync::Arc;

impl World {
    pub(super) fn attacks(&mut self) {
        if self.peaceful {
            return;
        }
        self.soon(self.weather.hostile_ms, Event::Attack);
        let index = self.dice.index(self.booths.len());
        if self.dice.chance(15) {
            return self.freezes(index);
        }
        let others = self.booths.iter().filter(|booth| booth.index != index).collect();
        let forger = Forger {
            office: &self.office,
            booth: &self.booths[index],
            others,
            t: self.t,
            bug: self.bug,
        };
        for (attack, path, payload) in forger.attacks(&mut self.dice) {
            if matches!(attack, Attack::RollBack | Attack::InventedRetained) && self.broker.up {
                self.broker.keeps(&path, &payload[..].into());
            }
            self.attacked(index, attack, &path, payload);
        }
    }

    /// The broker holds a topic back from a display.
    pub(super) fn freezes(&mut self, index: usize) {
        let booth = &self.booths[index];
        let mut topics = vec![
            Topic::Config(booth.id),
            Topic::Site,
            Topic::Erased,
            Topic::Heartbeat,
            Topic::Trust,
        ];
        topics.extend(
            booth
                .belief
                .tuning(&self.office.record, booth.id)
                .channels
                .iter()
                .cloned()
                .map(Topic::Head),
        );
        let Some(topic) = self.dice.pick(&topics) else { return };
        let path = topic.path(&self.office.site);
        let told = path.clone();
        self.story
            .tell(self.t, Some(index), || format!("is no longer brought {told}"));
        self.tally.frozen.0 += u64::from(self.broker.frozen.insert((index, path)));
    }

    /// A hostile message reaches a display; whether it changed anything is judged by what can be seen.
    pub(super) fn attacked(&mut self, index: usize, attack: Attack, path: &str, payload: Vec<u8>) {
        if !self.booths[index].is_on() {
            return;
        }
        self.feels(index, Input::Tick);
        // A true message that the display has not had yet is no attack, whoever brings it.
        if !self.booths[index].is_on() || self.worth(index, path, &payload) == Worth::News {
            return;
        }
        self.story.tell(self.t, Some(index), || {
            format!("is attacked: {}, on {path}", attack.name())
        });
        self.traces(7, index as u64, &payload);
        let before = self.booths[index].showing.clone();
        self.booths[index].refused = false;
        if let Some(Topic::Content(_, hash)) = Topic::parse(&self.office.site, path) {
            self.booths[index].notes(hash, &payload);
        }
        self.feels(
            index,
            Input::Message {
                topic: path.to_owned(),
                payload,
            },
        );
        // A power cut while it was storing something of its own leaves nothing to compare.
        if self.booths[index].is_on() {
            let (now, after) = (
                self.booths[index].moment(self.t).monotonic_ms,
                self.booths[index].showing.clone(),
            );
            let refused = unchanged(before.as_deref(), after.as_deref(), now);
            self.tally.attacked(attack, refused);
            if !refused {
                self.rules(
                    index,
                    Err((
                        Invariant::Unmoved,
                        format!("it was changed by what was {}, on {path}", attack.name()),
                    )),
                );
            }
        }
    }
}

/// Whether two snapshots show the same, now and later.
fn unchanged(before: Option<&Showing>, after: Option<&Showing>, monotonic_ms: u64) -> bool {
    let (Some(before), Some(after)) = (before, after) else {
        return before.is_none() && after.is_none();
    };
    let same_programme = Arc::ptr_eq(&before.programme, &after.programme) || before.programme == after.programme;
    let held = |showing: &Showing| {
        showing
            .programme
            .items
            .iter()
            .map(|item| showing.documents.contains_key(&item.content))
            .collect::<Vec<_>>()
    };
    let told = |showing: &Showing| {
        (
            showing.panel,
            showing.language,
            showing.brightness_percent,
            showing.drill,
            showing.blanked,
        )
    };
    let time = |showing: &Showing| (showing.site_time(monotonic_ms), showing.time_known, showing.heard_at);
    same_programme
        && held(before) == held(after)
        && before.media == after.media
        && told(before) == told(after)
        && time(before) == time(after)
        && before.site == after.site
}
