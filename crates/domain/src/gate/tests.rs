//! The cases that the rules are judged by first, each by its name.

use super::*;

fn kinds(text: &str) -> Vec<Kind> {
    let found = RuleSet::newest().scan_text(text, &["024-8876 0110".to_owned(), "12345".to_owned()]);
    found.iter().map(|(rule, _)| rule.kind).collect()
}

fn marked(text: &str) -> Vec<String> {
    let found = RuleSet::newest().scan_text(text, &[]);
    let cut = |place: &Range<u32>| {
        text.chars()
            .skip(place.start as usize)
            .take((place.end - place.start) as usize)
            .collect()
    };
    found.iter().map(|(_, place)| cut(place)).collect()
}

#[test]
fn the_newest_rules_are_the_ones_that_decisions_name() {
    assert_eq!(RuleSet::newest().version(), crate::publication::RULE_SET);
}

#[test]
fn an_identity_number_is_found_by_its_date_and_check_digit() {
    assert_eq!(kinds("申请人 11010519491231002X 已受理"), [Kind::ResidentId]);
    assert_eq!(kinds("编号 110105194912310021 已受理"), [], "the check digit is wrong");
    assert_eq!(kinds("编号 110105194913310027 已受理"), [], "there is no month 13");
}

#[test]
fn a_phone_within_an_identity_number_is_none() {
    // The digits hold 13800138000 in their midst.
    let id = "110113199001130013";
    let with = |check: char| format!("{}{check}", &id[..17]);
    let valid = "0123456789X"
        .chars()
        .map(with)
        .find(|id| kinds(id) == [Kind::ResidentId]);
    assert!(valid.is_some());
    assert_eq!(kinds("手机 13800138000"), [Kind::Phone]);
    let wrong = "0123456789X".chars().map(with).filter(|id| kinds(id).is_empty());
    assert_eq!(wrong.count(), 10, "neither is a part of a longer number");
}

#[test]
fn a_mark_is_found_however_it_is_split() {
    for text in [
        "机密★1年",
        "机　密 ★ 10年",
        "机-密-★",
        "机\n密\n★\n长期",
        "**机密**★1年",
        "機密★",
        "机，密★",
        "绝密★启用前",
        "机密（1年）",
        "【秘密】",
        "密级：机密",
    ] {
        assert_eq!(kinds(text), [Kind::ClassificationMark], "{text}");
    }
}

#[test]
fn a_white_star_is_a_star() {
    for star in ["☆", "⭐", "✩", "＊", "*", "&#9734;"] {
        assert_eq!(kinds(&format!("秘密{star}10年")), [Kind::ClassificationMark], "{star}");
    }
    assert_eq!(kinds("㊙ 材料"), [Kind::ClassificationMark]);
}

#[test]
fn full_width_and_zero_width_hide_nothing() {
    assert_eq!(kinds("１１０１０５１９４９１２３１００２Ｘ"), [Kind::ResidentId]);
    assert_eq!(kinds("1101\u{200b}0519\u{feff}4912\u{200d}31002X"), [Kind::ResidentId]);
    assert_eq!(kinds("机\u{200b}密\u{2060}★\u{200c}１年"), [Kind::ClassificationMark]);
    assert_eq!(kinds("内\u{200b}部\u{ad}资料"), [Kind::InternalWord]);
    assert_eq!(kinds("ｗａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ"), [Kind::Email]);
}

#[test]
fn teaching_about_state_secrets_passes() {
    for text in [
        "国家秘密法宣传",
        "《中华人民共和国保守国家秘密法》宣传周",
        "国家秘密的密级分为绝密、机密、秘密三级。",
        "绝密级国家秘密是最重要的国家秘密",
        "应当保守秘密\n★ 请佩戴口罩",
        "商业秘密保护30年回顾",
        "Secretary of the office; your data is kept confidential.",
        "内部资料性出版物管理办法",
    ] {
        assert_eq!(kinds(text), [], "{text}");
    }
}

