//! `SOL_SOCKET`: the options of every family's sockets, and their constants.

xlat! {
    /// Settings that every kind of socket has.
    ///
    /// Options of `SOL_SOCKET` (`asm-generic/socket.h`), as `setsockopt` knows them.
    SO "SO_???" {
        SO_DEBUG = 1 => "Records what the socket does, for developers of the kernel; needs a privilege.",
        SO_REUSEADDR = 2 => "Allows bind to an address whose earlier connections are still in TIME_WAIT, so that a server can be restarted.",
        SO_TYPE = 3 => "Asks for the socket's type: stream, datagram and so on. Read only.",
        SO_ERROR = 4 => "Takes the error that waits at the socket, such as the end of a connect; 0 for none. Read only.",
        SO_DONTROUTE = 5 => "Sends only to machines that are reached without a router.",
        SO_BROADCAST = 6 => "Allows sending to everybody on a network.",
        SO_SNDBUF = 7 => "How many bytes may wait to be sent; the kernel doubles the number that is set.",
        SO_RCVBUF = 8 => "How many bytes may wait to be read; the kernel doubles the number that is set.",
        SO_KEEPALIVE = 9 => "Asks a silent peer from time to time whether it is still there.",
        SO_OOBINLINE = 10 => "Leaves urgent data in the stream with the other bytes.",
        SO_NO_CHECK = 11 => "Sends UDP without a checksum.",
        SO_PRIORITY = 12 => "How urgent the socket's packets are, for the queues of this machine.",
        SO_LINGER = 13 => "Whether close waits until what was sent is acknowledged, or breaks the connection off.",
        SO_BSDCOMPAT = 14 => "An old setting that has no effect any more.",
        SO_REUSEPORT = 15 => "Lets several sockets bind to the same port; the kernel shares connections or messages out among them.",
        SO_PASSCRED = 16 => "Receives with each message who sent it (Unix sockets).",
        SO_PEERCRED = 17 => "Asks who is at the other end of a Unix socket: process, user and group. Read only.",
        SO_RCVLOWAT = 18 => "How many bytes must be there before reading returns.",
        SO_SNDLOWAT = 19 => "How many bytes must be free before writing; always 1 on Linux.",
        SO_RCVTIMEO_OLD = 20 => "How long receiving and accepting wait at most; then they fail with EAGAIN.",
        SO_SNDTIMEO_OLD = 21 => "How long sending and connecting wait at most; then they fail with EAGAIN or EINPROGRESS.",
        SO_SECURITY_AUTHENTICATION = 22 => "A reserved number without effect.",
        SO_SECURITY_ENCRYPTION_TRANSPORT = 23 => "A reserved number without effect.",
        SO_SECURITY_ENCRYPTION_NETWORK = 24 => "A reserved number without effect.",
        SO_BINDTODEVICE = 25 => "Uses one network interface only, by its name.",
        SO_ATTACH_FILTER = 26 => "Lets only packets in that a small program (classic BPF) accepts.",
        SO_DETACH_FILTER = 27 => "Takes the filter away.",
        SO_PEERNAME = 28 => "The peer's address; getpeername is the usual way.",
        SO_TIMESTAMP_OLD = 29 => "Receives with each message when it arrived, in microseconds.",
        SO_ACCEPTCONN = 30 => "Asks whether the socket is listening. Read only.",
        SO_PEERSEC = 31 => "Asks for the security label of the peer (SELinux). Read only.",
        SO_SNDBUFFORCE = 32 => "Like SO_SNDBUF, beyond the machine's limit; needs a privilege.",
        SO_RCVBUFFORCE = 33 => "Like SO_RCVBUF, beyond the machine's limit; needs a privilege.",
        SO_PASSSEC = 34 => "Receives with each message the sender's security label (SELinux).",
        SO_TIMESTAMPNS_OLD = 35 => "Receives with each message when it arrived, in nanoseconds.",
        SO_MARK = 36 => "A number that marks the socket's packets, for firewall and routes; needs a privilege.",
        SO_TIMESTAMPING_OLD = 37 => "Which times of a packet are recorded, in software and hardware.",
        SO_PROTOCOL = 38 => "Asks for the socket's protocol. Read only.",
        SO_DOMAIN = 39 => "Asks for the socket's family. Read only.",
        SO_RXQ_OVFL = 40 => "Receives with each message how many were lost before it.",
        SO_WIFI_STATUS = 41 => "Reports whether a Wi-Fi frame that was sent was acknowledged.",
        SO_PEEK_OFF = 42 => "Where MSG_PEEK looks next.",
        SO_NOFCS = 43 => "The program gives the frame's checksum itself, for tests.",
        SO_LOCK_FILTER = 44 => "The filter can no longer be taken away or replaced.",
        SO_SELECT_ERR_QUEUE = 45 => "Errors that wait are reported as exceptional by poll and select.",
        SO_BUSY_POLL = 46 => "How long receiving looks at the network card instead of sleeping, in microseconds.",
        SO_MAX_PACING_RATE = 47 => "How many bytes a second are sent at most.",
        SO_BPF_EXTENSIONS = 48 => "Asks which extensions filters may use. Read only.",
        SO_INCOMING_CPU = 49 => "The processor on which the socket's packets arrive.",
        SO_ATTACH_BPF = 50 => "Lets only packets in that a program (eBPF) accepts.",
        SO_ATTACH_REUSEPORT_CBPF = 51 => "A small program (classic BPF) chooses which of the sockets on a port gets a packet.",
        SO_ATTACH_REUSEPORT_EBPF = 52 => "A program (eBPF) chooses which of the sockets on a port gets a packet.",
        SO_CNX_ADVICE = 53 => "Lets the kernel know that the path seems bad and another one should be tried.",
        SO_MEMINFO = 55 => "Asks how much memory the socket uses. Read only.",
        SO_INCOMING_NAPI_ID = 56 => "Asks from which queue of the network card packets come. Read only.",
        SO_COOKIE = 57 => "Asks for a number that belongs to this socket alone. Read only.",
        SO_PEERGROUPS = 59 => "Asks for the groups of the peer's user (Unix sockets). Read only.",
        SO_ZEROCOPY = 60 => "Allows sending from the program's memory without a copy.",
        SO_TXTIME = 61 => "Lets each packet have a time at which it is to be sent.",
        SO_BINDTOIFINDEX = 62 => "Uses one network interface only, by its number.",
        SO_TIMESTAMP_NEW = 63 => "Receives with each message when it arrived, in microseconds; the form that holds after 2038.",
        SO_TIMESTAMPNS_NEW = 64 => "Receives with each message when it arrived, in nanoseconds; the form that holds after 2038.",
        SO_TIMESTAMPING_NEW = 65 => "Which times of a packet are recorded; the form that holds after 2038.",
        SO_RCVTIMEO_NEW = 66 => "How long receiving and accepting wait at most; the form that holds after 2038.",
        SO_SNDTIMEO_NEW = 67 => "How long sending and connecting wait at most; the form that holds after 2038.",
        SO_DETACH_REUSEPORT_BPF = 68 => "Takes away the program that chooses among the sockets on a port.",
        SO_PREFER_BUSY_POLL = 69 => "Prefers looking at the network card to being woken by it.",
        SO_BUSY_POLL_BUDGET = 70 => "How many packets are taken at once while looking at the network card.",
        SO_NETNS_COOKIE = 71 => "Asks for the number of the socket's network namespace. Read only.",
        SO_BUF_LOCK = 72 => "Keeps the kernel from changing the size of the buffers by itself.",
        SO_RESERVE_MEM = 73 => "Memory that is kept for this socket.",
        SO_TXREHASH = 74 => "Whether a connection that makes no progress tries another path.",
        SO_RCVMARK = 75 => "Receives with each message the mark of its packet.",
    }

    /// Settings of every kind of socket that can be asked for.
    ///
    /// Where `getsockopt` reads a number of `SOL_SOCKET` otherwise than `setsockopt` does, and the rest of [`SO`].
    SO_GET "SO_???" : SO {
        SO_GET_FILTER = 26 => "Asks for the filter's instructions.",
    }

    /// What can travel beside the bytes of a message: descriptors, identities, times.
    ///
    /// Control messages of `SOL_SOCKET` (`linux/socket.h`); those of the options that ask for them carry the options'
    /// names.
    SCM "SCM_???" {
        SCM_RIGHTS = 1 => "Descriptors that the sender gives to the receiver, which gets numbers of its own for them.",
        SCM_CREDENTIALS = 2 => "Process, user and group of the sender, which the kernel checks.",
        SCM_SECURITY = 3 => "The sender's security label (SELinux).",
        SO_TIMESTAMP_OLD = 29 => "When the message arrived, in microseconds.",
        SO_TIMESTAMPNS_OLD = 35 => "When the message arrived, in nanoseconds.",
        SO_TIMESTAMPING_OLD = 37 => "When the packet was sent or arrived, as software and hardware saw it.",
        SO_WIFI_STATUS = 41 => "Whether the Wi-Fi frame that was sent was acknowledged.",
        SCM_TIMESTAMPING_OPT_STATS = 54 => "Figures of the TCP connection when the packet was sent.",
        SCM_TIMESTAMPING_PKTINFO = 58 => "The interface on which the packet arrived, and its length there.",
        SO_TXTIME = 61 => "When the packet is to be sent.",
        SO_TIMESTAMP_NEW = 63 => "When the message arrived, in microseconds; the form that holds after 2038.",
        SO_TIMESTAMPNS_NEW = 64 => "When the message arrived, in nanoseconds; the form that holds after 2038.",
        SO_TIMESTAMPING_NEW = 65 => "When the packet was sent or arrived, as software and hardware saw it; the form that holds after 2038.",
    }

    /// Whether a connection that makes no progress tries another path.
    ///
    /// Values of `SO_TXREHASH` (`linux/socket.h`).
    SOCK_TXREHASH "SOCK_TXREHASH_???" {
        SOCK_TXREHASH_DEFAULT = 255 => "As the machine's setting has it.",
        SOCK_TXREHASH_DISABLED = 0 => "No.",
        SOCK_TXREHASH_ENABLED = 1 => "Yes.",
    }

    /// Which times of a packet are recorded, and how they are reported.
    ///
    /// Flags of `SO_TIMESTAMPING` (`linux/net_tstamp.h`). strace 6.1 writes them as numbers.
    SOF_TIMESTAMPING "SOF_TIMESTAMPING_???" {
        SOF_TIMESTAMPING_TX_HARDWARE = 0x1 => "When the network card sent the packet.",
        SOF_TIMESTAMPING_TX_SOFTWARE = 0x2 => "When the kernel gave the packet to the network card.",
        SOF_TIMESTAMPING_RX_HARDWARE = 0x4 => "When the packet arrived at the network card.",
        SOF_TIMESTAMPING_RX_SOFTWARE = 0x8 => "When the packet arrived in the kernel.",
        SOF_TIMESTAMPING_SOFTWARE = 0x10 => "Reports the kernel's times.",
        SOF_TIMESTAMPING_SYS_HARDWARE = 0x20 => "An old flag without effect.",
        SOF_TIMESTAMPING_RAW_HARDWARE = 0x40 => "Reports the network card's times.",
        SOF_TIMESTAMPING_OPT_ID = 0x80 => "Numbers the packets.",
        SOF_TIMESTAMPING_TX_SCHED = 0x100 => "When the packet began to wait for its turn.",
        SOF_TIMESTAMPING_TX_ACK = 0x200 => "When everything was acknowledged.",
        SOF_TIMESTAMPING_OPT_CMSG = 0x400 => "Reports the interface too.",
        SOF_TIMESTAMPING_OPT_TSONLY = 0x800 => "Reports the time without the packet.",
        SOF_TIMESTAMPING_OPT_STATS = 0x1000 => "Reports figures of the connection too.",
        SOF_TIMESTAMPING_OPT_PKTINFO = 0x2000 => "Reports the interface and the length too.",
        SOF_TIMESTAMPING_OPT_TX_SWHW = 0x4000 => "Reports both the kernel's and the network card's times.",
        SOF_TIMESTAMPING_BIND_PHC = 0x8000 => "Uses one clock of the network card.",
        SOF_TIMESTAMPING_OPT_ID_TCP = 0x10000 => "Numbers the bytes of TCP from this moment on.",
        SOF_TIMESTAMPING_OPT_RX_FILTER = 0x20000 => "Reports only times that this socket asked for.",
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
