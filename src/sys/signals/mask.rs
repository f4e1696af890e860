//! Signals that a thread holds back: from a handler that belongs to another thread, or while it sleeps for them.
//!
//! # Safety
//! pthread_sigmask(3) and sigtimedwait(2) read and write values of ours.
#![allow(unsafe_code)]

use std::mem::MaybeUninit;
use std::time::Duration;

use nix::sys::signal::{SigSet, Signal};

/// Keeps a signal from this thread, so that it interrupts a call of another.
#[cfg(feature = "cli")]
pub(crate) fn block(signal: Signal) -> nix::Result<()> {
    SigSet::from_iter([signal]).thread_block()
}

/// Sleeps until a signal comes, for so long at most, unless by then what it brings news of `is_quiet` no more. Whether
/// another signal of ours came instead.
#[cfg(feature = "trace")]
pub(crate) fn sleep_until(signal: i32, most: Duration, is_quiet: impl FnOnce() -> bool) -> bool {
    let mut news = MaybeUninit::<libc::sigset_t>::zeroed();
    let mut before = MaybeUninit::<libc::sigset_t>::zeroed();
    let most = libc::timespec { tv_sec: most.as_secs() as i64, tv_nsec: i64::from(most.subsec_nanos()) };
    // SAFETY: the sets are locals of the right type, the first initialised by sigemptyset; the mask of this thread is
    // as before afterwards.
    unsafe {
        libc::sigemptyset(news.as_mut_ptr());
        libc::sigaddset(news.as_mut_ptr(), signal);
        libc::pthread_sigmask(libc::SIG_BLOCK, news.as_ptr(), before.as_mut_ptr());
        // What came before it was blocked has changed what is asked now.
        let signal =
            if is_quiet() { libc::sigtimedwait(news.as_ptr(), std::ptr::null_mut(), &raw const most) } else { 0 };
        let interrupted = signal == -1 && *libc::__errno_location() == libc::EINTR;
        libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), std::ptr::null_mut());
        interrupted
    }
}
