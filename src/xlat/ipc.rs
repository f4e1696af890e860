//! Constants of what several processes have in common: shared memory, queues, semaphores.

xlat! {
    /// How a program learns that something happened.
    SIGEV_NOTIFY "SIGEV_???" {
        SIGEV_SIGNAL = 0,
        SIGEV_NONE = 1,
        SIGEV_THREAD = 2,
        SIGEV_THREAD_ID = 4,
    }

    /// Whether calls on a queue wait.
    QUEUE_FLAGS "O_???" {
        O_NONBLOCK = 0x800,
    }
}
