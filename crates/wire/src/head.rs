//! Channel heads on the wire: inline when they are short, else as pages named by hash.

use crate::content::ContentPayload;
use crate::form::{self, body};
use heliograph_domain::{ChannelHead, ChannelName, ContentHash, Instant, Item};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A head whose items take more bytes than this is sent as pages, so that the message stays under its limit.
const INLINE_BYTES: usize = 28 * 1024;
/// Items of one page take at most this many bytes.
const PAGE_BYTES: usize = 48 * 1024;

/// A channel's programme as of a position of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadMessage {
    /// The channel.
    pub channel: ChannelName,
    /// Position of the last record that changed it: its version.
    pub position: u64,
    /// When that record was made.
    pub as_of: Instant,
    /// The programme.
    pub programme: ProgrammeForm,
}

/// How the programme is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProgrammeForm {
    /// Here.
    Inline(Vec<Item>),
    /// In these objects, in order: each is a page of items.
    Pages(Vec<ContentHash>),
}

/// Items of a head that is sent in pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Page {
    items: Vec<Item>,
}

body!(HeadMessage);

/// Why a head could not be put together.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unpacked {
    /// These pages are not there yet.
    #[error("{} pages are still missing", .0.len())]
    Missing(Vec<ContentHash>),
    /// A page is not one.
    #[error("page {0} cannot be read")]
    Malformed(ContentHash),
}

/// A head as it is sent, with the pages that must be sent before it.
#[must_use]
pub fn pack_head(head: &ChannelHead) -> (HeadMessage, Vec<(ContentHash, ContentPayload)>) {
    let message = |programme| HeadMessage {
        channel: head.channel.clone(),
        position: head.position,
        as_of: head.as_of,
        programme,
    };
    if size(&head.items) <= INLINE_BYTES {
        return (message(ProgrammeForm::Inline(head.items.clone())), Vec::new());
    }
    let pages: Vec<(ContentHash, ContentPayload)> = paged(&head.items).into_iter().map(as_content).collect();
    let names = pages.iter().map(|(hash, _)| *hash).collect();
    (message(ProgrammeForm::Pages(names)), pages)
}

/// Puts a head together; `page` finds the bytes of a page by its hash.
///
/// # Errors
/// When pages are missing or not pages.
pub fn unpack_head(
    message: &HeadMessage,
    page: &dyn Fn(&ContentHash) -> Option<Vec<u8>>,
) -> Result<ChannelHead, Unpacked> {
    let items = match &message.programme {
        ProgrammeForm::Inline(items) => items.clone(),
        ProgrammeForm::Pages(names) => gather(names, page)?,
    };
    Ok(ChannelHead {
        channel: message.channel.clone(),
        position: message.position,
        as_of: message.as_of,
        items,
    })
}

fn gather(names: &[ContentHash], page: &dyn Fn(&ContentHash) -> Option<Vec<u8>>) -> Result<Vec<Item>, Unpacked> {
    let found: Vec<Option<Vec<u8>>> = names.iter().map(page).collect();
    let missing: Vec<ContentHash> = names
        .iter()
        .zip(&found)
        .filter(|(_, bytes)| bytes.is_none())
        .map(|(name, _)| *name)
        .collect();
    if !missing.is_empty() {
        return Err(Unpacked::Missing(missing));
    }
    let mut items = Vec::new();
    for (name, bytes) in names.iter().zip(found.into_iter().flatten()) {
        let page: Page = form::read(&bytes).map_err(|_| Unpacked::Malformed(*name))?;
        items.extend(page.items);
    }
    Ok(items)
}

fn size(items: &[Item]) -> usize {
    items.iter().map(item_size).sum()
}

fn item_size(item: &Item) -> usize {
    postcard::to_stdvec(item).map_or(0, |bytes| bytes.len())
}

fn paged(items: &[Item]) -> Vec<Page> {
    let mut pages = vec![Page { items: Vec::new() }];
    let mut filled = 0;
    for item in items {
        let bytes = item_size(item);
        if filled + bytes > PAGE_BYTES {
            pages.push(Page { items: Vec::new() });
            filled = 0;
        }
        filled += bytes;
        if let Some(page) = pages.last_mut() {
            page.items.push(item.clone());
        }
    }
    pages
}

/// A page holds no secret, and every hub must make the same bytes: its salt is sixteen zeros.
fn as_content(page: Page) -> (ContentHash, ContentPayload) {
    let payload = ContentPayload {
        salt: [0; 16],
        bytes: form::write(&page),
    };
    (payload.hash(), payload)
}
