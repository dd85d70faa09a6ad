//! A draft that is discarded is nowhere any more: the files of the data folder are looked through as somebody would who
//! has them all, keys included, and knows how they are made (`docs/log-format.md`).

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use heliograph_tests::{NOTICE_ENTRY, World, act, eventually, unhex};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const SECRET: &str = "当事人张某某的住址";
const FORMER: &str = "最初写下的另一句";

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

/// Every row of these names that can still be opened in a log's folder: the bytes are looked for at every offset of
/// every file, wherever a table, a segment or a free page may have left them.
fn opened(folder: &Path, names: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let keys = std::fs::read(folder.join("events.keys")).unwrap();
    let key = |slot: u64| -> Option<&[u8]> {
        let at = 512 + usize::try_from(slot).ok()?.checked_mul(32)?;
        keys.get(at..at.checked_add(32)?)
            .filter(|key| key.iter().any(|byte| *byte != 0))
    };
    let mut all = Vec::new();
    for file in files(folder) {
        let bytes = std::fs::read(&file).unwrap();
        for at in 0..bytes.len().saturating_sub(52) {
            let slot = u64::from_be_bytes(bytes[at..at + 8].try_into().unwrap());
            let length = u32::from_be_bytes(bytes[at + 32..at + 36].try_into().unwrap()) as usize;
            if !(16..=1 << 20).contains(&length) || at + 36 + length > bytes.len() {
                continue;
            }
            let Some(key) = key(slot) else { continue };
            let cipher = XChaCha20Poly1305::new_from_slice(key).unwrap();
            let nonce = XNonce::try_from(&bytes[at + 8..at + 32]).unwrap();
            for name in names {
                let payload = Payload {
                    msg: &bytes[at + 36..at + 36 + length],
                    aad: name,
                };
                all.extend(cipher.decrypt(&nonce, payload));
            }
        }
    }
    all
}

fn name(table: &str, key: &[u8]) -> Vec<u8> {
    [b"row\0", table.as_bytes(), b"\0", key].concat()
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// A picture of 8 × 8 pixels, as it is uploaded.
fn picture() -> Vec<u8> {
    // PNG, grey, one row after another without a filter, stored and not compressed (RFC 1950, RFC 1951).
    let raw: Vec<u8> = (0..8_u8).flat_map(|row| [&[0][..], &[row * 30; 8]].concat()).collect();
    let crc = |bytes: &[u8]| -> u32 {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
            })
        })
    };
    let adler = raw.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (b + a) % 65521)
    });
    let length = u16::try_from(raw.len()).unwrap();
    let mut stored = vec![0x78, 0x01, 0x01];
    stored.extend([length.to_le_bytes(), (!length).to_le_bytes()].concat());
    stored.extend(&raw);
    stored.extend(((adler.1 << 16) | adler.0).to_be_bytes());
    let chunk = |kind: &[u8], data: &[u8]| {
        let body = [kind, data].concat();
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], &body, &crc(&body).to_be_bytes()].concat()
    };
    let head = [&8_u32.to_be_bytes()[..], &8_u32.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let magic = [0x89, b'P', b'N', b'G', 13, 10, 26, 10];
    [
        &magic[..],
        &chunk(b"IHDR", &head),
        &chunk(b"IDAT", &stored),
        &chunk(b"IEND", b""),
    ]
    .concat()
}

#[test]
fn a_draft_that_is_discarded_can_be_opened_nowhere_neither_here_nor_in_a_backup() {
    let world = World::backed_up();
    let people = &world.people;
    let wish = |body: &str| json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": {"zh-Hans": {"title": "通知", "body": body}}});
    let made = people
        .author
        .post("/api/v1/drafts", &wish(FORMER))
        .expect_status(201)
        .json;
    let id = made["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/drafts/{id}");
    // A page that somebody has open keeps what it shows.
    let _ = people.author.get(&path).expect_status(200);
    let first = made["hash"].as_str().unwrap();
    let saved = people
        .author
        .put(&path, &[("if-match", first)], &wish(SECRET))
        .expect_status(200);
    assert!(saved.json["hash"].is_string());
    let added = people
        .author
        .send("POST", &format!("{path}/attachments?name=p"), &[], &picture())
        .expect_status(201)
        .json;
    let pictured = added["attachments"][0]["hash"].as_str().unwrap().to_owned();
    let backup = people.admin.post("/api/v1/backups", &json!({})).expect_status(201).json;
    let backup = world.backups().join(backup["name"].as_str().unwrap());

    let draft = unhex_id(&id);
    let names = [
        name("drafts", &draft),
        name("draft-versions", &[&draft[..], &unhex(first)].concat()),
        name("draft-pictures", &[&draft[..], &unhex(&pictured), &[0, 0]].concat()),
    ];
    let read = |folder: &Path| opened(folder, &names);
    // The control: with its keys all of it can be read, here and in the backup, and nothing of it lies open.
    for folder in [world.data(), backup.clone()] {
        let rows = read(&folder);
        let has = |text: &[u8]| rows.iter().any(|row| holds(row, text));
        assert!(
            has(SECRET.as_bytes()) && has(FORMER.as_bytes()) && has(&[0x89, b'P', b'N', b'G']),
            "{}",
            folder.display()
        );
        for file in files(&folder) {
            assert!(
                !holds(&std::fs::read(&file).unwrap(), SECRET.as_bytes()),
                "{}",
                file.display()
            );
        }
    }

    let _ = people.author.send("DELETE", &path, &[], b"").expect_status(200);
    let _ = people.author.get(&path).expect_status(404);
    // The keys are overwritten in the step after the one that dropped the rows.
    eventually("nothing of it can be opened", || read(&world.data()).is_empty());
    eventually("nor in the backup", || read(&backup).is_empty());
    // Another's draft can still be read: what was destroyed were its own keys alone.
    let other = people
        .author
        .post("/api/v1/drafts", &wish("另一份"))
        .expect_status(201)
        .json;
    let kept = name("drafts", &unhex_id(other["id"].as_str().unwrap()));
    assert!(!opened(&world.data(), &[kept]).is_empty());
}

#[test]
fn what_is_submitted_and_released_leaves_no_draft_behind() {
    let world = World::new();
    let people = &world.people;
    let id = people.publish_notice("发布后的通知", &["hall"]);
    let names = [name("drafts", &unhex_id(&id))];
    eventually("the draft is gone", || opened(&world.data(), &names).is_empty());
    // The control: a text on its way still has its draft, since it may come back.
    let waiting: Value =
        json!({"zh-Hans": {"title": "送审中", "body": "正文", "department": "办公室", "date": "2026-11-24"}});
    let id = people.submitted("notice", NOTICE_ENTRY, &waiting);
    assert!(!opened(&world.data(), &[name("drafts", &unhex_id(&id))]).is_empty());
    let _ = act(&people.reviewer, &id, "reject", &json!({"reason": "请修改"})).expect_status(200);
    let _ = people
        .author
        .send("DELETE", &format!("/api/v1/drafts/{id}"), &[], b"")
        .expect_status(200);
    eventually("and that is gone, too", || {
        opened(&world.data(), &[name("drafts", &unhex_id(&id))]).is_empty()
    });
}

/// The sixteen bytes of a UUID.
fn unhex_id(id: &str) -> [u8; 16] {
    let padded = format!("{}{}", id.replace('-', ""), "0".repeat(32));
    unhex(&padded)[..16].try_into().unwrap()
}
