//! How the broker begins, endures and ends.

use std::io::Write;
use std::net::{TcpListener, TcpStream};

use heliograph_broker::{Broker, BrokerConfig, BrokerError};

use crate::house::{House, any_port};

#[test]
fn a_port_in_use_is_named_with_a_remedy() {
    let house = House::open();
    let config = BrokerConfig {
        listen: house.address(),
        ..any_port()
    };
    let error = Broker::start(config, house.rules.clone()).err().unwrap();
    assert!(
        matches!(error, BrokerError::PortInUse { address } if address == house.address()),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(
        text.contains(&house.address().to_string()) && text.contains("another port"),
        "{text}"
    );
}

#[test]
fn an_address_of_another_machine_is_named_with_a_remedy() {
    let house = House::open();
    // 192.0.2.0/24 is set aside for documentation (RFC 5737).
    let config = BrokerConfig {
        listen: ([192, 0, 2, 1], 0).into(),
        ..any_port()
    };
    let error = Broker::start(config, house.rules.clone()).err().unwrap();
    assert!(matches!(error, BrokerError::Listen { .. }), "{error:?}");
    assert!(error.to_string().contains("192.0.2.1"), "{error}");
}

#[test]
fn a_stopped_broker_frees_its_port_and_hangs_up() {
    let house = House::open();
    let address = house.address();
    let mut lobby = house.display("lobby");
    let House { broker, rules, .. } = house;
    broker.stop();
    lobby.wait_for_end();
    drop(TcpListener::bind(address).unwrap());

    // And may be started there again, at once and in the same process.
    let again = Broker::start(
        BrokerConfig {
            listen: address,
            ..any_port()
        },
        rules,
    )
    .unwrap();
    assert_eq!(again.local_addr(), address);
}

#[test]
fn the_broker_runs_in_a_program_with_a_runtime_of_its_own() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let house = House::open();
        assert!(!house.broker.kick("nobody"));
        house.broker.stop();
    });
}

#[test]
fn garbage_does_not_kill_it() {
    let house = House::open();
    let mut lobby = house.display("lobby");
    assert!(lobby.subscribe("trust"));
    let mut noise = 0x9e37_79b9_7f4a_7c15_u64;
    let mut silent = Vec::new();
    for number in 0..250_u32 {
        let mut stream = TcpStream::connect(house.address()).unwrap();
        let mut bytes: Vec<u8> = (0..200)
            .map(|_| {
                // xorshift64, the same noise in every run.
                noise ^= noise << 13;
                noise ^= noise >> 7;
                noise ^= noise << 17;
                noise.to_le_bytes()[3]
            })
            .collect();
        match number % 5 {
            // Begins as a CONNECT of MQTT 3.1.1 or 5 does, then goes astray.
            0 => bytes
                .splice(..10, [0x10, 120, 0, 4, b'M', b'Q', b'T', b'T', 4, 0xc2])
                .for_each(drop),
            1 => bytes
                .splice(..10, [0x10, 120, 0, 4, b'M', b'Q', b'T', b'T', 5, 0xc2])
                .for_each(drop),
            // Says that 256 MiB will follow.
            2 => bytes.splice(..5, [0x10, 0xff, 0xff, 0xff, 0x7f]).for_each(drop),
            3 => bytes.clear(),
            _ => {}
        }
        // The broker may have hung up already.
        let _hung_up = stream.write_all(&bytes);
        silent.push(stream);
    }
    let mut hub = house.hub();
    hub.publish("trust", false, "x");
    assert_eq!(lobby.message().topic, "trust");
    drop(silent);
    hub.publish("trust", false, "y");
    assert_eq!(lobby.message().payload, "y");
}
