//! What stands in Python beside the tests: a display of its own, and stories in a browser.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The first Python that has these modules: a Python of one's own often lacks the packages of the system's.
///
/// # Panics
/// When none has them.
#[must_use]
pub fn python(modules: &str) -> &'static str {
    let able = |python: &&str| {
        let tried = Command::new(python).args(["-c", &format!("import {modules}")]).output();
        tried.is_ok_and(|output| output.status.success())
    };
    ["python3", "/usr/bin/python3"]
        .into_iter()
        .find(able)
        .unwrap_or_else(|| {
            panic!("no python3 has {modules}: run scripts/test, which installs Debian's packages of them")
        })
}

/// A file below `tests/`.
#[must_use]
pub fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Runs a program in Python below `tests/`, and waits until it ends.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn run(modules: &str, name: &str, arguments: &[&str]) -> Output {
    Command::new(python(modules))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(beside(name))
        .args(arguments)
        .output()
        .unwrap()
}

/// The same for one that must end well; what it said.
///
/// # Panics
/// When it does not, with all that it said.
pub fn must(modules: &str, name: &str, arguments: &[&str]) -> String {
    let output = run(modules, name, arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{name} ends with {}:\n{said}\n{errors}",
        output.status
    );
    said
}
