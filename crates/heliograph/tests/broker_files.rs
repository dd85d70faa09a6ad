//! `heliograph hub broker-files`: another broker is told who may do what.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::{STRIP, TempDir, World};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

fn written(data: &Path, out: &Path, site: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_heliograph"))
        .args(["hub", "broker-files", "--site", site, "--data"])
        .arg(data)
        .arg("--out")
        .arg(out)
        .env_remove("HELIOGRAPH_BROKER_PASSWORD")
        .output()
        .unwrap()
}

#[test]
fn the_files_are_written_for_the_broker_and_the_password_for_the_hub() {
    let mut world = World::new();
    let mut display = world.display("strip", STRIP, &["hall"]);
    display.stop();
    world.hub_goes_away();
    let folder = TempDir::new();
    let out = folder.path().join("broker");
    let done = written(&world.data(), &out, "binhe");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let mode = |name: &str| std::fs::metadata(out.join(name)).unwrap().permissions().mode() & 0o777;
    let text = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    for name in ["mosquitto.passwd", "mosquitto.acl", "nats-users.conf"] {
        assert!(text(name).contains(&display.id.to_string()), "{name}");
        assert_eq!(mode(name) & 0o007, 0, "{name}");
    }
    assert!(text("mosquitto.passwd").starts_with("hub:$7$101$"));
    assert_eq!((text("hub-password").len(), mode("hub-password")), (64, 0o600));

    let first = text("hub-password");
    assert!(written(&world.data(), &out, "binhe").status.success());
    assert_eq!(text("hub-password"), first, "the hub keeps its password");

    let nothing = written(folder.path(), &out, "binhe");
    assert_eq!(nothing.status.code(), Some(1));
    let site = written(&world.data(), &out, "Bin he");
    assert_eq!(site.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&site.stderr).contains("--site"));
}
