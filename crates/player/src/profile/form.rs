//! A profile as it is written: TOML, where each key may be left to the profile that it inherits.

use super::brightness::BrightnessStep;
use heliograph_domain::panel::ColourDepth;
use heliograph_sink::light::{ColourOrder, Gamma, LightError};
use heliograph_sink::wiring::{Corner, Run, Turn};
use serde::Deserialize;

/// A panel has at most so many pixels a side.
pub const MOST_SIDE_PX: u16 = 8192;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    pub(super) inherit: Option<String>,
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) panel: PanelForm,
    #[serde(default)]
    pub(super) wiring: WiringForm,
    #[serde(default)]
    pub(super) light: LightForm,
    #[serde(default)]
    pub(super) sink: SinkForm,
}

/// Defines a table all of whose keys may be left out, and how one fills its gaps from another.
macro_rules! table {
    ($name:ident { $($key:ident: $kind:ty),* $(,)? }) => {
        #[derive(Debug, Default, Clone, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $(pub(super) $key: Option<$kind>,)*
        }

        impl $name {
            /// The nearest word counts, key by key.
            fn or(self, far: Self) -> Self {
                Self { $($key: self.$key.or(far.$key),)* }
            }
        }
    };
}

table!(PanelForm {
    width_px: Side,
    height_px: Side,
    colour: ColourDepth,
    pixel_pitch_um: u32,
    viewing_distance_mm: u32,
    refresh_hz: u8,
});

table!(WiringForm {
    module_width_px: Side,
    module_height_px: Side,
    columns: Side,
    rows: Side,
    start: CornerForm,
    run: RunForm,
    serpentine: bool,
    every_second_upside_down: bool,
    pixel_start: CornerForm,
    pixel_run: RunForm,
    pixel_serpentine: bool,
    rotation_deg: TurnForm,
});

table!(LightForm {
    gamma: GammaForm,
    colour_order: ColourOrderForm,
    power_limit_ma: u32,
    lamp_ma: [u16; 3],
    idle_ua: u32,
    brightness: Vec<StepForm>,
});

table!(SinkForm { default: String });

impl Form {
    /// What this profile says, and where it is silent what `far` says, which it inherits.
    pub(super) fn or(self, far: Self) -> Self {
        Self {
            inherit: None,
            description: self.description.or(far.description),
            panel: self.panel.or(far.panel),
            wiring: self.wiring.or(far.wiring),
            light: self.light.or(far.light),
            sink: self.sink.or(far.sink),
        }
    }
}

/// A number of pixels or modules.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct Side(pub(super) u16);

impl TryFrom<i64> for Side {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        let side = u16::try_from(number)
            .ok()
            .filter(|side| (1..=MOST_SIDE_PX).contains(side));
        side.map(Self)
            .ok_or_else(|| format!("{number} is not 1 to {MOST_SIDE_PX}, which is as large as a panel may be"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CornerForm {
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
}

impl From<CornerForm> for Corner {
    fn from(form: CornerForm) -> Self {
        match form {
            CornerForm::TopLeft => Self::TopLeft,
            CornerForm::TopRight => Self::TopRight,
            CornerForm::BottomLeft => Self::BottomLeft,
            CornerForm::BottomRight => Self::BottomRight,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RunForm {
    Rows,
    Columns,
}

impl From<RunForm> for Run {
    fn from(form: RunForm) -> Self {
        match form {
            RunForm::Rows => Self::Rows,
            RunForm::Columns => Self::Columns,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct TurnForm(pub(super) Turn);

impl TryFrom<i64> for TurnForm {
    type Error = String;

    fn try_from(degrees: i64) -> Result<Self, String> {
        match degrees {
            0 => Ok(Self(Turn::None)),
            90 => Ok(Self(Turn::Quarter)),
            180 => Ok(Self(Turn::Half)),
            270 => Ok(Self(Turn::ThreeQuarters)),
            _ => Err(format!("{degrees} is not 0, 90, 180 or 270 degrees clockwise")),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub(super) struct GammaForm(pub(super) Gamma);

impl TryFrom<f64> for GammaForm {
    type Error = LightError;

    fn try_from(gamma: f64) -> Result<Self, LightError> {
        Gamma::new(gamma).map(Self)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ColourOrderForm {
    Rgb,
    Rbg,
    Grb,
    Gbr,
    Brg,
    Bgr,
}

impl From<ColourOrderForm> for ColourOrder {
    fn from(form: ColourOrderForm) -> Self {
        match form {
            ColourOrderForm::Rgb => Self::Rgb,
            ColourOrderForm::Rbg => Self::Rbg,
            ColourOrderForm::Grb => Self::Grb,
            ColourOrderForm::Gbr => Self::Gbr,
            ColourOrderForm::Brg => Self::Brg,
            ColourOrderForm::Bgr => Self::Bgr,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepForm {
    from: TimeForm,
    percent: PercentForm,
}

impl From<StepForm> for BrightnessStep {
    fn from(form: StepForm) -> Self {
        Self {
            from_minute: form.from.0,
            percent: form.percent.0,
        }
    }
}

/// Minutes since midnight, written `07:30`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "String")]
struct TimeForm(u16);

impl TryFrom<String> for TimeForm {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits = |part: &str, below: u16| {
            let two = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|number: &u16| two && *number < below)
        };
        let time = text.split_once(':').and_then(|(hour, minute)| {
            let (hour, minute) = (digits(hour, 24)?, digits(minute, 60)?);
            Some(Self(hour * 60 + minute))
        });
        time.ok_or_else(|| format!("`{text}` is no time of day: write 00:00 to 23:59"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "i64")]
struct PercentForm(u8);

impl TryFrom<i64> for PercentForm {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        let percent = u8::try_from(number).ok().filter(|percent| *percent <= 100);
        percent
            .map(Self)
            .ok_or_else(|| format!("{number} is no percentage from 0 to 100"))
    }
}
