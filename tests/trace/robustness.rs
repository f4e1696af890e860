//! What programs, users and machines do to a tracer.

use std::io::{BufRead, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::run::{interruptible, lives, program, ready, run, sockscope, until, wait};
use crate::support::needs::{Need, have};

fn send(pid: u32, signal: Signal) {
    kill(Pid::from_raw(pid as i32), signal).expect("a process of ours");
}

#[test]
fn a_stop_is_a_stop_and_a_continue_wakes() {
    let ours = run(sockscope(), &["-e", "trace=%network"], &[program("signals").as_os_str(), "stop".as_ref()]);
    assert_eq!(ours.status.code(), Some(4), "{ours:?}");
    for part in ["--- SIGCONT {", "\"on\""] {
        assert!(ours.trace.contains(part), "{part}: {}", ours.trace);
    }
}

/// A program stopped from outside stays stopped until it is continued.
#[test]
fn a_program_stays_stopped() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let mut command = sockscope();
    command.args(["-f", "-o"]).arg(&log).arg(program("signals")).arg("serve");
    let (mut tracer, pid, _out) = ready(command);
    send(pid as u32, Signal::SIGSTOP);
    let state = || std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    until("it stops", || state().contains(") t") || state().contains(") T"));
    until("the stop is reported", || std::fs::read_to_string(&log).is_ok_and(|log| log.contains("stopped by SIGSTOP")));
    assert!(state().contains(") t") || state().contains(") T"), "{}", state());
    send(pid as u32, Signal::SIGCONT);
    until("the continue is reported", || std::fs::read_to_string(&log).is_ok_and(|log| log.contains("SIGCONT")));
    send(pid as u32, Signal::SIGTERM);
    assert_eq!(wait(&mut tracer).code(), Some(8));
}

#[test]
fn a_killed_program_ends_us_the_same_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let mut command = sockscope();
    command.args(["-f", "-o"]).arg(&log).arg(program("signals")).arg("serve");
    let (mut tracer, pid, _out) = ready(command);
    until("it waits in a call", || std::fs::read_to_string(&log).is_ok_and(|log| log.contains("recvfrom(3, ")));
    send(pid as u32, Signal::SIGKILL);
    assert_eq!(wait(&mut tracer).signal(), Some(9));
    let log = std::fs::read_to_string(log).expect("the log");
    assert!(log.trim_end().ends_with("+++ killed by SIGKILL +++"), "{log}");
    assert!(log.contains("recvfrom(3, ") && log.contains("<unfinished ...>) "), "{log}");
}

#[test]
fn a_killed_tracer_takes_what_it_started_along() {
    let mut command = sockscope();
    command.args(["-f", "-o", "/dev/null"]).arg(program("signals")).arg("serve");
    let (mut tracer, pid, _out) = ready(command);
    send(tracer.id(), Signal::SIGKILL);
    wait(&mut tracer);
    until("the program is gone too", || !lives(pid));
}

/// A process that runs already, which may be traced.
fn served() -> (std::process::Child, i32, std::io::BufReader<std::process::ChildStdout>) {
    let mut command = Command::new(program("signals"));
    command.arg("serve").stdin(Stdio::null());
    ready(command)
}

fn traced(pid: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/status"))
        .is_ok_and(|status| !status.contains("TracerPid:\t0\n") && status.contains("TracerPid:"))
}

#[test]
fn a_killed_tracer_leaves_what_it_attached_to_alive() {
    let (mut program, pid, _out) = served();
    let mut tracer = sockscope().args(["-p", &pid.to_string(), "-o", "/dev/null"]).spawn().expect("it starts");
    until("it is traced", || traced(pid));
    send(tracer.id(), Signal::SIGKILL);
    wait(&mut tracer);
    until("it is free", || !traced(pid));
    send(pid as u32, Signal::SIGTERM);
    assert_eq!(wait(&mut program).code(), Some(8), "it lived on and served to its end");
}

