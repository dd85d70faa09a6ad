//! The broker over real TCP on loopback: what it carries, whom it refuses, how it begins and ends.

mod access;
mod carrying;
mod house;
mod peer;
mod raw;
mod running;
