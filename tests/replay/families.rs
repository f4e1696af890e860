//! Real programs, recorded by strace and by us, and made again: each family of calls goes as recorded, and a changed
//! answer is reported.

use std::path::{Path, PathBuf};
use std::process::Command;

use sockscope::event::{Body, Errno, Event, Ret};
use sockscope::replay::{Outcome, ReplayOptions, replay};
use sockscope::value::Value;

use super::support::interpreters::python3;
use super::support::needs::{Need, have};
use super::{read, shown};

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replay").join(name)
}

/// The program of a family: a function of `families.py`, or the C program.
fn program(family: &str, folder: &Path) -> Vec<PathBuf> {
    if family != "vectors" {
        return vec![python3().into(), source("families.py"), family.into()];
    }
    let binary = folder.join("vectors");
    let cc = Command::new("cc").arg("-o").arg(&binary).arg(source("vectors.c")).output().expect("cc is installed");
    assert!(cc.status.success(), "{}", String::from_utf8_lossy(&cc.stderr));
    vec![binary]
}

/// Records a program with these words before it; returns its trace.
fn record(words: &[&str], log: &Path, program: &[PathBuf]) -> Vec<Event> {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).arg("-o").arg(log).args(program);
    let out = command.output().expect("the tracer can be started (Debian: apt install strace)");
    assert!(out.status.success(), "{command:?}: {}", String::from_utf8_lossy(&out.stderr));
    read(log)
}

/// The two recordings of a family.
fn recordings(family: &str) -> [(&'static str, Vec<Event>); 2] {
    let folder = tempfile::tempdir().unwrap();
    let program = program(family, folder.path());
    let strace = ["strace", "-f", "-ttt", "-T", "-y", "-s", "65536"];
    // Without the calls that create processes it is unknown which one inherited what.
    let calls = "trace=%network,%desc,clone,clone3,fork,vfork,openat";
    let ours =
        [env!("CARGO_BIN_EXE_sockscope"), "trace", "-f", "-q", "-y", "-s", "65536", "-e", calls, "--format", "jsonl"];
    [
        ("strace", record(&strace, &folder.path().join("strace"), &program)),
        ("sockscope", record(&ours, &folder.path().join("jsonl"), &program)),
    ]
}

/// Replays both recordings of a family; both must go as recorded, with these calls among them.
fn goes_as_recorded(family: &str, calls: &[&str]) {
    for (tracer, trace) in recordings(family) {
        let outcome =
            replay(&trace, ReplayOptions::default()).unwrap_or_else(|refusal| panic!("{family} {tracer}: {refusal}"));
        assert!(outcome.comparison.is_same(), "{family} {tracer}:\n{}", shown(&outcome));
        for name in calls {
            assert!(named(&outcome, name).next().is_some(), "{family} {tracer} made no {name}");
        }
    }
}

fn named<'a>(outcome: &'a Outcome, name: &str) -> impl Iterator<Item = &'a Event> {
    outcome.replayed.iter().filter(move |event| matches!(&event.body, Body::Call(call) if call.sys.name() == name))
}

#[test]
fn pairs_duplicates_and_pipes() {
    goes_as_recorded("pairs", &["socketpair", "dup2", "writev", "readv", "fcntl", "pipe2", "shutdown"]);
}

#[test]
fn messages_with_descriptors() {
    goes_as_recorded("messages", &["sendmsg", "recvmsg"]);
}

#[test]
fn select_poll_and_epoll() {
    goes_as_recorded("waiting", &["pselect6", "poll", "epoll_create1", "epoll_ctl", "epoll_wait"]);
}

#[test]
fn an_event_loop() {
    goes_as_recorded("loop", &["socketpair", "epoll_wait", "accept4"]);
}

#[test]
fn sent_files() {
    goes_as_recorded("files", &["sendfile"]);
}

#[test]
fn unix_names() {
    goes_as_recorded("names", &["bind", "connect", "getpeername"]);
}

