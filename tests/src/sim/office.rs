//! The office: people who release, amend, withdraw and erase at random, and the hub that they do it on.

use super::Bug;
use super::dice::Dice;
use super::record::{Entry, Record, Shelf, Text, Tuning};
use heliograph_domain::channel::ChannelEvent;
use heliograph_domain::display::{DisplayEvent, DisplaySetting};
use heliograph_domain::gate::RulesVersion;
use heliograph_domain::panel::{ColourDepth, Panel};
use heliograph_domain::publication::{Command, Countersign, OFFLINE_LEASE_MS};
use heliograph_domain::site::{SiteEvent, SiteProfile};
use heliograph_domain::{
    ChannelName, ContentHash, DisplayId, Event, Instant, Kind, Lang, LocalText, Priority, PublicationId, SiteName,
    StaffId,
};
use heliograph_hub::sim::{SimError, SimHub, SimKeys};
use heliograph_wire::KeyPair;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// 2026-11-24, ten o'clock in Shanghai: when each world begins.
pub(super) const BEGINNING: u64 = 1_795_485_600_000;
/// How far the hub's clock is from the right time at most, in milliseconds.
pub(super) const HUB_ASTRAY_MS: u64 = 5_000;
/// Where displays fetch.
pub(super) const HUB: &str = "https://hub.example:8443";

pub(super) const PANEL: Panel = Panel {
    width_px: 960,
    height_px: 540,
    colour: ColourDepth::Full,
    pixel_pitch_um: 630,
    viewing_distance_mm: 3000,
    refresh_hz: 30,
};

/// The secrets of a generation of keys.
pub(super) fn keys(epoch: u32) -> SimKeys {
    let secret = |role: u8| {
        let mut secret = [role; 32];
        secret[0] = u8::try_from(epoch).unwrap_or(u8::MAX);
        secret
    };
    SimKeys {
        root: [1; 32],
        release: secret(2),
        heartbeat: secret(3),
        command: secret(4),
        epoch,
        serial: epoch,
    }
}

/// The key of a display.
pub(super) fn device_key(index: usize) -> KeyPair {
    KeyPair::from_secret([0x40 + u8::try_from(index).unwrap_or(0); 32])
}

/// A picture of a text, and its bytes.
type Picture = ([u8; 16], Vec<u8>);

/// What is known of a publication besides its texts on release.
#[derive(Debug, Clone, Default)]
struct Dossier {
    versions: u64,
    released: Option<(Vec<ChannelName>, Entry)>,
}

/// The office.
pub(super) struct Office {
    pub(super) hub: SimHub,
    pub(super) record: Record,
    pub(super) site: SiteName,
    pub(super) epoch: u32,
    /// How far the hub's clock is from the right time, in milliseconds.
    pub(super) astray_ms: i64,
    channels: Vec<ChannelName>,
    displays: Vec<DisplayId>,
    publications: BTreeMap<u64, Dossier>,
    profiles: u64,
    profile: Option<ContentHash>,
    bug: Option<Bug>,
}

fn staff(name: &str) -> StaffId {
    name.parse().unwrap()
}

fn publication(number: u64) -> PublicationId {
    format!("019a0000-0000-7000-8000-{number:012x}").parse().unwrap()
}

pub(super) fn display(index: usize) -> DisplayId {
    format!("019a0000-0000-7000-9000-{index:012x}").parse().unwrap()
}

/// A document with this title, in the form of its kind.
fn document(title: &str, kind: Kind, text: &str, pictures: &[Picture]) -> Vec<u8> {
    let body = match kind {
        Kind::ServiceCommitment => json!({
            "matter": title, "promise": text, "figure": "5", "unit": "天", "measure": "月报", "complaint": "12345",
        }),
        _ => json!({"title": title, "body": text, "department": "办公室", "date": "2026-11-24"}),
    };
    let attachments = pictures.iter().map(|(salt, bytes)| {
        json!({
            "name": "图", "media_type": "image/png", "hash": ContentHash::of(salt, bytes).to_string(),
            "bytes": bytes.len(), "width_px": 8, "height_px": 8,
        })
    });
    let mut whole = json!({"format": 1, "kind": kind.slug(), "texts": {"zh-Hans": {kind.slug(): body}}});
    let attachments: Vec<_> = attachments.collect();
    if !attachments.is_empty() {
        whole["attachments"] = json!(attachments);
    }
    serde_json::to_vec(&whole).unwrap()
}

