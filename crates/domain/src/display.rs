//! Displays (屏): panels in places, tuned to channels.

use crate::ids::{ChannelName, DisplayId};
use crate::lang::{Lang, LocalText};
use crate::panel::Panel;
pub use crate::publication::MAX_REASON_CHARS;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What the office decides about a display.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplaySetting {
    /// Its name for people.
    pub name: LocalText,
    /// Where it hangs.
    pub location: LocalText,
    /// Name of the hardware profile that the panel was taken from.
    pub profile: String,
    /// Its panel.
    pub panel: Panel,
    /// The language it speaks.
    pub language: Lang,
    /// The channels it is tuned to, in order.
    pub channels: Vec<ChannelName>,
}

/// A fact about a display.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DisplayEvent {
    /// It was enrolled: from here on this key speaks for it.
    Enrolled {
        /// Ed25519 public key of the device.
        key: [u8; 32],
        /// What was decided about it.
        setting: DisplaySetting,
    },
    /// Its setting was changed.
    SettingChanged(DisplaySetting),
    /// It was taken down; its credential no longer opens anything.
    Retired,
    /// Another machine, or the same one with a wiped disk, took over the place with its history: from here on this key
    /// speaks for it, and the former one for nothing.
    MachineReplaced {
        /// Ed25519 public key of the new machine.
        key: [u8; 32],
    },
    /// Its credential opens nothing until a machine is admitted to the place, which stays. Nobody said why.
    CredentialRevoked,
    /// The same, and somebody said why.
    CredentialRevokedFor {
        /// Why, in at most [`MAX_REASON_CHARS`] characters. It stays in the log for good.
        reason: String,
    },
}

/// A display as its facts tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Display {
    /// Its id.
    pub id: DisplayId,
    /// The device's public key.
    pub key: [u8; 32],
    /// What was decided about it.
    pub setting: DisplaySetting,
    /// Whether it was taken down.
    pub retired: bool,
    /// Whether its credential was revoked: the place is there, and no machine may speak for it.
    pub revoked: bool,
}

/// Why a command about a display was refused.
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
pub enum DisplayRefused {
    /// It tunes to nothing.
    #[error("a display needs at least one channel")]
    NoChannels,
    /// It was taken down.
    #[error("the display was retired")]
    Retired,
    /// The id is taken.
    #[error("the display is already enrolled")]
    AlreadyEnrolled,
    /// No pixels, or more than a panel has.
    #[error("a panel has 8 to 7680 pixels each way")]
    PanelSize,
}

impl DisplaySetting {
    /// Whether a display can be set so.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), DisplayRefused> {
        if self.channels.is_empty() {
            return Err(DisplayRefused::NoChannels);
        }
        let sane = |px: u16| (8..=7680).contains(&px);
        if sane(self.panel.width_px) && sane(self.panel.height_px) {
            Ok(())
        } else {
            Err(DisplayRefused::PanelSize)
        }
    }
}

impl Display {
    /// Enrols a display.
    ///
    /// # Errors
    /// When the setting is impossible, or the id belongs to another key.
    pub fn enrol(
        known: Option<&Self>,
        key: [u8; 32],
        setting: DisplaySetting,
    ) -> Result<Option<DisplayEvent>, DisplayRefused> {
        setting.check()?;
        match known {
            None => Ok(Some(DisplayEvent::Enrolled { key, setting })),
            Some(display) if display.key == key && display.setting == setting && !display.retired => Ok(None),
            Some(_) => Err(DisplayRefused::AlreadyEnrolled),
        }
    }

    /// Changes the setting. What it already is decides nothing.
    ///
    /// # Errors
    /// When the display is retired or the setting impossible.
    pub fn set(&self, setting: DisplaySetting) -> Result<Option<DisplayEvent>, DisplayRefused> {
        setting.check()?;
        if self.retired {
            return Err(DisplayRefused::Retired);
        }
        Ok((self.setting != setting).then_some(DisplayEvent::SettingChanged(setting)))
    }

    /// Gives the place to another machine, with its setting and history.
    ///
    /// # Errors
    /// When the display is retired: what was taken down is enrolled anew.
    pub fn replace_machine(&self, key: [u8; 32]) -> Result<Option<DisplayEvent>, DisplayRefused> {
        if self.retired {
            return Err(DisplayRefused::Retired);
        }
        let same = self.key == key && !self.revoked;
        Ok((!same).then_some(DisplayEvent::MachineReplaced { key }))
    }

