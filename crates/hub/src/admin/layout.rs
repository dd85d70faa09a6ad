//! The frame of every page: who looks, in which language, the way around, and the parts that pages are made of.

use super::form::Faults;
use super::states::ToBegin;
use super::words::frame as fw;
use super::words::{self as w, Word};
use super::{assets, blanking, door, duties, own_password, told};
use crate::audit::sentence::by_itself;
use crate::directory;
use crate::http::call::{Caller, lang_of};
use crate::http::idempotency::fresh_uuid;
use crate::http::problem::Problem;
use crate::office::Office;
use crate::state::State;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use heliograph_domain::site::SiteProfile;
use heliograph_domain::staff::Verb;
use heliograph_domain::{CatalogueEntryId, DepartmentId, Instant, Lang, StaffId};
use maud::{DOCTYPE, Markup, html};
use std::sync::{Arc, OnceLock};

/// Nothing comes from elsewhere, nothing runs that the hub did not serve, and no page is framed.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Where a page stands in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Home,
    Write,
    Publications,
    Catalogue,
    Displays,
    Channels,
    Staff,
    Site,
    Audit,
    Search,
    Account,
}

/// Marks an answer: the form was not read, since nobody is signed in. The door then keeps what was typed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SessionOver;

/// Someone at their desk: everything that a page leans on.
pub(crate) struct Desk {
    pub(crate) office: Arc<Office>,
    pub(crate) caller: Caller,
    pub(crate) lang: Lang,
    /// What the log says, without what they may not read yet.
    pub(crate) state: Arc<State>,
    pub(crate) now: Instant,
    pub(crate) profile: Option<Arc<SiteProfile>>,
    /// How the browser called the hub, from its `Host` header.
    pub(crate) host: Option<String>,
    /// Path and query: where a change of language comes back to.
    here: String,
    /// What each entry has that is still to begin, once somebody asked.
    pub(super) to_begin: OnceLock<ToBegin>,
}

impl FromRequestParts<Arc<Office>> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Self, Response> {
        let here = parts.uri.path_and_query().map_or("/admin", |at| at.as_str()).to_owned();
        let caller = Caller::from_request_parts(parts, office).await.map_err(|problem| {
            let safe = parts.method.is_safe();
            match problem.status {
                _ if problem.kind == "own-password-first" => own_password::first(if safe { &here } else { "" }),
                StatusCode::UNAUTHORIZED if safe => redirect(&format!("/admin/login?next={}", in_query(&here))),
                StatusCode::UNAUTHORIZED => door::refused(),
                _ => problem.into_response(),
            }
        })?;
        let state = office.state_for(&caller.staff);
        let profile = state
            .site
            .as_ref()
            .and_then(|site| office.library.profile(&site.profile));
        let desk = Self {
            caller,
            lang: lang_of(&parts.headers),
            host: parts
                .headers
                .get(header::HOST)
                .and_then(|host| host.to_str().ok())
                .map(str::to_owned),
            now: office.now(),
            office: Arc::clone(office),
            state,
            profile,
            here,
            to_begin: OnceLock::new(),
        };
        desk.caller.may_enter(office).map_err(IntoResponse::into_response)?;
        // What the office asks of their role comes before everything else that they do here.
        let path = parts.uri.path();
        let at_it = path.starts_with("/admin/account") || path == "/admin/logout";
        if !at_it && desk.caller.owes_factor(office).map_err(IntoResponse::into_response)? {
            return Err(redirect("/admin/account/authenticator"));
        }
        Ok(desk)
    }
}

impl Desk {
    /// What stands in the address after the question mark.
    pub(crate) fn query(&self) -> &str {
        self.here.split_once('?').map_or("", |(_, query)| query)
    }

