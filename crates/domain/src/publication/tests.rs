//! The workflow, told as given / when / then.

mod contributors;
mod rules;

use super::*;
use crate::gate::Class;

pub(super) fn hash(n: u8) -> ContentHash {
    ContentHash([n; 32])
}

pub(super) fn person(name: &str) -> StaffId {
    name.parse().unwrap()
}

pub(super) fn submit(n: u8) -> Command {
    Command::Submit {
        content: hash(n),
        kind: Kind::Notice,
        catalogue_entry: "notices".parse().unwrap(),
        countersign: Countersign::Nobody,
        rules: RulesVersion::of_program(),
        findings: Vec::new(),
        overridden: None,
        contributors: Vec::new(),
    }
}

/// A review by somebody who looked.
pub(super) const REVIEW: Command = Command::Review {
    findings_confirmed: true,
};

/// A submission in which the gate found something of this class.
fn submit_found(n: u8, class: Class, overridden: Option<&str>) -> Command {
    let mut command = submit(n);
    if let Command::Submit {
        findings,
        overridden: by,
        ..
    } = &mut command
    {
        findings.push(Finding {
            class,
            rule: "rule".to_owned(),
            field: "content.zh-Hans.body".to_owned(),
            offset: 3,
            length: 4,
        });
        *by = overridden.map(|by| (person(by), hash(9)));
    }
    command
}

pub(super) fn release() -> Command {
    Command::Release {
        channels: vec!["hall".parse().unwrap()],
        from: None,
        until: Some(Instant(1_000_000)),
        priority: Priority::Normal,
        standing: false,
    }
}

/// The fact that the first text was released, by these rules.
pub(super) fn release_of_the_first(under: Option<RulesVersion>) -> PublicationEvent {
    PublicationEvent::Released(Release {
        content: hash(1),
        kind: Kind::Notice,
        channels: vec!["hall".parse().unwrap()],
        window: Window {
            from: Instant(1),
            until: None,
        },
        priority: Priority::Normal,
        standing: false,
        lease_ms: None,
        by: person("zhao"),
        under,
    })
}

/// A publication under way, at a time that moves by a second with every command.
pub(super) struct Story {
    pub(super) publication: Option<Publication>,
    pub(super) now: u64,
    channels: BTreeSet<ChannelName>,
    pub(super) staff: Staff,
    /// In whose stead the next command is given.
    pub(super) stead: Option<StaffId>,
    /// The rules in force.
    rules: RulesVersion,
}

pub(super) fn given(steps: &[(&str, Command)]) -> Story {
    let mut story = Story {
        publication: None,
        now: 0,
        channels: ["hall", "all"].map(|c| c.parse().unwrap()).into_iter().collect(),
        staff: Staff::default(),
        stead: None,
        rules: RulesVersion::of_program(),
    };
    for (by, command) in steps {
        story.when(by, command).unwrap();
    }
    story
}

impl Story {
    pub(super) fn when(&mut self, by: &str, command: &Command) -> Result<usize, Refused> {
        self.when_seen(by, command, None)
    }

    fn when_seen(&mut self, by: &str, command: &Command, seen: Option<ContentHash>) -> Result<usize, Refused> {
        self.now += 1000;
        let by = person(by);
        let facts = Facts {
            by: &by,
            now: Instant(self.now),
            seen,
            stead: self.stead.as_ref(),
            channels: &self.channels,
            staff: &self.staff,
            rules: self.rules,
        };
        let events = decide(self.publication.as_ref(), command, facts)?;
        for event in &events {
            self.publication = evolve(self.publication.take(), Instant(self.now), event);
        }
        Ok(events.len())
    }

    pub(super) fn pending(&self) -> &Pending {
        self.publication.as_ref().unwrap().pending.as_ref().unwrap()
    }

    pub(super) fn stage(&self) -> Option<Stage> {
        self.publication.as_ref()?.pending.as_ref().map(|p| p.stage)
    }

    pub(super) fn on_air(&self) -> Option<ContentHash> {
        Some(self.publication.as_ref()?.released.as_ref()?.release.content)
    }
}