#[test]
fn an_interrupted_tracer_lets_go_of_what_it_attached_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let (mut program, pid, _out) = served();
    let mut tracer = interruptible();
    tracer.args(["-p", &pid.to_string(), "-o"]).arg(&log).stderr(Stdio::piped());
    let mut tracer = tracer.spawn().expect("it starts");
    let text = || std::fs::read_to_string(&log).unwrap_or_default();
    until("the call it waits in is reported", || text().contains("recvfrom(3, "));
    send(tracer.id(), Signal::SIGINT);
    assert_eq!(wait(&mut tracer).signal(), Some(2));
    until("it is free", || !traced(pid));
    // Said with -o as well: standard error is not that of a program we started.
    let message = std::io::read_to_string(tracer.stderr.take().expect("piped")).expect("text");
    for what in ["attached", "detached"] {
        assert!(message.contains(&format!("Process {pid} {what}")), "{message}");
    }
    assert!(text().contains("<detached ...>"), "{}", text());
    send(pid as u32, Signal::SIGTERM);
    assert_eq!(wait(&mut program).code(), Some(8));
}

/// Formats that have a call only when it is over have one that the tracer leaves, too.
#[test]
fn the_call_of_a_thread_that_is_let_go_is_in_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    for (format, mark) in [("jsonl", "\"detached\":true"), ("csv", "\"\"detached\"\":true")] {
        let log = folder.path().join(format);
        let (mut program, pid, _out) = served();
        let mut tracer = interruptible();
        tracer.args(["--format", format, "-p", &pid.to_string(), "-o"]).arg(&log).stderr(Stdio::null());
        let mut tracer = tracer.spawn().expect("it starts");
        until("it is traced", || traced(pid));
        // Ignored, but it ends the wait, and what is written of that shows that the call is made again.
        let text = || std::fs::read_to_string(&log).unwrap_or_default();
        until("the signal is written", || {
            send(pid as u32, Signal::SIGWINCH);
            text().contains("SIGWINCH")
        });
        until("it waits again", || sleeps(pid));
        send(tracer.id(), Signal::SIGINT);
        assert_eq!(wait(&mut tracer).signal(), Some(2));
        let text = text();
        let left: Vec<&str> = text.lines().filter(|line| line.contains(mark)).collect();
        assert!(
            matches!(left[..], [line] if line.contains("recvfrom") && text.ends_with(&format!("{line}\n"))),
            "{text}"
        );
        send(pid as u32, Signal::SIGTERM);
        assert_eq!(wait(&mut program).code(), Some(8));
    }
}

/// Every thread there is, not only the first.
#[test]
fn all_threads_of_a_process_are_attached_to() {
    let mut program_child =
        Command::new(program("threads")).arg("wait").stdin(Stdio::null()).spawn().expect("it starts");
    let pid = program_child.id() as i32;
    let threads = || std::fs::read_dir(format!("/proc/{pid}/task")).map_or(0, |tasks| tasks.count());
    until("both threads run", || threads() == 2);
    let mut tracer = sockscope()
        .args(["-f", "-p", &pid.to_string(), "-o", "/dev/null"])
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let all = || {
        std::fs::read_dir(format!("/proc/{pid}/task")).is_ok_and(|tasks| {
            tasks.flatten().all(|task| {
                std::fs::read_to_string(task.path().join("status"))
                    .is_ok_and(|status| !status.contains("TracerPid:\t0\n"))
            })
        })
    };
    until("every thread is traced", all);
    send(pid as u32, Signal::SIGKILL);
    wait(&mut program_child);
    assert!(wait(&mut tracer).code() == Some(0));
}

#[test]
fn an_ended_tracer_passes_the_wish_on_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let mut command = sockscope();
    command.args(["-f", "-o"]).arg(&log).arg(program("signals")).arg("serve");
    let (mut tracer, _pid, _out) = ready(command);
    until("it waits in a call", || std::fs::read_to_string(&log).is_ok_and(|log| log.contains("recvfrom(3, ")));
    send(tracer.id(), Signal::SIGTERM);
    assert_eq!(wait(&mut tracer).code(), Some(8), "the program's own end");
    let log = std::fs::read_to_string(log).expect("the log");
    for part in ["ERESTARTSYS", "--- SIGTERM {", "\"bye\"", "+++ exited with 8 +++"] {
        assert!(log.contains(part), "{part}: {log}");
    }
}

#[test]
fn a_program_that_ignores_us_is_traced_to_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let mut command = interruptible();
    command.args(["-f", "-o"]).arg(&log).arg(program("signals")).arg("ignore").stdin(Stdio::piped());
    let (mut tracer, _pid, _out) = ready(command);
    send(tracer.id(), Signal::SIGINT);
    // The signal is passed on and ignored; then the program's input ends, and it ends as it likes.
    drop(tracer.stdin.take());
    assert_eq!(wait(&mut tracer).code(), Some(6));
    let log = std::fs::read_to_string(log).expect("the log");
    assert!(log.contains("\"end\"") && log.contains("+++ exited with 6 +++"), "{log}");
}

