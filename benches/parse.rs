//! The speed of reading strace's text, compared with counting its lines with `memchr` in the same run.
//!
//! `cargo bench --bench parse [FILE]`. Without a file, a real log is recorded first: strace (or sockscope, if strace is
//! not installed) over CPython's socket tests and some of the document programs played by Python. Those few MB are
//! repeated to 200 MB, each time with other threads and other ports; the mixture of lines is printed. Each figure is
//! the best of three, in MB (10^6 bytes) per second of wall clock, and per second of processor time, which other work
//! on the machine does not reduce. Reading on several threads counts the processor time of all.
//!
//! `cargo bench --bench parse -- --convert 5` instead converts 5 GB (10^9 bytes each) of the same log with the command,
//! through pipes, so that nothing is stored, and prints its largest resident size (VmHWM) at every GB.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};
use sockscope::convert;
use sockscope::event::Event;
use sockscope::format;
use sockscope::internals::read::{Blocks, LineKind, shape};
use sockscope::read::text::{ReadOptions, TextReader};

/// The size of the repeated log, in bytes.
const SIZE: usize = 200_000_000;
/// CPython's own tests of sockets that need neither long waits nor privileges.
const SOCKET_TESTS: &str = "-m unittest test.test_socket -k BasicTCP -k BasicUDP -k SendmsgUDP -k RecvmsgUDP \
                            -k SendmsgTCP -k SocketPair -k GeneralModule";
/// Document programs that end quickly.
const PROGRAMS: [&str; 4] = ["tcp-hello", "udp-hello", "chat", "three-step"];
const OURS: &str = env!("CARGO_BIN_EXE_sockscope");

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--convert", gigabytes] => convert_pipe(gigabytes.parse().expect("a number of GB")),
        [file] => measure_all(std::fs::read(file).expect("the file named on the command line")),
        _ => {
            let log = Log::record();
            let mut text = Vec::with_capacity(SIZE + log.text.len() * 2);
            for round in 0.. {
                log.repeat(round, &mut text);
                if text.len() >= SIZE {
                    break;
                }
            }
            measure_all(text);
        }
    }
}

/// A recorded log, and the positions of its threads and ports.
struct Log {
    text: Vec<u8>,
    /// Places in their order.
    places: Vec<Place>,
    threads: usize,
}

struct Place {
    start: usize,
    end: usize,
    what: What,
}

enum What {
    /// The thread of this index in the log; at the start of a line its number fills five columns.
    Thread {
        at: usize,
    },
    Port(u16),
}

impl Log {
    fn record() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the log");
        let python = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
        let python = python.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned()).expect("a Python");
        let tests: Vec<_> = std::iter::once(&*python).chain(SOCKET_TESTS.split(' ')).collect();
        let mut commands = vec![tests];
        commands.extend(PROGRAMS.map(|name| vec![OURS, "run", name, "--python"]));
        let with_strace = Command::new("strace").arg("-V").output().is_ok();
        let tracer = if with_strace { &["strace", "-f"][..] } else { &[OURS, "trace", "-f"] };
        let mut text = Vec::new();
        for command in commands {
            let file = folder.path().join("log");
            let mut traced = Command::new(tracer[0]);
            traced.args(&tracer[1..]).arg("-o").arg(&file).args(&command).current_dir(folder.path());
            let done = traced.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
            let made = std::fs::read(&file).unwrap_or_default();
            println!("{:>9} bytes, {:<9} {}", made.len(), done.map_or("failed", |_| tracer[0]), command[1..].join(" "));
            text.extend(made);
        }
        assert!(text.len() > 100_000, "neither strace nor sockscope could trace here");
        Self::new(text)
    }

    /// Finds threads and ports.
    fn new(text: Vec<u8>) -> Self {
        let lines = || text.split_inclusive(|b| *b == b'\n');
        let digits = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
        let number = |digits: &[u8]| std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u32>().ok());
        let threads: BTreeSet<u32> = lines().filter_map(|line| number(&line[..digits(line)])).collect();
        let threads: Vec<_> = threads.into_iter().collect();
        let (mut places, mut at) = (Vec::new(), 0);
        for line in lines() {
            let makes_thread = memchr::memmem::find(line, b"clone").is_some();
            let mut from = 0;
            while let Some(n) = line[from..].iter().position(u8::is_ascii_digit) {
                let start = from + n;
                let end = start + digits(&line[start..]);
                from = end;
                let Some(value) = number(&line[start..end]) else { continue };
                let what = if line[..start].ends_with(b"htons(") {
                    u16::try_from(value).ok().filter(|port| *port > 1024).map(What::Port)
                } else if start == 0 || makes_thread {
                    threads.binary_search(&value).ok().map(|at| What::Thread { at })
                } else {
                    None
                };
                // A thread's number fills five columns.
                let padding = if start == 0 { line[end..].iter().take_while(|b| **b == b' ').count() - 1 } else { 0 };
                places.extend(what.map(|what| Place { start: at + start, end: at + end + padding, what }));
            }
            at += line.len();
        }
        Self { places, threads: threads.len(), text }
    }

    /// Appends the log with the threads and ports of a round.
    fn repeat(&self, round: usize, out: &mut Vec<u8>) {
        let mut at = 0;
        for place in &self.places {
            out.extend_from_slice(&self.text[at..place.start]);
            at = place.end;
            let _ = match place.what {
                What::Thread { at } => write!(out, "{}", 10_000 + (round * self.threads + at) % 89_999),
                What::Port(port) => write!(out, "{}", 1025 + (usize::from(port) + round * 101) % 64_000),
            };
        }
        out.extend_from_slice(&self.text[at..]);
    }
}

