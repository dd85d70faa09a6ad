//! Side by side: what the public read last, or what was handed in before, beside the new text. Paragraph by paragraph,
//! changed words marked in colour and by a line, what is unchanged folded away; each language, and the pictures.

mod marks;
mod tables;
mod texts;

use super::comments::Remarks;
use super::document::language_name;
use super::layout::{Desk, tag};
use super::words::review as w;
use crate::state::Dossier;
use heliograph_domain::content::{Attachment, FieldSpec, Shape};
use heliograph_domain::publication::PublicationEvent;
use heliograph_domain::{ContentHash, Document, Lang, PublicationId};
use marks::Row;
pub(crate) use marks::{Span, spans};
use maud::{Markup, html};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a new text is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Against {
    /// What the public read last.
    Release,
    /// What was handed in before it.
    Submission,
    /// Nothing: it is read by itself.
    Nothing,
}

impl Against {
    const ALL: [Self; 3] = [Self::Release, Self::Submission, Self::Nothing];

    fn slug(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Submission => "submission",
            Self::Nothing => "nothing",
        }
    }

    fn word(self) -> super::words::Word {
        match self {
            Self::Release => w::WITH_RELEASE,
            Self::Submission => w::WITH_SUBMISSION,
            Self::Nothing => w::WITH_NOTHING,
        }
    }

    /// How the left column is headed.
    fn heading(self) -> super::words::Word {
        match self {
            Self::Submission => w::SUBMITTED_BEFORE,
            _ => super::words::BEFORE,
        }
    }

    /// What somebody chose of what there is; else the last release, else the text handed in before.
    fn chosen(asked: Option<&str>, there: &[Self]) -> Self {
        let asked = there.iter().find(|against| asked == Some(against.slug()));
        asked.or(there.first()).copied().unwrap_or(Self::Nothing)
    }
}

/// The texts that the one on its way can be compared with.
struct Former {
    release: Option<Arc<Document>>,
    submission: Option<Arc<Document>>,
}

impl Former {
    fn of(desk: &Desk, dossier: &Dossier, new: &ContentHash) -> Self {
        let find = |hash: Option<ContentHash>| hash.and_then(|hash| desk.office.library.document(&hash));
        let mut submitted = dossier.history.iter().rev().filter_map(|step| match &step.event {
            PublicationEvent::Submitted { content, .. } => Some(*content),
            _ => None,
        });
        let release = dossier.history.iter().rev().find_map(|step| match &step.event {
            PublicationEvent::Released(release) => Some(release.content),
            PublicationEvent::Amended { content, .. } => Some(*content),
            _ => None,
        });
        let before = submitted.find(|hash| hash != new);
        Self {
            submission: find(before.filter(|hash| Some(*hash) != release)),
            release: find(release),
        }
    }

    fn get(&self, against: Against) -> Option<&Document> {
        match against {
            Against::Release => self.release.as_deref(),
            Against::Submission => self.submission.as_deref(),
            Against::Nothing => None,
        }
    }

    fn choices(&self) -> Vec<Against> {
        let there = |against: &Against| *against == Against::Nothing || self.get(*against).is_some();
        Against::ALL.into_iter().filter(there).collect()
    }
}

/// The card with the text on its way beside a former one; nothing when there is no former one to compare it with.
pub(crate) fn card(
    desk: &Desk,
    (id, dossier): (PublicationId, &Dossier),
    (hash, new): (&ContentHash, &Document),
    remarks: &Remarks,
    asked: Option<&str>,
) -> Option<Markup> {
    let former = Former::of(desk, dossier, hash);
    let choices = former.choices();
    let against = Against::chosen(asked, &choices);
    if choices.len() < 2 {
        return None;
    }
    let pictures = format!("/api/v1/publications/{id}/attachments");
    Some(html! {
        section.card.compare id="compare" {
            h2 { (desk.t(super::words::REVISION)) }
            nav.against aria-label=(desk.t(w::COMPARE)) {
                @for choice in choices {
                    a href=(format!("/admin/publications/{id}?against={}#compare", choice.slug())) aria-current=[(choice == against).then_some("true")] { (desk.t(choice.word())) }
                }
            }
            @match former.get(against) {
                Some(old) => (Comparison { desk, old, new, heading: desk.t(against.heading()), pictures: &pictures, remarks }.view()),
                None => (super::document::view(desk, new, Some(remarks))),
            }
        }
        @if against == Against::Nothing { (super::pictures::row(desk, &pictures, &new.attachments)) (super::papers::row(desk, &pictures, &new.files)) }
    })
}

