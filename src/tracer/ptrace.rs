//! ptrace(2) and waitpid(2), with the states of a tracee as types.
//!
//! Only a [`Stopped`] thread can be asked and resumed, and resuming consumes it, so a question to a running thread does
//! not compile. A thread may be killed at any moment, also while it is stopped: every request may answer [`Gone`], which
//! is no error but news that the wait will bring again as an exit.
//!
//! nix's own wait is not used, since it gives up on real-time signals.
//!
//! # Safety
//! ptrace and wait are called with pointers to local buffers of the size the request writes, and with addresses of
//! ours only; nothing of the tracee is dereferenced.
#![allow(unsafe_code)]

use std::io;
use std::mem::{MaybeUninit, size_of};

use crate::sys::arch;
use crate::sys::clock::monotonic_ns;
use crate::sys::signals;

/// A thread that was killed while we talked to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gone;

/// How a stopped thread goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resume {
    /// Until something happens that was asked for by the options or the filter.
    Cont,
    /// Until the next entry or exit of a system call as well.
    Syscall,
}

/// What a `wait` reported.
#[derive(Debug)]
pub(super) struct Waited {
    /// Which thread.
    pub tid: i32,
    /// What happened to it.
    pub status: Status,
    /// The clocks at that moment.
    pub times: StopTimes,
}

/// The clocks of a thread, ns.
#[derive(Debug, Clone, Copy)]
pub(super) struct StopTimes {
    /// When we heard of it, by the clock that is never set.
    pub mono_ns: u64,
    /// The time it spent in the kernel so far; 0 unless asked for.
    pub system_ns: u64,
}

/// The kinds of report.
#[derive(Debug)]
pub(super) enum Status {
    /// It ended with this status.
    Exited(i32),
    /// A signal ended it; whether it dumped core.
    Killed(i32, bool),
    /// It stands still.
    Stopped(Stopped, Stop),
}

impl Status {
    /// What happened, in words.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Exited(status) => format!("exited with {status}"),
            Self::Killed(signal, _) => format!("was killed by signal {signal}"),
            Self::Stopped(_, stop) => format!("stopped: {stop:?}"),
        }
    }
}

/// Why a thread stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// At the entry or exit of a system call.
    Syscall,
    /// The filter asks for the call it is about to make.
    Seccomp,
    /// It made a thread or process, which is traced already.
    Fork,
    /// A new program took over.
    Exec,
    /// A signal is about to be delivered.
    Signal(i32),
    /// It is stopped like all threads of its process, by this signal.
    Group(i32),
    /// It was just attached, interrupted, or woken from a group stop.
    Pause,
    /// It is about to end.
    Ending,
    /// An event that was not asked for.
    Other,
}

/// The general registers of a thread.
#[cfg(target_arch = "x86_64")]
pub(super) type Registers = libc::user_regs_struct;

/// Those that the agent is about, which this processor does not have.
#[cfg(not(target_arch = "x86_64"))]
#[derive(Debug, Clone, Copy, Default)]
#[rustfmt::skip]
#[allow(missing_docs, reason = "the processor's names")]
pub(super) struct Registers {
    pub rip: u64, pub rsp: u64, pub rax: u64, pub rdi: u64, pub rsi: u64, pub rdx: u64, pub r10: u64, pub r8: u64,
    pub r9: u64, pub rbx: u64, pub r12: u64, pub r13: u64, pub r14: u64, pub orig_rax: u64, pub fs_base: u64,
}

/// A thread that stands still and waits for us.
#[derive(Debug)]
pub(super) struct Stopped {
    tid: i32,
}

/// What a thread at a system call is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallInfo {
    /// It makes this call with these arguments. `native` is whether they are of our own architecture.
    Entry {
        /// Number of the call.
        nr: u64,
        /// The argument registers.
        args: [u64; 6],
        /// Whether the number means what it means to us.
        native: bool,
        /// Where the stack ends.
        stack: u64,
        /// The instruction it stands at.
        ip: u64,
    },
    /// The call returned this.
    Exit {
        /// The result, or the negative error number.
        value: i64,
        /// Whether it is an error.
        is_error: bool,
    },
    /// Neither.
    None,
}

