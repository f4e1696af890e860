//! What a program forbids itself: filters of system calls, and rules about files.

xlat! {
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

    /// Whether only the version is asked for.
    LANDLOCK_RULESET_FLAGS "LANDLOCK_CREATE_RULESET_???" {
        LANDLOCK_CREATE_RULESET_VERSION = 1,
    }
}
