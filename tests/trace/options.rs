//! Options that are ours, or whose effect strace cannot witness.

use crate::run::{program, run, sockscope};

/// Without -e trace= only what concerns sockets is shown: the files a program opens are not.
#[test]
fn the_default_is_what_concerns_sockets() {
    for options in [&[][..], &["-f"]] {
        let ours = run(sockscope(), options, &[program("session").as_os_str()]);
        assert_eq!(ours.status.code(), Some(7));
        for call in ["socket(", "poll([", "select(", "write(", "dup(", "fcntl(", "ioctl(", "epoll_ctl(", "epoll_wait("]
        {
            assert!(ours.trace.contains(call), "{call}: {}", ours.trace);
        }
        assert!(!ours.trace.contains("ELF"), "the reading of libraries is not about sockets: {}", ours.trace);
        // Each close is of a socket: six sockets and two pairs, less what stays open; the epoll descriptor watched one.
        let closes = ours.lines().iter().filter(|line| line.contains("close(")).count();
        assert_eq!(closes, 10, "{}", ours.trace);
    }
}

/// A socket that another program opened is known as one.
#[test]
fn an_inherited_socket_is_a_socket() {
    let (ours_end, theirs) = std::os::unix::net::UnixStream::pair().expect("a pair");
    let mut tracer = sockscope();
    tracer.stdin(std::process::Stdio::from(std::os::fd::OwnedFd::from(theirs)));
    std::io::Write::write_all(&mut &ours_end, b"line\n").expect("written");
    let ours = run(tracer, &["-f"], &["sh", "-c", "read x; exec 3</etc/passwd; read y <&3"]);
    assert!(ours.trace.contains("read(0, \"l\", 1)"), "{}", ours.trace);
    assert!(!ours.trace.contains("read(3") && !ours.trace.contains("root"), "{}", ours.trace);
}

#[test]
fn the_status_is_the_programs() {
    assert_eq!(run(sockscope(), &["-f"], &["sh", "-c", "exit 42"]).status.code(), Some(42));
    let killed = run(sockscope(), &["-f"], &["sh", "-c", "kill -TERM $$"]);
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&killed.status), Some(15));
    // The first process ends first, the others go on and are traced.
    let ours = run(sockscope(), &["-f"], &["sh", "-c", "(read x; exit 3) </dev/null & exit 9"]);
    assert_eq!(ours.status.code(), Some(9));
    assert_eq!(ours.trace.matches("+++ exited").count(), 2, "{}", ours.trace);
}

#[test]
fn names_of_arguments_and_of_sockets() {
    let ours = run(sockscope(), &["-N", "-e", "trace=bind,listen"], &[program("session").as_os_str()]);
    assert!(ours.trace.contains("bind(sockfd=3, addr={sa_family=AF_INET, ") && ours.trace.contains("backlog=5"));
    let ours = run(sockscope(), &["--names", "-f"], &[program("session").as_os_str()]);
    assert!(ours.trace.contains("<tcp#1 127.0.0.1:") && ours.trace.contains("<tcp#2 127.0.0.1:"), "{}", ours.trace);
    assert!(ours.trace.contains("→127.0.0.1:") && ours.trace.contains("<udp#1"), "{}", ours.trace);
    // A duplicate is the same socket: dup's argument and its result have one name.
    let dup = ours.lines().into_iter().find(|line| line.contains("dup(")).expect("a dup").to_string();
    let names: Vec<&str> = dup.match_indices("<tcp#").map(|(at, _)| &dup[at..at + 6]).collect();
    assert!(names.len() == 2 && names[0] == names[1], "{dup}");
}

#[test]
fn addresses_and_paths_filter() {
    let session = program("session");
    let ours = run(sockscope(), &["-P", "/no/such/socket"], &[session.as_os_str()]);
    assert_eq!(ours.trace.matches(" = ").count(), 1, "{}", ours.trace);
    assert!(ours.trace.contains("connect(") && ours.trace.contains("/no/such/socket"), "{}", ours.trace);
    let ours = run(sockscope(), &["--peer", "::1"], &[session.as_os_str()]);
    assert!(ours.trace.contains("connect(") && ours.trace.contains("accept4("), "{}", ours.trace);
    assert!(!ours.trace.contains("AF_INET,") && !ours.trace.contains("datagram"), "{}", ours.trace);
    let ours = run(sockscope(), &["--local", "127.0.0.1"], &[session.as_os_str()]);
    assert!(ours.trace.contains("bind(") && !ours.trace.contains("AF_INET6"), "{}", ours.trace);
    let bad = run(sockscope(), &["--peer", "localhost"], &[session.as_os_str()]);
    assert!(bad.stderr.contains("not an address"), "{}", bad.stderr);
}

