//! The protocols of `socket`'s third argument, one table per family, since their numbers overlap.

use super::{Xlat, socket};

/// The table that names the protocols of `family`; `None` for a family whose protocols have no names (written as
/// decimal numbers).
///
/// `AF_RXRPC` takes an address family (the transport's); `AF_IRDA` uses the CAN table, as strace 6.1 does, whose text
/// must be matched. `AF_PACKET`'s number is in network byte order: swap it first.
pub fn of_family(family: i32) -> Option<&'static Xlat> {
    Some(match family {
        libc::AF_INET | libc::AF_INET6 => &IPPROTO,
        libc::AF_NETLINK => &NETLINK_PROTO,
        libc::AF_PACKET => &ETH_P,
        libc::AF_BLUETOOTH => &BTPROTO,
        libc::AF_CAN => &CAN_PROTO,
        libc::AF_IRDA => &IRDAPROTO,
        libc::AF_AX25 => &AX25_PROTO,
        libc::AF_ISDN => &ISDN_PROTO,
        libc::AF_PHONET => &PN_PROTO,
        libc::AF_CAIF => &CAIFPROTO,
        libc::AF_NFC => &NFC_SOCKPROTO,
        AF_KCM => &KCMPROTO,
        AF_SMC => &SMCPROTO,
        libc::AF_RXRPC => &socket::ADDRESS_FAMILY,
        _ => return None,
    })
}

/// `AF_KCM` and `AF_SMC` are younger than the libc crate's list.
const AF_KCM: i32 = 41;
const AF_SMC: i32 = 43;

