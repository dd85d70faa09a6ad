//! A graphics device, and the two buffers that it shows in turn.

use super::KmsError;
use super::choose::{Offer, Socket, choose};
use crate::fit::{Area, PIXEL_BYTES};
use crate::projection::Projection;
use crate::screen_spec::KmsPlace;
use drm::Device as _;
use drm::buffer::{Buffer as _, DrmFourcc};
use drm::control::dumbbuffer::DumbBuffer;
use drm::control::{Device as _, Mode, ModeFlags, ModeTypeFlags, PageFlipFlags, connector, crtc, framebuffer};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};

/// Where the kernel keeps graphics devices.
const FOLDER: &str = "/dev/dri";
/// Bits of a pixel that are colour, and bits of a pixel.
const DEPTH_BITS: u32 = 24;
const PIXEL_BITS: u32 = 32;
/// A flip takes one refresh, or two; one that takes longer is of a screen that is switched off.
const FLIP: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// An open device with what is taken of it.
pub(super) struct Card {
    device: PathBuf,
    file: File,
    connector: connector::Handle,
    crtc: crtc::Handle,
    mode: Mode,
}

impl AsFd for Card {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl drm::Device for Card {}
impl drm::control::Device for Card {}

/// A device of which nothing is taken yet.
struct Bare(File);

impl AsFd for Bare {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl drm::Device for Bare {}
impl drm::control::Device for Bare {}

impl Card {
    /// Opens the device asked for, or the first with something connected.
    pub(super) fn open(place: &KmsPlace) -> Result<Self, KmsError> {
        if let Some(device) = &place.device {
            return Self::take(device, place);
        }
        let mut first_error = None;
        for device in devices(Path::new(FOLDER)) {
            match Self::take(&device, place) {
                Ok(card) => return Ok(card),
                Err(error) => first_error.get_or_insert(error),
            };
        }
        Err(first_error.unwrap_or_else(|| KmsError::NoDevice {
            folder: PathBuf::from(FOLDER),
        }))
    }

    fn take(device: &Path, place: &KmsPlace) -> Result<Self, KmsError> {
        let file = OpenOptions::new().read(true).write(true).open(device);
        let bare = Bare(file.map_err(|cause| KmsError::Open {
            device: device.to_owned(),
            remedy: remedy(cause.kind()),
            cause: cause.to_string(),
        })?);
        let no_modes = |cause: io::Error| KmsError::NoModes {
            device: device.to_owned(),
            cause: cause.to_string(),
        };
        let found = connectors(&bare).map_err(no_modes)?;
        let sockets: Vec<Socket> = found.iter().map(|(socket, _)| socket.clone()).collect();
        let choice = choose(&sockets, place).map_err(|cause| KmsError::Choice {
            device: device.to_owned(),
            cause,
        })?;
        bare.acquire_master_lock().map_err(|_| KmsError::NotMaster {
            device: device.to_owned(),
        })?;
        let info = &found[choice.socket].1;
        let handles = bare.resource_handles().map_err(no_modes)?;
        let crtc = handles
            .crtcs()
            .iter()
            .find(|crtc| u32::from(**crtc) == choice.controller);
        Ok(Self {
            device: device.to_owned(),
            connector: info.handle(),
            crtc: *crtc.ok_or_else(|| no_modes(ErrorKind::NotFound.into()))?,
            mode: info.modes()[choice.mode],
            file: bare.0,
        })
    }

