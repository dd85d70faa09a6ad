//! The list of everything that was ever handed in, and one's own drafts.

use super::duties;
use super::layout::{Desk, Place, empty, in_query};
use super::states::{self, CHOICES, State};
use super::words as w;
use crate::digest::Needle;
use crate::http::problem::Problem;
use crate::http::shape;
use crate::state::Dossier;
use axum::extract::Query;
use axum::response::Response;
use heliograph_domain::search::folded;
use heliograph_domain::staff::Verb;
use heliograph_domain::{Kind, PublicationId};
use maud::{Markup, html};
use std::collections::HashMap;
use std::sync::Arc;

/// Rows on a page.
const ROWS: usize = 40;

/// What someone looks for.
struct Wanted {
    state: String,
    kind: String,
    words: String,
    page: usize,
}

impl Wanted {
    fn of(query: &HashMap<String, String>) -> Self {
        let text = |name: &str| query.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
        Self {
            state: text("state"),
            kind: text("kind"),
            words: text("q"),
            page: text("page").parse().unwrap_or(1).max(1),
        }
    }

    fn anything(&self) -> bool {
        !(self.state.is_empty() && self.kind.is_empty() && self.words.is_empty())
    }

    fn query(&self) -> String {
        let (state, kind, words) = (in_query(&self.state), in_query(&self.kind), in_query(&self.words));
        format!("state={state}&kind={kind}&q={words}")
    }

    fn address(&self, page: usize) -> String {
        format!("/admin/publications?{}&page={page}", self.query())
    }

    /// `needle`: its words, made alike; nothing when it has none.
    fn fits(
        &self,
        desk: &Desk,
        (mine, needle): (&[PublicationId], Option<&Needle<'_>>),
        id: PublicationId,
        dossier: &Dossier,
    ) -> bool {
        let publication = &dossier.publication;
        let state = match self.state.as_str() {
            "" => true,
            "mine" => mine.contains(&id),
            slug => State::of(publication, desk.now)
                .iter()
                .any(|state| state.slug() == slug),
        };
        let kind = self.kind.is_empty() || self.kind == publication.kind.slug();
        let words = || {
            needle.is_none_or(|needle| {
                let digest = shape::text_of(dossier).and_then(|hash| desk.office.library.digest(&hash));
                digest.is_some_and(|digest| digest.titled(needle))
            })
        };
        state && kind && words()
    }
}

/// `GET /admin/publications?state=&kind=&q=&page=`
pub(crate) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Result<Response, Problem> {
    let wanted = Wanted::of(&query);
    let found = search(&desk, &wanted);
    let pages = found.len().div_ceil(ROWS).max(1);
    let page = wanted.page.min(pages);
    let body = html! {
        div.top {
            h1 { (desk.t(w::PUBLICATIONS)) }
            @if desk.may(Verb::Draft) { a.btn href="/admin/write" { (desk.t(w::WRITE_ONE)) } }
        }
        (super::due::summary(&desk, &super::due::all(&desk)))
        (own_drafts(&desk, &wanted)?)
        section.card {
            (filter(&desk, &wanted))
            p.hint.count {
                span { (desk.f(w::N_FOUND, &[&found.len().to_string()])) }
                @if !found.is_empty() { a href=(format!("/admin/publications.csv?{}", wanted.query())) { (desk.t(w::AS_TABLE)) } }
            }
            @for (id, dossier) in found.iter().skip((page - 1) * ROWS).take(ROWS) { (row(&desk, **id, dossier)) }
            @if found.is_empty() { (nothing(&desk, &wanted)) }
            @if pages > 1 { (pager(&desk, &wanted, page, pages)) }
        }
    };
    Ok(desk.page(Place::Publications, desk.t(w::PUBLICATIONS), body))
}

fn search<'d>(desk: &'d Desk, wanted: &Wanted) -> Vec<(&'d PublicationId, &'d Arc<Dossier>)> {
    let mine: Vec<PublicationId> = match wanted.state.as_str() {
        "mine" => duties::mine(desk).iter().map(|task| task.id).collect(),
        _ => Vec::new(),
    };
    let newest_first = desk.state.publications.iter().rev();
    let words = folded(&wanted.words);
    let needle = (!words.is_empty()).then(|| Needle::new(&words));
    newest_first
        .filter(|(id, dossier)| wanted.fits(desk, (&mine, needle.as_ref()), **id, dossier))
        .collect()
}

