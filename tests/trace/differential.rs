//! The same program under strace and under ours must give the same text.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use sockscope::tracer::CallSet;

use crate::run::{normal, program, run, sockscope};
use crate::subject;
use crate::support::needs::{Need, have, strace};

/// Calls of the session beyond the network's.
const CALLS: &str =
    "trace=%network,read,write,close,poll,select,epoll_create1,epoll_wait,epoll_ctl,ioctl,fcntl,dup,writev";

/// Ways to write the same calls.
const STYLES: [&[&str]; 5] = [&["-v", "-s5"], &["-x"], &["-xx"], &["-Xraw"], &["-Xverbose"]];

fn compare(options: &[&str], command: &[&OsStr]) {
    compare_lines(options, command, normal);
}

fn compare_lines(options: &[&str], command: &[&OsStr], normal: fn(&str) -> String) {
    let Some(strace) = strace() else { return };
    let theirs = run(strace, options, command);
    let ours = run(sockscope(), options, command);
    assert_eq!(ours.status, theirs.status, "{options:?}");
    assert_eq!(ours.stdout, theirs.stdout, "{options:?}");
    assert!(theirs.lines().len() > 2, "{options:?}: strace itself wrote {:?}", theirs.trace);
    let tidy = |run: &crate::run::Run| run.trace.lines().map(normal).collect::<Vec<_>>();
    subject::assert_same(&format!("{options:?}"), &tidy(&theirs), &tidy(&ours));
}

/// A line as [`normal`] has it, without the digits that stand in hex: of inodes.
fn without_hex_digits(line: &str) -> String {
    let digit = regex::Regex::new(r"\\x3\d").expect("a regex");
    normal(&digit.replace_all(line, "DIGIT"))
}

/// Every subject of `tests/subjects`: what it expects to be printed, or what strace prints, we print.
#[test]
fn subjects_print_what_strace_prints() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tracer: Vec<_> = [env!("CARGO_BIN_EXE_sockscope"), "trace"].iter().chain(crate::WAY).map(OsStr::new).collect();
    crate::support::two_at_a_time(subject::all(), |subject| {
        if subject.namespace && !have(Need::Namespaces) {
            return;
        }
        let program = subject::compile(&subject, folder.path());
        let ours = subject::run(&subject, &program, &tracer, &[]);
        if subject.calls_only {
            if strace().is_some() {
                let theirs = subject::run(&subject, &program, &[OsStr::new("strace")], &[]);
                subject::assert_same(&subject.name, &theirs.trace, &ours.trace);
            }
        } else {
            subject::assert_same(&subject.name, &ours.expected, &ours.trace);
        }
    });
}

/// The subjects that only make calls, in every way to write them.
#[test]
fn every_style_prints_what_strace_prints() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tracer: Vec<_> = [env!("CARGO_BIN_EXE_sockscope"), "trace"].iter().chain(crate::WAY).map(OsStr::new).collect();
    crate::support::two_at_a_time(subject::all().into_iter().filter(|subject| subject.calls_only), |subject| {
        if strace().is_none() || (subject.namespace && !have(Need::Namespaces)) {
            return;
        }
        let program = subject::compile(&subject, folder.path());
        for options in STYLES {
            let theirs = subject::run(&subject, &program, &[OsStr::new("strace")], options);
            let ours = subject::run(&subject, &program, &tracer, options);
            subject::assert_same(&format!("{} {options:?}", subject.name), &theirs.trace, &ours.trace);
        }
    });
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

/// Lists longer than what is shown of them: what happened behind the cut is reported all the same. Arguments that a call does
/// not use, which only -e raw= shows. And results that are names.
#[test]
fn lists_are_cut_alike() {
    let lists = program("lists");
    const LISTS: &str = "trace=socketpair,pipe2,poll,ppoll,select,pselect6,epoll_create1,epoll_ctl,epoll_wait,\
                         epoll_pwait,fcntl,close,bind,ioctl";
    for options in [
        &[][..],
        &["-s", "0"],
        &["-s", "1"],
        &["-s", "2"],
        &["-s", "36"],
        &["-v", "-s", "0"],
        &["-y"],
        &["-yy", "-s", "1"],
        &["-e", "abbrev=none"],
        &["-s", "1", "-e", "abbrev=poll,ppoll"],
        &["-s", "1", "-e", "abbrev=!poll,epoll_wait"],
        &["-e", "raw=all"],
        &["-e", "raw=fcntl,poll"],
        &["-Xraw"],
        // Of long results strace keeps what fits into 1024 bytes, which not many elements of poll fill.
        &["-Xverbose", "-s", "20"],
    ] {
        let all: Vec<&str> = ["-e", LISTS].iter().chain(options).copied().collect();
        compare(&all, &[lists.as_os_str()]);
    }
}

