//! Memory that a display server reads: a file without a name.

use crate::fit::{Area, PIXEL_BYTES};
use crate::projection::Projection;
use rustix::fs::{MemfdFlags, memfd_create};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// So much is written at a time.
const CHUNK_BYTES: usize = 256 * 1024;

/// Pictures of one size in a memory file, one after the other.
pub(super) struct Memory {
    file: File,
    width_px: u32,
    picture_bytes: u64,
    chunk: Vec<u8>,
}

impl Memory {
    /// Room for `pictures` pictures of this size.
    pub(super) fn new((width_px, height_px): (u32, u32), pictures: u64) -> io::Result<Self> {
        let file = File::from(memfd_create("heliograph-frames", MemfdFlags::CLOEXEC)?);
        let picture_bytes = u64::from(width_px) * u64::from(height_px) * PIXEL_BYTES as u64;
        file.set_len(picture_bytes * pictures)?;
        Ok(Self {
            file,
            width_px,
            picture_bytes,
            chunk: Vec::new(),
        })
    }

    /// The file, for the server.
    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Bytes from one picture's beginning to the next one's.
    pub(super) fn picture_bytes(&self) -> u64 {
        self.picture_bytes
    }

    /// Writes an area of a picture.
    pub(super) fn paint(&mut self, picture: u64, projection: &Projection, area: Area) -> io::Result<()> {
        let row_bytes = area.width_px as usize * PIXEL_BYTES;
        if row_bytes == 0 {
            return Ok(());
        }
        // Whole rows lie together and are written together.
        let together = if area.width_px == self.width_px {
            CHUNK_BYTES.div_ceil(row_bytes)
        } else {
            1
        };
        let mut chunk = std::mem::take(&mut self.chunk);
        chunk.resize(row_bytes * together, 0);
        let mut y = area.y;
        let end = area.y + area.height_px;
        while y < end {
            let rows = chunk.chunks_exact_mut(row_bytes).zip(y..end);
            let count = rows.map(|(row, y)| projection.row(area.x, y, row)).count();
            let pixel = u64::from(y) * u64::from(self.width_px) + u64::from(area.x);
            let offset = picture * self.picture_bytes + pixel * PIXEL_BYTES as u64;
            self.file.write_all_at(&chunk[..count * row_bytes], offset)?;
            y += u32::try_from(count).unwrap_or(u32::MAX);
        }
        self.chunk = chunk;
        Ok(())
    }
}
