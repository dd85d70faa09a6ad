use super::core::ClockWatch;
use heliograph_domain::Instant;

#[test]
fn a_clock_that_is_set_is_noticed_and_one_that_runs_is_not() {
    let watch = ClockWatch {
        said: Instant(1_000_000),
        at_ms: 500,
    };
    assert!(!watch.was_set(Instant(1_000_900), 1_400));
    assert!(watch.was_set(Instant(50_000_000), 1_400));
    assert!(watch.was_set(Instant(900_000), 1_400), "set back, too");
}
