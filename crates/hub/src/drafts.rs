//! Drafts: an erasable table of their own, since they may hold what must never be published. The log speaks of a
//! draft only from submission on.

use crate::attachments::{self, Kept};
use crate::draft_versions;
use crate::library;
use crate::papers::KeptFile;
use heliograph_domain::content::{FieldError, Strictness, check_texts};
use heliograph_domain::publication::{Countersign, Publication};
use heliograph_domain::{
    CatalogueEntryId, ChannelName, ContentHash, DepartmentId, Document, Instant, Kind, Lang, PublicationId, StaffId,
};
use heliograph_log::{AppendError, ContentObject, EventLog, NameError, ReadError, TableName, TableWrite};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

/// A text that its author still works on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// The publication that it is or will be.
    pub(crate) id: PublicationId,
    /// Its kind.
    pub(crate) kind: Kind,
    /// Its place in the catalogue, once its author has chosen one: it is demanded when the draft is handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) catalogue_entry: Option<CatalogueEntryId>,
    /// `{lang: {field: …}}`, as far as it is written.
    pub(crate) content: Value,
    /// Drawn once for this draft: every form of it is hashed with it.
    pub(crate) salt: [u8; 16],
    /// The author.
    pub(crate) author: StaffId,
    /// When it was last saved.
    pub(crate) updated_at: Instant,
    /// Its pictures, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attachments: Vec<Kept>,
    /// Its files for the public page alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) files: Vec<KeptFile>,
    /// Its author asked that a confidentiality reviewer let it through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) referral: Option<Referral>,
    /// Colleagues with whom its author shares it: they read and save it, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) editors: Vec<StaffId>,
    /// Who besides its author ever saved a change of it. They stay here when it is no longer shared with them: to four
    /// eyes they are authors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) contributors: Vec<StaffId>,
    /// Who saved it last, if that was not its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) saved_by: Option<StaffId>,
    /// Where and when its author thinks that it should be shown.
    #[serde(default, skip_serializing_if = "Proposal::is_empty")]
    pub(crate) proposal: Proposal,
    /// What somebody has to look at: what was changed or left out when it was begun from something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<Note>,
}

/// Where and when a text should be shown, as its author proposes it to whoever releases it. The log knows only what
/// is decided then.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Proposal {
    /// The channels; none: the usual ones of the entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) channels: Vec<ChannelName>,
    /// From when; `None`: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Instant>,
    /// Until when; `None`: until it is withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Instant>,
}

impl Proposal {
    /// Whether nothing is proposed.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Something in a draft to look at, in both languages of the interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    /// The field, if it is about one: `content.zh-Hans.body`, `until`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    pub(crate) zh: String,
    pub(crate) en: String,
}

impl Note {
    /// About the whole draft.
    pub(crate) fn of(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            field: None,
            zh: zh.into(),
            en: en.into(),
        }
    }

    pub(crate) fn text(&self, lang: Lang) -> &str {
        if lang == Lang::ZhHans { &self.zh } else { &self.en }
    }
}

/// The question to a confidentiality reviewer whether a draft that the gate blocks may be submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Referral {
    /// The draft as its author saw it: one that was changed since is not referred.
    pub(crate) hash: ContentHash,
    /// Whether it must be countersigned.
    pub(crate) countersign: bool,
    /// By which departments; none: by anybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) departments: Vec<DepartmentId>,
    /// When.
    pub(crate) at: Instant,
    /// The reviewer said no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) declined: Option<Declined>,
}

impl Referral {
    /// Who must countersign it.
    pub(crate) fn asked(&self) -> Countersign {
        match (self.countersign, self.departments.is_empty()) {
            (_, false) => Countersign::by(self.departments.iter().cloned().collect()),
            (true, true) => Countersign::Anybody,
            (false, true) => Countersign::Nobody,
        }
    }
}

/// Who did not let a draft through, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Declined {
    pub(crate) by: StaffId,
    pub(crate) at: Instant,
    pub(crate) reason: String,
}

/// Drafts are changed one at a time: a picture that is added while the text is saved must not get lost.
pub(crate) static CHANGES: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Why drafts could not be read or kept.
#[derive(Debug, Error)]
pub(crate) enum DraftError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("a draft cannot be read: {0}")]
    Row(#[from] serde_json::Error),
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(transparent)]
    Write(#[from] AppendError),
}

fn table() -> Result<TableName, DraftError> {
    Ok(TableName::new("drafts")?)
}

