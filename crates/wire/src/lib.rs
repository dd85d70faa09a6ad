//! What crosses MQTT: topics, signed envelopes, heads, statuses; verification and the rules of freshness.
