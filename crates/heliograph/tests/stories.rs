//! Stories in a real Chromium, against this program's own processes. The stories themselves are in `tests/browser/`.

#![allow(missing_docs, reason = "tests")]

use heliograph_tests::python;

/// Tells a story, which must end as it should.
fn tell(story: &str, more: &[&str]) {
    let arguments = [&[env!("CARGO_BIN_EXE_heliograph")], more].concat();
    let _ = python::must("selenium", &format!("browser/{story}.py"), &arguments);
}

#[test]
fn the_first_day_of_a_new_office_goes_by_clicks_from_an_empty_folder() {
    tell("first_day", &[]);
}

#[test]
fn a_notice_goes_from_draft_to_glass_by_four_people() {
    tell("to_glass", &[]);
}

#[test]
fn a_review_is_void_when_the_text_was_returned_and_changed_without_any_script() {
    tell("returned", &[]);
}

#[test]
fn a_notice_is_written_reviewed_released_and_withdrawn_without_a_mouse() {
    tell("by_keyboard", &[]);
}

#[test]
fn every_page_passes_axe_core_and_is_chinese_where_the_office_did_not_write_it() {
    tell("every_page", &["--lang", "zh"]);
}

#[test]
fn every_page_passes_axe_core_and_is_english_where_the_office_did_not_write_it() {
    tell("every_page", &["--lang", "en"]);
}

#[test]
fn two_people_edit_one_draft_and_nothing_is_lost() {
    tell("two_writers", &[]);
}

#[test]
fn whoever_comes_back_from_the_offices_sign_on_or_is_asked_again_finds_a_page_without_fault() {
    tell("signing_on", &[]);
}

#[test]
fn the_review_sheet_and_the_public_page_are_fit_for_paper() {
    tell("on_paper", &[]);
}

#[test]
fn what_is_typed_is_seen_saved_shared_and_kept_while_one_types() {
    tell("as_one_types", &[]);
}

#[test]
fn every_control_of_every_page_is_reached_by_the_tab_key_and_seen_to_be() {
    tell("every_key", &[]);
}

#[test]
fn whatever_is_typed_runs_on_no_page() {
    tell("typed_in", &[]);
}

#[test]
fn pages_stay_light_in_an_office_with_years_of_work_in_it() {
    tell("heavy", &[]);
}
