//! Which connector, mode and controller are taken, of those that a device has.

use crate::screen_spec::{KmsPlace, WantedMode};
use thiserror::Error;

/// A connector, as far as the choice looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Socket {
    /// Its name as the kernel writes it: `HDMI-A-1`, `DP-2`.
    pub name: String,
    /// Whether something is plugged in.
    pub connected: bool,
    /// The modes that the screen offers, in its order.
    pub modes: Vec<Offer>,
    /// The numbers of the controllers (CRTCs) that can drive it, the present one first.
    pub controllers: Vec<u32>,
}

/// A mode that a screen offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Pixels across.
    pub width_px: u32,
    /// Pixels down.
    pub height_px: u32,
    /// Pictures a second.
    pub refresh_hz: u32,
    /// Whether the screen prefers it.
    pub preferred: bool,
    /// Whether it draws half pictures, which tear.
    pub interlaced: bool,
}

/// What is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// The connector's place in the list.
    pub socket: usize,
    /// The mode's place in the connector's list.
    pub mode: usize,
    /// The controller.
    pub controller: u32,
}

/// Why nothing can be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChoiceError {
    /// Nothing is plugged in.
    #[error("nothing is connected to any of {sockets}: check the cable and whether the screen is switched on")]
    NothingConnected {
        /// The connectors.
        sockets: String,
    },
    /// There is no connector of that name.
    #[error("there is no connector {wanted}; there are: {sockets}")]
    NoSocket {
        /// The name asked for.
        wanted: String,
        /// The connectors.
        sockets: String,
    },
    /// Nothing is plugged into the connector asked for.
    #[error("nothing is connected to {wanted}: check the cable and whether the screen is switched on")]
    NotConnected {
        /// The connector.
        wanted: String,
    },
    /// The screen does not offer the mode.
    #[error("the screen at {socket} does not offer {wanted}; it offers: {offered}")]
    NoMode {
        /// The connector.
        socket: String,
        /// The mode asked for.
        wanted: String,
        /// What it offers.
        offered: String,
    },
    /// No controller is free for the connector.
    #[error("no display controller can drive {socket}")]
    NoController {
        /// The connector.
        socket: String,
    },
}

/// The connector asked for, or the first that is connected; the mode asked for, or the one that the screen prefers, or
/// its largest.
///
/// # Errors
/// When nothing fits; the error names what there is.
pub fn choose(sockets: &[Socket], place: &KmsPlace) -> Result<Choice, ChoiceError> {
    let at = socket(sockets, place)?;
    let socket = &sockets[at];
    let mode = match place.mode {
        Some(wanted) => wanted_mode(&socket.modes, wanted),
        None => best_mode(&socket.modes),
    };
    let controller = socket.controllers.first().copied();
    Ok(Choice {
        socket: at,
        mode: mode.ok_or_else(|| no_mode(socket, place.mode))?,
        controller: controller.ok_or_else(|| ChoiceError::NoController {
            socket: socket.name.clone(),
        })?,
    })
}

fn socket(sockets: &[Socket], place: &KmsPlace) -> Result<usize, ChoiceError> {
    let Some(wanted) = &place.connector else {
        let usable = |socket: &Socket| socket.connected && !socket.modes.is_empty();
        return sockets
            .iter()
            .position(usable)
            .ok_or_else(|| ChoiceError::NothingConnected {
                sockets: names(sockets),
            });
    };
    let at = sockets.iter().position(|socket| socket.name == *wanted);
    let at = at.ok_or_else(|| ChoiceError::NoSocket {
        wanted: wanted.clone(),
        sockets: names(sockets),
    })?;
    if sockets[at].connected {
        return Ok(at);
    }
    Err(ChoiceError::NotConnected { wanted: wanted.clone() })
}

fn names(sockets: &[Socket]) -> String {
    let names: Vec<&str> = sockets.iter().map(|socket| socket.name.as_str()).collect();
    if names.is_empty() {
        return "its connectors (it has none)".to_owned();
    }
    names.join(", ")
}

fn wanted_mode(modes: &[Offer], wanted: WantedMode) -> Option<usize> {
    let fits = |offer: &Offer| {
        (offer.width_px, offer.height_px) == (wanted.width_px, wanted.height_px)
            && wanted.refresh_hz.is_none_or(|hz| hz == offer.refresh_hz)
    };
    let fitting = modes.iter().enumerate().filter(|(_, offer)| fits(offer));
    // Of equals the first, which is the screen's own order.
    fitting
        .max_by_key(|(at, offer)| (!offer.interlaced, offer.refresh_hz, std::cmp::Reverse(*at)))
        .map(|(at, _)| at)
}

