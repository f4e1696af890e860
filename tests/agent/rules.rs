//! What may never happen to a program because of the agent, and what must be seen with it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::run::{Run, normal, program, ready, run, sockscope, until, wait};
use crate::subject;
use crate::support::interpreters::python3;
use crate::support::needs::{Need, have};

/// Runs a program with these options both ways: at stops, and recorded.
fn both<S: AsRef<OsStr>>(options: &[&str], program: &[S]) -> [Run; 2] {
    let [stops, recorded] = ["--agent=never", "--agent=require"].map(|way| {
        let options: Vec<&str> = ["-f", "--stats", way].iter().chain(options).copied().collect();
        run(sockscope(), &options, program)
    });
    assert_eq!(stops.status, recorded.status, "{recorded:?}");
    assert_eq!(stops.stdout, recorded.stdout, "{recorded:?}");
    [stops, recorded]
}

/// How many calls a run counted as recorded.
fn recorded(run: &Run) -> u64 {
    let line = run.stderr.lines().find_map(|line| line.split_once(" calls were recorded inside")).expect("counts");
    line.0.rsplit(' ').next().unwrap().parse().unwrap()
}

/// The lines of each thread in the order in which threads appear, unfinished calls joined.
fn by_thread<S: AsRef<str>>(trace: impl IntoIterator<Item = S>) -> Vec<Vec<String>> {
    let (mut order, mut threads) = (Vec::new(), BTreeMap::<String, Vec<String>>::new());
    for line in trace {
        let (tid, rest) = line.as_ref().split_once(' ').expect("a thread");
        if !threads.contains_key(tid) {
            order.push(tid.to_owned());
        }
        let (lines, rest) = (threads.entry(tid.to_owned()).or_default(), rest.trim_start());
        match rest.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>")) {
            Some((_, end)) => {
                const OPEN: &str = " <unfinished ...>";
                let begun = lines.iter_mut().rfind(|line| line.ends_with(OPEN)).expect("it has begun");
                *begun = format!("{}{end}", begun.trim_end_matches(OPEN));
            }
            None => lines.push(rest.to_owned()),
        }
    }
    order.iter().map(|tid| threads[tid].clone()).collect()
}

/// The same without what changes from run to run.
fn tidy_by_thread<S: AsRef<str>>(trace: impl IntoIterator<Item = S>) -> Vec<Vec<String>> {
    let tidy = |line: &String| {
        let line = normal(line);
        // How long a child ran is chance.
        let line = line.split_once(", si_utime=").map_or(line.as_str(), |(front, _)| front);
        line.replace([' ', ','], "")
    };
    by_thread(trace).iter().map(|lines| lines.iter().map(tidy).collect()).collect()
}

#[track_caller]
fn assert_same(what: &str, [stops, recorded]: &[Run; 2]) {
    let (stops, recorded) = (tidy_by_thread(stops.trace.lines()), tidy_by_thread(recorded.trace.lines()));
    assert_eq!(stops.len(), recorded.len(), "{what}: threads");
    for (stops, recorded) in stops.iter().zip(&recorded) {
        subject::assert_same(what, stops, recorded);
    }
}

fn script(text: &str) -> [std::ffi::OsString; 3] {
    [python3().into(), "-c".into(), text.into()]
}

#[test]
fn subjects_are_written_alike_both_ways() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut counted = 0;
    for subject in subject::all() {
        if subject.namespace && !have(Need::Namespaces) {
            continue;
        }
        let program = subject::compile(&subject, folder.path());
        let tracer = [env!("CARGO_BIN_EXE_sockscope"), "trace", "-f"].map(OsStr::new);
        let traced = |way| subject::run(&subject, &program, &tracer, &[way]);
        let ours = traced("--agent=require");
        let threads = by_thread(&ours.trace);
        if subject.calls_only {
            let [stops, recorded] = [traced("--agent=never").trace, ours.trace].map(tidy_by_thread);
            assert_eq!(stops.len(), recorded.len(), "{}: threads", subject.name);
            for (stops, recorded) in stops.iter().zip(&recorded) {
                subject::assert_same(&subject.name, stops, recorded);
            }
        } else {
            subject::assert_same(&subject.name, &ours.expected, &threads[0]);
        }
        counted += 1;
    }
    assert!(counted > 5);
}

const LOOP: &str = "
import socket
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); a.bind(('127.0.0.1', 0))
b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); b.connect(a.getsockname())
for i in range(500):
    b.send(b'hello %d' % i); a.recvfrom(100)
";

/// Rule 11: a counter says which way calls took.
#[test]
fn a_loop_is_recorded_and_counted() {
    let runs = both(&[], &script(LOOP));
    assert_same("a loop", &runs);
    let counted = recorded(&runs[1]);
    assert!(counted >= 1000, "{}", runs[1].stderr);
    assert!(runs[1].stderr.contains("calls of which no records are made"), "{}", runs[1].stderr);
    assert!(runs[0].stderr.contains("--agent=never"), "{}", runs[0].stderr);
}