impl Office {
    pub(super) fn new(displays: usize, dice: &mut Dice, bug: Option<Bug>) -> Self {
        let site: SiteName = "binhe".parse().unwrap();
        let hub = SimHub::new(site.clone(), &keys(1), vec![HUB.to_owned()], Instant(BEGINNING)).unwrap();
        let mut office = Self {
            hub,
            record: Record::default(),
            site,
            epoch: 1,
            astray_ms: 0,
            channels: Vec::new(),
            displays: (0..displays).map(display).collect(),
            publications: BTreeMap::new(),
            profiles: 0,
            profile: None,
            bug,
        };
        let now = Instant(BEGINNING);
        for name in ["hall", "window-3"] {
            office.opens(name, now);
        }
        office.sets_profile(dice, now);
        for index in 0..displays {
            let setting = office.setting(dice, index);
            let key = device_key(index).public().0;
            let event = DisplayEvent::Enrolled {
                key,
                setting: setting.clone(),
            };
            office.decides_display(index, event, setting.channels, now);
        }
        office
    }

    /// The hub's clock.
    pub(super) fn clock(&self, t: u64) -> Instant {
        Instant((BEGINNING + t).saturating_add_signed(self.astray_ms))
    }

    fn record(&mut self, events: Vec<Event>, content: Vec<Picture>, now: Instant) {
        let count = events.len();
        self.hub.record(&staff("admin"), events, content, now).unwrap();
        self.record.grew(count, now.0);
    }

    fn opens(&mut self, name: &str, now: Instant) {
        let name: ChannelName = name.parse().unwrap();
        let title = LocalText::new(name.as_str(), name.as_str());
        let defined = ChannelEvent::Defined {
            name: name.clone(),
            title,
        };
        self.record(vec![Event::Channel(defined)], Vec::new(), now);
        self.record.put_shelf(&name, Shelf::new());
        self.channels.push(name);
    }

    fn sets_profile(&mut self, dice: &mut Dice, now: Instant) {
        self.profiles += 1;
        let name = format!("滨河 {}", self.profiles);
        let bytes = serde_json::to_vec(&SiteProfile::bare(LocalText::new(&name, &name))).unwrap();
        let salt = dice.bytes();
        let profile = ContentHash::of(&salt, &bytes);
        self.profile = Some(profile);
        let site = self.site.clone();
        self.record(
            vec![Event::Site(SiteEvent::ProfileSet { site, profile })],
            vec![(salt, bytes)],
            now,
        );
        for display in self.displays.clone() {
            if !self.record.tunings.contains_key(&display) {
                continue;
            }
            let tuning = Tuning {
                profile: Some(profile),
                ..(*self.record.tuning(display)).clone()
            };
            self.record.put_tuning(display, tuning);
        }
    }

