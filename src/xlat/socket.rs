//! Constants of the socket calls.
xlat! {
    /// Address families, `include/linux/socket.h`.
    ADDRESS_FAMILY "AF_???" { AF_UNSPEC = 0, AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10, AF_NETLINK = 16, AF_PACKET = 17 }
    /// Socket types, `include/linux/net.h`.
    SOCK_TYPE "SOCK_???" { SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_RAW = 3, SOCK_RDM = 4, SOCK_SEQPACKET = 5, SOCK_DCCP = 6, SOCK_PACKET = 10 }
    /// Flags or-ed to a socket type.
    SOCK_FLAGS "SOCK_???" { SOCK_CLOEXEC = 0o2000000, SOCK_NONBLOCK = 0o4000 }
    /// Protocols of the internet families.
    IPPROTO "IPPROTO_???" { IPPROTO_IP = 0, IPPROTO_ICMP = 1, IPPROTO_TCP = 6, IPPROTO_UDP = 17 }
    /// Flags of transfers.
    MSG "MSG_???" { MSG_OOB = 1, MSG_PEEK = 2, MSG_DONTWAIT = 0x40, MSG_NOSIGNAL = 0x4000 }
    /// How to shut down.
    SHUT "SHUT_???" { SHUT_RD = 0, SHUT_WR = 1, SHUT_RDWR = 2 }
    /// Option levels.
    SOL "SOL_???" { SOL_IP = 0, SOL_SOCKET = 1, SOL_TCP = 6, SOL_UDP = 17 }
    /// Options of level SOL_SOCKET.
    SO "SO_???" { SO_REUSEADDR = 2, SO_TYPE = 3, SO_ERROR = 4, SO_LINGER = 13, SO_PROTOCOL = 38 }
}
