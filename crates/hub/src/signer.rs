//! Signs what displays believe. A head is signed only when every item in it went through the hands of three different
//! people; the check is made here again, whatever the rest of the hub decided.

use crate::keys::Keys;
use crate::state::{Erased, KnownDisplay, KnownSite, State};
use heliograph_domain::time::DAY_MS;
use heliograph_domain::{ChannelHead, ChannelName, ContentHash, DisplayId, Instant, PublicationId, SiteName};
use heliograph_wire::{
    ContentPayload, DisplayConfig, HeadMark, Heartbeat, SiteState, Stamp, TimeAnswer, Topic, pack_head, seal,
};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Why a head was not signed.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum Unsigned {
    #[error("publication {0} is in the head and not on release")]
    NotReleased(PublicationId),
    #[error("publication {0} is in the head with another content than was released")]
    ForeignContent(PublicationId),
    #[error("publication {0} did not pass three different people")]
    FourEyes(PublicationId),
}

/// A head, ready to be sent.
pub(crate) struct SealedHead {
    /// The signed message.
    pub(crate) payload: Vec<u8>,
    /// SHA-256 of its body, which heartbeats repeat.
    pub(crate) digest: [u8; 32],
    /// Pages that must be sent before it.
    pub(crate) pages: Vec<(ContentHash, ContentPayload)>,
}

/// Seals a channel's head.
pub(crate) fn head(keys: &Keys, site: &SiteName, state: &State, head: &ChannelHead) -> Result<SealedHead, Unsigned> {
    for item in &head.items {
        let id = item.publication;
        let dossier = state.publications.get(&id).ok_or(Unsigned::NotReleased(id))?;
        let on = dossier.publication.released.as_ref().ok_or(Unsigned::NotReleased(id))?;
        if on.release.content != item.content {
            return Err(Unsigned::ForeignContent(id));
        }
        let hands = &on.hands;
        if hands.author == hands.reviewer || hands.author == hands.approver || hands.reviewer == hands.approver {
            return Err(Unsigned::FourEyes(id));
        }
    }
    let (message, pages) = pack_head(head);
    let body = message.to_bytes();
    let stamp = Stamp {
        epoch: keys.epoch,
        version: head.position,
        issued_at: head.as_of,
    };
    let payload = seal(&keys.release, site, &Topic::Head(head.channel.clone()), stamp, &body);
    Ok(SealedHead {
        payload,
        digest: Sha256::digest(&body).into(),
        pages,
    })
}

/// Seals a display's configuration; its version is the last record that it depends on.
pub(crate) fn config(keys: &Keys, site: &KnownSite, known: &KnownDisplay, hubs: &[String]) -> Vec<u8> {
    let (position, at) = if known.position > site.position {
        (known.position, known.at)
    } else {
        (site.position, site.at)
    };
    let setting = &known.display.setting;
    let body = DisplayConfig {
        display: known.display.id,
        name: setting.name.clone(),
        location: setting.location.clone(),
        profile: setting.profile.clone(),
        panel: setting.panel,
        language: setting.language,
        channels: setting.channels.clone(),
        brightness_percent: 100,
        drill: false,
        hubs: hubs.to_vec(),
        font_set: None,
        site_profile: site.profile,
    };
    let stamp = Stamp {
        epoch: keys.epoch,
        version: position,
        issued_at: at,
    };
    seal(
        &keys.release,
        &site.site,
        &Topic::Config(known.display.id),
        stamp,
        &body.to_bytes(),
    )
}

/// Displays are told of an erasure for so long: one that was dark for longer has dropped everything by its lease.
const ERASED_KEPT_MS: u64 = 400 * DAY_MS;
/// And of so many at most, the newest: a message holds no more.
const ERASED_MOST: usize = 1500;

/// Seals the list of what displays must drop, if anything was ever erased. Its version is the last erasure's, and time
/// is counted from that one: same log, same bytes.
pub(crate) fn erased(keys: &Keys, site: &SiteName, state: &State) -> Option<Vec<u8>> {
    let last = state.erased.last()?;
    let young = |it: &&Erased| last.at.since(it.at) < ERASED_KEPT_MS;
    let newest = state.erased.iter().rev().take(ERASED_MOST).filter(young);
    let body = heliograph_wire::Erased {
        hashes: newest.map(|it| it.content).collect(),
    };
    let stamp = Stamp {
        epoch: keys.epoch,
        version: last.position,
        issued_at: last.at,
    };
    Some(seal(&keys.release, site, &Topic::Erased, stamp, &body.to_bytes()))
}

/// Seals what holds for every display of the site, if anything was ever decided about it.
pub(crate) fn site(keys: &Keys, site: &SiteName, state: &State) -> Option<Vec<u8>> {
    let known = state.blank;
    let body = SiteState {
        blanked: known.blank.on,
        since: known.at,
    };
    let stamp = Stamp {
        epoch: keys.epoch,
        version: known.position,
        issued_at: known.at,
    };
    (known.position > 0).then(|| seal(&keys.release, site, &Topic::Site, stamp, &body.to_bytes()))
}

/// Seals the time for a display that asked.
pub(crate) fn time(keys: &Keys, site: &SiteName, display: DisplayId, nonce: [u8; 16], now: Instant) -> Vec<u8> {
    let body = TimeAnswer { nonce, time: now };
    let stamp = Stamp {
        epoch: keys.epoch,
        version: now.0,
        issued_at: now,
    };
    seal(&keys.heartbeat, site, &Topic::Time(display), stamp, &body.to_bytes())
}

/// Seals a heartbeat; its version is the time, so that the newest is known from every other.
pub(crate) fn heartbeat(
    keys: &Keys,
    site: &SiteName,
    position: u64,
    now: Instant,
    heads: &[(ChannelName, u64, [u8; 32])],
) -> Vec<u8> {
    let marks = heads.iter().map(|(channel, position, sha256)| HeadMark {
        channel: channel.clone(),
        position: *position,
        sha256: *sha256,
    });
    let body = Heartbeat {
        position,
        time: now,
        heads: marks.collect(),
    };
    let stamp = Stamp {
        epoch: keys.epoch,
        version: now.0,
        issued_at: now,
    };
    seal(&keys.heartbeat, site, &Topic::Heartbeat, stamp, &body.to_bytes())
}
