//! A display written in Python from the page on the wire alone, against this program: what it reads, what it refuses, and
//! that a hub's notice reaches it.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "tests")]

use heliograph_tests::python;
use std::path::PathBuf;

const NEEDED: &str = "paho.mqtt.client, nacl.signing";

/// Runs a script, which must end well; what it printed.
fn run(name: &str, arguments: &[&str]) -> String {
    python::must(NEEDED, &format!("python/{name}"), arguments)
}

fn script(name: &str) -> PathBuf {
    python::beside("python").join(name)
}

#[test]
fn it_reads_every_golden_file_and_signs_each_anew() {
    let said = run("golden.py", &[]);
    let files = std::fs::read_dir(script("../../crates/wire/tests/golden"))
        .unwrap()
        .count();
    assert!(said.contains(&format!("\"files\": {files},")), "{said}");
}

#[test]
fn it_refuses_every_kind_of_hostile_message_and_believes_the_honest_neighbour() {
    let said = run("hostile.py", &[]);
    let (good, all) = said.lines().last().unwrap().split_once(" of ").unwrap();
    assert!(all.starts_with(&format!("{good} kinds ")) && good != "0", "{said}");
}

#[test]
fn a_damaged_golden_file_is_not_read() {
    let folder = std::env::temp_dir().join(format!("heliograph-damaged-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for entry in std::fs::read_dir(script("../../crates/wire/tests/golden")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let damaged = path.ends_with("envelope-head.hex");
        let text = if damaged { text.replacen('0', "1", 1) } else { text };
        std::fs::write(folder.join(path.file_name().unwrap()), text).unwrap();
    }
    let output = python::run(NEEDED, "python/golden.py", &[folder.to_str().unwrap()]);
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(!output.status.success(), "a damaged file was read");
}

#[test]
fn it_keeps_the_rules_of_time_and_of_what_is_on_air() {
    let said = run("rules.py", &[]);
    assert!(said.lines().last().unwrap().ends_with("rules hold"), "{said}");
}

#[test]
fn it_is_enrolled_by_an_honest_hub_and_by_no_other() {
    let said = run("enrolment.py", &[]);
    assert!(said.lines().last().unwrap().ends_with("cases hold"), "{said}");
}

#[test]
fn its_connection_takes_no_more_than_it_should() {
    let said = run("connection.py", &[]);
    assert!(said.lines().last().unwrap().ends_with("cases hold"), "{said}");
}

#[test]
fn somebody_between_it_and_the_hub_is_caught() {
    let said = run("between.py", &[env!("CARGO_BIN_EXE_heliograph")]);
    assert_eq!(
        said,
        "between: somebody who ends TLS is caught\nbetween: a cable changes nothing\n"
    );
}

#[test]
fn a_hubs_notice_is_on_it_until_it_is_withdrawn() {
    let said = run("story.py", &[env!("CARGO_BIN_EXE_heliograph")]);
    assert!(said.ends_with("story: all of it\n"), "{said}");
}
