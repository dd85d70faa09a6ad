//! What surrounds the programme on a screen: header, footer, the code to the public page, the page's number, marks.

use super::parts;
use crate::campaign::CampaignTheme;
use crate::canvas::{Piece, Rect};
use crate::qr;
use crate::stage::{Marks, Stage};
use crate::text::{self, TextLine};
use crate::theme::{AMBER, AMBER_TINT, DEEP, Desk, INK, INK_2, LINE, PALE, PAPER, TINT};
use crate::words::{self, say};
use heliograph_domain::content::ServiceCommitment;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Body, Instant, Kind, PublicationId};

/// Each commitment stands in the footer for so long, in milliseconds, counted by the clock so that all displays agree.
pub(crate) const FOOTER_MS: u64 = 12_000;
/// Dots for more pages than this are a row nobody counts.
const MOST_DOTS: u32 = 12;

/// The office's name and the time; during a campaign its name and its stripe.
pub(crate) fn header(
    desk: &Desk<'_>,
    site: &SiteProfile,
    campaign: Option<&CampaignTheme>,
    now: Instant,
) -> Vec<Piece> {
    let theme = desk.theme;
    let (height, margin) = (theme.header(), theme.margin());
    let (date, of_day_ms) = site.clock.date(now);
    let clock = text::single(
        desk.fonts,
        &words::clock(of_day_ms),
        desk.label(if theme.portrait { 56 } else { 48 }, true),
    );
    let day = words::day(desk.lang, date);
    let day = text::single(
        desk.fonts,
        &day,
        desk.label(if theme.portrait { 28 } else { 34 }, false),
    );
    let mut pieces = vec![Piece::Fill(Rect::new(0, 0, theme.width, height), DEEP)];
    let right = theme.width - margin;
    let taken = if theme.portrait {
        let top = (height - clock.em - day.em * 3 / 2) / 2;
        pieces.push(Piece::text(right - clock.width, top, clock.em, &clock, PAPER));
        pieces.push(Piece::text(
            right - day.width,
            top + clock.em + day.em / 4,
            day.em * 5 / 4,
            &day,
            PALE,
        ));
        clock.width.max(day.width)
    } else {
        let gap = desk.px(32);
        pieces.push(Piece::text(right - clock.width, 0, height, &clock, PAPER));
        pieces.push(Piece::text(
            right - clock.width - gap - day.width,
            0,
            height,
            &day,
            PALE,
        ));
        clock.width + gap + day.width
    };
    let room = (right - margin - taken - desk.px(48)).max(1);
    let title = campaign.map(|campaign| campaign.title.get(desk.lang));
    let title = title.filter(|title| !title.trim().is_empty());
    pieces.extend(names(desk, site, title, room));
    if let Some(stripe) = campaign.and_then(CampaignTheme::stripe) {
        let line = desk.px(8).max(1);
        pieces.push(Piece::Fill(Rect::new(0, height - line, theme.width, line), stripe));
    }
    pieces
}

/// The office's name, under it the campaign's.
fn names(desk: &Desk<'_>, site: &SiteProfile, campaign: Option<&str>, room: i32) -> Vec<Piece> {
    let theme = desk.theme;
    let ways: &[(&[i32], usize)] = match (theme.portrait, campaign) {
        (true, None) => &[(&[48, 42, 36], 2), (&[32, 28], 3)],
        (false, None) => &[(&[44, 40, 36], 1), (&[32, 28], 2)],
        (true, Some(_)) => &[(&[44, 40, 36], 1), (&[34, 30], 2)],
        (false, Some(_)) => &[(&[40, 36, 30, 26], 1)],
    };
    let name = parts::in_one_way(desk, site.name.get(desk.lang), desk.label(44, true), room, ways);
    let title = campaign.map_or_else(Vec::new, |title| {
        let ways: &[(&[i32], usize)] = &[(&[30, 26], 1)];
        parts::in_one_way(desk, title, desk.label(30, false), room, ways)
    });
    let lines = name
        .iter()
        .map(|line| (line, PAPER))
        .chain(title.iter().map(|line| (line, PALE)));
    let lines: Vec<_> = lines.collect();
    let tall = |line: &TextLine| line.em * 5 / 4;
    let mut top = (theme.header() - lines.iter().map(|(line, _)| tall(line)).sum::<i32>()) / 2;
    let mut pieces = Vec::new();
    for (line, colour) in lines {
        pieces.push(Piece::text(theme.margin(), top, tall(line), line, colour));
        top += tall(line);
    }
    pieces
}

