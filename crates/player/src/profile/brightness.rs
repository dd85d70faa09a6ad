//! How bright a panel is by time of day: as much as it needs by day, and no nuisance at night.

use thiserror::Error;

const DAY_MINUTES: u16 = 24 * 60;
const MINUTE_MS: u64 = 60_000;

/// From a time of day on, a share of the panel's light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrightnessStep {
    /// Minutes since midnight, site time.
    pub from_minute: u16,
    /// 0 (dark) to 100 (all the light there is).
    pub percent: u8,
}

/// A panel's brightness by time of day. Without steps it is always 100.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BrightnessPlan {
    /// In order of time, no two at the same.
    steps: Vec<BrightnessStep>,
}

/// Why it is no plan.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BrightnessError {
    /// A time that no day has.
    #[error("minute {0} is not one of a day's 1440")]
    Time(u16),
    /// More light than there is.
    #[error("{0} is no percentage from 0 to 100")]
    Percent(u8),
    /// Two steps at one time.
    #[error("light.brightness has two steps from {:02}:{:02}", .0 / 60, .0 % 60)]
    Twice(u16),
}

impl BrightnessPlan {
    /// A plan of steps, in any order.
    ///
    /// # Errors
    /// When a time or a share is none, or two steps begin at once.
    pub fn new(mut steps: Vec<BrightnessStep>) -> Result<Self, BrightnessError> {
        steps.sort_by_key(|step| step.from_minute);
        for step in &steps {
            if step.from_minute >= DAY_MINUTES {
                return Err(BrightnessError::Time(step.from_minute));
            }
            if step.percent > 100 {
                return Err(BrightnessError::Percent(step.percent));
            }
        }
        match steps.windows(2).find(|pair| pair[0].from_minute == pair[1].from_minute) {
            Some(pair) => Err(BrightnessError::Twice(pair[0].from_minute)),
            None => Ok(Self { steps }),
        }
    }

    /// The steps, in order of time.
    #[must_use]
    pub fn steps(&self) -> &[BrightnessStep] {
        &self.steps
    }

    /// The share of light, in percent, at a time of day in milliseconds since midnight: that of the last step that has
    /// begun; before the day's first, that of its last, which began the day before.
    #[must_use]
    pub fn at(&self, of_day_ms: u64) -> u8 {
        let begun = |step: &&BrightnessStep| u64::from(step.from_minute) * MINUTE_MS <= of_day_ms;
        let step = self.steps.iter().rfind(begun).or(self.steps.last());
        step.map_or(100, |step| step.percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(hour: u16, percent: u8) -> BrightnessStep {
        BrightnessStep {
            from_minute: hour * 60,
            percent,
        }
    }

    #[test]
    fn the_last_step_that_has_begun_counts_and_the_night_goes_on_after_midnight() {
        let plan = BrightnessPlan::new(vec![step(22, 10), step(7, 80), step(18, 40)]).unwrap();
        let at = |hour: u64, minute: u64| plan.at((hour * 60 + minute) * MINUTE_MS);
        assert_eq!([at(0, 0), at(6, 59), at(7, 0), at(17, 59)], [10, 10, 80, 80]);
        assert_eq!([at(18, 0), at(22, 0), at(23, 59)], [40, 10, 10]);
        assert_eq!(plan.at(7 * 60 * MINUTE_MS - 1), 10);
        assert_eq!(BrightnessPlan::default().at(0), 100);
    }

    #[test]
    fn what_is_no_plan_is_refused() {
        assert_eq!(BrightnessPlan::new(vec![step(24, 1)]), Err(BrightnessError::Time(1440)));
        assert_eq!(
            BrightnessPlan::new(vec![step(1, 101)]),
            Err(BrightnessError::Percent(101))
        );
        let twice = BrightnessPlan::new(vec![step(9, 1), step(9, 2)]).unwrap_err();
        assert_eq!(twice.to_string(), "light.brightness has two steps from 09:00");
    }
}
