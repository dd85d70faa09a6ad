//! A window of a Wayland compositor.

use super::memory::Memory;
use super::{Glass, Heard, WindowError, paintable};
use crate::fit::{Area, PIXEL_BYTES};
use crate::projection::Projection;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use wayland_client::backend::WaylandError;
use wayland_client::protocol::{
    wl_buffer, wl_compositor, wl_pointer, wl_registry, wl_seat, wl_shm, wl_shm_pool, wl_surface,
};
use wayland_client::{Connection, Dispatch, EventQueue, QueueHandle, delegate_noop};
use wayland_protocols::xdg::shell::client::{xdg_surface, xdg_toplevel, xdg_wm_base};

/// While the compositor reads one buffer the other is painted.
const BUFFERS: usize = 2;
/// What a window is called among the others of its session.
const APP_ID: &str = "heliograph";
/// A compositor that has not told the window's size after so many exchanges never will.
const MOST_EXCHANGES: usize = 32;

/// A window.
pub(super) struct WaylandWindow {
    display: String,
    connection: Connection,
    queue: EventQueue<State>,
    state: State,
    surface: wl_surface::WlSurface,
    shm: wl_shm::WlShm,
    pool: Option<Pool>,
}

/// What the compositor told.
#[derive(Default)]
struct State {
    compositor: Option<wl_compositor::WlCompositor>,
    shm: Option<wl_shm::WlShm>,
    shell: Option<xdg_wm_base::XdgWmBase>,
    /// The size that it wishes, told before the configuration that makes it count.
    wished: (u32, u32),
    size: (u32, u32),
    configured: bool,
    repaint: bool,
    closed: bool,
    /// Buffers that it reads, of the pool with this number.
    pool: usize,
    busy: [bool; BUFFERS],
}

/// Buffers of one size.
struct Pool {
    size: (u32, u32),
    memory: Memory,
    pool: wl_shm_pool::WlShmPool,
    buffers: Vec<Buffer>,
}

struct Buffer {
    handle: wl_buffer::WlBuffer,
    /// What changed since it was painted.
    owed: Vec<Area>,
}

/// Which buffer of which pool.
#[derive(Debug, Clone, Copy)]
struct Slot {
    pool: usize,
    buffer: usize,
}

impl WaylandWindow {
    pub(super) fn open(display: &str, size: Option<(u32, u32)>, title: &str) -> Result<Self, WindowError> {
        let unreachable = |cause: String| WindowError::Unreachable {
            display: display.to_owned(),
            cause,
        };
        let stream = UnixStream::connect(socket(display)).map_err(|error| unreachable(error.to_string()))?;
        let connection = Connection::from_socket(stream).map_err(|error| unreachable(error.to_string()))?;
        let mut queue = connection.new_event_queue();
        let handle = queue.handle();
        connection.display().get_registry(&handle, ());
        let mut state = State {
            size: size.unwrap_or((1280, 720)),
            ..State::default()
        };
        let mut exchange = |state: &mut State| queue.roundtrip(state).map_err(|error| unreachable(error.to_string()));
        exchange(&mut state)?;
        let lacks = |what: &str| WindowError::Unsuited {
            display: display.to_owned(),
            lack: format!("the compositor lacks {what}"),
        };
        let compositor = state.compositor.clone().ok_or_else(|| lacks("wl_compositor"))?;
        let shm = state.shm.clone().ok_or_else(|| lacks("wl_shm"))?;
        let shell = state.shell.clone().ok_or_else(|| lacks("xdg_wm_base"))?;
        let surface = compositor.create_surface(&handle, ());
        let toplevel = shell.get_xdg_surface(&surface, &handle, ()).get_toplevel(&handle, ());
        toplevel.set_title(title.to_owned());
        toplevel.set_app_id(APP_ID.to_owned());
        if size.is_none() {
            toplevel.set_fullscreen(None);
        }
        surface.commit();
        for _ in 0..MOST_EXCHANGES {
            exchange(&mut state)?;
            if state.configured {
                break;
            }
        }
        if !state.configured {
            return Err(lacks("a size for its windows"));
        }
        paintable(display, state.size)?;
        Ok(Self {
            display: display.to_owned(),
            connection,
            queue,
            state,
            surface,
            shm,
            pool: None,
        })
    }

