//! A text of one year as the beginning of next year's: dates that are unmistakable move by a year, and every such change
//! is named, so that somebody looks at each. What only might be meant (the year in a law's name, a year long past) stays.

use super::{FieldSpec, Kind, Shape};
use crate::time::Date;
use crate::time::MONTHS;
use serde_json::{Map, Value, json};

/// A text for another year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextYear {
    /// `{lang: {field: …}}`
    pub content: Value,
    /// What was changed, and what a person must look at.
    pub moved: Vec<Moved>,
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
}

const WEEKDAYS: [char; 7] = ['日', '一', '二', '三', '四', '五', '六'];

/// The text for the year after `year`. It bears the date `today`.
#[must_use]
pub fn next_year(kind: Kind, content: &Value, year: u16, today: Date) -> NextYear {
    let mut moving = Moving {
        year,
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
    }
}

struct Moving {
    year: u16,
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
                year.map_or_else(|| value.clone(), |year| self.changed(path, value, json!(year + 1)))
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
        let field = path.to_owned();
        self.moved.push(Moved { field, from, to });
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
            // A day of the week belongs to one year's date, also where the year is not said.
            None => Moves::Look,
            Some(year) if year < self.year => Moves::Stays,
            Some(year) if in_a_name || year > self.year + 1 => Moves::Look,
            Some(year) => found.written(year + 1).map_or(Moves::Look, Moves::To),
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

/// A date in a text.
struct Found {
    year: Option<u16>,
    month: Option<u8>,
    day: Option<u8>,
    /// As it was written, in parts between which year and weekday stand.
    form: Form,
    end: usize,
}

enum Form {
    /// `2026年5月15日（星期五）`: what stands between year and weekday, and the words of the weekday around its sign.
    Chinese {
        rest: String,
        weekday: Option<(String, String)>,
    },
    /// `2026-05-15`: what follows the year.
    Numbers { rest: String },
    /// `15 May 2026`: what comes before the year.
    English { before: String },
    /// `5月15日（星期五）`
    NoYear,
}

impl Found {
    fn at(chars: &[char], at: usize) -> Option<Self> {
        let before = at.checked_sub(1).map(|before| chars[before]);
        if before.is_some_and(|c| c.is_ascii_alphanumeric()) {
            return None;
        }
        Self::chinese(chars, at)
            .or_else(|| Self::numbers(chars, at))
            .or_else(|| Self::english(chars, at))
            .or_else(|| Self::without_year(chars, at))
    }

    fn chinese(chars: &[char], at: usize) -> Option<Self> {
        let (year, after) = number(chars, at, 4)?;
        let after = expect(chars, spaces(chars, after), '年')?;
        let (month, day, end) = month_and_day(chars, after);
        let weekday = weekday(chars, end).filter(|_| day.is_some());
        let rest: String = chars[at + 4..end].iter().collect();
        let end_of_all = weekday.as_ref().map_or(end, |(_, _, end)| *end);
        Some(Self {
            year: Some(year),
            month,
            day,
            form: Form::Chinese {
                rest,
                weekday: weekday.map(|(before, after, _)| (before, after)),
            },
            end: end_of_all,
        })
    }

    fn numbers(chars: &[char], at: usize) -> Option<Self> {
        let (year, after) = number(chars, at, 4)?;
        let separator = *chars.get(after).filter(|c| matches!(c, '-' | '/' | '.'))?;
        let (month, after) = up_to_two(chars, after + 1)?;
        let after = expect(chars, after, separator)?;
        let (day, end) = up_to_two(chars, after)?;
        if chars.get(end).is_some_and(char::is_ascii_alphanumeric) {
            return None;
        }
        Some(Self {
            year: Some(year),
            month: Some(month),
            day: Some(day),
            form: Form::Numbers {
                rest: chars[at + 4..end].iter().collect(),
            },
            end,
        })
    }

