//! Pairing: the code very large, the way to the page where staff let the display in, and what to do there. And a
//! window's “暂停服务”.

use super::lamps::Bulbs;
use super::{Page, chrome, parts, sign, strip};
use crate::canvas::{Piece, Rect};
use crate::qr;
use crate::text::{self, TextLine, bitmap::CELL};
use crate::theme::{DEEP, Desk, INK, INK_2, Layout, PAPER, TINT};
use crate::words::{self, say};
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Instant, Lang};

/// A code as people read it aloud: in two groups where it is even and long enough.
pub(super) fn grouped(code: &str, gap: &str) -> String {
    let chars: Vec<char> = code.chars().filter(char::is_ascii_alphanumeric).collect();
    if chars.len() < 6 || chars.len() % 2 == 1 {
        return chars.into_iter().collect();
    }
    let (one, other) = chars.split_at(chars.len() / 2);
    let half = |chars: &[char]| chars.iter().collect::<String>();
    format!("{}{gap}{}", half(one), half(other))
}

/// What to do, in Chinese and English: whoever hangs the display may read either.
const STEPS: [(&str, &str); 3] = [
    (
        "用手机扫码，或在电脑上打开二维码下的网址",
        "Scan the code, or open the address under it",
    ),
    (
        "登录后输入本屏上的配对码，一致才可继续",
        "Sign in and type the code that stands here",
    ),
    ("选择位置和频道，按“允许”", "Choose place and channels, then allow it"),
];

/// The pairing card of a screen.
pub(crate) fn screen(desk: &Desk<'_>, site: &SiteProfile, code: &str, url: &str, now: Instant) -> Vec<Piece> {
    let theme = desk.theme;
    let mut pieces = chrome::header(desk, site, None, now);
    let area = below_header(desk);
    let zh = Desk {
        lang: Lang::ZhHans,
        ..*desk
    };
    let en = Desk {
        lang: Lang::En,
        ..*desk
    };
    let (title, top) = titles(desk, area);
    pieces.extend(title);
    let below = Rect::new(area.x, top + desk.px(36), area.w, area.bottom() - top - desk.px(36));
    let (plate, square, rest) = if theme.portrait {
        let plate = Rect {
            h: desk.px(330),
            ..below
        };
        let side = desk.px(520).min(below.h / 3);
        let square = Rect::new((theme.width - side) / 2, plate.bottom() + desk.px(48), side, side);
        let rest = square.bottom() + desk.px(148);
        (plate, square, Rect::new(below.x, rest, below.w, below.bottom() - rest))
    } else {
        let side = desk.px(440).min(below.w / 3);
        let left = below.w - side - desk.px(72);
        let plate = Rect::new(below.x, below.y, left, desk.px(300));
        let square = Rect::new(below.right() - side, below.y, side, side);
        let rest = plate.bottom() + desk.px(40);
        (plate, square, Rect::new(below.x, rest, left, below.bottom() - rest))
    };
    pieces.extend(plated(desk, code, plate));
    pieces.push(Piece::Round(square, desk.px(16), TINT));
    let inset = desk.px(20);
    let inner = Rect::new(
        square.x + inset,
        square.y + inset,
        square.w - 2 * inset,
        square.h - 2 * inset,
    );
    pieces.extend(qr::code(url, inner, INK, PAPER));
    let under = if theme.portrait { below } else { square };
    pieces.extend(address(
        &en,
        url,
        Rect {
            y: square.bottom() + desk.px(16),
            ..under
        },
    ));
    pieces.extend(steps(&zh, &en, rest));
    pieces
}

/// Where a card has its words.
pub(super) fn below_header(desk: &Desk<'_>) -> Rect {
    let theme = desk.theme;
    Rect::new(
        theme.margin(),
        theme.header() + desk.px(64),
        theme.width - 2 * theme.margin(),
        theme.height - theme.header() - desk.px(64 + 64),
    )
}

/// What the card is about, and where it ends.
pub(super) fn titles(desk: &Desk<'_>, area: Rect) -> (Vec<Piece>, i32) {
    let (mut pieces, mut top) = (Vec::new(), area.y);
    for (told, lang, size, colour) in [
        ("配对这块显示屏", Lang::ZhHans, 68, INK),
        ("Pair this display", Lang::En, 40, INK_2),
    ] {
        let desk = Desk { lang, ..*desk };
        let line = text::single(desk.fonts, told, desk.label(size, size > 50));
        let height = line.em * 135 / 100;
        pieces.push(Piece::text(area.x, top, height, &line, colour));
        top += height;
    }
    (pieces, top)
}

/// The address in words, under its code.
fn address(desk: &Desk<'_>, url: &str, place: Rect) -> Vec<Piece> {
    let ways: &[(&[i32], usize)] = &[(&[32, 28, 26], 1), (&[28, 24, 22], 4)];
    let mut top = place.y;
    let set = |line: TextLine| {
        let height = line.em * 140 / 100;
        let x = place.x + (place.w - line.width) / 2;
        top += height;
        Piece::text(x, top - height, height, &line, DEEP)
    };
    let lines = parts::in_one_way(desk, url, desk.label(32, true), place.w, ways);
    lines.into_iter().map(set).collect()
}

