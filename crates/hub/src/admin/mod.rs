//! The admin's pages: server-rendered, complete without script, in Chinese and English.
//!
//! A form is read into the API's own JSON and handed to the API's own handler: what the admin can do, a program can do,
//! and both are decided in one place.

mod account;
mod actions;
mod afterwards;
mod airtime;
mod alert;
mod answers;
pub(crate) mod assets;
mod audit;
mod beginnings;
mod begun;
mod blanking;
mod calendar;
mod carried;
mod catalogue;
mod catalogue_filter;
mod catalogue_import;
mod channels;
mod comments;
mod compare;
mod confirm;
mod countersign;
mod departments;
mod displays;
mod document;
mod done;
mod door;
mod due;
pub(crate) mod duties;
mod entry;
mod entry_choice;
mod entry_kinds;
mod fields;
mod first_steps;
mod form;
mod gate;
mod gate_words;
mod home;
mod kinds;
pub(crate) mod layout;
mod left_out;
mod lineup;
mod machine;
mod on_show;
mod order;
mod own_password;
mod pages;
mod pairing;
mod panels;
mod paper;
mod papers;
mod parts;
mod pictures;
pub(crate) mod preview;
mod proposal;
mod public_words;
mod publication;
mod publications;
mod reach;
mod referrals;
mod reminders;
mod reschedule;
mod rows;
mod screens;
mod search;
mod sign_in;
mod sign_ins;
mod sign_on;
mod site;
mod staff;
mod states;
mod substitutes;
mod table;
mod technical;
pub(crate) mod times;
mod together;
mod told;
mod translation;
mod void;
mod waiting;
mod withdrawn;
mod words;
mod write;

use crate::http::problem::Problem;
use crate::office::Office;
use axum::http::Uri;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Router, middleware};
use heliograph_domain::Lang;
use std::sync::Arc;

/// The pages for people.
pub(crate) fn router(office: &Arc<Office>) -> Router<Arc<Office>> {
    Router::new()
        .merge(assets::router())
        .route("/admin", get(home::page))
        .route("/admin/", get(async || layout::redirect("/admin")))
        .route("/admin/login", get(sign_in::page).post(sign_in::enter))
        .route(
            "/admin/login/code",
            get(async || layout::redirect("/admin/login")).post(sign_in::code),
        )
        .route("/admin/sign-on", get(sign_on::there))
        .route("/admin/sign-on/back", get(sign_on::back))
        .route("/admin/logout", post(sign_in::leave))
        .route("/admin/setup", get(sign_in::setup_page).post(sign_in::set_up))
        .route("/admin/language/{tag}", get(sign_in::language))
        .route("/admin/publications.csv", get(publications::table))
        .route("/admin/publications", get(publications::page))
        .route("/admin/publications/{id}", get(publication::page))
        .route("/admin/publications/{id}/picture.png", get(preview::of_publication))
        .route("/admin/publications/{id}/reach", get(reach::page))
        .route("/admin/publications/{id}/{step}", get(actions::back).post(actions::act))
        .route("/admin/referrals/{id}", get(referrals::page))
        .route(
            "/admin/referrals/{id}/{step}",
            get(async || layout::redirect("/admin")).post(referrals::act),
        )
        .route("/admin/write", get(write::begin).post(write::create))
        .route("/admin/write/{id}", get(write::edit).post(write::update))
        .route("/admin/write/{id}/discard", post(write::discard))
        .route("/admin/write/{id}/share", get(write::back).post(together::share))
        .route("/admin/write/{id}/pictures", post(pictures::add))
        .route("/admin/write/{id}/pictures/{hash}/remove", post(pictures::remove))
        .merge(of_beginnings())
        .merge(of_the_record())
        .merge(of_displays())
        .merge(of_catalogue())
        .merge(of_rules())
        .merge(of_staff())
        .merge(account::router())
        .merge(sign_ins::router())
        .merge(substitutes::router())
        .merge(comments::router())
        .route("/admin/site", get(site::page).post(site::set))
        .route(
            "/admin/site/backup",
            get(async || layout::redirect("/admin/site")).post(site::back_up),
        )
        .route("/admin/preview/{token}", get(preview::of_typed).post(preview::follow))
        .route_layer(middleware::from_fn_with_state(Arc::clone(office), confirm::ask))
        .route_layer(middleware::from_fn_with_state(Arc::clone(office), door::keep))
}

