//! The C structures that arguments point to, `include/uapi/linux/*.h`, for 64-bit machines.

pub use super::family::*;
use super::{Field, Kind, Layout};
use crate::xlat::file::{LOCK_TYPE, OWNER_TYPE, SEEK};
use crate::xlat::link::{ARPHRD, IFF, PACKET_MR, PACKET_TYPE};
use crate::xlat::protocol::ETH_P;
use crate::xlat::socket::{MCTP_ADDR, MCTP_NET, VMADDR_CID, VMADDR_FLAG, XDP_FLAGS};
use crate::xlat::wait::{EPOLL_EVENTS, POLL_EVENTS};

pub(super) const fn field(name: &'static str, offset: usize, kind: Kind, doc: &'static str) -> Field {
    Field { name, offset, kind, doc }
}

/// The sentence of `msg_namelen`.
pub(super) const NAMELEN: &str = "The size of the address, or the room for it.";

/// `struct pollfd`, poll(2).
pub(crate) static POLLFD: Layout = Layout {
    name: "pollfd",
    size: 8,
    doc: "One descriptor that poll waits for.",
    fields: &[
        field("fd", 0, Kind::Fd, "The descriptor; poll skips negative ones."),
        field("events", 4, Kind::Flags(&POLL_EVENTS, 2), "What to wait for."),
        field(
            "revents",
            6,
            Kind::Flags(&POLL_EVENTS, 2),
            "What the kernel found; the trace shows it after the result.",
        ),
    ],
};

/// `struct timespec`.
pub static TIMESPEC: Layout = Layout {
    name: "timespec",
    size: 16,
    doc: "A time in seconds and nanoseconds.",
    fields: &[
        field("tv_sec", 0, Kind::Int(8), "Whole seconds."),
        field("tv_nsec", 8, Kind::Int(8), "Nanoseconds beyond the seconds."),
    ],
};

/// `struct timeval`.
pub static TIMEVAL: Layout = Layout {
    name: "timeval",
    size: 16,
    doc: "A time in seconds and microseconds.",
    fields: &[
        field("tv_sec", 0, Kind::Int(8), "Whole seconds."),
        field("tv_usec", 8, Kind::Int(8), "Microseconds beyond the seconds."),
    ],
};

/// `struct linger`, socket(7).
pub static LINGER: Layout = Layout {
    name: "linger",
    size: 8,
    doc: "Whether close waits until what was sent is acknowledged.",
    fields: &[
        field("l_onoff", 0, Kind::Int(4), "1 for on, 0 for off."),
        field(
            "l_linger",
            4,
            Kind::Int(4),
            "How long close waits, in seconds; on and 0 makes it break the connection off with a reset.",
        ),
    ],
};

/// `struct epoll_event`, epoll_ctl(2); packed on x86_64.
pub static EPOLL_EVENT: Layout = Layout {
    name: "epoll_event",
    size: crate::sys::arch::EPOLL_EVENT_SIZE,
    doc: "One thing to watch for, or one that happened, in an epoll set.",
    fields: &[
        field("events", 0, Kind::Flags(&EPOLL_EVENTS, 4), "What to wait for; when it is reported, what happened."),
        field(
            "data",
            crate::sys::arch::EPOLL_EVENT_SIZE - 8,
            Kind::Record(&EPOLL_DATA),
            "The program's own note, which the kernel gives back as it was; most often the descriptor.",
        ),
    ],
};

/// `epoll_data_t`, a union: both members are shown.
pub static EPOLL_DATA: Layout = Layout {
    name: "epoll_data",
    size: 8,
    doc: "The program's own note in an epoll event, shown as 32 and as 64 bits.",
    fields: &[
        field("u32", 0, Kind::Uint(4), "The note's lower 32 bits."),
        field("u64", 0, Kind::Uint(8), "The note's 64 bits."),
    ],
};

