//! `/proc/locks`, and the same lines among the notes on a descriptor: who holds a lock on which file.

use std::os::unix::fs::MetadataExt;

use super::{Descriptor, Proc};

/// A lock that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lock {
    /// Who counts as its holder.
    pub(crate) kind: LockKind,
    /// Whether it keeps readers off too.
    pub(crate) writes: bool,
    /// The process that took it; `None` where it belongs to an open file, or to a process that is not seen.
    pub(crate) pid: Option<i32>,
    /// The file.
    pub(crate) file: FileId,
    /// The first byte.
    pub(crate) start: u64,
    /// The last byte; `None` for all up to the end.
    pub(crate) end: Option<u64>,
}

/// The kinds of locks: `flock`, and those of `fcntl`, which belong to a process or to an open file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LockKind {
    Flock,
    Process,
    OpenFile,
}

/// A file: the device of its file system, major and minor, and its inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileId {
    device: (u32, u32),
    inode: u64,
}

impl LockKind {
    /// As `/proc/locks` names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Flock => "FLOCK",
            Self::Process => "POSIX",
            Self::OpenFile => "OFDLCK",
        }
    }
}

impl Lock {
    /// All that are held on a file. Those that are waited for are left out.
    pub(crate) fn on(file: FileId) -> Vec<Self> {
        let all = std::fs::read_to_string("/proc/locks").unwrap_or_default();
        all.lines().filter_map(Self::read).filter(|lock| lock.file == file).collect()
    }

    /// Whether it is that one: the notes on a descriptor have no better name of it.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let what = |lock: &Self| (lock.kind, lock.writes, lock.file, lock.start, lock.end);
        what(self) == what(other)
    }

    /// Whether it is in the way of another lock on the same file.
    pub(crate) fn hinders(&self, kind: LockKind, writes: bool, start: u64, end: Option<u64>) -> bool {
        let same = (self.kind == LockKind::Flock) == (kind == LockKind::Flock);
        let apart = |last: Option<u64>, first: u64| last.is_some_and(|last| last < first);
        same && (self.writes || writes) && !apart(self.end, start) && !apart(end, self.start)
    }

    /// `1: POSIX  ADVISORY  WRITE 4242 fe:00:1234 0 EOF`.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace().skip(1);
        let kind = match words.next()? {
            "FLOCK" => LockKind::Flock,
            "POSIX" => LockKind::Process,
            "OFDLCK" => LockKind::OpenFile,
            _ => return None,
        };
        let writes = match words.nth(1)? {
            "WRITE" => true,
            "READ" => false,
            _ => return None,
        };
        let pid = words.next()?.parse().ok().filter(|pid| *pid > 0);
        let mut file = words.next()?.split(':');
        let mut part = || u32::from_str_radix(file.next()?, 16).ok();
        let device = (part()?, part()?);
        let inode = file.next()?.parse().ok()?;
        let start = words.next()?.parse().ok()?;
        let end = match words.next()? {
            "EOF" => None,
            last => Some(last.parse().ok()?),
        };
        Some(Self { kind, writes, pid, file: FileId { device, inode }, start, end })
    }
}

impl Descriptor {
    /// The locks that are held through it.
    pub(crate) fn locks(self) -> Vec<Lock> {
        let Some(info) = self.info() else { return Vec::new() };
        info.lines().filter_map(|line| Lock::read(line.strip_prefix("lock:")?)).collect()
    }

    /// The file it refers to, as locks name it: by the file system itself, which `stat` does not show of one that lies
    /// above others. Kernels before 5.14 do not show the inode there.
    pub(crate) fn file(self) -> Option<FileId> {
        let (meta, info) = (std::fs::metadata(self.path()).ok()?, self.info()?);
        let inode = info.get("ino").unwrap_or_else(|| meta.ino());
        let seen = (nix::sys::stat::major(meta.dev()) as u32, nix::sys::stat::minor(meta.dev()) as u32);
        let device = info.get("mnt_id").and_then(|mount: u32| self.process.device_of(mount)).unwrap_or(seen);
        Some(FileId { device, inode })
    }

    /// Where in the file the next call reads or writes.
    pub(crate) fn position(self) -> Option<u64> {
        self.info()?.get("pos")
    }
}

impl Proc {
    /// The device of what is mounted under this number.
    fn device_of(self, mount: u32) -> Option<(u32, u32)> {
        let mounts = self.text("mountinfo").ok()?;
        let line = mounts.lines().find(|line| line.split(' ').next().is_some_and(|id| id.parse() == Ok(mount)))?;
        let (major, minor) = line.split(' ').nth(2)?.split_once(':')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_held_counts_and_only_what_overlaps_hinders() {
        let held = Lock::read("3: POSIX  ADVISORY  WRITE 4242 fe:0a:1234 100 199").unwrap();
        assert_eq!((held.kind, held.writes, held.pid), (LockKind::Process, true, Some(4242)));
        assert_eq!(held.file, FileId { device: (0xfe, 10), inode: 1234 });
        assert_eq!(Lock::read("3: -> POSIX  ADVISORY  WRITE 4243 fe:0a:1234 100 199"), None);
        assert_eq!(Lock::read("4: LEASE  ACTIVE    READ  4242 fe:0a:1234 0 EOF"), None);
        let hinders = |kind, start, end| held.hinders(kind, false, start, end);
        assert!(hinders(LockKind::OpenFile, 0, None) && hinders(LockKind::Process, 199, Some(300)));
        assert!(!hinders(LockKind::Process, 200, None) && !hinders(LockKind::Process, 0, Some(99)));
        assert!(!hinders(LockKind::Flock, 0, None));
        let read = Lock::read("1: OFDLCK ADVISORY  READ  -1 00:2a:7 0 EOF").unwrap();
        assert_eq!((read.pid, read.end), (None, None));
        assert!(!read.hinders(LockKind::Process, false, 0, None) && read.hinders(LockKind::Process, true, 0, None));
        assert!(held.is(&held.clone()) && !held.is(&read));
    }
}
