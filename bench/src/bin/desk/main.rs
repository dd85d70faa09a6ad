//! How long a page of the admin takes with 10,000 publications behind it, for somebody who has every role and so is shown
//! the most: from the request to the last byte of the answer, on this machine, over a connection that is kept.
//!
//! `admin_page_p99` is over every page that a person opens, as often as people open them; `desk_search` over searches
//! that find much, little and nothing; `audit_page_p99` over the trail of every record; `author_page_p99` over what one of
//! forty authors opens, to whom others' texts on their way are not shown. The slowest pages are told to stderr.
//!
//! The limit is the desk's own: 20 ms are not noticed. There is no peer to compare with.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a benchmark that cannot go on has nothing better to do than to stop"
)]

mod office;

use heliograph_bench::{figure, ms, quantile};
use heliograph_tests::{Http, PASSWORD, World};
use office::{Office, PUBLICATIONS};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Instant;

/// Rounds that are measured, after one that warms everything up.
const ROUNDS: usize = 12;

fn main() {
    let begun = Instant::now();
    let office = Office::filled();
    let records = office.world.hub().log().head().unwrap().position.0;
    eprintln!(
        "{PUBLICATIONS} publications, {records} records, made in {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    let who = signed_in(&office.world, office::EVERYBODY);
    let mut slow = BTreeMap::new();
    measure("admin_page_p99", &who, &pages(&office), &mut slow);
    measure("audit_page_p99", &who, &trail(&office), &mut slow);
    measure("desk_search", &who, &searches(), &mut slow);
    let author = signed_in(&office.world, office::AUTHOR);
    measure("author_page_p99", &author, &of_an_author(&office), &mut slow);
    let mut slow: Vec<(f64, String)> = slow.into_iter().map(|(page, taken)| (taken, page)).collect();
    slow.sort_by(|one, other| other.0.total_cmp(&one.0));
    for (taken, page) in slow.iter().take(15) {
        eprintln!("{taken:8.2} ms  {page}");
    }
}

fn signed_in(world: &World, staff: &str) -> Http {
    let wish = json!({"staff": staff, "password": PASSWORD});
    let session = world.http().post("/api/v1/sessions", &wish).expect_status(201).json;
    world.http().with_token(session["token"].as_str().unwrap())
}

/// Asks for every page in every round, and prints the 99th percentile of all.
fn measure(name: &str, who: &Http, pages: &[String], slow: &mut BTreeMap<String, f64>) {
    let mut taken = Vec::new();
    for round in 0..=ROUNDS {
        for page in pages {
            let begun = Instant::now();
            let _ = who.get(page).expect_status(200);
            let took = ms(begun.elapsed());
            if round > 0 {
                taken.push(took);
                let slowest = slow.entry(page.clone()).or_insert(took);
                *slowest = slowest.max(took);
            }
        }
    }
    let runs = taken.len();
    figure(name, quantile(&mut taken, 0.99), "ms", None, false, runs);
}

/// Every page of the admin; lists and texts more often, as they are opened more often.
fn pages(office: &Office) -> Vec<String> {
    let mut pages: Vec<String> = [
        "/admin",
        "/admin/publications",
        "/admin/publications?page=2",
        "/admin/publications?page=200",
        "/admin/publications?state=mine",
        "/admin/publications?state=released",
        "/admin/publications?state=submitted",
        "/admin/publications?kind=notice&page=3",
        "/admin/publications?q=%E9%80%9A%E7%9F%A5",
        "/admin/publications?q=%E6%B2%A1%E6%9C%89%E8%BF%99%E4%B8%AA",
        "/admin/write",
        "/admin/write?kind=notice",
        "/admin/write?kind=service-guide",
        "/admin/catalogue",
        "/admin/calendar",
        "/admin/reminders",
        "/admin/displays",
        "/admin/channels",
        "/admin/staff",
        "/admin/site",
        "/admin/account",
        "/admin/search",
    ]
    .map(str::to_owned)
    .to_vec();
    pages.extend(["/admin", "/admin/publications"].map(str::to_owned));
    pages.extend(office.shown.iter().map(|id| format!("/admin/publications/{id}")));
    pages.extend(office.displays.iter().map(|id| format!("/admin/displays/{id}")));
    pages.extend(office.drafts.iter().map(|id| format!("/admin/write/{id}")));
    pages
}

/// What somebody opens who writes and has no other role.
fn of_an_author(office: &Office) -> Vec<String> {
    let mut pages: Vec<String> = [
        "/admin",
        "/admin/publications",
        "/admin/publications?state=mine",
        "/admin/publications?q=%E9%80%9A%E7%9F%A5",
        "/admin/write",
        "/admin/write?kind=notice",
        "/admin/catalogue",
        "/admin/search?q=%E5%81%9C%E7%94%B5",
    ]
    .map(str::to_owned)
    .to_vec();
    // The newest that are shown are still on their way, and others'.
    pages.extend(
        office
            .shown
            .iter()
            .skip(1)
            .map(|id| format!("/admin/publications/{id}")),
    );
    pages
}

fn trail(office: &Office) -> Vec<String> {
    let mut pages: Vec<String> = [
        "/admin/audit",
        "/admin/audit?page=500",
        "/admin/audit?who=approver",
        "/admin/audit?what=publication&deed=withdrawn",
        "/admin/audit?from=2030-01-01&until=2030-12-31",
        "/admin/audit?q=%E9%80%9A%E7%9F%A5",
        "/admin/audit?q=%23777",
    ]
    .map(str::to_owned)
    .to_vec();
    pages.extend(office.shown.iter().take(3).map(|id| format!("/admin/audit?q={id}")));
    pages
}

/// Much, little, nothing; titles, texts, people, numbers.
fn searches() -> Vec<String> {
    [
        "通知",
        "第4321号",
        "停电",
        "没有这样的字",
        "陈审批",
        "BH-E-017",
        "大厅",
        "visa",
        "7f",
    ]
    .map(|words| {
        let escaped: String = words.bytes().map(|byte| format!("%{byte:02X}")).collect();
        format!("/admin/search?q={escaped}")
    })
    .to_vec()
}
