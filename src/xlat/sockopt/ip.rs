//! `SOL_IP`, raw sockets and ICMP.

xlat! {
    /// Settings of IPv4, and of the firewall from 64 on.
    ///
    /// Options of `SOL_IP` (`linux/in.h`), set or got; from 64 the firewall's, as `setsockopt` knows them.
    IP "IP_???" {
        IP_TOS = 1 => "How urgent the packets are marked.",
        IP_TTL = 2 => "How many routers the packets may pass; each takes one off.",
        IP_HDRINCL = 3 => "The program makes the header of the packets itself.",
        IP_OPTIONS = 4 => "Options in the header of the packets.",
        IP_ROUTER_ALERT = 5 => "Receives packets that ask every router for attention.",
        IP_RECVOPTS = 6 => "Receives with each packet the options of its header.",
        IP_RETOPTS = 7 => "Receives with each packet the options that an answer needs.",
        IP_PKTINFO = 8 => "Receives with each packet its interface and local address.",
        IP_PKTOPTIONS = 9 => "Receives the extras of a TCP connection.",
        IP_MTU_DISCOVER = 10 => "Whether to find out how large a packet may be on the way, and never to cut one.",
        IP_RECVERR = 11 => "Keeps errors that are reported for what was sent, to be taken with MSG_ERRQUEUE.",
        IP_RECVTTL = 12 => "Receives with each packet how many more routers it could have passed.",
        IP_RECVTOS = 13 => "Receives with each packet how urgent it was marked.",
        IP_MTU = 14 => "Asks how large a packet may be on the way to the peer.",
        IP_FREEBIND = 15 => "Allows bind to an address that this machine does not have yet.",
        IP_IPSEC_POLICY = 16 => "How packets are encrypted (IPsec).",
        IP_XFRM_POLICY = 17 => "How packets are encrypted (IPsec).",
        IP_PASSSEC = 18 => "Receives with each packet the sender's security label.",
        IP_TRANSPARENT = 19 => "Allows to use addresses of others, for proxies; needs a privilege.",
        IP_ORIGDSTADDR = 20 => "Receives with each packet the address that it was for before it was redirected.",
        IP_MINTTL = 21 => "Drops packets that passed too many routers.",
        IP_NODEFRAG = 22 => "Leaves the pieces of a packet as they are.",
        IP_CHECKSUM = 23 => "Receives with each packet its checksum.",
        IP_BIND_ADDRESS_NO_PORT = 24 => "Lets bind choose no port yet; connect does, so that a port can serve several connections.",
        IP_RECVFRAGSIZE = 25 => "Receives with each packet how large its largest piece was.",
        IP_RECVERR_RFC4884 = 26 => "Reports errors with the further information of RFC 4884.",
        IP_MULTICAST_IF = 32 => "The interface on which multicast is sent.",
        IP_MULTICAST_TTL = 33 => "How many routers multicast may pass.",
        IP_MULTICAST_LOOP = 34 => "Whether this machine receives the multicast that it sends.",
        IP_ADD_MEMBERSHIP = 35 => "Joins a multicast group.",
        IP_DROP_MEMBERSHIP = 36 => "Leaves a multicast group.",
        IP_UNBLOCK_SOURCE = 37 => "Accepts a sender of a group again.",
        IP_BLOCK_SOURCE = 38 => "Ignores a sender of a group.",
        IP_ADD_SOURCE_MEMBERSHIP = 39 => "Joins a group for one sender.",
        IP_DROP_SOURCE_MEMBERSHIP = 40 => "Leaves a group for one sender.",
        IP_MSFILTER = 41 => "The list of senders of a group to accept or ignore.",
        MCAST_JOIN_GROUP = 42 => "Joins a multicast group, of either IP version.",
        MCAST_BLOCK_SOURCE = 43 => "Ignores a sender of a group, of either IP version.",
        MCAST_UNBLOCK_SOURCE = 44 => "Accepts a sender of a group again, of either IP version.",
        MCAST_LEAVE_GROUP = 45 => "Leaves a multicast group, of either IP version.",
        MCAST_JOIN_SOURCE_GROUP = 46 => "Joins a group for one sender, of either IP version.",
        MCAST_LEAVE_SOURCE_GROUP = 47 => "Leaves a group for one sender, of either IP version.",
        MCAST_MSFILTER = 48 => "The list of senders of a group, of either IP version.",
        IP_MULTICAST_ALL = 49 => "Whether multicast also comes that other sockets of the machine joined.",
        IP_UNICAST_IF = 50 => "The interface on which packets to one machine are sent.",
        IPT_SO_SET_REPLACE = 64 => "Replaces the rules of the firewall.",
        IPT_SO_SET_ADD_COUNTERS = 65 => "Adds to the counters of the firewall.",
        ARPT_SO_SET_REPLACE = 96 => "Replaces the rules of the ARP firewall.",
        ARPT_SO_SET_ADD_COUNTERS = 97 => "Adds to the counters of the ARP firewall.",
        EBT_SO_SET_ENTRIES = 128 => "Replaces the rules of the bridge firewall.",
        EBT_SO_SET_COUNTERS = 129 => "Sets the counters of the bridge firewall.",
    }

    /// Settings of IPv4, and of the firewall, that can be asked for.
    ///
    /// Where `getsockopt` reads a number of `SOL_IP` otherwise than `setsockopt` does, and the rest of [`IP`].
    IP_GET "IP_???" : IP {
        IPT_SO_GET_INFO = 64 => "Asks how large the rules of the firewall are.",
        IPT_SO_GET_ENTRIES = 65 => "Asks for the rules of the firewall.",
        IPT_SO_GET_REVISION_MATCH = 66 => "Asks for the version of a condition of the firewall.",
        IPT_SO_GET_REVISION_TARGET = 67 => "Asks for the version of an action of the firewall.",
        ARPT_SO_GET_INFO = 96 => "Asks how large the rules of the ARP firewall are.",
        ARPT_SO_GET_ENTRIES = 97 => "Asks for the rules of the ARP firewall.",
        ARPT_SO_GET_REVISION_TARGET = 99 => "Asks for the version of an action of the ARP firewall.",
        EBT_SO_GET_INFO = 128 => "Asks how large the rules of the bridge firewall are.",
        EBT_SO_GET_ENTRIES = 129 => "Asks for the rules of the bridge firewall.",
        EBT_SO_GET_INIT_INFO = 130 => "Asks how large the first rules of the bridge firewall are.",
        EBT_SO_GET_INIT_ENTRIES = 131 => "Asks for the first rules of the bridge firewall.",
    }

    /// What IPv4 can report beside the bytes of a message.
    ///
    /// Control messages of `SOL_IP` (`linux/in.h`).
    SCM_IP "IP_???" {
        IP_TOS = 1 => "How urgent the packet was marked.",
        IP_TTL = 2 => "How many more routers the packet could have passed.",
        SCM_SECURITY = 3 => "The sender's security label (SELinux).",
        IP_RECVOPTS = 6 => "The options in the packet's header.",
        IP_RETOPTS = 7 => "The options in the packet's header, as an answer would have to carry them.",
        IP_PKTINFO = 8 => "The interface and the local address that the packet came to.",
        IP_RECVERR = 11 => "An error that was reported for something sent earlier.",
        IP_ORIGDSTADDR = 20 => "The address that the packet was for before it was redirected to here.",
        IP_CHECKSUM = 23 => "The packet's checksum as the hardware computed it.",
    }

    /// Whether IPv4 finds out how large a packet may be on the way.
    ///
    /// Values of `IP_MTU_DISCOVER` (`linux/in.h`). strace 6.1 writes them as numbers.
    IP_PMTUDISC "IP_PMTUDISC_???" {
        IP_PMTUDISC_DONT = 0 => "No: packets may be cut into pieces on the way.",
        IP_PMTUDISC_WANT = 1 => "As the route has it: a message that is too large is cut into pieces here.",
        IP_PMTUDISC_DO = 2 => "Always: a message that is too large fails with EMSGSIZE.",
        IP_PMTUDISC_PROBE = 3 => "Never cut, and ignore what is known of the path.",
        IP_PMTUDISC_INTERFACE = 4 => "Use the interface's own size and ignore reports, against forged ones.",
        IP_PMTUDISC_OMIT = 5 => "Like IP_PMTUDISC_INTERFACE, but cut what is too large.",
    }

    /// Settings of raw IPv4 sockets.
    ///
    /// Options of `SOL_RAW` (`linux/icmp.h`).
    RAW "RAW_???" {
        ICMP_FILTER = 1 => "Which kinds of ICMP message the socket does not want.",
    }

    /// Kinds of ICMP message, by which machines report errors and answer ping.
    ///
    /// ICMP message types (`linux/icmp.h`); bit `n` of `ICMP_FILTER` stands for type `n`.
    ICMP_TYPE "ICMP_???" {
        ICMP_ECHOREPLY = 0 => "The answer to ping.",
        ICMP_DEST_UNREACH = 3 => "The destination cannot be reached.",
        ICMP_SOURCE_QUENCH = 4 => "Send more slowly; no longer used.",
        ICMP_REDIRECT = 5 => "There is a better router.",
        ICMP_ECHO = 8 => "A question of ping.",
        ICMP_TIME_EXCEEDED = 11 => "The packet passed too many routers.",
        ICMP_PARAMETERPROB = 12 => "Something in the header is wrong.",
        ICMP_TIMESTAMP = 13 => "Asks for the time.",
        ICMP_TIMESTAMPREPLY = 14 => "Answers with the time.",
        ICMP_INFO_REQUEST = 15 => "Asks for the network's number; no longer used.",
        ICMP_INFO_REPLY = 16 => "Answers with the network's number; no longer used.",
        ICMP_ADDRESS = 17 => "Asks for the network's mask.",
        ICMP_ADDRESSREPLY = 18 => "Answers with the network's mask.",
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
