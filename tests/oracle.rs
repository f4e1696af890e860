//! The real strace as the witness of what its text is.
//!
//! Every subject runs under strace 6.1: one that prints what strace must print has to be right, and one that only makes
//! calls has to give the same trace twice, or no other tracer could be compared with it.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, with the reason on standard error"
)]

#[path = "support/subject.rs"]
mod subject;
mod support;

use std::ffi::OsStr;

use support::needs::{Need, have};

fn each_subject(calls_only: bool, check: impl Fn(&subject::Subject, &dyn Fn(&[&str]) -> subject::Run) + Sync) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    support::two_at_a_time(subject::all().into_iter().filter(|s| s.calls_only == calls_only), |subject| {
        if subject.namespace && !have(Need::Namespaces) {
            return;
        }
        let program = subject::compile(&subject, folder.path());
        check(&subject, &|options| subject::run(&subject, &program, &[OsStr::new("strace")], options));
    });
}

#[test]
fn strace_prints_what_the_subjects_say() {
    // The subjects state the text of this version; another is no witness for it.
    if !have(Need::Strace) {
        return;
    }
    each_subject(false, |subject, run| {
        let run = run(&[]);
        assert!(run.expected.len() > 5, "{} prints too little: {:?}", subject.name, run.expected);
        subject::assert_same(&subject.name, &run.expected, &run.trace);
    });
}

#[test]
fn subjects_that_only_make_calls_are_the_same_in_every_run() {
    each_subject(true, |subject, run| {
        let (first, second) = (run(&[]), run(&[]));
        assert!(first.trace.len() > 40, "{} makes only {} calls", subject.name, first.trace.len());
        assert!(first.expected.is_empty(), "{} is marked calls only but prints {:?}", subject.name, first.expected);
        subject::assert_same(&subject.name, &first.trace, &second.trace);
    });
}
