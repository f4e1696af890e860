//! What messages about network interfaces hold, `linux/if_link.h`.

use super::{Attributes, Carried, HEX32, INTERFACE, MessageRow, U8, U32, carries};
use crate::value::layout::field;
use crate::value::{Kind, Layout};
use crate::xlat::link::{ARPHRD, IFF};
use crate::xlat::netlink::link::{
    ICMP6_MIB, IFLA, IFLA_EVENT, IFLA_INET, IFLA_INET6, IFLA_INFO, IFLA_PROTO_DOWN_REASON, IFLA_XDP, IN6_ADDR_GEN_MODE,
    INET6_IF_FLAGS, IPSTATS_MIB, IPV4_DEVCONF, IPV6_DEVCONF, RTEXT_FILTER, XDP_ATTACHED, XDP_LINK_FLAGS,
};
use crate::xlat::socket::ADDRESS_FAMILY;

/// `RTM_NEWLINK` to `RTM_SETLINK`.
pub(super) const LINKS: MessageRow =
    MessageRow { types: (16, 19), about: None, head: &IFINFOMSG, attributes: Some(&LINK) };

/// `struct ifinfomsg`.
pub(crate) static IFINFOMSG: Layout = Layout {
    name: "ifinfomsg",
    size: 16,
    doc: "A network interface, of which attributes say more.",
    fields: &[
        field("ifi_family", 0, Kind::Const(&ADDRESS_FAMILY, 1), "The family that the message is about; mostly none."),
        field("ifi_type", 2, Kind::Const(&ARPHRD, 2), "The kind of hardware."),
        field("ifi_index", 4, Kind::Interface, "The number of the interface."),
        field("ifi_flags", 8, Kind::Flags(&IFF, 4), "What state it is in."),
        field("ifi_change", 12, Kind::Hex(4), "Which bits of the state are to change."),
    ],
};

/// `struct rtnl_link_stats64`.
pub(crate) static LINK_STATS64: Layout = Layout {
    name: "rtnl_link_stats64",
    size: 200,
    doc: "What went through an interface.",
    fields: &[
        field("rx_packets", 0, Kind::Uint(8), "Packets received."),
        field("tx_packets", 8, Kind::Uint(8), "Packets sent."),
        field("rx_bytes", 16, Kind::Uint(8), "Bytes received."),
        field("tx_bytes", 24, Kind::Uint(8), "Bytes sent."),
        field("rx_errors", 32, Kind::Uint(8), "Packets received with errors."),
        field("tx_errors", 40, Kind::Uint(8), "Packets that could not be sent."),
        field("rx_dropped", 48, Kind::Uint(8), "Packets received for which there was no room."),
        field("tx_dropped", 56, Kind::Uint(8), "Packets to be sent for which there was no room."),
        field("multicast", 64, Kind::Uint(8), "Packets received for groups."),
        field("collisions", 72, Kind::Uint(8), "How often two sent at once."),
        field("rx_length_errors", 80, Kind::Uint(8), "Packets received with a wrong length."),
        field("rx_over_errors", 88, Kind::Uint(8), "Packets received too fast for the hardware."),
        field("rx_crc_errors", 96, Kind::Uint(8), "Packets received with a wrong checksum."),
        field("rx_frame_errors", 104, Kind::Uint(8), "Packets received out of step."),
        field("rx_fifo_errors", 112, Kind::Uint(8), "Packets received for which the hardware had no room."),
        field("rx_missed_errors", 120, Kind::Uint(8), "Packets that the hardware missed."),
        field("tx_aborted_errors", 128, Kind::Uint(8), "Packets that were given up."),
        field("tx_carrier_errors", 136, Kind::Uint(8), "Packets lost for want of a carrier."),
        field("tx_fifo_errors", 144, Kind::Uint(8), "Packets to be sent for which the hardware had no room."),
        field("tx_heartbeat_errors", 152, Kind::Uint(8), "Packets whose sending was not confirmed."),
        field("tx_window_errors", 160, Kind::Uint(8), "Packets sent too late."),
        field("rx_compressed", 168, Kind::Uint(8), "Compressed packets received."),
        field("tx_compressed", 176, Kind::Uint(8), "Compressed packets sent."),
        field("rx_nohandler", 184, Kind::Uint(8), "Packets received that nobody wanted."),
        field("rx_otherhost_dropped", 192, Kind::Uint(8), "Packets received for another machine."),
    ],
};

