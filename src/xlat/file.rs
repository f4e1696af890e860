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
