//! Constants of reading and writing in the background, `linux/aio_abi.h` and `linux/io_uring.h`.

xlat! {
    /// What is done in the background.
    IOCB_CMD "IOCB_CMD_???" {
        IOCB_CMD_PREAD = 0,
        IOCB_CMD_PWRITE = 1,
        IOCB_CMD_FSYNC = 2,
        IOCB_CMD_FDSYNC = 3,
        IOCB_CMD_PREADX = 4,
        IOCB_CMD_POLL = 5,
        IOCB_CMD_NOOP = 6,
        IOCB_CMD_PREADV = 7,
        IOCB_CMD_PWRITEV = 8,
    }

    /// What else a request in the background has.
    IOCB_FLAGS "IOCB_FLAG_???" {
        IOCB_FLAG_RESFD = 1,
        IOCB_FLAG_IOPRIO = 2,
    }

    /// How a ring of requests works.
    IORING_SETUP "IORING_SETUP_???" {
        IORING_SETUP_IOPOLL = 1,
        IORING_SETUP_SQPOLL = 2,
        IORING_SETUP_SQ_AFF = 4,
        IORING_SETUP_CQSIZE = 8,
        IORING_SETUP_CLAMP = 0x10,
        IORING_SETUP_ATTACH_WQ = 0x20,
        IORING_SETUP_R_DISABLED = 0x40,
        IORING_SETUP_SUBMIT_ALL = 0x80,
        IORING_SETUP_COOP_TASKRUN = 0x100,
        IORING_SETUP_TASKRUN_FLAG = 0x200,
        IORING_SETUP_SQE128 = 0x400,
        IORING_SETUP_CQE32 = 0x800,
    }

    /// What the kernel's rings can do.
    IORING_FEAT "IORING_FEAT_???" {
        IORING_FEAT_SINGLE_MMAP = 1,
        IORING_FEAT_NODROP = 2,
        IORING_FEAT_SUBMIT_STABLE = 4,
        IORING_FEAT_RW_CUR_POS = 8,
        IORING_FEAT_CUR_PERSONALITY = 0x10,
        IORING_FEAT_FAST_POLL = 0x20,
        IORING_FEAT_POLL_32BITS = 0x40,
        IORING_FEAT_SQPOLL_NONFIXED = 0x80,
        IORING_FEAT_EXT_ARG = 0x100,
        IORING_FEAT_NATIVE_WORKERS = 0x200,
        IORING_FEAT_RSRC_TAGS = 0x400,
        IORING_FEAT_CQE_SKIP = 0x800,
        IORING_FEAT_LINKED_FILE = 0x1000,
    }

    /// What is set up for a ring beforehand.
    IORING_REGISTER "IORING_REGISTER_???" {
        IORING_REGISTER_BUFFERS = 0,
        IORING_UNREGISTER_BUFFERS = 1,
        IORING_REGISTER_FILES = 2,
        IORING_UNREGISTER_FILES = 3,
        IORING_REGISTER_EVENTFD = 4,
        IORING_UNREGISTER_EVENTFD = 5,
        IORING_REGISTER_FILES_UPDATE = 6,
        IORING_REGISTER_EVENTFD_ASYNC = 7,
        IORING_REGISTER_PROBE = 8,
        IORING_REGISTER_PERSONALITY = 9,
        IORING_UNREGISTER_PERSONALITY = 10,
        IORING_REGISTER_RESTRICTIONS = 11,
        IORING_REGISTER_ENABLE_RINGS = 12,
        IORING_REGISTER_FILES2 = 13,
        IORING_REGISTER_FILES_UPDATE2 = 14,
        IORING_REGISTER_BUFFERS2 = 15,
        IORING_REGISTER_BUFFERS_UPDATE = 16,
        IORING_REGISTER_IOWQ_AFF = 17,
        IORING_UNREGISTER_IOWQ_AFF = 18,
        IORING_REGISTER_IOWQ_MAX_WORKERS = 19,
        IORING_REGISTER_RING_FDS = 20,
        IORING_UNREGISTER_RING_FDS = 21,
        IORING_REGISTER_PBUF_RING = 22,
        IORING_UNREGISTER_PBUF_RING = 23,
    }

    /// What a request in a ring does.
    IORING_OP "IORING_OP_???" {
        IORING_OP_NOP = 0,
        IORING_OP_READV = 1,
        IORING_OP_WRITEV = 2,
        IORING_OP_FSYNC = 3,
        IORING_OP_READ_FIXED = 4,
        IORING_OP_WRITE_FIXED = 5,
        IORING_OP_POLL_ADD = 6,
        IORING_OP_POLL_REMOVE = 7,
        IORING_OP_SYNC_FILE_RANGE = 8,
        IORING_OP_SENDMSG = 9,
        IORING_OP_RECVMSG = 10,
        IORING_OP_TIMEOUT = 11,
        IORING_OP_TIMEOUT_REMOVE = 12,
        IORING_OP_ACCEPT = 13,
        IORING_OP_ASYNC_CANCEL = 14,
        IORING_OP_LINK_TIMEOUT = 15,
        IORING_OP_CONNECT = 16,
        IORING_OP_FALLOCATE = 17,
        IORING_OP_OPENAT = 18,
        IORING_OP_CLOSE = 19,
        IORING_OP_FILES_UPDATE = 20,
        IORING_OP_STATX = 21,
        IORING_OP_READ = 22,
        IORING_OP_WRITE = 23,
        IORING_OP_FADVISE = 24,
        IORING_OP_MADVISE = 25,
        IORING_OP_SEND = 26,
        IORING_OP_RECV = 27,
        IORING_OP_OPENAT2 = 28,
        IORING_OP_EPOLL_CTL = 29,
        IORING_OP_SPLICE = 30,
        IORING_OP_PROVIDE_BUFFERS = 31,
        IORING_OP_REMOVE_BUFFERS = 32,
        IORING_OP_TEE = 33,
        IORING_OP_SHUTDOWN = 34,
        IORING_OP_RENAMEAT = 35,
        IORING_OP_UNLINKAT = 36,
        IORING_OP_MKDIRAT = 37,
        IORING_OP_SYMLINKAT = 38,
        IORING_OP_LINKAT = 39,
        IORING_OP_MSG_RING = 40,
        IORING_OP_FSETXATTR = 41,
        IORING_OP_SETXATTR = 42,
        IORING_OP_FGETXATTR = 43,
        IORING_OP_GETXATTR = 44,
        IORING_OP_SOCKET = 45,
        IORING_OP_URING_CMD = 46,
    }

    /// What requests in a ring may do.
    IORING_SQE_OP "IORING_OP_???" : IORING_OP {}

    /// Whether the kernel can do that.
    IORING_OP_FLAGS "IO_URING_OP_???" {
        IO_URING_OP_SUPPORTED = 1,
    }

    /// What a ring is restricted to.
    IORING_RESTRICTION "IORING_RESTRICTION_???" {
        IORING_RESTRICTION_REGISTER_OP = 0,
        IORING_RESTRICTION_SQE_OP = 1,
        IORING_RESTRICTION_SQE_FLAGS_ALLOWED = 2,
        IORING_RESTRICTION_SQE_FLAGS_REQUIRED = 3,
    }

    /// How a request in a ring is done.
    IOSQE "IOSQE_???" {
        IOSQE_FIXED_FILE = 1,
        IOSQE_IO_DRAIN = 2,
        IOSQE_IO_LINK = 4,
        IOSQE_IO_HARDLINK = 8,
        IOSQE_ASYNC = 0x10,
        IOSQE_BUFFER_SELECT = 0x20,
        IOSQE_CQE_SKIP_SUCCESS = 0x40,
    }
}
