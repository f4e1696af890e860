//! Sockets that a program closes without close(2): by putting something in their place, by range, by becoming another
//! program, by ending.

use std::os::fd::AsRawFd;

use sockscope::event::{Call, Ret};

use crate::life::Watched;
use crate::puppet::{Puppet, program};

/// Under the tracer, with the calls shown that close what they do not name.
fn traced() -> Puppet {
    let calls = "trace=%network,%desc,close_range,execve,exit_group";
    Puppet::under(&[], &["-e", calls], &[program("puppet").as_os_str()])
}

/// The states of a call's sockets, in the order in which they are reported: `4: ESTABLISHED → CLOSED`.
fn shown(call: &Call) -> Vec<String> {
    let name = |state: &Option<sockscope::event::SocketState>| match state {
        Some(state) if state.held == Some(true) => format!("{}, still open", state.state),
        Some(state) => state.state.to_string(),
        None => String::new(),
    };
    let changes = call.sockets.iter().flat_map(|sockets| &sockets.changes);
    let text = changes.map(|change| format!("{}: {} → {}", change.fd, name(&change.before), name(&change.after)));
    text.map(|line| line.trim().to_owned()).collect()
}

fn of<'a>(calls: &'a [Call], name: &str) -> Vec<&'a Call> {
    calls.iter().filter(|call| call.sys.name() == name).collect()
}

/// dup2 and dup3: what the descriptor was is closed, what it is now is another socket, and each is reported.
#[test]
fn a_socket_that_is_replaced_is_closed() {
    let mut puppet = traced();
    let listener = puppet.listener(libc::AF_INET, 1);
    let (client, server) = puppet.connection(libc::AF_INET, listener);
    let (listener, unconnected) = (listener.0, puppet.call(&format!("socket {} {}", libc::AF_INET, libc::SOCK_STREAM)));
    let pipe = puppet.call("pipe");
    let copy = puppet.call(&format!("dup {client}"));
    // A socket in a socket's place, in its own, in that of nothing; a file in a socket's place, and the other way.
    puppet.call(&format!("dup2 {listener} {unconnected}"));
    puppet.call(&format!("dup2 {listener} {listener}"));
    puppet.call(&format!("dup2 {listener} 40"));
    puppet.call(&format!("dup2 {pipe} {copy}"));
    puppet.call(&format!("dup3 {pipe} {client}"));
    puppet.call(&format!("dup2 {listener} {pipe}"));
    assert_eq!(puppet.try_do(&format!("dup2 77 {server}")).errno, libc::EBADF);
    let (calls, message) = puppet.end();
    assert_eq!(message, "");
    let dup2 = of(&calls, "dup2");
    let listens = format!("{listener}: LISTEN → LISTEN");
    assert_eq!(
        shown(dup2[0]),
        [listens.clone(), format!("{unconnected}: CLOSED → CLOSED"), format!("{unconnected}:  → LISTEN")]
    );
    assert_eq!(shown(dup2[1]), std::slice::from_ref(&listens));
    assert_eq!(shown(dup2[2]), [listens.clone(), "40:  → LISTEN".to_owned()]);
    assert_eq!(shown(dup2[3]), [format!("{copy}: ESTABLISHED → ESTABLISHED, still open")]);
    let [closed] = &shown(of(&calls, "dup3")[0])[..] else { panic!("{:?}", of(&calls, "dup3")[0]) };
    let fin = [" → FIN_WAIT1", " → FIN_WAIT2"].map(|state| format!("{client}: ESTABLISHED{state}"));
    assert!(fin.contains(closed), "{closed}");
    assert_eq!(shown(dup2[4]), [listens, format!("{pipe}:  → LISTEN")]);
    // What failed closed nothing. By now the other end may have heard of the end.
    let [kept] = &shown(dup2[5])[..] else { panic!("{:?}", dup2[5]) };
    assert!(kept.ends_with("→ CLOSE_WAIT") || kept.ends_with("→ ESTABLISHED"), "{kept}");
}

