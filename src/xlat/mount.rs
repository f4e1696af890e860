//! Constants of file systems: how they are mounted, set up and watched.

xlat! {
    /// How a file system is mounted.
    MOUNT_FLAGS "MS_???" {
        MS_MGC_VAL = 0xc0ed_0000_u64,
        MS_RDONLY = 1,
        MS_NOSUID = 2,
        MS_NODEV = 4,
        MS_NOEXEC = 8,
        MS_SYNCHRONOUS = 16,
        MS_REMOUNT = 32,
        MS_MANDLOCK = 64,
        MS_DIRSYNC = 128,
        MS_NOSYMFOLLOW = 256,
        MS_NOATIME = 0x400,
        MS_NODIRATIME = 0x800,
        MS_BIND = 0x1000,
        MS_MOVE = 0x2000,
        MS_REC = 0x4000,
        MS_SILENT = 0x8000,
        MS_POSIXACL = 0x10000,
        MS_UNBINDABLE = 0x20000,
        MS_PRIVATE = 0x40000,
        MS_SLAVE = 0x80000,
        MS_SHARED = 0x100000,
        MS_RELATIME = 0x200000,
        MS_KERNMOUNT = 0x400000,
        MS_I_VERSION = 0x800000,
        MS_STRICTATIME = 0x100_0000,
        MS_LAZYTIME = 0x200_0000,
        MS_SUBMOUNT = 0x400_0000,
        MS_NOREMOTELOCK = 0x800_0000,
        MS_NOSEC = 0x1000_0000,
        MS_BORN = 0x2000_0000,
        MS_ACTIVE = 0x4000_0000,
        MS_NOUSER = 0x8000_0000_u64,
    }

    /// How a file system is unmounted.
    UMOUNT_FLAGS "MNT_???" {
        MNT_FORCE = 1,
        MNT_DETACH = 2,
        MNT_EXPIRE = 4,
        UMOUNT_NOFOLLOW = 8,
    }

    /// How a part of the tree of files is opened.
    OPEN_TREE_FLAGS "OPEN_TREE_???" {
        OPEN_TREE_CLONE = 1,
        OPEN_TREE_CLOEXEC = 0x80000,
        AT_SYMLINK_NOFOLLOW = 256,
        AT_REMOVEDIR = 512,
        AT_SYMLINK_FOLLOW = 0x400,
        AT_NO_AUTOMOUNT = 0x800,
        AT_EMPTY_PATH = 0x1000,
        AT_RECURSIVE = 0x8000,
    }

    /// How the two paths of a move are followed.
    MOVE_MOUNT_FLAGS "MOVE_MOUNT_???" {
        MOVE_MOUNT_F_SYMLINKS = 1,
        MOVE_MOUNT_F_AUTOMOUNTS = 2,
        MOVE_MOUNT_F_EMPTY_PATH = 4,
        MOVE_MOUNT_T_SYMLINKS = 16,
        MOVE_MOUNT_T_AUTOMOUNTS = 32,
        MOVE_MOUNT_T_EMPTY_PATH = 64,
        MOVE_MOUNT_SET_GROUP = 256,
    }

    /// Settings of a descriptor of a file system.
    FSOPEN_FLAGS "FSOPEN_???" {
        FSOPEN_CLOEXEC = 1,
    }

    /// Settings of a descriptor of a mount.
    FSMOUNT_FLAGS "FSMOUNT_???" {
        FSMOUNT_CLOEXEC = 1,
    }

    /// How a mounted file system is found.
    FSPICK_FLAGS "FSPICK_???" {
        FSPICK_CLOEXEC = 1,
        FSPICK_SYMLINK_NOFOLLOW = 2,
        FSPICK_NO_AUTOMOUNT = 4,
        FSPICK_EMPTY_PATH = 8,
    }

    /// Properties of a new mount.
    FSMOUNT_ATTR "MOUNT_ATTR_???" {
        MOUNT_ATTR_RDONLY = 1,
        MOUNT_ATTR_NOSUID = 2,
        MOUNT_ATTR_NODEV = 4,
        MOUNT_ATTR_NOEXEC = 8,
        MOUNT_ATTR_NOATIME = 16,
        MOUNT_ATTR_STRICTATIME = 32,
        MOUNT_ATTR_NODIRATIME = 128,
    }

    /// What to do with a file system that is being set up.
    FSCONFIG_CMD "FSCONFIG_???" {
        FSCONFIG_SET_FLAG = 0,
        FSCONFIG_SET_STRING = 1,
        FSCONFIG_SET_BINARY = 2,
        FSCONFIG_SET_PATH = 3,
        FSCONFIG_SET_PATH_EMPTY = 4,
        FSCONFIG_SET_FD = 5,
        FSCONFIG_CMD_CREATE = 6,
        FSCONFIG_CMD_RECONFIGURE = 7,
    }

    /// What to do with a watch of files.
    FANOTIFY_MARK "FAN_MARK_???" {
        FAN_MARK_ADD = 1,
        FAN_MARK_REMOVE = 2,
        FAN_MARK_DONT_FOLLOW = 4,
        FAN_MARK_ONLYDIR = 8,
        FAN_MARK_MOUNT = 16,
        FAN_MARK_IGNORED_MASK = 32,
        FAN_MARK_IGNORED_SURV_MODIFY = 64,
        FAN_MARK_FLUSH = 128,
        FAN_MARK_FILESYSTEM = 256,
        FAN_MARK_EVICTABLE = 512,
        FAN_MARK_IGNORE = 0x400,
    }

    /// What is done with files that are watched.
    FANOTIFY_EVENTS "FAN_???" {
        FAN_ACCESS = 1,
        FAN_MODIFY = 2,
        FAN_ATTRIB = 4,
        FAN_CLOSE_WRITE = 8,
        FAN_CLOSE_NOWRITE = 16,
        FAN_OPEN = 32,
        FAN_MOVED_FROM = 64,
        FAN_MOVED_TO = 128,
        FAN_CREATE = 256,
        FAN_DELETE = 512,
        FAN_DELETE_SELF = 0x400,
        FAN_MOVE_SELF = 0x800,
        FAN_OPEN_EXEC = 0x1000,
        FAN_Q_OVERFLOW = 0x4000,
        FAN_FS_ERROR = 0x8000,
        FAN_OPEN_PERM = 0x10000,
        FAN_ACCESS_PERM = 0x20000,
        FAN_OPEN_EXEC_PERM = 0x40000,
        FAN_DIR_MODIFY = 0x80000,
        FAN_ONDIR = 0x4000_0000,
        FAN_EVENT_ON_CHILD = 0x800_0000,
        FAN_RENAME = 0x1000_0000,
    }

    /// How early a watcher of files learns of something.
    FANOTIFY_CLASS "FAN_CLASS_???" {
        FAN_CLASS_NOTIF = 0,
        FAN_CLASS_CONTENT = 4,
        FAN_CLASS_PRE_CONTENT = 8,
    }

    /// How files are watched.
    FANOTIFY_INIT "FAN_???" {
        FAN_CLOEXEC = 1,
        FAN_NONBLOCK = 2,
        FAN_UNLIMITED_QUEUE = 16,
        FAN_UNLIMITED_MARKS = 32,
        FAN_ENABLE_AUDIT = 64,
        FAN_REPORT_PIDFD = 128,
        FAN_REPORT_TID = 256,
        FAN_REPORT_FID = 512,
        FAN_REPORT_DIR_FID = 0x400,
        FAN_REPORT_NAME = 0x800,
        FAN_REPORT_TARGET_FID = 0x1000,
    }

    /// How the path of a mount is followed.
    MOUNT_SETATTR_FLAGS "AT_???" {
        AT_SYMLINK_NOFOLLOW = 256,
        AT_NO_AUTOMOUNT = 0x800,
        AT_EMPTY_PATH = 0x1000,
        AT_RECURSIVE = 0x8000,
    }

    /// Whether mounts appear in copies of the tree of files too.
    PROPAGATION "MS_???" {
        MS_UNBINDABLE = 0x20000,
        MS_PRIVATE = 0x40000,
        MS_SLAVE = 0x80000,
        MS_SHARED = 0x100000,
    }

    /// How the path of a handle is followed.
    HANDLE_FLAGS "AT_???" {
        AT_SYMLINK_FOLLOW = 0x400,
        AT_EMPTY_PATH = 0x1000,
    }

    /// Properties of a mount.
    MOUNT_ATTR "MOUNT_ATTR_???" {
        MOUNT_ATTR_RDONLY = 1,
        MOUNT_ATTR_NOSUID = 2,
        MOUNT_ATTR_NODEV = 4,
        MOUNT_ATTR_NOEXEC = 8,
        MOUNT_ATTR_NOATIME = 16,
        MOUNT_ATTR_STRICTATIME = 32,
        MOUNT_ATTR_NODIRATIME = 128,
        MOUNT_ATTR_IDMAP = 0x100000,
        MOUNT_ATTR_NOSYMFOLLOW = 0x200000,
    }
}
