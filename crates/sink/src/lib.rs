//! Sinks: where frames become light.

mod artnet;
mod browser;
mod card;
#[cfg(any(feature = "window", feature = "kms"))]
mod change;
mod ddp;
pub mod encode;
pub mod fit;
#[cfg(fuzzing)]
pub mod fuzzing;
mod huidu;
#[cfg(feature = "kms")]
pub mod kms;
#[cfg(any(feature = "window", feature = "kms"))]
mod latest;
pub mod light;
mod network;
mod onbon;
mod options;
mod png_file;
#[cfg(any(feature = "window", feature = "kms"))]
mod projection;
mod recorder;
mod rig;
mod sacn;
mod screen_spec;
mod spec;
mod tee;
mod terminal;
mod universe;
#[cfg(feature = "window")]
mod window;
pub mod wiring;

pub use artnet::ArtNet;
pub use browser::BrowserSink;
pub use card::{CardFault, CardReport, CardSink, CardSpec, CardSpecError, Outlet, OutletError, Pace, StandIn, Told};
pub use ddp::Ddp;
#[cfg(feature = "kms")]
pub use kms::{KmsError, KmsSink};
pub use network::NetworkSink;
pub use onbon::Model as OnbonModel;
pub use options::Host;
pub use png_file::PngSink;
pub use recorder::{Recorded, Recorder, Recording};
pub use rig::{Rig, RigError};
pub use sacn::Sacn;
pub use screen_spec::{KmsPlace, WantedMode, WindowPlace};
pub use spec::{SinkSpec, SpecError};
pub use tee::Tee;
pub use terminal::{TerminalSink, half_blocks};
#[cfg(feature = "window")]
pub use window::{WindowError, WindowSink};

use heliograph_domain::Instant;
use heliograph_scene::Frame;
use std::path::PathBuf;
use std::sync::Arc;
use thiserror::Error;

/// Takes frames and makes them visible.
pub trait Sink: Send {
    /// What kind of sink it is, and where: for people and statuses.
    fn name(&self) -> &str;

    /// Shows a frame of the instant `at`. Returns quickly: what takes long (encoding, a slow viewer) is done elsewhere,
    /// and when frames come faster than it can be done, the newest wins.
    ///
    /// # Errors
    /// When the frame cannot be shown; the player goes on and tells it.
    fn show(&mut self, frame: &Arc<Frame>, at: Instant) -> Result<(), SinkError>;
}

/// Why a sink could not be opened or could not show.
#[derive(Debug, Error)]
pub enum SinkError {
    /// A file cannot be written.
    #[error("{path} cannot be written: {cause}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// An address cannot be listened on.
    #[error("cannot listen on {address} for the live picture: {cause}. Choose another port, or 0 for a free one")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A live picture on an address that others can reach.
    #[error("{0} is not on this machine: a live picture is served on loopback only")]
    NotLoopback(std::net::SocketAddr),
    /// The machine refused a thread or a runtime.
    #[error("the machine refused: {0}")]
    Machine(std::io::Error),
    /// A panel's controller cannot be reached over the network.
    #[error(
        "{sink} cannot be reached: {cause}. Check the controller's power, its cable and its address; it is tried again"
    )]
    Unreachable {
        /// The sink.
        sink: String,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The frame has more pixels than the protocol carries.
    #[error(
        "{sink} carries at most {most} pixels, the frame has {pixels}: use several displays, begin at a lower universe, or use DDP"
    )]
    TooManyPixels {
        /// The sink.
        sink: String,
        /// The frame's pixels.
        pixels: usize,
        /// The most that it carries.
        most: usize,
    },
    /// The frame is not this panel's, or cannot be lit.
    #[error(transparent)]
    Rig(#[from] RigError),
    /// There is no window.
    #[cfg(feature = "window")]
    #[error(transparent)]
    Window(#[from] WindowError),
    /// There is no screen.
    #[cfg(feature = "kms")]
    #[error(transparent)]
    Kms(#[from] KmsError),
    /// The program was built without this kind of sink.
    #[error("this program was built without the sink `{0}`: build it with the cargo feature of that name")]
    NotBuilt(&'static str),
    /// The sink's own thread has ended.
    #[error("the sink has stopped")]
    Stopped,
}
