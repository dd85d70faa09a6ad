use super::*;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn year(year: u16, off: &[&str], worked: &[&str]) -> HolidayYear {
    HolidayYear {
        year,
        off: off.iter().map(|day| date(day)).collect(),
        worked: worked.iter().map(|day| date(day)).collect(),
    }
}

fn calendar_with(own: HolidayYear) -> WorkCalendar {
    let mut calendar = WorkCalendar::default();
    calendar.evolve(&calendar.set(own).unwrap());
    calendar
}

#[test]
fn the_built_in_years_are_whole_and_sound() {
    let years: Vec<u16> = WorkCalendar::default().years().into_iter().collect();
    assert_eq!(years, (2015..=2026).collect::<Vec<u16>>());
    let raw: Vec<YearOfFile> = serde_json::from_str(include_str!("holidays.json")).unwrap();
    for file in raw {
        let known = &BUILT_IN[&file.year];
        assert_eq!(known.days.faults(), [], "{}", file.year);
        assert_eq!(known.days.worked.len(), file.worked.len(), "every worked day is read");
        assert!(!known.notices.is_empty(), "{}", file.year);
        for span in &file.off {
            let days = span_of(span, |day| format!("{}-{day}", file.year).parse().ok()).map(Iterator::count);
            assert!(
                days.is_some_and(|days| (1..=10).contains(&days)),
                "{} {span}",
                file.year
            );
        }
    }
    // Counted in the notices themselves: 365 days, 104 or 105 of them weekends, 11 public holidays (13 from 2025 on).
    let worked = |of: u16| {
        let days = std::iter::successors(Date::new(of, 1, 1), |day| day.tomorrow()).take_while(|day| day.year == of);
        days.filter(|day| WorkCalendar::default().is_working(*day)).count()
    };
    assert_eq!([2024, 2025, 2026].map(worked), [251, 248, 248]);
}

/// The example that people of an office count by hand: a text of 11 February 2026 has the whole New Year before it.
#[test]
fn twenty_working_days_over_the_new_year_of_2026() {
    let calendar = WorkCalendar::default();
    // 12, 13, 14 (made up), then 24 to 28 (28 made up), 2 to 6, 9 to 13 March, 16, 17.
    assert_eq!(
        calendar.after(date("2026-02-11"), 20),
        Deadline {
            on: date("2026-03-17"),
            certain: true
        }
    );
    assert_eq!(calendar.left(date("2026-02-11"), date("2026-03-17")), 20);
    assert_eq!(calendar.left(date("2026-03-17"), date("2026-03-17")), 0);
    assert_eq!(calendar.left(date("2026-03-23"), date("2026-03-17")), -4);
}

/// Counted day by day beside it: over the built-in years, over years without data, and over one of the office's own that
/// names a weekday as worked, as no sound list does.
#[test]
fn working_days_left_are_those_that_a_walk_through_the_days_counts() {
    let own = year(
        2022,
        &["2022-03-05", "2022-03-08", "2022-03-09"],
        &["2022-03-09", "2022-03-12"],
    );
    let mut calendar = WorkCalendar::default();
    calendar.evolve(&CalendarEvent::YearSet(own));
    let days: Vec<Date> = std::iter::successors(Date::new(2013, 12, 25), |day| day.tomorrow())
        .take_while(|day| day.year < 2029)
        .collect();
    for (from, first) in days.iter().enumerate().step_by(97) {
        let mut walked = 0;
        for (at, day) in days.iter().enumerate().skip(from) {
            walked += i32::from(at > from && calendar.is_working(*day));
            assert_eq!(calendar.left(*first, *day), walked, "{first} to {day}");
            assert_eq!(calendar.left(*day, *first), -walked, "{day} back to {first}");
        }
    }
}

#[test]
fn what_would_end_on_a_day_off_ends_on_the_next_working_day() {
    let calendar = WorkCalendar::default();
    for (day, ends) in [
        ("2026-10-01", "2026-10-08"),
        ("2026-10-10", "2026-10-10"),
        ("2026-11-28", "2026-11-30"),
        ("2026-11-27", "2026-11-27"),
        ("2015-09-04", "2015-09-06"),
    ] {
        assert_eq!(calendar.ends(date(day)).on, date(ends), "{day}");
    }
}

