//! Where a line may begin: UAX #14, tailored to Chinese typesetting (避头尾, as in CLREQ and GB/T 15834).
//!
//! The base is ICU4X's segmenter. Before it reads a text, a few characters are put down as what they are among
//! Chinese; after it, the rules that Unicode leaves to languages take back what it allowed. `uax14` holds the outcome
//! against Unicode's own test and names every difference.

use icu_segmenter::options::LineBreakOptions;
use icu_segmenter::{LineSegmenter, LineSegmenterBorrowed};
use std::ops::Range;

/// What may not begin a line.
const NEVER_FIRST: &str =
    "。，、；：？！）》」』】〕〉”’％‰℃·…—～々ー．.,;:?!)]}%／–｡､｣］｝・‼⁇⁈⁉ぁぃぅぇぉっゃゅょァィゥェォッャュョ";
/// What may not end a line.
const NEVER_LAST: &str = "（《「『【〔〈“‘([{￥$＄€£№［｛｢";
/// Counting words and units that stay with the number before them.
const COUNTS: &str =
    "年月日号时分秒点个元角万亿千百项条款章节件份本卷册次回人名位户家间张台辆页层楼室栋周天岁期届级类种倍成度米里亩吨";

/// What may not begin a line.
pub(crate) fn never_first(c: char) -> bool {
    NEVER_FIRST.contains(c)
}

/// What may not end a line.
pub(crate) fn never_last(c: char) -> bool {
    NEVER_LAST.contains(c)
}

/// Closing marks of one cell whose ink is in the left half, so that the right half may be given up.
pub(crate) fn closes(c: char) -> bool {
    "。，、；：）》」』】〕〉”’".contains(c)
}

/// Opening marks of one cell whose ink is in the right half.
pub(crate) fn opens(c: char) -> bool {
    "（《「『【〔〈“‘".contains(c)
}

/// Characters of scripts that are written without spaces, and full-width forms.
pub(crate) fn wide(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x11FF | 0x2190..=0x21FF | 0x2460..=0x24FF | 0x25A0..=0x27BF | 0x2E80..=0xA4CF | 0xAC00..=0xD7AF
        | 0xF900..=0xFAFF | 0xFE30..=0xFE4F | 0xFF00..=0xFFEF | 0x1_F000..=0x3_FFFF)
}

/// Han, kana and hangul proper: what gets a hair of space beside Latin letters and digits.
pub(crate) fn ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x3041..=0x30FF | 0x3400..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF)
}

/// Arrows, numbers in circles, squares and stars: letters to UAX #14, signs that fill a cell among Chinese. Hands
/// are left out, since skin colours attach to them.
fn sign(c: char) -> bool {
    let hand = matches!(c, '☝' | '⛹' | '✊'..='✍');
    !hand && matches!(u32::from(c), 0x2190..=0x21FF | 0x2460..=0x24FF | 0x25A0..=0x2757 | 0x2764..=0x27BF)
}

/// Korean is written with spaces, and its words stay whole.
fn hangul(c: char) -> bool {
    matches!(u32::from(c), 0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7AF)
}

fn digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '０'..='９')
}

/// Letters and digits as wide as ideographs; what they spell stays whole, as in their narrow form.
fn full_width(c: char) -> bool {
    matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ')
}

fn blank(c: char) -> bool {
    c == ' ' || c == '\u{3000}'
}

/// UAX #14 in its strict form (small kana and the like begin no line). Thai, Lao, Khmer and Burmese are written without
/// spaces and would need dictionaries of megabytes; their text is cut where it must be.
pub(super) fn base() -> LineSegmenterBorrowed<'static> {
    LineSegmenter::new_for_non_complex_scripts(LineBreakOptions::default())
}

/// For every byte of a clean text, whether a line may begin there.
pub(crate) fn starts(text: &str) -> Vec<bool> {
    let mut starts = vec![false; text.len() + 1];
    for at in base().segment_str(&among_chinese(text)) {
        starts[at] = true;
    }
    let (mut before, mut opened) = (None, false);
    for (at, after) in text.char_indices() {
        if opened || before.is_some_and(|before| bound(before, after)) {
            starts[at] = false;
        }
        // Spaces after an opening mark would be dropped, and leave it at the line's end.
        opened = never_last(after) || (opened && blank(after));
        before = Some(after);
    }
    starts
}

/// Whether two neighbours stay together, whatever the base says.
fn bound(before: char, after: char) -> bool {
    // A mandatory break is not ours to take back.
    if before.is_control() {
        return false;
    }
    blank(after)
        || never_first(after)
        || (hangul(before) && hangul(after))
        || (digit(before) && COUNTS.contains(after))
        || (before == '第' && digit(after))
        || ("万亿".contains(before) && "亿元".contains(after))
        || (full_width(before) && full_width(after))
        || (before == '–' && digit(after))
}

