//! Name resolution as CPython does it on glibc: `getaddrinfo` for IPv4, whose stub resolver queries the name servers.
//!
//! The order of calls was measured on glibc 2.36: nscd is tried twice, then the hosts file is read, then each name
//! server is queried over a non-blocking UDP socket with `IP_RECVERR`, so that a closed port is reported; a truncated
//! answer is requested again over TCP. The sources are always files, then DNS (`hosts: files dns` in nsswitch.conf, as
//! every distribution has it); a running nscd is connected to but not queried.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::RawFd;
use std::time::{Duration, Instant};

use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, Question, RCODE, TYPE};

use super::{Error, Result, SharedNet, check_signals};
use crate::event::Errno;
use crate::net::{Net, Poll};
use crate::value::SockAddr;

/// How `getaddrinfo` fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LookupError {
    NoName,
    Again,
    NoData,
}

impl From<LookupError> for Error {
    fn from(failure: LookupError) -> Self {
        let (code, message) = match failure {
            LookupError::NoName => (libc::EAI_NONAME, "Name or service not known"),
            LookupError::Again => (libc::EAI_AGAIN, "Temporary failure in name resolution"),
            // EAI_NODATA, which the libc crate does not name.
            LookupError::NoData => (-5, "No address associated with hostname"),
        };
        Self::Gai { code, message }
    }
}

/// The configuration of the stub resolver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolver {
    /// The name servers, in the order in which they are queried.
    pub servers: Vec<SocketAddrV4>,
    /// How long to wait for an answer.
    pub timeout: Duration,
    /// How often the whole list is tried.
    pub attempts: u32,
    /// Domains appended to names that are not found without.
    pub search: Vec<String>,
}

impl Resolver {
    /// One name server, as `--resolver` gives it.
    pub fn one(server: SocketAddrV4, timeout: Duration) -> Self {
        Self { servers: vec![server], timeout, attempts: 2, search: Vec::new() }
    }

