//! A netlink socket's bytes are shown as messages however the program came by it, and others are not asked about.

use std::ffi::OsStr;
use std::io::IoSlice;
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::Stdio;

use nix::sys::socket::{
    AddressFamily, ControlMessage, MsgFlags, SockFlag, SockProtocol, SockType, sendmsg, socket, socketpair,
};

use crate::run::{run, sockscope};
use crate::support::interpreters::python3;
use crate::support::needs::{Need, have, strace};

/// A netlink socket that the program did not make.
fn netlink() -> OwnedFd {
    socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::NetlinkRoute).unwrap()
}

/// Asks for the machine's links on the socket `s`.
const ASKS: &str = "s.send(struct.pack('=IHHIIBxxx', 20, 18, 0x301, 1, 0, 0)); s.recv(1 << 16)\n";

/// Runs a program on the calls of `%network` alone, where no `close` is seen; its trace.
fn traced(code: &str, stdin: Stdio) -> String {
    let output = sockscope()
        .args(["-f", "-e", "trace=%network", "-o", "/dev/stdout"])
        .arg(python3())
        .args(["-c", code])
        .stdin(stdin)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

fn must_show_messages(trace: &str) {
    let sent = trace.lines().find(|line| line.contains("sendto(")).unwrap();
    // (Of a socket that is not bound yet the kernel says no protocol, by which it would be RTM_GETLINK.)
    assert!(sent.contains("[{nlmsg_len=20, nlmsg_type="), "{trace}");
    let got = |line: &str| line.contains("recvfrom(") && line.contains("nlmsg_type=RTM_NEWLINK");
    assert!(trace.lines().any(got), "{trace}");
}

#[test]
fn an_inherited_netlink_socket() {
    let code = format!("import socket, struct\ns = socket.socket(fileno=0)\n{ASKS}");
    must_show_messages(&traced(&code, Stdio::from(netlink())));
}

#[test]
fn a_received_netlink_socket() {
    let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::SOCK_CLOEXEC).unwrap();
    let socket = netlink();
    let rights = [socket.as_raw_fd()];
    let bytes = [IoSlice::new(b"x")];
    sendmsg::<()>(ours.as_raw_fd(), &bytes, &[ControlMessage::ScmRights(&rights)], MsgFlags::empty(), None).unwrap();
    let code = format!(
        "import socket, struct\n_, fds, _, _ = socket.recv_fds(socket.socket(fileno=0), 9, 1)\n\
         s = socket.socket(fileno=fds[0])\n{ASKS}"
    );
    must_show_messages(&traced(&code, Stdio::from(theirs)));
}

#[test]
fn one_that_the_program_makes() {
    let code = format!("import socket, struct\ns = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)\n{ASKS}");
    must_show_messages(&traced(&code, Stdio::null()));
}

/// One question for each buffer made a program with ten thousand of them a third slower.
#[test]
fn a_program_without_netlink_sockets_is_not_asked_for_each_buffer() {
    if !have(Need::Strace) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("tracers-own");
    let mut witness = strace().unwrap();
    witness.args(["-e", "trace=readlink,readlinkat", "-o"]).arg(&log).arg(env!("CARGO_BIN_EXE_sockscope"));
    witness.args(["trace", "-f", "-e", "trace=%network"]);
    let code = "import socket\na, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n\
                for _ in range(500): a.send(b'x'); b.recv(9)";
    let ran = run(witness, &[], &[python3().as_os_str(), OsStr::new("-c"), OsStr::new(code)]);
    assert!(ran.status.success(), "{}", ran.stderr);
    let calls = ran.trace.matches("recvfrom(").count();
    assert!(calls >= 500, "{calls}");
    let asked = std::fs::read_to_string(&log).unwrap().lines().count();
    assert!(asked < 200, "{asked} questions for {calls} messages");
}
