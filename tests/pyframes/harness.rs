//! A small ptrace tracer: stops a program and its descendants at their calls of `sendto` and `shutdown`.
//!
//! # Safety
//! Between fork and exec only system calls are made; the union of a stop's description is read as the kind of stop
//! that the kernel has just reported.

#![allow(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a tracer of test programs may panic")]
#![allow(dead_code, reason = "the tests and the bench use different fields of a call")]

use nix::errno::Errno;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use sockscope::memory::{Memory, Remote};
use sockscope::pyframes::{Live, Reader, Stack, Thread};
use std::collections::HashMap;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One call at which a thread was stopped.
pub struct Call {
    /// `libc::SYS_sendto` or `libc::SYS_shutdown`.
    pub number: i64,
    /// The bytes being sent.
    pub payload: Vec<u8>,
    pub thread: Thread,
    pub stack: Option<Arc<Stack>>,
    /// How long reading the stack took.
    pub took: Duration,
    /// The stack was read after the thread had continued into the call.
    pub inside: bool,
}

/// When a thread's stack is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// While the thread is stopped at the call's entry.
    AtEntry,
    /// While the thread is in the call, where the reader is likely to know the stack.
    Inside,
}

const STOPPED_AT: [i64; 2] = [libc::SYS_sendto, libc::SYS_shutdown];

/// Runs a command to its end, calling `seen` at each stop; returns its exit code.
pub fn trace(mut command: Command, when: When, reader: &mut Reader, seen: &mut dyn FnMut(Call)) -> i32 {
    let filter = filter();
    // SAFETY: the closure makes nothing but system calls.
    unsafe {
        command.pre_exec(move || {
            ptrace::traceme()?;
            install(&filter)
        });
    }
    let mut root = command.spawn().expect("the program can be started");
    let pid = i32::try_from(root.id()).unwrap();
    assert_eq!(waitpid(Pid::from_raw(pid), None), Ok(WaitStatus::Stopped(Pid::from_raw(pid), Signal::SIGTRAP)));
    let options = Options::PTRACE_O_EXITKILL
        | Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACESECCOMP
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACEEXEC;
    ptrace::setoptions(Pid::from_raw(pid), options).unwrap();
    reader.exec(pid, &Live::new(pid));
    ptrace::cont(Pid::from_raw(pid), None).unwrap();
    let code = follow(pid, when, reader, seen);
    // The process was already reaped; this only updates the handle.
    let _ = root.try_wait();
    code
}

fn follow(root: i32, when: When, reader: &mut Reader, seen: &mut dyn FnMut(Call)) -> i32 {
    let mut processes: HashMap<i32, i32> = HashMap::from([(root, root)]);
    let mut code = None;
    loop {
        let flags = WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD;
        let status = match waitpid(None, Some(flags)) {
            Ok(status) => status,
            Err(Errno::EINTR) => continue,
            Err(Errno::ECHILD) => return code.expect("the program has ended"),
            Err(error) => panic!("waitpid: {error}"),
        };
        let (Some(stopped), mut deliver) = (status.pid(), None) else {
            continue;
        };
        let tid = stopped.as_raw();
        match status {
            WaitStatus::Exited(..) | WaitStatus::Signaled(..) => {
                if tid == root {
                    code = Some(match status {
                        WaitStatus::Exited(_, code) => code,
                        WaitStatus::Signaled(_, signal, _) => 128 + signal as i32,
                        _ => unreachable!(),
                    });
                }
                match processes.remove(&tid) {
                    Some(pid) if pid != tid => reader.exit(Thread { pid, tid }),
                    _ => reader.forget(tid),
                }
                continue;
            }
            WaitStatus::PtraceEvent(_, _, event) => {
                let thread = Thread { pid: *processes.entry(tid).or_insert_with(|| process_of(tid)), tid };
                match event {
                    libc::PTRACE_EVENT_SECCOMP => {
                        if let Some(call) = call(thread, when, reader) {
                            let inside = call.inside;
                            seen(call);
                            if inside {
                                continue; // it continues from the call's exit
                            }
                        }
                    }
                    libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK | libc::PTRACE_EVENT_CLONE => {
                        let child = i32::try_from(ptrace::getevent(stopped).unwrap_or(0)).unwrap();
                        let pid = process_of(child);
                        processes.insert(child, pid);
                        if pid == child {
                            reader.fork(thread, child);
                        }
                    }
                    libc::PTRACE_EVENT_EXEC => reader.exec(thread.pid, &Live::new(tid)),
                    _ => {}
                }
            }
            WaitStatus::Stopped(_, Signal::SIGSTOP) => {} // how a new thread or process begins
            WaitStatus::Stopped(_, signal) => deliver = Some(signal),
            _ => {}
        }
        // It may have been killed meanwhile, which the next wait reports.
        let _ = ptrace::cont(stopped, deliver);
    }
}

fn call(thread: Thread, when: When, reader: &mut Reader) -> Option<Call> {
    let info = ptrace::syscall_info(Pid::from_raw(thread.tid)).ok()?;
    assert_eq!(info.op, libc::PTRACE_SYSCALL_INFO_SECCOMP);
    // SAFETY: `op` shows that this is the member the kernel has filled.
    let (number, arguments) = unsafe { (info.u.seccomp.nr as i64, info.u.seccomp.args) };
    let len = if number == libc::SYS_sendto { usize::try_from(arguments[2]).unwrap() } else { 0 };
    let payload = Remote::new(thread.tid).read_up_to(arguments[1], len);
    let inside = when == When::Inside && reader.is_steady(thread);
    let process = Live::new(thread.tid);
    if inside {
        ptrace::syscall(Pid::from_raw(thread.tid), None).ok()?;
    }
    let start = Instant::now();
    let stack = if inside { reader.recall(thread, &process) } else { None };
    let stack = stack.or_else(|| reader.stack(thread, &process));
    let took = start.elapsed();
    Some(Call { number, payload, thread, stack, took, inside })
}

fn process_of(tid: i32) -> i32 {
    let status = std::fs::read_to_string(format!("/proc/{tid}/status")).unwrap_or_default();
    let id = status.lines().find_map(|line| line.strip_prefix("Tgid:")).and_then(|id| id.trim().parse().ok());
    id.unwrap_or(tid)
}

/// A filter that stops at the wanted calls and lets all others run untouched.
fn filter() -> Vec<libc::sock_filter> {
    let statement = |code: u32, k: u32| libc::sock_filter { code: code as u16, jt: 0, jf: 0, k };
    let mut filter = vec![statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0)];
    for number in STOPPED_AT {
        let is = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
        filter.push(libc::sock_filter { code: is as u16, jt: 0, jf: 1, k: number as u32 });
        filter.push(statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_TRACE));
    }
    filter.push(statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW));
    filter
}

fn install(filter: &[libc::sock_filter]) -> std::io::Result<()> {
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_ptr().cast_mut() };
    // SAFETY: the program points at `len` instructions that outlive the calls.
    let failed = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
            || libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) != 0
    };
    if failed { Err(std::io::Error::last_os_error()) } else { Ok(()) }
}
