//! What is known of a file, and of the file system that it is on.

use super::layout::field;
use super::{Field, Forms, Kind, Layout, Record, Value};
pub(crate) use crate::xlat::file::UTIME;
use crate::xlat::file::{FILE_SYSTEM, FILE_TYPE_MODE, MOUNTED, STATX_ATTR, STATX_MASK};

/// The number of a device, in its two parts.
pub static DEVICE: Layout = Layout {
    name: "device",
    size: 16,
    doc: "The number of a device: which driver, and which of its devices.",
    fields: &[
        field("major", 0, Kind::Uint(8), "The driver."),
        field("minor", 8, Kind::Uint(8), "Which of the driver's devices."),
    ],
};

/// A device's number in its parts.
pub(crate) fn device(raw: u64) -> Record {
    let parts = [libc::major(raw), libc::minor(raw)];
    Record { layout: &DEVICE, fields: parts.map(|part| Value::Uint(part.into())).to_vec(), cut: None }
}

/// The number that [`device`] took apart.
pub(crate) fn device_number(device: &Record) -> u64 {
    let part = |at: usize| device.fields.get(at).and_then(Value::register).unwrap_or(0) as u32;
    libc::makedev(part(0), part(1))
}

const MODE: Field =
    field("st_mode", 24, Kind::Flags(&FILE_TYPE_MODE, 4), "What kind of file it is, and who may do what with it.");
const SIZE: Field = field("st_size", 48, Kind::Int(8), "Its size in bytes.");
const RDEV: Field = field("st_rdev", 40, Kind::Device(8), "Which device the file stands for.");
const FURTHER: Field = field("more", 0, Kind::More, "More members follow, which -v shows.");
const DEV: Field = field("st_dev", 0, Kind::Device(8), "The device that holds the file.");
const INO: Field = field("st_ino", 8, Kind::Uint(8), "Its number on that device.");
const NLINK: Field = field("st_nlink", 16, Kind::Uint(8), "How many names it has.");
const UID: Field = field("st_uid", 28, Kind::Uint(4), "The user who owns it.");
const GID: Field = field("st_gid", 32, Kind::Uint(4), "The group that owns it.");
const BLKSIZE: Field = field("st_blksize", 56, Kind::Int(8), "How many bytes are best read or written at once.");
const BLOCKS: Field = field("st_blocks", 64, Kind::Int(8), "How much room it takes, in units of 512 bytes.");
const ATIME: Field = field("st_atime", 72, Kind::DateWithNanos, "When it was last read.");
const ATIME_NSEC: Field = field("st_atime_nsec", 80, Kind::Uint(8), "Nanoseconds beyond that second.");
const MTIME: Field = field("st_mtime", 88, Kind::DateWithNanos, "When its content last changed.");
const MTIME_NSEC: Field = field("st_mtime_nsec", 96, Kind::Uint(8), "Nanoseconds beyond that second.");
const CTIME: Field = field("st_ctime", 104, Kind::DateWithNanos, "When content, owner or mode last changed.");
const CTIME_NSEC: Field = field("st_ctime_nsec", 112, Kind::Uint(8), "Nanoseconds beyond that second.");

const fn stat(fields: &'static [Field]) -> Layout {
    Layout { name: "stat", size: 144, doc: "What is known of a file.", fields }
}

/// `struct stat` abbreviated.
pub static STAT_BRIEF: Layout = stat(&[MODE, SIZE, FURTHER]);
/// `struct stat` of a device, abbreviated.
pub static STAT_BRIEF_DEVICE: Layout = stat(&[MODE, RDEV, FURTHER]);
/// `struct stat`, `asm/stat.h`.
pub static STAT_WHOLE: Layout = stat(&[
    DEV, INO, MODE, NLINK, UID, GID, BLKSIZE, BLOCKS, SIZE, ATIME, ATIME_NSEC, MTIME, MTIME_NSEC, CTIME, CTIME_NSEC,
]);
/// `struct stat` of a device.
pub static STAT_DEVICE: Layout = stat(&[
    DEV, INO, MODE, NLINK, UID, GID, BLKSIZE, BLOCKS, RDEV, ATIME, ATIME_NSEC, MTIME, MTIME_NSEC, CTIME, CTIME_NSEC,
]);

