//! Pages of a PDF as pictures, drawn by Poppler's `pdftoppm` in a process of its own: whatever a stranger's file does to
//! it, the hub goes on. The process has little memory and little time, and writes to a pipe alone.

use heliograph_picture::Picture;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use thiserror::Error;

/// A PDF may have so many pages; each becomes a picture of its own.
pub(crate) const MAX_PAGES: usize = 20;

/// Limits of the process: 1.5 GB of addresses, a minute of processor time, and a minute by the clock. Pages are drawn
/// with 2880 pixels on the longer side: an A4 page at 246 dpi, enough for a 4K screen.
const SCRIPT: &str =
    "ulimit -v 1500000; ulimit -t \"$1\"; exec timeout --signal=KILL \"$1\" pdftoppm -scale-to 2880 -l 21 -";
const SECONDS: u32 = 60;
/// The same for words: half a minute, the text of so many pages.
const TEXT_SCRIPT: &str = "ulimit -v 1500000; ulimit -t \"$1\"; exec timeout --signal=KILL \"$1\" pdftotext -enc UTF-8 -l \"$2\" - - 2>/dev/null";
/// And for what the file says of itself.
const INFO_SCRIPT: &str =
    "ulimit -v 1500000; ulimit -t \"$1\"; exec timeout --signal=KILL \"$1\" pdfinfo -enc UTF-8 - 2>/dev/null";
/// One page as a picture, for a machine that reads it.
const PAGE_SCRIPT: &str = "ulimit -v 1500000; ulimit -t \"$1\"; exec timeout --signal=KILL \"$1\" \
    pdftoppm -scale-to 2880 -f \"$2\" -l \"$2\" - 2>/dev/null";
const TEXT_SECONDS: u32 = 30;
/// A page as a picture has at most so many bytes: 2880 pixels a side, and a head.
const PAGE_BYTES: u64 = 2881 * 2881 * 3 + 64;
/// A page may have so many characters of text: ten times what a screen shows in one.
pub(crate) const PAGE_CHARS: usize = 20_000;
/// What the processes write of text is read to this many bytes.
const TEXT_BYTES: u64 = 4 << 20;
/// What `pdftoppm` says is kept to this many bytes.
const SAID_BYTES: u64 = 4096;

/// Why a PDF became no pictures.
#[derive(Debug, Error)]
pub(crate) enum PdfError {
    /// Nothing here draws PDF.
    #[error("pdftoppm is not installed on the hub's machine: install poppler-utils")]
    NoTool,
    /// The process could not be run.
    #[error("pdftoppm cannot be run: {0}")]
    Io(#[from] io::Error),
    /// There are more pages than that.
    #[error("it has more than {MAX_PAGES} pages")]
    TooManyPages,
    /// A page has more text than anybody reads.
    #[error("a page has more than {PAGE_CHARS} characters of text")]
    TooMuchText,
    /// It is locked with a password.
    #[error("it is locked with a password")]
    Locked,
    /// It took too long or too much memory, or is no PDF.
    #[error("it cannot be drawn: {0}")]
    Unreadable(String),
}

/// Draws the pages one after another and hands each to `take`; only one is in memory at a time.
///
/// # Errors
/// When it is no PDF that can be drawn within the limits, or `take` fails; pages taken before that are to be dropped.
pub(crate) fn pages<E: From<PdfError>>(pdf: Vec<u8>, take: impl FnMut(Picture) -> Result<(), E>) -> Result<(), E> {
    pages_within(SECONDS, pdf, take)
}

fn pages_within<E: From<PdfError>>(
    seconds: u32,
    pdf: Vec<u8>,
    mut take: impl FnMut(Picture) -> Result<(), E>,
) -> Result<(), E> {
    let mut child = start(SCRIPT, seconds, "").map_err(PdfError::from)?;
    let fed = child.stdin.take().map(|stdin| feed(stdin, pdf));
    let told = child.stderr.take().map(|stderr| {
        std::thread::spawn(move || {
            let mut said = Vec::new();
            let mut stderr = stderr;
            // What cannot be read is not needed; the rest is read so that the process never waits for us.
            let _ = stderr.by_ref().take(SAID_BYTES).read_to_end(&mut said);
            let _ = io::copy(&mut stderr, &mut io::sink());
            String::from_utf8_lossy(&said).into_owned()
        })
    });
    let outcome = drawn(&mut child, &mut take);
    if outcome.is_err() {
        // It may have ended by itself.
        let _ = child.kill();
    }
    let status = child.wait().map_err(PdfError::from)?;
    // Neither thread outlives the process: their pipes are closed.
    let _ = fed.map(std::thread::JoinHandle::join);
    let said = told.and_then(|told| told.join().ok()).unwrap_or_default();
    match outcome? {
        _ if status.code() == Some(127) => Err(PdfError::NoTool.into()),
        0 if said.contains("Incorrect password") => Err(PdfError::Locked.into()),
        n if n > MAX_PAGES => Err(PdfError::TooManyPages.into()),
        n if n == 0 || !status.success() => {
            let why = said.lines().next().unwrap_or("too much time or memory").to_owned();
            Err(PdfError::Unreadable(why).into())
        }
        _ => Ok(()),
    }
}

/// The words of a PDF: what it says of itself, and the text of each page that is drawn.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// Title, author and the like, a line each.
    pub(crate) metadata: String,
    /// The text of each page, in their order.
    pub(crate) pages: Vec<String>,
}

