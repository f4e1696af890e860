//! The C structures that arguments point to, `include/uapi/linux/*.h`, for 64-bit machines.

pub use super::family::*;
use super::{Field, Kind, Layout};
use crate::xlat::file::{LOCK_TYPE, OWNER_TYPE, SEEK};
use crate::xlat::link::{ARPHRD, IFF, PACKET_MR, PACKET_TYPE};
use crate::xlat::protocol::ETH_P;
use crate::xlat::socket::{MCTP_ADDR, MCTP_NET, VMADDR_CID, VMADDR_FLAG, XDP_FLAGS};
use crate::xlat::wait::EPOLL_EVENTS;

pub(super) const fn field(name: &'static str, offset: usize, kind: Kind) -> Field {
    Field { name, offset, kind }
}

/// `struct timespec`.
pub static TIMESPEC: Layout = Layout {
    name: "timespec",
    size: 16,
    fields: &[field("tv_sec", 0, Kind::Int(8)), field("tv_nsec", 8, Kind::Int(8))],
};

/// `struct timeval`.
pub static TIMEVAL: Layout = Layout {
    name: "timeval",
    size: 16,
    fields: &[field("tv_sec", 0, Kind::Int(8)), field("tv_usec", 8, Kind::Int(8))],
};

/// `struct linger`, socket(7).
pub static LINGER: Layout = Layout {
    name: "linger",
    size: 8,
    fields: &[field("l_onoff", 0, Kind::Int(4)), field("l_linger", 4, Kind::Int(4))],
};

/// `struct epoll_event`, epoll_ctl(2); packed on x86_64.
pub static EPOLL_EVENT: Layout = Layout {
    name: "epoll_event",
    size: crate::sys::arch::EPOLL_EVENT_SIZE,
    fields: &[
        field("events", 0, Kind::Flags(&EPOLL_EVENTS, 4)),
        field("data", crate::sys::arch::EPOLL_EVENT_SIZE - 8, Kind::Record(&EPOLL_DATA)),
    ],
};

/// `epoll_data_t`, a union: both members are shown.
pub static EPOLL_DATA: Layout =
    Layout { name: "epoll_data", size: 8, fields: &[field("u32", 0, Kind::Uint(4)), field("u64", 0, Kind::Uint(8))] };

/// `struct iovec`, readv(2). Where the buffer was read, it replaces the pointer.
pub static IOVEC: Layout = Layout {
    name: "iovec",
    size: 16,
    fields: &[field("iov_base", 0, Kind::Buffer), field("iov_len", 8, Kind::Uint(8))],
};

/// `struct ucred`, unix(7).
pub static UCRED: Layout = Layout {
    name: "ucred",
    size: 12,
    fields: &[field("pid", 0, Kind::Int(4)), field("uid", 4, Kind::Uid), field("gid", 8, Kind::Uid)],
};

/// `struct ip_mreq`, ip(7). `struct ip_mreqn` begins the same; only this much is shown of it.
pub static IP_MREQ: Layout = Layout {
    name: "ip_mreq",
    size: 8,
    fields: &[field("imr_multiaddr", 0, Kind::Ipv4), field("imr_interface", 4, Kind::Ipv4)],
};

/// `struct ipv6_mreq`, ipv6(7).
pub static IPV6_MREQ: Layout = Layout {
    name: "ipv6_mreq",
    size: 20,
    fields: &[field("ipv6mr_multiaddr", 0, Kind::Ipv6), field("ipv6mr_interface", 16, Kind::Interface)],
};

/// `struct group_req`, `linux/in.h`.
pub static GROUP_REQ: Layout = Layout {
    name: "group_req",
    size: 136,
    fields: &[field("gr_interface", 0, Kind::Interface), field("gr_group", 8, Kind::SockAddr(128))],
};

/// `struct sock_fprog`, `linux/filter.h`.
pub static SOCK_FPROG: Layout = Layout {
    name: "sock_fprog",
    size: 16,
    fields: &[field("len", 0, Kind::Uint(2)), field("filter", 8, Kind::Filter)],
};

/// `struct sock_filter`, `linux/filter.h`: one instruction of a classic BPF program.
pub static SOCK_FILTER: Layout = Layout {
    name: "sock_filter",
    size: 8,
    fields: &[
        field("code", 0, Kind::Hex(2)),
        field("jt", 2, Kind::Hex(1)),
        field("jf", 3, Kind::Hex(1)),
        field("k", 4, Kind::Hex(4)),
    ],
};

