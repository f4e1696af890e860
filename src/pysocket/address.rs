//! Addresses as Python programs write them, and their conversion to the kernel's form.

use std::net::Ipv4Addr;

use libc::c_int;

use super::{Error, Resolver, Result, SharedNet, is_unnamed, resolver};
use crate::value::{Scope, SockAddr, UnixName};

/// An address as a Python program passes it.
#[derive(Debug, Clone, PartialEq)]
pub enum Address {
    /// `(host, port)`; the port is not checked before it is used.
    Host(String, i64),
    /// An address already in the kernel's form, as `recvfrom` returned it.
    Raw(SockAddr),
    /// `None`, which `recvfrom` returns on a stream and every method rejects.
    Nothing,
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

impl From<Option<SockAddr>> for Address {
    fn from(addr: Option<SockAddr>) -> Self {
        addr.map_or(Self::Nothing, Self::Raw)
    }
}

/// What Python prints for a name that `getsockname` or `recvfrom` returned.
pub fn python_name(name: &Option<SockAddr>) -> String {
    name.as_ref().map_or_else(|| "None".to_owned(), repr)
}

/// `getsockaddrarg` of CPython: the port's range is checked before any look-up.
pub(super) fn resolve(net: &SharedNet, _family: c_int, address: &Address, method: &str) -> Result<SockAddr> {
    let (host, port) = match address {
        Address::Raw(addr) => return Ok(addr.clone()),
        Address::Nothing => {
            return Err(Error::Type(format!("{method}(): AF_INET address must be tuple, not NoneType")));
        }
        Address::Host(host, port) => (host, port),
    };
    let port = u16::try_from(*port).map_err(|_| Error::Overflow(format!("{method}(): port must be 0-65535.")))?;
    Ok(SockAddr::inet(host_ip(net, host, &Resolver::configured())?, port))
}

/// `setipaddr` of CPython for IPv4.
fn host_ip(net: &SharedNet, host: &str, server: &Resolver) -> Result<Ipv4Addr> {
    match host {
        "" => Ok(Ipv4Addr::UNSPECIFIED),
        "<broadcast>" => Ok(Ipv4Addr::BROADCAST),
        _ => match host.parse() {
            Ok(ip) => Ok(ip),
            Err(_) => resolver::look_up(net, host, server),
        },
    }
}

/// `socket.gethostbyname(host)`, with these name servers for hosts that are not in the hosts file.
pub fn gethostbyname(net: &SharedNet, host: &str, server: &Resolver) -> Result<Ipv4Addr> {
    host_ip(net, host, server)
}

/// `repr` of a name: `('127.0.0.1', 8090)`.
pub(super) fn repr(addr: &SockAddr) -> String {
    match addr {
        SockAddr::Inet { port, ip } => format!("('{ip}', {port})"),
        SockAddr::Inet6 { port, flowinfo, ip, scope } => {
            format!("('{ip}', {port}, {flowinfo}, {})", scope.as_ref().map_or(0, Scope::id))
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
