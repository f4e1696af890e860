//! The two clocks that events are timed by, in ns.
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

fn read(clock: ClockId) -> u64 {
    clock_gettime(clock).map_or(0, |now| now.tv_sec() as u64 * 1_000_000_000 + now.tv_nsec() as u64)
}
