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

/// Stretches of time as they are named, with their months; nothing: so often that no catalogue has it. The longer first.
const STRETCHES: [(&str, Option<u8>); 21] = [
    ("半年", Some(6)),
    ("半个月", None),
    ("半月", None),
    ("季", Some(3)),
    ("月", Some(1)),
    ("年", Some(12)),
    ("周", None),
    ("星期", None),
    ("每日", None),
    ("每天", None),
    ("旬", None),
    ("half-year", Some(6)),
    ("halfyear", Some(6)),
    ("semi-annual", Some(6)),
    ("semiannual", Some(6)),
    ("semi", None),
    ("quarter", Some(3)),
    ("month", Some(1)),
    ("year", Some(12)),
    ("annual", Some(12)),
    ("week", None),
];
/// What turns a sentence round, or says a stretch that two readers take for two.
const MISLEADING: [&str; 9] = ["非", "不", "隔", "除", "not", "bi", "except", "twice", "fortnight"];

/// A cadence as people write it; nothing when it is not understood. What could be meant otherwise is not: a cadence that is
/// read wrong makes every later deadline wrong.
pub(super) fn cadence_of(text: &str) -> Option<Value> {
    let plain = plain(text);
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    if MISLEADING.iter().any(|word| plain.contains(word)) {
        return None;
    }
    let stretch = first_stretch(&plain).map(|(at, word, months)| (number_before(&plain[..at]), at, word, months));
    let days = ["工作日", "workingday"].iter().find_map(|word| plain.find(word));
    // “每季度终了后15个工作日内” is every quarter, “收到后5个工作日内” is as it comes.
    let regularly = |days: usize| matches!(&stretch, Some((before, at, ..)) if *at < days && before.is_every());
    if let Some(at) = days.filter(|at| !regularly(*at)) {
        return ad_hoc(number_before(&plain[..at]).value?);
    }
    if has(&["长期", "固定", "standing"]) {
        return Some(json!("standing"));
    }
    if let Some((before, at, word, months)) = stretch {
        let months = times(&before, word)?.checked_mul(months?)?;
        return regular(once_or_more(months, &plain[at + word.len()..])?);
    }
    let as_it_comes = ["随时", "临时", "即时", "及时", "实时", "adhoc", "ad-hoc", "asitcomes"];
    has(&as_it_comes).then(|| ad_hoc(GENERAL_WORKING_DAYS)).flatten()
}

/// The text in small letters, without spaces, with digits for numerals.
fn plain(text: &str) -> String {
    let signs = text.chars().filter(|c| !c.is_whitespace());
    let small: String = signs.flat_map(char::to_lowercase).collect();
    NUMERALS
        .iter()
        .fold(small, |text, (numeral, digits)| text.replace(numeral, digits))
}

fn regular(months: u8) -> Option<Value> {
    Some(json!({"regular": {"period_months": months}}))
}

fn ad_hoc(days: u8) -> Option<Value> {
    Some(json!({"ad-hoc": {"within_working_days": days}}))
}

/// The stretch that is named first: where, how, and its months. “每年3月底前” is every year, whatever comes behind.
fn first_stretch(plain: &str) -> Option<(usize, &'static str, Option<u8>)> {
    let found = STRETCHES
        .iter()
        .filter_map(|(word, months)| Some((plain.find(word)?, *word, *months)));
    found.min_by_key(|(at, word, _)| (*at, std::cmp::Reverse(word.len())))
}

/// A number that stands right before something, and what stands before it.
struct Before<'a> {
    written: bool,
    value: Option<u8>,
    /// Whether “个” makes it a count.
    counted: bool,
    rest: &'a str,
}

impl Before<'_> {
    fn is_every(&self) -> bool {
        ["每", "各", "逐", "按"].iter().any(|word| self.rest.ends_with(word))
    }
}

fn number_before(text: &str) -> Before<'_> {
    let bare = text.strip_suffix('个').unwrap_or(text);
    let rest = bare.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &bare[rest.len()..];
    Before {
        written: !digits.is_empty(),
        value: digits.parse().ok(),
        counted: bare.len() < text.len(),
        rest,
    }
}

/// How many stretches pass: “每2个月” and “two years” are two. “3月” alone is March, and “2026年” is that year.
fn times(before: &Before<'_>, word: &str) -> Option<u8> {
    if !before.written {
        // “上半年” is one half of one year.
        let one_of_two = word == "半年" && (before.rest.ends_with('上') || before.rest.ends_with('下'));
        return (!one_of_two && (!before.counted || before.is_every())).then_some(1);
    }
    let counts = before.counted || before.is_every() || word.is_ascii() || word == "年" && before.rest.is_empty();
    before.value.filter(|number| counts && *number > 0)
}

/// “一年两次” is every half-year; two days of one stretch, as “每年3月、9月”, are not understood.
fn once_or_more(months: u8, rest: &str) -> Option<u8> {
    let dates = |unit: char| {
        rest.split(unit)
            .filter(|part| part.ends_with(|c: char| c.is_ascii_digit()))
            .count()
    };
    // What is behind the last unit was counted, too, if it ends in a digit.
    let trailing = usize::from(rest.ends_with(|c: char| c.is_ascii_digit()));
    if dates('月').saturating_sub(trailing) > 1 || dates('日').saturating_sub(trailing) > 1 {
        return None;
    }
    let Some(at) = rest.find('次') else {
        return Some(months);
    };
    let often = number_before(&rest[..at]).value?;
    (often > 0 && months.is_multiple_of(often)).then(|| months / often)
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
            ("及时公开", days(20)),
            ("自形成之日起实时公开", days(20)),
            // A day within the stretch says nothing about how long it is.
            ("每年3月底前", months(12)),
            ("每年第一季度", months(12)),
            ("每月5日前", months(1)),
            ("每月底", months(1)),
            ("每季度首月10日前", months(3)),
            ("每季度终了后15个工作日内", months(3)),
            ("收到申请后 5 个工作日内", days(5)),
            ("每二季", months(6)),
            ("每两个季度", months(6)),
            ("每年一次", months(12)),
            ("一年两次", months(6)),
            ("每3年", months(36)),
            ("每两年一次", months(24)),
            ("年报", months(12)),
            ("Monthly, by the 5th", months(1)),
            ("every 2 quarters", months(6)),
            ("annually by the end of month 3", months(12)),
            // What could be meant otherwise is asked back.
            ("3月底前", None),
            ("第一季度", None),
            ("上半年", None),
            ("2026年", None),
            ("每年3月、9月", None),
            ("每月5日、20日", None),
            ("每月2次", None),
            ("每半个月", None),
            ("非每年", None),
            ("每隔一年", None),
            ("每旬", None),
            ("biannual", None),
            ("twice a year", None),
            ("every week", None),
            ("每周", None),
            ("工作日", None),
            ("", None),
        ] {
            assert_eq!(cadence_of(text), read, "{text}");
        }
    }
}
