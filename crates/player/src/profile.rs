//! Hardware profiles: what a panel is, as files in `firmware-config/profiles/`. A profile may inherit another.

mod brightness;
mod form;

pub use brightness::{BrightnessError, BrightnessPlan, BrightnessStep};
pub use form::MOST_SIDE_PX;

use form::{Form, LightForm, PanelForm, WiringForm};
use heliograph_domain::panel::Panel;
use heliograph_sink::Rig;
use heliograph_sink::light::{Gamma, Light, PowerLimit};
use heliograph_sink::wiring::{Course, Layout, Turn, Wiring};
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
        "led-artnet-128x64",
        include_str!("../../../firmware-config/profiles/led-artnet-128x64.toml"),
    ),
    (
        "led-p4-ddp-256x64",
        include_str!("../../../firmware-config/profiles/led-p4-ddp-256x64.toml"),
    ),
    (
        "led-sacn-256x64",
        include_str!("../../../firmware-config/profiles/led-sacn-256x64.toml"),
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
        "matrix-ws2812b-64x16",
        include_str!("../../../firmware-config/profiles/matrix-ws2812b-64x16.toml"),
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

/// A panel has at most so many pixels: 8192 × 4096. A frame of it is 100 MB.
pub const MOST_PX: u32 = 1 << 25;

/// What a WS2812B draws, for panels that do not say: each of its three lamps fully lit, and its chip when dark.
const LAMP_MA: [u16; 3] = [20; 3];
const IDLE_UA: u32 = 1000;

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
    /// How the panel is wired and lit, for the sinks that send pixels to a controller.
    pub rig: Rig,
    /// How bright it is by time of day.
    pub brightness: BrightnessPlan,
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
    /// Keys that do not go together.
    #[error("{place}: {cause}")]
    Unsound {
        /// File or profile.
        place: String,
        /// Which keys, and why.
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

impl Profile {
    /// The profile of a name, of those that are part of the program.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn parse_built_in(name: &str) -> Result<Self, ProfileError> {
        resolve(name, &|name| built_in(name, "built in".to_owned()))
    }

    /// The profile of a name in a folder; what the folder does not have, above all what profiles inherit, is taken from
    /// those that are part of the program.
    ///
    /// # Errors
    /// When there is none of that name, or it is not a profile.
    pub fn load(folder: &Path, name: &str) -> Result<Self, ProfileError> {
        resolve(name, &|name| {
            let path = folder.join(format!("{name}.toml"));
            match std::fs::read_to_string(&path) {
                Ok(text) => Ok((path.display().to_string(), text)),
                Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
                    built_in(name, format!("not in {} and not built in", folder.display()))
                }
                Err(cause) => Err(ProfileError::Read {
                    path,
                    cause: cause.to_string(),
                }),
            }
        })
    }
}

/// Where a profile stands, for people, and its text.
type Source = (String, String);

/// A profile that is part of the program; `place` says where a missing one was looked for.
fn built_in(name: &str, place: String) -> Result<Source, ProfileError> {
    let known = || BUILT_IN.iter().map(|(name, _)| *name);
    let found = BUILT_IN.iter().find(|(known, _)| *known == name);
    found
        .map(|(_, text)| (format!("profile `{name}`"), (*text).to_owned()))
        .ok_or_else(|| ProfileError::Missing {
            name: name.to_owned(),
            place,
            known: known().filter(|name| *name != "base").collect::<Vec<_>>().join(", "),
        })
}

/// Reads a profile and what it inherits: the nearest word counts.
fn resolve(name: &str, source_of: &dyn Fn(&str) -> Result<Source, ProfileError>) -> Result<Profile, ProfileError> {
    let mut merged = Form::default();
    let mut nearest = None;
    let mut next = Some(name.to_owned());
    for _ in 0..DEPTH {
        let Some(current) = next else {
            return complete(name, nearest.unwrap_or_default(), merged);
        };
        let (place, text) = source_of(&current)?;
        let form: Form = toml::from_str(&text).map_err(|error| ProfileError::Form {
            place: place.clone(),
            cause: error.to_string().trim_end().to_owned(),
        })?;
        nearest = nearest.or(Some(place));
        next = form.inherit.clone();
        merged = merged.or(form);
    }
    Err(ProfileError::Circle(name.to_owned()))
}

