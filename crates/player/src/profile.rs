//! Hardware profiles: what a panel is, as files in `firmware-config/profiles/`. A profile may inherit another.

use heliograph_domain::panel::{ColourDepth, Panel};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The profiles that are part of the program.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("base", include_str!("../../../firmware-config/profiles/base.toml")),
    (
        "kiosk-1080p",
        include_str!("../../../firmware-config/profiles/kiosk-1080p.toml"),
    ),
    (
        "led-256x64",
        include_str!("../../../firmware-config/profiles/led-256x64.toml"),
    ),
    (
        "led-single-red-192x16",
        include_str!("../../../firmware-config/profiles/led-single-red-192x16.toml"),
    ),
    (
        "led-strip-320x16",
        include_str!("../../../firmware-config/profiles/led-strip-320x16.toml"),
    ),
    (
        "lobby-1080p",
        include_str!("../../../firmware-config/profiles/lobby-1080p.toml"),
    ),
    (
        "lobby-4k",
        include_str!("../../../firmware-config/profiles/lobby-4k.toml"),
    ),
    (
        "lobby-portrait",
        include_str!("../../../firmware-config/profiles/lobby-portrait.toml"),
    ),
    (
        "sign-128x64",
        include_str!("../../../firmware-config/profiles/sign-128x64.toml"),
    ),
    (
        "sign-64x32",
        include_str!("../../../firmware-config/profiles/sign-64x32.toml"),
    ),
];

/// Profiles inherit at most this deep; more is a circle.
const DEPTH: usize = 8;

/// A hardware profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name: the file's, without the ending.
    pub name: String,
    /// What it is, for people.
    pub description: String,
    /// The panel.
    pub panel: Panel,
    /// Where frames go unless the player is told otherwise, as `--sink` takes it.
    pub sink: String,
}

/// Why a profile cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ProfileError {
    /// There is none of that name.
    #[error("there is no profile `{name}` ({place}); there are: {known}")]
    Missing {
        /// The name.
        name: String,
        /// Where it was looked for.
        place: String,
        /// What there is.
        known: String,
    },
    /// A file cannot be read.
    #[error("{path} cannot be read: {cause}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: String,
    },
    /// The text is not a profile; the message names key and line.
    #[error("{place}: {cause}")]
    Form {
        /// File or profile.
        place: String,
        /// What is wrong.
        cause: String,
    },
    /// A key that neither the profile nor what it inherits has.
    #[error("profile `{profile}` and what it inherits have no `{key}`")]
    Incomplete {
        /// The profile.
        profile: String,
        /// The key.
        key: &'static str,
    },
    /// Profiles inherit each other in a circle.
    #[error("profile `{0}` inherits itself")]
    Circle(String),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    inherit: Option<String>,
    description: Option<String>,
    #[serde(default)]
    panel: PanelForm,
    #[serde(default)]
    sink: SinkForm,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PanelForm {
    width_px: Option<u16>,
    height_px: Option<u16>,
    colour: Option<ColourDepth>,
    pixel_pitch_um: Option<u32>,
    viewing_distance_mm: Option<u32>,
    refresh_hz: Option<u8>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SinkForm {
    default: Option<String>,
}

impl Profile {
    /// The profile of a name, of those that are part of the program.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn parse_built_in(name: &str) -> Result<Self, ProfileError> {
        resolve(name, &|name| {
            let found = BUILT_IN.iter().find(|(known, _)| *known == name);
            found
                .map(|(_, text)| (*text).to_owned())
                .ok_or_else(|| ProfileError::Missing {
                    name: name.to_owned(),
                    place: "built in".to_owned(),
                    known: BUILT_IN
                        .iter()
                        .map(|(name, _)| *name)
                        .filter(|name| *name != "base")
                        .collect::<Vec<_>>()
                        .join(", "),
                })
        })
    }

    /// The profile of a name in a folder.
    ///
    /// # Errors
    /// When a file is missing, or is not a profile.
    pub fn load(folder: &Path, name: &str) -> Result<Self, ProfileError> {
        resolve(name, &|name| {
            let path = folder.join(format!("{name}.toml"));
            std::fs::read_to_string(&path).map_err(|cause| ProfileError::Read {
                path,
                cause: cause.to_string(),
            })
        })
    }
}

/// Reads a profile and what it inherits: the nearest word counts.
fn resolve(name: &str, text_of: &dyn Fn(&str) -> Result<String, ProfileError>) -> Result<Profile, ProfileError> {
    let mut merged = Form::default();
    let mut next = Some(name.to_owned());
    for _ in 0..DEPTH {
        let Some(current) = next else {
            return complete(name, merged);
        };
        let text = text_of(&current)?;
        let form: Form = toml::from_str(&text).map_err(|error| ProfileError::Form {
            place: format!("profile `{current}`"),
            cause: error.to_string().trim_end().to_owned(),
        })?;
        next = form.inherit.clone();
        merged = inherit(merged, form);
    }
    Err(ProfileError::Circle(name.to_owned()))
}

fn inherit(near: Form, far: Form) -> Form {
    let (n, f) = (near.panel, far.panel);
    Form {
        inherit: None,
        description: near.description.or(far.description),
        panel: PanelForm {
            width_px: n.width_px.or(f.width_px),
            height_px: n.height_px.or(f.height_px),
            colour: n.colour.or(f.colour),
            pixel_pitch_um: n.pixel_pitch_um.or(f.pixel_pitch_um),
            viewing_distance_mm: n.viewing_distance_mm.or(f.viewing_distance_mm),
            refresh_hz: n.refresh_hz.or(f.refresh_hz),
        },
        sink: SinkForm {
            default: near.sink.default.or(far.sink.default),
        },
    }
}

fn complete(name: &str, form: Form) -> Result<Profile, ProfileError> {
    let missing = |key| ProfileError::Incomplete {
        profile: name.to_owned(),
        key,
    };
    let panel = form.panel;
    Ok(Profile {
        name: name.to_owned(),
        description: form.description.unwrap_or_default(),
        panel: Panel {
            width_px: panel.width_px.ok_or_else(|| missing("panel.width_px"))?,
            height_px: panel.height_px.ok_or_else(|| missing("panel.height_px"))?,
            colour: panel.colour.ok_or_else(|| missing("panel.colour"))?,
            pixel_pitch_um: panel.pixel_pitch_um.ok_or_else(|| missing("panel.pixel_pitch_um"))?,
            viewing_distance_mm: panel
                .viewing_distance_mm
                .ok_or_else(|| missing("panel.viewing_distance_mm"))?,
            refresh_hz: panel.refresh_hz.ok_or_else(|| missing("panel.refresh_hz"))?,
        },
        sink: form.sink.default.ok_or_else(|| missing("sink.default"))?,
    })
}
