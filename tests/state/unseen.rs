//! The program, and whoever it talks to, find everything as without us.

use std::io::Read;
use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use sockscope::event::Ret;

use crate::puppet::{Answer, Puppet, names, program, ss, states, until};

/// The sockets that a process holds.
fn held(pid: i32) -> Vec<String> {
    let fds = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten();
    let links = fds.filter_map(|fd| std::fs::read_link(fd.path()).ok()).map(|link| link.to_string_lossy().into_owned());
    links.filter(|link| link.starts_with("socket:")).collect()
}

/// While anybody holds a copy of a socket, close() does not end its connection.
#[test]
fn the_other_side_hears_of_close_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut puppet = Puppet::traced();
    let tracer = puppet.tracer();
    for how in ["close", "close-beside", "race"] {
        for _ in 0..20 {
            let fd = puppet.call(&format!("socket {} {}", libc::AF_INET, libc::SOCK_STREAM));
            puppet.call(&format!("connect {fd} {port}"));
            let (mut peer, _) = listener.accept().unwrap();
            puppet.call(&format!("send {fd} 3"));
            // The program waits for our next word, so whatever the tracer would hold it would hold on to.
            let sockets = held(puppet.pid);
            assert!(!sockets.is_empty() && held(tracer).iter().all(|held| !sockets.contains(held)));
            puppet.call(&format!("{how} {fd}"));
            peer.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            let mut heard = Vec::new();
            peer.read_to_end(&mut heard).expect("the end of the connection");
            assert_eq!(heard, [0; 3]);
        }
    }
    let (calls, _) = puppet.end();
    let closes: Vec<_> = calls.iter().filter(|call| call.sys.name() == "close" && call.sockets.is_some()).collect();
    assert_eq!(closes.len(), 60);
    for close in closes {
        let shown = close.sockets.as_ref().unwrap().changes[0].after.as_ref().unwrap().state.to_string();
        assert!(["FIN_WAIT1", "FIN_WAIT2"].contains(&shown.as_str()), "{shown}");
    }
}

/// A script of calls whose answers must be the same with and without us.
fn answers(puppet: &mut Puppet) -> Vec<Answer> {
    let mut all = Vec::new();
    let (listener, port) = puppet.listener(libc::AF_INET, 2);
    let lines = |fds: [i64; 2]| {
        let [client, server] = fds;
        vec![
            format!("poll {client} {server}"),
            format!("send {client} 100"),
            format!("poll {server} {client}"),
            format!("recv {server} 60"),
            format!("recv {server} 60"),
            format!("error {client}"),
            format!("linger {server} 0"),
            format!("close {server}"),
            format!("poll {client} {listener}"),
            format!("error {client}"),
            format!("error {client}"),
            format!("recv {client} 1"),
            format!("send {client} 1"),
            format!("close {client}"),
        ]
    };
    let (client, server) = puppet.connection(libc::AF_INET, (listener, port));
    for line in lines([client, server]) {
        all.push(puppet.try_do(&line));
        // What was sent, or the reset, has to have come.
        let rows = || ss("-t", &[format!("127.0.0.1:{port}")]).into_iter().filter(|row| row.state != "LISTEN");
        if line.starts_with("send") {
            until("nothing is on its way", || rows().all(|row| row.send == 0));
        } else if line.starts_with("close") {
            until("the reset has come", || rows().next().is_none());
        }
    }
    let pair = puppet.try_do(&format!("pair 0 {}", libc::SOCK_DGRAM));
    all.push(pair);
    for line in ["send 4 5", "poll 5 4", "recv 5 9", "close 4", "send 5 1", "error 5", "dup 5", "poll 6 5"] {
        all.push(puppet.try_do(line));
    }
    all
}

#[test]
fn calls_answer_as_without_us() {
    let (mut alone, mut traced) = (Puppet::alone(), Puppet::traced());
    let (expected, found) = (answers(&mut alone), answers(&mut traced));
    assert_eq!(found, expected);
    assert!(expected.iter().any(|answer| answer.shown == libc::ECONNRESET), "{expected:?}");
}