/// The code on a tinted plate, as large as it fits.
fn plated(desk: &Desk<'_>, code: &str, plate: Rect) -> Vec<Piece> {
    // The largest leaves room on the plate for the tail of a Q.
    let sizes = [230, 200, 170, 140, 110, 88, 64, 44].map(|size| desk.theme.px(size).max(12));
    let fits = |line: &TextLine| line.width <= plate.w - desk.px(64) && line.em <= plate.h;
    let set = |px: i32| {
        let style = text::Style {
            px,
            ..desk.style(260, true, Lang::En)
        };
        text::single(desk.fonts, &grouped(code, "-"), style)
    };
    let mut pieces = vec![Piece::Round(plate, desk.px(24), TINT)];
    let line = sizes.into_iter().map(set).find(fits);
    pieces.extend(line.map(|line| {
        let x = plate.x + (plate.w - line.width) / 2;
        Piece::text(x, plate.y, plate.h, &line, DEEP)
    }));
    pieces
}

fn steps(zh: &Desk<'_>, en: &Desk<'_>, area: Rect) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut top = area.y;
    let left = zh.theme.em(40) * 3 / 2;
    for ((chinese, english), number) in STEPS.iter().zip(1..) {
        let mark = text::single(zh.fonts, &number.to_string(), zh.label(40, true));
        pieces.push(Piece::text(area.x, top, mark.em * 3 / 2, &mark, DEEP));
        let large: &[(&[i32], usize)] = &[(&[38, 34, 30], 1), (&[30, 26], 2)];
        let small: &[(&[i32], usize)] = &[(&[30, 26], 1), (&[26, 22], 2)];
        for (desk, told, colour, ways) in [(zh, chinese, INK, large), (en, english, INK_2, small)] {
            for line in parts::in_one_way(desk, told, desk.label(38, false), area.w - left, ways) {
                let height = line.em * 150 / 100;
                pieces.push(Piece::text(area.x + left, top, height, &line, colour));
                top += height;
            }
        }
        top += zh.px(14);
    }
    pieces
}

/// What a window says that serves nobody for now.
pub(crate) fn paused_words(lang: Lang) -> (&'static str, &'static str) {
    (
        say(lang, "暂停服务", "Closed for now"),
        say(lang, "请到其他窗口办理", "Please use another window"),
    )
}

/// A window's “暂停服务” on a screen.
pub(crate) fn paused(desk: &Desk<'_>, site: &SiteProfile, window: &str, now: Instant) -> Vec<Piece> {
    let theme = desk.theme;
    let mut pieces = chrome::header(desk, site, None, now);
    let (word, advice) = paused_words(desk.lang);
    let width = theme.width - 2 * theme.margin();
    let number = words::window(desk.lang, window);
    let told = [
        (number.as_str(), 96, false, DEEP),
        (word, 220, true, INK),
        (advice, 60, false, INK_2),
    ];
    let set = |(told, size, bold, colour): (&str, i32, bool, crate::frame::Rgb)| {
        let sizes = [size, size * 4 / 5, size * 3 / 5, size / 2, 40].map(|size| theme.em(size));
        let lines = text::fit(desk.fonts, told, desk.label(size, bold), &sizes, width, 1);
        lines.into_iter().next().map(|line| (line, colour))
    };
    let lines: Vec<_> = told.into_iter().filter_map(set).collect();
    let tall = |line: &TextLine| line.em * 150 / 100;
    let height: i32 = lines.iter().map(|(line, _)| tall(line)).sum();
    let mut top = theme.header() + (theme.height - theme.header() - height) / 2;
    for (line, colour) in &lines {
        pieces.push(Piece::text(
            (theme.width - line.width) / 2,
            top,
            tall(line),
            line,
            *colour,
        ));
        top += tall(line);
    }
    pieces
}

/// The same on lamps.
pub(crate) fn paused_lamps(bulbs: &Bulbs<'_>, layout: Layout, window: &str) -> Page {
    let (word, advice) = paused_words(bulbs.lang);
    if layout == Layout::Strip {
        return strip::page(
            bulbs,
            &super::lamps::Gist {
                mark: word.to_owned(),
                headline: words::window(bulbs.lang, window),
                detail: advice.to_owned(),
                ..super::lamps::Gist::default()
            },
        );
    }
    let short = say(bulbs.lang, "暂停\n服务", "Closed");
    let large = |step: i32| -> Vec<TextLine> { short.lines().map(|part| bulbs.line(part, step)).collect() };
    let room = bulbs.width() - sign::large(bulbs, window).width;
    let rows = i32::try_from(short.lines().count()).unwrap_or(1);
    let steps = (1..=bulbs.height() / CELL / rows).rev();
    let fitting = steps
        .map(large)
        .find(|lines| lines.iter().all(|line| line.width + 4 <= room));
    fitting.map_or_else(
        || {
            let told = format!("{window} {}", short.replace('\n', ""));
            sign::full(bulbs, "", &told).into_iter().next().unwrap_or_default()
        },
        |lines| sign::beside(bulbs, window, &lines),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_grouped_as_they_are_read_aloud() {
        let told = ["ABC123", "ABC-123", "AB12", "ABCD1234", "ABC12", ""].map(|code| grouped(code, "-"));
        assert_eq!(told, ["ABC-123", "ABC-123", "AB12", "ABCD-1234", "ABC12", ""]);
    }
}
