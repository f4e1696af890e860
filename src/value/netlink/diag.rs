//! What messages about sockets hold, `linux/sock_diag.h`.

use super::{Attributes, Carried, Family, HEX32, MessageRow, U8, U16, U32, U64, carries};
use crate::value::layout::field;
use crate::value::{Bits, Forms, Kind, Layout};
use crate::xlat::netlink::NLM_GET;
use crate::xlat::netlink::diag::{
    BPF_STORAGE, BPF_STORAGES, INET_DIAG, INET_DIAG_EXT, INET_DIAG_REQ, INET_ULP_INFO, MPTCP_SUBFLOW,
    MPTCP_SUBFLOW_FLAG, NDIAG_FLAG, NDIAG_PROTO, NDIAG_SHOW, NETLINK_DIAG, NETLINK_STATE, PACKET_DIAG, PACKET_SHOW,
    PDI, SHUTDOWN, SK_MEMINFO, SOCK_DIAG, TCP_STATES, TLS_CIPHER, TLS_CONF, TLS_INFO, TLS_VERSION, TPACKET, UDIAG_SHOW,
    UNIX_DIAG,
};
use crate::xlat::protocol::{ETH_P, IPPROTO, NETLINK_PROTO};
use crate::xlat::socket::{ADDRESS_FAMILY, SOCK_TYPE};
use crate::xlat::sockopt::TCP_STATE;

/// `NETLINK_SOCK_DIAG`.
pub(super) static DIAG: Family = Family {
    protocol: 4,
    types: &SOCK_DIAG,
    flags: |_| &NLM_GET,
    rows: &[
        asked(libc::AF_INET, OLD, &INET_OLD, Some(&INET_ASKED)),
        asked(libc::AF_INET6, OLD, &INET6_OLD, Some(&INET_ASKED)),
        asked(libc::AF_INET, ANY, &INET_REQ, Some(&INET_ASKED)),
        asked(libc::AF_INET6, ANY, &INET6_REQ, Some(&INET_ASKED)),
        asked(libc::AF_UNIX, ANY, &UNIX_REQ, None),
        asked(libc::AF_NETLINK, ANY, &NETLINK_REQ, None),
        asked(libc::AF_PACKET, ANY, &PACKET_REQ, None),
        answered(libc::AF_INET, &INET_MSG, Some(&INET)),
        answered(libc::AF_INET6, &INET6_MSG, Some(&INET)),
        answered(libc::AF_UNIX, &UNIX_MSG, Some(&UNIX)),
        answered(libc::AF_NETLINK, &NETLINK_MSG, Some(&NETLINK)),
        answered(libc::AF_PACKET, &PACKET_MSG, Some(&PACKET)),
    ],
    has_family: true,
    least: 2,
};

/// The types whose requests are older ones about TCP, and all types.
const OLD: (u16, u16) = (18, 19);
const ANY: (u16, u16) = (16, u16::MAX);

const fn asked(
    family: i32,
    types: (u16, u16),
    head: &'static Layout,
    attributes: Option<&'static Attributes>,
) -> MessageRow {
    MessageRow { types, about: Some((family as u8, true)), head, attributes }
}

const fn answered(family: i32, head: &'static Layout, attributes: Option<&'static Attributes>) -> MessageRow {
    MessageRow { types: ANY, about: Some((family as u8, false)), head, attributes }
}

const COOKIE: &str = "A number that no other socket has; -1 twice for any.";
const FAMILY: &str = "The family of the sockets.";
const INODE: &str = "The number of the socket.";
const STATE: &str = "What state it is in.";
const SHOW: &str = "What is to be shown of each.";
const PROTOCOL: &str = "The protocol of the sockets.";

/// The fields of one of the structures about internet sockets, which differ in their addresses alone.
macro_rules! id {
    ($address:expr) => {
        &[
            field("idiag_sport", 0, Kind::Port, "Its port."),
            field("idiag_dport", 2, Kind::Port, "The peer's port."),
            field("idiag_src", 4, $address, "Its address."),
            field("idiag_dst", 20, $address, "The peer's address."),
            field("idiag_if", 36, Kind::Interface, "The interface that it is bound to."),
            field("idiag_cookie", 40, Kind::Ints(2), COOKIE),
        ]
    };
}

