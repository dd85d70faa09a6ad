//! What moves, what stays and is named, and what is no date.

use super::*;

fn moved(body: &str) -> (String, Vec<(String, Option<String>)>) {
    let content = json!({"zh-Hans": {"body": body}});
    let next = next_year(Kind::Notice, &content, 2026, Date::new(2027, 4, 20).unwrap());
    let text = next.content["zh-Hans"]["body"].as_str().unwrap().to_owned();
    (text, next.moved.into_iter().map(|it| (it.from, it.to)).collect())
}

#[test]
fn unmistakable_dates_move_and_each_is_named() {
    let (text, named) = moved("2026年5月15日（星期五）上午，开放日。2026 年度报名自2026-04-01起，至2027年1月止。");
    assert_eq!(
        text,
        "2027年5月15日（星期六）上午，开放日。2027 年度报名自2027-04-01起，至2028年1月止。"
    );
    assert_eq!(named.len(), 4);
    assert_eq!(
        named[0],
        (
            "2026年5月15日（星期五）".to_owned(),
            Some("2027年5月15日（星期六）".to_owned())
        )
    );
    let (text, named) = moved("Open on 15 May 2026, from May 3, 2026; report of June 2026.");
    assert_eq!(text, "Open on 15 May 2027, from May 3, 2027; report of June 2027.");
    assert_eq!(named.len(), 3);
}

#[test]
fn names_of_papers_and_years_long_past_stay() {
    let text = "依据《办法（2026年修订）》、滨外发〔2026〕12号、2026年第5号公告，自2019年8月1日起施行。";
    let (same, named) = moved(text);
    assert_eq!(same, text);
    assert_eq!(
        named,
        [("2026年".to_owned(), None)],
        "somebody looks at what is of this year, at both places"
    );
    for text in [
        "编号20265月",
        "电话 2026年级x".trim_end_matches("年级x"),
        "文号12026年",
        "2026",
        "v2026-05-15b",
    ] {
        assert_eq!(moved(text).0, text);
    }
}

#[test]
fn what_the_next_year_does_not_have_is_left_to_a_person() {
    let leap = json!({"zh-Hans": {"body": "2028年2月29日开门"}});
    let next = next_year(Kind::Notice, &leap, 2028, Date::new(2029, 1, 1).unwrap());
    assert_eq!(next.content, leap);
    assert_eq!(next.moved[0].to, None);
    let (text, named) = moved("5月15日（周五）开门");
    assert_eq!(
        (text.as_str(), &named[..]),
        ("5月15日（周五）开门", &[("5月15日（周五）".to_owned(), None)][..])
    );
}

#[test]
fn the_date_of_issue_is_today_and_a_year_is_the_next() {
    let content = json!({"zh-Hans": {"title": "2026年预算", "year": 2026, "date": "2026-02-01"}});
    let next = next_year(Kind::Finance, &content, 2026, Date::new(2027, 1, 20).unwrap());
    assert_eq!(
        next.content["zh-Hans"],
        json!({"title": "2027年预算", "year": 2027, "date": "2027-01-20"})
    );
    assert_eq!(next.moved.len(), 3);
}

/// What is found in a text of 2026, in its order: what moved as `from → to`, what stayed as it stands.
fn found(body: &str) -> Vec<String> {
    let told = |(from, to): (String, Option<String>)| to.map_or(from.clone(), |to| format!("{from} → {to}"));
    moved(body).1.into_iter().map(told).collect()
}