/// `struct rtnl_link_stats`.
pub(crate) static LINK_STATS: Layout = Layout {
    name: "rtnl_link_stats",
    size: 96,
    doc: "What went through an interface, in numbers of 32 bits.",
    fields: &[
        field("rx_packets", 0, Kind::Uint(4), "Packets received."),
        field("tx_packets", 4, Kind::Uint(4), "Packets sent."),
        field("rx_bytes", 8, Kind::Uint(4), "Bytes received."),
        field("tx_bytes", 12, Kind::Uint(4), "Bytes sent."),
        field("rx_errors", 16, Kind::Uint(4), "Packets received with errors."),
        field("tx_errors", 20, Kind::Uint(4), "Packets that could not be sent."),
        field("rx_dropped", 24, Kind::Uint(4), "Packets received for which there was no room."),
        field("tx_dropped", 28, Kind::Uint(4), "Packets to be sent for which there was no room."),
        field("multicast", 32, Kind::Uint(4), "Packets received for groups."),
        field("collisions", 36, Kind::Uint(4), "How often two sent at once."),
        field("rx_length_errors", 40, Kind::Uint(4), "Packets received with a wrong length."),
        field("rx_over_errors", 44, Kind::Uint(4), "Packets received too fast for the hardware."),
        field("rx_crc_errors", 48, Kind::Uint(4), "Packets received with a wrong checksum."),
        field("rx_frame_errors", 52, Kind::Uint(4), "Packets received out of step."),
        field("rx_fifo_errors", 56, Kind::Uint(4), "Packets received for which the hardware had no room."),
        field("rx_missed_errors", 60, Kind::Uint(4), "Packets that the hardware missed."),
        field("tx_aborted_errors", 64, Kind::Uint(4), "Packets that were given up."),
        field("tx_carrier_errors", 68, Kind::Uint(4), "Packets lost for want of a carrier."),
        field("tx_fifo_errors", 72, Kind::Uint(4), "Packets to be sent for which the hardware had no room."),
        field("tx_heartbeat_errors", 76, Kind::Uint(4), "Packets whose sending was not confirmed."),
        field("tx_window_errors", 80, Kind::Uint(4), "Packets sent too late."),
        field("rx_compressed", 84, Kind::Uint(4), "Compressed packets received."),
        field("tx_compressed", 88, Kind::Uint(4), "Compressed packets sent."),
        field("rx_nohandler", 92, Kind::Uint(4), "Packets received that nobody wanted."),
    ],
};

/// `struct rtnl_link_ifmap`.
pub(crate) static LINK_MAP: Layout = Layout {
    name: "rtnl_link_ifmap",
    size: 32,
    doc: "Where the hardware of an interface is.",
    fields: &[
        field("mem_start", 0, Kind::Hex(8), "Where its memory begins."),
        field("mem_end", 8, Kind::Hex(8), "Where its memory ends."),
        field("base_addr", 16, Kind::Hex(8), "Its address."),
        field("irq", 24, Kind::Uint(2), "Its interrupt."),
        field("dma", 26, Kind::Uint(1), "Its DMA channel."),
        field("port", 27, Kind::Uint(1), "Its connector."),
    ],
};

/// `struct ifla_cacheinfo`.
pub(crate) static INET6_CACHEINFO: Layout = Layout {
    name: "ifla_cacheinfo",
    size: 16,
    doc: "How long IPv6 waits on an interface.",
    fields: &[
        field("max_reasm_len", 0, Kind::Uint(4), "The longest packet that is put together."),
        field("tstamp", 4, Kind::Uint(4), "When this was changed last, in hundredths of a second."),
        field("reachable_time", 8, Kind::Uint(4), "How long a neighbour is thought to be there, in milliseconds."),
        field("retrans_time", 12, Kind::Uint(4), "How long until a neighbour is asked again, in milliseconds."),
    ],
};

