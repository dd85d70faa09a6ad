//! The reel: one picture after another on the same panel. Only what changed is drawn again, and a page that turns when it
//! was due fades into the next on screens of full colour.

use crate::canvas::{Piece, Rect};
use crate::canvas::{around, damage, whole};
use crate::frame::Frame;
use crate::scene::Scene;
use crate::stage::Stage;
use heliograph_domain::head::Priority;
use heliograph_domain::panel::ColourDepth;
use heliograph_domain::{ContentHash, Instant};
use std::sync::Arc;

/// How long a page takes to fade into the next, in milliseconds.
pub const FADE_MS: u64 = 300;
/// Between two pictures of a fade. More a second nobody sees in so short a time.
const FADE_STEP_MS: u64 = 33;
/// More damaged places than this are drawn as one.
const MOST_PLACES: usize = 12;

/// What a panel showed last.
#[derive(Debug, Default)]
pub struct Reel {
    last: Option<Last>,
}

#[derive(Debug)]
struct Last {
    pieces: Vec<Piece>,
    frame: Arc<Frame>,
    /// The content and the page in the main zone.
    page: Option<(ContentHash, u32)>,
    /// Until when the page was to stand.
    until: Instant,
    fade: Option<Fade>,
}

#[derive(Debug)]
struct Fade {
    from: Arc<Frame>,
    begun: Instant,
}

impl Reel {
    /// Nothing shown yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Scene {
    /// The picture at `now` as the panel shows it next, and the first instant after `now` at which it may differ. It is
    /// [`Scene::render`]'s picture but for the moment in which one page fades into the next.
    pub fn advance(&self, reel: &mut Reel, stage: &Stage<'_>, now: Instant) -> (Arc<Frame>, Instant) {
        let next = self.next_change(stage, now);
        let pieces = self.pieces(stage, now);
        let page = stage.airing.main.as_ref().map(|on| (on.item.content, on.page));
        let last = match reel.last.take() {
            Some(mut last) => {
                last.fade = self.fade(&last, page, stage, now);
                redraw(self, &mut last.frame, &damage(&last.pieces, &pieces), &pieces);
                Last {
                    pieces,
                    page,
                    until: stage.airing.until,
                    ..last
                }
            }
            None => Last {
                frame: Arc::new(self.render(stage, now)),
                pieces,
                page,
                until: stage.airing.until,
                fade: None,
            },
        };
        let seen = last.seen(now);
        let next = match &last.fade {
            Some(fade) => next.min(now.plus_ms(FADE_STEP_MS)).min(fade.begun.plus_ms(FADE_MS)),
            None => next,
        };
        reel.last = Some(last);
        (seen, next.max(now.plus_ms(1)))
    }

    /// The fade that is under way at `now`: one that began before, or one that begins because the page turned when it was
    /// due. What comes unforeseen, a fresh release or an alert, is there at once.
    fn fade(&self, last: &Last, page: Option<(ContentHash, u32)>, stage: &Stage<'_>, now: Instant) -> Option<Fade> {
        let under_way = |begun: Instant| begun <= now && now < begun.plus_ms(FADE_MS);
        if last.page == page {
            let fade = last.fade.as_ref().filter(|fade| under_way(fade.begun))?;
            return Some(Fade {
                from: Arc::clone(&fade.from),
                begun: fade.begun,
            });
        }
        let on = stage.airing.main.as_ref()?;
        let calm = on.item.priority != Priority::Emergency && last.page.is_some();
        let due = last.until == on.page_since && under_way(on.page_since);
        (self.fades() && calm && due).then(|| Fade {
            from: Arc::clone(&last.frame),
            begun: on.page_since,
        })
    }

    fn fades(&self) -> bool {
        self.is_screen() && self.panel().colour == ColourDepth::Full
    }
}

impl Last {
    /// The frame, or what the fade makes of it.
    fn seen(&self, now: Instant) -> Arc<Frame> {
        match &self.fade {
            Some(fade) => {
                // The first picture of a fade shows a little of the new page already.
                let passed = now.since(fade.begun) + FADE_STEP_MS;
                let share = u16::try_from(passed * 256 / (FADE_MS + FADE_STEP_MS)).unwrap_or(256);
                Arc::new(mixed(&fade.from, &self.frame, share.min(256)))
            }
            None => Arc::clone(&self.frame),
        }
    }
}

fn redraw(scene: &Scene, frame: &mut Arc<Frame>, places: &[Rect], pieces: &[Piece]) {
    let Some(sum) = around(places) else {
        return;
    };
    // Somebody may still hold the last frame: then this is a copy, else none.
    let frame = Arc::make_mut(frame);
    let area = |rect: &Rect| i64::from(rect.w) * i64::from(rect.h);
    let apart = places.iter().map(area).sum::<i64>() < area(&sum.meet(whole(frame)));
    if apart && places.len() <= MOST_PLACES {
        places.iter().for_each(|place| scene.repaint(frame, *place, pieces));
    } else {
        scene.repaint(frame, sum, pieces);
    }
}

/// `share` 256ths of one picture over the rest of another.
fn mixed(from: &Frame, to: &Frame, share: u16) -> Frame {
    let mut mixed = to.clone();
    let rest = 256 - share;
    for (new, old) in mixed.rgb_mut().iter_mut().zip(from.rgb()) {
        *new = ((u16::from(*new) * share + u16::from(*old) * rest + 128) >> 8) as u8;
    }
    mixed
}
