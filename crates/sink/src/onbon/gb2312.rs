//! GB2312, the characters of the cards' fonts, with what stands in for those that they lack.
//!
//! The encoder of GBK (WHATWG Encoding) gives the same two bytes for the characters of GB2312, and more characters; the
//! rows of GB/T 2312-1980 tell which are which.

use crate::card::Losses;
use encoding_rs::GBK;

/// Shown for a character that nothing is like.
const UNKNOWN: char = '？';

/// The two bytes of a character of GB2312.
pub(super) fn of(c: char) -> Option<[u8; 2]> {
    let mut utf8 = [0; 4];
    let (bytes, _, missing) = GBK.encode(c.encode_utf8(&mut utf8));
    match *bytes {
        [high, low] if !missing && assigned(high, low) => Some([high, low]),
        _ => None,
    }
}

/// Whether GB/T 2312-1980 has a character in this cell. GBK has more in these rows, and private ones.
fn assigned(high: u8, low: u8) -> bool {
    let (row, cell) = (high.wrapping_sub(0xA0), low.wrapping_sub(0xA0));
    (1..=94).contains(&cell)
        && match row {
            1 | 3 => true,
            2 => matches!(cell, 17..=66 | 69..=78 | 81..=92),
            4 => cell <= 83,
            5 => cell <= 86,
            6 => matches!(cell, 1..=24 | 33..=56),
            7 => matches!(cell, 1..=33 | 49..=81),
            8 => matches!(cell, 1..=26 | 37..=73),
            9 => (4..=79).contains(&cell),
            55 => cell <= 89,
            16..=87 => true,
            _ => false,
        }
}

/// A character's bytes: one for Latin, two for all else, those of its stand-in where the font lacks it.
pub(super) fn encoded(c: char, losses: &mut Losses) -> Vec<u8> {
    // A backslash would begin one of the card's commands, so no text may bring one in.
    if c.is_ascii_graphic() && c != '\\' || c == ' ' {
        return vec![c as u8];
    }
    if c.is_control() {
        return Vec::new();
    }
    if let Some(bytes) = of(c) {
        return bytes.to_vec();
    }
    let like = like(c);
    let shown = like.map_or_else(|| UNKNOWN.to_string(), str::to_owned);
    losses.stand_in(c, &shown);
    shown
        .chars()
        .flat_map(|c| {
            if c.is_ascii() {
                vec![c as u8]
            } else {
                of(c).map_or(vec![b'?'], Vec::from)
            }
        })
        .collect()
}

/// What looks or reads much the same.
fn like(c: char) -> Option<&'static str> {
    Some(match c {
        '\\' => "＼",
        '〇' => "○",
        '–' | '‐' | '‑' | '‒' | '−' | '─' => "-",
        '•' | '・' | '‧' => "·",
        '〜' => "～",
        '¥' => "￥",
        '£' => "￡",
        '€' => "EUR",
        '\u{a0}' | '\u{2002}' | '\u{2009}' | '\u{202f}' => " ",
        '\u{2003}' => "　",
        '²' => "2",
        '³' => "3",
        '㎡' => "m2",
        '㎥' => "m3",
        '㎝' => "cm",
        '㎞' => "km",
        '㎏' => "kg",
        '℡' => "电话",
        '©' => "(C)",
        '®' => "(R)",
        '™' => "TM",
        '✓' | '✔' => "√",
        '´' | '`' => "'",
        'ä' => "a",
        'ö' => "o",
        'ç' => "c",
        'ñ' => "n",
        'ß' => "ss",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_characters_as_the_standard_has() {
        let count = (0..=0xFFFF_u32)
            .filter_map(char::from_u32)
            .filter(|c| of(*c).is_some())
            .count();
        // GB/T 2312-1980: 6,763 Han characters and 682 others.
        assert_eq!(count, 7445);
    }

    /// Python's codec is another's table of the same standard.
    #[test]
    fn another_table_says_the_same() {
        let script = "for c in range(0x80, 0x10000):\n  \
                      b = chr(c).encode('gb2312', 'ignore') if not 0xD800 <= c < 0xE000 else b''\n  \
                      if len(b) == 2: print('%x %s' % (c, b.hex()))";
        let python = std::process::Command::new("python3").args(["-c", script]).output();
        let output = python.expect("python3 is needed: apt install python3");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let theirs = String::from_utf8(output.stdout).unwrap();
        assert_eq!(theirs.lines().count(), 7445);
        let differing: Vec<&str> = theirs
            .lines()
            .filter(|line| {
                let (c, bytes) = line.split_once(' ').unwrap();
                let c = char::from_u32(u32::from_str_radix(c, 16).unwrap()).unwrap();
                of(c).is_none_or(|ours| format!("{:02x}{:02x}", ours[0], ours[1]) != bytes)
            })
            .collect();
        // The standard's middle dot and dash, which Python takes for the katakana dot and the horizontal bar; Chinese is
        // written with U+00B7 and U+2014.
        assert_eq!(differing, ["2015 a1aa", "30fb a1a4"]);
    }

    #[test]
    fn known_characters_have_their_bytes() {
        let bytes: Vec<u8> = "欢迎光临".chars().flat_map(|c| of(c).unwrap()).collect();
        assert_eq!(bytes, [0xBB, 0xB6, 0xD3, 0xAD, 0xB9, 0xE2, 0xC1, 0xD9]);
        for (c, bytes) in [
            ('啊', [0xB0, 0xA1]),
            ('座', [0xD7, 0xF9]),
            ('齄', [0xF7, 0xFE]),
            ('—', [0xA1, 0xAA]),
            ('·', [0xA1, 0xA4]),
            ('…', [0xA1, 0xAD]),
            ('“', [0xA1, 0xB0]),
        ] {
            assert_eq!(of(c), Some(bytes), "{c}");
        }
    }

    #[test]
    fn names_that_the_cards_fonts_lack_are_told() {
        let mut losses = Losses::default();
        let bytes: Vec<u8> = "朱镕基喆喆".chars().flat_map(|c| encoded(c, &mut losses)).collect();
        assert_eq!(bytes, [0xD6, 0xEC, 0xA3, 0xBF, 0xBB, 0xF9, 0xA3, 0xBF, 0xA3, 0xBF]);
        let told: Vec<char> = losses.stand_ins.iter().map(|it| it.character).collect();
        assert_eq!(told, ['镕', '喆']);
        for c in "镕喆垚犇𠮷ⅰ龘😀\u{e000}體".chars() {
            assert_eq!(of(c), None, "{c}");
        }
    }

    #[test]
    fn no_text_brings_in_a_command() {
        let mut losses = Losses::default();
        let bytes: Vec<u8> = "C:\\DY\n\r\u{1b}\0"
            .chars()
            .flat_map(|c| encoded(c, &mut losses))
            .collect();
        assert_eq!(bytes, [b'C', b':', 0xA3, 0xDC, b'D', b'Y']);
        assert_eq!(losses.stand_ins[0].shown, "＼");
    }

    #[test]
    fn every_stand_in_is_itself_in_the_font() {
        for c in (0..=0xFFFF_u32).filter_map(char::from_u32) {
            for shown in like(c).into_iter().flat_map(str::chars) {
                assert!(shown.is_ascii() || of(shown).is_some(), "{c} as {shown}");
            }
        }
    }
}
