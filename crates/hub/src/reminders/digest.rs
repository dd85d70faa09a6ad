//! The words of a reminder: Chinese first, then English, plain text.

use super::Told;
use super::recipients::Because;
use crate::admin::duties::Task;
use crate::directory;
use crate::http::shape;
use crate::office::Office;
use crate::time_limits::Due;
use heliograph_domain::Lang;
use heliograph_domain::catalogue::CatalogueEntry;

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) text: String,
}

/// Whom it is for, and from which office.
pub(super) struct Heading {
    pub(super) name: String,
    pub(super) office: String,
    pub(super) hub: String,
}

/// A letter about these entries and texts, which are not none.
pub(super) fn letter(office: &Office, dues: &[Told<'_>], tasks: &[Task], heading: impl Fn(Lang) -> Heading) -> Letter {
    let part = |lang: Lang| {
        let lines = |late: bool| -> Vec<String> {
            let which = dues.iter().filter(|(due, _)| is_late(due) == late);
            which
                .map(|(due, because)| {
                    line(due, &entry_name(office, &due.entry, lang), lang) + &why(office, *because, lang)
                })
                .collect()
        };
        let waiting = tasks.iter().map(|task| waits(office, task, lang)).collect();
        body(&heading(lang), [waiting, lines(true), lines(false)], lang)
    };
    let late = dues.iter().filter(|(due, _)| is_late(due)).count();
    Letter {
        subject: subject(tasks.len(), late, dues.len() - late),
        text: format!("{}\n----\n\n{}", part(Lang::ZhHans), part(Lang::En)),
    }
}

fn entry_name(office: &Office, entry: &CatalogueEntry, lang: Lang) -> String {
    let text = office.library.entry_text(&entry.text);
    text.map_or_else(|| entry.id.to_string(), |text| text.name.get(lang).to_owned())
}

fn is_late(due: &Due) -> bool {
    due.days_left.is_some_and(|days| days < 0)
}

/// A text that waits, and for what.
fn waits(office: &Office, task: &Task, lang: Lang) -> String {
    let title = shape::title_of(office, &task.dossier, lang);
    let what = task.duty.tag().1.get(lang);
    if lang == Lang::ZhHans {
        format!("- 《{title}》：{what}")
    } else {
        format!("- “{title}”: {what}")
    }
}

/// Why somebody is told who does not answer for it.
fn why(office: &Office, because: Because<'_>, lang: Lang) -> String {
    let zh = lang == Lang::ZhHans;
    match because {
        Because::Theirs => String::new(),
        Because::InStead(person) => {
            let listing = directory::find(&*office.log, person).ok().flatten();
            let name = listing.map_or_else(|| person.to_string(), |listing| listing.name.get(lang).to_owned());
            if zh {
                format!("（您代理{name}）")
            } else {
                format!(" (you stand in for {name})")
            }
        }
        Because::Nobodys if zh => "（负责人已不在岗，请指定新的负责人）".to_owned(),
        Because::Nobodys => " (whoever answered for it is no longer here: name somebody)".to_owned(),
    }
}

fn subject(waiting: usize, late: usize, soon: usize) -> String {
    let zh = [(waiting, "待办"), (late, "逾期"), (soon, "七天内到期")];
    let en = [
        (waiting, "waiting for you"),
        (late, "overdue"),
        (soon, "due within 7 days"),
    ];
    let zh: Vec<String> = zh
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{word} {n} 项"))
        .collect();
    let en: Vec<String> = en
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    format!("公开目录提醒：{} / Disclosure: {}", zh.join("，"), en.join(", "))
}

fn line(due: &Due, name: &str, lang: Lang) -> String {
    let on = due
        .deadline
        .map(|deadline| deadline.on.in_words(lang))
        .unwrap_or_default();
    let (index, days) = (&due.entry.index_number, due.days_left.unwrap_or_default());
    match (lang == Lang::ZhHans, days) {
        (true, ..0) => format!("- {index} {name}：应于 {on} 前公开，逾期 {} 天", -days),
        (true, 0) => format!("- {index} {name}：今天（{on}）到期"),
        (true, _) => format!("- {index} {name}：应于 {on} 前公开，余 {days} 天"),
        (false, ..0) => format!("- {index} {name}: was due {on}, {} days ago", -days),
        (false, 0) => format!("- {index} {name}: is due today ({on})"),
        (false, _) => format!("- {index} {name}: is due {on}, in {days} days"),
    }
}

fn body(heading: &Heading, [waiting, late, soon]: [Vec<String>; 3], lang: Lang) -> String {
    let zh = lang == Lang::ZhHans;
    let Heading { name, office, hub } = heading;
    let mut text = if zh {
        format!("{name}，您好。\n\n以下事项请您办理。\n")
    } else {
        format!("Dear {name},\n\nthese wait for you.\n")
    };
    for (heading, lines) in [
        (if zh { "等您办理" } else { "Waiting for you" }, waiting),
        (if zh { "逾期" } else { "Overdue" }, late),
        (if zh { "七天内到期" } else { "Due within 7 days" }, soon),
    ] {
        if !lines.is_empty() {
            text.push_str(&format!("\n{heading}\n{}\n", lines.join("\n")));
        }
    }
    text.push_str(&if zh {
        format!(
            "\n待办：{hub}/admin\n公开目录：{hub}/admin/catalogue?due=mine\n\n{office}的信息公开系统在工作日上午自动发出此信，请勿回复。\n不再接收：{hub}/admin/reminders\n"
        )
    } else {
        format!(
            "\nYour tasks: {hub}/admin\nThe catalogue: {hub}/admin/catalogue?due=mine\n\nSent by itself on the mornings of working days by {office}; please do not answer.\nTo receive no more: {hub}/admin/reminders\n"
        )
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subject_says_how_much_there_is() {
        assert_eq!(
            subject(0, 2, 1),
            "公开目录提醒：逾期 2 项，七天内到期 1 项 / Disclosure: 2 overdue, 1 due within 7 days"
        );
        assert_eq!(
            subject(4, 0, 3),
            "公开目录提醒：待办 4 项，七天内到期 3 项 / Disclosure: 4 waiting for you, 3 due within 7 days"
        );
    }
}
