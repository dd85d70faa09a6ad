//! `scripts/wire-check` reads the golden files by what `docs/wire-format.md` says, in another language. It must agree
//! with the files, and notice when one of them is damaged.

#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The second reader's verdict on a folder; `None` where there is no Python.
fn judge(folder: &Path) -> Option<Output> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/wire-check");
    match Command::new("python3").arg(script).arg(folder).output() {
        Ok(output) => Some(output),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("skipped: there is no python3 on this machine");
            None
        }
        Err(error) => panic!("python3 did not start: {error}"),
    }
}

#[test]
fn the_second_reader_agrees_with_every_golden_file() {
    let Some(output) = judge(&golden()) else { return };
    let (told, troubles) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{troubles}");
    for file in fs::read_dir(golden()).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            told.lines().any(|line| line.split_whitespace().next() == Some(name)),
            "{name} was not read"
        );
    }
}

/// The control: with one bit of any one file otherwise, it says so.
#[test]
fn the_second_reader_notices_one_bit() {
    let folder = std::env::temp_dir().join(format!("heliograph-second-reader-{}", std::process::id()));
    let names: Vec<_> = fs::read_dir(golden())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    fs::create_dir_all(&folder).unwrap();
    for name in &names {
        fs::copy(golden().join(name), folder.join(name)).unwrap();
    }
    // All of them would take half a minute; every sixth is of every sort, since the sorts have neighbouring names.
    let mut sorted = names.clone();
    sorted.sort();
    for name in sorted.iter().step_by(6) {
        let whole = fs::read_to_string(golden().join(name)).unwrap();
        let mut digits = whole.clone().into_bytes();
        let at = digits.len() / 2;
        let at = (at..digits.len()).find(|at| digits[*at].is_ascii_hexdigit()).unwrap();
        digits[at] = if digits[at] == b'0' { b'1' } else { b'0' };
        fs::write(folder.join(name), &digits).unwrap();
        let Some(output) = judge(&folder) else { return };
        assert_eq!(output.status.code(), Some(1), "{name:?} was damaged");
        fs::write(folder.join(name), whole).unwrap();
    }
    let output = judge(&folder).unwrap();
    assert!(output.status.success(), "what was mended is right again");
    fs::remove_dir_all(&folder).unwrap();
}
