//! A window of an X11 server.

use super::memory::Memory;
use super::{Glass, Heard, WindowError, paintable};
use crate::fit::{Area, PIXEL_BYTES};
use crate::projection::Projection;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use x11rb::connection::{Connection, RequestConnection};
use x11rb::errors::{ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::Event;
use x11rb::protocol::dpms::ConnectionExt as _;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::shm::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    AtomEnum, Blanking, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux,
    CreateWindowAux, EventMask, Exposures, Gcontext, ImageFormat, ImageOrder, PropMode, Screen, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Requests that carry pixels carry at most so many bytes.
const REQUEST_BYTES: usize = 256 * 1024;

/// What the server is told of frames: 24 bits of colour, 32 bits a pixel, as they lie in memory.
const RED_MASK: u32 = 0x00ff_0000;

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        WM_PROTOCOLS,
        WM_DELETE_WINDOW,
        _NET_WM_NAME,
        _NET_WM_STATE,
        _NET_WM_STATE_FULLSCREEN,
        UTF8_STRING,
    }
}

/// A window.
pub(super) struct X11Window {
    display: String,
    connection: RustConnection,
    root: Window,
    depth: u8,
    window: Window,
    gc: Gcontext,
    atoms: Atoms,
    full: bool,
    size: (u32, u32),
    pixels: Pixels,
}

/// How pixels reach the server.
enum Pixels {
    /// Through the connection: the server is elsewhere, or shares no memory.
    Sent,
    /// In memory that the server reads too; not before the first frame.
    Unshared,
    /// Such memory, for pictures of a size.
    Shared {
        segment: shm::Seg,
        memory: Memory,
        size: (u32, u32),
    },
}

impl X11Window {
    pub(super) fn open(display: &str, size: Option<(u32, u32)>, title: &str) -> Result<Self, WindowError> {
        let (connection, number) =
            RustConnection::connect(Some(display)).map_err(|error| WindowError::Unreachable {
                display: display.to_owned(),
                cause: error.to_string(),
            })?;
        let screen = connection.setup().roots[number].clone();
        suited(display, &connection, &screen)?;
        let gone = |error: ReplyOrIdError| gone(display, &error);
        let mut opened = Self {
            display: display.to_owned(),
            root: screen.root,
            depth: screen.root_depth,
            window: connection.generate_id().map_err(gone)?,
            gc: connection.generate_id().map_err(gone)?,
            atoms: Atoms::new(&connection)
                .map_err(ReplyOrIdError::from)
                .and_then(|cookie| cookie.reply().map_err(ReplyOrIdError::from))
                .map_err(gone)?,
            full: size.is_none(),
            size: size.unwrap_or((1, 1)),
            pixels: Pixels::Unshared,
            connection,
        };
        opened.create(&screen, title).map_err(gone)?;
        paintable(display, opened.size)?;
        Ok(opened)
    }

    fn create(&mut self, screen: &Screen, title: &str) -> Result<(), ReplyOrIdError> {
        let (x, y) = if self.full { self.fill_monitor(screen)? } else { (0, 0) };
        let connection = &self.connection;
        let aux = CreateWindowAux::new()
            .background_pixel(screen.black_pixel)
            .event_mask(EventMask::EXPOSURE | EventMask::STRUCTURE_NOTIFY)
            .cursor(no_cursor(connection, self.root)?);
        let [width, height] = [self.size.0, self.size.1].map(|px| u16::try_from(px).unwrap_or(u16::MAX));
        connection
            .create_window(
                self.depth,
                self.window,
                self.root,
                x,
                y,
                width,
                height,
                0,
                WindowClass::INPUT_OUTPUT,
                0,
                &aux,
            )?
            .check()?;
        connection.create_gc(self.gc, self.window, &CreateGCAux::new().graphics_exposures(0))?;
        self.introduce(title)?;
        if self.full {
            // Heard when the monitor is exchanged or set to another mode.
            let hear = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
            connection.change_window_attributes(self.root, &hear)?;
            keep_lit(connection)?;
        }
        connection.map_window(self.window)?;
        connection.sync()?;
        Ok(())
    }

