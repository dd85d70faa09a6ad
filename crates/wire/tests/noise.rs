//! Bytes that are no message: whatever arrives, nothing panics, nothing is believed, and a few bytes never make a
//! reader ask for much memory.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod support;

use heliograph_domain::ChannelName;
use heliograph_wire::{
    Ack, Command, ContentPayload, DisplayConfig, Erased, HeadMessage, Heartbeat, Receipts, Refusal, Reply, Status,
    StatusVerifier, Topic, Trust, TrustDocument, unpack_head,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use support::{channel, display, keys, messages, root, site, stamp, trust_document};

/// Xorshift (Marsaglia 2003): the same noise in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// Everything that reads bytes, given these.
fn read_as_everything(bytes: &[u8]) -> usize {
    let _ = ContentPayload::from_bytes(bytes);
    if let Ok(head) = HeadMessage::from_bytes(bytes) {
        // Pages are read by the same reader; an object that is no page must be told so.
        let _ = unpack_head(&head, &|_| Some(bytes.to_vec()));
    }
    let read = [
        TrustDocument::from_bytes(bytes).is_ok(),
        Heartbeat::from_bytes(bytes).is_ok(),
        DisplayConfig::from_bytes(bytes).is_ok(),
        Erased::from_bytes(bytes).is_ok(),
        Command::from_bytes(bytes).is_ok(),
        Status::from_bytes(bytes).is_ok(),
        Receipts::from_bytes(bytes).is_ok(),
        Ack::from_bytes(bytes).is_ok(),
        Reply::from_bytes(bytes).is_ok(),
        HeadMessage::from_bytes(bytes).is_ok(),
    ];
    read.into_iter().filter(|read| *read).count()
}

/// A true body with bytes overwritten, cut out or put in.
fn damaged(body: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = body.to_vec();
    let at = dice.below(bytes.len());
    let length = dice.below(12) + 1;
    let noise = dice.bytes(length);
    let end = (at + noise.len()).min(bytes.len());
    match dice.below(3) {
        0 => bytes[at..end].copy_from_slice(&noise[..end - at]),
        1 => drop(bytes.drain(at..end)),
        _ => drop(bytes.splice(at..at, noise)),
    }
    bytes
}

#[test]
fn no_bytes_make_a_reader_panic() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let bodies: Vec<Vec<u8>> = messages().into_iter().map(|(_, _, body, _)| body).collect();
    let mut still_read = 0;
    for round in 0..60_000 {
        let bytes = if round % 3 == 0 {
            let mut bytes = dice.bytes(round % 200);
            // Half of the noise gets past the format byte.
            if let Some(first) = bytes.first_mut().filter(|_| round % 2 == 0) {
                *first = 1;
            }
            bytes
        } else {
            damaged(&bodies[round % bodies.len()], &mut dice)
        };
        match catch_unwind(AssertUnwindSafe(|| read_as_everything(&bytes))) {
            Ok(read) => still_read += read,
            Err(_) => panic!("a reader panicked on {}", support::hex(&bytes)),
        }
    }
    assert!(still_read > 1000, "the noise reaches past the first byte: {still_read}");
}

#[test]
fn no_bytes_are_believed() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut trust = Trust::new(site(), root());
    let document = messages()
        .into_iter()
        .find(|(name, ..)| *name == "envelope-trust")
        .unwrap()
        .3;
    assert!(trust.admit(&Topic::Trust, &document).is_ok());
    let mut verifier = StatusVerifier::new(site(), display(), keys().display.public());
    let before = trust.clone();
    let all = messages();
    for round in 0..3000 {
        let (name, topic, _, payload) = &all[round % all.len()];
        let bytes = if round % 2 == 0 {
            dice.bytes(round % 400)
        } else {
            damaged(payload, &mut dice)
        };
        if bytes == *payload {
            continue;
        }
        assert!(trust.admit(topic, &bytes).is_err(), "{name}");
        assert!(verifier.admit(&bytes).is_err(), "{name}");
    }
    assert_eq!(trust, before, "nothing was remembered");
}

/// Lists that say they have 2^60 elements, in every place where a list can stand.
fn boasts() -> Vec<Vec<u8>> {
    let boast = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];
    let mut all = Vec::new();
    for (_, _, body, _) in messages() {
        for at in 1..body.len() {
            all.push([&body[..at], &boast, &body[at + 1..]].concat());
            all.push([&body[..at], &boast].concat());
        }
    }
    all
}

/// Named only when it plays the part of the child process below.
const CHILD: &str = "HELIOGRAPH_TEST_LITTLE_MEMORY";

/// A reader that believed a length it was told would ask for exabytes. The test runs itself once more with 1 GiB of
/// addresses, most of which is what threads reserve; as a control, a child that does ask for more dies.
#[test]
#[cfg(target_os = "linux")]
fn a_boasting_length_costs_no_memory() {
    match std::env::var(CHILD).as_deref() {
        Ok("reads") => {
            for bytes in boasts() {
                read_as_everything(&bytes);
            }
            return;
        }
        Ok("boasts") => {
            assert_eq!(std::hint::black_box(vec![1_u8; 2 << 30]).len(), 2 << 30);
            return;
        }
        _ => {}
    }
    let ends_well = |part: &str| {
        let child = std::process::Command::new("sh")
            .args([
                "-c",
                "ulimit -v 1048576 && exec \"$0\" --exact a_boasting_length_costs_no_memory",
            ])
            .arg(std::env::current_exe().unwrap())
            .env(CHILD, part)
            .output()
            .unwrap();
        child.status.success()
    };
    assert!(ends_well("reads"), "readers stay within 1 GiB");
    assert!(!ends_well("boasts"), "the control: the limit holds");
}

#[test]
fn names_that_are_none_are_refused_wherever_they_stand() {
    let hall: Vec<u8> = [&[4], b"hall".as_slice()].concat();
    for (name, _, body, _) in messages() {
        let Some(at) = body.windows(hall.len()).position(|window| window == hall) else {
            continue;
        };
        for bad in [b"Hall", b"ha/l", b"ha+l", b"ha\xffl", b"ha l"] {
            let mut forged = body.clone();
            forged[at + 1..at + 5].copy_from_slice(bad);
            assert_eq!(read_as_everything(&forged), 0, "{name} with {bad:?}");
        }
    }
    assert!("Hall".parse::<ChannelName>().is_err());
}

/// A message that is truly signed and makes no sense is believed to be the newest, and is still no message.
#[test]
fn a_signed_body_of_a_later_format_is_told_apart() {
    let topic = Topic::Head(channel());
    let mut trust = Trust::new(site(), root());
    let document = heliograph_wire::seal(
        &keys().root,
        &site(),
        &Topic::Trust,
        stamp(&Topic::Trust),
        &trust_document().to_bytes(),
    );
    assert!(trust.admit(&Topic::Trust, &document).is_ok());
    let payload = heliograph_wire::seal(&keys().release, &site(), &topic, stamp(&topic), b"\x02later");
    let opened = match trust.admit(&topic, &payload).unwrap() {
        heliograph_wire::Admitted::New(opened) | heliograph_wire::Admitted::Repeated(opened) => opened,
    };
    assert_eq!(HeadMessage::from_bytes(&opened.body), Err(Refusal::Format(2)));
}
