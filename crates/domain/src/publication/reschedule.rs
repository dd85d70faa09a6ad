//! Another time, or other channels, for what is on release.

use super::{Facts, Publication, PublicationEvent, Refused, checked_window};
use crate::ids::ChannelName;
use crate::time::Instant;

impl Publication {
    /// Other channels or another end for what is on release: its review was of the text, which stays. What is over is
    /// over, and goes out anew. The fact names the rules by which the text was let through.
    pub(super) fn reschedule(
        &self,
        channels: &[ChannelName],
        (from, until): (Option<Instant>, Option<Instant>),
        facts: Facts<'_>,
    ) -> Result<Vec<PublicationEvent>, Refused> {
        let release = &self.released.as_ref().ok_or(Refused::NotReleased)?.release;
        if facts.seen.is_some_and(|seen| seen != release.content) {
            return Err(Refused::ContentChanged { now: release.content });
        }
        let former = release.window;
        if former.ended(facts.now) {
            return Err(Refused::WindowOver);
        }
        let from = from.unwrap_or(former.from);
        if from != former.from && former.from <= facts.now {
            return Err(Refused::WindowBegun);
        }
        let window = checked_window(channels, from, until, facts)?;
        if (channels, window) == (&release.channels[..], former) {
            return Ok(Vec::new());
        }
        Ok(vec![PublicationEvent::Rescheduled {
            content: release.content,
            channels: channels.to_vec(),
            window,
            by: facts.by.clone(),
            under: release.under,
        }])
    }
}

#[cfg(test)]
mod tests {
    use crate::event::Event;
    use crate::gate::RulesVersion;
    use crate::head::Heads;
    use crate::ids::{ChannelName, PublicationId};
    use crate::publication::tests::{Story, given, released};
    use crate::publication::{Command, Facts, PublicationEvent, Refused, decide};
    use crate::staff::Staff;
    use crate::time::{Instant, Window};

    fn to(channels: &[&str], from: Option<u64>, until: Option<u64>) -> Command {
        Command::Reschedule {
            channels: channels.iter().map(|name| name.parse().unwrap()).collect(),
            from: from.map(Instant),
            until: until.map(Instant),
        }
    }

    fn shown(story: &Story) -> (Vec<String>, Window) {
        let release = &story.publication.as_ref().unwrap().released.as_ref().unwrap().release;
        let channels = release.channels.iter().map(ToString::to_string).collect();
        (channels, release.window)
    }

    #[test]
    fn until_friday_becomes_until_monday_without_another_review() {
        let mut story = given(&released());
        let text = story.on_air();
        assert_eq!(story.when("zhao", &to(&["hall", "all"], None, Some(2_000_000))), Ok(1));
        let window = Window {
            from: Instant(4000),
            until: Some(Instant(2_000_000)),
        };
        assert_eq!(shown(&story), (vec!["hall".to_owned(), "all".to_owned()], window));
        assert_eq!(story.on_air(), text, "the text is the same");
        // The same wish again decides nothing; an end that is left off is none.
        assert_eq!(story.when("zhao", &to(&["hall", "all"], None, Some(2_000_000))), Ok(0));
        assert_eq!(story.when("zhao", &to(&["hall"], None, None)), Ok(1));
        assert_eq!(shown(&story).1.until, None);
    }

    #[test]
    fn a_move_names_the_rules_by_which_the_text_was_let_through() {
        let moved = |under: Option<RulesVersion>| {
            let mut publication = given(&released()).publication.unwrap();
            publication.released.as_mut().unwrap().release.under = under;
            let (by, channels) = (
                "zhao".parse().unwrap(),
                ["hall", "all"].map(|name| name.parse().unwrap()).into(),
            );
            let facts = Facts {
                by: &by,
                now: Instant(5000),
                seen: None,
                stead: None,
                channels: &channels,
                staff: &Staff::default(),
                rules: RulesVersion::of_set(300),
            };
            let events = decide(Some(&publication), &to(&["all"], None, None), facts).unwrap();
            assert!(matches!(events[..], [PublicationEvent::Rescheduled { .. }]));
            events[0].under()
        };
        let rules = RulesVersion::of_set(7);
        assert_eq!(
            moved(Some(rules)),
            Some(rules),
            "not those of today: nobody looked by them"
        );
        // What was released before releases named them goes on without.
        assert_eq!(moved(None), None);
    }

