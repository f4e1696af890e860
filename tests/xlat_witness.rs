//! The constant tables against the real strace: a small C program makes calls with every number in turn, and what strace
//! writes for each, name or unknown marker, must be what our tables say.
//!
//! The names known are those of strace 6.1. Under another strace only the names our tables have are compared, as it may
//! know more.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, with the reason on standard error"
)]

mod support;

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use sockscope::event::{Body, Call, Errno, Event, Ret};
use sockscope::internals::control::controls;
use sockscope::internals::xlat::sockopt::{self, Access};
use sockscope::internals::xlat::{Xlat, errno, file, ioctl, link, protocol, signal, socket, wait};
use sockscope::syscall::by_name;
use sockscope::text::{self, Style};
use sockscope::value::{Fd, Value};
use support::needs::{Need, have};

/// A number as C's `%#x` has it.
fn hex(raw: u64) -> String {
    if raw == 0 { "0".to_owned() } else { format!("{raw:#x}") }
}

/// A constant as strace writes it.
fn constant(table: &Xlat, raw: u64) -> String {
    table.name(raw).map_or_else(|| format!("{} /* {} */", hex(raw), table.unknown), str::to_owned)
}

/// Flags as strace writes them.
fn flags(table: &Xlat, raw: u64) -> String {
    let (names, rest) = table.split(raw);
    match (names.is_empty(), rest) {
        (true, 0) => "0".to_owned(),
        (true, _) => constant(table, raw),
        (false, 0) => names.join("|"),
        (false, _) => format!("{}|{}", names.join("|"), hex(rest)),
    }
}

/// Each bit alone, none, and all together.
fn bit_patterns() -> impl Iterator<Item = u64> {
    (0..32).map(|bit| 1 << bit).chain([0, 0xffff_ffff, 0x5555_5555, 0xaaaa_aaaa])
}

/// Runs strace over the subject. Each probe is a call, in the notation of the subject, and what strace should write: the
/// call up to its result, or with `mode` the result.
#[track_caller]
fn compare(mode: Option<&str>, names: &str, probes: &[(String, String)]) {
    let exact = have(Need::Strace);
    let folder = tempfile::tempdir().unwrap();
    let at = |name| folder.path().join(name);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/xlat_witness/constants.c");
    let built = Command::new("cc").args(["-Wall", "-Werror", "-o"]).arg(at("subject")).arg(source).status();
    assert!(built.expect("install a C compiler to run this test").success());
    std::fs::write(at("calls"), probes.iter().map(|(call, _)| format!("{call}\n")).collect::<String>()).unwrap();
    let mut strace = Command::new("strace");
    strace.arg("-e").arg(format!("trace={names},shutdown")).arg("-o").arg(at("trace"));
    if mode.is_none() {
        strace.arg("-e").arg(format!("inject={names}:error=EPERM")); // nothing happens in the kernel
    }
    let calls = File::open(at("calls")).unwrap();
    let status = strace.arg(at("subject")).args(mode).stdin(Stdio::from(calls)).status().unwrap();
    assert!(status.success(), "strace or its subject failed: {status}");

    let trace = std::fs::read_to_string(at("trace")).unwrap();
    let mut lines = trace.lines().skip_while(|line| !line.starts_with("shutdown(-77")).skip(1);
    let mut wrong = Vec::new();
    for (_, expected) in probes {
        let line = lines.next().unwrap_or("(no line)");
        let (call, result) = line.rsplit_once(" = ").unwrap_or((line, ""));
        let printed = if mode.is_some() { result } else { call.trim_end() };
        if printed != expected && (exact || !expected.contains("??")) {
            wrong.push(format!("strace: {printed}\n  ours: {expected}"));
        }
    }
    assert!(lines.next().is_some_and(|line| line.starts_with("+++ exited with 0")), "lines and calls do not match");
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        probes.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
}