    /// Takes its credential from it, for a machine that was stolen, lost or meddled with. Once is enough.
    ///
    /// # Errors
    /// When the display is retired: it has none.
    pub fn revoke(&self, reason: Option<String>) -> Result<Option<DisplayEvent>, DisplayRefused> {
        if self.retired {
            return Err(DisplayRefused::Retired);
        }
        let event = reason.map_or(DisplayEvent::CredentialRevoked, |reason| {
            DisplayEvent::CredentialRevokedFor { reason }
        });
        Ok((!self.revoked).then_some(event))
    }

    /// Whether a machine may speak for it: log in, fetch, be believed.
    #[must_use]
    pub fn has_machine(&self) -> bool {
        !self.retired && !self.revoked
    }

    /// Takes it down. Once is enough.
    #[must_use]
    pub fn retire(&self) -> Option<DisplayEvent> {
        (!self.retired).then_some(DisplayEvent::Retired)
    }

    /// Takes a fact; the first one is an enrolment.
    #[must_use]
    pub fn evolve(known: Option<Self>, id: DisplayId, event: &DisplayEvent) -> Option<Self> {
        match (known, event) {
            (_, DisplayEvent::Enrolled { key, setting }) => Some(Self {
                id,
                key: *key,
                setting: setting.clone(),
                retired: false,
                revoked: false,
            }),
            (Some(display), DisplayEvent::SettingChanged(setting)) => Some(Self {
                setting: setting.clone(),
                ..display
            }),
            (Some(display), DisplayEvent::Retired) => Some(Self {
                retired: true,
                ..display
            }),
            (Some(display), DisplayEvent::MachineReplaced { key }) => Some(Self {
                key: *key,
                revoked: false,
                ..display
            }),
            (Some(display), DisplayEvent::CredentialRevoked | DisplayEvent::CredentialRevokedFor { .. }) => {
                Some(Self {
                    revoked: true,
                    ..display
                })
            }
            (None, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::ColourDepth;

    fn setting() -> DisplaySetting {
        DisplaySetting {
            name: LocalText::new("屏", "D"),
            location: LocalText::default(),
            profile: "led".to_owned(),
            panel: Panel {
                width_px: 256,
                height_px: 64,
                colour: ColourDepth::Full,
                pixel_pitch_um: 5000,
                viewing_distance_mm: 6000,
                refresh_hz: 60,
            },
            language: Lang::ZhHans,
            channels: vec!["all".parse().unwrap()],
        }
    }

    fn told(events: &[DisplayEvent]) -> Display {
        let id = DisplayId(uuid::Uuid::from_u128(9));
        let told = events
            .iter()
            .fold(None, |known, event| Display::evolve(known, id, event));
        told.unwrap()
    }

    #[test]
    fn a_place_stays_when_its_machine_is_shut_out_and_another_takes_over() {
        let enrolled = DisplayEvent::Enrolled {
            key: [1; 32],
            setting: setting(),
        };
        let first = told(std::slice::from_ref(&enrolled));
        assert!(first.has_machine());
        assert_eq!(first.replace_machine([1; 32]), Ok(None), "it is this machine's already");
        let why = Some("失窃".to_owned());
        for reason in [None, why.clone()] {
            let shut = told(&[enrolled.clone(), first.revoke(reason).unwrap().unwrap()]);
            assert!(!shut.has_machine() && shut.setting == first.setting);
        }
        let shut = told(&[enrolled.clone(), first.revoke(why).unwrap().unwrap()]);
        assert_eq!(shut.revoke(None), Ok(None), "once is enough");
        let again = shut.replace_machine([1; 32]).unwrap();
        assert!(again.is_some(), "the same key needs someone who lets it in again");
        let other = told(&[
            enrolled,
            DisplayEvent::CredentialRevoked,
            DisplayEvent::MachineReplaced { key: [2; 32] },
        ]);
        assert_eq!(
            (other.key, other.has_machine(), other.setting),
            ([2; 32], true, first.setting)
        );
    }

    #[test]
    fn what_was_taken_down_takes_no_machine() {
        let enrolled = DisplayEvent::Enrolled {
            key: [1; 32],
            setting: setting(),
        };
        let gone = told(&[enrolled, DisplayEvent::Retired]);
        assert!(!gone.has_machine());
        assert_eq!(gone.replace_machine([2; 32]), Err(DisplayRefused::Retired));
        assert_eq!(gone.revoke(None), Err(DisplayRefused::Retired));
    }
}
