use super::*;

fn protocol(text: &str) -> Packets {
    Packets::new(&Sacn::parse(text).unwrap(), "大厅")
}

fn sent(protocol: &mut Packets, lamps: &[u8]) -> Vec<(u16, Vec<u8>)> {
    let mut packets = Vec::new();
    let mut post = |universe: u16, packet: &[u8]| {
        packets.push((universe, packet.to_vec()));
        Ok(())
    };
    protocol.send(lamps, &mut post).unwrap();
    packets
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn golden_data_packet() {
    let packets = sent(&mut protocol("10.0.0.9?universe=258&priority=150"), &[17, 34, 51]);
    assert_eq!(packets.len(), 1);
    let (universe, packet) = &packets[0];
    assert_eq!((*universe, packet.len()), (258, 129));
    // Preamble, identifier, root layer of 0x71 bytes from its length on.
    assert_eq!(
        hex(&packet[..22]),
        "001000004153432d45312e31370000007071".to_owned() + "00000004"
    );
    assert_eq!(packet[22..38], component_id("大厅"));
    assert_eq!(hex(&packet[38..44]), "705b00000002");
    let mut name = b"Heliograph ".to_vec();
    name.extend("大厅".as_bytes());
    name.resize(64, 0);
    assert_eq!(packet[44..108], name);
    // Priority 150, no synchronization, sequence 0, no options, universe 258.
    assert_eq!(hex(&packet[108..115]), "96000000000102");
    assert_eq!(hex(&packet[115..]), "700e02a1000000010004".to_owned() + "00112233");
}

#[test]
fn golden_synchronization_packet() {
    let packets = sent(&mut protocol("10.0.0.9?sync=7000"), &[1, 2, 3]);
    assert_eq!(packets.len(), 2);
    let (_, data) = &packets[0];
    assert_eq!(
        hex(&data[108..115]),
        "641b5800200001",
        "its address, and what to do without it"
    );
    let (universe, sync) = &packets[1];
    assert_eq!((*universe, sync.len()), (7000, 49));
    assert_eq!(hex(&sync[16..22]), "702100000008");
    assert_eq!(
        hex(&sync[38..]),
        "700b".to_owned() + "00000001" + "00" + "1b58" + "0000"
    );
}

#[test]
fn a_group_is_told_which_universes_there_are() {
    let mut protocol = protocol("multicast?universe=9");
    let packets = sent(&mut protocol, &[0; 511]);
    let (universe, list) = &packets[2];
    assert_eq!((packets.len(), *universe, list.len()), (3, 64_214, 124));
    assert_eq!(hex(&list[16..22]), "706c00000008");
    assert_eq!(hex(&list[38..44]), "705600000002");
    assert_eq!(
        hex(&list[108..]),
        "00000000".to_owned() + "700c" + "00000001" + "0000" + "0009000a"
    );
    assert_eq!(
        sent(&mut protocol, &[0; 511]).len(),
        2,
        "and not again with the next frame"
    );
}

#[test]
fn a_stream_is_ended_three_times() {
    let mut protocol = protocol("multicast?universe=9");
    sent(&mut protocol, &[0; 600]);
    let mut ends = Vec::new();
    let mut post = |universe: u16, packet: &[u8]| {
        ends.push((universe, packet[111], packet[112], packet.len()));
        Ok(())
    };
    protocol.farewell(&mut post).unwrap();
    let each = |sequence| [(9, sequence, 0x40, 126), (10, sequence, 0x40, 126)];
    assert_eq!(ends, [each(1), each(2), each(3)].concat());
}

#[test]
fn a_display_is_always_the_same_source_and_no_other() {
    assert_eq!(component_id("a"), component_id("a"));
    assert_ne!(component_id("a"), component_id("b"));
    assert_eq!((component_id("a")[6] >> 4, component_id("a")[8] >> 6), (8, 2));
    let long = Source::of(&"屏".repeat(40));
    assert_eq!(long.name[63], 0);
    let text = std::str::from_utf8(&long.name).unwrap().trim_end_matches('\0');
    assert_eq!(text, format!("Heliograph {}", "屏".repeat(17)));
}
