//! `/proc` of a process or a thread: each of its files is read and parsed here, once.
//!
//! A process may be gone, or belong to another user and be unreadable; then there is no answer.

use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::str::FromStr;

pub(crate) mod locks;
pub(crate) mod net;

/// A process or thread, as /proc names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proc(Option<i32>);

/// A descriptor's place in a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Descriptor {
    process: Proc,
    fd: i32,
}

impl Proc {
    /// The process that asks.
    pub(crate) const OWN: Self = Self(None);

    /// The process or thread of this number.
    pub(crate) const fn new(pid: i32) -> Self {
        Self(Some(pid))
    }

    /// All processes that are there.
    pub(crate) fn all() -> impl Iterator<Item = i32> {
        numbers(fs::read_dir("/proc").into_iter().flatten())
    }

    /// The path of one of its files.
    pub(crate) fn path(self, file: &str) -> PathBuf {
        PathBuf::from(match self.0 {
            Some(pid) => format!("/proc/{pid}/{file}"),
            None => format!("/proc/self/{file}"),
        })
    }

    /// Whether it is there.
    pub(crate) fn exists(self) -> bool {
        self.path("").exists()
    }

    /// One of its files as text.
    pub(crate) fn text(self, file: &str) -> io::Result<String> {
        fs::read_to_string(self.path(file))
    }

    /// What it is and may do.
    pub(crate) fn status(self) -> Option<Fields> {
        self.text("status").ok().map(Fields)
    }

    /// Its state's letter, `S` for one that sleeps.
    pub(crate) fn state(self) -> Option<u8> {
        self.stat(0)?.bytes().next()
    }

    /// Ticks between the machine's start and its own.
    pub(crate) fn started(self) -> Option<u64> {
        self.stat(19)?.parse().ok()
    }

    /// The call it sleeps in.
    pub(crate) fn call(self) -> Option<libc::c_long> {
        self.text("syscall").ok()?.split(' ').next()?.parse().ok()
    }

    /// The call it sleeps in, with its registers. A call that goes on after a stop has another number then
    /// (`restart_syscall`), and the same registers.
    pub(crate) fn sleep(self) -> Option<Sleep> {
        let text = self.text("syscall").ok()?;
        let mut words = text.split(' ');
        let nr: i64 = words.next()?.parse().ok()?;
        let mut args = [0; 6];
        for arg in &mut args {
            *arg = u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
        }
        let place = self.text("wchan").unwrap_or_default();
        let nr = if nr == libc::SYS_restart_syscall { restarted(&place, &args) } else { nr };
        Some(Sleep { nr: u64::try_from(nr).ok()?, args })
    }

    /// When it last ran, ns by the clock of the processor it ran on, and that processor. Only the scheduler's own file has
    /// the clock (`CONFIG_SCHED_DEBUG`), and no two processors agree on it.
    pub(crate) fn last_ran(self) -> Option<(usize, u64)> {
        let text = self.text("sched").ok()?;
        let line = text.lines().find(|line| line.starts_with("se.exec_start"))?;
        let ms: f64 = line.rsplit(' ').next()?.parse().ok()?;
        Some((self.stat(36)?.parse().ok()?, (ms * 1_000_000.0) as u64))
    }

    /// Its threads.
    pub(crate) fn threads(self) -> io::Result<Vec<i32>> {
        let entries: Vec<_> = fs::read_dir(self.path("task"))?.collect::<io::Result<_>>()?;
        Ok(numbers(entries.into_iter().map(Ok)).collect())
    }

