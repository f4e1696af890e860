//! The constants that make a socket and move data through it: families, types, message flags, levels.
//!
//! Protocol numbers, whose meaning depends on the family, are in [`protocol`](super::protocol); option numbers, whose
//! meaning depends on the level, in [`sockopt`](super::sockopt).

xlat! {
    /// The kinds of network that a socket can be for, each with its own form of address.
    ///
    /// Address families, `AF_*` (`linux/socket.h`). `AF_LOCAL` is `AF_UNIX`.
    ADDRESS_FAMILY "AF_???" {
        AF_UNSPEC = 0,
        AF_UNIX = 1,
        AF_INET = 2,
        AF_AX25 = 3,
        AF_IPX = 4,
        AF_APPLETALK = 5,
        AF_NETROM = 6,
        AF_BRIDGE = 7,
        AF_ATMPVC = 8,
        AF_X25 = 9,
        AF_INET6 = 10,
        AF_ROSE = 11,
        AF_DECnet = 12,
        AF_NETBEUI = 13,
        AF_SECURITY = 14,
        AF_KEY = 15,
        AF_NETLINK = 16,
        AF_PACKET = 17,
        AF_ASH = 18,
        AF_ECONET = 19,
        AF_ATMSVC = 20,
        AF_RDS = 21,
        AF_SNA = 22,
        AF_IRDA = 23,
        AF_PPPOX = 24,
        AF_WANPIPE = 25,
        AF_LLC = 26,
        AF_IB = 27,
        AF_MPLS = 28,
        AF_CAN = 29,
        AF_TIPC = 30,
        AF_BLUETOOTH = 31,
        AF_IUCV = 32,
        AF_RXRPC = 33,
        AF_ISDN = 34,
        AF_PHONET = 35,
        AF_IEEE802154 = 36,
        AF_CAIF = 37,
        AF_ALG = 38,
        AF_NFC = 39,
        AF_VSOCK = 40,
        AF_KCM = 41,
        AF_QIPCRTR = 42,
        AF_SMC = 43,
        AF_XDP = 44,
        AF_MCTP = 45,
    }

    /// How data travels between two sockets.
    ///
    /// Socket types, `SOCK_*` (`linux/net.h`): the low four bits of the second argument of `socket`. Zero has no name.
    SOCK_TYPE "SOCK_???" {
        SOCK_STREAM = 1,
        SOCK_DGRAM = 2,
        SOCK_RAW = 3,
        SOCK_RDM = 4,
        SOCK_SEQPACKET = 5,
        SOCK_DCCP = 6,
        SOCK_PACKET = 10,
    }

    /// Settings that a new socket can have from the start.
    ///
    /// What may be or-ed to a socket type, and the flags of `accept4`.
    SOCK_FLAGS "SOCK_???" {
        SOCK_CLOEXEC = libc::SOCK_CLOEXEC,
        SOCK_NONBLOCK = libc::SOCK_NONBLOCK,
    }

    /// How one send or receive differs from the ordinary way; a few are set by the kernel only.
    ///
    /// Flags of the send and receive calls, `MSG_*` (`linux/socket.h`), those included that only the kernel sets.
    MSG "MSG_???" {
        MSG_OOB = 0x1,
        MSG_PEEK = 0x2,
        MSG_DONTROUTE = 0x4,
        MSG_CTRUNC = 0x8,
        MSG_PROBE = 0x10,
        MSG_TRUNC = 0x20,
        MSG_DONTWAIT = 0x40,
        MSG_EOR = 0x80,
        MSG_WAITALL = 0x100,
        MSG_FIN = 0x200,
        MSG_SYN = 0x400,
        MSG_CONFIRM = 0x800,
        MSG_RST = 0x1000,
        MSG_ERRQUEUE = 0x2000,
        MSG_NOSIGNAL = 0x4000,
        MSG_MORE = 0x8000,
        MSG_WAITFORONE = 0x10000,
        MSG_SENDPAGE_NOTLAST = 0x20000,
        MSG_BATCH = 0x40000,
        MSG_NO_SHARED_FRAGS = 0x80000,
        MSG_ZEROCOPY = 0x4000000,
        MSG_FASTOPEN = 0x20000000,
        MSG_CMSG_CLOEXEC = 0x40000000,
        MSG_CMSG_COMPAT = 0x80000000,
    }

    /// Which direction of a connection ends.
    ///
    /// How to shut down (`linux/net.h`).
    SHUT "SHUT_???" {
        SHUT_RD = 0,
        SHUT_WR = 1,
        SHUT_RDWR = 2,
    }

    /// Layers whose settings setsockopt changes: the socket itself, IP, TCP and so on.
    ///
    /// Option levels and control message levels, `SOL_*` (`linux/socket.h`). Level 40 has no
    /// `SOL_` name and is written as the family it equals.
    SOL "SOL_??" {
        SOL_IP = 0,
        SOL_SOCKET = 1,
        SOL_TCP = 6,
        SOL_UDP = 17,
        AF_VSOCK = 40,
        SOL_IPV6 = 41,
        SOL_ICMPV6 = 58,
        SOL_CAN_BASE = 100,
        SOL_CAN_RAW = 101,
        SOL_SCTP = 132,
        SOL_UDPLITE = 136,
        SOL_RAW = 255,
        SOL_IPX = 256,
        SOL_AX25 = 257,
        SOL_ATALK = 258,
        SOL_NETROM = 259,
        SOL_ROSE = 260,
        SOL_DECNET = 261,
        SOL_X25 = 262,
        SOL_PACKET = 263,
        SOL_ATM = 264,
        SOL_AAL = 265,
        SOL_IRDA = 266,
        SOL_NETBEUI = 267,
        SOL_LLC = 268,
        SOL_DCCP = 269,
        SOL_NETLINK = 270,
        SOL_TIPC = 271,
        SOL_RXRPC = 272,
        SOL_PPPOL2TP = 273,
        SOL_BLUETOOTH = 274,
        SOL_PNPIPE = 275,
        SOL_RDS = 276,
        SOL_IUCV = 277,
        SOL_CAIF = 278,
        SOL_ALG = 279,
        SOL_NFC = 280,
        SOL_KCM = 281,
        SOL_TLS = 282,
        SOL_XDP = 283,
    }
}

