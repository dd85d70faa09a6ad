//! What a hostile broker says.

use super::Bug;
use super::booth::Booth;
use super::dice::Dice;
use super::office::{BEGINNING, Office, PANEL, keys};
use super::record::Text;
use super::tally::Attack;
use heliograph_domain::head::Item;
use heliograph_domain::{
    ChannelHead, ChannelName, ContentHash, Instant, Kind, Lang, LocalText, PublicationId, SiteName,
};
use heliograph_wire::{
    Command, CommandVerb, ContentPayload, DisplayConfig, Erased, Heartbeat, KeyPair, Newest, Role, SiteState, Stamp,
    TimeAnswer, Topic, TrustDocument, TrustedKey, pack_head, seal,
};

/// A message, and what it is.
pub(super) type Forgery = (Attack, String, Vec<u8>);

/// What the forger sees.
pub(super) struct Forger<'w> {
    pub(super) office: &'w Office,
    pub(super) booth: &'w Booth,
    pub(super) others: Vec<&'w Booth>,
    pub(super) t: u64,
    pub(super) bug: Option<Bug>,
}

impl Forger<'_> {
    /// One attack: some messages.
    pub(super) fn attacks(&self, dice: &mut Dice) -> Vec<Forgery> {
        let attack = Attack::ALL[dice.index(Attack::ALL.len())];
        match attack {
            Attack::ForgedKey => self.forged(dice),
            Attack::WrongRole => self.wrong_role(dice),
            Attack::FormerKey => self.former_key(dice),
            Attack::OtherSite => self.other_site(dice),
            Attack::Replay => self.replayed(dice),
            Attack::RollBack => self.rolled_back(dice),
            Attack::SwappedScreen => self.swapped(dice),
            Attack::Truncated => self.mangled(dice, Attack::Truncated, |bytes, dice| {
                if dice.chance(50) {
                    bytes.truncate(1 + dice.index(bytes.len() - 1));
                } else {
                    bytes.extend(dice.bytes::<8>());
                }
            }),
            Attack::FlippedBit => self.mangled(dice, Attack::FlippedBit, |bytes, dice| {
                let place = dice.index(bytes.len());
                bytes[place] ^= 1 << dice.roll(8);
            }),
            Attack::Flood => self.flood(dice),
            Attack::FalseContent => self.false_content(dice),
            Attack::InventedRetained => self.invented(dice),
        }
    }

    fn path(&self, topic: &Topic) -> String {
        topic.path(&self.office.site)
    }

    fn channel(&self, dice: &mut Dice) -> ChannelName {
        let tuned = &self.booth.belief.tuning(&self.office.record, self.booth.id).channels;
        dice.pick(tuned).cloned().unwrap_or_else(|| "hall".parse().unwrap())
    }

    /// A text that nobody released.
    fn evil(dice: &mut Dice) -> ContentPayload {
        let text = Text {
            publication: 6666,
            version: dice.roll(1000),
        };
        let body = serde_json::json!({"title": text.title(), "body": "假", "department": "假", "date": "2026-11-24"});
        let document = serde_json::json!({"format": 1, "kind": "notice", "texts": {"zh-Hans": {"notice": body}}});
        let salt = dice.bytes();
        ContentPayload {
            salt,
            bytes: serde_json::to_vec(&document).unwrap(),
        }
    }

    fn evil_head(&self, channel: &ChannelName, evil: ContentHash, version: u64) -> Vec<u8> {
        let id: PublicationId = "019a0000-0000-7000-8000-0000dddddddd".parse().unwrap();
        let head = ChannelHead {
            channel: channel.clone(),
            position: version,
            as_of: Instant(BEGINNING),
            items: vec![Item::alone(id, evil, Kind::Notice)],
        };
        pack_head(&head).0.to_bytes()
    }

    /// A topic, and a body that would do harm there.
    fn harm(&self, dice: &mut Dice, evil: ContentHash, version: u64) -> (Topic, Vec<u8>) {
        let (id, now) = (self.booth.id, BEGINNING + self.t);
        let tuning = self.booth.belief.tuning(&self.office.record, id);
        match dice.roll(8) {
            0 | 1 => {
                let channel = self.channel(dice);
                let body = self.evil_head(&channel, evil, version);
                (Topic::Head(channel), body)
            }
            2 => {
                let body = DisplayConfig {
                    display: id,
                    name: LocalText::default(),
                    location: LocalText::default(),
                    profile: "test".to_owned(),
                    panel: PANEL,
                    language: Lang::En,
                    channels: Vec::new(),
                    brightness_percent: 0,
                    drill: true,
                    hubs: Vec::new(),
                    font_set: None,
                    site_profile: tuning.profile.unwrap_or(evil),
                };
                (Topic::Config(id), body.to_bytes())
            }
            3 => {
                let blanked = !self.booth.belief.blanked(&self.office.record);
                (
                    Topic::Site,
                    SiteState {
                        blanked,
                        since: Instant(now),
                    }
                    .to_bytes(),
                )
            }
            4 => {
                let programme = self.booth.belief.programme(&self.office.record, id);
                let hashes = programme.values().map(|entry| entry.hash).collect();
                (Topic::Erased, Erased { hashes }.to_bytes())
            }
            5 => {
                let beat = Heartbeat {
                    position: version,
                    time: Instant(now + 86_400_000),
                    heads: Vec::new(),
                    // As if much were held back.
                    newest: Newest {
                        trust: u32::MAX,
                        site: u64::MAX,
                        erased: u64::MAX,
                    },
                };
                (Topic::Heartbeat, beat.to_bytes())
            }
            6 => {
                let answer = TimeAnswer {
                    nonce: dice.bytes(),
                    time: Instant(now + 86_400_000),
                };
                (Topic::Time(id), answer.to_bytes())
            }
            _ => {
                let command = Command {
                    nonce: dice.bytes(),
                    expires: Instant(now + 60_000),
                    verb: CommandVerb::Refresh,
                };
                (Topic::Command(id), command.to_bytes())
            }
        }
    }

    fn sealed(
        &self,
        key: &KeyPair,
        site: &SiteName,
        topic: &Topic,
        epoch: u32,
        version: u64,
        body: &[u8],
    ) -> (String, Vec<u8>) {
        let stamp = Stamp {
            epoch,
            version,
            issued_at: Instant(BEGINNING + self.t),
        };
        (self.path(topic), seal(key, site, topic, stamp, body))
    }

    fn version(dice: &mut Dice) -> u64 {
        [1_000_000, BEGINNING * 2, u64::MAX, 9000][dice.index(4)]
    }

    fn forged(&self, dice: &mut Dice) -> Vec<Forgery> {
        let (evil, version) = (Self::evil(dice), Self::version(dice));
        let channel = self.channel(dice);
        let content = Topic::Content(channel.clone(), evil.hash());
        // The control: an office whose key lies about is one whose displays verify nothing.
        let key = match self.bug {
            Some(Bug::BelievesAnyKey) => KeyPair::from_secret(keys(self.office.epoch).release),
            _ => KeyPair::from_secret(dice.bytes()),
        };
        let (topic, body) = self.harm(dice, evil.hash(), version);
        let (path, payload) = self.sealed(&key, &self.office.site, &topic, self.office.epoch, version, &body);
        let mut all = vec![
            (Attack::FalseContent, self.path(&content), evil.to_bytes()),
            (Attack::ForgedKey, path, payload),
        ];
        let document = TrustDocument {
            site: self.office.site.clone(),
            serial: 1000,
            root: key.public(),
            keys: vec![TrustedKey {
                role: Role::Release,
                epoch: 1,
                key: key.public(),
            }],
            proof: None,
        };
        let (path, payload) = self.sealed(
            &KeyPair::from_secret(dice.bytes()),
            &self.office.site,
            &Topic::Trust,
            1,
            1000,
            &document.to_bytes(),
        );
        all.push((Attack::ForgedKey, path, payload));
        all
    }

    fn wrong_role(&self, dice: &mut Dice) -> Vec<Forgery> {
        let (evil, version) = (Self::evil(dice), Self::version(dice));
        let own = keys(self.office.epoch);
        let (topic, body) = self.harm(dice, evil.hash(), version);
        let right = match topic.role() {
            Some(Role::Release) => own.release,
            Some(Role::Heartbeat) => own.heartbeat,
            _ => own.command,
        };
        let (site, now) = (&self.office.site, self.office.epoch);
        let signed = |secret: [u8; 32], epoch| {
            let (path, payload) = self.sealed(&KeyPair::from_secret(secret), site, &topic, epoch, version, &body);
            (Attack::WrongRole, path, payload)
        };
        let others = [own.release, own.heartbeat, own.command, own.root];
        let wrong = others.into_iter().filter(|secret| *secret != right);
        let mut all: Vec<Forgery> = wrong.map(|secret| signed(secret, now)).collect();
        // Only the root opens an epoch, so the right key says nothing in another one.
        all.extend([now + 1, 0].map(|epoch| signed(right, epoch)));
        all
    }

    /// Against a display that knows of the new generation; before that, no display can tell.
    fn former_key(&self, dice: &mut Dice) -> Vec<Forgery> {
        let (former, now) = (self.office.epoch - 1, self.office.epoch);
        if former == 0 || self.booth.belief.epoch != now {
            return Vec::new();
        }
        let (evil, version, channel) = (Self::evil(dice), Self::version(dice), self.channel(dice));
        let body = self.evil_head(&channel, evil.hash(), version);
        let (key, topic) = (KeyPair::from_secret(keys(former).release), Topic::Head(channel));
        let signed = [former, now].map(|epoch| self.sealed(&key, &self.office.site, &topic, epoch, version, &body));
        signed
            .into_iter()
            .map(|(path, payload)| (Attack::FormerKey, path, payload))
            .collect()
    }

    fn other_site(&self, dice: &mut Dice) -> Vec<Forgery> {
        let (evil, version) = (Self::evil(dice), Self::version(dice));
        let (topic, body) = self.harm(dice, evil.hash(), version);
        let own = keys(self.office.epoch);
        let secret = match topic.role() {
            Some(Role::Heartbeat) => own.heartbeat,
            Some(Role::Command) => own.command,
            _ => own.release,
        };
        let elsewhere: SiteName = "elsewhere".parse().unwrap();
        let (path, payload) = self.sealed(
            &KeyPair::from_secret(secret),
            &elsewhere,
            &topic,
            self.office.epoch,
            version,
            &body,
        );
        vec![(Attack::OtherSite, path, payload)]
    }

    /// The topics that displays hear, with all that was said on them.
    fn heard_paths(&self) -> Vec<&String> {
        let paths = self.office.record.paths().into_iter();
        paths
            .filter(|path| !path.ends_with("/status") && !path.ends_with("/reply"))
            .collect()
    }

    fn replayed(&self, dice: &mut Dice) -> Vec<Forgery> {
        let paths = self.heard_paths();
        let some = (0..4).filter_map(|_| {
            let path = *dice.pick(&paths)?;
            let payload = dice.pick(self.office.record.payloads(path))?;
            Some((Attack::Replay, path.clone(), payload.clone()))
        });
        some.collect()
    }

    fn rolled_back(&self, dice: &mut Dice) -> Vec<Forgery> {
        let back = self.heard_paths().into_iter().filter_map(|path| {
            let payloads = self.office.record.payloads(path);
            let older = payloads.len().checked_sub(2)?;
            Some((Attack::RollBack, path.clone(), payloads[dice.index(older + 1)].clone()))
        });
        back.collect()
    }

    fn swapped(&self, dice: &mut Dice) -> Vec<Forgery> {
        let record = &self.office.record;
        let mut all = Vec::new();
        let own = self.path(&Topic::Config(self.booth.id));
        for other in &self.others {
            let theirs = self.path(&Topic::Config(other.id));
            if let Some(payload) = record.payloads(&theirs).last() {
                all.push((Attack::SwappedScreen, own.clone(), payload.clone()));
                all.push((Attack::SwappedScreen, theirs, payload.clone()));
            }
        }
        let channels: Vec<ChannelName> = record.channels.keys().cloned().collect();
        let (Some(one), Some(other)) = (dice.pick(&channels), dice.pick(&channels)) else {
            return all;
        };
        if one != other {
            let (one, other) = (
                self.path(&Topic::Head(one.clone())),
                self.path(&Topic::Head(other.clone())),
            );
            let payload = record.payloads(&other).last();
            all.extend(payload.map(|payload| (Attack::SwappedScreen, one, payload.clone())));
        }
        all
    }

    fn mangled(&self, dice: &mut Dice, attack: Attack, how: impl Fn(&mut Vec<u8>, &mut Dice)) -> Vec<Forgery> {
        let paths = self.heard_paths();
        let some = (0..3).filter_map(|_| {
            let path = *dice.pick(&paths)?;
            let mut payload = self.office.record.payloads(path).last()?.clone();
            how(&mut payload, dice);
            Some((attack, path.clone(), payload))
        });
        some.collect()
    }

    fn flood(&self, dice: &mut Dice) -> Vec<Forgery> {
        let channel = self.channel(dice);
        let head = Topic::Head(channel.clone());
        let key = KeyPair::from_secret(dice.bytes());
        let mut all = Vec::new();
        for size in [33_000, 70_000, 250_000] {
            let body = vec![7; size];
            let (path, payload) = self.sealed(&key, &self.office.site, &head, self.office.epoch, u64::MAX, &body);
            all.push((Attack::Flood, path, payload));
        }
        for _ in 0..20 {
            let object = Self::evil(dice);
            all.push((
                Attack::Flood,
                self.path(&Topic::Content(channel.clone(), object.hash())),
                object.to_bytes(),
            ));
            all.push((Attack::Flood, self.path(&Topic::Site), dice.bytes::<200>().to_vec()));
        }
        all
    }

    fn false_content(&self, dice: &mut Dice) -> Vec<Forgery> {
        let channel = self.channel(dice);
        let programme = self.booth.belief.programme(&self.office.record, self.booth.id);
        let evil = Self::evil(dice);
        let mut all: Vec<Forgery> = Vec::new();
        // In the place of each text that is on release, and as itself.
        let hashes = programme.values().map(|entry| entry.hash).chain([evil.hash()]);
        for hash in hashes {
            all.push((
                Attack::FalseContent,
                self.path(&Topic::Content(channel.clone(), hash)),
                evil.to_bytes(),
            ));
        }
        let stranger: ChannelName = "elsewhere".parse().unwrap();
        all.push((
            Attack::FalseContent,
            self.path(&Topic::Content(stranger, evil.hash())),
            evil.to_bytes(),
        ));
        all
    }

    fn invented(&self, dice: &mut Dice) -> Vec<Forgery> {
        let start = format!("heliograph/v1/{}", self.office.site);
        let channel = self.channel(dice);
        let paths = [
            format!("{start}/nothing"),
            format!("{start}/trust/7"),
            format!("{start}/channel/{channel}/head/x"),
            format!("{start}/channel/{channel}/head"),
            format!("{start}/site"),
            format!("{start}/display/{}/status", self.booth.id),
            format!("{start}/display/{}/config", self.booth.id),
            "heliograph/v1/elsewhere/site".to_owned(),
        ];
        let some = (0..4).filter_map(|_| {
            let length = 1 + dice.index(300);
            let bytes: Vec<u8> = (0..length).map(|_| dice.next().to_le_bytes()[0]).collect();
            Some((Attack::InventedRetained, dice.pick(&paths)?.clone(), bytes))
        });
        some.collect()
    }
}
