//! Where descriptors may not be copied, as in containers whose filter forbids it, others are asked.

use std::ffi::OsStr;

use sockscope::event::{Call, StateSource};

use crate::puppet::{Puppet, names, program, ss, states, until};

/// A life under a tracer that is denied some calls: what was traced, what the tracer printed, and the descriptors.
fn life(denied: &[&str]) -> (Vec<Call>, String, [i64; 4]) {
    let deny = program("deny");
    let around: Vec<&OsStr> =
        [deny.as_os_str()].into_iter().chain(denied.iter().map(OsStr::new)).chain([OsStr::new("--")]).collect();
    let mut puppet = Puppet::under(&around, &[], &[program("puppet").as_os_str()]);
    let listener = puppet.listener(libc::AF_INET, 6);
    let client = puppet.call(&format!("socket {} {}", libc::AF_INET, libc::SOCK_STREAM));
    puppet.call(&format!("connect {client} {}", listener.1));
    let here = format!("127.0.0.1:{}", listener.1);
    until("it waits", || ss("-t", &["LISTEN".into(), here.clone()])[0].recv == 1);
    let server = puppet.call(&format!("accept {}", listener.0));
    puppet.call(&format!("send {client} 5"));
    puppet.call(&format!("recv {server} 5"));
    let pair = puppet.try_do(&format!("pair 0 {}", libc::SOCK_STREAM));
    let unix = i64::from(pair.shown);
    puppet.call(&format!("look {unix}"));
    puppet.call(&format!("shutdown {client} {}", libc::SHUT_WR));
    puppet.try_do(&format!("recv {server} 1"));
    puppet.call(&format!("close {server}"));
    until("all is over", || !ss("-t", &["TIME-WAIT".into(), here.clone()]).is_empty());
    puppet.call(&format!("close {client}"));
    puppet.call(&format!("close {}", listener.0));
    let (calls, message) = puppet.end();
    (calls, message, [listener.0, client, server, unix])
}

/// What must be known of it whatever the source.
fn check(calls: &[Call], [listener, client, server, _]: [i64; 4], source: StateSource, backlog: Option<u32>) {
    let of = |name: &str| calls.iter().filter(|call| call.sys.name() == name).collect::<Vec<_>>();
    assert_eq!(names(of("listen")[0], listener), "CLOSED → LISTEN");
    assert_eq!(names(of("connect")[0], client), "CLOSED → ESTABLISHED");
    let accept = of("accept")[0];
    let waiting = states(accept, listener).0.unwrap();
    assert_eq!((waiting.accept_queue, waiting.backlog, waiting.source), (Some(1), backlog, Some(source)));
    assert_eq!(names(accept, server), " → ESTABLISHED");
    let recv = states(of("recvfrom")[0], server);
    assert_eq!(recv.1.unwrap().recv_queue, Some(0));
    assert_eq!(recv.0.unwrap().error_pending, None);
    assert_eq!(names(of("close")[1], client), "TIME_WAIT → TIME_WAIT");
    assert_eq!(names(of("close")[2], listener), "LISTEN → CLOSED");
}

#[test]
fn without_copies_sock_diag_is_asked() {
    let (calls, message, fds) = life(&["pidfd_getfd"]);
    check(&calls, fds, StateSource::SockDiag, Some(6));
    let look = calls.iter().rfind(|call| call.sys.name() == "getsockname").unwrap();
    let unix = states(look, fds[3]).0.unwrap();
    assert_eq!(unix.state.to_string(), "CONNECTED");
    assert!(unix.peer_inode.is_some() && unix.source == Some(StateSource::SockDiag), "{unix:?}");
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.contains("sock_diag") && message.contains("pidfd_getfd: Operation not permitted"), "{message}");
}

#[test]
fn without_sock_diag_too_the_tables_are_read() {
    let (calls, message, fds) = life(&["pidfd_getfd", "netlink"]);
    check(&calls, fds, StateSource::Proc, None);
    // Nothing shows Unix sockets then, and that is reported, once.
    let look = calls.iter().rfind(|call| call.sys.name() == "getsockname").unwrap();
    assert!(look.sockets.is_none(), "{look:?}");
    assert_eq!(message.lines().count(), 2, "{message}");
    assert!(message.lines().next_back().unwrap().contains("not known"), "{message}");
}

/// After close() the lists are asked in any case; without them the tables.
#[test]
fn without_sock_diag_alone_copies_do() {
    let (calls, message, fds) = life(&["netlink"]);
    assert_eq!(message, "");
    let recv = calls.iter().find(|call| call.sys.name() == "recvfrom").unwrap();
    assert_eq!(states(recv, fds[2]).0.unwrap().source, Some(StateSource::Descriptor));
    let close = calls.iter().filter(|call| call.sys.name() == "close").nth(1).unwrap();
    assert_eq!(names(close, fds[1]), "TIME_WAIT → TIME_WAIT");
    assert_eq!(states(close, fds[1]).1.unwrap().source, Some(StateSource::Proc));
}
