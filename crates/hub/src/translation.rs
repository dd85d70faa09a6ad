//! Whether a text's translations keep up with it: a language that was changed since a text was public last, beside one that
//! was not. A hint and no more: nothing is refused for it, and a reviewer may find that nothing had to be translated.

use heliograph_domain::{Document, Kind, Lang};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A language that was changed while others were not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lag {
    /// The language that was changed.
    pub(crate) changed: Lang,
    /// The languages that were not.
    pub(crate) left: Vec<Lang>,
    /// The names of the changed fields, `body` or `complaint.phone`, in their order.
    pub(crate) fields: Vec<String>,
}

/// A document's texts as the form and the API have them.
pub(crate) fn texts(document: &Document) -> Value {
    let texts = document.texts.iter();
    let texts: Map<String, Value> = texts
        .map(|(lang, body)| (lang.tag().to_owned(), body.to_value()))
        .collect();
    Value::Object(texts)
}

/// What lags behind in `now`, compared with `before`. Only languages that both have count: one that comes or goes is a
/// change of its own, and a text in one language has nothing to keep up with.
pub(crate) fn lags(kind: Kind, before: &Value, now: &Value) -> Vec<Lag> {
    let both: Vec<(Lang, Vec<String>)> = Lang::ALL
        .into_iter()
        .filter_map(|lang| {
            let (before, now) = (leaves(&before[lang.tag()]), leaves(&now[lang.tag()]));
            let there = !before.is_empty() && !now.is_empty();
            there.then(|| (lang, differing(kind, &before, &now)))
        })
        .collect();
    let left: Vec<Lang> = both
        .iter()
        .filter(|(_, fields)| fields.is_empty())
        .map(|(lang, _)| *lang)
        .collect();
    if left.is_empty() {
        return Vec::new();
    }
    let changed = both.into_iter().filter(|(_, fields)| !fields.is_empty());
    changed
        .map(|(changed, fields)| Lag {
            changed,
            left: left.clone(),
            fields,
        })
        .collect()
}

/// The fields of the first level that read otherwise, in the order of the form.
fn differing(kind: Kind, before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    let names = kind.fields().iter().map(|spec| spec.name);
    let of = |all: &BTreeMap<String, String>, name: &str| -> Vec<(String, String)> {
        let mine = all
            .iter()
            .filter(|(path, _)| path.split(['.', '[']).next() == Some(name));
        mine.map(|(path, text)| (path.clone(), text.clone())).collect()
    };
    names
        .filter(|name| of(before, name) != of(now, name))
        .map(str::to_owned)
        .collect()
}

/// Every text that is not empty, by its path. Spaces at the ends, and how lines are broken, change nothing that is read.
fn leaves(value: &Value) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    gather("", value, &mut all);
    all
}

fn gather(path: &str, value: &Value, all: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                gather(&path, value, all);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                gather(&format!("{path}[{index}]"), value, all);
            }
        }
        Value::Null => {}
        other => {
            let text = other
                .as_str()
                .map_or_else(|| other.to_string(), |text| text.replace("\r\n", "\n"));
            if !text.trim().is_empty() {
                all.insert(path.to_owned(), text.trim().to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn notice(zh: &str, en: Option<&str>) -> Value {
        let text = |body: &str| json!({"title": "T", "body": body, "department": "D", "date": "2026-11-24"});
        match en {
            Some(en) => json!({"zh-Hans": text(zh), "en": text(en)}),
            None => json!({"zh-Hans": text(zh)}),
        }
    }

    #[test]
    fn a_language_that_was_changed_alone_is_told_and_nothing_else_is() {
        let before = notice("上午", Some("morning"));
        let lag = |changed, left| vec![(changed, vec![left])];
        for (what, before, now, told) in [
            (
                "Chinese alone",
                &before,
                notice("下午", Some("morning")),
                lag(Lang::ZhHans, Lang::En),
            ),
            (
                "English alone",
                &before,
                notice("上午", Some("afternoon")),
                lag(Lang::En, Lang::ZhHans),
            ),
            ("both", &before, notice("下午", Some("afternoon")), Vec::new()),
            ("neither", &before, notice(" 上午\r\n", Some("morning")), Vec::new()),
            ("English goes", &before, notice("下午", None), Vec::new()),
            (
                "English comes",
                &notice("上午", None),
                notice("下午", Some("afternoon")),
                Vec::new(),
            ),
            (
                "only Chinese ever",
                &notice("上午", None),
                notice("下午", None),
                Vec::new(),
            ),
            (
                "nothing before",
                &Value::Null,
                notice("下午", Some("afternoon")),
                Vec::new(),
            ),
        ] {
            let found = lags(Kind::Notice, before, &now);
            let found: Vec<_> = found.into_iter().map(|lag| (lag.changed, lag.left)).collect();
            assert_eq!(found, told, "{what}");
        }
    }

    #[test]
    fn the_fields_that_were_changed_are_named_in_the_order_of_the_form() {
        let before = notice("上午", Some("morning"));
        let mut now = before.clone();
        now["zh-Hans"]["date"] = json!("2026-11-25");
        now["zh-Hans"]["title"] = json!("新题");
        let found = lags(Kind::Notice, &before, &now);
        assert_eq!(found[0].fields, ["title", "date"]);
    }
}