#[test]
fn processes_that_inherit() {
    goes_as_recorded("processes", &["accept4"]);
}

#[test]
fn threads_of_one_process() {
    goes_as_recorded("threads", &["accept4"]);
}

#[test]
fn vectors_of_messages_and_masks() {
    goes_as_recorded("vectors", &["sendmmsg", "recvmmsg", "ppoll", "pselect6", "epoll_pwait", "dup3", "dup2"]);
}

/// Changes the first call of that name for which `change` returns true; returns what the replay reports.
fn changed(family: &str, name: &str, change: impl Fn(&mut sockscope::event::Call) -> bool) -> String {
    let [_, (_, mut trace)] = recordings(family);
    let mut calls = trace.iter_mut().filter_map(|event| match &mut event.body {
        Body::Call(call) if call.sys.name() == name => Some(call),
        _ => None,
    });
    assert!(calls.any(change), "{family} made no such {name}");
    let outcome = replay(&trace, ReplayOptions::default()).unwrap();
    let differing = outcome.comparison.rows().filter(|row| !row.differences().is_empty()).count();
    assert_eq!(differing, 1, "{}", shown(&outcome));
    shown(&outcome)
}

#[test]
fn changed_answers_are_reported() {
    let text = changed("vectors", "recvmmsg", |call| {
        let Value::Array(messages) = &mut call.args[1] else { return false };
        let Value::MmsgHdr(message) = &mut messages.items[0] else { return false };
        let Value::Array(iov) = &mut message.hdr.iov else { return false };
        let Value::Record(buffer) = &mut iov.items[0] else { return false };
        let Value::Bytes(bytes) = &mut buffer.fields[0] else { return false };
        bytes.data[..] == *b"one" && {
            bytes.data = b"eno".to_vec().into();
            true
        }
    });
    assert!(text.contains("argument differs; msgvec") && text.contains("eno"), "{text}");

    let text = changed("vectors", "epoll_pwait", |call| {
        call.ret = if call.ret == Ret::Ok(0) { Ret::Err(Errno(libc::EINTR)) } else { call.ret };
        call.ret == Ret::Err(Errno(libc::EINTR))
    });
    assert!(text.contains("errno differs") && text.contains("EINTR"), "{text}");

    let text = changed("pairs", "writev", |call| {
        call.ret = Ret::Ok(3);
        true
    });
    assert!(text.contains("result differs; ret: 3 | 8"), "{text}");
}

#[test]
fn cut_messages_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let words = [env!("CARGO_BIN_EXE_sockscope"), "trace", "-f", "-q", "-s", "4"];
    let trace = record(&words, &folder.path().join("log"), &program("messages", folder.path()));
    let refusal = replay(&trace, ReplayOptions::default()).unwrap_err().to_string();
    assert!(refusal.contains("of what sendmsg sent were recorded; try recording with a larger -s"), "{refusal}");
}

