//! The cost of tracing: a C loop and a Python loop of getsockname, sendto and recvfrom, bare, under sockscope and under
//! strace with its filter, at stops and recorded inside (`--agent`), all on one processor and wherever the scheduler puts them. Prints µs per call and ratios.
//!
//! The variants alternate, so that a change of the machine's speed affects all of them. Each figure is the median over
//! the rounds; the ratio is the median of the rounds' own ratios, since within a round both saw the same machine.
//! `--memory N` traces N calls instead and prints the tracer's memory as it goes.
#![allow(clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How many rounds each variant runs.
const ROUNDS: usize = 7;
/// Iterations of a traced loop; each makes three calls.
const TURNS: usize = 6_000;
/// Iterations of the bare loop, which is fast.
const BARE_TURNS: usize = 60_000;

const C: &str = r#"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
int main(int argc, char **argv)
{
	int n = atoi(argv[1]), s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, x;
	socklen_t l = sizeof a;
	char b[64];
	bind(s, (void *)&a, l);
	getsockname(s, (void *)&a, &l);
	struct timespec t, u;
	clock_gettime(CLOCK_MONOTONIC, &t);
	for (int i = 0; i < n; i++) {
		l = sizeof x;
		getsockname(s, (void *)&x, &l);
		sendto(s, "hello", 5, 0, (void *)&a, sizeof a);
		l = sizeof x;
		recvfrom(s, b, sizeof b, 0, (void *)&x, &l);
	}
	clock_gettime(CLOCK_MONOTONIC, &u);
	printf("%f\n", ((u.tv_sec - t.tv_sec) * 1e9 + (u.tv_nsec - t.tv_nsec)) / 1e3 / (3.0 * n));
}
"#;

const PYTHON: &str = r"
import socket, sys, time
n = int(sys.argv[1])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 0))
a = s.getsockname()
t = time.perf_counter()
for i in range(n):
    s.getsockname()
    s.sendto(b'hello', a)
    s.recvfrom(64)
print((time.perf_counter() - t) * 1e6 / (3 * n))
";

/// A program and the arguments before the number of iterations.
struct Loop {
    name: &'static str,
    command: Vec<PathBuf>,
}

fn loops(folder: &Path) -> Vec<Loop> {
    let source = folder.join("turns.c");
    let program = folder.join("turns");
    std::fs::write(&source, C).expect("written");
    let compiled = Command::new("cc").args(["-O2", "-w", "-o"]).arg(&program).arg(&source).status();
    assert!(compiled.is_ok_and(|status| status.success()), "cc is needed");
    let mut loops = vec![Loop { name: "C", command: vec![program] }];
    let python = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    if let Some(python) = python.ok().and_then(|output| String::from_utf8(output.stdout).ok()) {
        let script = folder.join("turns.py");
        std::fs::write(&script, PYTHON).expect("written");
        loops.push(Loop { name: "Python", command: vec![python.trim().into(), script] });
    }
    loops
}

/// The time of one run in µs per call.
fn time(tracer: &[&str], pinned: bool, program: &Loop, turns: usize) -> f64 {
    let mut words: Vec<String> = Vec::new();
    if pinned {
        words.extend(["taskset", "-c", "0"].map(String::from));
    }
    words.extend(tracer.iter().map(|word| (*word).to_string()));
    words.extend(program.command.iter().map(|path| path.display().to_string()));
    words.push(turns.to_string());
    let output = Command::new(&words[0]).args(&words[1..]).stdin(Stdio::null()).output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.trim().parse().unwrap_or_else(|_| panic!("{words:?}: {text:?} {}", String::from_utf8_lossy(&output.stderr)))
}

/// The median; NaN if there are no values.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments: Vec<String> = std::env::args().collect();
    let loops = loops(folder.path());
    if let Some(at) = arguments.iter().position(|word| word == "--memory") {
        return memory(&loops[0], arguments.get(at + 1).map_or("10000000", String::as_str));
    }
    let log = folder.path().join("log").display().to_string();
    let ours = [env!("CARGO_BIN_EXE_sockscope"), "trace", "-f", "-e", "trace=%network", "-o", &log];
    let default = [env!("CARGO_BIN_EXE_sockscope"), "trace", "-f", "-o", &log];
    let strace = ["strace", "-f", "--seccomp-bpf", "-e", "trace=%network", "-o", &log];
    let has_strace = Command::new("strace").arg("-V").output().is_ok();
    let agent: Vec<&str> = ours.iter().copied().chain(["--agent=require", "--no-python"]).collect();
    println!(
        "{:7} {:9} {:>8} {:>8} {:>8} {:>8} {:>8}  strace/ours agent/bare strace/agent",
        "loop", "where", "bare", "ours", "default", "agent", "strace"
    );
    for program in &loops {
        for pinned in [true, false] {
            let mut rounds = [const { Vec::new() }; 8];
            for _ in 0..ROUNDS {
                let mut keep = |at: usize, us: f64| {
                    rounds[at].push(us);
                    us
                };
                let bare = keep(0, time(&[], pinned, program, BARE_TURNS));
                let us = keep(1, time(&ours, pinned, program, TURNS));
                keep(2, time(&default, pinned, program, TURNS));
                let recorded = keep(5, time(&agent, pinned, program, BARE_TURNS));
                keep(6, recorded / bare);
                if has_strace {
                    let theirs = keep(3, time(&strace, pinned, program, TURNS));
                    keep(4, theirs / us);
                    keep(7, theirs / recorded);
                }
            }
            let [bare, ours, default, strace, ratio, agent, times, faster] = rounds.map(median);
            let place = if pinned { "one CPU" } else { "any CPU" };
            println!(
                "{:7} {place:9} {bare:8.2} {ours:8.2} {default:8.2} {agent:8.2} {strace:8.2}  {ratio:11.2} {times:10.2} {faster:12.1}",
                program.name
            );
        }
    }
}

/// How much a flat tracer may grow after the first tenth of a run, in kB.
const ALLOWED_KB: u64 = 1024;

/// Traces many calls and watches the tracer's memory; prints whether it grew after the first tenth of the time.
fn memory(program: &Loop, calls: &str) {
    let turns = calls.parse::<usize>().expect("--memory N: a number of calls") / 3;
    let mut tracer = Command::new(env!("CARGO_BIN_EXE_sockscope"))
        .args(["trace", "-f", "-o", "/dev/null"])
        .arg(&program.command[0])
        .arg(turns.to_string())
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let status = format!("/proc/{}/status", tracer.id());
    // Its peak so far, in kB, once a second.
    let mut peaks: Vec<u64> = Vec::new();
    while tracer.try_wait().expect("a child").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peaks.extend(peak.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok()));
        if peaks.len() % 10 == 1 {
            println!("{:5} s  VmHWM {} kB", peaks.len() - 1, peaks[peaks.len() - 1]);
        }
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
    let (Some(&early), Some(&end)) = (peaks.get(peaks.len().div_ceil(10)), peaks.last()) else {
        println!("{} calls: too short a run to measure growth", turns * 3);
        return;
    };
    let flat = end <= early + ALLOWED_KB;
    println!(
        "{} calls in {} s: VmHWM {early} kB after the first tenth, {end} kB at the end: {}",
        turns * 3,
        peaks.len(),
        if flat { "flat" } else { "IT GROWS" }
    );
    assert!(flat, "memory grew by {} kB", end - early);
}
