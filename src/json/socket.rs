//! The keys of a call that name its socket: `sock`, `socks`, `family`, `proto`, `local`, `peer`, `peer_sock`, `offset`.

use serde_json::{Value as Json, json};

use super::read::{Item, Object, Result, given, has, inner, items, member, optional_text, shape_error, sockaddr, uint};
use super::schema::{described, reference, string, unsigned};
use super::write::{array, constant, key, sockaddr as push_sockaddr, string as push_string, uint as push_uint};
use crate::event::SocketUse;
use crate::value::SockAddr;
use crate::xlat::socket::ADDRESS_FAMILY;

/// A key with a number, and its description.
type Number = (&'static str, fn(&SocketUse) -> Option<u64>, fn(&mut SocketUse, u64), &'static str);
/// A key with an address, and its description.
type Address = (&'static str, fn(&SocketUse) -> &Option<SockAddr>, fn(&mut SocketUse, SockAddr), &'static str);

static NUMBERS: [Number; 3] = [
    (
        "sock",
        |about| about.sock,
        |about, number| about.sock = Some(number),
        "the socket that the call is about: its number in the trace, which stays through dup, fork and messages",
    ),
    (
        "peer_sock",
        |about| about.peer_sock,
        |about, number| about.peer_sock = Some(number),
        "the socket at the other end, where it is in the trace and known to be it by then",
    ),
    (
        "offset",
        |about| about.offset,
        |about, bytes| about.offset = Some(bytes),
        "for a call that sends or receives on a stream: the bytes that had gone this way before it",
    ),
];

static ADDRESSES: [Address; 2] = [
    ("local", |about| &about.local, |about, address| about.local = Some(address), "the socket's own address"),
    ("peer", |about| &about.peer, |about, address| about.peer = Some(address), "the address of its other end"),
];

/// The keys, all of which may be absent.
pub(super) const KEYS: [&str; 8] = ["sock", "socks", "family", "proto", "local", "peer", "peer_sock", "offset"];

/// Appends the keys.
pub(super) fn write(out: &mut Vec<u8>, about: &SocketUse) {
    let numbers = |out: &mut Vec<u8>, of: std::ops::Range<usize>| {
        for (name, get, ..) in &NUMBERS[of] {
            if let Some(number) = get(about) {
                key(out, name);
                push_uint(out, number);
            }
        }
    };
    numbers(out, 0..1);
    others(out, about);
    if let Some(family) = about.family {
        key(out, "family");
        constant(out, &ADDRESS_FAMILY, family as u32 as u64);
    }
    if let Some(protocol) = &about.protocol {
        key(out, "proto");
        push_string(out, protocol);
    }
    for (name, get, ..) in &ADDRESSES {
        if let Some(address) = get(about) {
            key(out, name);
            push_sockaddr(out, address);
        }
    }
    numbers(out, 1..NUMBERS.len());
}

/// Appends the key of the sockets besides the one that the call is about.
pub(super) fn others(out: &mut Vec<u8>, about: &SocketUse) {
    if !about.others.is_empty() {
        key(out, "socks");
        array(out, &about.others, |out, number| push_uint(out, *number));
    }
}

/// What a call's line says of its socket.
pub(super) fn read(object: Object<'_>) -> Result<Option<Box<SocketUse>>> {
    if !has(object, "sock") && !has(object, "socks") {
        return Ok(None);
    }
    let mut about = SocketUse::default();
    for (name, _, set, _) in &NUMBERS {
        if has(object, *name) {
            set(&mut about, uint(object, *name)?);
        }
    }
    if has(object, "socks") {
        let number = |item: Item<'_>| item.as_u64().ok_or_else(|| shape_error("socks", "non-negative integers"));
        about.others = items(object, "socks")?.map(number).collect::<Result<_>>()?;
    }
    if let Some(name) = optional_text(object, "family")? {
        about.family = Some(member(&ADDRESS_FAMILY, name)? as u32 as i32);
    }
    about.protocol = optional_text(object, "proto")?.map(Into::into);
    for (name, _, set, _) in &ADDRESSES {
        if given(object, *name).is_some() {
            set(&mut about, sockaddr(inner(object, *name)?)?);
        }
    }
    Ok(Some(Box::new(about)))
}

/// The keys' schemas.
pub(super) fn schemas() -> impl Iterator<Item = (&'static str, Json)> {
    let numbers = NUMBERS.iter().map(|(name, .., description)| (*name, unsigned(description)));
    let addresses =
        ADDRESSES.iter().map(|(name, .., description)| (*name, described(reference("sockaddr"), description)));
    let socks = json!({
        "type": "array",
        "items": unsigned("a socket's number in the trace"),
        "description": "the other sockets among the call's descriptors: watched, passed, made",
    });
    let family = described(reference("constant"), "the family of the socket");
    let proto = string("the socket's protocol by the kernel's name: TCP, UDPv6, UNIX-STREAM …");
    numbers.chain(addresses).chain([("socks", socks), ("family", family), ("proto", proto)])
}
