//! What a client of the broker may say and hear. Whatever is not in its list is denied.

use heliograph_domain::{ChannelName, DisplayId, SiteName};
use heliograph_wire::Topic;

/// What is done with a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Saying something on it; leaving a will on it, too.
    Publish,
    /// Hearing it.
    Subscribe,
}

/// Leave to do something with the topics of an MQTT filter: a topic, or one that ends in `/#`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Right {
    act: Act,
    filter: String,
}

/// All that one client may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rights(Vec<Right>);

impl Rights {
    /// The hub's: everything of its site, and nothing else of the broker.
    pub(crate) fn of_hub(site: &SiteName) -> Self {
        let all = format!("heliograph/v1/{site}/#");
        Self::of([all.clone()], [all])
    }

    /// A display's: it speaks under its own name, and hears what is for everyone, for itself and for its channels.
    pub(crate) fn of_display(site: &SiteName, id: DisplayId, channels: &[ChannelName]) -> Self {
        let path = |topic: Topic| topic.path(site);
        let publish = [Topic::Status(id), Topic::Receipts(id), Topic::Reply(id)].map(path);
        let everyone = [Topic::Site, Topic::Heartbeat, Topic::Erased].map(path);
        let itself = [Topic::Config(id), Topic::Command(id), Topic::Ack(id), Topic::Time(id)].map(path);
        // The filter names `trust` itself, too (MQTT 3.1.1, 4.7.1.2).
        let trust = format!("{}/#", Topic::Trust.path(site));
        let channels = channels
            .iter()
            .map(|channel| format!("heliograph/v1/{site}/channel/{channel}/#"));
        Self::of(
            publish,
            [trust].into_iter().chain(everyone).chain(itself).chain(channels),
        )
    }

    fn of(publish: impl IntoIterator<Item = String>, subscribe: impl IntoIterator<Item = String>) -> Self {
        let right = |act| move |filter| Right { act, filter };
        let publish = publish.into_iter().map(right(Act::Publish));
        Self(
            publish
                .chain(subscribe.into_iter().map(right(Act::Subscribe)))
                .collect(),
        )
    }

    /// Whether this topic or filter lies wholly within what is allowed.
    pub(crate) fn allow(&self, act: Act, filter: &str) -> bool {
        self.filters(act).any(|allowed| covers(allowed, filter))
    }

    /// The filters that an act is allowed on.
    pub(crate) fn filters(&self, act: Act) -> impl Iterator<Item = &str> {
        let of_act = self.0.iter().filter(move |right| right.act == act);
        of_act.map(|right| right.filter.as_str())
    }
}

/// Whether every topic that `asked` matches is matched by `allowed`, a topic or a filter that ends in `/#`.
fn covers(allowed: &str, asked: &str) -> bool {
    match allowed.strip_suffix("/#") {
        None => allowed == asked,
        Some(above) => asked
            .strip_prefix(above)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_allowed_only_when_all_that_it_matches_is() {
        for (allowed, asked) in [
            ("a/b", "a/b"),
            ("a/b/#", "a/b"),
            ("a/b/#", "a/b/#"),
            ("a/b/#", "a/b/c"),
            ("a/b/#", "a/b/+/d"),
        ] {
            assert!(covers(allowed, asked), "{asked} within {allowed}");
        }
        for (allowed, asked) in [
            ("a/b", "a/b/#"),
            ("a/b", "a/+"),
            ("a/b", "a/b/c"),
            ("a/b", "#"),
            ("a/b/#", "#"),
            ("a/b/#", "a/#"),
            ("a/b/#", "+/b/#"),
            ("a/b/#", "a/bc"),
            ("a/b/#", "$share/g/a/b/c"),
            ("a/b/#", "/a/b"),
            ("a/b", ""),
        ] {
            assert!(!covers(allowed, asked), "{asked} within {allowed}");
        }
    }

    #[test]
    fn a_display_has_its_own_topics_and_those_of_everyone() {
        let site: SiteName = "binhe".parse().unwrap();
        let id = DisplayId(uuid::Uuid::from_u128(7));
        let rights = Rights::of_display(&site, id, &["hall".parse().unwrap()]);
        let below = |filters: Vec<&str>| -> Vec<String> {
            let own = format!("display/{id}");
            let rest = filters.iter().map(|filter| filter.strip_prefix("heliograph/v1/binhe/"));
            rest.map(|rest| rest.unwrap().replace(&own, "display/{id}")).collect()
        };
        assert_eq!(
            below(rights.filters(Act::Publish).collect()),
            ["display/{id}/status", "display/{id}/receipts", "display/{id}/reply"]
        );
        assert_eq!(
            below(rights.filters(Act::Subscribe).collect()),
            [
                "trust/#",
                "site",
                "heartbeat",
                "erased",
                "display/{id}/config",
                "display/{id}/command",
                "display/{id}/ack",
                "display/{id}/time",
                "channel/hall/#",
            ]
        );
    }
}