    /// Tells a window manager, where there is one, what window this is.
    fn introduce(&self, title: &str) -> Result<(), ConnectionError> {
        let (connection, window, atoms) = (&self.connection, self.window, &self.atoms);
        let text = |property: u32, kind: u32, value: &[u8]| {
            connection
                .change_property8(PropMode::REPLACE, window, property, kind, value)
                .map(drop)
        };
        text(AtomEnum::WM_NAME.into(), AtomEnum::STRING.into(), b"Heliograph")?;
        text(atoms._NET_WM_NAME, atoms.UTF8_STRING, title.as_bytes())?;
        text(
            AtomEnum::WM_CLASS.into(),
            AtomEnum::STRING.into(),
            b"heliograph\0Heliograph\0",
        )?;
        let list = |property: u32, value: u32| {
            connection
                .change_property32(PropMode::REPLACE, window, property, AtomEnum::ATOM, &[value])
                .map(drop)
        };
        list(atoms.WM_PROTOCOLS, atoms.WM_DELETE_WINDOW)?;
        if self.full {
            list(atoms._NET_WM_STATE, atoms._NET_WM_STATE_FULLSCREEN)?;
        }
        Ok(())
    }

    /// Takes the size of the first monitor, or of the whole screen where the server knows no monitors; answers where
    /// it begins. Without a window manager nobody else makes the window fill it.
    fn fill_monitor(&mut self, screen: &Screen) -> Result<(i16, i16), ReplyOrIdError> {
        let monitors = match self
            .connection
            .extension_information(x11rb::protocol::randr::X11_EXTENSION_NAME)?
        {
            Some(_) => self.connection.randr_get_monitors(self.root, true)?.reply(),
            None => Err(ReplyError::ConnectionError(ConnectionError::UnsupportedExtension)),
        };
        let monitors = monitors.map(|reply| reply.monitors).unwrap_or_default();
        let first = monitors.iter().find(|monitor| monitor.primary).or(monitors.first());
        let (x, y, width, height) = first.map_or((0, 0, screen.width_in_pixels, screen.height_in_pixels), |monitor| {
            (monitor.x, monitor.y, monitor.width, monitor.height)
        });
        self.size = (u32::from(width), u32::from(height));
        Ok((x, y))
    }

    /// The monitor changed.
    fn refill(&mut self) -> Result<(), ReplyOrIdError> {
        let screens = &self.connection.setup().roots;
        let Some(screen) = screens.iter().find(|screen| screen.root == self.root).cloned() else {
            return Ok(());
        };
        let before = self.size;
        let (x, y) = self.fill_monitor(&screen)?;
        let aux = ConfigureWindowAux::new()
            .x(i32::from(x))
            .y(i32::from(y))
            .width(self.size.0)
            .height(self.size.1);
        // The size counts once the server tells it.
        self.size = before;
        self.connection.configure_window(self.window, &aux)?;
        self.connection.flush()?;
        Ok(())
    }

    fn hear(&mut self, event: &Event) -> Result<Heard, WindowError> {
        match event {
            Event::Expose(_) => return Ok(Heard::Repaint),
            Event::ConfigureNotify(now) if now.window == self.window => {
                let size = (u32::from(now.width), u32::from(now.height));
                if size != self.size {
                    self.size = paintable(&self.display, size)?;
                    return Ok(Heard::Repaint);
                }
            }
            Event::ConfigureNotify(now) if now.window == self.root => {
                self.refill().map_err(|error| gone(&self.display, &error))?;
            }
            Event::ClientMessage(message) if message.data.as_data32()[0] == self.atoms.WM_DELETE_WINDOW => {
                return Err(WindowError::Closed);
            }
            Event::DestroyNotify(destroyed) if destroyed.window == self.window => return Err(WindowError::Closed),
            Event::Error(error) => tracing::debug!(?error, "the X11 server refused a request"),
            _ => {}
        }
        Ok(Heard::Nothing)
    }

