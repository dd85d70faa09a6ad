//! The calendar: each year's days off and make-up working days, one date a line.

use super::done::done;
use super::due;
use super::form::{Faults, Posted};
use super::layout::{Desk, Place, tag};
use super::times::day_of_field;
use super::words as w;
use super::words::limits as lw;
use crate::http::calendar as api;
use crate::http::problem::{Fault, Problem};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use heliograph_domain::Date;
use heliograph_domain::staff::Verb;
use heliograph_domain::working_days::{HolidayYear, notices};
use maud::{Markup, html};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A year's form has no more lines than a year has days.
const MOST_LINES: usize = 366;

/// `GET /admin/calendar?year=`
pub(crate) async fn page(desk: Desk, Query(query): Query<HashMap<String, String>>) -> Response {
    let asked = query.get("year").and_then(|year| year.trim().parse().ok());
    let year = asked.filter(|year| (1990..=2998).contains(year));
    let year = year
        .or_else(|| desk.limits().missing_year())
        .unwrap_or(desk.today().year);
    show(&desk, year, None)
}

fn show(desk: &Desk, year: u16, failed: Option<(&Posted, &Problem)>) -> Response {
    let body = html! {
        div.top {
            div { h1 { (desk.t(lw::CALENDAR)) } p.muted { (desk.t(lw::CALENDAR_WHAT)) } }
            a.btn.quiet href="/admin/catalogue" { (desk.t(w::CATALOGUE)) }
        }
        @if let Some((_, problem)) = failed { (desk.alert(problem, &[("off", lw::DAYS_OFF), ("worked", lw::DAYS_WORKED)])) }
        (due::missing_year(desk))
        @if desk.may(Verb::Catalogue) { (form(desk, year, failed)) } @else { (plain(desk, year)) }
        section.card { (years(desk)) }
    };
    let status = failed.map_or(StatusCode::OK, |(_, problem)| problem.status);
    desk.page_with(status, Place::Catalogue, desk.t(lw::CALENDAR), body)
}

/// Every year of which something is known, the newest first, and the next.
fn years(desk: &Desk) -> Markup {
    let mut years: BTreeSet<u16> = desk.state.calendar.years();
    years.extend([desk.today().year, desk.today().year + 1]);
    html! {
        div.scroll { table.stacked {
            thead { tr { th { (desk.t(lw::YEAR)) } th { (desk.t(w::STATE)) } th { (desk.t(lw::HOW_MANY_DAYS)) } th {} } }
            tbody { @for year in years.iter().rev() { (year_row(desk, *year)) } }
        } }
    }
}

fn year_row(desk: &Desk, year: u16) -> Markup {
    let known = desk.state.calendar.year(year);
    html! {
        tr {
            td.name { b { (year) } }
            td data-label=(desk.t(w::STATE)) { (source(desk, year)) }
            td data-label=(desk.t(lw::HOW_MANY_DAYS)) {
                @if let Some(known) = known {
                    (desk.f(lw::N_DAYS_OFF, &[&known.off.len().to_string()])) " · " (desk.f(lw::N_DAYS_WORKED, &[&known.worked.len().to_string()]))
                } @else { "—" }
            }
            td.end { a href=(format!("/admin/calendar?year={year}#form")) { (desk.t(if desk.may(Verb::Catalogue) { w::EDIT } else { lw::SHOW })) } }
        }
    }
}

/// Whose word the days of a year are.
fn source(desk: &Desk, year: u16) -> Markup {
    if desk.state.calendar.is_own(year) {
        return tag("blue", desk.t(lw::OWN));
    }
    match notices(year) {
        [] => tag("amber", desk.t(lw::UNKNOWN_YEAR)),
        notices => {
            html! { (desk.t(lw::BUILT_IN)) @if desk.lang == heliograph_domain::Lang::ZhHans { "（" (notices.join("、")) "）" } @else { " (" span lang="zh-Hans" { (notices.join("、")) } ")" } }
        }
    }
}

