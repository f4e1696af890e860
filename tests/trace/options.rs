//! Options that are ours, or whose effect strace cannot witness.

use crate::run::{normal, program, run, sockscope};
use crate::support::needs::{Need, skip, strace};

/// Without -e trace= only what concerns sockets is shown: the files a program opens are not.
#[test]
fn the_default_is_what_concerns_sockets() {
    for options in [&[][..], &["-f"]] {
        let ours = run(sockscope(), options, &[program("session").as_os_str()]);
        assert_eq!(ours.status.code(), Some(7));
        for call in
            ["socket(", "poll([", "pselect6(", "write(", "dup(", "fcntl(", "ioctl(", "epoll_ctl(", "epoll_wait("]
        {
            assert!(ours.trace.contains(call), "{call}: {}", ours.trace);
        }
        assert!(!ours.trace.contains("ELF"), "the reading of libraries is not about sockets: {}", ours.trace);
        // Each close is of a socket or of the epoll descriptor that watched one: five per family, and one of the pair.
        let closes = ours.lines().iter().filter(|line| line.contains("close(")).count();
        assert_eq!(closes, 11, "{}", ours.trace);
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
fn strings_as_characters() {
    let write = |options: &[&str]| run(sockscope(), &[&["-e", "write"], options].concat(), &["printf", "我\\33"]).trace;
    for (options, text) in [
        (&["--text", "utf8"][..], "write(1, \"我\\33\", 4)                    = 4"), // two columns wide
        (&["--text=octal"], r#"write(1, "\346\210\221\33", 4)          = 4"#),
        (&[], r#"write(1, "\346\210\221\33", 4)          = 4"#),
        (&["--text", "utf8", "-x"], r#"write(1, "\xe6\x88\x91\x1b", 4)         = 4"#),
    ] {
        assert!(write(options).contains(text), "{options:?}: {}", write(options));
    }
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
    assert!(texts.iter().all(|text| text.ends_with("+++ exited with 5 +++\n") && !text.contains("[pid")), "{texts:?}");
}

#[test]
fn standard_error_distinguishes_processes() {
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
    assert!(unknown.stderr.contains("did you mean 'html'? known are "), "{}", unknown.stderr);
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

/// A call that waited while another thread was shown is in two halves, or with --whole shown again from its start.
#[test]
fn an_interrupted_call_is_reported_whole() {
    let command = [program("threads").into_os_string(), "wake".into()];
    let halves = run(sockscope(), &["-f", "-e", "trace=%network"], &command);
    assert!(halves.trace.contains("<... recvfrom resumed>\"wake\", 8, 0, NULL, NULL) = 4"), "{}", halves.trace);
    let whole = run(sockscope(), &["-f", "--whole", "-e", "trace=%network"], &command);
    assert!(whole.trace.contains("recvfrom(3,  <unfinished ...>"), "{}", whole.trace);
    assert!(whole.trace.contains("recvfrom(3, \"wake\", 8, 0, NULL, NULL) = 4"), "{}", whole.trace);
    assert!(!whole.trace.contains("resumed"), "{}", whole.trace);
}

/// -A keeps what a file holds, and without it the file is begun anew; so with a file per process.
#[test]
fn a_file_is_appended_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let traced = |options: &[&str]| {
        let mut tracer = sockscope();
        let status = tracer.args(options).arg("-o").arg(&log).arg(program("whoami")).status();
        assert!(status.expect("it runs").success(), "{options:?}");
        std::fs::read_to_string(&log).unwrap_or_default()
    };
    std::fs::write(&log, "kept\n").expect("written");
    for (at, option) in ["-A", "--output-append-mode"].into_iter().enumerate() {
        let text = traced(&[option]);
        assert!(text.starts_with("kept\n"), "{option}: {text}");
        assert_eq!(text.matches("socketpair(").count(), at + 1, "{option}: {text}");
        assert_eq!(text.matches("+++ exited with 0 +++").count(), at + 1, "{option}: {text}");
    }
    assert_eq!(traced(&[]).matches("socketpair(").count(), 1);
    // Two runs, two processes: each its own file, and what the files of others hold is left alone.
    for option in ["-ff", "--output-separately"] {
        traced(&[option, "-A"]);
    }
    let files = std::fs::read_dir(folder.path()).expect("the folder").count();
    assert_eq!(files, 3);
    // JSON lines append as well; each run's events begin at 0.
    let jsonl = |_| traced(&["-A", "--format", "jsonl"]);
    std::fs::remove_file(&log).expect("removed");
    let text = [(); 2].map(jsonl)[1].clone();
    let events: Vec<_> = text.lines().map(|line| sockscope::json::read(line).expect(line)).collect();
    assert_eq!(events.iter().filter(|event| event.seq == 0).count(), 2, "{text}");
    // A table names its columns once, also where there is nothing to add to yet.
    let csv = |_| traced(&["-A", "--format", "csv"]);
    std::fs::remove_file(&log).expect("removed");
    let [once, twice] = [(); 2].map(csv);
    assert!(once.starts_with("seq,ts,") && twice.starts_with(&once), "{twice}");
    assert_eq!((twice.matches("seq,ts,").count(), twice.matches("socketpair(").count()), (1, 2), "{twice}");
    // What has an end cannot go on.
    let mut tracer = sockscope();
    let refused = tracer.args(["-A", "--format", "json", "-o"]).arg(&log).arg(program("whoami")).output();
    let refused = refused.expect("it runs");
    let why = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && why.contains("-A") && why.contains("--format jsonl"), "{why}");
    assert_eq!(std::fs::read_to_string(&log).expect("it is there"), twice);
}

/// Every order of -S: by what can be compared with strace there, by what must hold of the numbers here.
#[test]
fn counts_are_sorted_by_every_order() {
    /// Name, seconds, µs per call, calls, errors.
    type Row = (String, f64, u64, u64, u64);
    let session = program("session");
    let rows = |order: &str| -> Vec<Row> {
        let ours = run(sockscope(), &["-c", "-w", "-S", order, "-e", "trace=%network"], &[session.as_os_str()]);
        assert_eq!(ours.status.code(), Some(7), "{}", ours.stderr);
        let table = ours.trace.lines().filter(|line| line.contains('.') && !line.ends_with(" total"));
        table
            .map(|line| {
                let words: Vec<&str> = line.split_whitespace().collect();
                let number = |at: usize| words[at].parse::<u64>().expect(line);
                let errors = if words.len() == 6 { number(4) } else { 0 };
                let name = words[words.len() - 1].to_string();
                (name, words[1].parse().expect(line), number(2), number(3), errors)
            })
            .collect()
    };
    let falls = |order: &str, key: &dyn Fn(&Row) -> f64| {
        let rows = rows(order);
        assert!(rows.len() > 10, "{order}: {rows:?}");
        assert!(rows.is_sorted_by(|a, b| key(a) >= key(b)), "{order}: {rows:?}");
    };
    for order in ["time", "total-time", "time-percent"] {
        falls(order, &|row| row.1);
    }
    for order in ["calls", "count"] {
        falls(order, &|row| row.3 as f64);
    }
    for order in ["errors", "error"] {
        falls(order, &|row| row.4 as f64);
    }
    // µs per call are rounded down, so they fall as the exact ones do.
    falls("avg-time", &|row| row.2 as f64);
    let names = |order: &str| rows(order).into_iter().map(|row| row.0).collect::<Vec<_>>();
    let mut sorted = names("nothing");
    sorted.sort();
    for order in ["name", "syscall"] {
        assert_eq!(names(order), sorted, "{order}");
    }
    // The shortest and the longest call of each are not in the table, but every call is, once.
    for order in ["min-time", "shortest", "max-time", "longest"] {
        let mut all = names(order);
        all.sort();
        assert_eq!(all, sorted, "{order}");
    }
    let refused = run(sockscope(), &["-c", "-S", "colour"], &["true"]);
    assert!(!refused.status.success() && refused.stderr.contains("-S"), "{}", refused.stderr);
    for order in ["calls", "errors", "name", "nothing"] {
        if let Some(strace) = strace() {
            let theirs = run(strace, &["-c", "-S", order, "-e", "trace=%network"], &[session.as_os_str()]);
            let table = theirs.trace.lines().filter(|line| line.contains('.') && !line.ends_with(" total"));
            let theirs: Vec<&str> = table.filter_map(|line| line.split_whitespace().last()).collect();
            assert_eq!(names(order), theirs, "{order}");
        }
    }
}

/// A thread or process that shares descriptors changes what they are for the other too.
#[test]
fn shared_descriptors_are_looked_at_anew() {
    for (what, options) in [
        ("process", &["-f"][..]),
        ("process", &["-f", "--no-seccomp"]),
        ("process", &[]),
        ("process", &["--threads-only"]),
        ("thread", &["-f"]),
        ("thread", &[]),
        ("thread", &["--threads-only"]),
    ] {
        let command = [program("shared").into_os_string(), what.into()];
        let all: Vec<&str> = options.iter().copied().chain(["-y", "-e", "trace=listen"]).collect();
        let ours = run(sockscope(), &all, &command);
        let sockets: Vec<&str> = ours.trace.split("socket:[").skip(1).collect();
        let inodes: Vec<&str> = sockets.iter().filter_map(|rest| rest.split(']').next()).collect();
        assert!(inodes.len() == 2 && inodes[0] != inodes[1], "{what} {options:?}: {}", ours.trace);
        let all: Vec<&str> = options.iter().copied().chain(["-yy", "-e", "trace=listen"]).collect();
        let ours = run(sockscope(), &all, &command);
        assert!(ours.trace.contains("listen(40<TCP:[") && ours.trace.contains("listen(40<UDP:["), "{}", ours.trace);
    }
}

/// 32-bit calls have other numbers: none is read as one of ours, and a remark is made once.
#[test]
fn calls_of_another_architecture_are_not_misread() {
    let foreign = program("foreign");
    let bare = std::process::Command::new(&foreign).status().expect("it runs");
    if bare.code() == Some(77) {
        skip(Need::Kernel("32-bit calls"));
        return;
    }
    for options in
        [&[][..], &["-f"], &["-f", "--no-seccomp"], &["-f", "-e", "trace=all"], &["-e", "trace=socket,getuid"]]
    {
        let ours = run(sockscope(), options, &[foreign.as_os_str()]);
        assert_eq!(ours.status.code(), Some(3), "{options:?}: {ours:?}");
        assert_eq!(ours.stderr.matches("makes 32-bit calls, which are not shown").count(), 1, "{options:?}: {ours:?}");
        assert!(!ours.trace.contains("socket(") && !ours.trace.contains("getuid("), "{options:?}: {}", ours.trace);
        if !options.contains(&"trace=socket,getuid") {
            assert_eq!(ours.trace.matches("sendto(3, \"x\", 1, 0, NULL, 0)").count(), 1, "{options:?}: {}", ours.trace);
        }
    }
}

/// What goes through an io_uring is no call: where sockets are what is asked for, a remark is made once.
#[test]
fn a_ring_is_reported() {
    let ring = program("ring");
    for (options, times) in [
        (&[][..], 1),
        (&["-f"], 1),
        (&["-f", "--no-seccomp"], 1),
        (&["-e", "trace=%network"], 0),
        (&["-e", "trace=io_uring_setup"], 0),
    ] {
        let ours = run(sockscope(), options, &[ring.as_os_str()]);
        assert_eq!(ours.status.code(), Some(3), "{options:?}: {ours:?}");
        assert_eq!(ours.stderr.matches("sets up an io_uring").count(), times, "{options:?}: {ours:?}");
        let shown = options.contains(&"trace=io_uring_setup");
        assert_eq!(ours.trace.matches("io_uring_setup(").count(), if shown { 3 } else { 0 }, "{options:?}: {ours:?}");
    }
}

/// The long spellings do what the short ones do.
#[test]
fn long_options_are_the_short_ones() {
    let session = program("session");
    let path = "/no/such/socket";
    for (short, long) in [
        (&["-f"][..], &["--follow-forks"][..]),
        (&["-s", "5"], &["--string-limit=5"]),
        (&["-a", "70"], &["--columns=70"]),
        (&["-x"], &["--strings-in-hex=non-ascii"]),
        (&["-xx"], &["--strings-in-hex"]),
        (&["-X", "raw"], &["--const-print-style=raw"]),
        (&["-v"], &["--no-abbrev"]),
        (&["-v"], &["--abbrev=none"]),
        (&["-n"], &["--syscall-number"]),
        (&["-N"], &["--arg-names"]),
        (&["-y"], &["--decode-fds"]),
        (&["-z"], &["--successful-only"]),
        (&["-Z"], &["--failed-only"]),
        (&["-Z"], &["--status", "failed"]),
        (&["-P", path], &["--trace-path", path]),
        (&["-e", "trace=bind"], &["--trace", "bind"]),
        (&["-e", "signal=none"], &["--signal", "none"]),
        (&["-e", "read=4"], &["--read", "4"]),
        (&["-e", "write=4"], &["--write", "4"]),
        (&["-e", "verbose=none"], &["--verbose", "none"]),
        (&["-e", "raw=bind"], &["--raw", "bind"]),
        (&["-qq"], &["--quiet=exit"]),
        (&["-f"], &["-f", "--seccomp-bpf"]),
        (&[], &["--no-python"]),
    ] {
        let tidy = |options: &[&str]| {
            let run = run(sockscope(), options, &[session.as_os_str()]);
            assert_eq!(run.status.code(), Some(7), "{options:?}: {}", run.stderr);
            run.trace.lines().map(normal).collect::<Vec<_>>()
        };
        // Addresses of structures differ from run to run, and ports written in raw.
        let (short, long) = (tidy(short), tidy(long));
        assert_eq!(short.len(), long.len(), "{short:?} {long:?}");
        let differing = short.iter().zip(&long).filter(|(a, b)| a != b && !a.contains("sin") && !a.contains("\\x"));
        assert_eq!(differing.count(), 0, "{short:?}\n{long:?}");
    }
    let table = |options: &[&str]| {
        let run = run(sockscope(), options, &[session.as_os_str()]);
        let names =
            run.trace.lines().filter(|line| line.contains('.')).filter_map(|line| line.split_whitespace().last());
        names.map(str::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        table(&["-c", "-S", "name", "-w"]),
        table(&["--summary-only", "--summary-sort-by=name", "--summary-wall-clock"])
    );
    let both = run(sockscope(), &["-C"], &[session.as_os_str()]);
    assert!(both.trace.contains("accept4(") && both.trace.contains("% time"), "{}", both.trace);
    let long = run(sockscope(), &["--summary"], &[session.as_os_str()]);
    assert!(long.trace.contains("accept4(") && long.trace.contains("% time"), "{}", long.trace);
    let env = run(sockscope(), &["--env", "SOCKSCOPE_TEST=1"], &["env"]);
    assert!(env.stdout.lines().any(|line| line == "SOCKSCOPE_TEST=1"), "{}", env.stdout);
    let user = run(sockscope(), &["--user", "no-such-user-here"], &["true"]);
    assert!(user.stderr.contains("no such user"), "{}", user.stderr);
    let beside = run(sockscope(), &["--daemonize"], &[session.as_os_str()]);
    assert_eq!(beside.status.code(), Some(7));
    let none = run(sockscope(), &["--attach", "999999999"], &[] as &[&str]);
    assert!(none.stderr.contains("no such process"), "{}", none.stderr);
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let mut tracer = sockscope();
    assert_eq!(tracer.arg("--output").arg(&log).arg(&session).status().expect("it runs").code(), Some(7));
    assert!(std::fs::read_to_string(log).expect("the log").contains("accept4("));
}

/// The lines of Python beside the calls, below their line, in full, and not at all.
#[test]
fn python_is_shown_as_asked() {
    let python = crate::support::interpreters::python3();
    let command = [python.as_os_str(), "-c".as_ref(), "import socket\nsocket.socketpair()".as_ref()];
    let trace = |options: &[&str]| run(sockscope(), options, &command).trace;
    assert!(trace(&["--python"]).contains("<string>:2"));
    assert!(trace(&["--python=full"]).contains("<string>:2"));
    let grouped = trace(&["--group", "python"]);
    assert!(
        grouped.lines().any(|line| line.starts_with("<string>:2")) && grouped.contains("\n    socketpair("),
        "{grouped}"
    );
    assert!(!trace(&["--no-python"]).contains("<string>"));
}

/// Each option that --help shows is used by a test, in every spelling it has.
#[test]
fn every_option_of_the_help_is_tested() {
    let help = sockscope().arg("--help").output().expect("it runs").stdout;
    let help = String::from_utf8(help).expect("text");
    let mut spellings = Vec::new();
    for line in help.lines().map(str::trim_start).filter(|line| line.starts_with('-')) {
        for word in line.split("  ").next().unwrap_or_default().split([',', ' ', '[', '.', '=']) {
            if word.starts_with('-') {
                spellings.push(word.to_string());
            }
        }
    }
    assert!(spellings.len() > 60 && spellings.iter().any(|word| word == "--names"), "{spellings:?}");
    // Every file with tests of the command; of this one what stands before this test.
    let this = include_str!("options.rs").split("fn every_option_of_the_help_is_tested").next().expect("the rest");
    let mut sources = vec![this.to_string()];
    for folder in ["", "trace", "agent", "why", "state"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
        for file in std::fs::read_dir(folder).expect("a folder of tests").flatten() {
            if file.path().extension() == Some("rs".as_ref()) && file.file_name() != "options.rs" {
                sources.push(std::fs::read_to_string(file.path()).expect("text"));
            }
        }
    }
    let used = |spelling: &str| {
        // As a word of an argument list: "-f", "-s5", "-ff", "--name=value".
        let exact = [format!("\"{spelling}\""), format!("\"{spelling}=")];
        let doubled = spelling.len() == 2;
        sources.iter().any(|source| {
            exact.iter().any(|text| source.contains(text))
                || (doubled && source.contains(&format!("\"{spelling}{}", &spelling[1..])))
        })
    };
    let untested: Vec<_> =
        spellings.iter().filter(|word| !used(word) && !["-h", "--help"].contains(&word.as_str())).collect();
    assert!(untested.is_empty(), "no test uses {untested:?}");
}

/// Every process's part of a set is a file of the format that the name says, which is read as one trace.
#[test]
fn a_set_has_the_number_before_the_ending() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, ending) in [("log.jsonl", ".jsonl"), ("log.csv.zst", ".csv.zst"), ("log.strace.gz", ".strace.gz")] {
        let log = folder.path().join(name);
        let command = ["sh", "-c", "sh -c exit; exit 3"];
        let status = sockscope().args(["-ff", "-e", "trace=exit_group", "-o"]).arg(&log).args(command).status();
        assert_eq!(status.expect("it runs").code(), Some(3));
        let parts = std::fs::read_dir(folder.path()).expect("the folder").filter(|entry| {
            let name = entry.as_ref().expect("an entry").file_name().into_string().expect("UTF-8");
            let number = name.strip_prefix("log.").and_then(|rest| rest.strip_suffix(ending));
            number.is_some_and(|number| number.parse::<u32>().is_ok())
        });
        assert_eq!(parts.count(), 2, "{name}");
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_sockscope")).arg("convert").arg(&log).output();
        let out = out.expect("it runs");
        let text = String::from_utf8_lossy(&out.stdout);
        assert!(out.status.success() && out.stderr.is_empty(), "{out:?}");
        assert!(text.contains("exited with 0") && text.contains("exited with 3"), "{name}: {text}");
        let threads: std::collections::BTreeSet<_> = text.lines().map(|line| line.split(' ').next()).collect();
        assert_eq!(threads.len(), 2, "{name}: {text}");
    }
}

#[test]
fn what_is_added_to_a_packed_trace_is_packed_the_same_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log.csv.gz");
    let trace = || sockscope().args(["-A", "-o"]).arg(&log).arg(program("session")).output().expect("it runs");
    let lines = || {
        let out = std::process::Command::new("gunzip").arg("-dc").arg(&log).output().expect("it runs");
        assert!(out.status.success(), "{out:?}");
        String::from_utf8_lossy(&out.stdout).lines().count()
    };
    assert_eq!(trace().status.code(), Some(7));
    let once = lines();
    assert_eq!(trace().status.code(), Some(7));
    assert_eq!(lines(), 2 * once - 1, "one line of headings");
    std::fs::write(&log, "plain\n").expect("it is written");
    let refused = trace();
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("not packed as its name says"), "{refused:?}");
}