/// Options for a new tracee. All of them are inherited by what it forks.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Options {
    /// Trace new threads as well.
    pub threads: bool,
    /// Trace new processes as well.
    pub forks: bool,
    /// Kill the tracee when we die.
    pub kill_on_exit: bool,
    /// Stop at the calls that the seccomp filter traces.
    pub seccomp: bool,
    /// Stop threads that are about to end, whose descriptors are there still.
    pub ends: bool,
}

impl Options {
    fn bits(self) -> i32 {
        let mut bits = libc::PTRACE_O_TRACESYSGOOD | libc::PTRACE_O_TRACEEXEC;
        if self.threads {
            bits |= libc::PTRACE_O_TRACECLONE;
        }
        if self.forks {
            bits |= libc::PTRACE_O_TRACECLONE | libc::PTRACE_O_TRACEFORK | libc::PTRACE_O_TRACEVFORK;
        }
        if self.kill_on_exit {
            bits |= libc::PTRACE_O_EXITKILL;
        }
        if self.seccomp {
            bits |= libc::PTRACE_O_TRACESECCOMP;
        }
        if self.ends {
            bits |= libc::PTRACE_O_TRACEEXIT;
        }
        bits
    }
}

/// A request whose arguments are numbers.
fn request(request: libc::c_uint, tid: i32, data: usize) -> io::Result<()> {
    // SAFETY: the requests passed here take numbers, not pointers, in `addr` and `data`.
    let result = unsafe { libc::ptrace(request, tid, 0usize, data) };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Begins to trace a thread without stopping it.
pub(super) fn seize(tid: i32, options: Options) -> io::Result<()> {
    request(libc::PTRACE_SEIZE, tid, options.bits() as usize)
}

/// Makes a traced thread stop soon.
pub(super) fn interrupt(tid: i32) -> io::Result<()> {
    request(libc::PTRACE_INTERRUPT, tid, 0)
}

/// Whether two processes have one table of descriptors. Where the kernel does not say (no kcmp(2)), they have two.
pub(super) fn share_files(one: i32, other: i32) -> bool {
    const KCMP_FILES: libc::c_int = 2; // linux/kcmp.h
    // SAFETY: all arguments are plain numbers.
    unsafe { libc::syscall(libc::SYS_kcmp, one, other, KCMP_FILES, 0, 0) == 0 }
}

/// Whether two processes have one memory. Where the kernel does not say, they have two.
pub(super) fn share_memory(one: i32, other: i32) -> bool {
    const KCMP_VM: libc::c_int = 1; // linux/kcmp.h
    // SAFETY: all arguments are plain numbers.
    unsafe { libc::syscall(libc::SYS_kcmp, one, other, KCMP_VM, 0, 0) == 0 }
}

impl Stopped {
    /// The thread.
    pub(super) fn tid(&self) -> i32 {
        self.tid
    }

    fn ask<T>(&self, request: libc::c_uint, addr: usize) -> Result<T, Gone> {
        let mut answer = MaybeUninit::<T>::zeroed();
        // SAFETY: the kernel writes at most `size_of::<T>()` bytes: the callers pair each request with its type, and
        // PTRACE_GET_SYSCALL_INFO takes the size in `addr`.
        let result = unsafe { libc::ptrace(request, self.tid, addr, answer.as_mut_ptr()) };
        if result == -1 {
            return Err(Gone);
        }
        // SAFETY: all types asked for are plain integers, for which any bytes, also the zeroes of before, are valid.
        Ok(unsafe { answer.assume_init() })
    }

    /// What the thread is doing at a system call.
    pub(super) fn call(&self) -> Result<CallInfo, Gone> {
        let info: libc::ptrace_syscall_info =
            self.ask(libc::PTRACE_GET_SYSCALL_INFO, size_of::<libc::ptrace_syscall_info>())?;
        let native = info.arch == super::filter::AUDIT_ARCH;
        let (stack, ip) = (info.stack_pointer, info.instruction_pointer);
        Ok(match info.op {
            libc::PTRACE_SYSCALL_INFO_ENTRY => {
                // SAFETY: `op` shows that this member of the union is the one the kernel filled.
                let entry = unsafe { info.u.entry };
                CallInfo::Entry { nr: entry.nr, args: entry.args, native, stack, ip }
            }
            libc::PTRACE_SYSCALL_INFO_SECCOMP => {
                // SAFETY: as above.
                let entry = unsafe { info.u.seccomp };
                CallInfo::Entry { nr: entry.nr, args: entry.args, native, stack, ip }
            }
            libc::PTRACE_SYSCALL_INFO_EXIT => {
                // SAFETY: as above.
                let exit = unsafe { info.u.exit };
                CallInfo::Exit { value: exit.sval, is_error: exit.is_error != 0 }
            }
            _ => CallInfo::None,
        })
    }

    /// The instruction it stands at.
    pub(super) fn instruction(&self) -> Result<u64, Gone> {
        let info: libc::ptrace_syscall_info =
            self.ask(libc::PTRACE_GET_SYSCALL_INFO, size_of::<libc::ptrace_syscall_info>())?;
        Ok(info.instruction_pointer)
    }

    /// The register in which the last call left its result: while a thread is interrupted in a call, what becomes of it.
    pub(super) fn result(&self) -> Result<i64, Gone> {
        Ok(self.registers()?[arch::RESULT] as i64)
    }

    /// The general registers.
    pub(super) fn registers(&self) -> Result<[u64; arch::REGISTERS], Gone> {
        let mut registers = [0u64; arch::REGISTERS];
        self.registers_of(libc::PTRACE_GETREGSET, libc::NT_PRSTATUS, &mut registers)?;
        Ok(registers)
    }

    /// Reads or writes a set of registers.
    fn registers_of<T: Copy>(&self, request: libc::c_uint, set: libc::c_int, registers: &mut [T]) -> Result<(), Gone> {
        let mut area = libc::iovec { iov_base: registers.as_mut_ptr().cast(), iov_len: size_of_val(registers) };
        // SAFETY: the kernel reads or writes at most `iov_len` bytes of the slice, which outlives the request; the
        // callers pass plain integers.
        let result = unsafe { libc::ptrace(request, self.tid, set, std::ptr::from_mut(&mut area)) };
        if result == -1 { Err(Gone) } else { Ok(()) }
    }

    /// At an entry: the call that is made is another one, or with a number that no call has, none.
    pub(super) fn set_call(&self, nr: u64) -> Result<(), Gone> {
        const NT_ARM_SYSTEM_CALL: libc::c_int = 0x404; // linux/elf.h
        match arch::NUMBER {
            Some(at) => self.set_register(at, nr),
            None => self.registers_of(libc::PTRACE_SETREGSET, NT_ARM_SYSTEM_CALL, &mut [nr as i32]),
        }
    }

    /// At an exit: the program gets another result.
    pub(super) fn set_result(&self, result: i64) -> Result<(), Gone> {
        self.set_register(arch::RESULT, result as u64)
    }

    fn set_register(&self, at: usize, value: u64) -> Result<(), Gone> {
        let mut registers = self.registers()?;
        registers[at] = value;
        self.registers_of(libc::PTRACE_SETREGSET, libc::NT_PRSTATUS, &mut registers)
    }

    /// What the event is about: the new thread of a fork, the former thread of an exec.
    pub(super) fn event_message(&self) -> Result<i32, Gone> {
        self.ask::<libc::c_ulong>(libc::PTRACE_GETEVENTMSG, 0).map(|message| message as i32)
    }

    /// The `siginfo_t` of the signal about to be delivered.
    pub(super) fn siginfo(&self) -> Result<[u8; 128], Gone> {
        self.ask(libc::PTRACE_GETSIGINFO, 0)
    }

    /// The general registers.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn all_registers(&self) -> Result<Registers, Gone> {
        self.ask(libc::PTRACE_GETREGS, 0)
    }

    /// The general registers, which nothing needs where there is no agent.
    #[cfg(not(target_arch = "x86_64"))]
    pub(super) fn all_registers(&self) -> Result<Registers, Gone> {
        Err(Gone)
    }

    /// Sets the general registers.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn set_all_registers(&self, registers: &Registers) -> Result<(), Gone> {
        // SAFETY: the kernel reads one such structure.
        let result = unsafe { libc::ptrace(libc::PTRACE_SETREGS, self.tid, 0usize, std::ptr::from_ref(registers)) };
        if result == -1 { Err(Gone) } else { Ok(()) }
    }

    /// Sets the general registers, which nothing needs where there is no agent.
    #[cfg(not(target_arch = "x86_64"))]
    pub(super) fn set_all_registers(&self, _: &Registers) -> Result<(), Gone> {
        Err(Gone)
    }

    /// The signals that are blocked.
    pub(super) fn mask(&self) -> Result<u64, Gone> {
        self.ask(libc::PTRACE_GETSIGMASK, size_of::<u64>())
    }

    /// Blocks signals.
    pub(super) fn set_mask(&self, mask: u64) -> Result<(), Gone> {
        // SAFETY: the kernel reads as many bytes as `addr` says, which is the size of what `data` points to.
        let result =
            unsafe { libc::ptrace(libc::PTRACE_SETSIGMASK, self.tid, size_of::<u64>(), std::ptr::from_ref(&mask)) };
        if result == -1 { Err(Gone) } else { Ok(()) }
    }

    /// Lets the thread go on, with a signal delivered (0 for none).
    pub(super) fn resume(self, how: Resume, signal: i32) -> Result<(), Gone> {
        let how = match how {
            Resume::Cont => libc::PTRACE_CONT,
            Resume::Syscall => libc::PTRACE_SYSCALL,
        };
        request(how, self.tid, signal as usize).map_err(|_| Gone)
    }

    /// Lets the thread stay in its group stop, so that a SIGCONT wakes it as it would without us.
    pub(super) fn listen(self) -> Result<(), Gone> {
        request(libc::PTRACE_LISTEN, self.tid, 0).map_err(|_| Gone)
    }

    /// Lets the thread go for good.
    pub(super) fn detach(self, signal: i32) -> Result<(), Gone> {
        request(libc::PTRACE_DETACH, self.tid, signal as usize).map_err(|_| Gone)
    }
}

