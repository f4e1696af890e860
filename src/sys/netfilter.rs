//! Which rules of nftables drop what this network namespace sends: the kernel's own answer (nfnetlink), since the
//! command `nft` is not everywhere. Rules of iptables are among them where that is built on nftables, as it is today.
//!
//! Of a rule only what programs meet is read: protocol, ports and addresses. Anything else in it is written as `…`.

use std::io::IoSlice;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::AsRawFd;

use nix::sys::socket::{AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendmsg, socket};

/// `linux/netfilter/nfnetlink.h`, `nf_tables.h`.
const SUBSYSTEM: u16 = 10;
const GET_CHAIN: u16 = 4;
const GET_RULE: u16 = 7;
const HEADER: usize = 16;
/// `nfgenmsg`, behind the header.
const GENERAL: usize = 4;
/// What leaves the machine passes these hooks.
const OUTPUT: u32 = 3;
const POSTROUTING: u32 = 4;
const DROP: u32 = 0;

/// What is sent: the number of its protocol, and the port it is sent to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    /// `IPPROTO_UDP` and so on.
    pub protocol: u8,
    /// The port.
    pub port: u16,
}

/// The rules and policies that drop what is sent, as far as they could be read: `table ip t, chain o: udp dport 9 drop`.
pub(crate) fn dropping(sent: Sent) -> Vec<String> {
    let chains = dump(GET_CHAIN);
    let mut found = Vec::new();
    for (family, chain) in &chains {
        let hook = attribute(chain, 4).and_then(|hook| number(attribute(hook, 1)?));
        if !matches!(hook, Some(OUTPUT | POSTROUTING)) {
            continue;
        }
        if attribute(chain, 5).and_then(number) == Some(DROP) {
            found.push(format!("{}: policy drop", place(*family, chain, 1, 3)));
        }
    }
    for (family, rule) in &dump(GET_RULE) {
        let name = (attribute(rule, 1), attribute(rule, 2));
        // A chain without a hook is reached by a jump; one with another hook is not.
        let of = chains.iter().find(|(of, chain)| of == family && (attribute(chain, 1), attribute(chain, 3)) == name);
        let hook = of.and_then(|(_, chain)| number(attribute(attribute(chain, 4)?, 1)?));
        if matches!(hook, None | Some(OUTPUT | POSTROUTING))
            && let Some(text) = attribute(rule, 4).and_then(|expressions| refusing(expressions, sent))
        {
            found.push(format!("{}: {text}", place(*family, rule, 1, 2)));
        }
    }
    found
}

fn place(family: u8, of: &[u8], table: u16, chain: u16) -> String {
    let family = match i32::from(family) {
        libc::AF_INET => "ip",
        libc::AF_INET6 => "ip6",
        1 => "inet",
        _ => "netdev",
    };
    let word = |name: u16| attribute(of, name).map(text).unwrap_or_default();
    format!("table {family} {}, chain {}", word(table), word(chain))
}

/// A rule in words, if it drops or rejects, and not something else than what was sent.
fn refusing(expressions: &[u8], sent: Sent) -> Option<String> {
    let mut words: Vec<String> = Vec::new();
    let mut loaded = None;
    let mut verdict = None;
    for (_, expression) in attributes(expressions) {
        let name = attribute(expression, 1).map(text)?;
        let data = attribute(expression, 2).unwrap_or_default();
        match name.as_str() {
            "meta" if attribute(data, 2).and_then(number) == Some(16) => loaded = Some(Loaded::Protocol),
            "payload" => {
                let of = |name: u16| attribute(data, name).and_then(number);
                loaded = Some(match (of(2), of(3), of(4)) {
                    (Some(2), Some(0), Some(2)) => Loaded::Port("sport"),
                    (Some(2), Some(2), Some(2)) => Loaded::Port("dport"),
                    (Some(1), Some(9), Some(1)) => Loaded::Protocol,
                    (Some(1), Some(12), Some(4)) | (Some(1), Some(8), Some(16)) => Loaded::Address("saddr"),
                    (Some(1), Some(16), Some(4)) | (Some(1), Some(24), Some(16)) => Loaded::Address("daddr"),
                    _ => Loaded::Other,
                });
            }
            "cmp" => {
                let equal = attribute(data, 2).and_then(number) == Some(0);
                let value = attribute(data, 3).and_then(|value| attribute(value, 1)).unwrap_or_default();
                let not = if equal { "" } else { "!= " };
                match (loaded.take(), value) {
                    (Some(Loaded::Protocol), [protocol, ..]) => {
                        if equal != (*protocol == sent.protocol) {
                            return None;
                        }
                        words.push(match i32::from(*protocol) {
                            libc::IPPROTO_TCP => format!("{not}tcp"),
                            libc::IPPROTO_UDP => format!("{not}udp"),
                            other => format!("protocol {not}{other}"),
                        });
                    }
                    (Some(Loaded::Port(which)), [high, low]) => {
                        let port = u16::from_be_bytes([*high, *low]);
                        if which == "dport" && equal != (port == sent.port) {
                            return None;
                        }
                        words.push(format!("{which} {not}{port}"));
                    }
                    (Some(Loaded::Address(which)), &[a, b, c, d]) => {
                        words.push(format!("{which} {not}{}", Ipv4Addr::new(a, b, c, d)));
                    }
                    (Some(Loaded::Address(which)), value) if value.len() == 16 => {
                        let octets: [u8; 16] = value.try_into().ok()?;
                        words.push(format!("{which} {not}{}", Ipv6Addr::from(octets)));
                    }
                    _ => words.push("…".into()),
                }
            }
            "immediate" => {
                let code = attribute(data, 2).and_then(|data| number(attribute(attribute(data, 2)?, 1)?));
                if code == Some(DROP) {
                    verdict = Some("drop");
                }
            }
            "reject" => verdict = Some("reject"),
            "counter" | "log" => {}
            _ => words.push("…".into()),
        }
    }
    words.push(verdict?.into());
    words.dedup();
    Some(words.join(" "))
}