/// The text with some characters put down as others of equal length in UTF-8, whose class in UAX #14 is what they
/// mean among Chinese: the rules allow it (LB1: “ambiguous” characters resolve by language).
fn among_chinese(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut quotes = Quotes::default();
    for (at, c) in text.char_indices() {
        told.push(match c {
            '“' | '”' | '‘' | '’' | '"' => quotes.resolved(text, at, c),
            // Dashes hold together and to the text before them, as an ellipsis does.
            '—' | '⸺' => '…',
            '～' => '〜',
            c if sign(c) => '中',
            c => c,
        });
    }
    told
}

/// As far as a quotation mark looks past others for the text that it stands in.
const QUOTES: usize = 8;

/// Whether the quotation mark at a place, with those beside it, touches a wide character.
fn among_wide(text: &str, at: usize) -> bool {
    let quote = |c: &char| matches!(c, '“' | '”' | '‘' | '’' | '"');
    let left = text[..at].chars().rev().take(QUOTES).find(|c| !quote(c));
    let right = text[at..].chars().take(QUOTES).find(|c| !quote(c));
    left.is_some_and(wide) || right.is_some_and(wide)
}

/// The curved quotation marks of a text that stand among letters, where they are as narrow as letters want them.
pub(crate) fn narrow_quotes(text: &str) -> Vec<Range<usize>> {
    text.char_indices()
        .filter(|(at, c)| matches!(c, '“' | '”' | '‘' | '’') && !among_wide(text, *at))
        .map(|(at, c)| at..at + c.len_utf8())
        .collect()
}

/// Quotation marks, which to UAX #14 glue both sides, since it cannot know which of them opens.
#[derive(Default)]
struct Quotes {
    /// Whether a straight mark is open.
    open: bool,
}

impl Quotes {
    /// Beside wide characters an opening mark is an opening bracket and a closing one a closing bracket. Elsewhere (an
    /// apostrophe, English in quotes) it stays what it is.
    fn resolved(&mut self, text: &str, at: usize, c: char) -> char {
        if c == '"' {
            self.open = !self.open;
        }
        if !among_wide(text, at) {
            return c;
        }
        match c {
            '“' | '‘' => '〈',
            '”' | '’' => '〉',
            _ if self.open => '{',
            _ => '}',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with a bar wherever a line may begin.
    fn told(text: &str) -> String {
        let starts = starts(text);
        let barred = |(at, c): (usize, char)| {
            if at > 0 && starts[at] {
                format!("|{c}")
            } else {
                c.to_string()
            }
        };
        text.char_indices().map(barred).collect()
    }

    #[test]
    fn marks_stay_with_what_they_close_and_open() {
        assert_eq!(
            told("依据《护照法》，办理（试行）。"),
            "依|据|《护|照|法》，|办|理|（试|行）。"
        );
        assert_eq!(told("领取～日期"), "领|取～|日|期");
        assert_eq!(told("说明——如下……完"), "说|明——|如|下……|完");
    }

    #[test]
    fn quotation_marks_open_and_close_among_chinese() {
        assert_eq!(told("推行“一次告知”制度"), "推|行|“一|次|告|知”|制|度");
        assert_eq!(told("“‘甲’与‘乙’”说"), "“‘甲’|与|‘乙’”|说");
        assert_eq!(told("称\"一窗\"和\"通办\"为"), "称|\"一|窗\"|和|\"通|办\"|为");
        assert_eq!(told("Xi’an is ‘old’ 的"), "Xi’an |is |‘old’ |的");
    }

    #[test]
    fn numbers_keep_their_counting_words_and_words_stay_whole() {
        assert_eq!(
            told("自12月1日起第3号共20个工作日"),
            "自|12月|1日|起|第3号|共|20个|工|作|日"
        );
        assert_eq!(told("8:30–11:30 费用100元"), "8:30–11:30 |费|用|100元");
        assert_eq!(told("２０２６年ＡＢＣ楼"), "２０２６年|ＡＢＣ|楼");
        assert_eq!(told("Working days, e.g. re-entry"), "Working |days, |e.g. |re-|entry");
        assert_eq!(told("①填表②交费→领证"), "①|填|表|②|交|费|→|领|证");
    }

    #[test]
    fn korean_breaks_at_spaces() {
        assert_eq!(told("여권을 신청합니다"), "여권을 |신청합니다");
    }
}
