//! Constants of poll and epoll.
xlat! {
    /// Events of poll(2).
    POLL_EVENTS "POLL???" { POLLIN = 1, POLLPRI = 2, POLLOUT = 4, POLLERR = 8, POLLHUP = 0x10, POLLNVAL = 0x20 }
    /// Events of epoll(7).
    EPOLL_EVENTS "EPOLL???" { EPOLLIN = 1, EPOLLOUT = 4 }
    /// Operations of epoll_ctl(2).
    EPOLL_OP "EPOLL_CTL_???" { EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3 }
    /// Flags of epoll_create1(2).
    EPOLL_FLAGS "EPOLL_???" { EPOLL_CLOEXEC = 0o2000000 }
}