    /// Memory of the window's size that the server reads too; where it cannot be had, pixels are sent from now on.
    fn share(&mut self) -> Result<(), ReplyOrIdError> {
        match &self.pixels {
            Pixels::Sent => return Ok(()),
            Pixels::Shared { size, .. } if *size == self.size => return Ok(()),
            Pixels::Shared { segment, .. } => {
                self.connection.shm_detach(*segment)?;
            }
            Pixels::Unshared => {}
        }
        let shared = match self.attach() {
            Err(ReplyOrIdError::ConnectionError(error @ ConnectionError::IoError(_))) => return Err(error.into()),
            shared => shared,
        };
        self.pixels = shared.unwrap_or_else(|error| {
            tracing::debug!(%error, "no shared memory with the X11 server");
            Pixels::Sent
        });
        Ok(())
    }

    fn attach(&self) -> Result<Pixels, ReplyOrIdError> {
        let connection = &self.connection;
        if connection.extension_information(shm::X11_EXTENSION_NAME)?.is_none() {
            return Err(ConnectionError::UnsupportedExtension.into());
        }
        let refused = |_| ConnectionError::FdPassingFailed;
        let memory = Memory::new(self.size, 1).map_err(refused)?;
        let fd = OwnedFd::from(memory.file().try_clone().map_err(refused)?);
        let segment = connection.generate_id()?;
        connection.shm_attach_fd(segment, fd, true)?.check()?;
        Ok(Pixels::Shared {
            segment,
            memory,
            size: self.size,
        })
    }

    fn put(&mut self, projection: &Projection, area: Area) -> Result<(), ReplyOrIdError> {
        let [x, y] = [area.x, area.y].map(|px| i16::try_from(px).unwrap_or(i16::MAX));
        let [width, height] = [area.width_px, area.height_px].map(|px| u16::try_from(px).unwrap_or(u16::MAX));
        match &mut self.pixels {
            Pixels::Shared { segment, memory, size } => {
                memory
                    .paint(0, projection, area)
                    .map_err(|error| ReplyOrIdError::ConnectionError(error.into()))?;
                let [all_across, all_down] = [size.0, size.1].map(|px| u16::try_from(px).unwrap_or(u16::MAX));
                self.connection.shm_put_image(
                    self.window,
                    self.gc,
                    all_across,
                    all_down,
                    u16::try_from(x).unwrap_or_default(),
                    u16::try_from(y).unwrap_or_default(),
                    width,
                    height,
                    x,
                    y,
                    self.depth,
                    ImageFormat::Z_PIXMAP.into(),
                    false,
                    *segment,
                    0,
                )?;
                Ok(())
            }
            Pixels::Sent | Pixels::Unshared => self.send(projection, area),
        }
    }

    /// Sends an area through the connection, some rows at a time.
    fn send(&self, projection: &Projection, area: Area) -> Result<(), ReplyOrIdError> {
        let row_bytes = area.width_px as usize * PIXEL_BYTES;
        if row_bytes == 0 {
            return Ok(());
        }
        let most = REQUEST_BYTES.min(self.connection.maximum_request_bytes().saturating_sub(64));
        let mut rows = vec![0; (most / row_bytes).max(1) * row_bytes];
        let end = area.y + area.height_px;
        let mut y = area.y;
        while y < end {
            let filled = rows.chunks_exact_mut(row_bytes).zip(y..end);
            let count = filled.map(|(row, y)| projection.row(area.x, y, row)).count();
            self.connection.put_image(
                ImageFormat::Z_PIXMAP,
                self.window,
                self.gc,
                u16::try_from(area.width_px).unwrap_or(u16::MAX),
                u16::try_from(count).unwrap_or(u16::MAX),
                i16::try_from(area.x).unwrap_or(i16::MAX),
                i16::try_from(y).unwrap_or(i16::MAX),
                0,
                self.depth,
                &rows[..count * row_bytes],
            )?;
            y += u32::try_from(count).unwrap_or(u32::MAX);
        }
        Ok(())
    }
}

