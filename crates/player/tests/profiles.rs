//! Every profile in `firmware-config/profiles` is sound, and the program has all of them.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::panel::Form;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Instant, Lang, LocalText};
use heliograph_player::profile::{BUILT_IN, Profile, ProfileError};
use heliograph_scene::{Card, FontSet, Frame, Rgb, Scene};
use heliograph_sink::light::Light;
use heliograph_sink::{Outlet, Rig};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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

/// A frame of every panel goes through its wiring, each pixel to a place of its own; and its sink is one.
#[test]
fn every_profile_lights_its_panel() {
    let mut wired = 0;
    for (name, _) in BUILT_IN.iter().filter(|(name, _)| *name != "base") {
        let profile = Profile::parse_built_in(name).unwrap();
        let (width, height) = (profile.panel.width_px.into(), profile.panel.height_px.into());
        let mut frame = Frame::filled(width, height, Rgb(0, 0, 0));
        for (n, pixel) in frame.rgb_mut().chunks_exact_mut(3).enumerate() {
            pixel.copy_from_slice(&n.to_be_bytes()[5..]);
        }
        // Gamma and power limit make colours alike: only the places are looked at.
        let places = Rig {
            light: Light::default(),
            ..profile.rig.clone()
        };
        let lamps = places.lamps(&frame).unwrap();
        // In straight rows nothing is moved; else every pixel is somewhere.
        if lamps != frame.rgb() {
            let mut numbers: Vec<&[u8]> = lamps.chunks_exact(3).collect();
            numbers.sort_unstable();
            assert!(numbers.into_iter().eq(frame.rgb().chunks_exact(3)), "{name}");
            wired += 1;
        }
        assert_eq!(profile.rig.lamps(&frame).unwrap().len(), lamps.len(), "{name}");
        assert!(profile.sink.parse::<Outlet>().is_ok(), "{name}: {}", profile.sink);
        assert!((1..=100).contains(&profile.brightness.at(12 * 3_600_000)), "{name}");
    }
    assert!(wired >= 4, "{wired}");
}

/// Every panel's test card is drawn, in the panel's size and lit to its edges, and goes through its wiring.
#[test]
fn every_profile_has_its_picture() {
    let site = SiteProfile::bare(LocalText::new(
        "滨河市外事服务中心",
        "Binhe Foreign Affairs Service Centre",
    ));
    for (name, _) in BUILT_IN.iter().filter(|(name, _)| *name != "base") {
        let profile = Profile::parse_built_in(name).unwrap();
        let scene = Scene::new(Arc::new(FontSet::built_in()), profile.panel, Lang::ZhHans);
        let card = Card::TestCard {
            profile: profile.name.clone(),
        };
        let frame = scene.card(&card, &site, Instant(1_795_485_930_000));
        let (right, bottom) = (frame.width_px() - 1, frame.height_px() - 1);
        assert_eq!(
            (right + 1, bottom + 1),
            (profile.panel.width_px.into(), profile.panel.height_px.into())
        );
        let corners = [(0, 0), (right, 0), (0, bottom), (right, bottom)];
        assert!(
            corners.iter().all(|(x, y)| frame.pixel(*x, *y) != Rgb(0, 0, 0)),
            "{name}: its corners are dark"
        );
        assert_eq!(profile.rig.lamps(&frame).unwrap().len(), frame.rgb().len(), "{name}");
    }
}

/// The matrix on its wall: the first lamp at the lower left, green first, white dimmed to what 8 A light.
#[test]
fn a_matrix_has_its_power_limit_and_its_order() {
    let profile = Profile::parse_built_in("matrix-ws2812b-64x16").unwrap();
    let mut frame = Frame::filled(64, 16, Rgb(0, 0, 0));
    frame.set_pixel(0, 8, Rgb(255, 0, 0));
    let lamps = profile.rig.lamps(&frame).unwrap();
    assert_eq!(lamps[..3], [0, 255, 0]);
    let white = profile.rig.lamps(&Frame::filled(64, 16, Rgb(255, 255, 255))).unwrap();
    let draws_ma = white.iter().map(|level| u64::from(*level) * 20).sum::<u64>() / 255 + 1024;
    assert!((7000..=8000).contains(&draws_ma), "{draws_ma}");
    assert_eq!(
        [profile.brightness.at(0), profile.brightness.at(8 * 3_600_000)],
        [10, 60]
    );
}

/// The nearest word counts, key by key.
#[test]
fn an_heir_changes_one_key_of_a_table() {
    let heir = Profile::parse_built_in("led-sacn-256x64").unwrap();
    let former = Profile::parse_built_in("led-p4-ddp-256x64").unwrap();
    let (heirs, formers) = (*heir.rig.wiring.unwrap().layout(), *former.rig.wiring.unwrap().layout());
    assert!(heirs.modules.serpentine && !formers.modules.serpentine);
    assert_eq!(
        (heirs.columns, heirs.module_width_px),
        (formers.columns, formers.module_width_px)
    );
    assert_eq!(heir.brightness, former.brightness);
    assert_ne!(heir.sink, former.sink);
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
    assert!(
        missing.contains("no profile `nobody`") && missing.contains("-heir"),
        "{missing}"
    );
    let circle = refused(&[("a", "inherit = \"b\"\n"), ("b", "inherit = \"a\"\n")], "a");
    assert!(circle.contains("inherits itself"), "{circle}");
    let incomplete = refused(&[("half", "[panel]\nwidth_px = 64\n")], "half");
    assert!(incomplete.contains("panel.height_px"), "{incomplete}");
    assert!(matches!(
        Profile::parse_built_in("nothing"),
        Err(ProfileError::Missing { .. })
    ));
}