/// One of the current commitments, and whom to call.
pub(crate) fn footer(desk: &Desk<'_>, stage: &Stage<'_>, now: Instant) -> Vec<Piece> {
    let theme = desk.theme;
    let (height, margin) = (theme.footer(), theme.margin());
    let top = theme.height - height;
    let mut pieces = vec![
        Piece::Fill(Rect::new(0, top, theme.width, height), TINT),
        Piece::Fill(Rect::new(0, top, theme.width, desk.px(2).max(1)), LINE),
    ];
    let hotline = stage.site.hotlines.first();
    let call = hotline.map(|line| words::labelled(desk.lang, line.label.get(desk.lang), &line.number));
    let call = call.unwrap_or_default();
    let right = theme.width - margin;
    let widest = if theme.portrait {
        right - margin
    } else {
        (right - margin) / 2
    };
    let call = text::fit(
        desk.fonts,
        &call,
        desk.label(36, true),
        &[theme.em(36), theme.em(30)],
        widest,
        1,
    );
    let call = call
        .into_iter()
        .next()
        .unwrap_or_else(|| text::single(desk.fonts, "", desk.label(36, true)));
    // On a portrait screen the hotline has a line of its own under the commitment.
    let told = commitment(stage, now, desk);
    let (row, call_row, call_x, until) = if theme.portrait {
        let half = height / 2;
        let under = match told {
            Some(_) => Rect::new(margin, top + half, right - margin, half - desk.px(14)),
            None => Rect::new(margin, top, right - margin, height),
        };
        (
            Rect::new(margin, top + desk.px(14), right - margin, half - desk.px(14)),
            under,
            margin,
            right,
        )
    } else {
        let row = Rect::new(margin, top, right - margin, height);
        (row, row, right - call.width, right - call.width - desk.px(56))
    };
    pieces.push(Piece::text(call_x, call_row.y, call_row.h, &call, DEEP));
    if theme.portrait {
        let hours = text::single(desk.fonts, stage.site.hours.get(desk.lang), desk.label(30, false));
        if call.width + hours.width + desk.px(48) <= call_row.w {
            pieces.push(Piece::text(right - hours.width, call_row.y, call_row.h, &hours, INK_2));
        }
    }
    match told {
        Some(told) => pieces.extend(promise(desk, &told, row, until)),
        None if !theme.portrait => {
            let hours = text::ellipsised(
                desk.fonts,
                stage.site.hours.get(desk.lang),
                desk.label(34, false),
                until - margin,
                1,
            );
            pieces.extend(hours.first().map(|line| Piece::text(margin, row.y, row.h, line, INK_2)));
        }
        None => {}
    }
    pieces
}

/// What the footer says of the commitment whose turn it is: in full, and in few words.
fn commitment(stage: &Stage<'_>, now: Instant, desk: &Desk<'_>) -> Option<[String; 2]> {
    let count = u64::try_from(stage.airing.footer.len()).ok()?;
    let turn = (now.0 / FOOTER_MS).checked_rem(count)?;
    let item = stage.airing.footer.get(usize::try_from(turn).ok()?)?;
    match stage.documents.document(&item.content)?.body(desk.lang)? {
        (_, Body::ServiceCommitment(it)) => Some(in_one_line(desk, it)),
        _ => None,
    }
}

fn in_one_line(desk: &Desk<'_>, it: &ServiceCommitment) -> [String; 2] {
    let promise = it.promise.lines().next().unwrap_or_default();
    let figure = words::figure(&it.figure, &it.unit);
    [promise, &figure].map(|told| words::labelled(desk.lang, it.matter.trim(), told))
}

