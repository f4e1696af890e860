//! Socket addresses.

use super::constant::NameCache;
use super::cursor::Cursor;
use super::record::{interface, ipv4, network, text, within};
use super::value::constant;
use crate::value::sockaddr::layout_of;
use crate::value::{Scope, SockAddr, UnixName, Value};
use crate::xlat::socket::ADDRESS_FAMILY;

/// `{sa_family=AF_INET, …}`.
pub(super) fn read(names: &mut NameCache, c: &mut Cursor<'_>) -> Option<SockAddr> {
    if c.eat(b"{AF_INET, inet_addr(") {
        // Interfaces' addresses up to strace 4.12.
        c.back(c.place() - b"inet_addr(".len());
        let ip = ipv4(c)?;
        c.expect(b"}")?;
        return Some(SockAddr::Inet { port: 0, ip });
    }
    if !(c.eat(b"{sa_family=") || c.eat(b"{sin_family=") || c.eat(b"{sin6_family=") || c.eat(b"{sun_family=")) {
        return None;
    }
    let family = u16::try_from(constant(names, &ADDRESS_FAMILY, c)?.raw).ok()?;
    let address = if c.eat(b", ") { rest(names, family, c)? } else { bare(family) };
    c.expect(b"}")?;
    Some(address)
}

/// An address that consists of its family alone.
fn bare(family: u16) -> SockAddr {
    match i32::from(family) {
        libc::AF_UNIX => SockAddr::Unix(UnixName::Unnamed),
        _ => SockAddr::Raw { family, data: Vec::new() },
    }
}

fn rest(names: &mut NameCache, family: u16, c: &mut Cursor<'_>) -> Option<SockAddr> {
    if c.eat(b"sa_data=") {
        return Some(SockAddr::Raw { family, data: c.quoted()? });
    }
    match i32::from(family) {
        libc::AF_INET => {
            c.expect(b"sin_port=")?;
            let port = u16::try_from(within(c, b"htons(")?).ok()?;
            c.expect(b", sin_addr=")?;
            Some(SockAddr::Inet { port, ip: ipv4(c)? })
        }
        libc::AF_INET6 => inet6(c),
        libc::AF_UNIX => {
            // Up to strace 4.12 the path had no prefix, and an abstract one no quotes.
            if c.eat(b"NULL") {
                return Some(SockAddr::Unix(UnixName::Unnamed));
            }
            c.eat(b"sun_");
            c.expect(b"path=")?;
            let name = match (c.eat(b"@"), c.peek()?) {
                (false, _) => UnixName::Path(c.quoted()?),
                (true, b'"') => UnixName::Abstract(c.quoted()?),
                (true, _) => UnixName::Abstract(c.while_in(|b| b != b'}').to_vec()),
            };
            Some(SockAddr::Unix(name))
        }
        _ => {
            let layout = layout_of(family)?;
            Some(SockAddr::Family { family, record: Box::new(super::record::fields(names, layout, c)?) })
        }
    }
}

fn inet6(c: &mut Cursor<'_>) -> Option<SockAddr> {
    c.expect(b"sin6_port=")?;
    let port = u16::try_from(within(c, b"htons(")?).ok()?;
    // Up to strace 4 the address preceded the flow label.
    let mut ip = None;
    let mut flowinfo = 0;
    for _ in 0..2 {
        c.expect(b", ")?;
        if c.eat(b"sin6_flowinfo=") {
            flowinfo = u32::try_from(within(c, b"htonl(")?).ok()?;
        } else if c.eat(b"sin6_addr=") {
            ip = Some(network::<16>(c)?.into());
        } else {
            c.expect(b"inet_pton(AF_INET6, ")?;
            ip = Some(text(c)?.parse().ok()?);
            c.expect(b", &sin6_addr)")?;
        }
    }
    let scope = if c.eat(b", sin6_scope_id=") {
        let Value::Interface { index, name } = interface(c)? else { return None };
        Some(Scope::new(index, name))
    } else {
        None
    };
    Some(SockAddr::Inet6 { port, flowinfo, ip: ip?, scope })
}