fn of_beginnings() -> Router<Arc<Office>> {
    let to_templates = async || layout::redirect("/admin/templates");
    Router::new()
        .route("/admin/templates", get(beginnings::page).post(beginnings::make))
        .route(
            "/admin/templates/{id}/rename",
            get(to_templates).post(beginnings::rename),
        )
        .route(
            "/admin/templates/{id}/delete",
            get(to_templates).post(beginnings::delete),
        )
        .route(
            "/admin/write/import",
            get(beginnings::import_page).post(beginnings::import),
        )
        .route(
            "/admin/write/import/rows",
            get(async || layout::redirect("/admin/write/import")).post(rows::make),
        )
        .route("/admin/write/{id}/notes", get(write::back).post(beginnings::looked_at))
        .route(
            "/admin/publications/{id}/again",
            get(beginnings::back).post(beginnings::again),
        )
}

/// Looking for what is there, and for who did it.
fn of_the_record() -> Router<Arc<Office>> {
    Router::new()
        .route("/admin/search", get(search::page))
        .route("/admin/audit", get(audit::page))
        .route("/admin/audit.csv", get(audit::table))
        .route("/admin/audit.jsonl", get(audit::lines))
}

fn of_displays() -> Router<Arc<Office>> {
    Router::new()
        .route("/admin/displays.csv", get(displays::table))
        .route("/admin/displays", get(displays::page))
        .route(
            "/admin/displays/token",
            get(async || layout::redirect("/admin/displays")).post(displays::token),
        )
        .route("/admin/displays/blank", get(blanking::ask).post(blanking::blank))
        .route(
            "/admin/displays/unblank",
            get(blanking::ask_back).post(blanking::unblank),
        )
        .route("/admin/displays/pair/{id}", get(pairing::page).post(pairing::admit))
        .route(
            "/admin/displays/pair/{id}/refuse",
            get(async || layout::redirect("/admin/displays")).post(pairing::refuse),
        )
        .route("/admin/displays/{id}", get(displays::one).post(displays::set))
        .route(
            "/admin/displays/{id}/revoke",
            get(displays::back).post(displays::revoke),
        )
        .route("/admin/displays/{id}/retire", post(displays::retire))
        .route("/admin/channels.csv", get(channels::table))
        .route("/admin/channels", get(channels::page).post(channels::define))
}

fn of_catalogue() -> Router<Arc<Office>> {
    Router::new()
        .route("/admin/catalogue.csv", get(catalogue::table))
        .route("/admin/catalogue", get(catalogue::page).post(catalogue::define))
        .route("/admin/catalogue/entries/{id}", get(entry::page))
        .route(
            "/admin/catalogue/import",
            get(catalogue_import::page).post(catalogue_import::post),
        )
        .route("/admin/calendar", get(calendar::page).post(calendar::set))
        .route("/admin/reminders", get(reminders::page).post(reminders::set))
}

fn of_rules() -> Router<Arc<Office>> {
    let back = async || layout::redirect("/admin/gate-words");
    Router::new()
        .route("/admin/gate-words", get(gate_words::page).post(gate_words::add))
        .route("/admin/gate-words/import", get(back).post(gate_words::import))
        .route("/admin/gate-words/remove", get(back).post(gate_words::remove))
}

fn of_staff() -> Router<Arc<Office>> {
    Router::new()
        .route("/admin/staff.csv", get(staff::table))
        .route("/admin/departments.csv", get(departments::table))
        .route("/admin/departments", get(departments::page).post(departments::set))
        .route("/admin/staff", get(staff::page).post(staff::appoint))
        .route(
            "/admin/staff/{id}/leave",
            get(async || layout::redirect("/admin/staff")).post(staff::leave),
        )
        .route(
            "/admin/staff/{id}/disable",
            get(async || layout::redirect("/admin/staff")).post(staff::disable),
        )
        .route(
            "/admin/staff/{id}/enable",
            get(async || layout::redirect("/admin/staff")).post(staff::enable),
        )
        .route(
            "/admin/staff/{id}/reset-second-factor",
            get(async || layout::redirect("/admin/staff")).post(staff::reset_factor),
        )
        .route(
            "/admin/staff/second-factor",
            get(async || layout::redirect("/admin/staff")).post(staff::require_factor),
        )
}

/// A problem as a page, with a way on.
pub(crate) fn problem_page(office: &Arc<Office>, problem: &Problem, lang: Lang, uri: &Uri) -> Response {
    let path = uri.path();
    if path.starts_with("/admin") || path.starts_with("/wall") {
        layout::problem_page(office, problem, lang, path)
    } else {
        crate::public::problem_page(office, problem, lang, uri)
    }
}