    /// The processes that its threads made and have not waited for, where the kernel lists them (`CONFIG_PROC_CHILDREN`).
    pub(crate) fn children(self) -> Vec<i32> {
        let threads = self.threads().unwrap_or_default();
        let lists = threads.iter().filter_map(|tid| self.text(&format!("task/{tid}/children")).ok());
        lists
            .flat_map(|list| list.split_ascii_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
            .collect()
    }

    /// The words of its command line.
    pub(crate) fn command_line(self) -> io::Result<Vec<Vec<u8>>> {
        let joined = fs::read(self.path("cmdline"))?;
        let joined = joined.strip_suffix(b"\0").unwrap_or(&joined);
        Ok(joined.split(|&byte| byte == 0).map(<[u8]>::to_vec).collect())
    }

    /// The kernel's name of it.
    pub(crate) fn name(self) -> Option<String> {
        Some(self.text("comm").ok()?.trim_end().to_owned())
    }

    /// How many files it may have open, as the soft and the hard limit say; `None` is no limit.
    pub(crate) fn file_limits(self) -> (Option<u64>, Option<u64>) {
        let limits = self.text("limits").unwrap_or_default();
        let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap_or_default();
        let mut words = line.split_ascii_whitespace().map(|word| word.parse().ok());
        (words.next().flatten(), words.next().flatten())
    }

    /// Its network namespace, as the link names it.
    pub(crate) fn network(self) -> Option<PathBuf> {
        fs::read_link(self.path("ns/net")).ok()
    }

    /// Its descriptors, in no order.
    pub(crate) fn descriptors(self) -> io::Result<impl Iterator<Item = Descriptor>> {
        Ok(numbers(fs::read_dir(self.path("fd"))?).map(move |fd| self.descriptor(fd)))
    }

    /// How many descriptors it has, if the kernel has that at hand (Linux 6.2 and later); otherwise 0.
    pub(crate) fn descriptor_count(self) -> u64 {
        fs::metadata(self.path("fd")).map_or(0, |meta| meta.len())
    }

    /// Its working directory.
    pub(crate) fn directory(self) -> io::Result<PathBuf> {
        fs::read_link(self.path("cwd"))
    }

    /// One of its descriptors, whether it is open or not.
    pub(crate) fn descriptor(self, fd: i32) -> Descriptor {
        Descriptor { process: self, fd }
    }

    /// A field of `stat`, counted from behind the name, which may hold anything.
    fn stat(self, at: usize) -> Option<String> {
        field_of_stat(&fs::read(self.path("stat")).ok()?, at).map(str::to_owned)
    }
}

impl Descriptor {
    /// Its number.
    pub(crate) fn number(self) -> i32 {
        self.fd
    }

    /// The path of the link to what it refers to, through which that can be opened again.
    pub(crate) fn path(self) -> PathBuf {
        self.process.path(&format!("fd/{}", self.fd))
    }

    /// The target of the link: a path, or `socket:[1234]`.
    pub(crate) fn link(self) -> Option<Vec<u8>> {
        Some(fs::read_link(self.path()).ok()?.into_os_string().into_vec())
    }

    /// The inode of the socket it refers to.
    pub(crate) fn socket(self) -> Option<u64> {
        socket_of_link(&self.link()?)
    }

    /// The descriptors that it watches, if it is an epoll set, each with the program's note on it: those that this many
    /// bytes of the kernel's list have.
    pub(crate) fn watched(self, bytes: u64) -> Vec<(i32, u64)> {
        let mut text = Vec::new();
        let list = fs::File::open(self.process.path(&format!("fdinfo/{}", self.fd)));
        let _ = list.and_then(|list| list.take(bytes).read_to_end(&mut text)); // what was read counts
        let text = String::from_utf8_lossy(&text);
        let member = |line: &str| {
            let mut words = line.strip_prefix("tfd:")?.split_ascii_whitespace();
            let fd = words.next()?.parse().ok()?;
            let note = u64::from_str_radix(words.nth(3)?, 16).ok()?;
            words.next().map(|_| (fd, note)) // the line goes on, so the note is whole
        };
        text.lines().filter_map(member).collect()
    }

    /// Whether it is open for reading, and whether for writing.
    pub(crate) fn access(self) -> Option<(bool, bool)> {
        let flags =
            i32::from_str_radix(self.info()?.text("flags")?, 8).ok().filter(|flags| flags & libc::O_PATH == 0)?;
        let mode = flags & libc::O_ACCMODE;
        Some((mode != libc::O_WRONLY, mode != libc::O_RDONLY))
    }

    /// The kernel's notes on it.
    pub(crate) fn info(self) -> Option<Fields> {
        self.process.text(&format!("fdinfo/{}", self.fd)).ok().map(Fields)
    }
}

/// A call that a thread sleeps in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sleep {
    /// The number of the call.
    pub(crate) nr: u64,
    /// Its argument registers.
    pub(crate) args: [u64; 6],
}

/// The call that a `restart_syscall` continues. Only four are continued so (`do_restart_poll`, `hrtimer_nanosleep_restart`,
/// `futex_wait_restart` in the kernel), and the place in the kernel often names none of them, but their registers differ:
/// a clock is a small number, a futex has an operation and a pointer to its timeout, and a poll a number of descriptors.
fn restarted(place: &str, args: &[u64; 6]) -> i64 {
    use crate::sys::arch::number;
    /// No memory lies below this address, and no clock, flag or operation is above it.
    const POINTERS: u64 = 4096;
    let waits = [libc::FUTEX_WAIT, libc::FUTEX_WAIT_BITSET];
    let operation = args[1] as i32 & !(libc::FUTEX_PRIVATE_FLAG | libc::FUTEX_CLOCK_REALTIME);
    // One for no descriptors may look like any other.
    if place.contains("poll") {
        number::POLL
    } else if args[0] < POINTERS {
        libc::SYS_clock_nanosleep
    } else if place.contains("futex") || waits.contains(&operation) && args[1] != 0 && args[3] >= POINTERS {
        libc::SYS_futex
    } else if place.contains("nanosleep") || args[1] == 0 || args[1] >= POINTERS {
        libc::SYS_nanosleep
    } else {
        number::POLL
    }
}

