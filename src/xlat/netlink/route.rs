//! What netlink says of addresses, routes, neighbours and rules, `linux/rtnetlink.h`.

use super::NLMSG_TYPE;

xlat! {
    /// Messages about interfaces, addresses, routes and neighbours.
    RTM "RTM_???" : NLMSG_TYPE {
        RTM_NEWLINK = 16,
        RTM_DELLINK = 17,
        RTM_GETLINK = 18,
        RTM_SETLINK = 19,
        RTM_NEWADDR = 20,
        RTM_DELADDR = 21,
        RTM_GETADDR = 22,
        RTM_NEWROUTE = 24,
        RTM_DELROUTE = 25,
        RTM_GETROUTE = 26,
        RTM_NEWNEIGH = 28,
        RTM_DELNEIGH = 29,
        RTM_GETNEIGH = 30,
        RTM_NEWRULE = 32,
        RTM_DELRULE = 33,
        RTM_GETRULE = 34,
        RTM_NEWQDISC = 36,
        RTM_DELQDISC = 37,
        RTM_GETQDISC = 38,
        RTM_NEWTCLASS = 40,
        RTM_DELTCLASS = 41,
        RTM_GETTCLASS = 42,
        RTM_NEWTFILTER = 44,
        RTM_DELTFILTER = 45,
        RTM_GETTFILTER = 46,
        RTM_NEWACTION = 48,
        RTM_DELACTION = 49,
        RTM_GETACTION = 50,
        RTM_NEWPREFIX = 52,
        RTM_GETMULTICAST = 58,
        RTM_GETANYCAST = 62,
        RTM_NEWNEIGHTBL = 64,
        RTM_GETNEIGHTBL = 66,
        RTM_SETNEIGHTBL = 67,
        RTM_NEWNDUSEROPT = 68,
        RTM_NEWADDRLABEL = 72,
        RTM_DELADDRLABEL = 73,
        RTM_GETADDRLABEL = 74,
        RTM_GETDCB = 78,
        RTM_SETDCB = 79,
        RTM_NEWNETCONF = 80,
        RTM_DELNETCONF = 81,
        RTM_GETNETCONF = 82,
        RTM_NEWMDB = 84,
        RTM_DELMDB = 85,
        RTM_GETMDB = 86,
        RTM_NEWNSID = 88,
        RTM_DELNSID = 89,
        RTM_GETNSID = 90,
        RTM_NEWSTATS = 92,
        RTM_GETSTATS = 94,
        RTM_SETSTATS = 95,
        RTM_NEWCACHEREPORT = 96,
        RTM_NEWCHAIN = 100,
        RTM_DELCHAIN = 101,
        RTM_GETCHAIN = 102,
        RTM_NEWNEXTHOP = 104,
        RTM_DELNEXTHOP = 105,
        RTM_GETNEXTHOP = 106,
        RTM_NEWLINKPROP = 108,
        RTM_DELLINKPROP = 109,
        RTM_GETLINKPROP = 110,
        RTM_NEWVLAN = 112,
        RTM_DELVLAN = 113,
        RTM_GETVLAN = 114,
        RTM_NEWNEXTHOPBUCKET = 116,
        RTM_DELNEXTHOPBUCKET = 117,
        RTM_GETNEXTHOPBUCKET = 118,
    }

    /// What is known of an address.
    IFA "IFA_???" {
        IFA_UNSPEC = 0,
        IFA_ADDRESS = 1,
        IFA_LOCAL = 2,
        IFA_LABEL = 3,
        IFA_BROADCAST = 4,
        IFA_ANYCAST = 5,
        IFA_CACHEINFO = 6,
        IFA_MULTICAST = 7,
        IFA_FLAGS = 8,
        IFA_RT_PRIORITY = 9,
        IFA_TARGET_NETNSID = 10,
        IFA_PROTO = 11,
    }

    /// What state an address is in.
    IFA_F "IFA_F_???" {
        IFA_F_SECONDARY = 0x1,
        IFA_F_NODAD = 0x2,
        IFA_F_OPTIMISTIC = 0x4,
        IFA_F_DADFAILED = 0x8,
        IFA_F_HOMEADDRESS = 0x10,
        IFA_F_DEPRECATED = 0x20,
        IFA_F_TENTATIVE = 0x40,
        IFA_F_PERMANENT = 0x80,
        IFA_F_MANAGETEMPADDR = 0x100,
        IFA_F_NOPREFIXROUTE = 0x200,
        IFA_F_MCAUTOJOIN = 0x400,
        IFA_F_STABLE_PRIVACY = 0x800,
    }

    /// How far an address or a route reaches.
    RT_SCOPE "" {
        RT_SCOPE_UNIVERSE = 0,
        RT_SCOPE_SITE = 200,
        RT_SCOPE_LINK = 253,
        RT_SCOPE_HOST = 254,
        RT_SCOPE_NOWHERE = 255,
    }

    /// Tables of routes.
    RT_TABLE "" {
        RT_TABLE_UNSPEC = 0,
        RT_TABLE_COMPAT = 252,
        RT_TABLE_DEFAULT = 253,
        RT_TABLE_MAIN = 254,
        RT_TABLE_LOCAL = 255,
    }

    /// Kinds of route.
    RTN "RTN_???" {
        RTN_UNSPEC = 0,
        RTN_UNICAST = 1,
        RTN_LOCAL = 2,
        RTN_BROADCAST = 3,
        RTN_ANYCAST = 4,
        RTN_MULTICAST = 5,
        RTN_BLACKHOLE = 6,
        RTN_UNREACHABLE = 7,
        RTN_PROHIBIT = 8,
        RTN_THROW = 9,
        RTN_NAT = 10,
        RTN_XRESOLVE = 11,
    }

    /// Who made a route.
    RTPROT "RTPROT_???" {
        RTPROT_UNSPEC = 0,
        RTPROT_REDIRECT = 1,
        RTPROT_KERNEL = 2,
        RTPROT_BOOT = 3,
        RTPROT_STATIC = 4,
        RTPROT_GATED = 8,
        RTPROT_RA = 9,
        RTPROT_MRT = 10,
        RTPROT_ZEBRA = 11,
        RTPROT_BIRD = 12,
        RTPROT_DNROUTED = 13,
        RTPROT_XORP = 14,
        RTPROT_NTK = 15,
        RTPROT_DHCP = 16,
        RTPROT_MROUTED = 17,
        RTPROT_KEEPALIVED = 18,
        RTPROT_BABEL = 42,
        RTPROT_OPENR = 99,
        RTPROT_BGP = 186,
        RTPROT_ISIS = 187,
        RTPROT_OSPF = 188,
        RTPROT_RIP = 189,
        RTPROT_EIGRP = 192,
    }

    /// State of a route, and how it is asked for.
    RTM_F "RTM_F_???" {
        RTM_F_NOTIFY = 0x100,
        RTM_F_CLONED = 0x200,
        RTM_F_EQUALIZE = 0x400,
        RTM_F_PREFIX = 0x800,
        RTM_F_LOOKUP_TABLE = 0x1000,
        RTM_F_FIB_MATCH = 0x2000,
        RTM_F_OFFLOAD = 0x4000,
        RTM_F_TRAP = 0x8000,
        RTM_F_OFFLOAD_FAILED = 0x20000000,
    }

    /// What is known of a route.
    RTA "RTA_???" {
        RTA_UNSPEC = 0,
        RTA_DST = 1,
        RTA_SRC = 2,
        RTA_IIF = 3,
        RTA_OIF = 4,
        RTA_GATEWAY = 5,
        RTA_PRIORITY = 6,
        RTA_PREFSRC = 7,
        RTA_METRICS = 8,
        RTA_MULTIPATH = 9,
        RTA_PROTOINFO = 10,
        RTA_FLOW = 11,
        RTA_CACHEINFO = 12,
        RTA_SESSION = 13,
        RTA_MP_ALGO = 14,
        RTA_TABLE = 15,
        RTA_MARK = 16,
        RTA_MFC_STATS = 17,
        RTA_VIA = 18,
        RTA_NEWDST = 19,
        RTA_PREF = 20,
        RTA_ENCAP_TYPE = 21,
        RTA_ENCAP = 22,
        RTA_EXPIRES = 23,
        RTA_PAD = 24,
        RTA_UID = 25,
        RTA_TTL_PROPAGATE = 26,
        RTA_IP_PROTO = 27,
        RTA_SPORT = 28,
        RTA_DPORT = 29,
        RTA_NH_ID = 30,
    }

    /// How well a route is known to carry packets.
    RTAX "RTAX_???" {
        RTAX_UNSPEC = 0,
        RTAX_LOCK = 1,
        RTAX_MTU = 2,
        RTAX_WINDOW = 3,
        RTAX_RTT = 4,
        RTAX_RTTVAR = 5,
        RTAX_SSTHRESH = 6,
        RTAX_CWND = 7,
        RTAX_ADVMSS = 8,
        RTAX_REORDERING = 9,
        RTAX_HOPLIMIT = 10,
        RTAX_INITCWND = 11,
        RTAX_FEATURES = 12,
        RTAX_RTO_MIN = 13,
        RTAX_INITRWND = 14,
        RTAX_QUICKACK = 15,
        RTAX_CC_ALGO = 16,
        RTAX_FASTOPEN_NO_COOKIE = 17,
    }

    /// How packets of a route are wrapped.
    LWTUNNEL_ENCAP "LWTUNNEL_ENCAP_???" {
        LWTUNNEL_ENCAP_NONE = 0,
        LWTUNNEL_ENCAP_MPLS = 1,
        LWTUNNEL_ENCAP_IP = 2,
        LWTUNNEL_ENCAP_ILA = 3,
        LWTUNNEL_ENCAP_IP6 = 4,
        LWTUNNEL_ENCAP_SEG6 = 5,
        LWTUNNEL_ENCAP_BPF = 6,
        LWTUNNEL_ENCAP_SEG6_LOCAL = 7,
        LWTUNNEL_ENCAP_RPL = 8,
        LWTUNNEL_ENCAP_IOAM6 = 9,
        LWTUNNEL_ENCAP_XFRM = 10,
    }

    /// What is known of a neighbour.
    NDA "NDA_???" {
        NDA_UNSPEC = 0,
        NDA_DST = 1,
        NDA_LLADDR = 2,
        NDA_CACHEINFO = 3,
        NDA_PROBES = 4,
        NDA_VLAN = 5,
        NDA_PORT = 6,
        NDA_VNI = 7,
        NDA_IFINDEX = 8,
        NDA_MASTER = 9,
        NDA_LINK_NETNSID = 10,
        NDA_SRC_VNI = 11,
        NDA_PROTOCOL = 12,
        NDA_NH_ID = 13,
        NDA_FDB_EXT_ATTRS = 14,
        NDA_FLAGS_EXT = 15,
        NDA_NDM_STATE_MASK = 16,
        NDA_NDM_FLAGS_MASK = 17,
    }

    /// What state a neighbour is in.
    NUD "NUD_???" {
        NUD_INCOMPLETE = 0x1,
        NUD_REACHABLE = 0x2,
        NUD_STALE = 0x4,
        NUD_DELAY = 0x8,
        NUD_PROBE = 0x10,
        NUD_FAILED = 0x20,
        NUD_NOARP = 0x40,
        NUD_PERMANENT = 0x80,
        NUD_NONE = 0x0,
    }

    /// What a neighbour is used for.
    NTF "NTF_???" {
        NTF_USE = 0x1,
        NTF_SELF = 0x2,
        NTF_MASTER = 0x4,
        NTF_PROXY = 0x8,
        NTF_EXT_LEARNED = 0x10,
        NTF_OFFLOADED = 0x20,
        NTF_STICKY = 0x40,
        NTF_ROUTER = 0x80,
    }

    /// What else a neighbour is used for.
    NTF_EXT "NTF_EXT_???" {
        NTF_EXT_MANAGED = 0x1,
    }

    /// What is known of an address that a bridge learned.
    NFEA "NFEA_???" {
        NFEA_UNSPEC = 0,
        NFEA_ACTIVITY_NOTIFY = 1,
        NFEA_DONT_REFRESH = 2,
    }

    /// What a rule for choosing routes says.
    FRA "FRA_???" {
        FRA_UNSPEC = 0,
        FRA_DST = 1,
        FRA_SRC = 2,
        FRA_IIFNAME = 3,
        FRA_IFNAME = 3,
        FRA_GOTO = 4,
        FRA_UNUSED2 = 5,
        FRA_PRIORITY = 6,
        FRA_UNUSED3 = 7,
        FRA_UNUSED4 = 8,
        FRA_UNUSED5 = 9,
        FRA_FWMARK = 10,
        FRA_FLOW = 11,
        FRA_TUN_ID = 12,
        FRA_SUPPRESS_IFGROUP = 13,
        FRA_SUPPRESS_PREFIXLEN = 14,
        FRA_TABLE = 15,
        FRA_FWMASK = 16,
        FRA_OIFNAME = 17,
        FRA_PAD = 18,
        FRA_L3MDEV = 19,
        FRA_UID_RANGE = 20,
        FRA_PROTOCOL = 21,
        FRA_IP_PROTO = 22,
        FRA_SPORT_RANGE = 23,
        FRA_DPORT_RANGE = 24,
    }

    /// What a rule does with a packet.
    FR_ACT "FR_ACT_???" {
        FR_ACT_UNSPEC = 0,
        FR_ACT_TO_TBL = 1,
        FR_ACT_GOTO = 2,
        FR_ACT_NOP = 3,
        FR_ACT_RES3 = 4,
        FR_ACT_RES4 = 5,
        FR_ACT_BLACKHOLE = 6,
        FR_ACT_UNREACHABLE = 7,
        FR_ACT_PROHIBIT = 8,
    }

    /// How a rule is applied.
    FIB_RULE "FIB_RULE_???" {
        FIB_RULE_PERMANENT = 0x1,
        FIB_RULE_INVERT = 0x2,
        FIB_RULE_UNRESOLVED = 0x4,
        FIB_RULE_IIF_DETACHED = 0x8,
        FIB_RULE_OIF_DETACHED = 0x10,
        FIB_RULE_FIND_SADDR = 0x10000,
    }

    /// How a packet of a route is to be treated on its way.
    RTM_TOS "IPTOS_TOS_???" {
        IPTOS_LOWDELAY = 0x10,
        IPTOS_THROUGHPUT = 0x8,
        IPTOS_RELIABILITY = 0x4,
        IPTOS_MINCOST = 0x2,
    }

    /// Tables of routes that a rule can name.
    RULE_TABLE "RT_TABLE_???" : RT_TABLE {}

    /// Whether it is to be heard of when an address that a bridge learned was not used for long.
    FDB_NOTIFY "FDB_NOTIFY_???" {
        FDB_NOTIFY_BIT = 0x1,
        FDB_NOTIFY_INACTIVE_BIT = 0x2,
    }

    /// State of one of several ways of a route.
    RTNH_F "RTNH_F_???" {
        RTNH_F_DEAD = 0x1,
        RTNH_F_PERVASIVE = 0x2,
        RTNH_F_ONLINK = 0x4,
        RTNH_F_OFFLOAD = 0x8,
        RTNH_F_LINKDOWN = 0x10,
        RTNH_F_UNRESOLVED = 0x20,
        RTNH_F_TRAP = 0x40,
    }
}
