//! Where an experiment runs: a child process of its own, in a user and network namespace of its own.
//!
//! A process, because a namespace is entered for good, a crash must not take the other experiments along, and its
//! descriptors, sockets and namespaces vanish with it whatever happened. The child asks the kernel to be killed when
//! its parent dies, so nothing outlives the command.
//!
//! # Safety
//! `fork` is followed by ordinary code in the child: the command forks while it has one thread, and glibc makes its
//! allocator usable in the child even if there were more. The `ioctl`s read one `ifreq` of ours. A borrowed descriptor
//! is one the experiment itself opened.
#![allow(unsafe_code)]

use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork, getegid, geteuid, getpid, getppid, pipe2, setpgid};

/// How a child ended badly.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It took too long.
    #[error("timed out after {} s", .0.as_secs())]
    TimedOut(Duration),
    /// The caller wanted no more.
    #[error("interrupted")]
    Interrupted,
    /// It died.
    #[error("its process ended unexpectedly: {0}")]
    Died(String),
    /// It could not be made.
    #[error("a process for it could not be made: {0}")]
    Io(#[from] io::Error),
}

/// A child at work; killed when dropped.
#[derive(Debug)]
struct Child {
    pid: Pid,
    reaped: bool,
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.reaped {
            let _ = kill(self.pid, Signal::SIGKILL);
            let _ = waitpid(self.pid, None);
        }
    }
}

/// Runs `work` in a child process and returns the bytes it made. `stop` is asked several times a second whether to
/// give up.
pub(crate) fn in_child(
    limit: Duration,
    stop: &dyn Fn() -> bool,
    work: impl FnOnce() -> Vec<u8>,
) -> Result<Vec<u8>, Failure> {
    let (reader, writer) = pipe2(OFlag::O_CLOEXEC).map_err(io::Error::from)?;
    let parent = getpid();
    // SAFETY: see the module's head.
    match unsafe { fork() }.map_err(io::Error::from)? {
        ForkResult::Child => {
            drop(reader);
            let status = child(parent, writer, work);
            // SAFETY: ends this process without running what the parent registered for its own end.
            unsafe { libc::_exit(status) }
        }
        ForkResult::Parent { child } => {
            drop(writer);
            collect(Child { pid: child, reaped: false }, reader, limit, stop)
        }
    }
}

/// The child's whole life; returns its exit status.
fn child(parent: Pid, writer: OwnedFd, work: impl FnOnce() -> Vec<u8>) -> i32 {
    let dies_with_parent = prctl::set_pdeathsig(Signal::SIGKILL);
    if dies_with_parent.is_err() || getppid() != parent {
        return 1;
    }
    // A Ctrl-C on the terminal is the parent's to handle.
    let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(bytes) => i32::from(fs::File::from(writer).write_all(&bytes).is_err()),
        Err(_) => 101,
    }
}

/// Reads what the child makes until it ends, the time is over or the caller wants no more.
fn collect(mut child: Child, reader: OwnedFd, limit: Duration, stop: &dyn Fn() -> bool) -> Result<Vec<u8>, Failure> {
    let deadline = Instant::now() + limit;
    let mut reader = fs::File::from(reader);
    let mut bytes = Vec::new();
    let mut piece = [0; 64 * 1024];
    loop {
        if stop() {
            return Err(Failure::Interrupted);
        }
        if Instant::now() >= deadline {
            return Err(Failure::TimedOut(limit));
        }
        let mut fds = [PollFd::new(reader.as_fd(), PollFlags::POLLIN)];
        match poll(&mut fds, PollTimeout::from(50u8)) {
            Ok(0) | Err(Errno::EINTR) => continue,
            Ok(_) => {}
            Err(errno) => return Err(Failure::Io(errno.into())),
        }
        match reader.read(&mut piece)? {
            0 => break,
            n => bytes.extend_from_slice(&piece[..n]),
        }
    }
    let status = loop {
        match waitpid(child.pid, None) {
            Err(Errno::EINTR) => {}
            other => break other.map_err(io::Error::from)?,
        }
    };
    child.reaped = true;
    match status {
        WaitStatus::Exited(_, 0) => Ok(bytes),
        WaitStatus::Exited(_, code) => Err(Failure::Died(format!("exit status {code}"))),
        WaitStatus::Signaled(_, signal, _) => Err(Failure::Died(format!("killed by {signal}"))),
        other => Err(Failure::Died(format!("{other:?}"))),
    }
}

