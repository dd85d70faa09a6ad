//! Art-Net and sACN as Wireshark reads them.

use super::{noise, packets};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A capture file (libpcap format, link type 228: bare IPv4) of packets to a UDP port.
fn capture(name: &str, port: u16, packets: &[Vec<u8>]) -> PathBuf {
    let mut file = Vec::new();
    for word in [0xA1B2_C3D4u32, 0x0004_0002, 0, 0, 65_535, 228] {
        file.extend(word.to_le_bytes());
    }
    for payload in packets {
        let (udp, ip) = (payload.len() as u16 + 8, payload.len() as u16 + 28);
        for word in [0, 0, u32::from(ip), u32::from(ip)] {
            file.extend(word.to_le_bytes());
        }
        file.extend([0x45, 0]);
        file.extend(ip.to_be_bytes());
        file.extend([0, 0, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 9]);
        for half in [40_000, port, udp, 0] {
            file.extend(half.to_be_bytes());
        }
        file.extend(payload);
    }
    let path = std::env::temp_dir().join(format!("heliograph-{name}-{}.pcap", std::process::id()));
    std::fs::File::create(&path).unwrap().write_all(&file).unwrap();
    path
}

/// What Wireshark makes of the packets: the named fields, a line a packet.
fn dissected(name: &str, port: u16, packets: &[Vec<u8>], fields: &[&str]) -> Vec<String> {
    let path = capture(name, port, packets);
    let mut command = Command::new("tshark");
    command.arg("-r").arg(&path).stderr(Stdio::piped());
    command.args(["--enable-heuristic", "acn", "-o", "acn.dmx_enable:TRUE"]);
    command.args(["-T", "fields", "-E", "separator=|"]);
    for field in fields {
        command.args(["-e", field]);
    }
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("tshark: {error}; install it: apt-get install tshark"));
    std::fs::remove_file(&path).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

const MALFORMED: &str = "_ws.malformed";

const ART_NET: [&str; 8] = [
    MALFORMED,
    "artnet.header.id",
    "artnet.header.opcode",
    "artnet.header.protver",
    "artnet.output.sequence",
    "artnet.output.physical",
    "artnet.output.universe",
    "artnet.output.length",
];

/// A universe and a half from Port-Address 0x1FF on, and what ends the frame.
#[test]
fn wireshark_reads_art_net() {
    let packets = packets("artnet", "?universe=511&sync=yes", "屏", &noise(255, 1, 1), 6);
    let seen = dissected("artnet", 6454, &packets, &ART_NET);
    let dmx = |sequence: u8, universe: u16, length: u16| format!("|Art-Net|0x5000|14|{sequence}|0|{universe}|{length}");
    let sync = "|Art-Net|0x5200|14||||".to_owned();
    let frame = |sequence| [dmx(sequence, 511, 510), dmx(sequence, 512, 256), sync.clone()];
    assert_eq!(seen, [frame(1), frame(2)].concat());
}

const SACN: [&str; 13] = [
    MALFORMED,
    "acn.packet_identifier",
    "acn.protocol_id",
    "acn.cid",
    "acn.pdu.length",
    "acn.dmx.source_name",
    "acn.dmx.priority",
    "acn.dmx.reserved",
    "acn.dmx.seq_number",
    "acn.dmx.options",
    "acn.dmx.universe",
    "acn.dmx.start_code2",
    "acn.dmx.count",
];

/// Two universes, synchronized. Wireshark 4.0 does not know the packets of synchronization (and of discovery): they are
/// held to the standard's tables by the golden packets beside the code alone.
#[test]
fn wireshark_reads_sacn() {
    let frame = noise(200, 1, 2);
    let packets = packets("sacn", "?universe=9&priority=130&sync=7000", "屏", &frame, 6);
    let seen = dissected("sacn", 5568, &packets, &SACN);
    let data = |lengths: &str, sequence: u8, universe: u16, count: u16| {
        let who = "|ASC-E1.17|4|3087b5c9-4ae7-8f76-b571-e59f2a0f22d1";
        format!("{who}|{lengths}|Heliograph 屏|130|7000|{sequence}|32|{universe}|0|{count}")
    };
    let unknown = "|".repeat(SACN.len() - 1);
    let frame = |sequence| {
        [
            data("620,598,521", sequence, 9, 511),
            data("200,178,101", sequence, 10, 91),
            unknown.clone(),
        ]
    };
    assert_eq!(seen, [frame(0), frame(1)].concat());
}

/// Wireshark is no yes-man: what is cut short is malformed to it, and a wrong identifier is not the protocol.
#[test]
fn wireshark_notices_what_is_wrong() {
    let art_net = packets("artnet", "", "屏", &noise(170, 1, 1), 1);
    let sacn = packets("sacn", "", "屏", &noise(170, 1, 1), 1);
    for (name, port, packet, fields) in [
        ("short-artnet", 6454, &art_net[0], &ART_NET[..3]),
        ("short-sacn", 5568, &sacn[0], &SACN[..3]),
    ] {
        let whole = dissected(name, port, std::slice::from_ref(packet), fields);
        assert!(whole[0].starts_with('|'), "{whole:?}");
        let short = dissected(name, port, &[packet[..100].to_vec()], fields);
        assert!(!short[0].starts_with('|'), "{short:?}");
        let mut spoilt = packet.clone();
        spoilt[5] ^= 0x20;
        let spoilt = dissected(name, port, &[spoilt], fields);
        assert!(
            !spoilt[0].contains("0x5000") && !spoilt[0].contains("ASC-E1.17"),
            "{spoilt:?}"
        );
    }
}