/// The fields of one of the structures about internet sockets, which differ in their addresses alone.
macro_rules! request {
    ($id:expr) => {
        &[
            field("sdiag_family", 0, Kind::Const(&ADDRESS_FAMILY, 1), FAMILY),
            field("sdiag_protocol", 1, Kind::Const(&IPPROTO, 1), PROTOCOL),
            field("idiag_ext", 2, Kind::Shifted(&INET_DIAG_EXT, 1), SHOW),
            field("idiag_states", 4, Kind::Shifted(&TCP_STATES, 4), "In which states."),
            field("id", 8, Kind::Record($id), "Which one."),
        ]
    };
}

/// The fields of one of the structures about internet sockets, which differ in their addresses alone.
macro_rules! old {
    ($id:expr) => {
        &[
            field("idiag_family", 0, Kind::Const(&ADDRESS_FAMILY, 1), FAMILY),
            field("idiag_src_len", 1, Kind::Uint(1), "How many bits of the address count."),
            field("idiag_dst_len", 2, Kind::Uint(1), "How many bits of the peer's address count."),
            field("idiag_ext", 3, Kind::Shifted(&INET_DIAG_EXT, 1), SHOW),
            field("id", 4, Kind::Record($id), "Which one."),
            field("idiag_states", 52, Kind::Shifted(&TCP_STATES, 4), "In which states."),
            field("idiag_dbs", 56, Kind::Uint(4), "Which tables are looked through."),
        ]
    };
}

/// The fields of one of the structures about internet sockets, which differ in their addresses alone.
macro_rules! answer {
    ($id:expr) => {
        &[
            field("idiag_family", 0, Kind::Const(&ADDRESS_FAMILY, 1), FAMILY),
            field("idiag_state", 1, Kind::Const(&TCP_STATE, 1), STATE),
            field("idiag_timer", 2, Kind::Uint(1), "Which clock runs for it."),
            field("idiag_retrans", 3, Kind::Uint(1), "How often it sent again in vain."),
            field("id", 4, Kind::Record($id), "Which one."),
            field("idiag_expires", 52, Kind::Uint(4), "When the clock runs out, in milliseconds."),
            field("idiag_rqueue", 56, Kind::Uint(4), "Bytes that wait to be received."),
            field("idiag_wqueue", 60, Kind::Uint(4), "Bytes that wait to be sent."),
            field("idiag_uid", 64, Kind::Uint(4), "The user that made it."),
            field("idiag_inode", 68, Kind::Uint(4), INODE),
        ]
    };
}

/// `struct inet_diag_sockid`.
pub(crate) static INET_ID: Layout =
    Layout { name: "inet_diag_sockid", size: 48, doc: "Which internet socket.", fields: id!(Kind::WideIpv4) };

/// `struct inet_diag_req_v2`.
pub(crate) static INET_REQ: Layout = Layout {
    name: "inet_diag_req_v2",
    size: 56,
    doc: "Which internet sockets are asked for.",
    fields: request!(&INET_ID),
};

/// `struct inet_diag_req`.
pub(crate) static INET_OLD: Layout = Layout {
    name: "inet_diag_req",
    size: 60,
    doc: "Which TCP sockets are asked for, in an older form.",
    fields: old!(&INET_ID),
};

/// `struct inet_diag_msg`.
pub(crate) static INET_MSG: Layout =
    Layout { name: "inet_diag_msg", size: 72, doc: "An internet socket.", fields: answer!(&INET_ID) };

/// `struct inet_diag_sockid`.
pub(crate) static INET6_ID: Layout =
    Layout { name: "inet6_diag_sockid", size: 48, doc: "Which internet socket.", fields: id!(Kind::Ipv6) };

/// `struct inet_diag_req_v2`.
pub(crate) static INET6_REQ: Layout = Layout {
    name: "inet6_diag_req_v2",
    size: 56,
    doc: "Which internet sockets are asked for.",
    fields: request!(&INET6_ID),
};