impl Glass for X11Window {
    fn fd(&self) -> BorrowedFd<'_> {
        self.connection.stream().as_fd()
    }

    fn size(&self) -> (u32, u32) {
        self.size
    }

    fn listen(&mut self) -> Result<Heard, WindowError> {
        let mut heard = Heard::Nothing;
        loop {
            let event = self.connection.poll_for_event();
            let Some(event) = event.map_err(|error| gone(&self.display, &error))? else {
                return Ok(heard);
            };
            if self.hear(&event)? == Heard::Repaint {
                heard = Heard::Repaint;
            }
        }
    }

    fn is_free(&self) -> bool {
        true
    }

    fn paint(&mut self, projection: &Projection, areas: &[Area]) -> Result<(), WindowError> {
        let painted = self.share().and_then(|()| {
            areas.iter().try_for_each(|area| self.put(projection, *area))?;
            // The memory is written again only once the server has read it.
            self.connection.sync().map_err(ReplyOrIdError::from)
        });
        painted.map_err(|error| gone(&self.display, &error))
    }
}

/// Whether frames can be shown as they lie in memory.
fn suited(display: &str, connection: &RustConnection, screen: &Screen) -> Result<(), WindowError> {
    let setup = connection.setup();
    let bits = setup
        .pixmap_formats
        .iter()
        .find(|format| format.depth == screen.root_depth);
    let mut visuals = screen.allowed_depths.iter().flat_map(|depth| &depth.visuals);
    let visual = visuals.find(|visual| visual.visual_id == screen.root_visual);
    let fits = bits.is_some_and(|format| format.bits_per_pixel == 32)
        && visual.is_some_and(|visual| visual.red_mask == RED_MASK)
        && setup.image_byte_order == ImageOrder::LSB_FIRST;
    if fits {
        return Ok(());
    }
    Err(WindowError::Unsuited {
        display: display.to_owned(),
        lack: format!(
            "24 bits of colour are needed and it has {}; set it in the X server's configuration (DefaultDepth 24)",
            screen.root_depth
        ),
    })
}

/// A pointer that is not seen.
fn no_cursor(connection: &RustConnection, root: Window) -> Result<u32, ReplyOrIdError> {
    let (pixmap, cursor) = (connection.generate_id()?, connection.generate_id()?);
    connection.create_pixmap(1, pixmap, root, 1, 1)?;
    let gc = connection.generate_id()?;
    // A pixmap's content is undefined until it is drawn on; a graphics context draws zeros by default.
    connection.create_gc(gc, pixmap, &CreateGCAux::new().foreground(0))?;
    let dot = x11rb::protocol::xproto::Rectangle {
        x: 0,
        y: 0,
        width: 1,
        height: 1,
    };
    connection.poly_fill_rectangle(pixmap, gc, &[dot])?;
    connection.create_cursor(cursor, pixmap, pixmap, 0, 0, 0, 0, 0, 0, 0, 0)?;
    connection.free_gc(gc)?;
    connection.free_pixmap(pixmap)?;
    Ok(cursor)
}

/// No screen saver, no power saving: a dark panel tells a visitor nothing.
fn keep_lit(connection: &RustConnection) -> Result<(), ReplyOrIdError> {
    connection.set_screen_saver(0, 0, Blanking::NOT_PREFERRED, Exposures::NOT_ALLOWED)?;
    if connection
        .extension_information(x11rb::protocol::dpms::X11_EXTENSION_NAME)?
        .is_some()
    {
        connection.dpms_disable()?;
    }
    Ok(())
}

fn gone(display: &str, error: &dyn std::fmt::Display) -> WindowError {
    WindowError::Gone {
        display: display.to_owned(),
        cause: error.to_string(),
    }
}