#[test]
fn the_hotlines_of_the_office_pass_and_other_numbers_are_told() {
    for text in [
        "咨询电话：024-88760110",
        "咨询电话 88760110",
        "+86 24 8876 0110",
        "请拨打12345",
    ] {
        assert_eq!(kinds(text), [], "{text}");
    }
    for text in [
        "联系电话：024-22720001",
        "手机 138-0013-8000",
        "(024) 2272 0001",
        "拨打22720001",
    ] {
        assert_eq!(kinds(text), [Kind::Phone], "{text}");
    }
}

#[test]
fn a_finding_points_at_the_very_characters() {
    assert_eq!(marked("甲\u{200b}乙 机\u{200b}密 ★１年。"), ["机\u{200b}密 ★１年"]);
    assert_eq!(marked("号码 1101 0519 4912 31002x，"), ["1101 0519 4912 31002x"]);
    assert_eq!(marked("写给 li(at)example.org。"), ["li(at)example.org"]);
    assert_eq!(marked("🙂🙂 身分证"), ["身分证"]);
}

#[test]
fn a_slip_knows_the_right_form() {
    let rules = RuleSet::newest();
    let rule = rules.rule("wrong-names").unwrap();
    assert_eq!(rule.instead_of("身 分证", rules).as_deref(), Some("身份证"));
    assert_eq!(rule.instead_of("Recieve", rules).as_deref(), Some("receive"));
}

#[test]
fn findings_say_where_and_never_what() {
    let passages = [
        Passage::written("content.zh-Hans.title", "身分证办理"),
        Passage::written("attachments[0].name", "秘密★"),
    ];
    let findings = RuleSet::newest().scan(&passages, &[]);
    let told = serde_json::to_string(&findings).unwrap();
    assert_eq!(
        told,
        r#"[{"class":"block","rule":"classification-mark","field":"attachments[0].name","offset":0,"length":3},{"class":"slip","rule":"wrong-names","field":"content.zh-Hans.title","offset":0,"length":3}]"#
    );
}

#[test]
fn rules_that_are_none_are_refused_by_name() {
    let refused = |json: &str| RuleSet::parse(json).unwrap_err().to_string();
    assert!(refused("{}").contains("format"));
    assert!(refused(r#"{"format":3,"version":2,"rules":[]}"#).contains("newer"));
    assert!(refused(r#"{"format":1,"version":0,"rules":[]}"#).contains("from 1"));
    let rule = r#"{"id":"x","kind":"slip","class":"slip","zh":"甲","en":"x","find":"words"}"#;
    assert!(refused(&format!(r#"{{"format":1,"version":1,"rules":[{rule}]}}"#)).contains("`x`"));
    let shape = rule.replace("words", "phone");
    assert!(refused(&format!(r#"{{"format":1,"version":1,"rules":[{shape},{shape}]}}"#)).contains("of its own"));
}

#[test]
fn nonsense_of_every_length_is_scanned_to_its_end() {
    let letters: Vec<char> = "机密★1年0X（【：、\n *-秘a@.路号室🙂㊙&#9;第secret\u{200b}"
        .chars()
        .collect();
    let mut seed = 7_u64;
    for length in 0..400 {
        let text: String = (0..length % 60)
            .map(|_| {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                letters[(seed >> 33) as usize % letters.len()]
            })
            .collect();
        let characters = u32::try_from(text.chars().count()).unwrap();
        for (_, place) in RuleSet::newest().scan_text(&text, &[]) {
            assert!(place.start < place.end && place.end <= characters, "{text:?}");
        }
    }
}

#[test]
fn the_longest_text_of_one_thing_alone_is_scanned_to_its_end() {
    for unit in [
        "1",
        "1 ",
        "13800138000 ",
        "@",
        "a@b.cn ",
        "secret ",
        "机密★",
        "路1号",
        "身分证",
        "&#9;",
    ] {
        let text: String = unit.chars().cycle().take(40_000).collect();
        assert!(
            RuleSet::newest().scan_text(&text, &["13800138000".to_owned()]).len() <= MAX_FINDINGS,
            "{unit}"
        );
    }
}
