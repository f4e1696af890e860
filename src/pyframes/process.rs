//! What the reader needs of a stopped thread's process, and a live process that provides it.
//!
//! Everything goes through [`Process`], so that the reader also works on something other than procfs. A live process
//! is identified by one of its threads, not by its process id: after the first thread has ended, `/proc/PID` is a
//! zombie's and its files are empty, while `/proc/TID` of a living thread still works.

use crate::memory::{Memory, Remote};
use crate::sys::arch::THREAD_POINTER;
use crate::sys::proc::Proc;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};
use nix::time::{ClockId, clock_gettime};
use nix::unistd::{Pid, SysconfVar, sysconf};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The process of a stopped thread, as the reader needs it.
pub trait Process {
    /// The process's memory.
    fn memory(&self) -> &dyn Memory;

    /// The thread pointer of the stopped thread (on x86-64 the base of the fs segment): what `pthread_self` returns
    /// there and what CPython identifies a thread by. `None` where it cannot be read.
    fn thread_pointer(&self) -> Option<u64>;

    /// The used part of the stopped thread's native stack: from its stack pointer to the end of the mapping. `None`
    /// where it cannot be read, or the thread is neither stopped nor asleep.
    fn native_stack(&self) -> Option<Range<u64>> {
        None
    }

    /// The file mappings, in the order of addresses.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] when the process is not dumpable, any other when it is gone.
    fn mappings(&self) -> io::Result<Vec<Mapping>>;

    /// Its current working directory, in its own mount namespace.
    ///
    /// # Errors
    /// When it cannot be read.
    fn current_dir(&self) -> io::Result<PathBuf>;

    /// Its arguments, the program's name first.
    ///
    /// # Errors
    /// When they cannot be read.
    fn command_line(&self) -> io::Result<Vec<Vec<u8>>>;

    /// When the process was created: when its program began, or before.
    ///
    /// # Errors
    /// When it cannot be read.
    fn created(&self) -> io::Result<SystemTime>;

    /// The path of its executable, with all links resolved.
    ///
    /// # Errors
    /// When it cannot be read.
    fn executable(&self) -> io::Result<PathBuf>;

    /// Opens a regular file by its absolute path as the process sees it: in its root, in its mount namespace.
    ///
    /// # Errors
    /// When it cannot be opened, or is not a regular file.
    fn open(&self, path: &Path) -> io::Result<File>;

    /// Opens its standard input from the beginning, if that is a regular file.
    ///
    /// # Errors
    /// When it cannot be opened, or is not a regular file, since a pipe cannot be read twice.
    fn open_stdin(&self) -> io::Result<File>;
}

/// One file mapping of a process's memory map.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mapping {
    /// Its first address.
    pub start: u64,
    /// Its offset in the file, in bytes.
    pub offset: u64,
    /// The file, as the process's map names it (followed by `" (deleted)"` when it is gone).
    pub path: PathBuf,
}

/// A live process, read from `/proc/TID` of one of its threads, which its tracer has stopped.
#[derive(Debug, Clone, Copy)]
pub struct Live<M = Remote> {
    tid: i32,
    memory: M,
}

impl Live {
    /// The process of thread `tid`, its memory read with `process_vm_readv`.
    pub fn new(tid: i32) -> Self {
        Self::with_memory(tid, Remote::new(tid))
    }
}

impl<M: Memory> Live<M> {
    /// The process of thread `tid`, its memory read through `memory`.
    pub fn with_memory(tid: i32, memory: M) -> Self {
        Self { tid, memory }
    }

    fn entry(&self, name: &str) -> PathBuf {
        Proc::new(self.tid).path(name)
    }
}

impl<M: Memory> Process for Live<M> {
    fn memory(&self) -> &dyn Memory {
        &self.memory
    }

    fn thread_pointer(&self) -> Option<u64> {
        let at = std::ptr::without_provenance_mut(THREAD_POINTER?);
        let word = nix::sys::ptrace::read_user(Pid::from_raw(self.tid), at);
        word.ok().map(|word| u64::from_ne_bytes(word.to_ne_bytes()))
    }

    fn native_stack(&self) -> Option<Range<u64>> {
        let text = fs::read_to_string(self.entry("syscall")).ok()?;
        // `NUMBER ARGUMENTS… SP PC`, or `-1 SP PC` outside of a call, or `running`.
        let pointer = text.split_ascii_whitespace().rev().nth(1)?.strip_prefix("0x")?;
        let pointer = u64::from_str_radix(pointer, 16).ok()?;
        let maps = fs::read(self.entry("maps")).ok()?;
        let range = maps.split(|&byte| byte == b'\n').filter_map(range).find(|range| range.contains(&pointer))?;
        Some(pointer..range.end)
    }

    fn mappings(&self) -> io::Result<Vec<Mapping>> {
        Ok(fs::read(self.entry("maps"))?.split(|&byte| byte == b'\n').filter_map(mapping).collect())
    }

    fn current_dir(&self) -> io::Result<PathBuf> {
        Proc::new(self.tid).directory()
    }