/// Each stack is read once at a stop; from then on the agent recognises it. (That they are right is tested where frames are:
/// `tests/pyframes`.)
#[test]
fn calls_with_a_known_python_stack_are_recorded() {
    let calls = "b.send(b'hello %d' % i); a.recvfrom(100)";
    let turns = LOOP.replace(calls, "turn(i)").replace("for i", &format!("def turn(i):\n    {calls}\nfor i"));
    let runs = both(&["--python"], &script(&turns));
    assert_same("stacks", &runs);
    assert!(recorded(&runs[1]) >= 990, "{}", runs[1].stderr);
    assert!(runs[1].stderr.contains("with a Python stack that was not seen before"), "{}", runs[1].stderr);
    let lines = runs[1].trace.lines().filter(|line| line.contains("= 7  @ ") || line.contains("= 8  @ "));
    assert!(lines.count() > 100, "{}", runs[1].trace);
    // A program without Python has no stacks, and nothing to stop for.
    let program = program("interrupted");
    let runs = both(&["--python"], &[program.as_os_str()]);
    assert!(recorded(&runs[1]) > 9000, "{}", runs[1].stderr);
}

/// Rules 5 to 8: signals in the agent and in its calls, calls made again, jumps out of handlers, cancelled threads, bad memory.
#[test]
fn a_program_does_not_notice() {
    let program = program("interrupted");
    let [stops, recorded] = both(&[], &[program.as_os_str()]);
    assert!(self::recorded(&recorded) > 9000, "{}", recorded.stderr);
    // How often the timer comes is not the same in two runs: the calls of the main part are.
    let calls = |run: &Run| {
        let own = |line: &&str| !line.contains("MSG_DONTWAIT") && !line.contains("---") && !line.contains("ERESTART");
        let lines: Vec<&str> = run.trace.lines().filter(own).collect();
        tidy_by_thread(lines)
    };
    for (stops, recorded) in calls(&stops).iter().zip(&calls(&recorded)) {
        subject::assert_same("interrupted", stops, recorded);
    }
    for run in [&stops, &recorded] {
        let count = |part: &str| run.trace.lines().filter(|line| line.contains(part)).count();
        assert_eq!(count("\"abc\", 3"), 5000, "each call once");
        assert_eq!(count("ERESTART_RESTARTBLOCK") + count("ERESTARTNOHAND"), 1, "{}", run.trace);
        assert!(count("recvfrom(4, ADDR") + count("ERESTARTSYS") >= 3, "{}", run.trace);
    }
}

/// Rules 2 to 4: processes that are made in every way, and new programs.
#[test]
fn processes_and_programs_are_followed() {
    let text = "
import os, socket, subprocess, sys
def talk(n):
    a, b = socket.socketpair()
    for i in range(n):
        a.send(b'x%d' % i); b.recv(9)
talk(20)
for way in (os.fork,):
    for n in range(3):
        pid = way()
        if pid == 0:
            talk(30 + n)
            os._exit(3)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
        talk(5)
for n in range(3):
    subprocess.run(['/bin/true'], check=True)
    talk(5)
if len(sys.argv) < 2:
    os.execv(sys.executable, [sys.executable, '-c', sys.orig_argv[2], 'again'])
";
    let runs = both(&[], &script(text));
    assert_same("processes", &runs);
    assert!(recorded(&runs[1]) > 200, "{}", runs[1].stderr);
}

#[test]
fn threads_have_rings_of_their_own() {
    let text = "
import socket, threading
listener = socket.create_server(('127.0.0.1', 0))
def serve():
    c, _ = listener.accept()
    with c:
        while (data := c.recv(64)):
            c.sendall(data)
def ask():
    with socket.create_connection(listener.getsockname()) as s:
        for i in range(100):
            s.sendall(b'%d' % i)
            s.recv(64)
for way in range(3):
    all = [threading.Thread(target=way) for _ in range(8) for way in (serve, ask)]
    [one.start() for one in all]
    [one.join() for one in all]
";
    let [stops, recorded] = both(&[], &script(text));
    let count = |run: &Run, part: &str| run.trace.lines().filter(|line| line.contains(part)).count();
    for part in ["sendto(", "exited with"] {
        assert_eq!(count(&stops, part), count(&recorded, part), "{part}");
    }
    assert!(self::recorded(&recorded) > 8000, "{}", recorded.stderr);
}

