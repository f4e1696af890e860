//! What messages about addresses, routes, neighbours and rules hold, `linux/rtnetlink.h`.

use super::{Attributes, Carried, Family, INTERFACE, MessageRow, U8, U16, U32, U64, by_verb, carries, link};
use crate::value::layout::field;
use crate::value::{Forms, Kind, Layout};
use crate::xlat::netlink::route::{
    FDB_NOTIFY, FIB_RULE, FR_ACT, FRA, IFA, IFA_F, LWTUNNEL_ENCAP, NDA, NFEA, NTF, NTF_EXT, NUD, RT_SCOPE, RT_TABLE,
    RTA, RTAX, RTM, RTM_F, RTM_TOS, RTN, RTNH_F, RTPROT, RULE_TABLE,
};
use crate::xlat::protocol::IPPROTO;
use crate::xlat::socket::ADDRESS_FAMILY;

/// `NETLINK_ROUTE`.
pub(super) static ROUTE: Family = Family {
    protocol: 0,
    types: &RTM,
    flags: by_verb,
    rows: &[
        link::LINKS,
        MessageRow { types: (20, 22), about: None, head: &IFADDRMSG, attributes: Some(&ADDRESS) },
        MessageRow { types: (24, 26), about: None, head: &RTMSG, attributes: Some(&ROUTES) },
        MessageRow { types: (28, 30), about: None, head: &NDMSG, attributes: Some(&NEIGHBOUR) },
        MessageRow { types: (32, 34), about: None, head: &FIB_RULE_HDR, attributes: Some(&RULE) },
        MessageRow { types: (58, 58), about: None, head: &IFADDRMSG, attributes: Some(&ADDRESS) },
        MessageRow { types: (62, 62), about: None, head: &IFADDRMSG, attributes: Some(&ADDRESS) },
    ],
    has_family: true,
    least: 1,
};

/// `struct ifaddrmsg`.
pub(crate) static IFADDRMSG: Layout = Layout {
    name: "ifaddrmsg",
    size: 8,
    doc: "An address of an interface, of which attributes say more.",
    fields: &[
        field("ifa_family", 0, Kind::Const(&ADDRESS_FAMILY, 1), "The family of the addresses."),
        field("ifa_prefixlen", 1, Kind::Uint(1), "How many bits of the address name the network."),
        field("ifa_flags", 2, Kind::Flags(&IFA_F, 1), "What state the address is in."),
        field("ifa_scope", 3, Kind::Const(&RT_SCOPE, 1), "How far it reaches."),
        field("ifa_index", 4, Kind::Interface, "The interface that has it."),
    ],
};

/// `struct rtmsg`.
pub(crate) static RTMSG: Layout = Layout {
    name: "rtmsg",
    size: 12,
    doc: "A route, of which attributes say more.",
    fields: &[
        field("rtm_family", 0, Kind::Const(&ADDRESS_FAMILY, 1), "The family of the addresses."),
        field("rtm_dst_len", 1, Kind::Uint(1), "How many bits of the destination count."),
        field("rtm_src_len", 2, Kind::Uint(1), "How many bits of the source count."),
        field("rtm_tos", 3, Kind::Flags(&RTM_TOS, 1), "Which kind of packet it is for."),
        field("rtm_table", 4, Kind::Const(&RT_TABLE, 1), "The table that it stands in."),
        field("rtm_protocol", 5, Kind::Const(&RTPROT, 1), "Who made it."),
        field("rtm_scope", 6, Kind::Const(&RT_SCOPE, 1), "How far it reaches."),
        field("rtm_type", 7, Kind::Const(&RTN, 1), "What becomes of a packet."),
        field("rtm_flags", 8, Kind::Flags(&RTM_F, 4), "Its state."),
    ],
};

/// `struct ndmsg`.
pub(crate) static NDMSG: Layout = Layout {
    name: "ndmsg",
    size: 12,
    doc: "A neighbour on a network, of which attributes say more.",
    fields: &[
        field("ndm_family", 0, Kind::Const(&ADDRESS_FAMILY, 1), "The family of the addresses."),
        field("ndm_ifindex", 4, Kind::Interface, "The interface that it is reached over."),
        field("ndm_state", 8, Kind::Flags(&NUD, 2), "How well it is known."),
        field("ndm_flags", 10, Kind::Flags(&NTF, 1), "What it is used for."),
        field("ndm_type", 11, Kind::Const(&RTN, 1), "What kind of address it has."),
    ],
};

