//! Where a line may end: Chinese punctuation rules (避头尾), spaces, and words of other scripts.

use std::ops::Range;

/// What may not begin a line.
const NEVER_FIRST: &str =
    "。，、；：？！）》」』】〕〉”’％‰℃·…—～々ー．.,;:?!)]}%／–｡､｣］｝ぁぃぅぇぉっゃゅょァィゥェォッャュョ";
/// What may not end a line.
const NEVER_LAST: &str = "（《「『【〔〈“‘([{￥$＄€£№［｛｢";
/// Counting words that stay with the number before them.
const COUNTS: &str = "年月日时分秒个元万亿号项人件次条天份本";

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

/// Korean is written with spaces, and its words stay whole.
fn hangul(c: char) -> bool {
    matches!(u32::from(c), 0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7AF)
}

fn blank(c: char) -> bool {
    c == ' ' || c == '\u{3000}'
}

/// Whether a line may end between two neighbours.
pub(crate) fn may_break(before: char, after: char) -> bool {
    if blank(after) || never_first(after) || never_last(before) {
        return false;
    }
    if blank(before) {
        return true;
    }
    if hangul(before) && hangul(after) {
        return false;
    }
    if wide(before) || wide(after) {
        return !(before.is_ascii_digit() && COUNTS.contains(after));
    }
    before == '-' && after.is_alphabetic()
}

/// One piece of text as the breaker sees it: its first character and its advance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    pub(crate) first: char,
    pub(crate) advance: i32,
    /// What it needs when it is the last of its line.
    pub(crate) advance_last: i32,
}

/// Cuts pieces into lines not wider than `width` (the first: `first_width`). Spaces at a line's ends are dropped.
/// A word wider than the line is cut where it must be.
pub(crate) fn lines(pieces: &[Piece], first_width: i32, width: i32) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    while start < pieces.len() {
        let room = if lines.is_empty() { first_width } else { width };
        let end = line_end(pieces, start, room);
        let last = (start..end).rev().find(|at| !blank(pieces[*at].first));
        lines.push(start..last.map_or(start, |at| at + 1));
        start = (end..pieces.len())
            .find(|at| pieces[*at].first != ' ')
            .unwrap_or(pieces.len());
    }
    lines
}

fn line_end(pieces: &[Piece], start: usize, room: i32) -> usize {
    let mut x = 0;
    let mut good = None;
    for at in start..pieces.len() {
        let piece = pieces[at];
        if at > start && may_break(pieces[at - 1].first, piece.first) {
            good = Some(at);
        }
        if at > start && !blank(piece.first) && x + piece.advance_last > room {
            return good.unwrap_or_else(|| forced_end(pieces, start, at));
        }
        x += piece.advance;
    }
    pieces.len()
}

/// The last place at or before `at` where the punctuation rules, if nothing else, are kept.
fn forced_end(pieces: &[Piece], start: usize, at: usize) -> usize {
    let fair = |at: &usize| !never_first(pieces[*at].first) && !never_last(pieces[*at - 1].first);
    (start + 1..=at).rev().find(fair).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str, cells: i32) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let piece = |c: &char| {
            let advance = if c.is_ascii() { 1 } else { 2 };
            Piece {
                first: *c,
                advance,
                advance_last: advance,
            }
        };
        let pieces: Vec<Piece> = chars.iter().map(piece).collect();
        let told = lines(&pieces, cells, cells);
        told.into_iter().map(|line| chars[line].iter().collect()).collect()
    }

    #[test]
    fn a_line_never_begins_with_a_closing_mark_nor_ends_with_an_opening_one() {
        assert_eq!(broken("领取时间调整，请知悉。", 12), ["领取时间调", "整，请知悉。"]);
        assert_eq!(broken("依据《护照法》办理", 6), ["依据", "《护照", "法》办", "理"]);
        assert_eq!(broken("（一）“三公”经费", 8), ["（一）", "“三公”", "经费"]);
    }

    #[test]
    fn words_numbers_and_telephone_numbers_stay_whole() {
        assert_eq!(broken("Working days 8:30–11:30", 13), ["Working days", "8:30–11:30"]);
        assert_eq!(broken("自12月1日起", 5), ["自", "12月", "1日起"]);
        assert_eq!(broken("电话0000-8860123转3", 13), ["电话", "0000-8860123", "转3"]);
    }

    #[test]
    fn a_word_wider_than_the_line_is_cut_and_nothing_is_lost() {
        assert_eq!(broken("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(broken("。。。。", 2).concat(), "。。。。");
        assert_eq!(broken("", 4), Vec::<String>::new());
        assert_eq!(broken("字", 0), ["字"]);
    }

    #[test]
    fn many_widths_keep_the_rules() {
        let text = "自12月1日起，因公护照领取时间调整为工作日上午9:00至11:30（节假日除外）；依据《护照法》第四条、第八条，“一次告知”。问：收费吗？答：不收费！";
        for cells in 8..60 {
            let lines = broken(text, cells);
            assert_eq!(lines.concat(), text);
            for line in &lines {
                assert!(!never_first(line.chars().next().unwrap()), "{cells}: {line}");
                assert!(!never_last(line.chars().last().unwrap()), "{cells}: {line}");
            }
        }
    }
}