const PANEL: &str = "inherit = \"base\"\n[panel]\nwidth_px = 64\nheight_px = 32\n";

/// A profile with these lines after its panel, over the real base.
fn with(lines: &str, name: &str) -> Result<Profile, String> {
    let base = std::fs::read_to_string(folder().join("base.toml")).unwrap();
    let folder = std::env::temp_dir().join(format!("heliograph-profile-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("base.toml"), base).unwrap();
    std::fs::write(folder.join("panel.toml"), format!("{PANEL}{lines}")).unwrap();
    let loaded = Profile::load(&folder, "panel").map_err(|error| error.to_string());
    std::fs::remove_dir_all(&folder).unwrap();
    loaded
}

/// Each of these names the file and the line, or the keys that do not go together.
#[test]
fn what_is_wrong_with_wiring_and_light_is_named() {
    for (lines, said) in [
        ("[wiring]\ncolums = 2", "unknown field `colums`"),
        ("[wiring]\ncolumns = 0", "1 to 8192"),
        ("[wiring]\ncolumns = \"two\"", "invalid type"),
        ("[wiring]\nstart = \"middle\"", "unknown variant `middle`"),
        ("[wiring]\nrotation_deg = 45", "45 is not 0, 90, 180 or 270"),
        ("[light]\ngamma = 0", "a gamma is from 0.5 to 5.0"),
        ("[light]\ncolour_order = \"rgbw\"", "unknown variant `rgbw`"),
        ("[light]\npower_limit_ma = -1", "-1"),
        ("[light]\nlamp_ma = [20]", "an array of length 3"),
        (
            "[light]\nbrightness = [{ from = \"7:00\", percent = 1 }]",
            "`7:00` is no time of day",
        ),
        (
            "[light]\nbrightness = [{ from = \"24:00\", percent = 1 }]",
            "`24:00` is no time of day",
        ),
        (
            "[light]\nbrightness = [{ from = \"07:00\", percent = 101 }]",
            "101 is no percentage",
        ),
        (
            "[light]\nbrightness = [{ from = \"07:00\" }]",
            "missing field `percent`",
        ),
        ("[sink]\nkind = 1", "unknown field `kind`"),
    ] {
        let error = with(lines, "line").unwrap_err();
        assert!(error.contains(said), "{lines}: {error}");
        assert!(
            error.contains("panel.toml") && error.contains("line 6"),
            "{lines}: {error}"
        );
    }
    for (lines, said) in [
        (
            "[wiring]\ncolumns = 3",
            "make 63×32 pixels, but panel.width_px × panel.height_px is 64×32",
        ),
        ("[wiring]\nmodule_width_px = 64\nrotation_deg = 90", "make 64×64"),
        ("[light]\npower_limit_ma = 2048", "light.power_limit_ma"),
        (
            "[light]\nbrightness = [{ from = \"07:00\", percent = 1 }, { from = \"07:00\", percent = 2 }]",
            "two steps from 07:00",
        ),
    ] {
        let error = with(lines, "keys").unwrap_err();
        assert!(error.contains(said) && error.contains("panel.toml"), "{lines}: {error}");
    }
    assert!(with("[light]\npower_limit_ma = 2049\ngamma = 2", "sound").is_ok());
    let turned = with("[wiring]\nrotation_deg = 90", "turned").unwrap();
    assert_eq!(
        turned.rig.wiring.unwrap().layout().module_width_px,
        32,
        "it stands on its side"
    );
}

/// From one pixel to more than there are: drawn, or refused with the limit.
#[test]
fn panels_of_extreme_sizes_are_taken_or_refused() {
    let sized = |width: u64, height: u64| {
        let panel = format!("inherit = \"base\"\n[panel]\nwidth_px = {width}\nheight_px = {height}\n");
        let base = std::fs::read_to_string(folder().join("base.toml")).unwrap();
        let folder = std::env::temp_dir().join(format!("heliograph-size-{}-{width}-{height}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("base.toml"), base).unwrap();
        std::fs::write(folder.join("sized.toml"), panel).unwrap();
        let loaded = Profile::load(&folder, "sized").map_err(|error| error.to_string());
        std::fs::remove_dir_all(&folder).unwrap();
        loaded
    };
    let one = sized(1, 1).unwrap();
    let frame = Frame::filled(1, 1, Rgb(1, 2, 3));
    assert_eq!(one.rig.lamps(&frame).unwrap(), [1, 2, 3]);
    assert!(sized(8192, 1).is_ok() && sized(8192, 4096).is_ok());
    for (width, height, said) in [
        (10_000, 10_000, "10000 is not 1 to 8192"),
        (0, 16, "0 is not 1 to 8192"),
        (16, 1 << 40, "is not 1 to 8192"),
        (8192, 8192, "67108864 pixels: a panel has at most 33554432"),
    ] {
        let error = sized(width, height).unwrap_err();
        assert!(error.contains(said), "{width}×{height}: {error}");
    }
}

/// A folder of one's own needs to hold only what is one's own.
#[test]
fn what_a_folder_lacks_is_taken_from_the_program() {
    let folder = std::env::temp_dir().join(format!("heliograph-profiles-{}-own", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let own = "inherit = \"led-256x64\"\n[panel]\nwidth_px = 320\n";
    std::fs::write(folder.join("door.toml"), own).unwrap();
    let (door, lent) = (Profile::load(&folder, "door"), Profile::load(&folder, "sign-64x32"));
    std::fs::remove_dir_all(&folder).unwrap();
    let door = door.unwrap();
    assert_eq!((door.panel.width_px, door.panel.height_px), (320, 64));
    assert_eq!(lent, Profile::parse_built_in("sign-64x32"));
}
