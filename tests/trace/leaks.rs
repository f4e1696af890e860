//! Nothing of the tracer shows inside the program it traces.

use std::process::{Command, Stdio};

use crate::run::{program, run, sockscope};
use crate::support::needs::{Need, skip};

#[test]
fn the_program_finds_itself_as_without_us() {
    let inside = program("inside");
    let bare = Command::new(&inside).stdin(Stdio::null()).stderr(Stdio::piped()).output().expect("it runs");
    let bare = String::from_utf8(bare.stdout).expect("text");
    assert!(bare.contains("SigIgn") && bare.contains("descriptor 2"), "{bare}");
    for options in
        [&["-f"][..], &[], &["-f", "--no-seccomp"], &["-f", "-yy", "--names", "--state"], &["-ff"], &["-D", "-f"]]
    {
        let traced = run(sockscope(), options, &[inside.as_os_str()]);
        assert!(traced.status.success(), "{options:?}: {}", traced.stderr);
        assert_eq!(traced.stdout, bare, "{options:?}");
    }
    let piped = sockscope().args(["-f", "-o", "|cat >/dev/null"]).arg(&inside).output().expect("it runs");
    assert_eq!(String::from_utf8(piped.stdout).expect("text"), bare);
}

/// The address space is laid out at random, as it is without us.
#[test]
fn addresses_are_still_random() {
    if std::fs::read_to_string("/proc/sys/kernel/randomize_va_space").is_ok_and(|text| text.trim() == "0") {
        skip(Need::Kernel("addresses laid out at random"));
        return;
    }
    let maps = |_| {
        let output = sockscope().args(["-f", "cat", "/proc/self/maps"]).output().expect("it runs");
        String::from_utf8(output.stdout)
            .expect("text")
            .lines()
            .find(|line| line.ends_with("cat"))
            .expect("a map")
            .to_string()
    };
    let seen: std::collections::BTreeSet<String> = (0..5).map(maps).collect();
    assert!(seen.len() > 1, "{seen:?}");
}

/// -E sets and removes variables, of the program's environment alone.
#[test]
fn the_environment_is_the_programs() {
    let mut tracer = sockscope();
    tracer.env("SOCKSCOPE_TEST_GONE", "1");
    let ours = run(tracer, &["-E", "SOCKSCOPE_TEST=a=b", "-E", "SOCKSCOPE_TEST_GONE"], &["env"]);
    assert!(ours.stdout.lines().any(|line| line == "SOCKSCOPE_TEST=a=b"), "{}", ours.stdout);
    assert!(!ours.stdout.contains("SOCKSCOPE_TEST_GONE"), "{}", ours.stdout);
}

/// -u: root becomes the user, others may not.
#[test]
fn another_user_is_for_root() {
    let ours = run(sockscope(), &["-f", "-u", "nobody"], &["id", "-un"]);
    if nix::unistd::geteuid().is_root() {
        assert_eq!((ours.stdout.trim(), ours.status.code()), ("nobody", Some(0)), "{}", ours.stderr);
    } else {
        assert!(ours.stderr.contains("only root") && !ours.status.success(), "{}", ours.stderr);
    }
    let unknown = run(sockscope(), &["-u", "no-such-user-here"], &["true"]);
    assert!(unknown.stderr.contains("no such user") && !unknown.status.success());
}
