//! What a form did is said on the page that follows, in one way, without script; and what will happen is said before somebody
//! confirms that it is they.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_hub::Clock as _;
use heliograph_tests::{Browser, LOBBY, NOTICE_ENTRY, PASSWORD, Reply, World, hidden, notice};
use serde_json::json;

/// The page that a form led to, and what it says in one place for all.
fn after(browser: &Browser, reply: Reply) -> (String, String) {
    let to = reply.expect_status(303).header("location").unwrap().to_owned();
    let page = browser.get(to.split('#').next().unwrap()).expect_status(200).text;
    let said = page.split("<p class=\"told done\" role=\"status\">").nth(1);
    let said = said
        .and_then(|rest| rest.split("</p>").next())
        .unwrap_or_default()
        .to_owned();
    (to, said)
}

/// A field and what stands in it.
type Field<'f> = (&'f str, &'f str);

/// Posts a form, and finds what is to be said after it.
fn says(browser: &mut Browser, path: &str, fields: &[Field<'_>], word: &str) {
    let reply = browser.post(path, fields);
    let (to, said) = after(browser, reply);
    assert_eq!(said, word, "after {path}, on {to}");
}

#[test]
fn every_form_about_people_says_what_it_did() {
    let world = World::new();
    let mut admin = Browser::signed_in(&world, "admin");
    let person = [
        ("id", "newcomer"),
        ("name.zh-Hans", "钱新人"),
        ("department", "office"),
        ("roles", "author"),
    ];
    let with_password = [&person[..], &[("password", PASSWORD)]].concat();
    let leave = [
        ("person", "author"),
        ("substitute", "everything"),
        ("from", "2099-01-01"),
        ("until", "2099-01-05"),
    ];
    let admin = &mut admin;
    says(admin, "/admin/staff", &with_password, "人员已添加。");
    says(admin, "/admin/staff", &person, "人员信息已保存，密码没有变。");
    says(
        admin,
        "/admin/staff",
        &with_password,
        "人员信息已保存，密码已更换：此人用新密码登录后，须先设置自己的密码。",
    );
    for (step, word) in [
        ("disable", "账户已停用，此人已退出登录。"),
        ("enable", "账户已启用。"),
        ("reset-second-factor", "验证码已重置，此人须重新登录。"),
        ("leave", "此人的个人信息已彻底删除。"),
    ] {
        says(admin, &format!("/admin/staff/newcomer/{step}"), &[], word);
    }
    says(admin, "/admin/staff/second-factor", &[], "两步验证的规定已保存。");
    says(admin, "/admin/substitutes", &leave, "代理已保存。");
    says(admin, "/admin/substitutes/end", &[("person", "author")], "代理已取消。");
    says(
        admin,
        "/admin/account/sessions/end-others",
        &[],
        "其他登录和令牌已全部失效。",
    );
    let token = [("label", "脚本"), ("days", "1"), ("scopes", "read")];
    let made = admin.post("/admin/account/tokens", &token).expect_status(200).text;
    let row = made
        .split("/admin/account/tokens/")
        .find_map(|rest| rest.split_once("/end\""))
        .unwrap()
        .0
        .to_owned();
    says(
        admin,
        &format!("/admin/account/tokens/{row}/end"),
        &[],
        "令牌已撤销，程序不能再用它。",
    );
    // The controls: nothing was done, or something that is no deed, and nothing is said.
    for path in ["/admin/staff", "/admin/staff?done=", "/admin/staff?done=everything"] {
        assert!(!admin.get(path).expect_status(200).text.contains("told done"), "{path}");
    }
    let edit = admin.get("/admin/staff?edit=author").text;
    assert!(edit.contains("留空则密码不变"), "what an empty password means");
}

#[test]
fn every_form_about_the_office_says_what_it_did() {
    let world = World::new();
    let mut admin = Browser::signed_in(&world, "admin");
    let entry = [
        ("id", "budget"),
        ("index_number", "B-1"),
        ("name.zh-Hans", "预算"),
        ("summary.zh-Hans", "每年的预算"),
        ("category", "finance"),
        ("cadence", "standing"),
        ("department", "office"),
        ("responsible", "author"),
    ];
    let site = [
        ("name.zh-Hans", "滨河市外事服务中心"),
        ("time_zone", "Asia/Shanghai"),
        ("department[0].id", "office"),
        ("department[0].zh-Hans", "办公室"),
        ("hours.zh-Hans", "工作日 8:30–17:00"),
        ("hotlines[0].label.zh-Hans", "咨询电话"),
        ("hotlines[0].number", "0000-1234567"),
    ];
    let calendar = [("year", "2041"), ("off", "2041-01-01"), ("worked", "")];
    let admin = &mut admin;
    says(admin, "/admin/site", &site, "单位信息已保存。");
    says(
        admin,
        "/admin/channels",
        &[("name", "garden"), ("title.zh-Hans", "院子")],
        "频道已保存。",
    );
    says(admin, "/admin/catalogue", &entry, "目录项已保存。");
    says(
        admin,
        "/admin/departments",
        &[("id", "archive"), ("name.zh-Hans", "档案室")],
        "处室已保存。",
    );
    says(admin, "/admin/calendar", &calendar, "已保存，各项到期日已重新计算。");
    says(
        admin,
        "/admin/reminders",
        &[("person", "admin"), ("address", "")],
        "邮件提醒已保存。",
    );
}

#[test]
fn every_form_about_displays_says_what_it_did() {
    let world = World::new();
    let display = world.display("lobby", LOBBY, &["hall"]);
    let mut admin = Browser::signed_in(&world, "admin");
    let shown = format!("/admin/displays/{}", display.id);
    let revision = hidden(&admin.get(&shown).text, "revision");
    let setting = [
        ("revision", revision.as_str()),
        ("name.zh-Hans", "大厅一号"),
        ("location.zh-Hans", "大厅"),
        ("language", "zh-Hans"),
        ("channels", "hall"),
    ];
    let admin = &mut admin;
    says(admin, &shown, &setting, "屏幕设置已保存，屏幕随即照此播出。");
    says(
        admin,
        "/admin/displays/blank",
        &[],
        "已下令全部黑场，各屏随即只显示待机画面。",
    );
    says(admin, "/admin/displays/unblank", &[], "已恢复播出。");
    says(
        admin,
        &format!("{shown}/revoke"),
        &[("reason", "遗失")],
        "已吊销，连接已切断。",
    );
    says(admin, &format!("{shown}/retire"), &[], "屏幕已停用。");
}

#[test]
fn blanking_is_asked_for_where_one_looks_first_and_tells_who_ordered_it() {
    let world = World::new();
    let _ = world.display("lobby", LOBBY, &["hall"]);
    let (mut admin, author) = (
        Browser::signed_in(&world, "everything"),
        Browser::signed_in(&world, "author"),
    );
    let get = |browser: &Browser, path: &str| browser.get(path).expect_status(200).text;
    let (there, back) = ("href=\"/admin/displays/blank\"", "href=\"/admin/displays/unblank\"");
    for page in ["/admin", "/admin/displays"] {
        let shown = get(&admin, page);
        let main = shown.split("<main").nth(1).unwrap();
        assert!(main.contains(there) && !main.contains(back), "{page}");
        assert!(!get(&author, page).contains(there), "{page}: who may not is not asked");
    }
    let _ = author.get("/admin/displays/blank").expect_status(403);
    let asked = get(&admin, "/admin/displays/blank");
    assert!(asked.contains("action=\"/admin/displays/blank\"") && asked.contains("涉及这些屏幕"));
    assert!(!world.hub().state().blank.blank.on, "asking changes nothing");
    let _ = admin.post("/admin/displays/blank", &[]).expect_status(303);
    let shown = get(&author, "/admin");
    let by = format!("{} 下令", hidden_name(&admin));
    assert!(shown.contains(&by) && !shown.contains(back), "{by}: {shown}");
    let shown = get(&admin, "/admin");
    assert!(shown.contains(back) && !shown.contains(there));
    assert!(get(&admin, "/admin/displays/blank").contains("已经是这样"));
    assert!(get(&admin, back.split('"').nth(1).unwrap()).contains("action=\"/admin/displays/unblank\""));
    for path in ["/admin/displays/blank", "/admin/displays/unblank"] {
        admin.reads_both_languages(path);
    }
    let _ = admin.post("/admin/displays/unblank", &[]).expect_status(303);
    assert!(!get(&author, "/admin").contains("下令"));
}

/// What the pages call whoever is signed in.
fn hidden_name(browser: &Browser) -> String {
    let page = browser.get("/admin/displays").text;
    let me = page.split("class=\"me\"").nth(1).unwrap().split('>').nth(1).unwrap();
    me.split('<').next().unwrap().to_owned()
}

#[test]
fn what_one_made_to_sign_in_with_is_among_the_changes_of_ones_account() {
    let world = World::new();
    let mut author = Browser::signed_in(&world, "author");
    let none = author.get("/admin/account/changes").expect_status(200).text;
    assert!(!none.contains("新建令牌"));
    let token = [("label", "大厅叫号"), ("days", "1"), ("scopes", "read")];
    let _ = author.post("/admin/account/tokens", &token).expect_status(200);
    let page = author.get("/admin/account/changes").expect_status(200).text;
    assert!(
        page.contains("新建令牌：大厅叫号") && page.contains("保存 200 天"),
        "{page}"
    );
    author.reads_both_languages("/admin/account/changes");
    let told = world
        .people
        .author
        .get("/api/v1/account/changes")
        .expect_status(200)
        .json;
    assert_eq!(told["means"][0]["labels"], json!(["大厅叫号"]));
    // The control: it is nobody else's.
    let other = Browser::signed_in(&world, "reviewer");
    assert!(!other.get("/admin/account/changes").text.contains("大厅叫号"));
}

#[test]
fn every_form_of_a_draft_says_what_it_did() {
    let world = World::new();
    let draft = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("窗口调整")});
    let made = world
        .people
        .author
        .post("/api/v1/drafts", &draft)
        .expect_status(201)
        .json;
    let id = made["id"].as_str().unwrap();
    let edit = format!("/admin/write/{id}");
    let mut author = Browser::signed_in(&world, "author");
    let author = &mut author;
    let share = format!("{edit}/share");
    says(
        author,
        &share,
        &[("editor", "everything")],
        "共享名单已保存，勾选的同事可以一起写这份草稿。",
    );
    says(
        author,
        "/admin/templates",
        &[("name", "窗口"), ("draft", id)],
        "模板已保存。",
    );
    let templates = author.get("/admin/templates").text;
    let template = templates.split("action=\"/admin/templates/").nth(1).unwrap();
    let template = format!("/admin/templates/{}", template.split('/').next().unwrap());
    says(
        author,
        &format!("{template}/rename"),
        &[("name", "窗口二")],
        "模板已改名。",
    );
    says(author, &format!("{template}/delete"), &[], "模板已删除。");
    let sheet = |hash: &str, then: &str| -> Vec<(String, String)> {
        [
            ("kind", "notice"),
            ("hash", hash),
            ("catalogue_entry", NOTICE_ENTRY),
            ("then", then),
            ("content.zh-Hans.title", "窗口调整"),
            ("content.zh-Hans.body", "请相互转告。"),
            ("content.zh-Hans.department", "办公室"),
            ("content.zh-Hans.date", "2026-11-24"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    };
    for (then, word) in [("save", "草稿已保存。"), ("submit", "已提交，等待保密审查。")] {
        let fields = sheet(&hidden(&author.get(&edit).text, "hash"), then);
        let fields: Vec<Field<'_>> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        says(author, &edit, &fields, word);
    }
}

#[test]
fn every_step_of_a_text_says_what_it_did() {
    let world = World::new();
    let id = world.people.submitted("notice", NOTICE_ENTRY, &notice("窗口调整"));
    let comments = format!("/admin/publications/{id}/comments");
    let mut reviewer = Browser::signed_in(&world, "reviewer");
    says(
        &mut reviewer,
        &comments,
        &[("text", "标题再短一点"), ("field", "")],
        "意见已提交。",
    );
    let no_fields: &[Field<'_>] = &[];
    for (who, step, fields, word) in [
        ("reviewer", "review", no_fields, "已通过保密审查。"),
        ("approver", "approve", no_fields, "已审批，可以发布。"),
        (
            "approver",
            "release",
            &[("channels", "hall")],
            "已发布。下面逐屏显示到达情况。",
        ),
        ("approver", "withdraw", &[("reason", "有误")], "已撤回，各屏不再显示。"),
    ] {
        let mut browser = Browser::signed_in(&world, who);
        let reply = browser.step(&id, step, fields);
        assert_eq!(after(&browser, reply).1, word, "{step}");
    }
    let again = format!("/admin/publications/{id}/again");
    says(
        &mut Browser::signed_in(&world, "author"),
        &again,
        &[],
        "新草稿已建好，文字来自上次公开的内容。",
    );
}

#[test]
fn the_first_autosave_of_a_text_brings_the_form_for_its_pictures() {
    let world = World::new();
    let mut author = Browser::signed_in(&world, "author");
    let page = author.get("/admin/write?kind=notice").expect_status(200).text;
    assert!(page.contains("保存草稿后即可添加图片"), "without script it stays right");
    let sheet = |hash: &str| -> Vec<(String, String)> {
        [
            ("kind", "notice"),
            ("hash", hash),
            ("catalogue_entry", NOTICE_ENTRY),
            ("then", "autosave"),
            ("content.zh-Hans.title", "海报"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    };
    let mut send = |to: &str, fields: &[(String, String)]| {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        author.post(to, &fields).expect_status(200).json
    };
    let first = send("/admin/write", &sheet(""));
    let edit = format!("/admin/write/{}", first["id"].as_str().unwrap());
    let card = first["pictures"].as_str().unwrap();
    assert!(
        card.contains(&format!("action=\"{edit}/pictures\"")) && !card.contains("保存草稿后"),
        "{card}"
    );
    let second = send(&edit, &sheet(first["hash"].as_str().unwrap()));
    assert!(second["pictures"].is_null(), "what somebody fills in there stays");
}

#[test]
fn who_is_asked_to_confirm_hears_what_happens_then() {
    let world = World::new();
    let id = world.people.approved("notice", NOTICE_ENTRY, &notice("窗口调整"));
    let mut approver = Browser::signed_in(&world, "approver");
    world.clock.set(world.clock.now().plus_ms(10 * 60_000));
    approver.password = None;
    let asked = approver
        .step(&id, "release", &[("channels", "hall")])
        .expect_status(403);
    assert!(
        asked.text.contains("确认后立即发布到所选频道的屏幕。"),
        "{}",
        asked.text
    );
    let asked = approver.post("/admin/displays/blank", &[]).expect_status(403);
    assert!(asked.text.contains("确认后全部屏幕立即黑场。"), "{}", asked.text);
}
