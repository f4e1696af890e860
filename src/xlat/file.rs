//! The constants of file descriptors: `fcntl` commands, descriptor and status flags, locks.

/// The kernel's `O_LARGEFILE`; libc's is 0 on 64-bit machines, where it is implied. Spelt from the neighbouring bits,
/// which move together: x86-64 has 0o100000 (above `O_DIRECT` 0o40000), aarch64 0o400000 (above `O_DIRECT` 0o200000).
const O_LARGEFILE: i32 = libc::O_DIRECT << 1;

xlat! {
    /// What fcntl is to do with a descriptor.
    ///
    /// Commands of `fcntl` (`linux/fcntl.h`). The `64` forms exist on 32-bit machines only, but have names everywhere.
    FCNTL_CMD "F_???" {
        F_DUPFD = 0,
        F_GETFD = 1,
        F_SETFD = 2,
        F_GETFL = 3,
        F_SETFL = 4,
        F_GETLK = 5,
        F_SETLK = 6,
        F_SETLKW = 7,
        F_SETOWN = 8,
        F_GETOWN = 9,
        F_SETSIG = 10,
        F_GETSIG = 11,
        F_GETLK64 = 12,
        F_SETLK64 = 13,
        F_SETLKW64 = 14,
        F_SETOWN_EX = 15,
        F_GETOWN_EX = 16,
        F_GETOWNER_UIDS = 17,
        F_OFD_GETLK = 36,
        F_OFD_SETLK = 37,
        F_OFD_SETLKW = 38,
        F_SETLEASE = 1024,
        F_GETLEASE = 1025,
        F_NOTIFY = 1026,
        F_CANCELLK = 1029,
        F_DUPFD_CLOEXEC = 1030,
        F_SETPIPE_SZ = 1031,
        F_GETPIPE_SZ = 1032,
        F_ADD_SEALS = 1033,
        F_GET_SEALS = 1034,
    }

    /// What belongs to the descriptor alone, not to the file behind it.
    ///
    /// Descriptor flags: `F_GETFD`, `F_SETFD`.
    FD_FLAGS "FD_???" {
        FD_CLOEXEC = libc::FD_CLOEXEC,
    }

    /// Whether a lock or lease on a file is shared, exclusive or given back.
    ///
    /// Lock and lease types: `l_type`, `F_SETLEASE`.
    LOCK_TYPE "F_???" {
        F_RDLCK = 0,
        F_WRLCK = 1,
        F_UNLCK = 2,
        F_EXLCK = 4,
        F_SHLCK = 8,
    }

    /// Where a position in a file counts from.
    ///
    /// Where a lock's `l_start` counts from.
    SEEK "SEEK_???" {
        SEEK_SET = 0,
        SEEK_CUR = 1,
        SEEK_END = 2,
        SEEK_DATA = 3,
        SEEK_HOLE = 4,
    }

    /// Whether a file is open for reading, writing or both.
    ///
    /// Access modes: the low two bits of `open`'s flags.
    ACCESS_MODE "O_???" {
        O_RDONLY = 0,
        O_WRONLY = 1,
        O_RDWR = 2,
        O_ACCMODE = 3,
    }

    /// How a file, pipe or socket is opened, and how calls on it behave.
    ///
    /// Flags of `open`, `fcntl(F_SETFL)` and `pipe2` without the access mode (`asm-generic/fcntl.h`), in strace's order. A flag of
    /// two bits (`O_SYNC`, `O_TMPFILE`) stands before its halves. Four numbers differ between x86-64 and aarch64; they are
    /// libc's.
    OPEN_FLAGS "O_???" {
        O_CREAT = libc::O_CREAT,
        O_EXCL = libc::O_EXCL,
        O_NOCTTY = libc::O_NOCTTY,
        O_TRUNC = libc::O_TRUNC,
        O_APPEND = libc::O_APPEND,
        O_NONBLOCK = libc::O_NONBLOCK,
        O_SYNC = libc::O_SYNC,
        __O_SYNC = libc::O_SYNC & !libc::O_DSYNC,
        O_DSYNC = libc::O_DSYNC,
        O_DIRECT = libc::O_DIRECT,
        O_LARGEFILE = O_LARGEFILE,
        O_NOFOLLOW = libc::O_NOFOLLOW,
        O_NOATIME = libc::O_NOATIME,
        O_CLOEXEC = libc::O_CLOEXEC,
        O_PATH = libc::O_PATH,
        O_TMPFILE = libc::O_TMPFILE,
        __O_TMPFILE = libc::O_TMPFILE & !libc::O_DIRECTORY,
        O_DIRECTORY = libc::O_DIRECTORY,
        FASYNC = libc::O_ASYNC,
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
        F_OWNER_TID = 0,
        F_OWNER_PID = 1,
        F_OWNER_PGRP = 2,
    }

    /// Changes of a folder that a program wants to hear of.
    ///
    /// Events of `F_NOTIFY` (`linux/fcntl.h`).
    NOTIFY "DN_???" {
        DN_ACCESS = 0x1,
        DN_MODIFY = 0x2,
        DN_CREATE = 0x4,
        DN_DELETE = 0x8,
        DN_RENAME = 0x10,
        DN_ATTRIB = 0x20,
        DN_MULTISHOT = 0x80000000_u32,
    }

    /// What may no longer be done to a file in memory.
    ///
    /// Seals of `F_ADD_SEALS` (`linux/fcntl.h`).
    SEALS "F_SEAL_???" {
        F_SEAL_SEAL = 0x1,
        F_SEAL_SHRINK = 0x2,
        F_SEAL_GROW = 0x4,
        F_SEAL_WRITE = 0x8,
        F_SEAL_FUTURE_WRITE = 0x10,
    }
}

xlat! {
    /// Who may read, write and execute a new file: owner, group and others, an octal digit each.
    PERMISSIONS "S_???" in octal {}
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
