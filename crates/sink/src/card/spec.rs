//! Cards as people write them, and the one place that tells a card from a sink of pixels.

use super::{CardSink, Driver, Pace};
use crate::SinkError;
use crate::huidu::Huidu;
use crate::onbon::{Model, Onbon};
use crate::spec::{SinkSpec, SpecError};
use std::str::FromStr;
use thiserror::Error;

/// Which card, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardSpec {
    /// Onbon BX-5K, 5MK or 6K: `onbon:HOST[:5005]?address=1&model=6k&speed=4`.
    Onbon {
        /// Host and port.
        host: String,
        /// The card's screen address; 65534 is every card that hears it.
        address: u16,
        /// Its family.
        model: Model,
        /// The level of its moving texts, 0 (fastest) to 24; `None`: made from the plan.
        speed: Option<u8>,
    },
    /// A Huidu full-colour card that speaks SDK 2.0: `huidu:HOST[:10001]?font=宋体`.
    Huidu {
        /// Host and port.
        host: String,
        /// A font that the card has.
        font: String,
    },
}

/// Why it is no card.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "`{text}` is not a controller card: {cause}. Write onbon:HOST, with ?address=1&model=5k, 5mk or 6k&speed=0 to 24 \
     where they differ, or huidu:HOST, with ?font=NAME; a port after HOST where the card's is not 5005 or 10001"
)]
pub struct CardSpecError {
    text: String,
    cause: &'static str,
}

/// The ports that the makers set.
const ONBON_PORT: u16 = 5005;
const HUIDU_PORT: u16 = 10001;

impl CardSpec {
    /// Whether a text names a kind of card, rightly written or not.
    #[must_use]
    pub fn is_named_by(text: &str) -> bool {
        let kind = text.split_once(':').map_or(text, |(kind, _)| kind);
        matches!(kind, "onbon" | "huidu")
    }

    /// Starts to talk to the card.
    ///
    /// # Errors
    /// When the machine refuses a thread. A card that cannot be reached is waited for.
    pub fn open(self) -> Result<Box<dyn CardSink>, SinkError> {
        self.open_at(Pace::default())
    }

    /// The same with other waits.
    ///
    /// # Errors
    /// When the machine refuses a thread.
    pub fn open_at(self, pace: Pace) -> Result<Box<dyn CardSink>, SinkError> {
        let driver = match self {
            Self::Onbon {
                host,
                address,
                model,
                speed,
            } => {
                let name = format!("onbon:{host}");
                Driver::start(name, Onbon::new(host, address, model, speed, pace), pace)?
            }
            Self::Huidu { host, font } => {
                let name = format!("huidu:{host}");
                Driver::start(name, Huidu::new(host, font, pace), pace)?
            }
        };
        Ok(Box::new(driver))
    }
}

/// A host with a port, the maker's where none is written. Addresses of IPv6 stand in brackets.
fn host(text: &str, port: u16) -> Option<String> {
    let (name, written) = match text.rsplit_once(':') {
        Some((name, written)) if !written.contains(']') => (name, Some(written)),
        _ => (text, None),
    };
    let bracketed = name.starts_with('[') && name.ends_with(']');
    let sane = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c) || (bracketed && ":[]%".contains(c));
    let port = written.map_or(Some(port), |written| written.parse().ok().filter(|port| *port > 0))?;
    (!name.is_empty() && name.len() <= 253 && name.chars().all(sane)).then(|| format!("{name}:{port}"))
}

impl FromStr for CardSpec {
    type Err = CardSpecError;

    fn from_str(text: &str) -> Result<Self, CardSpecError> {
        let refused = |cause| CardSpecError {
            text: text.chars().take(80).collect(),
            cause,
        };
        let (kind, rest) = text.split_once(':').ok_or_else(|| refused("the host is missing"))?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let options = query.split('&').filter(|option| !option.is_empty());
        let options: Option<Vec<(&str, &str)>> = options.map(|option| option.split_once('=')).collect();
        let options = options.ok_or_else(|| refused("an option has no value"))?;
        let place = |port| host(place, port).ok_or_else(|| refused("host or port cannot be"));
        match kind {
            "onbon" => onbon(place(ONBON_PORT)?, &options).map_err(refused),
            "huidu" => huidu(place(HUIDU_PORT)?, &options).map_err(refused),
            _ => Err(refused("its kind is not known")),
        }
    }
}

fn onbon(host: String, options: &[(&str, &str)]) -> Result<CardSpec, &'static str> {
    let (mut address, mut model, mut speed) = (1, Model::K6, None);
    for (key, value) in options {
        match (*key, value.to_ascii_lowercase().as_str()) {
            ("address", n) => address = n.parse().map_err(|_| "the address is a number")?,
            ("model", "5k" | "5mk") => model = Model::K5,
            ("model", "6k") => model = Model::K6,
            ("model", _) => return Err("the model is 5k, 5mk or 6k"),
            ("speed", n) => {
                let level = n.parse().ok().filter(|n| *n <= 24);
                speed = Some(level.ok_or("the speed is a level from 0 to 24")?);
            }
            _ => return Err("an option is not known"),
        }
    }
    Ok(CardSpec::Onbon {
        host,
        address,
        model,
        speed,
    })
}

