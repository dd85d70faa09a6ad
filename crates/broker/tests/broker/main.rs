//! The broker over real TCP on loopback: what it carries, whom it refuses, how it begins and ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod access;
mod carrying;
mod house;
mod peer;
mod raw;
mod running;
mod tls;
