//! The constants of processes: what they may do, what they may use, how the kernel divides its time among them.

use super::{Words, Xlat};

const FUTEX_OP_WORDS: Words = Words {
    name: "FUTEX_OP",
    set: "What to do with a number in memory that threads wait for; private ones are of one process alone.",
    members: &[],
};

/// What to do with a number in memory, `linux/futex.h`: an operation and its flags have a name together.
pub static FUTEX_OP: Xlat = Xlat::declared(FUTEX_OP_WORDS, "FUTEX_???", FUTEX_OPS, [None, None]);

static FUTEX_OPS: &[(&str, u64)] = &[
    ("FUTEX_WAIT", 0),
    ("FUTEX_WAKE", 1),
    ("FUTEX_FD", 2),
    ("FUTEX_REQUEUE", 3),
    ("FUTEX_CMP_REQUEUE", 4),
    ("FUTEX_WAKE_OP", 5),
    ("FUTEX_LOCK_PI", 6),
    ("FUTEX_UNLOCK_PI", 7),
    ("FUTEX_TRYLOCK_PI", 8),
    ("FUTEX_WAIT_BITSET", 9),
    ("FUTEX_WAKE_BITSET", 10),
    ("FUTEX_WAIT_REQUEUE_PI", 11),
    ("FUTEX_CMP_REQUEUE_PI", 12),
    ("FUTEX_LOCK_PI2", 13),
    ("FUTEX_WAIT_PRIVATE", 128),
    ("FUTEX_WAKE_PRIVATE", 129),
    ("FUTEX_FD|FUTEX_PRIVATE_FLAG", 130),
    ("FUTEX_REQUEUE_PRIVATE", 131),
    ("FUTEX_CMP_REQUEUE_PRIVATE", 132),
    ("FUTEX_WAKE_OP_PRIVATE", 133),
    ("FUTEX_LOCK_PI_PRIVATE", 134),
    ("FUTEX_UNLOCK_PI_PRIVATE", 135),
    ("FUTEX_TRYLOCK_PI_PRIVATE", 136),
    ("FUTEX_WAIT_BITSET_PRIVATE", 137),
    ("FUTEX_WAKE_BITSET_PRIVATE", 138),
    ("FUTEX_WAIT_REQUEUE_PI_PRIVATE", 139),
    ("FUTEX_CMP_REQUEUE_PI_PRIVATE", 140),
    ("FUTEX_LOCK_PI2_PRIVATE", 141),
    ("FUTEX_WAIT|FUTEX_CLOCK_REALTIME", 256),
    ("FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME", 265),
    ("FUTEX_WAIT_REQUEUE_PI|FUTEX_CLOCK_REALTIME", 267),
    ("FUTEX_WAIT_PRIVATE|FUTEX_CLOCK_REALTIME", 384),
    ("FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME", 393),
    ("FUTEX_WAIT_REQUEUE_PI_PRIVATE|FUTEX_CLOCK_REALTIME", 395),
];

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

    /// Whose priority is meant: a process, a group of them or a user.
    PRIORITY_WHICH "PRIO_???" {
        PRIO_PROCESS = 0,
        PRIO_PGRP = 1,
        PRIO_USER = 2,
    }

    /// How the kernel divides the processor among threads.
    SCHEDULER "SCHED_???" {
        SCHED_OTHER = 0 => "Fairly, by niceness.",
        SCHED_FIFO = 1 => "The most urgent thread first, until it waits.",
        SCHED_RR = 2 => "The most urgent threads first, in turns.",
        SCHED_BATCH = 3 => "Fairly, for work that nobody waits for.",
        SCHED_ISO = 4,
        SCHED_IDLE = 5 => "Only when nobody else wants the processor.",
        SCHED_DEADLINE = 6 => "By deadlines.",
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

    /// Interval timers of a process: what time they count.
    ITIMER "ITIMER_???" {
        ITIMER_REAL = 0 => "Time that passes; SIGALRM when it is over.",
        ITIMER_VIRTUAL = 1 => "Time that the program computes; SIGVTALRM when it is over.",
        ITIMER_PROF = 2 => "The same and the kernel's work for it; SIGPROF when it is over.",
    }

    /// Whether a sleep ends at a moment rather than after a while.
    CLOCK_FLAGS "TIMER_???" {
        TIMER_ABSTIME = 1 => "The time is a moment, not a span.",
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

    /// What a new process or thread shares with its maker.
    CLONE_FLAGS "CLONE_???" {
        CLONE_VM = 256,
        CLONE_FS = 512,
        CLONE_FILES = 0x400,
        CLONE_SIGHAND = 0x800,
        CLONE_PIDFD = 0x1000,
        CLONE_PTRACE = 0x2000,
        CLONE_VFORK = 0x4000,
        CLONE_PARENT = 0x8000,
        CLONE_THREAD = 0x10000,
        CLONE_NEWNS = 0x20000,
        CLONE_SYSVSEM = 0x40000,
        CLONE_SETTLS = 0x80000,
        CLONE_PARENT_SETTID = 0x100000,
        CLONE_CHILD_CLEARTID = 0x200000,
        CLONE_UNTRACED = 0x800000,
        CLONE_CHILD_SETTID = 0x100_0000,
        CLONE_NEWCGROUP = 0x200_0000,
        CLONE_NEWUTS = 0x400_0000,
        CLONE_NEWIPC = 0x800_0000,
        CLONE_NEWUSER = 0x1000_0000,
        CLONE_NEWPID = 0x2000_0000,
        CLONE_NEWNET = 0x4000_0000,
        CLONE_IO = 0x8000_0000_u64,
    }

    /// What a new process shares with its maker, and the signal that the maker gets when it ends.
    CLONE_FLAGS_AND_SIGNAL "CLONE_???" : CLONE_FLAGS {
        SIGSYS = 31,
        SIGPWR = 30,
        SIGIO = 29,
        SIGWINCH = 28,
        SIGPROF = 27,
        SIGVTALRM = 26,
        SIGXFSZ = 25,
        SIGXCPU = 24,
        SIGURG = 23,
        SIGTTOU = 22,
        SIGTTIN = 21,
        SIGTSTP = 20,
        SIGSTOP = 19,
        SIGCONT = 18,
        SIGCHLD = 17,
        SIGSTKFLT = 16,
        SIGTERM = 15,
        SIGALRM = 14,
        SIGPIPE = 13,
        SIGUSR2 = 12,
        SIGSEGV = 11,
        SIGUSR1 = 10,
        SIGKILL = 9,
        SIGFPE = 8,
        SIGBUS = 7,
        SIGABRT = 6,
        SIGTRAP = 5,
        SIGILL = 4,
        SIGQUIT = 3,
        SIGINT = 2,
        SIGHUP = 1,
    }

    /// What a new process or thread shares with its maker, in the longer form.
    CLONE3_FLAGS "CLONE_???" {
        CLONE_VM = 256,
        CLONE_FS = 512,
        CLONE_FILES = 0x400,
        CLONE_SIGHAND = 0x800,
        CLONE_PIDFD = 0x1000,
        CLONE_PTRACE = 0x2000,
        CLONE_VFORK = 0x4000,
        CLONE_PARENT = 0x8000,
        CLONE_THREAD = 0x10000,
        CLONE_NEWNS = 0x20000,
        CLONE_SYSVSEM = 0x40000,
        CLONE_SETTLS = 0x80000,
        CLONE_PARENT_SETTID = 0x100000,
        CLONE_CHILD_CLEARTID = 0x200000,
        CLONE_UNTRACED = 0x800000,
        CLONE_CHILD_SETTID = 0x100_0000,
        CLONE_NEWCGROUP = 0x200_0000,
        CLONE_NEWUTS = 0x400_0000,
        CLONE_NEWIPC = 0x800_0000,
        CLONE_NEWUSER = 0x1000_0000,
        CLONE_NEWPID = 0x2000_0000,
        CLONE_NEWNET = 0x4000_0000,
        CLONE_IO = 0x8000_0000_u64,
        CLONE_NEWTIME = 128,
        CLONE_CLEAR_SIGHAND = 0x1_0000_0000_u64,
        CLONE_INTO_CGROUP = 0x2_0000_0000_u64,
    }

    /// What a process or thread stops sharing with others.
    UNSHARE_FLAGS "CLONE_???" {
        CLONE_NEWTIME = 128,
        CLONE_VM = 256,
        CLONE_FS = 512,
        CLONE_FILES = 0x400,
        CLONE_SIGHAND = 0x800,
        CLONE_THREAD = 0x10000,
        CLONE_NEWNS = 0x20000,
        CLONE_SYSVSEM = 0x40000,
        CLONE_NEWCGROUP = 0x200_0000,
        CLONE_NEWUTS = 0x400_0000,
        CLONE_NEWIPC = 0x800_0000,
        CLONE_NEWUSER = 0x1000_0000,
        CLONE_NEWPID = 0x2000_0000,
        CLONE_NEWNET = 0x4000_0000,
    }

    /// Kinds of namespace: parts of the system that processes see in a way of their own.
    NAMESPACES "CLONE_NEW???" {
        CLONE_NEWTIME = 128,
        CLONE_NEWNS = 0x20000,
        CLONE_NEWCGROUP = 0x200_0000,
        CLONE_NEWUTS = 0x400_0000,
        CLONE_NEWIPC = 0x800_0000,
        CLONE_NEWUSER = 0x1000_0000,
        CLONE_NEWPID = 0x2000_0000,
        CLONE_NEWNET = 0x4000_0000,
    }

    /// What is done to a number before its waiters are woken.
    FUTEX_WAKE_OP "FUTEX_OP_???" {
        FUTEX_OP_SET = 0,
        FUTEX_OP_ADD = 1,
        FUTEX_OP_OR = 2,
        FUTEX_OP_ANDN = 3,
        FUTEX_OP_XOR = 4,
        FUTEX_OP_OPARG_SHIFT = 8,
    }

    /// How two numbers are compared.
    FUTEX_CMP "FUTEX_OP_CMP_???" {
        FUTEX_OP_CMP_EQ = 0,
        FUTEX_OP_CMP_NE = 1,
        FUTEX_OP_CMP_LT = 2,
        FUTEX_OP_CMP_LE = 3,
        FUTEX_OP_CMP_GT = 4,
        FUTEX_OP_CMP_GE = 5,
    }

    /// Which waiters are meant, a bit for each kind.
    FUTEX_BITSET "" {
        FUTEX_BITSET_MATCH_ANY = 0xffff_ffff_u64,
    }

    /// Kinds of priority of reading and writing.
    IOPRIO_CLASS "IOPRIO_CLASS_???" {
        IOPRIO_CLASS_NONE = 0,
        IOPRIO_CLASS_RT = 1,
        IOPRIO_CLASS_BE = 2,
        IOPRIO_CLASS_IDLE = 3,
    }

    /// Whose priority of reading and writing it is.
    IOPRIO_WHO "IOPRIO_WHO_???" {
        IOPRIO_WHO_PROCESS = 1,
        IOPRIO_WHO_PGRP = 2,
        IOPRIO_WHO_USER = 3,
    }

    /// Whom a number of a process stands for.
    PID_TYPE "PIDTYPE_???" {
        PIDTYPE_PID = 0,
        PIDTYPE_TGID = 1,
        PIDTYPE_PGID = 2,
        PIDTYPE_SID = 3,
    }

    /// What two processes may share.
    KCMP_TYPE "KCMP_???" {
        KCMP_FILE = 0,
        KCMP_VM = 1,
        KCMP_FILES = 2,
        KCMP_FS = 3,
        KCMP_SIGHAND = 4,
        KCMP_IO = 5,
        KCMP_SYSVSEM = 6,
        KCMP_EPOLL_TFD = 7,
    }

    /// Between which threads accesses to memory are put in order.
    MEMBARRIER_CMD "MEMBARRIER_CMD_???" {
        MEMBARRIER_CMD_QUERY = 0,
        MEMBARRIER_CMD_GLOBAL = 1,
        MEMBARRIER_CMD_GLOBAL_EXPEDITED = 2,
        MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED = 4,
        MEMBARRIER_CMD_PRIVATE_EXPEDITED = 8,
        MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED = 16,
        MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE = 32,
        MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE = 64,
        MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ = 128,
        MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ = 256,
    }

    /// Whether only one processor is concerned.
    MEMBARRIER_FLAGS "MEMBARRIER_CMD_FLAG_???" {
        MEMBARRIER_CMD_FLAG_CPU = 1,
    }

    /// What to do about a filter of system calls.
    SECCOMP_OP "SECCOMP_SET_MODE_???" {
        SECCOMP_SET_MODE_STRICT = 0,
        SECCOMP_SET_MODE_FILTER = 1,
        SECCOMP_GET_ACTION_AVAIL = 2,
        SECCOMP_GET_NOTIF_SIZES = 3,
    }

    /// Settings of a filter of system calls.
    SECCOMP_FLAGS "SECCOMP_FILTER_FLAG_???" {
        SECCOMP_FILTER_FLAG_TSYNC = 1,
        SECCOMP_FILTER_FLAG_LOG = 2,
        SECCOMP_FILTER_FLAG_SPEC_ALLOW = 4,
        SECCOMP_FILTER_FLAG_NEW_LISTENER = 8,
        SECCOMP_FILTER_FLAG_TSYNC_ESRCH = 16,
        SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 32,
    }

    /// What a filter of system calls answers.
    SECCOMP_RET "SECCOMP_RET_???" {
        SECCOMP_RET_KILL_PROCESS = 0x8000_0000_u64,
        SECCOMP_RET_KILL_THREAD = 0,
        SECCOMP_RET_TRAP = 0x30000,
        SECCOMP_RET_ERRNO = 0x50000,
        SECCOMP_RET_USER_NOTIF = 0x7fc0_0000,
        SECCOMP_RET_TRACE = 0x7ff0_0000,
        SECCOMP_RET_LOG = 0x7ffc_0000,
        SECCOMP_RET_ALLOW = 0x7fff_0000,
    }

    /// What a program forbids itself to do with files.
    LANDLOCK_ACCESS "LANDLOCK_ACCESS_FS_???" {
        LANDLOCK_ACCESS_FS_EXECUTE = 1,
        LANDLOCK_ACCESS_FS_WRITE_FILE = 2,
        LANDLOCK_ACCESS_FS_READ_FILE = 4,
        LANDLOCK_ACCESS_FS_READ_DIR = 8,
        LANDLOCK_ACCESS_FS_REMOVE_DIR = 16,
        LANDLOCK_ACCESS_FS_REMOVE_FILE = 32,
        LANDLOCK_ACCESS_FS_MAKE_CHAR = 64,
        LANDLOCK_ACCESS_FS_MAKE_DIR = 128,
        LANDLOCK_ACCESS_FS_MAKE_REG = 256,
        LANDLOCK_ACCESS_FS_MAKE_SOCK = 512,
        LANDLOCK_ACCESS_FS_MAKE_FIFO = 0x400,
        LANDLOCK_ACCESS_FS_MAKE_BLOCK = 0x800,
        LANDLOCK_ACCESS_FS_MAKE_SYM = 0x1000,
        LANDLOCK_ACCESS_FS_REFER = 0x2000,
    }

    /// Kinds of rule by which a program restricts itself.
    LANDLOCK_RULE "LANDLOCK_RULE_???" {
        LANDLOCK_RULE_PATH_BENEATH = 1,
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

    /// How a scheduling policy is set.
    SCHED_FLAGS "SCHED_FLAG_???" {
        SCHED_FLAG_RESET_ON_FORK = 1,
        SCHED_FLAG_RECLAIM = 2,
        SCHED_FLAG_DL_OVERRUN = 4,
        SCHED_FLAG_KEEP_POLICY = 8,
        SCHED_FLAG_KEEP_PARAMS = 16,
        SCHED_FLAG_UTIL_CLAMP_MIN = 32,
        SCHED_FLAG_UTIL_CLAMP_MAX = 64,
    }

    /// How a number that is waited for is read.
    FUTEX_WAITV_FLAGS "FUTEX_???" {
        FUTEX_32 = 2,
        FUTEX_PRIVATE_FLAG = 128,
    }

    /// What a tracer does to another process.
    PTRACE_REQUEST "PTRACE_???" {
        PTRACE_TRACEME = 0,
        PTRACE_PEEKTEXT = 1,
        PTRACE_PEEKDATA = 2,
        PTRACE_PEEKUSER = 3,
        PTRACE_POKETEXT = 4,
        PTRACE_POKEDATA = 5,
        PTRACE_POKEUSER = 6,
        PTRACE_CONT = 7,
        PTRACE_KILL = 8,
        PTRACE_SINGLESTEP = 9,
        PTRACE_GETREGS = 12,
        PTRACE_SETREGS = 13,
        PTRACE_GETFPREGS = 14,
        PTRACE_SETFPREGS = 15,
        PTRACE_ATTACH = 16,
        PTRACE_DETACH = 17,
        PTRACE_GETFPXREGS = 18,
        PTRACE_SETFPXREGS = 19,
        PTRACE_OLDSETOPTIONS = 21,
        PTRACE_SYSCALL = 24,
        PTRACE_GET_THREAD_AREA = 25,
        PTRACE_SET_THREAD_AREA = 26,
        PTRACE_ARCH_PRCTL = 30,
        PTRACE_SYSEMU = 31,
        PTRACE_SYSEMU_SINGLESTEP = 32,
        PTRACE_SINGLEBLOCK = 33,
        PTRACE_SETOPTIONS = 0x4200,
        PTRACE_GETEVENTMSG = 0x4201,
        PTRACE_GETSIGINFO = 0x4202,
        PTRACE_SETSIGINFO = 0x4203,
        PTRACE_GETREGSET = 0x4204,
        PTRACE_SETREGSET = 0x4205,
        PTRACE_SEIZE = 0x4206,
        PTRACE_INTERRUPT = 0x4207,
        PTRACE_LISTEN = 0x4208,
        PTRACE_PEEKSIGINFO = 0x4209,
        PTRACE_GETSIGMASK = 0x420a,
        PTRACE_SETSIGMASK = 0x420b,
        PTRACE_SECCOMP_GET_FILTER = 0x420c,
        PTRACE_SECCOMP_GET_METADATA = 0x420d,
        PTRACE_GET_SYSCALL_INFO = 0x420e,
        PTRACE_GET_RSEQ_CONFIGURATION = 0x420f,
    }

    /// What stops a traced process for its tracer.
    PTRACE_OPTIONS "PTRACE_O_???" {
        PTRACE_O_TRACESYSGOOD = 1,
        PTRACE_O_TRACEFORK = 2,
        PTRACE_O_TRACEVFORK = 4,
        PTRACE_O_TRACECLONE = 8,
        PTRACE_O_TRACEEXEC = 16,
        PTRACE_O_TRACEVFORKDONE = 32,
        PTRACE_O_TRACEEXIT = 64,
        PTRACE_O_TRACESECCOMP = 128,
        PTRACE_O_EXITKILL = 0x100000,
        PTRACE_O_SUSPEND_SECCOMP = 0x200000,
    }

    /// Sets of registers of a processor.
    REGISTER_SET "NT_???" {
        NT_PRSTATUS = 1,
        NT_FPREGSET = 2,
        NT_PRPSINFO = 3,
        NT_TASKSTRUCT = 4,
        NT_AUXV = 6,
        NT_386_TLS = 512,
        NT_386_IOPERM = 513,
        NT_X86_XSTATE = 514,
    }

    /// What of the clock is adjusted.
    TIMEX_MODES "ADJ_???" {
        ADJ_OFFSET = 1,
        ADJ_FREQUENCY = 2,
        ADJ_MAXERROR = 4,
        ADJ_ESTERROR = 8,
        ADJ_STATUS = 16,
        ADJ_TIMECONST = 32,
        ADJ_TAI = 128,
        ADJ_SETOFFSET = 256,
        ADJ_MICRO = 0x1000,
        ADJ_NANO = 0x2000,
        ADJ_TICK = 0x4000,
    }

    /// How the clock is kept right.
    TIMEX_STATUS "STA_???" {
        STA_PLL = 1,
        STA_PPSFREQ = 2,
        STA_PPSTIME = 4,
        STA_FLL = 8,
        STA_INS = 16,
        STA_DEL = 32,
        STA_UNSYNC = 64,
        STA_FREQHOLD = 128,
        STA_PPSSIGNAL = 256,
        STA_PPSJITTER = 512,
        STA_PPSWANDER = 0x400,
        STA_PPSERROR = 0x800,
        STA_CLOCKERR = 0x1000,
        STA_NANO = 0x2000,
        STA_MODE = 0x4000,
        STA_CLK = 0x8000,
    }

    /// Whether the clock is right.
    TIME_STATE "TIME_???" {
        TIME_OK = 0,
        TIME_INS = 1,
        TIME_DEL = 2,
        TIME_OOP = 3,
        TIME_WAIT = 4,
        TIME_ERROR = 5,
    }

    /// How calls of a ring are handed over and awaited.
    IORING_ENTER "IORING_ENTER_???" {
        IORING_ENTER_GETEVENTS = 1,
        IORING_ENTER_SQ_WAKEUP = 2,
        IORING_ENTER_SQ_WAIT = 4,
        IORING_ENTER_EXT_ARG = 8,
        IORING_ENTER_REGISTERED_RING = 16,
    }

    /// Whether only the version is asked for.
    LANDLOCK_RULESET_FLAGS "LANDLOCK_CREATE_RULESET_???" {
        LANDLOCK_CREATE_RULESET_VERSION = 1,
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
            &PRIORITY_WHICH,
            &SCHEDULER,
            &ID_TYPE,
            &RANDOM_FLAGS,
            &ITIMER,
            &ARCH_PRCTL,
        ]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { RESOURCE:
            RLIMIT_CPU RLIMIT_STACK RLIMIT_NOFILE RLIMIT_AS RLIMIT_RTTIME
        }
        agrees_with_libc! { SCHEDULER:
            SCHED_OTHER SCHED_FIFO SCHED_RR SCHED_BATCH SCHED_IDLE
        }
        agrees_with_libc! { ID_TYPE:
            P_ALL P_PID P_PGID P_PIDFD
        }
        agrees_with_libc! { RANDOM_FLAGS:
            GRND_NONBLOCK GRND_RANDOM
        }
    }
}
