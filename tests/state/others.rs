//! UDP, Unix and netlink sockets against `ss`.

use crate::puppet::{Puppet, as_ss, names, ss, states, until};

/// A number behind a word in a line of `ss`: `d3` in `skmem:(r0,…,d3)`.
fn drops(line: &str) -> u64 {
    let memory = line.split("skmem:(").nth(1).unwrap().split(')').next().unwrap();
    memory.split(',').find_map(|part| part.strip_prefix('d')).unwrap().parse().unwrap()
}

#[test]
fn datagrams_wait_and_are_dropped() {
    let mut puppet = Puppet::traced();
    let socket = format!("socket {} {}", libc::AF_INET, libc::SOCK_DGRAM);
    let (receiver, sender) = (puppet.call(&socket), puppet.call(&socket));
    puppet.call(&format!("bind {receiver} 0"));
    puppet.call(&format!("rcvbuf {receiver} 4096"));
    let port = puppet.port(receiver);
    puppet.call(&format!("connect {sender} {port}"));
    let row = |port: u16| ss("-u", &[format!("127.0.0.1:{port}"), "0.0.0.0:*".into()]).pop().unwrap();
    puppet.call(&format!("send {sender} 5"));
    until("it has come", || row(port).recv > 0);
    let one = row(port);
    puppet.call(&format!("look {receiver}"));
    puppet.call(&format!("recv {receiver} 100"));
    puppet.call(&format!("look {receiver}"));
    puppet.call(&format!("send {sender} 500"));
    until("the first has come", || row(port).recv > 0);
    let size = row(port).recv;
    for _ in 0..39 {
        puppet.call(&format!("send {sender} 500"));
    }
    until("each waits or is dropped", || drops(&row(port).line) + row(port).recv / size == 40);
    let full = row(port);
    puppet.call(&format!("look {receiver}"));
    let own = puppet.port(sender);
    let connected = ss("-u", &[format!("127.0.0.1:{own}"), format!("127.0.0.1:{port}")]).pop().unwrap();
    puppet.call(&format!("close {receiver}"));
    // An answer shows that nobody is there; it waits for the next call.
    puppet.call(&format!("send {sender} 1"));
    let pending = i32::from(libc::POLLERR);
    until("the answer has come", || puppet.try_do(&format!("poll {sender} -1")).shown & pending != 0);
    puppet.call(&format!("look {sender}"));
    assert_eq!(puppet.try_do(&format!("send {sender} 1")).errno, libc::ECONNREFUSED);
    puppet.call(&format!("look {sender}"));

    let (calls, _) = puppet.end();
    let looks: Vec<_> = calls.iter().filter(|call| call.sys.name() == "getsockname").collect();
    let shown = |at: usize, fd: i64| states(looks[at], fd).0.unwrap();
    let (waiting, empty, dropped) = (shown(1, receiver), shown(2, receiver), shown(3, receiver));
    assert_eq!((as_ss(waiting), waiting.recv_queue), (one.state.clone(), Some(one.recv)));
    assert_eq!((waiting.next_datagram, waiting.drops), (Some(5), Some(0)));
    assert!(one.line.contains(&format!("ino:{} ", waiting.inode.unwrap())), "{one:?}");
    assert_eq!((empty.recv_queue, empty.next_datagram), (Some(0), None));
    assert!(drops(&full.line) > 0, "{full:?}");
    assert_eq!((dropped.recv_queue, dropped.drops), (Some(full.recv), Some(drops(&full.line))));
    assert_eq!((as_ss(shown(4, sender)), "ESTAB"), (connected.state, "ESTAB"));
    let close = calls.iter().find(|call| call.sys.name() == "close").unwrap();
    assert_eq!(names(close, receiver), "UNCONNECTED → CLOSED");
    assert_eq!(states(close, receiver).1.unwrap().held, Some(false));
    assert_eq!(shown(5, sender).error_pending, Some(true));
    assert_eq!(shown(6, sender).error_pending, Some(false));
}

