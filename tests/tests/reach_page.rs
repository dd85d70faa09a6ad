//! “Does every screen show it?”: one page answers, display by display, with why not; and what stands still to begin says so
//! in the same words everywhere.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{Browser, LOBBY, NOTICE_ENTRY, STRIP, World, act, eventually, notice};
use serde_json::json;

/// The row of a display on the page.
fn row(page: &str, display: &str) -> String {
    let from = page.split(&format!("<tr data-display=\"{display}\"")).nth(1).unwrap();
    from.split("</tr>").next().unwrap().to_owned()
}

#[test]
fn one_page_says_which_display_shows_it_and_why_the_others_do_not() {
    let world = World::new();
    let lobby = world.display("lobby", LOBBY, &["hall"]);
    let mut strip = world.display("strip", STRIP, &["hall"]);
    let stolen = world.display("stolen", STRIP, &["hall"]);
    let back = world.display("back", STRIP, &["back-office"]);
    let standing = |id: &str| world.people.admin.get(&format!("/api/v1/displays/{id}")).json["standing"].clone();
    for display in [&lobby, &strip, &stolen, &back] {
        eventually("it is there", || standing(&display.id.to_string()) == "online");
    }
    strip.stop();
    eventually("the strip is away", || standing(&strip.id.to_string()) == "offline");
    let revoke = format!("/api/v1/displays/{}/revoke", stolen.id);
    let _ = world.people.admin.post(&revoke, &json!({})).expect_status(200);

    let id = world.people.publish_notice("大厅临时调整", &["hall"]);
    let browser = Browser::signed_in(&world, "author");
    let page = || {
        browser
            .get(&format!("/admin/publications/{id}/reach"))
            .expect_status(200)
            .text
    };
    eventually("the answer in one sentence", || {
        page().contains("3 块屏中，1 块已播出，2 块没有播出。")
    });
    let page = page();
    let of = |display: &heliograph_tests::TestDisplay| row(&page, &display.id.to_string());
    assert!(
        of(&lobby).contains("已播出") && of(&lobby).contains("秒"),
        "{}",
        of(&lobby)
    );
    let away = of(&strip);
    assert!(
        away.contains("离线") && away.contains("起离线。还没有收到，上线后自动送达。"),
        "{away}"
    );
    assert!(of(&stolen).contains("已吊销") && of(&stolen).contains("请为它接入一台设备"));
    let (told, left_out) = page.split_once("id=\"left-out\"").unwrap();
    let left_out = left_out.split("</section>").next().unwrap();
    assert!(!told.contains(&back.id.to_string()), "it is not tuned to the channel");
    assert!(left_out.contains("另有 1 块屏") && left_out.contains(&format!("/admin/displays/{}", back.id)));
    assert!(
        !left_out.contains(&lobby.id.to_string()),
        "the control: a display that it reaches"
    );
    // A display tells of a text with its first frame: the hub hears of it later than it was on air, and does not say that it
    // was received then.
    assert!(of(&lobby).contains("不晚于 "), "{}", of(&lobby));
    assert!(page.contains("按屏幕自己的时钟"), "whose clock it is");

    // The control: back again, the strip shows it like the lobby.
    strip.start(world.mqtt());
    let page = || browser.get(&format!("/admin/publications/{id}/reach")).text;
    eventually("the strip, too", || {
        page().contains("3 块屏中，2 块已播出，1 块没有播出。")
    });
    let late = world.display("late", STRIP, &["hall"]);
    let _ = act(&world.people.approver, &id, "withdraw", &json!({"reason": "有误"})).expect_status(200);
    let told = |display: &heliograph_tests::TestDisplay| row(&page(), &display.id.to_string());
    eventually("and it is taken off, and when each display had the withdrawal", || {
        [&lobby, &strip, &late]
            .into_iter()
            .all(|display| told(display).contains("已撤下") && told(display).contains("报告已收到撤回"))
    });
    let page = page();
    assert!(page.contains("4 块屏中，3 块已撤下，1 块联系不上。"), "{page}");
    assert!(
        !row(&page, &stolen.id.to_string()).contains("报告已收到撤回"),
        "the control: a machine that was shut out tells nothing"
    );
    browser.reads_both_languages(&format!("/admin/publications/{id}/reach"));
}

#[test]
fn what_is_still_to_begin_says_so_everywhere_and_is_not_called_on_release() {
    let world = World::new();
    let lobby = world.display("lobby", LOBBY, &["hall"]);
    let id = world.people.approved("notice", NOTICE_ENTRY, &notice("元旦放假安排"));
    let later = json!({"channels": ["hall"], "from": "2099-01-01T09:00:00+08:00"});
    let _ = act(&world.people.approver, &id, "release", &later).expect_status(200);
    let browser = Browser::signed_in(&world, "author");
    let get = |path: &str| browser.get(path).expect_status(200).text;
    for path in [
        format!("/admin/publications/{id}"),
        "/admin/publications".to_owned(),
        "/admin/publications.csv?state=scheduled".to_owned(),
        "/admin/publications?state=scheduled".to_owned(),
        format!("/admin/search?q={id}"),
        "/admin/catalogue".to_owned(),
    ] {
        assert!(get(&path).contains("待播：2099年1月1日 09:00 起"), "{path}");
    }
    assert!(!get("/admin/publications?state=released").contains("元旦放假安排"));
    let reach = || get(&format!("/admin/publications/{id}/reach"));
    eventually("the display has it", || {
        reach().contains("全部 1 块屏都已收到，等待开始时间。")
    });
    assert!(row(&reach(), &lobby.id.to_string()).contains("已收到，等待开始时间"));

    // The control: what begins at once is on release, and is not still to begin.
    let now = world.people.publish_notice("大厅照常开放", &["hall"]);
    let page = get(&format!("/admin/publications/{now}"));
    assert!(page.contains("在公开") && !page.contains("待播"));
}

#[test]
fn a_text_on_its_way_is_headed_by_what_it_waits_for_and_for_whom() {
    let world = World::new();
    let people = &world.people;
    let id = people.submitted("notice", NOTICE_ENTRY, &notice("窗口调整"));
    let browser = Browser::signed_in(&world, "author");
    let head = || {
        let page = browser
            .get(&format!("/admin/publications/{id}"))
            .expect_status(200)
            .text;
        page.split("id=\"waits\"")
            .nth(1)
            .unwrap()
            .split("</p>")
            .next()
            .unwrap()
            .to_owned()
    };
    assert!(
        head().contains("待保密审查：等 ") && head().contains("王审查"),
        "{}",
        head()
    );
    let _ = act(&people.reviewer, &id, "review", &json!({})).expect_status(200);
    assert!(head().contains("待审批：等 ") && head().contains("陈审批") && !head().contains("李拟稿"));
    assert!(!browser.get("/admin/publications").text.contains("已审查"));
    assert!(
        browser
            .get("/admin/publications?state=to-approve")
            .text
            .contains("窗口调整")
    );
    let _ = act(&people.approver, &id, "reject", &json!({"reason": "请补充"})).expect_status(200);
    assert!(head().contains("等拟稿人 李拟稿 修改"));
}
