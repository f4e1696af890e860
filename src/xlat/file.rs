//! The constants of file descriptors: `fcntl` commands, descriptor and status flags, locks.

/// The kernel's `O_LARGEFILE`; libc's is 0 on 64-bit machines, where it is implied. Spelt from the neighbouring bits,
/// which move together: x86-64 has 0o100000 (above `O_DIRECT` 0o40000), aarch64 0o400000 (above `O_DIRECT` 0o200000).
const O_LARGEFILE: i32 = libc::O_DIRECT << 1;

xlat! {
    /// What fcntl is to do with a descriptor.
    ///
    /// Commands of `fcntl` (`linux/fcntl.h`). The `64` forms exist on 32-bit machines only, but have names everywhere.
    FCNTL_CMD "F_???" {
        F_DUPFD = 0 => "Makes a second descriptor with the lowest free number that is not below the argument.",
        F_GETFD = 1 => "Asks for the descriptor's own flags: whether it is closed when another program is started.",
        F_SETFD = 2 => "Sets the descriptor's own flags: FD_CLOEXEC or 0.",
        F_GETFL = 3 => "Asks how the file is open: for reading or writing, and whether calls wait.",
        F_SETFL = 4 => "Sets how calls behave; with O_NONBLOCK they do not wait.",
        F_GETLK = 5 => "Asks whether a lock on a part of a file would be possible, and who is in the way.",
        F_SETLK = 6 => "Locks a part of a file or gives it back; fails at once if somebody else has it.",
        F_SETLKW = 7 => "Locks a part of a file, and waits until nobody else has it.",
        F_SETOWN = 8 => "Chooses who gets a signal when the descriptor is ready: a process, or a group as a negative number.",
        F_GETOWN = 9 => "Asks who gets a signal when the descriptor is ready.",
        F_SETSIG = 10 => "Chooses the signal that is sent when the descriptor is ready; 0 for SIGIO.",
        F_GETSIG = 11 => "Asks which signal is sent when the descriptor is ready.",
        F_GETLK64 = 12 => "F_GETLK with large positions, on 32-bit machines.",
        F_SETLK64 = 13 => "F_SETLK with large positions, on 32-bit machines.",
        F_SETLKW64 = 14 => "F_SETLKW with large positions, on 32-bit machines.",
        F_SETOWN_EX = 15 => "Chooses which thread, process or group gets a signal when the descriptor is ready.",
        F_GETOWN_EX = 16 => "Asks which thread, process or group gets a signal when the descriptor is ready.",
        F_GETOWNER_UIDS = 17 => "Asks for the users behind F_SETOWN; for checkpoints of processes.",
        F_OFD_GETLK = 36 => "F_GETLK for a lock that belongs to the open file instead of the process.",
        F_OFD_SETLK = 37 => "F_SETLK for a lock that belongs to the open file instead of the process.",
        F_OFD_SETLKW = 38 => "F_SETLKW for a lock that belongs to the open file instead of the process.",
        F_SETLEASE = 1024 => "Wants to be asked before somebody else opens the file.",
        F_GETLEASE = 1025 => "Asks what kind of lease there is on the file.",
        F_NOTIFY = 1026 => "Wants a signal when a folder changes.",
        F_CANCELLK = 1029 => "Gives up waiting for a lock; inside the kernel only.",
        F_DUPFD_CLOEXEC = 1030 => "Makes a second descriptor like F_DUPFD, which is closed when another program is started.",
        F_SETPIPE_SZ = 1031 => "Sets how many bytes a pipe holds.",
        F_GETPIPE_SZ = 1032 => "Asks how many bytes a pipe holds.",
        F_ADD_SEALS = 1033 => "Forbids further changes to a file in memory.",
        F_GET_SEALS = 1034 => "Asks which changes to a file in memory are forbidden.",
    }

    /// What belongs to the descriptor alone, not to the file behind it.
    ///
    /// Descriptor flags: `F_GETFD`, `F_SETFD`.
    FD_FLAGS "FD_???" {
        FD_CLOEXEC = libc::FD_CLOEXEC => "The descriptor is closed when the process starts another program.",
    }

    /// Whether a lock or lease on a file is shared, exclusive or given back.
    ///
    /// Lock and lease types: `l_type`, `F_SETLEASE`.
    LOCK_TYPE "F_???" {
        F_RDLCK = 0 => "Shared: several may read.",
        F_WRLCK = 1 => "Exclusive: one writes.",
        F_UNLCK = 2 => "No lock: it is given back, or nobody has one.",
        F_EXLCK = 4 => "An old name for an exclusive lock.",
        F_SHLCK = 8 => "An old name for a shared lock.",
    }

    /// Where a position in a file counts from.
    ///
    /// Where a lock's `l_start` counts from.
    SEEK "SEEK_???" {
        SEEK_SET = 0 => "From the beginning.",
        SEEK_CUR = 1 => "From the present position.",
        SEEK_END = 2 => "From the end.",
        SEEK_DATA = 3 => "To the next part that has data.",
        SEEK_HOLE = 4 => "To the next part that has none.",
    }

    /// Whether a file is open for reading, writing or both.
    ///
    /// Access modes: the low two bits of `open`'s flags.
    ACCESS_MODE "O_???" {
        O_RDONLY = 0 => "For reading only.",
        O_WRONLY = 1 => "For writing only.",
        O_RDWR = 2 => "For reading and writing; a socket is open so.",
        O_ACCMODE = 3 => "Neither reading nor writing, only ioctl; a rare use of the number.",
    }

    /// How a file, pipe or socket is opened, and how calls on it behave.
    ///
    /// Flags of `open`, `fcntl(F_SETFL)` and `pipe2` without the access mode (`asm-generic/fcntl.h`), in strace's order. A flag of
    /// two bits (`O_SYNC`, `O_TMPFILE`) stands before its halves. Four numbers differ between x86-64 and aarch64; they are
    /// libc's.
    OPEN_FLAGS "O_???" {
        O_CREAT = libc::O_CREAT => "Makes the file if there is none.",
        O_EXCL = libc::O_EXCL => "With O_CREAT: fails if there is a file already.",
        O_NOCTTY = libc::O_NOCTTY => "A terminal that is opened does not become the one that controls the program.",
        O_TRUNC = libc::O_TRUNC => "Empties the file.",
        O_APPEND = libc::O_APPEND => "Every write goes to the end.",
        O_NONBLOCK = libc::O_NONBLOCK => "Calls do not wait: what cannot be done at once fails with EAGAIN.",
        O_SYNC = libc::O_SYNC => "Every write waits until data and file information are on the disk.",
        __O_SYNC = libc::O_SYNC & !libc::O_DSYNC => "The half of O_SYNC that is not O_DSYNC.",
        O_DSYNC = libc::O_DSYNC => "Every write waits until the data is on the disk.",
        O_DIRECT = libc::O_DIRECT => "Bypasses the kernel's cache; for a pipe, keeps the borders between writes.",
        O_LARGEFILE = O_LARGEFILE => "Files may be larger than 2 GB; always so on 64-bit machines.",
        O_NOFOLLOW = libc::O_NOFOLLOW => "Fails if the name is a symbolic link.",
        O_NOATIME = libc::O_NOATIME => "Reading does not change when the file was last read.",
        O_CLOEXEC = libc::O_CLOEXEC => "Closes the descriptor when the process starts another program, which could otherwise use it by accident.",
        O_PATH = libc::O_PATH => "Only stands for the place in the file system; the file itself is not opened.",
        O_TMPFILE = libc::O_TMPFILE => "Makes a file without a name in this folder, which goes away when it is closed.",
        __O_TMPFILE = libc::O_TMPFILE & !libc::O_DIRECTORY => "The half of O_TMPFILE that is not O_DIRECTORY.",
        O_DIRECTORY = libc::O_DIRECTORY => "Fails if the name is not a folder.",
        FASYNC = libc::O_ASYNC => "A signal is sent when the descriptor is ready; also called O_ASYNC.",
    }

    /// How one read or write differs from the ordinary way.
    RWF "RWF_???" {
        RWF_HIPRI = 1,
        RWF_DSYNC = 2,
        RWF_SYNC = 4,
        RWF_NOWAIT = 8,
        RWF_APPEND = 16,
    }
}