    /// The configuration in `/etc/resolv.conf`, with glibc's defaults for what is missing.
    pub fn configured() -> Self {
        Self::parse(&std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        const PORT: u16 = 53;
        let mut resolver = Self::one(SocketAddrV4::new(Ipv4Addr::LOCALHOST, PORT), Duration::from_secs(5));
        let mut servers = Vec::new();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            match words.next() {
                Some("nameserver") => {
                    servers.extend(words.next().and_then(|ip| ip.parse().ok()).map(|ip| SocketAddrV4::new(ip, PORT)));
                }
                Some("search" | "domain") => resolver.search = words.map(str::to_owned).collect(),
                Some("options") => {
                    for option in words {
                        match option.split_once(':') {
                            Some(("timeout", n)) => {
                                resolver.timeout = n.parse().map_or(resolver.timeout, Duration::from_secs);
                            }
                            Some(("attempts", n)) => resolver.attempts = n.parse().unwrap_or(resolver.attempts),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        servers.truncate(3); // MAXNS
        if !servers.is_empty() {
            resolver.servers = servers;
        }
        resolver
    }
}

/// The first IPv4 address of a host name.
pub(super) fn look_up(net: &SharedNet, host: &str, resolver: &Resolver) -> Result<Ipv4Addr> {
    for _flag in ["hosts", "addresses"] {
        try_nscd(net)?;
    }
    let hosts = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    if let Some(ip) = in_hosts_file(&hosts, host) {
        return Ok(ip);
    }
    let mut failure = LookupError::NoName;
    for name in candidates(host, &resolver.search) {
        match query(net, &name, resolver)? {
            Ok(ip) => return Ok(ip),
            Err(found) => failure = found,
        }
        if failure == LookupError::Again {
            break;
        }
    }
    Err(failure.into())
}

/// The names to query: a name with a dot is tried first as it is, one without a dot last.
fn candidates(host: &str, search: &[String]) -> Vec<String> {
    if host.ends_with('.') {
        return vec![host.to_owned()];
    }
    let mut names: Vec<String> = search.iter().map(|domain| format!("{host}.{domain}")).collect();
    let own = if host.contains('.') { 0 } else { names.len() };
    names.insert(own, host.to_owned());
    names
}

fn in_hosts_file(text: &str, host: &str) -> Option<Ipv4Addr> {
    text.lines().find_map(|line| {
        let line = line.split('#').next().unwrap_or_default();
        let mut words = line.split_whitespace();
        let ip = words.next()?.parse().ok()?;
        words.any(|name| name.eq_ignore_ascii_case(host)).then_some(ip)
    })
}

/// Connects to the name service cache, as glibc does at every lookup.
fn try_nscd(net: &SharedNet) -> Result<()> {
    let mut net = net.borrow_mut();
    let fd = net.socket(libc::AF_UNIX, libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK, 0)?;
    // The whole of sun_path is passed, zeros included.
    let mut path = b"/var/run/nscd/socket".to_vec();
    path.resize(108, 0);
    let _ = net.connect(fd, &SockAddr::Raw { family: libc::AF_UNIX as u16, data: path });
    Ok(net.close(fd)?)
}

/// The result of one query of one name server.
enum Answer {
    /// An answer, positive or negative.
    Reply(Reply),
    /// No answer in time; the socket is kept for the next attempt.
    TimedOut,
    /// The server cannot be reached, or refuses to answer.
    Failed,
}

/// What a name server replied.
struct Reply {
    id: u16,
    /// Whether it did not fit.
    truncated: bool,
    /// Whether to try another server, or another attempt.
    refuses: bool,
    result: std::result::Result<Ipv4Addr, LookupError>,
}

impl Reply {
    /// What a message says; `None` where it is none.
    fn read(bytes: &[u8]) -> Option<Self> {
        let packet = Packet::parse(bytes).ok()?;
        let address = packet.answers.iter().find_map(|record| match &record.rdata {
            RData::A(a) => Some(Ipv4Addr::from(a.address)),
            _ => None,
        });
        let result = match packet.rcode() {
            RCODE::NameError => Err(LookupError::NoName),
            _ => address.ok_or(LookupError::NoData),
        };
        let truncated = packet.has_flags(PacketFlag::TRUNCATION);
        let refuses = matches!(packet.rcode(), RCODE::ServerFailure | RCODE::NotImplemented | RCODE::Refused);
        Some(Self { id: packet.id(), truncated, refuses, result })
    }
}

/// The question for a name's IPv4 address; `None` where it is no name.
fn question(id: u16, name: &str) -> Option<Vec<u8>> {
    let mut packet = Packet::new_query(id);
    packet.set_flags(PacketFlag::RECURSION_DESIRED);
    // A label may not be empty, which the package lets pass.
    let name = Name::new(name.strip_suffix('.').unwrap_or(name)).ok().filter(|_| !name.contains(".."))?;
    packet.questions.push(Question::new(name, TYPE::A.into(), CLASS::IN.into(), false));
    packet.build_bytes_vec().ok()
}

/// A number that the sender of a forged answer would have to guess.
fn random() -> u16 {
    RandomState::new().build_hasher().finish() as u16
}

/// Queries every server for one name, `attempts` times.
fn query(net: &SharedNet, name: &str, resolver: &Resolver) -> Result<std::result::Result<Ipv4Addr, LookupError>> {
    let id = random();
    let Some(bytes) = question(id, name) else { return Ok(Err(LookupError::NoName)) };

    let mut sockets: Vec<Option<RawFd>> = vec![None; resolver.servers.len()];
    let mut result = Err(LookupError::Again);
    'attempts: for _ in 0..resolver.attempts {
        for (server, socket) in resolver.servers.iter().zip(&mut sockets) {
            let answer = exchange(net, socket, *server, &bytes, id, resolver.timeout)?;
            let Answer::Reply(reply) = answer else { continue };
            result = reply.result;
            break 'attempts;
        }
    }
    for fd in sockets.into_iter().flatten() {
        net.borrow_mut().close(fd)?;
    }
    Ok(result)
}

/// Queries one server over UDP, and over TCP if the answer did not fit. The socket stays in `socket` for the next
/// attempt when there was no answer, and is closed otherwise.
fn exchange(
    net: &SharedNet,
    socket: &mut Option<RawFd>,
    server: SocketAddrV4,
    question: &[u8],
    id: u16,
    timeout: Duration,
) -> Result<Answer> {
    let address = SockAddr::inet(*server.ip(), server.port());
    let fresh = socket.is_none();
    let fd = match *socket {
        Some(fd) => fd,
        None => {
            let kind = libc::SOCK_DGRAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
            net.borrow_mut().socket(libc::AF_INET, kind, 0)?
        }
    };
    *socket = Some(fd);
    let answer = over_udp(net, fd, fresh.then_some(&address), question, id, timeout)?;
    if !matches!(answer, Answer::TimedOut) {
        *socket = None;
        net.borrow_mut().close(fd)?;
    }
    match answer {
        Answer::Reply(reply) if reply.truncated => over_tcp(net, &address, question),
        Answer::Reply(reply) if reply.refuses => Ok(Answer::Failed),
        answer => Ok(answer),
    }
}

fn over_udp(
    net: &SharedNet,
    fd: RawFd,
    connect_to: Option<&SockAddr>,
    question: &[u8],
    id: u16,
    timeout: Duration,
) -> Result<Answer> {
    if let Some(address) = connect_to {
        let mut net = net.borrow_mut();
        let _ = net.setsockopt(fd, libc::SOL_IP, libc::IP_RECVERR, &1i32.to_ne_bytes());
        if net.connect(fd, address).is_err() {
            return Ok(Answer::Failed);
        }
    }
    match wait(net, fd, libc::POLLOUT, Duration::ZERO)? {
        Some(events) if events & libc::POLLOUT != 0 => {}
        _ => return Ok(Answer::Failed),
    }
    if net.borrow_mut().send(fd, question, libc::MSG_NOSIGNAL).is_err() {
        return Ok(Answer::Failed);
    }
    let mut left = timeout;
    let deadline = Instant::now() + timeout;
    loop {
        match wait(net, fd, libc::POLLIN, left)? {
            None => return Ok(Answer::TimedOut),
            Some(events) if events & libc::POLLIN != 0 => {}
            Some(_) => return Ok(Answer::Failed),
        }
        let mut net = net.borrow_mut();
        let _ = net.ioctl_int(fd, libc::FIONREAD as u32, 0);
        let mut buf = [0; 1024];
        match net.recvfrom(fd, &mut buf, 0, size_of::<libc::sockaddr_in6>() as u32) {
            Ok((n, _)) => {
                if let Some(reply) = Reply::read(&buf[..n]).filter(|reply| reply.id == id) {
                    return Ok(Answer::Reply(reply));
                }
            }
            Err(Errno(libc::EINTR | libc::EAGAIN)) => {}
            Err(_) => return Ok(Answer::Failed),
        }
        left = deadline.saturating_duration_since(Instant::now()); // the answer was to another query
    }
}

/// Sends the same query on a connection, where two bytes of length precede each message.
fn over_tcp(net: &SharedNet, address: &SockAddr, question: &[u8]) -> Result<Answer> {
    let mut net = net.borrow_mut();
    let fd = net.socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0)?;
    let mut talk = || -> crate::net::Result<Option<Vec<u8>>> {
        net.connect(fd, address)?;
        net.writev(fd, &[&(question.len() as u16).to_be_bytes(), question])?;
        let mut len = [0; 2];
        if !fill(&mut net, fd, &mut len)? {
            return Ok(None);
        }
        let mut reply = vec![0; usize::from(u16::from_be_bytes(len))];
        Ok(fill(&mut net, fd, &mut reply)?.then_some(reply))
    };
    let reply = talk();
    net.close(fd)?;
    Ok(match reply.ok().flatten().and_then(|reply| Reply::read(&reply)) {
        Some(reply) if !reply.refuses => Answer::Reply(reply),
        _ => Answer::Failed,
    })
}

/// Reads until the buffer is full; false if the connection ends first.
fn fill(net: &mut Net, fd: RawFd, buf: &mut [u8]) -> crate::net::Result<bool> {
    let mut done = 0;
    while done < buf.len() {
        match net.read(fd, &mut buf[done..]) {
            Ok(0) => return Ok(false),
            Ok(n) => done += n,
            Err(Errno(libc::EINTR)) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(true)
}

/// The events that `poll` finds in time; `None` on timeout.
fn wait(net: &SharedNet, fd: RawFd, events: i16, left: Duration) -> Result<Option<i16>> {
    let deadline = Instant::now() + left;
    let mut left = left;
    loop {
        let ms = i32::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX);
        let mut fds = [Poll { fd, events, revents: 0 }];
        let result = net.borrow_mut().poll(&mut fds, ms);
        match result {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(fds[0].revents)),
            Err(Errno(libc::EINTR)) => check_signals()?,
            Err(errno) => return Err(errno.into()),
        }
        left = deadline.saturating_duration_since(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolv_conf_with_and_without_its_options() {
        let text = "# ours\nnameserver 192.0.2.1\nnameserver 192.0.2.2\nsearch a.example b.example\noptions timeout:2 attempts:3 edns0\n";
        let resolver = Resolver::parse(text);
        assert_eq!(resolver.servers.len(), 2);
        assert_eq!(resolver.servers[1], "192.0.2.2:53".parse().unwrap());
        assert_eq!((resolver.timeout, resolver.attempts), (Duration::from_secs(2), 3));
        assert_eq!(candidates("host", &resolver.search), ["host.a.example", "host.b.example", "host"]);
        assert_eq!(candidates("host.c", &resolver.search)[0], "host.c");
        assert_eq!(Resolver::parse(""), Resolver::one("127.0.0.1:53".parse().unwrap(), Duration::from_secs(5)));
    }

    /// RFC 1035, 4.1: octets as they are sent.
    #[test]
    fn questions_and_replies_are_those_of_the_rfc() {
        let asked = question(0x1234, "box.example.").unwrap();
        let name = b"\x03box\x07example\0\0\x01\0\x01";
        assert_eq!(asked, [b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0", &name[..]].concat());
        assert!(question(1, &"x".repeat(64)).is_none() && question(1, "a..b").is_none());
        let record = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x7f\x01\x02\x03";
        let reply = |flags: [u8; 2], answers: u8, record: &[u8]| {
            Reply::read(&[b"\x12\x34", &flags[..], &[0, 1, 0, answers, 0, 0, 0, 0], &name[..], record].concat())
        };
        let found = reply([0x81, 0x80], 1, record).unwrap();
        assert_eq!((found.id, found.result), (0x1234, Ok(Ipv4Addr::new(127, 1, 2, 3))));
        assert!(!found.truncated && !found.refuses);
        assert_eq!(reply([0x81, 0x83], 0, b"").unwrap().result, Err(LookupError::NoName));
        assert_eq!(reply([0x81, 0x80], 0, b"").unwrap().result, Err(LookupError::NoData));
        assert!(reply([0x83, 0x80], 0, b"").unwrap().truncated && reply([0x81, 0x82], 0, b"").unwrap().refuses);
        assert!(reply([0x81, 0x80], 1, &record[..7]).is_none() && Reply::read(b"").is_none());
    }

    #[test]
    fn hosts_file_lines_are_an_address_and_its_names() {
        let text = "127.0.0.1 localhost # not this\n::1 six\n192.0.2.7\tone TWO\n";
        assert_eq!(in_hosts_file(text, "two"), Some(Ipv4Addr::new(192, 0, 2, 7)));
        assert_eq!(in_hosts_file(text, "localhost"), Some(Ipv4Addr::LOCALHOST));
        assert_eq!(in_hosts_file(text, "not"), None);
        assert_eq!(in_hosts_file(text, "six"), None);
    }
}