struct Comparison<'a> {
    desk: &'a Desk,
    old: &'a Document,
    new: &'a Document,
    /// What the left column is.
    heading: &'a str,
    /// Where pictures are had.
    pictures: &'a str,
    /// What was said of the text.
    remarks: &'a Remarks,
}

/// A field of both texts.
struct Field {
    /// `content.zh-Hans.body`.
    path: String,
    /// What it is written in.
    lang: Lang,
    label: String,
    old: Vec<String>,
    new: Vec<String>,
}

/// What a field's paragraphs are written in: names of answers and of columns are the interface's.
fn spoken(spec: &FieldSpec, text: Lang, interface: Lang) -> Lang {
    match spec.shape {
        Shape::Choice(_) | Shape::Rows(_) | Shape::Group(_) | Shape::Date => interface,
        _ => text,
    }
}

impl Comparison<'_> {
    fn view(&self) -> Markup {
        let langs: BTreeSet<Lang> = self.old.texts.keys().chain(self.new.texts.keys()).copied().collect();
        html! {
            p.legend { del { (self.desk.t(w::MARK_GONE)) } " " ins { (self.desk.t(w::MARK_NEW)) } }
            @for lang in &langs { (self.language(*lang, langs.len() > 1)) }
            (self.attachments())
            (super::papers::beside(self.desk, self.pictures, self.heading, (&self.old.files, &self.new.files)))
        }
    }

    fn language(&self, lang: Lang, several: bool) -> Markup {
        let fields = self.fields(lang);
        let (same, changed): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(|field| field.old == field.new);
        let state = match (self.old.texts.contains_key(&lang), self.new.texts.contains_key(&lang)) {
            (false, _) => Some(("green", w::LANGUAGE_NEW)),
            (_, false) => Some(("red", w::LANGUAGE_GONE)),
            _ if changed.is_empty() => Some(("grey", w::UNCHANGED)),
            _ => None,
        };
        html! {
            section.text {
                @if several { h3.language { (language_name(self.desk, lang)) @if let Some((colour, word)) = state { " " (tag(colour, self.desk.t(word))) } } }
                @else if let Some((colour, word)) = state { p { (tag(colour, self.desk.t(word))) } }
                @for field in changed { (self.field(field)) }
                (self.unchanged(&same))
            }
        }
    }

    fn fields(&self, lang: Lang) -> Vec<Field> {
        let value = |document: &Document| {
            let body = document.texts.get(&lang);
            body.map(heliograph_domain::content::Body::to_value).unwrap_or_default()
        };
        let (old, new) = (value(self.old), value(self.new));
        let mut specs: Vec<&FieldSpec> = self.new.kind.fields().iter().collect();
        let more = self.old.kind.fields().iter();
        specs.extend(more.filter(|spec| self.new.kind.fields().iter().all(|known| known.name != spec.name)));
        let paragraphs = |spec: &FieldSpec, value: &Value| texts::paragraphs(spec, &value[spec.name], self.desk.lang);
        let fields = specs.into_iter().map(|spec| Field {
            path: format!("content.{}.{}", lang.tag(), spec.name),
            lang: spoken(spec, lang, self.desk.lang),
            label: spec.label(self.desk.lang).to_owned(),
            old: paragraphs(spec, &old),
            new: paragraphs(spec, &new),
        });
        fields
            .filter(|field| !(field.old.is_empty() && field.new.is_empty()))
            .collect()
    }

    fn field(&self, field: &Field) -> Markup {
        html! {
            section.versus {
                h4 { (field.label) }
                div.heads aria-hidden="true" { span { (self.heading) } span { (self.desk.t(super::words::NOW)) } }
                @for row in marks::rows(&field.old, &field.new) { (self.row(&row, field.lang)) }
                (self.remarks.at(self.desk, &field.path))
            }
        }
    }

    fn row(&self, row: &Row, lang: Lang) -> Markup {
        let lang = lang.tag();
        match row {
            Row::Same(paragraphs) => self.same(paragraphs, lang),
            Row::Changed(old, new) => {
                let (old, new) = changed(old, new, lang);
                self.pair(&old, &new)
            }
            Row::Gone(text) => self.pair(
                &alone(text, false, lang),
                &html! { span.none { (self.desk.t(w::GONE)) } },
            ),
            Row::New(text) => self.pair(
                &html! { span.none { (self.desk.t(w::NOT_THERE)) } },
                &alone(text, true, lang),
            ),
        }
    }

    fn pair(&self, old: &Markup, new: &Markup) -> Markup {
        html! {
            div.pairs {
                div.was data-label=(self.heading) { (old) }
                div.now data-label=(self.desk.t(super::words::NOW)) { (new) }
            }
        }
    }

    fn same(&self, paragraphs: &[String], lang: &str) -> Markup {
        html! {
            details.same {
                summary { (self.desk.f(w::N_UNCHANGED, &[&paragraphs.len().to_string()])) }
                @for text in paragraphs { (plain(text, lang)) }
            }
        }
    }

    /// The fields that are as they were, folded away together.
    fn unchanged(&self, fields: &[&Field]) -> Markup {
        let labels: Vec<&str> = fields.iter().map(|field| field.label.as_str()).collect();
        html! {
            @if !fields.is_empty() {
                details.same {
                    summary { (self.desk.f(w::UNCHANGED_FIELDS, &[&labels.join(self.desk.t(super::words::LIST_COMMA))])) }
                    dl.fields { @for field in fields { div { dt { (field.label) } dd { @for text in &field.new { (plain(text, field.lang.tag())) } (self.remarks.at(self.desk, &field.path)) } } } }
                }
            }
        }
    }

    fn attachments(&self) -> Markup {
        let (old, new) = (&self.old.attachments, &self.new.attachments);
        if old.is_empty() && new.is_empty() {
            return html! {};
        }
        let state =
            |it: &Attachment, others: &[Attachment], alone: super::words::Word, colour: &'static str| match others
                .iter()
                .find(|other| other.hash == it.hash)
            {
                None => (colour, alone),
                Some(other) if other.name != it.name => ("amber", w::PICTURE_RENAMED),
                Some(_) => ("grey", w::UNCHANGED),
            };
        let column = |all: &[Attachment], others: &[Attachment], alone: super::words::Word, colour: &'static str| {
            html! {
                div.pictures {
                    @for it in all {
                        @let (colour, word) = state(it, others, alone, colour);
                        (super::pictures::figure(self.pictures, it, &html! { (tag(colour, self.desk.t(word))) }))
                    }
                    @if all.is_empty() { p.none { (self.desk.t(w::NO_PICTURES)) } }
                }
            }
        };
        html! {
            section.versus {
                h4 { (self.desk.t(super::words::PICTURES)) @if old == new { " " (tag("grey", self.desk.t(w::UNCHANGED))) } }
                div.heads aria-hidden="true" { span { (self.heading) } span { (self.desk.t(super::words::NOW)) } }
                div.pairs {
                    div.was data-label=(self.heading) { (column(old, new, w::PICTURE_GONE, "red")) }
                    div.now data-label=(self.desk.t(super::words::NOW)) { (column(new, old, w::PICTURE_NEW, "green")) }
                }
            }
        }
    }
}

