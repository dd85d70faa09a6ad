//! Whether a PDF does anything but show itself: the objects of a file are listed by `qpdf`, in a process of its own with
//! little memory and time, and looked through for whatever runs, opens, sends or hides something. The list has names
//! decoded and packed objects unpacked, so that `/J#61vaScript` in an object stream is as plain as any other. What a file
//! says of itself in XMP is read as well, and what earlier saved states in it show.

pub(crate) mod former;
mod xmp;

use rustix::fs::{MemfdFlags, memfd_create};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::process::{Child, Command, Stdio};
use thiserror::Error;

/// Limits of the process: 1 GB of addresses, half a minute. qpdf needs a file that it can seek in; that one is in memory
/// and has no name, so that nothing of a draft is left on a disk.
const SCRIPT: &str = "ulimit -v 1000000; ulimit -t 30; exec timeout --signal=KILL 30 \
    qpdf --no-warn --json=2 --json-key=qpdf --json-stream-data=none /dev/stdin";
/// The list of objects is read to this many bytes.
const LIST_BYTES: u64 = 64 << 20;
/// What qpdf complains of is read to this many bytes.
const SAID_BYTES: u64 = 4096;
/// Texts among the objects (titles, notes at the margin, what stands in forms) have so many characters at most.
const TEXT_CHARS: usize = 20_000;

/// What a PDF for the public must not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Active {
    /// JavaScript.
    Script,
    /// An action that starts a program or opens another file.
    Launch,
    /// Another file within it.
    Embedded,
    /// A form that sends, or a film, a sound, a model in space.
    Sends,
}

