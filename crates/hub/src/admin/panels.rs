//! The panels that a text will reach: every kind of glass among the displays that tune in, with each page as the displays
//! will draw it, how long it stands, and what the panel cannot show.

mod glass;

use super::assets;
use super::document::language_name;
use super::form::Posted;
use super::layout::{Desk, tag};
use super::words::{self as w, Word, panels as pw};
use crate::picture;
use crate::state::{Dossier, KnownDisplay};
pub(crate) use glass::{Glass, glass};
use glass::{USUAL, kinds};
use heliograph_domain::head::Priority;
use heliograph_domain::panel::Form;
use heliograph_domain::{CatalogueEntryId, ChannelName, Document, Lang, PublicationId, Turn};
use heliograph_scene::{Fit, Scene, View};
use maud::{Markup, html};
use sha2::{Digest, Sha256};

/// So many kinds of panels stand open; the others are a press away, so that an office with many kinds draws no more at
/// once than people look at.
const OPEN: usize = 5;
/// So many displays of a kind are named.
const NAMED: usize = 4;
/// Of programmes with more items than this, nobody is told how often something comes round.
const MOST_TURNS: usize = 40;

/// How it is known where a text is to be shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Chosen,
    Proposed,
    Usual,
    Released,
    NotYet,
}

/// Where a text is to be shown.
pub(crate) struct Where {
    channels: Vec<ChannelName>,
    known: Known,
    /// The publication whose text it is, or is to be: it is not shown in turn with itself.
    publication: Option<PublicationId>,
}

impl Where {
    /// Of a text that is being written: where what it revises is on release, else what its author chose, else where
    /// releases of its entry mostly go.
    pub(crate) fn of_sheet(desk: &Desk, revised: &str, chosen: &[ChannelName], entry: &str) -> Self {
        let revised = revised.parse().ok();
        let dossier = revised.and_then(|id: PublicationId| desk.state.publications.get(&id));
        let dossier = dossier.map(|dossier| &**dossier);
        Self {
            publication: revised,
            ..Self::of(desk, dossier, chosen, entry.parse().ok().as_ref())
        }
    }

    fn of(desk: &Desk, dossier: Option<&Dossier>, chosen: &[ChannelName], entry: Option<&CatalogueEntryId>) -> Self {
        if let Some(on) = dossier.and_then(|dossier| dossier.publication.released.as_ref()) {
            let channels = on.release.channels.clone();
            return Self {
                channels,
                known: Known::Released,
                publication: None,
            };
        }
        if !chosen.is_empty() {
            let channels = chosen.to_vec();
            return Self {
                channels,
                known: Known::Chosen,
                publication: None,
            };
        }
        let usual = entry.map(|entry| desk.state.catalogue.usual_channels(entry));
        let channels: Vec<ChannelName> = usual.into_iter().flatten().collect();
        let known = if channels.is_empty() {
            Known::NotYet
        } else {
            Known::Usual
        };
        Self {
            channels,
            known,
            publication: None,
        }
    }

    /// Whether it is that of a release: another text takes its place there.
    pub(crate) fn is_released(&self) -> bool {
        self.known == Known::Released
    }

    fn reaches(&self, known: &KnownDisplay) -> bool {
        let tuned = &known.display.setting.channels;
        self.known == Known::NotYet || tuned.iter().any(|channel| self.channels.contains(channel))
    }

    fn named(&self, desk: &Desk) -> String {
        let titles = &desk.state.channels.titles;
        let title = |name: &ChannelName| {
            titles
                .get(name)
                .map_or(name.to_string(), |title| title.get(desk.lang).to_owned())
        };
        let all: Vec<String> = self.channels.iter().map(title).collect();
        all.join(desk.t(w::LIST_COMMA))
    }

    /// What is told over the pictures.
    fn sentence(&self, desk: &Desk, reached: usize) -> String {
        let count = count(desk, reached);
        let word = match self.known {
            _ if desk.state.live_displays().next().is_none() => return desk.t(pw::NO_DISPLAYS_YET).to_owned(),
            _ if reached == 0 => return desk.f(pw::NOBODY_TUNED, &[&self.named(desk)]),
            Known::NotYet => return desk.f(pw::GOES_ANYWHERE, &[&count]),
            Known::Chosen => pw::GOES_CHOSEN,
            Known::Proposed => pw::GOES_PROPOSED,
            Known::Usual => pw::GOES_USUAL,
            Known::Released => pw::GOES_RELEASED,
        };
        desk.f(word, &[&self.named(desk), &count])
    }
}

