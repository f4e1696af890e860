//! What was done about signals when we were started, before Rust's own start changed it.
//!
//! # Safety
//! What runs before main reads one disposition and stores to an atomic.
#![allow(unsafe_code)]

use std::sync::atomic::{AtomicBool, Ordering};

use super::Dispositions;

/// What was done about signals when we were started, as a program that we start is to have it; for one that is traced
/// [`install`](super::install) returns it.
pub(crate) fn inherited() -> Dispositions {
    let mut found = Dispositions::default();
    found.set_ignored(libc::SIGPIPE, sigpipe_ignored());
    found
}

/// Whether SIGPIPE was ignored when we were started.
pub(super) fn sigpipe_ignored() -> bool {
    SIGPIPE_IGNORED.load(Ordering::Relaxed)
}

static SIGPIPE_IGNORED: AtomicBool = AtomicBool::new(false);

/// Runs before Rust's own start, which ignores SIGPIPE, and remembers whether it was ignored already.
extern "C" fn remember_sigpipe() {
    // SAFETY: reads a disposition into a local.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(libc::SIGPIPE, std::ptr::null(), &mut action);
        SIGPIPE_IGNORED.store(action.sa_sigaction == libc::SIG_IGN, Ordering::Relaxed);
    }
}

// SAFETY: the section holds pointers to functions that the C library calls before main.
#[used]
#[unsafe(link_section = ".init_array")]
static REMEMBER: extern "C" fn() = remember_sigpipe;
