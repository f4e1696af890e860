//! Names of socket options and control messages: one table per level, the levels by family.
//!
//! A few numbers (of the firewall, above all) mean one thing to `setsockopt` and another to `getsockopt`. Each such
//! level has a second table, for `getsockopt`, that extends the first.

use super::Xlat;

mod family;
mod ip;
mod ipv6;
mod socket;
mod transport;

pub use family::{ALG, AX25, BT, CAIF, CAN_RAW, IPX, IRDA, IUCV, LLC, NETLINK, NFC, PACKET, PNPIPE, TIPC, VSOCK, XDP};
pub use ip::{ICMP_TYPE, IP, IP_GET, IP_PMTUDISC, RAW, SCM_IP};
pub use ipv6::{IPV6, IPV6_GET, IPV6_PMTUDISC};
pub use socket::{SCM, SO, SO_GET, SOCK_TXREHASH, SOF_TIMESTAMPING};
pub use transport::{DCCP, KCM, PPPOL2TP, RDS, RXRPC, SCTP, TCP, TCP_STATE, TLS, UDP};

/// Which call an option number is passed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// `getsockopt`.
    Get,
    /// `setsockopt`.
    Set,
}

/// The table that names the options of a level (a number of [`SOL`](super::socket::SOL)); `None` for a level whose
/// options have no names, which strace writes as unsigned decimal numbers.
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

/// The empty table: a number that never has a name and is written without a comment.
pub static NAMELESS: Xlat = Xlat::new("", &[]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_may_have_a_name_per_call() {
        let name = |access, number| options(libc::SOL_SOCKET, access).unwrap().name(number);
        assert_eq!((name(Access::Set, 26), name(Access::Get, 26)), (Some("SO_ATTACH_FILTER"), Some("SO_GET_FILTER")));
        assert_eq!((name(Access::Set, 2), name(Access::Get, 2)), (Some("SO_REUSEADDR"), Some("SO_REUSEADDR")));
        assert!(options(libc::SOL_ICMPV6, Access::Set).is_none() && options(-1, Access::Get).is_none());
    }
}
