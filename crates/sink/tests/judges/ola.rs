//! Art-Net and sACN as the Open Lighting Architecture receives them, slot by slot. Its daemon and the sinks meet in a
//! network namespace made for one test: no port, group or interface is shared with anyone.

use super::{Running, noise, open, packets, start};
use heliograph_domain::Instant;
use heliograph_scene::Frame;
use heliograph_sink::Rig;
use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

const INSIDE: &str = "HELIOGRAPH_TEST_NAMESPACE";
/// The address of the interface inside. OLA's sACN wants one that is not loopback.
const INTERFACE: &str = "10.77.0.1";
const RPC: &str = "127.0.0.1:9010";
const HTTP: &str = "127.0.0.1:9090";
/// Universes of a 256×64 frame, 170 pixels each.
const UNIVERSES: u16 = 97;
const SLOTS: usize = 510;

/// The daemon's other plugins look for hardware.
const UNWANTED: &str = "dummy espnet ftdidmx gpio karate kinet milinst nanoleaf opendmx openpixelcontrol osc pathport \
    renard sandnet shownet spi stageprofi uartdmx usbdmx usbserial";

fn root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|file| std::os::unix::fs::MetadataExt::uid(&file) == 0)
}

/// Runs the test anew in a network namespace; `true` inside.
fn inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        for words in [
            "link set lo up",
            "link add heliograph0 type veth peer name heliograph1",
            &format!("addr add {INTERFACE}/24 dev heliograph0"),
            "link set heliograph0 up",
            "link set heliograph1 up",
        ] {
            let mut ip = Command::new("ip");
            let mut running = start(ip.args(words.split(' ')), "iproute2");
            assert!(running.0.wait().unwrap().success(), "ip {words}");
        }
        // The daemon joins every universe's group with one socket; Linux lets it join 20.
        std::fs::write("/proc/sys/net/ipv4/igmp_max_memberships", "200").unwrap();
        return true;
    }
    let mut command = Command::new("unshare");
    if !root() {
        command.args(["--user", "--map-current-user", "--keep-caps"]);
    }
    command.args(["--net", "--"]).arg(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--nocapture"]).env(INSIDE, "1");
    command.stdout(Stdio::piped());
    let mut running = start(&mut command, "util-linux");
    let mut said = String::new();
    running.0.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(
        running.0.wait().unwrap().success() && said.contains("1 passed"),
        "in a network namespace (unshare --net, which a user who is not root needs unprivileged user namespaces for): \
         {said}"
    );
    false
}

struct Ola {
    _daemon: Running,
    folder: PathBuf,
}

impl Drop for Ola {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Ola {
    /// The daemon, whose sACN universes are OLA's universes of the same number. It must not run as root.
    fn start(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("heliograph-ola-{test}-{}", std::process::id()));
        configure(&folder);
        let mut command = if root() {
            let mut nobody = Command::new("setpriv");
            nobody.args(["--reuid=65534", "--regid=65534", "--clear-groups", "olad"]);
            nobody
        } else {
            Command::new("olad")
        };
        command.arg("--config-dir").arg(&folder);
        command.args(["--interface", "lo", "--log-level", "1", "--no-register-with-dns-sd"]);
        let mut installed = Command::new("olad");
        installed.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        drop(start(&mut installed, "ola"));
        let ola = Self {
            _daemon: start(&mut command, "util-linux"),
            folder,
        };
        // OLA's tools start a daemon of their own when none listens.
        assert!(patiently(|| TcpStream::connect(RPC).is_ok()), "olad does not listen");
        let ready = || tool("ola_dev_info").output().is_ok_and(|out| devices(&out.stdout) == 2);
        assert!(patiently(ready), "olad does not start");
        ola
    }

    /// What a universe holds; nothing before anything was received.
    fn universe(&self, universe: u16) -> Vec<u8> {
        let mut stream = TcpStream::connect(HTTP).unwrap();
        write!(
            stream,
            "GET /get_dmx?u={universe} HTTP/1.1\r\nhost: {HTTP}\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, after) = answer.split_once("\"dmx\":").unwrap_or_else(|| panic!("{answer}"));
        let list = after.split_once('[').unwrap().1.split_once(']').unwrap().0;
        let numbers = list.split(',').map(str::trim).filter(|number| !number.is_empty());
        numbers.map(|number| number.parse().unwrap()).collect()
    }

    /// Whether a universe comes to hold these bytes.
    fn comes_to_hold(&self, universe: u16, bytes: &[u8]) -> bool {
        patiently(|| self.universe(universe) == bytes)
    }
}

/// Whether it comes true in the end.
fn patiently(mut wanted: impl FnMut() -> bool) -> bool {
    (0..500).any(|_| {
        let true_now = wanted();
        if !true_now {
            std::thread::sleep(Duration::from_millis(20));
        }
        true_now
    })
}

fn tool(name: &str) -> Command {
    let mut command = Command::new(name);
    command.stderr(Stdio::null());
    command
}

fn devices(listing: &[u8]) -> usize {
    let text = String::from_utf8_lossy(listing);
    text.lines().filter(|line| line.starts_with("Device")).count()
}

fn configure(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.join(format!("ola-{name}.conf"));
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
    };
    for plugin in UNWANTED.split_whitespace() {
        write(plugin, "enabled = false\n");
    }
    write(
        "artnet",
        "enabled = true\nip = 127.0.0.1\nuse_loopback = true\nnet = 0\nsubnet = 0\n",
    );
    write(
        "e131",
        &format!("enabled = true\nip = {INTERFACE}\ninput_ports = {UNIVERSES}\noutput_ports = 0\n"),
    );
    // The sACN device's nth input is patched to the universe n + 1.
    let patches: Vec<String> = (0..UNIVERSES).map(|n| format!("11-1-I-{n} = {}\n", n + 1)).collect();
    write("port", &patches.concat());
}

