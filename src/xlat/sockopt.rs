//! Socket options and control messages: what their numbers are called, one table per level.
//!
//! A few numbers (of the firewall, above all) mean one thing to `setsockopt` and another to `getsockopt`. Each such level
//! has a second table, for `getsockopt`, that extends the first.

use super::Xlat;

/// Which call an option number is passed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// `getsockopt`.
    Get,
    /// `setsockopt`.
    Set,
}

/// The table that names the options of a level (a number of [`SOL`](super::socket::SOL)); `None` for a level whose options
/// have no names, which strace writes as unsigned decimal numbers.
pub fn options(level: i32, access: Access) -> Option<&'static Xlat> {
    let table = match (level, access) {
        (0, Access::Get) => &IP_GET,
        (1, Access::Get) => &SO_GET,
        (41, Access::Get) => &IPV6_GET,
        (0, _) => &IP,
        (1, _) => &SO,
        (6, _) => &TCP,
        (17, _) => &UDP,
        (40, _) => &VSOCK,
        (41, _) => &IPV6,
        (101, _) => &CAN_RAW,
        (132, _) => &SCTP,
        (255, _) => &RAW,
        (256, _) => &IPX,
        (257, _) => &AX25,
        (263, _) => &PACKET,
        (266, _) => &IRDA,
        (268, _) => &LLC,
        (269, _) => &DCCP,
        (270, _) => &NETLINK,
        (271, _) => &TIPC,
        (272, _) => &RXRPC,
        (273, _) => &PPPOL2TP,
        (274, _) => &BT,
        (275, _) => &PNPIPE,
        (276, _) => &RDS,
        (277, _) => &IUCV,
        (278, _) => &CAIF,
        (279, _) => &ALG,
        (280, _) => &NFC,
        (281, _) => &KCM,
        (282, _) => &TLS,
        (283, _) => &XDP,
        _ => return None,
    };
    Some(table)
}

/// The table that names `cmsg_type` at a level; `None` where control messages have no names, which strace writes as hex
/// digits alone.
pub fn control_messages(level: i32) -> Option<&'static Xlat> {
    match level {
        libc::SOL_IP => Some(&SCM_IP),
        libc::SOL_SOCKET => Some(&SCM),
        _ => None,
    }
}

/// The empty table: a number that never has a name and is written without a comment.
pub static NAMELESS: Xlat = Xlat::new("", &[]);

