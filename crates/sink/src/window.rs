//! Frames in a window: of a desktop, or of a compositor that shows this window and nothing else.
//!
//! The display server is spoken to directly, X11 or Wayland, without the libraries in C. Those (Xlib above all) end
//! the whole process when the server goes away; here a lost server is an error, and the window opens again once the
//! server is back. Nor is shared memory mapped: pixels are written to a memory file that the server maps, so the
//! player itself stays small.

mod memory;
mod wayland;
mod x11;

use crate::fit::Area;
use crate::latest::{Latest, Screening, Woken};
use crate::projection::Projection;
use crate::screen_spec::{MOST_PX, WindowPlace};
use crate::{Sink, SinkError};
use heliograph_domain::Instant;
use heliograph_scene::Frame;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};
use thiserror::Error;

/// So long after a window was lost, and after each attempt that failed, it is opened again.
const REOPEN: Duration = Duration::from_secs(3);

/// Shows frames in a window.
pub struct WindowSink {
    name: String,
    screening: Screening,
}

/// Why there is no window.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WindowError {
    /// The session has no display server.
    #[error(
        "there is no display to open a window on: neither WAYLAND_DISPLAY nor DISPLAY is set. Start the player in a desktop session or under the kiosk's compositor (docs/install-display.md), or use the sink kms"
    )]
    NoDisplay,
    /// The server does not answer, or refuses.
    #[error("the display {display} cannot be reached: {cause}. Is it running, and may this user use it?")]
    Unreachable {
        /// The display.
        display: String,
        /// What the system or the server says.
        cause: String,
    },
    /// The server cannot show frames.
    #[error("the display {display} cannot show frames: {lack}")]
    Unsuited {
        /// The display.
        display: String,
        /// What is wrong with it.
        lack: String,
    },
    /// The server went away.
    #[error("the display {display} is gone: {cause}. The window opens again when it is back")]
    Gone {
        /// The display.
        display: String,
        /// What the system says.
        cause: String,
    },
    /// Somebody closed the window.
    #[error("the window was closed; it opens again in a few seconds")]
    Closed,
    /// The server lets one wait.
    #[error("the display server does not answer; is its session locked up?")]
    Late,
}

impl WindowSink {
    /// Opens a window; `title` names the display to people.
    ///
    /// # Errors
    /// When there is no display server, or none that can show frames.
    pub fn open(place: &WindowPlace, title: &str) -> Result<Self, SinkError> {
        let name = match place.size_px {
            None => "window:full".to_owned(),
            Some((width, height)) => format!("window:{width}x{height}"),
        };
        let first = (place.clone(), title.to_owned());
        let later = first.clone();
        let screening = Screening::start(
            "window-sink",
            move || open(&first.0, &first.1),
            move |glass, latest| work(glass, &latest, &later.0, &later.1),
            WindowError::Late,
        )?;
        Ok(Self { name, screening })
    }
}

impl Sink for WindowSink {
    fn name(&self) -> &str {
        &self.name
    }

    fn show(&mut self, frame: &Arc<Frame>, _at: Instant) -> Result<(), SinkError> {
        self.screening.put(frame)
    }
}

/// A window of one display server.
trait Glass {
    /// Becomes readable when the server has something to say.
    fn fd(&self) -> BorrowedFd<'_>;
    /// Its size at present, in pixels.
    fn size(&self) -> (u32, u32);
    /// Takes in all that the server has said. Never waits.
    fn listen(&mut self) -> Result<Heard, WindowError>;
    /// Whether it can be painted on now; if not, `fd` becomes readable when it can.
    fn is_free(&self) -> bool;
    /// Paints these areas; all else shows what it showed.
    fn paint(&mut self, projection: &Projection, areas: &[Area]) -> Result<(), WindowError>;
}

/// What a server said that concerns the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    /// Nothing.
    Nothing,
    /// The window has another size, or lost what was on it.
    Repaint,
}

/// The Wayland session before the X11 one: where both are set, X11 is the compositor's guest.
fn open(place: &WindowPlace, title: &str) -> Result<Box<dyn Glass>, WindowError> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let display = place.display.clone();
    let display = display.or_else(|| set("WAYLAND_DISPLAY")).or_else(|| set("DISPLAY"));
    let display = display.ok_or(WindowError::NoDisplay)?;
    if display.contains(':') {
        Ok(Box::new(x11::X11Window::open(&display, place.size_px, title)?))
    } else {
        Ok(Box::new(wayland::WaylandWindow::open(&display, place.size_px, title)?))
    }
}

/// Shows frames until the sink is closed; opens the window again whenever it is lost.
fn work(first: Box<dyn Glass>, latest: &Latest, place: &WindowPlace, title: &str) {
    let mut projection = Projection::new(place.turn);
    let mut glass = Ok(first);
    loop {
        let lost = match glass {
            Ok(open) => {
                latest.light();
                match show_on(open, latest, &mut projection) {
                    Ok(()) => return,
                    Err(lost) => lost,
                }
            }
            Err(refused) => refused,
        };
        tracing::warn!(error = %lost, "the window shows nothing");
        latest.dark(lost);
        if rest(latest) == Woken::Closed {
            return;
        }
        glass = open(place, title);
    }
}

/// Waits until it is time to try again.
fn rest(latest: &Latest) -> Woken {
    let until = Moment::now() + REOPEN;
    while let Some(left) = until.checked_duration_since(Moment::now()) {
        if latest.wait(None, Some(left)) == Woken::Closed {
            return Woken::Closed;
        }
    }
    Woken::Look
}

/// Shows frames on one window until the sink is closed (`Ok`) or the window is lost.
fn show_on(mut glass: Box<dyn Glass>, latest: &Latest, projection: &mut Projection) -> Result<(), WindowError> {
    let mut owed = vec![projection.resize(glass.size())];
    loop {
        if glass.listen()? == Heard::Repaint {
            owed = vec![projection.resize(glass.size())];
        }
        if let Some(frame) = latest.take() {
            let changed = projection.take(frame);
            projection.owe(&mut owed, &changed);
        }
        if projection.is_lit() && !owed.is_empty() && glass.is_free() {
            glass.paint(projection, &owed)?;
            owed.clear();
            // The server may have spoken meanwhile, and what it said may have been read already.
            continue;
        }
        if latest.wait(Some(glass.fd()), None) == Woken::Closed {
            return Ok(());
        }
    }
}

/// A size that can be painted, or why not.
fn paintable(display: &str, (width, height): (u32, u32)) -> Result<(u32, u32), WindowError> {
    if (1..=MOST_PX).contains(&width) && (1..=MOST_PX).contains(&height) {
        return Ok((width, height));
    }
    Err(WindowError::Unsuited {
        display: display.to_owned(),
        lack: format!("a window of {width}×{height} pixels is of no use"),
    })
}
