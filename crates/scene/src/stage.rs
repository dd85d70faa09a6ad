//! What a picture is made of.

use crate::campaign::CampaignTheme;
use crate::theme::Layout;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Airing, ContentHash, Document, Panel};
use heliograph_picture::Picture;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Whether a panel's pictures use outline fonts. Strips and signs draw with the bitmaps that are built in, so that a
/// player on one need not read twenty megabytes of fonts before its first frame.
#[must_use]
pub fn needs_fonts(panel: &Panel) -> bool {
    matches!(Layout::of(panel), Layout::Landscape | Layout::Portrait)
}

/// Finds the documents of a programme.
pub trait Documents {
    /// The document with this hash, if it is here.
    fn document(&self, hash: &ContentHash) -> Option<&Document>;

    /// The picture with this hash at exactly this size in pixels, if it is at hand. A frame is being drawn when this is
    /// asked: whoever must decode first answers `None` and has the frame drawn again when it is done.
    fn picture(&self, _hash: &ContentHash, _size_px: (u32, u32)) -> Option<Arc<Picture>> {
        None
    }
}

impl Documents for BTreeMap<ContentHash, Document> {
    fn document(&self, hash: &ContentHash) -> Option<&Document> {
        self.get(hash)
    }
}

impl Documents for HashMap<ContentHash, Arc<Document>> {
    fn document(&self, hash: &ContentHash) -> Option<&Document> {
        self.get(hash).map(|document| &**document)
    }
}

/// What staff are to notice on a picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// The display has not heard from its hub for a while: a small mark that visitors do not mind.
    pub stale: bool,
    /// The display shows a drill: a mark that nobody overlooks.
    pub drill: bool,
}

/// What is to be drawn.
pub struct Stage<'a> {
    /// What the programme says for the instant.
    pub airing: &'a Airing<'a>,
    /// The documents of the programme.
    pub documents: &'a dyn Documents,
    /// The office.
    pub site: &'a SiteProfile,
    /// What staff are to notice.
    pub marks: Marks,
    /// How the current campaign looks, if there is one that has a look.
    pub theme: Option<&'a CampaignTheme>,
}
