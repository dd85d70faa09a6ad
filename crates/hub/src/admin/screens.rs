//! A display as a tile: its live picture, its name, and how it stands.

use super::layout::{Desk, tag};
use super::words::{self as w, Word};
use crate::presence::Standing;
use crate::state::KnownDisplay;
use maud::{Markup, html};

/// Colour and word of how a display stands.
pub(crate) fn standing(desk: &Desk, known: &KnownDisplay) -> (&'static str, Word) {
    if known.display.retired {
        return ("grey", w::DISPLAY_RETIRED);
    }
    if known.display.revoked {
        return ("red", w::DISPLAY_REVOKED);
    }
    let presence = desk.office.presence();
    let playing = presence
        .of(known.display.id)
        .status
        .is_some_and(|status| status.on_air.is_some());
    match presence.standing(known.display.id, desk.now) {
        Standing::Online if playing => ("green", w::DISPLAY_ON_AIR),
        Standing::Online => ("blue", w::DISPLAY_SLATE),
        Standing::Stale => ("amber", w::DISPLAY_STALE),
        Standing::Unknown | Standing::Offline => ("red", w::DISPLAY_OFFLINE),
    }
}

/// The title of what a display says that it shows.
pub(crate) fn on_now(desk: &Desk, known: &KnownDisplay) -> Option<(heliograph_domain::PublicationId, String)> {
    let status = desk.office.presence().of(known.display.id).status?;
    let id = status.on_air?.publication;
    let dossier = desk.state.publications.get(&id)?;
    let on = dossier.publication.released.as_ref()?;
    let document = desk.office.library.document(&on.release.content)?;
    Some((id, document.title(desk.lang)))
}

/// Whether what it last said of itself still holds: it is there, and talks.
pub(crate) fn is_heard(desk: &Desk, known: &KnownDisplay) -> bool {
    desk.office.presence().standing(known.display.id, desk.now) == Standing::Online
}

/// Where a display's picture is.
pub(crate) fn picture(known: &KnownDisplay, width: u32) -> String {
    format!("/api/v1/displays/{}/frame.png?width={width}", known.display.id)
}

/// The tile; its parts that change carry ids, so that the script can renew them.
pub(crate) fn tile(desk: &Desk, known: &KnownDisplay) -> Markup {
    let (setting, (colour, word)) = (&known.display.setting, standing(desk, known));
    let id = known.display.id;
    let seen = desk.office.presence().of(id).last_seen;
    let away = colour == "red";
    html! {
        a.tile href=(format!("/admin/displays/{id}")) data-display=(id) {
            span.shot data-drawing=(desk.t(w::helps::DRAWING)) {
                img.pixels[setting.panel.height_px <= 96] src=(picture(known, 640)) data-shot=(id) alt=(desk.f(w::PICTURE_OF, &[setting.name.get(desk.lang)])) loading="lazy";
                span.veil[away] id=(format!("veil-{id}")) data-fresh {
                    @match seen {
                        _ if !away => {},
                        Some(at) => (desk.f(w::LAST_SEEN_AT, &[&desk.time(at)])),
                        None => (desk.t(w::NOT_SEEN_SINCE_START)),
                    }
                }
            }
            span.caption {
                b { (setting.name.get(desk.lang)) }
                span id=(format!("standing-{id}")) data-fresh { (tag(colour, desk.t(word))) }
            }
            span.under id=(format!("now-{id}")) data-fresh {
                @match on_now(desk, known).filter(|_| !away) { Some((_, title)) => (title), None => (setting.location.get(desk.lang)) }
            }
        }
    }
}

/// How many stand how, in tags.
pub(crate) fn summary(desk: &Desk) -> Markup {
    let mut counts = [
        ("green", w::N_FINE, 0usize),
        ("amber", w::N_STALE, 0),
        ("red", w::N_OFFLINE, 0),
    ];
    for known in desk.state.live_displays() {
        let at = match standing(desk, known).0 {
            "red" => 2,
            "amber" => 1,
            _ => 0,
        };
        counts[at].2 += 1;
    }
    html! {
        span.tags id="screens-summary" data-fresh {
            @for (colour, word, count) in counts {
                @if count > 0 { (tag(colour, &desk.f(word, &[&count.to_string()]))) " " }
            }
        }
    }
}
