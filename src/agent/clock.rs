//! The processor's clock, which the agent reads since it costs least, in the terms of the clocks that events have.
#![allow(unsafe_code)]

use crate::sys::clock::{realtime_ns, with_monotonic_ns};

/// Both clocks and the processor's at one moment.
#[derive(Debug, Clone, Copy)]
struct Moment {
    ticks: u64,
    mono_ns: u64,
    real_ns: u64,
}

impl Moment {
    fn now() -> Self {
        let (mono_ns, (ticks, real_ns)) = with_monotonic_ns(|| (ticks(), realtime_ns()));
        Self { ticks, mono_ns, real_ns }
    }
}

/// Turns ticks into times, by the pace between the beginning of the trace and the last look.
#[derive(Debug)]
pub(crate) struct Clock {
    first: Moment,
    last: Moment,
}

impl Clock {
    /// Begins to measure.
    pub(crate) fn new() -> Self {
        let first = Moment::now();
        Self { first, last: first }
    }

    /// Looks at the clocks again, and returns the ticks.
    pub(crate) fn look(&mut self) -> u64 {
        self.last = Moment::now();
        self.last.ticks
    }

    /// How long ago that was, at the last look, ns.
    fn before(&self, ticks: u64) -> u64 {
        let passed = u128::from(self.last.mono_ns - self.first.mono_ns);
        let all = u128::from(self.last.ticks.saturating_sub(self.first.ticks)).max(1);
        (u128::from(self.last.ticks.saturating_sub(ticks)) * passed / all) as u64
    }

    /// Since 1970, ns.
    pub(crate) fn real_ns(&self, ticks: u64) -> u64 {
        self.last.real_ns.saturating_sub(self.before(ticks))
    }

    /// By the clock that is never set, ns.
    pub(crate) fn mono_ns(&self, ticks: u64) -> u64 {
        self.last.mono_ns.saturating_sub(self.before(ticks))
    }
}

/// Whether the clock runs at one pace on all processors, whatever they do.
pub(crate) fn is_steady() -> bool {
    let flags = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let flags = flags.lines().find(|line| line.starts_with("flags")).unwrap_or_default();
    ["constant_tsc", "nonstop_tsc"].iter().all(|flag| flags.split_whitespace().any(|word| word == *flag))
}

#[cfg(target_arch = "x86_64")]
fn ticks() -> u64 {
    // SAFETY: reads a counter that every such processor has.
    unsafe { core::arch::x86_64::_rdtsc() }
}

#[cfg(not(target_arch = "x86_64"))]
fn ticks() -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::clock::monotonic_ns;

    #[test]
    fn ticks_become_the_times_of_the_other_clocks() {
        let mut clock = Clock::new();
        let (mono, (ticks, real)) = with_monotonic_ns(|| (ticks(), realtime_ns()));
        while monotonic_ns() < mono + 20_000_000 {}
        clock.look();
        assert!(clock.mono_ns(ticks).abs_diff(mono) < 10_000_000);
        assert!(clock.real_ns(ticks).abs_diff(real) < 10_000_000);
    }
}
