//! What we say where the kernel does not let us trace, and what tracing does to programs that gain rights.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::run::{Run, program, ready, run, until, wait};
use crate::support::needs::{Need, have, skip, strace};

/// A number no user of the system has.
const NOBODY: &str = "65534";

/// Our command where every user can run it: the place it was built in may be closed to others.
fn for_everybody() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("opened to all");
    let copy = folder.path().join("sockscope");
    std::fs::copy(env!("CARGO_BIN_EXE_sockscope"), &copy).expect("copied");
    (folder, copy)
}

/// The command as a user without rights.
fn as_nobody(command: &std::path::Path) -> Command {
    let mut all = Command::new("setpriv");
    all.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]).arg(command).stdin(Stdio::null());
    all
}

/// A process that is not ours to trace: another user's for root turned nobody, one that hides itself for others.
#[test]
fn a_process_that_may_not_be_traced() {
    let (mut hidden, pid, _out) = {
        let mut command = Command::new(program("signals"));
        command.arg("hidden").stdin(Stdio::null());
        ready(command)
    };
    let (_folder, copy) = for_everybody();
    let mut tracer = if nix::unistd::geteuid().is_root() { as_nobody(&copy) } else { Command::new(&copy) };
    let output = tracer.args(["trace", "-p", &pid.to_string()]).output().expect("setpriv is installed (util-linux)");
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains(&format!("cannot trace process {pid}: Operation not permitted")), "{message}");
    assert!(message.contains("root"), "it names what to try: {message}");
    kill(Pid::from_raw(pid), Signal::SIGKILL).expect("ours");
    wait(&mut hidden);
}

/// ptrace or seccomp forbidden to us ourselves, as some containers do.
#[test]
fn a_kernel_that_refuses_is_quoted() {
    for (call, parts) in [
        ("ptrace", ["may not trace the program (Operation not permitted", "ptrace must be allowed"]),
        ("seccomp", ["refused the seccomp filter (Operation not permitted", "try --no-seccomp"]),
    ] {
        let mut refused = Command::new(program("refuse"));
        refused.args([call, env!("CARGO_BIN_EXE_sockscope"), "trace"]).stdin(Stdio::null());
        let ours = run(refused, &["-f"], &["true"]);
        assert_eq!(ours.status.code(), Some(1), "{ours:?}");
        assert!(parts.iter().all(|part| ours.stderr.contains(part)), "{call}: {}", ours.stderr);
        assert_eq!(ours.trace, "", "{call}");
    }
    // Where the filter is refused the slow way still works.
    let mut refused = Command::new(program("refuse"));
    refused.args(["seccomp", env!("CARGO_BIN_EXE_sockscope"), "trace"]).stdin(Stdio::null());
    let ours = run(refused, &["-f", "--no-seccomp"], &[program("session").as_os_str()]);
    assert!(ours.status.code() == Some(7) && ours.trace.contains("accept4("), "{ours:?}");
}

/// A filter costs a program the right to gain rights only where it cannot be had otherwise: never for root, and for
/// others not with --no-seccomp.
#[test]
fn only_a_filter_of_an_ordinary_user_sets_no_new_privs() {
    let who = |mut tracer: Command, options: &[&str], copy: &std::path::Path| -> String {
        let output = tracer.arg("trace").args(options).args(["-o", "/dev/null"]).arg(copy).output().expect("it runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text").trim().to_string()
    };
    let (folder, tracer) = for_everybody();
    let subject = folder.path().join("whoami");
    std::fs::copy(program("whoami"), &subject).expect("copied");
    let before = String::from_utf8(Command::new(&subject).output().expect("it runs").stdout).expect("text");
    let root = nix::unistd::geteuid().is_root();
    let filtered = who(Command::new(&tracer), &["-f"], &subject);
    let slow = who(Command::new(&tracer), &["-f", "--no-seccomp"], &subject);
    assert_eq!(slow, before.trim());
    if root {
        assert_eq!(filtered, before.trim(), "root needs no no_new_privs");
        assert_eq!(who(as_nobody(&tracer), &["-f"], &subject), format!("{NOBODY} {NOBODY} 1"));
        assert_eq!(who(as_nobody(&tracer), &["-f", "--no-seccomp"], &subject), format!("{NOBODY} {NOBODY} 0"));
    } else {
        assert!(filtered.ends_with(" 1"), "{filtered}");
    }
}