/// `struct iovec`, readv(2). Where the buffer was read, it replaces the pointer.
pub static IOVEC: Layout = Layout {
    name: "iovec",
    size: 16,
    doc: "One buffer of several.",
    fields: &[
        field("iov_base", 0, Kind::Buffer, "The bytes of the buffer."),
        field("iov_len", 8, Kind::Uint(8), "How long the buffer is."),
    ],
};

/// `struct ucred`, unix(7).
pub static UCRED: Layout = Layout {
    name: "ucred",
    size: 12,
    doc: "Who is at the other end of a Unix socket, as the kernel vouches for it.",
    fields: &[
        field("pid", 0, Kind::Int(4), "The process."),
        field("uid", 4, Kind::Uid, "The user."),
        field("gid", 8, Kind::Uid, "The group."),
    ],
};

/// `struct ip_mreq`, ip(7). `struct ip_mreqn` begins the same; only this much is shown of it.
pub static IP_MREQ: Layout = Layout {
    name: "ip_mreq",
    size: 8,
    doc: "An IPv4 multicast group to join or leave.",
    fields: &[
        field("imr_multiaddr", 0, Kind::Ipv4, "The group's address, 224.0.0.0 to 239.255.255.255."),
        field("imr_interface", 4, Kind::Ipv4, "The address of the local interface; 0.0.0.0 lets the kernel choose."),
    ],
};

/// `struct ipv6_mreq`, ipv6(7).
pub static IPV6_MREQ: Layout = Layout {
    name: "ipv6_mreq",
    size: 20,
    doc: "An IPv6 multicast group to join or leave.",
    fields: &[
        field("ipv6mr_multiaddr", 0, Kind::Ipv6, "The group's address, which begins with ff."),
        field("ipv6mr_interface", 16, Kind::Interface, "The local interface; 0 lets the kernel choose."),
    ],
};

/// `struct group_req`, `linux/in.h`.
pub static GROUP_REQ: Layout = Layout {
    name: "group_req",
    size: 136,
    doc: "A multicast group of either IP version to join or leave.",
    fields: &[
        field("gr_interface", 0, Kind::Interface, "The local interface; 0 lets the kernel choose."),
        field("gr_group", 8, Kind::SockAddr(128), "The group's address."),
    ],
};

/// `struct sock_fprog`, `linux/filter.h`.
pub static SOCK_FPROG: Layout = Layout {
    name: "sock_fprog",
    size: 16,
    doc: "A BPF program that decides which packets a socket gets.",
    fields: &[
        field("len", 0, Kind::Uint(2), "How many instructions it has."),
        field("filter", 8, Kind::Filter, "The instructions."),
    ],
};

/// `struct sock_filter`, `linux/filter.h`: one instruction of a classic BPF program.
pub static SOCK_FILTER: Layout = Layout {
    name: "sock_filter",
    size: 8,
    doc: "One instruction of a BPF program.",
    fields: &[
        field("code", 0, Kind::Hex(2), "What the instruction does."),
        field("jt", 2, Kind::Hex(1), "How many instructions to skip if a comparison is true."),
        field("jf", 3, Kind::Hex(1), "How many instructions to skip if a comparison is false."),
        field("k", 4, Kind::Hex(4), "The number that the instruction works with."),
    ],
};

/// `struct packet_mreq`, packet(7).
pub static PACKET_MREQ: Layout = Layout {
    name: "packet_mreq",
    size: 16,
    doc: "Which further frames of an interface a packet socket wants.",
    fields: &[
        field("mr_ifindex", 0, Kind::Interface, "The interface."),
        field("mr_type", 4, Kind::Const(&PACKET_MR, 2), "Which frames: of a group, of everybody."),
        field("mr_alen", 6, Kind::Uint(2), "The length of the address."),
        field("mr_address", 8, Kind::Mac(8), "The hardware address."),
    ],
};

