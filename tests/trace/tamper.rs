//! What is done to calls on purpose, beside strace doing the same.

use std::ffi::{OsStr, OsString};

use crate::run::{Run, normal, program, run, sockscope};
use crate::subject;
use crate::support::interpreters::python3;
use crate::support::needs::strace;

/// Changes folders that are there and removes ones that are not, twice each, and looks where it is.
const SCRIPT: &str = "import os
for i in range(4):
    for f in (lambda: os.chdir('/'), lambda: os.rmdir('/no/such')):
        try: f()
        except OSError: pass
try: os.getcwd()
except OSError: pass";

fn python(script: &str) -> Vec<OsString> {
    [OsString::from(python3()), "-S".into(), "-c".into(), script.into()].into()
}

/// The same under strace: results, trace and what the program printed.
fn compare<S: AsRef<OsStr>>(options: &[&str], command: &[S]) -> Option<Run> {
    let ours = run(sockscope(), options, command);
    let theirs = run(strace()?, options, command);
    assert_eq!((ours.status, &ours.stdout), (theirs.status, &theirs.stdout), "{options:?}: {}", ours.stderr);
    let tidy = |run: &Run| run.trace.lines().map(normal).collect::<Vec<_>>();
    subject::assert_same(&format!("{options:?}"), &tidy(&theirs), &tidy(&ours));
    Some(ours)
}

#[test]
fn calls_are_tampered_with_as_strace_does() {
    let command = python(SCRIPT);
    for expression in [
        "chdir:error=ENOENT:when=1",
        "chdir:retval=42",
        "chdir:retval=0x123456789",
        "chdir:retval=-1",
        "chdir:error=4095",
        "chdir:signal=CHLD",
        "chdir:signal=USR1",
        "chdir:delay_enter=100",
        "chdir:delay_exit=1ms:error=EPERM:signal=17",
        "chdir:delay_enter=0.1ms:retval=0:when=2+",
        "chdir:poke_enter=@arg1=2f746d7000:when=2",
        "getcwd:poke_exit=@arg1=2f746d7000:retval=5",
        "chdir:syscall=getpid:retval=5",
        "chdir:syscall=getuid:error=EIO",
        "chdir,rmdir:error=EPERM:when=2..3",
        "chdir,rmdir:error=EPERM:when=1+2",
        "chdir:error=EPERM:when=1..4+3",
        "/^(ch|rm)dir$:error=ebusy:when=3",
        "exit_group:error=ENOMEM:when=1..2",
        "exit_group:delay_enter=100:signal=CHLD",
        "all:delay_exit=10us",
    ] {
        for follow in [&[][..], &["-f"]] {
            let selection = ["-e", "trace=chdir,rmdir,getcwd,exit_group", "-e"];
            let inject = format!("inject={expression}");
            let options = [follow, &selection, &[&inject]].concat();
            compare(&options, &command);
        }
    }
    let several = ["-e", "trace=chdir,rmdir", "--inject=chdir:error=EPERM:when=2", "--fault=rmdir:error=EIO:when=1"];
    compare(&several, &command);
    compare(&["-e", "trace=chdir,rmdir", "-P", "/no/such", "-e", "fault=chdir,rmdir"], &command);
    compare(&["-e", "trace=chdir", "-e", "status=failed", "-e", "fault=chdir:when=1"], &command);
    compare(&["-e", "trace=chdir", "-e", "raw=chdir", "-e", "inject=chdir:retval=9:when=2"], &command);
    compare(&["-y", "-e", "trace=openat", "-e", "inject=openat:retval=0:when=3"], &command);
    // Memory that cannot be mapped, and a process that cannot be made.
    compare(&["-e", "trace=vfork", "-e", "inject=vfork:error=EAGAIN"], &["sh", "-c", "/bin/true; true"]);
}

/// Each thread and process counts its own calls.
#[test]
fn every_thread_counts_its_own_calls() {
    let script = "import os, threading
def change():
    try: os.chdir('/')
    except OSError: print('refused', flush=True)
change()
thread = threading.Thread(target=change); thread.start(); thread.join()
if os.fork() == 0:
    change(); change(); os._exit(0)
os.wait()";
    let options = ["-f", "-e", "trace=chdir", "-e", "inject=chdir:error=EPERM:when=1"];
    let ours = run(sockscope(), &options, &python(script));
    assert_eq!(ours.stdout, "refused\nrefused\nrefused\n", "{}", ours.trace);
    if let Some(strace) = strace() {
        assert_eq!(run(strace, &options, &python(script)).stdout, ours.stdout);
    }
}

/// A delay of one thread does not hold up another.
#[test]
fn only_the_delayed_thread_waits() {
    let script = "import os, threading, time
begun = threading.Event()
def late():
    begun.set(); os.chdir('/'); print('late', flush=True)
thread = threading.Thread(target=late); thread.start(); begun.wait()
for i in range(50): os.rmdir('/no/such') if False else os.getppid()
print('early', flush=True); thread.join()";
    let options = ["-f", "-e", "trace=chdir,getppid", "-e", "inject=chdir:delay_enter=1s"];
    let ours = run(sockscope(), &options, &python(script));
    assert_eq!(ours.stdout, "early\nlate\n", "{}", ours.trace);
    assert!(ours.trace.contains("= 0 (DELAYED)"), "{}", ours.trace);
}

