//! What a display costs: memory, processor time and evenness of a moving strip, layout and raster of a full page, and how
//! soon the first frame is there. The yardstick is Chromium showing the same content in the same run, its memory (PSS) and
//! processor time summed over its processes. `scripts/bench screens [PART …]` runs parts: ticker, page, pages, first_frame.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot go on has nothing better to do than to stop"
)]

mod browser;
mod drawing;
mod first_frame;
mod showing;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let parts: [(&str, fn()); 4] = [
        ("drawing", drawing::measure),
        ("first_frame", first_frame::measure),
        ("ticker", showing::ticker),
        ("page", showing::page),
    ];
    for (name, measure) in parts {
        if wanted.is_empty() || wanted.iter().any(|want| want == name) {
            measure();
        }
    }
}