/// `struct packet_mreq`, packet(7).
pub static PACKET_MREQ: Layout = Layout {
    name: "packet_mreq",
    size: 16,
    fields: &[
        field("mr_ifindex", 0, Kind::Interface),
        field("mr_type", 4, Kind::Const(&PACKET_MR, 2)),
        field("mr_alen", 6, Kind::Uint(2)),
        field("mr_address", 8, Kind::Mac(8)),
    ],
};

/// `struct tpacket_req`, `linux/if_packet.h`.
pub static TPACKET_REQ: Layout = Layout {
    name: "tpacket_req",
    size: 16,
    fields: &[
        field("tp_block_size", 0, Kind::Uint(4)),
        field("tp_block_nr", 4, Kind::Uint(4)),
        field("tp_frame_size", 8, Kind::Uint(4)),
        field("tp_frame_nr", 12, Kind::Uint(4)),
    ],
};

/// `struct tpacket_stats_v3`, `linux/if_packet.h`.
pub static TPACKET_STATS: Layout = Layout {
    name: "tpacket_stats",
    size: 12,
    fields: &[
        field("tp_packets", 0, Kind::Uint(4)),
        field("tp_drops", 4, Kind::Uint(4)),
        field("tp_freeze_q_cnt", 8, Kind::Uint(4)),
    ],
};

/// `struct in_pktinfo`, ip(7).
pub static IN_PKTINFO: Layout = Layout {
    name: "in_pktinfo",
    size: 12,
    fields: &[
        field("ipi_ifindex", 0, Kind::Interface),
        field("ipi_spec_dst", 4, Kind::Ipv4),
        field("ipi_addr", 8, Kind::Ipv4),
    ],
};

/// `struct sock_extended_err` and the address behind it, ip(7).
pub static SOCK_EXTENDED_ERR: Layout = Layout {
    name: "sock_extended_err",
    size: 32,
    fields: &[
        field("ee_errno", 0, Kind::Uint(4)),
        field("ee_origin", 4, Kind::Uint(1)),
        field("ee_type", 5, Kind::Uint(1)),
        field("ee_code", 6, Kind::Uint(1)),
        field("ee_info", 8, Kind::Uint(4)),
        field("ee_data", 12, Kind::Uint(4)),
        field("offender", 16, Kind::SockAddr(16)),
    ],
};

/// The part of `struct msghdr` that is shown when receiving failed: only what went in.
pub static RECVMSG_FAILED: Layout =
    Layout { name: "msghdr", size: 56, fields: &[field("msg_namelen", 8, Kind::Int(4))] };

/// `struct flock` as the program passes it, fcntl(2).
pub static FLOCK: Layout = Layout {
    name: "flock",
    size: 32,
    fields: &[
        field("l_type", 0, Kind::Const(&LOCK_TYPE, 2)),
        field("l_whence", 2, Kind::Const(&SEEK, 2)),
        field("l_start", 8, Kind::Int(8)),
        field("l_len", 16, Kind::Int(8)),
    ],
};

/// `struct flock` as the kernel fills it, fcntl(2).
pub static FLOCK_FOUND: Layout = Layout {
    name: "flock",
    size: 32,
    fields: &[
        field("l_type", 0, Kind::Const(&LOCK_TYPE, 2)),
        field("l_whence", 2, Kind::Const(&SEEK, 2)),
        field("l_start", 8, Kind::Int(8)),
        field("l_len", 16, Kind::Int(8)),
        field("l_pid", 24, Kind::Int(4)),
    ],
};

/// `struct f_owner_ex`, fcntl(2).
pub static F_OWNER_EX: Layout = Layout {
    name: "f_owner_ex",
    size: 8,
    fields: &[field("type", 0, Kind::Const(&OWNER_TYPE, 4)), field("pid", 4, Kind::Int(4))],
};

/// The sixth argument of pselect6(2).
pub static SIGSET_ARG: Layout = Layout {
    name: "sigset_arg",
    size: 16,
    fields: &[field("sigmask", 0, Kind::SigSet), field("sigsetsize", 8, Kind::Uint(8))],
};

/// `struct ifreq` of which only the name counts, netdevice(7).
pub static IFREQ_NAME: Layout = Layout { name: "ifreq", size: 40, fields: &[field("ifr_name", 0, Kind::Text(16))] };

/// `struct ifreq` with an index.
pub static IFREQ_INDEX: Layout = Layout {
    name: "ifreq",
    size: 40,
    fields: &[field("ifr_name", 0, Kind::Text(16)), field("ifr_ifindex", 16, Kind::Int(4))],
};