/// Waits for any tracee. `None` when `block` is false and nothing happened; an error of kind `Interrupted` when one of
/// our own signals came; ECHILD when there is nothing left to wait for.
pub(super) fn wait(block: bool, with_times: bool) -> io::Result<Option<Waited>> {
    wait_for(-1, block, with_times)
}

/// Waits for the next report of one thread.
pub(super) fn wait_thread(tid: i32) -> Result<Waited, Gone> {
    loop {
        match wait_for(tid, true, false) {
            Ok(Some(waited)) => return Ok(waited),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            _ => return Err(Gone),
        }
    }
}

/// As [`wait`], for one thread or, where it is -1, any.
fn wait_for(which: i32, block: bool, with_times: bool) -> io::Result<Option<Waited>> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // Only what this thread traces: the children of a program that uses us as a library are its own.
    let flags = libc::__WALL | libc::__WNOTHREAD | if block { 0 } else { libc::WNOHANG };
    let usage_ptr = if with_times { usage.as_mut_ptr() } else { std::ptr::null_mut() };
    // SAFETY: both pointers are to locals of the right type, or null where the call allows it.
    let tid = unsafe { libc::wait4(which, &mut status, flags, usage_ptr) };
    if tid == -1 {
        return Err(io::Error::last_os_error());
    }
    if tid == 0 {
        return Ok(None);
    }
    // SAFETY: zeroed before, so it is initialised whether or not the kernel wrote it; plain integers.
    let stime = unsafe { usage.assume_init() }.ru_stime;
    let system_ns = (stime.tv_sec as u64) * 1_000_000_000 + (stime.tv_usec as u64) * 1000;
    let times = StopTimes { mono_ns: monotonic_ns(), system_ns };
    Ok(Some(Waited { tid, status: decode(tid, status), times }))
}

