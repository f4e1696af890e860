//! The constants that make a socket and move data through it: families, types, message flags, levels.
//!
//! Protocol numbers, whose meaning depends on the family, are in [`protocol`](super::protocol); option numbers, whose
//! meaning depends on the level, in [`sockopt`](super::sockopt).

xlat! {
    /// The kinds of network that a socket can be for, each with its own form of address.
    ///
    /// Address families, `AF_*` (`linux/socket.h`). `AF_LOCAL` is `AF_UNIX`.
    ADDRESS_FAMILY "AF_???" {
        AF_UNSPEC = 0 => "No family: connect with it ends a datagram socket's connection; elsewhere it means any.",
        AF_UNIX = 1 => "Sockets within one machine, with paths for addresses; no network is involved.",
        AF_INET = 2 => "IPv4: an address such as 127.0.0.1, and a port.",
        AF_AX25 = 3 => "Amateur radio.",
        AF_IPX = 4 => "IPX, the old network of Novell NetWare.",
        AF_APPLETALK = 5 => "AppleTalk, the old network of Apple computers.",
        AF_NETROM = 6 => "NET/ROM, a network of amateur radio stations.",
        AF_BRIDGE = 7 => "Network bridges, which join networks; programs talk to the kernel about them.",
        AF_ATMPVC = 8 => "Fixed connections of ATM, an old kind of fast network.",
        AF_X25 = 9 => "X.25, an old packet network of telephone companies.",
        AF_INET6 = 10 => "IPv6: an address such as ::1, and a port.",
        AF_ROSE = 11 => "ROSE, a network of amateur radio stations.",
        AF_DECnet = 12 => "DECnet, the old network of Digital's computers.",
        AF_NETBEUI = 13 => "NetBEUI, an old network of PCs; Linux never had it.",
        AF_SECURITY = 14 => "A reserved number that Linux does not use.",
        AF_KEY = 15 => "Keys for encrypted IP (IPsec), given to the kernel.",
        AF_NETLINK = 16 => "Talking to the kernel itself, about interfaces, routes, sockets and more.",
        AF_PACKET = 17 => "Whole frames of a network interface, below IP; tcpdump uses it.",
        AF_ASH = 18 => "Ash, a network that Linux does not have.",
        AF_ECONET = 19 => "Econet, the old network of Acorn computers.",
        AF_ATMSVC = 20 => "Connections of ATM that are made on demand.",
        AF_RDS = 21 => "RDS, reliable messages between the machines of a cluster.",
        AF_SNA = 22 => "SNA, the old network of IBM mainframes; Linux does not have it.",
        AF_IRDA = 23 => "Infrared links.",
        AF_PPPOX = 24 => "PPP over other networks, such as DSL and L2TP.",
        AF_WANPIPE = 25 => "WANPIPE, cards for long-distance lines; no longer in Linux.",
        AF_LLC = 26 => "The link layer of IEEE 802.2.",
        AF_IB = 27 => "InfiniBand, as an address inside the kernel.",
        AF_MPLS = 28 => "MPLS, routing by labels, as an address inside the kernel.",
        AF_CAN = 29 => "The CAN bus, which connects the devices in a car.",
        AF_TIPC = 30 => "TIPC, which connects the machines of a cluster.",
        AF_BLUETOOTH = 31 => "Bluetooth.",
        AF_IUCV = 32 => "Between the virtual machines of an IBM mainframe.",
        AF_RXRPC = 33 => "RxRPC, the remote calls of the AFS file system.",
        AF_ISDN = 34 => "Digital telephone lines (ISDN).",
        AF_PHONET = 35 => "Phonet, Nokia's modems.",
        AF_IEEE802154 = 36 => "Low-power radio devices.",
        AF_CAIF = 37 => "CAIF, ST-Ericsson's modems.",
        AF_ALG = 38 => "The kernel's own ciphers and hashes.",
        AF_NFC = 39 => "Near field communication: cards and devices that are held near.",
        AF_VSOCK = 40 => "Between a virtual machine and its host.",
        AF_KCM = 41 => "The kernel connection multiplexor, which makes messages of a TCP stream.",
        AF_QIPCRTR = 42 => "Qualcomm's IPC router, between the processors of one chip.",
        AF_SMC = 43 => "TCP-like connections over shared memory between machines.",
        AF_XDP = 44 => "Packets of an interface that bypass most of the kernel's network code.",
        AF_MCTP = 45 => "MCTP, between the components of one machine.",
    }

    /// How data travels between two sockets.
    ///
    /// Socket types, `SOCK_*` (`linux/net.h`): the low four bits of the second argument of `socket`. Zero has no name.
    SOCK_TYPE "SOCK_???" {
        SOCK_STREAM = 1 => "A stream of bytes over a connection: complete, in order, without borders between messages. TCP on the internet.",
        SOCK_DGRAM = 2 => "Separate messages, each sent by itself; they may get lost or overtake each other. UDP on the internet.",
        SOCK_RAW = 3 => "Packets below TCP and UDP, with headers that the program makes or reads; needs a privilege.",
        SOCK_RDM = 4 => "Separate messages that arrive, perhaps in another order.",
        SOCK_SEQPACKET = 5 => "A connection that keeps the borders between messages.",
        SOCK_DCCP = 6 => "Separate messages over a connection that avoids congestion (DCCP).",
        SOCK_PACKET = 10 => "The old form of AF_PACKET; new programs do not use it.",
    }

    /// Settings that a new socket can have from the start.
    ///
    /// What may be or-ed to a socket type, and the flags of `accept4`.
    SOCK_FLAGS "SOCK_???" {
        SOCK_CLOEXEC = libc::SOCK_CLOEXEC => "Closes the descriptor when the process starts another program, which could otherwise use it by accident.",
        SOCK_NONBLOCK = libc::SOCK_NONBLOCK => "Calls on the socket do not wait: what cannot be done at once fails with EAGAIN or EINPROGRESS.",
    }

    /// How one send or receive differs from the ordinary way; a few are set by the kernel only.
    ///
    /// Flags of the send and receive calls, `MSG_*` (`linux/socket.h`), those included that only the kernel sets.
    MSG "MSG_???" {
        MSG_OOB = 0x1 => "Sends or takes a byte of urgent data, which TCP marks in its stream.",
        MSG_PEEK = 0x2 => "Looks at what has arrived and leaves it there for the next call.",
        MSG_DONTROUTE = 0x4 => "Sends only to a machine that is reached without a router.",
        MSG_CTRUNC = 0x8 => "Set by the kernel: control messages were cut, as there was too little room for them.",
        MSG_PROBE = 0x10 => "Asks about the path and sends nothing; inside the kernel only.",
        MSG_TRUNC = 0x20 => "Receiving: returns the message's real length even if it did not fit. Set by the kernel: the message was cut.",
        MSG_DONTWAIT = 0x40 => "This one call does not wait, as if the socket were non-blocking.",
        MSG_EOR = 0x80 => "Ends a record, where the protocol has records.",
        MSG_WAITALL = 0x100 => "Waits until all the bytes that fit are there, unless a signal or the end comes first.",
        MSG_FIN = 0x200 => "A reserved flag that Linux does not use.",
        MSG_SYN = 0x400 => "A reserved flag that Linux does not use.",
        MSG_CONFIRM = 0x800 => "Says that the peer answered, so the kernel need not ask again whether it is there.",
        MSG_RST = 0x1000 => "A reserved flag that Linux does not use.",
        MSG_ERRQUEUE = 0x2000 => "Takes an error that was reported for something sent earlier, instead of data.",
        MSG_NOSIGNAL = 0x4000 => "Sending to a peer that is gone fails with EPIPE but does not raise SIGPIPE, which ends most programs.",
        MSG_MORE = 0x8000 => "More follows at once, so the kernel waits with a packet that is not full.",
        MSG_WAITFORONE = 0x10000 => "Waits for the first message only; then takes what else is there.",
        MSG_SENDPAGE_NOTLAST = 0x20000 => "More pages of a file follow; inside the kernel only.",
        MSG_BATCH = 0x40000 => "More messages of one sendmmsg follow; inside the kernel only.",
        MSG_NO_SHARED_FRAGS = 0x80000 => "The pages that are sent must not be shared; inside the kernel only.",
        MSG_ZEROCOPY = 0x4000000 => "Sends from the program's memory without a copy; the kernel reports when it is done.",
        MSG_FASTOPEN = 0x20000000 => "Sends data with the request for a TCP connection, which saves a round trip.",
        MSG_CMSG_CLOEXEC = 0x40000000 => "Descriptors that arrive with the message are closed when another program is started.",
        MSG_CMSG_COMPAT = 0x80000000 => "Control messages in the form of 32-bit programs; inside the kernel only.",
    }

    /// Which direction of a connection ends.
    ///
    /// How to shut down (`linux/net.h`).
    SHUT "SHUT_???" {
        SHUT_RD = 0 => "Receiving ends: reading returns 0 from now on.",
        SHUT_WR = 1 => "Sending ends: the peer reads what was sent and then the end (0 bytes).",
        SHUT_RDWR = 2 => "Both directions end.",
    }

    /// Layers whose settings setsockopt changes: the socket itself, IP, TCP and so on.
    ///
    /// Option levels and control message levels, `SOL_*` (`linux/socket.h`). Level 40 has no
    /// `SOL_` name and is written as the family it equals.
    SOL "SOL_??" {
        SOL_IP = 0 => "IPv4.",
        SOL_SOCKET = 1 => "The socket itself, of whatever family.",
        SOL_TCP = 6 => "TCP.",
        SOL_UDP = 17 => "UDP.",
        AF_VSOCK = 40 => "Sockets between a virtual machine and its host; the level has no name of its own.",
        SOL_IPV6 = 41 => "IPv6.",
        SOL_ICMPV6 = 58 => "ICMP for IPv6, which reports errors and answers ping.",
        SOL_CAN_BASE = 100 => "The CAN bus in general.",
        SOL_CAN_RAW = 101 => "Raw sockets on the CAN bus.",
        SOL_SCTP = 132 => "SCTP.",
        SOL_UDPLITE = 136 => "UDP-Lite, whose checksum covers only a part of a message.",
        SOL_RAW = 255 => "Raw sockets.",
        SOL_IPX = 256 => "IPX, the old network of Novell NetWare.",
        SOL_AX25 = 257 => "Amateur radio.",
        SOL_ATALK = 258 => "AppleTalk, the old network of Apple computers.",
        SOL_NETROM = 259 => "NET/ROM, a network of amateur radio stations.",
        SOL_ROSE = 260 => "ROSE, a network of amateur radio stations.",
        SOL_DECNET = 261 => "DECnet, the old network of Digital's computers.",
        SOL_X25 = 262 => "X.25, an old packet network.",
        SOL_PACKET = 263 => "Packet sockets, which see whole frames of an interface.",
        SOL_ATM = 264 => "ATM, an old kind of fast network.",
        SOL_AAL = 265 => "The layer of ATM that carries data.",
        SOL_IRDA = 266 => "Infrared links.",
        SOL_NETBEUI = 267 => "NetBEUI, an old network of PCs.",
        SOL_LLC = 268 => "The link layer of IEEE 802.2.",
        SOL_DCCP = 269 => "DCCP.",
        SOL_NETLINK = 270 => "Netlink sockets, over which programs talk to the kernel.",
        SOL_TIPC = 271 => "TIPC, which connects the machines of a cluster.",
        SOL_RXRPC = 272 => "RxRPC, the remote calls of the AFS file system.",
        SOL_PPPOL2TP = 273 => "L2TP tunnels.",
        SOL_BLUETOOTH = 274 => "Bluetooth.",
        SOL_PNPIPE = 275 => "Pipes on Nokia's modems.",
        SOL_RDS = 276 => "RDS, reliable messages between the machines of a cluster.",
        SOL_IUCV = 277 => "Between the virtual machines of an IBM mainframe.",
        SOL_CAIF = 278 => "CAIF, ST-Ericsson's modems.",
        SOL_ALG = 279 => "The kernel's own ciphers and hashes.",
        SOL_NFC = 280 => "Near field communication.",
        SOL_KCM = 281 => "The kernel connection multiplexor.",
        SOL_TLS = 282 => "Encryption that the kernel does itself.",
        SOL_XDP = 283 => "XDP sockets.",
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
        VMADDR_CID_HYPERVISOR = 0 => "The hypervisor itself; no longer used.",
        VMADDR_CID_LOCAL = 1 => "This machine.",
        VMADDR_CID_HOST = 2 => "The host of the virtual machine.",
        VMADDR_CID_ANY = 0xffff_ffff_u32 => "Any machine, for bind.",
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
        VMADDR_FLAG_TO_HOST = 1 => "Always by way of the host.",
    }

    /// How packets of an XDP socket get to the program.
    ///
    /// Flags of an XDP address (`linux/if_xdp.h`).
    XDP_FLAGS "XDP_???" {
        XDP_SHARED_UMEM = 1 => "The memory of another socket is shared.",
        XDP_COPY = 2 => "Packets are copied.",
        XDP_ZEROCOPY = 4 => "Packets are not copied.",
        XDP_USE_NEED_WAKEUP = 8 => "The program wakes the kernel only where that is needed.",
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