/// `struct tpacket_req`, `linux/if_packet.h`.
pub static TPACKET_REQ: Layout = Layout {
    name: "tpacket_req",
    size: 16,
    doc: "The size of a ring of packets that the kernel shares with the program.",
    fields: &[
        field("tp_block_size", 0, Kind::Uint(4), "Bytes of each block of memory."),
        field("tp_block_nr", 4, Kind::Uint(4), "How many blocks."),
        field("tp_frame_size", 8, Kind::Uint(4), "Bytes for each packet."),
        field("tp_frame_nr", 12, Kind::Uint(4), "How many packets fit."),
    ],
};

/// `struct tpacket_stats_v3`, `linux/if_packet.h`.
pub static TPACKET_STATS: Layout = Layout {
    name: "tpacket_stats",
    size: 12,
    doc: "How many packets a packet socket got and lost.",
    fields: &[
        field("tp_packets", 0, Kind::Uint(4), "Packets that arrived, lost ones included."),
        field("tp_drops", 4, Kind::Uint(4), "Packets that were lost because there was no room."),
        field("tp_freeze_q_cnt", 8, Kind::Uint(4), "How often the queue stood still because it was full."),
    ],
};

/// `struct in_pktinfo`, ip(7).
pub static IN_PKTINFO: Layout = Layout {
    name: "in_pktinfo",
    size: 12,
    doc: "Which interface and address of this machine an IPv4 packet used.",
    fields: &[
        field("ipi_ifindex", 0, Kind::Interface, "The interface."),
        field("ipi_spec_dst", 4, Kind::Ipv4, "The local address."),
        field("ipi_addr", 8, Kind::Ipv4, "The address in the packet's header to which it was sent."),
    ],
};

/// `struct sock_extended_err` and the address behind it, ip(7).
pub static SOCK_EXTENDED_ERR: Layout = Layout {
    name: "sock_extended_err",
    size: 32,
    doc: "An error that a router, the peer or this machine reported for something sent earlier.",
    fields: &[
        field("ee_errno", 0, Kind::Uint(4), "The error number."),
        field("ee_origin", 4, Kind::Uint(1), "Who reported it: this machine, ICMP and so on."),
        field("ee_type", 5, Kind::Uint(1), "The ICMP type."),
        field("ee_code", 6, Kind::Uint(1), "The ICMP code."),
        field("ee_info", 8, Kind::Uint(4), "Further information, such as the largest packet that fits."),
        field("ee_data", 12, Kind::Uint(4), "Further information."),
        field("offender", 16, Kind::SockAddr(16), "The address of the machine that reported it."),
    ],
};

/// The part of `struct msghdr` that is shown when receiving failed: only what went in.
pub static RECVMSG_FAILED: Layout = Layout {
    name: "msghdr",
    size: 56,
    doc: "A message: the address, the buffers and the control messages, with their lengths.",
    fields: &[field("msg_namelen", 8, Kind::Int(4), NAMELEN)],
};

/// `struct flock` as the program passes it, fcntl(2).
pub static FLOCK: Layout = Layout {
    name: "flock",
    size: 32,
    doc: "A lock on a part of a file.",
    fields: &[
        field("l_type", 0, Kind::Const(&LOCK_TYPE, 2), "Whether to share, to own or to release."),
        field("l_whence", 2, Kind::Const(&SEEK, 2), "Where l_start counts from."),
        field("l_start", 8, Kind::Int(8), "The first byte of the part."),
        field("l_len", 16, Kind::Int(8), "How many bytes; 0 for all up to the end."),
    ],
};

/// `struct flock` as the kernel fills it, fcntl(2).
pub static FLOCK_FOUND: Layout = Layout {
    name: "flock",
    size: 32,
    doc: "A lock on a part of a file.",
    fields: &[
        field("l_type", 0, Kind::Const(&LOCK_TYPE, 2), "Whether to share, to own or to release."),
        field("l_whence", 2, Kind::Const(&SEEK, 2), "Where l_start counts from."),
        field("l_start", 8, Kind::Int(8), "The first byte of the part."),
        field("l_len", 16, Kind::Int(8), "How many bytes; 0 for all up to the end."),
        field("l_pid", 24, Kind::Int(4), "The process that has a lock in the way."),
    ],
};

