//! What is on the stage: which item's turn it is, its frame, and what to do when one cannot be drawn.

use super::artist::{Artist, MakeArtist};
use super::gallery::{Gallery, OnHand};
use super::output::Image;
use crate::agent::Showing;
use crate::profile::BrightnessPlan;
use heliograph_domain::on_air::OnAir;
use heliograph_domain::panel::ColourDepth;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Airing, ContentHash, Instant, Item, Lang, Panel, PublicationId, Turn};
use heliograph_scene::{Documents, Frame, Marks, Stage};
use heliograph_wire::OnAirReport;
use std::any::Any;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// After a failure the next attempt comes so much later, in milliseconds.
const AGAIN_MS: u64 = 1000;

/// A picture, and what is on it.
pub(super) struct Drawn {
    pub(super) image: Image,
    /// Brightness at this time of day, 0 to 100; a frame is dimmed already.
    pub(super) brightness_percent: u8,
    pub(super) on_air: Option<OnAirReport>,
    pub(super) stale: bool,
    /// Whether another page is on it than on the frame before.
    pub(super) turned: bool,
}

/// The scene on its panel, with all that is remembered from frame to frame.
pub(crate) struct Theatre {
    make: MakeArtist,
    gallery: Option<Gallery>,
    brightness: BrightnessPlan,
    scene: Option<(Panel, Lang, Box<dyn Artist>)>,
    turns: RefCell<HashMap<ContentHash, Turn>>,
    /// Content whose drawing panicked: it is passed over.
    undrawable: RefCell<HashSet<ContentHash>>,
    failures: RefCell<Vec<(Option<ContentHash>, String)>>,
    last: Option<Picture>,
    /// The airing that was worked out last, which holds until its end.
    act: Option<Act>,
    /// What has been in the main zone without a break, and since when.
    running: Option<(PublicationId, ContentHash, Instant)>,
    /// When the picture was drawn.
    drawn_at: Instant,
    /// When to look again.
    next: Instant,
    /// After a failure: nothing is drawn before this.
    rest_until: Instant,
}

/// An airing with what it was worked out from.
struct Act {
    showing: Arc<Showing>,
    since: Instant,
    until: Instant,
    marks: Marks,
    picture: Picture,
}

impl Act {
    fn holds(&self, showing: &Arc<Showing>, generation: u64, now: Instant) -> bool {
        let same = Arc::ptr_eq(&self.showing, showing) && self.picture.generation == generation;
        same && self.since <= now && now < self.until
    }

    fn airing(&self) -> Airing<'_> {
        let main = self.picture.main.as_ref();
        Airing {
            main: main.map(|(item, page, pages, page_since)| OnAir {
                item,
                page: *page,
                pages: *pages,
                page_since: *page_since,
            }),
            footer: self.picture.footer.iter().collect(),
            until: self.until,
        }
    }
}

/// What a frame depends on besides the time. While it stays the same, the scene says when its pixels change.
#[derive(Clone, PartialEq)]
struct Picture {
    panel: Panel,
    language: Lang,
    brightness_percent: u8,
    stale: bool,
    drill: bool,
    site: Arc<SiteProfile>,
    main: Option<(Item, u32, u32, Instant)>,
    footer: Vec<Item>,
    media: Arc<BTreeSet<ContentHash>>,
    /// How many pictures the gallery has made ready.
    generation: u64,
}

impl Picture {
    fn of(showing: &Showing, airing: &Airing<'_>, marks: Marks, brightness_percent: u8, generation: u64) -> Self {
        let main = airing
            .main
            .map(|on| (on.item.clone(), on.page, on.pages, on.page_since));
        Self {
            panel: showing.panel,
            language: showing.language,
            brightness_percent,
            stale: marks.stale,
            drill: marks.drill,
            site: Arc::clone(&showing.site),
            main,
            footer: airing.footer.iter().map(|item| (*item).clone()).collect(),
            media: Arc::clone(&showing.media),
            generation,
        }
    }
}

impl Theatre {
    pub(crate) fn new(make: MakeArtist) -> Self {
        Self {
            make,
            gallery: None,
            brightness: BrightnessPlan::default(),
            scene: None,
            turns: RefCell::default(),
            undrawable: RefCell::default(),
            failures: RefCell::default(),
            last: None,
            act: None,
            running: None,
            drawn_at: Instant(0),
            next: Instant(0),
            rest_until: Instant(0),
        }
    }

    /// The same, with pictures.
    pub(crate) fn with_gallery(self, gallery: Gallery) -> Self {
        Self {
            gallery: Some(gallery),
            ..self
        }
    }

    /// The same, as bright as the time of day asks for.
    pub(crate) fn with_brightness(self, brightness: BrightnessPlan) -> Self {
        Self { brightness, ..self }
    }

    /// When to look again.
    pub(super) fn next(&self) -> Instant {
        self.next
    }