/// Has the Art-Net device, which holds four universes of one subnet, hear `first` to `first + 3`; OLA's universes get
/// the same numbers and 4096 more. OLA takes a Port-Address' lowest four bits from its own universe's number.
fn hear_art_net(first: u16) {
    let (net, subnet) = (first >> 8, (first >> 4) & 15);
    let run = |name: &str, words: String| {
        let status = tool(name).args(words.split(' ')).stdout(Stdio::null()).status();
        assert!(status.unwrap().success(), "{name} {words}");
    };
    run("ola_artnet", format!("-d 1 --net {net} -s {subnet}"));
    for port in 0..4 {
        run("ola_patch", format!("-d 1 -p {port} -i -u {}", 4096 + first + port));
    }
}

fn slots(frame: &Frame) -> impl Iterator<Item = &[u8]> {
    frame.rgb().chunks(SLOTS)
}

/// A packet that is not the protocol's (the byte `id_at` is spoilt) is not received; one whose slot is spoilt is, and
/// the comparison notices.
fn notices(ola: &Ola, universe: u16, packet: &[u8], whereto: &str, (id_at, slots_at): (usize, usize), wanted: &[u8]) {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    let mut foreign = packet.to_vec();
    foreign[id_at] ^= 1;
    let mut spoilt = packet.to_vec();
    spoilt[slots_at + 300] ^= 1;
    assert!(ola.universe(universe).is_empty(), "nothing was sent yet");
    socket.send_to(&foreign, whereto).unwrap();
    socket.send_to(&spoilt, whereto).unwrap();
    assert!(patiently(|| !ola.universe(universe).is_empty()));
    let held = ola.universe(universe);
    let differ: Vec<usize> = (0..SLOTS).filter(|slot| held.get(*slot) != wanted.get(*slot)).collect();
    assert_eq!((held.len(), differ), (SLOTS, vec![300]));
    socket.send_to(&foreign, whereto).unwrap();
    assert!(
        !ola.comes_to_hold_at_once(universe, wanted),
        "a foreign packet changes nothing"
    );
}

impl Ola {
    /// Whether a universe holds these bytes after what was sent before has surely been received.
    fn comes_to_hold_at_once(&self, universe: u16, bytes: &[u8]) -> bool {
        (0..5).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            self.universe(universe) == bytes
        })
    }
}

/// All 97 universes of a 256×64 frame, each in its multicast group.
#[test]
fn ola_receives_sacn() {
    if !inside("ola::ola_receives_sacn") {
        return;
    }
    let ola = Ola::start("sacn");
    let frame = noise(256, 64, 11);
    let first = slots(&frame).next().unwrap();
    let packet = packets("sacn", "", "control", &noise(256, 64, 11), 1).remove(0);
    notices(&ola, 1, &packet, &format!("{INTERFACE}:5568"), (5, 126), first);

    let spec = format!("sacn:multicast?sync=7000&interface={INTERFACE}&priority=150");
    let mut sink = open(&spec, "屏", &Rig::default());
    for seed in [11, 12] {
        let frame = noise(256, 64, seed);
        sink.show(&frame, Instant(0)).unwrap();
        for (universe, wanted) in (1..).zip(slots(&frame)) {
            assert!(ola.comes_to_hold(universe, wanted), "frame {seed}, universe {universe}");
        }
    }
    a_higher_priority_is_heard_until_it_ends(&ola, sink);
}

/// The sink of priority 150 is heard and not this one, until its streams are ended.
fn a_higher_priority_is_heard_until_it_ends(ola: &Ola, sink: Box<dyn heliograph_sink::Sink>) {
    let spec = format!("sacn:multicast?interface={INTERFACE}");
    let mut lower = open(&spec, "别的屏", &Rig::default());
    let (other, shown): (Arc<Frame>, Arc<Frame>) = (noise(170, 1, 13), noise(256, 64, 12));
    lower.show(&other, Instant(0)).unwrap();
    assert!(!ola.comes_to_hold_at_once(1, other.rgb()));
    assert_eq!(ola.universe(1), slots(&shown).next().unwrap());
    drop(sink);
    assert!(ola.comes_to_hold(1, other.rgb()));
}

/// All 97 universes of a 256×64 frame, from Port-Address 0x1F0 on, four at a time, as the still frame is kept alive.
#[test]
fn ola_receives_art_net() {
    const FIRST: u16 = 0x1F0;
    if !inside("ola::ola_receives_art_net") {
        return;
    }
    let ola = Ola::start("artnet");
    let frame = noise(256, 64, 21);
    let first = slots(&frame).next().unwrap();
    hear_art_net(FIRST);
    // OLA does not look at the identifier of Art-Net, but at its version.
    let packet = packets("artnet", "?universe=496", "control", &frame, 1).remove(0);
    notices(&ola, 4096 + FIRST, &packet, "127.0.0.1:6454", (11, 18), first);

    let mut sink = open("artnet:127.0.0.1?universe=496&sync=yes", "屏", &Rig::default());
    for (from, group) in (FIRST..).step_by(4).zip(slots(&frame).collect::<Vec<_>>().chunks(4)) {
        hear_art_net(from);
        sink.show(&frame, Instant(0)).unwrap();
        for (universe, wanted) in (from..).zip(group) {
            // OLA gives what was sent last, and Art-Net's length is even: 97 × 510 slots need no padding.
            assert!(ola.comes_to_hold(4096 + universe, wanted), "Port-Address {universe:#x}");
        }
    }
}
