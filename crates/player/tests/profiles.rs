//! Every profile in `firmware-config/profiles` is sound, and the program has all of them.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::panel::Form;
use heliograph_player::profile::{BUILT_IN, Profile, ProfileError};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../firmware-config/profiles")
}

#[test]
fn every_file_is_a_profile_and_part_of_the_program() {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    let built_in: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, built_in);
    for name in names.iter().filter(|name| *name != "base") {
        let loaded = Profile::load(&folder(), name).unwrap();
        assert_eq!(loaded, Profile::parse_built_in(name).unwrap());
        assert!(!loaded.description.is_empty(), "{name}");
    }
    assert_eq!(Profile::parse_built_in("led-256x64").unwrap().panel.form(), Form::Strip);
    assert_eq!(Profile::parse_built_in("sign-64x32").unwrap().panel.form(), Form::Sign);
}

fn refused(files: &[(&str, &str)], name: &str) -> String {
    let folder = std::env::temp_dir().join(format!("heliograph-profiles-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        std::fs::write(folder.join(format!("{name}.toml")), text).unwrap();
    }
    let error = Profile::load(&folder, name).unwrap_err();
    std::fs::remove_dir_all(&folder).unwrap();
    error.to_string()
}

#[test]
fn what_is_wrong_is_named() {
    let unknown = refused(&[("unknown", "[panel]\nwidht_px = 3\n")], "unknown");
    assert!(unknown.contains("widht_px") && unknown.contains("line 2"), "{unknown}");
    let kind = refused(&[("kind", "[panel]\nwidth_px = \"wide\"\n")], "kind");
    assert!(kind.contains("width_px") && kind.contains("line 2"), "{kind}");
    let missing = refused(&[("heir", "inherit = \"nobody\"\n")], "heir");
    assert!(missing.contains("nobody.toml"), "{missing}");
    let circle = refused(&[("a", "inherit = \"b\"\n"), ("b", "inherit = \"a\"\n")], "a");
    assert!(circle.contains("inherits itself"), "{circle}");
    let incomplete = refused(&[("half", "[panel]\nwidth_px = 64\n")], "half");
    assert!(incomplete.contains("panel.height_px"), "{incomplete}");
    assert!(matches!(
        Profile::parse_built_in("nothing"),
        Err(ProfileError::Missing { .. })
    ));
}
