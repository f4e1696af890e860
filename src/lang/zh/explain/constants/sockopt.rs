//! `src/xlat/sockopt.rs`: options of sockets. A file per family, as in `src/xlat/sockopt/`.

mod family;
mod ip;
mod ipv6;
mod socket;
mod transport;

pub(in crate::lang::zh) use family::FAMILY;
pub(in crate::lang::zh) use ip::IP;
pub(in crate::lang::zh) use ipv6::IPV6;
pub(in crate::lang::zh) use socket::SOCKET;
pub(in crate::lang::zh) use transport::TRANSPORT;
