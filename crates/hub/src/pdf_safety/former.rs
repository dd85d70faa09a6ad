//! Earlier saved states within a PDF. A program may save a file by adding to it what changed (ISO 32000-2, 7.5.6): what was
//! replaced stays in it, and whoever cuts the addition off reads it. Signing and sealing add in the same way and must
//! pass. So an earlier state is let through when all that it showed is shown still.

use super::{Inspected, SafetyError, inspect};
use crate::pdf::{self, PdfError};
use std::collections::BTreeSet;

/// A file has so many earlier states at most: each is looked through by itself.
const MOST_STATES: usize = 12;
/// So far into a file may stand that it is linearised: its first end is then none.
const LINEARISED_WITHIN: usize = 1024;

/// The words that earlier states have beside their pages: the gate reads them with those of the file.
///
/// # Errors
/// When an earlier state showed something that the file no longer shows, or nobody can say what it showed.
pub(crate) fn words(file: &[u8], now: &Inspected, pages: &[String], most: usize) -> Result<String, SafetyError> {
    let ends = states(file);
    if ends.len() > MOST_STATES {
        return Err(SafetyError::Former);
    }
    let shown: BTreeSet<&str> = pages.iter().flat_map(|page| page.split_whitespace()).collect();
    let mut known: BTreeSet<String> = now.texts.lines().map(str::to_owned).collect();
    let mut more = String::new();
    for end in ends {
        let (state, added) = file.split_at(end);
        let former = inspect(state).map_err(unclear)?;
        let texts = pdf::texts(state, most).map_err(unread)?;
        let gone = |page: &String| page.split_whitespace().any(|word| !shown.contains(word));
        if texts.len() > pages.len() || texts.iter().any(gone) || is_replaced(&former, now, added) {
            return Err(SafetyError::Former);
        }
        for line in former.texts.lines() {
            if known.insert(line.to_owned()) {
                more.push_str(line);
                more.push('\n');
            }
        }
    }
    Ok(more)
}

/// Whether a stream of the earlier state (words of a page, a picture) is another now, or gone.
fn is_replaced(former: &Inspected, now: &Inspected, added: &[u8]) -> bool {
    let again = defined(added);
    former
        .streams
        .iter()
        .any(|stream| !now.streams.contains(stream) || again.contains(stream))
}

/// Where earlier states end, in bytes; without the file's own end.
fn states(file: &[u8]) -> Vec<usize> {
    let mut ends: Vec<usize> = memchr::memmem::find_iter(file, b"%%EOF")
        .filter(|at| is_end(&file[..*at]))
        .map(|at| at + b"%%EOF".len())
        .collect();
    // What follows the last mark without one of its own is an addition all the same: readers are lenient.
    if ends.last().is_some_and(|end| file[*end..].trim_ascii().is_empty()) {
        ends.pop();
    }
    let head = &file[..file.len().min(LINEARISED_WITHIN)];
    if memchr::memmem::find(head, b"/Linearized").is_some() && !ends.is_empty() {
        ends.remove(0);
    }
    ends
}

/// Whether these bytes end with `startxref` and a number, as every state does before its mark.
fn is_end(bytes: &[u8]) -> bool {
    let number = bytes.trim_ascii_end();
    let digits = number.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0 && number[..number.len() - digits].trim_ascii_end().ends_with(b"startxref")
}

/// The objects that begin in these bytes, as number and generation. Streams stand nowhere else.
fn defined(bytes: &[u8]) -> BTreeSet<(u32, u32)> {
    let before = memchr::memmem::find_iter(bytes, b" obj").filter_map(|at| {
        let mut words = bytes[at.saturating_sub(24)..at].rsplit(|byte| !byte.is_ascii_digit());
        let (generation, number) = (words.next()?, words.next()?);
        let read = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse().ok();
        Some((read(number)?, read(generation)?))
    });
    before.collect()
}

fn unclear(error: SafetyError) -> SafetyError {
    match error {
        SafetyError::NoTool | SafetyError::Io(_) => error,
        _ => SafetyError::Former,
    }
}