    fn refused(&self, what: &'static str) -> impl Fn(io::Error) -> KmsError + '_ {
        move |cause| {
            if cause.kind() == ErrorKind::PermissionDenied {
                return KmsError::NotMaster {
                    device: self.device.clone(),
                };
            }
            KmsError::Refused {
                device: self.device.clone(),
                what,
                cause: cause.to_string(),
            }
        }
    }

    fn size(&self) -> (u32, u32) {
        let (width, height) = self.mode.size();
        (u32::from(width), u32::from(height))
    }
}

/// The devices of a folder, by number.
fn devices(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut devices: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("card"))
        .map(|entry| entry.path())
        .collect();
    devices.sort();
    devices
}

fn remedy(cause: ErrorKind) -> &'static str {
    match cause {
        ErrorKind::PermissionDenied => "The player's user must be in the group video: usermod -aG video heliograph",
        ErrorKind::NotFound => "List the devices there are with: ls /dev/dri",
        _ => "See the kernel's messages: journalctl -k",
    }
}

fn connectors(device: &Bare) -> io::Result<Vec<(Socket, connector::Info)>> {
    let handles = device.resource_handles()?;
    let read = |handle: &connector::Handle| {
        // Probing makes the kernel look at the cable again, which the first opener may have it do.
        let info = device.get_connector(*handle, true)?;
        Ok((described(device, &handles, &info), info))
    };
    handles.connectors().iter().map(read).collect()
}

fn described(device: &Bare, handles: &drm::control::ResourceHandles, info: &connector::Info) -> Socket {
    let encoder = |handle: &drm::control::encoder::Handle| device.get_encoder(*handle).ok();
    let present = info.current_encoder().and_then(|handle| encoder(&handle)?.crtc());
    let encoders = info.encoders().iter().filter_map(encoder);
    let possible = encoders.flat_map(|encoder| handles.filter_crtcs(encoder.possible_crtcs()));
    Socket {
        name: info.to_string(),
        connected: info.state() == connector::State::Connected,
        modes: info.modes().iter().map(offer).collect(),
        controllers: present.into_iter().chain(possible).map(u32::from).collect(),
    }
}

fn offer(mode: &Mode) -> Offer {
    Offer {
        width_px: u32::from(mode.size().0),
        height_px: u32::from(mode.size().1),
        refresh_hz: mode.vrefresh(),
        preferred: mode.mode_type().contains(ModeTypeFlags::PREFERRED),
        interlaced: mode.flags().contains(ModeFlags::INTERLACE),
    }
}

/// Two buffers, of which one is shown while the other is painted.
pub(super) struct Picture<'c> {
    card: &'c Card,
    buffers: Vec<Buffer>,
    front: usize,
    /// Whether one of them is on the screen.
    shown: bool,
    /// Whether the device flips; one that does not is set anew for each frame.
    flips: bool,
    /// What the screen showed before, to be given back.
    before: Option<crtc::Info>,
}

struct Buffer {
    memory: DumbBuffer,
    handle: framebuffer::Handle,
    /// What changed since it was painted.
    owed: Vec<Area>,
}

impl<'c> Picture<'c> {
    pub(super) fn new(card: &'c Card) -> Result<Self, KmsError> {
        let mut picture = Self {
            card,
            buffers: Vec::new(),
            front: 0,
            shown: false,
            flips: true,
            before: card.get_crtc(card.crtc).ok(),
        };
        for _ in 0..2 {
            let buffer = picture.buffer()?;
            picture.buffers.push(buffer);
        }
        Ok(picture)
    }

    fn buffer(&self) -> Result<Buffer, KmsError> {
        let card = self.card;
        let memory = card
            .create_dumb_buffer(card.size(), DrmFourcc::Xrgb8888, PIXEL_BITS)
            .map_err(card.refused("give memory for a picture"))?;
        match card.add_framebuffer(&memory, DEPTH_BITS, PIXEL_BITS) {
            Ok(handle) => Ok(Buffer {
                memory,
                handle,
                owed: Vec::new(),
            }),
            Err(cause) => {
                let _ = card.destroy_dumb_buffer(memory);
                Err(card.refused("show such pixels")(cause))
            }
        }
    }

    pub(super) fn size(&self) -> (u32, u32) {
        self.card.size()
    }

    /// These areas are to be painted in each buffer.
    pub(super) fn owe(&mut self, projection: &Projection, areas: &[Area]) {
        for buffer in &mut self.buffers {
            projection.owe(&mut buffer.owed, areas);
        }
    }

    /// Paints the buffer that is not shown, and shows it.
    pub(super) fn flip(&mut self, projection: &Projection) -> Result<(), KmsError> {
        let card = self.card;
        let back = 1 - self.front;
        let buffer = &mut self.buffers[back];
        let pitch = buffer.memory.pitch() as usize;
        let mut memory = card
            .map_dumb_buffer(&mut buffer.memory)
            .map_err(card.refused("map a picture"))?;
        for area in std::mem::take(&mut buffer.owed) {
            paint(&mut memory, pitch, projection, area);
        }
        drop(memory);
        self.put_up(back)?;
        self.front = back;
        self.shown = true;
        Ok(())
    }

