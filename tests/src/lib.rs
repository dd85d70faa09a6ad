//! Heliograph's tests.
