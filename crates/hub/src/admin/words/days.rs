//! Days of a text that cannot be right.

use super::Word;

words! {
    DAYS "日期" "Dates";
    DAY "日期" "date";
    NO_SUCH_DAY "“{}”：{}没有{}日" "“{}”: {} has no day {}";
    OTHER_WEEKDAY "“{}”：这一天是{}" "“{}”: that day is a {}";
    DAYS_WHAT "请核对日期；确实无误的，可以照常送审和发布。" "Look at these dates. Where they are as they should be, go on as usual: nothing is held up.";
}

/// The days of the week, from Sunday.
pub(crate) const WEEKDAYS_ZH: [&str; 7] = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];
/// The same in English.
pub(crate) const WEEKDAYS_EN: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
/// The months in English.
pub(crate) const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
