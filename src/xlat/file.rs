//! Constants of descriptors.
xlat! {
    /// Commands of fcntl(2).
    FCNTL_CMD "F_???" { F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_DUPFD_CLOEXEC = 1030 }
    /// Flags of open(2).
    OPEN_FLAGS "O_???" { O_NONBLOCK = 0o4000, O_CLOEXEC = 0o2000000 }
    /// Flags of a descriptor.
    FD_FLAGS "FD_???" { FD_CLOEXEC = 1 }
}
