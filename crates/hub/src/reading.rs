//! Words in pictures, read by Tesseract (Debian's `tesseract-ocr` with `tesseract-ocr-chi-sim`) in a process of its own,
//! for the confidentiality gate alone. It has little memory and little time; what it does not read in that, whoever reviews
//! is told to look at.

use crate::pdf;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Limits of the process: 1.5 GB of addresses, so many seconds of one processor. It reads from a pipe and writes to one. Mode 4
/// takes lines of any size from left to right: the automatic one sees columns of upright writing where there are none.
const SCRIPT: &str = "ulimit -v 1500000; ulimit -t \"$1\"; exec timeout --signal=KILL \"$1\" \
    tesseract stdin stdout -l chi_sim --psm 4 2>/dev/null";
/// One picture takes so long at most.
const PICTURE_SECONDS: u64 = 20;
/// And all of one upload.
const UPLOAD: Duration = Duration::from_secs(90);
/// A picture has so many characters at most: three times what a full page has.
const MOST_CHARS: usize = 5_000;
/// What the process writes is read to this many bytes.
const MOST_BYTES: u64 = 64 * 1024;
/// A page with so many characters of its own is no scan: its words are known.
const WRITTEN_CHARS: usize = 20;

/// What came of looking for words in a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reading {
    /// These were read; none is a text without characters.
    Text(String),
    /// It is a page whose own words are kept.
    Written,
    /// It was let through with a text before.
    Passed,
    /// Nobody read it: no program, no time, or it could not be read.
    Unread,
}

/// Whether a page has words of its own.
pub(crate) fn is_written(text: &str) -> bool {
    text.chars().filter(|c| !c.is_whitespace()).count() >= WRITTEN_CHARS
}

/// The time that one upload may take of the reading machine.
pub(crate) struct Patience {
    left: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { left: UPLOAD }
    }
}

impl Patience {
    /// Reads a picture: PNG, JPEG or a portable pixmap.
    pub(crate) fn read(&mut self, picture: &[u8]) -> Reading {
        let seconds = self.left.as_secs().min(PICTURE_SECONDS);
        if seconds == 0 {
            return Reading::Unread;
        }
        let begun = Instant::now();
        let text = recognised(picture.to_vec(), seconds);
        self.left = self.left.saturating_sub(begun.elapsed());
        text.map_or(Reading::Unread, Reading::Text)
    }

    /// Draws a page of a PDF, counted from 1, and reads it.
    pub(crate) fn read_page(&mut self, file: &[u8], page: usize) -> Reading {
        if self.left.as_secs() == 0 {
            return Reading::Unread;
        }
        let begun = Instant::now();
        let drawn = pdf::pixmap(file, page);
        self.left = self.left.saturating_sub(begun.elapsed());
        match drawn {
            Ok(drawn) => self.read(&drawn),
            Err(error) => {
                tracing::warn!(%error, page, "a page is not read, since it cannot be drawn");
                Reading::Unread
            }
        }
    }
}