fn huidu(host: String, options: &[(&str, &str)]) -> Result<CardSpec, &'static str> {
    let mut font = "宋体";
    for (key, value) in options {
        match *key {
            "font" if !value.is_empty() && value.chars().count() <= 60 => font = value,
            "font" => return Err("a font's name has 1 to 60 characters"),
            _ => return Err("an option is not known"),
        }
    }
    Ok(CardSpec::Huidu {
        host,
        font: font.to_owned(),
    })
}

/// Where a display's picture goes: as pixels to a sink, or as texts to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outlet {
    /// A sink of frames.
    Frames(SinkSpec),
    /// A card.
    Card(CardSpec),
}

/// Why it is neither.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum OutletError {
    /// It names a card.
    #[error(transparent)]
    Card(#[from] CardSpecError),
    /// It names a sink of frames, or nothing.
    #[error("{0}; or a controller card, onbon:HOST or huidu:HOST")]
    Frames(#[from] SpecError),
}

impl FromStr for Outlet {
    type Err = OutletError;

    fn from_str(text: &str) -> Result<Self, OutletError> {
        if CardSpec::is_named_by(text) {
            return Ok(Self::Card(text.parse()?));
        }
        Ok(Self::Frames(text.parse()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_written_is_an_outlet_or_a_mistake_told_in_few_words() {
        const GOOD: [&str; 8] = [
            "window:1280x720?rotate=90&display=:0",
            "kms:/dev/dri/card0?connector=HDMI-A-1&mode=1920x1080",
            "ddp:[fe80::1]:4048?destination=2&fps=30",
            "artnet:10.0.0.9?universe=1&sync=yes",
            "sacn:multicast?universe=1&priority=9&interface=10.0.0.2",
            "onbon:10.0.0.5:5005?address=1&model=6k&speed=4",
            "huidu:h:1?font=宋体",
            "terminal:40",
        ];
        const BITS: [char; 12] = [':', '?', '&', '=', '[', ']', '0', '9', 'x', '屏', '\u{0}', '-'];
        // A small generator of noise (xorshift), seeded, so that a failure comes again.
        let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
        let mut roll = move |sides: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            usize::try_from(seed >> 33).unwrap() % sides
        };
        let (mut read, mut refused) = (0, 0);
        for round in 0..20_000 {
            let mut text: Vec<char> = GOOD[round % GOOD.len()].chars().collect();
            for _ in 0..roll(4) {
                let (at, bit) = (roll(text.len()), BITS[roll(BITS.len())]);
                match roll(3) {
                    0 => text[at] = bit,
                    1 => text.insert(at, bit),
                    _ => text.extend(vec![bit; roll(3000)]),
                }
            }
            match text.iter().collect::<String>().parse::<Outlet>() {
                Ok(_) => read += 1,
                Err(error) => {
                    refused += 1;
                    let told = error.to_string();
                    assert!(told.chars().count() < 2_000, "{told}");
                }
            }
        }
        assert!(read > 1_000 && refused > 1_000, "{read} read, {refused} refused");
    }

    fn bx(host: &str, address: u16, model: Model, speed: Option<u8>) -> Outlet {
        Outlet::Card(CardSpec::Onbon {
            host: host.to_owned(),
            address,
            model,
            speed,
        })
    }

    fn hd(host: &str, font: &str) -> Outlet {
        Outlet::Card(CardSpec::Huidu {
            host: host.to_owned(),
            font: font.to_owned(),
        })
    }

    #[test]
    fn cards_are_read_as_people_write_them() {
        for (text, expected) in [
            ("onbon:192.168.0.199", bx("192.168.0.199:5005", 1, Model::K6, None)),
            (
                "onbon:bx.lan:5006?address=2&model=5MK",
                bx("bx.lan:5006", 2, Model::K5, None),
            ),
            (
                "onbon:[fe80::1]:5005?speed=0",
                bx("[fe80::1]:5005", 1, Model::K6, Some(0)),
            ),
            ("onbon:[fe80::1]?", bx("[fe80::1]:5005", 1, Model::K6, None)),
            ("huidu:192.168.6.1", hd("192.168.6.1:10001", "宋体")),
            ("huidu:192.168.6.1:10002?font=Arial", hd("192.168.6.1:10002", "Arial")),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        assert_eq!("terminal".parse(), Ok(Outlet::Frames("terminal".parse().unwrap())));
    }

    #[test]
    fn what_is_no_card_is_told_how_to_write_one() {
        for bad in [
            "onbon",
            "onbon:",
            "onbon::5005",
            "onbon:a:0",
            "onbon:a:70000",
            "onbon:a b",
            "onbon:a?model=7k",
            "onbon:a?speed=25",
            "onbon:a?speed",
            "onbon:a?colour=red",
            "onbon:a?address=-1",
            "huidu:a?font=",
            "huidu:a?address=1",
            "huidu:fe80::1",
        ] {
            let error = bad.parse::<Outlet>().unwrap_err().to_string();
            assert!(
                error.contains("onbon:HOST") && error.contains("huidu:HOST"),
                "{bad}: {error}"
            );
        }
        let neither = "onbone:a".parse::<Outlet>().unwrap_err().to_string();
        assert!(
            neither.contains("png:FILE") && neither.contains("onbon:HOST"),
            "{neither}"
        );
    }
}
