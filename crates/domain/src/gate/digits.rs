//! Runs of digits: what people read as one number, however it is grouped or written.

use super::fold::Glyph;

/// A digit of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digit {
    /// 0 to 9, and 10 for the `X` that may end an identity number.
    pub(super) value: u8,
    /// Its glyph, as an index.
    pub(super) glyph: usize,
    /// What stands between it and the digit before.
    pub(super) gap: Between,
}

/// What stands between two digits of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Between {
    /// Nothing: one group.
    Nothing,
    /// Nothing, but they are written differently: `①` before `1`, `一` before `1`.
    Style,
    /// A space, a hyphen, a dot, a bracket.
    Soft,
    /// A comma.
    Comma,
    /// The end of a line.
    Line,
}

/// Digits that belong together.
#[derive(Debug)]
pub(super) struct Run(pub(super) Vec<Digit>);

impl Run {
    /// Every stretch of `length` digits that begins and ends where a group does.
    pub(super) fn windows(&self, length: usize) -> impl Iterator<Item = &[Digit]> {
        let ends = move |end: usize| self.0.get(end).is_none_or(|next| next.gap != Between::Nothing);
        (0..self.0.len().saturating_sub(length - 1))
            .filter(move |&at| (at == 0 || self.0[at].gap != Between::Nothing) && ends(at + length))
            .map(move |at| &self.0[at..at + length])
    }
}

/// The widest gap within digits.
pub(super) fn widest(digits: &[Digit]) -> Between {
    let inner = digits.iter().skip(1).map(|digit| digit.gap);
    inner.max().unwrap_or(Between::Nothing)
}

/// Whether all digits are one group.
pub(super) fn is_one_group(digits: &[Digit]) -> bool {
    widest(digits) <= Between::Style
}

/// The glyphs of digits.
pub(super) fn glyphs_of<'a>(digits: &[Digit], loose: &'a [Glyph]) -> &'a [Glyph] {
    match (digits.first(), digits.last()) {
        (Some(first), Some(last)) => &loose[first.glyph..=last.glyph],
        _ => &[],
    }
}

/// The value of a digit as written in figures or in Chinese.
pub(super) fn value(c: char) -> Option<u8> {
    if let Some(value) = c.to_digit(10) {
        return u8::try_from(value).ok();
    }
    [
        "〇零○",
        "一壹",
        "二贰",
        "三叁",
        "四肆",
        "五伍",
        "六陆",
        "七柒",
        "八捌",
        "九玖",
    ]
    .iter()
    .zip(0..)
    .find(|(forms, _)| forms.contains(c))
    .map(|(_, value)| value)
}

/// The runs of a text.
pub(super) fn runs(glyphs: &[Glyph]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut between = None;
    for (index, glyph) in glyphs.iter().enumerate() {
        let open = between.is_some() && runs.last().is_some();
        let last = runs.last().and_then(|run| run.0.last()).copied();
        if let Some(value) = value(glyph.c) {
            let style = last.is_some_and(|last| is_styled_otherwise(&glyphs[last.glyph], glyph));
            let gap = match between {
                Some(Between::Nothing) if style => Between::Style,
                Some(gap) => gap,
                None => Between::Nothing,
            };
            let digit = Digit {
                value,
                glyph: index,
                gap,
            };
            match runs.last_mut().filter(|_| open) {
                Some(run) => run.0.push(digit),
                None => runs.push(Run(vec![digit])),
            }
            between = Some(Between::Nothing);
        } else if open && matches!(glyph.c, 'x' | '×') {
            if let Some(run) = runs.last_mut().filter(|run| run.0.len() >= 17) {
                run.0.push(Digit {
                    value: 10,
                    glyph: index,
                    gap: between.unwrap_or(Between::Nothing),
                });
            }
            between = None;
        } else {
            between = between.and_then(|so_far| parting(glyph.c).map(|this| this.max(so_far)));
            let too_far = last.is_none_or(|last| index - last.glyph > 3);
            between = between.filter(|_| !too_far);
        }
    }
    runs
}

fn parting(c: char) -> Option<Between> {
    match c {
        '\n' => Some(Between::Line),
        ',' => Some(Between::Comma),
        ' ' | '\t' | '-' | '.' | '·' | '_' | '/' | '(' | ')' | '‐'..='―' | '−' | '•' => Some(Between::Soft),
        _ => None,
    }
}

fn is_styled_otherwise(one: &Glyph, other: &Glyph) -> bool {
    one.plain != other.plain || one.c.is_ascii() != other.c.is_ascii()
}