    /// A word of the interface.
    pub(crate) fn t(&self, word: Word) -> &'static str {
        word.get(self.lang)
    }

    /// A sentence with its blanks `{}` filled in order.
    pub(crate) fn f(&self, word: Word, blanks: &[&str]) -> String {
        word.filled(self.lang, blanks)
    }

    pub(crate) fn me(&self) -> &StaffId {
        &self.caller.staff
    }

    pub(crate) fn may(&self, verb: Verb) -> bool {
        self.state.staff.may(self.me(), verb)
    }

    pub(crate) fn must(&self, verb: Verb) -> Result<(), Problem> {
        self.caller.may(&self.office, verb)
    }

    /// The same desk after something was done.
    pub(crate) fn refreshed(mut self) -> Self {
        self.state = self.office.state_for(&self.caller.staff);
        self.now = self.office.now();
        self.to_begin = OnceLock::new();
        self
    }

    /// A person's name; their id once the directory has forgotten them.
    pub(crate) fn person(&self, id: &StaffId) -> String {
        let listing = directory::find(&*self.office.log, id).ok().flatten();
        let name = listing.map(|listing| listing.name.get(self.lang).to_owned());
        let by_itself = || by_itself(id.as_str(), self.lang).unwrap_or(id.as_str()).to_owned();
        name.filter(|name| !name.is_empty()).unwrap_or_else(by_itself)
    }

    /// Somebody's name, and in whose stead they acted if they did: “王 代 李”.
    pub(crate) fn in_stead(&self, by: &StaffId, stead: Option<&StaffId>) -> String {
        match stead {
            Some(person) => self.f(w::review::IN_STEAD, &[&self.person(by), &self.person(person)]),
            None => self.person(by),
        }
    }

    pub(crate) fn department(&self, id: &DepartmentId) -> String {
        let known = self.profile.as_ref().and_then(|profile| profile.departments.get(id));
        match known {
            Some(name) => name.get(self.lang).to_owned(),
            None if id.as_str() == crate::http::people::FIRST_DEPARTMENT => {
                fw::FIRST_DEPARTMENT.get(self.lang).to_owned()
            }
            None => id.to_string(),
        }
    }

    pub(crate) fn department_of(&self, person: &StaffId) -> String {
        self.department_in(person, self.lang)
    }

    /// Someone's department, as a text of this language names it.
    pub(crate) fn department_in(&self, person: &StaffId, lang: Lang) -> String {
        let Some(person) = self.state.staff.people.get(person) else {
            return String::new();
        };
        let known = self
            .profile
            .as_ref()
            .and_then(|profile| profile.departments.get(&person.department));
        known.map_or_else(|| self.department(&person.department), |name| name.get(lang).to_owned())
    }

    /// A catalogue entry's name.
    pub(crate) fn entry_name(&self, id: &CatalogueEntryId) -> String {
        let entry = self.state.catalogue.entries.get(id);
        let text = entry.and_then(|entry| self.office.library.entry_text(&entry.text));
        text.map_or_else(|| id.to_string(), |text| text.name.get(self.lang).to_owned())
    }

    /// A page with the navigation around it.
    pub(crate) fn page(&self, place: Place, title: &str, body: Markup) -> Response {
        let content = html! {
            a.skip href="#main" { (self.t(w::SKIP)) }
            div.desk {
                (self.navigation(place))
                main id="main" { (blanking::bar(self)) (told::bar(self)) (super::done::told(self)) (body) }
            }
        };
        respond(
            StatusCode::OK,
            self.lang,
            document(self.lang, title, &bars(&self.office, self.lang), content),
        )
    }

    /// The same with another status.
    pub(crate) fn page_with(&self, status: StatusCode, place: Place, title: &str, body: Markup) -> Response {
        let mut response = self.page(place, title, body);
        *response.status_mut() = status;
        response
    }

    fn navigation(&self, here: Place) -> Markup {
        // What the gate blocks and its author refers waits for reviewers, too. A fault of the store is told by the page.
        let referred = super::referrals::waiting(self).map_or(0, |referred| referred.len());
        let waiting = duties::mine(self).len() + referred;
        let machines = if self.may(Verb::OperateDisplays) {
            crate::http::enrolments::waiting(&self.office).len()
        } else {
            0
        };
        let link = |place: Place, href: &str, word: Word, count: usize| {
            html! {
                a href=(href) aria-current=[(place == here).then_some("page")] {
                    span { (self.t(word)) }
                    @if count > 0 { i { (count) } }
                }
            }
        };
        html! {
            nav.side aria-label=(self.t(w::NAVIGATION)) {
                a.brand href="/admin" { (self.t(w::PRODUCT)) }
                (super::search::head_box(self))
                div.links {
                    (link(Place::Home, "/admin", w::HOME, 0))
                    @if self.may(Verb::Draft) { (link(Place::Write, "/admin/write", w::WRITE, 0)) }
                    (link(Place::Publications, "/admin/publications", w::PUBLICATIONS, waiting))
                    (link(Place::Catalogue, "/admin/catalogue", w::CATALOGUE, 0))
                    hr;
                    (link(Place::Displays, "/admin/displays", w::DISPLAYS, machines))
                    (link(Place::Channels, "/admin/channels", w::CHANNELS, 0))
                    hr;
                    (link(Place::Staff, "/admin/staff", w::STAFF, 0))
                    @if self.may(Verb::Administer) { (link(Place::Site, "/admin/site", w::SITE, 0)) }
                    @if self.may(Verb::Audit) { (link(Place::Audit, "/admin/audit", w::AUDIT, 0)) }
                }
                div.foot {
                    (language_links(self.lang, &self.here))
                    a.me href="/admin/account" aria-current=[(here == Place::Account).then_some("page")] { (self.person(self.me())) }
                    form method="post" action="/admin/logout" { button type="submit" { (self.t(w::SIGN_OUT)) } }
                }
            }
        }
    }

    /// The hidden fields by which a double click does nothing twice, and by which the door knows whose form it was.
    pub(crate) fn key(&self) -> Markup {
        let nonce = fresh_uuid(self.now)
            .map(|id| id.simple().to_string())
            .unwrap_or_default();
        html! { input type="hidden" name="key" value=(nonce); input type="hidden" name=(door::MADE_FOR) value=(self.me()); }
    }
}