#[test]
fn a_file_per_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let output = sockscope()
        .args(["-ff", "-e", "trace=%network", "-o"])
        .arg(&log)
        .args([program("threads").as_os_str(), "vfork".as_ref()])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let mut texts: Vec<String> = std::fs::read_dir(folder.path())
        .expect("the folder")
        .map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).expect("text"))
        .collect();
    texts.sort();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts.iter().any(|text| text.contains("SOCK_DGRAM") && !text.contains("SEQPACKET")), "{texts:?}");
    assert!(texts.iter().all(|text| text.ends_with("+++ exited with 5 +++\n") && !text.contains("pid")), "{texts:?}");
}

#[test]
fn standard_error_tells_processes_apart() {
    let output = sockscope()
        .args(["-f", "-e", "trace=%network"])
        .args([program("threads").as_os_str(), "vfork".as_ref()])
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("sockscope: Process ") && text.contains(" attached\n"), "{text}");
    assert!(text.contains("[pid ") && text.ends_with("\n+++ exited with 5 +++\n"), "{text}");
    let quiet = sockscope().args(["-f", "-q", "true"]).output().expect("it runs");
    assert!(!String::from_utf8_lossy(&quiet.stderr).contains("attached"));
    let quieter = sockscope().args(["-f", "-qq", "sh", "-c", "true & wait"]).output().expect("it runs");
    assert!(!String::from_utf8_lossy(&quieter.stderr).contains("+++"));
}

/// Threads, but no processes.
#[test]
fn threads_only_follows_threads() {
    let talk =
        run(sockscope(), &["--threads-only", "-e", "trace=sendto"], &[program("threads").as_os_str(), "talk".as_ref()]);
    assert_eq!(talk.trace.matches("\"fd").count(), 800);
    let fork = run(sockscope(), &["--threads-only"], &[program("signals").as_os_str(), "stop".as_ref()]);
    assert_eq!(fork.trace.matches("+++ exited").count(), 1, "{}", fork.trace);
}

#[test]
fn events_are_the_layers() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log.jsonl");
    let status = sockscope().args(["-f", "-o"]).arg(&log).arg(program("session")).status().expect("it runs");
    assert_eq!(status.code(), Some(7));
    let text = std::fs::read_to_string(&log).expect("the log");
    let events: Vec<_> = text.lines().map(|line| sockscope::json::read(line).expect(line)).collect();
    assert!(events.len() > 40 && events.iter().enumerate().all(|(at, event)| event.seq == at as u64), "{text}");
    assert!(text.lines().next().expect("a line").contains("\"syscall\":\"socket\""));
    let whole = run(sockscope(), &["--format", "json"], &[program("session").as_os_str()]);
    let parsed: serde_json::Value = serde_json::from_str(&whole.trace).expect("one JSON value");
    assert!(parsed.as_array().is_some_and(|events| events.len() > 40));
    let unknown = run(sockscope(), &["--format", "xml"], &["true"]);
    assert!(unknown.stderr.contains("jsonl"), "{}", unknown.stderr);
}

#[test]
fn a_command_takes_the_trace() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("counted");
    let into = format!("|grep -c socket > {}", file.display());
    let status =
        sockscope().args(["-e", "trace=socket", "-o", &into]).arg(program("session")).status().expect("it runs");
    assert_eq!(status.code(), Some(7));
    // The command has ended by the time we do.
    assert_eq!(std::fs::read_to_string(file).expect("its output").trim(), "6");
}

/// What is shown while a call still waits: somebody looks at the terminal to see where a program hangs.
#[test]
fn a_waiting_call_is_seen_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let mut command = sockscope();
    command.args(["-f", "-o"]).arg(&log).arg(program("signals")).arg("serve");
    let (mut tracer, pid, _out) = crate::run::ready(command);
    crate::run::until("the call is seen", || {
        std::fs::read_to_string(&log).is_ok_and(|log| log.contains("recvfrom(3, "))
    });
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGTERM).expect("alive");
    crate::run::wait(&mut tracer);
}
