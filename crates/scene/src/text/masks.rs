//! The masks kept at hand, bounded in bytes.

use super::Mask;
use std::collections::HashMap;
use std::hash::Hash;
use std::mem;
use std::sync::Arc;

/// What a mask costs beside its pixels: its header, its key and its place in the table.
const OVERHEAD: usize = 128;

/// Masks by key in two generations. What is used moves to the younger one; when that has taken half of the bytes the
/// elder one is dropped. So the masks of the page on show stay, and a page of another size pushes them out.
#[derive(Debug)]
pub(crate) struct Masks<K> {
    young: HashMap<K, Arc<Mask>>,
    old: HashMap<K, Arc<Mask>>,
    young_bytes: usize,
    half: usize,
}

impl<K: Copy + Eq + Hash> Masks<K> {
    /// An empty cache of at most `bytes`.
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            young_bytes: 0,
            half: bytes / 2,
        }
    }

    pub(crate) fn get(&mut self, key: K) -> Option<Arc<Mask>> {
        if let Some(mask) = self.young.get(&key) {
            return Some(Arc::clone(mask));
        }
        let mask = self.old.remove(&key)?;
        self.insert(key, Arc::clone(&mask));
        Some(mask)
    }

    /// Keeps a mask, unless it alone would fill the cache.
    pub(crate) fn insert(&mut self, key: K, mask: Arc<Mask>) {
        let bytes = mask.alpha.len() + OVERHEAD;
        if bytes > self.half {
            return;
        }
        if self.young_bytes + bytes > self.half {
            self.old = mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        if self.young.insert(key, mask).is_none() {
            self.young_bytes += bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(bytes: usize) -> Arc<Mask> {
        Arc::new(Mask {
            alpha: vec![0; bytes],
            ..Mask::default()
        })
    }

    fn held(masks: &Masks<usize>) -> usize {
        let bytes = |map: &HashMap<usize, Arc<Mask>>| map.values().map(|mask| mask.alpha.len()).sum::<usize>();
        bytes(&masks.young) + bytes(&masks.old)
    }

    #[test]
    fn it_never_holds_more_than_its_bytes_and_keeps_what_is_used() {
        let mut masks = Masks::new(10_000);
        masks.insert(0, mask(500));
        for key in 1..1_000 {
            masks.insert(key, mask(key % 900));
            assert!(masks.get(0).is_some(), "the mask in use was dropped at {key}");
            assert!(held(&masks) <= 10_000);
        }
        assert!(masks.get(1).is_none());
    }

    #[test]
    fn a_mask_larger_than_the_cache_is_not_kept() {
        let mut masks = Masks::new(1_000);
        masks.insert(1, mask(100));
        masks.insert(2, mask(5_000));
        assert!(masks.get(1).is_some() && masks.get(2).is_none());
    }
}