/// The promise where it fits the line, else its figure alone.
fn promise(desk: &Desk<'_>, told: &[String; 2], row: Rect, until: i32) -> Vec<Piece> {
    let word = Kind::ServiceCommitment.label(desk.lang);
    let (chip, width, height) = parts::chip(desk, word, desk.label(28, true), DEEP, PAPER);
    let mut pieces: Vec<Piece> = chip
        .into_iter()
        .map(|piece| piece.moved(row.x, row.y + (row.h - height) / 2))
        .collect();
    let x = row.x + width + desk.px(28);
    let room = (until - x).max(1);
    let style = desk.label(34, false);
    let [full, short] = told;
    let whole = text::single(desk.fonts, full, style);
    let lines = if whole.width <= room {
        vec![whole]
    } else {
        let ways: &[(&[i32], usize)] = &[(&[38, 34], 1), (&[30, 26], 2)];
        parts::in_one_way(desk, short, desk.label(38, true), room, ways)
    };
    let count = i32::try_from(lines.len()).unwrap_or(1).max(1);
    let leading = if count == 1 { row.h } else { lines[0].em * 5 / 4 };
    let top = row.y + (row.h - count * leading) / 2;
    let placed = |(line, at): (&TextLine, i32)| Piece::text(x, top + at * leading, leading, line, INK);
    pieces.extend(lines.iter().zip(0..).map(placed));
    pieces
}

/// The code to the public page (to all of them for a draft, which has none yet) and the number of the page.
pub(crate) fn aside(
    desk: &Desk<'_>,
    site: &SiteProfile,
    publication: Option<PublicationId>,
    page: u32,
    pages: u32,
) -> Vec<Piece> {
    let theme = desk.theme;
    let section = theme.section();
    let area = if theme.portrait {
        Rect::new(
            section.x,
            theme.height - theme.footer() - theme.band(),
            section.w,
            theme.band(),
        )
    } else {
        Rect::new(section.right() + desk.px(64), section.y, desk.px(340), section.h)
    };
    let url =
        (!site.public_url.is_empty()).then(|| publication.map_or_else(|| site.public_url.clone(), |id| link(site, id)));
    let mut pieces = Vec::new();
    if theme.portrait {
        pieces.push(Piece::Fill(Rect::new(area.x, area.y, area.w, desk.px(2).max(1)), LINE));
        pieces.extend(url.iter().flat_map(|url| portrait_code(desk, url, area)));
        let right = Rect::new(area.x, area.y, area.w, area.h);
        pieces.extend(numbered(desk, page, pages, right, true));
    } else {
        let below = url.as_ref().map_or(area.y, |_| area.y + desk.px(340 + 120));
        pieces.extend(url.iter().flat_map(|url| landscape_code(desk, url, area)));
        pieces.extend(numbered(
            desk,
            page,
            pages,
            Rect::new(area.x, below, area.w, desk.px(120)),
            false,
        ));
    }
    pieces
}

/// Where a publication is read in full.
fn link(site: &SiteProfile, publication: PublicationId) -> String {
    format!("{}/p/{publication}", site.public_url.trim_end_matches('/'))
}

fn captions(desk: &Desk<'_>) -> [TextLine; 2] {
    [
        text::single(
            desk.fonts,
            say(desk.lang, "扫码查看全文", "Read in full"),
            desk.label(30, true),
        ),
        text::single(
            desk.fonts,
            say(desk.lang, "可核验发布记录", "and check its record"),
            desk.label(26, false),
        ),
    ]
}

fn landscape_code(desk: &Desk<'_>, url: &str, area: Rect) -> Vec<Piece> {
    let card = Rect::new(area.x, area.y, area.w, desk.px(340 + 96));
    let inner = desk.px(292);
    let square = Rect::new(card.x + (card.w - inner) / 2, card.y + desk.px(24), inner, inner);
    let mut pieces = vec![
        Piece::Round(card, desk.px(16), TINT),
        Piece::Round(square, desk.px(10), PAPER),
    ];
    pieces.extend(qr::code(url, inset(square, desk.px(4)), INK, PAPER));
    let mut top = square.bottom() + desk.px(18);
    for (line, colour) in captions(desk).iter().zip([INK, INK_2]) {
        let height = line.em * 3 / 2;
        pieces.push(Piece::text(
            card.x + (card.w - line.width) / 2,
            top,
            height,
            line,
            colour,
        ));
        top += height;
    }
    pieces
}

fn inset(rect: Rect, by: i32) -> Rect {
    Rect::new(rect.x + by, rect.y + by, rect.w - 2 * by, rect.h - 2 * by)
}

