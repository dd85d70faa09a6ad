//! What MQTT itself says of topic names and filters, whatever the rules allow.

/// Whether this names one topic: not empty, no wildcard, no NUL (MQTT 5, section 4.7).
pub(crate) fn is_name(topic: &str) -> bool {
    !topic.is_empty() && !topic.contains(['+', '#', '\0'])
}

/// Whether this filter asks for a shared subscription, which would deal one display's messages out to several.
pub(crate) fn is_shared(filter: &str) -> bool {
    filter == "$share" || filter.starts_with("$share/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_topic() {
        for name in ["a", "heliograph/v1/office/display/1/status", "/", "$SYS/x", "中文"] {
            assert!(is_name(name), "{name}");
        }
        for not in ["", "a/+", "#", "a/b#", "a\0b"] {
            assert!(!is_name(not), "{not:?}");
        }
    }

    #[test]
    fn a_shared_filter_is_told_apart() {
        assert!(is_shared("$share/g/a/#") && is_shared("$share"));
        assert!(!is_shared("$shared/a") && !is_shared("a/$share/b"));
    }
}
