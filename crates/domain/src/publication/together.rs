//! Countersignatures of departments and steps in somebody's stead, told as given / when / then.

use super::tests::{REVIEW, Story, given, hash, person, release_of_the_first, submit};
use super::*;
use crate::staff::Role;
use crate::time::DAY_MS;

/// Wang writes in the office; Sun and Qian countersign for law and finance; Zhao and Chen approve.
fn office(asked: &[&str]) -> Story {
    let mut story = given(&[]);
    for (name, department, role) in [
        ("wang", "office", Role::Author),
        ("li", "office", Role::ConfidentialityReviewer),
        ("sun", "law", Role::Countersigner),
        ("qian", "finance", Role::Countersigner),
        ("zhao", "office", Role::Approver),
        ("chen", "office", Role::Approver),
    ] {
        let event = story
            .staff
            .appoint(person(name), department.parse().unwrap(), BTreeSet::from([role]));
        story.staff.evolve(&event.unwrap());
    }
    let mut wish = submit(1);
    if let Command::Submit { countersign, .. } = &mut wish {
        *countersign = Countersign::by(asked.iter().map(|name| name.parse().unwrap()).collect());
    }
    story.when("wang", &wish).unwrap();
    story
}

/// From now on, for a day, `by` stands in for `absent`.
fn on_leave(story: &mut Story, absent: &str, by: &str) {
    let window = Window {
        from: Instant(story.now),
        until: Some(Instant(story.now + DAY_MS)),
    };
    let named = story
        .staff
        .name_substitute(&person(absent), &person(by), window, Instant(story.now));
    story.staff.evolve(&named.unwrap().unwrap());
}

fn in_stead(story: &mut Story, by: &str, absent: &str, command: &Command) -> Result<usize, Refused> {
    story.stead = Some(person(absent));
    let outcome = story.when(by, command);
    story.stead = None;
    outcome
}

#[test]
fn every_department_that_was_named_signs_in_any_order_before_the_approval() {
    let mut story = office(&["law", "finance"]);
    assert_eq!(story.when("li", &REVIEW), Ok(1));
    assert_eq!(story.when("qian", &Command::Countersign), Ok(1));
    assert_eq!(story.when("qian", &Command::Countersign), Ok(0), "once is enough");
    assert_eq!(story.stage(), Some(Stage::Reviewed));
    assert_eq!(
        story.when("zhao", &Command::Approve),
        Err(Refused::CountersignatureMissing)
    );
    let awaited: Vec<String> = story.pending().awaited().map(ToString::to_string).collect();
    assert_eq!(awaited, ["law"]);
    assert_eq!(
        story.when("chen", &Command::Countersign),
        Err(Refused::DepartmentNotAsked)
    );
    assert_eq!(story.when("sun", &Command::Countersign), Ok(1));
    assert_eq!(story.stage(), Some(Stage::Countersigned));
    assert_eq!(story.when("zhao", &Command::Approve), Ok(1));
}

#[test]
fn a_department_is_asked_that_can_sign_and_is_not_the_authors_own() {
    let ask = |department: &str| {
        let mut story = office(&[]);
        let mut wish = submit(2);
        if let Command::Submit { countersign, .. } = &mut wish {
            *countersign = Countersign::by(BTreeSet::from([department.parse().unwrap()]));
        }
        story.when("wang", &wish)
    };
    assert_eq!(ask("office"), Err(Refused::OwnDepartment("office".parse().unwrap())));
    assert_eq!(ask("attic"), Err(Refused::NoCountersigner("attic".parse().unwrap())));
    assert_eq!(ask("law"), Ok(2));
}

