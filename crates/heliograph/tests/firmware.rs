//! What a lobby machine is set up from is what this program and its system understand.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_player::profile::Profile;
use heliograph_sink::SinkSpec;
use heliograph_tests::TempDir;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Keys of units (systemd.unit(5), systemd.service(5), systemd.exec(5), systemd.kill(5), systemd.resource-control(5)) that
/// ours use. A key that systemd does not know it ignores with a warning that nobody reads.
const KEYS: [(&str, &[&str]); 3] = [
    (
        "Unit",
        &[
            "Description",
            "Documentation",
            "After",
            "Wants",
            "Conflicts",
            "StartLimitIntervalSec",
        ],
    ),
    (
        "Service",
        &[
            "CapabilityBoundingSet",
            "DeviceAllow",
            "DevicePolicy",
            "Environment",
            "EnvironmentFile",
            "ExecStart",
            "Group",
            "InaccessiblePaths",
            "LockPersonality",
            "MemoryDenyWriteExecute",
            "MemoryMax",
            "NoNewPrivileges",
            "OOMScoreAdjust",
            "PAMName",
            "PrivateDevices",
            "PrivateTmp",
            "ProtectClock",
            "ProtectControlGroups",
            "ProtectHome",
            "ProtectHostname",
            "ProtectKernelLogs",
            "ProtectKernelModules",
            "ProtectKernelTunables",
            "ProtectSystem",
            "Restart",
            "RestartSec",
            "LimitNOFILE",
            "RestrictAddressFamilies",
            "RestrictNamespaces",
            "RestrictRealtime",
            "RestrictSUIDSGID",
            "RuntimeDirectory",
            "RuntimeDirectoryMode",
            "StandardError",
            "StandardInput",
            "StandardOutput",
            "StateDirectory",
            "StateDirectoryMode",
            "SupplementaryGroups",
            "SystemCallArchitectures",
            "TTYPath",
            "TTYReset",
            "TTYVHangup",
            "TTYVTDisallocate",
            "UMask",
            "User",
            "UtmpIdentifier",
            "UtmpMode",
        ],
    ),
    ("Install", &["WantedBy"]),
];

fn config(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../firmware-config")
        .join(path)
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(config(folder)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            files.push(path);
        }
    }
    files.sort();
    assert!(!files.is_empty(), "nothing in {folder}");
    files
}

/// Lines that say something, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = (1..).zip(text.lines().map(str::trim));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// `section/key` and value of a unit, or what is wrong with it.
fn unit(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut section = "";
    let mut found = Vec::new();
    for (number, line) in lines(text) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
            continue;
        }
        let (key, value) = line.split_once('=').ok_or_else(|| format!("line {number}: no key"))?;
        let known = KEYS.iter().find(|(name, _)| *name == section);
        let (_, keys) = known.ok_or_else(|| format!("line {number}: no section [{section}]"))?;
        if !keys.contains(&key) {
            return Err(format!("line {number}: [{section}] has no key {key}"));
        }
        found.push((format!("{section}/{key}"), value.to_owned()));
    }
    Ok(found)
}

