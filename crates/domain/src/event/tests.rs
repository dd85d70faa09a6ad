//! Bytes that must stay readable for ever.

use super::*;
use crate::content::Kind;
use crate::gate::{Class, Finding, OwnCounts};
use crate::head::Priority;
use crate::ids::ContentHash;
use crate::publication::{Duty, Release};
use crate::time::{Instant, Window};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// One of each variant, with the bytes that version 1 wrote. A change here breaks every log there is: add a variant.
#[test]
#[allow(clippy::too_many_lines, reason = "a table: a row for each event")]
fn events_keep_their_bytes() {
    let id = PublicationId(uuid::Uuid::from_u128(7));
    let content = ContentHash([0xab; 32]);
    let ab = "ab".repeat(32);
    let who = || "wang".parse().unwrap();
    let publication = |event| Event::Publication(id, event);
    let finding = || Finding {
        class: Class::Warn,
        rule: "tel".to_owned(),
        field: "a".to_owned(),
        offset: 300,
        length: 11,
    };
    let found = "010374656c0161ac020b";
    let golden = [
        (
            publication(PublicationEvent::Submitted {
                content,
                kind: Kind::Finance,
                catalogue_entry: "fin".parse().unwrap(),
                by: who(),
                countersign: true,
                rule_set: 1,
                under: None,
            }),
            format!("00{ab}060366696e0477616e670101"),
        ),
        (
            publication(PublicationEvent::ConfidentialityReviewed {
                content,
                by: who(),
                rule_set: 1,
                under: None,
            }),
            format!("01{ab}0477616e6701"),
        ),
        (
            publication(PublicationEvent::Countersigned {
                content,
                by: who(),
                under: None,
            }),
            format!("02{ab}0477616e67"),
        ),
        (
            publication(PublicationEvent::Approved {
                content,
                by: who(),
                under: None,
            }),
            format!("03{ab}0477616e67"),
        ),
        (
            publication(PublicationEvent::Rejected {
                content,
                by: who(),
                reason: content,
            }),
            format!("04{ab}0477616e67{ab}"),
        ),
        (
            publication(PublicationEvent::Released(Release {
                content,
                kind: Kind::Notice,
                channels: vec!["all".parse().unwrap()],
                window: Window {
                    from: Instant(1),
                    until: Some(Instant(300)),
                },
                priority: Priority::Normal,
                standing: false,
                lease_ms: Some(5),
                by: who(),
                under: None,
            })),
            format!("05{ab}000103616c6c0101ac0201000105{}", "0477616e67"),
        ),
        (
            publication(PublicationEvent::Amended {
                content,
                by: who(),
                under: None,
            }),
            format!("06{ab}0477616e67"),
        ),
        (
            publication(PublicationEvent::Withdrawn {
                by: who(),
                reason: None,
            }),
            "070477616e6700".to_owned(),
        ),
        (
            publication(PublicationEvent::WithdrawalExplained {
                by: who(),
                reason: content,
            }),
            format!("080477616e67{ab}"),
        ),
        (
            publication(PublicationEvent::ErasureRequested {
                by: who(),
                reason: "law".to_owned(),
            }),
            "090477616e67036c6177".to_owned(),
        ),
        (
            publication(PublicationEvent::ErasureDeclined { by: who() }),
            "0a0477616e67".to_owned(),
        ),
        (
            publication(PublicationEvent::ContentErased {
                by: who(),
                requested_by: who(),
                contents: vec![content],
                reason: "law".to_owned(),
            }),
            format!("0b0477616e670477616e6701{ab}036c6177"),
        ),
        (
            publication(PublicationEvent::GateScanned {
                content,
                by: who(),
                rule_set: 2,
                under: None,
                findings: vec![finding()],
            }),
            format!("0c{ab}0477616e670201{found}"),
        ),
        (
            publication(PublicationEvent::GateOverridden {
                content,
                by: who(),
                rule_set: 2,
                under: None,
                findings: vec![finding()],
                reason: content,
            }),
            format!("0d{ab}0477616e670201{found}{ab}"),
        ),
        (
            publication(PublicationEvent::ContributorsNamed {
                content,
                by: who(),
                contributors: vec!["sun".parse().unwrap(), who()],
            }),
            format!("0e{ab}0477616e67020373756e0477616e67"),
        ),
        (
            publication(PublicationEvent::CountersignersNamed {
                content,
                by: who(),
                departments: vec!["law".parse().unwrap()],
            }),
            format!("0f{ab}0477616e6701036c6177"),
        ),
        (
            publication(PublicationEvent::DepartmentCountersigned {
                content,
                by: who(),
                department: "law".parse().unwrap(),
                under: None,
            }),
            format!("10{ab}0477616e67036c6177"),
        ),
        (
            publication(PublicationEvent::StoodIn {
                content: Some(content),
                by: who(),
                person: "li".parse().unwrap(),
                duty: Duty::Approve,
            }),
            format!("1101{ab}0477616e67026c6902"),
        ),
        (
            publication(PublicationEvent::Rescheduled {
                content,
                channels: vec!["hall".parse().unwrap()],
                window: Window {
                    from: Instant(5),
                    until: Some(Instant(300)),
                },
                by: who(),
                under: None,
            }),
            format!("12{ab}010468616c6c0501ac020477616e67"),
        ),
        (
            publication(PublicationEvent::ReviewsVoided {
                content,
                by: who(),
                rules: RulesVersion {
                    set: 300,
                    own: Some(content),
                },
                findings: vec![finding()],
            }),
            format!("13{ab}0477616e67ac0201{ab}01{found}"),
        ),
    ];
    for (event, bytes) in golden {
        assert_eq!(hex(&event.to_bytes()), bytes, "{event:?}");
        let (kind, version) = event.kind();
        let read = Event::from_record(&event.stream(), kind, version, &event.to_bytes()).unwrap();
        assert_eq!(read, event);
    }
}

