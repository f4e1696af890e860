//! What messages about sockets hold, `linux/sock_diag.h`.

use super::{Attributes, Carried, Family, HEX32, MessageRow, U8, U16, U32, U64, carries};
use crate::value::layout::field;
use crate::value::{Kind, Layout};
use crate::xlat::netlink::NLM_GET;
use crate::xlat::netlink::diag::{
    BPF_STORAGE, BPF_STORAGES, INET_DIAG, INET_DIAG_EXT, INET_DIAG_REQ, INET_ULP_INFO, MPTCP_SUBFLOW,
    MPTCP_SUBFLOW_FLAG, NDIAG_FLAG, NDIAG_PROTO, NDIAG_SHOW, NETLINK_DIAG, NETLINK_STATE, PACKET_DIAG, PACKET_SHOW,
    SHUTDOWN, SOCK_DIAG, TCP_STATES, TLS_CIPHER, TLS_CONF, TLS_INFO, TLS_VERSION, UDIAG_SHOW, UNIX_DIAG,
};
use crate::xlat::protocol::{ETH_P, IPPROTO, NETLINK_PROTO};
use crate::xlat::socket::{ADDRESS_FAMILY, SOCK_TYPE};
use crate::xlat::sockopt::TCP_STATE;

mod carried;

pub(crate) use carried::{
    INET_DIAG_SOCKOPT, INET_MEMINFO, MEMORY, NETLINK_RING, PACKET_DIAG_INFO, PACKET_DIAG_RING, TCP_BBR_INFO,
    TCP_DCTCP_INFO, TCPVEGAS_INFO, UNIX_DIAG_VFS, UNIX_RQLEN,
};

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
