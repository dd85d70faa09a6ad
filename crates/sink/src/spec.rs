//! Sinks as people write them: `png:out.png`, `terminal`, `browser:127.0.0.1:0`, `ddp:10.0.0.9`.

use crate::{
    ArtNet, BrowserSink, Ddp, KmsPlace, PngSink, Rig, Sacn, Sink, SinkError, TerminalSink, WindowPlace, artnet, ddp,
    sacn,
};
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
    /// A controller that speaks DDP.
    Ddp(Ddp),
    /// A controller that speaks Art-Net.
    ArtNet(ArtNet),
    /// Controllers that speak sACN.
    Sacn(Sacn),
    /// A window of a desktop, or of a kiosk's compositor.
    Window(WindowPlace),
    /// A screen of a machine without a desktop.
    Kms(KmsPlace),
}

/// Why it is no sink.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SpecError {
    /// Not one of the kinds, or not written as they are.
    #[error(
        "`{0}` is not a sink: write png:FILE, terminal, terminal:COLUMNS, browser:ADDRESS:PORT (browser:127.0.0.1:0 finds a free port), window or window:1280x720 (options ?rotate=90&display=:0), kms or kms:/dev/dri/card0 (options ?connector=HDMI-A-1&mode=1920x1080&rotate=90), ddp:HOST, artnet:HOST, sacn:multicast or sacn:HOST"
    )]
    Unknown(String),
    /// A known kind with something wrong behind it.
    #[error("{what}: write {write}")]
    Wrong {
        /// What is wrong.
        what: String,
        /// How it is written.
        write: &'static str,
    },
}
impl FromStr for SinkSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let refused = || SpecError::Unknown(text.chars().take(80).collect());
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
            ("ddp", rest) => Ddp::parse(rest).map(Self::Ddp).map_err(wrong(ddp::WRITE)),
            ("artnet", rest) => ArtNet::parse(rest).map(Self::ArtNet).map_err(wrong(artnet::WRITE)),
            ("sacn", rest) => Sacn::parse(rest).map(Self::Sacn).map_err(wrong(sacn::WRITE)),
            ("window", place) => WindowPlace::parse(place).map(Self::Window).ok_or_else(refused),
            ("kms", place) => KmsPlace::parse(place).map(Self::Kms).ok_or_else(refused),
            _ => Err(refused()),
        }
    }
}

fn wrong(write: &'static str) -> impl Fn(String) -> SpecError {
    move |what| SpecError::Wrong {
        what: shortened(what),
        write,
    }
}

/// A sentence without the middle of what somebody wrote too long: its end says what is wrong.
fn shortened(what: String) -> String {
    const ENDS: usize = 150;
    let chars: Vec<char> = what.chars().collect();
    if chars.len() <= 2 * ENDS {
        return what;
    }
    let (begins, ends) = (&chars[..ENDS], &chars[chars.len() - ENDS..]);
    begins.iter().chain(&['…']).chain(ends).collect()
}

impl SinkSpec {
    /// Opens the sink; `title` names the display to people, `rig` says how its panel is wired and lit, for the sinks
    /// that send pixels to a controller.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(self, title: &str, rig: &Rig) -> Result<Box<dyn Sink>, SinkError> {
        Ok(match self {
            Self::Png(path) => Box::new(PngSink::new(&path)?),
            Self::Terminal(columns) => Box::new(TerminalSink::new(std::io::stdout(), columns)),
            Self::Browser(address) => Box::new(BrowserSink::start(title, address)?),
            Self::Ddp(ddp) => Box::new(ddp.open(rig)?),
            Self::ArtNet(art_net) => Box::new(art_net.open(rig)?),
            Self::Sacn(sacn) => Box::new(sacn.open(title, rig)?),
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

    #[test]
    fn controllers_are_read_as_people_write_them() {
        for (text, name) in [
            ("ddp:10.0.0.9", "ddp:10.0.0.9:4048"),
            ("ddp:panel.lan:4100?destination=2&fps=30", "ddp:panel.lan:4100"),
            ("ddp:[fe80::1]", "ddp:[fe80::1]:4048"),
            ("artnet:10.0.0.9", "artnet:10.0.0.9:6454"),
            ("artnet:10.0.0.9:6455?universe=32767&sync=yes", "artnet:10.0.0.9:6455"),
            ("sacn:multicast", "sacn:multicast"),
            (
                "sacn:multicast?universe=63999&priority=0&sync=7000&interface=10.0.0.2",
                "sacn:multicast",
            ),
            ("sacn:[::1]:5569?priority=200&fps=20", "sacn:[::1]:5569"),
        ] {
            let sink = text.parse::<SinkSpec>().unwrap().open("屏", &Rig::default()).unwrap();
            assert_eq!(sink.name(), name);
        }
    }

    #[test]
    fn what_is_wrong_with_a_controller_is_said() {
        for (text, said) in [
            ("ddp:", "is missing"),
            ("ddp", "is missing"),
            ("ddp:10.0.0.9:0", "no port"),
            ("ddp:10.0.0.9:http", "no port"),
            ("ddp:[::1", "without its `]`"),
            ("ddp:[::1]x", "`:PORT`"),
            ("ddp:a b", "no name or address"),
            ("ddp:255.255.255.255", "not the address of one controller"),
            ("ddp:10.0.0.9?destination=250", "destination is 1 to 249"),
            ("ddp:10.0.0.9?fps=0", "fps is 1 to 240"),
            ("ddp:10.0.0.9?universe=1", "no option `universe`"),
            ("artnet:239.255.0.1", "not the address of one controller"),
            ("artnet:10.0.0.9?universe=32768", "universe is 0 to 32767"),
            ("artnet:10.0.0.9?sync=maybe", "sync is yes or no"),
            ("artnet:10.0.0.9?sync", "not KEY=VALUE"),
            ("artnet:10.0.0.9?sync=yes&sync=no", "there twice"),
            ("sacn:multicast?universe=0", "universe is 1 to 63999"),
            ("sacn:multicast?priority=201", "priority is 0 to 200"),
            ("sacn:multicast?sync=64000", "sync is 1 to 63999"),
            ("sacn:multicast?interface=eth0", "IPv4 address"),
            ("sacn:10.0.0.9?interface=10.0.0.2", "no option `interface`"),
        ] {
            let error = text.parse::<SinkSpec>().unwrap_err().to_string();
            let kind = text.split(':').next().unwrap();
            assert!(error.contains(said), "{text}: {error}");
            assert!(error.contains(&format!("write {kind}:")), "{text}: {error}");
        }
    }
}