/// `struct f_owner_ex`, fcntl(2).
pub static F_OWNER_EX: Layout = Layout {
    name: "f_owner_ex",
    size: 8,
    doc: "Who gets a signal when a descriptor is ready.",
    fields: &[
        field("type", 0, Kind::Const(&OWNER_TYPE, 4), "Whether a thread, a process or a group."),
        field("pid", 4, Kind::Int(4), "Its number."),
    ],
};

/// The sixth argument of pselect6(2).
pub static SIGSET_ARG: Layout = Layout {
    name: "sigset_arg",
    size: 16,
    doc: "A set of signals with its size, as pselect6 takes it.",
    fields: &[
        field("sigmask", 0, Kind::SigSet, "The signals that are held back while it waits."),
        field("sigsetsize", 8, Kind::Uint(8), "The size of the set in bytes: 8."),
    ],
};

/// `struct ifreq` with these members, netdevice(7).
const fn ifreq(fields: &'static [Field]) -> Layout {
    Layout { name: "ifreq", size: 40, doc: "A network interface, by its name, and one property of it.", fields }
}

const IFR_NAME: Field = field("ifr_name", 0, Kind::Text(16), "The interface's name, such as lo or eth0.");
const IFR_IFINDEX: Field = field("ifr_ifindex", 16, Kind::Int(4), "The interface's number.");

/// `struct ifreq` of which only the name counts, netdevice(7).
pub static IFREQ_NAME: Layout = ifreq(&[IFR_NAME]);

/// `struct ifreq` with an index.
pub static IFREQ_INDEX: Layout = ifreq(&[IFR_NAME, IFR_IFINDEX]);

/// `struct ifreq` with flags.
pub static IFREQ_FLAGS: Layout =
    ifreq(&[IFR_NAME, field("ifr_flags", 16, Kind::Flags(&IFF, 2), "What state it is in.")]);

/// `struct ifreq` with a metric.
pub static IFREQ_METRIC: Layout =
    ifreq(&[IFR_NAME, field("ifr_metric", 16, Kind::Int(4), "How costly it is to use it, for choosing a route.")]);

/// `struct ifreq` with an MTU.
pub static IFREQ_MTU: Layout =
    ifreq(&[IFR_NAME, field("ifr_mtu", 16, Kind::Int(4), "The largest packet that it carries, in bytes.")]);

/// `struct ifreq` with a queue length.
pub static IFREQ_QLEN: Layout =
    ifreq(&[IFR_NAME, field("ifr_qlen", 16, Kind::Int(4), "How many packets may wait to be sent.")]);

/// `struct ifreq` with an address.
pub static IFREQ_ADDR: Layout = ifreq(&[IFR_NAME, field("ifr_addr", 16, Kind::SockAddr(16), "Its address.")]);

/// `struct ifreq` with a peer's address.
pub static IFREQ_DSTADDR: Layout = ifreq(&[
    IFR_NAME,
    field("ifr_dstaddr", 16, Kind::SockAddr(16), "The address at the other end of a point-to-point link."),
]);

/// `struct ifreq` with a broadcast address.
pub static IFREQ_BRDADDR: Layout = ifreq(&[
    IFR_NAME,
    field("ifr_broadaddr", 16, Kind::SockAddr(16), "The address that reaches everybody on its network."),
]);

/// `struct ifreq` with a mask.
pub static IFREQ_NETMASK: Layout =
    ifreq(&[IFR_NAME, field("ifr_netmask", 16, Kind::SockAddr(16), "Which part of the address names the network.")]);

