//! Screens as people write them: `window:full`, `kms:/dev/dri/card0?connector=HDMI-A-1&mode=1920x1080`.

use crate::fit::Turn;
use std::path::PathBuf;

/// No screen has more pixels one way; a larger number is a slip of the hand.
pub(crate) const MOST_PX: u32 = 16_384;

/// A window, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WindowPlace {
    /// Its size in pixels; `None` fills the monitor.
    pub size_px: Option<(u32, u32)>,
    /// How the monitor hangs.
    pub turn: Turn,
    /// The display server: an X11 display has a colon (`:0`), a Wayland socket has none (`wayland-1`). `None`: the
    /// session's, of `WAYLAND_DISPLAY` or `DISPLAY`.
    pub display: Option<String>,
}

/// A screen that is driven without a display server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KmsPlace {
    /// The graphics device; `None` takes the first of `/dev/dri` with something connected.
    pub device: Option<PathBuf>,
    /// The connector's name, such as `HDMI-A-1`; `None` takes the first that is connected.
    pub connector: Option<String>,
    /// The mode; `None` takes the one that the screen prefers.
    pub mode: Option<WantedMode>,
    /// How the screen hangs.
    pub turn: Turn,
}

/// A mode as people write it: `1920x1080` or `1920x1080@50`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedMode {
    /// Pixels across.
    pub width_px: u32,
    /// Pixels down.
    pub height_px: u32,
    /// Pictures a second; `None` takes the highest.
    pub refresh_hz: Option<u32>,
}

impl WindowPlace {
    /// What stands behind `window`: nothing, `:full` or `:1280x720`, then `?rotate=90&display=:0`.
    pub(crate) fn parse(rest: &str) -> Option<Self> {
        let (size, options) = rest.split_once('?').unwrap_or((rest, ""));
        let mut place = Self {
            size_px: match size {
                "" | "full" => None,
                size => Some(pixels(size)?),
            },
            ..Self::default()
        };
        for (key, value) in pairs(options)? {
            match key {
                "rotate" => place.turn = Turn::from_degrees(value)?,
                "display" => place.display = Some(value.to_owned()),
                _ => return None,
            }
        }
        Some(place)
    }
}

impl KmsPlace {
    /// What stands behind `kms`: nothing or a device, then `?connector=HDMI-A-1&mode=1920x1080@60&rotate=90`.
    pub(crate) fn parse(rest: &str) -> Option<Self> {
        let (device, options) = rest.split_once('?').unwrap_or((rest, ""));
        let mut place = Self {
            device: (!device.is_empty()).then(|| PathBuf::from(device)),
            ..Self::default()
        };
        if place.device.as_ref().is_some_and(|device| !device.is_absolute()) {
            return None;
        }
        for (key, value) in pairs(options)? {
            match key {
                "connector" => place.connector = Some(value.to_owned()),
                "mode" => place.mode = Some(mode(value)?),
                "rotate" => place.turn = Turn::from_degrees(value)?,
                _ => return None,
            }
        }
        Some(place)
    }
}

/// `key=value` pairs with `&` between them; `None` when one lacks its value.
fn pairs(options: &str) -> Option<Vec<(&str, &str)>> {
    let given = options.split('&').filter(|option| !option.is_empty());
    given
        .map(|option| option.split_once('=').filter(|(_, value)| !value.is_empty()))
        .collect()
}

fn pixels(size: &str) -> Option<(u32, u32)> {
    let (width, height) = size.split_once('x')?;
    let number = |digits: &str| digits.parse().ok().filter(|n| (1..=MOST_PX).contains(n));
    Some((number(width)?, number(height)?))
}

fn mode(text: &str) -> Option<WantedMode> {
    let (size, refresh) = match text.split_once('@') {
        Some((size, refresh)) => (size, Some(refresh.parse().ok().filter(|hz| (1..=1000).contains(hz))?)),
        None => (text, None),
    };
    let (width_px, height_px) = pixels(size)?;
    Some(WantedMode {
        width_px,
        height_px,
        refresh_hz: refresh,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_read_as_people_write_them() {
        let full = WindowPlace::default();
        assert_eq!(WindowPlace::parse(""), Some(full.clone()));
        assert_eq!(WindowPlace::parse("full"), Some(full.clone()));
        let turned = WindowPlace {
            size_px: Some((1280, 720)),
            turn: Turn::Right,
            display: Some(":7".to_owned()),
        };
        assert_eq!(WindowPlace::parse("1280x720?rotate=90&display=:7"), Some(turned));
        for bad in [
            "0x720",
            "1280",
            "99999x1",
            "full?rotate=45",
            "full?rotate",
            "full?colour=red",
            "full?display=",
            "x",
        ] {
            assert_eq!(WindowPlace::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn devices_are_read_as_people_write_them() {
        assert_eq!(KmsPlace::parse(""), Some(KmsPlace::default()));
        let place = KmsPlace::parse("/dev/dri/card1?connector=HDMI-A-1&mode=1920x1080@50&rotate=270").unwrap();
        assert_eq!(place.device, Some("/dev/dri/card1".into()));
        assert_eq!(place.connector.as_deref(), Some("HDMI-A-1"));
        assert_eq!(place.turn, Turn::Left);
        let mode = place.mode.unwrap();
        assert_eq!((mode.width_px, mode.height_px, mode.refresh_hz), (1920, 1080, Some(50)));
        for bad in [
            "0",
            "card0",
            "/dev/dri/card0?mode=1080p",
            "?mode=1x1@0",
            "?connector=",
            "?turn=90",
        ] {
            assert_eq!(KmsPlace::parse(bad), None, "{bad}");
        }
    }
}
