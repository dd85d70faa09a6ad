use super::*;
use serde_json::{Value, json};

fn notice() -> Value {
    json!({"zh-Hans": {"title": "关于调整领取时间的公告", "body": "自12月1日起调整。", "department": "出国管理处", "date": "2026-11-20"}})
}

fn faults(kind: Kind, content: &Value) -> Vec<(String, &'static str)> {
    let errors = Document::check(kind, content).err().unwrap_or_default();
    errors.into_iter().map(|e| (e.field, e.problem.code())).collect()
}

fn with(field: &str, value: Value) -> Value {
    let mut content = notice();
    content["zh-Hans"][field] = value;
    content
}

#[test]
fn a_complete_notice_becomes_a_document_and_reads_back() {
    let document = Document::check(Kind::Notice, &notice()).unwrap();
    assert_eq!(
        document.title(Lang::En),
        "关于调整领取时间的公告",
        "Chinese stands in for a missing language"
    );
    assert_eq!(Document::from_bytes(&document.to_bytes()).unwrap(), document);
}

#[test]
fn a_document_keeps_its_bytes() {
    let document = Document::check(Kind::Notice, &notice()).unwrap();
    let golden = r#"{"format":1,"kind":"notice","texts":{"zh-Hans":{"notice":{"title":"关于调整领取时间的公告","body":"自12月1日起调整。","department":"出国管理处","date":"2026-11-20"}}}}"#;
    assert_eq!(String::from_utf8(document.to_bytes()).unwrap(), golden);
}

#[test]
fn every_fault_is_named_with_its_field() {
    let cases: [(Value, &str, &str); 9] = [
        (with("title", json!("")), "content.zh-Hans.title", "missing"),
        (
            with("title", json!("x".repeat(201))),
            "content.zh-Hans.title",
            "too_long",
        ),
        (with("title", json!(7)), "content.zh-Hans.title", "wrong_type"),
        (
            with("title", json!("a\u{7}b")),
            "content.zh-Hans.title",
            "control_character",
        ),
        (
            with("title", json!("a\u{202e}b")),
            "content.zh-Hans.title",
            "control_character",
        ),
        (with("date", json!("2015-02-30")), "content.zh-Hans.date", "not_a_date"),
        (with("colour", json!("red")), "content.zh-Hans.colour", "unknown_field"),
        (json!({"en": notice()["zh-Hans"]}), "content.zh-Hans", "missing"),
        (json!({"xx": {}}), "content.xx", "unknown_field"),
    ];
    for (content, field, code) in cases {
        assert_eq!(faults(Kind::Notice, &content), [(field.to_owned(), code)], "{content}");
    }
    assert_eq!(faults(Kind::Notice, &json!([])), [("content".to_owned(), "wrong_type")]);
}

#[test]
fn a_draft_may_be_unfinished_but_not_unsound() {
    let unfinished = json!({"zh-Hans": {"title": "只有标题"}});
    assert!(check_texts(Kind::Notice, &unfinished, Strictness::Draft).is_ok());
    let unsound = json!({"zh-Hans": {"title": "\u{0}"}});
    assert!(check_texts(Kind::Notice, &unsound, Strictness::Draft).is_err());
}

#[test]
fn each_kind_names_every_mandatory_element_it_lacks() {
    for kind in Kind::ALL {
        let missing = faults(*kind, &json!({"zh-Hans": {}}));
        let mandatory: Vec<_> = kind.fields().iter().filter(|f| f.required).map(|f| f.name).collect();
        assert_eq!(missing.len(), mandatory.len(), "{kind:?}");
        assert!(missing.iter().all(|(_, code)| *code == "missing"));
    }
    let ten = Kind::WindowBoard
        .fields()
        .iter()
        .filter(|f| f.required && !["window", "title"].contains(&f.name));
    assert_eq!(ten.count(), 10);
}

#[test]
fn rows_and_groups_are_checked_to_the_bottom() {
    let content = json!({"zh-Hans": {"title": "权力清单", "department": "法规处", "date": "2015-06-01",
        "entries": [{"subject": "外事办公室", "power_type": "行政确认", "name": "确认", "basis": "条例", "department": "侨务处", "process": "受理"}]}});
    assert_eq!(
        faults(Kind::PowerList, &content),
        [("content.zh-Hans.entries[0].responsibility".to_owned(), "missing")]
    );
}

#[test]
fn messages_speak_the_clerks_language() {
    let errors = Document::check(Kind::ServiceGuide, &json!({"zh-Hans": {}})).unwrap_err();
    let fee = errors.iter().find(|e| e.field.ends_with(".fee")).unwrap();
    assert_eq!(
        (fee.message(Lang::ZhHans).as_str(), fee.message(Lang::En).as_str()),
        ("收费标准未填写", "Fee is missing")
    );
}

