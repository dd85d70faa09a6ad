//! The `heliograph` command.
fn main() {}