#[test]
fn unix_sockets_have_queues_and_peers() {
    let mut puppet = Puppet::traced();
    let socket = format!("socket {} {}", libc::AF_UNIX, libc::SOCK_STREAM);
    let listener = puppet.call(&socket);
    let name = format!("@sockscope-{}", puppet.pid);
    puppet.call(&format!("bind {listener} {name}"));
    puppet.call(&format!("listen {listener} 5"));
    let clients = [0, 1].map(|_| puppet.call(&socket));
    for client in clients {
        puppet.call(&format!("connect {client} {name}"));
    }
    let listening = ss("-x", &["LISTEN".into(), name.clone()]).pop().unwrap();
    puppet.call(&format!("look {listener}"));
    let server = puppet.call(&format!("accept {listener}"));
    puppet.call(&format!("send {} 6", clients[0]));
    puppet.call(&format!("look {server}"));
    puppet.call(&format!("look {}", clients[0]));
    let shown =
        |puppet: &Puppet, at: usize, fd: i64| states(&puppet.traced_call("getsockname", at), fd).0.unwrap().clone();
    let (receiving, sending) = (shown(&puppet, 2, server), shown(&puppet, 3, clients[0]));
    let row = |inode: Option<u64>| {
        let rows = ss("-x", &[inode.unwrap().to_string(), "ESTAB".into()]);
        rows.into_iter().find(|row| row.line.split_whitespace().nth(5) == Some(&inode.unwrap().to_string())).unwrap()
    };
    for shown in [&receiving, &sending] {
        let row = row(shown.inode);
        assert_eq!(as_ss(shown), row.state);
        assert_eq!((shown.recv_queue, shown.send_queue), (Some(row.recv), Some(row.send)), "{row:?}");
        assert_eq!(row.line.split_whitespace().nth(7), Some(&*shown.peer_inode.unwrap().to_string()), "{row:?}");
    }
    assert_eq!((receiving.recv_queue, receiving.peer_inode), (Some(6), sending.inode));
    assert!(sending.send_queue > Some(0));

    puppet.call(&format!("shutdown {} {}", clients[0], libc::SHUT_WR));
    puppet.call(&format!("look {server}"));
    puppet.call(&format!("close {}", clients[0]));
    puppet.call(&format!("look {server}"));
    let pair = puppet.try_do(&format!("pair 0 {}", libc::SOCK_DGRAM));
    let (one, two) = (pair.ret, i64::from(pair.shown));
    puppet.call(&format!("send {one} 11"));
    puppet.call(&format!("look {two}"));

    let (calls, _) = puppet.end();
    let looks: Vec<_> = calls.iter().filter(|call| call.sys.name() == "getsockname").collect();
    let shown = |at: usize, fd: i64| states(looks[at], fd).0.unwrap();
    let queue = shown(0, listener);
    assert_eq!(queue.accept_queue.zip(queue.backlog), Some((2, 5)));
    assert_eq!((listening.recv, listening.send), (2, 5), "{listening:?}");
    assert_eq!((shown(3, server).read_shut, shown(3, server).hung_up), (Some(true), Some(false)));
    assert_eq!((shown(4, server).read_shut, shown(4, server).hung_up), (Some(true), Some(true)));
    let made = calls.iter().find(|call| call.sys.name() == "socketpair").unwrap();
    assert_eq!((names(made, one), names(made, two)), (" → CONNECTED".into(), " → CONNECTED".into()));
    assert_eq!((shown(5, two).next_datagram, shown(5, two).recv_queue), (Some(11), None));
}

