//! Files for the public page, as writers and reviewers see them: a list of names that lead to the files themselves.

use super::layout::{Desk, tag};
use super::words::{Word, papers as w};
use crate::papers::told;
use heliograph_domain::content::PublicFile;
use maud::{Markup, html};

/// One file: its name, which fetches it, and what stands beside it.
fn line(desk: &Desk, address: &str, file: &PublicFile, more: &Markup) -> Markup {
    html! {
        li {
            a href=(format!("{address}/{}", file.hash)) download=(file.file_name()) { (file.name) }
            " " small.muted { (told(file, desk.lang)) }
            (more)
        }
    }
}

/// The files of a text that is reviewed or released.
pub(crate) fn row(desk: &Desk, address: &str, files: &[PublicFile]) -> Markup {
    html! {
        @if !files.is_empty() {
            section.card id="files" {
                h2 { (desk.t(w::FILES)) }
                p.hint { (desk.t(w::FILES_TO_READ)) }
                ul.papers { @for file in files { (line(desk, address, file, &html! {})) } }
            }
        }
    }
}

/// The files of a draft, each with a way out of it.
pub(super) fn of_draft(desk: &Desk, id: &str, files: &[PublicFile]) -> Markup {
    let address = format!("/api/v1/drafts/{id}/attachments");
    html! {
        @if !files.is_empty() {
            h3 { (desk.t(w::FILES)) }
            ul.papers {
                @for file in files {
                    (line(desk, &address, file, &html! {
                        form method="post" action=(format!("/admin/write/{id}/pictures/{}/remove", file.hash)) {
                            button.btn.danger.small type="submit" { (desk.t(w::REMOVE_FILE)) span.away { " " (file.name) } }
                        }
                    }))
                }
            }
        }
    }
}

/// What becomes of a PDF that is uploaded, to be chosen with it.
pub(super) fn choice(desk: &Desk) -> Markup {
    html! {
        fieldset {
            legend { (desk.t(w::PDF_BECOMES)) }
            div.checks {
                label.check { input type="radio" name="as" value="pictures" checked; (desk.t(w::AS_PICTURES)) }
                label.check { input type="radio" name="as" value="file"; (desk.t(w::AS_FILE)) }
            }
            p.hint { (desk.t(w::FILES_HINT)) }
        }
    }
}

/// What became of a file between two texts.
fn state(file: &PublicFile, others: &[PublicFile], alone: (&'static str, Word)) -> (&'static str, Word) {
    let same = others.iter().find(|other| other.hash == file.hash);
    let namesake = || others.iter().any(|other| other.name == file.name);
    match same {
        Some(other) if other.name != file.name => ("amber", w::FILE_RENAMED),
        Some(_) => ("grey", super::words::review::UNCHANGED),
        None if namesake() => ("amber", w::FILE_REPLACED),
        None => alone,
    }
}

/// The files of two texts side by side.
pub(super) fn beside(desk: &Desk, address: &str, heading: &str, (old, new): (&[PublicFile], &[PublicFile])) -> Markup {
    if old.is_empty() && new.is_empty() {
        return html! {};
    }
    let column = |all: &[PublicFile], others: &[PublicFile], alone: (&'static str, Word)| {
        html! {
            @if all.is_empty() { p.none { (desk.t(w::NO_FILES)) } } @else {
                ul.papers {
                    @for file in all {
                        @let (colour, word) = state(file, others, alone);
                        (line(desk, address, file, &html! { " " (tag(colour, desk.t(word))) }))
                    }
                }
            }
        }
    };
    html! {
        section.versus id="files" {
            h4 { (desk.t(w::FILES)) @if old == new { " " (tag("grey", desk.t(super::words::review::UNCHANGED))) } }
            div.heads aria-hidden="true" { span { (heading) } span { (desk.t(super::words::NOW)) } }
            div.pairs {
                div.was data-label=(heading) { (column(old, new, ("red", w::FILE_GONE))) }
                div.now data-label=(desk.t(super::words::NOW)) { (column(new, old, ("green", w::FILE_NEW))) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use heliograph_domain::ContentHash;
    use heliograph_domain::content::FileType;

    fn file(name: &str, n: u8) -> PublicFile {
        PublicFile {
            name: name.to_owned(),
            media_type: FileType::Pdf,
            hash: ContentHash([n; 32]),
            bytes: 1,
            pages: 1,
        }
    }

    #[test]
    fn a_file_is_new_gone_renamed_replaced_or_as_it_was() {
        let new = ("green", w::FILE_NEW);
        let old = [file("a", 1), file("b", 2)];
        assert_eq!(state(&file("a", 1), &old, new).0, "grey");
        assert_eq!(state(&file("c", 1), &old, new), ("amber", w::FILE_RENAMED));
        assert_eq!(state(&file("a", 3), &old, new), ("amber", w::FILE_REPLACED));
        assert_eq!(state(&file("c", 3), &old, new), new);
    }
}
