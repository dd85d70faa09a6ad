//! What something that is no controller card may answer.
#![no_main]

use heliograph_sink::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    fuzzing::onbon_answers(bytes);
    fuzzing::huidu_answers(bytes);
});