xlat! {
    /// Protocols carried by IP, such as TCP and UDP.
    ///
    /// Internet protocols, `IPPROTO_*` (`linux/in.h`, `linux/in6.h`), for `AF_INET` and `AF_INET6`.
    IPPROTO "IPPROTO_???" {
        IPPROTO_IP = 0 => "0: the usual protocol for the socket's type, TCP for a stream and UDP for datagrams.",
        IPPROTO_ICMP = 1 => "ICMP, by which machines report errors and answer ping.",
        IPPROTO_IGMP = 2 => "IGMP, by which machines join multicast groups.",
        IPPROTO_IPIP = 4 => "IPv4 packets inside IPv4 packets: a simple tunnel.",
        IPPROTO_TCP = 6 => "TCP: a connection that carries a stream of bytes, complete and in order.",
        IPPROTO_EGP = 8 => "EGP, an old protocol between routers.",
        IPPROTO_PUP = 12 => "PUP, an ancestor of IP at Xerox.",
        IPPROTO_UDP = 17 => "UDP: separate messages that may get lost.",
        IPPROTO_IDP = 22 => "IDP, an old protocol of Xerox's.",
        IPPROTO_TP = 29 => "TP, the transport of the OSI networks.",
        IPPROTO_DCCP = 33 => "DCCP: separate messages over a connection that avoids congestion.",
        IPPROTO_IPV6 = 41 => "IPv6 packets inside IPv4 packets: a tunnel.",
        IPPROTO_ROUTING = 43 => "A header of IPv6 with stations on the way.",
        IPPROTO_FRAGMENT = 44 => "A header of IPv6 for a packet sent in pieces.",
        IPPROTO_RSVP = 46 => "RSVP, by which bandwidth is reserved.",
        IPPROTO_GRE = 47 => "GRE, a tunnel for packets of any protocol.",
        IPPROTO_ESP = 50 => "ESP, the encryption of IPsec.",
        IPPROTO_AH = 51 => "AH, the signatures of IPsec.",
        IPPROTO_ICMPV6 = 58 => "ICMP for IPv6, which also finds neighbours and routers.",
        IPPROTO_NONE = 59 => "No header follows, in IPv6.",
        IPPROTO_DSTOPTS = 60 => "A header of IPv6 with options for the receiver.",
        IPPROTO_MTP = 92 => "MTP, an old transport protocol.",
        IPPROTO_BEETPH = 94 => "A header of IPsec's BEET mode.",
        IPPROTO_ENCAP = 98 => "An old tunnel protocol.",
        IPPROTO_PIM = 103 => "PIM, by which routers pass on multicast.",
        IPPROTO_COMP = 108 => "Compressed IP packets.",
        IPPROTO_L2TP = 115 => "L2TP, a tunnel for whole frames.",
        IPPROTO_SCTP = 132 => "SCTP: a connection that carries several streams of messages.",
        IPPROTO_MH = 135 => "A header of IPv6 for machines that move.",
        IPPROTO_UDPLITE = 136 => "UDP-Lite: like UDP, but the checksum covers only a part of a message.",
        IPPROTO_MPLS = 137 => "MPLS packets inside IP packets.",
        IPPROTO_ETHERNET = 143 => "Ethernet frames inside IPv6 packets.",
        IPPROTO_RAW = 255 => "Whole IP packets, whose header the program makes.",
        IPPROTO_MPTCP = 262 => "Multipath TCP: one connection over several paths.",
    }

    /// Parts of the kernel that a netlink socket can talk to.
    ///
    /// Netlink protocols (`linux/netlink.h`), for `AF_NETLINK`.
    NETLINK_PROTO "NETLINK_???" {
        NETLINK_ROUTE = 0 => "Interfaces, addresses and routes.",
        NETLINK_UNUSED = 1 => "Not used.",
        NETLINK_USERSOCK = 2 => "Between programs, without the kernel.",
        NETLINK_FIREWALL = 3 => "An old firewall; not used.",
        NETLINK_SOCK_DIAG = 4 => "The sockets of the machine; ss asks here.",
        NETLINK_NFLOG = 5 => "Log of an old firewall; not used.",
        NETLINK_XFRM = 6 => "Encrypted IP (IPsec).",
        NETLINK_SELINUX = 7 => "News of SELinux.",
        NETLINK_ISCSI = 8 => "Disks over the network.",
        NETLINK_AUDIT = 9 => "The record of what programs did.",
        NETLINK_FIB_LOOKUP = 10 => "Which route a packet would take.",
        NETLINK_CONNECTOR = 11 => "News of processes and others.",
        NETLINK_NETFILTER = 12 => "The firewall.",
        NETLINK_IP6_FW = 13 => "An old firewall of IPv6; not used.",
        NETLINK_DNRTMSG = 14 => "Routes of DECnet.",
        NETLINK_KOBJECT_UEVENT = 15 => "News of devices that come and go.",
        NETLINK_GENERIC = 16 => "Many small services of the kernel.",
        NETLINK_SCSITRANSPORT = 18 => "News of disk controllers.",
        NETLINK_ECRYPTFS = 19 => "Encrypted folders.",
        NETLINK_RDMA = 20 => "Network cards that reach into memory.",
        NETLINK_CRYPTO = 21 => "The kernel's ciphers and hashes.",
        NETLINK_SMC = 22 => "Connections over shared memory.",
    }

    /// Protocols of Bluetooth.
    ///
    /// Bluetooth protocols (`net/bluetooth/bluetooth.h`), for `AF_BLUETOOTH`.
    BTPROTO "BTPROTO_???" {
        BTPROTO_L2CAP = 0,
        BTPROTO_HCI = 1,
        BTPROTO_SCO = 2,
        BTPROTO_RFCOMM = 3,
        BTPROTO_BNEP = 4,
        BTPROTO_CMTP = 5,
        BTPROTO_HIDP = 6,
        BTPROTO_AVDTP = 7,
    }

    /// Protocols of the CAN bus, which connects the devices in a car.
    ///
    /// Controller area network protocols (`linux/can.h`), for `AF_CAN`.
    CAN_PROTO "CAN_???" {
        CAN_RAW = 1,
        CAN_BCM = 2,
        CAN_TP16 = 3,
        CAN_TP20 = 4,
        CAN_MCNET = 5,
        CAN_ISOTP = 6,
        CAN_J1939 = 7,
    }

    /// Protocols of amateur radio.
    ///
    /// Amateur radio protocols (`net/ax25.h`), for `AF_AX25`. strace writes the number first, `0xcc /* AX25_P_IP */`,
    /// regardless of `-X`.
    AX25_PROTO "AX25_P_???" {
        AX25_P_ROSE = 1,
        AX25_P_VJCOMP = 6,
        AX25_P_VJUNCOMP = 7,
        AX25_P_SEGMENT = 8,
        AX25_P_TEXNET = 195,
        AX25_P_LQ = 196,
        AX25_P_ATALK = 202,
        AX25_P_ATALK_ARP = 203,
        AX25_P_IP = 204,
        AX25_P_ARP = 205,
        AX25_P_FLEXNET = 206,
        AX25_P_NETROM = 207,
        AX25_P_TEXT = 240,
    }

    /// Protocols of digital telephone lines (ISDN).
    ///
    /// ISDN protocols (`linux/mISDNif.h`), for `AF_ISDN`.
    ISDN_PROTO "ISDN_P_???" {
        ISDN_P_BASE = 0,
        ISDN_P_TE_S0 = 1,
        ISDN_P_NT_S0 = 2,
        ISDN_P_TE_E1 = 3,
        ISDN_P_NT_E1 = 4,
        ISDN_P_LAPD_TE = 16,
        ISDN_P_LAPD_NT = 17,
        ISDN_P_B_RAW = 33,
        ISDN_P_B_HDLC = 34,
        ISDN_P_B_X75SLP = 35,
        ISDN_P_B_L2DTMF = 36,
        ISDN_P_B_L2DSP = 37,
        ISDN_P_B_L2DSPHDLC = 38,
    }

    /// Protocols of Nokia's modems (Phonet).
    ///
    /// Phonet protocols (`linux/phonet.h`), for `AF_PHONET`.
    PN_PROTO "PN_PROTO_???" {
        PN_PROTO_TRANSPORT = 0,
        PN_PROTO_PHONET = 1,
        PN_PROTO_PIPE = 2,
    }

    /// Protocols of ST-Ericsson's modems (CAIF).
    ///
    /// CAIF protocols (`linux/caif/caif_socket.h`), for `AF_CAIF`.
    CAIFPROTO "CAIFPROTO_???" {
        CAIFPROTO_AT = 0,
        CAIFPROTO_DATAGRAM = 1,
        CAIFPROTO_DATAGRAM_LOOP = 2,
        CAIFPROTO_UTIL = 3,
        CAIFPROTO_RFM = 4,
        CAIFPROTO_DEBUG = 5,
    }

    /// Protocols of near field communication (NFC).
    ///
    /// Near field communication protocols (`linux/nfc.h`), for `AF_NFC`.
    NFC_SOCKPROTO "NFC_SOCKPROTO_???" {
        NFC_SOCKPROTO_RAW = 0,
        NFC_SOCKPROTO_LLCP = 1,
    }

    /// Protocols of the kernel connection multiplexor, which makes messages of a TCP stream.
    ///
    /// Kernel connection multiplexor protocols (`linux/kcm.h`), for `AF_KCM`.
    KCMPROTO "KCMPROTO_???" {
        KCMPROTO_CONNECTED = 0,
    }

    /// Protocols of connections over shared memory (SMC).
    ///
    /// Shared memory communication protocols (`net/smc/smc.h`), for `AF_SMC`.
    SMCPROTO "SMCPROTO_???" {
        SMCPROTO_SMC = 0,
        SMCPROTO_SMC6 = 1,
    }

    /// What a frame on the network carries: IP, ARP and so on.
    ///
    /// Ethernet protocols, `ETH_P_*` (`linux/if_ether.h`), for `AF_PACKET`, in host order. `socket` and `sll_protocol`
    /// hold them in network order; strace writes `htons(ETH_P_IP)`.
    ETH_P "ETH_P_???" {
        ETH_P_802_3 = 0x1,
        ETH_P_AX25 = 0x2,
        ETH_P_ALL = 0x3,
        ETH_P_802_2 = 0x4,
        ETH_P_SNAP = 0x5,
        ETH_P_DDCMP = 0x6,
        ETH_P_WAN_PPP = 0x7,
        ETH_P_PPP_MP = 0x8,
        ETH_P_LOCALTALK = 0x9,
        ETH_P_CAN = 0xc,
        ETH_P_CANFD = 0xd,
        ETH_P_CANXL = 0xe,
        ETH_P_PPPTALK = 0x10,
        ETH_P_TR_802_2 = 0x11,
        ETH_P_MOBITEX = 0x15,
        ETH_P_CONTROL = 0x16,
        ETH_P_IRDA = 0x17,
        ETH_P_ECONET = 0x18,
        ETH_P_HDLC = 0x19,
        ETH_P_ARCNET = 0x1a,
        ETH_P_DSA = 0x1b,
        ETH_P_TRAILER = 0x1c,
        ETH_P_LOOP = 0x60,
        ETH_P_PHONET = 0xf5,
        ETH_P_IEEE802154 = 0xf6,
        ETH_P_CAIF = 0xf7,
        ETH_P_XDSA = 0xf8,
        ETH_P_MAP = 0xf9,
        ETH_P_MCTP = 0xfa,
        ETH_P_PUP = 0x200,
        ETH_P_PUPAT = 0x201,
        ETH_P_802_3_MIN = 0x600,
        ETH_P_IP = 0x800,
        ETH_P_X25 = 0x805,
        ETH_P_ARP = 0x806,
        ETH_P_BPQ = 0x8ff,
        ETH_P_IEEEPUP = 0xa00,
        ETH_P_IEEEPUPAT = 0xa01,
        ETH_P_ERSPAN2 = 0x22eb,
        ETH_P_TSN = 0x22f0,
        ETH_P_BATMAN = 0x4305,
        ETH_P_DEC = 0x6000,
        ETH_P_DNA_DL = 0x6001,
        ETH_P_DNA_RC = 0x6002,
        ETH_P_DNA_RT = 0x6003,
        ETH_P_LAT = 0x6004,
        ETH_P_DIAG = 0x6005,
        ETH_P_CUST = 0x6006,
        ETH_P_SCA = 0x6007,
        ETH_P_TEB = 0x6558,
        ETH_P_RARP = 0x8035,
        ETH_P_ATALK = 0x809b,
        ETH_P_AARP = 0x80f3,
        ETH_P_8021Q = 0x8100,
        ETH_P_IPX = 0x8137,
        ETH_P_IPV6 = 0x86dd,
        ETH_P_PAUSE = 0x8808,
        ETH_P_SLOW = 0x8809,
        ETH_P_WCCP = 0x883e,
        ETH_P_MPLS_UC = 0x8847,
        ETH_P_MPLS_MC = 0x8848,
        ETH_P_ATMMPOA = 0x884c,
        ETH_P_PPP_DISC = 0x8863,
        ETH_P_PPP_SES = 0x8864,
        ETH_P_LINK_CTL = 0x886c,
        ETH_P_ATMFATE = 0x8884,
        ETH_P_PAE = 0x888e,
        ETH_P_REALTEK = 0x8899,
        ETH_P_AOE = 0x88a2,
        ETH_P_8021AD = 0x88a8,
        ETH_P_802_EX1 = 0x88b5,
        ETH_P_ERSPAN = 0x88be,
        ETH_P_PREAUTH = 0x88c7,
        ETH_P_TIPC = 0x88ca,
        ETH_P_LLDP = 0x88cc,
        ETH_P_MRP = 0x88e3,
        ETH_P_MACSEC = 0x88e5,
        ETH_P_8021AH = 0x88e7,
        ETH_P_MVRP = 0x88f5,
        ETH_P_1588 = 0x88f7,
        ETH_P_NCSI = 0x88f8,
        ETH_P_PRP = 0x88fb,
        ETH_P_CFM = 0x8902,
        ETH_P_FCOE = 0x8906,
        ETH_P_TDLS = 0x890d,
        ETH_P_FIP = 0x8914,
        ETH_P_IBOE = 0x8915,
        ETH_P_80221 = 0x8917,
        ETH_P_HSR = 0x892f,
        ETH_P_NSH = 0x894f,
        ETH_P_LOOPBACK = 0x9000,
        ETH_P_QINQ1 = 0x9100,
        ETH_P_QINQ2 = 0x9200,
        ETH_P_QINQ3 = 0x9300,
        ETH_P_EDSA = 0xdada,
        ETH_P_DSA_8021Q = 0xdadb,
        ETH_P_DSA_A5PSW = 0xe001,
        ETH_P_IFE = 0xed3e,
        ETH_P_AF_IUCV = 0xfbfb,
    }
}