/// `struct inet_diag_req`.
pub(crate) static INET6_OLD: Layout = Layout {
    name: "inet6_diag_req",
    size: 60,
    doc: "Which TCP sockets are asked for, in an older form.",
    fields: old!(&INET6_ID),
};

/// `struct inet_diag_msg`.
pub(crate) static INET6_MSG: Layout =
    Layout { name: "inet6_diag_msg", size: 72, doc: "An internet socket.", fields: answer!(&INET6_ID) };

/// `struct unix_diag_req`.
pub(crate) static UNIX_REQ: Layout = Layout {
    name: "unix_diag_req",
    size: 24,
    doc: "Which Unix sockets are asked for.",
    fields: &[
        field("sdiag_family", 0, Kind::Const(&ADDRESS_FAMILY, 1), FAMILY),
        field("sdiag_protocol", 1, Kind::Uint(1), PROTOCOL),
        field("udiag_states", 4, Kind::Shifted(&TCP_STATES, 4), "In which states."),
        field("udiag_ino", 8, Kind::Uint(4), INODE),
        field("udiag_show", 12, Kind::Flags(&UDIAG_SHOW, 4), SHOW),
        field("udiag_cookie", 16, Kind::Ints(2), COOKIE),
    ],
};

/// `struct unix_diag_msg`.
pub(crate) static UNIX_MSG: Layout = Layout {
    name: "unix_diag_msg",
    size: 16,
    doc: "A Unix socket.",
    fields: &[
        field("udiag_family", 0, Kind::Const(&ADDRESS_FAMILY, 1), FAMILY),
        field("udiag_type", 1, Kind::Const(&SOCK_TYPE, 1), "The type of the socket."),
        field("udiag_state", 2, Kind::Const(&TCP_STATE, 1), STATE),
        field("udiag_ino", 4, Kind::Uint(4), INODE),
        field("udiag_cookie", 8, Kind::Ints(2), COOKIE),
    ],
};

/// `struct netlink_diag_req`.
pub(crate) static NETLINK_REQ: Layout = Layout {
    name: "netlink_diag_req",
    size: 20,
    doc: "Which netlink sockets are asked for.",
    fields: &[
        field("sdiag_family", 0, Kind::Const(&ADDRESS_FAMILY, 1), FAMILY),
        field("sdiag_protocol", 1, Kind::Const(&NDIAG_PROTO, 1), PROTOCOL),
        field("ndiag_ino", 4, Kind::Uint(4), INODE),
        field("ndiag_show", 8, Kind::Flags(&NDIAG_SHOW, 4), SHOW),
        field("ndiag_cookie", 12, Kind::Ints(2), COOKIE),
    ],
};

/// `struct netlink_diag_msg`.
pub(crate) static NETLINK_MSG: Layout = Layout {
    name: "netlink_diag_msg",
    size: 28,
    doc: "A netlink socket.",
    fields: &[
        field("ndiag_family", 0, Kind::Const(&ADDRESS_FAMILY, 1), FAMILY),
        field("ndiag_type", 1, Kind::Const(&SOCK_TYPE, 1), "The type of the socket."),
        field("ndiag_protocol", 2, Kind::Const(&NETLINK_PROTO, 1), "Its protocol."),
        field("ndiag_state", 3, Kind::Const(&NETLINK_STATE, 1), STATE),
        field("ndiag_portid", 4, Kind::Uint(4), "Its number."),
        field("ndiag_dst_portid", 8, Kind::Uint(4), "The number that it is connected to."),
        field("ndiag_dst_group", 12, Kind::Uint(4), "The group that it is connected to."),
        field("ndiag_ino", 16, Kind::Uint(4), INODE),
        field("ndiag_cookie", 20, Kind::Ints(2), COOKIE),
    ],
};