#[test]
fn families_and_protocols() {
    let mut probes = Vec::new();
    for family in (0..64_u64).filter(|family| ![libc::AF_PACKET, libc::AF_AX25].contains(&(*family as i32))) {
        let named = constant(&socket::ADDRESS_FAMILY, family);
        for number in 0..300 {
            let text = match protocol::of_family(family as i32) {
                Some(table) => constant(table, number),
                None => number.to_string(),
            };
            probes.push((
                format!("{} {family} 3 {number}", libc::SYS_socket),
                format!("socket({named}, SOCK_RAW, {text})"),
            ));
        }
    }
    for number in 0..0x1_0000_u64 {
        let call = format!("{} 17 3 {}", libc::SYS_socket, (number as u16).to_be());
        probes.push((call, format!("socket(AF_PACKET, SOCK_RAW, htons({}))", constant(&protocol::ETH_P, number))));
    }
    for kind in 1..16 {
        let text = constant(&socket::SOCK_TYPE, kind);
        probes.push((format!("{} 1 {kind} 0", libc::SYS_socket), format!("socket(AF_UNIX, {text}, 0)")));
    }
    compare(None, "socket", &probes);
}

#[test]
fn levels_and_options() {
    let mut probes = Vec::new();
    for level in 0..300_u64 {
        let named = constant(&socket::SOL, level);
        for number in 0..if socket::SOL.name(level).is_some() { 200 } else { 2 } {
            for (call, name, access) in
                [(libc::SYS_setsockopt, "setsockopt", Access::Set), (libc::SYS_getsockopt, "getsockopt", Access::Get)]
            {
                let option = match sockopt::options(level as i32, access) {
                    Some(table) => constant(table, number),
                    None => number.to_string(),
                };
                let length = if access == Access::Set { "0" } else { "NULL" };
                let text = format!("{name}(-1, {named}, {option}, NULL, {length})");
                probes.push((format!("{call} -1 {level} {number} 0 0"), text));
            }
        }
    }
    compare(None, "setsockopt,getsockopt", &probes);
}

#[test]
fn flags_of_calls_and_signals() {
    let mut probes = Vec::new();
    for bits in bit_patterns() {
        let text = flags(&socket::MSG, bits);
        probes
            .push((format!("{} -1 0 0 {bits} 0 0", libc::SYS_sendto), format!("sendto(-1, NULL, 0, {text}, NULL, 0)")));
        let text = flags(&socket::SOCK_FLAGS, bits);
        probes.push((format!("{} -1 0 0 {bits}", libc::SYS_accept4), format!("accept4(-1, NULL, NULL, {text})")));
        let text = flags(&wait::WAIT_OPTIONS, bits);
        probes.push((format!("{} 1 0 {bits} 0", libc::SYS_wait4), format!("wait4(1, NULL, {text}, NULL)")));
    }
    for number in 0..80_u64 {
        let name = signal::signal_name(number).map_or_else(|| number.to_string(), |name| name.into_owned());
        let call = format!("{} {number} 0 0 8", libc::SYS_rt_sigaction);
        probes.push((call, format!("rt_sigaction({name}, NULL, NULL, 8)")));
    }
    compare(None, "sendto,accept4,wait4,rt_sigaction", &probes);
}

#[test]
fn errors_and_their_messages() {
    let expected = |number| match (errno::name(number), errno::message(number)) {
        (Some(name), Some(message)) if errno::is_restart(number) => format!("? {name} ({message})"),
        (Some(name), Some(message)) => format!("-1 {name} ({message})"),
        _ => format!("-1 (errno {number})"),
    };
    let probes: Vec<_> = (1..4096).map(|number| (number.to_string(), expected(number))).collect();
    for number in (1..4096).filter(|number| errno::name(*number).is_some()) {
        let call = Call::new(by_name("close").unwrap(), vec![Value::Fd(Fd::new(3))], Ret::Err(Errno(number)));
        let mut line = String::new();
        let event = Event::new(1, Body::Call(call));
        text::write(&event, &Style::default(), &mut line);
        assert!(line.ends_with(&format!(" = {}", expected(number))), "{line}");
    }
    compare(Some("errno"), "setitimer", &probes);
}