/// What stands in the brackets behind a descriptor: odd names, files that are renamed or deleted while they are open.
#[test]
fn paths_of_descriptors_are_written_alike() {
    let paths = program("paths");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let inside = folder.path().join("q");
    let inside = inside.to_str().expect("a path");
    for options in [
        &["-y"][..],
        &["-yy"],
        &["-y", "-x"],
        &["-yy", "-x"],
        &["-y", "-xx"],
        &["-yy", "-xx"],
        &["--decode-fds=path"],
        &["--decode-fds=socket,dev"],
        &["-y", "-P", inside],
    ] {
        let calls = ["-e", "trace=fcntl,poll,bind,socketpair,openat"];
        let all: Vec<&str> = calls.iter().chain(options).copied().collect();
        let normal = if options.contains(&"-xx") { without_hex_digits } else { normal };
        compare_lines(&all, &[paths.as_os_str(), folder.path().as_os_str()], normal);
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
    ] {
        compare(&["-e", set], &[session.as_os_str()]);
    }
}

/// Which calls each class has: of every number, as the subject makes it behind a filter that answers for the kernel.
#[test]
fn the_classes_are_straces() {
    let every = program("every_call");
    let called = |set: &str| -> Option<BTreeSet<String>> {
        let run = run(strace()?, &["-e", &format!("trace={set}")], &[every.as_os_str()]);
        let names = run.trace.lines().filter_map(|line| line.split_once('(').map(|(name, _)| name.to_owned()));
        // strace has every number without a name in every class.
        Some(names.filter(|name| !name.starts_with("syscall_")).collect())
    };
    let Some(all) = called("all") else { return };
    assert!(all.len() > 300, "{all:?}");
    for class in [
        "network", "desc", "file", "memory", "process", "signal", "ipc", "creds", "clock", "stat", "lstat", "fstat",
        "%stat", "statfs", "fstatfs", "%statfs", "pure",
    ] {
        let ours = CallSet::parse(&format!("%{class}")).expect("a class");
        let ours: BTreeSet<_> = ours.names().map(str::to_owned).filter(|name| all.contains(name)).collect();
        assert_eq!(Some(ours), called(&format!("%{class}")), "%{class}");
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
    let calls: Vec<_> = ours.lines().into_iter().filter(|line| line.contains(" = ")).collect();
    assert!(calls.len() > 10, "{calls:?}");
    for line in calls {
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

/// A line whose times have `d` for each digit: times differ, their form must not.
fn timeless(line: &str) -> String {
    let time = |word: &str| {
        let bare = word.trim_start_matches(['<', '(', '+']).trim_end_matches(['>', ')']);
        let is_time = bare.starts_with(|c: char| c.is_ascii_digit())
            && bare.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ':')
            && bare.contains(['.', ':']);
        if is_time { word.replace(|c: char| c.is_ascii_digit(), "d") } else { word.to_string() }
    };
    normal(&line.split_whitespace().map(time).collect::<Vec<_>>().join(" "))
}

/// -n, -r, -t and -T before and behind calls, signals and ends, calls interrupted by death included.
#[test]
fn numbers_and_times_are_where_strace_has_them() {
    let of = |program_name: &str, what: &[&str]| -> Vec<std::ffi::OsString> {
        [program(program_name).into_os_string()].into_iter().chain(what.iter().map(Into::into)).collect()
    };
    let subjects = [
        (&[][..], of("session", &[])),
        (&[], of("siginfo", &[])),
        (&["-f", "--seccomp-bpf"], of("threads", &["exit"])),
        (&["-f", "--seccomp-bpf"], of("threads", &["kill"])),
        (&["-f", "--seccomp-bpf"], of("threads", &["vfork"])),
    ];
    for (follow, command) in &subjects {
        for options in [
            &["-n"][..],
            &["-T"],
            &["-r"],
            &["-t", "-r"],
            &["-tt", "-r"],
            &["-ttt", "-r", "-n"],
            &["-n", "-T", "-tt"],
            &["-T", "-y"],
            &["-n", "-z"],
            &["--absolute-timestamps"],
            &["--absolute-timestamps=ms"],
            &["--absolute-timestamps=time,ns", "--relative-timestamps"],
            &["--absolute-timestamps=format:time,precision:us"],
            &["--relative-timestamps=ns"],
            &["--relative-timestamps=ms", "-n"],
            &["--syscall-times"],
            &["--syscall-times=ns"],
            &["--syscall-times=ms", "-n"],
        ] {
            let Some(strace) = strace() else { return };
            let all: Vec<&str> = follow.iter().chain(options).copied().chain(["-e", "trace=%network"]).collect();
            let theirs = run(strace, &all, command);
            let ours = run(sockscope(), &all, command);
            // Which call a child's end meets is chance.
            let tidy = |run: &crate::run::Run| -> Vec<String> {
                run.trace.lines().filter(|line| !line.contains("SIGCHLD")).map(timeless).collect()
            };
            assert!(ours.stderr.is_empty(), "{options:?}: {}", ours.stderr);
            subject::assert_same(&format!("{options:?} {command:?}"), &tidy(&theirs), &tidy(&ours));
        }
    }
    let both = run(sockscope(), &["-t", "--absolute-timestamps"], &["true"]);
    assert!(!both.status.success() && both.stderr.contains("--absolute-timestamps"), "{}", both.stderr);
    for option in ["--relative-timestamps=min", "--syscall-times=min", "--absolute-timestamps=min"] {
        let unknown = run(sockscope(), &[option], &["true"]);
        assert!(!unknown.status.success() && unknown.stderr.contains("ns"), "{}", unknown.stderr);
    }
    // Seconds since 1970, to which nothing of the line's own is added.
    for (option, digits) in [("unix", 0), ("unix,ms", 4), ("unix,ns", 10)] {
        let option = format!("--absolute-timestamps={option}");
        let ours = run(sockscope(), &[&option, "-e", "trace=%network"], &[program("session").as_os_str()]);
        let time = ours.trace.split(' ').next().expect("a time").to_string();
        assert_eq!(time.len(), 10 + digits, "{option}: {time}");
        assert!(time.bytes().all(|b| b.is_ascii_digit() || b == b'.'), "{option}: {time}");
    }
}

/// Every form of `siginfo_t`: from programs, timers, sockets, children, faults and a seccomp filter of the program's own.
#[test]
fn why_a_signal_came_is_written_alike() {
    let siginfo = program("siginfo");
    let bare = std::process::Command::new(&siginfo).status().expect("it runs");
    assert_eq!(bare.code(), Some(11), "the subject itself");
    for options in [&[][..], &["-xx"], &["-Xraw"], &["-Xverbose"], &["-v", "-s5"], &["-n"], &["-f", "--no-seccomp"]] {
        let Some(strace) = strace() else { return };
        let (theirs_options, all): (Vec<&str>, Vec<&str>) = if options.contains(&"--no-seccomp") {
            (vec!["-f", "-e", "trace=%network"], vec!["-f", "--no-seccomp", "-e", "trace=%network"])
        } else {
            let all: Vec<&str> = options.iter().copied().chain(["-e", "trace=%network"]).collect();
            (all.clone(), all)
        };
        let theirs = run(strace, &theirs_options, &[siginfo.as_os_str()]);
        let ours = run(sockscope(), &all, &[siginfo.as_os_str()]);
        assert_eq!((ours.status.code(), theirs.status.code()), (Some(11), Some(11)), "{options:?}");
        // With -f lines of children come between; what the first process got is compared.
        let tidy = |run: &crate::run::Run| -> Vec<String> {
            let first = run.trace.split(' ').next().unwrap_or_default().to_string();
            let is_first = |line: &&str| !options.contains(&"-f") || line.starts_with(&first);
            let lines = run.trace.lines().filter(is_first);
            // How long a child ran is chance, and with -n which call its end met.
            let chance = |line: &&str| !(options.contains(&"-n") && line.contains("SIGCHLD"));
            lines.filter(chance).map(|line| without_times(&normal(line))).collect()
        };
        let (theirs, ours) = (tidy(&theirs), tidy(&ours));
        assert!(theirs.iter().any(|line| line.contains("SIGSYS") || line.contains("=31")), "{theirs:?}");
        assert!(theirs.len() > 30, "{theirs:?}");
        subject::assert_same(&format!("{options:?}"), &theirs, &ours);
    }

    fn without_times(line: &str) -> String {
        match (line.find("si_utime="), line.find("} ---")) {
            (Some(from), Some(to)) if from < to => format!("{}{}", &line[..from], &line[to..]),
            _ => line.to_string(),
        }
    }
}

/// Where nothing is counted strace writes nothing, and so do we.
#[test]
fn nothing_counted_is_nothing_written() {
    for tracer in strace().into_iter().chain([sockscope()]) {
        let run = run(tracer, &["-c", "-e", "trace=%network"], &["true"]);
        assert_eq!((run.status.code(), run.trace.as_str()), (Some(0), ""), "{run:?}");
    }
}
