//! One box over every page: finds whatever the reader may see.

use super::layout::{Desk, Place, empty, in_query};
use super::states;
use super::words::{self as w, Word};
use crate::http::problem::Problem;
use crate::search::{self, Found, Group, Hit, SHOWN};
use crate::state::Dossier;
use axum::extract::Query;
use axum::response::Response;
use heliograph_domain::search::folded;
use heliograph_domain::{Lang, PublicationId};
use maud::{Markup, html};
use std::collections::HashMap;

/// The box in the head of every page.
pub(crate) fn head_box(desk: &Desk) -> Markup {
    html! {
        form.find method="get" action="/admin/search" role="search" {
            input id="find" type="search" name="q" maxlength="100" placeholder=(desk.t(w::FIND)) aria-label=(desk.t(w::FIND_ALL)) aria-keyshortcuts="/";
        }
    }
}

/// `GET /admin/search?q=`
pub(crate) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Result<Response, Problem> {
    desk.must(heliograph_domain::staff::Verb::Read)?;
    let words = query.get("q").map(|words| words.trim().to_owned()).unwrap_or_default();
    let task = tokio::task::spawn_blocking(move || {
        let found = search::find(&desk.office, &desk.caller, &words, desk.lang)?;
        Ok::<_, Problem>((desk, found, words))
    });
    let (desk, found, words) = task.await.map_err(Problem::internal)??;
    let title = desk.t(w::FIND);
    let body = html! {
        div.top { h1 { (title) } }
        section.card {
            form.filter.wide method="get" action="/admin/search" role="search" {
                input type="search" name="q" value=(words) maxlength="100" autofocus aria-label=(desk.t(w::FIND_ALL));
                button.btn.quiet type="submit" { (desk.t(w::SEARCH)) }
            }
            p.hint { (desk.t(w::FIND_HINT)) }
            @if !words.is_empty() && found.all() > 0 { p.hint { (desk.f(w::FIND_N, &[&found.all().to_string()])) } }
            @if !words.is_empty() && found.all() == 0 { (empty(&desk.f(w::FIND_NOTHING, &[&words]), None)) }
        }
        (groups(&desk, &found, &words))
    };
    Ok(desk.page(Place::Search, title, body))
}

fn groups(desk: &Desk, found: &Found, words: &str) -> Markup {
    let heads = [
        w::FIND_PUBLICATIONS,
        w::FIND_DRAFTS,
        w::FIND_ENTRIES,
        w::FIND_DISPLAYS,
        w::FIND_CHANNELS,
        w::FIND_STAFF,
        w::FIND_RECORDS,
    ];
    html! {
        @for ((name, group), head) in found.groups().into_iter().zip(heads) {
            @if group.all > 0 { (of_kind(desk, name, group, head, words)) }
        }
    }
}

fn of_kind(desk: &Desk, name: &str, group: &Group, head: Word, words: &str) -> Markup {
    let (first, all) = (SHOWN.to_string(), group.all.to_string());
    html! {
        section.card id=(name) {
            h2 { (desk.t(head)) span.muted { (group.all) } }
            @for hit in &group.hits { (row(desk, name, hit, words)) }
            @if group.all > SHOWN {
                p.hint {
                    (desk.f(w::FIND_MORE, &[&first, &all])) " "
                    @if name == "publications" { a href=(format!("/admin/publications?q={}", in_query(words))) { (desk.t(w::SHOW_ALL)) } }
                }
            }
        }
    }
}

/// The publication that was found, if it is one.
fn publication<'d>(desk: &'d Desk, group: &str, hit: &Hit) -> Option<&'d Dossier> {
    let id = (group == "publications").then(|| hit.id.parse().ok()).flatten();
    let dossier = id.and_then(|id: PublicationId| desk.state.publications.get(&id));
    dossier.map(|dossier| &**dossier)
}

/// Its kind, and the day of what last befell it.
fn about(desk: &Desk, group: &str, hit: &Hit) -> Option<String> {
    let dossier = publication(desk, group, hit)?;
    let kind = dossier.publication.kind.label(desk.lang);
    let last = dossier.history.last().map(|step| desk.day(desk.civil(step.at).0));
    Some(last.map_or_else(|| kind.to_owned(), |day| format!("{kind} · {day}")))
}

/// Where a publication that was found stands, as its own page says it.
fn standing(desk: &Desk, group: &str, hit: &Hit) -> Markup {
    let dossier = publication(desk, group, hit);
    html! { @if let Some(dossier) = dossier { (states::tags(desk, &dossier.publication)) } }
}

fn row(desk: &Desk, group: &str, hit: &Hit, words: &str) -> Markup {
    html! {
        a.row href=(hit.href) {
            span {
                (marked(&hit.title, words))
                @if let Some(about) = about(desk, group, hit) { small { (about) } }
                @if let Some(around) = &hit.around { small lang=[written_in(desk, around)] { (marked(around, words)) } }
            }
            span.tags { @if hit.older { (super::layout::tag("grey", desk.t(w::FIND_OLDER))) " " } (standing(desk, group, hit)) }
        }
    }
}

/// The language of a piece of text, where it is plainly not that of the page.
fn written_in(desk: &Desk, text: &str) -> Option<&'static str> {
    let chinese = text.chars().any(|c| matches!(c, '\u{3400}'..='\u{9fff}'));
    (chinese && desk.lang != Lang::ZhHans).then(|| Lang::ZhHans.tag())
}

/// The text with the words marked in it, where they stand in it as they were typed or in another form of the same length.
fn marked(text: &str, words: &str) -> Markup {
    let words = folded(words);
    let chars: Vec<char> = text.chars().collect();
    let alike: Vec<String> = chars.iter().map(|c| folded_one(*c)).collect();
    let length = words.chars().count();
    let place = (0..chars.len()).find(|from| {
        let part = alike.get(*from..from + length).map(|part| part.concat());
        length > 0 && part.is_some_and(|part| part == words)
    });
    let of = |range: &[char]| range.iter().collect::<String>();
    html! {
        @match place {
            Some(from) => { (of(&chars[..from])) mark { (of(&chars[from..from + length])) } (of(&chars[from + length..])) },
            None => (text),
        }
    }
}

/// A character made alike; a space stays one.
fn folded_one(c: char) -> String {
    if c.is_whitespace() {
        " ".to_owned()
    } else {
        folded(&c.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn the_place_is_marked_and_everything_is_escaped() {
        for (text, words, shown) in [
            ("关于办公桌的通知", "办公桌", "关于<mark>办公桌</mark>的通知"),
            ("ＶＩＳＡ fees", "visa", "<mark>ＶＩＳＡ</mark> fees"),
            ("<b>费用</b>", "费用", "&lt;b&gt;<mark>费用</mark>&lt;/b&gt;"),
            ("没有", "别的", "没有"),
            ("没有", "", "没有"),
        ] {
            assert_eq!(marked(text, words).into_string(), shown);
        }
    }
}