/// `struct sockaddr` that holds a hardware address, whose length depends on the kind of hardware.
pub static HWADDR: Layout = Layout {
    name: "sockaddr",
    size: 16,
    doc: "An address of any kind; here a hardware address.",
    fields: &[
        field("sa_family", 0, Kind::Const(&ARPHRD, 2), "The kind of hardware."),
        field("sa_data", 2, Kind::Mac(14), "The hardware address."),
    ],
};

/// `struct ifconf`, netdevice(7).
pub static IFCONF: Layout = Layout {
    name: "ifconf",
    size: 16,
    doc: "A list of all interfaces that have an address.",
    fields: &[
        field("ifc_len", 0, Kind::BufferLen, "The room for the list in bytes, and after the call its size."),
        field("ifc_buf", 8, Kind::Elements, "The interfaces."),
    ],
};

/// `struct ifreq` with a hardware address.
pub static IFREQ_HWADDR: Layout =
    ifreq(&[IFR_NAME, field("ifr_hwaddr", 16, Kind::Record(&HWADDR), "Its hardware address (MAC).")]);

/// `struct sockaddr_nl`, netlink(7).
pub static SOCKADDR_NL: Layout = Layout {
    name: "sockaddr_nl",
    size: 12,
    doc: "The address of a netlink socket, over which programs talk to the kernel.",
    fields: &[
        field("nl_pad", 2, Kind::Pad(2), "Unused; should be 0."),
        field("nl_pid", 4, Kind::Int(4), "Which socket: 0 for the kernel, otherwise most often the process."),
        field("nl_groups", 8, Kind::Hex8, "The groups of news to receive, a bit for each."),
    ],
};

/// `struct sockaddr_ll`, packet(7), without the address itself.
pub static SOCKADDR_LL: Layout = Layout {
    name: "sockaddr_ll",
    size: 20,
    doc: "The address of a packet socket: an interface, and what is sent on it.",
    fields: &[
        field("sll_protocol", 2, Kind::Be16(&ETH_P), "The protocol in the frame, such as IP."),
        field("sll_ifindex", 4, Kind::Interface, "The interface."),
        field("sll_hatype", 8, Kind::Const(&ARPHRD, 2), "The kind of hardware."),
        field("sll_pkttype", 10, Kind::Const(&PACKET_TYPE, 1), "Whom the frame was for."),
        field("sll_halen", 11, Kind::Uint(1), "The length of the hardware address."),
        field("sll_addr", 12, Kind::HwAddr, "The hardware address."),
    ],
};

/// `struct sockaddr_vm`, vsock(7).
pub static SOCKADDR_VM: Layout = Layout {
    name: "sockaddr_vm",
    size: 16,
    doc: "An address between a virtual machine and its host.",
    fields: &[
        field("svm_reserved1", 2, Kind::Pad(2), "Unused; should be 0."),
        field("svm_cid", 8, Kind::Const(&VMADDR_CID, 4), "Which machine."),
        field("svm_port", 4, Kind::Hex(4), "The port."),
        field("svm_flags", 12, Kind::Flags(&VMADDR_FLAG, 1), "How it is reached."),
        field("svm_zero", 13, Kind::PadBytes(3), "Unused; should be 0."),
    ],
};

/// `struct sockaddr_qrtr`, `linux/qrtr.h`.
pub static SOCKADDR_QRTR: Layout = Layout {
    name: "sockaddr_qrtr",
    size: 12,
    doc: "An address on Qualcomm's IPC router, between the processors of one chip.",
    fields: &[field("sq_node", 4, Kind::Hex(4), "Which processor."), field("sq_port", 8, Kind::Hex(4), "The port.")],
};