    fn command_line(&self) -> io::Result<Vec<Vec<u8>>> {
        Proc::new(self.tid).command_line()
    }

    fn created(&self) -> io::Result<SystemTime> {
        let unknown = || io::Error::from(io::ErrorKind::InvalidData);
        let pid = Proc::new(self.tid).status().and_then(|status| status.get("Tgid")).ok_or_else(unknown)?;
        let ticks = Proc::new(pid).started().ok_or_else(unknown)?;
        let per_second = sysconf(SysconfVar::CLK_TCK)?.and_then(|n| u64::try_from(n).ok()).ok_or_else(unknown)?;
        let after_boot = Duration::from_micros(ticks * 1_000_000 / per_second.max(1));
        let now = Duration::from(clock_gettime(ClockId::CLOCK_BOOTTIME)?);
        Ok(SystemTime::now() - now.saturating_sub(after_boot))
    }

    fn executable(&self) -> io::Result<PathBuf> {
        fs::read_link(self.entry("exe"))
    }

    fn open(&self, path: &Path) -> io::Result<File> {
        let root = self.entry("root");
        let inside = path.strip_prefix("/").unwrap_or(path);
        // Links are followed as the process would follow them. Not blocking, in case it is a named pipe.
        let how = OpenHow::new()
            .flags(OFlag::O_RDONLY | OFlag::O_CLOEXEC | OFlag::O_NOCTTY | OFlag::O_NONBLOCK)
            .resolve(ResolveFlag::RESOLVE_IN_ROOT);
        match File::open(&root).and_then(|dir| Ok(openat2(dir, inside, how)?)) {
            Ok(fd) => regular(File::from(fd)),
            // Kernels before 5.6, and sandboxes without the call.
            Err(error) if error.raw_os_error() == Some(libc::ENOSYS) => open_regular(&root.join(inside)),
            Err(error) => Err(error),
        }
    }

    fn open_stdin(&self) -> io::Result<File> {
        open_regular(&self.entry("fd/0"))
    }
}

/// Checks the type before opening, since opening a pipe or a device could block or have an effect.
fn open_regular(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(not_regular());
    }
    regular(File::open(path)?)
}

fn regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() { Ok(file) } else { Err(not_regular()) }
}

fn not_regular() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")
}

/// The addresses that a line of the map begins with.
fn range(line: &[u8]) -> Option<Range<u64>> {
    let addresses = std::str::from_utf8(line.split(|&byte| byte == b' ').next()?).ok()?;
    let (start, end) = addresses.split_once('-')?;
    Some(u64::from_str_radix(start, 16).ok()?..u64::from_str_radix(end, 16).ok()?)
}

/// Parses `start-end perms offset dev inode path`; `None` for memory without a file.
fn mapping(line: &[u8]) -> Option<Mapping> {
    let path = &line[line.iter().position(|&byte| byte == b'/')?..];
    let mut fields = std::str::from_utf8(&line[..line.len() - path.len()]).ok()?.split_ascii_whitespace();
    let offset = fields.nth(2)?;
    Some(Mapping {
        start: range(line)?.start,
        offset: u64::from_str_radix(offset, 16).ok()?,
        path: OsString::from_vec(path.to_vec()).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_line_of_the_map() {
        let line = b"7f00a1000000-7f00a1020000 r-xp 00001000 08:01 131   /opt/a dir/lib.so (deleted)";
        let want = Mapping { start: 0x7f00_a100_0000, offset: 0x1000, path: "/opt/a dir/lib.so (deleted)".into() };
        assert_eq!(mapping(line), Some(want));
        assert_eq!(mapping(b"7f00a1000000-7f00a1020000 rw-p 00000000 00:00 0 "), None);
        assert_eq!(mapping(b"7ffc0000-7ffd0000 rw-p 00000000 00:00 0   [stack]"), None);
        assert_eq!(mapping(b""), None);
    }

    #[test]
    fn our_own_process_can_be_read() {
        let live = Live::new(nix::unistd::gettid().as_raw());
        let exe = std::env::current_exe().unwrap();
        assert_eq!(live.executable().unwrap(), exe);
        assert_eq!(live.current_dir().unwrap(), std::env::current_dir().unwrap());
        assert!(live.mappings().unwrap().iter().any(|mapping| mapping.path == exe && mapping.offset == 0));
        let arguments: Vec<_> = std::env::args_os().map(OsStringExt::into_vec).collect();
        assert_eq!(live.command_line().unwrap(), arguments);
        let age = std::time::SystemTime::now().duration_since(live.created().unwrap()).unwrap();
        assert!(age < Duration::from_secs(86400), "{age:?}");
        let mut magic = [0; 4];
        live.open(&exe).unwrap().read_exact(&mut magic).unwrap();
        assert_eq!(&magic, b"\x7fELF");
        assert!(live.open(Path::new("/dev/null")).is_err());
        assert!(live.open(Path::new("/")).is_err());
    }
}