/// Who one is in the user namespace that an ordinary user's network namespace needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum User {
    /// Its root, whoever one was outside.
    Root,
    /// The same as outside: programs that are started have no more rights than they would have there.
    Same,
}

/// Moves this process into a network namespace of its own whose loopback is up, and into a user namespace where it takes
/// one. The error is a sentence that names the obstacle; the process may then be half way there.
pub(crate) fn enter(user: User) -> Result<(), String> {
    let (uid, gid) = (geteuid(), getegid());
    // Who may do without a user namespace remains the same by staying in the present one.
    let plain = user == User::Same && unshare(CloneFlags::CLONE_NEWNET).is_ok();
    if !plain && let Err(errno) = unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET) {
        // Root where user namespaces are forbidden does without.
        unshare(CloneFlags::CLONE_NEWNET).map_err(|_| {
            format!(
                "it needs a network namespace of its own, and this kernel gives this user none ({errno}); run it as \
                 root, or allow user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, \
                 kernel.apparmor_restrict_unprivileged_userns)"
            )
        })?;
    } else if !plain {
        let (inside, group) = if user == User::Root { (0, 0) } else { (uid.as_raw(), gid.as_raw()) };
        // The kernel wants setgroups denied first.
        let maps = [
            ("setgroups", "deny".to_owned()),
            ("uid_map", format!("{inside} {uid} 1")),
            ("gid_map", format!("{group} {gid} 1")),
        ];
        for (file, text) in maps {
            fs::write(format!("/proc/self/{file}"), text)
                .map_err(|error| format!("the user namespace could not be set up (/proc/self/{file}: {error})"))?;
        }
    }
    loopback(|request| request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as i16, libc::SIOCSIFFLAGS)
        .map_err(|error| format!("the loopback interface could not be brought up ({error})"))
}

/// Sets the loopback interface's MTU, bytes; only in a namespace of ours.
pub(crate) fn set_loopback_mtu(mtu: i32) -> io::Result<()> {
    loopback(|request| request.ifr_ifru.ifru_mtu = mtu, libc::SIOCSIFMTU)
}

/// One `ioctl` on `lo`.
fn loopback(fill: impl FnOnce(&mut libc::ifreq), request: libc::Ioctl) -> io::Result<()> {
    use std::os::fd::AsRawFd;
    let any = socket(AddressFamily::Inet, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)?;
    // SAFETY: an `ifreq` is plain data, for which zeroes are valid.
    let mut ifreq: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in ifreq.ifr_name.iter_mut().zip(b"lo") {
        *to = *from as libc::c_char;
    }
    fill(&mut ifreq);
    // SAFETY: both requests made here read one `ifreq`, which lives across the call.
    let ret = unsafe { libc::ioctl(any.as_raw_fd(), request, &raw mut ifreq) };
    if ret == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// A descriptor that an experiment holds as a number, for calls outside the layer that want to borrow it.
pub(crate) fn borrow<'a>(fd: std::os::fd::RawFd) -> std::os::fd::BorrowedFd<'a> {
    // SAFETY: the experiment that calls this has opened `fd` and closes nothing before it is done with the borrow; the
    // calls made with it (fstat, lseek) answer EBADF to a wrong number and touch no memory.
    unsafe { std::os::fd::BorrowedFd::borrow_raw(fd) }
}
