//! What a deed was done to, as people call it: a publication by its index number and title, a display by its name and
//! place, somebody by their name.

use super::deed::Subject;
use super::sentence::Voice;
use heliograph_domain::CatalogueEntryId;
use heliograph_domain::Lang;

impl Voice<'_> {
    /// The thing, for a reader.
    pub(crate) fn subject(&self, subject: &Subject) -> String {
        match subject {
            Subject::Publication(id) => {
                let dossier = self.state.publications.get(id);
                let number = dossier.map(|dossier| self.index_number(&dossier.publication.catalogue_entry));
                format!("{} {}", number.unwrap_or_default(), self.publication(*id))
                    .trim()
                    .to_owned()
            }
            Subject::Display(id) => {
                let place = self.state.displays.get(id).map(|known| &known.display.setting.location);
                let place = place.map(|place| place.get(self.lang)).unwrap_or_default();
                format!("{} {place}", self.display(*id)).trim().to_owned()
            }
            Subject::Staff(id) | Subject::Account(id) => self.person(id.as_str()),
            Subject::Channel(name) => self.channels([name]),
            Subject::Entry(id) => format!("{} {}", self.index_number(id), self.entry(id))
                .trim()
                .to_owned(),
            Subject::Calendar(year) => self.say(format!("{year} 年"), year.to_string()),
            Subject::Policy => self.say("两步验证".to_owned(), "second factor".to_owned()),
            Subject::Site => {
                let name = self
                    .profile
                    .as_ref()
                    .map(|profile| profile.name.get(self.lang).to_owned());
                name.unwrap_or_default()
            }
            Subject::Gate => self.say("保密审查关口".to_owned(), "the confidentiality gate".to_owned()),
            Subject::Ledger => self.say("公开台账".to_owned(), "the public ledger".to_owned()),
        }
    }

    /// The kind of thing that it is, in a word.
    pub(crate) fn kind_of(&self, subject: &Subject) -> &'static str {
        let what = super::deed::WHATS.iter().find(|(name, ..)| *name == subject.what());
        what.map_or("", |(_, zh, en)| if self.lang == Lang::ZhHans { zh } else { en })
    }

    fn index_number(&self, id: &CatalogueEntryId) -> String {
        let entry = self.state.catalogue.entries.get(id);
        entry.map(|entry| entry.index_number.clone()).unwrap_or_default()
    }
}