/// The inode in `socket:[1234]`.
pub(crate) fn socket_of_link(link: &[u8]) -> Option<u64> {
    std::str::from_utf8(link).ok()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

/// A file of lines `Name: value`.
#[derive(Debug)]
pub(crate) struct Fields(String);

impl Fields {
    fn lines(&self) -> std::str::Lines<'_> {
        self.0.lines()
    }

    /// What stands behind the name.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
    }

    /// The first word behind the name, read.
    pub(crate) fn get<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.split_ascii_whitespace().next()?.parse().ok()
    }
}

/// The entries of a folder whose names are numbers.
fn numbers(entries: impl Iterator<Item = io::Result<fs::DirEntry>>) -> impl Iterator<Item = i32> {
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn field_of_stat(stat: &[u8], at: usize) -> Option<&str> {
    let behind = &stat[stat.iter().rposition(|&byte| byte == b')')? + 1..];
    std::str::from_utf8(behind).ok()?.split_ascii_whitespace().nth(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd;

    #[test]
    fn a_continued_call_is_known_by_its_registers() {
        let pointer = 0x7ffd_1d6b_99e0;
        let call = |args: [u64; 4]| restarted("do_syscall_64", &[args[0], args[1], args[2], args[3], 0, 0]);
        assert_eq!(call([0, 0, pointer, pointer]), libc::SYS_clock_nanosleep);
        assert_eq!(call([pointer, 0, 7, 0]), libc::SYS_nanosleep);
        assert_eq!(call([pointer, pointer, 7, 0]), libc::SYS_nanosleep);
        assert_eq!(call([pointer, 0x189, 0, pointer]), libc::SYS_futex);
        assert_eq!(call([pointer, 0x80, 2, pointer]), libc::SYS_futex);
        assert_eq!(call([pointer, 1, 500_000, 0]), crate::sys::arch::number::POLL);
        let for_none = restarted("poll_schedule_timeout.constprop.0", &[pointer, 0, 500_000, 0, 0, 0]);
        assert_eq!(for_none, crate::sys::arch::number::POLL);
    }

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let status = Fields("Name:\tPid: x\nTgid:\t7\nPid:\t8\nUid:\t1000\t0\t0\t0\n".into());
        assert_eq!((status.get("Tgid"), status.get("Pid"), status.get::<u32>("id")), (Some(7), Some(8), None));
        assert_eq!((status.text("Name"), status.get("Uid")), (Some("Pid: x"), Some(1000)));
    }

    #[test]
    fn a_name_in_stat_may_hold_anything() {
        let stat = b"7 (a ) b) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 9 9";
        assert_eq!((field_of_stat(stat, 0), field_of_stat(stat, 19)), (Some("S"), Some("4711")));
        assert_eq!(field_of_stat(b"7 (x", 0), None);
    }

    #[test]
    fn our_own_process_answers_by_name_and_by_number() {
        let (socket, _peer) = std::os::unix::net::UnixStream::pair().unwrap();
        for own in [Proc::OWN, Proc::new(std::process::id() as i32)] {
            let found = own.descriptors().unwrap().find(|found| found.number() == socket.as_raw_fd()).unwrap();
            assert!(found.socket().is_some());
            assert!(found.info().unwrap().text("flags").is_some());
            assert!(own.exists() && !own.threads().unwrap().is_empty());
            assert_eq!(own.status().unwrap().get("Tgid"), Some(std::process::id()));
            assert!(own.file_limits().0.is_some() && own.network().is_some() && own.started().is_some());
            assert!(!own.command_line().unwrap().is_empty() && !own.name().unwrap().is_empty());
        }
        assert!(Proc::all().any(|pid| pid == std::process::id() as i32));
        assert!(!Proc::new(i32::MAX).exists() && Proc::new(i32::MAX).descriptors().is_err());
    }

    #[test]
    fn a_file_of_that_name_is_no_socket() {
        assert_eq!((socket_of_link(b"socket:[123]"), socket_of_link(b"/tmp/socket:[1]")), (Some(123), None));
        assert_eq!(socket_of_link(b"pipe:[5]"), None);
    }
}
