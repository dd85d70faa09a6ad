//! Alerts on strips and signs, and in few words for cards.

use super::alert::{moment, not_meant, severity};
use super::lamps::{Bulbs, DARK};
use super::{Composition, Page, sign};
use crate::alert::{Alert, Severity};
use crate::canvas::{Piece, Rect};
use crate::frame::Rgb;
use crate::text::{self, bitmap::CELL};
use crate::words::say;
use heliograph_domain::Lang;
use heliograph_domain::panel::ColourDepth;
use heliograph_domain::site::SiteProfile;

/// What a plate on lamps is lit with.
fn light(bulbs: &Bulbs<'_>, severity: Severity) -> Rgb {
    match (bulbs.panel.colour, severity) {
        (ColourDepth::Full, Severity::Severe) => Rgb(255, 120, 0),
        (ColourDepth::Full, Severity::Moderate) => Rgb(255, 220, 0),
        (ColourDepth::Full, Severity::Minor) => Rgb(64, 150, 255),
        (ColourDepth::Full, Severity::Unknown) => Rgb(255, 255, 255),
        (ColourDepth::Tri, Severity::Moderate | Severity::Unknown) => Rgb(255, 255, 0),
        (ColourDepth::Tri, Severity::Minor) => Rgb(0, 255, 0),
        _ => Rgb(255, 0, 0),
    }
}

/// An alert in few words.
pub(crate) struct InWords {
    /// That it is a drill or a test, and the severity: both, where there is room.
    pub(crate) plate: String,
    /// What happens, what to do, where and until when.
    pub(crate) told: String,
    until: String,
}

/// What strips and signs say of an alert. Where the plate has no room for both words it says that it is a drill, and the
/// text says how bad, first and last; `whole` answers whether it has the room.
pub(crate) fn in_words(lang: Lang, alert: &Alert, site: &SiteProfile, whole: impl Fn(&str) -> bool) -> InWords {
    let (word, _) = severity(lang, alert.severity);
    let aside = not_meant(alert.status).map(|(zh, en, _)| say(lang, zh, en));
    let both = aside.map_or_else(
        || word.to_owned(),
        |aside| format!("{aside}{}{word}", say(lang, " ", ": ")),
    );
    let whole = whole(&both);
    let lead = if whole || aside.is_none() { "" } else { &both };
    let until = say(lang, "有效至 ", "Until ");
    let until = format!("{until}{}", moment(lang, site, alert.expires));
    let instruction = text::markdown::flat(alert.instruction.get(lang));
    let told = [
        lead,
        alert.headline.get(lang),
        &instruction,
        alert.area.get(lang),
        &until,
        lead,
    ];
    let told = told.into_iter().map(str::trim).filter(|part| !part.is_empty());
    let told = told.collect::<Vec<_>>().join(say(lang, "　", "  "));
    let plate = aside.unwrap_or(word).to_owned();
    InWords {
        plate: if whole { both } else { plate },
        told,
        until,
    }
}

/// An alert on lamps: a lit plate with dark words, and what happens and what to do moving beneath or beside it.
pub(crate) fn lamps(bulbs: &Bulbs<'_>, alert: &Alert, site: &SiteProfile) -> Composition {
    let tall = bulbs.height() >= 2 * CELL;
    let whole = |both: &str| tall && bulbs.line(both, 1).width <= bulbs.width();
    let InWords { plate, told, until } = in_words(bulbs.lang, alert, site, whole);
    let light = light(bulbs, alert.severity);
    if !tall {
        return Composition::of(vec![beside(bulbs, &plate, light, &told)]);
    }
    let top = bulbs.line(&plate, 1);
    let mut head = vec![Piece::Fill(Rect::new(0, 0, bulbs.width(), CELL), light)];
    if top.width <= bulbs.width() {
        head.push(Piece::text((bulbs.width() - top.width) / 2, 0, CELL, &top, DARK));
    }
    beneath(bulbs, head, &told, &until)
}

/// One line: the plate, and beside it the text.
fn beside(bulbs: &Bulbs<'_>, plate: &str, light: Rgb, told: &str) -> Page {
    let top = (bulbs.height() - CELL) / 2;
    let mut page = Page::default();
    let line = bulbs.line(plate, 1);
    let mut x = 0;
    if line.width + 4 <= bulbs.width() / 2 {
        let width = line.width + 4;
        page.pieces
            .push(Piece::Fill(Rect::new(0, 0, width, bulbs.height()), light));
        page.pieces.push(Piece::text(2, top, CELL, &line, DARK));
        x = width + 4;
    }
    let window = Rect::new(x, top, bulbs.width() - x, CELL);
    running(bulbs, &mut page, window, told, 1);
    page
}

fn running(bulbs: &Bulbs<'_>, page: &mut Page, window: Rect, told: &str, step: i32) {
    let line = bulbs.line(told, step);
    let colour = bulbs.lights.text;
    if line.width <= window.w {
        let x = window.x + (window.w - line.width) / 2;
        page.pieces.push(Piece::text(x, window.y, window.h, &line, colour));
    } else {
        page.ticker = Some(bulbs.ticker(window, line, colour));
    }
}

/// Fewer cells than this at once are no reading.
const FEWEST_CELLS: i32 = 6;

/// The plate above; beneath it the text, on signs in still pages where it is short, else moving.
fn beneath(bulbs: &Bulbs<'_>, head: Vec<Piece>, told: &str, until: &str) -> Composition {
    let zone = Rect::new(0, CELL, bulbs.width(), bulbs.height() - CELL);
    if let Some(pages) = sign::still(bulbs, told, zone, 6) {
        let page = |pieces: Vec<Piece>| head.iter().cloned().chain(pieces).collect();
        return Composition::still(pages.into_iter().map(page).collect());
    }
    let mut page = Page {
        pieces: head,
        ..Page::default()
    };
    let widest = bulbs.width() / CELL / FEWEST_CELLS;
    let foot = bulbs.line(until, 1);
    let mut window = zone;
    if zone.h >= 3 * CELL && foot.width <= zone.w {
        let x = (zone.w - foot.width) / 2;
        page.pieces
            .push(Piece::text(x, zone.bottom() - CELL, CELL, &foot, bulbs.lights.dim));
        window.h -= CELL;
    }
    let step = (window.h / CELL).min(widest).max(1);
    running(bulbs, &mut page, window, told, step);
    Composition::of(vec![page])
}
