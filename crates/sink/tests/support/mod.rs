//! Display servers of the tests' own, and what is seen on them.

use heliograph_scene::{Frame, Rgb};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask, ImageFormat};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// How long a server may take until something is true of it.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until `holds`.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < until, "{what}: not within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// An X11 server without a screen, killed when it is dropped.
pub struct Xvfb {
    server: Child,
    pub display: String,
}

impl Xvfb {
    /// One with a screen of this size, on a free display or on the one asked for.
    pub fn start((width, height): (u32, u32), display: Option<&str>, options: &[&str]) -> Self {
        let mut command = Command::new("Xvfb");
        command
            .args(display)
            .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset"]);
        command
            .args(["-screen", "0", &format!("{width}x{height}x24")])
            .args(options);
        let mut server = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is needed: apt install xvfb");
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        assert!(!number.trim().is_empty(), "Xvfb did not start");
        Self {
            server,
            display: format!(":{}", number.trim()),
        }
    }

    pub fn kill(mut self) -> String {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
        std::mem::take(&mut self.display)
    }

    fn connect(&self) -> RustConnection {
        RustConnection::connect(Some(&self.display)).unwrap().0
    }

    /// What is on the screen.
    pub fn screenshot(&self) -> Frame {
        let connection = self.connect();
        let screen = &connection.setup().roots[0];
        let (width, height) = (screen.width_in_pixels, screen.height_in_pixels);
        let image = connection
            .get_image(ImageFormat::Z_PIXMAP, screen.root, 0, 0, width, height, u32::MAX)
            .unwrap();
        let image = image.reply().unwrap().data;
        let mut frame = Frame::filled(u32::from(width), u32::from(height), Rgb(0, 0, 0));
        for (rgb, pixel) in frame.rgb_mut().chunks_exact_mut(3).zip(image.chunks_exact(4)) {
            rgb.copy_from_slice(&[pixel[2], pixel[1], pixel[0]]);
        }
        frame
    }

    /// Asks the one window to close, as a window manager does.
    pub fn close_window(&self) {
        let connection = self.connect();
        let root = connection.setup().roots[0].root;
        let window = connection.query_tree(root).unwrap().reply().unwrap().children[0];
        let atom = |name: &[u8]| connection.intern_atom(false, name).unwrap().reply().unwrap().atom;
        let message = [atom(b"WM_DELETE_WINDOW"), 0, 0, 0, 0];
        let event = ClientMessageEvent::new(32, window, atom(b"WM_PROTOCOLS"), message);
        connection
            .send_event(false, window, EventMask::NO_EVENT, event)
            .unwrap();
        connection.sync().unwrap();
    }
}

impl Drop for Xvfb {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The kiosk's compositor without a screen, killed when it is dropped.
pub struct Cage {
    compositor: Child,
    folder: PathBuf,
}

impl Cage {
    pub fn start() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("heliograph-cage-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let compositor = command_of_a_plain_user("cage", &folder)
            // Turned, so that it composes its picture: one that the client has made whole it passes on to the screen
            // unread, which a screenshot of no screen does not see.
            .args(["-r", "--", "sleep", "600"])
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .env("XDG_RUNTIME_DIR", &folder)
            .env("WLR_BACKENDS", "headless")
            .env("WLR_RENDERER", "pixman")
            .env("WLR_LIBINPUT_NO_DEVICES", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A group of its own, so that its client ends with it.
            .process_group(0)
            .spawn()
            .expect("cage is needed: apt install cage xwayland");
        let cage = Self { compositor, folder };
        eventually("the compositor listens", || cage.socket().exists());
        cage
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.join("wayland-0")
    }

    /// What is on its screen.
    pub fn screenshot(&self) -> Frame {
        let file = self.folder.join("screen.png");
        let taken = Command::new("grim")
            .arg(&file)
            .env("XDG_RUNTIME_DIR", &self.folder)
            .env("WAYLAND_DISPLAY", "wayland-0")
            .status()
            .expect("grim is needed: apt install grim");
        assert!(taken.success());
        read_png(&file)
    }
}

impl Drop for Cage {
    fn drop(&mut self) {
        let group = format!("-{}", self.compositor.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.compositor.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A command that root does not run as root, which the compositor refuses; the folder becomes its user's.
fn command_of_a_plain_user(program: &str, folder: &Path) -> Command {
    let nobody = 65_534;
    // Only root may give a folder away.
    if std::os::unix::fs::chown(folder, Some(nobody), Some(nobody)).is_err() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", program]);
    command
}

fn read_png(file: &Path) -> Frame {
    let file = BufReader::new(std::fs::File::open(file).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let mut frame = Frame::filled(info.width, info.height, Rgb(0, 0, 0));
    let samples = info.color_type.samples();
    for (rgb, pixel) in frame.rgb_mut().chunks_exact_mut(3).zip(pixels.chunks_exact(samples)) {
        rgb.copy_from_slice(&pixel[..3]);
    }
    frame
}

/// A frame in which every pixel tells where it is, and `n` which frame it is.
pub fn pattern(width: u32, height: u32, n: u8) -> Frame {
    let mut frame = Frame::filled(width, height, Rgb(0, 0, 0));
    for (at, rgb) in frame.rgb_mut().chunks_exact_mut(3).enumerate() {
        let (x, y) = (at % width as usize, at / width as usize);
        rgb.copy_from_slice(&[(x % 251) as u8, (y % 241) as u8, n]);
    }
    frame
}