/// A script's `&` has both ignore SIGINT, which is no reason not to end when it is sent. The program, which it would not
/// reach, is asked by SIGTERM.
#[test]
fn a_signal_sent_to_the_background_of_a_script_ends_the_tracer() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let script = "\"$0\" trace -f -o \"$2\" \"$1\" serve & tracer=$!
        until grep -q 'recvfrom(3' \"$2\" 2>/dev/null; do sleep 0.01; done
        kill -INT $tracer; wait $tracer; echo \"ended $?\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_sockscope")]).arg(program("signals")).arg(&log).stdin(Stdio::null());
    let (mut shell, _pid, mut out) = ready(shell);
    let mut line = String::new();
    out.read_line(&mut line).expect("a line");
    assert_eq!(line, "ended 8\n", "the program's own end");
    assert!(wait(&mut shell).success());
    let text = std::fs::read_to_string(&log).expect("the log");
    assert!(text.contains("--- SIGTERM {") && text.ends_with("+++ exited with 8 +++\n"), "{text}");
}

#[test]
fn an_exec_by_another_thread_changes_its_number() {
    let ours = run(sockscope(), &["-f", "-e", "trace=%network"], &[program("threads").as_os_str(), "exec".as_ref()]);
    assert_eq!(ours.status.code(), Some(5), "{ours:?}");
    let first = ours.lines()[0].split_whitespace().next().expect("a number").to_string();
    let superseded = ours.lines().into_iter().find(|line| line.contains("+++ superseded by execve in pid "));
    assert!(superseded.is_some_and(|line| line.starts_with(&first)), "{}", ours.trace);
    let after: Vec<&str> = ours.lines().into_iter().filter(|line| line.contains("SOCK_DGRAM")).collect();
    assert!(after.len() == 1 && after[0].starts_with(&first), "{}", ours.trace);
}

#[test]
fn arguments_of_threads_are_not_mixed_up() {
    let ours =
        run(sockscope(), &["-f", "--whole", "-e", "trace=sendto"], &[program("threads").as_os_str(), "talk".as_ref()]);
    assert_eq!(ours.status.code(), Some(0));
    let mut seen = 0;
    for line in ours.lines().iter().filter(|line| line.contains("sendto(") && !line.contains("unfinished")) {
        let (_, call) = line.split_once("sendto(").expect("a call");
        let fd: String = call.chars().take_while(char::is_ascii_digit).collect();
        assert!(call.contains(&format!("\"fd{fd}.")), "{line}");
        seen += 1;
    }
    assert_eq!(seen, 800);
}

#[test]
fn five_hundred_forks_are_all_seen() {
    for options in [&["-f"][..], &["-f", "--no-seccomp"]] {
        let all: Vec<&str> = options.iter().copied().chain(["-e", "trace=socketpair"]).collect();
        let ours = run(sockscope(), &all, &[program("threads").as_os_str(), "bomb".as_ref()]);
        assert_eq!(ours.status.code(), Some(0), "{}", ours.stderr);
        assert_eq!(ours.trace.matches("+++ exited with").count(), 501);
        let begun = ours.trace.matches("socketpair(AF_UNIX, SOCK_STREAM, 0, ").count();
        let resumed = ours.trace.matches("<... socketpair resumed>").count();
        assert_eq!(begun, 500, "resumed: {resumed}");
    }
}

/// Without -f new processes are left alone, and do not keep us waiting.
#[test]
fn what_is_not_followed_is_left_alone() {
    let script = "sleep 60 >/dev/null 2>&1 & echo $!";
    let ours = run(sockscope(), &[], &["sh", "-c", script]);
    let pid: i32 = ours.stdout.trim().parse().expect("a number");
    assert!(lives(pid), "the sleeper lives on");
    send(pid as u32, Signal::SIGKILL);
    assert!(ours.status.success());
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    for reader in ["|true", "|head -1 >/dev/null"] {
        let mut tracer = sockscope();
        let output = tracer.args(["-f", "-o", reader]).arg(program("session")).output().expect("it runs");
        assert_eq!(output.status.code(), Some(7), "{reader}: {output:?}");
        // Said once, if it left before everything was written.
        let expected = format!("sockscope: `{}` ended before the trace: the rest of it is not written\n", &reader[1..]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.is_empty() || errors == expected, "{reader}: {errors}");
    }
    // Standard error itself closed.
    let status = Command::new("sh")
        .args(["-c", "{ \"$0\" trace -f \"$1\"; echo $? >&3; } 2>&1 3>&4 | true", env!("CARGO_BIN_EXE_sockscope")])
        .arg(program("session"))
        .stdin(Stdio::null())
        .status();
    assert!(status.is_ok());
}

