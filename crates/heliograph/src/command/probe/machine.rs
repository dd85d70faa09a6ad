//! What a machine has: fonts, memory, a clock, a folder, a broker.

use super::{Finding, State};
use heliograph_player::BrokerAddress;
use heliograph_player::pairing::HubAddress;
use heliograph_scene::{FontSet, SYSTEM_FONTS};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::io::Write;
use std::net::{TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A broker that has not answered in this time is not there.
const BROKER: Duration = Duration::from_secs(5);
/// The replica of a busy office takes a few megabytes, and its pictures some hundreds.
const ENOUGH_MIB: u64 = 512;
const LEAST_MIB: u64 = 32;
/// A clock that shows an earlier second (1 January 2025) was never set.
const PROGRAM_S: u64 = 1_735_689_600;
/// What says that something keeps the clock right: systemd-timesyncd's mark, or one of the usual daemons' own files.
const SYNCHRONISED: &str = "/run/systemd/timesync/synchronized";
const KEEPERS: [(&str, &str); 3] = [
    ("chrony", "/run/chrony/chronyd.pid"),
    ("ntpd", "/run/ntpd.pid"),
    ("ntpsec", "/run/ntpsec/ntpd.pid"),
];

/// The fonts that the card is drawn with, and whether they are what visitors should see.
pub(super) fn fonts(needed: bool) -> (FontSet, Finding) {
    if !needed {
        let finding = Finding::new(
            "fonts",
            State::Ok,
            "the built-in bitmap font, which such panels use",
            "",
        );
        return (FontSet::built_in(), finding);
    }
    match read_fonts() {
        Ok(fonts) => (
            fonts,
            Finding::new("fonts", State::Ok, "Noto Sans CJK, regular and bold", ""),
        ),
        Err(why) => {
            let todo = "apt install fonts-noto-cjk; until then text is drawn with the built-in bitmap font";
            (FontSet::built_in(), Finding::new("fonts", State::Warn, why, todo))
        }
    }
}

fn read_fonts() -> Result<FontSet, String> {
    let read = |path: &str| -> Result<Arc<[u8]>, String> {
        std::fs::read(path)
            .map(Arc::from)
            .map_err(|error| format!("{path}: {error}"))
    };
    FontSet::from_bytes(read(SYSTEM_FONTS[0])?, read(SYSTEM_FONTS[1])?).map_err(|error| error.to_string())
}

/// Whether there is memory for a player that needs so much.
pub(super) fn memory(needed_kib: u64) -> Finding {
    let available = std::fs::read_to_string("/proc/meminfo").ok();
    let Some(available_kib) = available.as_deref().and_then(available_kib) else {
        let found = "/proc/meminfo does not tell what is available";
        return Finding::new("memory", State::Warn, found, "look at it with: free -m");
    };
    let found = format!(
        "{} MiB available, the player needs about {}",
        available_kib / 1024,
        needed_kib.div_ceil(1024)
    );
    let todo = "end what else runs on this machine, or give it more memory";
    if available_kib < needed_kib {
        Finding::new("memory", State::Fail, found, todo)
    } else if available_kib < needed_kib * 2 {
        Finding::new("memory", State::Warn, found, todo)
    } else {
        Finding::new("memory", State::Ok, found, "")
    }
}

fn available_kib(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Whether the clock can be believed. A display shows by the hub's time while it hears it, and by its own without.
pub(super) fn clock() -> Finding {
    let now_s = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let keeper = KEEPERS.iter().find(|(_, file)| Path::new(file).exists());
    judge_clock(now_s, Path::new(SYNCHRONISED).exists(), keeper.map(|(name, _)| *name))
}

fn judge_clock(now_s: u64, synchronised: bool, keeper: Option<&str>) -> Finding {
    let day = Timestamp::from_second(i64::try_from(now_s).unwrap_or(i64::MAX)).map_or_else(
        |_| "no date at all".to_owned(),
        |at| at.strftime("%F %H:%M UTC").to_string(),
    );
    if now_s < PROGRAM_S {
        let todo = "set it (timedatectl set-time), and check the machine's battery";
        return Finding::new("clock", State::Fail, format!("it shows {day}: it was never set"), todo);
    }
    match (synchronised, keeper) {
        (true, _) => Finding::new(
            "clock",
            State::Ok,
            format!("{day}, synchronised by systemd-timesyncd"),
            "",
        ),
        (false, Some(keeper)) => Finding::new("clock", State::Ok, format!("{day}, kept by {keeper}"), ""),
        (false, None) => {
            let todo = "apt install systemd-timesyncd, and let it reach a time server (timedatectl status)";
            Finding::new("clock", State::Warn, format!("{day}, and nothing keeps it right"), todo)
        }
    }
}

/// How far east of Greenwich this machine's time zone is now, in seconds; China's where it does not say.
pub(super) fn offset_s() -> i32 {
    let zone = std::fs::read_link("/etc/localtime").ok();
    let zone = zone.as_deref().and_then(Path::to_str);
    let zone = zone.and_then(|link| TimeZone::get(link.split_once("zoneinfo/")?.1).ok());
    let zone = zone.unwrap_or_else(|| TimeZone::fixed(jiff::tz::offset(8)));
    zone.to_offset(Timestamp::now()).seconds()
}

/// Whether the player's folder can be written, has room, and holds an identity.
pub(super) fn folder(data: &Path) -> Vec<Finding> {
    let owner = "make it and give it to the player's user: install -d -o heliograph -g heliograph -m 0700";
    if let Err(error) = written(data) {
        let found = format!("{} cannot be written: {error}", data.display());
        return vec![Finding::new(
            "data",
            State::Fail,
            found,
            format!("{owner} {}", data.display()),
        )];
    }
    vec![room(data), identity(&super::super::player::identity_file(data))]
}

/// Writes a file as the replica does: durably. Nothing of it stays; a folder that had to be made does.
fn written(data: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(data)?;
    let trial: PathBuf = data.join(format!("probe-{}", std::process::id()));
    let outcome = std::fs::File::create(&trial).and_then(|mut file| {
        file.write_all(b"heliograph")?;
        file.sync_all()
    });
    std::fs::remove_file(&trial).and(outcome)
}

fn room(data: &Path) -> Finding {
    let free_mib = match rustix::fs::statvfs(data) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize) / (1024 * 1024),
        Err(error) => {
            let found = format!("{} does not tell how much room it has: {error}", data.display());
            return Finding::new("data", State::Warn, found, "look at it with: df -h");
        }
    };
    let found = format!("{} can be written, {free_mib} MiB free", data.display());
    let todo = "make room on its disk: the player keeps its programme there";
    if free_mib < LEAST_MIB {
        Finding::new("data", State::Fail, found, todo)
    } else if free_mib < ENOUGH_MIB {
        Finding::new("data", State::Warn, found, todo)
    } else {
        Finding::new("data", State::Ok, found, "")
    }
}

