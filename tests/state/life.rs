//! TCP connections from their first call to their last trace in the kernel, both sides, against `ss`.

use crate::puppet::{Puppet, Row, as_ss, names, ss, ss_in, states, until};

/// One connection of a puppet, as `ss` finds its two ends.
pub struct Watched {
    /// The process in whose network they are, where that is not ours.
    namespace: Option<i32>,
    puppet: i32,
    pub client: [String; 2],
    pub server: [String; 2],
}

impl Watched {
    pub fn new(puppet: &mut Puppet, domain: i32, client: i64, port: u16) -> Self {
        let host = if domain == libc::AF_INET { "127.0.0.1" } else { "[::1]" };
        let (one, two) = (format!("{host}:{}", puppet.port(client)), format!("{host}:{port}"));
        let puppet = puppet.pid;
        Self { namespace: None, puppet, client: [one.clone(), two.clone()], server: [two, one] }
    }

    /// In the puppet's own network.
    pub fn inside(self) -> Self {
        Self { namespace: Some(self.puppet), ..self }
    }

    /// The row of an end; the two of them differ in which address comes first.
    pub fn row(&self, end: &[String; 2]) -> Option<Row> {
        let rows = ss_in(self.namespace, "-t", end);
        rows.into_iter().find(|row| row.line.split_whitespace().nth(3) == Some(&end[0]))
    }

    /// Waits until the two ends stand as given (`-` for no row) and nothing is on its way any more.
    pub fn settles(&self, client: &str, server: &str) {
        let state = |end| self.row(end).map_or("-".to_owned(), |row| row.state);
        until(&format!("{client} and {server}"), || state(&self.client) == client && state(&self.server) == server);
        let sent = |end| self.row(end).is_none_or(|row| row.send == 0 || row.state == "FIN-WAIT-1");
        until("all is acknowledged", || sent(&self.client) && sent(&self.server));
    }
}

/// Has the puppet make a call on a socket that changes nothing, and compares the reported state with `ss`.
pub fn agrees(puppet: &mut Puppet, looks: &mut usize, fd: i64, row: Option<Row>) {
    puppet.call(&format!("look {fd}"));
    *looks += 1;
    let call = puppet.traced_call("getsockname", *looks);
    let (before, after) = states(&call, fd);
    let (before, after) = (before.unwrap(), after.unwrap());
    let Some(row) = row else {
        // A connection that was reset, or is not made yet, is in no list.
        assert_eq!((as_ss(before), as_ss(after)), ("UNCONN".to_owned(), "UNCONN".to_owned()), "{before:?}");
        return;
    };
    for shown in [before, after] {
        assert_eq!(as_ss(shown), row.state, "{shown:?}\n{row:?}");
        if row.state == "LISTEN" {
            assert_eq!(shown.accept_queue.map(u64::from), Some(row.recv), "{shown:?}\n{row:?}");
            assert_eq!(shown.backlog.map(u64::from), Some(row.send), "{shown:?}\n{row:?}");
            continue;
        }
        // ss counts the end of what comes as one more byte until the program has read that far.
        let end = u64::from(shown.read_shut == Some(true));
        let recv = shown.recv_queue.unwrap();
        assert!(recv == row.recv || recv + end == row.recv, "{shown:?}\n{row:?}");
        if let Some(send) = shown.send_queue {
            assert!(send == row.send || shown.state.to_string() == "SYN_SENT", "{shown:?}\n{row:?}");
        }
        if let Some(inode) = shown.inode.filter(|_| row.state != "TIME-WAIT") {
            assert!(row.line.contains(&format!("ino:{inode} ")), "{shown:?}\n{row:?}");
        }
    }
}

