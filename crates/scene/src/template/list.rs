//! Lists: power lists and discretion benchmarks.

use super::flow::Row;
use super::overflow::{self, Detail};
use super::{Composition, Heads, Prose, paged, parts};
use crate::canvas::{Piece, Rect};
use crate::text::{self, Setting};
use crate::theme::{DEEP, Desk, INK, INK_2, LINE, TINT};
use crate::words::{labelled, say};
use heliograph_domain::content::{DiscretionBenchmark, DiscretionGrade, PowerEntry, PowerList};
use heliograph_domain::{Date, Kind, Lang};

/// The powers: number, name, then who and by which right; in brief the number, the name and who alone.
pub(crate) fn powers(desk: &Desk<'_>, list: &PowerList, lang: Lang, detail: Detail) -> Composition {
    let area = desk.theme.section();
    let entries = list.entries.iter().enumerate();
    let mut rows: Vec<Row> = entries
        .map(|(at, entry)| power(desk, at + 1, entry, lang, area.w, detail))
        .collect();
    if detail == Detail::Brief {
        rows.push(overflow::room(desk));
    }
    let laid = listed(
        desk,
        Kind::PowerList,
        &list.title,
        (&list.department, list.date),
        lang,
        rows,
    );
    if detail == Detail::Brief {
        overflow::marked(desk, area, laid)
    } else {
        laid
    }
}

/// The grades: each with its circumstance and its result.
pub(crate) fn discretion(desk: &Desk<'_>, benchmark: &DiscretionBenchmark, lang: Lang) -> Composition {
    let width = desk.theme.section().w;
    let rows = benchmark
        .entries
        .iter()
        .map(|entry| grade(desk, entry, lang, width))
        .collect();
    listed(
        desk,
        Kind::DiscretionBenchmark,
        &benchmark.power,
        (&benchmark.department, benchmark.date),
        lang,
        rows,
    )
}

fn listed(desk: &Desk<'_>, kind: Kind, title: &str, by: (&str, Date), lang: Lang, rows: Vec<Row>) -> Composition {
    let area = desk.theme.section();
    let prose = Prose {
        kind,
        title,
        department: by.0,
        date: Some(by.1),
        body: "",
    };
    let heading = |meta: &str, first| parts::heading(desk, kind.label(desk.lang), (title, lang), meta, area.w, first);
    let heads = Heads {
        first: heading(&prose.meta(lang), true),
        later: heading("", false),
    };
    paged(desk, area, heads, rows)
}

/// Lines of text under one another in one row, with a rule beneath.
struct Stack<'d, 'a> {
    desk: &'d Desk<'a>,
    left: i32,
    width: i32,
    row: Row,
}

impl<'d, 'a> Stack<'d, 'a> {
    fn new(desk: &'d Desk<'a>, left: i32, width: i32) -> Self {
        let row = Row {
            height: desk.px(20),
            ..Row::default()
        };
        Self { desk, left, width, row }
    }

    fn push(&mut self, told: &str, size: i32, bold: bool, lang: Lang, colour: crate::frame::Rgb) {
        let style = self.desk.style(size, bold, lang);
        let inner = (self.width - self.left).max(style.px * 2);
        for part in told.lines().filter(|part| !part.trim().is_empty()) {
            let shaped = text::shape_str(self.desk.fonts, part.trim(), style);
            for line in text::lines(&shaped, Setting::plain(inner)) {
                let height = line.em * 148 / 100;
                self.row
                    .pieces
                    .push(Piece::text(self.left, self.row.height, height, &line, colour));
                self.row.height += height;
                self.row.cuts.push(self.row.height);
            }
        }
    }

    fn ruled(mut self) -> Row {
        let rule = self.desk.px(2).max(1);
        // A row's last line is not parted from the rule beneath it.
        self.row.cuts.pop();
        self.row.height += self.desk.px(20);
        self.row.pieces.push(Piece::Fill(
            Rect::new(0, self.row.height - rule, self.width, rule),
            LINE,
        ));
        self.row
    }
}

fn power(desk: &Desk<'_>, number: usize, entry: &PowerEntry, lang: Lang, width: i32, detail: Detail) -> Row {
    let number = text::single(desk.fonts, &number.to_string(), desk.label(44, true));
    let left = number.width.max(desk.theme.em(44)) + desk.px(28);
    let mut stack = Stack::new(desk, left, width);
    let top = stack.row.height;
    stack.push(&entry.name, 44, true, lang, INK);
    let gap = say(lang, "\u{3000}", "  ·  ");
    stack.push(
        &[entry.power_type.as_str(), &entry.subject, &entry.department].join(gap),
        32,
        false,
        lang,
        INK_2,
    );
    if detail == Detail::Whole {
        stack.push(&entry.process, 34, false, lang, INK);
        for (name, told) in [("basis", &entry.basis), ("responsibility", &entry.responsibility)] {
            let label = parts::field_label(desk, PowerEntry::FIELDS, name);
            stack.push(&labelled(desk.lang, label, told), 32, false, lang, INK_2);
        }
    }
    let mut row = stack.ruled();
    row.pieces
        .push(Piece::text(0, top, desk.theme.em(44) * 148 / 100, &number, DEEP));
    row
}

fn grade(desk: &Desk<'_>, entry: &DiscretionGrade, lang: Lang, width: i32) -> Row {
    let mut stack = Stack::new(desk, 0, width);
    let (chip, chip_width, chip_height) = parts::chip(desk, &entry.grade, desk.style(34, true, lang), TINT, DEEP);
    let top = stack.row.height;
    if chip_width <= width {
        let placed = chip.into_iter().map(|piece| piece.moved(0, top));
        stack.row.pieces.extend(placed);
        stack.row.height += chip_height + desk.px(12);
    } else {
        stack.push(&entry.grade, 38, true, lang, DEEP);
    }
    stack.push(&entry.circumstance, 38, false, lang, INK);
    let label = parts::field_label(desk, DiscretionGrade::FIELDS, "result");
    stack.push(&labelled(desk.lang, label, &entry.result), 36, true, lang, INK);
    stack.ruled()
}
