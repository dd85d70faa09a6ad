//! The third question of the first page, answered in words: does every display show what it should; which does not,
//! since when, and what to do about it.

use super::layout::Desk;
use super::words::{Word, on_show as ow};
use crate::presence::{Seen, Standing};
use crate::state::KnownDisplay;
use heliograph_domain::{ChannelHead, ChannelName, Instant, Programme};
use heliograph_wire::ShownState;
use maud::{Markup, html};
use std::collections::{BTreeMap, HashMap};

/// What was decided less than this ago is still on its way, and nobody's fault.
const ON_ITS_WAY_MS: u64 = 60_000;
/// So many displays are told one by one.
const TOLD: usize = 8;

/// Why a display does not show what it should.
struct Lapse {
    what: String,
    to_do: Word,
    /// Since when, as far as that is known.
    since: Option<Instant>,
}

impl Lapse {
    fn of(what: impl Into<String>, to_do: Word, since: Option<Instant>) -> Self {
        Self {
            what: what.into(),
            to_do,
            since,
        }
    }
}

/// What the displays are to show now. Many displays play one programme: each is put together once.
struct Plan<'d> {
    heads: BTreeMap<ChannelName, ChannelHead>,
    programmes: HashMap<&'d [ChannelName], Programme>,
}

impl<'d> Plan<'d> {
    fn of(desk: &'d Desk, displays: impl IntoIterator<Item = &'d KnownDisplay>) -> Self {
        let heads: BTreeMap<_, _> = desk.state.heads().map(|head| (head.channel.clone(), head)).collect();
        let mut programmes = HashMap::new();
        for known in displays {
            let channels = known.display.setting.channels.as_slice();
            let merge = || Programme::merge(channels.iter().filter_map(|name| heads.get(name)));
            programmes.entry(channels).or_insert_with(merge);
        }
        Self { heads, programmes }
    }

    fn heads_of(&self, known: &KnownDisplay) -> impl Iterator<Item = &ChannelHead> {
        let channels = known.display.setting.channels.iter();
        channels.filter_map(|name| self.heads.get(name))
    }
}

/// What is wrong with a display; nothing when it shows what it should.
fn lapse(desk: &Desk, plan: &Plan<'_>, known: &KnownDisplay) -> Option<Lapse> {
    let presence = desk.office.presence();
    let (id, told) = (known.display.id, |word: Word| desk.t(word).to_owned());
    if known.display.revoked {
        let since = known.revocation.as_ref().map(|revocation| revocation.at);
        return Some(Lapse::of(told(ow::REVOKED), ow::REVOKED_DO, since));
    }
    let seen = presence.of(id);
    match presence.standing(id, desk.now) {
        Standing::Unknown => Some(Lapse::of(told(ow::NEVER_HEARD), ow::NEVER_HEARD_DO, None)),
        Standing::Offline => Some(Lapse::of(told(ow::OFFLINE), ow::OFFLINE_DO, seen.last_seen)),
        Standing::Stale => Some(Lapse::of(told(ow::SILENT), ow::SILENT_DO, seen.last_seen)),
        Standing::Online => behind(desk, plan, known, &seen).or_else(|| astray(desk, plan, known, &seen)),
    }
}

fn settled(desk: &Desk, at: Instant) -> bool {
    desk.now.since(at) > ON_ITS_WAY_MS
}

/// It plays a programme that is not the newest any more.
fn behind(desk: &Desk, plan: &Plan<'_>, known: &KnownDisplay, seen: &Seen) -> Option<Lapse> {
    let status = seen.status.as_ref()?;
    let late = plan
        .heads_of(known)
        .filter(|head| settled(desk, head.as_of) && settled(desk, known.at))
        .find(|head| {
            let has = status.heads.iter().find(|(name, _)| *name == head.channel);
            has.is_none_or(|(_, position)| *position < head.position)
        })?;
    let title = desk.state.channels.titles.get(&late.channel);
    let title = title.map_or(late.channel.as_str(), |title| title.get(desk.lang));
    Some(Lapse::of(desk.f(ow::BEHIND, &[title]), ow::BEHIND_DO, Some(late.as_of)))
}

