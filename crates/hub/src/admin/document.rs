//! A text as people read it, field by field.

use super::comments::Remarks;
use super::layout::Desk;
use super::times::day_of_field;
use super::words as w;
use heliograph_domain::content::{FieldSpec, Shape};
use heliograph_domain::publication::Publication;
use heliograph_domain::{ContentHash, Document, Lang};
use maud::{Markup, html};
use serde_json::Value;
use std::sync::Arc;

/// A reason from the content store; `None` once it was erased.
pub(crate) fn reason(desk: &Desk, hash: &ContentHash) -> Option<String> {
    let object = desk.office.library.object(hash)?;
    String::from_utf8(object.bytes.to_vec()).ok()
}

/// The document that is on its way, and the one that is released.
pub(crate) fn texts(desk: &Desk, publication: &Publication) -> (Option<Arc<Document>>, Option<Arc<Document>>) {
    let find = |hash: &ContentHash| desk.office.library.document(hash);
    let pending = publication.pending.as_ref().and_then(|pending| find(&pending.content));
    let released = publication.released.as_ref().and_then(|on| find(&on.release.content));
    (pending, released)
}

/// In how many fields the text on its way differs from the released one.
pub(crate) fn changes(desk: &Desk, publication: &Publication) -> usize {
    let (Some(new), Some(old)) = texts(desk, publication) else {
        return 0;
    };
    let differing = |lang: &Lang| {
        let (new, old) = (value_of(&new, *lang), value_of(&old, *lang));
        new.kind_fields
            .iter()
            .filter(|spec| new.value[spec.name] != old.value[spec.name])
            .count()
    };
    [Lang::ZhHans, Lang::En].iter().map(differing).sum()
}

struct Read {
    value: Value,
    kind_fields: &'static [FieldSpec],
}

fn value_of(document: &Document, lang: Lang) -> Read {
    let body = document.texts.get(&lang);
    Read {
        value: body.map(heliograph_domain::content::Body::to_value).unwrap_or_default(),
        kind_fields: document.kind.fields(),
    }
}

/// A text in every language that it has, with what was said of its fields beside them.
pub(crate) fn view(desk: &Desk, document: &Document, remarks: Option<&Remarks>) -> Markup {
    html! {
        @for lang in document.texts.keys() {
            section.text {
                @if document.texts.len() > 1 { h3.language { (language_name(desk, *lang)) } }
                (language_view(desk, document, *lang, remarks))
            }
        }
    }
}

fn language_view(desk: &Desk, document: &Document, lang: Lang, remarks: Option<&Remarks>) -> Markup {
    let read = value_of(document, lang);
    html! {
        dl.fields {
            @for spec in read.kind_fields {
                @if !read.value[spec.name].is_null() {
                    div { dt { (spec.label(desk.lang)) } dd { (field(desk, spec, &read.value[spec.name], lang)) @if let Some(remarks) = remarks { (remarks.at(desk, &format!("content.{}.{}", lang.tag(), spec.name))) } } }
                }
            }
        }
    }
}

/// A value; what was typed is in the text's language, the rest in that of the page.
fn field(desk: &Desk, spec: &FieldSpec, value: &Value, lang: Lang) -> Markup {
    match (spec.shape, value) {
        (_, Value::Null) => html! { span.muted { "—" } },
        (Shape::Choice(choices), Value::String(name)) => {
            let choice = choices.iter().find(|choice| choice.name == name);
            let label = choice.map(|choice| {
                if desk.lang == Lang::ZhHans {
                    choice.zh
                } else {
                    choice.en
                }
            });
            html! { (label.unwrap_or(name)) }
        }
        (Shape::Lines, Value::Array(lines)) => {
            html! { ol lang=(lang.tag()) { @for line in lines { li { (text(line)) } } } }
        }
        (Shape::Rows(columns), Value::Array(rows)) => html! {
            div.scroll { table.stacked {
                thead { tr { @for column in columns { th scope="col" { (column.label(desk.lang)) } } } }
                tbody { @for row in rows { tr { @for column in columns { td data-label=(column.label(desk.lang)) { (field(desk, column, &row[column.name], lang)) } } } } }
            } }
        },
        (Shape::Group(fields), Value::Object(_)) => html! {
            dl.inner { @for spec in fields { div { dt { (spec.label(desk.lang)) } dd { (field(desk, spec, &value[spec.name], lang)) } } } }
        },
        (Shape::Markdown, Value::String(markdown)) => crate::prose::view(markdown, lang.tag()),
        (Shape::Text, _) => html! { div.prose lang=(lang.tag()) { (text(value)) } },
        (Shape::Date, Value::String(day)) => html! { time datetime=(day) { (day_of_field(day, desk.lang)) } },
        _ => html! { span lang=(lang.tag()) { (text(value)) } },
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A language's name in the language of the page.
pub(crate) fn language_name(desk: &Desk, lang: Lang) -> &'static str {
    desk.t(match lang {
        Lang::ZhHans => w::LANG_ZH,
        Lang::En => w::LANG_EN,
        Lang::Ja => w::LANG_JA,
        Lang::Ko => w::LANG_KO,
        Lang::Ru => w::LANG_RU,
    })
}
