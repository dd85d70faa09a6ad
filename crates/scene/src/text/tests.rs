//! Text as it stands on a screen: figures, heights, directions, marks, and whatever Unicode can throw at it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use super::*;
use crate::font::SYSTEM_FONTS;
use std::sync::LazyLock;

static NOTO: LazyLock<FontSet> = LazyLock::new(|| {
    let read =
        |path| std::fs::read(path).expect("these tests need Debian's fonts-noto-cjk, which scripts/test installs");
    let [regular, bold] = SYSTEM_FONTS.map(|path| read(path).into());
    FontSet::from_bytes(regular, bold).unwrap()
});

fn both() -> [FontSet; 2] {
    [FontSet::built_in(), NOTO.clone()]
}

fn style(px: i32) -> Style {
    Style {
        px,
        bold: false,
        lang: Lang::ZhHans,
    }
}

/// The ink of a line: left, top, right and bottom, from its start and the top of its em box, in pixels.
fn ink(fonts: &FontSet, line: &TextLine) -> Option<[i32; 4]> {
    let mut bounds: Option<[i32; 4]> = None;
    for (x, y, glyph) in line.glyphs.iter() {
        let mask = mask(fonts, *glyph);
        let lit = (0..).zip(&mask.alpha).filter(|(_, alpha)| **alpha > 0);
        for (at, _) in lit {
            let (left, top) = (
                x + mask.left + at % mask.width,
                line.ascent - y - mask.top + at / mask.width,
            );
            let b = bounds.get_or_insert([left, top, left + 1, top + 1]);
            *b = [b[0].min(left), b[1].min(top), b[2].max(left + 1), b[3].max(top + 1)];
        }
    }
    bounds
}

#[test]
fn all_figures_are_equally_wide_so_that_a_clock_stands_still() {
    for fonts in both() {
        for (px, bold) in [(16, false), (44, false), (44, true), (160, true)] {
            let text = shape_str(&fonts, "0123456789", Style { bold, ..style(px) });
            let widths: Vec<i32> = text.clusters.iter().map(|cluster| cluster.advance).collect();
            assert_eq!(widths, [widths[0]; 10], "{fonts:?} at {px}");
        }
        let width = |time: &str| single(&fonts, time, style(60)).width;
        assert_eq!(width("11:11"), width("08:40"));
    }
}

/// The control: proportional figures of the same font differ, so the test above can fail.
#[test]
fn letters_are_not_equally_wide() {
    let text = shape_str(&NOTO, "iW", style(44));
    assert!(text.clusters[0].advance < text.clusters[1].advance);
}

#[test]
fn accents_and_descenders_of_lines_a_quarter_higher_than_the_em_do_not_touch() {
    for fonts in both() {
        for px in [16, 20, 32, 44, 88, 200] {
            for bold in [false, true] {
                let line = single(&fonts, "ÅÉÖgjpqy，国（Ёй", Style { bold, ..style(px) });
                let [_, top, _, bottom] = ink(&fonts, &line).unwrap();
                // A shared pixel at either edge is not yet touching.
                let most = line.em * 5 / 4 + 2;
                assert!(bottom - top <= most, "{fonts:?} at {px}: {top}..{bottom}");
                assert!(
                    top >= -line.em / 5 && bottom <= line.em * 6 / 5,
                    "{fonts:?} at {px}: {top}..{bottom}"
                );
            }
        }
    }
}

#[test]
fn ideographs_stand_in_the_middle_of_their_em() {
    for fonts in both() {
        for px in [16, 44, 88] {
            let line = single(&fonts, "国囲", style(px));
            let [_, top, _, bottom] = ink(&fonts, &line).unwrap();
            let off = top - (line.em - bottom);
            assert!(
                off.abs() <= line.em / 8,
                "{fonts:?} at {px}: {top} above, {bottom} of {}",
                line.em
            );
        }
    }
}

#[test]
fn a_pile_of_marks_stays_within_two_ems() {
    let pile = format!("Z{}", "\u{301}\u{35b}\u{323}\u{489}\u{20dd}".repeat(200));
    for fonts in both() {
        let line = single(&fonts, &pile, style(44));
        let [left, top, right, bottom] = ink(&fonts, &line).unwrap();
        assert!(
            left >= -44 && top >= -44 && right <= 88 && bottom <= 88,
            "{fonts:?}: {left} {top} {right} {bottom}"
        );
        assert!(line.glyphs.len() <= 5);
    }
}

/// The characters of a line from left to right, as the first of each cluster.
fn seen(fonts: &FontSet, told: &str) -> String {
    let text = shape_str(fonts, told, style(32));
    let levels: Vec<u8> = text.clusters.iter().map(|cluster| cluster.level).collect();
    bidi::visual(&levels)
        .into_iter()
        .map(|at| text.clusters[at].first)
        .collect()
}

#[test]
fn hebrew_and_arabic_stand_from_right_to_left_within_chinese() {
    for fonts in both() {
        assert_eq!(seen(&fonts, "电话 אבג 012，谢"), "电话 012 גבא，谢");
        let xs: Vec<i32> = single(&fonts, "אבג", style(32))
            .glyphs
            .iter()
            .map(|(x, ..)| *x)
            .collect();
        assert_eq!(xs.len(), 3);
        assert!(xs.is_sorted() && xs[0] < xs[2], "{xs:?}");
    }
    assert_eq!(seen(&NOTO, "说سلام好").chars().next(), Some('说'));
    // Without shaping, letters take their presentation forms: seen and lam-alif and meem.
    assert_eq!(seen(&FontSet::built_in(), "سلام"), "\u{fee1}\u{fefc}\u{feb3}");
}

