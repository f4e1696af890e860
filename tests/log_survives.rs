//! Whatever ends a program, the calls that it made are in its log, and its user gets the reason in a sentence.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and prints why on standard error"
)]

mod support;

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sockscope::format::{FORMATS, WriteOptions};
use sockscope::log::Log;
use sockscope::net::Limits;
use sockscope::net::{Net, Stream};
use sockscope::program::arguments::Arguments;
use sockscope::program::stage::{End, Halt, Stage, perform};
use sockscope::pysocket::Socket;

fn sockscope(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Waits until the process sleeps in recvfrom.
fn blocked(child: &Child) {
    let start = Instant::now();
    let number = libc::SYS_recvfrom.to_string();
    while fs::read_to_string(format!("/proc/{}/syscall", child.id())).unwrap().split(' ').next() != Some(&number) {
        assert!(start.elapsed() < Duration::from_secs(60), "the server never came to its recvfrom");
        std::thread::park_timeout(Duration::from_millis(1));
    }
}

/// Runs udp-hello's server until it waits, ends it by a signal; how it ended and its log.
fn ended_by(signal: Signal, folder: &Path) -> (ExitStatus, String) {
    let log = folder.join("server.strace");
    let args = ["run", "udp-hello", "server", "--port", "0", "-o", log.to_str().unwrap()];
    let mut command = support::interruptible(env!("CARGO_BIN_EXE_sockscope"));
    let mut child = command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    blocked(&child);
    kill(Pid::from_raw(child.id() as i32), signal).unwrap();
    let status = child.wait().unwrap();
    (status, fs::read_to_string(log).unwrap())
}

#[test]
fn sigterm_leaves_the_call_that_was_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let (status, log) = ended_by(Signal::SIGTERM, folder.path());
    assert_eq!(status.signal(), Some(libc::SIGTERM));
    let lines: Vec<_> = log.lines().map(|line| line.split_once(' ').unwrap().1.trim_start()).collect();
    assert_eq!(lines.len(), 4, "{log}");
    assert!(lines[1].starts_with("bind(3, "), "{log}");
    assert_eq!(&lines[2..], ["recvfrom(3,  <unfinished ...>", "+++ killed by SIGTERM +++"]);
}

#[test]
fn sigint_is_a_keyboard_interrupt() {
    let folder = tempfile::tempdir().unwrap();
    let (status, log) = ended_by(Signal::SIGINT, folder.path());
    assert_eq!(status.signal(), Some(libc::SIGINT));
    assert!(log.contains("EINTR (Interrupted system call)"), "{log}");
    assert!(log.ends_with(" +++ killed by SIGINT +++\n"), "{log}");
    assert!(log.contains("close(3)"), "the finaliser ran\n{log}");
}

#[test]
fn sigkill_leaves_what_had_returned() {
    let folder = tempfile::tempdir().unwrap();
    let (status, log) = ended_by(Signal::SIGKILL, folder.path());
    assert_eq!(status.signal(), Some(libc::SIGKILL));
    assert!(log.contains(" socket(AF_INET, SOCK_DGRAM") && log.contains(" bind(3, "), "{log}");
}

#[test]
fn a_panic_is_reported_and_its_calls_are_kept() {
    fn panics(stage: &mut Stage) -> Result<(), Halt> {
        let socket = Socket::udp(&stage.net)?;
        socket.bind(&stage.address("127.0.0.1", 0))?;
        panic!("on purpose");
    }
    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);
    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let text = Shared::default();
    let log = Arc::new(Log::start((FORMATS[0].writer)(&WriteOptions::default()), text.clone()));
    let sinks = Arc::clone(&log);
    let maker = Arc::new(move || Net::new(Stream::new(sinks.sink(), Limits::default())));
    let end = perform(panics, Arguments::default(), maker);
    log.finish().unwrap();
    assert_eq!(end, End::Failed("the program panicked: on purpose".to_owned()));
    let text = String::from_utf8(text.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("bind(") && text.contains("close("), "{text}");
}

/// Runs to the end; what was printed on standard error, with exit code 2.
fn trouble(args: &[&str]) -> String {
    let output = sockscope(args).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{args:?}: {message}");
    message
}

#[test]
fn trouble_is_a_sentence_and_exit_code_2() {
    assert!(trouble(&["run", "tcp-helo"]).contains("did you mean 'tcp-hello'?"));
    assert!(trouble(&["run", "tcp-hello", "--case", "timewait"]).contains("did you mean 'time-wait'?"));
    assert!(trouble(&["run", "tcp-hello", "servr"]).contains("server"));
    assert!(trouble(&["run", "udp-hello", "--as-printed"]).contains("tcp-hello has one"));
    assert!(trouble(&["run", "udp-hello", "--port", "0", "-o", "/nowhere/log"]).contains("/nowhere/log"));
    assert!(trouble(&["run", "udp-hello", "--port", "0", "--format", "jsonll"]).contains("did you mean 'jsonl'?"));

    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    assert!(
        trouble(&["run", "udp-hello", "--network", "host", "--port", &port])
            .contains(&format!("port {port} is in use"))
    );
}

#[test]
fn a_full_device_is_reported_and_does_not_hang() {
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = sockscope(&["run", "udp-hello", "--port", "0"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write to standard output"));
}

/// A pause: the client waits for an answer that does not come. What happened before is in the file, as far as it may be read,
/// and no role goes on without its runner.
#[test]
fn a_killed_run_leaves_what_happened_and_no_process() {
    for (name, player) in [("log.jsonl", None), ("log.strace", None), ("log.jsonl.zst", Some("--python"))] {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join(name);
        let mut command = sockscope(&["run", "getname", "--case", "silent", "-o", log.to_str().unwrap()]);
        // Nobody takes away what a killed process has.
        command.env("TMPDIR", folder.path());
        let mut run = command.args(player).current_dir(folder.path()).stdout(Stdio::null()).spawn().unwrap();
        let calls = || -> Vec<(String, u32)> {
            let Ok(events) = sockscope::read::events(&log) else { return Vec::new() };
            let call = |event: sockscope::event::Event| match event.body {
                sockscope::event::Body::Call(call) => Some((call.sys.name().to_owned(), event.pid)),
                _ => None,
            };
            events.filter_map(Result::ok).filter_map(call).collect()
        };
        let start = Instant::now();
        while !calls().iter().any(|(call, _)| call.starts_with("send")) {
            assert!(run.try_wait().unwrap().is_none(), "it ended before it was killed");
            assert!(start.elapsed() < Duration::from_secs(60), "{name}: {:?}", calls());
            std::thread::park_timeout(Duration::from_millis(1));
        }
        kill(Pid::from_raw(run.id() as i32), Signal::SIGKILL).unwrap();
        assert_eq!(run.wait().unwrap().signal(), Some(libc::SIGKILL));
        let calls = calls();
        let pids: std::collections::BTreeSet<u32> = calls.iter().map(|(_, pid)| *pid).collect();
        assert_eq!(pids.len(), 2, "{name}: {calls:?}");
        assert!(calls.iter().any(|(call, _)| call == "bind"), "{name}: {calls:?}");
        for pid in pids {
            let place = format!("/proc/{pid}/status");
            let runs = || fs::read_to_string(&place).is_ok_and(|status| !status.contains("State:\tZ"));
            while runs() {
                assert!(start.elapsed() < Duration::from_secs(90), "{name}: {pid} goes on");
                std::thread::park_timeout(Duration::from_millis(1));
            }
        }
    }
}