xlat! {
    /// How calls on an open file or socket behave.
    ///
    /// [`OPEN_FLAGS`] where the access mode stands before them: `F_GETFL`, `F_SETFL`.
    STATUS_FLAGS "O_???" : OPEN_FLAGS {}

    /// Who gets the signal that a descriptor is ready.
    ///
    /// Whom `F_SETOWN_EX` names.
    OWNER_TYPE "F_OWNER_???" {
        F_OWNER_TID = 0 => "A thread.",
        F_OWNER_PID = 1 => "A process.",
        F_OWNER_PGRP = 2 => "A group of processes.",
    }

    /// Changes of a folder that a program wants to hear of.
    ///
    /// Events of `F_NOTIFY` (`linux/fcntl.h`).
    NOTIFY "DN_???" {
        DN_ACCESS = 0x1 => "A file was read.",
        DN_MODIFY = 0x2 => "A file was changed.",
        DN_CREATE = 0x4 => "A file was made.",
        DN_DELETE = 0x8 => "A file was removed.",
        DN_RENAME = 0x10 => "A file was renamed.",
        DN_ATTRIB = 0x20 => "A file's owner or permissions were changed.",
        DN_MULTISHOT = 0x80000000_u32 => "Report every change, not only the first.",
    }

    /// What may no longer be done to a file in memory.
    ///
    /// Seals of `F_ADD_SEALS` (`linux/fcntl.h`).
    SEALS "F_SEAL_???" {
        F_SEAL_SEAL = 0x1 => "No further seals.",
        F_SEAL_SHRINK = 0x2 => "The file must not become smaller.",
        F_SEAL_GROW = 0x4 => "The file must not become larger.",
        F_SEAL_WRITE = 0x8 => "The content must not change.",
        F_SEAL_FUTURE_WRITE = 0x10 => "The content must not change, except through memory that is mapped already.",
    }
}