fn complete(name: &str, place: String, form: Form) -> Result<Profile, ProfileError> {
    let panel = panel(name, form.panel)?;
    let unsound = |cause: String| ProfileError::Unsound {
        place: place.clone(),
        cause,
    };
    let pixels = u32::from(panel.width_px) * u32::from(panel.height_px);
    if pixels > MOST_PX {
        return Err(unsound(format!(
            "panel.width_px × panel.height_px are {pixels} pixels: a panel has at most {MOST_PX}"
        )));
    }
    let light = light(&form.light);
    light.fits(pixels.into()).map_err(|error| unsound(error.to_string()))?;
    let steps = form.light.brightness.unwrap_or_default();
    let brightness = BrightnessPlan::new(steps.into_iter().map(Into::into).collect());
    Ok(Profile {
        name: name.to_owned(),
        description: form.description.unwrap_or_default(),
        panel,
        sink: form.sink.default.ok_or_else(|| missing(name, "sink.default"))?,
        rig: Rig {
            wiring: wiring(&form.wiring, &panel).map_err(unsound)?,
            light,
        },
        brightness: brightness.map_err(|error| unsound(error.to_string()))?,
    })
}

fn missing(profile: &str, key: &'static str) -> ProfileError {
    ProfileError::Incomplete {
        profile: profile.to_owned(),
        key,
    }
}

fn panel(name: &str, form: PanelForm) -> Result<Panel, ProfileError> {
    let missing = |key| missing(name, key);
    Ok(Panel {
        width_px: form.width_px.ok_or_else(|| missing("panel.width_px"))?.0,
        height_px: form.height_px.ok_or_else(|| missing("panel.height_px"))?.0,
        colour: form.colour.ok_or_else(|| missing("panel.colour"))?,
        pixel_pitch_um: form.pixel_pitch_um.ok_or_else(|| missing("panel.pixel_pitch_um"))?,
        viewing_distance_mm: form
            .viewing_distance_mm
            .ok_or_else(|| missing("panel.viewing_distance_mm"))?,
        refresh_hz: form.refresh_hz.ok_or_else(|| missing("panel.refresh_hz"))?,
    })
}

fn light(form: &LightForm) -> Light {
    Light {
        gamma: form.gamma.map_or_else(Gamma::default, |gamma| gamma.0),
        order: form.colour_order.map_or_else(Default::default, Into::into),
        power: form.power_limit_ma.map(|limit_ma| PowerLimit {
            limit_ma,
            lamp_ma: form.lamp_ma.unwrap_or(LAMP_MA),
            idle_ua: form.idle_ua.unwrap_or(IDLE_UA),
        }),
    }
}

/// The wiring, when the profile says anything of it. Modules whose size is not said share the panel evenly.
fn wiring(form: &WiringForm, panel: &Panel) -> Result<Option<Wiring>, String> {
    if *form == WiringForm::default() {
        return Ok(None);
    }
    let turn = form.rotation_deg.map_or(Turn::None, |turn| turn.0);
    let (width_px, height_px) = match turn {
        Turn::None | Turn::Half => (panel.width_px, panel.height_px),
        Turn::Quarter | Turn::ThreeQuarters => (panel.height_px, panel.width_px),
    };
    let (columns, rows) = (form.columns.map_or(1, |n| n.0), form.rows.map_or(1, |n| n.0));
    let layout = Layout {
        module_width_px: form.module_width_px.map_or(width_px / columns, |side| side.0),
        module_height_px: form.module_height_px.map_or(height_px / rows, |side| side.0),
        columns,
        rows,
        modules: Course {
            start: form.start.map_or_else(Default::default, Into::into),
            run: form.run.map_or_else(Default::default, Into::into),
            serpentine: form.serpentine.unwrap_or(false),
        },
        pixels: Course {
            start: form.pixel_start.map_or_else(Default::default, Into::into),
            run: form.pixel_run.map_or_else(Default::default, Into::into),
            serpentine: form.pixel_serpentine.unwrap_or(false),
        },
        every_second_upside_down: form.every_second_upside_down.unwrap_or(false),
        turn,
    };
    let wiring = Wiring::new(layout).map_err(|error| error.to_string())?;
    let (width_px, height_px) = wiring.size_px();
    if (width_px, height_px) == (panel.width_px.into(), panel.height_px.into()) {
        return Ok(Some(wiring));
    }
    Err(format!(
        "the modules of [wiring] make {width_px}×{height_px} pixels, but panel.width_px × panel.height_px is {}×{}",
        panel.width_px, panel.height_px
    ))
}