    /// What could not be drawn since the last question; `None` is the slate.
    pub(super) fn failures(&mut self) -> Vec<(Option<ContentHash>, String)> {
        std::mem::take(self.failures.get_mut())
    }

    /// Has the next look draw anew, a little later.
    pub(super) fn try_again(&mut self, now: Instant) {
        self.last = None;
        self.next = now.plus_ms(AGAIN_MS);
        self.rest_until = self.next;
    }

    /// The frame for `now`, if the panel does not show it already. Content that cannot be drawn is passed over, and
    /// the rest of the programme is tried.
    pub(super) fn draw(&mut self, showing: &Arc<Showing>, now: Instant) -> Option<Drawn> {
        // A rest longer than was asked for means that the clock was set back.
        if now < self.rest_until && self.rest_until.since(now) <= AGAIN_MS {
            return None;
        }
        // One attempt more than there are items, so that the slate, too, has its turn.
        for _ in 0..=showing.programme.items.len() {
            match self.attempt(showing, now) {
                Ok(drawn) => return drawn,
                Err(Failed::Content(culprits)) => {
                    // What panicked may have left the scene's caches half made.
                    self.scene = None;
                    self.act = None;
                    self.undrawable.get_mut().extend(culprits);
                }
                Err(Failed::Slate) => {
                    self.scene = None;
                    self.try_again(now);
                    return None;
                }
            }
        }
        self.try_again(now);
        None
    }

    fn attempt(&mut self, showing: &Arc<Showing>, now: Instant) -> Result<Option<Drawn>, Failed> {
        self.set_scene(showing);
        let act = self.act_at(showing, now)?;
        let same = self.last.as_ref() == Some(&act.picture);
        if same && self.drawn_at <= now && now < self.next {
            self.act = Some(act);
            return Ok(None);
        }
        let airing = act.airing();
        let gallery = self.gallery.clone();
        let on_hand = OnHand {
            documents: &showing.documents,
            media: &showing.media,
            gallery: gallery.as_ref(),
        };
        let stage = Stage {
            airing: &airing,
            documents: &on_hand,
            site: &showing.site,
            marks: act.marks,
            theme: None,
        };
        let (image, next) = match self.drawing(&stage, now) {
            Ok(drawn) => drawn,
            Err(panic) => return Err(self.blame(&airing, &*panic)),
        };
        if !same {
            self.look_ahead(showing, airing.until, &on_hand);
        }
        let on_air = airing.main.map(|on| self.report(on));
        let turned = |last: &Picture| last.main != act.picture.main || last.stale != act.picture.stale;
        let drawn = Drawn {
            image: dimmed(image, showing.panel.colour, act.picture.brightness_percent),
            brightness_percent: act.picture.brightness_percent,
            on_air,
            stale: act.marks.stale,
            turned: self.last.as_ref().is_none_or(turned),
        };
        let next = next.min(act.until).max(now.plus_ms(1));
        self.running = on_air.map(|on| (on.publication, on.content, on.since));
        (self.drawn_at, self.next) = (now, next);
        if !same {
            self.last = Some(act.picture.clone());
        }
        self.act = Some(act);
        Ok(Some(drawn))
    }

    /// Draws; a panic of the artist comes back as what it said.
    fn drawing(&mut self, stage: &Stage<'_>, now: Instant) -> Result<(Image, Instant), Box<dyn Any + Send>> {
        let Some((_, _, scene)) = &mut self.scene else {
            return Err(Box::new("there is no scene"));
        };
        catch_unwind(AssertUnwindSafe(|| scene.draw(stage, now)))
    }

    /// The airing at `now`. A moving line is drawn sixty times a second and the airing changes every few seconds, so it
    /// is worked out anew only when it ends or something else is to be shown.
    fn act_at(&mut self, showing: &Arc<Showing>, now: Instant) -> Result<Act, Failed> {
        let generation = self.gallery.as_ref().map_or(0, Gallery::generation);
        if let Some(act) = self.act.take()
            && act.holds(showing, generation, now)
        {
            return Ok(act);
        }
        self.forget_turns(showing);
        let Some((_, _, scene)) = &self.scene else {
            return Err(Failed::Slate);
        };
        let airing = showing.airing(&|item| self.turn(scene.as_ref(), showing, item), now);
        let marks = Marks {
            stale: showing.stale(now),
            drill: showing.drill,
        };
        let (_, of_day_ms) = showing.site.clock.date(now);
        let brightness_percent = share(showing.brightness_percent, self.brightness.at(of_day_ms));
        let midnight = now.0.saturating_sub(of_day_ms);
        let steps = self.brightness.steps().iter();
        let brighter = steps
            .map(|step| Instant(midnight + u64::from(step.from_minute) * 60_000))
            .find(|at| *at > now);
        Ok(Act {
            showing: Arc::clone(showing),
            since: now,
            until: brighter.map_or(airing.until, |at| at.min(airing.until)),
            marks,
            picture: Picture::of(showing, &airing, marks, brightness_percent, generation),
        })
    }