fn measure_all(log: Vec<u8>) {
    let log: &'static [u8] = log.leak();
    println!("{} MB in {} lines: {}", log.len() / 1_000_000, memchr::memchr_iter(b'\n', log).count(), mixture(log));
    println!("{:32} {:>10} {:>16}", "", "MB/s", "MB/s processor");
    measure("memchr line counting", log, ClockId::CLOCK_THREAD_CPUTIME_ID, |log| {
        memchr::memchr_iter(b'\n', log).count()
    });
    measure("tokenising", log, ClockId::CLOCK_THREAD_CPUTIME_ID, |log| {
        let mut count = 0;
        let mut rest = log;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            black_box(shape(&rest[..end]));
            rest = &rest[end + 1..];
            count += 1;
        }
        count
    });
    measure("typed events", log, ClockId::CLOCK_THREAD_CPUTIME_ID, |log| {
        let mut reader = TextReader::new(log, ReadOptions::default());
        stretches(|events| reader.read(events).expect("memory can be read"))
    });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    measure(&format!("typed events, {cores} threads"), log, ClockId::CLOCK_PROCESS_CPUTIME_ID, |log| {
        let mut blocks = Blocks::new(log, ReadOptions::default(), cores).expect("threads can be started");
        stretches(|events| blocks.read(events).expect("memory can be read"))
    });
    let writer = |format: &'static format::Format| move |_| (format.writer)(&format::WriteOptions::default());
    for format in format::FORMATS.iter().filter(|format| format.own_files.is_none()) {
        measure(&format!("converted to {}", format.name), log, ClockId::CLOCK_PROCESS_CPUTIME_ID, |log| {
            let source = sockscope::read::source(log, ReadOptions::default()).expect("memory can be read");
            let report = convert::convert(source, writer(format), &mut std::io::sink()).expect("nothing fails here");
            report.calls() as usize
        });
    }
    from_json(log);
}

/// Reads and converts the beginning of the log as JSON lines, whose events are those of so much text: as a ratio to the
/// same text in the same run, besides MB of JSON in a second.
fn from_json(log: &'static [u8]) {
    let text = &log[..=memchr::memrchr(b'\n', &log[..log.len().min(SIZE / 4)]).expect("a line")];
    let mut json = Vec::new();
    let source = || sockscope::read::source(text, ReadOptions::default()).expect("memory can be read");
    let strace = || |_| (format::FORMATS[0].writer)(&format::WriteOptions::default());
    let lines = format::by_name("jsonl").expect("a format");
    convert::convert(source(), |_| (lines.writer)(&format::WriteOptions::default()), &mut json).expect("nothing fails");
    let json: &'static [u8] = json.leak();
    println!("{} MB of text are {} MB of JSON lines", text.len() / 1_000_000, json.len() / 1_000_000);
    let cpu = ClockId::CLOCK_PROCESS_CPUTIME_ID;
    let read = |from: &'static [u8]| {
        let mut source = sockscope::read::source(from, ReadOptions::default()).expect("memory can be read");
        stretches(|events| source.read(events).expect("memory can be read"))
    };
    let written = |from: &'static [u8]| {
        let source = sockscope::read::source(from, ReadOptions::default()).expect("memory can be read");
        convert::convert(source, strace(), &mut std::io::sink()).expect("nothing fails here").calls() as usize
    };
    let [of_text, of_json] = [text, json].map(|from| measure("events of the text, of the JSON", from, cpu, read));
    println!("{:32} {:10.2} times the text's time per event", "", of_json.as_secs_f64() / of_text.as_secs_f64());
    let [of_text, of_json] = [text, json].map(|from| measure("the same to strace", from, cpu, written));
    println!("{:32} {:10.2} times the text's time per event", "", of_json.as_secs_f64() / of_text.as_secs_f64());
}