/// Bytes as hex digits.
fn digits(parts: &[&[u8]]) -> String {
    parts.concat().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn descriptors_and_events() {
    let mut probes = Vec::new();
    for bits in bit_patterns() {
        for (call, name, before, table) in [
            (libc::SYS_pipe2, "pipe2", "NULL, ", &file::OPEN_FLAGS),
            (libc::SYS_eventfd2, "eventfd2", "0, ", &wait::EVENTFD_FLAGS),
            (libc::SYS_timerfd_create, "timerfd_create", "CLOCK_REALTIME, ", &wait::TIMERFD_FLAGS),
        ] {
            probes.push((format!("{call} 0 {bits}"), format!("{name}({before}{})", flags(table, bits))));
        }
        let text = flags(&wait::EPOLL_FLAGS, bits);
        probes.push((format!("{} {bits}", libc::SYS_epoll_create1), format!("epoll_create1({text})")));
        let polled = digits(&[&[0; 4], &(bits as u16).to_ne_bytes(), &[0; 2]]);
        let text = flags(&wait::POLL_EVENTS, bits & 0xffff);
        let text = format!("ppoll([{{fd=0, events={text}}}], 1, NULL, NULL, 8)");
        probes.push((format!("{} @{polled} 1 0 0 8", libc::SYS_ppoll), text));
        let event = digits(&[&(bits as u32).to_ne_bytes(), &[0; 12]]);
        let text = flags(&wait::EPOLL_EVENTS, bits);
        let text = format!("epoll_ctl(-1, EPOLL_CTL_ADD, -1, {{events={text}, data={{u32=0, u64=0}}}})");
        probes.push((format!("{} -1 1 -1 @{event}", libc::SYS_epoll_ctl), text));
    }
    for number in 0..20 {
        let text = constant(&wait::EPOLL_OP, number);
        probes.push((format!("{} -1 {number} -1 0", libc::SYS_epoll_ctl), format!("epoll_ctl(-1, {text}, -1, NULL)")));
        let text = constant(&wait::CLOCK, number);
        probes.push((format!("{} {number} 0", libc::SYS_clock_gettime), format!("clock_gettime({text}, NULL)")));
    }
    compare(None, "pipe2,eventfd2,timerfd_create,epoll_create1,ppoll,epoll_ctl,clock_gettime", &probes);
}

#[test]
fn messages_links_and_requests() {
    let mut probes = Vec::new();
    for level in [0, 1, 41, 132_u32] {
        for kind in 0..100_u32 {
            let header = digits(&[&16_u64.to_ne_bytes(), &level.to_ne_bytes(), &kind.to_ne_bytes()]);
            let text = controls(level as i32)
                .map_or_else(|| hex(u64::from(kind)), |controls| constant(controls.names, u64::from(kind)));
            let text = format!(
                "sendmsg(-1, {{msg_name=NULL, msg_namelen=0, msg_iov=NULL, msg_iovlen=0, msg_control=[{{cmsg_len=16, \
                 cmsg_level={}, cmsg_type={text}}}], msg_controllen=16, msg_flags=0}}, 0)",
                constant(&socket::SOL, u64::from(level))
            );
            probes.push((format!("{} -1 %{header} 0", libc::SYS_sendmsg), text));
        }
    }
    for hardware in (0..=1024_u16).chain(65_000..=65_535) {
        let kind = hardware as u8;
        let address = digits(&[&[17, 0, 0, 3, 0, 0, 0, 0], &hardware.to_le_bytes(), &[kind, 0], &[0; 8]]);
        let text = format!(
            "bind(-1, {{sa_family=AF_PACKET, sll_protocol=htons(ETH_P_ALL), sll_ifindex=0, sll_hatype={}, \
             sll_pkttype={}, sll_halen=0}}, 20)",
            constant(&link::ARPHRD, hardware.into()),
            constant(&link::PACKET_TYPE, kind.into())
        );
        probes.push((format!("{} -1 @{address} 20", libc::SYS_bind), text));
    }
    for (_, request) in ioctl::IOCTL_REQUEST
        .iter()
        .filter(|(name, _)| ["FIONBIO", "FIONREAD", "FIOASYNC", "SIOCG"].iter().any(|p| name.starts_with(p)))
    {
        let name = ioctl::strace_spelling(request).unwrap();
        probes.push((format!("{} -1 {request} 0", libc::SYS_ioctl), format!("ioctl(-1, {name}, NULL)")));
    }
    compare(None, "sendmsg,bind,ioctl", &probes);
}
