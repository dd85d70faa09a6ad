//! Posters: from the clerk's file to the glass, the same picture for whoever reviews, reads and passes by; and files
//! that are no pictures, told in the clerk's language, with nothing kept of them.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::ContentHash;
use heliograph_log::TableName;
use heliograph_tests::{Http, LOBBY, NOTICE_ENTRY, Reply, STRIP, World, act, eventually, notice};
use serde_json::{Value, json};
use std::fmt::Write;

/// A colour that nothing else on a screen has.
const CRIMSON: [u8; 3] = [214, 12, 90];

/// A PNG of one colour.
fn poster(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let pixels = colour.repeat(width as usize * height as usize);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    bytes
}

/// A PDF with pages of these colours.
fn pdf(colours: &[[u8; 3]]) -> Vec<u8> {
    let kids: String = (0..colours.len()).fold(String::new(), |mut all, n| {
        let _ = write!(all, "{} 0 R ", 3 + 2 * n);
        all
    });
    let mut told = format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[{kids}]/Count {}>>endobj\n",
        colours.len()
    );
    for (n, colour) in colours.iter().enumerate() {
        let [r, g, b] = colour.map(|level| f64::from(level) / 255.0);
        let drawing = format!("{r:.4} {g:.4} {b:.4} rg 0 0 300 400 re f");
        let (page, stream) = (3 + 2 * n, 4 + 2 * n);
        let _ = write!(
            told,
            "{page} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents {stream} 0 R>>endobj\n{stream} 0 obj<</Length {}>>stream\n{drawing}\nendstream endobj\n",
            drawing.len()
        );
    }
    told.push_str("trailer<</Root 1 0 R>>\n");
    told.into_bytes()
}

fn draft(author: &Http, title: &str) -> String {
    let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice(title)});
    let made = author.post("/api/v1/drafts", &wish).expect_status(201);
    made.json["id"].as_str().unwrap().to_owned()
}

fn upload(author: &Http, id: &str, name: &str, file: &[u8]) -> Reply {
    let path = format!("/api/v1/drafts/{id}/attachments?name={name}");
    author.send("POST", &path, &[("content-type", "application/octet-stream")], file)
}

fn released(world: &World, id: &str) {
    let people = &world.people;
    let steps = [
        (&people.author, "submit", json!({})),
        (&people.reviewer, "review", json!({})),
        (&people.approver, "approve", json!({})),
        (&people.approver, "release", json!({"channels": ["hall"]})),
    ];
    for (who, verb, body) in steps {
        let _ = act(who, id, verb, &body).expect_status(200);
    }
}

fn hashes(reply: &Reply) -> Vec<String> {
    let all = reply.json["attachments"].as_array().unwrap().iter();
    all.map(|it| it["hash"].as_str().unwrap().to_owned()).collect()
}

fn count(frame: &heliograph_scene::Frame, colour: [u8; 3]) -> usize {
    let near = |pixel: &[u8]| pixel.iter().zip(colour).all(|(a, b)| a.abs_diff(b) <= 2);
    frame.rgb().chunks(3).filter(|pixel| near(pixel)).count()
}

