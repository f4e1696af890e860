//! The cost of reading a Python stack at a stop, in µs, for each CPython of the machine.
//!
//! Each program calls `send` in a loop at the bottom of 20 frames: of one function that calls itself, of different
//! functions, and of different ones that are called again for every call; and near the top. The time is that of
//! `Reader::stack` alone, with and without its cache, and their ratio; tracer and tracee share a processor.
//! `cargo bench --bench pyframes`.

#![allow(clippy::print_stdout, reason = "its result is what it prints")]

#[path = "../tests/pyframes/harness.rs"]
mod harness;
#[path = "../tests/support/interpreters.rs"]
mod interpreters;

use sockscope::pyframes::Reader;
use std::time::Duration;

const CALLS: usize = 3000;

/// A program whose one function calls itself.
fn recursion(levels: usize) -> String {
    format!(
        "import socket\na, b = socket.socketpair()\ndef f(n):\n if n: return f(n - 1)\n for i in range({CALLS}):\n  \
         a.send(b'x'); b.recv(9)\nf({})\n",
        levels - 2
    )
}

/// A program of `levels` functions, each of which calls the next; with `again`, all of them for each call.
fn program(levels: usize, again: bool) -> String {
    let mut text = String::from("import socket\na, b = socket.socketpair()\n");
    let calls = if again { 1 } else { CALLS };
    text += &format!("def f0():\n for i in range({calls}):\n  a.send(b'x'); b.recv(9)\n");
    for level in 1..levels {
        text += &format!("\ndef f{level}():\n return f{}()\n", level - 1);
    }
    let rounds = CALLS / calls;
    text + &format!("for round in range({rounds}):\n f{}()\n", levels - 1)
}

/// Runs a program; the median of all times, and their mean.
fn measure(python: &interpreters::Interpreter, text: &str, mut reader: Reader) -> (Duration, Duration) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("program.py");
    std::fs::write(&path, text).expect("the program can be written");
    let mut command = python.command();
    command.arg(path);
    let mut times = Vec::with_capacity(CALLS);
    let code = harness::trace(command, harness::When::AtEntry, &mut reader, &mut |call| {
        assert!(call.stack.is_some());
        times.push(call.took);
    });
    assert_eq!((code, times.len()), (0, CALLS));
    let mean = times.iter().sum::<Duration>() / CALLS as u32;
    times.sort_unstable();
    (times[CALLS / 2], mean)
}

fn main() {
    // A tracer is fastest on the processor of its tracee, which inherits this.
    let mut processor = nix::sched::CpuSet::new();
    processor.set(0).expect("there is a first processor");
    nix::sched::sched_setaffinity(nix::unistd::Pid::from_raw(0), &processor).expect("a process can choose");
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    let cases = [
        ("depth 20, recursion", recursion(20)),
        ("depth 20, 20 functions", program(19, false)),
        ("the same, called again", program(19, true)),
        ("depth 2", program(1, false)),
    ];
    println!("{:9}{:24}{:>10}{:>10}{:>14}{:>8}", "CPython", "program", "median µs", "mean µs", "uncached", "ratio");
    for python in interpreters::every((2, 7)) {
        for (name, text) in &cases {
            let (median, mean) = measure(&python, text, Reader::new());
            let (uncached, _) = measure(&python, text, Reader::without_cache());
            let version = format!("{}.{}", python.version.0, python.version.1);
            println!(
                "{version:9}{name:24}{:10.1}{:10.1}{:14.1}{:8.1}",
                micros(median),
                micros(mean),
                micros(uncached),
                uncached.as_secs_f64() / median.as_secs_f64()
            );
        }
    }
}