fn approved() -> Vec<(&'static str, Command)> {
    vec![("wang", submit(1)), ("li", REVIEW), ("zhao", Command::Approve)]
}

pub(super) fn released() -> Vec<(&'static str, Command)> {
    [approved(), vec![("zhao", release())]].concat()
}

#[test]
fn three_people_take_a_text_from_desk_to_glass() {
    let story = given(&released());
    let publication = story.publication.unwrap();
    let released = publication.released.unwrap();
    assert_eq!(released.release.content, hash(1));
    assert_eq!(released.release.lease_ms, Some(OFFLINE_LEASE_MS));
    assert_eq!(
        [released.hands.author, released.hands.reviewer, released.hands.approver],
        ["wang", "li", "zhao"].map(person)
    );
    assert_eq!(
        (publication.pending, publication.first_released_at),
        (None, Some(Instant(4000)))
    );
}

#[test]
#[allow(clippy::type_complexity, reason = "a table is clearest as it stands")]
fn four_eyes_are_three_people() {
    let cases: [(&[(&str, Command)], &str, Command, Part); 3] = [
        (&[("wang", submit(1))], "wang", REVIEW, Part::Author),
        (
            &[("wang", submit(1)), ("li", REVIEW)],
            "wang",
            Command::Approve,
            Part::Author,
        ),
        (
            &[("wang", submit(1)), ("li", REVIEW)],
            "li",
            Command::Approve,
            Part::Reviewer,
        ),
    ];
    for (steps, by, command, part) in cases {
        let refused = given(steps).when(by, &command);
        assert_eq!(
            refused,
            Err(Refused::FourEyes {
                person: person(by),
                part
            })
        );
    }
}

#[test]
fn steps_follow_in_order_only() {
    let cases: [(&[(&str, Command)], Command); 4] = [
        (&[("wang", submit(1))], Command::Approve),
        (&[("wang", submit(1))], release()),
        (&[("wang", submit(1)), ("li", REVIEW)], release()),
        (&[("wang", submit(1))], Command::Countersign),
    ];
    for (steps, command) in cases {
        assert!(
            matches!(given(steps).when("qian", &command), Err(Refused::WrongStage { .. })),
            "{command:?}"
        );
    }
    assert_eq!(given(&[]).when("li", &REVIEW), Err(Refused::NotSubmitted));
}

#[test]
fn an_edit_after_a_review_voids_it() {
    let mut story = given(&approved());
    story.when("wang", &submit(2)).unwrap();
    assert_eq!(story.stage(), Some(Stage::Submitted));
    assert!(matches!(
        story.when("zhao", &release()),
        Err(Refused::WrongStage { .. })
    ));
}

#[test]
fn a_review_of_a_text_that_changed_meanwhile_is_refused() {
    let mut story = given(&[("wang", submit(1)), ("wang", submit(2))]);
    let stale = story.when_seen("li", &REVIEW, Some(hash(1)));
    assert_eq!(stale, Err(Refused::ContentChanged { now: hash(2) }));
    assert_eq!(story.when_seen("li", &REVIEW, Some(hash(2))), Ok(1));
}

#[test]
fn what_must_be_countersigned_waits_for_it() {
    let mut wish = submit(1);
    if let Command::Submit { countersign, .. } = &mut wish {
        *countersign = Countersign::Anybody;
    }
    let mut story = given(&[("wang", wish), ("li", REVIEW)]);
    assert_eq!(
        story.when("zhao", &Command::Approve),
        Err(Refused::CountersignatureMissing)
    );
    assert_eq!(story.when("sun", &Command::Countersign), Ok(1));
    assert_eq!(story.when("zhao", &Command::Approve), Ok(1));
}

#[test]
fn a_rejection_returns_it_to_the_author_who_may_hand_it_in_again() {
    let mut story = given(&[("wang", submit(1)), ("li", Command::Reject { reason: hash(9) })]);
    assert_eq!(story.stage(), Some(Stage::Returned));
    assert!(story.when("li", &REVIEW).is_err());
    assert_eq!(story.when("wang", &submit(1)), Ok(1));
    assert_eq!(story.stage(), Some(Stage::Submitted));
}