#[test]
fn a_full_disk_is_reported_and_shows_in_the_exit_code() {
    let output = sockscope().args(["-o", "/dev/full", "-e", "trace=%network", "true"]).output().expect("it runs");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("No space left") && output.status.code() == Some(1), "{message}");
    let output = sockscope().args(["-o", "/dev/full"]).arg(program("session")).output().expect("it runs");
    assert_eq!(output.status.code(), Some(7), "the program's own failure comes first");
    let output = sockscope().args(["-o", "/no/such/folder/x", "true"]).output().expect("it runs");
    assert!(String::from_utf8_lossy(&output.stderr).contains("/no/such/folder/x"));
    assert!(!output.status.success());
}

#[test]
fn what_cannot_be_run_is_reported() {
    let failure = |program: &[&str]| {
        let run = run(sockscope(), &["-f"], program);
        (run.status.code(), run.stderr)
    };
    let (code, text) = failure(&["no-such-program-anywhere"]);
    assert!(code == Some(127) && text.contains("cannot find the program"), "{text}");
    let (code, text) = failure(&["/etc/passwd"]);
    assert!(code == Some(126) && text.contains("Permission denied"), "{text}");
    let (code, text) = failure(&["/"]);
    assert!(code == Some(126) && text.contains("cannot run"), "{text}");
    let folder = tempfile::tempdir().expect("a folder");
    let broken = folder.path().join("broken");
    std::fs::write(&broken, "#!/no/such/interpreter\n").expect("written");
    std::fs::set_permissions(&broken, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("made executable");
    let (code, text) = failure(&[broken.to_str().expect("a path")]);
    assert!(code == Some(126) && text.contains("cannot run"), "{text}");
    let none = run(sockscope(), &["-p", "999999999"], &[] as &[&str]);
    assert!(none.status.code() == Some(1) && none.stderr.contains("no such process"), "{}", none.stderr);
}

/// A process has one tracer: the second learns which.
#[test]
fn a_second_tracer_is_refused_and_names_the_first() {
    let (mut program, pid, _out) = served();
    let mut first = interruptible().args(["-p", &pid.to_string(), "-o", "/dev/null"]).spawn().expect("it starts");
    until("it is traced", || traced(pid));
    let second = run(sockscope(), &["-p", &pid.to_string()], &[] as &[&str]);
    assert!(second.stderr.contains(&format!("process {}", first.id())), "{}", second.stderr);
    send(first.id(), Signal::SIGINT);
    wait(&mut first);
    send(pid as u32, Signal::SIGTERM);
    wait(&mut program);
}

/// A trace of a gigabyte goes through a tracer that may not use half of one.
#[test]
fn memory_stays_flat_over_a_gigabyte() {
    let script =
        "ulimit -v 500000; exec \"$0\" trace -f -s 1000000 -e trace=%network -o '|wc -c >&2' \"$1\" 4400 60000";
    let mut child = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_sockscope")])
        .arg(program("volume"))
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut written = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut written).expect("text");
    assert!(wait(&mut child).success(), "{written}");
    let bytes: u64 = written.trim().parse().unwrap_or_else(|_| panic!("{written}"));
    assert!(bytes > 1_000_000_000, "{bytes}");
}

/// A signal does not blind us: what is called in its handler's wake is reported, also where the signal came from a call.
#[test]
fn calls_after_a_signal_are_still_seen() {
    for options in [&["-f"][..], &[], &["-f", "--no-seccomp"]] {
        let all: Vec<&str> = options.iter().copied().chain(["-e", "trace=%network"]).collect();
        let ours = run(sockscope(), &all, &[program("signals").as_os_str(), "signals".as_ref()]);
        let (_, after) = ours.trace.split_once("--- SIGPIPE {").expect("a SIGPIPE");
        assert!(after.contains("sendto(3, \"y\", 1, 0, NULL, 0)"), "{options:?}: {}", ours.trace);
        assert_eq!(ours.trace.matches("EPIPE (Broken pipe)").count(), 2, "{options:?}: {}", ours.trace);
        assert_eq!(ours.trace.matches("--- SIGPIPE {").count(), 2, "{options:?}: {}", ours.trace);
        assert_eq!(ours.status.signal(), Some(6), "{options:?}");
    }
}

