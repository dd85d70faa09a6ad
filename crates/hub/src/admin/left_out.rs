//! Which displays a release does not reach, since they are tuned to none of its channels: nobody has to find it out by
//! comparing lists.

use super::carried::Carried;
use super::layout::Desk;
use super::order;
use super::words::{self as w, leaving as lw};
use heliograph_domain::publication::OnRelease;
use maud::{Markup, html};

/// So many of them are named.
const NAMED: usize = 12;

/// Their names, under the displays that it does reach. Nothing where it reaches none, or all.
pub(super) fn named(desk: &Desk, on: &OnRelease, reached: &[Carried]) -> Markup {
    let channels = &on.release.channels;
    let left = desk.state.live_displays().filter(|known| {
        !known
            .display
            .setting
            .channels
            .iter()
            .any(|name| channels.contains(name))
    });
    let left = order::displays(desk, left);
    if reached.is_empty() || left.is_empty() || on.release.window.ended(desk.now) {
        return html! {};
    }
    html! {
        section.card id="left-out" {
            p {
                (desk.f(lw::LEFT_OUT, &[&left.len().to_string()]))
                @for (at, known) in left.iter().take(NAMED).enumerate() {
                    @if at > 0 { (desk.t(w::LIST_COMMA)) }
                    a href=(format!("/admin/displays/{}", known.display.id)) { (known.display.setting.name.get(desk.lang)) }
                }
                @if left.len() > NAMED { (desk.t(lw::AND_OTHERS)) }
            }
            p.hint { (desk.t(lw::HOW_TO_REACH_THEM)) }
        }
    }
}
