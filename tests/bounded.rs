//! What a file may cost: a small packed one that unpacks to much, and one of very many processes.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use nix::sys::resource::{UsageWho, getrusage};

/// Runs the command, and sees that none so far has taken more than [`MEGABYTES`].
fn run(arguments: &[&str], files: &[&Path]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockscope"));
    let output = command.args(arguments).args(files).stdin(Stdio::null()).output().unwrap();
    let most = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss() / 1024;
    assert!(most < MEGABYTES, "{arguments:?}: {most} MB; {}", errors(&output));
    output
}

/// A packed file of `count` repetitions.
fn packed(folder: &Path, name: &str, part: &[u8], count: usize) -> PathBuf {
    let path = folder.join(name);
    let mut to = zstd::Encoder::new(File::create(&path).unwrap(), 3).unwrap();
    for _ in 0..count {
        to.write_all(part).unwrap();
    }
    to.finish().unwrap();
    path
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a command may take that holds 200,000 calls; some of the files unpack to more.
const MEGABYTES: i64 = 350;

#[test]
fn a_small_file_of_much_nonsense_costs_little() {
    let folder = tempfile::tempdir().unwrap();
    let line = ["garbage that is no line of a trace, and said again and again in other words "; 10].concat() + "\n";
    let many = packed(folder.path(), "many.zst", line.repeat(1000).as_bytes(), 600);
    let long = packed(folder.path(), "long.zst", &[b'x'; 1_000_000], 450);
    for bomb in [&many, &long] {
        assert!(bomb.metadata().unwrap().len() < 150_000, "{}", bomb.display());
        for arguments in [&["convert", "-o", "/dev/null"][..], &["why"]] {
            let output = run(arguments, &[bomb]);
            assert_eq!(output.status.code(), Some(2), "{arguments:?} {}: {}", bomb.display(), errors(&output));
        }
        let output = run(&["compare"], &[bomb, bomb]);
        assert_eq!(output.status.code(), Some(2), "compare {}: {}", bomb.display(), errors(&output));
        assert!(errors(&output).contains("has no calls"), "{}", errors(&output));
    }
}

#[test]
fn a_small_file_of_many_calls_is_refused_where_all_are_held() {
    let folder = tempfile::tempdir().unwrap();
    let bomb = packed(folder.path(), "calls.zst", &b"7 close(3) = 0\n".repeat(10_000), 40);
    let output = run(&["convert", "-q", "--format", "csv", "-o", "/dev/null"], &[&bomb]);
    assert!(output.status.success(), "{}", errors(&output));
    for arguments in [&["compare"][..], &["replay"]] {
        let files: &[&Path] = if arguments == ["compare"] { &[&bomb, &bomb] } else { &[&bomb] };
        let output = run(arguments, files);
        let expected =
            "it unpacks to more than 200000 calls of hardly a byte each; unpack it, and give the calls that matter\n";
        assert!(
            output.status.code() == Some(2) && errors(&output).ends_with(expected),
            "{arguments:?}: {}",
            errors(&output)
        );
    }
    // What is as repetitive, but not large, is compared.
    let small = packed(folder.path(), "small.zst", b"7 close(3) = 0\n", 20_000);
    let output = run(&["compare", "-q"], &[&small, &small]);
    assert!(output.status.success(), "{}", errors(&output));
}

#[test]
fn many_processes_cost_what_their_lines_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("processes.strace");
    let mut text = String::new();
    for at in 1..=140_000u64 {
        // Numbers that go up one by one are those of lines.
        text.push_str(&format!("{} close(3) = 0\n", at * 7919 % 4_194_301));
    }
    std::fs::write(&path, text).unwrap();
    let output = run(&["convert", "-q", "--format", "csv", "-o", "/dev/null"], &[&path]);
    assert!(output.status.success(), "{}", errors(&output));
    for arguments in [&["why"][..], &["compare", "-q"]] {
        let files: &[&Path] = if arguments == ["why"] { &[&path] } else { &[&path, &path] };
        let output = run(arguments, files);
        assert!(output.status.success(), "{arguments:?}: {}", errors(&output));
    }
}