fn key(id: PublicationId) -> bytes::Bytes {
    id.0.as_bytes().to_vec().into()
}

impl Draft {
    /// What `If-Match` compares: it changes with every change that a reader could see.
    pub(crate) fn hash(&self) -> ContentHash {
        let mut seen = serde_json::json!([self.kind, self.catalogue_entry, self.content]);
        if let Some(seen) = seen.as_array_mut().filter(|_| !self.attachments.is_empty()) {
            seen.extend(self.attachments.iter().map(|kept| serde_json::json!(kept.attachment)));
        }
        if let Some(seen) = seen.as_array_mut().filter(|_| !self.files.is_empty()) {
            let files: Vec<_> = self.files.iter().map(|kept| &kept.file).collect();
            seen.push(serde_json::json!({"files": files}));
        }
        if let Some(seen) = seen.as_array_mut().filter(|_| !self.proposal.is_empty()) {
            seen.push(serde_json::json!({"proposal": self.proposal}));
        }
        ContentHash::of(&self.salt, seen.to_string().as_bytes())
    }

    /// Whether this person may read and save it: its author, or one with whom they share it.
    pub(crate) fn is_open_to(&self, person: &StaffId) -> bool {
        self.author == *person || self.editors.contains(person)
    }

    /// Whether this person wrote in it.
    pub(crate) fn was_written_by(&self, person: &StaffId) -> bool {
        self.author == *person || self.contributors.contains(person)
    }

    /// The title of what is written so far: in this language, else in Chinese.
    pub(crate) fn title(&self, lang: Lang) -> Option<&str> {
        let mut specs = self.kind.fields().iter();
        let first = specs.find(|spec| matches!(spec.name, "title" | "matter" | "power"))?;
        let typed = |lang: Lang| {
            let text = self.content[lang.tag()][first.name].as_str().map(str::trim);
            text.filter(|text| !text.is_empty())
        };
        typed(lang).or_else(|| typed(Lang::ZhHans))
    }

    /// Who saved it last.
    pub(crate) fn last_writer(&self) -> &StaffId {
        self.saved_by.as_ref().unwrap_or(&self.author)
    }

    /// Notes that this person changed it now.
    pub(crate) fn changed_by(&mut self, person: &StaffId, now: Instant) {
        self.updated_at = now;
        self.saved_by = (self.author != *person).then(|| person.clone());
        if !self.was_written_by(person) {
            self.contributors.push(person.clone());
        }
    }

    /// Whether it waits for a confidentiality reviewer, as it is now.
    pub(crate) fn is_referred(&self) -> bool {
        let asked = self.referral.as_ref();
        asked.is_some_and(|referral| referral.declined.is_none() && referral.hash == self.hash())
    }

    /// The faults of what is written so far; what is missing is none yet.
    pub(crate) fn faults(kind: Kind, content: &Value) -> Vec<FieldError> {
        check_texts(kind, content, Strictness::Draft).err().unwrap_or_default()
    }

    /// The document that is reviewed and shown, with its object for the content store.
    ///
    /// # Errors
    /// Every mandatory element that is missing, and every other fault.
    pub(crate) fn document(&self) -> Result<(Document, ContentHash, ContentObject), Vec<FieldError>> {
        let pictures = self.attachments.iter().map(|kept| kept.attachment.clone()).collect();
        let files = self.files.iter().map(|kept| kept.file.clone()).collect();
        let document = Document::check(self.kind, &self.content)?.with_attachments(pictures)?;
        let document = document.with_files(files)?;
        let (hash, object) = library::object(self.salt, document.to_bytes());
        Ok((document, hash, object))
    }

    /// The write that keeps it.
    pub(crate) fn keep(&self) -> Result<TableWrite, DraftError> {
        Ok(TableWrite {
            table: table()?,
            key: key(self.id),
            value: Some(serde_json::to_vec(self)?.into()),
        })
    }
}

/// The draft of a publication.
pub(crate) fn find(log: &dyn EventLog, id: PublicationId) -> Result<Option<Draft>, DraftError> {
    let row = log.get(&table()?, &key(id))?;
    Ok(row.map(|bytes| serde_json::from_slice(&bytes)).transpose()?)
}

/// What the author of the text on its way proposes; nothing once a text is released.
pub(crate) fn proposal_of(
    log: &dyn EventLog,
    id: PublicationId,
    publication: &Publication,
) -> Result<Proposal, DraftError> {
    if publication.pending.is_none() || publication.released.is_some() {
        return Ok(Proposal::default());
    }
    Ok(find(log, id)?.map(|draft| draft.proposal).unwrap_or_default())
}