/// A program is ready for the agent when it starts, whatever is traced.
#[test]
fn one_call_alone_is_recorded() {
    let turns = LOOP.replace(
        "for i",
        "import threading\nthreading.Thread(target=threading.Event().wait, args=(.1,)).start()\nfor i",
    );
    let runs = both(&["-e", "trace=sendto"], &script(&turns));
    assert!(recorded(&runs[1]) >= 500, "{}", runs[1].stderr);
    assert_eq!(runs[1].trace.lines().filter(|line| line.contains("sendto(")).count(), 500);
}

/// What was recorded is not lost with the process, whenever that is killed.
#[test]
fn a_kill_loses_nothing_that_was_complete() {
    let folder = tempfile::tempdir().expect("a folder");
    let (log, done) = (folder.path().join("log"), folder.path().join("done"));
    let text = "
import mmap, os, socket, sys, struct
with open(sys.argv[1], 'wb+') as file:
    file.truncate(4096)
    done = mmap.mmap(file.fileno(), 4096)
a, b = socket.socketpair()
print(os.getpid(), 'ready', flush=True)
n = 0
while True:
    a.send(b'x'); n += 1
    struct.pack_into('q', done, 0, n)
    b.recv(1)
";
    for time in 0..20u64 {
        let mut command = sockscope();
        command.args(["-f", "--agent=require", "-e", "trace=sendto", "-o"]).arg(&log).args(script(text)).arg(&done);
        let (mut tracer, pid, _out) = ready(command);
        let count =
            || std::fs::read(&done).ok().and_then(|bytes| Some(i64::from_ne_bytes(bytes.get(..8)?.try_into().ok()?)));
        until("it sends", || count().is_some_and(|count| count > 10 + 37 * time as i64));
        kill(Pid::from_raw(pid), Signal::SIGKILL).expect("a process of ours");
        wait(&mut tracer);
        let log = std::fs::read_to_string(&log).expect("the log");
        let complete = log.lines().filter(|line| line.contains("sendto(") && line.ends_with("= 1")).count() as i64;
        let counted = count().unwrap_or(0);
        assert!((counted..=counted + 1).contains(&complete), "{counted} were made, {complete} are in the log");
        assert!(log.trim_end().ends_with("+++ killed by SIGKILL +++"));
    }
}

/// Rule 9: a call that waits is seen while it does.
#[test]
fn a_call_that_waits_is_seen() {
    let text = "
import os, socket
a, b = socket.socketpair()
for i in range(50): a.send(b'x'); b.recv(1)
print(os.getpid(), 'ready', flush=True)
b.recv(1)
";
    let mut command = sockscope();
    command.args(["-f", "--agent=require", "-e", "trace=recvfrom"]).args(script(text)).stderr(Stdio::piped());
    let (mut tracer, pid, _out) = ready(command);
    let mut errors = tracer.stderr.take().expect("piped");
    let mut seen = Vec::new();
    let mut byte = [0];
    let begins =
        |seen: &[u8]| String::from_utf8_lossy(seen).lines().last().is_some_and(|line| line.ends_with("recvfrom(4, "));
    while !begins(&seen) && std::io::Read::read(&mut errors, &mut byte).expect("a byte") == 1 {
        seen.extend(byte);
    }
    assert!(begins(&seen), "{}", String::from_utf8_lossy(&seen));
    kill(Pid::from_raw(pid), Signal::SIGKILL).expect("a process of ours");
    wait(&mut tracer);
}

/// Rule 1: a full ring is never waited for, and nothing is lost by it.
#[test]
fn a_full_ring_makes_calls_stop() {
    let turns = LOOP.replace("500", "30000");
    let ours = run(sockscope(), &["-f", "--agent=require", "--stats", "-e", "trace=sendto,recvfrom"], &script(&turns));
    assert_eq!(ours.trace.lines().count(), 60001, "{}", ours.stderr);
    assert!(recorded(&ours) > 1000, "{}", ours.stderr);
}

#[test]
fn what_needs_stops_is_refused_in_a_sentence() {
    for (options, part) in [
        (&["-f", "--why"][..], "--why"),
        (&["-f", "--state"], "--state"),
        (&["-f", "-yy"], "-y"),
        (&["-f", "--no-seccomp"], "--no-seccomp"),
        (&[], "-f"),
    ] {
        let options: Vec<&str> = ["--agent=require"].iter().chain(options).copied().collect();
        let ours = run(sockscope(), &options, &["true"]);
        assert_eq!(ours.status.code(), Some(1), "{ours:?}");
        assert!(ours.stderr.contains("cannot trace with --agent=require") && ours.stderr.contains(part), "{ours:?}");
        let options: Vec<&str> = ["--agent=auto", "--stats"].iter().chain(&options[1..]).copied().collect();
        let ours = run(sockscope(), &options, &["true"]);
        assert!(ours.status.success() && ours.stderr.contains("stopped the program"), "{ours:?}");
    }
}
