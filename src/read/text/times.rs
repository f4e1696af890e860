//! The time of each line: text has times of day, differences, or full times.

use super::dress::Counted;
use super::prefix::Prefix;
use crate::text::Clock;

/// ns.
const DAY: u64 = 86_400 * 1_000_000_000;

/// What the times of lines count from.
pub(super) struct LineClock {
    /// The midnight of the day, ns since 1970.
    day_ns: u64,
    /// The last time that was read, or the sum of differences.
    last_ns: u64,
    /// Whether times without a date are those since the beginning, not those since the line before.
    elapsed: bool,
    /// What times of day count from.
    day: Counted,
}

impl LineClock {
    /// The clock of a file that begins on this day.
    pub(super) fn new(day_ns: u64) -> Self {
        Self { day_ns, last_ns: 0, elapsed: false, day: Counted::Day }
    }

    /// The same where times without a date are those since the beginning, and what times of day count from.
    pub(super) fn counted(self, elapsed: bool, day: Counted) -> Self {
        Self { elapsed, day, ..self }
    }

    /// The time of a line, ns since 1970.
    pub(super) fn of(&mut self, prefix: &Prefix) -> u64 {
        match prefix.clock {
            Clock::None => 0,
            Clock::Epoch => prefix.time_ns,
            Clock::Relative if self.elapsed => prefix.time_ns,
            Clock::Seconds | Clock::Micros if self.day == Counted::Beginning => prefix.time_ns,
            Clock::Seconds | Clock::Micros if self.day == Counted::Day => {
                // A time of day that falls by half a day has passed midnight.
                if prefix.time_ns + DAY / 2 < self.last_ns {
                    self.day_ns += DAY;
                }
                self.last_ns = prefix.time_ns;
                self.day_ns + prefix.time_ns
            }
            Clock::Relative | Clock::Seconds | Clock::Micros => {
                self.last_ns = self.last_ns.saturating_add(prefix.time_ns);
                self.last_ns
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clock_counts_on() {
        let mut times = LineClock::new(10 * DAY);
        let mut at = |clock, time_ns| times.of(&Prefix { clock, time_ns, ..Prefix::default() });
        assert_eq!((at(Clock::None, 5), at(Clock::Epoch, 7)), (0, 7));
        assert_eq!((at(Clock::Relative, 5), at(Clock::Relative, 2)), (5, 7));
        assert_eq!(at(Clock::Micros, DAY - 1), 11 * DAY - 1);
        assert_eq!(at(Clock::Micros, DAY - 2), 11 * DAY - 2, "other threads' lines may be a little older");
        // A clock that runs on is not summed up.
        let mut since = LineClock::new(10 * DAY).counted(true, Counted::LineBefore);
        let mut elapsed = |time_ns| since.of(&Prefix { clock: Clock::Relative, time_ns, ..Prefix::default() });
        assert_eq!((elapsed(5), elapsed(7)), (5, 7));
        let mut steps = |time_ns| since.of(&Prefix { clock: Clock::Seconds, time_ns, ..Prefix::default() });
        assert_eq!((steps(5), steps(2)), (5, 7));
        assert_eq!((at(Clock::Micros, 3), at(Clock::Seconds, 4)), (11 * DAY + 3, 11 * DAY + 4));
    }
}
