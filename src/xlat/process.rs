//! The constants of processes: what they may do, what they may use, and whom their numbers stand for.

xlat! {
    /// Things that only root may do, each of which may be allowed by itself.
    ///
    /// `linux/capability.h`, as bits.
    CAPABILITIES "CAP_???" {
        CAP_CHOWN = 1_u64 << 0,
        CAP_DAC_OVERRIDE = 1_u64 << 1,
        CAP_DAC_READ_SEARCH = 1_u64 << 2,
        CAP_FOWNER = 1_u64 << 3,
        CAP_FSETID = 1_u64 << 4,
        CAP_KILL = 1_u64 << 5,
        CAP_SETGID = 1_u64 << 6,
        CAP_SETUID = 1_u64 << 7,
        CAP_SETPCAP = 1_u64 << 8,
        CAP_LINUX_IMMUTABLE = 1_u64 << 9,
        CAP_NET_BIND_SERVICE = 1_u64 << 10,
        CAP_NET_BROADCAST = 1_u64 << 11,
        CAP_NET_ADMIN = 1_u64 << 12,
        CAP_NET_RAW = 1_u64 << 13,
        CAP_IPC_LOCK = 1_u64 << 14,
        CAP_IPC_OWNER = 1_u64 << 15,
        CAP_SYS_MODULE = 1_u64 << 16,
        CAP_SYS_RAWIO = 1_u64 << 17,
        CAP_SYS_CHROOT = 1_u64 << 18,
        CAP_SYS_PTRACE = 1_u64 << 19,
        CAP_SYS_PACCT = 1_u64 << 20,
        CAP_SYS_ADMIN = 1_u64 << 21,
        CAP_SYS_BOOT = 1_u64 << 22,
        CAP_SYS_NICE = 1_u64 << 23,
        CAP_SYS_RESOURCE = 1_u64 << 24,
        CAP_SYS_TIME = 1_u64 << 25,
        CAP_SYS_TTY_CONFIG = 1_u64 << 26,
        CAP_MKNOD = 1_u64 << 27,
        CAP_LEASE = 1_u64 << 28,
        CAP_AUDIT_WRITE = 1_u64 << 29,
        CAP_AUDIT_CONTROL = 1_u64 << 30,
        CAP_SETFCAP = 1_u64 << 31,
        CAP_MAC_OVERRIDE = 1_u64 << 32,
        CAP_MAC_ADMIN = 1_u64 << 33,
        CAP_SYSLOG = 1_u64 << 34,
        CAP_WAKE_ALARM = 1_u64 << 35,
        CAP_BLOCK_SUSPEND = 1_u64 << 36,
        CAP_AUDIT_READ = 1_u64 << 37,
        CAP_PERFMON = 1_u64 << 38,
        CAP_BPF = 1_u64 << 39,
        CAP_CHECKPOINT_RESTORE = 1_u64 << 40,
    }

    /// Formats in which capabilities are passed.
    CAPABILITY_VERSION "_LINUX_CAPABILITY_VERSION_???" {
        _LINUX_CAPABILITY_VERSION_1 = 0x1998_0330,
        _LINUX_CAPABILITY_VERSION_2 = 0x2007_1026,
        _LINUX_CAPABILITY_VERSION_3 = 0x2008_0522,
    }

    /// What a process may use only so much of.
    RESOURCE "RLIMIT_???" {
        RLIMIT_CPU = 0,
        RLIMIT_FSIZE = 1,
        RLIMIT_DATA = 2,
        RLIMIT_STACK = 3,
        RLIMIT_CORE = 4,
        RLIMIT_RSS = 5,
        RLIMIT_NPROC = 6,
        RLIMIT_NOFILE = 7,
        RLIMIT_MEMLOCK = 8,
        RLIMIT_AS = 9,
        RLIMIT_LOCKS = 10,
        RLIMIT_SIGPENDING = 11,
        RLIMIT_MSGQUEUE = 12,
        RLIMIT_NICE = 13,
        RLIMIT_RTPRIO = 14,
        RLIMIT_RTTIME = 15,
    }

    /// Whose use of the machine is asked for.
    USAGE_WHO "RUSAGE_???" {
        RUSAGE_SELF = 0 => "The process.",
        RUSAGE_CHILDREN = 0xffff_ffff_u32 => "Its children that ended.",
        RUSAGE_BOTH = 0xffff_fffe_u32 => "Both together.",
        RUSAGE_THREAD = 1 => "The thread.",
    }

    /// The kinds of process to wait for.
    ID_TYPE "P_???" {
        P_ALL = 0 => "Any child.",
        P_PID = 1 => "The child of this number.",
        P_PGID = 2 => "A child of this group of processes.",
        P_PIDFD = 3 => "The child behind this descriptor.",
    }

    /// What a range of descriptors suffers instead of being closed.
    CLOSE_RANGE_FLAGS "CLOSE_RANGE_???" {
        CLOSE_RANGE_UNSHARE = 2,
        CLOSE_RANGE_CLOEXEC = 4,
    }

    /// Settings of a descriptor of a process.
    PIDFD_FLAGS "PIDFD_???" {
        PIDFD_NONBLOCK = libc::O_NONBLOCK,
    }

    /// How random bytes are taken.
    RANDOM_FLAGS "GRND_???" {
        GRND_NONBLOCK = 1 => "Fails rather than wait until there are enough random bytes.",
        GRND_RANDOM = 2 => "Takes them from the slower source.",
        GRND_INSECURE = 4 => "Takes what there is, even early after the start.",
    }

    /// Registers and features of the processor that a thread may set.
    ARCH_PRCTL "ARCH_???" {
        ARCH_SET_GS = 0x1001,
        ARCH_SET_FS = 0x1002 => "Where the thread's own variables are.",
        ARCH_GET_FS = 0x1003,
        ARCH_GET_GS = 0x1004,
        ARCH_GET_CPUID = 0x1011,
        ARCH_SET_CPUID = 0x1012,
        ARCH_GET_XCOMP_SUPP = 0x1021,
        ARCH_GET_XCOMP_PERM = 0x1022,
        ARCH_REQ_XCOMP_PERM = 0x1023,
        ARCH_GET_XCOMP_GUEST_PERM = 0x1024,
        ARCH_REQ_XCOMP_GUEST_PERM = 0x1025,
        ARCH_XCOMP_TILECFG = 17,
        ARCH_XCOMP_TILEDATA = 18,
        ARCH_MAP_VDSO_X32 = 0x2001,
        ARCH_MAP_VDSO_32 = 0x2002,
        ARCH_MAP_VDSO_64 = 0x2003,
    }

    /// Whom a number of a process stands for.
    PID_TYPE "PIDTYPE_???" {
        PIDTYPE_PID = 0,
        PIDTYPE_TGID = 1,
        PIDTYPE_PGID = 2,
        PIDTYPE_SID = 3,
    }

    /// How a program of another system is treated.
    PERSONALITY "PER_???" {
        UNAME26 = 0x20000,
        ADDR_NO_RANDOMIZE = 0x40000,
        FDPIC_FUNCPTRS = 0x80000,
        MMAP_PAGE_ZERO = 0x100000,
        ADDR_COMPAT_LAYOUT = 0x200000,
        READ_IMPLIES_EXEC = 0x400000,
        ADDR_LIMIT_32BIT = 0x800000,
        SHORT_INODE = 0x100_0000,
        WHOLE_SECONDS = 0x200_0000,
        STICKY_TIMEOUTS = 0x400_0000,
        ADDR_LIMIT_3GB = 0x800_0000,
    }

    /// Systems whose programs may run.
    PERSONALITY_TYPE "PER_???" {
        PER_LINUX = 0,
        PER_LINUX32 = 8,
        PER_BSD = 6,
        PER_RISCOS = 0xc,
        PER_HPUX = 0x10,
    }

    /// How calls of a ring are handed over and awaited.
    IORING_ENTER "IORING_ENTER_???" {
        IORING_ENTER_GETEVENTS = 1,
        IORING_ENTER_SQ_WAKEUP = 2,
        IORING_ENTER_SQ_WAIT = 4,
        IORING_ENTER_EXT_ARG = 8,
        IORING_ENTER_REGISTERED_RING = 16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[
            &CAPABILITIES,
            &CAPABILITY_VERSION,
            &RESOURCE,
            &USAGE_WHO,
            &ID_TYPE,
            &RANDOM_FLAGS,
            &ARCH_PRCTL,
        ]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { RESOURCE:
            RLIMIT_CPU RLIMIT_STACK RLIMIT_NOFILE RLIMIT_AS RLIMIT_RTTIME
        }
        agrees_with_libc! { ID_TYPE:
            P_ALL P_PID P_PGID P_PIDFD
        }
        agrees_with_libc! { RANDOM_FLAGS:
            GRND_NONBLOCK GRND_RANDOM
        }
    }
}