/// What an expression put into a register for the next one.
enum Loaded {
    Protocol,
    Port(&'static str),
    Address(&'static str),
    Other,
}

/// All objects of a kind, with their family; none where we may not ask.
fn dump(kind: u16) -> Vec<(u8, Vec<u8>)> {
    ask(kind).unwrap_or_default()
}

fn ask(kind: u16) -> Option<Vec<(u8, Vec<u8>)>> {
    let (family, protocol) = (AddressFamily::Netlink, SockProtocol::NetlinkNetFilter);
    let fd = socket(family, SockType::Raw, SockFlag::SOCK_CLOEXEC, Some(protocol)).ok()?;
    let flags = (libc::NLM_F_REQUEST | libc::NLM_F_DUMP) as u16;
    let mut message = ((HEADER + GENERAL) as u32).to_ne_bytes().to_vec();
    message.extend((SUBSYSTEM << 8 | kind).to_ne_bytes());
    message.extend(flags.to_ne_bytes());
    message.extend([0; 8]); // sequence, port
    message.extend([0; GENERAL]); // any family
    sendmsg(fd.as_raw_fd(), &[IoSlice::new(&message)], &[], MsgFlags::empty(), Some(&NetlinkAddr::new(0, 0))).ok()?;
    let mut answer = vec![0; 64 * 1024];
    let mut found = Vec::new();
    loop {
        let len = recv(fd.as_raw_fd(), &mut answer, MsgFlags::empty()).ok()?;
        let mut rest = answer.get(..len)?;
        while let Some(len) = word(rest, 0).map(|len| len as usize).filter(|len| (HEADER..=rest.len()).contains(len)) {
            let kind = u16::from_ne_bytes(rest.get(4..6)?.try_into().ok()?);
            if kind >> 8 != SUBSYSTEM {
                return Some(found); // the end, or an error
            }
            let body = &rest[HEADER..len];
            found.push((*body.first()?, body.get(GENERAL..)?.to_vec()));
            rest = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
        }
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The attributes of a message, in order.
fn attributes(mut rest: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    const NESTED: u16 = 0x8000;
    std::iter::from_fn(move || {
        let len = usize::from(u16::from_ne_bytes(*rest.first_chunk()?));
        let kind = u16::from_ne_bytes(*rest.get(2..)?.first_chunk()?) & !NESTED;
        let payload = rest.get(4..len)?;
        rest = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, payload))
    })
}

fn attribute(bytes: &[u8], wanted: u16) -> Option<&[u8]> {
    attributes(bytes).find(|(kind, _)| *kind == wanted).map(|(_, payload)| payload)
}

/// A number, which travels in network byte order.
fn number(payload: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(*payload.first_chunk()?))
}

fn text(payload: &[u8]) -> String {
    String::from_utf8_lossy(payload.split(|byte| *byte == 0).next().unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(kind: u16, payload: &[u8]) -> Vec<u8> {
        let mut bytes = ((payload.len() + 4) as u16).to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(payload);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn expression(name: &str, data: &[Vec<u8>]) -> Vec<u8> {
        pack(1, &[pack(1, name.as_bytes()), pack(2, &data.concat())].concat())
    }

    #[test]
    fn a_rule_is_read_where_it_is_about_what_was_sent() {
        let number = |kind: u16, n: u32| pack(kind, &n.to_be_bytes());
        let compare = |value: &[u8]| expression("cmp", &[number(2, 0), pack(3, &pack(1, value))]);
        let rule = [
            expression("meta", &[number(2, 16)]),
            compare(&[17]),
            expression("payload", &[number(2, 2), number(3, 2), number(4, 2)]),
            compare(&9u16.to_be_bytes()),
            expression("counter", &[]),
            expression("immediate", &[pack(2, &pack(2, &number(1, 0)))]),
        ]
        .concat();
        let sent = |protocol: i32, port| Sent { protocol: protocol as u8, port };
        assert_eq!(refusing(&rule, sent(libc::IPPROTO_UDP, 9)).as_deref(), Some("udp dport 9 drop"));
        assert_eq!(refusing(&rule, sent(libc::IPPROTO_UDP, 53)), None);
        assert_eq!(refusing(&rule, sent(libc::IPPROTO_TCP, 9)), None);
        let accepts = expression("immediate", &[pack(2, &pack(2, &number(1, 1)))]);
        assert_eq!(refusing(&accepts, sent(libc::IPPROTO_UDP, 9)), None);
    }
}
