//! The two clocks that events are timed by, in ns, and what a wall clock shows of them.
//!
//! Neither can fail on Linux, and a zero is better than a panic inside somebody's `send()`.

use nix::time::{ClockId, clock_gettime};

/// Since 1970: when something happened.
pub(crate) fn realtime_ns() -> u64 {
    read(ClockId::CLOCK_REALTIME)
}

/// Of the clock that is never set: how long something took.
pub(crate) fn monotonic_ns() -> u64 {
    read(ClockId::CLOCK_MONOTONIC)
}

/// What is read, and when that was by the clock that is never set. A thread that loses the processor between two clocks
/// takes them for the same moment, and all times that are converted by them are wrong by as much; so the readings that
/// lie closest together count.
pub(crate) fn with_monotonic_ns<T>(read: impl FnMut() -> T) -> (u64, T) {
    closest(monotonic_ns, read)
}

/// Readings no further apart than this are taken at once, ns.
const CLOSE_NS: u64 = 2_000;
/// How often it is tried.
const TRIES: usize = 20;

fn closest<T>(mut clock: impl FnMut() -> u64, mut read: impl FnMut() -> T) -> (u64, T) {
    let mut look = || {
        let (before, found) = (clock(), read());
        let apart = clock().saturating_sub(before);
        (apart, before + apart / 2, found)
    };
    let mut best = look();
    for _ in 1..TRIES {
        if best.0 <= CLOSE_NS {
            break;
        }
        let next = look();
        if next.0 < best.0 {
            best = next;
        }
    }
    (best.1, best.2)
}

/// What a clock shows that runs alike for all processes; `None` of any other, such as those of processor time.
pub(crate) fn shown(clock: i32) -> Option<std::time::Duration> {
    let known = [
        libc::CLOCK_REALTIME,
        libc::CLOCK_MONOTONIC,
        libc::CLOCK_BOOTTIME,
        libc::CLOCK_TAI,
        libc::CLOCK_REALTIME_ALARM,
        libc::CLOCK_BOOTTIME_ALARM,
    ];
    let clock = known.contains(&clock).then(|| ClockId::from_raw(clock))?;
    clock_gettime(clock).ok().map(Into::into)
}

fn read(clock: ClockId) -> u64 {
    clock_gettime(clock).map_or(0, |now| now.tv_sec() as u64 * 1_000_000_000 + now.tv_nsec() as u64)
}

/// Hour, minute and second of a moment, ns since 1970, in the local time zone.
#[cfg(feature = "files")]
pub(crate) fn time_of_day(ts_ns: u64) -> [u8; 3] {
    let local = jiff::Timestamp::from_nanosecond(i128::from(ts_ns))
        .map(|at| at.to_zoned(jiff::tz::TimeZone::system()))
        .unwrap_or_default();
    [local.hour(), local.minute(), local.second()].map(|part| part as u8)
}

/// The date of a moment, ns since 1970, in the local time zone: `2026-11-27`.
#[cfg(feature = "cli")]
pub(crate) fn date(ts_ns: u64) -> String {
    let at = jiff::Timestamp::from_nanosecond(i128::from(ts_ns)).unwrap_or_default();
    at.to_zoned(jiff::tz::TimeZone::system()).date().to_string()
}

/// The midnight before a moment in the local time zone, both ns since 1970. Never before 1970 itself.
#[cfg(feature = "files")]
pub(crate) fn midnight(ts_ns: u64) -> u64 {
    let start = || {
        let at = jiff::Timestamp::from_nanosecond(i128::from(ts_ns)).ok()?;
        let day = at.to_zoned(jiff::tz::TimeZone::system()).start_of_day().ok()?;
        u64::try_from(day.timestamp().as_nanosecond()).ok()
    };
    start().unwrap_or(0)
}

