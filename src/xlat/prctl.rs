//! Constants of what a process asks the kernel about itself, or sets.

xlat! {
    /// What a process or thread asks the kernel about itself, or sets.
    PRCTL_OPTION "PR_???" {
        PR_SET_PDEATHSIG = 1,
        PR_GET_PDEATHSIG = 2,
        PR_GET_DUMPABLE = 3,
        PR_SET_DUMPABLE = 4,
        PR_GET_UNALIGN = 5,
        PR_SET_UNALIGN = 6,
        PR_GET_KEEPCAPS = 7,
        PR_SET_KEEPCAPS = 8,
        PR_GET_FPEMU = 9,
        PR_SET_FPEMU = 10,
        PR_GET_FPEXC = 11,
        PR_SET_FPEXC = 12,
        PR_GET_TIMING = 13,
        PR_SET_TIMING = 14,
        PR_SET_NAME = 15,
        PR_GET_NAME = 16,
        PR_GET_ENDIAN = 19,
        PR_SET_ENDIAN = 20,
        PR_GET_SECCOMP = 21,
        PR_SET_SECCOMP = 22,
        PR_CAPBSET_READ = 23,
        PR_CAPBSET_DROP = 24,
        PR_GET_TSC = 25,
        PR_SET_TSC = 26,
        PR_GET_SECUREBITS = 27,
        PR_SET_SECUREBITS = 28,
        PR_SET_TIMERSLACK = 29,
        PR_GET_TIMERSLACK = 30,
        PR_TASK_PERF_EVENTS_DISABLE = 31,
        PR_TASK_PERF_EVENTS_ENABLE = 32,
        PR_MCE_KILL = 33,
        PR_MCE_KILL_GET = 34,
        PR_SET_MM = 35,
        PR_SET_CHILD_SUBREAPER = 36,
        PR_GET_CHILD_SUBREAPER = 37,
        PR_SET_NO_NEW_PRIVS = 38,
        PR_GET_NO_NEW_PRIVS = 39,
        PR_GET_TID_ADDRESS = 40,
        PR_SET_THP_DISABLE = 41,
        PR_GET_THP_DISABLE = 42,
        PR_MPX_ENABLE_MANAGEMENT = 43,
        PR_MPX_DISABLE_MANAGEMENT = 44,
        PR_SET_FP_MODE = 45,
        PR_GET_FP_MODE = 46,
        PR_CAP_AMBIENT = 47,
        PR_SVE_SET_VL = 50,
        PR_SVE_GET_VL = 51,
        PR_GET_SPECULATION_CTRL = 52,
        PR_SET_SPECULATION_CTRL = 53,
        PR_PAC_RESET_KEYS = 54,
        PR_SET_TAGGED_ADDR_CTRL = 55,
        PR_GET_TAGGED_ADDR_CTRL = 56,
        PR_SET_IO_FLUSHER = 57,
        PR_GET_IO_FLUSHER = 58,
        PR_SET_SYSCALL_USER_DISPATCH = 59,
        PR_PAC_SET_ENABLED_KEYS = 60,
        PR_PAC_GET_ENABLED_KEYS = 61,
        PR_SCHED_CORE = 62,
        PR_SME_SET_VL = 63,
        PR_SME_GET_VL = 64,
        PR_SET_PTRACER = 0x5961_6d61,
        PR_SET_VMA = 0x5356_4d41,
    }

    /// Whether a process's memory may be written to a file when it crashes.
    SUID_DUMP "SUID_DUMP_???" {
        SUID_DUMP_DISABLE = 0,
        SUID_DUMP_USER = 1,
        SUID_DUMP_ROOT = 2,
    }

    /// What happens on an access to an odd address.
    UNALIGN "PR_UNALIGN_???" {
        PR_UNALIGN_NOPRINT = 1,
        PR_UNALIGN_SIGBUS = 2,
    }

    /// How system calls are restricted.
    SECCOMP_MODE "SECCOMP_MODE_???" {
        SECCOMP_MODE_DISABLED = 0,
        SECCOMP_MODE_STRICT = 1,
        SECCOMP_MODE_FILTER = 2,
    }

    /// Things that only root may do, by number.
    CAP "CAP_???" {
        CAP_CHOWN = 0,
        CAP_DAC_OVERRIDE = 1,
        CAP_DAC_READ_SEARCH = 2,
        CAP_FOWNER = 3,
        CAP_FSETID = 4,
        CAP_KILL = 5,
        CAP_SETGID = 6,
        CAP_SETUID = 7,
        CAP_SETPCAP = 8,
        CAP_LINUX_IMMUTABLE = 9,
        CAP_NET_BIND_SERVICE = 10,
        CAP_NET_BROADCAST = 11,
        CAP_NET_ADMIN = 12,
        CAP_NET_RAW = 13,
        CAP_IPC_LOCK = 14,
        CAP_IPC_OWNER = 15,
        CAP_SYS_MODULE = 16,
        CAP_SYS_RAWIO = 17,
        CAP_SYS_CHROOT = 18,
        CAP_SYS_PTRACE = 19,
        CAP_SYS_PACCT = 20,
        CAP_SYS_ADMIN = 21,
        CAP_SYS_BOOT = 22,
        CAP_SYS_NICE = 23,
        CAP_SYS_RESOURCE = 24,
        CAP_SYS_TIME = 25,
        CAP_SYS_TTY_CONFIG = 26,
        CAP_MKNOD = 27,
        CAP_LEASE = 28,
        CAP_AUDIT_WRITE = 29,
        CAP_AUDIT_CONTROL = 30,
        CAP_SETFCAP = 31,
        CAP_MAC_OVERRIDE = 32,
        CAP_MAC_ADMIN = 33,
        CAP_SYSLOG = 34,
        CAP_WAKE_ALARM = 35,
        CAP_BLOCK_SUSPEND = 36,
        CAP_AUDIT_READ = 37,
        CAP_PERFMON = 38,
        CAP_BPF = 39,
        CAP_CHECKPOINT_RESTORE = 40,
    }

    /// Whether the processor's counter of ticks may be read.
    TSC "PR_TSC_???" {
        PR_TSC_ENABLE = 1,
        PR_TSC_SIGSEGV = 2,
    }

    /// How far root is special to a process.
    SECUREBITS "SECBIT_???" {
        SECBIT_NOROOT = 1,
        SECBIT_NOROOT_LOCKED = 2,
        SECBIT_NO_SETUID_FIXUP = 4,
        SECBIT_NO_SETUID_FIXUP_LOCKED = 8,
        SECBIT_KEEP_CAPS = 16,
        SECBIT_KEEP_CAPS_LOCKED = 32,
        SECBIT_NO_CAP_AMBIENT_RAISE = 64,
        SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED = 128,
    }

    /// Whether a choice about broken memory is made or taken back.
    MCE_KILL "PR_MCE_KILL_???" {
        PR_MCE_KILL_CLEAR = 0,
        PR_MCE_KILL_SET = 1,
    }

    /// When a process that has broken memory is ended.
    MCE_KILL_WHEN "PR_MCE_KILL_???" {
        PR_MCE_KILL_LATE = 0,
        PR_MCE_KILL_EARLY = 1,
        PR_MCE_KILL_DEFAULT = 2,
    }

    /// Parts of a process's memory whose place is set.
    SET_MM "PR_SET_MM_???" {
        PR_SET_MM_START_CODE = 1,
        PR_SET_MM_END_CODE = 2,
        PR_SET_MM_START_DATA = 3,
        PR_SET_MM_END_DATA = 4,
        PR_SET_MM_START_STACK = 5,
        PR_SET_MM_START_BRK = 6,
        PR_SET_MM_BRK = 7,
        PR_SET_MM_ARG_START = 8,
        PR_SET_MM_ARG_END = 9,
        PR_SET_MM_ENV_START = 10,
        PR_SET_MM_ENV_END = 11,
        PR_SET_MM_AUXV = 12,
        PR_SET_MM_EXE_FILE = 13,
        PR_SET_MM_MAP = 14,
        PR_SET_MM_MAP_SIZE = 15,
    }

    /// How MIPS processors hold floating-point numbers.
    FP_MODE "PR_FP_MODE_???" {
        PR_FP_MODE_FR = 1,
        PR_FP_MODE_FRE = 2,
    }

    /// What to do with the rights that a new program keeps.
    CAP_AMBIENT "PR_CAP_AMBIENT_???" {
        PR_CAP_AMBIENT_IS_SET = 1,
        PR_CAP_AMBIENT_RAISE = 2,
        PR_CAP_AMBIENT_LOWER = 3,
        PR_CAP_AMBIENT_CLEAR_ALL = 4,
    }

    /// Ways in which a processor guesses ahead.
    SPECULATION "PR_SPEC_???" {
        PR_SPEC_STORE_BYPASS = 0,
        PR_SPEC_INDIRECT_BRANCH = 1,
        PR_SPEC_L1D_FLUSH = 2,
    }

    /// Whether a processor may guess ahead in some way.
    SPECULATION_CONTROL "PR_SPEC_???" {
        PR_SPEC_NOT_AFFECTED = 0,
        PR_SPEC_PRCTL = 1,
        PR_SPEC_ENABLE = 2,
        PR_SPEC_DISABLE = 4,
        PR_SPEC_FORCE_DISABLE = 8,
        PR_SPEC_DISABLE_NOEXEC = 16,
    }

    /// Keys with which ARM processors sign addresses.
    PAC_KEYS "PR_PAC_???" {
        PR_PAC_APIAKEY = 1,
        PR_PAC_APIBKEY = 2,
        PR_PAC_APDAKEY = 4,
        PR_PAC_APDBKEY = 8,
        PR_PAC_APGAKEY = 16,
    }

    /// Whether system calls are handed to the program itself.
    SYS_DISPATCH "PR_SYS_DISPATCH_???" {
        PR_SYS_DISPATCH_OFF = 0,
        PR_SYS_DISPATCH_ON = 1,
    }

    /// Who may run on the same core.
    SCHED_CORE "PR_SCHED_CORE_???" {
        PR_SCHED_CORE_GET = 0,
        PR_SCHED_CORE_CREATE = 1,
        PR_SCHED_CORE_SHARE_TO = 2,
        PR_SCHED_CORE_SHARE_FROM = 3,
    }

    /// What is set of a part of memory.
    SET_VMA "PR_SET_VMA_???" {
        PR_SET_VMA_ANON_NAME = 0,
    }

    /// Who may trace a process.
    SET_PTRACER "" {
        PR_SET_PTRACER_ANY = 0xffff_ffff_u64,
    }
}
