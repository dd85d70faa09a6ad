//! Texts that several people wrote.

use super::*;

/// A submission of a text in which these people wrote, too.
fn submit_with(n: u8, others: &[&str]) -> Command {
    let mut command = submit(n);
    if let Command::Submit { contributors, .. } = &mut command {
        *contributors = others.iter().map(|name| person(name)).collect();
    }
    command
}

#[test]
fn whoever_wrote_in_a_text_neither_reviews_nor_countersigns_nor_approves_it() {
    let refused = |name: &str| Refused::FourEyes {
        person: person(name),
        part: Part::Contributor,
    };
    let mut story = given(&[("wang", submit_with(1, &["sun", "wang"]))]);
    assert_eq!(story.when("sun", &REVIEW).unwrap_err(), refused("sun"));
    story.when("li", &REVIEW).unwrap();
    assert_eq!(story.when("sun", &Command::Countersign).unwrap_err(), refused("sun"));
    assert_eq!(story.when("sun", &Command::Approve).unwrap_err(), refused("sun"));
    story.when("zhao", &Command::Approve).unwrap();
    story.when("zhao", &release()).unwrap();
    let hands = story.publication.unwrap().released.unwrap().hands;
    assert_eq!(hands.contributors, [person("sun")]);
    assert!(hands.are_apart());
}

#[test]
fn a_text_to_which_another_came_is_a_new_submission_and_voids_the_review() {
    let mut story = given(&[("wang", submit(1)), ("sun", REVIEW)]);
    assert_eq!(
        story.when("wang", &submit(1)).unwrap(),
        0,
        "the same again decides nothing"
    );
    assert_eq!(story.when("wang", &submit_with(1, &["sun"])).unwrap(), 2);
    assert_eq!(story.stage(), Some(Stage::Submitted));
    assert_eq!(story.when("wang", &submit_with(1, &["sun", "sun"])).unwrap(), 0);
    assert!(story.when("sun", &REVIEW).is_err());
}

#[test]
fn whoever_wrote_in_a_text_does_not_let_it_past_the_gate() {
    let mut command = submit_found(1, Class::Block, Some("sun"));
    if let Command::Submit { contributors, .. } = &mut command {
        contributors.push(person("sun"));
    }
    let refused = given(&[]).when("wang", &command).unwrap_err();
    assert_eq!(
        refused,
        Refused::FourEyes {
            person: person("sun"),
            part: Part::Contributor
        }
    );
}
