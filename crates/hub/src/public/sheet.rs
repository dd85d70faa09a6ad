//! A text field by field, for everyone. Markdown becomes headings, paragraphs and lists; nothing in it is taken as HTML,
//! and nothing is fetched from anywhere.

use crate::admin::times::day_of_field;
use crate::prose::{self, Table};
use heliograph_domain::content::{Body, FieldSpec, Shape, unshowable};
use heliograph_domain::{Document, Lang};
use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};
use serde_json::Value;

/// Fields that the page says above: the title.
const TITLES: [&str; 3] = ["title", "matter", "power"];

/// The document in the reader's language, or the one it has.
pub(super) fn view(document: &Document, lang: Lang) -> Markup {
    let Some((written_in, body)) = document.body(lang) else {
        return html! {};
    };
    let value = Body::to_value(body);
    html! {
        dl.fields lang=(written_in.tag()) {
            @for spec in document.kind.fields() {
                @if !value[spec.name].is_null() && !TITLES.contains(&spec.name) {
                    div.wide[matches!(spec.shape, Shape::Markdown)] {
                        dt lang=(lang.tag()) { (spec.label(lang)) }
                        dd { (field(spec, &value[spec.name], lang)) }
                    }
                }
            }
        }
    }
}

/// The pictures, each with what it shows for those who do not see it.
pub(super) fn pictures(document: &Document) -> Markup {
    html! {
        @for it in &document.attachments {
            figure.picture {
                img src=(format!("/media/{}", it.hash)) alt=(it.name) width=(it.width_px) height=(it.height_px) loading="lazy";
                figcaption { (it.name) }
            }
        }
    }
}

fn field(spec: &FieldSpec, value: &Value, lang: Lang) -> Markup {
    match (spec.shape, value) {
        (Shape::Choice(choices), Value::String(name)) => {
            let choice = choices.iter().find(|choice| choice.name == name);
            html! { span lang=(lang.tag()) { (choice.map_or(name.as_str(), |choice| if lang == Lang::ZhHans { choice.zh } else { choice.en })) } }
        }
        (Shape::Lines, Value::Array(lines)) => html! { ol { @for line in lines { li { (text(line)) } } } },
        (Shape::Rows(columns), Value::Array(rows)) => html! {
            ol.entries { @for row in rows { li { (group(columns, row, lang)) } } }
        },
        (Shape::Group(fields), Value::Object(_)) => group(fields, value, lang),
        (Shape::Markdown, Value::String(markdown)) => prose(markdown),
        (Shape::Date, Value::String(day)) => {
            html! { time datetime=(day) lang=(lang.tag()) { (day_of_field(day, lang)) } }
        }
        _ => html! { span.plain { (text(value)) } },
    }
}

fn group(fields: &[FieldSpec], value: &Value, lang: Lang) -> Markup {
    html! {
        dl.inner {
            @for spec in fields {
                div { dt lang=(lang.tag()) { (spec.label(lang)) } dd { (field(spec, &value[spec.name], lang)) } }
            }
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The text without what turns or hides text: the check refuses the characters, but Markdown can name them (`&#8238;`).
fn shown(text: CowStr<'_>) -> CowStr<'_> {
    if text.chars().any(|c| unshowable(c, false)) {
        text.chars()
            .filter(|c| !unshowable(*c, false))
            .collect::<String>()
            .into()
    } else {
        text
    }
}

/// Markdown as HTML: what looks like HTML is shown as it was typed, links and pictures are their words.
fn prose(markdown: &str) -> Markup {
    let mut tables = Tables::of(markdown);
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(shown(text))),
        Event::Code(text) => Some(Event::Code(shown(text))),
        Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock) => None,
        Event::End(TagEnd::Link | TagEnd::Image | TagEnd::HtmlBlock) => None,
        Event::Start(tag) => Some(tables.begun(&tag).unwrap_or(Event::Start(tag))),
        Event::End(tag) => Some(tables.ended(tag).unwrap_or(Event::End(tag))),
        event => Some(event),
    });
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, events);
    html! { div.prose { (PreEscaped(out)) } }
}