/// Waits until a tracee has stopped or ended, for so long at most. Where another thread of ours takes the news of it,
/// all of the time passes. Whether a signal of ours came instead.
pub(super) fn await_news(most: std::time::Duration) -> bool {
    signals::sleep_until(libc::SIGCHLD, most, || wait_peek() == 0)
}

/// The thread that has something to report, which stays to be waited for; 0 for none, -1 for an error.
fn wait_peek() -> i32 {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    let flags = libc::WEXITED | libc::WSTOPPED | libc::WNOHANG | libc::WNOWAIT | libc::__WALL | libc::__WNOTHREAD;
    // SAFETY: the kernel writes one such structure.
    if unsafe { libc::waitid(libc::P_ALL, 0, info.as_mut_ptr(), flags) } != 0 {
        return -1;
    }
    // SAFETY: zeroed before, so it is initialised whether or not the kernel wrote it.
    unsafe { info.assume_init().si_pid() }
}

/// Reads a wait status.
fn decode(tid: i32, status: i32) -> Status {
    if libc::WIFEXITED(status) {
        return Status::Exited(libc::WEXITSTATUS(status));
    }
    if libc::WIFSIGNALED(status) {
        return Status::Killed(libc::WTERMSIG(status), libc::WCOREDUMP(status));
    }
    let signal = libc::WSTOPSIG(status);
    let stop = match status >> 16 {
        0 if signal == libc::SIGTRAP | 0x80 => Stop::Syscall,
        0 => Stop::Signal(signal),
        libc::PTRACE_EVENT_SECCOMP => Stop::Seccomp,
        libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK | libc::PTRACE_EVENT_CLONE => Stop::Fork,
        libc::PTRACE_EVENT_EXEC => Stop::Exec,
        libc::PTRACE_EVENT_EXIT => Stop::Ending,
        libc::PTRACE_EVENT_STOP => match signal {
            libc::SIGSTOP | libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU => Stop::Group(signal),
            _ => Stop::Pause,
        },
        _ => Stop::Other,
    };
    Status::Stopped(Stopped { tid }, stop)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A status word as the kernel builds it for a stop.
    fn stopped(signal: i32, event: i32) -> i32 {
        (event << 16) | (signal << 8) | 0x7f
    }

    #[test]
    fn statuses_are_distinguished() {
        assert!(matches!(decode(1, 3 << 8), Status::Exited(3)));
        assert!(matches!(decode(1, 9), Status::Killed(9, false)));
        assert!(matches!(decode(1, 11 | 0x80), Status::Killed(11, true)));
        let kind = |status| match decode(1, status) {
            Status::Stopped(_, stop) => stop,
            other => panic!("{other:?}"),
        };
        assert_eq!(kind(stopped(libc::SIGTRAP | 0x80, 0)), Stop::Syscall);
        assert_eq!(kind(stopped(libc::SIGTRAP, 0)), Stop::Signal(libc::SIGTRAP));
        assert_eq!(kind(stopped(34, 0)), Stop::Signal(34));
        assert_eq!(kind(stopped(libc::SIGTRAP, libc::PTRACE_EVENT_SECCOMP)), Stop::Seccomp);
        assert_eq!(kind(stopped(libc::SIGTSTP, libc::PTRACE_EVENT_STOP)), Stop::Group(libc::SIGTSTP));
        assert_eq!(kind(stopped(libc::SIGTRAP, libc::PTRACE_EVENT_STOP)), Stop::Pause);
    }
}
