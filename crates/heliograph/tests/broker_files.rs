//! `heliograph hub broker-files`: another broker is told who may do what.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_tests::brokers::{Brand, ForeignBroker};
use heliograph_tests::{STRIP, TempDir, World, eventually};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

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

fn hub(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heliograph"));
    command
        .args(["hub", "--site", "binhe", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .env_remove("HELIOGRAPH_BROKER_PASSWORD")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

#[test]
fn a_broker_that_cannot_be_right_is_refused_at_the_start() {
    let folder = TempDir::new();
    for (args, code, told) in [
        (&["--broker", "mqtt://hub@10.0.0.1"][..], 2, "--plain"),
        (
            &["--broker", "mqtt://hub:geheim@10.0.0.1:x"],
            2,
            "mqtts://user@host:port",
        ),
        (&["--broker", "mqtt://127.0.0.1"], 1, "HELIOGRAPH_BROKER_PASSWORD"),
        (&["--broker", "mqtts://hub:geheim@127.0.0.1"], 1, "--broker-ca"),
        (
            &["--broker", "mqtts://127.0.0.1", "--mqtt-listen", "127.0.0.1:0"],
            2,
            "--mqtt-listen",
        ),
        (&["--broker-files", "x"], 2, "--broker"),
    ] {
        let output = hub(&folder.path().join("hub")).args(args).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{args:?} {said}");
        assert!(said.contains(told) && !said.contains("geheim@10"), "{args:?} {said}");
    }
}

/// The steps of `firmware-config/broker/README.md`.
#[test]
fn a_hub_comes_to_mosquitto_with_the_password_that_it_made() {
    let mut world = World::new();
    world.hub_goes_away();
    let mut broker = ForeignBroker::new(Brand::Mosquitto);
    assert!(written(&world.data(), &broker.accounts(), "binhe").status.success());
    broker.comes();
    let mut running = hub(&world.data())
        .args(["--broker", &format!("mqtts://hub@{}", broker.secure()), "--broker-ca"])
        .arg(broker.certificate())
        .arg("--broker-files")
        .arg(broker.accounts())
        .args(["--broker-reload", &broker.reload_command()])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let came = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        eventually("the hub is let in", || broker.log().contains(" as hub "));
    }));
    let _ = running.kill();
    let _ = running.wait();
    came.unwrap();
}