    /// The buffers for the window's size.
    fn pool(&mut self) -> std::io::Result<&mut Pool> {
        let old = self.pool.take();
        let pool = match old {
            Some(pool) if pool.size == self.state.size => pool,
            old => {
                if let Some(old) = old {
                    old.buffers.iter().for_each(|buffer| buffer.handle.destroy());
                    old.pool.destroy();
                }
                self.state.pool += 1;
                self.state.busy = [false; BUFFERS];
                Pool::new(&self.shm, self.state.size, self.state.pool, &self.queue.handle())?
            }
        };
        Ok(self.pool.insert(pool))
    }

    fn draw(&mut self, projection: &Projection, areas: &[Area]) -> std::io::Result<()> {
        let free = self.state.busy.iter().position(|busy| !busy).unwrap_or_default();
        let pool = self.pool()?;
        for buffer in &mut pool.buffers {
            projection.owe(&mut buffer.owed, areas);
        }
        let owed = std::mem::take(&mut pool.buffers[free].owed);
        for area in owed {
            pool.memory.paint(free as u64, projection, area)?;
        }
        let handle = pool.buffers[free].handle.clone();
        self.surface.attach(Some(&handle), 0, 0);
        for area in areas {
            let [x, y, width, height] = [area.x, area.y, area.width_px, area.height_px].map(signed);
            self.surface.damage(x, y, width, height);
        }
        self.surface.commit();
        self.state.busy[free] = true;
        Ok(())
    }

    fn gone(&self, cause: &dyn std::fmt::Display) -> WindowError {
        WindowError::Gone {
            display: self.display.clone(),
            cause: cause.to_string(),
        }
    }
}

/// Where a display's socket is: an absolute path, or a name in the user's runtime folder.
fn socket(display: &str) -> PathBuf {
    let folder = std::env::var_os("XDG_RUNTIME_DIR").unwrap_or_default();
    PathBuf::from(folder).join(display)
}

/// Sizes are bounded by `MOST_PX` and fit.
fn signed(px: u32) -> i32 {
    i32::try_from(px).unwrap_or(i32::MAX)
}

impl Pool {
    fn new(shm: &wl_shm::WlShm, size: (u32, u32), number: usize, queue: &QueueHandle<State>) -> std::io::Result<Self> {
        let memory = Memory::new(size, BUFFERS as u64)?;
        let too_large = |_| std::io::Error::other("the window is too large");
        let bytes = i32::try_from(memory.picture_bytes() * BUFFERS as u64).map_err(too_large)?;
        let pool = shm.create_pool(memory.file().as_fd(), bytes, queue, ());
        let [width, height] = [size.0, size.1].map(signed);
        let buffers = (0..BUFFERS).map(|buffer| Buffer {
            handle: pool.create_buffer(
                bytes / signed(BUFFERS as u32) * i32::try_from(buffer).unwrap_or_default(),
                width,
                height,
                width * signed(PIXEL_BYTES as u32),
                wl_shm::Format::Xrgb8888,
                queue,
                Slot { pool: number, buffer },
            ),
            owed: vec![Area {
                x: 0,
                y: 0,
                width_px: size.0,
                height_px: size.1,
            }],
        });
        Ok(Self {
            size,
            buffers: buffers.collect(),
            memory,
            pool,
        })
    }
}