fn form(desk: &Desk, year: u16, failed: Option<(&Posted, &Problem)>) -> Markup {
    let known = desk.state.calendar.year(year);
    let faults = failed.map(|(_, problem)| Faults::of(problem)).unwrap_or_default();
    let typed = failed.map(|(posted, _)| posted);
    let list = |name: &str, label, known: Option<&BTreeSet<Date>>| {
        let text = typed.map_or_else(
            || known.map(lines).unwrap_or_default(),
            |typed| typed.get(name).to_owned(),
        );
        let said = faults.at(name, desk.lang);
        html! {
            label.field.bad[!said.is_empty()] {
                span { (desk.t(label)) }
                textarea id=[faults.place(name)] name=(name) rows="12" spellcheck="false" { (text) }
                @for text in said { em.fault { (text) } }
            }
        }
    };
    html! {
        section.card id="form" {
            h2 { (desk.f(lw::CHANGE_YEAR, &[&year.to_string()])) " " span { (source(desk, year)) } }
            form.form method="post" action="/admin/calendar" {
                (desk.key())
                input type="hidden" name="year" value=(year);
                p.hint { (desk.t(lw::DAYS_HINT)) code { "2027-01-01" } (desk.t(lw::DAYS_HINT_SPAN)) code { "2027-01-01/2027-01-03" } (desk.t(lw::DAYS_HINT_WORDS)) }
                div.pair {
                    (list("off", lw::DAYS_OFF, known.map(|known| &known.off)))
                    (list("worked", lw::DAYS_WORKED, known.map(|known| &known.worked)))
                }
                div.buttons { button.btn type="submit" { (desk.t(w::SAVE)) } }
            }
            (other_year(desk))
        }
    }
}

fn other_year(desk: &Desk) -> Markup {
    html! {
        form.inline method="get" action="/admin/calendar" {
            label.field { span { (desk.t(lw::OTHER_YEAR)) } input type="number" name="year" min="1990" max="2998" value=(desk.today().year + 1); }
            button.btn.quiet type="submit" { (desk.t(lw::SHOW)) }
        }
    }
}

/// A year for those who may not change it.
fn plain(desk: &Desk, year: u16) -> Markup {
    let known = desk.state.calendar.year(year);
    let list = |label, days: Option<&BTreeSet<Date>>| {
        html! { div { h3 { (desk.t(label)) } p.prose { @match days { Some(days) if !days.is_empty() => (spans(desk, days)), _ => "—" } } } }
    };
    html! {
        section.card id="form" {
            h2 { (year) " " span { (source(desk, year)) } }
            div.pair {
                (list(lw::DAYS_OFF, known.map(|known: &HolidayYear| &known.off)))
                (list(lw::DAYS_WORKED, known.map(|known| &known.worked)))
            }
            (other_year(desk))
        }
    }
}

/// The same for those who read them.
fn spans(desk: &Desk, days: &BTreeSet<Date>) -> String {
    let day = |text: &str| day_of_field(text, desk.lang);
    let span = |line: &str| match line.split_once('/') {
        Some((first, last)) => format!("{} – {}", day(first), day(last)),
        None => day(line),
    };
    lines(days).lines().map(span).collect::<Vec<_>>().join("\n")
}

/// Days one a line, those that follow each other as one line.
fn lines(days: &BTreeSet<Date>) -> String {
    let mut spans: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match spans.last_mut() {
            Some((_, last)) if last.tomorrow() == Some(*day) => *last = *day,
            _ => spans.push((*day, *day)),
        }
    }
    let line = |(first, last): &(Date, Date)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}/{last}")
        }
    };
    spans.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// One day or a span of days, as the page writes them (`2027-01-01/2027-01-03`) or as notices do (`1月1日（周五）至3日`).
