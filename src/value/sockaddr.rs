//! Socket addresses: common families have types of their own, all others a layout or bytes.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use super::layout::field;
use super::{Field, Kind, Layout, Record, Value, family, layout};
use crate::memory::padded as at;
use crate::xlat::socket::ADDRESS_FAMILY;

/// The address behind a `struct sockaddr *`, decoded as far as its family and length allow.
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
        record: Box<Record>,
    },
    /// Any other family, or an address too short for its family.
    Raw {
        /// `AF_…`, known or not.
        family: u16,
        /// What follows the family, at most 126 bytes; empty when only the family was given.
        data: Vec<u8>,
    },
}

/// `sa_family`, which begins an address of any family.
pub(crate) const SA_FAMILY: Field = field(
    "sa_family",
    0,
    Kind::Const(&ADDRESS_FAMILY, 2),
    "The family of the address, which decides how the rest is read.",
);
const PORT: &str = "The port: a number by which the programs of one machine are kept apart.";

/// `struct sockaddr_in`, ip(7).
pub(crate) static SOCKADDR_IN: Layout = Layout {
    name: "sockaddr_in",
    size: 16,
    doc: "An IPv4 address with a port.",
    fields: &[SA_FAMILY, field("sin_port", 2, Kind::Port, PORT), field("sin_addr", 4, Kind::Ipv4, "The IPv4 address.")],
};

/// `struct sockaddr_in6`, ipv6(7).
pub(crate) static SOCKADDR_IN6: Layout = Layout {
    name: "sockaddr_in6",
    size: 28,
    doc: "An IPv6 address with a port.",
    fields: &[
        SA_FAMILY,
        field("sin6_port", 2, Kind::Port, PORT),
        field("sin6_flowinfo", 4, Kind::Be32Hex, "A label for packets that belong together; most often 0."),
        field("sin6_addr", 8, Kind::Ipv6, "The IPv6 address."),
        field("sin6_scope_id", 24, Kind::Interface, "The interface that a link-local address belongs to; otherwise 0."),
    ],
};

/// `struct sockaddr_un`, unix(7).
pub(crate) static SOCKADDR_UN: Layout = Layout {
    name: "sockaddr_un",
    size: 110,
    doc: "The address of a Unix socket: a path, or a name that is in no folder.",
    fields: &[
        SA_FAMILY,
        field("sun_path", 2, Kind::Text(108), "The path; a name behind @ is abstract, which is in no folder."),
    ],
};

/// The scope of an IPv6 address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    id: u32,
    there: There,
    #[allow(clippy::box_collection, reason = "rare, and must not make every value larger")]
    name: Option<Box<String>>,
}

/// A byte with one valid value: an absent scope needs no room of its own, or every value would be larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum There {
    There = 1,
}

impl Scope {
    /// A scope by its number, and by its name where it is an interface that was known.
    pub fn new(id: u32, name: Option<String>) -> Self {
        Self { id, there: There::There, name: name.map(Box::new) }
    }

    /// `sin6_scope_id`.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The interface's name where the scope is an interface (link-local addresses) and it was known.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref().map(String::as_str)
    }
}

/// The three kinds of name an `AF_UNIX` socket can have (unix(7)).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnixName {
    /// No name at all: the address is only its family.
    Unnamed,
    /// A path in the file system, without the NUL that ends it.
    Path(Vec<u8>),
    /// A name in the abstract namespace, without the NUL that begins it.
    Abstract(Vec<u8>),
}

impl SockAddr {
    /// The structure that describes its members.
    pub(crate) fn layout(&self) -> Option<&'static Layout> {
        match self {
            Self::Inet { .. } => Some(&SOCKADDR_IN),
            Self::Inet6 { .. } => Some(&SOCKADDR_IN6),
            Self::Unix(_) => Some(&SOCKADDR_UN),
            Self::Family { record, .. } => Some(record.layout),
            Self::Raw { .. } => None,
        }
    }

    /// The kernel's number of the family.
    pub fn family(&self) -> u16 {
        match self {
            Self::Inet { .. } => libc::AF_INET as u16,
            Self::Inet6 { .. } => libc::AF_INET6 as u16,
            Self::Unix(_) => libc::AF_UNIX as u16,
            Self::Family { family, .. } | Self::Raw { family, .. } => *family,
        }
    }

    /// Decodes the bytes of a `struct sockaddr`; those beyond 128 are ignored.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let bytes = &bytes[..bytes.len().min(STORAGE)];
        let family = u16::from_ne_bytes(at(bytes, 0));
        let len = bytes.len();
        match i32::from(family) {
            libc::AF_INET if len >= 16 => {
                Self::Inet { port: u16::from_be_bytes(at(bytes, 2)), ip: Ipv4Addr::from(at::<4>(bytes, 4)) }
            }
            libc::AF_INET6 if len >= 24 => Self::Inet6 {
                port: u16::from_be_bytes(at(bytes, 2)),
                flowinfo: u32::from_be_bytes(at(bytes, 4)),
                ip: Ipv6Addr::from(at::<16>(bytes, 8)),
                scope: (len > 24).then(|| Scope::new(u32::from_ne_bytes(at(bytes, 24)), None)),
            },
            libc::AF_UNIX => Self::Unix(UnixName::from_bytes(&bytes[2.min(len)..len.min(UNIX)])),
            _ => match family::read(family, bytes).or_else(|| read_by_layout(family, bytes)) {
                Some(record) => Self::Family { family, record: Box::new(record) },
                None => Self::Raw { family, data: bytes.get(2..).unwrap_or_default().to_vec() },
            },
        }
    }

    /// An IPv4 address and port.
    pub fn inet(ip: impl Into<Ipv4Addr>, port: u16) -> Self {
        Self::Inet { port, ip: ip.into() }
    }

    /// The bytes that a program passes to the kernel for this address; their count is the length to pass.
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

