//! While writing one sees the glass: the text on every kind of panel that it will reach, page by page.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::Panel;
use heliograph_domain::panel::ColourDepth;
use heliograph_tests::{Browser, LOBBY, NOTICE_ENTRY, STRIP, World};
use serde_json::json;

const RED_STRIP: Panel = Panel {
    width_px: 192,
    height_px: 16,
    colour: ColourDepth::Mono,
    pixel_pitch_um: 10_000,
    viewing_distance_mm: 8_000,
    refresh_hz: 60,
};

/// A screen that is read from near, so that type may shrink.
const SCREEN: Panel = Panel {
    width_px: 1920,
    height_px: 1080,
    pixel_pitch_um: 560,
    viewing_distance_mm: 2_000,
    ..LOBBY
};

/// A notice as the form posts it.
fn sheet<'a>(title: &'a str, body: &'a str, then: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("key", "k"),
        ("kind", "notice"),
        ("catalogue_entry", NOTICE_ENTRY),
        ("content.zh-Hans.title", title),
        ("content.zh-Hans.body", body),
        ("content.zh-Hans.department", "办公室"),
        ("content.zh-Hans.date", "2026-11-24"),
        ("then", then),
    ]
}

/// The page that the form's button for a preview gives.
fn previewed(author: &mut Browser, fields: &[(&str, &str)]) -> String {
    author.post("/admin/write", fields).expect_status(200).text
}

/// Everything between two marks, as often as it is there.
fn between<'a>(page: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    let parts = page.split(from).skip(1);
    parts.map(|rest| rest.split(to).next().unwrap()).collect()
}

fn pictures(page: &str) -> Vec<String> {
    let addresses = between(page, "src=\"/admin/preview/", "\"").into_iter();
    addresses
        .map(|address| format!("/admin/preview/{}", address.replace("&amp;", "&")))
        .collect()
}

/// The figure of the panel whose label begins so.
fn figure<'a>(page: &'a str, label: &str) -> &'a str {
    let figures = between(page, "<figure class=\"panel", "</figure>");
    let found = figures
        .into_iter()
        .find(|figure| figure.contains(&format!("<b>{label}")));
    found.unwrap_or_else(|| panic!("no {label} in {page}"))
}

fn where_the_form_follows(page: &str) -> String {
    between(page, "data-preview=\"", "\"")[0].to_owned()
}

#[test]
fn without_displays_the_usual_forms_are_shown_and_follow_what_stands_in_the_form() {
    let world = World::new();
    let mut author = Browser::signed_in(&world, "author");
    let page = previewed(
        &mut author,
        &sheet("关于领证时间的公告", "自下月起为工作日下午。", "preview"),
    );
    assert!(page.contains("单位还没有屏幕"));
    let before = pictures(&page);
    assert_eq!(before.len(), 3, "lobby, portrait, strip");
    for address in &before {
        let picture = author.get(address).expect_status(200);
        assert_eq!(picture.header("content-type"), Some("image/png"));
    }
    let mut other = Browser::signed_in(&world, "everything");
    assert_eq!(
        other.get(&before[0]).status,
        404,
        "another's unsaved text is nobody's business"
    );

    let follow = where_the_form_follows(&page);
    let same = author
        .post(&follow, &sheet("关于领证时间的公告", "自下月起为工作日下午。", ""))
        .expect_status(200)
        .text;
    assert_eq!(pictures(&same), before, "nothing changed, so nothing is drawn again");
    let changed = author.post(&follow, &sheet("别的标题", "", "")).expect_status(200).text;
    let after = pictures(&changed);
    assert_ne!(after, before);
    assert_eq!(where_the_form_follows(&changed), follow);
    let bytes = |browser: &Browser, address: &str| browser.get(address).expect_status(200).text;
    let strip = after.iter().find(|address| address.contains("strip")).unwrap();
    let typed = bytes(&author, strip);
    // Another's form under this name becomes a page of their own; the author's is as it was.
    let theirs = other
        .post(&follow, &sheet("第三个标题", "", ""))
        .expect_status(200)
        .text;
    assert_ne!(where_the_form_follows(&theirs), follow);
    assert_eq!(bytes(&author, strip), typed);

    // What a panel's font lacks is named; a text of common characters lacks nothing.
    let lacks = author.post(&follow, &sheet("𠮷野家😀", "", "")).expect_status(200).text;
    assert!(figure(&lacks, "256×64").contains("此屏没有这些字：😀 𠮷"), "{lacks}");
    assert!(!changed.contains("此屏没有这些字"));
    let elsewhere = author.get(&after[0].replace("panel=lobby", "panel=7680x4320-full-1-1-30-zh-Hans"));
    assert_eq!(
        elsewhere.status, 404,
        "the hub draws for what hangs here, and for nothing else"
    );
}

