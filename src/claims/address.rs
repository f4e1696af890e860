//! Claims about what a socket is, and about addresses and families.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::BorrowedFd;

use libc::{SO_PROTOCOL, SOL_SOCKET, c_int};
use nix::sys::stat::{SFlag, fstat};
use nix::unistd::{Whence, lseek};

use super::lab::{Lab, local, outcome};
use super::{Claim, ExperimentError, Needs, Result};
use crate::sys::namespace::borrow;
use crate::sys::proc::Proc;
use crate::value::{Scope, SockAddr};

/// The claims of this family, in the order of the report.
pub(super) static CLAIMS: &[Claim] = &[
    Claim {
        id: "socket-is-file",
        documents: &["000", "001", "002"],
        programs: &["udp-local", "chat", "flow"],
        statement: "a socket is a file descriptor / a file",
        depends_on: "what is done with it",
        settings: &[],
        needs: Needs::Nothing,
        run: socket_is_file,
    },
    Claim {
        id: "pf-equals-af",
        documents: &["001"],
        programs: &["chat"],
        statement: "PF_* equals AF_*; protocol 0 picks the type's default",
        depends_on: "the type: SOCK_RAW has no default protocol",
        settings: &[],
        needs: Needs::Nothing,
        run: pf_equals_af,
    },
    Claim {
        id: "ip-is-u32",
        documents: &["000"],
        programs: &["getname"],
        statement: "an IP address is a 32-bit unsigned integer",
        depends_on: "the version of IP",
        settings: &[],
        needs: Needs::Nothing,
        run: ip_is_u32,
    },
];

/// Uses a socket the way files are used.
fn socket_is_file(lab: &mut Lab) -> Result<()> {
    let (client, server, _) = lab.connection()?;
    let copy = lab.show(|net| net.fcntl(client, libc::F_DUPFD_CLOEXEC, 0))?;
    lab.close(copy)?;
    let again = lab.tcp()?;
    lab.trial(
        "numbers of descriptors",
        format!(
            "socket returns {}, as open would",
            if again == copy { "the lowest free number" } else { "another number" }
        ),
        again == copy,
    );
    let wrote = lab.show(|net| net.write(client, b"hello"));
    lab.readable(server)?;
    let mut buf = [0; 16];
    let read = lab.show(|net| net.read(server, &mut buf));
    lab.trial(
        "read and write",
        format!("write {}, read {}", outcome(&wrote), outcome(&read)),
        wrote.is_ok() && read.is_ok(),
    );

    let socket: BorrowedFd<'_> = borrow(client);
    let sought = lseek(socket, 0, Whence::SeekSet);
    lab.trial(
        "lseek",
        match sought {
            Ok(at) => format!("succeeds ({at})"),
            Err(errno) => format!("{errno:?}: a socket has no position"),
        },
        sought.is_ok(),
    );
    let opened = std::fs::File::open(Proc::OWN.descriptor(client).path());
    lab.trial(
        "open by its name under /proc/self/fd",
        match &opened {
            Ok(_) => "succeeds".to_owned(),
            Err(error) => format!("fails ({error}): only socket and accept make one"),
        },
        opened.is_ok(),
    );
    let kind =
        fstat(socket).map_err(|errno| ExperimentError::new(format!("fstat: {errno}")))?.st_mode & SFlag::S_IFMT.bits();
    lab.trial(
        "fstat: a regular file?",
        format!(
            "st_mode is {}",
            if kind == SFlag::S_IFSOCK.bits() { "S_IFSOCK, a kind of its own" } else { "something else" }
        ),
        kind == SFlag::S_IFREG.bits(),
    );
    Ok(())
}

/// Compares the families' numbers, and reads which protocol the kernel chose for 0.
fn pf_equals_af(lab: &mut Lab) -> Result<()> {
    let families = [
        ("UNIX", libc::PF_UNIX, libc::AF_UNIX),
        ("LOCAL", libc::PF_LOCAL, libc::AF_LOCAL),
        ("INET", libc::PF_INET, libc::AF_INET),
        ("INET6", libc::PF_INET6, libc::AF_INET6),
        ("NETLINK", libc::PF_NETLINK, libc::AF_NETLINK),
        ("PACKET", libc::PF_PACKET, libc::AF_PACKET),
    ];
    let numbers: Vec<String> = families.iter().map(|(name, pf, af)| format!("{name} {pf}={af}")).collect();
    lab.trial("the numbers of six families", numbers.join(", "), families.iter().all(|(_, pf, af)| pf == af));
    for (name, kind, usual) in [
        ("SOCK_STREAM", libc::SOCK_STREAM, libc::IPPROTO_TCP),
        ("SOCK_DGRAM", libc::SOCK_DGRAM, libc::IPPROTO_UDP),
        ("SOCK_RAW", libc::SOCK_RAW, 0),
    ] {
        let made = lab.show(|net| net.socket(libc::AF_INET, kind | libc::SOCK_CLOEXEC, 0));
        let protocol: Option<c_int> = match made {
            Ok(fd) => Some(lab.get_option(fd, SOL_SOCKET, SO_PROTOCOL)?),
            Err(_) => None,
        };
        if protocol.is_some() {
            lab.mark_evidence();
        }
        lab.trial(
            format!("socket(AF_INET, {name}, 0)"),
            match protocol {
                Some(number) => format!("SO_PROTOCOL is {number}"),
                None => format!("socket {}: the protocol must be named", outcome(&made)),
            },
            protocol.is_some_and(|number| number == usual),
        );
    }
    Ok(())
}

/// Binds the number 0x7f000001, and an address that has four times as many bits.
fn ip_is_u32(lab: &mut Lab) -> Result<()> {
    const NUMBER: u32 = 0x7f00_0001;
    let fd = lab.udp()?;
    lab.show(|net| net.bind(fd, &SockAddr::inet(Ipv4Addr::from_bits(NUMBER), 0)))?;
    let address = lab.address(fd)?;
    let SockAddr::Inet { ip, .. } = address else {
        return Err(ExperimentError::new("getsockname gave no IPv4 address"));
    };
    lab.trial(
        "IPv4",
        format!("the number {NUMBER:#x} is bound as {ip}, 32 bits"),
        ip.to_bits() == NUMBER && local(0).to_bytes().len() == 16,
    );

    let kind = libc::SOCK_DGRAM | libc::SOCK_CLOEXEC;
    let v6 = match lab.show(|net| net.socket(libc::AF_INET6, kind, 0)) {
        Ok(fd) => fd,
        Err(errno) => {
            lab.note(format!("IPv6 was not tested: socket fails with {errno}"));
            return Ok(());
        }
    };
    let ip = Ipv6Addr::LOCALHOST;
    let address = SockAddr::Inet6 { port: 0, flowinfo: 0, ip, scope: Some(Scope::new(0, None)) };
    match lab.show(|net| net.bind(v6, &address)) {
        Ok(()) => {
            let SockAddr::Inet6 { ip, .. } = lab.address(v6)? else {
                return Err(ExperimentError::new("getsockname gave no IPv6 address"));
            };
            lab.mark_evidence();
            let bits = ip.octets().len() * 8;
            lab.trial("IPv6", format!("{ip} is bound, {bits} bits"), bits == 32);
        }
        Err(errno) => lab.note(format!("IPv6 was not tested: cannot bind its loopback address: {errno}")),
    }
    Ok(())
}
