//! The claim about speed: measured, with its spread, on this machine's loopback.

use std::time::Instant;

use super::lab::{Lab, Unrecorded};
use super::{Claim, Needs, Result};
use crate::net::{self, Net};
use crate::value::SockAddr;

/// The claims of this family, in the order of the report.
pub(super) static CLAIMS: &[Claim] = &[Claim {
    id: "udp-faster",
    documents: &["004"],
    programs: &["udp-hello"],
    statement: "UDP is much faster than TCP",
    depends_on: "what is sent: UDP saves the handshake, and nothing once a connection is established",
    settings: &[],
    needs: Needs::Nothing,
    run: udp_faster,
}];

/// How often each protocol is measured; the two alternate, so that load on the machine affects both.
const ROUNDS: usize = 15;
/// The ratio from which TCP counts as much slower.
const MUCH: f64 = 2.0;
/// Room for an IPv4 address.
const ADDRESS_LEN: u32 = size_of::<libc::sockaddr_in>() as u32;

/// The time TCP takes, divided by the time UDP takes.
#[derive(Debug)]
struct Ratio {
    /// Of the fastest rounds, since other load on the machine only adds time.
    best: f64,
    /// The range of the middle half of the rounds.
    spread: (f64, f64),
}

/// Measures both, alternating.
fn measure(
    mut tcp: impl FnMut(&mut Net) -> net::Result<()>,
    mut udp: impl FnMut(&mut Net) -> net::Result<()>,
) -> net::Result<Ratio> {
    let mut net = Net::new(Unrecorded);
    tcp(&mut net)?;
    udp(&mut net)?;
    let mut ratios = Vec::new();
    let (mut best_tcp, mut best_udp) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        tcp(&mut net)?;
        let tcp_took = began.elapsed().as_secs_f64();
        let began = Instant::now();
        udp(&mut net)?;
        let udp_took = began.elapsed().as_secs_f64();
        best_tcp = best_tcp.min(tcp_took);
        best_udp = best_udp.min(udp_took);
        ratios.push(tcp_took / udp_took);
    }
    ratios.sort_by(f64::total_cmp);
    Ok(Ratio { best: best_tcp / best_udp, spread: (ratios[ROUNDS / 4], ratios[ROUNDS - 1 - ROUNDS / 4]) })
}

fn describe(ratio: &Ratio) -> String {
    format!(
        "TCP takes {:.1} times as long, fastest against fastest of {ROUNDS} rounds (middle half of them: {:.1} – {:.1})",
        ratio.best, ratio.spread.0, ratio.spread.1
    )
}

fn udp_faster(lab: &mut Lab) -> Result<()> {
    // One recorded round of each, as evidence of what is measured.
    let (listener, address) = lab.listener(64)?;
    let (server, server_address) = lab.udp_bound()?;
    let (client, client_address) = lab.udp_bound()?;
    for fd in [server, client] {
        let flags = lab.call(|net| net.fcntl(fd, libc::F_GETFL, 0))?;
        lab.call(|net| net.fcntl(fd, libc::F_SETFL, flags & !libc::O_NONBLOCK))?;
    }
    let mark = lab.mark();
    lab.call(|net| question_tcp(net, listener, &address))?;
    lab.call(|net| question_udp(net, client, server, &server_address, &client_address))?;
    for call in ["connect", "sendto", "recvfrom"] {
        lab.calls_since(mark, call, true);
    }
    const MANY: usize = 50;
    let ratio = measure(
        |net| (0..MANY).try_for_each(|_| question_tcp(net, listener, &address)),
        |net| (0..MANY).try_for_each(|_| question_udp(net, client, server, &server_address, &client_address)),
    )?;
    lab.trial("a question and an answer, a new connection for each", describe(&ratio), ratio.best >= MUCH);

    let (near, far, _) = lab.connection()?;
    lab.set_option(near, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1)?;
    lab.set_option(far, libc::IPPROTO_TCP, libc::TCP_NODELAY, 1)?;
    let ratio = measure(
        |net| (0..MANY).try_for_each(|_| exchange(net, near, far)),
        |net| (0..MANY).try_for_each(|_| question_udp(net, client, server, &server_address, &client_address)),
    )?;
    lab.trial("a question and an answer on an established connection", describe(&ratio), ratio.best >= MUCH);

    // 4 MiB, read piece by piece so that the buffers do not overflow: UDP would lose data, TCP would wait.
    const PIECE: usize = 32 * 1024;
    let piece = vec![b'x'; PIECE];
    let mut buf = vec![0; PIECE];
    let mut other = vec![0; PIECE];
    let ratio = measure(
        |net| {
            (0..128).try_for_each(|_| {
                let mut left = net.send(near, &piece, 0)?;
                while left > 0 {
                    left -= net.recv(far, &mut buf, 0)?;
                }
                Ok(())
            })
        },
        |net| {
            (0..128).try_for_each(|_| {
                net.sendto(client, &piece, 0, &server_address)?;
                net.recv(server, &mut other, 0).map(drop)
            })
        },
    )?;
    lab.trial("4 MiB in pieces of 32 KiB", describe(&ratio), ratio.best >= MUCH);
    Ok(())
}

/// Connects, exchanges a question and an answer, and closes.
fn question_tcp(net: &mut Net, listener: i32, address: &SockAddr) -> net::Result<()> {
    let client = net.socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0)?;
    net.connect(client, address)?;
    let (server, _) = net.accept4(listener, ADDRESS_LEN, libc::SOCK_CLOEXEC)?;
    exchange(net, client, server)?;
    // A reset, or thousands of ports would wait in TIME_WAIT.
    let linger = [1i32.to_ne_bytes(), 0i32.to_ne_bytes()].concat();
    net.setsockopt(client, libc::SOL_SOCKET, libc::SO_LINGER, &linger)?;
    net.close(client)?;
    net.close(server)
}

/// Exchanges a question and an answer on a connection.
fn exchange(net: &mut Net, client: i32, server: i32) -> net::Result<()> {
    let mut buf = [0; 64];
    net.send(client, b"question", 0)?;
    net.recv(server, &mut buf, 0)?;
    net.send(server, b"answer", 0)?;
    net.recv(client, &mut buf, 0).map(drop)
}

/// Exchanges a question and an answer as datagrams.
fn question_udp(net: &mut Net, client: i32, server: i32, to: &SockAddr, back: &SockAddr) -> net::Result<()> {
    let mut buf = [0; 64];
    net.sendto(client, b"question", 0, to)?;
    net.recvfrom(server, &mut buf, 0, ADDRESS_LEN)?;
    net.sendto(server, b"answer", 0, back)?;
    net.recvfrom(client, &mut buf, 0, ADDRESS_LEN).map(drop)
}
