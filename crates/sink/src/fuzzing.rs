//! The readers of what cards answer, for the fuzz targets alone: built with `--cfg fuzzing` and never otherwise.

pub use crate::huidu::fuzzed as huidu_answers;
pub use crate::onbon::fuzzed as onbon_answers;