/// All drafts.
pub(crate) fn all(log: &dyn EventLog) -> Result<Vec<Draft>, DraftError> {
    let rows = log.scan(&table()?, &[])?.into_iter();
    let drafts = rows.map(|(_, bytes)| serde_json::from_slice(&bytes));
    Ok(drafts.collect::<Result<_, _>>()?)
}

/// All drafts that are open to a person, the newest first.
pub(crate) fn open_to(log: &dyn EventLog, person: &StaffId) -> Result<Vec<Draft>, DraftError> {
    let mut drafts = all(log)?;
    drafts.retain(|draft| draft.is_open_to(person));
    drafts.sort_by_key(|draft| std::cmp::Reverse(draft.updated_at));
    Ok(drafts)
}

/// The writes that drop a draft with its pictures and its former states.
pub(crate) fn discard(log: &dyn EventLog, id: PublicationId) -> Result<Vec<TableWrite>, DraftError> {
    let mut writes = attachments::drop_all(log, id)?;
    writes.extend(draft_versions::drop_all(log, id)?);
    writes.push(TableWrite {
        table: table()?,
        key: key(id),
        value: None,
    });
    Ok(writes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row as it was kept before drafts could be referred and pictures had words.
    const OLD: &str = r#"{"id":"00000000-0000-0000-0000-000000000007","kind":"notice","catalogue_entry":"notices","content":{"zh-Hans":{}},"salt":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],"author":"wang","updated_at":5,"attachments":[{"attachment":{"name":"a","media_type":"image/png","hash":"abababababababababababababababababababababababababababababababab","bytes":1,"width_px":1,"height_px":1},"salt":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}]}"#;

    #[test]
    fn an_old_row_is_read_and_written_as_it_was() {
        let draft: Draft = serde_json::from_str(OLD).unwrap();
        assert!(draft.referral.is_none() && draft.attachments[0].text.is_empty());
        assert_eq!(serde_json::to_string(&draft).unwrap(), OLD);
    }

    #[test]
    fn a_proposal_is_kept_and_changes_what_a_reader_sees() {
        let plain: Draft = serde_json::from_str(OLD).unwrap();
        let mut proposed = plain.clone();
        proposed.proposal = Proposal {
            channels: vec!["hall".parse().unwrap()],
            from: None,
            until: Some(Instant(9)),
        };
        let row = serde_json::to_string(&proposed).unwrap();
        let golden = format!(
            r#"{},"proposal":{{"channels":["hall"],"until":9}}}}"#,
            OLD.strip_suffix('}').unwrap()
        );
        assert_eq!(row, golden);
        let kept: Draft = serde_json::from_str(&row).unwrap();
        assert!(kept == proposed && kept.hash() != plain.hash());
    }

    #[test]
    fn a_referral_holds_for_the_draft_as_it_was() {
        let mut draft: Draft = serde_json::from_str(OLD).unwrap();
        let referral = |hash| Referral {
            hash,
            countersign: false,
            departments: Vec::new(),
            at: Instant(6),
            declined: None,
        };
        draft.referral = Some(referral(draft.hash()));
        let kept: Draft = serde_json::from_slice(&serde_json::to_vec(&draft).unwrap()).unwrap();
        assert!(kept == draft && kept.is_referred());
        draft.content = serde_json::json!({"zh-Hans": {"title": "甲"}});
        assert!(!draft.is_referred(), "it was changed since");
    }

    #[test]
    fn whoever_changes_a_draft_stays_in_it() {
        let mut draft: Draft = serde_json::from_str(OLD).unwrap();
        let (wang, sun): (StaffId, StaffId) = ("wang".parse().unwrap(), "sun".parse().unwrap());
        draft.changed_by(&wang, Instant(6));
        assert!(draft.contributors.is_empty() && draft.saved_by.is_none());
        draft.editors.push(sun.clone());
        draft.changed_by(&sun, Instant(7));
        draft.changed_by(&sun, Instant(8));
        draft.editors.clear();
        draft.changed_by(&wang, Instant(9));
        assert_eq!(
            (&draft.contributors[..], draft.last_writer()),
            (&[sun.clone()][..], &wang)
        );
        assert!(draft.was_written_by(&sun) && !draft.is_open_to(&sun));
        let kept: Draft = serde_json::from_slice(&serde_json::to_vec(&draft).unwrap()).unwrap();
        assert_eq!(kept, draft);
    }
}
