//! `sockscope run --why`: the layer looks for itself, the tracer for the Python twins, and both roles are seen together.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::harness::{interruptible, typed, words};

#[test]
fn pythons_twins_are_explained_as_our_programs_are() {
    for player in ["", " --python"] {
        let run = typed(&format!("sockscope run chat --case second-server{player} --why"));
        let bind = run.explained("bind");
        assert_eq!(bind["why"]["cause"], "listener-holds", "{player}");
        let holder = &bind["why"]["evidence"]["sockets"][0]["owners"][0]["pid"];
        let server = run.events.iter().find(|event| event["syscall"] == "listen").unwrap();
        assert_eq!(*holder, server["pid"], "{player}: the first server");
        // By what it plays, since the command line that plays it is not the user's.
        let owner = format!("Pid {} (the server of chat) has 127.0.0.1:", server["pid"]);
        assert!(words(bind).starts_with(&owner), "{player}: {}", words(bind));
        // The first server is stopped while it waits.
        let accept = run.by_cause("waits-for-connection").next().unwrap_or_else(|| panic!("{player}\n{}", run.shown()));
        assert_eq!(
            (accept["pid"].clone(), accept["why"]["evidence"]["live"].clone()),
            (server["pid"].clone(), true.into())
        );
    }
}

/// What keeps the port closed is the runner's own and no evidence, in either network.
#[test]
fn nobody_listens_and_the_runner_is_not_blamed() {
    for network in ["private", "host"] {
        for (program, server) in [
            ("tcp-hello --as-printed", true),
            ("chat --case client-first", false),
            ("three-step --case client-first", false),
        ] {
            for player in ["", " --python"] {
                let run = typed(&format!("sockscope run {program} --network {network}{player} --why"));
                let connect = run.explained("connect");
                assert_eq!(connect["why"]["cause"], "nothing-listens", "{program} {network}{player}");
                let text = words(connect);
                assert!(!text.contains("has bound it"), "{text}");
                let found = connect["why"]["evidence"]["sockets"].as_array().map_or(0, Vec::len);
                // In the machine's network other tests run the same program.
                assert!(network == "host" || (found > 0) == server, "{connect}");
                if server && network == "private" {
                    assert!(text.starts_with("Nothing listens on 127.0.0.1:8080; pid "), "{text}");
                    let listens = " listens on 127.0.0.1:8090.";
                    let named = ["server", "server of tcp-hello"].map(|role| format!(" (the {role}){listens}"));
                    assert!(named.iter().any(|words| text.contains(words)), "{text}");
                    assert!(
                        text.ends_with("If that is the server, use port 8090; if not, start the server first."),
                        "{text}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_one_role_did_explains_the_other() {
    // The two logs reach us by two ways, so the close may be heard of a moment too late, but not always.
    for _ in 0..20 {
        // The server closes with bytes it has not read, which only its own log shows.
        let run = typed("sockscope run chat --case utf8-split --why");
        let reset = run.explained("recvfrom");
        assert_eq!(reset["errno"], "ECONNRESET");
        let closed = reset["why"]["evidence"]["earlier"].as_array().unwrap();
        let Some(call) = closed.iter().find(|call| call["did"] == "peer_closed") else {
            assert_eq!(reset["why"]["cause"], "reset-by-peer");
            continue;
        };
        assert_eq!(
            (reset["why"]["cause"].as_str(), call["bytes"].as_u64()),
            (Some("closed-with-unread-data"), Some(2))
        );
        assert_ne!(call["pid"], reset["pid"], "{call}");
        return;
    }
    panic!("the server's close was always heard of too late");
}

#[test]
fn one_role_by_hand_is_explained_however_it_is_ended() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let mut command = interruptible();
        command.args(["run", "chat", "server", "--why", "--port", &free.to_string()]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut text = String::new();
        while !text.contains("listen(") {
            assert_ne!(log.read_line(&mut text).unwrap(), 0, "{text}");
        }
        crate::waiting::asleep_in(child.id(), libc::SYS_accept4);
        kill(Pid::from_raw(child.id() as i32), signal).unwrap();
        text += &std::io::read_to_string(log).unwrap();
        child.wait().unwrap();
        let message =
            format!("    why: It waits for a client to connect to 127.0.0.1:{free}: 0 wait in its queue of 1.");
        assert!(text.contains(&message), "{signal}: {text}");
    }
}
