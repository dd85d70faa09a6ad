//! Days of a text that cannot be right: a mild hint to whoever writes and whoever reviews. It holds nothing up.

use super::gate::field_label;
use super::layout::{Desk, tag};
use super::words::days as dw;
use crate::gate;
use heliograph_domain::content::{Odd, odd_days};
use heliograph_domain::gate::Passage;
use heliograph_domain::{Document, Kind, Lang};
use maud::{Markup, html};

/// So many are told; the rest is found once these are mended.
const MOST: usize = 20;

/// Each with its field, and a word of what this is; nothing when all days can be.
pub(crate) fn list(desk: &Desk, kind: Kind, passages: &[Passage]) -> Markup {
    let odd = passages.iter().flat_map(|passage| {
        let days = odd_days(&passage.text).into_iter();
        days.map(move |day| (passage.field.as_str(), day))
    });
    let odd: Vec<_> = odd.take(MOST).collect();
    html! {
        @if !odd.is_empty() {
            ul.findings.lagging id="days" {
                @for (field, day) in &odd {
                    li { (tag("amber", desk.t(dw::DAY))) " " span.muted { (field_label(desk, Some(kind), field)) } (told(desk, &day.written, day.odd)) }
                }
            }
            p.hint { (desk.t(dw::DAYS_WHAT)) }
        }
    }
}

fn told(desk: &Desk, written: &str, odd: Odd) -> String {
    match odd {
        Odd::NoSuchDay { month, day, .. } => {
            desk.f(dw::NO_SUCH_DAY, &[written, &month_of(desk, month), &day.to_string()])
        }
        Odd::OtherWeekday(weekday) => {
            let names = if desk.lang == Lang::ZhHans {
                dw::WEEKDAYS_ZH
            } else {
                dw::WEEKDAYS_EN
            };
            let name = names.get(usize::from(weekday)).copied().unwrap_or_default();
            desk.f(dw::OTHER_WEEKDAY, &[written, name])
        }
    }
}

fn month_of(desk: &Desk, month: u8) -> String {
    match desk.lang {
        Lang::ZhHans => format!("{month}月"),
        _ => dw::MONTHS_EN
            .get(usize::from(month).wrapping_sub(1))
            .copied()
            .unwrap_or_default()
            .to_owned(),
    }
}

/// The card beside a text on its way.
pub(crate) fn of_pending(desk: &Desk, text: &Document) -> Markup {
    let list = list(desk, text.kind, &gate::of_document(text));
    html! { @if !list.0.is_empty() { section.card { h2 { (desk.t(dw::DAYS)) } (list) } } }
}