/// Reads the words of a PDF within the same limits as its pages.
///
/// # Errors
/// When they cannot be read within the limits, or a page has too many: then nobody can say what is in it.
pub(crate) fn words(pdf: &[u8]) -> Result<Words, PdfError> {
    let pages = texts(pdf, MAX_PAGES)?;
    let info = written(INFO_SCRIPT, MAX_PAGES, pdf)?;
    let told = |line: &&str| {
        ["Title:", "Subject:", "Keywords:", "Author:", "Creator:"]
            .iter()
            .any(|name| line.starts_with(name))
    };
    let values = info.lines().filter(told).filter_map(|line| line.split_once(':'));
    let values: Vec<&str> = values
        .map(|(_, value)| value.trim())
        .filter(|value| !value.is_empty())
        .collect();
    let metadata = values.join("\n");
    if metadata.chars().count() > PAGE_CHARS {
        return Err(PdfError::TooMuchText);
    }
    Ok(Words { metadata, pages })
}

/// The text of each page of a PDF; of one that has more than `most` pages, that of one page more.
///
/// # Errors
/// As with [`words`].
pub(crate) fn texts(pdf: &[u8], most: usize) -> Result<Vec<String>, PdfError> {
    let text = written(TEXT_SCRIPT, most, pdf)?;
    let mut pages: Vec<String> = text.split('\u{c}').map(str::to_owned).collect();
    // A form feed ends every page, the last one too.
    pages.pop();
    if pages.iter().any(|page| page.chars().count() > PAGE_CHARS) {
        return Err(PdfError::TooMuchText);
    }
    Ok(pages)
}

/// What such a process writes, of so many pages and one more.
fn written(script: &str, pages: usize, pdf: &[u8]) -> Result<String, PdfError> {
    let text = output(script, &(pages + 1).to_string(), pdf, TEXT_BYTES)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// A page of a PDF, counted from 1, as a portable pixmap.
///
/// # Errors
/// When it cannot be drawn within the limits.
pub(crate) fn pixmap(pdf: &[u8], page: usize) -> Result<Vec<u8>, PdfError> {
    output(PAGE_SCRIPT, &page.to_string(), pdf, PAGE_BYTES)
}

/// The bytes that such a process writes, if they are at most so many.
fn output(script: &str, more: &str, pdf: &[u8], most: u64) -> Result<Vec<u8>, PdfError> {
    let mut child = start(script, TEXT_SECONDS, more)?;
    let fed = child.stdin.take().map(|stdin| feed(stdin, pdf.to_vec()));
    let mut text = Vec::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.by_ref().take(most).read_to_end(&mut text)?;
        if stdout.read(&mut [0])? > 0 {
            let _ = child.kill();
            let _ = child.wait();
            return Err(PdfError::TooMuchText);
        }
    }
    let status = child.wait()?;
    let _ = fed.map(std::thread::JoinHandle::join);
    match status.code() {
        Some(0) => Ok(text),
        Some(127) => Err(PdfError::NoTool),
        _ => Err(PdfError::Unreadable("its text took too much time or memory".to_owned())),
    }
}

fn start(script: &str, seconds: u32, more: &str) -> io::Result<Child> {
    Command::new("/bin/sh")
        .args(["-c", script, "pdf", &seconds.to_string(), more])
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

fn feed(mut stdin: ChildStdin, pdf: Vec<u8>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        // A process that stopped reading has its reasons, which its status tells.
        let _ = stdin.write_all(&pdf);
    })
}

/// Reads pictures until the pipe ends; how many there were.
fn drawn<E: From<PdfError>>(child: &mut Child, take: &mut impl FnMut(Picture) -> Result<(), E>) -> Result<usize, E> {
    let Some(stdout) = child.stdout.take() else {
        return Ok(0);
    };
    let mut pipe = BufReader::new(stdout);
    let mut count = 0;
    while let Some(picture) = portable_pixmap(&mut pipe)? {
        count += 1;
        if count <= MAX_PAGES {
            take(picture)?;
        }
    }
    Ok(count)
}