/// Reads everything, dropping the events in batches.
fn stretches(mut read: impl FnMut(&mut Vec<Event>) -> bool) -> usize {
    let (mut count, mut events) = (0, Vec::new());
    while read(&mut events) {
        count += events.len();
        events.clear();
    }
    count + events.len()
}

/// The kinds of lines in a log, the most frequent first.
fn mixture(log: &[u8]) -> String {
    let mut kinds: BTreeMap<&[u8], usize> = BTreeMap::new();
    for line in log.split(|b| *b == b'\n').take(200_000) {
        let kind = match shape(line).kind {
            LineKind::Call { name, .. } => name,
            LineKind::Unfinished { .. } => b"(unfinished)",
            LineKind::Resumed { .. } => b"(resumed)",
            LineKind::Signal(_) => b"(signal)",
            LineKind::Exit(_) => b"(exit)",
            _ => b"(other)",
        };
        *kinds.entry(kind).or_default() += 1;
    }
    let all: usize = kinds.values().sum();
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let share = |(kind, count): &(&[u8], usize)| {
        format!("{:.1} % {}", 100.0 * *count as f64 / all as f64, String::from_utf8_lossy(kind))
    };
    kinds.iter().take(12).map(share).collect::<Vec<_>>().join(", ")
}

/// Processor time so far.
fn processor(clock: ClockId) -> Duration {
    clock_gettime(clock).map(Duration::from).unwrap_or_default()
}

fn measure(what: &str, log: &'static [u8], clock: ClockId, mut run: impl FnMut(&'static [u8]) -> usize) -> Duration {
    let mut best = [Duration::MAX; 2];
    for _ in 0..3 {
        let (start, used) = (Instant::now(), processor(clock));
        black_box(run(black_box(log)));
        best = [best[0].min(start.elapsed()), best[1].min(processor(clock).saturating_sub(used))];
    }
    let [wall, used] = best.map(|time| log.len() as f64 / 1e6 / time.as_secs_f64());
    println!("{what:32} {wall:10.0} {used:16.0}");
    best[0]
}

/// Feeds the command through a pipe and watches its memory.
fn convert_pipe(gigabytes: usize) {
    let log = Log::record();
    for format in ["jsonl", "strace"] {
        let mut child = Command::new(OURS)
            .args(["convert", "-", "--quiet", "--format", format])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the command");
        let mut input = child.stdin.take().expect("a pipe");
        let (start, mut sent, mut reported) = (Instant::now(), 0, 0);
        let mut text = Vec::new();
        for round in 0.. {
            text.clear();
            log.repeat(round, &mut text);
            input.write_all(&text).expect("the command reads");
            sent += text.len();
            if sent / 1_000_000_000 > reported {
                reported = sent / 1_000_000_000;
                println!("{format}: {reported} GB read, at most {} kB resident", resident(child.id()));
            }
            if reported >= gigabytes {
                break;
            }
        }
        drop(input);
        let status = child.wait().expect("the command ends");
        assert!(status.success(), "{status}");
        println!("{format}: {:.0} MB/s", sent as f64 / 1e6 / start.elapsed().as_secs_f64());
    }
}

/// The largest resident size of a process so far, kB.
fn resident(pid: u32) -> String {
    let status = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("?".into(), |line| line.trim().trim_end_matches(" kB").to_owned())
}