fn span_of(line: &str, year: u16) -> Option<(Date, Date)> {
    let (first, last) = line.split_once('/').unwrap_or((line, line));
    let plain = first.trim().parse().ok().zip(last.trim().parse().ok());
    plain.or_else(|| {
        let line = without_brackets(line);
        let (first, last) = match line.split_once(['至', '到', '—', '–', '－', '~', '～', '-']) {
            Some((first, last)) => (first, Some(last.trim_start_matches('—'))),
            None => (line.as_str(), None),
        };
        let first = day_in_words(first, (Some(year), None))?;
        let last = last.map_or(Some(first), |last| {
            day_in_words(last, (Some(first.year), Some(first.month)))
        });
        Some((first, last?))
    })
}

/// A line without spaces and without what stands in brackets, which notices use for the day of the week.
fn without_brackets(line: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for letter in line.chars() {
        match letter {
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            letter if depth == 0 && !letter.is_whitespace() => kept.push(letter),
            _ => {}
        }
    }
    kept
}

/// `2027年1月3日`, `1月3日` or `3日`: what it leaves out is known from before it.
fn day_in_words(text: &str, (year, month): (Option<u16>, Option<u8>)) -> Option<Date> {
    let (year, text) = match text.split_once('年') {
        Some((year, rest)) => (year.parse().ok(), rest),
        None => (year, text),
    };
    let (month, text) = match text.split_once('月') {
        Some((month, rest)) => (month.parse().ok(), rest),
        None => (month, text),
    };
    let day: u8 = text.strip_suffix(['日', '号'])?.parse().ok()?;
    format!("{:04}-{:02}-{day:02}", year?, month?).parse().ok()
}

/// What was typed into one list: its days, and for each the line it came from.
struct Typed {
    name: &'static str,
    days: Vec<Date>,
    from: Vec<(usize, String)>,
    faults: Vec<Fault>,
}

impl Typed {
    /// Reads dates and spans of dates, a line each; empty lines are nothing.
    fn read(name: &'static str, text: &str, year: u16) -> Self {
        let mut typed = Self {
            name,
            days: Vec::new(),
            from: Vec::new(),
            faults: Vec::new(),
        };
        for (number, line) in text.lines().enumerate() {
            let (number, line) = (number + 1, line.trim());
            if !line.is_empty() {
                typed.line(number, line, year);
            }
        }
        if typed.days.len() > MOST_LINES {
            typed.days.truncate(MOST_LINES);
            let most = MOST_LINES.to_string();
            typed.fault("too_long", lw::TOO_MANY_LINES, &[&most]);
        }
        typed
    }

    fn line(&mut self, number: usize, line: &str, year: u16) {
        let (line_number, sample) = (number.to_string(), year.to_string());
        let shown: String = line.chars().take(40).collect();
        match span_of(line, year) {
            Some((first, last)) if first <= last => {
                let days = std::iter::successors(Some(first), |day| day.tomorrow());
                for day in days.take_while(|day| *day <= last).take(MOST_LINES) {
                    self.days.push(day);
                    self.from.push((number, shown.clone()));
                }
            }
            Some(_) => self.fault("backwards", lw::LINE_BACKWARDS, &[&line_number, &shown]),
            None => self.fault("not_a_date", lw::LINE_NOT_A_DATE, &[&line_number, &shown, &sample]),
        }
    }

    fn fault(&mut self, code: &'static str, word: w::Word, blanks: &[&str]) {
        use heliograph_domain::Lang::{En, ZhHans};
        let fault = Fault::new(self.name, code, word.filled(ZhHans, blanks), word.filled(En, blanks));
        self.faults.push(fault);
    }