#[test]
fn a_repeated_command_decides_nothing() {
    for last in 0..released().len() {
        let steps = &released()[..=last];
        let (by, command) = &steps[last];
        assert_eq!(given(steps).when(by, command), Ok(0), "{command:?}");
    }
    let mut story = given(&released());
    assert_eq!(story.when("zhao", &Command::Withdraw { reason: None }), Ok(1));
    assert_eq!(story.when("zhao", &Command::Withdraw { reason: None }), Ok(0));
}

#[test]
fn an_amendment_takes_the_same_road_and_the_former_text_stays_until_then() {
    let mut story = given(&released());
    for (by, command) in [("wang", submit(2)), ("li", REVIEW), ("zhao", Command::Approve)] {
        story.when(by, &command).unwrap();
        assert_eq!(story.on_air(), Some(hash(1)));
    }
    assert_eq!(story.when("zhao", &release()), Err(Refused::AlreadyReleased));
    assert_eq!(story.when("zhao", &Command::Amend), Ok(1));
    assert_eq!(story.on_air(), Some(hash(2)));
    assert_eq!(
        story.publication.unwrap().first_released_at,
        Some(Instant(4000)),
        "an amendment is no new release"
    );
}

#[test]
fn a_withdrawal_is_at_once_and_its_reason_may_follow() {
    let mut story = given(&released());
    story.when("zhao", &Command::Withdraw { reason: None }).unwrap();
    assert_eq!(story.on_air(), None);
    assert_eq!(story.when("zhao", &Command::Withdraw { reason: Some(hash(7)) }), Ok(1));
    assert_eq!(
        given(&approved()).when("zhao", &Command::Withdraw { reason: None }),
        Err(Refused::NotReleased)
    );
}

#[test]
fn a_release_needs_a_sound_window_and_known_channels() {
    let wish = |channels: &[&str], from: u64, until: u64| Command::Release {
        channels: channels.iter().map(|c| c.parse().unwrap()).collect(),
        from: Some(Instant(from)),
        until: Some(Instant(until)),
        priority: Priority::Normal,
        standing: false,
    };
    let cases = [
        (wish(&[], 0, 9_000_000), Refused::NoChannels),
        (
            wish(&["attic"], 0, 9_000_000),
            Refused::UnknownChannel("attic".parse().unwrap()),
        ),
        (wish(&["hall"], 9000, 9000), Refused::WindowBackwards),
        (wish(&["hall"], 1, 2), Refused::WindowOver),
    ];
    for (command, refused) in cases {
        assert_eq!(given(&approved()).when("zhao", &command), Err(refused));
    }
}

fn asked() -> Command {
    Command::RequestErasure {
        reason: "published by mistake".to_owned(),
    }
}

fn erase() -> Command {
    Command::Erase {
        contents: vec![hash(1)],
    }
}

#[test]
fn one_asks_and_another_erases_what_is_on_release_no_more() {
    let mut story = given(&released());
    assert_eq!(story.when("zhao", &asked()), Err(Refused::StillInUse));
    assert_eq!(story.when("zhao", &Command::Withdraw { reason: None }), Ok(1));
    assert_eq!(story.when("sun", &erase()), Err(Refused::ErasureNotAsked));
    assert_eq!(story.when("zhao", &asked()), Ok(1));
    assert_eq!(story.when("zhao", &asked()), Ok(0));
    assert_eq!(story.when("sun", &asked()), Err(Refused::ErasureAsked));
    assert!(matches!(
        story.when("zhao", &erase()),
        Err(Refused::FourEyes {
            part: Part::Requester,
            ..
        })
    ));
    assert_eq!(story.when("sun", &erase()), Ok(1));
    assert_eq!(story.when("sun", &erase()), Ok(0));
    let publication = story.publication.as_ref().unwrap();
    assert!(publication.is_erased() && publication.first_released_at.is_some());
    // A new text is a new beginning.
    assert_eq!(story.when("wang", &submit(2)), Ok(1));
    assert!(!story.publication.as_ref().unwrap().is_erased());
}