    /// `15 May 2026`, `May 15, 2026`, `May 2026`.
    fn english(chars: &[char], at: usize) -> Option<Self> {
        let (first_day, after) =
            up_to_two(chars, at).map_or((None, at), |(day, after)| (Some(day), spaces(chars, after)));
        let (month, after) = MONTHS.iter().zip(1..).find_map(|(name, number)| {
            let end = after + name.len();
            let word: String = chars.get(after..end)?.iter().collect();
            (word == **name).then_some((number, end))
        })?;
        let after = spaces(chars, after);
        let (day, after) = match (first_day, up_to_two(chars, after)) {
            (Some(day), _) => (Some(day), after),
            (None, Some((day, after))) => (Some(day), spaces(chars, expect(chars, after, ',').unwrap_or(after))),
            (None, None) => (None, after),
        };
        let (year, end) = number(chars, after, 4)?;
        Some(Self {
            year: Some(year),
            month: Some(month),
            day,
            form: Form::English {
                before: chars[at..after].iter().collect(),
            },
            end,
        })
    }

    fn without_year(chars: &[char], at: usize) -> Option<Self> {
        let (month, day, after) = month_and_day(chars, at);
        let (month, day) = (month?, day?);
        let (_, _, end) = weekday(chars, after)?;
        Some(Self {
            year: None,
            month: Some(month),
            day: Some(day),
            form: Form::NoYear,
            end,
        })
    }

    /// `2026年第5号`, `2026年修订`: part of what a paper is called.
    fn names_a_paper(&self, chars: &[char]) -> bool {
        let after = spaces(chars, self.end);
        self.month.is_none() && chars.get(after).is_some_and(|c| matches!(c, '第' | '修'))
    }

