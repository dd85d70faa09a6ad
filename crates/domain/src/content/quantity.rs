//! Cells of tables that are quantities: they stand at the right, so that ones stand under ones.

/// Words after a number that do not make it a text.
const UNITS: [&str; 14] = [
    "", "%", "％", "‰", "元", "万元", "亿元", "人", "件", "份", "次", "项", "天", "yuan",
];
/// What a cell says in which there is no number.
const NONE: [&str; 6] = ["-", "–", "—", "——", "/", "无"];

/// Whether cells of a column are quantities: numbers, perhaps with a sign, a currency or a short unit, and at least one.
/// Numbers of telephones and rooms, times and dates are none.
#[must_use]
pub fn are_quantities<'t>(cells: impl Iterator<Item = &'t str>) -> bool {
    let mut some = false;
    for cell in cells.map(str::trim).filter(|cell| !cell.is_empty()) {
        if is_quantity(cell) {
            some = true;
        } else if !NONE.contains(&cell) {
            return false;
        }
    }
    some
}

fn is_quantity(cell: &str) -> bool {
    let number = cell.trim_start_matches(['+', '-', '−', '–', '¥', '￥', '$', '€', ' ']);
    let unit = number.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '，'));
    number.starts_with(|c: char| c.is_ascii_digit()) && UNITS.contains(&unit)
}

#[cfg(test)]
mod tests {
    use super::are_quantities;

    #[test]
    fn numbers_with_short_units_are_quantities_and_what_is_only_written_in_digits_is_not() {
        let told = |cells: &[&str]| are_quantities(cells.iter().copied());
        for cells in [
            &["18.50", "1,286.40", "—", ""][..],
            &["-3.2%", "+10％"],
            &["¥50", "￥1，050"],
            &["50元", "150元"],
            &["960 000 yuan"],
        ] {
            assert!(told(cells), "{cells:?}");
        }
        for cells in [
            &["0000-8860123"][..],
            &["9:00"],
            &["2026-11-24"],
            &["3号窗口"],
            &["4个工作日"],
            &["50", "免费"],
            &["—", ""],
            &["."],
            &[],
        ] {
            assert!(!told(cells), "{cells:?}");
        }
    }
}
