//! Death by a signal, as a shell and a parent expect it of a command whose program died of one.
//!
//! # Safety
//! Plain calls with values of ours; nothing of ours runs after them.
#![allow(unsafe_code)]

use crate::sys::folder;

/// Ends us by a signal, as what we ran was, so that our parent sees it; without a core or a folder of ours.
pub(crate) fn die_of(signal: i32) -> ! {
    folder::remove_all();
    // SAFETY: plain calls with locals; the default action of a signal that killed a program ends us too.
    unsafe {
        let limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        libc::setrlimit(libc::RLIMIT_CORE, &limit);
        libc::signal(signal, libc::SIG_DFL);
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        libc::sigaddset(&mut set, signal);
        libc::sigprocmask(libc::SIG_UNBLOCK, &set, std::ptr::null_mut());
        libc::raise(signal);
        libc::_exit(128 + signal)
    }
}
