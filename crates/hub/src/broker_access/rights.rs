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

impl Act {
    fn on(self, filter: String) -> Right {
        Right { act: self, filter }
    }
}

impl Right {
    fn allows(&self, act: Act, filter: &str) -> bool {
        self.act == act && covers(&self.filter, filter)
    }
}

impl Rights {
    /// The hub's: everything of its site, and nothing else of the broker.
    pub(crate) fn of_hub(site: &SiteName) -> Self {
        let all = format!("heliograph/v1/{site}/#");
        Self(vec![Act::Publish.on(all.clone()), Act::Subscribe.on(all)])
    }

    /// A display's: it speaks under its own name, and hears what is for everyone, for itself and for its channels.
    pub(crate) fn of_display(site: &SiteName, id: DisplayId, channels: &[ChannelName]) -> Self {
        Self(each_of_display(site, id, channels).collect())
    }

    /// Whether a display may do this: as [`Rights::of_display`] and [`Rights::allow`] say, without writing all of them
    /// down. Asked for every message that a display publishes.
    pub(crate) fn display_may(
        site: &SiteName,
        id: DisplayId,
        channels: &[ChannelName],
        act: Act,
        filter: &str,
    ) -> bool {
        each_of_display(site, id, channels).any(|right| right.allows(act, filter))
    }

    /// Whether this topic or filter lies wholly within what is allowed.
    pub(crate) fn allow(&self, act: Act, filter: &str) -> bool {
        self.0.iter().any(|right| right.allows(act, filter))
    }

    /// The filters that an act is allowed on.
    pub(crate) fn filters(&self, act: Act) -> impl Iterator<Item = &str> {
        let of_act = self.0.iter().filter(move |right| right.act == act);
        of_act.map(|right| right.filter.as_str())
    }
}

/// Each right of a display, written down only when it is come to; what it says most often first.
fn each_of_display<'a>(
    site: &'a SiteName,
    id: DisplayId,
    channels: &'a [ChannelName],
) -> impl Iterator<Item = Right> + 'a {
    let says = [Topic::Status(id), Topic::Receipts(id), Topic::Reply(id)];
    let everyone = [Topic::Site, Topic::Heartbeat, Topic::Erased];
    let itself = [Topic::Config(id), Topic::Command(id), Topic::Ack(id), Topic::Time(id)];
    // The filter names `trust` itself, too (MQTT 3.1.1, 4.7.1.2).
    let trust = std::iter::once_with(move || format!("{}/#", Topic::Trust.path(site)));
    let channels = channels
        .iter()
        .map(move |channel| format!("heliograph/v1/{site}/channel/{channel}/#"));
    let hears = everyone.into_iter().chain(itself).map(move |topic| topic.path(site));
    says.into_iter()
        .map(move |topic| Act::Publish.on(topic.path(site)))
        .chain(
            trust
                .chain(hears)
                .chain(channels)
                .map(|filter| Act::Subscribe.on(filter)),
        )
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
        let hall = ["hall".parse().unwrap()];
        let rights = Rights::of_display(&site, id, &hall);
        for act in [Act::Publish, Act::Subscribe] {
            for filter in rights.filters(act) {
                assert!(Rights::display_may(&site, id, &hall, act, filter), "{filter}");
            }
        }
        let foreign = Topic::Config(DisplayId(uuid::Uuid::from_u128(8))).path(&site);
        assert!(!Rights::display_may(&site, id, &hall, Act::Subscribe, &foreign));
        assert!(!Rights::display_may(
            &site,
            id,
            &[],
            Act::Subscribe,
            "heliograph/v1/binhe/channel/hall/#"
        ));
        let own = Topic::Config(id).path(&site);
        assert!(
            !Rights::display_may(&site, id, &hall, Act::Publish, &own),
            "it hears it only"
        );
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
