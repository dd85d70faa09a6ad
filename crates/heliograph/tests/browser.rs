//! The demo in a real browser, in Chinese: from sign-in over writing, review and release to the wall.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

mod support;

use heliograph_tests::TempDir;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use support::Browser;

const PASSWORD: &str = "heliograph-demo";
const TITLE: &str = "关于国庆期间窗口值班安排的公告";
/// It takes minutes to read, so that a slow machine still finds it on air after its release.
const BODY: &str = "国庆期间，一楼办事大厅3号窗口每天上午有人值班，受理因公护照领取和紧急签证代办，其他事项节后办理。\n\n\
    需要在节日期间取证的单位，请提前一天拨打咨询电话预约，并携带受理回执、单位介绍信和经办人身份证。由他人代领的，另带\
    委托书和代领人身份证。\n\n\
    节日期间大厅东门关闭，请从南门进出。停车场照常开放，办事车辆两小时内免费。\n\n\
    境外遇到紧急情况，请拨打外交部全球领事保护与服务应急热线。节后首日窗口延长服务一小时，欢迎错峰办理。\n\n\
    对窗口值班有意见或者建议的，可以拨打监督电话，也可以写信投入大厅意见箱，我们在五个工作日内答复。";

/// The demo as a process of its own, in a folder of its own.
struct Demo {
    process: Child,
    base: String,
}

impl Demo {
    fn start(folder: &TempDir) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut process = Command::new(env!("CARGO_BIN_EXE_heliograph"))
            .args(["demo", "--port", &port.to_string()])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap())
            .lines()
            .map(Result::unwrap);
        assert!(lines.any(|line| line.contains("/wall")), "the demo did not start");
        // What it prints later must find a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            process,
            base: format!("http://127.0.0.1:{port}"),
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn sign_in(browser: &Browser, demo: &Demo, who: &str, name: &str) {
    browser.open(&format!("{}/admin/login", demo.base));
    browser.type_into("input[name=staff]", who);
    browser.type_into("input[name=password]", PASSWORD);
    browser.follow("form[action='/admin/login'] button[type=submit]");
    browser.reads(&format!("，{name}"));
}

fn sign_out(browser: &Browser) {
    browser.follow("form[action='/admin/logout'] button");
    browser.eventually("signed out", || browser.address() == "/admin/login");
}

/// Presses the button of a step on the page of the publication.
fn step(browser: &Browser, demo: &Demo, id: &str, step: &str, then: &str) {
    browser.open(&format!("{}/admin/publications/{id}", demo.base));
    browser.follow(&format!("form[action$='/{step}'] button[type=submit]"));
    browser.reads(then);
}

#[test]
fn from_sign_in_to_the_wall_in_chinese() {
    let folder = TempDir::new();
    let demo = Demo::start(&folder);
    let browser = Browser::start(folder.path());

    sign_in(&browser, &demo, "wang-lei", "王磊");
    browser.open(&format!("{}/admin/write?kind=notice", demo.base));
    browser.click("select[name=catalogue_entry] option[value=notice-outbound]");
    browser.type_into("[name='content.zh-Hans.title']", TITLE);
    browser.type_into("[name='content.zh-Hans.body']", BODY);
    browser.type_into("[name='content.zh-Hans.department']", "出国管理处");
    browser.follow("button[name=then][value=submit]");
    browser.eventually("the publication's page", || {
        browser.address().starts_with("/admin/publications/")
    });
    let id = browser.address().rsplit('/').next().unwrap().to_owned();
    browser.reads("待保密审查");
    sign_out(&browser);

    sign_in(&browser, &demo, "xu-zhiyuan", "徐志远");
    browser.reads(TITLE);
    step(&browser, &demo, &id, "review", "通过保密审查");
    sign_out(&browser);

    sign_in(&browser, &demo, "fang-hui", "方慧");
    step(&browser, &demo, &id, "approve", "审批同意");
    browser.open(&format!("{}/admin/publications/{id}", demo.base));
    if browser
        .run("return document.querySelector(\"form[action$='/release'] input[name=channels][value=hall]\").checked")
        != true
    {
        browser.click("form[action$='/release'] input[name=channels][value=hall]");
    }
    browser.follow("form[action$='/release'] button[type=submit]");
    browser.eventually("the page of arrivals", || browser.address().ends_with("/reach"));
    // The page renews itself: nobody loads it anew.
    browser.reads("大厅主屏");
    browser.eventually("on air", || {
        let shown = browser.text();
        shown.contains("块屏都已播出") || shown.contains("块已播出")
    });

    browser.open(&format!("{}/wall", demo.base));
    browser.reads("5 块屏幕，5 块有实时画面");
    the_lobby_shows_what_the_log_says(&browser, &id);
    let readme = std::env::var_os("HELIOGRAPH_SCREENSHOT");
    if let Some(file) = readme {
        browser.screenshot(std::path::Path::new(&file));
    }
    a_stopped_player_goes_stale(&browser);
}

/// The tile's own pixels, from the player's sink, are those that the hub draws from the log for the same moment; and
/// the display says that the new notice is on air.
fn the_lobby_shows_what_the_log_says(browser: &Browser, id: &str) {
    let script = r"
        const tile = [...document.querySelectorAll('.tile')].find(t => t.innerText.includes('大厅主屏'));
        const id = tile.dataset.display;
        const display = await (await fetch(`/api/v1/displays/${id}`)).json();
        const pixels = (image) => {
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
            canvas.getContext('2d').drawImage(image, 0, 0);
            return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        };
        const drawn = new Image();
        drawn.src = `/api/v1/displays/${id}/frame.png?width=4000&t=${Date.now()}`;
        await drawn.decode();
        const [shown, expected] = [pixels(tile.querySelector('img')), pixels(drawn)];
        const same = shown.length === expected.length && shown.every((byte, at) => byte === expected[at]);
        return {same, size: shown.length, on: display.status?.on_air?.publication ?? ''};
    ";
    let mut last = serde_json::Value::Null;
    let mut seen = false;
    for _ in 0..200 {
        last = browser.run(script);
        if last["same"] == true && last["on"] == id {
            seen = true;
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert!(seen, "the lobby's tile is not the picture of the log: {last}");
    assert_eq!(last["size"], 1920 * 1080 * 4);
}

fn a_stopped_player_goes_stale(browser: &Browser) {
    let tile = "section.strips .tile:first-child";
    browser.click(&format!("{tile} form[action$='/stop'] button"));
    browser.reads("画面停在");
    browser.reads("5 块屏幕，4 块有实时画面");
    browser.click(&format!("{tile} form[action$='/start'] button"));
    browser.reads("5 块屏幕，5 块有实时画面");
}