/// A picture in the form that netpbm calls PPM, raw; `None` at the end of the pipe.
fn portable_pixmap(pipe: &mut impl BufRead) -> Result<Option<Picture>, PdfError> {
    let mut header = Vec::new();
    for _ in 0..3 {
        pipe.by_ref().take(64).read_until(b'\n', &mut header)?;
    }
    if header.is_empty() {
        return Ok(None);
    }
    let wrong = || PdfError::Unreadable("pdftoppm wrote no picture".to_owned());
    let header = String::from_utf8(header).map_err(|_| wrong())?;
    let mut words = header.split_ascii_whitespace();
    let (kind, width, height, most) = (words.next(), words.next(), words.next(), words.next());
    let side = |text: Option<&str>| text?.parse::<u32>().ok().filter(|side| (1..=4096).contains(side));
    let (Some("P6"), Some(width), Some(height), Some("255")) = (kind, side(width), side(height), most) else {
        return Err(wrong());
    };
    let mut rgb = vec![0; width as usize * height as usize * 3];
    pipe.read_exact(&mut rgb)
        .map_err(|_| PdfError::Unreadable("it took too much time or memory".to_owned()))?;
    Picture::new(width, height, rgb).map(Some).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page that draws an image; `data` is how the image is packed.
    fn page(width: u32, height: u32, data: &str) -> Vec<u8> {
        format!(
            "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
             3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>endobj\n\
             4 0 obj<</Length 30>>stream\nq 200 0 0 100 0 0 cm /I Do Q   \nendstream endobj\n\
             5 0 obj<</Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray/BitsPerComponent 8\
             /Filter/ASCIIHexDecode/Length {}>>stream\n{data}\nendstream endobj\ntrailer<</Root 1 0 R>>\n",
            data.len()
        )
        .into_bytes()
    }

    fn drawn_within(seconds: u32, pdf: Vec<u8>) -> Result<Vec<(u32, u32)>, PdfError> {
        let mut sizes = Vec::new();
        pages_within(seconds, pdf, |picture| -> Result<(), PdfError> {
            sizes.push((picture.width_px(), picture.height_px()));
            Ok(())
        })?;
        Ok(sizes)
    }

    #[test]
    fn what_takes_too_much_ends_with_its_process() {
        assert_eq!(
            drawn_within(20, page(1, 1, "80>")).unwrap(),
            [(2880, 1440)],
            "the control"
        );
        for pdf in [
            page(300_000, 300_000, "80>"),
            page(2_000_000_000, 2_000_000_000, "80>"),
            vec![b'%'; 1 << 20],
        ] {
            // Poppler may draw a part of it, in time and in bounds, or be ended: both are well.
            match drawn_within(2, pdf) {
                Ok(sizes) => assert_eq!(sizes, [(2880, 1440)]),
                Err(PdfError::Unreadable(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
        // What goes on drawing is ended.
        let busy = "0 0 200 100 re f ".repeat(100_000);
        let endless = String::from_utf8(page(1, 1, "80>")).unwrap();
        let endless = endless.replace("/Length 30", &format!("/Length {}", busy.len()));
        let endless = endless.replace("q 200 0 0 100 0 0 cm /I Do Q   ", &busy);
        assert!(matches!(
            drawn_within(1, endless.into_bytes()),
            Err(PdfError::Unreadable(_))
        ));
    }

    #[test]
    fn the_words_of_a_pdf_are_read_page_by_page() {
        let text = |words: &str| format!("BT /F 12 Tf 20 50 Td ({words}) Tj ET");
        let (one, two) = (text("internal use only"), text("second page"));
        let pdf = format!(
            "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R 5 0 R]/Count 2>>endobj\n\
             3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F 7 0 R>>>>>>endobj\n\
             4 0 obj<</Length {}>>stream\n{one}\nendstream endobj\n\
             5 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 6 0 R/Resources<</Font<</F 7 0 R>>>>>>endobj\n\
             6 0 obj<</Length {}>>stream\n{two}\nendstream endobj\n\
             7 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n8 0 obj<</Title(Duty roster)/Author(Nobody)>>endobj\n\
             trailer<</Root 1 0 R/Info 8 0 R>>\n",
            one.len(),
            two.len()
        );
        let words = words(pdf.as_bytes()).unwrap();
        assert_eq!(words.metadata, "Duty roster\nNobody");
        let pages: Vec<&str> = words.pages.iter().map(|page| page.trim()).collect();
        assert_eq!(pages, ["internal use only", "second page"]);
        assert_eq!(
            super::words(&page(1, 1, "80>")).unwrap().pages.len(),
            1,
            "a picture has no words"
        );
    }

    #[test]
    fn damaged_files_are_drawn_or_refused_and_the_hub_goes_on() {
        let whole = page(2, 2, "80 90 a0 b0>");
        for n in 0..60_usize {
            let mut pdf = whole.clone();
            let at = n * 7919 % pdf.len();
            match n % 3 {
                0 => pdf[at] ^= 0x55,
                1 => pdf.truncate(at),
                _ => drop(pdf.splice(at..(at + 9).min(whole.len()), *b"99999")),
            }
            assert!(
                matches!(
                    drawn_within(5, pdf),
                    Ok(_) | Err(PdfError::Unreadable(_) | PdfError::TooManyPages)
                ),
                "{n}"
            );
        }
    }
}
