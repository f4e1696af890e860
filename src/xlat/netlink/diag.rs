//! What netlink says of sockets, `linux/sock_diag.h`.

use super::NLMSG_TYPE;
use crate::xlat::protocol::NETLINK_PROTO;

xlat! {
    /// Messages about sockets.
    SOCK_DIAG "SOCK_DIAG_???" : NLMSG_TYPE {
        TCPDIAG_GETSOCK = 18,
        DCCPDIAG_GETSOCK = 19,
        SOCK_DIAG_BY_FAMILY = 20,
        SOCK_DESTROY = 21,
    }

    /// States of the sockets that are asked for.
    TCP_STATES "1<<TCP_???" {
        TCP_ESTABLISHED = 1 << 1,
        TCP_SYN_SENT = 1 << 2,
        TCP_SYN_RECV = 1 << 3,
        TCP_FIN_WAIT1 = 1 << 4,
        TCP_FIN_WAIT2 = 1 << 5,
        TCP_TIME_WAIT = 1 << 6,
        TCP_CLOSE = 1 << 7,
        TCP_CLOSE_WAIT = 1 << 8,
        TCP_LAST_ACK = 1 << 9,
        TCP_LISTEN = 1 << 10,
        TCP_CLOSING = 1 << 11,
        TCP_NEW_SYN_RECV = 1 << 12,
    }

    /// What else is asked about internet sockets.
    INET_DIAG_EXT "1<<INET_DIAG_???" {
        INET_DIAG_MEMINFO = 1 << 0,
        INET_DIAG_INFO = 1 << 1,
        INET_DIAG_VEGASINFO = 1 << 2,
        INET_DIAG_CONG = 1 << 3,
        INET_DIAG_TOS = 1 << 4,
        INET_DIAG_TCLASS = 1 << 5,
        INET_DIAG_SKMEMINFO = 1 << 6,
        INET_DIAG_SHUTDOWN = 1 << 7,
    }

    /// How the sockets that are asked for are chosen.
    INET_DIAG_REQ "INET_DIAG_REQ_???" {
        INET_DIAG_REQ_NONE = 0,
        INET_DIAG_REQ_BYTECODE = 1,
        INET_DIAG_REQ_SK_BPF_STORAGES = 2,
        INET_DIAG_REQ_PROTOCOL = 3,
    }

    /// What is known of an internet socket.
    INET_DIAG "INET_DIAG_???" {
        INET_DIAG_NONE = 0,
        INET_DIAG_MEMINFO = 1,
        INET_DIAG_INFO = 2,
        INET_DIAG_VEGASINFO = 3,
        INET_DIAG_CONG = 4,
        INET_DIAG_TOS = 5,
        INET_DIAG_TCLASS = 6,
        INET_DIAG_SKMEMINFO = 7,
        INET_DIAG_SHUTDOWN = 8,
        INET_DIAG_DCTCPINFO = 9,
        INET_DIAG_PROTOCOL = 10,
        INET_DIAG_SKV6ONLY = 11,
        INET_DIAG_LOCALS = 12,
        INET_DIAG_PEERS = 13,
        INET_DIAG_PAD = 14,
        INET_DIAG_MARK = 15,
        INET_DIAG_BBRINFO = 16,
        INET_DIAG_CLASS_ID = 17,
        INET_DIAG_MD5SIG = 18,
        INET_DIAG_ULP_INFO = 19,
        INET_DIAG_SK_BPF_STORAGES = 20,
        INET_DIAG_CGROUP_ID = 21,
        INET_DIAG_SOCKOPT = 22,
    }

    /// What is asked about Unix sockets.
    UDIAG_SHOW "UDIAG_SHOW_???" {
        UDIAG_SHOW_NAME = 0x1,
        UDIAG_SHOW_VFS = 0x2,
        UDIAG_SHOW_PEER = 0x4,
        UDIAG_SHOW_ICONS = 0x8,
        UDIAG_SHOW_RQLEN = 0x10,
        UDIAG_SHOW_MEMINFO = 0x20,
        UDIAG_SHOW_UID = 0x40,
    }

    /// What is known of a Unix socket.
    UNIX_DIAG "UNIX_DIAG_???" {
        UNIX_DIAG_NAME = 0,
        UNIX_DIAG_VFS = 1,
        UNIX_DIAG_PEER = 2,
        UNIX_DIAG_ICONS = 3,
        UNIX_DIAG_RQLEN = 4,
        UNIX_DIAG_MEMINFO = 5,
        UNIX_DIAG_SHUTDOWN = 6,
        UNIX_DIAG_UID = 7,
    }

    /// What is asked about netlink sockets.
    NDIAG_SHOW "NDIAG_SHOW_???" {
        NDIAG_SHOW_MEMINFO = 0x1,
        NDIAG_SHOW_GROUPS = 0x2,
        NDIAG_SHOW_RING_CFG = 0x4,
        NDIAG_SHOW_FLAGS = 0x8,
    }

    /// Protocols of the netlink sockets that are asked for.
    NDIAG_PROTO "NETLINK_???" : NETLINK_PROTO { NDIAG_PROTO_ALL = 255 }

    /// States of a netlink socket.
    NETLINK_STATE "NETLINK_???" {
        NETLINK_UNCONNECTED = 0,
        NETLINK_CONNECTED = 1,
        TCP_CLOSE = 7,
    }

    /// What is known of a netlink socket.
    NETLINK_DIAG "NETLINK_DIAG_???" {
        NETLINK_DIAG_MEMINFO = 0,
        NETLINK_DIAG_GROUPS = 1,
        NETLINK_DIAG_RX_RING = 2,
        NETLINK_DIAG_TX_RING = 3,
        NETLINK_DIAG_FLAGS = 4,
    }

    /// How a netlink socket behaves.
    NDIAG_FLAG "NDIAG_FLAG_???" {
        NDIAG_FLAG_CB_RUNNING = 0x1,
        NDIAG_FLAG_PKTINFO = 0x2,
        NDIAG_FLAG_BROADCAST_ERROR = 0x4,
        NDIAG_FLAG_NO_ENOBUFS = 0x8,
        NDIAG_FLAG_LISTEN_ALL_NSID = 0x10,
        NDIAG_FLAG_CAP_ACK = 0x20,
    }

    /// What is asked about packet sockets.
    PACKET_SHOW "PACKET_SHOW_???" {
        PACKET_SHOW_INFO = 0x1,
        PACKET_SHOW_MCLIST = 0x2,
        PACKET_SHOW_RING_CFG = 0x4,
        PACKET_SHOW_FANOUT = 0x8,
        PACKET_SHOW_MEMINFO = 0x10,
        PACKET_SHOW_FILTER = 0x20,
    }

    /// What is known of a packet socket.
    PACKET_DIAG "PACKET_DIAG_???" {
        PACKET_DIAG_INFO = 0,
        PACKET_DIAG_MCLIST = 1,
        PACKET_DIAG_RX_RING = 2,
        PACKET_DIAG_TX_RING = 3,
        PACKET_DIAG_FANOUT = 4,
        PACKET_DIAG_UID = 5,
        PACKET_DIAG_MEMINFO = 6,
        PACKET_DIAG_FILTER = 7,
    }

    /// Memory of a socket by use.
    SK_MEMINFO "SK_MEMINFO_???" {
        SK_MEMINFO_RMEM_ALLOC = 0,
        SK_MEMINFO_RCVBUF = 1,
        SK_MEMINFO_WMEM_ALLOC = 2,
        SK_MEMINFO_SNDBUF = 3,
        SK_MEMINFO_FWD_ALLOC = 4,
        SK_MEMINFO_WMEM_QUEUED = 5,
        SK_MEMINFO_OPTMEM = 6,
        SK_MEMINFO_BACKLOG = 7,
        SK_MEMINFO_DROPS = 8,
    }

    /// Which directions of a socket have ended.
    SHUTDOWN "???_SHUTDOWN" {
        RCV_SHUTDOWN = 0x1,
        SEND_SHUTDOWN = 0x2,
    }

    /// What a protocol above TCP says of a socket.
    INET_ULP_INFO "INET_ULP_INFO_???" {
        INET_ULP_INFO_UNSPEC = 0,
        INET_ULP_INFO_NAME = 1,
        INET_ULP_INFO_TLS = 2,
        INET_ULP_INFO_MPTCP = 3,
    }

    /// What is known of TLS within the kernel.
    TLS_INFO "TLS_INFO_???" {
        TLS_INFO_UNSPEC = 0,
        TLS_INFO_VERSION = 1,
        TLS_INFO_CIPHER = 2,
        TLS_INFO_TXCONF = 3,
        TLS_INFO_RXCONF = 4,
        TLS_INFO_ZC_RO_TX = 5,
        TLS_INFO_RX_NO_PAD = 6,
    }

    /// Versions of TLS.
    TLS_VERSION "TLS_???_VERSION" {
        TLS_1_2_VERSION = 0x303,
        TLS_1_3_VERSION = 0x304,
    }

    /// Ciphers of TLS.
    TLS_CIPHER "TLS_CIPHER_???" {
        TLS_CIPHER_AES_GCM_128 = 51,
        TLS_CIPHER_AES_GCM_256 = 52,
        TLS_CIPHER_AES_CCM_128 = 53,
        TLS_CIPHER_CHACHA20_POLY1305 = 54,
        TLS_CIPHER_SM4_GCM = 55,
        TLS_CIPHER_SM4_CCM = 56,
        TLS_CIPHER_ARIA_GCM_128 = 57,
        TLS_CIPHER_ARIA_GCM_256 = 58,
    }

    /// What encrypts for TLS.
    TLS_CONF "TLS_CONF_???" {
        TLS_CONF_BASE = 1,
        TLS_CONF_SW = 2,
        TLS_CONF_HW = 3,
        TLS_CONF_HW_RECORD = 4,
    }

    /// What is known of a subflow of MPTCP.
    MPTCP_SUBFLOW "MPTCP_SUBFLOW_ATTR_???" {
        MPTCP_SUBFLOW_ATTR_UNSPEC = 0,
        MPTCP_SUBFLOW_ATTR_TOKEN_REM = 1,
        MPTCP_SUBFLOW_ATTR_TOKEN_LOC = 2,
        MPTCP_SUBFLOW_ATTR_RELWRITE_SEQ = 3,
        MPTCP_SUBFLOW_ATTR_MAP_SEQ = 4,
        MPTCP_SUBFLOW_ATTR_MAP_SFSEQ = 5,
        MPTCP_SUBFLOW_ATTR_SSN_OFFSET = 6,
        MPTCP_SUBFLOW_ATTR_MAP_DATALEN = 7,
        MPTCP_SUBFLOW_ATTR_FLAGS = 8,
        MPTCP_SUBFLOW_ATTR_ID_REM = 9,
        MPTCP_SUBFLOW_ATTR_ID_LOC = 10,
        MPTCP_SUBFLOW_ATTR_PAD = 11,
    }

    /// State of a subflow of MPTCP.
    MPTCP_SUBFLOW_FLAG "MPTCP_SUBFLOW_FLAG_???" {
        MPTCP_SUBFLOW_FLAG_MCAP_REM = 0x1,
        MPTCP_SUBFLOW_FLAG_MCAP_LOC = 0x2,
        MPTCP_SUBFLOW_FLAG_JOIN_REM = 0x4,
        MPTCP_SUBFLOW_FLAG_JOIN_LOC = 0x8,
        MPTCP_SUBFLOW_FLAG_BKUP_REM = 0x10,
        MPTCP_SUBFLOW_FLAG_BKUP_LOC = 0x20,
        MPTCP_SUBFLOW_FLAG_FULLY_ESTABLISHED = 0x40,
        MPTCP_SUBFLOW_FLAG_CONNECTED = 0x80,
        MPTCP_SUBFLOW_FLAG_MAPVALID = 0x100,
    }

    /// What BPF programs store at a socket.
    BPF_STORAGES "SK_DIAG_BPF_STORAGE_???" {
        SK_DIAG_BPF_STORAGE_REP_NONE = 0,
        SK_DIAG_BPF_STORAGE = 1,
    }

    /// What a BPF program stores at a socket.
    BPF_STORAGE "SK_DIAG_BPF_STORAGE_???" {
        SK_DIAG_BPF_STORAGE_NONE = 0,
        SK_DIAG_BPF_STORAGE_PAD = 1,
        SK_DIAG_BPF_STORAGE_MAP_ID = 2,
        SK_DIAG_BPF_STORAGE_MAP_VALUE = 3,
    }

    /// Which form the blocks of a packet socket's ring have.
    TPACKET "TPACKET_???" {
        TPACKET_V1 = 0,
        TPACKET_V2 = 1,
        TPACKET_V3 = 2,
    }

    /// How a packet socket behaves.
    PDI "PDI_???" {
        PDI_RUNNING = 0x1,
        PDI_AUXDATA = 0x2,
        PDI_ORIGDEV = 0x4,
        PDI_VNETHDR = 0x8,
        PDI_LOSS = 0x10,
    }
}
