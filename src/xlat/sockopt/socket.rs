//! `SOL_SOCKET`: the options of every family's sockets, and their constants.

xlat! {
    /// Settings that every kind of socket has.
    ///
    /// Options of `SOL_SOCKET` (`asm-generic/socket.h`), as `setsockopt` knows them.
    SO "SO_???" {
        SO_DEBUG = 1,
        SO_REUSEADDR = 2,
        SO_TYPE = 3,
        SO_ERROR = 4,
        SO_DONTROUTE = 5,
        SO_BROADCAST = 6,
        SO_SNDBUF = 7,
        SO_RCVBUF = 8,
        SO_KEEPALIVE = 9,
        SO_OOBINLINE = 10,
        SO_NO_CHECK = 11,
        SO_PRIORITY = 12,
        SO_LINGER = 13,
        SO_BSDCOMPAT = 14,
        SO_REUSEPORT = 15,
        SO_PASSCRED = 16,
        SO_PEERCRED = 17,
        SO_RCVLOWAT = 18,
        SO_SNDLOWAT = 19,
        SO_RCVTIMEO_OLD = 20,
        SO_SNDTIMEO_OLD = 21,
        SO_SECURITY_AUTHENTICATION = 22,
        SO_SECURITY_ENCRYPTION_TRANSPORT = 23,
        SO_SECURITY_ENCRYPTION_NETWORK = 24,
        SO_BINDTODEVICE = 25,
        SO_ATTACH_FILTER = 26,
        SO_DETACH_FILTER = 27,
        SO_PEERNAME = 28,
        SO_TIMESTAMP_OLD = 29,
        SO_ACCEPTCONN = 30,
        SO_PEERSEC = 31,
        SO_SNDBUFFORCE = 32,
        SO_RCVBUFFORCE = 33,
        SO_PASSSEC = 34,
        SO_TIMESTAMPNS_OLD = 35,
        SO_MARK = 36,
        SO_TIMESTAMPING_OLD = 37,
        SO_PROTOCOL = 38,
        SO_DOMAIN = 39,
        SO_RXQ_OVFL = 40,
        SO_WIFI_STATUS = 41,
        SO_PEEK_OFF = 42,
        SO_NOFCS = 43,
        SO_LOCK_FILTER = 44,
        SO_SELECT_ERR_QUEUE = 45,
        SO_BUSY_POLL = 46,
        SO_MAX_PACING_RATE = 47,
        SO_BPF_EXTENSIONS = 48,
        SO_INCOMING_CPU = 49,
        SO_ATTACH_BPF = 50,
        SO_ATTACH_REUSEPORT_CBPF = 51,
        SO_ATTACH_REUSEPORT_EBPF = 52,
        SO_CNX_ADVICE = 53,
        SO_MEMINFO = 55,
        SO_INCOMING_NAPI_ID = 56,
        SO_COOKIE = 57,
        SO_PEERGROUPS = 59,
        SO_ZEROCOPY = 60,
        SO_TXTIME = 61,
        SO_BINDTOIFINDEX = 62,
        SO_TIMESTAMP_NEW = 63,
        SO_TIMESTAMPNS_NEW = 64,
        SO_TIMESTAMPING_NEW = 65,
        SO_RCVTIMEO_NEW = 66,
        SO_SNDTIMEO_NEW = 67,
        SO_DETACH_REUSEPORT_BPF = 68,
        SO_PREFER_BUSY_POLL = 69,
        SO_BUSY_POLL_BUDGET = 70,
        SO_NETNS_COOKIE = 71,
        SO_BUF_LOCK = 72,
        SO_RESERVE_MEM = 73,
        SO_TXREHASH = 74,
        SO_RCVMARK = 75,
    }

    /// Settings of every kind of socket that can be asked for.
    ///
    /// Where `getsockopt` reads a number of `SOL_SOCKET` otherwise than `setsockopt` does, and the rest of [`SO`].
    SO_GET "SO_???" : SO {
        SO_GET_FILTER = 26,
    }

    /// What can travel beside the bytes of a message: descriptors, identities, times.
    ///
    /// Control messages of `SOL_SOCKET` (`linux/socket.h`); those of the options that ask for them carry the options'
    /// names.
    SCM "SCM_???" {
        SCM_RIGHTS = 1,
        SCM_CREDENTIALS = 2,
        SCM_SECURITY = 3,
        SO_TIMESTAMP_OLD = 29,
        SO_TIMESTAMPNS_OLD = 35,
        SO_TIMESTAMPING_OLD = 37,
        SO_WIFI_STATUS = 41,
        SCM_TIMESTAMPING_OPT_STATS = 54,
        SCM_TIMESTAMPING_PKTINFO = 58,
        SO_TXTIME = 61,
        SO_TIMESTAMP_NEW = 63,
        SO_TIMESTAMPNS_NEW = 64,
        SO_TIMESTAMPING_NEW = 65,
    }

    /// Whether a connection that makes no progress tries another path.
    ///
    /// Values of `SO_TXREHASH` (`linux/socket.h`).
    SOCK_TXREHASH "SOCK_TXREHASH_???" {
        SOCK_TXREHASH_DEFAULT = 255,
        SOCK_TXREHASH_DISABLED = 0,
        SOCK_TXREHASH_ENABLED = 1,
    }

    /// Which times of a packet are recorded, and how they are reported.
    ///
    /// Flags of `SO_TIMESTAMPING` (`linux/net_tstamp.h`). strace 6.1 writes them as numbers.
    SOF_TIMESTAMPING "SOF_TIMESTAMPING_???" {
        SOF_TIMESTAMPING_TX_HARDWARE = 0x1,
        SOF_TIMESTAMPING_TX_SOFTWARE = 0x2,
        SOF_TIMESTAMPING_RX_HARDWARE = 0x4,
        SOF_TIMESTAMPING_RX_SOFTWARE = 0x8,
        SOF_TIMESTAMPING_SOFTWARE = 0x10,
        SOF_TIMESTAMPING_SYS_HARDWARE = 0x20,
        SOF_TIMESTAMPING_RAW_HARDWARE = 0x40,
        SOF_TIMESTAMPING_OPT_ID = 0x80,
        SOF_TIMESTAMPING_TX_SCHED = 0x100,
        SOF_TIMESTAMPING_TX_ACK = 0x200,
        SOF_TIMESTAMPING_OPT_CMSG = 0x400,
        SOF_TIMESTAMPING_OPT_TSONLY = 0x800,
        SOF_TIMESTAMPING_OPT_STATS = 0x1000,
        SOF_TIMESTAMPING_OPT_PKTINFO = 0x2000,
        SOF_TIMESTAMPING_OPT_TX_SWHW = 0x4000,
        SOF_TIMESTAMPING_BIND_PHC = 0x8000,
        SOF_TIMESTAMPING_OPT_ID_TCP = 0x10000,
        SOF_TIMESTAMPING_OPT_RX_FILTER = 0x20000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[&SO, &SO_GET, &SCM, &SOCK_TXREHASH, &SOF_TIMESTAMPING]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { SCM:
            SCM_RIGHTS SCM_CREDENTIALS
        }
        agrees_with_libc! { SOF_TIMESTAMPING:
            SOF_TIMESTAMPING_TX_HARDWARE SOF_TIMESTAMPING_TX_SOFTWARE SOF_TIMESTAMPING_RX_HARDWARE
            SOF_TIMESTAMPING_RX_SOFTWARE SOF_TIMESTAMPING_SOFTWARE SOF_TIMESTAMPING_SYS_HARDWARE
            SOF_TIMESTAMPING_RAW_HARDWARE SOF_TIMESTAMPING_OPT_ID SOF_TIMESTAMPING_TX_SCHED
            SOF_TIMESTAMPING_TX_ACK SOF_TIMESTAMPING_OPT_CMSG SOF_TIMESTAMPING_OPT_TSONLY
            SOF_TIMESTAMPING_OPT_STATS SOF_TIMESTAMPING_OPT_PKTINFO SOF_TIMESTAMPING_OPT_TX_SWHW
            SOF_TIMESTAMPING_BIND_PHC SOF_TIMESTAMPING_OPT_ID_TCP SOF_TIMESTAMPING_OPT_RX_FILTER
        }
    }
}