#[test]
fn an_erasure_can_be_declined_and_a_text_on_its_way_is_not_erased() {
    let mut story = given(&[("wang", submit(1)), ("li", Command::Reject { reason: hash(9) })]);
    assert_eq!(story.when("zhao", &asked()), Ok(1));
    assert_eq!(story.when("sun", &Command::DeclineErasure), Ok(1));
    assert_eq!(story.when("sun", &Command::DeclineErasure), Ok(0));
    assert_eq!(story.when("zhao", &asked()), Ok(1));
    assert_eq!(story.when("wang", &submit(1)), Ok(1));
    // Handing it in anew voided what was asked.
    assert_eq!(story.when("sun", &erase()), Err(Refused::ErasureNotAsked));
    assert_eq!(story.when("zhao", &asked()), Err(Refused::StillInUse));
}

#[test]
fn what_has_rested_for_as_long_as_it_is_kept_is_erased_by_itself() {
    let day = crate::time::DAY_MS;
    let expire = |days: Option<u16>, since: u64| Command::Expire {
        contents: vec![hash(1)],
        rested_since: Instant(since),
        rule: KeepFor {
            withdrawn_days: days,
            unreleased_days: None,
        },
    };
    let mut story = given(&released());
    let now = story.now;
    story.now += 500 * day;
    assert_eq!(
        story.when("retention", &expire(Some(400), now)),
        Ok(0),
        "it is on release"
    );
    assert_eq!(story.when("zhao", &Command::Withdraw { reason: None }), Ok(1));
    let now = story.now;
    story.now += 399 * day;
    assert_eq!(story.when("retention", &expire(Some(400), now)), Ok(0), "not yet");
    assert_eq!(
        story.when("retention", &expire(None, now)),
        Ok(0),
        "it is kept for good"
    );
    story.now += day;
    assert_eq!(story.when("retention", &expire(Some(400), now)), Ok(1));
    assert!(story.publication.as_ref().unwrap().is_erased());
    assert_eq!(story.when("retention", &expire(Some(400), now)), Ok(0));
}

#[test]
fn what_the_gate_blocks_is_let_through_by_a_second_person_or_not_at_all() {
    let mut story = given(&[]);
    let blocked = |by| submit_found(1, Class::Block, by);
    assert_eq!(story.when("wang", &blocked(None)), Err(Refused::Blocked));
    assert!(story.publication.is_none(), "a refused draft leaves no trace");
    let author = Err(Refused::FourEyes {
        person: person("wang"),
        part: Part::Author,
    });
    assert_eq!(story.when("wang", &blocked(Some("wang"))), author);
    assert_eq!(story.when("wang", &blocked(Some("li"))), Ok(3));
    assert_eq!(story.when("wang", &blocked(None)), Ok(0), "it stands submitted");
    for (by, command) in [("li", REVIEW), ("zhao", Command::Approve), ("zhao", release())] {
        assert_eq!(story.when(by, &command), Ok(1), "{command:?}");
    }
    assert!(story.publication.unwrap().released.is_some());
}

#[test]
fn a_warning_is_confirmed_by_the_reviewer_and_a_slip_need_not_be() {
    let unread = Command::Review {
        findings_confirmed: false,
    };
    let mut story = given(&[("wang", submit_found(1, Class::Warn, None))]);
    assert_eq!(story.when("li", &unread), Err(Refused::FindingsNotConfirmed));
    assert_eq!(story.when("li", &REVIEW), Ok(1));
    let mut story = given(&[("wang", submit_found(1, Class::Slip, None))]);
    assert_eq!(story.when("li", &unread), Ok(1));
}

#[test]
fn facts_that_release_what_the_gate_blocks_release_nothing() {
    let mut forged = given(&[
        ("wang", submit_found(1, Class::Block, Some("li"))),
        ("li", REVIEW),
        ("zhao", Command::Approve),
    ]);
    let honest = forged.publication.clone();
    if let Some(pending) = forged.publication.as_mut().and_then(|p| p.pending.as_mut()) {
        pending.overridden = None;
    }
    let event = release_of_the_first(None);
    assert!(
        evolve(forged.publication, Instant(9), &event)
            .unwrap()
            .released
            .is_none()
    );
    assert!(
        evolve(honest, Instant(9), &event).unwrap().released.is_some(),
        "the control"
    );
}