impl SockAddr {
    /// The address and port of an internet address.
    pub fn ip_and_port(&self) -> Option<(IpAddr, u16)> {
        match self {
            Self::Inet { ip, port } => Some(((*ip).into(), *port)),
            Self::Inet6 { ip, port, .. } => Some(((*ip).into(), *port)),
            _ => None,
        }
    }
}

impl From<SocketAddr> for SockAddr {
    fn from(address: SocketAddr) -> Self {
        match address {
            SocketAddr::V4(v4) => Self::inet(*v4.ip(), v4.port()),
            SocketAddr::V6(v6) => Self::Inet6 {
                port: v6.port(),
                flowinfo: v6.flowinfo(),
                ip: *v6.ip(),
                scope: Some(Scope::new(v6.scope_id(), None)),
            },
        }
    }
}

/// The address belongs to a family other than `AF_INET` and `AF_INET6`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotInternet;

impl fmt::Display for NotInternet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an internet address")
    }
}

impl std::error::Error for NotInternet {}

impl TryFrom<&SockAddr> for SocketAddr {
    type Error = NotInternet;

    fn try_from(address: &SockAddr) -> Result<Self, NotInternet> {
        match address {
            SockAddr::Inet { port, ip } => Ok((*ip, *port).into()),
            SockAddr::Inet6 { port, flowinfo, ip, scope } => {
                let scope = scope.as_ref().map_or(0, |scope| scope.id);
                Ok(SocketAddrV6::new(*ip, *port, *flowinfo, scope).into())
            }
            _ => Err(NotInternet),
        }
    }
}

impl UnixName {
    /// Decodes the bytes of `sun_path`.
    pub(crate) fn from_bytes(path: &[u8]) -> Self {
        match path {
            [] => Self::Unnamed,
            [0, name @ ..] => Self::Abstract(name.to_vec()),
            _ => {
                let end = path.iter().position(|&b| b == 0).unwrap_or(path.len());
                Self::Path(path[..end].to_vec())
            }
        }
    }
}

/// `sizeof(struct sockaddr_storage)`: the kernel accepts no longer address.
pub(crate) const STORAGE: usize = size_of::<libc::sockaddr_storage>();
/// `sizeof(struct sockaddr_un)`.
const UNIX: usize = size_of::<libc::sockaddr_un>();

/// The layout of a family without a type of its own.
pub(crate) fn layout_of(family: u16) -> Option<&'static Layout> {
    Some(match i32::from(family) {
        libc::AF_NETLINK => &layout::SOCKADDR_NL,
        libc::AF_PACKET => &layout::SOCKADDR_LL,
        libc::AF_VSOCK => &layout::SOCKADDR_VM,
        libc::AF_IPX => &layout::SOCKADDR_IPX,
        45 => &layout::SOCKADDR_MCTP, // AF_MCTP
        42 => &layout::SOCKADDR_QRTR, // AF_QIPCRTR
        libc::AF_XDP => &layout::SOCKADDR_XDP,
        _ => return None,
    })
}

/// An address of a family that always has the same layout.
fn read_by_layout(family: u16, bytes: &[u8]) -> Option<Record> {
    let layout = layout_of(family).filter(|layout| bytes.len() >= layout.size)?;
    let mut record = Record::read(layout, bytes);
    hardware_address(&mut record, bytes);
    shared_descriptor(&mut record);
    Some(record)
}

/// A hardware address has `sll_halen` octets, which may be more than the structure's eight.
fn hardware_address(record: &mut Record, bytes: &[u8]) {
    if record.layout == &layout::SOCKADDR_LL
        && let Some(&Value::Uint(len)) = record.get("sll_halen")
        && let Some(octets) = record.fields.last_mut()
    {
        let there = bytes.get(12..).unwrap_or_default();
        *octets = Value::Octets(there[..there.len().min(len as usize)].to_vec());
    }
}

/// The last field of an XDP address is a descriptor only with the flag `XDP_SHARED_UMEM`.
fn shared_descriptor(record: &mut Record) {
    const XDP_SHARED_UMEM: u64 = 1;
    let shared = matches!(record.get("sxdp_flags"), Some(Value::Flags(flags)) if flags.raw & XDP_SHARED_UMEM != 0);
    if let Some(last) = record.fields.last_mut()
        && let (false, Value::Fd(fd)) = (shared, &*last)
    {
        *last = Value::Hex(u64::from(fd.raw as u32));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_standard_library_come_back() {
        for text in ["127.0.0.1:80", "[::1]:50000", "[fe80::1%3]:80"] {
            let address: SocketAddr = text.parse().unwrap();
            assert_eq!(SocketAddr::try_from(&SockAddr::from(address)), Ok(address));
            assert_eq!(SockAddr::from_bytes(&SockAddr::from(address).to_bytes()), address.into());
        }
        assert_eq!(SocketAddr::try_from(&SockAddr::Unix(UnixName::Unnamed)), Err(NotInternet));
    }
}
