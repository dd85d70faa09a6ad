//! What a PDF says of itself in XMP (ISO 16684-1): packets of XML in streams of their own, which the list of objects does
//! not show. They hold titles, authors, histories and keywords, and a file's other words may be long gone from its pages.

use super::{LIST_BYTES, SafetyError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Read;

/// As for the list of objects; the objects to show follow as arguments.
const SCRIPT: &str = "ulimit -v 1000000; ulimit -t 30; exec timeout --signal=KILL 30 \
    qpdf --no-warn --json=2 --json-key=qpdf --json-stream-data=inline --decode-level=generalized \"$@\" /dev/stdin";
/// A file has so many packets at most: one for itself, one for each of its pictures.
const MOST_PACKETS: usize = 400;
/// Names of what belongs to RDF and XML themselves, and of small pictures of the file within it: no words.
const NO_WORDS: [&str; 3] = [
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://www.w3.org/XML/1998/namespace",
    "http://ns.adobe.com/xap/1.0/g/img/",
];

/// The words in the metadata streams among these objects.
///
/// # Errors
/// When one cannot be read: then nobody can say what is in it.
pub(super) fn texts(pdf: &[u8], objects: &BTreeSet<(u32, u32)>) -> Result<Vec<String>, SafetyError> {
    if objects.is_empty() {
        return Ok(Vec::new());
    }
    if objects.len() > MOST_PACKETS {
        return Err(SafetyError::TooMuchText);
    }
    let wanted = objects
        .iter()
        .map(|(number, generation)| format!("--json-object={number},{generation}"));
    let mut child = super::qpdf(SCRIPT, wanted, pdf)?;
    let mut list = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(LIST_BYTES).read_to_end(&mut list)?;
    }
    // What it complains of was heard when it listed the objects; a pipe that nobody reads must not hold it up.
    drop(child.stderr.take());
    if list.len() as u64 == LIST_BYTES {
        // It may have ended by itself.
        let _ = child.kill();
    }
    let ended = child.wait()?;
    let list: Value = serde_json::from_slice(&list).map_err(|_| SafetyError::Damaged)?;
    if !ended.success() {
        return Err(SafetyError::Damaged);
    }
    let shown = list["qpdf"][1].as_object().ok_or(SafetyError::Damaged)?;
    let streams = shown
        .values()
        .map(|object| &object["stream"])
        .filter(|stream| stream.is_object());
    let mut texts = Vec::new();
    for stream in streams {
        texts.extend(words(&packet(stream)?));
    }
    Ok(texts)
}

/// A packet's XML.
fn packet(stream: &Value) -> Result<String, SafetyError> {
    // A filter that is still there is one for pictures: a reader of words would take it for noise.
    let packed = stream["dict"].get("/Filter").is_some();
    let data = stream["data"]
        .as_str()
        .filter(|_| !packed)
        .ok_or(SafetyError::Damaged)?;
    let bytes = STANDARD.decode(data).map_err(|_| SafetyError::Damaged)?;
    let encoding = match bytes.first_chunk() {
        Some([b'<', 0]) => UTF_16LE,
        Some([0, b'<']) => UTF_16BE,
        _ => UTF_8,
    };
    // A mark of the order of bytes at the beginning counts more.
    let (text, _, broken) = encoding.decode(&bytes);
    if broken || text.contains('\0') {
        return Err(SafetyError::Damaged);
    }
    Ok(text.into_owned())
}

/// The words between and within the marks; XML that is none is taken as it stands.
fn words(xml: &str) -> Vec<String> {
    let xml = xml.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let Ok(document) = roxmltree::Document::parse(xml) else {
        return vec![xml.to_owned()];
    };
    let named = |space: Option<&str>| space.is_some_and(|space| NO_WORDS.contains(&space));
    let mut found = Vec::new();
    for node in document.descendants() {
        let values = node
            .attributes()
            .filter(|at| !named(at.namespace()))
            .map(|at| at.value());
        let thumbnail = |parent: roxmltree::Node<'_, '_>| parent.tag_name().namespace() == Some(NO_WORDS[2]);
        let text = node
            .text()
            .filter(|_| node.is_text() && !node.parent().is_some_and(thumbnail));
        found.extend(
            values
                .chain(text)
                .map(str::trim)
                .filter(|text| !is_made(text))
                .map(str::to_owned),
        );
    }
    found
}

/// Ids and times that programs make by themselves, and nothing.
fn is_made(text: &str) -> bool {
    let id = ["uuid:", "urn:uuid:", "xmp.did:", "xmp.iid:", "adobe:docid:"]
        .iter()
        .any(|kind| text.starts_with(kind));
    let time = text.len() >= 10
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"-:TZ+.".contains(&byte));
    text.is_empty()
        || (id
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b":-.".contains(&byte)))
        || (time && text.as_bytes().get(4) == Some(&b'-'))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::pdf_safety::inspect;
    use crate::pdf_safety::tests::pdf;

    pub(in crate::pdf_safety) fn xmp(title: &str) -> String {
        format!(
            "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF \
             xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" \
             xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" \
             xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" pdf:Keywords=\"keyword\" xmp:CreateDate=\"2026-11-27T19:40:35+08:00\" \
             xmp:Label=\"uuid:6d9a7a1e-0000-4000-8000-0123456789ab\"><dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}\
             </rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>{}<?xpacket end=\"w\"?>",
            " ".repeat(3_000)
        )
    }

    fn with(stream: &str) -> Vec<u8> {
        pdf("/Metadata 6 0 R", "", stream)
    }

    fn stream(dict: &str, data: &str) -> String {
        format!("<<{dict}/Length {}>>stream\n{data}\nendstream", data.len())
    }

    #[test]
    fn what_a_packet_says_is_read_and_what_programs_made_is_not() {
        let packet = stream("/Type/Metadata/Subtype/XML", &xmp("Draft of the chief"));
        let texts = inspect(&with(&packet)).unwrap().texts;
        let mut lines: Vec<&str> = texts.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, ["Draft of the chief", "keyword"]);
        // Packed, and without saying that it is metadata: it is where readers look for it.
        let hex: String = xmp("Draft of the chief")
            .bytes()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let texts = inspect(&with(&stream("/Filter/ASCIIHexDecode", &format!("{hex}>"))))
            .unwrap()
            .texts;
        assert!(texts.contains("Draft of the chief"));
        // XML that is none is read as it stands.
        let torn = stream("/Type/Metadata", "<a>Draft of the chief");
        assert!(inspect(&with(&torn)).unwrap().texts.contains("Draft of the chief"));
        // The control: a stream that is no metadata is a picture or a page, and has its own readers.
        let page = pdf("", "", &stream("", &xmp("Draft of the chief")));
        assert_eq!(inspect(&page).unwrap().texts, "");
    }

    #[test]
    fn a_packet_in_wide_letters_is_read_and_one_that_nobody_reads_is_refused() {
        let wide: Vec<u8> = "<a>内部资料</a>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let told = |bytes: &[u8]| {
            packet(&serde_json::json!({"data": STANDARD.encode(bytes), "dict": {}})).map(|xml| words(&xml))
        };
        assert_eq!(told(&wide).unwrap(), ["内部资料"]);
        for noise in [&b"<a>\0\0</a>"[..], &[0xff, 0xc3, 0x28]] {
            assert!(matches!(told(noise), Err(SafetyError::Damaged)));
        }
        let picture = stream("/Type/Metadata/Filter/DCTDecode", "noise");
        assert!(matches!(inspect(&with(&picture)), Err(SafetyError::Damaged)));
    }
}