    fn put_up(&mut self, back: usize) -> Result<(), KmsError> {
        let card = self.card;
        let handle = self.buffers[back].handle;
        if self.shown && self.flips {
            match card.page_flip(card.crtc, handle, PageFlipFlags::EVENT, None) {
                Ok(()) => return self.wait_for_flip(),
                Err(error) if error.kind() == ErrorKind::PermissionDenied => return Err(card.refused("flip")(error)),
                Err(error) => {
                    tracing::debug!(%error, "the device does not flip; each frame is set anew");
                    self.flips = false;
                }
            }
        }
        card.set_crtc(card.crtc, Some(handle), (0, 0), &[card.connector], Some(card.mode))
            .map_err(card.refused("set the mode"))
    }

    /// The old buffer is painted on only once the new one is shown.
    fn wait_for_flip(&self) -> Result<(), KmsError> {
        let mut fds = [PollFd::new(self.card, PollFlags::IN)];
        match poll(&mut fds, Some(&FLIP)) {
            Ok(ready) if ready > 0 => self
                .card
                .receive_events()
                .map(|events| events.for_each(drop))
                .map_err(self.card.refused("tell when a picture is shown")),
            _ => Ok(()),
        }
    }
}

/// Paints an area of a buffer whose rows are `pitch` bytes apart.
fn paint(memory: &mut [u8], pitch: usize, projection: &Projection, area: Area) {
    let (from, bytes) = (area.x as usize * PIXEL_BYTES, area.width_px as usize * PIXEL_BYTES);
    let rows = memory.chunks_mut(pitch.max(1)).zip(0..area.y + area.height_px);
    for (row, y) in rows.skip(area.y as usize) {
        if let Some(out) = row.get_mut(from..from + bytes) {
            projection.row(area.x, y, out);
        }
    }
}

/// The screen is given back as it was found, and its memory freed.
impl Drop for Picture<'_> {
    fn drop(&mut self) {
        let card = self.card;
        if let Some(before) = self.before.filter(|_| self.shown) {
            let connectors: &[connector::Handle] = if before.mode().is_some() {
                &[card.connector]
            } else {
                &[]
            };
            let _ = card.set_crtc(
                card.crtc,
                before.framebuffer(),
                before.position(),
                connectors,
                before.mode(),
            );
        }
        for buffer in self.buffers.drain(..) {
            let _ = card.destroy_framebuffer(buffer.handle);
            let _ = card.destroy_dumb_buffer(buffer.memory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::Turn;
    use heliograph_scene::{Frame, Rgb};
    use std::sync::Arc;

    #[test]
    fn who_may_not_is_told_which_group() {
        assert!(remedy(ErrorKind::PermissionDenied).contains("usermod -aG video"));
        assert!(remedy(ErrorKind::NotFound).contains("ls /dev/dri"));
    }

    #[test]
    fn devices_are_found_by_number() {
        let folder = std::env::temp_dir().join(format!("heliograph-dri-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for name in ["card1", "renderD128", "card0"] {
            std::fs::write(folder.join(name), b"").unwrap();
        }
        assert_eq!(devices(&folder), [folder.join("card0"), folder.join("card1")]);
        assert!(devices(Path::new("/nowhere")).is_empty());
        // A file is no device.
        let place = KmsPlace::default();
        let no_device = Card::take(&folder.join("card0"), &place).err().unwrap();
        assert!(matches!(no_device, KmsError::NoModes { .. }), "{no_device}");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn rows_are_painted_where_the_device_wants_them() {
        let mut projection = Projection::new(Turn::None);
        let all = projection.resize((2, 2));
        projection.take(Arc::new(Frame::filled(2, 2, Rgb(1, 2, 3))));
        // Twelve bytes a row, of which the last four are the device's own.
        let mut memory = vec![9; 24];
        paint(&mut memory, 12, &projection, all);
        let row = [3, 2, 1, 0, 3, 2, 1, 0, 9, 9, 9, 9];
        assert_eq!(memory, [row, row].concat());
        // A buffer that is smaller than was said is not written beyond its end.
        let mut small = vec![9; 10];
        paint(&mut small, 12, &projection, all);
        assert_eq!(small[8..], [9, 9]);
    }
}
