//! Where retained messages are kept: in memory, since the hub publishes them again when it starts.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
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

#[async_trait]
impl RetainStorage for Retained {
    fn enable(&self) -> bool {
        true
    }

    async fn set(&self, topic: &TopicName, retain: Retain, expiry_interval: Option<Duration>) -> Result<()> {
        self.0.set_with_timeout(topic, retain, expiry_interval).await
    }

    async fn get(&self, topic_filter: &TopicFilter) -> Result<Vec<(TopicName, Retain)>> {
        self.0.get_message(topic_filter).await
    }

    async fn count(&self) -> isize {
        self.0.count().await
    }

    async fn max(&self) -> isize {
        self.0.max().await
    }
}
