//! Recorded traces, made again: the golden ones behave as recorded, altered ones are reported, others are refused.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, with the reason on standard error"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sockscope::event::{Body, Call, Errno, Event, Ret};
use sockscope::read;
use sockscope::read::text;
use sockscope::replay::{Outcome, Refusal, ReplayOptions, replay};
use sockscope::syscall;
use sockscope::value::{Bytes, SockAddr, Value};

#[path = "replay/families.rs"]
mod families;
#[path = "replay/hostile.rs"]
mod hostile;
mod support;

fn read(path: &Path) -> Vec<Event> {
    let mut source = read::open(path, |_| {}).unwrap();
    let mut events = Vec::new();
    while source.read(&mut events).unwrap() {}
    events
}

/// What recorded a golden trace, by the ending of its files.
const RECORDERS: [&str; 3] = [".jsonl", ".strace", ".python.strace"];

/// The traces of every case by one recorder, all its processes together.
fn cases(ending: &str) -> BTreeMap<String, Vec<PathBuf>> {
    let mut cases: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("traces");
    for program in fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        for file in fs::read_dir(program.path()).unwrap().flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            // CASE.N-ROLE and the ending.
            if let Some((case, _)) = name.split_once('.')
                && RECORDERS.iter().filter(|ending| name.ends_with(*ending)).max_by_key(|ending| ending.len())
                    == Some(&ending)
            {
                let key = format!("{} {case}", program.file_name().to_string_lossy());
                cases.entry(key).or_default().push(file.path());
            }
        }
    }
    cases
}

fn trace(case: &str) -> Vec<Event> {
    let mut files = cases(".jsonl").remove(case).unwrap();
    files.sort();
    files.iter().flat_map(|file| read(file)).collect()
}

fn shown(outcome: &Outcome) -> String {
    sockscope::compare::unified(
        &outcome.comparison,
        &outcome.recorded,
        &outcome.replayed,
        true,
        sockscope::text::StringStyle::Octal,
        sockscope::lang::Language::English,
    )
}