#[test]
fn asking_another_department_is_a_new_submission() {
    let mut story = office(&["law"]);
    story.when("li", &REVIEW).unwrap();
    let mut wish = submit(1);
    if let Command::Submit { countersign, .. } = &mut wish {
        *countersign = Countersign::by(BTreeSet::from(["law".parse().unwrap()]));
    }
    assert_eq!(story.when("wang", &wish), Ok(0), "the same again decides nothing");
    assert_eq!(story.when("wang", &submit(1)), Ok(1));
    assert_eq!(story.stage(), Some(Stage::Submitted), "what was signed is void");
}

#[test]
fn a_substitute_takes_the_step_in_the_stead_of_the_person_and_it_is_recorded() {
    let mut story = office(&["law"]);
    story.when("li", &REVIEW).unwrap();
    assert!(matches!(
        in_stead(&mut story, "chen", "sun", &Command::Countersign),
        Err(Refused::NotSubstitute { .. } | Refused::WrongStage { .. })
    ));
    on_leave(&mut story, "sun", "chen");
    assert_eq!(in_stead(&mut story, "chen", "sun", &Command::Countersign), Ok(2));
    let pending = story.pending();
    assert_eq!(pending.signed_for(&"law".parse().unwrap()), Some(&person("chen")));
    assert_eq!(pending.steads[0].person, person("sun"));
    assert_eq!(story.when("zhao", &Command::Approve), Ok(1));
}

#[test]
fn four_eyes_look_at_whoever_acts_and_at_whoever_they_stand_in_for() {
    // Chen stands in for Li, the reviewer; then neither Chen nor Li approves, and nobody in their stead.
    let mut story = office(&[]);
    on_leave(&mut story, "li", "chen");
    assert_eq!(in_stead(&mut story, "chen", "li", &REVIEW), Ok(2));
    let own = Refused::FourEyes {
        person: person("chen"),
        part: Part::Reviewer,
    };
    assert_eq!(story.when("chen", &Command::Approve), Err(own));
    let absent = Refused::FourEyes {
        person: person("li"),
        part: Part::Reviewer,
    };
    assert_eq!(story.when("li", &Command::Approve), Err(absent));
    on_leave(&mut story, "chen", "zhao");
    let stead = Refused::FourEyesInStead {
        person: person("chen"),
        part: Part::Reviewer,
    };
    assert_eq!(in_stead(&mut story, "zhao", "chen", &Command::Approve), Err(stead));
    assert_eq!(
        story.when("zhao", &Command::Approve),
        Ok(1),
        "in their own name they may"
    );
    assert_eq!(story.when("zhao", &super::tests::release()), Ok(1));
    assert!(story.publication.unwrap().released.unwrap().hands.are_apart());
}

#[test]
fn an_author_does_not_review_in_another_name_and_one_person_gives_one_opinion() {
    let mut story = office(&["law", "finance"]);
    on_leave(&mut story, "li", "wang");
    let author = Refused::FourEyes {
        person: person("wang"),
        part: Part::Author,
    };
    assert_eq!(in_stead(&mut story, "wang", "li", &REVIEW), Err(author));
    story.when("li", &REVIEW).unwrap();
    on_leave(&mut story, "sun", "qian");
    assert_eq!(story.when("qian", &Command::Countersign), Ok(1));
    let twice = Refused::FourEyes {
        person: person("qian"),
        part: Part::Countersigner,
    };
    assert_eq!(in_stead(&mut story, "qian", "sun", &Command::Countersign), Err(twice));
}

#[test]
fn facts_that_release_what_lacks_a_countersignature_release_nothing() {
    let mut story = office(&["law"]);
    story.when("li", &REVIEW).unwrap();
    let approved = PublicationEvent::Approved {
        content: hash(1),
        by: person("zhao"),
        under: None,
    };
    let released = |story: &Story| {
        let event = release_of_the_first(None);
        let known = evolve(story.publication.clone(), Instant(8), &approved);
        evolve(known, Instant(9), &event).unwrap().released
    };
    assert!(released(&story).is_none());
    story.when("sun", &Command::Countersign).unwrap();
    assert!(released(&story).is_some(), "the control");
}
