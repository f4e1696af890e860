//! Claims about UDP, and about how it differs from TCP in addresses and boundaries.

use std::net::Ipv6Addr;

use super::lab::{Lab, failed_with, local, outcome, port};
use super::listen::bounds;
use super::{Claim, Needs, Result};
use crate::value::{Scope, SockAddr};

const PORT_RANGE: &str = "net.ipv4.ip_local_port_range";
/// `POLLRDHUP`: the peer has shut down its sending side.
const PEER_DONE: i16 = libc::POLLRDHUP;

/// The claims of this family, in the order of the report.
pub(super) static CLAIMS: &[Claim] = &[
    Claim {
        id: "name-before-sendto",
        documents: &["000"],
        programs: &["udp-local"],
        statement: "an unbound UDP client is 0.0.0.0:0 until sendto, then has an ephemeral port",
        depends_on: "net.ipv4.ip_local_port_range",
        settings: &[PORT_RANGE],
        needs: Needs::Namespace,
        run: name_before_sendto,
    },
    Claim {
        id: "promiscuous-recvfrom",
        documents: &["000"],
        programs: &["udp-local"],
        statement: "an unconnected recvfrom takes datagrams from anyone",
        depends_on: "whether the socket is connected",
        settings: &[],
        needs: Needs::Nothing,
        run: promiscuous_recvfrom,
    },
    Claim {
        id: "udp-connect",
        documents: &["000"],
        programs: &["udp-remote"],
        statement: "connect on UDP lets one call send and recv",
        depends_on: "whether the socket is connected",
        settings: &[],
        needs: Needs::Nothing,
        run: udp_connect,
    },
    Claim {
        id: "udp-max",
        documents: &["000"],
        programs: &["udp-local", "udp-remote"],
        statement: "a datagram is at most 65535 bytes",
        depends_on: "the address family",
        settings: &[],
        needs: Needs::Nothing,
        run: udp_max,
    },
    Claim {
        id: "recvfrom-address",
        documents: &["002"],
        programs: &["flow"],
        statement: "recvfrom returns the sender's address",
        depends_on: "the socket's type",
        settings: &[],
        needs: Needs::Nothing,
        run: recvfrom_address,
    },
    Claim {
        id: "message-boundaries",
        documents: &["001"],
        programs: &["chat"],
        statement: "TCP is a stream, UDP keeps messages",
        depends_on: "the socket's type",
        settings: &[],
        needs: Needs::Nothing,
        run: message_boundaries,
    },
];

fn name_before_sendto(lab: &mut Lab) -> Result<()> {
    for (range, in_force) in lab.values(PORT_RANGE, &["40000 40009"])? {
        lab.set(PORT_RANGE, &range)?;
        let (low, high) = bounds(&range)?;
        let (server, address) = lab.udp_bound()?;
        let client = lab.udp()?;
        let before = lab.address(client)?;
        lab.mark_evidence();
        lab.show(|net| net.sendto(client, b"This is my message", 0, &address))?;
        let after = lab.address(client)?;
        lab.mark_evidence();
        let in_range = (low..=high).contains(&port(&after));
        let SockAddr::Inet { ip, .. } = after else { continue };
        let place = if in_range { "a port of the range" } else { "a port outside the range" };
        let holds = before == SockAddr::inet([0, 0, 0, 0], 0) && in_range;
        let tried = format!("{PORT_RANGE} = {range}");
        let seen = format!("before sendto {before}; after it {ip} and {place}");
        if in_force {
            lab.trial_in_force(tried, seen, holds)
        } else {
            lab.trial(tried, seen, holds)
        }
        lab.close(client)?;
        lab.close(server)?;
    }
    lab.restore()
}

fn promiscuous_recvfrom(lab: &mut Lab) -> Result<()> {
    let (client, address) = lab.udp_bound()?;
    let (server, server_address) = lab.udp_bound()?;
    let (stranger, stranger_address) = lab.udp_bound()?;
    lab.call(|net| net.sendto(client, b"question", 0, &server_address))?;
    lab.show(|net| net.sendto(stranger, b"from a stranger", 0, &address))?;
    lab.readable(client)?;
    let mut buf = [0; 64];
    let (_, name) = lab.show(|net| net.recvfrom(client, &mut buf, 0, 16))?;
    lab.trial(
        "a stranger answers an unconnected client",
        format!(
            "recvfrom returns it, with {} address",
            if name.addr.as_ref() == Some(&stranger_address) { "the stranger's" } else { "another" }
        ),
        name.addr == Some(stranger_address),
    );
    lab.show(|net| net.connect(client, &server_address))?;
    lab.show(|net| net.sendto(stranger, b"again", 0, &address))?;
    lab.call(|net| net.sendto(server, b"answer", 0, &address))?;
    lab.readable(client)?;
    let got = lab.recv(client)?;
    lab.mark_evidence();
    let more = lab.recv(client);
    lab.trial(
        "the same after connect to the server",
        format!("only {got:?} arrives, then {}: it is connect that keeps strangers out", outcome(&more)),
        got == "answer" && failed_with(&more, libc::EAGAIN),
    );
    Ok(())
}

