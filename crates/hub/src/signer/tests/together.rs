//! Countersignatures that are not there, and steps in the stead of somebody who had another part: whatever the rest of the
//! hub recorded, no head with such an item is signed.

use super::*;
use heliograph_domain::publication::Duty;

fn who(name: &str) -> StaffId {
    name.parse().unwrap()
}

/// What somebody forged: a way to release, as facts.
fn forged(way: Vec<PublicationEvent>) -> Bench {
    let mut bench = Bench::new();
    let released = PublicationEvent::Released(Release {
        content: CONTENT,
        kind: Kind::Notice,
        channels: vec![hall()],
        window: Window {
            from: NOON,
            until: None,
        },
        priority: Priority::Normal,
        standing: false,
        lease_ms: None,
        by: who("zhao"),
        under: None,
    });
    for event in way.into_iter().chain([released]) {
        bench.record(Event::Publication(ID, event));
    }
    bench
}

fn submitted(countersign: bool) -> PublicationEvent {
    PublicationEvent::Submitted {
        content: CONTENT,
        kind: Kind::Notice,
        catalogue_entry: "fin".parse().unwrap(),
        by: who("wang"),
        countersign,
        rule_set: 2,
        under: None,
    }
}

fn reviewed(by: &str, content: ContentHash) -> PublicationEvent {
    PublicationEvent::ConfidentialityReviewed {
        content,
        by: who(by),
        rule_set: 2,
        under: None,
    }
}

fn approved() -> PublicationEvent {
    PublicationEvent::Approved {
        content: CONTENT,
        by: who("zhao"),
        under: None,
    }
}

fn named() -> PublicationEvent {
    PublicationEvent::CountersignersNamed {
        content: CONTENT,
        by: who("wang"),
        departments: vec!["finance".parse().unwrap(), "law".parse().unwrap()],
    }
}

fn signed(department: &str, by: &str) -> PublicationEvent {
    PublicationEvent::DepartmentCountersigned {
        content: CONTENT,
        by: who(by),
        department: department.parse().unwrap(),
        under: None,
    }
}

fn stood_in(by: &str, person: &str, duty: Duty) -> PublicationEvent {
    PublicationEvent::StoodIn {
        content: Some(CONTENT),
        by: who(by),
        person: who(person),
        duty,
    }
}

fn outcome(way: Vec<PublicationEvent>) -> Vec<Result<(), Unsigned>> {
    let bench = forged(way);
    let outcomes = std::cell::RefCell::new(Vec::new());
    each(&bench, |bench, signer| {
        outcomes.borrow_mut().push(signer.sign(&bench.head()).map(drop));
    });
    outcomes.into_inner()
}

#[test]
fn a_text_that_lacks_a_countersignature_or_was_not_the_one_reviewed_is_not_signed() {
    let head = |rest: Vec<PublicationEvent>| {
        let way = [
            vec![submitted(true), named(), reviewed("li", CONTENT)],
            rest,
            vec![approved()],
        ]
        .concat();
        outcome(way)
    };
    let whole = vec![signed("law", "sun"), signed("finance", "qian")];
    assert!(head(whole).iter().all(Result::is_ok), "the control");
    for rest in [
        vec![],
        vec![signed("law", "sun")],
        vec![signed("law", "sun"), signed("attic", "qian")],
        vec![signed("law", "sun"), signed("finance", "sun")],
        vec![signed("law", "sun"), signed("finance", "wang")],
    ] {
        assert!(head(rest).iter().all(|it| *it == Err(Unsigned::NotReleased(ID))));
    }
    let another = vec![submitted(false), reviewed("li", ContentHash([1; 32])), approved()];
    assert!(outcome(another).iter().all(|it| *it == Err(Unsigned::NotReleased(ID))));
}

#[test]
fn four_eyes_count_whoever_is_stood_in_for() {
    let way = |person: &str, duty: Duty, by: &str| {
        let mut way = vec![submitted(false), reviewed("li", CONTENT), approved()];
        let at = if duty == Duty::Review { 1 } else { 2 };
        way.insert(at, stood_in(by, person, duty));
        outcome(way)
    };
    assert!(
        way("chen", Duty::Approve, "zhao").iter().all(Result::is_ok),
        "the control"
    );
    for (person, duty, by) in [
        ("li", Duty::Approve, "zhao"),
        ("wang", Duty::Approve, "zhao"),
        ("wang", Duty::Review, "li"),
        ("zhao", Duty::Review, "li"),
    ] {
        let refused = way(person, duty, by);
        assert!(
            refused.iter().all(|it| *it == Err(Unsigned::FourEyes(ID))),
            "{person} {duty:?}"
        );
    }
}