    fn some_channels(&self, dice: &mut Dice) -> Vec<ChannelName> {
        let first = dice.index(self.channels.len());
        let many = 1 + dice.index(2);
        (first..first + many)
            .map(|n| self.channels[n % self.channels.len()].clone())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    fn setting(&self, dice: &mut Dice, index: usize) -> DisplaySetting {
        DisplaySetting {
            name: LocalText::new("屏", format!("display {index}")),
            location: LocalText::default(),
            profile: "test".to_owned(),
            panel: PANEL,
            language: Lang::ZhHans,
            channels: self.some_channels(dice),
        }
    }

    fn decides_display(&mut self, index: usize, event: DisplayEvent, channels: Vec<ChannelName>, now: Instant) {
        let display = self.displays[index];
        self.record(vec![Event::Display(display, event)], Vec::new(), now);
        let profile = self.profile;
        self.record.put_tuning(display, Tuning { channels, profile });
    }

    /// Something happens at the office; tells what, for the story.
    pub(super) fn acts(&mut self, dice: &mut Dice, t: u64) -> String {
        let now = self.clock(t);
        match dice.roll(100) {
            0..40 => self.releases(dice, now),
            40..55 => self.amends(dice, now),
            55..72 => self.withdraws(dice, now),
            72..80 => self.erases(now),
            80..88 => self.blanks(now),
            88..95 => self.retunes(dice, now),
            95..97 if self.channels.len() < 4 => {
                let name = format!("window-{}", self.channels.len() + 2);
                self.opens(&name, now);
                format!("opens channel {name}")
            }
            _ => {
                self.sets_profile(dice, now);
                "sets its profile".to_owned()
            }
        }
    }

    fn retunes(&mut self, dice: &mut Dice, now: Instant) -> String {
        let index = dice.index(self.displays.len());
        let mut setting = self.setting(dice, index);
        let channels = setting.channels.clone();
        if self.record.tuning(self.displays[index]).channels == channels {
            return "leaves its displays as they are".to_owned();
        }
        if self.bug == Some(Bug::HearsItsNeighbour) {
            setting.channels = self.channels.clone();
        }
        self.decides_display(index, DisplayEvent::SettingChanged(setting), channels.clone(), now);
        format!("tunes display {index} to {channels:?}")
    }

    fn blanks(&mut self, now: Instant) -> String {
        let blanked = self.record.blanks.values().next_back().copied().unwrap_or(false);
        let event = if blanked {
            SiteEvent::Unblanked
        } else {
            SiteEvent::Blanked
        };
        self.record(vec![Event::Site(event)], Vec::new(), now);
        self.record.blanks.insert(self.record.position, !blanked);
        if blanked { "lifts the blank" } else { "blanks the site" }.to_owned()
    }

    fn does(
        &mut self,
        number: u64,
        who: &str,
        command: &Command,
        content: Vec<Picture>,
        now: Instant,
    ) -> Result<usize, SimError> {
        let done = self
            .hub
            .command(publication(number), &staff(who), command, content, now)?;
        self.record.grew(done, now.0);
        Ok(done)
    }

    /// Writes a text and brings it to approval.
    fn approves(&mut self, dice: &mut Dice, number: u64, now: Instant) -> (Text, ContentHash) {
        let dossier = self.publications.entry(number).or_default();
        dossier.versions += 1;
        let text = Text {
            publication: number,
            version: dossier.versions,
        };
        let kind = if number.is_multiple_of(5) {
            Kind::ServiceCommitment
        } else {
            Kind::Notice
        };
        let words = if dice.chance(4) {
            "长".repeat(24_000)
        } else {
            "正文".to_owned()
        };
        let pictures: Vec<Picture> = if dice.chance(15) {
            vec![(dice.bytes(), dice.bytes::<600>().to_vec())]
        } else {
            Vec::new()
        };
        let bytes = document(&text.title(), kind, &words, &pictures);
        let salt = dice.bytes();
        let hash = ContentHash::of(&salt, &bytes);
        let content = pictures.into_iter().chain([(salt, bytes)]).collect();
        let submit = Command::Submit {
            content: hash,
            kind,
            catalogue_entry: "notices".parse().unwrap(),
            countersign: Countersign::Nobody,
            rules: RulesVersion::of_program(),
            findings: Vec::new(),
            overridden: None,
            contributors: Vec::new(),
        };
        self.does(number, "author", &submit, content, now).unwrap();
        let review = Command::Review {
            findings_confirmed: false,
        };
        self.does(number, "reviewer", &review, Vec::new(), now).unwrap();
        self.does(number, "approver", &Command::Approve, Vec::new(), now)
            .unwrap();
        (text, hash)
    }

    fn releases(&mut self, dice: &mut Dice, now: Instant) -> String {
        const MINUTE: u64 = 60_000;
        let idle: Vec<u64> = self
            .publications
            .iter()
            .filter(|(_, it)| it.released.is_none())
            .map(|(number, _)| *number)
            .collect();
        let again = dice.pick(&idle).copied().filter(|_| dice.chance(30));
        let number = again.unwrap_or(self.publications.len() as u64 + 1);
        let (text, hash) = self.approves(dice, number, now);
        let from = dice.chance(25).then(|| now.plus_ms(dice.between(1, 8) * MINUTE));
        let length = [1, 3, 10, 60 * 24 * 20][dice.index(4)] * MINUTE;
        let until = dice.chance(60).then(|| from.unwrap_or(now).plus_ms(length));
        let standing = dice.chance(20);
        let priority = [
            Priority::Filler,
            Priority::Normal,
            Priority::Normal,
            Priority::Campaign,
            Priority::Emergency,
        ][dice.index(5)];
        let channels = self.some_channels(dice);
        let release = Command::Release {
            channels: channels.clone(),
            from,
            until,
            priority,
            standing,
        };
        self.does(number, "releaser", &release, Vec::new(), now).unwrap();
        let at = self.record.at;
        let entry = Entry {
            text,
            hash,
            from: from.map_or(at, |from| from.0),
            until: until.map(|until| until.0),
            released_at: at,
            standing,
            lease_ms: (!standing).then_some(OFFLINE_LEASE_MS),
            priority,
        };
        let told = format!("releases {} on {channels:?}, {entry:?}", text.title());
        self.puts(number, channels, entry);
        told
    }

    fn puts(&mut self, number: u64, channels: Vec<ChannelName>, entry: Entry) {
        self.record.ever.insert(entry.text);
        for channel in &channels {
            let mut shelf = (*self.record.shelf(channel)).clone();
            shelf.insert(number, entry.clone());
            self.record.put_shelf(channel, shelf);
        }
        self.publications.entry(number).or_default().released = Some((channels, entry));
    }

    fn on_release(&self, dice: &mut Dice) -> Option<(u64, Vec<ChannelName>, Entry)> {
        let all: Vec<_> = self
            .publications
            .iter()
            .filter_map(|(number, it)| Some((*number, it.released.clone()?)))
            .collect();
        dice.pick(&all)
            .map(|(number, (channels, entry))| (*number, channels.clone(), entry.clone()))
    }

    fn amends(&mut self, dice: &mut Dice, now: Instant) -> String {
        let Some((number, channels, former)) = self.on_release(dice) else {
            return "has nothing to amend".to_owned();
        };
        // What is over may have left the heads by itself, so that an amendment of it changes none.
        if former.until.is_some_and(|until| until <= self.record.at.max(now.0)) {
            return "does not amend what is over".to_owned();
        }
        let (text, hash) = self.approves(dice, number, now);
        self.does(number, "releaser", &Command::Amend, Vec::new(), now).unwrap();
        let released_at = self.record.at;
        self.puts(
            number,
            channels,
            Entry {
                text,
                hash,
                released_at,
                ..former
            },
        );
        format!("amends it to {}", text.title())
    }

    fn withdraws(&mut self, dice: &mut Dice, now: Instant) -> String {
        let Some((number, channels, entry)) = self.on_release(dice) else {
            return "has nothing to withdraw".to_owned();
        };
        self.does(number, "releaser", &Command::Withdraw { reason: None }, Vec::new(), now)
            .unwrap();
        for channel in &channels {
            let mut shelf = (*self.record.shelf(channel)).clone();
            if shelf.remove(&number).is_some() {
                self.record.put_shelf(channel, shelf);
            }
        }
        self.publications.entry(number).or_default().released = None;
        format!("withdraws {}", entry.text.title())
    }

    fn erases(&mut self, now: Instant) -> String {
        let idle = self.publications.iter().filter(|(_, it)| it.released.is_none());
        for number in idle.map(|(number, _)| *number).collect::<Vec<_>>() {
            let dossier = self.hub.state().publications.get(&publication(number));
            let contents = dossier.map(|dossier| dossier.contents()).unwrap_or_default();
            if contents.is_empty() {
                continue;
            }
            let ask = Command::RequestErasure {
                reason: "asked for".to_owned(),
            };
            let erase = Command::Erase {
                contents: contents.clone(),
            };
            if self.does(number, "author", &ask, Vec::new(), now).is_err() {
                continue;
            }
            self.does(number, "approver", &erase, Vec::new(), now).unwrap();
            let mut gone = (*self.record.erased()).clone();
            gone.extend(contents);
            self.record.erasures.insert(self.record.position, gone.into());
            return format!("erases publication {number}");
        }
        "has nothing to erase".to_owned()
    }

    /// The hub's process ends and begins again, with the next generation of keys or the same.
    pub(super) fn restarts(&mut self, rekeyed: bool, t: u64) {
        if rekeyed {
            self.epoch += 1;
            self.hub.restart_with(&keys(self.epoch), self.clock(t)).unwrap();
        } else {
            self.hub.restart().unwrap();
        }
    }
}
