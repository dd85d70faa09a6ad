//! Sinks as people write them: `png:out.png`, `terminal`, `browser:127.0.0.1:0`, `window:full`.

use crate::{BrowserSink, KmsPlace, PngSink, Sink, SinkError, TerminalSink, WindowPlace};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use thiserror::Error;

/// Columns of a terminal of which nothing is known.
const COLUMNS: u32 = 128;

/// Which sink, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SinkSpec {
    /// The newest frame as a PNG file.
    Png(PathBuf),
    /// Standard output, in so many columns.
    Terminal(u32),
    /// A live picture for browsers on this machine.
    Browser(SocketAddr),
    /// A window of a desktop, or of a kiosk's compositor.
    Window(WindowPlace),
    /// A screen of a machine without a desktop.
    Kms(KmsPlace),
}

/// Why it is no sink.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "`{0}` is not a sink: write png:FILE, terminal, terminal:COLUMNS, browser:ADDRESS:PORT (browser:127.0.0.1:0 finds a free port), window or window:1280x720 (options ?rotate=90&display=:0), or kms or kms:/dev/dri/card0 (options ?connector=HDMI-A-1&mode=1920x1080&rotate=90)"
)]
pub struct SpecError(String);

impl FromStr for SinkSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let refused = || SpecError(text.chars().take(80).collect());
        let kind_ends = text.find([':', '?']).unwrap_or(text.len());
        let (kind, rest) = text.split_at(kind_ends);
        let rest = rest.strip_prefix(':').unwrap_or(rest);
        match (kind, rest) {
            ("png", file) if !file.is_empty() => Ok(Self::Png(PathBuf::from(file))),
            ("terminal", "") => Ok(Self::Terminal(COLUMNS)),
            ("terminal", columns) => columns
                .parse()
                .ok()
                .filter(|n| (8..=4096).contains(n))
                .map(Self::Terminal)
                .ok_or_else(refused),
            ("browser", address) => address.parse().map(Self::Browser).map_err(|_| refused()),
            ("window", place) => WindowPlace::parse(place).map(Self::Window).ok_or_else(refused),
            ("kms", place) => KmsPlace::parse(place).map(Self::Kms).ok_or_else(refused),
            _ => Err(refused()),
        }
    }
}

impl SinkSpec {
    /// Opens the sink; `title` names the display to people.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(self, title: &str) -> Result<Box<dyn Sink>, SinkError> {
        Ok(match self {
            Self::Png(path) => Box::new(PngSink::new(&path)?),
            Self::Terminal(columns) => Box::new(TerminalSink::new(std::io::stdout(), columns)),
            Self::Browser(address) => Box::new(BrowserSink::start(title, address)?),
            Self::Window(place) => open_window(&place, title)?,
            Self::Kms(place) => open_screen(&place)?,
        })
    }
}

#[cfg(feature = "window")]
fn open_window(place: &WindowPlace, title: &str) -> Result<Box<dyn Sink>, SinkError> {
    Ok(Box::new(crate::WindowSink::open(place, title)?))
}

#[cfg(not(feature = "window"))]
fn open_window(_: &WindowPlace, _: &str) -> Result<Box<dyn Sink>, SinkError> {
    Err(SinkError::NotBuilt("window"))
}

#[cfg(feature = "kms")]
fn open_screen(place: &KmsPlace) -> Result<Box<dyn Sink>, SinkError> {
    Ok(Box::new(crate::KmsSink::open(place)?))
}

#[cfg(not(feature = "kms"))]
fn open_screen(_: &KmsPlace) -> Result<Box<dyn Sink>, SinkError> {
    Err(SinkError::NotBuilt("kms"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sinks_are_read_as_people_write_them() {
        assert_eq!("png:a b.png".parse(), Ok(SinkSpec::Png("a b.png".into())));
        assert_eq!("terminal".parse(), Ok(SinkSpec::Terminal(COLUMNS)));
        assert_eq!("terminal:40".parse(), Ok(SinkSpec::Terminal(40)));
        assert_eq!(
            "browser:127.0.0.1:0".parse(),
            Ok(SinkSpec::Browser(([127, 0, 0, 1], 0).into()))
        );
        assert_eq!("window".parse(), Ok(SinkSpec::Window(WindowPlace::default())));
        assert_eq!("window:full".parse(), Ok(SinkSpec::Window(WindowPlace::default())));
        assert_eq!("window?rotate=0".parse(), Ok(SinkSpec::Window(WindowPlace::default())));
        assert_eq!("kms".parse(), Ok(SinkSpec::Kms(KmsPlace::default())));
        for bad in [
            "",
            "png",
            "png:",
            "terminal:0",
            "terminal:x",
            "browser",
            "browser:8080",
            "kms:0",
            "PNG:x",
        ] {
            let error = bad.parse::<SinkSpec>().unwrap_err().to_string();
            assert!(error.contains("png:FILE"), "{bad}: {error}");
        }
    }
}