xlat! {
    /// Protocols of infrared links, which strace writes with the names of the CAN bus.
    ///
    /// What strace 6.1 answers for `AF_IRDA`: the CAN names with the marker of IrDA.
    IRDAPROTO "IRDAPROTO_???" : CAN_PROTO {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[
            &IPPROTO,
            &NETLINK_PROTO,
            &BTPROTO,
            &CAN_PROTO,
            &AX25_PROTO,
            &ISDN_PROTO,
            &PN_PROTO,
            &CAIFPROTO,
            &NFC_SOCKPROTO,
            &KCMPROTO,
            &SMCPROTO,
            &ETH_P,
            &IRDAPROTO,
        ]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { IPPROTO:
            IPPROTO_IGMP IPPROTO_IPIP IPPROTO_EGP IPPROTO_PUP IPPROTO_IDP IPPROTO_TP IPPROTO_DCCP
            IPPROTO_ROUTING IPPROTO_FRAGMENT IPPROTO_RSVP IPPROTO_GRE IPPROTO_ESP IPPROTO_AH
            IPPROTO_NONE IPPROTO_DSTOPTS IPPROTO_MTP IPPROTO_BEETPH IPPROTO_ENCAP IPPROTO_PIM
            IPPROTO_COMP IPPROTO_SCTP IPPROTO_MH IPPROTO_UDPLITE IPPROTO_MPLS IPPROTO_ETHERNET
            IPPROTO_RAW IPPROTO_MPTCP
        }
        agrees_with_libc! { ETH_P:
            ETH_P_802_3 ETH_P_AX25 ETH_P_ALL ETH_P_802_2 ETH_P_SNAP ETH_P_DDCMP ETH_P_WAN_PPP
            ETH_P_PPP_MP ETH_P_LOCALTALK ETH_P_CANFD ETH_P_PPPTALK ETH_P_TR_802_2 ETH_P_MOBITEX
            ETH_P_CONTROL ETH_P_IRDA ETH_P_ECONET ETH_P_HDLC ETH_P_ARCNET ETH_P_DSA ETH_P_TRAILER
            ETH_P_LOOP ETH_P_PHONET ETH_P_IEEE802154 ETH_P_CAIF ETH_P_PUP ETH_P_PUPAT
            ETH_P_802_3_MIN ETH_P_IP ETH_P_X25 ETH_P_ARP ETH_P_BPQ ETH_P_IEEEPUP ETH_P_IEEEPUPAT
            ETH_P_BATMAN ETH_P_DEC ETH_P_DNA_DL ETH_P_DNA_RC ETH_P_DNA_RT ETH_P_LAT ETH_P_DIAG
            ETH_P_CUST ETH_P_SCA ETH_P_TEB ETH_P_RARP ETH_P_ATALK ETH_P_AARP ETH_P_8021Q ETH_P_IPX
            ETH_P_IPV6 ETH_P_PAUSE ETH_P_SLOW ETH_P_WCCP ETH_P_MPLS_UC ETH_P_MPLS_MC ETH_P_ATMMPOA
            ETH_P_PPP_DISC ETH_P_PPP_SES ETH_P_LINK_CTL ETH_P_ATMFATE ETH_P_PAE ETH_P_AOE
            ETH_P_8021AD ETH_P_802_EX1 ETH_P_TIPC ETH_P_LLDP ETH_P_MACSEC ETH_P_8021AH ETH_P_MVRP
            ETH_P_1588 ETH_P_PRP ETH_P_FCOE ETH_P_TDLS ETH_P_FIP ETH_P_80221 ETH_P_LOOPBACK
            ETH_P_QINQ1 ETH_P_QINQ2 ETH_P_QINQ3 ETH_P_EDSA ETH_P_AF_IUCV
        }
    }

    #[test]
    fn a_number_means_what_its_family_defines() {
        let name = |family, number| of_family(family).and_then(|table| table.name(number));
        assert_eq!(name(libc::AF_INET, 6), Some("IPPROTO_TCP"));
        assert_eq!(name(libc::AF_NETLINK, 6), Some("NETLINK_XFRM"));
        assert_eq!((name(libc::AF_IRDA, 6), IRDAPROTO.unknown), (Some("CAN_ISOTP"), "IRDAPROTO_???"));
        assert!(of_family(libc::AF_UNIX).is_none());
    }
}
