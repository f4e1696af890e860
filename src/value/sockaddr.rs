//! Socket addresses: the families programs use as types of their own, all others by their layout or as bytes.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Record;

/// The bytes behind a `struct sockaddr *`, understood as far as the family and the length allow.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SockAddr {
    /// `struct sockaddr_in`.
    Inet {
        /// In host byte order.
        port: u16,
        /// The address.
        ip: Ipv4Addr,
    },
    /// `struct sockaddr_in6`.
    Inet6 {
        /// In host byte order.
        port: u16,
        /// In host byte order.
        flowinfo: u32,
        /// The address.
        ip: Ipv6Addr,
        /// The scope; absent in the old 24-byte form.
        scope: Option<Scope>,
    },
    /// `struct sockaddr_un`.
    Unix(UnixName),
    /// A family whose layout is known and whose address was long enough for it; the family is the layout's.
    Family {
        /// `AF_…`, the kernel's number.
        family: u16,
        /// The fields after `sa_family`.
        record: Record,
    },
    /// Any other family, or an address too short for its family.
    Raw {
        /// `AF_…`, known or not.
        family: u16,
        /// What follows the family, at most 126 bytes; empty when only the family was given.
        data: Vec<u8>,
    },
}

/// The scope of an IPv6 address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// `sin6_scope_id`.
    pub id: u32,
    /// The interface's name where the scope is an interface (link-local addresses) and it was known.
    pub name: Option<String>,
}

/// The three kinds of name an `AF_UNIX` socket can have (unix(7)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnixName {
    /// No name at all: the address is only its family.
    Unnamed,
    /// A path in the file system, without the NUL that ends it.
    Path(Vec<u8>),
    /// A name in the abstract namespace, without the NUL that begins it.
    Abstract(Vec<u8>),
}

impl SockAddr {
    /// The kernel's number of the family.
    pub fn family(&self) -> u16 {
        match self {
            Self::Inet { .. } => libc::AF_INET as u16,
            Self::Inet6 { .. } => libc::AF_INET6 as u16,
            Self::Unix(_) => libc::AF_UNIX as u16,
            Self::Family { family, .. } | Self::Raw { family, .. } => *family,
        }
    }

    /// An IPv4 address and port.
    pub fn inet(ip: impl Into<Ipv4Addr>, port: u16) -> Self {
        Self::Inet { port, ip: ip.into() }
    }

    /// The bytes a program passes to the kernel for this address; their count is the length to pass along.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.family().to_ne_bytes().to_vec();
        match self {
            Self::Inet { port, ip } => {
                bytes.extend(port.to_be_bytes());
                bytes.extend(ip.octets());
                bytes.extend([0; 8]);
            }
            Self::Inet6 { port, flowinfo, ip, scope } => {
                bytes.extend(port.to_be_bytes());
                bytes.extend(flowinfo.to_be_bytes());
                bytes.extend(ip.octets());
                if let Some(scope) = scope {
                    bytes.extend(scope.id.to_ne_bytes());
                }
            }
            Self::Unix(UnixName::Unnamed) => {}
            Self::Unix(UnixName::Path(path)) => {
                bytes.extend(path);
                bytes.push(0);
            }
            Self::Unix(UnixName::Abstract(name)) => {
                bytes.push(0);
                bytes.extend(name);
            }
            Self::Family { record, .. } => bytes.extend(record.to_bytes().get(2..).unwrap_or_default()),
            Self::Raw { data, .. } => bytes.extend(data),
        }
        bytes
    }
}
