//! Evidence about other processes: this test's own sockets are in the way of the traced program.

use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::process::CommandExt;

use crate::harness::{python, sockscope, trace, trace_apart, words};
use crate::support::alone;
use crate::support::needs::{Need, have};

/// What the explanation calls us.
fn us() -> String {
    format!("pid {} (", std::process::id())
}

#[test]
fn the_holder_of_an_address_is_named_with_its_options() {
    if alone(the_holder_of_an_address_is_named_with_its_options) {
        return;
    }
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = held.local_addr().unwrap();
    // Rust's listeners set SO_REUSEADDR.
    for (option, message) in [("0", "SO_REUSEADDR is set on that socket only"), ("1", "SO_REUSEADDR is set on both")] {
        let code = format!(
            "from socket import *\ns = socket(); s.setsockopt(SOL_SOCKET, SO_REUSEADDR, {option})\n\
             s.bind(('127.0.0.1', {}))",
            at.port()
        );
        let run = trace(&[], &code);
        let bind = run.explained("bind");
        assert_eq!(bind["why"]["cause"], "listener-holds");
        let words = words(bind);
        assert!(words.starts_with(&format!("Pid {} (", std::process::id())), "{words}");
        assert!(words.contains(&format!("has {at} and listens")) && words.contains(message), "{words}");
        let holder = &bind["why"]["evidence"]["sockets"][0];
        assert_eq!(holder["owners"][0]["pid"], std::process::id(), "{holder}");
        assert_eq!((holder["state"].as_str(), holder["reuse_address"].as_bool()), (Some("LISTEN"), Some(true)));
    }
}

#[test]
fn a_datagram_holder_and_a_wildcard_are_in_the_way_too() {
    if alone(a_datagram_holder_and_a_wildcard_are_in_the_way_too) {
        return;
    }
    let held = UdpSocket::bind("0.0.0.0:0").unwrap();
    let port = held.local_addr().unwrap().port();
    let code = format!("from socket import *\nsocket(type=SOCK_DGRAM).bind(('127.0.0.1', {port}))");
    let run = trace(&[], &code);
    let bind = run.explained("bind");
    assert_eq!(bind["why"]["cause"], "datagram-socket-holds");
    assert!(words(bind).contains(&format!("has 0.0.0.0:{port}")), "{}", words(bind));
}