/// `struct fib_rule_hdr`.
pub(crate) static FIB_RULE_HDR: Layout = Layout {
    name: "fib_rule_hdr",
    size: 12,
    doc: "A rule that chooses a table of routes, of which attributes say more.",
    fields: &[
        field("family", 0, Kind::Const(&ADDRESS_FAMILY, 1), "The family of the addresses."),
        field("dst_len", 1, Kind::Uint(1), "How many bits of the destination count."),
        field("src_len", 2, Kind::Uint(1), "How many bits of the source count."),
        field("tos", 3, Kind::Flags(&RTM_TOS, 1), "Which kind of packet it is for."),
        field("table", 4, Kind::Const(&RULE_TABLE, 1), "The table that it chooses."),
        field("action", 7, Kind::Const(&FR_ACT, 1), "What it does."),
        field("flags", 8, Kind::Flags(&FIB_RULE, 4), "How it is applied."),
    ],
};

/// `struct ifa_cacheinfo`.
pub(crate) static IFA_CACHEINFO: Layout = Layout {
    name: "ifa_cacheinfo",
    size: 16,
    doc: "How long an address lasts.",
    fields: &[
        field("ifa_prefered", 0, Kind::Uint(4), "For how many seconds it is used for new connections."),
        field("ifa_valid", 4, Kind::Uint(4), "For how many seconds it is used at all."),
        field("cstamp", 8, Kind::Uint(4), "When it was made, in hundredths of a second."),
        field("tstamp", 12, Kind::Uint(4), "When it was changed last, in hundredths of a second."),
    ],
};

/// `struct rta_cacheinfo`.
pub(crate) static RTA_CACHEINFO: Layout = Layout {
    name: "rta_cacheinfo",
    size: 32,
    doc: "How a route was used.",
    fields: &[
        field("rta_clntref", 0, Kind::Uint(4), "How many use it."),
        field("rta_lastuse", 4, Kind::Uint(4), "How long ago it was used last."),
        field("rta_expires", 8, Kind::Uint(4), "How long it lasts."),
        field("rta_error", 12, Kind::Uint(4), "The error that its packets meet."),
        field("rta_used", 16, Kind::Uint(4), "How often it was used."),
        field("rta_id", 20, Kind::Hex(4), "Always 0."),
        field("rta_ts", 24, Kind::Uint(4), "Always 0."),
        field("rta_tsage", 28, Kind::Uint(4), "Always 0."),
    ],
};

/// `struct rta_mfc_stats`.
pub(crate) static MFC_STATS: Layout = Layout {
    name: "rta_mfc_stats",
    size: 24,
    doc: "What went over a route for groups.",
    fields: &[
        field("mfcs_packets", 0, Kind::Uint(8), "Packets."),
        field("mfcs_bytes", 8, Kind::Uint(8), "Bytes."),
        field("mfcs_wrong_if", 16, Kind::Uint(8), "Packets that came from elsewhere."),
    ],
};

/// `struct nda_cacheinfo`.
pub(crate) static NDA_CACHEINFO: Layout = Layout {
    name: "nda_cacheinfo",
    size: 16,
    doc: "How a neighbour was used.",
    fields: &[
        field("ndm_confirmed", 0, Kind::Uint(4), "How long ago it was known to be there."),
        field("ndm_used", 4, Kind::Uint(4), "How long ago it was used."),
        field("ndm_updated", 8, Kind::Uint(4), "How long ago it changed."),
        field("ndm_refcnt", 12, Kind::Uint(4), "How many use it."),
    ],
};

/// `struct fib_rule_uid_range`.
pub(crate) static UID_RANGE: Layout = Layout {
    name: "fib_rule_uid_range",
    size: 8,
    doc: "Users from the one to the other.",
    fields: &[field("start", 0, Kind::Uint(4), "The first."), field("end", 4, Kind::Uint(4), "The last.")],
};

/// `struct fib_rule_port_range`.
pub(crate) static PORT_RANGE: Layout = Layout {
    name: "fib_rule_port_range",
    size: 4,
    doc: "Ports from the one to the other.",
    fields: &[field("start", 0, Kind::Uint(2), "The first."), field("end", 2, Kind::Uint(2), "The last.")],
};