/// `struct packet_diag_req`.
pub(crate) static PACKET_REQ: Layout = Layout {
    name: "packet_diag_req",
    size: 20,
    doc: "Which packet sockets are asked for.",
    fields: &[
        field("sdiag_family", 0, Kind::Const(&ADDRESS_FAMILY, 1), FAMILY),
        field("sdiag_protocol", 1, Kind::Hex(1), PROTOCOL),
        field("pdiag_ino", 4, Kind::Uint(4), INODE),
        field("pdiag_show", 8, Kind::Flags(&PACKET_SHOW, 4), SHOW),
        field("pdiag_cookie", 12, Kind::Ints(2), COOKIE),
    ],
};

/// `struct packet_diag_msg`.
pub(crate) static PACKET_MSG: Layout = Layout {
    name: "packet_diag_msg",
    size: 16,
    doc: "A packet socket.",
    fields: &[
        field("pdiag_family", 0, Kind::Const(&ADDRESS_FAMILY, 1), FAMILY),
        field("pdiag_type", 1, Kind::Const(&SOCK_TYPE, 1), "The type of the socket."),
        field("pdiag_num", 2, Kind::Const(&ETH_P, 2), "The protocol of its packets."),
        field("pdiag_ino", 4, Kind::Uint(4), INODE),
        field("pdiag_cookie", 8, Kind::Ints(2), COOKIE),
    ],
};

/// `struct inet_diag_meminfo`.
pub(crate) static INET_MEMINFO: Layout = Layout {
    name: "inet_diag_meminfo",
    size: 16,
    doc: "The memory of an internet socket.",
    fields: &[
        field("idiag_rmem", 0, Kind::Uint(4), "Of what was received."),
        field("idiag_wmem", 4, Kind::Uint(4), "Of what is to be sent."),
        field("idiag_fmem", 8, Kind::Uint(4), "Set aside."),
        field("idiag_tmem", 12, Kind::Uint(4), "Of what the network has not confirmed."),
    ],
};

/// `struct unix_diag_rqlen`.
pub(crate) static UNIX_RQLEN: Layout = Layout {
    name: "unix_diag_rqlen",
    size: 8,
    doc: "How much waits at a Unix socket.",
    fields: &[
        field("udiag_rqueue", 0, Kind::Uint(4), "What waits to be received, or to be accepted."),
        field("udiag_wqueue", 4, Kind::Uint(4), "How much may wait."),
    ],
};

/// `struct netlink_diag_ring`.
pub(crate) static NETLINK_RING: Layout = Layout {
    name: "netlink_diag_ring",
    size: 16,
    doc: "Memory that a netlink socket shares with its program.",
    fields: &[
        field("ndr_block_size", 0, Kind::Uint(4), "Bytes of each block."),
        field("ndr_block_nr", 4, Kind::Uint(4), "How many blocks."),
        field("ndr_frame_size", 8, Kind::Uint(4), "Bytes for each message."),
        field("ndr_frame_nr", 12, Kind::Uint(4), "How many messages fit."),
    ],
};

/// `struct unix_diag_vfs`.
pub(crate) static UNIX_DIAG_VFS: Layout = Layout {
    name: "unix_diag_vfs",
    size: 8,
    doc: "The file of a Unix socket's path.",
    fields: &[
        field("udiag_vfs_dev", 4, Kind::Device(4), "The device that holds it."),
        field("udiag_vfs_ino", 0, Kind::Uint(4), "Its number."),
    ],
};

/// `struct tcpvegas_info`.
pub(crate) static TCPVEGAS_INFO: Layout = Layout {
    name: "tcpvegas_info",
    size: 16,
    doc: "What Vegas or another algorithm knows of a connection.",
    fields: &[
        field("tcpv_enabled", 0, Kind::Uint(4), "Whether it is at work."),
        field("tcpv_rttcnt", 4, Kind::Uint(4), "How many round trips were measured."),
        field("tcpv_rtt", 8, Kind::Uint(4), "The last round trip, in microseconds."),
        field("tcpv_minrtt", 12, Kind::Uint(4), "The shortest round trip, in microseconds."),
    ],
};

