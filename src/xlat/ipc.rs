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

    /// Whether shared memory is made, and who may use it.
    SHM_GET_FLAGS "SHM_???" in octal {
        IPC_CREAT = 512,
        IPC_EXCL = 0x400,
        SHM_HUGETLB = 0x800,
        SHM_NORESERVE = 0x1000,
    }

    /// Whether an object of several processes is made, and who may use it.
    IPC_GET_FLAGS "IPC_???" in octal {
        IPC_CREAT = 512,
        IPC_EXCL = 0x400,
        IPC_NOWAIT = 0x800,
    }

    /// What to do with shared memory.
    SHM_CMD "SHM_???" {
        IPC_RMID = 0,
        IPC_SET = 1,
        IPC_STAT = 2,
        IPC_INFO = 3,
        SHM_LOCK = 11,
        SHM_UNLOCK = 12,
        SHM_STAT = 13,
        SHM_INFO = 14,
        SHM_STAT_ANY = 15,
    }

    /// What to do with semaphores.
    SEM_CMD "SEM_???" {
        IPC_RMID = 0,
        IPC_SET = 1,
        IPC_STAT = 2,
        IPC_INFO = 3,
        GETPID = 11,
        GETVAL = 12,
        GETALL = 13,
        GETNCNT = 14,
        GETZCNT = 15,
        SETVAL = 16,
        SETALL = 17,
        SEM_STAT = 18,
        SEM_INFO = 19,
        SEM_STAT_ANY = 20,
    }

    /// What to do with a queue of messages.
    MSG_CMD "MSG_???" {
        IPC_RMID = 0,
        IPC_SET = 1,
        IPC_STAT = 2,
        IPC_INFO = 3,
        MSG_STAT = 11,
        MSG_INFO = 12,
        MSG_STAT_ANY = 13,
    }

    /// A key that names an object of several processes.
    IPC_KEY "" {
        IPC_PRIVATE = 0,
    }

    /// How shared memory is mapped.
    SHM_AT "SHM_???" {
        SHM_RDONLY = 0x1000,
        SHM_RND = 0x2000,
        SHM_REMAP = 0x4000,
        SHM_EXEC = 0x8000,
    }

    /// How a message is taken or put.
    MSG_FLAGS "MSG_???" {
        MSG_NOERROR = 0x1000,
        MSG_EXCEPT = 0x2000,
        MSG_COPY = 0x4000,
        IPC_NOWAIT = 0x800,
    }

    /// How a semaphore is changed.
    SEM_FLAGS "SEM_???" {
        SEM_UNDO = 0x1000,
        IPC_NOWAIT = 0x800,
    }
}
