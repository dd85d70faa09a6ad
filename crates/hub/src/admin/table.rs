//! Lists as tables for other programs: CSV as spreadsheets of the office read it.

use super::layout::Desk;
use super::words::Word;
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
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.csv\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, text).into_response()
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