xlat! {
    /// Layers that a control message can belong to.
    ///
    /// [`SOL`] as control messages spell an unknown level.
    CMSG_LEVEL "SOL_???" : SOL {}

    /// Machines between which vsock connects: the host and its virtual machines.
    ///
    /// Context identifiers of vsock(7).
    VMADDR_CID "" {
        VMADDR_CID_HYPERVISOR = 0,
        VMADDR_CID_LOCAL = 1,
        VMADDR_CID_HOST = 2,
        VMADDR_CID_ANY = 0xffff_ffff_u32,
    }

    /// Networks of MCTP, between the components of one machine.
    ///
    /// Networks of MCTP (`linux/mctp.h`).
    MCTP_NET "" {
        MCTP_NET_ANY = 0,
    }

    /// Endpoints of MCTP, between the components of one machine.
    ///
    /// Addresses of MCTP.
    MCTP_ADDR "" {
        MCTP_ADDR_NULL = 0,
        MCTP_ADDR_ANY = 255,
    }

    /// How another virtual machine is reached.
    ///
    /// Flags of a vsock address.
    VMADDR_FLAG "VMADDR_FLAG_???" {
        VMADDR_FLAG_TO_HOST = 1,
    }

    /// How packets of an XDP socket get to the program.
    ///
    /// Flags of an XDP address (`linux/if_xdp.h`).
    XDP_FLAGS "XDP_???" {
        XDP_SHARED_UMEM = 1,
        XDP_COPY = 2,
        XDP_ZEROCOPY = 4,
        XDP_USE_NEED_WAKEUP = 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[&ADDRESS_FAMILY, &SOCK_TYPE, &SOCK_FLAGS, &MSG, &SHUT, &SOL]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { ADDRESS_FAMILY:
            AF_UNSPEC AF_UNIX AF_INET AF_AX25 AF_IPX AF_APPLETALK AF_NETROM AF_BRIDGE AF_ATMPVC
            AF_X25 AF_INET6 AF_ROSE AF_DECnet AF_NETBEUI AF_SECURITY AF_KEY AF_NETLINK AF_PACKET
            AF_ASH AF_ECONET AF_ATMSVC AF_RDS AF_SNA AF_IRDA AF_PPPOX AF_WANPIPE AF_LLC AF_IB
            AF_MPLS AF_CAN AF_TIPC AF_BLUETOOTH AF_IUCV AF_RXRPC AF_ISDN AF_PHONET AF_IEEE802154
            AF_CAIF AF_ALG AF_NFC AF_VSOCK AF_XDP
        }
        agrees_with_libc! { MSG:
            MSG_OOB MSG_PEEK MSG_DONTROUTE MSG_CTRUNC MSG_TRUNC MSG_DONTWAIT MSG_EOR MSG_WAITALL
            MSG_FIN MSG_SYN MSG_CONFIRM MSG_RST MSG_ERRQUEUE MSG_NOSIGNAL MSG_MORE MSG_WAITFORONE
            MSG_ZEROCOPY MSG_FASTOPEN MSG_CMSG_CLOEXEC
        }
        agrees_with_libc! { SOL:
            SOL_IP SOL_TCP SOL_UDP AF_VSOCK SOL_IPV6 SOL_ICMPV6 SOL_RAW SOL_DECNET SOL_X25
            SOL_PACKET SOL_ATM SOL_AAL SOL_IRDA SOL_NETBEUI SOL_LLC SOL_DCCP SOL_NETLINK SOL_TIPC
            SOL_RXRPC SOL_PPPOL2TP SOL_BLUETOOTH SOL_PNPIPE SOL_RDS SOL_IUCV SOL_CAIF SOL_ALG
            SOL_NFC SOL_TLS SOL_XDP
        }
    }
}
