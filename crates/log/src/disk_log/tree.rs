//! The log's Merkle tree. Its leaves are the records; kept of it are the roots of complete subtrees of 2^8, 2^16 and 2^24
//! leaves, and four bytes of each leaf so that a changed record can be named. All else is computed from the records.

use super::segment::Frames;
use super::store::Store;
use crate::error::ReadError;
use crate::merkle::{self, Hash, Nodes};
use crate::name::Position;
use redb::{Durability, ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};
use std::collections::HashMap;

/// (Level, index) → root of that subtree; at level 8 with four bytes of each of its 256 leaves behind it.
pub(crate) const TREE: TableDefinition<'_, (u8, u64), &[u8]> = TableDefinition::new("tree");
/// Levels between two that are kept.
const STEP: u32 = 8;
/// Leaves of the smallest subtree that is kept.
pub(crate) const TILE: u64 = 1 << STEP;
/// Tiles that are written at a time.
const TILES_A_ROUND: u64 = 1024;
/// Bytes kept of each leaf.
const SHORT: usize = 4;

/// A kept subtree of level 8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tile {
    pub(crate) root: Hash,
    short: Vec<u8>,
}

impl Tile {
    fn of(leaves: &[Hash]) -> Self {
        let short = leaves.iter().flat_map(|leaf| leaf[..SHORT].to_vec());
        Self {
            root: fold(leaves),
            short: short.collect(),
        }
    }

    fn read(row: &[u8]) -> Option<Self> {
        let (root, short) = row.split_first_chunk()?;
        Some(Self {
            root: *root,
            short: short.to_vec(),
        })
    }

    /// The first of the leaves that is not the one that was kept.
    pub(crate) fn first_other(&self, leaves: &[Hash]) -> Option<u64> {
        let kept = self.short.chunks(SHORT);
        let other = leaves.iter().zip(kept).position(|(leaf, kept)| leaf[..SHORT] != *kept);
        match other {
            Some(at) => Some(at as u64),
            None if fold(leaves) == self.root => None,
            None => Some(0),
        }
    }
}

/// The root over a power of two of nodes.
fn fold(nodes: &[Hash]) -> Hash {
    let mut frontier = merkle::Frontier::default();
    nodes.iter().for_each(|node| frontier.push(*node));
    frontier.root()
}

/// Nodes of the tree over the first `size` records.
#[derive(Debug)]
pub(crate) struct Tree<'s> {
    store: &'s Store,
    size: u64,
    /// Blocks of 256 siblings at a level, as far as there are so many.
    blocks: HashMap<(u32, u64), Vec<Hash>>,
}

impl<'s> Tree<'s> {
    pub(crate) fn new(store: &'s Store, size: u64) -> Self {
        Self {
            store,
            size,
            blocks: HashMap::new(),
        }
    }

    /// The `block`-th 256 nodes of a level that is 0 or kept.
    fn block(&mut self, level: u32, block: u64) -> Result<&[Hash], ReadError> {
        if !self.blocks.contains_key(&(level, block)) {
            let first = block * TILE;
            let count = (self.size >> level).saturating_sub(first).min(TILE);
            let nodes = if level == 0 {
                self.store.leaves(first, count)?
            } else {
                let mut nodes = self.store.state.tree_nodes(level, first, count)?;
                for index in first + nodes.len() as u64..first + count {
                    nodes.push(fold(self.block(level - STEP, index)?));
                }
                nodes
            };
            self.blocks.insert((level, block), nodes);
        }
        Ok(&self.blocks[&(level, block)])
    }
}

impl Nodes for Tree<'_> {
    type Error = ReadError;

    fn subtree(&mut self, level: u32, index: u64) -> Result<Hash, ReadError> {
        let (kept, above) = (level / STEP * STEP, level % STEP);
        // The subtree's own nodes at the kept level below it, which lie in one block.
        let (first, count) = (index << above, 1_u64 << above);
        let (block, at) = (first / TILE, (first % TILE) as usize);
        let nodes = self.block(kept, block)?.get(at..at + count as usize);
        let nodes = nodes.ok_or(ReadError::Damaged(Position((index << level) + 1)))?;
        Ok(fold(nodes))
    }
}