/// Nobody else has that: one line of Python sees its connection refused, another does not.
#[test]
fn a_line_of_python_is_refused_what_another_is_granted() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("client.py");
    let script = "import socket
server = socket.create_server(('127.0.0.1', 0))
for attempt in range(2):
    try:
        socket.create_connection(server.getsockname()).close()
        print('connected')
    except ConnectionRefusedError:
        print('refused')
socket.create_connection(server.getsockname()).close()
";
    std::fs::write(&file, script).expect("written");
    let command = [OsString::from(python3()), file.into()];
    for (inject, printed) in [
        ("inject=connect:error=ECONNREFUSED:line=client.py:5", "refused\nrefused\n"),
        ("inject=connect:error=ECONNREFUSED:line=client.py:5:when=2", "connected\nrefused\n"),
        ("inject=connect:error=ECONNREFUSED:line=server.py:5", "connected\nconnected\n"),
        ("inject=connect:error=ECONNREFUSED:line=client.py:6", "connected\nconnected\n"),
    ] {
        let ours = run(sockscope(), &["-f", "-e", inject], &command);
        assert!(ours.status.success() && ours.stdout == printed, "{inject}: {}{}", ours.stdout, ours.trace);
        assert_eq!(ours.trace.matches("(INJECTED)").count(), printed.matches("refused").count(), "{}", ours.trace);
    }
}

/// What was done to a call is in every format, and comes back from it.
#[test]
fn the_mark_survives_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let inject = "inject=chdir:error=EPERM:delay_exit=1:when=2";
    let text = run(sockscope(), &["-e", "trace=chdir", "-e", inject], &python(SCRIPT)).trace;
    let marked = text.lines().find(|line| line.ends_with("(INJECTED) (DELAYED)")).expect("a marked line");
    let file = folder.path().join("a.strace");
    std::fs::write(&file, &text).expect("written");
    let convert = |file: &std::path::Path, to: &std::path::Path| {
        let command = std::process::Command::new(env!("CARGO_BIN_EXE_sockscope"))
            .arg("convert")
            .arg(file)
            .arg("-o")
            .arg(to)
            .status();
        assert!(command.expect("it runs").success());
        std::fs::read_to_string(to).expect("the result")
    };
    let json = folder.path().join("a.jsonl");
    assert!(convert(&file, &json).contains(r#""mark":"(INJECTED) (DELAYED)""#));
    assert!(convert(&json, &folder.path().join("b.strace")).contains(marked));
}

/// A call that is not shown is left alone, and a remark reports that.
#[test]
fn what_is_not_traced_is_left_alone() {
    let ours = run(sockscope(), &["-e", "trace=getcwd", "-e", "fault=chdir"], &python(SCRIPT));
    assert!(ours.stderr.contains("nothing is done to chdir"), "{}", ours.stderr);
    let odd = run(sockscope(), &["-e", "inject=chdir:retval=-1"], &python(SCRIPT));
    assert!(odd.stderr.contains("the result -1 is error 1") && odd.trace.contains("(INJECTED)"), "{odd:?}");
}

/// The options that change what is followed and how lines begin.
#[test]
fn options_are_straces() {
    let (command, session) = (python(SCRIPT), program("session"));
    let lines = |options: &[&str]| run(sockscope(), options, &command).trace;
    for options in [
        &["-e", "trace=!!chdir"][..],
        &["-e", "trace=%file@64,socketcall@32,read@x32"],
        &["--strings-in-hex=non-ascii-chars", "-e", "trace=getcwd,readlink"],
        &["-I", "3", "-e", "trace=chdir"],
        &["--interruptible=never_tstp", "-e", "trace=chdir"],
        &["--silence=exit", "-e", "trace=chdir"],
        &["--silent=exit", "-e", "trace=chdir"],
        &["-c", "-S", "name", "-U", "name,errors,calls", "-e", "trace=chdir,close,rt_sigprocmask"],
        &["-c", "-S", "name", "--summary-columns=count", "-e", "trace=chdir,close"],
        &[
            "-c",
            "-S",
            "name",
            "-O",
            "100s",
            "-U",
            "time,total-time,min-time,max-time,avg-time,calls",
            "-e",
            "trace=chdir",
        ],
    ] {
        compare(options, &command);
    }
    compare(&["-e", "read=!!4", "-e", "trace=read,recvfrom"], &[session.as_os_str()]);
    let overhead = ["--summary-syscall-overhead=100s", "-w", "-c", "-e", "trace=chdir"];
    assert!(lines(&overhead).contains("0.000000           0         4           chdir"), "{}", lines(&overhead));
    let address = regex::Regex::new(r"^\[[0-9a-f]{16}\] chdir\(").expect("a regex");
    for option in ["-i", "--instruction-pointer"] {
        let trace = lines(&[option, "-e", "trace=chdir"]);
        assert!(
            trace.lines().all(|line| address.is_match(line) || line.starts_with("[????????????????] +++")),
            "{trace}"
        );
    }
    for option in ["-d", "--debug"] {
        let run = run(sockscope(), &[option, "-e", "trace=chdir"], &command);
        assert!(run.stderr.contains("exited with 0]"), "{}", run.stderr);
    }
    let clock = regex::Regex::new(r"^\d{10}\.\d{3} chdir").expect("a regex");
    for option in ["--absolute-timestamps", "--timestamps"] {
        let both = [format!("{option}=unix"), format!("{option}=ms")];
        assert!(clock.is_match(&lines(&[&both[0], &both[1], "-e", "trace=chdir"])));
    }
    for (options, printed) in [(&["-V"][..], "sockscope "), (&["--version"], "sockscope ")] {
        let out = sockscope().args(options).output().expect("it runs");
        assert!(out.status.success() && String::from_utf8_lossy(&out.stdout).starts_with(printed));
    }
    assert!(run(sockscope(), &["--tips=2,full"], &["true"]).stderr.contains("tip: "));
    assert_eq!(run(sockscope(), &["--tips=format:none"], &["true"]).stderr, "");
}

/// A process that executes another program is let go: its line is the last, and it runs on.
#[test]
fn a_process_is_let_go_at_execve() {
    let script = "/bin/echo one; exec /bin/echo two";
    for option in [&["-b", "execve"][..], &["--detach-on=execve"]] {
        let options = [option, &["-f", "-e", "trace=execve,write"]].concat();
        let ours = run(sockscope(), &options, &["sh", "-c", script]);
        assert_eq!(ours.stdout, "one\ntwo\n");
        assert_eq!(ours.trace.matches(" <detached ...>\n").count(), 2, "{}", ours.trace);
        assert!(!ours.trace.contains("write("), "{}", ours.trace);
        if let Some(strace) = strace() {
            let count = |trace: &str| (trace.matches("execve(").count(), trace.matches(" <detached ...>").count());
            assert_eq!(count(&run(strace, &options, &["sh", "-c", script]).trace), count(&ours.trace));
        }
    }
}

/// An execve that fails is shown as strace shows it.
#[test]
fn a_program_that_cannot_be_executed_shows_its_call() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("x");
    std::fs::write(&file, "#!/no/such/interpreter\n").expect("written");
    for mode in [0o755, 0o644] {
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(mode)).expect("set");
        let ours = run(sockscope(), &["-e", "trace=execve"], &[&file]);
        let Some(strace) = strace() else { return };
        let theirs = run(strace, &["-e", "trace=execve"], &[&file]);
        assert_eq!(ours.status.code(), Some(126), "as a shell has it: {ours:?}");
        assert!(!ours.trace.is_empty(), "{ours:?}");
        assert_eq!(normal(ours.lines()[0]), normal(theirs.lines()[0]));
    }
}

