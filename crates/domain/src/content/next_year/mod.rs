//! A text of one year as the beginning of another's: dates that are unmistakable move, with their days of the week; every
//! date of the text is named, those that moved and those that stayed, so that somebody looks at each. Only what is of a
//! year before the text's own stays unnamed.

mod dates;
mod english;
mod lunar;

use super::{FieldSpec, Kind, Shape};
use crate::time::Date;
use dates::Found;
use serde_json::{Map, Value, json};

/// A text for another year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextYear {
    /// `{lang: {field: …}}`
    pub content: Value,
    /// What was changed, and what a person must look at.
    pub moved: Vec<Moved>,
    /// By so many years.
    pub later: u16,
}

/// A place that was changed, or that stayed and may have to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The field: `content.zh-Hans.body`.
    pub field: String,
    /// What stood there.
    pub from: String,
    /// What stands there now; nothing when it was left as it was.
    pub to: Option<String>,
    /// How often it stands in the field.
    pub times: usize,
}

/// The text of `year` for the year of `today`, and for the one after where that is the same. It bears the date `today`.
#[must_use]
pub fn next_year(kind: Kind, content: &Value, year: u16, today: Date) -> NextYear {
    let mut moving = Moving {
        year,
        later: today.year.saturating_sub(year).max(1),
        today,
        moved: Vec::new(),
    };
    let texts = content.as_object().into_iter().flatten();
    let content = texts.map(|(tag, fields)| {
        (
            tag.clone(),
            moving.fields(&format!("content.{tag}"), kind.fields(), fields),
        )
    });
    NextYear {
        content: content.collect::<Map<_, _>>().into(),
        moved: moving.moved,
        later: moving.later,
    }
}

struct Moving {
    year: u16,
    /// By so many years dates move.
    later: u16,
    today: Date,
    moved: Vec<Moved>,
}

impl Moving {
    fn fields(&mut self, path: &str, specs: &[FieldSpec], fields: &Value) -> Value {
        let mut kept = Map::new();
        for spec in specs {
            if let Some(value) = fields.get(spec.name).filter(|value| !value.is_null()) {
                let path = format!("{path}.{}", spec.name);
                kept.insert(spec.name.to_owned(), self.value(&path, spec, value));
            }
        }
        Value::Object(kept)
    }

    fn value(&mut self, path: &str, spec: &FieldSpec, value: &Value) -> Value {
        match spec.shape {
            Shape::Date => self.changed(path, value, json!(self.today)),
            Shape::Year => {
                let year = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
                year.map_or_else(
                    || value.clone(),
                    |year| self.changed(path, value, json!(year + u64::from(self.later))),
                )
            }
            Shape::Group(fields) => self.fields(path, fields, value),
            Shape::Rows(columns) => self.list(path, value, |it, path, row| it.fields(path, columns, row)),
            Shape::Lines => self.list(path, value, |it, path, line| it.text(path, line)),
            Shape::Choice(_) => value.clone(),
            _ => self.text(path, value),
        }
    }

    fn changed(&mut self, path: &str, from: &Value, to: Value) -> Value {
        let told = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if told(from) != told(&to) {
            self.note(path, told(from), Some(told(&to)));
        }
        to
    }

    fn list(&mut self, path: &str, value: &Value, each: impl Fn(&mut Self, &str, &Value) -> Value) -> Value {
        let items = value.as_array().into_iter().flatten().enumerate();
        items
            .map(|(i, item)| each(self, &format!("{path}[{i}]"), item))
            .collect()
    }

    fn note(&mut self, path: &str, from: String, to: Option<String>) {
        let known = self.moved.iter_mut().rev().take_while(|known| known.field == path);
        match known.into_iter().find(|known| known.from == from && known.to == to) {
            Some(known) => known.times += 1,
            None => self.moved.push(Moved {
                field: path.to_owned(),
                from,
                to,
                times: 1,
            }),
        }
    }

    fn text(&mut self, path: &str, value: &Value) -> Value {
        let Some(text) = value.as_str() else {
            return value.clone();
        };
        let chars: Vec<char> = text.chars().collect();
        let (mut told, mut at, mut depth) = (String::new(), 0, 0_usize);
        while at < chars.len() {
            match chars[at] {
                '《' | '〔' | '【' => depth += 1,
                '》' | '〕' | '】' => depth = depth.saturating_sub(1),
                _ => {}
            }
            let Some(found) = Found::at(&chars, at) else {
                told.push(chars[at]);
                at += 1;
                continue;
            };
            let from: String = chars[at..found.end].iter().collect();
            let to = self.moves(&found, depth > 0 || found.names_a_paper(&chars));
            match &to {
                Moves::To(to) => {
                    told.push_str(to);
                    self.note(path, from, Some(to.clone()));
                }
                Moves::Look => {
                    told.push_str(&from);
                    self.note(path, from, None);
                }
                Moves::Stays => told.push_str(&from),
            }
            at = found.end;
        }
        json!(told)
    }

    fn moves(&self, found: &Found, in_a_name: bool) -> Moves {
        match found.year {
            // Which year it is of is not said: nobody but a person can tell whether it is next year's day, too.
            None => Moves::Look,
            Some(year) if year < self.year => Moves::Stays,
            Some(year) if in_a_name || year > self.year + 1 => Moves::Look,
            Some(year) => found.written(year + self.later).map_or(Moves::Look, Moves::To),
        }
    }
}

enum Moves {
    To(String),
    /// It stays, and somebody should look.
    Look,
    /// It is of the past.
    Stays,
}

#[cfg(test)]
mod tests;
