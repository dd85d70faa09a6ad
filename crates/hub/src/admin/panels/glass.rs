//! Kinds of glass: what hangs here, grouped by what makes pictures equal.

use crate::admin::document::language_name;
use crate::admin::layout::Desk;
use crate::admin::words::panels as pw;
use crate::state::KnownDisplay;
use heliograph_domain::Lang;
use heliograph_domain::panel::{ColourDepth, Form, Panel};
use std::collections::HashMap;
use std::sync::Arc;

/// A kind of glass: panels that are equal, read in one language.
pub(crate) struct Glass {
    /// Its name in addresses.
    pub(super) name: String,
    pub(crate) panel: Panel,
    pub(crate) lang: Lang,
    /// The displays that are of this kind; none for a usual form.
    pub(super) displays: Vec<Arc<KnownDisplay>>,
}

impl Glass {
    pub(super) fn usual((name, panel): &(&str, Panel), lang: Lang) -> Self {
        Self {
            name: (*name).to_owned(),
            panel: *panel,
            lang,
            displays: Vec::new(),
        }
    }

    /// How wide its pictures are at most, in pixels.
    pub(crate) fn picture_px(&self) -> u32 {
        if self.panel.form() == Form::Portrait { 360 } else { 640 }
    }

    /// Whether it shows more than a picture beside a text can: one can be looked at in its own size.
    pub(super) fn is_screen(&self) -> bool {
        matches!(self.panel.form(), Form::Landscape | Form::Portrait)
    }

    /// How wide a picture is at most that is asked for so.
    pub(crate) fn asked_px(&self, asked: &HashMap<String, String>) -> u32 {
        if asked.contains_key("whole") && self.is_screen() {
            u32::from(self.panel.width_px)
        } else {
            self.picture_px()
        }
    }

    /// The size of its pictures: whole blocks of the panel's pixels.
    pub(super) fn picture_size(&self) -> (u32, u32) {
        let (width, height) = (u32::from(self.panel.width_px), u32::from(self.panel.height_px));
        let step = width.div_ceil(self.picture_px()).max(1);
        (width / step, (height / step).max(1))
    }

    /// `192×16 单色条屏`
    pub(super) fn label(&self, desk: &Desk) -> String {
        let panel = &self.panel;
        let colour = match panel.colour {
            ColourDepth::Mono => Some(pw::RED_LAMPS),
            ColourDepth::Tri => Some(pw::TRI_LAMPS),
            ColourDepth::Full => None,
        };
        let form = match panel.form() {
            Form::Landscape => pw::FORM_LANDSCAPE,
            Form::Portrait => pw::FORM_PORTRAIT,
            Form::Strip => pw::FORM_STRIP,
            Form::Sign => pw::FORM_SIGN,
        };
        let between = if desk.lang == Lang::ZhHans { "" } else { " " };
        let colour = colour.map_or_else(String::new, |colour| format!("{}{between}", desk.t(colour)));
        let label = format!("{}×{} {colour}{}", panel.width_px, panel.height_px, desk.t(form));
        if self.lang == Lang::ZhHans {
            label
        } else {
            desk.f(pw::IN_LANGUAGE, &[&label, language_name(desk, self.lang)])
        }
    }

    fn of_display(&self, known: &KnownDisplay) -> bool {
        (self.panel, self.lang) == (known.display.setting.panel, known.display.setting.language)
    }
}

const fn panel(width_px: u16, height_px: u16, pixel_pitch_um: u32, viewing_distance_mm: u32) -> Panel {
    Panel {
        width_px,
        height_px,
        colour: ColourDepth::Full,
        pixel_pitch_um,
        viewing_distance_mm,
        refresh_hz: 30,
    }
}

/// One of each form that hangs in a lobby, for an office that has no displays yet.
pub(super) const USUAL: [(&str, Panel); 3] = [
    ("lobby", panel(1920, 1080, 630, 4000)),
    ("portrait", panel(1080, 1920, 560, 2000)),
    ("strip", panel(256, 64, 5000, 8000)),
];

fn name_of(panel: &Panel, lang: Lang) -> String {
    let colour = match panel.colour {
        ColourDepth::Mono => "mono",
        ColourDepth::Tri => "tri",
        ColourDepth::Full => "full",
    };
    let Panel {
        width_px,
        height_px,
        pixel_pitch_um,
        viewing_distance_mm,
        refresh_hz,
        ..
    } = panel;
    format!(
        "{width_px}x{height_px}-{colour}-{pixel_pitch_um}-{viewing_distance_mm}-{refresh_hz}-{}",
        lang.tag()
    )
}

/// `?panel=&lang=`: only glass that hangs here, or a usual form; nobody has the hub draw for anything else.
pub(crate) fn glass(desk: &Desk, asked: &HashMap<String, String>) -> Option<Glass> {
    let name = asked.get("panel").map_or("lobby", String::as_str);
    let lang = asked.get("lang").and_then(|tag| Lang::from_tag(tag));
    let usual = USUAL.iter().find(|(usual, _)| *usual == name);
    if let Some(usual) = usual {
        return Some(Glass::usual(usual, lang.unwrap_or(Lang::ZhHans)));
    }
    kinds(desk.state.live_displays())
        .into_iter()
        .find(|glass| glass.name == name)
}

/// Displays by their kind of glass, screens first.
pub(super) fn kinds<'d>(displays: impl Iterator<Item = &'d Arc<KnownDisplay>>) -> Vec<Glass> {
    let mut kinds: Vec<Glass> = Vec::new();
    for known in displays {
        if let Some(glass) = kinds.iter_mut().find(|glass| glass.of_display(known)) {
            glass.displays.push(Arc::clone(known));
            continue;
        }
        let setting = &known.display.setting;
        kinds.push(Glass {
            name: name_of(&setting.panel, setting.language),
            panel: setting.panel,
            lang: setting.language,
            displays: vec![Arc::clone(known)],
        });
    }
    let form = |glass: &Glass| match glass.panel.form() {
        Form::Landscape => 0,
        Form::Portrait => 1,
        Form::Strip => 2,
        Form::Sign => 3,
    };
    let pixels = |glass: &Glass| u64::from(glass.panel.width_px) * u64::from(glass.panel.height_px);
    kinds.sort_by_key(|glass| (form(glass), std::cmp::Reverse(pixels(glass)), glass.lang));
    kinds
}
