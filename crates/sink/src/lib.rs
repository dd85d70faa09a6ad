//! From a frame to light: PNG, browser, terminal.