/// A network of its own with an address that is not loopback: nothing is contacted there without permission.
#[test]
fn other_addresses_need_leave() {
    // Nothing can be tried without one, short of speaking to somebody.
    if !have(Need::Namespaces) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = r#"
        set -e
        ip link set lo up
        ip address add 192.0.2.1/24 dev lo
        "$1" trace -f -q -s 65536 --format jsonl -o "$2/log" "$3" "$4" remote
        set +e
        "$1" replay "$2/log"
        echo "without: $?"
        "$1" replay --allow-remote "$2/log"
        echo "with: $?"
    "#;
    let out = Command::new("unshare")
        .args(["-Urn", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_sockscope")])
        .args([folder.path().as_os_str(), python3().as_os_str(), source("families.py").as_os_str()])
        .output()
        .unwrap();
    let (stdout, refused) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(stdout.contains("without: 2\n"), "{stdout}{refused}");
    assert!(refused.contains("192.0.2.1") && refused.contains("--allow-remote"), "{refused}");
    assert!(stdout.contains("with: 0\n"), "{stdout}{refused}");
}

/// A number that an `accept` under way will get is somebody else's until then.
#[test]
fn a_number_is_made_when_its_call_ends() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let lines = r#"7 1700000000.000001 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3 <0.000001>
7 1700000000.000003 bind(3, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0 <0.000001>
7 1700000000.000005 listen(3, 5) = 0 <0.000001>
7 1700000000.000006 getsockname(3, {sa_family=AF_INET, sin_port=htons(40000), sin_addr=inet_addr("127.0.0.1")}, [16]) = 0 <0.000001>
7 1700000000.000010 clone(child_stack=0x1, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = 8 <0.000001>
7 1700000000.000020 accept(3, NULL, NULL) = 4 <0.009000>
8 1700000000.000030 openat(AT_FDCWD, "/etc/hosts", O_RDONLY) = 4 <0.000010>
8 1700000000.000050 ioctl(4, TCGETS, 0x7ffe00000000) = -1 ENOTTY (Inappropriate ioctl for device) <0.000001>
8 1700000000.000060 close(4) = 0 <0.000001>
8 1700000000.000070 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 5 <0.000001>
8 1700000000.008000 connect(5, {sa_family=AF_INET, sin_port=htons(40000), sin_addr=inet_addr("127.0.0.1")}, 16) = 0 <0.000100>
7 1700000000.009100 close(4) = 0 <0.000001>
"#;
    // Without the durations, `strace -ttt`, the accept has ended when its thread continues.
    let undated: String = lines.lines().map(|line| line.split(" <").next().unwrap_or(line).to_owned() + "\n").collect();
    assert!(!undated.contains('<'), "{undated}");
    for lines in [lines, &undated] {
        std::fs::write(&log, lines).unwrap();
        let outcome = replay(&read(&log), ReplayOptions::default()).unwrap();
        assert!(outcome.comparison.is_same(), "{}", shown(&outcome));
        // Making the thread, and three calls on the file.
        assert_eq!(outcome.left_out, 4, "{}", shown(&outcome));
    }
}

/// The kernel gives a number away before the `close` that freed it has returned.
#[test]
fn a_number_given_again_is_not_closed_by_the_close_before() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    // The close comes late in the replay: 200 ms after the accept, which it overlapped in the recording.
    let lines = r#"7 1700000000.000001 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3 <0.000001>
7 1700000000.000003 bind(3, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0 <0.000001>
7 1700000000.000005 listen(3, 5) = 0 <0.000001>
7 1700000000.000007 getsockname(3, {sa_family=AF_INET, sin_port=htons(40000), sin_addr=inet_addr("127.0.0.1")}, [16]) = 0 <0.000001>
7 1700000000.000010 clone(child_stack=0x1, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = 8 <0.000001>
7 1700000000.000012 clone(child_stack=0x1, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = 9 <0.000001>
8 1700000000.000014 socket(AF_INET, SOCK_DGRAM, IPPROTO_IP) = 4 <0.000001>
9 1700000000.000016 socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 5 <0.000001>
8 1700000000.000020 poll([{fd=4, events=POLLIN}], 1, 200) = 0 (Timeout) <0.000079>
7 1700000000.000090 accept(3, NULL, NULL) = 4 <0.000030>
9 1700000000.000091 connect(5, {sa_family=AF_INET, sin_port=htons(40000), sin_addr=inet_addr("127.0.0.1")}, 16) = 0 <0.000005>
8 1700000000.000100 close(4) = 0 <0.000050>
7 1700000000.000160 sendto(4, "hi", 2, 0, NULL, 0) = 2 <0.000001>
9 1700000000.000170 recvfrom(5, "hi", 10, 0, NULL, NULL) = 2 <0.000001>
7 1700000000.000180 close(4) = 0 <0.000001>
"#;
    std::fs::write(&log, lines).unwrap();
    let outcome = replay(&read(&log), ReplayOptions::default()).unwrap();
    assert!(outcome.comparison.is_same(), "{}", shown(&outcome));
}
