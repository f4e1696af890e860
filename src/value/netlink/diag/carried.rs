//! Structures that the attributes of a socket carry.

use crate::value::layout::field;
use crate::value::{Bits, Forms, Kind, Layout};
use crate::xlat::netlink::diag::{PDI, SK_MEMINFO, TPACKET};

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
pub(crate) static MEMORY: Layout = crate::value::netlink::link::indexed(
    "sk_meminfo",
    &[
        field("index", 0, Kind::Const(&SK_MEMINFO, 4), crate::value::netlink::link::WHICH),
        field("value", 4, Kind::Uint(4), crate::value::netlink::link::NUMBER),
    ],
);