/// Fills a connection so far that poll(2) would report that there is no room, though no call failed for it; then has the
/// other side take everything. Tells how often edge-triggered epoll reported room to send.
fn edges(puppet: &mut Puppet) -> i32 {
    let (listener, port) = puppet.listener(libc::AF_INET, 1);
    let client = puppet.call(&format!("socket {} {}", libc::AF_INET, libc::SOCK_STREAM));
    puppet.call(&format!("sndbuf {client} 262144"));
    puppet.call(&format!("connect {client} {port}"));
    let server = puppet.call(&format!("accept {listener}"));
    puppet.call(&format!("nonblock {client}"));
    puppet.call(&format!("nonblock {server}"));
    let epoll = puppet.call(&format!("epoll {client}"));
    assert_eq!(puppet.try_do(&format!("edges {epoll} 0")).shown, libc::EPOLLOUT);
    // More than two thirds of the room, less than all of it.
    loop {
        let taken = puppet.try_do(&format!("room {client}")).shown;
        if taken >= 70 {
            assert!(taken < 95, "{taken} percent");
            break;
        }
        puppet.call(&format!("send {client} 16384"));
    }
    let own = puppet.port(client);
    for _ in 0..3 {
        puppet.call(&format!("look {client}"));
    }
    until("all is taken", || {
        while puppet.try_do(&format!("recv {server} 100000")).ret > 0 {}
        ss("-t", &[format!("127.0.0.1:{own}"), format!("127.0.0.1:{port}")]).iter().all(|row| row.send + row.recv == 0)
    });
    puppet.try_do(&format!("edges {epoll} 0")).shown
}

/// poll(2) on a socket without room asks the kernel to report when there is, which edge-triggered epoll reports.
#[test]
fn edge_triggered_epoll_sees_no_edge_of_ours() {
    let (mut alone, mut traced) = (Puppet::alone(), Puppet::traced());
    let (expected, found) = (edges(&mut alone), edges(&mut traced));
    assert_eq!(found, expected);
    let (calls, _) = traced.end();
    // It was because nobody polled: whether an error waits is not known of that moment.
    let looks: Vec<_> = calls.iter().filter(|call| call.sys.name() == "getsockname").collect();
    let shown = looks[1].sockets.as_ref().unwrap().changes[0].before.as_ref().unwrap();
    assert!(shown.error_pending.is_none() && shown.send_queue > Some(0), "{shown:?}");
}

/// dup and fork: a socket is open until the last descriptor of it is closed.
#[test]
fn a_socket_that_others_hold_is_still_open() {
    let mut puppet = Puppet::traced();
    let listener = puppet.listener(libc::AF_INET, 1);
    let (client, server) = puppet.connection(libc::AF_INET, listener);
    let copy = puppet.call(&format!("dup {client}"));
    puppet.call(&format!("close {client}"));
    puppet.call(&format!("look {copy}"));
    puppet.call("fork");
    puppet.call(&format!("close {copy}"));
    puppet.call(&format!("close {}", listener.0));
    puppet.call("release");
    puppet.call(&format!("recv {server} 1"));
    let (calls, _) = puppet.end();
    let dup = calls.iter().find(|call| call.sys.name() == "dup").unwrap();
    assert_eq!(names(dup, copy), " → ESTABLISHED");
    assert_eq!(states(dup, copy).1.unwrap().inode, states(dup, client).0.unwrap().inode);
    let closes: Vec<_> = calls.iter().filter(|call| call.sys.name() == "close").collect();
    for (close, fd, expected) in [
        (closes[0], client, "ESTABLISHED → ESTABLISHED"),
        (closes[1], copy, "ESTABLISHED → ESTABLISHED"),
        (closes[2], listener.0, "LISTEN → LISTEN"),
    ] {
        assert_eq!(names(close, fd), expected);
        let after = states(close, fd).1.unwrap();
        assert_eq!((after.held, after.inode), (Some(true), states(close, fd).0.unwrap().inode));
    }
}

