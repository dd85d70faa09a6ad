//! Cards: what the program itself puts on a panel, without anything having been released.

/// A picture that is built into the program. Nothing else is shown without something signed that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Card {
    /// Nothing to show: the office's name, the time, whom to call.
    Slate,
    /// A display that nobody has enrolled: the short code that staff compare, and where to go.
    Pairing {
        /// The short code.
        code: String,
        /// Where staff let the display in; drawn as a QR code where there is room.
        url: String,
    },
    /// A display that nobody has enrolled, and that has no code to compare at present.
    Unpaired {
        /// Why it has none.
        why: Unpaired,
        /// The address of the hub that it asks.
        url: String,
    },
    /// Geometry, colours, every level of grey, the profile's name.
    TestCard {
        /// The profile's name.
        profile: String,
    },
    /// A window that serves nobody for now (暂停服务).
    Paused {
        /// The window's number.
        window: String,
    },
}

/// Why a display that waits to be let in has no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unpaired {
    /// It has not reached its hub yet.
    Calling,
    /// Somebody said no. It asks again later.
    Refused,
    /// Its disk does not keep what it must keep.
    Disk,
}