/// `GET /admin/publications.csv?state=&kind=&q=`
pub(crate) async fn table(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Response {
    let found = search(&desk, &Wanted::of(&query));
    let head = [w::TITLE, w::KIND, w::ENTRY, w::STATE, w::AUTHOR, w::FIRST_RELEASED];
    let rows = found.into_iter().map(|(_, dossier)| {
        let publication = &dossier.publication;
        let author = dossier.history.first().map(|step| desk.person(&step.by));
        let first = publication.first_released_at.map(|at| desk.civil(at).0.to_string());
        vec![
            shape::title_of(&desk.office, dossier, desk.lang),
            publication.kind.label(desk.lang).to_owned(),
            desk.entry_name(&publication.catalogue_entry),
            states::cell(&desk, publication),
            author.unwrap_or_default(),
            first.unwrap_or_default(),
        ]
    });
    super::table::csv(&desk, "publications", &head, rows)
}

fn own_drafts(desk: &Desk, wanted: &Wanted) -> Result<Markup, Problem> {
    let drafts = match wanted.anything() || wanted.page > 1 {
        true => Vec::new(),
        false => super::begun::unsent(desk)?,
    };
    Ok(html! {
        @if !drafts.is_empty() {
            section.card id="drafts" {
                h2 { (desk.t(w::MY_DRAFTS)) }
                @for begun in &drafts { (super::begun::row(desk, &begun.draft)) }
            }
        }
    })
}

fn filter(desk: &Desk, wanted: &Wanted) -> Markup {
    html! {
        form.filter method="get" action="/admin/publications" role="search" {
            input type="search" name="q" value=(wanted.words) placeholder=(desk.t(w::SEARCH_TITLES)) aria-label=(desk.t(w::SEARCH_TITLES));
            select name="state" aria-label=(desk.t(w::STATE)) {
                option value="" { (desk.t(w::ALL_STATES)) }
                option value="mine" selected[wanted.state == "mine"] { (desk.t(w::WAITS_FOR_ME)) }
                @for state in CHOICES {
                    option value=(state.slug()) selected[wanted.state == state.slug()] { (desk.t(state.word())) }
                }
            }
            select name="kind" aria-label=(desk.t(w::KIND)) {
                option value="" { (desk.t(w::ALL_KINDS)) }
                @for kind in Kind::ALL {
                    option value=(kind.slug()) selected[wanted.kind == kind.slug()] { (kind.label(desk.lang)) }
                }
            }
            button.btn.quiet type="submit" { (desk.t(w::SEARCH)) }
        }
    }
}

fn row(desk: &Desk, id: PublicationId, dossier: &Dossier) -> Markup {
    let publication = &dossier.publication;
    html! {
        a.row href=(format!("/admin/publications/{id}")) {
            span {
                (shape::title_of(&desk.office, dossier, desk.lang))
                small {
                    (publication.kind.label(desk.lang)) " · " (desk.entry_name(&publication.catalogue_entry))
                    @if let Some(step) = dossier.history.last() { " · " (desk.person(&step.by)) " · " (desk.time(step.at)) }
                }
            }
            span.tags { (super::due::text_mark(desk, id, dossier)) (states::tags(desk, publication)) }
        }
    }
}

fn nothing(desk: &Desk, wanted: &Wanted) -> Markup {
    if wanted.anything() {
        return empty(
            desk.t(w::NOTHING_FOUND),
            Some(("/admin/publications", desk.t(w::SHOW_ALL))),
        );
    }
    let write = desk.may(Verb::Draft).then(|| ("/admin/write", desk.t(w::WRITE_ONE)));
    empty(desk.t(w::NO_PUBLICATIONS), write)
}

fn pager(desk: &Desk, wanted: &Wanted, page: usize, pages: usize) -> Markup {
    html! {
        nav.pager aria-label=(desk.t(w::PAGES)) {
            @if page > 1 { a.btn.quiet.small href=(wanted.address(page - 1)) { (desk.t(w::NEWER)) } }
            span.muted { (page) " / " (pages) }
            @if page < pages { a.btn.quiet.small href=(wanted.address(page + 1)) { (desk.t(w::OLDER)) } }
        }
    }
}
