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
use heliograph_domain::publication::PublicationEvent;
use heliograph_domain::search::folded;
use heliograph_domain::staff::Verb;
use heliograph_domain::{ChannelName, Date, Instant, Kind, PublicationId};
use maud::{Markup, html};
use std::collections::HashMap;
use std::sync::Arc;

/// Rows on a page.
const ROWS: usize = 40;

/// What someone looks for.
struct Wanted {
    state: String,
    kind: String,
    channel: String,
    /// The first and the last day on which it was first public.
    days: [Option<Date>; 2],
    words: String,
    page: usize,
}

impl Wanted {
    fn of(query: &HashMap<String, String>) -> Self {
        let text = |name: &str| query.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
        Self {
            state: text("state"),
            kind: text("kind"),
            channel: text("channel"),
            // The browser's own field for days sends days; anything else asks for nothing, and the form shows so.
            days: ["from", "until"].map(|name| text(name).parse().ok()),
            words: text("q"),
            page: text("page").parse().unwrap_or(1).max(1),
        }
    }

    fn anything(&self) -> bool {
        self.days.iter().any(Option::is_some)
            || [&self.state, &self.kind, &self.channel, &self.words]
                .iter()
                .any(|asked| !asked.is_empty())
    }

    fn query(&self) -> String {
        let [from, until] = self.days.map(|day| day.map(|day| day.to_string()).unwrap_or_default());
        let asked = [
            ("state", &self.state),
            ("kind", &self.kind),
            ("channel", &self.channel),
            ("from", &from),
            ("until", &until),
            ("q", &self.words),
        ];
        let pairs = asked.map(|(name, value)| format!("{name}={}", in_query(value)));
        pairs.join("&")
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
        let channel = self.channel.is_empty() || channels_of(dossier).iter().any(|name| name.as_str() == self.channel);
        let words = || {
            needle.is_none_or(|needle| {
                let digest = shape::text_of(dossier).and_then(|hash| desk.office.library.digest(&hash));
                digest.is_some_and(|digest| digest.titled(needle))
            })
        };
        state && kind && channel && self.within(desk, publication.first_released_at) && words()
    }

    /// Whether it was first public on one of the days that are asked for.
    fn within(&self, desk: &Desk, first: Option<Instant>) -> bool {
        let [from, until] = self.days;
        if from.is_none() && until.is_none() {
            return true;
        }
        let day = first.map(|at| desk.civil(at).0);
        day.is_some_and(|day| from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until))
    }
}

/// Where it is shown, or was last.
fn channels_of(dossier: &Dossier) -> &[ChannelName] {
    if let Some(on) = &dossier.publication.released {
        return &on.release.channels;
    }
    let last = dossier.history.iter().rev().find_map(|step| match &step.event {
        PublicationEvent::Released(release) => Some(release.channels.as_slice()),
        PublicationEvent::Rescheduled { channels, .. } => Some(channels.as_slice()),
        _ => None,
    });
    last.unwrap_or_default()
}

/// `GET /admin/publications?state=&kind=&channel=&from=&until=&q=&page=`
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

/// `GET /admin/publications.csv?state=&kind=&channel=&from=&until=&q=`
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
    let states = CHOICES.map(|state| (state.slug(), desk.t(state.word()).to_owned()));
    let kinds = Kind::ALL
        .iter()
        .map(|kind| (kind.slug(), kind.label(desk.lang).to_owned()));
    let titles = desk.state.channels.titles.iter();
    let channels = titles.map(|(name, title)| (name.as_str(), title.get(desk.lang).to_owned()));
    let mine = ("mine", desk.t(w::WAITS_FOR_ME).to_owned());
    html! {
        form.sieve method="get" action="/admin/publications" role="search" {
            label.field.words { span { (desk.t(w::SEARCH_TITLES)) } input type="search" name="q" value=(wanted.words); }
            (choice(desk, (w::STATE, w::ALL_STATES), ("state", &wanted.state), std::iter::once(mine).chain(states)))
            (choice(desk, (w::KIND, w::ALL_KINDS), ("kind", &wanted.kind), kinds))
            (choice(desk, (w::CHANNELS, w::lists::ALL_CHANNELS), ("channel", &wanted.channel), channels))
            @for (name, label, day) in [("from", w::lists::PUBLIC_FROM, wanted.days[0]), ("until", w::lists::PUBLIC_UNTIL, wanted.days[1])] {
                label.field { span { (desk.t(label)) } input type="date" name=(name) value=[day.map(|day| day.to_string())]; }
            }
            button.btn.quiet type="submit" { (desk.t(w::SEARCH)) }
        }
    }
}

/// One of the lists to choose from: what it is called, what stands for all of it, and what was chosen.
fn choice<'s>(
    desk: &Desk,
    (label, all): (w::Word, w::Word),
    (name, chosen): (&str, &str),
    options: impl Iterator<Item = (&'s str, String)>,
) -> Markup {
    html! {
        label.field { span { (desk.t(label)) } select name=(name) {
            option value="" { (desk.t(all)) }
            @for (slug, text) in options { option value=(slug) selected[slug == chosen] { (text) } }
        } }
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
