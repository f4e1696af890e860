//! Socket addresses from bytes, by family *and* length.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Args, Slot};
use crate::event::Ret;
use crate::syscall::{Len, Ty};
use crate::value::{Const, Scope, SockAddr, UnixName, Value};
use crate::xlat;

/// `sizeof(struct sockaddr_storage)`: the kernel takes no longer address.
const LONGEST: usize = 128;
/// `sizeof(struct sockaddr_un)`.
const LONGEST_UNIX: usize = 110;

/// The protocol argument of `socket(2)`, whose names depend on the family.
pub(super) fn protocol(domain: i32, raw: u32) -> Value {
    match domain {
        libc::AF_INET | libc::AF_INET6 => Value::Const(Const { table: &xlat::protocol::IPPROTO, raw: u64::from(raw) }),
        _ => Value::Uint(u64::from(raw)),
    }
}

impl Args<'_> {
    /// The length that bounds an address; `None` when it is not known.
    pub(super) fn address_len(&self, ty: Ty, entry: &[Slot], ret: Option<Ret>) -> Option<i64> {
        match (ty, ret) {
            (Ty::SockAddr(Len::Arg(at)), _) => Some(i64::from(self.int(at))),
            (Ty::SockAddr(Len::InOutArg(at)), Some(Ret::Ok(_))) => {
                let Some(Slot::Hidden(Some(Value::Int(given)))) = entry.get(at) else { return None };
                let returned = self.u32(self.regs[at])? as i32;
                Some((*given).min(i64::from(returned)))
            }
            _ => None,
        }
    }

    /// The address behind a pointer.
    pub(super) fn sockaddr(&self, ptr: u64, len: Option<i64>) -> Value {
        let Some(len) = len.and_then(|len| usize::try_from(len).ok()).filter(|len| *len >= 2) else {
            return Value::Pointer(ptr);
        };
        let mut bytes = vec![0; len.min(LONGEST)];
        if ptr == 0 || self.memory.read(ptr, &mut bytes).is_err() {
            return Value::Pointer(ptr);
        }
        let mut address = from_bytes(&bytes);
        if let SockAddr::Inet6 { ip, scope: Some(scope), .. } = &mut address
            && ip.is_unicast_link_local()
        {
            scope.name = self.cx.names.interface(scope.id);
        }
        Value::SockAddr(address)
    }
}

/// Understands the bytes of a `struct sockaddr`, at least two.
pub fn from_bytes(bytes: &[u8]) -> SockAddr {
    let family = u16::from_ne_bytes(at(bytes, 0));
    let len = bytes.len();
    match i32::from(family) {
        libc::AF_INET if len >= 16 => {
            SockAddr::Inet { port: u16::from_be_bytes(at(bytes, 2)), ip: Ipv4Addr::from(at::<4>(bytes, 4)) }
        }
        libc::AF_INET6 if len >= 24 => SockAddr::Inet6 {
            port: u16::from_be_bytes(at(bytes, 2)),
            flowinfo: u32::from_be_bytes(at(bytes, 4)),
            ip: Ipv6Addr::from(at::<16>(bytes, 8)),
            scope: (len >= 28).then(|| Scope { id: u32::from_ne_bytes(at(bytes, 24)), name: None }),
        },
        libc::AF_UNIX => SockAddr::Unix(unix_name(&bytes[2.min(len)..len.min(LONGEST_UNIX)])),
        _ => SockAddr::Raw { family, data: bytes.get(2..).unwrap_or_default().to_vec() },
    }
}

fn unix_name(path: &[u8]) -> UnixName {
    match path {
        [] => UnixName::Unnamed,
        [0, name @ ..] => UnixName::Abstract(name.to_vec()),
        _ => {
            let end = path.iter().position(|&b| b == 0).unwrap_or(path.len());
            UnixName::Path(path[..end].to_vec())
        }
    }
}

/// `N` bytes from `offset`; zeroes where there are none.
fn at<const N: usize>(bytes: &[u8], offset: usize) -> [u8; N] {
    let mut out = [0; N];
    for (to, from) in out.iter_mut().zip(bytes.iter().skip(offset)) {
        *to = *from;
    }
    out
}