/// The channels that are ticked in a form; what is no name of a channel is not one.
pub(crate) fn channels(posted: &Posted) -> Vec<ChannelName> {
    let ticked = posted.all("channels").into_iter();
    ticked.filter_map(|name| name.parse().ok()).collect()
}

fn count(desk: &Desk, displays: usize) -> String {
    match displays {
        1 => desk.t(pw::ONE_DISPLAY).to_owned(),
        many => desk.f(pw::N_DISPLAYS, &[&many.to_string()]),
    }
}

/// A text, and where its pictures are asked for.
pub(crate) struct Looks<'a> {
    pub(crate) document: &'a Document,
    /// Asked with `?panel=&lang=&page=&at=`.
    pub(crate) address: &'a str,
    /// Whether the pictures follow what is typed.
    pub(crate) follows: bool,
}

/// What the card needs of style and script.
pub(crate) fn dress() -> Markup {
    assets::of_panels()
}

/// A publication's text on the panels that it is to reach, or is on.
/// `chosen`: the channels that whoever releases it has ticked so far.
pub(crate) fn of_publication(
    desk: &Desk,
    (id, dossier): (PublicationId, &Dossier),
    document: &Document,
    chosen: &[ChannelName],
) -> Markup {
    let proposed = super::proposal::of_publication(desk, id, dossier);
    let entry = &dossier.publication.catalogue_entry;
    let named = if chosen.is_empty() { &proposed.channels } else { chosen };
    let mut goes = Where::of(desk, Some(dossier), named, Some(entry));
    goes.publication = Some(id);
    if goes.known == Known::Chosen && chosen.is_empty() {
        goes.known = Known::Proposed;
    }
    let address = format!("/admin/publications/{id}/picture.png");
    let looks = Looks {
        document,
        address: &address,
        follows: false,
    };
    html! { (dress()) (card(desk, &looks, &goes)) }
}

/// The text on each kind of glass that it will reach. Laying out long texts takes a while, and no other call waits
/// for it.
pub(crate) fn card(desk: &Desk, looks: &Looks<'_>, goes: &Where) -> Markup {
    let apart = tokio::runtime::Handle::try_current()
        .is_ok_and(|handle| handle.runtime_flavor() == tokio::runtime::RuntimeFlavor::MultiThread);
    if apart {
        tokio::task::block_in_place(|| drawn(desk, looks, goes))
    } else {
        drawn(desk, looks, goes)
    }
}

fn drawn(desk: &Desk, looks: &Looks<'_>, goes: &Where) -> Markup {
    let displays = super::order::live_displays(desk);
    let mut glasses = kinds(displays.into_iter().filter(|known| goes.reaches(known)));
    let reached = glasses.iter().map(|glass| glass.displays.len()).sum();
    if glasses.is_empty() {
        let written = looks.document.texts.contains_key(&desk.lang);
        let lang = if written { desk.lang } else { Lang::ZhHans };
        glasses = USUAL.iter().map(|usual| Glass::usual(usual, lang)).collect();
    }
    let (open, folded) = glasses.split_at(glasses.len().min(OPEN));
    let figures = |glasses: &[Glass], from: usize| html! { @for (glass, at) in glasses.iter().zip(from..) { (figure(desk, looks, goes, glass, at)) } };
    html! {
        section.card.panels id="panels" data-preview=[looks.follows.then_some(looks.address)] {
            h2 { (desk.t(w::ON_THE_PANELS)) }
            p.hint { (goes.sentence(desk, reached)) }
            (figures(open, 0))
            @if !folded.is_empty() {
                details { summary { (desk.f(pw::MORE_PANELS, &[&folded.len().to_string()])) } (figures(folded, OPEN)) }
            }
            @if looks.follows { p.hint { (desk.t(w::PREVIEW_HINT)) } }
        }
    }
}