/// close_range: each socket in the range, and nothing where it closes nothing.
#[test]
fn sockets_in_a_range_are_closed() {
    let mut puppet = traced();
    let listener = puppet.listener(libc::AF_INET, 1);
    let (client, server) = puppet.connection(libc::AF_INET, listener);
    puppet.call("pipe");
    let udp = puppet.call(&format!("socket {} {}", libc::AF_INET, libc::SOCK_DGRAM));
    puppet.call(&format!("bind {udp} 0"));
    let copy = puppet.call(&format!("dup {udp}"));
    assert!(listener.0 < client && client < server && server < udp && udp < copy);
    // Only marked, and refused: nothing is closed.
    puppet.call(&format!("range-on-exec {client} {server}"));
    assert_eq!(puppet.try_do(&format!("range {server} {client}")).errno, libc::EINVAL);
    puppet.call(&format!("range {client} {}", copy - 1));
    puppet.call(&format!("range {} -1", listener.0));
    let (calls, message) = puppet.end();
    assert_eq!(message, "");
    let ranges = of(&calls, "close_range");
    assert_eq!(ranges.len(), 4);
    assert_eq!((shown(ranges[0]), shown(ranges[1])), (vec![], vec![]));
    let [one, other, third] = &shown(ranges[2])[..] else { panic!("{:?}", ranges[2]) };
    assert!(one.starts_with(&format!("{client}: ESTABLISHED → ")), "{one}");
    // Which of the two ends is first is the range's order, and so is what the second had heard by then.
    assert!(other.starts_with(&format!("{server}: ESTABLISHED → ")), "{other}");
    assert_eq!(*third, format!("{udp}: UNCONNECTED → UNCONNECTED, still open"));
    assert_eq!(shown(ranges[3]), [format!("{}: LISTEN → CLOSED", listener.0), format!("{copy}: UNCONNECTED → CLOSED")]);
}

/// execve: the sockets that are marked close-on-exec, and not the others; none when it fails.
#[test]
fn a_new_program_begins_without_what_was_marked() {
    let mut puppet = traced();
    let (listener, _) = puppet.listener(libc::AF_INET, 1);
    let stream = puppet.call(&format!("socket {} {}", libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC));
    let datagram = puppet.call(&format!("socket {} {}", libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC));
    assert_eq!(puppet.try_do("exec-nothing").errno, libc::ENOENT);
    puppet.call("exec");
    assert_eq!(puppet.try_do(&format!("look {stream}")).errno, libc::EBADF);
    puppet.call(&format!("look {listener}"));
    // From a thread that is not the first, whose number it then takes.
    let pair = puppet.call(&format!("pair 0 {}", libc::SOCK_STREAM | libc::SOCK_CLOEXEC));
    puppet.call("exec-beside");
    puppet.call(&format!("look {listener}"));
    let (calls, message) = puppet.end();
    assert_eq!(message, "");
    let execs = of(&calls, "execve");
    assert_eq!(execs.len(), 4);
    // Before the program began, what was open was the tracer's.
    assert_eq!((shown(execs[0]), shown(execs[1])), (vec![], vec![]));
    let marked = [format!("{stream}: CLOSED → CLOSED"), format!("{datagram}: UNCONNECTED → CLOSED")];
    assert_eq!(shown(execs[2]), marked);
    let both = [pair, pair + 1].map(|end| format!("{end}: CONNECTED → CLOSED"));
    assert_eq!(shown(execs[3]), both);
}

/// exit_group: what was open, as it was; the call does not return.
#[test]
fn what_is_open_at_the_end_is_reported() {
    let mut puppet = traced();
    let listener = puppet.listener(libc::AF_INET, 1);
    let (client, server) = puppet.connection(libc::AF_INET, listener);
    let ends = Watched::new(&mut puppet, libc::AF_INET, client, listener.1);
    puppet.call(&format!("close {server}"));
    ends.settles("CLOSE-WAIT", "FIN-WAIT-2");
    let (calls, message) = puppet.end();
    assert_eq!(message, "");
    let [exit] = of(&calls, "exit_group")[..] else { panic!("{calls:?}") };
    assert_eq!(exit.ret, Ret::Unfinished);
    assert_eq!(shown(exit), [format!("{}: LISTEN →", listener.0), format!("{client}: CLOSE_WAIT →")]);
}

/// The layer has dup2, too. In a process of its own, since what other tests start would have copies of the sockets.
#[test]
fn the_layer_reports_it_for_its_own_sockets() {
    if crate::support::alone(the_layer_reports_it_for_its_own_sockets) {
        return;
    }
    use sockscope::event::{Body, Trace};
    use sockscope::net::{Net, States, Stream};
    use std::cell::RefCell;
    use std::rc::Rc;

    let trace = Rc::new(RefCell::new(Trace::default()));
    let states = States::new().unwrap();
    let stream = Stream::new(trace.clone(), sockscope::net::Limits::default()).with_states(states);
    let mut net = Net::new(stream);
    let pipe = std::fs::File::open("/dev/null").unwrap();
    let [one, other] = net.socketpair(libc::AF_UNIX, libc::SOCK_STREAM, 0).unwrap();
    net.dup2(pipe.as_raw_fd(), one).unwrap();
    net.close(one).unwrap();
    net.close(other).unwrap();
    let calls: Vec<Call> = trace
        .borrow()
        .iter()
        .filter_map(|event| match &event.body {
            Body::Call(call) => Some(call.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(shown(of(&calls, "dup2")[0]), [format!("{one}: CONNECTED → CLOSED")]);
}