/// `struct ifreq` with flags.
pub static IFREQ_FLAGS: Layout = Layout {
    name: "ifreq",
    size: 40,
    fields: &[field("ifr_name", 0, Kind::Text(16)), field("ifr_flags", 16, Kind::Flags(&IFF, 2))],
};

/// `struct ifreq` with a metric.
pub static IFREQ_METRIC: Layout = Layout {
    name: "ifreq",
    size: 40,
    fields: &[field("ifr_name", 0, Kind::Text(16)), field("ifr_metric", 16, Kind::Int(4))],
};

/// `struct ifreq` with an MTU.
pub static IFREQ_MTU: Layout = Layout {
    name: "ifreq",
    size: 40,
    fields: &[field("ifr_name", 0, Kind::Text(16)), field("ifr_mtu", 16, Kind::Int(4))],
};

/// `struct ifreq` with a queue length.
pub static IFREQ_QLEN: Layout = Layout {
    name: "ifreq",
    size: 40,
    fields: &[field("ifr_name", 0, Kind::Text(16)), field("ifr_qlen", 16, Kind::Int(4))],
};

/// `struct ifreq` with an address.
pub static IFREQ_ADDR: Layout = Layout {
    name: "ifreq",
    size: 40,
    fields: &[field("ifr_name", 0, Kind::Text(16)), field("ifr_addr", 16, Kind::SockAddr(16))],
};

/// `struct ifreq` with a peer's address.
pub static IFREQ_DSTADDR: Layout = Layout {
    name: "ifreq",
    size: 40,
    fields: &[field("ifr_name", 0, Kind::Text(16)), field("ifr_dstaddr", 16, Kind::SockAddr(16))],
};

/// `struct ifreq` with a broadcast address.
pub static IFREQ_BRDADDR: Layout = Layout {
    name: "ifreq",
    size: 40,
    fields: &[field("ifr_name", 0, Kind::Text(16)), field("ifr_broadaddr", 16, Kind::SockAddr(16))],
};

/// `struct ifreq` with a mask.
pub static IFREQ_NETMASK: Layout = Layout {
    name: "ifreq",
    size: 40,
    fields: &[field("ifr_name", 0, Kind::Text(16)), field("ifr_netmask", 16, Kind::SockAddr(16))],
};

/// `struct sockaddr` that holds a hardware address, whose length depends on the kind of hardware.
pub static HWADDR: Layout = Layout {
    name: "sockaddr",
    size: 16,
    fields: &[field("sa_family", 0, Kind::Const(&ARPHRD, 2)), field("sa_data", 2, Kind::Mac(14))],
};

/// `struct ifconf`, netdevice(7).
pub static IFCONF: Layout = Layout {
    name: "ifconf",
    size: 16,
    fields: &[field("ifc_len", 0, Kind::BufferLen), field("ifc_buf", 8, Kind::Elements)],
};

/// `struct ifreq` with a hardware address.
pub static IFREQ_HWADDR: Layout = Layout {
    name: "ifreq",
    size: 40,
    fields: &[field("ifr_name", 0, Kind::Text(16)), field("ifr_hwaddr", 16, Kind::Record(&HWADDR))],
};

/// `struct sockaddr_nl`, netlink(7).
pub static SOCKADDR_NL: Layout = Layout {
    name: "sockaddr_nl",
    size: 12,
    fields: &[field("nl_pad", 2, Kind::Pad(2)), field("nl_pid", 4, Kind::Int(4)), field("nl_groups", 8, Kind::Hex8)],
};

/// `struct sockaddr_ll`, packet(7), without the address itself.
pub static SOCKADDR_LL: Layout = Layout {
    name: "sockaddr_ll",
    size: 20,
    fields: &[
        field("sll_protocol", 2, Kind::Be16(&ETH_P)),
        field("sll_ifindex", 4, Kind::Interface),
        field("sll_hatype", 8, Kind::Const(&ARPHRD, 2)),
        field("sll_pkttype", 10, Kind::Const(&PACKET_TYPE, 1)),
        field("sll_halen", 11, Kind::Uint(1)),
        field("sll_addr", 12, Kind::HwAddr),
    ],
};

