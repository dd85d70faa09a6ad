//! The public pages: what is public now and nothing else, without a person's name, and never as HTML of the author's.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{Browser, Http, NOTICE_ENTRY, World, act, notice};
use serde_json::json;

const TITLE: &str = "因公出国团组办理时间调整";

fn seen(http: &Http, path: &str) -> (u16, String) {
    let reply = http.get(path);
    (reply.status, reply.text)
}

#[test]
fn a_release_is_on_the_public_pages_and_a_withdrawal_says_so() {
    let world = World::new();
    let everyone = world.http();
    let id = world.people.publish_notice(TITLE, &["hall"]);
    let (status, list) = seen(&everyone, "/");
    assert!(status == 200 && list.contains(TITLE) && list.contains(&format!("/p/{id}")));
    let (status, page) = seen(&everyone, &format!("/p/{id}"));
    assert!(
        status == 200 && page.contains(TITLE) && page.contains("公开记录"),
        "{page}"
    );
    let (_, english) = seen(&everyone, &format!("/p/{id}?lang=en"));
    assert!(english.contains("<html lang=\"en\">") && english.contains("Index number"));
    assert!(
        seen(&everyone, "/?q=%E5%9B%A2%E7%BB%84").1.contains(TITLE),
        "found by a word"
    );
    assert!(!seen(&everyone, "/?q=zzz").1.contains(TITLE), "the control");
    for name in ["李拟稿", "王审查", "陈审批", "author", "approver"] {
        assert!(
            !page.contains(name) && !list.contains(name),
            "no person is named: {name}"
        );
    }

    let etag = everyone.get(&format!("/p/{id}")).header("etag").unwrap().to_owned();
    let again = everyone.send("GET", &format!("/p/{id}"), &[("if-none-match", &etag)], b"");
    assert_eq!(again.status, 304);

    let _ = act(&world.people.approver, &id, "withdraw", &json!({"reason": "时间有误"})).expect_status(200);
    let (status, gone) = seen(&everyone, &format!("/p/{id}"));
    assert!(
        status == 410 && gone.contains("撤回") && !gone.contains(TITLE) && !gone.contains("时间有误"),
        "{gone}"
    );
    assert!(!seen(&everyone, "/").1.contains(TITLE));
}

#[test]
fn what_was_changed_says_so_and_the_last_day_is_the_last_on_which_it_is_public() {
    let world = World::new();
    let (people, everyone) = (&world.people, world.http());
    let id = people.approved("notice", NOTICE_ENTRY, &notice(TITLE));
    let wish = json!({"channels": ["hall"], "until": "2099-12-18T00:00:00+08:00"});
    let _ = act(&people.approver, &id, "release", &wish).expect_status(200);
    let (_, page) = seen(&everyone, &format!("/p/{id}"));
    assert!(page.contains("2099年12月17日") && !page.contains("12月18日"), "{page}");
    assert!(!seen(&everyone, "/").1.contains("更新于"), "the control");

    let revision =
        json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice(TITLE), "publication": id});
    let mut revision = revision;
    revision["content"]["zh-Hans"]["body"] = json!("时间改到下午。");
    let _ = people.author.post("/api/v1/drafts", &revision).expect_status(201);
    let _ = act(&people.author, &id, "submit", &json!({})).expect_status(200);
    let _ = act(&people.reviewer, &id, "review", &json!({"findings_confirmed": true})).expect_status(200);
    let _ = act(&people.approver, &id, "approve", &json!({})).expect_status(200);
    let _ = act(&people.everything, &id, "amend", &json!({})).expect_status(200);
    assert!(seen(&everyone, "/").1.contains("更新于"));
    // Who released it and who put the newer text in its place are told apart.
    let page = Browser::signed_in(&world, "approver")
        .get(&format!("/admin/publications/{id}"))
        .text;
    let card = &page[page.find("id=\"release\"").unwrap()..];
    let card = &card[..card.find("</dl>").unwrap()];
    let (released, amended) = card.split_once("更新发布").unwrap();
    assert!(released.contains("陈审批") && amended.contains("周全能"), "{card}");
    let (_, page) = seen(&everyone, &format!("/p/{id}"));
    assert!(!page.contains("周全能"), "no person is named");
}