fn portrait_code(desk: &Desk<'_>, url: &str, area: Rect) -> Vec<Piece> {
    let side = area.h - desk.px(44);
    let square = Rect::new(area.x, area.y + (area.h - side) / 2 + desk.px(4), side, side);
    let mut pieces = qr::code(url, square, INK, PAPER);
    let captions = captions(desk);
    let height: i32 = captions.iter().map(|line| line.em * 3 / 2).sum();
    let mut top = square.y + (square.h - height) / 2;
    for (line, colour) in captions.iter().zip([INK, INK_2]) {
        pieces.push(Piece::text(
            square.right() + desk.px(28),
            top,
            line.em * 3 / 2,
            line,
            colour,
        ));
        top += line.em * 3 / 2;
    }
    pieces
}

/// “第 1 页，共 3 页” with a dot for each page; nothing for a single one.
fn numbered(desk: &Desk<'_>, page: u32, pages: u32, area: Rect, at_right: bool) -> Vec<Piece> {
    if pages < 2 {
        return Vec::new();
    }
    let line = text::single(desk.fonts, &words::page(desk.lang, page, pages), desk.label(32, false));
    let height = line.em * 3 / 2;
    let x = |width: i32| {
        if at_right {
            area.right() - width
        } else {
            area.x + (area.w - width) / 2
        }
    };
    let top = if at_right {
        area.y + (area.h - height - desk.px(40)) / 2
    } else {
        area.y
    };
    let mut pieces = vec![Piece::text(x(line.width), top, height, &line, INK_2)];
    if pages <= MOST_DOTS {
        let (dot, gap) = (desk.px(14).max(2), desk.px(12).max(2));
        let count = i32::try_from(pages).unwrap_or(1);
        let left = x(count * dot + (count - 1) * gap);
        for (at, number) in (0..count).zip(0..) {
            let place = Rect::new(left + at * (dot + gap), top + height + desk.px(16), dot, dot);
            pieces.push(Piece::Round(place, dot / 2, if number == page { DEEP } else { LINE }));
        }
    }
    pieces
}

/// That there is more to read than the pages hold, and where: at the foot of the last page, beside the code.
pub(crate) fn more(desk: &Desk<'_>, site: &SiteProfile, place: Rect) -> Vec<Piece> {
    let coded = !site.public_url.is_empty();
    let told = match (coded, desk.theme.portrait) {
        (true, false) => say(
            desk.lang,
            "内容较长，请到触摸查询机或扫码查看全文　→",
            "There is more: read it in full at the touch kiosk or scan the code →",
        ),
        (true, true) => say(
            desk.lang,
            "内容较长，请到触摸查询机或扫码查看全文　↓",
            "There is more: read it in full at the touch kiosk or scan the code ↓",
        ),
        (false, _) => say(
            desk.lang,
            "内容较长，请到触摸查询机查看全文",
            "There is more: read it in full at the touch kiosk",
        ),
    };
    let pad = desk.px(32);
    let mut pieces = vec![
        Piece::Round(place, desk.px(16), AMBER_TINT),
        Piece::Fill(
            Rect::new(place.x, place.y + desk.px(16), desk.px(8), place.h - desk.px(32)),
            AMBER,
        ),
    ];
    let ways: &[(&[i32], usize)] = &[(&[38, 34], 1), (&[34, 30], 2)];
    let width = (place.w - 2 * pad).max(1);
    let lines = parts::in_one_way(desk, told, desk.label(38, true), width, ways);
    let leading = lines.first().map_or(0, |line| line.em * 3 / 2);
    let mut top = place.y + (place.h - leading * i32::try_from(lines.len()).unwrap_or(1)) / 2;
    for line in &lines {
        pieces.push(Piece::text(place.x + pad, top, leading, line, INK));
        top += leading;
    }
    pieces
}

/// Marks for staff: a small ring of amber in the header for a stale display; for a drill a plate that nobody overlooks.
pub(crate) fn marks(desk: &Desk<'_>, marks: Marks) -> Vec<Piece> {
    let theme = desk.theme;
    let mut pieces = Vec::new();
    if marks.drill {
        let word = say(desk.lang, "演练　演练", "DRILL");
        let (chip, width, _) = parts::chip(desk, word, desk.label(48, true), AMBER_TINT, AMBER);
        let x = (theme.width - width) / 2;
        pieces.extend(
            chip.into_iter()
                .map(|piece| piece.moved(x, theme.header() + desk.px(6))),
        );
    }
    if marks.stale {
        let side = desk.px(14).max(4);
        let place = Rect::new(theme.width - side - desk.px(12), desk.px(12), side, side);
        pieces.push(Piece::Round(place, side / 2, AMBER));
    }
    pieces
}
