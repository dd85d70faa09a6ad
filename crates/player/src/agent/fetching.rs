//! What a display fetches from its hub, and what it makes of the answers.

use super::fetch::Kind;
use super::{Action, Agent, Report};
use crate::clock::Moment;
use crate::replica::Change;
use heliograph_domain::ContentHash;
use heliograph_domain::content::{Attachment, MAX_ATTACHMENTS};
use heliograph_scene::needs_fonts;
use heliograph_wire::ContentPayload;
use std::collections::BTreeMap;

impl Agent {
    /// The pictures of the documents that the heads name and that are here; none on lamps, which show no pictures.
    pub(super) fn attachments(&self) -> impl Iterator<Item = &Attachment> {
        let shown = self
            .setting
            .as_ref()
            .is_some_and(|setting| needs_fonts(&setting.config.panel));
        let channels = if shown { self.channels() } else { &[] };
        let items = channels.iter().filter_map(|channel| self.heads.head(channel));
        let documents = items.flat_map(|head| &head.items);
        let documents = documents.filter_map(|item| self.contents.document(&item.content));
        documents.flat_map(|document| document.attachments.iter().take(MAX_ATTACHMENTS))
    }

    /// What must be fetched from the hub, unless it comes through the broker.
    pub(super) fn wants(&self) -> BTreeMap<ContentHash, Kind> {
        let lacks = |hash: &ContentHash| !self.contents.holds(hash) && !self.erased.contains(hash);
        let heads = self.channels().iter().filter_map(|channel| self.heads.head(channel));
        let texts = heads
            .flat_map(|head| &head.items)
            .map(|item| (item.content, Kind::Text));
        let pages = self.channels().iter().flat_map(|channel| self.heads.awaited(channel));
        let profile = self.setting.iter().map(|setting| setting.config.site_profile);
        let parts = pages.chain(profile).map(|hash| (hash, Kind::Text));
        let pictures = self.attachments().map(|it| (it.hash, Kind::Picture(it.bytes)));
        texts
            .chain(parts)
            .chain(pictures)
            .filter(|(hash, _)| lacks(hash))
            .collect()
    }

    /// Asks for what is due, from the hubs that the config names, in turn.
    pub(super) fn fetch(&mut self, now: Moment) {
        // What the disk does not take would pile up in memory.
        if self.fetches.is_idle() || self.outbox.holds_back() || self.hub(0).is_none() {
            return;
        }
        for (hash, kind, tries) in self.fetches.due(now.monotonic_ms) {
            let Some(hub) = self.hub(tries as usize) else { return };
            let url = format!("{hub}/api/v1/device/content/{hash}");
            self.outbox.push(Action::Fetch {
                hash,
                url,
                most_bytes: kind.most_bytes(),
            });
        }
    }

    /// The address of a hub, in turn: those that the config names, then the one that the display was enrolled at.
    pub(super) fn hub(&self, turn: usize) -> Option<&str> {
        let named = self.setting.as_ref().map_or(&[][..], |setting| &setting.config.hubs);
        let first = self.me.hub.iter().filter(|hub| !named.contains(hub));
        let hubs: Vec<&String> = named.iter().chain(first).collect();
        let hub = hubs.get(turn.checked_rem(hubs.len())?)?;
        Some(hub.trim_end_matches('/'))
    }

    /// Takes what a hub answered: believed for its hash alone, like everything that something signed names.
    pub(super) fn fetched(&mut self, hash: ContentHash, result: Result<Vec<u8>, String>, now: Moment) {
        let tries = self.fetches.tries(&hash);
        let Some(kind) = self.fetches.came(&hash) else { return };
        let taken = result.and_then(|payload| self.take_fetched(hash, kind, payload));
        if let Err(why) = taken {
            self.fetches.failed(hash, kind, tries, now.monotonic_ms);
            let why = format!("content {} cannot be fetched: {why}", hash.short());
            self.fault(Report::NotFetched { why }, now);
        }
    }

    fn take_fetched(&mut self, hash: ContentHash, kind: Kind, payload: Vec<u8>) -> Result<(), String> {
        if self.erased.contains(&hash) || self.contents.holds(&hash) {
            return Ok(());
        }
        if payload.len() > kind.most_bytes() {
            return Err("it is larger than was announced".to_owned());
        }
        let object = ContentPayload::from_bytes(&payload).map_err(|error| error.to_string())?;
        if object.hash() != hash {
            return Err("its bytes do not match their hash".to_owned());
        }
        match kind {
            Kind::Text => self.contents.take(hash, object),
            Kind::Picture(_) if self.names().contains(&hash) => {
                self.contents.remember_media([hash].into());
                self.todo.changes.push(Change::Media(hash, Some(payload.into())));
                self.todo.show = true;
            }
            // It was withdrawn on its way.
            Kind::Picture(_) => {}
        }
        self.todo.named = true;
        Ok(())
    }
}
