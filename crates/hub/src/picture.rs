//! Pictures that the hub draws itself: previews for the clerk, and what a display shows.

use crate::attachments;
use crate::drafts::Draft;
use crate::office::Office;
use heliograph_domain::display::Display;
use heliograph_domain::panel::Panel;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{ContentHash, Document, Instant, Item, Lang, Turn, on_air};
use heliograph_picture::Picture;
use heliograph_scene::{Documents, FontSet, Frame, Marks, SYSTEM_FONTS, Scene, Stage, View, needs_fonts};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Scenes keep laid-out text; this many panels are kept at hand.
const SCENES: usize = 32;

type Scenes = Mutex<HashMap<(Panel, Lang), Arc<Scene>>>;

static SCENES_AT_HAND: LazyLock<Scenes> = LazyLock::new(Mutex::default);
static FONTS: LazyLock<Arc<FontSet>> = LazyLock::new(|| Arc::new(system_fonts()));

/// The fonts of the machine, else the bitmap font that is built in.
fn system_fonts() -> FontSet {
    let [regular, bold] = SYSTEM_FONTS.map(std::fs::read);
    let found = regular
        .ok()
        .zip(bold.ok())
        .map(|(regular, bold)| FontSet::from_bytes(regular.into(), bold.into()));
    match found {
        Some(Ok(fonts)) => fonts,
        Some(Err(error)) => {
            tracing::warn!(%error, "the system's fonts cannot be used; pictures are drawn with the bitmap font");
            FontSet::built_in()
        }
        None => {
            tracing::info!(
                "fonts-noto-cjk is not installed; pictures are drawn with the bitmap font (apt-get install fonts-noto-cjk gives the better one)"
            );
            FontSet::built_in()
        }
    }
}

/// The scene of a panel.
pub(crate) fn scene(panel: Panel, lang: Lang) -> Arc<Scene> {
    let mut scenes = SCENES_AT_HAND.lock().unwrap_or_else(PoisonError::into_inner);
    if scenes.len() >= SCENES {
        scenes.clear();
    }
    let make = || {
        let fonts = if needs_fonts(&panel) {
            Arc::clone(&FONTS)
        } else {
            Arc::new(FontSet::built_in())
        };
        Arc::new(Scene::new(fonts, panel, lang))
    };
    Arc::clone(scenes.entry((panel, lang)).or_insert_with(make))
}

/// What a display shows at `now`, as a PNG at most `max_width` wide. `None` before the site has a profile.
pub(crate) fn of_display(office: &Office, display: &Display, now: Instant, max_width: u32) -> Option<Vec<u8>> {
    let state = office.state();
    let site = office.library.profile(&state.site.as_ref()?.profile)?;
    let setting = &display.setting;
    let scene = scene(setting.panel, setting.language);
    let programme = state.programme(display);
    let documents: HashMap<ContentHash, Arc<Document>> = programme
        .items
        .iter()
        .filter(|item| item.window.covers(now))
        .filter_map(|item| {
            office
                .library
                .document(&item.content)
                .map(|document| (item.content, document))
        })
        .collect();
    let shelf = Shelf {
        office,
        documents: &documents,
    };
    let turn = |item: &Item| -> Option<Turn> {
        documents
            .get(&item.content)
            .map(|document| scene.turn_of(&item.content, document))
    };
    let mut airing = on_air(&programme, &turn, &site.clock, now);
    if state.blank.blank.on {
        airing.main = None;
        airing.footer.clear();
    }
    let stage = Stage {
        airing: &airing,
        documents: &shelf,
        site: &site,
        marks: Marks::default(),
        theme: None,
    };
    png(&narrowed(scene.render(&stage, now), max_width))
}

/// Documents with their pictures from the content store.
pub(crate) struct Shelf<'o> {
    pub(crate) office: &'o Office,
    pub(crate) documents: &'o HashMap<ContentHash, Arc<Document>>,
}

impl Documents for Shelf<'_> {
    fn document(&self, hash: &ContentHash) -> Option<&Document> {
        self.documents.get(hash).map(|document| &**document)
    }

    fn picture(&self, hash: &ContentHash, size_px: (u32, u32)) -> Option<Arc<Picture>> {
        self.office.library.picture(hash, size_px)
    }
}

/// Pictures of someone's own draft; else those of the content store.
pub(crate) struct DraftShelf<'o> {
    pub(crate) office: &'o Office,
    pub(crate) draft: Option<&'o Draft>,
}

impl Documents for DraftShelf<'_> {
    fn document(&self, _: &ContentHash) -> Option<&Document> {
        None
    }

    fn picture(&self, hash: &ContentHash, size_px: (u32, u32)) -> Option<Arc<Picture>> {
        let kept = self.draft.and_then(|draft| {
            let kept = draft.attachments.iter().find(|kept| kept.attachment.hash == *hash)?;
            attachments::bytes_of(&*self.office.log, draft.id, kept).ok().flatten()
        });
        match kept {
            Some(bytes) => {
                let picture = heliograph_picture::decode(&bytes, &heliograph_picture::Limits::CLEAN).ok()?;
                Some(Arc::new(picture.scaled(size_px.0, size_px.1)))
            }
            None => self.office.library.picture(hash, size_px),
        }
    }
}

/// The frame at most `max_width` wide: whole blocks of pixels are averaged, so that text stays readable.
fn narrowed(frame: Frame, max_width: u32) -> Frame {
    let step = frame.width_px().div_ceil(max_width.max(16));
    if step <= 1 {
        return frame;
    }
    let (width, height) = (frame.width_px() / step, (frame.height_px() / step).max(1));
    let mut small = Frame::filled(width, height, heliograph_scene::Rgb(0, 0, 0));
    for y in 0..height {
        for x in 0..width {
            small.set_pixel(x, y, average(&frame, x * step, y * step, step));
        }
    }
    small
}

fn average(frame: &Frame, left: u32, top: u32, side: u32) -> heliograph_scene::Rgb {
    let mut sum = [0u32; 3];
    for y in top..top + side {
        for x in left..left + side {
            let pixel = frame.pixel(x, y);
            sum = [
                sum[0] + u32::from(pixel.0),
                sum[1] + u32::from(pixel.1),
                sum[2] + u32::from(pixel.2),
            ];
        }
    }
    let of = |sum: u32| u8::try_from(sum / (side * side)).unwrap_or(u8::MAX);
    heliograph_scene::Rgb(of(sum[0]), of(sum[1]), of(sum[2]))
}

/// The frame as PNG.
pub(crate) fn png(frame: &Frame) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, frame.width_px(), frame.height_px());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header().ok()?.write_image_data(frame.rgb()).ok()?;
    Some(bytes)
}

/// A clerk's preview: one document alone on a panel, looked at as `view` says, at most `max_width` wide; as PNG.
pub(crate) fn of_document(
    document: &Document,
    pictures: &dyn Documents,
    site: &SiteProfile,
    (panel, lang): (Panel, Lang),
    view: View,
    now: Instant,
    max_width: u32,
) -> Option<Vec<u8>> {
    let frame = scene(panel, lang).preview_of(document, pictures, site, view, now);
    png(&narrowed(frame, max_width))
}