/// A number of a list, and which one it is.
pub(super) const fn indexed(name: &'static str, fields: &'static [crate::value::Field]) -> Layout {
    Layout { name, size: 8, doc: "One number of a list, with what it counts or sets.", fields }
}

pub(super) const WHICH: &str = "Which number.";
pub(super) const NUMBER: &str = "The number.";

pub(crate) static IPV4_CONF: Layout = indexed(
    "ipv4_devconf",
    &[field("index", 0, Kind::Const(&IPV4_DEVCONF, 4), WHICH), field("value", 4, Kind::Int(4), NUMBER)],
);

pub(crate) static IPV6_CONF: Layout = indexed(
    "ipv6_devconf",
    &[field("index", 0, Kind::Const(&IPV6_DEVCONF, 4), WHICH), field("value", 4, Kind::Int(4), NUMBER)],
);

pub(crate) static IPV6_STATS: Layout = indexed(
    "ipstats_mib",
    &[field("index", 0, Kind::Const(&IPSTATS_MIB, 4), WHICH), field("value", 4, Kind::Uint(8), NUMBER)],
);

pub(crate) static ICMP6_STATS: Layout = indexed(
    "icmp6_mib",
    &[field("index", 0, Kind::Const(&ICMP6_MIB, 4), WHICH), field("value", 4, Kind::Uint(8), NUMBER)],
);

/// What is known of an interface.
static LINK: Attributes = Attributes {
    names: &IFLA,
    rows: &[
        carries(1, Carried::Hardware),                                // IFLA_ADDRESS
        carries(2, Carried::Hardware),                                // IFLA_BROADCAST
        carries(3, Carried::Text),                                    // IFLA_IFNAME
        carries(4, U32),                                              // IFLA_MTU
        carries(5, U32),                                              // IFLA_LINK
        carries(6, Carried::Text),                                    // IFLA_QDISC
        carries(7, Carried::Record(&LINK_STATS)),                     // IFLA_STATS
        carries(10, U32),                                             // IFLA_MASTER
        carries(12, Carried::NestedOf(libc::AF_INET6 as u8, &INET6)), // IFLA_PROTINFO
        carries(13, U32),                                             // IFLA_TXQLEN
        carries(14, Carried::Record(&LINK_MAP)),                      // IFLA_MAP
        carries(15, U32),                                             // IFLA_WEIGHT
        carries(16, U8),                                              // IFLA_OPERSTATE
        carries(17, U8),                                              // IFLA_LINKMODE
        carries(18, Carried::Nested(&INFO)),                          // IFLA_LINKINFO
        carries(19, U32),                                             // IFLA_NET_NS_PID
        carries(20, Carried::Text),                                   // IFLA_IFALIAS
        carries(21, U32),                                             // IFLA_NUM_VF
        carries(23, Carried::Record(&LINK_STATS64)),                  // IFLA_STATS64
        carries(26, Carried::Nested(&AF_SPEC)),                       // IFLA_AF_SPEC
        carries(27, U32),                                             // IFLA_GROUP
        carries(28, INT),                                             // IFLA_NET_NS_FD
        carries(29, Carried::Narrow(Kind::Flags(&RTEXT_FILTER, 4))),  // IFLA_EXT_MASK
        carries(30, U32),                                             // IFLA_PROMISCUITY
        carries(31, U32),                                             // IFLA_NUM_TX_QUEUES
        carries(32, U32),                                             // IFLA_NUM_RX_QUEUES
        carries(33, U8),                                              // IFLA_CARRIER
        carries(35, U32),                                             // IFLA_CARRIER_CHANGES
        carries(37, INT),                                             // IFLA_LINK_NETNSID
        carries(38, Carried::Text),                                   // IFLA_PHYS_PORT_NAME
        carries(39, U8),                                              // IFLA_PROTO_DOWN
        carries(40, U32),                                             // IFLA_GSO_MAX_SEGS
        carries(41, U32),                                             // IFLA_GSO_MAX_SIZE
        carries(43, Carried::Nested(&XDP)),                           // IFLA_XDP
        carries(44, Carried::One(Kind::Const(&IFLA_EVENT, 4))),       // IFLA_EVENT
        carries(45, INT),                                             // IFLA_NEW_NETNSID
        carries(46, INT),                                             // IFLA_IF_NETNSID
        carries(47, U32),                                             // IFLA_CARRIER_UP_COUNT
        carries(48, U32),                                             // IFLA_CARRIER_DOWN_COUNT
        carries(49, INTERFACE),                                       // IFLA_NEW_IFINDEX
        carries(50, U32),                                             // IFLA_MIN_MTU
        carries(51, U32),                                             // IFLA_MAX_MTU
        carries(52, Carried::Nested(&PROPERTIES)),                    // IFLA_PROP_LIST
        carries(53, Carried::Text),                                   // IFLA_ALT_IFNAME
        carries(54, Carried::Hardware),                               // IFLA_PERM_ADDRESS
        carries(55, Carried::Nested(&DOWN_REASON)),                   // IFLA_PROTO_DOWN_REASON
        carries(56, Carried::Text),                                   // IFLA_PARENT_DEV_NAME
        carries(57, Carried::Text),                                   // IFLA_PARENT_DEV_BUS_NAME
        carries(58, U32),                                             // IFLA_GRO_MAX_SIZE
        carries(59, U32),                                             // IFLA_TSO_MAX_SIZE
        carries(60, U32),                                             // IFLA_TSO_MAX_SEGS
        carries(61, U32),                                             // IFLA_ALLMULTI
    ],
    others: Carried::Opaque,
};

