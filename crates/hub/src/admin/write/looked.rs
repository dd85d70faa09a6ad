//! Before a draft is handed in: whether its author looked at what stood there to be looked at. Who did not is asked once,
//! and may hand it in all the same: the reviewer then reads the list.

use super::Sheet;
use crate::admin::form::Posted;
use crate::admin::layout::Desk;
use crate::admin::words::beginnings as bw;
use crate::http::beginnings as api;
use crate::http::problem::{Problem, Told};
use axum::extract::{Path, State};
use maud::{Markup, html};
use serde_json::json;
use std::sync::Arc;

/// The name of the question among problems.
pub(super) const UNLOOKED: &str = "notes-not-looked-at";

/// What somebody says of the notes when they hand a draft in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looked {
    /// Nothing: the button is that of every draft.
    Unasked,
    Yes,
    No,
}

/// The button that was pressed: what it does, and what it says of the notes.
pub(super) fn pressed(posted: &Posted) -> (&str, Looked) {
    let then = posted.get("then");
    match then.split_once(':') {
        Some((step, "looked")) => (step, Looked::Yes),
        Some((step, "unlooked")) => (step, Looked::No),
        _ => (then, Looked::Unasked),
    }
}

/// Notes that they looked, or asks whether they did; `step` is what waits for the answer.
pub(super) async fn settle(desk: &Desk, sheet: &mut Sheet, step: &str, looked: Looked) -> Result<(), Problem> {
    let Some(draft) = sheet.saved.as_mut().filter(|draft| !draft.notes.is_empty()) else {
        return Ok(());
    };
    match looked {
        Looked::No => Ok(()),
        Looked::Unasked => Err(question(draft.notes.len(), step)),
        Looked::Yes => {
            let office = State(Arc::clone(&desk.office));
            api::looked_at(office, Path(draft.id.to_string()), desk.caller.clone()).await?;
            draft.notes.clear();
            Ok(())
        }
    }
}

fn question(count: usize, step: &str) -> Problem {
    let detail = Told::new(
        "草稿已保存。请逐一看过下面的“请核对”，再选择一种送审。",
        "The draft is saved. Go through what is listed below, then choose how to hand it in.",
    );
    Problem {
        title: Told::new(
            format!("还有 {count} 处没有核对，还没有送审"),
            format!("It was not handed in yet: {count} places are still to be looked at"),
        ),
        ..Problem::conflict(UNLOOKED, detail, Some(json!({"then": step})))
    }
}

/// The two answers to the question.
pub(super) fn answers(desk: &Desk, problem: &Problem) -> Markup {
    let step = problem.current.as_ref().and_then(|current| current["then"].as_str());
    let step = step.unwrap_or("submit");
    let (yes, no) = if step == "refer" {
        (bw::LOOKED_REFER, bw::UNLOOKED_REFER)
    } else {
        (bw::LOOKED_SUBMIT, bw::UNLOOKED_SUBMIT)
    };
    html! {
        div.buttons {
            button.btn type="submit" form="sheet" name="then" value=(format!("{step}:looked")) { (desk.t(yes)) }
            button.btn.quiet type="submit" form="sheet" name="then" value=(format!("{step}:unlooked")) { (desk.t(no)) }
        }
        p.hint { (desk.t(bw::UNLOOKED_WHAT)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_says_what_it_does_and_what_was_looked_at() {
        let pressed_by = |body: &str| {
            let posted = Posted::of_body(body.as_bytes()).unwrap();
            let (step, looked) = pressed(&posted);
            (step.to_owned(), looked)
        };
        assert_eq!(pressed_by("then=submit"), ("submit".to_owned(), Looked::Unasked));
        assert_eq!(pressed_by("then=submit%3Alooked"), ("submit".to_owned(), Looked::Yes));
        assert_eq!(pressed_by("then=refer%3Aunlooked"), ("refer".to_owned(), Looked::No));
        // What no button says does nothing but save.
        assert_eq!(pressed_by("then=submit%3Amaybe").1, Looked::Unasked);
        assert_ne!(pressed_by("then=submit%3Amaybe").0, "submit");
    }
}
