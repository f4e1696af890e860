//! Attaching to programs that run already: every thread there is, and why not if it cannot be.

use std::collections::BTreeMap;
use std::io;

use super::TraceError;
use super::ptrace;
use crate::sys::proc::{Proc, Sleep};
use crate::sys::setting;

/// Seizes all threads of a process, those it makes meanwhile too. Returns the threads, each with the call it slept in.
pub(super) fn seize_all(pid: i32, options: ptrace::Options) -> Result<BTreeMap<i32, Option<Sleep>>, TraceError> {
    let mut seized = BTreeMap::new();
    loop {
        let mut found_new = false;
        for tid in Proc::new(pid).threads().map_err(|error| denied(pid, &error))? {
            if seized.contains_key(&tid) {
                continue;
            }
            // Once it is interrupted, the kernel knows only that it is to be continued.
            let sleep = Proc::new(tid).sleep();
            match ptrace::seize(tid, options) {
                Ok(()) => {
                    let _ = ptrace::interrupt(tid); // a thread that ended meanwhile is reported by the wait
                    seized.insert(tid, sleep);
                    found_new = true;
                }
                // It ended between the listing and now, or a thread we trace already made it and it is ours.
                Err(_)
                    if tid != pid && (!Proc::new(tid).exists() || tracer(tid) == Some(std::process::id() as i32)) =>
                {
                    seized.insert(tid, None);
                }
                Err(error) => return Err(denied(pid, &error)),
            }
        }
        if !found_new {
            return Ok(seized);
        }
    }
}

/// Who traces a thread already.
fn tracer(pid: i32) -> Option<i32> {
    Proc::new(pid).status()?.get("TracerPid").filter(|tracer| *tracer != 0)
}

/// Why a process cannot be attached to.
fn denied(pid: i32, error: &io::Error) -> TraceError {
    let reason = if matches!(error.raw_os_error(), Some(libc::ESRCH | libc::ENOENT)) {
        "there is no such process".to_string()
    } else if pid == std::process::id() as i32 {
        "a program cannot trace itself".to_string()
    } else if let Some(other) = tracer(pid) {
        format!("process {other} traces it already, and a process has one tracer at a time")
    } else {
        forbidden(&setting::get("kernel.yama.ptrace_scope").unwrap_or_default(), error)
    };
    TraceError::Attach { pid, reason }
}

/// Why a process may not be traced, and what to try: yama's setting forbids it, or the rights are missing.
fn forbidden(scope: &str, error: &io::Error) -> String {
    match scope {
        "1" => format!(
            "{error}; /proc/sys/kernel/yama/ptrace_scope is 1, so only programs started by sockscope can be traced: run \
             as root, or start the program with \"sockscope trace PROG\""
        ),
        "2" => format!("{error}; /proc/sys/kernel/yama/ptrace_scope is 2, so only root may trace: run as root"),
        "3" => format!("{error}; /proc/sys/kernel/yama/ptrace_scope is 3, so nobody may trace until a reboot"),
        _ => format!(
            "{error}; it belongs to another user or has more rights than you: run as root (in a container \
             CAP_SYS_PTRACE is needed)"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The setting cannot be changed by a test without changing the machine; the refusal itself is tested in
    /// `tests/trace/refused.rs`.
    #[test]
    fn what_yama_forbids_is_reported_with_what_to_try() {
        let refused = io::Error::from_raw_os_error(libc::EPERM);
        for (scope, parts) in [
            ("", ["another user", "CAP_SYS_PTRACE"]),
            ("0", ["another user", "run as root"]),
            ("1", ["ptrace_scope is 1", "sockscope trace PROG"]),
            ("2", ["ptrace_scope is 2", "run as root"]),
            ("3", ["ptrace_scope is 3", "until a reboot"]),
        ] {
            let reason = forbidden(scope, &refused);
            assert!(reason.starts_with("Operation not permitted"), "{reason}");
            assert!(parts.iter().all(|part| reason.contains(part)), "{scope}: {reason}");
        }
    }
}