xlat! {
    /// Who may read, write and execute a new file: owner, group and others, an octal digit each.
    PERMISSIONS "S_???" in octal {}
}

xlat! {
    /// What kind of file it is, and who may read, write and execute it: owner, group and others, an octal digit each.
    ///
    /// `st_mode`. A kind of several bits stands before those that have one of them.
    FILE_TYPE_MODE "S_IF???" in octal {
        S_IFSOCK = libc::S_IFSOCK => "A socket with a name.",
        S_IFLNK = libc::S_IFLNK => "A symbolic link.",
        S_IFBLK = libc::S_IFBLK => "A device that holds blocks: a disk.",
        S_IFREG = libc::S_IFREG => "An ordinary file.",
        S_IFDIR = libc::S_IFDIR => "A directory.",
        S_IFCHR = libc::S_IFCHR => "A device that bytes flow through: a terminal.",
        S_IFIFO = libc::S_IFIFO => "A pipe.",
        S_ISUID = libc::S_ISUID => "It runs as its owner.",
        S_ISGID = libc::S_ISGID => "It runs as its group; new files in the directory get its group.",
        S_ISVTX = libc::S_ISVTX => "Only the owner of a file may remove it from the directory.",
    }

    /// What is asked about a file: whether it is there, and whether it may be read, written or run.
    ACCESS "?_OK" {
        F_OK = 0 => "Whether it is there.",
        R_OK = 4 => "Whether it may be read.",
        W_OK = 2 => "Whether it may be written.",
        X_OK = 1 => "Whether it may be run.",
    }

    /// How a path is followed.
    ///
    /// `linux/fcntl.h`.
    AT_FLAGS "AT_???" {
        AT_SYMLINK_NOFOLLOW = 0x100 => "A symbolic link itself, not what it leads to.",
        AT_REMOVEDIR = 0x200 => "A directory, not a file.",
        AT_SYMLINK_FOLLOW = 0x400 => "What a symbolic link leads to.",
        AT_NO_AUTOMOUNT = 0x800 => "Nothing is mounted on the way.",
        AT_EMPTY_PATH = 0x1000 => "With an empty path, what the descriptor refers to.",
        AT_RECURSIVE = 0x8000 => "Everything below too.",
    }

    /// How a path is followed, and as whom.
    ///
    /// Flags of `faccessat2`.
    ACCESS_AT_FLAGS "AT_???" {
        AT_SYMLINK_NOFOLLOW = 0x100 => "A symbolic link itself, not what it leads to.",
        AT_EACCESS = 0x200 => "As the user that the program acts as, not the one who started it.",
        AT_EMPTY_PATH = 0x1000 => "With an empty path, what the descriptor refers to.",
    }

    /// How fresh what is known of a file has to be.
    STATX_SYNC "AT_STATX_???" {
        AT_STATX_SYNC_AS_STAT = 0 => "As stat has it.",
        AT_STATX_FORCE_SYNC = 0x2000 => "Fresh from the server.",
        AT_STATX_DONT_SYNC = 0x4000 => "What is known here.",
    }

    /// How statx follows a path, and how fresh its answer has to be.
    ///
    /// [`STATX_SYNC`] stands before them.
    STATX_FLAGS "AT_STATX_???" : AT_FLAGS {
        AT_STATX_FORCE_SYNC = 0x2000 => "Fresh from the server.",
        AT_STATX_DONT_SYNC = 0x4000 => "What is known here.",
    }

    /// Parts of what is known of a file.
    STATX_MASK "STATX_???" {
        STATX_ALL = 0xfff => "Everything but what is new.",
        STATX_BASIC_STATS = 0x7ff => "What stat has.",
        STATX_TYPE = 1,
        STATX_MODE = 2,
        STATX_NLINK = 4,
        STATX_UID = 8,
        STATX_GID = 0x10,
        STATX_ATIME = 0x20,
        STATX_MTIME = 0x40,
        STATX_CTIME = 0x80,
        STATX_INO = 0x100,
        STATX_SIZE = 0x200,
        STATX_BLOCKS = 0x400,
        STATX_BTIME = 0x800 => "When it was made.",
        STATX_MNT_ID = 0x1000 => "The mount that it was found in.",
        STATX_DIOALIGN = 0x2000,
    }

    /// Properties of a file beyond its mode.
    STATX_ATTR "STATX_ATTR_???" {
        STATX_ATTR_COMPRESSED = 4,
        STATX_ATTR_IMMUTABLE = 0x10,
        STATX_ATTR_APPEND = 0x20,
        STATX_ATTR_NODUMP = 0x40,
        STATX_ATTR_ENCRYPTED = 0x800,
        STATX_ATTR_AUTOMOUNT = 0x1000,
        STATX_ATTR_MOUNT_ROOT = 0x2000,
        STATX_ATTR_VERITY = 0x0010_0000,
        STATX_ATTR_DAX = 0x0020_0000,
    }

    /// Times that a file may be given instead of a moment.
    UTIME "UTIME_???" {
        UTIME_NOW = 0x3fff_ffff => "The time that it is.",
        UTIME_OMIT = 0x3fff_fffe => "The time that it has.",
    }

    /// Kinds of file in a directory.
    DIRENT_TYPE "DT_???" {
        DT_UNKNOWN = 0,
        DT_FIFO = 1,
        DT_CHR = 2,
        DT_DIR = 4 => "A directory.",
        DT_BLK = 6,
        DT_REG = 8 => "An ordinary file.",
        DT_LNK = 10 => "A symbolic link.",
        DT_SOCK = 12,
        DT_WHT = 14,
    }

    /// Ways that a path may not take.
    RESOLVE "RESOLVE_???" {
        RESOLVE_NO_XDEV = 1,
        RESOLVE_NO_MAGICLINKS = 2,
        RESOLVE_NO_SYMLINKS = 4,
        RESOLVE_BENEATH = 8,
        RESOLVE_IN_ROOT = 0x10,
        RESOLVE_CACHED = 0x20,
    }

    /// How a file is renamed.
    RENAME_FLAGS "RENAME_??" {
        RENAME_NOREPLACE = 1 => "Fails if the new name is taken.",
        RENAME_EXCHANGE = 2 => "Swaps the two.",
        RENAME_WHITEOUT = 4,
    }

    /// Locks on a whole file.
    ///
    /// `flock`.
    FILE_LOCK "LOCK_???" {
        LOCK_SH = 1 => "Shared: others may share it.",
        LOCK_EX = 2 => "Exclusive.",
        LOCK_NB = 4 => "Fails rather than wait.",
        LOCK_UN = 8 => "The lock is given back.",
        LOCK_MAND = 0x20,
        LOCK_RW = 0xc0,
        LOCK_READ = 0x40,
        LOCK_WRITE = 0x80,
    }

    /// How a program is going to read a file.
    FADVICE "POSIX_FADV_???" {
        POSIX_FADV_NORMAL = 0,
        POSIX_FADV_RANDOM = 1 => "Here and there.",
        POSIX_FADV_SEQUENTIAL = 2 => "From the front to the end.",
        POSIX_FADV_WILLNEED = 3 => "Soon.",
        POSIX_FADV_DONTNEED = 4 => "Not soon.",
        POSIX_FADV_NOREUSE = 5,
    }

    /// How room in a file is made or given back.
    FALLOCATE_FLAGS "FALLOC_FL_???" {
        FALLOC_FL_KEEP_SIZE = 1 => "The size stays as it is.",
        FALLOC_FL_PUNCH_HOLE = 2 => "The room is given back.",
        FALLOC_FL_NO_HIDE_STALE = 4,
        FALLOC_FL_COLLAPSE_RANGE = 8,
        FALLOC_FL_ZERO_RANGE = 0x10,
        FALLOC_FL_INSERT_RANGE = 0x20,
        FALLOC_FL_UNSHARE_RANGE = 0x40,
    }

    /// How bytes are moved between a pipe and something else.
    SPLICE_FLAGS "SPLICE_F_???" {
        SPLICE_F_MOVE = 1,
        SPLICE_F_NONBLOCK = 2,
        SPLICE_F_MORE = 4,
        SPLICE_F_GIFT = 8,
    }

    /// When a part of a file is written to its disk.
    SYNC_RANGE_FLAGS "SYNC_FILE_RANGE_???" {
        SYNC_FILE_RANGE_WAIT_BEFORE = 1,
        SYNC_FILE_RANGE_WRITE = 2,
        SYNC_FILE_RANGE_WAIT_AFTER = 4,
    }

    /// Whether an extended attribute must be new, or must be there.
    XATTR_FLAGS "XATTR_???" {
        XATTR_CREATE = 1,
        XATTR_REPLACE = 2,
    }

    /// Changes of files that a program wants to hear of.
    INOTIFY_EVENTS "IN_???" {
        IN_ACCESS = 1 => "It was read.",
        IN_MODIFY = 2 => "It was written.",
        IN_ATTRIB = 4 => "Owner, mode or times changed.",
        IN_CLOSE_WRITE = 8 => "It was closed after writing.",
        IN_CLOSE_NOWRITE = 0x10 => "It was closed.",
        IN_OPEN = 0x20 => "It was opened.",
        IN_MOVED_FROM = 0x40 => "It was moved away.",
        IN_MOVED_TO = 0x80 => "It was moved here.",
        IN_CREATE = 0x100 => "It was made.",
        IN_DELETE = 0x200 => "It was deleted.",
        IN_DELETE_SELF = 0x400,
        IN_MOVE_SELF = 0x800,
        IN_UNMOUNT = 0x2000,
        IN_Q_OVERFLOW = 0x4000,
        IN_IGNORED = 0x8000,
        IN_ONLYDIR = 0x0100_0000,
        IN_DONT_FOLLOW = 0x0200_0000,
        IN_EXCL_UNLINK = 0x0400_0000,
        IN_MASK_CREATE = 0x1000_0000,
        IN_MASK_ADD = 0x2000_0000,
        IN_ISDIR = 0x4000_0000,
        IN_ONESHOT = 0x8000_0000_u32,
    }

    /// Settings of a descriptor from which changes of files are read.
    INOTIFY_FLAGS "IN_???" {
        IN_NONBLOCK = libc::IN_NONBLOCK,
        IN_CLOEXEC = libc::IN_CLOEXEC,
    }

    /// Kinds of file system.
    ///
    /// `linux/magic.h`.
    FILE_SYSTEM "???" {
        ANON_INODE_FS_MAGIC = 0x0904_1934,
        AUTOFS_SUPER_MAGIC = 0x187,
        BPF_FS_MAGIC = 0xcafe_4a11_u32,
        BTRFS_SUPER_MAGIC = 0x9123_683e_u32,
        CGROUP2_SUPER_MAGIC = 0x6367_7270,
        CGROUP_SUPER_MAGIC = 0x27_e0eb,
        DEBUGFS_MAGIC = 0x6462_6720,
        DEVPTS_SUPER_MAGIC = 0x1cd1,
        EXT2_SUPER_MAGIC = 0xef53,
        FUSE_SUPER_MAGIC = 0x6573_5546,
        HUGETLBFS_MAGIC = 0x9584_58f6_u32,
        ISOFS_SUPER_MAGIC = 0x9660,
        MQUEUE_MAGIC = 0x1980_0202,
        MSDOS_SUPER_MAGIC = 0x4d44,
        NFS_SUPER_MAGIC = 0x6969,
        NSFS_MAGIC = 0x6e73_6673,
        OVERLAYFS_SUPER_MAGIC = 0x794c_7630,
        PIPEFS_MAGIC = 0x5049_5045,
        PROC_SUPER_MAGIC = 0x9fa0,
        RAMFS_MAGIC = 0x8584_58f6_u32,
        SECURITYFS_MAGIC = 0x7363_6673,
        SELINUX_MAGIC = 0xf97c_ff8c_u32,
        SOCKFS_MAGIC = 0x534f_434b,
        SQUASHFS_MAGIC = 0x7371_7368,
        SYSFS_MAGIC = 0x6265_6572,
        TMPFS_MAGIC = 0x0102_1994,
        TRACEFS_MAGIC = 0x7472_6163,
        V9FS_MAGIC = 0x0102_1997,
        XFS_SUPER_MAGIC = 0x5846_5342,
    }

    /// How a file system is mounted.
    MOUNTED "ST_???" {
        ST_VALID = 0x20,
        ST_RDONLY = 1 => "Nothing may be written.",
        ST_NOSUID = 2,
        ST_NODEV = 4,
        ST_NOEXEC = 8,
        ST_SYNCHRONOUS = 0x10,
        ST_MANDLOCK = 0x40,
        ST_NOATIME = 0x400,
        ST_NODIRATIME = 0x800,
        ST_RELATIME = 0x1000,
        ST_NOSYMFOLLOW = 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[&FCNTL_CMD, &FD_FLAGS, &LOCK_TYPE, &SEEK, &ACCESS_MODE, &OPEN_FLAGS]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { FCNTL_CMD:
            F_DUPFD F_GETFD F_SETFD F_GETFL F_SETFL F_GETLK F_SETLK F_SETLKW F_SETOWN F_GETOWN
            F_OFD_GETLK F_OFD_SETLK F_OFD_SETLKW F_SETLEASE F_GETLEASE F_NOTIFY F_CANCELLK
            F_DUPFD_CLOEXEC F_SETPIPE_SZ F_GETPIPE_SZ F_ADD_SEALS F_GET_SEALS
        }
        agrees_with_libc! { LOCK_TYPE:
            F_RDLCK F_WRLCK F_UNLCK
        }
        agrees_with_libc! { SEEK:
            SEEK_SET SEEK_CUR SEEK_END SEEK_DATA SEEK_HOLE
        }
        agrees_with_libc! { ACCESS_MODE:
            O_RDONLY O_WRONLY O_RDWR O_ACCMODE
        }
        agrees_with_libc! { OPEN_FLAGS:

        }
    }

    #[test]
    fn flags_of_two_bits_stand_before_their_halves() {
        let split = |flags: i32| OPEN_FLAGS.split(flags as u64);
        assert_eq!(split(libc::O_SYNC), (vec!["O_SYNC"], 0));
        assert_eq!(split(libc::O_DSYNC), (vec!["O_DSYNC"], 0));
        assert_eq!(split(libc::O_TMPFILE | libc::O_CLOEXEC), (vec!["O_CLOEXEC", "O_TMPFILE"], 0));
        assert_eq!(split(libc::O_DIRECTORY | 0x80_0000), (vec!["O_DIRECTORY"], 0x80_0000));
    }
}