/// It has the newest programme, and shows something else.
fn astray(desk: &Desk, plan: &Plan<'_>, known: &KnownDisplay, seen: &Seen) -> Option<Lapse> {
    let status = seen.status.as_ref()?;
    if desk.state.blank.blank.on || !settled(desk, desk.state.blank.at) {
        return None;
    }
    let programme = plan.programmes.get(known.display.setting.channels.as_slice())?;
    // By the display's own time, with a little patience at both ends of what it shows.
    let early = Instant(status.at.0.saturating_sub(ON_ITS_WAY_MS));
    let due = programme.items.iter().filter(|item| {
        item.window.covers(status.at) && item.begins() <= early && item.window.covers(status.at.plus_ms(ON_ITS_WAY_MS))
    });
    let due = due.count();
    let since = Some(status.at);
    match (&status.on_air, status.state) {
        (_, ShownState::Error) => Some(Lapse::of(desk.t(ow::CANNOT_DRAW), ow::CANNOT_DRAW_DO, since)),
        (None, _) if due > 0 => Some(Lapse::of(
            desk.f(ow::NOTHING_ON, &[&due.to_string()]),
            ow::NOTHING_ON_DO,
            since,
        )),
        (Some(on), _) => {
            let there = programme.items.iter().any(|item| item.content == on.content);
            let settled = plan.heads_of(known).all(|head| settled(desk, head.as_of)) && settled(desk, on.since);
            (!there && settled).then(|| Lapse::of(desk.t(ow::OTHER_ON), ow::OTHER_ON_DO, Some(on.since)))
        }
        _ => None,
    }
}

/// The answer.
pub(crate) fn answer(desk: &Desk) -> Markup {
    let all = super::order::live_displays(desk);
    let plan = Plan::of(desk, desk.state.live_displays().map(|known| &**known));
    let lapses: Vec<_> = all
        .iter()
        .filter_map(|known| Some((known, lapse(desk, &plan, known)?)))
        .collect();
    let number = |count: usize| count.to_string();
    let fine = all.len() - lapses.len();
    html! {
        div id="on-show" data-fresh {
            @if all.is_empty() {}
            @else if lapses.is_empty() {
                p.told {
                    @if desk.state.blank.blank.on { (desk.f(ow::ALL_DARK, &[&number(all.len())])) }
                    @else if all.len() == 1 { (desk.t(ow::ONE_SHOWS)) }
                    @else { (desk.f(ow::ALL_SHOW, &[&number(all.len())])) }
                }
            } @else {
                div.notice {
                    strong { (desk.f(ow::SOME_SHOW, &[&number(all.len()), &number(fine), &number(lapses.len())])) }
                    @for (known, lapse) in lapses.iter().take(TOLD) { (row(desk, known, lapse)) }
                    @if lapses.len() > TOLD { p { a href="/admin/displays" { (desk.f(ow::MORE_NOT_SHOWING, &[&number(lapses.len() - TOLD)])) } } }
                }
            }
        }
    }
}

fn row(desk: &Desk, known: &KnownDisplay, lapse: &Lapse) -> Markup {
    let setting = &known.display.setting;
    html! {
        p {
            a href=(format!("/admin/displays/{}", known.display.id)) { b { (setting.name.get(desk.lang)) } }
            " · "
            (told(desk, lapse))
        }
    }
}

/// Since when, what is wrong, and what to do.
fn told(desk: &Desk, lapse: &Lapse) -> Markup {
    html! {
        @match lapse.since {
            Some(since) => (desk.f(ow::NOT_SHOWING, &[&desk.time(since), &lapse.what])),
            None => (lapse.what),
        }
        @if desk.lang == heliograph_domain::Lang::ZhHans { "。" } @else { ". " }
        (desk.t(lapse.to_do))
    }
}

/// The answer for one display, on its own page: nothing while it shows what it should. That its machine is shut out, or
/// that it is retired, the page says itself.
pub(crate) fn of_display(desk: &Desk, known: &KnownDisplay) -> Markup {
    if known.display.retired || known.display.revoked {
        return html! {};
    }
    let lapse = lapse(desk, &Plan::of(desk, [known]), known);
    html! { @if let Some(lapse) = lapse { p.notice { (told(desk, &lapse)) } } }
}