fn poster(name: &str) -> Attachment {
    Attachment {
        name: name.to_owned(),
        media_type: MediaType::Png,
        hash: crate::ContentHash([0xab; 32]),
        bytes: 7,
        width_px: 3840,
        height_px: 1,
    }
}

#[test]
fn a_document_with_a_picture_keeps_its_bytes() {
    let plain = Document::check(Kind::Notice, &notice()).unwrap();
    let document = plain.clone().with_attachments(vec![poster("开放日海报")]).unwrap();
    let told = String::from_utf8(document.to_bytes()).unwrap();
    let golden = format!(
        r#","attachments":[{{"name":"开放日海报","media_type":"image/png","hash":"{}","bytes":7,"width_px":3840,"height_px":1}}]}}"#,
        "ab".repeat(32)
    );
    assert!(told.ends_with(&golden), "{told}");
    assert_eq!(Document::from_bytes(told.as_bytes()).unwrap(), document);
    assert_eq!(
        plain.clone().with_attachments(Vec::new()).unwrap().to_bytes(),
        plain.to_bytes()
    );
}

#[test]
fn pictures_have_names_and_are_not_many() {
    let faults = |attachments: Vec<Attachment>| -> Vec<(String, &str)> {
        let errors = check_attachments(&attachments).into_iter();
        errors.map(|error| (error.field, error.problem.code())).collect()
    };
    let cases = [
        (" ", "missing"),
        ("a\u{202e}b", "control_character"),
        (&"长".repeat(201), "too_long"),
    ];
    for (name, code) in cases {
        let found = faults(vec![poster("好"), poster(name)]);
        assert_eq!(found, [("attachments[1].name".to_owned(), code)]);
    }
    assert_eq!(faults(vec![poster("x"); 21]), [("attachments".to_owned(), "too_long")]);
    let mut huge = poster("x");
    huge.height_px = 3841;
    assert_eq!(faults(vec![huge]), [("attachments[0]".to_owned(), "wrong_type")]);
}

fn paper(name: &str) -> PublicFile {
    PublicFile {
        name: name.to_owned(),
        media_type: FileType::Pdf,
        hash: crate::ContentHash([0xcd; 32]),
        bytes: 9,
        pages: 2,
    }
}

#[test]
fn a_document_with_a_file_keeps_its_bytes_and_a_display_of_before_reads_it() {
    let plain = Document::check(Kind::Notice, &notice()).unwrap();
    let document = plain.clone().with_files(vec![paper("部门预算")]).unwrap();
    let told = String::from_utf8(document.to_bytes()).unwrap();
    let golden = format!(
        r#","files":[{{"name":"部门预算","media_type":"application/pdf","hash":"{}","bytes":9,"pages":2}}]}}"#,
        "cd".repeat(32)
    );
    assert!(told.ends_with(&golden), "{told}");
    assert_eq!(Document::from_bytes(told.as_bytes()).unwrap(), document);
    assert_eq!(
        plain.clone().with_files(Vec::new()).unwrap().to_bytes(),
        plain.to_bytes()
    );

    /// What a display had of a document before there were files.
    #[derive(Deserialize)]
    struct Before {
        format: u8,
        #[serde(default)]
        attachments: Vec<Attachment>,
    }
    let before: Before = serde_json::from_str(&told).unwrap();
    assert_eq!((before.format, before.attachments.len()), (1, 0));
}

#[test]
fn files_have_names_and_are_not_many_or_long() {
    let faults = |files: Vec<PublicFile>| -> Vec<(String, &str)> {
        let errors = check_files(&files).into_iter();
        errors.map(|error| (error.field, error.problem.code())).collect()
    };
    assert_eq!(
        faults(vec![paper("好"), paper("a\u{202e}b")]),
        [("files[1].name".to_owned(), "control_character")]
    );
    assert_eq!(faults(vec![paper("x"); 6]), [("files".to_owned(), "too_long")]);
    let mut long = paper("x");
    long.pages = 101;
    assert_eq!(faults(vec![long]), [("files[0]".to_owned(), "too_long")]);
}

#[test]
fn a_file_is_kept_under_a_name_that_no_computer_misreads() {
    let names = [
        ("部门预算", "部门预算.pdf"),
        (" Budget.PDF ", "Budget.PDF"),
        ("a/b\\c:\"d\"", "a_b_c__d_.pdf"),
    ];
    for (name, kept) in names {
        assert_eq!(paper(name).file_name(), kept);
    }
}