#[test]
#[allow(clippy::too_many_lines, reason = "one life of one poster")]
fn a_poster_goes_from_the_desk_to_the_glass_and_away_again() {
    let world = World::new();
    let (people, everyone) = (&world.people, world.http());
    let mut lobby = world.display("lobby", LOBBY, &["hall"]);
    let strip = world.display("strip", STRIP, &["hall"]);
    let id = draft(&people.author, "开放日");
    let file = poster(600, 800, CRIMSON);
    let added = upload(&people.author, &id, "open-day", &file).expect_status(201);
    let hash = hashes(&added).remove(0);
    let media = format!("/media/{hash}");

    // The draft's picture is its author's alone.
    let own = format!("/api/v1/drafts/{id}/attachments/{hash}");
    let seen = people.author.get(&own).expect_status(200);
    assert_eq!(seen.header("content-type"), Some("image/png"));
    let _ = people.everything.get(&own).expect_status(404);
    let _ = people.approver.get(&own).expect_status(403);
    let _ = everyone.get(&media).expect_status(404);
    let page = people.author.get(&format!("/admin/write/{id}")).expect_status(200);
    assert!(page.text.contains(&own) && page.text.contains("multipart/form-data"));

    released(&world, &id);
    // Whoever passes by sees it, pixel for pixel in its colour; the strip shows the words.
    eventually("the poster is on the glass", || {
        lobby
            .recording
            .last()
            .is_some_and(|frame| count(&frame, CRIMSON) > 20_000)
    });
    let on_air = |display: &heliograph_tests::TestDisplay| {
        let path = format!("/api/v1/displays/{}", display.id);
        people.admin.get(&path).json["status"]["on_air"]["publication"].clone()
    };
    eventually("the strip has the notice", || on_air(&strip) == json!(id));
    assert_eq!(count(&strip.frame(), CRIMSON), 0);

    // So does whoever reads at home, and the reviewer.
    let public = everyone.get(&format!("/p/{id}")).expect_status(200);
    assert!(public.text.contains(&media) && public.text.contains("alt=\"open-day\""));
    let seen = everyone.get(&media).expect_status(200);
    assert_eq!(seen.header("content-type"), Some("image/png"));
    assert_eq!(seen.header("x-content-type-options"), Some("nosniff"));
    let etag = seen.header("etag").unwrap().to_owned();
    let again = everyone.send("GET", &media, &[("if-none-match", &etag)], b"");
    assert_eq!(again.status, 304);
    let staff = format!("/api/v1/publications/{id}/attachments/{hash}");
    assert_eq!(people.reviewer.get(&staff).expect_status(200).bytes, seen.bytes);
    let _ = everyone.get(&staff).expect_status(401);

    // A display fetches what its channels name, with its own token and no other.
    let fetch = |token: &str, hash: &str| {
        everyone
            .with_token(token)
            .get(&format!("/api/v1/device/content/{hash}"))
            .status
    };
    let token = world.identity(&lobby).mqtt_token;
    assert_eq!(fetch(&token, &hash), 200);
    assert_eq!((fetch("nobody", &hash), fetch(&token, &"ab".repeat(32))), (401, 404));
    let elsewhere = world.display("elsewhere", STRIP, &["back-office"]);
    assert_eq!(fetch(&world.identity(&elsewhere).mqtt_token, &hash), 404);

    // It is there after a power cut without a hub, and gone when it is withdrawn.
    let folder = lobby.folder_for_a_process().join("media");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    let _ = act(&people.approver, &id, "withdraw", &json!({})).expect_status(200);
    let _ = everyone.get(&media).expect_status(410);
    assert_eq!(fetch(&token, &hash), 404);
    eventually("the display drops it", || {
        std::fs::read_dir(&folder).unwrap().count() == 0
    });
    eventually("nothing of it is on the glass", || count(&lobby.frame(), CRIMSON) == 0);

    // Two people erase it: its bytes are nowhere.
    let stored: ContentHash = hash.parse().unwrap();
    let in_store = || {
        world
            .hub()
            .log()
            .content(&heliograph_log::ContentHash(stored.0))
            .unwrap()
            .is_some()
    };
    assert!(in_store(), "the control");
    let _ = act(&people.approver, &id, "request-erasure", &json!({"reason": "误发"})).expect_status(200);
    let _ = act(&people.admin, &id, "erase", &json!({})).expect_status(200);
    assert!(!in_store());
    let _ = everyone.get(&media).expect_status(410);
    let _ = people.reviewer.get(&staff).expect_status(404);
    lobby.stop();
}

