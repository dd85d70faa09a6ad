//! The embedded MQTT broker with access rules asked of the hub.