/// Opening, data, half-close, the passive side's end, `TIME_WAIT`: over IPv4 and IPv6.
#[test]
fn a_connection_is_followed_from_socket_to_time_wait() {
    for domain in [libc::AF_INET, libc::AF_INET6] {
        let mut puppet = Puppet::traced();
        let mut looks = 1; // for the port
        let listener = puppet.call(&format!("socket {domain} {}", libc::SOCK_STREAM));
        puppet.call(&format!("bind {listener} 0"));
        let port = puppet.port(listener);
        agrees(&mut puppet, &mut looks, listener, None);
        puppet.call(&format!("listen {listener} 6"));
        let host = if domain == libc::AF_INET { "127.0.0.1" } else { "[::1]" };
        let listening = || ss("-t", &["LISTEN".to_owned(), format!("{host}:{port}")]).pop();
        agrees(&mut puppet, &mut looks, listener, listening());

        let client = puppet.call(&format!("socket {domain} {}", libc::SOCK_STREAM));
        puppet.call(&format!("connect {client} {port}"));
        let ends = Watched::new(&mut puppet, domain, client, port);
        looks += 1;
        ends.settles("ESTAB", "ESTAB");
        assert_eq!(listening().unwrap().recv, 1);
        agrees(&mut puppet, &mut looks, listener, listening());
        let server = puppet.call(&format!("accept {listener}"));
        assert_eq!(listening().unwrap().recv, 0);
        agrees(&mut puppet, &mut looks, listener, listening());

        puppet.call(&format!("send {client} 5"));
        ends.settles("ESTAB", "ESTAB");
        assert_eq!(ends.row(&ends.server).unwrap().recv, 5);
        for (fd, end) in [(client, &ends.client), (server, &ends.server)] {
            agrees(&mut puppet, &mut looks, fd, ends.row(end));
        }
        puppet.call(&format!("recv {server} 3"));
        agrees(&mut puppet, &mut looks, server, ends.row(&ends.server));

        // Half-closed: the other way is still open.
        puppet.call(&format!("shutdown {client} {}", libc::SHUT_WR));
        ends.settles("FIN-WAIT-2", "CLOSE-WAIT");
        puppet.call(&format!("send {server} 7"));
        ends.settles("FIN-WAIT-2", "CLOSE-WAIT");
        for (fd, end) in [(client, &ends.client), (server, &ends.server)] {
            agrees(&mut puppet, &mut looks, fd, ends.row(end));
        }
        puppet.call(&format!("recv {client} 100"));
        puppet.call(&format!("recv {server} 100"));
        puppet.call(&format!("close {server}"));
        // The socket itself reports that it is closed; its connection lives on.
        ends.settles("TIME-WAIT", "-");
        agrees(&mut puppet, &mut looks, client, ends.row(&ends.client));
        puppet.call(&format!("close {client}"));
        assert_eq!(ends.row(&ends.client).unwrap().state, "TIME-WAIT");
        puppet.call(&format!("close {listener}"));

        let (calls, message) = puppet.end();
        assert_eq!(message, "");
        let of = |name: &str| calls.iter().filter(|call| call.sys.name() == name).collect::<Vec<_>>();
        assert_eq!(names(of("listen")[0], listener), "CLOSED → LISTEN");
        assert_eq!(names(of("connect")[0], client), "CLOSED → ESTABLISHED");
        let accept = of("accept")[0];
        assert_eq!(names(accept, listener), "LISTEN → LISTEN");
        let (before, after) = states(accept, listener);
        assert_eq!((before.unwrap().accept_queue, after.unwrap().accept_queue), (Some(1), Some(0)));
        assert_eq!(names(accept, server), " → ESTABLISHED");
        assert_eq!(states(accept, server).1.unwrap().recv_queue, Some(0));
        let recv = states(of("recvfrom")[0], server);
        assert_eq!((recv.0.unwrap().recv_queue, recv.1.unwrap().recv_queue), (Some(5), Some(2)));
        let shut = names(of("shutdown")[0], client);
        assert!(shut == "ESTABLISHED → FIN_WAIT1" || shut == "ESTABLISHED → FIN_WAIT2", "{shut}");
        let passive = names(of("close")[0], server);
        assert!(passive == "CLOSE_WAIT → LAST_ACK" || passive == "CLOSE_WAIT → CLOSED", "{passive}");
        assert_eq!(names(of("close")[1], client), "TIME_WAIT → TIME_WAIT");
        let left = states(of("close")[1], client).1.unwrap();
        assert!(left.inode.is_none() && left.expires_ms.is_some_and(|ms| ms <= 60_000), "{left:?}");
        assert_eq!(names(of("close")[2], listener), "LISTEN → CLOSED");
    }
}

/// close() without shutdown: the connection is nobody's and in `FIN_WAIT2` until the other side closes too.
#[test]
fn a_closed_socket_is_followed_by_its_addresses() {
    let mut puppet = Puppet::traced();
    let listener = puppet.listener(libc::AF_INET, 1);
    let (client, server) = puppet.connection(libc::AF_INET, listener);
    let ends = Watched::new(&mut puppet, libc::AF_INET, client, listener.1);
    puppet.call(&format!("shutdown {client} {}", libc::SHUT_WR));
    ends.settles("FIN-WAIT-2", "CLOSE-WAIT");
    puppet.call(&format!("close {client}"));
    ends.settles("FIN-WAIT-2", "CLOSE-WAIT");
    puppet.call(&format!("close {server}"));
    ends.settles("TIME-WAIT", "-");
    let (calls, _) = puppet.end();
    let closes: Vec<_> = calls.iter().filter(|call| call.sys.name() == "close").collect();
    assert_eq!(names(closes[0], client), "FIN_WAIT2 → FIN_WAIT2");
    let left = states(closes[0], client).1.unwrap();
    assert_eq!((left.inode, left.held), (None, Some(false)), "{left:?}");
    assert!(left.expires_ms.is_some_and(|ms| ms <= 60_000), "{left:?}");
}