/// The variables of a file in `default/`.
fn variables(file: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(file).unwrap();
    let pairs = lines(&text).map(|(_, line)| line.split_once('=').unwrap());
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Whether this program takes such a command line: flags are looked at before `--help` is answered.
fn is_taken(args: &[String]) -> Result<(), String> {
    let output = Command::new(env!("CARGO_BIN_EXE_heliograph"))
        .args(args)
        .arg("--help")
        .output()
        .unwrap();
    for pair in args.windows(2) {
        let why = match pair[0].as_str() {
            "--profile" => Profile::parse_built_in(&pair[1]).err().map(|error| error.to_string()),
            "--sink" => pair[1].parse::<SinkSpec>().err().map(|error| error.to_string()),
            _ => None,
        };
        why.map_or(Ok(()), Err)?;
    }
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned())
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn units_have_known_keys_and_start_what_this_program_takes() {
    let mut started = 0;
    for file in files("systemd") {
        let found = unit(&std::fs::read_to_string(&file).unwrap());
        let found = found.unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        let value = |key: &str| {
            found
                .iter()
                .find(|(known, _)| known == key)
                .map(|(_, value)| value.as_str())
        };
        let Some(command) = value("Service/ExecStart") else {
            continue;
        };
        started += 1;
        assert_eq!(value("Service/Restart"), Some("always"), "{}", file.display());
        let user = if command.contains(" signer ") {
            "heliograph-signer"
        } else {
            "heliograph"
        };
        assert_eq!(value("Service/User"), Some(user), "{}", file.display());
        let Some(args) = command.strip_prefix("/usr/bin/heliograph ") else {
            continue;
        };
        let defaults =
            value("Service/EnvironmentFile").map(|path| variables(&config(path.strip_prefix("/etc/").unwrap())));
        let args = defaults
            .unwrap_or_default()
            .iter()
            .fold(args.to_owned(), |args, (name, value)| {
                args.replace(&format!("${name}"), value)
            });
        is_taken(&words(&args)).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
    }
    assert_eq!(started, 4);
    // The checks can fail.
    assert!(unit("[Service]\nExecStrat=/bin/true\n").is_err());
    assert!(unit("[Servise]\nExecStart=/bin/true\n").is_err());
    assert!(is_taken(&words("player --brokers mqtt://hub:1883")).is_err());
    assert!(is_taken(&words("player --sink hologram")).is_err());
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    let there = Command::new("systemd-analyze").arg("--version").output().is_ok();
    if !there {
        // The test before this one reads the units too.
        return;
    }
    let folder = TempDir::new();
    let verify = |name: &str, text: &str| {
        // Neither this program nor the compositor need be installed where the units are looked at.
        let text: String = text
            .lines()
            .map(|line| {
                if line.starts_with("ExecStart=") {
                    "ExecStart=/bin/true"
                } else {
                    line
                }
            })
            .flat_map(|line| [line, "\n"])
            .collect();
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let output = Command::new("systemd-analyze")
            .args(["verify", "--man=no"])
            .arg(&file)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        // Units of the system that refer to what is not installed here are not ours to mend.
        let ours: Vec<&str> = told.lines().filter(|line| line.contains(name)).collect();
        ours.join("\n")
    };
    for file in files("systemd") {
        let name = file.file_name().unwrap().to_str().unwrap();
        if Path::new(name).extension().is_some_and(|ending| ending == "service") {
            assert_eq!(verify(name, &std::fs::read_to_string(&file).unwrap()), "", "{name}");
        }
    }
    assert_ne!(
        verify("wrong.service", "[Service]\nExecStart=/bin/true\nPrivatTmp=yes\n"),
        ""
    );
}

#[test]
fn the_kiosk_starts_a_player_that_this_program_takes() {
    let folder = TempDir::new();
    let told = folder.path().join("args");
    // In place of the programs: they write down what they are told. The player ends first.
    for (name, seconds) in [("heliograph", 1), ("chromium", 30)] {
        let stand_in = folder.path().join(name);
        let script = format!(
            "#!/bin/sh\necho {name} \"$@\" >> {}\nexec sleep {seconds}\n",
            told.display()
        );
        std::fs::write(&stand_in, script).unwrap();
        std::fs::set_permissions(&stand_in, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let start = |mode: &str| {
        let _ = std::fs::remove_file(&told);
        let status = Command::new(config("kiosk/heliograph-kiosk"))
            .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
            .envs(variables(&config("default/heliograph-kiosk")))
            .env("MODE", mode)
            .output()
            .unwrap()
            .status;
        (status.code(), std::fs::read_to_string(&told).unwrap_or_default())
    };
    let player_of = |told: &str| {
        let line = told.lines().find_map(|line| line.strip_prefix("heliograph ")).unwrap();
        words(line)
    };
    let (code, window) = start("window");
    assert_eq!(code, Some(0));
    assert!(
        player_of(&window).contains(&"window:full?rotate=0".to_owned()),
        "{window}"
    );
    is_taken(&player_of(&window)).unwrap();

    let (_, card) = start("card");
    assert!(player_of(&card).starts_with(&words("player probe")), "{card}");
    is_taken(&player_of(&card)).unwrap();

    // When the player or the browser ends, the kiosk ends, and is started anew.
    let (code, touch) = start("touch");
    assert_eq!(code, Some(1));
    is_taken(&player_of(&touch)).unwrap();
    let browser = touch.lines().find(|line| line.starts_with("chromium")).unwrap();
    assert!(
        browser.ends_with("http://127.0.0.1:8137/") && player_of(&touch).contains(&"browser:127.0.0.1:8137".to_owned())
    );

    assert_eq!(start("both").0, Some(2));
}

/// One `KEY{attribute}=="value"` of a rule, or what is wrong with it (udev(7)).
fn clause(text: &str) -> Result<(), String> {
    const MATCHES: [&str; 8] = [
        "ACTION",
        "SUBSYSTEM",
        "KERNEL",
        "ENV",
        "ATTR",
        "ATTRS",
        "TEST",
        "DRIVERS",
    ];
    const ASSIGNS: [&str; 7] = ["GROUP", "MODE", "OWNER", "ENV", "RUN", "SYMLINK", "TAG"];
    let at = text
        .find(['=', '!', '+'])
        .ok_or_else(|| format!("`{text}` does nothing"))?;
    let (key, rest) = text.split_at(at);
    let key = key.split('{').next().unwrap_or_default();
    let (operator, value) = rest.split_at(rest.find('"').ok_or_else(|| format!("`{text}` has no value"))?);
    let known = match operator {
        "==" | "!=" => MATCHES.contains(&key),
        "=" | "+=" => ASSIGNS.contains(&key),
        _ => false,
    };
    let quoted = value.len() > 1 && value.ends_with('"') && value.matches('"').count() == 2;
    (known && quoted)
        .then_some(())
        .ok_or_else(|| format!("`{text}` is not understood"))
}

fn rule(line: &str) -> Result<(), String> {
    line.split(", ").try_for_each(|text| clause(text.trim()))
}

#[test]
fn device_rules_and_their_examples_are_well_formed() {
    let mut rules = 0;
    for file in files("udev") {
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            // Examples are rules with a mark before them, and no space.
            let example = line
                .strip_prefix('#')
                .filter(|rest| rest.starts_with(char::is_uppercase));
            let Some(line) = example.or_else(|| (!line.starts_with('#') && !line.is_empty()).then_some(line)) else {
                continue;
            };
            rule(line).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
            rules += 1;
        }
    }
    assert!(rules >= 4);
    for bad in [
        r#"SUBSYSTEM="drm""#,
        r#"MODE=="0660""#,
        r#"GROUP="video"#,
        "video",
        r#"GRUOP="video""#,
    ] {
        assert!(rule(bad).is_err(), "{bad}");
    }
}

#[test]
fn users_and_folders_are_the_ones_that_the_units_use() {
    let user = std::fs::read_to_string(config("sysusers.d/heliograph.conf")).unwrap();
    let groups: Vec<&str> = lines(&user)
        .filter_map(|(_, line)| line.strip_prefix('m'))
        .filter_map(|rest| rest.split_whitespace().nth(1))
        .collect();
    assert!(lines(&user).any(|(_, line)| words(line)[..2] == ["u", "heliograph"]));
    for file in files("systemd") {
        let found = unit(&std::fs::read_to_string(&file).unwrap()).unwrap();
        for (_, wanted) in found.iter().filter(|(key, _)| key == "Service/SupplementaryGroups") {
            assert!(
                words(wanted).iter().all(|group| groups.contains(&group.as_str())),
                "{wanted}"
            );
        }
    }
    let folders = std::fs::read_to_string(config("tmpfiles.d/heliograph.conf")).unwrap();
    for (number, line) in lines(&folders) {
        let columns = words(line);
        let [kind, path, mode, owner, ..] = &columns[..] else {
            panic!("line {number}");
        };
        assert!(
            kind == "d" && path.starts_with("/var/lib/heliograph") && owner == "heliograph",
            "line {number}"
        );
        assert!(
            u32::from_str_radix(mode, 8).is_ok_and(|mode| mode & 0o022 == 0),
            "line {number}: others may write"
        );
    }
}