    #[test]
    fn what_has_begun_has_begun_and_what_is_over_is_over() {
        let mut story = given(&released());
        let cases = [
            (to(&["hall"], Some(9_000_000), None), Refused::WindowBegun),
            (to(&[], None, None), Refused::NoChannels),
            (
                to(&["cellar"], None, None),
                Refused::UnknownChannel("cellar".parse().unwrap()),
            ),
            (to(&["hall"], None, Some(3_000)), Refused::WindowBackwards),
            (to(&["hall"], None, Some(5_000)), Refused::WindowOver),
        ];
        for (wish, why) in cases {
            assert_eq!(story.when("zhao", &wish), Err(why), "{wish:?}");
        }
        story.now = 1_000_000;
        assert_eq!(story.when("zhao", &to(&["hall"], None, None)), Err(Refused::WindowOver));
        story.when("zhao", &Command::Withdraw { reason: None }).unwrap();
        assert_eq!(
            story.when("zhao", &to(&["hall"], None, None)),
            Err(Refused::NotReleased)
        );
    }

    #[test]
    fn what_has_not_begun_may_begin_at_another_time() {
        let mut story = given(&released()[..3]);
        let later = Command::Release {
            channels: vec!["hall".parse().unwrap()],
            from: Some(Instant(500_000)),
            until: Some(Instant(900_000)),
            priority: crate::head::Priority::Normal,
            standing: false,
        };
        story.when("zhao", &later).unwrap();
        assert_eq!(story.when("zhao", &to(&["hall"], Some(400_000), Some(900_000))), Ok(1));
        assert_eq!(shown(&story).1.from, Instant(400_000));
    }

    /// What each channel shows, by its item's end.
    fn ends(heads: &Heads) -> Vec<(String, Vec<Option<Instant>>)> {
        let of = |name: &ChannelName| {
            heads
                .head(name)
                .unwrap()
                .items
                .iter()
                .map(|item| item.window.until)
                .collect()
        };
        heads.channels().map(|name| (name.to_string(), of(name))).collect()
    }

    #[test]
    fn heads_follow_in_the_channels_it_leaves_keeps_and_joins() {
        let story = given(&released());
        let release = story.publication.unwrap().released.unwrap().release;
        let id = PublicationId(uuid::Uuid::from_u128(7));
        let mut heads = Heads::default();
        let on_two = crate::publication::Release {
            channels: ["hall", "gate"].map(|name| name.parse().unwrap()).to_vec(),
            ..release.clone()
        };
        heads.apply(
            1,
            Instant(4000),
            &Event::Publication(id, PublicationEvent::Released(on_two)),
        );
        let moved = PublicationEvent::Rescheduled {
            content: release.content,
            channels: ["hall", "all"].map(|name| name.parse().unwrap()).to_vec(),
            window: Window {
                from: Instant(4000),
                until: None,
            },
            by: "zhao".parse().unwrap(),
            under: None,
        };
        let changed = heads.apply(2, Instant(5000), &Event::Publication(id, moved));
        assert_eq!(changed.len(), 3);
        let expected = [("all", vec![None]), ("gate", vec![]), ("hall", vec![None])];
        assert_eq!(ends(&heads), expected.map(|(name, ends)| (name.to_owned(), ends)));
        let positions = ["all", "gate", "hall"].map(|name| heads.head(&name.parse().unwrap()).unwrap().position);
        assert_eq!(positions, [2; 3], "each of them is told anew");
    }
}