/// The faults of one field, under it.
pub(crate) fn field_faults(faults: &Faults, field: &str, lang: Lang) -> Markup {
    html! { @for text in faults.at(field, lang) { em.fault { (text) } } }
}

/// A sign that nothing is there yet, and what to do first.
pub(crate) fn empty(text: &str, way_on: Option<(&str, &str)>) -> Markup {
    html! {
        div.empty {
            p { (text) }
            @if let Some((href, label)) = way_on { a.btn.quiet href=(href) { (label) } }
        }
    }
}

/// A coloured word; the colour never stands alone.
pub(crate) fn tag(colour: &str, text: &str) -> Markup {
    html! { span.tag.(colour) { (text) } }
}

fn language_links(lang: Lang, here: &str) -> Markup {
    let link = |tag: &str, label: &str, on: bool| {
        html! { a href=(format!("/admin/language/{tag}?back={}", in_query(here))) lang=(tag) hreflang=(tag) aria-current=[on.then_some("true")] { (label) } }
    };
    html! {
        div.langs {
            (link("zh-Hans", "中文", lang == Lang::ZhHans))
            (link("en", "English", lang != Lang::ZhHans))
        }
    }
}

/// What everyone must know who works here, over every page.
fn bars(office: &Office, lang: Lang) -> Markup {
    html! {
        @if office.plain_abroad() {
            p.over role="status" { strong { (w::PLAIN_ABROAD.get(lang)) } " " (w::PLAIN_ABROAD_WHY.get(lang)) }
        }
    }
}

fn document(lang: Lang, title: &str, bars: &Markup, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (w::PRODUCT.get(lang)) }
                link rel="icon" href="/assets/icon.svg";
                link rel="stylesheet" href=(format!("/assets/app.css?v={}", assets::version()));
                script defer src=(format!("/assets/admin.js?v={}", assets::script_version())) {}
            }
            body { (bars) (content) }
        }
    }
}

fn respond(status: StatusCode, lang: Lang, page: Markup) -> Response {
    let headers: [(HeaderName, &str); 4] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_LANGUAGE, lang.tag()),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (status, headers, page.into_string()).into_response()
}

/// Whether a page offers its other language: going there leads away from what stands in its form.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Langs<'a> {
    None,
    /// A change of language comes back here.
    Back(&'a str),
}

/// A page for someone who is not signed in.
pub(crate) fn bare_page(office: &Office, lang: Lang, title: &str, here: &str, body: Markup) -> Response {
    bare(office, lang, title, Langs::Back(here), body)
}

/// The same, with or without a way to its other language.
pub(crate) fn bare(office: &Office, lang: Lang, title: &str, langs: Langs<'_>, body: Markup) -> Response {
    let content = html! {
        div.bare {
            header { span.brand { (w::PRODUCT.get(lang)) } @if let Langs::Back(here) = langs { (language_links(lang, here)) } }
            main id="main" { (body) }
        }
    };
    respond(
        StatusCode::OK,
        lang,
        document(lang, title, &bars(office, lang), content),
    )
}

/// A problem as a page: what happened, what to do, and where to go from here.
pub(crate) fn problem_page(office: &Office, problem: &Problem, lang: Lang, path: &str) -> Response {
    let signed_out = problem.status == StatusCode::UNAUTHORIZED;
    let title = problem.title.get(lang);
    let body = html! {
        div.card.door {
            p.big { (problem.status.as_u16()) }
            h1 { (title) }
            p { (problem.detail.get(lang)) }
            @if signed_out { a.btn.wide href=(format!("/admin/login?next={}", in_query(path))) { (w::SIGN_IN.get(lang)) } }
            @else { a.btn.wide href="/admin" { (w::BACK_HOME.get(lang)) } }
        }
    };
    let mut response = bare_page(office, lang, title, path, body);
    *response.status_mut() = problem.status;
    response
}

/// See other: after every change, so that reloading repeats nothing.
pub(crate) fn redirect(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to.to_owned())]).into_response()
}

/// A text as a value in a query.
pub(crate) fn in_query(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