#[test]
fn what_is_not_released_or_not_yet_is_nowhere() {
    let world = World::new();
    let everyone = world.http();
    let approved = world.people.approved("notice", NOTICE_ENTRY, &notice(TITLE));
    let hidden = |id: &str| {
        let (status, page) = seen(&everyone, &format!("/p/{id}"));
        assert!(status == 404 && !page.contains(TITLE), "{status}: {page}");
        assert!(!seen(&everyone, "/").1.contains(TITLE));
        assert!(!seen(&everyone, "/?q=%E5%9B%A2%E7%BB%84").1.contains(TITLE));
    };
    hidden(&approved);
    let later = json!({"channels": ["hall"], "from": "2099-01-01T00:00:00Z"});
    let _ = act(&world.people.approver, &approved, "release", &later).expect_status(200);
    hidden(&approved);
    assert_eq!(seen(&everyone, "/p/nonsense").0, 404);
    // The control: released for now, it is seen.
    let id = world.people.publish_notice(TITLE, &["hall"]);
    assert_eq!(seen(&everyone, &format!("/p/{id}")).0, 200);
}

#[test]
fn whoever_asks_for_what_is_not_there_stays_with_the_office() {
    let world = World::new();
    let everyone = world.http();
    let _ = world.people.publish_notice(TITLE, &["hall"]);
    let (_, list) = seen(&everyone, "/");
    let office = list.split_once("class=\"office\" href=\"/\">").unwrap().1;
    let office = office.split_once('<').unwrap().0;
    for path in ["/nothing-is-here", "/p/nonsense"] {
        let (status, page) = seen(&everyone, path);
        assert!(
            status == 404 && page.contains(office) && page.contains("href=\"/\""),
            "{page}"
        );
        assert!(page.contains("tel:") && !page.contains("/admin/language/"), "{page}");
    }
    // Staff stay with the admin.
    let (status, page) = seen(&everyone, "/admin/nothing-is-here");
    assert!(status == 404 && page.contains("/admin/language/"), "{page}");
}

/// The addresses that a page leads to, of the public pages, apart from its other language, the staff's door, and files.
fn led_to(page: &str) -> Vec<String> {
    let links = page.split("<a ").skip(1).filter(|link| !link.contains("hreflang="));
    let links = links.filter_map(|link| link.split("href=\"").nth(1)?.split('"').next());
    let public = links.filter(|href| *href == "/" || href.starts_with("/?") || href.starts_with("/p/"));
    public.map(|href| href.replace("&amp;", "&")).collect()
}

#[test]
fn whoever_chose_a_language_stays_in_it_from_page_to_page() {
    let world = World::new();
    let everyone = world.http();
    for number in 0..21 {
        let _ = world.people.publish_notice(&format!("{TITLE}{number}"), &["hall"]);
    }
    let withdrawn = world.people.publish_notice("已经撤回的一条", &["hall"]);
    let _ = act(&world.people.approver, &withdrawn, "withdraw", &json!({})).expect_status(200);
    let (_, list) = seen(&everyone, "/?lang=en");
    let links = led_to(&list);
    assert!(links.iter().any(|href| href.starts_with("/p/")), "{links:?}");
    assert!(links.iter().any(|href| href.contains("page=2")), "{links:?}");
    assert!(links.iter().any(|href| href.contains("kind=notice")), "{links:?}");
    for href in links {
        let (status, page) = seen(&everyone, &href);
        assert!(status == 200 && page.contains("<html lang=\"en\">"), "{href}");
        assert!(led_to(&page).iter().all(|href| href.contains("lang=en")), "{href}");
    }
    assert!(
        list.contains("type=\"hidden\" name=\"lang\" value=\"en\""),
        "what is searched for, too"
    );
    // What is no longer public or never was leads back in the same language.
    for (path, status) in [
        (format!("/p/{withdrawn}?lang=en"), 410),
        ("/p/nonsense?lang=en".to_owned(), 404),
    ] {
        let (is, page) = seen(&everyone, &path);
        assert!(is == status && page.contains("<html lang=\"en\">"), "{path}: {page}");
        assert!(led_to(&page).iter().all(|href| href == "/?lang=en"), "{path}");
    }
    // The control: who chose nothing has the browser's language, and links that name none.
    let plain = led_to(&seen(&everyone, "/").1);
    assert!(!plain.is_empty() && plain.iter().all(|href| !href.contains("lang=")));
}

#[test]
fn what_an_author_types_is_never_html() {
    let world = World::new();
    let content = json!({"zh-Hans": {
        "title": "<b>甲</b>", "body": "<script>alert(1)</script>\n\n[乙](javascript:alert(1))",
        "department": "办公室", "date": "2026-11-24",
    }});
    let id = world.people.approved("notice", NOTICE_ENTRY, &content);
    let _ = act(&world.people.approver, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
    let reply = world.http().get(&format!("/p/{id}")).expect_status(200);
    assert!(!reply.text.contains("<script") && !reply.text.contains("<b>") && !reply.text.contains("javascript:"));
    assert!(reply.text.contains("&lt;b&gt;甲") && reply.text.contains('乙'));
    assert!(
        reply
            .header("content-security-policy")
            .unwrap()
            .contains("default-src 'none'")
    );
}
