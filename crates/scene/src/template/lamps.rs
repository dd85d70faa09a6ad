//! What strips and signs have in common: few colours, whole bitmaps, and a document said in few words.

use super::ticker::{Pace, Ticker};
use crate::canvas::{Piece, Rect};
use crate::font::FontSet;
use crate::frame::Rgb;
use crate::stage::Marks;
use crate::text::{self, Style, TextLine, bitmap::CELL, markdown};
use crate::words::{self, say};
use heliograph_domain::content::DiscretionGrade;
use heliograph_domain::panel::ColourDepth;
use heliograph_domain::{Body, Document, Kind, Lang, Panel};

/// A lamp that is off.
pub(crate) const DARK: Rgb = Rgb(0, 0, 0);
/// So many characters of a body a strip tells; the rest is read on a screen.
const DETAIL_CHARS: usize = 72;

/// The colours a panel has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lights {
    /// Running text.
    pub(crate) text: Rgb,
    /// What is to be seen first.
    pub(crate) strong: Rgb,
    /// What is less important.
    pub(crate) dim: Rgb,
}

impl Lights {
    pub(crate) fn of(colour: ColourDepth) -> Self {
        const RED: Rgb = Rgb(255, 0, 0);
        match colour {
            ColourDepth::Mono => Self {
                text: RED,
                strong: RED,
                dim: RED,
            },
            ColourDepth::Tri => Self {
                text: Rgb(255, 255, 0),
                strong: RED,
                dim: Rgb(0, 255, 0),
            },
            ColourDepth::Full => Self {
                text: Rgb(255, 255, 255),
                strong: Rgb(255, 176, 32),
                dim: Rgb(150, 190, 235),
            },
        }
    }
}

/// What lamps are drawn with.
pub(crate) struct Bulbs<'a> {
    pub(crate) fonts: &'a FontSet,
    pub(crate) panel: &'a Panel,
    pub(crate) lights: Lights,
    pub(crate) lang: Lang,
}

impl Bulbs<'_> {
    pub(crate) fn width(&self) -> i32 {
        i32::from(self.panel.width_px)
    }

    pub(crate) fn height(&self) -> i32 {
        i32::from(self.panel.height_px)
    }

    /// Text in cells of `step` dots a pixel.
    pub(crate) fn style(&self, step: i32) -> Style {
        Style {
            px: CELL * step,
            bold: false,
            lang: self.lang,
        }
    }

    pub(crate) fn line(&self, told: &str, step: i32) -> TextLine {
        text::single(self.fonts, told, self.style(step))
    }

    /// Text cut into lines of a width.
    pub(crate) fn lines(&self, told: &str, step: i32, width: i32) -> Vec<TextLine> {
        text::lines(
            &text::shape_str(self.fonts, told, self.style(step)),
            text::Setting::plain(width),
        )
    }

    /// A line that moves through a window at the panel's pace.
    pub(crate) fn ticker(&self, window: Rect, line: TextLine, colour: Rgb) -> Ticker {
        Ticker::new(window, line, colour, Pace::of(self.panel))
    }

    /// Text in as few lines as it takes, of like length.
    pub(crate) fn balanced(&self, told: &str, step: i32, width: i32) -> Vec<TextLine> {
        let style = self.style(step);
        let count = self.lines(told, step, width).len();
        text::fit(self.fonts, told, style, &[style.px], width, count)
    }

    /// A word in dark on a lit ground: readable in one colour too. Gives its pieces and its width.
    pub(crate) fn plate(&self, word: &str, x: i32, y: i32) -> (Vec<Piece>, i32) {
        let line = self.line(word, 1);
        let width = line.width + 4;
        let ground = Piece::Fill(Rect::new(x, y, width, CELL), self.lights.strong);
        (vec![ground, Piece::text(x + 2, y, CELL, &line, DARK)], width)
    }
}

/// A document in few words.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gist {
    /// The kind in two characters or one short word; empty for the slate.
    pub(crate) mark: String,
    pub(crate) headline: String,
    pub(crate) detail: String,
    /// A commitment's figure and unit.
    pub(crate) figure: Option<(String, String)>,
    /// A window's number, and who is on post.
    pub(crate) window: Option<(String, Option<String>)>,
}