#[test]
fn pages_of_a_pdf_are_pictures_in_their_order_and_a_revision_keeps_them() {
    let world = World::new();
    let people = &world.people;
    let id = draft(&people.author, "扫描件");
    let added = upload(&people.author, &id, "scan", &pdf(&[CRIMSON, [10, 20, 200]])).expect_status(201);
    let (pages, names) = (hashes(&added), added.json["attachments"].clone());
    assert_eq!(pages.len(), 2);
    assert_eq!(
        (&names[0]["name"], &names[1]["name"]),
        (&json!("scan（1/2）"), &json!("scan（2/2）"))
    );
    assert_eq!(
        (&names[0]["width_px"], &names[0]["height_px"]),
        (&json!(2160), &json!(2880))
    );
    let page = |n: usize| {
        people
            .author
            .get(&format!("/api/v1/drafts/{id}/attachments/{}", pages[n]))
            .bytes
    };
    for (n, colour) in [(0, CRIMSON), (1, [10, 20, 200])] {
        let mut reader = png::Decoder::new(std::io::Cursor::new(page(n))).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let middle = &pixels[pixels.len() / 2..][..3];
        assert!(middle.iter().zip(colour).all(|(a, b)| a.abs_diff(b) <= 1), "{middle:?}");
    }
    released(&world, &id);
    // A revision begins with the pictures of what it revises; one is taken out of it.
    let again = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("扫描件（更正）"), "publication": id});
    let _ = people.author.post("/api/v1/drafts", &again).expect_status(201);
    let shaped = people.author.get(&format!("/api/v1/drafts/{id}")).expect_status(200);
    assert_eq!(hashes(&shaped), pages);
    let path = format!("/api/v1/drafts/{id}/attachments/{}", pages[0]);
    let removed = people.author.send("DELETE", &path, &[], b"").expect_status(200);
    assert_ne!(
        removed.json["hash"], shaped.json["hash"],
        "whoever saw it before hears of the change"
    );
    let _ = people.author.get(&path).expect_status(404);
    for (who, verb) in [
        (&people.author, "submit"),
        (&people.reviewer, "review"),
        (&people.approver, "approve"),
        (&people.approver, "amend"),
    ] {
        let _ = act(who, &id, verb, &json!({})).expect_status(200);
    }
    let everyone = world.http();
    let _ = everyone.get(&format!("/media/{}", pages[0])).expect_status(410);
    let _ = everyone.get(&format!("/media/{}", pages[1])).expect_status(200);
}

/// The beginning of a PNG that says it is huge.
fn bomb() -> Vec<u8> {
    let mut small = poster(1, 1, CRIMSON);
    small[16..24].copy_from_slice(&[0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0]);
    let mut crc = u32::MAX;
    for byte in &small[12..29] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    small[29..33].copy_from_slice(&(!crc).to_be_bytes());
    small
}

/// A file's name, the file, and what is said of it: a code, a word in Chinese, one in English.
type Hostile = (&'static str, Vec<u8>, &'static str, &'static str, &'static str);

fn hostile() -> [Hostile; 9] {
    let whole = poster(40, 40, CRIMSON);
    [
        ("bomb.png", bomb(), "too_many_pixels", "像素", "pixels"),
        (
            "cut.png",
            whole[..whole.len() - 20].to_vec(),
            "cut_short",
            "不完整",
            "cut short",
        ),
        (
            "cut.jpg",
            vec![0xff, 0xd8, 0xff, 0xe0, 0, 16, 1],
            "cut_short",
            "不完整",
            "cut short",
        ),
        (
            "page.png",
            b"<!DOCTYPE html><script>alert(1)</script>".to_vec(),
            "not_a_picture",
            "内容为准",
            "by its content",
        ),
        ("empty.png", Vec::new(), "missing", "请选择", "choose"),
        ("no.pdf", b"%PDF-1.7\nnothing".to_vec(), "unreadable", "PDF", "PDF"),
        ("long.pdf", pdf(&[CRIMSON; 21]), "too_many", "20", "20"),
        ("many.gif", b"GIF89a".to_vec(), "not_a_picture", "PNG", "PNG"),
        (
            "noise.jpg",
            [&[0xff, 0xd8, 0xff, 0xdb][..], &[7; 3000]].concat(),
            "cut_short",
            "不完整",
            "cut short",
        ),
    ]
}