fn udp_connect(lab: &mut Lab) -> Result<()> {
    let (server, server_address) = lab.udp_bound()?;
    let (client, address) = lab.udp_bound()?;
    let before = lab.show(|net| net.send(client, b"x", 0));
    lab.show(|net| net.connect(client, &server_address))?;
    let sent = lab.show(|net| net.send(client, b"This is another message", 0));
    lab.readable(server)?;
    let got = lab.recv(server)?;
    lab.call(|net| net.sendto(server, b"answer", 0, &address))?;
    lab.readable(client)?;
    let answer = lab.recv(client);
    lab.mark_evidence();
    lab.trial(
        "send without an address before and after connect",
        format!(
            "before it send {}; after it send {}, {got:?} arrives and recv gives {:?}",
            outcome(&before),
            outcome(&sent),
            answer.as_deref().unwrap_or("an error")
        ),
        failed_with(&before, libc::EDESTADDRREQ) && sent.is_ok() && answer.as_deref() == Ok("answer"),
    );
    Ok(())
}

/// Finds the longest datagram the kernel sends, over IPv4 and IPv6.
fn udp_max(lab: &mut Lab) -> Result<()> {
    let v6 = SockAddr::Inet6 { port: 0, flowinfo: 0, ip: Ipv6Addr::LOCALHOST, scope: Some(Scope::new(0, None)) };
    // The headers that count towards the 16-bit length field: IPv4 includes its own, IPv6 does not.
    for (family, address, headers, counted) in [
        (libc::AF_INET, local(0), 28, "with 8 bytes of UDP and 20 of IPv4 header"),
        (libc::AF_INET6, v6, 8, "with 8 bytes of UDP header"),
    ] {
        let name = if family == libc::AF_INET { "IPv4" } else { "IPv6" };
        let kind = libc::SOCK_DGRAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
        let receiver = match lab.call(|net| net.socket(family, kind, 0)) {
            Ok(fd) => fd,
            Err(errno) => {
                lab.note(format!("{name} was not tested: socket fails with {errno}"));
                continue;
            }
        };
        if let Err(errno) = lab.call(|net| net.bind(receiver, &address)) {
            lab.note(format!("{name} was not tested: cannot bind its loopback address: {errno}"));
            continue;
        }
        let to = lab.address(receiver)?;
        let sender = lab.call(|net| net.socket(family, kind, 0))?;
        let bytes = vec![b'x'; 70_000];
        let (mut fits, mut too_long) = (0, bytes.len());
        while too_long - fits > 1 {
            let middle = usize::midpoint(fits, too_long);
            match lab.call(|net| net.sendto(sender, &bytes[..middle], 0, &to)) {
                Ok(_) => fits = middle,
                Err(errno) if errno.0 == libc::EMSGSIZE => too_long = middle,
                Err(errno) => return Err(errno.into()),
            }
        }
        let largest = lab.show(|net| net.sendto(sender, &bytes[..fits], 0, &to));
        let beyond = lab.show(|net| net.sendto(sender, &bytes[..=fits], 0, &to));
        lab.trial(
            name,
            format!(
                "sendto of {fits} bytes {}, of {} {}; {counted} the longest is {}",
                outcome(&largest),
                fits + 1,
                outcome(&beyond),
                fits + headers
            ),
            fits + headers <= 65535,
        );
    }
    Ok(())
}

fn recvfrom_address(lab: &mut Lab) -> Result<()> {
    let mut buf = [0; 64];
    let (server, server_address) = lab.udp_bound()?;
    let (client, address) = lab.udp_bound()?;
    lab.call(|net| net.sendto(client, b"hello", 0, &server_address))?;
    lab.readable(server)?;
    let (_, name) = lab.show(|net| net.recvfrom(server, &mut buf, 0, 16))?;
    lab.trial(
        "UDP",
        if name.addr.as_ref() == Some(&address) {
            "it is the sender's address"
        } else {
            "it is not the sender's address"
        },
        name.addr == Some(address),
    );

    let (client, server, _) = lab.connection()?;
    lab.call(|net| net.send(client, b"hello", 0))?;
    lab.readable(server)?;
    let (_, name) = lab.show(|net| net.recvfrom(server, &mut buf, 0, 16))?;
    let peer = lab.show(|net| net.getpeername(server, 16))?;
    lab.trial(
        "TCP",
        format!("recvfrom gives an address of {} bytes; getpeername gives one of {}", name.len, peer.len),
        name.addr.is_some(),
    );
    Ok(())
}

fn message_boundaries(lab: &mut Lab) -> Result<()> {
    let (client, server, _) = lab.connection()?;
    for piece in [b"one ", b"two "] {
        lab.show(|net| net.send(client, piece, 0))?;
    }
    lab.call(|net| net.shutdown(client, std::net::Shutdown::Write))?;
    lab.poll(server, PEER_DONE, 2000)?;
    let got = lab.recv(server)?;
    lab.mark_evidence();
    lab.trial("TCP: two sends, one recv", format!("recv gives {got:?}"), got == "one two ");

    let (client, _) = lab.udp_bound()?;
    let (server, address) = lab.udp_bound()?;
    for piece in [b"one ", b"two "] {
        lab.show(|net| net.sendto(client, piece, 0, &address))?;
    }
    let mut got = Vec::new();
    for _ in 0..2 {
        lab.readable(server)?;
        got.push(lab.recv(server)?);
        lab.mark_evidence();
    }
    lab.trial("UDP: two sendtos, two recvs", format!("they give {got:?}"), got == ["one ", "two "]);
    Ok(())
}
