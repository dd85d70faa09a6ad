//! Cutting a row of pieces into lines.

use super::breaks::{never_first, never_last};
use std::ops::Range;

/// One piece of text as the cutter sees it: its first character, its advance, and whether a line may begin with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    pub(crate) first: char,
    pub(crate) advance: i32,
    /// What it needs when it is the last of its line.
    pub(crate) advance_last: i32,
    pub(crate) may_start: bool,
}

fn blank(c: char) -> bool {
    c == ' ' || c == '\u{3000}'
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

/// Where the line that begins at `start` ends: always behind its first piece.
fn line_end(pieces: &[Piece], start: usize, room: i32) -> usize {
    let mut x = 0;
    let mut good = None;
    for at in start..pieces.len() {
        let piece = pieces[at];
        if at > start && piece.may_start {
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
    use super::super::breaks;
    use super::*;

    fn pieces(text: &str) -> Vec<Piece> {
        let starts = breaks::starts(text);
        let piece = |(at, first): (usize, char)| {
            let advance = if first.is_ascii() { 1 } else { 2 };
            Piece {
                first,
                advance,
                advance_last: advance,
                may_start: starts[at],
            }
        };
        text.char_indices().map(piece).collect()
    }

    fn broken(text: &str, cells: i32) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let told = lines(&pieces(text), cells, cells);
        told.into_iter().map(|line| chars[line].iter().collect()).collect()
    }

    #[test]
    fn a_line_never_begins_with_a_closing_mark_nor_ends_with_an_opening_one() {
        assert_eq!(broken("领取时间调整，请知悉。", 12), ["领取时间调", "整，请知悉。"]);
        assert_eq!(broken("依据《护照法》办理", 6), ["依据", "《护照", "法》办", "理"]);
        assert_eq!(broken("（一）“三公”经费", 8)[..2], ["（一）", "“三公”"]);
    }

    #[test]
    fn words_numbers_and_telephone_numbers_stay_whole() {
        assert_eq!(broken("Working days 8:30–11:30", 13), ["Working days", "8:30–11:30"]);
        assert_eq!(broken("自12月1日起", 5), ["自", "12月", "1日起"]);
        assert_eq!(broken("电话0000-8860123转3", 13), ["电话", "0000-8860123", "转3"]);
        assert_eq!(broken("支出414.30万元", 10), ["支出", "414.30万元"]);
    }

    #[test]
    fn a_word_wider_than_the_line_is_cut_and_nothing_is_lost() {
        assert_eq!(broken("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(broken("。。。。", 2).concat(), "。。。。");
        assert_eq!(broken("", 4), Vec::<String>::new());
        assert_eq!(broken("字", 0), ["字"]);
    }

    #[test]
    fn a_mark_after_a_long_token_takes_a_piece_of_it_along() {
        assert_eq!(broken("abcdefgh。后", 8), ["abcdefg", "h。后"]);
        assert_eq!(broken("QQ12345678，", 4), ["QQ12", "3456", "78，"]);
    }

    /// Texts as offices write them, and what could go wrong among them.
    const WORDS: [&str; 26] = [
        "因公护照",
        "领取时间",
        "“一次告知”",
        "《护照法》",
        "（试行）",
        "12月1日",
        "8:30–11:30",
        "～",
        "——",
        "……",
        "，",
        "。",
        "、",
        "！？",
        "“‘",
        "’”",
        "\"甲\"",
        "0000-8860123",
        "https://notices.example.org/guide?item=12&page=3",
        "Working days ",
        "don’t ",
        " ",
        "\u{3000}",
        "№12",
        "￥100",
        "여권을 신청",
    ];

    /// A generator of Marsaglia's xorshift kind: the same texts on every run.
    fn next(state: &mut u64) -> usize {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        usize::try_from(*state % 1_000_003).unwrap()
    }

    fn random_text(state: &mut u64) -> String {
        (0..1 + next(state) % 30)
            .map(|_| WORDS[next(state) % WORDS.len()])
            .collect()
    }

    /// Whether the rules leave a choice: some place inside the line, or at its end, where a break would be right.
    fn choice(pieces: &[Piece], line: &Range<usize>) -> bool {
        (line.start + 1..=line.end).any(|at| pieces.get(at).is_some_and(|piece| piece.may_start))
    }

    #[test]
    fn random_texts_keep_the_rules_in_every_width() {
        let mut state = 0x9E37_79B9_7F4A_7C15;
        let (mut kept, mut forced) = (0, 0);
        for _ in 0..400 {
            let text = random_text(&mut state);
            let (pieces, chars): (Vec<Piece>, Vec<char>) = (pieces(&text), text.chars().collect());
            for cells in [0, 1, 2, 3, 4, 6, 8, 11, 16, 25, 60] {
                let told = lines(&pieces, cells, cells);
                let solid = |c: &&char| !blank(**c);
                let drawn: String = told
                    .iter()
                    .flat_map(|line| chars[line.clone()].iter().filter(solid))
                    .collect();
                assert_eq!(drawn, chars.iter().filter(solid).collect::<String>(), "{cells}: {text}");
                for (line, after) in told.iter().zip(&told[1..]) {
                    if !choice(&pieces, line) {
                        forced += 1;
                        continue;
                    }
                    kept += 1;
                    assert!(pieces[after.start].may_start || after.is_empty(), "{cells}: {text}");
                    assert!(after.is_empty() || !never_first(chars[after.start]), "{cells}: {text}");
                    assert!(line.is_empty() || !never_last(chars[line.end - 1]), "{cells}: {text}");
                }
            }
        }
        assert!(
            kept > 1_000 && forced > 1_000,
            "{kept} lines by the rules, {forced} by force"
        );
    }

    #[test]
    fn lines_are_not_wider_than_they_may_be() {
        let mut state = 88_172_645_463_325_252;
        for _ in 0..200 {
            let pieces = pieces(&random_text(&mut state));
            for cells in [2, 5, 9, 30] {
                for line in lines(&pieces, cells, cells) {
                    let width: i32 = pieces[line].iter().map(|piece| piece.advance).sum();
                    assert!(width <= cells, "{width} in {cells}");
                }
            }
        }
    }
}