fn best_mode(modes: &[Offer]) -> Option<usize> {
    let key = |(at, offer): &(usize, &Offer)| {
        let pixels = u64::from(offer.width_px) * u64::from(offer.height_px);
        (
            offer.preferred,
            !offer.interlaced,
            pixels,
            offer.refresh_hz,
            std::cmp::Reverse(*at),
        )
    };
    modes.iter().enumerate().max_by_key(key).map(|(at, _)| at)
}

fn no_mode(socket: &Socket, wanted: Option<WantedMode>) -> ChoiceError {
    let written = |offer: &Offer| {
        let half = if offer.interlaced { "i" } else { "" };
        format!("{}x{}{half}@{}", offer.width_px, offer.height_px, offer.refresh_hz)
    };
    let offered: Vec<String> = socket.modes.iter().map(written).collect();
    ChoiceError::NoMode {
        socket: socket.name.clone(),
        wanted: wanted.map_or_else(
            || "any mode".to_owned(),
            |mode| match mode.refresh_hz {
                Some(hz) => format!("{}x{}@{hz}", mode.width_px, mode.height_px),
                None => format!("{}x{}", mode.width_px, mode.height_px),
            },
        ),
        offered: if offered.is_empty() {
            "none (is its cable whole?)".to_owned()
        } else {
            offered.join(", ")
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Modes as people write them, `*` behind the preferred one, `i` behind the lines of half pictures.
    fn socket(name: &str, modes: &str) -> Socket {
        let offer = |text: &str| {
            let preferred = text.ends_with('*');
            let (size, hz) = text.trim_end_matches('*').split_once('@').unwrap();
            let interlaced = size.ends_with('i');
            let (width, height) = size.trim_end_matches('i').split_once('x').unwrap();
            Offer {
                width_px: width.parse().unwrap(),
                height_px: height.parse().unwrap(),
                refresh_hz: hz.parse().unwrap(),
                preferred,
                interlaced,
            }
        };
        Socket {
            name: name.to_owned(),
            connected: !modes.is_empty(),
            modes: modes.split_whitespace().map(offer).collect(),
            controllers: vec![41, 42],
        }
    }

    fn desk() -> Vec<Socket> {
        vec![
            socket("DP-1", ""),
            socket(
                "HDMI-A-1",
                "1280x720@60 1920x1080@60* 1920x1080i@60 1920x1080@50 3840x2160@30",
            ),
            socket("HDMI-A-2", "800x600@60 1024x768i@87 1024x768@60 1024x768@75"),
        ]
    }

    /// What is taken, or what a person is told.
    fn taken(options: &str) -> String {
        let sockets = desk();
        match choose(&sockets, &KmsPlace::parse(options).unwrap()) {
            Ok(choice) => {
                let socket = &sockets[choice.socket];
                let mode = &socket.modes[choice.mode];
                let half = if mode.interlaced { "i" } else { "" };
                let (width, height, hz) = (mode.width_px, mode.height_px, mode.refresh_hz);
                format!("{} {width}x{height}{half}@{hz} by {}", socket.name, choice.controller)
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_first_connected_screen_and_the_mode_it_prefers() {
        assert_eq!(taken(""), "HDMI-A-1 1920x1080@60 by 41");
        // One without a preference shows its largest whole picture, as often as it can.
        assert_eq!(taken("?connector=HDMI-A-2"), "HDMI-A-2 1024x768@75 by 41");
    }

    #[test]
    fn a_mode_is_taken_as_asked() {
        assert_eq!(taken("?mode=1920x1080"), "HDMI-A-1 1920x1080@60 by 41");
        assert_eq!(taken("?mode=1920x1080@50"), "HDMI-A-1 1920x1080@50 by 41");
        assert_eq!(taken("?mode=3840x2160"), "HDMI-A-1 3840x2160@30 by 41");
        assert_eq!(
            taken("?connector=HDMI-A-2&mode=640x480"),
            "the screen at HDMI-A-2 does not offer 640x480; it offers: 800x600@60, 1024x768i@87, 1024x768@60, 1024x768@75"
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(
            taken("?connector=DP-1"),
            "nothing is connected to DP-1: check the cable and whether the screen is switched on"
        );
        assert_eq!(
            taken("?connector=VGA-1"),
            "there is no connector VGA-1; there are: DP-1, HDMI-A-1, HDMI-A-2"
        );
        let dark = choose(&[socket("DP-1", "")], &KmsPlace::default()).unwrap_err();
        assert!(dark.to_string().starts_with("nothing is connected to any of DP-1"));
        assert!(choose(&[], &KmsPlace::default()).is_err());
        let mut alone = socket("DP-1", "640x480@60");
        alone.controllers.clear();
        let undriven = choose(&[alone], &KmsPlace::default()).unwrap_err();
        assert_eq!(undriven.to_string(), "no display controller can drive DP-1");
    }
}