/// `struct rtnexthop`.
pub(crate) static RTNEXTHOP: Layout = Layout {
    name: "rtnexthop",
    size: 8,
    doc: "One of several ways of a route.",
    fields: &[
        field("rtnh_len", 0, Kind::Uint(2), "How long this is with its attributes."),
        field("rtnh_flags", 2, Kind::Flags(&RTNH_F, 1), "Its state."),
        field("rtnh_hops", 3, Kind::Uint(1), "How much of the traffic goes this way, less one."),
        field("rtnh_ifindex", 4, Kind::Interface, "The interface."),
    ],
};

/// `struct rtvia`.
pub(crate) static VIA4: Layout = Layout {
    name: "rtvia_inet",
    size: 6,
    doc: "The next machine, whose address may be of another family.",
    fields: &[
        field("rtvia_family", 0, Kind::Const(&ADDRESS_FAMILY, 2), "The family of the address."),
        field("rtvia_addr", 2, Kind::Ipv4, "The address."),
    ],
};

/// `struct rtvia`.
pub(crate) static VIA6: Layout = Layout {
    name: "rtvia_inet6",
    size: 18,
    doc: "The next machine, whose address may be of another family.",
    fields: &[
        field("rtvia_family", 0, Kind::Const(&ADDRESS_FAMILY, 2), "The family of the address."),
        field("rtvia_addr", 2, Kind::Ipv6, "The address."),
    ],
};

/// `struct rtvia`.
pub(crate) static VIA: Layout = Layout {
    name: "rtvia",
    size: 2,
    doc: "The next machine, whose address may be of another family.",
    fields: &[
        field("rtvia_family", 0, Kind::Const(&ADDRESS_FAMILY, 2), "The family of the address."),
        field("rtvia_addr", 2, Kind::Tail, "The address."),
    ],
};

/// The next machine, by the family of its address.
static VIAS: Forms = Forms {
    name: "rtvia",
    size: 2,
    all: &[&VIA4, &VIA6, &VIA],
    choose: |bytes, _| match (bytes, bytes.len()) {
        ([2, 0, ..], VIA4_SIZE..) => 0,
        ([10, 0, ..], VIA6_SIZE..) => 1,
        _ => 2,
    },
};

const VIA4_SIZE: usize = 6;
const VIA6_SIZE: usize = 18;

/// What is known of an address.
static ADDRESS: Attributes = Attributes {
    names: &IFA,
    rows: &[
        carries(1, Carried::Address),                     // IFA_ADDRESS
        carries(2, Carried::Address),                     // IFA_LOCAL
        carries(3, Carried::Text),                        // IFA_LABEL
        carries(4, Carried::Address),                     // IFA_BROADCAST
        carries(5, Carried::Address),                     // IFA_ANYCAST
        carries(6, Carried::Record(&IFA_CACHEINFO)),      // IFA_CACHEINFO
        carries(7, Carried::Address),                     // IFA_MULTICAST
        carries(8, Carried::One(Kind::Flags(&IFA_F, 4))), // IFA_FLAGS
        carries(9, U32),                                  // IFA_RT_PRIORITY
        carries(10, INT),                                 // IFA_TARGET_NETNSID
    ],
    others: Carried::Opaque,
};

/// What is known of a route.
static ROUTES: Attributes = Attributes {
    names: &RTA,
    rows: &[
        carries(1, Carried::Address),                               // RTA_DST
        carries(2, Carried::Address),                               // RTA_SRC
        carries(3, INTERFACE),                                      // RTA_IIF
        carries(4, INTERFACE),                                      // RTA_OIF
        carries(5, Carried::Address),                               // RTA_GATEWAY
        carries(6, U32),                                            // RTA_PRIORITY
        carries(7, Carried::Address),                               // RTA_PREFSRC
        carries(8, Carried::Nested(&METRICS)),                      // RTA_METRICS
        carries(9, Carried::Hops(&RTNEXTHOP, &ROUTES)),             // RTA_MULTIPATH
        carries(10, U32),                                           // RTA_PROTOINFO
        carries(11, U32),                                           // RTA_FLOW
        carries(12, Carried::Record(&RTA_CACHEINFO)),               // RTA_CACHEINFO
        carries(14, U32),                                           // RTA_MP_ALGO
        carries(15, Carried::One(Kind::Const(&RT_TABLE, 4))),       // RTA_TABLE
        carries(16, U32),                                           // RTA_MARK
        carries(17, Carried::Record(&MFC_STATS)),                   // RTA_MFC_STATS
        carries(18, Carried::Forms(&VIAS)),                         // RTA_VIA
        carries(19, Carried::Address),                              // RTA_NEWDST
        carries(20, U8),                                            // RTA_PREF
        carries(21, Carried::One(Kind::Const(&LWTUNNEL_ENCAP, 2))), // RTA_ENCAP_TYPE
        carries(23, U64),                                           // RTA_EXPIRES
        carries(25, U32),                                           // RTA_UID
        carries(26, U8),                                            // RTA_TTL_PROPAGATE
        carries(27, U8),                                            // RTA_IP_PROTO
        carries(28, U16),                                           // RTA_SPORT
        carries(29, U16),                                           // RTA_DPORT
    ],
    others: Carried::Opaque,
};