/// A paragraph as it is.
fn plain(text: &str, lang: &str) -> Markup {
    tables::read(text).map_or_else(|| html! { p lang=(lang) { (text) } }, |table| table.view(lang))
}

/// A paragraph that only one side has.
fn alone(text: &str, new: bool, lang: &str) -> Markup {
    match tables::read(text) {
        Some(table) => tables::whole(&table, new, lang),
        None if new => html! { p { ins lang=(lang) { (text) } } },
        None => html! { p { del lang=(lang) { (text) } } },
    }
}

/// Both sides of a changed paragraph.
fn changed(old: &[Span], new: &[Span], lang: &str) -> (Markup, Markup) {
    let whole = |spans: &[Span]| spans.iter().map(|span| span.text.as_str()).collect::<String>();
    let (before, now) = (whole(old), whole(new));
    match (tables::read(&before), tables::read(&now)) {
        (Some(before), Some(now)) => tables::both(&before, &now, lang),
        (None, None) => (
            html! { p lang=(lang) { (side(old, false)) } },
            html! { p lang=(lang) { (side(new, true)) } },
        ),
        _ => (alone(&before, false, lang), alone(&now, true, lang)),
    }
}

/// One side of a changed paragraph; what the other does not have is marked.
fn side(spans: &[Span], new: bool) -> Markup {
    html! {
        @for span in spans {
            @if !span.changed { (span.text) } @else if new { ins { (span.text) } } @else { del { (span.text) } }
        }
    }
}