/// `struct tcp_dctcp_info`.
pub(crate) static TCP_DCTCP_INFO: Layout = Layout {
    name: "tcp_dctcp_info",
    size: 16,
    doc: "What DCTCP knows of a connection.",
    fields: &[
        field("dctcp_enabled", 0, Kind::Uint(2), "Whether it is at work."),
        field("dctcp_ce_state", 2, Kind::Uint(2), "Whether the last packet met congestion."),
        field("dctcp_alpha", 4, Kind::Uint(4), "How much of the data meets congestion."),
        field("dctcp_ab_ecn", 8, Kind::Uint(4), "Bytes that met congestion."),
        field("dctcp_ab_tot", 12, Kind::Uint(4), "Bytes that were confirmed."),
    ],
};

/// `struct tcp_bbr_info`.
pub(crate) static TCP_BBR_INFO: Layout = Layout {
    name: "tcp_bbr_info",
    size: 20,
    doc: "What BBR knows of a connection.",
    fields: &[
        field("bbr_bw_lo", 0, Kind::Hex(4), "The bandwidth, in bytes per second: its lower half."),
        field("bbr_bw_hi", 4, Kind::Hex(4), "Its upper half."),
        field("bbr_min_rtt", 8, Kind::Uint(4), "The shortest round trip, in microseconds."),
        field("bbr_pacing_gain", 12, Kind::Uint(4), "How much faster it sends than the bandwidth, in 256ths."),
        field("bbr_cwnd_gain", 16, Kind::Uint(4), "How much larger the window is than what is under way, in 256ths."),
    ],
};

/// `struct inet_diag_sockopt`: abbreviated, the options that are set, or all.
pub(crate) static INET_DIAG_SOCKOPT: Forms = Forms {
    name: "inet_diag_sockopt",
    size: 2,
    all: &[&SOCKOPT_SET, &SOCKOPT_ALL],
    choose: |_, abbreviate| usize::from(!abbreviate),
};

/// One bit of the two bytes of options.
const fn bit(shift: u8) -> Bits {
    Bits { size: 2, shift, width: 1, notes: &[] }
}

static UNUSED: Bits = Bits { size: 2, shift: 11, width: 5, notes: &["bits 3..8"] };

/// How a bit is written: where it is set, or always.
macro_rules! shown {
    (set $bits:expr) => {
        Kind::NonZero(&Kind::Bits($bits))
    };
    (all $bits:expr) => {
        Kind::Bits($bits)
    };
}

macro_rules! options {
    ($shown:ident) => {
        &[
            field("recverr", 0, shown!($shown & bit(0)), "Whether errors wait in a queue for it (IP_RECVERR)."),
            field("is_icsk", 0, shown!($shown & bit(1)), "Whether it is a socket for connections."),
            field(
                "freebind",
                0,
                shown!($shown & bit(2)),
                "Whether it may be bound to an address that no interface has (IP_FREEBIND).",
            ),
            field("hdrincl", 0, shown!($shown & bit(3)), "Whether the program makes the IP headers (IP_HDRINCL)."),
            field("mc_loop", 0, shown!($shown & bit(4)), "Whether it receives its own multicasts (IP_MULTICAST_LOOP)."),
            field(
                "transparent",
                0,
                shown!($shown & bit(5)),
                "Whether it may have the address of another host (IP_TRANSPARENT).",
            ),
            field(
                "mc_all",
                0,
                shown!($shown & bit(6)),
                "Whether it receives the multicasts that any socket asked for (IP_MULTICAST_ALL).",
            ),
            field("nodefrag", 0, shown!($shown & bit(7)), "Whether fragments stay as they are (IP_NODEFRAG)."),
            field(
                "bind_address_no_port",
                0,
                shown!($shown & bit(8)),
                "Whether connect chooses the port (IP_BIND_ADDRESS_NO_PORT).",
            ),
            field(
                "recverr_rfc4884",
                0,
                shown!($shown & bit(9)),
                "Whether errors come with RFC 4884's extensions (IP_RECVERR_RFC4884).",
            ),
            field(
                "defer_connect",
                0,
                shown!($shown & bit(10)),
                "Whether the connection waits for the first data (TCP_FASTOPEN_CONNECT).",
            ),
            field("unused", 0, shown!($shown & UNUSED), "Unused; should be 0."),
        ]
    };
}