#[test]
fn time_wait_is_reported_with_its_seconds_and_reuseaddr_helps() {
    if alone(time_wait_is_reported_with_its_seconds_and_reuseaddr_helps) {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let client = TcpStream::connect(at).unwrap();
    let (server, _) = listener.accept().unwrap();
    drop(server); // this end closes first, so its address is kept
    drop((client, listener));
    let code = format!(
        "from socket import *\na = ('127.0.0.1', {})\ntry: socket().bind(a)\nexcept OSError: pass\n\
         s = socket(); s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1); s.bind(a); print('bound')",
        at.port()
    );
    let run = trace(&[], &code);
    let bind = run.explained("bind");
    assert_eq!(bind["why"]["cause"], "time-wait", "{}", run.shown());
    let left = bind["why"]["evidence"]["sockets"][0]["timer_ms"].as_u64().unwrap();
    assert!((1..=60_000).contains(&left), "{left} ms");
    assert!(words(bind).contains(&format!("{}.{} s", left / 1000, left % 1000 / 100)), "{}", words(bind));
    let mut binds = run.events.iter().rev().filter(|event| event["syscall"] == "bind");
    assert_eq!(binds.next().unwrap()["ret"], 0, "the advice was right: {}", run.stderr);
}

#[test]
fn who_listens_elsewhere_is_named() {
    if alone(who_listens_elsewhere_is_named) {
        return;
    }
    let other = TcpListener::bind("127.0.0.2:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let run = trace(&[], &format!("from socket import *\nsocket().connect(('127.0.0.1', {port}))"));
    let connect = run.explained("connect");
    assert_eq!(connect["why"]["cause"], "listens-at-other-address");
    assert!(words(connect).contains(&us()), "{}", words(connect));
    assert!(words(connect).contains(&format!("127.0.0.2:{port} only")), "{}", words(connect));

    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = udp.local_addr().unwrap().port();
    let run = trace(&[], &format!("from socket import *\nsocket().connect(('127.0.0.1', {port}))"));
    assert_eq!(run.explained("connect")["why"]["cause"], "other-protocol");
    assert!(words(run.explained("connect")).contains(&us()));

    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = tcp.local_addr().unwrap().port();
    let code = format!(
        "from socket import *\nu = socket(type=SOCK_DGRAM); u.connect(('127.0.0.1', {port})); u.send(b'x'); u.recv(1)"
    );
    let run = trace(&[], &code);
    let received = run.explained("recvfrom");
    assert_eq!(received["why"]["cause"], "other-protocol", "{}", run.shown());
    assert!(words(received).contains("with TCP"), "{}", words(received));
}

#[test]
fn a_server_of_the_same_program_on_another_port_is_a_hint() {
    if alone(a_server_of_the_same_program_on_another_port_is_a_hint) {
        return;
    }
    let code = "from socket import *\n\
                s = create_server(('127.0.0.1', 0)); f = socket(); f.bind(('127.0.0.1', 0)); a = f.getsockname(); f.close()\n\
                print(s.getsockname()[1]); socket().connect(a)";
    let run = trace(&[], code);
    let connect = run.explained("connect");
    assert_eq!(connect["why"]["cause"], "nothing-listens");
    // Where this network is the test's own, no other server is nearer.
    assert!(words(connect).contains("; this process itself listens on "), "{}", words(connect));
    let others = connect["why"]["evidence"]["sockets"].as_array().unwrap();
    let ours = others.iter().find(|other| other["owners"][0]["pid"] == connect["pid"]).expect("its own server");
    assert_eq!(ours["relation"], "other_port", "{ours}");
    assert!(words(connect).contains("If that is the server, use port "), "{}", words(connect));
}

#[test]
fn the_process_behind_a_full_queue_or_an_unread_buffer_is_named() {
    if alone(the_process_behind_a_full_queue_or_an_unread_buffer_is_named) {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let code = format!(
        "from socket import *\nc = create_connection(('127.0.0.1', {port})); print(1, flush=True); c.setblocking(0)\n\
         while 1: c.send(bytes(1 << 20))"
    );
    // The peer's socket is ours once it is accepted, which it is before the program is far.
    let accepting = std::thread::spawn(move || listener.accept().unwrap());
    let run = trace(&["--why=all"], &code);
    let _server = accepting.join().unwrap();
    let send = run.explained("sendto");
    assert_eq!(send["why"]["cause"], "send-buffer-full");
    let peer = &send["why"]["evidence"]["sockets"][0];
    assert_eq!((peer["relation"].as_str(), peer["state"].as_str()), (Some("peer"), Some("ESTABLISHED")), "{peer}");
    assert!(peer["recv_queue"].as_u64().unwrap() > 0, "{peer}");
    assert_eq!(peer["owners"][0]["pid"], std::process::id(), "{peer}");
    assert!(words(send).contains(&format!("The other end is {}", us())), "{}", words(send));

    let full = TcpListener::bind("127.0.0.1:0").unwrap();
    nix::sys::socket::listen(&full, nix::sys::socket::Backlog::new(0).unwrap()).unwrap();
    let _waits = TcpStream::connect(full.local_addr().unwrap()).unwrap();
    let code = format!(
        "from socket import *\nc = socket(); c.setsockopt(IPPROTO_TCP, TCP_SYNCNT, 1); c.connect(('127.0.0.1', {}))",
        full.local_addr().unwrap().port()
    );
    let run = trace(&[], &code);
    let connect = run.explained("connect");
    assert_eq!(connect["why"]["cause"], "queue-full");
    assert_eq!(connect["why"]["evidence"]["sockets"][0]["owners"][0]["pid"], std::process::id());
    assert!(words(connect).starts_with(&us().replacen('p', "P", 1)), "{}", words(connect));
}

#[test]
fn settings_of_the_programs_own_namespace_count() {
    if !have(Need::Namespaces) {
        return;
    }
    let code = "from socket import *\nimport ctypes\n\
                open('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'w').write('2000')\n\
                libc = ctypes.CDLL(None, use_errno=True)\n\
                class H(ctypes.Structure): _fields_ = [('v', ctypes.c_uint32), ('p', ctypes.c_int)]\n\
                libc.capset(ctypes.byref(H(0x20080522, 0)), ctypes.byref((ctypes.c_uint32 * 6)()))\n\
                socket().bind(('127.0.0.1', 1500))";
    let run = trace_apart(code);
    let bind = run.explained("bind");
    assert_eq!(bind["why"]["cause"], "privileged-port", "{}", run.stderr);
    assert!(words(bind).contains("Port 1500 is below net.ipv4.ip_unprivileged_port_start (2000)"), "{}", words(bind));
    let setting = &bind["why"]["evidence"]["settings"][0];
    assert_eq!(setting["value"], "2000", "{setting}");
}

/// Whose socket it is may not be seen by an ordinary user, and the explanation mentions that.
#[test]
fn an_owner_that_may_not_be_seen_is_no_secret() {
    // Who becomes another user.
    if !have(Need::Root) {
        return;
    }
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("sockscope");
    std::fs::copy(env!("CARGO_BIN_EXE_sockscope"), &binary).unwrap();
    std::os::unix::fs::chown(folder.path(), Some(65534), Some(65534)).unwrap();
    let system = std::path::Path::new("/usr/bin/python3");
    let interpreter = if system.exists() { system } else { python() };
    let mut command = std::process::Command::new(&binary);
    command.uid(65534).gid(65534).current_dir("/").args(["trace", "--why", "--no-python"]);
    command.arg(interpreter).args(["-c", &format!("from socket import *; socket().bind(('127.0.0.1', {port}))")]);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("why: A process of user 0 that was not found (root sees more) has 127.0.0.1:"), "{text}");
}

/// Without the option nothing is looked for, and nothing is reported.
#[test]
fn without_the_option_there_is_no_why() {
    let code = "from socket import *; socket().bind(('192.0.2.1', 0))";
    let mut command = sockscope();
    let output = command.args(["trace", "--format", "jsonl"]).arg(python()).args(["-c", code]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("EADDRNOTAVAIL") && !text.contains("\"why\""), "{text}");
}

#[test]
fn a_pipe_that_took_a_sockets_number_unseen_is_a_pipe() {
    // With these calls only, the sockets are never closed.
    let code = "import os\nfrom socket import *\n\
                a, b = socket(), socket(); fds = a.fileno(), b.fileno(); a.close(); b.close()\n\
                r, w = os.pipe(); assert (r, w) == fds; os.close(r)\n\
                try: os.write(w, b'x')\nexcept BrokenPipeError: pass";
    let run = trace(&["-e", "trace=%net,write"], code);
    assert_eq!(run.explained("write")["why"]["cause"], "pipe-reader-gone");
}
