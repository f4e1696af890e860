//! What is fed, and what must hold of it.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use sockscope::event::{Body, Call, Errno, Event, PythonFrame, PythonStack, Ret};
use sockscope::format::{FORMATS, WriteOptions};
use sockscope::internals::decode::{self, Context, Limits, NoNames};
use sockscope::json;
use sockscope::memory::Lent;
use sockscope::read;
use sockscope::read::text::ReadOptions;
use sockscope::syscall::{self, Syscall};
use sockscope::text::{Clock, Pids, PythonLines, Style, TextWriter};

use super::mutate::Mutator;

type Target = fn(&mut Mutator<'_>, &Seeds);

/// What is fed, by name.
pub const TARGETS: &[(&str, Target)] =
    &[("text", text), ("text", text), ("json", json_lines), ("csv", csv), ("decode", decode_call), ("escape", escape)];

/// Lines that readers understand.
pub struct Seeds {
    text: Vec<Vec<u8>>,
    json: Vec<Vec<u8>>,
    csv: Vec<Vec<u8>>,
    all: Vec<Vec<u8>>,
    calls: Vec<&'static Syscall>,
}

/// Lines of each trace that are enough.
const MAX_LINES: usize = 400;

impl Seeds {
    pub fn load() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        for folder in ["traces", "tests"] {
            collect(&root.join(folder), &mut files);
        }
        files.sort();
        let mut text: Vec<Vec<u8>> = Vec::new();
        for file in &files {
            let content = std::fs::read(file).unwrap();
            text.extend(
                content.split(|b| *b == b'\n').take(MAX_LINES).filter(|line| !line.is_empty()).map(<[u8]>::to_vec),
            );
        }
        text.extend(LINES.iter().map(|line| line.as_bytes().to_vec()));
        assert!(text.len() > 500, "the traces of the repository are here: {files:?}");
        let events = read_all(text.join(&b'\n'));
        let form = |name: &str| {
            let format = FORMATS.iter().find(|format| format.name == name).unwrap();
            let mut writer = (format.writer)(&WriteOptions::default());
            let mut out = Vec::new();
            events.iter().step_by(3).for_each(|event| writer.event(event, &mut out));
            out.split(|b| *b == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect::<Vec<_>>()
        };
        let (json, csv) = (form("jsonl"), form("csv"));
        let all = [text.clone(), json.clone()].concat();
        let calls = syscall::table().collect();
        Self { text, json, csv, all, calls }
    }

    pub fn all(&self) -> &[Vec<u8>] {
        &self.all
    }
}

/// What traces of the repository do not have.
const LINES: &[&str] = &[
    "[pid   811] recvfrom(5,  <unfinished ...>",
    "[pid   811] <... recvfrom resumed> \"melon\", 64, 0, NULL, NULL) = 5",
    " 36.28    0.000263           7        34        13 openat",
    "% time     seconds  usecs/call     calls    errors syscall",
    "7 12:00:00.000001 futex(0x7f0000001000, FUTEX_WAIT_PRIVATE, 0, NULL) = -1 ETIMEDOUT (Connection timed out) <0.100000>",
    "send(3, \"x\", 1, 0) = 1  @ a.py:3 f  s.send(b'x')  [via socket.py:1 in g, client.py:2 in h]",
    "a.py:3 f  s.send(b'x')",
    "    send(3, \"x\", 1, 0)                 = 1",
    " > /usr/lib/libc.so.6(connect+0x14) [0x1024]",
    "select(4, [3], [], [], {1, 500000}) = 1 (in [3], left {0, 840338})",
    "#   12  > close(3) = 0",
    "Nov 28 01:02:03 host app[7]: close(3) = 0",
];

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = path.extension().and_then(|name| name.to_str());
        if path.is_dir() {
            collect(&path, files);
        } else if name == Some("strace") {
            files.push(path);
        }
    }
}

fn read_all(input: Vec<u8>) -> Vec<Event> {
    let Ok(mut source) = read::source(Cursor::new(input), ReadOptions::default()) else { return Vec::new() };
    let mut events = Vec::new();
    // A packed stream may end early; what came before it counts.
    while let Ok(true) = source.read(&mut events) {}
    events
}