fn unread(error: PdfError) -> SafetyError {
    match error {
        PdfError::NoTool => SafetyError::NoTool,
        PdfError::Io(error) => SafetyError::Io(error),
        _ => SafetyError::Former,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf_safety::tests::{page_words, pdf};
    use crate::pdf_safety::xmp::tests::xmp;
    use std::fmt::Write;

    /// The file with these objects added or replaced, as programs save what changed.
    fn saved(file: &[u8], objects: &[(u32, String)]) -> Vec<u8> {
        let text = String::from_utf8_lossy(file);
        let before: usize = text
            .rsplit("startxref\n")
            .next()
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let (mut file, mut places) = (file.to_vec(), String::new());
        for (number, object) in objects {
            write!(places, "{number} 1\n{:010} 00000 n \n", file.len()).unwrap();
            file.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
        }
        let at = file.len();
        let size: u32 = text
            .rsplit("/Size ")
            .next()
            .unwrap()
            .split('/')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let size = objects.iter().fold(size, |size, (number, _)| size.max(number + 1));
        let trailer = format!("<</Root 1 0 R/Size {size}/Info 6 0 R/Prev {before}>>");
        file.extend_from_slice(format!("xref\n{places}trailer\n{trailer}\nstartxref\n{at}\n%%EOF\n").as_bytes());
        file
    }

    fn looked(file: &[u8]) -> Result<String, SafetyError> {
        let now = inspect(file).unwrap();
        words(file, &now, &pdf::texts(file, 9).unwrap(), 9)
    }

    fn page(more: &str) -> String {
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>{more}>>")
    }

    fn packet(title: &str) -> String {
        let xml = xmp(title);
        format!(
            "<</Type/Metadata/Subtype/XML/Length {}>>stream\n{xml}\nendstream",
            xml.len()
        )
    }

    #[test]
    fn a_text_that_was_replaced_is_still_in_the_file_and_the_file_is_refused() {
        let before = pdf("", "", "<<>>");
        let after = saved(&before, &[(4, page_words("nothing of it"))]);
        assert!(
            !pdf::texts(&after, 9).unwrap()[0].contains("budget"),
            "no reader of the file sees it"
        );
        assert!(matches!(looked(&after), Err(SafetyError::Former)));
        let unmarked = after.trim_ascii_end().strip_suffix(b"%%EOF").unwrap();
        assert_eq!(states(unmarked), states(&after), "an addition needs no mark");
        // Also under a further addition, and when the page itself is what is gone.
        let twice = saved(&after, &[(6, "<</Title(another)>>".to_owned())]);
        assert!(matches!(looked(&twice), Err(SafetyError::Former)));
        let other = [
            (3, page("").replace("/Contents 4", "/Contents 9")),
            (9, page_words("nothing of it")),
        ];
        assert!(matches!(looked(&saved(&before, &other)), Err(SafetyError::Former)));
    }

    #[test]
    fn a_seal_and_a_note_are_added_and_the_gate_reads_what_they_replace() {
        let before = pdf("/Metadata 7 0 R", "", "<</Title(Draft of the chief)>>");
        let before = saved(&before, &[(7, packet("Draft of the chief"))]);
        let seal = "<</Type/Annot/Subtype/Stamp/Rect[0 0 9 9]/Contents(sealed)/AP<</N 9 0 R>>>>".to_owned();
        let look = "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 1>>stream\n \nendstream".to_owned();
        let sealed = [
            (3, page("/Annots[8 0 R]")),
            (6, "<</Title(Budget)>>".to_owned()),
            (7, packet("Budget")),
            (8, seal),
            (9, look),
        ];
        let words = looked(&saved(&before, &sealed)).unwrap();
        assert_eq!(
            words, "Draft of the chief\n",
            "it can be brought back, so the gate reads it"
        );
    }

    #[test]
    fn a_file_saved_once_has_no_earlier_state() {
        assert_eq!(looked(&pdf("", "", "<<>>")).unwrap(), "");
        let linearised = include_bytes!("../../tests/pdf/linearised.pdf");
        assert_eq!(memchr::memmem::find_iter(linearised, b"%%EOF").count(), 2);
        assert_eq!(looked(linearised).unwrap(), "");
        // Office programs write an end for old readers and one for new ones (ISO 32000-2, 7.5.8.4): one state, seen twice.
        let hybrid = include_bytes!("../../tests/pdf/hybrid.pdf");
        assert_eq!((states(hybrid).len(), looked(hybrid).unwrap().as_str()), (1, ""));
        // What was linearised and then added to has one: the whole of what was linearised.
        assert_eq!(states(&[&linearised[..], b"startxref\n9\n%%EOF\n"].concat()).len(), 1);
    }
}
