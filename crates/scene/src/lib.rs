//! From an airing, a panel and an instant to pixels: layout, text, ticker; deterministic.