#[test]
fn what_is_no_picture_is_refused_in_both_languages_and_nothing_of_it_is_kept() {
    let world = World::new();
    let author = &world.people.author;
    let id = draft(author, "测试");
    let whole = poster(40, 40, CRIMSON);
    for (name, file, code, zh, en) in &hostile() {
        let path = format!("/api/v1/drafts/{id}/attachments?name={name}");
        for (language, word) in [("zh-CN", zh), ("en", en)] {
            let reply = author.send("POST", &path, &[("accept-language", language)], file);
            let reply = reply.expect_status(422);
            let fault = &reply.json["errors"][0];
            assert_eq!(
                (fault["field"].as_str(), fault["code"].as_str()),
                (Some("file"), Some(*code)),
                "{name}"
            );
            assert!(fault["message"].as_str().unwrap().contains(word), "{name}: {fault}");
        }
    }
    for name in ["", "%20", "a%00b", &"x".repeat(201)] {
        assert_eq!(
            upload(author, &id, name, &whole).expect_status(422).fields(),
            ["name"],
            "{name}"
        );
    }
    let huge = vec![0x89; 65 << 20];
    // The hub may hang up on what it will not read: the caller hears that, or the answer.
    let path = format!("/api/v1/drafts/{id}/attachments?name=huge");
    if let Some(reply) = author.try_send("POST", &path, &[], &huge) {
        assert_eq!(reply.status, 413, "{}", reply.text);
    }
    let _ = upload(&world.people.approver, &id, "other", &whole).expect_status(403);
    let _ = upload(&world.people.everything, &id, "other", &whole).expect_status(404);
    let kept = || {
        let table = TableName::new("draft-pictures").unwrap();
        world.hub().log().scan(&table, b"").unwrap().len()
    };
    let shaped = author.get(&format!("/api/v1/drafts/{id}")).expect_status(200);
    assert_eq!((shaped.json["attachments"].clone(), kept()), (json!([]), 0));
    // The control: a right one is kept, and goes with its draft.
    let _ = upload(author, &id, "right", &whole).expect_status(201);
    assert_eq!(kept(), 1);
    let _ = author
        .send("DELETE", &format!("/api/v1/drafts/{id}"), &[], b"")
        .expect_status(200);
    assert_eq!(kept(), 0);
}

#[test]
fn a_clerk_adds_and_removes_a_picture_without_script() {
    let world = World::new();
    let author = &world.people.author;
    let id = draft(author, "表单");
    let form = |name: &str, file: &[u8]| {
        let head = format!(
            "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n{name}\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\n"
        );
        let body = [head.as_bytes(), file, b"\r\n--b--\r\n"].concat();
        let kind = [
            ("content-type", "multipart/form-data; boundary=b"),
            ("accept-language", "zh-CN"),
        ];
        author.send("POST", &format!("/admin/write/{id}/pictures"), &kind, &body)
    };
    let _ = form("海报", &poster(30, 20, CRIMSON)).expect_status(303);
    let attachments = || author.get(&format!("/api/v1/drafts/{id}")).json["attachments"].clone();
    assert_eq!(attachments()[0]["name"], json!("海报"));
    let refused = form("海报二", b"<html>").expect_status(422);
    assert!(
        refused.text.contains("这不是") && refused.text.contains("role=\"alert\""),
        "{}",
        refused.text
    );
    let _ = form("", &poster(30, 20, CRIMSON)).expect_status(422);
    assert_eq!(attachments().as_array().map(Vec::len), Some(1));
    // Saving the text keeps the picture.
    let saved = author.get(&format!("/api/v1/drafts/{id}"));
    let hash = format!("\"{}\"", saved.json["hash"].as_str().unwrap());
    let wish: Value = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("改了")});
    let _ = author
        .put(&format!("/api/v1/drafts/{id}"), &[("if-match", &hash)], &wish)
        .expect_status(200);
    let picture = attachments()[0]["hash"].as_str().unwrap().to_owned();
    let remove = format!("/admin/write/{id}/pictures/{picture}/remove");
    let _ = author.send("POST", &remove, &[], b"").expect_status(303);
    assert_eq!(attachments(), json!([]));
}

#[test]
fn a_body_of_a_hundred_thousand_characters_reaches_the_displays() {
    let world = World::new();
    let people = &world.people;
    let strip = world.display("strip", STRIP, &["hall"]);
    let mut content = notice("长文");
    content["zh-Hans"]["body"] = json!("长".repeat(100_000));
    let id = people.approved("notice", NOTICE_ENTRY, &content);
    let _ = act(&people.approver, &id, "release", &json!({"channels": ["hall"]})).expect_status(200);
    let on_air = || people.admin.get(&format!("/api/v1/displays/{}", strip.id)).json["status"]["on_air"].clone();
    eventually("the long text is on air", || on_air()["publication"] == json!(id));
}