/// Whatever a program sends is reported without harm: a log is lines of printable text, and JSON gives the bytes back.
#[test]
fn bytes_that_are_no_text_are_reported_safely() {
    let sent: &[u8] = b"nul\0 bad\xff\xc3 esc\x1b[31m tab\t nl\n del\x7f 9\x009\0";
    let session = program("session");
    let text = run(sockscope(), &["-s", "200"], &[session.as_os_str()]);
    assert!(text.trace.contains(r#""nul\0 bad\377\303 esc\33[31m tab\t nl\n del\177 9\09\0""#), "{}", text.trace);
    assert!(text.trace.bytes().all(|byte| byte == b'\n' || (0x20..0x7f).contains(&byte)), "{}", text.trace);
    let json = run(sockscope(), &["-s", "200", "--format", "jsonl"], &[session.as_os_str()]);
    assert!(json.trace.bytes().all(|byte| byte == b'\n' || byte >= 0x20), "{}", json.trace);
    let found = json.trace.lines().map(|line| sockscope::json::read(line).expect(line)).any(|event| {
        let sockscope::event::Body::Call(call) = event.body else { return false };
        call.args.iter().any(|value| matches!(value, sockscope::value::Value::Bytes(bytes) if bytes.data[..] == *sent))
    });
    assert!(found, "{}", json.trace);
}

/// A run that reports nothing of the program does not end as if all were well; and of each that went well there is an end.
#[test]
fn nothing_reported_is_never_success() {
    for options in [&["-f"][..], &[], &["-f", "--no-seccomp"], &["-D"], &["-ff"]] {
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("log");
        let status = sockscope().args(options).arg("-o").arg(&log).arg("true").status().expect("it runs");
        assert!(status.success(), "{options:?}");
        let text = || {
            let files = std::fs::read_dir(folder.path()).expect("the folder").flatten();
            files.map(|file| std::fs::read_to_string(file.path()).unwrap_or_default()).collect::<String>()
        };
        // With -D the tracer is beside and may still be writing.
        until("the end is reported", || text().contains("+++ exited with 0 +++"));
    }
    for failing in [&["-p", "999999999"][..], &["no-such-program-anywhere"], &["-o", "/no/such/folder/x", "true"], &[]]
    {
        let output = sockscope().args(failing).output().expect("it runs");
        assert!(!output.status.success() && !output.stderr.is_empty(), "{failing:?}: {output:?}");
    }
}

/// Twice the calls are twice the lines: nothing is reported twice, and lines do not grow.
#[test]
fn output_grows_as_the_calls_do() {
    let size = |turns: &str| {
        let command = [program("volume").into_os_string(), turns.into(), "100".into()];
        let ours = run(sockscope(), &["-f", "-a1", "-e", "trace=sendto,recvfrom"], &command);
        let calls = 2 * turns.parse::<usize>().expect("a number");
        assert_eq!(ours.lines().len(), calls + 1, "{turns}");
        ours.trace.len() / ours.lines().len()
    };
    let (few, many) = (size("100"), size("5000"));
    assert!(many <= few + 1, "{few} bytes a line, then {many}");
}

/// vfork: the child borrows its parent's memory and descriptors, and both are reported, in order.
#[test]
fn a_vfork_is_followed() {
    for options in [&["-f"][..], &["-f", "--no-seccomp"]] {
        let all: Vec<&str> = options.iter().copied().chain(["-e", "trace=%network"]).collect();
        let ours = run(sockscope(), &all, &[program("threads").as_os_str(), "vfork".as_ref()]);
        assert_eq!(ours.status.code(), Some(5), "{ours:?}");
        let place =
            |part: &str| ours.trace.find(part).unwrap_or_else(|| panic!("{options:?}: no {part}: {}", ours.trace));
        assert!(place("SOCK_DGRAM") < place("+++ exited with 5 +++"), "{}", ours.trace);
        assert!(place("--- SIGCHLD") < place("SOCK_SEQPACKET"), "{}", ours.trace);
        // Without -f the child is its own affair.
        let alone = run(sockscope(), &["-e", "trace=%network"], &[program("threads").as_os_str(), "vfork".as_ref()]);
        assert!(!alone.trace.contains("SOCK_DGRAM") && alone.trace.contains("SOCK_SEQPACKET"), "{}", alone.trace);
    }
}

/// A thread that dies in a call, by its process's end or by a signal: the call is reported as unfinished.
#[test]
fn a_thread_dies_in_a_call() {
    for options in [&["-f"][..], &["-f", "--no-seccomp"], &["--threads-only"]] {
        for (what, code, signal) in [("exit", Some(3), None), ("kill", None, Some(9))] {
            let all: Vec<&str> = options.iter().copied().chain(["-e", "trace=%network"]).collect();
            let ours = run(sockscope(), &all, &[program("threads").as_os_str(), what.as_ref()]);
            assert_eq!((ours.status.code(), ours.status.signal()), (code, signal), "{options:?} {what}");
            let unfinished = ours
                .lines()
                .iter()
                .filter(|line| line.contains("recvfrom(3"))
                .any(|line| line.contains("<unfinished ...>"));
            assert!(unfinished, "{options:?} {what}: {}", ours.trace);
            assert_eq!(ours.trace.matches("+++ ").count(), 2, "{options:?} {what}: {}", ours.trace);
        }
    }
}

/// What another program unpacks, and whether the file is whole.
fn unpacked(unpack: &str, file: &std::path::Path) -> (bool, String) {
    let out = Command::new(unpack).arg("-dc").arg(file).output().expect("it runs");
    (out.status.success(), String::from_utf8_lossy(&out.stdout).into_owned())
}

/// Whether a process is in a call that waits.
fn sleeps(pid: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") S"))
}

