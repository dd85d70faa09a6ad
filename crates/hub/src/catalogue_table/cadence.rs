//! How often an entry is due, as people write it.

use heliograph_domain::time_limit::GENERAL_WORKING_DAYS;
use serde_json::{Value, json};

/// Numbers as they are written in Chinese, the longer first.
const NUMERALS: [(&str, &str); 15] = [
    ("二十", "20"),
    ("十二", "12"),
    ("十五", "15"),
    ("十八", "18"),
    ("十", "10"),
    ("一", "1"),
    ("二", "2"),
    ("两", "2"),
    ("三", "3"),
    ("四", "4"),
    ("五", "5"),
    ("六", "6"),
    ("七", "7"),
    ("八", "8"),
    ("九", "9"),
];

/// A cadence as people write it; nothing when it is not understood.
pub(super) fn cadence_of(text: &str) -> Option<Value> {
    let mut plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    for (numeral, digits) in NUMERALS {
        plain = plain.replace(numeral, digits);
    }
    let digits: String = plain
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    let number = digits.parse::<u8>().ok();
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    let regular = |months: u8| Some(json!({"regular": {"period_months": months}}));
    let ad_hoc = |days: u8| Some(json!({"ad-hoc": {"within_working_days": days}}));
    if has(&["工作日", "workingday"]) {
        return ad_hoc(number?);
    }
    if has(&["长期", "固定", "standing"]) {
        return Some(json!("standing"));
    }
    if has(&["半年", "half"]) {
        return regular(6);
    }
    if has(&["季", "quarter"]) {
        return regular(3);
    }
    if has(&["月", "month"]) {
        return regular(number.unwrap_or(1));
    }
    if has(&["年", "year", "annual"]) {
        return regular(number.unwrap_or(1).checked_mul(12)?);
    }
    has(&["随时", "临时", "即时", "adhoc", "ad-hoc", "asitcomes"])
        .then(|| ad_hoc(GENERAL_WORKING_DAYS))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cadences_are_read_as_people_write_them() {
        let months = |months: u8| Some(json!({"regular": {"period_months": months}}));
        let days = |days: u8| Some(json!({"ad-hoc": {"within_working_days": days}}));
        for (text, read) in [
            ("每月", months(1)),
            ("按季度公开", months(3)),
            ("半年", months(6)),
            ("年度", months(12)),
            ("每 2 个月", months(2)),
            ("每两个月", months(2)),
            ("Every 4 months", months(4)),
            ("Half-yearly", months(6)),
            ("quarterly", months(3)),
            ("每三年", months(36)),
            ("长期公开", Some(json!("standing"))),
            ("Standing", Some(json!("standing"))),
            ("临时性工作，10 个工作日内", days(10)),
            ("二十个工作日内", days(20)),
            ("As it comes, within 5 working days", days(5)),
            ("随时公开", days(20)),
            ("每周", None),
            ("工作日", None),
            ("", None),
        ] {
            assert_eq!(cadence_of(text), read, "{text}");
        }
    }
}
