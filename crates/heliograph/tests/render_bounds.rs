//! Whatever `heliograph render` is asked for, it takes so much memory and time and no more, and says why.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::TempDir;
use serde_json::json;
use std::path::Path;
use std::process::Command;

/// The exit status and what is said on standard error.
fn render(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_heliograph"))
        .arg("render")
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[track_caller]
fn refused(folder: &Path, args: &[&str], status: i32, why: &str) {
    let (code, told) = render(folder, args);
    assert!(code == Some(status) && told.contains(why), "{args:?}: {code:?} {told}");
}

#[test]
fn a_picture_is_no_larger_than_the_largest_panel() {
    let folder = TempDir::new();
    let profile = "[panel]\nwidth_px = 8192\nheight_px = 4096\ncolour = \"full\"\npixel_pitch_um = 630\n\
                   viewing_distance_mm = 3000\nrefresh_hz = 30\n[sink]\ndefault = \"terminal\"\n";
    std::fs::write(folder.path().join("wall.toml"), profile).unwrap();
    let wall = ["--card", "slate", "--profiles", ".", "--profile", "wall"];
    refused(folder.path(), &[&wall[..], &["--scale", "16"]].concat(), 2, "pixels");
    let enlarged = ["--card", "slate", "--profile", "sign-64x32", "--scale", "16"];
    assert_eq!(render(folder.path(), &enlarged).0, Some(0), "the control");
}

#[test]
fn an_animation_has_an_end() {
    let folder = TempDir::new();
    for (file, chars) in [("endless.json", 100_000), ("long.json", 100)] {
        // As the log would keep it, so past the check of its length.
        let fields = json!({"title": "题".repeat(chars), "body": "文", "department": "处", "date": "2026-11-24"});
        let document = json!({"format": 1, "kind": "notice", "texts": {"zh-Hans": {"notice": fields}}});
        std::fs::write(folder.path().join(file), document.to_string()).unwrap();
    }
    let strip = ["--animated", "--profile", "led-single-red-192x16", "-o", "strip.png"];
    let endless = [&["endless.json"], &strip[..]].concat();
    refused(folder.path(), &endless, 1, "the turn takes");
    assert!(!folder.path().join("strip.png").exists());
    let long = [&["long.json"], &strip[..]].concat();
    assert_eq!(render(folder.path(), &long).0, Some(0), "the control");
    refused(
        folder.path(),
        &["--animated", "--card", "slate"],
        2,
        "cannot be used with",
    );
    refused(
        folder.path(),
        &["--page", "2", "--card", "slate"],
        2,
        "cannot be used with",
    );
}

#[test]
fn a_file_that_is_no_text_is_not_read_to_its_end() {
    let folder = TempDir::new();
    refused(folder.path(), &["/dev/zero"], 1, "larger than");
    refused(
        folder.path(),
        &["--card", "slate", "--site", "/dev/zero"],
        1,
        "larger than",
    );
    let early = ["--card", "slate", "--at", "1969-12-31T23:59:59Z"];
    refused(folder.path(), &early, 2, "before 1970");
}
