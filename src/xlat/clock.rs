//! Clocks and timers: what they count, and how the time of the machine is adjusted.

xlat! {
    /// Interval timers of a process: what time they count.
    ITIMER "ITIMER_???" {
        ITIMER_REAL = 0 => "Time that passes; SIGALRM when it is over.",
        ITIMER_VIRTUAL = 1 => "Time that the program computes; SIGVTALRM when it is over.",
        ITIMER_PROF = 2 => "The same and the kernel's work for it; SIGPROF when it is over.",
    }

    /// Whether a sleep ends at a moment rather than after a while.
    CLOCK_FLAGS "TIMER_???" {
        TIMER_ABSTIME = 1 => "The time is a moment, not a span.",
    }

    /// What of the clock is adjusted.
    TIMEX_MODES "ADJ_???" {
        ADJ_OFFSET = 1,
        ADJ_FREQUENCY = 2,
        ADJ_MAXERROR = 4,
        ADJ_ESTERROR = 8,
        ADJ_STATUS = 16,
        ADJ_TIMECONST = 32,
        ADJ_TAI = 128,
        ADJ_SETOFFSET = 256,
        ADJ_MICRO = 0x1000,
        ADJ_NANO = 0x2000,
        ADJ_TICK = 0x4000,
    }

    /// How the clock is kept right.
    TIMEX_STATUS "STA_???" {
        STA_PLL = 1,
        STA_PPSFREQ = 2,
        STA_PPSTIME = 4,
        STA_FLL = 8,
        STA_INS = 16,
        STA_DEL = 32,
        STA_UNSYNC = 64,
        STA_FREQHOLD = 128,
        STA_PPSSIGNAL = 256,
        STA_PPSJITTER = 512,
        STA_PPSWANDER = 0x400,
        STA_PPSERROR = 0x800,
        STA_CLOCKERR = 0x1000,
        STA_NANO = 0x2000,
        STA_MODE = 0x4000,
        STA_CLK = 0x8000,
    }

    /// Whether the clock is right.
    TIME_STATE "TIME_???" {
        TIME_OK = 0,
        TIME_INS = 1,
        TIME_DEL = 2,
        TIME_OOP = 3,
        TIME_WAIT = 4,
        TIME_ERROR = 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[&ITIMER]);
    }
}
