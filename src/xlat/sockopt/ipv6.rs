//! `SOL_IPV6`.

xlat! {
    /// Settings of IPv6, and of the firewall for it.
    ///
    /// Options of `SOL_IPV6` (`linux/in6.h`), as `setsockopt` knows them.
    IPV6 "IPV6_???" {
        IPV6_ADDRFORM = 1 => "Makes a socket that is connected over IPv4 an IPv4 socket.",
        IPV6_2292PKTINFO = 2 => "The older form of IPV6_RECVPKTINFO.",
        IPV6_2292HOPOPTS = 3 => "The older form of IPV6_RECVHOPOPTS.",
        IPV6_2292DSTOPTS = 4 => "The older form of IPV6_RECVDSTOPTS.",
        IPV6_2292RTHDR = 5 => "The older form of IPV6_RECVRTHDR.",
        IPV6_2292PKTOPTIONS = 6 => "The older form for all extras of packets.",
        IPV6_CHECKSUM = 7 => "Where in the packets of a raw socket the kernel puts the checksum.",
        IPV6_2292HOPLIMIT = 8 => "The older form of IPV6_RECVHOPLIMIT.",
        IPV6_NEXTHOP = 9 => "The next station on the way; Linux has no effect for it.",
        IPV6_AUTHHDR = 10 => "The header with a signature; Linux has no effect for it.",
        IPV6_FLOWINFO = 11 => "Receives with each packet the label of its flow.",
        IPV6_UNICAST_HOPS = 16 => "How many routers packets may pass.",
        IPV6_MULTICAST_IF = 17 => "The interface on which multicast is sent.",
        IPV6_MULTICAST_HOPS = 18 => "How many routers multicast may pass.",
        IPV6_MULTICAST_LOOP = 19 => "Whether this machine receives the multicast that it sends.",
        IPV6_ADD_MEMBERSHIP = 20 => "Joins a multicast group.",
        IPV6_DROP_MEMBERSHIP = 21 => "Leaves a multicast group.",
        IPV6_ROUTER_ALERT = 22 => "Receives packets that ask every router for attention.",
        IPV6_MTU_DISCOVER = 23 => "Whether to find out how large a packet may be on the way, and never to cut one.",
        IPV6_MTU = 24 => "How large a packet may be on the way to the peer.",
        IPV6_RECVERR = 25 => "Keeps errors that are reported for what was sent, to be taken with MSG_ERRQUEUE.",
        IPV6_V6ONLY = 26 => "Only IPv6; otherwise a socket on :: takes IPv4 connections too.",
        IPV6_JOIN_ANYCAST = 27 => "Takes part in an address that several machines share.",
        IPV6_LEAVE_ANYCAST = 28 => "No longer takes part in an address that several machines share.",
        IPV6_MULTICAST_ALL = 29 => "Whether multicast also comes that other sockets of the machine joined.",
        IPV6_ROUTER_ALERT_ISOLATE = 30 => "Keeps packets that ask for attention apart between network namespaces.",
        IPV6_RECVERR_RFC4884 = 31 => "Reports errors with the further information of RFC 4884.",
        IPV6_FLOWLABEL_MGR = 32 => "Gets or gives back the label of a flow.",
        IPV6_FLOWINFO_SEND = 33 => "Sends the label that stands in the address.",
        IPV6_IPSEC_POLICY = 34 => "How packets are encrypted (IPsec).",
        IPV6_XFRM_POLICY = 35 => "How packets are encrypted (IPsec).",
        IPV6_HDRINCL = 36 => "The program makes the header of the packets itself.",
        MCAST_JOIN_GROUP = 42 => "Joins a multicast group, of either IP version.",
        MCAST_BLOCK_SOURCE = 43 => "Ignores a sender of a group, of either IP version.",
        MCAST_UNBLOCK_SOURCE = 44 => "Accepts a sender of a group again, of either IP version.",
        MCAST_LEAVE_GROUP = 45 => "Leaves a multicast group, of either IP version.",
        MCAST_JOIN_SOURCE_GROUP = 46 => "Joins a group for one sender, of either IP version.",
        MCAST_LEAVE_SOURCE_GROUP = 47 => "Leaves a group for one sender, of either IP version.",
        MCAST_MSFILTER = 48 => "The list of senders of a group, of either IP version.",
        IPV6_RECVPKTINFO = 49 => "Receives with each packet its interface and local address.",
        IPV6_PKTINFO = 50 => "The interface and local address from which packets are sent.",
        IPV6_RECVHOPLIMIT = 51 => "Receives with each packet how many more routers it could have passed.",
        IPV6_HOPLIMIT = 52 => "How many routers a packet may pass, beside the packet.",
        IPV6_RECVHOPOPTS = 53 => "Receives with each packet the options for every router.",
        IPV6_HOPOPTS = 54 => "The options for every router that packets carry.",
        IPV6_RTHDRDSTOPTS = 55 => "The options for each station that packets carry.",
        IPV6_RECVRTHDR = 56 => "Receives with each packet the stations of its way.",
        IPV6_RTHDR = 57 => "The stations that packets go by.",
        IPV6_RECVDSTOPTS = 58 => "Receives with each packet the options for the receiver.",
        IPV6_DSTOPTS = 59 => "The options for the receiver that packets carry.",
        IPV6_RECVPATHMTU = 60 => "Reports when the size that packets may have on the way changes.",
        IPV6_PATHMTU = 61 => "Asks how large a packet may be on the way.",
        IPV6_DONTFRAG = 62 => "Never cuts a message into pieces.",
        IPV6_USE_MIN_MTU = 63 => "Uses the smallest size that every network carries; Linux has no effect for it.",
        IP6T_SO_SET_REPLACE = 64 => "Replaces the rules of the firewall.",
        IP6T_SO_SET_ADD_COUNTERS = 65 => "Adds to the counters of the firewall.",
        IPV6_RECVTCLASS = 66 => "Receives with each packet how urgent it was marked.",
        IPV6_TCLASS = 67 => "How urgent the packets are marked.",
        IPV6_AUTOFLOWLABEL = 70 => "Gives each connection a label by itself.",
        IPV6_ADDR_PREFERENCES = 72 => "Which of its own addresses the machine prefers, such as temporary ones.",
        IPV6_MINHOPCOUNT = 73 => "Drops packets that passed too many routers.",
        IPV6_ORIGDSTADDR = 74 => "Receives with each packet the address that it was for before it was redirected.",
        IPV6_TRANSPARENT = 75 => "Allows to use addresses of others, for proxies; needs a privilege.",
        IPV6_UNICAST_IF = 76 => "The interface on which packets to one machine are sent.",
        IPV6_RECVFRAGSIZE = 77 => "Receives with each packet how large its largest piece was.",
        IPV6_FREEBIND = 78 => "Allows bind to an address that this machine does not have yet.",
    }

    /// Settings of IPv6, and of the firewall, that can be asked for.
    ///
    /// Where `getsockopt` reads a number of `SOL_IPV6` otherwise than `setsockopt` does, and the rest of [`IPV6`].
    IPV6_GET "IPV6_???" : IPV6 {
        IP6T_SO_GET_INFO = 64 => "Asks how large the rules of the firewall are.",
        IP6T_SO_GET_ENTRIES = 65 => "Asks for the rules of the firewall.",
        IP6T_SO_GET_REVISION_MATCH = 68 => "Asks for the version of a condition of the firewall.",
        IP6T_SO_GET_REVISION_TARGET = 69 => "Asks for the version of an action of the firewall.",
    }

    /// Whether IPv6 finds out how large a packet may be on the way.
    ///
    /// Values of `IPV6_MTU_DISCOVER` (`linux/in6.h`). strace 6.1 writes them as numbers.
    IPV6_PMTUDISC "IPV6_PMTUDISC_???" {
        IPV6_PMTUDISC_DONT = 0 => "No: large messages are cut for the smallest packets that IPv6 allows.",
        IPV6_PMTUDISC_WANT = 1 => "As the route has it: a message that is too large is cut into pieces here.",
        IPV6_PMTUDISC_DO = 2 => "Always: a message that is too large fails with EMSGSIZE.",
        IPV6_PMTUDISC_PROBE = 3 => "Never cut, and ignore what is known of the path.",
        IPV6_PMTUDISC_INTERFACE = 4 => "Use the interface's own size and ignore reports, against forged ones.",
        IPV6_PMTUDISC_OMIT = 5 => "Like IPV6_PMTUDISC_INTERFACE, but cut what is too large.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[&IPV6, &IPV6_GET, &IPV6_PMTUDISC]);
    }

    #[test]
    fn numbers_agree_with_libc() {
        agrees_with_libc! { IPV6:
            IPV6_ADDRFORM IPV6_2292PKTINFO IPV6_2292HOPOPTS IPV6_2292DSTOPTS IPV6_2292RTHDR
            IPV6_2292PKTOPTIONS IPV6_CHECKSUM IPV6_2292HOPLIMIT IPV6_NEXTHOP IPV6_AUTHHDR
            IPV6_FLOWINFO IPV6_UNICAST_HOPS IPV6_MULTICAST_IF IPV6_MULTICAST_HOPS
            IPV6_MULTICAST_LOOP IPV6_ADD_MEMBERSHIP IPV6_DROP_MEMBERSHIP IPV6_ROUTER_ALERT
            IPV6_MTU_DISCOVER IPV6_MTU IPV6_RECVERR IPV6_V6ONLY IPV6_JOIN_ANYCAST IPV6_LEAVE_ANYCAST
            IPV6_MULTICAST_ALL IPV6_ROUTER_ALERT_ISOLATE IPV6_FLOWLABEL_MGR IPV6_FLOWINFO_SEND
            IPV6_IPSEC_POLICY IPV6_XFRM_POLICY IPV6_HDRINCL MCAST_JOIN_GROUP MCAST_BLOCK_SOURCE
            MCAST_UNBLOCK_SOURCE MCAST_LEAVE_GROUP MCAST_JOIN_SOURCE_GROUP MCAST_LEAVE_SOURCE_GROUP
            MCAST_MSFILTER IPV6_RECVPKTINFO IPV6_PKTINFO IPV6_RECVHOPLIMIT IPV6_HOPLIMIT
            IPV6_RECVHOPOPTS IPV6_HOPOPTS IPV6_RTHDRDSTOPTS IPV6_RECVRTHDR IPV6_RTHDR
            IPV6_RECVDSTOPTS IPV6_DSTOPTS IPV6_RECVPATHMTU IPV6_PATHMTU IPV6_DONTFRAG
            IPV6_RECVTCLASS IPV6_TCLASS IPV6_AUTOFLOWLABEL IPV6_ADDR_PREFERENCES IPV6_MINHOPCOUNT
            IPV6_ORIGDSTADDR IPV6_TRANSPARENT IPV6_UNICAST_IF IPV6_RECVFRAGSIZE IPV6_FREEBIND
        }
        agrees_with_libc! { IPV6_PMTUDISC:
            IPV6_PMTUDISC_DONT IPV6_PMTUDISC_WANT IPV6_PMTUDISC_DO IPV6_PMTUDISC_PROBE
            IPV6_PMTUDISC_INTERFACE IPV6_PMTUDISC_OMIT
        }
    }
}
