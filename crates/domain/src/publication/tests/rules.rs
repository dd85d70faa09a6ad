//! The rules of the gate change while a text is on its way.

use super::*;

/// The rules change while a text is on its way; the gate looks through it again and finds this.
fn rules_change(story: &mut Story, findings: Vec<Finding>) {
    story.rules.own = Some(hash(40));
    story.now += 1000;
    let event = story.publication.as_ref().unwrap();
    let event = event.void_reviews(story.rules, findings, &person("admin")).unwrap();
    story.publication = evolve(story.publication.take(), Instant(story.now), &event);
}

fn finding(class: Class, offset: u32) -> Finding {
    Finding {
        class,
        rule: "own-block".to_owned(),
        field: "content.zh-Hans.body".to_owned(),
        offset,
        length: 4,
    }
}

#[test]
fn until_it_is_looked_through_again_a_text_of_older_rules_goes_nowhere() {
    let steps = [
        ("li", REVIEW),
        ("sun", Command::Countersign),
        ("zhao", Command::Approve),
        ("zhao", release()),
    ];
    let mut wish = submit(1);
    if let Command::Submit { countersign, .. } = &mut wish {
        *countersign = Countersign::Anybody;
    }
    for at in 0..steps.len() {
        let mut story = given(&[("wang", wish.clone())]);
        for (by, command) in &steps[..at] {
            story.when(by, command).unwrap();
        }
        let reviewed = story.rules;
        story.rules.own = Some(hash(40));
        let now = story.rules;
        let (by, command) = &steps[at];
        assert_eq!(
            story.when(by, command),
            Err(Refused::RulesChanged { reviewed, now }),
            "{command:?}"
        );
        story.rules = reviewed;
        assert_eq!(story.when(by, command), Ok(1), "the control");
    }
}

#[test]
fn new_rules_void_what_was_looked_at_and_the_review_begins_again() {
    let mut story = given(&[("wang", submit(1)), ("li", REVIEW), ("zhao", Command::Approve)]);
    rules_change(&mut story, vec![finding(Class::Warn, 2)]);
    assert_eq!(story.stage(), Some(Stage::Submitted));
    assert!(story.when("zhao", &Command::Approve).is_err() && story.when("zhao", &release()).is_err());
    let unread = Command::Review {
        findings_confirmed: false,
    };
    assert_eq!(story.when("li", &unread), Err(Refused::FindingsNotConfirmed));
    for (by, command) in [("li", REVIEW), ("zhao", Command::Approve), ("zhao", release())] {
        assert_eq!(story.when(by, &command), Ok(1), "{command:?}");
    }
    let rules = story.rules;
    let released = story.publication.unwrap().released.unwrap();
    assert_eq!(
        released.release.under,
        Some(rules),
        "the release says under which rules"
    );
}

#[test]
fn an_amendment_waits_for_the_review_under_new_rules_too() {
    let mut story = given(&[
        ("wang", submit(1)),
        ("li", REVIEW),
        ("zhao", Command::Approve),
        ("zhao", release()),
        ("wang", submit(2)),
        ("li", REVIEW),
        ("zhao", Command::Approve),
    ]);
    story.rules.own = Some(hash(40));
    assert!(matches!(
        story.when("zhao", &Command::Amend),
        Err(Refused::RulesChanged { .. })
    ));
    rules_change(&mut story, Vec::new());
    for (by, command) in [("li", REVIEW), ("zhao", Command::Approve), ("zhao", Command::Amend)] {
        assert_eq!(story.when(by, &command), Ok(1), "{command:?}");
    }
    assert_eq!(story.on_air(), Some(hash(2)));
}

#[test]
fn who_let_something_through_did_not_let_through_what_new_rules_find() {
    let mut story = given(&[("wang", submit_found(1, Class::Block, Some("li")))]);
    let known = story.pending().findings.clone();
    rules_change(&mut story, known.clone());
    assert!(!story.pending().is_blocked(), "the very same stays let through");
    story.rules.set += 1;
    rules_change(&mut story, [known, vec![finding(Class::Block, 9)]].concat());
    assert_eq!(story.when("sun", &REVIEW), Err(Refused::Blocked));
}

#[test]
fn what_was_handed_in_under_rules_that_changed_meanwhile_is_not_taken() {
    let mut story = given(&[]);
    story.rules.own = Some(hash(40));
    assert!(matches!(
        story.when("wang", &submit(1)),
        Err(Refused::RulesChanged { .. })
    ));
    // What was returned waits for its author, who hands it in under the rules of then.
    let mut story = given(&[("wang", submit(1)), ("li", Command::Reject { reason: hash(9) })]);
    story.rules.own = Some(hash(40));
    let rules = story.rules;
    let publication = story.publication.as_ref().unwrap();
    assert_eq!(publication.void_reviews(rules, Vec::new(), &person("admin")), None);
    let mut wish = submit(1);
    if let Command::Submit { rules: scanned, .. } = &mut wish {
        *scanned = rules;
    }
    assert_eq!(story.when("wang", &wish), Ok(1));
}

#[test]
fn facts_that_release_under_other_rules_than_were_looked_by_release_nothing() {
    let story = given(&[("wang", submit(1)), ("li", REVIEW), ("zhao", Command::Approve)]);
    let released = |under: RulesVersion| {
        let event = release_of_the_first(Some(under));
        evolve(story.publication.clone(), Instant(9), &event).unwrap().released
    };
    let mut other = story.rules;
    other.own = Some(hash(40));
    assert!(released(other).is_none());
    assert!(released(story.rules).is_some(), "the control");
}
