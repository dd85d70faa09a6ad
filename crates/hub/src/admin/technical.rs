//! What only machines and their keepers need, out of everybody's way: behind one word, with what it is for.

use super::layout::Desk;
use super::words::trail as tw;
use maud::{Markup, html};

/// `技术细节`: folded away.
pub(crate) fn details(desk: &Desk, inner: &Markup) -> Markup {
    html! { details.technical { summary { (desk.t(tw::TECHNICAL)) } (inner) } }
}
