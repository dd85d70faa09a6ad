//! Files as offices have them, as they are not made by anybody honest, and as LibreOffice writes them (`tests/files`).

use super::package::Package;
use super::word::{self, Word};
use super::{FileError, FileKind, sheet};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use std::io::Write;

/// An archive with these parts, as programs write them (APPNOTE 6.3.10, 4.3).
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
        packed.write_all(bytes).unwrap();
        let packed = packed.finish().unwrap();
        let size = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let start = size(&file);
        // Version, flags, method 8, time and date, checksum, sizes, length of the name, no extra field.
        let told = [
            &[20, 0, 0, 0, 8, 0, 0, 0, 0, 0][..],
            &crc32fast::hash(bytes).to_le_bytes(),
            &size(&packed),
            &size(bytes),
            &length,
            &[0, 0],
        ]
        .concat();
        file.extend([b"PK\x03\x04", &told[..], name.as_bytes(), &packed].concat());
        directory.extend([b"PK\x01\x02", &[20, 0][..], &told, &[0; 10], &start, name.as_bytes()].concat());
    }
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    let (from, length) = (
        u32::try_from(file.len()).unwrap().to_le_bytes(),
        u32::try_from(directory.len()).unwrap().to_le_bytes(),
    );
    file.extend(directory);
    file.extend([b"PK\x05\x06", &[0; 4][..], &count, &count, &length, &from, &[0, 0]].concat());
    file
}

fn document(body: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><w:body>{body}</w:body></w:document>"#
    )
}

fn read(body: &str) -> Result<Word, FileError> {
    word::read(&archive(&[("word/document.xml", document(body).as_bytes())]))
}

fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn notes(word: &Word) -> Vec<&str> {
    word.notes.iter().map(|note| note.zh.as_str()).collect()
}

#[test]
fn what_a_document_hides_never_gets_into_the_text_and_is_told() {
    let body = [
        paragraph("公开的一句"),
        r#"<w:p><w:r><w:t>前</w:t></w:r><w:del w:id="1"><w:r><w:delText>删掉的秘密</w:delText></w:r></w:del><w:moveFrom w:id="2"><w:r><w:t>移走的秘密</w:t></w:r></w:moveFrom><w:ins w:id="3"><w:r><w:t>新增</w:t></w:r></w:ins><w:r><w:t>后</w:t></w:r></w:p>"#.to_owned(),
        r#"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏的秘密</w:t></w:r><w:r><w:rPr><w:vanish w:val="false"/></w:rPr><w:t>可见</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>"#.to_owned(),
        r#"<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent><w:p><w:r><w:t>文本框的秘密</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>文本框的秘密</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"#.to_owned(),
        r#"<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>MERGEFIELD 秘密</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>域的结果</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><m:oMath><m:r><m:t>x秘密</m:t></m:r></m:oMath></w:p>"#.to_owned(),
        r#"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>乙|丙</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:trPr><w:del w:id="9"/></w:trPr><w:tc><w:p><w:r><w:t>删行的秘密</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"#.to_owned(),
    ]
    .concat();
    let comments =
        r#"<w:comments xmlns:w="w"><w:comment><w:p><w:r><w:t>批注的秘密</w:t></w:r></w:p></w:comment></w:comments>"#;
    let header = r#"<w:hdr xmlns:w="w"><w:p><w:r><w:t>页眉的秘密</w:t></w:r></w:p></w:hdr>"#;
    let file = archive(&[
        ("word/document.xml", document(&body).as_bytes()),
        ("word/comments.xml", comments.as_bytes()),
        ("word/header1.xml", header.as_bytes()),
        ("word/vbaProject.bin", b"x"),
    ]);
    let word = word::read(&file).unwrap();
    let text = word.markdown();
    assert_eq!(
        text,
        "公开的一句\n\n前新增后\n\n可见\n\n域的结果\n\n| 甲 | 乙\\|丙 |\n| --- | --- |"
    );
    assert!(!word.lines().concat().contains("秘密"));
    let told = notes(&word).join("\n");
    for hidden in [
        "3 处修订中删除",
        "1 处修订中新增",
        "1 处隐藏文字",
        "1 个脚注",
        "1 个文本框",
        "1 个公式",
        "1 条批注",
        "1 处页眉",
        "宏程序",
    ] {
        assert!(told.contains(hidden), "{hidden}: {told}");
    }
    assert!(!told.contains("秘密"), "what is hidden is told of, and not told");
}