const SOCKOPT: &str = "Options of an internet socket that are set.";
pub(crate) static SOCKOPT_SET: Layout =
    Layout { name: "inet_diag_sockopt", size: 2, doc: SOCKOPT, fields: options!(set) };
pub(crate) static SOCKOPT_ALL: Layout =
    Layout { name: "inet_diag_sockopt", size: 2, doc: SOCKOPT, fields: options!(all) };

/// `struct packet_diag_info`.
pub(crate) static PACKET_DIAG_INFO: Layout = Layout {
    name: "packet_diag_info",
    size: 24,
    doc: "How a packet socket is set up.",
    fields: &[
        field("pdi_index", 0, Kind::Interface, "The interface that it is bound to."),
        field("pdi_version", 4, Kind::Const(&TPACKET, 4), "The form of its ring."),
        field("pdi_reserve", 8, Kind::Uint(4), "Bytes that stay free before each packet."),
        field("pdi_copy_thresh", 12, Kind::Uint(4), "How long a packet may be that is copied besides."),
        field("pdi_tstamp", 16, Kind::Uint(4), "Which clock stamps its packets."),
        field("pdi_flags", 20, Kind::Flags(&PDI, 4), "How it behaves."),
    ],
};

/// `struct packet_diag_ring`.
pub(crate) static PACKET_DIAG_RING: Layout = Layout {
    name: "packet_diag_ring",
    size: 28,
    doc: "Memory that a packet socket shares with its program.",
    fields: &[
        field("pdr_block_size", 0, Kind::Uint(4), "Bytes of each block."),
        field("pdr_block_nr", 4, Kind::Uint(4), "How many blocks."),
        field("pdr_frame_size", 8, Kind::Uint(4), "Bytes for each packet."),
        field("pdr_frame_nr", 12, Kind::Uint(4), "How many packets fit."),
        field("pdr_retire_tmo", 16, Kind::Uint(4), "When a block that is not full is handed over, in milliseconds."),
        field("pdr_sizeof_priv", 20, Kind::Uint(4), "Bytes in each block for the program itself."),
        field("pdr_features", 24, Kind::Uint(4), "What else the blocks tell of each packet."),
    ],
};

/// One use of a socket's memory.
pub(crate) static MEMORY: Layout = super::link::indexed(
    "sk_meminfo",
    &[
        field("index", 0, Kind::Const(&SK_MEMINFO, 4), super::link::WHICH),
        field("value", 4, Kind::Uint(4), super::link::NUMBER),
    ],
);

static INET_ASKED: Attributes = Attributes { names: &INET_DIAG_REQ, rows: &[], others: Carried::Opaque };

static INET: Attributes = Attributes {
    names: &INET_DIAG,
    rows: &[
        carries(1, Carried::Record(&INET_MEMINFO)),
        carries(3, Carried::Record(&TCPVEGAS_INFO)),
        carries(4, Carried::Text), // INET_DIAG_CONG
        carries(5, U8),            // INET_DIAG_TOS
        carries(6, U8),            // INET_DIAG_TCLASS
        carries(7, Carried::Each(&MEMORY)),
        carries(8, Carried::Narrow(Kind::Flags(&SHUTDOWN, 1))),
        carries(9, Carried::Record(&TCP_DCTCP_INFO)),
        carries(10, Carried::Wide(&IPPROTO)),
        carries(11, U8),  // INET_DIAG_SKV6ONLY
        carries(15, U32), // INET_DIAG_MARK
        carries(16, Carried::Record(&TCP_BBR_INFO)),
        carries(17, U32), // INET_DIAG_CLASS_ID
        carries(19, Carried::Nested(&ULP)),
        carries(20, Carried::Nested(&STORAGES)),
        carries(21, U64), // INET_DIAG_CGROUP_ID
        carries(22, Carried::Forms(&INET_DIAG_SOCKOPT)),
    ],
    others: Carried::Opaque,
};