#[test]
fn an_apostrophe_is_narrow_in_english_and_quotation_marks_fill_a_cell_in_chinese() {
    let widths = |told: &str| -> Vec<i32> {
        let text = shape_str(&NOTO, told, style(40));
        let quotes = text.clusters.iter().filter(|cluster| "“”’".contains(cluster.first));
        quotes.map(|cluster| cluster.advance / 64).collect()
    };
    assert_eq!(widths("推行“一次告知”"), [40, 40]);
    assert!(widths("the office’s “one-stop” desk").iter().all(|width| *width < 20));
}

#[test]
fn glyph_by_glyph_another_font_steps_in() {
    let text = shape_str(&NOTO, "护😀照\u{e000}", style(44));
    let bitmap: Vec<bool> = text
        .clusters
        .iter()
        .map(|cluster| matches!(cluster.glyphs[0].2, Glyph::Bitmap { .. }))
        .collect();
    assert_eq!(bitmap, [false, true, false, true]);
    assert_eq!(
        text.clusters[1].advance,
        44 * 64,
        "a stand-in for what is wide fills the em"
    );
    assert_eq!(NOTO.missing("护😀照\u{e000}𠮷é", Lang::ZhHans), ['\u{e000}', '😀']);
}

#[test]
fn justified_lines_end_flush_and_no_gap_is_torn_open() {
    let told = "自12月1日起，因公护照领取时间调整为工作日上午9:00至11:30（节假日除外）；依据《护照法》第四条、第八条，\
                 “一次告知”。请登录https://notices.example.org/guide查询。问：收费吗？答：不收费！";
    for fonts in both() {
        let text = shape_str(&fonts, told, style(32));
        let (mut flush, mut ragged) = (0, 0);
        for width in (200..900).step_by(20) {
            let setting = Setting {
                width,
                indent: 64,
                justify: true,
            };
            let (spread, natural) = (
                lines(&text, setting),
                lines(
                    &text,
                    Setting {
                        justify: false,
                        ..setting
                    },
                ),
            );
            assert_eq!(
                spread.last().unwrap().width,
                natural.last().unwrap().width,
                "the last line is not spread"
            );
            for (line, plain) in spread.iter().zip(&natural).rev().skip(1) {
                assert!(line.width <= width + 1);
                if line.width == plain.width {
                    ragged += usize::from(line.width < width - 2);
                    continue;
                }
                flush += 1;
                assert!(
                    (width - 1..=width + 1).contains(&line.width),
                    "{} in {width}",
                    line.width
                );
                let grown = line.glyphs.windows(2).zip(plain.glyphs.windows(2));
                for (now, before) in grown {
                    let growth = (now[1].0 - now[0].0) - (before[1].0 - before[0].0);
                    // A quarter of an em beside each space or cell: two such gaps lie around a space. Places are whole
                    // pixels, so one may lose a pixel to the next.
                    assert!((-1..=line.em / 2 + 2).contains(&growth), "a gap grew by {growth}");
                }
            }
        }
        assert!(flush > 50 && ragged > 0, "{flush} flush, {ragged} ragged");
    }
}

/// A generator of Marsaglia's xorshift kind: the same texts on every run.
fn next(state: &mut u64) -> u32 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    u32::try_from(*state >> 33).unwrap()
}

/// Any characters at all, of all planes, but of the first more often.
fn any_text(state: &mut u64) -> String {
    let length = next(state) % 60;
    let pick = |_| {
        let most = [0x250, 0x2000, 0x3100, 0x1_0000, 0x11_0000][next(state) as usize % 5];
        char::from_u32(next(state) % most).unwrap_or('\u{301}')
    };
    (0..length).map(pick).collect()
}

#[test]
fn whatever_unicode_holds_is_laid_out_and_drawn() {
    let mut state = 0x2545_F491_4F6C_DD1D;
    for round in 0..300 {
        let told = any_text(&mut state);
        let fonts = if round % 3 == 0 {
            NOTO.clone()
        } else {
            FontSet::built_in()
        };
        let px = i32::try_from(next(&mut state) % 70).unwrap();
        let width = i32::try_from(next(&mut state) % 300).unwrap() - 20;
        let text = shape_str(&fonts, &told, style(px));
        let solid = text
            .clusters
            .iter()
            .filter(|cluster| !cluster.glyphs.is_empty())
            .count();
        for justify in [false, true] {
            let lines = lines(
                &text,
                Setting {
                    width,
                    indent: px,
                    justify,
                },
            );
            assert!(lines.len() <= text.clusters.len());
            let drawn: usize = lines.iter().map(|line| line.glyphs.len()).sum();
            assert!(drawn >= solid, "{drawn} of {solid} are drawn: {told:?}");
            for line in &lines {
                ink(&fonts, line);
            }
        }
        assert!(ellipsised(&fonts, &told, style(px), width, 2).len() <= 2);
        assert!(fit(&fonts, &told, style(px), &[40, 20, 12], width, 3).len() <= 3);
    }
}

#[test]
fn a_hundred_thousand_characters_are_laid_out() {
    let told = "自12月1日起，因公护照领取时间调整为abc。".repeat(4_000);
    for fonts in both() {
        let text = shape_str(&fonts, &told, style(24));
        let lines = lines(&text, Setting::plain(1_000));
        assert!((2_000..4_000).contains(&lines.len()), "{} lines", lines.len());
        // On one line, at the largest size, the far end is clipped and nothing overflows.
        assert!(single(&fonts, &told, style(2_000)).width > 1_000_000);
    }
}