/// The endings of packed files whose programs are here.
fn packings() -> impl Iterator<Item = (&'static str, &'static str)> {
    let there = |(_, unpack): &(_, &str)| *unpack != "zstd" || have(Need::Zstd);
    [("log.jsonl.gz", "gunzip"), ("log.csv.zst", "zstd")].into_iter().filter(there)
}

/// A packed file is whole, however the program or the tracer was ended.
#[test]
fn a_packed_trace_is_whole_however_it_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, unpack) in packings() {
        let log = folder.path().join(name);
        for (signal, end) in [(Signal::SIGKILL, "killed"), (Signal::SIGTERM, "exit")] {
            let mut command = sockscope();
            command.args(["-f", "-o"]).arg(&log).arg(program("signals")).arg("serve");
            let (mut tracer, pid, _out) = ready(command);
            until("it waits for more", || sleeps(pid));
            send(pid as u32, signal);
            wait(&mut tracer);
            let (whole, text) = unpacked(unpack, &log);
            assert!(whole && text.contains("socketpair") && text.contains(end), "{name} {signal}: {text}");
        }
        let (mut program, pid, _out) = served();
        let mut tracer = interruptible();
        tracer.args(["-p", &pid.to_string(), "-o"]).arg(&log).stderr(Stdio::null());
        let mut tracer = tracer.spawn().expect("it starts");
        until("it is traced", || traced(pid));
        send(tracer.id(), Signal::SIGINT);
        assert_eq!(wait(&mut tracer).signal(), Some(2));
        assert!(unpacked(unpack, &log).0, "{name}");
        until("it waits for more", || sleeps(pid));
        send(pid as u32, Signal::SIGTERM);
        wait(&mut program);
    }
}

/// What was written until the last tick is there when the tracer itself is killed.
#[test]
fn a_killed_tracer_leaves_a_packed_trace_that_can_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, unpack) in packings() {
        let log = folder.path().join(name);
        let mut command = sockscope();
        command.args(["-f", "-o"]).arg(&log).arg(program("signals")).arg("serve");
        let (mut tracer, _pid, _out) = ready(command);
        until("a call is in the file", || unpacked(unpack, &log).1.contains("socketpair"));
        send(tracer.id(), Signal::SIGKILL);
        wait(&mut tracer);
        let read = Command::new(env!("CARGO_BIN_EXE_sockscope")).arg("convert").arg(&log).output().expect("it runs");
        assert!(String::from_utf8_lossy(&read.stdout).contains("socketpair("), "{read:?}");
        assert!(String::from_utf8_lossy(&read.stderr).contains("cannot read further"), "{read:?}");
    }
}