/// `struct stat`: of a device it has the device's number instead of a size.
pub static STAT: Forms = Forms {
    name: "stat",
    size: 144,
    all: &[&STAT_BRIEF, &STAT_BRIEF_DEVICE, &STAT_WHOLE, &STAT_DEVICE],
    choose: |bytes, abbreviate| {
        let kind = u32::from_ne_bytes(crate::memory::padded(bytes, 24)) & libc::S_IFMT;
        usize::from(!abbreviate) * 2 + usize::from(kind == libc::S_IFCHR || kind == libc::S_IFBLK)
    },
};

/// `struct statx_timestamp`.
pub static STATX_TIMESTAMP: Layout = Layout {
    name: "statx_timestamp",
    size: 16,
    doc: "A moment in seconds since 1970 and nanoseconds.",
    fields: &[
        field("tv_sec", 0, Kind::Int(8), "Whole seconds."),
        field("tv_nsec", 8, Kind::Uint(4), "Nanoseconds beyond the seconds."),
    ],
};

const X_MASK: Field = field("stx_mask", 0, Kind::Flags(&STATX_MASK, 4), "Which members the kernel filled in.");
const X_ATTRIBUTES: Field = field("stx_attributes", 8, Kind::Flags(&STATX_ATTR, 8), "Properties beyond the mode.");
const X_MODE: Field =
    field("stx_mode", 28, Kind::Flags(&FILE_TYPE_MODE, 2), "What kind of file it is, and who may do what with it.");
const X_SIZE: Field = field("stx_size", 40, Kind::Uint(8), "Its size in bytes.");
const X_BLKSIZE: Field = field("stx_blksize", 4, Kind::Uint(4), "How many bytes are best read or written at once.");
const X_NLINK: Field = field("stx_nlink", 16, Kind::Uint(4), "How many names it has.");
const X_UID: Field = field("stx_uid", 20, Kind::Uint(4), "The user who owns it.");
const X_GID: Field = field("stx_gid", 24, Kind::Uint(4), "The group that owns it.");
const X_INO: Field = field("stx_ino", 32, Kind::Uint(8), "Its number on its device.");
const X_BLOCKS: Field = field("stx_blocks", 48, Kind::Uint(8), "How much room it takes, in units of 512 bytes.");
const X_ATTRIBUTES_MASK: Field =
    field("stx_attributes_mask", 56, Kind::Flags(&STATX_ATTR, 8), "Which properties the file system knows.");
const X_ATIME: Field = field("stx_atime", 64, Kind::Moment(&STATX_TIMESTAMP), "When it was last read.");
const X_BTIME: Field = field("stx_btime", 80, Kind::Moment(&STATX_TIMESTAMP), "When it was made.");
const X_CTIME: Field =
    field("stx_ctime", 96, Kind::Moment(&STATX_TIMESTAMP), "When content, owner or mode last changed.");
const X_MTIME: Field = field("stx_mtime", 112, Kind::Moment(&STATX_TIMESTAMP), "When its content last changed.");
const X_RDEV_MAJOR: Field = field("stx_rdev_major", 128, Kind::Uint(4), "The driver of the device that it stands for.");
const X_RDEV_MINOR: Field =
    field("stx_rdev_minor", 132, Kind::Uint(4), "Which of that driver's devices it stands for.");
const X_DEV_MAJOR: Field = field("stx_dev_major", 136, Kind::Uint(4), "The driver of the device that holds it.");
const X_DEV_MINOR: Field = field("stx_dev_minor", 140, Kind::Uint(4), "Which of that driver's devices holds it.");
const X_MNT_ID: Field = field("stx_mnt_id", 144, Kind::Hex(8), "The mount that it was found in.");

const fn statx(fields: &'static [Field]) -> Layout {
    Layout { name: "statx", size: 256, doc: "What is known of a file, and which parts of it are known.", fields }
}

/// `struct statx` abbreviated.
pub static STATX_BRIEF: Layout = statx(&[X_MASK, X_ATTRIBUTES, X_MODE, X_SIZE, FURTHER]);
/// `struct statx`, `linux/stat.h`.
pub static STATX_WHOLE: Layout = statx(&[
    X_MASK,
    X_BLKSIZE,
    X_ATTRIBUTES,
    X_NLINK,
    X_UID,
    X_GID,
    X_MODE,
    X_INO,
    X_SIZE,
    X_BLOCKS,
    X_ATTRIBUTES_MASK,
    X_ATIME,
    X_CTIME,
    X_MTIME,
    X_RDEV_MAJOR,
    X_RDEV_MINOR,
    X_DEV_MAJOR,
    X_DEV_MINOR,
    X_MNT_ID,
]);
/// `struct statx` with the time at which the file was made.
pub static STATX_BORN: Layout = statx(&[
    X_MASK,
    X_BLKSIZE,
    X_ATTRIBUTES,
    X_NLINK,
    X_UID,
    X_GID,
    X_MODE,
    X_INO,
    X_SIZE,
    X_BLOCKS,
    X_ATTRIBUTES_MASK,
    X_ATIME,
    X_BTIME,
    X_CTIME,
    X_MTIME,
    X_RDEV_MAJOR,
    X_RDEV_MINOR,
    X_DEV_MAJOR,
    X_DEV_MINOR,
    X_MNT_ID,
]);

