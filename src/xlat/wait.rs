//! The constants of the calls that wait: for events on descriptors, for time, for children.

xlat! {
    /// What can happen at a descriptor that poll waits for.
    ///
    /// What `poll` waits for and reports (`asm-generic/poll.h`).
    POLL_EVENTS "POLL???" {
        POLLIN = 0x1,
        POLLPRI = 0x2,
        POLLOUT = 0x4,
        POLLERR = 0x8,
        POLLHUP = 0x10,
        POLLNVAL = 0x20,
        POLLRDNORM = 0x40,
        POLLRDBAND = 0x80,
        POLLWRNORM = 0x100,
        POLLWRBAND = 0x200,
        POLLMSG = 0x400,
        POLLREMOVE = 0x1000,
        POLLRDHUP = 0x2000,
        POLL_BUSY_LOOP = 0x8000,
    }

    /// What can happen at a descriptor of an epoll set, and how it is reported.
    ///
    /// What `epoll` waits for and reports (`linux/eventpoll.h`).
    EPOLL_EVENTS "EPOLL???" {
        EPOLLIN = 0x1,
        EPOLLPRI = 0x2,
        EPOLLOUT = 0x4,
        EPOLLERR = 0x8,
        EPOLLHUP = 0x10,
        EPOLLNVAL = 0x20,
        EPOLLRDNORM = 0x40,
        EPOLLRDBAND = 0x80,
        EPOLLWRNORM = 0x100,
        EPOLLWRBAND = 0x200,
        EPOLLMSG = 0x400,
        EPOLLRDHUP = 0x2000,
        EPOLLEXCLUSIVE = 0x10000000,
        EPOLLWAKEUP = 0x20000000,
        EPOLLONESHOT = 0x40000000,
        EPOLLET = 0x80000000,
    }

    /// What epoll_ctl is to do.
    ///
    /// Second argument of `epoll_ctl`.
    EPOLL_OP "EPOLL_CTL_???" {
        EPOLL_CTL_ADD = 1,
        EPOLL_CTL_DEL = 2,
        EPOLL_CTL_MOD = 3,
    }

    /// Settings of a new epoll set.
    ///
    /// Flags of `epoll_create1`.
    EPOLL_FLAGS "EPOLL_???" {
        EPOLL_CLOEXEC = libc::EPOLL_CLOEXEC,
    }

    /// Settings of a new event counter.
    ///
    /// Flags of `eventfd2`.
    EVENTFD_FLAGS "EFD_???" {
        EFD_SEMAPHORE = libc::EFD_SEMAPHORE,
        EFD_CLOEXEC = libc::EFD_CLOEXEC,
        EFD_NONBLOCK = libc::EFD_NONBLOCK,
    }

    /// The clocks that a program can ask or wait for.
    ///
    /// Clocks (`linux/time.h`).
    CLOCK "CLOCK_???" {
        CLOCK_REALTIME = 0,
        CLOCK_MONOTONIC = 1,
        CLOCK_PROCESS_CPUTIME_ID = 2,
        CLOCK_THREAD_CPUTIME_ID = 3,
        CLOCK_MONOTONIC_RAW = 4,
        CLOCK_REALTIME_COARSE = 5,
        CLOCK_MONOTONIC_COARSE = 6,
        CLOCK_BOOTTIME = 7,
        CLOCK_REALTIME_ALARM = 8,
        CLOCK_BOOTTIME_ALARM = 9,
        CLOCK_SGI_CYCLE = 10,
        CLOCK_TAI = 11,
    }

    /// Which changes of child processes to wait for.
    ///
    /// Options of `wait4` and `waitid` (`linux/wait.h`), in their order.
    WAIT_OPTIONS "W???" {
        WNOHANG = 0x1,
        WEXITED = 0x4,
        WSTOPPED = 0x2,
        WCONTINUED = 0x8,
        WNOWAIT = 0x1000000,
        __WCLONE = 0x80000000,
        __WALL = 0x40000000,
        __WNOTHREAD = 0x20000000,
    }

    /// Settings of a timer that has a descriptor.
    ///
    /// Flags of `timerfd_create` and `timerfd_settime`, which strace names from one table.
    TIMERFD_FLAGS "TFD_???" {
        TFD_TIMER_ABSTIME = libc::TFD_TIMER_ABSTIME,
        TFD_TIMER_CANCEL_ON_SET = libc::TFD_TIMER_CANCEL_ON_SET,
        TFD_CLOEXEC = libc::TFD_CLOEXEC,
        TFD_NONBLOCK = libc::TFD_NONBLOCK,
    }

    /// Settings of a descriptor from which signals are read.
    ///
    /// Flags of `signalfd4`.
    SIGNALFD_FLAGS "SFD_???" {
        SFD_CLOEXEC = libc::SFD_CLOEXEC,
        SFD_NONBLOCK = libc::SFD_NONBLOCK,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[
            &POLL_EVENTS,
            &EPOLL_EVENTS,
            &EPOLL_OP,
            &EPOLL_FLAGS,
            &EVENTFD_FLAGS,
            &CLOCK,
            &WAIT_OPTIONS,
            &TIMERFD_FLAGS,
            &SIGNALFD_FLAGS,
        ]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { POLL_EVENTS:
            POLLIN POLLPRI POLLOUT POLLERR POLLHUP POLLNVAL POLLRDNORM POLLRDBAND POLLWRNORM
            POLLWRBAND POLLRDHUP
        }
        agrees_with_libc! { EPOLL_EVENTS:
            EPOLLIN EPOLLPRI EPOLLOUT EPOLLERR EPOLLHUP EPOLLRDNORM EPOLLRDBAND EPOLLWRNORM
            EPOLLWRBAND EPOLLMSG EPOLLRDHUP EPOLLEXCLUSIVE EPOLLWAKEUP EPOLLONESHOT EPOLLET
        }
        agrees_with_libc! { EPOLL_OP:
            EPOLL_CTL_ADD EPOLL_CTL_DEL EPOLL_CTL_MOD
        }
        agrees_with_libc! { CLOCK:
            CLOCK_REALTIME CLOCK_MONOTONIC CLOCK_PROCESS_CPUTIME_ID CLOCK_THREAD_CPUTIME_ID
            CLOCK_MONOTONIC_RAW CLOCK_REALTIME_COARSE CLOCK_MONOTONIC_COARSE CLOCK_BOOTTIME
            CLOCK_REALTIME_ALARM CLOCK_BOOTTIME_ALARM CLOCK_TAI
        }
        agrees_with_libc! { WAIT_OPTIONS:
            WNOHANG WEXITED WSTOPPED WCONTINUED WNOWAIT __WCLONE __WALL __WNOTHREAD
        }
    }
}
