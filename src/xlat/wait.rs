//! The constants of the calls that wait: for events on descriptors, for time, for children.

xlat! {
    /// What can happen at a descriptor that poll waits for.
    ///
    /// What `poll` waits for and reports (`asm-generic/poll.h`).
    POLL_EVENTS "POLL???" {
        POLLIN = 0x1 => "There is something to read, a connection to accept, or the end.",
        POLLPRI = 0x2 => "There is something exceptional, such as urgent data.",
        POLLOUT = 0x4 => "Writing is possible without waiting; a connection that was asked for stands, or failed.",
        POLLERR = 0x8 => "Something failed; SO_ERROR has the reason. Always reported, even if not asked for.",
        POLLHUP = 0x10 => "The connection is over in both directions. Always reported, even if not asked for.",
        POLLNVAL = 0x20 => "The descriptor is not open. Always reported, even if not asked for.",
        POLLRDNORM = 0x40 => "Another name for POLLIN.",
        POLLRDBAND = 0x80 => "Urgent data can be read; hardly used on Linux.",
        POLLWRNORM = 0x100 => "Another name for POLLOUT.",
        POLLWRBAND = 0x200 => "Urgent data can be written.",
        POLLMSG = 0x400 => "A flag that Linux does not use.",
        POLLREMOVE = 0x1000 => "A flag from other systems that Linux does not use.",
        POLLRDHUP = 0x2000 => "The peer ended its side: no more data will come.",
        POLL_BUSY_LOOP = 0x8000 => "The kernel may look at the network card all the time instead of sleeping.",
    }

    /// What can happen at a descriptor of an epoll set, and how it is reported.
    ///
    /// What `epoll` waits for and reports (`linux/eventpoll.h`).
    EPOLL_EVENTS "EPOLL???" {
        EPOLLIN = 0x1 => "There is something to read, a connection to accept, or the end.",
        EPOLLPRI = 0x2 => "There is something exceptional, such as urgent data.",
        EPOLLOUT = 0x4 => "Writing is possible without waiting; a connection that was asked for stands, or failed.",
        EPOLLERR = 0x8 => "Something failed; SO_ERROR has the reason. Always reported, even if not asked for.",
        EPOLLHUP = 0x10 => "The connection is over in both directions. Always reported, even if not asked for.",
        EPOLLNVAL = 0x20 => "The descriptor is not open; epoll itself does not report it.",
        EPOLLRDNORM = 0x40 => "Another name for EPOLLIN.",
        EPOLLRDBAND = 0x80 => "Urgent data can be read; hardly used on Linux.",
        EPOLLWRNORM = 0x100 => "Another name for EPOLLOUT.",
        EPOLLWRBAND = 0x200 => "Urgent data can be written.",
        EPOLLMSG = 0x400 => "A flag that Linux does not use.",
        EPOLLRDHUP = 0x2000 => "The peer ended its side: no more data will come.",
        EPOLLEXCLUSIVE = 0x10000000 => "Only one of several waiting threads or processes is woken.",
        EPOLLWAKEUP = 0x20000000 => "The machine does not go to sleep while the event is handled.",
        EPOLLONESHOT = 0x40000000 => "Reported once; then the descriptor is not watched until EPOLL_CTL_MOD.",
        EPOLLET = 0x80000000 => "Reported only when something new happens, not as long as the descriptor is ready.",
    }

    /// What epoll_ctl is to do.
    ///
    /// Second argument of `epoll_ctl`.
    EPOLL_OP "EPOLL_CTL_???" {
        EPOLL_CTL_ADD = 1 => "Watches a descriptor from now on.",
        EPOLL_CTL_DEL = 2 => "No longer watches a descriptor.",
        EPOLL_CTL_MOD = 3 => "Changes what is watched of a descriptor.",
    }

    /// Settings of a new epoll set.
    ///
    /// Flags of `epoll_create1`.
    EPOLL_FLAGS "EPOLL_???" {
        EPOLL_CLOEXEC = libc::EPOLL_CLOEXEC => "Closes the set's descriptor when the process starts another program.",
    }

    /// Settings of a new event counter.
    ///
    /// Flags of `eventfd2`.
    EVENTFD_FLAGS "EFD_???" {
        EFD_SEMAPHORE = libc::EFD_SEMAPHORE => "Reading takes 1 from the counter, not all of it.",
        EFD_CLOEXEC = libc::EFD_CLOEXEC => "Closes the descriptor when the process starts another program.",
        EFD_NONBLOCK = libc::EFD_NONBLOCK => "Calls do not wait: what cannot be done at once fails with EAGAIN.",
    }

    /// The clocks that a program can ask or wait for.
    ///
    /// Clocks (`linux/time.h`).
    CLOCK "CLOCK_???" {
        CLOCK_REALTIME = 0 => "The time of day, which may be set.",
        CLOCK_MONOTONIC = 1 => "Time that only moves forward, from some start; stands still while the machine sleeps.",
        CLOCK_PROCESS_CPUTIME_ID = 2 => "Processor time of the process.",
        CLOCK_THREAD_CPUTIME_ID = 3 => "Processor time of the thread.",
        CLOCK_MONOTONIC_RAW = 4 => "Like CLOCK_MONOTONIC, as the hardware counts it.",
        CLOCK_REALTIME_COARSE = 5 => "The time of day, faster to ask for and less exact.",
        CLOCK_MONOTONIC_COARSE = 6 => "Like CLOCK_MONOTONIC, faster to ask for and less exact.",
        CLOCK_BOOTTIME = 7 => "Like CLOCK_MONOTONIC, and goes on while the machine sleeps.",
        CLOCK_REALTIME_ALARM = 8 => "The time of day, for timers that wake the machine.",
        CLOCK_BOOTTIME_ALARM = 9 => "Like CLOCK_BOOTTIME, for timers that wake the machine.",
        CLOCK_SGI_CYCLE = 10 => "A clock of old machines, which Linux no longer has.",
        CLOCK_TAI = 11 => "The time of day without leap seconds.",
    }

    /// Which changes of child processes to wait for.
    ///
    /// Options of `wait4` and `waitid` (`linux/wait.h`), in their order.
    WAIT_OPTIONS "W???" {
        WNOHANG = 0x1 => "Does not wait if no child has changed.",
        WEXITED = 0x4 => "Children that ended.",
        WSTOPPED = 0x2 => "Children that a signal stopped.",
        WCONTINUED = 0x8 => "Children that go on after they were stopped.",
        WNOWAIT = 0x1000000 => "Leaves the news there for another wait.",
        __WCLONE = 0x80000000 => "Only children that report their end by another signal than SIGCHLD.",
        __WALL = 0x40000000 => "All children, whatever signal they report their end by.",
        __WNOTHREAD = 0x20000000 => "Not the children of other threads.",
    }

    /// Settings of a timer that has a descriptor.
    ///
    /// Flags of `timerfd_create` and `timerfd_settime`, which strace names from one table.
    TIMERFD_FLAGS "TFD_???" {
        TFD_TIMER_ABSTIME = libc::TFD_TIMER_ABSTIME => "The time is a moment, not a span.",
        TFD_TIMER_CANCEL_ON_SET = libc::TFD_TIMER_CANCEL_ON_SET => "Reading fails if somebody sets the clock.",
        TFD_CLOEXEC = libc::TFD_CLOEXEC => "Closes the descriptor when the process starts another program.",
        TFD_NONBLOCK = libc::TFD_NONBLOCK => "Calls do not wait: what cannot be done at once fails with EAGAIN.",
    }

    /// Settings of a descriptor from which signals are read.
    ///
    /// Flags of `signalfd4`.
    SIGNALFD_FLAGS "SFD_???" {
        SFD_CLOEXEC = libc::SFD_CLOEXEC => "Closes the descriptor when the process starts another program.",
        SFD_NONBLOCK = libc::SFD_NONBLOCK => "Calls do not wait: what cannot be done at once fails with EAGAIN.",
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
