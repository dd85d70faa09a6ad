//! Which publications hold a picture, and who may see it.

use crate::library::Library;
use crate::office::Office;
use crate::state::{Dossier, State};
use bytes::Bytes;
use heliograph_domain::publication::PublicationEvent;
use heliograph_domain::{ContentHash, DisplayId, Document, Instant, PublicationId};
use heliograph_wire::pack_head;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// Pictures by the publications whose texts name them, as far as the log has been looked at.
#[derive(Default)]
pub(crate) struct Holders {
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    position: u64,
    by_picture: HashMap<ContentHash, BTreeSet<PublicationId>>,
}

/// Whether something may be seen by everyone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Publicity {
    /// It is public now.
    Now,
    /// It was.
    Over,
    /// It never was.
    Never,
}

impl Holders {
    /// The publications that hold a picture. What was submitted since the last question is read first.
    fn of(&self, office: &Office, state: &State, hash: &ContentHash) -> BTreeSet<PublicationId> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, dossier) in &state.publications {
            if dossier.position <= seen.position {
                continue;
            }
            for document in dossier
                .contents()
                .iter()
                .filter_map(|hash| office.library.document(hash))
            {
                for attachment in &document.attachments {
                    seen.by_picture.entry(attachment.hash).or_default().insert(*id);
                }
            }
        }
        seen.position = seen.position.max(state.position);
        seen.by_picture.get(hash).cloned().unwrap_or_default()
    }
}

/// Whether a picture is public at `now`.
pub(crate) fn publicity(office: &Office, hash: &ContentHash, now: Instant) -> Publicity {
    let state = office.state();
    let mut standing = if state.erased.iter().any(|erased| erased.content == *hash) {
        Publicity::Over
    } else {
        Publicity::Never
    };
    for id in office.holders.of(office, &state, hash) {
        let Some(dossier) = state.publications.get(&id) else {
            continue;
        };
        match of_dossier(office, dossier, &|text| names(text, hash), now) {
            Publicity::Now => return Publicity::Now,
            Publicity::Over => standing = Publicity::Over,
            Publicity::Never => {}
        }
    }
    standing
}

/// Whether what a publication's texts have is public at `now`; `has` says which texts have it.
pub(crate) fn of_dossier(
    office: &Office,
    dossier: &Dossier,
    has: &dyn Fn(&Document) -> bool,
    now: Instant,
) -> Publicity {
    let shows = |content: &ContentHash| office.library.document(content).is_some_and(|text| has(&text));
    let on = dossier
        .publication
        .released
        .as_ref()
        .filter(|on| shows(&on.release.content));
    if on.is_some_and(|on| on.release.window.covers(now)) {
        return Publicity::Now;
    }
    // A window that has not begun is nobody's business yet.
    let waits = on.is_some_and(|on| now < on.release.window.from);
    let was = dossier.history.iter().any(|step| match &step.event {
        PublicationEvent::Released(release) => shows(&release.content),
        PublicationEvent::Amended { content, .. } => shows(content),
        _ => false,
    });
    if was && !waits {
        Publicity::Over
    } else {
        Publicity::Never
    }
}

/// Whether a document shows the picture.
pub(crate) fn names(document: &Document, hash: &ContentHash) -> bool {
    document.attachments.iter().any(|attachment| attachment.hash == *hash)
}

/// The object as the display fetches it, if something signed for the display names it: a text, a picture of one, the
/// site's profile, or a page of a head. Pages are made from the log, as the head that names them was.
pub(crate) fn for_display(state: &State, library: &Library, display: DisplayId, hash: &ContentHash) -> Option<Bytes> {
    let profile = state.site.as_ref().is_some_and(|site| site.profile == *hash);
    if profile || is_for_display(state, library, display, hash) {
        return library.payload(hash);
    }
    let known = state.displays.get(&display)?;
    let heads = known
        .display
        .setting
        .channels
        .iter()
        .filter_map(|channel| state.head(channel));
    let mut pages = heads.flat_map(|head| pack_head(&head).1);
    pages
        .find(|(name, _)| name == hash)
        .map(|(_, page)| page.to_bytes().into())
}

/// Whether a display's programme names the object: a text, or a picture of one.
fn is_for_display(state: &State, library: &Library, display: DisplayId, hash: &ContentHash) -> bool {
    let Some(known) = state.displays.get(&display).filter(|known| known.display.has_machine()) else {
        return false;
    };
    let programme = state.programme(&known.display);
    let text = |content: &ContentHash| -> Option<Arc<Document>> { library.document(content) };
    programme.items.iter().any(|item| item.content == *hash)
        || programme
            .items
            .iter()
            .filter_map(|item| text(&item.content))
            .any(|document| names(&document, hash))
}
