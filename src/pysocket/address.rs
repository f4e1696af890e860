//! Addresses as Python programs write them, and how Python turns them into the kernel's.

use std::net::Ipv4Addr;

use libc::c_int;

use super::{Error, Result, SharedNet, is_unnamed};
use crate::value::{SockAddr, UnixName};

/// What a Python program passes as an address.
#[derive(Debug, Clone, PartialEq)]
pub enum Address {
    /// `(host, port)`; the port is not checked before it is used.
    Host(String, i64),
    /// An address already in the kernel's form, as `recvfrom` returned it.
    Raw(SockAddr),
}

impl Address {
    /// `(host, port)`.
    pub fn new(host: &str, port: impl Into<i64>) -> Self {
        Self::Host(host.to_owned(), port.into())
    }
}

impl From<SockAddr> for Address {
    fn from(addr: SockAddr) -> Self {
        Self::Raw(addr)
    }
}

/// `getsockaddrarg` of CPython: the port's range is checked before any look-up.
pub(super) fn resolve(net: &SharedNet, _family: c_int, address: &Address, method: &str) -> Result<SockAddr> {
    let (host, port) = match address {
        Address::Raw(addr) => return Ok(addr.clone()),
        Address::Host(host, port) => (host, port),
    };
    let port = u16::try_from(*port).map_err(|_| Error::Overflow(format!("{method}(): port must be 0-65535.")));
    // CPython looks the name up first and checks the port before: the order shows only when both are wrong.
    let port = port?;
    Ok(SockAddr::inet(host_ip(net, host)?, port))
}

/// `setipaddr` of CPython for IPv4.
fn host_ip(_net: &SharedNet, host: &str) -> Result<Ipv4Addr> {
    match host {
        "" => Ok(Ipv4Addr::UNSPECIFIED),
        "<broadcast>" => Ok(Ipv4Addr::BROADCAST),
        _ => host.parse().map_err(|_| Error::Gai { code: libc::EAI_NONAME, message: "Name or service not known" }),
    }
}

/// `repr` of a name: `('127.0.0.1', 8090)`.
pub(super) fn repr(addr: &SockAddr) -> String {
    match addr {
        SockAddr::Inet { port, ip } => format!("('{ip}', {port})"),
        SockAddr::Inet6 { port, flowinfo, ip, scope } => {
            format!("('{ip}', {port}, {flowinfo}, {})", scope.as_ref().map_or(0, |scope| scope.id))
        }
        SockAddr::Unix(UnixName::Path(path)) => format!("'{}'", path.escape_ascii()),
        SockAddr::Unix(UnixName::Abstract(name)) => format!("b'\\x00{}'", name.escape_ascii()),
        _ if is_unnamed(addr) => "''".to_owned(),
        other => format!("{other:?}"),
    }
}

impl std::fmt::Display for SockAddr {
    /// As Python shows it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&repr(self))
    }
}
