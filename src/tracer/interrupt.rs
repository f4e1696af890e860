//! Our own signals while we trace: the wish to end, and a tick to flush the log.
//!
//! A wait for tracees is only left early when a signal interrupts it, and a signal that comes just before the wait
//! would be missed. So each handler also starts a timer that ticks until the loop has seen the news: the next tick
//! interrupts the wait.
//!
//! # Safety
//! Handlers touch atomics and make one system call, nothing else.
#![allow(unsafe_code)]

use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering};

/// The signals that ask us to end.
const ENDING: [i32; 4] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM];
/// µs between ticks.
const TICK: i64 = 100_000;

static TICKED: AtomicBool = AtomicBool::new(false);
static WANTED: AtomicI32 = AtomicI32::new(0);
static SENDER: AtomicI32 = AtomicI32::new(0);
/// The dispositions we found, for the program we start.
static FOUND: AtomicPtr<Found> = AtomicPtr::new(std::ptr::null_mut());

/// Signal numbers with what was to be done about them, and the mask.
struct Found {
    actions: Vec<(i32, libc::sigaction)>,
    mask: libc::sigset_t,
}

/// A signal that asks us to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Which.
    pub signal: i32,
    /// The process that sent it; 0 for the kernel, which sends ^C to the whole foreground.
    pub sender: i32,
}

extern "C" fn on_tick(_: i32) {
    TICKED.store(true, Ordering::Relaxed);
}

extern "C" fn on_ending(signal: i32, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: the kernel passes a valid siginfo; `si_pid` is meant only for the codes that have it.
    let sender = unsafe { if (*info).si_code <= 0 { (*info).si_pid() } else { 0 } };
    SENDER.store(sender, Ordering::Relaxed);
    WANTED.store(signal, Ordering::Release);
    ticking(true);
}

/// Starts or stops the timer.
pub fn ticking(on: bool) {
    let interval = libc::timeval { tv_sec: 0, tv_usec: if on { TICK } else { 0 } };
    let timer = libc::itimerval { it_interval: interval, it_value: interval };
    // SAFETY: a pointer to a local; setitimer is a bare system call and may be made in a handler.
    unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()) };
}

/// Takes over the signals that would end us, and the timer's.
pub fn install() {
    let mut found = Vec::new();
    // SAFETY: sigaction reads and writes locals; the handlers are the ones above. No SA_RESTART: the wait must be left.
    unsafe {
        let mut mask: libc::sigset_t = std::mem::zeroed();
        libc::sigprocmask(libc::SIG_SETMASK, std::ptr::null(), &mut mask);
        let mut set = |signal: i32, handler: usize, flags: i32| {
            let mut action: libc::sigaction = std::mem::zeroed();
            let mut before: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = handler;
            action.sa_flags = flags;
            libc::sigaction(signal, std::ptr::null(), &mut before);
            // A signal that was ignored when we were started stays so, as under nohup.
            if before.sa_sigaction != libc::SIG_IGN || !ENDING.contains(&signal) {
                libc::sigaction(signal, &action, std::ptr::null_mut());
            }
            found.push((signal, before));
        };
        for signal in ENDING {
            set(signal, on_ending as *const () as usize, libc::SA_SIGINFO);
        }
        set(libc::SIGALRM, on_tick as *const () as usize, 0);
        // Inherited as ignored it would keep the program's status from us; and of stops only the wait tells.
        set(libc::SIGCHLD, libc::SIG_DFL, libc::SA_NOCLDSTOP);
        FOUND.store(Box::into_raw(Box::new(Found { actions: found, mask })), Ordering::Release);
    }
}

/// Puts everything back, in the child that becomes the program.
///
/// # Safety
/// To be called between fork and exec, where no other thread runs.
pub unsafe fn restore() {
    // SAFETY: `FOUND` is null or was leaked by `install`; only system calls are made.
    unsafe {
        let found = FOUND.load(Ordering::Acquire);
        if let Some(found) = found.as_ref() {
            for (signal, action) in &found.actions {
                libc::sigaction(*signal, action, std::ptr::null_mut());
            }
            libc::sigprocmask(libc::SIG_SETMASK, &found.mask, std::ptr::null_mut());
        }
        // Rust ignores SIGPIPE in every program before main; what it found is in `super::pipe_signal`.
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = if SIGPIPE_IGNORED.load(Ordering::Relaxed) { libc::SIG_IGN } else { libc::SIG_DFL };
        libc::sigaction(libc::SIGPIPE, &action, std::ptr::null_mut());
    }
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

/// Whether the timer ticked since the last question.
pub fn ticked() -> bool {
    TICKED.load(Ordering::Relaxed) && TICKED.swap(false, Ordering::Relaxed)
}

/// The latest wish to end since the last question.
pub fn wish() -> Option<Wish> {
    if WANTED.load(Ordering::Relaxed) == 0 {
        return None;
    }
    let signal = WANTED.swap(0, Ordering::Acquire);
    (signal != 0).then(|| Wish { signal, sender: SENDER.load(Ordering::Relaxed) })
}

/// Ends us by a signal, as the program we traced was, without a core of ours.
pub fn die_of(signal: i32) -> ! {
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
