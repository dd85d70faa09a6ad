//! The words that the scene itself says, in Chinese and English.

use heliograph_domain::{Date, Lang};

/// Chinese for `zh-Hans`, else English.
pub(crate) fn say(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    if lang == Lang::ZhHans { zh } else { en }
}

/// The date with its weekday, as clocks on screens show it.
pub(crate) fn day(lang: Lang, day: Date) -> String {
    format!("{}　{}", day.in_words(lang), day.weekday_in_words(lang))
}

/// “3号窗口” or “Window 3”.
pub(crate) fn window(lang: Lang, number: &str) -> String {
    say(lang, "{}号窗口", "Window {}").replace("{}", number)
}

/// “09:41”, of the milliseconds since midnight.
pub(crate) fn clock(of_day_ms: u64) -> String {
    format!("{:02}:{:02}", of_day_ms / 3_600_000 % 24, of_day_ms / 60_000 % 60)
}

/// A label and what follows it: “咨询电话：…” or “Enquiries: …”.
pub(crate) fn labelled(lang: Lang, label: &str, text: &str) -> String {
    if lang == Lang::ZhHans {
        format!("{label}：{text}")
    } else {
        format!("{label}: {text}")
    }
}

/// “发布” after a date, “Issued” before it.
pub(crate) fn issued(lang: Lang, day: Date) -> String {
    if lang == Lang::ZhHans {
        format!("{}发布", day.in_words(lang))
    } else {
        format!("Issued {}", day.in_words(lang))
    }
}

/// “第 1 页，共 2 页” or “Page 1 of 2”; `page` counts from 0.
pub(crate) fn page(lang: Lang, page: u32, pages: u32) -> String {
    let number = page.saturating_add(1);
    if lang == Lang::ZhHans {
        format!("第 {number} 页，共 {pages} 页")
    } else {
        format!("Page {number} of {pages}")
    }
}

/// A figure with its unit: “5 个工作日”.
pub(crate) fn figure(figure: &str, unit: &str) -> String {
    format!("{figure} {unit}")
}