/// A moment as `2023-11-14T22:13:20+0000` in the local time zone; empty where there is no such date.
#[cfg(feature = "files")]
pub(crate) fn calendar(seconds: i64) -> (String, String) {
    let local = jiff::Timestamp::from_second(seconds).map(|at| at.to_zoned(jiff::tz::TimeZone::system()));
    local.map_or_else(
        |_| Default::default(),
        |at| (at.strftime("%Y-%m-%dT%H:%M:%S").to_string(), at.strftime("%z").to_string()),
    )
}

/// A moment in UTC, date and distance from UTC; empty where there is no such date.
#[cfg(not(feature = "files"))]
pub(crate) fn calendar(seconds: i64) -> (String, String) {
    let [date, time] = utc(seconds);
    (format!("{date}T{time}"), "+0000".into())
}

/// The days from 1970 to a date; `None` far outside of what clocks show.
pub(crate) fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(0..10_000).contains(&year) {
        return None;
    }
    // As in `utc`, years begin in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    Some(
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day
            - 1
            - 719_468,
    )
}

/// Date and time of a moment in UTC: `2023-11-14`, `22:13:20`.
pub(crate) fn utc(seconds: i64) -> [String; 2] {
    // Days since 0000-03-01, as the Gregorian calendar repeats every 400 years of 146097 days.
    let (days, second) = (seconds.div_euclid(86_400) + 719_468, seconds.rem_euclid(86_400));
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    [format!("{year:04}-{month:02}-{day:02}"), format!("{hour:02}:{minute:02}:{second:02}")]
}

/// ns of a day of UTC, which has no other length.
#[cfg(any(test, not(feature = "files")))]
const DAY: u64 = 86_400_000_000_000;

#[cfg(not(feature = "files"))]
pub(crate) use {utc_midnight as midnight, utc_time_of_day as time_of_day};

/// Hour, minute and second of a moment, ns since 1970, in UTC: what is known without a database of time zones.
#[cfg(any(test, not(feature = "files")))]
pub(crate) fn utc_time_of_day(ts_ns: u64) -> [u8; 3] {
    let seconds = ts_ns % DAY / 1_000_000_000;
    [seconds / 3600, seconds / 60 % 60, seconds % 60].map(|part| part as u8)
}

/// The midnight before a moment in UTC, both ns since 1970.
#[cfg(any(test, not(feature = "files")))]
pub(crate) fn utc_midnight(ts_ns: u64) -> u64 {
    ts_ns - ts_ns % DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_were_read_far_apart_are_read_again() {
        // The second pair is 400 ns apart; the first lost the processor for 7 ms, and the third is not needed.
        let mut monotonic = [0, 7_000_000, 8_000_000, 8_000_400, 9_000_000, 9_000_000].into_iter();
        let mut other = [50, 60, 70].into_iter();
        assert_eq!(closest(|| monotonic.next().unwrap(), || other.next().unwrap()), (8_000_200, 60));
        // Where all are far apart, the closest.
        let mut monotonic = (0..40).map(|at| at * 1_000_000 - u64::from(at == 21) * 900_000);
        let mut other = 0..20;
        assert_eq!(closest(|| monotonic.next().unwrap(), || other.next().unwrap()), (20_050_000, 10));
    }

    #[test]
    fn a_day_of_utc_begins_at_its_midnight() {
        let moment = 20_000 * DAY + (13 * 3600 + 7 * 60 + 59) * 1_000_000_000 + 999_999_999;
        assert_eq!(utc_midnight(moment), 20_000 * DAY);
        assert_eq!(utc_time_of_day(moment), [13, 7, 59]);
        assert_eq!(utc_time_of_day(utc_midnight(moment)), [0; 3]);
    }

    #[test]
    #[cfg(feature = "files")]
    fn a_local_day_begins_at_its_midnight() {
        let moment = 20_000 * DAY + 45_296_000_000_000;
        assert!(midnight(moment) <= moment && moment - midnight(moment) < DAY + DAY / 24);
        assert_eq!(time_of_day(moment)[1..], time_of_day(moment + DAY / 24)[1..]);
    }
}