/// `struct sockaddr_vm`, vsock(7).
pub static SOCKADDR_VM: Layout = Layout {
    name: "sockaddr_vm",
    size: 16,
    fields: &[
        field("svm_reserved1", 2, Kind::Pad(2)),
        field("svm_cid", 8, Kind::Const(&VMADDR_CID, 4)),
        field("svm_port", 4, Kind::Hex(4)),
        field("svm_flags", 12, Kind::Flags(&VMADDR_FLAG, 1)),
        field("svm_zero", 13, Kind::PadBytes(3)),
    ],
};

/// `struct sockaddr_qrtr`, `linux/qrtr.h`.
pub static SOCKADDR_QRTR: Layout = Layout {
    name: "sockaddr_qrtr",
    size: 12,
    fields: &[field("sq_node", 4, Kind::Hex(4)), field("sq_port", 8, Kind::Hex(4))],
};

/// `struct sockaddr_xdp`, `linux/if_xdp.h`.
pub static SOCKADDR_XDP: Layout = Layout {
    name: "sockaddr_xdp",
    size: 16,
    fields: &[
        field("sxdp_flags", 2, Kind::Flags(&XDP_FLAGS, 2)),
        field("sxdp_ifindex", 4, Kind::Interface),
        field("sxdp_queue_id", 8, Kind::Uint(4)),
        field("sxdp_shared_umem_fd", 12, Kind::PadFd),
    ],
};

/// `struct ifreq` that asks for a name.
pub static IFREQ_BY_INDEX: Layout =
    Layout { name: "ifreq", size: 40, fields: &[field("ifr_ifindex", 16, Kind::Int(4))] };

/// `struct ifreq` that found a name.
pub static IFREQ_NAMED: Layout = Layout {
    name: "ifreq",
    size: 40,
    fields: &[field("ifr_ifindex", 16, Kind::Int(4)), field("ifr_name", 0, Kind::Text(16))],
};

/// `struct ifreq` with the name of another interface.
pub static IFREQ_SLAVE: Layout = Layout {
    name: "ifreq",
    size: 40,
    fields: &[field("ifr_name", 0, Kind::Text(16)), field("ifr_slave", 16, Kind::Text(16))],
};

/// `struct ifreq` with a new name.
pub static IFREQ_NEWNAME: Layout = Layout {
    name: "ifreq",
    size: 40,
    fields: &[field("ifr_name", 0, Kind::Text(16)), field("ifr_newname", 16, Kind::Text(16))],
};

/// `struct ifmap`, netdevice(7).
pub static IFMAP: Layout = Layout {
    name: "ifmap",
    size: 24,
    fields: &[
        field("mem_start", 0, Kind::Hex(8)),
        field("mem_end", 8, Kind::Hex(8)),
        field("base_addr", 16, Kind::Hex(2)),
        field("irq", 18, Kind::Hex(1)),
        field("dma", 19, Kind::Hex(1)),
        field("port", 20, Kind::Hex(1)),
    ],
};

/// `struct ifreq` with hardware parameters.
pub static IFREQ_MAP: Layout = Layout {
    name: "ifreq",
    size: 40,
    fields: &[field("ifr_name", 0, Kind::Text(16)), field("ifr_map", 16, Kind::Record(&IFMAP))],
};

/// `struct sockaddr_ipx`, `linux/ipx.h`.
pub static SOCKADDR_IPX: Layout = Layout {
    name: "sockaddr_ipx",
    size: 16,
    fields: &[
        field("sipx_port", 2, Kind::Port),
        field("sipx_network", 4, Kind::Be32Hex),
        field("sipx_node", 8, Kind::Octets(6)),
        field("sipx_type", 14, Kind::Octet),
        field("sipx_zero", 15, Kind::Pad(1)),
    ],
};

/// `struct mctp_addr`, `linux/mctp.h`.
pub static MCTP_ADDR_FIELD: Layout =
    Layout { name: "mctp_addr", size: 1, fields: &[field("s_addr", 0, Kind::Const(&MCTP_ADDR, 1))] };

/// `struct sockaddr_mctp`, `linux/mctp.h`.
pub static SOCKADDR_MCTP: Layout = Layout {
    name: "sockaddr_mctp",
    size: 12,
    fields: &[
        field("__smctp_pad0", 2, Kind::Pad(2)),
        field("smctp_network", 4, Kind::Const(&MCTP_NET, 4)),
        field("smctp_addr", 8, Kind::Record(&MCTP_ADDR_FIELD)),
        field("smctp_type", 9, Kind::Hex(1)),
        field("smctp_tag", 10, Kind::Hex(1)),
        field("__smctp_pad1", 11, Kind::Pad(1)),
    ],
};
