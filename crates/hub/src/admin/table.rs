//! Lists as tables for other programs: CSV as spreadsheets of the office read it.

use super::layout::{Desk, in_query};
use super::words::{self as w, Word};
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// A table under the words of its head.
pub(crate) fn csv(desk: &Desk, name: &str, head: &[Word], rows: impl IntoIterator<Item = Vec<String>>) -> Response {
    // Without the mark, spreadsheets on Chinese desks read UTF-8 as GBK.
    let mut text = String::from("\u{feff}");
    line(&mut text, head.iter().map(|word| desk.t(*word)));
    for row in rows {
        line(&mut text, row.iter().map(String::as_str));
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, kept_as(desk, name, "csv")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, text).into_response()
}

/// What a list is kept as: under its title and today's date, and under `name` where a program cannot read Chinese.
pub(crate) fn kept_as(desk: &Desk, name: &str, ending: &str) -> String {
    let title = title(name).map_or(name, |word| desk.t(word));
    let file = in_query(&format!("{title}-{}.{ending}", desk.today()));
    format!("attachment; filename=\"{name}.{ending}\"; filename*=UTF-8''{file}")
}

/// The title of a list's page, by its name in addresses.
fn title(name: &str) -> Option<Word> {
    Some(match name {
        "audit" => w::AUDIT,
        "catalogue" => w::CATALOGUE,
        "channels" => w::CHANNELS,
        "departments" => w::DEPARTMENTS,
        "displays" => w::DISPLAYS,
        "publications" => w::PUBLICATIONS,
        "sign-ins" => w::sign_ins::SIGN_INS,
        "staff" => w::STAFF,
        "substitutes" => w::review::SUBSTITUTES,
        _ => return None,
    })
}

fn line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    let cells: Vec<String> = cells.map(cell).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// RFC 4180, and never a formula: a spreadsheet would run what begins with one of its signs.
fn cell(value: &str) -> String {
    let guard = if value.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        "'"
    } else {
        ""
    };
    format!("\"{guard}{}\"", value.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_holds_any_text_and_no_formula() {
        assert_eq!(cell("办公室"), "\"办公室\"");
        assert_eq!(cell("say \"yes\",\nplease"), "\"say \"\"yes\"\",\nplease\"");
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
    }
}
