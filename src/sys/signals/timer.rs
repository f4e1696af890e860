//! The timer whose ticks repeat a signal that may have come just before a wait: it did not interrupt that, the next does.
//!
//! # Safety
//! setitimer(2) reads a value of ours.
#![allow(unsafe_code)]

/// µs between ticks.
const TICK: i64 = 100_000;

/// Starts or stops the timer.
pub(crate) fn ticking(on: bool) {
    let interval = libc::timeval { tv_sec: 0, tv_usec: if on { TICK } else { 0 } };
    let timer = libc::itimerval { it_interval: interval, it_value: interval };
    // SAFETY: a pointer to a local; setitimer is a bare system call and may be made in a handler.
    unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()) };
}
