//! A display that waits to be let in and has no code to compare: what it does, and what people can do.

use super::{chrome, pairing, parts};
use crate::canvas::Piece;
use crate::card::Unpaired;
use crate::theme::{DEEP, Desk, INK, INK_2};
use crate::words::say;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Instant, Lang};

/// A headline of at most four characters of Chinese or eight of English, and a sentence.
pub(crate) fn in_short(lang: Lang, why: Unpaired) -> (&'static str, &'static str) {
    match why {
        Unpaired::Calling => (say(lang, "正在连接", "Calling"), ""),
        Unpaired::Refused => (
            say(lang, "未获允许", "Refused"),
            say(lang, "稍后再次申请", "It will ask again"),
        ),
        Unpaired::Disk => (
            say(lang, "存储故障", "Disk"),
            say(lang, "存储无法写入", "The disk cannot be written to"),
        ),
    }
}

/// What stands on a screen, in Chinese and English: whoever hangs the display may read either.
fn in_full(why: Unpaired) -> [(&'static str, &'static str); 2] {
    match why {
        Unpaired::Calling => [
            ("正在连接发布中心", "Calling the hub"),
            (
                "若久无变化，请检查网络和下面的地址",
                "If this does not change, check the network and the address below",
            ),
        ],
        Unpaired::Refused => [
            ("申请未获允许", "It was not let in"),
            (
                "过一会儿它会自己再次申请；不需要这块屏时请断电",
                "It asks again by itself after a while; switch it off if it is not wanted",
            ),
        ],
        Unpaired::Disk => [
            ("本机存储无法写入", "This machine's disk cannot be written to"),
            (
                "请检查磁盘空间和权限，恢复后自动继续",
                "Check the disk's space and permissions; it goes on by itself",
            ),
        ],
    }
}

/// The card of a screen.
pub(crate) fn screen(desk: &Desk<'_>, site: &SiteProfile, why: Unpaired, url: &str, now: Instant) -> Vec<Piece> {
    let mut pieces = chrome::header(desk, site, None, now);
    let area = pairing::below_header(desk);
    let (titles, mut top) = pairing::titles(desk, area);
    pieces.extend(titles);
    top += desk.px(72);
    let [headline, advice] = in_full(why);
    let large: &[(&[i32], usize)] = &[(&[96, 80, 64], 1), (&[64, 56, 48], 2)];
    let small: &[(&[i32], usize)] = &[(&[44, 38, 34], 1), (&[38, 34, 30], 3)];
    for ((chinese, english), ways, bold) in [(headline, large, true), (advice, small, false)] {
        for (told, lang, colour) in [(chinese, Lang::ZhHans, INK), (english, Lang::En, INK_2)] {
            let desk = Desk { lang, ..*desk };
            let ways = if lang == Lang::En { small } else { ways };
            let style = desk.label(44, bold && lang == Lang::ZhHans);
            for line in parts::in_one_way(&desk, told, style, area.w, ways) {
                let height = line.em * 150 / 100;
                let colour = if bold && lang == Lang::ZhHans { DEEP } else { colour };
                pieces.push(Piece::text(area.x, top, height, &line, colour));
                top += height;
            }
        }
        top += desk.px(40);
    }
    let en = Desk {
        lang: Lang::En,
        ..*desk
    };
    for line in parts::in_one_way(&en, url, en.label(44, true), area.w, small) {
        let height = line.em * 150 / 100;
        pieces.push(Piece::text(area.x, top, height, &line, DEEP));
        top += height;
    }
    pieces
}
