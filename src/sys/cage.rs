//! A place where calls of unknown intent can be made: a process that can reach nothing of this machine.
//!
//! A list of what is dangerous is never complete, so nothing is there in the first place: user, network, mount, IPC,
//! UTS, cgroup and PID namespaces of its own, with a loopback device, an empty root, no other process and no
//! capability. What is left, the kernel itself, is met through a short list of calls only ([`seal`]). Whatever was made
//! in there, files too, goes with its last process, and that ends with its creator, whatever ends that.

use std::collections::BTreeMap;
use std::io;

use caps::CapSet;
use nix::errno::Errno;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::{chdir, getegid, geteuid, pivot_root};
use seccompiler::SeccompCmpOp::{Eq, MaskedEq, Ne};
use seccompiler::{BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCondition, SeccompFilter, SeccompRule};

use super::namespace::{ChildFailure, bring_loopback_up, in_bare_child, map_user};
use super::setting;

/// Why nothing came out of a cage.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// None can be made on this machine.
    #[error("{0}")]
    Forbidden(String),
    /// The process in it failed.
    #[error(transparent)]
    Failed(#[from] ChildFailure),
}

/// The first byte of what the outer process hands back: the cage could not be made, or what the inner process made.
const FORBIDDEN: u8 = b'-';
const MADE: u8 = b'+';

/// Where the empty root is mounted before it becomes the root: a directory that every machine has, since the user
/// namespace was set up through it.
const MOUNT_POINT: &str = "/proc";

/// The most descriptors that are asked for.
const MAX_DESCRIPTORS: u64 = 1 << 18;

/// Runs `work` in a cage of its own and returns the bytes it made. In there, ports from `lowest_port` on can be bound.
///
/// # Errors
/// No cage can be made here, or the process in it died.
pub(crate) fn run(lowest_port: u16, work: impl FnOnce() -> Vec<u8>) -> Result<Vec<u8>, Error> {
    // The PID namespace holds those that are made after it, so it takes a second process.
    let mut answer = in_bare_child(|| {
        let made = enter(lowest_port).map_err(Error::Forbidden).and_then(|()| {
            let inner = in_bare_child(|| match give_up_rights() {
                Ok(()) => [vec![MADE], work()].concat(),
                Err(obstacle) => [vec![FORBIDDEN], obstacle.into_bytes()].concat(),
            });
            Ok(inner?)
        });
        made.unwrap_or_else(|error| {
            let kind = if matches!(error, Error::Forbidden(_)) { FORBIDDEN } else { b'!' };
            [vec![kind], error.to_string().into_bytes()].concat()
        })
    })?;
    let kind = if answer.is_empty() { b'!' } else { answer.remove(0) };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match kind {
        MADE => Ok(answer),
        FORBIDDEN => Err(Error::Forbidden(text(&answer))),
        _ => Err(Error::Failed(ChildFailure::Died(text(&answer)))),
    }
}

/// Moves this process into namespaces of its own, and its children into a PID namespace. The error names the obstacle.
fn enter(lowest_port: u16) -> Result<(), String> {
    let (uid, gid) = (geteuid(), getegid());
    let namespaces = CloneFlags::CLONE_NEWUSER
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS
        | CloneFlags::CLONE_NEWCGROUP
        | CloneFlags::CLONE_NEWPID;
    unshare(namespaces).map_err(|errno| format!("this kernel gives this user no namespaces of its own ({errno})"))?;
    // The same user as outside: credentials that are passed read as recorded.
    map_user(&format!("{uid} {uid} 1"), &format!("{gid} {gid} 1"))?;
    bring_loopback_up()?;
    // Where /proc/sys is read-only, a port that needs a right is refused, which is an answer like any other.
    let _ = setting::set("net.ipv4.ip_unprivileged_port_start", &lowest_port.to_string());
    empty_root().map_err(|errno| format!("the file system could not be replaced by an empty one ({errno})"))
}

/// Makes an empty file system in memory this process's root; nothing else is left.
fn empty_root() -> nix::Result<()> {
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some("cage"), MOUNT_POINT, Some("tmpfs"), flags, Some("mode=0700,size=16m,nr_inodes=64k"))?;
    chdir(MOUNT_POINT)?;
    // The old root lands on top of the new one, and is taken away from there.
    pivot_root(".", ".")?;
    umount2(".", MntFlags::MNT_DETACH)?;
    chdir("/")
}

