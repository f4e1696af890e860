//! The command's own signals, in one place: which are remembered, waited for or passed on, and death by one.
//!
//! # Safety
//! Handlers store to atomics and make one system call, nothing else.
#![allow(unsafe_code)]

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, Signal, sigaction};

use crate::sys::disposition::Dispositions;
use crate::sys::folder;
use crate::tracer::Requests;

/// The signals that ask a tracer to end.
const ENDING: [i32; 4] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM];
/// Those that a script's `&` leaves ignored, since ^C at the terminal is not meant for the background. Sent by a process
/// they are meant for us.
const BACKGROUND: [i32; 2] = [libc::SIGINT, libc::SIGQUIT];
/// A bit for each of them that was ignored when we were started: the terminal's stays so.
static FROM_KERNEL_IGNORED: AtomicU32 = AtomicU32::new(0);
/// µs between ticks.
const TICK: i64 = 100_000;

/// Context of the error when the handlers cannot be installed.
pub(super) const REFUSED: &str = "cannot install the Ctrl-C handler";

/// Requests to the tracer. Each handler starts a timer that ticks until then, since a signal that comes just before the
/// tracer waits does not interrupt the wait, but the next tick does.
pub(super) static REQUESTS: Requests = Requests::new(|| ticking(false));

/// SIGINT, SIGTERM and SIGHUP, remembered instead of died of.
#[derive(Debug, Clone)]
pub(super) struct Remembered {
    any: Arc<AtomicBool>,
    last: Arc<AtomicUsize>,
}

impl Remembered {
    /// A flag that is up once one came.
    pub(super) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.any)
    }

    /// The last that came.
    pub(super) fn last(&self) -> Option<Signal> {
        Signal::try_from(self.last.load(Ordering::Relaxed) as i32).ok()
    }
}

/// From now on these signals are remembered. A started program has them as usual, which it would not have if they were
/// blocked.
pub(super) fn remember() -> io::Result<Remembered> {
    static REMEMBERED: OnceLock<Remembered> = OnceLock::new();
    if let Some(before) = REMEMBERED.get() {
        return Ok(before.clone());
    }
    let new = Remembered { any: Arc::default(), last: Arc::default() };
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP].map(|signal| signal as i32) {
        signal_hook::flag::register_usize(signal, Arc::clone(&new.last), signal as usize)?;
        signal_hook::flag::register(signal, new.flag())?;
    }
    Ok(REMEMBERED.get_or_init(|| new).clone())
}

/// Makes SIGINT a `KeyboardInterrupt` of the document programs: calls return `EINTR`, since the handler does not ask for
/// a restart. One that comes just before a call is entered does not interrupt it, but the next tick of a timer does.
pub(super) fn interrupt_as_python_does() -> nix::Result<()> {
    extern "C" fn on_interrupt(_: libc::c_int) {
        crate::pysocket::interrupt();
        ticking(true);
    }
    extern "C" fn on_alarm(_: libc::c_int) {
        if !crate::pysocket::is_interrupted() {
            ticking(false);
        }
    }
    for (signal, handler) in [(Signal::SIGALRM, on_alarm as extern "C" fn(_)), (Signal::SIGINT, on_interrupt)] {
        let action = SigAction::new(SigHandler::Handler(handler), SaFlags::empty(), SigSet::empty());
        // SAFETY: the handlers access an atomic and set a timer, nothing else.
        unsafe { sigaction(signal, &action) }?;
    }
    Ok(())
}

/// Runs `then` when one of the signals comes, on a thread that takes no other. To be called before any other thread is
/// started: the signals are kept from all of them. Those that are ignored, as under nohup, stay so.
pub(super) fn on(signals: &[Signal], then: impl FnOnce(Signal) + Send + 'static) -> nix::Result<()> {
    let numbers: Vec<i32> = signals.iter().map(|signal| *signal as i32).collect();
    let before = Dispositions::of(&numbers);
    let set: SigSet = signals.iter().copied().filter(|signal| !before.ignores(*signal as i32)).collect();
    let mut mask = SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    std::thread::spawn(move || {
        if let Ok(signal) = set.wait() {
            then(signal);
        }
    });
    mask.extend(set.iter());
    mask.thread_set_mask()
}

