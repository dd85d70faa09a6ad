//! What a channel or a display has to show: what is on by its window, then what is still to begin, each with a way to it.

use super::layout::Desk;
use super::words::limits as lw;
use super::words::on_show as ow;
use heliograph_domain::ChannelName;
use heliograph_domain::head::Item;
use maud::{Markup, html};

/// The items that may be seen now, and those that begin later, the earliest first. What is over is neither.
fn sorted<'i>(desk: &Desk, items: &'i [Item]) -> (Vec<&'i Item>, Vec<&'i Item>) {
    let still = items.iter().filter(|item| !item.window.ended(desk.now));
    let (on, mut coming): (Vec<_>, Vec<_>) = still.partition(|item| item.window.covers(desk.now));
    coming.sort_by_key(|item| item.window.from);
    (on, coming)
}

/// So many lines stand in a list; an office has hundreds of texts on release, and a page is to stay light.
const ROWS: usize = 40;
/// And so many in each of several lists of one page.
const ROWS_OF_SEVERAL: usize = 12;

/// How many there are on a channel, and the list of them behind it: for a place in a table.
pub(crate) fn folded(desk: &Desk, channel: &ChannelName, items: &[Item]) -> Markup {
    let more = format!("/admin/publications?state=released&channel={channel}");
    let (on, coming) = sorted(desk, items);
    let counted = match coming.len() {
        0 => on.len().to_string(),
        some => desk.f(ow::N_ON_N_COMING, &[&on.len().to_string(), &some.to_string()]),
    };
    html! {
        @if on.is_empty() && coming.is_empty() { (counted) }
        @else { details.lineup { summary { (counted) } (list(desk, &on, &coming, ROWS_OF_SEVERAL, Some(&more))) } }
    }
}

/// The list on a display's own page.
pub(crate) fn card(desk: &Desk, items: &[Item]) -> Markup {
    let (on, coming) = sorted(desk, items);
    html! {
        section.card.lineup id="lineup" data-fresh {
            h2 { (desk.t(ow::LINEUP)) " " span.muted { (on.len() + coming.len()) } }
            @if on.is_empty() && coming.is_empty() { p.muted { (desk.t(ow::LINEUP_EMPTY)) } }
            @else { (list(desk, &on, &coming, ROWS, None)) }
        }
    }
}

/// Where there is no room for all, what is still to begin stays: what is on can be seen. `more`: where the rest is.
fn list(desk: &Desk, on: &[&Item], coming: &[&Item], rows: usize, more: Option<&str>) -> Markup {
    let all = on.len() + coming.len();
    let coming = &coming[..coming.len().min(rows)];
    let on = &on[..on.len().min(rows - coming.len())];
    let left = all - on.len() - coming.len();
    html! {
        ul {
            @for item in on { (line(desk, item)) }
            @for item in coming { (line(desk, item)) }
        }
        @if left > 0 {
            @let words = desk.f(lw::N_MORE, &[&left.to_string()]);
            p.more { @match more { Some(href) => a href=(href) { (words) }, None => (words) } }
        }
    }
}

fn line(desk: &Desk, item: &Item) -> Markup {
    let title = desk.office.library.digest(&item.content);
    let title = title.map_or_else(
        || item.kind.label(desk.lang).to_owned(),
        |digest| digest.title(desk.lang).to_owned(),
    );
    let until = item
        .window
        .until
        .map(|until| desk.f(ow::LINEUP_UNTIL, &[&desk.end(until)]));
    let from = (!item.window.covers(desk.now)).then(|| desk.f(ow::LINEUP_FROM, &[&desk.time(item.window.from)]));
    let when: Vec<String> = from.into_iter().chain(until).collect();
    html! {
        li {
            a href=(format!("/admin/publications/{}", item.publication)) { (title) }
            @if !when.is_empty() { " " small { (when.join(desk.t(ow::LINEUP_BETWEEN))) } }
        }
    }
}
