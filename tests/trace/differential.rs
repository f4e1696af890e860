//! The same program under strace and under ours must give the same text.

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::run::{normal, program, run, sockscope, strace};
use crate::subject;

/// Calls of the session beyond the network's.
const CALLS: &str =
    "trace=%network,read,write,close,poll,select,epoll_create1,epoll_wait,epoll_ctl,ioctl,fcntl,dup,writev";

/// Ways to write the same calls.
const STYLES: [&[&str]; 5] = [&["-v", "-s5"], &["-x"], &["-xx"], &["-Xraw"], &["-Xverbose"]];

fn compare(options: &[&str], command: &[&OsStr]) {
    let Some(strace) = strace() else { return };
    let theirs = run(strace, options, command);
    let ours = run(sockscope(), options, command);
    assert_eq!(ours.status, theirs.status, "{options:?}");
    assert_eq!(ours.stdout, theirs.stdout, "{options:?}");
    assert!(theirs.lines().len() > 2, "{options:?}: strace itself wrote {:?}", theirs.trace);
    let tidy = |run: &crate::run::Run| run.trace.lines().map(normal).collect::<Vec<_>>();
    subject::assert_same(&format!("{options:?}"), &tidy(&theirs), &tidy(&ours));
}

/// Every subject of `tests/subjects`: what it says must be printed, or strace prints, we print.
#[test]
fn subjects_print_what_strace_prints() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tracer: [PathBuf; 2] = [env!("CARGO_BIN_EXE_sockscope").into(), "trace".into()];
    let tracer: Vec<&OsStr> = tracer.iter().map(|word| word.as_os_str()).collect();
    for subject in subject::all() {
        if subject.namespace && !subject::namespaces_allowed() {
            eprintln!("skipped {}: `unshare -Urn` is forbidden here", subject.name);
            continue;
        }
        let program = subject::compile(&subject, folder.path());
        let ours = subject::run(&subject, &program, &tracer, &[]);
        if subject.calls_only {
            if strace().is_some() {
                let theirs = subject::run(&subject, &program, &[OsStr::new("strace")], &[]);
                subject::assert_same(&subject.name, &theirs.trace, &ours.trace);
                for options in STYLES {
                    let theirs = subject::run(&subject, &program, &[OsStr::new("strace")], options);
                    let ours = subject::run(&subject, &program, &tracer, options);
                    subject::assert_same(&format!("{} {options:?}", subject.name), &theirs.trace, &ours.trace);
                }
            }
        } else {
            subject::assert_same(&subject.name, &ours.said, &ours.trace);
        }
    }
}

#[test]
fn a_session_is_written_alike_with_every_option() {
    let session = program("session");
    for options in [
        &[][..],
        &["-f", "--seccomp-bpf"],
        &["-s", "5"],
        &["-s", "200", "-v"],
        &["-x"],
        &["-a", "70"],
        &["-a1"],
        &["-z"],
        &["-Z"],
        &["-e", "status=failed"],
        &["-e", "signal=none"],
        &["-e", "verbose=none"],
        &["-e", "verbose=!bind"],
        &["-e", "read=all", "-e", "write=all"],
        &["-e", "write=4"],
        &["-y"],
        &["-yy"],
        &["--decode-fds=socket"],
        &["-qq"],
    ] {
        let all: Vec<&str> = ["-e", CALLS].iter().chain(options).copied().collect();
        compare(&all, &[session.as_os_str()]);
    }
}

#[test]
fn the_sets_of_calls_are_straces() {
    let session = program("session");
    for set in [
        "trace=%network",
        "trace=network",
        "trace=%net",
        "trace=sendto,recvfrom",
        "trace=/^send|^recv",
        "trace=?nosuchcall,bind",
        "bind",
        "trace=!%desc,%file,%memory,%process,%signal,/.*",
    ] {
        // The last is refused by name: strace's classes we do not know.
        if set.contains("%file") {
            let ours = run(sockscope(), &["-e", set], &[session.as_os_str()]);
            assert!(!ours.status.success() && ours.stderr.contains("%network"), "{ours:?}");
            continue;
        }
        compare(&["-e", set], &[session.as_os_str()]);
    }
}

#[test]
fn signals_and_ends_are_written_alike() {
    let signals = program("signals");
    for arguments in [&["signals"][..], &["signals", "fault"]] {
        let command: Vec<&OsStr> = [signals.as_os_str()].into_iter().chain(arguments.iter().map(OsStr::new)).collect();
        // Without -f, as the order of two processes' lines is chance.
        compare(&["-e", "trace=%network"], &command);
    }
}

#[test]
fn threads_that_never_return_are_written_alike() {
    let threads = program("threads");
    // Not "exec": after an exec by another thread strace loses calls now and then.
    for what in ["exit", "kill", "vfork"] {
        compare(&["-f", "--seccomp-bpf", "-e", "trace=%network"], &[threads.as_os_str(), OsStr::new(what)]);
    }
}

#[test]
fn times_have_straces_form() {
    let session = program("session");
    for (option, form) in [
        ("-t", "00:00:00 socket("),
        ("-tt", "00:00:00.000000 socket("),
        ("-ttt", "0000000000.000000 socket("),
        ("-r", "     0.000000 socket("),
        ("-n", "[  00] socket("),
    ] {
        let ours = run(sockscope(), &[option, "-e", "trace=%network"], &[session.as_os_str()]);
        let line = ours.lines()[0].to_string();
        let digits = |c: char| if c.is_ascii_digit() { '0' } else { c };
        let start: String = line.chars().map(digits).take(form.len()).collect();
        assert_eq!(start, form, "{option}: {line}");
    }
    let ours = run(sockscope(), &["-T", "-e", "trace=%network"], &[session.as_os_str()]);
    for line in ours.lines().iter().filter(|line| line.contains(" = ")) {
        let (_, time) = line.rsplit_once(" <").unwrap_or_else(|| panic!("no time: {line}"));
        assert!(time.ends_with('>') && time.len() == "0.000000>".len(), "{line}");
    }
}

#[test]
fn counts_are_straces() {
    let Some(strace) = strace() else { return };
    let session = program("session");
    let options = ["-c", "-S", "name", "-e", "trace=%network"];
    let count = |run: crate::run::Run| -> Vec<(String, String, String)> {
        run.trace
            .lines()
            .filter(|line| line.contains('.'))
            .map(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                let errors = if words.len() == 6 { words[4] } else { "" };
                (words[words.len() - 1].to_string(), words[3].to_string(), errors.to_string())
            })
            .collect()
    };
    let theirs = count(run(strace, &options, &[session.as_os_str()]));
    assert!(theirs.len() > 10, "{theirs:?}");
    assert_eq!(count(run(sockscope(), &options, &[session.as_os_str()])), theirs);
}
