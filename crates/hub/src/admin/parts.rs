//! The inputs that the forms of channels, catalogue, staff, displays and the office share.

use super::form::{Faults, Posted};
use super::layout::{Desk, field_faults};
use super::words::{self as w, Word};
use heliograph_domain::{ChannelName, DepartmentId, Lang, LocalText};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// What a form shows: what was typed into it, else what is known.
pub(crate) struct Shown<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) typed: Option<&'a Posted>,
    pub(crate) faults: Faults,
}

impl<'a> Shown<'a> {
    pub(crate) fn new(desk: &'a Desk, failed: Option<(&'a Posted, &crate::http::problem::Problem)>) -> Self {
        Self {
            desk,
            typed: failed.map(|(typed, _)| typed),
            faults: failed.map(|(_, problem)| Faults::of(problem)).unwrap_or_default(),
        }
    }

    /// What stands in a field.
    pub(crate) fn value(&self, name: &str, known: &str) -> String {
        self.typed.map_or(known, |typed| typed.get(name)).to_owned()
    }

    fn bad(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// Where the alert leads, while something is wrong with a field.
    pub(crate) fn place(&self, name: &str) -> Option<String> {
        self.faults.place(name)
    }

    /// The faults of a field, under it.
    pub(crate) fn said(&self, name: &str) -> Markup {
        field_faults(&self.faults, name, self.desk.lang)
    }

    /// One line.
    pub(crate) fn line(&self, label: Word, name: &str, known: &str, hint: Option<Word>) -> Markup {
        self.input(label, name, known, hint, "text", true)
    }

    /// One line that may be empty.
    pub(crate) fn optional(&self, label: Word, name: &str, known: &str, hint: Option<Word>) -> Markup {
        self.input(label, name, known, hint, "text", false)
    }

    /// A password, which is never shown again.
    pub(crate) fn password(&self, label: Word, name: &str, hint: Word) -> Markup {
        html! {
            label.field.bad[self.bad(name)] {
                span { (self.desk.t(label)) " " small { (self.desk.t(hint)) } }
                input id=[self.place(name)] type="password" name=(name) autocomplete="new-password";
                (self.said(name))
            }
        }
    }

    /// The same once more, against slips of the finger.
    pub(crate) fn password_again(&self) -> Markup {
        html! {
            label.field.bad[self.bad("again")] {
                span { (self.desk.t(w::PASSWORD_AGAIN)) }
                input id=[self.place("again")] type="password" name="again" autocomplete="new-password";
                (self.said("again"))
            }
        }
    }

    fn input(&self, label: Word, name: &str, known: &str, hint: Option<Word>, kind: &str, must: bool) -> Markup {
        html! {
            label.field.bad[self.bad(name)] {
                span {
                    (self.desk.t(label))
                    @if must { span.must { "*" } }
                    @if let Some(hint) = hint { " " small { (self.desk.t(hint)) } }
                }
                input id=[self.place(name)] type=(kind) name=(name) value=(self.value(name, known));
                (self.said(name))
            }
        }
    }

    /// A name that was chosen once and stays.
    pub(crate) fn fixed(&self, label: Word, name: &str, known: &str) -> Markup {
        html! {
            label.field { span { (self.desk.t(label)) } input type="text" name=(name) value=(known) readonly; }
        }
    }

    /// A short text in Chinese and English, side by side.
    pub(crate) fn both(&self, label: Word, name: &str, known: Option<&LocalText>) -> Markup {
        let field = |lang: Lang, must: bool| {
            let path = format!("{name}.{}", lang.tag());
            let value = known.and_then(|known| known.0.get(&lang)).map_or("", String::as_str);
            html! {
                label.field.bad[self.bad(&path)] {
                    span {
                        (self.desk.t(label)) " " small { (super::document::language_name(self.desk, lang)) }
                        @if must { span.must { "*" } }
                    }
                    input id=[self.place(&path)] type="text" name=(path) value=(self.value(&path, value)) lang=(lang.tag());
                    (self.said(&path))
                }
            }
        };
        html! { div.pair { (field(Lang::ZhHans, true)) (field(Lang::En, false)) } @if self.bad(name) { div id=[self.place(name)] { (self.said(name)) } } }
    }

    /// One of several.
    pub(crate) fn choice(&self, label: Word, name: &str, known: &str, options: &[(String, String)]) -> Markup {
        let value = self.value(name, known);
        html! {
            label.field.bad[self.bad(name)] {
                span { (self.desk.t(label)) span.must { "*" } }
                select id=[self.place(name)] name=(name) {
                    @if value.is_empty() { option value="" { (self.desk.t(w::CHOOSE)) } }
                    @for (slug, text) in options { option value=(slug) selected[*slug == value] { (text) } }
                }
                (self.said(name))
            }
        }
    }

    /// Any of several.
    pub(crate) fn boxes(&self, label: Word, name: &str, known: &[String], options: &[(String, String)]) -> Markup {
        let on = |slug: &String| match self.typed {
            Some(typed) => typed.all(name).contains(&slug.as_str()),
            None => known.contains(slug),
        };
        html! {
            fieldset.bad[self.bad(name)] id=[self.place(name)] {
                legend { (self.desk.t(label)) span.must { "*" } }
                div.checks {
                    @for (slug, text) in options {
                        label.check { input type="checkbox" name=(name) value=(slug) checked[on(slug)]; (text) }
                    }
                }
                (self.said(name))
            }
        }
    }

    /// The language of a display.
    pub(crate) fn language(&self, known: Lang) -> Markup {
        let name = |lang: Lang| super::document::language_name(self.desk, lang).to_owned();
        let all: Vec<(String, String)> = Lang::ALL
            .into_iter()
            .map(|lang| (lang.tag().to_owned(), name(lang)))
            .collect();
        self.choice(w::LANGUAGE, "language", known.tag(), &all)
    }

    /// The channels of a display.
    pub(crate) fn channels(&self, known: &[ChannelName]) -> Markup {
        let titles = super::order::channels(self.desk);
        let all: Vec<(String, String)> = titles
            .into_iter()
            .map(|(name, title)| (name.to_string(), title.get(self.desk.lang).to_owned()))
            .collect();
        let known: Vec<String> = known.iter().map(ToString::to_string).collect();
        self.boxes(w::CHANNELS, "channels", &known, &all)
    }

    /// A department: one of the office's, or a name of its own before there are any.
    pub(crate) fn department(&self, known: &str) -> Markup {
        let mut ids: BTreeSet<&DepartmentId> = self
            .desk
            .state
            .staff
            .people
            .values()
            .map(|person| &person.department)
            .collect();
        ids.extend(self.desk.profile.iter().flat_map(|profile| profile.departments.keys()));
        let options: Vec<(String, String)> = super::order::departments(self.desk, ids.into_iter())
            .into_iter()
            .map(|id| (id.to_string(), self.desk.department(id)))
            .collect();
        self.choice(w::DEPARTMENT, "department", known, &options)
    }
}