/// The text in a picture; `None` when the program is not there, did not finish, or read more than there can be.
fn recognised(picture: Vec<u8>, seconds: u64) -> Option<String> {
    let child = Command::new("/bin/sh")
        .args(["-c", SCRIPT, "reading", &seconds.to_string()])
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        // More threads are slower on small machines, and the processor's time is counted.
        .env("OMP_THREAD_LIMIT", "1")
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = child
        .inspect_err(|error| tracing::error!(%error, "the program that reads pictures cannot be run"))
        .ok()?;
    let fed = child.stdin.take().map(|mut stdin| {
        std::thread::spawn(move || {
            // A process that stopped reading has its reasons, which its status tells.
            let _ = stdin.write_all(&picture);
        })
    });
    let mut text = Vec::new();
    let whole = child.stdout.take().is_some_and(|stdout| {
        let mut limited = stdout.take(MOST_BYTES + 1);
        limited.read_to_end(&mut text).is_ok() && text.len() as u64 <= MOST_BYTES
    });
    if !whole {
        // It may have ended by itself.
        let _ = child.kill();
    }
    let status = child.wait().ok()?;
    // The thread does not outlive the process: its pipe is closed.
    let _ = fed.map(std::thread::JoinHandle::join);
    if status.code() == Some(127) {
        tracing::warn!("pictures are not read: apt-get install tesseract-ocr tesseract-ocr-chi-sim");
    }
    let text = String::from_utf8_lossy(&text);
    // Between what it takes for paragraphs it leaves empty lines, which say nothing.
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let text = lines.join("\n");
    (whole && status.success() && text.chars().count() <= MOST_CHARS).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture;
    use heliograph_domain::gate::{Class, Origin, Passage, RuleSet};
    use heliograph_domain::lang::LocalText;
    use heliograph_domain::panel::{ColourDepth, Panel};
    use heliograph_domain::site::SiteProfile;
    use heliograph_domain::{ContentHash, Document, Kind, Lang};
    use heliograph_scene::View;
    use serde_json::json;
    use std::collections::HashMap;
    use std::sync::Arc;

    /// A notice as a lobby's screen shows it, drawn by the scene itself.
    fn drawn(body: &str) -> Vec<u8> {
        let content = json!({"zh-Hans": {"title": "关于召开会议的通知", "body": body, "department": "办公室", "date": "2026-11-20"}});
        let document = Document::check(Kind::Notice, &content).unwrap();
        let panel = Panel {
            width_px: 1920,
            height_px: 1080,
            colour: ColourDepth::Full,
            pixel_pitch_um: 630,
            viewing_distance_mm: 2500,
            refresh_hz: 60,
        };
        let site = SiteProfile::bare(LocalText::new("海州市政务大厅", "Haizhou"));
        let view = View { page: 0, stood_ms: 0 };
        let no_pictures = HashMap::<ContentHash, Arc<Document>>::new();
        let on = (panel, Lang::ZhHans);
        picture::of_document(
            &document,
            &no_pictures,
            &site,
            on,
            view,
            heliograph_domain::Instant(0),
            1920,
        )
        .unwrap()
    }

    fn findings(body: &str) -> Vec<(Class, String)> {
        let Reading::Text(text) = Patience::default().read(&drawn(body)) else {
            panic!("it was not read: are tesseract-ocr and tesseract-ocr-chi-sim installed?")
        };
        assert!(text.contains("会议"), "{text}");
        let passage = Passage {
            field: "attachments[0].reading".to_owned(),
            text,
            origin: Origin::Recognised,
        };
        let found = RuleSet::newest().scan([&passage], &[]);
        found.into_iter().map(|finding| (finding.class, finding.rule)).collect()
    }

    #[test]
    fn a_mark_and_an_identity_number_are_found_in_a_picture() {
        let marked = findings("秘密★1年。各处室按时参加。");
        assert!(
            marked.contains(&(Class::Block, "classification-mark".to_owned())),
            "{marked:?}"
        );
        let numbered = findings("请张三（11010519491231002X）按时参加。");
        assert!(
            numbered.contains(&(Class::Block, "resident-id".to_owned())),
            "{numbered:?}"
        );
        let plain = findings("请各处室按时参加。");
        assert!(
            plain.iter().all(|(class, _)| *class != Class::Block),
            "the control: {plain:?}"
        );
    }

    #[test]
    fn what_is_no_picture_or_takes_too_long_is_unread() {
        let mut patience = Patience::default();
        assert_eq!(patience.read(b"no picture"), Reading::Unread);
        patience.left = Duration::from_millis(900);
        assert_eq!(patience.read(&drawn("甲")), Reading::Unread);
    }

    #[test]
    fn a_page_with_a_few_characters_is_a_scan() {
        assert!(!is_written(" 1 / 20 \n 扫描件 "));
        assert!(is_written("各处室：定于十二月一日召开会议，请按时参加。"));
    }
}