fn identity(file: &Path) -> Finding {
    if !file.exists() {
        let todo = "start the player with --hub https://HOST:PORT, and it shows its pairing code";
        return Finding::new("identity", State::Warn, "this display is not enrolled yet", todo);
    }
    match heliograph_player::Identity::load(file) {
        Ok(identity) => Finding::new("identity", State::Ok, format!("display {}", identity.display), ""),
        Err(error) => Finding::new("identity", State::Fail, error.to_string(), "enrol the display anew"),
    }
}

/// Whether the broker can be reached.
pub(super) fn broker(address: &BrokerAddress) -> Finding {
    reached("broker", &address.to_string(), &address.host, address.port)
}

/// Whether the hub can be reached that lets machines in.
pub(super) fn hub(address: &HubAddress) -> Finding {
    reached("hub", address.url(), address.host(), address.port())
}

fn reached(check: &'static str, address: &str, host: &str, port: u16) -> Finding {
    match reach(host, port) {
        Ok(()) => Finding::new(check, State::Ok, format!("{address} answers"), ""),
        Err(error) => {
            let todo = "check cable, address and firewall, and that the hub runs";
            Finding::new(check, State::Fail, format!("{address}: {error}"), todo)
        }
    }
}

fn reach(host: &str, port: u16) -> std::io::Result<()> {
    let mut last = std::io::Error::new(std::io::ErrorKind::NotFound, "the name has no address");
    for socket in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&socket, BROKER) {
            Ok(_) => return Ok(()),
            Err(error) => last = error,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_available_is_read() {
        let meminfo = "MemTotal:  2000 kB\nMemFree: 10 kB\nMemAvailable:    1234 kB\n";
        assert_eq!(available_kib(meminfo), Some(1234));
        assert_eq!(available_kib("MemTotal: 1 kB\n"), None);
    }

    #[test]
    fn little_memory_is_told_before_it_is_too_little() {
        assert_eq!(memory(1).state, State::Ok);
        let too_little = memory(u64::MAX / 4);
        assert_eq!(too_little.state, State::Fail);
        assert!(!too_little.todo.is_empty());
    }

    #[test]
    fn a_clock_without_a_keeper_is_doubted_and_one_of_1970_refused() {
        let now = 1_800_000_000;
        assert_eq!(judge_clock(now, true, None).state, State::Ok);
        assert_eq!(judge_clock(now, false, Some("chrony")).state, State::Ok);
        assert_eq!(judge_clock(now, false, None).state, State::Warn);
        let dead = judge_clock(60, true, None);
        assert_eq!(dead.state, State::Fail);
        assert!(dead.found.contains("1970-01-01 00:01"), "{}", dead.found);
    }
}