/// What was done about signals when we were started, as a program that we start is to have it; for one that is traced
/// [`install`] returns it.
pub(super) fn inherited() -> Dispositions {
    let mut found = Dispositions::default();
    found.set_ignored(libc::SIGPIPE, SIGPIPE_IGNORED.load(Ordering::Relaxed));
    found
}

/// Takes over the signals that would end a tracer, and the timer's; what was done about them before, for the program
/// that is started. Where calls are recorded inside the program (`naps`), its stops end a sleep between two looks.
pub(super) fn install(naps: bool) -> Dispositions {
    let mut found = Dispositions::of(&[&ENDING[..], &[libc::SIGALRM, libc::SIGCHLD]].concat());
    let set = |signal: i32, handler: usize, flags: i32| {
        // SAFETY: a pointer to a local; the handlers are the two below. No SA_RESTART: the wait must be left.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            (action.sa_sigaction, action.sa_flags) = (handler, flags);
            libc::sigaction(signal, &action, std::ptr::null_mut());
        }
    };
    for signal in ENDING {
        let ignored = found.ignores(signal);
        // As under nohup.
        if ignored && !BACKGROUND.contains(&signal) {
            continue;
        }
        if ignored {
            FROM_KERNEL_IGNORED.fetch_or(1 << signal, Ordering::Relaxed);
        }
        set(signal, on_ending as *const () as usize, libc::SA_SIGINFO);
    }
    set(libc::SIGALRM, on_tick as *const () as usize, 0);
    // Inherited as ignored it would hide the program's status from us; otherwise stops are reported by the wait alone.
    set(libc::SIGCHLD, libc::SIG_DFL, if naps { 0 } else { libc::SA_NOCLDSTOP });
    found.set_ignored(libc::SIGPIPE, SIGPIPE_IGNORED.load(Ordering::Relaxed));
    found
}

/// Lets no signal of the user's end the tracer, or with `stops` stop it, which the program is to have as before.
pub(super) fn ignore(stops: bool, before: &mut Dispositions) {
    let ignored = SigAction::new(SigHandler::SigIgn, SaFlags::empty(), SigSet::empty());
    if stops {
        before.add(&[libc::SIGTSTP]);
    }
    for signal in ENDING.into_iter().chain(stops.then_some(libc::SIGTSTP)) {
        if let Ok(signal) = Signal::try_from(signal) {
            // SAFETY: no handler is installed.
            let _ = unsafe { sigaction(signal, &ignored) };
        }
    }
}

extern "C" fn on_tick(_: i32) {
    REQUESTS.tick();
}

extern "C" fn on_ending(signal: i32, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: the kernel passes a valid siginfo; `si_pid` is meant only for the codes that have it.
    let sender = unsafe { if (*info).si_code <= 0 { (*info).si_pid() } else { 0 } };
    if sender == 0 && FROM_KERNEL_IGNORED.load(Ordering::Relaxed) & (1 << signal) != 0 {
        return;
    }
    REQUESTS.end(signal, sender);
    ticking(true);
}

/// Starts or stops the timer.
pub(super) fn ticking(on: bool) {
    let interval = libc::timeval { tv_sec: 0, tv_usec: if on { TICK } else { 0 } };
    let timer = libc::itimerval { it_interval: interval, it_value: interval };
    // SAFETY: a pointer to a local; setitimer is a bare system call and may be made in a handler.
    unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()) };
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

/// Ends us by a signal, as what we ran was, so that our parent sees it; without a core or a folder of ours.
pub(super) fn die_of(signal: i32) -> ! {
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
