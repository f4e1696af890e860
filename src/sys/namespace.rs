//! Where an experiment runs: a child process of its own, in a user and network namespace of its own.
//!
//! A process, because a namespace is entered for good, a crash must not take the other experiments along, and its
//! descriptors, sockets and namespaces vanish with it whatever happened. The child asks the kernel to be killed when
//! its parent dies, so nothing outlives the command.
//!
//! # Safety
//! `fork` is followed by ordinary code in the child: the command forks while it has one thread, and glibc makes its
//! allocator usable in the child even if there were more. The `ioctl`s read one `ifreq` of ours. A borrowed descriptor
//! is one the experiment itself opened. Descriptors are closed wholesale only in a child that uses none of them.
#![allow(unsafe_code)]

use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
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
pub(crate) enum ChildFailure {
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

/// Which descriptors of its parent a child keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeps {
    All,
    /// The one that its answer goes to; its standard streams lead nowhere.
    Nothing,
}

/// Runs `work` in a child process and returns the bytes it made. `stop` is asked several times a second whether to
/// give up.
pub(crate) fn in_child(
    limit: Duration,
    stop: &dyn Fn() -> bool,
    work: impl FnOnce() -> Vec<u8>,
) -> Result<Vec<u8>, ChildFailure> {
    in_child_with(Keeps::All, limit, stop, work)
}

/// Runs `work` in a child process that has no descriptor of ours, and takes as long as it takes.
pub(super) fn in_bare_child(work: impl FnOnce() -> Vec<u8>) -> Result<Vec<u8>, ChildFailure> {
    in_child_with(Keeps::Nothing, Duration::MAX, &|| false, work)
}

fn in_child_with(
    keeps: Keeps,
    limit: Duration,
    stop: &dyn Fn() -> bool,
    work: impl FnOnce() -> Vec<u8>,
) -> Result<Vec<u8>, ChildFailure> {
    let (reader, writer) = pipe2(OFlag::O_CLOEXEC).map_err(io::Error::from)?;
    let parent = getpid();
    // SAFETY: see the module's head.
    match unsafe { fork() }.map_err(io::Error::from)? {
        ForkResult::Child => {
            drop(reader);
            let status = child(parent, writer, keeps, work);
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
fn child(parent: Pid, writer: OwnedFd, keeps: Keeps, work: impl FnOnce() -> Vec<u8>) -> i32 {
    let dies_with_parent = prctl::set_pdeathsig(Signal::SIGKILL);
    // The first process of a PID namespace cannot see its parent.
    if dies_with_parent.is_err() || ![parent, Pid::from_raw(0)].contains(&getppid()) {
        return 1;
    }
    if keeps == Keeps::Nothing && close_all_but(&writer).is_err() {
        return 1;
    }
    // A Ctrl-C on the terminal is the parent's to handle.
    let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(bytes) => i32::from(fs::File::from(writer).write_all(&bytes).is_err()),
        Err(_) => 101,
    }
}

/// Closes every descriptor but this one; the standard streams become the null device, if they are not yet.
fn close_all_but(kept: &OwnedFd) -> io::Result<()> {
    let kept = kept.as_raw_fd() as u32;
    if let Ok(null) = fs::File::options().read(true).write(true).open("/dev/null") {
        for stream in 0..=2 {
            // SAFETY: numbers only; a child's standard streams belong to nobody else.
            if unsafe { libc::dup2(null.as_raw_fd(), stream) } == -1 {
                return Err(io::Error::last_os_error());
            }
        }
    }
    for (first, last) in [(3, kept.saturating_sub(1)), (kept + 1, u32::MAX)] {
        // SAFETY: numbers only; this child uses no descriptor that it inherited but the one that is kept.
        if first <= last && unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) } == -1 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// Reads what the child makes until it ends, the time is over or the caller wants no more.
fn collect(
    mut child: Child,
    reader: OwnedFd,
    limit: Duration,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<u8>, ChildFailure> {
    let deadline = Instant::now().checked_add(limit);
    let mut reader = fs::File::from(reader);
    let mut bytes = Vec::new();
    let mut piece = [0; 64 * 1024];
    loop {
        if stop() {
            return Err(ChildFailure::Interrupted);
        }
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Err(ChildFailure::TimedOut(limit));
        }
        let mut fds = [PollFd::new(reader.as_fd(), PollFlags::POLLIN)];
        match poll(&mut fds, PollTimeout::from(50u8)) {
            Ok(0) | Err(Errno::EINTR) => continue,
            Ok(_) => {}
            Err(errno) => return Err(ChildFailure::Io(errno.into())),
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
        WaitStatus::Exited(_, code) => Err(ChildFailure::Died(format!("exit status {code}"))),
        WaitStatus::Signaled(_, signal, _) => Err(ChildFailure::Died(format!("killed by {signal}"))),
        other => Err(ChildFailure::Died(format!("{other:?}"))),
    }
}

/// Who one is in the user namespace that an ordinary user's network namespace needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NamespaceUser {
    /// Its root, whoever one was outside.
    Root,
    /// The same as outside: programs that are started have no more rights than they would have there.
    Same,
}

/// Moves this process into a network namespace of its own whose loopback is up, and into a user namespace where it takes
/// one. The error is a sentence that names the obstacle; the process may then be half way there.
pub(crate) fn enter(user: NamespaceUser) -> Result<(), String> {
    let (uid, gid) = (geteuid(), getegid());
    // Who may do without a user namespace remains the same by staying in the present one.
    let plain = user == NamespaceUser::Same && unshare(CloneFlags::CLONE_NEWNET).is_ok();
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
        let (inside, group) = if user == NamespaceUser::Root { (0, 0) } else { (uid.as_raw(), gid.as_raw()) };
        map_user(&format!("{inside} {uid} 1"), &format!("{group} {gid} 1"))?;
    }
    bring_loopback_up()
}

/// Says who this process is outside of the user namespace that it has just made.
pub(super) fn map_user(uids: &str, gids: &str) -> Result<(), String> {
    // The kernel wants setgroups denied first.
    for (file, text) in [("setgroups", "deny"), ("uid_map", uids), ("gid_map", gids)] {
        fs::write(format!("/proc/self/{file}"), text)
            .map_err(|error| format!("the user namespace could not be set up (/proc/self/{file}: {error})"))?;
    }
    Ok(())
}

/// Makes the loopback interface of a network namespace of ours usable.
pub(super) fn bring_loopback_up() -> Result<(), String> {
    loopback(|request| request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as i16, libc::SIOCSIFFLAGS)
        .map_err(|error| format!("the loopback interface could not be brought up ({error})"))
}

/// Sets the loopback interface's MTU, bytes; only in a namespace of ours.
pub(crate) fn set_loopback_mtu(mtu: i32) -> io::Result<()> {
    loopback(|request| request.ifr_ifru.ifru_mtu = mtu, libc::SIOCSIFMTU)
}

/// One `ioctl` on `lo`.
fn loopback(fill: impl FnOnce(&mut libc::ifreq), request: libc::Ioctl) -> io::Result<()> {
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