/// The tracer stands beside the program, in a group or session of its own.
#[test]
fn a_tracer_beside_the_program_is_where_it_is_asked_to_be() {
    // Who traces the program, and that one's group and session.
    let script = "import os
tracer = int(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('TracerPid')))
print(os.getppid() == tracer, os.getpgid(tracer) == tracer, os.getsid(tracer) == tracer)";
    for (option, expected) in [
        ("-D", "False False False"),
        ("--daemonize", "False False False"),
        ("-DD", "False True False"),
        ("--daemonize=pgroup", "False True False"),
        ("-DDD", "False True True"),
        ("--daemonize=session", "False True True"),
    ] {
        let ours = run(sockscope(), &[option], &python(script));
        assert_eq!(ours.stdout.trim(), expected, "{option}");
    }
}

/// A process that runs already and a program that is started, in one trace.
#[test]
fn a_program_is_traced_beside_a_process() {
    let script = "import os, sys
print(os.getpid(), 'ready', flush=True)
sys.stdin.readline()
os.chdir('/')";
    let command = python(script);
    let mut child = std::process::Command::new(&command[0])
        .args(&command[1..])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().expect("piped")), &mut line)
        .expect("read");
    let stdin = child.stdin.take().expect("piped");
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let mut tracer = sockscope();
    tracer
        .args(["-e", "trace=chdir", "-p", &child.id().to_string(), "-o"])
        .arg(&log)
        .args(python("import os; os.chdir('/usr')"));
    let mut tracer = tracer.spawn().expect("it starts");
    crate::run::until("the program's call is there", || {
        std::fs::read_to_string(&log).is_ok_and(|log| log.contains("chdir(\"/usr\")"))
    });
    drop(stdin);
    assert!(child.wait().expect("a child").success());
    assert!(crate::run::wait(&mut tracer).success());
    let text = std::fs::read_to_string(&log).expect("the log");
    assert!(text.contains("chdir(\"/\")") && text.contains("chdir(\"/usr\")"), "{text}");
}