fn figure(desk: &Desk, looks: &Looks<'_>, goes: &Where, glass: &Glass, at: usize) -> Markup {
    let scene = picture::scene(glass.panel, glass.lang);
    let fit = scene.fit(looks.document);
    let label = glass.label(desk);
    let form = match glass.panel.form() {
        Form::Landscape => "landscape",
        Form::Portrait => "portrait",
        Form::Strip => "strip",
        Form::Sign => "sign",
    };
    html! {
        figure.panel.(form) data-panel=(glass.name) {
            figcaption { b { (label) } small { (names(desk, glass)) } }
            div.reel tabindex="0" role="group" aria-label=(desk.f(pw::LOOKS_ON, &[&label])) {
                @for (view, n) in fit.views.iter().zip(0..) { (look(desk, looks, glass, &fit, (at, n), *view)) }
            }
            @if fit.views.len() > 1 {
                nav.leaf aria-label=(desk.f(pw::LOOKS_ON, &[&label])) { @for n in 0..fit.views.len() { a href=(format!("#look-{at}-{n}")) { (n + 1) } } }
            }
            p.turn { (turn(desk, fit.turn)) @if let Some(round) = round(desk, goes, glass, &scene, fit.turn) { " · " (round) } }
            div.tags { @for (colour, told) in limits(desk, looks, glass, &scene, &fit) { (tag(colour, &told)) } }
        }
    }
}

/// One picture, with its page and how long that stands.
fn look(desk: &Desk, looks: &Looks<'_>, glass: &Glass, fit: &Fit, (at, n): (usize, usize), view: View) -> Markup {
    let (width, height) = glass.picture_size();
    let pages = fit.turn.pages.to_string();
    let page = desk.f(pw::LOOK_N, &[&(view.page + 1).to_string(), &pages]);
    let of_page: Vec<&View> = fit.views.iter().filter(|other| other.page == view.page).collect();
    let part = of_page
        .iter()
        .position(|other| other.stood_ms == view.stood_ms)
        .unwrap_or(0)
        + 1;
    let address = format!(
        "{}?panel={}&lang={}&page={}&at={}&v={}",
        looks.address,
        glass.name,
        glass.lang.tag(),
        view.page,
        view.stood_ms,
        version(looks.document, glass.lang)
    );
    let drawing = desk.t(w::helps::DRAWING);
    let picture = html! { img src=(address) width=(width) height=(height) loading="lazy" alt=(format!("{} · {page}", glass.label(desk))); };
    html! {
        span.look id=(format!("look-{at}-{n}")) {
            @if glass.is_screen() { a.glass href=(format!("{address}&whole=1")) target="_blank" rel="noopener" title=(desk.t(pw::ENLARGE)) data-drawing=(drawing) { (picture) } }
            @else { span.glass data-drawing=(drawing) { (picture) } }
            small {
                (view.page + 1) "/" (pages)
                @if of_page.len() > 1 { " · " (desk.f(pw::MOVING_N, &[&part.to_string(), &of_page.len().to_string()])) }
                " · " (desk.f(pw::SECONDS, &[&seconds(u64::from(fit.turn.dwell_ms))]))
            }
        }
    }
}

/// Changes with everything that a reader of this language sees.
fn version(document: &Document, lang: Lang) -> String {
    let seen = document
        .body(lang)
        .map(|(lang, body)| (lang.tag(), body.to_value().to_string()));
    let pictures: Vec<String> = document
        .attachments
        .iter()
        .map(|picture| format!("{} {}", picture.hash, picture.name))
        .collect();
    crate::keys::hex(&Sha256::digest(format!("{seen:?} {pictures:?}").as_bytes()))[..12].to_owned()
}

fn names(desk: &Desk, glass: &Glass) -> String {
    if glass.displays.is_empty() {
        return desk.t(pw::COMMON_FORM).to_owned();
    }
    let all = glass
        .displays
        .iter()
        .map(|known| known.display.setting.name.get(desk.lang));
    let named: Vec<&str> = all.take(NAMED).collect();
    let named = named.join(desk.t(w::LIST_COMMA));
    let named = if glass.displays.len() > NAMED {
        desk.f(pw::AND_MORE, &[&named])
    } else {
        named
    };
    format!("{} · {named}", count(desk, glass.displays.len()))
}