#[test]
fn headings_lists_and_titles_are_read_as_word_shows_them() {
    let styles = r#"<w:styles xmlns:w="w"><w:style w:styleId="a"><w:name w:val="heading 1"/></w:style><w:style w:styleId="t"><w:name w:val="Title"/></w:style><w:style w:styleId="toc1"><w:name w:val="toc 1"/></w:style></w:styles>"#;
    let numbering = r#"<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>"#;
    let styled = |style: &str, text: &str| {
        format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"#)
    };
    let listed = |list: u8, text: &str| {
        format!(
            r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{list}"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"#
        )
    };
    let body = [
        styled("t", "关于开放日的通知"),
        styled("toc1", "目录里的一行"),
        listed(1, "时间"),
        paragraph("　　五月十五日。*不是着重*"),
        listed(1, "地点"),
        listed(2, "一楼"),
        listed(2, "二楼"),
        styled("a", "附则"),
        paragraph("# 不是标题"),
    ]
    .concat();
    let file = archive(&[
        ("word/document.xml", document(&body).as_bytes()),
        ("word/styles.xml", styles.as_bytes()),
        ("word/numbering.xml", numbering.as_bytes()),
    ]);
    let word = word::read(&file).unwrap();
    assert_eq!(word.title.as_deref(), Some("关于开放日的通知"));
    assert_eq!(
        word.markdown(),
        "一、时间\n\n五月十五日。\\*不是着重\\*\n\n二、地点\n\n- 一楼\n- 二楼\n\n## 附则\n\n\\# 不是标题"
    );
    assert_eq!(notes(&word), ["目录的 1 行没有导入"]);
    let centred = r#"<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t>居中的标题</w:t></w:r></w:p>"#;
    assert_eq!(
        read(&[centred, &paragraph("正文")].concat()).unwrap().title.as_deref(),
        Some("居中的标题")
    );
    assert_eq!(read(&paragraph("没有标题")).unwrap().title, None);
}

#[test]
fn files_that_are_something_else_are_refused_with_what_to_do() {
    let old = [&[0xD0, 0xCF, 0x11, 0xE0][..], &[0; 100]].concat();
    let cases: [(&[u8], FileError); 5] = [
        (&old, FileError::OldBinary),
        (b"{\\rtf1 x}", FileError::Unknown),
        (b"%PDF-1.7", FileError::Unknown),
        (b"PK\x03\x04 broken", FileError::Damaged),
        (b"", FileError::Unknown),
    ];
    for (bytes, error) in cases {
        assert_eq!(FileKind::of(bytes), Err(error));
    }
    assert_eq!(
        FileKind::of(&archive(&[("mimetype", b"application/vnd.oasis.opendocument.text")])),
        Err(FileError::Unknown)
    );
    assert_eq!(FileKind::of("名称,电话\n".as_bytes()), Ok(FileKind::Table));
    assert!(FileError::OldBinary.told().zh.contains("另存为 .docx"));
    assert!(matches!(read(""), Err(FileError::Empty)));
}

#[test]
fn an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() {
    // 64 MB of zeros in some sixty kilobytes.
    let bomb = vec![b' '; 64 << 20];
    let file = archive(&[("word/document.xml", &bomb)]);
    assert!(file.len() < 1 << 20);
    assert!(matches!(word::read(&file), Err(FileError::TooLarge)));
    let many: Vec<(String, Vec<u8>)> = (0..6).map(|n| (format!("xl/{n}"), vec![b' '; 20 << 20])).collect();
    let parts: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    let file = archive(&parts);
    let mut package = Package::open(&file).unwrap();
    let mut read = parts.iter().map(|(name, _)| package.part(name));
    assert!(read.any(|part| part == Err(FileError::TooLarge)), "all parts together");
    // What the directory says of sizes is not believed, and a part that stands twice is none.
    let twice = archive(&[("word/document.xml", b"<a/>"), ("word/document.xml", b"<b/>")]);
    assert!(matches!(Package::open(&twice), Err(FileError::Damaged)));
    // Entities that grow out of each other need a document type, and none is read.
    let laughs = r#"<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><w:document xmlns:w="w"><w:body>&b;</w:body></w:document>"#;
    assert!(matches!(
        word::read(&archive(&[("word/document.xml", laughs.as_bytes())])),
        Err(FileError::Damaged)
    ));
}