/// A call that waits: its state before is of when it was entered, and there is none after if it never returns.
#[test]
fn a_waiting_call_is_looked_at_when_it_begins() {
    let mut puppet = Puppet::traced();
    let (listener, port) = puppet.listener(libc::AF_INET, 4);
    let waits = |puppet: &Puppet| {
        let file = |name: &str| std::fs::read_to_string(format!("/proc/{}/{name}", puppet.pid)).unwrap_or_default();
        // In this order: it stands at the call's entry, for us, before it sleeps.
        let inside = file("syscall").split_whitespace().next() == Some(&libc::SYS_accept.to_string());
        inside && file("stat").rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('S'))
    };
    puppet.begin(&format!("accept {listener}"));
    until("it waits", || waits(&puppet));
    let peer = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    let answer = puppet.answer();
    assert!(answer.ret > listener);
    puppet.begin(&format!("accept {listener}"));
    until("it waits", || waits(&puppet));
    let (calls, _) = puppet.kill();
    drop(peer);
    let accepts: Vec<_> = calls.iter().filter(|call| call.sys.name() == "accept").collect();
    let (before, after) = states(accepts[0], listener);
    assert_eq!((before.unwrap().accept_queue, after.unwrap().accept_queue), (Some(0), Some(0)));
    assert_eq!(names(accepts[0], answer.ret), " → ESTABLISHED");
    assert_eq!((accepts[1].ret, names(accepts[1], listener)), (Ret::Unfinished, "LISTEN → ".into()));
}

/// Without the option nothing is asked and nothing shown.
#[test]
fn nothing_is_reported_unless_asked() {
    for (options, expected) in [(&["--format", "jsonl"][..], false), (&["--format", "jsonl", "--state"], true)] {
        let log = tempfile::NamedTempFile::new().unwrap();
        let traced = Command::new(env!("CARGO_BIN_EXE_sockscope"))
            .args(["trace", "-f", "-o"])
            .arg(log.path())
            .args(options)
            .arg(program("puppet"))
            .stdin(script(&["socket 2 1", "close 3"]).reopen().unwrap())
            .output()
            .unwrap();
        assert!(traced.status.success());
        let text = std::fs::read_to_string(log.path()).unwrap();
        assert!(text.contains("\"socket\"") && text.contains("\"sockets\"") == expected, "{text}");
    }
}

/// Lines for a puppet, in a file.
fn script(lines: &[&str]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), lines.join("\n") + "\n").unwrap();
    file
}

/// In text the states end the line; taken away again they leave what there is without them, and they are read back.
#[test]
fn text_is_straces_with_states_behind_it() {
    let lines = ["socket 2 1", "bind 3 0", "listen 3 7", "accept 9", "poll 3 3", "pair 0 1", "send 4 3", "close 4"];
    let trace = |options: &[&str]| {
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
        command.args(["trace", "--no-python", "-o"]).arg(log.path()).args(options).arg(program("puppet"));
        let status = command.stdin(script(&lines).reopen().unwrap()).output().unwrap().status;
        assert!(status.success());
        std::fs::read_to_string(log.path()).unwrap()
    };
    let (with, without) = (trace(&["--state"]), trace(&[]));
    let stripped: String = with.lines().map(|line| format!("{}\n", line.split("  [").next().unwrap())).collect();
    assert_eq!(stripped, without);
    assert!(with.contains("listen(3, 7)                            = 0  [CLOSED → LISTEN 0/7]\n"), "{with}");
    assert!(with.contains("= 0  [4: → CONNECTED; 5: → CONNECTED]\n"), "{with}");
    assert!(with.contains("close(4)                                = 0  [CONNECTED, "), "{with}");
    assert!(with.contains(" to send → CLOSED]\n"), "{with}");
    let log = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(log.path(), &with).unwrap();
    let convert = |format: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
        let output = command.args(["convert", "--format", format]).arg(log.path()).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(convert("strace"), with);
    assert_eq!(convert("jsonl").matches("\"sockets\":").count(), with.matches("  [").count());
}
