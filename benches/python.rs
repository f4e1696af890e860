//! The cost of Python lines for a traced program: `sockscope trace --python` against plain tracing, recorded inside the program
//! (`--agent`), and against strace.
//!
//! A Python program sends and receives over a pair of sockets at the bottom of 20 frames and times itself, on one
//! processor and wherever the scheduler puts it. The tracers alternate, so that a change of the machine's speed affects
//! all of them: each figure is the median over the rounds, and a difference or a ratio is the median of the rounds'
//! own, since within a round all saw the same machine. `cargo bench --bench python`.

#![allow(clippy::print_stdout, reason = "its result is what it prints")]

#[path = "../tests/support/interpreters.rs"]
mod interpreters;

use std::path::Path;
use std::process::{Command, Stdio};

const DEPTH: usize = 20;
const ROUNDS: usize = 15;
/// A `sendto` and a `recvfrom` in each; rounds are short, so that other work on the machine disturbs few of them.
const TURNS: usize = 2_000;

/// Prints the µs that each call takes.
fn program() -> String {
    format!(
        "import socket, time\na, b = socket.socketpair()\n\
         def f(n):\n if n: return f(n - 1)\n t = time.perf_counter()\n for i in range({TURNS}):\n  \
         a.send(b'x'); b.recv(9)\n return (time.perf_counter() - t) * 1e6 / (2 * {TURNS})\nprint(f({}))\n",
        DEPTH - 2
    )
}

/// The ways to run the program, in the order in which they run.
const WAYS: [&str; 7] = [
    "untraced",
    "sockscope trace -f",
    "  --python",
    "  --format jsonl",
    "  --format jsonl --python",
    "  --python --agent=require",
    "strace -f --seccomp-bpf",
];
const PLAIN: usize = 1;
const LINES: usize = 2;
const JSON: usize = 3;
const JSON_LINES: usize = 4;
const AGENT: usize = 5;
const STRACE: usize = 6;

fn tracer(way: usize) -> Vec<&'static str> {
    let ours = [env!("CARGO_BIN_EXE_sockscope"), "trace", "-f"];
    let mut words = match way {
        PLAIN | LINES | JSON | JSON_LINES | AGENT => ours.to_vec(),
        STRACE => vec!["strace", "-f", "--seccomp-bpf"],
        _ => return Vec::new(),
    };
    if way == JSON || way == JSON_LINES {
        words.extend(["--format", "jsonl"]);
    }
    if matches!(way, LINES | JSON_LINES | AGENT) {
        words.push("--python");
    }
    if way == AGENT {
        words.push("--agent=require");
    }
    words.extend(["-e", "trace=network", "-o", "/dev/null"]);
    words
}

/// The time of one run in µs per call.
fn time(way: usize, pinned: bool, python: &Path) -> f64 {
    let pin = if pinned { &["taskset", "-c", "0"][..] } else { &[] };
    let mut words: Vec<String> = pin.iter().copied().chain(tracer(way)).map(String::from).collect();
    words.extend([python.display().to_string(), "-E".into(), "-c".into(), program()]);
    let output = Command::new(&words[0]).args(&words[1..]).stdin(Stdio::null()).output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.trim().parse().unwrap_or_else(|_| panic!("{words:?}: {text:?} {}", String::from_utf8_lossy(&output.stderr)))
}

/// The median; NaN if there are no values.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() {
    let python = interpreters::every((3, 6)).into_iter().max_by_key(|python| python.version).expect("a CPython");
    let has_strace = Command::new("strace").arg("-V").output().is_ok();
    let ways = if has_strace { 0..WAYS.len() } else { 0..STRACE };
    println!("CPython {}.{}, depth {DEPTH}, µs a call", python.version.0, python.version.1);
    for pinned in [true, false] {
        let rounds: Vec<Vec<f64>> =
            (0..ROUNDS).map(|_| ways.clone().map(|way| time(way, pinned, &python.path)).collect()).collect();
        let of = |way: usize| median(rounds.iter().filter_map(|round| round.get(way).copied()));
        let between = |way: usize, other: usize, by: fn(f64, f64) -> f64| {
            median(rounds.iter().filter_map(|round| Some(by(*round.get(way)?, *round.get(other)?))))
        };
        println!("\n{}", if pinned { "on one CPU" } else { "on any CPU" });
        for way in ways.clone() {
            println!("{:28}{:8.2}", WAYS[way], of(way));
        }
        println!(
            "Python lines cost {:.1} µs a call in text, {:.1} in JSON",
            between(LINES, PLAIN, |with, without| with - without),
            between(JSON_LINES, JSON, |with, without| with - without)
        );
        let ratio = |over: f64, under: f64| over / under;
        println!("recorded inside, with lines / untraced: {:.2}", between(AGENT, 0, ratio));
        if has_strace {
            println!("strace / recorded inside, with lines: {:.2}", between(STRACE, AGENT, ratio));
            println!("strace / ours with --python: {:.2}", between(STRACE, LINES, ratio));
        }
    }
}