static ULP: Attributes = Attributes {
    names: &INET_ULP_INFO,
    rows: &[carries(1, Carried::WholeText), carries(2, Carried::Nested(&TLS)), carries(3, Carried::Nested(&MPTCP))],
    others: Carried::Opaque,
};

static TLS: Attributes = Attributes {
    names: &TLS_INFO,
    rows: &[
        carries(1, Carried::Narrow(Kind::Const(&TLS_VERSION, 2))),
        carries(2, Carried::Narrow(Kind::Const(&TLS_CIPHER, 2))),
        carries(3, Carried::Narrow(Kind::Const(&TLS_CONF, 2))),
        carries(4, Carried::Narrow(Kind::Const(&TLS_CONF, 2))),
    ],
    others: Carried::Opaque,
};

static MPTCP: Attributes = Attributes {
    names: &MPTCP_SUBFLOW,
    rows: &[
        carries(1, HEX32), // MPTCP_SUBFLOW_ATTR_TOKEN_REM
        carries(2, HEX32), // MPTCP_SUBFLOW_ATTR_TOKEN_LOC
        carries(3, U32),   // MPTCP_SUBFLOW_ATTR_RELWRITE_SEQ
        carries(4, U64),   // MPTCP_SUBFLOW_ATTR_MAP_SEQ
        carries(5, U32),   // MPTCP_SUBFLOW_ATTR_MAP_SFSEQ
        carries(6, U32),   // MPTCP_SUBFLOW_ATTR_SSN_OFFSET
        carries(7, U16),   // MPTCP_SUBFLOW_ATTR_MAP_DATALEN
        carries(8, Carried::Narrow(Kind::Flags(&MPTCP_SUBFLOW_FLAG, 4))),
        carries(9, U8),  // MPTCP_SUBFLOW_ATTR_ID_REM
        carries(10, U8), // MPTCP_SUBFLOW_ATTR_ID_LOC
    ],
    others: Carried::Opaque,
};

static STORAGES: Attributes =
    Attributes { names: &BPF_STORAGES, rows: &[carries(1, Carried::Nested(&STORAGE))], others: Carried::Opaque };

static STORAGE: Attributes =
    Attributes { names: &BPF_STORAGE, rows: &[carries(2, U32), carries(3, Carried::HexWord)], others: Carried::Opaque };

static UNIX: Attributes = Attributes {
    names: &UNIX_DIAG,
    rows: &[
        carries(0, Carried::Text), // UNIX_DIAG_NAME
        carries(1, Carried::Record(&UNIX_DIAG_VFS)),
        carries(2, U32), // UNIX_DIAG_PEER
        carries(3, Carried::Numbers),
        carries(4, Carried::Record(&UNIX_RQLEN)),
        carries(5, Carried::Each(&MEMORY)),
        carries(6, U8),  // UNIX_DIAG_SHUTDOWN
        carries(7, U32), // UNIX_DIAG_UID
    ],
    others: Carried::Opaque,
};

static NETLINK: Attributes = Attributes {
    names: &NETLINK_DIAG,
    rows: &[
        carries(0, Carried::Each(&MEMORY)),
        carries(1, Carried::Masks),
        carries(2, Carried::Record(&NETLINK_RING)),
        carries(3, Carried::Record(&NETLINK_RING)),
        carries(4, Carried::One(Kind::Flags(&NDIAG_FLAG, 4))),
    ],
    others: Carried::Opaque,
};

static PACKET: Attributes = Attributes {
    names: &PACKET_DIAG,
    rows: &[
        carries(0, Carried::Record(&PACKET_DIAG_INFO)),
        carries(2, Carried::Record(&PACKET_DIAG_RING)),
        carries(3, Carried::Record(&PACKET_DIAG_RING)),
        carries(4, U32), // PACKET_DIAG_FANOUT
        carries(5, U32), // PACKET_DIAG_UID
        carries(6, Carried::Each(&MEMORY)),
    ],
    others: Carried::Opaque,
};
