//! A program in a network namespace of its own, traced from outside; and a network that can be stopped, so that states
//! last which are over at once otherwise.

use std::ffi::{OsStr, OsString};
use std::process::Command;

use sockscope::event::StateSource;

use crate::life::{Watched, agrees};
use crate::puppet::{Puppet, names, program, states};
use crate::support::needs::{Need, skip};

/// The words that run a program in a network of its own; `None`, which is a skip, where that is forbidden.
#[track_caller]
fn words() -> Option<Vec<OsString>> {
    let namespaces: &[&str] = if nix::unistd::geteuid().is_root() { &["-n"] } else { &["-U", "-r", "-n"] };
    let tried = Command::new("unshare").args(namespaces).args(["ip", "link", "set", "lo", "up"]).output();
    let tried = tried.expect("unshare is installed (Debian: apt install util-linux)");
    if !tried.status.success() {
        skip(Need::Namespaces);
        return None;
    }
    let mut words: Vec<OsString> = vec!["unshare".into()];
    words.extend(namespaces.iter().map(OsString::from));
    words.extend(["sh", "-c", "ip link set lo up && exec \"$0\""].map(OsString::from));
    words.push(program("puppet").into());
    Some(words)
}

/// `ip link set lo up` or `down`, in the puppet's network.
fn loopback(puppet: &Puppet, how: &str) {
    let mut enter = Command::new("nsenter");
    enter.args(["-t", &puppet.pid.to_string(), "-n"]);
    if !nix::unistd::geteuid().is_root() {
        enter.args(["-U", "--preserve-credentials"]);
    }
    let output = enter.args(["ip", "link", "set", "lo", how]).output().expect("nsenter is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The program in a network of its own, with the tracer outside of it.
#[track_caller]
fn puppet() -> Option<Puppet> {
    let words = words()?;
    Some(Puppet::under(&[], &[], &words.iter().map(OsString::as_os_str).collect::<Vec<&OsStr>>()))
}

#[test]
fn closed_connections_are_found_in_the_programs_own_network() {
    let Some(mut puppet) = puppet() else { return };
    let mut looks = 1;
    let listener = puppet.listener(libc::AF_INET, 3);
    let (client, server) = puppet.connection(libc::AF_INET, listener);
    let ends = Watched::new(&mut puppet, libc::AF_INET, client, listener.1).inside();
    looks += 1;
    ends.settles("ESTAB", "ESTAB");
    agrees(&mut puppet, &mut looks, client, ends.row(&ends.client));
    puppet.call(&format!("shutdown {client} {}", libc::SHUT_WR));
    ends.settles("FIN-WAIT-2", "CLOSE-WAIT");
    agrees(&mut puppet, &mut looks, client, ends.row(&ends.client));
    puppet.call(&format!("close {client}"));
    ends.settles("FIN-WAIT-2", "CLOSE-WAIT");

    let (second, other) = puppet.connection(libc::AF_INET, listener);
    let ends = Watched::new(&mut puppet, libc::AF_INET, second, listener.1).inside();
    looks += 1;
    puppet.call(&format!("shutdown {second} {}", libc::SHUT_WR));
    puppet.call(&format!("close {other}"));
    ends.settles("TIME-WAIT", "-");
    agrees(&mut puppet, &mut looks, second, ends.row(&ends.client));
    puppet.call(&format!("close {second}"));
    ends.settles("TIME-WAIT", "-");
    puppet.call(&format!("close {server}"));

    // The lists of Unix sockets are the network's too.
    let unix = puppet.call(&format!("socket {} {}", libc::AF_UNIX, libc::SOCK_STREAM));
    puppet.call(&format!("bind {unix} @inside"));
    puppet.call(&format!("listen {unix} 2"));
    let (calls, message) = puppet.end();
    assert_eq!(message, "");
    let closes: Vec<_> = calls.iter().filter(|call| call.sys.name() == "close").collect();
    assert_eq!(names(closes[0], client), "FIN_WAIT2 → FIN_WAIT2");
    assert_eq!(names(closes[2], second), "TIME_WAIT → TIME_WAIT");
    // To enter the namespace takes root; its tables are there for everybody who may trace.
    let expected = if nix::unistd::geteuid().is_root() { StateSource::SockDiag } else { StateSource::Proc };
    for (close, fd) in [(closes[0], client), (closes[2], second)] {
        let left = states(close, fd).1.unwrap();
        assert_eq!((left.source, left.inode), (Some(expected), None), "{left:?}");
        assert!(left.expires_ms.is_some_and(|ms| ms <= 60_000), "{left:?}");
    }
    let listen = calls.iter().rfind(|call| call.sys.name() == "listen").unwrap();
    assert_eq!(names(listen, unix), "UNCONNECTED → LISTEN");
}

/// Nothing arrives any more, so nothing is acknowledged.
#[test]
fn what_waits_for_the_network_stays_as_it_is() {
    let Some(mut puppet) = puppet() else { return };
    let mut looks = 1;
    let listener = puppet.listener(libc::AF_INET, 3);
    let (active, server) = puppet.connection(libc::AF_INET, listener);
    let first = Watched::new(&mut puppet, libc::AF_INET, active, listener.1).inside();
    looks += 1;
    let (client, passive) = puppet.connection(libc::AF_INET, listener);
    let second = Watched::new(&mut puppet, libc::AF_INET, client, listener.1).inside();
    looks += 1;
    puppet.call(&format!("shutdown {client} {}", libc::SHUT_WR));
    second.settles("FIN-WAIT-2", "CLOSE-WAIT");
    first.settles("ESTAB", "ESTAB");

    loopback(&puppet, "down");
    puppet.call(&format!("send {active} 9"));
    agrees(&mut puppet, &mut looks, active, first.row(&first.client));
    puppet.call(&format!("shutdown {active} {}", libc::SHUT_WR));
    let row = first.row(&first.client).unwrap();
    assert_eq!((row.state.as_str(), row.send), ("FIN-WAIT-1", 10)); // with the end, which counts as a byte
    agrees(&mut puppet, &mut looks, active, Some(row));
    puppet.call(&format!("close {active}"));
    assert_eq!(first.row(&first.client).unwrap().state, "FIN-WAIT-1");
    puppet.call(&format!("close {passive}"));
    assert_eq!(second.row(&second.server).unwrap().state, "LAST-ACK");
    loopback(&puppet, "up");
    let (calls, _) = puppet.end();
    let closes: Vec<_> = calls.iter().filter(|call| call.sys.name() == "close").collect();
    assert_eq!(names(closes[0], active), "FIN_WAIT1 → FIN_WAIT1");
    assert_eq!(states(closes[0], active).1.unwrap().send_queue, Some(10));
    assert_eq!(names(closes[1], passive), "CLOSE_WAIT → LAST_ACK");
    let _ = server;
}

/// A server that does not even acknowledge: what was sent waits, and is sent again and again.
#[test]
fn bytes_that_are_not_acknowledged_are_sent_again() {
    let mut puppet = Puppet::traced();
    let mut looks = 1;
    let listener = puppet.listener(libc::AF_INET, 3);
    let (active, server) = puppet.connection(libc::AF_INET, listener);
    let ends = Watched::new(&mut puppet, libc::AF_INET, active, listener.1);
    looks += 1;
    ends.settles("ESTAB", "ESTAB");
    if puppet.try_do(&format!("deaf {server}")).errno == libc::EPERM {
        return skip(Need::Kernel("filters of sockets for ordinary users (net.core.bpf_jit_limit)"));
    }
    puppet.call(&format!("send {active} 9"));
    let again = || {
        let line = ends.row(&ends.client).unwrap().line;
        let timer = line.split_once("timer:(on,").map_or("", |(_, timer)| timer.split(')').next().unwrap_or_default());
        timer.rsplit(',').next().and_then(|times| times.parse::<u64>().ok()).unwrap_or(0)
    };
    // The first time after 0.2 s, then twice as long as before.
    let began = std::time::Instant::now();
    while again() == 0 {
        assert!(began.elapsed().as_secs() < 60, "{}", ends.row(&ends.client).unwrap().line);
        std::thread::yield_now();
    }
    let least = again();
    puppet.call(&format!("look {active}"));
    looks += 1;
    let call = puppet.traced_call("getsockname", looks);
    let shown = states(&call, active).1.unwrap();
    assert!((least..=again()).contains(&shown.retransmissions.unwrap()), "{shown:?}");
    assert_eq!(shown.send_queue, Some(9));
    let row = ends.row(&ends.client).unwrap();
    let (_, rtt) = row.line.split_once(" rtt:").unwrap_or_else(|| panic!("{}", row.line));
    let rtt_us = rtt.split('/').next().and_then(|ms| ms.parse::<f64>().ok()).map(|ms| (ms * 1000.0).round() as u64);
    assert_eq!(shown.rtt_us, rtt_us, "{}", row.line);
    puppet.call(&format!("close {active}"));
    let (calls, _) = puppet.end();
    let close = calls.iter().rfind(|call| call.sys.name() == "close").unwrap();
    let left = states(close, active).1.unwrap();
    assert_eq!((left.state.to_string().as_str(), left.send_queue), ("FIN_WAIT1", Some(10)));
    assert!(left.awaits_fin() && left.retransmissions >= Some(least), "{left:?}");
}