    /// The same in another year, if the calendar has it.
    fn written(&self, year: u16) -> Option<String> {
        let date = match (self.month, self.day) {
            (Some(month), Some(day)) => Some(Date::new(year, month, day)?),
            (Some(month), None) => Some(Date::new(year, month, 1)?),
            _ => None,
        };
        Some(match &self.form {
            Form::Chinese { rest, weekday: None } => format!("{year}{rest}"),
            Form::Chinese {
                rest,
                weekday: Some((before, after)),
            } => {
                let sign = WEEKDAYS[usize::from(date?.weekday())];
                format!("{year}{rest}{before}{sign}{after}")
            }
            Form::Numbers { rest } => format!("{year}{rest}"),
            Form::English { before } => format!("{before}{year}"),
            Form::NoYear => return None,
        })
    }
}

fn spaces(chars: &[char], mut at: usize) -> usize {
    while chars.get(at) == Some(&' ') {
        at += 1;
    }
    at
}

fn expect(chars: &[char], at: usize, wanted: char) -> Option<usize> {
    (chars.get(at) == Some(&wanted)).then_some(at + 1)
}

/// A number of just so many digits, and where it ends.
fn number(chars: &[char], at: usize, digits: usize) -> Option<(u16, usize)> {
    let end = at + digits;
    let text = chars.get(at..end)?;
    let whole = text.iter().all(char::is_ascii_digit) && !chars.get(end).is_some_and(char::is_ascii_digit);
    let year = text.iter().collect::<String>().parse().ok().filter(|_| whole)?;
    (digits != 4 || (1949..3000).contains(&year)).then_some((year, end))
}

fn up_to_two(chars: &[char], at: usize) -> Option<(u8, usize)> {
    let found = number(chars, at, 2).or_else(|| number(chars, at, 1));
    found.and_then(|(number, end)| Some((u8::try_from(number).ok()?, end)))
}

/// `5月15日`, as far as it is there.
fn month_and_day(chars: &[char], at: usize) -> (Option<u8>, Option<u8>, usize) {
    let part = |at: usize, sign: char| {
        let (number, after) = up_to_two(chars, spaces(chars, at))?;
        Some((number, expect(chars, spaces(chars, after), sign)?))
    };
    match part(at, '月') {
        None => (None, None, at),
        Some((month, after)) => match part(after, '日') {
            Some((day, end)) => (Some(month), Some(day), end),
            None => (Some(month), None, after),
        },
    }
}

/// `（星期五）`: what stands before the sign and after it, and where it ends.
fn weekday(chars: &[char], at: usize) -> Option<(String, String, usize)> {
    let open = *chars.get(at).filter(|c| matches!(c, '（' | '('))?;
    let close = if open == '（' { '）' } else { ')' };
    ["星期", "礼拜", "周"].iter().find_map(|word| {
        let sign = at + 1 + word.chars().count();
        let written: String = chars.get(at + 1..sign)?.iter().collect();
        let known = chars.get(sign).is_some_and(|c| WEEKDAYS.contains(c) || *c == '天');
        let end = expect(chars, sign + 1, close)?;
        (written == **word && known).then(|| (format!("{open}{word}"), close.to_string(), end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(body: &str) -> (String, Vec<(String, Option<String>)>) {
        let content = json!({"zh-Hans": {"body": body}});
        let next = next_year(Kind::Notice, &content, 2026, Date::new(2027, 4, 20).unwrap());
        let text = next.content["zh-Hans"]["body"].as_str().unwrap().to_owned();
        (text, next.moved.into_iter().map(|it| (it.from, it.to)).collect())
    }

    #[test]
    fn unmistakable_dates_move_and_each_is_named() {
        let (text, named) = moved("2026年5月15日（星期五）上午，开放日。2026 年度报名自2026-04-01起，至2027年1月止。");
        assert_eq!(
            text,
            "2027年5月15日（星期六）上午，开放日。2027 年度报名自2027-04-01起，至2028年1月止。"
        );
        assert_eq!(named.len(), 4);
        assert_eq!(
            named[0],
            (
                "2026年5月15日（星期五）".to_owned(),
                Some("2027年5月15日（星期六）".to_owned())
            )
        );
        let (text, named) = moved("Open on 15 May 2026, from May 3, 2026; report of June 2026.");
        assert_eq!(text, "Open on 15 May 2027, from May 3, 2027; report of June 2027.");
        assert_eq!(named.len(), 3);
    }

    #[test]
    fn names_of_papers_and_years_long_past_stay() {
        let text = "依据《办法（2026年修订）》、滨外发〔2026〕12号、2026年第5号公告，自2019年8月1日起施行。";
        let (same, named) = moved(text);
        assert_eq!(same, text);
        assert_eq!(
            named,
            [("2026年".to_owned(), None), ("2026年".to_owned(), None)],
            "somebody looks at what is of this year"
        );
        for text in [
            "编号20265月",
            "电话 2026年级x".trim_end_matches("年级x"),
            "文号12026年",
            "2026",
            "v2026-05-15b",
        ] {
            assert_eq!(moved(text).0, text);
        }
    }

    #[test]
    fn what_the_next_year_does_not_have_is_left_to_a_person() {
        let leap = json!({"zh-Hans": {"body": "2028年2月29日开门"}});
        let next = next_year(Kind::Notice, &leap, 2028, Date::new(2029, 1, 1).unwrap());
        assert_eq!(next.content, leap);
        assert_eq!(next.moved[0].to, None);
        let (text, named) = moved("5月15日（周五）开门");
        assert_eq!(
            (text.as_str(), &named[..]),
            ("5月15日（周五）开门", &[("5月15日（周五）".to_owned(), None)][..])
        );
    }

    #[test]
    fn the_date_of_issue_is_today_and_a_year_is_the_next() {
        let content = json!({"zh-Hans": {"title": "2026年预算", "year": 2026, "date": "2026-02-01"}});
        let next = next_year(Kind::Finance, &content, 2026, Date::new(2027, 1, 20).unwrap());
        assert_eq!(
            next.content["zh-Hans"],
            json!({"title": "2027年预算", "year": 2027, "date": "2027-01-20"})
        );
        assert_eq!(next.moved.len(), 3);
    }
}