#[test]
fn netlink_and_odd_sockets_are_reported_as_far_as_they_go() {
    let mut puppet = Puppet::traced();
    let netlink = puppet.call(&format!("socket {} {}", libc::AF_NETLINK, libc::SOCK_RAW));
    puppet.call(&format!("look {netlink}"));
    let packets = puppet.call(&format!("socket {} {}", libc::AF_UNIX, libc::SOCK_SEQPACKET));
    // A descriptor that is none of a socket, and one that is not open, have no states.
    puppet.try_do("look 0");
    puppet.try_do("look 77");
    let (calls, message) = puppet.end();
    assert_eq!(message, "");
    let made = calls.iter().find(|call| call.sys.name() == "socket").unwrap();
    assert_eq!(names(made, netlink), " → UNCONNECTED");
    let state = states(made, netlink).1.unwrap();
    assert_eq!((state.protocol.as_deref(), state.recv_queue, state.drops), (Some("NETLINK"), Some(0), Some(0)));
    assert_eq!(names(calls.iter().rfind(|call| call.sys.name() == "socket").unwrap(), packets), " → UNCONNECTED");
    let looks: Vec<_> = calls.iter().filter(|call| call.sys.name() == "getsockname").collect();
    assert_eq!(names(looks[0], netlink), "UNCONNECTED → UNCONNECTED");
    assert!(looks[1].sockets.is_none() && looks[2].sockets.is_none());
}

/// poll(2) names several.
#[test]
fn all_sockets_of_a_call_are_reported() {
    let mut puppet = Puppet::traced();
    let listener = puppet.listener(libc::AF_INET6, 2);
    let (client, server) = puppet.connection(libc::AF_INET6, listener);
    puppet.call(&format!("send {client} 3"));
    puppet.call(&format!("poll {server} {}", listener.0));
    let (calls, _) = puppet.end();
    let poll = calls.iter().find(|call| call.sys.name() == "poll").unwrap();
    assert_eq!(
        (names(poll, server), names(poll, listener.0)),
        ("ESTABLISHED → ESTABLISHED".into(), "LISTEN → LISTEN".into())
    );
    assert_eq!(states(poll, server).0.unwrap().recv_queue, Some(3));
    assert_eq!(states(poll, server).0.unwrap().protocol.as_deref(), Some("TCPv6"));
}

/// The layer asks its own descriptors, and the programs find the same numbers as without.
#[test]
fn run_shows_the_states_of_the_layers_sockets() {
    let run = |options: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_sockscope"));
        let output = command.args(["run", "tcp-hello", "--port", "0"]).args(options).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    // The two sides mix as the scheduler has it, and so does which calls are in two halves; the kernel chooses the ports.
    let port = regex::Regex::new(r"htons\(\d+\)").unwrap();
    let sorted = |text: &str| {
        let mut lines: Vec<String> = Vec::new();
        for line in text.lines().map(|line| port.replace_all(line, "htons(#)").into_owned()) {
            let role = line.split(' ').next().unwrap().to_owned();
            match line.split_once(" resumed>") {
                Some((_, rest)) => {
                    let begun = |line: &&mut String| line.starts_with(&role) && line.ends_with(" <unfinished ...>");
                    let half = lines.iter_mut().rev().find(begun).expect("its beginning was written");
                    *half = half.replace(" <unfinished ...>", rest);
                }
                None => lines.push(line),
            }
        }
        // (The result of a whole call stands in its column.)
        let spaces = regex::Regex::new(r" +").unwrap();
        lines.iter_mut().for_each(|line| *line = spaces.replace_all(line, " ").into_owned());
        lines.sort();
        lines
    };
    let with = run(&["--state"]);
    let stripped: String = with.lines().map(|line| format!("{}\n", line.split("  [").next().unwrap())).collect();
    assert_eq!(sorted(&stripped), sorted(&run(&[])));
    for part in
        ["server | listen(3, 5)                            = 0  [CLOSED → LISTEN 0/5]\n", "  [LISTEN 0/5; 4: → "]
    {
        assert!(with.contains(part), "{with}");
    }
    assert!(
        with.lines().any(|line| line.starts_with("client | connect(3, ") && line.ends_with("  [CLOSED → ESTABLISHED]"))
    );
    // Which of the two closes first is up to the scheduler.
    assert!(
        with.lines().any(|line| line.starts_with("client | close(3)") && line.contains("  [") && line.contains(" → "))
    );
    let events = run(&["--state", "--format", "jsonl"]);
    assert!(events.contains(r#""source":"descriptor""#) && events.contains(r#""state":"LISTEN""#), "{events}");
}