/// Why a PDF is not offered to the public.
#[derive(Debug, Error)]
pub(crate) enum SafetyError {
    #[error("qpdf is not installed on the hub's machine: install qpdf")]
    NoTool,
    #[error("qpdf cannot be run: {0}")]
    Io(#[from] io::Error),
    #[error("it is encrypted")]
    Encrypted,
    #[error("it has active content: {0:?}")]
    Active(Active),
    #[error("it is damaged, or too much: readers would differ in what they make of it")]
    Damaged,
    #[error("it has more than {TEXT_CHARS} characters of text beside its pages")]
    TooMuchText,
    #[error("it holds an earlier saved state that shows what it shows no longer")]
    Former,
}

/// What is in a PDF that only shows itself.
#[derive(Debug)]
pub(crate) struct Inspected {
    /// The texts among its objects, a line each: what it says of itself, notes, bookmarks, what stands in forms.
    pub(crate) texts: String,
    /// Its streams, but for those that say something of it or hold other objects: words of pages, pictures, typefaces.
    streams: BTreeSet<(u32, u32)>,
}

/// Looks through a PDF.
///
/// # Errors
/// When it would do anything but show itself, or nobody can say.
pub(crate) fn inspect(pdf: &[u8]) -> Result<Inspected, SafetyError> {
    let mut child = qpdf(SCRIPT, [], pdf)?;
    let mut seen = Seen::default();
    let read = child.stdout.take().map(|list| {
        let mut list = serde_json::Deserializer::from_reader(io::BufReader::new(list.take(LIST_BYTES)));
        Look(&mut seen).deserialize(&mut list).and_then(|()| list.end())
    });
    let mut said = String::new();
    if !matches!(read, Some(Ok(()))) {
        // It may have ended by itself.
        let _ = child.kill();
    }
    if let Some(complaint) = child.stderr.take() {
        // One line, since warnings are off; what is no text says nothing.
        let _ = complaint.take(SAID_BYTES).read_to_string(&mut said);
    }
    match child.wait()?.code() {
        Some(127) => Err(SafetyError::NoTool),
        _ if said.contains("invalid password") || seen.encrypted => Err(SafetyError::Encrypted),
        _ if seen.active.is_some() => Err(seen.active.map_or(SafetyError::Damaged, SafetyError::Active)),
        Some(0) if matches!(read, Some(Ok(()))) => seen.with_metadata(pdf),
        _ if seen.chars > TEXT_CHARS => Err(SafetyError::TooMuchText),
        _ => Err(SafetyError::Damaged),
    }
}

/// Starts such a process, with the file where it can seek in it.
fn qpdf(script: &str, more: impl IntoIterator<Item = String>, pdf: &[u8]) -> io::Result<Child> {
    let mut held = File::from(memfd_create("pdf", MemfdFlags::CLOEXEC)?);
    held.write_all(pdf)?;
    held.rewind()?;
    Command::new("/bin/sh")
        .args(["-c", script, "qpdf"])
        .args(more)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .current_dir("/")
        .stdin(Stdio::from(held))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

/// What was seen among the objects.
#[derive(Default)]
struct Seen {
    active: Option<Active>,
    encrypted: bool,
    texts: String,
    chars: usize,
    /// The object that is looked at, and the word before this one.
    object: Option<(u32, u32)>,
    before: String,
    streams: BTreeSet<(u32, u32)>,
    metadata: BTreeSet<(u32, u32)>,
}

impl Seen {
    /// A key of a dictionary, a name, or a text; qpdf writes names with `/`, texts with `u:`, and other objects as `7 0 R`.
    fn word(&mut self, word: &str) {
        if let Some(text) = word.strip_prefix("u:") {
            // Dates are no words.
            if !text.starts_with("D:") {
                self.text(text);
            }
        }
        self.encrypted |= word == "/Encrypt";
        self.active = self.active.or(active(word));
        self.place(word);
        self.before.clear();
        // Only short words say what the next one is.
        self.before.push_str(word.get(..16).unwrap_or(word));
    }

    fn text(&mut self, text: &str) {
        if !text.trim().is_empty() && self.chars <= TEXT_CHARS {
            self.chars += text.chars().count();
            self.texts.push_str(text);
            self.texts.push('\n');
        }
    }

    /// Which object this is, whether it is a stream, and whether it says something of the file.
    fn place(&mut self, word: &str) {
        if let Some(object) = word.strip_prefix("obj:") {
            self.object = reference(object);
            return;
        }
        match (self.before.as_str(), word) {
            (_, "stream") => self.streams.extend(self.object),
            ("/Type", "/Metadata") => self.metadata.extend(self.object),
            ("/Metadata", other) => self.metadata.extend(reference(other)),
            // These hold other objects, which are listed by themselves.
            ("/Type", "/ObjStm" | "/XRef") => self.streams.retain(|stream| Some(*stream) != self.object),
            _ => {}
        }
    }

    /// With what the packets say that the list of objects does not show.
    fn with_metadata(mut self, pdf: &[u8]) -> Result<Inspected, SafetyError> {
        for text in xmp::texts(pdf, &self.metadata)? {
            self.text(&text);
        }
        if self.chars > TEXT_CHARS {
            return Err(SafetyError::TooMuchText);
        }
        let streams = &self.streams - &self.metadata;
        Ok(Inspected {
            texts: self.texts,
            streams,
        })
    }
}

/// `7 0 R`: an object by number and generation.
fn reference(word: &str) -> Option<(u32, u32)> {
    let (number, generation) = word.strip_suffix(" R")?.split_once(' ')?;
    Some((number.parse().ok()?, generation.parse().ok()?))
}

/// The names by which ISO 32000 calls what is not just shown.
fn active(name: &str) -> Option<Active> {
    Some(match name {
        "/JS" | "/JavaScript" => Active::Script,
        "/Launch" | "/GoToR" | "/GoToE" => Active::Launch,
        "/EmbeddedFile" | "/EmbeddedFiles" | "/EF" | "/FileAttachment" | "/Collection" => Active::Embedded,
        "/SubmitForm" | "/ImportData" | "/XFA" | "/RichMedia" | "/RichMediaExecute" | "/Movie" | "/Sound"
        | "/Rendition" | "/3D" => Active::Sends,
        _ => return None,
    })
}

/// Looks at every word of a JSON value and keeps none of it.
struct Look<'a>(&'a mut Seen);

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the objects of a PDF")
    }

    fn visit_str<E>(self, word: &str) -> Result<(), E> {
        self.0.word(word);
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<(), A::Error> {
        while all.next_element_seed(Look(&mut *self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<(), A::Error> {
        while all.next_key_seed(Look(&mut *self.0))?.is_some() {
            if self.0.active.is_some() {
                return Err(A::Error::custom("enough was seen"));
            }
            all.next_value_seed(Look(&mut *self.0))?;
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The stream of a page that says this.
    pub(super) fn page_words(words: &str) -> String {
        let drawn = format!("BT /F 12 Tf 20 50 Td ({words}) Tj ET");
        format!("<</Length {}>>stream\n{drawn}\nendstream", drawn.len())
    }

    /// A page with a line of text, and more in its catalogue, its page and its trailer.
    pub(super) fn pdf(catalogue: &str, page: &str, more: &str) -> Vec<u8> {
        let objects = [
            format!("<</Type/Catalog/Pages 2 0 R{catalogue}>>"),
            "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
            format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>{page}>>"
            ),
            page_words("budget"),
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
            more.to_owned(),
        ];
        let (mut file, mut places) = ("%PDF-1.7\n".to_owned(), String::new());
        for (number, object) in (1..).zip(&objects) {
            places.push_str(&format!("{:010} 00000 n \n", file.len()));
            file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
        }
        let at = file.len();
        file.push_str(&format!(
            "xref\n0 7\n0000000000 65535 f \n{places}trailer\n<</Root 1 0 R/Size 7/Info 6 0 R>>\nstartxref\n{at}\n%%EOF\n"
        ));
        file.into_bytes()
    }

    #[test]
    fn a_file_that_shows_itself_passes_with_its_words() {
        let plain = pdf(
            "/OpenAction[3 0 R/Fit]",
            "/Annots[<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(a note at the margin)>>]",
            "<</Title(Budget of the year)/CreationDate(D:20261127194035+08'00')>>",
        );
        let texts = inspect(&plain).unwrap().texts;
        let mut lines: Vec<&str> = texts.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, ["Budget of the year", "a note at the margin"]);
    }

    #[test]
    fn whatever_runs_opens_sends_or_hides_is_found_by_any_spelling() {
        let cases = [
            (
                "/OpenAction<</S/J#61vaScript/JS(app.alert\\(1\\))>>",
                "",
                "<<>>",
                Active::Script,
            ),
            ("/Names<</JavaScript 6 0 R>>", "", "<<>>", Active::Script),
            ("", "/AA<</O<</S/Launch/F(cmd.exe)>>>>", "<<>>", Active::Launch),
            ("/OpenAction<</S/GoToR/F(//evil/x.pdf)>>", "", "<<>>", Active::Launch),
            ("/Names<</EmbeddedFiles 6 0 R>>", "", "<<>>", Active::Embedded),
            (
                "",
                "/Annots[<</Subtype/FileAttachment/FS 6 0 R>>]",
                "<<>>",
                Active::Embedded,
            ),
            ("/AcroForm<</XFA 6 0 R>>", "", "<<>>", Active::Sends),
            (
                "",
                "/Annots[<</Subtype/Widget/A<</S/SubmitForm/F(http://x)>>>>]",
                "<<>>",
                Active::Sends,
            ),
        ];
        for (catalogue, page, more, what) in cases {
            match inspect(&pdf(catalogue, page, more)) {
                Err(SafetyError::Active(found)) => assert_eq!(found, what, "{catalogue}{page}"),
                other => panic!("{catalogue}{page}: {other:?}"),
            }
        }
    }

    #[test]
    fn what_is_locked_or_damaged_is_told_apart() {
        let locked = include_bytes!("../tests/pdf/locked.pdf");
        let encrypted = include_bytes!("../tests/pdf/encrypted.pdf");
        for file in [&locked[..], encrypted] {
            assert!(matches!(inspect(file), Err(SafetyError::Encrypted)));
        }
        let whole = pdf("", "", "<<>>");
        let cut = &whole[..whole.len() * 2 / 3];
        for file in [cut, b"%PDF-1.7\n", b"GIF89a", b""] {
            assert!(matches!(inspect(file), Err(SafetyError::Damaged)));
        }
        let long = format!("<</Title({})>>", "x".repeat(TEXT_CHARS + 1));
        assert!(matches!(inspect(&pdf("", "", &long)), Err(SafetyError::TooMuchText)));
    }

    #[test]
    fn a_script_in_a_packed_object_is_seen() {
        let packed = include_bytes!("../tests/pdf/packed-script.pdf");
        let plain = |needle: &[u8]| packed.windows(needle.len()).any(|at| at == needle);
        assert!(!plain(b"JavaScript"), "it stands in no plain byte of the file");
        assert!(matches!(inspect(packed), Err(SafetyError::Active(Active::Script))));
    }
}