impl Store {
    /// The leaves of so many records after the first `skip`.
    pub(crate) fn leaves(&self, skip: u64, count: u64) -> Result<Vec<Hash>, ReadError> {
        let mut leaves = Leaves::after(self, skip);
        (0..count).map(|_| leaves.next()).collect()
    }

    /// Keeps the roots of the subtrees that were completed since.
    pub(crate) fn grow_tree(&self) -> Result<(), ReadError> {
        let _growing = self.tree.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let complete = self.growth.position().0 / TILE;
        let mut kept = self.state.tiles()?;
        while kept < complete {
            let upto = complete.min(kept + TILES_A_ROUND);
            let mut leaves = Leaves::after(self, kept * TILE);
            let mut tiles = Vec::new();
            for _ in kept..upto {
                let own = (0..TILE).map(|_| leaves.next()).collect::<Result<Vec<_>, _>>()?;
                tiles.push(Tile::of(&own));
            }
            self.state.keep_tiles(kept, &tiles)?;
            kept = upto;
        }
        Ok(())
    }
}

/// Walks over the leaves.
struct Leaves<'s> {
    frames: Frames<'s>,
    parts: Vec<bytes::Bytes>,
    next: u64,
    skip: u64,
}

impl<'s> Leaves<'s> {
    fn after(store: &'s Store, skip: u64) -> Self {
        Self {
            frames: store.frames_at(Position(skip + 1)),
            parts: Vec::new(),
            next: 0,
            skip,
        }
    }

    fn next(&mut self) -> Result<Hash, ReadError> {
        loop {
            if let Some(record) = self.parts.pop() {
                return Ok(merkle::leaf(&record));
            }
            let damaged = ReadError::Damaged(Position(self.skip + 1));
            let Some((_, frame)) = self.frames.next()? else {
                return Err(damaged);
            };
            let first = frame.header.first.0;
            if self.next == 0 {
                self.next = first;
            }
            if first != self.next {
                return Err(damaged);
            }
            self.next = frame.header.end();
            let unwanted = (self.skip + 1).saturating_sub(first) as usize;
            let parts = frame.records().skip(unwanted).collect::<Option<Vec<_>>>();
            self.parts = parts.ok_or(damaged)?;
            self.parts.reverse();
        }
    }
}

/// How many tiles there are.
pub(crate) fn tiles(read: &ReadTransaction) -> Result<u64, redb::Error> {
    let tree = read.open_table(TREE)?;
    let last = tree
        .range((STEP as u8, 0)..=(STEP as u8, u64::MAX))?
        .next_back()
        .transpose()?;
    Ok(last.map_or(0, |(key, _)| key.value().1 + 1))
}

pub(crate) fn tile(read: &ReadTransaction, index: u64) -> Result<Option<Tile>, redb::Error> {
    let row = read.open_table(TREE)?.get((STEP as u8, index))?;
    Ok(row.and_then(|row| Tile::read(row.value())))
}

/// The kept nodes of a level, from `first` on, at most so many.
pub(crate) fn nodes(
    tree: &impl ReadableTable<(u8, u64), &'static [u8]>,
    level: u32,
    first: u64,
    count: u64,
) -> Result<Vec<Hash>, redb::Error> {
    let mut found = Vec::new();
    for row in tree.range((level as u8, first)..(level as u8, first + count))? {
        let (_, row) = row?;
        found.extend(row.value().first_chunk());
    }
    Ok(found)
}

/// Writes tiles from the `first` on, and the larger subtrees that they complete.
pub(crate) fn write(write: &mut WriteTransaction, first: u64, tiles: &[Tile]) -> Result<(), redb::Error> {
    // They can be made anew from the records: that they survive a power cut is worth no sync.
    write.set_durability(Durability::None)?;
    let mut tree = write.open_table(TREE)?;
    for (index, tile) in (first..).zip(tiles) {
        tree.insert((STEP as u8, index), [&tile.root[..], &tile.short].concat().as_slice())?;
        let (mut level, mut index) = (STEP, index);
        while index % TILE == TILE - 1 && level < 3 * STEP {
            index /= TILE;
            let below = nodes(&tree, level, index * TILE, TILE)?;
            level += STEP;
            tree.insert((level as u8, index), fold(&below).as_slice())?;
        }
    }
    Ok(())
}