/// Version 2 is version 1 with the rules behind it; a record of version 1 is read as before, and says nothing of them.
#[test]
fn a_decision_says_under_which_rules_it_was_made() {
    let id = PublicationId(uuid::Uuid::from_u128(7));
    let content = ContentHash([0xab; 32]);
    let (ab, cd) = ("ab".repeat(32), "cd".repeat(32));
    let by = || "wang".parse().unwrap();
    let plain = |event: &PublicationEvent| event.clone();
    let rules = |own: bool| RulesVersion {
        set: 3,
        own: own.then_some(ContentHash([0xcd; 32])),
    };
    let approved = PublicationEvent::Approved {
        content,
        by: by(),
        under: None,
    };
    let before = format!("03{ab}0477616e67");
    let moved = PublicationEvent::Rescheduled {
        content,
        channels: Vec::new(),
        window: Window {
            from: Instant(5),
            until: None,
        },
        by: by(),
        under: Some(rules(true)),
    };
    for (event, version, bytes) in [
        (plain(&approved), 1, before.clone()),
        (plain(&approved).decided_under(rules(false)), 2, format!("{before}0300")),
        (
            plain(&approved).decided_under(rules(true)),
            2,
            format!("{before}0301{cd}"),
        ),
        (moved, 2, format!("12{ab}0005000477616e670301{cd}")),
    ] {
        let event = Event::Publication(id, event);
        assert_eq!(
            (event.kind(), hex(&event.to_bytes())),
            (("publication", version), bytes)
        );
        let read = Event::from_record(&event.stream(), "publication", version, &event.to_bytes()).unwrap();
        assert_eq!(read, event);
    }
    let withdrawn = PublicationEvent::Withdrawn { by: by(), reason: None };
    assert_eq!(
        plain(&withdrawn).decided_under(rules(true)),
        withdrawn,
        "no decision on a text"
    );
    assert!(Event::from_record("publication-x", "publication", 3, &[]).is_err());
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table: a row for each event")]
fn the_other_aggregates_keep_their_bytes() {
    use crate::catalogue::{Cadence, CatalogueEntry, Category};
    use crate::display::DisplaySetting;
    use crate::panel::{ColourDepth, Panel};
    use crate::staff::Role;
    use crate::working_days::HolidayYear;
    use crate::{Lang, LocalText};
    let setting = || DisplaySetting {
        name: LocalText::new("屏", "D"),
        location: LocalText::default(),
        profile: "led".to_owned(),
        panel: Panel {
            width_px: 256,
            height_px: 64,
            colour: ColourDepth::Full,
            pixel_pitch_um: 5000,
            viewing_distance_mm: 6000,
            refresh_hz: 60,
        },
        language: Lang::En,
        channels: vec!["all".parse().unwrap()],
    };
    let finding = |field: &str| crate::gate::Finding {
        class: crate::gate::Class::Warn,
        rule: "mobile".to_owned(),
        field: field.to_owned(),
        offset: 300,
        length: 11,
    };
    let found = "01 066d6f62696c65 0c6e616d652e7a682d48616e73 ac02 0b".replace(' ', "");
    let display = crate::DisplayId(uuid::Uuid::from_u128(9));
    let key = "11".repeat(32);
    let set = "020003e5b18f0101440003 6c6564 8002400288 27f02e3c 01 01 03616c6c".replace(' ', "");
    let golden = [
        (
            Event::Ledger(LedgerEvent::Sealed {
                size: 300,
                root: [0x11; 32],
            }),
            format!("00ac02{key}"),
        ),
        (
            Event::Calendar(CalendarEvent::YearSet(HolidayYear {
                year: 2027,
                off: ["2027-01-01".parse().unwrap()].into(),
                worked: ["2027-01-03".parse().unwrap()].into(),
            })),
            "00eb0f 01 0a323032372d30312d3031 01 0a323032372d30312d3033".replace(' ', ""),
        ),
        (
            Event::Gate(GateEvent::RulesSet {
                rules: RulesVersion {
                    set: 3,
                    own: Some(ContentHash([0x11; 32])),
                },
                own: OwnCounts {
                    block: 300,
                    warn: 1,
                    slip: 0,
                },
            }),
            format!("000301{key}ac020100"),
        ),
        (
            Event::Gate(GateEvent::WordsConfirmed {
                noun: PublicNoun::Entry("fin".parse().unwrap()),
                rules: RulesVersion::of_set(3),
                findings: vec![finding("name.zh-Hans")],
            }),
            format!("01000366696e030001{found}"),
        ),
        (
            Event::Gate(GateEvent::WordsConfirmed {
                noun: PublicNoun::Channel("all".parse().unwrap()),
                rules: RulesVersion {
                    set: 3,
                    own: Some(ContentHash([0x11; 32])),
                },
                findings: Vec::new(),
            }),
            format!("010103616c6c0301{key}00"),
        ),
        (
            Event::Gate(GateEvent::WordsConfirmed {
                noun: PublicNoun::Profile,
                rules: RulesVersion::of_set(300),
                findings: Vec::new(),
            }),
            "0102ac020000".to_owned(),
        ),
        (
            Event::Channel(ChannelEvent::Defined {
                name: "all".parse().unwrap(),
                title: LocalText::new("全", "A"),
            }),
            "0003616c6c020003e585a8010141".to_owned(),
        ),
        (
            Event::Staff(StaffEvent::Appointed {
                id: "li".parse().unwrap(),
                department: "law".parse().unwrap(),
                roles: [Role::Author, Role::Approver].into(),
            }),
            "00026c69036c6177020003".to_owned(),
        ),
        (
            Event::Staff(StaffEvent::Disabled {
                id: "li".parse().unwrap(),
            }),
            "01026c69".to_owned(),
        ),
        (
            Event::Staff(StaffEvent::Enabled {
                id: "li".parse().unwrap(),
            }),
            "02026c69".to_owned(),
        ),
        (
            Event::Staff(StaffEvent::SecondFactorRequired {
                roles: [Role::Approver].into(),
            }),
            "030103".to_owned(),
        ),
        (
            Event::Staff(StaffEvent::SubstituteNamed {
                id: "li".parse().unwrap(),
                substitute: "wang".parse().unwrap(),
                window: Window {
                    from: Instant(1),
                    until: Some(Instant(300)),
                },
            }),
            "04026c690477616e670101ac02".to_owned(),
        ),
        (
            Event::Staff(StaffEvent::SubstituteEnded {
                id: "li".parse().unwrap(),
            }),
            "05026c69".to_owned(),
        ),
        (
            Event::Staff(StaffEvent::PasswordSet {
                id: "li".parse().unwrap(),
                by: "wang".parse().unwrap(),
            }),
            "06026c690477616e67".to_owned(),
        ),
        (
            Event::Staff(StaffEvent::SecondFactorReset {
                id: "li".parse().unwrap(),
                by: "console".parse().unwrap(),
            }),
            "07026c6907636f6e736f6c65".to_owned(),
        ),
        (
            Event::Staff(StaffEvent::SignOnSet {
                id: "li".parse().unwrap(),
                by: "wang".parse().unwrap(),
            }),
            "08026c690477616e67".to_owned(),
        ),
        (
            Event::Staff(StaffEvent::Left {
                id: "li".parse().unwrap(),
            }),
            "09026c69".to_owned(),
        ),
        (
            Event::Site(SiteEvent::ProfileSet {
                site: "binhe".parse().unwrap(),
                profile: ContentHash([1; 32]),
            }),
            format!("000562696e6865{}", "01".repeat(32)),
        ),
        (Event::Site(SiteEvent::Blanked), "01".to_owned()),
        (Event::Site(SiteEvent::Unblanked), "02".to_owned()),
        (
            Event::Catalogue(CatalogueEvent::Defined(CatalogueEntry {
                id: "fin".parse().unwrap(),
                index_number: "BH-1".to_owned(),
                category: Category::Finance,
                cadence: Cadence::Regular { period_months: 3 },
                department: "law".parse().unwrap(),
                responsible: "li".parse().unwrap(),
                text: ContentHash([2; 32]),
            })),
            format!("000366696e0442482d31010003036c6177026c69{}", "02".repeat(32)),
        ),
        (
            Event::Catalogue(CatalogueEvent::UsualChannelsSet {
                entry: "fin".parse().unwrap(),
                channels: ["all".parse().unwrap()].into(),
            }),
            "010366696e0103616c6c".to_owned(),
        ),
        (
            Event::Display(
                display,
                DisplayEvent::Enrolled {
                    key: [0x11; 32],
                    setting: setting(),
                },
            ),
            format!("00{key}{set}"),
        ),
        (
            Event::Display(display, DisplayEvent::SettingChanged(setting())),
            format!("01{set}"),
        ),
        (Event::Display(display, DisplayEvent::Retired), "02".to_owned()),
        (
            Event::Display(display, DisplayEvent::MachineReplaced { key: [0x11; 32] }),
            format!("03{key}"),
        ),
        (
            Event::Display(display, DisplayEvent::CredentialRevoked),
            "04".to_owned(),
        ),
        (
            Event::Display(
                display,
                DisplayEvent::CredentialRevokedFor {
                    reason: "失窃".to_owned(),
                },
            ),
            "0506e5a4b1e7aa83".to_owned(),
        ),
    ];
    for (event, bytes) in golden {
        assert_eq!(hex(&event.to_bytes()), bytes, "{event:?}");
        let (kind, version) = event.kind();
        assert_eq!(
            Event::from_record(&event.stream(), kind, version, &event.to_bytes()).unwrap(),
            event
        );
    }
}

#[test]
fn foreign_and_future_records_are_refused_by_name() {
    assert!(matches!(
        Event::from_record("x-y", "publication", 1, &[7]),
        Err(EventError::Stream { .. })
    ));
    assert!(matches!(
        Event::from_record("site-x", "hologram", 1, &[]),
        Err(EventError::Unknown { .. })
    ));
    assert!(matches!(
        Event::from_record("site-x", "channel", 2, &[]),
        Err(EventError::Unknown { .. })
    ));
    assert!(matches!(
        Event::from_record("site-channels", "channel", 1, &[9, 9]),
        Err(EventError::Bytes { .. })
    ));
}
