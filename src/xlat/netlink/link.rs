//! What netlink says of network interfaces, `linux/if_link.h`.

xlat! {
    /// What state a network interface is in, in more bits than ioctl has.
    IFF_WIDE "IFF_???" {
        IFF_UP = 0x1 => "It is switched on.",
        IFF_BROADCAST = 0x2 => "It can reach everybody on its network at once.",
        IFF_DEBUG = 0x4 => "Its driver writes messages for developers.",
        IFF_LOOPBACK = 0x8 => "It leads back to this machine, like lo.",
        IFF_POINTOPOINT = 0x10 => "It has exactly one machine at the other end.",
        IFF_NOTRAILERS = 0x20 => "An old form of packet is not used.",
        IFF_RUNNING = 0x40 => "It works: the cable is plugged in.",
        IFF_NOARP = 0x80 => "It needs no ARP, which finds hardware addresses.",
        IFF_PROMISC = 0x100 => "It takes every packet, also those for others.",
        IFF_ALLMULTI = 0x200 => "It takes packets for all multicast groups.",
        IFF_MASTER = 0x400 => "It leads several interfaces.",
        IFF_SLAVE = 0x800 => "It works for another interface.",
        IFF_MULTICAST = 0x1000 => "It can take part in multicast groups.",
        IFF_PORTSEL = 0x2000 => "Its kind of connector can be chosen.",
        IFF_AUTOMEDIA = 0x4000 => "Its kind of connector is found by itself.",
        IFF_DYNAMIC = 0x8000 => "Its address is given up when it goes down.",
        IFF_LOWER_UP = 0x10000 => "The cable carries a signal.",
        IFF_DORMANT = 0x20000 => "It waits for something, such as a login.",
        IFF_ECHO = 0x40000 => "What is sent comes back as well.",
    }

    /// What is known of a network interface.
    IFLA "IFLA_???" {
        IFLA_UNSPEC = 0,
        IFLA_ADDRESS = 1,
        IFLA_BROADCAST = 2,
        IFLA_IFNAME = 3,
        IFLA_MTU = 4,
        IFLA_LINK = 5,
        IFLA_QDISC = 6,
        IFLA_STATS = 7,
        IFLA_COST = 8,
        IFLA_PRIORITY = 9,
        IFLA_MASTER = 10,
        IFLA_WIRELESS = 11,
        IFLA_PROTINFO = 12,
        IFLA_TXQLEN = 13,
        IFLA_MAP = 14,
        IFLA_WEIGHT = 15,
        IFLA_OPERSTATE = 16,
        IFLA_LINKMODE = 17,
        IFLA_LINKINFO = 18,
        IFLA_NET_NS_PID = 19,
        IFLA_IFALIAS = 20,
        IFLA_NUM_VF = 21,
        IFLA_VFINFO_LIST = 22,
        IFLA_STATS64 = 23,
        IFLA_VF_PORTS = 24,
        IFLA_PORT_SELF = 25,
        IFLA_AF_SPEC = 26,
        IFLA_GROUP = 27,
        IFLA_NET_NS_FD = 28,
        IFLA_EXT_MASK = 29,
        IFLA_PROMISCUITY = 30,
        IFLA_NUM_TX_QUEUES = 31,
        IFLA_NUM_RX_QUEUES = 32,
        IFLA_CARRIER = 33,
        IFLA_PHYS_PORT_ID = 34,
        IFLA_CARRIER_CHANGES = 35,
        IFLA_PHYS_SWITCH_ID = 36,
        IFLA_LINK_NETNSID = 37,
        IFLA_PHYS_PORT_NAME = 38,
        IFLA_PROTO_DOWN = 39,
        IFLA_GSO_MAX_SEGS = 40,
        IFLA_GSO_MAX_SIZE = 41,
        IFLA_PAD = 42,
        IFLA_XDP = 43,
        IFLA_EVENT = 44,
        IFLA_NEW_NETNSID = 45,
        IFLA_IF_NETNSID = 46,
        IFLA_CARRIER_UP_COUNT = 47,
        IFLA_CARRIER_DOWN_COUNT = 48,
        IFLA_NEW_IFINDEX = 49,
        IFLA_MIN_MTU = 50,
        IFLA_MAX_MTU = 51,
        IFLA_PROP_LIST = 52,
        IFLA_ALT_IFNAME = 53,
        IFLA_PERM_ADDRESS = 54,
        IFLA_PROTO_DOWN_REASON = 55,
        IFLA_PARENT_DEV_NAME = 56,
        IFLA_PARENT_DEV_BUS_NAME = 57,
        IFLA_GRO_MAX_SIZE = 58,
        IFLA_TSO_MAX_SIZE = 59,
        IFLA_TSO_MAX_SEGS = 60,
        IFLA_ALLMULTI = 61,
    }

    /// What is known of a virtual interface.
    IFLA_INFO "IFLA_INFO_???" {
        IFLA_INFO_UNSPEC = 0,
        IFLA_INFO_KIND = 1,
        IFLA_INFO_DATA = 2,
        IFLA_INFO_XSTATS = 3,
        IFLA_INFO_SLAVE_KIND = 4,
        IFLA_INFO_SLAVE_DATA = 5,
    }

    /// Which programs an interface runs for each packet.
    IFLA_XDP "IFLA_XDP_???" {
        IFLA_XDP_UNSPEC = 0,
        IFLA_XDP_FD = 1,
        IFLA_XDP_ATTACHED = 2,
        IFLA_XDP_FLAGS = 3,
        IFLA_XDP_PROG_ID = 4,
        IFLA_XDP_DRV_PROG_ID = 5,
        IFLA_XDP_SKB_PROG_ID = 6,
        IFLA_XDP_HW_PROG_ID = 7,
        IFLA_XDP_EXPECTED_FD = 8,
    }

    /// Where the program of an interface runs.
    XDP_ATTACHED "XDP_ATTACHED_???" {
        XDP_ATTACHED_NONE = 0,
        XDP_ATTACHED_DRV = 1,
        XDP_ATTACHED_SKB = 2,
        XDP_ATTACHED_HW = 3,
        XDP_ATTACHED_MULTI = 4,
    }

    /// How a program is attached to an interface.
    XDP_LINK_FLAGS "XDP_FLAGS_???" {
        XDP_FLAGS_UPDATE_IF_NOEXIST = 0x1,
        XDP_FLAGS_SKB_MODE = 0x2,
        XDP_FLAGS_DRV_MODE = 0x4,
        XDP_FLAGS_HW_MODE = 0x8,
        XDP_FLAGS_REPLACE = 0x10,
    }

    /// Why a protocol keeps an interface down.
    IFLA_PROTO_DOWN_REASON "IFLA_PROTO_DOWN_REASON_???" {
        IFLA_PROTO_DOWN_REASON_UNSPEC = 0,
        IFLA_PROTO_DOWN_REASON_MASK = 1,
        IFLA_PROTO_DOWN_REASON_VALUE = 2,
    }

    /// What happened to a network interface.
    IFLA_EVENT "IFLA_EVENT_???" {
        IFLA_EVENT_NONE = 0,
        IFLA_EVENT_REBOOT = 1,
        IFLA_EVENT_FEATURES = 2,
        IFLA_EVENT_BONDING_FAILOVER = 3,
        IFLA_EVENT_NOTIFY_PEERS = 4,
        IFLA_EVENT_IGMP_RESEND = 5,
        IFLA_EVENT_BONDING_OPTIONS = 6,
    }

    /// What else is asked about interfaces.
    RTEXT_FILTER "RTEXT_FILTER_???" {
        RTEXT_FILTER_VF = 0x1,
        RTEXT_FILTER_BRVLAN = 0x2,
        RTEXT_FILTER_BRVLAN_COMPRESSED = 0x4,
        RTEXT_FILTER_SKIP_STATS = 0x8,
        RTEXT_FILTER_MRP = 0x10,
        RTEXT_FILTER_CFM_CONFIG = 0x20,
        RTEXT_FILTER_CFM_STATUS = 0x40,
    }

    /// Settings of IPv4 on an interface.
    IFLA_INET "IFLA_INET_???" {
        IFLA_INET_UNSPEC = 0,
        IFLA_INET_CONF = 1,
    }

    /// Settings of IPv6 on an interface.
    IFLA_INET6 "IFLA_INET6_???" {
        IFLA_INET6_UNSPEC = 0,
        IFLA_INET6_FLAGS = 1,
        IFLA_INET6_CONF = 2,
        IFLA_INET6_STATS = 3,
        IFLA_INET6_MCAST = 4,
        IFLA_INET6_CACHEINFO = 5,
        IFLA_INET6_ICMP6STATS = 6,
        IFLA_INET6_TOKEN = 7,
        IFLA_INET6_ADDR_GEN_MODE = 8,
        IFLA_INET6_RA_MTU = 9,
    }

    /// State of IPv6 on an interface.
    INET6_IF_FLAGS "IF_???" {
        IF_RS_SENT = 0x10,
        IF_RA_RCVD = 0x20,
        IF_RA_MANAGED = 0x40,
        IF_RA_OTHERCONF = 0x80,
        IF_READY = 0x80000000,
    }

    /// How an interface makes its IPv6 addresses.
    IN6_ADDR_GEN_MODE "IN6_ADDR_GEN_MODE_???" {
        IN6_ADDR_GEN_MODE_EUI64 = 0,
        IN6_ADDR_GEN_MODE_NONE = 1,
        IN6_ADDR_GEN_MODE_STABLE_PRIVACY = 2,
        IN6_ADDR_GEN_MODE_RANDOM = 3,
    }

    /// Settings of IPv4 by number.
    IPV4_DEVCONF "IPV4_DEVCONF_???" {
        IPV4_DEVCONF_FORWARDING = 1,
        IPV4_DEVCONF_MC_FORWARDING = 2,
        IPV4_DEVCONF_PROXY_ARP = 3,
        IPV4_DEVCONF_ACCEPT_REDIRECTS = 4,
        IPV4_DEVCONF_SECURE_REDIRECTS = 5,
        IPV4_DEVCONF_SEND_REDIRECTS = 6,
        IPV4_DEVCONF_SHARED_MEDIA = 7,
        IPV4_DEVCONF_RP_FILTER = 8,
        IPV4_DEVCONF_ACCEPT_SOURCE_ROUTE = 9,
        IPV4_DEVCONF_BOOTP_RELAY = 10,
        IPV4_DEVCONF_LOG_MARTIANS = 11,
        IPV4_DEVCONF_TAG = 12,
        IPV4_DEVCONF_ARPFILTER = 13,
        IPV4_DEVCONF_MEDIUM_ID = 14,
        IPV4_DEVCONF_NOXFRM = 15,
        IPV4_DEVCONF_NOPOLICY = 16,
        IPV4_DEVCONF_FORCE_IGMP_VERSION = 17,
        IPV4_DEVCONF_ARP_ANNOUNCE = 18,
        IPV4_DEVCONF_ARP_IGNORE = 19,
        IPV4_DEVCONF_PROMOTE_SECONDARIES = 20,
        IPV4_DEVCONF_ARP_ACCEPT = 21,
        IPV4_DEVCONF_ARP_NOTIFY = 22,
        IPV4_DEVCONF_ACCEPT_LOCAL = 23,
        IPV4_DEVCONF_SRC_VMARK = 24,
        IPV4_DEVCONF_PROXY_ARP_PVLAN = 25,
        IPV4_DEVCONF_ROUTE_LOCALNET = 26,
        IPV4_DEVCONF_IGMPV2_UNSOLICITED_REPORT_INTERVAL = 27,
        IPV4_DEVCONF_IGMPV3_UNSOLICITED_REPORT_INTERVAL = 28,
        IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN = 29,
        IPV4_DEVCONF_DROP_UNICAST_IN_L2_MULTICAST = 30,
        IPV4_DEVCONF_DROP_GRATUITOUS_ARP = 31,
        IPV4_DEVCONF_BC_FORWARDING = 32,
        IPV4_DEVCONF_ARP_EVICT_NOCARRIER = 33,
    }

    /// Settings of IPv6 by number.
    IPV6_DEVCONF "DEVCONF_???" {
        DEVCONF_FORWARDING = 0,
        DEVCONF_HOPLIMIT = 1,
        DEVCONF_MTU6 = 2,
        DEVCONF_ACCEPT_RA = 3,
        DEVCONF_ACCEPT_REDIRECTS = 4,
        DEVCONF_AUTOCONF = 5,
        DEVCONF_DAD_TRANSMITS = 6,
        DEVCONF_RTR_SOLICITS = 7,
        DEVCONF_RTR_SOLICIT_INTERVAL = 8,
        DEVCONF_RTR_SOLICIT_DELAY = 9,
        DEVCONF_USE_TEMPADDR = 10,
        DEVCONF_TEMP_VALID_LFT = 11,
        DEVCONF_TEMP_PREFERED_LFT = 12,
        DEVCONF_REGEN_MAX_RETRY = 13,
        DEVCONF_MAX_DESYNC_FACTOR = 14,
        DEVCONF_MAX_ADDRESSES = 15,
        DEVCONF_FORCE_MLD_VERSION = 16,
        DEVCONF_ACCEPT_RA_DEFRTR = 17,
        DEVCONF_ACCEPT_RA_PINFO = 18,
        DEVCONF_ACCEPT_RA_RTR_PREF = 19,
        DEVCONF_RTR_PROBE_INTERVAL = 20,
        DEVCONF_ACCEPT_RA_RT_INFO_MAX_PLEN = 21,
        DEVCONF_PROXY_NDP = 22,
        DEVCONF_OPTIMISTIC_DAD = 23,
        DEVCONF_ACCEPT_SOURCE_ROUTE = 24,
        DEVCONF_MC_FORWARDING = 25,
        DEVCONF_DISABLE_IPV6 = 26,
        DEVCONF_ACCEPT_DAD = 27,
        DEVCONF_FORCE_TLLAO = 28,
        DEVCONF_NDISC_NOTIFY = 29,
        DEVCONF_MLDV1_UNSOLICITED_REPORT_INTERVAL = 30,
        DEVCONF_MLDV2_UNSOLICITED_REPORT_INTERVAL = 31,
        DEVCONF_SUPPRESS_FRAG_NDISC = 32,
        DEVCONF_ACCEPT_RA_FROM_LOCAL = 33,
        DEVCONF_USE_OPTIMISTIC = 34,
        DEVCONF_ACCEPT_RA_MTU = 35,
        DEVCONF_STABLE_SECRET = 36,
        DEVCONF_USE_OIF_ADDRS_ONLY = 37,
        DEVCONF_ACCEPT_RA_MIN_HOP_LIMIT = 38,
        DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN = 39,
        DEVCONF_DROP_UNICAST_IN_L2_MULTICAST = 40,
        DEVCONF_DROP_UNSOLICITED_NA = 41,
        DEVCONF_KEEP_ADDR_ON_DOWN = 42,
        DEVCONF_RTR_SOLICIT_MAX_INTERVAL = 43,
        DEVCONF_SEG6_ENABLED = 44,
        DEVCONF_SEG6_REQUIRE_HMAC = 45,
        DEVCONF_ENHANCED_DAD = 46,
        DEVCONF_ADDR_GEN_MODE = 47,
        DEVCONF_DISABLE_POLICY = 48,
        DEVCONF_ACCEPT_RA_RT_INFO_MIN_PLEN = 49,
        DEVCONF_NDISC_TCLASS = 50,
        DEVCONF_RPL_SEG_ENABLED = 51,
        DEVCONF_RA_DEFRTR_METRIC = 52,
        DEVCONF_IOAM6_ENABLED = 53,
        DEVCONF_IOAM6_ID = 54,
        DEVCONF_IOAM6_ID_WIDE = 55,
        DEVCONF_NDISC_EVICT_NOCARRIER = 56,
        DEVCONF_ACCEPT_UNTRACKED_NA = 57,
    }

    /// Counters of IP.
    IPSTATS_MIB "IPSTATS_MIB_???" {
        IPSTATS_MIB_NUM = 0,
        IPSTATS_MIB_INPKTS = 1,
        IPSTATS_MIB_INOCTETS = 2,
        IPSTATS_MIB_INDELIVERS = 3,
        IPSTATS_MIB_OUTFORWDATAGRAMS = 4,
        IPSTATS_MIB_OUTPKTS = 5,
        IPSTATS_MIB_OUTOCTETS = 6,
        IPSTATS_MIB_INHDRERRORS = 7,
        IPSTATS_MIB_INTOOBIGERRORS = 8,
        IPSTATS_MIB_INNOROUTES = 9,
        IPSTATS_MIB_INADDRERRORS = 10,
        IPSTATS_MIB_INUNKNOWNPROTOS = 11,
        IPSTATS_MIB_INTRUNCATEDPKTS = 12,
        IPSTATS_MIB_INDISCARDS = 13,
        IPSTATS_MIB_OUTDISCARDS = 14,
        IPSTATS_MIB_OUTNOROUTES = 15,
        IPSTATS_MIB_REASMTIMEOUT = 16,
        IPSTATS_MIB_REASMREQDS = 17,
        IPSTATS_MIB_REASMOKS = 18,
        IPSTATS_MIB_REASMFAILS = 19,
        IPSTATS_MIB_FRAGOKS = 20,
        IPSTATS_MIB_FRAGFAILS = 21,
        IPSTATS_MIB_FRAGCREATES = 22,
        IPSTATS_MIB_INMCASTPKTS = 23,
        IPSTATS_MIB_OUTMCASTPKTS = 24,
        IPSTATS_MIB_INBCASTPKTS = 25,
        IPSTATS_MIB_OUTBCASTPKTS = 26,
        IPSTATS_MIB_INMCASTOCTETS = 27,
        IPSTATS_MIB_OUTMCASTOCTETS = 28,
        IPSTATS_MIB_INBCASTOCTETS = 29,
        IPSTATS_MIB_OUTBCASTOCTETS = 30,
        IPSTATS_MIB_CSUMERRORS = 31,
        IPSTATS_MIB_NOECTPKTS = 32,
        IPSTATS_MIB_ECT1PKTS = 33,
        IPSTATS_MIB_ECT0PKTS = 34,
        IPSTATS_MIB_CEPKTS = 35,
        IPSTATS_MIB_REASM_OVERLAPS = 36,
    }

    /// Counters of ICMPv6.
    ICMP6_MIB "ICMP6_MIB_???" {
        ICMP6_MIB_NUM = 0,
        ICMP6_MIB_INMSGS = 1,
        ICMP6_MIB_INERRORS = 2,
        ICMP6_MIB_OUTMSGS = 3,
        ICMP6_MIB_OUTERRORS = 4,
        ICMP6_MIB_CSUMERRORS = 5,
    }
}
