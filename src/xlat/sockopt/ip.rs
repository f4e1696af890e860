//! `SOL_IP`, raw sockets and ICMP.

xlat! {
    /// Settings of IPv4, and of the firewall from 64 on.
    ///
    /// Options of `SOL_IP` (`linux/in.h`), set or got; from 64 the firewall's, as `setsockopt` knows them.
    IP "IP_???" {
        IP_TOS = 1,
        IP_TTL = 2,
        IP_HDRINCL = 3,
        IP_OPTIONS = 4,
        IP_ROUTER_ALERT = 5,
        IP_RECVOPTS = 6,
        IP_RETOPTS = 7,
        IP_PKTINFO = 8,
        IP_PKTOPTIONS = 9,
        IP_MTU_DISCOVER = 10,
        IP_RECVERR = 11,
        IP_RECVTTL = 12,
        IP_RECVTOS = 13,
        IP_MTU = 14,
        IP_FREEBIND = 15,
        IP_IPSEC_POLICY = 16,
        IP_XFRM_POLICY = 17,
        IP_PASSSEC = 18,
        IP_TRANSPARENT = 19,
        IP_ORIGDSTADDR = 20,
        IP_MINTTL = 21,
        IP_NODEFRAG = 22,
        IP_CHECKSUM = 23,
        IP_BIND_ADDRESS_NO_PORT = 24,
        IP_RECVFRAGSIZE = 25,
        IP_RECVERR_RFC4884 = 26,
        IP_MULTICAST_IF = 32,
        IP_MULTICAST_TTL = 33,
        IP_MULTICAST_LOOP = 34,
        IP_ADD_MEMBERSHIP = 35,
        IP_DROP_MEMBERSHIP = 36,
        IP_UNBLOCK_SOURCE = 37,
        IP_BLOCK_SOURCE = 38,
        IP_ADD_SOURCE_MEMBERSHIP = 39,
        IP_DROP_SOURCE_MEMBERSHIP = 40,
        IP_MSFILTER = 41,
        MCAST_JOIN_GROUP = 42,
        MCAST_BLOCK_SOURCE = 43,
        MCAST_UNBLOCK_SOURCE = 44,
        MCAST_LEAVE_GROUP = 45,
        MCAST_JOIN_SOURCE_GROUP = 46,
        MCAST_LEAVE_SOURCE_GROUP = 47,
        MCAST_MSFILTER = 48,
        IP_MULTICAST_ALL = 49,
        IP_UNICAST_IF = 50,
        IPT_SO_SET_REPLACE = 64,
        IPT_SO_SET_ADD_COUNTERS = 65,
        ARPT_SO_SET_REPLACE = 96,
        ARPT_SO_SET_ADD_COUNTERS = 97,
        EBT_SO_SET_ENTRIES = 128,
        EBT_SO_SET_COUNTERS = 129,
    }

    /// Settings of IPv4, and of the firewall, that can be asked for.
    ///
    /// Where `getsockopt` reads a number of `SOL_IP` otherwise than `setsockopt` does, and the rest of [`IP`].
    IP_GET "IP_???" : IP {
        IPT_SO_GET_INFO = 64,
        IPT_SO_GET_ENTRIES = 65,
        IPT_SO_GET_REVISION_MATCH = 66,
        IPT_SO_GET_REVISION_TARGET = 67,
        ARPT_SO_GET_INFO = 96,
        ARPT_SO_GET_ENTRIES = 97,
        ARPT_SO_GET_REVISION_TARGET = 99,
        EBT_SO_GET_INFO = 128,
        EBT_SO_GET_ENTRIES = 129,
        EBT_SO_GET_INIT_INFO = 130,
        EBT_SO_GET_INIT_ENTRIES = 131,
    }

    /// What IPv4 can report beside the bytes of a message.
    ///
    /// Control messages of `SOL_IP` (`linux/in.h`).
    SCM_IP "IP_???" {
        IP_TOS = 1,
        IP_TTL = 2,
        SCM_SECURITY = 3,
        IP_RECVOPTS = 6,
        IP_RETOPTS = 7,
        IP_PKTINFO = 8,
        IP_RECVERR = 11,
        IP_ORIGDSTADDR = 20,
        IP_CHECKSUM = 23,
    }

    /// Whether IPv4 finds out how large a packet may be on the way.
    ///
    /// Values of `IP_MTU_DISCOVER` (`linux/in.h`). strace 6.1 writes them as numbers.
    IP_PMTUDISC "IP_PMTUDISC_???" {
        IP_PMTUDISC_DONT = 0,
        IP_PMTUDISC_WANT = 1,
        IP_PMTUDISC_DO = 2,
        IP_PMTUDISC_PROBE = 3,
        IP_PMTUDISC_INTERFACE = 4,
        IP_PMTUDISC_OMIT = 5,
    }

    /// Settings of raw IPv4 sockets.
    ///
    /// Options of `SOL_RAW` (`linux/icmp.h`).
    RAW "RAW_???" {
        ICMP_FILTER = 1,
    }

    /// Kinds of ICMP message, by which machines report errors and answer ping.
    ///
    /// ICMP message types (`linux/icmp.h`); bit `n` of `ICMP_FILTER` stands for type `n`.
    ICMP_TYPE "ICMP_???" {
        ICMP_ECHOREPLY = 0,
        ICMP_DEST_UNREACH = 3,
        ICMP_SOURCE_QUENCH = 4,
        ICMP_REDIRECT = 5,
        ICMP_ECHO = 8,
        ICMP_TIME_EXCEEDED = 11,
        ICMP_PARAMETERPROB = 12,
        ICMP_TIMESTAMP = 13,
        ICMP_TIMESTAMPREPLY = 14,
        ICMP_INFO_REQUEST = 15,
        ICMP_INFO_REPLY = 16,
        ICMP_ADDRESS = 17,
        ICMP_ADDRESSREPLY = 18,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[&IP, &IP_GET, &SCM_IP, &IP_PMTUDISC, &RAW, &ICMP_TYPE]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { IP:
            IP_TOS IP_TTL IP_HDRINCL IP_OPTIONS IP_ROUTER_ALERT IP_RECVOPTS IP_RETOPTS IP_PKTINFO
            IP_PKTOPTIONS IP_MTU_DISCOVER IP_RECVERR IP_RECVTTL IP_RECVTOS IP_MTU IP_FREEBIND
            IP_IPSEC_POLICY IP_XFRM_POLICY IP_PASSSEC IP_TRANSPARENT IP_ORIGDSTADDR IP_MINTTL
            IP_NODEFRAG IP_CHECKSUM IP_BIND_ADDRESS_NO_PORT IP_RECVFRAGSIZE IP_MULTICAST_IF
            IP_MULTICAST_TTL IP_MULTICAST_LOOP IP_ADD_MEMBERSHIP IP_DROP_MEMBERSHIP
            IP_UNBLOCK_SOURCE IP_BLOCK_SOURCE IP_ADD_SOURCE_MEMBERSHIP IP_DROP_SOURCE_MEMBERSHIP
            IP_MSFILTER MCAST_JOIN_GROUP MCAST_BLOCK_SOURCE MCAST_UNBLOCK_SOURCE MCAST_LEAVE_GROUP
            MCAST_JOIN_SOURCE_GROUP MCAST_LEAVE_SOURCE_GROUP MCAST_MSFILTER IP_MULTICAST_ALL
            IP_UNICAST_IF
        }
        agrees_with_libc! { SCM_IP:
            IP_TOS IP_TTL IP_RECVOPTS IP_RETOPTS IP_PKTINFO IP_RECVERR IP_ORIGDSTADDR IP_CHECKSUM
        }
        agrees_with_libc! { IP_PMTUDISC:
            IP_PMTUDISC_DONT IP_PMTUDISC_WANT IP_PMTUDISC_DO IP_PMTUDISC_PROBE IP_PMTUDISC_INTERFACE
            IP_PMTUDISC_OMIT
        }
    }
}
