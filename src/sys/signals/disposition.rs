//! What this process does about signals, kept so that a program it starts can have it as it was.
//!
//! # Safety
//! sigaction(2) and sigprocmask(2) read and write values of ours. What is put back was there before, so no handler is
//! installed that does not exist.
#![allow(unsafe_code)]

/// Dispositions of signals, and the mask.
#[derive(Clone)]
pub(crate) struct Dispositions {
    actions: Vec<(i32, libc::sigaction)>,
    mask: libc::sigset_t,
}

impl Dispositions {
    /// Those of these signals, as they are now.
    pub(crate) fn of(signals: &[i32]) -> Self {
        // SAFETY: both structures are plain data, for which zeroes are valid, and live across the calls.
        unsafe {
            let mut mask: libc::sigset_t = std::mem::zeroed();
            libc::sigprocmask(libc::SIG_SETMASK, std::ptr::null(), &raw mut mask);
            let action = |&signal: &i32| {
                let mut action: libc::sigaction = std::mem::zeroed();
                libc::sigaction(signal, std::ptr::null(), &raw mut action);
                (signal, action)
            };
            Self { actions: signals.iter().map(action).collect(), mask }
        }
    }

    /// Adds those of these signals, as they are now.
    pub(crate) fn add(&mut self, signals: &[i32]) {
        self.actions.extend(Self::of(signals).actions);
    }

    /// Whether a signal is among them, and ignored.
    pub(crate) fn ignores(&self, signal: i32) -> bool {
        self.actions.iter().any(|(number, action)| *number == signal && action.sa_sigaction == libc::SIG_IGN)
    }

    /// Takes a signal to be ignored, or else to have its default action.
    pub(crate) fn set_ignored(&mut self, signal: i32, ignored: bool) {
        // SAFETY: plain data, for which zeroes are valid.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = if ignored { libc::SIG_IGN } else { libc::SIG_DFL };
        self.actions.retain(|(number, _)| *number != signal);
        self.actions.push((signal, action));
    }

    /// Puts them in force. Makes system calls only, so it may be called between fork and exec.
    pub(crate) fn apply(&self) {
        for (signal, action) in &self.actions {
            // SAFETY: a pointer to what was read from the kernel or made by `set_ignored`.
            unsafe { libc::sigaction(*signal, action, std::ptr::null_mut()) };
        }
        // SAFETY: a pointer to what was read from the kernel.
        unsafe { libc::sigprocmask(libc::SIG_SETMASK, &raw const self.mask, std::ptr::null_mut()) };
    }
}

impl Default for Dispositions {
    /// As they are now, but for SIGPIPE: Rust's start ignores it, which no program that is started should inherit.
    fn default() -> Self {
        let mut found = Self::of(&[]);
        found.set_ignored(libc::SIGPIPE, false);
        found
    }
}

impl std::fmt::Debug for Dispositions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.actions.iter().map(|(signal, _)| signal)).finish()
    }
}
