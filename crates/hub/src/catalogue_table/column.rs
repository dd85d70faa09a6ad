//! The columns of a table, by the names that offices give them.

use heliograph_domain::Lang;

/// A column that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Column {
    Id,
    Index,
    Name,
    NameEn,
    Summary,
    SummaryEn,
    Category,
    Cadence,
    Department,
    Responsible,
    Channels,
}

/// A column, the field of the API that it becomes, and the names that it goes by; the first two are how it is called
/// in Chinese and English here.
const COLUMNS: &[(Column, &str, &[&str])] = &[
    (Column::Id, "id", &["代号", "id", "简称", "编号", "short name"]),
    (
        Column::Index,
        "index_number",
        &["索引号", "index number", "索引", "index", "目录编号", "信息索引号"],
    ),
    (
        Column::Name,
        "name.zh-Hans",
        &["名称", "name", "信息名称", "公开事项", "事项名称", "公开内容", "title"],
    ),
    (
        Column::NameEn,
        "name.en",
        &["英文名称", "name in english", "english name"],
    ),
    (
        Column::Summary,
        "summary.zh-Hans",
        &["内容概述", "summary", "概述", "内容", "说明"],
    ),
    (
        Column::SummaryEn,
        "summary.en",
        &["英文概述", "summary in english", "english summary"],
    ),
    (
        Column::Category,
        "category",
        &[
            "年报类别",
            "category",
            "类别",
            "信息类别",
            "category of the annual report",
        ],
    ),
    (
        Column::Cadence,
        "cadence",
        &[
            "公开时限",
            "cadence",
            "公开频度",
            "时限",
            "更新周期",
            "公开周期",
            "time limit",
        ],
    ),
    (
        Column::Department,
        "department",
        &["责任部门", "department", "部门", "处室", "责任处室", "公开部门"],
    ),
    (
        Column::Responsible,
        "responsible",
        &["负责人", "responsible", "责任人", "responsible person"],
    ),
    (
        Column::Channels,
        "channels",
        &["频道", "channels", "通常发布的频道", "usual channels"],
    ),
];

impl Column {
    /// Its name for people.
    pub(crate) fn label(self, lang: Lang) -> &'static str {
        let names = COLUMNS
            .iter()
            .find(|(column, ..)| *column == self)
            .map(|(_, _, names)| *names);
        let names = names.unwrap_or(&["", ""]);
        if lang == Lang::ZhHans { names[0] } else { names[1] }
    }

    /// The field of the API that it becomes.
    pub(crate) fn field(self) -> &'static str {
        let known = COLUMNS.iter().find(|(column, ..)| *column == self);
        known.map_or("", |(_, field, _)| field)
    }

    /// The column of a name at the head of a table.
    pub(super) fn of_head(head: &str) -> Option<Self> {
        let plain = |text: &str| -> String {
            let kept = text.chars().filter(|c| !c.is_whitespace() && !"*＊_-".contains(*c));
            kept.flat_map(char::to_lowercase).collect()
        };
        let head = plain(head);
        let found = COLUMNS
            .iter()
            .find(|(_, _, names)| names.iter().any(|name| plain(name) == head));
        found.map(|(column, ..)| *column)
    }

    /// The column that a field of an entry came from.
    pub(crate) fn of_field(field: &str) -> Option<Self> {
        let whole = COLUMNS.iter().find(|(_, path, _)| *path == field);
        let part = || {
            COLUMNS
                .iter()
                .find(|(_, path, _)| path.split('.').next() == field.split(['.', '[']).next())
        };
        whole.or_else(part).map(|(column, ..)| *column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_go_by_several_names() {
        assert_eq!(Column::of_head("索引号*"), Some(Column::Index));
        assert_eq!(Column::of_head("Index Number"), Some(Column::Index));
        assert_eq!(Column::of_head("责任人"), Some(Column::Responsible));
        assert_eq!(Column::of_head("上次公开"), None);
        assert_eq!(Column::of_field("summary.en"), Some(Column::SummaryEn));
        assert_eq!(Column::of_field("channels[2]"), Some(Column::Channels));
    }
}