/// A reset: the other side is closed at once, with an error that waits for its program, who is the one to get it.
#[test]
fn a_reset_leaves_an_error_that_is_the_programs() {
    let mut puppet = Puppet::traced();
    let mut looks = 1;
    let listener = puppet.listener(libc::AF_INET, 1);
    let (client, server) = puppet.connection(libc::AF_INET, listener);
    let ends = Watched::new(&mut puppet, libc::AF_INET, client, listener.1);
    looks += 1;
    puppet.call(&format!("linger {client} 0"));
    puppet.call(&format!("close {client}"));
    ends.settles("-", "-");
    for _ in 0..3 {
        agrees(&mut puppet, &mut looks, server, None);
    }
    assert_eq!(puppet.try_do(&format!("recv {server} 1")).errno, libc::ECONNRESET);
    agrees(&mut puppet, &mut looks, server, None);

    // The same for a program that asks for the error itself.
    let (other, asking) = puppet.connection(libc::AF_INET, listener);
    puppet.call(&format!("linger {other} 0"));
    let ends = Watched::new(&mut puppet, libc::AF_INET, other, listener.1);
    puppet.call(&format!("close {other}"));
    ends.settles("-", "-");
    puppet.call(&format!("look {asking}"));
    assert_eq!(puppet.try_do(&format!("error {asking}")).shown, libc::ECONNRESET);
    assert_eq!(puppet.try_do(&format!("error {asking}")).shown, 0);

    let (calls, _) = puppet.end();
    let close = calls.iter().find(|call| call.sys.name() == "close").unwrap();
    assert_eq!(names(close, client), "ESTABLISHED → CLOSED");
    assert_eq!(states(close, client).1.unwrap().held, Some(false));
    let looked: Vec<_> = calls.iter().filter(|call| call.sys.name() == "getsockname").collect();
    let pending = |at: usize| states(looked[at], server).0.unwrap().error_pending;
    assert_eq!([2, 3, 4, 5].map(pending), [Some(true), Some(true), Some(true), Some(false)]);
    let recv = states(calls.iter().find(|call| call.sys.name() == "recvfrom").unwrap(), server);
    assert_eq!((recv.0.unwrap().error_pending, recv.1.unwrap().error_pending), (Some(true), Some(false)));
}

/// A connection that nobody answers, and one that is refused.
#[test]
fn connecting_is_seen_while_it_lasts() {
    let mut puppet = Puppet::traced();
    let mut looks = 1;
    let (listener, port) = puppet.listener(libc::AF_INET, 0);
    // One fits into a queue of none; the next one's SYN is not answered.
    let queue = || ss("-t", &["LISTEN".to_owned(), format!("127.0.0.1:{port}")]).pop();
    for _ in 0..2 {
        let fd = puppet.call(&format!("socket {} {}", libc::AF_INET, libc::SOCK_STREAM));
        puppet.call(&format!("nonblock {fd}"));
        assert_eq!(puppet.try_do(&format!("connect {fd} {port}")).errno, libc::EINPROGRESS);
        until("the first waits to be accepted", || queue().is_some_and(|row| row.recv == 1));
    }
    let waiting = listener + 2;
    let ends = Watched::new(&mut puppet, libc::AF_INET, waiting, port);
    looks += 1;
    assert_eq!(ends.row(&ends.client).unwrap().state, "SYN-SENT");
    agrees(&mut puppet, &mut looks, waiting, ends.row(&ends.client));
    let row = queue();
    assert_eq!(row.as_ref().map(|row| (row.recv, row.send)), Some((1, 0)));
    agrees(&mut puppet, &mut looks, listener, row);

    let refused = puppet.call(&format!("socket {} {}", libc::AF_INET, libc::SOCK_STREAM));
    let closed = puppet.call(&format!("socket {} {}", libc::AF_INET, libc::SOCK_STREAM));
    puppet.call(&format!("bind {closed} 0"));
    let nobody = puppet.port(closed);
    assert_eq!(puppet.try_do(&format!("connect {refused} {nobody}")).errno, libc::ECONNREFUSED);
    let (calls, _) = puppet.end();
    let connects: Vec<_> = calls.iter().filter(|call| call.sys.name() == "connect").collect();
    assert_eq!(names(connects[1], waiting), "CLOSED → SYN_SENT");
    assert_eq!(names(connects[2], refused), "CLOSED → CLOSED");
}
