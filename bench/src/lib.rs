//! Heliograph's bench.
