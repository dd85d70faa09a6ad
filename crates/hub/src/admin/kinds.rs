//! Where one writes: what was begun, and what there is to begin: the kinds, each with a word about it.

use super::layout::{Desk, Place};
use super::words as w;
use super::{beginnings, begun};
use crate::http::problem::Problem;
use axum::response::Response;
use heliograph_domain::Kind;
use maud::html;

/// The page of one's drafts, of the kinds, and of what else a text can begin from.
pub(crate) fn choose(desk: &Desk) -> Result<Response, Problem> {
    let body = html! {
        div.top { h1 { (desk.t(w::WRITE)) } }
        (begun::card(desk)?)
        h2 { (desk.t(w::WHAT_TO_WRITE)) }
        div.kinds {
            @for kind in Kind::ALL {
                a.card.kind href=(format!("/admin/write?kind={}", kind.slug())) {
                    b { (kind.label(desk.lang)) }
                    small { (desk.t(about(*kind))) }
                }
            }
        }
        (beginnings::choices(desk)?)
    };
    Ok(desk.page(Place::Write, desk.t(w::WRITE), body))
}

fn about(kind: Kind) -> w::Word {
    match kind {
        Kind::Notice => w::ABOUT_NOTICE,
        Kind::ServiceGuide => w::ABOUT_GUIDE,
        Kind::ServiceCommitment => w::ABOUT_COMMITMENT,
        Kind::WindowBoard => w::ABOUT_WINDOW,
        Kind::PowerList => w::ABOUT_POWERS,
        Kind::DiscretionBenchmark => w::ABOUT_DISCRETION,
        Kind::Finance => w::ABOUT_FINANCE,
        Kind::Personnel => w::ABOUT_PERSONNEL,
        Kind::Planning => w::ABOUT_PLANNING,
        Kind::Organisation => w::ABOUT_ORGANISATION,
        Kind::Enforcement => w::ABOUT_ENFORCEMENT,
        Kind::Interpretation => w::ABOUT_INTERPRETATION,
        Kind::Rule => w::ABOUT_RULE,
    }
}
