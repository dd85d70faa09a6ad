//! Where retained messages are kept: in memory, since the hub publishes them again when it starts.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rmqtt::Result;
use rmqtt::retain::{DefaultRetainStorage, RetainStorage};
use rmqtt::types::{Retain, TopicFilter, TopicName};

/// The library has this store but leaves it switched off unless a plug-in turns it on; this turns it on.
#[derive(Clone, Default)]
pub(crate) struct Retained(Arc<DefaultRetainStorage>);

impl Retained {
    /// Lets go of the messages whose publisher set an expiry that has passed; returns how many.
    pub(crate) async fn remove_expired(&self) -> usize {
        self.0.remove_expired_messages().await
    }
}

/// The trait is declared with `async_trait`; these are the signatures which that makes.
type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl RetainStorage for Retained {
    fn enable(&self) -> bool {
        true
    }

    fn set<'s, 't, 'f>(
        &'s self,
        topic: &'t TopicName,
        retain: Retain,
        expiry_interval: Option<Duration>,
    ) -> Later<'f, Result<()>>
    where
        's: 'f,
        't: 'f,
        Self: 'f,
    {
        Box::pin(self.0.set_with_timeout(topic, retain, expiry_interval))
    }

    fn get<'s, 't, 'f>(&'s self, topic_filter: &'t TopicFilter) -> Later<'f, Result<Vec<(TopicName, Retain)>>>
    where
        's: 'f,
        't: 'f,
        Self: 'f,
    {
        Box::pin(self.0.get_message(topic_filter))
    }

    fn count<'s, 'f>(&'s self) -> Later<'f, isize>
    where
        's: 'f,
        Self: 'f,
    {
        self.0.count()
    }

    fn max<'s, 'f>(&'s self) -> Later<'f, isize>
    where
        's: 'f,
        Self: 'f,
    {
        self.0.max()
    }
}
