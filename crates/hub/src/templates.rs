//! Texts to begin from: an office keeps them by kind and name, in an erasable table, since they may hold what is not public.

use heliograph_domain::{CatalogueEntryId, Instant, Kind, StaffId};
use heliograph_log::{AppendError, EventLog, NameError, ReadError, TableName, TableWrite};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use uuid::Uuid;

/// An office keeps at most so many.
pub(crate) const MOST: usize = 200;
/// A name has at most so many characters.
pub(crate) const MAX_NAME_CHARS: usize = 80;

/// A text to begin from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Template {
    pub(crate) id: Uuid,
    /// What the office calls it.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Where texts that begin from it mostly belong; nothing: whoever begins chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) catalogue_entry: Option<CatalogueEntryId>,
    /// `{lang: {field: …}}`, without the date of issue: that is the day on which a text begins from it.
    pub(crate) content: Value,
    /// Who made it, and when it was last named.
    pub(crate) by: StaffId,
    pub(crate) at: Instant,
}

/// Why templates could not be read or kept.
#[derive(Debug, Error)]
pub(crate) enum TemplateError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("a template cannot be read: {0}")]
    Row(#[from] serde_json::Error),
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(transparent)]
    Write(#[from] AppendError),
}

fn table() -> Result<TableName, TemplateError> {
    Ok(TableName::new("templates")?)
}

impl Template {
    /// The write that keeps it.
    pub(crate) fn keep(&self) -> Result<TableWrite, TemplateError> {
        Ok(TableWrite {
            table: table()?,
            key: self.id.as_bytes().to_vec().into(),
            value: Some(serde_json::to_vec(self)?.into()),
        })
    }

    /// The write that erases it.
    pub(crate) fn erase(&self) -> Result<TableWrite, TemplateError> {
        Ok(TableWrite {
            value: None,
            ..self.keep()?
        })
    }
}

/// A template.
pub(crate) fn find(log: &dyn EventLog, id: Uuid) -> Result<Option<Template>, TemplateError> {
    let row = log.get(&table()?, id.as_bytes())?;
    Ok(row.map(|bytes| serde_json::from_slice(&bytes)).transpose()?)
}

/// All of them, by kind and name in the order of pinyin.
pub(crate) fn all(log: &dyn EventLog) -> Result<Vec<Template>, TemplateError> {
    let rows = log.scan(&table()?, &[])?.into_iter();
    let read = rows.map(|(_, bytes)| serde_json::from_slice(&bytes));
    let mut all: Vec<Template> = read.collect::<Result<_, _>>()?;
    all.sort_by_cached_key(|template| (template.kind, heliograph_domain::order::place(&template.name)));
    Ok(all)
}

/// A text without its date of issue, in every language.
pub(crate) fn undated(mut content: Value) -> Value {
    for fields in content
        .as_object_mut()
        .into_iter()
        .flatten()
        .filter_map(|(_, fields)| fields.as_object_mut())
    {
        fields.remove("date");
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_keeps_its_bytes_and_has_no_date() {
        let dated = serde_json::json!({"zh-Hans": {"title": "甲", "date": "2026-01-01"}, "en": {"date": "2026-01-01"}});
        let template = Template {
            id: Uuid::from_u128(7),
            name: "停电通知".to_owned(),
            kind: Kind::Notice,
            catalogue_entry: Some("notices".parse().unwrap()),
            content: undated(dated),
            by: "wang".parse().unwrap(),
            at: Instant(5),
        };
        let row = r#"{"id":"00000000-0000-0000-0000-000000000007","name":"停电通知","kind":"notice","catalogue_entry":"notices","content":{"en":{},"zh-Hans":{"title":"甲"}},"by":"wang","at":5}"#;
        let kept = template.keep().unwrap().value.unwrap();
        let same: Template = serde_json::from_str(row).unwrap();
        assert_eq!(
            (serde_json::from_slice::<Value>(&kept).unwrap(), same),
            (serde_json::from_str(row).unwrap(), template.clone())
        );
        // A draft that has no place in the catalogue yet makes a template without one.
        let free = Template {
            catalogue_entry: None,
            ..template
        };
        let row = row.replace("\"catalogue_entry\":\"notices\",", "");
        let kept = free.keep().unwrap().value.unwrap();
        assert_eq!(
            (
                serde_json::from_slice::<Value>(&kept).unwrap(),
                serde_json::from_str::<Template>(&row).unwrap()
            ),
            (serde_json::from_str(&row).unwrap(), free)
        );
    }
}
