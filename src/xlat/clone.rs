//! What a new process or thread shares with its maker, and what it may stop sharing.

xlat! {
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
    CLONE3_FLAGS "CLONE_???" behind CLONE_FLAGS {
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
}