xlat! {
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

    /// Options of `SOL_SOCKET` (`asm-generic/socket.h`), as `setsockopt` knows them.
    SO "SO_???" {
        SO_DEBUG = 1,
        SO_REUSEADDR = 2,
        SO_TYPE = 3,
        SO_ERROR = 4,
        SO_DONTROUTE = 5,
        SO_BROADCAST = 6,
        SO_SNDBUF = 7,
        SO_RCVBUF = 8,
        SO_KEEPALIVE = 9,
        SO_OOBINLINE = 10,
        SO_NO_CHECK = 11,
        SO_PRIORITY = 12,
        SO_LINGER = 13,
        SO_BSDCOMPAT = 14,
        SO_REUSEPORT = 15,
        SO_PASSCRED = 16,
        SO_PEERCRED = 17,
        SO_RCVLOWAT = 18,
        SO_SNDLOWAT = 19,
        SO_RCVTIMEO_OLD = 20,
        SO_SNDTIMEO_OLD = 21,
        SO_SECURITY_AUTHENTICATION = 22,
        SO_SECURITY_ENCRYPTION_TRANSPORT = 23,
        SO_SECURITY_ENCRYPTION_NETWORK = 24,
        SO_BINDTODEVICE = 25,
        SO_ATTACH_FILTER = 26,
        SO_DETACH_FILTER = 27,
        SO_PEERNAME = 28,
        SO_TIMESTAMP_OLD = 29,
        SO_ACCEPTCONN = 30,
        SO_PEERSEC = 31,
        SO_SNDBUFFORCE = 32,
        SO_RCVBUFFORCE = 33,
        SO_PASSSEC = 34,
        SO_TIMESTAMPNS_OLD = 35,
        SO_MARK = 36,
        SO_TIMESTAMPING_OLD = 37,
        SO_PROTOCOL = 38,
        SO_DOMAIN = 39,
        SO_RXQ_OVFL = 40,
        SO_WIFI_STATUS = 41,
        SO_PEEK_OFF = 42,
        SO_NOFCS = 43,
        SO_LOCK_FILTER = 44,
        SO_SELECT_ERR_QUEUE = 45,
        SO_BUSY_POLL = 46,
        SO_MAX_PACING_RATE = 47,
        SO_BPF_EXTENSIONS = 48,
        SO_INCOMING_CPU = 49,
        SO_ATTACH_BPF = 50,
        SO_ATTACH_REUSEPORT_CBPF = 51,
        SO_ATTACH_REUSEPORT_EBPF = 52,
        SO_CNX_ADVICE = 53,
        SO_MEMINFO = 55,
        SO_INCOMING_NAPI_ID = 56,
        SO_COOKIE = 57,
        SO_PEERGROUPS = 59,
        SO_ZEROCOPY = 60,
        SO_TXTIME = 61,
        SO_BINDTOIFINDEX = 62,
        SO_TIMESTAMP_NEW = 63,
        SO_TIMESTAMPNS_NEW = 64,
        SO_TIMESTAMPING_NEW = 65,
        SO_RCVTIMEO_NEW = 66,
        SO_SNDTIMEO_NEW = 67,
        SO_DETACH_REUSEPORT_BPF = 68,
        SO_PREFER_BUSY_POLL = 69,
        SO_BUSY_POLL_BUDGET = 70,
        SO_NETNS_COOKIE = 71,
        SO_BUF_LOCK = 72,
        SO_RESERVE_MEM = 73,
        SO_TXREHASH = 74,
        SO_RCVMARK = 75,
    }

    /// Where `getsockopt` reads a number of `SOL_SOCKET` otherwise than `setsockopt` does, and the rest of [`SO`].
    SO_GET "SO_???" : SO {
        SO_GET_FILTER = 26,
    }

    /// Options of `SOL_TCP` (`linux/tcp.h`).
    TCP "TCP_???" {
        TCP_NODELAY = 1,
        TCP_MAXSEG = 2,
        TCP_CORK = 3,
        TCP_KEEPIDLE = 4,
        TCP_KEEPINTVL = 5,
        TCP_KEEPCNT = 6,
        TCP_SYNCNT = 7,
        TCP_LINGER2 = 8,
        TCP_DEFER_ACCEPT = 9,
        TCP_WINDOW_CLAMP = 10,
        TCP_INFO = 11,
        TCP_QUICKACK = 12,
        TCP_CONGESTION = 13,
        TCP_MD5SIG = 14,
        TCP_COOKIE_TRANSACTIONS = 15,
        TCP_THIN_LINEAR_TIMEOUTS = 16,
        TCP_THIN_DUPACK = 17,
        TCP_USER_TIMEOUT = 18,
        TCP_REPAIR = 19,
        TCP_REPAIR_QUEUE = 20,
        TCP_QUEUE_SEQ = 21,
        TCP_REPAIR_OPTIONS = 22,
        TCP_FASTOPEN = 23,
        TCP_TIMESTAMP = 24,
        TCP_NOTSENT_LOWAT = 25,
        TCP_CC_INFO = 26,
        TCP_SAVE_SYN = 27,
        TCP_SAVED_SYN = 28,
        TCP_REPAIR_WINDOW = 29,
        TCP_FASTOPEN_CONNECT = 30,
        TCP_ULP = 31,
        TCP_MD5SIG_EXT = 32,
        TCP_FASTOPEN_KEY = 33,
        TCP_FASTOPEN_NO_COOKIE = 34,
        TCP_ZEROCOPY_RECEIVE = 35,
        TCP_INQ = 36,
        TCP_TX_DELAY = 37,
    }

    /// Options of `SOL_UDP` (`linux/udp.h`).
    UDP "UDP_???" {
        UDP_CORK = 1,
        UDP_ENCAP = 100,
        UDP_NO_CHECK6_TX = 101,
        UDP_NO_CHECK6_RX = 102,
        UDP_SEGMENT = 103,
        UDP_GRO = 104,
    }

    /// Options of `AF_VSOCK` (`linux/vm_sockets.h`).
    VSOCK "SO_VM_???" {
        SO_VM_SOCKETS_BUFFER_SIZE = 0,
        SO_VM_SOCKETS_BUFFER_MIN_SIZE = 1,
        SO_VM_SOCKETS_BUFFER_MAX_SIZE = 2,
        SO_VM_SOCKETS_PEER_HOST_VM_ID = 3,
        SO_VM_SOCKETS_TRUSTED = 5,
        SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD = 6,
        SO_VM_SOCKETS_NONBLOCK_TXRX = 7,
        SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW = 8,
    }

    /// Options of `SOL_IPV6` (`linux/in6.h`), as `setsockopt` knows them.
    IPV6 "IPV6_???" {
        IPV6_ADDRFORM = 1,
        IPV6_2292PKTINFO = 2,
        IPV6_2292HOPOPTS = 3,
        IPV6_2292DSTOPTS = 4,
        IPV6_2292RTHDR = 5,
        IPV6_2292PKTOPTIONS = 6,
        IPV6_CHECKSUM = 7,
        IPV6_2292HOPLIMIT = 8,
        IPV6_NEXTHOP = 9,
        IPV6_AUTHHDR = 10,
        IPV6_FLOWINFO = 11,
        IPV6_UNICAST_HOPS = 16,
        IPV6_MULTICAST_IF = 17,
        IPV6_MULTICAST_HOPS = 18,
        IPV6_MULTICAST_LOOP = 19,
        IPV6_ADD_MEMBERSHIP = 20,
        IPV6_DROP_MEMBERSHIP = 21,
        IPV6_ROUTER_ALERT = 22,
        IPV6_MTU_DISCOVER = 23,
        IPV6_MTU = 24,
        IPV6_RECVERR = 25,
        IPV6_V6ONLY = 26,
        IPV6_JOIN_ANYCAST = 27,
        IPV6_LEAVE_ANYCAST = 28,
        IPV6_MULTICAST_ALL = 29,
        IPV6_ROUTER_ALERT_ISOLATE = 30,
        IPV6_RECVERR_RFC4884 = 31,
        IPV6_FLOWLABEL_MGR = 32,
        IPV6_FLOWINFO_SEND = 33,
        IPV6_IPSEC_POLICY = 34,
        IPV6_XFRM_POLICY = 35,
        IPV6_HDRINCL = 36,
        MCAST_JOIN_GROUP = 42,
        MCAST_BLOCK_SOURCE = 43,
        MCAST_UNBLOCK_SOURCE = 44,
        MCAST_LEAVE_GROUP = 45,
        MCAST_JOIN_SOURCE_GROUP = 46,
        MCAST_LEAVE_SOURCE_GROUP = 47,
        MCAST_MSFILTER = 48,
        IPV6_RECVPKTINFO = 49,
        IPV6_PKTINFO = 50,
        IPV6_RECVHOPLIMIT = 51,
        IPV6_HOPLIMIT = 52,
        IPV6_RECVHOPOPTS = 53,
        IPV6_HOPOPTS = 54,
        IPV6_RTHDRDSTOPTS = 55,
        IPV6_RECVRTHDR = 56,
        IPV6_RTHDR = 57,
        IPV6_RECVDSTOPTS = 58,
        IPV6_DSTOPTS = 59,
        IPV6_RECVPATHMTU = 60,
        IPV6_PATHMTU = 61,
        IPV6_DONTFRAG = 62,
        IPV6_USE_MIN_MTU = 63,
        IP6T_SO_SET_REPLACE = 64,
        IP6T_SO_SET_ADD_COUNTERS = 65,
        IPV6_RECVTCLASS = 66,
        IPV6_TCLASS = 67,
        IPV6_AUTOFLOWLABEL = 70,
        IPV6_ADDR_PREFERENCES = 72,
        IPV6_MINHOPCOUNT = 73,
        IPV6_ORIGDSTADDR = 74,
        IPV6_TRANSPARENT = 75,
        IPV6_UNICAST_IF = 76,
        IPV6_RECVFRAGSIZE = 77,
        IPV6_FREEBIND = 78,
    }

    /// Where `getsockopt` reads a number of `SOL_IPV6` otherwise than `setsockopt` does, and the rest of [`IPV6`].
    IPV6_GET "IPV6_???" : IPV6 {
        IP6T_SO_GET_INFO = 64,
        IP6T_SO_GET_ENTRIES = 65,
        IP6T_SO_GET_REVISION_MATCH = 68,
        IP6T_SO_GET_REVISION_TARGET = 69,
    }

    /// Options of `SOL_CAN_RAW` (`linux/can/raw.h`).
    CAN_RAW "CAN_RAW_???" {
        CAN_RAW_FILTER = 1,
        CAN_RAW_ERR_FILTER = 2,
        CAN_RAW_LOOPBACK = 3,
        CAN_RAW_RECV_OWN_MSGS = 4,
        CAN_RAW_FD_FRAMES = 5,
        CAN_RAW_JOIN_FILTERS = 6,
    }

    /// Options of `SOL_SCTP` (`linux/sctp.h`).
    SCTP "SCTP_???" {
        SCTP_RTOINFO = 0,
        SCTP_ASSOCINFO = 1,
        SCTP_INITMSG = 2,
        SCTP_NODELAY = 3,
        SCTP_AUTOCLOSE = 4,
        SCTP_SET_PEER_PRIMARY_ADDR = 5,
        SCTP_PRIMARY_ADDR = 6,
        SCTP_ADAPTATION_LAYER = 7,
        SCTP_DISABLE_FRAGMENTS = 8,
        SCTP_PEER_ADDR_PARAMS = 9,
        SCTP_DEFAULT_SEND_PARAM = 10,
        SCTP_EVENTS = 11,
        SCTP_I_WANT_MAPPED_V4_ADDR = 12,
        SCTP_MAXSEG = 13,
        SCTP_STATUS = 14,
        SCTP_GET_PEER_ADDR_INFO = 15,
        SCTP_DELAYED_SACK = 16,
        SCTP_CONTEXT = 17,
        SCTP_FRAGMENT_INTERLEAVE = 18,
        SCTP_PARTIAL_DELIVERY_POINT = 19,
        SCTP_MAX_BURST = 20,
        SCTP_AUTH_CHUNK = 21,
        SCTP_HMAC_IDENT = 22,
        SCTP_AUTH_KEY = 23,
        SCTP_AUTH_ACTIVE_KEY = 24,
        SCTP_AUTH_DELETE_KEY = 25,
        SCTP_PEER_AUTH_CHUNKS = 26,
        SCTP_LOCAL_AUTH_CHUNKS = 27,
        SCTP_GET_ASSOC_NUMBER = 28,
        SCTP_GET_ASSOC_ID_LIST = 29,
        SCTP_AUTO_ASCONF = 30,
        SCTP_PEER_ADDR_THLDS = 31,
        SCTP_RECVRCVINFO = 32,
        SCTP_RECVNXTINFO = 33,
        SCTP_DEFAULT_SNDINFO = 34,
        SCTP_AUTH_DEACTIVATE_KEY = 35,
        SCTP_REUSE_PORT = 36,
        SCTP_PEER_ADDR_THLDS_V2 = 37,
        SCTP_SOCKOPT_BINDX_ADD = 100,
        SCTP_SOCKOPT_BINDX_REM = 101,
        SCTP_SOCKOPT_PEELOFF = 102,
        SCTP_GET_PEER_ADDRS_NUM_OLD = 103,
        SCTP_GET_PEER_ADDRS_OLD = 104,
        SCTP_GET_LOCAL_ADDRS_NUM_OLD = 105,
        SCTP_GET_LOCAL_ADDRS_OLD = 106,
        SCTP_SOCKOPT_CONNECTX_OLD = 107,
        SCTP_GET_PEER_ADDRS = 108,
        SCTP_GET_LOCAL_ADDRS = 109,
        SCTP_SOCKOPT_CONNECTX = 110,
        SCTP_SOCKOPT_CONNECTX3 = 111,
        SCTP_GET_ASSOC_STATS = 112,
        SCTP_PR_SUPPORTED = 113,
        SCTP_DEFAULT_PRINFO = 114,
        SCTP_PR_ASSOC_STATUS = 115,
        SCTP_PR_STREAM_STATUS = 116,
        SCTP_RECONFIG_SUPPORTED = 117,
        SCTP_ENABLE_STREAM_RESET = 118,
        SCTP_RESET_STREAMS = 119,
        SCTP_RESET_ASSOC = 120,
        SCTP_ADD_STREAMS = 121,
        SCTP_SOCKOPT_PEELOFF_FLAGS = 122,
        SCTP_STREAM_SCHEDULER = 123,
        SCTP_STREAM_SCHEDULER_VALUE = 124,
        SCTP_INTERLEAVING_SUPPORTED = 125,
        SCTP_SENDMSG_CONNECT = 126,
        SCTP_EVENT = 127,
        SCTP_ASCONF_SUPPORTED = 128,
        SCTP_AUTH_SUPPORTED = 129,
        SCTP_ECN_SUPPORTED = 130,
        SCTP_EXPOSE_POTENTIALLY_FAILED_STATE = 131,
        SCTP_REMOTE_UDP_ENCAPS_PORT = 132,
        SCTP_PLPMTUD_PROBE_INTERVAL = 133,
    }

    /// Options of `SOL_RAW` (`linux/icmp.h`).
    RAW "RAW_???" {
        ICMP_FILTER = 1,
    }

    /// Options of `SOL_IPX` (`linux/ipx.h`).
    IPX "IPX_???" {
        IPX_TYPE = 1,
    }

    /// Options of `SOL_AX25` (`linux/ax25.h`).
    AX25 "AX25_???" {
        AX25_WINDOW = 1,
        AX25_T1 = 2,
        AX25_N2 = 3,
        AX25_T3 = 4,
        AX25_T2 = 5,
        AX25_BACKOFF = 6,
        AX25_EXTSEQ = 7,
        AX25_PIDINCL = 8,
        AX25_IDLE = 9,
        AX25_PACLEN = 10,
        AX25_IAMDIGI = 12,
        SO_BINDTODEVICE = 25,
    }

    /// Options of `SOL_PACKET` (`linux/if_packet.h`).
    PACKET "PACKET_???" {
        PACKET_ADD_MEMBERSHIP = 1,
        PACKET_DROP_MEMBERSHIP = 2,
        PACKET_RECV_OUTPUT = 3,
        PACKET_RX_RING = 5,
        PACKET_STATISTICS = 6,
        PACKET_COPY_THRESH = 7,
        PACKET_AUXDATA = 8,
        PACKET_ORIGDEV = 9,
        PACKET_VERSION = 10,
        PACKET_HDRLEN = 11,
        PACKET_RESERVE = 12,
        PACKET_TX_RING = 13,
        PACKET_LOSS = 14,
        PACKET_VNET_HDR = 15,
        PACKET_TX_TIMESTAMP = 16,
        PACKET_TIMESTAMP = 17,
        PACKET_FANOUT = 18,
        PACKET_TX_HAS_OFF = 19,
        PACKET_QDISC_BYPASS = 20,
        PACKET_ROLLOVER_STATS = 21,
        PACKET_FANOUT_DATA = 22,
        PACKET_IGNORE_OUTGOING = 23,
    }

    /// Options of `SOL_IRDA` (`linux/irda.h`).
    IRDA "IRLMP_???" {
        IRLMP_ENUMDEVICES = 1,
        IRLMP_IAS_SET = 2,
        IRLMP_IAS_QUERY = 3,
        IRLMP_HINTS_SET = 4,
        IRLMP_QOS_SET = 5,
        IRLMP_QOS_GET = 6,
        IRLMP_MAX_SDU_SIZE = 7,
        IRLMP_IAS_GET = 8,
        IRLMP_IAS_DEL = 9,
        IRLMP_HINT_MASK_SET = 10,
        IRLMP_WAITDEVICE = 11,
    }

    /// Options of `SOL_LLC` (`linux/llc.h`).
    LLC "LLC_OPT_???" {
        LLC_OPT_UNKNOWN = 0,
        LLC_OPT_RETRY = 1,
        LLC_OPT_SIZE = 2,
        LLC_OPT_ACK_TMR_EXP = 3,
        LLC_OPT_P_TMR_EXP = 4,
        LLC_OPT_REJ_TMR_EXP = 5,
        LLC_OPT_BUSY_TMR_EXP = 6,
        LLC_OPT_TX_WIN = 7,
        LLC_OPT_RX_WIN = 8,
        LLC_OPT_PKTINFO = 9,
    }

    /// Options of `SOL_DCCP` (`linux/dccp.h`).
    DCCP "DCCP_SOCKOPT_???" {
        DCCP_SOCKOPT_PACKET_SIZE = 1,
        DCCP_SOCKOPT_SERVICE = 2,
        DCCP_SOCKOPT_CHANGE_L = 3,
        DCCP_SOCKOPT_CHANGE_R = 4,
        DCCP_SOCKOPT_GET_CUR_MPS = 5,
        DCCP_SOCKOPT_SERVER_TIMEWAIT = 6,
        DCCP_SOCKOPT_SEND_CSCOV = 10,
        DCCP_SOCKOPT_RECV_CSCOV = 11,
        DCCP_SOCKOPT_AVAILABLE_CCIDS = 12,
        DCCP_SOCKOPT_CCID = 13,
        DCCP_SOCKOPT_TX_CCID = 14,
        DCCP_SOCKOPT_RX_CCID = 15,
        DCCP_SOCKOPT_QPOLICY_ID = 16,
        DCCP_SOCKOPT_QPOLICY_TXQLEN = 17,
        DCCP_SOCKOPT_CCID_RX_INFO = 128,
        DCCP_SOCKOPT_CCID_TX_INFO = 192,
    }

    /// Options of `SOL_NETLINK` (`linux/netlink.h`).
    NETLINK "NETLINK_???" {
        NETLINK_ADD_MEMBERSHIP = 1,
        NETLINK_DROP_MEMBERSHIP = 2,
        NETLINK_PKTINFO = 3,
        NETLINK_BROADCAST_ERROR = 4,
        NETLINK_NO_ENOBUFS = 5,
        NETLINK_RX_RING = 6,
        NETLINK_TX_RING = 7,
        NETLINK_LISTEN_ALL_NSID = 8,
        NETLINK_LIST_MEMBERSHIPS = 9,
        NETLINK_CAP_ACK = 10,
        NETLINK_EXT_ACK = 11,
        NETLINK_GET_STRICT_CHK = 12,
    }

    /// Options of `SOL_TIPC` (`linux/tipc.h`).
    TIPC "TIPC_???" {
        TIPC_IMPORTANCE = 127,
        TIPC_SRC_DROPPABLE = 128,
        TIPC_DEST_DROPPABLE = 129,
        TIPC_CONN_TIMEOUT = 130,
        TIPC_NODE_RECVQ_DEPTH = 131,
        TIPC_SOCK_RECVQ_DEPTH = 132,
        TIPC_MCAST_BROADCAST = 133,
        TIPC_MCAST_REPLICAST = 134,
        TIPC_GROUP_JOIN = 135,
        TIPC_GROUP_LEAVE = 136,
        TIPC_SOCK_RECVQ_USED = 137,
        TIPC_NODELAY = 138,
    }

    /// Options of `SOL_RXRPC` (`linux/rxrpc.h`).
    RXRPC "RXRPC_???" {
        RXRPC_SECURITY_KEY = 1,
        RXRPC_SECURITY_KEYRING = 2,
        RXRPC_EXCLUSIVE_CONNECTION = 3,
        RXRPC_MIN_SECURITY_LEVEL = 4,
        RXRPC_UPGRADEABLE_SERVICE = 5,
        RXRPC_SUPPORTED_CMSG = 6,
    }

    /// Options of `SOL_PPPOL2TP` (`linux/if_pppol2tp.h`).
    PPPOL2TP "PPPOL2TP_SO_???" {
        PPPOL2TP_SO_DEBUG = 1,
        PPPOL2TP_SO_RECVSEQ = 2,
        PPPOL2TP_SO_SENDSEQ = 3,
        PPPOL2TP_SO_LNSMODE = 4,
        PPPOL2TP_SO_REORDERTO = 5,
    }

    /// Options of `SOL_BLUETOOTH` (`net/bluetooth/bluetooth.h`).
    BT "BT_???" {
        BT_SECURITY = 4,
        BT_DEFER_SETUP = 7,
        BT_FLUSHABLE = 8,
        BT_POWER = 9,
        BT_CHANNEL_POLICY = 10,
        BT_VOICE = 11,
        BT_SNDMTU = 12,
        BT_RCVMTU = 13,
    }

    /// Options of `SOL_PNPIPE` (`linux/phonet.h`).
    PNPIPE "PNPIPE_???" {
        PNPIPE_ENCAP = 1,
        PNPIPE_IFINDEX = 2,
        PNPIPE_HANDLE = 3,
        PNPIPE_INITSTATE = 4,
    }

    /// Options of `SOL_RDS` (`linux/rds.h`).
    RDS "RDS_???" {
        RDS_CANCEL_SENT_TO = 1,
        RDS_GET_MR = 2,
        RDS_FREE_MR = 3,
        RDS_BARRIER = 4,
        RDS_RECVERR = 5,
        RDS_CONG_MONITOR = 6,
        RDS_GET_MR_FOR_DEST = 7,
        SO_RDS_TRANSPORT = 8,
        SO_RDS_MSG_RXPATH_LATENCY = 10,
        SO_TIMESTAMP_OLD = 29,
    }

    /// Options of `SOL_IUCV` (`net/iucv/af_iucv.h`).
    IUCV "SO_???" {
        SO_IPRMDATA_MSG = 128,
    }

    /// Options of `SOL_CAIF` (`linux/caif/caif_socket.h`).
    CAIF "CAIFSO_???" {
        CAIFSO_LINK_SELECT = 127,
        CAIFSO_REQ_PARAM = 128,
        CAIFSO_RSP_PARAM = 129,
    }

    /// Options of `SOL_ALG` (`linux/if_alg.h`).
    ALG "ALG_???" {
        ALG_SET_KEY = 1,
        ALG_SET_IV = 2,
        ALG_SET_OP = 3,
        ALG_SET_AEAD_ASSOCLEN = 4,
        ALG_SET_AEAD_AUTHSIZE = 5,
        ALG_SET_DRBG_ENTROPY = 6,
    }

    /// Options of `SOL_NFC` (`linux/nfc.h`).
    NFC "NFC_LLCP_???" {
        NFC_LLCP_RW = 0,
        NFC_LLCP_MIUX = 1,
        NFC_LLCP_REMOTE_MIU = 2,
        NFC_LLCP_REMOTE_LTO = 3,
        NFC_LLCP_REMOTE_RW = 4,
    }

    /// Options of `SOL_KCM` (`linux/kcm.h`).
    KCM "KCM_???" {
        KCM_RECV_DISABLE = 1,
    }

    /// Options of `SOL_TLS` (`linux/tls.h`).
    TLS "TLS_???" {
        TLS_TX = 1,
        TLS_RX = 2,
    }

    /// Options of `SOL_XDP` (`linux/if_xdp.h`).
    XDP "XDP_???" {
        XDP_MMAP_OFFSETS = 1,
        XDP_RX_RING = 2,
        XDP_TX_RING = 3,
        XDP_UMEM_REG = 4,
        XDP_UMEM_FILL_RING = 5,
        XDP_UMEM_COMPLETION_RING = 6,
        XDP_STATISTICS = 7,
        XDP_OPTIONS = 8,
    }

    /// Control messages of `SOL_SOCKET` (`linux/socket.h`); those of the options that ask for them carry the options' names.
    SCM "SCM_???" {
        SCM_RIGHTS = 1,
        SCM_CREDENTIALS = 2,
        SCM_SECURITY = 3,
        SO_TIMESTAMP_OLD = 29,
        SO_TIMESTAMPNS_OLD = 35,
        SO_TIMESTAMPING_OLD = 37,
        SO_WIFI_STATUS = 41,
        SCM_TIMESTAMPING_OPT_STATS = 54,
        SCM_TIMESTAMPING_PKTINFO = 58,
        SO_TXTIME = 61,
        SO_TIMESTAMP_NEW = 63,
        SO_TIMESTAMPNS_NEW = 64,
        SO_TIMESTAMPING_NEW = 65,
    }

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

    /// Values of `SO_TXREHASH` (`linux/socket.h`).
    SOCK_TXREHASH "SOCK_TXREHASH_???" {
        SOCK_TXREHASH_DEFAULT = 255,
        SOCK_TXREHASH_DISABLED = 0,
        SOCK_TXREHASH_ENABLED = 1,
    }

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

    /// States of a TCP connection (`net/tcp_states.h`), as `TCP_INFO` and sock_diag report them.
    TCP_STATE "TCP_???" {
        TCP_ESTABLISHED = 1,
        TCP_SYN_SENT = 2,
        TCP_SYN_RECV = 3,
        TCP_FIN_WAIT1 = 4,
        TCP_FIN_WAIT2 = 5,
        TCP_TIME_WAIT = 6,
        TCP_CLOSE = 7,
        TCP_CLOSE_WAIT = 8,
        TCP_LAST_ACK = 9,
        TCP_LISTEN = 10,
        TCP_CLOSING = 11,
        TCP_NEW_SYN_RECV = 12,
    }

    /// Values of `IP_MTU_DISCOVER` (`linux/in.h`). strace 6.1 writes them as numbers.
    IP_PMTUDISC "IP_PMTUDISC_???" {
        IP_PMTUDISC_DONT = 0,
        IP_PMTUDISC_WANT = 1,
        IP_PMTUDISC_DO = 2,
        IP_PMTUDISC_PROBE = 3,
        IP_PMTUDISC_INTERFACE = 4,
        IP_PMTUDISC_OMIT = 5,
    }

    /// Values of `IPV6_MTU_DISCOVER` (`linux/in6.h`). strace 6.1 writes them as numbers.
    IPV6_PMTUDISC "IPV6_PMTUDISC_???" {
        IPV6_PMTUDISC_DONT = 0,
        IPV6_PMTUDISC_WANT = 1,
        IPV6_PMTUDISC_DO = 2,
        IPV6_PMTUDISC_PROBE = 3,
        IPV6_PMTUDISC_INTERFACE = 4,
        IPV6_PMTUDISC_OMIT = 5,
    }

    /// Flags of `SO_TIMESTAMPING` (`linux/net_tstamp.h`). strace 6.1 writes them as numbers.
    SOF_TIMESTAMPING "SOF_TIMESTAMPING_???" {
        SOF_TIMESTAMPING_TX_HARDWARE = 0x1,
        SOF_TIMESTAMPING_TX_SOFTWARE = 0x2,
        SOF_TIMESTAMPING_RX_HARDWARE = 0x4,
        SOF_TIMESTAMPING_RX_SOFTWARE = 0x8,
        SOF_TIMESTAMPING_SOFTWARE = 0x10,
        SOF_TIMESTAMPING_SYS_HARDWARE = 0x20,
        SOF_TIMESTAMPING_RAW_HARDWARE = 0x40,
        SOF_TIMESTAMPING_OPT_ID = 0x80,
        SOF_TIMESTAMPING_TX_SCHED = 0x100,
        SOF_TIMESTAMPING_TX_ACK = 0x200,
        SOF_TIMESTAMPING_OPT_CMSG = 0x400,
        SOF_TIMESTAMPING_OPT_TSONLY = 0x800,
        SOF_TIMESTAMPING_OPT_STATS = 0x1000,
        SOF_TIMESTAMPING_OPT_PKTINFO = 0x2000,
        SOF_TIMESTAMPING_OPT_TX_SWHW = 0x4000,
        SOF_TIMESTAMPING_BIND_PHC = 0x8000,
        SOF_TIMESTAMPING_OPT_ID_TCP = 0x10000,
        SOF_TIMESTAMPING_OPT_RX_FILTER = 0x20000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sound() {
        crate::xlat::assert_sound(&[
            &IP,
            &IP_GET,
            &SO,
            &SO_GET,
            &TCP,
            &UDP,
            &VSOCK,
            &IPV6,
            &IPV6_GET,
            &CAN_RAW,
            &SCTP,
            &RAW,
            &IPX,
            &AX25,
            &PACKET,
            &IRDA,
            &LLC,
            &DCCP,
            &NETLINK,
            &TIPC,
            &RXRPC,
            &PPPOL2TP,
            &BT,
            &PNPIPE,
            &RDS,
            &IUCV,
            &CAIF,
            &ALG,
            &NFC,
            &KCM,
            &TLS,
            &XDP,
            &SCM,
            &SCM_IP,
            &SOCK_TXREHASH,
            &ICMP_TYPE,
            &TCP_STATE,
            &IP_PMTUDISC,
            &IPV6_PMTUDISC,
            &SOF_TIMESTAMPING,
        ]);
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
        agrees_with_libc! { TCP:
            TCP_NODELAY TCP_MAXSEG TCP_CORK TCP_KEEPIDLE TCP_KEEPINTVL TCP_KEEPCNT TCP_SYNCNT
            TCP_LINGER2 TCP_DEFER_ACCEPT TCP_WINDOW_CLAMP TCP_INFO TCP_QUICKACK TCP_CONGESTION
            TCP_MD5SIG TCP_COOKIE_TRANSACTIONS TCP_THIN_LINEAR_TIMEOUTS TCP_THIN_DUPACK
            TCP_USER_TIMEOUT TCP_REPAIR TCP_REPAIR_QUEUE TCP_QUEUE_SEQ TCP_REPAIR_OPTIONS
            TCP_FASTOPEN TCP_TIMESTAMP TCP_NOTSENT_LOWAT TCP_CC_INFO TCP_SAVE_SYN TCP_SAVED_SYN
            TCP_REPAIR_WINDOW TCP_FASTOPEN_CONNECT TCP_ULP TCP_MD5SIG_EXT TCP_FASTOPEN_KEY
            TCP_FASTOPEN_NO_COOKIE TCP_ZEROCOPY_RECEIVE TCP_INQ
        }
        agrees_with_libc! { UDP:
            UDP_CORK UDP_ENCAP UDP_NO_CHECK6_TX UDP_NO_CHECK6_RX UDP_SEGMENT UDP_GRO
        }
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
        agrees_with_libc! { DCCP:
            DCCP_SOCKOPT_PACKET_SIZE DCCP_SOCKOPT_SERVICE DCCP_SOCKOPT_CHANGE_L
            DCCP_SOCKOPT_CHANGE_R DCCP_SOCKOPT_GET_CUR_MPS DCCP_SOCKOPT_SERVER_TIMEWAIT
            DCCP_SOCKOPT_SEND_CSCOV DCCP_SOCKOPT_RECV_CSCOV DCCP_SOCKOPT_AVAILABLE_CCIDS
            DCCP_SOCKOPT_CCID DCCP_SOCKOPT_TX_CCID DCCP_SOCKOPT_RX_CCID DCCP_SOCKOPT_QPOLICY_ID
            DCCP_SOCKOPT_QPOLICY_TXQLEN DCCP_SOCKOPT_CCID_RX_INFO DCCP_SOCKOPT_CCID_TX_INFO
        }
        agrees_with_libc! { ALG:
            ALG_SET_KEY ALG_SET_IV ALG_SET_OP ALG_SET_AEAD_ASSOCLEN ALG_SET_AEAD_AUTHSIZE
            ALG_SET_DRBG_ENTROPY
        }
        agrees_with_libc! { XDP:
            XDP_MMAP_OFFSETS XDP_RX_RING XDP_TX_RING XDP_UMEM_REG XDP_UMEM_FILL_RING
            XDP_UMEM_COMPLETION_RING XDP_STATISTICS XDP_OPTIONS
        }
        agrees_with_libc! { SCM:
            SCM_RIGHTS SCM_CREDENTIALS
        }
        agrees_with_libc! { SCM_IP:
            IP_TOS IP_TTL IP_RECVOPTS IP_RETOPTS IP_PKTINFO IP_RECVERR IP_ORIGDSTADDR IP_CHECKSUM
        }
        agrees_with_libc! { IP_PMTUDISC:
            IP_PMTUDISC_DONT IP_PMTUDISC_WANT IP_PMTUDISC_DO IP_PMTUDISC_PROBE IP_PMTUDISC_INTERFACE
            IP_PMTUDISC_OMIT
        }
        agrees_with_libc! { IPV6_PMTUDISC:
            IPV6_PMTUDISC_DONT IPV6_PMTUDISC_WANT IPV6_PMTUDISC_DO IPV6_PMTUDISC_PROBE
            IPV6_PMTUDISC_INTERFACE IPV6_PMTUDISC_OMIT
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

    #[test]
    fn one_number_may_have_a_name_per_call() {
        let name = |access, number| options(libc::SOL_SOCKET, access).unwrap().name(number);
        assert_eq!((name(Access::Set, 26), name(Access::Get, 26)), (Some("SO_ATTACH_FILTER"), Some("SO_GET_FILTER")));
        assert_eq!((name(Access::Set, 2), name(Access::Get, 2)), (Some("SO_REUSEADDR"), Some("SO_REUSEADDR")));
        assert!(options(libc::SOL_ICMPV6, Access::Set).is_none() && options(-1, Access::Get).is_none());
    }
}