/// `struct sockaddr_xdp`, `linux/if_xdp.h`.
pub static SOCKADDR_XDP: Layout = Layout {
    name: "sockaddr_xdp",
    size: 16,
    doc: "A queue of an interface, for packets that bypass most of the kernel.",
    fields: &[
        field("sxdp_flags", 2, Kind::Flags(&XDP_FLAGS, 2), "How packets get to the program."),
        field("sxdp_ifindex", 4, Kind::Interface, "The interface."),
        field("sxdp_queue_id", 8, Kind::Uint(4), "Which of its queues."),
        field("sxdp_shared_umem_fd", 12, Kind::PadFd, "The socket whose memory is shared."),
    ],
};

/// `struct ifreq` that asks for a name.
pub static IFREQ_BY_INDEX: Layout = ifreq(&[IFR_IFINDEX]);

/// `struct ifreq` that found a name.
pub static IFREQ_NAMED: Layout = ifreq(&[IFR_IFINDEX, IFR_NAME]);

/// `struct ifreq` with the name of another interface.
pub static IFREQ_SLAVE: Layout =
    ifreq(&[IFR_NAME, field("ifr_slave", 16, Kind::Text(16), "The name of an interface that works for it.")]);

/// `struct ifreq` with a new name.
pub static IFREQ_NEWNAME: Layout =
    ifreq(&[IFR_NAME, field("ifr_newname", 16, Kind::Text(16), "The name that it is to get.")]);

/// `struct ifmap`, netdevice(7).
pub static IFMAP: Layout = Layout {
    name: "ifmap",
    size: 24,
    doc: "Where the hardware of an old network card is found.",
    fields: &[
        field("mem_start", 0, Kind::Hex(8), "The first address of its memory."),
        field("mem_end", 8, Kind::Hex(8), "The last address of its memory."),
        field("base_addr", 16, Kind::Hex(2), "Its input and output address."),
        field("irq", 18, Kind::Hex(1), "Its interrupt."),
        field("dma", 19, Kind::Hex(1), "Its DMA channel."),
        field("port", 20, Kind::Hex(1), "Which connector it uses."),
    ],
};

/// `struct ifreq` with hardware parameters.
pub static IFREQ_MAP: Layout =
    ifreq(&[IFR_NAME, field("ifr_map", 16, Kind::Record(&IFMAP), "Its hardware's memory and interrupt.")]);

/// `struct sockaddr_ipx`, `linux/ipx.h`.
pub static SOCKADDR_IPX: Layout = Layout {
    name: "sockaddr_ipx",
    size: 16,
    doc: "An address of IPX, an old network of Novell's.",
    fields: &[
        field("sipx_port", 2, Kind::Port, "The port."),
        field("sipx_network", 4, Kind::Be32Hex, "The network."),
        field("sipx_node", 8, Kind::Octets(6), "The machine in it."),
        field("sipx_type", 14, Kind::Octet, "The type of packet."),
        field("sipx_zero", 15, Kind::Pad(1), "Unused; should be 0."),
    ],
};

/// `struct mctp_addr`, `linux/mctp.h`.
pub static MCTP_ADDR_FIELD: Layout = Layout {
    name: "mctp_addr",
    size: 1,
    doc: "An endpoint of MCTP, by its number.",
    fields: &[field("s_addr", 0, Kind::Const(&MCTP_ADDR, 1), "The endpoint's number.")],
};

/// `struct sockaddr_mctp`, `linux/mctp.h`.
pub static SOCKADDR_MCTP: Layout = Layout {
    name: "sockaddr_mctp",
    size: 12,
    doc: "An address of MCTP, between the components of one machine.",
    fields: &[
        field("__smctp_pad0", 2, Kind::Pad(2), "Unused; should be 0."),
        field("smctp_network", 4, Kind::Const(&MCTP_NET, 4), "The network."),
        field("smctp_addr", 8, Kind::Record(&MCTP_ADDR_FIELD), "The endpoint."),
        field("smctp_type", 9, Kind::Hex(1), "The type of message."),
        field("smctp_tag", 10, Kind::Hex(1), "Which request an answer belongs to."),
        field("__smctp_pad1", 11, Kind::Pad(1), "Unused; should be 0."),
    ],
};