/// Programs that are another user's by their mode: without rights of ours they get none, from root they keep theirs.
#[test]
fn setuid_programs_are_treated_as_strace_treats_them() {
    if !have(Need::Root) {
        return;
    }
    let (folder, ours) = for_everybody();
    let subject = folder.path().join("whoami");
    std::fs::copy(program("whoami"), &subject).expect("copied");
    std::fs::set_permissions(&subject, PermissionsExt::from_mode(0o4755)).expect("made setuid");
    let printed = |mut command: Command| -> String {
        let output = command.stdin(Stdio::null()).output().expect("it runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    let bare = printed(as_nobody(&subject));
    if !bare.starts_with(&format!("{NOBODY} 0 ")) {
        skip(Need::Kernel("a folder for temporary files that is not mounted nosuid"));
        return;
    }
    // A tracer without rights: the kernel ignores the mode, with a filter and without.
    for options in [&["-f"][..], &["-f", "--no-seccomp"], &[]] {
        let mut traced = as_nobody(&ours);
        traced.arg("trace").args(options).args(["-o", "/dev/null"]).arg(&subject);
        assert!(printed(traced).starts_with(&format!("{NOBODY} {NOBODY} ")), "{options:?}");
        if strace().is_some() {
            let mut theirs = as_nobody("strace".as_ref());
            let options: &[&str] = if options == ["-f"] { &["-f", "--seccomp-bpf"] } else { &["-f"] };
            theirs.args(options).args(["-o", "/dev/null"]).arg(&subject);
            assert!(printed(theirs).starts_with(&format!("{NOBODY} {NOBODY} ")), "strace {options:?}");
        }
    }
    // From root with -u the program gains what it would without us.
    for options in [&["-f"][..], &["-f", "--no-seccomp"], &[]] {
        let mut traced = Command::new(&ours);
        traced.arg("trace").args(options).args(["-u", "nobody", "-o", "/dev/null"]).arg(&subject);
        assert!(printed(traced).starts_with(&format!("{NOBODY} 0 ")), "{options:?}");
        if strace().is_some() {
            let mut theirs = Command::new("strace");
            theirs.args(["-f", "-u", "nobody", "-o", "/dev/null"]).arg(&subject);
            assert!(printed(theirs).starts_with(&format!("{NOBODY} 0 ")), "strace");
        }
    }
}

/// SIGCHLD ignored by whoever started us: the kernel then reaps children unasked, yet the program's end is reported, and the
/// program finds the signal ignored as it would without us.
#[test]
fn an_ignored_sigchld_neither_hides_the_end_nor_stays_away_from_the_program() {
    let ignoring = |command: &[&str]| -> Run {
        let mut shell = Command::new("python3");
        // The program becomes the command with the signal ignored; shells differ in whether they allow it.
        let script = "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execvp(sys.argv[1], sys.argv[1:])";
        shell.args(["-c", script]).args(command).stdin(Stdio::null());
        let output = shell.output().expect("python3 is needed (Debian: apt install python3)");
        Run {
            status: output.status,
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
            trace: String::new(),
        }
    };
    let show = "grep SigIgn /proc/self/status";
    let bare = ignoring(&["sh", "-c", show]);
    assert!(bare.stdout.contains("SigIgn:"), "{bare:?}");
    let ours = env!("CARGO_BIN_EXE_sockscope");
    for options in [&["-f"][..], &[], &["-f", "--no-seccomp"], &["-D", "-f"]] {
        let start: Vec<&str> = [ours, "trace"].iter().chain(options).copied().collect();
        let with = |rest: &[&str]| ignoring(&start.iter().copied().chain(rest.iter().copied()).collect::<Vec<_>>());
        let traced = with(&["-o", "/dev/null", "sh", "-c", show]);
        assert_eq!(traced.stdout, bare.stdout, "{options:?}");
        let failing = with(&["-o", "/dev/null", "sh", "-c", "exit 41"]);
        assert_eq!(failing.status.code(), Some(41), "{options:?}: {failing:?}");
        let killed = with(&["-o", "/dev/null", "sh", "-c", "kill -TERM $$"]);
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&killed.status), Some(15), "{options:?}: {killed:?}");
        let piped = with(&["-o", "|cat >&2", program("session").to_str().expect("a path")]);
        assert_eq!(piped.status.code(), Some(7), "{options:?}: {piped:?}");
        until("the command has written", || !piped.stderr.is_empty());
        assert!(piped.stderr.contains("+++ exited with 7 +++"), "{options:?}: {piped:?}");
    }
}