/// What a damaged line meant can be written and read.
fn assert_readable(event: &Event) {
    let mut line = Vec::new();
    json::write(event, &mut line);
    let line = String::from_utf8(line).expect("JSON is text");
    assert_tame(&line);
    json::read(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
}

/// An event is the same after JSON.
fn assert_kept(event: &Event) {
    let mut line = Vec::new();
    json::write(event, &mut line);
    let line = String::from_utf8(line).expect("JSON is text");
    assert_tame(&line);
    let again = json::read(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
    assert_eq!(&again, event, "{line}");
}

/// Text commands no terminal.
fn assert_tame(text: &str) {
    let bad = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(bad), "{text:?}");
}

/// What other tools put before each line.
const DRESSES: &[&str] = &[
    "Nov 28 10:00:00 box strace[7]: ",
    "2026-11-28T10:00:00.123456789Z ",
    "[pod/web-0/app] ",
    "00:00:00.000123 ",
    "7.000123 ",
    "[    7.000123] ",
    "Sat Nov 28 10:00:00 UTC 2026: ",
    "> # ",
    "  12\t",
];

fn text(mutator: &mut Mutator<'_>, seeds: &Seeds) {
    let mut input = mutator.input(&seeds.text);
    if mutator.random.one_in(4) {
        let dress = *mutator.random.of(DRESSES);
        input = input.split_inclusive(|b| *b == b'\n').flat_map(|line| [dress.as_bytes(), line].concat()).collect();
    }
    let events = read_all(input);
    let mut lines = TextWriter::new(Style::default());
    lines.clock = *mutator.random.of(&[Clock::None, Clock::Micros, Clock::Epoch, Clock::Relative]);
    lines.pids = *mutator.random.of(&[Pids::None, Pids::Bare, Pids::Bracketed]);
    lines.python = *mutator.random.of(&[PythonLines::None, PythonLines::Caller, PythonLines::Full]);
    (lines.why, lines.state, lines.durations) = (true, true, mutator.random.one_in(2));
    lines.group = mutator.random.one_in(4);
    let mut out = String::new();
    for event in &events {
        assert_readable(event);
        lines.write(event, &mut out);
    }
    // What is written may mean something else after a damaged line, but it can be read.
    read_all(out.into_bytes());
}

fn json_lines(mutator: &mut Mutator<'_>, seeds: &Seeds) {
    let input = mutator.input(&seeds.json);
    let text = String::from_utf8_lossy(&input).into_owned();
    let mut reader = json::LineReader::default();
    for line in text.lines() {
        if let Ok(event) = reader.event(line) {
            assert_readable(&event);
            let mut out = String::new();
            TextWriter::new(Style::default()).write(&event, &mut out);
        }
    }
    read_all(input).iter().for_each(assert_readable);
}

fn csv(mutator: &mut Mutator<'_>, seeds: &Seeds) {
    let mut input = seeds.csv[0].clone();
    input.push(b'\n');
    input.extend(mutator.input(&seeds.csv[1..]));
    let events = read_all(input);
    events.iter().for_each(assert_readable);
    let format = FORMATS.iter().find(|format| format.name == "csv").unwrap();
    let mut writer = (format.writer)(&WriteOptions::default());
    let mut out = Vec::new();
    events.iter().for_each(|event| writer.event(event, &mut out));
    read_all(out);
}

fn decode_call(mutator: &mut Mutator<'_>, seeds: &Seeds) {
    const BASE: u64 = 0x1000;
    let random = &mut *mutator.random;
    let sys = *random.of(&seeds.calls);
    let register = |random: &mut super::mutate::Random| match random.below(8) {
        0 => 0,
        1 => u64::MAX,
        2 => random.next(),
        3 => 0x8900 + random.next() % 256,
        4 | 5 => BASE - 8 + random.next() % 600,
        _ => random.next() % 300,
    };
    let regs: [u64; 6] = std::array::from_fn(|_| register(random));
    let words = random.below(70);
    let memory: Vec<u8> = match random.below(3) {
        0 => (0..words * 8).map(|_| random.next() as u8).collect(),
        1 => (0..words).flat_map(|_| register(random).to_ne_bytes()).collect(),
        _ => (0..words * 2).flat_map(|_| (random.next() as u32 % 64).to_ne_bytes()).collect(),
    };
    let ret = match random.below(4) {
        0 => Ret::Err(Errno(random.below(600) as i32 - 10)),
        1 => Ret::Ok(random.next().cast_signed()),
        2 => Ret::Unfinished,
        _ => Ret::Ok(random.below(300) as i64),
    };
    let regions = [(BASE, &memory[..])];
    let lent = Lent::new(&regions);
    let mut limits = Limits::default();
    (limits.strings, limits.abbreviate) = (random.below(64), random.one_in(2));
    let context = Context { limits, names: &NoNames };
    let call: Call = decode::enter(sys, regs, &lent, &context).exit(ret, &lent, &context);
    let event = Event::new(7, Body::Call(call));
    assert_readable(&event);
    let mut line = String::new();
    TextWriter::new(Style::default()).write(&event, &mut line);
    assert_tame(&line);
    read_all(line.into_bytes());
}

/// Names and source lines of a program, as they are shown behind a call.
fn escape(mutator: &mut Mutator<'_>, seeds: &Seeds) {
    let mut foreign = || -> Arc<str> {
        let mut text = mutator.input(&seeds.text);
        text.truncate(60);
        String::from_utf8_lossy(&text).into()
    };
    let frames = (0..3).map(|at| {
        let mut frame = PythonFrame::new(foreign(), Some(at), foreign());
        (frame.source, frame.expression, frame.library) = (Some(foreign()), Some(foreign()), at < 2);
        Arc::new(frame)
    });
    let stack = PythonStack::new(frames.collect());
    let mut call = Call::new(syscall::by_name("close").unwrap(), Vec::new(), Ret::Ok(0));
    call.python = Some(Arc::new(stack));
    let event = Event::new(7, Body::Call(call));
    assert_kept(&event);
    for python in [PythonLines::Caller, PythonLines::Full] {
        for group in [false, true] {
            let mut lines = TextWriter::new(Style::default());
            (lines.python, lines.group) = (python, group);
            let mut out = String::new();
            lines.write(&event, &mut out);
            assert_tame(&out);
            read_all(out.into_bytes());
        }
    }
}