#[test]
fn nests_without_end_and_damaged_bytes_are_answers_and_no_crash() {
    let deep = format!(
        "<w:p>{}<w:r><w:t>里</w:t></w:r>{}</w:p>",
        "<w:smartTag>".repeat(3000),
        "</w:smartTag>".repeat(3000)
    );
    let word = read(&[paragraph("外"), deep].concat()).unwrap();
    assert_eq!(word.markdown(), "外");
    assert!(notes(&word)[0].contains("嵌套太深"));
    let tables = format!(
        "{}{}",
        "<w:tbl><w:tr><w:tc>".repeat(3000),
        "</w:tc></w:tr></w:tbl>".repeat(3000)
    );
    assert!(read(&[paragraph("外"), tables].concat()).is_ok());

    let whole = archive(&[
        ("word/document.xml", document(&paragraph("文字")).as_bytes()),
        ("word/styles.xml", b"<w:styles xmlns:w='w'/>"),
    ]);
    for at in 0..whole.len() {
        let mut hurt = whole.clone();
        hurt[at] ^= 0x5a;
        let _ = FileKind::of(&hurt).map(|_| word::read(&hurt));
        let _ = word::read(&whole[..at]);
        let _ = sheet::read(&whole[..at]);
    }
}

#[test]
fn tables_of_plain_text_come_in_the_encodings_of_desks() {
    let rows = |bytes: &[u8]| sheet::read(bytes).map(|sheet| sheet.rows);
    let wanted = vec![
        vec!["标题".to_owned(), "正文".to_owned()],
        vec!["一".to_owned(), "第一行\n第二行".to_owned()],
    ];
    let utf8 = "\u{feff}标题,正文\r\n一,\"第一行\r\n第二行\"\r\n,\r\n";
    assert_eq!(rows(utf8.as_bytes()).unwrap(), wanted);
    let (gb, ..) = encoding_rs::GB18030.encode("标题\t正文\n一\t\"第一行\n第二行\"\n");
    assert_eq!(rows(&gb).unwrap(), wanted);
    assert_eq!(
        sheet::of_text(&sheet::to_text(&wanted)).unwrap().rows,
        wanted,
        "to and fro with the page"
    );
    assert_eq!(
        rows("标题,正文\n".as_bytes()),
        Err(FileError::Empty),
        "a head alone is no table"
    );
    let long = format!("标题\n{}", "一\n".repeat(501));
    assert_eq!(rows(long.as_bytes()), Err(FileError::TooLarge));
}

const NOTICE: &[u8] = include_bytes!("../../../../tests/files/notice.docx");
const NOTICES: &[u8] = include_bytes!("../../../../tests/files/notices.xlsx");

#[test]
fn a_document_of_libreoffice_is_read_without_what_it_hides() {
    let word = word::read(NOTICE).unwrap();
    assert_eq!(word.title.as_deref(), Some("关于政务开放日的通知"));
    assert_eq!(
        word.markdown(),
        "定于2026年5月15日（星期五）举办政务开放日，欢迎市民参加。\n\n## 安排\n\n- 上午：参观大厅\n- 下午：现场咨询\n\n| 时间 | 地点 |\n| --- | --- |\n| 9:00 | 一楼大厅 |\n\n参加者自备身份证。"
    );
    let told = notes(&word).join("\n");
    for left in ["1 处修订中删除", "1 条批注", "1 处隐藏文字", "1 个脚注"] {
        assert!(told.contains(left), "{left}: {told}");
    }
    let pictures: Vec<&str> = word.pictures.iter().map(|picture| picture.name.as_str()).collect();
    assert_eq!(pictures, ["大厅的照片"]);
}

#[test]
fn a_spreadsheet_of_libreoffice_is_read_without_what_it_hides() {
    let table = sheet::read(NOTICES).unwrap();
    let rows: Vec<Vec<&str>> = table
        .rows
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect();
    assert_eq!(
        rows,
        [
            vec!["标题", "正文", "发布日期"],
            vec!["停水通知", "本周六停水。", "2026-11-28"],
            vec!["停电通知", "本周日停电。", "2026-11-29"],
            vec!["第三条", "2"],
        ]
    );
    let told: Vec<&str> = table.notes.iter().map(|note| note.zh.as_str()).collect();
    let told = told.join("\n");
    for left in ["1 张隐藏的工作表", "1 行是隐藏的", "1 组隐藏的列", "1 个公式"] {
        assert!(told.contains(left), "{left}: {told}");
    }
    assert!(!told.contains("秘密"));
}