static PROPERTIES: Attributes = Attributes {
    names: &IFLA,
    rows: &[carries(53, Carried::Text)], // IFLA_ALT_IFNAME
    others: Carried::Opaque,
};

static INFO: Attributes = Attributes {
    names: &IFLA_INFO,
    rows: &[carries(1, Carried::Text), carries(4, Carried::Text)],
    others: Carried::Opaque,
};

static XDP: Attributes = Attributes {
    names: &IFLA_XDP,
    rows: &[
        carries(0, Carried::Opaque),
        carries(2, Carried::Narrow(Kind::Const(&XDP_ATTACHED, 1))),
        carries(3, Carried::One(Kind::Flags(&XDP_LINK_FLAGS, 4))),
        carries(1, INT),
        carries(8, INT),
    ],
    others: U32,
};

const INT: Carried = Carried::One(Kind::Int(4));

static DOWN_REASON: Attributes = Attributes {
    names: &IFLA_PROTO_DOWN_REASON,
    rows: &[carries(1, HEX32), carries(2, HEX32)],
    others: Carried::Opaque,
};

/// Settings of address families on an interface.
static AF_SPEC: Attributes = Attributes {
    names: &ADDRESS_FAMILY,
    rows: &[
        carries(libc::AF_INET as u16, Carried::Nested(&INET)),
        carries(libc::AF_INET6 as u16, Carried::Nested(&INET6)),
    ],
    others: Carried::Opaque,
};

static INET: Attributes =
    Attributes { names: &IFLA_INET, rows: &[carries(1, Carried::Each(&IPV4_CONF))], others: Carried::Opaque };

static INET6: Attributes = Attributes {
    names: &IFLA_INET6,
    rows: &[
        carries(1, Carried::Narrow(Kind::Flags(&INET6_IF_FLAGS, 4))),
        carries(2, Carried::Each(&IPV6_CONF)),
        carries(3, Carried::Each(&IPV6_STATS)),
        carries(5, Carried::Record(&INET6_CACHEINFO)),
        carries(6, Carried::Each(&ICMP6_STATS)),
        carries(7, Carried::One(Kind::Ipv6)),
        carries(8, Carried::Narrow(Kind::Const(&IN6_ADDR_GEN_MODE, 1))),
        carries(9, U32),
    ],
    others: Carried::Opaque,
};