impl Glass for WaylandWindow {
    fn fd(&self) -> BorrowedFd<'_> {
        self.connection.as_fd()
    }

    fn size(&self) -> (u32, u32) {
        self.state.size
    }

    fn listen(&mut self) -> Result<Heard, WindowError> {
        let pending = |queue: &mut EventQueue<State>, state: &mut State| queue.dispatch_pending(state).map(drop);
        pending(&mut self.queue, &mut self.state).map_err(|error| self.gone(&error))?;
        if let Some(reading) = self.queue.prepare_read() {
            match reading.read() {
                Ok(_) => {}
                Err(WaylandError::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(self.gone(&error)),
            }
        }
        pending(&mut self.queue, &mut self.state).map_err(|error| self.gone(&error))?;
        // Answers to pings, and buffers that were let go.
        match self.queue.flush() {
            Ok(()) => {}
            Err(WaylandError::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(self.gone(&error)),
        }
        if self.state.closed {
            return Err(WindowError::Closed);
        }
        paintable(&self.display, self.state.size)?;
        Ok(if std::mem::take(&mut self.state.repaint) {
            Heard::Repaint
        } else {
            Heard::Nothing
        })
    }

    fn is_free(&self) -> bool {
        let fits = self.pool.as_ref().is_some_and(|pool| pool.size == self.state.size);
        !fits || self.state.busy.contains(&false)
    }

    fn paint(&mut self, projection: &Projection, areas: &[Area]) -> Result<(), WindowError> {
        self.draw(projection, areas).map_err(|error| self.gone(&error))?;
        match self.queue.flush() {
            Ok(()) => Ok(()),
            Err(WaylandError::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(self.gone(&error)),
        }
    }
}

impl Dispatch<wl_registry::WlRegistry, ()> for State {
    fn event(
        state: &mut Self,
        registry: &wl_registry::WlRegistry,
        event: wl_registry::Event,
        (): &(),
        _: &Connection,
        queue: &QueueHandle<Self>,
    ) {
        let wl_registry::Event::Global { name, interface, .. } = event else {
            return;
        };
        match interface.as_str() {
            "wl_compositor" => state.compositor = Some(registry.bind(name, 1, queue, ())),
            "wl_shm" => state.shm = Some(registry.bind(name, 1, queue, ())),
            "xdg_wm_base" => state.shell = Some(registry.bind(name, 1, queue, ())),
            "wl_seat" => {
                registry.bind::<wl_seat::WlSeat, _, _>(name, 1, queue, ());
            }
            _ => {}
        }
    }
}

impl Dispatch<xdg_wm_base::XdgWmBase, ()> for State {
    fn event(
        _: &mut Self,
        shell: &xdg_wm_base::XdgWmBase,
        event: xdg_wm_base::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_wm_base::Event::Ping { serial } = event {
            shell.pong(serial);
        }
    }
}

impl Dispatch<xdg_toplevel::XdgToplevel, ()> for State {
    fn event(
        state: &mut Self,
        _: &xdg_toplevel::XdgToplevel,
        event: xdg_toplevel::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            xdg_toplevel::Event::Configure { width, height, .. } => {
                let [width, height] = [width, height].map(|px| u32::try_from(px).unwrap_or_default());
                state.wished = (width, height);
            }
            xdg_toplevel::Event::Close => state.closed = true,
            _ => {}
        }
    }
}

impl Dispatch<xdg_surface::XdgSurface, ()> for State {
    fn event(
        state: &mut Self,
        surface: &xdg_surface::XdgSurface,
        event: xdg_surface::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_surface::Event::Configure { serial } = event {
            surface.ack_configure(serial);
            // A compositor without a wish leaves the size to the window.
            if state.wished.0 > 0 && state.wished.1 > 0 {
                state.size = state.wished;
            }
            state.configured = true;
            state.repaint = true;
        }
    }
}

impl Dispatch<wl_buffer::WlBuffer, Slot> for State {
    fn event(
        state: &mut Self,
        _: &wl_buffer::WlBuffer,
        event: wl_buffer::Event,
        slot: &Slot,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let wl_buffer::Event::Release = event
            && slot.pool == state.pool
        {
            state.busy[slot.buffer] = false;
        }
    }
}

impl Dispatch<wl_seat::WlSeat, ()> for State {
    fn event(
        _: &mut Self,
        seat: &wl_seat::WlSeat,
        event: wl_seat::Event,
        (): &(),
        _: &Connection,
        queue: &QueueHandle<Self>,
    ) {
        if let wl_seat::Event::Capabilities { capabilities } = event
            && capabilities
                .into_result()
                .is_ok_and(|has| has.contains(wl_seat::Capability::Pointer))
        {
            seat.get_pointer(queue, ());
        }
    }
}

/// The pointer is not seen over the window.
impl Dispatch<wl_pointer::WlPointer, ()> for State {
    fn event(
        _: &mut Self,
        pointer: &wl_pointer::WlPointer,
        event: wl_pointer::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let wl_pointer::Event::Enter { serial, .. } = event {
            pointer.set_cursor(serial, None, 0, 0);
        }
    }
}

delegate_noop!(State: ignore wl_compositor::WlCompositor);
delegate_noop!(State: ignore wl_surface::WlSurface);
delegate_noop!(State: ignore wl_shm::WlShm);
delegate_noop!(State: ignore wl_shm_pool::WlShmPool);