#[test]
fn a_text_is_shown_on_each_kind_of_glass_that_tunes_in_with_its_pages_and_what_does_not_fit() {
    let world = World::new();
    let _one = world.display("一号条屏", RED_STRIP, &["strips"]);
    let _two = world.display("二号条屏", RED_STRIP, &["strips"]);
    let _lobby = world.display("大厅主屏", SCREEN, &["hall"]);
    let usual = |channels: &[&str]| {
        let wish = json!({
            "id": NOTICE_ENTRY, "index_number": "A-001", "category": "government-information",
            "cadence": {"ad-hoc": {"within_working_days": 5}}, "department": "office", "responsible": "author",
            "name": {"zh-Hans": "通知公告"}, "summary": {"zh-Hans": "各类通知公告"}, "channels": channels,
        });
        let _ = world.people.admin.post("/api/v1/catalogue", &wish).expect_status(201);
    };
    let mut author = Browser::signed_in(&world, "author");
    let title = "关于调整因公护照和签证领取时间以及办事大厅开放时间的公告";
    let body = "领证时间调整为工作日下午。".repeat(700);
    let fields = sheet(title, &body, "preview");

    usual(&[]);
    let anywhere = previewed(&mut author, &fields);
    assert!(anywhere.contains("还没有选频道") && anywhere.contains("3 块屏"));
    let strip = figure(&anywhere, "192×16 单色条屏");
    assert!(strip.contains("2 块屏 · ") && strip.contains("一号条屏") && strip.contains("二号条屏"));
    assert!(strip.contains("只显示标题和要点") && strip.contains("文字滚动"));
    let looks = between(strip, "id=\"look-", "\"").len();
    assert!(
        looks > 2 && strip.contains("滚动 2/"),
        "the heading is seen part by part: {strip}"
    );
    let lobby = figure(&anywhere, "1920×1080 横屏");
    assert!(lobby.contains("1 块屏 · 大厅主屏") && lobby.contains("8 页，每页 "));
    assert!(lobby.contains("放不下：末页注明何处看全文") && lobby.contains("字号缩小到 "));
    assert_eq!(between(lobby, "id=\"look-", "\"").len(), 8, "every page");
    for address in pictures(&anywhere) {
        let _ = author.get(&address).expect_status(200);
    }

    usual(&["strips"]);
    let strips = previewed(&mut author, &fields);
    assert!(strips.contains("按目录项通常发布的频道“条屏”，共 2 块屏。"), "{strips}");
    assert!(!strips.contains("1920×1080"), "nobody there is tuned to it");
    // The control: a text that fits says none of this.
    let short = previewed(&mut author, &sheet("公告", "下午领证。", "preview"));
    assert!(!short.contains("放不下") && !short.contains("文字滚动"));
}

#[test]
fn whoever_reviews_sees_the_glass_and_how_often_a_text_comes_round() {
    let world = World::new();
    let _strip = world.display("正门条屏", STRIP, &["hall"]);
    let _ = world.people.publish_notice("大厅临时调整", &["hall"]);
    let submitted = world
        .people
        .submitted("notice", NOTICE_ENTRY, &heliograph_tests::notice("关于领证时间的公告"));
    let page = Browser::signed_in(&world, "reviewer")
        .get(&format!("/admin/publications/{submitted}"))
        .expect_status(200)
        .text;
    let strip = figure(&page, "256×64 条屏");
    assert!(
        strip.contains("正门条屏") && strip.contains("与另外 1 条轮播，约 "),
        "{strip}"
    );
    let first = between(strip, "src=\"", "\"")[0].replace("&amp;", "&");
    let picture = Browser::signed_in(&world, "reviewer").get(&first).expect_status(200);
    assert_eq!(picture.header("content-type"), Some("image/png"));
}

/// The value of the choice whose words begin so, in the form of the release or the sheet.
fn choice(page: &str, name: &str, words: &str) -> String {
    let all = between(page, &format!("name=\"{name}\" value=\""), "</label>").into_iter();
    let mut found = all.filter(|rest| rest.split('>').nth(1).is_some_and(|told| told.starts_with(words)));
    let rest = found.next().unwrap_or_else(|| panic!("no {words} for {name}"));
    rest.split('"').next().unwrap().to_owned()
}

fn is_chosen(page: &str, name: &str, value: &str) -> bool {
    page.contains(&format!("name=\"{name}\" value=\"{value}\" checked"))
}