/// `struct statx`.
pub static STATX: Forms = Forms {
    name: "statx",
    size: 256,
    all: &[&STATX_BRIEF, &STATX_WHOLE, &STATX_BORN],
    choose: |bytes, abbreviate| {
        let mask = u32::from_ne_bytes(crate::memory::padded(bytes, 0));
        if abbreviate { 0 } else { 1 + usize::from(mask & libc::STATX_BTIME != 0) }
    },
};

/// `fsid_t`.
pub static FSID: Layout = Layout {
    name: "fsid",
    size: 8,
    doc: "The number of a mounted file system.",
    fields: &[field("val", 0, Kind::HexWords(2), "Its two halves.")],
};

/// `struct statfs`, statfs(2).
pub static STATFS: Layout = Layout {
    name: "statfs",
    size: 120,
    doc: "What is known of a mounted file system.",
    fields: &[
        field("f_type", 0, Kind::Const(&FILE_SYSTEM, 8), "What kind of file system it is."),
        field("f_bsize", 8, Kind::Uint(8), "How many bytes are best read or written at once."),
        field("f_blocks", 16, Kind::Uint(8), "How many blocks it has."),
        field("f_bfree", 24, Kind::Uint(8), "How many of them are free."),
        field("f_bavail", 32, Kind::Uint(8), "How many of the free ones users may take."),
        field("f_files", 40, Kind::Uint(8), "How many files it has room for."),
        field("f_ffree", 48, Kind::Uint(8), "How many more files it has room for."),
        field("f_fsid", 56, Kind::Record(&FSID), "Its number."),
        field("f_namelen", 64, Kind::Uint(8), "The longest name of a file."),
        field("f_frsize", 72, Kind::Uint(8), "The size of a block."),
        field("f_flags", 80, Kind::Flags(&MOUNTED, 8), "How it is mounted."),
    ],
};

/// `struct timespec` as a file's time: it may be a wish instead, and has its date.
pub static UTIMESPEC: Layout = Layout {
    name: "timespec",
    size: 16,
    doc: "A time in seconds and nanoseconds.",
    fields: &[
        field("tv_sec", 0, Kind::Int(8), "Whole seconds."),
        field("tv_nsec", 8, Kind::Int(8), "Nanoseconds beyond the seconds."),
    ],
};

/// `struct timeval` as a file's time, which has its date.
pub static UTIMEVAL: Layout = Layout {
    name: "timeval",
    size: 16,
    doc: "A time in seconds and microseconds.",
    fields: &[
        field("tv_sec", 0, Kind::Int(8), "Whole seconds."),
        field("tv_usec", 8, Kind::Int(8), "Microseconds beyond the seconds."),
    ],
};

/// `struct utimbuf`, utime(2).
pub static UTIMBUF: Layout = Layout {
    name: "utimbuf",
    size: 16,
    doc: "The times that a file is to have.",
    fields: &[
        field("actime", 0, Kind::Date, "When it was last read."),
        field("modtime", 8, Kind::Date, "When its content last changed."),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_two_parts() {
        for (major, minor) in [(8, 1), (0, 0), (0x1234, 0x56789), (1, 3)] {
            let record = device(libc::makedev(major, minor));
            assert_eq!(record.fields, [Value::Uint(major.into()), Value::Uint(minor.into())]);
            assert_eq!(device_number(&record), libc::makedev(major, minor));
        }
    }

    #[test]
    fn the_layouts_are_libcs() {
        assert_eq!(size_of::<libc::stat>(), STAT.size);
        assert_eq!(size_of::<libc::statx>(), STATX.size);
        assert_eq!(size_of::<libc::statfs>(), STATFS.size);
        assert_eq!(std::mem::offset_of!(libc::stat, st_mode), MODE.offset);
        assert_eq!(std::mem::offset_of!(libc::stat, st_ctime), CTIME.offset);
        assert_eq!(std::mem::offset_of!(libc::statx, stx_mtime), X_MTIME.offset);
    }
}