/// The marks of tables: the renderer of Markdown knows neither what a head is the head of, nor quantities, and aligns
/// with styles, which the pages do not allow.
struct Tables {
    waiting: std::vec::IntoIter<Table>,
    open: Option<Table>,
    in_head: bool,
    column: usize,
}

impl Tables {
    fn of(markdown: &str) -> Self {
        let found: Vec<Table> = prose::tables(markdown).into_iter().map(|(_, table)| table).collect();
        Self {
            waiting: found.into_iter(),
            open: None,
            in_head: false,
            column: 0,
        }
    }

    fn begun<'e>(&mut self, tag: &Tag<'_>) -> Option<Event<'e>> {
        let mark = match tag {
            Tag::Table(_) => {
                self.open = self.waiting.next();
                "<div class=\"scroll\" tabindex=\"0\"><table>".to_owned()
            }
            Tag::TableHead => {
                self.in_head = true;
                self.column = 0;
                let bare = self.open.as_ref().is_some_and(|table| !table.is_headed());
                format!("<thead{}><tr>", if bare { " hidden" } else { "" })
            }
            Tag::TableRow => {
                self.column = 0;
                "<tr>".to_owned()
            }
            Tag::TableCell => self.cell(),
            _ => return None,
        };
        Some(Event::Html(mark.into()))
    }

    fn cell(&mut self) -> String {
        let class = self.open.as_ref().and_then(|table| table.class(self.column));
        let class = class.map_or_else(String::new, |class| format!(" class=\"{class}\""));
        self.column += 1;
        if self.in_head {
            format!("<th{class} scope=\"col\">")
        } else {
            format!("<td{class}>")
        }
    }

    fn ended<'e>(&mut self, tag: TagEnd) -> Option<Event<'e>> {
        let mark = match tag {
            TagEnd::Table => "</tbody></table></div>\n",
            TagEnd::TableHead => {
                self.in_head = false;
                "</tr></thead><tbody>"
            }
            TagEnd::TableRow => "</tr>",
            TagEnd::TableCell if self.in_head => "</th>",
            TagEnd::TableCell => "</td>",
            _ => return None,
        };
        Some(Event::Html(mark.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_check_refuses_does_not_come_in_by_its_name() {
        let told = prose("收费&#x202e;001&#8236;元 &lrm;`&amp;`&ZeroWidthSpace;&#7; &yen;5").into_string();
        assert!(!told.chars().any(|c| unshowable(c, false)), "{told:?}");
        assert!(told.contains("收费001元") && told.contains('¥'), "{told:?}");
    }

    #[test]
    fn a_table_says_what_its_heads_are_the_heads_of() {
        let told = prose("|项目|**收费**|\n|-|-|\n|护照<b>|50|\n|签证|1,050|\n\n正文").into_string();
        let table = concat!(
            "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">项目</th>",
            "<th class=\"num\" scope=\"col\"><strong>收费</strong></th></tr></thead><tbody>",
            "<tr><td>护照&lt;b&gt;</td><td class=\"num\">50</td></tr>",
            "<tr><td>签证</td><td class=\"num\">1,050</td></tr></tbody></table></div>",
        );
        assert!(told.contains(table) && told.contains("<p>正文</p>"), "{told}");
        assert!(!told.contains("style="), "{told}");
    }

    #[test]
    fn markdown_is_set_and_html_is_only_shown() {
        let told = prose("## 一\n\n甲**乙**\n\n<script>alert(1)</script>\n\n[丙](javascript:x) ![丁](http://example.org/x.png) a<img src=x>b").into_string();
        assert!(told.contains("<h2>一</h2>") && told.contains("<strong>乙</strong>"));
        for bad in ["<script", "<img", "href", "src=\"", "javascript:x\""] {
            assert!(!told.contains(bad), "{bad}: {told}");
        }
        assert!(told.contains("&lt;script&gt;") && told.contains('丙') && told.contains('丁'));
    }
}
