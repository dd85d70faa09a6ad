//! Words in pictures: what a machine reads there is looked through like everything else, by rule and place; and where none
//! read, whoever reviews has to look.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use heliograph_domain::lang::LocalText;
use heliograph_domain::site::SiteProfile;
use heliograph_domain::{Document, Instant, Kind, Lang};
use heliograph_scene::{FontSet, Frame, SYSTEM_FONTS, Scene};
use heliograph_tests::{Browser, Http, LOBBY, NOTICE_ENTRY, Reply, World, act, notice};
use serde_json::json;
use std::sync::Arc;

/// The format's own example of an identity number whose check digit is right (GB 11643).
const ID_NUMBER: &str = "11010519491231002X";

/// A notice as a lobby's screen shows it.
fn drawn(body: &str) -> Frame {
    let content = json!({"zh-Hans": {"title": "会议通知", "body": body, "department": "办公室", "date": "2026-11-24"}});
    let document = Document::check(Kind::Notice, &content).unwrap();
    let [regular, bold] = SYSTEM_FONTS.map(|path| std::fs::read(path).unwrap());
    let fonts = FontSet::from_bytes(regular.into(), bold.into()).unwrap();
    let site = SiteProfile::bare(LocalText::new("政务服务大厅", "Service hall"));
    Scene::new(Arc::new(fonts), LOBBY, Lang::ZhHans).preview(&document, &site, 0, Instant(0))
}

fn png(frame: &Frame) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, frame.width_px(), frame.height_px());
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(frame.rgb()).unwrap();
    bytes
}

/// A scanned page: a PDF with nothing but the picture.
fn scan(frame: &Frame) -> Vec<u8> {
    let (width, height) = (frame.width_px(), frame.height_px());
    let drawing = format!("q {width} 0 0 {height} 0 0 cm /I Do Q");
    let image = format!(
        "<</Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceRGB/BitsPerComponent 8/Length {}>>stream\n",
        frame.rgb().len()
    );
    let objects = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>").into_bytes(),
        format!("<</Length {}>>stream\n{drawing}\nendstream", drawing.len()).into_bytes(),
        [image.as_bytes(), frame.rgb(), b"\nendstream"].concat(),
    ];
    let (mut file, mut places) = (b"%PDF-1.7\n".to_vec(), String::new());
    for (number, object) in (1..).zip(&objects) {
        places.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend(format!("{number} 0 obj\n").bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let at = file.len();
    let end =
        format!("xref\n0 6\n0000000000 65535 f \n{places}trailer\n<</Root 1 0 R/Size 6>>\nstartxref\n{at}\n%%EOF\n");
    file.extend(end.bytes());
    file
}

fn draft(author: &Http) -> String {
    let wish = json!({"kind": "notice", "catalogue_entry": NOTICE_ENTRY, "content": notice("见附图")});
    let made = author.post("/api/v1/drafts", &wish).expect_status(201);
    made.json["id"].as_str().unwrap().to_owned()
}

fn upload(author: &Http, id: &str, query: &str, file: &[u8]) -> Reply {
    let path = format!("/api/v1/drafts/{id}/attachments?name=p&{query}");
    let headers = [("content-type", "application/octet-stream")];
    author.send("POST", &path, &headers, file).expect_status(201)
}

#[test]
fn a_mark_in_a_picture_and_a_number_on_a_scanned_page_are_blocked() {
    let world = World::new();
    let author = &world.people.author;
    let id = draft(author);
    let _ = upload(author, &id, "", &png(&drawn("秘密★1年。各处室按时参加。")));
    let numbered = scan(&drawn(&format!("请张三（{ID_NUMBER}）按时参加。")));
    let _ = upload(author, &id, "as=file", &numbered);
    let _ = upload(author, &id, "as=pictures", &numbered);
    let refused = act(author, &id, "submit", &json!({})).expect_status(422);
    let mut fields = refused.fields();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "attachments[0].reading",
            "attachments[1].reading",
            "files[0].pages[0].reading"
        ]
    );
    assert!(!refused.text.contains(ID_NUMBER), "places, and no text");
    assert!(refused.text.contains("图中文字疑似有"));
    let page = Browser::signed_in(&world, "author")
        .get(&format!("/admin/write/{id}"))
        .expect_status(200)
        .text;
    assert!(page.contains("图片 1 · 图中文字“p”") && page.contains(&format!("<mark>{ID_NUMBER}</mark>")));

    // The control: pictures of harmless words stop nothing.
    let id = draft(author);
    let harmless = drawn("请各处室按时参加。");
    let _ = upload(author, &id, "", &png(&harmless));
    let _ = upload(author, &id, "as=file", &scan(&harmless));
    let kept = author.get(&format!("/api/v1/drafts/{id}")).expect_status(200);
    assert_eq!(kept.json["findings"], json!([]));
    let _ = act(author, &id, "submit", &json!({})).expect_status(200);
}