#[test]
fn every_date_without_a_year_is_named_and_none_is_said_to_have_moved() {
    for (text, dates) in [
        ("3月5日起受理", &["3月5日"][..]),
        ("3 月 5 日至 8 日放假", &["3 月 5 日至 8 日"]),
        ("3月5-8日、3月10、11日", &["3月5-8日、3月10、11日"]),
        ("3月5号上午在8号窗口办理", &["3月5号"]),
        ("3月5日、8号窗口", &["3月5日"]),
        ("9月1日（周二）至9月5日（周六）", &["9月1日（周二）至9月5日（周六）"]),
        ("5月底前，3—4月间，6月份", &["5月", "3—4月", "6月"]),
        ("周五下午、星期天休息", &["周五", "星期天"]),
        ("周一至周五办公，每周三学习", &["周一至周五", "周三"]),
        ("正月十五闭馆，腊月廿三至三十照常", &["正月十五", "腊月廿三至三十"]),
        ("农历八月十五（中秋节）", &["农历八月十五", "中秋"]),
        ("春节、清明节放假", &["春节", "清明节"]),
        ("三月五日，十月底", &["三月五日", "十月"]),
        ("二〇二六年三月五日", &["二〇二六年三月五日"]),
        ("Closed on March 5 and 5th of May.", &["March 5", "5th of May"]),
        (
            "March 5–8, 15-16 Apr., early in June",
            &["March 5–8", "15-16 Apr.", "June"],
        ),
        (
            "Every Friday, Monday to Wednesday, on Sundays",
            &["Friday", "Monday to Wednesday", "Sundays"],
        ),
        ("Friday, March 6", &["Friday, March 6"]),
    ] {
        assert_eq!(
            (found(text), moved(text).0.as_str()),
            (dates.iter().map(ToString::to_string).collect(), text),
            "{text}"
        );
    }
}

#[test]
fn what_only_looks_like_a_date_is_none() {
    for text in [
        "第3月起",
        "满3个月，3月内，6月龄",
        "电话 0531-8888-12、010-2026-05-15、12345",
        "版本 1.5、v3.5.2、10.2026.5.15.1",
        "3/4 的窗口，1.5 小时，9:30 到",
        "13月45日，0月3日",
        "2026-13-45",
        "每周一次，一周五天，两周一轮",
        "三个月，五元，十分，第三月",
        "真正月份，三月三",
        "You may go; they march on. The Mayor decided in 5 minutes.",
        "Section 3, 5pm, room 12",
        "文号滨外发〔2019〕3号",
    ] {
        assert_eq!((found(text), moved(text).0.as_str()), (Vec::new(), text), "{text}");
    }
}

#[test]
fn days_of_the_week_move_with_their_dates() {
    for (text, dates) in [
        ("2026年3月5日星期四", &["2026年3月5日星期四 → 2027年3月5日星期五"][..]),
        (
            "2026年3月5日 （周四）",
            &["2026年3月5日 （周四） → 2027年3月5日 （周五）"],
        ),
        (
            "2026年3月5日（周四上午）",
            &["2026年3月5日（周四上午） → 2027年3月5日（周五上午）"],
        ),
        (
            "2026年3月5日（周四）至8日（周日）",
            &["2026年3月5日（周四）至8日（周日） → 2027年3月5日（周五）至8日（周一）"],
        ),
        // Behind the year's end it is one more.
        (
            "2026年12月30日至1月3日（周日）",
            &["2026年12月30日至1月3日（周日） → 2027年12月30日至1月3日（周一）"],
        ),
        ("2026/3/5(星期四)", &["2026/3/5(星期四) → 2027/3/5(星期五)"]),
        (
            "Thursday, 5 March 2026",
            &["Thursday, 5 March 2026 → Friday, 5 March 2027"],
        ),
        ("Thu 5 Mar 2026", &["Thu 5 Mar 2026 → Fri 5 Mar 2027"]),
        (
            "March 5th, 2026 (Thursday)",
            &["March 5th, 2026 (Thursday) → March 5th, 2027 (Friday)"],
        ),
        ("5–8 March 2026", &["5–8 March 2026 → 5–8 March 2027"]),
        // A day of the week that stands apart from its date is for a person.
        ("2026年3月5日上午，周四", &["2026年3月5日 → 2027年3月5日", "周四"]),
        // What the calendar does not have, neither.
        ("2024年2月29日", &[]),
        ("２０２６年３月", &[]),
    ] {
        assert_eq!(found(text), dates, "{text}");
    }
}

#[test]
fn a_date_that_stands_there_several_times_is_named_once_with_how_often() {
    let content = json!({"zh-Hans": {"title": "3月5日", "body": "3月5日、周四；3月5日。周四"}});
    let next = next_year(Kind::Notice, &content, 2026, Date::new(2027, 4, 20).unwrap());
    let told: Vec<_> = next
        .moved
        .iter()
        .map(|it| (it.field.as_str(), it.from.as_str(), it.times))
        .collect();
    assert_eq!(
        told,
        [
            ("content.zh-Hans.title", "3月5日", 1),
            ("content.zh-Hans.body", "3月5日", 2),
            ("content.zh-Hans.body", "周四", 2)
        ]
    );
}
