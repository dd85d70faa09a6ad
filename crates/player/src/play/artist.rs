//! Who draws: the scene for a panel of pixels, or for a card that draws its own characters.

use super::output::{Image, Output};
use crate::fonts::{FontSource, Fonts};
use heliograph_domain::{ContentHash, Document, Instant, Lang, Panel, Turn};
use heliograph_scene::{FontSet, Reel, Scene, Stage};
use std::sync::Arc;

/// Draws for one panel in one language: the scene with its reel for pixels, the scene alone for cards that draw their own
/// characters; tests have others.
pub(crate) trait Artist: Send {
    /// How long an item's document takes.
    fn turn(&self, content: &ContentHash, document: &Document) -> Turn;
    /// The picture at `now`, and when its pixels change next.
    fn draw(&mut self, stage: &Stage<'_>, now: Instant) -> (Image, Instant);
    /// Which picture a page of an item's document shows, and at which size in pixels.
    fn picture_of(
        &self,
        _content: &ContentHash,
        _document: &Document,
        _page: u32,
    ) -> Option<(ContentHash, (u32, u32))> {
        None
    }
}

/// The scene, and what it drew last.
struct Screening {
    scene: Scene,
    reel: Reel,
}

impl Artist for Screening {
    fn turn(&self, content: &ContentHash, document: &Document) -> Turn {
        self.scene.turn_of(content, document)
    }

    fn draw(&mut self, stage: &Stage<'_>, now: Instant) -> (Image, Instant) {
        let (frame, next) = self.scene.advance(&mut self.reel, stage, now);
        (Image::Frame(frame), next)
    }

    fn picture_of(&self, content: &ContentHash, document: &Document, page: u32) -> Option<(ContentHash, (u32, u32))> {
        self.scene.picture_of(content, document, page)
    }
}

/// The scene for a card: it turns pages and moves text by itself, so a plan holds as long as its airing.
struct Captions(Scene);

impl Artist for Captions {
    fn turn(&self, _content: &ContentHash, document: &Document) -> Turn {
        self.0.plan_turn(document)
    }

    fn draw(&mut self, stage: &Stage<'_>, now: Instant) -> (Image, Instant) {
        let plan = self.0.plan(stage, now);
        let next = plan.until;
        (Image::Plan(Arc::new(plan)), next)
    }
}

/// Makes an artist for a panel and a language.
pub(crate) type MakeArtist = Box<dyn FnMut(&Panel, Lang) -> Box<dyn Artist> + Send>;

/// Artists for an output, with these fonts.
pub(crate) fn artists(output: &Output, fonts: FontSource) -> MakeArtist {
    match output {
        Output::Frames(_) => scenes(fonts),
        // A card's characters are its own.
        Output::Texts(_) => Box::new(|panel, language| {
            let fonts = Arc::new(FontSet::built_in());
            Box::new(Captions(Scene::new(fonts, *panel, language)))
        }),
    }
}

fn scenes(fonts: FontSource) -> MakeArtist {
    let mut fonts = Fonts::new(fonts);
    Box::new(move |panel, language| {
        Box::new(Screening {
            scene: Scene::new(fonts.for_panel(panel), *panel, language),
            reel: Reel::new(),
        })
    })
}