impl Gist {
    pub(crate) fn of(document: &Document, wanted: Lang) -> Self {
        let Some((lang, body)) = document.body(wanted) else {
            return Self::default();
        };
        let rest = say(wanted, KIOSK.0, KIOSK.1);
        let plain = Self {
            mark: mark(body.kind(), wanted).to_owned(),
            headline: body.title(lang),
            ..Self::default()
        };
        match body {
            Body::ServiceCommitment(it) => Self {
                detail: opening(&it.promise.replace('\n', " "), rest),
                figure: Some((it.figure.clone(), it.unit.clone())),
                ..plain
            },
            Body::WindowBoard(it) => {
                let on_post = it.on_post.clone().filter(|name| !name.trim().is_empty());
                let told = on_post
                    .as_ref()
                    .map(|name| words::labelled(wanted, say(wanted, "值守", "On post"), name));
                let told = [told, Some(opening(&it.matters.replace('\n', " "), rest))]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>();
                Self {
                    headline: it.title.clone(),
                    detail: told.join(say(lang, "　", "  ")),
                    window: Some((it.window.clone(), on_post)),
                    ..plain
                }
            }
            Body::ServiceGuide(it) => {
                let limit = words::labelled(wanted, say(wanted, "承诺时限", "Within"), &it.committed_limit);
                let fee = words::labelled(wanted, say(wanted, "收费", "Fee"), &it.fee);
                let phone = words::labelled(wanted, say(wanted, "咨询", "Call"), &it.phone);
                Self {
                    detail: [limit, fee, phone].join(say(lang, "　", "  ")),
                    ..plain
                }
            }
            Body::PowerList(it) => {
                let names: Vec<&str> = it.entries.iter().map(|power| power.name.as_str()).collect();
                Self {
                    detail: opening(&names.join(say(lang, "；", "; ")), rest),
                    ..plain
                }
            }
            Body::DiscretionBenchmark(it) => {
                let told = |grade: &DiscretionGrade| words::labelled(lang, &grade.grade, &grade.result);
                let grades: Vec<String> = it.entries.iter().map(told).collect();
                Self {
                    detail: opening(&grades.join(" "), rest),
                    ..plain
                }
            }
            other => {
                let prose = super::Prose::of(other);
                let opening = opening(&markdown::flat(prose.body), rest);
                let detail = if opening.is_empty() { prose.meta(lang) } else { opening };
                Self { detail, ..plain }
            }
        }
    }
}

/// Where the whole of a text is to be read: what a strip says after it has told the beginning.
const KIOSK: (&str, &str) = ("　全文请看触摸查询机", "  Read it in full at the touch kiosk");

/// The first whole sentences of a text, as many as a strip tells, and where the rest is; a longer first sentence is cut.
fn opening(told: &str, rest: &str) -> String {
    let short: String = told.chars().take(DETAIL_CHARS).collect();
    if short.len() == told.len() {
        return short;
    }
    let end = short
        .char_indices()
        .filter(|(_, c)| "。！？；.!?;".contains(*c))
        .map(|(at, c)| at + c.len_utf8())
        .next_back();
    match end {
        Some(end) if end > short.len() / 3 => format!("{}{rest}", &short[..end]),
        _ => format!("{short}…{rest}"),
    }
}

fn mark(kind: Kind, lang: Lang) -> &'static str {
    let (zh, en) = match kind {
        Kind::Notice => ("公告", "Notice"),
        Kind::ServiceGuide => ("指南", "Guide"),
        Kind::ServiceCommitment => ("承诺", "Pledge"),
        Kind::WindowBoard => ("窗口", "Window"),
        Kind::PowerList => ("权力", "Powers"),
        Kind::DiscretionBenchmark => ("裁量", "Scale"),
        Kind::Finance => ("财务", "Budget"),
        Kind::Personnel => ("人事", "Staff"),
        Kind::Planning => ("规划", "Plans"),
        Kind::Organisation => ("机构", "Office"),
        Kind::Enforcement => ("执法", "Cases"),
        Kind::Interpretation => ("解读", "Policy"),
        Kind::Rule => ("制度", "Rules"),
    };
    say(lang, zh, en)
}

/// Marks for staff: two dots in the last corner for a stale display; for a drill the word itself.
pub(crate) fn marks(bulbs: &Bulbs<'_>, marks: Marks) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if marks.drill {
        let word = say(bulbs.lang, "演练", "DRILL");
        let width = bulbs.line(word, 1).width + 4;
        pieces.extend(bulbs.plate(word, bulbs.width() - width, 0).0);
    }
    if marks.stale {
        let corner = Rect::new(bulbs.width() - 2, bulbs.height() - 2, 2, 2);
        pieces.push(Piece::Fill(corner, bulbs.lights.strong));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_tells_whole_sentences() {
        assert_eq!(opening("自12月1日起调整。请知悉。", "→"), "自12月1日起调整。请知悉。");
        let long = format!("{}。{}", "甲".repeat(40), "乙".repeat(60));
        assert_eq!(opening(&long, "→"), format!("{}。→", "甲".repeat(40)));
        assert_eq!(opening(&"丙".repeat(100), "→"), format!("{}…→", "丙".repeat(72)));
    }

    #[test]
    fn lines_of_like_length_do_not_tear_a_word() {
        let panel = Panel {
            width_px: 128,
            height_px: 64,
            colour: ColourDepth::Full,
            pixel_pitch_um: 2500,
            viewing_distance_mm: 3000,
            refresh_hz: 60,
        };
        let bulbs = Bulbs {
            fonts: &FontSet::built_in(),
            panel: &panel,
            lights: Lights::of(panel.colour),
            lang: Lang::En,
        };
        let widths = |told: &str, width| -> Vec<i32> {
            let lines = bulbs.balanced(told, 1, width);
            lines.iter().map(|line| line.width).collect()
        };
        assert_eq!(widths("working days", 76), [56, 32]);
        assert_eq!(widths("机构职能与内设机构", 128), [80, 64]);
    }
}
