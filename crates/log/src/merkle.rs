//! The Merkle tree of RFC 6962, section 2.1: its hashes, its proofs, and how they are checked. Pure: the nodes come from
//! whoever keeps them.

use sha2::{Digest, Sha256};

/// A node of the tree, or its root.
pub type Hash = [u8; 32];

/// The root of a tree without leaves: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// A leaf: SHA-256 of a zero byte and the entry.
#[must_use]
pub fn leaf(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// A node over two others: SHA-256 of a one byte and both.
#[must_use]
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// Gives the roots of complete subtrees.
pub trait Nodes {
    /// Why a node cannot be had.
    type Error;

    /// The root of the `index`-th subtree of 2^`level` leaves.
    ///
    /// # Errors
    /// When it cannot be had.
    fn subtree(&mut self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The root over the first `size` leaves.
///
/// # Errors
/// When a node cannot be had.
pub fn root<N: Nodes>(nodes: &mut N, size: u64) -> Result<Hash, N::Error> {
    if size == 0 {
        Ok(empty_root())
    } else {
        range(nodes, 0, size)
    }
}

/// The largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (63 - (size - 1).leading_zeros())
}

/// The root over `size` leaves from `begin` on, as they stand in some tree (RFC 6962's MTH).
fn range<N: Nodes>(nodes: &mut N, begin: u64, size: u64) -> Result<Hash, N::Error> {
    if size.is_power_of_two() {
        return nodes.subtree(size.trailing_zeros(), begin / size);
    }
    let left = split(size);
    let (left, right) = (range(nodes, begin, left)?, range(nodes, begin + left, size - left)?);
    Ok(node(&left, &right))
}

/// The proof that the leaf at `index` is in the tree of `size` leaves (RFC 6962, section 2.1.1); `index` is below `size`.
///
/// # Errors
/// When a node cannot be had.
pub fn inclusion<N: Nodes>(nodes: &mut N, index: u64, size: u64) -> Result<Vec<Hash>, N::Error> {
    let (mut begin, mut size, mut path) = (0, size, Vec::new());
    while size > 1 {
        let left = split(size);
        if index - begin < left {
            path.push(range(nodes, begin + left, size - left)?);
            size = left;
        } else {
            path.push(range(nodes, begin, left)?);
            (begin, size) = (begin + left, size - left);
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree of `old` leaves is the beginning of the tree of `new` (RFC 6962, section 2.1.2); `old` is at
/// least 1 and at most `new`.
///
/// # Errors
/// When a node cannot be had.
pub fn consistency<N: Nodes>(nodes: &mut N, old: u64, new: u64) -> Result<Vec<Hash>, N::Error> {
    let (mut begin, mut size, mut path, mut whole) = (0, new, Vec::new(), true);
    while begin + size > old {
        let left = split(size);
        if old - begin <= left {
            path.push(range(nodes, begin + left, size - left)?);
            size = left;
        } else {
            path.push(range(nodes, begin, left)?);
            (begin, size, whole) = (begin + left, size - left, false);
        }
    }
    if !whole {
        path.push(range(nodes, begin, size)?);
    }
    path.reverse();
    Ok(path)
}

/// The root that a proof of inclusion leads to; `None` when the proof has not the form it must (RFC 9162, 2.1.3.2).
#[must_use]
pub fn root_of_inclusion(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for step in path {
        if last == 0 {
            return None;
        }
        if at & 1 == 1 || at == last {
            hash = node(step, &hash);
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            hash = node(&hash, step);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    (last == 0).then_some(hash)
}

/// Whether a proof shows that the tree with the root `old_root` is the beginning of the one with `new_root` (RFC 9162,
/// 2.1.4.2).
#[must_use]
pub fn is_consistent(old: u64, new: u64, old_root: &Hash, new_root: &Hash, path: &[Hash]) -> bool {
    if old == 0 || old > new {
        return false;
    }
    if old == new {
        return path.is_empty() && old_root == new_root;
    }
    let whole = old.is_power_of_two().then_some(*old_root);
    let mut steps = whole.iter().chain(path);
    let Some(first) = steps.next() else { return false };
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        (at, last) = (at >> 1, last >> 1);
    }
    let (mut from, mut to) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            (from, to) = (node(step, &from), node(step, &to));
            while at & 1 == 0 && at != 0 {
                (at, last) = (at >> 1, last >> 1);
            }
        } else {
            to = node(&to, step);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    last == 0 && from == *old_root && to == *new_root
}

/// Builds the root leaf by leaf, in a handful of hashes.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    size: u64,
    /// Roots of complete subtrees, the largest first.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Adds a leaf's hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().unwrap_or_default();
            hash = node(&left, &hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return empty_root() };
        peaks.fold(*last, |right, left| node(left, &right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    /// A tree whose nodes are all computed from its leaves.
    struct Leaves(Vec<Hash>);

    impl Nodes for Leaves {
        type Error = Infallible;

        fn subtree(&mut self, level: u32, index: u64) -> Result<Hash, Infallible> {
            if level == 0 {
                return Ok(self.0[index as usize]);
            }
            let (left, right) = (
                self.subtree(level - 1, 2 * index)?,
                self.subtree(level - 1, 2 * index + 1)?,
            );
            Ok(node(&left, &right))
        }
    }

    fn bytes(hex: &str) -> Vec<u8> {
        let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(byte).collect()
    }

    fn hash(hex: &str) -> Hash {
        bytes(hex).try_into().unwrap()
    }

    /// The eight entries of the reference implementation's tests (certificate-transparency, `merkletree`).
    fn reference() -> Leaves {
        let entries = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        Leaves(entries.iter().map(|entry| leaf(&bytes(entry))).collect())
    }

    fn many(count: u64) -> Leaves {
        Leaves((0..count).map(|n| leaf(&n.to_be_bytes())).collect())
    }

    #[test]
    fn the_reference_trees_have_their_published_roots() {
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut frontier = Frontier::default();
        for (size, expected) in (0..).zip(roots) {
            assert_eq!(root(&mut reference(), size).unwrap(), hash(expected), "{size}");
            assert_eq!((frontier.size(), frontier.root()), (size, hash(expected)));
            if let Some(next) = reference().0.get(size as usize) {
                frontier.push(*next);
            }
        }
    }

    #[test]
    fn the_reference_proofs_are_the_published_ones() {
        let path = inclusion(&mut reference(), 5, 8).unwrap();
        let expected = [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ];
        assert_eq!(path, expected.map(hash));
        let path = consistency(&mut reference(), 6, 8).unwrap();
        let expected = [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ];
        assert_eq!(path, expected.map(hash));
    }

    #[test]
    fn every_proof_of_every_tree_holds_and_no_other_does() {
        let mut tree = many(70);
        for size in 1..=70 {
            let whole = root(&mut tree, size).unwrap();
            for index in 0..size {
                let path = inclusion(&mut tree, index, size).unwrap();
                let own = tree.0[index as usize];
                assert_eq!(root_of_inclusion(own, index, size, &path), Some(whole));
                // Another leaf, another place and another length do not.
                assert_ne!(root_of_inclusion([9; 32], index, size, &path), Some(whole));
                if size > 1 {
                    assert_ne!(root_of_inclusion(own, (index + 1) % size, size, &path), Some(whole));
                    assert_ne!(root_of_inclusion(own, index, size, &path[1..]), Some(whole));
                }
            }
            for old in 1..=size {
                let before = root(&mut tree, old).unwrap();
                let path = consistency(&mut tree, old, size).unwrap();
                assert!(is_consistent(old, size, &before, &whole, &path), "{old} {size}");
                assert!(!is_consistent(old, size, &[9; 32], &whole, &path));
                assert!(!is_consistent(old, size, &before, &[9; 32], &path));
                if old < size {
                    assert!(!is_consistent(old + 1, size, &before, &whole, &path));
                    let longer = [path.as_slice(), &[[9; 32]]].concat();
                    assert!(!is_consistent(old, size, &before, &whole, &longer));
                }
            }
        }
    }
}