    /// The API's faults of this list, each with the line that it came from; a line is named once.
    fn named(&mut self, problem: &Problem) {
        let mut lines: BTreeMap<(usize, &str), Fault> = BTreeMap::new();
        for fault in &problem.faults {
            let index = fault
                .field
                .strip_prefix(self.name)
                .and_then(|rest| rest.strip_prefix('['));
            let index = index.and_then(|rest| rest.strip_suffix(']')?.parse::<usize>().ok());
            if let Some((number, line)) = index.and_then(|index| self.from.get(index)) {
                let said = |text: &str| {
                    text.split_once(['：', ':'])
                        .map_or(text, |(_, rest)| rest.trim())
                        .to_owned()
                };
                let zh = format!("第 {number} 行“{line}”：{}", said(&fault.message.zh));
                let en = format!("Line {number}, “{line}”: {}", said(&fault.message.en));
                lines
                    .entry((*number, fault.code))
                    .or_insert_with(|| Fault::new(self.name, fault.code, zh, en));
            }
        }
        self.faults.extend(lines.into_values());
    }
}

/// `POST /admin/calendar`
pub(crate) async fn set(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    desk.must(Verb::Catalogue)?;
    let year: u16 = posted.get("year").trim().parse().unwrap_or_default();
    let mut off = Typed::read("off", posted.get("off"), year);
    let mut worked = Typed::read("worked", posted.get("worked"), year);
    if off.faults.is_empty() && worked.faults.is_empty() {
        let wish = json!({"off": off.days, "worked": worked.days});
        let call = posted.call(&desk, "calendar", None, &wish);
        let office = State(Arc::clone(&desk.office));
        match api::set(office, Path(year.to_string()), call).await {
            Ok(_) => return Ok(done(&format!("/admin/calendar?year={year}"), "calendar")),
            Err(problem) if problem.status != StatusCode::UNPROCESSABLE_ENTITY => return Err(problem),
            Err(problem) => {
                off.named(&problem);
                worked.named(&problem);
                if off.faults.is_empty() && worked.faults.is_empty() {
                    return Err(problem);
                }
            }
        }
    }
    let problem = Problem::invalid(off.faults.into_iter().chain(worked.faults).collect());
    Ok(show(&desk, year, Some((&posted, &problem))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_typed_in_again() {
        let days: BTreeSet<Date> = ["2027-01-01", "2027-01-02", "2027-01-03", "2027-02-10"]
            .iter()
            .map(|day| day.parse().unwrap())
            .collect();
        let text = lines(&days);
        assert_eq!(text, "2027-01-01/2027-01-03\n2027-02-10");
        let typed = Typed::read("off", &text, 2027);
        assert_eq!(
            (typed.days.into_iter().collect::<BTreeSet<_>>(), typed.faults.len()),
            (days, 0)
        );
    }

    #[test]
    fn days_may_be_written_as_the_notices_write_them() {
        for (line, first, last) in [
            ("2027年1月1日至3日", "2027-01-01", "2027-01-03"),
            ("1月1日（周五）至3日（周日）", "2027-01-01", "2027-01-03"),
            ("9月30日 — 10月7日", "2027-09-30", "2027-10-07"),
            ("2月28日", "2027-02-28", "2027-02-28"),
        ] {
            let (first, last) = (first.parse().unwrap(), last.parse().unwrap());
            assert_eq!(span_of(line, 2027), Some((first, last)), "{line}");
        }
        for line in [
            "元旦",
            "1月32日",
            "2月30日",
            "13月1日",
            "1月至3月",
            "3日",
            "1月1日至",
            "1月1日、3日",
        ] {
            assert_eq!(span_of(line, 2027), None, "{line}");
        }
    }

    #[test]
    fn a_line_that_is_no_date_is_named() {
        let typed = Typed::read("off", "2027-01-01\n\n元旦\n2027-05-03/2027-05-01\n", 2027);
        let said: Vec<&str> = typed.faults.iter().map(|fault| fault.message.zh.as_str()).collect();
        assert_eq!(
            said,
            [
                "第 3 行“元旦”不是日期，请写成 2027-01-31，或“1月29日至31日”",
                "第 4 行“2027-05-03/2027-05-01”：结束日期早于开始日期"
            ]
        );
    }
}