#[test]
fn a_year_without_data_counts_weekends_alone_and_says_so() {
    let calendar = WorkCalendar::default();
    let unknown = calendar.after(date("2026-12-28"), 5);
    assert_eq!((unknown.on, unknown.certain), (date("2027-01-04"), false));
    let known = calendar_with(year(2027, &["2027-01-01"], &["2027-01-03"]));
    let certain = known.after(date("2026-12-28"), 5);
    assert_eq!(
        (certain.on, certain.certain),
        (date("2027-01-04"), true),
        "one off, one worked instead"
    );
    assert!(!known.is_working(date("2027-01-01")) && known.is_working(date("2027-01-03")));
}

#[test]
fn the_offices_own_year_stands_in_the_place_of_the_built_in() {
    let snow = year(2026, &["2026-11-27"], &[]);
    let calendar = calendar_with(snow.clone());
    assert!(!calendar.is_working(date("2026-11-27")), "the office was closed");
    assert!(
        calendar.is_working(date("2026-10-01")),
        "all of the year is the office's now"
    );
    assert!(calendar.is_own(2026) && !calendar.is_own(2025));
    assert_eq!(calendar.set(snow), None, "what stands already decides nothing");
    let built_in = WorkCalendar::default().year(2025).unwrap().clone();
    assert_eq!(calendar.set(built_in), None);
}

#[test]
fn next_years_days_are_missed_from_november_on() {
    let calendar = WorkCalendar::default();
    assert_eq!(calendar.missing_year(date("2026-10-31")), None);
    assert_eq!(calendar.missing_year(date("2026-11-01")), Some(2027));
    assert_eq!(
        calendar.missing_year(date("2027-03-01")),
        Some(2027),
        "and for as long as it is that year"
    );
    assert_eq!(
        calendar_with(year(2027, &[], &[])).missing_year(date("2026-12-31")),
        None
    );
    assert_eq!(calendar.missing_year(date("2020-12-01")), None, "2021 is built in");
}

#[test]
fn days_that_do_not_belong_are_named() {
    let wrong = year(2027, &["2027-01-01", "2026-12-31"], &["2027-01-01", "2027-01-03"]);
    assert_eq!(
        wrong.faults(),
        [
            DayFault::OtherYear(date("2026-12-31"), 2027),
            DayFault::Both(date("2027-01-01")),
            DayFault::Weekday(date("2027-01-01")),
        ]
    );
}

/// Numbers that look random and are the same each time (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((z ^ (z >> 31)) % u64::from(n)).unwrap()
    }

    fn date(&mut self) -> Date {
        Date::of_day_number(i32::try_from(16_071 + self.below(6000)).unwrap())
    }
}

/// The working days of 2014 to 2035, listed one by one by asking of every day by itself.
fn listed(calendar: &WorkCalendar) -> Vec<Date> {
    let days = std::iter::successors(Date::new(2014, 1, 1), |day| day.tomorrow());
    let weekday = |day: &Date| (1..=5).contains(&day.weekday());
    days.take_while(|day| day.year < 2036)
        .filter(|day| match calendar.year(day.year) {
            Some(known) if known.off.contains(day) => false,
            Some(known) if known.worked.contains(day) => true,
            _ => weekday(day),
        })
        .collect()
}

#[test]
fn counting_agrees_with_a_list_of_all_working_days() {
    let calendar = calendar_with(year(2027, &["2027-05-03", "2027-05-04"], &["2027-05-08"]));
    let working = listed(&calendar);
    let mut numbers = Numbers(2026);
    for _ in 0..3000 {
        let (event, days) = (numbers.date(), numbers.below(40) + 1);
        let later: Vec<&Date> = working.iter().filter(|day| **day > event).collect();
        let by_list = *later[days as usize - 1];
        let deadline = calendar.after(event, days);
        assert_eq!(deadline.on, by_list, "{days} working days after {event}");
        assert_eq!(
            calendar.left(event, by_list),
            i32::try_from(days).unwrap(),
            "{event} to {by_list}"
        );
        assert_eq!(
            calendar.ends(event).on,
            *working.iter().find(|day| **day >= event).unwrap()
        );
        let known = (event.year..=by_list.year).all(|year| (2015..=2027).contains(&year));
        assert_eq!(deadline.certain, known, "{event} to {by_list}");
    }
}