/// Gives up every capability for good, and takes the descriptors that many processes together may need.
fn give_up_rights() -> Result<(), String> {
    let sets = [CapSet::Ambient, CapSet::Bounding, CapSet::Inheritable, CapSet::Effective, CapSet::Permitted];
    for set in sets {
        caps::clear(None, set).map_err(|error| format!("capabilities could not be given up ({error})"))?;
    }
    let limits = |errno: Errno| format!("limits could not be set ({errno})");
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).map_err(limits)?;
    let wanted = most.min(MAX_DESCRIPTORS);
    setrlimit(Resource::RLIMIT_NOFILE, wanted, wanted).map_err(limits)?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0).map_err(limits)
}

/// A call that may be made, and the values that its argument of this number may have; any where there are none.
#[derive(Debug, Clone)]
pub(crate) struct Allowed {
    pub(crate) nr: i64,
    pub(crate) argument: u8,
    pub(crate) values: Option<Vec<u64>>,
}

/// The address families whose sockets stay in their network namespace. Packets need a capability, which is the kernel's
/// to say.
const FAMILIES: [i32; 4] = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6, libc::AF_PACKET];

/// From now on this thread and those that it starts can make these calls, and those that a Rust program needs to live;
/// all others are unknown to the kernel.
///
/// # Errors
/// The kernel has no seccomp filters.
pub(crate) fn seal(allowed: &[Allowed]) -> io::Result<()> {
    let programs = filters(allowed).map_err(io::Error::other)?;
    programs.iter().try_for_each(|program| seccompiler::apply_filter(program)).map_err(io::Error::other)
}

/// The filters that are in force together.
fn filters(allowed: &[Allowed]) -> Result<Vec<BpfProgram>, seccompiler::BackendError> {
    let is = |argument, op, value| SeccompCondition::new(argument, SeccompCmpArgLen::Dword, op, value);
    let rule = |conditions| SeccompRule::new(conditions);
    let arch = std::env::consts::ARCH.try_into()?;

    let mut calls: BTreeMap<i64, Vec<SeccompRule>> = RUNTIME.iter().map(|nr| (*nr, Vec::new())).collect();
    // A thread, never a process; clone3, whose flags are in memory, is unknown, and the C library then does without.
    let thread = (libc::CLONE_THREAD | libc::CLONE_VM) as u64;
    calls.insert(libc::SYS_clone, vec![rule(vec![is(0, MaskedEq(thread), thread)?])?]);
    let own = u64::from(std::process::id());
    calls.insert(libc::SYS_tgkill, vec![rule(vec![is(0, Eq, own)?])?]);
    for call in allowed.iter().filter(|call| call.nr >= 0) {
        let values = call.values.iter().flatten();
        let rules = values.map(|value| rule(vec![is(call.argument, Eq, *value)?]));
        calls.insert(call.nr, rules.collect::<Result<_, _>>()?);
    }
    let unknown = SeccompAction::Errno(libc::ENOSYS as u32);
    let list = SeccompFilter::new(calls, unknown, SeccompAction::Allow, arch)?;

    let foreign = FAMILIES.iter().map(|family| is(0, Ne, *family as u64)).collect::<Result<Vec<_>, _>>()?;
    let makers = [libc::SYS_socket, libc::SYS_socketpair];
    let makers = makers.into_iter().map(|nr| Ok((nr, vec![rule(foreign.clone())?])));
    let makers = makers.collect::<Result<_, seccompiler::BackendError>>()?;
    let no_family = SeccompAction::Errno(libc::EAFNOSUPPORT as u32);
    let families = SeccompFilter::new(makers, SeccompAction::Allow, no_family, arch)?;
    [families, list].into_iter().map(TryInto::try_into).collect()
}

