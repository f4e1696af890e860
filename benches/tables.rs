//! What a trace is as tables: a million events written as Parquet and SQLite, in time and bytes beside JSON lines, and how
//! long DuckDB looks through them.
//!
//! `cargo bench --bench tables`. One thread writes; the question needs `tests/run`'s Python.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement fails by panicking and prints its result")]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sockscope::event::{Body, Call, Event, PythonFrame, PythonStack, Ret};
use sockscope::format::{self, WriteOptions};
use sockscope::syscall;
use sockscope::value::{Bytes, Fd, SockAddr, Value};

const EVENTS: u64 = 1_000_000;
/// Calls of a connection, and places in a program that make them.
const CALLS: u64 = 100;
const PLACES: u64 = 60;
const DEPTH: u32 = 30;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let events = events();
    println!("{EVENTS} events, {PLACES} stacks of {DEPTH} frames, {} connections", EVENTS / CALLS);
    let (json, lines) = write("jsonl", &events, folder.path());
    println!("jsonl    {json:>8.2?}  {:>7.1} bytes an event", each(lines));
    for name in ["parquet", "sqlite", "csv"] {
        let (time, bytes) = write(name, &events, folder.path());
        let (ratio, smaller) = (time.as_secs_f64() / json.as_secs_f64(), lines as f64 / bytes as f64);
        println!(
            "{name:<8} {time:>8.2?}  {:>7.1} bytes an event, {ratio:.2} of jsonl's time, 1/{smaller:.0} of its bytes",
            each(bytes)
        );
    }
    ask(&folder.path().join("t.parquet"));
}

fn each(bytes: u64) -> f64 {
    bytes as f64 / EVENTS as f64
}

/// A server's calls: accept, then requests and answers of many sizes, with times as a clock has them.
fn events() -> Vec<Event> {
    let stacks: Vec<Arc<PythonStack>> = (0..PLACES)
        .map(|place| {
            let frame = |depth: u32| {
                let mut frame = PythonFrame::new(
                    format!("/srv/app/module{depth}.py"),
                    Some(place as u32 + depth),
                    format!("function_{depth}"),
                );
                frame.source =
                    Some(format!("answer = await self.handle_request_{place}(request, depth={depth})").into());
                Arc::new(frame)
            };
            Arc::new(PythonStack::new((0..DEPTH).map(frame).collect()))
        })
        .collect();
    // A fixed sequence that looks like chance (xorshift).
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: u64| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        chance % below
    };
    let (accept, send, receive) = ["accept4", "sendto", "recvfrom"].map(|name| syscall::by_name(name).unwrap()).into();
    let mut ts_ns = 1_795_885_850_000_000_000;
    let mut events = Vec::with_capacity(EVENTS as usize);
    for seq in 0..EVENTS {
        let (fd, step) = (4 + (seq / CALLS % 64) as i32, seq % CALLS);
        let port = 32_768 + (seq / CALLS % 28_000) as u16;
        let peer = || Value::SockAddr(SockAddr::Inet { port, ip: [127, 0, 0, 1].into() });
        let bytes = 20 + next(1400) as i64;
        let text = |text: String| Value::Bytes(Bytes { data: text.into_bytes().into(), truncated: true });
        let (sys, args, ret) = match step {
            0 => (accept, vec![Value::Fd(Fd::new(3)), peer(), Value::Int(16), Value::Int(0)], fd.into()),
            _ if step % 2 == 1 => {
                let text = text(format!("GET /item/{:04} HTTP/1.1\r\nHost:", next(10_000)));
                (receive, vec![Value::Fd(Fd::new(fd)), text, Value::Uint(65_536), Value::Int(0)], bytes)
            }
            _ => {
                let text = text("HTTP/1.1 200 OK\r\nContent-Length: ".into());
                (send, vec![Value::Fd(Fd::new(fd)), text, Value::Uint(bytes as u64), Value::Int(0)], bytes)
            }
        };
        ts_ns += 10_000 + next(90_000);
        let mut call = Call::new(sys, args, Ret::Ok(ret));
        call.dur_ns = Some(2_000 + next(30_000));
        call.python = Some(stacks[next(PLACES) as usize].clone());
        let mut event = Event::new(4711, Body::Call(call));
        (event.seq, event.ts_ns) = (seq, ts_ns);
        events.push(event);
    }
    events
}

/// How long writing takes, and how many bytes all files have.
fn write(name: &str, events: &[Event], folder: &Path) -> (Duration, u64) {
    let format = format::by_name(name).unwrap();
    let mut options = WriteOptions::default();
    options.place = Some(folder.join(format!("t.{name}")));
    let (begun, mut bytes, mut written) = (Instant::now(), Vec::new(), 0);
    let mut writer = (format.writer)(&options);
    for event in events {
        writer.event(event, &mut bytes);
        if bytes.len() > 1 << 20 {
            written += bytes.len() as u64;
            bytes.clear();
        }
    }
    writer.end(&mut bytes);
    assert!(writer.failure().is_none(), "{name} cannot be written");
    let time = begun.elapsed();
    let of = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        entry.file_name().to_str().unwrap().ends_with(name).then(|| entry.metadata().unwrap().len())
    };
    (time, written + bytes.len() as u64 + fs::read_dir(folder).unwrap().filter_map(of).sum::<u64>())
}

/// A question to DuckDB: the median of five times.
fn ask(file: &Path) {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let script = "
import duckdb, statistics, sys, time
db = duckdb.connect()
def ask():
    begun = time.perf_counter()
    db.execute(f\"SELECT py_file, py_line, syscall, count(*), sum(bytes), quantile_cont(dur_ns, 0.95) FROM '{sys.argv[1]}' GROUP BY ALL\").fetchall()
    return time.perf_counter() - begun
ask()
print('%.0f' % (1000 * statistics.median(ask() for _ in range(5))))";
    match Command::new(target.join("test-python/bin/python")).args(["-c", script]).arg(file).output() {
        Ok(answer) if answer.status.success() => {
            println!(
                "DuckDB: calls, bytes and 95th percentile by line in {} ms",
                String::from_utf8_lossy(&answer.stdout).trim()
            );
        }
        _ => println!("skipped: the question to DuckDB needs tests/requirements.txt installed, as tests/run does"),
    }
}