static METRICS: Attributes = Attributes {
    names: &RTAX,
    rows: &[
        carries(0, Carried::Opaque),
        carries(16, Carried::WholeText), // RTAX_CC_ALGO
        carries(17, Carried::Opaque),
        carries(18, Carried::Opaque),
    ],
    others: U32,
};

/// What is known of a neighbour.
static NEIGHBOUR: Attributes = Attributes {
    names: &NDA,
    rows: &[
        carries(1, Carried::Address),                           // NDA_DST
        carries(2, Carried::AnyHardware),                       // NDA_LLADDR
        carries(3, Carried::Record(&NDA_CACHEINFO)),            // NDA_CACHEINFO
        carries(4, U32),                                        // NDA_PROBES
        carries(5, U16),                                        // NDA_VLAN
        carries(6, Carried::One(Kind::Port)),                   // NDA_PORT
        carries(7, U32),                                        // NDA_VNI
        carries(8, INTERFACE),                                  // NDA_IFINDEX
        carries(9, INTERFACE),                                  // NDA_MASTER
        carries(10, U32),                                       // NDA_LINK_NETNSID
        carries(11, U32),                                       // NDA_SRC_VNI
        carries(12, Carried::Wide(&IPPROTO)),                   // NDA_PROTOCOL
        carries(13, U32),                                       // NDA_NH_ID
        carries(14, Carried::Nested(&EXTENDED)),                // NDA_FDB_EXT_ATTRS
        carries(15, Carried::Narrow(Kind::Flags(&NTF_EXT, 4))), // NDA_FLAGS_EXT
        carries(16, Carried::Narrow(Kind::Flags(&NUD, 2))),     // NDA_NDM_STATE_MASK
        carries(17, Carried::Narrow(Kind::Flags(&NTF, 1))),     // NDA_NDM_FLAGS_MASK
    ],
    others: Carried::Opaque,
};

static EXTENDED: Attributes = Attributes {
    names: &NFEA,
    rows: &[carries(1, Carried::Narrow(Kind::Flags(&FDB_NOTIFY, 1)))],
    others: Carried::Opaque,
};

/// What a rule says.
static RULE: Attributes = Attributes {
    names: &FRA,
    rows: &[
        carries(1, Carried::Address),                         // FRA_DST
        carries(2, Carried::Address),                         // FRA_SRC
        carries(3, Carried::Text),                            // FRA_IFNAME
        carries(4, U32),                                      // FRA_GOTO
        carries(6, U32),                                      // FRA_PRIORITY
        carries(10, U32),                                     // FRA_FWMARK
        carries(11, U32),                                     // FRA_FLOW
        carries(13, U32),                                     // FRA_SUPPRESS_IFGROUP
        carries(14, U32),                                     // FRA_SUPPRESS_PREFIXLEN
        carries(15, Carried::One(Kind::Const(&RT_TABLE, 4))), // FRA_TABLE
        carries(16, U32),                                     // FRA_FWMASK
        carries(17, Carried::Text),                           // FRA_OIFNAME
        carries(19, U8),                                      // FRA_L3MDEV
        carries(20, Carried::Record(&UID_RANGE)),             // FRA_UID_RANGE
        carries(21, Carried::One(Kind::Const(&RTPROT, 1))),   // FRA_PROTOCOL
        carries(22, Carried::Wide(&IPPROTO)),                 // FRA_IP_PROTO
        carries(23, Carried::Record(&PORT_RANGE)),            // FRA_SPORT_RANGE
        carries(24, Carried::Record(&PORT_RANGE)),            // FRA_DPORT_RANGE
    ],
    others: Carried::Opaque,
};

const INT: Carried = Carried::One(Kind::Int(4));