/// What threads, memory, locks, time, signals of one's own and files in memory need.
const RUNTIME: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_dup,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_ftruncate,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_getsockname,
    libc::SYS_gettid,
    libc::SYS_madvise,
    libc::SYS_memfd_create,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_read,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_sigaltstack,
    libc::SYS_unlinkat,
    libc::SYS_write,
];

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener, UdpSocket};

    use nix::sys::signal::{Signal, kill};
    use nix::sys::socket::{AddressFamily, SockFlag, SockProtocol, SockType, socket};
    use nix::unistd::{Pid, getpid};

    use super::*;

    /// What `work` finds in a cage, a line each; `None` where there are no cages.
    fn found(work: impl FnOnce() -> Vec<String>) -> Option<String> {
        match run(1024, || work().join("\n").into_bytes()) {
            Ok(bytes) => Some(String::from_utf8(bytes).unwrap()),
            Err(Error::Forbidden(obstacle)) => {
                assert!(std::env::var_os("CI").is_none(), "{obstacle}");
                None
            }
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn nothing_of_the_machine_is_there() {
        let (parent, listener) = (getpid(), TcpListener::bind("127.0.0.1:0").unwrap());
        let port = listener.local_addr().unwrap().port();
        let found = found(|| {
            let entries = std::fs::read_dir("/").unwrap().count();
            let descriptors: Vec<i32> = (3..64)
                .filter(|fd| nix::fcntl::fcntl(crate::sys::namespace::borrow(*fd), nix::fcntl::F_GETFD).is_ok())
                .collect();
            let have = [CapSet::Effective, CapSet::Permitted, CapSet::Bounding]
                .map(|set| caps::read(None, set).unwrap().len());
            vec![
                format!("{entries} files, {} descriptors, rights {have:?}", descriptors.len()),
                format!("{:?}", std::fs::read("/etc/passwd").map_err(|error| error.kind())),
                format!("{} {:?}", getpid(), kill(parent, Signal::SIGTERM)),
                format!(
                    "{:?}",
                    std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map(drop).map_err(|error| error.kind())
                ),
                format!(
                    "{:?}",
                    UdpSocket::bind("127.0.0.1:0").unwrap().send_to(b"x", "192.0.2.1:9").map_err(|error| error.kind())
                ),
                format!(
                    "{:?}",
                    socket(AddressFamily::Inet, SockType::Raw, SockFlag::empty(), SockProtocol::Raw).map(drop)
                ),
                format!("{:?}", TcpListener::bind("127.0.0.1:80").map(drop).map_err(|error| error.kind())),
            ]
        });
        let expected = "0 files, 1 descriptors, rights [0, 0, 0]\nErr(NotFound)\n1 Err(ESRCH)\nErr(ConnectionRefused)\n\
            Err(NetworkUnreachable)\nErr(EPERM)\nErr(PermissionDenied)";
        assert!(found.as_deref().is_none_or(|found| found == expected), "{found:?}");
    }

    #[test]
    fn sealed_it_makes_the_calls_on_the_list_only() {
        let commands = Allowed { nr: libc::SYS_fcntl, argument: 1, values: Some(vec![libc::F_GETFD as u64]) };
        let allowed = [commands, Allowed { nr: libc::SYS_socket, argument: 0, values: None }];
        let found = found(|| {
            let file = nix::sys::memfd::memfd_create("file", nix::sys::memfd::MFdFlags::empty()).unwrap();
            seal(&allowed).unwrap();
            let family = |family| socket(family, SockType::Stream, SockFlag::empty(), None).map(drop);
            vec![
                format!("{:?}", std::fs::read("/etc/passwd").map_err(|error| error.raw_os_error())),
                format!("{:?}", nix::sys::ptrace::attach(Pid::from_raw(1))),
                format!("{:?}", kill(Pid::from_raw(-1), Signal::SIGTERM)),
                format!("{:?}", unshare(CloneFlags::CLONE_NEWUSER)),
                format!("{:?}", mount(Some("x"), "/", Some("tmpfs"), MsFlags::empty(), None::<&str>)),
                format!("{:?}", nix::sched::setns(&file, CloneFlags::CLONE_NEWNET)),
                format!("{:?}", std::process::Command::new("/bin/true").status().map_err(|error| error.raw_os_error())),
                format!("{:?} {:?}", family(AddressFamily::Vsock), family(AddressFamily::Inet)),
                format!("{:?}", nix::fcntl::fcntl(&file, nix::fcntl::F_GETFD)),
                format!("{:?}", nix::fcntl::fcntl(&file, nix::fcntl::F_GETFL)),
                // Threads can be made, and locks be waited for.
                format!("{:?}", std::thread::spawn(|| std::thread::spawn(|| 7).join().unwrap()).join().unwrap()),
            ]
        });
        let expected = "Err(Some(38))\nErr(ENOSYS)\nErr(ENOSYS)\nErr(ENOSYS)\nErr(ENOSYS)\nErr(ENOSYS)\nErr(Some(38))\n\
            Err(EAFNOSUPPORT) Ok(())\nOk(0)\nErr(ENOSYS)\n7";
        assert!(found.as_deref().is_none_or(|found| found == expected), "{found:?}");
    }

    /// What ends the creator ends the cage, and a failure in it is an error.
    #[test]
    fn its_end_is_reported() {
        let died = run(1024, || std::process::abort());
        assert!(matches!(died, Err(Error::Failed(_) | Error::Forbidden(_))), "{died:?}");
    }
}
