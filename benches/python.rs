//! What Python lines cost a traced program: `sockscope trace --python` beside plain tracing, and beside strace.
//!
//! A Python program sends and receives over a pair of sockets at the bottom of 20 frames. In one run, rounds of all
//! tracers alternate and the fastest round of each counts: the time per call over the same program untraced, and the
//! ratios. Nothing is pinned to a processor. `cargo bench --bench python`.

#![allow(clippy::print_stdout, reason = "its result is what it prints")]

#[path = "../tests/pyframes/interpreters.rs"]
#[allow(dead_code, reason = "the bench uses its part of it")]
mod interpreters;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pyframes/programs")
}

const DEPTH: usize = 20;
const LOOPS: u32 = 10_000;
/// A `sendto` and a `recvfrom` in each loop.
const CALLS: u32 = 2 * LOOPS;
const ROUNDS: usize = 5;

fn program() -> String {
    format!(
        "import socket\na, b = socket.socketpair()\ndef f(n):\n if n: return f(n - 1)\n for i in range({LOOPS}):\n  \
         a.send(b'x'); b.recv(9)\nf({})\n",
        DEPTH - 2
    )
}

fn main() {
    let python = interpreters::every((3, 6)).into_iter().max_by_key(|python| python.version).expect("a CPython");
    let ours = env!("CARGO_BIN_EXE_sockscope");
    let text = ["-e", "trace=network", "-o", "/dev/null"];
    let ways: Vec<(&str, Vec<&str>)> = vec![
        ("untraced", vec![]),
        ("sockscope trace -f", [&[ours, "trace", "-f"], &text[..]].concat()),
        ("  --python", [&[ours, "trace", "-f", "--python"], &text[..]].concat()),
        ("  --format jsonl", [&[ours, "trace", "-f", "--format", "jsonl"], &text[..]].concat()),
        ("  --format jsonl --python", [&[ours, "trace", "-f", "--python", "--format", "jsonl"], &text[..]].concat()),
        ("strace -f --seccomp-bpf", [&["strace", "-f", "--seccomp-bpf"], &text[..]].concat()),
    ];
    let mut best = vec![Duration::MAX; ways.len()];
    for _ in 0..ROUNDS {
        for ((_, prefix), best) in ways.iter().zip(&mut best) {
            let mut words: Vec<&std::ffi::OsStr> = prefix.iter().map(std::ffi::OsStr::new).collect();
            let program = program();
            words.extend([python.path.as_os_str(), "-E".as_ref(), "-c".as_ref(), program.as_ref()]);
            let mut command = Command::new(words[0]);
            command.args(&words[1..]).stdout(Stdio::null());
            let start = Instant::now();
            let status = match command.status() {
                Ok(status) => status,
                Err(error) => {
                    println!("{}: {error}", words[0].display());
                    continue;
                }
            };
            assert!(status.success(), "{words:?}");
            *best = start.elapsed().min(*best);
        }
    }
    let micros = |time: Duration| time.saturating_sub(best[0]).as_secs_f64() * 1e6 / f64::from(CALLS);
    println!("CPython {}.{}, depth {DEPTH}, {CALLS} calls", python.version.0, python.version.1);
    println!("{:28}{:>12}{:>16}", "", "total ms", "µs per call");
    for ((name, _), time) in ways.iter().zip(&best).filter(|(_, time)| **time != Duration::MAX) {
        println!("{name:28}{:12.0}{:16.1}", time.as_secs_f64() * 1e3, micros(*time));
    }
    println!(
        "Python lines cost {:.1} µs a call in text, {:.1} in JSON",
        micros(best[2]) - micros(best[1]),
        micros(best[4]) - micros(best[3])
    );
    if best[5] != Duration::MAX {
        let ratio = best[5].as_secs_f64() / best[2].as_secs_f64();
        println!("strace takes {ratio:.2} times as long as sockscope trace --python");
    }
}
