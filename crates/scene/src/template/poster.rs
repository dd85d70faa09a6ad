//! Pictures of a document: each has a page of its own on screens, whole, on a calm ground, with its words beneath. Lamps
//! show no pictures, only the document's words.

use super::{Composition, Page};
use crate::canvas::{Piece, Rect};
use crate::stage::Documents;
use crate::text::{self, TextLine};
use crate::theme::{DEEP, Desk, INK_2, TINT};
use crate::words::say;
use heliograph_domain::content::{Attachment, MAX_ATTACHMENTS};
use heliograph_domain::{ContentHash, Document};
use heliograph_picture::fitted;

/// A picture stands at least so long: time to find what concerns one and to note a telephone number.
const POSTER_MS: u32 = 12_000;

/// A picture's place on a page.
#[derive(Debug, Clone)]
pub(crate) struct Poster {
    hash: ContentHash,
    place: Rect,
    /// What it shows, for as long as it is not here.
    name: Vec<TextLine>,
}

/// The pages of a document's text with those of its pictures: after the text, or before it when that is one page, since
/// then the picture is what the document is about.
pub(crate) fn with_pictures(desk: &Desk<'_>, document: &Document, text: Composition) -> Composition {
    if document.attachments.is_empty() {
        return text;
    }
    let title = document.title(desk.lang);
    let pictures = document.attachments.iter().take(MAX_ATTACHMENTS);
    let mut pages: Vec<Page> = pictures.map(|attachment| page(desk, &title, attachment)).collect();
    let dwell_ms = text.dwell_ms.max(POSTER_MS);
    if text.pages.len() == 1 {
        pages.extend(text.pages);
    } else {
        pages.splice(0..0, text.pages);
    }
    Composition {
        pages,
        dwell_ms,
        type_percent: text.type_percent,
    }
}

fn page(desk: &Desk<'_>, title: &str, attachment: &Attachment) -> Page {
    let ground = ground(desk);
    let caption = if title.contains(attachment.name.trim()) {
        title.to_owned()
    } else {
        format!("{title}{}{}", say(desk.lang, "　", "   "), attachment.name)
    };
    let style = desk.label(32, false);
    // Where both do not fit, the picture's own words say more: the title stands on the pages of the text.
    let fits = text::single(desk.fonts, &caption, style).width <= ground.w;
    let caption = if fits { &caption } else { &attachment.name };
    let caption = text::ellipsised(desk.fonts, caption, style, ground.w, 1);
    let caption_height = desk.theme.em(32) * 3 / 2;
    let (pad, gap) = (desk.px(20), desk.px(16));
    let room = Rect::new(
        ground.x + pad,
        ground.y + pad,
        (ground.w - 2 * pad).max(1),
        (ground.h - 2 * pad - gap - caption_height).max(1),
    );
    let ground = Rect::new(ground.x, ground.y, ground.w, room.h + 2 * pad);
    let mut pieces = vec![Piece::Round(ground, desk.px(16), TINT)];
    for line in &caption {
        let x = ground.x + (ground.w - line.width) / 2;
        pieces.push(Piece::text(x, ground.bottom() + gap, caption_height, line, INK_2));
    }
    Page {
        pieces,
        poster: Some(Poster {
            hash: attachment.hash,
            place: centred(attachment, room),
            name: text::ellipsised(desk.fonts, &attachment.name, desk.label(44, true), room.w, 3),
        }),
        ..Page::default()
    }
}

/// Where pictures stand: lower than a text's section goes, since their words are small.
fn ground(desk: &Desk<'_>) -> Rect {
    let theme = desk.theme;
    let section = theme.section();
    let y = section.y;
    let bottom = theme.height - theme.footer() - theme.band() - theme.px(20);
    Rect::new(section.x, y, section.w, (bottom - y).max(1))
}

/// The picture as large as it goes, in the middle.
fn centred(attachment: &Attachment, room: Rect) -> Rect {
    let side = |n: i32| u32::try_from(n).unwrap_or(1);
    let (w, h) = fitted(attachment.width_px, attachment.height_px, (side(room.w), side(room.h)));
    let side = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    let (w, h) = (side(w), side(h));
    Rect::new(room.x + (room.w - w) / 2, room.y + (room.h - h) / 2, w, h)
}

impl Poster {
    /// The picture, and its size here.
    pub(crate) fn wants(&self) -> (ContentHash, (u32, u32)) {
        let side = |n: i32| u32::try_from(n).unwrap_or(1);
        (self.hash, (side(self.place.w), side(self.place.h)))
    }

    /// The picture; when it is not at hand, what it shows in words.
    pub(crate) fn pieces(&self, desk: &Desk<'_>, documents: &dyn Documents) -> Vec<Piece> {
        let (hash, size_px) = self.wants();
        if let Some(picture) = documents.picture(&hash, size_px) {
            let (x, y) = (self.place.x, self.place.y);
            return vec![Piece::Picture { x, y, picture }];
        }
        let waiting = say(desk.lang, "图片即将显示", "The picture will be here in a moment");
        let waiting = text::single(desk.fonts, waiting, desk.label(32, false));
        let middle = self.place.x + self.place.w / 2;
        let height: i32 = self.name.iter().map(|line| line.em * 3 / 2).sum::<i32>() + waiting.em * 2;
        let mut top = self.place.y + (self.place.h - height) / 2;
        let mut pieces = Vec::new();
        for (line, colour) in self.name.iter().map(|line| (line, DEEP)).chain([(&waiting, INK_2)]) {
            pieces.push(Piece::text(middle - line.width / 2, top, line.em * 3 / 2, line, colour));
            top += line.em * 3 / 2;
        }
        pieces
    }
}