/// Replays every case of one recorder. Those that cannot be replayed are known by a rule: what was sent was cut at the
/// hundred bytes that the goldens keep, there is no call at all, or the recorded process lacked a right (which is seen
/// from its `EACCES`) that this one has.
fn golden_traces_go_as_recorded(ending: &str) {
    let (mut replayed, mut failures) = (0, String::new());
    for (case, mut files) in cases(ending) {
        files.sort();
        let trace: Vec<Event> = files.iter().flat_map(|file| read(file)).collect();
        let lacked =
            |event: &Event| matches!(&event.body, Body::Call(call) if call.ret == Ret::Err(Errno(libc::EACCES)));
        match replay(&trace, ReplayOptions::default()) {
            Ok(outcome) if outcome.comparison.is_same() => replayed += 1,
            Ok(_) if nix::unistd::geteuid().is_root() && trace.iter().any(lacked) => {}
            Ok(outcome) => failures += &format!("=== {case}\n{}", shown(&outcome)),
            Err(Refusal::Truncated { kept: 100, .. } | Refusal::Empty) => {}
            Err(refusal) => failures += &format!("=== {case}\n{refusal}\n"),
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert!(replayed >= 40, "only {replayed} were replayed");
}

#[test]
fn golden_logs_go_as_recorded() {
    golden_traces_go_as_recorded(".jsonl");
}

#[test]
fn golden_logs_in_straces_spelling_go_as_recorded() {
    golden_traces_go_as_recorded(".strace");
}

#[test]
fn golden_traces_of_cpython_under_strace_go_as_recorded() {
    golden_traces_go_as_recorded(".python.strace");
}

/// Changes the first call of that name for which `change` returns true.
fn altered(case: &str, name: &str, change: impl Fn(&mut sockscope::event::Call) -> bool) -> Vec<Event> {
    let mut events = trace(case);
    let calls = events.iter_mut().filter_map(|event| match &mut event.body {
        Body::Call(call) if call.sys.name() == name => Some(call),
        _ => None,
    });
    assert!(calls.into_iter().any(change));
    events
}

#[test]
fn other_answers_are_reported() {
    let refused = altered("chat client-first", "connect", |call| {
        call.ret = Ret::Err(Errno(libc::ENETUNREACH));
        true
    });
    let outcome = replay(&refused, ReplayOptions::default()).unwrap();
    let text = shown(&outcome);
    assert!(text.contains("errno differs; errno: ENETUNREACH | ECONNREFUSED"), "{text}");
    assert_eq!(outcome.comparison.rows().filter(|row| !row.differences().is_empty()).count(), 1, "{text}");

    let other = altered("chat default", "recvfrom", |call| match call.args.get_mut(1) {
        Some(Value::Bytes(bytes)) if bytes.data[..] == *b"hello" => {
            bytes.data = b"hallo"[..].into();
            true
        }
        _ => false,
    });
    let text = shown(&replay(&other, ReplayOptions::default()).unwrap());
    assert!(text.contains("argument differs; buf: \"hallo\" | \"hello\""), "{text}");

    let other = altered("udp-hello default", "sendto", |call| {
        call.ret = Ret::Ok(1);
        true
    });
    let text = shown(&replay(&other, ReplayOptions::default()).unwrap());
    assert!(text.contains("result differs; ret: 1 | "), "{text}");
}

/// A trace of one thread from strace's text.
fn text(lines: &str) -> Vec<Event> {
    let event = |(seq, line): (usize, &str)| {
        let body = text::line(line.trim());
        assert!(matches!(body, Body::Call(_)), "{line}");
        let mut event = Event::new(7, body);
        event.seq = seq as u64;
        event
    };
    lines.trim().lines().enumerate().map(event).collect()
}

#[test]
fn what_cannot_be_made_again_is_refused_with_a_sentence() {
    let socket = "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3";
    let remote = "connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"192.0.2.1\")}, 16) = 0";
    let refused = [
        (format!("{socket}\nsendto(3, \"abc\"..., 9, 0, NULL, 0) = 9"), "try recording with a larger -s"),
        ("recvfrom(5, \"abc\", 9, 0, NULL, NULL) = 3".to_owned(), "descriptor 5 of process 7 was not made by any call"),
        (format!("{socket}\n{remote}"), "192.0.2.1\")}, which is not loopback; try --allow-remote"),
        (format!("{socket}\nfcntl(3, F_SETOWN, 123) = 0"), "its argument arg is not recorded in full"),
    ];
    for (lines, sentence) in refused {
        let refusal = replay(&text(&lines), ReplayOptions::default()).unwrap_err().to_string();
        assert!(refusal.contains(sentence), "{refusal}");
    }
    // What was in a file matters only where it is really sent.
    let lines = format!("{socket}\nsendfile(3, 4, [0] => [5], 5) = 5");
    let refused = replay(&text(&lines), ReplayOptions { allow_remote: true, ..ReplayOptions::default() });
    assert!(matches!(&refused, Err(Refusal::File { .. })), "{refused:?}");
    assert!(refused.unwrap_err().to_string().contains("try recording with -y, which names files"));
    assert!(matches!(replay(&[], ReplayOptions::default()), Err(Refusal::Empty)));
    // A recording that knows threads from processes, and of process 8 not who made it.
    let mut events = text(&format!("{socket}\nlisten(3, 5) = 0\nlisten(3, 6) = 0"));
    (events[1].tid, events[2].pid, events[2].tid) = (9, 8, 8);
    let refusal = replay(&events, ReplayOptions::default()).unwrap_err().to_string();
    assert!(
        refusal.contains("descriptor 3 of process 8 was inherited from an unknown process")
            && refusal.contains("-e trace=all"),
        "{refusal}"
    );
}

/// A call that returned in the recording and does not now ends the wait, and is reported.
#[test]
fn a_call_that_hangs_is_cut_off() {
    let lines = "socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = 3
        bind(3, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0
        recvfrom(3, \"abc\", 9, 0, NULL, NULL) = 3
        close(3) = 0";
    let patience = std::time::Duration::from_millis(50);
    let outcome = replay(&text(lines), ReplayOptions { patience, ..ReplayOptions::default() }).unwrap();
    assert!(shown(&outcome).contains("ret: 3 | ?"), "{}", shown(&outcome));
    assert_eq!(outcome.replayed.len(), 4);
}

/// The longest that a replay without a reason to wait may take, on a machine that has much else to do.
const SOON: std::time::Duration = std::time::Duration::from_secs(20);

/// How a replay of one thread's text goes, which must be over soon.
fn soon(lines: &str) -> Outcome {
    let began = std::time::Instant::now();
    let patience = std::time::Duration::from_millis(500);
    let outcome = replay(&text(lines), ReplayOptions { patience, ..ReplayOptions::default() }).unwrap();
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    outcome
}

/// A call that may wait for long is not given that long when it did not wait.
#[test]
fn a_timeout_that_was_not_used_up_is_not_waited_for() {
    let outcome = soon(
        "socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0
        poll([{fd=3, events=POLLIN}], 1, 60000) = 1 ([{fd=3, revents=POLLIN}])
        close(3) = 0",
    );
    assert!(shown(&outcome).contains("ret: 1 | ?"), "{}", shown(&outcome));
}

/// What a call closes without naming it is closed: a reader at the other end sees the end.
#[test]
fn ranges_and_other_programs_close_descriptors() {
    let pair = "socketpair(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0, [3, 4]) = 0";
    let ways = [
        "close_range(4, 4294967295, 0) = 0",
        "close_range(4, 9, CLOSE_RANGE_UNSHARE) = 0",
        "fcntl(3, F_SETFD, 0) = 0\nexecve(\"/bin/true\", [\"true\"], 0x7ffd1 /* 3 vars */) = 0",
    ];
    for closing in ways {
        let outcome = soon(&format!("{pair}\n{closing}\nread(3, \"\", 9) = 0\nclose(3) = 0"));
        assert!(outcome.comparison.is_same(), "{closing}: {}", shown(&outcome));
        assert_eq!(outcome.left_out, 0, "{closing}");
    }
    // What is only marked, or was not closed, is still there.
    for marking in
        ["close_range(4, 9, CLOSE_RANGE_CLOEXEC) = 0", "close_range(4, 9, 0) = -1 EMFILE (Too many open files)"]
    {
        let lines = format!("{pair}\n{marking}\nwrite(4, \"x\", 1) = 1\nread(3, \"x\", 9) = 1");
        let outcome = soon(&lines);
        assert!(outcome.comparison.is_same(), "{marking}: {}", shown(&outcome));
        assert_eq!(outcome.left_out, 1, "{marking}");
    }
}

/// Calls that have to do with no descriptor are left out and counted, also those that the table describes.
#[test]
fn calls_without_a_descriptor_are_left_out() {
    let getrandom = syscall::by_name("getrandom").filter(|sys| sys.is_known()).unwrap();
    let mut events = text("socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0\nclose(3) = 0");
    let bytes = Value::Bytes(Bytes { data: b"random"[..].into(), truncated: true });
    let call = Call::new(getrandom, vec![bytes, Value::Uint(32), Value::Uint(0)], Ret::Ok(32));
    let mut event = events[0].clone();
    event.body = Body::Call(call);
    events.insert(1, event);
    let outcome = replay(&events, ReplayOptions::default()).unwrap();
    assert!(outcome.comparison.is_same(), "{}", shown(&outcome));
    assert_eq!((outcome.left_out, outcome.replayed.len()), (1, 2));
}

/// Traces that want to do harm: one whose clock goes back, others that ask for more memory than there is.
#[test]
fn a_hostile_trace_neither_hangs_nor_aborts() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let lines = r#"7 1700000010.000001 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3 <0.000010>
7 1700000010.000101 bind(3, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0 <0.000010>
7 1700000010.000201 listen(3, 1) = 0 <0.000010>
7 1700000010.500301 accept4(3,  <unfinished ...>
7 1700000010.400000 +++ killed by SIGTERM +++
"#;
    fs::write(&log, lines).unwrap();
    let began = std::time::Instant::now();
    let outcome = replay(&read(&log), ReplayOptions::default()).unwrap();
    assert!(outcome.comparison.is_same() && began.elapsed() < SOON, "{:?} {}", began.elapsed(), shown(&outcome));

    let pair = "socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0";
    let long = [
        r#"readv(3, [{iov_base="x", iov_len=9223372036854775807}], 1) = 1"#,
        r#"recvmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="x", iov_len=9223372036854775807}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 1"#,
        "recvfrom(3, \"x\", 4611686018427387904, 0, NULL, NULL) = 1",
    ];
    for line in long {
        let refusal = replay(&text(&format!("{pair}\n{line}")), ReplayOptions::default()).unwrap_err();
        assert!(matches!(refusal, Refusal::Argument { .. }), "{line}: {refusal}");
    }
}

/// Requests and commands that reach further than the socket are not made.
#[test]
fn requests_about_interfaces_and_processes_are_refused() {
    let lines = [
        "ioctl(3, SIOCSIFFLAGS, {ifr_name=\"lo\", ifr_flags=IFF_UP}) = 0",
        "ioctl(3, SIOCSPGRP, [1]) = 0",
        "fcntl(3, F_SETOWN_EX, {type=F_OWNER_PID, pid=1}) = 0",
    ];
    for line in lines {
        let refused = replay(
            &text(&format!("socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0\n{line}")),
            ReplayOptions::default(),
        );
        assert!(matches!(refused, Err(Refusal::Argument { .. })), "{line}: {refused:?}");
    }
}

/// A document's port is mapped, and reported as the recorded one.
#[test]
fn chosen_ports_are_mapped() {
    let lines = "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) = 3
        bind(3, {sa_family=AF_INET, sin_port=htons(8090), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = 0
        getsockname(3, {sa_family=AF_INET, sin_port=htons(8090), sin_addr=inet_addr(\"127.0.0.1\")}, [16]) = 0
        close(3) = 0";
    // Taken, so that the replay would fail if it bound it; if somebody else has it, so much the better.
    let _taken = std::net::TcpListener::bind("127.0.0.1:8090");
    let outcome = replay(&text(lines), ReplayOptions::default()).unwrap();
    assert!(outcome.comparison.is_same(), "{}", shown(&outcome));
    let Body::Call(named) = &outcome.replayed[2].body else { panic!("{:?}", outcome.replayed[2]) };
    assert_eq!(named.arg("addr"), Some(&Value::SockAddr(SockAddr::inet([127, 0, 0, 1], 8090))));
}

#[test]
fn the_exit_code_is_the_verdict() {
    let run = |paths: &[PathBuf]| {
        let out = Command::new(env!("CARGO_BIN_EXE_sockscope")).arg("replay").args(paths).output().unwrap();
        let text = [out.stdout, out.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        (out.status.code(), text.concat())
    };
    let (code, text) = run(&cases(".jsonl")["chat default"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.ends_with("23 same (2 threads without a difference)\n"), "{text}");
    let (code, text) = run(&cases(".jsonl")["chat utf8-split"]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("try recording with a larger -s"), "{text}");
}
