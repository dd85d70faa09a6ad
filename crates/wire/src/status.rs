//! How the hub believes a display.

use crate::envelope::open;
use crate::key::PublicKey;
use crate::message::Status;
use crate::refusal::Refusal;
use crate::topic::Topic;
use heliograph_domain::{DisplayId, SiteName};

/// Former boots that are remembered, so that their statuses are not believed again.
const BOOTS: usize = 8;

/// Judges the statuses of one display.
#[derive(Debug, Clone)]
pub struct StatusVerifier {
    site: SiteName,
    display: DisplayId,
    key: PublicKey,
    /// Boots and the highest counter of each, the newest last.
    boots: Vec<([u8; 16], u64)>,
}

impl StatusVerifier {
    /// For a display that was enrolled with this key.
    #[must_use]
    pub fn new(site: SiteName, display: DisplayId, key: PublicKey) -> Self {
        Self {
            site,
            display,
            key,
            boots: Vec::new(),
        }
    }

    /// The status, if it is the display's own and newer than the last; `None` when it only repeats.
    ///
    /// # Errors
    /// Why it is not believed.
    pub fn admit(&mut self, payload: &[u8]) -> Result<Option<Status>, Refusal> {
        let topic = Topic::Status(self.display);
        let key = |id, _epoch| Some(self.key).filter(|key| key.key_id() == id);
        let opened = open(payload, &self.site, &topic, &key)?;
        let status = Status::from_bytes(&opened.body)?;
        let newest = self.boots.len().saturating_sub(1);
        match self.boots.iter().position(|(boot, _)| *boot == status.boot_id) {
            Some(at) if at == newest && status.counter > self.boots[at].1 => self.boots[at].1 = status.counter,
            Some(at) if at == newest && status.counter == self.boots[at].1 => return Ok(None),
            Some(at) => {
                return Err(Refusal::Older {
                    epoch: opened.stamp.epoch,
                    offered: status.counter,
                    known: self.boots[at].1,
                });
            }
            None => {
                self.boots.push((status.boot_id, status.counter));
                if self.boots.len() > BOOTS {
                    self.boots.remove(0);
                }
            }
        }
        Ok(Some(status))
    }
}
