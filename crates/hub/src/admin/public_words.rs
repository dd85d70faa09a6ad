//! The box that is ticked when the gate found something in words that become public without the workflow.

use super::parts::Shown;
use super::words::rules as rw;
use crate::public_words::CONFIRMED;
use maud::{Markup, html};

/// The box, once there is something to confirm; nothing before.
pub(crate) fn confirmation(shown: &Shown<'_>) -> Markup {
    let asked = shown.place(CONFIRMED).is_some();
    let ticked = is_ticked(shown);
    html! {
        @if asked || ticked {
            div.field.bad[asked] {
                label.check { input id=[shown.place(CONFIRMED)] type="checkbox" name=(CONFIRMED) value="yes" checked[ticked]; (shown.desk.t(rw::PUBLIC_CONFIRMED)) }
                (shown.said(CONFIRMED))
            }
        }
    }
}

fn is_ticked(shown: &Shown<'_>) -> bool {
    shown.typed.is_some_and(|typed| typed.get(CONFIRMED) == "yes")
}
