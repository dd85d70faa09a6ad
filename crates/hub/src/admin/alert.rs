//! What went wrong, at the top of a page: each fault leads to its field, which says it again in its place. A page without
//! script shows the field only once somebody goes there.

use super::document::language_name;
use super::form::{Faults, control_of, place_of};
use super::layout::Desk;
use super::words::{Word, frame as fw};
use crate::http::problem::Problem;
use heliograph_domain::Lang;
use maud::{Markup, html};

/// A field as its form calls it and as people read it. `hotlines` stands for `hotlines[0].number`, too, and `name` for
/// `name.en`.
pub(crate) type Named = (&'static str, Word);

/// What is said of one field.
struct Said {
    /// Where its control is; nothing where the page has none.
    place: Option<String>,
    label: String,
    text: String,
    /// How many faults it has besides.
    more: usize,
}

impl Desk {
    /// What went wrong, over a form with these fields.
    pub(crate) fn alert(&self, problem: &Problem, fields: &[Named]) -> Markup {
        let list = faults(self, problem, |field| label(self, fields, field));
        html! {
            div.alert role="alert" {
                strong { (problem.title.get(self.lang)) }
                @if problem.faults.is_empty() { p { (problem.detail.get(self.lang)) } }
                (list)
            }
        }
    }
}

/// The faults of a problem, field by field. `label` knows what a field is called that the page has.
pub(crate) fn faults(desk: &Desk, problem: &Problem, label: impl Fn(&str) -> Option<String>) -> Markup {
    let mut said: Vec<Said> = Vec::new();
    for (field, text) in Faults::of(problem).all(desk.lang) {
        let control = control_of(field);
        let label = label(control);
        let place = label.is_some().then(|| place_of(control));
        match said.iter_mut().find(|known| place.is_some() && known.place == place) {
            Some(known) => known.more += 1,
            None => said.push(Said {
                place,
                label: label.unwrap_or_default(),
                text,
                more: 0,
            }),
        }
    }
    html! {
        @if !said.is_empty() {
            ul.led { @for one in &said { li { (line(desk, one)) } } }
        }
    }
}

fn line(desk: &Desk, said: &Said) -> Markup {
    html! {
        @match &said.place {
            Some(place) => { a href=(format!("#{place}")) { (said.label) } (desk.t(fw::COLON)) (behind_colon(desk, &said.text)) },
            None => (said.text),
        }
        @if said.more > 0 { (desk.f(fw::AND_MORE_FAULTS, &[&said.more.to_string()])) }
    }
}

/// A sentence that goes on behind a colon: in English without its capital, unless more than the first letter is one.
fn behind_colon(desk: &Desk, text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.as_str()) {
        (Some(first), rest) if desk.lang != Lang::ZhHans && rest.starts_with(|c: char| c.is_lowercase()) => {
            first.to_lowercase().chain(rest.chars()).collect()
        }
        _ => text.to_owned(),
    }
}

fn label(desk: &Desk, fields: &[Named], field: &str) -> Option<String> {
    let of = |name: &str| {
        field
            .strip_prefix(name)
            .filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let (rest, word) = fields.iter().find_map(|(name, word)| Some((of(name)?, *word)))?;
    let lang = rest.rsplit('.').next().and_then(Lang::from_tag);
    Some(match lang {
        Some(lang) => desk.f(fw::OF_LANGUAGE, &[desk.t(word), language_name(desk, lang)]),
        None => desk.t(word).to_owned(),
    })
}
