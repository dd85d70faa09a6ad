//! What staff pages are told as it happens: new records, displays coming and going, releases arriving.

use heliograph_domain::{DisplayId, PublicationId};
use heliograph_log::Record;
use serde::Serialize;
use tokio::sync::broadcast;

/// One thing that happened.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum News {
    /// The log grew.
    Record {
        /// Where.
        position: u64,
        /// The stream.
        stream: String,
        /// What kind of fact.
        kind: String,
    },
    /// A display came, went, or shows something else.
    Display {
        /// Which.
        id: DisplayId,
    },
    /// A machine asks to be a display, or somebody decided about one.
    Enrolments,
    /// A release reached a display.
    Reach {
        /// The publication.
        publication: PublicationId,
    },
}

/// The stream of news. Whoever listens too slowly misses some; every page can be loaded anew.
pub(crate) struct Feed(broadcast::Sender<News>);

impl Default for Feed {
    fn default() -> Self {
        Self(broadcast::Sender::new(256))
    }
}

impl Feed {
    pub(crate) fn recorded(&self, record: &Record) {
        self.tell(News::Record {
            position: record.position.0,
            stream: record.stream.as_str().to_owned(),
            kind: record.kind.to_string(),
        });
    }

    pub(crate) fn tell(&self, news: News) {
        // Nobody listening is no error.
        let _ = self.0.send(news);
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<News> {
        self.0.subscribe()
    }
}