/// Seconds, with a decimal where there is one.
fn seconds(ms: u64) -> String {
    match ms / 100 % 10 {
        0 => (ms / 1000).to_string(),
        tenth => format!("{}.{tenth}", ms / 1000),
    }
}

fn lasting(desk: &Desk, ms: u64) -> String {
    let whole_s = (ms + 500) / 1000;
    if ms < 90_000 {
        desk.f(pw::SECONDS, &[&seconds(ms)])
    } else {
        desk.f(pw::MINUTES, &[&(whole_s / 60).to_string(), &(whole_s % 60).to_string()])
    }
}

fn turn(desk: &Desk, turn: Turn) -> String {
    let dwell = seconds(u64::from(turn.dwell_ms));
    match turn.pages {
        1 => desk.f(pw::ONE_PAGE_TURN, &[&dwell]),
        pages => desk.f(
            pw::PAGES_TURN,
            &[&pages.to_string(), &dwell, &lasting(desk, turn.length_ms())],
        ),
    }
}

/// How often it comes round among what these displays show now; where they differ, the rarest.
fn round(desk: &Desk, goes: &Where, glass: &Glass, scene: &Scene, turn: Turn) -> Option<String> {
    let rounds = glass.displays.iter().filter_map(|known| {
        let programme = desk.state.programme(&known.display);
        let others: Vec<_> = programme
            .items
            .iter()
            .filter(|item| item.window.covers(desk.now) && Some(item.publication) != goes.publication)
            .collect();
        // Something that displaces the ordinary programme is on: nothing comes round.
        let displaced = others.iter().any(|item| item.priority > Priority::Normal);
        let others: Vec<_> = others.iter().filter(|item| item.priority == Priority::Normal).collect();
        let known = others.iter().take(MOST_TURNS).filter_map(|item| {
            let document = desk.office.library.document(&item.content)?;
            Some(scene.turn_of(&item.content, &document).length_ms())
        });
        (!displaced).then(|| (turn.length_ms() + known.sum::<u64>(), others.len()))
    });
    let (ms, others) = rounds.max()?;
    Some(match others {
        0 => desk.t(pw::ROUND_ALONE).to_owned(),
        many if many > MOST_TURNS => desk.f(pw::ROUND_MANY, &[&many.to_string()]),
        some => desk.f(pw::ROUND, &[&some.to_string(), &lasting(desk, ms)]),
    })
}

/// What the panel does to the text, and what it cannot show of it.
fn limits(desk: &Desk, looks: &Looks<'_>, glass: &Glass, scene: &Scene, fit: &Fit) -> Vec<(&'static str, String)> {
    let told = |colour, word: Word| (colour, desk.t(word).to_owned());
    let shown = looks.document.body(glass.lang).map(|(lang, _)| lang);
    let other = shown.filter(|shown| *shown != glass.lang);
    let other = other.map(|shown| [language_name(desk, glass.lang), language_name(desk, shown)]);
    let lacking: Vec<String> = scene
        .missing(looks.document)
        .iter()
        .take(12)
        .map(char::to_string)
        .collect();
    let pictures = !looks.document.attachments.is_empty();
    // A tenth smaller is what nobody notices; the renderer does it to save a page.
    let smaller = fit.type_percent < 90;
    let all = [
        fit.cut.then(|| told("amber", pw::CUT)),
        smaller.then(|| ("amber", desk.f(pw::MADE_SMALL, &[&fit.type_percent.to_string()]))),
        other.map(|langs| ("amber", desk.f(pw::OTHER_LANGUAGE, &langs))),
        (!lacking.is_empty()).then(|| ("amber", desk.f(pw::LACKS, &[&lacking.join(" ")]))),
        (fit.gist && pictures).then(|| told("grey", pw::GIST_NO_PICTURES)),
        (fit.gist && !pictures).then(|| told("grey", pw::GIST)),
        fit.moves.then(|| told("blue", pw::MOVES)),
    ];
    all.into_iter().flatten().collect()
}
