//! Controller cards, against simulators written from the makers' documents. No card was lit.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod contract;
mod huidu;
mod huidu_card;
mod mishap;
mod onbon;
mod onbon_card;
mod plans;