    /// Has the picture of the page that comes next made ready while this one stands.
    fn look_ahead(&self, showing: &Showing, until: Instant, on_hand: &OnHand<'_>) {
        let Some((_, _, scene)) = self.scene.as_ref().filter(|_| !showing.media.is_empty()) else {
            return;
        };
        let next = showing.airing(&|item| self.turn(scene.as_ref(), showing, item), until);
        let wanted = next.main.and_then(|on| {
            let document = showing.documents.get(&on.item.content)?;
            // A panic here would come again, and be blamed, when the page is drawn.
            catch_unwind(AssertUnwindSafe(|| {
                scene.picture_of(&on.item.content, document, on.page)
            }))
            .ok()?
        });
        if let Some((hash, size_px)) = wanted {
            // Asking is enough.
            let _ = on_hand.picture(&hash, size_px);
        }
    }

    /// What is in the main zone, and since when it has been without a break.
    fn report(&self, on: OnAir<'_>) -> OnAirReport {
        let since = match self.running {
            Some((publication, content, since)) if (publication, content) == (on.item.publication, on.item.content) => {
                since
            }
            _ => on.page_since,
        };
        OnAirReport {
            publication: on.item.publication,
            content: on.item.content,
            page: on.page,
            pages: on.pages,
            since,
        }
    }

    /// Makes the scene for the panel and the language, if it is not there.
    fn set_scene(&mut self, showing: &Showing) {
        let wanted = (showing.panel, showing.language);
        let there = self
            .scene
            .as_ref()
            .is_some_and(|(panel, language, _)| (*panel, *language) == wanted);
        if there {
            return;
        }
        let scene = (self.make)(&showing.panel, showing.language);
        self.scene = Some((showing.panel, showing.language, scene));
        self.turns.get_mut().clear();
    }

    /// A display runs for years: turns of content that is gone must not pile up.
    fn forget_turns(&mut self, showing: &Showing) {
        let turns = self.turns.get_mut();
        if turns.len() > 64 + 2 * showing.documents.len() {
            turns.retain(|content, _| showing.documents.contains_key(content));
        }
    }

    /// How long an item takes; `None` when its content is not here or cannot be drawn.
    fn turn(&self, scene: &dyn Artist, showing: &Showing, item: &Item) -> Option<Turn> {
        let document = showing.documents.get(&item.content)?;
        if self.undrawable.borrow().contains(&item.content) {
            return None;
        }
        if let Some(turn) = self.turns.borrow().get(&item.content) {
            return Some(*turn);
        }
        match catch_unwind(AssertUnwindSafe(|| scene.turn(&item.content, document))) {
            Ok(turn) => {
                self.turns.borrow_mut().insert(item.content, turn);
                Some(turn)
            }
            Err(panic) => {
                self.fail(Some(item.content), &*panic);
                self.undrawable.borrow_mut().insert(item.content);
                None
            }
        }
    }

    /// Whose content made the drawing fail: the main zone's, else the footer's, else it was the slate itself.
    fn blame(&self, airing: &Airing<'_>, panic: &(dyn Any + Send)) -> Failed {
        let culprits: Vec<_> = match airing.main {
            Some(on) => vec![on.item.content],
            None => airing.footer.iter().map(|item| item.content).collect(),
        };
        if culprits.is_empty() {
            self.fail(None, panic);
            return Failed::Slate;
        }
        culprits.iter().for_each(|content| self.fail(Some(*content), panic));
        Failed::Content(culprits)
    }

    fn fail(&self, content: Option<ContentHash>, panic: &(dyn Any + Send)) {
        let why = panic.downcast_ref::<&str>().map(ToString::to_string);
        let why = why
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        let what = content.map_or("the slate".to_owned(), |content| format!("content {}", content.short()));
        self.failures
            .borrow_mut()
            .push((content, format!("{what} cannot be drawn: {why}")));
    }
}

enum Failed {
    Content(Vec<ContentHash>),
    Slate,
}

/// A share of a share, in percent.
fn share(one: u8, other: u8) -> u8 {
    u8::try_from((u16::from(one.min(100)) * u16::from(other.min(100)) + 50) / 100).unwrap_or(100)
}

/// The frame at the display's brightness. Panels that can only be on or off have none, and a card dims itself.
pub(crate) fn dimmed(image: Image, colour: ColourDepth, percent: u8) -> Image {
    match image {
        Image::Frame(frame) if percent < 100 && colour == ColourDepth::Full => {
            let mut levels = [0u8; 256];
            for (level, full) in levels.iter_mut().zip(0u16..) {
                *level = u8::try_from((full * u16::from(percent) + 50) / 100).unwrap_or(u8::MAX);
            }
            let mut dimmed = Frame::clone(&frame);
            let bytes = dimmed.rgb_mut().iter_mut();
            bytes.for_each(|byte| *byte = levels[usize::from(*byte)]);
            Image::Frame(Arc::new(dimmed))
        }
        as_it_is => as_it_is,
    }
}

#[cfg(test)]
mod tests;