#[test]
fn an_author_proposes_where_and_when_and_whoever_releases_decides() {
    let world = World::new();
    let _hall = world.display("大厅主屏", LOBBY, &["hall"]);
    let _strip = world.display("正门条屏", STRIP, &["strips"]);
    let mut author = Browser::signed_in(&world, "author");
    let form = author.get("/admin/write?kind=notice").expect_status(200).text;
    assert!(
        form.contains("播出安排") && is_chosen(&form, "until", ""),
        "nothing is proposed yet"
    );
    let (tomorrow, friday) = (choice(&form, "from", "明天起"), choice(&form, "until", "到周五"));

    let mut fields = sheet("关于领证时间的公告", "自下月起为工作日下午。", "preview");
    fields.extend([("channels", "strips"), ("from", &tomorrow), ("until", &friday)]);
    let page = previewed(&mut author, &fields);
    assert!(page.contains("按所选频道“条屏”，共 1 块屏。") && !page.contains("大厅主屏"));
    assert!(
        is_chosen(&page, "from", &tomorrow) && is_chosen(&page, "until", &friday),
        "what was chosen stays"
    );

    fields[7] = ("then", "submit");
    let sent = author.post("/admin/write", &fields).expect_status(303);
    let address = sent.header("location").unwrap().split('?').next().unwrap().to_owned();
    let id = address.rsplit('/').next().unwrap().to_owned();
    let submitted = world.people.author.get(&format!("/api/v1/publications/{id}")).json;
    assert!(
        !submitted["history"].to_string().contains("strips"),
        "the record knows nothing of a proposal: {submitted}"
    );
    assert_eq!(submitted["pending"]["proposed"]["channels"], json!(["strips"]));
    let mut reviewer = Browser::signed_in(&world, "reviewer");
    let seen = reviewer.get(&address).expect_status(200).text;
    assert!(seen.contains("按拟稿人建议的频道“条屏”"));
    let _ = reviewer.step(&id, "review", &[]).expect_status(303);
    let mut approver = Browser::signed_in(&world, "approver");
    let _ = approver.step(&id, "approve", &[]).expect_status(303);

    let offered = approver.get(&address).expect_status(200).text;
    assert!(offered.contains("拟稿人建议：条屏"));
    assert!(is_chosen(&offered, "channels", "strips") && !is_chosen(&offered, "channels", "hall"));
    assert!(is_chosen(&offered, "from", &tomorrow) && is_chosen(&offered, "until", &friday));

    // Whoever ticks other channels sees the text on their displays before anything is done.
    let other = [("channels", "hall"), ("until", ""), ("then", "look")];
    let looked = approver.step(&id, "release", &other).expect_status(200).text;
    assert!(
        looked.contains("按所选频道“大厅”，共 1 块屏。") && is_chosen(&looked, "channels", "hall"),
        "{looked}"
    );
    let still = world.people.author.get(&format!("/api/v1/publications/{id}")).json;
    assert_eq!(still["state"], "approved", "nothing was done");

    // A day that is still to be chosen is no release, and says so where it is missing.
    let wanting = approver.step(&id, "release", &[("channels", "hall"), ("until", "day")]);
    assert_eq!(wanting.status, 422);
    assert!(wanting.text.contains("请选择日期") && is_chosen(&wanting.text, "channels", "hall"));
    let day = [
        ("channels", "hall"),
        ("from", ""),
        ("until", "day"),
        ("until_day", "2099-01-01"),
    ];
    let _ = approver.step(&id, "release", &day).expect_status(303);
    let released = world.people.admin.get(&format!("/api/v1/publications/{id}")).json;
    assert_eq!(
        released["released"]["channels"],
        json!(["hall"]),
        "the approver decided otherwise"
    );
    assert_eq!(
        released["released"]["until"], "2099-01-01T16:00:00.000Z",
        "to the end of the day at the office"
    );
}

#[test]
fn a_proposal_is_the_drafts_own_and_names_channels_that_there_are() {
    let world = World::new();
    let draft = |channels: &[&str]| {
        json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": heliograph_tests::notice("公告"),
            "channels": channels, "until": "2099-01-01T09:00:00+08:00"})
    };
    let unknown = world
        .people
        .author
        .post("/api/v1/drafts", &draft(&["nowhere"]))
        .expect_status(422);
    assert_eq!(unknown.fields(), ["channels"]);
    let made = world
        .people
        .author
        .post("/api/v1/drafts", &draft(&["hall", "hall"]))
        .expect_status(201)
        .json;
    let id = made["id"].as_str().unwrap();
    let kept = world.people.author.get(&format!("/api/v1/drafts/{id}")).json;
    assert_eq!(
        (&kept["channels"], &kept["until"]),
        (&json!(["hall"]), &json!("2099-01-01T01:00:00.000Z"))
    );
    // Saved without one, it has none: a draft is saved as a whole.
    let bare = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": heliograph_tests::notice("公告")});
    let hash = made["hash"].as_str().unwrap();
    let path = format!("/api/v1/drafts/{id}");
    let _ = world
        .people
        .author
        .put(&path, &[("if-match", hash)], &bare)
        .expect_status(200);
    assert_eq!(world.people.author.get(&path).json["channels"], json!([]));
}
